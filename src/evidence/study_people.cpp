// Comparing people: drawn by lot, or matched as re-offending data labs do it.
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "evidence/matched_study.h"
#include "evidence/numbers.h"
#include "evidence/study.h"

namespace alongside::evidence {
namespace {

std::vector<std::uint8_t> is_in_programme(const StudyPeople& data) {
    return {data.arm.begin(), data.arm.end()};
}

Covariates balanced_covariates(const StudyPeople& data) {
    Covariates out;
    out.x.resize(static_cast<Eigen::Index>(data.table.rows),
                 static_cast<Eigen::Index>(data.balanced.size()));
    for (std::size_t c = 0; c < data.balanced.size(); ++c) {
        out.names.push_back(data.balanced[c].name);
        for (std::size_t row = 0; row < data.table.rows; ++row) {
            out.x(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(c)) =
                data.balanced[c].values[row];
        }
    }
    return out;
}

// How likely each person was to be in the programme, by a logit on the covariates.
Fallible<std::vector<double>> scores_of(Study& study, int threads) {
    const auto& data = study.data;
    const auto n = static_cast<Eigen::Index>(data.table.rows);
    Matrix x(n, static_cast<Eigen::Index>(data.covariates.size() + 1));
    std::vector<std::string> names{"(Intercept)"};
    x.col(0).setOnes();
    Vector y(n);
    for (Eigen::Index row = 0; row < n; ++row) y(row) = data.arm[static_cast<std::size_t>(row)];
    for (std::size_t c = 0; c < data.covariates.size(); ++c) {
        names.push_back(data.covariates[c].name);
        for (Eigen::Index row = 0; row < n; ++row) {
            x(row, static_cast<Eigen::Index>(c + 1)) =
                data.covariates[c].values[static_cast<std::size_t>(row)];
        }
    }
    const auto found = propensity_of({x, names, y, no_values(), no_values(), threads});
    if (!found) return tl::make_unexpected(found.error());
    if (const auto& apart = found->fit.separation) {
        return trouble(fmt::format("{}:{}:{}: the covariates tell exactly who was in the programme "
                                   "({}), so nobody can be matched; leave out those that belong to "
                                   "the programme itself", study.plan.file,
                                   study.plan.method.at.line, study.plan.method.at.column,
                                   fmt::join(apart->columns, ", ")));
    }
    study.warnings.insert(study.warnings.end(), found->warnings.begin(), found->warnings.end());
    const auto& from = study.plan.method.caliper_on_logit ? found->linear : found->score;
    return std::vector<double>(from.begin(), from.end());
}

// Both of each pair stand together, as a cluster.
Sample sample_of(const Matching& matching) {
    Sample out;
    std::int32_t pair = 0;
    for (const auto& one : matching.pairs) {
        out.rows.insert(out.rows.end(), {one.treated, one.comparison});
        out.cluster.insert(out.cluster.end(), {pair, pair});
        ++pair;
    }
    return out;
}

// What an effect tells of a sample: its people, and those with the outcome, or their events.
std::vector<double> told_by_effect(const Study& study, const Sample& sample) {
    const auto had = had_outcome(study.plan, study.data);
    std::vector<double> out(6, 0);
    for (const auto row : sample.rows) {
        const auto arm = static_cast<std::size_t>(3 * study.data.arm[row]);
        out[arm] += 1;
        if (had.empty()) continue;
        out[arm + 1] += had[row];
        if (study.plan.outcome.kind == OutcomeKind::frequency)
            out[arm + 2] += study.data.outcome[row];
    }
    return out;
}

// Beside another sample's, neither may show a few people by what it has more or less; nor may it
// have few itself.
bool stands_beside(const std::vector<double>& one, const std::vector<double>& other,
                   std::size_t smallest) {
    for (std::size_t i = 0; i < one.size(); ++i) {
        if (is_small_count(one[i], smallest)) return false;
        if (is_small_count(std::abs(one[i] - other[i]), smallest)) return false;
        const double without = one[i / 3 * 3] - one[i], without_there = other[i / 3 * 3] - other[i];
        if (i % 3 != 1) continue;
        if (is_small_count(without, smallest)) return false;
        if (is_small_count(std::abs(without - without_there), smallest)) return false;
    }
    return true;
}

Fallible<bool> try_calipers(Study& study, const std::vector<double>& scores) {
    const auto arms = is_in_programme(study.data);
    const auto smallest = static_cast<std::size_t>(study.plan.smallest_cell);
    std::vector<std::vector<double>> told{told_by_effect(study, study.sample)};
    for (const double caliper : study.plan.method.other_calipers) {
        MatchOptions options;
        options.caliper_sds = caliper;
        const auto other = nearest_pairs(scores, arms, options);
        if (!other) return tl::make_unexpected(other.error());
        auto sample = sample_of(*other);
        compare_as_told(study, sample);
        if (study.sample.cluster.empty()) sample.cluster.clear();
        auto tells = told_by_effect(study, sample);
        StudyLine line{"", fmt::format("Caliper {}", caliper), {}, false};
        line.is_hidden = !std::ranges::all_of(told, [&](const auto& shown) {
            return stands_beside(tells, shown, smallest);
        });
        const auto alone = static_cast<double>(other->unmatched_treated.size());
        line.is_hidden = line.is_hidden || is_small_count(alone, smallest);
        if (!line.is_hidden) line.name += fmt::format(" ({} pairs)", other->pairs.size());
        if (other->pairs.empty()) {
            line.finding.doubt = "no pairs";
        } else {
            line.finding = effect_of(study.data, outcome_of(study.plan, study.data), sample,
                                     study.plan.level, false);
        }
        if (!line.is_hidden) told.push_back(std::move(tells));
        study.calipers.push_back(std::move(line));
    }
    return true;
}

Fallible<bool> pair_people(Study& study, int threads) {
    const auto scores = scores_of(study, threads);
    if (!scores) return tl::make_unexpected(scores.error());
    const auto arms = is_in_programme(study.data);
    MatchOptions options;
    options.caliper_sds = study.plan.method.caliper;
    auto paired = pair_by_score(*scores, arms, balanced_covariates(study.data), options);
    if (!paired) return tl::make_unexpected(paired.error());
    const auto& matching = paired->matching;
    if (matching.pairs.empty()) {
        return trouble(fmt::format("{}:{}:{}: nobody in the programme has anyone similar enough "
                                   "within the caliper", study.plan.file,
                                   study.plan.method.at.line, study.plan.method.at.column));
    }
    MatchedComparison matched;
    matched.treated = matching.matched_treated + matching.unmatched_treated.size();
    matched.unmatched = matching.unmatched_treated.size();
    matched.caliper = matching.caliper;
    matched.balance = std::move(paired->balance);
    matched.still_apart = out_of_balance(matched.balance, true);
    study.matched = std::move(matched);
    study.sample = sample_of(matching);
    compare_as_told(study, study.sample);
    return try_calipers(study, *scores);
}

struct Level {
    std::string name;
    std::vector<std::size_t> places;    // in the sample
};

std::vector<Level> levels_in(const Study& study, const std::string& name) {
    const auto parts = parts_of(study, PartUse::subgroup, name);
    std::vector<Level> out;
    for (std::size_t i = 0; i < study.sample.rows.size(); ++i) {
        const auto& part = parts[study.sample.rows[i]];
        auto found = std::find_if(out.begin(), out.end(),
                                  [&](const Level& one) { return one.name == part; });
        if (found == out.end()) found = out.insert(out.end(), Level{part, {}});
        found->places.push_back(i);
    }
    std::sort(out.begin(), out.end(), [](const Level& a, const Level& b) {
        return (a.name.starts_with("below") ? "" : a.name) < (b.name.starts_with("below") ? ""
                                                                                          : b.name);
    });
    return out;
}

Sample part_of(const Sample& sample, const std::vector<std::size_t>& places) {
    Sample out;
    for (const auto place : places) {
        out.rows.push_back(sample.rows[place]);
        if (!sample.cluster.empty()) out.cluster.push_back(sample.cluster[place]);
    }
    // Clusters are counted from 0 without gaps.
    auto codes = out.cluster;
    std::sort(codes.begin(), codes.end());
    codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
    for (auto& one : out.cluster) {
        one = static_cast<std::int32_t>(std::lower_bound(codes.begin(), codes.end(), one) -
                                        codes.begin());
    }
    return out;
}

// Cochran's Q over the levels: do they differ by more than chance? (Borenstein & Higgins 2013.)
double levels_differ(const std::vector<StudyLine>& lines, const std::string& group) {
    double weights = 0, sum = 0, q = 0;
    int levels = 0;
    const auto value = [](const Finding& f) {
        return f.scale == Finding::Scale::ratio ? std::log(f.value) : f.value;
    };
    const auto counts = [&](const StudyLine& line) {
        return line.group == group && line.finding.doubt.empty() && line.finding.se > 0;
    };
    for (const auto& line : lines) {
        if (!counts(line)) continue;
        const double weight = 1 / (line.finding.se * line.finding.se);
        weights += weight;
        sum += weight * value(line.finding);
        ++levels;
    }
    if (levels < 2) return missing;
    for (const auto& line : lines) {
        if (!counts(line)) continue;
        q += std::pow((value(line.finding) - sum / weights) / line.finding.se, 2);
    }
    return chi_squared_tail(q, levels - 1);
}

void find_subgroups(Study& study) {
    const auto outcome = outcome_of(study.plan, study.data);
    for (const auto& named : study.plan.subgroups) {
        for (const auto& level : levels_in(study, named.text)) {
            auto part = part_of(study.sample, level.places);
            compare_as_told(study, part);
            study.subgroups.push_back(
                {named.text, level.name,
                 effect_of(study.data, outcome, part, study.plan.level, false),
                 study.wall.is_hidden(PartUse::subgroup, named.text, level.name)});
        }
        study.subgroup_p[named.text] = levels_differ(study.subgroups, named.text);
    }
}

}  // namespace

void compare_as_told(const Study& study, Sample& sample) {
    if (few_pairs_differ(study, sample)) sample.cluster.clear();
}

Fallible<bool> study_people(Study& study, int threads) {
    study.has_groups = true;
    const auto outcome = outcome_of(study.plan, study.data);
    if (study.plan.method.kind == MethodKind::matched) {
        if (const auto done = pair_people(study, threads); !done) return done;
        study.balance = study.matched->balance;
    } else {
        for (std::size_t row = 0; row < study.data.table.rows; ++row) {
            study.sample.rows.push_back(row);
        }
        study.balance = balance_of(balanced_covariates(study.data), is_in_programme(study.data), {},
                                   {}, Spread::pooled);
    }
    study.wall = wall_of(study);
    study.main = effect_of(study.data, outcome, study.sample, study.plan.level, false);
    // The curves of time to first stand alone: its model with covariates is Cox's.
    if (!study.data.covariates.empty() && outcome.kind != OutcomeKind::time_to_first) {
        study.adjusted = effect_of(study.data, outcome, study.sample, study.plan.level, true);
    }
    if (outcome.kind == OutcomeKind::time_to_first) {
        study.curves = survival_curves(study.data, outcome, study.sample, study.plan.level);
        const auto ratio = [&](bool adjusted, std::string& proportionality) {
            return hazard_ratio_of(study.data, outcome, study.sample, study.plan.level, adjusted,
                                   proportionality);
        };
        study.hazard_ratio = ratio(false, study.proportionality);
        std::string of_adjusted;
        if (!study.data.covariates.empty()) study.adjusted_hazard_ratio = ratio(true, of_adjusted);
        if (study.proportionality.empty()) study.proportionality = of_adjusted;
    }
    find_subgroups(study);
    check_sensitivity(study, threads);
    return true;
}

}  // namespace alongside::evidence
