// Every kind of trouble as a page for people or {status, errorCode, …} for machines.
#pragma once

#include <exception>
#include <string>
#include <string_view>

#include "web/http.h"
#include "web/routes.h"

namespace alongside::web {

struct Problem {
    int status = 500;
    std::string code;         // "web.bad_field"
    std::string user;         // a sentence in the reader's language
    std::string developer;    // what a programmer needs beyond it; empty: the same sentence
    std::string more;         // the field, or the reference under which it was logged
};
Response problem_json(const Problem& problem);

// JSON for an API call, else a page with the sentence.
Response problem(const Request& request, int status, std::string_view code, const Words& sentence,
                 std::string_view more = {});

// What answers an exception, after logging it. Logged and shown: the route's pattern, never the
// path, the kind and a reference; never a message that could hold what somebody typed. `route` may
// be null.
Response trouble(const Request& request, const Route* route, std::exception_ptr what,
                 Entropy& entropy);

}  // namespace alongside::web
