#include "evidence/proportional.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>

#include "evidence/numbers.h"

namespace alongside::evidence {
namespace {

// 1 - S(t-) over all strata, without weights, of each row.
std::vector<double> failed_before(const Frame& frame, const SteadyTimes& times) {
    const std::size_t n = frame.size();
    std::vector<std::uint32_t> by_start;
    if (!times.start.empty()) by_start = order_of(times.start);
    std::vector<double> out(n);
    double survival = 1;
    std::size_t entered = 0;
    for (std::size_t i = 0; i < n;) {
        const double time = times.stop[times.by_stop[i]];
        while (entered < by_start.size() && times.start[by_start[entered]] < time) ++entered;
        const std::size_t at_risk = (by_start.empty() ? n : entered) - i;
        std::size_t events = 0;
        for (; i < n && times.stop[times.by_stop[i]] == time; ++i) {
            out[times.by_stop[i]] = 1 - survival;
            events += frame.event[times.by_stop[i]] != 0 ? 1 : 0;
        }
        survival *= 1 - static_cast<double>(events) / static_cast<double>(at_risk);
    }
    return out;
}

// Mean ranks, as R's rank().
std::vector<double> mean_ranks(const SteadyTimes& times) {
    std::vector<double> out(times.stop.size());
    for (std::size_t i = 0; i < out.size();) {
        std::size_t end = i;
        while (end < out.size() && times.stop[times.by_stop[end]] == times.stop[times.by_stop[i]]) {
            ++end;
        }
        const double rank = (static_cast<double>(i + end) + 1) / 2;
        for (; i < end; ++i) out[times.by_stop[i]] = rank;
    }
    return out;
}

double quadratic_form(const Matrix& information, const Vector& score) {
    const Eigen::LDLT<Matrix> decomposed(information);
    const double value = decomposed.solve(score).dot(score);
    return decomposed.isPositive() && std::isfinite(value) ? value : missing;
}

}  // namespace

std::vector<double> time_scores(const Frame& frame, const SteadyTimes& times,
                                const RiskOrder& order, TimeScale scale) {
    std::vector<double> of_row;
    switch (scale) {
        case TimeScale::none:
        case TimeScale::identity: of_row = times.stop; break;
        case TimeScale::km: of_row = failed_before(frame, times); break;
        case TimeScale::rank: of_row = mean_ranks(times); break;
        case TimeScale::log:
            of_row = times.stop;
            for (double& time : of_row) time = std::log(time);
            break;
    }
    double sum = 0, events = 0;
    for (std::size_t row = 0; row < of_row.size(); ++row) {
        if (frame.event[static_cast<Eigen::Index>(row)] == 0) continue;
        sum += of_row[row];
        ++events;
    }
    std::vector<double> scores(order.event_times());
    for (std::size_t g = 0; g < scores.size(); ++g) {
        scores[g] = of_row[order.row[order.first[g]]] - sum / events;
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
