// Swaps, for the coordinator: what waits for a yes, and each step for somebody absent.
#include <algorithm>

#include "rota/pages_mine.h"
#include "rota/plan_facts.h"
#include "rota/refusals.h"
#include "rota/swaps.h"

namespace alongside::rota::pages {
namespace {

struct SwapsPage {
    Hall about;
    std::vector<Swap> swaps;
    // Of those that wait for a yes: what a plan would have against it, as things are now.
    std::map<SwapId, std::vector<planning::Reason>> against = {};
    std::map<SwapId, std::vector<PersonId>> on_it = {};     // of those that nobody takes
};

std::optional<SwapsPage> load_swaps(sql::Reader& reader, const web::Request& request) {
    auto about = hall(reader, request);
    if (!about) return std::nullopt;
    auto all = swaps(reader, request.viewer.establishment, request.now, about->scheme);
    // What waits for a yes comes first, then what nobody takes.
    std::ranges::stable_sort(all, {}, [](const Swap& one) {
        return one.is_waiting() ? 0 : one.is_open() ? 1 : 2;
    });
    SwapsPage out{std::move(*about), std::move(all)};
    for (const auto& swap : out.swaps) {
        if (swap.is_open()) {
            for (const auto& put : store::puts_of_shift(reader, request.viewer.establishment,
                                                        swap.shift_id)) {
                if (put.until_at > request.now) out.on_it[swap.swap_id].push_back(put.person_id);
            }
        }
        if (!swap.is_waiting()) continue;
        const auto facts = facts_around(reader, request.viewer.establishment, out.about.scheme,
                                        swap.starts_at, swap.starts_at, request.now);
        out.against[swap.swap_id] = rules::against_taker(facts, swap.shift_id, swap.person_id,
                                                         *swap.taker);
    }
    return out;
}

Url swap_url(const Swap& swap, const char* step) {
    return Url("/on-call/swaps") / swap.swap_id.text() / step;
}

Html step_button(const web::Request& request, const SwapsPage& shown, const Swap& swap,
                 const char* step, const std::string& text, web::Weight weight) {
    return web::button_form(request, swap_url(swap, step), text, weight,
                            {{"scheme", shown.about.scheme.text()}});
}

Html taker_form(const web::Request& request, const SwapsPage& shown, const Swap& swap) {
    const Tongue& say = request.tongue;
    std::vector<web::Choice> choices{{"", say(tr("Choose somebody")), "", false}};
    for (const auto& [person, label] : shown.about.labels) {
        const auto on_it = shown.on_it.find(swap.swap_id);
        if (on_it != shown.on_it.end() && std::ranges::count(on_it->second, person) > 0) continue;
        choices.push_back({person.text(), label, "", false});
    }
    std::sort(choices.begin() + 1, choices.end(),
              [](const auto& a, const auto& b) { return a.text < b.text; });
    const auto id = "person_id-" + swap.swap_id.text();
    Html inner;
    inner << "<input type=\"hidden\" name=\"scheme\" value=\"" << shown.about.scheme.text()
          << "\"><div class=\"govuk-form-group\"><label class=\"govuk-label\" for=\"" << id << "\">"
          << say(tr("Who takes it")) << "</label><select class=\"govuk-select\" id=\"" << id
          << "\" name=\"person_id\">";
    for (const auto& choice : choices) {
        inner << "<option value=\"" << choice.value << "\">" << choice.text << "</option>";
    }
    inner << "</select></div>" << web::submit(say(tr("Put them on instead")));
    return web::details(say(tr("Somebody takes it, and can’t say so here")),
                        web::form(request, swap_url(swap, "take"), std::move(inner)));
}

Html state_of(const web::Request& request, const SwapsPage& shown, const Swap& swap) {
    const Tongue& say = request.tongue;
    const auto who = [&](PersonId person) { return shown.about.label(say, person); };
    Html out;
    out << "<b>" << span_of(say, shown.about.zone, swap.starts_at, swap.ends_at) << ", "
        << swap.name << "</b><br>";
    if (swap.is_done()) {
        return out << say(tr("{taker} has it instead of {asker}.",
                             {{"taker", who(*swap.taker)}, {"asker", who(swap.person_id)}}));
    }
    if (swap.is_waiting()) {
        out << say(tr("{taker} would take it from {asker}.",
                      {{"taker", who(*swap.taker)}, {"asker", who(swap.person_id)}}));
        const auto& whys = shown.against.at(swap.swap_id);
        if (!whys.empty()) {
            const auto reasons = reasons_text(say, whys);
            out << "<span class=\"al-move__know\">"
                << say(tr("A plan wouldn’t: {reasons}.", {{"reasons", reasons}})) << "</span>";
        }
        return out;
    }
    return out << say(tr("{asker} asks for it to be taken, and is on it until somebody has it.",
                         {{"asker", who(swap.person_id)}}));
}

Html steps_of(const web::Request& request, const SwapsPage& shown, const Swap& swap) {
    const Tongue& say = request.tongue;
    using enum web::Weight;
    Html out;
    if (swap.is_waiting()) {
        return out << step_button(request, shown, swap, "approve", say(tr("Yes, change it")),
                                  primary)
                   << step_button(request, shown, swap, "refuse", say(tr("No, it stays")),
                                  secondary);
    }
    if (swap.is_open()) {
        return out << taker_form(request, shown, swap)
                   << step_button(request, shown, swap, "end",
                                  say(tr("They keep it after all")), secondary);
    }
    if (request.now < swap.starts_at) {
        out << step_button(request, shown, swap, "undo", say(tr("Give it back")), secondary);
    }
    return out;
}

web::Response swaps_page(web::Site& site, web::Request& request, const web::FieldErrors& errors,
                         int status) {
    const Tongue& say = request.tongue;
    const auto shown = site.database.read(
        [&](sql::Reader& reader) { return load_swaps(reader, request); });
    if (!shown) return no_scheme(request);
    web::PageOptions options;
    options.title = say(tr("Swaps: {scheme}",
                           {{"scheme", shown->about.policy->say(say.tag()).short_name}}));
    options.before_main = web::back_link(say, here(shown->about, Url("/on-call")));
    Html main;
    main << web::error_summary(request, errors) << web::head_row(options.title)
         << web::paragraph(
                shown->about.policy->swaps_need_approval
                    ? say(tr("Members ask on their own page, and others take it there; you say "
                             "yes first. A shift that runs is taken at once."))
                    : say(tr("Members ask on their own page, and others take it there, at once. "
                             "The policy can say that you approve first.")));
    if (shown->swaps.empty()) {
        main << web::empty_state(say(tr("Nobody asks for a shift to be taken.")));
    } else {
        std::vector<web::ToDo> list;
        for (const auto& swap : shown->swaps) {
            list.push_back({state_of(request, *shown, swap), steps_of(request, *shown, swap),
                            swap.is_waiting()});
        }
        main << web::to_do(std::move(list));
    }
    main << web::hint_text(say(tr("For somebody who can’t ask here, press “Ask for it to be "
                                  "taken” beside them on the shift’s page.")));
    return web::page(request, std::move(options), std::move(main), status);
}

web::Response back_to_swaps(web::Site& site, web::Request& request, const Result<Done>& done) {
    const auto about = site.database.read(
        [&](sql::Reader& reader) { return hall(reader, request); });
    if (!about) return no_scheme(request);
    if (done) return web::see_other(here(*about, Url("/on-call/swaps")));
    if (done.error().status == 404) return web::refused(request, done.error());
    auto refusal = done.error();
    refusal.field = {};
    web::FieldErrors errors;
    web::add_refusal(errors, refusal);
    return swaps_page(site, request, errors, done.error().status);
}

std::optional<Swap> swap_asked(web::Site& site, const web::Request& request, SwapId id) {
    const auto all = site.database.read([&](sql::Reader& reader) {
        return swaps(reader, request.viewer.establishment, request.now);
    });
    const auto found = std::ranges::find(all, id, &Swap::swap_id);
    return found == all.end() ? std::nullopt : std::optional(*found);
}

using StaffStep = Result<Done> (*)(web::Site&, web::Request&, const Swap&);

Result<Done> take_for(web::Site& site, web::Request& request, const Swap& swap) {
    const auto person = PersonId::parse(request.form.get("person_id"));
    if (!person) {
        return Refusal{"rota.nobody_chosen", tr("Choose at least one person."), "person_id", 422};
    }
    return take_swap(site.database, request.occasion(site.entropy),
                     TakeId(request.id_to_make(site.entropy)), swap.swap_id, *person,
                     TakenBy::staff);
}
Result<Done> approve(web::Site& site, web::Request& request, const Swap& swap) {
    return approve_swap(site.database, request.occasion(site.entropy), swap.swap_id);
}
Result<Done> refuse(web::Site& site, web::Request& request, const Swap& swap) {
    return refuse_swap(site.database, request.occasion(site.entropy), swap.swap_id);
}
Result<Done> keep_for(web::Site& site, web::Request& request, const Swap& swap) {
    return take_back_swap(site.database, request.occasion(site.entropy), swap.swap_id,
                          swap.person_id);
}
Result<Done> undo_for(web::Site& site, web::Request& request, const Swap& swap) {
    if (!swap.taker) return Done{};
    return undo_swap(site.database, request.occasion(site.entropy), swap.swap_id, *swap.taker);
}

web::Response ask_for_somebody(web::Site& site, web::Request& request) {
    const auto id = request.id<ShiftId>("id");
    const auto person = PersonId::parse(request.form.get("person_id"));
    if (!id || !person) return web::not_found(request);
    const auto done = ask_swap(site.database, request.occasion(site.entropy),
                               SwapId(request.id_to_make(site.entropy)), *id, *person);
    return back_to_swaps(site, request, done);
}

}  // namespace

std::vector<web::Route> swap_routes(web::Site& site) {
    using enum web::Method;
    constexpr auto who = Permission::manage_peers;
    std::vector<web::Route> out;
    out.emplace_back(get, "/on-call/swaps", who, [&site](web::Request& request) {
        return swaps_page(site, request, {}, 200);
    });
    out.emplace_back(post, "/on-call/shifts/{id}/swap", who, [&site](web::Request& request) {
        return ask_for_somebody(site, request);
    });
    const auto step = [&](std::string_view pattern, StaffStep act) {
        out.emplace_back(post, pattern, who, [&site, act](web::Request& request) {
            const auto id = request.id<SwapId>("id");
            const auto swap = id ? swap_asked(site, request, *id) : std::nullopt;
            if (!swap) return web::not_found(request);
            return back_to_swaps(site, request, act(site, request, *swap));
        });
    };
    step("/on-call/swaps/{id}/take", take_for);
    step("/on-call/swaps/{id}/approve", approve);
    step("/on-call/swaps/{id}/refuse", refuse);
    step("/on-call/swaps/{id}/end", keep_for);
    step("/on-call/swaps/{id}/undo", undo_for);
    return out;
}

}  // namespace alongside::rota::pages
