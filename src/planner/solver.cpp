#include "planner/solver.h"

#include <algorithm>
#include <cmath>
#include <future>
#include <map>

#include "planner/draft.h"
#include "planner/master.h"
#include "planner/mix.h"
#include "planner/shared.h"

namespace alongside::planner {
namespace {

constexpr int largest_tree = 1500;       // people × days: larger, nobody waits for a proof
constexpr long proof_for_search = 2;     // lines looked for to prove, for each in the search
// Of the steps so many renew some days, the others whole lines: these take long where large.
constexpr double some_days = 0.3, some_days_where_large = 0.95;
constexpr std::size_t lines_to_dive_with = 20;     // for each person, where large
constexpr int least_days = 4, most_days_renewed = 21;
// Of two lines at a time: what chance adds to the first one's prices, of these; how much worse a
// rota may be to be gone on from at first, of what a place short costs, and what is left of that.
constexpr double unsure = 0.5, heat = 1 / 20.0, heat_left = 1 / 100.0;

struct Node {
    double bound;                        // no rota of this part costs less
    std::vector<Branch> branches;
};

// Works on one rota with its own tables and randomness.
class Worker {
public:
    Worker(Shared& shared, std::uint64_t seed, int threads)
        : shared_(shared), problem_(shared.problem), mix_(shared, seed, threads) {}

    bool first_roster() { return mix_.first_roster(); }

    // Everybody's lines at once: the bound, then a dive. Where this takes long, a dive comes before
    // the last of the bound, so that a good rota is there soon.
    void root() {
        mix_.add_roster(shared_.current().first);
        std::size_t before = 0;
        if (!mix_.is_large()) {
            bound_and_dive(Mix::Stage::begun);
            mix_.master->allow_all();
            before = mix_.master->columns().size();
        }
        bound_and_dive(Mix::Stage::root, before);
    }

    // What is left of the bound, while others search.
    void bound_beside() {
        mix_.share_with_nobody();
        mix_.master->allow_all();
        const auto bound = mix_.generate(1e300, 100000, Mix::Stage::beside);
        if (bound) shared_.raise_bound(*bound);
    }
    bool is_large() const { return mix_.is_large(); }

    // Some lines anew, all else stays: more where few are proved to be of no use, fewer where the
    // dives miss what the bound allows. Beside it, twice as much goes to the proof.
    void search(bool proves) {
        const auto size_of_all = problem_.people.size() * problem_.days;
        if (proves && size_of_all <= largest_tree && shared_.best.bound) {
            open_.push_back({static_cast<double>(*shared_.best.bound), {}});
        }
        auto [roster, cost] = shared_.current();
        Draft draft(problem_, roster);
        long searched = 0, proved = 0;
        for (int step = 0; step < shared_.options.most_steps && !shared_.is_over(); ++step) {
            if (shared_.cost() < cost) {
                std::tie(roster, cost) = shared_.current();
                for (const int person : mix_.everybody()) draft.set(person, roster[person]);
            }
            const long before = mix_.lines_searched();
            if (!open_.empty() && proved <= proof_for_search * searched) explore();
            const long between = mix_.lines_searched();
            if (renew_some(draft) == Outcome::better) {
                cost = cost_of(problem_, draft.roster);
                shared_.offer(draft.roster, cost);
            }
            proved += between - before;
            searched += mix_.lines_searched() - between;
        }
    }

    // Two people's lines anew, again and again, each the best beside all others, the first as if
    // prices were other ones. Rotas that are worse are gone on from too, less and less (simulated
    // annealing, Kirkpatrick, Gelatt and Vecchi 1983). No mix is solved: thousands a second.
    void renew_pairs() {
        auto [roster, cost] = shared_.current();
        Draft draft(problem_, roster);
        Cost dearest = 0;
        for (const auto& cover : problem_.cover) dearest = std::max(dearest, cover.under);
        const int steps = shared_.options.most_steps;
        const Line off(problem_.days, day_off);
        for (int step = 0; step < steps && !shared_.is_over(); ++step) {
            const auto pair = mix_.some_people(std::min(2, static_cast<int>(roster.size())));
            const int one = pair.front(), other = pair.back();
            for (const int person : pair) draft.set(person, off);
            if (one != other) draft.set(one, mix_.line_beside(draft, one, unsure)->line);
            const double cooled = std::pow(heat_left, static_cast<double>(step) / steps);
            const double worse = -static_cast<double>(dearest) * heat * cooled *
                                 std::log(1 - mix_.fraction());
            const Cost without = cost_of(problem_, draft.roster) - burden_of(problem_, other, off);
            const double wanted = static_cast<double>(cost - without) + worse;
            const auto found = mix_.line_beside(draft, other, 0, wanted);
            if (!found || found->cost > wanted) {
                for (const int person : pair) draft.set(person, roster[person]);
                continue;
            }
            draft.set(other, found->line);
            for (const int person : pair) roster[person] = draft.roster[person];
            cost = cost_of(problem_, roster);
            shared_.offer(roster, cost);
        }
    }

private:
    // No dive where there are no more lines than `before`: it would be the same again.
    void bound_and_dive(Mix::Stage stage, std::size_t before = 0) {
        const auto bound = mix_.generate(1e300, 100000, stage);
        if (bound) shared_.raise_bound(*bound);
        if (shared_.is_over() || mix_.master->columns().size() == before) return;
        const auto roster = shared_.current().first;
        if (mix_.is_large()) {           // most of all lines were of no use for long
            mix_.master->thin(lines_to_dive_with * problem_.people.size(), roster);
            mix_.add_roster(roster);
        }
        mix_.master->solve();
        Draft draft(problem_, roster);
        if (mix_.dive(draft, 1e300, 0)) mix_.descend(draft);
    }

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
        mix_.part = {};
        mix_.master->allow_all();
        const auto cost = static_cast<double>(shared_.cost());
        std::erase_if(open_, [&](const Node& one) { return rounded_up(one.bound) >= cost; });
        double bound = cost;
        for (const auto& one : open_) bound = std::min(bound, one.bound);
        if (!shared_.is_over()) shared_.raise_bound(bound);
    }

    // Where to split it; nothing when it holds no better rota, or its best one is found. A part
    // that time left unsolved is put back.
    std::optional<Branch> solve_part(Node& node) {
        mix_.part.branches = node.branches;
        mix_.master->allow_all();
        if (!allow_part()) return std::nullopt;
        const auto enough = static_cast<double>(shared_.cost());
        const auto bound = mix_.generate(enough, 500);
        if (!bound) {
            open_.push_back(node);
            return std::nullopt;
        }
        node.bound = std::max(node.bound, *bound);
        if (rounded_up(node.bound) >= enough || mix_.is_empty()) return std::nullopt;
        std::map<std::pair<int, int>, double> worked;
        Roster whole(problem_.people.size());
        for (std::size_t i = 0; i < mix_.master->columns().size(); ++i) {
            const double share = mix_.master->share(static_cast<int>(i));
            if (share < 1e-6) continue;
            const auto& column = mix_.master->columns()[i];
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
        for (std::size_t i = 0; i < mix_.master->columns().size(); ++i) {
            const auto& column = mix_.master->columns()[i];
            const bool is_of_it = is_of_part(column.person, column.line);
            if (!is_of_it) mix_.master->allow(static_cast<int>(i), false);
            if (is_of_it) has_line[column.person] = true;
        }
        for (const int person : mix_.everybody()) {
            if (has_line[person]) continue;
            auto line = mix_.line_of_part(person);
            if (!line) return false;
            const Cost cost = cost_of(problem_, person, *line);
            mix_.master->add({person, std::move(*line), cost});
        }
        return true;
    }
    bool is_of_part(int person, const Line& line) const {
        return std::ranges::all_of(mix_.part.branches, [&](const Branch& one) {
            if (one.person != person) return true;
            const int day = one.cell / static_cast<int>(problem_.kinds.size());
            const bool works_it =
                line[day] != day_off && problem_.cell(day, line[day]) == one.cell;
            return works_it == one.is_on;
        });
    }

    enum class Outcome { hopeless, missed, another, better };
    Outcome renew_some(Draft& draft) {
        const double all = static_cast<double>(problem_.people.size());
        const double part = mix_.is_large() ? some_days_where_large : some_days;
        if (problem_.days <= least_days || mix_.fraction() >= part) {
            people_ = std::min(people_, all);
            const auto outcome = renew(draft, mix_.some_people(static_cast<int>(people_)), 0,
                                       problem_.days);
            if (outcome == Outcome::hopeless) people_ = std::min(all, people_ + 0.5);
            if (outcome == Outcome::missed) people_ = std::max(2.0, people_ - 0.25);
            return outcome;
        }
        const int most = std::min(problem_.days - 1, most_days_renewed);
        const int days = least_days + static_cast<int>(mix_.upto(most - least_days + 1));
        const int from = static_cast<int>(mix_.upto(problem_.days - days + 1));
        const double people = std::clamp(person_days_ / days, std::min(2.0, all), all);
        const auto outcome =
            renew(draft, mix_.some_people(static_cast<int>(people)), from, from + days);
        if (outcome == Outcome::hopeless) {
            person_days_ = std::min(all * problem_.days, person_days_ * 1.03);
        }
        if (outcome == Outcome::missed) person_days_ = std::max(20.0, person_days_ / 1.03);
        return outcome;
    }

    // These people's days from `from` up to `to`; the draft is changed where it gets better.
    Outcome renew(Draft& draft, const std::vector<int>& people, int from, int to) {
        const Roster before = draft.roster;
        std::optional<Master> own;           // few of all lines are of use for a few days
        if (to - from < problem_.days || mix_.is_large()) {
            mix_.master = &own.emplace(problem_);
            mix_.part = {{}, from, to, &before};
        } else {
            mix_.master->thin(60 * problem_.people.size() + 1000, before);
        }
        const auto columns = mix_.add_roster(before);
        const auto outcome = renew(draft, people, columns);
        mix_.master = &mix_.all();
        mix_.part = {};
        return outcome;
    }
    Outcome renew(Draft& draft, const std::vector<int>& people, const std::vector<int>& columns) {
        std::vector<bool> is_free(problem_.people.size(), false);
        for (const int person : people) is_free[person] = true;
        const auto set_up = [&] {
            for (const int person : mix_.everybody()) {
                if (is_free[person]) {
                    mix_.master->choose_freely(person);
                } else if (mix_.master->chosen(person) != columns[person]) {
                    mix_.master->choose(columns[person]);
                }
            }
        };
        const Roster before = draft.roster;
        const Cost now = cost_of(problem_, before);
        set_up();
        // Now and then another rota of the same cost: from there, others are near.
        const Cost enough = now + (mix_.fraction() < 0.3 ? 1 : 0);
        const auto bound = mix_.generate(static_cast<double>(enough), 200);
        if (!bound || rounded_up(*bound) >= enough) return Outcome::hopeless;
        if (mix_.is_large() && rounded_up(mix_.least_mix()) >= enough) return Outcome::hopeless;
        for (int attempt = 0; attempt < 2 && !shared_.is_over(); ++attempt) {
            if (attempt > 0) {
                set_up();
                mix_.master->solve();
            }
            const bool is_whole = mix_.dive(draft, static_cast<double>(enough), 0.1 * attempt);
            const Cost after = cost_of(problem_, draft.roster);
            if (is_whole && after < now) return Outcome::better;
            if (is_whole && after == now && draft.roster != before) return Outcome::another;
            for (const int person : people) draft.set(person, before[person]);
        }
        return Outcome::missed;
    }

    Shared& shared_;
    const Problem& problem_;
    Mix mix_;
    std::vector<Node> open_;                 // parts that may hold a better rota
    double people_ = 4, person_days_ = 30;   // renewed at once
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
    if (!options.seeks_bound) {
        first.renew_pairs();
        shared.best.seconds = shared.seconds();
        return std::move(shared.best);
    }
    first.root();
    std::vector<std::future<void>> helpers;
    for (int i = 1; i < options.threads; ++i) {
        helpers.push_back(std::async(std::launch::async, [&shared, seed = options.seed + i] {
            Worker(shared, seed, 1).search(false);
        }));
    }
    if (!helpers.empty() && first.is_large()) first.bound_beside();
    first.search(true);
    for (auto& helper : helpers) helper.get();
    shared.best.seconds = shared.seconds();
    return std::move(shared.best);
}

}  // namespace alongside::planner
