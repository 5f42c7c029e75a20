// The contact sheet: one page of taps, with only what the scheme keeps.
#include <algorithm>

#include "dispatch/pages.h"

namespace alongside::dispatch {
namespace {


struct SheetHere {
    views::SheetOwed sheet;
    std::shared_ptr<const schemes::Policy> policy;
    views::House house;
};

std::optional<SheetHere> sheet_here(const Room& room, const web::Request& request) {
    const auto id = request.id<SessionId>("id");
    if (!id || !request.viewer.person) return std::nullopt;
    return room.site.database.read([&](sql::Reader& reader) -> std::optional<SheetHere> {
        const auto& prison = request.viewer.establishment;
        auto sheet = views::sheet_for(reader, prison, *request.viewer.person, *id);
        if (!sheet) return std::nullopt;
        auto policy = schemes::policy(reader, prison, sheet->scheme);
        if (!policy) return std::nullopt;
        return SheetHere{std::move(*sheet), std::move(policy),
                    views::house(reader, prison, request.now)};
    });
}

std::vector<web::Choice> coded(const Tongue& say, const std::vector<schemes::CodedWord>& words) {
    std::vector<web::Choice> out;
    for (const auto& word : words) {
        out.push_back({word.code, schemes::in_language(word.name, say.tag()), "", false});
    }
    return out;
}

std::vector<web::Choice> onward_choices(const Tongue& say) {
    return {{"", say(tr("Nowhere, or they would rather not")), "", true},
            {"HEALTHCARE", say(tr("Healthcare")), "", false},
            {"MENTAL_HEALTH", say(tr("Mental health")), "", false},
            {"CHAPLAINCY", say(tr("Chaplaincy")), "", false},
            {"STAFF", say(tr("Wing staff")), "", false},
            {"OTHER", say(tr("Somebody else")), "", false}};
}

Html fields(const web::Request& request, const SheetHere& here, const web::FieldErrors& errors) {
    const Tongue& say = request.tongue;
    using schemes::SheetField;
    const auto field = [&](const char* name, const std::string& label, std::string hint = {}) {
        return web::Field{.name = name, .label = label, .hint = std::move(hint),
                          .value = std::string(request.form.get(name)), .errors = &errors};
    };
    Html out;
    if (here.policy->keeps(SheetField::is_private)) {
        out << web::radios(request, field("private", say(tr("Were you private?"))),
                           {{"yes", say(tr("Yes")), "", request.form.get("private").empty()},
                            {"no", say(tr("No")), "", false}},
                           true);
    }
    if (here.policy->keeps(SheetField::topic)) {
        out << web::radios(request, field("topic", say(tr("What it was about, roughly"))),
                           coded(say, here.policy->topics));
    }
    if (here.policy->keeps(SheetField::distress)) {
        out << web::radios(request, field("distress", say(tr("How bad was it for them?"))),
                           {{"0", say(tr("Calm")), "", false},
                            {"1", say(tr("Uneasy")), "", false},
                            {"2", say(tr("In distress")), "", false},
                            {"3", say(tr("In great distress")), "", false}},
                           true);
    }
    if (here.policy->keeps(SheetField::outcome)) {
        out << web::radios(request, field("outcome", say(tr("How it ended"))),
                           coded(say, here.policy->outcomes));
    }
    if (here.policy->keeps(SheetField::onward)) {
        out << web::radios(request, field("onward", say(tr("Passed on to")),
                                          say(tr("Only if they said you may."))),
                           onward_choices(say));
    }
    if (here.policy->keeps(SheetField::debrief_wanted)) {
        out << web::checkboxes(request, field("debrief", say(tr("For you"))),
                               {{"yes", say(tr("I would like a debrief")), "",
                                 request.form.get("debrief") == "yes"}});
    }
    return out;
}

web::Response show(web::Request& request, const SheetHere& here, const web::FieldErrors& errors) {
    const Tongue& say = request.tongue;
    Html inner;
    inner << fields(request, here, errors) << web::submit(say(tr("Done")), web::Weight::big);
    web::PageOptions options{.title = say(tr("My sheet"))};
    options.is_wide = false;
    options.before_main = web::back_link(say, Url("/me"));
    Html main;
    main << web::error_summary(request, errors) << web::head_row(say(tr("My sheet")))
         << web::paragraph(say(tr("{scheme}, {from} to {to}. Tap what fits; leave the rest.",
                                  {{"scheme", here.policy->say(say.tag()).short_name},
                                   {"from", when_text(say, here.house.zone, here.sheet.arrived_at,
                                                      here.house.now)},
                                   {"to", here.house.clock(here.sheet.departed_at)}})))
         << web::form(request, Url("/sheets") / here.sheet.session_id.text(), std::move(inner))
         << web::hint_text(say(tr("No names, and nothing of what was said.")));
    return web::page(request, options, std::move(main), errors.empty() ? 200 : 422);
}

std::optional<std::string> said(const web::Request& request, std::string_view name) {
    const auto text = request.form.get(name);
    return text.empty() ? std::nullopt : std::optional<std::string>(text);
}

}  // namespace

web::Response sheet_page(const Room& room, web::Request& request) {
    const auto here = sheet_here(room, request);
    if (!here) return web::not_found(request);
    return show(request, *here, {});
}

web::Response sheet_post(const Room& room, web::Request& request) {
    const auto here = sheet_here(room, request);
    if (!here) return web::not_found(request);
    Sheet sheet{.session_id = here->sheet.session_id, .person_id = *request.viewer.person,
                .was_private = request.form.get("private") != "no",
                .topic = said(request, "topic"), .outcome = said(request, "outcome"),
                .onward = said(request, "onward"), .distress = {},
                .wants_debrief = request.form.get("debrief") == "yes"};
    web::FieldErrors errors;
    if (const auto distress = said(request, "distress")) {
        int level = 0;
        Words problem;
        if (web::read_field(*distress, level, problem)) sheet.distress = level;
        else errors.push_back({"distress", problem});
    }
    if (!errors.empty()) return show(request, *here, errors);
    Desk desk = room.desk();
    const auto result = fill_sheet(desk, request.occasion(room.site.entropy), sheet);
    if (!result) {
        web::add_refusal(errors, result.error());
        return show(request, *here, errors);
    }
    return web::see_other(Url("/me"));
}

}  // namespace alongside::dispatch
