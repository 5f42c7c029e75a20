#include "evidence/study.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "evidence/numbers.h"
#include "evidence/power.h"

namespace alongside::evidence {
namespace {

PowerTerms power_terms(const Plan& plan, const Finding& found) {
    PowerTerms terms;
    terms.alpha = 1 - plan.level;
    terms.ratio = static_cast<double>(found.n_other) / static_cast<double>(found.n_programme);
    return terms;
}

// How many more people in both groups would show the smallest worthwhile effect, if it is there,
// with the power that the plan wants.
double people_to_come(const Plan& plan, const Finding& found) {
    const auto terms = power_terms(plan, found);
    const double n = static_cast<double>(found.n_programme);
    std::function<double(double)> power;
    if (found.scale == Finding::Scale::per_100) {
        const double other = std::clamp(found.other / 100, 0.001, 0.999);
        const double step =
            plan.smallest_worthwhile / 100 * (plan.outcome.lower_is_better ? -1 : 1);
        double wanted = other + step;
        if (wanted <= 0 || wanted >= 1) wanted = other - step;
        if (wanted <= 0 || wanted >= 1) return missing;
        power = [=](double size) { return power_of_proportions(size, wanted, other, terms); };
    } else {
        // Any estimate's error falls with the square root of the people it comes from.
        const double effect = worthwhile_on_scale(plan, found.scale);
        const double reach = normal_quantile(1 - terms.alpha / 2);
        power = [=, se = found.se](double size) {
            return normal_cdf(effect / (se * std::sqrt(n / size)) - reach);
        };
    }
    return people_still_needed(n, power, plan.power, terms.ratio).in_all();
}

void judge_study(Study& study) {
    const auto& found = study.main;
    const double reach = normal_quantile(0.5 + study.plan.level / 2) +
                         normal_quantile(study.plan.power);
    study.least_findable = reach * found.se;
    study.verdict = verdict_of(study.plan, found);
    if (study.drifted_apart() || study.placebo_differs()) {
        if (study.verdict == Verdict::better) study.verdict = Verdict::probably_better;
        if (study.verdict == Verdict::worse) study.verdict = Verdict::probably_worse;
    }
    if (study.verdict == Verdict::too_few) return;
    const bool of_people = study.plan.method.kind == MethodKind::matched ||
                           study.plan.method.kind == MethodKind::randomised;
    if (of_people) {
        study.still_needed = people_to_come(study.plan, found);
    } else {
        const double wanted = worthwhile_on_scale(study.plan, found.scale);
        study.still_needed = std::max(0.0, std::pow(study.least_findable / wanted, 2) - 1);
    }
}

// An interval of no width is not certainty: nothing differed from which chance could be reckoned.
bool has_no_spread(const Finding& found) {
    const double size = std::fmax(std::fmax(std::abs(found.lower), std::abs(found.upper)),
                                  std::fmax(std::abs(found.programme), std::abs(found.other)));
    return found.upper - found.lower <= 1e-12 * size;
}

// Why no effect is shown, whatever was found; nothing: it is.
std::string doubt_of(const Study& study) {
    if (study.wall.totals_are_small) {
        const bool of_places = study.units > 0 ||
                               study.plan.method.kind == MethodKind::interrupted_series;
        if (study.plan.method.kind == MethodKind::before_after)
            return fmt::format("there are fewer than {} people, or fewer with one of the few "
                               "scores or changes; showing more could show who they are",
                               study.plan.smallest_cell);
        return fmt::format("{}; showing more could show who they are",
                           of_places ? fmt::format("there were fewer than {} events before the "
                                                   "start or since, or in a group",
                                                   study.plan.smallest_cell)
                                     : fmt::format("a group has fewer than {} people, or fewer "
                                                   "with, or without, the outcome",
                                                   study.plan.smallest_cell));
    }
    if (study.main.doubt.empty() && has_no_spread(study.main)) {
        return "the outcome is the same for everybody, so that chance can't be told from the "
               "programme";
    }
    return study.main.doubt;
}

}  // namespace

double worthwhile_on_scale(const Plan& plan, Finding::Scale scale) {
    const double wanted = plan.smallest_worthwhile;
    if (scale != Finding::Scale::ratio) return wanted;
    return plan.outcome.lower_is_better ? -std::log1p(-std::min(wanted, 99.0) / 100)
                                        : std::log1p(wanted / 100);
}

Gain gain_of(const Plan& plan, const Finding& found) {
    const bool is_ratio = found.scale == Finding::Scale::ratio;
    const double low = is_ratio ? std::log(found.lower) : found.lower;
    const double high = is_ratio ? std::log(found.upper) : found.upper;
    return plan.outcome.lower_is_better ? Gain{-high, -low} : Gain{low, high};
}

Verdict verdict_of(const Plan& plan, const Finding& found) {
    if (!found.doubt.empty() || std::isnan(found.lower) || std::isnan(found.upper)) {
        return Verdict::too_few;
    }
    const auto [low, high] = gain_of(plan, found);
    const bool is_sure = found.p <= (1 - plan.level) / 5;
    if (low > 0) return is_sure ? Verdict::better : Verdict::probably_better;
    if (high < 0) return is_sure ? Verdict::worse : Verdict::probably_worse;
    const double matters = worthwhile_on_scale(plan, found.scale);
    return low > -matters && high < matters ? Verdict::no_matter : Verdict::cannot_tell;
}

Fallible<Study> carry_out(const Plan& plan, const PlanLock& lock, StudyPeople data, int threads) {
    Study study;
    study.plan = plan;
    study.lock = lock;
    std::vector<HashedFile> files;
    for (const auto& file : data.files) files.push_back({file.name, file.hash});
    const auto today = lines_today(lock, plan, files);
    study.changes = changes_since(lock, today);
    study.hash_now = hash_of(today);
    study.data = std::move(data);
    Fallible<bool> done = true;
    switch (plan.method.kind) {
        case MethodKind::matched:
        case MethodKind::randomised: done = study_people(study, threads); break;
        case MethodKind::interrupted_series: done = study_series(study); break;
        case MethodKind::differences:
        case MethodKind::stepped: done = study_panel(study); break;
        case MethodKind::before_after: done = study_before_after(study); break;
    }
    if (!done) return tl::make_unexpected(done.error());
    study.main.doubt = doubt_of(study);
    judge_study(study);
    find_funnel(study);
    if (!study.main.doubt.empty())
        study.warnings.push_back("No effect is shown: " + study.main.doubt);
    return study;
}

Fallible<bool> study_before_after(Study& study) {
    auto& data = study.data;
    PairedOptions options;
    options.level = study.plan.level;
    options.lower_is_better = study.plan.outcome.lower_is_better;
    const auto change = paired_change(data.before, data.outcome, options);
    if (!change) return tl::make_unexpected(change.error());
    study.change = *change;
    auto& found = study.main;
    found.scale = Finding::Scale::points;
    found.value = change->change.value;
    found.lower = change->change.lower;
    found.upper = change->change.upper;
    found.p = change->p;
    found.se = change->sd_change / std::sqrt(static_cast<double>(change->n));
    found.programme = change->mean_after;
    found.other = change->mean_before;
    found.n_programme = found.n_other = change->n;
    if (change->n < 2) found.doubt = "fewer than two people have both values";
    for (std::size_t row = 0; row < data.table.rows; ++row) study.sample.rows.push_back(row);
    study.wall = wall_of(study);
    return true;
}

}  // namespace alongside::evidence
