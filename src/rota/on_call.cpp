// Who is on call, from a copy in memory of the stretches around now; and the gaps.
#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <set>

#include "people/people.h"
#include "rota/cannot_come.h"
#include "rota/store.h"

namespace alongside::rota {
namespace {

constexpr Hours ahead{36};          // how long a copy holds the stretches, from where it was read
constexpr std::size_t few = 200;    // more people than this are quicker read all at once

using Puts = std::vector<store::Put>;   // by person; of one person, what ends last comes first
using People = std::optional<PersonId>; // one, or everybody

bool is_before(const store::Put& a, const store::Put& b) {
    return std::tie(a.person_id, b.until_at) < std::tie(b.person_id, a.until_at);
}

struct Kept {
    std::optional<sql::ChangeSeen> seen;
    Instant from, to;               // asked about within this, the copy holds all
    std::shared_ptr<const Puts> puts;
};

// One scheme's rota in one snapshot.
struct Rota {
    sql::Reader& reader;
    const EstablishmentId& home;
    const SchemeCode& scheme;

    // When they are on and haven't said that they can't.
    Puts puts(Instant from, Instant to, const People& person = {}) const {
        std::map<PersonId, rules::Times> said;
        const auto zone = people::zone_of(reader, home);
        for (const auto& one :
             who_said_so(reader, home, zone, from, to + rules::longest_shift, person)) {
            said[one.person_id].emplace_back(one.from, one.to);
        }
        Puts out;
        for (const auto& put : store::puts(reader, home, scheme, from, to, person)) {
            const auto own = said.find(put.person_id);
            if (own == said.end()) {
                out.push_back(put);
                continue;
            }
            for (const auto& [begins, ends] :
                 rules::without({{put.from_at, put.until_at}}, own->second, put.from_at,
                                put.until_at)) {
                out.push_back({put.shift_id, put.person_id, begins, ends});
            }
        }
        std::sort(out.begin(), out.end(), is_before);
        return out;
    }
    std::shared_ptr<const Puts> all(Instant from, Instant to) const {
        return std::make_shared<const Puts>(puts(from, to));
    }
    // Nothing where too much has changed.
    std::shared_ptr<const Puts> with_changes(const Kept& before) const {
        const auto changed = store::changed_since(reader, home, scheme, before.seen->seq);
        if (changed.size() > few) return nullptr;
        auto out = std::make_shared<Puts>(*before.puts);
        for (const auto& person : changed) {
            if (!person) return nullptr;
            const auto own = std::ranges::equal_range(*out, *person, {}, &store::Put::person_id);
            const auto at = out->erase(own.begin(), own.end());
            const auto now = puts(before.from, before.to, person);
            out->insert(at, now.begin(), now.end());
        }
        return out;
    }
};

std::shared_ptr<const Puts> puts_around(const Rota& rota, Instant at,
                                        const sql::ChangeSeen& last) {
    static std::mutex mutex;
    static std::map<std::pair<EstablishmentId, SchemeCode>, Kept> all;
    Kept kept;
    {
        const std::lock_guard lock(mutex);
        kept = all[{rota.home, rota.scheme}];
    }
    auto way = sql::Follow::anew;
    if (kept.from <= at && at < kept.to) {
        way = sql::follow(kept.seen, last, [&](const sql::ChangeSeen& seen) {
            return store::has_change(rota.reader, rota.home, rota.scheme, seen);
        });
    }
    if (way == sql::Follow::is_there) return kept.puts;
    auto puts = way == sql::Follow::by_changes ? rota.with_changes(kept) : nullptr;
    if (puts) {
        kept = {last, kept.from, kept.to, puts};
    } else {
        kept = {last, at, at + ahead, rota.all(at, at + ahead)};
    }
    const std::lock_guard lock(mutex);
    all[{rota.home, rota.scheme}] = kept;
    return kept.puts;
}

}  // namespace

std::vector<OnCall> on_call_at(sql::Reader& reader, const EstablishmentId& home,
                               const SchemeCode& scheme, Instant at) {
    std::vector<OnCall> out;
    const auto last = store::last_change(reader, home, scheme);
    if (!last) return out;
    const auto puts = puts_around({reader, home, scheme}, at, *last);
    for (const auto& put : *puts) {
        const bool is_on = put.from_at <= at && at < put.until_at;
        // On two shifts at once: the one that ends later says until when.
        if (!is_on || (!out.empty() && out.back().person_id == put.person_id)) continue;
        out.push_back({put.person_id, put.shift_id, put.until_at});
    }
    return out;
}

std::vector<Gap> gaps(sql::Reader& reader, const EstablishmentId& home, const SchemeCode& scheme,
                      Instant from, Instant to) {
    std::map<ShiftId, std::vector<rules::Stretch>> on;
    for (const auto& put : store::puts(reader, home, scheme, from, to)) {
        on[put.shift_id].push_back({put.person_id, put.from_at, put.until_at});
    }
    const auto away = absences(reader, home, scheme, from, to);
    std::vector<Gap> out;
    for (const auto& shift : store::shifts(reader, home, scheme, from, to)) {
        const rules::ShiftFacts facts{shift.shift_id, shift.name, shift.starts_at, shift.ends_at,
                                      shift.needed, on[shift.shift_id]};
        for (auto& gap : rules::gaps_of(facts, away, from, to)) out.push_back(std::move(gap));
    }
    std::stable_sort(out.begin(), out.end(),
                     [](const Gap& a, const Gap& b) { return a.from < b.from; });
    return out;
}

std::vector<std::pair<Instant, Instant>> without_shift(sql::Reader& reader,
                                                       const EstablishmentId& home,
                                                       const SchemeCode& scheme, Instant from,
                                                       Instant to) {
    rules::Times stand;
    for (const auto& shift : store::shifts(reader, home, scheme, from, to)) {
        stand.emplace_back(shift.starts_at, shift.ends_at);
    }
    return rules::without({{from, to}}, stand, from, to);
}

std::vector<Gap> gaps_ahead(sql::Reader& reader, const EstablishmentId& home,
                            const SchemeCode& scheme, Instant now, Instant to,
                            CalledOut called_out) {
    std::set<ShiftId> shifts;
    for (const auto& shift : store::shifts(reader, home, scheme, now, to)) {
        shifts.insert(shift.shift_id);
    }
    const auto night = tonight(reader, home, scheme, now, called_out);
    const auto of_night = [&](const Gap& gap) {
        return night && gap.from < night->night.to && night->night.from < gap.to;
    };
    std::vector<Gap> all;
    const auto add = [&](Gap gap, Instant a, Instant b) {
        gap.from = std::max(gap.from, a);
        gap.to = std::min(gap.to, b);
        if (shifts.contains(gap.shift_id) && gap.from < gap.to) all.push_back(std::move(gap));
    };
    for (const auto& gap : gaps(reader, home, scheme, now, to + rules::longest_shift)) {
        if (!of_night(gap)) {
            add(gap, gap.from, gap.to);
            continue;
        }
        add(gap, gap.from, night->night.from);
        add(gap, night->night.to, gap.to);
    }
    if (night) {
        for (const auto& gap : night->gaps) add(gap, gap.from, gap.to);
    }
    return rules::joined(std::move(all));
}

}  // namespace alongside::rota
