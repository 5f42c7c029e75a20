// What the escalation asks of staff now: first, and red, until somebody says that it is done.
#include "dispatch/pages.h"

namespace alongside::dispatch {

Html due_now(const Tongue& say, const views::Job& job) {
    Html out;
    if (job.who && job.who->place.empty()) {
        out << web::chip(say(tr("Not in the prison now")), web::Tone::off) << " ";
    }
    if (job.is_peer_due()) {
        out << web::chip(say(job.row.offers_made == 0 ? tr("Ask a peer: nobody has been asked yet")
                                                      : tr("Ask a second peer")),
                         web::Tone::gap)
            << " ";
    }
    if (job.is_due(job.offer_helpline)) {
        out << web::chip(say(tr("Offer the helpline")), web::Tone::gap) << " ";
        if (job.policy) out << helpline_words(say, *job.policy) << " ";
    }
    if (job.is_due(job.look_in)) {
        out << web::chip(say(tr("Look in now")), web::Tone::gap) << " ";
    }
    return out;
}

Html in_sight(const Tongue& say, const views::Job& job) {
    if (!job.is_in_sight_only) return {};
    return Html() << web::chip(say(tr("Only in sight of staff")), web::Tone::gap) << " ";
}

Html stay_due(const Tongue& say, const views::House& house, const views::Job& job) {
    Html out;
    if (job.must_part) {
        out << web::chip(say(tr("Must not stay together")), web::Tone::gap) << " "
            << say(tr("Since {time}. Bring the peer out now, or let another peer take over. Don’t "
                      "say why.", {{"time", house.clock(*job.must_part)}}))
            << " ";
    } else if (job.hand_over_due) {
        out << web::chip(say(tr("Hand over")), web::Tone::gap) << " "
            << say(tr("Since {time}: if the talk goes on, another peer takes over.",
                      {{"time", house.clock(*job.hand_over_due)}}))
            << " ";
    }
    if (job.is_look_missed(house.now)) {
        out << web::chip(say(tr("A look-in was missed")), web::Tone::gap) << " ";
    }
    return out;
}

Html due_buttons(const Tongue& say, const views::Job& job) {
    Html out;
    const Url url = Url("/requests") / job.row.request_id.text();
    if (job.is_due(job.look_in)) {
        out << web::shared_button(say(tr("I looked in")), url / "staff-looked-in",
                                  web::Weight::warning);
    }
    if (job.is_due(job.offer_helpline)) {
        out << web::shared_button(say(tr("I offered the helpline")), url / "helpline-offered",
                                  web::Weight::warning);
    }
    if (job.is_peer_due() && job.row.state != State::waiting) {
        out << web::button_link(say(tr("Choose a peer")), url / "choose");
    }
    return out;
}

Html due_forms(const web::Request& request, const views::Job& job) {
    const Tongue& say = request.tongue;
    const Url url = Url("/requests") / job.row.request_id.text();
    Html out;
    if (job.is_due(job.look_in)) {
        out << web::button_form(request, url / "staff-looked-in", say(tr("I looked in")),
                                web::Weight::warning);
    }
    if (job.is_due(job.offer_helpline)) {
        out << web::button_form(request, url / "helpline-offered",
                                say(tr("I offered the helpline")), web::Weight::warning);
    }
    return out;
}

}  // namespace alongside::dispatch
