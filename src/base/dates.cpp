#include "base/dates.h"

#include <array>
#include <utility>

namespace alongside {
namespace {

Words weekday(const Day& day) {
    switch (std::chrono::weekday(std::chrono::sys_days(day)).iso_encoding()) {
        case 1: return tr("Mon");
        case 2: return tr("Tue");
        case 3: return tr("Wed");
        case 4: return tr("Thu");
        case 5: return tr("Fri");
        case 6: return tr("Sat");
        case 7: return tr("Sun");
    }
    return {};
}

Words month(const Day& day) {
    const std::array<Words, 12> names{tr("Jan"), tr("Feb"), tr("Mar"), tr("Apr"), tr("May"),
                                      tr("Jun"), tr("Jul"), tr("Aug"), tr("Sep"), tr("Oct"),
                                      tr("Nov"), tr("Dec")};
    return names[static_cast<unsigned>(day.month()) - 1];
}

}  // namespace

std::string day_text(const Tongue& say, Day day) {
    return say(tr("{weekday} {day} {month}",
                  {{"weekday", say(weekday(day))},
                   {"day", std::to_string(static_cast<unsigned>(day.day()))},
                   {"month", say(month(day))}}));
}

std::string date_text(const Tongue& say, Day day) {
    return say(tr("{day} {month} {year}",
                  {{"day", std::to_string(static_cast<unsigned>(day.day()))},
                   {"month", say(month(day))},
                   {"year", std::to_string(static_cast<int>(day.year()))}}));
}

std::string when_text(const Tongue& say, const Zone& zone, Instant at, Instant now) {
    const Day day = zone.local(at).day, today = zone.local(now).day;
    const std::string clock = clock_time(zone, at);
    if (day == today) return clock;
    const auto after = std::chrono::sys_days(day) - std::chrono::sys_days(today);
    if (after == std::chrono::days(1)) return say(tr("tomorrow {time}", {{"time", clock}}));
    return say(tr("{day} {time}", {{"day", day_text(say, day)}, {"time", clock}}));
}

std::string language_name(std::string_view tag) {
    for (const auto& language : languages()) {
        if (language.tag == tag) return std::string(language.name);
    }
    // Languages that people speak, beyond those that the pages are written in.
    constexpr std::array<std::pair<std::string_view, std::string_view>, 14> spoken{{
        {"en", "English"}, {"fr", "Français"}, {"fr-CA", "Français"}, {"cr", "Nēhiyawēwin"},
        {"oj", "Anishinaabemowin"}, {"cy", "Cymraeg"}, {"es", "Español"}, {"pl", "Polski"},
        {"pa", "ਪੰਜਾਬੀ"}, {"ar", "العربية"}, {"so", "Soomaali"}, {"ro", "Română"},
        {"pt", "Português"}, {"vi", "Tiếng Việt"}}};
    for (const auto& [code, name] : spoken) {
        if (code == tag) return std::string(name);
    }
    return std::string(tag);
}

std::string language_names(std::string_view tags) {
    std::string out;
    while (!tags.empty()) {
        const auto end = std::min(tags.find(' '), tags.size());
        if (end > 0) out += (out.empty() ? "" : ", ") + language_name(tags.substr(0, end));
        tags.remove_prefix(std::min(end + 1, tags.size()));
    }
    return out;
}

}  // namespace alongside
