#include "evidence/its.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "evidence/its_design.h"
#include "evidence/numbers.h"

namespace alongside::evidence {

using Eigen::Index;

namespace {

constexpr std::size_t few_points = 8;       // on either side: too few to see a slope or a season

// Fits the model; leaves its residuals for the diagnostics.
Fallible<Vector> fit_model(const Observations& data, const ItsPlan& plan, ItsFit& out) {
    if (plan.model == ItsModel::ols) {
        LinearFit fit = fit_linear(data);
        out.is_log = false;
        out.deviance = fit.rss;
        out.loglik = fit.loglik;
        out.aic = fit.aic;
        Vector residuals = fit.residuals;
        out.dispersion = fit.dispersion * fit.outcome_unit * fit.outcome_unit;
        out.fit = std::move(fit);
        return residuals;
    }
    auto keep = [&](const GlmFit& fit) {
        out.deviance = fit.deviance;
        out.loglik = fit.loglik;
        out.aic = fit.aic;
        out.dispersion = fit.pearson_dispersion;
        out.fit = fit;
        if (fit.separation || !fit.converged)
            out.cautions.push_back("the estimates have no finite value (counts that are all "
                                   "nought on one side?), so they mean nothing");
        return pearson_residuals(fit, data);
    };
    if (plan.model == ItsModel::negbin) {
        const auto fit = fit_negbin(data);
        if (!fit) return tl::make_unexpected(fit.error());
        out.theta = fit->theta;
        out.theta_se = fit->theta_se;
        if (fit->theta_runs_away)
            out.cautions.push_back("the counts are no more scattered than Poisson's: this is the "
                                   "Poisson fit");
        return keep(*fit);
    }
    const Family family =
        plan.model == ItsModel::poisson ? Family::poisson : Family::quasipoisson;
    const auto fit = fit_glm(data, {.family = family});
    if (!fit) return tl::make_unexpected(fit.error());
    return keep(*fit);
}

double quantile_of(const ItsFit& fit, double level) {
    return fit.fit.uses_t ? t_quantile(0.5 + level / 2, fit.fit.df_residual)
                          : normal_quantile(0.5 + level / 2);
}

// `value` on the scale on which its interval is even; of a ratio, the logarithm. `unit`: of the
// variance's root.
Estimated estimated(const ItsFit& fit, double value, double variance, double unit, double level) {
    const double se = std::sqrt(variance) * unit;
    const double reach = quantile_of(fit, level) * se;
    const double p = fit.fit.uses_t ? two_sided_t(value / se, fit.fit.df_residual)
                                    : two_sided_normal(value / se);
    return {value, se, value - reach, value + reach, p};
}

Estimated as_ratio(Estimated e) {
    e.value = std::exp(e.value);
    e.lower = std::exp(e.lower);
    e.upper = std::exp(e.upper);
    return e;
}

class ItsEffects {
public:
    ItsEffects(const ItsDesign& design, const ItsPlan& plan, ItsFit& out)
        : design_(design), plan_(plan), out_(out) {}

    void add_points() {
        for (Index i = 0; i < design_.y.size(); ++i) {
            const auto at = static_cast<std::size_t>(i);
            double without = out_.fit.linear[i];
            for (const Index column : design_.effects)
                if (!std::isnan(out_.fit.coef[column]))
                    without -= out_.fit.coef[column] * design_.x(i, column);
            out_.points.push_back({design_.rows[at], design_.time[i], design_.y[i],
                                   out_.fit.fitted[i], out_.is_log ? std::exp(without) : without,
                                   design_.series.of_row[at], design_.is_after[at]});
        }
    }

    void add_at_end() {
        const auto& kept = out_.fit.kept;
        Vector contrast = Vector::Zero(static_cast<Index>(kept.size()));
        double value = 0;
        for (std::size_t k = 0; k < kept.size(); ++k) {
            const auto found = std::find(design_.effects.begin(), design_.effects.end(), kept[k]);
            if (found == design_.effects.end()) continue;
            contrast[static_cast<Index>(k)] =
                (found == design_.effects.begin() ? 1 : design_.last - design_.last_before) /
                unit_at(design_.unit, kept[k]);
            value += contrast[static_cast<Index>(k)] * out_.fit.coef[kept[k]];
        }
        out_.at_end = estimated(out_, value, contrast.dot(out_.covariance * contrast),
                                out_.fit.outcome_unit, plan_.level);
        if (out_.is_log) out_.at_end = as_ratio(out_.at_end);
    }

    // Sums of fitted values and what they would be without the change, and how each coefficient
    // moves them.
    void add_sums() {
        const auto& kept = out_.fit.kept;
        const Index width = static_cast<Index>(kept.size());
        double with = 0, without = 0;
        Vector slope_with = Vector::Zero(width), slope_without = slope_with;
        for (Index i = 0; i < design_.y.size(); ++i) {
            if (!design_.is_after[static_cast<std::size_t>(i)]) continue;
            const ItsPoint& point = out_.points[static_cast<std::size_t>(i)];
            with += point.fitted;
            without += point.counterfactual;
            for (Index k = 0; k < width; ++k) {
                const Index column = kept[static_cast<std::size_t>(k)];
                const double x = design_.x(i, column);
                const bool is_effect = std::find(design_.effects.begin(), design_.effects.end(),
                                                 column) != design_.effects.end();
                slope_with[k] += x * (out_.is_log ? point.fitted : 1);
                if (!is_effect)
                    slope_without[k] += x * (out_.is_log ? point.counterfactual : 1);
            }
        }
        const Vector difference = slope_with - slope_without;
        const double unit = out_.fit.outcome_unit;
        out_.total = estimated(out_, with - without,
                               difference.dot(out_.covariance * difference), unit, plan_.level);
        const Vector log_ratio = slope_with / (with / unit) - slope_without / (without / unit);
        out_.ratio = with > 0 && without > 0
                         ? as_ratio(estimated(out_, std::log(with / without),
                                              log_ratio.dot(out_.covariance * log_ratio), 1,
                                              plan_.level))
                         : Estimated{missing, missing, missing, missing, missing};
    }

private:
    const ItsDesign& design_;
    const ItsPlan& plan_;
    ItsFit& out_;
};

// Of the first treated series: what is next to one another there is next in time.
ItsDiagnostics diagnosed(const ItsDesign& design, const Vector& residuals, int lags) {
    std::vector<double> chosen;
    std::int32_t series = -1;
    for (Index i = 0; i < residuals.size(); ++i) {
        const auto at = static_cast<std::size_t>(i);
        if (!design.is_treated[at] || (series >= 0 && design.series.of_row[at] != series)) continue;
        series = design.series.of_row[at];
        chosen.push_back(residuals[i]);
    }
    const Vector here = Eigen::Map<const Vector>(chosen.data(), static_cast<Index>(chosen.size()));
    const int points = static_cast<int>(chosen.size());
    ItsDiagnostics found;
    found.durbin_watson = durbin_watson(here);
    found.ljung_box_lags = std::max(1, std::min(10, points / 5));
    found.autocorrelation =
        autocorrelation(here, std::max({6, lags, found.ljung_box_lags}));
    // Ljung & Box, Biometrika 65, 1978; as Box.test(type = "Ljung-Box").
    const double n = points;
    for (int lag = 1; lag <= found.ljung_box_lags && lag < points; ++lag) {
        const double r = found.autocorrelation[static_cast<std::size_t>(lag - 1)];
        found.ljung_box += n * (n + 2) * r * r / (n - lag);
    }
    found.ljung_box_p = chi_squared_tail(found.ljung_box, found.ljung_box_lags);
    return found;
}

void caution(const ItsDesign& design, const ItsPlan& plan, ItsFit& out) {
    if (design.before < few_points || design.after < few_points)
        out.cautions.push_back(fmt::format(
            "{} points before and {} after: with fewer than {} on a side a trend can't be told "
            "from chance",
            design.before, design.after, few_points));
    if (!design.is_even)
        out.cautions.push_back(fmt::format(
            "the steps of {} aren't even: Newey-West takes the row before as one step before",
            plan.time));
    for (const Index column : design.effects)
        if (std::isnan(out.fit.coef[column]))
            out.cautions.push_back(fmt::format(
                "{} can't be told from the other columns and is left out",
                design.columns[static_cast<std::size_t>(column)]));
    if (out.fit.df_residual <= 0)
        out.cautions.push_back("as many coefficients as points: nothing is left to judge them by");
}

}  // namespace

int default_lags(std::size_t points) {
    return static_cast<int>(std::floor(4 * std::pow(static_cast<double>(points) / 100, 2.0 / 9)));
}

Fallible<ItsFit> fit_its(const ItsSeries& data, const ItsPlan& plan, int threads) {
    const auto design = its_design(data, plan);
    if (!design) return tl::make_unexpected(design.error());
    const Observations seen{design->x, design->columns, design->y, design->weights,
                            design->offset, threads, nullptr, design->unit};
    ItsFit out;
    const auto residuals = fit_model(seen, plan, out);
    if (!residuals) return tl::make_unexpected(residuals.error());
    out.lags = plan.lags >= 0 ? plan.lags : default_lags(design->longest);
    out.before = design->before;
    out.after = design->after;
    out.covariance = newey_west_covariance(out.fit, design->x, out.lags,
                                           plan.adjust && out.fit.df_residual > 0, &design->series);
    out.terms = term_lines(out.fit, plan.level, &out.covariance);
    ItsEffects effects(*design, plan, out);
    effects.add_points();
    effects.add_at_end();
    effects.add_sums();
    out.diagnostics = diagnosed(*design, *residuals, out.lags);
    caution(*design, plan, out);
    return out;
}

}  // namespace alongside::evidence
