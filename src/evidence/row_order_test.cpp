#include "evidence/row_order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <random>

namespace alongside::evidence {
namespace {

std::vector<std::uint32_t> plainly_ordered(const std::vector<double>& values) {
    std::vector<std::uint32_t> rows(values.size());
    std::iota(rows.begin(), rows.end(), 0U);
    std::stable_sort(rows.begin(), rows.end(),
                     [&](auto a, auto b) { return values[a] < values[b]; });
    return rows;
}

void expect_ordered(const std::vector<double>& values, const char* what) {
    const auto plain = plainly_ordered(values);
    for (const int threads : {1, 2, 5}) {
        EXPECT_TRUE(order_of(values, threads) == plain) << what << ", threads: " << threads;
    }
}

using OneValue = std::function<double(std::mt19937_64&)>;
std::vector<double> made_values(std::size_t count, const OneValue& one) {
    std::mt19937_64 chance(7);
    std::vector<double> values(count);
    for (double& value : values) value = one(chance);
    return values;
}

double between_0_and_1(std::mt19937_64& chance) {
    return static_cast<double>(chance() >> 11) * 0x1p-53;
}

TEST(RowOrder, IsThatOfAStableSort) {
    expect_ordered({}, "none");
    expect_ordered({3}, "one");
    expect_ordered({0.0, -0.0, -1, 0.0, 5e-324, -5e-324}, "around 0");
    expect_ordered(made_values(150000, [](auto& c) { return static_cast<double>(c() % 52); }),
                   "weeks");
    expect_ordered(made_values(150000, between_0_and_1), "evenly");
    const OneValue many_ties = [](auto& c) { return std::round(between_0_and_1(c) * 5000); };
    expect_ordered(made_values(150000, many_ties), "many ties");
    expect_ordered(made_values(150000, [](auto& c) { return std::exp(600 * between_0_and_1(c)); }),
                   "over many sizes");
    expect_ordered(made_values(150000, [](auto& c) { return 1e9 + 1e-6 * between_0_and_1(c); }),
                   "nearly equal");
}

TEST(RowOrder, OneFarOffDoesNotBlurTheOthers) {
    auto values = made_values(150000, [](auto& c) { return between_0_and_1(c) - 0.5; });
    values[70000] = 1e300;
    values[80000] = -1e18;
    expect_ordered(values, "two far off");
}

TEST(RowOrder, FewValuesInSomeRowsAndManyInOthers) {
    auto values = made_values(150000, [](auto& c) { return static_cast<double>(c() % 40); });
    for (std::size_t i = 100000; i < 101000; ++i) values[i] += 1e-3 * static_cast<double>(i);
    expect_ordered(values, "few, then many");
}

}  // namespace
}  // namespace alongside::evidence
