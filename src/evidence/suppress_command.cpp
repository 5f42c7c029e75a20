// `evidence suppress`: a table of counts that can be published.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <memory>

#include "base/command.h"
#include "evidence/command.h"
#include "evidence/plain_words.h"
#include "evidence/suppress_table.h"

namespace alongside::evidence {

namespace {

struct SuppressTyped {
    CountTableWishes wishes;
    SuppressionRules rules;
    std::string out, sign = "[c]", zeros = "show";
};

// Whole or not at all: written beside, then renamed. Not over the file it came from.
Fallible<bool> write_published(const std::filesystem::path& path, const std::string& shown_as,
                               const std::filesystem::path& source, const std::string& text) {
    std::error_code error;
    if (std::filesystem::equivalent(path, source, error))
        return trouble(shown_as + ": this is the file the table is made from");
    const std::filesystem::path partial = path.string() + ".partial";
    {
        std::ofstream file(partial, std::ios::binary | std::ios::trunc);
        file << text;
        file.close();
        if (!file) {
            std::filesystem::remove(partial, error);
            return trouble(shown_as + ": can't be written");
        }
    }
    std::filesystem::rename(partial, path, error);
    if (error) {
        const std::string reason = error.message();
        std::filesystem::remove(partial, error);
        return trouble(shown_as + ": can't be written: " + reason);
    }
    return true;
}

boost::json::object published_json(const PublishedTable& shown, std::size_t labels) {
    boost::json::array rows;
    for (const auto& cells : shown.rows) {
        boost::json::array names, counts;
        for (std::size_t i = 0; i < cells.size(); ++i) {
            const bool is_count = i >= labels && cells[i].find_first_not_of("0123456789") ==
                                                     std::string::npos;
            if (i < labels) names.emplace_back(cells[i]);
            else if (is_count) counts.emplace_back(std::stoll(cells[i]));
            else counts.emplace_back(cells[i]);
        }
        rows.push_back({{"labels", std::move(names)}, {"counts", std::move(counts)}});
    }
    return {{"heads", boost::json::value_from(shown.heads)}, {"rows", std::move(rows)}};
}

std::string suppression_said(const Suppression& found, const SuppressionRules& rules,
                             const std::string& sign) {
    return fmt::format(
        "\n{} stands for a count that isn't published. {} under {} {} hidden, and {} with {} so "
        "that no sum gives {} away: of each, at least {} more than it is fits all that is "
        "published, and as many fewer{}.\n",
        sign, counted(double(found.small), "count", "counts"), rules.threshold,
        found.small == 1 ? "is" : "are", counted(double(found.guards), "other", "others"),
        found.small == 1 ? "it" : "them", found.small == 1 ? "it" : "them", rules.protection,
        rules.hide_zeros ? " (to nought)" : " (to one)");
}

Fallible<Output> run_suppress(const Desk& desk, const CommonOptions& common, const Table& table,
                              const SuppressTyped& typed) {
    if (typed.sign.empty() || typed.sign.find_first_not_of("0123456789") == std::string::npos)
        return trouble("--sign must not look like a count");
    const auto counted_rows = count_table(table, typed.wishes);
    if (!counted_rows) return tl::make_unexpected(counted_rows.error());
    SuppressionRules rules = typed.rules;
    rules.hide_zeros = typed.zeros == "hide";
    const auto found = suppress(counted_rows->table, rules);
    if (!found) return trouble(table.file + ": " + found.error().sentence);
    const PublishedTable shown = published(counted_rows->table, *found, typed.sign);
    if (!typed.out.empty()) {
        const auto written = write_published(desk.console.file(typed.out), typed.out,
                                             desk.console.file(common.file), csv_text(shown));
        if (!written) return tl::make_unexpected(written.error());
    }
    const std::size_t labels = counted_rows->table.row_variables.size();
    Output output;
    PrintedTable printed_table{shown.heads, shown.rows};
    output.text = printed_table.text() + suppression_said(*found, rules, typed.sign);
    output.json = {{"table", published_json(shown, labels)},
                   {"small", found->small}, {"guards", found->guards},
                   {"threshold", rules.threshold}, {"protection", rules.protection},
                   {"zeros", typed.zeros}, {"sign", typed.sign},
                   {"missing", counted_rows->missing_rows}};
    if (!typed.out.empty()) {
        output.json["out"] = typed.out;
        output.text += "Written to " + typed.out + "\n";
    }
    if (counted_rows->missing_rows > 0)
        output.text += fmt::format("({} left out for a missing value)\n",
                                   counted(double(counted_rows->missing_rows), "row", "rows"));
    return output;
}

}  // namespace

void add_suppress(Command& evidence, const Desk& desk) {
    auto typed = std::make_shared<SuppressTyped>();
    auto* command = add_command(
        evidence, desk, "suppress",
        "A table of counts with small ones hidden, and others so that none can be worked out",
        {}, [desk, typed](const CommonOptions& common, const Table& table) {
            return run_suppress(desk, common, table, *typed);
        });
    command->add_option("--rows", typed->wishes.rows,
                        "Column, or prison/wing; twice for two breakdowns of the same people")
        ->required()
        ->take_all();
    command->add_option("--columns", typed->wishes.columns, "Column across")->required();
    command->add_option("--count", typed->wishes.count, "Column of how many a row stands for");
    command->add_option("--leave-out", typed->wishes.left_out,
                        "COLUMN=GROUP: a row not published, yet kept from being worked out");
    command->add_option("--threshold", typed->rules.threshold, "Counts under it are hidden")
        ->within(1, 1000);
    command->add_option("--protection", typed->rules.protection,
                        "How far from the truth a reader must be left")
        ->within(1, 1000);
    command->add_option("--zeros", typed->zeros, "Noughts are published or hidden")
        ->one_of({"show", "hide"});
    command->add_option("--sign", typed->sign, "For a hidden count");
    command->add_option("--out", typed->out, "Write the table there, as CSV");
}

}  // namespace alongside::evidence
