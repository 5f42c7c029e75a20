#include "evidence/parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "evidence/numbers.h"

namespace alongside::evidence {
namespace {

// As formatC(ends, digits = d), with as few digits from three on as tell neighbours apart.
std::vector<std::string> ends_in_words(const std::vector<double>& ends) {
    std::vector<std::string> out;
    for (int digits = 3; digits <= 12; ++digits) {
        out.clear();
        for (const double end : ends)
            out.push_back(std::isinf(end) ? printed(end) : fmt::format("{:.{}g}", end, digits));
        if (std::adjacent_find(out.begin(), out.end()) == out.end()) break;
    }
    return out;
}

}  // namespace

Values parts_between(const Values& of, const std::vector<double>& ends, bool is_right,
                     bool has_ends) {
    const auto words = ends_in_words(ends);
    const std::size_t parts = ends.size() - 1;
    const auto last = static_cast<std::ptrdiff_t>(parts) - 1;
    Values out;
    for (std::size_t i = 0; i < parts; ++i) {
        const bool has_lower = !is_right || (has_ends && i == 0);
        const bool has_upper = is_right || (has_ends && i + 1 == parts);
        out.levels.push_back((has_lower ? "[" : "(") + words[i] + "," + words[i + 1] +
                             (has_upper ? "]" : ")"));
    }
    std::vector<std::int32_t> codes;
    codes.reserve(of.numbers.size());
    for (const double x : of.numbers) {
        const auto at = is_right ? std::lower_bound(ends.begin(), ends.end(), x)
                                 : std::upper_bound(ends.begin(), ends.end(), x);
        auto part = at - ends.begin() - 1;
        if (has_ends && is_right && x == ends.front()) part = 0;
        if (has_ends && !is_right && x == ends.back()) part = last;
        const bool is_there = !std::isnan(x) && part >= 0 && part <= last;
        codes.push_back(is_there ? static_cast<std::int32_t>(part) : missing_word);
    }
    out.keep(std::move(codes));
    return out;
}

Values with_levels(Values of, std::vector<std::string> words) {
    std::vector<std::int32_t> place(of.levels.size(), missing_word);
    for (std::size_t i = 0; i < of.levels.size(); ++i) {
        const auto found = std::find(words.begin(), words.end(), of.levels[i]);
        if (found != words.end()) place[i] = static_cast<std::int32_t>(found - words.begin());
    }
    std::vector<std::int32_t> codes(of.codes.begin(), of.codes.end());
    for (auto& code : codes) {
        if (code >= 0) code = place[static_cast<std::size_t>(code)];
    }
    of.keep(std::move(codes));
    of.levels = std::move(words);
    return of;
}

Values as_strata(Values of, const std::string& name) {
    const bool is_named = of.kind == Values::Kind::numbers || of.is_truth;
    of = as_levels(std::move(of));
    of.is_truth = false;
    for (auto& level : of.levels) {
        if (is_named) level.insert(0, name + "=");
    }
    return of;
}

Values standardised(const Values& of) {
    std::vector<double> known, made(of.numbers.begin(), of.numbers.end());
    std::copy_if(made.begin(), made.end(), std::back_inserter(known),
                 [](double x) { return !std::isnan(x); });
    const double middle = mean_of(known), spread = deviation_of(known);
    for (double& x : made) x = (x - middle) / spread;
    Values out;
    out.keep(std::move(made));
    return out;
}

}  // namespace alongside::evidence
