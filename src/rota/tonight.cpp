// Who is on call tonight, who of them can come, and what that leaves.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "people/people.h"
#include "rota/cannot_come.h"
#include "rota/rules.h"
#include "rota/store.h"
#include "schemes/schemes.h"
#include "welfare/welfare.h"

namespace alongside::rota {
namespace {

using Away = std::map<PersonId, std::vector<CannotCome>>;

// What is left of the night, and where what is known of it comes from.
struct TonightFrom {
    sql::Reader& reader;
    const EstablishmentId& home;
    const schemes::Policy& policy;
    const Zone& zone;
    Night night;
    Instant now, from;              // the later of now and the night's beginning
    CalledOut called_out = nullptr;

    void add(Away& out, PersonId person, Instant a, Instant b,
             std::variant<Unready, NotTonight> why) const {
        a = std::max(a, from);
        b = std::min(b, night.to);
        if (a < b) out[person].push_back({a, b, why});
    }
    // Who can't come, as gaps have it; for tonight also who is out now, or may not be called then.
    Away away(bool is_tonight) const {
        Away out;
        // The shift that runs now tells of those who are out now; for the night, all count who
        // haven't come back.
        const std::variant<Unready, NotTonight> is_out = Unready::out_now;
        for (const auto& one : who_cannot_come(reader, home, policy.scheme, Among::those_on, now,
                                               night.to, now)) {
            if (one.why != is_out) add(out, one.person_id, one.from, one.to, one.why);
        }
        if (!is_tonight) return out;
        const auto facts = people::scheme_facts(reader, home, policy.scheme);
        for (const auto& member : facts->members) {
            if (member->facts.is_resident && member->facts.in_out != people::InOut::IN) {
                add(out, member->facts.person_id, from, night.to, Unready::out_now);
            }
        }
        add_limits(out);
        return out;
    }
    // As choosing somebody to send has it (rule 2), at the beginning of what is left.
    void add_limits(Away& out) const {
        const bool is_night = now >= night.from;
        const auto window = [&](Instant at) {
            return welfare::Window{at, policy.night, zone, policy.fairness_days};
        };
        std::set<PersonId> with_somebody;
        std::map<PersonId, Millis> hours_now;
        for (const auto& load : welfare::loads(reader, home, window(now))) {
            hours_now[load.person_id] = load.in_7_days;
        }
        for (const auto& load : welfare::loads(reader, home, window(from))) {
            const auto person = load.person_id;
            const auto told = [&](NotTonight why) { add(out, person, from, night.to, why); };
            const int other_nights = load.nights_in_7_days - (load.has_worked_this_night ? 1 : 0);
            // Who is with somebody now won't be for ever: what counts is what has been.
            const auto hours = std::min(load.in_7_days, hours_now[person]);
            if (is_night && load.is_with_someone) {
                with_somebody.insert(person);
                told(NotTonight::with_somebody);
            }
            else if (load.has_worked_this_night && !load.has_waived_rest) {
                // Rest says it already, for as long as it lasts.
                add(out, person, std::max(from, load.resting_until.value_or(from)), night.to,
                    NotTonight::called_this_night);
            }
            else if (other_nights >= policy.nights_per_7_days) told(NotTonight::nights_limit);
            else if (hours >= Hours{policy.hours_per_7_days}) told(NotTonight::hours_limit);
        }
        if (!is_night || !called_out) return;
        // From their yes on: what takes them out for the night is the call, not the arrival.
        for (const auto person : called_out(reader, home)) {
            if (with_somebody.contains(person)) continue;
            add(out, person, from, night.to, NotTonight::called_out);
        }
    }
};

std::vector<rules::Stretch> stretches_of(const Away& away) {
    std::vector<rules::Stretch> out;
    for (const auto& [person, list] : away) {
        for (const auto& one : list) out.push_back({person, one.from, one.to});
    }
    return out;
}

}  // namespace

int Tonight::cannot_come() const {
    std::set<PersonId> who;
    for (const auto& one : on) {
        if (!one.cannot.empty()) who.insert(one.person_id);
    }
    return static_cast<int>(who.size());
}

int Tonight::fewest() const {
    int out = cover.empty() ? 0 : cover.front().people;
    for (const auto& one : cover) out = std::min(out, one.people);
    return out;
}

bool Tonight::is_in_trouble() const {
    const bool is_missed = cannot_come() > 0 && fewest() < night_cover;
    return is_missed || !gaps.empty() || fewest() == 0;
}

namespace {

Tonight as_it_stands(const TonightFrom& known, bool is_tonight) {
    auto& reader = known.reader;
    const auto& home = known.home;
    const auto& scheme = known.policy.scheme;
    const auto& night = known.night;
    Tonight out;
    out.night = night;
    out.warns_from = night.from - Minutes{known.policy.warn_before_night_minutes};
    out.is_warned = known.now >= out.warns_from;
    out.night_cover = known.policy.night_cover;

    auto away = known.away(is_tonight);
    const auto puts = store::puts(reader, home, scheme, known.from, night.to);
    std::map<ShiftId, std::vector<rules::Stretch>> on;
    std::vector<rules::Stretch> all;
    for (const auto& put : puts) {
        const Instant from = std::max(put.from_at, known.from);
        const Instant to = std::min(put.until_at, night.to);
        on[put.shift_id].push_back({put.person_id, put.from_at, put.until_at});
        all.push_back({put.person_id, from, to});
        out.on.push_back({put.person_id, put.shift_id, from, to, {}});
    }
    const auto gone = stretches_of(away);
    for (auto& one : out.on) {
        for (const auto& why : away[one.person_id]) {
            if (why.from < one.to && one.from < why.to) {
                one.cannot.push_back({std::max(why.from, one.from), std::min(why.to, one.to),
                                      why.why});
            }
        }
        std::ranges::stable_sort(one.cannot, {}, &CannotCome::from);
        const auto left = rules::covered({{one.person_id, one.from, one.to}}, gone, one.from,
                                         one.to);
        one.comes_never = std::ranges::all_of(left, [](const auto& c) { return c.people == 0; });
    }
    for (const auto& [person, list] : away) {
        if (!list.empty() && std::ranges::count(out.on, person, &OnTonight::person_id) == 0) {
            out.others_away.push_back(person);
        }
    }
    std::ranges::stable_sort(out.on, {}, &OnTonight::person_id);
    out.cover = rules::covered(all, gone, known.from, night.to);
    for (const auto& shift : store::shifts(reader, home, scheme, known.from, night.to)) {
        const rules::ShiftFacts facts{shift.shift_id, shift.name, shift.starts_at, shift.ends_at,
                                      shift.needed, on[shift.shift_id]};
        for (auto& gap : rules::gaps_of(facts, gone, known.from, night.to)) {
            out.gaps.push_back(std::move(gap));
        }
    }
    return out;
}

}  // namespace

std::optional<Tonight> tonight(sql::Reader& reader, const EstablishmentId& home,
                               const SchemeCode& scheme, Instant now, CalledOut called_out) {
    const auto policy = schemes::policy(reader, home, scheme);
    if (!policy) return std::nullopt;
    const auto zone = people::zone_of(reader, home);
    const auto night = night_touched(zone, policy->night, now, now + Hours{26});
    if (!night) return std::nullopt;
    return as_it_stands({reader, home, *policy, zone, *night, now, std::max(now, night->from),
                         called_out},
                        true);
}

std::optional<Tonight> night_ahead(sql::Reader& reader, const EstablishmentId& home,
                                   const SchemeCode& scheme, const Night& night, Instant now) {
    const auto policy = schemes::policy(reader, home, scheme);
    if (!policy) return std::nullopt;
    const auto zone = people::zone_of(reader, home);
    return as_it_stands({reader, home, *policy, zone, night, now, night.from}, false);
}

std::vector<ShiftAhead> shifts_ahead(sql::Reader& reader, const EstablishmentId& home,
                                     const SchemeCode& scheme, Instant from, Instant to) {
    std::vector<ShiftAhead> out;
    for (auto& one : store::shifts(reader, home, scheme, from, to)) {
        out.push_back({std::move(one.name), one.starts_at, one.ends_at, one.needed});
    }
    return out;
}

std::string cover_text(const Tongue& say, const Zone& zone, const std::vector<Covered>& cover) {
    std::string out;
    for (const auto& one : cover) {
        const auto from = clock_time(zone, one.from), to = clock_time(zone, one.to);
        if (!out.empty()) out += ", ";
        out += one.people == 0
                   ? say(tr("nobody from {from} to {to}", {{"from", from}, {"to", to}}))
                   : say(trn("{count} from {from} to {to}", "{count} from {from} to {to}",
                             one.people, {{"from", from}, {"to", to}}));
    }
    return out;
}

}  // namespace alongside::rota
