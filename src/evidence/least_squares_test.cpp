#include "evidence/least_squares.h"

#include <numeric>

#include "evidence/robust.h"
#include "evidence/testing_regressions.h"

namespace alongside::evidence {
namespace {

// d <- na.omit(lung[, c("time","age","sex","wt.loss","ph.ecog","inst")])
const std::string lung_rows = " + I(0*ph.ecog) + I(0*inst)";

struct LungLinear {
    Table table = table_in_tests("lung.csv");
    Frame frame;
    Matrix x;
    LinearFit fit;
    Groups inst;
    explicit LungLinear(const std::string& formula)
        : frame(frame_of(table, formula + lung_rows, {.weights = {}, .cluster = "inst",
                                                      .strata = {}})),
          x(frame.design.x), fit(fit_linear(observations(frame))), inst(frame.cluster) {}
};

std::vector<double> known(const Vector& values) {
    std::vector<double> out;
    for (const double value : values)
        if (!std::isnan(value)) out.push_back(value);
    return out;
}

TEST(LeastSquares, WeightsNoughtAmongThemAndAnOffsetAsLm) {
    // d$w <- seq_len(nrow(d)) %% 4; d$off <- 3*d$sex
    // lm(time ~ age + factor(sex) + wt.loss + offset(off), d, weights = w)
    LungLinear lung("time ~ age + factor(sex) + wt.loss + offset(3*sex)");
    Vector weights(lung.frame.y.size());
    for (Eigen::Index i = 0; i < weights.size(); ++i) weights[i] = static_cast<double>((i + 1) % 4);
    lung.frame.weights = weights;
    const LinearFit fit = fit_linear(observations(lung.frame));
    expect_r(known(fit.coef), {418.522344636682, -2.5392095235239, 59.7017793549792,
                               1.09279795823686});
    expect_r(roots_of_diagonal(fit.covariance()),
             {115.742708621676, 1.80230255430034, 31.9732764219017, 1.26929042951465});
    expect_r(std::vector<double>{fit.sigma, fit.r_squared, fit.adjusted_r_squared, fit.f,
                                 fit.loglik, fit.aic},
             {281.056521427069, 0.0410065049452697, 0.0224453405248556, 2.20926360095003,
              -1072.63438464669, 2155.26876929338});
}

TEST(LeastSquares, RobustErrorsAsSandwich) {
    const LungLinear lung("time ~ age + factor(sex) + wt.loss");
    auto hc = [&](Hc kind) { return roots_of_diagonal(hc_covariance(lung.fit, lung.x, kind)); };
    // sqrt(diag(vcovHC(m, type = …)))
    expect_r(hc(Hc::hc0),
             {97.5462122388973, 1.50835476029861, 29.9581919809812, 1.04409163226841});
    expect_r(hc(Hc::hc1),
             {98.4796900844046, 1.52278910602652, 30.2448797760668, 1.05408316740886});
    expect_r(hc(Hc::hc2), {98.854054884641, 1.52885040346895, 30.2448972388074, 1.06405102849444});
    expect_r(hc(Hc::hc3), {100.189384259769, 1.54980878060119, 30.5362616353138, 1.0848314491034});
    // vcovCL(m, cluster = d$inst), and with type = "HC0"
    expect_r(roots_of_diagonal(cluster_covariance(lung.fit, lung.x, lung.inst)),
             {64.4638234795087, 0.953620093523078, 23.7481557277477, 0.826453801851003});
    expect_r(roots_of_diagonal(cluster_covariance(lung.fit, lung.x, lung.inst, Hc::hc0)),
             {64.003909234142, 0.946816533913884, 23.5787255802503, 0.820557504422575});
    // NeweyWest(m, lag = 5, prewhite = FALSE, adjust = TRUE)
    expect_r(roots_of_diagonal(newey_west_covariance(lung.fit, lung.x, 5, true)),
             {79.5432902850672, 1.23035062488798, 31.4780633062453, 0.950763424492493});
}

struct SmallCase {
    Matrix x;
    std::vector<std::string> columns;
    Vector y;
    LinearFit fit() const { return fit_linear({x, columns, y, no_values(), no_values()}); }
};

SmallCase small_case(std::initializer_list<Vector> columns, const Vector& y) {
    SmallCase one{Matrix(y.size(), static_cast<Eigen::Index>(columns.size()) + 1),
                  {"(Intercept)"}, y};
    one.x.col(0).setOnes();
    Eigen::Index at = 1;
    for (const Vector& column : columns) {
        one.columns.push_back("z" + std::to_string(at));
        one.x.col(at++) = column;
    }
    return one;
}

TEST(LeastSquares, HugeAndTinyScales) {
    // z1 <- 1e10 + c(1,5,2,8,3,9,4,4.5)*1e6; z2 <- c(3,1,4,1,5,9,2,6)*1e-10; lm(yy ~ z1 + z2)
    const Vector z1 = 1e10 + vector_of({1, 5, 2, 8, 3, 9, 4, 4.5}).array() * 1e6;
    const Vector z2 = vector_of({3, 1, 4, 1, 5, 9, 2, 6}) * 1e-10;
    const auto one = small_case({z1, z2}, vector_of({1.5, 2.5, 2.1, 3.9, 4.4, 9.1, 2.2, 6.3}));
    const LinearFit fit = one.fit();
    expect_r(fit.coef, {-4983.0720666781, 4.98226007575981e-07, 6551831635.41398});
    expect_r(roots_of_diagonal(fit.covariance()),
             {877.678430012417, 8.77365247037029e-08, 884337795.740301});
    // R adds these up over columns that aren't centred, and has two digits fewer for it.
    expect_r(roots_of_diagonal(hc_covariance(fit, one.x, Hc::hc3)),
             {1693.21848436412, 1.69199049600583e-07, 2151546375.13062}, 1e-8);
}

TEST(LeastSquares, LongleysColumnsAreAlmostCollinear) {
    // lm(Employed ~ ., longley); NIST gives the intercept as -3482258.63459582 (in thousands).
    const auto one = small_case(
        {vector_of({83, 88.5, 88.2, 89.5, 96.2, 98.1, 99, 100, 101.2, 104.6, 108.4, 110.8, 112.6,
                    114.2, 115.7, 116.9}),
         vector_of({234.289, 259.426, 258.054, 284.599, 328.975, 346.999, 365.385, 363.112, 397.469,
                    419.18, 442.769, 444.546, 482.704, 502.601, 518.173, 554.894}),
         vector_of({235.6, 232.5, 368.2, 335.1, 209.9, 193.2, 187, 357.8, 290.4, 282.2, 293.6,
                    468.1, 381.3, 393.1, 480.6, 400.7}),
         vector_of({159, 145.6, 161.6, 165, 309.9, 359.4, 354.7, 335, 304.8, 285.7, 279.8, 263.7,
                    255.2, 251.4, 257.2, 282.7}),
         vector_of({107.608, 108.632, 109.773, 110.929, 112.075, 113.27, 115.094, 116.219, 117.388,
                    118.734, 120.445, 121.95, 123.366, 125.368, 127.852, 130.081}),
         vector_of({1947, 1948, 1949, 1950, 1951, 1952, 1953, 1954, 1955, 1956, 1957, 1958, 1959,
                    1960, 1961, 1962})},
        vector_of({60.323, 61.122, 60.171, 61.187, 63.221, 63.639, 64.989, 63.761, 66.019, 67.857,
                   68.169, 66.513, 68.655, 69.564, 69.331, 70.551}));
    const LinearFit fit = one.fit();
    expect_r(fit.coef, {-3482.25863459582, 0.0150618722713733, -0.0358191792925910,
                        -0.0202022980381683, -0.0103322686717359, -0.0511041056535807,
                        1.82915146461355}, 1e-11);
    expect_r(roots_of_diagonal(fit.covariance()),
             {890.420383607376, 0.0849149257747674, 0.0334910077722434, 0.00488399681651703,
              0.00214274163161676, 0.226073200069373, 0.455478499142213});
}

TEST(LeastSquares, AliasedColumnsAreThoseThatRDrops) {
    const Vector a = vector_of({1, 2, 4, 3, 7, 5}), b = vector_of({2, 1, 1, 5, 3, 2});
    const auto one = small_case({a, Vector::Constant(6, 5), 2 * a - b, b, a.cwiseProduct(a)},
                                vector_of({1, 3, 2, 5, 4, 8}));
    // lm(y ~ a + five + I(2*a - b) + b + I(a^2)): five and b are NA.
    const LinearFit fit = one.fit();
    EXPECT_EQ(fit.kept, (std::vector<Eigen::Index>{0, 1, 3, 5}));
    EXPECT_TRUE(std::isnan(fit.coef[2]) && std::isnan(fit.coef[4]));
    EXPECT_EQ(fit.df_residual, 2);
}

TEST(LeastSquares, NoRowOneAndTwo) {
    EXPECT_TRUE(small_case({Vector(0)}, Vector(0)).fit().kept.empty());
    const LinearFit one = small_case({vector_of({3})}, vector_of({7})).fit();
    expect_r(one.coef, {7, missing});
    EXPECT_TRUE(std::isnan(one.sigma));
    const LinearFit two = small_case({vector_of({1, 2})}, vector_of({3, 5})).fit();
    expect_r(two.coef, {1, 2}, 1e-12);
    EXPECT_EQ(two.df_residual, 0);
    EXPECT_TRUE(std::isnan(term_lines(two, 0.95)[1].se));
    Matrix x(2, 2);
    x << 1, 1, 1, 2;
    EXPECT_TRUE(hc_covariance(two, x, Hc::hc3).array().isNaN().all());
}

// Enough rows for blocks, threads and sums of squares.
TEST(LeastSquares, TheSameForAnyNumberOfThreadsAndEitherWay) {
    const Eigen::Index rows = 30'011;
    Matrix x(rows, 4);
    Vector y(rows);
    for (Eigen::Index i = 0; i < rows; ++i) {
        const double at = static_cast<double>(i);
        x.row(i) << 1, std::sin(at), 2000 + std::cos(at * 1.7), std::fmod(at * 0.618, 1);
        y[i] = std::sin(at * 3.1) + x(i, 1) - x(i, 3);
    }
    const std::vector<std::string> names{"(Intercept)", "a", "b", "c"};
    const LinearFit one = fit_linear({x, names, y, no_values(), no_values(), 1});
    const LinearFit three = fit_linear({x, names, y, no_values(), no_values(), 3});
    EXPECT_EQ(one.coef, three.coef);
    EXPECT_EQ(one.unscaled, three.unscaled);
    const Standard standard = standardise(x, 1);
    const std::vector<Eigen::Index> all{0, 1, 2, 3};
    auto weigh = [&](Eigen::Index, Eigen::Index first, Eigen::Index count, double* weights,
                     double* pulls) {
        for (Eigen::Index i = 0; i < count; ++i) weights[i] = 1, pulls[i] = y[first + i];
    };
    const Factor squares = factorise(x, standard, all, weigh, false, 1);
    const Factor reflections = factorise(x, standard, all, weigh, true, 2);
    EXPECT_FALSE(squares.doubtful);
    EXPECT_LT((squares.upper.cwiseAbs() - reflections.upper.cwiseAbs()).norm(), 1e-10);
}

TEST(LeastSquares, DurbinWatsonAndAutocorrelation) {
    // r <- c(1,-1,2,0,-2); sum(diff(r)^2)/sum(r^2); acf(r, plot = FALSE)
    const Vector r = vector_of({1, -1, 2, 0, -2});
    expect_r(durbin_watson(r), 2.1);
    expect_r(autocorrelation(r, 3), {-0.3, -0.2, 0.2});
    EXPECT_EQ(autocorrelation(r, 99).size(), 4u);
}

}  // namespace
}  // namespace alongside::evidence
