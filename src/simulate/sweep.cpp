// Many years side by side: which policy, how much night work, how long sessions, how many peers.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cmath>
#include <map>
#include <stdexcept>

#include "simulate/runs.h"
#include "simulate/simulate.h"

namespace alongside::simulate {
namespace {

constexpr std::array night_shares{0.13, 0.23, 0.33};
constexpr std::array mean_hours{1.0, 1.5, 2.0};
constexpr int fewest_peers = 5;
constexpr int most_peers = 14;
constexpr double enough = 0.95;

boost::json::value number(double value) {
    return std::isfinite(value) ? boost::json::value(value) : boost::json::value(nullptr);
}

}  // namespace

boost::json::object to_json(const YearReport& report) {
    boost::json::array violations(report.violations.begin(), report.violations.end());
    return {{"requests", report.requests},
            {"fill", number(report.fill)},
            {"wait_median_minutes", number(report.wait_median_minutes)},
            {"wait_p90_minutes", number(report.wait_p90_minutes)},
            {"night_denial", number(report.night_denial)},
            {"concentration", number(report.concentration)},
            {"max_peer_hours_per_week", number(report.max_peer_hours_per_week)},
            {"rest_broken", report.rest_broken},
            {"debriefs_late", report.debriefs_late},
            {"invariant_violations", report.invariant_violations},
            {"ledger_entries", report.ledger_entries},
            {"seconds", report.seconds}};
}

Scene with_members(const Scene& scene, const SchemeCode& scheme, int peers) {
    Scene out = scene;
    std::vector<SceneMember> ours;
    for (const auto& member : scene.members) {
        if (member.scheme == scheme) ours.push_back(member);
    }
    if (ours.empty()) throw std::invalid_argument(scene.file + " has no members of the scheme");
    std::erase_if(out.members, [&](const SceneMember& one) { return one.scheme == scheme; });
    for (int i = 0; i < peers; ++i) {
        auto member = ours[static_cast<std::size_t>(i) % ours.size()];
        member.label = "Peer " + std::to_string(i + 1);
        out.members.push_back(member);
    }
    // As many of the peers on call as in the scene, and never fewer than it says.
    for (auto& shift : out.shifts) {
        if (shift.scheme != scheme) continue;
        const double share = static_cast<double>(peers) / static_cast<double>(ours.size());
        shift.needed = std::max(shift.needed, static_cast<int>(std::lround(shift.needed * share)));
    }
    return out;
}

std::vector<SweepRow> sweep(const Scene& scene, const Assumptions& assumptions,
                            const YearOptions& options,
                            const std::function<void(int, int)>& done) {
    std::vector<SweepRow> rows;
    for (const double night : night_shares) {
        for (const double hours : mean_hours) {
            for (int peers = fewest_peers; peers <= most_peers; ++peers) {
                rows.push_back({night, hours, peers, {}, {}});
            }
        }
    }
    // Both policies of each row, one after the other.
    const auto make = [&](std::size_t i) {
        const auto& row = rows[i / 2];
        Run run{with_members(scene, assumptions.scheme(), row.peers), assumptions, options};
        run.assume.set("demand.night_share", row.night_share);
        run.assume.set("sessions.mean_hours", row.mean_hours);
        run.options.policy = i % 2 == 0 ? CallBy::alongside : CallBy::list;
        return run;
    };
    auto reports = run_years(rows.size() * 2, make, done);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        rows[i].alongside = std::move(reports[2 * i]);
        rows[i].list = std::move(reports[2 * i + 1]);
    }
    return rows;
}

std::string sweep_table(const std::vector<SweepRow>& rows) {
    std::string out = fmt::format(
        "{:>6} {:>6} {:>6} | {:>7} {:>7} {:>8} {:>7} | {:>7} {:>7} {:>8} {:>7}\n", "night", "hours",
        "peers", "fill", "median", "denied", "broken", "fill", "median", "denied", "broken");
    out += fmt::format("{:>20} | {:^32} | {:^32}\n", "", "Alongside: rest is real",
                       "paper list: first name");
    std::map<std::pair<double, double>, std::pair<int, int>> needed;
    for (const auto& row : rows) {
        const auto half = [](const YearReport& one) {
            return fmt::format("{:>6.1f}% {:>5.0f} m {:>7.1f}% {:>7}", one.fill * 100,
                               one.wait_median_minutes, one.night_denial * 100, one.rest_broken);
        };
        out += fmt::format("{:>5.0f}% {:>6.1f} {:>6} | {} | {}\n", row.night_share * 100,
                           row.mean_hours, row.peers, half(row.alongside), half(row.list));
        auto& least = needed[{row.night_share, row.mean_hours}];
        if (row.alongside.fill >= enough && least.first == 0) least.first = row.peers;
        if (row.list.fill >= enough && least.second == 0) least.second = row.peers;
    }
    out += "\nPeers needed so that someone comes to 95 % (0: more than were tried)\n";
    for (const auto& [key, least] : needed) {
        out += fmt::format("night {:>2.0f} %, sessions of {:.1f} h: {:>2} with real rest, {:>2} "
                           "by the paper list\n",
                           key.first * 100, key.second, least.first, least.second);
    }
    return out;
}

}  // namespace alongside::simulate
