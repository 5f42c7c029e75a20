// Immediate danger: an explicit press, confirmed; on every live board at once (rule 20).
#include <algorithm>
#include <cctype>

#include "access/access.h"
#include "dispatch/asking.h"
#include "dispatch/next_step.h"

namespace alongside::dispatch {
namespace {

bool is_officer(const Viewer& who) { return who.may(Permission::run_call_out); }

// With an account of no resident: a member of staff, who may stand anywhere.
bool is_staff(const Viewer& who) {
    return who.account && !who.has(Role::resident) && !who.has(Role::peer);
}

std::string pressed_by(const Viewer& who) {
    if (is_officer(who)) return "officer";
    if (is_staff(who)) return "staff";
    return who.has(Role::peer) ? "peer" : "the_person";
}

// Danger shows on the boards of all wings.
bool is_seen(const Room& room, const Viewer& who) {
    return is_watched(room, who.establishment, "");
}

// A peer who is beside somebody, or on the way there or back: not the cell that stands empty.
LocationKey place_called_to(const Room& room, sql::Reader& reader, const web::Request& request) {
    const auto& who = request.viewer;
    for (const auto& call_out : views::open_call_outs(reader, who.establishment)) {
        if (call_out.person_id != *who.person) continue;
        const auto job = views::job(reader, room.keys, who.establishment, call_out.request_id);
        if (!job) continue;
        const auto house = views::house(reader, who.establishment, request.now);
        if (!call_out.arrived_at && is_locked_up(*job, call_out, house)) continue;
        const auto session = views::session(reader, who.establishment, call_out.session_id);
        if (session && session->suite) return *session->suite;
        if (job->who) return job->who->place;
    }
    return {};
}

// Where help should run to; the empty key where nobody knows.
LocationKey place_of(const Room& room, const web::Request& request) {
    const auto& who = request.viewer;
    if (who.device && !is_staff(who)) return who.device->place;
    if (!who.person || is_staff(who)) return {};
    return room.site.database.read([&](sql::Reader& reader) {
        auto place = place_called_to(room, reader, request);
        if (!place.empty()) return place;
        const auto at = people::whereabouts(reader, who.establishment, *who.person);
        return at ? at->place : LocationKey{};
    });
}

Words whose(const std::string& by) {
    if (by == "officer") return tr("An officer pressed at {time}.");
    if (by == "peer") return tr("A peer pressed at {time}.");
    if (by == "staff") return tr("A member of staff pressed at {time}.");
    return tr("The person pressed at {time}.");
}

// What to do besides pressing: all of it where nobody looks at a board.
Words besides(const Viewer& who, bool is_seen) {
    if (is_staff(who)) {
        return is_seen ? tr("Use the emergency alarm first.")
                       : tr("No officer is looking at a board right now. Use the emergency alarm, "
                            "and telephone the control room.");
    }
    if (has_bell(who)) {
        return is_seen ? tr("Press your bell as well, and keep it pressed if nobody comes.")
                       : tr("No officer is looking at a board right now, so this may not be seen. "
                            "Press your bell and shout until somebody comes.");
    }
    return is_seen ? tr("Tell any officer as well.")
                   : tr("No officer is looking at a board right now, so this may not be seen. "
                            "Shout, and tell any officer.");
}

web::PageOptions options_for(const web::Request& request, bool is_quiet) {
    const Tongue& say = request.tongue;
    web::PageOptions out =
        is_staff(request.viewer)
            ? web::PageOptions{.title = say(tr("Immediate danger"))}
            : asking_options(request, is_discreet(request, is_quiet)
                                          ? say(tr("Start"))
                                          : say(tr("Help right now")));
    out.is_wide = false;
    return out;
}

web::Response show(const Room& room, web::Request& request) {
    const Tongue& say = request.tongue;
    const auto& who = request.viewer;
    const bool seen = is_seen(room, who);
    const bool asks_place = is_staff(who) || place_of(room, request).empty();
    const bool quiet = !is_staff(who) && request.query.get("mode") == "quiet";
    Html inner;
    if (quiet) inner << "<input type=\"hidden\" name=\"mode\" value=\"quiet\">";
    if (asks_place) {
        inner << web::text_input(
            request, {.name = "place", .label = say(tr("Where?")),
                      .hint = say(tr("A cell or another place, for example B-2-014. Leave it "
                                     "empty if you don’t know.")),
                      .value = std::string(request.query.get("place"))},
            "text", 20);
    }
    inner << web::submit(asks_place ? say(tr("Yes: call help there"))
                                    : say(tr("Yes, I need help now")),
                         web::Weight::warning);
    Html main;
    if (is_staff(who) || !seen) {
        main << web::warning(say, say(besides(who, seen)));
    } else {
        main << press_your_bell(request);
    }
    main << web::heading(1, say(tr("Is somebody in danger right now?")), "xl")
         << large(seen ? say(tr("Hurt, unconscious, or about to be. This shows on every board at "
                                "once, and staff come."))
                       : say(tr("Hurt, unconscious, or about to be. If you press as well, it "
                                "stands on every board that opens.")))
         << web::form(request, Url("/danger"), std::move(inner)) << "<p class=\"govuk-body\">"
         << web::link(say(tr("No, go back")),
                      is_staff(who) ? Url("/") : quiet_if(quiet, Url("/ask")))
         << "</p>";
    if (!is_staff(who)) main << clears(request);
    return web::page(request, options_for(request, quiet), quiet_if(quiet, std::move(main)));
}

// What has come of it. Who pressed learns that somebody goes, and not their name.
struct Outcome {
    Words headline, more;
};

Outcome outcome_of(const Viewer& who, const std::optional<views::DangerRow>& danger, bool seen,
                   Instant now) {
    if (!danger) {
        return {tr("The alarm has ended"), tr("If somebody is in danger still, press again.")};
    }
    if (danger->acknowledged_at) {
        return {tr("Somebody is coming"), tr("An officer is going, since {time}.")};
    }
    if (danger->control_room_at) {
        return {tr("The control room knows"), besides(who, seen)};
    }
    if (!seen || is_unanswered(*danger, now)) {
        return {tr("Nobody has answered yet"), besides(who, false)};
    }
    return {tr("Staff are being called"), besides(who, true)};
}

std::optional<views::DangerRow> open_danger(sql::Reader& reader, const EstablishmentId& prison,
                                            Uuid id) {
    const auto all = views::open_dangers(reader, prison);
    const auto found = std::ranges::find(all, id, &views::DangerRow::danger_id);
    return found == all.end() ? std::nullopt : std::optional(*found);
}

// The alarm of this route's {id}, open or over.
std::optional<Uuid> danger_here(const Room& room, const web::Request& request) {
    const auto id = Uuid::parse(request.capture("id"));
    const bool is_known = id && room.site.database.read([&](sql::Reader& reader) {
        return store::danger(reader, request.viewer.establishment, *id).has_value();
    });
    return is_known ? id : std::nullopt;
}

Html draw_outcome(const Room& room, const Tongue& say, const Viewer& who, Uuid id) {
    const auto [house, danger] = room.site.database.read([&](sql::Reader& reader) {
        return std::pair{views::house(reader, who.establishment, room.site.clock.now()),
                         open_danger(reader, who.establishment, id)};
    });
    auto [headline, more] = outcome_of(who, danger, is_seen(room, who), house.now);
    if (danger && danger->acknowledged_at) {
        more.values = {{"time", house.clock(*danger->acknowledged_at)}};
    }
    return Html() << web::heading(1, say(headline), "xl") << large(say(more))
                  << web::hint_text(say(tr("As of {time}", {{"time", house.clock(house.now)}})));
}

std::string outcome_name(const web::Request& request, Uuid id) {
    const auto& who = request.viewer;
    return "pressed:" + who.establishment.text() + ":" + id.text() + ":" +
           (is_staff(who) ? "staff:" : has_bell(who) ? "bell:" : "officer:") +
           std::string(request.tongue.tag());
}

std::shared_ptr<const std::string> outcome(const Room& room, const web::Request& request,
                                           Uuid id) {
    return room.site.live.view(request.viewer.establishment, outcome_name(request, id),
                               [room, say = request.tongue, who = request.viewer, id] {
                                   return draw_outcome(room, say, who, id);
                               });
}

// Where whoever pressed learns what comes of it.
Url onward_for(const Viewer& who, Uuid id) {
    if (who.may(Permission::see_board)) return Url("/board");
    if (who.may(Permission::see_unmet)) return Url("/unmet");
    return Url("/danger") / id.text();
}

// For those who may answer an alarm: the page that shows them.
Url alarms_page(const Viewer& who) {
    return who.may(Permission::see_board) ? Url("/board") : Url("/unmet");
}

// Above what has come of it: the alarm runs, and nobody knows where to.
Html where_is_it(const web::Request& request, bool quiet) {
    const Tongue& say = request.tongue;
    return Html() << web::warning(say, say(tr("The alarm is on every board, but the place wasn’t "
                                              "understood. Tell the control room or any officer "
                                              "where it is.")))
                  << web::button_link(say(tr("Write the place again")),
                                      quiet_if(quiet, Url("/danger")));
}

}  // namespace

web::Response danger_page(const Room& room, web::Request& request) {
    return show(room, request);
}

web::Response danger_post(const Room& room, web::Request& request) {
    const auto& who = request.viewer;
    LocationKey place = place_of(room, request);
    const auto said = request.form.get("place");
    const bool is_asked = place.empty();
    if (is_asked) {
        place = room.site.database.read([&](sql::Reader& reader) {
            return place_of_danger(reader, who, said);
        });
    }
    // Nothing stops an alarm; but who wrote where learns that the boards don't say it.
    const bool is_said = said.find_first_not_of(' ') != std::string_view::npos;
    const bool is_misunderstood = is_asked && is_nowhere(place) && is_said;
    Desk desk = room.desk();
    const auto result = press_danger(
        desk, request.occasion(room.site.entropy),
        Danger{request.id_to_make(room.site.entropy), place, pressed_by(who)});
    const bool quiet = !is_staff(who) && request.form.get("mode") == "quiet";
    if (!result) return told(request, result.error(), Url("/danger"));
    const Url onward =
        is_misunderstood ? Url("/danger") / result->text() : onward_for(who, *result);
    return web::see_other(quiet_if(quiet, onward));
}

web::Response danger_pressed_page(const Room& room, web::Request& request) {
    const auto id = danger_here(room, request);
    if (!id) return web::not_found(request);
    const Tongue& say = request.tongue;
    const bool quiet = request.query.get("mode") == "quiet";
    const Url here = Url("/danger") / id->text();
    const auto open = room.site.database.read([&](sql::Reader& reader) {
        return open_danger(reader, request.viewer.establishment, *id);
    });
    const bool clears_now = !open && !request.viewer.account;
    Html main;
    if (open && is_nowhere(open->place)) main << where_is_it(request, quiet);
    main << web::live_region(request, here / "live",
                             Html::drawn_by_us(*outcome(room, request, *id)),
                             clears_now ? web::LooksAgain{60, "/ask/clear"}
                                        : web::LooksAgain{10})
         << web::button_link(say(tr("Go back")),
                             is_staff(request.viewer) ? Url("/") : quiet_if(quiet, Url("/ask")),
                             web::Weight::secondary);
    if (!is_staff(request.viewer)) main << clears_by_script(request);
    return web::page(request, options_for(request, quiet), quiet_if(quiet, std::move(main)));
}

web::Response danger_pressed_live(const Room& room, web::Request& request) {
    const auto id = danger_here(room, request);
    if (!id) return web::not_found(request);
    outcome(room, request, *id);
    web::Response out;
    out.live_view = outcome_name(request, *id);
    return out;
}

web::Response danger_acknowledge_post(const Room& room, web::Request& request) {
    const auto id = Uuid::parse(request.capture("id"));
    if (!id) return web::not_found(request);
    Desk desk = room.desk();
    return done_or_told(request,
                        acknowledge_danger(desk, request.occasion(room.site.entropy), *id),
                        alarms_page(request.viewer));
}

web::Response danger_control_room_post(const Room& room, web::Request& request) {
    const auto id = Uuid::parse(request.capture("id"));
    if (!id) return web::not_found(request);
    Desk desk = room.desk();
    return done_or_told(request,
                        tell_control_room(desk, request.occasion(room.site.entropy), *id),
                        alarms_page(request.viewer));
}

web::Response danger_end_post(const Room& room, web::Request& request) {
    const auto id = Uuid::parse(request.capture("id"));
    if (!id) return web::not_found(request);
    Desk desk = room.desk();
    return done_or_told(request,
                        end_danger(desk, request.occasion(room.site.entropy), *id,
                                   std::string(request.form.get("what"))),
                        alarms_page(request.viewer));
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
            say, say(trn("One request is waiting, since {time}. Unlock to see more.",
                         "{count} requests are waiting, the first since {time}. Unlock to see "
                         "more.",
                         static_cast<long>(waiting.size()), {{"time", since}})));
        return out;
    });
}

// One button as a rule; what an inquiry will ask about is said under it.
Html ending(const Tongue& say, const Url& end) {
    Html grave;
    grave << web::paragraph(say(tr("Who asked for support from there is then kept, until it is "
                                   "released by hand.")))
          << sure(say(tr("It is over: somebody died")), say(tr("This can’t be taken back.")),
                  web::shared_button(say(tr("Yes: somebody died")), end, web::Weight::secondary,
                                     "what", "death"))
          << sure(say(tr("It is over: serious self-harm")), say(tr("This can’t be taken back.")),
                  web::shared_button(say(tr("Yes: serious self-harm")), end,
                                     web::Weight::secondary, "what", "serious_self_harm"));
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
        out << web::alarm(danger_title(say, danger), std::move(inner));
    }
    return out;
}

}  // namespace alongside::dispatch
