// The parts that a column cuts the people of a study into.
#include <algorithm>
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
    auto distinct = values;
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    auto out = with_gaps_named(labels_of(column));
    constexpr std::size_t many = 6;
    if (distinct.size() <= many) return out;
    const double middle = values[values.size() / 2];
    for (std::size_t row = 0; row < out.size(); ++row) {
        if (column.is_missing(row)) continue;
        out[row] = column.numbers[row] < middle ? fmt::format("below {}", middle)
                                                : fmt::format("{} and more", middle);
    }
    return out;
}

bool is_yes_or_no(const Column& column) {
    for (std::size_t row = 0; row < column.size(); ++row) {
        const bool fits = column.is_missing(row) || column.numbers[row] == 0 ||
                          column.numbers[row] == 1;
        if (!fits) return false;
    }
    return true;
}

// Words are compared level by level; of numbers a mean is told, and for whom it isn't known.
std::vector<std::string> covariate_parts(const Column& column) {
    auto out = with_gaps_named(labels_of(column));
    if (!column.is_number || is_yes_or_no(column)) return out;
    for (auto& one : out) {
        if (one != part_not_known) one = "known";
    }
    return out;
}

}  // namespace

std::vector<std::string> parts_of(const Study& study, PartUse use, const std::string& name) {
    if (use == PartUse::placebo) {
        std::vector<std::string> out;
        for (const double value : study.data.placebo) out.push_back(value == 1 ? "1" : "0");
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
