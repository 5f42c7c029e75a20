// The scale of a covariate changes its coefficient's, and nothing else.
#include <gtest/gtest.h>

#include "evidence/own_units.h"
#include "evidence/testing_commands.h"
#include "evidence/testing_study.h"

namespace alongside::evidence {
namespace {

std::string rows_at_scale(double scale) {
    std::string out = "time,status,visits,won,age,other\n";
    for (int i = 0; i < 80; ++i) {
        const int age = 20 + i * 37 % 41;
        out += fmt::format("{},{},{},{},{:.17g},{}\n", 5 + i * 53 % 90, i * 7 % 3 != 0,
                           i * i % 7 + (age > 40 ? 2 : 0), (i * 11 + age) % 5 < 2, age * scale,
                           i * 13 % 8);
    }
    return out;
}

TEST(OwnUnits, are_powers_of_two_for_what_cannot_be_squared) {
    EXPECT_EQ(own_unit(std::vector{0.0, 3.0, -1e80}), 1);
    EXPECT_EQ(own_unit(std::vector{0.0}), 1);
    EXPECT_EQ(own_unit(std::vector{0.0, 0x1.8p-1000}), 0x1p-1000);
    EXPECT_EQ(own_unit(std::vector{1.0, -0x1.8p+1000}), 0x1p+1000);
}

TEST(OwnUnits, every_regression_says_the_same_at_any_scale) {
    const StudyFolder folder;
    const std::vector<std::pair<std::string, std::string>> models{
        {"cox", "Surv(time, status) ~ age + other"}, {"ols", "time ~ age + other"},
        {"logit", "won ~ age + other"}, {"poisson", "visits ~ age + other"},
        {"negbin", "visits ~ age + other"}};
    const auto age_line = [&](const std::string& file, const auto& model, bool is_robust) {
        std::vector<std::string> words{model.first, file, model.second, "--json"};
        if (is_robust) words.push_back("--robust");
        if (is_robust && model.first != "cox") words.push_back("HC1");
        const auto json = run_words(words).json();
        for (const auto& term : json.at("terms").as_array()) {
            if (term.at("name").as_string() == "age") return term.as_object();
        }
        ADD_FAILURE() << model.first << ": no line of age";
        return boost::json::object{};
    };
    const auto plain = folder.put("plain.csv", rows_at_scale(1)).string();
    for (const double scale : {1e-250, 1e-170, 1e160, 1e290}) {
        const auto scaled = folder.put("scaled.csv", rows_at_scale(scale)).string();
        for (const auto& model : models) {
            for (const bool is_robust : {false, true}) {
                const auto one = age_line(plain, model, is_robust);
                const auto other = age_line(scaled, model, is_robust);
                for (const char* same : {"coef", "se", "robust_se", "p"}) {
                    if (!one.contains(same) || !one.at(same).is_number()) continue;
                    ASSERT_TRUE(other.at(same).is_number()) << model.first << scale << same;
                    const double times = std::string_view(same) == "p" ? 1 : scale;
                    const double wanted = one.at(same).to_number<double>();
                    EXPECT_NEAR(other.at(same).to_number<double>() * times, wanted,
                                1e-7 * std::abs(wanted))
                        << model.first << ' ' << scale << ' ' << same;
                }
            }
        }
    }
}

TEST(OwnUnits, balance_is_the_same_at_any_scale) {
    const StudyFolder folder;
    const auto line_of_age = [&](double scale) {
        const auto file = folder.put("balance.csv", rows_at_scale(scale)).string();
        return run_words({"balance", file, "won ~ age", "--json"}).json();
    };
    const auto plain = line_of_age(1).at("balance").at(0).at("before").as_object();
    for (const double scale : {1e-250, 1e160, 1e290}) {
        const auto all = line_of_age(scale);
        const auto line = all.at("balance").at(0).at("before").as_object();
        for (const char* same : {"smd", "variance_ratio"}) {
            const double wanted = plain.at(same).to_number<double>();
            EXPECT_NE(wanted, 0) << same;
            EXPECT_NEAR(line.at(same).to_number<double>(), wanted, 1e-9 * std::abs(wanted)) << same;
        }
    }
}

}  // namespace
}  // namespace alongside::evidence
