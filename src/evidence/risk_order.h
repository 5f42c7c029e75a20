// Survival data put in order once: who is at risk at which event time. Everything else in survival
// (partial likelihood, concordance, score residuals) walks along this order.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "evidence/frame.h"

namespace alongside::evidence {

// Times in which those that differ by rounding only are equal, as R's survival::aeqSurv makes them
// (tolerance 1.5e-8, absolute or against the mean). `start` is empty without entry times.
struct SteadyTimes {
    std::vector<double> stop, start;
    std::vector<std::uint32_t> by_stop;     // rows, ascending by stop
    std::vector<std::uint32_t> first;       // of each distinct stop: its first in by_stop; the end
};
SteadyTimes steady_times(const Frame& frame, int threads = 1);

// Rows at risk at one event time at least, by stratum, then by the last event time they reach,
// those with the event there first. Rows without weight, and rows that are at risk at no event
// time, aren't in it: they change no partial likelihood.
// An event time is of one stratum; event times are numbered by stratum, ascending.
struct RiskOrder {
    std::vector<std::uint32_t> row;         // of each position: the row of the frame
    std::vector<std::uint32_t> last;        // of each position: the last event time reached
    std::vector<std::uint32_t> enters;      // the first event time at risk; empty: everyone's first
    std::vector<std::uint32_t> first;       // of each event time: its first position; and the end
    std::vector<std::uint32_t> deaths;      // of each event time: events (rows, not weights)
    std::vector<double> time;               // of each event time
    std::vector<double> death_weight;       // of each event time: the sum of the weights of events
    std::vector<std::uint32_t> stratum_first;   // of each stratum with events: its first event
                                                // time; and the end
    std::vector<std::int32_t> stratum;      // of each stratum with events: its code in the frame
    // Who enters at event time g, as positions: late[late_first[g]] up to late[late_first[g + 1]].
    // Only those who enter after the first event time of their stratum.
    std::vector<std::uint32_t> late, late_first;

    std::size_t size() const { return row.size(); }
    std::size_t event_times() const { return time.size(); }
    bool is_death(std::size_t position) const {
        return position < first[last[position]] + deaths[last[position]];
    }
};
RiskOrder risk_order(const Frame& frame, const SteadyTimes& times);

}  // namespace alongside::evidence
