// A write that is sent twice is done once.
#pragma once

#include <functional>
#include <memory>

#include "sql/database.h"
#include "web/http.h"

namespace alongside::web {

// Remembers what was answered to each key for 48 hours. See README.md for what is stored and why.
class Once {
public:
    static std::unique_ptr<Once> open(sql::Database& database, const Clock& clock,
                                      Entropy& entropy);
    virtual ~Once() = default;         // what isn't stored yet is stored first

    // The handler's answer or, where this actor has sent the same key and content before, that
    // answer again. 422 "web.key_reused" for the same key with another content. Of two at the same
    // time one waits for the other. An answer that is an error isn't remembered: nothing was done.
    // REQUIRES a key and an establishment.
    virtual Response run(const Request& request, const std::function<Response()>& handler) = 0;

    // Returns when everything answered so far is stored. Forgets what is older than 48 hours.
    virtual void settle() = 0;
};

}  // namespace alongside::web
