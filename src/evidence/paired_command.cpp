// `evidence paired FILE 'after ~ before'`: how much the same people changed.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "base/command.h"
#include "evidence/command.h"
#include "evidence/numbers.h"
#include "evidence/paired.h"

namespace alongside::evidence {
namespace {

namespace json = boost::json;

struct PairedColumns {
    std::string before_name, after_name;
    std::vector<double> before, after;  // NaN: missing
    std::string yes;                    // of words: what counts as 1; empty: numbers
};

// Two words mean no and yes in R's order of levels; both columns must use the same two.
Fallible<PairedColumns> words_as_answers(const Table& table, const Column& before,
                                         const Column& after, PairedColumns out) {
    std::vector<std::string> words = before.words;
    for (const std::string& word : after.words)
        if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
    std::sort(words.begin(), words.end());
    if (words.size() != 2)
        return trouble(fmt::format("{}: \"{}\" and \"{}\" must be numbers, or the same two words "
                                   "(there are {})", table.file, before.name, after.name,
                                   words.size()));
    out.yes = words[1];
    const auto answers = [&](const Column& column, std::vector<double>& values) {
        for (const std::int32_t code : column.codes)
            values.push_back(code < 0 ? missing
                             : column.words[static_cast<std::size_t>(code)] == out.yes ? 1.0
                                                                                       : 0.0);
    };
    answers(before, out.before);
    answers(after, out.after);
    return out;
}

Fallible<PairedColumns> paired_columns(const Table& table, const std::string& written) {
    const auto formula = parse_formula(written);
    if (!formula) return tl::make_unexpected(formula.error());
    const auto is_column = [](const Expression& e) { return e.kind == Expression::Kind::column; };
    if (formula->response.size() != 1 || formula->is_survival || formula->terms.size() != 1 ||
        formula->terms[0].variables.size() != 1 || !is_column(formula->response[0]) ||
        !is_column(formula->terms[0].variables[0]))
        return trouble("Write two columns as 'after ~ before'.");
    const auto after = table.column(formula->response[0].name);
    if (!after) return tl::make_unexpected(after.error());
    const auto before = table.column(formula->terms[0].variables[0].name);
    if (!before) return tl::make_unexpected(before.error());
    PairedColumns out;
    out.before_name = (*before)->name;
    out.after_name = (*after)->name;
    if ((*before)->is_number != (*after)->is_number)
        return trouble(fmt::format("{}: one of \"{}\" and \"{}\" is of numbers and the other of "
                                   "words", table.file, out.before_name, out.after_name));
    if (!(*before)->is_number) return words_as_answers(table, **before, **after, std::move(out));
    out.before = (*before)->numbers;
    out.after = (*after)->numbers;
    return out;
}

json::object reach_json(const Reach& r) {
    return {{"value", number(r.value)}, {"lower", number(r.lower)}, {"upper", number(r.upper)}};
}

json::object lost_json(std::size_t before, std::size_t after, std::size_t both) {
    return {{"before", before}, {"after", after}, {"both", both}};
}

json::object change_json(const PairedChange& c) {
    json::object out = {
        {"n", c.n},
        {"missing", lost_json(c.missing_before, c.missing_after, c.missing_both)},
        {"before", {{"mean", number(c.mean_before)}, {"sd", number(c.sd_before)}}},
        {"after", {{"mean", number(c.mean_after)}, {"sd", number(c.sd_after)}}},
        {"correlation", number(c.correlation)},
        {"change",
         {{"mean", number(c.change.value)}, {"sd", number(c.sd_change)},
          {"lower", number(c.change.lower)}, {"upper", number(c.change.upper)}}},
        {"t", {{"statistic", number(c.t)}, {"df", number(c.df)}, {"p", number(c.p)}}},
        {"wilcoxon",
         {{"v", number(c.wilcoxon.v)}, {"p", number(c.wilcoxon.p)}, {"exact", c.wilcoxon.exact},
          {"zeros", c.wilcoxon.zeros}, {"ties", c.wilcoxon.has_ties},
          {"middle", number(c.wilcoxon.middle)}, {"lower", number(c.wilcoxon.lower)},
          {"upper", number(c.wilcoxon.upper)}, {"level", number(c.wilcoxon.level_reached)}}},
        {"d_z", reach_json(c.d_z)},
        {"srm", reach_json(c.d_z)},
        {"d_av", reach_json(c.d_av)},
        {"d_before", number(c.d_before)},
        {"caution", before_after_caution}};
    if (c.reliable)
        out["reliable_change"] = {{"se_difference", number(c.reliable->se_difference)},
                                  {"threshold", number(c.reliable->threshold)},
                                  {"improved", c.reliable->improved},
                                  {"unchanged", c.reliable->unchanged},
                                  {"worse", c.reliable->worse}};
    if (c.floor_before) out["floor"] = {{"before", *c.floor_before}, {"after", *c.floor_after}};
    if (c.ceiling_before)
        out["ceiling"] = {{"before", *c.ceiling_before}, {"after", *c.ceiling_after}};
    return out;
}

std::string from_to(const Reach& r) {
    return fmt::format("{} ({} to {})", printed(r.value, 4), printed(r.lower, 4),
                       printed(r.upper, 4));
}

std::string lost_text(std::size_t before, std::size_t after, std::size_t both) {
    if (before + after + both == 0) return {};
    return fmt::format("(Left out: {} without a value before, {} without one after, {} without "
                       "either)\n", before, after, both);
}

std::string change_text(const PairedChange& c, const PairedColumns& columns) {
    PrintedTable table;
    table.heads = {"Mean", "SD"};
    table.rows = {{columns.before_name, printed(c.mean_before, 5), printed(c.sd_before, 5)},
                  {columns.after_name, printed(c.mean_after, 5), printed(c.sd_after, 5)},
                  {"change", printed(c.change.value, 5), printed(c.sd_change, 5)}};
    std::string text = fmt::format("{} people before and after\n", c.n);
    text += lost_text(c.missing_before, c.missing_after, c.missing_both) + '\n' + table.text();
    text += fmt::format("\nMean change {}\nt = {}, df = {:g}, p = {}\n", from_to(c.change),
                        printed(c.t, 5), c.df, printed_p(c.p));
    text += fmt::format("Wilcoxon signed rank: V = {:g}, p = {} ({})\n", c.wilcoxon.v,
                        printed_p(c.wilcoxon.p),
                        c.wilcoxon.exact ? "exact" : "normal, with continuity correction");
    if (!std::isnan(c.wilcoxon.middle))
        text += fmt::format(
            "Middle of the changes {}\n",
            from_to({c.wilcoxon.middle, c.wilcoxon.lower, c.wilcoxon.upper}));
    text += fmt::format("\nIn standard deviations:\n  of the change (d_z, SRM)  {}\n  of both "
                        "times (d_av)     {}\n  of before                 {}\n",
                        from_to(c.d_z), from_to(c.d_av), printed(c.d_before, 4));
    if (c.reliable)
        text += fmt::format("\nReliable change (beyond {}): {} better, {} unchanged, {} worse\n",
                            printed(c.reliable->threshold, 4), c.reliable->improved,
                            c.reliable->unchanged, c.reliable->worse);
    if (c.floor_before)
        text += fmt::format("At the lowest value: {} before, {} after\n", *c.floor_before,
                            *c.floor_after);
    if (c.ceiling_before)
        text += fmt::format("At the highest value: {} before, {} after\n", *c.ceiling_before,
                            *c.ceiling_after);
    return text + '\n' + before_after_caution + '\n';
}

json::object shares_json(const PairedShares& s, const PairedColumns& columns) {
    return {{"n", s.n},
            {"missing", lost_json(s.missing_before, s.missing_after, s.missing_both)},
            {"yes", columns.yes.empty() ? "1" : columns.yes},
            {"both", s.both},
            {"only_before", s.only_before},
            {"only_after", s.only_after},
            {"neither", s.neither},
            {"share_before", number(s.share_before)},
            {"share_after", number(s.share_after)},
            {"change", reach_json(s.change)},
            {"mcnemar",
             {{"chisq", number(s.chi_squared)}, {"p", number(s.p)},
              {"chisq_uncorrected", number(s.chi_squared_plain)},
              {"p_uncorrected", number(s.p_plain)}, {"p_exact", number(s.p_exact)}}},
            {"odds_ratio", reach_json(s.odds_ratio)},
            {"caution", before_after_caution}};
}

std::string shares_text(const PairedShares& s, const PairedColumns& columns) {
    PrintedTable table;
    table.heads = {"after: no", "after: yes"};
    table.rows = {{"before: no", std::to_string(s.neither), std::to_string(s.only_after)},
                  {"before: yes", std::to_string(s.only_before), std::to_string(s.both)}};
    std::string text =
        fmt::format("{} people before and after (yes is \"{}\")\n", s.n,
                    columns.yes.empty() ? "1" : columns.yes);
    text += lost_text(s.missing_before, s.missing_after, s.missing_both) + '\n' + table.text();
    text += fmt::format("\nShare before {}, after {}; change {}\n", printed(s.share_before, 4),
                        printed(s.share_after, 4), from_to(s.change));
    text += fmt::format("McNemar: chi-squared = {}, df = 1, p = {}; exact p = {}\n",
                        printed(s.chi_squared, 5), printed_p(s.p), printed_p(s.p_exact));
    text += fmt::format("Odds of a change to yes against one to no: {}\n", from_to(s.odds_ratio));
    return text + '\n' + before_after_caution + '\n';
}

bool only_answers(const std::vector<double>& values) {
    return std::all_of(values.begin(), values.end(),
                       [](double v) { return std::isnan(v) || v == 0 || v == 1; });
}

Fallible<Output> run_paired(const CommonOptions& common, const Table& table,
                            PairedOptions options) {
    const auto columns = paired_columns(table, common.formula);
    if (!columns) return tl::make_unexpected(columns.error());
    options.level = common.level;
    Output out;
    const bool has_scale = options.reliability || options.lowest || options.highest;
    if (!has_scale && only_answers(columns->before) && only_answers(columns->after)) {
        const auto shares = paired_shares(columns->before, columns->after, common.level);
        if (!shares) return trouble(table.file + ": " + shares.error().sentence);
        out.json = shares_json(*shares, *columns);
        out.text = shares_text(*shares, *columns);
        return out;
    }
    if (!columns->yes.empty())
        return trouble("A reliability and the ends of a scale are for numbers, not for words.");
    const auto change = paired_change(columns->before, columns->after, options);
    if (!change) return trouble(table.file + ": " + change.error().sentence);
    out.json = change_json(*change);
    out.text = change_text(*change, *columns);
    if (change->n < 2)
        out.warnings.push_back("One person alone: there is no spread to tell chance by.");
    else if (change->sd_change == 0)
        out.warnings.push_back("Everybody changed alike: there is no spread to tell chance by.");
    return out;
}

}  // namespace

void add_paired(Command& evidence, const Desk& desk) {
    auto options = std::make_shared<PairedOptions>();
    Command* command = add_command(
        evidence, desk, "paired",
        "How much the same people changed: 'after ~ before'; of two words, McNemar", takes_formula,
        [options](const CommonOptions& common, const Table& table) {
            return run_paired(common, table, *options);
        });
    command->add_option("--reliability", options->reliability,
                        "Of the measure (from its manual), for the reliable change index");
    command->add_option("--lowest", options->lowest, "The scale's lowest value: counts floors");
    command->add_option("--highest", options->highest,
                        "The scale's highest value: counts ceilings");
    command->add_flag("--lower-is-better", options->lower_is_better,
                      "A fall is an improvement, as with distress");
}

}  // namespace alongside::evidence
