// Prisons over time: one series before and after, some against others, one after the other.
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numeric>

#include "evidence/glm.h"
#include "evidence/numbers.h"
#include "evidence/robust.h"
#include "evidence/study.h"

namespace alongside::evidence {
namespace {

// A model of a series or panel: its rows in order of time, columns by name.
struct PanelModel {
    Matrix x;
    std::vector<std::string> names;
    Vector y, offset;
    bool is_count = false;

    void add(std::string name, const std::function<double(Eigen::Index)>& value) {
        const auto at = x.cols();
        x.conservativeResize(y.size(), at + 1);
        for (Eigen::Index row = 0; row < y.size(); ++row) x(row, at) = value(row);
        names.push_back(std::move(name));
    }
};

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

struct PanelFit {
    Fit fit;
    std::string doubt;
};

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

// A sum of coefficients with its error; nothing if one of them couldn't be estimated.
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
    found.se = std::sqrt(kept.dot(covariance * kept));
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

double per_1000_or_as_is(const PanelModel& model, Eigen::Index row, double value) {
    return model.is_count ? value / std::exp(model.offset(row)) : value;
}

// Rates of periods with a small count aren't told, nor one that could be reckoned from the others.
void hide_small(const Study& study, std::vector<double>& rates, const std::vector<double>& counts) {
    if (study.plan.outcome.kind != OutcomeKind::per_1000) return;
    std::vector<std::vector<std::size_t>> cells;
    for (const double count : counts) cells.push_back({static_cast<std::size_t>(count)});
    const auto hidden = hidden_rows(cells, static_cast<std::size_t>(study.plan.smallest_cell));
    for (std::size_t i = 0; i < rates.size(); ++i) {
        if (hidden[i]) rates[i] = missing;
    }
}

// What the model says, and what it says had nothing started.
SeriesLine series_line(const PanelModel& model, const PanelFit& panel,
                       const std::vector<double>& time, const std::vector<double>& started) {
    SeriesLine out;
    for (Eigen::Index row = 0; row < model.y.size(); ++row) {
        out.time.push_back(time[static_cast<std::size_t>(row)]);
        out.observed.push_back(per_1000_or_as_is(model, row, model.y(row)));
        const double fitted = panel.fit.fitted(row),
                     change = started[static_cast<std::size_t>(row)];
        out.fitted.push_back(per_1000_or_as_is(model, row, fitted));
        out.without.push_back(per_1000_or_as_is(
            model, row, model.is_count ? fitted * std::exp(-change) : fitted - change));
    }
    return out;
}

void add_covariates(PanelModel& model, const Study& study, const std::vector<std::size_t>& rows) {
    for (const auto& one : study.data.covariates) {
        model.add(one.name, [&](Eigen::Index i) {
            return one.values[rows[static_cast<std::size_t>(i)]];
        });
    }
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

}  // namespace

Fallible<bool> study_series(Study& study) {
    if (const auto fine = check_times(study); !fine) return fine;
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
    const double starts = *study.plan.method.starts;
    const auto after = static_cast<std::size_t>(
        std::count_if(time.begin(), time.end(), [&](double t) { return t >= starts; }));
    if (after < 3 || time.size() - after < 3) {
        return trouble(fmt::format("{}:{}:{}: there are {} periods before the start and {} after; "
                                   "a series needs three of each at least", study.plan.file,
                                   study.plan.method.at.line, study.plan.method.at.column,
                                   time.size() - after, after));
    }
    const auto model = series_model(study, rows, time);
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
    if (panel.doubt.empty()) {
        std::vector<double> started;
        for (Eigen::Index i = 0; i < model.y.size(); ++i) {
            started.push_back(model.x(i, 2) * panel.fit.coef(2) +
                              model.x(i, 3) * panel.fit.coef(3));
        }
        study.series = series_line(model, panel, time, started);
        hide_small(study, study.series->observed, {model.y.begin(), model.y.end()});
        const auto& line = *study.series;
        const auto from = static_cast<std::ptrdiff_t>(time.size() - after);
        study.main.programme = mean_of({line.fitted.data() + from, after});
        study.main.other = mean_of({line.without.data() + from, after});
    }
    return true;
}

namespace {

// Distinct values in order, and each row's place among them.
template <class T>
std::vector<std::size_t> ranked_places(const std::vector<T>& values, std::vector<T>& distinct) {
    distinct = values;
    std::sort(distinct.begin(), distinct.end());
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    std::vector<std::size_t> out;
    for (const auto& value : values) {
        out.push_back(static_cast<std::size_t>(
            std::lower_bound(distinct.begin(), distinct.end(), value) - distinct.begin()));
    }
    return out;
}

struct PanelShape {
    std::vector<double> time, times;                // of each row; distinct
    std::vector<std::string> unit, units;
    std::vector<std::size_t> time_of, unit_of;
};

Fallible<PanelShape> shape_of(const Study& study) {
    PanelShape out;
    out.time = times_of(study);
    out.unit = labels_of(*study.data.table.find(study.plan.method.unit.text));
    out.time_of = ranked_places(out.time, out.times);
    out.unit_of = ranked_places(out.unit, out.units);
    std::vector<std::size_t> seen(out.times.size() * out.units.size(), 0);
    for (std::size_t row = 0; row < out.time.size(); ++row) {
        auto& there = seen[out.unit_of[row] * out.times.size() + out.time_of[row]];
        if (there) {
            return trouble(fmt::format("{}: the rows {} and {} are both {} in period {}; each unit "
                                       "has one row a period", study.data.table.file,
                                       study.data.file_rows[there - 1] + 1,
                                       study.data.file_rows[row] + 1, out.unit[row],
                                       out.time[row]));
        }
        there = row + 1;
    }
    return out;
}

// Units and periods each have a level of their own; `effect` is what is asked about.
PanelModel panel_model(const Study& study, const PanelShape& shape,
                       const std::vector<std::size_t>& rows,
                       const std::function<double(std::size_t)>& effect) {
    auto model = begin_model(study, rows);
    const auto row_at = [&](Eigen::Index i) { return rows[static_cast<std::size_t>(i)]; };
    for (std::size_t unit = 1; unit < shape.units.size(); ++unit) {
        model.add("unit " + shape.units[unit],
                  [&](Eigen::Index i) { return shape.unit_of[row_at(i)] == unit ? 1.0 : 0.0; });
    }
    for (std::size_t time = 1; time < shape.times.size(); ++time) {
        model.add(fmt::format("period {}", shape.times[time]),
                  [&](Eigen::Index i) { return shape.time_of[row_at(i)] == time ? 1.0 : 0.0; });
    }
    add_covariates(model, study, rows);
    model.add("programme", [&](Eigen::Index i) { return effect(row_at(i)); });
    return model;
}

Finding last_of(const Study& study, const PanelModel& model, const PanelShape& shape,
                const std::vector<std::size_t>& rows) {
    const auto panel = fit_panel(model);
    Groups clusters;
    clusters.names = shape.units;
    for (const auto row : rows)
        clusters.of_row.push_back(static_cast<std::int32_t>(shape.unit_of[row]));
    Matrix covariance;
    if (panel.doubt.empty()) {
        covariance = cluster_covariance(panel.fit, model.x, clusters, Hc::hc1);
    }
    Vector weights = Vector::Zero(model.x.cols());
    weights(model.x.cols() - 1) = 1;
    return combined(panel, covariance, weights, study.plan.level,
                    static_cast<double>(shape.units.size()) - 1, model.is_count);
}

// The mean of each period, of the rows for which `is_wanted`.
SeriesLine means_over_time(const Study& study, const PanelShape& shape,
                           const std::function<bool(std::size_t)>& is_wanted) {
    SeriesLine out;
    std::vector<double> counts;
    for (std::size_t time = 0; time < shape.times.size(); ++time) {
        double sum = 0, size = 0;
        for (std::size_t row = 0; row < shape.time.size(); ++row) {
            if (shape.time_of[row] != time || !is_wanted(row)) continue;
            sum += study.data.outcome[row];
            size += study.data.exposure.empty() ? 1 : study.data.exposure[row] / 1000;
        }
        out.time.push_back(shape.times[time]);
        out.observed.push_back(size > 0 ? sum / size : missing);
        counts.push_back(sum);
    }
    hide_small(study, out.observed, counts);
    return out;
}

// What each group had before the start and since; a rate from few events isn't told, nor one from
// which it could be reckoned.
std::vector<SeenGroup> seen_groups(const Study& study, const PanelShape& shape, double starts) {
    double sum[4] = {}, size[4] = {};
    std::vector<SeenGroup> out;
    const auto& names = study.plan.comparison;
    for (const auto* name : {&names.programme_name, &names.other_name}) {
        out.push_back({*name + ", before the start", 0, missing});
        out.push_back({*name + ", since", 0, missing});
    }
    for (std::size_t row = 0; row < shape.time.size(); ++row) {
        const auto at = static_cast<std::size_t>((study.data.arm[row] == 1 ? 0 : 2) +
                                                 (shape.time[row] >= starts));
        ++out[at].rows;
        sum[at] += study.data.outcome[row];
        size[at] += study.data.exposure.empty() ? 1 : study.data.exposure[row] / 1000;
    }
    std::vector<double> means;
    for (std::size_t i = 0; i < 4; ++i) means.push_back(size[i] > 0 ? sum[i] / size[i] : missing);
    hide_small(study, means, {std::begin(sum), std::end(sum)});
    for (std::size_t i = 0; i < 4; ++i) out[i].mean = means[i];
    return out;
}

}  // namespace

Fallible<bool> study_panel(Study& study) {
    if (const auto fine = check_times(study); !fine) return fine;
    const auto shape = shape_of(study);
    if (!shape) return tl::make_unexpected(shape.error());
    study.has_groups = true;
    study.units = shape->units.size();
    auto& rows = study.sample.rows;
    rows.resize(study.data.table.rows);
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    const bool is_stepped = study.plan.method.kind == MethodKind::stepped;
    const double starts = study.plan.method.starts.value_or(0);
    const auto& arm = study.data.arm;
    const auto has_it = [&](std::size_t row) {
        return arm[row] == 1 && (is_stepped || shape->time[row] >= starts);
    };
    if (!is_stepped) {
        std::vector<int> of_unit(shape->units.size(), -1);
        for (const auto row : rows) {
            auto& one = of_unit[shape->unit_of[row]];
            if (one != -1 && one != arm[row]) {
                return trouble(fmt::format("{}: {} is in both groups; in a difference in "
                                           "differences a unit keeps its group (for a stepped "
                                           "rollout, use that method)",
                                           study.data.table.file, shape->unit[row]));
            }
            one = arm[row];
        }
    }
    study.main = last_of(study, panel_model(study, *shape, rows, has_it), *shape, rows);
    double sum[2] = {0, 0}, size[2] = {0, 0};
    for (const auto row : rows) {
        const auto group = static_cast<std::size_t>(has_it(row));
        sum[group] += study.data.outcome[row];
        size[group] += study.data.exposure.empty() ? 1 : study.data.exposure[row] / 1000;
        ++(group ? study.main.n_programme : study.main.n_other);
    }
    study.main.programme = sum[1] / size[1];
    study.main.other = sum[0] / size[0];
    study.groups_over_time[1] = means_over_time(study, *shape, [&](std::size_t row) {
        return is_stepped ? has_it(row) : arm[row] == 1;
    });
    study.groups_over_time[0] = means_over_time(study, *shape, [&](std::size_t row) {
        return is_stepped ? !has_it(row) : arm[row] == 0;
    });
    if (is_stepped) return true;
    study.seen = seen_groups(study, *shape, starts);
    // Did the groups drift apart before anything started?
    std::vector<std::size_t> early;
    for (const auto row : rows) {
        if (shape->time[row] < starts) early.push_back(row);
    }
    const auto drift = last_of(study, panel_model(study, *shape, early, [&](std::size_t row) {
                                   return arm[row] * (shape->time[row] - starts);
                               }), *shape, early);
    if (drift.doubt.empty()) study.trends_apart_p = drift.p;
    return true;
}

}  // namespace alongside::evidence
