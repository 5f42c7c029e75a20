#include "evidence/cox_rows.h"

#include <algorithm>
#include <cmath>

#include "evidence/large_pages.h"
#include "evidence/parallel.h"

namespace alongside::evidence {
namespace {

constexpr Eigen::Index cox_rows_in_reach = 1024;

// Values of which the mean, and the squares of what they are from it, are known (Chan, Golub &
// LeVeque 1983 join two).
struct ColumnSpread {
    double count = 0, mean = 0, squares = 0, largest = 0;
    bool is_indicator = true;

    void join(const ColumnSpread& other) {
        const double all = count + other.count, apart = other.mean - mean;
        mean += apart * other.count / all;
        squares += other.squares + apart * apart * count * other.count / all;
        largest = std::max(largest, other.largest);
        is_indicator &= other.is_indicator;
        count = all;
    }
    // 0 where it is nothing but rounding.
    double deviation() const {
        const double out = std::sqrt(squares / count);
        return out > 1e-15 * largest && std::isfinite(out) ? out : 0;
    }
};

// Copies a column, and says how its values are spread, while they are at hand.
ColumnSpread spread_while_copied(const double* from, Eigen::Index rows, double* to) {
    ColumnSpread all;
    for (Eigen::Index i = 0; i < rows; i += cox_rows_in_reach) {
        const Eigen::Index count = std::min(cox_rows_in_reach, rows - i);
        const Eigen::Map<const Eigen::ArrayXd> values(from + i, count);
        Eigen::Map<Eigen::ArrayXd>(to + i, count) = values;
        ColumnSpread block;
        block.count = static_cast<double>(count);
        block.mean = values.sum() / block.count;
        block.squares = (values - block.mean).square().sum();
        block.largest = values.abs().maxCoeff();
        block.is_indicator =
            all.is_indicator && (values * (values * values - 1)).abs().maxCoeff() == 0;
        all.join(block);
    }
    return all;
}

// Of each row of the frame its position; those who are in no risk set come last.
LongVector<std::uint32_t> positions_of(const RiskOrder& order, std::size_t rows) {
    LongVector<std::uint32_t> out;
    resize_large(out, rows);
    const auto nowhere = static_cast<std::uint32_t>(rows);
    auto next = static_cast<std::uint32_t>(order.size());
    if (next < rows) std::fill(out.begin(), out.end(), nowhere);
    for (std::size_t i = 0; i < order.size(); ++i) {
        out[order.row[i]] = static_cast<std::uint32_t>(i);
    }
    if (next < rows) {
        for (auto& position : out) position = position == nowhere ? next++ : position;
    }
    return out;
}

Vector by_position(const Vector& values, const RiskOrder& order, double otherwise, double less) {
    Vector out;
    resize_large(out, static_cast<Eigen::Index>(order.size()), 1);
    if (values.size() == 0) {
        out.setConstant(otherwise);
        return out;
    }
    for (std::size_t i = 0; i < order.size(); ++i) {
        out[static_cast<Eigen::Index>(i)] = values[order.row[i]] - less;
    }
    return out;
}

}  // namespace

CoxRows cox_rows(const Frame& frame, Matrix x, const RiskOrder& order, int threads) {
    const Eigen::Index columns = x.cols(), n = x.rows();
    const double offset = frame.offset.size() ? frame.offset.mean() : 0;
    CoxRows rows{order, std::move(x), by_position(frame.weights, order, 1, 0),
                 frame.offset.size() ? by_position(frame.offset, order, 0, offset) : Vector(),
                 {Vector(columns), Vector(columns), std::vector<char>(frame.design.columns.size())},
                 threads};
    const bool weighted = frame.weights.size() > 0 && frame.start.size() == 0;   // as R does
    const auto position = positions_of(order, static_cast<std::size_t>(n));
    // As many columns at a time as there are threads, each of which keeps one beside the matrix.
    const Eigen::Index at_once = std::min<Eigen::Index>(std::max(1, threads), columns);
    in_parallel(threads, static_cast<std::size_t>(at_once), [&](std::size_t first) {
        Vector values;
        resize_large(values, n, 1);
        for (auto j = static_cast<Eigen::Index>(first); j < columns; j += at_once) {
            double* to = rows.x.col(j).data();
            const ColumnSpread spread = spread_while_copied(to, n, values.data());
            const double mean = weighted ? values.dot(frame.weights) / frame.weights.sum()
                                         : spread.mean;
            const double scale = spread.deviation(), by = scale > 0 ? 1 / scale : 0;
            for (Eigen::Index i = 0; i < n; ++i) {
                to[position[static_cast<std::size_t>(i)]] = (values[i] - mean) * by;
            }
            rows.scales.mean[j] = mean;
            rows.scales.scale[j] = scale;
            rows.scales.is_indicator[static_cast<std::size_t>(j)] = spread.is_indicator ? 1 : 0;
        }
    });
    return rows;
}

}  // namespace alongside::evidence
