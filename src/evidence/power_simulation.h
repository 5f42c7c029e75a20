// The power of an interrupted time series, found by making many and looking at each.
#pragma once

#include <cstdint>

namespace alongside::evidence {

// A monthly series with a straight trend and noise in which each month remembers the last
// (autoregressive, order 1). `step` is the change of level at the start of the programme, `bend`
// the change of trend a month. All in the outcome's own units; `sd` is the noise's, month by month.
struct SeriesStudy {
    int before = 24, after = 12;
    double step = 0, bend = 0;
    double sd = 1, memory = 0;          // memory: -1 < memory < 1
    bool test_bend = false;             // look at the change of trend instead of the level's
    int lag = -1;                       // Newey-West's; under 0: floor(4 (T/100)^(2/9)), at least 1
};

struct SimulatedPower {
    double power = 0, lower = 0, upper = 0;    // with the 95 % Wilson interval of the simulation
    // The share in which the same method finds a change though nothing changed. Well over alpha
    // means that the power is partly false alarm: the series is too short for its memory.
    double false_alarms = 0;
};

// Each series is fitted by least squares on time, level and trend with Newey-West errors (as the
// command its does) and t with T - 4 degrees of freedom. The same seed gives the same answer for
// any number of threads. REQUIRES before >= 3, after >= 3, sd > 0, |memory| < 1, repeats >= 1.
SimulatedPower power_of_series(const SeriesStudy& study, double alpha, int repeats,
                               std::uint64_t seed, int threads);

}  // namespace alongside::evidence
