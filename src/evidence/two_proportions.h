// Two proportions beside each other: difference, ratios, number needed to treat, tests.
#pragma once

#include <span>

#include "evidence/proportion.h"

namespace alongside::evidence {

// In all of these `first` is the programme, `second` what it is compared with; level 0.95.

// Newcombe (1998), method 10: the hybrid of both Wilson intervals. first - second.
Between newcombe_difference(EventsOf first, EventsOf second, double level);

// Miettinen & Nurminen (1985): the score interval with their factor n/(n-1). REQUIRES people in
// both groups.
Between score_difference(EventsOf first, EventsOf second, double level);

// Katz et al. (1978): normal on the log scale. NaN where a group has no event (or all, in both).
Between katz_ratio(EventsOf first, EventsOf second, double level);

// Koopman (1984): the score interval of the ratio; 0 or infinity where a group has no event, NaN
// if neither has.
Between score_ratio(EventsOf first, EventsOf second, double level);

double odds_ratio(EventsOf first, EventsOf second);
// Woolf (1955): normal on the log scale. NaN if any of the four counts is 0.
Between woolf_odds_ratio(EventsOf first, EventsOf second, double level);

struct ChiSquared {
    double statistic = 0, df = 0, p = 0;
};
// Pearson's; with `corrected` Yates's for two groups, as R's prop.test and chisq.test do it. NaN
// when nobody or everybody had the event.
ChiSquared chi_squared_of(std::span<const EventsOf> groups, bool corrected);

// Fisher's exact test, two-sided: the tables no likelier than this, as R's fisher.test adds them.
double fisher_p(EventsOf first, EventsOf second);

// How many people a programme must take for one more to be helped (Cook & Sackett 1995), with the
// interval as Altman (1998) says it: when the difference may be none, it goes from `least_helped`
// up to infinity (no effect) and on to one harmed in `least_harmed`.
struct NeededToTreat {
    double value = 0;             // 1 / |difference|; infinite for none
    bool helps = true;            // the estimate's direction
    double least_helped = 0;      // the best that fits: one helped for so many; NaN if none fits
    double most_helped = 0;       // the worst that still helps; infinite when no effect fits
    double least_harmed = 0;      // one harmed for so many, at the worst; NaN if no harm fits
    double most_harmed = 0;       // the least harm that fits; infinite when no effect fits
};
NeededToTreat needed_to_treat(double difference, Between interval, bool events_are_good);

}  // namespace alongside::evidence
