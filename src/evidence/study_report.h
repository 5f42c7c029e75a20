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

boost::json::value ledger_json(const std::optional<LedgerPlace>& place);

// A curve as it may be told: each step stands for more events than the smallest count, and how many
// are still followed is told at those ticks alone between which that many, or none, had the event
// and that many, or none, were lost sight of. There the curve is exact. Up to the horizon.
struct ToldCurve {
    Curve curve;
    std::vector<std::optional<double>> at_risk;     // one a tick
};
ToldCurve told_curve(const Curve& curve, const std::vector<double>& ticks, double horizon,
                     std::size_t smallest);

}  // namespace alongside::evidence
