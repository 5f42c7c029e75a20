// One member's page: what is missing first, and every change a small form.
#include "access/access.h"
#include "base/dates.h"
#include "people/hall.h"
#include "people/refusals.h"

namespace alongside::people::pages {
namespace {

struct Seen {
    store::Member member;
    MemberFacts facts;
    std::optional<Name> name;
    std::vector<store::Decision> decisions;
    std::vector<store::Module> modules;
    std::optional<store::Suspension> suspension;
    std::string suspended_by;
    SchemeNeeds needs;
    Zone zone;
};

std::optional<Seen> seen(Hall& hall, const web::Request& request) {
    const auto id = request.id<MemberId>("id");
    if (!id) return std::nullopt;
    const auto& prison = request.viewer.establishment;
    return hall.site.database.read([&](sql::Reader& r) -> std::optional<Seen> {
        const auto member = store::member(r, prison, *id);
        if (!member || member->left_at) return std::nullopt;
        if (request.viewer.scheme && *request.viewer.scheme != member->scheme) return std::nullopt;
        const auto all = scheme_facts(r, prison, member->scheme);
        const auto found = std::ranges::find_if(
            all->members, [&](const auto& one) { return one->facts.member_id == *id; });
        if (found == all->members.end()) return std::nullopt;
        SchemeNeeds needs{.scheme = member->scheme, .name = member->scheme.text()};
        for (auto& one : needs_of(r, prison, request.tongue.tag())) {
            if (one.scheme == member->scheme) needs = std::move(one);
        }
        const auto suspension = store::open_suspension(r, prison, *id);
        const auto by = suspension ? access::name_of(r, prison, suspension->by_actor) : "";
        return Seen{*member, (*found)->facts, name_of(r, member->person_id),
                    store::decisions(r, prison, *id), store::modules(r, prison, *id),
                    suspension, by, std::move(needs), zone_of(r, prison)};
    });
}

Words words_of_reason(std::string_view reason) {
    if (reason == "SECURITY") return tr("Security");
    if (reason == "CONDUCT") return tr("Conduct");
    if (reason == "CONFIDENTIALITY") return tr("Confidentiality");
    if (reason == "BOUNDARY") return tr("Boundaries");
    if (reason == "HEALTH") return tr("Health");
    if (reason == "INVESTIGATION") return tr("While something is looked into");
    if (reason == "COMPLETED") return tr("Completed");
    if (reason == "WITHDRAWN_OWN") return tr("Their own wish");
    if (reason == "WITHDRAWN_STAFF") return tr("Withdrawn by staff");
    if (reason == "DISMISSED") return tr("Dismissed");
    return tr("Other");
}

std::vector<web::Choice> reason_choices(const Tongue& say,
                                        std::initializer_list<const char*> reasons) {
    std::vector<web::Choice> out;
    for (const char* reason : reasons) out.push_back({reason, say(words_of_reason(reason))});
    return out;
}

// What is drawn on the page, with the form that was refused, if one was.
struct Drawing {
    const web::Request& request;
    const Seen& seen;
    const web::FieldErrors& errors;
    std::string refused_fact;

    const Tongue& say() const { return request.tongue; }
    Url at(std::string_view fact) const {
        return Url("/peers") / seen.member.member_id.text() / fact;
    }
    const web::FieldErrors* errors_of(std::string_view fact) const {
        static const web::FieldErrors none;
        return fact == refused_fact ? &errors : &none;
    }
    // Several forms of this page ask "until": each field is named after its form as well.
    web::Field field(std::string_view fact, std::string name, const Words& label,
                     const Words& hint = {}, std::string value = {}) const {
        name = std::string(fact) + "." + name;
        if (fact == refused_fact) value = request.form.get(name);
        return {.name = std::move(name), .label = say()(label),
                .hint = hint.empty() ? std::string() : say()(hint), .value = std::move(value),
                .errors = errors_of(fact)};
    }
    // As a date field wants it, and as people read it.
    std::string read_day(const std::optional<Instant>& until) const {
        return until ? date_text(say(), seen.zone.local(*until - Millis(1)).day) : std::string();
    }
    std::string day(const std::optional<Instant>& until) const {
        return until ? iso_day(seen.zone.local(*until - Millis(1)).day) : std::string();
    }
};

Html compact_part(const Drawing& d) {
    const auto& version = d.seen.facts.compact_version;
    Html out = web::heading(2, d.say()(tr("Compact")), "m");
    if (!version.empty()) {
        out << web::paragraph(d.say()(tr("Version {version} is in force.",
                                         {{"version", version}})))
            << web::button_form(d.request, d.at("compact-end"), d.say()(tr("End it")),
                                web::Weight::secondary);
    }
    if (version.empty() || version != d.seen.needs.compact_version) {
        out << web::form(d.request, d.at("compact"),
                         Html() << web::text_input(
                                       d.request,
                                       d.field("compact", "version", tr("Version signed"), {},
                                               d.seen.needs.compact_version),
                                       "text", 10)
                                << web::submit(d.say()(tr("They signed it")),
                                               web::Weight::secondary));
    }
    return out;
}

// Until when the record counts; beside it, behind a second press, the way back.
Html module_row(const Drawing& d, const store::Module& done, const SchemeNeeds::Module& module) {
    const auto until = ends_at(done, module);
    Html out = Html() << date_text(d.say(), d.seen.zone.local(done.done_at).day);
    if (until && *until <= d.request.now) {
        out << ", " << web::chip(d.say()(tr("out of date")), web::Tone::gap);
    } else if (until) {
        out << ", " << d.say()(tr("until {day}", {{"day", d.read_day(until)}}));
    }
    return out << web::details(
               d.say()(tr("Recorded by mistake?")),
               web::button_form(d.request, d.at("module-undone"), d.say()(tr("Take it back")),
                                web::Weight::secondary,
                                {{"module", done.module},
                                 {"done_at", std::to_string(epoch_ms(done.done_at))}}));
}

// One row each time that one was done, the latest first.
Html modules_done(const Drawing& d) {
    std::vector<web::Pair> pairs;
    for (const auto& done : d.seen.modules) {
        const auto named = std::ranges::find(d.seen.needs.modules, done.module,
                                             &SchemeNeeds::Module::module);
        const bool is_known = named != d.seen.needs.modules.end();
        pairs.push_back({is_known ? named->name : done.module,
                         module_row(d, done, is_known ? *named : SchemeNeeds::Module{}), {}});
    }
    return pairs.empty() ? Html() : web::summary_list(std::move(pairs));
}

Html modules_part(const Drawing& d) {
    Html out = web::heading(2, d.say()(tr("Training")), "m");
    out << modules_done(d);
    const auto field = d.field("module", "module", tr("Module done"));
    std::vector<web::Choice> choices;
    for (const auto& module : d.seen.needs.modules) {
        const std::string how_long =
            module.valid_months
                ? d.say()(trn("{name}: good for {count} month", "{name}: good for {count} months",
                              *module.valid_months, {{"name", module.name}}))
                : module.name;
        choices.push_back({module.module, how_long, "", field.value == module.module});
    }
    const auto today = iso_day(d.seen.zone.local(d.request.now).day);
    return out << web::form(
               d.request, d.at("module"),
               Html() << (choices.empty() ? web::text_input(d.request, field, "text", 20)
                                          : web::select(d.request, field, std::move(choices)))
                      << web::date_input(d.request,
                                         d.field("module", "done_on", tr("Done on"),
                                                 tr("Record it each time, also a refresher."),
                                                 today))
                      << web::date_input(d.request,
                                         d.field("module", "until", tr("Valid until"),
                                                 tr("Leave empty: for as long as the policy "
                                                    "says.")))
                      << web::submit(d.say()(tr("Record it")), web::Weight::secondary));
}

Html about_part(const Drawing& d) {
    Html out = web::heading(2, d.say()(tr("Probation and languages")), "m");
    out << web::form(d.request, d.at("probation"),
                     Html() << web::date_input(d.request,
                                               d.field("probation", "until",
                                                       tr("On probation until"),
                                                       tr("Leave empty if there is none."),
                                                       d.day(d.seen.facts.probation_until)))
                            << web::submit(d.say()(tr("Save the date")), web::Weight::secondary))
        << web::form(d.request, d.at("languages"),
                     Html() << web::text_input(d.request,
                                               d.field("languages", "languages",
                                                       tr("Languages"),
                                                       tr("Codes with a space between, such as "
                                                          "en fr-CA."),
                                                       d.seen.facts.languages),
                                               "text", 20)
                            << web::submit(d.say()(tr("Save the languages")),
                                           web::Weight::secondary));
    return out;
}

std::string decided_by(const Drawing& d) {
    return d.seen.suspended_by.empty() ? d.say()(tr("The program, by itself"))
                                       : d.seen.suspended_by;
}

// Which units security has cleared the member for, and until when; not why.
Html clearance_part(const Drawing& d) {
    Html out = web::heading(2, d.say()(tr("Clearance")), "m");
    std::vector<web::Pair> pairs;
    for (const auto& one : d.seen.decisions) {
        const auto unit = std::ranges::find(d.seen.needs.units, one.unit, &Unit::unit);
        const bool is_over = one.until_at && *one.until_at <= d.request.now;
        Html value = Html() << d.say()(is_over          ? tr("ran out")
                                       : one.is_cleared ? tr("cleared")
                                                        : tr("not cleared"));
        if (one.until_at && one.is_cleared) {
            value << ", " << d.say()(tr("until {day}", {{"day", d.read_day(one.until_at)}}));
        }
        pairs.push_back({unit == d.seen.needs.units.end() ? one.unit : unit->name,
                         std::move(value), {}});
    }
    if (pairs.empty()) return out << web::paragraph(d.say()(tr("Security has not decided yet.")));
    return out << web::summary_list(std::move(pairs));
}

Html suspension_part(const Drawing& d) {
    Html out = web::heading(2, d.say()(tr("Suspension")), "m");
    if (!d.seen.suspension) {
        out << web::form(d.request, d.at("suspension"),
                         Html() << web::select(d.request,
                                               d.field("suspension", "reason", tr("Reason")),
                                               reason_choices(d.say(),
                                                              {"SECURITY", "CONDUCT",
                                                               "CONFIDENTIALITY", "BOUNDARY",
                                                               "HEALTH", "INVESTIGATION",
                                                               "OTHER"}))
                                << web::date_input(d.request,
                                                   d.field("suspension", "review_on",
                                                           tr("Reviewed on")))
                                << web::submit(d.say()(tr("Suspend at once")),
                                               web::Weight::warning));
        return out;
    }
    const auto& s = *d.seen.suspension;
    const Day from = d.seen.zone.local(s.from_at).day;
    out << web::paragraph(d.say()(tr("Suspended since {from}. Review on {review}.",
                                     {{"from", date_text(d.say(), from)},
                                      {"review", date_text(d.say(), s.review_on)}})))
        << web::summary_list({{d.say()(tr("Reason")), Html() << d.say()(words_of_reason(s.reason)),
                               {}},
                              {d.say()(tr("Decided by")), Html() << decided_by(d), {}}});
    if (!s.appealed_at) {
        out << web::button_form(d.request, d.at("appeal"), d.say()(tr("They appeal")),
                                web::Weight::secondary);
    } else {
        out << web::paragraph(d.say()(tr("They appealed.")))
            << web::button_form(d.request, d.at("appeal-decision"),
                                d.say()(tr("Uphold the appeal")), web::Weight::secondary,
                                {{"is_upheld", "yes"}})
            << web::button_form(d.request, d.at("appeal-decision"),
                                d.say()(tr("Dismiss the appeal")), web::Weight::secondary,
                                {{"is_upheld", "no"}});
    }
    out << web::button_form(d.request, d.at("suspension-end"), d.say()(tr("End the suspension")));
    return out;
}

Html leaving_part(const Drawing& d) {
    Html fields;
    fields << web::select(d.request, d.field("leaving", "reason", tr("Reason")),
                          reason_choices(d.say(), {"COMPLETED", "WITHDRAWN_OWN", "WITHDRAWN_STAFF",
                                                   "DISMISSED", "HEALTH", "SECURITY"}))
           << web::submit(d.say()(tr("They leave the scheme")), web::Weight::warning);
    return web::details(d.say()(tr("Leaving the scheme")),
                        web::form(d.request, d.at("leaving"), std::move(fields)));
}

web::Response page_of(const web::Request& request, const Seen& seen,
                      const web::FieldErrors& errors, std::string refused_fact, int status) {
    const Tongue& say = request.tongue;
    const Drawing d{request, seen, errors, std::move(refused_fact)};
    web::PageOptions options;
    options.title = seen.member.label + ", " + seen.needs.name;
    options.is_wide = false;
    options.before_main = web::back_link(say, Url("/peers"));
    Html main;
    if (request.query.get("done") == "yes") {
        main << web::banner(say, say(tr("It is saved.")), true);
    }
    main << web::error_summary(request, errors) << web::heading(1, options.title);
    if (seen.name) {
        main << web::paragraph(seen.name->number + " " + seen.name->given_names + " " +
                               seen.name->family_name);
    }
    const auto missing = gaps(seen.facts, seen.decisions, seen.modules, seen.needs, request.now);
    if (std::ranges::none_of(missing, &Gap::is_blocking)) {
        main << "<p class=\"govuk-body\">" << web::chip(say(tr("Ready")), web::Tone::ready)
             << "</p>";
    }
    if (!missing.empty()) {
        Html list = Html() << "<ul class=\"govuk-list govuk-list--bullet\">";
        for (const auto& gap : missing) list << "<li>" << say(gap.words) << "</li>";
        list << "</ul>";
        const bool is_ready = std::ranges::none_of(missing, &Gap::is_blocking);
        main << web::note(is_ready ? say(tr("What else is open"))
                                   : say(tr("What is missing")), std::move(list));
    }
    main << compact_part(d) << modules_part(d) << clearance_part(d) << about_part(d)
         << suspension_part(d) << leaving_part(d);
    return web::page(request, std::move(options), std::move(main), status);
}

struct FactTyped {
    std::optional<std::string> version, module, languages, reason;
    std::optional<Day> until, review_on, done_on;
    std::optional<std::int64_t> done_at;
    bool is_upheld = false;
};
BOOST_DESCRIBE_STRUCT(FactTyped, (), (version, module, languages, reason, until, review_on, done_on,
                                  done_at, is_upheld))

// Nothing where there is no such fact.
std::optional<Result<Done>> change(Hall& hall, const web::Request& request, const Seen& seen,
                                   const FactTyped& typed) {
    auto& db = hall.site.database;
    const auto occasion = hall.occasion(request);
    const auto id = seen.member.member_id;
    const auto fact = request.capture("fact");
    const auto until = typed.until ? std::optional(end_of(seen.zone, *typed.until)) : std::nullopt;
    const auto reason = typed.reason.value_or("");
    if (fact == "compact") return sign_compact(db, occasion, id, typed.version.value_or(""));
    if (fact == "compact-end") return end_compact(db, occasion, id);
    if (fact == "module") {
        return record_module(db, occasion, id, typed.module.value_or(""), until, typed.done_on);
    }
    if (fact == "module-undone") {
        return undo_module(db, occasion, id, typed.module.value_or(""),
                           from_epoch_ms(typed.done_at.value_or(0)));
    }
    if (fact == "probation") return set_probation(db, occasion, id, until);
    if (fact == "languages") {
        return set_languages(db, occasion, seen.member.person_id, typed.languages.value_or(""));
    }
    if (fact == "suspension") {
        if (!typed.review_on) return Result<Done>(refusal(MemberRefused::review_in_past));
        return suspend(db, occasion, id, request.id_to_make(hall.site.entropy), reason,
                       *typed.review_on);
    }
    if (fact == "suspension-end") return end_suspension(db, occasion, id);
    if (fact == "appeal") return appeal_suspension(db, occasion, id);
    if (fact == "appeal-decision") return decide_appeal(db, occasion, id, typed.is_upheld);
    if (fact == "leaving") return leave_scheme(db, occasion, id, reason);
    return std::nullopt;
}

// Somebody who has left is told of, and no longer changed; anybody else isn't there.
web::Response not_here(Hall& hall, const web::Request& request) {
    const Tongue& say = request.tongue;
    const auto& prison = request.viewer.establishment;
    const auto id = request.id<MemberId>("id");
    if (!id) return web::not_found(request);
    const auto [member, zone] = hall.site.database.read([&](sql::Reader& r) {
        return std::pair(store::member(r, prison, *id), zone_of(r, prison));
    });
    const bool is_theirs = member && (!request.viewer.scheme ||
                                      *request.viewer.scheme == member->scheme);
    if (!is_theirs || !member->left_at) return web::not_found(request);
    const bool is_form = request.method == web::Method::post;
    web::PageOptions options;
    options.title = member->label;
    options.is_wide = false;
    options.before_main = web::back_link(say, Url("/peers"));
    Html main = web::heading(1, options.title);
    main << web::paragraph(say(tr("They left the scheme on {day}.",
                                  {{"day", date_text(say, zone.local(*member->left_at).day)}})));
    if (is_form) main << web::paragraph(say(tr("Nothing was changed.")));
    return web::page(request, std::move(options), std::move(main), is_form ? 409 : 200);
}

}  // namespace

web::Response peer(Hall& hall, web::Request& request) {
    const auto member = seen(hall, request);
    if (!member) return not_here(hall, request);
    return page_of(request, *member, {}, "", 200);
}

web::Response change_peer(Hall& hall, web::Request& request) {
    const auto member = seen(hall, request);
    if (!member) return not_here(hall, request);
    const std::string fact(request.capture("fact"));
    const std::string prefix = fact + ".";
    const auto sent = request.form.list();
    for (const auto& [name, value] : sent) {
        if (name.starts_with(prefix)) request.form.add(name.substr(prefix.size()), value);
    }
    auto typed = web::from_form<FactTyped>(request);
    const auto refused = [&](int status) {
        for (auto& error : typed.errors) {
            if (!error.field.empty()) error.field = prefix + error.field;
        }
        return page_of(request, *member, typed.errors, fact, status);
    };
    if (!typed.value) return refused(422);
    const auto done = change(hall, request, *member, *typed.value);
    if (!done) return web::not_found(request);
    if (!*done) {
        web::add_refusal(typed.errors, done->error());
        return refused(done->error().status);
    }
    if (fact == "leaving") return web::see_other(Url("/peers"));
    return web::see_other((Url("/peers") / member->member.member_id.text()).with("done", "yes"));
}

}  // namespace alongside::people::pages
