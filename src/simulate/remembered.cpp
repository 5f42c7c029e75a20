// The demand that lies behind an invented prison.
#include <algorithm>
#include <cmath>

#include "base/civil_time.h"
#include "dispatch/dispatch.h"
#include "simulate/chance.h"
#include "simulate/simulate.h"

namespace alongside::simulate {
namespace {

constexpr int days_remembered = 26 * 7;

class Remembering {
public:
    Remembering(const Scene& scene, const Assumptions& assume, double per_year,
                const schemes::Policy& policy, std::uint64_t seed)
        : assume_(assume), per_year_(per_year), policy_(policy),
          zone_(*Zone::find(scene.time_zone)), chance_(seed) {
        for (const auto& wing : scene.wings) wings_[wing.unit].push_back(wing.wing);
        for (const auto& [unit, wings] : wings_) units_.push_back(unit);
    }

    // Up to `until`, and not including it.
    std::vector<dispatch::Remembered> all(Instant until) {
        std::vector<dispatch::Remembered> out;
        const std::chrono::sys_days last{zone_.local(until).day};
        for (int back = days_remembered; back > 0; --back) {
            const Day day{last - std::chrono::days{back}};
            const auto weekday = std::chrono::weekday{std::chrono::sys_days{day}}.iso_encoding();
            const double weekend = assume_["demand.weekend_factor"];
            double left = per_year_ / 365 * 7 / (5 + 2 * weekend) *
                          (weekday >= 6 ? weekend : 1);
            // Exponential gaps: as many as a Poisson day has.
            for (left += std::log1p(-chance_.uniform()); left > 0;
                 left += std::log1p(-chance_.uniform())) {
                out.push_back(one(day));
            }
        }
        return out;
    }

private:
    int minute() {
        const double band = chance_.uniform(), night = assume_["demand.night_share"];
        if (band < night) {
            const int at = static_cast<int>(chance_.below(480));
            return at < 360 ? at : at + 16 * 60;
        }
        // Evenings come to a head after supper, days after the morning's unlock.
        const double peak = (chance_.uniform() + chance_.uniform()) / 2;
        return band < night + assume_["demand.evening_share"]
                   ? 16 * 60 + static_cast<int>(peak * 360)
                   : 6 * 60 + static_cast<int>(peak * 600);
    }

    std::string wing() {
        double left = chance_.uniform();
        std::string unit = units_.back();
        for (const auto& one : units_) {
            left -= assume_["demand.units." + one];
            if (left >= 0) continue;
            unit = one;
            break;
        }
        const auto& wings = wings_.at(unit);
        return wings[chance_.below(wings.size())];
    }

    dispatch::Remembered one(Day day) {
        dispatch::Remembered out;
        out.asked_at = zone_.instant(day, minute());
        out.wing = wing();
        out.is_night = night_at(zone_, policy_.night, out.asked_at).has_value();
        const double end = chance_.uniform();
        if (end < 0.03) {
            out.reason = end < 0.02 ? dispatch::CloseReason::STAFF_TALKED
                                    : dispatch::CloseReason::HELPLINE_TAKEN;
            out.wait = Minutes{25} + chance_.after_minutes(20);
            return out;
        }
        out.wait = chance_.after_minutes(out.is_night ? 14 : 8) + Minutes{2};
        const double sigma = assume_["sessions.spread"];
        const double mu = std::log(assume_["sessions.mean_hours"]) - sigma * sigma / 2;
        const double hours = std::min(std::exp(mu + sigma * chance_.normal()),
                                      assume_["sessions.longest_hours"]);
        out.together = Minutes{std::max(5, static_cast<int>(hours * 60))};
        return out;
    }

    const Assumptions& assume_;
    double per_year_;
    const schemes::Policy& policy_;
    Zone zone_;
    Chance chance_;
    std::map<std::string, std::vector<std::string>> wings_;
    std::vector<std::string> units_;
};

}  // namespace

void remember_demand(sql::Database& database, const Scene& scene, Instant now, Entropy& entropy) {
    if (!Assumptions::are_of(scene)) return;
    const auto assume = Assumptions::read(scene);
    const auto remember = [&](const SchemeCode& scheme, double per_year) {
        const auto policy = database.read([&](sql::Reader& reader) {
            return schemes::policy(reader, scene.establishment, scheme);
        });
        if (!policy) return;
        // The day before `now` is left out: whoever was asked for then may be with somebody still.
        auto requests = Remembering(scene, assume, per_year, *policy, entropy.word())
                            .all(now - Hours{24});
        dispatch::remember(database, {the_program(scene.establishment), now, &entropy}, scheme,
                           requests);
    };
    remember(assume.scheme(), assume["demand.per_year"]);
    for (const auto& one : scene.demand_beside) remember(one.scheme, one.per_year);
}

}  // namespace alongside::simulate
