#include "evidence/proportional.h"

#include <algorithm>
#include <cmath>

#include "evidence/decompositions.h"
#include "evidence/numbers.h"
#include "evidence/parallel.h"

namespace alongside::evidence {
namespace {

// What each distinct time is worth on the scale of the test.
std::vector<double> worth_of_times(const Frame& frame, const SteadyTimes& times,
                             std::span<const double> events, TimeScale scale) {
    const std::size_t count = events.size(), n = frame.size();
    std::vector<double> out(count);
    const auto time = [&](std::size_t k) { return times.stop[times.by_stop[times.first[k]]]; };
    switch (scale) {
        case TimeScale::none:
        case TimeScale::identity:
            for (std::size_t k = 0; k < count; ++k) out[k] = time(k);
            break;
        case TimeScale::log:
            for (std::size_t k = 0; k < count; ++k) out[k] = std::log(time(k));
            break;
        case TimeScale::rank:                   // the mean of those with the same time
            for (std::size_t k = 0; k < count; ++k) {
                out[k] = (static_cast<double>(times.first[k] + times.first[k + 1]) + 1) / 2;
            }
            break;
        case TimeScale::km: {                   // 1 - S(t-) over all strata, without weights
            std::vector<double> starts = times.start;
            std::sort(starts.begin(), starts.end());
            double survival = 1;
            std::size_t entered = starts.empty() ? n : 0;
            for (std::size_t k = 0; k < count; ++k) {
                while (entered < n && starts[entered] < time(k)) ++entered;
                out[k] = 1 - survival;
                survival *= 1 - events[k] / static_cast<double>(entered - times.first[k]);
            }
            break;
        }
    }
    return out;
}

// Of each distinct time.
std::vector<double> events_by_time(const Frame& frame, const SteadyTimes& times, int threads) {
    std::vector<double> events(times.first.size() - 1, 0.0);
    constexpr std::size_t a_piece = 64;
    in_parallel(threads, (events.size() + a_piece - 1) / a_piece, [&](std::size_t piece) {
        const std::size_t end = std::min(events.size(), (piece + 1) * a_piece);
        for (std::size_t k = piece * a_piece; k < end; ++k) {
            for (auto i = times.first[k]; i < times.first[k + 1]; ++i) {
                events[k] += frame.event[times.by_stop[i]] != 0 ? 1 : 0;
            }
        }
    });
    return events;
}

double quadratic_form(const Matrix& information, const Vector& score) {
    const Ldlt decomposed(information);
    const double value = decomposed.solve(score).dot(score);
    return decomposed.is_positive() && std::isfinite(value) ? value : missing;
}

}  // namespace

std::vector<double> time_scores(const Frame& frame, const SteadyTimes& times,
                                const RiskOrder& order, TimeScale scale, int threads) {
    const std::vector<double> events = events_by_time(frame, times, threads);
    const std::vector<double> worth = worth_of_times(frame, times, events, scale);
    double sum = 0, all = 0;
    for (std::size_t k = 0; k < events.size(); ++k) {
        if (events[k] > 0) sum += worth[k] * events[k];
        all += events[k];
    }
    std::vector<double> scores(order.event_times());
    for (std::size_t g = 0; g < scores.size(); ++g) {
        const auto at = std::lower_bound(
            times.first.begin(), times.first.end() - 1, order.time[g],
            [&](auto first, double time) { return times.stop[times.by_stop[first]] < time; });
        scores[g] = worth[static_cast<std::size_t>(at - times.first.begin())] - sum / all;
    }
    return scores;
}

std::vector<ZphLine> proportionality(const TiedLikelihood& at, std::span<const double> scores,
                                     std::span<const int> term_of,
                                     const std::vector<std::string>& terms) {
    const auto columns = static_cast<Eigen::Index>(term_of.size());
    std::vector<double> squares(scores.begin(), scores.end());
    for (double& value : squares) value *= value;
    const Derivatives plain = at.derivatives(), by_time = at.derivatives(scores);
    const Matrix by_square = at.derivatives(squares).information;
    const auto test = [&](Eigen::Index begin, Eigen::Index end, const std::string& name) {
        const Eigen::Index more = end - begin;
        Matrix information(columns + more, columns + more);
        information.topLeftCorner(columns, columns) = plain.information;
        information.bottomLeftCorner(more, columns) = by_time.information.middleRows(begin, more);
        information.topRightCorner(columns, more) = by_time.information.middleCols(begin, more);
        information.bottomRightCorner(more, more) = by_square.block(begin, begin, more, more);
        Vector score = Vector::Zero(columns + more);
        score.tail(more) = by_time.score.segment(begin, more);
        ZphLine line{name, quadratic_form(information, score), static_cast<int>(more)};
        line.p = chi_squared_tail(line.chisq, line.df);
        return line;
    };
    std::vector<ZphLine> lines;
    for (Eigen::Index begin = 0; begin < columns;) {
        const int term = term_of[static_cast<std::size_t>(begin)];
        Eigen::Index end = begin;
        while (end < columns && term_of[static_cast<std::size_t>(end)] == term) ++end;
        lines.push_back(test(begin, end, terms[static_cast<std::size_t>(term)]));
        begin = end;
    }
    if (columns > 0) lines.push_back(test(0, columns, "GLOBAL"));
    return lines;
}

}  // namespace alongside::evidence
