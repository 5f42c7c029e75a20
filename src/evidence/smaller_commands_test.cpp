// The commands of the smaller methods, as they are typed: text, JSON, and one bad input each.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iostream>
#include <unistd.h>

#include "evidence/testing_commands.h"

namespace alongside::evidence {
namespace {

const std::string rossi_csv = "tests/evidence/Rossi.csv", lung_csv = "tests/evidence/lung.csv",
                  belts_csv = "tests/evidence/Seatbelts.csv",
                  lalonde_csv = "tests/evidence/lalonde.csv",
                  places_csv = "tests/evidence/did_synth.csv";

// A small file that goes with the test.
struct SmallFile {
    std::filesystem::path path;
    SmallFile(const std::string& name, const std::string& text)
        : path(std::filesystem::temp_directory_path() / fmt::format("{}-{}", ::getpid(), name)) {
        std::ofstream(path) << text;
    }
    ~SmallFile() { std::filesystem::remove(path); }
    operator std::string() const { return path.string(); }
};

using Typed = std::vector<std::string>;

std::string text_of(const Typed& words) {
    const auto said = run_words(words);
    EXPECT_NE(said.code, bad_input_code) << said.problems;
    return said.out + said.problems;
}

boost::json::value json_of(Typed words) {
    words.push_back("--json");
    const auto said = run_words(words);
    EXPECT_NE(said.code, bad_input_code) << said.out;
    const auto json = boost::json::parse(said.out);
    for (const char* part : {"/seconds/read", "/seconds/fit"}) {
        EXPECT_TRUE(json.at_pointer(part).is_double()) << part;
    }
    EXPECT_TRUE(json.at("warnings").is_array());
    return json;
}

double number_at(const boost::json::value& json, const std::string& pointer) {
    boost::system::error_code none;
    const auto* found = json.find_pointer(pointer, none);
    EXPECT_TRUE(found && found->is_number()) << pointer;
    return found && found->is_number() ? found->to_number<double>() : NAN;
}

void close_to(double ours, double wanted) { EXPECT_NEAR(ours, wanted, std::abs(wanted) * 1e-8); }

// Said with a sentence that holds `part`, code 2, and with --json as an error that machines read.
void refuses_command(Typed words, const std::string& part) {
    const auto said = run_words(words);
    EXPECT_EQ(said.code, bad_input_code);
    EXPECT_TRUE(said.out.empty()) << said.out;
    EXPECT_NE(said.problems.find(part), std::string::npos) << said.problems;
    words.push_back("--json");
    const auto json = run_words(words).json();
    EXPECT_EQ(json.at("errorCode").as_string(), "evidence.bad_input");
    EXPECT_NE(json.at("userMessage").as_string().find(part), std::string::npos);
}

void has_terms(const boost::json::value& json, const Typed& keys) {
    EXPECT_FALSE(json.at("terms").as_array().empty());
    for (const auto& term : json.at("terms").as_array()) {
        for (const auto& key : keys) EXPECT_TRUE(term.as_object().contains(key)) << key;
    }
}

// glm(prio ~ age, poisson, Rossi): coef, logLik, AIC, deviance
TEST(EveryCommand, refuses_what_it_has_no_use_for) {
    const std::vector<std::pair<std::string, std::vector<std::string>>> in_vain{
        {"proportion", {"--weights", "--cluster"}}, {"bootstrap", {"--weights"}},
        {"funnel", {"--weights", "--cluster", "--level"}},
        {"suppress", {"--weights", "--cluster", "--level"}}, {"cost", {"--weights"}},
        {"power", {"--weights", "--cluster", "--level"}},
        {"logrank", {"--weights", "--cluster", "--level"}},
        {"match", {"--weights", "--cluster"}}, {"weight", {"--weights", "--cluster"}},
        {"paired", {"--weights", "--cluster"}}, {"agreement", {"--weights", "--cluster"}},
        {"balance", {"--cluster", "--level"}}, {"its", {"--cluster"}}};
    int code = 0;
    Command app("test", "test");
    add_commands(app, Console{std::cout, std::cerr}, code, "1.0");
    const auto has = [&](const std::string& command, const std::string& option) {
        const auto* found = app.get_subcommand("evidence")->get_subcommand(command);
        return found->has_option(option);
    };
    for (const auto& [command, options] : in_vain) {
        for (const auto& option : options) EXPECT_FALSE(has(command, option)) << command << option;
    }
    for (const auto* option : {"--weights", "--cluster", "--level"}) {
        EXPECT_TRUE(has("cox", option) && has("ols", option)) << option;
    }
}

TEST(KmCommand, says_that_nobody_is_counted) {
    const SmallFile none("none.csv", "t,e,w\n1,1,0\n2,0,0\n");
    const auto said = run_words({"km", none, "Surv(t, e) ~ 1", "--weights", "w"});
    EXPECT_EQ(said.code, doubtful_code);
    EXPECT_NE(said.out.find("Every weight is 0"), std::string::npos);
}

TEST(PoissonCommand, prints_and_gives_what_r_gives) {
    EXPECT_NE(text_of({"poisson", rossi_csv, "prio ~ age"}).find("Std. Error"), std::string::npos);
    const auto json = json_of({"poisson", rossi_csv, "prio ~ age"});
    has_terms(json, {"name", "coef", "se", "z", "p", "lower", "upper"});
    close_to(number_at(json, "/terms/0/coef"), 1.51174318663687);
    close_to(number_at(json, "/terms/1/coef"), -0.017230377100258);
    close_to(number_at(json, "/loglik"), -1052.7436492346);
    close_to(number_at(json, "/aic"), 2109.48729846921);
    close_to(number_at(json, "/deviance"), 995.601679085128);
    refuses_command({"poisson", lalonde_csv, "race ~ age"}, "race has 3 values");
}

// MASS::glm.nb(prio ~ age, Rossi): coef, theta
TEST(NegbinCommand, prints_and_gives_what_r_gives) {
    EXPECT_NE(text_of({"negbin", rossi_csv, "prio ~ age"}).find("heta"), std::string::npos);
    const auto json = json_of({"negbin", rossi_csv, "prio ~ age"});
    has_terms(json, {"name", "coef", "se", "z", "p", "lower", "upper"});
    close_to(number_at(json, "/terms/1/coef"), -0.0168185776825429);
    close_to(number_at(json, "/theta"), 2.32833657751557);
    for (const char* key : {"/loglik", "/deviance", "/aic"}) number_at(json, key);
    refuses_command({"negbin", rossi_csv, "prio ~"}, "nothing stands after the ~");
}

// lm(re78 ~ age, lalonde): coef, logLik, AIC
TEST(OlsCommand, prints_and_gives_what_r_gives) {
    EXPECT_NE(text_of({"ols", lalonde_csv, "re78 ~ age"}).find("R-squared"), std::string::npos);
    const auto json = json_of({"ols", lalonde_csv, "re78 ~ age"});
    has_terms(json, {"name", "coef", "se", "t", "p", "lower", "upper"});
    close_to(number_at(json, "/terms/0/coef"), 4594.74735106873);
    close_to(number_at(json, "/terms/1/coef"), 80.3300695788226);
    close_to(number_at(json, "/loglik"), -6343.35381101082);
    close_to(number_at(json, "/aic"), 12692.7076220216);
    number_at(json, "/deviance");
    refuses_command({"ols", lalonde_csv, "re78 ~ ag"}, "did you mean \"age\"?");
}

// glm(drivers ~ level + month + slope, poisson), level = month >= 170: the coefficient of month
TEST(ItsCommand, prints_and_gives_what_r_gives) {
    const Typed words{"its", belts_csv, "drivers ~ 1", "--time", "month", "--from", "170"};
    EXPECT_NE(text_of(words).find("169 points before, 23 after"), std::string::npos);
    const auto json = json_of(words);
    has_terms(json, {"name", "coef", "se", "robust_se", "p"});
    EXPECT_EQ(json.at_pointer("/terms/1/name").as_string(), "level");
    close_to(number_at(json, "/terms/2/coef"), -0.000906975756794655);
    close_to(number_at(json, "/terms/3/coef"), 0.0142777649813947);
    EXPECT_EQ(number_at(json, "/before"), 169);
    EXPECT_EQ(number_at(json, "/after"), 23);
    EXPECT_TRUE(json.at("effect").as_object().contains("at_end"));
    refuses_command({"its", belts_csv, "drivers ~ 1", "--time", "nope", "--from", "170"},
                    "has no column \"nope\"");
}

// reference.json, did.twfe.att; in a balanced panel the plain difference of differences is the same
TEST(DidCommand, prints_and_gives_the_effect) {
    const Typed words{"did",  places_csv,  "y ~ 1", "--unit", "unit", "--time",
                      "time", "--treated", "tr",    "--post", "post"};
    EXPECT_NE(text_of(words).find("Two-way fixed effects: 20 units, 12 periods"),
              std::string::npos);
    const auto json = json_of(words);
    close_to(number_at(json, "/att"), 1.6160689207161227);
    close_to(number_at(json, "/twfe/terms/0/coef"), number_at(json, "/att"));
    close_to(number_at(json, "/two_by_two/terms/3/coef"), number_at(json, "/att"));
    number_at(json, "/group_time/overall/value");
    refuses_command({"did", places_csv, "y ~ 1", "--unit", "unit", "--time", "time"},
                    "say who was treated");
    for (const auto* not_two : {"time", "y", "unit"}) {
        refuses_command({"did", places_csv, "y ~ 1", "--treated", not_two, "--post", "post"},
                        "it must say 0 and 1, or two words");
    }
}

// t.test(re78, re75, paired = TRUE)
TEST(PairedCommand, prints_and_gives_what_r_gives) {
    const Typed words{"paired", lalonde_csv, "re78 ~ re75"};
    EXPECT_NE(text_of(words).find("no comparison group"), std::string::npos);
    const SmallFile alike("alike.csv", "a,b\n1,2\n2,3\n3,4\n");
    EXPECT_EQ(run_words({"paired", alike, "b ~ a"}).code, doubtful_code);
    const auto json = json_of(words);
    close_to(number_at(json, "/t/statistic"), 15.539888285327);
    close_to(number_at(json, "/change/lower"), 4025.57692400957);
    close_to(number_at(json, "/change/upper"), 5190.21562778196);
    for (const char* key : {"/d_z/value", "/srm/value", "/n"}) number_at(json, key);
    refuses_command({"paired", lung_csv, "ph.ecog ~ nope"}, "has no column \"nope\"");
}

// Wilson's interval by hand: (p + z²/2n ± z sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n)
TEST(ProportionCommand, prints_and_gives_wilson) {
    const Typed words{"proportion", "--events", "48", "--of", "216", "--versus", "66/216"};
    EXPECT_NE(text_of(words).find("Of 100 people, between 0.02 and 17 fewer"), std::string::npos);
    const auto json = json_of(words);
    const double p = 48 / 216.0, n = 216, z = 1.959963984540054;
    const double root = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    const double middle = p + z * z / (2 * n), by = 1 + z * z / n;
    close_to(number_at(json, "/groups/1/wilson/lower"), (middle - root) / by);
    close_to(number_at(json, "/groups/1/wilson/upper"), (middle + root) / by);
    close_to(number_at(json, "/comparisons/0/difference/value"), -18 / 216.0);
    close_to(number_at(json, "/comparisons/0/risk_ratio/value"), 48 / 66.0);
    refuses_command({"proportion", "--events", "9", "--of", "5"}, "more events than people");
}

// Two raters of ten: they agree on eight; by chance (6·6 + 4·4)/100 of them would.
TEST(AgreementCommand, prints_and_gives_kappa) {
    std::string text = "first,second\n";
    for (const char* pair : {"a,a", "a,a", "a,a", "a,a", "a,a", "a,b", "b,a", "b,b", "b,b", "b,b"})
        text += std::string(pair) + "\n";
    const SmallFile file("raters.csv", text);
    EXPECT_NE(text_of({"agreement", file, "~ first + second"}).find("Cohen's kappa"),
              std::string::npos);
    const auto json = json_of({"agreement", file, "~ first + second"});
    close_to(number_at(json, "/agreement/value"), 0.8);
    close_to(number_at(json, "/kappa/value"), (0.8 - 0.52) / 0.48);
    for (const char* key : {"/kappa/lower", "/fleiss/value", "/krippendorff/value", "/n"})
        number_at(json, key);
    refuses_command({"agreement", file, "~ first"}, "two or more");
}

// power.prop.test(p1 = 0.3, p2 = 0.2, power = 0.8)
TEST(PowerCommand, prints_and_gives_what_r_gives) {
    const Typed words{"power", "proportions", "--p1", "0.3", "--p2", "0.2", "--power", "0.8"};
    EXPECT_NE(text_of(words).find("With 294 people in the first group"), std::string::npos);
    const auto json = json_of(words);
    close_to(number_at(json, "/n"), 293.151285506487);
    EXPECT_EQ(number_at(json, "/n_whole"), 294);
    EXPECT_EQ(number_at(json, "/n_total"), 588);
    refuses_command({"power", "proportions", "--p1", "0.3"}, "Give two of --n, --power and --p2");
}

TEST(FunnelCommand, names_the_place_beyond_the_limits) {
    const SmallFile file("sites.csv",
                         "prison,events,people\nA,10,100\nB,12,110\nC,30,100\nD,9,90\n");
    const Typed words{"funnel", file, "--unit", "prison", "--events", "events", "--of", "people"};
    EXPECT_NE(text_of(words).find("HIGH (beyond 99.8 %)"), std::string::npos);
    const auto json = json_of(words);
    close_to(number_at(json, "/target"), 61 / 400.0);
    EXPECT_EQ(number_at(json, "/units/2/beyond"), 2);
    EXPECT_EQ(number_at(json, "/units/0/beyond"), 0);
    EXPECT_LT(number_at(json, "/units/0/limits/1/lower"),
              number_at(json, "/units/0/limits/0/lower"));
    refuses_command({"funnel", file, "--unit", "prison", "--events", "people", "--of", "events"},
                    ": 100 events of 10");
}

TEST(SuppressCommand, hides_the_small_count_and_its_guards) {
    const SmallFile file("wings.csv", "wing,sex,n\nA,f,3\nA,m,20\nB,f,12\nB,m,30\nC,f,9\nC,m,25\n");
    const Typed words{"suppress", file, "--rows", "wing", "--columns", "sex", "--count", "n"};
    EXPECT_NE(text_of(words).find("[c]"), std::string::npos);
    const auto json = json_of(words);
    EXPECT_EQ(number_at(json, "/small"), 1);
    EXPECT_EQ(number_at(json, "/guards"), 3);
    EXPECT_FALSE(json.at_pointer("/table/rows/0/counts/0").is_number());
    EXPECT_EQ(number_at(json, "/table/rows/3/counts/2"), 99);
    refuses_command({"suppress", file, "--rows", "wimg", "--columns", "sex"}, "did you mean");
}

TEST(CostCommand, costs_each_and_what_a_contract_pays) {
    const SmallFile costs("costs.csv",
                          "cost,sessions,hours\n100,10,5\n120,10,6\n80,8,4\n100,12,5\n");
    const Typed words{"cost",    costs,   "--cost",       "cost", "--per",
                      "sessions", "--hours", "hours", "--staff-rate", "40"};
    EXPECT_NE(text_of(words).find("per sessions"), std::string::npos);
    const auto json = json_of(words);
    EXPECT_EQ(number_at(json, "/costs/0/value"), 10);
    EXPECT_LT(number_at(json, "/costs/0/fieller/lower"), 10);
    EXPECT_GT(number_at(json, "/costs/0/bca/upper"), 10);
    EXPECT_EQ(number_at(json, "/staff_time/saved"), 20 * 40 - 400);
    const SmallFile tariff("tariff.csv", "outcome,achieved,of,threshold,tariff,cap\n"
                                         "job,40,100,30,100,3500\nhouse,10,100,20,100,\n");
    EXPECT_NE(text_of({"cost", tariff, "--payments"}).find("(not reached)"), std::string::npos);
    const auto paid = json_of({"cost", tariff, "--payments"});
    EXPECT_EQ(number_at(paid, "/payments/0/paid"), 3500);
    EXPECT_EQ(number_at(paid, "/total"), 3500);
    refuses_command({"cost", costs, "--cost", "cost"}, "Say which column is the cost");
}

// lm(re78 ~ treat, weights = 1 for the treated, e/(1-e) for the others), e by glm(binomial)
TEST(WeightCommand, prints_and_gives_what_r_gives) {
    const Typed words{"weight", lalonde_csv, "treat ~ age + educ", "--outcome", "re78"};
    EXPECT_NE(text_of(words).find("Balance after"), std::string::npos);
    const auto json = json_of(words);
    close_to(number_at(json, "/effect/value"), -438.340376570466);
    for (const char* key : {"/effective/comparison", "/balance/0/smd_before",
                            "/balance/0/smd_after"})
        number_at(json, key);
    refuses_command({"weight", lalonde_csv, "race ~ age"}, "race has 3 values");
}

TEST(RegressionCommand, adjust_alone_is_refused) {
    refuses_command({"ols", lalonde_csv, "re78 ~ treat", "--adjust"},
                    "--adjust goes with --newey-west");
}

// coxph(Surv(start, stop, event) ~ age, heart, robust = TRUE): "one of cluster or id is needed"
TEST(CoxCommand, robust_errors_of_several_rows_a_person_need_to_know_whose) {
    const SmallFile rows("rows.csv", "id,start,stop,event,age\n1,0,5,0,30\n1,5,9,1,30\n2,0,3,1,50\n"
                                     "2,3,8,0,50\n3,0,7,1,41\n4,0,12,1,29\n5,2,9,0,33\n");
    const Typed words{"cox", rows, "Surv(start, stop, event) ~ age", "--robust"};
    refuses_command(words, "add --cluster");
    auto with_people = words;
    with_people.insert(with_people.end(), {"--cluster", "id"});
    EXPECT_GT(number_at(json_of(with_people), "/terms/0/robust_se"), 0);
}

TEST(ProportionCommand, a_difference_without_0_is_not_said_from_0) {
    const auto words = json_of({"proportion", "--events", "200", "--of", "1000", "--versus",
                                "165/1000"}).at("comparisons").at(0).at("words").as_string();
    EXPECT_EQ(std::string(words), "Of 100 people, between 0.1 and 7 more with the event in "
                                  "\"programme\" than in \"comparison\".");
}

TEST(BalanceCommand, infinite_differences_are_spelt_as_r_spells_them) {
    const SmallFile apart("apart.csv", "treated,x\n1,3\n1,3\n1,3\n0,2\n0,2\n0,2\n");
    const auto said = text_of({"balance", apart, "treated ~ x"});
    EXPECT_NE(said.find(" Inf "), std::string::npos) << said;
    EXPECT_EQ(said.find("inf"), std::string::npos) << said;
}

// lm(y ~ post * treated) through four points leaves no residual, and R's summary says NaN.
TEST(DidCommand, without_an_error_it_ends_as_other_fits_that_fail_to_give_one) {
    const SmallFile four("four.csv", "u,t,treated,post,y\n1,1,0,0,1\n1,2,0,1,2\n2,1,1,0,4\n"
                                     "2,2,1,1,9\n");
    const Typed words{"did", four, "y ~ 1", "--treated", "treated", "--post", "post"};
    for (const bool has_units : {false, true}) {
        auto typed = words;
        if (has_units) typed.insert(typed.end(), {"--unit", "u", "--time", "t"});
        typed.push_back("--json");
        const auto answered = run_words(typed);
        EXPECT_EQ(answered.code, doubtful_code);
        const auto json = answered.json();
        EXPECT_EQ(json.at("two_by_two").at("terms").at(3).at("p").as_string(), "NA");
        if (!has_units) continue;
        EXPECT_EQ(json.at("twfe").at("terms").at(0).at("p").as_string(), "NA");
        EXPECT_EQ(json.at("group_time").at("overall").at("se").as_string(), "NA");
        EXPECT_EQ(json.at("group_time").at("overall").at("p").as_string(), "NA");
    }
}

// coef(lm(re78 ~ age * educ - age, lalonde)): a column that stands in a later term under another
// place of the order isn't let go of before that.
TEST(RegressionCommand, a_term_taken_out_leaves_its_variable_for_the_interaction) {
    const auto json = json_of({"ols", lalonde_csv, "re78 ~ age*educ - age"});
    close_to(number_at(json, "/terms/0/coef"), 2129.1356746642987);
    close_to(number_at(json, "/terms/1/coef"), 162.5308466280182);
    close_to(number_at(json, "/terms/2/coef"), 10.7829003390498);
    EXPECT_EQ(json.at("terms").at(2).at("name").as_string(), "age:educ");
}

// d$all <- d$age > 0; lm(re78 ~ all + (age < 0) + educ, d): allTRUE NA, and age < 0TRUE NA.
TEST(RegressionCommand, a_truth_that_is_the_same_for_all_has_a_column_as_in_r) {
    const auto json = json_of({"ols", lalonde_csv, "re78 ~ (age > 0) + (age < 0) + educ"});
    ASSERT_EQ(json.at("terms").as_array().size(), 4u);
    for (const auto& [at, name] : {std::pair{1, "age > 0TRUE"}, std::pair{2, "age < 0TRUE"}}) {
        EXPECT_EQ(json.at("terms").at(at).at("name").as_string(), name);
        EXPECT_EQ(json.at("terms").at(at).at("coef").as_string(), "NA");
    }
}

// coef(coxph(Surv(week, arrest) ~ race - 1, Rossi)): the intercept is in the baseline, so that a
// factor without it has its contrasts all the same.
TEST(CoxCommand, a_model_without_intercept_is_the_same_model) {
    const auto with = json_of({"cox", rossi_csv, "Surv(week, arrest) ~ race"});
    const auto without = json_of({"cox", rossi_csv, "Surv(week, arrest) ~ race - 1"});
    EXPECT_EQ(with.at("terms"), without.at("terms"));
    EXPECT_EQ(without.at("terms").at(0).at("name").as_string(), "raceother");
}

// summary(lm(re78 ~ 1, lalonde[1, ]))$adj.r.squared: 0
TEST(RegressionCommand, a_mean_alone_explains_nothing_even_of_one_row) {
    const SmallFile one("one.csv", "y\n3\n");
    EXPECT_EQ(number_at(json_of({"ols", one, "y ~ 1"}), "/adjusted_r_squared"), 0);
}

}  // namespace
}  // namespace alongside::evidence
