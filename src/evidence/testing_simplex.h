// For tests: the least and greatest value of one unknown under equations, by a dense simplex of two
// phases (Bland's rule). Knows nothing of how guards are found, so that it can attack them.
#pragma once

#include <cmath>
#include <limits>
#include <vector>

namespace alongside::evidence {

class Simplex {
public:
    // Rows of coefficients of unknowns that aren't negative; equal to `right`.
    Simplex(std::vector<std::vector<double>> rows, std::vector<double> right)
        : rows_(std::move(rows)), unknowns_(rows_.empty() ? 0 : rows_[0].size()) {
        for (std::size_t i = 0; i < rows_.size(); ++i) {
            if (right[i] < 0) {
                right[i] = -right[i];
                for (double& x : rows_[i]) x = -x;
            }
            rows_[i].resize(unknowns_ + rows_.size(), 0);
            rows_[i][unknowns_ + i] = 1;
            rows_[i].push_back(right[i]);
            basis_.push_back(unknowns_ + i);
        }
        std::vector<double> artificial(width(), 0);
        for (std::size_t j = unknowns_; j < width(); ++j) artificial[j] = 1;
        is_feasible_ = minimise(artificial, width()) < 1e-7;
        drive_out_artificials();
    }

    bool is_feasible() const { return is_feasible_; }

    double least(std::size_t unknown) const { return Simplex(*this).end_of(unknown, 1); }
    double greatest(std::size_t unknown) const { return -Simplex(*this).end_of(unknown, -1); }

private:
    std::size_t width() const { return unknowns_ + rows_.size(); }

    double end_of(std::size_t unknown, double sign) {
        std::vector<double> price(width(), 0);
        price[unknown] = sign;
        return minimise(price, unknowns_);
    }

    void pivot(std::size_t row, std::size_t column) {
        const double by = rows_[row][column];
        for (double& x : rows_[row]) x /= by;
        for (std::size_t i = 0; i < rows_.size(); ++i) {
            const double factor = rows_[i][column];
            if (i == row || factor == 0) continue;
            for (std::size_t j = 0; j < rows_[i].size(); ++j) rows_[i][j] -= factor * rows_[row][j];
        }
        basis_[row] = column;
    }

    // Artificial unknowns that stay at nought in the basis must not grow again.
    void drive_out_artificials() {
        for (std::size_t i = 0; i < rows_.size(); ++i) {
            if (basis_[i] < unknowns_) continue;
            for (std::size_t j = 0; j < unknowns_; ++j)
                if (std::fabs(rows_[i][j]) > 1e-9) {
                    pivot(i, j);
                    break;
                }
        }
    }

    double reduced(const std::vector<double>& price, std::size_t column) const {
        double value = price[column];
        for (std::size_t i = 0; i < rows_.size(); ++i)
            value -= price[basis_[i]] * rows_[i][column];
        return value;
    }

    double minimise(const std::vector<double>& price, std::size_t columns) {
        constexpr double tiny = 1e-9;
        while (true) {
            std::size_t enters = columns;
            for (std::size_t j = 0; j < columns && enters == columns; ++j)
                if (reduced(price, j) < -tiny) enters = j;
            if (enters == columns) break;
            std::size_t leaves = rows_.size();
            double least = std::numeric_limits<double>::infinity();
            for (std::size_t i = 0; i < rows_.size(); ++i) {
                if (rows_[i][enters] <= tiny) continue;
                const double step = rows_[i].back() / rows_[i][enters];
                if (step < least - tiny ||
                    (step < least + tiny && basis_[i] < basis_[leaves])) {
                    least = std::min(least, step);
                    leaves = i;
                }
            }
            if (leaves == rows_.size()) return -std::numeric_limits<double>::infinity();
            pivot(leaves, enters);
        }
        double value = 0;
        for (std::size_t i = 0; i < rows_.size(); ++i) value += price[basis_[i]] * rows_[i].back();
        return value;
    }

    std::vector<std::vector<double>> rows_;
    std::size_t unknowns_;
    std::vector<std::size_t> basis_;
    bool is_feasible_ = false;
};

}  // namespace alongside::evidence
