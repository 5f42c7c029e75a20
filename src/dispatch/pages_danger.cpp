// Immediate danger: an explicit press, confirmed; on every live board at once (rule 20).
#include <algorithm>

#include "access/access.h"
#include "dispatch/cell.h"
#include "dispatch/asking.h"

namespace alongside::dispatch {
namespace {

bool is_officer(const Viewer& who) { return who.may(Permission::acknowledge_danger); }

std::string pressed_by(const Viewer& who) {
    if (is_officer(who)) return "officer";
    return who.has(Role::peer) ? "peer" : "the_person";
}

// Where help should run to; the empty key where nobody knows.
LocationKey place_of(const Room& room, const web::Request& request) {
    const auto& who = request.viewer;
    if (who.device) return who.device->place;
    if (!who.person) return {};
    return room.site.database.read([&](sql::Reader& reader) {
        const auto at = people::whereabouts(reader, who.establishment, *who.person);
        return at ? at->place : LocationKey{};
    });
}

Words whose(const std::string& by) {
    if (by == "officer") return tr("An officer pressed at {time}.");
    if (by == "peer") return tr("A peer pressed at {time}.");
    return tr("The person pressed at {time}.");
}

web::Response show(const Room& room, web::Request& request, const std::string& typed,
                   const web::FieldErrors& errors) {
    const Tongue& say = request.tongue;
    const bool officer = is_officer(request.viewer);
    const LocationKey place = place_of(room, request);
    const bool asks_place = officer || place.empty();
    const auto& said = request.method == web::Method::get ? request.query : request.form;
    const bool quiet = !officer && said.get("mode") == "quiet";
    Html inner;
    if (quiet) inner << "<input type=\"hidden\" name=\"mode\" value=\"quiet\">";
    if (asks_place) {
        inner << web::text_input(request, {.name = "place", .label = say(tr("Where?")),
                                           .hint = say(tr("A cell, for example B-2-014")),
                                           .value = typed, .errors = &errors},
                                 "text", 10);
    }
    inner << web::submit(asks_place ? say(tr("Yes: call help there"))
                                    : say(tr("Yes, I need help now")),
                         web::Weight::warning);
    Html main;
    main << web::error_summary(request, errors);
    if (officer) {
        main << web::warning(say, say(tr("Use the emergency alarm first.")));
    } else {
        main << press_your_bell(request);
    }
    main << web::heading(1, say(tr("Is somebody in danger right now?")), "xl")
         << "<p class=\"govuk-body-l\">"
         << say(tr("Hurt, unconscious, or about to be. This shows on every board at once, and "
                   "staff come."))
         << "</p>" << web::form(request, Url("/danger"), std::move(inner))
         << "<p class=\"govuk-body\">"
         << web::link(say(tr("No, go back")),
                      officer ? Url("/board") : quiet_if(quiet, Url("/ask")))
         << "</p>";
    if (!officer) main << clears(request);
    web::PageOptions options = officer ? web::PageOptions{.title = say(tr("Immediate danger"))}
                                       : asking_options(request, say(tr("Help right now")));
    options.is_wide = false;
    return web::page(request, options, quiet_if(quiet, std::move(main)),
                     errors.empty() ? 200 : 422);
}

web::Response pressed(const web::Request& request) {
    const Tongue& say = request.tongue;
    const bool quiet = request.query.get("mode") == "quiet";
    Html main;
    main << web::heading(1, say(tr("Staff are being called")), "xl") << "<p class=\"govuk-body-l\">"
         << (has_bell(request.viewer)
                 ? say(tr("Press your bell as well, and keep it pressed if nobody comes."))
                 : say(tr("Tell any officer as well.")))
         << "</p>"
         << web::button_link(say(tr("Go back")), quiet_if(quiet, Url("/ask")),
                             web::Weight::secondary)
         << clears(request);
    return web::page(request, asking_options(request, say(tr("Help right now"))),
                     quiet_if(quiet, std::move(main)));
}

}  // namespace

web::Response danger_page(const Room& room, web::Request& request) {
    if (request.query.get("pressed") == "yes") return pressed(request);
    return show(room, request, std::string(request.query.get("place")), {});
}

web::Response danger_post(const Room& room, web::Request& request) {
    const std::string typed(request.form.get("place"));
    LocationKey place = place_of(room, request);
    const bool officer = is_officer(request.viewer);
    if (officer || place.empty()) {
        place = room.site.database.read([&](sql::Reader& reader) {
            return cell_said(reader, request.viewer.establishment, typed, request.viewer.wing)
                .place;
        });
        if (place.empty()) {
            return show(room, request, typed,
                        {{"place", tr("There is no such place. Use the emergency alarm, and check "
                                      "the number.")}});
        }
    }
    Desk desk = room.desk();
    const auto result = press_danger(
        desk, request.occasion(room.site.entropy),
        Danger{request.id_to_make(room.site.entropy), place, pressed_by(request.viewer)});
    const Url onward = officer ? Url("/board")
                               : quiet_if(request.form.get("mode") == "quiet",
                                          Url("/danger").with("pressed", "yes"));
    return result ? web::see_other(onward) : told(request, result.error(), onward);
}

web::Response danger_acknowledge_post(const Room& room, web::Request& request) {
    const auto id = Uuid::parse(request.capture("id"));
    if (!id) return web::not_found(request);
    Desk desk = room.desk();
    return done_or_told(request,
                        acknowledge_danger(desk, request.occasion(room.site.entropy), *id),
                        Url("/board"));
}

web::Response danger_control_room_post(const Room& room, web::Request& request) {
    const auto id = Uuid::parse(request.capture("id"));
    if (!id) return web::not_found(request);
    Desk desk = room.desk();
    return done_or_told(request,
                        tell_control_room(desk, request.occasion(room.site.entropy), *id),
                        Url("/board"));
}

web::Response danger_end_post(const Room& room, web::Request& request) {
    const auto id = Uuid::parse(request.capture("id"));
    if (!id) return web::not_found(request);
    Desk desk = room.desk();
    return done_or_told(request,
                        end_danger(desk, request.occasion(room.site.entropy), *id,
                                   std::string(request.form.get("what"))),
                        Url("/board"));
}

Html locked_notice(sql::Database& database, const web::Request& request) {
    const auto& who = request.viewer;
    const auto& say = request.tongue;
    return database.read([&](sql::Reader& reader) {
        const auto house = views::house(reader, who.establishment, request.now);
        auto dangers = views::open_dangers(reader, who.establishment);
        // Whoever stands before it learns that somebody goes, and not their name.
        for (auto& danger : dangers) danger.answered_by.reset();
        auto out = draw_dangers(say, house, dangers, false);
        auto waiting = views::open_requests(reader, who.establishment);
        std::erase_if(waiting, [&](const auto& one) {
            return one.started_at || one.wanted_from > request.now || !who.sees_wing(one.wing);
        });
        if (waiting.empty()) return out;
        const auto since = house.clock(waiting.front().wanted_from);
        out << web::warning(
            say, say(trn("One person is waiting, since {time}. Unlock to see more.",
                         "{count} people are waiting, the first since {time}. Unlock to see more.",
                         static_cast<long>(waiting.size()), {{"time", since}})));
        return out;
    });
}

// One button as a rule; what an inquiry will ask about is said under it.
Html ending(const Tongue& say, const Url& end) {
    Html grave;
    grave << web::paragraph(say(tr("Who asked for support from there is then kept, until it is "
                                   "released by hand.")))
          << web::shared_button(say(tr("It is over: somebody died")), end,
                                web::Weight::secondary, "what", "death")
          << web::shared_button(say(tr("It is over: serious self-harm")), end,
                                web::Weight::secondary, "what", "serious_self_harm");
    return Html() << web::shared_button(say(tr("The danger is over")), end,
                                        web::Weight::secondary)
                  << web::details(say(tr("Somebody died or seriously harmed themselves")),
                                  std::move(grave));
}

bool is_unanswered(const views::DangerRow& danger, Instant now) {
    const bool is_coarse = epoch_ms(danger.pressed_at) % 3'600'000 == 0;
    if (is_coarse) return false;                                    // says nothing of a minute
    const Instant until = danger.acknowledged_at.value_or(danger.ended_at.value_or(now));
    return until >= danger.pressed_at + danger_answered_within;
}

namespace {

// Who goes, by name; until somebody does, what is to be done, and what somebody says they did.
Html answer_part(const Tongue& say, const views::House& house,
                 const views::DangerRow& danger) {
    Html out;
    if (danger.acknowledged_at) {
        const std::string time = house.clock(*danger.acknowledged_at);
        out << web::paragraph(
            danger.answered_by
                ? say(tr("{name} is going, since {time}.",
                         {{"name", *danger.answered_by}, {"time", time}}))
                : say(tr("An officer is going, since {time}.", {{"time", time}})));
    } else if (danger.control_room_at) {
        out << web::paragraph(say(tr("Nobody has answered. The control room was told at {time}.",
                                     {{"time", house.clock(*danger.control_room_at)}})));
    } else if (is_unanswered(danger, house.now)) {
        out << "<p class=\"govuk-body-l\"><b>"
            << say(tr("Nobody has answered: telephone the control room.")) << "</b></p>";
    }
    return out;
}

}  // namespace

Html draw_dangers(const Tongue& say, const views::House& house,
                  const std::vector<views::DangerRow>& dangers, bool acts) {
    Html out;
    for (const auto& danger : dangers) {
        Html inner;
        Words by = whose(danger.pressed_by);
        by.values = {{"time", house.clock(danger.pressed_at)}};
        inner << web::paragraph(say(by));
        const Url url = Url("/danger") / danger.danger_id.text();
        inner << answer_part(say, house, danger);
        if (acts && !danger.acknowledged_at) {
            inner << web::shared_button(say(tr("I am going")), url / "acknowledge",
                                        web::Weight::big);
            if (is_unanswered(danger, house.now) && !danger.control_room_at) {
                inner << web::shared_button(say(tr("I told the control room")),
                                            url / "control-room", web::Weight::warning);
            }
        } else if (acts) {
            inner << ending(say, url / "end");
        }
        out << web::alarm(say(tr("Danger at {place}", {{"place", danger.place.text()}})),
                          std::move(inner));
    }
    return out;
}

}  // namespace alongside::dispatch
