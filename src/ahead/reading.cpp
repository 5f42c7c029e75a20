#include "ahead/reading.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "people/people.h"

namespace alongside::ahead {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr double days_a_month = 365.25 / 12;

Day plus(Day day, int more) { return Day{sys_days{day} + days{more}}; }

double days_between(Instant from, Instant to) {
    return static_cast<double>((to - from).count()) / (24.0 * 3'600'000);
}

}  // namespace

int Record::days() const { return static_cast<int>((sys_days{last} - sys_days{first}).count()); }

std::optional<Record> record(sql::Reader& reader, const EstablishmentId& home,
                             const SchemeCode& scheme, const Zone& zone, Instant now) {
    Record out;
    out.last = zone.local(now).day;
    out.first = plus(out.last, -7 * weeks_back);
    out.asked = dispatch::asked_between(reader, home, scheme, zone.instant(out.first, 0),
                                        zone.instant(out.last, 0));
    if (out.asked.empty()) return std::nullopt;
    // The day of the first request was hardly recorded whole, unless it is that of long ago.
    const Day began = zone.local(out.asked.front().wanted_from).day;
    if (sys_days{began} > sys_days{out.first} + days{7}) out.first = began;
    return out;
}

std::optional<rota::ExpectedTime> expected_time(sql::Reader& reader, const EstablishmentId& home,
                                                const schemes::Policy& policy, const Zone& zone,
                                                Instant now) {
    const auto recorded = record(reader, home, policy.scheme, zone, now);
    if (!recorded) return std::nullopt;
    std::vector<Instant> asked;
    Millis together{0};
    int sessions = 0;
    for (const auto& one : recorded->asked) {
        asked.push_back(one.wanted_from);
        if (!one.together) continue;
        together += *one.together;
        ++sessions;
    }
    if (sessions == 0) return std::nullopt;
    rota::ExpectedTime out;
    out.days = recorded->days();
    out.session = together / sessions;
    std::array<int, 7> of_weekday{};
    for (auto day = sys_days{recorded->first}; day < sys_days{recorded->last}; day += days{1}) {
        ++of_weekday[std::chrono::weekday{day}.iso_encoding() - 1];
    }
    const auto counts = by_hour(asked, zone);
    for (std::size_t d = 0; d < counts.size(); ++d) {
        for (std::size_t h = 0; h < counts[d].size() && of_weekday[d] > 0; ++h) {
            const int minute = static_cast<int>(h) * 60;
            const auto [from, to] = policy.night;
            const bool is_night = from < to ? minute >= from && minute < to
                                            : minute >= from || minute < to;
            const bool two_go = policy.two_peers == schemes::TwoPeers::always ||
                                (policy.two_peers == schemes::TwoPeers::at_night && is_night);
            out.by_hour[d][h] = out.session * (counts[d][h] * (two_go ? 2 : 1)) / of_weekday[d];
        }
    }
    return out;
}

// ---- peers lost ---------------------------------------------------------------------------------

Losses losses(sql::Reader& reader, const EstablishmentId& home, const SchemeCode& scheme,
              const Zone& zone, Instant now) {
    Losses out;
    const Instant since = now - Hours{24 * 364};
    double member_days = 0;
    for (const auto& one : people::served_since(reader, home, scheme, since)) {
        member_days += days_between(std::max(one.joined_at, since),
                                    std::min(one.left_at.value_or(now), now));
        if (!one.left_at || *one.left_at > now) continue;
        ++out.left;
        out.released += one.left_reason == "RELEASED" ? 1 : 0;
    }
    out.months = member_days / days_a_month;
    out.has_members = member_days > 0;
    out.is_rated = out.months >= least_months;
    if (out.is_rated) out.monthly = rate_of(out.left, out.months);

    const Day today = zone.local(now).day;
    const Instant until = now + Hours{24 * 7 * weeks_ahead + 1};
    std::map<PersonId, Day> released;
    for (const auto& one : people::release_days(reader, home, scheme)) {
        released[one.person_id] = one.release_on;
    }
    const auto unready = rota::unready_members(reader, home, scheme, now, until);
    std::vector<PeerAhead> peers;
    for (const auto& member : people::members(reader, home, scheme, now)) {
        PeerAhead peer;
        const auto release = released.find(member.person_id);
        const bool is_dated = release != released.end();
        if (out.is_rated) {
            // Whose release is known is lost to it on that day, and besides only for other reasons.
            const int lost = is_dated ? out.left - out.released : out.left;
            peer.weekly_loss = rate_of(lost, member_days / 7);
        }
        for (int week = 0; week <= weeks_ahead; ++week) {
            const Instant at = now + Hours{24 * 7 * week};
            const bool is_gone = is_dated && sys_days{zone.local(at).day} >=
                                                 sys_days{release->second};
            const bool is_unready = std::ranges::any_of(unready, [&](const auto& one) {
                return one.person_id == member.person_id && one.from <= at && at < one.to;
            });
            peer.is_ready.push_back(!is_gone && !is_unready);
        }
        peers.push_back(std::move(peer));
        if (is_dated && sys_days{release->second} <= sys_days{today} + days{7 * weeks_ahead}) {
            out.dates.push_back({member.label, release->second, {}});
        }
        for (const auto& one : unready) {
            if (one.person_id == member.person_id && one.from > now) {
                out.dates.push_back({member.label, zone.local(one.from).day, one.why});
            }
        }
    }
    std::ranges::stable_sort(out.dates, {}, [](const KnownDate& one) {
        return std::pair(sys_days{one.on}, one.label);
    });
    out.weeks = peers_ready(peers);
    return out;
}

// ---- nights -------------------------------------------------------------------------------------

namespace {

// Those on call then, where they can come; one stretch or several each.
std::vector<PersonThen> who_comes(const rota::Tonight& night) {
    std::map<PersonId, PersonThen> out;
    for (const auto& on : night.on) {
        Instant at = on.from;
        auto& then = out[on.person_id];
        for (const auto& away : on.cannot) {        // by start
            if (away.from > at) then.push_back({at, away.from});
            at = std::max(at, away.to);
        }
        if (at < on.to) then.push_back({at, on.to});
    }
    std::vector<PersonThen> people;
    for (auto& [person, then] : out) people.push_back(std::move(then));
    return people;
}

// The night's requests, hour by hour of the clock.
std::vector<Arrivals> arrivals_of(const Night& night, const Zone& zone, const NightDemand& demand,
                                  double requests) {
    std::vector<Arrivals> out;
    double shares = 0;
    for (Instant at = night.from; at < night.to;) {
        const int minute = zone.local(at).minute;
        const Instant next = std::min(night.to, at + Minutes{60 - minute % 60});
        const double part = static_cast<double>((next - at).count()) / 3'600'000;
        const double share = demand.hour_share[static_cast<std::size_t>(minute / 60)] * part;
        out.push_back({at, next, share});
        shares += share;
        at = next;
    }
    for (auto& one : out) one.expected = shares > 0 ? requests * one.expected / shares : 0;
    return out;
}

}  // namespace

Nights nights(sql::Reader& reader, const EstablishmentId& home, const schemes::Policy& policy,
              const Zone& zone, const Record& record, Instant now) {
    std::vector<AskedAt> asked;
    for (const auto& one : record.asked) asked.push_back({one.wanted_from, one.together});
    // The last night of the record ends today, and may not be over.
    const Day last = std::max(sys_days{record.first} + days{1}, sys_days{record.last} - days{1});
    Nights out{night_demand(asked, zone, policy.night, record.first, last,
                            Minutes{policy.hand_over_after_minutes}),
               {}};
    const int each = policy.two_peers == schemes::TwoPeers::never ? 1 : 2;
    const Day today = zone.local(now).day;
    for (int ahead = 0; ahead <= nights_ahead + 1; ++ahead) {
        const Instant evening = zone.instant(plus(today, ahead), policy.night.from_minute);
        const auto night = night_at(zone, policy.night, evening);
        if (!night || night->from <= now) continue;
        if (out.nights.size() == nights_ahead) break;
        const auto stands = rota::night_ahead(reader, home, policy.scheme, *night, now);
        if (!stands) continue;
        NightAhead one;
        one.night = *night;
        one.fewest = stands->fewest();
        for (const auto& part : stands->cover) one.most = std::max(one.most, part.people);
        const auto weekday = std::chrono::weekday{sys_days{night->starts_on}}.iso_encoding();
        one.expected = out.demand.by_weekday[weekday - 1];
        const auto people = who_comes(*stands);
        const auto chance = [&](double requests) {
            return chance_uncovered(people, arrivals_of(*night, zone, out.demand, requests), each,
                                    out.demand.needs_relief);
        };
        one.chance = chance(one.expected.rate);
        one.chance_low = chance(one.expected.low);
        one.chance_high = chance(one.expected.high);
        out.nights.push_back(one);
    }
    return out;
}

}  // namespace alongside::ahead
