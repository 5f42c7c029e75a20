#include "web/forms.h"

#include <charconv>
#include <cmath>

#include "web/errors.h"
#include "web/parse.h"

namespace alongside::web {
namespace detail {

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blank = " \t\r\n";
    const auto first = text.find_first_not_of(blank);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

bool read_integer(std::string_view text, std::int64_t least, std::int64_t most,
                  std::int64_t& out, Words& problem) {
    text = trimmed(text);
    if (text.size() > 1 && text.front() == '+') text.remove_prefix(1);
    const auto end = text.data() + text.size();
    const auto [stopped, trouble] = std::from_chars(text.data(), end, out);
    if (stopped != end || (trouble != std::errc{} && trouble != std::errc::result_out_of_range)) {
        problem = tr("Write a whole number, like 12");
        return false;
    }
    if (trouble != std::errc{} || out < least || out > most) {
        problem = tr("That number is too large or too small");
        return false;
    }
    return true;
}

bool read_location(std::string_view text, const EstablishmentId& prison, LocationKey& out,
                   Words& problem) {
    const auto place = LocationKey::parse(trimmed(text), prison);
    if (!place) {
        problem = tr("Write a place like A-1-001");
        return false;
    }
    out = *place;
    return true;
}

Words must_be_answered() { return tr("This must be answered"); }
Words said_twice() { return tr("This is there more than once; say it once"); }
Words unknown_name() { return tr("There is no field of this name"); }
Words not_a_choice() { return tr("Choose one of the answers in the list"); }
Words wrong_kind(std::string_view wanted) {
    return tr("A value of another kind is needed here: {kind}", {{"kind", std::string(wanted)}});
}

Words must_be_an_object(bool is_array) {
    return is_array ? tr("The body must be one JSON object, {…}, not an array")
                    : tr("The body must be one JSON object, {…}");
}
Words number_between(std::int64_t least, std::int64_t most) {
    return tr("Write a whole number from {least} to {most}",
              {{"least", std::to_string(least)}, {"most", std::to_string(most)}});
}

std::string to_text(const std::string& value) { return value; }
std::string to_text(Day value) { return iso_day(value); }
std::string to_text(Instant value) { return iso_instant(value); }
std::string to_text(const Uuid& value) { return value.text(); }
std::string to_text(Role value) { return std::string(code(value)); }
std::string to_text(DeviceKind value) { return std::string(code(value)); }

}  // namespace detail

namespace {

template <class T>
bool keep(const std::optional<T>& read, T& out, Words& problem, Words sentence) {
    if (read) out = *read;
    else problem = std::move(sentence);
    return read.has_value();
}

}  // namespace

bool read_field(std::string_view text, std::string& out, Words& problem) {
    text = detail::trimmed(text);
    if (!is_utf8(text) || !has_no_controls(text, true)) {
        problem = tr("This holds a character that can’t be stored");
        return false;
    }
    std::size_t characters = 0;
    for (const char c : text) characters += (static_cast<unsigned char>(c) & 0xC0u) != 0x80u;
    if (characters > 500) {
        problem = tr("Keep this to 500 characters or fewer");
        return false;
    }
    out = text;
    return true;
}

bool read_field(std::string_view text, bool& out, Words& problem) {
    text = detail::trimmed(text);
    if (text == "yes" || text == "true" || text == "on" || text == "1") return out = true;
    if (text == "no" || text == "false" || text == "off" || text == "0") {
        out = false;
        return true;
    }
    problem = tr("Choose yes or no");
    return false;
}

bool read_field(std::string_view text, double& out, Words& problem) {
    text = detail::trimmed(text);
    const auto end = text.data() + text.size();
    const auto [stopped, trouble] = std::from_chars(text.data(), end, out);
    if (trouble == std::errc{} && stopped == end && std::isfinite(out)) return true;
    problem = tr("Write a number, like 1.5");
    return false;
}

bool read_field(std::string_view text, Day& out, Words& problem) {
    return keep(parse_iso_day(detail::trimmed(text)), out, problem,
                tr("Write a real date as year-month-day, like 2026-11-21"));
}

bool read_field(std::string_view text, Instant& out, Words& problem) {
    return keep(parse_iso_instant(detail::trimmed(text)), out, problem,
                tr("Write a date and time with its zone, like 2026-11-21T03:14:05Z"));
}

bool read_field(std::string_view text, LocationKey& out, Words& problem) {
    return detail::read_location(text, {}, out, problem);
}

bool read_field(std::string_view text, SchemeCode& out, Words& problem) {
    return keep(SchemeCode::parse(detail::trimmed(text)), out, problem,
                tr("There is no scheme of that name"));
}

bool read_field(std::string_view text, EstablishmentId& out, Words& problem) {
    return keep(EstablishmentId::parse(detail::trimmed(text)), out, problem,
                tr("Write the prison’s three letters, like SMI"));
}

bool read_field(std::string_view text, Uuid& out, Words& problem) {
    return keep(Uuid::parse(detail::trimmed(text)), out, problem,
                tr("This is not an identifier of anything here"));
}

bool read_field(std::string_view text, Role& out, Words& problem) {
    return keep(role_from(detail::trimmed(text)), out, problem, detail::not_a_choice());
}

bool read_field(std::string_view text, DeviceKind& out, Words& problem) {
    return keep(device_kind_from(detail::trimmed(text)), out, problem, detail::not_a_choice());
}

void add_refusal(FieldErrors& errors, const Refusal& refusal) {
    errors.push_back({std::string(refusal.field), refusal.sentence});
}

Response bad_fields(const Request& request, const FieldErrors& errors) {
    const FieldError none{"", tr("Something in the request doesn’t fit")};
    const FieldError& first = errors.empty() ? none : errors.front();
    const std::string sentence = request.tongue(first.sentence);
    return problem_json({400, "web.bad_field", sentence,
                         first.field.empty() ? sentence : first.field + ": " + sentence,
                         first.field});
}

}  // namespace alongside::web
