// How many people a study needs, what it can find with those it has, and how many are still
// needed.
#pragma once

#include <functional>

namespace alongside::evidence {

// What the designs have in common.
struct PowerTerms {
    double alpha = 0.05;
    bool two_sided = true;
    // A design effect over 1 takes so many times the people for the same certainty (below).
    double design_effect = 1;
    // In the other group, for each in the first.
    double ratio = 1;
};

// All of these give the power (0 to 1), a smooth rising function of n, the number in the first
// group (of pairs, for the paired designs); n may be any number over 1.

// Two proportions, normal approximation with the pooled share under no effect (Fleiss 1981): R's
// power.prop.test(strict = FALSE). One-year re-offending: the two shares re-convicted.
double power_of_proportions(double n, double first, double second, const PowerTerms& terms);

// Two means, by the non-central t: power.t.test(strict = FALSE). REQUIRES sd > 0.
double power_of_means(double n, double difference, double sd, const PowerTerms& terms);

// Means of pairs, or before and after: power.t.test(type = "paired"); `sd` of the differences.
double power_of_paired_means(double n, double difference, double sd, const PowerTerms& terms);

// Matched pairs with a yes/no outcome, by McNemar's test (Connor 1987): the shares, and how the
// members of a pair correlate (phi). NaN if no pair can be so correlated.
double power_of_pairs(double n, double first, double second, double correlation,
                      const PowerTerms& terms);

// Time to first event: log-rank and Cox, by the number of events (Schoenfeld 1983); with covariates
// that explain r_squared of who is in which group (Hsieh & Lavori 2000). `events_share` of all the
// people will have the event while they are followed. `from_events` takes events instead of n.
struct TimeToEvent {
    double hazard_ratio = 1, events_share = 1, r_squared = 0;
};
double power_of_survival(double n, const TimeToEvent& study, const PowerTerms& terms);
double power_of_events(double events, const TimeToEvent& study, const PowerTerms& terms);

// Events that come again (self-harm per 1,000 per month), as a Poisson regression's Wald test sees
// them: the variance of a log rate is dispersion / expected events. Rates are per person and
// month (or per 1,000 and month with n in thousands), n people are seen for `months` each.
struct Rates {
    double first = 0, second = 0, months = 1, dispersion = 1;
};
double power_of_rates(double n, const Rates& rates, const PowerTerms& terms);

// People in prisons or wings are alike: 1 + ((1 + cv^2) m - 1) icc (Eldridge, Ashby & Kerry 2006),
// m the mean size of a cluster, cv the sizes' coefficient of variation.
double design_effect(double cluster_size, double icc, double size_variation = 0);

// A stepped roll-out, everybody ends with the programme (Hussey & Hughes 2007, formula 8): each
// step, `clusters_a_step` prisons start; periods = steps + 1. A mean of `people` a prison and
// period is seen; `sd` is of one person's outcome (for a share p: sqrt(p (1 - p))), all of it:
// icc of its variance lies between prisons.
struct SteppedRollOut {
    int steps = 4, clusters_a_step = 1;
    double people = 1, sd = 1, icc = 0;
};
double standard_error_of_roll_out(const SteppedRollOut& study);
double power_of_roll_out(double effect, const SteppedRollOut& study, const PowerTerms& terms);

// The smallest n with the power wanted, not rounded; infinite if none up to 1e12 has it.
double people_needed(const std::function<double(double)>& power_of_n, double power);

// The effect, between `none` and `most`, that is found with the power wanted: the least that the
// study can be expected to see. NaN if not even `most` is. REQUIRES that power rises from one to
// the other.
double least_effect(const std::function<double(double)>& power_of_effect, double none, double most,
                    double power);

// How many more in each group would have made a study conclusive that saw `n` in its first group:
// whole people in the first and the other; 0 when there are enough.
struct StillNeeded {
    double first = 0, other = 0;
    double in_all() const { return first + other; }
};
StillNeeded people_still_needed(double n, const std::function<double(double)>& power_of_n,
                                double power, double ratio = 1);

}  // namespace alongside::evidence
