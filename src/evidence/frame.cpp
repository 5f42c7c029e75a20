#include "evidence/frame.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "evidence/cells.h"
#include "evidence/design.h"
#include "evidence/large_pages.h"
#include "evidence/own_units.h"
#include "evidence/parallel.h"
#include "evidence/plain_words.h"
#include "evidence/values.h"

namespace alongside::evidence {
namespace {

struct FrameFault {
    Trouble trouble;
};

[[noreturn]] void frame_fault(std::string sentence) {
    throw FrameFault{Trouble{std::move(sentence)}};
}

Expression column_called(const std::string& name) {
    Expression out;
    out.name = name;
    return out;
}

class FrameMaker {
public:
    // `spare`: the table itself, if it may let go of its numbers.
    FrameMaker(const Table& table, const FrameOptions& options, Table* spare)
        : table_(table), options_(options), spare_(spare) {}

    Frame frame(const Formula& formula) {
        out_.formula = formula;
        out_.places = table_;
        if (formula.has_dot) {
            const auto names = table_.names();
            out_.formula = right(parse_formula(formula.written, &names));
        }
        // Cox's intercept is in its baseline, whatever the formula says, as in coxph.
        if (!options_.keep_intercept) out_.formula.has_intercept = true;
        evaluate();
        keep_complete_rows();
        const KeptRows kept{out_.rows, out_.rows.size() == table_.rows};
        take_response(kept);
        take_weights(kept);
        out_.offset = summed_offsets(kept);
        take_groups(kept);
        if (!options_.terms_are_groups) {
            for (auto& values : variables_) {
                if (!values.is_truth) drop_unused_levels(values, kept);
            }
            check_levels(kept);
            out_.design = design_of(out_.formula, variables_, kept, options_.keep_intercept,
                                    options_.threads,
                                    [&](const Values& values) { let_go(values); });
            check_design();
            out_.design.unit = ease_columns(out_.design.x, options_.threads);
        }
        return std::move(out_);
    }

private:
    template <class T>
    static T right(Fallible<T> made) {
        if (!made) throw FrameFault{std::move(made.error())};
        return std::move(*made);
    }

    Values value(const Expression& e) const {
        return right(values_of(table_, e, out_.formula.written));
    }
    Values number_values(const Expression& e, std::string_view needed_by) const {
        return right(as_numbers(value(e), table_, e, needed_by));
    }
    Values option_values(const std::string& name) const {
        right(table_.column(name));
        return value(column_called(name));
    }

    void evaluate() {
        for (const auto& part : out_.formula.response) response_.push_back(value(part));
        for (const auto& term : out_.formula.terms) {
            for (const auto& variable : term.variables) add_variable(variable);
        }
        for (const auto& e : out_.formula.offsets) offsets_.push_back(number_values(e, "offset()"));
        for (const auto& e : out_.formula.strata) strata_.push_back(value(e));
        if (!options_.strata.empty()) strata_.push_back(option_values(options_.strata));
        for (const auto& e : out_.formula.cluster) cluster_.push_back(value(e));
        if (!options_.cluster.empty()) cluster_.push_back(option_values(options_.cluster));
        if (cluster_.size() > 1) frame_fault("Only one variable can say who belongs together");
        if (options_.weights.empty()) return;
        right(table_.column(options_.weights));
        weights_.push_back(number_values(column_called(options_.weights), "--weights"));
    }

    void add_variable(const Expression& variable) {
        const auto text = variable.text();
        const auto is_known = [&](const Values& v) { return v.text == text; };
        if (std::any_of(variables_.begin(), variables_.end(), is_known)) return;
        auto made = value(variable);
        made.text = text;
        // Truth values are a factor of FALSE and TRUE.
        if (made.is_truth) {
            made = both_truths(as_levels(std::move(made)));
            made.text = text;
        }
        variables_.push_back(std::move(made));
    }

    // The first row that has a third of the levels, or the first row: where a mistake may be.
    Eigen::Index row_of_third(const Values& values, const KeptRows& kept) const {
        std::vector<std::int32_t> seen;
        for (std::size_t i = 0; i < kept.rows.size(); ++i) {
            const auto code = values.codes[kept.rows[i]];
            if (std::find(seen.begin(), seen.end(), code) != seen.end()) continue;
            if (seen.size() == 2) return static_cast<Eigen::Index>(i);
            seen.push_back(code);
        }
        return 0;
    }

    // Whether the value of a row is missing, asked of each row that has one of its own.
    template <class Ask>
    void over_missing(const Values& values, Ask ask) const {
        const auto over_numbers = [&](std::span<const double> numbers) {
            if (numbers.size() == table_.rows) {
                for (std::size_t row = 0; row < numbers.size(); ++row) {
                    ask(row, numbers[row] != numbers[row]);
                }
            } else if (numbers.size() == 1) {
                const bool is_missing = std::isnan(numbers[0]);
                for (std::size_t row = 0; row < table_.rows; ++row) ask(row, is_missing);
            }
        };
        if (values.kind == Values::Kind::columns) {
            over_numbers(values.columns.front());
        } else if (values.kind == Values::Kind::numbers) {
            over_numbers(values.numbers);
        } else {
            for (std::size_t row = 0; row < values.codes.size(); ++row) {
                ask(row, values.codes[row] < 0);
            }
        }
    }

    // Rows with a missing value; how many there are is told by variable. Most variables miss
    // nothing, which is soon seen.
    std::vector<char> rows_that_miss() {
        std::vector<const Values*> all;
        for (const auto* group : {&response_, &variables_, &offsets_, &strata_, &cluster_,
                                  &weights_}) {
            for (const auto& values : *group) all.push_back(&values);
        }
        std::vector<std::size_t> counts(all.size(), 0);
        in_parallel(options_.threads, all.size(), [&](std::size_t i) {
            std::size_t count = 0;
            over_missing(*all[i], [&](std::size_t, bool is) { count += is ? 1 : 0; });
            counts[i] = count;
        });
        std::vector<char> out(table_.rows, 0);
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (counts[i] == 0) continue;
            out_.missing_by.emplace_back(all[i]->text, counts[i]);
            over_missing(*all[i], [&](std::size_t row, bool is) { out[row] |= is ? 1 : 0; });
        }
        return out;
    }

    void keep_complete_rows() {
        const std::vector<char> is_missing = rows_that_miss();
        out_.missing_rows =
            static_cast<std::size_t>(std::count(is_missing.begin(), is_missing.end(), 1));
        if (table_.rows == 0) frame_fault(table_.file + ": there are no rows below the header");
        if (out_.missing_rows == table_.rows) {
            std::string by;
            for (const auto& [name, count] : out_.missing_by) {
                by += fmt::format("{}{} ({})", by.empty() ? "" : ", ", name, count);
            }
            frame_fault(fmt::format("{}: no row is complete; missing in {} rows: {}", table_.file,
                                    table_.rows, by));
        }
        out_.rows.reserve(table_.rows - out_.missing_rows);
        for (std::size_t row = 0; row < table_.rows; ++row) {
            if (!is_missing[row]) out_.rows.push_back(row);
        }
    }

    Vector kept_numbers(const Values& values, const KeptRows& kept) const {
        Vector out;
        const auto count = static_cast<Eigen::Index>(kept.rows.size());
        resize_large(out, count, 1);
        if (values.numbers.size() == 1) {
            out.setConstant(values.numbers[0]);
        } else if (kept.is_all) {
            std::copy_n(values.numbers.data(), count, out.data());
        } else {
            for (Eigen::Index i = 0; i < count; ++i) {
                out[i] = values.numbers[kept.rows[static_cast<std::size_t>(i)]];
            }
        }
        return out;
    }

    // The place of the frame's row `i` in the file, and of the column if `e` is one.
    std::string place(Eigen::Index i, const Expression& e) const {
        const auto row = out_.rows[static_cast<std::size_t>(i)];
        const auto* column =
            e.kind == Expression::Kind::column ? table_.find(e.name) : nullptr;
        return column != nullptr ? table_.place(row, *column)
                                 : out_.place(static_cast<std::size_t>(i));
    }

    Vector numbers_of_response(std::size_t part, const KeptRows& kept, std::string_view as) {
        const auto& e = out_.formula.response[part];
        const auto values = right(as_numbers(std::move(response_[part]), table_, e, as));
        return kept_numbers(values, kept);
    }

    void take_response(const KeptRows& kept) {
        out_.response = out_.formula.response_text;
        if (out_.formula.response.empty()) return;
        if (out_.formula.is_survival) return take_survival(kept);
        if (out_.formula.is_counts) return take_counts(kept);
        auto& values = response_.front();
        if (values.kind == Values::Kind::columns) {
            frame_fault(out_.response + " is several columns: the outcome is one");
        }
        if (values.kind == Values::Kind::levels || values.is_truth) {
            take_two_levels(kept);
        } else {
            out_.y = kept_numbers(values, kept);
        }
        check_finite(out_.y, out_.formula.response.front());
    }

    void take_two_levels(const KeptRows& kept) {
        auto values = as_levels(std::move(response_.front()));
        drop_unused_levels(values, kept);
        if (values.levels.size() != 2) {
            const auto& column = out_.formula.response.front();
            const bool is_slip = column.kind == Expression::Kind::column &&
                                 std::ranges::any_of(values.levels, [](const std::string& word) {
                                     double ignored = 0;
                                     return understand(word, ignored) == CellKind::number;
                                 });
            if (is_slip) right(as_numbers(std::move(values), table_, column, "the outcome"));
            std::string said;
            for (std::size_t i = 0; i < std::min<std::size_t>(values.levels.size(), 5); ++i) {
                if (i > 0) said += ", ";
                said += values.levels[i];
            }
            frame_fault(fmt::format("{}: {} has {} value{} ({}{}); an outcome in words has two",
                                    place(row_of_third(values, kept), column), out_.response,
                                    values.levels.size(),
                                    values.levels.size() == 1 ? "" : "s", said,
                                    values.levels.size() > 5 ? ", …" : ""));
        }
        out_.response_levels = values.levels;
        out_.y.resize(static_cast<Eigen::Index>(kept.rows.size()));
        for (std::size_t i = 0; i < kept.rows.size(); ++i) {
            out_.y[static_cast<Eigen::Index>(i)] = values.codes[kept.rows[i]];
        }
    }

    void take_counts(const KeptRows& kept) {
        const auto successes = numbers_of_response(0, kept, "cbind()");
        const auto failures = numbers_of_response(1, kept, "cbind()");
        for (Eigen::Index i = 0; i < successes.size(); ++i) {
            for (const auto part : {0U, 1U}) {
                const double count = part == 0 ? successes[i] : failures[i];
                if (count >= 0 && std::isfinite(count)) continue;
                const auto& e = out_.formula.response[part];
                frame_fault(fmt::format("{}: {} is {}: a count is nought or more",
                                        place(i, e), e.text(), number_as_word(count)));
            }
        }
        out_.trials = successes + failures;
        out_.y = (out_.trials.array() > 0).select(successes.array() / out_.trials.array(), 0.0);
    }

    void take_survival(const KeptRows& kept) {
        const auto& parts = out_.formula.response;
        const bool has_start = parts.size() == 3;
        if (has_start) out_.start = numbers_of_response(0, kept, "Surv()");
        out_.y = numbers_of_response(has_start ? 1 : 0, kept, "Surv()");
        const auto& time = parts[has_start ? 1 : 0];
        for (Eigen::Index i = 0; i < out_.y.size(); ++i) {
            if (has_start && !(out_.start[i] >= 0)) bad_time(i, parts[0], out_.start[i]);
            if (!(out_.y[i] >= 0) || std::isinf(out_.y[i])) bad_time(i, time, out_.y[i]);
            if (has_start && !(out_.start[i] < out_.y[i])) {
                frame_fault(fmt::format("{}: {} is {} and {} is {}: a stop comes after its start",
                                        place(i, time), parts[0].text(),
                                        number_as_word(out_.start[i]), time.text(),
                                        number_as_word(out_.y[i])));
            }
        }
        if (parts.size() == 1) {
            out_.event = Vector::Ones(out_.y.size());
        } else {
            take_event(kept);
        }
    }

    [[noreturn]] void bad_time(Eigen::Index i, const Expression& e, double time) const {
        frame_fault(fmt::format("{}: {} is {}: a time is nought or more", place(i, e), e.text(),
                                number_as_word(time)));
    }

    // 0/1, TRUE/FALSE, 1/2 as R's Surv takes it (2 is the event), or two words (the later one).
    void take_event(const KeptRows& kept) {
        const auto part = out_.formula.response.size() - 1;
        const auto& e = out_.formula.response[part];
        auto& values = response_[part];
        out_.event.resize(static_cast<Eigen::Index>(kept.rows.size()));
        if (values.kind == Values::Kind::levels && !values.is_truth) {
            drop_unused_levels(values, kept);
            if (values.levels.size() != 2) {
                frame_fault(fmt::format("{}: {} has {} different value{}: an event is 0 or 1, "
                                        "FALSE or TRUE, or one of two words",
                                        place(row_of_third(values, kept), e), e.text(),
                                        values.levels.size(),
                                        values.levels.size() == 1 ? "" : "s"));
            }
            out_.response_levels = values.levels;
            for (std::size_t i = 0; i < kept.rows.size(); ++i) {
                out_.event[static_cast<Eigen::Index>(i)] = values.codes[kept.rows[i]];
            }
            return;
        }
        out_.event = numbers_of_response(part, kept, "Surv()");
        // Of 0, 1 and 2 the one that is there less often is the mistake.
        const auto twos = (out_.event.array() == 2).count();
        const double shift = twos > (out_.event.array() == 0).count() ? 1 : 0;
        for (Eigen::Index i = 0; i < out_.event.size(); ++i) {
            const double event = out_.event[i] - shift;
            if (event != 0 && event != 1) {
                frame_fault(fmt::format("{}: {} is {}: an event is 0 or 1 (or 1 and 2 for all, or "
                                        "two words)", place(i, e), e.text(),
                                        number_as_word(out_.event[i])));
            }
            out_.event[i] = event;
        }
    }

    void take_weights(const KeptRows& kept) {
        if (!weights_.empty()) {
            out_.weights = kept_numbers(weights_.front(), kept);
            const auto column = column_called(options_.weights);
            for (Eigen::Index i = 0; i < out_.weights.size(); ++i) {
                if (out_.weights[i] >= 0 && std::isfinite(out_.weights[i])) continue;
                frame_fault(fmt::format("{}: the weight {} is {}: weights are nought or more",
                                        place(i, column), options_.weights,
                                        number_as_word(out_.weights[i])));
            }
        }
        if (out_.trials.size() == 0) return;
        if (out_.weights.size() == 0) out_.weights = out_.trials;
        else out_.weights.array() *= out_.trials.array();
    }

    Vector summed_offsets(const KeptRows& kept) {
        Vector out;
        for (std::size_t i = 0; i < offsets_.size(); ++i) {
            const auto one = kept_numbers(offsets_[i], kept);
            check_finite(one, out_.formula.offsets[i]);
            if (i == 0) out = one;
            else out += one;
        }
        return out;
    }

    void take_groups(const KeptRows& kept) {
        const bool has_short_names =
            out_.formula.strata.size() <= strata_.size() &&
            std::all_of(strata_.begin(), strata_.end(), [](const Values& v) {
                return v.kind == Values::Kind::levels;
            });
        out_.strata = groups_of(std::move(strata_), kept, has_short_names);
        out_.cluster = groups_of(std::move(cluster_), kept, true);
        if (!options_.terms_are_groups) return;
        for (const auto& term : out_.formula.terms) {
            if (term.variables.size() > 1) {
                frame_fault("Groups are made of single variables, joined with +: there is no "
                            "interaction " + term.text());
            }
        }
        for (const auto& values : variables_) {
            if (values.kind == Values::Kind::columns) {
                frame_fault(values.text + " is several columns: a group is of one value");
            }
        }
        out_.groups = groups_of(std::move(variables_), kept, false);
    }

    // So that the memory of one column serves the next of the design.
    void let_go(const Values& values) {
        if (spare_ == nullptr || values.numbers.empty()) return;
        const auto shares = [&](const Values& other) {          // as x and I(x) do
            return &other != &values && other.numbers.data() == values.numbers.data();
        };
        if (std::any_of(variables_.begin(), variables_.end(), shares)) return;
        for (auto& column : spare_->columns) {
            if (column.numbers.data() == values.numbers.data()) {
                std::vector<double>().swap(column.numbers);
            }
        }
    }

    void check_finite(const Eigen::Ref<const Vector>& values, const Expression& e) const {
        for (Eigen::Index i = 0; i < values.size(); ++i) {
            if (std::isfinite(values[i])) continue;
            frame_fault(fmt::format("{}: {} is {}: no model can use it", place(i, e), e.text(),
                                    number_as_word(values[i])));
        }
    }

    // A column for each of thousands of levels takes minutes, and tells as much as there are
    // people: such a variable says who somebody is.
    void check_levels(const KeptRows& kept) const {
        constexpr std::size_t many = 500;
        constexpr double most_work = 2e10;     // products of columns, in each round of a fit
        const auto rows = kept.rows.size();
        for (const auto& values : variables_) {
            if (values.kind != Values::Kind::levels) continue;
            const auto levels = values.levels.size();
            const double work = static_cast<double>(rows) * static_cast<double>(levels) *
                                static_cast<double>(levels);
            if (levels <= many || (2 * levels <= rows && work <= most_work)) continue;
            frame_fault(fmt::format("{}: {} has {} different values in {} rows, and would take a "
                                    "column each; leave it out of the formula, or name it with "
                                    "--cluster if it says whose rows belong together",
                                    table_.file, values.text, grouped(static_cast<double>(levels)),
                                    grouped(static_cast<double>(rows))));
        }
    }

    void check_design() const {
        const auto& x = out_.design.x;
        for (Eigen::Index c = 0; c < x.cols(); ++c) {
            // One sum tells whether all are finite; a sum that overflows is looked at in full.
            if (std::isfinite(x.col(c).sum())) continue;
            for (Eigen::Index i = 0; i < x.rows(); ++i) {
                if (std::isfinite(x(i, c))) continue;
                frame_fault(fmt::format("{}: {} is {}: no model can use it",
                                        place(i, column_called(out_.design.columns[
                                                     static_cast<std::size_t>(c)])),
                                        out_.design.columns[static_cast<std::size_t>(c)],
                                        number_as_word(x(i, c))));
            }
        }
    }

    const Table& table_;
    const FrameOptions& options_;
    Table* spare_;
    Frame out_;
    std::vector<Values> response_, variables_, offsets_, strata_, cluster_, weights_;
};

}  // namespace

namespace {

Fallible<Frame> frame_with(const Table& table, const Formula& formula,
                           const FrameOptions& options, Table* spare) {
    try {
        return FrameMaker(table, options, spare).frame(formula);
    } catch (FrameFault& fault) {
        return tl::make_unexpected(std::move(fault.trouble));
    }
}

}  // namespace

std::string Frame::place(std::size_t row) const {
    return fmt::format("{}:{}", places.file, places.line_of(rows[row]));
}

Fallible<Frame> make_frame(const Table& table, const Formula& formula,
                           const FrameOptions& options) {
    return frame_with(table, formula, options, nullptr);
}

Fallible<Frame> make_frame(Table&& table, const Formula& formula, const FrameOptions& options) {
    return frame_with(table, formula, options, &table);
}

}  // namespace alongside::evidence
