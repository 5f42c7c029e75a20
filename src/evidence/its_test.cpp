#include "evidence/its.h"

#include "evidence/testing_regressions.h"

namespace alongside::evidence {
namespace {

// The reference's t, law, tpost, m1s, … are month, level, slope, sin1, …
const std::vector<std::string> as_reference{"(Intercept)", "level", "month", "slope",
                                            "sin1", "cos1", "sin2", "cos2"};

struct BeltCase {
    Table table = table_in_tests("Seatbelts.csv");
    Frame frame;
    ItsSeries series;
    explicit BeltCase(const std::string& formula) : frame(frame_of(table, formula)) {
        const auto& months = table.find("month")->numbers;
        series.x = frame.design.x;
        series.columns = frame.design.columns;
        series.y = frame.y;
        series.offset = frame.offset;
        series.time = Eigen::Map<const Vector>(months.data(), frame.y.size());
    }
    ItsFit fit(ItsModel model, int lags, bool adjust) const {
        ItsPlan plan{.model = model, .time = "month", .from = 170, .season = 12, .pairs = 2,
                     .lags = lags, .adjust = adjust};
        const auto found = fit_its(series, plan);
        EXPECT_TRUE(found.has_value());
        return *found;
    }
};

std::vector<double> coefs(const ItsFit& fit) {
    std::vector<double> out;
    for (std::size_t j = 0; j < fit.terms.size(); ++j) {
        EXPECT_EQ(fit.terms[j].name, as_reference[j]);
        out.push_back(fit.terms[j].coef);
    }
    return out;
}

std::vector<double> errors(const ItsFit& fit, bool robust) {
    std::vector<double> out;
    for (const TermLine& line : fit.terms) out.push_back(robust ? line.robust_se : line.se);
    return out;
}

TEST(Its, PoissonAsReference) {
    const BeltCase belts("DriversKilled ~ offset(log(kms))");
    const ItsFit fit = belts.fit(ItsModel::poisson, 4, false);
    expect_r(coefs(fit), r_reference("its.poisson.coef"));
    // The reference's weights are those of the round before its last one: 4e-10 away.
    expect_r(errors(fit, false), r_reference("its.poisson.se"), 3e-9);
    expect_r(std::vector<double>{fit.deviance, fit.loglik, fit.aic, fit.dispersion},
             r_reference("its.poisson.fit"));
    expect_r(errors(fit, true), r_reference("its.poisson.NW_se_lag4_noprewhite_noadj"), 3e-9);
    expect_r(errors(belts.fit(ItsModel::poisson, 12, true), true),
             r_reference("its.poisson.NW_se_lag12_noprewhite_adj"), 3e-9);
    expect_r(errors(belts.fit(ItsModel::quasipoisson, 4, false), false),
             r_reference("its.quasipoisson.se"), 3e-9);
    // No lags: White's errors.
    expect_r(errors(belts.fit(ItsModel::poisson, 0, false), true),
             r_reference("its.poisson.HC0_se"), 3e-9);
}

TEST(Its, NegativeBinomialAsReference) {
    const BeltCase belts("drivers ~ offset(log(kms))");
    const ItsFit fit = belts.fit(ItsModel::negbin, 4, false);
    expect_r(coefs(fit), r_reference("its.negbin_drivers.coef"));
    expect_r(errors(fit, false), r_reference("its.negbin_drivers.se"));
    const auto theta = r_reference("its.negbin_drivers.theta");
    expect_r(fit.theta, theta[0]);
    expect_r(fit.theta_se, theta[1], 1e-8);     // its information is of the theta before the last
    expect_r(2 * fit.loglik, theta[2]);
    const auto polished = r_reference("its.negbin_drivers.newton_polished");
    expect_r(coefs(fit), {polished.begin(), polished.begin() + 8});
    expect_r(fit.theta, polished[8]);
}

TEST(Its, LinearAsReference) {
    const BeltCase belts("log(drivers) ~ 1");
    const ItsFit fit = belts.fit(ItsModel::ols, 6, false);
    expect_r(coefs(fit), r_reference("its.ols_logdrivers.coef"));
    expect_r(errors(fit, true), r_reference("its.ols_logdrivers.NW_lag6_se"));
    expect_r(fit.diagnostics.durbin_watson, r_reference("its.ols.DW")[0]);
    auto correlations = fit.diagnostics.autocorrelation;
    correlations.resize(6);
    expect_r(correlations, r_reference("its.ols.resid_acf1_6"));
    // The effect at the end: the 23rd month.
    expect_r(fit.at_end.value, fit.terms[1].coef + 23 * fit.terms[3].coef);
    double total = 0;
    for (const ItsPoint& point : fit.points)
        if (point.is_after) total += point.fitted - point.counterfactual;
    expect_r(fit.total.value, total);
    // 23 levels and 1 + … + 23 slopes, and its variance from the covariance of the two.
    expect_r(fit.total.value, 23 * fit.terms[1].coef + 276 * fit.terms[3].coef);
    const Matrix& v = fit.covariance;
    expect_r(fit.total.se, std::sqrt(23. * 23 * v(1, 1) + 2. * 23 * 276 * v(1, 3) +
                                     276. * 276 * v(3, 3)), 1e-9);
}

ItsSeries short_series(const std::vector<double>& time, const std::vector<double>& y) {
    ItsSeries series;
    series.y = Eigen::Map<const Vector>(y.data(), static_cast<Eigen::Index>(y.size()));
    series.time = Eigen::Map<const Vector>(time.data(), static_cast<Eigen::Index>(time.size()));
    series.x = Matrix::Ones(series.y.size(), 1);
    series.columns = {"(Intercept)"};
    return series;
}

// A line that steps from 2 + t to 12 + t + 2(t - 5): exactly.
TEST(Its, FindsTheStepWhateverTheOrderOfRows) {
    const ItsSeries series = short_series({9, 1, 8, 2, 7, 3, 6, 4, 5, 10},
                                          {29, 3, 26, 4, 23, 5, 20, 6, 7, 32});
    const auto fit = fit_its(series, {.model = ItsModel::ols, .time = "t", .from = 6, .lags = 1});
    ASSERT_TRUE(fit);
    expect_r(std::vector<double>{fit->terms[0].coef, fit->terms[1].coef, fit->terms[2].coef,
                                 fit->terms[3].coef}, {2, 10, 1, 2}, 1e-9);
    expect_r(fit->at_end.value, 20, 1e-9);
    EXPECT_EQ(fit->points.front().row, 1u);
    EXPECT_FALSE(fit->cautions.empty());        // five points a side
}

TEST(Its, AComparisonSeriesTakesWhatBothShare) {
    ItsSeries series = short_series({1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6},
                                    {1, 2, 3, 14, 15, 16, 5, 5, 5, 9, 9, 9});
    series.series = {{0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1}, {"here", "there"}};
    series.is_treated = {true, false};
    const auto fit = fit_its(series, {.model = ItsModel::ols, .time = "t", .from = 4, .lags = 1});
    ASSERT_TRUE(fit);
    double effect = missing;
    for (const TermLine& line : fit->terms)
        if (line.name == "treated:level") effect = line.coef;
    expect_r(effect, 6, 1e-9);                  // 10 here less 4 there
    expect_r(fit->at_end.value, 6, 1e-9);
    EXPECT_EQ(fit->before, 3u);
    EXPECT_FALSE(fit->points.back().is_after);  // of the comparison
}

TEST(Its, NothingBeforeOrAfterAndTimesTwice) {
    const ItsPlan plan{.model = ItsModel::ols, .time = "t", .from = 9};
    EXPECT_NE(fit_its(short_series({1, 2, 3}, {1, 2, 3}), plan).error().sentence
                  .find("at or after"), std::string::npos);
    EXPECT_NE(fit_its(short_series({9, 10}, {1, 2}), plan).error().sentence.find("before"),
              std::string::npos);
    EXPECT_NE(fit_its(short_series({1, 2, 2, 9}, {1, 2, 3, 4}), plan).error().sentence
                  .find("t 2 comes twice"), std::string::npos);
}

TEST(Its, LagsByTheRule) {
    EXPECT_EQ(default_lags(100), 4);
    EXPECT_EQ(default_lags(192), 4);
    EXPECT_EQ(default_lags(48), 3);
    EXPECT_EQ(default_lags(1000), 6);
}

}  // namespace
}  // namespace alongside::evidence
