#include "rota/calendar.h"

#include <algorithm>

namespace alongside::rota {
namespace {

class CalendarReading {
public:
    CalendarReading(sql::Reader& reader, const EstablishmentId& home,
                    const schemes::Policy& policy, const Zone& zone, Day first, int days,
                    Instant now, CalledOut called_out)
        : reader_(reader), home_(home), policy_(policy), zone_(zone), first_(first), now_(now),
          from_(start_of(0)), to_(start_of(days)), called_out_(called_out) {
        out_.first = first;
        out_.days = days;
    }

    CalendarDays all() {
        read_gaps();
        read_shifts();
        out_.cannot = who_cannot_come(reader_, home_, policy_.scheme, Among::members, from_,
                                      to_ + rules::longest_shift, now_);
        for (const auto& one : out_.cannot) {
            mark(one.person_id, one.from, one.to, mark_of(one));
        }
        for (auto& [whose, marks] : out_.marks) {
            std::ranges::sort(marks);
            const auto again = std::ranges::unique(marks);
            marks.erase(again.begin(), again.end());
        }
        return std::move(out_);
    }

private:
    Instant start_of(int day) const {
        return zone_.instant(Day{std::chrono::sys_days{first_} + std::chrono::days{day}}, 0);
    }
    int day_of(Instant at) const {
        return static_cast<int>((std::chrono::sys_days{zone_.local(at).day} -
                                 std::chrono::sys_days{first_}).count());
    }

    static CalendarMark mark_of(const WhoCannot& one) {
        using enum CalendarMark::What;
        if (const auto* why = std::get_if<Unready>(&one.why)) return {unready, {}, *why};
        switch (std::get<NotTonight>(one.why)) {
            case NotTonight::resting: return {resting};
            case NotTonight::said_so: return {cannot, one.said};
            default: return {standing_down};
        }
    }
    void mark(PersonId person, Instant from, Instant to, const CalendarMark& what) {
        if (to <= from_ || from >= to_) return;
        const int last = std::min(day_of(to - Millis{1}), out_.days - 1);
        for (int day = std::max(day_of(from), 0); day <= last; ++day) {
            out_.marks[{person, day}].push_back(what);
        }
    }

    void read_gaps() {
        if (to_ <= now_) return;
        for (auto& gap : gaps_ahead(reader_, home_, policy_.scheme, now_, to_,
                                   called_out_)) {
            if (gap.to > from_) out_.gaps.push_back(std::move(gap));
        }
    }

    void read_shifts() {
        std::map<ShiftId, std::vector<store::Put>> on;
        for (const auto& put : store::puts(reader_, home_, policy_.scheme, from_,
                                           to_ + rules::longest_shift)) {
            on[put.shift_id].push_back(put);
        }
        std::map<ShiftId, int> short_by;
        for (const auto& gap : out_.gaps) {
            short_by[gap.shift_id] = std::max(short_by[gap.shift_id], gap.short_by);
        }
        std::map<std::string, int> begins;      // the earliest of each name
        auto shifts = store::shifts(reader_, home_, policy_.scheme, from_, to_);
        std::erase_if(shifts, [&](const store::Shift& one) { return one.starts_at < from_; });
        for (const auto& shift : shifts) {
            const int minute = zone_.local(shift.starts_at).minute;
            const auto [found, is_new] = begins.emplace(shift.name, minute);
            if (!is_new) found->second = std::min(found->second, minute);
        }
        for (const auto& [name, minute] : begins) out_.kinds.push_back(name);
        std::ranges::stable_sort(out_.kinds, {}, [&](const auto& name) { return begins[name]; });
        for (auto& shift : shifts) {
            const auto kind = std::ranges::find(out_.kinds, shift.name) - out_.kinds.begin();
            const auto id = shift.shift_id;
            const bool is_night = rules::night_worked(zone_, policy_.night, shift.starts_at,
                                                      shift.ends_at).has_value();
            const int day = day_of(shift.starts_at), minute = zone_.local(shift.starts_at).minute;
            out_.shifts.push_back({std::move(shift), day, static_cast<std::size_t>(kind), is_night,
                                   minute, short_by[id], std::move(on[id])});
        }
    }

    sql::Reader& reader_;
    const EstablishmentId& home_;
    const schemes::Policy& policy_;
    const Zone& zone_;
    Day first_;
    Instant now_, from_, to_;
    CalledOut called_out_;
    CalendarDays out_;
};

}  // namespace

std::vector<const CalendarShift*> CalendarDays::on_day(int day) const {
    std::vector<const CalendarShift*> out;
    for (const auto& one : shifts) {
        if (one.day == day) out.push_back(&one);
    }
    return out;
}

CalendarDays calendar_days(sql::Reader& reader, const EstablishmentId& home,
                           const schemes::Policy& policy, const Zone& zone, Day first, int days,
                           Instant now, CalledOut called_out) {
    return CalendarReading(reader, home, policy, zone, first, days, now, called_out).all();
}

}  // namespace alongside::rota
