// Comparing people: drawn by lot, or matched as re-offending data labs do it.
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "evidence/matching.h"
#include "evidence/numbers.h"
#include "evidence/propensity.h"
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

Fallible<bool> match_people(Study& study, int threads) {
    const auto scores = scores_of(study, threads);
    if (!scores) return tl::make_unexpected(scores.error());
    const auto arms = is_in_programme(study.data);
    MatchOptions options;
    options.caliper_sds = study.plan.method.caliper;
    const auto matching = nearest_pairs(*scores, arms, options);
    if (!matching) return tl::make_unexpected(matching.error());
    if (matching->pairs.empty()) {
        return trouble(fmt::format("{}:{}:{}: nobody in the programme has anyone similar enough "
                                   "within the caliper", study.plan.file,
                                   study.plan.method.at.line, study.plan.method.at.column));
    }
    const auto weights = weights_of(*matching, study.data.table.rows);
    MatchedComparison matched;
    matched.treated = matching->matched_treated + matching->unmatched_treated.size();
    matched.unmatched = matching->unmatched_treated.size();
    matched.caliper = matching->caliper;
    matched.balance = balance_of(balanced_covariates(study.data), arms, {}, weights);
    matched.still_apart = out_of_balance(matched.balance, true);
    study.matched = std::move(matched);
    study.sample = sample_of(*matching);
    for (const double caliper : study.plan.method.other_calipers) {
        options.caliper_sds = caliper;
        const auto other = nearest_pairs(*scores, arms, options);
        StudyLine line{"", fmt::format("Caliper {}", caliper), {}, false};
        // So few pairs more or fewer than by the plan's caliper aren't told.
        const double pairs = other ? static_cast<double>(other->pairs.size()) : 0;
        const double apart = std::abs(pairs - static_cast<double>(matching->pairs.size()));
        if (!has_small({apart, pairs}, study.plan.smallest_cell)) {
            line.name += fmt::format(" ({} pairs)", pairs);
        }
        if (other && !other->pairs.empty()) {
            line.finding = effect_of(study.data, outcome_of(study.plan, study.data),
                                     sample_of(*other), study.plan.level, false);
        } else {
            line.finding.doubt = "no pairs";
        }
        study.calipers.push_back(std::move(line));
    }
    return true;
}

struct Level {
    std::string name;
    std::vector<std::size_t> places;    // in the sample
};

// The levels of a column in the sample: its values, if few; otherwise below and above the median.
std::vector<Level> levels_in(const Study& study, const std::string& name) {
    const auto& column = *study.data.table.find(name);
    const auto labels = labels_of(column);
    std::vector<Level> out;
    std::vector<double> values;
    const auto put_in = [&](const std::string& level, std::size_t place) {
        auto found = std::find_if(out.begin(), out.end(),
                                  [&](const Level& one) { return one.name == level; });
        if (found == out.end()) found = out.insert(out.end(), Level{level, {}});
        found->places.push_back(place);
    };
    for (const auto row : study.sample.rows) {
        if (column.is_number && !column.is_missing(row)) values.push_back(column.numbers[row]);
    }
    std::sort(values.begin(), values.end());
    auto distinct = values;
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    const bool is_split = distinct.size() > 6;
    const double middle = values.empty() ? 0 : values[values.size() / 2];
    for (std::size_t i = 0; i < study.sample.rows.size(); ++i) {
        const auto row = study.sample.rows[i];
        if (labels[row].empty()) {
            put_in("not known", i);
        } else if (is_split) {
            put_in(column.numbers[row] < middle ? fmt::format("below {}", middle)
                                                : fmt::format("{} and more", middle), i);
        } else {
            put_in(labels[row], i);
        }
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
        const auto levels = levels_in(study, named.text);
        std::vector<std::vector<std::size_t>> cells;
        for (const auto& level : levels) {
            const auto part = part_of(study.sample, level.places);
            cells.push_back(cells_of(study, part));
            study.subgroups.push_back({named.text, level.name,
                                       effect_of(study.data, outcome, part, study.plan.level,
                                                 false), false});
        }
        const auto hidden = hidden_rows(cells, static_cast<std::size_t>(study.plan.smallest_cell));
        for (std::size_t i = 0; i < levels.size(); ++i) {
            study.subgroups[study.subgroups.size() - levels.size() + i].is_hidden = hidden[i];
        }
        study.subgroup_p[named.text] = levels_differ(study.subgroups, named.text);
    }
}

}  // namespace

std::vector<std::size_t> cells_of(const Study& study, const Sample& sample) {
    const auto kind = study.plan.outcome.kind;
    const auto* had = kind == OutcomeKind::rate            ? &study.data.outcome
                      : kind == OutcomeKind::time_to_first ? &study.data.event
                                                           : nullptr;
    std::vector<std::size_t> out(4);
    for (const auto row : sample.rows) {
        const auto arm = static_cast<std::size_t>(study.data.arm[row]);
        ++out[2 * arm + (had && (*had)[row] == 1)];
    }
    return out;
}

Fallible<bool> study_people(Study& study, int threads) {
    study.has_groups = true;
    const auto outcome = outcome_of(study.plan, study.data);
    if (study.plan.method.kind == MethodKind::matched) {
        if (const auto done = match_people(study, threads); !done) return done;
        study.balance = study.matched->balance;
    } else {
        for (std::size_t row = 0; row < study.data.table.rows; ++row) {
            study.sample.rows.push_back(row);
        }
        study.balance = balance_of(balanced_covariates(study.data), is_in_programme(study.data), {},
                                   {}, Spread::pooled);
    }
    study.main = effect_of(study.data, outcome, study.sample, study.plan.level, false);
    // Time to first has no model of its own with covariates here: the curves stand alone.
    if (!study.data.covariates.empty() && outcome.kind != OutcomeKind::time_to_first) {
        study.adjusted = effect_of(study.data, outcome, study.sample, study.plan.level, true);
    }
    if (outcome.kind == OutcomeKind::time_to_first) {
        study.curves = survival_curves(study.data, outcome, study.sample, study.plan.level);
        study.hazard_ratio = hazard_ratio_of(study.data, outcome, study.sample, study.plan.level,
                                             study.proportionality);
    }
    find_subgroups(study);
    check_sensitivity(study, threads);
    return true;
}

}  // namespace alongside::evidence
