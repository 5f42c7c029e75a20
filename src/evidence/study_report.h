// The sections of a study's report.
#pragma once

#include "evidence/plot_kinds.h"
#include "evidence/report.h"
#include "evidence/study_words.h"

namespace alongside::evidence {

ReportSection people_section(const Study& study);
ReportSection balance_section(const Study& study);
ReportSection outcome_section(const Study& study);
ReportSection subgroup_section(const Study& study);
ReportSection prison_section(const Study& study);
ReportSection certainty_section(const Study& study);
ReportSection cost_section(const Study& study);

// Losses in the order of the plan, small ones told together with a neighbour, so that no step shows
// (by itself or by subtraction) fewer than `smallest` people.
struct ToldFlow {
    bool hides_start = false;           // even all losses together are too few
    std::size_t start = 0, end = 0;
    std::vector<PeopleLost> lost;
};
ToldFlow told_flow(std::size_t start, const std::vector<PeopleLost>& lost, std::size_t smallest);

// A curve whose steps each stand for at least so many events.
Curve coarse(const Curve& curve, std::size_t smallest);

}  // namespace alongside::evidence
