// What the forecasts of one scheme are made of, read and worked out.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ahead/forecast.h"
#include "dispatch/dispatch.h"
#include "rota/rota.h"
#include "schemes/schemes.h"

namespace alongside::ahead {

constexpr int weeks_ahead = 26, weeks_back = 26, nights_ahead = 28;

// Days with all that was asked for in them, up to today and not including it.
struct Record {
    Day first, last;
    int days() const;
    std::vector<dispatch::AskedThen> asked;
};
// At most 26 weeks; from the day of the first request on. Nothing where none is older than today.
std::optional<Record> record(sql::Reader&, const EstablishmentId&, const SchemeCode&,
                             const Zone&, Instant now);

// ---- peers lost ---------------------------------------------------------------------------------

constexpr double least_months = 12;         // of membership, all members together: default

struct KnownDate {
    std::string label;
    Day on;
    std::optional<rota::Unready> why;       // from that day on; nothing: released
};
struct Losses {
    std::vector<ReadyThen> weeks;           // from this one on
    std::vector<KnownDate> dates;           // by day
    int released = 0, left = 0;             // in the time looked at
    double months = 0;                      // of membership in it, all members together
    Rate monthly;                           // all who left, a month of one member
    bool has_members = false;               // there was one in that time
    bool is_rated = false;                  // the time is long enough for a rate
};
Losses losses(sql::Reader&, const EstablishmentId&, const SchemeCode&, const Zone&, Instant now);

// ---- nights -------------------------------------------------------------------------------------

struct NightAhead {
    Night night;
    int fewest = 0, most = 0;               // who can come
    Rate expected;                          // requests
    double chance = 0, chance_low = 0, chance_high = 0;     // that one comes and nobody is left
};
struct Nights {
    NightDemand demand;
    std::vector<NightAhead> nights;
};
// Of the nights after the one that runs or comes next.
Nights nights(sql::Reader&, const EstablishmentId&, const schemes::Policy&, const Zone&,
              const Record&, Instant now);

}  // namespace alongside::ahead
