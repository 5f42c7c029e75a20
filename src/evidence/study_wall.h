// What may be told of a study, decided once for all that its report says: each table, plot, number
// and sentence asks here, so that none can be taken from another.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "evidence/study_data.h"

namespace alongside::evidence {

struct Study;
struct Sample;

// What a column's parts are told for: the same column may be cut up in different ways.
// `unmatched`: a covariate's, of those who aren't compared, and so of everybody before matching.
enum class PartUse { prison, subgroup, covariate, unmatched, placebo };

// A step of the flow as it is told: one of the plan, or several together.
struct ToldStep {
    std::string why;
    std::size_t lost = 0, programme = 0, other = 0;
    bool shows_groups = false;          // how many of each group; otherwise only how many in all
    bool is_attrition = false;          // holds people who counted and were lost afterwards
    bool is_only_attrition = false;
};

// Losses in the order of the plan, small ones told together with a neighbour, so that no step shows
// (by itself or by subtraction) a count under `smallest`.
struct ToldFlow {
    bool hides_all = false;             // a group is too small: nothing of the flow is told
    bool hides_start = false;           // even all losses together are too few
    bool hides_any = false;             // a step is told together, or without its groups
    std::size_t start = 0, end = 0;
    std::vector<ToldStep> lost;
};
ToldFlow told_flow(std::size_t start, const std::vector<PeopleLost>& lost, std::size_t smallest);

// Which periods are told together, so that no period's few events are told: by the period's place
// in time.
struct ToldPeriods {
    std::size_t together = 1;           // 1: each by itself; 0: none is told
    std::vector<std::size_t> block;     // of each period, from 0
    std::size_t blocks() const { return block.empty() ? 0 : block.back() + 1; }
};
// `counts`: by group, its events in each period. Blocks are as long as each other, none goes across
// the start (`before`: the periods before it), and each has no event at all in a group, or so many
// that any few among them may be more by 2, or none.
ToldPeriods told_periods(const std::vector<std::vector<double>>& counts, std::size_t before,
                         std::size_t smallest);

// Steps of the flow that matching makes.
constexpr const char* lost_unmatched = "in the programme, with nobody similar to compare with";
constexpr const char* lost_not_needed = "not in the programme, and not needed for a pair";

// To how many places a covariate's means before matching, and its standardised differences before
// and after, may be told.
struct BalancePlaces {
    static constexpr int none = -1;     // not at all
    int mean = 3, before = 3, after = 3;
};
// One for each covariate that is compared; none: nothing of the groups' sizes is hidden.
std::vector<BalancePlaces> places_of_balance(const Study& study, const ToldFlow& flow);

struct Wall {
    // Something isn't told: then every number is told no finer than it is printed.
    bool hides = false;
    bool totals_are_small = false;      // no effect is told
    bool groups_are_small = false;      // nor how large the groups are
    bool pairs_are_small = false;       // how often pairs differ would show a small count
    bool units_are_hidden = false;      // prisons of a panel aren't told beside each other
    ToldFlow flow;
    ToldPeriods periods;
    std::vector<BalancePlaces> balance_places;      // see places_of_balance

    void hide(PartUse use, const std::string& column, const std::string& part) {
        hidden_[{use, column}].insert(part);
        hides = true;
    }
    bool is_hidden(PartUse use, const std::string& column, const std::string& part) const {
        const auto found = hidden_.find({use, column});
        return found != hidden_.end() && found->second.contains(part);
    }
    bool hides_any(PartUse use, const std::string& column) const {
        return hidden_.contains({use, column});
    }

private:
    std::map<std::pair<PartUse, std::string>, std::set<std::string>> hidden_;
};

// Needs the study's plan, data, sample, matching and calipers.
Wall wall_of(const Study& study);

// The part of the column that each row of the data is in. Of subgroups: its values, if few;
// otherwise below and above the median of the sample.
std::vector<std::string> parts_of(const Study& study, PartUse use, const std::string& column);
constexpr const char* part_not_known = "not known";
constexpr const char* part_mean = "mean";          // of a covariate that is a number

// Whether the covariate's line in the table of balance may be told, of those compared; and of
// everybody before matching; to so many places.
bool shows_balance(const Study& study, const Covariate& covariate);
bool shows_before(const Study& study, const Covariate& covariate);
BalancePlaces balance_places(const Study& study, std::size_t covariate);
// As printed if something is hidden; otherwise in full.
double as_told(const Study& study, double value, int places);

// Rows that can't be shown: one has 1 to `smallest` - 1 in some column, or guards such a one, as
// `suppress` finds them under columns' totals that are known. A row is shown whole or not at all.
// `smallest` 0 hides none.
std::vector<bool> hidden_rows(const std::vector<std::vector<std::size_t>>& counts,
                              std::size_t smallest);
// The greatest step that all values are whole multiples of from each other; 0: there is none, or
// they are all the same.
double common_step(const std::vector<double>& values);
// Of a rate: whether few of the sample's pairs differ one way, or the other, or not at all. With an
// interval by pairs, beside how many of each group had the outcome, these four counts are known.
bool few_pairs_differ(const Study& study, const Sample& sample);
// Whether this is a count too small to show.
inline bool is_small_count(double count, std::size_t smallest) {
    return count > 0 && count < static_cast<double>(smallest);
}

// Who was lost after they counted, as far as it is told: of each group's people so many of 100.
struct Attrition {
    bool is_told = false;               // otherwise `differential` is the most that it could be
    double overall = 0, programme = 0, other = 0, differential = 0;     // of 100
    // What the What Works Clearinghouse allows groups to differ by at this overall loss (Standards
    // Handbook 4.0, 2017, table II.1, cautious assumption).
    double allowed = 0;
    bool is_too_much() const { return differential > allowed; }
};
// Nothing where there are no groups of people.
std::optional<Attrition> attrition_of(const Study& study);

}  // namespace alongside::evidence
