#include "evidence/balance.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/ensure.h"
#include "evidence/numbers.h"
#include "evidence/own_units.h"

namespace alongside::evidence {
namespace {

// One column where it isn't missing, with everybody's side and weights. Numbers stand as distances
// from their centre, so that a small difference between two large means isn't rounded away.
struct BalanceColumn {
    std::vector<double> x;
    double centre = 0, unit = 1;        // x and its centre stand in such units
    std::vector<std::uint8_t> treated;
    std::vector<double> base, weight;   // weight: base times that of the matching
    bool is_binary = true;
};

double balance_total(const BalanceColumn& c, std::span<const double> w, bool treated) {
    double sum = 0;
    for (std::size_t i = 0; i < c.x.size(); ++i)
        if (c.treated[i] == treated) sum += w[i];
    return sum;
}

double balance_mean(const BalanceColumn& c, std::span<const double> w, bool treated) {
    const double total = balance_total(c, w, treated);
    double sum = 0, rest = 0;
    for (std::size_t i = 0; i < c.x.size(); ++i)
        if (c.treated[i] == treated) sum += w[i] * c.x[i];
    const double mean = sum / total;
    for (std::size_t i = 0; i < c.x.size(); ++i)
        if (c.treated[i] == treated) rest += w[i] * (c.x[i] - mean);
    return mean + rest / total;
}

double balance_variance(const BalanceColumn& c, std::span<const double> w, bool treated) {
    const double mean = balance_mean(c, w, treated);
    if (c.is_binary) return mean * (1 - mean);
    const double total = balance_total(c, w, treated);
    double squares = 0, shares = 0;
    for (std::size_t i = 0; i < c.x.size(); ++i) {
        if (c.treated[i] != treated) continue;
        squares += w[i] * (c.x[i] - mean) * (c.x[i] - mean);
        shares += w[i] * w[i];
    }
    return squares / total / (1 - shares / total / total);
}

// Within the sides, people counting alike: MatchIt's way out when the treated don't differ at all.
double variance_within(const BalanceColumn& c, std::span<const double> w) {
    double sum = 0, all = 0, shares = 0;
    for (const bool treated : {true, false}) {
        const double mean = balance_mean(c, w, treated);
        for (std::size_t i = 0; i < c.x.size(); ++i)
            if (c.treated[i] == treated) sum += w[i] * (c.x[i] - mean) * (c.x[i] - mean);
    }
    for (const double one : w) {
        all += one;
        shares += one * one;
    }
    return c.is_binary ? sum / all : sum / all / (1 - shares / all / all);
}

double denominator_of(const BalanceColumn& c, Spread spread) {
    const auto variance = [&](bool treated) { return balance_variance(c, c.base, treated); };
    double sd = 0;
    switch (spread) {
        case Spread::treated: sd = std::sqrt(variance(true)); break;
        case Spread::comparison: sd = std::sqrt(variance(false)); break;
        case Spread::pooled: sd = std::sqrt((variance(true) + variance(false)) / 2); break;
    }
    if (std::isfinite(sd) && sd >= std::sqrt(std::numeric_limits<double>::epsilon())) return sd;
    return std::sqrt(variance_within(c, c.base));
}

// The weights that count, and the order of x, are the same for the mean and the greatest distance.
void ecdf_distances(const BalanceColumn& c, std::span<const double> w,
                    std::span<const std::uint32_t> order, Sides& sides) {
    const double total[2] = {balance_total(c, w, false), balance_total(c, w, true)};
    double reached[2] = {0, 0}, sum = 0, most = 0;
    std::size_t values = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
        const std::uint32_t row = order[i];
        reached[c.treated[row]] += w[row];
        if (i + 1 < order.size() && c.x[order[i + 1]] == c.x[row]) continue;
        const double distance = std::abs(reached[1] / total[1] - reached[0] / total[0]);
        sum += distance;
        most = std::max(most, distance);
        ++values;
    }
    sides.ecdf_mean = sum / static_cast<double>(values);
    sides.ecdf_max = most;
}

Sides compare_sides(const BalanceColumn& c, std::span<const double> w, double sd,
                    std::span<const std::uint32_t> order) {
    Sides sides;
    const double treated = balance_mean(c, w, true), comparison = balance_mean(c, w, false);
    const double difference = treated - comparison;
    sides.mean_treated = (c.centre + treated) * c.unit;
    sides.mean_comparison = (c.centre + comparison) * c.unit;
    sides.smd = difference == 0 ? 0 : difference / sd;
    if (c.is_binary) {
        sides.variance_ratio = missing;
        sides.ecdf_mean = sides.ecdf_max = std::abs(difference);
    } else {
        sides.variance_ratio = balance_variance(c, w, true) / balance_variance(c, w, false);
        ecdf_distances(c, w, order, sides);
    }
    return sides;
}

BalanceColumn column_present(const Covariates& covariates, Eigen::Index j,
                             std::span<const std::uint8_t> is_treated,
                             std::span<const double> base, std::span<const double> after) {
    BalanceColumn c;
    for (std::size_t i = 0; i < is_treated.size(); ++i) {
        const double x = covariates.x(static_cast<Eigen::Index>(i), j);
        if (std::isnan(x)) continue;
        c.x.push_back(x);
        c.treated.push_back(is_treated[i] ? 1 : 0);
        c.base.push_back(base.empty() ? 1.0 : base[i]);
        if (!after.empty()) c.weight.push_back(c.base.back() * after[i]);
        c.is_binary = c.is_binary && (x == 0 || x == 1);
    }
    c.unit = own_unit(c.x);
    for (double& x : c.x) x /= c.unit;
    if (!c.is_binary) {
        c.centre = mean_of(c.x);
        for (double& x : c.x) x -= c.centre;
    }
    return c;
}

Vector indicator_of_missing(const Vector& column) {
    return column.unaryExpr([](double value) { return std::isnan(value) ? 1.0 : 0.0; });
}

}  // namespace

Fallible<Covariates> covariates_of(const Table& table, const Formula& formula,
                                   std::span<const std::size_t> rows) {
    Covariates out;
    std::vector<Vector> columns;
    std::vector<Eigen::Index> place(table.rows, -1);
    for (std::size_t i = 0; i < rows.size(); ++i) place[rows[i]] = static_cast<Eigen::Index>(i);
    const Eigen::Index n = static_cast<Eigen::Index>(rows.size());
    Vector any_missing = Vector::Zero(n);
    for (const Term& term : formula.terms) {
        Formula one;                    // `~ 0 + race`: without an intercept a level isn't dropped
        one.written = "~ 0 + " + term.text();
        one.has_intercept = false;
        one.terms = {term};
        auto frame = make_frame(table, one);
        if (!frame) return tl::make_unexpected(frame.error());
        const std::size_t first = columns.size();
        for (Eigen::Index j = 0; j < frame->design.x.cols(); ++j) {
            Vector column = Vector::Constant(n, missing);
            const Vector made = column_as_it_was(frame->design, j);
            for (std::size_t i = 0; i < frame->size(); ++i)
                if (const Eigen::Index at = place[frame->rows[i]]; at >= 0)
                    column[at] = made[static_cast<Eigen::Index>(i)];
            columns.push_back(std::move(column));
            out.names.push_back(frame->design.columns[static_cast<std::size_t>(j)]);
        }
        if (columns.size() == first) continue;
        Vector absent = indicator_of_missing(columns[first]);
        if (absent.sum() == 0) continue;
        any_missing = any_missing.cwiseMax(absent);
        columns.push_back(std::move(absent));
        out.names.push_back(term.text() + ":<NA>");
    }
    out.rows_missing = static_cast<std::size_t>(any_missing.sum());
    out.x.resize(n, static_cast<Eigen::Index>(columns.size()));
    for (std::size_t j = 0; j < columns.size(); ++j)
        out.x.col(static_cast<Eigen::Index>(j)) = columns[j];
    return out;
}

std::vector<BalanceLine> balance_of(const Covariates& covariates,
                                    std::span<const std::uint8_t> is_treated,
                                    std::span<const double> base, std::span<const double> after,
                                    Spread spread) {
    ENSURE(static_cast<std::size_t>(covariates.x.rows()) == is_treated.size());
    ENSURE(base.empty() || base.size() == is_treated.size());
    ENSURE(after.empty() || after.size() == is_treated.size());
    std::vector<BalanceLine> lines;
    for (std::size_t j = 0; j < covariates.names.size(); ++j) {
        const BalanceColumn c =
            column_present(covariates, static_cast<Eigen::Index>(j), is_treated, base, after);
        std::vector<std::uint32_t> order;
        if (!c.is_binary) {
            order.resize(c.x.size());
            std::iota(order.begin(), order.end(), 0u);
            std::sort(order.begin(), order.end(),
                      [&](std::uint32_t a, std::uint32_t b) { return c.x[a] < c.x[b]; });
        }
        BalanceLine line{covariates.names[j], c.is_binary, denominator_of(c, spread), {}, {},
                         is_treated.size() - c.x.size()};
        line.before = compare_sides(c, c.base, line.sd, order);
        line.after = after.empty()
                         ? Sides{missing, missing, missing, missing, missing, missing}
                         : compare_sides(c, c.weight, line.sd, order);
        line.sd *= c.unit;
        lines.push_back(std::move(line));
    }
    return lines;
}

double effective_size(std::span<const double> weights, std::span<const std::uint8_t> is_treated,
                      bool treated) {
    double sum = 0, squares = 0;
    for (std::size_t i = 0; i < weights.size(); ++i)
        if ((is_treated[i] != 0) == treated) {
            sum += weights[i];
            squares += weights[i] * weights[i];
        }
    return squares > 0 ? sum * sum / squares : 0;
}

std::vector<std::string> out_of_balance(const std::vector<BalanceLine>& lines, bool after,
                                        double threshold) {
    std::vector<std::string> names;
    for (const BalanceLine& line : lines)
        if (std::abs(after ? line.after.smd : line.before.smd) > threshold)
            names.push_back(line.name);
    return names;
}

}  // namespace alongside::evidence
