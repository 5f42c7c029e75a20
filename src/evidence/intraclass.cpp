// Agreement of ratings that are numbers: intraclass correlations and Bland & Altman's limits.
#include <algorithm>
#include <boost/math/distributions/fisher_f.hpp>
#include <cmath>

#include "base/ensure.h"
#include "evidence/agreement.h"
#include "evidence/numbers.h"

namespace alongside::evidence {
namespace {

using Eigen::Index;

Matrix fully_rated(const Matrix& ratings) {
    std::vector<Index> units;
    for (Index i = 0; i < ratings.rows(); ++i)
        if (!ratings.row(i).hasNaN()) units.push_back(i);
    Matrix out(static_cast<Index>(units.size()), ratings.cols());
    for (std::size_t u = 0; u < units.size(); ++u)
        out.row(static_cast<Index>(u)) = ratings.row(units[u]);
    return out;
}

double f_quantile(double p, double df1, double df2) {
    if (!(df1 > 0) || !(df2 > 0)) return missing;
    return boost::math::quantile(boost::math::fisher_f(df1, df2), p);
}

// Two-way analysis of variance without replication, deviations around the grand mean.
void set_mean_squares(IntraClasses& out, const Matrix& ratings) {
    const double n = static_cast<double>(ratings.rows()), k = static_cast<double>(ratings.cols());
    const double centre = ratings.mean();
    const Matrix x = ratings.array() - centre;
    const Vector rows = x.rowwise().mean(), columns = x.colwise().mean().transpose();
    double error = 0;
    for (Index i = 0; i < x.rows(); ++i)
        for (Index j = 0; j < x.cols(); ++j)
            error += std::pow(x(i, j) - rows[i] - columns[j], 2);
    const double raters = n * columns.squaredNorm();
    out.ms_between = k * rows.squaredNorm() / (n - 1);
    out.ms_raters = raters / (k - 1);
    out.ms_error = error / ((n - 1) * (k - 1));
    out.ms_within = (raters + error) / (n * (k - 1));
}

// Spearman–Brown: the reliability of the mean of k raters from that of one.
double stepped_up(double icc, double k) { return k * icc / (1 + (k - 1) * icc); }

IntraClass averaged(const IntraClass& one, std::string name, double k) {
    IntraClass out = one;
    out.name = std::move(name);
    out.icc = {stepped_up(one.icc.value, k), missing, stepped_up(one.icc.lower, k),
               stepped_up(one.icc.upper, k)};
    return out;
}

// ICC(1) and ICC(3,1) differ only in what the between-units mean square is held against.
IntraClass by_f(std::string name, double between, double against, double df1, double df2,
                double k, double level) {
    IntraClass out;
    out.name = std::move(name);
    out.df1 = df1;
    out.df2 = df2;
    out.icc.value = (between - against) / (between + (k - 1) * against);
    out.f = between / against;
    out.p = f_tail(out.f, df1, df2);
    const double low = out.f / f_quantile(0.5 + level / 2, df1, df2);
    const double high = out.f * f_quantile(0.5 + level / 2, df2, df1);
    out.icc.lower = (low - 1) / (low + k - 1);
    out.icc.upper = (high - 1) / (high + k - 1);
    return out;
}

// Absolute agreement of raters who are a sample; McGraw & Wong 1996, table 7, for the interval.
IntraClass absolute_agreement(const IntraClasses& ms, double n, double k, double level) {
    IntraClass out;
    out.name = "ICC(2,1)";
    const double r = (ms.ms_between - ms.ms_error) /
                     (ms.ms_between + (k - 1) * ms.ms_error + k * (ms.ms_raters - ms.ms_error) / n);
    out.icc.value = r;
    out.f = ms.ms_between / ms.ms_error;
    out.df1 = n - 1;
    out.df2 = (n - 1) * (k - 1);
    out.p = f_tail(out.f, out.df1, out.df2);
    const double a = k * r / (n * (1 - r)), b = 1 + k * r * (n - 1) / (n * (1 - r));
    const double v = std::pow(a * ms.ms_raters + b * ms.ms_error, 2) /
                     (std::pow(a * ms.ms_raters, 2) / (k - 1) +
                      std::pow(b * ms.ms_error, 2) / ((n - 1) * (k - 1)));
    const double low = f_quantile(0.5 + level / 2, n - 1, v);
    const double high = f_quantile(0.5 + level / 2, v, n - 1);
    const double spread = k * ms.ms_raters + (k * n - k - n) * ms.ms_error;
    out.icc.lower = n * (ms.ms_between - low * ms.ms_error) / (low * spread + n * ms.ms_between);
    out.icc.upper =
        n * (high * ms.ms_between - ms.ms_error) / (spread + n * high * ms.ms_between);
    return out;
}

// Least squares of the difference on the mean of the two.
void set_slope(LimitsOfAgreement& out, const Vector& difference, const Vector& middle) {
    const double n = static_cast<double>(difference.size());
    const Vector x = middle.array() - middle.mean(), y = difference.array() - difference.mean();
    if (n < 3 || !(x.squaredNorm() > 0)) return;
    out.slope = x.dot(y) / x.squaredNorm();
    const double rss = (y - out.slope * x).squaredNorm();
    const double se = std::sqrt(rss / (n - 2) / x.squaredNorm());
    if (se > 0) out.slope_p = two_sided_t(out.slope / se, n - 2);
}

}  // namespace

IntraClasses intraclass_correlations(const Matrix& ratings, double level) {
    IntraClasses out;
    const Matrix x = fully_rated(ratings);
    out.units = static_cast<std::size_t>(x.rows());
    out.raters = static_cast<std::size_t>(x.cols());
    if (x.rows() < 2 || x.cols() < 2) return out;
    const double n = static_cast<double>(x.rows()), k = static_cast<double>(x.cols());
    set_mean_squares(out, x);
    const IntraClass one = by_f("ICC(1)", out.ms_between, out.ms_within, n - 1, n * (k - 1), k,
                                level);
    const IntraClass two = absolute_agreement(out, n, k, level);
    const IntraClass three = by_f("ICC(3,1)", out.ms_between, out.ms_error, n - 1,
                                  (n - 1) * (k - 1), k, level);
    out.lines = {one, two, three, averaged(one, "ICC(1,k)", k), averaged(two, "ICC(2,k)", k),
                 averaged(three, "ICC(3,k)", k)};
    return out;
}

LimitsOfAgreement limits_of_agreement(const Matrix& ratings, double level) {
    ENSURE(ratings.cols() == 2);
    LimitsOfAgreement out;
    const Matrix x = fully_rated(ratings);
    out.units = static_cast<std::size_t>(x.rows());
    if (x.rows() < 2) return out;
    const double n = static_cast<double>(x.rows());
    const Vector difference = x.col(0) - x.col(1);
    out.sd = deviation_of({difference.data(), out.units});
    const double z = normal_quantile(0.5 + level / 2), t = t_quantile(0.5 + level / 2, n - 1);
    const auto around = [&](double value, double se) {
        return Interval{value, se, value - t * se, value + t * se};
    };
    const double bias = mean_of({difference.data(), out.units});
    out.bias = around(bias, out.sd / std::sqrt(n));
    // Bland & Altman 1999, section 2: variance of mean and of standard deviation together.
    const double se = out.sd * std::sqrt(1 / n + z * z / (2 * (n - 1)));
    out.low = around(bias - z * out.sd, se);
    out.high = around(bias + z * out.sd, se);
    set_slope(out, difference, (x.col(0) + x.col(1)) / 2);
    return out;
}

}  // namespace alongside::evidence
