// One proportion and its interval: 48 of 216.
#pragma once

namespace alongside::evidence {

// So many events among so many people. REQUIRES whole numbers, 0 <= events <= of.
struct EventsOf {
    double events = 0, of = 0;
    double share() const { return events / of; }          // NaN when of = 0
};

struct Between {
    double lower = 0, upper = 0;
};

// Wilson (1927), the score interval: R's prop.test(events, of, correct = FALSE)$conf.int. Nobody
// asked (of = 0) gives 0 to 1: nothing is known. `level` is 0.95 for 95 %, in all of these.
Between wilson(EventsOf count, double level);

// With continuity correction: prop.test(events, of, correct = TRUE), which corrects by
// min(1/2, |events - of/2|); so 5 of 10 isn't corrected.
Between wilson_corrected(EventsOf count, double level);

// Clopper & Pearson (1934), exact: binom.test(events, of)$conf.int.
Between exact_interval(EventsOf count, double level);

// The same for a number of events of a Poisson process (Garwood 1936): poisson.test(events).
Between exact_poisson(double events, double level);

}  // namespace alongside::evidence
