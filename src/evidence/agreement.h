// Do those who rated the same people agree? Kappas, intraclass correlations, limits of agreement.
#pragma once

#include <string>
#include <vector>

#include "evidence/frame.h"

namespace alongside::evidence {

struct Interval {
    double value = missing, se = missing, lower = missing, upper = missing;
};

// The jackknife's standard error of `whole` from the values with one unit left out each (Efron &
// Tibshirani 1993, chapter 11), and an interval from t, which ends at 1, the most that agreement
// can be; NaN with fewer than two.
Interval jackknifed(double whole, const std::vector<double>& without, double level);

// One row a person or thing that was rated, one column a rater. NaN: not rated.
// For kappas the ratings are categories 0 … categories - 1, in their order.

struct PercentAgreement {
    std::size_t units = 0;              // rated by everybody
    std::size_t all_agree = 0;
    Interval all;                       // share in which all agree, Wilson 1927
    double pairwise = missing;          // share of pairs of ratings that agree
};
PercentAgreement percent_agreement(const Matrix& ratings, double level);

enum class KappaWeights { none, linear, quadratic };

// Cohen 1960, 1968; standard errors of Fleiss, Cohen & Everitt 1969: `se` for the interval, `se0`
// if there were no more agreement than chance, for z and p.
struct Kappa {
    std::size_t units = 0;
    double observed = missing, expected = missing;      // agreement, weighted
    Interval kappa;
    double se0 = missing, z = missing, p = missing;
    double largest = missing;           // kappa at most, given how often each used each category
};
// REQUIRES two columns. Units that one of them didn't rate are left out. With only one category
// used by both, kappa is NaN: chance alone would agree.
Kappa cohen_kappa(const Matrix& ratings, int categories, KappaWeights weights, double level);

// Fleiss 1971, its test by Fleiss, Nee & Landis 1979 (as irr's kappam.fleiss). The interval is by
// the jackknife over the units, since that standard error only holds if kappa is 0.
struct FleissKappa {
    std::size_t units = 0, raters = 0;
    Interval kappa;
    double se0 = missing, z = missing, p = missing;
    std::vector<double> of_category;    // kappa of each category against the rest
};
FleissKappa fleiss_kappa(const Matrix& ratings, int categories, double level);

// Shrout & Fleiss 1979; intervals of McGraw & Wong 1996, as irr's icc.
struct IntraClass {
    std::string name;                   // "ICC(1)", "ICC(2,1)", "ICC(3,1)", "ICC(1,k)", …
    Interval icc;                       // no se
    double f = missing, df1 = missing, df2 = missing, p = missing;
};
struct IntraClasses {
    std::size_t units = 0, raters = 0;
    double ms_between = missing, ms_within = missing, ms_raters = missing, ms_error = missing;
    std::vector<IntraClass> lines;      // the six; empty with fewer than two units or raters
};
IntraClasses intraclass_correlations(const Matrix& ratings, double level);

// Bland & Altman 1986, 1999: first column less second.
struct LimitsOfAgreement {
    std::size_t units = 0;
    Interval bias, low, high;           // mean difference; mean ∓ z sd, z at the level
    double sd = missing;
    double slope = missing, slope_p = missing;  // of the difference on the mean: does it grow?
};
LimitsOfAgreement limits_of_agreement(const Matrix& ratings, double level);

enum class RatingScale { nominal, ordinal, interval, ratio };

// Krippendorff 2011: raters may leave units out; units with fewer than two ratings don't count.
// The interval is by the jackknife over the units; left out where that would take long (units ×
// values² above 1e8). NaN if all ratings are the same. REQUIRES, for a ratio scale, no negative.
struct KrippendorffAlpha {
    std::size_t units = 0, ratings = 0; // that count
    Interval alpha;
    double observed = missing, expected = missing;      // disagreement
};
KrippendorffAlpha krippendorff_alpha(const Matrix& ratings, RatingScale scale, double level);

// Landis & Koch 1977: "poor", "slight", "fair", "moderate", "substantial", "almost perfect".
const char* in_words_of_landis_koch(double kappa);

}  // namespace alongside::evidence
