// What all threads of a search share: the best rota so far, the bound, the clock.
#pragma once

#include <atomic>
#include <chrono>
#include <cmath>
#include <limits>
#include <mutex>
#include <utility>

#include "base/ensure.h"
#include "planner/cost.h"
#include "planner/solver.h"

namespace alongside::planner {

// A bound on whole costs: no rota costs less.
inline Cost rounded_up(double bound) {
    if (bound < -1e15) return std::numeric_limits<Cost>::min();
    return static_cast<Cost>(std::ceil(bound - 1e-4));
}

class Shared {
public:
    Shared(const Problem& what, const SolveOptions& how)
        : problem(what), options(how), began_(std::chrono::steady_clock::now()) {}

    double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
    }
    bool is_over() const {
        return is_enough_.load(std::memory_order_relaxed) || seconds() > options.seconds ||
               (options.is_cancelled && options.is_cancelled());
    }
    void offer(const Roster& roster, Cost cost) {
        const std::lock_guard lock(mutex_);
        if (!best.roster.empty() && cost >= best.cost) return;
        ENSURE(cost_of(problem, roster) == cost);
        if (best.roster.empty()) best.seconds_to_first = seconds();
        best.roster = roster;
        best.cost = cost;
        tell();
    }
    void raise_bound(double bound) {
        const std::lock_guard lock(mutex_);
        const Cost whole = rounded_up(bound);
        if (best.bound && whole <= *best.bound) return;
        best.bound = whole;
        tell();
    }
    std::pair<Roster, Cost> current() {
        const std::lock_guard lock(mutex_);
        return {best.roster, best.cost};
    }
    Cost cost() {
        const std::lock_guard lock(mutex_);
        return best.cost;
    }

    const Problem& problem;
    const SolveOptions& options;
    Solved best;

private:
    void tell() {
        const bool is_enough =
            !best.roster.empty() && options.enough && best.cost <= *options.enough;
        if (is_enough || best.is_best()) is_enough_ = true;
        if (options.on_better && !best.roster.empty()) {
            options.on_better({seconds(), best.cost, best.bound, &best.roster});
        }
    }
    std::chrono::steady_clock::time_point began_;
    std::mutex mutex_;
    std::atomic<bool> is_enough_{false};
};

}  // namespace alongside::planner
