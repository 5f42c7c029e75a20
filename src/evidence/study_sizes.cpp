// Means of whole numbers tell how many people they are of: 36.099 is a mean of 71, of 142, and of
// no number between. Where it isn't told how large a group was before matching, its means and
// standardised differences are told no finer than every size within reach allows.
#include <algorithm>
#include <cmath>

#include "evidence/study.h"

namespace alongside::evidence {
namespace {

constexpr double nearly = 1e-9;

// The values of a covariate as whole steps from the least.
struct Lattice {
    double least = 0, step = 0;
    double steps = 0;                   // from the least to the greatest
    bool is_binary = false;             // whose deviation follows from its mean
};

struct SizeRange {
    double from = 0, to = 0;
};

SizeRange rounded_at(double value, int places) {
    const double times = std::pow(10, places);
    const double told = std::round(value * times) / times, half = 0.5 / times;
    return {told - half - nearly, told + half + nearly};
}

// The sums, in steps, of so many people whose mean is told so; of any mean if it isn't told.
SizeRange sums_of(const Lattice& lattice, double people, double mean, int places) {
    if (places == BalancePlaces::none) return {0, people * lattice.steps};
    const auto range = rounded_at(mean, places);
    const auto sum = [&](double at) { return people * (at - lattice.least) / lattice.step; };
    return {std::max(0.0, std::ceil(sum(range.from) - nearly)),
            std::min(people * lattice.steps, std::floor(sum(range.to) + nearly))};
}

// The deviations by which a difference would be told as this standardised one.
SizeRange deviations_of(double difference, double smd, int places) {
    constexpr double forever = std::numeric_limits<double>::infinity();
    const SizeRange any{0, forever}, none{1, 0};
    if (places == BalancePlaces::none) return any;
    auto told = rounded_at(smd, places);
    if (difference == 0) return told.from <= 0 && told.to >= 0 ? any : none;
    if (difference < 0) {
        difference = -difference;
        told = {-told.to, -told.from};
    }
    if (told.to <= 0) return none;
    return {difference / told.to, told.from > 0 ? difference / told.from : forever};
}

// Whether so many whole numbers with this sum may have such a deviation.
bool may_deviate_so(const Lattice& lattice, double people, double sum, SizeRange sd) {
    if (sd.from > sd.to) return false;
    const double low = sd.from / lattice.step, high = sd.to / lattice.step;
    const double mean = sum / people;
    if (lattice.is_binary) {
        const double own = std::sqrt(mean * (1 - mean));
        return own >= low - nearly && own <= high + nearly;
    }
    const double about = sum * mean;
    // Neither less than all alike, nor more than all at the ends; and odd with the sum.
    const double least = std::max(std::ceil(low * low * (people - 1) + about - nearly),
                                  std::ceil(about - nearly));
    const double most = std::min(std::floor(high * high * (people - 1) + about + nearly),
                                 sum * lattice.steps);
    const double first = std::fmod(std::abs(least - sum), 2) == 0 ? least : least + 1;
    return first <= most;
}

// What is told of a covariate, and whether groups of such sizes could have had it.
struct ToldLine {
    Lattice lattice;
    const BalanceLine* line = nullptr;
    BalancePlaces places;

    bool fits(double programme, double comparison) const {
        const auto& before = line->before;
        const auto ours = sums_of(lattice, programme, before.mean_treated, places.mean);
        const auto theirs = sums_of(lattice, comparison, before.mean_comparison, places.mean);
        const auto after = deviations_of(
            line->after.mean_treated - line->after.mean_comparison, line->after.smd, places.after);
        for (double sum = ours.from; sum <= ours.to; ++sum) {
            if (places.before == BalancePlaces::none) {
                if (theirs.from <= theirs.to && may_deviate_so(lattice, programme, sum, after))
                    return true;
                continue;
            }
            for (double other = theirs.from; other <= theirs.to; ++other) {
                const double apart = (sum / programme - other / comparison) * lattice.step;
                const auto sd = deviations_of(apart, before.smd, places.before);
                if (may_deviate_so(lattice, programme, sum, {std::max(sd.from, after.from),
                                                          std::min(sd.to, after.to)}))
                    return true;
            }
        }
        return false;
    }
};

// The sizes that a group may have had before matching, by the flow as it is told.
struct SizesBefore {
    std::size_t size = 0, least = 0, most = 0;
};

SizesBefore sizes_before(const Study& study, const ToldFlow& flow, int arm, const char* why) {
    SizesBefore out;
    std::size_t compared = 0, together = 0;
    for (const int one : study.data.arm) out.size += one == arm;
    for (const auto row : study.sample.rows) compared += study.data.arm[row] == arm;
    for (const auto& step : flow.lost) {
        const bool is_alone = step.why == why;
        if (is_alone && (!flow.hides_start || step.lost == 0))
            return {out.size, out.size, out.size};
        if (step.why.find(why) != std::string::npos) together = step.lost;
    }
    const auto few = static_cast<std::size_t>(study.plan.smallest_cell);
    out.least = std::max(compared, out.size > few ? out.size - few : 1);
    out.most = std::min(compared + together, out.size + few);
    if (flow.hides_start) out.most = compared + few;
    return out;
}

// From the finest on.
const std::vector<BalancePlaces>& ways_to_tell() {
    constexpr int none = BalancePlaces::none;
    static const std::vector<BalancePlaces> out{
        {3, 3, 3}, {2, 2, 2}, {1, 2, 2}, {1, 1, 2}, {1, 1, 1}, {0, 1, 1}, {0, none, 1},
        {none, none, 2}, {none, none, 1}, {none, none, none}};
    return out;
}

bool fits_everywhere(const ToldLine& told, const SizesBefore& programme,
                     const SizesBefore& comparison) {
    const auto fits = [&](std::size_t ours, std::size_t theirs) {
        return told.fits(static_cast<double>(ours), static_cast<double>(theirs));
    };
    for (auto n = programme.least; n <= programme.most; ++n) {
        if (!fits(n, comparison.size)) return false;
    }
    for (auto n = comparison.least; n <= comparison.most; ++n) {
        if (!fits(programme.size, n)) return false;
    }
    return true;
}

BalancePlaces places_of_line(const Covariate& covariate, const BalanceLine& line,
                         const SizesBefore& programme, const SizesBefore& comparison) {
    ToldLine told;
    const auto [least, greatest] = std::ranges::minmax(covariate.values);
    told.lattice = {least, common_step(covariate.values), 0, line.is_binary};
    if (!(told.lattice.step > 0)) return {};
    told.lattice.steps = std::round((greatest - least) / told.lattice.step);
    told.line = &line;
    for (const auto& way : ways_to_tell()) {
        told.places = way;
        const bool tells_nothing = way.after == BalancePlaces::none;
        if (tells_nothing || fits_everywhere(told, programme, comparison)) return way;
    }
    return ways_to_tell().back();
}

}  // namespace

double common_step(const std::vector<double>& values) {
    if (values.empty()) return 0;
    const auto [least, greatest] = std::ranges::minmax(values);
    const double tiny = (greatest - least) * 1e-6;
    double step = 0;
    for (const double value : values) {
        double rest = value - least;
        // Euclid's, with what is nearly nothing taken for nothing.
        while (rest > tiny) {
            const double next = std::fmod(step, rest);
            step = rest;
            rest = rest - next <= tiny ? 0 : next;
        }
    }
    return step;
}

std::vector<BalancePlaces> places_of_balance(const Study& study, const ToldFlow& flow) {
    if (!study.matched || flow.hides_all || study.plan.smallest_cell < 2) return {};
    const auto programme = sizes_before(study, flow, 1, lost_unmatched);
    const auto comparison = sizes_before(study, flow, 0, lost_not_needed);
    if (programme.least == programme.most && comparison.least == comparison.most) return {};
    std::vector<BalancePlaces> out;
    for (std::size_t i = 0; i < study.balance.size(); ++i) {
        out.push_back(
            places_of_line(study.data.balanced[i], study.balance[i], programme, comparison));
    }
    return out;
}

}  // namespace alongside::evidence
