// For tests of regressions: frames from files, and numbers as R gives them.
#pragma once

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cmath>
#include <fstream>
#include <iterator>
#include <source_location>

#include "evidence/csv.h"
#include "evidence/frame.h"

namespace alongside::evidence {

inline Table table_in_tests(const std::string& name) {
    auto table = read_csv("tests/evidence/" + name);
    EXPECT_TRUE(table.has_value()) << name;
    return std::move(*table);
}

inline Frame frame_of(const Table& table, const std::string& formula,
                      const FrameOptions& options = {}) {
    const auto parsed = parse_formula(formula);
    EXPECT_TRUE(parsed.has_value()) << formula;
    auto frame = make_frame(table, *parsed, options);
    EXPECT_TRUE(frame.has_value()) << (frame ? "" : frame.error().sentence);
    return std::move(*frame);
}

inline void expect_r(const auto& actual, const std::vector<double>& expected,
                     double relative = 1e-10,
                     std::source_location at = std::source_location::current()) {
    ASSERT_EQ(static_cast<std::size_t>(actual.size()), expected.size()) << "line " << at.line();
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const double ours = actual[static_cast<Eigen::Index>(i)];
        if (std::isnan(expected[i]))
            EXPECT_TRUE(std::isnan(ours)) << i << ", asked in line " << at.line();
        else
            EXPECT_NEAR(ours, expected[i], std::max(1e-12, relative * std::abs(expected[i])))
                << i << ", asked in line " << at.line();
    }
}

inline void expect_r(double actual, double expected, double relative = 1e-10,
                     std::source_location at = std::source_location::current()) {
    expect_r(std::vector<double>{actual}, {expected}, relative, at);
}

// An entry of reference.json, in the order of its own names.
inline std::vector<double> r_reference(const std::string& key) {
    static const boost::json::value all = [] {
        std::ifstream file("tests/evidence/reference.json");
        return boost::json::parse(std::string(std::istreambuf_iterator<char>(file), {}));
    }();
    std::vector<double> out;
    const boost::json::value& entry = all.at(key);
    if (entry.is_array())
        for (const auto& value : entry.as_array()) out.push_back(value.to_number<double>());
    else
        for (const auto& [name, value] : entry.as_object())
            out.push_back(value.is_string() ? missing : value.to_number<double>());
    return out;
}

inline Vector roots_of_diagonal(const Matrix& covariance) {
    return covariance.diagonal().cwiseSqrt();
}

inline Vector vector_of(std::initializer_list<double> values) {
    Vector out(static_cast<Eigen::Index>(values.size()));
    std::copy(values.begin(), values.end(), out.data());
    return out;
}

}  // namespace alongside::evidence
