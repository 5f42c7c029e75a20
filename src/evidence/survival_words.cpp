#include "evidence/survival_words.h"

#include <fmt/format.h>

namespace alongside::evidence {
namespace {

std::size_t without_weight(const Frame& frame) {
    return static_cast<std::size_t>((frame.weights.array() == 0).count());
}

}  // namespace

Fallible<Frame> survival_frame(const CommonOptions& common, Table& table,
                               const std::string& strata, bool terms_are_groups) {
    auto formula = parse_formula(common.formula);
    if (!formula) return tl::make_unexpected(std::move(formula.error()));
    if (!formula->is_survival) {
        return tl::make_unexpected(
            formula_trouble(common.formula, 0, "the left side is Surv(time, event), or "
                                               "Surv(start, stop, event)"));
    }
    FrameOptions options;
    options.weights = common.weights;
    options.cluster = common.cluster;
    options.strata = strata;
    options.keep_intercept = false;
    options.terms_are_groups = terms_are_groups;
    options.threads = common.threads;
    return make_frame(std::move(table), *formula, options);
}

std::string missing_said(const Frame& frame) {
    std::string out;
    if (frame.missing_rows > 0) {
        std::string by;
        for (const auto& [name, count] : frame.missing_by) {
            by += fmt::format("{}{} {}", by.empty() ? "" : ", ", name, count);
        }
        out += fmt::format("   ({} observation{} deleted due to missingness: {})\n",
                           frame.missing_rows, frame.missing_rows == 1 ? "" : "s", by);
    }
    if (const auto zero = without_weight(frame); zero > 0) {
        out += fmt::format("   ({} observation{} of weight 0)\n", zero, zero == 1 ? "" : "s");
    }
    return out;
}

void add_row_counts(const Frame& frame, const std::vector<std::string>& notes,
                    boost::json::object& json) {
    boost::json::object by;
    for (const auto& [name, count] : frame.missing_by) by[name] = count;
    json["missing"] = {{"rows", frame.missing_rows}, {"by", std::move(by)}};
    json["zero_weights"] = without_weight(frame);
    json["notes"] = boost::json::value_from(notes);
}

}  // namespace alongside::evidence
