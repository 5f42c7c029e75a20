#include "evidence/plain_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "evidence/numbers.h"

namespace alongside::evidence {

namespace {

// An interval without 0 isn't said to begin there: its near end then keeps one digit, "0.02".
double whole_end(double end, bool is_beyond_none) {
    const double whole = std::round(end);
    if (whole != 0 || !is_beyond_none || end == 0) return whole;
    const double digit = std::pow(10, std::floor(std::log10(std::fabs(end))));
    return std::round(end / digit) * digit;
}

std::string fewer_or_more(double low, double high) {
    const auto shown = [](double end) {
        return std::fabs(end) < 1 ? printed(std::fabs(end), 1) : grouped(std::fabs(end));
    };
    const std::string a = shown(low), b = shown(high);
    if (low == 0 && high == 0) return "about as many";
    if (low == high) return fmt::format("about {} {}", a, low < 0 ? "fewer" : "more");
    if (high <= 0) return fmt::format("between {} and {} fewer", b, a);
    if (low >= 0) return fmt::format("between {} and {} more", a, b);
    return fmt::format("between {} fewer and {} more", a, b);
}

}  // namespace

std::string grouped(double value, int decimals) {
    if (!std::isfinite(value)) return std::isnan(value) ? "NA" : value > 0 ? "Inf" : "-Inf";
    std::string text = fmt::format("{:.{}f}", std::fabs(value), decimals);
    const std::size_t point = std::min(text.find('.'), text.size());
    for (std::size_t at = point; at > 3; at -= 3) text.insert(at - 3, ",");
    const bool is_nought = text.find_first_not_of("0.,") == std::string::npos;
    return value < 0 && !is_nought ? "-" + text : text;
}

std::string percent(double share) { return printed(share * 100, 6) + " %"; }

std::string counted(double count, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", grouped(count), count == 1 ? one : many);
}

std::string of_people(Between difference) {
    if (!std::isfinite(difference.lower) || !std::isfinite(difference.upper))
        return "It can't be said how many";
    double people = 100;
    const double far = std::max(std::fabs(difference.lower), std::fabs(difference.upper));
    while (people < 10000 && far * people < 1) people *= 10;
    const bool is_beyond_none = difference.lower > 0 || difference.upper < 0;
    const auto end = [&](double share) { return whole_end(share * people, is_beyond_none); };
    return fmt::format("Of {} people, {}", grouped(people),
                       fewer_or_more(end(difference.lower), end(difference.upper)));
}

std::string needed_in_words(const NeededToTreat& needed, double level) {
    const auto counted_up = [](double n) { return grouped(std::ceil(n - 1e-9)); };
    // Where as many had it in both, the interval still says how far from that the truth may be.
    if (!std::isfinite(needed.value) && !std::isfinite(needed.least_helped) &&
        !std::isfinite(needed.least_harmed))
        return "No difference: nobody is helped or harmed.";
    if (!std::isfinite(needed.value)) {
        return fmt::format("As many in both. The {} interval goes from one more helped for every "
                           "{} people to one more harmed for every {}.", percent(level),
                           counted_up(needed.least_helped), counted_up(needed.least_harmed));
    }
    // Rounded away from what flatters: more people for one helped, fewer for one harmed.
    const auto up = [](double n) {
        return std::isinf(n) ? "infinity" : grouped(std::ceil(n - 1e-9));
    };
    const auto down = [](double n) {
        return std::isinf(n) ? "infinity" : grouped(std::max(1.0, std::floor(n + 1e-9)));
    };
    const std::string estimate =
        needed.helps ? fmt::format("One more is helped for every {} people", up(needed.value))
                     : fmt::format("One more is harmed for every {} people", down(needed.value));
    std::string range;
    if (std::isnan(needed.least_harmed)) {
        range = fmt::format("{} to {} for one helped", up(needed.least_helped),
                            up(needed.most_helped));
    } else if (std::isnan(needed.least_helped)) {
        range = fmt::format("{} to {} for one harmed", down(needed.least_harmed),
                            down(needed.most_harmed));
    } else {
        range = fmt::format("from {} for one helped, through infinity (no effect), to {} for one "
                            "harmed", up(needed.least_helped), down(needed.least_harmed));
    }
    return fmt::format("{} ({} interval: {}).", estimate, percent(level), range);
}

}  // namespace alongside::evidence
