// Finds good rotas, and how good any could be.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "planner/problem.h"

namespace alongside::planner {

struct Progress {
    double seconds;
    Cost cost;
    std::optional<Cost> bound;      // no rota costs less
    const Roster* roster;           // of that cost; there until `on_better` returns
};

struct SolveOptions {
    double seconds = 60;
    int threads = 1;                // 1: the same seed gives the same rota, if time doesn't end it
    std::uint64_t seed = 1;
    std::optional<Cost> enough = {};                       // ends when a rota costs no more
    int most_steps = no_limit;      // of the search, by each thread; unlike time, the same anywhere
    bool seeks_bound = true;        // false: good rotas soon, and no word on how good any could be
    std::optional<Roster> start = {};                      // keeps every rule
    std::function<void(const Progress&)> on_better = {};   // from one thread at a time
    std::function<bool()> is_cancelled = {};
};

struct Solved {
    Roster roster;                  // empty: none was found
    Cost cost = 0;
    std::optional<Cost> bound;
    double seconds = 0, seconds_to_first = 0;
    std::vector<int> impossible;    // people whose own rules leave them no line at all
    bool is_best() const { return !roster.empty() && bound && *bound >= cost; }
};

Solved solve(const Problem&, const SolveOptions&);

}  // namespace alongside::planner
