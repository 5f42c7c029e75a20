// Bytes from outside turned into fields. No sockets here, so that it can be fuzzed by itself.
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "web/http.h"

namespace alongside::web {

// Well-formed UTF-8 (no surrogates, no overlong forms) without NUL.
bool is_utf8(std::string_view text);
// True if it holds no control character but, where `lines` are allowed, tab, CR and LF.
bool has_no_controls(std::string_view text, bool lines = false);

// Undoes %xx; nothing if an escape is cut off or the result isn't UTF-8.
std::optional<std::string> percent_decoded(std::string_view text);

// Splits "/path?query". Nothing if the path doesn't start with '/', is badly encoded or holds
// "." or ".." as a segment (also when encoded), a backslash or a control character.
struct Target {
    std::string path;   // as it came, still encoded
    Fields query;
};
std::optional<Target> parse_target(std::string_view target);

// "a=1&b=2", plus as space. Nothing if badly encoded or of more than 1,000 fields.
std::optional<Fields> parse_urlencoded(std::string_view text);

// "name=value; other=value". What doesn't fit is left out.
Fields parse_cookies(std::string_view header);

// RFC 7578. Nothing if it isn't well-formed, or has more than 200 parts.
struct Multipart {
    Fields fields;
    std::vector<Request::File> files;
};
std::optional<Multipart> parse_multipart(std::string_view content_type, std::string_view body);

// Strict JSON in UTF-8, nested at most 32 deep, no name twice in one object.
std::optional<boost::json::value> parse_json(std::string_view text);
// Where and why such a text isn't JSON, in English for programmers and without what it holds:
// "The JSON ends too soon, at line 1, column 2 (byte 2)".
std::string json_trouble(std::string_view text);

// "application/json" of "Application/JSON; charset=utf-8".
std::string media_type(std::string_view content_type);
// Whether this media type is JSON: "application/json", "application/problem+json".
bool is_json(std::string_view type);
// The value of "; name=" in a header, unquoted; empty if there is none.
std::string header_parameter(std::string_view header, std::string_view name);

// Puts form, files or json into the request, by its content type and body. A status otherwise:
// 400 malformed, 415 no type or one that any site's form could send.
std::optional<int> parse_body(Request& request);

}  // namespace alongside::web
