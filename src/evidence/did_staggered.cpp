// Stepped roll-out: each group against units that aren't treated yet.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "evidence/did.h"
#include "evidence/did_bands.h"
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
    Fallible<Staggered> run(const std::optional<Draw>& draw);

private:
    bool is_compared(std::size_t unit, int group, int base, int time) const;
    void add_cell(int group, int time);
    Influenced average(const std::vector<const RolloutCell*>& cells, bool by_size) const;
    double error_of(const Influenced& effect) const;
    Estimated shown(const Influenced& effect) const;
    void add_events(Staggered& out);
    void add_groups(Staggered& out);
    void add_bands(Staggered& out, const Draw& draw) const;
    void add_cautions(Staggered& out) const;

    std::vector<int> first_;                // of each unit
    std::vector<std::int32_t> cluster_;     // of each unit
    std::vector<double> time_values_;
    Matrix outcome_;                        // units × times; NaN: not there
    Comparison comparison_;
    double level_;
    double unit_ = 1;                       // of outcome_
    double largest_ = 0;                    // of outcome_
    Index clusters_ = 0;
    std::map<int, std::size_t> size_of_;    // units of each group
    std::size_t used_ = 0, never_ = 0, always_ = 0;
    std::vector<RolloutCell> cells_;
    std::vector<Influenced> events_, groups_;   // in the order of the answer's
    Influenced overall_, simple_;
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
    largest_ = outcome_.array().isNaN().select(0.0, outcome_.array().abs()).maxCoeff();
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

// One unit on each side leaves nothing to tell an error by, but what rounding does.
double Rollout::error_of(const Influenced& effect) const {
    const double length = effect.by_cluster.norm();
    return length > 1e-13 * largest_ ? length : missing;
}

Estimated Rollout::shown(const Influenced& effect) const {
    const double se = error_of(effect);
    const double reach = normal_quantile(0.5 + level_ / 2) * se;
    return {effect.value * unit_, se * unit_, (effect.value - reach) * unit_,
            (effect.value + reach) * unit_, two_sided_normal(effect.value / se)};
}

void Rollout::add_events(Staggered& out) {
    std::map<int, std::vector<const RolloutCell*>> by_step;
    for (const RolloutCell& cell : cells_) by_step[cell.time - cell.group].push_back(&cell);
    std::vector<Influenced> leads;
    for (const auto& [step, cells] : by_step) {
        const Influenced effect = average(cells, true);
        out.events.push_back({.since = static_cast<double>(step), .effect = shown(effect)});
        events_.push_back(effect);
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

void Rollout::add_groups(Staggered& out) {
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
        const double began = time_values_[static_cast<std::size_t>(group)];
        out.groups.push_back({.group = began, .time = began, .treated = mean.treated,
                              .compared = 0, .effect = shown(mean.effect)});
        groups_.push_back(mean.effect);
        groups.push_back(std::move(mean));
    }
    std::vector<const RolloutCell*> all;
    for (const RolloutCell& group : groups) all.push_back(&group);
    overall_ = average(all, true);
    simple_ = average(after, true);
    out.overall = shown(overall_);
    out.simple = shown(simple_);
}

// One run of draws for all effects; the overall ones stand each for itself.
void Rollout::add_bands(Staggered& out, const Draw& draw) const {
    std::vector<const Influenced*> effects;
    std::vector<std::pair<Banded*, double>> places;     // where to put it; the estimate
    std::vector<EffectFamily> families;
    auto add = [&](const Influenced& effect, Banded& band) {
        effects.push_back(&effect);
        places.emplace_back(&band, effect.value);
    };
    auto add_family = [&](const auto& of, auto& shown_as) {
        families.push_back({.begin = effects.size(), .end = effects.size() + of.size()});
        for (std::size_t k = 0; k < of.size(); ++k) add(of[k], shown_as[k].band);
    };
    std::vector<Influenced> cells;
    for (const RolloutCell& cell : cells_) cells.push_back(cell.effect);
    add_family(cells, out.cells);
    add_family(events_, out.events);
    add_family(groups_, out.groups);
    add(overall_, out.overall_band);
    add(simple_, out.simple_band);
    Matrix influence(clusters_, static_cast<Index>(effects.size()));
    for (std::size_t k = 0; k < effects.size(); ++k)
        if (std::isnan(error_of(*effects[k]))) influence.col(static_cast<Index>(k)).setZero();
        else influence.col(static_cast<Index>(k)) = effects[k]->by_cluster;
    const std::vector<double> errors = bootstrap_bands(influence, level_, draw, families);
    out.widths = {families[0].critical, families[1].critical, families[2].critical};
    for (std::size_t k = 0; k < effects.size(); ++k) {
        double width = normal_quantile(0.5 + level_ / 2);
        for (const EffectFamily& family : families)
            if (k >= family.begin && k < family.end) width = family.critical;
        const auto& [band, value] = places[k];
        *band = {errors[k] * unit_, (value - width * errors[k]) * unit_,
                 (value + width * errors[k]) * unit_};
    }
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

Fallible<Staggered> Rollout::run(const std::optional<Draw>& draw) {
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
        out.cells.push_back({.group = time_values_[static_cast<std::size_t>(cell.group)],
                             .time = time_values_[static_cast<std::size_t>(cell.time)],
                             .treated = cell.treated, .compared = cell.compared,
                             .effect = shown(cell.effect)});
    }
    if (!has_after)
        return trouble("no treated unit has a comparison after it began: all begin at once, or "
                       "their rows before and after are missing");
    add_events(out);
    add_groups(out);
    constexpr std::size_t most_drawn = 200'000'000;
    const std::size_t effects = cells_.size() + events_.size() + groups_.size() + 2;
    if (draw && effects * static_cast<std::size_t>(draw->replicates) > most_drawn)
        return trouble(fmt::format("{} effects take more memory than there should be with {} "
                                   "replicates: give at most {}", effects, draw->replicates,
                                   most_drawn / effects));
    if (draw) add_bands(out, *draw);
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
                                  Comparison comparison, double level,
                                  const std::optional<Draw>& draw) {
    return Rollout(panel, first_treated, comparison, level).run(draw);
}

}  // namespace alongside::evidence
