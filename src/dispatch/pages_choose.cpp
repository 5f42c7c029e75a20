// Choosing a peer and asking them: two taps, the fixed words, and what they answered.
#include <algorithm>
#include <set>

#include "access/access.h"
#include "dispatch/pages.h"
#include "dispatch/refusals.h"
#include "dispatch/rules.h"

namespace alongside::dispatch {
namespace {

using web::Weight;

Html told_apart(const web::Request& request, const Candidate& candidate,
                const std::string& language) {
    const Tongue& say = request.tongue;
    std::string below = say(words_of(candidate.nearness));
    if (!language.empty()) {
        below += " · " + (candidate.speaks_the_language
                              ? say(tr("speaks {language}",
                                       {{"language", language_name(language)}}))
                              : say(tr("does not speak {language}",
                                       {{"language", language_name(language)}})));
    }
    if (candidate.is_asked_for) below += " · " + say(tr("asked for by name"));
    return Html() << below;
}

// Asked on their screen where they have one; else at the door, or by intercom.
Html ways_to_ask(const web::Request& request, RequestId id, const Candidate& candidate,
                 bool has_screen, bool is_first) {
    const Tongue& say = request.tongue;
    const Url action = Url("/requests") / id.text() / "offers";
    const std::string person = candidate.person_id.text();
    const auto button = [&](const std::string& text, std::string how, Weight weight) {
        return web::button_form(request, action, text, weight,
                                {{"person", person}, {"how", std::move(how)}});
    };
    const Weight weight = is_first ? Weight::primary : Weight::secondary;
    Html out;
    if (has_screen) out << button(say(tr("Ask on their screen")), "device", weight);
    out << button(say(tr("Knock at {place}", {{"place", candidate.place.text()}})), "door",
                  has_screen ? Weight::secondary : weight)
        << button(say(tr("Intercom")), "intercom", Weight::secondary);
    return out;
}

Html candidates(const web::Request& request, const views::Job& job,
                const std::vector<Candidate>& best, const std::set<LocationKey>& screens) {
    const Tongue& say = request.tongue;
    if (best.empty()) {
        Html next;
        if (job.policy && !job.policy->say(say.tag()).helpline.empty()) {
            next << "<p class=\"govuk-body\">" << say(tr("Offer the helpline:")) << " "
                 << helpline_words(say, *job.policy) << "</p>"
                 << web::button_form(request,
                                     Url("/requests") / job.row.request_id.text() /
                                         "helpline-offered",
                                     say(tr("I offered the helpline")), Weight::secondary);
        }
        next << web::paragraph(say(tr("Or offer a talk with staff. The request stays open until "
                                      "somebody closes it.")));
        return web::empty_state(say(tr("Nobody can be sent to this request now.")),
                                std::move(next));
    }
    const std::string language = job.who ? job.who->wish.language : std::string();
    std::vector<web::PeerRow> rows;
    for (const auto& candidate : best) {
        const bool has_screen = screens.contains(candidate.place);
        rows.push_back({candidate.label + " · " + candidate.place.text(),
                        rows.empty() ? web::chip(say(tr("First choice")), web::Tone::teal)
                                     : web::chip(say(tr("On call")), web::Tone::ready),
                        told_apart(request, candidate, language).text(),
                        ways_to_ask(request, job.row.request_id, candidate, has_screen,
                                    rows.empty())});
    }
    return web::peer_rows(std::move(rows));
}

Html who_rests(const web::Request& request, const views::House& house,
             const std::vector<views::Peer>& peers) {
    const Tongue& say = request.tongue;
    if (peers.empty()) return {};
    std::vector<web::PeerRow> rows;
    for (const auto& peer : peers) {
        const std::string until = when_text(say, house.zone, *peer.resting_until, house.now);
        rows.push_back({peer.label,
                        web::chip(say(tr("Resting until {time}", {{"time", until}})),
                                  web::Tone::rest),
                        "", {}});
    }
    return Html() << web::heading(2, say(tr("Resting")), "m") << web::peer_rows(std::move(rows));
}

struct ChoiceOnPage {
    views::House house;
    std::optional<std::vector<Candidate>> choice;
    Words why_not;                           // instead of a choice
    bool is_in_sight_only = false;
    int peers_wanted = 1;
    std::set<LocationKey> screens;           // cells with a device of their own
    std::vector<views::Peer> resting;
};

ChoiceOnPage choice_on_page(const Room& room, const web::Request& request, RequestId id) {
    return room.site.database.read([&](sql::Reader& reader) {
        const auto& prison = request.viewer.establishment;
        ChoiceOnPage out{views::house(reader, prison, request.now), {}, {}, false, 1, {}, {}};
        out.resting = views::resting(reader, prison, request.now);
        if (const auto choice = choose(reader, room.keys, prison, id, request.now)) {
            out.choice = best_three(*choice);
            out.is_in_sight_only = choice->is_in_sight_only;
            out.peers_wanted = choice->peers_wanted;
        } else {
            out.why_not = choice.error().sentence;
            if (choice.error().code == "dispatch.identity_gone") {  // an older backup was restored
                out.why_not = tr("Who asked is no longer known. Ask on the wing who would like to "
                                 "talk, raise that as a new request, and close this one.");
            }
        }
        for (const auto& device : access::devices(reader, prison)) {
            if (device.kind == DeviceKind::in_cell && device.registered_at && !device.revoked_at) {
                out.screens.insert(device.place);
            }
        }
        return out;
    });
}

web::Response show(const Room& room, web::Request& request, const views::Job& job,
                   const web::FieldErrors& errors) {
    const Tongue& say = request.tongue;
    const ChoiceOnPage seen = choice_on_page(room, request, job.row.request_id);
    const std::string where = job.who ? job.who->place.text() : job.row.wing;
    web::PageOptions options{.title = say(tr("Choose a peer"))};
    options.is_wide = false;
    options.before_main = web::back_link(say, Url("/board"));
    Html main;
    main << web::error_summary(request, errors)
         << web::head_row(say(tr("Who is asked to go to {place}?", {{"place", where}})));
    if (seen.peers_wanted > 1) {
        main << web::inset(web::paragraph(say(tr("Two peers go together here. Ask one, then the "
                                                 "other."))));
    }
    if (seen.is_in_sight_only) {
        main << web::inset(web::paragraph(say(tr("Together in sight of staff only."))));
    }
    if (job.who && job.who->wish.sex) {
        main << web::inset(web::paragraph(
            *job.who->wish.sex == people::Sex::female
                ? say(tr("They would like to talk to a woman. Nobody else can be sent."))
                : say(tr("They would like to talk to a man. Nobody else can be sent."))));
    }
    if (!seen.choice && errors.empty()) {
        main << web::inset(web::paragraph(say(seen.why_not)));
    }
    if (seen.choice) {
        main << candidates(request, job, *seen.choice, seen.screens)
             << who_rests(request, seen.house, seen.resting);
    }
    if (seen.choice && !seen.choice->empty()) {
        main << web::paragraph(say(tr("In the order in which they would be fairest, nearest and "
                                      "longest without a call.")));
    }
    main << "<p class=\"govuk-body\">"
         << web::link(say(tr("Everything about this request")),
                      Url("/requests") / job.row.request_id.text())
         << "</p>";
    return web::page(request, options, std::move(main), errors.empty() ? 200 : 409);
}

Html door_words(const Tongue& say, const views::Job& job) {
    const std::string words = job.policy ? job.policy->say(say.tag()).door_words : std::string();
    return web::inset(Html() << "<p class=\"govuk-body-l\"><q>"
                             << (words.empty() ? say(tr("Somebody would like to talk. Can you go? "
                                                        "You can say no, and you won’t be asked "
                                                        "why."))
                                               : words)
                             << "</q></p>");
}

Html answers(const Tongue& say, const views::OfferRow& offer) {
    const Url action = Url("/offers") / offer.offer_id.text() / "answer";
    const auto button = [&](const Words& words, Weight weight, const char* answer) {
        return web::shared_button(say(words), action, weight, "answer", answer);
    };
    return Html() << "<div class=\"govuk-button-group\">"
                  << button(tr("Going"), Weight::big, "going")
                  << button(tr("Not going"), Weight::secondary, "not_going")
                  << button(tr("Not reached"), Weight::secondary, "not_reached") << "</div>";
}

// What has become of an offer: its peer may have answered on a screen, or somebody else goes.
struct Offered {
    views::House house;
    std::optional<views::OfferRow> offer;
    std::optional<views::CallOutRow> going;      // this peer
    std::optional<views::Job> job;
};

Offered offered(const Room& room, const EstablishmentId& prison, OfferId id, Instant now) {
    return room.site.database.read([&](sql::Reader& reader) {
        Offered out{views::house(reader, prison, now), views::offer(reader, prison, id),
                    views::call_out(reader, prison, id.uuid), {}};
        if (out.going && out.going->ended_at) out.going.reset();
        if (out.offer) out.job = views::job(reader, room.keys, prison, out.offer->request_id);
        return out;
    });
}

Html draw_offer(const Tongue& say, const Offered& seen) {
    if (seen.offer && !seen.offer->ended_at && seen.job) {
        return Html()
               << web::heading(2, say(tr("Say this")), "s") << door_words(say, *seen.job)
               << web::heading(2, say(tr("What did they say?")), "s") << answers(say, *seen.offer)
               << web::paragraph(say(tr("“Not going” and “not reached” look the same afterwards. "
                                        "Don’t ask why.")))
               << web::hint_text(say(tr("Asked at {time}. Without an answer this ends at {until}, "
                                        "and the next peer can be asked.",
                                        {{"time", seen.house.clock(seen.offer->offered_at)},
                                         {"until", seen.house.clock(seen.offer->answer_by)}})));
    }
    const bool is_another = seen.job && !seen.job->call_outs.empty();
    const std::string text = seen.going   ? say(tr("They have said yes, and are going."))
                             : is_another ? say(tr("Somebody else is going. Thank this peer, and "
                                                   "say that it is no longer needed."))
                                          : say(tr("This offer is over."));
    return Html() << web::inset(web::paragraph(text))
                  << web::button_link(say(tr("See the board")), Url("/board"));
}

std::string offer_view(const web::Request& request, OfferId id) {
    return "offer:" + request.viewer.establishment.text() + ":" + id.text() + ":" +
           std::string(request.tongue.tag());
}

std::shared_ptr<const std::string> offer_drawing(const Room& room, const web::Request& request,
                                                 OfferId id) {
    return room.site.live.view(
        request.viewer.establishment, offer_view(request, id),
        [room, say = request.tongue, prison = request.viewer.establishment, id] {
            return draw_offer(say, offered(room, prison, id, room.site.clock.now()));
        });
}

std::optional<views::OfferRow> offer_here(const Room& room, const web::Request& request) {
    const auto id = request.id<OfferId>("id");
    if (!id) return std::nullopt;
    return room.site.database.read([&](sql::Reader& reader) {
        return views::offer(reader, request.viewer.establishment, *id);
    });
}

}  // namespace

web::Response choose_page(const Room& room, web::Request& request) {
    const auto id = request.id<RequestId>("id");
    const auto job = id ? job_here(room, request, *id) : std::nullopt;
    if (!job) return web::see_other(id ? Url("/requests") / id->text() : Url("/board"));
    return show(room, request, *job, {});
}

web::Response offer_post(const Room& room, web::Request& request) {
    const auto id = request.id<RequestId>("id");
    const auto job = id ? job_here(room, request, *id) : std::nullopt;
    if (!job) {
        return told(request, refusal(Refused::request_closed), Url("/board"));
    }
    OfferHow how = OfferHow::door;
    Words problem;
    web::FieldErrors errors;
    if (!web::read_field(request.form.get("how"), how, problem)) errors.push_back({"how", problem});
    PersonId person;
    if (!request.form.get("person").empty() &&
        !web::read_field(request.form.get("person"), person, problem)) {
        errors.push_back({"person", problem});
    }
    if (!errors.empty()) return show(room, request, *job, errors);
    const OfferId offer_id(request.id_to_make(room.site.entropy));
    Desk desk = room.desk();
    const auto asked = offer(desk, request.occasion(room.site.entropy),
                             Offer{offer_id, *id, person, how});
    if (!asked) {
        web::FieldErrors refused;
        web::add_refusal(refused, asked.error());
        return show(room, request, *job, refused);
    }
    return web::see_other(how == OfferHow::device ? Url("/board")
                                                  : Url("/offers") / offer_id.text());
}

web::Response offer_page(const Room& room, web::Request& request) {
    const Tongue& say = request.tongue;
    const auto offer = offer_here(room, request);
    const auto job = offer ? job_here(room, request, offer->request_id) : std::nullopt;
    if (!offer || !job) {
        return told(request, {"dispatch.offer_over", tr("This offer is over."), "", 404},
                    Url("/board"));
    }
    const auto peers = room.site.database.read([&](sql::Reader& reader) {
        const auto& prison = request.viewer.establishment;
        return views::all_peers(reader, prison, views::schemes_now(reader, prison));
    });
    const auto peer = peers.find(offer->person_id);
    const std::string who = peer == peers.end() ? std::string("–") : peer->second.label;
    const std::string cell = peer == peers.end() ? std::string() : peer->second.place.text();
    web::PageOptions options{.title = say(tr("Asking {peer}", {{"peer", who}}))};
    options.is_wide = false;
    options.before_main = web::back_link(say, Url("/board"));
    Html main;
    main << web::head_row(say(tr("Asking {peer} at {place}", {{"peer", who}, {"place", cell}})))
         << web::live_region(request, Url("/offers") / offer->offer_id.text() / "live",
                             Html::drawn_by_us(*offer_drawing(room, request, offer->offer_id)));
    return web::page(request, options, std::move(main));
}

web::Response offer_live(const Room& room, web::Request& request) {
    const auto offer = offer_here(room, request);
    if (!offer || !job_here(room, request, offer->request_id)) return web::not_found(request);
    offer_drawing(room, request, offer->offer_id);
    web::Response out;
    out.live_view = offer_view(request, offer->offer_id);
    return out;
}

web::Response answer_post(const Room& room, web::Request& request) {
    const auto found = offer_here(room, request);
    if (!found) {
        return told(request, {"dispatch.offer_over", tr("This offer is over."), "", 404},
                    Url("/board"));
    }
    Answer said{};
    Words problem;
    if (!web::read_field(request.form.get("answer"), said, problem)) {
        return told(request,
                    {"dispatch.answer_unsaid",
                     tr("Say what they answered: going, not going or not reached."), "answer", 422},
                    Url("/offers") / found->offer_id.text());
    }
    Desk desk = room.desk();
    const auto result =
        answer(desk, request.occasion(room.site.entropy), found->offer_id, said);
    const Url onward = said == Answer::going || !result
                           ? Url("/board")
                           : Url("/requests") / found->request_id.text() / "choose";
    if (result) return web::see_other(onward);
    // The refusals speak to peers; an officer at the door needs other words.
    const auto now_is = offered(room, request.viewer.establishment, found->offer_id, request.now);
    Refusal refusal = result.error();
    if (now_is.going) {
        refusal.sentence = tr("This peer has said yes already, and is going. If they can’t after "
                              "all, call it off on the page of the request.");
    } else if (now_is.job && !now_is.job->call_outs.empty()) {
        refusal.sentence = tr("Somebody else is going. Thank this peer, and say that it is no "
                              "longer needed.");
    }
    return told(request, refusal, onward);
}

web::Response did_you_ask_page(const Room& room, web::Request& request) {
    const Tongue& say = request.tongue;
    const auto id = request.id<RequestId>("id");
    const auto job = id ? job_here(room, request, *id) : std::nullopt;
    if (!job) return web::see_other(Url("/board"));
    const std::string where = job->who ? job->who->place.text() : job->row.wing;
    web::PageOptions options{.title = say(tr("Did you ask?"))};
    options.is_wide = false;
    options.before_main = web::back_link(say, Url("/board"));
    Html main;
    main << web::head_row(say(tr("Ask at {place}, quietly", {{"place", where}})))
         << web::inset(Html() << "<p class=\"govuk-body-l\"><q>"
                              << say(tr("Did you ask for somebody to talk to?")) << "</q></p>")
         << "<div class=\"govuk-button-group\">"
         << web::button_link(say(tr("Yes: choose a peer")),
                             Url("/requests") / id->text() / "choose")
         << web::button_form(request, Url("/requests") / id->text() / "did-not-ask",
                             say(tr("No, they didn’t ask")), Weight::secondary)
         << "</div>"
         << web::paragraph(say(tr("If they didn’t ask, the request is closed and leaves no mark on "
                                  "them. Don’t ask why.")));
    return web::page(request, options, std::move(main));
}

web::Response did_not_ask_post(const Room& room, web::Request& request) {
    const auto id = request.id<RequestId>("id");
    if (!id) return told(request, refusal(Refused::unknown_request), Url("/board"));
    Desk desk = room.desk();
    return done_or_told(request, did_not_ask(desk, request.occasion(room.site.entropy), *id),
                        Url("/board"));
}

}  // namespace alongside::dispatch
