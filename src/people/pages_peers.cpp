// Peers: each scheme's members with what is missing first, and adding one by number.
#include "base/dates.h"
#include "people/hall.h"
#include "people/refusals.h"

namespace alongside::people::pages {
namespace {

// A coordinator of one scheme sees that one alone.
bool may_see(const web::Request& request, const SchemeCode& scheme) {
    return !request.viewer.scheme || *request.viewer.scheme == scheme;
}

struct Line {
    MemberFacts member;
    std::vector<Gap> gaps;
    std::size_t blocking = 0;
};

std::vector<Line> lines_of(sql::Reader& db, const EstablishmentId& prison,
                           const SchemeNeeds& needs, Instant now) {
    std::vector<Line> out;
    for (auto& member : members(db, prison, needs.scheme, now)) {
        auto found = gaps(member, store::decisions(db, prison, member.member_id),
                          store::modules(db, prison, member.member_id), needs, now);
        const auto blocking =
            static_cast<std::size_t>(std::ranges::count_if(found, &Gap::is_blocking));
        out.push_back({std::move(member), std::move(found), blocking});
    }
    std::ranges::sort(out, {}, [](const Line& line) {
        const auto& label = line.member.label;
        return std::tuple(-static_cast<long>(line.blocking), label.size(), label);
    });
    return out;
}

Html gap_list(const Tongue& say, const Line& line) {
    Html out;
    if (line.blocking == 0) out << web::chip(say(tr("Ready")), web::Tone::ready);
    if (line.gaps.empty()) return out;
    out << "<ul class=\"govuk-list\">";
    for (const auto& gap : line.gaps) out << "<li>" << say(gap.words) << "</li>";
    out << "</ul>";
    return out;
}

Html scheme_part(sql::Reader& db, const web::Request& request, const SchemeNeeds& needs) {
    const Tongue& say = request.tongue;
    const auto lines = lines_of(db, request.viewer.establishment, needs, request.now);
    Html out = web::heading(2, needs.name, "m");
    if (lines.empty()) {
        out << web::empty_state(say(tr("Nobody belongs to this scheme yet. Add its first member "
                                       "below.")));
        return out;
    }
    web::Table table{.caption = needs.name, .caption_is_hidden = true,
                     .head = {say(tr("Peer")), say(tr("Wing")), say(tr("Languages")),
                              say(tr("Ready, or what is missing"))}};
    for (const auto& line : lines) {
        table.rows.push_back({web::link(line.member.label,
                                        Url("/peers") / line.member.member_id.text()),
                              Html() << line.member.wing,
                              Html() << language_names(line.member.languages),
                              gap_list(say, line)});
    }
    out << web::table(std::move(table));
    return out;
}

struct PeerTyped {
    std::string scheme;
    std::string number;
    std::string label;
    std::optional<Day> probation_until;
};
BOOST_DESCRIBE_STRUCT(PeerTyped, (), (scheme, number, label, probation_until))

web::Response peers_page(Hall& hall, const web::Request& request, const web::FieldErrors& errors,
                         int status) {
    const Tongue& say = request.tongue;
    const auto& prison = request.viewer.establishment;
    web::PageOptions options;
    options.title = say(tr("Peers"));
    Html main;
    main << web::error_summary(request, errors) << web::heading(1, options.title);
    std::vector<web::Choice> schemes;
    hall.site.database.read([&](sql::Reader& r) {
        for (const auto& needs : needs_of(r, prison, say.tag())) {
            if (!may_see(request, needs.scheme)) continue;
            schemes.push_back({needs.scheme.text(), needs.name, "",
                               request.form.get("scheme") == needs.scheme.text()});
            main << scheme_part(r, request, needs);
        }
        return 0;
    });
    if (schemes.empty()) {
        main << web::empty_state(say(tr("No scheme is open here yet. An administrator opens one "
                                        "on the Policy page.")));
        return web::page(request, std::move(options), std::move(main), status);
    }
    const auto typed = [&](std::string_view name) { return std::string(request.form.get(name)); };
    Html fields;
    fields << web::select(request, {.name = "scheme", .label = say(tr("Scheme")),
                                    .errors = &errors}, std::move(schemes))
           << web::text_input(request, {.name = "number", .label = say(tr("Prisoner number")),
                                        .value = typed("number"), .errors = &errors}, "text", 10)
           << web::text_input(request, {.name = "label", .label = say(tr("Name on the boards")),
                                        .hint = say(tr("A first name or “Peer 7”. Everybody at a "
                                                       "board sees it.")),
                                        .value = typed("label"), .errors = &errors}, "text", 20)
           << web::date_input(request, {.name = "probation_until",
                                        .label = say(tr("On probation until")),
                                        .hint = say(tr("Left empty, it is as long as the "
                                                       "scheme’s policy says. It can be ended on "
                                                       "the member’s page.")),
                                        .value = typed("probation_until"), .errors = &errors})
           << web::submit(say(tr("Add")));
    main << web::heading(2, say(tr("Add a member")), "m")
         << web::form(request, Url("/peers"), std::move(fields));
    return web::page(request, std::move(options), std::move(main), status);
}

// In the summary on top a sentence stands without its field, so it names it.
void name_field(const web::Request& request, web::FieldError& error) {
    if (!request.form.get(error.field).empty()) return;
    if (error.field == "scheme") error.sentence = tr("Choose the scheme.");
    if (error.field == "number") error.sentence = tr("Enter the prisoner number.");
    if (error.field == "label") error.sentence = tr("Enter the name on the boards.");
}

}  // namespace

web::Response peers(Hall& hall, web::Request& request) {
    return peers_page(hall, request, {}, 200);
}

web::Response add_peer(Hall& hall, web::Request& request) {
    auto typed = web::from_form<PeerTyped>(request);
    if (!typed.value) {
        for (auto& error : typed.errors) name_field(request, error);
        return peers_page(hall, request, typed.errors, 422);
    }
    const auto refused = [&](const Refusal& why) {
        web::add_refusal(typed.errors, why);
        return peers_page(hall, request, typed.errors, why.status);
    };
    const auto& prison = request.viewer.establishment;
    const auto scheme = SchemeCode::parse(typed.value->scheme);
    const auto [person, zone, days] = hall.site.database.read([&](sql::Reader& r) {
        const auto needs = needs_of(r, prison, "en");
        const auto of = scheme && may_see(request, *scheme)
                            ? std::ranges::find(needs, *scheme, &SchemeNeeds::scheme)
                            : needs.end();
        return std::tuple(find_by_number(r, typed.value->number), zone_of(r, prison),
                          of == needs.end() ? std::nullopt : std::optional(of->probation_days));
    });
    if (!days) return refused(refusal(MemberRefused::unknown_scheme));
    if (!person) return refused(refusal(Refused::unknown_number));
    std::optional<Instant> until;
    if (typed.value->probation_until) {
        until = end_of(zone, *typed.value->probation_until);
    } else if (*days > 0) {
        until = end_of(zone, Day{std::chrono::sys_days(zone.local(request.now).day) +
                                 std::chrono::days(*days)});
    }
    const MemberId id(request.id_to_make(hall.site.entropy));
    const auto done = join(hall.site.database, hall.occasion(request), id, *person, *scheme,
                           typed.value->label, until);
    if (!done) return refused(done.error());
    return web::see_other(Url("/peers") / id.text());
}

}  // namespace alongside::people::pages
