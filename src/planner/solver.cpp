#include "planner/solver.h"

#include <algorithm>
#include <cmath>
#include <future>
#include <limits>
#include <map>
#include <memory>
#include <numeric>
#include <random>

#include "base/ensure.h"
#include "planner/best_line.h"
#include "planner/draft.h"
#include "planner/master.h"
#include "planner/shared.h"

namespace alongside::planner {
namespace {

constexpr double tiny = 1e-6;
constexpr int rounds_of_a_dive = 60, rounds_where_large = 12;
constexpr int large = 4000;              // people × days: a round takes long, and a dive many
constexpr int largest_tree = 1500;       // people × days: larger, nobody waits for a proof

double fraction(std::mt19937_64& random) {
    return static_cast<double>(random() >> 11U) * 0x1.0p-53;
}

// A part of all rotas: who works what on which day, or doesn't.
struct Branch {
    int person, cell;
    bool is_on;
};
struct Node {
    double bound;                        // no rota of this part costs less
    std::vector<Branch> branches;
};

// Works on one rota with its own tables and randomness.
class Worker {
public:
    Worker(Shared& shared, std::uint64_t seed, int threads)
        : shared_(shared), problem_(shared.problem), random_(seed), threads_(threads),
          scratch_(threads), master_(problem_) {
        for (std::size_t i = 0; i < problem_.people.size(); ++i) {
            lines_.emplace_back(problem_, static_cast<int>(i));
        }
    }

    // Person after person, each the best beside those before. False: somebody has no line at all.
    bool first_roster() {
        Draft draft(problem_, Roster(problem_.people.size()));
        std::vector<double> prices;
        auto order = everybody();
        std::ranges::shuffle(order, random_);
        bool all = true;
        for (const int person : order) {
            draft.prices_for(person, prices);
            const auto found = lines_[person].find(prices, scratch_.front());
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

    // One person after another gets their best line, until nobody's gets better.
    void descend(Draft& draft) {
        auto order = everybody();
        std::ranges::shuffle(order, random_);
        std::vector<double> prices;
        int unchanged = 0;
        for (std::size_t at = 0; unchanged < static_cast<int>(order.size()); ++at) {
            if (shared_.is_over()) break;
            const int person = order[at % order.size()];
            draft.prices_for(person, prices);
            const auto found = lines_[person].find(prices, scratch_.front());
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

    // Generates lines until no line is missing from the best mix, or the bound reaches `enough`.
    // The bound, or nothing when time ended it first.
    std::optional<double> generate(double enough, int most_rounds, bool is_root = false) {
        is_empty_ = false;
        std::vector<double> stable(master_.count_prices()), best_prices = stable;
        double best_bound = -1e300;
        bool has_best = false;
        double smoothing = 0.5;
        double mix = master_.solve();
        for (int round = 0; round < most_rounds; ++round) {
            if (shared_.is_over()) return std::nullopt;
            if (is_root && has_best) shared_.raise_bound(best_bound);
            if (is_root && round == next_rounding_) make_whole();
            if (best_bound >= mix - tiny || rounded_up(best_bound) >= enough) break;
            const auto prices = master_.prices();
            const double weight = has_best ? smoothing : 0;
            for (std::size_t i = 0; i < prices.size(); ++i) {
                stable[i] = weight * best_prices[i] + (1 - weight) * prices[i];
            }
            bool is_new = false;
            const double bound = price_everybody(stable, prices, is_new);
            if (is_empty_) return best_bound;
            if (bound > best_bound) {
                best_bound = bound;
                best_prices = stable;
                has_best = true;
            }
            if (is_new) {
                mix = master_.solve();
            } else if (weight > 0) {
                smoothing = weight < 0.1 ? 0 : weight / 2;    // these prices missed what is there
            } else {
                break;
            }
        }
        return best_bound;
    }

    // While the mix gets better, less and less often; not by the clock, so that a seed gives one
    // rota: everybody's line of the largest share, made better one by one.
    void make_whole() {
        next_rounding_ = next_rounding_ * 3 / 2 + 5;
        Roster roster(problem_.people.size());
        std::vector<double> largest(problem_.people.size(), -1);
        for (std::size_t i = 0; i < master_.columns().size(); ++i) {
            const auto& one = master_.columns()[i];
            const double share = master_.share(static_cast<int>(i));
            if (share > largest[one.person]) {
                largest[one.person] = share;
                roster[one.person] = one.line;
            }
        }
        Draft draft(problem_, std::move(roster));
        descend(draft);
    }

    // The mix of lines made whole: the largest shares are chosen, and lines made anew for the rest.
    // False: it can't become cheaper than `enough`.
    bool dive(Draft& draft, double enough, double noise) {
        std::vector<std::pair<double, int>> shares;
        while (!shared_.is_over()) {
            shares.clear();
            int open = 0;
            for (const int person : everybody()) open += master_.chosen(person) < 0 ? 1 : 0;
            if (open == 0) return true;
            for (std::size_t i = 0; i < master_.columns().size(); ++i) {
                const int column = static_cast<int>(i);
                if (master_.chosen(master_.columns()[i].person) >= 0) continue;
                const double share = master_.share(column);
                if (share > 1e-6) shares.emplace_back(share + noise * fraction(random_), column);
            }
            std::ranges::sort(shares, std::greater());
            ENSURE(!shares.empty());
            int chosen = 0;
            const int most = std::max(1, open / 12);
            for (const auto& [share, column] : shares) {
                const bool is_whole = master_.share(column) > 1 - 1e-6;
                if (!is_whole && (chosen >= most || (chosen > 0 && share < 0.6))) continue;
                const auto& one = master_.columns()[column];
                if (master_.chosen(one.person) >= 0) continue;
                draft.set(one.person, one.line);
                master_.choose(column);
                ++chosen;
                --open;
            }
            if (open == 0) return true;
            const bool is_large = problem_.people.size() * problem_.days > large;
            const auto bound =
                generate(enough, is_large ? rounds_where_large : rounds_of_a_dive);
            if (!bound || rounded_up(*bound) >= enough) return false;
        }
        return false;
    }

    // Everybody's lines at once: the bound, then a dive.
    void root() {
        add_roster(shared_.current().first);
        const auto bound = generate(1e300, 100000, true);
        if (bound) shared_.raise_bound(*bound);
    }
    void dive_from_root(double noise) {
        for (const int person : everybody()) master_.choose_freely(person);
        master_.solve();
        Draft draft(problem_, shared_.current().first);
        if (dive(draft, 1e300, noise)) descend(draft);
    }

    // A few people anew, everybody else stays: more people where few are proved to be of no use,
    // fewer where the dives miss what the bound allows.
    void search(bool proves) {
        const auto size_of_all = problem_.people.size() * problem_.days;
        if (proves && size_of_all <= largest_tree && shared_.best.bound) {
            open_.push_back({static_cast<double>(*shared_.best.bound), {}});
        }
        auto [roster, cost] = shared_.current();
        Draft draft(problem_, roster);
        const double all = static_cast<double>(problem_.people.size());
        double size = std::min(4.0, all);
        const int most = shared_.options.most_steps;
        for (int step = 0; step < most && !shared_.is_over(); ++step) {
            if (shared_.cost() < cost) {
                std::tie(roster, cost) = shared_.current();
                for (const int person : everybody()) draft.set(person, roster[person]);
            }
            if (!open_.empty()) explore();
            const auto people = some_people(static_cast<int>(size));
            switch (improve(draft, people)) {
                case Outcome::hopeless: size = std::min(all, size + 0.5); break;
                case Outcome::another: break;
                case Outcome::missed: size = std::max(2.0, size - 0.25); break;
                case Outcome::better:
                    cost = cost_of(problem_, draft.roster);
                    shared_.offer(draft.roster, cost);
                    break;
            }
        }
    }

private:
    // Branch and price: the part of all rotas with the least bound is solved and split, down one
    // side until nothing is left of it. When no part is left, the best rota is proved.
    void explore() {
        auto least = std::ranges::min_element(open_, {}, &Node::bound);
        Node node = std::move(*least);
        open_.erase(least);
        for (int depth = 0; depth < 60 && !shared_.is_over(); ++depth) {
            const auto split = solve_part(node);
            if (!split) break;
            Node off = node;
            off.branches.push_back({split->person, split->cell, false});
            open_.push_back(std::move(off));
            node.branches.push_back({split->person, split->cell, true});
            if (depth + 1 == 60 || shared_.is_over()) open_.push_back(node);
        }
        branches_.clear();
        master_.allow_all();
        const auto cost = static_cast<double>(shared_.cost());
        std::erase_if(open_, [&](const Node& one) { return rounded_up(one.bound) >= cost; });
        double bound = cost;
        for (const auto& one : open_) bound = std::min(bound, one.bound);
        if (!shared_.is_over()) shared_.raise_bound(bound);
    }

    // Where to split it; nothing when it holds no better rota, or its best one is found. A part
    // that time left unsolved is put back.
    std::optional<Branch> solve_part(Node& node) {
        branches_ = node.branches;
        master_.allow_all();
        if (!allow_part()) return std::nullopt;
        const auto enough = static_cast<double>(shared_.cost());
        const auto bound = generate(enough, 500);
        if (!bound) {
            open_.push_back(node);
            return std::nullopt;
        }
        node.bound = std::max(node.bound, *bound);
        if (rounded_up(node.bound) >= enough || is_empty_) return std::nullopt;
        std::map<std::pair<int, int>, double> worked;
        Roster whole(problem_.people.size());
        for (std::size_t i = 0; i < master_.columns().size(); ++i) {
            const double share = master_.share(static_cast<int>(i));
            if (share < 1e-6) continue;
            const auto& column = master_.columns()[i];
            whole[column.person] = column.line;
            for (int day = 0; day < problem_.days; ++day) {
                if (column.line[day] == day_off) continue;
                worked[{column.person, problem_.cell(day, column.line[day])}] += share;
            }
        }
        std::optional<Branch> split;
        double nearest = 0.5 - 1e-5;
        for (const auto& [who, share] : worked) {
            if (std::abs(share - 0.5) >= nearest) continue;
            nearest = std::abs(share - 0.5);
            split = Branch{who.first, who.second, true};
        }
        if (split) return split;
        const auto cost = cost_of(problem_, whole);
        shared_.offer(whole, cost);
        if (rounded_up(node.bound) < cost) open_.push_back(node);    // lines were still missing
        return std::nullopt;
    }

    // Only lines of this part; each person gets one. False: somebody has none.
    bool allow_part() {
        std::vector<bool> has_line(problem_.people.size(), false);
        for (std::size_t i = 0; i < master_.columns().size(); ++i) {
            const auto& column = master_.columns()[i];
            const bool is_of_it = is_of_part(column.person, column.line);
            if (!is_of_it) master_.allow(static_cast<int>(i), false);
            if (is_of_it) has_line[column.person] = true;
        }
        for (const int person : everybody()) {
            if (has_line[person]) continue;
            std::vector<double> prices(cells(), 0);
            const auto must_work = keep_to_part(person, prices);
            const auto found = lines_[person].find(prices, scratch_.front(), must_work);
            if (!found) return false;
            master_.add({person, found->line, cost_of(problem_, person, found->line)});
        }
        return true;
    }
    bool is_of_part(int person, const Line& line) const {
        return std::ranges::all_of(branches_, [&](const Branch& one) {
            if (one.person != person) return true;
            const int day = one.cell / static_cast<int>(problem_.kinds.size());
            const bool works_it =
                line[day] != day_off && problem_.cell(day, line[day]) == one.cell;
            return works_it == one.is_on;
        });
    }
    // Keeps a person's lines to the part: what may not be worked has no price, and where one kind
    // must be, nothing else has. On which days they may not be off.
    std::vector<bool> keep_to_part(int person, std::vector<double>& prices) const {
        std::vector<bool> must_work;
        const int kinds = static_cast<int>(problem_.kinds.size());
        constexpr double never = std::numeric_limits<double>::infinity();
        for (const auto& one : branches_) {
            if (one.person != person) continue;
            must_work.resize(problem_.days, false);
            const int day = one.cell / kinds;
            if (one.is_on) must_work[day] = true;
            for (int cell = day * kinds; cell < (day + 1) * kinds; ++cell) {
                if (one.is_on ? cell != one.cell : cell == one.cell) prices[cell] = never;
            }
        }
        return must_work;
    }

    std::size_t cells() const {
        return static_cast<std::size_t>(problem_.days) * problem_.kinds.size();
    }
    std::vector<int> everybody() const {
        std::vector<int> out(problem_.people.size());
        std::iota(out.begin(), out.end(), 0);
        return out;
    }
    // New lines at these prices, and the bound that follows from them.
    double price_everybody(const std::vector<double>& stable, const std::vector<double>& prices,
                           bool& is_new) {
        std::vector<int> open;
        double bound = master_.worth(stable);
        for (const int person : everybody()) {
            const int column = master_.chosen(person);
            if (column < 0) {
                open.push_back(person);
                continue;
            }
            const auto& one = master_.columns()[column];
            bound += static_cast<double>(one.cost) -
                     price_of(problem_, one.line, master_.earned(person, stable));
        }
        std::vector<std::optional<BestLine::Found>> found(open.size());
        const auto work = [&](std::size_t from) {
            for (std::size_t i = from; i < open.size(); i += threads_) {
                const auto& p = problem_.people[open[i]];
                auto own = master_.earned(open[i], stable);
                for (std::size_t cell = 0; cell < cells(); ++cell) {
                    own[cell] = (p.on.empty() ? 0 : static_cast<double>(p.on[cell])) - own[cell];
                }
                const auto must_work = keep_to_part(open[i], own);
                found[i] = lines_[open[i]].find(own, scratch_[from], must_work);
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
        for (std::size_t i = 0; i < open.size(); ++i) {
            const auto& p = problem_.people[open[i]];
            if (!found[i]) {
                is_empty_ = true;
                return bound;
            }
            bound += static_cast<double>(p.always) + found[i]->cost;
            const Cost cost = cost_of(problem_, open[i], found[i]->line);
            const double left_over = static_cast<double>(cost) -
                                     price_of(problem_, found[i]->line,
                                              master_.earned(open[i], prices)) -
                                     master_.worth_of_person(open[i]);
            if (left_over < -1e-5 && master_.add({open[i], found[i]->line, cost}).second) {
                is_new = true;
            }
        }
        return bound;
    }

    std::vector<int> add_roster(const Roster& roster) {
        std::vector<int> out;
        for (const int person : everybody()) {
            out.push_back(master_.add({person, roster[person],
                                       cost_of(problem_, person, roster[person])}).first);
        }
        return out;
    }

    std::vector<int> some_people(int size) {
        auto all = everybody();
        std::ranges::shuffle(all, random_);
        all.resize(size);
        return all;
    }

    // The best lines of these people beside the others'; the draft is changed where it gets better.
    enum class Outcome { hopeless, missed, another, better };
    Outcome improve(Draft& draft, const std::vector<int>& people) {
        master_.thin(60 * problem_.people.size() + 1000, draft.roster);
        const auto columns = add_roster(draft.roster);
        std::vector<bool> is_free(problem_.people.size(), false);
        for (const int person : people) is_free[person] = true;
        const auto set_up = [&] {
            for (const int person : everybody()) {
                if (is_free[person]) master_.choose_freely(person);
                else if (master_.chosen(person) != columns[person]) master_.choose(columns[person]);
            }
        };
        const Roster before = draft.roster;
        const Cost now = cost_of(problem_, before);
        set_up();
        // Now and then another rota of the same cost: from there, others are near.
        const Cost enough = now + (fraction(random_) < 0.3 ? 1 : 0);
        const auto bound = generate(static_cast<double>(enough), 200);
        if (!bound || rounded_up(*bound) >= enough) return Outcome::hopeless;
        for (int attempt = 0; attempt < 2 && !shared_.is_over(); ++attempt) {
            if (attempt > 0) {
                set_up();
                master_.solve();
            }
            const bool is_whole = dive(draft, static_cast<double>(enough), 0.1 * attempt);
            const Cost after = cost_of(problem_, draft.roster);
            if (is_whole && after < now) return Outcome::better;
            if (is_whole && after == now && draft.roster != before) return Outcome::another;
            for (const int person : people) draft.set(person, before[person]);
        }
        return Outcome::missed;
    }

    Shared& shared_;
    const Problem& problem_;
    std::mt19937_64 random_;
    int threads_;
    std::vector<BestLine> lines_;
    std::vector<std::vector<double>> scratch_;   // by thread
    std::vector<Node> open_;             // parts that may hold a better rota
    std::vector<Branch> branches_;       // of the part that is looked at
    bool is_empty_ = false;              // no line is left for somebody in it
    int next_rounding_ = 5;              // a round of the root
    Master master_;
};

}  // namespace

Solved solve(const Problem& problem, const SolveOptions& options) {
    Shared shared(problem, options);
    Worker first(shared, options.seed, std::max(1, options.threads));
    if (options.start) {
        shared.offer(*options.start, cost_of(problem, *options.start));
    } else if (!first.first_roster()) {
        return std::move(shared.best);
    }
    first.root();
    if (!shared.is_over()) first.dive_from_root(0);
    std::vector<std::future<void>> helpers;
    for (int i = 1; i < options.threads; ++i) {
        helpers.push_back(std::async(std::launch::async, [&shared, seed = options.seed + i] {
            Worker(shared, seed, 1).search(false);
        }));
    }
    first.search(true);
    for (auto& helper : helpers) helper.get();
    shared.best.seconds = shared.seconds();
    return std::move(shared.best);
}

}  // namespace alongside::planner
