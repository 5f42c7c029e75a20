// For tests of survival: frames from a CSV of tests/evidence, and R's numbers beside it.
#pragma once

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cmath>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "evidence/csv.h"
#include "evidence/frame.h"

namespace alongside::evidence {

inline Frame frame_of(const std::string& csv, const std::string& formula,
                      FrameOptions options = {}) {
    const auto table = read_csv("tests/evidence/" + csv);
    EXPECT_TRUE(table) << (table ? "" : table.error().sentence);
    const auto parsed = parse_formula(formula);
    EXPECT_TRUE(parsed) << (parsed ? "" : parsed.error().sentence);
    options.keep_intercept = false;
    auto frame = make_frame(*table, *parsed, options);
    EXPECT_TRUE(frame) << (frame ? "" : frame.error().sentence);
    return std::move(*frame);
}

inline Frame groups_frame(const std::string& csv, const std::string& formula) {
    FrameOptions options;
    options.terms_are_groups = true;
    return frame_of(csv, formula, options);
}

// tests/evidence/reference.json: 15 digits from R.
inline const boost::json::object& reference() {
    static const boost::json::value all = [] {
        std::ifstream in("tests/evidence/reference.json");
        std::ostringstream text;
        text << in.rdbuf();
        return boost::json::parse(text.str());
    }();
    return all.as_object();
}
inline double reference_number(const std::string& entry, const std::string& name) {
    return reference().at(entry).as_object().at(name).to_number<double>();
}

// Agrees to 1e-10 of the value, or 1e-12.
inline void expect_same(double ours, double rs, const std::string& what) {
    EXPECT_NEAR(ours, rs, std::max(1e-12, 1e-10 * std::abs(rs))) << what;
}

// A frame in memory. Columns of x by column.
inline Frame survival_in_memory(const std::vector<double>& start, const std::vector<double>& stop,
                                const std::vector<double>& event,
                                const std::vector<std::vector<double>>& x) {
    const auto vector = [](const std::vector<double>& values) {
        return Vector(Eigen::Map<const Vector>(values.data(),
                                               static_cast<Eigen::Index>(values.size())));
    };
    Frame frame;
    for (std::size_t i = 0; i < stop.size(); ++i) frame.rows.push_back(i);
    frame.start = vector(start);
    frame.y = vector(stop);
    frame.event = vector(event);
    frame.design.x.resize(frame.y.size(), static_cast<Eigen::Index>(x.size()));
    for (std::size_t j = 0; j < x.size(); ++j) {
        frame.design.x.col(static_cast<Eigen::Index>(j)) = vector(x[j]);
        frame.design.columns.push_back("x" + std::to_string(j + 1));
        frame.design.terms.push_back(frame.design.columns.back());
        frame.design.term_of.push_back(static_cast<int>(j) + 1);
    }
    return frame;
}

// Twelve spells, of which R's numbers stand in the tests.
inline Frame twelve_spells() {
    return survival_in_memory({0, 0, 2, 1, 3, 0, 4, 2, 5, 1, 0, 6},
                              {4, 6, 5, 6, 9, 3, 9, 7, 8, 4, 10, 9},
                              {1, 0, 1, 1, 1, 1, 0, 1, 1, 0, 1, 1},
                              {{1, 3, 2, 5, 4, 2, 1, 3, 3, 6, 0, 2},
                               {0, 1, 1, 0, 1, 0, 1, 0, 1, 0, 0, 1}});
}
inline Vector twelve_weights() {
    Vector weights(12);
    weights << 1, 2, .5, 1, 3, 1, .7, 1, 1.5, 2, 1, 1;
    return weights;
}
inline Groups six_pairs() {
    return {{0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5}, {"1", "2", "3", "4", "5", "6"}};
}

}  // namespace alongside::evidence
