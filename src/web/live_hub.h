// Live views and who watches them. Inside web/ only: the server sends what this draws.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "web/live.h"

namespace alongside::web {

// One drawing as an event stream carries it.
struct LiveEvent {
    std::string id;        // a digest of the drawing
    std::string frame;     // "id: …\nevent: view\ndata: …\n\n"
};

// A stream that shows a view. `show` is called from the thread that drew; it must only hand over.
class Watcher {
public:
    virtual ~Watcher() = default;
    virtual void show(std::shared_ptr<const LiveEvent> event) = 0;
    // Somebody else looks at the same from the same place: this one ends.
    virtual void give_way() = 0;
    // The session and the address that it came from.
    virtual const std::string& viewer() const = 0;
};

class LiveHub final : public Live {
public:
    explicit LiveHub(const Clock& clock) : clock_(clock) {}

    std::shared_ptr<const std::string> view(const EstablishmentId& establishment,
                                            const std::string& view,
                                            std::function<Html()> draw) override;
    void changed(const EstablishmentId& establishment) override;
    void changed_views(std::string_view view_prefix) override;
    int watchers(std::string_view view_prefix) const override;
    bool was_watched(std::string_view view_prefix, Millis grace) const override;

    // How drawings that nobody waits for come to a worker. Empty: they wait until they are asked
    // for. After it returns, the former `run` is not called again.
    using Run = std::function<void(std::function<void()>)>;
    void draw_on(Run run);

    // Shows the view to the watcher from here on; the drawing as it is now, if there is one.
    // Nothing happens for a view that was never drawn: false. Of one viewer more than
    // `most_of_one`, the oldest gives way.
    bool watch(const std::string& view, const std::shared_ptr<Watcher>& watcher,
               std::shared_ptr<const LiveEvent>& now);
    void unwatch(const std::string& view, const std::shared_ptr<Watcher>& watcher);

    // Now and then: draws again what is watched and grew old (a wait in minutes grows by itself),
    // and forgets what nobody watches or asks for.
    void tick();

    static constexpr Millis fresh_for{20'000};
    static constexpr Millis kept_for{60'000};
    // Windows of one browser on the same board: two on a desk with two screens are ordinary, and
    // if each new one ended the other, both would take turns for ever.
    static constexpr int most_of_one = 6;

private:
    struct View {
        EstablishmentId establishment;
        std::string name;
        std::function<Html()> draw;
        std::uint64_t own_changes = 0;  // beside those of the establishment
        std::uint64_t drawn = 0;        // the version that `html` shows; 0: none yet
        std::uint64_t drawing = 0;      // the version that is being drawn; 0: none is
        bool is_waiting = false;        // for a worker
        Instant drawn_at{}, asked_at{};
        std::optional<Instant> left_at;  // when the last watcher went
        std::shared_ptr<const std::string> html;
        std::shared_ptr<const LiveEvent> event;
        std::vector<std::shared_ptr<Watcher>> watchers;          // the oldest first
    };
    using ViewPtr = std::shared_ptr<View>;
    using Lock = std::unique_lock<std::mutex>;

    std::uint64_t& version(const EstablishmentId& establishment);
    std::uint64_t version(const View& view);
    void draw_now(Lock& lock, const ViewPtr& view);
    void take(View& view, std::shared_ptr<const std::string> html,
              std::shared_ptr<const LiveEvent> event);
    void draw_soon(const ViewPtr& view);
    void draw_waiting(const std::weak_ptr<View>& view);
    bool is_fresh(const View& view) const;

    const Clock& clock_;
    mutable std::mutex mutex_;
    std::condition_variable drawn_;
    Run run_;
    std::unordered_map<std::string, std::uint64_t> versions_;
    std::map<std::string, ViewPtr, std::less<>> views_;
};

}  // namespace alongside::web
