// Many rows and few event times: Cox's model then sums by event time what it else sums by row.
#include <random>

#include "evidence/cox.h"
#include "evidence/testing_survival.h"

namespace alongside::evidence {
namespace {

struct Spells {
    std::vector<double> start, stop, event;
    std::vector<std::vector<double>> x{4};
    std::vector<double> weight;

    void add(double from, double to, bool has_event, const std::vector<double>& values,
             double weighs) {
        start.push_back(from);
        stop.push_back(to);
        event.push_back(has_event ? 1 : 0);
        for (std::size_t j = 0; j < values.size(); ++j) x[j].push_back(values[j]);
        weight.push_back(weighs);
    }
    Frame frame(bool has_starts, bool has_weights) const {
        Frame out = survival_in_memory(has_starts ? start : std::vector<double>(), stop, event, x);
        if (has_weights) {
            out.weights = Eigen::Map<const Vector>(weight.data(),
                                                   static_cast<Eigen::Index>(weight.size()));
        }
        return out;
    }
};

// 60,000 people over twelve weeks, most of whom stay to the end; the last column says nothing new.
// `apart`: each as two spells, before and after the middle of week 5, which tell exactly as much.
Spells many_people(bool apart) {
    std::mt19937_64 chance(20261123);
    const auto share = [&] { return static_cast<double>(chance() >> 11) * 0x1p-53; };
    Spells out;
    for (int i = 0; i < 60000; ++i) {
        const double trained = share() < 0.5 ? 1 : 0, age = 20 + 40 * share(), score = share() - 3;
        const std::vector<double> x{trained, age, score, 2 * trained - 1};
        const double hazard = 0.03 * std::exp(-0.4 * trained - 0.02 * age + 0.5 * score + 2);
        const double week = std::ceil(-std::log(1 - share()) / hazard);
        const double left = std::ceil(40 * share()), weight = 1 + std::floor(3 * share());
        const double stop = std::min({week, left, 12.0});
        const bool has_event = week <= std::min(left, 12.0);
        if (!apart || stop < 5) {
            out.add(0, stop, has_event, x, weight);
        } else {
            out.add(0, 4.5, false, x, weight);
            out.add(4.5, stop, has_event, x, weight);
        }
    }
    return out;
}

CoxFit large_fit(const Frame& frame, Ties ties, int threads = 2) {
    CoxOptions options;
    options.ties = ties;
    options.zph = TimeScale::km;
    options.threads = threads;
    return *fit_cox(frame, options);
}

void expect_the_same_fit(const CoxFit& a, const CoxFit& b) {
    const auto near = [](double ours, double theirs, const std::string& what) {
        EXPECT_NEAR(ours, theirs, std::max(1e-12, 1e-9 * std::abs(theirs))) << what;
    };
    for (Eigen::Index j = 0; j < 3; ++j) {
        near(a.coef[j], b.coef[j], "coef");
        near(a.naive(j, j), b.naive(j, j), "variance");
    }
    EXPECT_TRUE(std::isnan(a.coef[3]) && std::isnan(b.coef[3]));
    near(a.loglik_null, b.loglik_null, "null");
    near(a.loglik, b.loglik, "fit");
    near(a.score, b.score, "score");
    near(a.wald, b.wald, "wald");
    near(a.concordance.value, b.concordance.value, "concordance");
    ASSERT_EQ(a.zph.size(), b.zph.size());
    for (std::size_t i = 0; i < a.zph.size(); ++i) near(a.zph[i].chisq, b.zph[i].chisq, "zph");
}

// Those who enter late are summed row by row.
TEST(CoxLarge, SpellsCutInTwoGiveTheSame) {
    const Spells whole = many_people(false), apart = many_people(true);
    for (const Ties ties : {Ties::efron, Ties::breslow}) {
        for (const bool has_weights : {false, true}) {
            const CoxFit fit = large_fit(whole.frame(false, has_weights), ties);
            EXPECT_EQ(fit.df, 3);
            EXPECT_GT(fit.zph.front().chisq, 0);
            expect_the_same_fit(fit, large_fit(apart.frame(true, has_weights), ties));
        }
    }
}

TEST(CoxLarge, AnyNumberOfThreadsGivesTheSame) {
    const Spells apart = many_people(true);
    for (const bool has_starts : {false, true}) {
        const Frame frame = apart.frame(has_starts, true);
        const CoxFit one = large_fit(frame, Ties::efron, 1);
        const CoxFit three = large_fit(frame, Ties::efron, 3);
        EXPECT_EQ(one.coef.head(3), three.coef.head(3));
        EXPECT_EQ(one.naive, three.naive);
        EXPECT_EQ(one.loglik, three.loglik);
        EXPECT_EQ(one.zph.back().chisq, three.zph.back().chisq);
        EXPECT_EQ(one.concordance.value, three.concordance.value);
        EXPECT_EQ(one.concordance.se, three.concordance.se);
    }
}

// The frame's own matrix is put in order where it stands: also with rows that are in no risk set.
TEST(CoxLarge, AFrameThatMayBeUsedUpGivesTheSame) {
    Frame frame = many_people(false).frame(false, true);
    for (Eigen::Index i = 0; i < frame.weights.size(); i += 7) frame.weights[i] = 0;
    frame.event = (frame.y.array() > 2).select(frame.event, 0);
    const CoxFit kept = large_fit(frame, Ties::efron);
    const auto spent = fit_cox(std::move(frame), {.zph = TimeScale::km});
    ASSERT_TRUE(spent);
    expect_the_same_fit(kept, *spent);
}

}  // namespace
}  // namespace alongside::evidence
