// From yes to being back: unlock, escort, arrival, looking in, the end, and home again.
#include <algorithm>

#include "dispatch/pages.h"

namespace alongside::dispatch {
namespace {


struct CallOutHere {
    views::CallOutRow call_out;
    views::Job job;
    bool is_shared_cell = false;             // of whoever asked
};

std::optional<CallOutHere> call_out_here(const Room& room, web::Request& request) {
    const auto id = Uuid::parse(request.capture("id"));
    if (!id) return std::nullopt;
    const auto row = room.site.database.read([&](sql::Reader& reader) {
        return views::call_out(reader, request.viewer.establishment, *id);
    });
    if (!row) return std::nullopt;
    auto job = job_here(room, request, row->request_id);
    if (!job) return std::nullopt;
    const bool is_shared = job->who && room.site.database.read([&](sql::Reader& reader) {
        const auto& place = job->who->place;
        return people::occupants(reader, request.viewer.establishment, place).size() > 1;
    });
    return CallOutHere{*row, std::move(*job), is_shared};
}

web::Response call_out_is_over(const web::Request& request) {
    return told(request, {"dispatch.over", tr("This is over, or was called off."), "", 404},
                Url("/board"));
}

struct Session {
    views::SessionRow row;
    views::Job job;
};

std::optional<Session> session_here(const Room& room, web::Request& request) {
    const auto id = request.id<SessionId>("id");
    if (!id) return std::nullopt;
    const auto row = room.site.database.read([&](sql::Reader& reader) {
        return views::session(reader, request.viewer.establishment, *id);
    });
    if (!row || row->ended_at) return std::nullopt;
    auto job = job_here(room, request, row->request_id);
    if (!job) return std::nullopt;
    return Session{*row, std::move(*job)};
}

Words kind_name(people::PlaceKind kind) {
    switch (kind) {
        case people::PlaceKind::cell: return tr("In the cell");
        case people::PlaceKind::suite: return tr("Suite");
        case people::PlaceKind::listeners_room: return tr("Listeners’ room");
        case people::PlaceKind::crisis_cell: return tr("Crisis cell");
        case people::PlaceKind::office: return tr("Office");
        case people::PlaceKind::other: return tr("Another place");
    }
    return {};
}

bool may_meet_in(const schemes::Policy& policy, people::PlaceKind kind) {
    return std::ranges::find(policy.places, kind) != policy.places.end();
}

// Where they may be: the cell, the free suites of this unit, and those of other units apart.
struct Places {
    std::vector<web::Choice> here, elsewhere;
};

Places places(const Room& room, const web::Request& request, const views::Job& job) {
    const Tongue& say = request.tongue;
    const auto& prison = request.viewer.establishment;
    auto [suites, taken, wings] = room.site.database.read([&](sql::Reader& reader) {
        return std::tuple{people::suites(reader, prison), views::open_sessions(reader, prison),
                          people::wings(reader, prison)};
    });
    const auto unit_of = [&](const std::string& wing) {
        const auto found = std::ranges::find(wings, wing, &people::Wing::wing);
        return found == wings.end() ? wing : found->unit;
    };
    std::ranges::stable_sort(suites, {}, [&](const people::Place& place) {
        return std::pair(place.wing != job.row.wing, place.place.text());
    });
    Places out;
    if (!job.policy || may_meet_in(*job.policy, people::PlaceKind::cell)) {
        out.here.push_back({"cell", say(tr("In their own cell")), "", true});   // the usual one
    }
    for (const auto& place : suites) {
        if (job.policy && !may_meet_in(*job.policy, place.kind)) continue;
        const bool is_taken = std::ranges::any_of(taken, [&](const views::SessionRow& session) {
            return session.suite == place.place;
        });
        if (is_taken) continue;
        const std::string label = place.label.empty() ? place.place.text() : place.label;
        const bool is_near = unit_of(place.wing) == unit_of(job.row.wing);
        auto& list = is_near ? out.here : out.elsewhere;
        list.push_back({place.place.text(), label,
                        !place.has_alarm      ? say(tr("{kind}. No alarm within reach",
                                                       {{"kind", say(kind_name(place.kind))}}))
                        : place.label.empty() ? say(kind_name(place.kind)) : std::string(),
                        false});
    }
    if (!out.elsewhere.empty()) {
        out.elsewhere.insert(out.elsewhere.begin(), {"", say(tr("No")), "", false});
    }
    return out;
}

// Those who are with the person now.
struct Beside {
    std::string peers;                       // "Peer 2", or "Peer 2, Peer 5"
    Instant since;                           // the first of them came
};

Beside beside(const Room& room, const web::Request& request, const Session& session) {
    return room.site.database.read([&](sql::Reader& reader) {
        const auto& prison = request.viewer.establishment;
        const auto peers = views::all_peers(reader, prison, views::schemes_now(reader, prison));
        Beside out{"", request.now};
        for (const auto& call_out : session.job.call_outs) {
            if (!call_out.arrived_at || call_out.departed_at) continue;
            const auto peer = peers.find(call_out.person_id);
            out.peers += (out.peers.empty() ? "" : ", ") +
                         (peer == peers.end() ? std::string("–") : peer->second.label);
            out.since = std::min(out.since, *call_out.arrived_at);
        }
        return out;
    });
}

// Where a peer comes who is alone with the person at first.
Html asked_place(const Room& room, const web::Request& request, const views::Job& job,
                 const web::FieldErrors& errors) {
    const Tongue& say = request.tongue;
    Html out;
    auto where_to = places(room, request, job);
    out << web::radios(request, {.name = "place",
                                 .label = say(tr("Where are they?")),
                                 .value = std::string(request.form.get("place")),
                                 .errors = &errors},
                       std::move(where_to.here));
    if (where_to.elsewhere.empty()) return out;
    const std::string value(request.form.get("elsewhere"));
    Html choice = web::select(request, {.name = "elsewhere",
                                        .label = say(tr("Where in another unit?")),
                                        .value = value, .errors = &errors},
                              std::move(where_to.elsewhere));
    if (!value.empty()) return out << choice;
    return out << web::details(say(tr("They are in another unit")), choice);
}

// Whoever joins two who are together comes to where these are.
Html known_place(const Room& room, const web::Request& request, const views::SessionRow& session) {
    const Tongue& say = request.tongue;
    if (!session.suite) return web::paragraph(say(tr("They are in the person’s own cell.")));
    const auto place = room.site.database.read([&](sql::Reader& reader) {
        return people::place(reader, request.viewer.establishment, *session.suite);
    });
    const auto name = place && !place->label.empty() ? place->label : session.suite->text();
    return web::paragraph(say(tr("They are in {place}.", {{"place", name}})));
}

web::Response show_arrival(const Room& room, web::Request& request, const CallOutHere& here,
                           const web::FieldErrors& errors) {
    const Tongue& say = request.tongue;
    const std::string where = here.job.who ? here.job.who->place.text() : here.job.row.wing;
    web::PageOptions options{.title = say(tr("They are there"))};
    options.is_wide = false;
    options.before_main = web::back_link(say, Url("/board"));
    Html inner = here.job.session ? known_place(room, request, *here.job.session)
                                  : asked_place(room, request, here.job, errors);
    inner << web::radios(request, {.name = "cellmate",
                                   .label = say(tr("Is a cellmate there?")),
                                   .hint = say(tr("Then it is recorded as not private.")),
                                   .value = std::string(request.form.get("cellmate")),
                                   .errors = &errors},
                         {{"no", say(tr("No")), "", !here.is_shared_cell},
                          {"yes", say(tr("Yes")), "", false}},
                         true)
          << web::submit(here.job.session ? say(tr("The other peer is there"))
                                          : say(tr("Both are there")));
    Html main;
    main << web::error_summary(request, errors)
         << web::head_row(say(tr("The peer is with the person of {place}", {{"place", where}})))
         << (here.job.is_in_sight_only
                 ? web::inset(web::paragraph(say(tr("Together in sight of staff only."))))
                 : Html())
         << web::form(request, Url("/call-outs") / here.call_out.call_out_id.text() / "arrive",
                      std::move(inner))
         << web::paragraph(say(tr("Care plans and your own observations go on as before.")));
    return web::page(request, options, std::move(main), errors.empty() ? 200 : 422);
}

}  // namespace

web::Response ask_unlock_post(const Room& room, web::Request& request) {
    const auto here = call_out_here(room, request);
    if (!here) return call_out_is_over(request);
    Desk desk = room.desk();
    const UnlockId unlock_id(request.id_to_make(room.site.entropy));
    return done_or_told(request,
                        ask_unlock(desk, request.occasion(room.site.entropy), unlock_id,
                                   here->call_out.call_out_id),
                        Url("/board"));
}

web::Response escort_post(const Room& room, web::Request& request) {
    const auto id = request.id<UnlockId>("id");
    if (!id) return call_out_is_over(request);
    Desk desk = room.desk();
    return done_or_told(request, escort(desk, request.occasion(room.site.entropy), *id),
                        Url("/board"));
}

web::Response arrive_page(const Room& room, web::Request& request) {
    const auto here = call_out_here(room, request);
    if (!here || here->call_out.ended_at) return call_out_is_over(request);
    if (here->call_out.arrived_at) return web::see_other(Url("/board"));
    return show_arrival(room, request, *here, {});
}

web::Response arrive_post(const Room& room, web::Request& request) {
    const auto here = call_out_here(room, request);
    if (!here || here->call_out.ended_at) return call_out_is_over(request);
    web::FieldErrors errors;
    Arrival arrival;
    arrival.call_out_id = here->call_out.call_out_id;
    if (const auto cellmate = request.form.get("cellmate"); !cellmate.empty()) {
        arrival.cellmate_is_there = cellmate == "yes";
    }
    const auto elsewhere = request.form.get("elsewhere");
    std::string said(request.form.get("place"));
    // The own cell is ticked beforehand, so that another unit may be said besides; a suite isn't.
    const bool are_two = !elsewhere.empty() && !said.empty() && said != "cell" && said != elsewhere;
    if (are_two) errors.push_back({"elsewhere", tr("You have chosen two places. Choose one.")});
    if (!elsewhere.empty()) said = elsewhere;
    const auto& together = here->job.session;
    if (together && said.empty()) said = together->suite ? together->suite->text() : "cell";
    // In haste nobody unticks what is ticked already: where several live, it is said.
    if (said == "cell" && here->is_shared_cell && request.form.get("cellmate").empty()) {
        errors.push_back({"cellmate", tr("Say whether a cellmate is there.")});
    }
    if (said.empty()) {
        errors.push_back({"place", tr("Say where they are.")});
    } else if (said != "cell") {
        const auto key = LocationKey::parse(said, request.viewer.establishment);
        const auto place = !key ? std::nullopt : room.site.database.read([&](sql::Reader& reader) {
            return people::place(reader, request.viewer.establishment, *key);
        });
        if (!place) {
            errors.push_back({"place", tr("There is no such place.")});
        } else {
            arrival.place_kind = place->kind;
            arrival.suite = place->place;
        }
    }
    if (!errors.empty()) return show_arrival(room, request, *here, errors);
    Desk desk = room.desk();
    const auto result = arrive(desk, request.occasion(room.site.entropy), arrival);
    if (!result) {
        web::add_refusal(errors, result.error());
        return show_arrival(room, request, *here, errors);
    }
    return web::see_other(Url("/board"));
}

web::Response check_post(const Room& room, web::Request& request) {
    const auto here = session_here(room, request);
    if (!here) return call_out_is_over(request);
    Desk desk = room.desk();
    return done_or_told(request,
                        check(desk, request.occasion(room.site.entropy), here->row.session_id),
                        Url("/board"));
}

web::Response over_page(const Room& room, web::Request& request) {
    const Tongue& say = request.tongue;
    const auto here = session_here(room, request);
    if (!here) return call_out_is_over(request);
    const auto house = room.site.database.read([&](sql::Reader& reader) {
        return views::house(reader, request.viewer.establishment, request.now);
    });
    web::PageOptions options{.title = say(tr("They have finished"))};
    options.is_wide = false;
    options.before_main = web::back_link(say, Url("/board"));
    Html inner;
    const bool asks_hard = here->job.policy &&
                           here->job.policy->debrief_owed == schemes::DebriefOwed::after_hard_ones;
    if (asks_hard) {
        inner << web::checkboxes(
            request, {.name = "hard", .label = say(tr("A debrief for the peer"))},
            {{"yes", say(tr("There was a death, self-harm or great distress")),
              say(tr("A debrief is then offered within a day. Nothing else is kept.")), false}});
    }
    inner << web::submit(say(tr("They have finished")));
    const std::string id = here->row.session_id.text();
    const std::string where = here->job.who ? here->job.who->place.text() : here->job.row.wing;
    const auto [peers, since] = beside(room, request, *here);
    const bool is_their_cell = here->row.place_kind == people::PlaceKind::cell;
    Html main;
    main << web::head_row(is_their_cell ? say(tr("The peer leaves, and goes back"))
                                        : say(tr("Both leave the place, and go back")))
         << web::paragraph(say(tr("{place} and {peer}, together since {time}",
                                  {{"place", where}, {"peer", peers},
                                   {"time", house.clock(since)}})))
         << (is_their_cell
                 ? Html()
                 : web::paragraph(say(tr("Nobody is left alone there. See the person back first, "
                                         "or with the peer."))))
         << web::form(request, Url("/sessions") / id / "over", std::move(inner));
    return web::page(request, options, std::move(main));
}

web::Response over_post(const Room& room, web::Request& request) {
    const auto here = session_here(room, request);
    if (!here) return call_out_is_over(request);
    Desk desk = room.desk();
    return done_or_told(request,
                        depart(desk, request.occasion(room.site.entropy), here->row.session_id,
                               request.form.get("hard") == "yes"),
                        Url("/board"));
}

web::Response back_post(const Room& room, web::Request& request) {
    const auto here = call_out_here(room, request);
    if (!here) return call_out_is_over(request);
    Desk desk = room.desk();
    return done_or_told(request,
                        back(desk, request.occasion(room.site.entropy),
                             here->call_out.call_out_id),
                        Url("/board"));
}

web::Response call_off_post(const Room& room, web::Request& request) {
    const auto here = call_out_here(room, request);
    if (!here) return call_out_is_over(request);
    Desk desk = room.desk();
    return done_or_told(request,
                        call_off(desk, request.occasion(room.site.entropy),
                                 here->call_out.call_out_id),
                        Url("/requests") / here->call_out.request_id.text());
}

web::Response hand_over_post(const Room& room, web::Request& request) {
    const auto here = call_out_here(room, request);
    const auto to = Uuid::parse(request.form.get("to"));
    if (!here || !to) return call_out_is_over(request);
    Desk desk = room.desk();
    return done_or_told(request,
                        hand_over(desk, request.occasion(room.site.entropy),
                                  here->call_out.call_out_id, *to),
                        Url("/board"));
}

}  // namespace alongside::dispatch
