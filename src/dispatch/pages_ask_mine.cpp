// How it stands, for whoever has asked here: in a cell that several share, only after saying who.
#include <algorithm>

#include "dispatch/asking.h"

namespace alongside::dispatch {
namespace {

web::Response show(const web::Request& request, Html inner, const web::FieldErrors& errors = {}) {
    const Tongue& say = request.tongue;
    auto options = asking_options(request, say(tr("Start")));
    options.before_main = web::back_link(say, Url("/ask"));
    Html main;
    main << web::error_summary(request, errors) << press_your_bell(request) << inner
         << clears(request);
    return web::page(request, options, std::move(main), errors.empty() ? 200 : 422);
}

web::Response ask_who(const web::Request& request, const Asking& who,
                      const web::FieldErrors& errors) {
    const Tongue& say = request.tongue;
    Html inner;
    inner << web::radios(request, {.name = "who", .label = say(tr("Who are you?")),
                                   .errors = &errors, .is_page_heading = true},
                         occupant_choices(who), true)
          << web::submit(say(tr("See how it stands")), web::Weight::big);
    return show(request, web::form(request, Url("/ask/mine"), std::move(inner)), errors);
}

}  // namespace

Html asked_lines(const web::Request& request, const Asking& who,
                 const std::vector<AskedHere>& asked, bool is_quiet) {
    const Tongue& say = request.tongue;
    Html out;
    for (const auto& one : asked) {
        const auto scheme = std::ranges::find(who.all, one.scheme, &views::SchemeNow::scheme);
        const bool is_named = who.all.size() > 1 && scheme != who.all.end();
        Words text = one.is_later ? is_named ? tr("You have asked for later: {scheme}")
                                             : tr("You have asked for later")
                     : is_named ? tr("You have asked: {scheme}")
                                : tr("You have asked");
        if (is_named) text.values = {{"scheme", scheme->policy->say(say.tag()).short_name}};
        const Url url = Url("/asked") / one.request_id.text();
        out << "<div class=\"al-asked\"><p><b>" << say(text) << "</b> "
            << web::link(say(tr("See how it stands")), quiet_if(is_quiet, url)) << "</p>";
        if (!one.has_started) {
            std::vector<web::Hidden> hidden;
            if (is_quiet) hidden.push_back({"mode", "quiet"});
            out << web::button_form(request, url / "withdraw",
                                    say(tr("I don’t need this any more")),
                                    web::Weight::secondary, std::move(hidden));
        }
        out << "</div>";
    }
    return out;
}

web::Response ask_mine_page(const Room& room, web::Request& request) {
    const Tongue& say = request.tongue;
    const Asking who = asking_here(room, request);
    if (who.from != Asking::From::cell_shared) return web::see_other(Url("/ask"));
    const auto asked = room.site.database.read([&](sql::Reader& reader) {
        return marked_here(room, reader, request);
    });
    if (!asked.empty()) {
        return show(request, web::heading(1, say(tr("How it stands")), "xl")
                                 << asked_lines(request, who, asked, false)
                                 << "<p class=\"govuk-body\">"
                                 << web::link(say(tr("Clear this screen")), Url("/ask/clear"))
                                 << "</p>");
    }
    if (request.query.get("none") != "yes") return ask_who(request, who, {});
    return show(request, web::heading(1, say(tr("You have asked for nothing just now")), "xl")
                             << web::button_link(say(tr("Start")), Url("/ask"),
                                                 web::Weight::big));
}

web::Response ask_mine_post(const Room& room, web::Request& request) {
    const Asking who = asking_here(room, request);
    if (who.from != Asking::From::cell_shared) return web::see_other(Url("/ask"));
    const auto said = std::ranges::find(who.occupants, request.form.get("who"),
                                        [](const auto& name) { return name.person_id.text(); });
    if (said == who.occupants.end()) {
        return ask_who(request, who, {{"who", tr("Choose your initials.")}});
    }
    std::vector<Mark> theirs;
    room.site.database.read([&](sql::Reader& reader) {
        for (const auto& row : open_requests_of(reader, room.keys, request.viewer.establishment,
                                                said->person_id)) {
            theirs.push_back({row.request_id, row.scheme, row.asked_at, row.wanted_from});
        }
        return true;
    });
    if (theirs.empty()) {
        auto out = web::see_other(Url("/ask/mine").with("none", "yes"));
        wipe_mark(request, out);
        return out;
    }
    auto out = web::see_other(theirs.size() == 1
                                  ? Url("/asked") / theirs.front().request_id.text()
                                  : Url("/ask/mine"));
    leave_marks(room, request, out, theirs);
    return out;
}

}  // namespace alongside::dispatch
