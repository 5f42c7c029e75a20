// `evidence balance`: how alike two groups are, before and after weights or matched sets.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <memory>

#include "base/command.h"
#include "evidence/command.h"
#include "evidence/match_commands.h"
#include "evidence/match_printing.h"
#include "evidence/matched_study.h"
#include "evidence/numbers.h"

namespace alongside::evidence {
namespace {

struct BalanceOptions {
    std::string sets;                   // a column: who was matched with whom; missing: nobody
    Spread spread = Spread::treated;
};

std::string dot_or(double value) { return fixed_or_dot(value, 4); }

// Weights that give each set's comparisons together as much as its treated people.
Fallible<std::vector<double>> weights_of_sets(const Table& table, const std::string& name,
                                              const Frame& frame,
                                              std::span<const std::uint8_t> is_treated) {
    auto formula = parse_formula("~ 1");
    FrameOptions by_set;
    by_set.strata = name;
    const auto sets = make_frame(table, *formula, by_set);
    if (!sets) return tl::make_unexpected(sets.error());
    std::vector<std::int32_t> of_table(table.rows, -1);
    for (std::size_t i = 0; i < sets->size(); ++i)
        of_table[sets->rows[i]] = sets->strata.of_row[i];
    std::vector<double> treated(sets->strata.names.size(), 0.0), others = treated;
    for (std::size_t i = 0; i < frame.size(); ++i)
        if (const std::int32_t set = of_table[frame.rows[i]]; set >= 0)
            (is_treated[i] ? treated : others)[static_cast<std::size_t>(set)] += 1;
    std::vector<double> weights(frame.size(), 0.0);
    double sum = 0;
    for (std::size_t i = 0; i < frame.size(); ++i) {
        const std::int32_t of = of_table[frame.rows[i]];
        if (of < 0) continue;
        const std::size_t set = static_cast<std::size_t>(of);
        if (treated[set] == 0 || others[set] == 0) continue;
        weights[i] = is_treated[i] ? 1 : treated[set] / others[set];
        sum += weights[i];
    }
    if (sum == 0)
        return trouble(fmt::format("{}: no set of \"{}\" holds both a treated person and a "
                                   "comparison", table.file, name));
    return weights;
}

struct ComparedGroups {
    std::vector<std::size_t> rows;      // whose treatment (and weight) is known
    std::vector<std::uint8_t> is_treated;
    std::vector<double> after;          // empty: no weights
    std::size_t treated = 0, missing_treatment = 0;
};

Fallible<ComparedGroups> compared_groups(const Table& table, const Formula& formula,
                                         const CommonOptions& common,
                                         const BalanceOptions& options) {
    Formula treatment = formula;        // the covariates' missing values are counted one by one
    treatment.terms.clear();
    FrameOptions weighted;
    weighted.weights = common.weights;
    const auto frame = make_frame(table, treatment, weighted);
    if (!frame) return tl::make_unexpected(frame.error());
    ComparedGroups out;
    out.rows = frame->rows;
    out.missing_treatment = frame->missing_rows;
    for (const double y : frame->y) {
        if (y != 0 && y != 1)
            return trouble(fmt::format("{}: {} must be 1 for the treated and 0 for the others, not "
                                       "{}", table.file, frame->response, y));
        out.is_treated.push_back(y == 1 ? 1 : 0);
        out.treated += y == 1 ? 1 : 0;
    }
    if (out.treated == 0 || out.treated == out.rows.size())
        return trouble(table.file + ": there are not two groups to compare");
    if (frame->weights.size() > 0)
        out.after.assign(frame->weights.begin(), frame->weights.end());
    if (options.sets.empty()) return out;
    auto weights = weights_of_sets(table, options.sets, *frame, out.is_treated);
    if (!weights) return tl::make_unexpected(std::move(weights.error()));
    if (out.after.empty()) out.after = std::move(*weights);
    else
        for (std::size_t i = 0; i < out.after.size(); ++i) out.after[i] *= (*weights)[i];
    return out;
}

boost::json::object sides_counted(const ComparedGroups& groups) {
    boost::json::object out = {{"treated", groups.treated},
                               {"comparison", groups.rows.size() - groups.treated}};
    if (groups.after.empty()) return out;
    out["effective_after"] = {
        {"treated", number(effective_size(groups.after, groups.is_treated, true))},
        {"comparison", number(effective_size(groups.after, groups.is_treated, false))}};
    return out;
}

Fallible<Output> run_balance(const CommonOptions& common, const Table& table,
                             const BalanceOptions& options) {
    const auto names = table.names();
    const auto formula = parse_formula(common.formula, &names);
    if (!formula) return tl::make_unexpected(formula.error());
    if (formula->response.size() != 1 || formula->is_survival || formula->terms.empty())
        return trouble("Write 'treated ~ covariates', as in 'treat ~ age + race'.");
    const auto groups = compared_groups(table, *formula, common, options);
    if (!groups) return tl::make_unexpected(groups.error());
    const auto covariates = covariates_of(table, *formula, groups->rows);
    if (!covariates) return tl::make_unexpected(covariates.error());
    const bool has_after = !groups->after.empty();
    const auto lines =
        balance_of(*covariates, groups->is_treated, {}, groups->after, options.spread);
    const auto apart = out_of_balance(lines, has_after);

    Output out;
    out.json = {{"n", groups->rows.size()},
                {"groups", sides_counted(*groups)},
                {"missing", {{"treatment", groups->missing_treatment},
                             {"covariates", covariates->rows_missing}}},
                {"balance", balance_json(lines, has_after)},
                {"apart", boost::json::value_from(apart)}};
    out.text = balance_text(lines, has_after);
    out.text += fmt::format("\n{} treated, {} comparisons", groups->treated,
                            groups->rows.size() - groups->treated);
    if (has_after)
        out.text += fmt::format("; after: worth {:.1f} and {:.1f} equally weighted people",
                                effective_size(groups->after, groups->is_treated, true),
                                effective_size(groups->after, groups->is_treated, false));
    out.text += '\n';
    if (groups->missing_treatment > 0)
        out.text += fmt::format("({} rows left out: who was treated is missing)\n",
                                groups->missing_treatment);
    if (covariates->rows_missing > 0)
        out.text += fmt::format("({} rows lack a covariate: left out of its line, and counted in "
                                "its <NA> line)\n", covariates->rows_missing);
    if (!apart.empty())
        out.text += fmt::format("More than 0.1 standard deviations apart{}: {}\n",
                                has_after ? " after" : "", fmt::join(apart, ", "));
    return out;
}

}  // namespace

std::string balance_text(const std::vector<BalanceLine>& lines, bool has_after) {
    PrintedTable table;
    table.heads = {"Mean Treated", "Mean Compar.", "SMD", "Var. Ratio", "eCDF Mean", "eCDF Max"};
    std::string text;
    for (const bool after : {false, true}) {
        if (after && !has_after) break;
        table.rows.clear();
        for (const BalanceLine& line : lines) {
            const Sides& s = after ? line.after : line.before;
            table.rows.push_back({line.name, dot_or(s.mean_treated), dot_or(s.mean_comparison),
                                  dot_or(s.smd), dot_or(s.variance_ratio), dot_or(s.ecdf_mean),
                                  dot_or(s.ecdf_max)});
        }
        text += fmt::format("{}Balance {}:\n{}", after ? "\n" : "", after ? "after" : "before",
                            table.text());
    }
    return text;
}

boost::json::array balance_json(const std::vector<BalanceLine>& lines, bool has_after) {
    boost::json::array out;
    for (const BalanceLine& line : lines) {
        const auto sides = [](const Sides& s) {
            return boost::json::object{{"mean_treated", number(s.mean_treated)},
                                       {"mean_comparison", number(s.mean_comparison)},
                                       {"smd", number(s.smd)},
                                       {"variance_ratio", number(s.variance_ratio)},
                                       {"ecdf_mean", number(s.ecdf_mean)},
                                       {"ecdf_max", number(s.ecdf_max)}};
        };
        boost::json::object one = {{"name", line.name},
                                   {"smd_before", number(line.before.smd)}};
        if (has_after) {
            one["smd_after"] = number(line.after.smd);
            one["variance_ratio"] = number(line.after.variance_ratio);
        }
        one["binary"] = line.is_binary;
        one["sd"] = number(line.sd);
        one["missing"] = line.missing;
        one["before"] = sides(line.before);
        if (has_after) one["after"] = sides(line.after);
        out.push_back(std::move(one));
    }
    return out;
}

void add_spread_option(Command& command, Spread& spread) {
    command.add_choice("--denominator", spread,
                       "Whose standard deviation differences are divided by: treated (as usual), "
                       "comparison, pooled",
                       {{"treated", Spread::treated},
                        {"comparison", Spread::comparison},
                        {"pooled", Spread::pooled}});
}

void add_balance(Command& evidence, const Desk& desk) {
    auto options = std::make_shared<BalanceOptions>();
    Command* command = add_command(
        evidence, desk, "balance", "How alike the treated and their comparisons are",
        {.formula = true, .weights = true},
        [options](const CommonOptions& common, const Table& table) {
            return run_balance(common, table, *options);
        });
    command->add_option("--sets", options->sets,
                        "A column that says which matched set each row is in; empty: none");
    add_spread_option(*command, options->spread);
}

}  // namespace alongside::evidence
