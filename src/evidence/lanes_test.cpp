#include "evidence/lanes.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

namespace alongside::evidence {
namespace {

// Small whole numbers, whose sums are exact in any order.
std::vector<double> whole_numbers(Eigen::Index count) {
    std::vector<double> out;
    for (Eigen::Index i = 0; i < count; ++i) out.push_back(static_cast<double>((i * 37) % 19 - 9));
    return out;
}

TEST(Lanes, are_the_plain_sums_whatever_the_number_of_rows_and_columns) {
    constexpr Eigen::Index stride = 1301, most = 9;
    const auto x = whole_numbers(stride * most), w = whole_numbers(stride + 5);
    for (const Eigen::Index rows : {0, 1, 3, 4, 7, 8, 9, 15, 511, 512, 513, 1300}) {
        for (Eigen::Index columns = 0; columns <= most; ++columns) {
            const ColumnBlock block{x.data() + 1, rows, columns, stride};
            std::array<double, most> sums{}, by{};
            std::array<double, most * most> products{};
            std::vector<double> along(static_cast<std::size_t>(rows) + 1, 2.0);
            for (Eigen::Index j = 0; j < columns; ++j) {
                by[static_cast<std::size_t>(j)] = static_cast<double>(j - 3);
            }
            add_weighted_sums(block, w.data() + 5, sums.data());
            add_weighted_products(block, w.data() + 5, products.data(), most);
            add_columns(block, by.data(), along.data());

            const auto at = [&](Eigen::Index i, Eigen::Index j) {
                return x[static_cast<std::size_t>(1 + j * stride + i)];
            };
            for (Eigen::Index j = 0; j < most; ++j) {
                double sum = 0;
                for (Eigen::Index i = 0; i < rows && j < columns; ++i) {
                    sum += w[static_cast<std::size_t>(5 + i)] * at(i, j);
                }
                EXPECT_EQ(sums[static_cast<std::size_t>(j)], sum) << rows << " × " << columns;
                for (Eigen::Index k = 0; k < most; ++k) {
                    double product = 0;
                    for (Eigen::Index i = 0; i < rows && k >= j && k < columns; ++i) {
                        product += w[static_cast<std::size_t>(5 + i)] * at(i, j) * at(i, k);
                    }
                    EXPECT_EQ(products[static_cast<std::size_t>(j * most + k)], product)
                        << rows << " × " << columns << ": " << j << ", " << k;
                }
            }
            for (Eigen::Index i = 0; i < rows; ++i) {
                double sum = 2;
                for (Eigen::Index j = 0; j < columns; ++j) {
                    sum += by[static_cast<std::size_t>(j)] * at(i, j);
                }
                EXPECT_EQ(along[static_cast<std::size_t>(i)], sum);
            }
            EXPECT_EQ(along.back(), 2) << "the row after the last";
        }
    }
}

TEST(Lanes, exponentials_are_those_of_the_library_to_the_last_digit_but_one) {
    std::vector<double> x, by;
    for (double at = -700; at <= 700; at += 0.0917) {
        x.push_back(at);
        by.push_back(2 - at / 1000);
    }
    for (const double at : {0.0, -0.0, 1e-300, -1e-17, 0.34657359027997264, 700.0}) {
        x.push_back(at);
        by.push_back(1);
    }
    std::vector<double> out(x.size() + 1, -1);
    scaled_exponentials(x.data(), by.data(), static_cast<Eigen::Index>(x.size()), out.data());
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double exact = by[i] * std::exp(x[i]);
        EXPECT_NEAR(out[i] / exact, 1, 7e-16) << x[i];
    }
    EXPECT_EQ(out.back(), -1) << "the one after the last";
    EXPECT_EQ(out[x.size() - 6], 1) << "exp(0)";
}

TEST(Lanes, an_exponential_is_the_same_wherever_it_stands) {
    const std::vector<double> x(11, -1.2345), by(11, 3);
    for (Eigen::Index count = 1; count <= 11; ++count) {
        std::vector<double> out(11);
        scaled_exponentials(x.data(), by.data(), count, out.data());
        for (Eigen::Index i = 0; i < count; ++i) {
            EXPECT_EQ(out[static_cast<std::size_t>(i)], out[0]) << i << " of " << count;
        }
    }
}

}  // namespace
}  // namespace alongside::evidence
