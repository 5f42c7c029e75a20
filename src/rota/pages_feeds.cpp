// Calendar addresses: a peer's own, a scheme's, the prison's; and what a calendar reads there.
#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "base/dates.h"
#include "base/ensure.h"
#include "people/people.h"
#include "rota/feeding.h"
#include "rota/feeds.h"
#include "rota/pages.h"
#include "rota/store_feeds.h"

namespace alongside::rota::pages {
namespace {

// One line of a list of addresses that are in use.
struct FeedLine {
    FeedId feed_id;
    std::string shows;
    std::string made_on;
    bool is_alive;
};

// A page about addresses: a peer's own, or a coordinator's.
struct FeedPage {
    Url here;
    std::string title, intro;
    Html make;                          // the form that makes one
};

bool is_host(std::string_view text) {
    return !text.empty() && text.size() <= 255 && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '-' || c == ':' || c == '[' || c == ']';
    });
}

// The whole address, as whoever reads this page came here.
std::string feed_address(const web::Request& request, std::string_view key) {
    const Url path = Url("/feeds") / key / "on-call.ics";
    const auto host = request.headers.get("host");
    if (!is_host(host)) return path.text();
    return (request.is_secure ? "https://" : "http://") + std::string(host) + path.text();
}

Html feed_table(const web::Request& request, const std::vector<FeedLine>& lines,
                const Url& page) {
    const Tongue& say = request.tongue;
    if (lines.empty()) return web::empty_state(say(tr("No address is in use.")));
    web::Table table;
    table.caption = say(tr("Addresses in use"));
    table.caption_is_hidden = true;
    table.head = {say(tr("Shows")), say(tr("Made on")), say(tr("State")), say(tr("Do"))};
    for (const auto& line : lines) {
        table.rows.push_back(
            {Html() << line.shows, Html() << line.made_on,
             line.is_alive ? web::chip(say(tr("in use")), web::Tone::ready)
                           : web::chip(say(tr("answers nobody")), web::Tone::off),
             web::button_form(request, page / line.feed_id.text() / "end", say(tr("End it")),
                              web::Weight::warning)});
    }
    return web::table(std::move(table));
}

web::Response feed_page(const web::Request& request, const FeedPage& about,
                        const std::vector<FeedLine>& lines, const web::FieldErrors& errors,
                        int status) {
    const Tongue& say = request.tongue;
    web::PageOptions options;
    options.title = about.title;
    options.before_main = web::back_link(
        say, about.here.text().starts_with("/me") ? Url("/me") : Url("/on-call"));
    Html main;
    main << web::error_summary(request, errors) << web::head_row(options.title)
         << web::paragraph(about.intro)
         << web::paragraph(say(tr("It names nobody. Whoever has the address can read it without "
                                  "signing in, so keep it like a password. Once ended, it answers "
                                  "nobody any more.")))
         << web::heading(2, say(tr("Addresses in use")), "m")
         << feed_table(request, lines, about.here)
         << web::heading(2, say(tr("Make an address")), "m") << about.make;
    return web::page(request, std::move(options), std::move(main), status);
}

// The one page that ever shows the address.
web::Response address_shown(const web::Request& request, const std::string& key,
                            const Url& back) {
    const Tongue& say = request.tongue;
    web::PageOptions options;
    options.title = say(tr("Give this to the calendar"));
    options.is_wide = false;
    options.before_main = web::back_link(say, back);
    Html main = web::heading(1, options.title);
    if (key.empty()) {
        main << web::paragraph(say(tr("This address was made before and was shown then. If it is "
                                      "lost, end it and make a new one.")));
    } else {
        main << "<p class=\"govuk-body\"><code>" << feed_address(request, key) << "</code></p>"
             << web::paragraph(say(tr("It is shown only here. In the calendar, choose to subscribe "
                                      "to a calendar by its address, and paste it.")));
    }
    return web::page(request, std::move(options), std::move(main));
}

web::Response feed_made(web::Site& site, web::Request& request, const FeedOf& what,
                        const Url& back, const std::function<web::Response(Refusal)>& refused) {
    const FeedId id(request.id_to_make(site.entropy));
    auto done = make_feed(site.database, request.occasion(site.entropy), id, what,
                          request.tongue.tag());
    if (!done) return refused(std::move(done.error()));
    return address_shown(request, *done, back);
}

web::Response feed_ended(web::Site& site, web::Request& request, const Url& back) {
    const auto id = request.id<FeedId>("id");
    if (!id) return web::not_found(request);
    const auto done = end_feed(site.database, request.occasion(site.entropy), *id);
    if (!done) return web::refused(request, done.error());
    return web::see_other(back);
}

// ---- a peer's own -------------------------------------------------------------------------------

web::Response my_feeds(web::Site& site, web::Request& request, const web::FieldErrors& errors,
                       int status) {
    const Tongue& say = request.tongue;
    if (!request.viewer.person) return web::not_found(request);
    const auto lines = site.database.read([&](sql::Reader& reader) {
        std::vector<FeedLine> out;
        const auto& home = request.viewer.establishment;
        for (const auto& row : store::feeds(reader, home)) {
            if (row.person_id != request.viewer.person) continue;
            out.push_back({row.feed_id, say(tr("My shifts")),
                           date_text(say, Day{std::chrono::floor<std::chrono::days>(row.made_at)}),
                           is_alive(reader, home, {row.shows, row.person_id, row.scheme},
                                    row.account_id)});
        }
        return out;
    });
    FeedPage about{Url("/me/feeds"), say(tr("My shifts in a calendar")),
                   say(tr("A calendar that reads this address shows when you are on call, and "
                          "follows when that changes.")),
                   web::button_form(request, Url("/me/feeds"), say(tr("Make an address")))};
    return feed_page(request, about, lines, errors, status);
}

web::Response make_my_feed(web::Site& site, web::Request& request) {
    return feed_made(site, request, {FeedShows::own, request.viewer.person, {}}, Url("/me/feeds"),
                     [&](Refusal why) {
                         web::FieldErrors errors;
                         const int status = why.status;
                         web::add_refusal(errors, why);
                         return my_feeds(site, request, errors, status);
                     });
}

// ---- a coordinator's ----------------------------------------------------------------------------

// What the form may ask for, and how it is called.
struct FeedChoice {
    std::string value, text;
    FeedOf what;
};

std::vector<FeedChoice> feed_choices(sql::Reader& reader, const web::Request& request,
                                     const Hall& hall) {
    const Tongue& say = request.tongue;
    const auto& home = request.viewer.establishment;
    std::vector<FeedChoice> out;
    for (const auto& scheme : hall.others) {
        const auto policy = schemes::policy(reader, home, scheme);
        ENSURE(policy);
        out.push_back({"scheme:" + scheme.text(),
                       say(tr("All shifts of {scheme}",
                              {{"scheme", policy->say(say.tag()).short_name}})),
                       {FeedShows::scheme, {}, scheme}});
    }
    if (!request.viewer.scheme) {
        out.push_back({"prison", say(tr("All shifts of every scheme")),
                       {FeedShows::prison, {}, {}}});
    }
    std::map<std::string, PersonId> own;
    for (const auto& scheme : hall.others) {
        for (const auto& one : people::members(reader, home, scheme, request.now)) {
            own.emplace(one.label + " " + one.person_id.text(), one.person_id);
        }
    }
    std::set<PersonId> seen;
    for (const auto& [key, person] : own) {
        if (!seen.insert(person).second) continue;
        out.push_back({"own:" + person.text(),
                       say(tr("The shifts of {label}",
                              {{"label", key.substr(0, key.size() - 37)}})),
                       {FeedShows::own, person, {}}});
    }
    return out;
}

struct FeedHall {
    std::optional<Hall> about;
    std::vector<FeedChoice> choices;
    std::vector<FeedLine> lines;
};

FeedHall feed_hall(web::Site& site, const web::Request& request) {
    const Tongue& say = request.tongue;
    const auto& home = request.viewer.establishment;
    return site.database.read([&](sql::Reader& reader) {
        FeedHall out;
        out.about = hall(reader, request);
        if (!out.about) return out;
        out.choices = feed_choices(reader, request, *out.about);
        for (const auto& row : store::feeds(reader, home)) {
            const FeedOf what{row.shows, row.person_id, row.scheme};
            if (!may_have(reader, request.viewer, what)) continue;
            const auto name = std::ranges::find_if(out.choices, [&](const FeedChoice& one) {
                return one.what.shows == what.shows && one.what.person_id == what.person_id &&
                       one.what.scheme == what.scheme;
            });
            out.lines.push_back(
                {row.feed_id, name == out.choices.end() ? "–" : name->text,
                 date_text(say, out.about->zone.local(row.made_at).day),
                 is_alive(reader, home, what, row.account_id)});
        }
        return out;
    });
}

web::Response feeds_page(web::Site& site, web::Request& request, const web::FieldErrors& errors,
                         int status) {
    const Tongue& say = request.tongue;
    auto shown = feed_hall(site, request);
    if (!shown.about) return no_scheme(request);
    std::vector<web::Choice> choices;
    for (const auto& one : shown.choices) {
        choices.push_back({one.value, one.text, "", request.form.get("shows") == one.value});
    }
    web::Field field;
    field.name = "shows";
    field.label = say(tr("What the calendar shows"));
    field.errors = &errors;
    FeedPage about{Url("/on-call/feeds"), say(tr("Calendar addresses")),
                   say(tr("A calendar that reads such an address follows the rota. Of a scheme it "
                          "shows how many people each shift needs, how many are on it, and gaps; "
                          "of a peer when they are on call.")),
                   web::form(request, Url("/on-call/feeds"),
                             Html() << web::select(request, std::move(field), std::move(choices))
                                    << web::submit(say(tr("Make an address"))))};
    return feed_page(request, about, shown.lines, errors, status);
}

web::Response make_any_feed(web::Site& site, web::Request& request) {
    const auto shown = feed_hall(site, request);
    if (!shown.about) return no_scheme(request);
    const auto found = std::ranges::find(shown.choices, request.form.get("shows"),
                                         &FeedChoice::value);
    const auto refused = [&](const Refusal& why) {
        web::FieldErrors errors;
        web::add_refusal(errors, why);
        return feeds_page(site, request, errors, why.status);
    };
    if (found == shown.choices.end()) return refused(refusal(FeedRefused::not_yours));
    return feed_made(site, request, found->what, Url("/on-call/feeds"), refused);
}

// ---- what a calendar reads ----------------------------------------------------------------------

// Without sign-in. Unknown, ended and gone look the same.
web::Response read_feed(web::Site& site, web::Request& request) {
    const auto text = site.database.read([&](sql::Reader& reader) {
        return feed_text(reader, site.establishment, request.capture("key"), request.now);
    });
    if (!text) {
        return web::text(request.tongue(tr("There is no calendar at this address.")), 404);
    }
    const std::string tag = "W/\"" + feeds::tag_of(*text) + "\"";
    const bool is_there =
        request.headers.get("if-none-match").find(tag.substr(2)) != std::string_view::npos;
    auto out = web::bytes(is_there ? std::string() : *text, "text/calendar; charset=utf-8");
    if (is_there) out.status = 304;
    out.headers.emplace_back("ETag", tag);
    // Asked for anew each time: an ended address must answer nobody.
    out.headers.emplace_back("Cache-Control", "private, no-cache");
    return out;
}

}  // namespace

std::vector<web::Route> feed_routes(web::Site& site) {
    using enum web::Method;
    using enum Permission;
    std::vector<web::Route> out;
    const auto add = [&](web::Method method, std::string_view pattern, Permission who,
                         std::function<web::Response(web::Request&)> handler) {
        out.emplace_back(method, pattern, who, std::move(handler));
    };
    add(get, "/feeds/{key}/on-call.ics", anyone,
        [&site](web::Request& request) { return read_feed(site, request); });
    add(get, "/me/feeds", answer_offers,
        [&site](web::Request& request) { return my_feeds(site, request, {}, 200); });
    add(post, "/me/feeds", answer_offers,
        [&site](web::Request& request) { return make_my_feed(site, request); });
    add(post, "/me/feeds/{id}/end", answer_offers, [&site](web::Request& request) {
        return feed_ended(site, request, Url("/me/feeds"));
    });
    add(get, "/on-call/feeds", manage_peers,
        [&site](web::Request& request) { return feeds_page(site, request, {}, 200); });
    add(post, "/on-call/feeds", manage_peers,
        [&site](web::Request& request) { return make_any_feed(site, request); });
    add(post, "/on-call/feeds/{id}/end", manage_peers, [&site](web::Request& request) {
        return feed_ended(site, request, Url("/on-call/feeds"));
    });
    return out;
}

}  // namespace alongside::rota::pages
