// The parts that a column cuts the people of a study into.
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "evidence/study.h"

namespace alongside::evidence {
namespace {

std::vector<std::string> with_gaps_named(std::vector<std::string> labels) {
    for (auto& one : labels) {
        if (one.empty()) one = part_not_known;
    }
    return labels;
}

// Few values stand for themselves; of many, those below the middle of the sample and the others.
std::vector<std::string> subgroup_parts(const Study& study, const Column& column) {
    std::vector<double> values;
    for (const auto row : study.sample.rows) {
        if (column.is_number && !column.is_missing(row)) values.push_back(column.numbers[row]);
    }
    std::sort(values.begin(), values.end());
    auto out = with_gaps_named(labels_of(column));
    if (values.empty() || !few_values(values).empty()) return out;
    const double middle = values[values.size() / 2];
    for (std::size_t row = 0; row < out.size(); ++row) {
        if (column.is_missing(row)) continue;
        out[row] = column.numbers[row] < middle ? fmt::format("below {}", middle)
                                                : fmt::format("{} and more", middle);
    }
    return out;
}

// Words are compared level by level; of numbers a mean is told, and for whom it isn't known. With
// few values, however they are written, the mean tells how many have each.
std::vector<std::string> covariate_parts(const Column& column) {
    auto out = with_gaps_named(labels_of(column));
    if (!column.is_number || !few_values(column.numbers).empty()) return out;
    for (auto& one : out) {
        if (one != part_not_known) one = "known";
    }
    return out;
}

}  // namespace

std::vector<double> few_values(const std::vector<double>& values, std::size_t most) {
    std::vector<double> out;
    for (const double value : values) {
        if (std::isnan(value)) continue;
        const auto at = std::lower_bound(out.begin(), out.end(), value);
        if (at != out.end() && *at == value) continue;
        if (out.size() == most) return {};
        out.insert(at, value);
    }
    return out;
}

std::vector<std::string> parts_of(const Study& study, PartUse use, const std::string& name) {
    if (use == PartUse::placebo) {
        std::vector<std::string> out;
        for (const double value : study.data.placebo) out.push_back(fmt::format("{}", value));
        return out;
    }
    const auto& column = *study.data.table.find(name);
    switch (use) {
        case PartUse::subgroup: return subgroup_parts(study, column);
        case PartUse::covariate:
        case PartUse::unmatched: return covariate_parts(column);
        case PartUse::prison:
        case PartUse::placebo: break;
    }
    return with_gaps_named(labels_of(column));
}

}  // namespace alongside::evidence
