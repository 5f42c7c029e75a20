// `evidence ols|logit|poisson|negbin`.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <variant>

#include "base/command.h"
#include "evidence/command.h"
#include "evidence/negative_binomial.h"
#include "evidence/numbers.h"
#include "evidence/regression_text.h"
#include "evidence/robust.h"

namespace alongside::evidence {
namespace {

struct RegressionOptions {
    std::string hc;             // HC0 … HC3; empty: as the clusters' default, or none
    int lags = -1;              // of Newey-West; -1: none
    bool adjust = false, quasi = false;
};

struct RobustFound {
    std::optional<Matrix> covariance;
    std::string name;           // "HC1", "clusters of wing (HC1)", "Newey-West, 4 lags"
};

Hc kind_called(const std::string& name) {
    return name == "HC0" ? Hc::hc0 : name == "HC1" ? Hc::hc1 : name == "HC2" ? Hc::hc2 : Hc::hc3;
}

std::size_t groups_there(const Groups& groups) {
    std::vector<bool> is_there(groups.names.size(), false);
    for (const auto code : groups.of_row) is_there[static_cast<std::size_t>(code)] = true;
    return static_cast<std::size_t>(std::count(is_there.begin(), is_there.end(), true));
}

Fallible<RobustFound> robust_of(const Fit& fit, const Frame& frame,
                                const RegressionOptions& options, bool is_linear) {
    const bool has_clusters = !frame.cluster.empty();
    if (options.lags >= 0 && (has_clusters || !options.hc.empty()))
        return trouble("--newey-west goes with neither --cluster nor --robust: choose one");
    if (options.lags >= 0)
        return RobustFound{newey_west_covariance(fit, frame.design.x, options.lags, options.adjust),
                           fmt::format("Newey-West, lag {}{}", options.lags,
                                       options.adjust ? ", adjusted" : "")};
    if (has_clusters) {
        if (options.hc == "HC2" || options.hc == "HC3")
            return trouble("--robust with --cluster is HC0 or HC1");
        const std::string kind = !options.hc.empty() ? options.hc : is_linear ? "HC1" : "HC0";
        return RobustFound{
            cluster_covariance(fit, frame.design.x, frame.cluster, kind_called(kind)),
            fmt::format("{} clusters ({})", groups_there(frame.cluster), kind)};
    }
    if (options.hc.empty()) return RobustFound{};
    return RobustFound{hc_covariance(fit, frame.design.x, kind_called(options.hc)), options.hc};
}

// What every regression says first, in text and JSON.
Output opened(const std::string& model, const Frame& frame, const Fit& fit,
              const RobustFound& robust) {
    Output out;
    out.text = fmt::format("{}\n{}\n\n", model, frame.formula.written);
    out.json["model"] = model;
    out.json["formula"] = frame.formula.written;
    out.json["n"] = fit.rows_used;
    out.json["missing"] = missing_json(frame);
    if (!frame.response_levels.empty()) {
        out.text += fmt::format("Outcome: {} is 1, {} is 0\n\n", frame.response_levels[1],
                                frame.response_levels[0]);
        out.json["outcome"] = {{"zero", frame.response_levels[0]},
                               {"one", frame.response_levels[1]}};
    }
    if (robust.covariance) out.json["robust"] = robust.name;
    boost::json::array aliased;
    for (Eigen::Index j = 0; j < fit.coef.size(); ++j)
        if (std::isnan(fit.coef[j])) aliased.emplace_back(fit.columns[static_cast<std::size_t>(j)]);
    out.json["aliased"] = std::move(aliased);
    if (fit.rows_used <= fit.kept.size())
        out.warnings.push_back(fmt::format(
            "as many coefficients as rows ({}): nothing is left to judge them by",
            fit.rows_used));
    return out;
}

void add_coefficients(Output& out, const Fit& fit, const RobustFound& robust, double level,
                      bool is_ratio) {
    const Matrix* covariance = robust.covariance ? &*robust.covariance : nullptr;
    const auto lines = term_lines(fit, level, covariance);
    const auto aliased = out.json["aliased"].as_array().size();
    out.text += "Coefficients:";
    if (aliased > 0) out.text += fmt::format(" ({} not defined because of singularities)", aliased);
    out.text += "\n" + coefficient_text(lines, fit.uses_t) + "\n";
    if (covariance) {
        out.text += fmt::format("Statistics and intervals by robust standard errors: {}\n\n",
                                robust.name);
        if (!lines.empty() && fit.kept.size() > 0 && covariance->array().isNaN().all())
            out.warnings.push_back("one cluster alone: its standard error can't be known");
    }
    out.text += interval_text(lines, level, is_ratio) + "\n";
    out.json["terms"] = terms_json(lines, fit.uses_t, is_ratio);
    out.json["df_residual"] = fit.df_residual;
}

std::vector<double> of_used_rows(const Vector& residuals, const Vector& weights, bool by_root) {
    std::vector<double> out;
    for (Eigen::Index i = 0; i < residuals.size(); ++i) {
        const double w = weights.size() > 0 ? weights[i] : 1;
        if (w > 0) out.push_back(by_root ? residuals[i] * std::sqrt(w) : residuals[i]);
    }
    return out;
}

void add_linear_summary(Output& out, const Frame& frame, const LinearFit& fit) {
    const auto shown = [](double value) { return printed(value, 4); };
    out.text += fmt::format("Residual standard error: {} on {} degrees of freedom\n",
                            shown(fit.sigma), fit.df_residual);
    out.text += missing_text(frame);
    if (fit.f_df > 0)
        out.text += fmt::format(
            "Multiple R-squared:  {},\tAdjusted R-squared:  {}\n"
            "F-statistic: {} on {} and {} DF,  p-value: {}\n",
            shown(fit.r_squared), shown(fit.adjusted_r_squared), shown(fit.f), fit.f_df,
            fit.df_residual, printed_p(fit.f_p));
    out.json["sigma"] = number(fit.sigma);
    out.json["rss"] = number(fit.rss);
    out.json["deviance"] = number(fit.rss);
    out.json["r_squared"] = number(fit.r_squared);
    out.json["adjusted_r_squared"] = number(fit.adjusted_r_squared);
    out.json["f"] = {{"value", number(fit.f)}, {"df1", fit.f_df}, {"df2", fit.df_residual},
                     {"p", number(fit.f_p)}};
    out.json["loglik"] = number(fit.loglik);
    out.json["aic"] = number(fit.aic);
    out.json["durbin_watson"] = number(durbin_watson(fit.residuals));
}

const char* family_name(Family family) {
    switch (family) {
    case Family::binomial: return "binomial";
    case Family::quasibinomial: return "quasibinomial";
    case Family::poisson: return "poisson";
    case Family::quasipoisson: return "quasipoisson";
    case Family::negative_binomial: return "negative binomial";
    }
    return "";
}

void add_glm_summary(Output& out, const Frame& frame, const GlmFit& fit) {
    out.text += fmt::format("(Dispersion parameter for {} family taken to be {})\n\n",
                            family_name(fit.family), printed(fit.dispersion, 7));
    out.text += fmt::format("    Null deviance: {}  on {} degrees of freedom\n",
                            printed(fit.null_deviance, 5), fit.df_null);
    out.text += fmt::format("Residual deviance: {}  on {} degrees of freedom\n",
                            printed(fit.deviance, 5), fit.df_residual);
    out.text += missing_text(frame);
    out.text += fmt::format("AIC: {}\n\nNumber of rounds: {}\n", printed(fit.aic, 5), fit.rounds);
    out.json["family"] = family_name(fit.family);
    out.json["deviance"] = number(fit.deviance);
    out.json["null_deviance"] = number(fit.null_deviance);
    out.json["df_null"] = fit.df_null;
    out.json["loglik"] = number(fit.loglik);
    out.json["aic"] = number(fit.aic);
    out.json["dispersion"] = number(fit.dispersion);
    out.json["pearson_dispersion"] = number(fit.pearson_dispersion);
    out.json["iterations"] = fit.rounds;
    out.json["converged"] = fit.converged;
}

void warn_of_glm(Output& out, const GlmFit& fit) {
    if (fit.separation) {
        const Separation& found = *fit.separation;
        std::string columns;
        for (const auto& column : found.columns)
            columns += (columns.empty() ? "" : ", ") + column;
        out.warnings.push_back(fmt::format(
            "{} separation: {} {} the outcome {} in {} of {} rows. No finite estimate exists: the "
            "coefficients, standard errors and p-values of what is named here mean nothing",
            found.complete ? "complete" : "quasi-complete", columns,
            found.columns.size() == 1 ? "tells" : "together tell",
            found.complete ? "without fail" : "without doubt", found.rows, fit.rows_used));
        out.json["separation"] = {{"complete", found.complete},
                                  {"columns", boost::json::value_from(found.columns)},
                                  {"rows", found.rows}};
    } else if (!fit.converged) {
        out.warnings.push_back(
            fmt::format("the estimates didn't settle in {} rounds", fit.rounds));
    }
}

std::size_t not_whole(const Vector& counts, const Vector& times) {
    std::size_t found = 0;
    for (Eigen::Index i = 0; i < counts.size(); ++i) {
        const double count = counts[i] * (times.size() > 0 ? times[i] : 1);
        if (std::abs(count - std::nearbyint(count)) > 1e-7 * std::max(1.0, count)) ++found;
    }
    return found;
}

Fallible<Output> run_ols(const CommonOptions& common, const Frame& frame,
                         const RegressionOptions& options) {
    const LinearFit fit = fit_linear(observations(frame, common.threads));
    const auto robust = robust_of(fit, frame, options, true);
    if (!robust) return tl::make_unexpected(robust.error());
    Output out = opened("ols", frame, fit, *robust);
    // As summary.lm's "essentially perfect fit".
    if (fit.sigma * std::sqrt(fit.df_residual) < 1e-14 * frame.y.stableNorm())
        out.warnings.push_back("the fit is all but perfect: its errors are those of rounding");
    out.text += residual_text(frame.weights.size() > 0 ? "Weighted Residuals" : "Residuals",
                              of_used_rows(fit.residuals, frame.weights, true));
    add_coefficients(out, fit, *robust, common.level, false);
    add_linear_summary(out, frame, fit);
    return out;
}

Output glm_output(const CommonOptions& common, const Frame& frame, const GlmFit& fit,
                  const RobustFound& robust, const std::string& model) {
    const bool is_share =
        fit.family == Family::binomial || fit.family == Family::quasibinomial;
    Output out = opened(model, frame, fit, robust);
    const auto data = observations(frame, common.threads);
    out.text += residual_text("Deviance Residuals",
                              of_used_rows(deviance_residuals(fit, data), frame.weights, false));
    add_coefficients(out, fit, robust, common.level, true);
    add_glm_summary(out, frame, fit);
    warn_of_glm(out, fit);
    const std::size_t broken =
        not_whole(frame.y, is_share ? frame.weights : no_values());
    if (broken > 0 && !fit.uses_t)
        out.warnings.push_back(fmt::format(
            "{} {} of {} {} not whole: the likelihood is that of whole counts", broken,
            broken == 1 ? "value" : "values", frame.response, broken == 1 ? "is" : "are"));
    return out;
}

Fallible<Output> run_glm(const CommonOptions& common, const Frame& frame,
                         const RegressionOptions& options, bool is_logit) {
    const Family family = is_logit ? (options.quasi ? Family::quasibinomial : Family::binomial)
                                   : (options.quasi ? Family::quasipoisson : Family::poisson);
    const auto fit = fit_glm(observations(frame, common.threads), {.family = family});
    if (!fit) return tl::make_unexpected(fit.error());
    const auto robust = robust_of(*fit, frame, options, false);
    if (!robust) return tl::make_unexpected(robust.error());
    return glm_output(common, frame, *fit, *robust, is_logit ? "logit" : "poisson");
}

Fallible<Output> run_negbin(const CommonOptions& common, const Frame& frame,
                            const RegressionOptions& options) {
    const auto fit = fit_negbin(observations(frame, common.threads));
    if (!fit) return tl::make_unexpected(fit.error());
    const auto robust = robust_of(*fit, frame, options, false);
    if (!robust) return tl::make_unexpected(robust.error());
    Output out = glm_output(common, frame, *fit, *robust, "negbin");
    out.text += fmt::format("\n              Theta:  {}\n          Std. Err.:  {}\n"
                            " 2 x log-likelihood:  {}\n",
                            printed(fit->theta, 5), printed(fit->theta_se, 5),
                            printed(fit->twologlik, 7));
    out.json["theta"] = number(fit->theta);
    out.json["theta_se"] = number(fit->theta_se);
    out.json["twologlik"] = number(fit->twologlik);
    if (fit->theta_runs_away)
        out.warnings.push_back(
            "the counts are no more scattered than Poisson's: theta has no finite estimate, and "
            "what is shown is the Poisson fit");
    return out;
}

using RegressionRun = std::function<Fallible<Output>(const CommonOptions&, const Frame&,
                                                     const RegressionOptions&)>;

void add_regression(Command& evidence, const Desk& desk, const std::string& name,
                    const std::string& about, bool may_be_quasi, RegressionRun run) {
    auto options = std::make_shared<RegressionOptions>();
    auto* command = add_command(
        evidence, desk, name, about, takes_everything,
        [options, name, run = std::move(run)](const CommonOptions& common,
                                        Table& table) -> Fallible<Output> {
            if (options->adjust && options->lags < 0)
                return trouble("--adjust goes with --newey-west LAGS, whose errors it widens");
            const auto formula = parse_formula(common.formula);
            if (!formula) return tl::make_unexpected(formula.error());
            if (formula->is_survival)
                return trouble("Surv() is for cox, km and logrank: give one outcome");
            if (formula->is_counts && name != "logit")
                return trouble("cbind(successes, failures) is for logit: give one outcome");
            if (!formula->strata.empty())
                return trouble("strata() is for cox and logrank: use factor() here");
            if (formula->response.empty())
                return trouble("the formula has no outcome: 'outcome ~ age'");
            auto frame =
                make_frame(std::move(table), *formula,
                           {.weights = common.weights, .cluster = common.cluster, .strata = {},
                            .threads = common.threads});
            if (!frame) return tl::make_unexpected(frame.error());
            return run(common, *frame, *options);
        });
    command->add_option("--robust", options->hc, "Robust standard errors: HC0, HC1, HC2 or HC3")
        ->one_of({"HC0", "HC1", "HC2", "HC3"});
    command->add_option("--newey-west", options->lags,
                        "Standard errors of rows in order of time that remember so many before")
        ->within(0, 1'000'000);
    command->add_flag("--adjust", options->adjust, "Newey-West times n / (n - k)");
    if (may_be_quasi)
        command->add_flag("--quasi", options->quasi, "With the scatter that is seen (quasi)");
}

}  // namespace

void add_regressions(Command& evidence, const Desk& desk) {
    add_regression(evidence, desk, "ols", "Linear regression, as lm", false,
                   [](const auto& common, const auto& frame, const auto& options) {
                       return run_ols(common, frame, options);
                   });
    add_regression(evidence, desk, "logit", "Logistic regression, as glm(family = binomial)", true,
                   [](const auto& common, const auto& frame, const auto& options) {
                       return run_glm(common, frame, options, true);
                   });
    add_regression(evidence, desk, "poisson", "Regression of counts, as glm(family = poisson)",
                   true,
                   [](const auto& common, const auto& frame, const auto& options) {
                       return run_glm(common, frame, options, false);
                   });
    add_regression(evidence, desk, "negbin", "Regression of scattered counts, as MASS::glm.nb",
                   false,
                   [](const auto& common, const auto& frame, const auto& options) {
                       return run_negbin(common, frame, options);
                   });
}

}  // namespace alongside::evidence
