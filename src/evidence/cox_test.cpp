#include "evidence/cox.h"

#include "evidence/testing_survival.h"

namespace alongside::evidence {
namespace {

const std::string rossi_model =
    "Surv(week, arrest) ~ fin + age + race + wexp + mar + paro + prio";

CoxFit cox_fit(const Frame& frame, const CoxOptions& options = {}) {
    auto fit = fit_cox(frame, options);
    EXPECT_TRUE(fit) << (fit ? "" : fit.error().sentence);
    return std::move(*fit);
}
CoxFit cox_fit(const Frame& frame, Ties ties, bool robust = false,
              TimeScale zph = TimeScale::none) {
    CoxOptions options;
    options.ties = ties;
    options.robust = robust;
    options.zph = zph;
    return cox_fit(frame, options);
}

void expect_all(const CoxFit& fit, const std::vector<double>& coef, const std::vector<double>& se) {
    for (std::size_t i = 0; i < coef.size(); ++i) {
        const auto j = static_cast<Eigen::Index>(i);
        expect_same(fit.coef[j], coef[i], fit.names[i]);
        expect_same(std::sqrt(fit.variance(j, j)), se[i], "se of " + fit.names[i]);
    }
}

class ReferenceTies : public testing::TestWithParam<std::pair<const char*, Ties>> {};

TEST_P(ReferenceTies, RossiAgreesWithR) {
    const auto [name, ties] = GetParam();
    const std::string prefix = std::string("rossi.cox.") + name;
    const CoxFit fit = cox_fit(frame_of("Rossi.csv", rossi_model), ties);
    ASSERT_EQ(fit.names.size(), 7U);
    for (std::size_t i = 0; i < fit.names.size(); ++i) {
        const auto j = static_cast<Eigen::Index>(i);
        expect_same(fit.coef[j], reference_number(prefix + ".coef", fit.names[i]), fit.names[i]);
        expect_same(std::sqrt(fit.naive(j, j)), reference_number(prefix + ".se", fit.names[i]),
                    fit.names[i]);
    }
    const std::string tests = prefix + ".tests";
    expect_same(fit.loglik_null, reference_number(tests, "loglik0"), "null");
    expect_same(fit.loglik, reference_number(tests, "loglik1"), "fit");
    expect_same(fit.lr, reference_number(tests, "LR"), "lr");
    expect_same(fit.wald, reference_number(tests, "wald"), "wald");
    expect_same(fit.score, reference_number(tests, "score"), "score");
    expect_same(fit.concordance.value, reference_number(tests, "concordance"), "concordance");
    expect_same(fit.concordance.se, reference_number(tests, "concordance_se"), "its se");
    EXPECT_EQ(fit.df, 7);
    EXPECT_EQ(fit.events, 114U);
    EXPECT_TRUE(fit.warnings.empty());
}
INSTANTIATE_TEST_SUITE_P(Cox, ReferenceTies,
                         testing::Values(std::pair{"efron", Ties::efron},
                                         std::pair{"breslow", Ties::breslow},
                                         std::pair{"exact", Ties::exact}));

TEST(Cox, RossiRobustAndBaselineAgreeWithR) {
    for (const auto& [name, ties] : {std::pair{"efron", Ties::efron},
                                     std::pair{"breslow", Ties::breslow}}) {
        const CoxFit fit = cox_fit(frame_of("Rossi.csv", rossi_model), ties, true);
        const std::string prefix = std::string("rossi.cox.") + name;
        for (std::size_t i = 0; i < fit.names.size(); ++i) {
            const auto j = static_cast<Eigen::Index>(i);
            expect_same(std::sqrt(fit.variance(j, j)),
                        reference_number(prefix + ".robust_se", fit.names[i]), fit.names[i]);
        }
        const auto& hazards =
            reference().at(prefix + ".baseline_cumhaz_wk10_26_52_at_mean").as_array();
        std::size_t at = 0;
        for (const double week : {10.0, 26.0, 52.0}) {
            double hazard = 0;
            for (const auto& step : fit.baseline) {
                if (step.time <= week) hazard = step.cumulative_hazard;
            }
            expect_same(hazard, hazards[at++].to_number<double>(), "baseline");
        }
    }
}

TEST(Cox, RossiProportionalityAgreesWithR) {
    for (const auto& [ties_name, ties] : {std::pair{"efron", Ties::efron},
                                          std::pair{"breslow", Ties::breslow}}) {
        for (const auto& [scale_name, scale] : {std::pair{"km", TimeScale::km},
                                                std::pair{"identity", TimeScale::identity},
                                                std::pair{"log", TimeScale::log}}) {
            const CoxFit fit = cox_fit(frame_of("Rossi.csv", rossi_model), ties, false, scale);
            const auto entry = std::string("rossi.zph.") + ties_name + "." + scale_name;
            ASSERT_EQ(fit.zph.size(), 8U);
            for (const auto& line : fit.zph) {
                expect_same(line.chisq, reference_number(entry + ".chisq", line.name), line.name);
                expect_same(line.p, reference_number(entry + ".p", line.name), line.name);
            }
        }
    }
}

TEST(Cox, LungLeavesOutWhatIsMissing) {
    const Frame frame = frame_of("lung.csv", "Surv(time, status) ~ age + sex + ph.ecog");
    const CoxFit fit = cox_fit(frame);
    EXPECT_EQ(frame.missing_rows, 1U);
    EXPECT_EQ(fit.n, 227U);
    EXPECT_EQ(fit.events, 164U);
    for (std::size_t i = 0; i < 3; ++i) {
        const auto j = static_cast<Eigen::Index>(i);
        expect_same(fit.coef[j], reference_number("lung.cox.efron.coef", fit.names[i]), "coef");
        expect_same(std::sqrt(fit.naive(j, j)),
                    reference_number("lung.cox.efron.se", fit.names[i]), "se");
    }
    expect_same(fit.loglik_null, reference_number("lung.cox.loglik", "null"), "null");
    expect_same(fit.loglik, reference_number("lung.cox.loglik", "fit"), "fit");
}

// coxph(Surv(week, arrest) ~ age + prio + strata(race)); coxph(… ~ fin*race + age + strata(race)),
// in which R drops raceother: within a stratum it is constant.
TEST(Cox, StrataAndTheirInteractions) {
    const CoxFit fit =
        cox_fit(frame_of("Rossi.csv", "Surv(week, arrest) ~ age + prio + strata(race)"),
               Ties::efron, false, TimeScale::km);
    expect_all(fit, {-0.0697580460689578, 0.0979659533017946},
               {0.0208762470785752, 0.0270116516657553});
    expect_same(fit.loglik_null, -636.926967331553, "null");
    expect_same(fit.loglik, -623.744281209719, "fit");
    expect_same(fit.concordance.value, 0.6262732130731304, "concordance");
    expect_same(fit.concordance.se, 0.0297309994229845, "its se");
    expect_same(fit.zph[0].chisq, 6.156155812666612, "age");
    expect_same(fit.zph[2].chisq, 7.269582365575599, "GLOBAL");
    const CoxFit within =
        cox_fit(frame_of("Rossi.csv", "Surv(week, arrest) ~ fin*race + age + strata(race)"));
    const std::vector<std::string> names = {"finyes", "raceother", "age", "finyes:raceother"};
    EXPECT_EQ(within.names, names);
    expect_same(within.coef[0], -0.33943197662103242, "fin");
    EXPECT_TRUE(std::isnan(within.coef[1]));
    expect_same(within.coef[2], -0.07161422655560674, "age");
    expect_same(within.coef[3], 0.00441636370102114, "fin:race");
}

// coxph(Surv(time, status) ~ age + sex, lung, weights = ph.karno, robust = FALSE)
// coxph(Surv(week, arrest) ~ age*strata(race)), with its cox.zph; coxph(… ~ age:strata(educ) +
// prio); coxph(… ~ fin:strata(race) + strata(race) + prio)
TEST(Cox, EffectsThatDifferByStratum) {
    using Names = std::vector<std::string>;
    const CoxFit both = cox_fit(frame_of("Rossi.csv", "Surv(week, arrest) ~ age*strata(race)"),
                                Ties::efron, false, TimeScale::km);
    EXPECT_EQ(both.names, (Names{"age", "age:strata(race)other"}));
    expect_same(both.coef[0], -0.0652142416333412, "age");
    EXPECT_NEAR(both.coef[1], -0.0818522893584085, 1e-9);
    expect_same(both.loglik_null, -636.926967331553, "null");
    expect_same(both.loglik, -628.702826157926, "fit");
    EXPECT_EQ(both.zph[1].name, "age:strata(race)");
    EXPECT_NEAR(both.zph[1].chisq, 1.09106024946614, 1e-8);
    const CoxFit each =
        cox_fit(frame_of("Rossi.csv", "Surv(week, arrest) ~ age:strata(educ) + prio"));
    EXPECT_EQ(each.names, (Names{"prio", "age:strata(educ)educ=2", "age:strata(educ)educ=3",
                                 "age:strata(educ)educ=4", "age:strata(educ)educ=5",
                                 "age:strata(educ)educ=6"}));
    expect_same(each.coef[2], -0.1093725464087596, "educ=3");
    expect_same(each.loglik, -550.914587763242, "fit");
    const CoxFit factor = cox_fit(
        frame_of("Rossi.csv", "Surv(week, arrest) ~ fin:strata(race) + strata(race) + prio"));
    EXPECT_EQ(factor.names,
              (Names{"prio", "finyes:strata(race)black", "finyes:strata(race)other"}));
    expect_same(factor.coef[1], -0.418150874864338, "black");
    expect_same(factor.coef[2], -0.392776040357464, "other");
}

TEST(Cox, CaseWeights) {
    FrameOptions options;
    options.weights = "ph.karno";
    const CoxFit fit = cox_fit(frame_of("lung.csv", "Surv(time, status) ~ age + sex", options));
    expect_all(fit, {0.0193760384342653, -0.5315729434031908},
               {0.00104088612384035, 0.01877296002809501});
    expect_same(fit.loglik, -117389.854594511, "fit");
    expect_same(fit.concordance.value, 0.6047682272967001, "concordance");
    expect_same(fit.concordance.se, 0.0257871925823671, "its se");
}

// coxph(Surv(time, status) ~ age + sex + cluster(inst), lung)
TEST(Cox, Clusters) {
    const CoxFit fit =
        cox_fit(frame_of("lung.csv", "Surv(time, status) ~ age + sex + cluster(inst)"));
    expect_all(fit, {0.017033495976585, -0.511668298216427},
               {0.00732739307694929, 0.12823060177950824});
    expect_same(fit.robust_score, 7.03427272006923, "robust score");
    expect_same(fit.wald, 26.1224735880754, "wald");
    expect_same(fit.concordance.se, 0.0198478101998055, "se of the concordance");
}

struct SpellResult {
    Ties ties;
    std::vector<double> coef, se;
    double null, fit, score, concordance_se;
};

// coxph(Surv(start, stop, event) ~ x1 + x2, ties = …)
TEST(Cox, EntryTimesWithEachKindOfTies) {
    const std::vector<SpellResult> from_r = {
        {Ties::efron, {0.209628973267750, -0.542064755414048},
         {0.220250389449814, 0.801396652334427}, -13.9368074129205, -13.3609344454158,
         1.2206366874683, 0.0997610873814104},
        {Ties::breslow, {0.190117848170234, -0.591534860741734},
         {0.217986661416768, 0.807766736273221}, -14.2244894853722, -13.6856894235881,
         1.13464744972473, 0.0882861818887286},
        {Ties::exact, {0.197085479196782, -0.600817052768269},
         {0.228137401236658, 0.839843316547990}, -13.2436602323605, -12.6892412395103,
         1.17135247438389, 0.0882861818887286}};
    for (const auto& r : from_r) {
        const CoxFit fit = cox_fit(twelve_spells(), r.ties, false, TimeScale::identity);
        expect_all(fit, r.coef, r.se);
        expect_same(fit.loglik_null, r.null, "null");
        expect_same(fit.loglik, r.fit, "fit");
        expect_same(fit.score, r.score, "score");
        expect_same(fit.concordance.value, 0.641025641025641, "concordance");
        expect_same(fit.concordance.se, r.concordance_se, "its se");
        if (r.ties == Ties::efron) expect_same(fit.zph[2].chisq, 5.030368735841716, "GLOBAL");
    }
}

// coxph(…, weights = w, cluster = rep(1:6, 2))
TEST(Cox, EntryTimesWeightsAndClustersTogether) {
    Frame frame = twelve_spells();
    frame.weights = twelve_weights();
    frame.cluster = six_pairs();
    const CoxFit fit = cox_fit(frame);
    expect_all(fit, {0.218635017571953, -0.863071466307478},
               {0.196284465462472, 0.575580488023777});
    expect_same(std::sqrt(fit.naive(0, 0)), 0.213602427874540, "naive");
    expect_same(fit.concordance.value, 0.655172413793103, "concordance");
    expect_same(fit.concordance.se, 0.101457402598730, "its se");
    expect_same(fit.robust_score, 2.62774810001537, "robust score");
}

TEST(Cox, AnyNumberOfThreadsGivesTheSame) {
    const Frame frame = frame_of("Rossi.csv", rossi_model);
    CoxOptions options;
    options.robust = true;
    const CoxFit one = cox_fit(frame, options);
    options.threads = 3;
    const CoxFit three = cox_fit(frame, options);
    EXPECT_EQ(one.coef, three.coef);
    EXPECT_EQ(one.variance, three.variance);
    EXPECT_EQ(one.concordance.se, three.concordance.se);
}

}  // namespace
}  // namespace alongside::evidence
