// Ticks at round numbers, and the axes with their grid and words.
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "evidence/plot.h"

namespace alongside::evidence {
namespace {

// As many places as the step has; thousands with commas.
std::string tick_label(double value, double step) {
    int places = 0;
    for (double rest = step; places < 8 && std::abs(rest - std::round(rest)) > 1e-6 * rest;) {
        rest *= 10;
        ++places;
    }
    if (std::abs(value) < step * 1e-9) value = 0;
    std::string out = fmt::format("{:.{}f}", std::abs(value), places);
    auto point = out.find('.');
    if (point == std::string::npos) point = out.size();
    for (std::size_t at = point; at > 3; at -= 3) out.insert(at - 3, ",");
    return value < 0 ? "\u2212" + out : out;
}

Ticks ticks_of(double low, double high, double step) {
    Ticks out;
    out.step = step;
    out.low = std::floor(low / step + 1e-9) * step;
    out.high = std::ceil(high / step - 1e-9) * step;
    if (out.high <= out.low) out.high = out.low + step;
    const auto count = std::lround((out.high - out.low) / step);
    for (long i = 0; i <= count; ++i) {
        const double value = out.low + static_cast<double>(i) * step;
        out.values.push_back(value);
        out.labels.push_back(tick_label(value, step));
    }
    return out;
}

double round_step(double rough) {
    const double power = std::pow(10, std::floor(std::log10(rough)));
    for (const double times : {1.0, 2.0, 2.5, 5.0}) {
        if (times * power >= rough * 0.999) return times * power;
    }
    return 10 * power;
}

}  // namespace

Ticks round_ticks(double low, double high, int count) {
    if (!(high > low)) high = low + (low == 0 ? 1 : std::abs(low) * 0.1);
    return ticks_of(low, high, round_step((high - low) / std::max(count, 1)));
}

Ticks whole_ticks(double low, double high, int count) {
    if (!(high > low)) high = low + 1;
    double step = std::max(1.0, round_step((high - low) / std::max(count, 1)));
    if (step == 2.5) step = 5;
    return ticks_of(low, high, step);
}

Ticks ratio_ticks(double low, double high) {
    Ticks out;
    static const std::vector<double> fine{0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 0.75, 1,  1.5,
                                          2,    4,    5,    10,  20,  50,   100};
    static const std::vector<double> coarse{0.01, 0.1, 0.25, 0.5, 1, 2, 4, 10, 100};
    low = std::clamp(std::min(low, 0.8), 0.01, 1.0);
    high = std::clamp(std::max(high, 1.25), 1.0, 100.0);
    const auto& ladder = high / low > 12 ? coarse : fine;
    auto first = std::upper_bound(ladder.begin(), ladder.end(), low * 1.0001);
    if (first != ladder.begin()) --first;
    for (auto at = first; at != ladder.end(); ++at) {
        out.values.push_back(*at);
        out.labels.push_back(fmt::format("{}", *at));
        if (*at >= high * 0.9999) break;
    }
    out.low = out.values.front();
    out.high = out.values.back();
    return out;
}

Axes draw_axes(Drawing& drawing, const AxisWords& words) {
    constexpr double size = 13, gap = 8;
    double widest = 0;
    for (const auto& label : words.y_ticks.labels) {
        widest = std::max(widest, text_width(label, size));
    }
    Axes axes;
    // The words of the upright axis lie flat above it: they read without turning the head.
    const auto heading = words.y.empty()
                             ? std::vector<std::string>{}
                             : broken_lines(words.y, drawing.width - 4, size);
    axes.top = words.above + 12 + 18 * static_cast<double>(heading.size());
    const auto footing = broken_lines(words.x, drawing.width - 8, size);
    axes.bottom = drawing.height - words.below - 30 -
                  (words.x.empty() ? 0 : 17 * static_cast<double>(footing.size()));
    axes.left = 2 + widest + gap;
    axes.right = drawing.width - 14;
    axes.x = {words.x_ticks.low, words.x_ticks.high, axes.left, axes.right, words.x_is_log};
    axes.y = {words.y_ticks.low, words.y_ticks.high, axes.bottom, axes.top, words.y_is_log};
    for (std::size_t i = 0; i < heading.size(); ++i) {
        drawing.texts.push_back({{2, words.above + 9 + 18 * static_cast<double>(i)}, heading[i],
                                 size, Ink::grey});
    }
    for (std::size_t i = 0; i < words.y_ticks.values.size(); ++i) {
        const double y = axes.y.at(words.y_ticks.values[i]);
        drawing.line({axes.left, y}, {axes.right, y}, {Ink::pale, 1, {}});
        drawing.texts.push_back({{axes.left - gap, y}, words.y_ticks.labels[i], size, Ink::grey,
                                 Anchor::end});
    }
    double last_end = -1e9;
    for (std::size_t i = 0; i < words.x_ticks.values.size(); ++i) {
        const double x = axes.x.at(words.x_ticks.values[i]);
        drawing.line({x, axes.bottom}, {x, axes.bottom + 5}, {Ink::grey, 1, {}});
        const double half = text_width(words.x_ticks.labels[i], size) / 2;
        if (x - half < last_end + 6) continue;
        const bool overhangs = x + half > drawing.width;
        drawing.texts.push_back({{overhangs ? drawing.width - 1 : x, axes.bottom + 16},
                                 words.x_ticks.labels[i], size, Ink::grey,
                                 overhangs ? Anchor::end : Anchor::middle});
        last_end = x + half;
    }
    drawing.line({axes.left, axes.bottom}, {axes.right, axes.bottom}, {Ink::grey, 1.25, {}});
    for (std::size_t i = 0; i < footing.size() && !words.x.empty(); ++i) {
        drawing.texts.push_back({{(axes.left + axes.right) / 2,
                                  axes.bottom + 38 + 17 * static_cast<double>(i)},
                                 footing[i], size, Ink::grey, Anchor::middle});
    }
    return axes;
}

}  // namespace alongside::evidence
