// The coordinator's overview: what needs you first, four figures, and the load of each peer.
#include <algorithm>
#include <cmath>
#include <set>

#include "dispatch/indicators.h"
#include "dispatch/pages.h"
#include "dispatch/unmet.h"

namespace alongside::dispatch {
namespace {

using web::Weight;

struct Over {
    views::House house;
    std::vector<views::SchemeNow> schemes;       // the viewer's
    std::map<PersonId, views::Peer> peers;       // members of them
    std::vector<welfare::DebriefOwed> debriefs;
    std::vector<views::SchemeGap> gaps;
    std::vector<views::Job> jobs;
    std::vector<views::DangerRow> dangers;
    std::vector<welfare::SupportAsk> support;
    std::vector<views::CountedRow> counted;
    std::vector<welfare::Load> loads;
    views::PromisesRow promises{};
    std::map<SchemeCode, std::vector<schemes::PausedAs>> paused;    // and whose word it is
    std::map<SchemeCode, int> swaps;             // that wait for a yes
    std::map<SchemeCode, rota::Tonight> tonight; // where there is something to warn of
};

constexpr int overview_days = 30;

Over load(const Room& room, sql::Reader& reader, const web::Request& request) {
    const auto& viewer = request.viewer;
    const auto& prison = viewer.establishment;
    const Instant now = request.now, since = now - std::chrono::days(overview_days);
    Over out{views::house(reader, prison, now), {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}};
    for (auto& scheme : views::schemes_now(reader, prison)) {
        if (viewer.scheme && *viewer.scheme != scheme.scheme) continue;
        // Why a debrief is owed is the partner's alone, and so is that it is (rule 10).
        const bool sees_debriefs = !scheme.policy->debrief_by_partner_alone ||
                                   viewer.has(Role::partner);
        if (sees_debriefs) {
            for (auto& debrief : welfare::open_debriefs(reader, prison, scheme.scheme)) {
                out.debriefs.push_back(std::move(debrief));
            }
        }
        auto pauses = schemes::pauses(reader, prison, scheme.scheme);
        if (!pauses.empty()) out.paused.emplace(scheme.scheme, std::move(pauses));
        auto tonight = rota::tonight(reader, prison, scheme.scheme, now, &called_out);
        const bool warns = tonight && tonight->is_warned && tonight->is_in_trouble();
        for (auto& gap : rota::gaps_ahead(reader, prison, scheme.scheme, now,
                                          now + std::chrono::days(3), &called_out)) {
            // What is said of tonight holds it already.
            if (warns && gap.from >= tonight->night.from && gap.to <= tonight->night.to) continue;
            out.gaps.push_back({scheme.scheme, std::move(gap)});
        }
        if (warns) out.tonight.emplace(scheme.scheme, std::move(*tonight));
        const int swaps = rota::swaps_to_approve(reader, prison, scheme.scheme, now);
        if (swaps > 0) out.swaps.emplace(scheme.scheme, swaps);
        out.schemes.push_back(std::move(scheme));
    }
    std::ranges::stable_sort(out.gaps, {}, [](const views::SchemeGap& one) {
        return one.gap.from;
    });
    out.peers = views::all_peers(reader, prison, out.schemes);
    auto board = views::board(reader, room.keys, prison, views::scope_of(viewer), now);
    out.jobs = std::move(board.jobs);
    out.dangers = std::move(board.dangers);
    for (auto& row : welfare::open_support_asks(reader, prison)) {
        if (out.peers.contains(row.person_id)) out.support.push_back(row);
    }
    for (auto& row : views::counted(reader, prison, since, now)) {
        if (!viewer.scheme || *viewer.scheme == row.scheme) out.counted.push_back(std::move(row));
    }
    if (!out.schemes.empty()) {
        const auto& policy = *out.schemes.front().policy;
        for (auto& one : welfare::loads(reader, prison, {now, policy.night, out.house.zone,
                                                         policy.fairness_days})) {
            if (out.peers.contains(one.person_id)) out.loads.push_back(one);
        }
    }
    out.promises = views::promises(reader, prison, viewer.scheme, since, now);
    return out;
}

std::string label(const Over& over, const PersonId& person) {
    const auto found = over.peers.find(person);
    return found == over.peers.end() ? std::string("–") : found->second.label;
}

std::string scheme_name(const Tongue& say, const Over& over, const SchemeCode& code) {
    const auto found = std::ranges::find(over.schemes, code, &views::SchemeNow::scheme);
    return found == over.schemes.end() ? code.text() : found->policy->say(say.tag()).short_name;
}

// A button that leads where this viewer may go; none where they may not.
struct Step {
    std::string text;
    Url url;
    Permission needed;
};
web::ToDo to_do(const web::Request& request, Html text, const Step& step, bool is_urgent = true) {
    std::optional<Html> button;
    if (request.viewer.may(step.needed)) {
        button = web::button_link(step.text, step.url, Weight::secondary);
    }
    return {std::move(text), std::move(button), is_urgent};
}

// "POPS, A wing."
std::string scheme_and_wing(const Tongue& say, const Over& over, const views::Job& job) {
    return scheme_name(say, over, job.row.scheme) + ", " +
           say(tr("{wing} wing", {{"wing", job.row.wing}})) + ".";
}

void add_dangers(const web::Request& request, const Over& over, std::vector<web::ToDo>& list) {
    const Tongue& say = request.tongue;
    const auto told = request.viewer.may(Permission::see_board) ? DangerPlace::told
                                                                : DangerPlace::wing_alone;
    for (const auto& danger : over.dangers) {
        list.push_back(to_do(
            request,
            Html() << "<b>"
                   << say(tr("{danger}, since {time}.",
                             {{"danger", danger_title(say, danger, told)},
                              {"time", over.house.clock(danger.pressed_at)}}))
                   << "</b> "
                   << (danger.acknowledged_at ? say(tr("Somebody is going."))
                                              : say(tr("Nobody has answered."))),
            {say(tr("See the board")), Url("/board"), Permission::see_board}));
    }
}

void add_paused(const web::Request& request, const Over& over, std::vector<web::ToDo>& list) {
    const Tongue& say = request.tongue;
    for (const auto& [code, whose] : over.paused) {
        list.push_back(to_do(
            request,
            Html() << "<b>"
                   << say(tr("{scheme} is paused.", {{"scheme", scheme_name(say, over, code)}}))
                   << "</b> " << say(tr("Nobody new is sent.")),
            {say(tr("See the policy")), Url("/policy") / code.text(),
             Permission::manage_policy}));
    }
}

void add_debriefs(const web::Request& request, const Over& over, std::vector<web::ToDo>& list) {
    const Tongue& say = request.tongue;
    for (const auto& debrief : over.debriefs) {
        if (debrief.offered_at || debrief.offer_by > over.house.now) continue;
        list.push_back(to_do(
            request,
            Html() << "<b>"
                   << say(tr("A debrief is overdue by {time}.",
                             {{"time", span_text(say, over.house.now - debrief.offer_by)}}))
                   << "</b> " << label(over, debrief.person_id) << ".",
            {say(tr("Arrange it")), Url("/debriefs"), Permission::lead_debrief}));
    }
}

void add_support(const web::Request& request, const Over& over, std::vector<web::ToDo>& list) {
    const Tongue& say = request.tongue;
    for (const auto& row : over.support) {
        list.push_back(to_do(
            request,
            Html() << "<b>" << say(tr("A peer needs to talk.")) << "</b> "
                   << label(over, row.person_id) << ", "
                   << say(tr("since {time}.", {{"time", when_text(say, over.house.zone,
                                                                  row.asked_at,
                                                                  over.house.now)}})),
            {say(tr("Answer")), Url("/debriefs"), Permission::lead_debrief}));
    }
}

void add_swaps(const web::Request& request, const Over& over, std::vector<web::ToDo>& list) {
    if (!request.viewer.may(Permission::manage_peers)) return;
    const Tongue& say = request.tongue;
    for (const auto& [code, count] : over.swaps) {
        list.push_back(to_do(
            request,
            Html() << "<b>"
                   << say(trn("One swap waits for your yes.", "{count} swaps wait for your yes.",
                              count))
                   << "</b> " << scheme_name(say, over, code),
            {say(tr("See the swaps")), Url("/on-call/swaps").with("scheme", code.text()),
             Permission::manage_peers},
            false));
    }
}

// By counts alone: who it is and why stands on the page about tonight, for those entitled.
void add_tonight(const web::Request& request, const Over& over, std::vector<web::ToDo>& list) {
    const Tongue& say = request.tongue;
    for (const auto& [code, tonight] : over.tonight) {
        list.push_back(to_do(
            request,
            Html() << "<b>" << tonight_text(say, scheme_name(say, over, code), tonight) << "</b> "
                   << say(tr("Can come: {cover}.",
                             {{"cover", rota::cover_text(say, over.house.zone, tonight.cover)}})),
            {say(tr("See tonight")), Url("/on-call/tonight"), Permission::see_board}));
    }
}

void add_gaps(const web::Request& request, const Over& over, std::vector<web::ToDo>& list) {
    const Tongue& say = request.tongue;
    std::set<SchemeCode> repairs;                // offered once a scheme
    for (const auto& [code, gap] : over.gaps) {
        list.push_back(to_do(
            request,
            Html() << "<b>"
                   << say(tr("{scheme}, {from} to {to}, {shift}: {count} short.",
                             {{"scheme", scheme_name(say, over, code)},
                              {"from", when_text(say, over.house.zone, gap.from, over.house.now)},
                              {"to", over.house.clock(gap.to)},
                              {"shift", gap.name},
                              {"count", std::to_string(gap.short_by)}}))
                   << "</b>",
            {say(tr("See who is on")), Url("/on-call").with("scheme", code.text()),
             Permission::see_board},
            gap.from <= over.house.now + Hours(12)));
        if (!request.viewer.may(Permission::manage_peers) || !repairs.insert(code).second) continue;
        auto& action = list.back().action;
        Html both = action ? *action : Html();
        both << " " << web::button_link(say(tr("Repair the rota")),
                                        Url("/on-call/repair").with("scheme", code.text()),
                                        Weight::secondary);
        action = std::move(both);
    }
}

void add_jobs(const web::Request& request, const Over& over, std::vector<web::ToDo>& list) {
    const Tongue& say = request.tongue;
    for (const auto& job : over.jobs) {
        const Url url = Url("/requests") / job.row.request_id.text();
        const bool is_refused = std::ranges::any_of(job.unlocks, [](const views::UnlockRow& row) {
            return row.decision && !row.authorised_at;
        });
        if (is_refused) {
            list.push_back(to_do(
                request,
                Html() << "<b>" << say(tr("An unlock was refused or delayed.")) << "</b> "
                       << scheme_and_wing(say, over, job),
                {say(tr("See why")), url, Permission::see_request}));
            continue;
        }
        if (job.session && job.session->check_missed_at) {
            list.push_back(to_do(
                request,
                Html() << "<b>" << say(tr("A look-in was missed.")) << "</b> "
                       << scheme_and_wing(say, over, job),
                {say(tr("See the request")), url, Permission::see_request}));
            continue;
        }
        const Millis target = Minutes(!job.policy        ? 30
                                      : job.row.is_night ? job.policy->target_minutes_night
                                                         : job.policy->target_minutes_day);
        const bool is_past = job.row.escalated > 0 ||
                             over.house.now - job.row.wanted_from > target;
        if (job.row.started_at || !is_past) continue;
        list.push_back(to_do(
            request,
            Html() << "<b>"
                   << say(tr("Somebody has waited {time}.",
                             {{"time", span_text(say, over.house.now - job.row.wanted_from)}}))
                   << "</b> " << scheme_and_wing(say, over, job),
            {say(tr("See the request")), url, Permission::see_request}));
    }
}

std::string decimal_sign(const Tongue& say) { return say.tag().starts_with("fr") ? "," : "."; }

std::string percent(const Tongue& say, std::optional<double> share) {
    if (!share) return "–";
    const long tenths = std::lround(*share * 1000);
    std::string text = std::to_string(tenths / 10);
    if (tenths % 10 != 0) text += decimal_sign(say) + std::to_string(tenths % 10);
    return say(tr("{number}%", {{"number", text}}));
}

std::string minutes(const Tongue& say, std::optional<Minutes> length) {
    return length ? say(tr("{minutes} min", {{"minutes", std::to_string(length->count())}})) : "–";
}

Html four_figures(const Tongue& say, const Over& over) {
    std::vector<Counted> requests;
    for (const auto& row : over.counted) {
        requests.push_back(counted_of(row, over.schemes, over.house.now));
    }
    const Indicators in = indicators(requests);
    const auto& kept = over.promises;
    const auto part = [](int some, int all) {
        return all == 0 ? std::nullopt : std::optional(static_cast<double>(some) / all);
    };
    const auto of = [&](int some, int all, const Words& words) {
        Words out = words;
        out.values = {{"some", std::to_string(some)}, {"all", std::to_string(all)}};
        return say(out);
    };
    std::string waits = in.wait_median ? std::string() : say(tr("Too few came to say"));
    if (in.wait_p90) {
        waits = say(tr("9 in 10 less than {time}", {{"time", minutes(say, in.wait_p90)}}));
    }
    if (in.night_wait_median) {
        waits += (waits.empty() ? "" : " · ") +
                 say(tr("at night half less than {time}",
                        {{"time", minutes(say, in.night_wait_median)}}));
    }
    std::string came = of(in.started, in.asked - in.withdrawn_in_time - in.open,
                          tr("{some} of {all} requests"));
    if (in.open > 0) {
        came += " · " + say(trn("{count} is waiting, not yet too long",
                                "{count} are waiting, not yet too long", in.open));
    }
    if (in.open_late > 0) {
        came += " · " + say(trn("{count} still waits, past the target time",
                                "{count} still wait, past the target time", in.open_late));
    }
    return web::figures(
        {{say(tr("Someone came")), percent(say, in.fill), came},
         {say(tr("Half waited less than")), minutes(say, in.wait_median), waits},
         {say(tr("Rest kept")), percent(say, part(kept.rests_kept, kept.rests_over)),
          of(kept.rests_kept, kept.rests_over, tr("{some} of {all} night calls"))},
         {say(tr("Debriefed in time")), percent(say, part(kept.debriefs_in_time,
                                                          kept.debriefs_due)),
          of(kept.debriefs_in_time, kept.debriefs_due, tr("{some} of {all} that were owed"))}});
}

Html definitions(const Tongue& say) {
    Html inner;
    for (const auto& words :
         {tr("Someone came: sessions begun, out of requests that the person did not take back "
             "before the target time. Who waits longer than the target time counts as somebody "
             "to whom nobody came, until somebody does. A request taken back later, or reported "
             "by staff as not needed, counts as unmet."),
          tr("Waits are from asking to somebody being there. Requests that nobody came to are "
             "counted for as long as they waited (Kaplan and Meier), so they don’t make waits look "
             "shorter."),
          tr("Rest kept: rests after night work that were neither waived nor broken by another "
             "call, out of those that are over."),
          tr("Debriefed in time: offered by the time they were due, out of those due.")}) {
        inner << web::paragraph(say(words));
    }
    return web::details(say(tr("How these figures are made")), std::move(inner));
}

Html load_chart(const web::Request& request, const Over& over) {
    const Tongue& say = request.tongue;
    std::vector<web::Bar> bars;
    const double limit = over.schemes.empty() ? 12.0
                                              : over.schemes.front().policy->hours_per_7_days;
    for (const auto& [person, peer] : over.peers) {
        const auto found = std::ranges::find(over.loads, person, &welfare::Load::person_id);
        const double hours =
            found == over.loads.end()
                ? 0.0
                : static_cast<double>(found->in_7_days.count()) / 3'600'000.0;
        const long tenths = std::lround(hours * 10);
        std::string shown = std::to_string(tenths / 10);
        if (tenths % 10 != 0) shown += decimal_sign(say) + std::to_string(tenths % 10);
        bars.push_back({peer.label, hours, say(tr("{hours} h", {{"hours", shown}})),
                        hours >= limit});
    }
    if (bars.empty()) {
        if (!request.viewer.may(Permission::manage_peers)) {
            return web::empty_state(say(tr("No peers yet.")));
        }
        return web::empty_state(say(tr("No peers yet. Add the first ones on the Peers page.")),
                                web::button_link(say(tr("Peers")), Url("/peers"),
                                                 Weight::secondary));
    }
    std::ranges::sort(bars, [](const web::Bar& a, const web::Bar& b) {
        return std::pair(a.label.size(), a.label) < std::pair(b.label.size(), b.label);
    });
    const std::string limit_text =
        say(tr("limit {hours} h", {{"hours", std::to_string(std::lround(limit))}}));
    const std::string title = say(tr("Hours with people, last seven days"));
    return Html() << web::heading(2, title, "m")
                  << web::bar_chart(say, title, std::move(bars), limit, limit_text);
}

std::string greeting(const Tongue& say, const views::House& house, long things) {
    const int hour = house.zone.local(house.now).minute / 60;
    const std::string hello = hour < 12 ? say(tr("Good morning"))
                              : hour < 18 ? say(tr("Good afternoon"))
                                          : say(tr("Good evening"));
    const std::string first = things == 0 ? say(tr("Nothing needs you first"))
                                          : say(trn("One thing first", "{count} things first",
                                                    things));
    return say(tr("{greeting}. {things}", {{"greeting", hello}, {"things", first}}));
}

// A partner may stop what goes by its name; what that means stands beside the button.
Html pausing(const web::Request& request, const Over& over) {
    const Tongue& say = request.tongue;
    Html out;
    if (!request.viewer.has(Role::partner)) return out;
    for (const auto& scheme : over.schemes) {
        if (scheme.policy->partner.empty()) continue;
        const std::string& name = scheme.policy->say(say.tag()).short_name;
        const auto has_paused = [&](schemes::PausedAs as) {
            const auto found = over.paused.find(scheme.scheme);
            return found != over.paused.end() &&
                   std::ranges::find(found->second, as) != found->second.end();
        };
        const bool is_paused = has_paused(schemes::PausedAs::partner);
        const Url here = Url("/schemes") / scheme.scheme.text() / "pause";
        out << web::heading(2, say(tr("Pausing {scheme}", {{"scheme", name}})), "m");
        if (is_paused) {
            out << web::warning(say, say(tr("This scheme is paused: nobody new is sent, and "
                                            "whoever asks is shown the helpline and staff.")))
                << web::button_form(request, here, say(tr("Let it run again")), Weight::secondary,
                                    {{"is_paused", "no"}});
        } else {
            if (has_paused(schemes::PausedAs::prison)) {
                out << web::warning(say, say(tr("The prison has paused this scheme, and only its "
                                                "staff can let it run again.")));
            }
            out << web::paragraph(say(tr("While it is paused, nobody new is sent, and whoever asks "
                                         "is shown the helpline and staff. Those who are together "
                                         "stay so.")))
                << web::button_form(request, here, say(tr("Pause this scheme")), Weight::warning,
                                    {{"is_paused", "yes"}});
        }
    }
    return out;
}

Html this_week(const Tongue& say, const Over& over) {
    std::vector<web::PeerRow> rows;
    for (const auto& debrief : over.debriefs) {
        if (!debrief.offered_at && debrief.offer_by <= over.house.now) continue;
        rows.push_back({say(tr("Debrief: {peer}", {{"peer", label(over, debrief.person_id)}})),
                        debrief.offered_at
                            ? web::chip(say(tr("Offered")), web::Tone::ready)
                            : web::chip(say(tr("By {time}",
                                               {{"time", when_text(say, over.house.zone,
                                                                   debrief.offer_by,
                                                                   over.house.now)}})),
                                        web::Tone::with),
                        "", {}});
    }
    Html out;
    out << web::heading(2, say(tr("Coming up")), "m");
    if (rows.empty()) {
        return out << web::empty_state(say(tr("No debrief is waiting.")));
    }
    return out << web::peer_rows(std::move(rows));
}

}  // namespace

web::Response overview_page(const Room& room, web::Request& request) {
    const Tongue& say = request.tongue;
    const Over over = room.site.database.read([&](sql::Reader& reader) {
        return load(room, reader, request);
    });
    std::vector<web::ToDo> list;
    add_dangers(request, over, list);
    add_paused(request, over, list);
    add_debriefs(request, over, list);
    add_support(request, over, list);
    add_jobs(request, over, list);
    add_tonight(request, over, list);
    add_gaps(request, over, list);
    add_swaps(request, over, list);
    Html main;
    main << web::head_row(greeting(say, over.house, static_cast<long>(list.size())))
         << web::to_do(std::move(list));
    main << web::heading(2, say(tr("The last {days} days",
                                   {{"days", std::to_string(overview_days)}})), "m")
         << four_figures(say, over) << definitions(say)
         << web::two_columns(load_chart(request, over), this_week(say, over))
         << pausing(request, over);
    return web::page(request, {.title = say(tr("Overview"))}, std::move(main));
}

}  // namespace alongside::dispatch
