#include "rota/pattern_text.h"

#include <charconv>
#include <cstdio>
#include <optional>

#include "rota/rules.h"

namespace alongside::rota {
namespace {

constexpr int minutes_of_day = 24 * 60;

std::string_view trimmed(std::string_view text) {
    const auto from = text.find_first_not_of(" \t\r");
    if (from == text.npos) return {};
    return text.substr(from, text.find_last_not_of(" \t\r") - from + 1);
}

std::vector<std::string_view> parts_of(std::string_view text, char separator) {
    std::vector<std::string_view> out;
    for (;;) {
        const auto at = text.find(separator);
        out.push_back(trimmed(text.substr(0, at)));
        if (at == text.npos) return out;
        text.remove_prefix(at + 1);
    }
}

std::optional<int> number(std::string_view text) {
    int out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return out;
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return out;
}

std::optional<BadLine> read_line(std::string_view line,
                                 const std::map<std::string, std::string>& members,
                                 PatternShift& out) {
    const auto parts = parts_of(line, ';');
    if (parts.size() != 4 && parts.size() != 5) return BadLine::shape;
    const auto day = number(parts[0]);
    if (!day || *day < 1 || *day > 1000) return BadLine::day;
    out.day = *day - 1;
    const auto times = parts_of(parts[1], '-');
    if (times.size() != 2) return BadLine::time;
    const auto from = rules::minute_of_day(times[0]), to = rules::minute_of_day(times[1]);
    if (!from || !to) return BadLine::time;
    out.from_minute = *from;
    out.minutes = *to > *from ? *to - *from : *to - *from + minutes_of_day;
    out.name = std::string(parts[2]);
    const auto needed = number(parts[3]);
    if (!needed || *needed < 1 || *needed > 20) return BadLine::needed;
    out.needed = *needed;
    for (const auto label : parts_of(parts.size() == 5 ? parts[4] : "", ',')) {
        if (label.empty()) continue;
        const auto member = members.find(lower(label));
        if (member == members.end()) return BadLine::who;
        out.members.push_back(member->second);
    }
    return std::nullopt;
}

std::string time_of(int minute) {
    char out[16];
    std::snprintf(out, sizeof out, "%02d:%02d", minute / 60 % 24, minute % 60);
    return out;
}

}  // namespace

PatternText read_pattern_text(std::string_view text,
                              const std::map<std::string, std::string>& members) {
    PatternText out;
    int line = 0;
    for (const auto each : parts_of(text, '\n')) {
        ++line;
        if (each.empty()) continue;
        PatternShift shift{};
        if (const auto why = read_line(each, members, shift)) out.wrong.push_back({line, *why});
        else out.shifts.push_back(std::move(shift));
    }
    return out;
}

std::string pattern_text(const Pattern& pattern,
                         const std::map<std::string, std::string>& labels) {
    std::string out;
    for (const auto& shift : pattern.shifts) {
        std::string who;
        for (const auto& member : shift.members) {
            const auto label = labels.find(member);
            if (label != labels.end()) who += (who.empty() ? "" : ", ") + label->second;
        }
        out += std::to_string(shift.day + 1) + "; " + time_of(shift.from_minute) + "-" +
               time_of(shift.from_minute + shift.minutes) + "; " + shift.name + "; " +
               std::to_string(shift.needed) + "; " + who + "\n";
    }
    return out;
}

}  // namespace alongside::rota
