// A peer's own page: the call now, looking after oneself, and a list of the rest.
#include <algorithm>
#include <span>

#include "dispatch/next_step.h"
#include "dispatch/pages.h"
#include "dispatch/refusals.h"

namespace alongside::dispatch {
namespace {

using web::Weight;

struct Me {
    views::House house;
    PersonId person;
    std::vector<people::Membership> memberships;
    std::vector<views::SchemeNow> schemes;       // those I belong to
    std::optional<views::OfferRow> offer;
    std::optional<views::CallOutRow> call_out;
    std::optional<views::Job> job;               // of the offer or the call-out
    std::optional<Instant> on_call_until;
    std::optional<welfare::Load> load;
    std::vector<views::MyShift> shifts;
    std::vector<views::SheetOwed> sheets;
    std::vector<welfare::DebriefOwed> debriefs;
    bool is_talk_asked = false;
    int shifts_to_take = 0;
};

template <class Row>
std::optional<Row> of_person(const std::vector<Row>& rows, const PersonId& person) {
    const auto found = std::ranges::find(rows, person, &Row::person_id);
    return found == rows.end() ? std::nullopt : std::optional(*found);
}

welfare::Window window_of(const Me& me) {
    const schemes::Policy plain;
    const auto& policy = me.schemes.empty() ? plain : *me.schemes.front().policy;
    return {me.house.now, policy.night, me.house.zone, policy.fairness_days};
}

Me load(const Room& room, sql::Reader& reader, const EstablishmentId& prison, PersonId person,
        Instant now) {
    Me me{views::house(reader, prison, now), person,
          people::memberships(reader, prison, person), {}, {}, {}, {}, {}, {}, {}, {}, {}};
    for (auto& scheme : views::schemes_now(reader, prison)) {
        const bool is_mine = std::ranges::find(me.memberships, scheme.scheme,
                                               &people::Membership::scheme) !=
                             me.memberships.end();
        if (!is_mine) continue;
        const auto on = of_person(rota::on_call_at(reader, prison, scheme.scheme, now), person);
        if (on) me.on_call_until = std::max(me.on_call_until.value_or(now), on->until_at);
        me.schemes.push_back(std::move(scheme));
    }
    me.offer = of_person(views::open_offers(reader, prison), person);
    me.call_out = of_person(views::open_call_outs(reader, prison), person);
    if (me.offer || me.call_out) {
        me.job = views::job(reader, room.keys, prison,
                            me.call_out ? me.call_out->request_id : me.offer->request_id);
    }
    me.load = welfare::load_of(reader, prison, person, window_of(me));
    me.shifts = views::shifts_of(reader, prison, person, now);
    me.sheets = views::sheets_owed(reader, prison, person, now - Hours(72));
    for (auto& debrief : welfare::open_debriefs(reader, prison, std::nullopt)) {
        if (debrief.person_id == person) me.debriefs.push_back(std::move(debrief));
    }
    me.shifts_to_take = rota::shifts_to_take(reader, prison, person, now);
    me.is_talk_asked = of_person(welfare::open_support_asks(reader, prison), person).has_value();
    return me;
}

// A wing is enough to decide by; the cell is the escort's business until somebody goes.
std::string where_to(const Tongue& say, const views::Job& job) {
    return say(tr("{wing} wing", {{"wing", job.row.wing}}));
}

Html offer_panel(const Tongue& say, const Me& me) {
    const Url url = Url("/me/offers") / me.offer->offer_id.text() / "answer";
    const Millis since = me.house.now - me.job->row.wanted_from;
    web::Call call;
    call.title = say(tr("Someone on {place} would like to talk",
                        {{"place", where_to(say, *me.job)}}));
    call.lines.push_back(since < Minutes(1)
                             ? say(tr("Asked just now"))
                             : say(tr("Asked {time} ago", {{"time", span_text(say, since)}})));
    const bool is_night = !me.job->policy || night_at(me.house.zone, me.job->policy->night,
                                                      me.house.now);
    if (is_night) call.lines.push_back(say(tr("An officer will unlock you.")));
    call.lines.push_back(say(tr("Please answer by {time}.",
                                {{"time", me.house.clock(me.offer->answer_by)}})));
    call.yes = web::shared_button(say(tr("I can go")), url, Weight::big, "answer", "going");
    call.no = web::shared_button(say(tr("Not this time")), url, Weight::secondary, "answer",
                                 "not_going");
    return Html() << web::call_panel(std::move(call))
                  << web::hint_text(say(tr("Saying no is always fine. You won’t be asked why.")));
}

// Unlocked, on the way, or still behind the door; a refusal is told to peers as well.
Words way_there(const Me& me) {
    const auto* unlock = me.job->unlock_of(me.call_out->call_out_id);
    if (unlock && unlock->escorted_at) return tr("You are on the way, with an officer");
    if (unlock && !unlock->authorised_at && unlock->decision) {
        return *unlock->decision == "refused" ? tr("You said yes. The unlock was refused for now")
                                              : tr("You said yes. The unlock is delayed");
    }
    return is_locked_up(*me.job, *me.call_out, me.house)
               ? tr("You said yes. An officer will unlock you")
               : tr("You said yes. An officer brings you, or tells you to go");
}

Html call_out_panel(const Tongue& say, const Me& me) {
    const auto& call_out = *me.call_out;
    const std::string place = where_to(say, *me.job);
    Html inner;
    std::string title;
    if (call_out.departed_at) {
        title = say(tr("Thank you. You are on the way back"));
        if (call_out.arrived_at && (!me.load || !me.load->resting_until)) {
            inner << web::paragraph(
                say(tr("The hours of your rest count from when you are back.")));
        }
    } else if (call_out.arrived_at) {
        title = say(tr("You are with someone"));
        inner << web::paragraph(say(tr("Since {time}. An officer looks in on you both. Press the "
                                       "alarm or call out if you need help.",
                                       {{"time", me.house.clock(*call_out.arrived_at)}})));
    } else {
        title = say(way_there(me));
        inner << web::paragraph(say(tr("You are going to {place}.", {{"place", place}})))
              << web::shared_button(
                     say(tr("I can’t go after all")),
                     Url("/me/call-outs") / call_out.call_out_id.text() / "cannot-go",
                     Weight::secondary)
              << web::hint_text(say(tr("That is always fine. You won’t be asked why.")));
    }
    inner << web::button_link(say(tr("Somebody is in danger")), Url("/danger"), Weight::warning);
    return web::note(title, std::move(inner));
}

Html call_now(const Tongue& say, const Me& me) {
    if (me.call_out && me.job) return call_out_panel(say, me);
    if (me.offer && me.job) return offer_panel(say, me);
    if (me.load && me.load->is_standing_down && !me.load->resting_until) {
        return web::empty_state(say(tr("Nobody calls you out today.")));
    }
    if (me.load && me.load->resting_until) {
        return web::note(say(tr("You are resting")),
                         web::paragraph(say(tr("Nobody calls you out while you rest."))));
    }
    return web::empty_state(me.on_call_until
                                ? say(tr("Nobody needs you right now. If someone does, it is shown "
                                         "here, and an officer comes to your door."))
                                : say(tr("You are not on call now.")));
}

std::string status_line(const Tongue& say, const Me& me) {
    std::string out;
    if (me.load && me.load->resting_until) {
        const std::string until =
            when_text(say, me.house.zone, *me.load->resting_until, me.house.now);
        out = me.load->is_excused_from_work
                  ? say(tr("Resting until {time}; excused from work.", {{"time", until}}))
                  : say(tr("Resting until {time}.", {{"time", until}}));
        if (me.load->is_standing_down) {
            out += " " + say(tr("After that you have today off. Nobody asks why."));
        }
    } else if (me.load && me.load->is_standing_down) {
        out = say(tr("You have today off. Nobody asks why."));
    } else if (me.on_call_until) {
        out = say(tr("You are on call until {time}.",
                     {{"time", when_text(say, me.house.zone, *me.on_call_until, me.house.now)}}));
    }
    if (me.load && me.load->last_ended) {
        const auto days = std::chrono::duration_cast<std::chrono::days>(me.house.now -
                                                                        *me.load->last_ended);
        const long count = static_cast<long>(days.count());
        out += (out.empty() ? "" : " ") +
               (count == 0 ? say(tr("Last out today or last night."))
                           : say(trn("Last out a day ago.", "Last out {count} days ago.", count)));
    }
    return out;
}

// The call now, drawn anew whenever something changes: an offer waits for minutes only.
Html draw(const Tongue& say, const Me& me) {
    Html out;
    const std::string line = status_line(say, me);
    if (!line.empty()) out << web::paragraph(line);
    return out << call_now(say, me);
}

std::string me_view(const web::Request& request) {
    return "me:" + request.viewer.establishment.text() + ":" + request.viewer.person->text() +
           ":" + std::string(request.tongue.tag());
}

std::shared_ptr<const std::string> me_drawing(const Room& room, const web::Request& request) {
    return room.site.live.view(
        request.viewer.establishment, me_view(request),
        [room, say = request.tongue, prison = request.viewer.establishment,
         person = *request.viewer.person] {
            const Me me = room.site.database.read([&](sql::Reader& reader) {
                return load(room, reader, prison, person, room.site.clock.now());
            });
            return draw(say, me);
        });
}

// Looking after oneself: two big buttons, no reasons.
Html care(const web::Request& request, const Me& me) {
    const Tongue& say = request.tongue;
    Html out;
    out << "<div class=\"al-care\">";
    if (me.is_talk_asked) {
        out << web::inset(web::paragraph(say(tr("You said that you need to talk. Your coordinator "
                                                "or partner sees it and comes to you when they are "
                                                "here. If it can’t wait, tell any officer."))));
    } else {
        out << sure(say(tr("I need to talk to someone")),
                    say(tr("Your coordinator and partner are told, and nobody else.")),
                    web::button_form(request, Url("/me/need-to-talk"), say(tr("Yes, tell them")),
                                     Weight::secondary));
    }
    if (me.load && me.load->is_standing_down) {
        out << web::button_form(request, Url("/me/stand-down/end"),
                                say(tr("I can go again today")), Weight::secondary);
    } else {
        out << web::button_form(request, Url("/me/stand-down"), say(tr("I can’t today")),
                                Weight::secondary);
    }
    return out << "</div>";
}

std::string hours_text(const Tongue& say, Millis length) {
    const auto tenths = std::chrono::duration_cast<Minutes>(length).count() / 6;
    std::string out = std::to_string(tenths / 10);
    const char* point = say.tag().starts_with("fr") ? "," : ".";
    if (tenths % 10 != 0) out += point + std::to_string(tenths % 10);
    return out;
}

Html rows(const Tongue& say, const Me& me) {
    std::vector<web::RowLink> list;
    for (const auto& sheet : me.sheets) {
        list.push_back({say(tr("My sheet")),
                        say(tr("For {time}: takes a minute",
                               {{"time", when_text(say, me.house.zone, sheet.arrived_at,
                                                   me.house.now)}})),
                        Url("/sheets") / sheet.session_id.text()});
    }
    if (me.shifts_to_take > 0) {
        list.push_back({say(tr("Shifts to take")),
                        say(trn("Somebody asks, and you could take it",
                                "{count} are asked for that you could take", me.shifts_to_take)),
                        Url("/me/shifts").at("wanted")});
    }
    const int limit = me.schemes.empty() ? 12 : me.schemes.front().policy->hours_per_7_days;
    list.push_back({say(tr("My shifts")),
                    me.shifts.empty()
                        ? say(tr("None planned"))
                    : me.shifts.front().from_at <= me.house.now
                        ? say(tr("Now, until {time}",
                                 {{"time", when_text(say, me.house.zone, me.shifts.front().until_at,
                                                     me.house.now)}}))
                        : say(tr("Next: {time}",
                                 {{"time", when_text(say, me.house.zone, me.shifts.front().from_at,
                                                     me.house.now)}})),
                    Url("/me/shifts")});
    list.push_back({say(tr("When I can’t, and what I wish")), "", Url("/me/availability")});
    list.push_back({say(tr("My hours")),
                    say(tr("{hours} in seven days, limit {limit}",
                           {{"hours", hours_text(say, me.load ? me.load->in_7_days : Millis(0))},
                            {"limit", std::to_string(limit)}})),
                    Url("/me").at("hours")});
    list.push_back({say(tr("My debrief")),
                    me.debriefs.empty() ? say(tr("None waiting"))
                    : me.debriefs.front().offered_at ? say(tr("Offered"))
                                                     : say(tr("Owed to you")),
                    Url("/me").at("debrief")});
    list.push_back({say(tr("Someone I’d rather not meet")), "", Url("/avoid")});
    return web::row_links(std::move(list));
}

Html shift_list(const Tongue& say, const Me& me, std::span<const views::MyShift> shifts) {
    Html out;
    out << "<ul class=\"govuk-list al-shifts\">";
    for (const auto& shift : shifts) {
        out << "<li><b>" << day_text(say, me.house.zone.local(shift.from_at).day) << "</b> <span>"
            << say(tr("{from} to {to}, {shift}", {{"from", me.house.clock(shift.from_at)},
                                                  {"to", me.house.clock(shift.until_at)},
                                                  {"shift", shift.name}}))
            << "</span></li>";
    }
    return out << "</ul>";
}

Html shifts_part(const Tongue& say, const Me& me) {
    Html out;
    out << "<section id=\"shifts\">" << web::heading(2, say(tr("My shifts")), "m");
    if (me.shifts.empty()) {
        return out << web::empty_state(say(tr("No shift is planned for you. Ask the coordinator if "
                                              "you expected one."))) << "</section>";
    }
    constexpr std::size_t at_once = 5;
    const auto shown = std::min(me.shifts.size(), at_once);
    out << shift_list(say, me, std::span(me.shifts).first(shown));
    if (me.shifts.size() > shown) {
        out << web::details(say(tr("All my shifts")),
                            shift_list(say, me, std::span(me.shifts).subspan(shown)));
    }
    return out << "<p class=\"govuk-body\">"
               << web::link(say(tr("My shifts in a calendar")), Url("/me/feeds"))
               << "</p></section>";
}

Html rest_part(const web::Request& request, const Me& me) {
    if (!me.load || !me.load->resting_until) return {};
    const Tongue& say = request.tongue;
    Html inner;
    inner << web::paragraph(say(tr("Only you can end your rest early, and nobody may ask you to. "
                                   "It is then counted as broken.")))
          << sure(say(tr("End my rest: it is my own wish")),
                  say(tr("You may then be asked to go at once, and it can’t be taken back.")),
                  web::button_form(request, Url("/me/waive-rest"), say(tr("Yes, end my rest")),
                                   Weight::secondary));
    return web::details(say(tr("My rest")), std::move(inner));
}

Html debrief_part(const web::Request& request, const Me& me) {
    const Tongue& say = request.tongue;
    Html out;
    out << "<section id=\"debrief\">" << web::heading(2, say(tr("My debrief")), "m");
    if (me.debriefs.empty()) {
        return out << web::paragraph(say(tr("No debrief is waiting. If you want one, press “I need "
                                            "to talk to someone”.")))
                   << "</section>";
    }
    for (const auto& debrief : me.debriefs) {
        out << web::paragraph(
            debrief.offered_at
                ? say(tr("Offered to you. Tell your coordinator or partner when it suits you."))
                : say(tr("Somebody offers you one by {time}.",
                         {{"time", when_text(say, me.house.zone, debrief.offer_by,
                                             me.house.now)}})));
        out << web::button_form(request,
                                Url("/me/debriefs") / debrief.debrief_id.text() / "declined",
                                say(tr("No thanks, I don’t need it")), Weight::secondary);
    }
    return out << "</section>";
}

Html hours_part(const Tongue& say, const Me& me) {
    const int nights = me.load ? me.load->nights_in_7_days : 0;
    return Html() << "<section id=\"hours\">" << web::heading(2, say(tr("My hours")), "m")
                  << web::paragraph(say(tr("{hours} h with people in the last seven days.",
                                           {{"hours", hours_text(say, me.load ? me.load->in_7_days
                                                                         : Millis(0))}})))
                  << web::paragraph(say(trn("One night in the last seven days.",
                                            "{count} nights in the last seven days.", nights)))
                  << "</section>";
}

// Somebody with an account who is no peer: what is theirs here.
web::Response plain_page(web::Request& request) {
    const Tongue& say = request.tongue;
    std::vector<web::RowLink> list;
    if (request.viewer.may(Permission::ask) && request.viewer.person) {
        list.push_back({say(tr("Ask for someone")), "", Url("/ask")});
        if (request.viewer.has(Role::resident) || request.viewer.has(Role::peer)) {
            list.push_back({say(tr("Someone I’d rather not meet")), "", Url("/avoid")});
        }
    }
    list.push_back({say(tr("My account")), "", Url("/account")});
    web::PageOptions options{.title = say(tr("My page"))};
    options.is_wide = false;
    return web::page(request, options,
                     Html() << web::head_row(say(tr("My page")))
                            << web::row_links(std::move(list)));
}

// The others are for officers, and could say why.
bool is_for_peers(const Refusal& no) {
    using enum Refused;
    for (const auto why : {unknown_offer, no_longer_needed, going_already}) {
        if (no.code == refusal(why).code) return true;
    }
    return false;
}

}  // namespace

web::Response me_page(const Room& room, web::Request& request) {
    if (!request.viewer.may(Permission::answer_offers) || !request.viewer.person) {
        return plain_page(request);
    }
    const Tongue& say = request.tongue;
    const Me me = room.site.database.read([&](sql::Reader& reader) {
        return load(room, reader, request.viewer.establishment, *request.viewer.person,
                    request.now);
    });
    web::PageOptions options{.title = say(tr("My page"))};
    options.is_wide = false;
    const bool waits = me.on_call_until || me.offer || me.call_out;
    Html main;
    main << web::heading(1, say(tr("My page")), "m")
         << web::live_region(request, Url("/me/live"),
                             Html::drawn_by_us(*me_drawing(room, request)),
                             {.seconds = waits ? 30 : 0})
         << care(request, me) << rows(say, me) << rest_part(request, me) << shifts_part(say, me)
         << hours_part(say, me) << debrief_part(request, me);
    return web::page(request, options, std::move(main));
}

web::Response me_live(const Room& room, web::Request& request) {
    if (!request.viewer.person) return web::not_found(request);
    me_drawing(room, request);
    web::Response out;
    out.live_view = me_view(request);
    return out;
}

web::Response my_answer_post(const Room& room, web::Request& request) {
    const auto id = request.id<OfferId>("id");
    Answer said{};
    Words problem;
    const auto offer = !id ? std::nullopt : room.site.database.read([&](sql::Reader& reader) {
        return views::offer(reader, request.viewer.establishment, *id);
    });
    const bool is_mine = offer && request.viewer.person == offer->person_id;
    if (!is_mine) {
        return told(request, {"dispatch.offer_over",
                              tr("This is over. Somebody else may be going."), "", 404},
                    Url("/me"));
    }
    if (!web::read_field(request.form.get("answer"), said, problem) ||
        said == Answer::not_reached) {
        return told(request, {"dispatch.answer_unsaid",
                              tr("Say whether you can go: yes or no."), "answer", 422},
                    Url("/me"));
    }
    Desk desk = room.desk();
    const auto result = answer(desk, request.occasion(room.site.entropy), *id, said);
    if (result) return web::see_other(Url("/me"));
    Refusal no = result.error();
    if (said == Answer::going && !is_for_peers(no)) {
        no.sentence = tr("Thank you for saying yes. You can’t be sent this time, and there is "
                         "nothing you need to do.");
    }
    return told(request, no, Url("/me"));
}

web::Response cannot_go_post(const Room& room, web::Request& request) {
    const auto id = Uuid::parse(request.capture("id"));
    if (!id) return web::not_found(request);
    Desk desk = room.desk();
    return done_or_told(request, cannot_go(desk, request.occasion(room.site.entropy), *id),
                        Url("/me"));
}

}  // namespace alongside::dispatch
