// A study carried out as its plan says: the effect, how sure it is, and what could be wrong with
// it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "evidence/balance.h"
#include "evidence/evidence.h"
#include "evidence/funnel.h"
#include "evidence/kaplan_meier.h"
#include "evidence/paired.h"
#include "evidence/plan_lock.h"
#include "evidence/sensitivity.h"
#include "evidence/study_data.h"
#include "evidence/study_wall.h"

namespace alongside::evidence {

// An effect on the scale on which it is told.
struct Finding {
    enum class Scale { per_100, ratio, points };    // people of 100; of rates; of the score
    Scale scale = Scale::points;
    double value = missing, lower = missing, upper = missing, p = missing;
    double se = missing;                // of the value; of a ratio: of its logarithm
    double programme = missing, other = missing;    // what was seen in each group
    std::size_t n_programme = 0, n_other = 0;       // people, or periods
    std::string doubt;                  // why it can't be had or relied on; empty: it can
};

// `probably_…`: the whole interval lies on one side, but only just (see verdict_of).
enum class Verdict {
    better, probably_better, worse, probably_worse, no_matter, cannot_tell, too_few
};

// What a group of a panel had, in the rows before or since the start.
struct SeenGroup {
    std::string name;
    std::size_t rows = 0;
    double mean = missing;
};

// Who is compared: rows of the data, and which belong together.
struct Sample {
    std::vector<std::size_t> rows;
    std::vector<std::int32_t> cluster;  // one a row; empty: nobody
};

struct Study;

// What is compared; by default the plan's outcome.
struct OutcomeView {
    OutcomeKind kind = OutcomeKind::rate;
    const std::vector<double>* values = nullptr;
    const std::vector<double>* event = nullptr;
    const std::vector<double>* exposure = nullptr;
    double horizon = missing;
};
OutcomeView outcome_of(const Plan& plan, const StudyPeople& data);

// Programme less comparison among the sample: of shares (Newcombe's interval without clusters,
// otherwise least squares with errors clustered by pair), of Kaplan–Meier curves at the horizon,
// the ratio of rates (Poisson with sandwich errors), of means (least squares, HC1 or clustered);
// `adjusted`: with the covariates in the model as well.
Finding effect_of(const StudyPeople& data, const OutcomeView& outcome, const Sample& sample,
                  double level, bool adjusted);

// Compares the sample's people as if they weren't paired, where an interval by pairs would give
// back how few of these differ.
void compare_as_told(const Study& study, Sample& sample);

// Kaplan–Meier: the programme's curve, then the comparison's; limits on the log-log scale.
std::vector<Curve> survival_curves(const StudyPeople& data, const OutcomeView& outcome,
                                   const Sample& sample, double level);
// Cox's, with Efron's ties; clustered by pair where there are pairs. `adjusted`: with the
// covariates in the model as well. `proportionality` gets a sentence if the programme's hazard
// isn't proportional.
Finding hazard_ratio_of(const StudyPeople& data, const OutcomeView& outcome, const Sample& sample,
                        double level, bool adjusted, std::string& proportionality);

struct StudyLine {
    std::string group, name;            // of subgroups: the column and its level
    Finding finding;
    bool is_hidden = false;
};

struct MatchedComparison {
    std::size_t treated = 0, unmatched = 0;
    double caliper = 0;                 // in units of the score
    std::vector<BalanceLine> balance;
    std::vector<std::string> still_apart;
};

struct SeriesLine {
    std::vector<std::string> period;    // as it is told: "3", or "3 to 5" told together
    std::vector<double> time, observed, fitted, without;    // without: had nothing started
};

struct Study {
    Plan plan;
    PlanLock lock;
    std::vector<PlanChange> changes;
    std::string hash_now;               // of what the lock would hold today
    std::optional<LedgerPlace> ledger;  // of the lock's hash; none: outside an installation
    StudyPeople data;
    Sample sample;
    Wall wall;                          // what of all that follows may be told
    Finding main, adjusted;
    Verdict verdict = Verdict::cannot_tell;
    bool has_groups = false;
    std::optional<MatchedComparison> matched;
    std::vector<BalanceLine> balance;   // before matching, or of the groups as they were drawn
    std::vector<Curve> curves;          // of time_to_first: programme, comparison
    std::optional<Finding> hazard_ratio, adjusted_hazard_ratio;    // the latter with covariates
    std::string proportionality;        // a warning about the hazard ratio, or empty
    std::optional<SeriesLine> series;   // interrupted series
    std::vector<std::pair<std::string, Finding>> series_parts;     // step, slope
    std::optional<SeriesLine> groups_over_time[2];  // differences: comparison, programme
    std::vector<SeenGroup> seen;        // of panels: before and since
    std::optional<double> trends_apart_p;                          // before the start
    std::size_t units = 0;
    std::optional<PairedChange> change; // before and after
    std::vector<StudyLine> subgroups;
    std::map<std::string, double> subgroup_p;       // that a column's levels differ
    std::vector<StudyLine> leave_one_out, calipers;
    std::optional<Finding> placebo;
    std::optional<EValue> e_value;
    std::optional<RosenbaumBounds> bounds;
    std::optional<Funnel> funnel;
    std::vector<std::string> funnel_hidden;         // prisons that aren't shown
    double least_findable = missing;    // the smallest effect that would be found
    double still_needed = missing;      // people (or, of series, times as much data); 0: none
    std::vector<std::string> warnings;

    // What casts doubt on the comparison itself; an effect is then "probably" at most.
    bool drifted_apart() const { return trends_apart_p && *trends_apart_p < 0.1; }
    bool placebo_differs() const {
        return placebo && placebo->doubt.empty() && (placebo->lower > 0 || placebo->upper < 0);
    }
};

// Trouble if the plan doesn't fit the data.
Fallible<Study> carry_out(const Plan& plan, const PlanLock& lock, StudyPeople data, int threads);

// The ends of the interval, turned so that more is better; of ratios their logarithms.
struct Gain {
    double low = missing, high = missing;
};
Gain gain_of(const Plan& plan, const Finding& finding);
// By the interval and what the plan called worthwhile. "Probably" if the interval lies on one side,
// but one with a fifth of the doubt (99% for 95%) would not: p is above (1 - level) / 5.
Verdict verdict_of(const Plan& plan, const Finding& finding);
// The smallest worthwhile effect on the scale of the finding's standard error; above 0.
double worthwhile_on_scale(const Plan& plan, Finding::Scale scale);

// The designs, each filling in its part.
Fallible<bool> study_people(Study& study, int threads);         // matched, randomised
Fallible<bool> study_series(Study& study);                      // interrupted series
Fallible<bool> study_panel(Study& study);                       // differences, stepped
Fallible<bool> study_before_after(Study& study);
void check_sensitivity(Study& study, int threads);              // of people
void find_funnel(Study& study);
// Of each pair: 1 if the person of the programme is known to have had the event first, within the
// horizon and while the other was still followed; -1 if the other; 0 if that isn't known. Of
// time_to_first.
std::vector<int> first_of_pairs(const Study& study);
// Whether each row had the outcome within the follow-up; nothing where that is no question.
std::vector<char> had_outcome(const Plan& plan, const StudyPeople& data);

// The report of it.
struct Report;
Report report_of(const Study& study, const std::string& version, const std::string& today);

}  // namespace alongside::evidence
