// The asking page: one sentence, one button, and ways out of equal weight. Never why.
#include <algorithm>

#include "dispatch/asking.h"

namespace alongside::dispatch {
namespace {

using web::Choice;

Asking asking_here(const Room& room, const web::Request& request) {
    return room.site.database.read([&](sql::Reader& reader) {
        return asking(reader, request.viewer, request.now);
    });
}

Html quiet_if(bool is_quiet, Html inner) {
    if (!is_quiet) return inner;
    return Html() << "<div class=\"al-quiet\">" << inner << "</div>";
}

Html large(const std::string& text) {
    return Html() << "<p class=\"govuk-body-l\">" << text << "</p>";
}

// Nobody looks at a board: nobody is promised (domain: a request at night).
Html nobody_watches(const Tongue& say) {
    return Html() << web::inset(
               large(say(tr("No officer is looking at the requests right now. Press your bell, and "
                            "say that you would like to talk to someone.")))
               << web::paragraph(say(tr("You can ask here as well. It is seen when an officer "
                                        "looks next."))));
}

Html one_scheme(const web::Request& request, const views::SchemeNow& scheme, const Wanted& wanted,
                bool is_watched, bool is_only) {
    const Tongue& say = request.tongue;
    const auto& words = scheme.policy->say(say.tag());
    Html out;
    if (!is_only) out << web::heading(2, words.name, "m");
    if (is_watched) {
        out << large(words.ask_promise);
    }
    Wanted asked = wanted;
    asked.scheme = scheme.scheme.text();
    const std::string button = !is_only ? say(tr("Ask for {scheme}",
                                                 {{"scheme", words.short_name}}))
                               : is_watched ? say(tr("Yes, I’d like someone to come"))
                                            : say(tr("Ask for someone to talk to"));
    out << web::ask_button(request, Url("/ask"), button, carried(asked));
    return out;
}

// The scheme's own words on what stays between the two, and all of it read aloud.
Html in_confidence(const web::Request& request, const views::SchemeNow& scheme, bool is_quiet,
                   bool is_watched, bool is_only) {
    const Tongue& say = request.tongue;
    const auto& words = scheme.policy->say(say.tag());
    if (words.confidentiality.empty()) return {};
    Html inner = web::paragraph(words.confidentiality);
    if (!is_quiet) {
        inner << web::spoken(say, "confidentiality", words.confidentiality);
        if (is_watched) inner << web::spoken(say, "ask-promise", words.ask_promise);
    }
    const std::string title = say(tr("What stays between you"));
    return web::note(is_only ? title : words.short_name + " · " + title, std::move(inner));
}

Url here(Markup path, bool is_quiet) {
    const Url out(path);
    return is_quiet ? out.with("mode", "quiet") : out;
}

Html ways_out(const Tongue& say, bool is_quiet) {
    return web::ways({{say(tr("Tomorrow instead")), here("/ask/later", is_quiet)},
                      {say(tr("Phone the helpline")), here("/ask/helpline", is_quiet)},
                      {say(tr("Talk to staff")), here("/ask/staff", is_quiet)}});
}

Html nothing_to_ask(const Tongue& say, const Asking& who) {
    if (who.from == Asking::From::nobody_known) {
        return web::empty_state(
            say(tr("This screen doesn’t know who you are. Press your bell, or tell any officer "
                   "that you would like to talk to someone.")));
    }
    return web::empty_state(say(tr("No peers can be asked here just now. You can phone the "
                                   "helpline or talk to staff. In an emergency press your bell.")));
}

Html first_screen(const Room& room, web::Request& request, const Asking& who,
                  const Wanted& wanted) {
    const Tongue& say = request.tongue;
    const bool watched = is_watched(room, request.viewer.establishment, who.wing);
    Html out;
    out << press_your_bell(say)
        << web::heading(1, say(tr("Would you like to talk to someone?")), "xl");
    if (!wanted.is_quiet) {
        out << web::spoken(say, "ask", say(tr("Would you like to talk to someone?")));
    }
    if (who.schemes.empty()) {
        out << nothing_to_ask(say, who);
    } else {
        out << large(say(tr("You do not have to say why.")));
        if (!watched) out << nobody_watches(say);
        for (const auto& scheme : who.schemes) {
            out << one_scheme(request, scheme, wanted, watched, who.schemes.size() == 1);
        }
    }
    out << ways_out(say, wanted.is_quiet);
    if (!who.schemes.empty()) {
        out << "<p class=\"govuk-body\">"
            << web::link(say(tr("Anything that would help?")), here("/ask/wishes", wanted.is_quiet))
            << "</p>";
    }
    out << "<p class=\"govuk-body\">"
        << web::link(say(tr("I need help right now")), Url("/danger")) << "</p>";
    for (const auto& scheme : who.schemes) {
        out << in_confidence(request, scheme, wanted.is_quiet, watched, who.schemes.size() == 1);
    }
    return out << web::language_row(request);
}

// A neutral tile first: who looks over a shoulder sees a start page.
Html tiles(const Tongue& say) {
    return Html() << web::heading(1, say(tr("Start")), "l")
                  << web::ways({{say(tr("Talk to someone")), Url("/ask").with("open", "yes")},
                                {say(tr("Talk to someone: dim and silent")),
                                 Url("/ask").with("open", "yes").with("mode", "quiet")}});
}

Html clears(const web::Request& request) {
    if (request.viewer.account) return {};
    return web::clears_itself(request.tongue, 120, Url("/ask/clear"));
}

std::string title(const Tongue& say, const Asking& who, bool is_quiet) {
    const bool is_neutral = is_quiet || who.from == Asking::From::cell_alone ||
                            who.from == Asking::From::cell_shared;
    return is_neutral ? say(tr("Start")) : say(tr("Ask for someone"));
}

// Who are you: by the cell's number and, only where it is needed, initials; or by a tap.
web::Response who_page(web::Request& request, const Asking& who, const Wanted& wanted,
                       bool needs_initials, const web::FieldErrors& errors) {
    const Tongue& say = request.tongue;
    Html inner;
    for (const auto& field : carried(wanted)) {
        inner << "<input type=\"hidden\" name=\"" << field.name << "\" value=\"" << field.value
              << "\">";
    }
    if (who.from == Asking::From::cell_shared) {
        std::vector<Choice> choices;
        for (const auto& name : who.occupants) {
            choices.push_back({name.person_id.text(), initials(name), "", false});
        }
        inner << web::radios(request, {.name = "who", .label = say(tr("Which of you is asking?")),
                                       .errors = &errors, .is_page_heading = true},
                             std::move(choices), true);
    } else {
        inner << web::text_input(request, {.name = "cell", .label = say(tr("Your cell’s number")),
                                           .hint = say(tr("As it stands on the door")),
                                           .value = wanted.cell, .errors = &errors,
                                           .is_page_heading = true},
                                 "text", 10);
        if (needs_initials) {
            inner << web::text_input(request,
                                     {.name = "initials", .label = say(tr("Your initials")),
                                      .hint = say(tr("First letters of your two names. You share "
                                                     "the cell, so we need to know which of you "
                                                     "asks.")),
                                      .value = wanted.initials, .errors = &errors},
                                     "text", 4);
        }
    }
    inner << web::submit(say(tr("Ask")), web::Weight::big);
    Html main;
    main << web::error_summary(request, errors) << press_your_bell(say)
         << web::form(request, Url("/ask"), std::move(inner))
         << "<p class=\"govuk-body\">" << web::link(say(tr("Stop, and clear this")),
                                                    Url("/ask/clear")) << "</p>"
         << clears(request);
    return web::page(request, asking_options(request, title(say, who, wanted.is_quiet)),
                     quiet_if(wanted.is_quiet, std::move(main)), errors.empty() ? 200 : 422);
}

struct Found {
    std::optional<PersonId> person;
    LocationKey place;
    bool needs_initials = false;
    web::FieldErrors errors;
    bool is_first_step = false;              // nothing was said yet: ask, without reproach
};

Found on_shared_screen(sql::Reader& reader, const web::Request& request, const Asking& who,
                       const Wanted& wanted) {
    Found out;
    if (wanted.cell.empty()) {
        out.is_first_step = true;
        return out;
    }
    const auto cell = cell_said(reader, request.viewer.establishment, wanted.cell, who.wing);
    const Words unknown = tr("That doesn’t fit a cell on this wing. Try again, press your bell, or "
                             "tell any officer.");
    if (cell.place.empty() || cell.place.wing() != who.wing || cell.occupants.empty()) {
        out.errors.push_back({"cell", unknown});
        return out;
    }
    out.place = cell.place;
    if (cell.occupants.size() == 1) {
        out.person = cell.occupants.front();
        return out;
    }
    out.needs_initials = true;
    if (wanted.initials.empty()) {
        out.is_first_step = true;
        return out;
    }
    std::string said = wanted.initials;
    std::erase_if(said, [](char c) { return c == '.' || c == ' ' || c == '-'; });
    for (char& c : said) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    std::vector<PersonId> fitting;
    for (const auto& id : cell.occupants) {
        const auto name = people::name_of(reader, id);
        if (name && initials(*name) == said) fitting.push_back(id);
    }
    if (fitting.size() == 1) out.person = fitting.front();
    else out.errors.push_back({"initials", unknown});
    return out;
}

Found find_asker(sql::Reader& reader, const web::Request& request, const Asking& who,
                 const Wanted& wanted) {
    Found out;
    out.place = who.place;
    switch (who.from) {
        case Asking::From::account:
        case Asking::From::cell_alone:
            out.person = who.person;
            return out;
        case Asking::From::cell_shared:
            for (const auto& name : who.occupants) {
                if (name.person_id.text() == wanted.who) out.person = name.person_id;
            }
            out.is_first_step = !out.person;
            return out;
        case Asking::From::shared_screen:
            return on_shared_screen(reader, request, who, wanted);
        case Asking::From::nobody_known:
            return out;
    }
    return out;
}

Wish wish_of(const Wanted& wanted) {
    Wish out;
    out.language = Tongue::of(wanted.language).tag() == wanted.language ? wanted.language : "";
    if (wanted.sex == "female") out.sex = people::Sex::female;
    if (wanted.sex == "male") out.sex = people::Sex::male;
    out.asked_for = MemberId::parse(wanted.asked_for);
    return out;
}

web::Response show(const Room& room, web::Request& request, const Asking& who,
                   const Wanted& wanted, const web::FieldErrors& errors) {
    Html main;
    main << web::error_summary(request, errors) << first_screen(room, request, who, wanted)
         << clears(request);
    return web::page(request, asking_options(request, title(request.tongue, who, wanted.is_quiet)),
                     quiet_if(wanted.is_quiet, std::move(main)), errors.empty() ? 200 : 422);
}

}  // namespace

web::Response ask_page(const Room& room, web::Request& request) {
    const Asking who = asking_here(room, request);
    const Wanted wanted = wanted_from(request);
    const bool in_cell = who.from == Asking::From::cell_alone ||
                         who.from == Asking::From::cell_shared;
    if (in_cell && request.query.get("open") != "yes") {
        return web::page(request, asking_options(request, title(request.tongue, who, true)),
                         Html() << tiles(request.tongue) << web::language_row(request));
    }
    return show(room, request, who, wanted, {});
}

web::Response ask_post(const Room& room, web::Request& request) {
    const Wanted wanted = wanted_from(request);
    const auto [who, house, found] = room.site.database.read([&](sql::Reader& reader) {
        auto asked = asking(reader, request.viewer, request.now);
        auto person = find_asker(reader, request, asked, wanted);
        return std::tuple{std::move(asked),
                          views::house(reader, request.viewer.establishment, request.now),
                          std::move(person)};
    });
    const auto of = std::ranges::find(who.schemes, wanted.scheme, [](const views::SchemeNow& s) {
        return s.scheme.text();
    });
    if (of == who.schemes.end() || who.from == Asking::From::nobody_known) {
        return show(room, request, who, wanted,
                    {{"", tr("That can’t be asked for here. Choose again, or press your bell.")}});
    }
    if (!found.person) return who_page(request, who, wanted, found.needs_initials, found.errors);

    const RequestId id(request.id_to_make(room.site.entropy));
    Desk desk = room.desk();
    const auto made = dispatch::ask(
        desk, request.occasion(room.site.entropy),
        Ask{.request_id = id, .scheme = of->scheme, .person_id = *found.person,
            .channel = who.channel, .asked_by = AskedBy::the_person, .asked_at = request.now,
            .wanted_from = time_wanted(house, wanted.when), .is_urgent = false,
            .wish = wish_of(wanted), .place = found.place});
    if (!made) {
        web::FieldErrors errors;
        web::add_refusal(errors, made.error());
        for (auto& error : errors) error.field.clear();
        return show(room, request, who, wanted, errors);
    }
    auto out = web::see_other(Url("/asked") / made->text());
    leave_mark(room, request, out, *made);
    return out;
}

web::Response ask_clear(const Room&, web::Request& request) {
    auto out = web::see_other(Url("/ask"));
    wipe_mark(request, out);
    return out;
}

}  // namespace alongside::dispatch
