// What happens next, honestly, for the person who asked; and taking it back, as easy as asking.
#include <algorithm>

#include "dispatch/asking.h"

namespace alongside::dispatch {
namespace {

using views::Job;

struct Mine {
    views::RequestRow row;
    views::Asker who;
    views::House house;
    bool is_alone = false;                   // this screen is theirs: nobody else's cell
    std::optional<Mark> only_here;           // it added to one from elsewhere: see Mark
};

// How it is drawn: as it is there, and for whom.
struct Way {
    bool bell, quiet;
};

Way way_of(const web::Request& request) {
    const auto& said = request.method == web::Method::get ? request.query : request.form;
    return {has_bell(request.viewer), said.get("mode") == "quiet"};
}

// Whoever stands at it may say that they are another.
bool is_for_all(const Viewer& viewer) {
    return !viewer.account && viewer.device && viewer.device->kind != DeviceKind::in_cell;
}

bool is_alone_here(sql::Reader& reader, const Viewer& viewer, const views::Asker& who) {
    return !viewer.account && viewer.device && viewer.device->kind == DeviceKind::in_cell &&
           people::occupants(reader, viewer.establishment, viewer.device->place) ==
               std::vector{who.person_id};
}

bool is_theirs(const Room& room, sql::Reader& reader, const web::Request& request,
               const views::RequestRow& row, const views::Asker& who) {
    const auto& viewer = request.viewer;
    if (viewer.account) return viewer.person == who.person_id;
    if (!viewer.device) return false;
    return mark_of(room, request, row.request_id) || is_alone_here(reader, viewer, who);
}

// As a request that was asked just so would be, and nobody looked for a peer yet.
views::RequestRow as_row(const Mark& mark, const web::Request& request) {
    views::RequestRow out{};
    out.request_id = mark.request_id;
    out.scheme = mark.scheme;
    out.wing = request.viewer.device->place.wing();
    out.asked_at = mark.asked_at;
    out.state = mark.is_taken_back ? State::closed : State::waiting;
    if (mark.is_taken_back) out.closed_at = request.now;
    else out.wanted_from = mark.wanted_from;
    return out;
}

std::optional<Mine> mine(const Room& room, const web::Request& request) {
    const auto id = request.id<RequestId>("id");
    if (!id) return std::nullopt;
    return room.site.database.read([&](sql::Reader& reader) -> std::optional<Mine> {
        const auto& prison = request.viewer.establishment;
        auto row = views::request(reader, prison, *id);
        if (!row) {
            const auto mark = mark_of(room, request, *id);
            if (!mark || !request.viewer.device) return std::nullopt;
            return Mine{as_row(*mark, request), {}, views::house(reader, prison, request.now),
                        false, mark};
        }
        const auto who = views::asker(room.keys, *row);
        if (!who || !is_theirs(room, reader, request, *row, *who)) return std::nullopt;
        return Mine{std::move(*row), *who, views::house(reader, prison, request.now),
                    is_alone_here(reader, request.viewer, *who), {}};
    });
}

// Others on this screen see the same whether or not there ever was such a request.
web::Response cleared(const web::Request& request) {
    const Tongue& say = request.tongue;
    Html main;
    main << press_your_bell(request)
         << web::heading(1, say(tr("This screen has been cleared")), "xl")
         << "<p class=\"govuk-body-l\">"
         << say(tr("What was asked for stays asked. An officer can tell you how it stands."))
         << "</p>" << web::button_link(say(tr("Start")), Url("/ask"), web::Weight::big);
    auto out = web::page(request, asking_options(request, say(tr("Start"))), std::move(main), 404);
    wipe_mark(request, out);
    return out;
}

// What is said, and its recording's name in assets/spoken.txt.
struct Stand {
    Words headline, more;
    std::string_view spoken = {};
};

Stand waiting_stand(const Job& job, bool watched, bool bell) {
    if (job.row.state == State::offered) {
        return {tr("A peer is being asked"), tr("If they can’t, the next one is asked."),
                "asked-offered"};
    }
    if (watched) {
        return {tr("You have asked"),
                tr("An officer sees it and looks for a peer. If that takes long, we tell you "
                   "here."),
                "asked"};
    }
    const Words headline = tr("You have asked, but no officer is looking right now");
    if (bell) {
        return {headline,
                tr("Press your bell, and say that you would like to talk to someone. What you "
                   "asked here is kept."),
                "asked-unseen-bell"};
    }
    return {headline,
            tr("Tell any officer that you would like to talk to someone. What you asked here is "
               "kept."),
            "asked-unseen-officer"};
}

Stand stand_of(const Job& job, bool watched, bool bell) {
    switch (job.row.state) {
        case State::waiting:
        case State::offered: return waiting_stand(job, watched, bell);
        case State::accepted:
            return {tr("Someone said yes"), tr("They come as soon as they can be unlocked."),
                    "asked-accepted"};
        case State::unlocking:
            if (job.refused_unlock()) {
                return {tr("Someone said yes"), tr("They can’t be unlocked just now."),
                        "asked-not-unlocked"};
            }
            return {tr("Someone said yes"), tr("We are waiting for the unlock."),
                    "asked-unlocking"};
        case State::escorting:
            return {tr("Someone is on the way to you"), tr("An officer brings them."),
                    "asked-coming"};
        case State::together: return {tr("Someone is with you"), Words{}};
        case State::returning: return {tr("Your talk is over"), tr("You can ask again any time.")};
        case State::closed: return {tr("This is closed"), tr("You can ask again any time.")};
    }
    return {};
}

// A refusal is told, with what is offered instead (rule 17).
Html refusal_told(const Tongue& say, const views::House& house, const Job& job) {
    Html out;
    for (const auto& unlock : job.unlocks) {
        if (!unlock.decision || unlock.authorised_at || !unlock.alternative || !unlock.review_at) {
            continue;
        }
        const bool is_refused = *unlock.decision == "refused";
        out << web::inset(
            Html() << "<p class=\"govuk-body-l\"><b>"
                   << (is_refused ? say(tr("The unlock was refused just now."))
                                  : say(tr("The unlock is delayed.")))
                   << "</b></p>" << web::paragraph(say(advice_of(*unlock.alternative)))
                   << web::paragraph(say(tr("It is looked at again at {time}.",
                                            {{"time", house.clock(*unlock.review_at)}}))));
    }
    return out;
}

// Steps of the escalation that have come are told too; of staff, only what they are yet to do.
Html escalation_told(const Tongue& say, const Job& job) {
    Html out;
    if (!job.policy || job.row.started_at) return out;
    if (job.offer_helpline.due) {
        out << web::inset(Html() << "<p class=\"govuk-body\">"
                                 << say(tr("It takes longer than we would like. You can phone the "
                                           "helpline:"))
                                 << " " << helpline_words(say, *job.policy) << "</p>");
    }
    if (job.is_due(job.look_in)) {
        out << web::paragraph(say(tr("Staff are to look in on you.")));
    }
    return out;
}

Html draw(const Tongue& say, const views::House& house, const Job& job, bool watched, Way way) {
    Html out;
    if (job.is_later(house.now)) {
        out << web::heading(1, say(tr("You have asked for later")), "xl")
            << "<p class=\"govuk-body-l\">"
            << say(tr("From {time} on we look for a peer.",
                      {{"time", when_text(say, house.zone, job.row.wanted_from, house.now)}}))
            << " "
            << (way.bell ? say(tr("If you need someone sooner, press your bell."))
                         : say(tr("If you need someone sooner, tell any officer.")))
            << "</p>";
        return out;
    }
    const Stand stand = stand_of(job, watched, way.bell);
    out << web::heading(1, say(stand.headline), "xl");
    if (!stand.more.empty()) out << "<p class=\"govuk-body-l\">" << say(stand.more) << "</p>";
    if (!stand.spoken.empty() && !way.quiet) {
        out << read_aloud(say, stand.spoken, {stand.headline, stand.more});
    }
    out << refusal_told(say, house, job) << escalation_told(say, job);
    if (job.row.state != State::closed) {
        out << web::hint_text(say(tr("Asked at {asked}. As of {now}.",
                                     {{"asked", when_text(say, house.zone, job.row.asked_at,
                                                          house.now)},
                                      {"now", house.clock(house.now)}})));
    }
    return out;
}

Html draw_now(const Room& room, const Tongue& say, const EstablishmentId& prison, RequestId id,
              Way way) {
    const auto [house, job] = room.site.database.read([&](sql::Reader& reader) {
        const auto now = room.site.clock.now();
        auto open = views::job(reader, room.keys, prison, id);
        if (!open || open->row.closed_at) {
            Job over;
            if (auto row = views::request(reader, prison, id)) over.row = std::move(*row);
            over.row.state = State::closed;
            over.row.wanted_from = Instant{};
            open = std::move(over);
        }
        return std::pair{views::house(reader, prison, now), std::move(*open)};
    });
    return draw(say, house, job, is_watched(room, prison, job.row.wing), way);
}

std::string asked_view(const web::Request& request, const Mine& mine) {
    const Way way = way_of(request);
    return "asked:" + request.viewer.establishment.text() + ":" + mine.row.request_id.text() +
           ":" + (way.bell ? "bell:" : "officer:") + (way.quiet ? "quiet:" : "") +
           (mine.only_here && mine.only_here->is_taken_back ? "back:" : "") +
           std::string(request.tongue.tag());
}

std::shared_ptr<const std::string> asked_drawing(const Room& room, const web::Request& request,
                                                 const Mine& mine) {
    return room.site.live.view(
        request.viewer.establishment, asked_view(request, mine),
        [room, say = request.tongue, prison = request.viewer.establishment, row = mine.row,
         is_only_here = mine.only_here.has_value(), way = way_of(request)] {
            if (!is_only_here) return draw_now(room, say, prison, row.request_id, way);
            const auto house = room.site.database.read([&](sql::Reader& reader) {
                return views::house(reader, prison, room.site.clock.now());
            });
            Job job;
            job.row = row;
            return draw(say, house, job, is_watched(room, prison, row.wing), way);
        });
}

// Without JavaScript: in a cell, and for who has signed in, so that it says when somebody comes.
// Where cellmates could come to it, only for a while; then it clears itself like others.
web::LooksAgain looks_again(const web::Request& request, const Mine& mine, const Url& here) {
    if (mine.row.closed_at || is_for_all(request.viewer)) return {0};
    constexpr int seconds = 20;
    constexpr std::string_view counts[] = {"1", "2", "3", "4", "5", "6"};
    if (mine.is_alone || request.viewer.account) return {seconds};
    const auto said = request.query.get("again");
    const auto* now = std::ranges::find(counts, said);
    const std::size_t count =
        now == std::end(counts) ? 0 : static_cast<std::size_t>(now - counts) + 1;
    if (count == std::size(counts)) return {0};
    return {seconds, here.with("again", counts[count]).text()};
}

}  // namespace

web::Response asked_page(const Room& room, web::Request& request) {
    const auto found = mine(room, request);
    if (!found) return cleared(request);
    const Tongue& say = request.tongue;
    const RequestId id = found->row.request_id;
    const bool quiet = way_of(request).quiet;
    const Url here = quiet_if(quiet, Url("/asked") / id.text());
    Html main;
    main << press_your_bell(request)
         << web::live_region(request, quiet_if(quiet, Url("/asked") / id.text() / "live"),
                             Html::drawn_by_us(*asked_drawing(room, request, *found)),
                             looks_again(request, *found, here));
    if (found->row.closed_at) {
        if (is_for_all(request.viewer)) {
            main << web::paragraph(say(tr("What was asked for at another place stays asked. An "
                                          "officer can tell you how it stands.")));
        }
        main << web::button_link(say(tr("Ask again")), quiet_if(quiet, Url("/ask")),
                                 web::Weight::big);
    } else {
        if (!found->row.started_at) {
            std::vector<web::Hidden> hidden;
            if (quiet) hidden.push_back({"mode", "quiet"});
            main << web::button_form(request, Url("/asked") / id.text() / "withdraw",
                                     say(tr("I don’t need this any more")),
                                     web::Weight::secondary, std::move(hidden));
        }
        main << web::ways(
            {{say(tr("Phone the helpline")), quiet_if(quiet, Url("/ask/helpline"))},
             {say(tr("Talk to staff")), quiet_if(quiet, Url("/ask/staff"))},
             {say(tr("I need help right now")), quiet_if(quiet, Url("/danger"))}});
    }
    if (!request.viewer.account) {
        main << "<p class=\"govuk-body\">"
             << web::link(say(tr("Clear this screen")), Url("/ask/clear")) << "</p>"
             << clears(request);
    }
    return web::page(request, asking_options(request, is_discreet(request, quiet)
                                                ? say(tr("Start"))
                                                : say(tr("What happens next"))),
                     quiet_if(quiet, std::move(main)));
}

web::Response asked_live(const Room& room, web::Request& request) {
    const auto found = mine(room, request);
    if (!found) return web::not_found(request);
    asked_drawing(room, request, *found);
    web::Response out;
    out.live_view = asked_view(request, *found);
    return out;
}

web::Response asked_withdraw(const Room& room, web::Request& request) {
    const auto found = mine(room, request);
    if (!found) return cleared(request);
    const Url onward = quiet_if(way_of(request).quiet,
                                Url("/asked") / found->row.request_id.text());
    if (found->only_here) {
        auto all = marks(room, request);
        for (auto& mark : all) mark.is_taken_back |= mark.request_id == found->row.request_id;
        auto out = web::see_other(onward);
        leave_marks(room, request, out, all);
        return out;
    }
    Desk desk = room.desk();
    return done_or_told(request,
                        withdraw(desk, request.occasion(room.site.entropy),
                                 found->row.request_id, false),
                        onward);
}

}  // namespace alongside::dispatch
