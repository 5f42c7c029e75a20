// The night manager's queue: one for all schemes, the longest wait first.
#include <algorithm>
#include <map>
#include <set>

#include "access/access.h"
#include "dispatch/pages.h"

namespace alongside::dispatch {
namespace {

using views::Board;
using views::Job;
using web::Weight;

struct Queued {
    const Job* job;
    const views::CallOutRow* call_out;
    const views::UnlockRow* unlock;
};

std::vector<Queued> queue(const Board& board) {
    std::vector<Queued> out;
    for (const auto& job : board.jobs) {
        for (const auto& call_out : job.call_outs) {
            const auto* unlock = job.unlock_of(call_out.call_out_id);
            if (unlock && !unlock->escorted_at) out.push_back({&job, &call_out, unlock});
        }
    }
    std::ranges::sort(out, {}, [](const Queued& one) { return one.unlock->asked_at; });
    return out;
}

// Where they are together, or else who asked.
std::string goes_to(const Board& board, const Job& job) {
    if (job.session && job.session->suite) {
        return place_text(board.place_labels, *job.session->suite);
    }
    if (!job.who || job.who->place.empty()) return job.row.wing;
    return place_text(board.place_labels, job.who->place);
}

Html stands(const Tongue& say, const Board& board, const views::UnlockRow& unlock) {
    Html out;
    if (unlock.authorised_at) {
        out << web::chip(say(tr("Authorised")), web::Tone::ready) << " "
            << say(tr("At {time}. Waiting for the escort.",
                      {{"time", board.house.clock(*unlock.authorised_at)}}));
    } else if (unlock.decision && unlock.reason && unlock.alternative && unlock.review_at) {
        const bool is_over = *unlock.review_at <= board.house.now;
        out << web::chip(*unlock.decision == "refused" ? say(tr("Refused")) : say(tr("Delayed")),
                         web::Tone::gap)
            << " " << say(words_of(*unlock.reason)) << ". "
            << say(tr("Instead: {alternative}.",
                      {{"alternative", say(words_of(*unlock.alternative))}}))
            << " <b>"
            << (is_over ? say(tr("Look at it again now (due {time}).",
                                 {{"time", board.house.clock(*unlock.review_at)}}))
                        : say(tr("Look at it again by {time}.",
                                 {{"time", board.house.clock(*unlock.review_at)}})))
            << "</b>";
    } else {
        out << say(trn("One officer is needed.", "{count} officers are needed.",
                       unlock.officers_needed));
    }
    return out;
}

// How long somebody has waited for this peer; a relief comes to people who are together.
std::string who_waits(const Tongue& say, const Board& board, const Job& job) {
    const Instant since = job.session ? job.session->peer_came_at : job.row.wanted_from;
    const Span span = span_of(say, board.house.now - since);
    if (job.session) {
        return say(tr("relief: a peer has been there for {minutes} {unit}",
                      {{"minutes", span.number}, {"unit", span.unit}}));
    }
    if (board.house.now - since < Minutes(1)) return say(tr("asked just now"));
    return say(tr("asked {minutes} {unit} ago",
                  {{"minutes", span.number}, {"unit", span.unit}}));
}

Html card(const Tongue& say, const Board& board, const Queued& one) {
    const auto* peer = board.peer(one.call_out->person_id);
    const Span wait = wait_of(say, board.house.now - one.unlock->asked_at);
    const std::string id = one.unlock->unlock_id.text();
    const std::string from = peer ? peer->place.text() : std::string("–");
    const std::string scheme = one.job->policy ? one.job->policy->say(say.tag()).short_name
                                               : one.job->row.scheme.text();
    Html next;
    next << in_sight(say, *one.job) << stands(say, board, *one.unlock) << " ";
    if (!one.unlock->authorised_at) {
        next << web::link(say(tr("Can’t, or not yet")), Url("/unlocks") / id / "refuse") << " ";
    }
    next << web::link(say(tr("Details")), Url("/requests") / one.job->row.request_id.text());
    std::optional<Html> action;
    if (!one.unlock->authorised_at) {
        action = web::shared_button(say(tr("Authorise")), Url("/unlocks") / id / "authorise");
    }
    return web::card(
        say, {.key = id, .wait = wait.number, .wait_unit = wait.unit,
              .where = say(tr("{from} to {to}",
                              {{"from", from}, {"to", goes_to(board, *one.job)}})),
              .sub = board.label_of(one.call_out->person_id) + " · " + scheme + " · " +
                     who_waits(say, board, *one.job),
              .action = std::move(action), .steps = {}, .next = std::move(next),
              .tone = one.unlock->authorised_at ? web::Tone::with
                      : one.unlock->decision   ? web::Tone::gap : web::Tone::teal});
}

Words why_waiting(const Job& job) {
    switch (job.row.state) {
        case State::waiting: return tr("No peer is being asked");
        case State::offered: return tr("A peer is being asked");
        case State::accepted: return tr("A peer said yes; the unlock is not asked for yet");
        case State::unlocking:
            return job.refused_unlock() ? tr("The unlock can’t be done now")
                                        : tr("Waiting for the unlock");
        case State::escorting: return tr("On the way");
        case State::together:
        case State::returning:
        case State::closed: break;           // nobody waits any more
    }
    return {};
}

Html others(const Tongue& say, const Board& board) {
    web::Table table;
    table.caption = say(tr("What waits, and why"));
    table.head = {say(tr("Where")), say(tr("Scheme")), say(tr("Waiting")), say(tr("Why"))};
    for (const auto& job : board.jobs) {
        const bool waits = !job.row.closed_at && !job.row.started_at;
        if (job.is_later(board.house.now) || !waits) continue;
        const std::string scheme = job.policy ? job.policy->say(say.tag()).short_name
                                              : job.row.scheme.text();
        table.rows.push_back(
            {Html() << web::link(goes_to(board, job),
                                 Url("/requests") / job.row.request_id.text()),
             Html() << scheme,
             Html() << (board.house.now - job.row.wanted_from < Minutes(1)
                            ? say(tr("just now"))
                            : span_text(say, board.house.now - job.row.wanted_from)),
             Html() << say(why_waiting(job))});
    }
    if (table.rows.empty()) return {};
    return web::table(std::move(table));
}

// Every peer whose door was opened and who isn't behind it again, also when nobody waits any more.
Html out_of_cells(const Tongue& say, const Board& board) {
    web::Table table;
    table.caption = say(tr("Out of their cells"));
    table.head = {say(tr("Who")), say(tr("Where they are")), say(tr("Since"))};
    for (const auto& job : board.jobs) {
        if (job.session && job.session->suite && job.who) {
            table.rows.push_back(
                {Html() << web::link(say(tr("The person of {place}",
                                            {{"place", job.who->place.text()}})),
                                     Url("/requests") / job.row.request_id.text()),
                 Html() << say(tr("Together: {place}", {{"place", goes_to(board, job)}})),
                 Html() << when_text(say, board.house.zone, job.session->peer_came_at,
                                     board.house.now)});
        }
        for (const auto& call_out : job.call_outs) {
            const auto* unlock = job.unlock_of(call_out.call_out_id);
            const auto escorted = unlock ? unlock->escorted_at : std::nullopt;
            const auto since = call_out.departed_at  ? call_out.departed_at
                               : call_out.arrived_at ? call_out.arrived_at : escorted;
            if (!since) continue;
            table.rows.push_back(
                {Html() << web::link(board.label_of(call_out.person_id),
                                     Url("/requests") / job.row.request_id.text()),
                 Html() << (call_out.departed_at ? say(tr("On the way back"))
                            : call_out.arrived_at
                                ? say(tr("Together: {place}", {{"place", goes_to(board, job)}}))
                                : say(tr("On the way to {place}",
                                         {{"place", goes_to(board, job)}}))),
                 Html() << when_text(say, board.house.zone, *since, board.house.now)});
        }
    }
    if (table.rows.empty()) return {};
    return web::table(std::move(table));
}

// Who is on call tonight and can't be reached, before anybody knocks there; not why, except rest.
struct TonightSeen {
    std::string scheme;
    rota::Tonight tonight;
    std::map<PersonId, std::string> labels;
};

std::vector<TonightSeen> tonight_seen(sql::Reader& reader, const Tongue& say, const Board& board,
                                      const EstablishmentId& prison) {
    std::vector<TonightSeen> out;
    for (const auto& scheme : board.schemes) {
        auto tonight = rota::tonight(reader, prison, scheme.scheme, board.house.now,
                                     &called_out);
        if (!tonight || !tonight->is_warned || !tonight->is_in_trouble()) continue;
        TonightSeen one{scheme.policy->say(say.tag()).short_name, std::move(*tonight), {}};
        for (const auto& [person, peer] : views::all_peers(reader, prison, {scheme})) {
            one.labels[person] = peer.label;
        }
        out.push_back(std::move(one));
    }
    return out;
}

Html tonight_note(const Tongue& say, const Board& board, const TonightSeen& seen) {
    std::set<std::string> who;
    for (const auto& on : seen.tonight.on) {
        if (on.cannot.empty()) continue;
        const auto label = seen.labels.find(on.person_id);
        if (label == seen.labels.end()) continue;
        const auto rest = std::ranges::find_if(on.cannot, &rota::CannotCome::is_rest);
        if (rest == on.cannot.end()) {
            who.insert(label->second);
            continue;
        }
        // Tonight's rest ends with the night; whoever rests now is told of as on the board.
        const auto* peer = board.peer(on.person_id);
        const auto until = std::max(rest->to, peer && peer->resting_until ? *peer->resting_until
                                                                          : rest->to);
        who.insert(say(tr("{peer} (rests until {time})",
                          {{"peer", label->second},
                           {"time", when_text(say, board.house.zone, until,
                                              board.house.now)}})));
    }
    std::string names;
    for (const auto& one : who) names += (names.empty() ? "" : ", ") + one;
    Html inner;
    if (!names.empty()) {
        inner << web::paragraph(say(tr("Can’t be reached: {people}.", {{"people", names}})));
    }
    inner << web::paragraph(say(tr("Can come: {cover}.",
                                   {{"cover", rota::cover_text(say, board.house.zone,
                                                               seen.tonight.cover)}})))
          << "<p class=\"govuk-body\">"
          << web::link(say(tr("Who can come tonight")), Url("/on-call/tonight")) << "</p>";
    return web::note(tonight_text(say, seen.scheme, seen.tonight), std::move(inner));
}

Html draw(const Tongue& say, const Board& board, const std::vector<TonightSeen>& tonight) {
    const auto waiting = queue(board);
    const long count = std::ranges::count_if(
        waiting, [](const Queued& one) { return !one.unlock->authorised_at; });
    Html out;
    out << draw_dangers(say, board.house, board.dangers, true);
    for (const auto& job : board.jobs) {
        if (!job.is_alarming(board.house.now)) continue;
        out << web::note(say(tr("First of all: {place}", {{"place", goes_to(board, job)}})),
                         Html() << "<p class=\"govuk-body\">" << stay_due(say, board.house, job)
                                << web::link(say(tr("Details")),
                                             Url("/requests") / job.row.request_id.text())
                                << "</p>");
    }
    out
        << web::head_row(count == 0 ? say(tr("No unlock is waiting for you"))
                                    : say(trn("One unlock is waiting for you",
                                              "{count} unlocks are waiting for you", count)));
    if (waiting.empty()) {
        out << web::empty_state(say(tr("When a peer says yes and an officer asks for the unlock, "
                                       "it is shown here, the longest wait first.")),
                                web::button_link(say(tr("See the board")), Url("/board"),
                                                 Weight::secondary));
    }
    for (const auto& one : waiting) out << card(say, board, one);
    for (const auto& one : tonight) out << tonight_note(say, board, one);
    return out << others(say, board) << out_of_cells(say, board);
}

std::string unlocks_view(const web::Request& request) {
    return "unlocks:" + request.viewer.establishment.text() + ":" +
           (request.viewer.wing.empty() ? "*" : request.viewer.wing) + ":" +
           std::string(request.tongue.tag());
}

std::shared_ptr<const std::string> unlocks_drawing(const Room& room, const web::Request& request) {
    return room.site.live.view(
        request.viewer.establishment, unlocks_view(request),
        [room, say = request.tongue, prison = request.viewer.establishment,
         scope = views::scope_of(request.viewer)] {
            return room.site.database.read([&](sql::Reader& reader) {
                const auto board = views::board(reader, room.keys, prison, scope,
                                                room.site.clock.now());
                return draw(say, board, tonight_seen(reader, say, board, prison));
            });
        });
}

std::optional<views::UnlockRow> unlock_here(const Room& room, const web::Request& request) {
    const auto id = request.id<UnlockId>("id");
    if (!id) return std::nullopt;
    return room.site.database.read([&](sql::Reader& reader) {
        return views::unlock(reader, request.viewer.establishment, *id);
    });
}

template <class E>
std::vector<web::Choice> choices_of(const Tongue& say) {
    std::vector<web::Choice> out;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto item) {
        out.push_back({item.name, say(words_of(item.value)), "", false});
    });
    return out;
}

// "Peer 2: B-1-002 to A-1-001": several may be open.
std::string whose(const Room& room, const web::Request& request, const views::UnlockRow& unlock) {
    const auto board = room.site.database.read([&](sql::Reader& reader) {
        return views::board(reader, room.keys, request.viewer.establishment,
                            views::scope_of(request.viewer), request.now);
    });
    for (const auto& one : queue(board)) {
        if (one.unlock->unlock_id != unlock.unlock_id) continue;
        const auto* peer = board.peer(one.call_out->person_id);
        const std::string from = peer ? peer->place.text() : std::string("–");
        return board.label_of(one.call_out->person_id) + ": " +
               request.tongue(tr("{from} to {to}",
                                 {{"from", from}, {"to", goes_to(board, *one.job)}}));
    }
    return {};
}

web::Response show_refusal(const Room& room, web::Request& request,
                           const views::UnlockRow& unlock, const web::FieldErrors& errors) {
    const Tongue& say = request.tongue;
    const auto& form = request.form;
    const auto field = [&](const char* name, const std::string& label, std::string hint = {}) {
        return web::Field{.name = name, .label = label, .hint = std::move(hint),
                          .value = std::string(form.get(name)), .errors = &errors};
    };
    std::vector<web::Choice> times;
    for (const int minutes : {5, 10, 15, 20, 30}) {
        times.push_back({std::to_string(minutes),
                         say(trn("In a minute", "In {count} minutes", minutes)), "", false});
    }
    if (form.get("review").empty()) times[2].is_chosen = true;
    Html inner;
    inner << web::radios(request, field("decision", say(tr("What is decided?"))),
                         {{"delayed", say(tr("Not yet")), "", form.get("decision").empty()},
                          {"refused", say(tr("No")), "", false}},
                         true)
          << web::radios(request, field("reason", say(tr("Why"))), choices_of<UnlockReason>(say))
          << web::radios(request, field("alternative", say(tr("What is offered instead"))),
                         choices_of<Alternative>(say))
          << web::radios(request, field("review", say(tr("When do you look at it again?")),
                                        say(tr("At the latest after 30 minutes."))),
                         std::move(times), true)
          << web::submit(say(tr("Record it and tell the person")));
    web::PageOptions options{.title = say(tr("Can’t, or not yet"))};
    options.is_wide = false;
    options.before_main = web::back_link(say, Url("/unlocks"));
    Html main;
    main << web::error_summary(request, errors)
         << web::head_row(say(tr("This unlock can’t be done now")))
         << "<p class=\"govuk-body-l\"><b>" << whose(room, request, unlock) << "</b></p>"
         << web::paragraph(say(tr("The person who asked is told, with what is offered instead.")))
         << web::form(request, Url("/unlocks") / unlock.unlock_id.text() / "refuse",
                      std::move(inner));
    return web::page(request, options, std::move(main), errors.empty() ? 200 : 422);
}

web::Response unlock_is_over(const web::Request& request) {
    return told(request, {"dispatch.unlock_over", tr("This unlock is done, or was called off."),
                          "", 404},
                Url("/unlocks"));
}

}  // namespace

web::Response unlocks_page(const Room& room, web::Request& request) {
    const Tongue& say = request.tongue;
    const auto html = unlocks_drawing(room, request);
    Minutes covers_after{};
    const auto house = room.site.database.read([&](sql::Reader& reader) {
        const auto& prison = request.viewer.establishment;
        covers_after = Minutes{access::board_lock_minutes(reader, prison)};
        return views::house(reader, prison, request.now);
    });
    web::PageOptions options{.title = say(tr("Unlocks"))};
    options.covers_after = covers_after;
    options.live_status = as_of(say, house);
    options.live_zone = house.zone.name();
    return web::page(request, options,
                     web::live_region(request, Url("/unlocks/live"), Html::drawn_by_us(*html)));
}

web::Response unlocks_live(const Room& room, web::Request& request) {
    unlocks_drawing(room, request);
    web::Response out;
    out.live_view = unlocks_view(request);
    return out;
}

web::Response authorise_post(const Room& room, web::Request& request) {
    const auto id = request.id<UnlockId>("id");
    if (!id) return unlock_is_over(request);
    Desk desk = room.desk();
    return done_or_told(request,
                        authorise_unlock(desk, request.occasion(room.site.entropy), *id),
                        Url("/unlocks"));
}

web::Response refuse_page(const Room& room, web::Request& request) {
    const auto unlock = unlock_here(room, request);
    if (!unlock || unlock->escorted_at) return unlock_is_over(request);
    return show_refusal(room, request, *unlock, {});
}

web::Response refuse_post(const Room& room, web::Request& request) {
    const auto unlock = unlock_here(room, request);
    if (!unlock || unlock->escorted_at) return unlock_is_over(request);
    web::FieldErrors errors;
    UnlockReason reason{};
    Alternative alternative{};
    int minutes = 0;
    Words problem;
    const auto read = [&](const char* name, auto& out, const Words& missing) {
        const auto text = request.form.get(name);
        if (text.empty()) errors.push_back({name, missing});
        else if (!web::read_field(text, out, problem)) errors.push_back({name, problem});
    };
    const auto decision = request.form.get("decision");
    if (decision != "refused" && decision != "delayed") {
        errors.push_back({"decision", tr("Say what is decided.")});
    }
    read("reason", reason, tr("Choose a reason."));
    read("alternative", alternative, tr("Say what is offered instead."));
    read("review", minutes, tr("Say when you look at it again."));
    if (!errors.empty()) return show_refusal(room, request, *unlock, errors);
    Desk desk = room.desk();
    const auto result =
        refuse_unlock(desk, request.occasion(room.site.entropy), unlock->unlock_id,
                      decision == "delayed", reason, alternative, Minutes(minutes));
    if (!result) {
        web::add_refusal(errors, result.error());
        return show_refusal(room, request, *unlock, errors);
    }
    return web::see_other(Url("/unlocks"));
}

}  // namespace alongside::dispatch
