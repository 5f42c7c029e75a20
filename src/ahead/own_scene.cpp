// This prison as a scene: its shape and its recorded demand, so that simulation answers for it.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "ahead/ahead.h"
#include "ahead/reading.h"
#include "people/people.h"
#include "simulate/simulate.h"

namespace alongside::ahead {
namespace {

// A basic string of TOML.
std::string in_toml(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) out += c;
    }
    return out + "\"";
}

std::string places(sql::Reader& reader, const EstablishmentId& home) {
    std::string out;
    std::set<std::string> used;
    std::string wings;
    const auto sizes = people::wing_sizes(reader, home);
    for (const auto& wing : people::wings(reader, home)) {
        const auto size = std::ranges::find(sizes, wing.wing, &people::WingSize::wing);
        if (size == sizes.end() || size->cells == 0) continue;
        const auto cells = std::min<std::int64_t>(size->cells, 2000);
        used.insert(wing.unit);
        wings += fmt::format("\n[[wings]]\nwing = {}\nunit = {}\nname = {}\nlandings = {}\n"
                             "cells = {}\nresidents = {}\nsuite = {}\n",
                             in_toml(wing.wing), in_toml(wing.unit), in_toml(wing.name),
                             (cells + 998) / 999, cells, std::min(size->residents, 2 * cells),
                             in_toml(size->suite));
    }
    for (const auto& unit : people::units(reader, home)) {
        if (!used.contains(unit.unit)) continue;
        out += fmt::format("\n[[units]]\nunit = {}\nname = {}\nsecurity_level = {}\nregime = {}\n"
                           "night_unlock_officers = {}\n",
                           in_toml(unit.unit), in_toml(unit.name), in_toml(unit.security_level),
                           in_toml(unit.regime), std::clamp(unit.night_unlock_officers, 1, 4));
    }
    return out + wings;
}

// Those who are ready now, numbered anew: nobody is named.
std::string members(sql::Reader& reader, const EstablishmentId& home, const schemes::Policy& policy,
                    const std::set<std::string>& wings, const std::set<std::string>& units,
                    Instant now) {
    std::string out;
    int number = 0;
    for (const auto& member : people::scheme_facts(reader, home, policy.scheme)->members) {
        const auto& facts = member->facts;
        if (schemes::not_ready(policy, facts, member->modules, now)) continue;
        if (!wings.contains(facts.wing)) continue;
        std::string cleared;
        for (const auto& unit : units) {
            if (!schemes::is_cleared(policy, member->clearances, unit, now)) continue;
            cleared += (cleared.empty() ? "" : ", ") + in_toml(unit);
        }
        out += fmt::format("\n[[members]]\nscheme = {}\nlabel = \"Peer {}\"\nwing = {}\n"
                           "cleared = [{}]\nlanguages = {}\n",
                           in_toml(policy.scheme.text()), ++number, in_toml(facts.wing), cleared,
                           in_toml(facts.languages));
    }
    return out;
}

// The shifts of the coming four weeks, each name and time once; of an hour's parts a whole one.
std::string shifts(const std::vector<rota::ShiftAhead>& ahead, const SchemeCode& scheme,
                   const Zone& zone) {
    std::map<std::pair<std::string, int>, rota::ShiftAhead> known;
    for (const auto& one : ahead) {
        auto& kept = known.try_emplace({one.name, zone.local(one.from).minute}, one).first->second;
        kept.needed = std::max(kept.needed, one.needed);
    }
    std::string out;
    for (const auto& [key, one] : known) {
        const double hours = static_cast<double>((one.to - one.from).count()) / 3'600'000;
        out += fmt::format("\n[[shifts]]\nscheme = {}\nname = {}\nfrom = \"{:02}:{:02}\"\n"
                           "hours = {}\nneeded = {}\n",
                           in_toml(scheme.text()), in_toml(key.first), key.second / 60,
                           key.second % 60,
                           std::clamp(static_cast<int>(std::ceil(hours)), 1, 24),
                           std::clamp(one.needed, 1, 20));
    }
    return out;
}

using Values = std::map<std::string, simulate::Assumption, std::less<>>;

struct Counts {
    double night = 0, evening = 0, weekend = 0, all = 0, hours = 0;
    int sessions = 0;
    std::map<std::string, double> by_unit;
};

// What was recorded takes the place of what is assumed.
void take_recorded(Values& values, const Record& record, const Zone& zone,
                   const std::map<std::string, std::string>& unit_of) {
    Counts counts;
    for (const auto& one : record.asked) {
        const auto local = zone.local(one.wanted_from);
        const auto weekday =
            std::chrono::weekday{std::chrono::sys_days{local.day}}.iso_encoding();
        const bool is_evening = local.minute >= 16 * 60 && local.minute < 22 * 60;
        const bool is_night = local.minute >= 22 * 60 || local.minute < 6 * 60;
        ++counts.all;
        counts.night += is_night ? 1 : 0;
        counts.evening += is_evening ? 1 : 0;
        counts.weekend += weekday >= 6 ? 1 : 0;
        const auto unit = unit_of.find(one.wing);
        if (unit != unit_of.end()) ++counts.by_unit[unit->second];
        if (!one.together) continue;
        ++counts.sessions;
        counts.hours += static_cast<double>(one.together->count()) / 3'600'000;
    }
    const std::string source = fmt::format("recorded here on {} days to {}", record.days(),
                                           iso_day(record.last));
    const auto set = [&](std::string_view key, double value) {
        values.find(key)->second = {value, source};
    };
    set("demand.per_year", std::max(1.0, counts.all * 365 / record.days()));
    set("demand.night_share", counts.night / counts.all);
    set("demand.evening_share", counts.evening / counts.all);
    int weekend_days = 0;
    for (auto day = std::chrono::sys_days{record.first}; day < std::chrono::sys_days{record.last};
         day += std::chrono::days{1}) {
        weekend_days += std::chrono::weekday{day}.iso_encoding() >= 6 ? 1 : 0;
    }
    const int weekdays = record.days() - weekend_days;
    if (weekend_days > 7 && counts.all > counts.weekend) {
        set("demand.weekend_factor", std::clamp(counts.weekend / weekend_days /
                                                    ((counts.all - counts.weekend) / weekdays),
                                                0.1, 10.0));
    }
    constexpr int enough_sessions = 30;
    if (counts.sessions >= enough_sessions) {
        set("sessions.mean_hours",
            std::clamp(counts.hours / counts.sessions, 0.05,
                       values.find("sessions.longest_hours")->second.value));
    }
    double known = 0;
    for (const auto& [unit, count] : counts.by_unit) known += count;
    for (auto& [key, one] : values) {
        if (known <= 0 || !key.starts_with("demand.units.")) continue;
        one = {counts.by_unit[key.substr(std::string("demand.units.").size())] / known, source};
    }
}

std::string assumed(const Values& values, const SchemeCode& scheme) {
    std::map<std::string, std::string> parts;
    for (const auto& [key, one] : values) {
        const auto dot = key.rfind('.');
        parts[key.substr(0, dot)] += fmt::format("{} = {{ value = {}, source = {} }}\n",
                                                 key.substr(dot + 1), one.value,
                                                 in_toml(one.source));
    }
    std::string out;
    for (const auto& [part, lines] : parts) {
        out += "\n[" + part + "]\n" +
               (part == "demand" ? "scheme = " + in_toml(scheme.text()) + "\n" : "") + lines;
    }
    return out;
}

}  // namespace

std::optional<std::string> own_scene(sql::Reader& reader, const EstablishmentId& home,
                                     const SchemeCode& scheme, Instant now) {
    const auto policy = schemes::policy(reader, home, scheme);
    const auto prison = people::establishment(reader, home);
    if (!policy || !prison) return std::nullopt;
    const auto zone = people::zone_of(reader, home);
    std::map<std::string, std::string> unit_of;
    std::map<std::string, double> residents;
    double all = 0;
    const auto sizes = people::wing_sizes(reader, home);
    for (const auto& wing : people::wings(reader, home)) {
        const auto size = std::ranges::find(sizes, wing.wing, &people::WingSize::wing);
        if (size == sizes.end() || size->cells == 0) continue;
        unit_of[wing.wing] = wing.unit;
        residents[wing.unit] += static_cast<double>(size->residents);
        all += static_cast<double>(size->residents);
    }
    const auto shipped = simulate::Assumptions::read(simulate::read_scene("stony-mountain")).all();
    Values values;
    for (const auto& [key, one] : shipped) {
        if (!key.starts_with("demand.units.")) values[key] = one;
    }
    std::set<std::string> wings, units;
    for (const auto& [wing, unit] : unit_of) {
        wings.insert(wing);
        units.insert(unit);
        values["demand.units." + unit] = {all > 0 ? residents[unit] / all : 0,
                                          "default: by the people who live there"};
    }
    if (const auto recorded = record(reader, home, scheme, zone, now)) {
        take_recorded(values, *recorded, zone, unit_of);
    }
    return fmt::format("[prison]\nid = {}\nname = {}\ntime_zone = {}\nnumber_pattern = {}\n"
                       "language = {}\n",
                       in_toml(home.text()), in_toml(prison->name), in_toml(prison->time_zone),
                       // Invented numbers, of a pattern that the simulation can fill.
                       in_toml("[0-9]{6}[A-Z]"), in_toml(prison->language)) +
           places(reader, home) + "\n[staff]\nofficers = 14\n" +
           members(reader, home, *policy, wings, units, now) +
           shifts(rota::shifts_ahead(reader, home, scheme, now, now + Hours{24 * 28}), scheme,
                  zone) +
           assumed(values, scheme);
}

}  // namespace alongside::ahead
