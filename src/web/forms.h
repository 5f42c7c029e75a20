// Described structs from forms and JSON, with an error for each field that doesn't fit.
#pragma once

#include <boost/describe.hpp>
#include <boost/mp11.hpp>
#include <optional>
#include <string>
#include <vector>

#include "web/http.h"

namespace alongside::web {

struct FieldError {
    std::string field;
    Words sentence;
};
using FieldErrors = std::vector<FieldError>;

// What was typed, so that a form can be shown again with every mistake at once.
template <class T>
struct Bound {
    std::optional<T> value;            // set only when there are no errors
    FieldErrors errors;
};

// Reads one value; false with a sentence in `problem` when the text doesn't fit. Overload for a
// noun of one's own in its namespace. Provided: std::string (trimmed, ≤ 500 characters, valid
// UTF-8, no control characters), bool ("yes"/"no"/"true"/"false"/"on"), integers, double, Day,
// Instant (RFC 3339), LocationKey, SchemeCode, any Id, described enums, optional of these (empty
// text: nothing), vector of these (repeated fields or JSON arrays).
template <class T>
bool read_field(std::string_view text, T& out, Words& problem);

// Members of T by name; a member that isn't optional, bool or a vector must be there.
template <class T>
Bound<T> from_form(const Request& request);
// The same from the JSON body; an unknown name is an error, with its path.
template <class T>
Bound<T> from_json(const Request& request);
// JSON of a described struct, member names as they are written (camelCase for the API).
template <class T>
boost::json::value to_json(const T& value);

// Adds the refusal to the form's errors, beside its field.
void add_refusal(FieldErrors& errors, const Refusal& refusal);
// 400 as JSON, naming the first field.
Response bad_fields(const Request& request, const FieldErrors& errors);

}  // namespace alongside::web
