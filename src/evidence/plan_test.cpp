// Keys that don't fit the plan that they stand in.
#include <gtest/gtest.h>

#include "evidence/testing_study.h"

namespace alongside::evidence {
namespace {

// What is said of the example of Rossi's, changed in one place.
std::string rossi_trouble(const std::string& from, const std::string& to) {
    const auto plan = parse_plan(changed_text(example_text("rossi"), from, to), "P.toml");
    return plan ? "" : plan.error().sentence;
}

TEST(PlanTest, what_belongs_to_another_design_is_said_to) {
    EXPECT_EQ(rossi_trouble("kind = \"randomised\"", "kind = \"randomised\"\ncaliper = 0.2"),
              "P.toml:34:11: \"method.caliper\" belongs to kind = \"matched\"; leave it out "
              "here");
    EXPECT_NE(rossi_trouble("kind = \"randomised\"", "kind = \"randomised\"\nlag = 2")
                  .find("\"method.lag\" belongs to kind = \"interrupted time series\""),
              std::string::npos);
}

TEST(PlanTest, a_better_result_is_not_paid_less) {
    EXPECT_EQ(rossi_trouble("pays = 900", "pays = 400"),
              "P.toml:54:8: the step from 10 pays 400, less than the 500 that are paid from 5 on: "
              "a better result can't pay less");
    EXPECT_EQ(rossi_trouble("reduction = 10", "reduction = 5"),
              "P.toml:58:8: two steps pay from a reduction of 5");
    EXPECT_EQ(rossi_trouble("pays = 900", "pays = 500"), "");
}

}  // namespace
}  // namespace alongside::evidence
