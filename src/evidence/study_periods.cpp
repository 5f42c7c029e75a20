#include "evidence/study_periods.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numeric>
#include <span>

#include "evidence/numbers.h"

namespace alongside::evidence {

PanelModel begin_model(const Study& study, const std::vector<std::size_t>& rows) {
    PanelModel out;
    out.is_count = study.plan.outcome.kind == OutcomeKind::per_1000;
    out.y.resize(static_cast<Eigen::Index>(rows.size()));
    if (out.is_count) out.offset.resize(out.y.size());
    for (Eigen::Index i = 0; i < out.y.size(); ++i) {
        const auto row = rows[static_cast<std::size_t>(i)];
        out.y(i) = study.data.outcome[row];
        // Per 1,000 people.
        if (out.is_count) out.offset(i) = std::log(study.data.exposure[row] / 1000);
    }
    out.x.resize(out.y.size(), 0);
    out.add("(Intercept)", [](Eigen::Index) { return 1.0; });
    return out;
}

PanelFit fit_panel(const PanelModel& model) {
    const Observations data{model.x, model.names, model.y, no_values(),
                            model.is_count ? model.offset : no_values()};
    if (!model.is_count) return {fit_linear(data), ""};
    GlmOptions options;
    options.family = Family::quasipoisson;
    auto fit = fit_glm(data, options);
    if (!fit) return {{}, fit.error().sentence};
    if (!fit->converged || fit->separation) {
        return {*fit, "no finite estimate fits: some prison or period has no event at all"};
    }
    return {*fit, ""};
}

Finding combined(const PanelFit& panel, const Matrix& covariance, const Vector& weights,
                 double level, double df, bool is_count) {
    Finding found;
    found.scale = is_count ? Finding::Scale::ratio : Finding::Scale::points;
    found.doubt = panel.doubt;
    if (!found.doubt.empty()) return found;
    Vector kept(static_cast<Eigen::Index>(panel.fit.kept.size()));
    double sum = 0, all = 0;
    for (Eigen::Index i = 0; i < kept.size(); ++i) {
        const auto column = panel.fit.kept[static_cast<std::size_t>(i)];
        kept(i) = weights(column);
        all += std::abs(weights(column));
        if (weights(column) != 0) sum += weights(column) * panel.fit.coef(column);
    }
    if (std::abs(all - weights.lpNorm<1>()) > 1e-9) {
        found.doubt = "the effect can't be told from the other columns of the model";
        return found;
    }
    found.value = sum;
    found.se = std::sqrt(kept.dot(covariance * kept)) * panel.fit.outcome_unit;
    const double reach = (df > 0 ? t_quantile(0.5 + level / 2, df)
                                 : normal_quantile(0.5 + level / 2)) * found.se;
    found.lower = sum - reach;
    found.upper = sum + reach;
    found.p = df > 0 ? two_sided_t(sum / found.se, df) : two_sided_normal(sum / found.se);
    if (is_count) {
        for (auto* one : {&found.value, &found.lower, &found.upper}) *one = std::exp(*one);
    }
    if (!std::isfinite(found.se)) found.doubt = "its error can't be reckoned";
    return found;
}

std::vector<double> times_of(const Study& study) {
    return study.data.table.find(study.plan.method.time.text)->numbers;
}

Fallible<bool> check_times(const Study& study) {
    const auto numbers = numbers_of(study.data.table, study.plan.method.time, study.plan);
    if (!numbers) return tl::make_unexpected(numbers.error());
    return true;
}

void add_covariates(PanelModel& model, const Study& study, const std::vector<std::size_t>& rows) {
    for (const auto& one : study.data.covariates) {
        model.add(one.name, [&](Eigen::Index i) {
            return one.values[rows[static_cast<std::size_t>(i)]];
        });
    }
}

void tell_periods(Study& study, const std::vector<std::vector<double>>& counts,
                  std::size_t before) {
    const bool is_count = study.plan.outcome.kind == OutcomeKind::per_1000;
    const auto smallest = is_count ? static_cast<std::size_t>(study.plan.smallest_cell) : 0;
    auto& wall = study.wall;
    wall = wall_of(study);
    wall.periods = told_periods(counts, before, smallest);
    for (const auto& group : counts) {
        for (const auto half : {std::span(group).first(before), std::span(group).subspan(before)}) {
            const double sum = std::accumulate(half.begin(), half.end(), 0.0);
            wall.totals_are_small = wall.totals_are_small || is_small_count(sum, smallest);
        }
    }
    wall.hides = wall.hides || wall.periods.together != 1 || wall.totals_are_small;
}

SeriesLine seen_in_periods(const ToldPeriods& told, const std::vector<double>& times,
                           const std::vector<double>& sums, const std::vector<double>& sizes) {
    SeriesLine out;
    std::size_t from = 0;
    for (std::size_t block = 0; block < told.blocks(); ++block) {
        double sum = 0, size = 0;
        const auto first = from;
        for (; from < times.size() && told.block[from] == block; ++from) {
            sum += sums[from];
            size += sizes[from];
        }
        const auto last = from - 1;
        out.period.push_back(first == last ? fmt::format("{}", times[first])
                                           : fmt::format("{} to {}", times[first], times[last]));
        out.time.push_back((times[first] + times[last]) / 2);
        out.observed.push_back(size > 0 ? sum / size : missing);
    }
    return out;
}

}  // namespace alongside::evidence
