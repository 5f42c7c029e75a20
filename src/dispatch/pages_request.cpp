// One request: what happened, in words; the explanation for those entitled; how it is closed.
#include <algorithm>

#include "dispatch/cell.h"
#include "dispatch/explanation.h"
#include "dispatch/next_step.h"
#include "dispatch/rules.h"

namespace alongside::dispatch {
namespace {

using web::Weight;

struct RequestSeen {
    views::House house;
    views::RequestRow row;
    std::optional<views::Job> job;           // while it is open
    std::optional<views::Asker> who;
    std::shared_ptr<const schemes::Policy> policy;
    std::string asker_name;                  // for those who may know it
    std::map<PersonId, views::Peer> peers;
    std::vector<views::EventRow> events;
    std::optional<dispatch::Choice> choice;
    people::AloneAnswer alone = people::AloneAnswer::yes;
    int peers_wanted = 1;
    bool is_key_gone = false;                // restored, or another file of keys
};

// Who asked is for those who unlock and escort; of schemes that promise it, for nobody above them,
// and for nobody at all once somebody has come and it is over.
bool may_know_who(const Viewer& who, const schemes::Policy* policy, const views::RequestRow& row) {
    const bool is_held_by_partner =
        !policy || policy->tier == schemes::Tier::T0 || policy->tier == schemes::Tier::T1;
    if (is_held_by_partner) {
        return who.may(Permission::run_call_out) && (!row.closed_at || !row.started_at);
    }
    return who.may(Permission::run_call_out) || who.may(Permission::see_unmet);
}

std::optional<RequestSeen> request_seen(const Room& room, const web::Request& request) {
    const auto id = request.id<RequestId>("id");
    if (!id) return std::nullopt;
    const auto& viewer = request.viewer;
    return room.site.database.read([&](sql::Reader& reader) -> std::optional<RequestSeen> {
        const auto& prison = viewer.establishment;
        auto row = views::request(reader, prison, *id);
        if (!row) return std::nullopt;
        RequestSeen out{views::house(reader, prison, request.now), *row,
                 views::job(reader, room.keys, prison, *id), views::asker(room.keys, *row),
                 schemes::policy(reader, prison, row->scheme), {},
                 views::all_peers(reader, prison, views::schemes_now(reader, prison)), {}, {}};
        out.is_key_gone = !out.who;
        if (!may_know_who(viewer, out.policy.get(), *row)) {
            out.who.reset();
        } else if (out.who) {
            out.alone = people::alone_answer(reader, prison, out.who->person_id);
            const auto name = people::name_of(reader, out.who->person_id);
            if (name) out.asker_name = name->given_names + " " + name->family_name;
        }
        out.events = views::events(reader, prison, *id);
        if (out.job && !row->closed_at) {
            if (auto choice = choose(reader, room.keys, prison, *id, request.now)) {
                out.peers_wanted = choice->peers_wanted;
                if (viewer.may(Permission::see_overview)) out.choice = std::move(*choice);
            }
        }
        return out;
    });
}

std::string scheme_name(const Tongue& say, const RequestSeen& seen) {
    return seen.policy ? seen.policy->say(say.tag()).name : seen.row.scheme.text();
}

Words state_words(const RequestSeen& seen) {
    switch (seen.row.state) {
        case State::waiting: return tr("Waiting");
        case State::offered: return tr("A peer is being asked");
        case State::accepted: return tr("A peer said yes");
        case State::unlocking:
            return seen.job && seen.job->refused_unlock() ? tr("The unlock can’t be done now")
                                                          : tr("Waiting for the unlock");
        case State::escorting: return tr("On the way");
        case State::together: return tr("Together");
        case State::returning: return tr("On the way back");
        case State::closed: return tr("Closed");
    }
    return {};
}

std::string who_text(const Tongue& say, const RequestSeen& seen) {
    if (seen.row.identity_gone_at) return say(tr("Not known any more: the name was destroyed"));
    if (seen.is_key_gone) return say(tr("Not known any more: the name was destroyed"));
    if (!seen.who) return say(tr("Not shown here"));
    return seen.asker_name.empty() ? seen.who->place.text()
                                   : seen.asker_name + " · " + seen.who->place.text();
}

std::string identity_text(const Tongue& say, const RequestSeen& seen) {
    const auto when = [&](Instant at) {
        return when_text(say, seen.house.zone, at, seen.house.now);
    };
    if (seen.row.identity_gone_at) {
        return say(tr("Destroyed {time}", {{"time", when(*seen.row.identity_gone_at)}}));
    }
    if (seen.is_key_gone) {
        return say(tr("Not known any more: its key was destroyed before this database was "
                      "restored"));
    }
    if (seen.row.identity_held) {
        return say(tr("Kept on purpose: {reason}",
                      {{"reason", detail_words(say, *seen.row.identity_held)}}));
    }
    if (seen.row.identity_until) {
        return say(tr("Will be destroyed {time}", {{"time", when(*seen.row.identity_until)}}));
    }
    if (!seen.policy) return say(tr("Kept until some time after the request is closed"));
    return say(tr("Kept until {hours} hours after the end, or {unmet} if nobody came",
                  {{"hours", std::to_string(seen.policy->identity_hours)},
                   {"unmet", std::to_string(seen.policy->unmet_identity_hours)}}));
}

Html facts(const Tongue& say, const RequestSeen& seen) {
    const auto when = [&](Instant at) {
        return Html() << when_text(say, seen.house.zone, at, seen.house.now);
    };
    std::vector<web::Pair> pairs{
        {say(tr("Who")), Html() << who_text(say, seen), {}},
        {say(tr("Scheme")), Html() << scheme_name(say, seen), {}},
        {say(tr("Wing")), Html() << seen.row.wing, {}},
        {say(tr("How")), Html() << say(words_of(seen.row.channel, seen.row.asked_by)), {}},
        {say(tr("Asked")), when(seen.row.asked_at), {}}};
    if (seen.row.wanted_from > seen.row.asked_at) {
        pairs.push_back({say(tr("Wanted from")), when(seen.row.wanted_from), {}});
    }
    if (seen.row.started_at) {
        pairs.push_back({say(tr("Someone was there")), when(*seen.row.started_at), {}});
        pairs.push_back({say(tr("Wait")),
                         Html() << span_text(say, *seen.row.started_at - seen.row.wanted_from),
                         {}});
    }
    if (seen.row.close_reason) {
        pairs.push_back({say(tr("Closed because")), Html() << say(words_of(*seen.row.close_reason)),
                         {}});
    }
    pairs.push_back({say(tr("The name")), Html() << identity_text(say, seen), {}});
    return web::summary_list(std::move(pairs));
}

Html history(const Tongue& say, const RequestSeen& seen) {
    Html out;
    out << web::heading(2, say(tr("What happened")), "m");
    if (seen.events.empty()) {
        return out << web::empty_state(say(tr("The steps of this request are no longer kept.")));
    }
    std::vector<web::Happened> list;
    for (const auto& event : seen.events) {
        Html detail;
        const std::string words = detail_words(say, event.detail);
        if (!words.empty()) detail << web::paragraph(words);
        list.push_back({happening_words(say, event.what, event.detail),
                        by_words(say, event.by_kind), event.at,
                        when_text(say, seen.house.zone, event.at, seen.house.now),
                        std::move(detail)});
    }
    return out << web::timeline(std::move(list));
}

Html going_on(const web::Request& request, const RequestSeen& seen) {
    const Tongue& say = request.tongue;
    const auto label_of = [&](const views::CallOutRow& call_out) {
        const auto peer = seen.peers.find(call_out.person_id);
        return peer == seen.peers.end() ? std::string("–") : peer->second.label;
    };
    Html out;
    for (const auto& call_out : seen.job->call_outs) {
        const std::string label = label_of(call_out);
        const Url url = Url("/call-outs") / call_out.call_out_id.text();
        Html inner;
        if (call_out.departed_at) continue;
        if (!call_out.arrived_at) {
            inner << sure(say(tr("Call off")),
                          say(tr("The peer doesn’t go. Who asked waits again.")),
                          web::button_form(request, url / "call-off", say(tr("Yes, call it off")),
                                           Weight::secondary));
        } else {
            for (const auto& other : seen.job->call_outs) {
                const bool is_there = other.arrived_at && !other.departed_at;
                if (other.call_out_id == call_out.call_out_id || !is_there) continue;
                inner << web::button_form(
                    request, url / "hand-over",
                    say(tr("{peer} takes over from {other}",
                           {{"peer", label_of(other)}, {"other", label}})),
                    Weight::secondary, {{"to", other.call_out_id.text()}});
            }
        }
        if (!inner.empty()) out << web::note(label, std::move(inner));
    }
    return out;
}

Words words_of(people::AloneAnswer answer) {
    switch (answer) {
        case people::AloneAnswer::yes: return tr("Yes");
        case people::AloneAnswer::in_sight: return tr("Only in sight of staff");
        case people::AloneAnswer::no: return tr("No");
    }
    return {};
}

// Staff's answer counts for whoever is chosen next, and for every later request; never why.
Html safe_alone(const web::Request& request, const RequestSeen& seen) {
    const Tongue& say = request.tongue;
    if (!seen.who) return {};
    std::vector<web::Choice> choices;
    using enum people::AloneAnswer;
    for (const auto answer : {yes, in_sight, no}) {
        choices.push_back({boost::describe::enum_to_string(answer, ""), say(words_of(answer)), "",
                           answer == seen.alone});
    }
    Html inner;
    inner << web::radios(request, {.name = "answer",
                                   .label = say(tr("Is this person safe alone with a peer?")),
                                   .hint = say(tr("Your answer is kept without a reason, and no "
                                                  "peer sees it."))},
                         std::move(choices))
          << web::submit(say(tr("Save the answer")), Weight::secondary);
    return web::details(say(tr("Safe alone with a peer: {answer}",
                               {{"answer", say(words_of(seen.alone))}})),
                        web::form(request,
                                  Url("/requests") / seen.row.request_id.text() / "alone",
                                  std::move(inner)));
}

std::vector<web::Choice> close_choices(const Tongue& say) {
    std::vector<web::Choice> out;
    for (const auto reason : {CloseReason::HELPLINE_TAKEN, CloseReason::STAFF_TALKED,
                              CloseReason::ASLEEP, CloseReason::NOT_ABLE, CloseReason::DUPLICATE,
                              CloseReason::DANGER}) {
        const bool is_asleep = reason == CloseReason::ASLEEP;
        out.push_back({boost::describe::enum_to_string(reason, ""), say(words_of(reason)),
                       is_asleep ? say(tr("After two looks, ten minutes apart.")) : "",
                       false});
    }
    return out;
}

// Whether one more peer may be asked now, as offer() sees it.
bool may_ask_another(const RequestSeen& seen) {
    const auto& job = *seen.job;
    if (job.is_later(seen.house.now) || job.row.state == State::returning) return false;
    const auto going = std::ranges::count_if(job.call_outs, [](const auto& call_out) {
        return !call_out.departed_at;
    });
    const int places = seen.peers_wanted + (job.session ? 1 : 0);
    return going < places && (job.offers.empty() || job.row.is_urgent);
}

// The one step that comes next, big; nothing where the night manager or the program acts. Those
// who are together may have finished at any time, also while another peer is on the way.
Html first_action(const web::Request& request, const RequestSeen& seen) {
    const Tongue& say = request.tongue;
    const auto& job = *seen.job;
    Html out;
    auto weight = Weight::primary;
    for (const auto& next : next_steps(job, seen.house)) {
        out << (next.is_press ? web::button_form(request, next.url, say(next.text), weight)
                              : web::button_link(say(next.text), next.url, weight));
        weight = Weight::secondary;
    }
    if (job.session) {
        out << web::button_link(say(tr("They have finished")),
                                Url("/sessions") / job.session->session_id.text() / "over", weight);
    }
    return out;
}

// What may be said of somebody nobody is with yet.
Html while_waiting(const web::Request& request, const RequestSeen& seen, const Url& url) {
    const Tongue& say = request.tongue;
    Html out;
    if (!seen.row.is_urgent) {
        out << web::button_form(request, url / "urgent", say(tr("Make it urgent")),
                                Weight::secondary);
    }
    return out << web::button_form(request, url / "looked-in",
                                   say(tr("I looked: they seem asleep")), Weight::secondary)
               << sure(say(tr("They say: no longer needed")),
                       say(tr("The request is closed, and nobody comes.")),
                       web::button_form(request, url / "withdraw", say(tr("Yes, close it")),
                                        Weight::secondary))
               << web::button_link(say(tr("Did they ask?")), url / "did-you-ask",
                                   Weight::secondary);
}

Html actions(const web::Request& request, const RequestSeen& seen, const web::FieldErrors& errors) {
    const Tongue& say = request.tongue;
    const Url url = Url("/requests") / seen.row.request_id.text();
    if (seen.row.closed_at) {
        return Html() << "<div class=\"govuk-button-group\">" << first_action(request, seen)
                      << "</div>";
    }
    const bool is_met = seen.row.state == State::together || seen.row.state == State::returning;
    Html out;
    const Html stay = stay_due(say, seen.house, *seen.job);
    if (!stay.empty()) out << web::inset(Html() << stay);
    out << "<div class=\"govuk-button-group\">" << first_action(request, seen);
    const Url choose = url / "choose";
    const bool is_said_already =
        std::ranges::any_of(next_steps(*seen.job, seen.house), [&](const NextStep& next) {
            return next.url.text() == choose.text();
        });
    if (may_ask_another(seen) && !is_said_already) {
        out << web::button_link(say(tr("Choose another peer")), choose, Weight::secondary);
    }
    if (!is_met) out << due_forms(request, *seen.job) << while_waiting(request, seen, url);
    out << "</div>" << going_on(request, seen);
    if (is_met) return out << safe_alone(request, seen);
    Html inner;
    inner << web::radios(request, {.name = "reason",
                                   .label = say(tr("Why is it closed?")),
                                   .value = std::string(request.form.get("reason")),
                                   .errors = &errors},
                         close_choices(say))
          << web::submit(say(tr("Close the request")), Weight::secondary);
    Html closing = web::form(request, url / "close", std::move(inner));
    out << safe_alone(request, seen);
    if (errors.empty()) return out << web::details(say(tr("Close it for another reason")), closing);
    return out << closing;
}

// Safer custody: a death, serious self-harm, a complaint or an access request keeps the name.
Html holding(const web::Request& request, const RequestSeen& seen, const web::FieldErrors& errors) {
    const Tongue& say = request.tongue;
    if (seen.row.identity_gone_at || seen.is_key_gone) return {};
    const Url url = Url("/requests") / seen.row.request_id.text();
    if (seen.row.identity_held) {
        return Html() << web::button_form(request, url / "release",
                                          say(tr("No longer keep the name")), Weight::secondary);
    }
    std::vector<web::Choice> choices;
    for (const auto* code : {"death", "serious_self_harm", "complaint", "access_request"}) {
        choices.push_back({code, detail_words(say, code), "", false});
    }
    Html inner;
    inner << web::radios(request, {.name = "why", .label = say(tr("Why must the name be kept?")),
                                   .errors = &errors},
                         std::move(choices))
          << web::submit(say(tr("Keep the name")), Weight::secondary);
    Html form = web::form(request, url / "hold", std::move(inner));
    const bool is_open = std::ranges::find(errors, "why", &web::FieldError::field) != errors.end();
    return is_open ? std::move(form)
                   : web::details(say(tr("Keep the name from being destroyed")), std::move(form));
}

web::Response show(web::Request& request, const RequestSeen& seen, const web::FieldErrors& errors) {
    const Tongue& say = request.tongue;
    const auto& viewer = request.viewer;
    web::PageOptions options{.title = say(tr("Request"))};
    options.before_main = web::back_link(
        say, viewer.may(Permission::see_board) ? Url("/board") : Url("/unmet"));
    Html main;
    main << web::error_summary(request, errors)
         << web::head_row(say(tr("Request, {wing} wing", {{"wing", seen.row.wing}})),
                          web::chip(say(state_words(seen)),
                                    seen.job ? web::Tone::teal : web::Tone::off));
    main << facts(say, seen);
    if (seen.job && viewer.may(Permission::run_call_out)) main << actions(request, seen, errors);
    if (seen.choice) main << explanation(say, *seen.choice);
    if (viewer.may(Permission::see_unmet)) main << holding(request, seen, errors);
    main << history(say, seen);
    return web::page(request, options, std::move(main), errors.empty() ? 200 : 422);
}

web::Response not_here(const web::Request& request) {
    return told(request, {"dispatch.unknown_request",
                          tr("There is no such request, or it is not of your wing."), "", 404},
                Url("/"));
}

// One action on the request of this route, then back to it.
template <class Action>
web::Response act(const Room& room, web::Request& request, Action&& action,
                  std::optional<Url> onward = {}) {
    const auto id = request.id<RequestId>("id");
    if (!id || !request_seen(room, request)) return not_here(request);
    Desk desk = room.desk();
    return done_or_told(request, action(desk, request.occasion(room.site.entropy), *id),
                        onward.value_or(Url("/requests") / id->text()));
}

}  // namespace

web::Response request_page(const Room& room, web::Request& request) {
    const auto seen = request_seen(room, request);
    if (!seen) return not_here(request);
    return show(request, *seen, {});
}

web::Response alone_post(const Room& room, web::Request& request) {
    const auto seen = request_seen(room, request);
    if (!seen || !seen->who || !seen->job) return not_here(request);
    const Url onward = Url("/requests") / seen->row.request_id.text();
    people::AloneAnswer answer{};
    Words problem;
    if (!web::read_field(request.form.get("answer"), answer, problem)) {
        return told(request, {"dispatch.alone_unsaid", tr("Choose an answer."), "answer", 422},
                    onward);
    }
    return done_or_told(request,
                        people::answer_alone(room.site.database,
                                             request.occasion(room.site.entropy),
                                             seen->who->person_id, answer),
                        onward);
}

web::Response close_post(const Room& room, web::Request& request) {
    const auto seen = request_seen(room, request);
    if (!seen) return not_here(request);
    const Url onward = Url("/requests") / seen->row.request_id.text();
    CloseReason reason{};
    Words problem;
    web::FieldErrors errors;
    if (request.form.get("reason").empty()) {
        errors.push_back({"reason", tr("Choose why it is closed.")});
    } else if (!web::read_field(request.form.get("reason"), reason, problem)) {
        errors.push_back({"reason", problem});
    }
    if (!errors.empty()) return show(request, *seen, errors);
    Desk desk = room.desk();
    const auto result = dispatch::close(desk, request.occasion(room.site.entropy),
                                        seen->row.request_id, reason);
    if (!result) {
        auto refusal = result.error();
        if (!seen->job) return told(request, refusal, onward);
        refusal.field = "reason";
        web::add_refusal(errors, refusal);
        return show(request, *seen, errors);
    }
    return web::see_other(onward);
}

web::Response urgent_post(const Room& room, web::Request& request) {
    return act(room, request, [](Desk& desk, const Occasion& occasion, RequestId id) {
        return make_urgent(desk, occasion, id);
    });
}

web::Response withdraw_reported_post(const Room& room, web::Request& request) {
    return act(room, request, [](Desk& desk, const Occasion& occasion, RequestId id) {
        return withdraw(desk, occasion, id, true);
    });
}

web::Response looked_in_post(const Room& room, web::Request& request) {
    return act(room, request, [](Desk& desk, const Occasion& occasion, RequestId id) {
        return look_in(desk, occasion, id);
    });
}

// Pressed on the board, where the step stands first.
web::Response helpline_offered_post(const Room& room, web::Request& request) {
    return act(room, request, offer_helpline, Url("/board"));
}

web::Response staff_looked_in_post(const Room& room, web::Request& request) {
    return act(room, request, staff_look_in, Url("/board"));
}

web::Response told_post(const Room& room, web::Request& request) {
    return act(room, request, [](Desk& desk, const Occasion& occasion, RequestId id) {
        return tell_the_person(desk, occasion, id);
    }, Url("/board"));
}

web::Response hold_post(const Room& room, web::Request& request) {
    const std::string why(request.form.get("why"));
    if (why.empty()) {
        const auto seen = request_seen(room, request);
        if (!seen) return not_here(request);
        return show(request, *seen, {{"why", tr("Choose why the name must be kept.")}});
    }
    return act(room, request, [&](Desk& desk, const Occasion& occasion, RequestId id) {
        return hold_identity(desk, occasion, id, why);
    });
}

web::Response release_post(const Room& room, web::Request& request) {
    return act(room, request, [](Desk& desk, const Occasion& occasion, RequestId id) {
        return release_identity(desk, occasion, id);
    });
}

}  // namespace alongside::dispatch
