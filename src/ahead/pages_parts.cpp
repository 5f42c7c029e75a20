// Peers lost, nights and demand, as they are shown.
#include <algorithm>
#include <cmath>
#include <span>

#include "ahead/pages.h"
#include "base/dates.h"

namespace alongside::ahead::pages {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr int small_number = 5;             // default: fewer are not shown
constexpr std::size_t nights_at_once = 14;

// "7", and no more than eight steps.
std::vector<web::Tick> ticks_to(int most) {
    const int step = std::max(1, (most + 7) / 8);
    std::vector<web::Tick> out;
    for (int at = 0; at < most + step; at += step) {
        out.push_back({static_cast<double>(at), std::to_string(at)});
    }
    return out;
}

Html dates_table(const Tongue& say, const Losses& losses) {
    if (losses.dates.empty()) {
        return web::paragraph(say(tr("No release, and nothing that runs out, is dated in the "
                                     "coming 26 weeks.")));
    }
    web::Table table;
    table.caption = say(tr("Dates that are known"));
    table.head = {say(tr("Day")), say(tr("Who")), say(tr("What"))};
    for (const auto& one : losses.dates) {
        table.rows.push_back({Html() << date_text(say, one.on), Html() << one.label,
                              Html() << (one.why ? say(tr("not ready: {why}",
                                                          {{"why", say(rota::words_of(*one.why))}}))
                                                 : say(tr("released")))});
    }
    return web::table(std::move(table));
}

std::string rate_sentence(const Tongue& say, const Losses& losses) {
    const auto percent_of = [&](double rate) { return decimal(say, rate * 100); };
    return say(trn("In the last 52 weeks, {count} member left ({released} by release), in {months} "
                   "months of membership of all together: {rate} in a hundred a month (95% "
                   "interval {low} to {high}).",
                   "In the last 52 weeks, {count} members left ({released} by release), in "
                   "{months} months of membership of all together: {rate} in a hundred a month "
                   "(95% interval {low} to {high}).",
                   losses.left,
                   {{"released", std::to_string(losses.released)},
                    {"months", decimal(say, losses.months)},
                    {"rate", percent_of(losses.monthly.rate)},
                    {"low", percent_of(losses.monthly.low)},
                    {"high", percent_of(losses.monthly.high)}}));
}

}  // namespace

Html losses_part(const Tongue& say, const Losses& losses) {
    Html out;
    out << web::heading(2, say(tr("Peers ready in the coming 26 weeks")), "m");
    if (!losses.has_members || losses.weeks.empty()) {
        return out << web::empty_state(say(tr("No peers yet.")));
    }
    const auto& last = losses.weeks.back();
    out << web::paragraph(!losses.is_rated ? say(tr(
        "{now} are ready today; by the dates that are known, {dates} in 26 weeks, if nobody joins. "
        "Losses that nobody has dated come on top: the record ({months} months of membership of "
        "all together) is too short to say how many.",
        {{"now", std::to_string(losses.weeks.front().by_dates)},
         {"dates", std::to_string(last.by_dates)},
         {"months", decimal(say, losses.months)}})) : say(tr(
        "{now} are ready today. If nobody joins, {expected} are expected in 26 weeks, in nine of "
        "ten cases {low} to {high}; by the dates that are known alone it would be {dates}.",
        {{"now", std::to_string(losses.weeks.front().by_dates)},
         {"expected", decimal(say, last.expected)},
         {"low", std::to_string(last.low)},
         {"high", std::to_string(last.high)},
         {"dates", std::to_string(last.by_dates)}})));
    web::RangeChart chart;
    chart.title = say(tr("Peers ready, week by week"));
    chart.along = say(tr("Weeks from now"));
    web::RangedSeries expected{say(tr("Expected, with nine cases in ten")), {}};
    web::RangedSeries dated{say(tr("By known dates alone")), {}};
    int most = 1;
    for (std::size_t week = 0; week < losses.weeks.size(); ++week) {
        const auto& one = losses.weeks[week];
        chart.places.push_back(std::to_string(week));
        expected.values.push_back({one.expected, static_cast<double>(one.low),
                                   static_cast<double>(one.high),
                                   say(tr("{value} ({low} to {high})",
                                          {{"value", decimal(say, one.expected)},
                                           {"low", std::to_string(one.low)},
                                           {"high", std::to_string(one.high)}}))});
        const auto by_dates = static_cast<double>(one.by_dates);
        dated.values.push_back({by_dates, by_dates, by_dates, std::to_string(one.by_dates)});
        most = std::max({most, one.high, one.by_dates});
    }
    if (losses.is_rated) chart.series.push_back(std::move(expected));
    chart.series.push_back(std::move(dated));
    chart.ticks = ticks_to(most);
    out << web::range_chart(say, chart) << dates_table(say, losses);
    if (!losses.is_rated) return out;
    out << web::paragraph(rate_sentence(say, losses));
    return out << web::hint_text(say(tr(
               "Whoever has a day of release in the roll is counted until that day, and for other "
               "losses at the rate of those; whoever has none, at the rate of all losses. The rate "
               "is taken as constant, and losses as independent of each other.")));
}

namespace {

Html nights_table(const Tongue& say, std::string caption, std::span<const NightAhead> nights) {
    web::Table table;
    table.caption = std::move(caption);
    table.head = {say(tr("Night of")), say(tr("Can come")), say(tr("Requests expected")),
                  say(tr("Chance"))};
    table.is_number = {false, true, true, false};
    for (const auto& one : nights) {
        const auto range = one.fewest == one.most
                               ? std::to_string(one.most)
                               : say(tr("{low} to {high}", {{"low", std::to_string(one.fewest)},
                                                            {"high", std::to_string(one.most)}}));
        Html chance;
        if (one.most == 0) {
            chance << web::chip(say(tr("nobody is on call")), web::Tone::gap);
        } else {
            chance << say(tr("{chance} ({low} to {high})",
                             {{"chance", percent(say, one.chance)},
                              {"low", percent(say, one.chance_low)},
                              {"high", percent(say, one.chance_high)}}));
        }
        table.rows.push_back({Html() << day_text(say, one.night.starts_on), Html() << range,
                              Html() << decimal(say, one.expected.rate), std::move(chance)});
    }
    return web::table(std::move(table));
}

}  // namespace

Html nights_part(const Tongue& say, const Nights& nights) {
    Html out;
    out << web::heading(2, say(tr("The coming nights")), "m");
    const std::span<const NightAhead> all(nights.nights);
    const auto first = std::min<std::size_t>(all.size(), nights_at_once);
    out << nights_table(say, say(tr("The chance that somebody asks and nobody is left")),
                        all.first(first));
    if (first < all.size()) {
        const auto after = say(tr("The nights after these"));
        out << web::details(after, nights_table(say, after, all.subspan(first)));
    }
    return out << web::hint_text(say(tr(
               "From {nights} recorded nights{together}, with the 95% interval of how many ask. "
               "One call takes a peer out for the night, and {relief} of the sessions lasted so "
               "long that another one took over. Counted as if everybody who can come says yes and "
               "may go to everybody: the true chance is rather higher. Nights as they stand now on "
               "the rota; of tonight, the page Tonight tells more.",
               {{"nights", std::to_string(nights.demand.nights)},
                {"together", nights.demand.is_one_for_all
                                 ? say(tr(" (too few to tell weekdays apart)"))
                                 : std::string()},
                {"relief", percent(say, nights.demand.needs_relief)}})));
}

namespace {

// How dark a cell is: quarters of the largest count that is shown.
Markup shade_of(const Shown& one, int most) {
    if (one.is_hidden || one.count == 0 || most == 0) return "";
    switch ((4 * one.count - 1) / most) {
        case 0: return "al-hours__1";
        case 1: return "al-hours__2";
        case 2: return "al-hours__3";
        default: return "al-hours__4";
    }
}

}  // namespace

Html demand_part(const Tongue& say, const Record& record, const Zone& zone) {
    std::vector<Instant> asked;
    for (const auto& one : record.asked) asked.push_back(one.wanted_from);
    const auto shown = without_small(by_hour(asked, zone), small_number);
    int most = 0;
    for (const auto& row : shown) {
        for (const auto& one : row) {
            if (!one.is_hidden) most = std::max(most, one.count);
        }
    }
    Html out;
    const std::string title = say(tr("When people ask"));
    out << web::heading(2, title, "m")
        << web::paragraph(say(trn("{count} request on {days} days, {each} a day.",
                                  "{count} requests on {days} days, {each} a day.",
                                  static_cast<long>(asked.size()),
                                  {{"days", std::to_string(record.days())},
                                   {"each", decimal(say, static_cast<double>(asked.size()) /
                                                             record.days())}})))
        << "<div class=\"al-table-scroll\" tabindex=\"0\" role=\"region\" aria-label=\"" << title
        << "\"><table class=\"al-hours\"><caption class=\"govuk-visually-hidden\">"
        << say(tr("Requests by hour and weekday")) << "</caption><thead><tr><th scope=\"col\">"
        << say(tr("Hour")) << "</th>";
    const sys_days monday{std::chrono::year{2026} / 11 / 23};
    for (int d = 0; d < 7; ++d) {
        const auto text = day_text(say, Day{monday + days{d}});
        out << "<th scope=\"col\">" << text.substr(0, text.find(' ')) << "</th>";
    }
    out << "</tr></thead><tbody>";
    for (std::size_t h = 0; h < 24; ++h) {
        const std::string hour = (h < 10 ? "0" : "") + std::to_string(h);
        out << "<tr><th scope=\"row\">" << hour << "</th>";
        for (std::size_t d = 0; d < 7; ++d) {
            const auto& one = shown[d][h];
            out << "<td class=\"" << shade_of(one, most) << "\">";
            if (one.is_hidden) out << "·";
            else out << one.count;
            out << "</td>";
        }
        out << "</tr>";
    }
    return out << "</tbody></table></div>"
               << web::hint_text(say(tr("Darker is more; the number says how many. A point stands "
                                        "for a count below {small}, and for one that would give "
                                        "it away. What the person took back before anybody came "
                                        "isn’t counted.",
                                        {{"small", std::to_string(small_number)}})));
}

}  // namespace alongside::ahead::pages
