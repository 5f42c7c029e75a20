// Simulated years side by side, each in a process of its own.
#pragma once

#include <functional>
#include <vector>

#include "simulate/simulate.h"

namespace alongside::simulate {

struct Run {
    Scene scene;
    Assumptions assume;
    YearOptions options;
};
// As many at once as the machine has processors; the reports in the order of the runs. The
// invariants are not looked at. `make` is asked for a run when its turn has come. A year that ends
// early is std::runtime_error.
std::vector<YearReport> run_years(std::size_t count, const std::function<Run(std::size_t)>& make,
                                  const std::function<void(int, int)>& done);

}  // namespace alongside::simulate
