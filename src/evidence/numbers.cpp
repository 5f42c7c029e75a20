// Distributions by Boost.Math (in extended precision where it helps); printing as R prints.
#include "evidence/numbers.h"

#include <fmt/format.h>

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <limits>
#include <numbers>

namespace alongside::evidence {
namespace {

namespace math_policies = boost::math::policies;
// No exception and no message: what can't be computed is NaN or infinite.
constexpr auto quietly = math_policies::ignore_error;
using QuietPolicy = math_policies::policy<
    math_policies::domain_error<quietly>, math_policies::overflow_error<quietly>,
    math_policies::pole_error<quietly>, math_policies::evaluation_error<quietly>>;

constexpr double no_number = std::numeric_limits<double>::quiet_NaN();
constexpr double beyond_all = std::numeric_limits<double>::infinity();

// The least p-value that R tells from nought in print (.Machine$double.eps).
constexpr double least_p_shown = std::numeric_limits<double>::epsilon();

}  // namespace

double normal_quantile(double p) {
    if (!(p >= 0 && p <= 1)) return no_number;
    if (p == 0 || p == 1) return p == 0 ? -beyond_all : beyond_all;
    // Both tails by the smaller probability: 1 - p would lose what p says.
    const double root_2 = std::numbers::sqrt2;
    return p < 0.5 ? -root_2 * boost::math::erfc_inv(2 * p, QuietPolicy())
                   : root_2 * boost::math::erf_inv(2 * p - 1, QuietPolicy());
}

// Far out, a rounded z/√2 would cost as many digits as z² has: so in extended precision.
double normal_cdf(double z) {
    return static_cast<double>(0.5L * std::erfc(-z / std::numbers::sqrt2_v<long double>));
}

double two_sided_normal(double z) {
    return static_cast<double>(std::erfc(std::abs(z) / std::numbers::sqrt2_v<long double>));
}

double two_sided_t(double t, double df) {
    if (std::isnan(t) || !(df > 0)) return no_number;
    if (std::isinf(t)) return 0;
    if (std::isinf(df)) return two_sided_normal(t);
    // P(|T| > t) = I(df / (df + t²); df/2, 1/2): Abramowitz & Stegun 26.7.1.
    const boost::math::students_t_distribution<double, QuietPolicy> of(df);
    return 2 * boost::math::cdf(boost::math::complement(of, std::abs(t)));
}

double t_quantile(double p, double df) {
    if (!(p >= 0 && p <= 1) || !(df > 0)) return no_number;
    if (p == 0 || p == 1) return p == 0 ? -beyond_all : beyond_all;
    if (std::isinf(df)) return normal_quantile(p);
    const boost::math::students_t_distribution<double, QuietPolicy> of(df);
    return boost::math::quantile(of, p);
}

double chi_squared_tail(double x, double df) {
    if (std::isnan(x) || !(df >= 0)) return no_number;
    if (x <= 0) return df == 0 && x == 0 ? 0 : 1;
    if (std::isinf(x) || df == 0) return 0;
    const boost::math::chi_squared_distribution<double, QuietPolicy> of(df);
    return boost::math::cdf(boost::math::complement(of, x));
}

double f_tail(double x, double df1, double df2) {
    if (std::isnan(x) || !(df1 > 0) || !(df2 > 0)) return no_number;
    if (x <= 0) return 1;
    if (std::isinf(x)) return 0;
    if (std::isinf(df2)) return chi_squared_tail(x * df1, df1);
    const boost::math::fisher_f_distribution<double, QuietPolicy> of(df1, df2);
    return boost::math::cdf(boost::math::complement(of, x));
}

double log_choose(double n, double k) {
    if (k < 0 || k > n) return -beyond_all;
    return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1);
}

double mean_of(std::span<const double> values) {
    if (values.empty()) return no_number;
    const auto n = static_cast<long double>(values.size());
    long double sum = 0;
    for (const double value : values) sum += value;
    const long double first = sum / n;
    if (!std::isfinite(static_cast<double>(first))) return static_cast<double>(first);
    long double lost = 0;
    for (const double value : values) lost += value - first;
    return static_cast<double>(first + lost / n);
}

namespace {

// In long double, whose range holds the squares of any double.
long double wide_variance(std::span<const double> values) {
    const long double mean = mean_of(values);
    long double squares = 0, rest = 0;
    for (const double value : values) {
        const long double away = value - mean;
        squares += away * away;
        rest += away;
    }
    // The two-pass sum with its correction: Chan, Golub & LeVeque 1983, (1.7).
    const auto n = static_cast<long double>(values.size());
    return (squares - rest * rest / n) / (n - 1);
}

}  // namespace

double variance_of(std::span<const double> values) {
    return values.size() < 2 ? no_number : static_cast<double>(wide_variance(values));
}

double deviation_of(std::span<const double> values) {
    return values.size() < 2 ? no_number : static_cast<double>(std::sqrt(wide_variance(values)));
}

std::string printed(double value, int digits) {
    if (std::isnan(value)) return "NA";
    if (std::isinf(value)) return value > 0 ? "Inf" : "-Inf";
    if (value == 0) return "0";
    // As R's formatReal: no more digits than needed, fixed unless that is wider than 1e-05.
    const auto whole = fmt::format("{:.{}e}", value, std::max(digits, 1) - 1);
    const auto e = whole.find('e');
    const int power = std::stoi(whole.substr(e + 1));
    const auto last = whole.find_last_not_of('0', e - 1);
    const auto first = whole.find_first_not_of('-');
    const int shown = last == first || whole[last] == '.' ? 1 : static_cast<int>(last - first);
    const int decimals = std::max(0, shown - 1 - power);
    const int fixed = (power >= 0 ? power + 1 : 1) + (decimals > 0 ? decimals + 1 : 0);
    const int scientific = (shown > 1 ? shown + 1 : 1) + (std::abs(power) >= 100 ? 5 : 4);
    return fixed <= scientific ? fmt::format("{:.{}f}", value, decimals)
                               : fmt::format("{:.{}e}", value, shown - 1);
}

std::string fixed_or_dot(double value, int decimals) {
    if (std::isnan(value)) return ".";
    return std::isinf(value) ? printed(value) : fmt::format("{:.{}f}", value, decimals);
}

std::string printed_p(double p) {
    if (p < least_p_shown) return "< 2e-16";
    return printed(p, 3);
}

const char* stars(double p) {
    if (!(p <= 0.1)) return "";
    return p < 0.001 ? "***" : p < 0.01 ? "**" : p < 0.05 ? "*" : p < 0.1 ? "." : "";
}

}  // namespace alongside::evidence
