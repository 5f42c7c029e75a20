// Saving a repeating pattern, and making shifts from it.
#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>
#include <map>

#include "base/ensure.h"
#include "ledger/ledger.h"
#include "people/people.h"
#include "rota/patterns.h"
#include "rota/refusals.h"
#include "rota/store.h"
#include "schemes/schemes.h"

namespace alongside::rota {
namespace {

constexpr int most_days = 400;

// What pattern_json holds; the anchor stands in a column of its own.
struct Stored {
    int cycle_days;
    std::vector<PatternShift> shifts;
};
BOOST_DESCRIBE_STRUCT(Stored, (), (cycle_days, shifts))

// One shift of the pattern with its people; who has left the scheme or is held apart leaves a gap.
void make(sql::Transaction& tx, const Occasion& occasion, const SchemeCode& scheme,
          const rules::Planned& planned, const PatternMembers& members) {
    const auto& home = occasion.who.establishment;
    const store::Shift shift{ShiftId::make(occasion.now, *occasion.entropy), scheme,
                             planned.shift->name, planned.from, planned.to,
                             planned.shift->needed, {}};
    const store::By by{occasion, How::pattern};
    store::add_shift(tx, home, shift, by);
    for (const auto& member : planned.shift->members) {
        const auto person = members.find(member);
        if (person == members.end()) continue;
        store::put_on(tx, home, scheme,
                      {shift.shift_id, person->second, std::max(occasion.now, shift.starts_at),
                       shift.ends_at},
                      by);
    }
}

}  // namespace

std::string pattern_json(const Pattern& pattern) {
    return boost::json::serialize(
        boost::json::value_from(Stored{pattern.cycle_days, pattern.shifts}));
}

Pattern pattern_of(const std::string& json, Day anchor_on) {
    const auto stored = boost::json::value_to<Stored>(boost::json::parse(json));
    return {stored.cycle_days, anchor_on, stored.shifts};
}

PatternMembers pattern_members(sql::Reader& reader, const EstablishmentId& home,
                               const SchemeCode& scheme, Instant now) {
    PatternMembers out;
    for (const auto& member : people::members(reader, home, scheme, now)) {
        if (!member.is_segregated) out.emplace(member.member_id.text(), member.person_id);
    }
    return out;
}

bool are_members(const std::vector<PatternShift>& shifts, const PatternMembers& members) {
    return std::ranges::all_of(shifts, [&](const PatternShift& shift) {
        return std::ranges::all_of(shift.members, [&](const std::string& member) {
            return members.contains(member);
        });
    });
}

TemporaryPatterns temporary_patterns(sql::Reader& reader, const EstablishmentId& home,
                                     const SchemeCode& scheme, Day from_on) {
    TemporaryPatterns out;
    for (auto& row : temporaries(reader, home, scheme, from_on)) {
        auto pattern = pattern_of(row.pattern_json, row.from_on);
        out.emplace_back(std::move(row), std::move(pattern));
    }
    return out;
}

const Pattern& pattern_on(Day day, const Pattern& usual, const TemporaryPatterns& temporary) {
    for (const auto& [row, pattern] : temporary) {
        if (row.from_on <= day && day <= row.to_on) return pattern;
    }
    return usual;
}

std::optional<Pattern> pattern(sql::Reader& reader, const EstablishmentId& home,
                               const SchemeCode& scheme) {
    const auto row = store::pattern(reader, home, scheme);
    if (!row) return std::nullopt;
    return pattern_of(row->pattern_json, row->anchor_on);
}

Result<Done> save_pattern(sql::Database& database, const Occasion& occasion,
                          const SchemeCode& scheme, const Pattern& pattern) {
    const auto& home = occasion.who.establishment;
    return database.write(home, [&](sql::Transaction& tx) -> Result<Done> {
        if (const auto why = may_not_change(tx, occasion.who, scheme)) return refusal(*why);
        if (const auto wrong = rules::what_is_wrong(pattern)) return refusal(*wrong);
        const auto members = pattern_members(tx, home, scheme, occasion.now);
        if (!are_members(pattern.shifts, members)) return refusal(Refused::not_a_member);
        const auto before = store::pattern(tx, home, scheme);
        const store::PatternRow row{before ? before->version + 1 : 1, pattern.anchor_on,
                                    pattern_json(pattern)};
        if (before && before->pattern_json == row.pattern_json &&
            before->anchor_on == row.anchor_on) {
            return Done{};
        }
        store::save_pattern(tx, home, scheme, row, occasion.now, occasion.who.actor);
        ledger::append(tx, occasion,
                       {"rota.pattern_saved", {scheme.text()},
                        boost::json::serialize(boost::json::value{{"version", row.version}})});
        return Done{};
    });
}

Result<int> fill_from_pattern(sql::Database& database, const Occasion& occasion,
                              const SchemeCode& scheme, Day from, Day to) {
    const auto& home = occasion.who.establishment;
    return database.write(home, [&](sql::Transaction& tx) -> Result<int> {
        if (const auto why = may_not_change(tx, occasion.who, scheme)) return refusal(*why);
        const auto days = from.ok() && to.ok()
                              ? (std::chrono::sys_days{to} - std::chrono::sys_days{from}).count()
                              : 0;
        if (days < 1 || days > most_days) return refusal(Refused::too_long);
        if (people::is_far_off(from, people::zone_of(tx, home).local(occasion.now).day)) {
            return refusal(Refused::too_far_off);
        }
        const auto cycle = rota::pattern(tx, home, scheme);
        if (!cycle) return refusal(Refused::no_pattern);
        const auto zone = people::zone_of(tx, home);
        const auto members = pattern_members(tx, home, scheme, occasion.now);
        const auto temporary = temporary_patterns(tx, home, scheme, from);
        int made = 0;
        for (int i = 0; i < days; ++i) {
            const Day day{std::chrono::sys_days{from} + std::chrono::days{i}};
            for (const auto& planned : rules::planned_on(pattern_on(day, *cycle, temporary), day,
                                                           zone)) {
                if (planned.to <= occasion.now) continue;
                if (store::shift_of(tx, home, scheme, planned.shift->name, planned.from)) {
                    continue;
                }
                if (made == 0) store::publish(tx, home, scheme, {occasion, How::pattern});
                make(tx, occasion, scheme, planned, members);
                ++made;
            }
        }
        if (made == 0) return 0;
        ledger::append(tx, occasion,
                       {"rota.filled", {scheme.text()},
                        boost::json::serialize(boost::json::value{
                            {"from", iso_day(from)}, {"to", iso_day(to)}, {"shifts", made}})});
        return made;
    });
}

}  // namespace alongside::rota
