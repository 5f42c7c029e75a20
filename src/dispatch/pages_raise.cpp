// An officer raises a request for somebody who said yes: the cell, a press for the scheme and,
// where several live there, a press for which of them.
#include <algorithm>

#include "base/languages.h"
#include "dispatch/cell.h"
#include "dispatch/refusals.h"

namespace alongside::dispatch {
namespace {


// What was typed, as it was typed, so that a form that doesn't fit is shown again whole.
struct Typed {
    std::string cell, scheme, ago, asked_by, who, language, sex, urgent;
};

Typed typed(const web::Request& request) {
    const auto& form = request.form;
    const auto get = [&](std::string_view name) { return std::string(form.get(name)); };
    return {get("cell"), get("scheme"), get("ago"), get("asked_by"), get("who"), get("language"),
            get("sex"), get("urgent")};
}

// Those that residents may ask now.
std::vector<const views::SchemeNow*> askable(const std::vector<views::SchemeNow>& all) {
    std::vector<const views::SchemeNow*> out;
    for (const auto& scheme : all) {
        if (scheme.is_running && scheme.policy->residents_ask) out.push_back(&scheme);
    }
    return out;
}

// One press says the answer and sends the form.
Html answer(Markup name, const std::string& value, const std::string& text) {
    return Html() << "<button type=\"submit\" class=\"govuk-button al-button\" "
                     "data-module=\"govuk-button\" data-prevent-double-click=\"true\" name=\""
                  << name << "\" value=\"" << value << "\">" << text << "</button>";
}

// One button a scheme: which of them is asked is never left to the alphabet, nor to the return
// key, which presses the first button of a form.
Html send_buttons(const Tongue& say, const std::vector<const views::SchemeNow*>& schemes) {
    if (schemes.size() == 1) {
        return answer("scheme", schemes.front()->scheme.text(),
                      say(tr("They say yes: send the request")));
    }
    Html out;
    out << "<button type=\"submit\" class=\"govuk-visually-hidden\" tabindex=\"-1\" "
           "aria-hidden=\"true\"></button><div class=\"govuk-button-group\">";
    for (const auto* scheme : schemes) {
        out << answer("scheme", scheme->scheme.text(),
                      say(tr("They say yes: ask {scheme}",
                             {{"scheme", scheme->policy->say(say.tag()).short_name}})));
    }
    return out << "</div>";
}

void mark_chosen(std::vector<web::Choice>& choices, std::string_view value) {
    if (value.empty()) return;
    for (auto& choice : choices) choice.is_chosen = choice.value == value;
}

std::vector<web::Choice> ago_choices(const Tongue& say, const std::string& value) {
    std::vector<web::Choice> out{{"0", say(tr("Just now")), "", true}};
    for (const int minutes : {5, 10, 20}) {
        out.push_back({std::to_string(minutes),
                       say(trn("A minute ago", "{count} minutes ago", minutes)), "", false});
    }
    mark_chosen(out, value);
    return out;
}

std::vector<web::Choice> asked_by_choices(const Tongue& say, const std::string& value) {
    std::vector<web::Choice> out{
        {"the_person", say(tr("They asked: the bell, or in passing")), "", true},
        {"staff_with_yes", say(tr("I offered it, and they said yes")), "", false}};
    mark_chosen(out, value);
    return out;
}

Html wishes(const web::Request& request, const Typed& said, const web::FieldErrors& errors) {
    const Tongue& say = request.tongue;
    std::vector<web::Choice> tongues{{"", say(tr("Any language")), "", said.language.empty()}};
    for (const auto& language : spoken_languages()) {
        tongues.push_back({std::string(language.tag), std::string(language.name), "",
                           said.language == language.tag});
    }
    std::vector<web::Choice> sexes{{"", say(tr("No matter")), "", said.sex.empty()},
                              {"female", say(tr("A woman")), "", said.sex == "female"},
                              {"male", say(tr("A man")), "", said.sex == "male"}};
    Html inner;
    inner << web::select(request, {.name = "language", .label = say(tr("Language")),
                                   .errors = &errors}, tongues)
          << web::select(request, {.name = "sex", .label = say(tr("Who should come")),
                                   .errors = &errors}, sexes)
          << web::checkboxes(request, {.name = "urgent", .label = say(tr("How urgent")),
                                       .errors = &errors},
                             {{"yes", say(tr("Urgent: ask several peers at once")), "",
                               said.urgent == "yes"}});
    const bool is_wrong = std::ranges::any_of(errors, [](const web::FieldError& error) {
        return error.field == "language" || error.field == "sex" || error.field == "urgent";
    });
    if (is_wrong) return inner;
    return web::details(say(tr("What they wish, if they said so")), std::move(inner));
}

struct Shown {
    std::vector<views::SchemeNow> schemes;
    std::vector<people::Name> names;         // of a cell with several people
};

// Everything said so far, for the question that is left.
Html said_before(const Typed& said, bool with_scheme) {
    Html out;
    const auto add = [&](Markup name, const std::string& value) {
        out << "<input type=\"hidden\" name=\"" << name << "\" value=\"" << value << "\">";
    };
    add("cell", said.cell);
    add("ago", said.ago);
    add("asked_by", said.asked_by);
    add("language", said.language);
    add("sex", said.sex);
    if (with_scheme) add("scheme", said.scheme);
    if (!said.urgent.empty()) add("urgent", said.urgent);
    return out;
}

// One question, one press an answer.
web::Response one_more(web::Request& request, const std::string& question, Html answers) {
    const Tongue& say = request.tongue;
    web::PageOptions options{.title = say(tr("Raise a request"))};
    options.is_wide = false;
    options.before_main = web::back_link(say, Url("/board"));
    return web::page(request, options,
                     Html() << web::head_row(question)
                            << web::form(request, Url("/board/raise"), std::move(answers)));
}

web::Response which_of_them(web::Request& request, const Typed& said,
                            const std::vector<people::Name>& names) {
    const Tongue& say = request.tongue;
    Html inner = said_before(said, true);
    inner << "<div class=\"govuk-button-group\">";
    for (const auto& name : names) {
        inner << answer("who", name.person_id.text(),
                        name.given_names + " " + name.family_name + " · " + name.number);
    }
    inner << "</div>";
    return one_more(request,
                    names.size() == 2 ? say(tr("Which of the two would like to talk?"))
                                      : say(tr("Which of them would like to talk?")),
                    std::move(inner));
}

web::Response which_scheme(web::Request& request, const Typed& said, const Shown& shown) {
    const Tongue& say = request.tongue;
    return one_more(request, say(tr("Who should be asked?")),
                    Html() << said_before(said, false)
                           << send_buttons(say, askable(shown.schemes)));
}

web::Response show(web::Request& request, const Typed& said, const Shown& shown,
                   const web::FieldErrors& errors) {
    const Tongue& say = request.tongue;
    const auto schemes = askable(shown.schemes);
    web::PageOptions options{.title = say(tr("Raise a request"))};
    options.is_wide = false;
    options.before_main = web::back_link(say, Url("/board"));
    Html main;
    main << web::error_summary(request, errors)
         << web::head_row(say(tr("Who would like to talk to somebody?")));
    if (schemes.empty()) {
        main << web::empty_state(say(tr("No scheme can be asked now. Offer the helpline, or a talk "
                                        "with staff.")));
        return web::page(request, options, std::move(main));
    }
    const std::string wing_hint =
        request.viewer.wing.empty()
            ? say(tr("For example B-2-014"))
            : say(tr("For example 2-014 on {wing} wing", {{"wing", request.viewer.wing}}));
    Html inner;
    inner << web::text_input(request, {.name = "cell", .label = say(tr("Cell")),
                                       .hint = wing_hint, .value = said.cell, .errors = &errors},
                             "text", 10)
          << web::radios(request, {.name = "ago", .label = say(tr("When did they ask?")),
                                   .hint = say(tr("The wait counts from then.")),
                                   .errors = &errors},
                         ago_choices(say, said.ago), true)
          << web::radios(request, {.name = "asked_by", .label = say(tr("How it came about")),
                                   .errors = &errors},
                         asked_by_choices(say, said.asked_by))
          << wishes(request, said, errors)
          << web::inset(web::paragraph(
                 say(tr("Don’t ask why. Send it only if the person says yes."))))
          << send_buttons(say, schemes);
    main << web::form(request, Url("/board/raise"), std::move(inner))
         << web::paragraph(say(tr("If they say no, nothing is kept.")));
    return web::page(request, options, std::move(main), errors.empty() ? 200 : 422);
}

// Who lives there, and which of them it is; errors beside their fields. Nothing and no error:
// which of them is still to be asked.
std::optional<PersonId> person_in(sql::Reader& reader, const web::Request& request,
                                  const Typed& said, const CellSaid& cell, Shown& shown,
                                  web::FieldErrors& errors) {
    const auto& viewer = request.viewer;
    if (said.cell.empty()) {
        errors.push_back({"cell", tr("Enter the cell.")});
    } else if (cell.fits_several) {
        errors.push_back({"cell", tr("That fits more than one cell. Write it as on the door, like "
                                     "B-2-014.")});
    } else if (cell.place.empty() || !viewer.sees_wing(cell.place.wing())) {
        errors.push_back({"cell", tr("There is no such cell on your wing. Check the number on the "
                                     "door.")});
    } else if (cell.occupants.empty()) {
        errors.push_back({"cell", tr("The roll says that nobody lives in that cell. If somebody "
                                     "does, tell the coordinator, and offer the helpline.")});
    } else if (cell.occupants.size() == 1) {
        return cell.occupants.front();
    } else {
        for (const auto& id : cell.occupants) {
            if (auto name = people::name_of(reader, id)) shown.names.push_back(*name);
            if (id.text() == said.who) return id;
        }
    }
    return std::nullopt;
}

// What the presses say. What none of them could have said is refused, and not taken for the first:
// the wait counts from `ago`, and `asked_by` is the person's yes.
struct Pressed {
    Minutes ago{0};
    AskedBy asked_by{};
    std::optional<people::Sex> sex;
};

Pressed pressed(const Typed& said, const Shown& shown, web::FieldErrors& errors) {
    Pressed out;
    Words problem;
    const auto not_offered = [&](const char* field) {
        errors.push_back({field, refusal(Refused::unknown_code).sentence});
    };
    const auto times = {0, 5, 10, 20};
    const auto at = std::ranges::find(times, said.ago, [](int n) { return std::to_string(n); });
    if (at != times.end()) out.ago = Minutes(*at);
    else errors.push_back({"ago", tr("Say when they asked.")});
    if (!web::read_field(said.asked_by, out.asked_by, problem)) {
        errors.push_back({"asked_by", tr("Say whether they asked, or said yes when you offered "
                                         "it.")});
    }
    people::Sex sex{};
    if (said.sex == "female" || said.sex == "male") {
        web::read_field(said.sex, sex, problem);
        out.sex = sex;
    } else if (!said.sex.empty()) {
        not_offered("sex");
    }
    if (!said.language.empty() && !is_spoken_language(said.language)) not_offered("language");
    if (!said.urgent.empty() && said.urgent != "yes") not_offered("urgent");
    const bool is_scheme = std::ranges::any_of(shown.schemes, [&](const views::SchemeNow& one) {
        return one.scheme.text() == said.scheme;
    });
    if (!said.scheme.empty() && !is_scheme) {
        errors.push_back({"scheme", refusal(Refused::unknown_scheme).sentence});
    }
    return out;
}

}  // namespace

web::Response raise_page(const Room& room, web::Request& request) {
    Typed said;
    said.cell = std::string(request.query.get("cell"));
    Shown shown{room.site.database.read([&](sql::Reader& reader) {
        return views::schemes_now(reader, request.viewer.establishment);
    }), {}};
    return show(request, said, shown, {});
}

web::Response raise_post(const Room& room, web::Request& request) {
    const Typed said = typed(request);
    web::FieldErrors errors;
    Shown shown;
    CellSaid cell;
    const auto person = room.site.database.read([&](sql::Reader& reader) {
        shown.schemes = views::schemes_now(reader, request.viewer.establishment);
        cell = cell_said(reader, request.viewer.establishment, said.cell, request.viewer.wing);
        return person_in(reader, request, said, cell, shown, errors);
    });
    const auto press = pressed(said, shown, errors);
    if (!errors.empty()) return show(request, said, shown, errors);
    const auto scheme = SchemeCode::parse(said.scheme);
    if (!scheme) return which_scheme(request, said, shown);
    if (!person) return which_of_them(request, said, shown.names);

    Ask ask{.request_id = RequestId(request.id_to_make(room.site.entropy)),
            .scheme = *scheme,
            .person_id = *person,
            .channel = schemes::Channel::officer,
            .asked_by = press.asked_by,
            .asked_at = request.now - press.ago,
            .wanted_from = {},
            .is_urgent = said.urgent == "yes",
            .wish = {said.language, press.sex, {}},
            .place = cell.place};
    Desk desk = room.desk();
    const auto made = dispatch::ask(desk, request.occasion(room.site.entropy), ask);
    if (!made) {
        web::add_refusal(errors, made.error());
        return show(request, said, shown, errors);
    }
    return web::see_other(Url("/requests") / made->text() / "choose");
}

}  // namespace alongside::dispatch
