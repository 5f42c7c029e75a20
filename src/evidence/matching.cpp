#include "evidence/matching.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/ensure.h"
#include "evidence/numbers.h"
#include "evidence/table.h"

namespace alongside::evidence {
namespace {

using Whom = std::uint32_t;              // a person, by their place among the scores

// Comparisons by score: people of equal score stand together, in order of their index, and are
// used up from the front. Empty places are skipped by two forests (union-find) of "the next that
// isn't empty", to the left and to the right, so that a step costs next to nothing.
class ComparisonsByScore {
public:
    ComparisonsByScore(std::span<const double> scores, std::vector<Whom> comparisons)
        : people_(std::move(comparisons)) {
        std::stable_sort(people_.begin(), people_.end(),
                         [&](Whom a, Whom b) { return scores[a] < scores[b]; });
        for (Whom i = 0; i < people_.size(); ++i)
            if (i == 0 || scores[people_[i]] != scores[people_[i - 1]]) {
                score_.push_back(scores[people_[i]]);
                first_.push_back(i);
            }
        end_.assign(first_.begin() + (first_.empty() ? 0 : 1), first_.end());
        end_.push_back(static_cast<Whom>(people_.size()));
        // Places are counted from 1, so that 0 and size + 1 can say "nobody on that side".
        left_.resize(score_.size() + 2);
        std::iota(left_.begin(), left_.end(), Whom{0});
        right_ = left_;
    }

    struct Found {
        Whom place = 0;                // 0: nobody is left
        double gap = 0;
    };

    // The place whose next person is nearest; of the equally near the one of the lowest index. The
    // gap is compared as computed, so rounding may make several scores equally near.
    Found nearest(double score) {
        const Whom after = static_cast<Whom>(
            std::lower_bound(score_.begin(), score_.end(), score) - score_.begin()) + 1;
        Whom right = root(right_, after), left = root(left_, after - 1);
        Found found;
        const auto offer = [&](Whom place) {
            const double gap = gap_to(place, score);
            if (found.place != 0 && gap > found.gap) return false;
            if (found.place == 0 || gap < found.gap || next_of(place) < next_of(found.place))
                found = {place, gap};
            return true;
        };
        while (right <= score_.size() && offer(right)) right = root(right_, right + 1);
        while (left >= 1 && offer(left)) left = root(left_, left - 1);
        return found;
    }

    Whom use(Whom place) {
        const Whom person = people_[first_[place - 1]++];
        if (first_[place - 1] == end_[place - 1]) {
            right_[place] = place + 1;
            left_[place] = place - 1;
        }
        return person;
    }

    // The `count` nearest within the caliper, without using anybody up: two fingers walk outwards.
    template <class Take>
    void nearest_many(double score, int count, double caliper, Take take) {
        const std::size_t after = static_cast<std::size_t>(
            std::lower_bound(score_.begin(), score_.end(), score) - score_.begin());
        std::size_t right = after, left = after;    // left: one beyond the next place on that side
        while (count > 0 && (right < score_.size() || left > 0)) {
            const double gap = std::min(right < score_.size() ? std::abs(score_[right] - score)
                                                              : infinite,
                                        left > 0 ? std::abs(score_[left - 1] - score) : infinite);
            if (gap > caliper) return;
            equals_.clear();
            for (; right < score_.size() && std::abs(score_[right] - score) == gap; ++right)
                add_some(right, count);
            for (; left > 0 && std::abs(score_[left - 1] - score) == gap; --left)
                add_some(left - 1, count);
            std::sort(equals_.begin(), equals_.end());
            for (std::size_t i = 0; i < equals_.size() && count > 0; ++i, --count)
                take(equals_[i], gap);
        }
    }

private:
    static constexpr double infinite = std::numeric_limits<double>::infinity();

    void add_some(std::size_t place, int count) {
        const Whom begin = first_[place];
        const Whom end = std::min<Whom>(end_[place], begin + static_cast<Whom>(count));
        equals_.insert(equals_.end(), people_.begin() + begin, people_.begin() + end);
    }
    double gap_to(Whom place, double score) const { return std::abs(score_[place - 1] - score); }
    Whom next_of(Whom place) const { return people_[first_[place - 1]]; }
    static Whom root(std::vector<Whom>& forest, Whom place) {
        while (forest[place] != place) {
            forest[place] = forest[forest[place]];      // halve the way for those who come after
            place = forest[place];
        }
        return place;
    }

    std::vector<Whom> people_, first_, end_, left_, right_, equals_;
    std::vector<double> score_;
};

// Steele, Lea & Flood 2014 (SplitMix64): enough for an order, the same on every machine.
class OrderDice {
public:
    explicit OrderDice(std::uint64_t seed) : state_(seed) {}
    // Below `bound`, each as likely: what would favour the low numbers is thrown again.
    std::uint64_t below(std::uint64_t bound) {
        const std::uint64_t unfair = (0 - bound) % bound;
        for (;;)
            if (const std::uint64_t thrown = next(); thrown >= unfair) return thrown % bound;
    }

private:
    std::uint64_t next() {
        std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        return z ^ (z >> 31);
    }
    std::uint64_t state_;
};

std::vector<Whom> visiting_order(std::span<const double> scores, std::vector<Whom> treated,
                                  const MatchOptions& options) {
    switch (options.order) {
        case VisitOrder::largest:
            std::stable_sort(treated.begin(), treated.end(),
                             [&](Whom a, Whom b) { return scores[a] > scores[b]; });
            break;
        case VisitOrder::smallest:
            std::stable_sort(treated.begin(), treated.end(),
                             [&](Whom a, Whom b) { return scores[a] < scores[b]; });
            break;
        case VisitOrder::data: break;
        case VisitOrder::random: {
            OrderDice dice(options.seed);
            for (std::size_t i = treated.size(); i > 1; --i)
                std::swap(treated[i - 1], treated[dice.below(i)]);
            break;
        }
    }
    return treated;
}

std::optional<Trouble> match_trouble(std::span<const double> scores,
                                     std::span<const std::uint8_t> is_treated,
                                     const MatchOptions& options) {
    for (std::size_t i = 0; i < scores.size(); ++i)
        if (!std::isfinite(scores[i]))
            return Trouble{fmt::format("The score of person {} is not a finite number, so nobody "
                                       "can be near it.", i + 1)};
    const auto treated = std::count_if(is_treated.begin(), is_treated.end(),
                                       [](std::uint8_t t) { return t != 0; });
    if (treated == 0) return Trouble{"Nobody was treated: there is no one to find a match for."};
    if (static_cast<std::size_t>(treated) == is_treated.size())
        return Trouble{"Everybody was treated: there is no one to compare with."};
    if (options.ratio < 1) return Trouble{"The ratio must be 1 or more."};
    if (options.caliper_sds && !(*options.caliper_sds >= 0))
        return Trouble{"The caliper must be 0 or more standard deviations."};
    return std::nullopt;
}

// The comparisons of each exact group; one group when there is no such demand.
struct ExactGroups {
    std::span<const std::int32_t> code;
    std::vector<ComparisonsByScore> of_code;

    ExactGroups(std::span<const double> scores, std::span<const std::uint8_t> is_treated,
                std::span<const std::int32_t> exact)
        : code(exact) {
        const std::int32_t last =
            exact.empty() ? 0 : *std::max_element(exact.begin(), exact.end());
        std::vector<std::vector<Whom>> people(static_cast<std::size_t>(last) + 1);
        for (Whom i = 0; i < scores.size(); ++i)
            if (!is_treated[i]) people[place_of(i)].push_back(i);
        for (std::vector<Whom>& group : people) of_code.emplace_back(scores, std::move(group));
    }
    std::size_t place_of(Whom person) const {
        return code.empty() ? 0 : static_cast<std::size_t>(code[person]);
    }
    ComparisonsByScore& of(Whom person) { return of_code[place_of(person)]; }
};

void summarise(Matching& m, std::span<const double> scores,
               std::span<const std::uint8_t> is_treated, int ratio) {
    std::stable_sort(
        m.pairs.begin(), m.pairs.end(),
        [](const MatchedPair& a, const MatchedPair& b) { return a.treated < b.treated; });
    std::vector<int> times(scores.size(), 0);
    for (const MatchedPair& pair : m.pairs) {
        const double gap = std::abs(scores[pair.treated] - scores[pair.comparison]);
        m.largest_gap = std::max(m.largest_gap, gap);
        m.sum_of_gaps += gap;
        ++times[pair.treated];
        ++times[pair.comparison];
    }
    for (std::size_t i = 0; i < scores.size(); ++i)
        if (!is_treated[i])
            ++(times[i] > 0 ? m.matched_comparisons : m.unmatched_comparisons);
        else if (times[i] == 0)
            m.unmatched_treated.push_back(i);
        else {
            ++m.matched_treated;
            if (times[i] < ratio) m.short_of_ratio.push_back(i);
        }
}

}  // namespace

Fallible<Matching> nearest_pairs(std::span<const double> scores,
                                 std::span<const std::uint8_t> is_treated,
                                 const MatchOptions& options) {
    ENSURE(scores.size() == is_treated.size());
    ENSURE(options.exact.empty() || options.exact.size() == scores.size());
    if (auto wrong = match_trouble(scores, is_treated, options))
        return tl::make_unexpected(std::move(*wrong));

    Matching m;
    m.score_sd = deviation_of(scores);
    m.caliper = options.caliper_sds ? *options.caliper_sds * m.score_sd : missing;
    const double limit =
        options.caliper_sds ? m.caliper : std::numeric_limits<double>::infinity();

    std::vector<Whom> treated;
    for (Whom i = 0; i < scores.size(); ++i)
        if (is_treated[i]) treated.push_back(i);
    const std::vector<Whom> order = visiting_order(scores, std::move(treated), options);
    ExactGroups groups(scores, is_treated, options.exact);

    if (options.replace) {
        for (Whom person : order)
            groups.of(person).nearest_many(
                scores[person], options.ratio, limit,
                [&](Whom comparison, double) { m.pairs.push_back({person, comparison}); });
    } else {
        for (int round = 0; round < options.ratio; ++round) {
            const std::size_t before = m.pairs.size();
            for (Whom person : order) {
                ComparisonsByScore& comparisons = groups.of(person);
                const auto found = comparisons.nearest(scores[person]);
                if (found.place != 0 && found.gap <= limit)
                    m.pairs.push_back({person, comparisons.use(found.place)});
            }
            if (m.pairs.size() == before) break;    // nor would a further round find anybody
        }
    }
    summarise(m, scores, is_treated, options.ratio);
    return m;
}

std::vector<double> weights_of(const Matching& matching, std::size_t n) {
    std::vector<double> weights(n, 0.0);
    for (std::size_t begin = 0, end = 0; begin < matching.pairs.size(); begin = end) {
        const std::size_t treated = matching.pairs[begin].treated;
        while (end < matching.pairs.size() && matching.pairs[end].treated == treated) ++end;
        weights[treated] = 1;
        for (std::size_t i = begin; i < end; ++i)
            weights[matching.pairs[i].comparison] += 1.0 / static_cast<double>(end - begin);
    }
    return weights;
}

CommonSupport common_support(std::span<const double> scores,
                             std::span<const std::uint8_t> is_treated) {
    constexpr double infinite = std::numeric_limits<double>::infinity();
    double low[2] = {infinite, infinite}, high[2] = {-infinite, -infinite};
    for (std::size_t i = 0; i < scores.size(); ++i) {
        const int side = is_treated[i] ? 1 : 0;
        low[side] = std::min(low[side], scores[i]);
        high[side] = std::max(high[side], scores[i]);
    }
    CommonSupport support{std::max(low[0], low[1]), std::min(high[0], high[1])};
    for (std::size_t i = 0; i < scores.size(); ++i) {
        const int other = is_treated[i] ? 0 : 1;
        if (scores[i] < low[other] || scores[i] > high[other])
            ++(is_treated[i] ? support.treated_outside : support.comparisons_outside);
    }
    return support;
}

}  // namespace alongside::evidence
