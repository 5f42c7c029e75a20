// A longer search for a better plan: how far it is, stopped or not, and what it found.
#include <algorithm>
#include <optional>
#include <set>

#include "rota/pages_life.h"
#include "rota/pages_plan.h"
#include "rota/plan_facts.h"

namespace alongside::rota::pages {
namespace {

constexpr Millis wait_for_its_end{2000};

Url search_url(const Search& search) {
    return (Url("/on-call/plan/search") / search.what().search_id.text())
        .with("scheme", search.what().scheme.text());
}
Url below_search(const Search& search, std::string_view part) {
    return (Url("/on-call/plan/search") / search.what().search_id.text() / part)
        .with("scheme", search.what().scheme.text());
}

// ---- how far it is ------------------------------------------------------------------------------

std::string short_said(const Tongue& say, int places) {
    return places == 0 ? say(tr("None"))
                       : say(trn("{count} place", "{count} places", places));
}

// "458 points, 2773 at first".
std::string cost_said(const Tongue& say, const Search::State& state) {
    if (state.steps.empty()) return say(tr("Not known yet"));
    const auto first = state.steps.front().cost;
    const auto now = say(tr("{number} points", {{"number", std::to_string(state.now.cost)}}));
    if (first == state.now.cost) return now;
    return now + ", " + say(tr("{number} at first", {{"number", std::to_string(first)}}));
}

// "3 to 5": the least and the most of anybody.
std::string each(const Tongue& say, const std::vector<planning::Burden>& burdens,
                 const std::function<std::string(const planning::Burden&)>& shown,
                 const std::function<int(const planning::Burden&)>& amount) {
    if (burdens.empty()) return say(tr("Nobody"));
    const auto [least, most] = std::ranges::minmax(burdens, {}, amount);
    if (amount(least) == amount(most)) return shown(least);
    return say(tr("{least} to {most}", {{"least", shown(least)}, {"most", shown(most)}}));
}

std::string still_to_win(const Tongue& say, const planning::Progress& now) {
    if (!now.bound) return say(tr("Not known yet"));
    if (*now.bound >= now.cost) return say(tr("Nothing: it is proved that no plan is better."));
    return say(tr("At most {number} points: no plan costs less than {least}.",
                  {{"number", std::to_string(now.cost - *now.bound)},
                   {"least", std::to_string(*now.bound)}}));
}

std::string state_said(const Tongue& say, const Search::State& state) {
    if (!state.has_ended && state.was_stopped) {
        return say(tr("The search is being stopped. The best plan so far is kept."));
    }
    if (!state.has_ended) return say(tr("Searching for a better plan."));
    if (state.now.plan.is_best) {
        return say(tr("The search has ended: it is proved that no plan is better."));
    }
    if (state.was_stopped) return say(tr("The search was stopped. The best plan so far is kept."));
    return say(tr("The search has ended: its time is up. The best plan so far is kept."));
}

Html how_it_went(const Tongue& say, const std::vector<Search::Step>& steps) {
    web::Table table;
    table.caption = say(tr("Each better plan"));
    table.caption_is_hidden = true;
    table.head = {say(tr("After")), say(tr("Points"))};
    table.is_number = {true, true};
    for (const auto& step : steps) {
        table.rows.push_back({Html() << say(tr("{seconds} s",
                                               {{"seconds", std::to_string(step.seconds)}})),
                              Html() << std::to_string(step.cost)});
    }
    return web::details(say(tr("How it went")), web::table(std::move(table)));
}

Html what_points_are(const Tongue& say) {
    return web::details(
        say(tr("What points are")),
        web::paragraph(say(tr("Points are what a plan is judged by: the fewer, the better. A place "
                              "that nobody covers costs 30000 at night and 20000 by day, and 30000 "
                              "more where the shift has nobody at all. Beside that it costs more "
                              "the further nights, weekends, hours on call and hours with people "
                              "are from being shared equally. A wish that is kept saves 200."))));
}

// Everybody who looks sees the same.
Html draw_search(const Tongue& say, const Search& search) {
    const auto state = search.state();
    const auto& now = state.now;
    const auto& burdens = now.plan.burdens;
    const int seconds = static_cast<int>(now.seconds);
    const auto most = std::to_string(most_seconds_of_a_search);
    const auto time = say(tr("{seconds} of at most {most} seconds",
                             {{"seconds", std::to_string(seconds)}, {"most", most}}));
    const auto& what = search.what();
    const auto short_now = planning::still_short(what.facts, now.plan.puts).places;
    const auto short_before = planning::still_short(what.facts, what.start).places;
    const auto count = [&](int planning::Burden::*of) {
        return each(say, burdens,
                    [of](const planning::Burden& one) { return std::to_string(one.*of); },
                    [of](const planning::Burden& one) { return one.*of; });
    };
    std::string places = short_said(say, short_now);
    if (short_before != short_now) {
        places += ", " + say(tr("{number} at first", {{"number", std::to_string(short_before)}}));
    }
    Html out;
    out << "<p class=\"govuk-body-l\" role=\"status\">" << state_said(say, state) << "</p>"
        << "<progress class=\"al-progress\" aria-label=\"" << say(tr("Time")) << "\" max=\"" << most
        << "\" value=\"" << std::to_string(state.has_ended ? most_seconds_of_a_search : seconds)
        << "\"></progress>"
        << web::summary_list(
               {{say(tr("Time")), Html() << time, {}},
                {say(tr("Places that nobody covers")), Html() << places, {}},
                {say(tr("Nights of each")), Html() << count(&planning::Burden::nights), {}},
                {say(tr("Weekends of each")), Html() << count(&planning::Burden::weekends), {}},
                {say(tr("Hours on call of each")),
                 Html() << each(say, burdens,
                                [&](const planning::Burden& one) {
                                    return hours_shown(say, one.minutes);
                                },
                                [](const planning::Burden& one) { return one.minutes; }), {}},
                {say(tr("What the plan costs")), Html() << cost_said(say, state), {}},
                {say(tr("What may still be won")), Html() << still_to_win(say, now), {}}})
        << web::shared_button(state.has_ended ? say(tr("See the plan"))
                                              : say(tr("Stop and keep the best")),
                              below_search(search, "stopped"), web::Weight::primary);
    if (!state.steps.empty()) out << how_it_went(say, state.steps);
    return out << what_points_are(say);
}

std::string search_view(const web::Request& request, const Search& search) {
    return Searches::view_prefix(search.what()) + std::string(request.tongue.tag());
}

std::shared_ptr<const std::string> search_drawing(web::Site& site, const web::Request& request,
                                                  const std::shared_ptr<Search>& search) {
    return site.live.view(request.viewer.establishment, search_view(request, *search),
                          [say = request.tongue, search] { return draw_search(say, *search); });
}

web::PageOptions options_of_search(const web::Request& request, const Hall& about,
                                   const Words& title) {
    web::PageOptions options;
    options.title = request.tongue(title);
    options.before_main = web::back_link(request.tongue, here(about, Url("/on-call/plan")));
    return options;
}

web::Response progress_page(web::Site& site, const web::Request& request, const Hall& about,
                            const std::shared_ptr<Search>& search) {
    const Tongue& say = request.tongue;
    auto options = options_of_search(
        request, about,
        tr("A longer search: {scheme}", {{"scheme", about.policy->say(say.tag()).short_name}}));
    Html main;
    main << web::head_row(options.title)
         << web::paragraph(say(tr("Nothing on the rota changes by it. You may leave this page: the "
                                  "search goes on until its time is up, and for an hour the page "
                                  "“Plan the open shifts” leads back to what it found.")))
         << web::live_region(request, below_search(*search, "live"),
                             Html::drawn_by_us(*search_drawing(site, request, search)),
                             {.seconds = 10,
                              .lost = say(tr("Lost contact since {time}. The search may have "
                                             "ended.", {{"time", "{time}"}}))});
    return web::page(request, std::move(options), std::move(main));
}

// ---- what it found ------------------------------------------------------------------------------

// Of the plan that it went on from.
Html found_by(const Tongue& say, const Search& search, const Search::State& state) {
    std::vector<planning::Put> before = search.what().start, differ;
    std::ranges::sort(before);
    std::ranges::set_symmetric_difference(before, state.now.plan.puts, std::back_inserter(differ));
    std::set<ShiftId> shifts;
    for (const auto& put : differ) shifts.insert(put.shift_id);
    Html out;
    out << web::paragraph(state_said(say, state))
        << web::paragraph(
               shifts.empty()
                   ? say(tr("The longer search found nothing better."))
                   : say(trn("The longer search found a better plan: {count} shift has other "
                             "people than before.",
                             "The longer search found a better plan: {count} shifts have other "
                             "people than before.",
                             static_cast<int>(shifts.size()))));
    if (!state.steps.empty()) {
        out << web::paragraph(say(tr("What the plan costs: {cost}.",
                                     {{"cost", cost_said(say, state)}})) +
                              " " + say(tr("What may still be won:")) + " " +
                              still_to_win(say, state.now));
    }
    return web::inset(std::move(out));
}

// What it found, on the rota as it is now.
web::Response found_page(web::Site& site, const web::Request& request, Hall about,
                         const Search& search, Expects expects) {
    const auto state = search.state();
    const auto& what = search.what();
    Planned planned{std::move(about), what.first, {}, {}};
    planned.facts = site.database.read([&](sql::Reader& reader) {
        return plan_facts(reader, request.viewer.establishment, *planned.about.policy,
                          planned.about.zone, what.first, what.facts.days, request.now, expects);
    });
    const auto& found = state.now.plan;
    const auto plan = planning::still_fitting(planned.facts, found.puts);
    planned.proposal = planning::as_proposal(planned.facts, plan);
    planned.proposal.is_best = found.is_best && planned.facts == what.facts;
    Html said = found_by(request.tongue, search, state);
    if (plan.size() < found.puts.size()) {
        said << web::inset(Html() << request.tongue(
            tr("The rota has changed since the search began. What of the plan no longer fits is "
               "left out here.")));
    }
    return plan_page(request, planned, said);
}

// ---- asked for ----------------------------------------------------------------------------------

struct SearchAsked {
    Hall about;
    std::shared_ptr<Search> search;
};

// Of the scheme that the viewer looks after.
std::variant<SearchAsked, web::Response> search_asked_for(web::Site& site,
                                                          const web::Request& request,
                                                          Searches& searches) {
    auto about = site.database.read([&](sql::Reader& reader) { return hall(reader, request); });
    if (!about) return no_scheme(request);
    const auto id = Uuid::parse(request.capture("id"));
    const auto& home = request.viewer.establishment;
    const auto search = id ? searches.find(home, *id, request.now) : nullptr;
    if (search && search->what().scheme == about->scheme) {
        return SearchAsked{std::move(*about), search};
    }
    const Tongue& say = request.tongue;
    auto options = options_of_search(request, *about, tr("This search isn’t there any more"));
    Html main;
    main << web::head_row(options.title)
         << web::empty_state(
                say(tr("What a search found is kept for an hour, until the next one of the scheme "
                       "begins or the program is started anew. Nothing on the rota has changed.")),
                Html() << web::button_link(say(tr("Plan the open shifts")),
                                           here(*about, Url("/on-call/plan"))));
    return web::page(request, std::move(options), std::move(main), 404);
}

web::Response begin_search(web::Site& site, web::Request& request, Expects expects,
                           Searches& searches) {
    auto asked = facts_asked_for(site, request, expects);
    if (auto* answer = std::get_if<web::Response>(&asked)) return std::move(*answer);
    auto& planned = std::get<Planned>(asked);
    const auto start = changes_said(request);
    if (!start) return web::not_found(request);
    auto puts = planning::still_fitting(planned.facts, start->on);
    const auto id = request.id_to_make(site.entropy, "search");
    const auto search = searches.begin({id, request.viewer.establishment, planned.about.scheme,
                                        planned.first, planned.facts, puts},
                                       request.now);
    if (search->what().search_id == id) return web::see_other(search_url(*search));
    planned.proposal = planning::as_proposal(planned.facts, std::move(puts));
    const Tongue& say = request.tongue;
    Html other;
    other << web::paragraph(say(tr("Another long search is running. Try again in a moment.")));
    if (search->what().scheme == planned.about.scheme) {
        other << web::link(say(tr("See how far it is")), search_url(*search));
    }
    return plan_page(request, planned, web::inset(std::move(other)));
}

web::Response show_search(web::Site& site, web::Request& request, Expects expects,
                          Searches& searches) {
    auto asked = search_asked_for(site, request, searches);
    if (auto* answer = std::get_if<web::Response>(&asked)) return std::move(*answer);
    auto& [about, search] = std::get<SearchAsked>(asked);
    if (!search->state().has_ended) return progress_page(site, request, about, search);
    return found_page(site, request, std::move(about), *search, expects);
}

web::Response search_live(web::Site& site, web::Request& request, Searches& searches) {
    auto asked = search_asked_for(site, request, searches);
    if (auto* answer = std::get_if<web::Response>(&asked)) return std::move(*answer);
    const auto& search = std::get<SearchAsked>(asked).search;
    search_drawing(site, request, search);
    web::Response out;
    out.live_view = search_view(request, *search);
    return out;
}

web::Response stop_search(web::Site& site, web::Request& request, Searches& searches) {
    auto asked = search_asked_for(site, request, searches);
    if (auto* answer = std::get_if<web::Response>(&asked)) return std::move(*answer);
    const auto& search = std::get<SearchAsked>(asked).search;
    search->stop();
    search->wait(wait_for_its_end);
    return web::see_other(search_url(*search));
}

}  // namespace

Html last_search(const web::Request& request, const Hall& about, Searches& searches) {
    const Tongue& say = request.tongue;
    const auto search =
        searches.last_of(request.viewer.establishment, about.scheme, request.now);
    if (!search) return {};
    const bool has_ended = search->state().has_ended;
    return web::inset(
        Html() << web::paragraph(
                      has_ended ? say(tr("A longer search for a better plan has ended."))
                                : say(tr("A longer search for a better plan is running.")))
               << web::link(has_ended ? say(tr("See the plan that it found"))
                                      : say(tr("See how far it is")),
                            search_url(*search)));
}

std::vector<web::Route> search_routes(web::Site& site, Expects expects,
                                      const std::shared_ptr<Searches>& searches) {
    using enum web::Method;
    constexpr auto who = Permission::manage_peers;
    std::vector<web::Route> out;
    out.emplace_back(post, "/on-call/plan/search", who,
                     [&site, expects, searches](web::Request& request) {
                         return begin_search(site, request, expects, *searches);
                     })
        .body_limit(largest_plan);
    out.emplace_back(get, "/on-call/plan/search/{id}", who,
                     [&site, expects, searches](web::Request& request) {
                         return show_search(site, request, expects, *searches);
                     });
    out.emplace_back(get, "/on-call/plan/search/{id}/live", who,
                     [&site, searches](web::Request& request) {
                         return search_live(site, request, *searches);
                     })
        .live();
    out.emplace_back(post, "/on-call/plan/search/{id}/stopped", who,
                     [&site, searches](web::Request& request) {
                         return stop_search(site, request, *searches);
                     });
    return out;
}

}  // namespace alongside::rota::pages
