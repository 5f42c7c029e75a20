// The form in which people say when they can't and what they wish, and how that reads afterwards.
#include <algorithm>
#include <array>

#include "base/dates.h"
#include "rota/pages_mine.h"

namespace alongside::rota::pages {
namespace {

enum class SaidWhat { work, education, visits, court, other, rather_on, rather_off };
BOOST_DESCRIBE_ENUM(SaidWhat, work, education, visits, court, other, rather_on, rather_off)

enum class DayPart { all_day, early, late, night, times };
BOOST_DESCRIBE_ENUM(DayPart, all_day, early, late, night, times)

constexpr int afternoon = 14 * 60;

Words cannot_words(CannotWhy why) {
    switch (why) {
        case CannotWhy::work: return tr("Can’t: work");
        case CannotWhy::education: return tr("Can’t: education");
        case CannotWhy::visits: return tr("Can’t: a visit");
        case CannotWhy::court: return tr("Can’t: court");
        case CannotWhy::other: return tr("Can’t: something else");
    }
    return {};
}

// Of somebody else.
Words their_words(SaidWhat what) {
    switch (what) {
        case SaidWhat::work: return cannot_words(CannotWhy::work);
        case SaidWhat::education: return cannot_words(CannotWhy::education);
        case SaidWhat::visits: return cannot_words(CannotWhy::visits);
        case SaidWhat::court: return cannot_words(CannotWhy::court);
        case SaidWhat::other: return cannot_words(CannotWhy::other);
        case SaidWhat::rather_on: return tr("Would rather be on call");
        case SaidWhat::rather_off: return tr("Would rather be off");
    }
    return {};
}

Words my_words(SaidWhat what) {
    switch (what) {
        case SaidWhat::work: return tr("I can’t: work");
        case SaidWhat::education: return tr("I can’t: education");
        case SaidWhat::visits: return tr("I can’t: a visit");
        case SaidWhat::court: return tr("I can’t: court");
        case SaidWhat::other: return tr("I can’t: something else");
        case SaidWhat::rather_on: return tr("I would rather be on call");
        case SaidWhat::rather_off: return tr("I would rather be off");
    }
    return {};
}

std::array<Words, 7> weekday_names() {
    return {tr("Mon"), tr("Tue"), tr("Wed"), tr("Thu"), tr("Fri"), tr("Sat"), tr("Sun")};
}

std::string minute_text(int minute) {
    const auto two = [](int n) { return (n < 10 ? "0" : "") + std::to_string(n); };
    return two(minute / 60 % 24) + ":" + two(minute % 60);
}
std::string times_text(int from, int to) { return minute_text(from) + "–" + minute_text(to); }

// The hours of a part of the day; none of its own for `times`.
std::pair<int, int> hours_of_part(DayPart part, const DailyPeriod& night) {
    switch (part) {
        case DayPart::early: return {night.to_minute, afternoon};
        case DayPart::late: return {afternoon, night.from_minute};
        case DayPart::night: return {night.from_minute, night.to_minute};
        case DayPart::all_day:
        case DayPart::times: break;
    }
    return {0, whole_day};
}

template <class E>
std::vector<web::Choice> choices_of(const auto& words) {
    std::vector<web::Choice> out;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto one) {
        out.push_back({one.name, words(one.value), "", false});
    });
    return out;
}

std::vector<web::Choice> part_choices(const Tongue& say, const DailyPeriod& night) {
    const auto early = hours_of_part(DayPart::early, night);
    const auto late = hours_of_part(DayPart::late, night);
    const auto with_times = [&](const Words& words, std::pair<int, int> hours) {
        return say(words) + " (" + times_text(hours.first, hours.second) + ")";
    };
    return {{"all_day", say(tr("All day")), "", false},
            {"early", with_times(tr("Morning"), early), "", false},
            {"late", with_times(tr("Afternoon and evening"), late), "", false},
            {"night", with_times(tr("Night"), {night.from_minute, night.to_minute}), "", false},
            {"times", say(tr("At other times: write them below")), "", false}};
}

void read_times(const web::Request& request, const DailyPeriod& night, Said& out,
                web::FieldErrors& errors) {
    DayPart part{};
    Words problem;
    if (!web::read_field(request.form.get("part"), part, problem)) {
        errors.push_back({"part", tr("Choose a part of the day.")});
        return;
    }
    std::tie(out.from_minute, out.to_minute) = hours_of_part(part, night);
    if (part == DayPart::times) {
        const auto from = rules::minute_of_day(request.form.get("at"));
        const auto to = rules::minute_of_day(request.form.get("until"));
        if (!from) errors.push_back({"at", tr("Write a time like 22:00.")});
        if (!to) errors.push_back({"until", tr("Write a time like 22:00.")});
        if (!from || !to) return;
        out.from_minute = *from;
        out.to_minute = *to;
    }
    if (out.to_minute == 0) out.to_minute = whole_day;
}

}  // namespace

std::vector<web::Choice> weekday_choices(const web::Request& request) {
    std::vector<web::Choice> out;
    const auto names = weekday_names();
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string value = std::to_string(i + 1);
        const auto chosen = request.form.all("weekdays");
        out.push_back({value, request.tongue(names[i]), "",
                       std::ranges::find(chosen, value) != chosen.end()});
    }
    return out;
}

// None chosen: every day.
int weekdays_of(const web::Request& request) {
    int out = 0;
    for (const auto text : request.form.all("weekdays")) {
        if (text.size() == 1 && text[0] >= '1' && text[0] <= '7') out |= 1 << (text[0] - '1');
    }
    return out == 0 ? every_weekday : out;
}

web::Field field_of(const web::Request& request, const char* name, std::string label,
                    std::string hint, std::string otherwise, const web::FieldErrors& errors) {
    web::Field out;
    out.name = name;
    out.label = std::move(label);
    out.hint = std::move(hint);
    out.value = request.form.has(name) ? std::string(request.form.get(name)) : otherwise;
    out.errors = &errors;
    return out;
}

std::string said_what(const Tongue& say, const Said& said) {
    if (said.kind == SaidKind::rather_on) return say(their_words(SaidWhat::rather_on));
    if (said.kind == SaidKind::rather_off) return say(their_words(SaidWhat::rather_off));
    return say(cannot_words(said.why.value_or(CannotWhy::other)));
}

std::string said_when(const Tongue& say, const Said& said) {
    std::string out = day_text(say, said.from_on);
    if (said.to_on != said.from_on) {
        out = say(tr("{first} to {last}",
                     {{"first", out}, {"last", day_text(say, said.to_on)}}));
    }
    if (said.weekdays != every_weekday && said.to_on != said.from_on) {
        const auto names = weekday_names();
        out += ",";
        for (std::size_t i = 0; i < names.size(); ++i) {
            if ((said.weekdays >> i) & 1) out += " " + say(names[i]);
        }
    }
    if (said.from_minute != 0 || said.to_minute != whole_day) {
        out += ", " + times_text(said.from_minute, said.to_minute);
    }
    return out;
}

Html said_fields(const web::Request& request, Whose whose, const DailyPeriod& night, Day today,
                 const web::FieldErrors& errors) {
    const Tongue& say = request.tongue;
    const auto words = [&](SaidWhat one) {
        return say(whose == Whose::own ? my_words(one) : their_words(one));
    };
    const auto field = [&](const char* name, std::string label, std::string hint,
                           std::string otherwise) {
        return field_of(request, name, std::move(label), std::move(hint), std::move(otherwise),
                        errors);
    };
    Html out;
    out << web::radios(request, field("what", say(tr("What")), "", ""),
                       choices_of<SaidWhat>(words))
        << web::date_input(request, field("from_on", say(tr("First day")), "", iso_day(today)))
        << web::date_input(request, field("to_on", say(tr("Last day")),
                                          say(tr("Leave it empty for one day.")), ""))
        << web::checkboxes(request, field("weekdays", say(tr("Only on these days of the week")),
                                          say(tr("Choose none for every day.")), ""),
                           weekday_choices(request))
        << web::radios(request, field("part", say(tr("Part of the day")), "", "all_day"),
                       part_choices(say, night))
        << web::text_input(request, field("at", say(tr("From what time")),
                                          say(tr("Only where you chose other times: like 08:30")),
                                          ""),
                           "text", 5)
        << web::text_input(request, field("until", say(tr("Until what time")),
                                          say(tr("The next day where it is earlier")), ""),
                           "text", 5);
    return out;
}

std::optional<Said> said_of(const web::Request& request, const DailyPeriod& night,
                            web::FieldErrors& errors) {
    Said out;
    SaidWhat what{};
    Words problem;
    if (!web::read_field(request.form.get("what"), what, problem)) {
        errors.push_back({"what", tr("Choose what it is about.")});
    } else if (what == SaidWhat::rather_on || what == SaidWhat::rather_off) {
        out.kind = what == SaidWhat::rather_on ? SaidKind::rather_on : SaidKind::rather_off;
    } else {
        out.why = CannotWhy{};
        web::read_field(request.form.get("what"), *out.why, problem);
    }
    if (!web::read_field(request.form.get("from_on"), out.from_on, problem)) {
        errors.push_back({"from_on", problem});
    }
    out.to_on = out.from_on;
    if (!request.form.get("to_on").empty() &&
        !web::read_field(request.form.get("to_on"), out.to_on, problem)) {
        errors.push_back({"to_on", problem});
    }
    out.weekdays = weekdays_of(request);
    read_times(request, night, out, errors);
    if (!errors.empty()) return std::nullopt;
    return out;
}

}  // namespace alongside::rota::pages
