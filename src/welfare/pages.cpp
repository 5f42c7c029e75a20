// Debriefs for those who lead them, and what a peer does for themselves.
#include <algorithm>
#include <map>

#include "base/dates.h"
#include "base/ensure.h"
#include "people/people.h"
#include "web/components.h"
#include "welfare/refusals.h"
#include "welfare/welfare.h"

namespace alongside::welfare {
namespace {

constexpr int morning_minute = 6 * 60;
constexpr Hours at_least{4};

// All that the page of debriefs shows.
struct Shown {
    struct Row {
        DebriefOwed owed;
        std::string label;
        std::string scheme;
        bool is_theirs;                 // may this viewer offer and hold it?
    };
    std::vector<Row> rows;
    struct Talk {
        SupportAsk ask;
        std::string label;
    };
    std::vector<Talk> talks;
    std::optional<Zone> zone;
};

Shown gather(sql::Reader& reader, const web::Request& request) {
    const auto& home = request.viewer.establishment;
    Shown out;
    out.zone = people::zone_of(reader, home);
    std::map<PersonId, std::string> of_all;
    for (const auto& scheme : schemes::open_schemes(reader, home)) {
        if (request.viewer.scheme && *request.viewer.scheme != scheme) continue;
        const auto policy = schemes::policy(reader, home, scheme);
        std::map<PersonId, std::string> labels;
        for (const auto& member : people::members(reader, home, scheme, request.now)) {
            labels[member.person_id] = member.label;
        }
        of_all.insert(labels.begin(), labels.end());
        const bool is_theirs =
            !policy->debrief_by_partner_alone || request.viewer.has(Role::partner);
        for (const auto& owed : open_debriefs(reader, home, scheme)) {
            const auto label = labels.find(owed.person_id);
            out.rows.push_back({owed,
                                label == labels.end() ? request.tongue(tr("A former member"))
                                                      : label->second,
                                policy->say(request.tongue.tag()).short_name, is_theirs});
        }
    }
    std::stable_sort(out.rows.begin(), out.rows.end(), [](const auto& a, const auto& b) {
        return std::pair(a.owed.offered_at.has_value(), a.owed.offer_by) <
               std::pair(b.owed.offered_at.has_value(), b.owed.offer_by);
    });
    for (const auto& ask : open_support_asks(reader, home)) {
        const auto label = of_all.find(ask.person_id);
        if (label != of_all.end()) out.talks.push_back({ask, label->second});
    }
    return out;
}

Html state_of(const Tongue& say, const DebriefOwed& owed, Instant now) {
    if (owed.offered_at) return web::chip(say(tr("offered")), web::Tone::ready);
    if (owed.offer_by > now) return web::chip(say(tr("owed")), web::Tone::with);
    const auto hours = std::chrono::duration_cast<Hours>(now - owed.offer_by).count();
    return web::chip(say(trn("overdue by {count} hour", "overdue by {count} hours",
                             static_cast<long>(hours))),
                     web::Tone::gap);
}

Html what_to_do(const web::Request& request, const Shown::Row& row) {
    const Tongue& say = request.tongue;
    if (!row.is_theirs) return Html() << say(tr("The partner’s lead arranges it."));
    const Url here = Url("/debriefs") / row.owed.debrief_id.text();
    Html out;
    if (!row.owed.offered_at) {
        out << web::button_form(request, here / "offer", say(tr("Offered")));
    }
    out << web::details(
               say(tr("Held, without an officer")),
               Html() << web::paragraph(say(tr("It leaves this list, and is owed no more.")))
                      << web::button_form(request, here / "held",
                                          say(tr("Yes, it was held without an officer")),
                                          web::Weight::secondary,
                                          {{"officer_was_present", "no"}}))
        << web::button_form(request, here / "held", say(tr("An officer was in the room")),
                            web::Weight::secondary, {{"officer_was_present", "yes"}});
    return out;
}

Html debrief_table(const web::Request& request, const Shown& shown) {
    const Tongue& say = request.tongue;
    if (shown.rows.empty()) {
        return web::empty_state(say(tr("No debrief is owed. When one is, it stands here.")));
    }
    web::Table table;
    table.caption = say(tr("Debriefs"));
    table.caption_is_hidden = true;
    table.head = {say(tr("Peer")), say(tr("Scheme")), say(tr("State")), say(tr("Offer by")),
                  say(tr("Do"))};
    for (const auto& row : shown.rows) {
        table.rows.push_back({Html() << row.label, Html() << row.scheme,
                              state_of(say, row.owed, request.now),
                              Html() << when_text(say, *shown.zone, row.owed.offer_by, request.now),
                              what_to_do(request, row)});
    }
    return web::table(std::move(table));
}

Html talks_list(const web::Request& request, const Shown& shown) {
    const Tongue& say = request.tongue;
    if (shown.talks.empty()) return web::empty_state(say(tr("Nobody has asked to talk.")));
    std::vector<web::ToDo> list;
    for (const auto& talk : shown.talks) {
        list.push_back(
            {Html() << say(tr("{peer} would like to talk, since {time}.",
                              {{"peer", talk.label},
                               {"time", when_text(say, *shown.zone, talk.ask.asked_at,
                                                     request.now)}})),
             web::button_form(request,
                              Url("/debriefs/talks") / talk.ask.support_ask_id.text(),
                              say(tr("Somebody is with them")), web::Weight::secondary)});
    }
    return web::to_do(std::move(list));
}

web::Response debriefs_page(web::Site& site, const web::Request& request,
                            const web::FieldErrors& errors, int status) {
    const Tongue& say = request.tongue;
    const auto shown =
        site.database.read([&](sql::Reader& reader) { return gather(reader, request); });
    web::PageOptions options;
    options.title = say(tr("Debriefs"));
    Html main;
    main << web::error_summary(request, errors) << web::head_row(options.title)
         << web::paragraph(say(tr("Who is owed one, the longest overdue first. Nothing of what was "
                                  "said is kept here.")))
         << debrief_table(request, shown) << web::heading(2, say(tr("Would like to talk")), "m")
         << talks_list(request, shown);
    return web::page(request, std::move(options), std::move(main), status);
}

web::Response back_to_debriefs(web::Site& site, const web::Request& request,
                               const Result<Done>& done) {
    if (done) return web::see_other(Url("/debriefs"));
    if (done.error().status == 404) return web::refused(request, done.error());
    web::FieldErrors errors;
    web::add_refusal(errors, done.error());
    return debriefs_page(site, request, errors, done.error().status);
}

web::Response offered(web::Site& site, web::Request& request) {
    const auto id = request.id<DebriefId>("id");
    if (!id) return web::not_found(request);
    return back_to_debriefs(site, request,
                            offer_debrief(site.database, request.occasion(site.entropy), *id));
}

web::Response held(web::Site& site, web::Request& request) {
    const auto id = request.id<DebriefId>("id");
    if (!id) return web::not_found(request);
    const auto said = request.form.get("officer_was_present");
    if (said != "yes" && said != "no") {
        return back_to_debriefs(site, request,
                                Refusal{"welfare.officer_unsaid",
                                        tr("Say whether an officer was in the room."),
                                        "officer_was_present", 422});
    }
    return back_to_debriefs(site, request,
                            hold_debrief(site.database, request.occasion(site.entropy), *id,
                                         said == "yes"));
}

web::Response talk_answered(web::Site& site, web::Request& request) {
    const auto id = Uuid::parse(request.capture("id"));
    if (!id) return web::not_found(request);
    return back_to_debriefs(site, request,
                            answer_support(site.database, request.occasion(site.entropy), *id));
}

// ---- a peer's own -------------------------------------------------------------------------------

// "I can't today": until the next six in the morning that is four hours away or more.
Instant end_of_today(const Zone& zone, Instant now) {
    const Day today = zone.local(now).day;
    for (int ahead = 0;; ++ahead) {
        const Day day{std::chrono::sys_days{today} + std::chrono::days{ahead}};
        const Instant morning = zone.instant(day, morning_minute);
        if (morning >= now + at_least) return morning;
    }
}

web::Response back_home(const web::Request& request, const Result<Done>& done) {
    if (!done) return web::refused(request, done.error());
    return web::see_other(Url("/me"));
}

using Own = Result<Done> (*)(web::Site&, web::Request&, PersonId);

Result<Done> stand_down_today(web::Site& site, web::Request& request, PersonId self) {
    const auto until = site.database.read([&](sql::Reader& reader) {
        return end_of_today(people::zone_of(reader, request.viewer.establishment), request.now);
    });
    return stand_down(site.database, request.occasion(site.entropy), self,
                      request.id_to_make(site.entropy), until);
}
Result<Done> stand_up(web::Site& site, web::Request& request, PersonId self) {
    return take_back_stand_down(site.database, request.occasion(site.entropy), self);
}
Result<Done> talk(web::Site& site, web::Request& request, PersonId self) {
    return need_to_talk(site.database, request.occasion(site.entropy), self,
                        request.id_to_make(site.entropy));
}
Result<Done> waive(web::Site& site, web::Request& request, PersonId self) {
    return waive_rest(site.database, request.occasion(site.entropy), self);
}
Result<Done> decline(web::Site& site, web::Request& request, PersonId) {
    const auto id = request.id<DebriefId>("id");
    if (!id) return refusal(Refused::unknown_debrief);
    return decline_debrief(site.database, request.occasion(site.entropy), *id);
}

}  // namespace

std::vector<web::Route> routes(web::Site& site) {
    using enum web::Method;
    std::vector<web::Route> out;
    const auto lead = [&](std::string_view pattern,
                          web::Response (*handler)(web::Site&, web::Request&)) {
        out.emplace_back(post, pattern, Permission::lead_debrief,
                         [&site, handler](web::Request& request) {
                             return handler(site, request);
                         });
    };
    const auto own = [&](std::string_view pattern, Own act) {
        out.emplace_back(post, pattern, Permission::answer_offers,
                         [&site, act](web::Request& request) {
                             if (!request.viewer.person) {
                                 return web::refused(request, refusal(Refused::only_the_peer));
                             }
                             return back_home(request, act(site, request,
                                                           *request.viewer.person));
                         });
    };
    out.emplace_back(get, "/debriefs", Permission::lead_debrief, [&site](web::Request& request) {
        return debriefs_page(site, request, {}, 200);
    });
    lead("/debriefs/{id}/offer", offered);
    lead("/debriefs/{id}/held", held);
    lead("/debriefs/talks/{id}", talk_answered);
    own("/me/stand-down", stand_down_today);
    own("/me/stand-down/end", stand_up);
    own("/me/need-to-talk", talk);
    own("/me/waive-rest", waive);
    own("/me/debriefs/{id}/declined", decline);
    return out;
}

}  // namespace alongside::welfare
