#include "evidence/paired.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/non_central_t.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include "base/ensure.h"
#include "evidence/numbers.h"

namespace alongside::evidence {

const char* const before_after_caution =
    "Before and after have no comparison group: people also change with time, settle in, are "
    "chosen when they are at their worst and drift back to their usual, or drop out. The change "
    "can't be put down to the programme.";

namespace {

constexpr double not_known = std::numeric_limits<double>::quiet_NaN();

// P(T <= t) for a noncentral t. Boost leaves its safe range by throwing; then the normal
// approximation of Johnson & Kotz 1970 serves.
double noncentral_t_cdf(double t, double df, double centre) {
    try {
        return boost::math::cdf(boost::math::non_central_t(df, centre), t);
    } catch (const std::exception&) {
        const double shrunk = t * (1 - 1 / (4 * df));
        return normal_cdf((shrunk - centre) / std::sqrt(1 + t * t / (2 * df)));
    }
}

// The centre at which P(T <= t) is `p`; it falls as the centre grows.
double centre_for(double t, double df, double p) {
    double step = 1, low = t, high = t;
    while (noncentral_t_cdf(t, df, low) < p && step < 1e8) low = t - (step *= 2);
    step = 1;
    while (noncentral_t_cdf(t, df, high) > p && step < 1e8) high = t + (step *= 2);
    for (int i = 0; i < 200 && high - low > 1e-13 * std::max(1.0, std::abs(low)); ++i) {
        const double middle = (low + high) / 2;
        (noncentral_t_cdf(t, df, middle) > p ? low : high) = middle;
    }
    return (low + high) / 2;
}

Reach exact_d(double d, double n, double level) {
    if (!std::isfinite(d) || n < 2) return {d, not_known, not_known};
    const double t = d * std::sqrt(n), tail = (1 - level) / 2;
    return {d, centre_for(t, n - 1, 1 - tail) / std::sqrt(n),
            centre_for(t, n - 1, tail) / std::sqrt(n)};
}

// Bonett 2008, for two means of the same people.
Reach average_d(const PairedChange& c, double level) {
    const double pooled = std::hypot(c.sd_before, c.sd_after) / std::sqrt(2.0);
    const double df = static_cast<double>(c.n) - 1, r = c.correlation;
    const double d = c.change.value / pooled, own = c.sd_change / pooled;
    const double v1 = std::pow(c.sd_before / pooled, 2), v2 = std::pow(c.sd_after / pooled, 2);
    if (!std::isfinite(d) || !std::isfinite(r)) return {d, not_known, not_known};
    const double variance =
        d * d * (v1 * v1 + v2 * v2 + 2 * r * r * v1 * v2) / (8 * df) + own * own / df;
    const double reach = normal_quantile(0.5 + level / 2) * std::sqrt(variance);
    return {d, d - reach, d + reach};
}

struct CompletePairs {
    std::vector<double> before, after, change;
    std::size_t missing_before = 0, missing_after = 0, missing_both = 0;
};

CompletePairs complete_pairs(std::span<const double> before, std::span<const double> after) {
    ENSURE(before.size() == after.size());
    CompletePairs out;
    for (std::size_t i = 0; i < before.size(); ++i) {
        const bool no_before = std::isnan(before[i]), no_after = std::isnan(after[i]);
        if (no_before || no_after) {
            ++(no_before && no_after ? out.missing_both
                                     : no_before ? out.missing_before : out.missing_after);
            continue;
        }
        out.before.push_back(before[i]);
        out.after.push_back(after[i]);
        out.change.push_back(after[i] - before[i]);
    }
    return out;
}

double correlation_of(const CompletePairs& p, double mean_x, double mean_y) {
    long double xy = 0, xx = 0, yy = 0;         // its range holds the squares of any double
    for (std::size_t i = 0; i < p.before.size(); ++i) {
        const long double x = p.before[i] - mean_x, y = p.after[i] - mean_y;
        xy += x * y;
        xx += x * x;
        yy += y * y;
    }
    if (!(xx > 0) || !(yy > 0)) return not_known;
    return static_cast<double>(xy / (std::sqrt(xx) * std::sqrt(yy)));
}

void set_t_test(PairedChange& c, double level) {
    const double n = static_cast<double>(c.n), se = c.sd_change / std::sqrt(n);
    c.df = n - 1;
    c.t = c.p = c.change.lower = c.change.upper = not_known;
    if (!(c.df > 0)) return;
    const double reach = t_quantile(0.5 + level / 2, c.df) * se;
    c.change.lower = c.change.value - reach;
    c.change.upper = c.change.value + reach;
    if (se > 0) {
        c.t = c.change.value / se;
        c.p = two_sided_t(c.t, c.df);
    }
}

ReliableChange reliable_change(const CompletePairs& p, double sd_before, double reliability,
                               const PairedOptions& options) {
    ReliableChange out;
    out.se_difference = sd_before * std::sqrt(2 * (1 - reliability));
    out.threshold = normal_quantile(0.5 + options.level / 2) * out.se_difference;
    for (double change : p.change) {
        const double better = options.lower_is_better ? -change : change;
        ++(better > out.threshold ? out.improved
                                  : better < -out.threshold ? out.worse : out.unchanged);
    }
    return out;
}

std::optional<Trouble> scale_trouble(const CompletePairs& p, const PairedOptions& options) {
    if (options.reliability && !(*options.reliability >= 0 && *options.reliability <= 1))
        return Trouble{fmt::format("A reliability is between 0 and 1, not {}.",
                                   *options.reliability)};
    for (const std::vector<double>* values : {&p.before, &p.after})
        for (double value : *values)
            if ((options.lowest && value < *options.lowest) ||
                (options.highest && value > *options.highest))
                return Trouble{fmt::format("The value {} is outside the scale given.", value)};
    return std::nullopt;
}

std::size_t at_end(const std::vector<double>& values, double end) {
    return static_cast<std::size_t>(std::count(values.begin(), values.end(), end));
}

void set_ends(PairedChange& c, const CompletePairs& p, const PairedOptions& options) {
    if (options.lowest) {
        c.floor_before = at_end(p.before, *options.lowest);
        c.floor_after = at_end(p.after, *options.lowest);
    }
    if (options.highest) {
        c.ceiling_before = at_end(p.before, *options.highest);
        c.ceiling_after = at_end(p.after, *options.highest);
    }
}

// Clopper & Pearson's limits of the share that changed one way, as odds.
Reach exact_odds(double some, double others, double level) {
    const double tail = (1 - level) / 2;
    const auto odds = [](double p) {
        return p < 1 ? p / (1 - p) : std::numeric_limits<double>::infinity();
    };
    const double low =
        some > 0 ? boost::math::ibeta_inv(some, others + 1, tail) : 0.0;
    const double high = others > 0 ? boost::math::ibeta_inv(some + 1, others, 1 - tail) : 1.0;
    return {some / others, odds(low), odds(high)};
}

// P(Binomial(n, 1/2) <= k).
double half_binomial(double n, double k) {
    return k >= n ? 1.0 : boost::math::ibetac(k + 1, n - k, 0.5);
}

void set_mcnemar(PairedShares& s, double level) {
    const double b = static_cast<double>(s.only_before), c = static_cast<double>(s.only_after);
    const double n = static_cast<double>(s.n), z = normal_quantile(0.5 + level / 2);
    const double p_after = (c + 1) / (n + 2), p_before = (b + 1) / (n + 2);
    const double middle = p_after - p_before;
    const double reach = z * std::sqrt((p_after + p_before - middle * middle) / (n + 2));
    s.change = {(c - b) / n, std::max(-1.0, middle - reach), std::min(1.0, middle + reach)};
    s.chi_squared = s.p = s.chi_squared_plain = s.p_plain = not_known;
    s.odds_ratio = {not_known, not_known, not_known};
    s.p_exact = 1;
    if (b + c == 0) return;
    const double apart = std::abs(b - c);
    s.chi_squared = std::pow(apart > 0 ? apart - 1 : 0.0, 2) / (b + c);
    s.chi_squared_plain = apart * apart / (b + c);
    s.p = chi_squared_tail(s.chi_squared, 1);
    s.p_plain = chi_squared_tail(s.chi_squared_plain, 1);
    s.p_exact = std::min(1.0, 2 * half_binomial(b + c, std::min(b, c)));
    s.odds_ratio = exact_odds(c, b, level);
}

}  // namespace

Fallible<PairedChange> paired_change(std::span<const double> before, std::span<const double> after,
                                     const PairedOptions& options) {
    const CompletePairs p = complete_pairs(before, after);
    if (p.change.empty()) return trouble("Nobody has a value both before and after.");
    if (auto wrong = scale_trouble(p, options)) return tl::make_unexpected(std::move(*wrong));
    PairedChange c;
    c.n = p.change.size();
    c.missing_before = p.missing_before;
    c.missing_after = p.missing_after;
    c.missing_both = p.missing_both;
    c.mean_before = mean_of(p.before);
    c.mean_after = mean_of(p.after);
    c.sd_before = deviation_of(p.before);
    c.sd_after = deviation_of(p.after);
    c.sd_change = deviation_of(p.change);
    c.correlation = correlation_of(p, c.mean_before, c.mean_after);
    c.change.value = mean_of(p.change);
    set_t_test(c, options.level);
    c.wilcoxon = signed_rank_test(p.change, options.level);
    c.d_z = exact_d(c.sd_change > 0 ? c.change.value / c.sd_change : not_known,
                    static_cast<double>(c.n), options.level);
    c.d_av = average_d(c, options.level);
    c.d_before = c.sd_before > 0 ? c.change.value / c.sd_before : not_known;
    if (options.reliability)
        c.reliable = reliable_change(p, c.sd_before, *options.reliability, options);
    set_ends(c, p, options);
    return c;
}

Fallible<PairedShares> paired_shares(std::span<const double> before, std::span<const double> after,
                                     double level) {
    const CompletePairs p = complete_pairs(before, after);
    if (p.change.empty()) return trouble("Nobody has an answer both before and after.");
    PairedShares s;
    s.n = p.change.size();
    s.missing_before = p.missing_before;
    s.missing_after = p.missing_after;
    s.missing_both = p.missing_both;
    for (std::size_t i = 0; i < s.n; ++i) {
        const double x = p.before[i], y = p.after[i];
        if ((x != 0 && x != 1) || (y != 0 && y != 1))
            return trouble(
                fmt::format("Yes and no are 1 and 0, not {}.", x != 0 && x != 1 ? x : y));
        ++(x == 1 ? (y == 1 ? s.both : s.only_before) : (y == 1 ? s.only_after : s.neither));
    }
    const double n = static_cast<double>(s.n);
    s.share_before = static_cast<double>(s.both + s.only_before) / n;
    s.share_after = static_cast<double>(s.both + s.only_after) / n;
    set_mcnemar(s, level);
    return s;
}

}  // namespace alongside::evidence
