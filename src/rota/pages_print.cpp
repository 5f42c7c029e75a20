// The rota on paper, for the wall of the wing office: one A4 page a week, in large type; and the
// same as a spreadsheet.
#include <algorithm>

#include "base/dates.h"
#include "people/people.h"
#include "rota/pages.h"
#include "rota/rules.h"
#include "rota/workbook.h"

namespace alongside::rota::pages {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr int most_weeks_printed = 4, days_of_a_week = 7;

struct Sheets {
    Hall about;
    sys_days first;                         // a Monday
    int weeks = 1;
    std::map<sys_days, std::vector<store::Shift>> by_day;   // the day on which each begins
    std::map<ShiftId, std::vector<store::Put>> puts;
};

// The Monday of the week in which this day lies.
sys_days monday_of(sys_days day) {
    return day - (std::chrono::weekday{day} - std::chrono::Monday);
}

std::optional<Sheets> sheets(sql::Reader& reader, const web::Request& request) {
    auto about = hall(reader, request);
    if (!about) return std::nullopt;
    Sheets out{std::move(*about), {}, request.query.get("weeks") == "4" ? most_weeks_printed : 1,
               {}, {}};
    const auto& zone = out.about.zone;
    const Day today = zone.local(request.now).day;
    const auto wanted = parse_iso_day(request.query.get("from"));
    out.first = monday_of(sys_days{wanted && !people::is_far_off(*wanted, today) ? *wanted
                                                                                  : today});
    const auto& home = request.viewer.establishment;
    const Instant from = zone.instant(Day{out.first}, 0);
    const Instant to = zone.instant(Day{out.first + days{out.weeks * days_of_a_week}}, 0);
    for (auto& shift : store::shifts(reader, home, out.about.scheme, from, to)) {
        if (shift.starts_at < from) continue;           // stands on the sheet before
        out.by_day[sys_days{zone.local(shift.starts_at).day}].push_back(std::move(shift));
    }
    for (const auto& put : store::puts(reader, home, out.about.scheme, from,
                                       to + rules::longest_shift)) {
        out.puts[put.shift_id].push_back(put);
    }
    return out;
}

// "Peer 1, Peer 2 (22:00–02:00)", by label.
std::string who_is_on_sheet(const Tongue& say, const Sheets& sheets, const store::Shift& shift) {
    const auto puts = sheets.puts.find(shift.shift_id);
    if (puts == sheets.puts.end()) return {};
    std::vector<std::string> labels;
    for (const auto& put : puts->second) {
        auto label = sheets.about.label(say, put.person_id);
        if (put.from_at > shift.starts_at || put.until_at < shift.ends_at) {
            label += " (" + hours_of(sheets.about.zone, put.from_at, put.until_at) + ")";
        }
        labels.push_back(std::move(label));
    }
    std::ranges::sort(labels);
    std::string out;
    for (const auto& label : labels) out += (out.empty() ? "" : ", ") + label;
    return out;
}

int short_by_on_sheet(const Sheets& sheets, const store::Shift& shift) {
    rules::ShiftFacts facts{shift.shift_id, shift.name, shift.starts_at, shift.ends_at,
                            shift.needed, {}};
    const auto puts = sheets.puts.find(shift.shift_id);
    if (puts != sheets.puts.end()) {
        for (const auto& put : puts->second) {
            facts.on.push_back({put.person_id, put.from_at, put.until_at});
        }
    }
    return std::max(0, shift.needed - rules::fewest_on(facts));
}

// A day's rows stay together on the paper.
Html day_rows(const Tongue& say, const Sheets& sheets, sys_days day) {
    const auto found = sheets.by_day.find(day);
    const auto count = found == sheets.by_day.end() ? std::size_t{1} : found->second.size();
    Html out;
    out << "<tbody><tr><th scope=\"rowgroup\" rowspan=\"" << count << "\">"
        << day_text(say, Day{day}) << "</th>";
    if (found == sheets.by_day.end()) {
        return out << "<td colspan=\"3\">" << say(tr("No shift")) << "</td></tr></tbody>";
    }
    bool is_first = true;
    for (const auto& shift : found->second) {
        if (!is_first) out << "<tr>";
        is_first = false;
        const std::string who = who_is_on_sheet(say, sheets, shift);
        const int short_by = short_by_on_sheet(sheets, shift);
        out << "<td>" << shift.name << "</td><td class=\"al-sheet__time\">"
            << hours_of(sheets.about.zone, shift.starts_at, shift.ends_at) << "</td><td>" << who;
        if (short_by > 0) {
            out << (who.empty() ? Markup("") : Markup(" ")) << "<strong class=\"al-sheet__gap\">"
                << say(trn("{count} person short", "{count} people short", short_by))
                << "</strong>";
        }
        out << "</td></tr>";
    }
    return out << "</tbody>";
}

Html week_sheet(const Tongue& say, const Sheets& sheets, sys_days monday) {
    Html out;
    out << "<section class=\"al-sheet\"><h2 class=\"govuk-heading-m\">"
        << say(tr("Week of {day}", {{"day", date_text(say, Day{monday})}}))
        << "</h2><table><thead><tr><th scope=\"col\">" << say(tr("Day"))
        << "</th><th scope=\"col\">" << say(tr("Shift")) << "</th><th scope=\"col\">"
        << say(tr("Time")) << "</th><th scope=\"col\">" << say(tr("Who"))
        << "</th></tr></thead>";
    for (int day = 0; day < days_of_a_week; ++day) {
        out << day_rows(say, sheets, monday + days{day});
    }
    return out << "</table></section>";
}

// What is on the screen alone: where to go from here.
Html sheet_links(const Tongue& say, const Sheets& sheets) {
    const auto at = [&](sys_days first, int weeks) {
        return here(sheets.about, Url("/on-call/print"))
            .with("from", iso_day(Day{first}))
            .with("weeks", std::to_string(weeks));
    };
    const auto step = days{sheets.weeks * days_of_a_week};
    Html out;
    out << "<div class=\"al-no-paper\">"
        << web::paragraph(say(tr("Print it with the browser’s own printing; this line and these "
                                 "links stay off the paper.")))
        << "<ul class=\"govuk-list\"><li>"
        << web::link(say(tr("The week before")), at(sheets.first - step, sheets.weeks))
        << "</li><li>" << web::link(say(tr("The week after")), at(sheets.first + step,
                                                                   sheets.weeks))
        << "</li><li>"
        << (sheets.weeks == 1
                ? web::link(say(tr("4 weeks")), at(sheets.first, most_weeks_printed))
                : web::link(say(tr("One week")), at(sheets.first, 1)))
        << "</li><li>"
        << web::link(say(tr("As a spreadsheet (XLSX)")),
                     here(sheets.about, Url("/on-call/workbook"))
                         .with("from", iso_day(Day{sheets.first}))
                         .with("weeks", std::to_string(sheets.weeks)))
        << "</li></ul></div>";
    return out;
}

web::Response print_page(web::Site& site, web::Request& request) {
    const Tongue& say = request.tongue;
    const auto shown = site.database.read([&](sql::Reader& reader) {
        return sheets(reader, request);
    });
    if (!shown) return no_scheme(request);
    const auto& about = shown->about;
    web::PageOptions options;
    options.title = say(tr("Rota: {scheme}",
                           {{"scheme", about.policy->say(say.tag()).short_name}}));
    options.is_bare = true;
    options.before_main = web::back_link(say, here(about, Url("/on-call")));
    const auto now = about.zone.local(request.now).day;
    Html main;
    main << web::heading(1, options.title) << sheet_links(say, *shown)
         << web::paragraph(say(tr("As of {time}. What changes later stands on the page On call.",
                                  {{"time", date_text(say, now) + ", " +
                                                clock_time(about.zone, request.now)}})));
    for (int week = 0; week < shown->weeks; ++week) {
        main << week_sheet(say, *shown, shown->first + days{week * days_of_a_week});
    }
    return web::page(request, std::move(options), std::move(main));
}

web::Response workbook_download(web::Site& site, web::Request& request) {
    const Tongue& say = request.tongue;
    const auto shown = site.database.read([&](sql::Reader& reader) {
        return sheets(reader, request);
    });
    if (!shown) return no_scheme(request);
    const auto& zone = shown->about.zone;
    workbook::Sheet sheet{say(tr("Rota")),
                          {say(tr("Day")), say(tr("Shift")), say(tr("Begins")), say(tr("Ends")),
                           say(tr("Needed")), say(tr("Short")), say(tr("Who"))},
                          {12, 16, 17, 17, 9, 9, 60},
                          {}};
    for (const auto& [day, shifts] : shown->by_day) {
        for (const auto& shift : shifts) {
            sheet.rows.push_back({Day{day}, shift.name, zone.local(shift.starts_at),
                                  zone.local(shift.ends_at), std::int64_t{shift.needed},
                                  std::int64_t{short_by_on_sheet(*shown, shift)},
                                  who_is_on_sheet(say, *shown, shift)});
        }
    }
    return web::download(workbook::bytes_of(sheet, request.now),
                         "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                         "rota-" + shown->about.scheme.text() + "-" + iso_day(Day{shown->first}) +
                             ".xlsx");
}

}  // namespace

std::vector<web::Route> print_routes(web::Site& site) {
    std::vector<web::Route> out;
    out.emplace_back(web::Method::get, "/on-call/print", Permission::see_board,
                     [&site](web::Request& request) { return print_page(site, request); });
    out.emplace_back(web::Method::get, "/on-call/workbook", Permission::see_board,
                     [&site](web::Request& request) { return workbook_download(site, request); });
    return out;
}

}  // namespace alongside::rota::pages
