#include "planner/counted_line.h"

#include <algorithm>
#include <numeric>

#include "base/ensure.h"
#include "planner/ways.h"

namespace alongside::planner {
namespace {


// Nearly all of the time is spent in these two.
#if defined(__x86_64__) && defined(__OPTIMIZE__) && !defined(ALONGSIDE_SANITIZED)
#define ALONGSIDE_WIDE __attribute__((target_clones("avx2", "default"), optimize("O3")))
#else
#define ALONGSIDE_WIDE
#endif
ALONGSIDE_WIDE void take_cheaper(double* __restrict to, const double* __restrict from, double price,
                                 int count) {
    for (int i = 0; i < count; ++i) {
        const double cost = from[i] + price;
        to[i] = cost < to[i] ? cost : to[i];
    }
}
ALONGSIDE_WIDE void forbid(double* from, double* to) {
    for (; from != to; ++from) *from = never;
}

}  // namespace

// A table a day. Its planes: state, how often each counted kind was worked. In a plane a layer for
// each sum of expected time with people, where that is counted; in a layer a row for each number of
// weekends; in a row the minutes so far of what isn't counted, in units of their
// common divisor, from the least that can still become enough. After each row stands room for what
// a step moves beyond its end, so that many rows move at once.
class CountedLine::Table {
public:
    Table(const Problem& problem, int person, const std::vector<int>& counted)
        : problem_(problem), p_(problem.people[person]),
          ways_(problem, person, with_nights(problem, person, counted)) {
        set_up_planes();
        set_up_minutes();
        set_up_rows();
        set_up_reach();
    }

    std::optional<BestLine::Found> find(const std::vector<double>& price,
                                        std::vector<double>& scratch,
                                        const std::vector<bool>& must_work) {
        if (is_impossible_) return std::nullopt;
        must_work_ = must_work;
        const auto needed = (room_before() + of_day_) * (problem_.days + 1) + room_before();
        if (scratch.size() < needed) scratch.resize(needed);
        values_ = scratch.data();
        ways_.choose_kinds(price, price_, choice_);
        fill();
        Place end;
        const double best = cheapest_end(end);
        if (best == never) return std::nullopt;
        return BestLine::Found{trace(end), best, best};
    }

    std::size_t width() const { return of_plane_ * planes_; }
    std::size_t size() const { return (room_before() + of_day_) * (problem_.days + 1); }

private:
    // What nights cost depends on their number.
    static std::vector<int> with_nights(const Problem& problem, int person,
                                        std::vector<int> counted) {
        const auto& p = problem.people[person];
        for (int kind = 0; kind < static_cast<int>(problem.kinds.size()); ++kind) {
            if (problem.kinds[kind].is_night && !p.of_nights.empty() && p.most_of[kind] > 0 &&
                std::ranges::count(counted, kind) == 0) {
                counted.push_back(kind);
            }
        }
        std::ranges::sort(counted);
        return counted;
    }

    struct Place {
        int state = 0, plane = 0, layer = 0, weekend = 0, at = 0;
    };
    // What a step changes.
    struct Change {
        double price = 0;
        int units = 0, plane = 0, counter = -1, weekend = 0, layer = 0;
    };

    int class_count() const { return static_cast<int>(ways_.classes().size()); }

    bool may_work(int day, int kind_class) const {
        return std::ranges::any_of(ways_.classes()[kind_class].kinds, [&](int kind) {
            return p_.most_of[kind] > 0 &&
                   (p_.barred.empty() || !p_.barred[problem_.cell(day, kind)]);
        });
    }

    void set_up_planes() {
        stride_ = {1};
        for (const int most : ways_.most_counted()) stride_.push_back(stride_.back() * (most + 1));
        planes_ = stride_.back();
        for (int plane = 0; plane < planes_; ++plane) {
            int minutes = 0, nights = 0;
            for (std::size_t i = 0; i + 1 < stride_.size(); ++i) {
                const auto& kind = problem_.kinds[ways_.counted()[i]];
                const int count = (plane / stride_[i]) % (ways_.most_counted()[i] + 1);
                minutes += count * kind.minutes;
                nights += kind.is_night ? count : 0;
            }
            minutes_of_.push_back(minutes);
            nights_of_.push_back(nights);
        }
        planes_before_.resize(stride_.size());
        for (int plane = 0; plane < planes_; ++plane) {
            for (int counter = -1; counter + 1 < static_cast<int>(stride_.size()); ++counter) {
                if (fits(counter, plane)) planes_before_[counter + 1].push_back(plane);
            }
        }
    }

    void set_up_minutes() {
        const auto& classes = ways_.classes();
        for (const auto& one : classes) {
            if (one.counter < 0) unit_ = std::gcd(unit_, one.minutes);
        }
        counts_minutes_ =
            p_.most_minutes < no_limit || p_.least_minutes > 0 || !p_.of_hours.empty();
        unit_ = std::max(unit_, 1);

        const auto minutes = [&](int, int kind_class) {
            return ways_.classes()[kind_class].minutes;
        };
        set_up_bands(most_of(minutes, false), most_of(minutes, true));
        for (const auto& one : classes) {
            if (one.counter < 0 && counts_minutes_) {
                most_shift_ = std::max(most_shift_, one.minutes / unit_);
            }
        }
    }

    // The most minutes, say, that fit into the days before each day, or from it on: by runs alone.
    template <class Of>
    std::vector<int> most_of(const Of& of, bool from_there_on) const {
        const int states = static_cast<int>(ways_.states().size());
        std::vector<int> out(problem_.days + 1, 0), now(states, from_there_on ? 0 : -no_limit);
        if (!from_there_on) now[ways_.first_state()] = 0;
        for (int i = 0; i < problem_.days; ++i) {
            const int day = from_there_on ? problem_.days - 1 - i : i;
            std::vector<int> next(states, -no_limit);
            for (const auto& step : ways_.steps()) {
                const bool works = step.kind_class != day_off;
                if (works && !may_work(day, step.kind_class)) continue;
                const int more = works ? of(day, step.kind_class) : 0;
                const int here = from_there_on ? step.to : step.from;
                const int there = from_there_on ? step.from : step.to;
                next[there] = std::max(next[there], now[here] + more);
            }
            now = std::move(next);
            const int most = std::max(0, *std::ranges::max_element(now));
            out[from_there_on ? day : day + 1] = most;
        }
        return out;
    }

    // For each day and plane the units that can be reached and can still become enough.
    void set_up_bands(const std::vector<int>& most_before, const std::vector<int>& most_after) {
        low_.assign(static_cast<std::size_t>(problem_.days + 1) * planes_, 0);
        high_ = low_;
        if (!counts_minutes_) return;
        bool is_possible = false;
        for (int plane = 0; plane < planes_; ++plane) {
            const int counted = minutes_of_[plane];
            for (int day = 0; day <= problem_.days; ++day) {
                const int least = p_.least_minutes - counted - most_after[day];
                int& low = low_[band(day, plane)];
                int& high = high_[band(day, plane)];
                low = least > 0 ? (least + unit_ - 1) / unit_ : 0;
                high = std::min(p_.most_minutes - counted, most_before[day]) / unit_;
                if (p_.most_minutes < counted) high = -1;
                if (high < low) low = high + 1;              // an empty band
                width_ = std::max(width_, high - low + 1);
                if (day > 0) {
                    most_shift_ = std::max(most_shift_, std::abs(low - low_[band(day - 1, plane)]));
                }
            }
            is_possible |= low_[band(problem_.days, plane)] <= high_[band(problem_.days, plane)];
        }
        if (!is_possible || low_[band(0, 0)] != 0) is_impossible_ = true;
    }

    void set_up_rows() {
        int saturdays = 0;
        for (int day = 0; day < problem_.days; ++day) {
            saturdays +=
                problem_.is_saturday(day) || (problem_.is_sunday(day) && day == 0) ? 1 : 0;
        }
        counts_weekends_ = p_.most_weekends < saturdays || !p_.of_weekends.empty();
        weekends_ = counts_weekends_ ? std::min(p_.most_weekends, saturdays) + 1 : 1;
        row_ = width_ + most_shift_;
        if (problem_.counts_exposure(p_)) {
            const auto exposure = [&](int day, int kind_class) {
                return ways_.exposure_of(day, kind_class);
            };
            layers_ = most_of(exposure, false).back() + 1;
        }
        of_layer_ = static_cast<std::size_t>(weekends_) * row_;
        of_plane_ = of_layer_ * layers_;
        of_state_ = of_plane_ * planes_;
        of_day_ = of_state_ * ways_.states().size();
    }

    // Which planes of a state can be reached on each day, and can still come to an end.
    void set_up_reach() {
        const auto states = ways_.states().size();
        const auto at = [&](int day, int state, int plane) {
            return (static_cast<std::size_t>(day) * states + state) * planes_ + plane;
        };
        std::vector<char> before(at(problem_.days + 1, 0, 0), 0), after = before;
        before[at(0, ways_.first_state(), 0)] = 1;
        std::fill(after.begin() + static_cast<long>(at(problem_.days, 0, 0)), after.end(), 1);
        const auto each_step = [&](int day, const auto& told) {
            for (const auto& step : ways_.steps()) {
                const bool works = step.kind_class != day_off;
                if (works && !may_work(day, step.kind_class)) continue;
                const int counter = works ? ways_.classes()[step.kind_class].counter : -1;
                const int more = counter < 0 ? 0 : stride_[counter];
                for (const int plane : planes_before_[counter + 1]) {
                    told(at(day, step.from, plane), at(day + 1, step.to, plane + more));
                }
            }
        };
        for (int day = 0; day < problem_.days; ++day) {
            each_step(day, [&](std::size_t from, std::size_t to) { before[to] |= before[from]; });
        }
        for (int day = problem_.days - 1; day >= 0; --day) {
            each_step(day, [&](std::size_t from, std::size_t to) { after[from] |= after[to]; });
        }
        for (std::size_t i = 0; i < before.size(); ++i) before[i] &= after[i];
        can_be_at_ = std::move(before);
    }
    bool can_be_at(int day, int state, int plane) const {
        return can_be_at_[(static_cast<std::size_t>(day) * ways_.states().size() + state) *
                              planes_ + plane] != 0;
    }

    // False: the step can't be taken on this day.
    bool change_of(int day, const Ways::Step& step, Change& out) const {
        out = {};
        if (step.kind_class == day_off) return must_work_.empty() || !must_work_[day];
        const auto& one = ways_.classes()[step.kind_class];
        out.price = price_[day * class_count() + step.kind_class];
        if (out.price == never) return false;
        out.counter = one.counter;
        if (one.counter >= 0) out.plane = stride_[one.counter];
        else if (counts_minutes_) out.units = one.minutes / unit_;
        if (layers_ > 1) out.layer = ways_.exposure_of(day, step.kind_class);
        if (!counts_weekends_) return true;
        const bool was_off = ways_.states()[step.from].kind_class == day_off;
        out.weekend = problem_.is_saturday(day) ||
                              (problem_.is_sunday(day) && (day == 0 || was_off)) ? 1 : 0;
        return true;
    }
    bool fits(int counter, int plane) const {            // before a step that it counts
        if (counter < 0) return true;
        const int most = ways_.most_counted()[counter];
        return (plane / stride_[counter]) % (most + 1) < most;
    }

    // Before each table stands room for what moves down out of its first row.
    double* values_of(int day) const {
        return values_ + room_before() + day * (of_day_ + room_before());
    }
    double* row_of(int day, int state, int plane, int layer, int weekend) const {
        return values_of(day) + state * of_state_ + plane * of_plane_ + layer * of_layer_ +
               static_cast<std::size_t>(weekend) * row_;
    }

    void fill() {
        forbid(values_of(0) - room_before(), values_of(0) + of_day_ + room_before());
        row_of(0, ways_.first_state(), 0, 0, 0)[0] = 0;
        for (int day = 0; day < problem_.days; ++day) {
            for (int state = 0; state < static_cast<int>(ways_.states().size()); ++state) {
                double* values = row_of(day + 1, state, 0, 0, 0);
                forbid(values, values + of_state_ + room_before());
                for (int i = ways_.steps_to(state); i < ways_.steps_to(state + 1); ++i) {
                    take(day, ways_.steps()[i]);
                }
                clear_room(day + 1, state);
            }
        }
    }
    void take(int day, const Ways::Step& step) const {
        Change change;
        if (!change_of(day, step, change) || change.weekend >= weekends_) return;
        for (const int plane : planes_before_[change.counter + 1]) {
            if (!can_be_at(day, step.from, plane)) continue;
            const int to = plane + change.plane;
            const int shift = low_[band(day, plane)] + change.units - low_[band(day + 1, to)];
            if (std::abs(shift) > most_shift_) continue;       // an empty band
            for (int layer = 0; layer + change.layer < layers_; ++layer) {
                take_cheaper(
                    row_of(day + 1, step.to, to, layer + change.layer, change.weekend) + shift,
                    row_of(day, step.from, plane, layer, 0), change.price,
                    (weekends_ - change.weekend) * row_);
            }
        }
    }
    // What was moved beyond an end of a row, or has become too many minutes.
    void clear_room(int day, int state) const {
        double* row = row_of(day, state, 0, 0, 0);
        forbid(row - room_before(), row);
        for (int plane = 0; plane < planes_; ++plane) {
            const int used = high_[band(day, plane)] - low_[band(day, plane)] + 1;
            for (int i = 0; i < layers_ * weekends_; ++i, row += row_) {
                for (int at = used; at < row_; ++at) row[at] = never;
            }
        }
        forbid(row, row + room_before());
    }

    double cheapest_end(Place& end) const {
        double best = never;
        for (Place at; at.state < static_cast<int>(ways_.states().size()); ++at.state) {
            for (at.plane = 0; at.plane < planes_; ++at.plane) {
                for (at.layer = 0; at.layer < layers_; ++at.layer) {
                    for (at.weekend = 0; at.weekend < weekends_; ++at.weekend) {
                        cheapest_of_row(at, best, end);
                    }
                }
            }
        }
        return best;
    }
    void cheapest_of_row(Place at, double& best, Place& end) const {
        const double* row = row_of(problem_.days, at.state, at.plane, at.layer, at.weekend);
        const int last = band(problem_.days, at.plane);
        const double burden = static_cast<double>(cost_at(p_.of_nights, nights_of_[at.plane]) +
                                                  problem_.cost_of_exposure(p_, at.layer) +
                                                  cost_at(p_.of_weekends, at.weekend));
        for (at.at = 0; at.at <= high_[last] - low_[last]; ++at.at) {
            const int minutes = minutes_of_[at.plane] + (low_[last] + at.at) * unit_;
            const double cost =
                row[at.at] + burden + static_cast<double>(cost_at(p_.of_hours, minutes / 60));
            if (cost < best) {
                best = cost;
                end = at;
            }
        }
    }

    // Back through the steps that gave these very values.
    Line trace(Place at) const {
        Line out(problem_.days, day_off);
        for (int day = problem_.days - 1; day >= 0; --day) {
            const double value = row_of(day + 1, at.state, at.plane, at.layer, at.weekend)[at.at];
            bool was_found = false;
            for (int i = ways_.steps_to(at.state); i < ways_.steps_to(at.state + 1); ++i) {
                const auto& step = ways_.steps()[i];
                Change change;
                if (!change_of(day, step, change)) continue;
                Place before{step.from, at.plane - change.plane, at.layer - change.layer,
                             at.weekend - change.weekend, 0};
                if (before.plane < 0 || before.layer < 0 || before.weekend < 0 ||
                    !fits(change.counter, before.plane)) {
                    continue;
                }
                before.at = low_[band(day + 1, at.plane)] + at.at - change.units -
                            low_[band(day, before.plane)];
                if (before.at < 0 || before.at >= width_) continue;
                const double* row = row_of(day, before.state, before.plane, before.layer,
                                           before.weekend);
                if (row[before.at] + change.price != value) continue;
                if (step.kind_class != day_off) {
                    out[day] = choice_[day * class_count() + step.kind_class];
                }
                at = before;
                was_found = true;
                break;
            }
            ENSURE(was_found);
        }
        return out;
    }

    std::size_t room_before() const { return static_cast<std::size_t>(most_shift_); }

    const Problem& problem_;
    const Person& p_;
    Ways ways_;
    int unit_ = 0, width_ = 1, most_shift_ = 0, row_ = 1;
    int weekends_ = 1, layers_ = 1, planes_ = 1;
    bool counts_minutes_ = false, counts_weekends_ = false, is_impossible_ = false;
    int band(int day, int plane) const { return day * planes_ + plane; }

    std::vector<int> low_, high_;                   // by band: units
    std::vector<std::vector<int>> planes_before_;   // by counter + 1: before which steps it fits
    std::vector<int> stride_;                       // of counters, in planes
    std::vector<int> minutes_of_, nights_of_;       // of what is counted, by plane
    std::size_t of_layer_ = 0, of_plane_ = 0, of_state_ = 0, of_day_ = 0;
    std::vector<char> can_be_at_;                   // by day, state and plane
    double* values_ = nullptr;                      // while a line is looked for
    std::vector<bool> must_work_;                   // the same
    std::vector<double> price_;                     // by day and class
    std::vector<int> choice_;
};

CountedLine::CountedLine(const Problem& problem, int person, const std::vector<int>& counted)
    : table_(std::make_unique<Table>(problem, person, counted)) {}
CountedLine::~CountedLine() = default;

std::optional<BestLine::Found> CountedLine::find(const std::vector<double>& price,
                                                 std::vector<double>& scratch,
                                                 const std::vector<bool>& must_work) {
    return table_->find(price, scratch, must_work);
}

std::size_t CountedLine::width() const { return table_->width(); }
std::size_t CountedLine::size() const { return table_->size(); }

}  // namespace alongside::planner
