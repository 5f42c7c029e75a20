#include "planner/master.h"

#include <algorithm>
#include <coin/ClpSimplex.hpp>
#include <functional>
#include <numeric>

#include "base/ensure.h"

namespace alongside::planner {

struct Master::Lp {
    ClpSimplex model;
    const double* prices = nullptr;
    const double* shares = nullptr;          // by column of the programme
    bool has_new_bounds = true;
};

Master::Master(const Problem& problem)
    : problem_(problem),
      row_of_cell_(static_cast<std::size_t>(problem.days) * problem.kinds.size(), -1),
      pairs_of_person_(problem.people.size()),
      of_person_(problem.people.size()),
      chosen_(problem.people.size(), -1) {
    for (std::size_t row = 0; row < problem.cover.size(); ++row) {
        const auto& cover = problem.cover[row];
        row_of_cell_[problem.cell(cover.day, cover.kind)] = static_cast<int>(row);
    }
    for (std::size_t pair = 0; pair < problem.apart.size(); ++pair) {
        pairs_of_person_[problem.apart[pair].first].push_back(static_cast<int>(pair));
        pairs_of_person_[problem.apart[pair].second].push_back(static_cast<int>(pair));
    }
    add_rows();
}

Master::~Master() = default;

void Master::add_rows() {
    lp_ = std::make_unique<Lp>();
    auto& model = lp_->model;
    model.setLogLevel(0);
    const int covers = static_cast<int>(problem_.cover.size());
    row_of_pair_.assign(problem_.apart.size() * cells(), -1);
    model.resize(row_of_person(static_cast<int>(problem_.people.size())), 0);
    for (int row = 0; row < model.numberRows(); ++row) {
        const double wanted = row < covers ? problem_.cover[row].wanted : 1;
        model.setRowBounds(row, wanted, wanted);
    }
    for (int row = 0; row < covers; ++row) {
        const double one = 1, minus = -1;
        const auto& cover = problem_.cover[row];
        // The last one missing may cost more than those before.
        const bool is_last_dearer = cover.nobody > 0 && cover.can_be_empty();
        const double before_last = cover.wanted - cover.uncounted - 1;
        model.addColumn(1, &row, &one, 0, is_last_dearer ? before_last : COIN_DBL_MAX,
                        static_cast<double>(cover.under));
        if (is_last_dearer) {
            model.addColumn(1, &row, &one, 0, COIN_DBL_MAX,
                            static_cast<double>(cover.under + cover.nobody));
        }
        model.addColumn(1, &row, &minus, 0, COIN_DBL_MAX, static_cast<double>(cover.over));
    }
    add_rows_of_partners();
}

bool Master::can_meet(const Partners& pair, int cell) const {
    const int kind = cell % static_cast<int>(problem_.kinds.size());
    const auto may = [&](int person) {
        const auto& p = problem_.people[person];
        return p.most_of[kind] > 0 && (p.barred.empty() || !p.barred[cell]);
    };
    return row_of_cell_[cell] >= 0 && problem_.cover[row_of_cell_[cell]].wanted >= 2 &&
           may(pair.one) && may(pair.other);
}

// A meeting, which saves its weight, is no more than the share of either who is there.
void Master::add_rows_of_partners() {
    auto& model = lp_->model;
    row_of_partners_.assign(problem_.partners.size() * cells() * 2, -1);
    for (std::size_t pair = 0; pair < problem_.partners.size(); ++pair) {
        const auto& partners = problem_.partners[pair];
        for (int cell = 0; cell < cells(); ++cell) {
            if (!can_meet(partners, cell)) continue;
            const int rows[2] = {model.numberRows(), model.numberRows() + 1};
            const double ones[2] = {1, 1};
            for (int side = 0; side < 2; ++side) {
                model.addRow(0, nullptr, nullptr, -COIN_DBL_MAX, 0);
                row_of_partners_[at_partners(pair, cell, side) - first_of_partners()] =
                    rows[side];
            }
            model.addColumn(2, rows, ones, 0, 1, -static_cast<double>(partners.weight));
        }
    }
}

// At most one of the two is there, or a price is paid that no wish is worth. Such a row is made
// once a mix would put both there.
void Master::add_row_of_pair(int pair, int cell) {
    auto& model = lp_->model;
    const int row = model.numberRows();
    const int day = cell / static_cast<int>(problem_.kinds.size());
    std::vector<int> there;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        const auto& one = columns_[i];
        if (one.person != problem_.apart[pair].first && one.person != problem_.apart[pair].second) {
            continue;
        }
        if (one.line[day] == day_off || problem_.cell(day, one.line[day]) != cell) continue;
        there.push_back(lp_column_[i]);
    }
    const std::vector<double> ones(there.size(), 1.0);
    model.addRow(static_cast<int>(there.size()), there.data(), ones.data(), -COIN_DBL_MAX, 1);
    const double minus = -1;
    model.addColumn(1, &row, &minus, 0, COIN_DBL_MAX, static_cast<double>(together_though_apart));
    row_of_pair_[static_cast<std::size_t>(pair) * cells() + cell] = row;
}

bool Master::keep_apart() {
    if (problem_.apart.empty()) return false;
    std::map<std::pair<int, int>, double> there;         // by pair and cell
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        const auto& one = columns_[i];
        const double share = lp_->shares[lp_column_[i]];
        if (share < 1e-6 || pairs_of_person_[one.person].empty()) continue;
        for (int day = 0; day < problem_.days; ++day) {
            if (one.line[day] == day_off) continue;
            for (const int pair : pairs_of_person_[one.person]) {
                there[{pair, problem_.cell(day, one.line[day])}] += share;
            }
        }
    }
    bool is_new = false;
    for (const auto& [where, share] : there) {
        const auto& [pair, cell] = where;
        if (share < 1 + 1e-6) continue;
        if (row_of_pair_[static_cast<std::size_t>(pair) * cells() + cell] >= 0) continue;
        add_row_of_pair(pair, cell);
        lp_->has_new_bounds = is_new = true;
    }
    return is_new;
}

void Master::put(int column) {
    const auto& one = columns_[column];
    std::vector<int> rows;
    std::vector<double> values;
    for (int day = 0; day < problem_.days; ++day) {
        if (one.line[day] == day_off) continue;
        for (std::size_t pair = 0; pair < problem_.partners.size(); ++pair) {
            const auto& partners = problem_.partners[pair];
            if (partners.one != one.person && partners.other != one.person) continue;
            const int side = partners.one == one.person ? 0 : 1;
            const int row = row_of_partners_[at_partners(pair, problem_.cell(day, one.line[day]),
                                                         side) - first_of_partners()];
            if (row < 0) continue;
            rows.push_back(row);
            values.push_back(-1);
        }
    }
    for (int day = 0; day < problem_.days; ++day) {
        if (one.line[day] == day_off) continue;
        const int cell = problem_.cell(day, one.line[day]);
        if (row_of_cell_[cell] >= 0) rows.push_back(row_of_cell_[cell]);
        for (const int pair : pairs_of_person_[one.person]) {
            const int row = row_of_pair_[static_cast<std::size_t>(pair) * cells() + cell];
            if (row >= 0) rows.push_back(row);
        }
    }
    rows.push_back(row_of_person(one.person));
    values.resize(rows.size(), 1.0);
    lp_column_.push_back(lp_->model.numberColumns());
    lp_->model.addColumn(static_cast<int>(rows.size()), rows.data(), values.data(), 0,
                         chosen_[one.person] < 0 ? COIN_DBL_MAX : 0,
                         static_cast<double>(one.cost));
}

std::pair<int, bool> Master::add(Column column) {
    const int number = static_cast<int>(columns_.size());
    const auto [at, is_new] = of_person_[column.person].emplace(column.line, number);
    if (is_new) {
        columns_.push_back(std::move(column));
        last_used_.push_back(solves_);
        put(number);
    }
    return {at->second, is_new};
}

double Master::solve() {
    double out = solve_loosely();
    while (keep_apart()) out = solve_loosely();
    return out;
}

double Master::solve_loosely() {
    solve_once();
    ++solves_;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        if (share(static_cast<int>(i)) > 1e-6) last_used_[i] = solves_;
    }
    return lp_->model.objectiveValue();
}

void Master::solve_once() {
    auto& model = lp_->model;
    if (lp_->has_new_bounds) {
        model.dual();
    } else {
        model.primal(1);
    }
    if (model.status() != 0) model.primal();
    if (model.status() != 0) {          // numerical trouble: from the start
        model.allSlackBasis(true);
        model.primal();
    }
    ENSURE(model.status() == 0);        // everybody has a line, and cover may fall short
    lp_->has_new_bounds = false;
    lp_->prices = model.dualRowSolution();
    lp_->shares = model.primalColumnSolution();
}

std::size_t Master::count_prices() const {
    return first_of_partners() + problem_.partners.size() * cells() * 2;
}

// Within what is paid at most, whatever the arithmetic left.
std::vector<double> Master::prices() const {
    std::vector<double> out(count_prices(), 0);
    for (std::size_t row = 0; row < problem_.cover.size(); ++row) {
        const auto& cover = problem_.cover[row];
        out[problem_.cell(cover.day, cover.kind)] =
            std::clamp(lp_->prices[row], -static_cast<double>(cover.over),
                       static_cast<double>(cover.under + cover.nobody));
    }
    for (std::size_t i = 0; i < row_of_pair_.size(); ++i) {
        if (row_of_pair_[i] < 0) continue;
        out[cells() + i] = std::clamp(lp_->prices[row_of_pair_[i]],
                                      -static_cast<double>(together_though_apart), 0.0);
    }
    for (std::size_t i = 0; i < row_of_partners_.size(); ++i) {
        if (row_of_partners_[i] < 0) continue;
        const auto pair = i / (2 * static_cast<std::size_t>(cells()));
        const auto weight = static_cast<double>(problem_.partners[pair].weight);
        out[first_of_partners() + i] = std::clamp(-lp_->prices[row_of_partners_[i]], 0.0, weight);
    }
    return out;
}

std::vector<double> Master::earned(int person, const std::vector<double>& prices) const {
    std::vector<double> out(prices.begin(), prices.begin() + cells());
    for (const int pair : pairs_of_person_[person]) {
        for (int cell = 0; cell < cells(); ++cell) {
            out[cell] += prices[cells() + static_cast<std::size_t>(pair) * cells() + cell];
        }
    }
    for (std::size_t pair = 0; pair < problem_.partners.size(); ++pair) {
        const auto& partners = problem_.partners[pair];
        if (partners.one != person && partners.other != person) continue;
        const int side = partners.one == person ? 0 : 1;
        for (int cell = 0; cell < cells(); ++cell) {
            out[cell] += prices[at_partners(pair, cell, side)];
        }
    }
    return out;
}

double Master::worth_of_person(int person) const { return lp_->prices[row_of_person(person)]; }

double Master::worth(const std::vector<double>& prices) const {
    double out = 0;
    for (const auto& cover : problem_.cover) {
        const double price = prices[problem_.cell(cover.day, cover.kind)];
        out += price * cover.wanted;
        if (cover.can_be_empty()) {
            out -= std::max(0.0, price - static_cast<double>(cover.under)) *
                   (cover.wanted - cover.uncounted - 1);
        }
    }
    for (std::size_t i = cells(); i < first_of_partners(); ++i) out += prices[i];
    for (std::size_t pair = 0; pair < problem_.partners.size(); ++pair) {
        const auto weight = static_cast<double>(problem_.partners[pair].weight);
        for (int cell = 0; cell < cells(); ++cell) {
            if (row_of_partners_[at_partners(pair, cell, 0) - first_of_partners()] < 0) continue;
            out += std::min(0.0, prices[at_partners(pair, cell, 0)] +
                                     prices[at_partners(pair, cell, 1)] - weight);
        }
    }
    return out;
}

double Master::share(int column) const { return lp_->shares[lp_column_[column]]; }

void Master::choose(int column) {
    const int person = columns_[column].person;
    for (const auto& [line, other] : of_person_[person]) {
        const double bound = other == column ? 1 : 0;
        lp_->model.setColumnBounds(lp_column_[other], bound, bound);
    }
    chosen_[person] = column;
    lp_->has_new_bounds = true;
}

void Master::choose_freely(int person) {
    if (chosen_[person] < 0) return;
    for (const auto& [line, column] : of_person_[person]) {
        lp_->model.setColumnBounds(lp_column_[column], 0, COIN_DBL_MAX);
    }
    chosen_[person] = -1;
    lp_->has_new_bounds = true;
}

void Master::allow(int column, bool is_allowed) {
    lp_->model.setColumnBounds(lp_column_[column], 0, is_allowed ? COIN_DBL_MAX : 0);
    lp_->has_new_bounds = true;
}

void Master::allow_all() {
    for (std::size_t i = 0; i < columns_.size(); ++i) allow(static_cast<int>(i), true);
    std::ranges::fill(chosen_, -1);
}

void Master::thin(std::size_t most, const Roster& roster) {
    if (columns_.size() <= most) return;
    std::vector<int> order(columns_.size());
    std::iota(order.begin(), order.end(), 0);
    const auto is_kept = [&](int i) { return columns_[i].line == roster[columns_[i].person]; };
    std::ranges::stable_sort(order, std::greater(), [&](int i) {
        return is_kept(i) ? solves_ + 1 : last_used_[i];
    });
    order.resize(most / 2);
    std::ranges::sort(order);
    auto columns = std::move(columns_);
    auto used = std::move(last_used_);
    columns_.clear();
    lp_column_.clear();
    last_used_.clear();
    for (auto& lines : of_person_) lines.clear();
    std::ranges::fill(chosen_, -1);
    add_rows();
    for (const int i : order) {
        add(std::move(columns[i]));
        last_used_.back() = used[i];
    }
}

}  // namespace alongside::planner
