// Regressions on their way out: R's summary for people, names for machines.
#pragma once

#include <boost/json.hpp>

#include "evidence/least_squares.h"

namespace alongside::evidence {

// Numbers of one column as R's format() prints them: as many digits as the one that needs most, all
// fixed or all with an exponent.
std::vector<std::string> formatted(const std::vector<double>& values, int digits);
std::vector<std::string> formatted_p(const std::vector<double>& values, int digits);

// printCoefmat(), with a column for robust standard errors if there are any.
std::string coefficient_text(const std::vector<TermLine>& lines, bool uses_t);
// Intervals, of exp(coef) as well where that is a ratio.
std::string interval_text(const std::vector<TermLine>& lines, double level, bool is_ratio);
// "Min 1Q Median 3Q Max", or all of them if there are few; empty for none.
std::string residual_text(const std::string& title, std::vector<double> residuals);
// "(14 observations deleted due to missingness: ph.ecog 1, wt.loss 14)"; empty for none.
std::string missing_text(const Frame& frame);

// {name, coef, se, robust_se?, z or t, p, lower, upper}; exp_coef and its interval for ratios.
boost::json::array terms_json(const std::vector<TermLine>& lines, bool uses_t, bool is_ratio);
boost::json::object missing_json(const Frame& frame);

extern const char* const signif_legend;

}  // namespace alongside::evidence
