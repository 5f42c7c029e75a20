// Time as a value. Rules and actions are handed an Instant; only the edges own a Clock.
#pragma once

#include <chrono>
#include <cstdint>

namespace alongside {

// UTC, to the millisecond: what is stored, compared and sent.
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;
using Millis = std::chrono::milliseconds;
using Minutes = std::chrono::minutes;
using Hours = std::chrono::hours;

// A calendar day without a time or zone.
using Day = std::chrono::year_month_day;

constexpr std::int64_t epoch_ms(Instant at) { return at.time_since_epoch().count(); }
constexpr Instant from_epoch_ms(std::int64_t ms) { return Instant{Millis{ms}}; }

class Clock {
public:
    virtual ~Clock() = default;
    virtual Instant now() const = 0;
};

class SystemClock final : public Clock {
public:
    Instant now() const override;
    // From here on this clock is ahead of the machine's by so much. For the demo, which can be
    // opened at any hour. Not while other threads read it.
    void set_ahead(Millis by) { ahead_ = by; }

private:
    Millis ahead_{0};
};

// A clock that stands still until it is told to move. For tests and the simulation.
class SteppedClock final : public Clock {
public:
    explicit SteppedClock(Instant start) : now_(start) {}
    Instant now() const override { return now_; }
    void set(Instant at) { now_ = at; }
    void advance(Millis by) { now_ += by; }

private:
    Instant now_;
};

}  // namespace alongside
