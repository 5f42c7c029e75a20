// The table of everything that can be asked for.
#pragma once

#include <array>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/words.h"
#include "nouns/viewer.h"
#include "web/http.h"

namespace alongside::web {

using Handler = std::function<Response(Request&)>;

// What OpenAPI says of an API route; JSON shapes come from described structs (web/schema.h).
struct About {
    std::string_view summary;
    std::string_view tag;
    std::string_view request_schema;   // what describe_schema<T>() handed back, or a media type
    std::string_view response_schema;  // ("text/csv"); empty: no body
    int success = 200;
    struct Query {
        std::string_view name, description;
        std::string_view type = "string";   // or integer, boolean
    };
    std::vector<Query> query;
};

// What the page says first, and largest, when this can't be done or shown: for what can't wait.
struct WhenDown {
    Words (*what_now)(const Viewer&) = nullptr;   // nobody, where the database can't say who it is
    std::string_view try_again;                   // the page with the form
};

// One URL. There is no way to make one without naming its permission.
struct Route {
    Route(Method method_, std::string_view pattern_, Permission permission_, Handler handler_)
        : method(method_), pattern(pattern_), permission(permission_),
          handler(std::move(handler_)) {}
    Route& about(About about_) { api = about_; is_api = true; return *this; }
    Route& body_limit(std::size_t bytes) { max_body_bytes = bytes; return *this; }
    Route& when_down(WhenDown words) { down = words; return *this; }
    // Answers an event stream: read-only, no CSRF, a handful per viewer and view (live_hub.h).
    Route& live() { is_live = true; return *this; }
    // Seconds, not milliseconds. Never on the workers, which are for whoever asks for somebody: at
    // most `at_once_of_what_takes_long` (server.h), on threads of low priority; others wait.
    Route& takes_long() { is_long = true; return *this; }

    Method method;
    std::string_view pattern;          // "/requests/{id}/offers"
    Permission permission;
    Handler handler;
    About api;
    WhenDown down;
    bool is_api = false;               // below /api/: JSON in, JSON out, tokens, no CSRF
    bool is_live = false;
    bool is_long = false;
    std::size_t max_body_bytes = 64 * 1024;
};

class Routes {
public:
    // Routes that need Permission::demo_only are left out unless `is_demo`; there, anybody may.
    explicit Routes(bool is_demo = false);

    void add(Route route);             // a Bug for a pattern that is there already
    void add(std::vector<Route> routes);
    const std::vector<Route>& all() const { return all_; }
    struct Match {
        const Route* route = nullptr;  // null: no such page
        bool wrong_method = false;     // the path exists, for other methods
        std::vector<Method> allowed;   // these, where the method is wrong
        std::vector<std::pair<std::string_view, std::string>> captures;
    };
    Match find(Method method, std::string_view path) const;

private:
    // One segment of the patterns: literal segments are tried before the capture.
    struct Node {
        std::vector<std::pair<std::string_view, std::size_t>> literals;
        std::size_t capture = 0;                       // 0: none
        std::array<std::size_t, 5> routes{};           // by method: index in all_ + 1
        bool is_end() const;
    };
    const Node* walk(std::size_t node, std::string_view rest, Method method,
                     std::vector<std::string_view>& captured) const;

    bool is_demo_;
    std::vector<Route> all_;
    std::vector<Node> nodes_;
};

}  // namespace alongside::web
