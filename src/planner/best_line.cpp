#include "planner/best_line.h"

#include <algorithm>

#include "planner/counted_line.h"
#include "planner/draft.h"
#include "planner/loose_line.h"

namespace alongside::planner {

namespace {
// Where so little is counted, counting is as quick as pricing, and always settles it.
constexpr std::size_t narrow = 400;
// More than a machine should hold for one person: a good line then has to do.
constexpr std::size_t too_large = 40'000'000;
}  // namespace

struct BestLine::Search {
    Search(const Problem& problem, int person, const std::vector<int>& what)
        : counted(what), whole(problem, person, what) {
        if (whole.width() > narrow) loose.emplace(problem, person, what);
    }
    std::vector<int> counted;
    CountedLine whole;
    std::optional<LooseLine> loose = {};     // where it is quicker
};

BestLine::BestLine(const Problem& problem, int person) : problem_(&problem), person_(person) {
    // Limits far below what could be worked are always counted, the others when one is exceeded.
    const auto& p = problem.people[person];
    int shortest = no_limit;
    for (std::size_t kind = 0; kind < problem.kinds.size(); ++kind) {
        if (p.most_of[kind] > 0) shortest = std::min(shortest, problem.kinds[kind].minutes);
    }
    const int could = std::min(problem.days, p.most_minutes / shortest);
    for (std::size_t kind = 0; kind < problem.kinds.size(); ++kind) {
        if (p.most_of[kind] > 0 && p.most_of[kind] * 3 < could) {
            counted_.push_back(static_cast<int>(kind));
        }
    }
}
BestLine::~BestLine() = default;
BestLine::BestLine(BestLine&&) noexcept = default;

std::optional<BestLine::Found> BestLine::find(const std::vector<double>& price) {
    std::vector<double> scratch;
    return find(price, scratch);
}

std::optional<BestLine::Found> BestLine::find(const std::vector<double>& price,
                                              std::vector<double>& scratch,
                                              const std::vector<bool>& must_work,
                                              Care care, double wanted,
                                              const Line* otherwise) {
    const auto& p = problem_->people[person_];
    auto counted = counted_;
    while (true) {
        auto& search = search_for(counted);
        LooseLine::Answer answer;
        if (search.loose) answer = search.loose->find(price, scratch, must_work, care, wanted);
        const bool is_too_much = care == Care::quick || search.whole.size() > too_large;
        if (otherwise && !answer.found && !answer.is_settled && search.whole.size() > too_large) {
            const double cost = price_of(*problem_, *otherwise, price) +
                                static_cast<double>(burden_of(*problem_, person_, *otherwise));
            return Found{*otherwise, cost, std::min(cost, answer.least)};
        }
        const bool is_enough = answer.is_settled || (is_too_much && answer.found);
        auto found = is_enough ? std::move(answer.found)
                               : search.whole.find(price, scratch, must_work);
        if (!found) return found;
        const auto before = counted.size();
        for (std::size_t kind = 0; kind < problem_->kinds.size(); ++kind) {
            if (std::ranges::count(found->line, static_cast<int>(kind)) > p.most_of[kind]) {
                counted.push_back(static_cast<int>(kind));
            }
        }
        if (counted.size() == before) return found;
        std::ranges::sort(counted);
    }
}

BestLine::Search& BestLine::search_for(const std::vector<int>& counted) {
    for (const auto& one : searches_) {
        if (one->counted == counted) return *one;
    }
    searches_.push_back(std::make_unique<Search>(*problem_, person_, counted));
    return *searches_.back();
}

}  // namespace alongside::planner
