#include "evidence/design.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "evidence/large_pages.h"
#include "evidence/parallel.h"

namespace alongside::evidence {
namespace {

// How a variable stands in a term: numbers as they are, a factor by its levels but the first
// (contrasts), or by all of them.
enum class Coding { numbers, contrasts, all_levels };

struct CodedVariable {
    const Values* values = nullptr;
    Coding coding = Coding::numbers;
    std::size_t columns() const {
        if (values->kind == Values::Kind::columns) return values->columns.size();
        if (coding == Coding::numbers) return 1;
        return values->levels.size() - (coding == Coding::contrasts ? 1 : 0);
    }
    std::size_t level(std::size_t column) const {
        return column + (coding == Coding::contrasts ? 1 : 0);
    }
    std::string name(std::size_t column) const {
        auto out = values->text;
        if (values->kind == Values::Kind::columns) return out += values->column_names[column];
        if (coding != Coding::numbers) out += values->levels[level(column)];
        return out;
    }
};

using VariableNumbers = std::vector<std::size_t>;   // of one term, in the order it names them

bool is_within(VariableNumbers a, VariableNumbers b) {
    std::sort(a.begin(), a.end());
    std::sort(b.begin(), b.end());
    return std::includes(b.begin(), b.end(), a.begin(), a.end());
}

class Coder {
public:
    Coder(const Formula& formula, const std::vector<Values>& variables, const KeptRows& kept,
          int threads)
        : formula_(formula), variables_(variables), kept_(kept), threads_(threads) {
        for (const auto& term : formula.terms) {
            auto& numbers = terms_.emplace_back();
            for (const auto& variable : term.variables) numbers.push_back(number_of(variable));
        }
        for (const auto& margin : formula.margins)
            margins_.push_back({number_of(margin.variables[0])});
    }

    Design design(bool keep_intercept, const std::function<void(const Values&)>& used_up) {
        Design out;
        const auto coded = codings();
        std::size_t columns = formula_.has_intercept && keep_intercept ? 1 : 0;
        for (const auto& term : coded) columns += columns_of(term);
        resize_large(out.x, static_cast<Eigen::Index>(kept_.rows.size()),
                     static_cast<Eigen::Index>(columns));
        Eigen::Index next = 0;
        if (formula_.has_intercept && keep_intercept) {
            out.x.col(next++).setOnes();
            out.columns.emplace_back("(Intercept)");
            out.term_of.push_back(0);
        }
        for (std::size_t t = 0; t < coded.size(); ++t) {
            out.terms.push_back(formula_.terms[t].text());
            for (std::size_t c = 0; c < columns_of(coded[t]); ++c) {
                out.columns.push_back(fill(coded[t], c, out.x.col(next++)));
                out.term_of.push_back(static_cast<int>(t) + 1);
            }
            for (const auto variable : terms_[t]) {
                if (!is_needed_after(t, variable)) used_up(variables_[variable]);
            }
        }
        return out;
    }

private:
    std::size_t number_of(const Expression& variable) const {
        const auto text = variable.text();
        const auto found = std::find_if(variables_.begin(), variables_.end(),
                                        [&](const Values& v) { return v.text == text; });
        return static_cast<std::size_t>(found - variables_.begin());
    }

    bool is_needed_after(std::size_t t, std::size_t variable) const {
        return std::any_of(terms_.begin() + static_cast<std::ptrdiff_t>(t) + 1, terms_.end(),
                           [&](const auto& later) {
                               return std::find(later.begin(), later.end(), variable) !=
                                      later.end();
                           });
    }

    static std::size_t columns_of(const std::vector<CodedVariable>& term) {
        std::size_t out = 1;
        for (const auto& variable : term) out *= variable.columns();
        return out;
    }

    // R's rule (TermCode in model.c, after Chambers & Hastie 1992, 2.4.1): a factor is coded by
    // contrasts if the rest of its term is within an earlier term; without an intercept the first
    // factor of the model has all of its levels.
    std::vector<std::vector<CodedVariable>> codings() const {
        std::vector<std::vector<CodedVariable>> out;
        bool first_has_all = !formula_.has_intercept;
        for (std::size_t t = 0; t < terms_.size(); ++t) {
            auto& term = out.emplace_back();
            for (const auto variable : terms_[t]) {
                auto& coded = term.emplace_back();
                coded.values = &variables_[variable];
                if (coded.values->kind != Values::Kind::levels) continue;
                coded.coding = has_margin(t, variable) ? Coding::contrasts : Coding::all_levels;
                if (first_has_all) coded.coding = Coding::all_levels;
                first_has_all = false;
            }
        }
        return out;
    }

    bool has_margin(std::size_t t, std::size_t variable) const {
        auto rest = terms_[t];
        std::erase(rest, variable);
        if (rest.empty()) return true;
        const auto holds = [&](const auto& earlier) { return is_within(rest, earlier); };
        const auto end = terms_.begin() + static_cast<std::ptrdiff_t>(t);
        return std::any_of(terms_.begin(), end, holds) ||
               std::any_of(margins_.begin(), margins_.end(), holds);
    }

    // The first variable changes fastest, as in R.
    std::string fill(const std::vector<CodedVariable>& term, std::size_t column,
                     Eigen::Ref<Vector> to) const {
        std::string name;
        for (std::size_t v = 0; v < term.size(); ++v) {
            const auto own = column % term[v].columns();
            column /= term[v].columns();
            name += (v > 0 ? ":" : "") + term[v].name(own);
            put(term[v], own, v == 0, to.data());
        }
        return name;
    }

    void put(const CodedVariable& variable, std::size_t column, bool is_first, double* to) const {
        const auto& values = *variable.values;
        if (values.kind == Values::Kind::levels) {
            const auto level = static_cast<std::int32_t>(variable.level(column));
            const auto* codes = values.codes.data();
            each(is_first, to, [=](std::size_t row) { return codes[row] == level ? 1.0 : 0.0; });
            return;
        }
        if (values.kind == Values::Kind::numbers && values.numbers.size() == 1) {
            const double constant = values.numbers[0];
            each(is_first, to, [=](std::size_t) { return constant; });
            return;
        }
        const auto* numbers = values.kind == Values::Kind::columns
                                  ? values.columns[column].data() : values.numbers.data();
        each(is_first, to, [=](std::size_t row) { return numbers[row]; });
    }

    template <class Value>
    void each(bool is_first, double* to, Value value) const {
        const auto* rows = kept_.rows.data();
        const bool is_all = kept_.is_all;
        constexpr std::size_t rows_a_stretch = 65536;
        const std::size_t count = kept_.rows.size();
        in_parallel(threads_, count / rows_a_stretch + 1, [=](std::size_t stretch) {
            const std::size_t begin = stretch * rows_a_stretch;
            const std::size_t end = std::min(count, begin + rows_a_stretch);
            if (is_first && is_all) {
                for (std::size_t i = begin; i < end; ++i) to[i] = value(i);
            } else if (is_first) {
                for (std::size_t i = begin; i < end; ++i) to[i] = value(rows[i]);
            } else {
                for (std::size_t i = begin; i < end; ++i) to[i] *= value(rows[i]);
            }
        });
    }

    const Formula& formula_;
    const std::vector<Values>& variables_;
    const KeptRows& kept_;
    int threads_;
    std::vector<VariableNumbers> terms_, margins_;
};

}  // namespace

void drop_unused_levels(Values& values, const KeptRows& kept) {
    if (values.kind != Values::Kind::levels) return;
    std::vector<std::int32_t> fresh(values.levels.size(), missing_word);
    std::size_t used = 0;
    for (const auto row : kept.rows) {
        const auto code = values.codes[row];
        if (code < 0 || fresh[static_cast<std::size_t>(code)] == 0) continue;
        fresh[static_cast<std::size_t>(code)] = 0;
        if (++used == fresh.size()) return;
    }
    std::vector<std::string> levels;
    for (std::size_t i = 0; i < fresh.size(); ++i) {
        if (fresh[i] < 0) continue;
        fresh[i] = static_cast<std::int32_t>(levels.size());
        levels.push_back(std::move(values.levels[i]));
    }
    std::vector<std::int32_t> codes(values.codes.begin(), values.codes.end());
    for (auto& code : codes) {
        if (code >= 0) code = fresh[static_cast<std::size_t>(code)];
    }
    values.levels = std::move(levels);
    values.keep(std::move(codes));
}

Design design_of(const Formula& formula, const std::vector<Values>& variables,
                 const KeptRows& kept, bool keep_intercept, int threads,
                 const std::function<void(const Values&)>& used_up) {
    return Coder(formula, variables, kept, threads).design(keep_intercept, used_up);
}

Groups groups_of(std::vector<Values> values, const KeptRows& kept, bool has_short_names) {
    Groups out;
    if (values.empty()) return out;
    out.of_row.assign(kept.rows.size(), 0);
    out.names = {""};
    for (std::size_t v = 0; v < values.size(); ++v) {
        auto by = as_levels(std::move(values[v]));
        drop_unused_levels(by, kept);
        std::vector<std::string> labels;
        std::size_t widest = 0;
        for (const auto& level : by.levels) {
            labels.push_back(has_short_names ? level : by.text + "=" + level);
            widest = std::max(widest, labels.back().size());
        }
        // survival::strata pads all but the first variable's labels to one width.
        for (auto& label : labels) {
            if (v > 0 && !has_short_names) label.resize(widest, ' ');
        }
        // Combinations that occur, in the order of the first variable, then the next.
        const auto count = labels.size();
        std::vector<std::int32_t> fresh(out.names.size() * count, -1);
        for (std::size_t i = 0; i < kept.rows.size(); ++i) {
            const auto code = static_cast<std::size_t>(by.codes[kept.rows[i]]);
            const auto both = static_cast<std::size_t>(out.of_row[i]) * count + code;
            out.of_row[i] = static_cast<std::int32_t>(both);
            fresh[both] = 0;
        }
        std::vector<std::string> names;
        for (std::size_t both = 0; both < fresh.size(); ++both) {
            if (fresh[both] < 0) continue;
            fresh[both] = static_cast<std::int32_t>(names.size());
            auto& name = names.emplace_back(v == 0 ? std::string() : out.names[both / count]);
            if (v > 0) name += ", ";
            name += labels[both % count];
        }
        for (auto& group : out.of_row) group = fresh[static_cast<std::size_t>(group)];
        out.names = std::move(names);
    }
    return out;
}

}  // namespace alongside::evidence
