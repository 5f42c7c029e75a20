#include "evidence/kaplan_meier.h"

#include "evidence/testing_survival.h"

namespace alongside::evidence {
namespace {

Curve only_curve(const Frame& frame, const CurveOptions& options = {}) {
    return kaplan_meier(frame, {}, options).front();
}

void expect_points(const Curve& curve, double CurvePoint::*value, const std::vector<double>& from_r,
                   const std::string& what) {
    ASSERT_LE(from_r.size(), curve.points.size());
    for (std::size_t i = 0; i < from_r.size(); ++i) {
        expect_same(curve.points[i].*value, from_r[i], what);
    }
}

TEST(KaplanMeier, RossiAgreesWithRForEachKindOfLimits) {
    const Frame frame = groups_frame("Rossi.csv", "Surv(week, arrest) ~ fin");
    for (const auto& [name, limits] : {std::pair{"plain", CurveLimits::plain},
                                       std::pair{"log", CurveLimits::log},
                                       std::pair{"log-log", CurveLimits::log_log}}) {
        CurveOptions options;
        options.limits = limits;
        options.rmean = MeanUpTo::time;
        options.rmean_until = 52;
        const auto curves = kaplan_meier(frame, frame.groups, options);
        ASSERT_EQ(curves.size(), 2U);
        for (const Curve& curve : curves) {
            const auto entry = std::string("rossi.km.") + name + "." + curve.name;
            for (const double week : {10.0, 20.0, 30.0, 40.0, 52.0}) {
                const CurvePoint point = at_time(curve, week);
                const auto key = std::to_string(static_cast<int>(week));
                expect_same(point.surv, reference_number(entry + ".surv", key), "surv");
                expect_same(point.se, reference_number(entry + ".std.err", key), "se");
                expect_same(point.lower, reference_number(entry + ".lower", key), "lower");
                expect_same(point.upper, reference_number(entry + ".upper", key), "upper");
            }
            expect_same(curve.rmean, reference_number("rossi.km.rmean52", curve.name), "rmean");
            expect_same(curve.rmean_se, reference_number("rossi.km.rmean52", "se." + curve.name),
                        "se of rmean");
        }
    }
}

// summary(survfit(Surv(time, status) ~ sex, lung), rmean = 365)$table
TEST(KaplanMeier, LungMediansAndRestrictedMeans) {
    const Frame frame = groups_frame("lung.csv", "Surv(time, status) ~ sex");
    CurveOptions options;
    options.rmean = MeanUpTo::time;
    options.rmean_until = 365;
    const auto curves = kaplan_meier(frame, frame.groups, options);
    for (const Curve& curve : curves) {
        expect_same(curve.median, reference_number("lung.km.median", curve.name), "median");
        expect_same(curve.median_lower, reference_number("lung.km.median", "lcl." + curve.name),
                    "lower");
        expect_same(curve.median_upper, reference_number("lung.km.median", "ucl." + curve.name),
                    "upper");
    }
    EXPECT_EQ(curves[0].events, 112);
    expect_same(curves[0].rmean, 241.495085192057, "rmean");
    expect_same(curves[0].rmean_se, 10.3582264910969, "se");
    expect_same(curves[1].rmean, 297.465409532037, "rmean");
    options.rmean = MeanUpTo::own_last;         // rmean = "individual"
    const auto whole = kaplan_meier(frame, frame.groups, options);
    expect_same(whole[0].rmean, 326.084109668875, "up to its own end");
    expect_same(whole[1].rmean, 455.904087511673, "up to its own end");
    expect_same(whole[1].rmean_se, 32.9174156887350, "se");
}

// survfit(Surv(start, stop, event) ~ 1)
TEST(KaplanMeier, EntryTimes) {
    Frame frame = twelve_spells();
    const Curve curve = only_curve(frame);
    expect_points(curve, &CurvePoint::time, {3, 4, 5, 6, 7, 8, 9, 10}, "time");
    expect_points(curve, &CurvePoint::at_risk, {8, 8, 7, 7, 6, 5, 4, 1}, "at risk");
    expect_points(curve, &CurvePoint::surv,
                  {0.875, 0.765625, 0.65625, 0.5625, 0.46875, 0.375, 0.1875, 0}, "surv");
    expect_points(curve, &CurvePoint::se,
                  {0.116926793336686, 0.144689524823845, 0.160108605718119, 0.162379763209582,
                   0.160108605718119, 0.153093108923949, 0.121030729568982}, "se");
    EXPECT_TRUE(std::isnan(curve.points.back().se));
    frame.cluster = six_pairs();        // survfit(…, cluster = rep(1:6, 2))
    expect_points(only_curve(frame), &CurvePoint::se,
                  {0.121030729568982, 0.155883358900273, 0.170538124632368, 0.157401686699239,
                   0.115093428697735, 0.153060560160123, 0.106781850891652}, "clustered");
}

// survfit(Surv(stop, event) ~ 1, weights = w), and cluster = rep(1:6, 2) in place of weights
TEST(KaplanMeier, BrokenWeightsAndClustersGiveRobustErrors) {
    Frame frame = twelve_spells();
    frame.start.resize(0);
    frame.weights = twelve_weights();
    const Curve weighted = only_curve(frame);
    expect_points(weighted, &CurvePoint::surv,
                  {0.936305732484076, 0.872611464968153, 0.835320376721651, 0.760738200228646,
                   0.66796524898125, 0.52880582211015, 0.157714017120573, 0}, "surv");
    expect_points(weighted, &CurvePoint::se,
                  {0.062991403744465, 0.0880780810077782, 0.0963524983662496, 0.1194957249776965,
                   0.1468494497985893, 0.1796570689317202, 0.1121214747214620, 0}, "se");
    expect_points(weighted, &CurvePoint::lower,
                  {0.8206383214606796, 0.7159849108303975, 0.6662983184087740, 0.5591516882851622,
                   0.4341308646154796, 0.2717115399532475, 0.0391504891353646}, "lower");
    EXPECT_EQ(weighted.median, 9);
    EXPECT_EQ(weighted.median_lower, 7);
    EXPECT_TRUE(std::isnan(weighted.median_upper));
    frame.weights.resize(0);
    frame.cluster = six_pairs();
    expect_points(only_curve(frame), &CurvePoint::se,
                  {0.0760725774312731, 0.0962250448649376, 0.1030451360127483, 0.1110539404815937,
                   0.1050441247770686, 0.1559651780072528, 0.1091602086806670, 0}, "clustered");
}

TEST(KaplanMeier, HardCases) {
    const Curve censored = only_curve(survival_in_memory({}, {1, 2}, {0, 0}, {}));
    EXPECT_EQ(censored.points.back().surv, 1);
    EXPECT_EQ(censored.points.back().se, 0);
    EXPECT_TRUE(std::isnan(censored.median));
    const Curve one = only_curve(survival_in_memory({}, {5}, {1}, {}));
    EXPECT_EQ(one.points.back().surv, 0);
    EXPECT_TRUE(std::isnan(one.points.back().lower));
    EXPECT_EQ(one.median, 5);
    // Exactly one half: midway to the next step down.
    EXPECT_EQ(only_curve(survival_in_memory({}, {1, 2, 3, 4}, {1, 1, 1, 1}, {})).median, 2.5);
    const CurvePoint before = at_time(one, 2);
    EXPECT_EQ(before.surv, 1);
    EXPECT_EQ(before.at_risk, 1);
    EXPECT_EQ(before.lower, 1);
}

}  // namespace
}  // namespace alongside::evidence
