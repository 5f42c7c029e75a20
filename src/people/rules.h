// What may be recorded about people, members and prisons. Pure.
#pragma once

#include <optional>
#include <regex>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "people/people.h"
#include "people/refusals.h"

namespace alongside::people {

// Trimmed and upper-cased, as numbers are kept.
std::string as_number(std::string_view text);
std::string trimmed(std::string_view text);

// The numbers of one prison. A pattern that a longer text can't slow down isn't checked for: it is
// the administrator's own.
class NumberPattern {
public:
    static std::optional<NumberPattern> parse(const std::string& pattern);
    bool fits(const std::string& number) const;

private:
    explicit NumberPattern(std::regex pattern) : pattern_(std::move(pattern)) {}
    std::regex pattern_;
};

// BCP 47 tags in lower case but for the region, a space between, each once; separators may be
// spaces, commas, semicolons or bars. Nothing when a part isn't a tag.
std::optional<std::string> as_languages(std::string_view text);

// Under 18: child. 18 to 20: young adult. Without a date of birth: adult.
AgeGroup age_group_on(const std::optional<Day>& born_on, Day today);
// In the vulnerable persons' pool: whoever is in such a unit, until they are on an ordinary one.
bool in_vulnerable_pool(bool was, std::string_view regime);

// The first thing wrong with it, if anything.
std::optional<Refused> wrong_with(const NewEstablishment& establishment);
std::optional<Refused> wrong_with(const Unit& unit);
std::optional<Refused> wrong_with(const Wing& wing);
std::optional<Refused> wrong_with(const NewPerson& person, const NumberPattern& pattern,
                                  Day today);

bool is_label(std::string_view label);
bool is_code(std::string_view text, std::size_t longest);
bool is_clearance_reason(std::string_view reason);
bool is_suspension_reason(std::string_view reason);
bool is_leaving_reason(std::string_view reason);

// A truncated file is likelier than so many leaving at once: more than one in five of those
// present (and more than one person). [default]
bool is_many_leaving(std::int64_t leaving, std::int64_t present);

}  // namespace alongside::people
