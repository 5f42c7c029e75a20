#include "base/dates.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/languages.h"

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
    const std::string clock = shown_time(zone, at);
    if (day == today) return clock;
    const auto after = std::chrono::sys_days(day) - std::chrono::sys_days(today);
    if (after == std::chrono::days(1)) return say(tr("tomorrow {time}", {{"time", clock}}));
    return say(tr("{day} {time}", {{"day", day_text(say, day)}, {"time", clock}}));
}

namespace {

// With "fr" beside "fr-CA": both are said of people, and understand each other.
const std::vector<Language>& known_languages() {
    static const std::vector<Language> all = [] {
        std::vector<Language> out = languages();
        constexpr Language others[]{
            {"fr", "Français"}, {"fr-CA", "Français"}, {"cr", "Nēhiyawēwin"},
            {"oj", "Anishinaabemowin"}, {"iu", "ᐃᓄᒃᑎᑐᑦ"}, {"cy", "Cymraeg"}, {"es", "Español"},
            {"pl", "Polski"}, {"pa", "ਪੰਜਾਬੀ"}, {"ar", "العربية"}, {"so", "Soomaali"},
            {"ro", "Română"}, {"pt", "Português"}, {"vi", "Tiếng Việt"}, {"sq", "Shqip"},
            {"bn", "বাংলা"}, {"zh", "中文"}, {"de", "Deutsch"}, {"el", "Ελληνικά"},
            {"fa", "فارسی"}, {"hi", "हिन्दी"}, {"it", "Italiano"}, {"ku", "Kurdî"},
            {"lt", "Lietuvių"}, {"lv", "Latviešu"}, {"nl", "Nederlands"}, {"ps", "پښتو"},
            {"ru", "Русский"}, {"ta", "தமிழ்"}, {"ti", "ትግርኛ"}, {"tl", "Tagalog"},
            {"tr", "Türkçe"}, {"uk", "Українська"}, {"ur", "اردو"}};
        for (const auto& one : others) {
            if (std::ranges::find(out, one.tag, &Language::tag) == out.end()) out.push_back(one);
        }
        return out;
    }();
    return all;
}

}  // namespace

const std::vector<Language>& spoken_languages() {
    static const std::vector<Language> all = [] {
        std::vector<Language> out;
        for (const auto& one : known_languages()) {
            if (std::ranges::find(out, one.name, &Language::name) == out.end()) out.push_back(one);
        }
        return out;
    }();
    return all;
}

bool is_spoken_language(std::string_view tag) {
    const auto& all = known_languages();
    return std::ranges::find(all, tag, &Language::tag) != all.end();
}

bool is_spoken_somewhere(std::string_view tag) {
    if (is_spoken_language(tag)) return true;
    const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
    return tag.size() == 5 && tag[2] == '-' && is_capital(tag[3]) && is_capital(tag[4]) &&
           is_spoken_language(tag.substr(0, 2));
}

std::string language_name(std::string_view tag) {
    for (const auto& language : known_languages()) {
        if (language.tag == tag) return std::string(language.name);
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
