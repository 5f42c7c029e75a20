// For tests: numbers that agree with R's to nearly all digits.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <source_location>

#include "evidence/proportion.h"

namespace alongside::evidence {

// To a relative 1e-10 (or as said), or an absolute 1e-12.
inline void expect_as_in_r(double actual, double expected, double relative = 1e-10,
                         std::source_location at = std::source_location::current()) {
    const double allowed = std::max(1e-12, relative * std::fabs(expected));
    EXPECT_NEAR(actual, expected, allowed) << "asked in line " << at.line();
}

inline void expect_as_in_r(Between actual, Between expected, double relative = 1e-10,
                         std::source_location at = std::source_location::current()) {
    expect_as_in_r(actual.lower, expected.lower, relative, at);
    expect_as_in_r(actual.upper, expected.upper, relative, at);
}

}  // namespace alongside::evidence
