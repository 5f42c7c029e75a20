#include "base/civil_time.h"

#include <date/tz.h>

#include <charconv>
#include <cstdio>

namespace alongside {
namespace {

const date::time_zone& tz(const void* zone) { return *static_cast<const date::time_zone*>(zone); }

date::year_month_day to_date(Day day) {
    return date::year{static_cast<int>(day.year())} /
           date::month{static_cast<unsigned>(day.month())} /
           date::day{static_cast<unsigned>(day.day())};
}

Day from_days(date::local_days days) {
    return Day{std::chrono::sys_days{std::chrono::days{days.time_since_epoch().count()}}};
}

Day next(Day day, int by) { return Day{std::chrono::sys_days{day} + std::chrono::days{by}}; }

std::optional<int> number(std::string_view text) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return {};
    if (text[0] == '-' || text[0] == '+') return {};
    return value;
}

Night occurrence(const Zone& zone, DailyPeriod night, Day starts_on) {
    const Day ends_on = night.to_minute <= night.from_minute ? next(starts_on, 1) : starts_on;
    return {starts_on, zone.instant(starts_on, night.from_minute),
            zone.instant(ends_on, night.to_minute)};
}

}  // namespace

std::optional<Zone> Zone::find(std::string_view iana_name) {
    try {
        return Zone(date::locate_zone(std::string(iana_name)));
    } catch (const std::runtime_error&) {
        return std::nullopt;
    }
}

std::string_view Zone::name() const { return tz(zone_).name(); }

Zone::Local Zone::local(Instant at) const {
    const auto wall = tz(zone_).to_local(date::sys_time<Millis>(at.time_since_epoch()));
    const auto day = date::floor<date::days>(wall);
    const auto minute = std::chrono::duration_cast<Minutes>(wall - day);
    return {from_days(day), static_cast<int>(minute.count())};
}

Instant Zone::instant(Day day, int minute_of_day) const {
    const auto wall = date::local_days{to_date(day)} + Minutes{minute_of_day};
    const auto info = tz(zone_).get_info(wall);
    const auto utc = info.result == date::local_info::nonexistent
                         ? info.first.end
                         : date::sys_seconds{wall.time_since_epoch() - info.first.offset};
    return Instant{Millis{utc.time_since_epoch()}};
}

std::string Zone::abbreviation(Instant at) const {
    return tz(zone_).get_info(date::sys_time<Millis>(at.time_since_epoch())).abbrev;
}

Zone::Shown Zone::shown(Day day, int minute_of_day) const {
    const auto wall = date::local_days{to_date(day)} + Minutes{minute_of_day};
    switch (tz(zone_).get_info(wall).result) {
        case date::local_info::nonexistent: return Shown::never;
        case date::local_info::ambiguous: return Shown::twice;
        default: return Shown::once;
    }
}

std::optional<Night> night_at(const Zone& zone, DailyPeriod night, Instant at) {
    const Day today = zone.local(at).day;
    for (const int back : {-1, 0}) {
        const Night candidate = occurrence(zone, night, next(today, back));
        if (candidate.from <= at && at < candidate.to) return candidate;
    }
    return std::nullopt;
}

std::optional<Night> night_touched(const Zone& zone, DailyPeriod night, Instant from,
                                   Instant to) {
    if (const auto already = night_at(zone, night, from)) return already;
    const Day today = zone.local(from).day;
    for (const int ahead : {0, 1}) {
        const Night candidate = occurrence(zone, night, next(today, ahead));
        if (candidate.from >= from && candidate.from < to) return candidate;
    }
    return std::nullopt;
}

std::string iso_day(Day day) {
    char out[24];
    std::snprintf(out, sizeof out, "%04d-%02u-%02u", static_cast<int>(day.year()),
                  static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
    return out;
}

std::optional<Day> parse_iso_day(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return {};
    const auto year = number(text.substr(0, 4));
    const auto month = number(text.substr(5, 2));
    const auto day = number(text.substr(8, 2));
    if (!year || !month || !day) return {};
    const Day out{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                  std::chrono::day{static_cast<unsigned>(*day)}};
    if (!out.ok()) return {};
    return out;
}

std::string iso_instant(Instant at) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
    const auto days = std::chrono::floor<std::chrono::days>(seconds);
    const std::chrono::hh_mm_ss time{seconds - days};
    const auto ms = (at - seconds).count();
    char out[40];
    const int n = std::snprintf(out, sizeof out, "%sT%02d:%02d:%02d", iso_day(Day{days}).c_str(),
                                static_cast<int>(time.hours().count()),
                                static_cast<int>(time.minutes().count()),
                                static_cast<int>(time.seconds().count()));
    std::string text(out, static_cast<std::size_t>(n));
    if (ms != 0) {
        std::snprintf(out, sizeof out, ".%03d", static_cast<int>(ms));
        text += out;
    }
    return text + "Z";
}

std::optional<Instant> parse_iso_instant(std::string_view text) {
    if (text.size() < 20 || (text[10] != 'T' && text[10] != 't')) return {};
    const auto day = parse_iso_day(text.substr(0, 10));
    const auto hour = number(text.substr(11, 2));
    const auto minute = number(text.substr(14, 2));
    const auto second = number(text.substr(17, 2));
    if (!day || !hour || !minute || !second || text[13] != ':' || text[16] != ':') return {};
    if (*hour > 23 || *minute > 59 || *second > 59) return {};
    text.remove_prefix(19);
    int ms = 0;
    if (text[0] == '.') {
        std::size_t n = 1;
        int scale = 100;
        for (; n < text.size() && text[n] >= '0' && text[n] <= '9'; ++n, scale /= 10) {
            ms += (text[n] - '0') * scale;
        }
        if (n == 1) return {};
        text.remove_prefix(n);
    }
    Minutes offset{0};
    if (text != "Z" && text != "z") {
        if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return {};
        const auto h = number(text.substr(1, 2));
        const auto m = number(text.substr(4, 2));
        if (!h || !m || *h > 23 || *m > 59) return {};
        offset = Minutes{(*h * 60 + *m) * (text[0] == '-' ? -1 : 1)};
    }
    return Instant{std::chrono::sys_days{*day} + Hours{*hour} + Minutes{*minute} +
                   std::chrono::seconds{*second} + Millis{ms} - offset};
}

std::string clock_time(const Zone& zone, Instant at) {
    const int minute = zone.local(at).minute;
    char out[16];
    std::snprintf(out, sizeof out, "%02d:%02d", minute / 60, minute % 60);
    return out;
}

std::string shown_time(const Zone& zone, Instant at) {
    const auto local = zone.local(at);
    const auto clock = clock_time(zone, at);
    if (zone.shown(local.day, local.minute) != Zone::Shown::twice) return clock;
    return clock + " " + zone.abbreviation(at);
}

}  // namespace alongside
