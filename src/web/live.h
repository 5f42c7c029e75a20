// Live views: drawn once when something changed, sent to everybody who looks.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/html.h"
#include "nouns/names.h"

namespace alongside::web {

class Live {
public:
    virtual ~Live() = default;

    // Makes sure that `view` ("board:SMI:A:en") has a drawing; `draw` runs on a worker at once and
    // after every change of the establishment, at most once at a time a view, and its bytes are
    // sent as one event, `event: view`, only where they differ from those before. A view that
    // nobody watches any more is forgotten. Returns the drawing as it is now (cached until the
    // next change), for the page that embeds it.
    virtual std::shared_ptr<const std::string> view(
        const EstablishmentId& establishment, const std::string& view,
        std::function<Html()> draw) = 0;

    // Something that a view of this establishment may show has changed. From any thread; quick.
    virtual void changed(const EstablishmentId& establishment) = 0;
    // The same of the views whose names begin so, and of no other: something that the ledger
    // doesn't know of. Those that nobody asked for yet are as they will be drawn.
    virtual void changed_views([[maybe_unused]] std::string_view view_prefix) {}

    // Viewers who are connected now, by view prefix: "board:SMI:"; several windows count once.
    virtual int watchers(std::string_view view_prefix) const = 0;
    // Whether one of them is connected now, or was within `grace`: who goes from a board to another
    // page and back is still there. At most a minute is remembered.
    virtual bool was_watched(std::string_view view_prefix, [[maybe_unused]] Millis grace) const {
        return watchers(view_prefix) > 0;
    }
};

}  // namespace alongside::web
