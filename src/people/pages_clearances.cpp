// Clearances, for security: who waits for a decision, unit by unit, with a coded reason.
#include "base/dates.h"
#include "people/hall.h"
#include "people/refusals.h"

namespace alongside::people::pages {
namespace {

struct Row {
    Membership membership;
    std::string who, scheme;
    std::string waiting;                    // units where the decision ran out, a comma between
    std::string never;                      // units nobody has decided about
    std::string cleared, refused;
    bool waits() const { return !waiting.empty() || (cleared.empty() && refused.empty()); }
};

bool holds(const store::Decision& decision, Instant now) {
    return !decision.until_at || *decision.until_at > now;
}

Row row_of(sql::Reader& db, const EstablishmentId& prison, const MemberFacts& member,
           const SchemeNeeds& needs, const std::vector<Unit>& all, Instant now) {
    Row row{{member.member_id, needs.scheme, member.label}, "", needs.name, "", "", "", ""};
    if (const auto name = name_of(db, member.person_id)) {
        row.who = name->number + " " + name->given_names + " " + name->family_name;
    }
    const auto decisions = store::decisions(db, prison, member.member_id);
    for (const auto& unit : all) {
        const bool is_needed = needs.units.empty() ||
                               std::ranges::find(needs.units, unit.unit, &Unit::unit) !=
                                   needs.units.end();
        const auto found = std::ranges::find(decisions, unit.unit, &store::Decision::unit);
        const bool is_held = found != decisions.end() && holds(*found, now);
        if (!is_held && !is_needed) continue;
        auto& list = found == decisions.end() ? row.never
                     : !is_held               ? row.waiting
                     : found->is_cleared      ? row.cleared : row.refused;
        list += (list.empty() ? "" : ", ") + unit.name;
    }
    return row;
}

Words words_of_clearance(std::string_view reason) {
    if (reason == "ROUTINE") return tr("Routine");
    if (reason == "REVIEWED") return tr("Reviewed");
    if (reason == "EXPIRED") return tr("Expired");
    if (reason == "INTELLIGENCE") return tr("Intelligence");
    if (reason == "UNIT_CLOSED") return tr("The unit is closed");
    return tr("Other");
}

// What was typed stays: a press after an error decides for the unit that was chosen.
Html decision_fields(const web::Request& request, const std::vector<Unit>& all,
                     const web::FieldErrors& errors) {
    const Tongue& say = request.tongue;
    const auto typed = [&](std::string_view name) { return request.form.get(name); };
    const auto choice = [&](std::string_view name, std::string value, std::string text) {
        const bool is_chosen = typed(name) == value;
        return web::Choice{std::move(value), std::move(text), "", is_chosen};
    };
    std::vector<web::Choice> unit_choices, reason_choices;
    for (const auto& unit : all) unit_choices.push_back(choice("unit", unit.unit, unit.name));
    for (const char* reason :
         {"ROUTINE", "REVIEWED", "EXPIRED", "INTELLIGENCE", "UNIT_CLOSED", "OTHER"}) {
        reason_choices.push_back(choice("reason", reason, say(words_of_clearance(reason))));
    }
    Html fields;
    fields << web::select(request, {.name = "unit", .label = say(tr("Unit")), .errors = &errors},
                          std::move(unit_choices))
           << web::radios(request, {.name = "is_cleared", .label = say(tr("Decision")),
                                    .errors = &errors},
                          {choice("is_cleared", "yes", say(tr("Cleared"))),
                           choice("is_cleared", "no", say(tr("Not cleared")))}, true)
           << web::select(request, {.name = "reason", .label = say(tr("Reason")),
                                    .errors = &errors}, std::move(reason_choices))
           << web::date_input(request, {.name = "until", .label = say(tr("Until")),
                                        .hint = say(tr("Leave empty: until it is changed.")),
                                        .value = std::string(typed("until")), .errors = &errors});
    return fields << web::submit(say(tr("Record the decision")));
}

web::Response member_page(Hall& hall, const web::Request& request, MemberId id,
                          const web::FieldErrors& errors, int status) {
    const Tongue& say = request.tongue;
    const auto& prison = request.viewer.establishment;
    web::PageOptions options;
    options.is_wide = false;
    options.before_main = web::back_link(say, Url("/clearances"));
    Html main;
    const bool is_found = hall.site.database.read([&](sql::Reader& r) {
        const auto member = store::member(r, prison, id);
        if (!member || member->left_at) return false;
        const auto zone = zone_of(r, prison);
        options.title = say(tr("Clearance of {label}", {{"label", member->label}}));
        if (request.query.get("done") == "yes") {
            main << web::banner(say, say(tr("The decision is recorded.")), true);
        }
        main << web::error_summary(request, errors) << web::heading(1, options.title);
        if (const auto name = name_of(r, member->person_id)) {
            main << web::paragraph(name->number + " " + name->given_names + " " +
                                   name->family_name);
        }
        std::vector<web::Pair> pairs;
        const auto all = units(r, prison);
        for (const auto& d : store::decisions(r, prison, id)) {
            Html value;
            value << say(!holds(d, request.now) ? tr("ran out")
                         : d.is_cleared         ? tr("cleared")
                                                : tr("not cleared"))
                  << ", " << say(words_of_clearance(d.reason));
            if (d.until_at) {
                const Day last = zone.local(*d.until_at - Millis(1)).day;
                value << ", " << say(tr("until {day}", {{"day", date_text(say, last)}}));
            }
            const auto unit = std::ranges::find(all, d.unit, &Unit::unit);
            pairs.push_back({unit == all.end() ? d.unit : unit->name, std::move(value), {}});
        }
        if (!pairs.empty()) main << web::summary_list(std::move(pairs));
        main << web::heading(2, say(tr("Decide")), "m")
             << web::form(request, Url("/clearances") / id.text(),
                          decision_fields(request, all, errors));
        return true;
    });
    if (!is_found) return web::not_found(request);
    return web::page(request, std::move(options), std::move(main), status);
}

struct ClearanceTyped {
    std::string unit;
    std::string is_cleared;
    std::string reason;
    std::optional<Day> until;
};
BOOST_DESCRIBE_STRUCT(ClearanceTyped, (), (unit, is_cleared, reason, until))

}  // namespace

web::Response clearances(Hall& hall, web::Request& request) {
    const Tongue& say = request.tongue;
    const auto& prison = request.viewer.establishment;
    std::vector<Row> rows;
    hall.site.database.read([&](sql::Reader& r) {
        const auto all = units(r, prison);
        for (const auto& needs : needs_of(r, prison, say.tag())) {
            for (const auto& member : members(r, prison, needs.scheme, request.now)) {
                rows.push_back(row_of(r, prison, member, needs, all, request.now));
            }
        }
        return 0;
    });
    std::ranges::sort(rows, {}, [](const Row& row) {
        const auto& label = row.membership.label;
        return std::tuple(!row.waits(), row.scheme, label.size(), label);
    });
    web::PageOptions options;
    options.title = say(tr("Clearances"));
    Html main = web::heading(1, options.title);
    if (rows.empty()) {
        main << web::empty_state(say(tr("No scheme has members yet. A coordinator adds them on "
                                        "the Peers page; they appear here for your decision.")));
    } else {
        web::Table table{.caption = say(tr("Members and the units they are cleared for")),
                         .caption_is_hidden = true,
                         .head = {say(tr("Who")), say(tr("Scheme")), say(tr("Waits for")),
                                  say(tr("Cleared")), say(tr("Not cleared"))}};
        for (const auto& row : rows) {
            Html waiting;
            if (!row.waiting.empty()) waiting << web::chip(row.waiting, web::Tone::gap);
            else if (row.waits()) waiting << web::chip(say(tr("A first decision")), web::Tone::gap);
            if (!row.never.empty()) {
                if (!waiting.empty()) waiting << "<br>";
                waiting << "<span class=\"al-table__quiet\">"
                        << say(tr("Not decided yet: {units}", {{"units", row.never}})) << "</span>";
            }
            table.rows.push_back({Html() << web::link(row.membership.label,
                                                      Url("/clearances") /
                                                          row.membership.member_id.text())
                                         << "<br><span class=\"al-table__quiet\">" << row.who
                                         << "</span>",
                                  Html() << row.scheme, std::move(waiting),
                                  Html() << row.cleared, Html() << row.refused});
        }
        main << web::table(std::move(table));
    }
    return web::page(request, std::move(options), std::move(main));
}

web::Response clearance(Hall& hall, web::Request& request) {
    const auto id = request.id<MemberId>("id");
    return id ? member_page(hall, request, *id, {}, 200) : web::not_found(request);
}

web::Response decide(Hall& hall, web::Request& request) {
    const auto id = request.id<MemberId>("id");
    if (!id) return web::not_found(request);
    auto typed = web::from_form<ClearanceTyped>(request);
    if (!typed.value) return member_page(hall, request, *id, typed.errors, 422);
    const auto zone = hall.site.database.read(
        [&](sql::Reader& r) { return zone_of(r, request.viewer.establishment); });
    std::optional<Instant> until;
    if (typed.value->until) until = end_of(zone, *typed.value->until);
    const auto done = decide_clearance(hall.site.database, hall.occasion(request), *id,
                                       typed.value->unit, typed.value->is_cleared == "yes",
                                       typed.value->reason, until);
    if (!done) {
        web::add_refusal(typed.errors, done.error());
        return member_page(hall, request, *id, typed.errors, done.error().status);
    }
    return web::see_other((Url("/clearances") / id->text()).with("done", "yes"));
}

}  // namespace alongside::people::pages
