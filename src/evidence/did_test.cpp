#include "evidence/did.h"

#include "evidence/testing_regressions.h"

namespace alongside::evidence {
namespace {

Groups codes_of(const std::vector<double>& values) {
    std::vector<double> distinct = values;
    std::sort(distinct.begin(), distinct.end());
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    Groups groups;
    for (const double value : values)
        groups.of_row.push_back(static_cast<std::int32_t>(
            std::lower_bound(distinct.begin(), distinct.end(), value) - distinct.begin()));
    for (const double value : distinct) groups.names.push_back(std::to_string(value));
    return groups;
}

Panel panel_of(const Table& table, const std::string& unit, const std::string& time) {
    Panel panel;
    const auto& y = table.find("y")->numbers;
    panel.y = Eigen::Map<const Vector>(y.data(), static_cast<Eigen::Index>(y.size()));
    panel.units = codes_of(table.find(unit)->numbers);
    panel.times = codes_of(table.find(time)->numbers);
    panel.time_values = table.find(time)->numbers;
    std::sort(panel.time_values.begin(), panel.time_values.end());
    panel.time_values.erase(std::unique(panel.time_values.begin(), panel.time_values.end()),
                            panel.time_values.end());
    return panel;
}

Design columns_called(std::vector<std::string> names, Matrix x) {
    Design out;
    out.x = std::move(x);
    out.columns = std::move(names);
    return out;
}

TEST(Did, TwoByTwoAsReference) {
    const Table table = table_in_tests("did_synth.csv");
    const Frame frame = frame_of(table, "y ~ tr*post", {.weights = {}, .cluster = "unit",
                                                        .strata = {}});
    const LinearFit fit = fit_linear(observations(frame));
    EXPECT_EQ(fit.columns.back(), "tr:post");
    expect_r(fit.coef, r_reference("did.2x2.coef"));
    expect_r(roots_of_diagonal(hc_covariance(fit, frame.design.x, Hc::hc1)),
             r_reference("did.2x2.HC1_se"));
    expect_r(roots_of_diagonal(cluster_covariance(fit, frame.design.x, frame.cluster)),
             r_reference("did.2x2.cluster_unit_HC1_se"));
}

TEST(Did, TwoWayAsReference) {
    const Table table = table_in_tests("did_synth.csv");
    const Panel panel = panel_of(table, "unit", "time");
    Matrix x(panel.y.size(), 1);
    for (Eigen::Index i = 0; i < x.rows(); ++i)
        x(i, 0) = table.find("tr")->numbers[static_cast<std::size_t>(i)] *
                  table.find("post")->numbers[static_cast<std::size_t>(i)];
    const TwoWayFit fit = fit_two_way(panel, columns_called({"tr:post"}, x), 0.95);
    expect_r(std::vector<double>{fit.terms[0].coef, fit.terms[0].robust_se},
             r_reference("did.twfe.att"));
    EXPECT_EQ(fit.clusters, 20u);
    EXPECT_EQ(fit.negative_weights, 0);
}

struct StepsCase {
    Table table = table_in_tests("staggered.csv");
    Panel panel = panel_of(table, "u", "t");
    std::vector<int> first{2, 2, 2, 3, 3, 4, 4, 4, -1, -1, -1, -1};
    // D, and sin(1:72) for company
    Matrix x() const {
        Matrix out(panel.y.size(), 2);
        for (Eigen::Index i = 0; i < out.rows(); ++i) {
            const auto row = static_cast<std::size_t>(i);
            const double g = table.find("g")->numbers[row], t = table.find("t")->numbers[row];
            out.row(i) << (g > 0 && t >= g ? 1 : 0), std::sin(static_cast<double>(i + 1));
        }
        return out;
    }
};

TEST(Did, TwoWayWithCompanyBalancedOrNot) {
    // lm(y ~ D + x + factor(u) + factor(t)), vcovCL(m, cluster = d$u)
    const StepsCase steps;
    const TwoWayFit fit = fit_two_way(steps.panel, columns_called({"D", "x"}, steps.x()), 0.95);
    expect_r(std::vector<double>{fit.terms[0].coef, fit.terms[1].coef},
             {1.03003600403662, -0.0721998454550684});
    expect_r(std::vector<double>{fit.terms[0].robust_se, fit.terms[1].robust_se},
             {0.267889155791911, 0.136510232184912});
    EXPECT_EQ(fit.fit.df_residual, 72 - 12 - 6 + 1 - 2);
    // dd <- d[-c(5,20,33,34,70),]; weights 1 + (seq_len(nrow(dd)) %% 3)
    Panel uneven;
    std::vector<Eigen::Index> kept;
    for (Eigen::Index i = 0; i < 72; ++i)
        if (i != 4 && i != 19 && i != 32 && i != 33 && i != 69) kept.push_back(i);
    uneven.y = steps.panel.y(kept);
    uneven.weights.resize(uneven.y.size());
    uneven.units.names = steps.panel.units.names;
    uneven.times.names = steps.panel.times.names;
    for (std::size_t k = 0; k < kept.size(); ++k) {
        uneven.weights[static_cast<Eigen::Index>(k)] = 1 + static_cast<double>((k + 1) % 3);
        uneven.units.of_row.push_back(steps.panel.units.of_row[static_cast<std::size_t>(kept[k])]);
        uneven.times.of_row.push_back(steps.panel.times.of_row[static_cast<std::size_t>(kept[k])]);
    }
    const Matrix all = steps.x();
    const Matrix x = all(kept, Eigen::all);
    const TwoWayFit other = fit_two_way(uneven, columns_called({"D", "x"}, x), 0.95);
    expect_r(std::vector<double>{other.terms[0].coef, other.terms[1].coef},
             {1.23651542335607, 0.0271061613268391});
    expect_r(std::vector<double>{other.terms[0].robust_se, other.terms[1].robust_se},
             {0.3856896218338, 0.163897264097293});
}

TEST(Did, AColumnThatUnitsExplainIsAliased) {
    const StepsCase steps;
    Matrix x = steps.x();
    for (Eigen::Index i = 0; i < x.rows(); ++i)
        x(i, 1) = 0.1 * steps.panel.units.of_row[static_cast<std::size_t>(i)];
    const TwoWayFit fit = fit_two_way(steps.panel, columns_called({"D", "size"}, x), 0.95);
    EXPECT_TRUE(std::isnan(fit.terms[1].coef));
    EXPECT_FALSE(std::isnan(fit.terms[0].coef));
}

// By the formulas of Callaway & Sant'Anna 2021 in base R: group-time means and influence functions
// over 12 units, with those of the weights.
void expect_effect(const Estimated& effect, double value, double se) {
    expect_r(effect.value, value, 1e-9);
    expect_r(effect.se, se, 1e-9);
}

const EventTime& at_step(const Staggered& found, double since) {
    for (const EventTime& event : found.events)
        if (event.since == since) return event;
    ADD_FAILURE() << "no step " << since;
    return found.events.front();
}

TEST(Did, GroupTimeEffectsAgainstThoseNotYetTreated) {
    const StepsCase steps;
    const auto found = fit_staggered(steps.panel, steps.first, Comparison::not_yet_treated, 0.95);
    ASSERT_TRUE(found);
    expect_effect(found->cells.front().effect, -0.604444444444445, 0.191947638036);
    expect_effect(found->cells.back().effect, 2.22833333333333, 0.596151818533451);
    expect_effect(found->simple, 1.26953373015873, 0.204676091176204);
    expect_effect(found->overall, 1.30978794642857, 0.238696510207336);
    expect_effect(at_step(*found, -3).effect, 0.0432142857142858, 0.359157656865927);
    expect_effect(at_step(*found, 0).effect, 0.841860119047619, 0.231022579446793);
    expect_effect(at_step(*found, 1).effect, 1.46892857142857, 0.354518211276174);
    ASSERT_TRUE(found->leads);
    expect_r(found->leads->chisq, 9.76679576178531, 1e-8);
    EXPECT_EQ(found->leads->df, 3);
    EXPECT_EQ(found->never, 4u);
}

TEST(Did, GroupTimeEffectsAgainstThoseNeverTreated) {
    const StepsCase steps;
    const auto found = fit_staggered(steps.panel, steps.first, Comparison::never_treated, 0.95);
    ASSERT_TRUE(found);
    expect_effect(found->cells.front().effect, -0.166666666666667, 0.178061839029362);
    expect_effect(found->simple, 1.26645833333333, 0.194213832352971);
    expect_effect(found->overall, 1.30356770833333, 0.222444364376014);
    expect_effect(at_step(*found, 1).effect, 1.4353125, 0.32725056474956);
    expect_r(found->leads->chisq, 8.3859168801687, 1e-8);
}

TEST(Did, BandsHoldForAllGroupsAndPeriodsAtOnce) {
    // The influence functions in base R, and 4e5 rows of Mammen's weights: quantile(type = 1)
    const StepsCase steps;
    const auto found = fit_staggered(steps.panel, steps.first, Comparison::not_yet_treated, 0.95,
                                     Draw{.replicates = 20000, .seed = 1, .threads = 2});
    ASSERT_TRUE(found);
    EXPECT_NEAR(found->widths.cells, 2.99149, 0.05);
    EXPECT_NEAR(found->widths.events, 2.81325, 0.05);
    EXPECT_NEAR(found->widths.groups, 2.15712, 0.05);
    EXPECT_NEAR(found->overall_band.se, 0.229389, 0.006);
    EXPECT_NEAR(found->groups.back().band.se, 0.510345, 0.012);
    const EventTime& first_period = at_step(*found, 0);
    EXPECT_NEAR(first_period.band.se, 0.210419, 0.006);
    EXPECT_DOUBLE_EQ(first_period.band.upper - first_period.effect.value,
                     found->widths.events * first_period.band.se);
    EXPECT_FALSE(fit_staggered(steps.panel, steps.first, Comparison::not_yet_treated, 0.95,
                               Draw{.replicates = 50000000, .seed = 1, .threads = 1}));
}

TEST(Did, NobodyToCompareWith) {
    StepsCase steps;
    for (int& first : steps.first) first = 2;
    EXPECT_FALSE(fit_staggered(steps.panel, steps.first, Comparison::not_yet_treated, 0.95));
    EXPECT_FALSE(fit_staggered(steps.panel, steps.first, Comparison::never_treated, 0.95));
    for (int& first : steps.first) first = -1;
    EXPECT_FALSE(fit_staggered(steps.panel, steps.first, Comparison::not_yet_treated, 0.95));
    for (int& first : steps.first) first = 0;
    EXPECT_FALSE(fit_staggered(steps.panel, steps.first, Comparison::not_yet_treated, 0.95));
}

}  // namespace
}  // namespace alongside::evidence
