// The algebra of terms: Wilkinson & Rogers, Symbolic description of factorial models (1973), as R's
// terms.formula works it.
#include "evidence/formula.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "evidence/formula_text.h"

namespace alongside::evidence {
namespace {

constexpr std::size_t most_terms = 5000;

using TermSet = std::vector<std::size_t>;   // variables by number, ascending
using TermSets = std::vector<TermSet>;      // each once

struct AlgebraFault {
    std::size_t at;
    std::string sentence;
};

void columns_within(const Expression& e, std::set<std::string>& out) {
    if (e.kind == Expression::Kind::column) out.insert(e.name);
    for (const auto& part : e.of) columns_within(part, out);
}

class TermAlgebra {
public:
    TermAlgebra(Formula& formula, const std::vector<std::string>* columns)
        : formula_(formula), columns_(columns) {
        for (const auto& part : formula.response) columns_within(part, in_response_);
    }

    void work_out(const Expression& right) {
        auto sets = take_strata_out(terms_of(right));
        std::stable_sort(sets.begin(), sets.end(), [](const TermSet& a, const TermSet& b) {
            return a.size() < b.size();
        });
        for (const auto& set : sets) {
            auto& term = formula_.terms.emplace_back();
            for (const auto variable : set) term.variables.push_back(variables_[variable]);
        }
    }

private:
    // In R each strata() is a term like others until the columns are made, and then has none.
    TermSets take_strata_out(TermSets sets) {
        const auto is_strata = [&](std::size_t v) { return variables_[v].is_call("strata"); };
        std::set<std::size_t> in_interactions;
        for (const auto& set : sets) {
            const auto count = std::count_if(set.begin(), set.end(), is_strata);
            if (set.size() == 1 || count == 0) continue;
            const auto& e = variables_[*std::find_if(set.begin(), set.end(), is_strata)];
            if (count > 1 || e.of.size() != 1) {
                throw AlgebraFault{e.at, "an interaction has one strata(), of one variable"};
            }
            in_interactions.insert(set.begin(), set.end());
        }
        for (std::size_t v = 0; v < variables_.size(); ++v) {
            const auto found = std::find(sets.begin(), sets.end(), TermSet{v});
            const bool is_there = found != sets.end(), interacts = in_interactions.contains(v);
            if (!is_strata(v) || (!is_there && !interacts)) continue;
            const auto& of = variables_[v].of;
            formula_.strata.insert(formula_.strata.end(), of.begin(), of.end());
            if (is_there) sets.erase(found);
            if (is_there && interacts) formula_.margins.push_back({{variables_[v]}});
        }
        return sets;
    }

    // Terms in the order in which they came, each once.
    class Gathered {
    public:
        Gathered(TermSets sets, std::size_t at)
            : sets_(std::move(sets)), seen_(sets_.begin(), sets_.end()), at_(at) {}
        void add(const TermSet& set) {
            if (!seen_.insert(set).second) return;
            if (sets_.size() == most_terms) {
                throw AlgebraFault{at_, "more terms than can be reckoned"};
            }
            sets_.push_back(set);
        }
        TermSets sets() && { return std::move(sets_); }

    private:
        TermSets sets_;
        std::set<TermSet> seen_;
        std::size_t at_;
    };

    static TermSets plus(TermSets a, const TermSets& b, std::size_t at) {
        Gathered out(std::move(a), at);
        for (const auto& set : b) out.add(set);
        return std::move(out).sets();
    }

    static TermSets times(const TermSets& a, const TermSets& b, std::size_t at) {
        Gathered out({}, at);
        for (const auto& left : a) {
            for (const auto& right : b) {
                TermSet both;
                std::set_union(left.begin(), left.end(), right.begin(), right.end(),
                               std::back_inserter(both));
                out.add(both);
            }
        }
        return std::move(out).sets();
    }

    static TermSets power(const TermSets& a, const Expression& exponent) {
        const double n = exponent.number;
        if (exponent.kind != Expression::Kind::number || n != static_cast<int>(n) || n < 1 ||
            n > 20) {
            throw AlgebraFault{exponent.at, "the power of terms is a whole number from 1 to 20; "
                                            "a column's is written I(x^2)"};
        }
        auto out = a;
        for (int i = 1; i < static_cast<int>(n); ++i) {
            out = plus(out, times(out, a, exponent.at), exponent.at);
        }
        return out;
    }

    // `a/b`: b within all of a.
    static TermSets nested(const TermSets& a, const TermSets& b, std::size_t at) {
        TermSet all;
        for (const auto& set : a) {
            TermSet both;
            std::set_union(all.begin(), all.end(), set.begin(), set.end(),
                           std::back_inserter(both));
            all = both;
        }
        return plus(a, times({all}, b, at), at);
    }

    TermSets minus(TermSets a, const Expression& less) {
        if (less.kind == Expression::Kind::number) {
            set_intercept(less, false);
            return a;
        }
        const bool had_intercept = formula_.has_intercept;
        const auto gone = terms_of(less);
        formula_.has_intercept = had_intercept;
        std::erase_if(a, [&](const TermSet& set) {
            return std::find(gone.begin(), gone.end(), set) != gone.end();
        });
        return a;
    }

    void set_intercept(const Expression& number, bool is_added) {
        if (number.number != 0 && number.number != 1) {
            throw AlgebraFault{number.at, "a number by itself is 1 (an intercept) or 0 (none); for "
                                          "arithmetic write I(…)"};
        }
        formula_.has_intercept = (number.number == 1) == is_added;
    }

    TermSets terms_of(const Expression& e) {
        using Kind = Expression::Kind;
        if (e.kind == Kind::number) {
            set_intercept(e, true);
            return {};
        }
        if (e.kind == Kind::word) throw AlgebraFault{e.at, "a word in quotes is no variable"};
        if (e.kind == Kind::column) {
            if (e.name == "." ) return all_others(e);
            return {{variable(e)}};
        }
        if (e.name == "offset" || e.name == "cluster") return set_apart(e);
        if (e.name == "(") return terms_of(e.of[0]);
        if (e.of.size() == 1 && e.name == "+") return terms_of(e.of[0]);
        if (e.of.size() == 1 && e.name == "-") return minus({}, e.of[0]);
        if (e.name == "-") return minus(terms_of(e.of[0]), e.of[1]);
        if (e.name == "+") {
            auto left = terms_of(e.of[0]);
            return plus(std::move(left), terms_of(e.of[1]), e.at);
        }
        if (e.name == "^") return power(product_of(e.of[0]), e.of[1]);
        if (e.name == "*" || e.name == ":" || e.name == "/" || e.name == "%in%") {
            const auto left = product_of(e.of[0]), right = product_of(e.of[1]);
            if (e.name == "/") return nested(left, right, e.at);
            auto both = times(left, right, e.at);
            return e.name == "*" ? plus(plus(left, right, e.at), both, e.at) : both;
        }
        if (e.name == "Surv" || e.name == "cbind" || e.name == "c") {
            throw AlgebraFault{e.at, fmt::format("{}() can't stand to the right of the ~", e.name)};
        }
        return {{variable(e)}};
    }

    // What is multiplied: no numbers, nothing that stands by itself.
    TermSets product_of(const Expression& e) {
        const auto apart = formula_.offsets.size() + formula_.cluster.size();
        if (e.kind == Expression::Kind::number) {
            throw AlgebraFault{e.at, "a number can't be multiplied here: write I(2 * x)"};
        }
        auto out = terms_of(e);
        if (apart != formula_.offsets.size() + formula_.cluster.size()) {
            throw AlgebraFault{e.at, "offset() and cluster() stand by themselves, added with +"};
        }
        return out;
    }

    TermSets set_apart(const Expression& e) {
        (e.name == "offset" ? formula_.offsets : formula_.cluster).push_back(e.of[0]);
        return {};
    }

    TermSets all_others(const Expression& dot) {
        formula_.has_dot = true;
        if (columns_ == nullptr) return {{variable(dot)}};
        Gathered out({}, dot.at);
        for (const auto& name : *columns_) {
            if (in_response_.contains(name)) continue;
            Expression one;
            one.name = name;
            one.at = dot.at;
            out.add({variable(one)});
        }
        return std::move(out).sets();
    }

    std::size_t variable(const Expression& e) {
        const auto text = e.text();
        const auto found = std::find(texts_.begin(), texts_.end(), text);
        if (found != texts_.end()) return static_cast<std::size_t>(found - texts_.begin());
        texts_.push_back(text);
        variables_.push_back(e);
        return variables_.size() - 1;
    }

    Formula& formula_;
    const std::vector<std::string>* columns_;
    std::set<std::string> in_response_;
    std::vector<Expression> variables_;
    std::vector<std::string> texts_;
};

void take_response(const Expression& response, Formula& formula) {
    formula.response_text = response.text();
    formula.is_survival = response.is_call("Surv");
    formula.is_counts = response.is_call("cbind");
    if (!formula.is_survival && !formula.is_counts) {
        if (response.is_call("strata") || response.is_call("cluster") ||
            response.is_call("offset")) {
            throw AlgebraFault{response.at, response.name + "() stands to the right of the ~"};
        }
        formula.response = {response};
        return;
    }
    formula.response = response.of;
    for (const auto& part : formula.response) {
        const auto& name = part.argument;
        if (name.empty() || name == "time" || name == "time2" || name == "event") continue;
        throw AlgebraFault{part.at, fmt::format("{}() has no argument {} here", response.name,
                                                name)};
    }
}

}  // namespace

std::string Term::text() const {
    std::string out;
    for (const auto& variable : variables) {
        if (!out.empty()) out += ':';
        out += variable.text();
    }
    return out;
}

Fallible<Formula> parse_formula(std::string_view written,
                                const std::vector<std::string>* columns) {
    const auto read = read_formula(written);
    if (!read) return tl::make_unexpected(read.error());
    Formula out;
    out.written = written;
    try {
        if (read->response) take_response(*read->response, out);
        TermAlgebra(out, columns).work_out(read->right);
    } catch (const AlgebraFault& fault) {
        return tl::make_unexpected(formula_trouble(written, fault.at, fault.sentence));
    }
    return out;
}

}  // namespace alongside::evidence
