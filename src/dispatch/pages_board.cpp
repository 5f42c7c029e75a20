// The officer's board: danger, waits, together now, who is on call.
#include <algorithm>

#include "access/access.h"
#include "dispatch/next_step.h"
#include "dispatch/pages.h"

namespace alongside::dispatch {
namespace {

using views::Board;
using views::Job;
using web::Weight;

struct Drawing {
    const Tongue& say;
    const Board& board;
    bool acts;
    Instant now() const { return board.house.now; }
    std::string clock(Instant at) const { return board.house.clock(at); }
};

Url at(Markup kind, const std::string& id, Markup what) {
    return Url(kind) / id / std::string(what.text());
}

std::string short_name(const Drawing& d, const Job& job) {
    return job.policy ? job.policy->say(d.say.tag()).short_name : job.row.scheme.text();
}

// The cell is for those who unlock and escort; others see the wing.
std::string where(const Drawing& d, const Job& job) {
    if (d.acts && job.who && !job.who->place.empty()) {
        return place_text(d.board.place_labels, job.who->place);
    }
    return d.say(tr("{wing} wing", {{"wing", job.row.wing}}));
}

std::string sub_line(const Drawing& d, const Job& job) {
    std::string out = short_name(d, job) + " · " +
                      d.say(words_of(job.row.channel, job.row.asked_by));
    if (job.row.is_urgent) out = d.say(tr("Urgent")) + " · " + out;
    if (d.acts && job.who && !job.who->wish.language.empty()) {
        out += " · " + language_name(job.who->wish.language);
    }
    return out;
}

int step_of(State state) {
    switch (state) {
        case State::waiting: return 0;
        case State::offered: return 1;
        case State::accepted: return 2;
        case State::unlocking: case State::escorting: return 3;
        case State::together: case State::returning: case State::closed: return 4;
    }
    return 0;
}

std::vector<web::Step> steps(const Drawing& d, State state) {
    const Words names[] = {tr("Asked"), tr("Offered"), tr("Accepted"), tr("Unlock"),
                           tr("Together")};
    // While nobody is asked yet, asking is done and offering is what comes now.
    const int now = std::max(step_of(state), 1);
    std::vector<web::Step> out;
    for (int i = 0; i < 5; ++i) {
        const auto how = i < now ? web::Step::State::done
                         : i == now ? web::Step::State::now : web::Step::State::ahead;
        out.push_back({d.say(names[i]), how});
    }
    return out;
}

bool is_late(const Job& job, Instant now) {
    if (!job.policy || job.row.started_at) return false;
    const int target = job.row.is_night ? job.policy->target_minutes_night
                                        : job.policy->target_minutes_day;
    return now - job.row.wanted_from > Minutes(target);
}

// What the program does by itself, and when.
Html by_itself(const Drawing& d, const Job& job) {
    Html out;
    const bool is_alone = job.row.state == State::waiting || job.row.state == State::offered;
    if (!job.escalates_at || !job.policy || !is_alone) return out;
    const auto& steps = job.policy->escalation;
    const auto next = static_cast<std::size_t>(std::max(0, job.row.escalated));
    if (next >= steps.size()) return out;
    const bool is_first_ask = steps[next].kind == schemes::EscalationKind::second_peer &&
                              job.row.offers_made == 0;
    out << "<b>" << d.say(tr("Next at {time}:", {{"time", d.clock(*job.escalates_at)}}))
        << "</b> "
        << (is_first_ask ? d.say(tr("a peer is to be asked, as nobody has been yet"))
                         : d.say(words_of(steps[next].kind)))
        << ". ";
    return out;
}

Words asked_how(OfferHow how) {
    switch (how) {
        case OfferHow::door: return tr("{peer}: asked at the door at {time}, until {until}.");
        case OfferHow::intercom: return tr("{peer}: asked by intercom at {time}, until {until}.");
        case OfferHow::device: return tr("{peer}: asked on their screen at {time}, until {until}.");
    }
    return {};
}

Html offers_line(const Drawing& d, const Job& job) {
    Html out;
    for (const auto& offer : job.offers) {
        const auto* peer = d.board.peer(offer.person_id);
        const std::string label = d.board.label_of(offer.person_id) +
                                  (peer ? " · " + peer->place.text() : std::string());
        Words words = asked_how(offer.how);
        words.values = {{"peer", label}, {"time", d.clock(offer.offered_at)},
                        {"until", d.clock(offer.answer_by)}};
        out << d.say(words);
        out << " ";
        if (d.acts) {
            out << web::link(d.say(tr("Record the answer")),
                             Url("/offers") / offer.offer_id.text())
                << " ";
        }
    }
    return out;
}

Html unlock_line(const Drawing& d, const views::UnlockRow& unlock, const std::string& peer,
                 bool must_tell) {
    Html out;
    const auto count = unlock.officers_needed;
    if (unlock.escorted_at) {
        return out << d.say(tr("{peer} is on the way with an escort since {time}.",
                               {{"peer", peer}, {"time", d.clock(*unlock.escorted_at)}}))
                   << " ";
    }
    if (unlock.authorised_at) {
        return out << d.say(tr("Authorised at {time}.", {{"time", d.clock(*unlock.authorised_at)}}))
                   << " "
                   << d.say(trn("Unlocking {peer} takes one officer.",
                                "Unlocking {peer} takes {count} officers.", count,
                                {{"peer", peer}}))
                   << " ";
    }
    if (unlock.decision && unlock.reason && unlock.alternative && unlock.review_at) {
        const bool is_refused = *unlock.decision == "refused";
        const std::string why = d.say(words_of(*unlock.reason));
        out << "<b>"
            << (is_refused ? d.say(tr("Unlock refused: {reason}.", {{"reason", why}}))
                           : d.say(tr("Unlock delayed: {reason}.", {{"reason", why}})))
            << "</b> "
            << d.say(tr("Instead: {alternative}. Looked at again at {time}.",
                        {{"alternative", d.say(words_of(*unlock.alternative))},
                         {"time", d.clock(*unlock.review_at)}}))
            << " "
            << (must_tell ? d.say(tr("Tell the person.")) : d.say(tr("The person was told.")))
            << " ";
        return out;
    }
    return out << d.say(tr("{peer} said yes. Waiting for the night manager since {time}.",
                           {{"peer", peer}, {"time", d.clock(unlock.asked_at)}}))
               << " "
               << d.say(trn("One officer is needed.", "{count} officers are needed.", count))
               << " ";
}

Html call_outs_line(const Drawing& d, const Job& job) {
    Html out;
    for (const auto& call_out : job.call_outs) {
        const std::string peer = d.board.label_of(call_out.person_id);
        const auto* unlock = job.unlock_of(call_out.call_out_id);
        if (call_out.departed_at && !call_out.arrived_at) {
            out << web::chip(d.say(tr("Turn back")), web::Tone::gap) << " <b>"
                << d.say(tr("{peer} isn’t going there any more, since {time}: bring them home.",
                            {{"peer", peer}, {"time", d.clock(*call_out.departed_at)}}))
                << "</b> ";
        } else if (call_out.departed_at) {
            out << d.say(tr("{peer} left at {time} and is on the way back.",
                            {{"peer", peer}, {"time", d.clock(*call_out.departed_at)}}))
                << " ";
        } else if (call_out.arrived_at) {
            out << d.say(tr("{peer} is there since {time}.",
                            {{"peer", peer}, {"time", d.clock(*call_out.arrived_at)}}))
                << " ";
        } else if (unlock) {
            out << unlock_line(d, *unlock, peer, job.must_tell);
        } else {
            out << d.say(tr("{peer} said yes at {time}.",
                            {{"peer", peer}, {"time", d.clock(call_out.accepted_at)}}))
                << " ";
        }
    }
    return out;
}

Html next_line(const Drawing& d, const Job& job) {
    Html out;
    out << by_itself(d, job) << offers_line(d, job) << call_outs_line(d, job);
    if (job.row.state == State::waiting && job.offers.empty() && job.call_outs.empty() &&
        !job.is_later(d.now()) && !job.is_peer_due()) {
        out << d.say(tr("Nobody is being asked.")) << " ";
    }
    if (d.acts && job.row.channel == schemes::Channel::kiosk && job.call_outs.empty()) {
        out << web::link(d.say(tr("Ask them: “Did you ask?”")),
                         at("/requests", job.row.request_id.text(), "did-you-ask"))
            << " ";
    }
    return out << web::link(d.say(tr("Details")), Url("/requests") / job.row.request_id.text());
}

Html step_buttons(const Drawing& d, const Job& job, Weight weight) {
    Html out;
    for (const auto& next : next_steps(job, d.board.house)) {
        out << (next.is_press ? web::shared_button(d.say(next.text), next.url, weight)
                              : web::button_link(d.say(next.text), next.url, weight));
        weight = Weight::secondary;
    }
    return out;
}

std::optional<Html> action(const Drawing& d, const Job& job) {
    Html out = d.acts ? step_buttons(d, job, Weight::primary) : Html();
    if (out.empty()) {
        return web::button_link(d.say(tr("Details")),
                                Url("/requests") / job.row.request_id.text(), Weight::secondary);
    }
    return out;
}

Html waiting_card(const Drawing& d, const Job& job) {
    const Span wait = wait_of(d.say, d.now() - job.row.wanted_from);
    const bool late = is_late(job, d.now());
    Html next = next_line(d, job);
    if (late) next = Html() << web::chip(d.say(tr("Late")), web::Tone::gap) << " " << next;
    next = due_now(d.say, job) << (d.acts ? in_sight(d.say, job) : Html()) << next;
    auto buttons = action(d, job);
    if (d.acts && job.is_anything_due()) {
        buttons = due_buttons(d.say, job) << (buttons ? *std::move(buttons) : Html());
    }
    return web::card(d.say, {.key = job.row.request_id.text(), .wait = wait.number,
                             .wait_unit = wait.unit, .where = where(d, job),
                             .sub = sub_line(d, job), .action = std::move(buttons),
                             .steps = steps(d, job.row.state), .next = std::move(next),
                             .tone = late || job.is_anything_due() ? web::Tone::gap
                                                                   : web::Tone::teal});
}

Html later_card(const Drawing& d, const Job& job) {
    const std::string from = when_text(d.say, d.board.house.zone, job.row.wanted_from, d.now());
    return web::card(d.say, {.key = job.row.request_id.text(), .wait = from, .wait_unit = "",
                             .where = where(d, job), .sub = sub_line(d, job), .action = {},
                             .steps = {}, .next = next_line(d, job), .tone = web::Tone::off});
}

Html check_line(const Drawing& d, const views::SessionRow& session) {
    Html out;
    if (session.checked_at) {
        out << d.say(tr("Last looked in on at {time}.",
                        {{"time", d.clock(*session.checked_at)}})) << " ";
    }
    if (session.check_due) {
        out << d.say(tr("Look in by {time}.", {{"time", d.clock(*session.check_due)}})) << " ";
    }
    return out;
}

Html together_card(const Drawing& d, const Job& job) {
    const auto& session = *job.session;
    const Span span = span_of(d.say, d.now() - session.peer_came_at);
    const std::string place = session.suite ? place_text(d.board.place_labels, *session.suite)
                                            : d.say(tr("in the cell"));
    std::string sub = short_name(d, job) + " · " + place;
    if (!session.is_private) sub += " · " + d.say(tr("not private"));
    const std::string id = session.session_id.text();
    std::optional<Html> button;
    Html next = stay_due(d.say, d.board.house, job);
    if (d.acts) next << in_sight(d.say, job);
    next << check_line(d, session);
    if (d.acts) {
        const bool is_due = session.check_due && *session.check_due <= d.now() + Minutes(5);
        const bool parts = job.must_part.has_value();       // then what parts them comes first
        Html look = web::shared_button(
            d.say(tr("I looked in: both well")), at("/sessions", id, "checks"),
            is_due && !parts ? Weight::primary : Weight::secondary);
        Html finished = web::button_link(d.say(tr("They have finished")),
                                         at("/sessions", id, "over"),
                                         parts ? Weight::warning : Weight::secondary);
        Html others = step_buttons(d, job, Weight::secondary);
        button = parts ? finished << others << look : look << others << finished;
    }
    next << call_outs_line(d, job)
         << web::link(d.say(tr("Details")), Url("/requests") / job.row.request_id.text());
    return web::card(d.say, {.key = job.row.request_id.text(), .wait = span.number,
                             .wait_unit = d.say(tr("{unit} together", {{"unit", span.unit}})),
                             .where = where(d, job), .sub = std::move(sub),
                             .action = std::move(button), .steps = {}, .next = std::move(next),
                             .tone = job.is_alarming(d.now()) || job.hand_over_due
                                         ? web::Tone::gap : web::Tone::with});
}

// It is over for the person; the peer isn't home yet.
Html back_card(const Drawing& d, const Job& job) {
    Instant left = d.now();
    for (const auto& call_out : job.call_outs) left = call_out.departed_at.value_or(left);
    const Span span = span_of(d.say, d.now() - left);
    return web::card(d.say, {.key = job.row.request_id.text(), .wait = span.number,
                             .wait_unit = d.say(tr("{unit} on the way back",
                                                   {{"unit", span.unit}})),
                             .where = where(d, job), .sub = short_name(d, job),
                             .action = action(d, job), .steps = {}, .next = next_line(d, job),
                             .tone = web::Tone::with});
}

// Met, or closed while a peer was on the way.
bool is_on_the_way_back(const Job& job) {
    return job.row.state == State::returning || job.row.state == State::closed;
}

bool is_together(const Job& job) {
    return job.session && job.row.state == State::together;
}

Html main_part(const Drawing& d) {
    std::vector<const Job*> alarming, waiting, later, together, back;
    for (const auto& job : d.board.jobs) {
        (job.is_alarming(d.now())              ? alarming
         : is_together(job)                    ? together
         : is_on_the_way_back(job)             ? back
         : job.is_later(d.now())               ? later
                                               : waiting).push_back(&job);
    }
    std::ranges::stable_partition(waiting, &Job::is_anything_due);
    const long count = views::people_in(waiting);
    std::optional<Html> raise;
    if (d.acts) {
        raise = Html() << "<div class=\"al-head-row__actions\">"
                << web::button_link(d.say(tr("Raise a request")), Url("/board/raise").at("cell"))
                << web::button_link(d.say(tr("Immediate danger")), Url("/danger"),
                                    Weight::warning) << "</div>";
    }
    Html out;
    out << web::head_row(count == 0 ? d.say(tr("Nobody is waiting"))
                                    : d.say(trn("One person is waiting",
                                                "{count} people are waiting", count)),
                         std::move(raise));
    if (count == 0) {
        out << web::empty_state(
            d.say(tr("When somebody asks, they are shown here, the longest wait first. If the bell "
                     "rings and the person would like to talk to a peer, raise a request.")));
    }
    if (!alarming.empty()) {
        out << web::heading(2, d.say(tr("First of all")), "m");
        for (const Job* job : alarming) out << together_card(d, *job);
        if (!waiting.empty()) out << web::heading(2, d.say(tr("Waiting")), "m");
    }
    for (const Job* job : waiting) out << waiting_card(d, *job);
    if (!together.empty()) {
        out << web::heading(2, d.say(tr("Together now")), "m");
        for (const Job* job : together) out << together_card(d, *job);
    }
    if (!back.empty()) {
        out << web::heading(2, d.say(tr("On the way back")), "m");
        for (const Job* job : back) out << back_card(d, *job);
    }
    if (!later.empty()) {
        out << web::heading(2, d.say(tr("Asked for later")), "m");
        for (const Job* job : later) out << later_card(d, *job);
    }
    return out;
}

Html peer_chip(const Drawing& d, const views::Peer& peer) {
    if (peer.is_called_out) return web::chip(d.say(tr("Called out")), web::Tone::with);
    if (peer.is_excused && !peer.resting_until && !peer.on_call_until) {
        return web::chip(d.say(tr("Excused from work")), web::Tone::rest);
    }
    if (peer.resting_until) {
        return web::chip(d.say(tr("Resting until {time}",
                                  {{"time", when_text(d.say, d.board.house.zone,
                                                      *peer.resting_until, d.now())}})),
                         web::Tone::rest);
    }
    return web::chip(d.say(tr("On call until {time}",
                              {{"time", d.clock(peer.on_call_until.value_or(d.now()))}})),
                     web::Tone::ready);
}

Html on_call_part(const Drawing& d) {
    std::vector<web::PeerRow> rows;
    for (const auto& [id, peer] : d.board.peers) {
        if (!peer.on_call_until && !peer.resting_until && !peer.is_called_out &&
            !peer.is_excused) {
            continue;
        }
        const bool is_excused = peer.is_excused && !peer.is_called_out;
        rows.push_back({peer.label + " · " + peer.place.text(), peer_chip(d, peer),
                        is_excused ? d.say(tr("Excused from work today. Tell the workshop."))
                                   : std::string(),
                        {}});
    }
    std::ranges::sort(rows, {}, &web::PeerRow::who);
    Html out;
    out << web::heading(2, d.say(tr("On call now")), "m");
    if (rows.empty()) {
        return out << web::empty_state(d.say(tr(
                   "Nobody is on call. Offer the helpline, or a talk with staff, and tell the "
                   "coordinator.")));
    }
    return out << web::peer_rows(std::move(rows));
}

Html danger_note(const Drawing& d) {
    Html inner;
    inner << web::paragraph(d.say(tr("Use the emergency alarm first. Observations and care plans "
                                     "go on during every session.")));
    return web::note(d.say(tr("Someone in danger right now?")), std::move(inner));
}

Html keys_part(const Drawing& d) {
    Html inner;
    inner << "<ul class=\"govuk-list\"><li><kbd>Alt</kbd> + <kbd>1</kbd> … <kbd>9</kbd> "
          << d.say(tr("go to the button of that card, counted from the top"))
          << "</li><li><kbd>Tab</kbd>, <kbd>Enter</kbd> "
          << d.say(tr("move on, and press")) << "</li><li><kbd>Ctrl</kbd> + <kbd>P</kbd> "
          << d.say(tr("print this board for paper")) << "</li></ul>";
    return web::details(d.say(tr("Keys")), std::move(inner));
}

Html draw(const Tongue& say, const Board& board, bool acts) {
    const Drawing d{say, board, acts};
    return Html() << draw_dangers(say, board.house, board.dangers, acts)
                  << web::two_columns(main_part(d), Html() << on_call_part(d) << danger_note(d)
                                                           << cover_part(say, board)
                                                           << keys_part(d));
}

// Views of those who act are counted as live boards; those who only look are not.
std::string board_view(const Viewer& who, const Tongue& say) {
    const bool acts = who.may(Permission::run_call_out);
    return std::string(acts ? "board:" : "seen:") + who.establishment.text() + ":" +
           (who.wing.empty() ? "*" : who.wing) + ":" + (who.scheme ? who.scheme->text() : "*") +
           ":" + std::string(say.tag());
}

// What draws the viewer's board now, and again whenever something has changed.
std::shared_ptr<const std::string> board_drawing(const Room& room, const web::Request& request) {
    const auto& who = request.viewer;
    const bool acts = who.may(Permission::run_call_out);
    return room.site.live.view(
        who.establishment, board_view(who, request.tongue),
        [room, acts, say = request.tongue, prison = who.establishment,
         scope = views::scope_of(who)] {
            const auto board = room.site.database.read([&](sql::Reader& reader) {
                return views::board(reader, room.keys, prison, scope, room.site.clock.now());
            });
            return draw(say, board, acts);
        });
}

}  // namespace

bool is_watched(const Room& room, const EstablishmentId& prison, std::string_view wing) {
    const std::string all = "board:" + prison.text() + ":";
    // Choosing a peer or standing at a door, an officer is away from the board, and not gone.
    constexpr Minutes grace{1};
    const auto seen = [&](const std::string& boards) {
        return room.site.live.was_watched(boards, grace);
    };
    return seen(wing.empty() ? all : all + std::string(wing) + ":") || seen(all + "*:");
}

web::Response board_page(const Room& room, web::Request& request) {
    const Tongue& say = request.tongue;
    const auto html = board_drawing(room, request);
    Minutes covers_after{};
    const auto house = room.site.database.read([&](sql::Reader& reader) {
        const auto& prison = request.viewer.establishment;
        covers_after = Minutes{access::board_lock_minutes(reader, prison)};
        return views::house(reader, prison, request.now);
    });
    const std::string wing = request.viewer.wing;
    web::PageOptions options{.title = wing.empty() ? say(tr("Board"))
                                                   : say(tr("Board of {wing} wing",
                                                            {{"wing", wing}}))};
    options.covers_after = covers_after;
    options.live_status = as_of(say, house);
    options.live_zone = house.zone.name();
    return web::page(request, options,
                     web::live_region(request, Url("/board/live"), Html::drawn_by_us(*html)));
}

web::Response board_live(const Room& room, web::Request& request) {
    board_drawing(room, request);
    web::Response out;
    out.live_view = board_view(request.viewer, request.tongue);
    return out;
}

}  // namespace alongside::dispatch
