// Frames against R's model.matrix; missing values, outcomes and groups; what can't be used.
#include "evidence/frame.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fmt/format.h>

#include "evidence/csv.h"
#include "tests/evidence_files.h"

using namespace alongside::evidence;
using namespace alongside::evidence_files;

namespace {

// In R: d <- read.csv("Rossi.csv", stringsAsFactors = TRUE); m <- model.matrix(formula, d);
// colnames(m); colSums(m); m[39, ]
struct MatrixCase {
    std::string formula;
    std::vector<std::string> columns;
    std::vector<double> sums, row_39;
};
const std::vector<MatrixCase> matrices = {
    {R"(~ fin + age + race*prio)",
     {"(Intercept)", "finyes", "age", "raceother", "prio", "raceother:prio"},
     {432, 216, 10626, 53, 1289, 195},
     {1, 1, 19, 0, 4, 0}},
    {R"(~ 0 + fin + mar)",
     {"finno", "finyes", "marnot married"},
     {216, 216, 379},
     {0, 1, 1}},
    {R"(~ fin:mar)",
     {"(Intercept)", "finno:marmarried", "finyes:marmarried", "finno:marnot married",
      "finyes:marnot married"},
     {432, 29, 24, 187, 192},
     {1, 0, 0, 0, 1}},
    {R"(~ age + fin:mar)",
     {"(Intercept)", "age", "finno:marmarried", "finyes:marmarried", "finno:marnot married",
      "finyes:marnot married"},
     {432, 10626, 29, 24, 187, 192},
     {1, 19, 0, 0, 0, 1}},
    {R"(~ (fin + mar + race)^2 - fin:mar)",
     {"(Intercept)", "finyes", "marnot married", "raceother", "finyes:raceother",
      "marnot married:raceother"},
     {432, 216, 379, 53, 22, 44},
     {1, 1, 1, 0, 0, 0}},
    {R"(~ fin/age)",
     {"(Intercept)", "finyes", "finno:age", "finyes:age"},
     {432, 216, 5232, 5394},
     {1, 1, 0, 19}},
    {R"(~ age %in% fin)",
     {"(Intercept)", "age:finno", "age:finyes"},
     {432, 5232, 5394},
     {1, 0, 19}},
    {R"(~ log(age) + I(prio^2) + sqrt(prio))",
     {"(Intercept)", "log(age)", "I(prio^2)", "sqrt(prio)"},
     {432, 1372.054070434544, 7461, 661.471664949694},
     {1, 2.94443897916644, 16, 2}},
    {R"(~ poly(age, 2, raw=TRUE))",
     {"(Intercept)", "poly(age, 2, raw = TRUE)1", "poly(age, 2, raw = TRUE)2"},
     {432, 10626, 277478},
     {1, 19, 361}},
    {R"(~ poly(age, 3))",
     {"(Intercept)", "poly(age, 3)1", "poly(age, 3)2", "poly(age, 3)3"},
     {432, 0, 0, 0},
     {1, -0.0441014493785804, 0.0449777800166585, -0.0290557047440047}},
    {R"(~ factor(educ)*fin)",
     {"(Intercept)", "factor(educ)3", "factor(educ)4", "factor(educ)5", "factor(educ)6",
      "finyes", "factor(educ)3:finyes", "factor(educ)4:finyes", "factor(educ)5:finyes",
      "factor(educ)6:finyes"},
     {432, 239, 119, 39, 11, 216, 122, 62, 18, 7},
     {1, 1, 0, 0, 0, 1, 1, 0, 0, 0}},
    {R"(~ relevel(race, ref="other") + I(age > 25))",
     {"(Intercept)", "relevel(race, ref = \"other\")black", "I(age > 25)TRUE"},
     {432, 379, 130},
     {1, 1, 0}},
    {R"(~ factor(educ, levels = c(4, 3, 2, 5, 6)))",
     {"(Intercept)", "factor(educ, levels = c(4, 3, 2, 5, 6))3",
      "factor(educ, levels = c(4, 3, 2, 5, 6))2", "factor(educ, levels = c(4, 3, 2, 5, 6))5",
      "factor(educ, levels = c(4, 3, 2, 5, 6))6"},
     {432, 239, 24, 39, 11},
     {1, 1, 0, 0, 0}},
    {R"(~ cut(age, c(0, 20, 25, Inf)) + scale(prio))",
     {"(Intercept)", "cut(age, c(0, 20, 25, Inf))(20,25]", "cut(age, c(0, 20, 25, Inf))(25,Inf]",
      "scale(prio)"},
     {432, 175, 130, 0},
     {1, 0, 0, 0.35089087231800373}},
    {R"(~ factor(educ, 2:6, labels = c("b", "c", "d", "e", "f")))",
     {"(Intercept)", R"(factor(educ, 2:6, labels = c("b", "c", "d", "e", "f"))c)",
      R"(factor(educ, 2:6, labels = c("b", "c", "d", "e", "f"))d)",
      R"(factor(educ, 2:6, labels = c("b", "c", "d", "e", "f"))e)",
      R"(factor(educ, 2:6, labels = c("b", "c", "d", "e", "f"))f)"},
     {432, 239, 119, 39, 11},
     {1, 1, 0, 0, 0}},
    {R"(~ cut(age, breaks = c(17, 20, 44.25), right = FALSE, include.lowest = TRUE))",
     {"(Intercept)",
      "cut(age, breaks = c(17, 20, 44.25), right = FALSE, include.lowest = TRUE)[20,44.2]"},
     {432, 366},
     {1, 0}},
    {R"(~ fin*mar - fin)",
     {"(Intercept)", "marnot married", "finyes:marmarried", "finyes:marnot married"},
     {432, 379, 24, 192},
     {1, 1, 0, 1}},
    {R"(~ age:prio + fin:age:race)",
     {"(Intercept)", "age:prio", "age:finno:raceblack", "age:finyes:raceblack",
      "age:finno:raceother", "age:finyes:raceother"},
     {432, 30936, 4481, 4839, 751, 555},
     {1, 76, 0, 19, 0, 0}},
    {R"(~ fin + mar:race - 1)",
     {"finno", "finyes", "marmarried:raceblack", "marnot married:raceblack",
      "marmarried:raceother", "marnot married:raceother"},
     {216, 216, 44, 335, 9, 44},
     {0, 1, 0, 1, 0, 0}},
    {R"(~ race %in% fin)",
     {"(Intercept)", "raceblack:finno", "raceother:finno", "raceblack:finyes",
      "raceother:finyes"},
     {432, 185, 31, 194, 22},
     {1, 0, 0, 1, 0}},
    {R"(~ I(age/10) + exp(-prio) + (age > 30))",
     {"(Intercept)", "I(age/10)", "exp(-prio)", "age > 30TRUE"},
     {432, 1062.6, 96.9911702321164, 64},
     {1, 1.9, 0.0183156388887342, 0}},
    {R"(~ fin + offset(log(age)) + log(prio + 1))",
     {"(Intercept)", "finyes", "log(prio + 1)"},
     {432, 216, 508.131299738364},
     {1, 1, 1.6094379124341}},
};

Frame framed(const std::string& file, const std::string& formula, const FrameOptions& how = {}) {
    const auto table = read_csv(file);
    EXPECT_TRUE(table) << table.error().sentence;
    const auto parsed = parse_formula(formula);
    EXPECT_TRUE(parsed) << parsed.error().sentence;
    auto made = make_frame(*table, *parsed, how);
    EXPECT_TRUE(made) << made.error().sentence;
    return made ? std::move(*made) : Frame{};
}

std::string refused(const std::string& text, const std::string& formula,
                    const FrameOptions& how = {}) {
    const WrittenFile file(text);
    const auto table = read_csv(file.path(), {.shown_as = "t.csv"});
    if (!table) return table.error().sentence;
    const auto parsed = parse_formula(formula);
    if (!parsed) return parsed.error().sentence;
    const auto made = make_frame(*table, *parsed, how);
    return made ? "" : made.error().sentence;
}

const std::string rossi = "tests/evidence/Rossi.csv", lung = "tests/evidence/lung.csv";

}  // namespace

TEST(Frames, AreCodedAsModelMatrixDoes) {
    for (const auto& one : matrices) {
        const auto frame = framed(rossi, one.formula);
        ASSERT_EQ(frame.design.columns, one.columns) << one.formula;
        for (std::size_t c = 0; c < one.columns.size(); ++c) {
            const auto column = frame.design.x.col(static_cast<Eigen::Index>(c));
            EXPECT_NEAR(column.sum(), one.sums[c], 1e-12 * std::max(1.0, std::abs(one.sums[c])))
                << one.formula << " " << one.columns[c];
            EXPECT_NEAR(column[38], one.row_39[c], 1e-13 * std::max(1.0, one.row_39[c]))
                << one.formula << " " << one.columns[c];
        }
    }
}

// A column that is in the design may go, but not while another term reads the same numbers.
TEST(Frames, OfATableThatMayGoAreTheSame) {
    const auto formula = parse_formula("~ age + I(age) + fin:prio + age:prio + log(prio + 1)");
    ASSERT_TRUE(formula);
    auto table = read_csv(rossi);
    ASSERT_TRUE(table);
    const auto kept = make_frame(*table, *formula);
    const auto spent = make_frame(std::move(*table), *formula);
    ASSERT_TRUE(kept && spent);
    EXPECT_EQ(kept->design.columns, spent->design.columns);
    EXPECT_TRUE(kept->design.x == spent->design.x);
    EXPECT_EQ(table->find("week")->numbers.size(), 432U);
    EXPECT_EQ(table->line_of(7), 9U);
}

TEST(Frames, OffsetsAreSummedAndStayOutOfTheDesign) {
    const auto frame = framed(rossi, "~ fin + offset(log(age)) + offset(prio)");
    EXPECT_EQ(frame.design.columns.size(), 2U);
    EXPECT_NEAR(frame.offset[38], std::log(19.0) + 4, 1e-14);
}

TEST(Frames, LeaveOutWhoHasMissingValuesAndSayWhy) {
    // In R: d <- read.csv("lung.csv"); model.frame(…); nrow(): 180
    const auto frame = framed(lung, "Surv(time, status) ~ factor(ph.ecog) + meal.cal");
    EXPECT_EQ(frame.size(), 180U);
    EXPECT_EQ(frame.missing_rows, 48U);
    ASSERT_EQ(frame.missing_by.size(), 2U);
    EXPECT_EQ(frame.missing_by[0], std::make_pair(std::string("factor(ph.ecog)"), std::size_t{1}));
    EXPECT_EQ(frame.missing_by[1], std::make_pair(std::string("meal.cal"), std::size_t{47}));
    EXPECT_EQ(frame.rows[4], 6U);   // the third and the fifth have no meal.cal
    // 1 is censored, 2 is dead: sum((d$status == 2)[complete])
    EXPECT_EQ(frame.event.sum(), 133);
    EXPECT_EQ(frame.response, "Surv(time, status)");
}

TEST(Frames, TakeEveryOtherColumnForADot) {
    const WrittenFile file("y,a,b,c\n1,2,x,3\n2,3,z,5\n4,1,x,9\n");
    EXPECT_EQ(framed(file.path(), "y ~ .").design.columns,
              (std::vector<std::string>{"(Intercept)", "a", "bz", "c"}));
    EXPECT_EQ(framed(file.path(), "log(y) ~ . - a").design.columns,
              (std::vector<std::string>{"(Intercept)", "bz", "c"}));
}

TEST(Frames, UseOutcomesOfTwoWords) {
    const WrittenFile file("y,t,x\nno,F,1\nyes,T,2\nyes,F,4\n");
    const auto words = framed(file.path(), "y ~ x");
    EXPECT_EQ(words.response_levels, (std::vector<std::string>{"no", "yes"}));
    EXPECT_EQ(words.y, Vector(Eigen::Vector3d(0, 1, 1)));
    const auto truths = framed(file.path(), "t ~ x");
    EXPECT_EQ(truths.response_levels, (std::vector<std::string>{"FALSE", "TRUE"}));
    EXPECT_EQ(truths.y, Vector(Eigen::Vector3d(0, 1, 0)));
    EXPECT_EQ(framed(file.path(), "x ~ t").design.columns[1], "tTRUE");
}

TEST(Frames, CountSuccessesAndFailures) {
    const WrittenFile file("s,f,w\n3,1,2\n0,0,1\n2,2,1\n");
    const auto frame = framed(file.path(), "cbind(s, f) ~ 1", {.weights = "w"});
    EXPECT_EQ(frame.y, Vector(Eigen::Vector3d(0.75, 0, 0.5)));
    EXPECT_EQ(frame.trials, Vector(Eigen::Vector3d(4, 0, 4)));
    EXPECT_EQ(frame.weights, Vector(Eigen::Vector3d(8, 0, 4)));
}

TEST(Frames, GroupAsSurvfitNamesGroups) {
    // In R: names(survfit(Surv(week, arrest) ~ fin + race, Rossi)$strata)
    const auto frame = framed(rossi, "Surv(week, arrest) ~ fin + race", {.terms_are_groups = true});
    EXPECT_EQ(frame.groups.names,
              (std::vector<std::string>{"fin=no, race=black", "fin=no, race=other",
                                        "fin=yes, race=black", "fin=yes, race=other"}));
    EXPECT_EQ(frame.groups.of_row[2], 1);
    const auto padded =
        framed(rossi, "Surv(week, arrest) ~ race + fin", {.terms_are_groups = true});
    EXPECT_EQ(padded.groups.names[0], "race=black, fin=no ");
    // In R: levels(strata(d$race)), levels(strata(d$educ)): named by the value where it is a word
    EXPECT_EQ(framed(rossi, "Surv(week, arrest) ~ strata(race)").strata.names,
              (std::vector<std::string>{"black", "other"}));
    EXPECT_EQ(framed(rossi, "Surv(week, arrest) ~ strata(educ)").strata.names[0], "educ=2");
}

TEST(Frames, DropLevelsThatNobodyLeftHas) {
    const WrittenFile file("y,g,x\n1,a,1\n2,b,\n3,c,4\n5,a,2\n");
    EXPECT_EQ(framed(file.path(), "y ~ g + x").design.columns,
              (std::vector<std::string>{"(Intercept)", "gc", "x"}));
}

// As many columns as people tell nothing, and take minutes.
TEST(Frames, RefuseAColumnForEachOfThousandsOfLevels) {
    std::string text = "y,id,wing\n";
    for (int i = 0; i < 1200; ++i) text += fmt::format("{},P{},W{}\n", i % 2, i, i % 40);
    EXPECT_EQ(refused(text, "y ~ id"),
              "t.csv: id has 1,200 different values in 1,200 rows, and would take a column each; "
              "leave it out of the formula, or name it with --cluster if it says whose rows belong "
              "together");
    const WrittenFile file(text);
    EXPECT_EQ(framed(file.path(), "y ~ wing").design.columns.size(), 40u);
}

TEST(Frames, NameTheRowThatCannotBeUsed) {
    EXPECT_EQ(refused("t,e\n1,0\n-2,1\n", "Surv(t, e) ~ 1"),
              "t.csv:3:1: t is -2: a time is nought or more");
    EXPECT_EQ(refused("a,b,e\n0,1,1\n5,5,1\n", "Surv(a, b, e) ~ 1"),
              "t.csv:3:2: a is 5 and b is 5: a stop comes after its start");
    EXPECT_EQ(refused("t,e\n1,0\n2,3\n", "Surv(t, e) ~ 1"),
              "t.csv:3:2: e is 3: an event is 0 or 1 (or 1 and 2 for all, or two words)");
    // Of 0, 1 and 2 the one that is there least is wrong.
    EXPECT_EQ(refused("t,e\n1,1\n2,2\n3,0\n4,2\n", "Surv(t, e) ~ 1"),
              "t.csv:4:2: e is 0: an event is 0 or 1 (or 1 and 2 for all, or two words)");
    EXPECT_EQ(refused("t,e\n1,1\n2,2\n3,0\n4,0\n", "Surv(t, e) ~ 1"),
              "t.csv:3:2: e is 2: an event is 0 or 1 (or 1 and 2 for all, or two words)");
    EXPECT_EQ(refused("t,e\n1,a\n2,b\n3,c\n", "Surv(t, e) ~ 1"),
              "t.csv:4:2: e has 3 different values: an event is 0 or 1, FALSE or TRUE, or one of "
              "two words");
    EXPECT_EQ(refused("y,x\n1,2\n2,oops\n", "y ~ log(x)"),
              "t.csv:3:2: \"oops\" in column \"x\" is no number, and log needs numbers");
    EXPECT_EQ(refused("y,x\n1,2\n2,0\n", "y ~ log(x)"),
              "t.csv:3: log(x) is -Inf: no model can use it");
    EXPECT_EQ(refused("y,w\n1,2\n\n2,-1\n", "y ~ 1", {.weights = "w"}),
              "t.csv:4:2: the weight w is -1: weights are nought or more");
    EXPECT_EQ(refused("y,x\n1,\n,3\n", "y ~ x"),
              "t.csv: no row is complete; missing in 2 rows: y (1), x (1)");
    EXPECT_EQ(refused("y,x\n", "y ~ x"), "t.csv: there are no rows below the header");
    EXPECT_EQ(refused("y,x\na,1\nb,2\nc,3\n", "y ~ x"),
              "t.csv:4:1: y has 3 values (a, b, c); an outcome in words has two");
    EXPECT_EQ(refused("y,x\n1,2\ntwo,3\n3,4\n", "y ~ x"),
              "t.csv:3:1: \"two\" in column \"y\" is no number, and the outcome needs numbers");
}

TEST(Frames, AskWhatWasMeantByAName) {
    EXPECT_EQ(refused("week,arrest,age\n1,0,20\n", "arrest ~ agee"),
              "The formula: t.csv has no column \"agee\": did you mean \"age\"?\n"
              "    arrest ~ agee\n"
              "             ^");
    EXPECT_EQ(refused("week,arrest,age\n1,0,20\n", "arrest ~ age", {.weights = "zzzz"}),
              "t.csv has no column \"zzzz\". Its columns: week, arrest, age");
}

TEST(Frames, HoldOneRow) {
    const WrittenFile file("y,x\n3,4\n");
    const auto frame = framed(file.path(), "y ~ x + I(x * 2) + log(x, 2)");
    EXPECT_EQ(frame.size(), 1U);
    EXPECT_EQ(frame.design.x.row(0), (Eigen::RowVector4d(1, 4, 8, 2)));
}
