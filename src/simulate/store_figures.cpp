// The figures of a year, as the indicators are defined: see the room's README.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "ledger/ledger.h"
#include "simulate/store.h"

namespace alongside::simulate {
namespace {

struct Asked {
    Instant wanted_from;
    std::optional<Instant> started_at, closed_at;
    std::optional<std::string> close_reason;
    bool is_night;
    bool was_refused;
    std::optional<Instant> accepted_at;      // the first peer said yes
};
BOOST_DESCRIBE_STRUCT(Asked, (), (wanted_from, started_at, closed_at, close_reason, is_night,
                                  was_refused, accepted_at))

struct Worked {
    PersonId person_id;
    Instant from_at;
    std::optional<Instant> until_at;
};
BOOST_DESCRIBE_STRUCT(Worked, (), (person_id, from_at, until_at))

struct Wait {
    double minutes;
    bool is_event;
};

// The first time at which the Kaplan–Meier estimate of "still waiting" is at most 1 - share.
double quantile(std::vector<Wait> waits, double share) {
    std::ranges::sort(waits, {}, &Wait::minutes);
    double still = 1;
    std::size_t at_risk = waits.size();
    for (std::size_t i = 0; i < waits.size();) {
        const double time = waits[i].minutes;
        std::size_t events = 0;
        std::size_t leave = 0;
        for (; i < waits.size() && waits[i].minutes == time; ++i, ++leave) {
            events += waits[i].is_event ? 1 : 0;
        }
        still *= 1 - static_cast<double>(events) / static_cast<double>(at_risk);
        at_risk -= leave;
        if (still <= 1 - share + 1e-12) return time;
    }
    return std::numeric_limits<double>::quiet_NaN();
}

double share_of(std::int64_t part, std::int64_t whole) {
    return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

void add_answered(Answered& out, const Asked& one, Minutes target) {
    const auto by = [&](const std::optional<Instant>& at, Minutes within) {
        return at && *at <= one.wanted_from + within ? 1 : 0;
    };
    ++out.asked;
    out.yes_within += by(one.accepted_at, Minutes{answered_within_minutes});
    out.there_within += by(one.started_at, Minutes{answered_within_minutes});
    out.there_by_target += by(one.started_at, target);
    out.there += one.started_at ? 1 : 0;
}

void count_requests(YearReport& out, const std::vector<Asked>& asked, const schemes::Policy& policy,
              Instant end) {
    std::vector<Wait> waits;
    std::int64_t counted = 0;
    std::int64_t started = 0;
    std::int64_t in_time = 0;
    std::int64_t night = 0;
    std::int64_t night_denied = 0;
    for (const auto& one : asked) {
        const Minutes target{one.is_night ? policy.target_minutes_night
                                          : policy.target_minutes_day};
        const bool by_the_person = one.close_reason == "WITHDRAWN" ||
                                   one.close_reason == "NOT_ASKED";
        const bool is_withdrawn_early = by_the_person && !one.started_at &&
                                        *one.closed_at < one.wanted_from + target;
        const Instant until = one.started_at.value_or(one.closed_at.value_or(end));
        waits.push_back({static_cast<double>((until - one.wanted_from).count()) / 60'000,
                         one.started_at.has_value()});
        if (!is_withdrawn_early) {
            ++counted;
            if (one.started_at) ++started;
            if (one.started_at && *one.started_at <= one.wanted_from + target) ++in_time;
            add_answered(one.is_night ? out.night : out.day, one, target);
        }
        if (one.is_night && !by_the_person) {
            ++night;
            if (!one.started_at || one.was_refused) ++night_denied;
        }
    }
    out.requests = static_cast<std::int64_t>(asked.size());
    out.fill = share_of(started, counted);
    out.filled_within_target = share_of(in_time, counted);
    out.night_denial = share_of(night_denied, night);
    out.wait_median_minutes = quantile(waits, 0.5);
    out.wait_p90_minutes = quantile(waits, 0.9);
}

void load(YearReport& out, const std::vector<Worked>& worked, Instant begin, Instant end) {
    std::map<PersonId, std::int64_t> sessions;
    std::map<std::pair<PersonId, std::int64_t>, double> hours;
    constexpr std::int64_t week_ms = 7LL * 24 * 3600 * 1000;
    for (const auto& one : worked) {
        ++sessions[one.person_id];
        const auto week = (one.from_at - begin).count() / week_ms;
        const auto length = one.until_at.value_or(end) - one.from_at;
        hours[{one.person_id, week}] += static_cast<double>(length.count()) / 3.6e6;
    }
    std::int64_t busiest = 0;
    for (const auto& [person, count] : sessions) busiest = std::max(busiest, count);
    out.concentration = share_of(busiest, static_cast<std::int64_t>(worked.size()));
    for (const auto& [key, sum] : hours) {
        out.max_peer_hours_per_week = std::max(out.max_peer_hours_per_week, sum);
    }
}

}  // namespace

YearReport figures(sql::Reader& reader, const EstablishmentId& prison,
                   const schemes::Policy& policy, Instant begin, Instant end) {
    YearReport out;
    count_requests(out,
             reader.rows<Asked>(
                 "SELECT r.wanted_from, r.started_at, r.closed_at, r.close_reason, r.is_night,"
                 " EXISTS (SELECT 1 FROM unlock u JOIN unlock_decision d"
                 "   ON d.establishment_id = u.establishment_id AND d.unlock_id = u.unlock_id"
                 "   WHERE u.establishment_id = r.establishment_id"
                 "   AND u.request_id = r.request_id AND d.decision = 'refused') AS was_refused,"
                 " (SELECT MIN(c.accepted_at) FROM call_out c"
                 "   WHERE c.establishment_id = r.establishment_id"
                 "   AND c.request_id = r.request_id) AS accepted_at"
                 " FROM request r WHERE r.establishment_id = $1 AND r.asked_at >= $2",
                 prison, begin),
             policy, end);
    load(out,
         reader.rows<Worked>("SELECT person_id, from_at, until_at FROM exposure"
                             " WHERE establishment_id = $1 AND from_at >= $2",
                             prison, begin),
         begin, end);
    out.rest_broken = reader.one<std::int64_t>(
        "SELECT COUNT(*) FROM rest t WHERE t.establishment_id = $1 AND t.from_at >= $2"
        " AND (t.waived_at IS NOT NULL OR EXISTS (SELECT 1 FROM exposure e"
        "   WHERE e.establishment_id = t.establishment_id AND e.person_id = t.person_id"
        "   AND e.session_id <> t.session_id AND e.from_at >= t.from_at"
        "   AND e.from_at < t.until_at))",
        prison, begin);
    out.debriefs_late = reader.one<std::int64_t>(
        "SELECT COUNT(*) FROM debrief WHERE establishment_id = $1 AND owed_at >= $2"
        " AND ((offered_at IS NOT NULL AND offered_at > offer_by)"
        "   OR (offered_at IS NULL AND offer_by < $3))",
        prison, begin, end);
    out.ledger_entries = ledger::head(reader, prison).seq;
    return out;
}

}  // namespace alongside::simulate
