#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <rapidcheck.h>
#include <set>
#include <sstream>
#include <thread>

#include "evidence/plan_reading.h"
#include "evidence/report.h"
#include "evidence/study_report.h"
#include "evidence/testing_simplex.h"
#include "evidence/testing_study.h"

namespace alongside::evidence {
namespace {

namespace fs = std::filesystem;

std::string plan_trouble(const std::string& from, const std::string& to) {
    auto text = example_text("rossi");
    EXPECT_NE(text.find(from), std::string::npos) << from;
    text.replace(text.find(from), from.size(), to);
    const auto plan = parse_plan(text, "P.toml");
    return plan ? "" : plan.error().sentence;
}

TEST(PlanTest, every_mistake_is_said_with_its_place) {
    EXPECT_NE(plan_trouble("horizon = 52", "horizont = 52").find("did you mean \"horizon\"?"),
              std::string::npos);
    EXPECT_NE(
        plan_trouble("kind = \"randomised\"", "kind = \"random\"").find("must be \"matched\""),
        std::string::npos);
    EXPECT_NE(plan_trouble("horizon = 52", "horizon = \"a year\"").find("must be a number"),
              std::string::npos);
    EXPECT_NE(plan_trouble("better = \"lower\"", "").find("\"outcome.better\" is missing"),
              std::string::npos);
    EXPECT_NE(plan_trouble("seed = 1", "seed = ").find("P.toml:"), std::string::npos);
    const auto two = plan_trouble("seed = 1", "seed = -1\nsede = 2");
    EXPECT_EQ(std::count(two.begin(), two.end(), '\n'), 1) << two;
}

// Every key that a plan of any design may have, as the page of documentation has them.
TEST(PlanTest, the_page_of_keys_has_every_key_and_no_other) {
    std::set<std::string> taken;
    for (const char* method : {"matched", "randomised", "interrupted time series",
                               "difference in differences", "stepped rollout",
                               "before and after"}) {
        PlanMistakes mistakes("p");
        plan_in(toml::parse(fmt::format("[method]\nkind = \"{}\"\nother_calipers = [1]\n[[who]]\n"
                                        "[cost]\n[[cost.payment]]\n", method)), mistakes);
        taken.insert(mistakes.asked().begin(), mistakes.asked().end());
    }
    std::erase_if(taken, [&](const std::string& key) {
        return std::ranges::any_of(taken, [&](const auto& other) {
            return other.starts_with(key + ".");
        });
    });
    std::set<std::string> written;
    std::istringstream page(*file_text("docs/evidence-plan.md", "docs/evidence-plan.md"));
    for (std::string line; std::getline(page, line);) {
        if (!line.starts_with("| `")) continue;
        written.insert(line.substr(3, line.find('`', 3) - 3));
        EXPECT_EQ(std::count(line.begin(), line.end(), '|'), 5) << line;
    }
    EXPECT_EQ(written, taken);
}

TEST(PlanTest, a_key_under_the_wrong_heading_is_told_where_it_belongs) {
    const auto said = plan_trouble("power = 0.8", "power = 0.8\nhorizon = 9");
    EXPECT_NE(said.find("the plan knows no \"effect.horizon\"; \"horizon\" belongs under "
                        "[outcome]"), std::string::npos) << said;
}

TEST(PlanTest, a_unit_belongs_to_what_is_measured) {
    const auto said = plan_trouble(
        "kind = \"time to first\"\ntime = \"week\"\nevent = \"arrest\"",
        "kind = \"rate\"\ncolumn = \"arrest\"");
    EXPECT_NE(said.find("\"outcome.unit\" belongs to"), std::string::npos) << said;
    const auto weeks = parse_plan(example_text("rossi"), "p");
    EXPECT_EQ(unit_of(*weeks), "weeks");
    EXPECT_EQ(unit_of(*parse_plan(example_text("places"), "p")), "points");
    EXPECT_EQ(unit_of(*parse_plan(example_text("seatbelts"), "p")), "");
}

TEST(PlanTest, a_plan_that_does_not_fit_its_method_is_refused) {
    EXPECT_NE(plan_trouble("kind = \"randomised\"", "kind = \"before and after\"").find("P.toml:"),
              std::string::npos);
    EXPECT_NE(plan_trouble("kind = \"time to first\"", "kind = \"per 1000\"").find("P.toml:"),
              std::string::npos);
}

TEST(PlanTest, the_hash_is_of_what_the_plan_says_not_of_how_it_is_written) {
    auto text = example_text("rossi");
    const auto one = parse_plan(text, "a");
    const auto same = parse_plan("# a comment\n" + text, "b");
    ASSERT_TRUE(one && same);
    EXPECT_EQ(hash_of(one->canonical), hash_of(same->canonical));
    text.replace(text.find("smallest_worthwhile = 5"), 23, "smallest_worthwhile = 6");
    EXPECT_NE(hash_of(one->canonical), hash_of(parse_plan(text, "c")->canonical));
}

TEST(PlanTest, a_lock_cannot_be_renewed_nor_written_in) {
    const StudyFolder folder;
    const auto path = folder.put("p.toml", example_text("rossi"));
    const auto plan = parse_plan(example_text("rossi"), "p.toml");
    EXPECT_FALSE(read_lock(path, "p.toml"));
    const auto made = lock_of(path, *plan, from_epoch_ms(0), "1");
    ASSERT_TRUE(made);
    ASSERT_TRUE(write_lock(path, *plan, *made));
    EXPECT_FALSE(write_lock(path, *plan, *made));
    const auto lock = read_lock(path, "p.toml");
    ASSERT_TRUE(lock);
    EXPECT_EQ(lock->locked_at, "1970-01-01T00:00:00Z");
    EXPECT_TRUE(changes_since(*lock, plan->canonical).empty());
    auto text = example_text("rossi");
    text.replace(text.find("horizon = 52"), 12, "horizon = 26");
    const auto changes = changes_since(*lock, parse_plan(text, "p.toml")->canonical);
    ASSERT_EQ(changes.size(), 1u);
    EXPECT_EQ(changes[0].key, "outcome.horizon");
    EXPECT_EQ(changes[0].locked, "52");
    EXPECT_EQ(changes[0].today, "26");
    auto written = *file_text(folder.path / "p.lock", "p.lock");
    written.replace(written.find("outcome.horizon = 52"), 20, "outcome.horizon = 26");
    folder.put("p.lock", written);
    EXPECT_FALSE(read_lock(path, "p.toml"));
}

TEST(PlanTest, a_lock_holds_the_hash_of_the_data_and_of_what_is_there_of_them) {
    const StudyFolder folder;
    auto text = changed_text(example_text("rossi"), "../../tests/evidence/Rossi.csv", "a.csv");
    const auto path = folder.put("p.toml", text);
    folder.put("a.csv", "x\n1\n");
    const auto plan = parse_plan(text, "p.toml");
    const auto made = lock_of(path, *plan, from_epoch_ms(0), "1");
    ASSERT_TRUE(made);
    ASSERT_TRUE(write_lock(path, *plan, *made));
    EXPECT_EQ(locked_hash_of(*made, "a.csv"), hash_of("x\n1\n"));
    EXPECT_EQ(locked_hash_of(*made, "b.csv"), std::nullopt);
    EXPECT_EQ(marks_of(*made).size(), 2u);
    // Once more, the plan and its data as they were: the same lock, from then.
    const auto before = lock_before(path, *plan);
    ASSERT_TRUE(before && *before);
    EXPECT_EQ((*before)->hash, made->hash);
    folder.put("a.csv", "x\n2\n");
    EXPECT_FALSE(lock_before(path, *plan)) << "other data";
    const auto files = hashed_files(*plan, folder.path);
    const auto changes = changes_since(*made, lines_today(*made, *plan, *files));
    ASSERT_EQ(changes.size(), 1u);
    EXPECT_EQ(changes[0].key, "file a.csv");
    EXPECT_EQ(changes[0].today, hash_of("x\n2\n"));
    // A lock from before files were hashed says nothing of them.
    const PlanLock old{"", "", "", plan->canonical};
    EXPECT_TRUE(changes_since(old, lines_today(old, *plan, *files)).empty());
}

TEST(PlanTest, the_outcome_is_nothing_else_as_well) {
    EXPECT_NE(plan_trouble("\"age\", \"race\", \"wexp\", \"mar\"", "\"arrest\", \"race\"")
                  .find("\"arrest\" is the outcome: it can't be a covariate"), std::string::npos);
    EXPECT_NE(plan_trouble("subgroups = [\"race\"", "subgroups = [\"week\"")
                  .find("P.toml:6:14: \"week\" is the outcome: it can't be a subgroup"),
              std::string::npos) << plan_trouble("subgroups = [\"race\"", "subgroups = [\"week\"");
    EXPECT_NE(plan_trouble("column = \"fin\"", "column = \"arrest\"").find("tells the groups"),
              std::string::npos);
}

TEST(PlanTest, a_horizon_beyond_all_follow_up_is_refused) {
    const auto study = example_study("rossi", "horizon = 52", "horizon = 53");
    ASSERT_FALSE(study);
    EXPECT_NE(study.error().sentence.find("the horizon 53 lies beyond all follow-up: the longest "
                                          "in \"week\" is 52"), std::string::npos)
        << study.error().sentence;
}

TEST(StudyRulesTest, rules_are_read_and_met) {
    Table table;
    table.rows = 4;
    table.columns = {{"age", true, {17, 18, missing, 40}, {}, {}},
                     {"my wing", false, {}, {0, 1, -1, 0}, {"A", "B"}}};
    const auto met = [&](const std::string& rule) {
        const auto condition = parse_condition(rule);
        const auto found = condition ? met_by(*condition, table) : Fallible<std::vector<char>>();
        std::string out;
        for (const char one : *found) out += one ? '1' : '0';
        return out;
    };
    EXPECT_EQ(met("age >= 18"), "0101");
    EXPECT_EQ(met("age<18"), "1000");
    EXPECT_EQ(met("age is known"), "1101");
    EXPECT_EQ(met("age is not known"), "0010");
    EXPECT_EQ(met("`my wing` == 'A'"), "1001");
    EXPECT_EQ(met("`my wing` != A"), "0100");
    EXPECT_EQ(met("`my wing` in [A, 'B']"), "1101");
    EXPECT_FALSE(parse_condition("age"));
    EXPECT_FALSE(parse_condition("age >="));
    EXPECT_FALSE(met_by(*parse_condition("`my wing` > A"), table));
    EXPECT_FALSE(met_by(*parse_condition("`my wing` == C"), table));
    EXPECT_FALSE(met_by(*parse_condition("height > 2"), table));
}

// survfit(Surv(week, arrest) ~ fin): 1 - surv at 52 is 66/216 and 48/216, as nobody is lost before.
TEST(StudyTest, rossi_by_lot) {
    const auto study = example_study("rossi");
    ASSERT_TRUE(study) << study.error().sentence;
    EXPECT_NEAR(study->main.programme, 100 * 48 / 216.0, 1e-10);
    EXPECT_NEAR(study->main.other, 100 * 66 / 216.0, 1e-10);
    EXPECT_NEAR(study->main.value, -100 * 18 / 216.0, 1e-10);
    // Only just: survfit's standard errors give an interval of -16.64 to -0.03.
    EXPECT_EQ(study->verdict, Verdict::probably_better);
    EXPECT_NEAR(study->main.upper, 0, 0.1);
    EXPECT_NE(verdict_meaning(*study).find("only just"), std::string::npos);
    EXPECT_GT(study->still_needed, 0);
    // coxph(Surv(week, arrest) ~ fin, Rossi): exp(coef) 0.6916, se 0.1901 of coef -0.3691
    ASSERT_TRUE(study->hazard_ratio);
    EXPECT_NEAR(study->hazard_ratio->value, 0.6914, 2e-3);
}

// reference.json, lalonde.cal0.2_ps.ATT: the same pairs, the same effect.
TEST(StudyTest, lalonde_matched_as_the_reference) {
    const auto study = example_study("lalonde");
    ASSERT_TRUE(study) << study.error().sentence;
    const auto text = *file_text("tests/evidence/reference.json", "reference.json");
    const auto reference = boost::json::parse(text).as_object();
    const auto& att = reference.at("lalonde.cal0.2_ps.ATT").as_object();
    const double value = att.at("att").as_double(), se = att.at("cluster_HC1_se").as_double();
    EXPECT_NEAR(study->main.value, value, value * 1e-8);
    EXPECT_NEAR(study->main.se, se, se * 1e-8);
    EXPECT_EQ(study->main.n_programme, 113u);
    EXPECT_FALSE(study->balance.empty());
    EXPECT_TRUE(study->placebo && study->e_value);
    EXPECT_EQ(study->calipers.size(), 2u);
}

// reference.json, did.2x2.coef: in a balanced panel the two agree.
TEST(StudyTest, places_by_differences) {
    const auto study = example_study("places");
    ASSERT_TRUE(study) << study.error().sentence;
    const auto text = *file_text("tests/evidence/reference.json", "reference.json");
    const auto reference = boost::json::parse(text).as_object();
    const double wanted = reference.at("did.twfe.att").at("att").as_double();
    EXPECT_NEAR(study->main.value, wanted, wanted * 1e-8);
}

TEST(StudyTest, seat_belts_saved_drivers) {
    const auto study = example_study("seatbelts");
    ASSERT_TRUE(study) << study.error().sentence;
    EXPECT_EQ(study->verdict, Verdict::better);
    EXPECT_EQ(study->series->time.size(), 192u);
    EXPECT_EQ(study->main.n_programme, 23u);
}

TEST(StudyTest, what_does_not_fit_the_data_is_said_with_its_place) {
    const auto sentence = [](const std::string& from, const std::string& to) {
        const auto study = example_study("rossi", from, to);
        return study ? std::string() : study.error().sentence;
    };
    EXPECT_NE(sentence("event = \"arrest\"", "event = \"arest\"").find("did you mean \"arrest\"?"),
              std::string::npos);
    EXPECT_NE(sentence("programme = \"yes\"", "programme = \"ja\"").find("never says \"ja\""),
              std::string::npos);
    EXPECT_NE(sentence("event = \"arrest\"", "event = \"educ\"").find("must be 0 or 1"),
              std::string::npos);
    EXPECT_NE(sentence("column = \"fin\"", "column = \"educ\"").find("tell two groups apart"),
              std::string::npos);
    EXPECT_NE(sentence("age >= 17", "age >= 99").find("nobody"), std::string::npos);
}

TEST(StudyTest, verdicts_are_honest_about_not_knowing) {
    auto plan = *parse_plan(example_text("rossi"), "p");
    const auto verdict = [&](double low, double high, double p = 0.001) {
        Finding found;
        found.p = p;
        found.scale = Finding::Scale::per_100;
        found.lower = low;
        found.upper = high;
        return verdict_of(plan, found);
    };
    EXPECT_EQ(verdict(-11, -3), Verdict::better);
    EXPECT_EQ(verdict(3, 11), Verdict::worse);
    EXPECT_EQ(verdict(-11, -0.1, 0.0101), Verdict::probably_better);
    EXPECT_EQ(verdict(-11, -0.1, 0.0099), Verdict::better);
    EXPECT_EQ(verdict(0.1, 11, 0.04), Verdict::probably_worse);
    EXPECT_EQ(verdict(-11, 1), Verdict::cannot_tell);
    EXPECT_EQ(verdict(-4, 4), Verdict::no_matter);
    EXPECT_EQ(verdict(missing, 4), Verdict::too_few);
    Finding found;
    found.scale = Finding::Scale::per_100;
    found.lower = -11;
    found.upper = -3;
    EXPECT_EQ(plain_sentence(plan, found), "Of 100 people, between 3 and 11 fewer were re-arrested "
                                           "with financial aid than with none.");
    found.upper = 2;
    EXPECT_NE(plain_sentence(plan, found).find("between 11 fewer and 2 more"), std::string::npos);
}

TEST(StudyTest, where_everybody_fares_alike_nothing_can_be_told) {
    const auto study = example_study("rossi", "age >= 17", "arrest <= 0");
    ASSERT_TRUE(study) << study.error().sentence;
    EXPECT_EQ(study->verdict, Verdict::too_few);
    EXPECT_NE(study->main.doubt.find("the same for everybody"), std::string::npos);
}

TEST(StudyWordsTest, amounts_have_their_unit) {
    auto plan = *parse_plan(example_text("lalonde"), "p");
    Finding found;
    found.lower = -408.4;
    found.upper = 3552;
    EXPECT_EQ(plain_sentence(plan, found),
              "Earnings in 1978: on average between 408 dollars lower and 3,552 dollars higher "
              "with the job programme than with no programme.");
    EXPECT_EQ(size_words(plan, Finding::Scale::points, 1000), "1,000 dollars");
    EXPECT_EQ(size_words(plan, Finding::Scale::per_100, 2.5), "2.5 of 100 people");
    EXPECT_EQ(size_words(plan, Finding::Scale::ratio, 5.386), "5.4%");
    plan.outcome.unit = "$";
    found.lower = 1.2;
    found.upper = 2;
    EXPECT_NE(plain_sentence(plan, found).find("between $1.20 and $2.00 higher"),
              std::string::npos);
    plan.outcome.unit = "%";
    EXPECT_EQ(size_words(plan, Finding::Scale::points, 1), "1 percentage point");
    EXPECT_NE(plain_sentence(plan, found).find("between 1.20 and 2.00 percentage points higher"),
              std::string::npos);
    plan.method.kind = MethodKind::before_after;
    EXPECT_EQ(verdict_words(plan, Verdict::better), "Better afterwards than before");
    EXPECT_EQ(verdict_words(plan, Verdict::probably_worse),
              "Probably worse afterwards than before");
}

// What a reader with a linear program knows of rows that aren't shown: each column's total less the
// rows that are, and that nothing is negative.
struct HiddenRange {
    std::size_t row, column;
    double least, greatest;
};
std::vector<HiddenRange> reckoned_back(const std::vector<std::vector<std::size_t>>& counts,
                                       const std::vector<bool>& hidden) {
    const auto columns = counts.front().size();
    std::vector<HiddenRange> out;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        for (std::size_t c = 0; c < columns && hidden[i]; ++c) out.push_back({i, c, 0, 0});
    }
    std::vector<std::vector<double>> sums(columns, std::vector<double>(out.size(), 0));
    std::vector<double> right(columns, 0);
    for (std::size_t u = 0; u < out.size(); ++u) {
        sums[out[u].column][u] = 1;
        right[out[u].column] += static_cast<double>(counts[out[u].row][out[u].column]);
    }
    const Simplex simplex(sums, right);
    for (std::size_t u = 0; u < out.size(); ++u) {
        out[u].least = simplex.least(u);
        out[u].greatest = simplex.greatest(u);
    }
    return out;
}

TEST(StudyHiddenTest, no_small_count_can_be_reckoned_back) {
    const bool holds = rc::check("hidden rows protect", [] {
        const auto rows = *rc::gen::inRange<std::size_t>(1, 8);
        const auto columns = *rc::gen::inRange<std::size_t>(1, 5);
        constexpr std::size_t smallest = 5;
        std::vector<std::vector<std::size_t>> counts(rows);
        for (auto& row : counts) {
            for (std::size_t c = 0; c < columns; ++c) {
                row.push_back(*rc::gen::inRange<std::size_t>(0, 20));
            }
        }
        const auto hidden = hidden_rows(counts, smallest);
        for (std::size_t i = 0; i < rows; ++i) {
            for (const auto count : counts[i]) {
                RC_ASSERT(hidden[i] || count == 0 || count >= smallest);
            }
        }
        const auto how_many = std::count(hidden.begin(), hidden.end(), true);
        // With every row hidden nothing of the table is shown.
        if (how_many == 0 || static_cast<std::size_t>(how_many) == rows) return;
        for (const auto& known : reckoned_back(counts, hidden)) {
            const auto count = static_cast<double>(counts[known.row][known.column]);
            if (count == 0 || count >= smallest) continue;
            RC_ASSERT(known.greatest >= count + 2 - 1e-6);
            RC_ASSERT(known.least <= std::max(0.0, count - 2) + 1e-6);
        }
    });
    EXPECT_TRUE(holds);
}

TEST(StudyHiddenTest, no_more_is_hidden_than_is_needed) {
    using Counts = std::vector<std::vector<std::size_t>>;
    EXPECT_EQ(hidden_rows(Counts{{9}, {20}, {30}}, 5), (std::vector<bool>{false, false, false}));
    EXPECT_EQ(hidden_rows(Counts{{2}, {20}, {9}, {30}}, 5),
              (std::vector<bool>{true, false, true, false}));
    EXPECT_EQ(hidden_rows(Counts{{2, 9}, {4, 9}, {3, 7}, {30, 40}}, 5),
              (std::vector<bool>{true, true, true, false}));
    EXPECT_EQ(hidden_rows(Counts{{2}, {0}}, 5), (std::vector<bool>{true, true}));
    EXPECT_EQ(hidden_rows(Counts{{2}, {20}}, 0), (std::vector<bool>{false, false}));
}

TEST(StudyHiddenTest, steps_that_lose_few_are_told_together) {
    const auto flow = told_flow(100, {{"a", 2}, {"b", 7}, {"c", 0}, {"d", 3}}, 5);
    EXPECT_FALSE(flow.hides_start);
    EXPECT_EQ(flow.end, 88u);
    for (const auto& one : flow.lost) EXPECT_TRUE(one.lost == 0 || one.lost >= 5) << one.why;
    EXPECT_TRUE(told_flow(100, {{"a", 2}}, 5).hides_start);
    EXPECT_FALSE(told_flow(100, {{"a", 2}}, 0).hides_start);
}

TEST(StudyReportTest, a_report_is_written_whole_or_not_at_all) {
    const StudyFolder folder;
    const auto study = example_study("rossi");
    ASSERT_TRUE(study);
    const auto report = report_of(*study, "1", "2026-01-01");
    ASSERT_TRUE(write_report(report, folder.path / "out", "out"));
    ASSERT_TRUE(write_report(report, folder.path / "out", "out"));
    for (const char* name : {"report.html", "report.pdf", "report.json", "numbers/flow.csv"}) {
        EXPECT_TRUE(fs::exists(folder.path / "out" / name)) << name;
    }
    EXPECT_TRUE(file_text(folder.path / "out/report.pdf", "")->starts_with("%PDF"));
    EXPECT_EQ(std::distance(fs::directory_iterator(folder.path), {}), 1);
    folder.put("file", "x");
    EXPECT_FALSE(write_report(report, folder.path / "file", "file"));
    fs::create_directories(folder.path / "mine");
    folder.put("mine/letter.txt", "x");
    EXPECT_FALSE(write_report(report, folder.path / "mine", "mine"));
    folder.put("out/numbers/my-analysis.xlsx", "x");                // somebody's own, kept there
    EXPECT_FALSE(write_report(report, folder.path / "out", "out"));
    EXPECT_TRUE(fs::exists(folder.path / "out/numbers/my-analysis.xlsx"));
    EXPECT_FALSE(write_report(report, folder.path / "no/such", "no/such"));
    const auto json = boost::json::parse(*file_text(folder.path / "out/report.json", ""));
    EXPECT_EQ(json.at("verdict").as_string(), "probably_better");
}

// Both begin at once, again and again: one report at least, each whole, and nothing beside it.
TEST(StudyReportTest, of_two_writers_at_once_one_wins_and_the_other_says_so) {
    const StudyFolder folder;
    const auto study = example_study("seatbelts");
    ASSERT_TRUE(study);
    const auto report = report_of(*study, "1", "2026-01-01");
    std::size_t refused = 0;
    for (int round = 0; round < 10; ++round) {
        std::array<Fallible<std::vector<std::string>>, 4> said;
        std::vector<std::jthread> writers;
        for (auto& one : said) {
            writers.emplace_back([&] { one = write_report(report, folder.path / "out", "out"); });
        }
        writers.clear();
        EXPECT_TRUE(std::ranges::any_of(said, [](auto& one) { return one.has_value(); }));
        for (const auto& one : said) {
            if (one) continue;
            ++refused;
            EXPECT_EQ(one.error().sentence, "out: another evaluation is writing its report there; "
                                            "this one is not written");
        }
        EXPECT_TRUE(file_text(folder.path / "out/report.pdf", "")->ends_with("%%EOF\n"));
        EXPECT_EQ(std::distance(fs::directory_iterator(folder.path), {}), 1);
    }
    EXPECT_GT(refused, 0u);
}

TEST(StudyReportTest, a_report_made_again_that_day_is_the_same_to_the_byte) {
    const auto study = example_study("rossi");
    ASSERT_TRUE(study);
    const auto report = report_of(*study, "1", "2026-01-01");
    const auto first = as_pdf(report);
    std::this_thread::sleep_for(std::chrono::milliseconds(1100));
    EXPECT_EQ(as_pdf(report_of(*study, "1", "2026-01-01")), first);
    EXPECT_EQ(as_json(report), as_json(report_of(*study, "1", "2026-01-01")));
}

TEST(StudyReportTest, what_the_plan_says_is_escaped) {
    const auto study =
        example_study("rossi", "title = \"Does", "title = \"<script>alert(1)</script>");
    ASSERT_TRUE(study);
    const auto page = as_page(report_of(*study, "1", "2026-01-01"));
    EXPECT_EQ(page.find("<script"), std::string::npos);
    EXPECT_NE(page.find("&lt;script&gt;"), std::string::npos);
}

TEST(StudyReportTest, too_few_with_the_outcome_shows_no_effect) {
    const auto study = example_study("rossi", "smallest_cell = 5", "smallest_cell = 50");
    ASSERT_TRUE(study);
    EXPECT_EQ(study->verdict, Verdict::too_few);
    EXPECT_FALSE(study->warnings.empty());
    const auto page = as_page(report_of(*study, "1", "2026-01-01"));
    EXPECT_EQ(page.find("22.2"), std::string::npos);
    EXPECT_EQ(page.find("Kaplan\u2013Meier curves with"), std::string::npos);
    EXPECT_EQ(as_json(report_of(*study, "1", "2026-01-01")).find("-8.3"), std::string::npos);
}

}  // namespace
}  // namespace alongside::evidence
