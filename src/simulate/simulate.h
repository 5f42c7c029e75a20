// A year of nights from one seed, through the real actions.
#pragma once

#include <boost/describe.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/console.h"
#include "simulate/assumptions.h"
#include "simulate/scene.h"

namespace CLI {
class App;
}

namespace alongside::simulate {

// Who is called: by the rules, or the first name on the paper list who is on call, whatever their
// rest (which then counts as the peer's own wish, and as broken).
enum class CallBy { alongside, list };
BOOST_DESCRIBE_ENUM(CallBy, alongside, list)

// Who is on call: a pattern that repeats, each day the next ones; or a plan, made for four weeks at
// a time. In both, what opens later is filled by hand two days ahead.
enum class RotaBy { pattern, plan };
BOOST_DESCRIBE_ENUM(RotaBy, pattern, plan)

struct YearOptions {
    std::uint64_t seed = 1;
    int days = 365;
    CallBy policy = CallBy::alongside;
    RotaBy rota = RotaBy::pattern;
    bool checks_every_step = true;      // the invariants, after each action
};

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

// The command `simulate`. Sets `exit_code` to 1 when an invariant was broken.
// REQUIRES that the console outlives the parsing.
void add_commands(CLI::App& app, const Console& console, int& exit_code);

// The scene with this many members of the demand's scheme: more are copies of the first ones, and
// the same share of them is on call.
Scene with_members(const Scene& scene, const SchemeCode& scheme, int peers);

}  // namespace alongside::simulate
