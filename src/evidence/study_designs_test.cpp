// Studies of each design and choice, against R where R reckons the same.
#include <gtest/gtest.h>

#include <cmath>

#include "evidence/study_report.h"
#include "evidence/testing_study.h"

namespace alongside::evidence {
namespace {

// Four prisons over eight months; three start one after the other, in months 3, 5 and 7.
std::string stepped_rows() {
    const int starts[] = {3, 5, 7, 99};
    std::string out = "prison,month,has,score,events,people\n";
    for (int prison = 1; prison <= 4; ++prison) {
        for (int month = 1; month <= 8; ++month) {
            const int has = month >= starts[prison - 1];
            const double score =
                10 + prison * 2 + 0.3 * month + 1.5 * has + std::sin(7 * month + 3 * prison);
            const double events = 8 + 3 * prison - 2 * has + 2 * std::sin(5 * month + prison);
            out += fmt::format("{},{},{},{:.3f},{},{}\n", "ABCD"[prison - 1], month, has, score,
                               std::lround(events), 300 + 100 * prison);
        }
    }
    return out;
}

const std::string stepped_plan = R"(
title = "Did the prisons that began do better?"
question = "Did the score rise where it began?"
not_measured = ["other changes"]
[data]
file = "prisons.csv"
[comparison]
column = "has"
[outcome]
kind = "level"
column = "score"
words = "score"
unit = "marks"
better = "higher"
[method]
kind = "stepped rollout"
unit = "prison"
time = "month"
[effect]
smallest_worthwhile = 1
)";

// lm(score ~ prison + factor(month) + has); vcovCL(cluster = prison, type = "HC1")
TEST(StudyDesignTest, stepped_rollout_as_r) {
    const StudyFolder folder;
    folder.put("prisons.csv", stepped_rows());
    const auto study = study_of_plan(stepped_plan, folder.path);
    ASSERT_TRUE(study) << study.error().sentence;
    EXPECT_NEAR(study->main.value, 1.71025, 1e-9);
    EXPECT_NEAR(study->main.se, 1.11827972592579, 1e-9);
    EXPECT_EQ(study->main.n_programme, 12u);
    EXPECT_EQ(study->main.n_other, 20u);
    EXPECT_EQ(study->verdict, Verdict::cannot_tell);
    const auto page = as_page(report_of(*study, "1", "2026-01-01"));
    EXPECT_NE(page.find("A stepped rollout"), std::string::npos);
    EXPECT_NE(page.find("marks"), std::string::npos);
    EXPECT_NE(page.find("Only 4 places are compared"), std::string::npos);
    EXPECT_NE(fmt::format("{}", fmt::join(cautions_of(*study), "\n"))
                  .find("the same in every place and period"), std::string::npos);
}

// glm(events ~ prison + factor(month) + has + offset(log(people / 1000)), quasipoisson), likewise
TEST(StudyDesignTest, stepped_rollout_of_counts_as_r) {
    const StudyFolder folder;
    folder.put("prisons.csv", stepped_rows());
    auto text = changed_text(stepped_plan, "kind = \"level\"\ncolumn = \"score\"",
                             "kind = \"per 1000\"\ncolumn = \"events\"\npopulation = \"people\"");
    text = changed_text(text, "unit = \"marks\"\nbetter = \"higher\"", "better = \"lower\"");
    const auto study = study_of_plan(text, folder.path);
    ASSERT_TRUE(study) << study.error().sentence;
    EXPECT_NEAR(study->main.value, 0.923181742360356, 1e-8);
    EXPECT_NEAR(study->main.se, 0.0791391152225818, 1e-8);
}

TEST(StudyDesignTest, a_stepped_rollout_has_one_row_a_place_and_period) {
    const StudyFolder folder;
    folder.put("prisons.csv", stepped_rows() + "A,8,1,12,9,400\n");
    const auto study = study_of_plan(stepped_plan, folder.path);
    ASSERT_FALSE(study);
    EXPECT_NE(study.error().sentence.find("the lines 9 and 34 are both A in period 8"),
              std::string::npos) << study.error().sentence;
}

TEST(StudyDesignTest, in_a_stepped_rollout_the_programme_goes_on) {
    const StudyFolder folder;
    folder.put("prisons.csv", changed_text(stepped_rows(), "\nA,7,1,", "\nA,7,0,"));
    const auto study = study_of_plan(stepped_plan, folder.path);
    ASSERT_FALSE(study);
    EXPECT_NE(study.error().sentence.find("A has the programme in period 3 and not in period 7"),
              std::string::npos) << study.error().sentence;
}

const std::string before_after_plan = R"(
title = "Did wellbeing change?"
question = "Is wellbeing better after the course than before?"
not_measured = ["what else happened in these weeks"]
[data]
file = "course.csv"
[outcome]
kind = "score"
column = "after"
before = "before"
words = "wellbeing score"
better = "higher"
[method]
kind = "before and after"
[effect]
smallest_worthwhile = 2
)";

// t.test(after, before, paired = TRUE): t = 4.2451, df = 7, p = 0.0038
TEST(StudyDesignTest, before_and_after_never_says_that_the_programme_did_it) {
    const StudyFolder folder;
    folder.put("course.csv", "before,after\n10,14\n12,13\n9,13\n15,16\n11,16\n8,12\n14,14\n10,13\n"
                             "7,NA\n");
    const auto study = study_of_plan(before_after_plan, folder.path);
    ASSERT_TRUE(study) << study.error().sentence;
    EXPECT_NEAR(study->main.value, 2.75, 1e-12);
    EXPECT_NEAR(study->main.lower, 1.21820002877, 1e-10);
    EXPECT_NEAR(study->main.upper, 4.28179997123, 1e-10);
    EXPECT_EQ(study->main.n_programme, 8u);
    EXPECT_EQ(study->verdict, Verdict::better);
    const auto report = report_of(*study, "1", "2026-01-01");
    EXPECT_EQ(report.verdict, "Better afterwards than before");
    EXPECT_EQ(report.answer, "Wellbeing score: on average between 1.22 and 4.28 points higher "
                             "afterwards than before.");
    EXPECT_EQ(report.facts.front().second,
              "Before and after alone cannot show that the programme did it.");
    const auto cautions = cautions_of(*study);
    EXPECT_GE(cautions.size(), 4u);
    EXPECT_NE(fmt::format("{}", fmt::join(cautions, " ")).find("regression to the mean"),
              std::string::npos);
    EXPECT_NE(as_page(report).find("Afterwards"), std::string::npos);
}

TEST(StudyDesignTest, before_and_after_needs_both_columns) {
    const StudyFolder folder;
    folder.put("course.csv", "befor,after\n10,14\n12,13\n");
    const auto study = study_of_plan(before_after_plan, folder.path);
    ASSERT_FALSE(study);
    EXPECT_NE(study.error().sentence.find("did you mean \"befor\"?"), std::string::npos);
    EXPECT_FALSE(study_of_plan(changed_text(before_after_plan, "before = \"before\"\n", ""),
                               folder.path));
}

const std::string two_files_plan = R"(
title = "Did fewer come back?"
question = "Are fewer re-convicted within a year?"
covariates = ["age"]
not_measured = ["housing"]
[data]
file = "people.csv"
outcomes = "outcomes.csv"
id = "id"
[comparison]
column = "joined"
[outcome]
kind = "rate"
column = "reconvicted"
words = "were re-convicted"
better = "lower"
[method]
kind = "randomised"
[effect]
smallest_worthwhile = 5
)";

struct TwoFiles {
    std::string people = "id,joined,age\n", outcomes = "id,reconvicted\n";
    TwoFiles() {
        for (int i = 0; i < 80; ++i) {
            people += fmt::format("P{},{},{}\n", i, i % 2, 20 + i % 30);
            // The other way round: rows are joined by id, not by place. P7 and P8 have none.
            const int id = 79 - i;
            const bool was = id % 4 == 0 || (id % 4 == 1 && id < 40);
            if (id != 7 && id != 8) outcomes += fmt::format("P{},{:d}\n", id, was);
        }
    }
};

TEST(StudyDataTest, outcomes_may_stand_in_a_file_of_their_own) {
    const StudyFolder folder;
    const TwoFiles files;
    folder.put("people.csv", files.people);
    const auto plan = *parse_plan(two_files_plan, "plan.toml");
    EXPECT_TRUE(check_headers(plan, folder.path)) << "a plan is locked before outcomes are there";
    EXPECT_FALSE(study_of_plan(two_files_plan, folder.path));
    folder.put("outcomes.csv", files.outcomes);
    const auto study = study_of_plan(two_files_plan, folder.path);
    ASSERT_TRUE(study) << study.error().sentence;
    EXPECT_EQ(study->data.in_file, 80u);
    EXPECT_EQ(study->data.lost.back().lost, 2u);
    EXPECT_EQ(study->data.lost.back().why, "left out: no outcome in outcomes.csv");
    EXPECT_EQ(study->data.files.size(), 2u);
    // Of the 39 who joined those with 1, 5, 9 … 37; of the 39 others those with 0, 4, 12 … 76.
    EXPECT_EQ(study->main.n_programme, 39u);
    EXPECT_NEAR(study->main.programme, 100.0 * 10 / 39, 1e-10);
    EXPECT_NEAR(study->main.other, 100.0 * 19 / 39, 1e-10);
}

TEST(StudyDataTest, an_outcomes_file_that_does_not_fit_is_refused) {
    const StudyFolder folder;
    const TwoFiles files;
    const auto sentence = [&](const std::string& outcomes) {
        folder.put("people.csv", files.people);
        folder.put("outcomes.csv", outcomes);
        const auto study = study_of_plan(two_files_plan, folder.path);
        return study ? std::string() : study.error().sentence;
    };
    EXPECT_NE(sentence(files.outcomes + "P3,1\n").find("have the same \"id\", P3"),
              std::string::npos);
    EXPECT_NE(sentence("id,reconvict\nP1,1\n").find("did you mean \"reconvict\"?"),
              std::string::npos);
    const auto not_0_or_1 = sentence("id,reconvicted\n\nP1,0\nP2,3\n");
    EXPECT_NE(not_0_or_1.find("outcomes.csv:4:2: the column \"reconvicted\" (named at "
                              "plan.toml:14:10) must be 0 or 1, not 3"), std::string::npos)
        << not_0_or_1;
    const auto no_id = sentence("id,reconvicted\n,1\n");
    EXPECT_NE(no_id.find("outcomes.csv:2:1: there is no \"id\""), std::string::npos) << no_id;
    folder.put("outcomes.csv", files.outcomes);
    folder.put("people.csv", "id,joined,age,reconvicted\nP1,1,30,0\nP2,0,31,1\n");
    const auto both = study_of_plan(two_files_plan, folder.path);
    ASSERT_FALSE(both);
    EXPECT_NE(both.error().sentence.find("is a column of both"), std::string::npos);
    const auto plan = parse_plan(changed_text(two_files_plan, "id = \"id\"\n", ""), "plan.toml");
    ASSERT_FALSE(plan);
    EXPECT_NE(plan.error().sentence.find("\"data.id\" is missing"), std::string::npos);
}

TEST(StudyDataTest, a_missing_covariate_is_marked_or_its_row_is_lost) {
    const StudyFolder folder;
    TwoFiles files;
    folder.put("outcomes.csv", files.outcomes);
    // Ten people's age isn't known.
    for (int i = 20; i < 30; ++i) {
        const auto row = fmt::format("P{},{},{}\n", i, i % 2, 20 + i % 30);
        files.people = changed_text(files.people, row, fmt::format("P{},{},NA\n", i, i % 2));
    }
    folder.put("people.csv", files.people);
    const auto listwise = study_of_plan(two_files_plan, folder.path);
    const auto marked =
        study_of_plan(two_files_plan + "[missing]\nmethod = \"indicator\"\n", folder.path);
    ASSERT_TRUE(listwise && marked);
    EXPECT_EQ(listwise->data.table.rows, 68u);
    EXPECT_EQ(listwise->data.filled_in, 0u);
    EXPECT_EQ(marked->data.table.rows, 78u);
    EXPECT_EQ(marked->data.filled_in, 10u);
    ASSERT_EQ(marked->data.covariates.size(), 2u);
    EXPECT_EQ(marked->data.covariates[0].name, "age: not known");
    const auto& gaps = marked->data.covariates[0].values;
    EXPECT_EQ(std::count(gaps.begin(), gaps.end(), 1.0), 10);
    // Filled in with the mean of those that are known.
    const auto& ages = marked->data.covariates[1].values;
    double sum = 0, known = 0, filled = NAN;
    for (std::size_t i = 0; i < ages.size(); ++i) {
        if (gaps[i] == 1) {
            filled = ages[i];
        } else {
            sum += ages[i];
            ++known;
        }
    }
    EXPECT_NEAR(filled, sum / known, 1e-12);
    const auto page = as_page(report_of(*marked, "1", "2026-01-01"));
    EXPECT_NE(page.find("10 people had a covariate that isn\u2019t known"), std::string::npos);
    EXPECT_NE(page.find("marked by an indicator"), std::string::npos);
}

// Six people of prison C would stand out; with those of D nobody can be told from the rest.
TEST(StudyDataTest, leaving_a_prison_out_does_not_tell_of_its_people) {
    const StudyFolder folder;
    std::string rows = "joined,age,prison,back\n";
    for (int i = 0; i < 400; ++i) {
        const char* prison = i < 6 ? "C" : i < 40 ? "D" : i % 3 == 0 ? "A" : "B";
        rows += fmt::format("{},{},{},{:d}\n", i % 2, 20 + i * 7 % 40, prison, i % 5 < 2);
    }
    folder.put("people.csv", rows);
    auto text = changed_text(two_files_plan, "outcomes = \"outcomes.csv\"\nid = \"id\"",
                             "prison = \"prison\"");
    text = changed_text(text, "column = \"reconvicted\"", "column = \"back\"");
    const auto study = study_of_plan(text, folder.path);
    ASSERT_TRUE(study) << study.error().sentence;
    ASSERT_EQ(study->leave_one_out.size(), 4u);
    std::vector<bool> hidden;
    for (const auto& line : study->leave_one_out) hidden.push_back(line.is_hidden);
    EXPECT_EQ(hidden, (std::vector<bool>{false, false, true, true}));
    const auto report = report_of(*study, "1", "2026-01-01");
    for (const auto* table : tables_of(report)) {
        if (table->id != "leave-one-out") continue;
        EXPECT_TRUE(table->rows[2][1].is_hidden);
        EXPECT_FALSE(table->rows[0][1].is_hidden);
    }
}

TEST(StudyDesignTest, groups_that_drifted_apart_make_an_effect_no_more_than_probable) {
    const auto study = example_study("places");
    ASSERT_TRUE(study);
    EXPECT_LT(study->main.p, 0.001);
    EXPECT_TRUE(study->drifted_apart());
    EXPECT_EQ(study->verdict, Verdict::probably_better);
    const auto report = report_of(*study, "1", "2026-01-01");
    EXPECT_EQ(report.verdict, "Probably a better outcome with the programme");
    EXPECT_NE(report.answer.find("drifting apart before the start"), std::string::npos);
    EXPECT_EQ(report.answer.find("only just"), std::string::npos);
}

TEST(StudyDesignTest, a_placebo_that_differs_makes_an_effect_no_more_than_probable) {
    auto study = *example_study("seatbelts");
    EXPECT_EQ(study.verdict, Verdict::better);
    EXPECT_EQ(only_probable_words(study), "");
    study.placebo = Finding{};
    study.placebo->lower = 1;
    study.placebo->upper = 2;
    study.verdict = Verdict::probably_better;
    EXPECT_NE(only_probable_words(study).find("can\u2019t have changed"), std::string::npos);
    study.placebo->lower = -1;
    EXPECT_FALSE(study.placebo_differs());
}

const ReportTable& table_named(const Report& report, const std::string& id) {
    for (const auto* table : tables_of(report)) {
        if (table->id == id) return *table;
    }
    ADD_FAILURE() << "no table " << id;
    static const ReportTable none;
    return none;
}

// 129,600 for 216 people; 18 fewer of 216 were re-arrested, 8.33 of 100.
TEST(StudyCostTest, costs_each_and_pays_by_results) {
    const auto study = example_study("rossi");
    ASSERT_TRUE(study);
    const auto report = report_of(*study, "1", "2026-01-01");
    const auto& each = table_named(report, "costs");
    EXPECT_EQ(*each.rows.at(0).at(2).value, 600);
    EXPECT_NEAR(*each.rows.at(1).at(2).value, 129600 / 2808.0, 1e-10);
    const auto& paid = table_named(report, "payment");
    ASSERT_EQ(paid.rows.size(), 3u);
    EXPECT_NEAR(*paid.rows[1][1].value, 100 * 18 / 216.0, 1e-10);
    EXPECT_EQ(*paid.rows[0][3].value, 0);           // 0.03 of 100: below the first step
    EXPECT_EQ(*paid.rows[1][3].value, 500 * 216);   // from 5 of 100
    EXPECT_EQ(*paid.rows[2][3].value, 900 * 216);   // from 10 of 100
    EXPECT_NE(as_page(report).find("(\u201cwere re-arrested\u201d) cost $7,200"),
              std::string::npos);
}

TEST(StudyCostTest, the_acceptability_curve_is_at_half_where_the_estimate_pays_for_itself) {
    const auto study =
        example_study("rossi", "worth_of_outcome = 20000", "worth_of_outcome = 7200");
    ASSERT_TRUE(study);
    const auto report = report_of(*study, "1", "2026-01-01");
    EXPECT_NE(as_page(report).find("at the plan\u2019s $7,200 the chance is 50 of 100"),
              std::string::npos);
    const auto& curve = table_named(report, "acceptability");
    EXPECT_EQ(*curve.rows.front()[1].value, 0);
    EXPECT_EQ(*curve.rows.front()[2].value, -129600);
    for (std::size_t i = 1; i < curve.rows.size(); ++i) {
        EXPECT_GE(*curve.rows[i][1].value, *curve.rows[i - 1][1].value);
        EXPECT_LE(*curve.rows[i][1].value, 100);
    }
}

TEST(StudyCostTest, a_gain_that_is_not_counted_in_people_has_no_cost_each) {
    const auto study = example_study("lalonde", "[effect]", "[cost]\ntotal = 500\n\n[effect]");
    ASSERT_TRUE(study) << study.error().sentence;
    const auto page = as_page(report_of(*study, "1", "2026-01-01"));
    EXPECT_NE(page.find("needs an outcome that is counted in people"), std::string::npos);
    EXPECT_EQ(page.find("Is it worth its cost?"), std::string::npos);
}

TEST(StudyCostTest, costs_that_cannot_be_are_refused) {
    const auto said = [](const std::string& from, const std::string& to) {
        const auto plan = parse_plan(changed_text(example_text("rossi"), from, to), "P.toml");
        return plan ? std::string() : plan.error().sentence;
    };
    EXPECT_NE(said("total = 129600", "total = -1").find("\"cost.total\" must be"),
              std::string::npos);
    EXPECT_NE(said("sessions = 2808", "sessions = 0").find("\"cost.sessions\" must be"),
              std::string::npos);
    EXPECT_NE(said("pays = 900", "pay = 900").find("did you mean \"pays\"?"), std::string::npos);
}

}  // namespace
}  // namespace alongside::evidence
