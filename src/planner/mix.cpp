#include "planner/mix.h"

#include <algorithm>
#include <cmath>
#include <future>
#include <numeric>

#include "base/ensure.h"
#include "planner/ways.h"

namespace alongside::planner {
namespace {

constexpr int rounds_of_a_dive = 60, rounds_where_large = 4;
constexpr int large = 4000;              // people × days: a round takes long, and a dive many
// Of the cost, where large: the root goes no nearer before its dive; nor beside the search.
constexpr double near_enough_to_dive = 0.1, near_enough = 0.01;
// Where large, a part's mix that got no whole point cheaper in so many rounds is left as it is.
constexpr int rounds_without_gain = 10;

}  // namespace

Mix::Mix(Shared& shared, std::uint64_t seed, int threads)
    : shared_(shared), problem_(shared.problem), random_(seed), threads_(threads),
      scratch_(threads), all_(problem_) {
    for (std::size_t i = 0; i < problem_.people.size(); ++i) {
        lines_.emplace_back(problem_, static_cast<int>(i));
    }
}

bool Mix::is_large() const { return problem_.people.size() * problem_.days > large; }

std::vector<int> Mix::everybody() const {
    std::vector<int> out(problem_.people.size());
    std::iota(out.begin(), out.end(), 0);
    return out;
}

double Mix::fraction() { return static_cast<double>(random_() >> 11U) * 0x1.0p-53; }

std::size_t Mix::upto(std::size_t count) {
    return static_cast<std::size_t>(fraction() * static_cast<double>(count));
}

std::vector<int> Mix::some_people(int size) {
    auto out = everybody();
    std::ranges::shuffle(out, random_);
    out.resize(size);
    return out;
}

std::optional<Line> Mix::line_of_part(int person) {
    std::vector<double> prices(cells(), 0);
    const auto must_work = keep_to_part(person, prices);
    auto found =
        lines_[person].find(prices, scratch_.front(), must_work, BestLine::Care::quick);
    if (!found) return std::nullopt;
    return std::move(found->line);
}

bool Mix::first_roster() {
    Draft draft(problem_, Roster(problem_.people.size()));
    std::vector<double> prices;
    auto order = everybody();
    std::ranges::shuffle(order, random_);
    bool all = true;
    for (const int person : order) {
        draft.prices_for(person, prices);
        const auto found =
            lines_[person].find(prices, scratch_.front(), {}, BestLine::Care::quick);
        if (!found) {
            shared_.best.impossible.push_back(person);
            all = false;
            continue;
        }
        draft.set(person, found->line);
    }
    std::ranges::sort(shared_.best.impossible);
    if (!all) return false;
    shared_.offer(draft.roster, cost_of(problem_, draft.roster));
    descend(draft);
    return true;
}

std::optional<BestLine::Found> Mix::line_beside(Draft& draft, int person, double unsure,
                                                double wanted) {
    std::vector<double> prices;
    draft.prices_for(person, prices);
    if (unsure > 0) {
        for (auto& price : prices) price += std::abs(price) * unsure * fraction();
    }
    return lines_[person].find(prices, scratch_.front(), {}, BestLine::Care::quick, wanted);
}

void Mix::descend(Draft& draft) {
    auto order = everybody();
    std::ranges::shuffle(order, random_);
    std::vector<double> prices;
    int unchanged = 0;
    for (std::size_t at = 0; unchanged < static_cast<int>(order.size()); ++at) {
        if (shared_.is_over()) break;
        const int person = order[at % order.size()];
        draft.prices_for(person, prices);
        const auto found =
            lines_[person].find(prices, scratch_.front(), {}, BestLine::Care::quick);
        ENSURE(found);
        const auto& line = draft.roster[person];
        const double now = price_of(problem_, line, prices) +
                           static_cast<double>(burden_of(problem_, person, line));
        if (found->cost < now - tiny) {
            draft.set(person, found->line);
            unchanged = 0;
        } else {
            ++unchanged;
        }
    }
    shared_.offer(draft.roster, cost_of(problem_, draft.roster));
}

std::optional<double> Mix::generate(double enough, int most_rounds, Stage stage) {
    const bool is_root = stage != Stage::part && stage != Stage::dive;
    const double near = stage == Stage::beside ? near_enough : near_enough_to_dive;
    const bool is_quick = stage == Stage::begun || stage == Stage::dive ||
                          (stage == Stage::part && is_large());
    is_empty_ = false;
    std::vector<double> stable(master->count_prices()), best_prices = stable;
    double best_bound = -1e300;
    bool has_best = false;
    double smoothing = 0.5;
    auto care = BestLine::Care::quick;
    const auto solve = [&] { return is_root ? master->solve_loosely() : master->solve(); };
    double mix = solve();
    double before = mix;
    for (int round = 0; round < most_rounds; ++round) {
        least_mix_ = mix;
        if (shared_.is_over()) return std::nullopt;
        if (stage == Stage::part && is_large() && round > 0 && round % rounds_without_gain == 0) {
            if (before - mix < 1) break;
            before = mix;
        }
        if (is_root && has_best) shared_.raise_bound(best_bound);
        if (is_root && round == next_rounding_) make_whole();
        if (is_root && is_large() && has_best && mix - best_bound < near * std::abs(mix)) {
            break;
        }
        if (best_bound >= mix - tiny || rounded_up(best_bound) >= enough) {
            if (!is_root || !master->keep_apart()) break;
            mix = solve();
            continue;
        }
        const auto prices = master->prices();
        const double weight = has_best ? smoothing : 0;
        for (std::size_t i = 0; i < prices.size(); ++i) {
            stable[i] = weight * best_prices[i] + (1 - weight) * prices[i];
        }
        bool is_new = false;
        const double bound = price_everybody(stable, prices, care, is_new);
        if (is_empty_) return best_bound;
        if (bound > best_bound) {
            best_bound = bound;
            best_prices = stable;
            has_best = true;
        }
        if (is_new) {
            mix = solve();
            care = BestLine::Care::quick;
        } else if (care == BestLine::Care::quick) {
            if (is_quick) break;
            care = BestLine::Care::exact;
        } else if (weight > 0) {
            smoothing = weight < 0.1 ? 0 : weight / 2;    // these prices missed what is there
        } else if (is_root && master->keep_apart()) {
            mix = solve();
        } else {
            break;
        }
    }
    return best_bound;
}

// While the mix gets better, less and less often; not by the clock, so that a seed gives one
// rota: everybody's line of the largest share, made better one by one.
void Mix::make_whole() {
    next_rounding_ = next_rounding_ * 3 / 2 + 5;
    Roster roster(problem_.people.size());
    std::vector<double> largest(problem_.people.size(), -1);
    for (std::size_t i = 0; i < master->columns().size(); ++i) {
        const auto& one = master->columns()[i];
        const double share = master->share(static_cast<int>(i));
        if (share > largest[one.person]) {
            largest[one.person] = share;
            roster[one.person] = one.line;
        }
    }
    Draft draft(problem_, std::move(roster));
    descend(draft);
}

bool Mix::dive(Draft& draft, double enough, double noise) {
    std::vector<std::pair<double, int>> shares;
    while (!shared_.is_over()) {
        shares.clear();
        int open = 0;
        for (const int person : everybody()) open += master->chosen(person) < 0 ? 1 : 0;
        if (open == 0) return true;
        for (std::size_t i = 0; i < master->columns().size(); ++i) {
            const int column = static_cast<int>(i);
            if (master->chosen(master->columns()[i].person) >= 0) continue;
            const double share = master->share(column);
            if (share > 1e-6) shares.emplace_back(share + noise * fraction(), column);
        }
        std::ranges::sort(shares, std::greater());
        ENSURE(!shares.empty());
        int chosen = 0;
        const int most = std::max(1, open / (is_large() ? 8 : 12));
        const double least = is_large() ? 0.3 : 0.6;
        for (const auto& [share, column] : shares) {
            const bool is_whole = master->share(column) > 1 - 1e-6;
            if (!is_whole && (chosen >= most || (chosen > 0 && share < least))) continue;
            const auto& one = master->columns()[column];
            if (master->chosen(one.person) >= 0) continue;
            draft.set(one.person, one.line);
            master->choose(column);
            ++chosen;
            --open;
        }
        if (open == 0) return true;
        const auto bound = generate(
            enough, is_large() ? rounds_where_large : rounds_of_a_dive, Stage::dive);
        if (!bound || rounded_up(*bound) >= enough) return false;
    }
    return false;
}

// Keeps a person's lines to the part: what may not be worked has no price, and where one kind
// must be, nothing else has. On which days they may not be off.
std::vector<bool> Mix::keep_to_part(int person, std::vector<double>& prices) const {
    std::vector<bool> must_work;
    const int kinds = static_cast<int>(problem_.kinds.size());
    for (const auto& one : part.branches) {
        if (one.person != person) continue;
        must_work.resize(problem_.days, false);
        const int day = one.cell / kinds;
        if (one.is_on) must_work[day] = true;
        for (int cell = day * kinds; cell < (day + 1) * kinds; ++cell) {
            if (one.is_on ? cell != one.cell : cell == one.cell) prices[cell] = never;
        }
    }
    if (!part.outside) return must_work;
    must_work.resize(problem_.days, false);
    const auto& line = (*part.outside)[person];
    for (int day = 0; day < problem_.days; ++day) {
        if (day >= part.from && day < part.to) continue;
        must_work[day] = line[day] != day_off;
        for (int kind = 0; kind < kinds; ++kind) {
            if (kind != line[day]) prices[problem_.cell(day, kind)] = never;
        }
    }
    return must_work;
}

// New lines at these prices, and the bound that follows from them.
double Mix::price_everybody(const std::vector<double>& stable, const std::vector<double>& prices,
                            BestLine::Care care, bool& is_new) {
    std::vector<int> open;
    double bound = master->worth(stable);
    for (const int person : everybody()) {
        const int column = master->chosen(person);
        if (column < 0) {
            open.push_back(person);
            continue;
        }
        const auto& one = master->columns()[column];
        bound += static_cast<double>(one.cost) -
                 price_of(problem_, one.line, master->earned(person, stable));
    }
    const auto found = best_lines(open, stable, care);
    for (std::size_t i = 0; i < open.size(); ++i) {
        const auto& p = problem_.people[open[i]];
        if (!found[i]) {
            is_empty_ = true;
            return bound;
        }
        bound += static_cast<double>(p.always) + found[i]->least;
        const Cost cost = cost_of(problem_, open[i], found[i]->line);
        const double left_over = static_cast<double>(cost) -
                                 price_of(problem_, found[i]->line,
                                          master->earned(open[i], prices)) -
                                 master->worth_of_person(open[i]);
        if (left_over < -1e-5 && master->add({open[i], found[i]->line, cost}).second) {
            is_new = true;
        }
    }
    return bound;
}

// Of these people, each for themselves.
std::vector<std::optional<BestLine::Found>> Mix::best_lines(const std::vector<int>& open,
                                                            const std::vector<double>& prices,
                                                            BestLine::Care care) {
    lines_searched_ += static_cast<long>(open.size());
    std::vector<std::optional<BestLine::Found>> found(open.size());
    const auto work = [&](std::size_t from) {
        for (std::size_t i = from; i < open.size(); i += threads_) {
            const auto& p = problem_.people[open[i]];
            auto own = master->earned(open[i], prices);
            for (std::size_t cell = 0; cell < cells(); ++cell) {
                own[cell] = (p.on.empty() ? 0 : static_cast<double>(p.on[cell])) - own[cell];
            }
            const auto must_work = keep_to_part(open[i], own);
            const Line* otherwise = part.outside ? &(*part.outside)[open[i]] : nullptr;
            found[i] = lines_[open[i]].find(own, scratch_[from], must_work, care, 1e300,
                                            otherwise);
        }
    };
    if (threads_ > 1 && open.size() > 1) {
        std::vector<std::future<void>> helpers;
        for (int t = 1; t < threads_; ++t) {
            helpers.push_back(std::async(std::launch::async, work, t));
        }
        work(0);
        for (auto& helper : helpers) helper.get();
    } else {
        for (std::size_t t = 0; t < static_cast<std::size_t>(threads_); ++t) work(t);
    }
    return found;
}

std::vector<int> Mix::add_roster(const Roster& roster) {
    std::vector<int> out;
    for (const int person : everybody()) {
        out.push_back(master->add({person, roster[person],
                                   cost_of(problem_, person, roster[person])}).first);
    }
    return out;
}

}  // namespace alongside::planner
