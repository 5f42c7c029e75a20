// What an interval tells beyond the counts beside it: how few pairs differ, and how few people have
// a score, where there are few scores.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "evidence/chance.h"
#include "evidence/numbers.h"
#include "evidence/testing_reckoner.h"
#include "evidence/testing_study.h"
#include "evidence/two_proportions.h"

namespace alongside::evidence {
namespace {

const std::string told_pairs_plan = R"(
title = "T"
question = "Q?"
covariates = ["age"]
subgroups = ["sex"]
not_measured = ["x"]
[data]
file = "people.csv"
[comparison]
column = "joined"
[outcome]
kind = "rate"
column = "back"
words = "came back"
better = "lower"
[method]
kind = "matched"
[effect]
smallest_worthwhile = 5
)";

std::optional<Study> study_of_rows(const std::string& plan, const std::string& rows,
                                   const StudyFolder& folder) {
    folder.put("people.csv", rows);
    auto study = study_of_plan(plan, folder.path);
    if (study) return std::move(*study);
    ADD_FAILURE() << study.error().sentence;
    return std::nullopt;
}

// Pairs of one age; how often the first and the other come back varies.
std::string rows_in_pairs(Chance& chance) {
    std::string out = "joined,age,sex,back\n";
    const auto pairs = 25 + chance.below(50);
    const double often = 0.15 + 0.7 * chance.uniform(), alike = chance.uniform();
    for (std::uint32_t i = 0; i < pairs; ++i) {
        const bool one = chance.uniform() < often;
        const bool other = chance.uniform() < alike ? one : chance.uniform() < often;
        const char* sex = i % 3 ? "m" : "f";
        out += fmt::format("1,{0},{1},{2:d}\n0,{0},{1},{3:d}\n", 20 + i % 40, sex, one, other);
    }
    return out;
}

// Both, the one of the programme alone, the other alone, neither.
struct PairsOf {
    double both = 0, one = 0, other = 0, neither = 0;

    double pairs() const { return both + one + other + neither; }
    bool are_few() const {
        for (const double count : {both, one, other, neither})
            if (is_small_count(count, small_below)) return true;
        return false;
    }
    // By least squares, clustered by pair (HC1): in R lm and sandwich::vcovCL.
    double lower_by_pairs() const {
        const double n = pairs(), mean = (one - other) / n;
        const double squares = one + other - n * mean * mean;
        const double error = std::sqrt(squares * n / (n - 1) * (2 * n - 1) / (2 * n - 2)) / n;
        return 100 * (mean - t_quantile(0.975, n - 1) * error);
    }
    double lower_unpaired() const {
        return 100 * newcombe_difference({both + one, pairs()}, {both + other, pairs()}, 0.95)
                         .lower;
    }
    // The same shares, with two pairs more alike, or two fewer.
    PairsOf moved(double by) const { return {both + by, one - by, other - by, neither + by}; }
    bool can_be() const { return std::min({both, one, other, neither}) >= 0; }
};

PairsOf pairs_of(const Study& study) {
    PairsOf out;
    const auto& back = study.data.outcome;
    for (std::size_t i = 0; i + 1 < study.sample.rows.size(); i += 2) {
        const bool one = back[study.sample.rows[i]] > 0, other = back[study.sample.rows[i + 1]] > 0;
        ++(one ? other ? out.both : out.one : other ? out.other : out.neither);
    }
    return out;
}

TEST(StudyIntervalsTest, by_pairs_are_not_told_where_they_would_give_back_how_few_differ) {
    int few = 0, given_back = 0, by_pairs = 0;
    const StudyFolder folder;
    for (std::uint64_t i = 0; i < 60 && !HasFailure(); ++i) {
        SCOPED_TRACE(i);
        Chance chance(11, i);
        const auto study = study_of_rows(told_pairs_plan, rows_in_pairs(chance), folder);
        ASSERT_TRUE(study);
        const auto pairs = pairs_of(*study);
        const auto effect = Published(*study).json().at("effect").as_object();
        if (!effect.contains("lower") || !effect.at("lower").is_number()) continue;
        const double told = effect.at("lower").to_number<double>();
        if (!pairs.are_few()) {
            EXPECT_NEAR(told, pairs.lower_by_pairs(), 0.0501);
            ++by_pairs;
            continue;
        }
        ++few;
        EXPECT_NEAR(told, pairs.lower_unpaired(), 0.0501);
        const auto differs = [&](double by) {
            const auto other = pairs.moved(by);
            return !other.can_be() ||
                   std::abs(other.lower_by_pairs() - pairs.lower_by_pairs()) > 0.1;
        };
        given_back += differs(2) && differs(-2);
    }
    EXPECT_GT(few, 15);
    EXPECT_GT(by_pairs, 5);
    EXPECT_GT(given_back, 10);          // an interval by pairs would have told
}

// Of people of any age: with a narrower caliper some find nobody.
std::string rows_of_all_ages(Chance& chance) {
    std::string out = "joined,age,sex,back\n";
    const auto people = 80 + chance.below(160);
    for (std::uint32_t i = 0; i < people; ++i) {
        const auto age = 20 + chance.below(60);
        out += fmt::format("{:d},{},{},{:d}\n", chance.below(160) < 20 + age, age,
                           chance.below(2) ? "m" : "f", chance.below(3) == 0);
    }
    return out;
}

// What one sample tells: people of the programme and how many came back, of both groups; who found
// nobody.
std::vector<double> counts_told(const Finding& found, double programme) {
    const auto of = [](double per_100, std::size_t n) {
        return std::round(per_100 / 100 * static_cast<double>(n));
    };
    const auto n = static_cast<double>(found.n_programme);
    const double one = of(found.programme, found.n_programme);
    const double other = of(found.other, found.n_other);
    return {n, one, n - one, other, n - other, programme - n};
}

TEST(StudyIntervalsTest, of_calipers_do_not_tell_by_their_differences_what_a_few_had) {
    int told = 0, hidden = 0;
    const StudyFolder folder;
    const auto plan = changed_text(told_pairs_plan, "kind = \"matched\"",
                                   "kind = \"matched\"\nother_calipers = [0.01, 0.03, 0.05, 1]");
    for (std::uint64_t i = 0; i < 40 && !HasFailure(); ++i) {
        SCOPED_TRACE(i);
        Chance chance(13, i);
        const auto study = study_of_rows(plan, rows_of_all_ages(chance), folder);
        ASSERT_TRUE(study);
        if (!study->main.doubt.empty()) continue;
        const auto programme = static_cast<double>(study->matched->treated);
        std::vector<std::vector<double>> all{counts_told(study->main, programme)};
        const auto lines = Published(*study).table("calipers");
        ASSERT_EQ(lines.size(), study->calipers.size());
        for (std::size_t k = 0; k < lines.size(); ++k) {
            if (!Published::is_told(lines[k][1])) {
                ++hidden;
                continue;
            }
            ++told;
            all.push_back(counts_told(study->calipers[k].finding, programme));
            for (const double count : all.back()) EXPECT_FALSE(is_small_count(count, small_below));
        }
        for (const auto& one : all) {
            for (const auto& other : all) {
                for (std::size_t at = 0; at < one.size(); ++at)
                    EXPECT_FALSE(is_small_count(one[at] - other[at], small_below)) << at;
            }
        }
    }
    EXPECT_GT(told, 15);
    EXPECT_GT(hidden, 15);
}

const std::string told_changes_plan = R"(
title = "T"
question = "Q?"
not_measured = ["x"]
[data]
file = "people.csv"
[outcome]
kind = "score"
column = "after"
before = "before"
words = "wellbeing"
better = "higher"
[method]
kind = "before and after"
[effect]
smallest_worthwhile = 1
)";

// Means, and the change's error, tell sums of scores and of squares: with few scores the rest
// follows.
TEST(StudyIntervalsTest, of_few_scores_before_and_after_do_not_tell_who_has_one) {
    int told = 0, hidden = 0;
    const StudyFolder folder;
    for (std::uint64_t i = 0; i < 60 && !HasFailure(); ++i) {
        SCOPED_TRACE(i);
        Chance chance(12, i);
        const auto scores = 3 + chance.below(4);
        std::string rows = "before,after\n";
        std::map<std::pair<double, double>, double> people;
        std::set<double> changes;
        for (double before = 0; before < scores; ++before)
            for (double after = 0; after < scores; ++after) people[{before, after}] = 0;
        const auto count = 20 + chance.below(80), rarity = 1 + chance.below(6);
        for (std::uint32_t k = 0; k < count; ++k) {
            double before = chance.below(rarity) ? 0 : chance.below(scores);
            double after = chance.below(3) ? before : chance.below(scores);
            if (i % 2) after = std::clamp(after, before - 1, before + 1);
            if (k < scores) before = after = k;         // each score is there
            changes.insert(after - before);
            ++people[{before, after}];
            rows += fmt::format("{},{}\n", before, after);
        }
        const auto study = study_of_rows(told_changes_plan, rows, folder);
        ASSERT_TRUE(study);
        const auto effect = Published(*study).json().at("effect").as_object();
        if (!effect.contains("value") || !effect.at("value").is_number()) {
            ++hidden;
            continue;
        }
        ++told;
        std::vector<std::pair<double, double>> key;
        std::vector<double> counts;
        for (const auto& [of, n] : people) {
            key.push_back(of);
            counts.push_back(n);
        }
        Reckoner reader(counts);
        reader.knows([](std::size_t) { return true; });
        reader.knows_sum([&](std::size_t a) { return key[a].first; });
        reader.knows_sum([&](std::size_t a) { return key[a].second; });
        reader.knows_sum([&](std::size_t a) {
            return std::pow(key[a].second - key[a].first, 2);
        });
        // Whoever reads it knows which changes there are: none is larger, as none is on the page.
        reader.knows([&](std::size_t a) {
            return !changes.contains(key[a].second - key[a].first);
        });
        for (const double one : changes) {
            if (changes.size() > 4) break;
            reader.asks("changed", [&](std::size_t a) {
                return key[a].second - key[a].first == one;
            });
        }
        EXPECT_EQ(reader.broken(), "") << rows;
    }
    EXPECT_GT(told, 20);
    EXPECT_GT(hidden, 5);
}

}  // namespace
}  // namespace alongside::evidence
