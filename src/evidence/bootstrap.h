// The bootstrap: people (or whole clusters) drawn again and again, and intervals from what came.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "evidence/proportion.h"

namespace alongside::evidence {

// What is drawn: units (people, or clusters) within strata (arms), each with its weight, as a rule
// how many people it stands for, and the sums of up to two values over them.
struct Units {
    struct Sums {
        double people = 1, first = 0, second = 0;
    };
    std::vector<Sums> sums;               // stratum by stratum
    std::vector<std::size_t> begins;      // of each stratum in sums; and the end. At least 2
    std::size_t strata() const { return begins.size() - 1; }
};

// Units from rows. `stratum` and `cluster` hold a code from 0 for each row; empty: one stratum, and
// each row for itself. `second` may be empty. Clusters are taken within their stratum.
Units make_units(std::span<const double> first, std::span<const double> second,
                 std::span<const std::int32_t> stratum, std::span<const std::int32_t> cluster);

// The sums of each stratum as observed: one for each stratum.
std::vector<Units::Sums> observed_sums(const Units& units);

struct Draw {
    int replicates = 10000;
    std::uint64_t seed = 1;
    int threads = 1;
};

// For each replicate and stratum the sums of as many units as the stratum has, drawn with
// replacement; replicate r, stratum s at [r * strata + s]. The same seed gives the same numbers for
// any number of threads. REQUIRES no stratum without a unit, and fewer than 2^32 units.
std::vector<Units::Sums> drawn_sums(const Units& units, const Draw& draw);

// A statistic of the strata's sums; the first stratum is what the others are compared with.
enum class Statistic {
    mean,               // of the first value, over everybody
    difference,         // of the means of the first value: second stratum - first
    ratio,              // sum of the first value / sum of the second, over everybody
    ratio_of_means      // mean of the first value, second stratum / first
};
double statistic_of(Statistic statistic, std::span<const Units::Sums> strata);

// The empirical influence of each unit on the statistic (Davison & Hinkley 1997, 2.7), exact, as
// boot's empinf(type = "inf") finds it with small steps; in the order of units.sums.
std::vector<double> influence_of(Statistic statistic, const Units& units);

// The acceleration from influences (Davison & Hinkley 1997, 5.23; by strata 5.30): in one stratum
// sum(L^3) / (6 sum(L^2)^1.5) as boot.ci, in several L weighs by the inverse of the stratum's size.
double acceleration_of(std::span<const double> influence, const Units& units);

struct BootstrapIntervals {
    double observed = 0, bias = 0, error = 0;          // error: the replicates' standard deviation
    Between normal, basic, percentile, bca;
    std::size_t left_out = 0;                          // replicates that weren't finite
    bool at_the_edge = false;                          // an end is the least or greatest replicate
    bool bca_fails = false;                            // all on one side of what was observed
};

// As boot::boot.ci(type = "all"): quantiles interpolated on the normal scale between order
// statistics ((R + 1) alpha).
BootstrapIntervals bootstrap_intervals(std::vector<double> replicates, double observed,
                                       double acceleration, double level);

// The quantile of sorted values as boot's norm.inter finds it. `at_the_edge` is set if there were
// too few for it. REQUIRES values, sorted.
double bootstrap_quantile(std::span<const double> sorted, double alpha, bool& at_the_edge);

}  // namespace alongside::evidence
