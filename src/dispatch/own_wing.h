// Whose business it is: the wall before every route that names a request, or what hangs on one.
#pragma once

#include <string_view>

#include "dispatch/dispatch.h"

namespace alongside::dispatch {

// What the `{id}` of a pattern is.
enum class IdOf {
    nothing,             // no {id}
    request, offer, call_out, unlock, session,
    own,                 // looked up for whoever asks; to everybody else it isn't there
    danger,              // of every wing: immediate danger is everybody's
};
// By what stands before it; a Bug where that isn't known, so that no route is let out.
IdOf id_of_pattern(std::string_view pattern);

// The handler, and before it the wall: 404, alike for pages and API, unless the request is of the
// viewer's wing and scheme, or one of its peers lives on that wing. A GET that comes through is
// written into the log of looks.
web::Handler for_own_wing(web::Site&, vault::KeyFile&, std::string_view pattern,
                          web::Handler handler);

}  // namespace alongside::dispatch
