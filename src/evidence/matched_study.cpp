#include "evidence/matched_study.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace alongside::evidence {
namespace {

using Eigen::Index;

std::optional<Trouble> doubled_id(const Table& table, const std::string& id) {
    const auto column = table.column(id);
    if (!column) return column.error();
    std::unordered_map<double, std::size_t> first;
    for (std::size_t row = 0; row < table.rows; ++row) {
        if ((*column)->is_missing(row))
            return Trouble{fmt::format("{}: the id \"{}\" is missing", table.place(row, **column),
                                       id)};
        const double value = (*column)->is_number ? (*column)->numbers[row]
                                                  : static_cast<double>((*column)->codes[row]);
        const auto [there, is_new] = first.emplace(value, row);
        if (!is_new)
            return Trouble{fmt::format("{}: the id is already in line {}; each person may be there "
                                       "once", table.place(row, **column),
                                       table.line_of(there->second))};
    }
    return std::nullopt;
}

Fallible<Frame> frame_of_treatment(const Table& table, const MatchPlan& plan) {
    auto formula = parse_formula(plan.formula);
    if (!formula) return tl::make_unexpected(std::move(formula.error()));
    if (formula->response.size() != 1 || formula->is_survival)
        return trouble("Write who was treated before the ~, as in 'treat ~ age + race'.");
    for (const std::string& column : plan.exact) {
        if (const auto there = table.column(column); !there)
            return tl::make_unexpected(there.error());
        Expression exact;
        exact.name = column;
        formula->strata.push_back(std::move(exact));
    }
    auto frame = make_frame(table, *formula);
    if (!frame) return frame;
    for (Index i = 0; i < frame->y.size(); ++i)
        if (frame->y[i] != 0 && frame->y[i] != 1)
            return trouble(fmt::format(
                "{}:{}: {} must be 1 for the treated and 0 for the others (or one of two "
                "words), not {}", table.file,
                table.line_of(frame->rows[static_cast<std::size_t>(i)]), frame->response,
                frame->y[i]));
    return frame;
}

// The score in front, as MatchIt shows it; then what the formula names.
Fallible<Covariates> covariates_with_score(const Table& table, const MatchedStudy& study) {
    auto of_formula = covariates_of(table, study.frame.formula, study.frame.rows);
    if (!of_formula) return of_formula;
    Covariates out;
    out.names = {"distance"};
    out.names.insert(out.names.end(), of_formula->names.begin(), of_formula->names.end());
    out.x.resize(of_formula->x.rows(), of_formula->x.cols() + 1);
    out.x.col(0) = Eigen::Map<const Vector>(study.score.data(), out.x.rows());
    out.x.rightCols(of_formula->x.cols()) = of_formula->x;
    return out;
}

// The covariates of the adjusted model: the frame's columns without the one of ones.
Matrix adjusting_columns(const Frame& frame, std::vector<std::string>& names) {
    std::vector<Index> kept;
    for (Index j = 0; j < frame.design.x.cols(); ++j)
        if (frame.design.term_of[static_cast<std::size_t>(j)] != 0) kept.push_back(j);
    Matrix out(frame.design.x.rows(), static_cast<Index>(kept.size()));
    for (std::size_t j = 0; j < kept.size(); ++j) {
        out.col(static_cast<Index>(j)) = frame.design.x.col(kept[j]);
        names.push_back(frame.design.columns[static_cast<std::size_t>(kept[j])]);
    }
    return out;
}

Fallible<EffectOnTreated> effect_in(const MatchedStudy& study, const Matching& matching,
                                    const MatchPlan& plan) {
    std::vector<std::string> names;
    const Matrix columns = adjusting_columns(study.frame, names);
    return effect_on_treated(matching, plan.match.replace, study.outcome, columns, names,
                             plan.level);
}

void add_sensitivity(MatchedStudy& study, const MatchPlan& plan) {
    const EffectOnTreated& effect = *study.effect;
    if (plan.match.ratio == 1 && !plan.match.replace) {
        const std::vector<double> gammas = {1, 1.1, 1.25, 1.5, 1.75, 2, 2.5, 3};
        auto bounds =
            effect.binary
                ? mcnemar_bounds(effect.binary->only_treated_only_comparison->first,
                                 effect.binary->only_treated_only_comparison->second, gammas)
                : signed_rank_bounds(effect.differences, gammas);
        if (bounds) study.bounds = std::move(*bounds);
    }
    const auto e = effect.binary
                       ? e_value_of_risk_ratio({effect.binary->risk_ratio,
                                                effect.binary->ratio_lower,
                                                effect.binary->ratio_upper})
                       : e_value_of_mean_difference(effect.value / effect.sd_outcome,
                                                    effect.clustered.se / effect.sd_outcome);
    if (e) study.e_value = *e;
}

Fallible<bool> add_effect(MatchedStudy& study, const Table& table, const MatchPlan& plan) {
    auto outcome = outcome_of(table, plan.outcome, study.frame.rows);
    if (!outcome) return tl::make_unexpected(std::move(outcome.error()));
    study.outcome = std::move(*outcome);
    if (study.matching.pairs.empty()) return true;      // said already
    auto effect = effect_in(study, study.matching, plan);
    if (!effect) {
        study.warnings.push_back(effect.error().sentence);
        return true;
    }
    study.effect = std::move(*effect);
    add_sensitivity(study, plan);
    return true;
}

}  // namespace

Fallible<std::vector<double>> outcome_of(const Table& table, const std::string& expression,
                                         std::span<const std::size_t> rows) {
    const auto formula = parse_formula(expression + " ~ 1");
    if (!formula) return tl::make_unexpected(formula.error());
    const auto frame = make_frame(table, *formula);
    if (!frame) return tl::make_unexpected(frame.error());
    std::vector<double> of_table(table.rows, missing), out;
    for (std::size_t i = 0; i < frame->size(); ++i)
        of_table[frame->rows[i]] = frame->y[static_cast<Index>(i)];
    for (std::size_t row : rows) out.push_back(of_table[row]);
    return out;
}

Fallible<MatchedStudy> score_people(const Table& table, const MatchPlan& plan) {
    if (!plan.id.empty())
        if (auto wrong = doubled_id(table, plan.id)) return tl::make_unexpected(std::move(*wrong));
    MatchedStudy study;
    auto frame = frame_of_treatment(table, plan);
    if (!frame) return tl::make_unexpected(std::move(frame.error()));
    study.frame = std::move(*frame);
    for (Index i = 0; i < study.frame.y.size(); ++i)
        study.is_treated.push_back(study.frame.y[i] == 1 ? 1 : 0);

    auto propensity = propensity_of(observations(study.frame, plan.threads));
    if (!propensity) return tl::make_unexpected(std::move(propensity.error()));
    study.propensity = std::move(*propensity);
    study.warnings = study.propensity.warnings;
    const Vector& score = plan.on_log_odds ? study.propensity.linear : study.propensity.score;
    study.score.assign(score.begin(), score.end());
    study.support = common_support(study.score, study.is_treated);
    auto covariates = covariates_with_score(table, study);
    if (!covariates) return tl::make_unexpected(std::move(covariates.error()));
    study.covariates = std::move(*covariates);
    return study;
}

Fallible<PairedPeople> pair_by_score(std::span<const double> scores,
                                     std::span<const std::uint8_t> is_treated,
                                     const Covariates& covariates, const MatchOptions& options,
                                     Spread spread) {
    auto matching = nearest_pairs(scores, is_treated, options);
    if (!matching) return tl::make_unexpected(std::move(matching.error()));
    PairedPeople out{std::move(*matching), {}};
    std::vector<double> after;
    if (!out.matching.pairs.empty()) after = weights_of(out.matching, scores.size());
    out.balance = balance_of(covariates, is_treated, {}, after, spread);
    return out;
}

Fallible<MatchedStudy> match_people(const Table& table, const MatchPlan& plan) {
    auto scored = score_people(table, plan);
    if (!scored) return scored;
    MatchedStudy study = std::move(*scored);
    MatchOptions options = plan.match;
    options.exact = study.frame.strata.of_row;
    auto paired =
        pair_by_score(study.score, study.is_treated, study.covariates, options, plan.spread);
    if (!paired) return tl::make_unexpected(std::move(paired.error()));
    study.matching = std::move(paired->matching);
    study.balance = std::move(paired->balance);
    if (study.matching.pairs.empty())
        study.warnings.push_back("Nobody was matched: no comparison is near enough to anybody.");
    if (!plan.outcome.empty())
        if (auto done = add_effect(study, table, plan); !done)
            return tl::make_unexpected(std::move(done.error()));
    return study;
}

std::vector<OtherCaliper> at_other_calipers(const MatchedStudy& study, const MatchPlan& plan,
                                            std::span<const double> caliper_sds) {
    std::vector<OtherCaliper> out;
    const EffectEstimate unknown{missing, missing, missing, missing, missing, missing};
    for (double sds : caliper_sds) {
        MatchOptions options = plan.match;
        options.exact = study.frame.strata.of_row;
        options.caliper_sds = sds;
        const auto paired =
            pair_by_score(study.score, study.is_treated, study.covariates, options, plan.spread);
        if (!paired) continue;          // what could be wrong was already found by the first
        const Matching& matching = paired->matching;
        OtherCaliper line{sds, matching.caliper, matching.matched_treated,
                          matching.unmatched_treated.size(), missing, unknown, unknown};
        if (!matching.pairs.empty()) {
            line.largest_smd = 0;
            for (const BalanceLine& one : paired->balance)
                if (one.name != "distance")
                    line.largest_smd = std::max(line.largest_smd, std::abs(one.after.smd));
            if (!study.outcome.empty())
                if (const auto effect = effect_in(study, matching, plan)) {
                    line.effect = effect->clustered;
                    line.adjusted = effect->adjusted;
                }
        }
        out.push_back(line);
    }
    return out;
}

}  // namespace alongside::evidence
