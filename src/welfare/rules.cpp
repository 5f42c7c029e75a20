#include "welfare/rules.h"

#include <algorithm>

namespace alongside::welfare::rules {
namespace {

Millis within(Instant from, Instant until, Instant window_from) {
    return std::max(until - std::max(from, window_from), Millis{0});
}

// [from, until) and [night.from, night.to) have a moment in common; from == until is a moment.
bool touches(const Night& night, Instant from, Instant until) {
    if (from >= night.to) return false;
    return until > night.from || (from == until && from >= night.from);
}

void add_once(std::vector<Day>& nights, Day night) {
    if (std::find(nights.begin(), nights.end(), night) == nights.end()) nights.push_back(night);
}

void add_sessions(const Work& work, const Moment& at, Load& out) {
    std::vector<Day> nights;
    for (const auto& one : work.spent) {
        if (one.from > at.now) {                    // the clock was set back
            out.is_with_someone = out.is_with_someone || !one.until;
            continue;
        }
        const Instant until = std::min(one.until.value_or(at.now), at.now);
        if (!one.until || *one.until > at.now) out.is_with_someone = true;
        else if (!out.last_ended || *out.last_ended < until) out.last_ended = until;
        out.in_7_days += within(one.from, until, at.week_from);
        out.in_fairness_window += within(one.from, until, at.fairness_from);
        const bool in_week = until > at.week_from;
        // Another scheme's night may begin earlier than this one's: it is the same night.
        const bool is_of_this_night = at.night && one.night_of == at.night->starts_on;
        if (is_of_this_night || (at.night && touches(*at.night, one.from, until))) {
            out.has_worked_this_night = true;
            add_once(nights, at.night->starts_on);
        }
        if (one.night_of && in_week) add_once(nights, *one.night_of);
    }
    out.nights_in_7_days = static_cast<int>(nights.size());
}

}  // namespace

Moment moment(const Window& window) {
    return {window.now, window.now - Hours{7 * 24}, window.now - Hours{window.fairness_days * 24},
            window.zone.local(window.now).day, night_at(window.zone, window.night, window.now)};
}

Load load(const Work& work, const Moment& at) {
    Load out;
    out.person_id = work.person_id;
    add_sessions(work, at, out);
    // Rest and standing down begin when they are recorded: what begins later was recorded before
    // the clock was set back, and holds.
    for (const auto& rest : work.rested) {
        if (rest.excused_on == at.today) out.is_excused_from_work = true;
        if (rest.until <= at.now) continue;
        if (rest.is_waived) {
            out.has_waived_rest = true;
        } else if (!out.resting_until || *out.resting_until < rest.until) {
            out.resting_until = rest.until;
        }
    }
    for (const auto& stood : work.stood_down) {
        if (stood.until > at.now) out.is_standing_down = true;
    }
    return out;
}

bool is_empty(const Load& load) {
    return !load.resting_until && !load.is_excused_from_work && !load.is_standing_down &&
           !load.is_with_someone && !load.has_waived_rest && !load.has_worked_this_night &&
           load.nights_in_7_days == 0 && load.in_7_days == Millis{0} &&
           load.in_fairness_window == Millis{0} && !load.last_ended;
}

Rest rest_after(Instant ended, int hours, const Zone& zone) {
    const Instant until = ended + Hours{hours};
    return {ended, until, zone.local(ended + (until - ended) / 2).day};
}

}  // namespace alongside::welfare::rules
