// The asking page: one sentence, one button, and ways out of equal weight. Never why.
#include <algorithm>

#include "dispatch/asking.h"

namespace alongside::dispatch {
namespace {

// Who asks here, and what they have asked for already.
struct AskingPage {
    Asking who;
    std::vector<AskedHere> asked;
};

AskingPage asking_page(const Room& room, const web::Request& request) {
    return room.site.database.read([&](sql::Reader& reader) {
        auto who = asking(reader, request.viewer, request.now);
        auto asked = asked_here(room, reader, request, who);
        return AskingPage{std::move(who), std::move(asked)};
    });
}

// Nobody looks at a board: nobody is promised (domain: a request at night).
Words nobody_watches(const web::Request& request) {
    return has_bell(request.viewer)
               ? tr("No officer is looking at the requests right now. Press your bell, and say "
                    "that you would like to talk to someone.")
               : tr("No officer is looking at the requests right now. Tell any officer that you "
                    "would like to talk to someone.");
}

// What is on top of the page, read in one go.
Html top_read_aloud(const web::Request& request) {
    const Tongue& say = request.tongue;
    return has_bell(request.viewer)
               ? read_aloud(say, "ask-bell",
                            {tr("Hurt, or might end your life?"), tr("Press your bell now."),
                             tr("Would you like to talk to someone?"),
                             tr("You do not have to say why.")})
               : read_aloud(say, "ask-officer",
                            {tr("Hurt, or might end your life?"), tr("Tell any officer now."),
                             tr("Would you like to talk to someone?"),
                             tr("You do not have to say why.")});
}

Html one_button(const web::Request& request, const views::SchemeNow& scheme, const Wanted& wanted,
                bool is_watched, bool is_only) {
    const Tongue& say = request.tongue;
    Wanted asked = wanted;
    asked.scheme = scheme.scheme.text();
    const std::string button =
        !is_only     ? say(tr("Ask for {scheme}",
                              {{"scheme", scheme.policy->say(say.tag()).short_name}}))
        : is_watched ? say(tr("Yes, I’d like someone to come"))
                     : say(tr("Ask for someone to talk to"));
    return web::ask_button(request, Url("/ask"), button, carried(asked));
}

// What pressing leads to, below the buttons.
Html about(const Tongue& say, const views::SchemeNow& scheme, bool is_watched, bool is_only) {
    const auto& words = scheme.policy->say(say.tag());
    Html out;
    if (!is_only) out << web::heading(2, words.name, "m") << web::paragraph(words.purpose);
    if (is_watched) out << large(words.ask_promise);
    return out;
}

// The scheme's own words on what stays between the two, read aloud.
Html in_confidence(const Tongue& say, const views::SchemeNow& scheme, bool is_only) {
    const auto& words = scheme.policy->say(say.tag());
    if (words.confidentiality.empty()) return {};
    Html inner = web::paragraph(words.confidentiality);
    const std::string title = say(tr("What stays between you"));
    return web::note(is_only ? title : words.short_name + " · " + title, std::move(inner));
}

Html ways_out(const Tongue& say, bool is_quiet) {
    return web::ways({{say(tr("Tomorrow instead")), quiet_if(is_quiet, Url("/ask/later"))},
                      {say(tr("Phone the helpline")), quiet_if(is_quiet, Url("/ask/helpline"))},
                      {say(tr("Talk to staff")), quiet_if(is_quiet, Url("/ask/staff"))}});
}

Html nothing_to_ask(const web::Request& request, const Asking& who) {
    const Tongue& say = request.tongue;
    if (who.from == Asking::From::nobody_known && request.viewer.account) {
        return web::empty_state(say(tr(
            "Your account has no staff number yet, so nobody can be sent to you. Ask an "
            "administrator to add it. Until then tell any officer, or phone the helpline.")));
    }
    if (who.from == Asking::From::nobody_known) {
        return web::empty_state(
            has_bell(request.viewer)
                ? say(tr("This screen doesn’t know who you are. Press your bell, or tell any "
                         "officer that you would like to talk to someone."))
                : say(tr("This screen doesn’t know who you are. Tell any officer that you would "
                         "like to talk to someone.")));
    }
    return web::empty_state(say(tr("No peers can be asked here just now. You can phone the "
                                   "helpline or talk to staff.")));
}

// Everything that can be heard here, behind one control.
Html recordings(const web::Request& request, const AskingPage& here, bool is_watched) {
    const Tongue& say = request.tongue;
    if (here.who.schemes.empty()) {
        return web::spoken(say, "ask", say(tr("Would you like to talk to someone?")));
    }
    Html out = top_read_aloud(request);
    if (!is_watched) {
        out << read_aloud(say, has_bell(request.viewer) ? "unseen-bell" : "unseen-officer",
                          {nobody_watches(request)});
    }
    for (const auto& scheme : here.who.schemes) {
        const auto& words = scheme.policy->say(say.tag());
        if (is_watched) out << web::spoken(say, "ask-promise", words.ask_promise);
        out << web::spoken(say, "confidentiality", words.confidentiality);
    }
    return out;
}

Html help_now(const Tongue& say, bool is_quiet) {
    return Html() << "<div class=\"al-help\">"
                  << web::button_link(say(tr("I need help right now")),
                                      quiet_if(is_quiet, Url("/danger")), web::Weight::warning)
                  << "</div>";
}

// Buttons first, on a small screen as well; what they lead to stands below.
Html first_screen(const Room& room, web::Request& request, const AskingPage& here,
                  const Wanted& wanted) {
    const Tongue& say = request.tongue;
    const auto& schemes = here.who.schemes;
    const bool quiet = wanted.is_quiet, is_only = schemes.size() == 1;
    const bool watched = is_watched(room, request.viewer.establishment, here.who.wing);
    // Who has asked for later may ask for sooner as well.
    const auto is_asked = [&](const views::SchemeNow& scheme) {
        return std::ranges::any_of(here.asked, [&](const AskedHere& one) {
            return one.scheme == scheme.scheme && !one.is_later;
        });
    };
    Html out;
    out << press_your_bell(request)
        << web::heading(1, say(tr("Would you like to talk to someone?")), "xl");
    if (!schemes.empty()) out << large(say(tr("You do not have to say why.")));
    out << asked_lines(request, here.who, here.asked, quiet);
    if (schemes.empty()) out << nothing_to_ask(request, here.who);
    else if (!watched) out << web::paragraph(say(nobody_watches(request)));
    for (const auto& scheme : schemes) {
        if (!is_asked(scheme)) out << one_button(request, scheme, wanted, watched, is_only);
    }
    out << help_now(say, quiet);
    if (!quiet) out << web::listen(say, recordings(request, here, watched));
    if (!schemes.empty() && !watched) {
        out << web::paragraph(say(tr("You can ask here as well. It is seen when an officer looks "
                                     "next.")));
    }
    for (const auto& scheme : schemes) out << about(say, scheme, watched, is_only);
    out << ways_out(say, quiet);
    if (!schemes.empty()) {
        out << "<p class=\"govuk-body\">"
            << web::link(say(tr("Anything that would help?")),
                         quiet_if(quiet, Url("/ask/wishes")))
            << "</p>";
    }
    for (const auto& scheme : schemes) out << in_confidence(say, scheme, is_only);
    return out << web::language_row(request);
}

// A neutral tile first: who looks over a shoulder sees a start page.
Html tiles(const Tongue& say, const AskingPage& here) {
    std::vector<web::Way> ways{{"Alongside", Url("/ask").with("open", "yes")},
                               {say(tr("Alongside: dim and silent")),
                                Url("/ask").with("open", "yes").with("mode", "quiet")}};
    // Where several live it is there whether or not one of them has asked.
    if (here.who.from == Asking::From::cell_shared) {
        ways.push_back({say(tr("How it stands")), Url("/ask/mine")});
    } else if (!here.asked.empty()) {
        ways.push_back({say(tr("How it stands")),
                        Url("/asked") / here.asked.front().request_id.text()});
    }
    return Html() << web::heading(1, say(tr("Start")), "l") << web::ways(std::move(ways));
}

std::string title(const Tongue& say, const Asking& who, bool is_quiet) {
    const bool is_neutral = is_quiet || who.from == Asking::From::cell_alone ||
                            who.from == Asking::From::cell_shared;
    return is_neutral ? say(tr("Start")) : say(tr("Ask for someone"));
}

// Where to: a place where two can talk, or any other by its code or its name.
Html where_fields(web::Request& request, const Asking& who, const Wanted& wanted,
                  const web::FieldErrors& errors) {
    const Tongue& say = request.tongue;
    const web::Field field{.name = "place", .label = say(tr("Where should they come to?")),
                           .value = wanted.place, .errors = &errors, .is_page_heading = true};
    if (who.meeting_places.empty()) return web::text_input(request, field, "text", 20);
    std::vector<web::Choice> choices;
    for (const auto& place : who.meeting_places) {
        choices.push_back({place.place.text(),
                           place.label.empty() ? place.place.text() : place.label, "", false});
    }
    return web::radios(request, field, std::move(choices), true);
}

// Who are you: by the cell's number and, only where it is needed, initials; or by a tap. Of staff
// it is known who, and asked where.
web::Response who_page(web::Request& request, const Asking& who, const Wanted& wanted,
                       bool needs_initials, const web::FieldErrors& errors) {
    const Tongue& say = request.tongue;
    Html inner;
    for (const auto& field : carried(wanted)) {
        inner << "<input type=\"hidden\" name=\"" << field.name << "\" value=\"" << field.value
              << "\">";
    }
    if (who.needs_place()) {
        inner << where_fields(request, who, wanted, errors);
    } else if (who.from == Asking::From::cell_shared) {
        inner << web::radios(request, {.name = "who", .label = say(tr("Which of you is asking?")),
                                       .errors = &errors, .is_page_heading = true},
                             occupant_choices(who), true);
        if (!wanted.is_quiet) inner << read_aloud(say, "which", {tr("Which of you is asking?")});
    } else {
        inner << web::text_input(request, {.name = "cell", .label = say(tr("Your cell’s number")),
                                           .hint = say(tr("As it stands on the door")),
                                           .value = wanted.cell, .errors = &errors,
                                           .is_page_heading = true},
                                 "text", 10);
        if (!wanted.is_quiet) {
            inner << read_aloud(say, "cell", {tr("Your cell’s number"),
                                              tr("As it stands on the door")});
        }
        if (needs_initials) {
            inner << web::text_input(request,
                                     {.name = "initials", .label = say(tr("Your initials")),
                                      .hint = say(tr("First letters of your two names. You share "
                                                     "the cell, so we need to know which of you "
                                                     "asks.")),
                                      .value = wanted.initials, .errors = &errors},
                                     "text", 4);
            if (!wanted.is_quiet) {
                inner << read_aloud(say, "initials",
                                    {tr("Your initials"),
                                     tr("First letters of your two names. You share the cell, so "
                                        "we need to know which of you asks.")});
            }
        }
    }
    inner << web::submit(say(tr("Ask")), web::Weight::big);
    Html main;
    main << web::error_summary(request, errors) << press_your_bell(request)
         << web::form(request, Url("/ask"), std::move(inner))
         << "<p class=\"govuk-body\">" << web::link(say(tr("Stop, and clear this")),
                                                    Url("/ask/clear")) << "</p>"
         << clears(request);
    return web::page(request, asking_options(request, title(say, who, wanted.is_quiet)),
                     quiet_if(wanted.is_quiet, std::move(main)), errors.empty() ? 200 : 422);
}

// The question by its own address, so that going back and loading again ask for nothing.
Url who_url(const Wanted& wanted) {
    Url out = Url("/ask/who").with("scheme", wanted.scheme);
    if (!wanted.when.empty()) out = out.with("when", wanted.when);
    if (!wanted.language.empty()) out = out.with("language", wanted.language);
    if (!wanted.sex.empty()) out = out.with("sex", wanted.sex);
    if (!wanted.asked_for.empty()) out = out.with("asked_for", wanted.asked_for);
    if (wanted.says_wishes) out = out.with("wishes", "all");
    return quiet_if(wanted.is_quiet, out);
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
    const Words unknown = tr("That doesn’t fit a cell on this wing. Try again, or tell any "
                             "officer.");
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

Found where_staff_are(sql::Reader& reader, const web::Request& request, const Asking& who,
                      const Wanted& wanted) {
    Found out;
    out.is_first_step = wanted.place.empty();
    if (out.is_first_step) return out;
    out.place = cell_said(reader, request.viewer.establishment, wanted.place, who.wing).place;
    if (!out.place.empty()) out.person = who.person;
    else out.errors.push_back({"place", tr("There is no such place here.")});
    return out;
}

Found find_asker(sql::Reader& reader, const web::Request& request, const Asking& who,
                 const Wanted& wanted) {
    Found out;
    out.place = who.place;
    switch (who.from) {
        case Asking::From::account:
            if (who.needs_place()) return where_staff_are(reader, request, who, wanted);
            [[fallthrough]];
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
    // Whoever that is: a wish for somebody who has left must not stop anybody from asking.
    out.asked_for = MemberId::parse(wanted.asked_for);
    return out;
}

web::Response show(const Room& room, web::Request& request, const AskingPage& here,
                   const Wanted& wanted, const web::FieldErrors& errors) {
    Html main;
    main << web::error_summary(request, errors) << first_screen(room, request, here, wanted)
         << clears(request);
    return web::page(request,
                     asking_options(request, title(request.tongue, here.who, wanted.is_quiet)),
                     quiet_if(wanted.is_quiet, std::move(main)), errors.empty() ? 200 : 422);
}

}  // namespace

web::Response ask_page(const Room& room, web::Request& request) {
    const AskingPage here = asking_page(room, request);
    const Wanted wanted = wanted_from(request);
    const bool in_cell = here.who.from == Asking::From::cell_alone ||
                         here.who.from == Asking::From::cell_shared;
    if (in_cell && request.query.get("open") != "yes") {
        auto out = web::page(request,
                             asking_options(request, title(request.tongue, here.who, true)),
                             Html() << tiles(request.tongue, here) << web::language_row(request));
        if (here.who.from == Asking::From::cell_shared) wipe_mark(request, out);
        return out;
    }
    return show(room, request, here, wanted, {});
}

web::Response ask_post(const Room& room, web::Request& request) {
    const Wanted wanted = wanted_from(request);
    const auto [here, house, found] = room.site.database.read([&](sql::Reader& reader) {
        auto who = asking(reader, request.viewer, request.now);
        auto asked = asked_here(room, reader, request, who);
        auto person = find_asker(reader, request, who, wanted);
        return std::tuple{AskingPage{std::move(who), std::move(asked)},
                          views::house(reader, request.viewer.establishment, request.now),
                          std::move(person)};
    });
    const Asking& who = here.who;
    if (wanted.scheme.empty() && who.schemes.size() > 1) {
        const web::FieldErrors errors{{"scheme", tr("Choose who to ask.")}};
        return request.form.has("when") ? ask_later_again(room, request, errors)
                                        : ask_wishes_again(room, request, errors);
    }
    const auto of = std::ranges::find(who.schemes, wanted.scheme, [](const views::SchemeNow& s) {
        return s.scheme.text();
    });
    if (of == who.schemes.end() || who.from == Asking::From::nobody_known) {
        return show(room, request, here, wanted,
                    {{"", tr("That can’t be asked for here. Choose again, or tell any officer.")}});
    }
    if (!found.person && found.is_first_step && !found.needs_initials) {
        return web::see_other(who_url(wanted));
    }
    if (!found.person) return who_page(request, who, wanted, found.needs_initials, found.errors);

    const RequestId id(request.id_to_make(room.site.entropy));
    Desk desk = room.desk();
    const auto made = dispatch::ask(
        desk, request.occasion(room.site.entropy),
        Ask{.request_id = id, .scheme = of->scheme, .person_id = *found.person,
            .channel = who.channel, .asked_by = AskedBy::the_person, .asked_at = request.now,
            .wanted_from = time_wanted(house, wanted.when), .is_urgent = false,
            .wish = wish_of(wanted), .says_all_wishes = wanted.says_wishes,
            .place = found.place});
    if (!made) {
        web::FieldErrors errors;
        web::add_refusal(errors, made.error());
        for (auto& error : errors) error.field.clear();
        return show(room, request, here, wanted, errors);
    }
    const bool adds = *made != id && who.from == Asking::From::shared_screen &&
                      !mark_of(room, request, *made);
    const Mark mark{adds ? id : *made, of->scheme, request.now,
                    time_wanted(house, wanted.when).value_or(request.now)};
    auto out = web::see_other(quiet_if(wanted.is_quiet, Url("/asked") / mark.request_id.text()));
    leave_marks(room, request, out, {mark});
    return out;
}

web::Response ask_who_page(const Room& room, web::Request& request) {
    const Wanted wanted = wanted_from(request);
    const AskingPage here = asking_page(room, request);
    const bool is_asked = here.who.from == Asking::From::cell_shared ||
                          here.who.from == Asking::From::shared_screen || here.who.needs_place();
    if (!is_asked || wanted.scheme.empty()) return web::see_other(Url("/ask"));
    return who_page(request, here.who, wanted, false, {});
}

web::Response ask_clear(const Room&, web::Request& request) {
    auto out = web::see_other(Url("/ask"));
    wipe_mark(request, out);
    return out;
}

}  // namespace alongside::dispatch
