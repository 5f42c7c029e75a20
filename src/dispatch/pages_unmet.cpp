// Unmet and refused requests with their reasons, and the danger log. Never a name.
#include "dispatch/unmet.h"

#include <algorithm>

#include "access/access.h"
#include "dispatch/pages.h"

namespace alongside::dispatch {
namespace {

struct Ledger {
    views::House house;
    std::vector<views::SchemeNow> schemes;
    std::vector<views::CountedRow> unmet;
    std::vector<views::RefusalRow> refusals;
    std::vector<views::DangerRow> dangers;
    int asked = 0;
};

constexpr int unmet_days = 90;

Ledger load(const Room& room, const web::Request& request) {
    return room.site.database.read([&](sql::Reader& reader) {
        const auto& prison = request.viewer.establishment;
        const Instant since = request.now - std::chrono::days(unmet_days);
        Ledger out{views::house(reader, prison, request.now),
                   views::schemes_now(reader, prison), {}, {}, {}, 0};
        for (auto& row : views::counted(reader, prison, since, request.now)) {
            const Counted one = counted_of(row, out.schemes, request.now);
            if (!one.is_not_counted) ++out.asked;
            if (is_unmet(one)) out.unmet.push_back(std::move(row));
        }
        out.refusals = views::refusals_since(reader, prison, since);
        for (auto& row : out.refusals) {
            row.decided_by = access::name_of(reader, prison, row.decided_by);
        }
        out.dangers = views::dangers_since(reader, prison, since);
        return out;
    });
}

std::string scheme_name(const Tongue& say, const Ledger& ledger, const SchemeCode& code) {
    const auto found = std::ranges::find(ledger.schemes, code, &views::SchemeNow::scheme);
    return found == ledger.schemes.end() ? code.text() : found->policy->say(say.tag()).short_name;
}

bool is_partner_held(const Ledger& ledger, const SchemeCode& code) {
    const auto found = std::ranges::find(ledger.schemes, code, &views::SchemeNow::scheme);
    return found == ledger.schemes.end() || found->policy->tier == schemes::Tier::T0 ||
           found->policy->tier == schemes::Tier::T1;
}

std::string outcome(const Tongue& say, const views::CountedRow& row) {
    return row.close_reason ? say(words_of(*row.close_reason)) : say(tr("Still waiting"));
}

Millis waited(const views::CountedRow& row, Instant now) {
    if (row.wait_ms) return Millis(*row.wait_ms);
    return row.closed_at.value_or(now) - row.wanted_from;
}

Html unmet_table(const Tongue& say, const Ledger& ledger) {
    if (ledger.unmet.empty()) {
        return web::empty_state(say(tr("Nobody was left without somebody to talk to.")));
    }
    web::Table table;
    table.caption = say(tr("Nobody came"));
    table.head = {say(tr("Asked")), say(tr("Wing")), say(tr("Scheme")), say(tr("When")),
                  say(tr("Waited")), say(tr("How it ended")), say(tr("Unlocks refused")),
                  say(tr("More"))};
    table.is_number = {false, false, false, false, true, false, true, false};
    for (const auto& row : ledger.unmet) {
        table.rows.push_back(
            {Html() << when_text(say, ledger.house.zone, row.asked_at, ledger.house.now),
             Html() << row.wing, Html() << scheme_name(say, ledger, row.scheme),
             Html() << (row.is_night ? say(tr("Night")) : say(tr("Day"))),
             Html() << span_text(say, waited(row, ledger.house.now)), Html() << outcome(say, row),
             Html() << row.refusals,
             web::link(say(tr("See it")), Url("/requests") / row.request_id.text())});
    }
    return web::table(std::move(table));
}

Html refusals_table(const Tongue& say, const Ledger& ledger) {
    if (ledger.refusals.empty()) {
        return web::empty_state(say(tr("No unlock was refused or delayed.")));
    }
    web::Table table;
    table.caption = say(tr("Unlocks refused or delayed"));
    table.head = {say(tr("When")), say(tr("Wing")), say(tr("Scheme")), say(tr("Decision")),
                  say(tr("Decided by")), say(tr("Why")), say(tr("Instead")),
                  say(tr("Looked at again")), say(tr("More"))};
    for (const auto& row : ledger.refusals) {
        const auto when = [&](Instant at) {
            return when_text(say, ledger.house.zone, at, ledger.house.now);
        };
        const bool is_overdue = row.review_at <= ledger.house.now;
        const Words by = tr("By {time}", {{"time", when(row.review_at)}});
        table.rows.push_back(
            {Html() << when(row.decided_at), Html() << row.wing,
             Html() << scheme_name(say, ledger, row.scheme),
             Html() << (row.decision == "refused" ? say(tr("Refused")) : say(tr("Delayed"))),
             Html() << (row.decided_by.empty() ? "–" : row.decided_by),
             Html() << say(words_of(row.reason)), Html() << say(words_of(row.alternative)),
             row.reviewed_at ? Html() << when(*row.reviewed_at)
                             : web::chip(is_overdue ? say(tr("Overdue")) : say(by),
                                         is_overdue ? web::Tone::gap : web::Tone::with),
             web::link(say(tr("See it")), Url("/requests") / row.request_id.text())});
    }
    return web::table(std::move(table));
}

Html ended(const Tongue& say, const views::DangerRow& row) {
    if (row.ended_with) return web::chip(detail_words(say, *row.ended_with), web::Tone::gap);
    return Html() << (row.ended_at ? say(tr("The danger was over")) : "–");
}

Html danger_table(const Tongue& say, const Ledger& ledger) {
    if (ledger.dangers.empty()) {
        return web::empty_state(say(tr("Nobody has called for help in danger.")));
    }
    web::Table table;
    table.caption = say(tr("Immediate danger"));
    table.head = {say(tr("Pressed")), say(tr("Wing")), say(tr("By")), say(tr("Answered after")),
                  say(tr("Answered by")), say(tr("Control room told")), say(tr("Over")),
                  say(tr("How it ended"))};
    for (const auto& row : ledger.dangers) {
        const auto when = [&](const std::optional<Instant>& at) {
            return at ? when_text(say, ledger.house.zone, *at, ledger.house.now) : "–";
        };
        const auto seconds = [&](Instant at) {
            return std::chrono::duration_cast<std::chrono::seconds>(at - row.pressed_at).count();
        };
        table.rows.push_back(
            {Html() << when(row.pressed_at), Html() << row.wing,
             Html() << by_words(say, row.pressed_by),
             row.acknowledged_at
                 ? Html() << say(tr("{seconds} s",
                                    {{"seconds", std::to_string(seconds(*row.acknowledged_at))}}))
                 : web::chip(say(tr("Not answered")), web::Tone::gap),
             Html() << row.answered_by.value_or("–"),
             !row.control_room_at && is_unanswered(row, ledger.house.now)
                 ? web::chip(say(tr("Not told")), web::Tone::gap)
                 : Html() << when(row.control_room_at),
             Html() << when(row.ended_at), ended(say, row)});
    }
    return web::table(std::move(table));
}

std::string unmet_view(const web::Request& request) {
    return "alarms:" + request.viewer.establishment.text() + ":" +
           std::string(request.tongue.tag());
}

// Alarms that nobody has ended, with what safer custody may do about them; drawn anew when one is
// pressed, answered or over.
std::shared_ptr<const std::string> alarms(const Room& room, const web::Request& request) {
    return room.site.live.view(
        request.viewer.establishment, unmet_view(request),
        [room, say = request.tongue, prison = request.viewer.establishment] {
            return room.site.database.read([&](sql::Reader& reader) {
                const auto house = views::house(reader, prison, room.site.clock.now());
                return draw_dangers(say, house, views::open_dangers(reader, prison), true);
            });
        });
}

std::string hour_of(const views::House& house, Instant at, bool is_coarse) {
    const auto local = house.zone.local(at);
    const std::string clock = clock_time(house.zone, at);
    return iso_day(local.day) + " " + (is_coarse ? clock.substr(0, 3) + "00" : clock);
}

const char* csv_code(const std::optional<CloseReason>& reason) {
    return reason ? boost::describe::enum_to_string(*reason, "") : "OPEN";
}

}  // namespace

Counted counted_of(const views::CountedRow& row, const std::vector<views::SchemeNow>& schemes,
                   Instant now) {
    const auto found = std::ranges::find(schemes, row.scheme, &views::SchemeNow::scheme);
    int target = row.is_night ? 30 : 15;
    if (found != schemes.end()) {
        target = row.is_night ? found->policy->target_minutes_night
                              : found->policy->target_minutes_day;
    }
    Counted out;
    out.is_night = row.is_night;
    out.is_open = !row.closed_at;
    out.has_started = row.started_at.has_value();
    out.is_not_counted = row.close_reason == CloseReason::NOT_ASKED ||
                         row.close_reason == CloseReason::DUPLICATE ||
                         row.close_reason == CloseReason::MERGED ||
                         (out.is_open && row.wanted_from > now);
    out.is_withdrawn_by_person = row.close_reason == CloseReason::WITHDRAWN;
    const Instant until = row.started_at.value_or(row.closed_at.value_or(now));
    out.waited = row.wait_ms ? Millis(*row.wait_ms) : until - row.wanted_from;
    out.waited = std::max(out.waited, Millis(0));
    out.target = Minutes(target);
    return out;
}

bool is_unmet(const Counted& one) {
    if (one.is_not_counted || one.has_started) return false;
    if (one.is_open) return one.waited > one.target;
    return !(one.is_withdrawn_by_person && one.waited < one.target);
}

namespace {

Html csv_link(const Tongue& say, const char* of, const Words& words) {
    return Html() << "<p class=\"govuk-body\">"
                  << web::link(say(words), Url("/unmet/csv").with("of", of)) << "</p>";
}

}  // namespace

web::Response unmet_page(const Room& room, web::Request& request) {
    const Tongue& say = request.tongue;
    const Ledger ledger = load(room, request);
    const long count = static_cast<long>(ledger.unmet.size());
    Html main;
    main << web::live_region(request, Url("/unmet/live"),
                             Html::drawn_by_us(*alarms(room, request)))
         << web::head_row(count == 0 ? say(tr("No unmet request"))
                                     : say(trn("One unmet request", "{count} unmet requests",
                                               count)),
                          web::button_link(say(tr("Download as CSV")), Url("/unmet/csv"),
                                           web::Weight::secondary))
         << web::hint_text(say(trn("Of one request in the last {days} days.",
                                   "Of {count} requests in the last {days} days.", ledger.asked,
                                   {{"days", std::to_string(unmet_days)}})))
         << unmet_table(say, ledger) << refusals_table(say, ledger)
         << csv_link(say, "unlocks", tr("Download the unlocks as CSV"))
         << danger_table(say, ledger)
         << csv_link(say, "dangers", tr("Download the alarms as CSV"))
         << web::paragraph(say(tr("A request counts as unmet when nobody came, unless the person "
                                  "took it back before the target time. Those reported as not "
                                  "needed by staff are listed too.")));
    return web::page(request, {.title = say(tr("Unmet requests"))}, std::move(main));
}

web::Response unmet_live(const Room& room, web::Request& request) {
    alarms(room, request);
    web::Response out;
    out.live_view = unmet_view(request);
    return out;
}

namespace {

std::string unmet_rows(const Ledger& ledger) {
    std::string out = "request,scheme,wing,asked,night,waitedMinutes,outcome,unlocksRefused\r\n";
    for (const auto& row : ledger.unmet) {
        const auto minutes =
            std::chrono::duration_cast<Minutes>(waited(row, ledger.house.now)).count();
        out += row.request_id.text() + "," + row.scheme.text() + "," + row.wing + "," +
               hour_of(ledger.house, row.asked_at, is_partner_held(ledger, row.scheme)) + "," +
               (row.is_night ? "yes" : "no") + "," + std::to_string(minutes) + "," +
               csv_code(row.close_reason) + "," + std::to_string(row.refusals) + "\r\n";
    }
    return out;
}

std::string unlock_rows(const Ledger& ledger) {
    std::string out = "request,scheme,wing,decided,decision,reason,instead,reviewBy,reviewed\r\n";
    for (const auto& row : ledger.refusals) {
        const bool is_coarse = is_partner_held(ledger, row.scheme);
        const auto at = [&](Instant when) { return hour_of(ledger.house, when, is_coarse); };
        out += row.request_id.text() + "," + row.scheme.text() + "," + row.wing + "," +
               at(row.decided_at) + "," + row.decision + "," +
               boost::describe::enum_to_string(row.reason, "") + "," +
               boost::describe::enum_to_string(row.alternative, "") + "," + at(row.review_at) +
               "," + (row.reviewed_at ? at(*row.reviewed_at) : "") + "\r\n";
    }
    return out;
}

std::string danger_rows(const Ledger& ledger) {
    std::string out = "danger,wing,pressed,pressedBy,answeredAfterSeconds,controlRoom,over,"
                      "endedWith\r\n";
    for (const auto& row : ledger.dangers) {
        const auto at = [&](const std::optional<Instant>& when) {
            return when ? hour_of(ledger.house, *when, false) : std::string();
        };
        const auto after = [&] {
            if (!row.acknowledged_at) return std::string();
            return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(
                                      *row.acknowledged_at - row.pressed_at).count());
        };
        out += row.danger_id.text() + "," + row.wing + "," + at(row.pressed_at) + "," +
               row.pressed_by + "," + after() + "," + at(row.control_room_at) + "," +
               at(row.ended_at) + "," + row.ended_with.value_or("") + "\r\n";
    }
    return out;
}

}  // namespace

web::Response unmet_csv(const Room& room, web::Request& request) {
    const Ledger ledger = load(room, request);
    const auto of = request.query.get("of");
    const std::string type = "text/csv; charset=utf-8";
    if (of == "unlocks") return web::download(unlock_rows(ledger), type, "unlocks-refused.csv");
    if (of == "dangers") return web::download(danger_rows(ledger), type, "dangers.csv");
    return web::download(unmet_rows(ledger), type, "unmet-requests.csv");
}

}  // namespace alongside::dispatch
