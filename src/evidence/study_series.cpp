// One series, before and after.
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numeric>

#include "evidence/numbers.h"
#include "evidence/plain_words.h"
#include "evidence/robust.h"
#include "evidence/study_periods.h"

namespace alongside::evidence {
namespace {

double per_1000_or_as_is(const PanelModel& model, Eigen::Index row, double value) {
    return model.is_count ? value / std::exp(model.offset(row)) : value;
}

// What the model says, and what it says had nothing started.
SeriesLine series_line(const Study& study, const PanelModel& model, const PanelFit& panel,
                       const std::vector<double>& time, const std::vector<double>& started) {
    std::vector<double> sizes;
    for (Eigen::Index row = 0; row < model.y.size(); ++row)
        sizes.push_back(model.is_count ? std::exp(model.offset(row)) : 1);
    auto out = seen_in_periods(study.wall.periods, time, {model.y.begin(), model.y.end()}, sizes);
    for (Eigen::Index row = 0; row < model.y.size(); ++row) {
        const double fitted = panel.fit.fitted(row),
                     change = started[static_cast<std::size_t>(row)];
        out.fitted.push_back(per_1000_or_as_is(model, row, fitted));
        out.without.push_back(per_1000_or_as_is(
            model, row, model.is_count ? fitted * std::exp(-change) : fitted - change));
    }
    return out;
}

// As Newey & West (1994) advise where the plan names no lag.
int lag_for(const Plan& plan, std::size_t periods) {
    if (plan.method.lag > 0) return plan.method.lag;
    return static_cast<int>(4 * std::pow(static_cast<double>(periods) / 100, 2.0 / 9));
}

PanelModel series_model(const Study& study, const std::vector<std::size_t>& rows,
                        const std::vector<double>& time) {
    const double starts = *study.plan.method.starts;
    auto model = begin_model(study, rows);
    const auto at = [&](Eigen::Index i) { return time[static_cast<std::size_t>(i)]; };
    model.add("time", [&](Eigen::Index i) { return at(i) - starts; });
    model.add("step", [&](Eigen::Index i) { return at(i) >= starts ? 1.0 : 0.0; });
    model.add("slope", [&](Eigen::Index i) { return std::max(0.0, at(i) - starts); });
    for (int pair = 1; pair <= study.plan.method.season_pairs; ++pair) {
        const double turn = 2 * M_PI * pair / study.plan.method.season;
        model.add(fmt::format("sin{}", pair),
                  [&](Eigen::Index i) { return std::sin(turn * at(i)); });
        model.add(fmt::format("cos{}", pair),
                  [&](Eigen::Index i) { return std::cos(turn * at(i)); });
    }
    add_covariates(model, study, rows);
    return model;
}

// The rows in the order of time; one a period.
Fallible<std::vector<double>> order_by_time(Study& study) {
    if (const auto fine = check_times(study); !fine) return tl::make_unexpected(fine.error());
    const auto all = times_of(study);
    auto& rows = study.sample.rows;
    rows.resize(study.data.table.rows);
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    std::stable_sort(rows.begin(), rows.end(), [&](auto a, auto b) { return all[a] < all[b]; });
    std::vector<double> time;
    for (const auto row : rows) {
        if (!time.empty() && time.back() == all[row]) {
            return trouble(fmt::format("{}: the period {} stands twice; a series has one row a "
                                       "period", study.data.table.file, all[row]));
        }
        time.push_back(all[row]);
    }
    return time;
}

// The model's line, and the means that are told of it.
void take_line(Study& study, const PanelModel& model, const PanelFit& panel,
               const std::vector<double>& time, std::size_t after) {
    std::vector<double> started;
    for (Eigen::Index i = 0; i < model.y.size(); ++i) {
        started.push_back(model.x(i, 2) * panel.fit.coef(2) +
                          model.x(i, 3) * panel.fit.coef(3));
    }
    study.series = series_line(study, model, panel, time, started);
    auto& line = *study.series;
    const auto from = static_cast<std::ptrdiff_t>(time.size() - after);
    study.main.programme = mean_of({line.fitted.data() + from, after});
    study.main.other = mean_of({line.without.data() + from, after});
    // The model's sums are those of what was seen (its normal equations), so that its line, or
    // its parts, would tell what periods told together had each.
    if (study.wall.periods.together != 1) {
        line.fitted.clear();
        line.without.clear();
        study.series_parts.clear();
    }
}

}  // namespace

Fallible<bool> study_series(Study& study) {
    const auto ordered = order_by_time(study);
    if (!ordered) return tl::make_unexpected(ordered.error());
    const auto& time = *ordered;
    const double starts = *study.plan.method.starts;
    const auto after = static_cast<std::size_t>(
        std::count_if(time.begin(), time.end(), [&](double t) { return t >= starts; }));
    if (after < 3 || time.size() - after < 3) {
        return trouble(fmt::format("{}:{}:{}: there are {} before the start and {} after; "
                                   "a series needs three of each at least", study.plan.file,
                                   study.plan.method.at.line, study.plan.method.at.column,
                                   counted(static_cast<double>(time.size() - after), "period",
                                           "periods"), after));
    }
    const auto model = series_model(study, study.sample.rows, time);
    tell_periods(study, {{model.y.begin(), model.y.end()}}, time.size() - after);
    const auto panel = fit_panel(model);
    Matrix covariance;
    if (panel.doubt.empty()) {
        covariance = newey_west_covariance(panel.fit, model.x, lag_for(study.plan, time.size()),
                                           true);
    }
    Vector weights = Vector::Zero(model.x.cols());
    const auto told = [&](const Vector& of) {
        return combined(panel, covariance, of, study.plan.level,
                        model.is_count ? 0 : panel.fit.df_residual, model.is_count);
    };
    weights(2) = 1;
    study.series_parts.emplace_back("At the start, the level", told(weights));
    Vector slope = Vector::Zero(model.x.cols());
    slope(3) = 1;
    study.series_parts.emplace_back("Each period since, in addition", told(slope));
    double mean_since = 0;
    for (const double t : time) mean_since += std::max(0.0, t - starts);
    weights(3) = mean_since / static_cast<double>(after);
    study.main = told(weights);
    study.main.n_programme = after;
    study.main.n_other = time.size() - after;
    if (panel.doubt.empty()) take_line(study, model, panel, time, after);
    return true;
}

}  // namespace alongside::evidence
