// A shift that moves takes with it who is on it, and who asks for it to be taken.
#include <algorithm>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "ledger/ledger.h"
#include "people/people.h"
#include "rota/candidates.h"
#include "rota/rota.h"
#include "rota/swaps.h"

namespace alongside::rota {
namespace {

std::optional<Refusal> why_not_move(sql::Reader& reader, const Occasion& occasion,
                                    const store::Shift& shift, Instant from, Instant to) {
    using std::chrono::days;
    if (shift.starts_at <= occasion.now) {
        return Refusal{"rota.has_begun",
                       tr("This shift has begun. Its times can’t be changed any more."), "day",
                       409};
    }
    if (to <= from || to - from > rules::longest_shift || from <= occasion.now) {
        return refusal(Refused::bad_times);
    }
    if (people::is_far_off(Day{std::chrono::floor<days>(from)},
                           Day{std::chrono::floor<days>(occasion.now)})) {
        return refusal(Refused::too_far_off);
    }
    const auto other = store::shift_of(reader, occasion.who.establishment, shift.scheme,
                                       shift.name, from);
    if (other && other->shift_id != shift.shift_id) {
        auto out = refusal(Refused::there_already);
        out.field = "day";
        return out;
    }
    return std::nullopt;
}

// Whoever is on for part of it stays on for that part: from the start, to the end, or as far into
// it as before.
store::Put moved(const store::Put& put, const store::Shift& shift, Instant from, Instant to) {
    const auto by = from - shift.starts_at;
    return {put.shift_id, put.person_id,
            put.from_at <= shift.starts_at ? from : std::min(put.from_at + by, to),
            put.until_at >= shift.ends_at ? to : std::min(put.until_at + by, to)};
}

}  // namespace

Result<int> move_shift(sql::Database& database, const Occasion& occasion, ShiftId id, Instant from,
                       Instant to) {
    const auto& home = occasion.who.establishment;
    return database.write(home, [&](sql::Transaction& tx) -> Result<int> {
        const auto found = open_shift(tx, occasion, id);
        if (found.why) return refusal(*found.why);
        const auto& shift = *found.shift;
        if (shift.starts_at == from && shift.ends_at == to) return 0;
        if (auto why = why_not_move(tx, occasion, shift, from, to)) return std::move(*why);
        const auto puts = store::puts_of_shift(tx, home, id);
        const store::By by{occasion, How::hand};
        for (const auto& put : puts) {
            store::cut(tx, home, shift.scheme, put, put.from_at, "by_hand", by);
        }
        store::move(tx, home, shift, from, to, by);
        const Candidates candidates(tx, home, shift.scheme);
        int left_out = 0;
        std::vector<std::string> subjects{id.text()};
        for (const auto& put : puts) {
            const auto there = moved(put, shift, from, to);
            subjects.push_back(put.person_id.text());
            if (there.until_at <= there.from_at ||
                candidates.why_not(there, occasion.now)) {
                ++left_out;
                end_swaps_of_person(tx, occasion, put.person_id, id, {}, "taken_off");
            } else {
                store::put_on(tx, home, shift.scheme, there, by);
            }
        }
        ledger::append(tx, occasion,
                       {"shift.moved", subjects,
                        boost::json::serialize(boost::json::value{
                            {"from", iso_instant(from)}, {"to", iso_instant(to)},
                            {"left_out", left_out}})});
        return left_out;
    });
}

}  // namespace alongside::rota
