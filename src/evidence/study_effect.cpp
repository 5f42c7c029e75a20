// The effect of a programme in one sample, by the kind of its outcome.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "evidence/cox.h"
#include "evidence/effect_on_treated.h"
#include "evidence/glm.h"
#include "evidence/numbers.h"
#include "evidence/own_units.h"
#include "evidence/robust.h"
#include "evidence/study.h"
#include "evidence/two_proportions.h"

namespace alongside::evidence {
namespace {

// With fewer a Cox model's coefficients and intervals can be far off (Vittinghoff & McCulloch,
// American Journal of Epidemiology 165, 2007), and they come near to telling of single people.
constexpr double fewest_events_a_column = 5;

struct ArmCounts {
    double n[2] = {0, 0}, sum[2] = {0, 0}, exposure[2] = {0, 0};
};

ArmCounts arm_counts(const StudyPeople& data, const OutcomeView& outcome, const Sample& sample) {
    ArmCounts out;
    for (const auto row : sample.rows) {
        const auto arm = static_cast<std::size_t>(data.arm[row]);
        const bool has_exposure = outcome.exposure && !outcome.exposure->empty();
        out.n[arm] += 1;
        out.sum[arm] += (*outcome.values)[row];
        out.exposure[arm] += has_exposure ? (*outcome.exposure)[row] : 1;
    }
    return out;
}

// Ones, who was in the programme, and the covariates if they are asked for.
Matrix arm_design(const StudyPeople& data, const Sample& sample, bool adjusted,
                  std::vector<std::string>& names) {
    const auto extra = adjusted ? data.covariates.size() : 0;
    Matrix x(static_cast<Eigen::Index>(sample.rows.size()), static_cast<Eigen::Index>(2 + extra));
    names = {"(Intercept)", "programme"};
    for (std::size_t c = 0; c < extra; ++c) names.push_back(data.covariates[c].name);
    for (std::size_t i = 0; i < sample.rows.size(); ++i) {
        const auto row = sample.rows[i];
        const auto at = static_cast<Eigen::Index>(i);
        x(at, 0) = 1;
        x(at, 1) = data.arm[row];
        for (std::size_t c = 0; c < extra; ++c) {
            x(at, static_cast<Eigen::Index>(2 + c)) = data.covariates[c].values[row];
        }
    }
    return x;
}

// Estimate and standard error of the second column; degrees of freedom for t.
void take_second(const Fit& fit, const Matrix& x, const Sample& sample, double level,
                 Finding& found) {
    Groups cluster;
    cluster.of_row = sample.cluster;
    double df = fit.df_residual;
    if (!cluster.empty()) {
        const auto most = *std::max_element(cluster.of_row.begin(), cluster.of_row.end());
        cluster.names.resize(static_cast<std::size_t>(most) + 1);
        df = static_cast<double>(most);
    }
    const auto covariance = cluster.empty() ? hc_covariance(fit, x, Hc::hc1)
                                            : cluster_covariance(fit, x, cluster, Hc::hc1);
    const auto effect = effect_of_column(fit, covariance, 1, df, level);
    if (std::isnan(effect.value))
        found.doubt = "the covariates tell who was in the programme without doubt";
    found.value = effect.value;
    found.se = effect.se;
    found.lower = effect.lower;
    found.upper = effect.upper;
    found.p = effect.p;
}

void stretch(Finding& found, double times) {
    for (auto* one : {&found.value, &found.lower, &found.upper, &found.se}) *one *= times;
}

// Raises a difference of logarithms to a ratio.
void finding_as_ratio(Finding& found) {
    for (auto* one : {&found.value, &found.lower, &found.upper}) *one = std::exp(*one);
}

void by_least_squares(const StudyPeople& data, const OutcomeView& outcome, const Sample& sample,
                      double level, bool adjusted, Finding& found) {
    std::vector<std::string> names;
    const auto x = arm_design(data, sample, adjusted, names);
    Vector y(x.rows());
    for (Eigen::Index i = 0; i < y.size(); ++i) {
        y(i) = (*outcome.values)[sample.rows[static_cast<std::size_t>(i)]];
    }
    const auto fit = fit_linear({x, names, y, no_values(), no_values()});
    take_second(fit, x, sample, level, found);
}

void by_poisson(const StudyPeople& data, const OutcomeView& outcome, const Sample& sample,
                double level, bool adjusted, Finding& found) {
    std::vector<std::string> names;
    const auto x = arm_design(data, sample, adjusted, names);
    const bool has_exposure = outcome.exposure && !outcome.exposure->empty();
    Vector y(x.rows()), offset(has_exposure ? x.rows() : 0);
    for (Eigen::Index i = 0; i < y.size(); ++i) {
        const auto row = sample.rows[static_cast<std::size_t>(i)];
        y(i) = (*outcome.values)[row];
        if (has_exposure) offset(i) = std::log((*outcome.exposure)[row]);
    }
    GlmOptions options;
    options.family = Family::poisson;
    const auto fit = fit_glm({x, names, y, no_values(), offset}, options);
    if (!fit || !fit->converged || fit->separation) {
        found.doubt = "no finite ratio fits: one group had no event";
        return;
    }
    take_second(*fit, x, sample, level, found);
    finding_as_ratio(found);
}

// The sample's time and event as a frame, with the programme as the first column, and the
// covariates after it if they are asked for.
Frame time_frame(const StudyPeople& data, const OutcomeView& outcome, const Sample& sample,
                 bool adjusted) {
    Frame frame;
    const auto n = static_cast<Eigen::Index>(sample.rows.size());
    frame.rows = sample.rows;
    frame.formula.is_survival = true;
    frame.response = "Surv(time, event)";
    frame.y.resize(n);
    frame.event.resize(n);
    std::vector<std::string> names;
    const auto x = arm_design(data, sample, adjusted, names);
    frame.design.x = x.rightCols(x.cols() - 1);     // Cox's model has no intercept
    frame.design.columns = frame.design.terms = {names.begin() + 1, names.end()};
    frame.design.term_of.resize(frame.design.terms.size());
    std::iota(frame.design.term_of.begin(), frame.design.term_of.end(), 1);
    frame.design.unit = ease_columns(frame.design.x, 1);
    for (Eigen::Index i = 0; i < n; ++i) {
        const auto row = sample.rows[static_cast<std::size_t>(i)];
        frame.y(i) = (*outcome.values)[row];
        frame.event(i) = (*outcome.event)[row];
    }
    frame.cluster.of_row = sample.cluster;
    if (!sample.cluster.empty()) {
        const auto most = *std::max_element(sample.cluster.begin(), sample.cluster.end());
        frame.cluster.names.resize(static_cast<std::size_t>(most) + 1);
    }
    return frame;
}

void by_curves(const StudyPeople& data, const OutcomeView& outcome, const Sample& sample,
               double level, Finding& found) {
    const auto curves = survival_curves(data, outcome, sample, level);
    if (curves.size() != 2 || curves[0].points.empty() || curves[1].points.empty()) {
        found.doubt = "one group has nobody";
        return;
    }
    const auto other = at_time(curves[1], outcome.horizon);
    const auto programme = at_time(curves[0], outcome.horizon);
    // Greenwood's variances add: the two curves are taken to be independent.
    found.se = std::hypot(programme.se, other.se);
    found.value = other.surv - programme.surv;
    found.programme = 1 - programme.surv;
    found.other = 1 - other.surv;
    const double reach = normal_quantile(0.5 + level / 2);
    found.lower = found.value - reach * found.se;
    found.upper = found.value + reach * found.se;
    found.p = two_sided_normal(found.value / found.se);
}

// Shares of people drawn by lot: Newcombe's interval, Pearson's test.
void by_shares(const ArmCounts& counts, double level, Finding& found) {
    const EventsOf first{counts.sum[1], counts.n[1]}, second{counts.sum[0], counts.n[0]};
    const auto interval = newcombe_difference(first, second, level);
    found.value = first.share() - second.share();
    found.lower = interval.lower;
    found.upper = interval.upper;
    found.se = std::sqrt(first.share() * (1 - first.share()) / first.of +
                         second.share() * (1 - second.share()) / second.of);
    const std::vector<EventsOf> both{first, second};
    found.p = chi_squared_of(both, false).p;
}

}  // namespace

OutcomeView outcome_of(const Plan& plan, const StudyPeople& data) {
    OutcomeView out{plan.outcome.kind, &data.outcome, &data.event, &data.exposure, missing};
    if (plan.outcome.kind == OutcomeKind::time_to_first) {
        const auto longest = std::max_element(data.outcome.begin(), data.outcome.end());
        out.horizon = plan.outcome.horizon.value_or(*longest);
    }
    return out;
}

std::vector<Curve> survival_curves(const StudyPeople& data, const OutcomeView& outcome,
                                   const Sample& sample, double level) {
    const auto frame = time_frame(data, outcome, sample, false);
    Groups groups;
    groups.names = {"programme", "comparison"};
    for (const auto row : sample.rows) groups.of_row.push_back(data.arm[row] ? 0 : 1);
    CurveOptions options;
    options.level = level;
    options.limits = CurveLimits::log_log;
    auto unclustered = frame;
    unclustered.cluster = {};
    return kaplan_meier(unclustered, groups, options);
}

Finding hazard_ratio_of(const StudyPeople& data, const OutcomeView& outcome, const Sample& sample,
                        double level, bool adjusted, std::string& proportionality) {
    const auto frame = time_frame(data, outcome, sample, adjusted);
    CoxOptions options;
    options.robust = !sample.cluster.empty();
    options.zph = TimeScale::km;
    options.concordance = false;
    Finding found;
    found.scale = Finding::Scale::ratio;
    if (adjusted && frame.event.sum() <
                        fewest_events_a_column * static_cast<double>(frame.design.x.cols())) {
        found.doubt = "too few events for so many covariates";
        return found;
    }
    const auto fit = fit_cox(frame, options);
    if (!fit || !std::isfinite(fit->coef(0))) {
        found.doubt = adjusted ? "no finite hazard ratio fits with the covariates"
                               : "no finite hazard ratio fits: one group had no event";
        return found;
    }
    found.se = std::sqrt(fit->variance(0, 0));
    const double reach = normal_quantile(0.5 + level / 2) * found.se;
    found.value = std::exp(fit->coef(0));
    found.lower = std::exp(fit->coef(0) - reach);
    found.upper = std::exp(fit->coef(0) + reach);
    found.p = two_sided_normal(fit->coef(0) / found.se);
    if (!fit->zph.empty() && fit->zph.front().p < 0.05) {
        proportionality = "The hazard ratio isn't the same over the whole time (p = " +
                          printed_p(fit->zph.front().p) + "): read the curves instead.";
    }
    return found;
}

Finding effect_of(const StudyPeople& data, const OutcomeView& outcome, const Sample& sample,
                  double level, bool adjusted) {
    using Kind = OutcomeKind;
    const auto counts = arm_counts(data, outcome, sample);
    Finding found;
    found.n_programme = static_cast<std::size_t>(counts.n[1]);
    found.n_other = static_cast<std::size_t>(counts.n[0]);
    const bool is_share = outcome.kind == Kind::rate || outcome.kind == Kind::time_to_first;
    const bool is_rate = outcome.kind == Kind::frequency || outcome.kind == Kind::per_1000;
    found.scale = is_share  ? Finding::Scale::per_100
                  : is_rate ? Finding::Scale::ratio
                            : Finding::Scale::points;
    if (found.n_programme < 2 || found.n_other < 2) {
        found.doubt = "fewer than two people in a group";
        return found;
    }
    found.programme = counts.sum[1] / counts.exposure[1];
    found.other = counts.sum[0] / counts.exposure[0];
    if (outcome.kind == Kind::time_to_first && !adjusted) {
        by_curves(data, outcome, sample, level, found);
    } else if (outcome.kind == Kind::rate && sample.cluster.empty() && !adjusted) {
        by_shares(counts, level, found);
    } else if (is_rate) {
        by_poisson(data, outcome, sample, level, adjusted, found);
    } else {
        by_least_squares(data, outcome, sample, level, adjusted, found);
    }
    if (is_share) {
        stretch(found, 100);
        found.programme *= 100;
        found.other *= 100;
    }
    if (found.doubt.empty() && !std::isfinite(found.se))
        found.doubt = "its error can't be reckoned";
    return found;
}

}  // namespace alongside::evidence
