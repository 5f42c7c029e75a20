// What could be wrong: hidden bias, one prison alone, an outcome that can't have changed; and
// prisons beside each other.
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <map>

#include "evidence/numbers.h"
#include "evidence/study.h"
#include "evidence/two_proportions.h"

namespace alongside::evidence {
namespace {

// What the pairs differ by; for yes and no, and who was first: -1, 0 or 1.
std::vector<double> pair_differences(const Study& study) {
    const auto& rows = study.sample.rows;
    const auto outcome = outcome_of(study.plan, study.data);
    if (outcome.kind == OutcomeKind::time_to_first) {
        const auto first = first_of_pairs(study);
        return {first.begin(), first.end()};
    }
    std::vector<double> out;
    for (std::size_t i = 0; i + 1 < rows.size(); i += 2) {
        const auto value = [&](std::size_t row) {
            const bool has_exposure = !outcome.exposure->empty();
            return (*outcome.values)[row] / (has_exposure ? (*outcome.exposure)[row] : 1);
        };
        out.push_back(value(rows[i]) - value(rows[i + 1]));
    }
    return out;
}

void find_bounds(Study& study) {
    if (study.wall.pairs_are_small) return;
    const std::vector<double> gammas{1, 1.25, 1.5, 2, 3};
    const auto differences = pair_differences(study);
    const auto kind = study.plan.outcome.kind;
    const bool is_yes_no = kind == OutcomeKind::rate || kind == OutcomeKind::time_to_first;
    const auto count = [&](double value) {
        return static_cast<std::size_t>(std::count(differences.begin(), differences.end(), value));
    };
    const auto bounds = is_yes_no ? mcnemar_bounds(count(1), count(-1), gammas)
                                  : signed_rank_bounds(differences, gammas);
    if (!bounds) return;
    study.bounds = *bounds;
    if (kind == OutcomeKind::time_to_first) study.bounds->test = "sign test of who had it first";
}

void find_e_value(Study& study) {
    const auto& found = study.main;
    Fallible<EValue> value = trouble("");
    double events[2] = {0, 0}, people[2] = {0, 0};
    for (const auto row : study.sample.rows) {
        const auto arm = static_cast<std::size_t>(study.data.arm[row]);
        events[arm] += study.data.outcome[row];
        people[arm] += 1;
    }
    if (study.plan.outcome.kind == OutcomeKind::rate) {
        const EventsOf first{events[1], people[1]}, second{events[0], people[0]};
        const auto interval = katz_ratio(first, second, study.plan.level);
        value = e_value_of_risk_ratio({first.share() / second.share(), interval.lower,
                                       interval.upper});
    } else if (study.hazard_ratio) {
        const auto& hazard = *study.hazard_ratio;
        value = e_value_of_hazard_ratio({hazard.value, hazard.lower, hazard.upper},
                                        found.other > 15 ? Outcome::common : Outcome::rare);
    } else if (found.scale == Finding::Scale::ratio) {
        value = e_value_of_risk_ratio({found.value, found.lower, found.upper});
    } else {
        std::vector<double> values;
        for (const auto row : study.sample.rows) values.push_back(study.data.outcome[row]);
        const double sd = deviation_of(values);
        value = e_value_of_mean_difference(found.value / sd, found.se / sd);
    }
    if (value) study.e_value = *value;
}

void leave_prisons_out(Study& study) {
    const auto labels = parts_of(study, PartUse::prison, study.plan.prison.text);
    std::vector<std::string> prisons;
    for (const auto row : study.sample.rows) prisons.push_back(labels[row]);
    std::sort(prisons.begin(), prisons.end());
    prisons.erase(std::unique(prisons.begin(), prisons.end()), prisons.end());
    if (prisons.size() < 2 || prisons.size() > 200) return;
    for (const auto& prison : prisons) {
        Sample rest;
        std::map<std::int32_t, std::int32_t> code;
        for (std::size_t i = 0; i < study.sample.rows.size(); ++i) {
            if (labels[study.sample.rows[i]] == prison) continue;
            rest.rows.push_back(study.sample.rows[i]);
            if (study.sample.cluster.empty()) continue;
            const auto next = static_cast<std::int32_t>(code.size());
            rest.cluster.push_back(code.emplace(study.sample.cluster[i], next).first->second);
        }
        compare_as_told(study, rest);
        study.leave_one_out.push_back(
            {"", "Without " + (prison == part_not_known ? "those whose prison isn't known"
                                                        : prison),
             effect_of(study.data, outcome_of(study.plan, study.data), rest, study.plan.level,
                       false),
             // Beside the effect on everybody, that without a prison tells of the prison.
             study.wall.is_hidden(PartUse::prison, study.plan.prison.text, prison)});
    }
}

}  // namespace

// A pair with one who was lost sight of before the other had the event says nothing of who is
// worse off; counted as "had none" it would say so wherever one group is followed for less long.
std::vector<int> first_of_pairs(const Study& study) {
    const auto had = had_outcome(study.plan, study.data);
    const auto& time = study.data.outcome;
    const auto& rows = study.sample.rows;
    std::vector<int> out;
    for (std::size_t i = 0; i + 1 < rows.size(); i += 2) {
        const auto one = rows[i], other = rows[i + 1];
        // Who is lost sight of at the very time was still followed.
        const auto is_first = [&](std::size_t a, std::size_t b) {
            return had[a] && (time[a] < time[b] || (time[a] == time[b] && !had[b]));
        };
        out.push_back(is_first(one, other) ? 1 : is_first(other, one) ? -1 : 0);
    }
    return out;
}

void check_sensitivity(Study& study, int) {
    if (!study.main.doubt.empty()) return;
    if (study.plan.method.kind == MethodKind::matched) {
        find_e_value(study);
        find_bounds(study);
    }
    const bool hides_placebo = study.wall.hides_any(PartUse::placebo, study.plan.placebo.text);
    if (!study.data.placebo.empty() && !hides_placebo) {
        OutcomeView placebo;
        placebo.kind = study.data.placebo_is_binary ? OutcomeKind::rate : OutcomeKind::score;
        placebo.values = &study.data.placebo;
        study.placebo = effect_of(study.data, placebo, study.sample, study.plan.level, false);
    }
    if (!study.plan.prison.empty()) leave_prisons_out(study);
}

void find_funnel(Study& study) {
    const auto kind = study.plan.outcome.kind;
    const bool is_share = kind == OutcomeKind::rate;
    const auto& named = !study.plan.prison.empty() ? study.plan.prison : study.plan.method.unit;
    const bool fits = is_share || kind == OutcomeKind::per_1000 || kind == OutcomeKind::frequency;
    if (named.empty() || !fits || study.wall.units_are_hidden) return;
    const auto labels = parts_of(study, PartUse::prison, named.text);
    std::map<std::string, FunnelUnit> units;
    for (const auto row : study.sample.rows) {
        auto& unit = units[labels[row]];
        unit.name = labels[row];
        unit.events += study.data.outcome[row];
        unit.exposure += study.data.exposure.empty() ? 1 : study.data.exposure[row];
    }
    std::vector<FunnelUnit> shown;
    double events = 0, exposure = 0;
    for (const auto& [label, unit] : units) {
        events += unit.events;
        exposure += unit.exposure;
        if (study.wall.is_hidden(PartUse::prison, named.text, label)) {
            study.funnel_hidden.push_back(label);
        } else {
            shown.push_back(unit);
        }
    }
    if (shown.size() < 3 || !(events > 0) || events == exposure) return;
    FunnelOptions options;
    options.kind = is_share ? FunnelKind::proportion : FunnelKind::rate;
    options.target = events / exposure;
    auto funnel = funnel_of(shown, options);
    // More scattered than chance makes them: prisons differ in more than luck, and the limits say
    // so.
    if (funnel.is_overdispersed) {
        options.overdispersion = Overdispersion::multiplicative;
        funnel = funnel_of(shown, options);
    }
    study.funnel = std::move(funnel);
}

}  // namespace alongside::evidence
