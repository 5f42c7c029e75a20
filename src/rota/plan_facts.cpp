#include "rota/plan_facts.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "base/ensure.h"
#include "people/people.h"
#include "rota/cannot_come.h"
#include "rota/needs.h"
#include "rota/partners.h"
#include "rota/rules.h"
#include "rota/shares.h"
#include "rota/store.h"
#include "rota/unready.h"
#include "welfare/welfare.h"

namespace alongside::rota {
namespace {

using std::chrono::sys_days;

struct Busy {
    Instant from, to;
    planning::Why why;
};

class Reading {
public:
    Reading(sql::Reader& reader, const EstablishmentId& home, const schemes::Policy& policy,
            const Zone& zone, Day first, int days, Instant now)
        : reader_(reader), home_(home), policy_(policy), zone_(zone), first_(first), now_(now) {
        out_.days = days;
        out_.most_nights_in_7_days = policy.nights_per_7_days;
        out_.rest_minutes = 60 * policy.hours_between_shifts;
        out_.most_days_in_a_row = policy.days_in_a_row;
        // Monday is 1.
        const auto weekday = std::chrono::weekday{sys_days{first}}.iso_encoding();
        out_.first_saturday = static_cast<int>((6 + 7 - weekday) % 7);
    }

    planning::Facts all() {
        const Instant from = zone_.instant(first_, 0);
        const Instant to = zone_.instant(day(out_.days), 0);
        const Instant week_before = zone_.instant(day(-7), 0);
        std::map<ShiftId, std::vector<PersonId>> on;
        std::map<ShiftId, std::vector<rules::Stretch>> stretches;
        for (const auto& put : store::puts(reader_, home_, policy_.scheme, week_before, to)) {
            on[put.shift_id].push_back(put.person_id);
            stretches[put.shift_id].push_back({put.person_id, put.from_at, put.until_at});
        }
        const auto away = absences(reader_, home_, policy_.scheme, now_, to);
        std::vector<store::Shift> open;
        for (const auto& shift : store::shifts(reader_, home_, policy_.scheme, week_before, to)) {
            auto one = read(shift, on[shift.shift_id]);
            if (one.day < 0) {
                if (one.day >= -7) out_.before.push_back(std::move(one));
            } else if (one.day < out_.days) {
                if (shift.starts_at <= now_) one.needed = static_cast<int>(one.on.size());
                else count_who_comes(shift, stretches[shift.shift_id], away, one);
                out_.shifts.push_back(std::move(one));
                open.push_back(shift);
            }
        }
        for (const auto& away_then : welfare::away(reader_, home_, from, to)) {
            busy_[away_then.person_id].push_back({away_then.from, away_then.to,
                                                  planning::Why::resting});
        }
        // Rest and nights count across all of a person's schemes.
        for (const auto& put : store::puts_elsewhere(reader_, home_, policy_.scheme, week_before,
                                                     zone_.instant(day(out_.days + 7), 0))) {
            elsewhere_[put.person_id].push_back(put);
        }
        said_ = said_from(reader_, home_, day(-1));
        for (const auto& one : most_shifts(reader_, home_)) enough_[one.person_id] = one.most;
        needs_ = shift_needs(reader_, home_, policy_.scheme);
        const auto facts = people::scheme_facts(reader_, home_, policy_.scheme);
        for (const auto& member : facts->members) out_.peers.push_back(peer(*member, open));
        std::ranges::sort(out_.peers, {}, &planning::Peer::person_id);
        keep_apart();
        put_together();
        return std::move(out_);
    }

    // After all().
    void add_exposure(const ExpectedTime& expected, planning::Facts& out) const {
        std::vector<shares::Places> places;
        std::map<ShiftId, std::size_t> number;
        for (const auto& shift : store::shifts(reader_, home_, policy_.scheme,
                                               zone_.instant(day(-2), 0),
                                               zone_.instant(day(out.days + 1), 0))) {
            number[shift.shift_id] = places.size();
            places.push_back({shift.starts_at, shift.ends_at, shift.needed});
        }
        for (const auto& one : out.shifts) {
            auto& there = places[number.at(one.shift_id)].people;
            there = std::max(there, static_cast<int>(one.on.size()));
        }
        const auto times = shares::expected_of_places(places, zone_, expected);
        for (auto& one : out.shifts) {
            one.exposure = quarter_hours(times[number.at(one.shift_id)]);
        }
        add_exposure_before(expected, out);
    }

private:
    static int quarter_hours(Millis time) {
        using Quarters = std::chrono::duration<std::int64_t, std::ratio<900>>;
        return static_cast<int>(std::chrono::round<Quarters>(time).count());
    }

    // What each had in the days before, for any scheme, and is to expect until the plan begins.
    void add_exposure_before(const ExpectedTime& expected, planning::Facts& out) const {
        if (out.peers.empty()) return;
        const Instant begins = zone_.instant(first_, 0);
        const Instant from = zone_.instant(day(-exposure_days_before), 0);
        std::map<PersonId, Millis> carried;
        for (const auto& one :
             welfare::time_spent(reader_, home_, from, std::min(begins, now_), now_)) {
            carried[one.person_id] += one.time;
        }
        std::vector<PersonId> people;
        for (const auto& one : out.peers) people.push_back(one.person_id);
        if (now_ < begins) {
            std::vector<shares::Worked> worked;
            for (const auto& put : store::puts(reader_, home_, policy_.scheme, now_, begins)) {
                worked.push_back({put.person_id, std::max(put.from_at, now_),
                                  std::min(put.until_at, begins)});
            }
            const auto times = shares::expected_of(people, worked, {}, zone_, expected);
            for (std::size_t i = 0; i < people.size(); ++i) carried[people[i]] += times[i];
        }
        Millis all{0};
        for (const auto& person : people) all += carried[person];
        const Millis share = all / static_cast<std::int64_t>(people.size());
        for (auto& one : out.peers) {
            one.exposure_before =
                quarter_hours(std::max(Millis{0}, carried[one.person_id] - share));
        }
    }

    Day day(int number) const { return Day{sys_days{first_} + std::chrono::days{number}}; }

    // Where too few of those on it can come to some part of it, it needs as many more.
    static void count_who_comes(const store::Shift& shift, const std::vector<rules::Stretch>& on,
                                const std::vector<rules::Stretch>& away,
                                planning::OpenShift& one) {
        rules::ShiftFacts facts{shift.shift_id, shift.name, shift.starts_at, shift.ends_at,
                                shift.needed, on};
        int short_by = 0;
        for (const auto& gap : rules::gaps_of(facts, away, shift.starts_at, shift.ends_at)) {
            short_by = std::max(short_by, gap.short_by);
        }
        if (short_by > 0) one.needed = static_cast<int>(one.on.size()) + short_by;
        facts.needed = 1;
        for (const auto person : one.on) {
            facts.on = on;
            std::erase_if(facts.on, [&](const auto& put) { return put.person_id != person; });
            const auto gaps = rules::gaps_of(facts, away, shift.starts_at, shift.ends_at);
            const bool is_absent = gaps.size() == 1 && gaps.front().from == shift.starts_at &&
                                   gaps.front().to == shift.ends_at;
            if (is_absent) one.absent.push_back(person);
        }
    }

    planning::OpenShift read(const store::Shift& shift, std::vector<PersonId> on) const {
        const auto begins = zone_.local(shift.starts_at);
        planning::OpenShift one;
        one.shift_id = shift.shift_id;
        one.name = shift.name;
        one.day = static_cast<int>((sys_days{begins.day} - sys_days{first_}).count());
        one.from_minute = begins.minute;
        one.minutes = static_cast<int>(
            std::chrono::duration_cast<Minutes>(shift.ends_at - shift.starts_at).count());
        one.needed = shift.needed;
        one.is_night = rules::night_worked(zone_, policy_.night, shift.starts_at, shift.ends_at)
                           .has_value();
        std::ranges::sort(on);
        const auto again = std::ranges::unique(on);
        on.erase(again.begin(), again.end());
        one.on = std::move(on);
        return one;
    }

    std::optional<int> night_of(Instant from, Instant to) const {
        if (!rules::night_worked(zone_, policy_.night, from, to)) return std::nullopt;
        return day_of(from);
    }

    int day_of(Instant at) const {
        return static_cast<int>((sys_days{zone_.local(at).day} - sys_days{first_}).count());
    }

    // What somebody is on for other schemes keeps them from it as the rules of a plan would.
    void add_elsewhere(const std::vector<store::Put>& puts, const store::Shift& shift, int enough,
                       std::set<planning::Reason>& whys) const {
        using planning::Why;
        const Minutes rest{out_.rest_minutes};
        const auto night = night_of(shift.starts_at, shift.ends_at);
        std::set<int> nights, days;
        for (const auto& put : puts) {
            days.insert(day_of(put.from_at));
            if (put.from_at < shift.ends_at && shift.starts_at < put.until_at) {
                whys.insert(Why::elsewhere);
            } else if (put.from_at < shift.ends_at + rest &&
                       shift.starts_at < put.until_at + rest) {
                whys.insert(Why::rest_between);
            }
            const auto other = night_of(put.from_at, put.until_at);
            if (!night || !other) continue;
            nights.insert(*other);
            if (std::abs(*other - *night) == 1) whys.insert(Why::nights_running);
        }
        for (int first = night ? *night - 6 : 0; night && first <= *night; ++first) {
            const auto there = std::distance(nights.lower_bound(first),
                                             nights.lower_bound(first + 7));
            if (there >= out_.most_nights_in_7_days) whys.insert(Why::nights_in_7_days);
        }
        const int that = day_of(shift.starts_at);
        for (int first = that - 6; first <= that; ++first) {
            const auto there = std::distance(days.lower_bound(first), days.lower_bound(first + 7));
            if (enough < 7 && there >= enough) whys.insert(Why::shifts_in_7_days);
        }
    }

    // The most shifts for other schemes in any seven days of these that leave one here. Taken off
    // in all of them, so that both together are never more than enough; where nothing is left,
    // shifts are barred one by one.
    int most_elsewhere(const std::vector<store::Put>& puts, int enough) const {
        std::set<int> days;
        for (const auto& put : puts) days.insert(day_of(put.from_at));
        int most = 0;
        for (int first = -6; first < out_.days; ++first) {
            const auto there = static_cast<int>(
                std::distance(days.lower_bound(first), days.lower_bound(first + 7)));
            if (there < enough) most = std::max(most, there);
        }
        return most;
    }

    planning::Peer peer(const people::MemberRecord& member,
                        const std::vector<store::Shift>& open) {
        planning::Peer out{member.facts.person_id};
        const auto& busy = busy_[out.person_id];
        const auto& elsewhere = elsewhere_[out.person_id];
        const auto said_enough = enough_.find(out.person_id);
        const int enough = said_enough == enough_.end() ? 7 : said_enough->second;
        if (enough < 7) out.most_shifts_in_7_days = enough - most_elsewhere(elsewhere, enough);
        for (const auto& shift : open) {
            std::set<planning::Reason> whys;
            add_elsewhere(elsewhere, shift, enough, whys);
            const auto said = rules::of_shift(said_, out.person_id, zone_, shift.starts_at,
                                              shift.ends_at);
            if (said.rather_on) out.rather_on.push_back(shift.shift_id);
            if (said.rather_off) out.rather_off.push_back(shift.shift_id);
            if (said.cannot) whys.insert(planning::Why::said_so);
            for (const auto& one : busy) {
                if (one.from < shift.ends_at && shift.starts_at < one.to) whys.insert(one.why);
            }
            for (const auto& one :
                 unready_of(policy_, member, shift.starts_at, shift.ends_at)) {
                whys.insert(one.why);
            }
            for (const auto& one : lacking(policy_, needs_.of(shift.name), member,
                                           shift.starts_at, shift.ends_at)) {
                whys.insert(one.why);
            }
            for (const auto why : whys) out.cannot.push_back({shift.shift_id, why});
        }
        return out;
    }

    void keep_apart() {
        std::set<PersonId> peers;
        for (const auto& one : out_.peers) peers.insert(one.person_id);
        std::set<std::pair<PersonId, PersonId>> pairs;
        for (const auto& one : peers) {
            for (const auto& other : people::company(reader_, home_, one, {}, {}).kept_from) {
                if (peers.contains(other)) pairs.insert(std::minmax(one, other));
            }
        }
        out_.apart.assign(pairs.begin(), pairs.end());
    }

    // Wishes; whom they may not meet comes first.
    void put_together() {
        const auto is_peer = [&](PersonId person) {
            return std::ranges::count(out_.peers, person, &planning::Peer::person_id) > 0;
        };
        for (const auto& one : partners(reader_, home_, policy_.scheme)) {
            const std::pair pair(one.one_id, one.other_id);
            if (!is_peer(pair.first) || !is_peer(pair.second)) continue;
            if (std::ranges::count(out_.apart, pair) == 0) out_.together.push_back(pair);
        }
    }

    sql::Reader& reader_;
    const EstablishmentId& home_;
    const schemes::Policy& policy_;
    const Zone& zone_;
    Day first_;
    Instant now_;
    planning::Facts out_;
    std::map<PersonId, std::vector<Busy>> busy_;
    std::map<PersonId, std::vector<store::Put>> elsewhere_;
    std::vector<Said> said_;
    std::map<PersonId, int> enough_;                 // shifts in seven days
    NeedsByName needs_;
};

}  // namespace

planning::Facts plan_facts(sql::Reader& reader, const EstablishmentId& home,
                           const schemes::Policy& policy, const Zone& zone, Day first, int days,
                           Instant now, Expects expects) {
    Reading reading(reader, home, policy, zone, first, days, now);
    auto out = reading.all();
    const auto expected = expects ? expects(reader, home, policy, zone, now) : std::nullopt;
    if (expected) reading.add_exposure(*expected, out);
    return out;
}

planning::Facts facts_around(sql::Reader& reader, const EstablishmentId& home,
                             const SchemeCode& scheme, Instant first, Instant last, Instant now) {
    const auto policy = schemes::policy(reader, home, scheme);
    ENSURE(policy);
    const auto zone = people::zone_of(reader, home);
    const auto from = zone.local(first).day;
    const auto days = std::chrono::sys_days{zone.local(last).day} - std::chrono::sys_days{from};
    return plan_facts(reader, home, *policy, zone, from, static_cast<int>(days.count()) + 8,
                      std::min(now, first) - Millis{1});
}

}  // namespace alongside::rota
