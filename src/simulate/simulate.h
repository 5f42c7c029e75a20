// A year of nights from one seed, through the real actions.
#pragma once

#include <boost/describe.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/console.h"
#include "simulate/assumptions.h"
#include "simulate/scene.h"

namespace alongside {
class Command;
}

namespace alongside::simulate {

// Who is called: by the rules, or the first name on the paper list who is on call, whatever their
// rest (which then counts as the peer's own wish, and as broken).
enum class CallBy { alongside, list };
BOOST_DESCRIBE_ENUM(CallBy, alongside, list)

// Who is on call: a plan, made for four weeks at a time; or a pattern that repeats, each day the
// next ones. In both, what opens later is filled by hand two days ahead.
enum class RotaBy { plan, pattern };
BOOST_DESCRIBE_ENUM(RotaBy, plan, pattern)

struct YearOptions {
    std::uint64_t seed = 1;
    int days = 365;
    CallBy policy = CallBy::alongside;
    RotaBy rota = RotaBy::plan;
    bool checks_every_step = true;      // the invariants, after each action
};

// Of the requests of the day or of the night: those that weren't taken back before the target time,
// and how soon somebody answered.
constexpr int answered_within_minutes = 15;
struct Answered {
    std::int64_t asked = 0;
    std::int64_t yes_within = 0;            // a peer had said yes within 15 minutes
    std::int64_t there_within = 0;          // a peer was there within 15 minutes
    std::int64_t there_by_target = 0;       // within the scheme's own target
    std::int64_t there = 0;                 // at all
};
BOOST_DESCRIBE_STRUCT(Answered, (), (asked, yes_within, there_within, there_by_target, there))

struct YearReport {
    std::int64_t requests = 0;
    double fill = 0;                        // started / (requests - withdrawn before the target)
    double wait_median_minutes = 0;         // Kaplan–Meier, unfilled censored; NaN: not reached
    double wait_p90_minutes = 0;
    double night_denial = 0;                // unfilled or refused at night / not withdrawn
    double concentration = 0;               // the busiest peer's share of sessions
    double max_peer_hours_per_week = 0;
    std::int64_t rest_broken = 0;           // night calls whose rest was not whole
    std::int64_t debriefs_late = 0;
    std::int64_t invariant_violations = 0;
    std::int64_t ledger_entries = 0;
    double seconds = 0;
    double filled_within_target = 0;        // share of requests not withdrawn
    Answered day, night;
    std::map<std::string, std::int64_t> refused;   // what the program refused, by code
    std::vector<std::string> violations;    // the first of each invariant: number, what, when
};
// The published keys; NaN becomes null.
boost::json::object to_json(const YearReport& report);

// Told now and then how far it is: days done, days in all.
using YearProgress = std::function<void(int day, int days)>;
YearReport simulate_year(const Scene& scene, const Assumptions& assumptions,
                         const YearOptions& options, const YearProgress& progress = {});

// Both policies side by side over night share, mean session and number of peers, and the peers
// needed for 95 %. Text of a table, or JSON.
struct SweepRow {
    double night_share, mean_hours;
    int peers;
    YearReport alongside, list;
};
std::vector<SweepRow> sweep(const Scene& scene, const Assumptions& assumptions,
                            const YearOptions& options, const std::function<void(int, int)>& done);
std::string sweep_table(const std::vector<SweepRow>& rows);

// Half a year of requests behind an invented prison, as they are left once nobody knows any more
// who asked: hours, wings, how soon somebody was there and for how long. Through no rules: it is
// for forecasts to have something to read. Nothing where the scene has no demand.
void remember_demand(sql::Database& database, const Scene& scene, Instant now, Entropy& entropy);

// ---- how many peers are needed: weeks with more and more of them, from several seeds ------------

struct HowManyOptions {
    int fewest = 5, most = 20;
    int seeds = 4;                      // from year.seed on; 2 at least
    double wanted = 0.95;
    YearOptions year;                   // its days are those of each run
};

// A share, and the 95 % interval of its mean over the seeds (Student's t); within [0, 1].
struct ShareSeen {
    double mean = 0, low = 0, high = 0;
};
ShareSeen share_seen(const std::vector<double>& by_seed);

// Of those who asked by day, or at night, and didn't take it back before the target time.
struct PartOfDay {
    ShareSeen yes_within;               // a peer had said yes within 15 minutes
    ShareSeen there_within;             // a peer was there within 15 minutes
    ShareSeen there_by_target;          // within the scheme's own target
    ShareSeen there;                    // at all
};
struct HowManyRow {
    int peers = 0, on_at_night = 0;     // places of the scene's night, as many as the share on call
    PartOfDay day, night;
};
struct HowMany {
    SchemeCode scheme;
    std::string prison;
    HowManyOptions options;
    int target_day = 0, target_night = 0;
    double requests_a_year = 0, night_share = 0, mean_hours = 0;
    std::vector<HowManyRow> rows;
};
// REQUIRES 1 <= fewest <= most <= 60 and 2 to 20 seeds.
HowMany how_many(const Scene& scene, const Assumptions& assumptions,
                 const HowManyOptions& options, const std::function<void(int, int)>& done);

// The fewest with which, and with all more that were tried, the share is the one wanted: in the
// mean, and with its whole interval. Nothing: with none of them.
struct Enough {
    std::optional<int> in_the_mean, surely;
};
Enough peers_enough(const HowMany& result, ShareSeen PartOfDay::* what,
                    PartOfDay HowManyRow::* when);

std::string how_many_table(const HowMany& result);
boost::json::object to_json(const HowMany& result);
// What to_json() wrote. Anything else is std::invalid_argument.
HowMany how_many_from(const boost::json::value& json);

// ---- what planning the rota changes -------------------------------------------------------------

// Years on one kind of rota, from several seeds: means, with the interval of a share's.
struct RotaSeen {
    std::string rota;                   // "pattern", "plan", or "list": by the paper list
    double requests = 0;
    ShareSeen fill, night_denial, busiest;
    double wait_median_minutes = 0, most_hours_a_week = 0, rest_broken = 0;
};
// The three, in that order. REQUIRES 2 to 20 seeds.
std::vector<RotaSeen> compare_rotas(const Scene& scene, const Assumptions& assumptions,
                                    const YearOptions& options, int seeds,
                                    const std::function<void(int, int)>& done);
std::string compared_table(const std::vector<RotaSeen>& rows, int seeds);
boost::json::array to_json(const std::vector<RotaSeen>& rows);

// ---- the command --------------------------------------------------------------------------------

// The command `simulate`. Sets `exit_code` to 1 when an invariant was broken.
// REQUIRES that the console outlives the parsing.
void add_commands(Command& app, const Console& console, int& exit_code);

// The scene with this many members of the demand's scheme: more are copies of the first ones, and
// the same share of them is on call.
Scene with_members(const Scene& scene, const SchemeCode& scheme, int peers);

}  // namespace alongside::simulate
