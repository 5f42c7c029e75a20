// Prisons over time: some against others, or one after the other.
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <map>
#include <numeric>

#include "evidence/robust.h"
#include "evidence/study_periods.h"

namespace alongside::evidence {
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
            const auto& table = study.data.table;
            return trouble(fmt::format("{}: the lines {} and {} are both {} in period {}; each "
                                       "unit has one row a period", table.file,
                                       table.line_of(there - 1), table.line_of(row), out.unit[row],
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

double size_of(const Study& study, std::size_t row) {
    return study.data.exposure.empty() ? 1 : study.data.exposure[row] / 1000;
}

// Sums of the outcome and of those it is for, of each period and of the rows that are wanted.
struct PanelSums {
    std::vector<double> sums, sizes;
    PanelSums(const Study& study, const PanelShape& shape,
              const std::function<bool(std::size_t)>& is_wanted)
        : sums(shape.times.size(), 0), sizes(shape.times.size(), 0) {
        for (std::size_t row = 0; row < shape.time.size(); ++row) {
            if (!is_wanted(row)) continue;
            sums[shape.time_of[row]] += study.data.outcome[row];
            sizes[shape.time_of[row]] += size_of(study, row);
        }
    }
};

// What each group had before the start and since.
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
        size[at] += size_of(study, row);
    }
    for (std::size_t i = 0; i < 4; ++i) out[i].mean = size[i] > 0 ? sum[i] / size[i] : missing;
    return out;
}

// Prisons beside each other: each one's events before and since (of a stepped rollout without and
// with the programme) must not be few, or are hidden among those of its group.
void hide_units(Study& study, const PanelShape& shape, const std::vector<char>& is_since,
                bool is_stepped) {
    const auto smallest = static_cast<std::size_t>(study.plan.smallest_cell);
    if (study.plan.outcome.kind != OutcomeKind::per_1000 || smallest < 2) return;
    const auto& named = !study.plan.prison.empty() ? study.plan.prison : study.plan.method.unit;
    const auto labels = parts_of(study, PartUse::prison, named.text);
    std::map<std::pair<int, std::string>, std::vector<std::size_t>> cells;
    for (std::size_t row = 0; row < shape.time.size(); ++row) {
        // In a stepped rollout every prison is of both groups, in its time.
        auto& one = cells[{is_stepped ? 0 : study.data.arm[row], labels[row]}];
        one.resize(2);
        one[is_since[row]] += static_cast<std::size_t>(study.data.outcome[row]);
    }
    for (const int group : {0, 1}) {
        std::vector<std::vector<std::size_t>> counts;
        std::vector<std::string> names;
        for (const auto& [of, own] : cells) {
            if (of.first != group) continue;
            names.push_back(of.second);
            counts.push_back(own);
        }
        const auto hidden = hidden_rows(counts, smallest);
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (hidden[i]) study.wall.hide(PartUse::prison, named.text, names[i]);
        }
    }
    // Of a rollout in steps the groups' periods are sums of prisons' too: all are told, or none.
    study.wall.units_are_hidden = is_stepped && (study.wall.periods.together != 1 ||
                                                 study.wall.hides_any(PartUse::prison,
                                                                      named.text));
}

Fallible<bool> check_groups_stay(const Study& study, const PanelShape& shape) {
    std::vector<int> of_unit(shape.units.size(), -1);
    for (std::size_t row = 0; row < shape.unit_of.size(); ++row) {
        auto& one = of_unit[shape.unit_of[row]];
        if (one != -1 && one != study.data.arm[row]) {
            return trouble(fmt::format("{}: {} is in both groups; in a difference in differences a "
                                       "unit keeps its group (for a stepped rollout, use that "
                                       "method)", study.data.table.file, shape.unit[row]));
        }
        one = study.data.arm[row];
    }
    return true;
}

// One that stopped would be compared with itself as if it had never begun.
Fallible<bool> check_goes_on(const Study& study, const PanelShape& shape) {
    std::vector<double> began(shape.units.size(), std::numeric_limits<double>::infinity());
    for (std::size_t row = 0; row < shape.unit_of.size(); ++row) {
        auto& first = began[shape.unit_of[row]];
        if (study.data.arm[row] == 1) first = std::min(first, shape.time[row]);
    }
    for (std::size_t row = 0; row < shape.unit_of.size(); ++row) {
        const double first = began[shape.unit_of[row]];
        if (study.data.arm[row] == 1 || shape.time[row] < first) continue;
        return trouble(fmt::format("{}: {} has the programme in period {:g} and not in period "
                                   "{:g}; in a stepped rollout it goes on once it has begun",
                                   study.data.table.file, shape.unit[row], first,
                                   shape.time[row]));
    }
    return true;
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
    const auto fits = is_stepped ? check_goes_on(study, *shape) : check_groups_stay(study, *shape);
    if (!fits) return fits;
    const PanelSums without(study, *shape, [&](std::size_t row) {
        return is_stepped ? !has_it(row) : arm[row] == 0;
    });
    const PanelSums with(study, *shape, [&](std::size_t row) {
        return is_stepped ? has_it(row) : arm[row] == 1;
    });
    const auto before = is_stepped ? 0
                                   : std::ranges::lower_bound(shape->times, starts) -
                                         shape->times.begin();
    tell_periods(study, {without.sums, with.sums}, static_cast<std::size_t>(before));
    std::vector<char> is_since;
    for (const auto row : rows)
        is_since.push_back(is_stepped ? has_it(row) : shape->time[row] >= starts);
    hide_units(study, *shape, is_since, is_stepped);
    study.main = last_of(study, panel_model(study, *shape, rows, has_it), *shape, rows);
    double sum[2] = {0, 0}, size[2] = {0, 0};
    for (const auto row : rows) {
        const auto group = static_cast<std::size_t>(has_it(row));
        sum[group] += study.data.outcome[row];
        size[group] += size_of(study, row);
        ++(group ? study.main.n_programme : study.main.n_other);
    }
    study.main.programme = sum[1] / size[1];
    study.main.other = sum[0] / size[0];
    for (const auto* group : {&without, &with}) {
        study.groups_over_time[group == &with] =
            seen_in_periods(study.wall.periods, shape->times, group->sums, group->sizes);
    }
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
