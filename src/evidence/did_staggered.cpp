// Stepped roll-out: each group against units that aren't treated yet.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "evidence/did.h"
#include "evidence/numbers.h"
#include "evidence/own_units.h"

namespace alongside::evidence {

using Eigen::Index;

namespace {

constexpr int never_treated_code = -1;

// An estimate and what each cluster contributes to its error.
struct Influenced {
    double value = 0;
    Vector by_cluster;
};

struct RolloutCell {
    int group = 0, time = 0;                // codes of time
    std::size_t treated = 0, compared = 0;
    Influenced effect;
};

class Rollout {
public:
    Rollout(const Panel& panel, const std::vector<int>& first, Comparison comparison, double level);
    Fallible<Staggered> run();

private:
    bool is_compared(std::size_t unit, int group, int base, int time) const;
    void add_cell(int group, int time);
    Influenced average(const std::vector<const RolloutCell*>& cells, bool by_size) const;
    Estimated shown(const Influenced& effect) const;
    void add_events(Staggered& out) const;
    void add_groups(Staggered& out) const;
    void add_cautions(Staggered& out) const;

    std::vector<int> first_;                // of each unit
    std::vector<std::int32_t> cluster_;     // of each unit
    std::vector<double> time_values_;
    Matrix outcome_;                        // units × times; NaN: not there
    Comparison comparison_;
    double level_;
    double unit_ = 1;                       // of outcome_
    Index clusters_ = 0;
    std::map<int, std::size_t> size_of_;    // units of each group
    std::size_t used_ = 0, never_ = 0, always_ = 0;
    std::vector<RolloutCell> cells_;
};

Rollout::Rollout(const Panel& panel, const std::vector<int>& first, Comparison comparison,
                 double level)
    : first_(first), cluster_(first.size(), 0), time_values_(panel.time_values),
      outcome_(Matrix::Constant(static_cast<Index>(first.size()),
                                static_cast<Index>(panel.times.names.size()), missing)),
      comparison_(comparison), level_(level), unit_(own_unit(panel.y)) {
    const Groups& clusters = panel.clusters.empty() ? panel.units : panel.clusters;
    for (Index i = 0; i < panel.y.size(); ++i) {
        const auto row = static_cast<std::size_t>(i);
        outcome_(panel.units.of_row[row], panel.times.of_row[row]) = panel.y[i] / unit_;
        cluster_[static_cast<std::size_t>(panel.units.of_row[row])] = clusters.of_row[row];
    }
    clusters_ = static_cast<Index>(clusters.names.size());
    for (const int group : first_) {
        if (group == 0) {
            ++always_;
            continue;
        }
        ++used_;
        if (group == never_treated_code) ++never_;
        else ++size_of_[group];
    }
}

bool Rollout::is_compared(std::size_t unit, int group, int base, int time) const {
    const int theirs = first_[unit];
    if (theirs == never_treated_code) return true;
    return comparison_ == Comparison::not_yet_treated && theirs != group &&
           theirs > std::max(base, time);
}

void Rollout::add_cell(int group, int time) {
    const int base = group - 1;
    RolloutCell cell{.group = group, .time = time, .treated = 0, .compared = 0, .effect = {}};
    double sum_treated = 0, sum_compared = 0;
    std::vector<std::pair<std::size_t, bool>> in;   // unit; is it treated
    auto change = [&](std::size_t unit) {
        const auto row = static_cast<Index>(unit);
        return outcome_(row, time) - outcome_(row, base);
    };
    for (std::size_t unit = 0; unit < first_.size(); ++unit) {
        const bool is_treated = first_[unit] == group;
        if (!is_treated && !is_compared(unit, group, base, time)) continue;
        const double by = change(unit);
        if (std::isnan(by)) continue;
        (is_treated ? sum_treated : sum_compared) += by;
        ++(is_treated ? cell.treated : cell.compared);
        in.emplace_back(unit, is_treated);
    }
    if (cell.treated == 0 || cell.compared == 0) return;
    const double treated = static_cast<double>(cell.treated);
    const double compared = static_cast<double>(cell.compared);
    cell.effect = {sum_treated / treated - sum_compared / compared, Vector::Zero(clusters_)};
    for (const auto& [unit, is_treated] : in)
        cell.effect.by_cluster[cluster_[unit]] +=
            is_treated ? (change(unit) - sum_treated / treated) / treated
                       : -(change(unit) - sum_compared / compared) / compared;
    cells_.push_back(std::move(cell));
}

// By size: weights are the groups' shares of the units, which are estimates too, and each unit's
// belonging to its group adds to the error (Callaway & Sant'Anna 2021, corollary 2).
Influenced Rollout::average(const std::vector<const RolloutCell*>& cells, bool by_size) const {
    double total = 0;
    Influenced out{0, Vector::Zero(clusters_)};
    auto weight = [&](const RolloutCell& cell) {
        return by_size ? static_cast<double>(size_of_.at(cell.group)) : 1.0;
    };
    for (const RolloutCell* cell : cells) total += weight(*cell);
    for (const RolloutCell* cell : cells) {
        out.value += weight(*cell) / total * cell->effect.value;
        out.by_cluster += weight(*cell) / total * cell->effect.by_cluster;
    }
    if (!by_size) return out;
    std::map<int, double> away;
    for (const RolloutCell* cell : cells) away[cell->group] += cell->effect.value - out.value;
    for (std::size_t unit = 0; unit < first_.size(); ++unit)
        if (const auto found = away.find(first_[unit]); found != away.end())
            out.by_cluster[cluster_[unit]] += found->second / total;
    return out;
}

Estimated Rollout::shown(const Influenced& effect) const {
    // One unit on each side leaves nothing to tell an error by, but what rounding does.
    const double size = outcome_.array().isNaN().select(0.0, outcome_.array().abs()).maxCoeff();
    const double length = effect.by_cluster.norm();
    const double se = length > 1e-13 * size ? length : missing;
    const double reach = normal_quantile(0.5 + level_ / 2) * se;
    return {effect.value * unit_, se * unit_, (effect.value - reach) * unit_,
            (effect.value + reach) * unit_, two_sided_normal(effect.value / se)};
}

void Rollout::add_events(Staggered& out) const {
    std::map<int, std::vector<const RolloutCell*>> by_step;
    for (const RolloutCell& cell : cells_) by_step[cell.time - cell.group].push_back(&cell);
    std::vector<Influenced> leads;
    for (const auto& [step, cells] : by_step) {
        const Influenced effect = average(cells, true);
        out.events.push_back({static_cast<double>(step), shown(effect)});
        if (step < -1) leads.push_back(effect);
    }
    if (leads.empty()) return;
    Vector values(static_cast<Index>(leads.size()));
    Matrix influence(clusters_, values.size());
    for (Index k = 0; k < values.size(); ++k) {
        values[k] = leads[static_cast<std::size_t>(k)].value;
        influence.col(k) = leads[static_cast<std::size_t>(k)].by_cluster;
    }
    out.leads = wald_test(values, influence.transpose() * influence);
}

void Rollout::add_groups(Staggered& out) const {
    std::map<int, std::vector<const RolloutCell*>> by_group;
    std::vector<const RolloutCell*> after;
    for (const RolloutCell& cell : cells_) {
        if (cell.time < cell.group) continue;
        by_group[cell.group].push_back(&cell);
        after.push_back(&cell);
    }
    std::vector<RolloutCell> groups;
    for (const auto& [group, cells] : by_group) {
        RolloutCell mean{.group = group, .time = group, .treated = size_of_.at(group),
                         .compared = 0, .effect = average(cells, false)};
        out.groups.push_back({time_values_[static_cast<std::size_t>(group)],
                              time_values_[static_cast<std::size_t>(group)], mean.treated, 0,
                              shown(mean.effect)});
        groups.push_back(std::move(mean));
    }
    std::vector<const RolloutCell*> all;
    for (const RolloutCell& group : groups) all.push_back(&group);
    out.overall = shown(average(all, true));
    out.simple = shown(average(after, true));
}

void Rollout::add_cautions(Staggered& out) const {
    if (always_ > 0)
        out.cautions.push_back(fmt::format(
            "{} {} treated from the first period on: they show no change and are left out", always_,
            always_ == 1 ? "unit is" : "units are"));
    std::size_t small = 0;
    for (const auto& [group, size] : size_of_) small += size < 5 ? 1 : 0;
    if (small > 0)
        out.cautions.push_back(fmt::format(
            "{} {} fewer than 5 units: standard errors of so few say less than they seem to", small,
            small == 1 ? "group has" : "groups have"));
    if (out.clusters < 20)
        out.cautions.push_back(fmt::format(
            "{} clusters: with fewer than about 20 the intervals are too narrow", out.clusters));
}

Fallible<Staggered> Rollout::run() {
    if (size_of_.empty())
        return trouble("no unit begins to be treated after the first period");
    if (comparison_ == Comparison::never_treated && never_ == 0)
        return trouble("no unit is never treated: compare with those not yet treated");
    for (const auto& [group, size] : size_of_)
        for (int time = 0; time < outcome_.cols(); ++time)
            if (time != group - 1) add_cell(group, time);
    Staggered out;
    bool has_after = false;
    for (const RolloutCell& cell : cells_) {
        has_after = has_after || cell.time >= cell.group;
        out.cells.push_back({time_values_[static_cast<std::size_t>(cell.group)],
                             time_values_[static_cast<std::size_t>(cell.time)], cell.treated,
                             cell.compared, shown(cell.effect)});
    }
    if (!has_after)
        return trouble("no treated unit has a comparison after it began: all begin at once, or "
                       "their rows before and after are missing");
    add_events(out);
    add_groups(out);
    out.units = used_;
    out.never = never_;
    out.always = always_;
    std::vector<bool> is_there(static_cast<std::size_t>(clusters_), false);
    for (std::size_t unit = 0; unit < first_.size(); ++unit)
        if (first_[unit] != 0) is_there[static_cast<std::size_t>(cluster_[unit])] = true;
    out.clusters = static_cast<std::size_t>(std::count(is_there.begin(), is_there.end(), true));
    add_cautions(out);
    return out;
}

}  // namespace

Fallible<Staggered> fit_staggered(const Panel& panel, const std::vector<int>& first_treated,
                                  Comparison comparison, double level) {
    return Rollout(panel, first_treated, comparison, level).run();
}

}  // namespace alongside::evidence
