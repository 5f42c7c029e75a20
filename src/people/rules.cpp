#include "people/rules.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/civil_time.h"

namespace alongside::people {
namespace {

constexpr std::size_t longest_name = 100;
constexpr std::size_t longest_label = 40;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// The bytes of the code point that starts here; 0 if there is none.
std::size_t code_point_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto follows = [&](std::size_t i) {
        return i < text.size() && (byte(i) & 0xC0) == 0x80;
    };
    const unsigned char first = byte(0);
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        if (!follows(1) || !follows(2)) return 0;
        if (first == 0xE0 && byte(1) < 0xA0) return 0;
        if (first == 0xED && byte(1) > 0x9F) return 0;
        return 3;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        if (!follows(1) || !follows(2) || !follows(3)) return 0;
        if (first == 0xF0 && byte(1) < 0x90) return 0;
        if (first == 0xF4 && byte(1) > 0x8F) return 0;
        return 4;
    }
    return 0;
}

// Three-letter codes, as registers have them, of languages that have two letters (ISO 639).
struct LongCode {
    std::string_view three, two;
};
constexpr std::array long_codes{
    LongCode{"eng", "en"}, LongCode{"fra", "fr"}, LongCode{"fre", "fr"}, LongCode{"cym", "cy"},
    LongCode{"wel", "cy"}, LongCode{"spa", "es"}, LongCode{"pol", "pl"}, LongCode{"ron", "ro"},
    LongCode{"rum", "ro"}, LongCode{"sqi", "sq"}, LongCode{"alb", "sq"}, LongCode{"ara", "ar"},
    LongCode{"ben", "bn"}, LongCode{"zho", "zh"}, LongCode{"chi", "zh"}, LongCode{"deu", "de"},
    LongCode{"ger", "de"}, LongCode{"ell", "el"}, LongCode{"hin", "hi"}, LongCode{"ita", "it"},
    LongCode{"lit", "lt"}, LongCode{"lav", "lv"}, LongCode{"nld", "nl"}, LongCode{"dut", "nl"},
    LongCode{"pan", "pa"}, LongCode{"por", "pt"}, LongCode{"rus", "ru"}, LongCode{"som", "so"},
    LongCode{"tam", "ta"}, LongCode{"tur", "tr"}, LongCode{"ukr", "uk"}, LongCode{"urd", "ur"},
    LongCode{"vie", "vi"}, LongCode{"fas", "fa"}, LongCode{"per", "fa"}, LongCode{"iku", "iu"},
    LongCode{"cre", "cr"}, LongCode{"oji", "oj"},
};

// "en", "fr-CA", "zh-Hant": a language of 2 or 3 letters, then parts of 2 to 8.
std::optional<std::string> as_tag(std::string_view text) {
    std::string out;
    std::size_t part = 0;
    if (text.ends_with('-')) return std::nullopt;
    while (!text.empty()) {
        const auto dash = std::min(text.find('-'), text.size());
        const auto piece = text.substr(0, dash);
        const std::size_t longest = part == 0 ? 3 : 8;
        if (piece.size() < 2 || piece.size() > longest || part > 3) return std::nullopt;
        if (!std::ranges::all_of(piece, part == 0 ? is_letter : [](char c) {
                return is_letter(c) || is_digit(c);
            })) {
            return std::nullopt;
        }
        if (part > 0) out += '-';
        const bool is_region = part > 0 && piece.size() == 2;
        std::ranges::transform(piece, std::back_inserter(out), is_region ? upper : lower);
        if (part == 0) {
            const auto found = std::ranges::find(long_codes, out, &LongCode::three);
            if (found != long_codes.end()) out = found->two;
        }
        text.remove_prefix(std::min(dash + 1, text.size()));
        ++part;
    }
    return part == 0 ? std::nullopt : std::optional(out);
}

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& all, std::string_view text) {
    return std::ranges::find(all, text) != all.end();
}

constexpr std::array<std::string_view, 4> levels{"maximum", "medium", "minimum", "mixed"};
constexpr std::array<std::string_view, 6> regimes{"ordinary",   "segregation", "intervention",
                                                  "vulnerable", "young",       "reception"};

bool is_name(std::string_view name) {
    return !name.empty() && name.size() <= longest_name && is_clean_text(name);
}

}  // namespace

std::string trimmed(std::string_view text) {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return std::string(text);
}

std::string as_number(std::string_view text) {
    std::string out = trimmed(text);
    std::ranges::transform(out, out.begin(), upper);
    return out;
}

namespace {

// U+200E, U+200F, U+2028 to U+202E, U+2066 to U+2069 and U+FEFF: what follows would be read as
// something else than what stands there.
bool turns_direction(std::string_view three) {
    const auto last = static_cast<unsigned char>(three[2]);
    if (three.starts_with("\xE2\x80")) {
        return last == 0x8E || last == 0x8F || (last >= 0xA8 && last <= 0xAE);
    }
    if (three.starts_with("\xE2\x81")) return last >= 0xA6 && last <= 0xA9;
    return three == "\xEF\xBB\xBF";
}

}  // namespace

bool is_clean_text(std::string_view text) {
    while (!text.empty()) {
        const auto length = code_point_length(text);
        if (length == 0) return false;
        const auto first = static_cast<unsigned char>(text[0]);
        if (first < 0x20 || first == 0x7F) return false;
        if (length == 2 && first == 0xC2 && static_cast<unsigned char>(text[1]) < 0xA0) {
            return false;  // the controls of Latin-1
        }
        if (length == 3 && turns_direction(text.substr(0, 3))) return false;
        text.remove_prefix(length);
    }
    return true;
}

// A prison has one, for everybody it registers, and compiling it takes longer than all the rest of
// registering: this thread's last one is kept.
std::optional<NumberPattern> NumberPattern::parse(const std::string& pattern) {
    thread_local std::optional<std::pair<std::string, NumberPattern>> last;
    if (last && last->first == pattern) return last->second;
    if (pattern.empty() || pattern.size() > 200) return std::nullopt;
    try {
        NumberPattern out(std::regex(pattern, std::regex::ECMAScript | std::regex::optimize));
        last.emplace(pattern, out);
        return out;
    } catch (const std::regex_error&) {
        return std::nullopt;
    }
}

bool NumberPattern::fits(const std::string& number) const {
    return number.size() <= 20 && std::regex_match(number, pattern_);
}

std::optional<std::string> as_languages(std::string_view text) {
    std::vector<std::string> tags;
    while (!text.empty()) {
        const auto end = std::min(text.find_first_of(" ,;|\t"), text.size());
        if (end > 0) {
            const auto tag = as_tag(text.substr(0, end));
            if (!tag || tags.size() == 20) return std::nullopt;
            if (std::ranges::find(tags, *tag) == tags.end()) tags.push_back(*tag);
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    std::string out;
    for (const auto& tag : tags) out += (out.empty() ? "" : " ") + tag;
    return out;
}

AgeGroup age_group_on(const std::optional<Day>& born_on, Day today) {
    if (!born_on) return AgeGroup::adult;
    int age = static_cast<int>(today.year()) - static_cast<int>(born_on->year());
    const bool had_birthday = std::pair(today.month(), today.day()) >=
                              std::pair(born_on->month(), born_on->day());
    if (!had_birthday) --age;
    if (age < 18) return AgeGroup::child;
    return age < 21 ? AgeGroup::young_adult : AgeGroup::adult;
}

bool in_vulnerable_pool(bool was, std::string_view regime) {
    return regime == "vulnerable" || (was && regime != "ordinary");
}

bool is_security_level(std::string_view text) { return is_one_of(levels, text); }
bool is_regime(std::string_view text) { return is_one_of(regimes, text); }
bool is_number_pattern(const std::string& text) { return NumberPattern::parse(text).has_value(); }
bool is_page_language(std::string_view tag) {
    const auto first = [](std::string_view whole) { return whole.substr(0, whole.find('-')); };
    return std::ranges::any_of(languages(), [&](const Language& one) {
        return first(one.tag) == first(tag);
    });
}

std::optional<Refused> wrong_with(const Unit& unit) {
    if (!is_code(unit.unit, 12) || !is_name(unit.name)) return Refused::bad_code;
    if (!is_one_of(levels, unit.security_level) || !is_one_of(regimes, unit.regime)) {
        return Refused::unknown_unit;
    }
    if (unit.night_unlock_officers < 1 || unit.night_unlock_officers > 4) {
        return Refused::bad_unlock_officers;
    }
    return std::nullopt;
}

std::optional<Refused> wrong_with(const Wing& wing) {
    if (!is_code(wing.wing, 12) || !is_name(wing.name)) return Refused::bad_code;
    return std::nullopt;
}

std::optional<Refused> wrong_with(const NewEstablishment& establishment) {
    if (!is_name(establishment.name)) return Refused::bad_establishment_name;
    if (!Zone::find(establishment.time_zone)) return Refused::unknown_time_zone;
    if (!NumberPattern::parse(establishment.number_pattern)) return Refused::bad_number_pattern;
    if (!as_tag(establishment.language) || !is_page_language(establishment.language)) {
        return Refused::bad_languages;
    }
    for (const auto& unit : establishment.units) {
        if (const auto wrong = wrong_with(unit)) return wrong;
    }
    for (const auto& wing : establishment.wings) {
        if (const auto wrong = wrong_with(wing)) return wrong;
        if (std::ranges::find(establishment.units, wing.unit, &Unit::unit) ==
            establishment.units.end()) {
            return Refused::unknown_unit;
        }
    }
    for (const auto& place : establishment.places) {
        if (place.place.empty()) return Refused::unknown_place;
        if (std::ranges::find(establishment.wings, place.wing, &Wing::wing) ==
            establishment.wings.end()) {
            return Refused::unknown_wing;
        }
    }
    return std::nullopt;
}

std::optional<Refused> wrong_with(const NewPerson& person, const NumberPattern& pattern,
                                  Day today) {
    // Staff may be called by one name.
    const bool has_given = is_name(person.given_names) ||
                           (person.is_staff && person.given_names.empty());
    if (!has_given || !is_name(person.family_name)) return Refused::name_missing;
    const auto number = as_number(person.number);
    const bool is_staff_number =
        !number.empty() && number.size() <= 20 && std::ranges::all_of(number, [](char c) {
            return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_';
        });
    if (person.is_staff && !is_staff_number) return Refused::bad_staff_number;
    if (!person.is_staff && !pattern.fits(number)) return Refused::bad_number;
    if (person.born_on && (!person.born_on->ok() || *person.born_on >= today)) {
        return Refused::born_in_future;
    }
    if (!as_languages(person.languages)) return Refused::bad_languages;
    return std::nullopt;
}

Instant months_later(Instant at, int months) {
    const auto day = std::chrono::floor<std::chrono::days>(at);
    Day later = Day{day} + std::chrono::months{months};
    if (!later.ok()) later = later.year() / later.month() / std::chrono::last;
    return std::chrono::sys_days{later} + (at - day);
}

bool is_far_off(Day day, Day today) {
    if (!day.ok()) return true;
    const auto apart = std::chrono::sys_days{day} - std::chrono::sys_days{today};
    return std::chrono::abs(apart) > std::chrono::days{3653};
}

bool is_label(std::string_view label) {
    return !trimmed(label).empty() && label.size() <= longest_label && is_clean_text(label);
}

bool is_code(std::string_view text, std::size_t longest) {
    return !text.empty() && text.size() <= longest && std::ranges::all_of(text, [](char c) {
        return (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_';
    });
}

bool is_clearance_reason(std::string_view reason) {
    constexpr std::array<std::string_view, 6> all{"ROUTINE",      "REVIEWED",    "EXPIRED",
                                                  "INTELLIGENCE", "UNIT_CLOSED", "OTHER"};
    return is_one_of(all, reason);
}

bool is_suspension_reason(std::string_view reason) {
    constexpr std::array<std::string_view, 7> all{"SECURITY", "CONDUCT", "CONFIDENTIALITY",
                                                  "BOUNDARY", "HEALTH",  "INVESTIGATION",
                                                  "OTHER"};
    return is_one_of(all, reason);
}

bool is_leaving_reason(std::string_view reason) {
    constexpr std::array<std::string_view, 8> all{
        "COMPLETED",       "TRANSFERRED", "RELEASED", "WITHDRAWN_OWN",
        "WITHDRAWN_STAFF", "DISMISSED",   "HEALTH",   "SECURITY"};
    return is_one_of(all, reason);
}

bool is_many_leaving(std::int64_t leaving, std::int64_t present) {
    return leaving > 1 && leaving * 5 > present;
}

}  // namespace alongside::people
