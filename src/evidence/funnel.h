// Prisons beside each other on a funnel plot: which are further from the rest than chance and
// their size explain (Spiegelhalter 2005).
#pragma once

#include <string>
#include <vector>

#include "evidence/proportion.h"

namespace alongside::evidence {

enum class FunnelKind {
    proportion,       // events of people: binomial
    rate              // events over an exposure (person-months): Poisson
};

enum class Overdispersion {
    none,
    multiplicative,   // the limits widen by the square root of phi
    additive          // between-prison variance tau^2 is added (DerSimonian & Laird 1986)
};

struct FunnelOptions {
    FunnelKind kind = FunnelKind::proportion;
    Overdispersion overdispersion = Overdispersion::none;
    double winsorised = 0.1;      // share of z-scores at each end drawn in before phi is found
    double target = -1;           // under 0: all events / all exposure
    std::vector<double> levels = {0.95, 0.998};       // rising
};

struct FunnelUnit {
    std::string name;
    double events = 0, exposure = 0;
};

struct FunnelPoint {
    FunnelUnit unit;
    double value = 0, z = 0;            // z with over-dispersion taken out, if asked
    std::vector<Between> limits;        // one a level
    int beyond = 0;                     // how many levels are passed; negative: below
};

struct FunnelCurve {
    double exposure = 0;
    std::vector<Between> limits;
};

struct Funnel {
    double target = 0;
    double phi = 0;                     // over-dispersion of the winsorised z-scores; about 1: none
    double tau_squared = 0;
    bool is_overdispersed = false;      // phi > 1 + 2 sqrt(2 / prisons), Spiegelhalter's rule
    bool is_widened = false;            // the limits take it in
    std::vector<FunnelPoint> points;    // as given, without those that have no exposure
    std::vector<FunnelCurve> curves;    // over the range of exposures, for a plot
    // By chance alone, so many would be beyond each level, and at least one with this probability.
    std::vector<double> expected_beyond, any_beyond;
};

// REQUIRES whole events >= 0; proportions: events <= exposure, whole. With over-dispersion taken in
// the limits are normal (target +- z sd, kept within what is possible); otherwise exact.
Funnel funnel_of(const std::vector<FunnelUnit>& units, const FunnelOptions& options);

// The exact limit at probability p, interpolated between whole counts (Spiegelhalter 2005, A.1.1):
// (r - alpha) / exposure, r the least count with P(R <= r) >= p. Not under 0.
double exact_limit(FunnelKind kind, double exposure, double target, double p);

}  // namespace alongside::evidence
