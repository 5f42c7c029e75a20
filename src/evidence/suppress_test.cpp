#include "evidence/suppress.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <functional>

#include "evidence/chance.h"
#include "evidence/suppress_table.h"
#include "evidence/testing_simplex.h"

namespace alongside::evidence {
namespace {

// Fills in totals: leaves hold what is given, row by row; parents and row totals are sums.
using LeafCount = std::function<std::int64_t(std::size_t row, std::size_t column)>;
CountTable made_table(std::vector<CountTable::Row> rows, std::size_t columns,
                      const LeafCount& count) {
    CountTable table;
    table.row_variables = {"row"};
    table.column_variable = "column";
    for (std::size_t c = 0; c < columns; ++c)
        table.columns.push_back(std::string(1, static_cast<char>('a' + c)));
    table.rows = std::move(rows);
    table.counts.assign(table.rows.size() * table.width(), 0);
    for (std::size_t row = table.rows.size(); row-- > 0;) {
        bool is_leaf = true;
        for (std::size_t child = row + 1; child < table.rows.size(); ++child)
            if (table.rows[child].parent == static_cast<int>(row)) is_leaf = false;
        for (std::size_t c = 0; c < columns; ++c) {
            auto& cell = table.counts[table.cell(row, c)];
            if (is_leaf) cell = count(row, c);
            table.counts[table.cell(row, columns)] += cell;
            // Of two breakdowns the first gives everybody's row; both have the same people.
            if (row > 0 && table.rows[row].breakdown == 0)
                table.counts[table.cell(static_cast<std::size_t>(table.rows[row].parent), c)] +=
                    cell;
        }
        table.rows[row].labels = {row == 0 ? "Total" : "r" + std::to_string(row)};
    }
    return table;
}

std::vector<CountTable::Row> flat_rows(std::size_t count) {
    std::vector<CountTable::Row> rows(1);
    for (std::size_t i = 0; i < count; ++i) rows.push_back({{}, 0, 0, true});
    return rows;
}

std::int64_t floor_of(const CountTable& table, const SuppressionRules& rules, std::size_t cell) {
    return rules.hide_zeros || !table.rows[cell / table.width()].is_published ? 0 : 1;
}

// What a reader with a linear program knows: the sums (all of them, also those that follow from
// others), every published number, and the least a hidden one can be.
class Attacker {
public:
    Attacker(const CountTable& table, const Suppression& found, const SuppressionRules& rules)
        : table_(table), rules_(rules) {
        for (std::size_t cell = 0; cell < table.counts.size(); ++cell)
            if (found.is_hidden[cell]) hidden_.push_back(cell);
        const std::size_t width = table.width();
        for (std::size_t row = 0; row < table.rows.size(); ++row) {
            std::vector<std::size_t> parts;
            for (std::size_t c = 0; c + 1 < width; ++c) parts.push_back(table.cell(row, c));
            add_sum(parts, table.cell(row, width - 1));
            for (int breakdown = 0; breakdown < 2; ++breakdown)
                for (std::size_t c = 0; c < width; ++c) {
                    parts.clear();
                    for (std::size_t child = 1; child < table.rows.size(); ++child)
                        if (table.rows[child].parent == static_cast<int>(row) &&
                            table.rows[child].breakdown == breakdown)
                            parts.push_back(table.cell(child, c));
                    if (!parts.empty()) add_sum(parts, table.cell(row, c));
                }
        }
    }

    // By hidden cell: what the attacker can prove of it.
    struct Known {
        std::size_t cell;
        double least, greatest;
    };
    std::vector<Known> attack() const {
        const Simplex simplex(rows_, right_);
        EXPECT_TRUE(simplex.is_feasible());
        std::vector<Known> known;
        for (std::size_t i = 0; i < hidden_.size(); ++i) {
            const double floor = static_cast<double>(floor_of(table_, rules_, hidden_[i]));
            known.push_back({hidden_[i], simplex.least(i) + floor, simplex.greatest(i) + floor});
        }
        return known;
    }

private:
    // Unknowns are how much hidden cells are over the least they can be.
    void add_sum(const std::vector<std::size_t>& parts, std::size_t total) {
        std::vector<double> row(hidden_.size(), 0);
        double right = 0;
        bool is_informative = false;
        const auto add = [&](std::size_t cell, double sign) {
            const auto at = std::ranges::find(hidden_, cell);
            if (at == hidden_.end()) {
                right -= sign * static_cast<double>(table_.counts[cell]);
                return;
            }
            row[static_cast<std::size_t>(at - hidden_.begin())] = sign;
            right -= sign * static_cast<double>(floor_of(table_, rules_, cell));
            is_informative = true;
        };
        for (const std::size_t part : parts) add(part, 1);
        add(total, -1);
        if (!is_informative) return;
        rows_.push_back(row);
        right_.push_back(right);
    }

    const CountTable& table_;
    const SuppressionRules& rules_;
    std::vector<std::size_t> hidden_;
    std::vector<std::vector<double>> rows_;
    std::vector<double> right_;
};

bool is_small_count(const CountTable& table, const SuppressionRules& rules, std::size_t cell) {
    const std::int64_t count = table.counts[cell];
    if (count == 0) return rules.hide_zeros && table.rows[cell / table.width()].is_published;
    return count < rules.threshold;
}

// What could be known of each hidden cell were everything hidden that may be (all but noughts that
// are published): no suppression protects better.
std::vector<double> least_at_best(const CountTable& table, const SuppressionRules& rules) {
    Suppression all;
    for (std::size_t cell = 0; cell < table.counts.size(); ++cell)
        all.is_hidden.push_back(table.counts[cell] >= floor_of(table, rules, cell));
    std::vector<double> least(table.counts.size(), 0);
    for (const auto& known : Attacker(table, all, rules).attack()) least[known.cell] = known.least;
    return least;
}

// Suppresses, then attacks: no small count is closer known than the protection, none is a point.
void attack_fails(const CountTable& table, const SuppressionRules& rules) {
    const auto found = suppress(table, rules);
    ASSERT_TRUE(found.has_value()) << found.error().sentence;
    for (std::size_t cell = 0; cell < table.counts.size(); ++cell) {
        if (is_small_count(table, rules, cell)) {
            EXPECT_TRUE(found->is_hidden[cell]) << cell;
        }
    }
    constexpr double rounding = 1e-6;
    const auto lowest = least_at_best(table, rules);
    for (const auto& known : Attacker(table, *found, rules).attack()) {
        const double truth = static_cast<double>(table.counts[known.cell]);
        EXPECT_LE(known.least, truth + rounding);
        EXPECT_GE(known.greatest, truth - rounding);
        const bool is_published = table.rows[known.cell / table.width()].is_published;
        if (is_published) {
            EXPECT_GT(known.greatest - known.least, 0.5) << known.cell;
        }
        if (!is_small_count(table, rules, known.cell)) continue;
        EXPECT_GE(known.greatest, truth + rules.protection - rounding) << known.cell;
        EXPECT_LE(known.least,
                  std::max(lowest[known.cell], truth - rules.protection) + rounding) << known.cell;
    }
}

std::int64_t made_count(Chance& chance) {
    const auto kind = chance.below(10);
    return kind < 2 ? 0 : kind < 5 ? chance.below(6) : chance.below(60);
}

TEST(Suppress, ANothingToHide) {
    const auto table = made_table(flat_rows(2), 2, [](auto, auto) { return 10; });
    const auto found = suppress(table, {});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->small + found->guards, 0u);
}

// One small count in the middle needs the three other corners of a rectangle, and no more.
TEST(Suppress, OneSmallCountTakesARectangle) {
    const auto table = made_table(flat_rows(3), 3, [](std::size_t row, std::size_t column) {
        return row == 2 && column == 1 ? 3 : 20;
    });
    const auto found = suppress(table, {});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->small, 1u);
    EXPECT_EQ(found->guards, 3u);
    attack_fails(table, {});
}

// A prison with one wing: the prison's row is the wing's, and both have to be hidden.
TEST(Suppress, APrisonWithOneWing) {
    std::vector<CountTable::Row> rows = {{{}, -1, 0, true}, {{}, 0, 0, true}, {{}, 1, 0, true},
                                         {{}, 0, 0, true}, {{}, 0, 0, true}};
    const auto table = made_table(rows, 2, [](std::size_t row, std::size_t column) {
        return row == 2 && column == 0 ? 2 : 15;
    });
    const auto found = suppress(table, {});
    ASSERT_TRUE(found);
    EXPECT_TRUE(found->is_hidden[table.cell(1, 0)]);
    EXPECT_TRUE(found->is_hidden[table.cell(2, 0)]);
    attack_fails(table, {});
}

TEST(Suppress, AllSmallAndOneCell) {
    attack_fails(made_table(flat_rows(1), 1, [](auto, auto) { return 3; }), {});
    attack_fails(made_table(flat_rows(2), 2, [](auto, auto) { return 1; }), {});
    attack_fails(made_table(flat_rows(2), 2, [](auto, auto) { return 0; }), {5, 2, true});
}

TEST(Suppress, WrongSumsAreSaid) {
    auto table = made_table(flat_rows(2), 2, [](auto, auto) { return 10; });
    ++table.counts[0];
    EXPECT_FALSE(suppress(table, {}));
    EXPECT_EQ(wrong_sum(table, table.counts), "Total, Total");
}

// Whole subgroups apart: everybody and the women are published, so the men come by difference.
TEST(Suppress, ARowLeftOutCanNotBeWorkedOutByDifference) {
    auto rows = flat_rows(2);
    rows[2].is_published = false;
    const auto table = made_table(rows, 3, [](std::size_t row, std::size_t column) {
        return row == 2 && column == 0 ? 2 : 30;
    });
    const auto found = suppress(table, {});
    ASSERT_TRUE(found);
    EXPECT_GT(found->guards, 0u);       // nothing published is small, and yet something must go
    attack_fails(table, {});
}

TEST(Suppress, AttacksFailOnFlatTables) {
    for (std::uint64_t seed = 0; seed < 120; ++seed) {
        SCOPED_TRACE(seed);
        Chance chance(seed, 1);
        const SuppressionRules rules{2 + static_cast<int>(chance.below(6)),
                                     1 + static_cast<int>(chance.below(3)),
                                     chance.below(2) == 1};
        const std::size_t columns = 1 + chance.below(4);
        attack_fails(made_table(flat_rows(1 + chance.below(5)), columns,
                                [&](auto, auto) { return made_count(chance); }), rules);
    }
}

TEST(Suppress, AttacksFailOnPrisonsAndWings) {
    for (std::uint64_t seed = 0; seed < 80; ++seed) {
        SCOPED_TRACE(seed);
        Chance chance(seed, 2);
        const SuppressionRules rules{5, 1 + static_cast<int>(chance.below(3)),
                                     chance.below(2) == 1};
        std::vector<CountTable::Row> rows(1);
        const auto prisons = 1 + chance.below(3);
        for (std::uint32_t p = 0; p < prisons; ++p) {
            const int prison = static_cast<int>(rows.size());
            rows.push_back({{}, 0, 0, true});
            const auto wings = chance.below(4);
            for (std::uint32_t w = 0; w < wings; ++w)
                rows.push_back({{}, prison, 0, chance.below(8) > 0});
        }
        attack_fails(made_table(rows, 1 + chance.below(3),
                                [&](auto, auto) { return made_count(chance); }), rules);
    }
}

// The same people by wing and by sex, from made people, so that both add up.
TEST(Suppress, AttacksFailOnLinkedTables) {
    for (std::uint64_t seed = 0; seed < 80; ++seed) {
        SCOPED_TRACE(seed);
        Chance chance(seed, 3);
        const SuppressionRules rules{5, 1 + static_cast<int>(chance.below(2)),
                                     chance.below(2) == 1};
        const std::size_t wings = 1 + chance.below(4), kinds = 1 + chance.below(3);
        const std::size_t columns = 1 + chance.below(3);
        std::vector<CountTable::Row> rows = flat_rows(wings);
        for (std::size_t k = 0; k < kinds; ++k) rows.push_back({{}, 0, 1, true});
        std::vector<std::vector<std::int64_t>> counts(rows.size(),
                                                      std::vector<std::int64_t>(columns, 0));
        for (std::size_t w = 0; w < wings; ++w)
            for (std::size_t k = 0; k < kinds; ++k)
                for (std::size_t c = 0; c < columns; ++c) {
                    const std::int64_t count = made_count(chance) / 2;
                    counts[1 + w][c] += count;
                    counts[1 + wings + k][c] += count;
                }
        attack_fails(made_table(rows, columns, [&](std::size_t r, std::size_t c) {
            return counts[r][c];
        }), rules);
    }
}

// The test itself can fail: with the guards published again the attack succeeds.
TEST(Suppress, TheAttackWorksWhereThereAreNoGuards) {
    const auto table = made_table(flat_rows(3), 3, [](std::size_t row, std::size_t column) {
        return row == 2 && column == 1 ? 3 : 20;
    });
    const SuppressionRules rules;
    auto found = *suppress(table, rules);
    for (std::size_t cell = 0; cell < table.counts.size(); ++cell)
        found.is_hidden[cell] = is_small_count(table, rules, cell);
    const auto known = Attacker(table, found, rules).attack();
    ASSERT_EQ(known.size(), 1u);
    EXPECT_NEAR(known[0].least, 3, 1e-9);
    EXPECT_NEAR(known[0].greatest, 3, 1e-9);
}

// Beside the best of all choices of guards, tried one by one: never fewer than needed, seldom more.
TEST(Suppress, NearTheFewestGuards) {
    std::size_t ours = 0, best = 0;
    const SuppressionRules rules;
    for (std::uint64_t seed = 0; seed < 25; ++seed) {
        Chance chance(seed, 4);
        const auto table = made_table(flat_rows(3), 3, [&](auto, auto) {
            return chance.below(4) == 0 ? 1 + chance.below(4) : 10 + chance.below(40);
        });
        const auto found = suppress(table, rules);
        ASSERT_TRUE(found);
        const auto lowest = least_at_best(table, rules);
        std::vector<std::size_t> open;
        Suppression tried = *found;
        for (std::size_t cell = 0; cell < table.counts.size(); ++cell) {
            tried.is_hidden[cell] = is_small_count(table, rules, cell);
            const bool is_inner = cell >= table.width() && cell % table.width() < 3;
            if (is_inner && !tried.is_hidden[cell]) open.push_back(cell);
        }
        std::size_t fewest = found->guards;
        for (std::size_t choice = 0; choice < (std::size_t{1} << open.size()); ++choice) {
            const auto guards = static_cast<std::size_t>(std::popcount(choice));
            if (guards >= fewest) continue;
            for (std::size_t i = 0; i < open.size(); ++i)
                tried.is_hidden[open[i]] = (choice >> i) & 1;
            bool holds = true;
            for (const auto& known : Attacker(table, tried, rules).attack()) {
                const double truth = static_cast<double>(table.counts[known.cell]);
                if (is_small_count(table, rules, known.cell))
                    holds &= known.greatest >= truth + rules.protection - 1e-6 &&
                             known.least <=
                                 std::max(lowest[known.cell], truth - rules.protection) + 1e-6;
            }
            if (holds) fewest = guards;
        }
        ours += found->guards;
        best += fewest;
    }
    EXPECT_LE(static_cast<double>(ours), 1.2 * static_cast<double>(best));
}

TEST(SuppressTable, FromRowsOfAFile) {
    Table file;
    file.file = "wings.csv";
    file.rows = 4;
    file.columns.push_back({"prison", false, {}, {0, 0, 1, 1}, {"A", "B"}});
    file.columns.push_back({"wing", false, {}, {0, 1, 0, missing_word}, {"1", "2"}});
    file.columns.push_back({"out", true, {0, 1, 1, 1}, {}, {}});
    file.columns.push_back({"n", true, {7, 9, 30, 5}, {}, {}});
    const auto counted = count_table(file, {{"prison/wing"}, "out", "n", {}});
    ASSERT_TRUE(counted) << counted.error().sentence;
    EXPECT_EQ(counted->missing_rows, 1u);
    EXPECT_EQ(counted->table.rows.size(), 6u);
    EXPECT_EQ(counted->table.counts.at(counted->table.width() - 1), 46);
    const auto found = suppress(counted->table, {});
    ASSERT_TRUE(found);
    EXPECT_EQ(csv_text(published(counted->table, *found, "[c]")),
              "prison,wing,0,1,Total\nA,Total,7,9,16\nA,1,7,0,7\nA,2,0,9,9\nB,Total,0,30,30\n"
              "B,1,0,30,30\nTotal,Total,7,39,46\n");
    EXPECT_FALSE(count_table(file, {{"nowhere"}, "out", "", {}}));
    EXPECT_FALSE(count_table(file, {{"prison", "prison"}, "out", "", {}}));
    EXPECT_FALSE(count_table(file, {{"prison"}, "out", "", {"prison=C"}}));
    EXPECT_FALSE(count_table(file, {{"prison"}, "out", "", {"prison"}}));
}

TEST(SuppressTable, CellsWithCommasAndQuotesAreQuoted) {
    EXPECT_EQ(csv_text({{"a,b", "c"}, {{"say \"no\"", "1"}}}), "\"a,b\",c\n\"say \"\"no\"\"\",1\n");
}

TEST(SuppressTable, NamesThatASpreadsheetTakesForFormulasAreWords) {
    EXPECT_EQ(csv_text({{"=2+3", "c"}, {{"=HYPERLINK(\"x\")", "1"}, {"+1", "2"}, {"@a", "3"}}}),
              "'=2+3,c\n\"'=HYPERLINK(\"\"x\"\")\",1\n'+1,2\n'@a,3\n");
}

}  // namespace
}  // namespace alongside::evidence
