// Ways beside the one button: later, wishes, the helpline, staff.
#include "base/languages.h"
#include "dispatch/asking.h"

namespace alongside::dispatch {
namespace {

Url back(const Wanted& wanted) {
    const Url open = Url("/ask").with("open", "yes");
    return wanted.is_quiet ? open.with("mode", "quiet") : open;
}

web::Response show(web::Request& request, const Wanted& wanted, const std::string& heading,
                   Html inner, const web::FieldErrors& errors = {}) {
    const Tongue& say = request.tongue;
    Html main;
    main << web::error_summary(request, errors) << press_your_bell(request)
         << web::heading(1, heading, "xl") << inner << clears(request);
    auto options = asking_options(request, is_discreet(request, wanted.is_quiet) ? say(tr("Start"))
                                                                          : heading);
    options.before_main = web::back_link(say, back(wanted));
    return web::page(request, options, quiet_if(wanted.is_quiet, std::move(main)),
                     errors.empty() ? 200 : 422);
}

Html hidden(const Wanted& wanted) {
    Html out;
    if (wanted.is_quiet) out << "<input type=\"hidden\" name=\"mode\" value=\"quiet\">";
    return out;
}

// One scheme goes along unseen; of several the person chooses, and none is chosen for them.
Html scheme_field(const web::Request& request, const Asking& who,
                  const web::FieldErrors& errors) {
    if (who.schemes.size() == 1) {
        return Html() << "<input type=\"hidden\" name=\"scheme\" value=\""
                      << who.schemes.front().scheme.text() << "\">";
    }
    std::vector<web::Choice> choices;
    for (const auto& scheme : who.schemes) {
        const auto& words = scheme.policy->say(request.tongue.tag());
        choices.push_back({scheme.scheme.text(), words.name, words.purpose, false});
    }
    return web::radios(request, {.name = "scheme", .label = request.tongue(tr("Who to ask")),
                                 .errors = &errors},
                       std::move(choices));
}

Html nobody_to_ask(const Tongue& say) {
    return web::empty_state(say(tr("No peers can be asked here just now. You can phone the "
                                   "helpline or talk to staff.")));
}

std::vector<web::Choice> peers_by_name(const Room& room, const web::Request& request,
                                  const Asking& who, const std::string& chosen) {
    const Tongue& say = request.tongue;
    std::vector<web::Choice> out{{"", say(tr("Anybody")), "", false}};
    room.site.database.read([&](sql::Reader& reader) {
        for (const auto& scheme : who.schemes) {
            for (const auto& member : people::members(reader, request.viewer.establishment,
                                                      scheme.scheme, request.now)) {
                if (who.person == member.person_id) continue;
                out.push_back({member.member_id.text(), member.label, "",
                               member.member_id.text() == chosen});
            }
        }
        return true;
    });
    return out;
}

}  // namespace

web::Response ask_later_page(const Room& room, web::Request& request) {
    return ask_later_again(room, request, {});
}

web::Response ask_later_again(const Room& room, web::Request& request,
                              const web::FieldErrors& errors) {
    const Tongue& say = request.tongue;
    const Asking who = asking_here(room, request);
    const Wanted wanted = wanted_from(request);
    if (who.schemes.empty()) {
        return show(request, wanted, say(tr("Tomorrow instead")), nobody_to_ask(say));
    }
    const auto house = room.site.database.read([&](sql::Reader& reader) {
        return views::house(reader, request.viewer.establishment, request.now);
    });
    std::vector<web::Choice> times;
    if (is_before_morning(house)) {
        times.push_back({"today", say(tr("This morning, about 9")), "", wanted.when.empty()});
    }
    times.push_back({"morning", say(tr("Tomorrow morning, about 9")), "",
                     times.empty() && wanted.when.empty()});
    times.push_back({"afternoon", say(tr("Tomorrow afternoon, about 2")), "", false});
    times.push_back({"evening", say(tr("Tomorrow evening, about 7")), "", false});
    Html inner;
    inner << hidden(wanted) << scheme_field(request, who, errors)
          << web::radios(request, {.name = "when", .label = say(tr("When would suit you?")),
                                   .value = wanted.when},
                         std::move(times))
          << web::submit(is_before_morning(house) ? say(tr("Ask for then"))
                                                  : say(tr("Ask for tomorrow")),
                         web::Weight::big);
    return show(request, wanted, say(tr("Tomorrow instead")),
                web::form(request, Url("/ask"), std::move(inner)), errors);
}

namespace {

// What they wished when they asked, so that it can be changed; on a screen for all nobody is told.
Wanted wished_now(const Room& room, const web::Request& request, const Asking& who,
                  Wanted wanted) {
    if (wanted.says_wishes || !who.person) return wanted;
    const auto open = room.site.database.read([&](sql::Reader& reader) {
        return open_requests_of(reader, room.keys, request.viewer.establishment, *who.person);
    });
    for (const auto& one : open) {
        const auto asker = asker_of(room.keys, one);
        if (!asker || (!wanted.scheme.empty() && wanted.scheme != one.scheme.text())) continue;
        wanted.language = asker->wish.language;
        wanted.sex = !asker->wish.sex                              ? ""
                     : *asker->wish.sex == people::Sex::female     ? "female"
                                                                   : "male";
        wanted.asked_for = asker->wish.asked_for ? asker->wish.asked_for->text() : "";
        break;
    }
    return wanted;
}

}  // namespace

web::Response ask_wishes_page(const Room& room, web::Request& request) {
    return ask_wishes_again(room, request, {});
}

web::Response ask_wishes_again(const Room& room, web::Request& request,
                               const web::FieldErrors& errors) {
    const Tongue& say = request.tongue;
    const Asking who = asking_here(room, request);
    const Wanted wanted = wished_now(room, request, who, wanted_from(request));
    const std::string heading = say(tr("Anything that would help?"));
    if (who.schemes.empty()) return show(request, wanted, heading, nobody_to_ask(say));
    std::vector<web::Choice> tongues{{"", say(tr("Any language")), "", false}};
    for (const auto& language : spoken_languages()) {
        tongues.push_back({std::string(language.tag), std::string(language.name), "",
                           language.tag == wanted.language});
    }
    Html inner;
    inner << hidden(wanted) << scheme_field(request, who, errors)
          << web::select(request, {.name = "language", .label = say(tr("Language"))},
                         std::move(tongues))
          << "<input type=\"hidden\" name=\"wishes\" value=\"all\">"
          << web::radios(request, {.name = "sex", .label = say(tr("Would you rather talk to")),
                                   .hint = say(tr("If you choose one, nobody else comes."))},
                         {{"", say(tr("No matter")), "",
                           wanted.sex != "female" && wanted.sex != "male"},
                          {"female", say(tr("A woman")), "", wanted.sex == "female"},
                          {"male", say(tr("A man")), "", wanted.sex == "male"}},
                         true)
          << web::select(request,
                         {.name = "asked_for", .label = say(tr("Somebody you would like to come")),
                          .hint = say(tr("They come if they can. If they can’t, somebody else "
                                         "does."))},
                         peers_by_name(room, request, who, wanted.asked_for))
          << web::submit(say(tr("Ask for someone to come")), web::Weight::big);
    Html main;
    main << "<p class=\"govuk-body-l\">"
         << say(tr("You can leave everything as it is. You are never asked why.")) << "</p>"
         << web::form(request, Url("/ask"), std::move(inner));
    if (request.viewer.account) {
        main << "<p class=\"govuk-body\">"
             << web::link(say(tr("Somebody you would rather not meet")), Url("/avoid")) << "</p>";
    } else {
        main << web::paragraph(say(tr("Somebody you would rather not meet? Tell a peer or any "
                                      "officer a name. You won’t be asked why.")));
    }
    return show(request, wanted, heading, std::move(main), errors);
}

web::Response ask_helpline_page(const Room& room, web::Request& request) {
    const Tongue& say = request.tongue;
    const Asking who = asking_here(room, request);
    const Wanted wanted = wanted_from(request);
    Html inner;
    bool is_any = false;
    for (const auto& scheme : who.all) {
        const auto& words = scheme.policy->say(say.tag());
        if (words.helpline.empty()) continue;
        is_any = true;
        inner << web::note(words.name, Html() << "<p class=\"govuk-body-l\">"
                                              << helpline_words(say, *scheme.policy) << "</p>");
    }
    if (!is_any) {
        inner << web::empty_state(
            has_bell(request.viewer)
                ? say(tr("No helpline is set up here. Press your bell and ask to talk to staff."))
                : say(tr("No helpline is set up here. Ask any officer to talk to staff.")));
    }
    return show(request, wanted, say(tr("Phone the helpline")), std::move(inner));
}

web::Response ask_staff_page(const Room&, web::Request& request) {
    const Tongue& say = request.tongue;
    const Wanted wanted = wanted_from(request);
    Html inner;
    inner << "<p class=\"govuk-body-l\">"
          << (has_bell(request.viewer)
                  ? say(tr("Press your bell, or tell any officer: “I would like to talk to "
                           "someone.”"))
                  : say(tr("Tell any officer: “I would like to talk to someone.”")))
          << "</p>"
          << web::paragraph(say(tr("You do not have to say why. If you have asked for a peer, that "
                                   "stays asked until you say that you no longer need it.")));
    return show(request, wanted, say(tr("Talk to staff")), std::move(inner));
}

}  // namespace alongside::dispatch
