// One draft: what it changes of the rota as it stands, what it would break, changing it by hand,
// publishing it or throwing it away.
#include <algorithm>

#include "base/dates.h"
#include "base/ensure.h"
#include "rota/drafts.h"
#include "rota/pages_life.h"
#include "rota/pages_plan.h"
#include "rota/refusals.h"
#include "rota/store_drafts.h"

namespace alongside::rota::pages {

Words words_of_state(DraftState state);

namespace {

struct DraftPage {
    Draft draft;
    std::vector<DraftEntry> entries;
    std::map<ShiftId, store::Shift> shifts;     // of the entries
    Planned planned;                            // as if it were published now
    DraftAhead ahead = {};
    std::string made_by = {}, ended_by = {};    // by name

    bool is_open() const { return draft.state == DraftState::open; }
};

std::optional<DraftPage> load_draft(web::Site& site, const web::Request& request) {
    const auto id = request.id<DraftId>("id");
    if (!id) return std::nullopt;
    auto out = site.database.read([&](sql::Reader& reader) -> std::optional<DraftPage> {
        const auto& home = request.viewer.establishment;
        const auto found = draft(reader, home, *id);
        if (!found) return std::nullopt;
        auto about_it = request;
        about_it.query = {};
        about_it.query.add("scheme", found->scheme.text());
        auto about = hall(reader, about_it);
        if (!about) return std::nullopt;
        DraftPage page{*found, draft_entries(reader, home, *id), {},
                       {std::move(*about), found->first_on, {}, {}}};
        for (auto& shift : store::shifts_of_draft(reader, home, *id)) {
            page.shifts.emplace(shift.shift_id, std::move(shift));
        }
        const auto& there = page.planned.about;
        page.made_by = by_whom(reader, request, there, found->made_by);
        if (found->ended_by) page.ended_by = by_whom(reader, request, there, *found->ended_by);
        page.ahead = draft_ahead(reader, home, *found, page.entries, request.now);
        return page;
    });
    if (!out) return out;
    out->planned.facts = out->ahead.facts;
    out->planned.proposal = planning::as_proposal(out->planned.facts, out->ahead.changes.on);
    return out;
}

std::string entry_shift(const Tongue& say, const DraftPage& page, ShiftId id) {
    const auto& shift = page.shifts.at(id);
    return shift_said(say, page.planned.about.zone, shift.starts_at, shift.ends_at, shift.name);
}

Url draft_url(const DraftPage& page, const char* step) {
    return Url("/on-call/drafts") / page.draft.draft_id.text() / step;
}

Words words_of_left_out(LeftOut why) {
    switch (why) {
        case LeftOut::cancelled: return tr("the shift was cancelled");
        case LeftOut::begun: return tr("the shift had begun");
        case LeftOut::not_ready: return tr("not ready then");
        case LeftOut::elsewhere: return tr("on another shift at these hours");
        case LeftOut::there_already: return tr("it was so already");
    }
    return {};
}

// What it changes, in words.
Html what_it_changes(const Tongue& say, const DraftPage& page) {
    const auto& planned = page.planned;
    const int left = planning::still_short(planned.facts, planned.proposal.puts).places;
    const auto off = std::ranges::count(page.entries, DraftWhat::off, &DraftEntry::what);
    Html out;
    out << "<ul class=\"govuk-list govuk-list--bullet\"><li>"
        << say(trn("One person comes on a shift", "{count} come on a shift",
                   static_cast<long>(planned.proposal.puts.size())))
        << "</li>";
    if (off > 0) {
        out << "<li>"
            << say(trn("One person goes off a shift", "{count} go off a shift",
                       static_cast<long>(off)))
            << "</li>";
    }
    out << "<li>"
        << say(tr("Places that are short: {before} now, {after} with this draft",
                  {{"before", std::to_string(page.ahead.short_now)},
                   {"after", std::to_string(left)}}))
        << "</li>";
    if (page.ahead.too_many > 0) {
        out << "<li>"
            << say(trn("{count} person more than is needed", "{count} people more than are needed",
                       static_cast<long>(page.ahead.too_many)))
            << "</li>";
    }
    return out << "</ul>";
}

Html would_break_part(const Tongue& say, const DraftPage& page) {
    if (page.ahead.breaks.empty() && page.ahead.too_late.empty()) return {};
    const auto& about = page.planned.about;
    Html list;
    for (const auto& one : page.ahead.breaks) {
        std::string whys;
        for (const auto& why : one.whys) whys += (whys.empty() ? "" : ", ") + say(words_of(why));
        list << "<li><strong>" << about.label(say, one.put.person_id) << "</strong>, "
             << entry_shift(say, page, one.put.shift_id) << ": " << whys << "</li>";
    }
    for (const auto& one : page.ahead.too_late) {
        list << "<li><strong>" << about.label(say, one.person_id) << "</strong>, "
             << entry_shift(say, page, one.shift_id) << ": "
             << say(tr("will be left out, the shift has begun or was cancelled")) << "</li>";
    }
    return web::note(say(tr("What it would break")),
                     Html() << "<ul class=\"govuk-list\">" << list << "</ul>");
}

Html entries_table(const web::Request& request, const DraftPage& page) {
    const Tongue& say = request.tongue;
    if (page.entries.empty()) return web::empty_state(say(tr("Nobody is in this draft yet.")));
    web::Table table;
    table.caption = say(tr("Who comes on and goes off"));
    table.caption_is_hidden = true;
    table.head = {say(tr("Shift")), say(tr("Who")), say(tr("What"))};
    if (page.is_open()) table.head.push_back(say(tr("Do")));
    for (const auto& entry : page.entries) {
        const auto who = page.planned.about.label(say, entry.person_id);
        const auto shift = entry_shift(say, page, entry.shift_id);
        std::string what = entry.what == DraftWhat::on ? say(tr("comes on"))
                                                       : say(tr("goes off"));
        if (entry.left_out_why) {
            const auto why = say(words_of_left_out(*entry.left_out_why));
            what = say(tr("left out: {why}", {{"why", why}}));
        }
        std::vector<Html> row{Html() << shift, Html() << who, Html() << what};
        if (page.is_open()) {
            Html inner;
            inner << "<input type=\"hidden\" name=\"shift_id\" value=\"" << entry.shift_id.text()
                  << "\"><input type=\"hidden\" name=\"person_id\" value=\""
                  << entry.person_id.text()
                  << "\"><button class=\"govuk-button govuk-button--secondary\" type=\"submit\">"
                  << say(tr("Remove")) << web::visually_hidden(" " + who + ", " + shift)
                  << "</button>";
            row.push_back(web::form(request, draft_url(page, "removed"), std::move(inner)));
        }
        table.rows.push_back(std::move(row));
    }
    return web::table(std::move(table));
}

std::vector<web::Choice> shift_choices(const Tongue& say, const DraftPage& page, Instant now) {
    std::vector<web::Choice> out{{"", say(tr("Choose a shift")), "", false}};
    const auto& planned = page.planned;
    const auto& zone = planned.about.zone;
    for (const auto& shift : planned.facts.shifts) {
        const auto day = day_after(planned.first, shift.day);
        const auto from = zone.instant(day, shift.from_minute);
        if (from <= now) continue;
        auto text = shift_said(say, zone, from, from + Minutes(shift.minutes), shift.name);
        if (std::ranges::count(planned.proposal.short_of, shift.shift_id) > 0) {
            text += ", " + say(tr("too few people"));
        }
        out.push_back({shift.shift_id.text(), std::move(text), "", false});
    }
    return out;
}

Html change_form(const web::Request& request, const DraftPage& page,
                 const web::FieldErrors& errors) {
    const Tongue& say = request.tongue;
    web::Field shift, person, what;
    shift.name = "shift_id";
    shift.label = say(tr("Shift"));
    shift.value = std::string(request.form.get("shift_id"));
    shift.errors = &errors;
    person.name = "person_id";
    person.label = say(tr("Who"));
    person.value = std::string(request.form.get("person_id"));
    person.errors = &errors;
    std::vector<web::Choice> people{{"", say(tr("Choose somebody")), "", false}};
    for (const auto& [id, label] : page.planned.about.labels) {
        people.push_back({id.text(), label, "", false});
    }
    std::sort(people.begin() + 1, people.end(),
              [](const auto& a, const auto& b) { return a.text < b.text; });
    what.name = "what";
    what.label = say(tr("What"));
    what.value = request.form.has("what") ? std::string(request.form.get("what")) : "on";
    what.errors = &errors;
    Html inner;
    inner << web::select(request, shift, shift_choices(say, page, request.now))
          << web::select(request, person, std::move(people))
          << web::radios(request, what,
                         {{"on", say(tr("comes on")), "", what.value == "on"},
                          {"off", say(tr("goes off")), "", what.value == "off"}},
                         true)
          << web::submit(say(tr("Add to the draft")), web::Weight::secondary);
    return web::form(request, draft_url(page, "people"), std::move(inner));
}

Html steps_of_draft(const web::Request& request, const DraftPage& page) {
    const Tongue& say = request.tongue;
    if (page.draft.state == DraftState::published) return {};
    if (page.draft.state == DraftState::thrown_away) {
        return web::button_form(request, draft_url(page, "open"), say(tr("Get it back")),
                                web::Weight::secondary);
    }
    Html out;
    if (!page.entries.empty()) {
        out << web::button_form(request, draft_url(page, "published"),
                                say(tr("Publish this draft")), web::Weight::primary,
                                {{"seen", page.ahead.harm()}});
    }
    return out << web::button_form(request, draft_url(page, "thrown-away"),
                                   say(tr("Throw it away")), web::Weight::secondary);
}

Html state_banner(const web::Request& request, const DraftPage& page) {
    const Tongue& say = request.tongue;
    if (page.draft.state == DraftState::thrown_away) {
        return web::banner(say, say(tr("This draft was thrown away. You can get it back.")));
    }
    if (page.draft.state == DraftState::published) {
        const auto left_out = std::ranges::count_if(page.entries, [](const DraftEntry& one) {
            return one.left_out_why.has_value();
        });
        auto text = say(tr("This draft was published. It is the rota now."));
        if (left_out > 0) {
            text += " " + say(trn("One entry was left out: something had changed since. It is "
                                  "named below.",
                                  "{count} entries were left out: something had changed since. "
                                  "They are named below.",
                                  static_cast<long>(left_out)));
        }
        return web::banner(say, text, left_out == 0);
    }
    if (request.query.get("done") != "kept") return {};
    return web::banner(say, say(tr("The draft is kept. Nobody is on a shift by it yet.")), true);
}

// When it was kept and ended, and by whom.
std::string life_of(const Tongue& say, const DraftPage& page, Instant now) {
    const auto& zone = page.planned.about.zone;
    auto kept = say(tr("kept {time}", {{"time", when_text(say, zone, page.draft.made_at, now)}}));
    if (!page.made_by.empty()) kept += " (" + page.made_by + ")";
    if (page.is_open() || !page.draft.ended_at) return kept;
    const auto ended = when_text(say, zone, *page.draft.ended_at, now);
    kept += ", " + (page.draft.state == DraftState::published
                        ? say(tr("published {time}", {{"time", ended}}))
                        : say(tr("thrown away {time}", {{"time", ended}})));
    if (!page.ended_by.empty()) kept += " (" + page.ended_by + ")";
    return kept;
}

web::Response draft_page(web::Request& request, const DraftPage& page,
                         const web::FieldErrors& errors, int status) {
    const Tongue& say = request.tongue;
    const auto& about = page.planned.about;
    web::PageOptions options;
    options.title = say(tr("{state}, {from} to {to}",
                           {{"state", say(words_of_state(page.draft.state))},
                            {"from", date_text(say, page.draft.first_on)},
                            {"to", date_text(say, day_after(page.draft.first_on,
                                                            page.draft.days - 1))}}));
    options.before_main = web::back_link(say, here(about, Url("/on-call/drafts")));
    Html main;
    main << web::error_summary(request, errors) << state_banner(request, page)
         << web::head_row(options.title)
         << web::hint_text(about.policy->say(say.tag()).short_name + ", " +
                           life_of(say, page, request.now));
    if (page.is_open()) {
        main << web::heading(2, say(tr("What it changes")), "m") << what_it_changes(say, page)
             << would_break_part(say, page) << steps_of_draft(request, page)
             << short_part(request, page.planned)
             << days_after_the_last_shift(say, page.planned)
             << web::heading(2, say(tr("The rota with this draft")), "m")
             << plan_calendar(request, page.planned)
             << web::hint_text(say(tr("A letter with + is new.")));
    }
    main << web::heading(2, say(tr("Who comes on and goes off")), "m")
         << entries_table(request, page);
    if (page.is_open()) {
        main << web::heading(2, say(tr("Change this draft")), "m")
             << change_form(request, page, errors);
    } else {
        main << steps_of_draft(request, page);
    }
    return web::page(request, std::move(options), std::move(main), status);
}

web::Response back_to_draft(web::Site& site, web::Request& request, const Result<Done>& done) {
    if (done) return web::see_other(Url("/on-call/drafts") / request.capture("id"));
    if (done.error().status == 404) return web::refused(request, done.error());
    const auto page = load_draft(site, request);
    if (!page) return web::not_found(request);
    web::FieldErrors errors;
    auto refusal = done.error();
    const bool has_field = page->is_open() && (refusal.field == "shift" || refusal.field == "day");
    if (has_field) refusal.field = "shift_id";
    else if (!refusal.field.empty()) refusal.field = page->is_open() ? "person_id" : "";
    web::add_refusal(errors, refusal);
    return draft_page(request, *page, errors, done.error().status);
}

std::optional<PutOn> entry_said(const web::Request& request) {
    const auto shift = ShiftId::parse(request.form.get("shift_id"));
    const auto person = PersonId::parse(request.form.get("person_id"));
    if (!shift || !person) return std::nullopt;
    return PutOn{*shift, *person};
}

web::Response change_draft(web::Site& site, web::Request& request) {
    const auto id = request.id<DraftId>("id");
    const auto page = load_draft(site, request);
    if (!id || !page) return web::not_found(request);
    const auto entry = entry_said(request);
    const auto what = request.form.get("what");
    if (!entry || (what != "on" && what != "off")) {
        web::FieldErrors errors;
        if (!ShiftId::parse(request.form.get("shift_id"))) {
            errors.push_back({"shift_id", tr("Choose a shift.")});
        }
        if (!PersonId::parse(request.form.get("person_id"))) {
            errors.push_back({"person_id", tr("Choose somebody.")});
        }
        if (what != "on" && what != "off") {
            errors.push_back({"what", tr("Choose one of the answers in the list")});
        }
        return draft_page(request, *page, errors, 422);
    }
    return back_to_draft(site, request,
                         add_to_draft(site.database, request.occasion(site.entropy), *id,
                                      what == "on" ? DraftWhat::on : DraftWhat::off, *entry));
}

web::Response remove_entry_form(web::Site& site, web::Request& request) {
    const auto id = request.id<DraftId>("id");
    const auto entry = entry_said(request);
    if (!id || !entry) return web::not_found(request);
    return back_to_draft(site, request,
                         remove_from_draft(site.database, request.occasion(site.entropy), *id,
                                           *entry));
}

web::Response publish_form(web::Site& site, web::Request& request) {
    const auto id = request.id<DraftId>("id");
    if (!id) return web::not_found(request);
    std::optional<std::string> seen;
    if (request.form.has("seen")) seen = request.form.get("seen");
    const auto done = publish_draft(site.database, request.occasion(site.entropy), *id, seen);
    if (!done) return back_to_draft(site, request, done.error());
    return back_to_draft(site, request, Done{});
}

}  // namespace

std::vector<web::Route> one_draft_routes(web::Site& site) {
    using enum web::Method;
    constexpr auto who = Permission::manage_peers;
    const auto on = [&site](web::Response (*handler)(web::Site&, web::Request&)) {
        return [&site, handler](web::Request& request) { return handler(site, request); };
    };
    std::vector<web::Route> out;
    out.emplace_back(get, "/on-call/drafts/{id}", who, [&site](web::Request& request) {
        const auto page = load_draft(site, request);
        return page ? draft_page(request, *page, {}, 200) : web::not_found(request);
    });
    out.emplace_back(post, "/on-call/drafts/{id}/people", who, on(change_draft));
    out.emplace_back(post, "/on-call/drafts/{id}/removed", who, on(remove_entry_form));
    out.emplace_back(post, "/on-call/drafts/{id}/published", who, on(publish_form));
    using Step = Result<Done> (*)(sql::Database&, const Occasion&, DraftId);
    const auto step = [&](std::string_view pattern, Step act) {
        out.emplace_back(post, pattern, who, [&site, act](web::Request& request) {
            const auto id = request.id<DraftId>("id");
            if (!id) return web::not_found(request);
            return back_to_draft(site, request,
                                 act(site.database, request.occasion(site.entropy), *id));
        });
    };
    step("/on-call/drafts/{id}/thrown-away", throw_draft_away);
    step("/on-call/drafts/{id}/open", get_draft_back);
    return out;
}

}  // namespace alongside::rota::pages
