// Described structs from forms and JSON, with an error for each field that doesn't fit.
#pragma once

#include <boost/describe.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <boost/mp11.hpp>
#include <concepts>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/civil_time.h"
#include "web/http.h"

namespace alongside::web {

struct FieldError {
    std::string field;                 // "wing"; in JSON with its path, "people[2].wing"
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
// UTF-8, no control characters but line ends and tabs), bool ("yes"/"no"/"true"/"false"/"on"),
// integers, double, Day, Instant (RFC 3339), LocationKey (without the prison), SchemeCode,
// EstablishmentId, any Id, Uuid, Role, DeviceKind and described enums.
bool read_field(std::string_view text, std::string& out, Words& problem);
bool read_field(std::string_view text, bool& out, Words& problem);
bool read_field(std::string_view text, double& out, Words& problem);
bool read_field(std::string_view text, Day& out, Words& problem);
bool read_field(std::string_view text, Instant& out, Words& problem);
bool read_field(std::string_view text, LocationKey& out, Words& problem);
bool read_field(std::string_view text, SchemeCode& out, Words& problem);
bool read_field(std::string_view text, EstablishmentId& out, Words& problem);
bool read_field(std::string_view text, Uuid& out, Words& problem);
bool read_field(std::string_view text, Role& out, Words& problem);
bool read_field(std::string_view text, DeviceKind& out, Words& problem);

template <class Tag>
bool read_field(std::string_view text, Id<Tag>& out, Words& problem) {
    return read_field(text, out.uuid, problem);
}

namespace detail {

bool read_integer(std::string_view text, std::int64_t least, std::int64_t most,
                  std::int64_t& out, Words& problem);
bool read_location(std::string_view text, const EstablishmentId& prison, LocationKey& out,
                   Words& problem);
Words must_be_answered();
Words said_twice();
Words unknown_name();
Words not_a_choice();
Words wrong_kind(std::string_view wanted);
Words must_be_an_object(bool is_array);    // the body as a whole
Words number_between(std::int64_t least, std::int64_t most);
std::string_view trimmed(std::string_view text);

template <class T>
concept Described = boost::describe::has_describe_members<T>::value && !std::is_union_v<T>;
template <class T>
concept DescribedEnum = boost::describe::has_describe_enumerators<T>::value;
template <class T>
concept Whole = std::integral<T> && !std::same_as<T, bool>;

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};

template <class T>
using Members = boost::describe::describe_members<
    T, boost::describe::mod_public | boost::describe::mod_inherited>;

}  // namespace detail

template <detail::Whole T>
bool read_field(std::string_view text, T& out, Words& problem) {
    static_assert(sizeof(T) < 8 || std::is_signed_v<T>, "64-bit values are signed here");
    std::int64_t value = 0;
    if (!detail::read_integer(text, std::numeric_limits<T>::min(), std::numeric_limits<T>::max(),
                              value, problem)) {
        return false;
    }
    out = static_cast<T>(value);
    return true;
}

template <detail::DescribedEnum E>
bool read_field(std::string_view text, E& out, Words& problem) {
    if (boost::describe::enum_from_string(std::string(detail::trimmed(text)).c_str(), out)) {
        return true;
    }
    problem = detail::not_a_choice();
    return false;
}

// Members of T by name; a member that isn't optional, bool or a vector must be there.
template <class T>
Bound<T> from_form(const Request& request);
// The same from the JSON body; an unknown name is an error, with its path.
template <class T>
Bound<T> from_json(const Request& request);
// JSON of a described struct, member names as they are written (camelCase for the API). An
// optional that is empty is left out.
template <class T>
boost::json::value to_json(const T& value);

// Adds the refusal to the form's errors, beside its field.
void add_refusal(FieldErrors& errors, const Refusal& refusal);
// 400 as JSON, naming the first field.
Response bad_fields(const Request& request, const FieldErrors& errors);

}  // namespace alongside::web

#include "web/binding.h"  // the templates above
