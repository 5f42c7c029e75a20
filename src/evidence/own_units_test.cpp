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

// What one run says, number by number: name of the place, value.
void flatten(const boost::json::value& value, const std::string& at,
             std::map<std::string, double>& out) {
    if (value.is_object()) {
        for (const auto& [key, one] : value.as_object())
            flatten(one, at + "/" + std::string(key), out);
    } else if (value.is_array()) {
        for (std::size_t i = 0; i < value.as_array().size(); ++i)
            flatten(value.at(i), at + "/" + std::to_string(i), out);
    } else if (value.is_number()) {
        out[at] = value.to_number<double>();
    }
}

std::map<std::string, double> numbers_of(const std::vector<std::string>& words) {
    std::map<std::string, double> out;
    flatten(run_words(words).json(), "", out);
    return out;
}

using Numbers = std::map<std::string, double>;

// The company's own lines change with its scale; all else says the same.
void expect_same_but_for(const Numbers& one, const Numbers& other, const std::string& but_for,
                         const std::string& what) {
    std::size_t compared = 0;
    for (const auto& [at, value] : one) {
        if (at.starts_with("/seconds") || at.starts_with(but_for)) continue;
        const auto found = other.find(at);
        ASSERT_NE(found, other.end()) << what << at;
        EXPECT_NEAR(found->second, value, 1e-7 * std::abs(value) + 1e-10) << what << at;
        ++compared;
    }
    EXPECT_GT(compared, 5u) << what;
}

int outcome_of(int u, int t) {
    return 9 + (u * 53 + t * 29 + u * u * t * 7) % 23 + (t >= 5 ? u % 2 * 4 : 0);
}

// 12 units over 8 times, half of them treated from 5 on; `company` goes into the models.
std::string panel_at_scale(double scale, double outcome) {
    std::string out = "unit,time,treated,post,company,y,series\n";
    for (int u = 0; u < 12; ++u)
        for (int t = 1; t <= 8; ++t)
            out += fmt::format("{},{},{},{},{:.17g},{:.17g},{}\n", u, t, u % 2, t >= 5 ? 1 : 0,
                               (20 + u * 37 % 11 + t * t % 7) * scale,
                               outcome_of(u, t) * outcome, u * 8 + t);
    return out;
}

TEST(OwnUnits, designs_and_matching_say_the_same_at_any_scale_of_a_covariate) {
    const StudyFolder folder;
    const std::vector<std::pair<std::vector<std::string>, std::string>> all{
        {{"did", "FILE", "y ~ company", "--treated", "treated", "--post", "post", "--unit", "unit",
          "--time", "time"}, "/two_by_two/terms/1/"},
        {{"its", "FILE", "y ~ company", "--time", "series", "--from", "60", "--model", "ols"},
         "/terms/1/"},
        {{"its", "FILE", "y ~ company", "--time", "series", "--from", "60"}, "/terms/1/"},
        {{"match", "FILE", "treated ~ company", "--outcome", "y"}, "/balance/1/before/mean"}};
    for (const double scale : {1e-250, 1e160, 1e290}) {
        for (auto [words, but_for] : all) {
            words[1] = folder.put("plain.csv", panel_at_scale(1, 1)).string();
            words.push_back("--json");
            auto plain = numbers_of(words);
            words[1] = folder.put("scaled.csv", panel_at_scale(scale, 1)).string();
            auto scaled = numbers_of(words);
            std::erase_if(plain, [](const auto& one) {
                return one.first.starts_with("/twfe/terms/1") ||
                       one.first.find("mean") != one.first.npos ||
                       one.first.find("/sd") != one.first.npos ||
                       one.first.find("propensity") != one.first.npos;
            });
            expect_same_but_for(plain, scaled, but_for, fmt::format("{} {:g} ", words[0], scale));
        }
    }
}

TEST(OwnUnits, an_outcome_of_any_size_has_its_coefficients_and_errors) {
    const StudyFolder folder;
    const std::vector<std::vector<std::string>> all{
        {"ols", "FILE", "y ~ company"}, {"ols", "FILE", "y ~ company", "--robust", "HC3"},
        {"ols", "FILE", "y ~ company", "--newey-west", "2"},
        {"ols", "FILE", "y ~ company", "--cluster", "unit"},
        {"its", "FILE", "y ~ company", "--time", "series", "--from", "60", "--model", "ols"},
        {"did", "FILE", "y ~ company", "--treated", "treated", "--post", "post", "--unit", "unit",
         "--time", "time"}};
    for (const double size : {1e-170, 1e160, 1e290}) {
        for (auto words : all) {
            words.push_back("--json");
            words[1] = folder.put("plain.csv", panel_at_scale(1, 1)).string();
            const auto plain = numbers_of(words);
            words[1] = folder.put("sized.csv", panel_at_scale(1, size)).string();
            const auto sized = numbers_of(words);
            std::size_t compared = 0;
            for (const auto& [at, value] : plain) {
                const auto key = at.substr(at.rfind('/') + 1);
                const bool is_scaled = key == "coef" || key == "se" || key == "robust_se" ||
                                       key == "lower" || key == "upper" || key == "sigma" ||
                                       key == "value";
                const bool is_same = key == "p" || key == "t" || key == "durbin_watson" ||
                                     key == "r_squared";
                if ((!is_scaled && !is_same) || at.find("/f/value") != at.npos) continue;
                ASSERT_TRUE(sized.contains(at)) << words[0] << size << at;
                const bool is_ratio = at.find("effect/ratio") != at.npos;
                const double wanted = is_scaled && !is_ratio ? value * size : value;
                EXPECT_NEAR(sized.at(at), wanted, 1e-7 * std::abs(wanted))
                    << words[0] << size << at;
                ++compared;
            }
            EXPECT_GT(compared, 8u) << words[0];
            if (words[0] != "ols") continue;
            // logLik of n rows less n logarithms of the scale.
            EXPECT_NEAR(sized.at("/loglik"), plain.at("/loglik") - 96 * std::log(size), 1e-6);
        }
    }
}

}  // namespace
}  // namespace alongside::evidence
