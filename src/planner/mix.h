// Everybody's lines in the best mix, and the way from a mix to a rota.
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <vector>

#include "planner/best_line.h"
#include "planner/draft.h"
#include "planner/master.h"
#include "planner/shared.h"

namespace alongside::planner {

// Costs that differ by less are the same.
constexpr double tiny = 1e-6;

// A part of all rotas: somebody works a shift, or doesn't; and outside some days everybody keeps
// the line they have.
struct Branch {
    int person, cell;
    bool is_on;
};
struct Part {
    std::vector<Branch> branches = {};
    int from = 0, to = 0;                   // days
    const Roster* outside = nullptr;        // nothing: no day is kept
};

class Mix {
public:
    // `threads` share the search for lines.
    Mix(Shared&, std::uint64_t seed, int threads);

    Master& all() { return all_; }
    Master* master = &all_;                 // what is mixed
    Part part;                              // where lines are looked for

    // Person after person, each the best beside those before. False: somebody has no line at all.
    bool first_roster();
    // A good one for somebody while everybody else stays; each price up to `unsure` of it dearer,
    // as chance has it. Where none costs as little as `wanted`, perhaps none.
    std::optional<BestLine::Found> line_beside(Draft&, int person, double unsure,
                                               double wanted = 1e300);
    // One person after another gets a better line, until nobody's gets better.
    void descend(Draft&);
    // Generates lines until no line is missing from the best mix, or the bound reaches `enough`.
    // The bound, or nothing when time ended it first. Of all rotas, so that the bound is
    // everybody's, now and then made whole: `begun`, as far as quick searches lead, then `root`.
    // In a dive quick ones do as well: the next choice changes the prices again. `beside`: the rest
    // of the root, while other threads search.
    enum class Stage { begun, root, beside, part, dive };
    std::optional<double> generate(double enough, int most_rounds, Stage stage = Stage::part);
    // The mix of lines made whole: the largest shares are chosen, and lines made anew for the rest.
    // False: it can't become cheaper than `enough`.
    bool dive(Draft&, double enough, double noise);

    // What the last mix cost: with the lines that were found, no rota costs less.
    double least_mix() const { return least_mix_; }
    // From now on alone, where others search.
    void share_with_nobody() { threads_ = 1; }
    bool is_large() const;                  // many people and days: each round takes long
    // The columns of its lines.
    std::vector<int> add_roster(const Roster&);
    // Some line of the part.
    std::optional<Line> line_of_part(int person);
    // Somebody has no line in the part.
    bool is_empty() const { return is_empty_; }

    std::vector<int> everybody() const;
    double fraction();                      // by chance, from 0 up to 1
    std::size_t upto(std::size_t count);    // by chance, below it
    std::vector<int> some_people(int size);
    long lines_searched() const { return lines_searched_; }

private:
    std::size_t cells() const {
        return static_cast<std::size_t>(problem_.days) * problem_.kinds.size();
    }
    std::vector<bool> keep_to_part(int person, std::vector<double>& prices) const;
    double price_everybody(const std::vector<double>& stable, const std::vector<double>& prices,
                           BestLine::Care, bool& is_new);
    std::vector<std::optional<BestLine::Found>> best_lines(const std::vector<int>& open,
                                                           const std::vector<double>& prices,
                                                           BestLine::Care);
    void make_whole();

    Shared& shared_;
    const Problem& problem_;
    std::mt19937_64 random_;
    int threads_;
    std::vector<BestLine> lines_;
    std::vector<std::vector<double>> scratch_;   // by thread
    bool is_empty_ = false;
    double least_mix_ = 0;
    int next_rounding_ = 5;                 // a round of the root
    long lines_searched_ = 0;
    Master all_;
};

}  // namespace alongside::planner
