#include "sql/sqlite_plan.h"

#include <algorithm>

namespace alongside::sql {
namespace {

struct Index {
    std::string table_name;
    std::string index_name;
    bool is_unique;
    bool is_partial;
    std::string columns;  // a space between
};
BOOST_DESCRIBE_STRUCT(Index, (), (table_name, index_name, is_unique, is_partial, columns))

constexpr int rows_of_a_table = 1'000'000;
constexpr int rows_of_what_is_open = 10'000;  // partial indexes leave out what is over
constexpr int rows_of_one_thing = 20;  // that one further column finds

// "1000000 1000000 20 5": rows in all, then rows that each prefix of the columns finds.
std::string figures(const Index& index) {
    int found = index.is_partial ? rows_of_what_is_open : rows_of_a_table;
    std::string out = std::to_string(found);
    std::string_view rest = index.columns;
    while (!rest.empty()) {
        const auto end = std::min(rest.find(' '), rest.size());
        const bool is_last = end == rest.size();
        if (rest.substr(0, end) != "establishment_id") {
            found = found > rows_of_one_thing ? rows_of_one_thing : std::max(1, found / 4);
        }
        if (is_last && index.is_unique) found = 1;
        out += " " + std::to_string(found);
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return out;
}

}  // namespace

void teach_planner(Transaction& tx, const RunScript& script) {
    script("ANALYZE");  // makes the table of figures
    const auto indexes = tx.rows<Index>(
        "SELECT t.name AS table_name, "
        "CASE WHEN t.wr AND i.origin = 'pk' THEN t.name ELSE i.name END AS index_name, "
        "i.\"unique\" AS is_unique, i.partial AS is_partial, "
        "(SELECT group_concat(c.name, ' ') FROM "
        "(SELECT name FROM pragma_index_info(i.name) ORDER BY seqno) c) AS columns "
        "FROM pragma_table_list() t, pragma_index_list(t.name) i "
        "WHERE t.schema = 'main' AND t.name NOT LIKE 'sqlite_%'");
    tx.run("DELETE FROM sqlite_stat1");
    for (const auto& index : indexes) {
        tx.run("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ($1, $2, $3)", index.table_name,
               index.index_name, figures(index));
    }
    script("ANALYZE sqlite_schema");  // other connections read them as the schema changes
}

}  // namespace alongside::sql
