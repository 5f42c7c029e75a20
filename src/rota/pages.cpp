// On call: who is on now, gaps first, the coming fortnight; and shifts by hand.
#include "rota/pages_mine.h"

#include <algorithm>

#include "base/dates.h"
#include "base/ensure.h"
#include "people/people.h"
#include "rota/pages_life.h"
#include "rota/refusals.h"
#include "welfare/welfare.h"

namespace alongside::rota::pages {
namespace {

constexpr int days_ahead = 14;

std::string lower(std::string text) {
    for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return text;
}

struct Shown {
    std::vector<OnCall> now;
    std::vector<Gap> gaps;
    std::vector<store::Shift> shifts;
    std::map<ShiftId, std::vector<store::Put>> puts;
    std::vector<welfare::Load> loads;
    std::vector<WhoCannot> cannot;
    std::vector<PersonId> called_out;
    std::optional<Tonight> tonight;
    std::vector<std::pair<SchemeCode, std::string>> others;    // the other schemes, by short name
};

Shown gather(sql::Reader& reader, const web::Request& request, const Hall& hall,
             CalledOut called_out) {
    const auto& home = request.viewer.establishment;
    const auto today = std::chrono::sys_days{hall.zone.local(request.now).day};
    const auto until = hall.zone.instant(Day{today + std::chrono::days{days_ahead}}, 0);
    Shown out;
    out.now = on_call_at(reader, home, hall.scheme, request.now);
    out.gaps = gaps_ahead(reader, home, hall.scheme, request.now, until, called_out);
    out.cannot = who_cannot_come(reader, home, hall.scheme, Among::those_on, request.now,
                                 until + rules::longest_shift, request.now);
    out.tonight = tonight(reader, home, hall.scheme, request.now, called_out);
    out.shifts = store::shifts(reader, home, hall.scheme, request.now, until);
    for (const auto& put : store::puts(reader, home, hall.scheme, request.now, until)) {
        out.puts[put.shift_id].push_back(put);
    }
    out.loads = welfare::loads(reader, home, {request.now, hall.policy->night, hall.zone,
                                              hall.policy->fairness_days});
    if (called_out) out.called_out = called_out(reader, home);
    for (const auto& other : hall.others) {
        if (other == hall.scheme) continue;
        const auto policy = schemes::policy(reader, home, other);
        out.others.emplace_back(other, policy->say(request.tongue.tag()).short_name);
    }
    return out;
}

// Who is put on at this moment, until when, and what keeps them from being sent now.
struct NowOn {
    Instant until_at;
    std::optional<WhoCannot> why = {};
    bool is_with_somebody = false, is_called_out = false;
};
// Of several reasons the first to tell: not ready, what they said, a stand-down, rest.
int rank_of(const std::variant<Unready, NotTonight>& why) {
    if (std::holds_alternative<Unready>(why)) return 0;
    return 1 + static_cast<int>(NotTonight::said_so) - static_cast<int>(std::get<NotTonight>(why));
}
std::map<PersonId, NowOn> who_is_on_now(const Shown& shown, Instant now) {
    std::map<PersonId, NowOn> out;
    for (const auto& [shift, puts] : shown.puts) {
        for (const auto& put : puts) {
            if (put.from_at > now || put.until_at <= now) continue;
            auto& one = out.try_emplace(put.person_id, NowOn{put.until_at}).first->second;
            one.until_at = std::max(one.until_at, put.until_at);
        }
    }
    // What they said begins later ends it then.
    for (const auto& one : shown.now) {
        const auto found = out.find(one.person_id);
        if (found != out.end()) found->second.until_at = one.until_at;
    }
    for (const auto& one : shown.cannot) {
        const auto found = out.find(one.person_id);
        if (found == out.end() || one.from > now || one.to <= now) continue;
        auto& why = found->second.why;
        if (!why || rank_of(one.why) < rank_of(why->why)) why = one;
    }
    for (const auto& load : shown.loads) {
        const auto found = out.find(load.person_id);
        if (found != out.end()) found->second.is_with_somebody = load.is_with_someone;
    }
    for (const auto person : shown.called_out) {
        const auto found = out.find(person);
        if (found != out.end()) found->second.is_called_out = true;
    }
    return out;
}

// Who stands down, can't or isn't ready is shown to those who manage peers alone; rest, and that
// somebody is called out, to everybody.
Html now_rows(const web::Request& request, const Hall& hall, const Shown& shown) {
    const Tongue& say = request.tongue;
    const bool manages = request.viewer.may(Permission::manage_peers);
    const auto until = [&](Instant at) {
        return say(tr("until {time}", {{"time", clock_time(hall.zone, at)}}));
    };
    std::vector<web::PeerRow> rows;
    long taken = 0, can_come = 0;
    for (const auto& [person, one] : who_is_on_now(shown, request.now)) {
        const auto* unready = one.why ? std::get_if<Unready>(&one.why->why) : nullptr;
        const auto* other = one.why ? std::get_if<NotTonight>(&one.why->why) : nullptr;
        const bool is_rest = other && *other == NotTonight::resting;
        if (one.why && !is_rest && !manages) continue;
        Html chip = web::chip(say(tr("On call")), web::Tone::ready);
        std::string below = until(one.until_at);
        if (unready) {
            chip = web::chip(say(tr("not ready")), web::Tone::gap);
            below = say(words_of(*unready));
        } else if (one.is_with_somebody || one.is_called_out) {
            chip = web::chip(say(one.is_with_somebody ? tr("with somebody") : tr("called out")),
                             web::Tone::with);
            below = say(tr("on call until {time}",
                           {{"time", clock_time(hall.zone, one.until_at)}}));
            ++taken;
        } else if (is_rest) {
            chip = web::chip(say(tr("resting")), web::Tone::rest);
            below = until(one.why->to);
        } else if (other && *other == NotTonight::said_so) {
            chip = web::chip(say(tr("can’t now")), web::Tone::gap);
            below = until(one.why->to);
        } else if (other) {
            chip = web::chip(say(tr("standing down")), web::Tone::off);
        } else {
            ++can_come;
        }
        rows.push_back({hall.label(say, person), std::move(chip), std::move(below), {}});
    }
    if (rows.empty()) return web::empty_state(say(tr("Nobody is on call now.")));
    std::ranges::sort(rows, {}, &web::PeerRow::who);
    Html out;
    if (taken > 0) {
        out << web::paragraph(
            say(trn("{count} person is with somebody or on the way.",
                    "{count} people are with somebody or on the way.", taken)) + " " +
            say(can_come == 0 ? tr("Nobody else is free.")
                              : trn("{count} person is free.", "{count} people are free.",
                                    can_come)));
    }
    return out << web::peer_rows(std::move(rows));
}

// By label; with times for those who are on for a part of what is left of it.
std::string who_is_on(const web::Request& request, const Hall& hall, const Shown& shown,
                      const store::Shift& shift) {
    std::vector<std::string> labels;
    const auto puts = shown.puts.find(shift.shift_id);
    if (puts == shown.puts.end()) return {};
    for (const auto& put : puts->second) {
        auto label = hall.label(request.tongue, put.person_id);
        const auto begins = std::max(shift.starts_at, request.now);
        if (put.from_at > begins || put.until_at < shift.ends_at) {
            label += " (" + hours_of(hall.zone, put.from_at, put.until_at) + ")";
        }
        if (request.viewer.may(Permission::manage_peers)) {
            label += mark(request.tongue, shown.cannot, put, request.now);
        }
        labels.push_back(std::move(label));
    }
    std::sort(labels.begin(), labels.end());
    std::string out;
    for (const auto& label : labels) out += (out.empty() ? "" : ", ") + label;
    return out;
}

Html shift_table(const web::Request& request, const Hall& hall, const Shown& shown) {
    const Tongue& say = request.tongue;
    const bool manages = request.viewer.may(Permission::manage_peers);
    if (shown.shifts.empty()) {
        return web::empty_state(say(tr("There is no shift in the coming 14 days. Add one, or fill "
                                       "them from a pattern.")));
    }
    web::Table table;
    table.caption = say(tr("The coming 14 days"));
    table.caption_is_hidden = true;
    table.head = {say(tr("Day")), say(tr("Time")), say(tr("Shift")), say(tr("Needed")),
                  say(tr("Who"))};
    table.is_number = {false, false, false, true, false};
    if (manages) {
        table.head.push_back(say(tr("Do")));
        table.is_number.push_back(false);
    }
    for (const auto& shift : shown.shifts) {
        const std::string who = who_is_on(request, hall, shown, shift);
        std::vector<Html> row{Html() << day_of(say, hall.zone, shift.starts_at),
                              Html() << hours_of(hall.zone, shift.starts_at, shift.ends_at),
                              Html() << shift.name, Html() << shift.needed,
                              Html() << (who.empty() ? say(tr("nobody yet")) : who)};
        if (manages) {
            Html link;
            link << "<a class=\"govuk-link\" href=\""
                 << Url("/on-call/shifts") / shift.shift_id.text() << "\">" << say(tr("Change"))
                 << web::visually_hidden(" " + shift.name + ", " +
                                         day_of(say, hall.zone, shift.starts_at))
                 << "</a>";
            row.push_back(std::move(link));
        }
        table.rows.push_back(std::move(row));
    }
    return web::table(std::move(table));
}

// Other pages about this rota.
Html ways_on(const web::Request& request, const Hall& about) {
    const Tongue& say = request.tongue;
    Html out;
    const auto add = [&](const Words& text, Url page) {
        out << "<li>" << web::link(say(text), here(about, std::move(page))) << "</li>";
    };
    out << "<ul class=\"govuk-list\">";
    add(tr("Calendar of the month and the week"), Url("/on-call/calendar"));
    add(tr("Print the rota"), Url("/on-call/print"));
    if (request.viewer.may(Permission::manage_peers)) {
        add(tr("What comes: peers, demand, uncovered nights"), Url("/on-call/ahead"));
        add(tr("How the rota is shared out"), Url("/on-call/shares"));
        add(tr("Repeating pattern"), Url("/on-call/pattern"));
        add(tr("Temporary schedule"), Url("/on-call/temporary"));
        add(tr("What each shift needs"), Url("/on-call/needs"));
        add(tr("Swaps"), Url("/on-call/swaps"));
        add(tr("Drafts"), Url("/on-call/drafts"));
        add(tr("Changes"), Url("/on-call/changes"));
        add(tr("When they can’t, and what they wish"), Url("/on-call/availability"));
        add(tr("Who would like to work together"), Url("/on-call/partners"));
        add(tr("Calendar addresses"), Url("/on-call/feeds"));
    }
    return out << "</ul>";
}

int count_thin(const Hall& about, const std::vector<store::Shift>& shifts) {
    return static_cast<int>(std::ranges::count_if(shifts, [&](const store::Shift& one) {
        return one.needed < about.policy->night_cover &&
               rules::night_worked(about.zone, about.policy->night, one.starts_at, one.ends_at);
    }));
}

web::Response week(web::Site& site, web::Request& request, CalledOut called_out) {
    const Tongue& say = request.tongue;
    std::optional<Hall> about;
    Shown shown;
    site.database.read([&](sql::Reader& reader) {
        about = hall(reader, request);
        if (about) shown = gather(reader, request, *about, called_out);
        return true;
    });
    if (!about) return no_scheme(request);
    web::PageOptions options;
    options.title = say(tr("On call: {scheme}",
                           {{"scheme", about->policy->say(say.tag()).short_name}}));
    Html main;
    std::optional<Html> action;
    if (request.viewer.may(Permission::manage_peers)) {
        action = Html() << "<div class=\"al-head-row__actions\">"
                        << web::button_link(say(tr("Add a shift")),
                                            here(*about, Url("/on-call/new")),
                                            web::Weight::secondary)
                        << " "
                        << web::button_link(say(tr("Plan the open shifts")),
                                            here(*about, Url("/on-call/plan")))
                        << "</div>";
    }
    main << done_banner(request) << web::head_row(options.title, std::move(action));
    for (const auto& [other, name] : shown.others) {
        main << "<p class=\"govuk-body\">"
             << web::link(say(tr("On call: {scheme}", {{"scheme", name}})),
                          Url("/on-call").with("scheme", other.text()))
             << "</p>";
    }
    main << tonight_part(request, *about, shown.tonight)
         << web::heading(2, say(tr("Gaps")), "m")
         << gap_list(request, *about, shown.gaps,
                     say(tr("Every shift of the coming 14 days has enough people.")))
         << web::heading(2, say(tr("On call now")), "m") << now_rows(request, *about, shown)
         << web::heading(2, say(tr("The coming 14 days")), "m")
         << thin_nights(say, count_thin(*about, shown.shifts), about->policy->night_cover)
         << shift_table(request, *about, shown);
    main << ways_on(request, *about);
    return web::page(request, std::move(options), std::move(main));
}

}  // namespace

// ---- what all of them share ---------------------------------------------------------------------

std::string mark(const Tongue& say, const std::vector<WhoCannot>& all, const store::Put& put,
                 Instant now) {
    const auto from = std::max(now, put.from_at);
    bool has_said_so = false;
    for (const auto& one : all) {
        if (one.person_id != put.person_id || one.from >= put.until_at || one.to <= from) continue;
        if (const auto* why = std::get_if<Unready>(&one.why)) {
            return " (" + say(tr("not ready: {why}", {{"why", say(words_of(*why))}})) + ")";
        }
        has_said_so |= std::get<NotTonight>(one.why) == NotTonight::said_so;
    }
    return has_said_so ? " (" + say(words_of(NotTonight::said_so)) + ")" : std::string();
}

std::string Hall::label(const Tongue& say, PersonId person) const {
    const auto found = labels.find(person);
    return found == labels.end() ? say(tr("A former member")) : found->second;
}

std::optional<Hall> hall(sql::Reader& reader, const web::Request& request) {
    const auto& home = request.viewer.establishment;
    const auto& said = request.query.has("scheme") ? request.query : request.form;
    const auto wanted = SchemeCode::parse(said.get("scheme"));
    if (said.has("scheme") && !wanted) return std::nullopt;
    std::vector<SchemeCode> seen;
    for (const auto& scheme : schemes::open_schemes(reader, home)) {
        if (!request.viewer.scheme || *request.viewer.scheme == scheme) seen.push_back(scheme);
    }
    if (seen.empty()) return std::nullopt;
    if (wanted && std::find(seen.begin(), seen.end(), *wanted) == seen.end()) return std::nullopt;
    Hall out{wanted ? *wanted : seen.front(), seen, {}, people::zone_of(reader, home), {}, {}, {}};
    out.policy = schemes::policy(reader, home, out.scheme);
    for (const auto& member : people::members(reader, home, out.scheme, request.now)) {
        out.labels[member.person_id] = member.label;
        out.member_of_label[lower(member.label)] = member.member_id.text();
        out.label_of_member[member.member_id.text()] = member.label;
    }
    return out;
}

std::string day_of(const Tongue& say, const Zone& zone, Instant at) {
    return day_text(say, zone.local(at).day);
}

std::string hours_of(const Zone& zone, Instant from, Instant to) {
    return clock_time(zone, from) + "–" + clock_time(zone, to);
}

std::string span_of(const Tongue& say, const Zone& zone, Instant from, Instant to) {
    const auto ends_on = zone.local(to).day;
    const bool is_one_day = zone.local(from).day == ends_on;
    return day_of(say, zone, from) + ", " + clock_time(zone, from) + "–" +
           (is_one_day ? "" : day_of(say, zone, to) + ", ") + clock_time(zone, to);
}

Html done_banner(const web::Request& request) {
    const Tongue& say = request.tongue;
    int made = 0, planned = 0, left_out = 0, repaired = 0;
    Words problem;
    if (request.query.has("repaired") &&
        web::read_field(request.query.get("repaired"), repaired, problem)) {
        return web::banner(say, say(trn("One change was made.", "{count} changes were made.",
                                        repaired)), true);
    }
    if (request.query.has("planned") &&
        web::read_field(request.query.get("planned"), planned, problem)) {
        std::string text = say(trn("One person was put on.", "{count} were put on.", planned));
        if (web::read_field(request.query.get("left-out"), left_out, problem) && left_out > 0) {
            text += " " + say(trn("One wasn't: something has changed since the plan was made.",
                                  "{count} weren't: something has changed since the plan was made.",
                                  left_out));
        }
        return web::banner(say, text, planned > 0);
    }
    if (request.query.get("done") == "pattern") {
        return web::banner(say, say(tr("The pattern is saved.")), true);
    }
    if (!request.query.has("made") ||
        !web::read_field(request.query.get("made"), made, problem)) {
        return {};
    }
    return web::banner(say, made == 0 ? say(tr("No shift was missing: none was made."))
                                      : say(trn("One shift was made.", "{count} shifts were made.",
                                                made)),
                       true);
}

Url here(const Hall& hall, Url page) { return page.with("scheme", hall.scheme.text()); }

web::Response no_scheme(const web::Request& request) {
    const Tongue& say = request.tongue;
    const bool is_named = request.query.has("scheme") || request.form.has("scheme");
    web::PageOptions options;
    options.title = say(tr("On call"));
    Html main;
    main << web::head_row(options.title)
         << web::empty_state(
                is_named ? say(tr("There is no such scheme here, or you may not see it."))
                         : say(tr("No scheme is open here. Open one on the policy page.")));
    return web::page(request, std::move(options), std::move(main), 404);
}

}  // namespace alongside::rota::pages

namespace alongside::rota {

std::vector<web::Route> shift_routes(web::Site& site);

std::vector<web::Route> routes(web::Site& site, Expects expects, CalledOut called_out) {
    using enum web::Method;
    using enum Permission;
    const auto on = [&site](web::Response (*handler)(web::Site&, web::Request&)) {
        return [&site, handler](web::Request& request) { return handler(site, request); };
    };
    std::vector<web::Route> out;
    out.emplace_back(get, "/on-call", see_board, [&site, called_out](web::Request& request) {
        return pages::week(site, request, called_out);
    });
    out.emplace_back(get, "/on-call/pattern", manage_peers, on(pages::pattern_page));
    out.emplace_back(post, "/on-call/pattern", manage_peers, on(pages::save_pattern_form));
    out.emplace_back(post, "/on-call/pattern/shifts", manage_peers, on(pages::fill_form));
    for (auto& route : shift_routes(site)) out.push_back(std::move(route));
    for (auto& route : pages::fairness_routes(site, expects)) out.push_back(std::move(route));
    for (auto& route : pages::plan_routes(site, expects)) out.push_back(std::move(route));
    for (auto& route : pages::tonight_routes(site, called_out)) out.push_back(std::move(route));
    for (auto& route : pages::calendar_routes(site, called_out)) out.push_back(std::move(route));
    for (auto& route : pages::repair_routes(site, called_out)) out.push_back(std::move(route));
    for (const auto more : {pages::new_shift_routes, pages::feed_routes, pages::print_routes,
                            pages::move_routes,
                            pages::several_routes, pages::temporary_routes,
                            pages::availability_routes, pages::mine_routes, pages::swap_routes,
                            pages::changes_routes, pages::stood_routes, pages::draft_routes,
                            pages::partners_routes,
                            pages::needs_routes}) {
        for (auto& route : more(site)) out.push_back(std::move(route));
    }
    return out;
}

}  // namespace alongside::rota
