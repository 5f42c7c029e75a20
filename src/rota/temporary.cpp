#include "rota/temporary.h"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <map>
#include <set>

#include "base/ensure.h"
#include "ledger/ledger.h"
#include "people/people.h"
#include "rota/candidates.h"
#include "rota/patterns.h"
#include "rota/plan_facts.h"
#include "rota/store_temporary.h"
#include "rota/swaps.h"

namespace alongside::rota {
namespace {

constexpr int most_temporary_days = 92;

enum class TemporaryRefused { unknown, name, days, overlaps, outdated };

Refusal refusal(TemporaryRefused why) {
    switch (why) {
        case TemporaryRefused::unknown:
            return {"rota.temporary_unknown", tr("There is no such temporary schedule."), "",
                    404};
        case TemporaryRefused::name:
            return {"rota.temporary_name", tr("Give it a name of 1 to 40 characters."), "name",
                    422};
        case TemporaryRefused::days:
            return {"rota.temporary_days",
                    tr("Choose a stretch of 1 to 92 days that isn’t over."), "to_on", 422};
        case TemporaryRefused::overlaps:
            return {"rota.temporary_overlaps",
                    tr("Another temporary schedule stands on some of these days. Take it back "
                       "first."), "from_on", 409};
        case TemporaryRefused::outdated:
            return {"rota.temporary_outdated",
                    tr("The rota has changed since this was shown. Nothing was saved. Here is what "
                       "the schedule would change now."), "", 409};
    }
    return {};
}

Day next_day(Day day, int days = 1) {
    return Day{std::chrono::sys_days{day} + std::chrono::days{days}};
}

Pattern as_pattern(const Temporary& temporary) {
    return {temporary.cycle_days, temporary.from_on, temporary.shifts};
}

std::optional<Refusal> what_is_wrong_with(sql::Reader& reader, const Occasion& occasion,
                                          const SchemeCode& scheme, const Temporary& wanted) {
    const auto& home = occasion.who.establishment;
    if (const auto why = may_not_change(reader, occasion.who, scheme)) return refusal(*why);
    if (wanted.name.empty() || wanted.name.size() > 40 || !people::is_clean_text(wanted.name)) {
        return refusal(TemporaryRefused::name);
    }
    const auto today = people::zone_of(reader, home).local(occasion.now).day;
    if (!wanted.from_on.ok() || !wanted.to_on.ok() || wanted.to_on < wanted.from_on ||
        wanted.to_on < today || next_day(wanted.from_on, most_temporary_days) <= wanted.to_on) {
        return refusal(TemporaryRefused::days);
    }
    if (people::is_far_off(wanted.from_on, today)) {
        auto out = refusal(Refused::too_far_off);
        out.field = "from_on";
        return out;
    }
    if (const auto wrong = rules::what_is_wrong(as_pattern(wanted))) {
        return rota::refusal(*wrong);
    }
    if (!are_members(wanted.shifts, pattern_members(reader, home, scheme, occasion.now))) {
        return refusal(Refused::not_a_member);
    }
    for (const auto& other : temporaries(reader, home, scheme, wanted.from_on)) {
        if (other.temporary_id != wanted.temporary_id && other.from_on <= wanted.to_on) {
            return refusal(TemporaryRefused::overlaps);
        }
    }
    return std::nullopt;
}

// One shift as it was and as it is to be; either may be missing.
struct Pairing {
    std::optional<store::Shift> was;
    std::optional<rules::Planned> is;
};

// Puts a temporary schedule in the place of the shifts that are there.
class Applying {
public:
    Applying(sql::Transaction& tx, const Occasion& occasion, const SchemeCode& scheme,
             const Temporary& wanted)
        : tx_(tx), occasion_(occasion), home_(occasion.who.establishment), scheme_(scheme),
          wanted_(wanted), pattern_(as_pattern(wanted)), zone_(people::zone_of(tx, home_)),
          members_(pattern_members(tx, home_, scheme, occasion.now)) {}

    TemporaryEffect run() {
        for (const auto& pair : pairings()) change(pair);
        const Candidates candidates(tx_, home_, scheme_);
        std::ranges::stable_sort(out_.changes, {}, &TemporaryChange::from);
        for (auto& one : out_.changes) put_people(candidates, one);
        const auto end = zone_.instant(next_day(wanted_.to_on), 0) + rules::longest_shift;
        for (const auto& gap : gaps(tx_, home_, scheme_, occasion_.now, end)) {
            for (auto& one : out_.changes) {
                if (one.shift_id != gap.shift_id) continue;
                one.short_by = std::max(one.short_by, gap.short_by);
            }
        }
        judge();
        return std::move(out_);
    }

private:
    std::vector<store::Shift> shifts_there() {
        const auto from = zone_.instant(wanted_.from_on, 0);
        const auto to = zone_.instant(next_day(wanted_.to_on), 0);
        auto out = store::shifts(tx_, home_, scheme_, from, to);
        std::erase_if(out, [&](const store::Shift& one) { return one.starts_at < from; });
        return out;
    }

    // Those of the same name and start first, then those of the same name on the same day.
    std::vector<Pairing> pairings() {
        std::vector<Pairing> out;
        std::vector<std::optional<rules::Planned>> planned;
        for (Day day = wanted_.from_on; day <= wanted_.to_on; day = next_day(day)) {
            for (const auto& one : rules::planned_on(pattern_, day, zone_)) {
                if (one.from > occasion_.now) planned.emplace_back(one);
            }
        }
        auto there = shifts_there();
        for (const bool is_exact : {true, false}) {
            for (auto& was : there) {
                if (was.name.empty()) continue;     // it has its pair
                for (auto& is : planned) {
                    if (!is || !fits(was, *is, is_exact)) continue;
                    if (was.starts_at <= occasion_.now) ++out_.begun;
                    else out.push_back({was, is});
                    is.reset();
                    was = {};
                    break;
                }
            }
        }
        for (auto& was : there) {
            if (was.name.empty()) continue;
            if (was.starts_at <= occasion_.now) ++out_.begun;
            else out.push_back({std::move(was), {}});
        }
        for (auto& is : planned) {
            if (is) out.push_back({{}, is});
        }
        return out;
    }

    bool fits(const store::Shift& was, const rules::Planned& is, bool is_exact) {
        if (was.name != is.shift->name) return false;
        if (is_exact) return was.starts_at == is.from;
        if (zone_.local(was.starts_at).day != zone_.local(is.from).day) return false;
        // One that was cancelled begins then: it is there again, and this one goes.
        return !store::shift_of(tx_, home_, scheme_, was.name, is.from);
    }

    std::vector<PersonId> named(const rules::Planned& is) const {
        std::set<PersonId> out;
        for (const auto& member : is.shift->members) out.insert(members_.at(member));
        return {out.begin(), out.end()};
    }

    std::vector<PersonId> on_it(ShiftId id) {
        std::set<PersonId> out;
        for (const auto& put : store::puts_of_shift(tx_, home_, id)) out.insert(put.person_id);
        return {out.begin(), out.end()};
    }

    void change(const Pairing& pair) {
        if (!pair.is) leave_out(*pair.was);
        else if (!pair.was) add(*pair.is);
        else become(*pair.was, *pair.is);
    }

    void touched(std::string_view what, const store::Shift& was) {
        store::add_touched(tx_, home_, wanted_.temporary_id,
                           {was.shift_id, std::string(what), was.starts_at, was.ends_at,
                            was.needed});
    }

    void leave_out(const store::Shift& was) {
        out_.changes.push_back({TemporaryChange::What::gone, was.shift_id, was.name,
                                was.starts_at, was.ends_at, was.needed, was.starts_at,
                                was.ends_at, was.needed, on_it(was.shift_id)});
        touched("gone", was);
        end_swaps_of_shift(tx_, occasion_, was.shift_id, "cancelled");
        store::cancel(tx_, home_, was, {occasion_, How::temporary});
    }

    void clear(const store::Shift& shift) {
        for (const auto& put : store::puts_of_shift(tx_, home_, shift.shift_id)) {
            store::cut(tx_, home_, scheme_, put, put.from_at, "by_hand",
                       {occasion_, How::temporary});
        }
    }

    void add(const rules::Planned& is) {
        const auto before = store::shift_of(tx_, home_, scheme_, is.shift->name, is.from);
        const store::Shift shift{
            before ? before->shift_id : ShiftId::make(occasion_.now, *occasion_.entropy), scheme_,
            is.shift->name, is.from, is.to, is.shift->needed, {}};
        if (before) {
            clear(shift);
            store::restore(tx_, home_, shift, {occasion_, How::temporary});
        } else {
            store::add_shift(tx_, home_, shift, {occasion_, How::temporary});
        }
        touched("added", shift);
        out_.changes.push_back({TemporaryChange::What::added, shift.shift_id, shift.name, is.from,
                                is.to, shift.needed, is.from, is.to, shift.needed});
        for (const auto person : named(is)) {
            wanted_on_[shift.shift_id].push_back({shift.shift_id, person, is.from, is.to});
        }
    }

    void become(const store::Shift& was, const rules::Planned& is) {
        const auto before = on_it(was.shift_id);
        const auto names = named(is);
        const bool is_moved = was.starts_at != is.from || was.ends_at != is.to ||
                              was.needed != is.shift->needed;
        if (!is_moved && (names.empty() || names == before)) {
            ++out_.same;
            return;
        }
        touched("changed", was);
        auto& wanted_on = wanted_on_[was.shift_id];
        for (const auto& put : store::puts_of_shift(tx_, home_, was.shift_id)) {
            store::add_was_on(tx_, home_, wanted_.temporary_id, put);
            if (!names.empty()) continue;
            const bool is_from_start = put.from_at <= was.starts_at;
            const bool is_to_end = put.until_at >= was.ends_at;
            wanted_on.push_back({was.shift_id, put.person_id,
                                 is_from_start ? is.from : std::max(put.from_at, is.from),
                                 is_to_end ? is.to : std::min(put.until_at, is.to)});
        }
        for (const auto person : names) {
            wanted_on.push_back({was.shift_id, person, is.from, is.to});
        }
        clear(was);
        store::move(tx_, home_, was, is.from, is.to, {occasion_, How::temporary},
                    is.shift->needed);
        out_.changes.push_back({TemporaryChange::What::changed, was.shift_id, was.name, is.from,
                                is.to, is.shift->needed, was.starts_at, was.ends_at, was.needed,
                                before});
    }

    // Once every shift is where it will be: whoever can't be on it then is off it.
    void put_people(const Candidates& candidates, TemporaryChange& one) {
        for (const auto& put : wanted_on_[one.shift_id]) {
            if (put.until_at <= put.from_at) continue;
            if (auto why = candidates.why_not(put, occasion_.now)) {
                one.left_out.push_back({put.person_id, std::move(*why)});
                continue;
            }
            store::put_on(tx_, home_, scheme_, put, {occasion_, How::temporary});
        }
        if (one.what == TemporaryChange::What::gone) return;
        one.after = on_it(one.shift_id);
        for (const auto person : one.before) {
            if (std::ranges::count(one.after, person) > 0) continue;
            end_swaps_of_person(tx_, occasion_, person, one.shift_id, {}, "taken_off");
        }
    }

    // By the rules of a plan, with everything in its place.
    void judge() {
        std::vector<PutOn> puts;
        Instant first = Instant::max(), last = Instant::min();
        for (const auto& one : out_.changes) {
            const bool is_moved = one.from != one.was_from || one.to != one.was_to;
            for (const auto person : one.after) {
                if (!is_moved && std::ranges::count(one.before, person) > 0) continue;
                puts.push_back({one.shift_id, person});
                first = std::min(first, one.from);
                last = std::max(last, one.from);
            }
        }
        if (puts.empty()) return;
        const auto facts = planning::without(
            facts_around(tx_, home_, scheme_, first, last, occasion_.now), puts);
        for (auto& broken : planning::would_break(facts, puts)) {
            const auto at = std::ranges::find(out_.changes, broken.put.shift_id,
                                              &TemporaryChange::shift_id);
            at->breaks.push_back({broken.put.person_id, std::move(broken.whys)});
        }
    }

    sql::Transaction& tx_;
    const Occasion& occasion_;
    const EstablishmentId& home_;
    const SchemeCode& scheme_;
    const Temporary& wanted_;
    Pattern pattern_;
    Zone zone_;
    PatternMembers members_;
    std::map<ShiftId, std::vector<store::Put>> wanted_on_;
    TemporaryEffect out_;
};

TemporaryEffect put_in_place(sql::Transaction& tx, const Occasion& occasion,
                             const SchemeCode& scheme, const Temporary& wanted) {
    store::add(tx, occasion.who.establishment,
               {wanted.temporary_id, scheme, wanted.name, wanted.from_on, wanted.to_on,
                pattern_json(as_pattern(wanted)), occasion.now, {}},
               occasion.who.actor);
    return Applying(tx, occasion, scheme, wanted).run();
}

}  // namespace

std::string TemporaryEffect::seen() const {
    std::string all;
    for (const auto& one : changes) {
        all += "\n" + std::to_string(static_cast<int>(one.what)) + one.name;
        for (const auto at : {one.from, one.to, one.was_from, one.was_to}) all += iso_instant(at);
        for (const int count : {one.needed, one.was_needed, one.short_by}) {
            all += " " + std::to_string(count);
        }
        // Not the shift's id: one that is added has none yet that lasts.
        for (const auto person : one.before) all += " -" + person.text();
        for (const auto person : one.after) all += " +" + person.text();
        for (const auto& out : one.left_out) {
            all += " " + out.person_id.text();
            all += out.why.code;
        }
        for (const auto& broken : one.breaks) {
            all += " " + broken.person_id.text() + codes_of(broken.whys);
        }
    }
    return fingerprint(all);
}

Result<TemporaryEffect> temporary_effect(sql::Database& database, const Occasion& occasion,
                                         const SchemeCode& scheme, const Temporary& wanted) {
    std::optional<TemporaryEffect> out;
    // A refusal undoes what was done.
    const auto undone = database.write(
        occasion.who.establishment, [&](sql::Transaction& tx) -> Result<Done> {
            out.reset();
            if (auto why = what_is_wrong_with(tx, occasion, scheme, wanted)) {
                return std::move(*why);
            }
            if (store::temporary(tx, occasion.who.establishment, wanted.temporary_id)) {
                return refusal(TemporaryRefused::overlaps);
            }
            out = put_in_place(tx, occasion, scheme, wanted);
            return Refusal{"rota.only_looked_at", {}, "", 409};
        });
    if (out) return std::move(*out);
    return undone.error();
}

Result<Done> save_temporary(sql::Database& database, const Occasion& occasion,
                            const SchemeCode& scheme, const Temporary& wanted,
                            const std::optional<std::string>& seen) {
    const auto& home = occasion.who.establishment;
    return database.write(home, [&](sql::Transaction& tx) -> Result<Done> {
        if (store::temporary(tx, home, wanted.temporary_id)) return Done{};
        if (auto why = what_is_wrong_with(tx, occasion, scheme, wanted)) return std::move(*why);
        const auto effect = put_in_place(tx, occasion, scheme, wanted);
        // A refusal undoes what was done.
        if (seen && effect.seen() != *seen) return refusal(TemporaryRefused::outdated);
        ledger::append(tx, occasion,
                       {"rota.temporary_saved",
                        {wanted.temporary_id.text(), scheme.text()},
                        boost::json::serialize(boost::json::value{
                            {"from", iso_day(wanted.from_on)}, {"to", iso_day(wanted.to_on)},
                            {"shifts", effect.changes.size()}})});
        return Done{};
    });
}

// ---- taking it back -----------------------------------------------------------------------------

namespace {

class TakingBack {
public:
    TakingBack(sql::Transaction& tx, const Occasion& occasion, const TemporaryRow& row)
        : tx_(tx), occasion_(occasion), home_(occasion.who.establishment), row_(row),
          zone_(people::zone_of(tx, home_)), usual_(pattern(tx, home_, row.scheme)) {}

    // How many who were on can't be on any more.
    int run() {
        std::vector<ShiftId> back;
        for (const auto& one : store::temporary_shifts(tx_, home_, row_.temporary_id)) {
            const auto shift = store::shift(tx_, home_, one.shift_id);
            ENSURE(shift.has_value());
            if (shift->starts_at <= occasion_.now || one.starts_at <= occasion_.now) continue;
            if (one.what == "added") drop(*shift);
            else if (one.what == "gone") bring_back(*shift, one);
            else change_back(*shift, one);
        }
        const Candidates candidates(tx_, home_, row_.scheme);
        int left_out = 0;
        for (const auto& put : puts_) {
            if (candidates.why_not(put, occasion_.now)) {
                ++left_out;
                continue;
            }
            store::put_on(tx_, home_, row_.scheme, put, {occasion_, How::temporary});
        }
        return left_out;
    }

private:
    bool is_usual(const store::Shift& shift) const {
        if (!usual_) return false;
        const auto planned = rules::planned_on(*usual_, zone_.local(shift.starts_at).day, zone_);
        return std::ranges::any_of(planned, [&](const rules::Planned& one) {
            return one.shift->name == shift.name && one.from == shift.starts_at &&
                   one.to == shift.ends_at && one.shift->needed == shift.needed;
        });
    }

    void drop(const store::Shift& shift) {
        if (shift.cancelled_at || is_usual(shift)) return;
        end_swaps_of_shift(tx_, occasion_, shift.shift_id, "cancelled");
        store::cancel(tx_, home_, shift, {occasion_, How::temporary});
    }

    void take_all_off(const store::Shift& shift) {
        for (const auto& put : store::puts_of_shift(tx_, home_, shift.shift_id)) {
            store::cut(tx_, home_, row_.scheme, put, put.from_at, "by_hand",
                       {occasion_, How::temporary});
        }
    }

    // Whoever was on it then is on it again, unless somebody has made it anew by hand.
    void bring_back(store::Shift shift, const store::TemporaryShift& was) {
        if (!shift.cancelled_at) return;
        for (const auto& put : store::puts_of_shift(tx_, home_, shift.shift_id)) {
            puts_.push_back(put);
        }
        take_all_off(shift);
        shift.ends_at = was.ends_at;
        shift.needed = was.needed;
        store::restore(tx_, home_, shift, {occasion_, How::temporary});
    }

    void change_back(const store::Shift& shift, const store::TemporaryShift& was) {
        if (shift.cancelled_at) return;
        const auto other = store::shift_of(tx_, home_, row_.scheme, shift.name, was.starts_at);
        if (other && other->shift_id != shift.shift_id) return;
        take_all_off(shift);
        store::move(tx_, home_, shift, was.starts_at, was.ends_at, {occasion_, How::temporary},
                    was.needed);
        for (const auto& put : store::temporary_people(tx_, home_, row_.temporary_id)) {
            if (put.shift_id == shift.shift_id) puts_.push_back(put);
        }
    }

    sql::Transaction& tx_;
    const Occasion& occasion_;
    const EstablishmentId& home_;
    const TemporaryRow& row_;
    Zone zone_;
    std::optional<Pattern> usual_;
    std::vector<store::Put> puts_;
};

}  // namespace

Result<int> take_back_temporary(sql::Database& database, const Occasion& occasion,
                                TemporaryId id) {
    const auto& home = occasion.who.establishment;
    return database.write(home, [&](sql::Transaction& tx) -> Result<int> {
        const auto row = store::temporary(tx, home, id);
        if (!row) return refusal(TemporaryRefused::unknown);
        if (const auto why = may_not_change(tx, occasion.who, row->scheme)) return refusal(*why);
        if (row->ended_at) return 0;
        const int left_out = TakingBack(tx, occasion, *row).run();
        store::end_temporary(tx, home, id, occasion.now, occasion.who.actor);
        ledger::append(tx, occasion,
                       {"rota.temporary_taken_back", {id.text(), row->scheme.text()},
                        boost::json::serialize(boost::json::value{{"left_out", left_out}})});
        return left_out;
    });
}

}  // namespace alongside::rota
