// Findings in plain words.
#pragma once

#include <string>

#include "evidence/report.h"
#include "evidence/study.h"

namespace alongside::evidence {

// "Of 100 people, between 3 and 11 fewer were re-convicted with the programme than without."
std::string plain_sentence(const Plan& plan, const Finding& found);
// An effect's size: "5 of 100 people", "10%", "1,000 dollars"; of ratios per cent are given.
std::string size_words(const Plan& plan, Finding::Scale scale, double value);
// "−8.3 (−16.6 to 0.1)", with as many places as its ends need, or as are given.
std::string with_interval(const Finding& found, std::optional<int> places = std::nullopt);
int places_of(const Finding& found);
// "difference for every 100 people", "ratio of rates"
std::string scale_words(const Plan& plan, Finding::Scale scale);
std::string verdict_words(const Plan& plan, Verdict verdict);
// Why the answer is no more than probable; otherwise nothing.
std::string only_probable_words(const Study& study);
// Of time to first: the rate at any time, without covariates and with them; otherwise nothing.
std::string hazard_words(const Study& study);
// What the verdict means for a reader who has to decide.
std::string verdict_meaning(const Study& study);
// ", in dollars" if the plan names a unit of its score or level; otherwise nothing.
std::string in_unit(const Plan& plan);
// "95%"
std::string level_words(double level);
// What must be kept in mind with this method.
std::vector<std::string> cautions_of(const Study& study);
std::string short_caution(const Study& study);
std::string methods_paragraph(const Study& study, const std::string& version);
std::string p_words(double p);
// "entry 12 of the ledger of SMI, 2026-11-25", or that nobody vouches for the lock.
std::string ledger_words(const Study& study);
// Which other plans of the same study were entered before; nothing if none was.
std::string earlier_locks_words(const LedgerPlace& place);
// How many of each group were lost after they counted.
std::string attrition_words(const Study& study, const Attrition& lost);
// For the axis of plots: what lies left and right of no difference.
std::pair<std::string, std::string> side_words(const Plan& plan);

}  // namespace alongside::evidence
