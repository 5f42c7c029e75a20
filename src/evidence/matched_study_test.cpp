#include "evidence/matched_study.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cmath>
#include <fstream>
#include <iterator>

#include "evidence/csv.h"
#include "evidence/numbers.h"

namespace alongside::evidence {
namespace {

const std::string lalonde_formula =
    "treat ~ age + educ + race + married + nodegree + re74 + re75";

Table lalonde_table() {
    auto table = read_csv("tests/evidence/lalonde.csv");
    EXPECT_TRUE(table.has_value());
    return std::move(*table);
}

const boost::json::object& lalonde_reference() {
    static const boost::json::value all = [] {
        std::ifstream file("tests/evidence/reference.json");
        return boost::json::parse(std::string(std::istreambuf_iterator<char>(file), {}));
    }();
    return all.as_object();
}

void expect_close(double ours, const boost::json::value& theirs, const std::string& what,
                  double relative = 1e-10) {
    if (theirs.is_string()) {
        EXPECT_TRUE(std::isnan(ours)) << what;
        return;
    }
    const double wanted = theirs.to_number<double>();
    EXPECT_LE(std::abs(ours - wanted), std::max(1e-12, relative * std::abs(wanted)))
        << what << ": " << ours << " against " << wanted;
}

struct LalondeCase {
    std::string name;                   // as in the files and the reference
    std::optional<double> caliper;
    bool on_log_odds = false;
    VisitOrder order = VisitOrder::largest;
};

MatchPlan lalonde_plan(const LalondeCase& one) {
    MatchPlan plan;
    plan.formula = lalonde_formula;
    plan.outcome = "re78";
    plan.id = "id";
    plan.on_log_odds = one.on_log_odds;
    plan.match.caliper_sds = one.caliper;
    plan.match.order = one.order;
    return plan;
}

const std::vector<LalondeCase> lalonde_cases = {
    {"nocal_ps", std::nullopt},
    {"cal0.2_ps", 0.2},
    {"cal0.1_ps", 0.1},
    {"cal0.2_logit", 0.2, true},
    {"cal0.2_ps_smallest_first", 0.2, false, VisitOrder::smallest},
};

// "raceblack" is "black" in the reference.
const BalanceLine& line_named(const MatchedStudy& study, const std::string& name) {
    for (const BalanceLine& line : study.balance)
        if (line.name == name || line.name == "race" + name) return line;
    ADD_FAILURE() << "no line " << name;
    return study.balance.front();
}

void expect_reference_counts(const MatchedStudy& study, const std::string& key) {
    const auto& counts = lalonde_reference().at(key + ".n").as_object();
    EXPECT_EQ(static_cast<double>(study.matching.pairs.size()),
              counts.at("pairs").to_number<double>());
    expect_close(study.matching.caliper, counts.at("caliper"), key + " caliper");
    expect_close(study.matching.largest_gap, counts.at("max_abs_diff"), key + " largest gap");
    expect_close(study.matching.sum_of_gaps, counts.at("sum_abs_diff"), key + " sum of gaps");
}

void expect_reference_balance(const MatchedStudy& study, const std::string& key) {
    for (const auto& [name, value] : lalonde_reference().at("lalonde.smd_before").as_object())
        expect_close(line_named(study, name).before.smd, value, "before " + std::string(name));
    for (const auto& [name, value] : lalonde_reference().at(key + ".smd_after").as_object())
        expect_close(line_named(study, name).after.smd, value, key + " " + std::string(name));
    for (const auto& [name, value] : lalonde_reference().at(key + ".varratio_after").as_object())
        expect_close(line_named(study, name).after.variance_ratio, value,
                     key + " ratio of " + std::string(name));
    expect_close(line_named(study, "age").after.ecdf_max,
                 lalonde_reference().at(key + ".ecdf_mean_max_age").at("max"), key + " eCDF");
}

void expect_reference_effect(const MatchedStudy& study, const std::string& key) {
    ASSERT_TRUE(study.effect.has_value());
    const auto& plain = lalonde_reference().at(key + ".ATT").as_object();
    expect_close(study.effect->value, plain.at("att"), key + " att");
    expect_close(study.effect->clustered.value, plain.at("att"), key + " att by regression");
    expect_close(study.effect->paired.se, plain.at("paired_se"), key + " paired se");
    expect_close(study.effect->clustered.se, plain.at("cluster_HC1_se"), key + " cluster se");
    const auto& adjusted = lalonde_reference().at(key + ".ATT_regadj").as_object();
    expect_close(study.effect->adjusted.value, adjusted.at("att"), key + " adjusted att");
    expect_close(study.effect->adjusted.se, adjusted.at("cluster_HC1_se"), key + " adjusted se");
}

TEST(MatchedStudy, LalondePairsEqualTheReferencePairForPair) {
    const Table table = lalonde_table();
    const Column& id = *table.find("id");
    const auto name_of = [&](std::size_t row) {
        return id.words[static_cast<std::size_t>(id.codes[row])];
    };
    for (const LalondeCase& one : lalonde_cases) {
        const auto study = match_people(table, lalonde_plan(one));
        ASSERT_TRUE(study.has_value()) << one.name;
        const auto wanted = read_csv("tests/evidence/lalonde_pairs_" + one.name + ".csv");
        ASSERT_TRUE(wanted.has_value());
        ASSERT_EQ(study->matching.pairs.size(), wanted->rows) << one.name;
        const Column &treated = wanted->columns[0], &control = wanted->columns[1];
        for (std::size_t i = 0; i < wanted->rows; ++i) {
            const MatchedPair& pair = study->matching.pairs[i];
            EXPECT_EQ(name_of(study->frame.rows[pair.treated]),
                      treated.words[static_cast<std::size_t>(treated.codes[i])]);
            EXPECT_EQ(name_of(study->frame.rows[pair.comparison]),
                      control.words[static_cast<std::size_t>(control.codes[i])]);
        }
    }
}

TEST(MatchedStudy, LalondeNumbersEqualTheReference) {
    const Table table = lalonde_table();
    for (const LalondeCase& one : lalonde_cases) {
        const auto study = match_people(table, lalonde_plan(one));
        ASSERT_TRUE(study.has_value());
        const std::string key = "lalonde." + one.name;
        expect_reference_counts(*study, key);
        expect_reference_balance(*study, key);
        expect_reference_effect(*study, key);
        expect_close(study->matching.score_sd,
                     lalonde_reference().at("lalonde.sd_ps_all").at(one.on_log_odds ? "logit"
                                                                                    : "ps"),
                     "sd of the score");
    }
}

TEST(MatchedStudy, LalondeScoresEqualTheReference) {
    const auto study = match_people(lalonde_table(), lalonde_plan(lalonde_cases[0]));
    const auto scores = read_csv("tests/evidence/lalonde_ps.csv");
    ASSERT_TRUE(study && scores);
    const Column& ps = scores->columns[1];
    for (std::size_t i = 0; i < scores->rows; ++i) {
        const double wanted = ps.is_number
                                  ? ps.numbers[i]
                                  : std::stod(ps.words[static_cast<std::size_t>(ps.codes[i])]);
        EXPECT_NEAR(study->score[i], wanted, 1e-14);
    }
    const auto& fit = lalonde_reference().at("lalonde.ps.fit").as_object();
    expect_close(study->propensity.fit.deviance, fit.at("deviance"), "deviance");
    expect_close(study->propensity.fit.null_deviance, fit.at("null"), "null deviance");
    expect_close(study->propensity.fit.aic, fit.at("aic"), "aic");
    const auto lines = term_lines(study->propensity.fit, 0.95);
    for (const TermLine& line : lines) {
        expect_close(line.coef, lalonde_reference().at("lalonde.ps.coef").at(line.name),
                     line.name);
        expect_close(line.se, lalonde_reference().at("lalonde.ps.se").at(line.name), line.name,
                     1e-8);
    }
}

Table synthetic_table(std::vector<Column> columns) {
    Table table;
    table.file = "made.csv";
    table.columns = std::move(columns);
    table.rows = table.columns.front().size();
    return table;
}

Column numbers_called(std::string name, std::vector<double> values) {
    Column column;
    column.name = std::move(name);
    column.numbers = std::move(values);
    return column;
}

Table eight_people(std::vector<double> outcome) {
    return synthetic_table({numbers_called("id", {1, 2, 3, 4, 5, 6, 7, 8}),
                            numbers_called("treat", {1, 1, 1, 0, 0, 0, 0, 0}),
                            numbers_called("age", {30, 41, 25, 29, 40, 33, 50, 26}),
                            numbers_called("wing", {1, 2, 1, 1, 1, 2, 2, 2}),
                            numbers_called("y", std::move(outcome))});
}

MatchPlan plan_for_eight() {
    MatchPlan plan;
    plan.formula = "treat ~ age";
    plan.outcome = "y";
    return plan;
}

TEST(MatchedStudy, AMissingOutcomeTakesItsPairAway) {
    // Matching doesn't look at outcomes, so who is matched with whom stays the same.
    const auto whole = match_people(eight_people({1, 2, 3, 4, 5, 6, 7, 8}), plan_for_eight());
    const auto torn =
        match_people(eight_people({missing, 2, 3, 4, 5, 6, 7, 8}), plan_for_eight());
    ASSERT_TRUE(whole && torn);
    EXPECT_EQ(whole->matching.pairs, torn->matching.pairs);
    EXPECT_EQ(whole->effect->sets, 3u);
    EXPECT_EQ(torn->effect->sets, 2u);
    EXPECT_EQ(torn->effect->sets_lost, 1u);
    const auto none = match_people(
        eight_people({missing, missing, missing, 4, 5, 6, 7, 8}), plan_for_eight());
    ASSERT_TRUE(none.has_value());
    EXPECT_FALSE(none->effect.has_value());
    EXPECT_EQ(none->warnings.back(),
              "No matched set has its outcomes: all of them are missing.");
}

TEST(MatchedStudy, ExactColumnsKeepPairsWithin) {
    const Table table = eight_people({1, 2, 3, 4, 5, 6, 7, 8});
    MatchPlan plan = plan_for_eight();
    plan.exact = {"wing"};
    const auto study = match_people(table, plan);
    ASSERT_TRUE(study.has_value());
    EXPECT_EQ(study->matching.pairs.size(), 3u);
    const Column& wing = *table.find("wing");
    for (const MatchedPair& pair : study->matching.pairs)
        EXPECT_EQ(wing.numbers[pair.treated], wing.numbers[pair.comparison]);
}

TEST(MatchedStudy, NobodyWithinTheCaliperIsSaid) {
    MatchPlan plan = plan_for_eight();
    plan.match.caliper_sds = 1e-9;
    const auto study = match_people(eight_people({1, 2, 3, 4, 5, 6, 7, 8}), plan);
    ASSERT_TRUE(study.has_value());
    EXPECT_TRUE(study->matching.pairs.empty());
    EXPECT_EQ(study->warnings.back(),
              "Nobody was matched: no comparison is near enough to anybody.");
    EXPECT_TRUE(std::isnan(study->balance[1].after.smd));
    const auto others = at_other_calipers(*study, plan, std::vector<double>{1e-8, 5});
    ASSERT_EQ(others.size(), 2u);
    EXPECT_EQ(others[0].matched, 0u);
    EXPECT_EQ(others[1].matched, 3u);
    EXPECT_FALSE(std::isnan(others[1].effect.value));
}

TEST(MatchedStudy, SeparationIsSaid) {
    Table table = eight_people({1, 2, 3, 4, 5, 6, 7, 8});
    table.columns[2].numbers = {60, 61, 62, 20, 21, 22, 23, 24};
    const auto study = match_people(table, plan_for_eight());
    ASSERT_TRUE(study.has_value());
    ASSERT_FALSE(study->warnings.empty());
    EXPECT_NE(study->warnings.front().find("told apart completely by"), std::string::npos);
}

TEST(MatchedStudy, BadInputIsNamed) {
    Table table = eight_people({1, 2, 3, 4, 5, 6, 7, 8});
    MatchPlan plan = plan_for_eight();
    plan.id = "id";
    table.columns[0].numbers[4] = 2;
    EXPECT_EQ(match_people(table, plan).error().sentence,
              "made.csv:6:1: the id is already in line 3; each person may be there once");
    plan.id = "";
    table.columns[1].numbers.assign(8, 0.0);
    EXPECT_EQ(match_people(table, plan).error().sentence,
              "Nobody was treated: there is no one to find a match for.");
    table.columns[1].numbers.assign(8, 1.0);
    EXPECT_EQ(match_people(table, plan).error().sentence,
              "Everybody was treated: there is no one to compare with.");
    table.columns[1].numbers[3] = 2;
    EXPECT_NE(match_people(table, plan).error().sentence.find(":5: "), std::string::npos);
    plan.outcome = "nothing";
    table.columns[1].numbers = {1, 1, 1, 0, 0, 0, 0, 0};
    EXPECT_FALSE(match_people(table, plan).has_value());
    plan = plan_for_eight();
    plan.exact = {"nothing"};
    EXPECT_FALSE(match_people(table, plan).has_value());
    plan = plan_for_eight();
    plan.formula = "~ age";
    EXPECT_FALSE(match_people(table, plan).has_value());
}

TEST(MatchedStudy, TwoPeopleMakeOnePairWithoutAnInterval) {
    const auto study = match_people(
        synthetic_table({numbers_called("treat", {1, 0}), numbers_called("age", {30, 30}),
                         numbers_called("y", {5, 3})}),
        plan_for_eight());
    ASSERT_TRUE(study.has_value());
    ASSERT_TRUE(study->effect.has_value());
    EXPECT_EQ(study->effect->value, 2);
    EXPECT_TRUE(std::isnan(study->effect->clustered.se));
    EXPECT_TRUE(std::isnan(study->effect->paired.p));
}

TEST(MatchedStudy, ABinaryOutcomeHasRisksAndPairsThatDiffer) {
    const auto study = match_people(eight_people({1, 1, 0, 0, 0, 1, 1, 0}), plan_for_eight());
    ASSERT_TRUE(study && study->effect && study->effect->binary);
    const BinaryEffect& b = *study->effect->binary;
    EXPECT_NEAR(b.risk_treated, 2.0 / 3, 1e-14);
    EXPECT_NEAR(b.risk_treated - b.risk_comparison, study->effect->value, 1e-14);
    ASSERT_TRUE(b.only_treated_only_comparison.has_value());
    ASSERT_TRUE(study->bounds.has_value());
    EXPECT_EQ(study->bounds->test, "McNemar");
}

}  // namespace
}  // namespace alongside::evidence
