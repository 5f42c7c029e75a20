#include "evidence/propensity.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

namespace alongside::evidence {
namespace {

// Column after column in one order for every row: a product of matrices may add up in another
// order at the edge of a block, and two people alike would then differ in the last digit.
Vector log_odds(const Matrix& x, const Vector& coef, const Vector& offset) {
    Vector out = offset.size() > 0 ? offset : Vector(Vector::Zero(x.rows()));
    for (Eigen::Index j = 0; j < x.cols(); ++j) {
        if (std::isnan(coef[j])) continue;
        for (Eigen::Index i = 0; i < x.rows(); ++i) out[i] += x(i, j) * coef[j];
    }
    return out;
}

std::vector<std::string> propensity_warnings(const GlmFit& fit) {
    std::vector<std::string> said;
    if (fit.separation)
        said.push_back(fmt::format(
            "The treated and the comparisons are told apart {} by {}: {} people have nobody like "
            "them on the other side, and scores of 0 or 1 mean nothing beyond that.",
            fit.separation->complete ? "completely" : "partly",
            fmt::join(fit.separation->columns, ", "), fit.separation->rows));
    else if (!fit.converged)
        said.push_back("The propensity model did not converge; its scores can't be relied on.");
    std::vector<std::string> dropped;
    for (std::size_t j = 0; j < fit.columns.size(); ++j)
        if (std::isnan(fit.coef[static_cast<Eigen::Index>(j)])) dropped.push_back(fit.columns[j]);
    if (!dropped.empty())
        said.push_back(fmt::format("The propensity model does without {}: the columns before say "
                                   "the same.", fmt::join(dropped, ", ")));
    return said;
}

}  // namespace

Fallible<Propensity> propensity_of(const Observations& data) {
    const double treated = data.y.sum();
    if (treated == 0) return trouble("Nobody was treated: there is no one to find a match for.");
    if (treated == static_cast<double>(data.y.size()))
        return trouble("Everybody was treated: there is no one to compare with.");
    auto fit = fit_glm(data, {.family = Family::binomial});
    if (!fit) return tl::make_unexpected(std::move(fit.error()));
    Propensity out;
    out.linear = log_odds(data.x, fit->coef, data.offset);
    out.score = out.linear.unaryExpr([](double eta) { return 1 / (1 + std::exp(-eta)); });
    out.warnings = propensity_warnings(*fit);
    out.fit = std::move(*fit);
    return out;
}

}  // namespace alongside::evidence
