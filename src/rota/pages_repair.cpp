// Repair: what would close the gaps of a day, a week or the coming weeks with the fewest changes,
// shown before it is done.
#include <algorithm>

#include "base/dates.h"
#include "base/ensure.h"
#include "rota/pages_life.h"
#include "rota/pages_plan.h"
#include "rota/repairing.h"

namespace alongside::rota::pages {
namespace {

constexpr double seconds_to_repair = 2;

struct RepairPage {
    Hall about;
    RepairFacts known;
    RepairOf which = RepairOf::week;
    bool is_short_now = false;                      // a shift that has begun
    std::optional<planning::Span> days = {};        // nothing: there is no gap
    planning::Changes changes = {};
    int short_now = 0, short_then = 0;              // places, in the days that are repaired
};

int short_places(const planning::Facts& facts, planning::Span of,
                 const std::vector<PutOn>& on) {
    int out = 0;
    for (const auto& shift : facts.shifts) {
        if (!of.has(shift.day)) continue;
        const auto put = std::ranges::count(on, shift.shift_id, &PutOn::shift_id);
        out += std::max(0, shift.needed - static_cast<int>(shift.on.size() + put));
    }
    return out;
}

std::optional<RepairPage> load_repair(web::Site& site, const web::Request& request,
                                      CalledOut called_out) {
    auto out = site.database.read([&](sql::Reader& reader) -> std::optional<RepairPage> {
        auto about = hall(reader, request);
        if (!about) return std::nullopt;
        const auto scheme = about->scheme;
        const auto& home = request.viewer.establishment;
        RepairPage page{std::move(*about), repair_facts(reader, home, scheme, request.now)};
        const auto soon = request.now + Minutes{1};
        page.is_short_now =
            !gaps_ahead(reader, home, scheme, request.now, soon, called_out).empty();
        return page;
    });
    if (!out) return out;
    const auto asked = request.form.has("of") ? request.form.get("of") : request.query.get("of");
    boost::describe::enum_from_string(std::string(asked).c_str(), out->which);
    out->days = days_of(out->known, out->which);
    if (!out->days) return out;
    const auto& facts = out->known.facts;
    out->short_now = short_places(facts, *out->days, {});
    out->changes = propose_repair(out->known, *out->days, seconds_to_repair);
    out->short_then = short_places(planning::without(facts, out->changes.off), *out->days,
                                   out->changes.on);
    return out;
}

// "Wed 25 Nov", or "from Wed 25 Nov to Wed 2 Dec".
std::string days_said(const Tongue& say, const RepairPage& page, planning::Span of) {
    const auto first = day_text(say, day_after(page.known.first, of.from));
    if (of.to == of.from + 1) return first;
    return say(tr("from {from} to {to}",
                  {{"from", first},
                   {"to", day_text(say, day_after(page.known.first, of.to - 1))}}));
}

std::string code_of(RepairOf which) { return boost::describe::enum_to_string(which, "week"); }

// Which gaps are looked at, and how much is short in each of these.
Html which_gaps(const Tongue& say, const RepairPage& page) {
    const auto words = [](RepairOf which) {
        switch (which) {
            case RepairOf::day: return tr("The first day with a gap");
            case RepairOf::week: return tr("That day and the seven after it");
            case RepairOf::all: return tr("All four weeks");
        }
        return Words();
    };
    Html out;
    out << "<nav aria-label=\"" << say(tr("Which gaps"))
        << "\"><ul class=\"govuk-list govuk-list--bullet\">";
    for (const auto which : {RepairOf::day, RepairOf::week, RepairOf::all}) {
        const auto those = *days_of(page.known, which);
        const auto places = short_places(page.known.facts, those, {});
        const auto text = say(words(which));
        out << "<li>";
        if (which == page.which) out << "<strong aria-current=\"true\">" << text << "</strong>";
        else out << web::link(text, here(page.about, Url("/on-call/repair"))
                                        .with("of", code_of(which)));
        out << " (" << days_said(say, page, those) << "): "
            << say(trn("{count} place is short", "{count} places are short", places)) << "</li>";
    }
    return out << "</ul></nav>";
}

std::string text_of_shift(const Tongue& say, const RepairPage& page, ShiftId id) {
    const auto& shifts = page.known.facts.shifts;
    const auto found = std::ranges::find(shifts, id, &planning::OpenShift::shift_id);
    ENSURE(found != shifts.end());
    const auto& zone = page.about.zone;
    const auto from = zone.instant(day_after(page.known.first, found->day), found->from_minute);
    return shift_said(say, zone, from, from + Minutes(found->minutes), found->name);
}

// One line a person: "Listener A: off Tuesday night, on Wednesday night".
Html change_list(const Tongue& say, const RepairPage& page) {
    std::map<std::string, std::vector<std::string>> by_label;
    const auto in_order = [&](std::vector<PutOn> puts) {
        const auto& shifts = page.known.facts.shifts;
        std::ranges::sort(puts, {}, [&](const PutOn& put) {
            const auto at = std::ranges::find(shifts, put.shift_id,
                                              &planning::OpenShift::shift_id);
            return std::pair(at->day, at->from_minute);
        });
        return puts;
    };
    for (const auto& put : in_order(page.changes.off)) {
        by_label[page.about.label(say, put.person_id)].push_back(
            say(tr("off {shift}", {{"shift", text_of_shift(say, page, put.shift_id)}})));
    }
    for (const auto& put : in_order(page.changes.on)) {
        by_label[page.about.label(say, put.person_id)].push_back(
            say(tr("on {shift}", {{"shift", text_of_shift(say, page, put.shift_id)}})));
    }
    Html out;
    out << "<ul class=\"govuk-list govuk-list--spaced\">";
    for (const auto& [label, changes] : by_label) {
        out << "<li><strong>" << label << "</strong><ul class=\"govuk-list "
                                          "govuk-list--bullet\">";
        for (const auto& one : changes) out << "<li>" << one << "</li>";
        out << "</ul></li>";
    }
    return out << "</ul>";
}

Html still_short(const Tongue& say, const RepairPage& page) {
    if (page.changes.short_of.empty()) return {};
    Html out = web::heading(2, say(tr("What stays short")), "m");
    out << "<ul class=\"govuk-list govuk-list--bullet\">";
    for (const auto& id : page.changes.short_of) {
        out << "<li>" << web::link(text_of_shift(say, page, id),
                                   Url("/on-call/shifts") / id.text()) << "</li>";
    }
    out << "</ul>"
        << web::paragraph(say(tr("Nobody free can take these, and moving those who may be moved "
                                 "doesn’t help.")));
    return out << web::button_link(say(tr("Why nobody, and what would fix it")),
                                   here(page.about, Url("/on-call/plan")),
                                   web::Weight::secondary);
}

Html accept_forms(const web::Request& request, const RepairPage& page) {
    const Tongue& say = request.tongue;
    auto hidden = hidden_changes(page.changes);
    hidden.push_back({"scheme", page.about.scheme.text()});
    auto repair = hidden;
    repair.push_back({"of", code_of(page.which)});
    Html out;
    out << web::button_form(request, Url("/on-call/repair"),
                            say(trn("Make this one change", "Make these {count} changes",
                                    static_cast<long>(page.changes.on.size() +
                                                      page.changes.off.size()))),
                            web::Weight::primary, std::move(repair));
    hidden.push_back({"from", iso_day(page.known.first)});
    hidden.push_back({"days", std::to_string(days_to_repair)});
    return out << web::button_form(request, Url("/on-call/drafts"), say(tr("Keep it as a draft")),
                                   web::Weight::secondary, std::move(hidden));
}

// Of the shift that runs nobody's place is changed by a search.
Html short_now_part(const Tongue& say, const RepairPage& page) {
    if (!page.is_short_now) return {};
    return web::inset(Html() << web::paragraph(
                                    say(tr("The shift that runs now is short as well. A repair "
                                           "changes shifts that haven’t begun, and no others.")))
                             << web::link(say(tr("See the gaps")),
                                          here(page.about, Url("/on-call"))));
}

Html repair_part(const web::Request& request, const RepairPage& page) {
    const Tongue& say = request.tongue;
    if (!page.days) {
        return short_now_part(say, page)
               << web::empty_state(say(tr("Every shift of the coming 4 weeks has enough people: "
                                          "there is nothing to repair.")));
    }
    Html out = short_now_part(say, page);
    if (!page.changes.on.empty()) {
        out << web::heading(2, say(trn("The shifts of {count} person change",
                                       "The shifts of {count} people change",
                                       page.changes.people())), "m");
    }
    out << web::paragraph(say(tr("Places that are short, {days}: {before} now, {after} with this "
                                 "repair.",
                                 {{"days", days_said(say, page, *page.days)},
                                  {"before", std::to_string(page.short_now)},
                                  {"after", std::to_string(page.short_then)}})))
        << which_gaps(say, page);
    if (!page.changes.on.empty()) {
        out << web::heading(2, say(tr("What would change")), "m") << change_list(say, page)
            << web::hint_text(
                   page.changes.off.empty()
                       ? say(tr("Nobody goes off a shift: those who are free fill the gaps."))
                       : say(tr("Somebody goes off a shift only where nobody free can fill a "
                                "gap. Whoever has a shift by a swap, or whose shift begins within "
                                "24 hours, stays on it. No other gap opens, and every rule that "
                                "was kept is kept.")));
        if (!page.changes.is_best) {
            out << web::hint_text(say(tr("The search was ended by time: there may be a way with "
                                         "fewer changes, or one that closes more.")));
        }
        out << accept_forms(request, page);
    }
    return out << still_short(say, page);
}

web::Response repair_page(web::Site& site, web::Request& request, CalledOut called_out,
                          const std::optional<Refusal>& refusal) {
    const auto page = load_repair(site, request, called_out);
    if (!page) return no_scheme(request);
    const Tongue& say = request.tongue;
    web::FieldErrors errors;
    if (refusal) web::add_refusal(errors, *refusal);
    web::PageOptions options;
    options.title = say(tr("Repair the rota: {scheme}",
                           {{"scheme", page->about.policy->say(say.tag()).short_name}}));
    options.before_main = web::back_link(say, here(page->about, Url("/on-call")));
    Html main;
    main << web::error_summary(request, errors) << web::head_row(options.title)
         << repair_part(request, *page);
    return web::page(request, std::move(options), std::move(main),
                     refusal ? refusal->status : 200);
}

web::Response accept(web::Site& site, web::Request& request, CalledOut called_out) {
    const auto about = site.database.read(
        [&](sql::Reader& reader) { return hall(reader, request); });
    if (!about) return no_scheme(request);
    const auto changes = changes_said(request);
    if (!changes) return web::not_found(request);
    const auto done = accept_repair(site.database, request.occasion(site.entropy), about->scheme,
                                    *changes);
    if (!done) return repair_page(site, request, called_out, done.error());
    return web::see_other(here(*about, Url("/on-call"))
                              .with("repaired", std::to_string(changes->on.size() +
                                                               changes->off.size())));
}

}  // namespace

std::vector<web::Route> repair_routes(web::Site& site, CalledOut called_out) {
    constexpr auto who = Permission::manage_peers;
    std::vector<web::Route> out;
    out.emplace_back(web::Method::get, "/on-call/repair", who,
                     [&site, called_out](web::Request& request) {
                         return repair_page(site, request, called_out, {});
                     })
        .takes_long();
    out.emplace_back(web::Method::post, "/on-call/repair", who,
                     [&site, called_out](web::Request& request) {
                         return accept(site, request, called_out);
                     })
        .takes_long();
    return out;
}

}  // namespace alongside::rota::pages
