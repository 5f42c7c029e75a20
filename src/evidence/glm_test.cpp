#include "evidence/glm.h"

#include "evidence/negative_binomial.h"
#include "evidence/robust.h"
#include "evidence/testing_regressions.h"
#include "tests/evidence_files.h"

namespace alongside::evidence {
namespace {

struct CountCase {
    Matrix x;
    std::vector<std::string> columns;
    Vector y, weights, offset;
    Observations data(int threads = 1) const { return {x, columns, y, weights, offset, threads}; }
    GlmFit fit(Family family) const { return *fit_glm(data(), {.family = family}); }
};

CountCase count_case(std::initializer_list<Vector> columns, const Vector& y,
                     const Vector& weights = Vector(), const Vector& offset = Vector()) {
    CountCase one{Matrix(y.size(), static_cast<Eigen::Index>(columns.size()) + 1),
                  {"(Intercept)"}, y, weights, offset};
    one.x.col(0).setOnes();
    Eigen::Index at = 1;
    for (const Vector& column : columns) {
        one.columns.push_back("x" + std::to_string(at));
        one.x.col(at++) = column;
    }
    return one;
}

const Vector six = vector_of({1, 2, 3, 4, 5, 6});

TEST(Logit, LalondesPropensityAsReference) {
    const Table table = table_in_tests("lalonde.csv");
    const Frame frame =
        frame_of(table, "treat ~ age + educ + race + married + nodegree + re74 + re75");
    const auto data = observations(frame);
    const GlmFit fit = *fit_glm(data, {.family = Family::binomial});
    EXPECT_TRUE(fit.converged);
    EXPECT_FALSE(fit.separation);
    expect_r(fit.coef, r_reference("lalonde.ps.coef"));
    // The reference's weights are those of the round before its last one: 4e-9 away.
    expect_r(roots_of_diagonal(fit.covariance()), r_reference("lalonde.ps.se"), 8e-9);
    expect_r(std::vector<double>{fit.deviance, fit.null_deviance, fit.aic},
             r_reference("lalonde.ps.fit"));
    const Vector score = frame.design.x.transpose() * fit.pull;
    EXPECT_LT((score.array() / frame.design.x.array().abs().colwise().sum().transpose()).abs()
                  .maxCoeff(), 1e-15);
    // The scores as lalonde_ps.csv has them.
    const Table scores = table_in_tests("lalonde_ps.csv");
    for (std::size_t i = 0; i < scores.rows; i += 37)
        expect_r(fit.fitted[static_cast<Eigen::Index>(i)], scores.find("ps")->numbers[i], 1e-12);
}

// d <- na.omit(lung[, c("time","age","sex","wt.loss","ph.ecog","inst")])
// glm(I(sex - 1) ~ age + wt.loss + ph.ecog, binomial, d), to the end
TEST(Logit, RobustErrorsAsSandwich) {
    const Table table = table_in_tests("lung.csv");
    const Frame frame = frame_of(table, "I(sex-1) ~ age + wt.loss + ph.ecog",
                                 {.weights = {}, .cluster = "inst", .strata = {}});
    const GlmFit fit = *fit_glm(observations(frame), {.family = Family::binomial});
    expect_r(fit.coef, {1.48557184460065, -0.028644628805858, -0.0201375270587047,
                        0.112901073487616});
    expect_r(roots_of_diagonal(fit.covariance()), {0.98138359790854, 0.0159849821246004,
                                                   0.0115591077377556, 0.208757241356766});
    expect_r(std::vector<double>{fit.deviance, fit.null_deviance, fit.aic},
             {279.80347134042, 286.301804953558, 287.80347134042});
    const Matrix& x = frame.design.x;
    auto hc = [&](Hc kind) { return roots_of_diagonal(hc_covariance(fit, x, kind)); };
    expect_r(hc(Hc::hc0), {0.995520901133719, 0.0159145087534826, 0.012066626097412,
                           0.206862778876302});
    expect_r(hc(Hc::hc1), {1.00504763399828, 0.01606680417329, 0.0121820988346248,
                           0.208842372104057});
    expect_r(hc(Hc::hc2), {1.00954737744474, 0.0161371584546218, 0.0122887537583429,
                           0.20942880047669});
    expect_r(hc(Hc::hc3), {1.02385590261595, 0.0163643861406336, 0.0125174668233634,
                           0.21204125506655});
    // vcovCL(g, cluster = d$inst), and with type = "HC1"
    expect_r(roots_of_diagonal(cluster_covariance(fit, x, frame.cluster, Hc::hc0)),
             {1.00978186366143, 0.0174726868698098, 0.0104318710016407, 0.212634937263699});
    expect_r(roots_of_diagonal(cluster_covariance(fit, x, frame.cluster, Hc::hc1)),
             {1.01703787457339, 0.0175982407256979, 0.0105068315179106, 0.21416287263328});
    EXPECT_NEAR(hat_values(fit, x).sum(), 4, 1e-12);
}

TEST(Logit, SharesOfTrialsWithAnOffset) {
    // suc <- c(1,3,4,6,9,9); n <- c(10,10,9,10,11,10); o <- c(.1,.2,.1,0,-.1,.3)
    // glm(cbind(suc, n - suc) ~ x + offset(o), binomial)
    const Vector trials = vector_of({10, 10, 9, 10, 11, 10});
    const Vector successes = vector_of({1, 3, 4, 6, 9, 9});
    const auto one = count_case({six}, successes.cwiseQuotient(trials), trials,
                                vector_of({.1, .2, .1, 0, -.1, .3}));
    const GlmFit fit = one.fit(Family::binomial);
    expect_r(fit.coef, {-2.9036862729074, 0.854206169330845});
    expect_r(roots_of_diagonal(fit.covariance()), {0.80720554960073, 0.2191396954902});
    expect_r(std::vector<double>{fit.deviance, fit.null_deviance, fit.aic, fit.loglik},
             {0.315610663811576, 22.0785496475458, 18.6260531434336, -7.31302657171682});
    expect_r(pearson_residuals(fit, one.data()),
             {-0.235632571449093, 0.214633403999343, 0.026720197724359, -0.166887343407277,
              0.303537278141046, -0.309033106361442});
    expect_r(deviance_residuals(fit, one.data()),
             {-0.242935449152782, 0.212263888053378, 0.0267107974563353, -0.166172077605581,
              0.310396740897832, -0.294727518817756});
}

TEST(Poisson, WeightsNoughtAmongThem) {
    // glm(c(0,2,1,5,8,9) ~ x, poisson, weights = c(1,2,0,1,1.5,1)), and quasipoisson
    const auto one = count_case({six}, vector_of({0, 2, 1, 5, 8, 9}),
                                vector_of({1, 2, 0, 1, 1.5, 1}));
    const GlmFit fit = one.fit(Family::poisson);
    expect_r(fit.coef, {-0.388293155449837, 0.462758913946423});
    expect_r(roots_of_diagonal(fit.covariance()), {0.632382494020232, 0.127912771415905});
    expect_r(std::vector<double>{fit.deviance, fit.null_deviance, fit.aic, fit.df_residual},
             {2.9702537273948, 19.3324836755547, 25.6390936424088, 3});
    const GlmFit quasi = one.fit(Family::quasipoisson);
    expect_r(roots_of_diagonal(quasi.covariance()), {0.502857231824146, 0.101713540076425});
    expect_r(quasi.dispersion, 0.632309522865555);
    EXPECT_TRUE(std::isnan(quasi.aic));
}

TEST(NegativeBinomial, AsMass) {
    // glm.nb(prio ~ age + wexp, Rossi, control = glm.control(epsilon = 1e-14, maxit = 200))
    const Table table = table_in_tests("Rossi.csv");
    const Frame frame = frame_of(table, "prio ~ age + wexp",
                                 {.weights = {}, .cluster = "educ", .strata = {}});
    const NegbinFit fit = *fit_negbin(observations(frame));
    EXPECT_TRUE(fit.converged);
    expect_r(fit.coef, {1.41822641222277, -0.00310425782708779, -0.489995079889765});
    expect_r(roots_of_diagonal(fit.covariance()),
             {0.172621586946164, 0.00734620209326383, 0.0877435576439773});
    // theta's error is from the information at nb$theta; MASS's own is of the theta before.
    expect_r(std::vector<double>{fit.theta, fit.theta_se, fit.twologlik, fit.deviance,
                                 fit.null_deviance, fit.aic},
             {2.64769805850785, 0.337007231513547, -1846.20493454283, 441.220485319282,
              479.328658519588, 1854.20493454283}, 1e-9);
    expect_r(roots_of_diagonal(cluster_covariance(fit, frame.design.x, frame.cluster, Hc::hc0)),
             {0.114719624851987, 0.0044851504151691, 0.120864476451394}, 1e-9);
    expect_r(roots_of_diagonal(hc_covariance(fit, frame.design.x, Hc::hc3)),
             {0.184127594035569, 0.00796653983120805, 0.100074224757943}, 1e-9);
}

TEST(NegativeBinomial, CountsAsEvenAsPoissonsHaveNoTheta) {
    const auto one = count_case({six}, vector_of({2, 3, 3, 4, 4, 5}));
    const NegbinFit fit = *fit_negbin(one.data());
    EXPECT_TRUE(fit.theta_runs_away);
    EXPECT_TRUE(std::isinf(fit.theta));
    expect_r(fit.coef, std::vector<double>{one.fit(Family::poisson).coef[0],
                                           one.fit(Family::poisson).coef[1]});
}

TEST(Separation, CompleteIsSaid) {
    const auto one = count_case({six, vector_of({3, 1, 4, 1, 5, 9})},
                                vector_of({0, 0, 0, 1, 1, 1}));
    const GlmFit fit = one.fit(Family::binomial);
    ASSERT_TRUE(fit.separation);
    EXPECT_TRUE(fit.separation->complete);
    EXPECT_FALSE(fit.converged);
    EXPECT_EQ(fit.separation->rows, 6u);
    EXPECT_NE(std::find(fit.separation->columns.begin(), fit.separation->columns.end(), "x1"),
              fit.separation->columns.end());
}

TEST(Separation, QuasiCompleteNamesOnlyWhatRunsAway) {
    // Everyone of x1 = 1 has the outcome; x2 is harmless.
    const auto one = count_case({vector_of({0, 0, 0, 0, 0, 0, 1, 1, 1}),
                                 vector_of({1, 2, 3, 4, 5, 6, 2, 3, 7})},
                                vector_of({0, 1, 1, 0, 0, 1, 1, 1, 1}));
    const GlmFit fit = one.fit(Family::binomial);
    ASSERT_TRUE(fit.separation);
    EXPECT_FALSE(fit.separation->complete);
    EXPECT_EQ(fit.separation->columns, std::vector<std::string>{"x1"});
    EXPECT_EQ(fit.separation->rows, 3u);
}

// A point that both outcomes share: separated but for it.
TEST(Separation, QuasiCompleteWithAContinuousColumn) {
    const auto one = count_case({vector_of({1, 2, 3, 3, 4, 5})}, vector_of({0, 0, 0, 1, 1, 1}));
    const GlmFit fit = one.fit(Family::binomial);
    ASSERT_TRUE(fit.separation);
    EXPECT_FALSE(fit.separation->complete);
    EXPECT_EQ(fit.separation->rows, 4u);
}

TEST(Separation, OneOutcomeAlone) {
    for (const double outcome : {0.0, 1.0}) {
        const GlmFit fit = count_case({six}, Vector::Constant(6, outcome)).fit(Family::binomial);
        ASSERT_TRUE(fit.separation);
        EXPECT_TRUE(fit.separation->complete);
    }
    ASSERT_TRUE(count_case({six}, Vector::Zero(6)).fit(Family::poisson).separation);
}

TEST(Separation, CountsThatAreAllNoughtOnOneSide) {
    const GlmFit fit = count_case({vector_of({0, 0, 0, 1, 1, 1})}, vector_of({3, 1, 4, 0, 0, 0}))
                           .fit(Family::poisson);
    ASSERT_TRUE(fit.separation);
    EXPECT_EQ(fit.separation->columns, std::vector<std::string>{"x1"});
    EXPECT_EQ(fit.separation->rows, 3u);
}

// Almost separated, by an effect of hundreds; one pair of rows the other way round is enough for an
// estimate to exist.
TEST(Separation, NoFalseAlarm) {
    const auto huge = count_case({vector_of({1, 2, 3, 4.001, 3.999, 5, 6, 7})},
                                 vector_of({0, 0, 0, 0, 1, 1, 1, 1}));
    const GlmFit fit = huge.fit(Family::binomial);
    EXPECT_FALSE(fit.separation);
    EXPECT_TRUE(fit.converged);
    const auto shifted = count_case({1e6 + six.array() * 1e-3}, vector_of({0, 1, 0, 0, 1, 1}));
    EXPECT_FALSE(shifted.fit(Family::binomial).separation);
    EXPECT_TRUE(shifted.fit(Family::binomial).converged);
    // Shares are never told apart.
    const auto shares = count_case({six}, vector_of({0, 0.001, 0, 1, 1, 0.999}),
                                   Vector::Constant(6, 1000));
    EXPECT_FALSE(shares.fit(Family::binomial).separation);
}

TEST(Glm, WhatTheFamilyCantHaveIsTroubleByRow) {
    const auto counts = count_case({six}, vector_of({1, 2, -1, 0, 1, 2}));
    const auto fit = fit_glm(counts.data(), {.family = Family::poisson});
    ASSERT_FALSE(fit);
    EXPECT_NE(fit.error().sentence.find("row 3"), std::string::npos);
    const auto shares = count_case({six}, vector_of({0, 1, 1, 0, 2, 1}));
    EXPECT_EQ(first_impossible(Family::binomial, shares.y), 4u);
}

TEST(Glm, WhatTheFamilyCantHaveIsTroubleByLineOfTheFile) {
    // A blank line and a missing value stand before it.
    const evidence_files::WrittenFile file("visits,age\n1,30\n\n2,NA\n0,28\n-1,41\n3,25\n");
    const auto table = read_csv(file.path(), {.shown_as = "visits.csv"});
    const Frame frame = frame_of(*table, "visits ~ age");
    const auto fit = fit_glm(observations(frame), {.family = Family::poisson});
    ASSERT_FALSE(fit);
    EXPECT_EQ(fit.error().sentence,
              "visits.csv:6: visits is -1, but must be a count: not negative");
}

TEST(Glm, NoColumnsFewRowsAndAliases) {
    const auto one = count_case({vector_of({4})}, vector_of({3}));
    const GlmFit fit = one.fit(Family::poisson);
    expect_r(fit.coef, {std::log(3.0), missing}, 1e-9);
    EXPECT_EQ(fit.df_residual, 0);
    // glm(y ~ x + I(3 - 2*x) + five, poisson): only x is kept.
    const auto more = count_case({six, 3 - 2 * six.array(), Vector::Constant(6, 5)},
                                 vector_of({1, 0, 3, 2, 5, 4}));
    EXPECT_EQ(more.fit(Family::poisson).kept, (std::vector<Eigen::Index>{0, 1}));
    const Matrix none(3, 0);
    const std::vector<std::string> no_names;
    const Vector y = vector_of({0, 1, 1});
    const auto empty = fit_glm({none, no_names, y, no_values(), no_values()}, {});
    ASSERT_TRUE(empty);
    expect_r(empty->deviance, 2 * 3 * std::log(2.0));
}

// A million would do the same; these are enough for blocks, threads and sums of squares.
TEST(Glm, TheSameForAnyNumberOfThreads) {
    const Eigen::Index rows = 40'003;
    Matrix x(rows, 3);
    Vector y(rows);
    for (Eigen::Index i = 0; i < rows; ++i) {
        const double at = static_cast<double>(i);
        x.row(i) << 1, std::sin(at), std::cos(at * 1.7);
        y[i] = std::sin(at * 12.9898) * 43758.5453 -
                           std::floor(std::sin(at * 12.9898) * 43758.5453) <
                       1 / (1 + std::exp(1 - x(i, 1) - 0.5 * x(i, 2)))
                   ? 1
                   : 0;
    }
    const std::vector<std::string> names{"(Intercept)", "a", "b"};
    const auto one = fit_glm({x, names, y, no_values(), no_values(), 1}, {});
    const auto four = fit_glm({x, names, y, no_values(), no_values(), 4}, {});
    EXPECT_EQ(one->coef, four->coef);
    EXPECT_EQ(one->unscaled, four->unscaled);
    EXPECT_EQ(one->deviance, four->deviance);
    const Vector score = x.transpose() * one->pull;
    EXPECT_LT(score.cwiseAbs().maxCoeff(), 1e-9);
    EXPECT_NEAR(one->coef[1], 1, 0.1);
}

}  // namespace
}  // namespace alongside::evidence
