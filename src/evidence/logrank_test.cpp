#include "evidence/logrank.h"

#include "evidence/testing_survival.h"

namespace alongside::evidence {
namespace {

LogrankTest tested(const std::string& csv, const std::string& formula, double rho = 0) {
    const Frame frame = groups_frame(csv, formula);
    return logrank(frame, frame.groups, rho);
}

TEST(Logrank, RossiAgreesWithR) {
    for (const int rho : {0, 1}) {
        const auto test = tested("Rossi.csv", "Surv(week, arrest) ~ fin", rho);
        const auto entry = "rossi.logrank.rho" + std::to_string(rho);
        expect_same(test.chisq, reference_number(entry, "chisq"), "chisq");
        expect_same(test.p, reference_number(entry, "p"), "p");
        expect_same(test.groups[0].observed, reference_number(entry, "obs1"), "observed");
        expect_same(test.groups[1].observed, reference_number(entry, "obs2"), "observed");
        expect_same(test.groups[0].expected, reference_number(entry, "exp1"), "expected");
        expect_same(test.groups[1].expected, reference_number(entry, "exp2"), "expected");
        expect_same(test.variance(0, 0), reference_number(entry, "var11"), "variance");
        EXPECT_EQ(test.groups[0].name, "fin=no");
        EXPECT_EQ(test.groups[0].n, 216U);
        EXPECT_EQ(test.df, 1);
    }
    expect_same(tested("Rossi.csv", "Surv(week, arrest) ~ fin + strata(race)").chisq,
                reference_number("rossi.logrank.stratified_race", "chisq"), "stratified");
}

// survdiff(Surv(time, status) ~ ph.ecog, lung, rho = 1); ~ ph.ecog + sex; ~ sex + strata(inst)
TEST(Logrank, LungWithSeveralGroupsAndStrata) {
    const auto sex = tested("lung.csv", "Surv(time, status) ~ sex");
    expect_same(sex.chisq, reference_number("lung.logrank.sex", "chisq"), "chisq");
    expect_same(sex.p, reference_number("lung.logrank.sex", "p"), "p");
    const auto ecog = tested("lung.csv", "Surv(time, status) ~ ph.ecog", 1);
    expect_same(ecog.chisq, 23.395293370343, "four groups");
    EXPECT_EQ(ecog.df, 3);
    const auto both = tested("lung.csv", "Surv(time, status) ~ ph.ecog + sex");
    expect_same(both.chisq, 32.9169781906067, "seven groups");
    EXPECT_EQ(both.groups[0].name, "ph.ecog=0, sex=1");
    expect_same(tested("lung.csv", "Surv(time, status) ~ sex + strata(inst)", 0.5).chisq,
                10.4611554477559, "eighteen strata");
}

// At each event time one of each group is at risk: expected 1/2, variance 1/4.
TEST(Logrank, EntryTimesAreTakenIntoAccount) {
    // At time 3 {a, b} of which a has it; at 5 {b, c}: b; at 7 {c, d}: d. Groups: a, c | b, d.
    const Frame frame = survival_in_memory({0, 0, 4, 6}, {3, 5, 9, 7}, {1, 1, 0, 1}, {});
    const auto test = logrank(frame, {{0, 1, 0, 1}, {"g=1", "g=2"}});
    EXPECT_DOUBLE_EQ(test.groups[0].observed, 1);
    EXPECT_DOUBLE_EQ(test.groups[0].expected, 1.5);
    EXPECT_DOUBLE_EQ(test.variance(0, 0), 0.75);
    EXPECT_DOUBLE_EQ(test.chisq, 0.25 / 0.75);
}

TEST(Logrank, NothingToCompare) {
    const Frame censored = survival_in_memory({}, {1, 2, 3}, {0, 0, 0}, {});
    const auto none = logrank(censored, {{0, 1, 1}, {"g=1", "g=2"}});
    EXPECT_EQ(none.chisq, 0);
    EXPECT_EQ(none.df, 0);
    EXPECT_TRUE(std::isnan(none.p));
}

}  // namespace
}  // namespace alongside::evidence
