// What comes, worked out from what was recorded: facts in, numbers with their intervals out. What
// each rests on stands in README.md.
#pragma once

#include <array>
#include <vector>

#include "base/civil_time.h"

namespace alongside::ahead {

// ---- how often something happens ----------------------------------------------------------------

// A count over a length of time, as a rate of one unit of it, with the exact 95 % interval of a
// Poisson count (Garwood 1936). REQUIRES length > 0.
struct Rate {
    double rate, low, high;
};
Rate rate_of(int count, double length);

// ---- peers lost ---------------------------------------------------------------------------------

// One peer: in which weeks from now on they are ready, by the dates known today, and how fast those
// like them were lost besides, a week.
struct PeerAhead {
    std::vector<bool> is_ready;
    Rate weekly_loss;
};
// How many are ready: what is expected, and what it lies between in nine of ten cases, with the
// rate itself anywhere in its interval (hence rather wide). The number of those lost is that of
// independent losses at a constant rate; nobody joins.
struct ReadyThen {
    double expected = 0;
    int low = 0, high = 0, by_dates = 0;
};
// One for each week. REQUIRES that all have as many weeks.
std::vector<ReadyThen> peers_ready(const std::vector<PeerAhead>& peers);

// ---- demand -------------------------------------------------------------------------------------

// By weekday from Monday and hour of the local day.
using ByHour = std::array<std::array<int, 24>, 7>;
ByHour by_hour(const std::vector<Instant>& asked, const Zone& zone);

// Counts below `small` are hidden, and where one alone is hidden in a row or a column another one
// is, since the sum would tell it: the smallest. Nothing but zeros stays as it is.
struct Shown {
    int count = 0;
    bool is_hidden = false;
};
using ShownByHour = std::array<std::array<Shown, 24>, 7>;
ShownByHour without_small(const ByHour& counts, int small);

// Requests of one night, by the weekday on whose evening it begins; and how they fall over it.
struct NightDemand {
    std::array<Rate, 7> by_weekday;         // from Monday
    bool is_one_for_all = false;            // too short a record to tell weekdays apart
    std::array<double, 24> hour_share;      // of a night's requests, by hour of the day
    double needs_relief = 0;                // share of those that lasted longer than a peer stays
    int nights = 0;                         // recorded
};
struct AskedAt {
    Instant at;
    std::optional<Millis> together;
};
// From the requests of the nights that began on [first, last), each recorded whole. Below `least`
// nights all weekdays are one. REQUIRES first < last.
NightDemand night_demand(const std::vector<AskedAt>& asked, const Zone& zone, DailyPeriod night,
                         Day first, Day last, Millis relief_after, int least_nights = 56);

// ---- the chance that a night goes uncovered -----------------------------------------------------

struct OnThen {
    Instant from, to;
};
// Somebody on call for one stretch or several.
using PersonThen = std::vector<OnThen>;
struct Arrivals {
    Instant from, to;
    double expected;                        // requests in it; spread evenly
};
// The chance that at least one request comes for which nobody is left. Requests come by chance, one
// after another (Poisson); each takes `each` of those who are there out for the night, whoever it
// is being equally likely, and with `needs_relief` one more, if there is one. REQUIRES each 1 or 2.
double chance_uncovered(const std::vector<PersonThen>& people,
                        const std::vector<Arrivals>& arrivals, int each, double needs_relief);

}  // namespace alongside::ahead
