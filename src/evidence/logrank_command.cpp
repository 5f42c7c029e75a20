// `alongside evidence logrank FILE 'Surv(week, arrest) ~ fin + strata(race)'`, as R's survdiff.
#include <fmt/format.h>

#include <memory>

#include "base/command.h"
#include "evidence/command.h"
#include "evidence/logrank.h"
#include "evidence/numbers.h"
#include "evidence/survival_words.h"

namespace alongside::evidence {
namespace {

struct LogrankFlags {
    double rho = 0;
    std::string strata;
};

std::string logrank_text(const LogrankTest& test, const Frame& frame) {
    PrintedTable table{{"N", "Observed", "Expected", "(O-E)^2/E", "(O-E)^2/V"}, {}};
    for (std::size_t j = 0; j < test.groups.size(); ++j) {
        const auto& group = test.groups[j];
        const double excess = group.observed - group.expected, squared = excess * excess;
        const auto at = static_cast<Eigen::Index>(j);
        table.rows.push_back({group.name, std::to_string(group.n), printed(group.observed, 3),
                              printed(group.expected, 3), printed(squared / group.expected, 3),
                              printed(squared / test.variance(at, at), 3)});
    }
    return fmt::format("Log-rank test: {}\n{}\n{}\n Chisq= {}  on {} degrees of freedom, p= {}\n",
                       frame.formula.written, missing_said(frame), table.text(),
                       printed(test.chisq, 3), test.df, printed_p(test.p));
}

boost::json::object logrank_json(const LogrankTest& test, double rho) {
    boost::json::array groups, variance;
    for (std::size_t j = 0; j < test.groups.size(); ++j) {
        const auto& group = test.groups[j];
        groups.push_back({{"name", group.name}, {"n", group.n}, {"observed", group.observed},
                          {"expected", group.expected}});
        boost::json::array row;
        for (std::size_t k = 0; k < test.groups.size(); ++k) {
            row.push_back(
                test.variance(static_cast<Eigen::Index>(j), static_cast<Eigen::Index>(k)));
        }
        variance.push_back(std::move(row));
    }
    return {{"chisq", number(test.chisq)}, {"df", test.df}, {"p", number(test.p)}, {"rho", rho},
            {"groups", std::move(groups)}, {"variance", std::move(variance)}};
}

Fallible<Output> run_logrank(const CommonOptions& common, Table& table,
                             const LogrankFlags& flags) {
    const auto frame = survival_frame(common, table, flags.strata, true);
    if (!frame) return tl::make_unexpected(frame.error());
    if (frame->groups.empty()) {
        return tl::make_unexpected(
            formula_trouble(common.formula, common.formula.size(), "no groups to compare"));
    }
    const auto test = logrank(*frame, frame->groups, flags.rho);
    Output out;
    if (common.as_json) {
        out.json = logrank_json(test, flags.rho);
        add_row_counts(*frame, {}, out.json);
    } else {
        out.text = logrank_text(test, *frame);
    }
    if (test.df == 0) {
        out.warnings.push_back("There is nothing to compare: fewer than two groups were at risk "
                               "when somebody had the event.");
    }
    return out;
}

}  // namespace

void add_logrank(Command& evidence, const Desk& desk) {
    auto flags = std::make_shared<LogrankFlags>();
    auto* command = add_command(
        evidence, desk, "logrank",
        "Do groups differ in time to an event? 'Surv(week, arrest) ~ fin'", {.formula = true},
        [flags](const CommonOptions& common, Table& table) {
            return run_logrank(common, table, *flags);
        });
    command->add_option("--rho", flags->rho,
                        "Weight S(t)^rho: 0 log-rank, 1 Peto-Peto (early differences)")
        ->capture_default_str();
    command->add_option("--strata", flags->strata, "A column: compare within its values");
}

}  // namespace alongside::evidence
