#include "evidence/suppress_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "evidence/csv_cell.h"
#include "evidence/table_columns.h"

namespace alongside::evidence {

namespace {

constexpr const char* all_of_them = "Total";

// What the rows of the file say, column by column.
struct CountSources {
    std::vector<std::vector<std::size_t>> breakdowns;      // indices into variables
    std::vector<std::string> names;
    std::vector<Groups> variables;
    Groups columns;
    const Column* counts = nullptr;
};

Fallible<Groups> named_groups(const Table& from, const std::string& name) {
    auto groups = group_column(from, name);
    if (groups && std::ranges::find(groups->names, all_of_them) != groups->names.end())
        return trouble(fmt::format("{}: column \"{}\" has a group named \"Total\"; totals are made "
                                   "here, so leave such rows out", from.file, name));
    return groups;
}

// "prison/wing" is two columns, unless there is one of that very name.
std::vector<std::string> split_levels(const Table& from, const std::string& written) {
    if (from.find(written)) return {written};
    std::vector<std::string> levels;
    std::size_t begin = 0;
    for (std::size_t at = 0; at <= written.size(); ++at) {
        if (at < written.size() && written[at] != '/') continue;
        levels.push_back(written.substr(begin, at - begin));
        begin = at + 1;
    }
    return levels;
}

Fallible<CountSources> count_sources(const Table& from, const CountTableWishes& wishes) {
    CountSources sources;
    if (wishes.rows.empty() || wishes.rows.size() > 2)
        return trouble("A table has one breakdown of its rows, or two of the same people: --rows "
                       "prison/wing --rows sex");
    for (const auto& written : wishes.rows) {
        sources.breakdowns.emplace_back();
        for (const auto& name : split_levels(from, written)) {
            if (name == wishes.columns || std::ranges::find(sources.names, name) !=
                                              sources.names.end())
                return trouble("Column \"" + name + "\" stands twice in the table");
            auto groups = named_groups(from, name);
            if (!groups) return tl::make_unexpected(groups.error());
            sources.breakdowns.back().push_back(sources.names.size());
            sources.names.push_back(name);
            sources.variables.push_back(*std::move(groups));
        }
    }
    auto columns = named_groups(from, wishes.columns);
    if (!columns) return tl::make_unexpected(columns.error());
    sources.columns = *std::move(columns);
    if (!wishes.count.empty()) {
        const auto counts = count_column(from, wishes.count);
        if (!counts) return tl::make_unexpected(counts.error());
        sources.counts = *counts;
    }
    return sources;
}

bool is_complete(const CountSources& sources, std::size_t row) {
    const auto knows = [&](const Groups& groups) { return groups.of_row[row] >= 0; };
    return knows(sources.columns) && std::ranges::all_of(sources.variables, knows) &&
           !(sources.counts && sources.counts->is_missing(row));
}

// Rows of the tree as they are met: a path is the codes from the top down.
class TreeBuilder {
public:
    TreeBuilder(CountTable& table, const CountSources& sources)
        : table_(table), sources_(sources) {
        CountTable::Row everybody;
        everybody.labels.assign(sources.names.size(), all_of_them);
        table_.rows.push_back(std::move(everybody));
    }

    void add_paths(const std::vector<std::size_t>& complete) {
        for (std::size_t b = 0; b < sources_.breakdowns.size(); ++b) {
            for (const std::size_t row : complete) {
                std::vector<std::int32_t> path;
                for (const std::size_t variable : sources_.breakdowns[b]) {
                    path.push_back(sources_.variables[variable].of_row[row]);
                    places_[b].try_emplace(path, 0);
                }
            }
            for (auto& [path, place] : places_[b]) place = add_row(b, path);
        }
    }

    // The rows of the table in which a row of the file counts.
    std::vector<std::size_t> places_of(std::size_t row) const {
        std::vector<std::size_t> places = {0};
        for (std::size_t b = 0; b < sources_.breakdowns.size(); ++b) {
            std::vector<std::int32_t> path;
            for (const std::size_t variable : sources_.breakdowns[b]) {
                path.push_back(sources_.variables[variable].of_row[row]);
                places.push_back(places_[b].at(path));
            }
        }
        return places;
    }

private:
    std::size_t add_row(std::size_t breakdown, std::vector<std::int32_t> path) {
        CountTable::Row row;
        row.labels.assign(sources_.names.size(), all_of_them);
        for (std::size_t i = 0; i < path.size(); ++i) {
            const std::size_t variable = sources_.breakdowns[breakdown][i];
            row.labels[variable] =
                sources_.variables[variable].names[static_cast<std::size_t>(path[i])];
        }
        path.pop_back();
        // A prefix sorts before what it begins, so the parent is there already.
        row.parent = path.empty() ? 0 : static_cast<int>(places_[breakdown].at(path));
        row.breakdown = static_cast<int>(breakdown);
        table_.rows.push_back(std::move(row));
        return table_.rows.size() - 1;
    }

    CountTable& table_;
    const CountSources& sources_;
    std::map<std::vector<std::int32_t>, std::size_t> places_[2];
};

Fallible<bool> leave_out(CountTable& table, const std::vector<std::string>& left_out) {
    for (const auto& written : left_out) {
        const std::size_t sign = written.find('=');
        const auto variable =
            std::ranges::find(table.row_variables, written.substr(0, sign));
        if (sign == std::string::npos || variable == table.row_variables.end())
            return trouble("--leave-out \"" + written + "\" isn't a row of this table: write "
                           "COLUMN=GROUP");
        const auto at = static_cast<std::size_t>(variable - table.row_variables.begin());
        bool is_found = false;
        for (auto& row : table.rows)
            if (row.labels[at] == written.substr(sign + 1)) {
                row.is_published = false;
                is_found = true;
            }
        if (!is_found) return trouble("--leave-out \"" + written + "\": there is no such row");
    }
    return true;
}

}  // namespace

Fallible<CountedTable> count_table(const Table& from, const CountTableWishes& wishes) {
    const auto sources = count_sources(from, wishes);
    if (!sources) return tl::make_unexpected(sources.error());
    CountedTable counted;
    CountTable& table = counted.table;
    table.row_variables = sources->names;
    table.column_variable = wishes.columns;
    table.columns = sources->columns.names;
    std::vector<std::size_t> complete;
    for (std::size_t row = 0; row < from.rows; ++row)
        if (is_complete(*sources, row)) complete.push_back(row);
    if (complete.empty()) return trouble(from.file + ": no row is complete");
    counted.missing_rows = from.rows - complete.size();
    TreeBuilder tree(table, *sources);
    tree.add_paths(complete);
    table.counts.assign(table.rows.size() * table.width(), 0);
    for (const std::size_t row : complete) {
        const auto people =
            sources->counts ? static_cast<std::int64_t>(sources->counts->numbers[row]) : 1;
        const auto column = static_cast<std::size_t>(sources->columns.of_row[row]);
        for (const std::size_t place : tree.places_of(row)) {
            table.counts[table.cell(place, column)] += people;
            table.counts[table.cell(place, table.width() - 1)] += people;
        }
    }
    const auto fine = leave_out(table, wishes.left_out);
    if (!fine) return tl::make_unexpected(fine.error());
    return counted;
}

PublishedTable published(const CountTable& table, const Suppression& suppression,
                         const std::string& sign) {
    PublishedTable out;
    out.heads = table.row_variables;
    out.heads.insert(out.heads.end(), table.columns.begin(), table.columns.end());
    out.heads.emplace_back(all_of_them);
    std::vector<std::size_t> order(table.rows.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::rotate(order.begin(), order.begin() + 1, order.end());
    for (const std::size_t row : order) {
        if (!table.rows[row].is_published) continue;
        auto cells = table.rows[row].labels;
        for (std::size_t column = 0; column < table.width(); ++column) {
            const std::size_t cell = table.cell(row, column);
            cells.push_back(suppression.is_hidden[cell] ? sign
                                                        : std::to_string(table.counts[cell]));
        }
        out.rows.push_back(std::move(cells));
    }
    return out;
}

std::string csv_text(const PublishedTable& table) {
    std::string text;
    const auto add = [&](const std::vector<std::string>& cells) {
        for (std::size_t i = 0; i < cells.size(); ++i) {
            if (i > 0) text += ',';
            text += csv_words(cells[i]);
        }
        text += '\n';
    };
    add(table.heads);
    for (const auto& row : table.rows) add(row);
    return text;
}

}  // namespace alongside::evidence
