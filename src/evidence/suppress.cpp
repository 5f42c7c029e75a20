#include "evidence/suppress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/ensure.h"
#include "evidence/suppress_network.h"

namespace alongside::evidence {

namespace {

using Change = Suppression::Change;
using Proof = Suppression::Proof;
using Room = SumsNetwork::Room;

bool is_published(const CountTable& table, std::size_t cell) {
    return table.rows[cell / table.width()].is_published;
}

// The least that a reader must think possible of a hidden cell.
std::int64_t least_of(const CountTable& table, const SuppressionRules& rules, std::size_t cell) {
    return rules.hide_zeros || !is_published(table, cell) ? 0 : 1;
}

bool is_fixed(const CountTable& table, std::size_t cell) {
    return table.rows[cell / table.width()].is_fixed;
}

bool is_small(const CountTable& table, const SuppressionRules& rules, std::size_t cell) {
    const std::int64_t count = table.counts[cell];
    if (is_fixed(table, cell)) return false;
    const bool is_secret_zero = count == 0 && rules.hide_zeros && is_published(table, cell);
    return is_secret_zero || (count > 0 && count < rules.threshold);
}

// What is lost when a cell is hidden: more for greater counts, and much more for totals, by which
// people read a table.
std::vector<double> losses_of(const CountTable& table) {
    std::vector<int> height(table.rows.size(), 0);
    for (std::size_t row = table.rows.size(); row-- > 1;) {
        int& above = height[static_cast<std::size_t>(table.rows[row].parent)];
        above = std::max(above, height[row] + 1);
    }
    std::vector<double> losses(table.counts.size());
    for (std::size_t cell = 0; cell < losses.size(); ++cell) {
        const bool is_total = cell % table.width() + 1 == table.width();
        const int level = height[cell / table.width()] + (is_total ? 1 : 0);
        losses[cell] = std::pow(3.0, level) *
                       (1 + std::log1p(static_cast<double>(table.counts[cell])) / 4);
    }
    return losses;
}

// One attempt at a suppression: small cells first, guards as they are found, proofs beside them.
class GuardSearch {
public:
    GuardSearch(const CountTable& table, const SuppressionRules& rules, const SumsNetwork& network)
        : table_(table), rules_(rules), network_(network), losses_(losses_of(table)) {
        rooms_.resize(table.counts.size());
        found_.is_hidden.resize(table.counts.size());
        for (std::size_t cell = 0; cell < rooms_.size(); ++cell) {
            const bool starts_hidden = !is_published(table, cell) || is_small(table, rules, cell);
            rooms_[cell].down = table.counts[cell] - least_of(table, rules, cell);
            rooms_[cell].price = losses_[cell];
            if (!may_hide(cell)) rooms_[cell].price = never_hidden;
            if (starts_hidden) hide(cell);
            if (is_small(table, rules, cell)) found_.proofs.push_back({cell, 0, {}, {}});
        }
        guards_begin_ = found_.is_hidden;
    }

    enum class Order { greatest_first, least_first, as_they_stand };

    // The cell that nothing can protect, if there is one.
    const Proof* find_guards(Order order) {
        std::ranges::stable_sort(found_.proofs, {}, [&](const Proof& proof) {
            const auto count = table_.counts[proof.cell];
            return order == Order::greatest_first ? -count
                   : order == Order::least_first  ? count
                                                  : 0;
        });
        for (Proof& proof : found_.proofs) {
            proof.less_by = furthest_down(proof.cell);
            if (!prove(proof)) return &proof;
            for (const Change& change : proof.more) hide(change.cell);
            for (const Change& change : proof.less) hide(change.cell);
        }
        return nullptr;
    }

    // Guards that aren't needed are published after all, the dearest first.
    void give_back() {
        std::vector<std::size_t> guards;
        for (std::size_t cell = 0; cell < rooms_.size(); ++cell)
            if (is_guard(cell)) guards.push_back(cell);
        std::ranges::stable_sort(guards, std::greater<>(),
                                 [&](std::size_t cell) { return losses_[cell]; });
        for (std::size_t cell = 0; cell < rooms_.size(); ++cell)
            if (!found_.is_hidden[cell]) rooms_[cell].price = never_hidden;
        for (const std::size_t guard : guards) give_back(guard);
    }

    double loss() const {
        double sum = 0;
        for (std::size_t cell = 0; cell < rooms_.size(); ++cell)
            if (is_guard(cell)) sum += losses_[cell];
        return sum;
    }

    Suppression result() const {
        Suppression result = found_;
        for (std::size_t cell = 0; cell < rooms_.size(); ++cell) {
            if (is_guard(cell)) ++result.guards;
            if (is_published(table_, cell) && is_small(table_, rules_, cell)) ++result.small;
        }
        return result;
    }

private:
    static constexpr double never_hidden = std::numeric_limits<double>::infinity();
    // Cells hidden already cost next to nothing, and something, so that no detour is taken.
    static constexpr double hidden_price = 1e-3;

    bool is_guard(std::size_t cell) const {
        return found_.is_hidden[cell] && !guards_begin_[cell];
    }

    void hide(std::size_t cell) {
        found_.is_hidden[cell] = 1;
        if (may_hide(cell)) rooms_[cell].price = hidden_price;
    }

    bool may_hide(std::size_t cell) const {
        return rooms_[cell].down >= 0 && !is_fixed(table_, cell);
    }

    bool prove(Proof& proof) const {
        const auto more = network_.cheapest_change(proof.cell, rules_.protection, rooms_);
        if (!more) return false;
        proof.more = *more;
        const auto fewer = network_.cheapest_change(proof.cell, -proof.less_by, rooms_);
        if (!fewer) return false;
        proof.less = *fewer;
        return true;
    }

    // How far a cell could fall were all hidden that can be: a total of small counts isn't under
    // the number of those that are known to be at least one.
    std::int64_t furthest_down(std::size_t cell) const {
        std::int64_t by = std::min<std::int64_t>(rules_.protection, rooms_[cell].down);
        while (by > 0 && !network_.cheapest_change(cell, -by, rooms_)) --by;
        return by;
    }

    static bool uses(const Proof& proof, std::size_t cell) {
        const auto is_it = [&](const Change& change) { return change.cell == cell; };
        return std::ranges::any_of(proof.more, is_it) || std::ranges::any_of(proof.less, is_it);
    }

    void give_back(std::size_t guard) {
        const double price = rooms_[guard].price;
        rooms_[guard].price = never_hidden;
        std::vector<std::pair<std::size_t, Proof>> others;
        for (std::size_t i = 0; i < found_.proofs.size(); ++i) {
            if (!uses(found_.proofs[i], guard)) continue;
            Proof other{found_.proofs[i].cell, found_.proofs[i].less_by, {}, {}};
            if (!prove(other)) {
                rooms_[guard].price = price;
                return;
            }
            others.emplace_back(i, std::move(other));
        }
        for (auto& [i, other] : others) found_.proofs[i] = std::move(other);
        found_.is_hidden[guard] = 0;
    }

    const CountTable& table_;
    const SuppressionRules& rules_;
    const SumsNetwork& network_;
    std::vector<double> losses_;
    std::vector<Room> rooms_;
    std::vector<char> guards_begin_;          // hidden before any guard was
    Suppression found_;
};

std::string cell_name(const CountTable& table, std::size_t cell) {
    std::string name;
    for (const auto& label : table.rows[cell / table.width()].labels) name += label + ", ";
    const std::size_t column = cell % table.width();
    return name + (column < table.columns.size() ? table.columns[column] : "Total");
}

}  // namespace

std::string wrong_sum(const CountTable& table, const std::vector<std::int64_t>& counts) {
    const std::size_t width = table.width();
    std::vector<std::int64_t> below(counts.size(), 0), beside(counts.size(), 0);
    std::vector<char> has_rows(table.rows.size(), 0), has_others(table.rows.size(), 0);
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
        std::int64_t sum = 0;
        for (std::size_t column = 0; column + 1 < width; ++column)
            sum += counts[table.cell(row, column)];
        const std::size_t total = table.cell(row, width - 1);
        if (sum != counts[total]) return cell_name(table, total);
        if (row == 0) continue;
        const auto parent = static_cast<std::size_t>(table.rows[row].parent);
        const bool is_beside = parent == 0 && table.rows[row].breakdown == 1;
        (is_beside ? has_others : has_rows)[parent] = 1;
        for (std::size_t column = 0; column < width; ++column)
            (is_beside ? beside : below)[table.cell(parent, column)] +=
                counts[table.cell(row, column)];
    }
    for (std::size_t cell = 0; cell < counts.size(); ++cell) {
        const std::size_t row = cell / width;
        if (has_rows[row] && below[cell] != counts[cell]) return cell_name(table, cell);
        if (has_others[row] && beside[cell] != counts[cell]) return cell_name(table, cell);
    }
    return "";
}

bool is_possible(const CountTable& table, const Suppression& suppression,
                 const SuppressionRules& rules, const std::vector<Change>& changes) {
    std::vector<std::int64_t> counts = table.counts;
    for (const Change& change : changes) {
        counts[change.cell] += change.by;
        if (!suppression.is_hidden[change.cell]) return false;
        if (counts[change.cell] < least_of(table, rules, change.cell)) return false;
    }
    return wrong_sum(table, counts).empty();
}

Fallible<Suppression> suppress(const CountTable& table, const SuppressionRules& rules) {
    ENSURE(rules.threshold >= 1 && rules.protection >= 1);
    ENSURE(table.counts.size() == table.rows.size() * table.width());
    if (const auto least = std::ranges::min_element(table.counts);
        least != table.counts.end() && *least < 0)
        return trouble("A count is negative: " +
                       cell_name(table, static_cast<std::size_t>(least - table.counts.begin())));
    if (const std::string wrong = wrong_sum(table, table.counts); !wrong.empty())
        return trouble("The counts don't add up to this total: " + wrong);
    const SumsNetwork network(table);
    std::optional<GuardSearch> best;
    for (const auto order : {GuardSearch::Order::greatest_first, GuardSearch::Order::least_first,
                             GuardSearch::Order::as_they_stand}) {
        GuardSearch search(table, rules, network);
        if (const Proof* open = search.find_guards(order))
            return trouble(fmt::format(
                "This small count can't be protected, whatever else is hidden: {}. Join its "
                "row or column with another.", cell_name(table, open->cell)));
        search.give_back();
        if (!best || search.loss() < best->loss()) best.emplace(search);
        constexpr std::size_t many = 2000;    // one order is enough then, for time's sake
        if (table.counts.size() > many) break;
    }
    Suppression result = best->result();
    for (const Proof& proof : result.proofs) {
        ENSURE(is_possible(table, result, rules, proof.more));
        ENSURE(is_possible(table, result, rules, proof.less));
    }
    return result;
}

}  // namespace alongside::evidence
