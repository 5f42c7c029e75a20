// Tonight: who is on call, who of them can't come, what that leaves, and what to do about it.
#include <algorithm>
#include <map>

#include "base/dates.h"
#include "rota/pages_mine.h"
#include "rota/pages_plan.h"
#include "rota/plan_facts.h"
#include "rota/refusals.h"
#include "rota/swaps.h"

namespace alongside::rota::pages {
namespace {

// How much of why somebody can't come is told. Rest is told to everybody; who it is, to whoever
// unlocks; why, to those who manage peers alone.
enum class TonightSees { counts, who, why };

TonightSees tonight_seen_by(const Viewer& who) {
    if (who.may(Permission::manage_peers)) return TonightSees::why;
    return who.may(Permission::authorise_unlock) ? TonightSees::who : TonightSees::counts;
}

struct TonightOf {
    Hall about;
    std::optional<Tonight> tonight;
    std::map<ShiftId, std::vector<PersonId>> could_take;     // of shifts with a gap
};

TonightOf tonight_of(sql::Reader& reader, const web::Request& request, Hall about,
                     CalledOut called_out) {
    const auto& home = request.viewer.establishment;
    TonightOf out{std::move(about), {}, {}};
    out.tonight = tonight(reader, home, out.about.scheme, request.now, called_out);
    if (!out.tonight || !request.viewer.may(Permission::manage_peers)) return out;
    for (const auto& gap : out.tonight->gaps) {
        if (out.could_take.contains(gap.shift_id)) continue;
        const auto shift = store::shift(reader, home, gap.shift_id);
        const auto facts = facts_around(reader, home, out.about.scheme, shift->starts_at,
                                        shift->starts_at, request.now);
        auto& could = out.could_take[gap.shift_id];
        could = rules::who_could_take(facts, gap.shift_id, PersonId());
        std::erase_if(could, [&](PersonId one) {
            return std::ranges::count(out.tonight->others_away, one) > 0 ||
                   std::ranges::count(out.tonight->on, one, &OnTonight::person_id) > 0;
        });
    }
    return out;
}

std::string why_not_tonight(const Tongue& say, const Zone& zone, const OnTonight& on,
                            TonightSees sees) {
    std::string out;
    for (const auto& one : on.cannot) {
        const bool is_told = sees == TonightSees::why || one.is_rest();
        std::string why = is_told ? say(std::visit([](auto w) { return words_of(w); }, one.why))
                                  : say(tr("can’t be reached"));
        if (one.from > on.from || one.to < on.to) {
            why = say(tr("{why}, {from} to {to}", {{"why", std::move(why)},
                                                   {"from", clock_time(zone, one.from)},
                                                   {"to", clock_time(zone, one.to)}}));
        }
        const bool is_there = out.find(why) != std::string::npos;
        if (!is_there) out += (out.empty() ? "" : "; ") + why;
    }
    return out;
}

const std::string& name_of(const Tongue& say, const TonightOf& of) {
    return of.about.policy->say(say.tag()).short_name;
}

bool is_rest_alone(const OnTonight& on) {
    return std::ranges::all_of(on.cannot, &CannotCome::is_rest);
}

Html who_is_on_tonight(const Tongue& say, const TonightOf& of, TonightSees sees) {
    const auto& zone = of.about.zone;
    web::Table table;
    table.caption = say(tr("On call tonight: {scheme}", {{"scheme", name_of(say, of)}}));
    table.caption_is_hidden = true;
    table.head = {say(tr("Who")), say(tr("Time")), say(tr("Can they come?")), say(tr("Why not"))};
    int untold = 0;
    auto on = of.tonight->on;
    std::ranges::stable_sort(on, {}, [&](const OnTonight& one) {
        return of.about.label(say, one.person_id);
    });
    for (const auto& one : on) {
        if (sees == TonightSees::counts && !is_rest_alone(one)) {
            ++untold;
            continue;
        }
        Html chip = one.cannot.empty() ? web::chip(say(tr("can come")), web::Tone::ready)
                    : one.comes_never  ? web::chip(say(tr("can’t come")), web::Tone::gap)
                                       : web::chip(say(tr("for a part")), web::Tone::with);
        table.rows.push_back({Html() << of.about.label(say, one.person_id),
                              Html() << hours_of(zone, one.from, one.to), std::move(chip),
                              Html() << why_not_tonight(say, zone, one, sees)});
    }
    Html out;
    if (!table.rows.empty()) out << web::table(std::move(table));
    if (untold > 0) {
        out << web::paragraph(say(trn("One more is on call and can’t be reached.",
                                      "{count} more are on call and can’t be reached.", untold)));
    }
    return out;
}

Html what_is_left(const Tongue& say, const TonightOf& of) {
    web::Table table;
    table.caption = say(tr("What that leaves: {scheme}", {{"scheme", name_of(say, of)}}));
    table.head = {say(tr("Time")), say(tr("Can come"))};
    for (const auto& one : of.tonight->cover) {
        table.rows.push_back(
            {Html() << hours_of(of.about.zone, one.from, one.to),
             one.people == 0 ? web::chip(say(tr("nobody")), web::Tone::gap)
                             : Html() << one.people});
    }
    return web::table(std::move(table));
}

// Each gap with the shift to go to, and by name whom a plan would allow to take it.
Html what_to_do(const web::Request& request, const TonightOf& of) {
    const Tongue& say = request.tongue;
    const bool manages = request.viewer.may(Permission::manage_peers);
    std::vector<web::ToDo> list;
    for (const auto& gap : of.tonight->gaps) {
        Html text;
        text << span_of(say, of.about.zone, gap.from, gap.to) << ", " << gap.name << ": "
             << say(trn("{count} person short", "{count} people short", gap.short_by));
        std::optional<Html> action;
        if (manages) {
            std::vector<std::string> labels;
            for (const auto person : of.could_take.at(gap.shift_id)) {
                labels.push_back(of.about.label(say, person));
            }
            std::ranges::sort(labels);
            std::string who;
            for (const auto& label : labels) who += (who.empty() ? "" : ", ") + label;
            text << web::hint_text(who.empty()
                                       ? say(tr("Nobody else could take it by the rules of a "
                                                "plan. “Put somebody on” says why, of each."))
                                       : say(tr("Could take it: {people}. Ask them first.",
                                                {{"people", who}})));
            action = web::button_link(say(tr("Put somebody on")),
                                      Url("/on-call/shifts") / gap.shift_id.text(),
                                      web::Weight::secondary);
        }
        list.push_back({std::move(text), std::move(action), true});
    }
    if (list.empty()) return {};
    return Html() << web::heading(3, say(tr("What to do")), "s") << web::to_do(std::move(list))
                  << how_short_counts(say);
}

Html scheme_tonight(const web::Request& request, const TonightOf& of) {
    const Tongue& say = request.tongue;
    const auto& about = of.about;
    const auto& tonight = *of.tonight;
    const auto sees = tonight_seen_by(request.viewer);
    Html out;
    out << web::heading(2, say(tr("{scheme}: {span}",
                                  {{"scheme", name_of(say, of)},
                                   {"span", span_of(say, about.zone, tonight.night.from,
                                                    tonight.night.to)}})), "m");
    if (tonight.on.empty()) {
        std::optional<Html> step;
        if (request.viewer.may(Permission::manage_peers)) {
            step = web::button_link(say(tr("See the coming 14 days")),
                                    here(about, Url("/on-call")), web::Weight::secondary);
        }
        out << web::empty_state(say(tr("Nobody is put on call for this night.")), std::move(step))
            << what_to_do(request, of);
        return out;
    }
    if (!tonight.is_warned) {
        out << web::hint_text(say(tr("From {time} on, the overview and the unlocks page say so "
                                     "where somebody can’t come.",
                                     {{"time", when_text(say, about.zone, tonight.warns_from,
                                                         request.now)}})));
    }
    out << who_is_on_tonight(say, of, sees) << what_is_left(say, of)
        << thin_night(say, tonight.fewest(), tonight.night_cover) << what_to_do(request, of);
    out << "<p class=\"govuk-body\">"
        << web::link(say(tr("The coming 14 days")), here(about, Url("/on-call")));
    if (sees == TonightSees::why) {
        out << " · " << web::link(say(tr("Swaps")), here(about, Url("/on-call/swaps")));
    }
    return out << "</p>";
}

web::Response tonight_page(web::Site& site, web::Request& request, CalledOut called_out) {
    const Tongue& say = request.tongue;
    std::vector<TonightOf> all;
    site.database.read([&](sql::Reader& reader) {
        const auto first = hall(reader, request);
        if (!first) return true;
        for (const auto& scheme : first->others) {
            auto about_it = request;
            about_it.query = {};
            about_it.query.add("scheme", scheme.text());
            if (auto about = hall(reader, about_it)) {
                all.push_back(tonight_of(reader, request, std::move(*about), called_out));
            }
        }
        return true;
    });
    if (all.empty()) return no_scheme(request);
    web::PageOptions options;
    options.title = say(tr("Tonight"));
    options.before_main = web::back_link(say, Url("/on-call"));
    Html main;
    main << web::head_row(options.title);
    for (const auto& one : all) {
        if (one.tonight) main << scheme_tonight(request, one);
    }
    if (request.viewer.may(Permission::manage_peers)) {
        main << web::hint_text(say(tr("As things stand now. Who is out of the prison counts again "
                                      "when they are back; who said that they can’t, when that is "
                                      "taken back.")));
    }
    return web::page(request, std::move(options), std::move(main));
}

}  // namespace

Html tonight_part(const web::Request& request, const Hall& about,
                  const std::optional<Tonight>& tonight) {
    if (!tonight) return {};
    const Tongue& say = request.tongue;
    Html out;
    out << web::heading(2, say(tr("Tonight")), "m");
    const auto cover = cover_text(say, about.zone, tonight->cover);
    const int away = tonight->cannot_come();
    if (tonight->on.empty()) {
        out << web::paragraph(say(tr("Nobody is put on call for this night.")));
    } else if (away > 0) {
        out << web::warning(say, say(trn("One person on call tonight can’t be reached. Can come: "
                                         "{cover}.",
                                         "{count} people on call tonight can’t be reached. Can "
                                         "come: {cover}.",
                                         away, {{"cover", cover}})));
    } else {
        out << web::paragraph(say(tr("Can come: {cover}.", {{"cover", cover}})));
    }
    if (!tonight->on.empty()) out << thin_night(say, tonight->fewest(), tonight->night_cover);
    return out << "<p class=\"govuk-body\">"
               << web::link(say(tr("Who can come tonight")), Url("/on-call/tonight")) << "</p>";
}

Html thin_night(const Tongue& say, int people, int night_cover) {
    if (people >= night_cover) return {};
    const auto values = WordValues{{"cover", std::to_string(night_cover)}};
    const auto why = say(tr("One call takes a peer out for the night: whoever asks next has "
                            "nobody. The scheme’s policy has {cover} at night.", values));
    return web::warning(say, (people == 0
                                  ? say(tr("For some of this night nobody can come."))
                                  : say(trn("For some of this night only one person can come.",
                                            "For some of this night only {count} people can come.",
                                            people))) + " " + why);
}

Html thin_nights(const Tongue& say, int nights, int night_cover) {
    if (nights == 0) return {};
    return web::warning(
        say, say(trn("One night shift needs fewer than {cover} people: one call takes a peer out "
                     "for the night, and whoever asks next has nobody.",
                     "{count} night shifts need fewer than {cover} people: one call takes a peer "
                     "out for the night, and whoever asks next has nobody.",
                     nights, {{"cover", std::to_string(night_cover)}})));
}

Html thin_nights(const Tongue& say, const Planned& planned) {
    const int cover = planned.about.policy->night_cover;
    const auto thin = std::ranges::count_if(planned.facts.shifts, [&](const auto& shift) {
        return shift.is_night && shift.needed < cover;
    });
    return thin_nights(say, static_cast<int>(thin), cover);
}

std::vector<web::Route> tonight_routes(web::Site& site, CalledOut called_out) {
    std::vector<web::Route> out;
    out.emplace_back(web::Method::get, "/on-call/tonight", Permission::see_board,
                     [&site, called_out](web::Request& request) {
                         return tonight_page(site, request, called_out);
                     });
    return out;
}

}  // namespace alongside::rota::pages
