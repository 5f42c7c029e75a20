// Changes: every version of a scheme's rota that was published, and what changed after each.
#include <algorithm>

#include "access/access.h"
#include "base/dates.h"
#include "base/ensure.h"
#include "rota/pages_life.h"

namespace alongside::rota::pages {

std::string shift_said(const Tongue& say, const Zone& zone, Instant from, Instant to,
                       const std::string& name) {
    return day_of(say, zone, from) + ", " + hours_of(zone, from, to) + ", " + name;
}

std::string by_whom(sql::Reader& reader, const web::Request& request, const Hall& about,
                    std::string_view handle) {
    const auto doer = access::doer_of(reader, request.viewer.establishment, handle);
    if (!doer) return {};
    if (doer->person_id && about.labels.contains(*doer->person_id)) {
        return about.labels.at(*doer->person_id);
    }
    return doer->is_staff ? doer->name : request.tongue(tr("A former member"));
}

std::string names_of(const Tongue& say, const Hall& about, const std::vector<PersonId>& people) {
    std::vector<std::string> labels;
    for (const auto person : people) labels.push_back(about.label(say, person));
    std::ranges::sort(labels);
    std::string out;
    for (const auto& label : labels) out += (out.empty() ? "" : ", ") + label;
    return out;
}

namespace {

constexpr int changes_at_once = 200;        // and the rest of the last action

struct ChangesPage {
    Hall about;
    std::vector<rules::Doing> doings;       // newest first
    std::map<std::int64_t, Version> versions;
    std::map<std::string, std::string> names;       // by handle; none: the program, or nobody's now
    // Changes before and after these are on other pages; 0: there are none.
    std::int64_t older = 0, newer = 0;
};

std::int64_t seq_of(const web::Request& request, const char* name) {
    std::int64_t out = 0;
    Words problem;
    if (!web::read_field(request.query.get(name), out, problem) || out < 0) return 0;
    return out;
}

std::optional<ChangesPage> load_changes(sql::Reader& reader, const web::Request& request) {
    auto about = hall(reader, request);
    if (!about) return std::nullopt;
    const auto& home = request.viewer.establishment;
    const auto& scheme = about->scheme;
    const auto after = seq_of(request, "after");
    auto changes = after > 0 ? changes_after(reader, home, scheme, after, changes_at_once)
                             : latest_changes(reader, home, scheme, seq_of(request, "before"),
                                              changes_at_once);
    if (after == 0) std::ranges::reverse(changes);
    ChangesPage out{std::move(*about), rules::doings(changes), {}, {}};
    if (!changes.empty()) {
        const auto first = changes.front().seq, last = changes.back().seq;
        if (!latest_changes(reader, home, out.about.scheme, first, 1).empty()) out.older = first;
        if (!changes_after(reader, home, out.about.scheme, last, 1).empty()) out.newer = last;
    }
    std::ranges::reverse(out.doings);
    for (const auto& doing : out.doings) {
        const auto [at, is_new] = out.names.try_emplace(doing.by);
        if (is_new) at->second = by_whom(reader, request, out.about, doing.by);
    }
    for (auto& version : versions(reader, home, out.about.scheme)) {
        out.versions.emplace(version.version, std::move(version));
    }
    return out;
}

Words words_of_how(How how) {
    switch (how) {
        case How::plan: return tr("A plan was put on");
        case How::draft: return tr("A draft was published");
        case How::pattern: return tr("Shifts were made from the pattern");
        case How::hand: return tr("By hand");
        case How::swap: return tr("Swap");
        case How::movement: return tr("Movement");
        case How::repair: return tr("Repair");
        case How::temporary: return tr("Temporary schedule");
        case How::merged: return tr("Two records were one person");
        case How::before: return tr("Before changes were recorded");
    }
    return {};
}

// Why somebody went off: of a movement alone; the rest says itself.
std::string why_off(const Tongue& say, const rules::Doing& doing,
                    const rules::Doing::OfShift& shift) {
    if (doing.how != How::movement || !shift.why) return {};
    if (*shift.why == "left") return say(tr("left the prison"));
    if (*shift.why == "moved") return say(tr("lives where people are held apart"));
    if (*shift.why == "not_ready") return say(tr("stopped being ready"));
    return {};
}

Html shift_line(const Tongue& say, const Hall& about, const rules::Doing& doing,
                const rules::Doing::OfShift& shift) {
    std::vector<std::string> parts;
    if (shift.what) {
        switch (*shift.what) {
            case Changed::added: parts.push_back(say(tr("a new shift"))); break;
            case Changed::moved: parts.push_back(say(tr("its times were changed"))); break;
            case Changed::cancelled: parts.push_back(say(tr("cancelled"))); break;
            case Changed::restored: parts.push_back(say(tr("there again"))); break;
            case Changed::on:
            case Changed::off: break;
        }
    }
    if (!shift.off.empty()) {
        const auto why = why_off(say, doing, shift);
        const Words off = why.empty() ? tr("{peers} off", {{"peers", names_of(say, about,
                                                                              shift.off)}})
                                      : tr("{peers} off ({why})",
                                           {{"peers", names_of(say, about, shift.off)},
                                            {"why", why}});
        parts.push_back(say(off));
    }
    if (!shift.on.empty()) {
        parts.push_back(say(tr("{peers} on", {{"peers", names_of(say, about, shift.on)}})));
    }
    Html out;
    out << "<li>"
        << web::link(shift_said(say, about.zone, shift.starts_at, shift.ends_at, shift.name),
                     Url("/on-call/shifts") / shift.shift_id.text())
        << ": ";
    for (std::size_t i = 0; i < parts.size(); ++i) out << (i == 0 ? "" : "; ") + parts[i];
    return out << "</li>";
}

Html what_was_done(const Tongue& say, const Hall& about, const rules::Doing& doing) {
    constexpr std::size_t most_at_a_glance = 6;
    auto shifts = doing.shifts;
    std::ranges::stable_sort(shifts, {}, &rules::Doing::OfShift::starts_at);
    Html list;
    list << "<ul class=\"govuk-list\">";
    for (const auto& shift : shifts) list << shift_line(say, about, doing, shift);
    list << "</ul>";
    if (shifts.size() <= most_at_a_glance) return list;
    return web::details(say(trn("{count} shift", "{count} shifts",
                                static_cast<long>(shifts.size()))),
                        std::move(list));
}

Html version_part(const Tongue& say, const ChangesPage& shown, std::int64_t number,
                  std::vector<web::Happened> happened, std::int64_t published_seq) {
    const auto& about = shown.about;
    Html out;
    const auto version = shown.versions.find(number);
    if (version == shown.versions.end()) {
        out << web::heading(2, say(tr("Before the first version")), "m");
    } else {
        const auto at = about.zone.local(version->second.published_at);
        out << web::heading(2, say(tr("Version {number}, published {day} at {time}",
                                      {{"number", std::to_string(number)},
                                       {"day", day_text(say, at.day)},
                                       {"time", clock_time(about.zone,
                                                           version->second.published_at)}})),
                            "m");
    }
    Html links;
    if (published_seq > 0) {
        links << web::link(say(tr("Version {number} beside the rota as it is now",
                                  {{"number", std::to_string(number)}})),
                           here(about, Url("/on-call/changes/stood"))
                               .with("after", std::to_string(published_seq)));
    }
    if (version != shown.versions.end() && version->second.draft_id) {
        if (published_seq > 0) links << "<br>";
        links << web::link(say(tr("The draft that was version {number}",
                                  {{"number", std::to_string(number)}})),
                           Url("/on-call/drafts") / version->second.draft_id->text());
    }
    if (!links.empty()) out << "<p class=\"govuk-body\">" << links << "</p>";
    return out << web::timeline(std::move(happened));
}

Html all_versions(const web::Request& request, const ChangesPage& shown) {
    const Tongue& say = request.tongue;
    Html out;
    for (std::size_t first = 0; first < shown.doings.size();) {
        const auto number = shown.doings[first].version;
        std::vector<web::Happened> happened;
        std::int64_t published_seq = 0;
        for (; first < shown.doings.size() && shown.doings[first].version == number; ++first) {
            const auto& doing = shown.doings[first];
            const auto version = shown.versions.find(number);
            const bool is_publishing = version != shown.versions.end() &&
                                       doing.how == version->second.how &&
                                       doing.at == version->second.published_at;
            if (is_publishing && published_seq == 0) published_seq = doing.last_seq;
            happened.push_back({say(words_of_how(doing.how)), shown.names.at(doing.by), doing.at,
                                when_text(say, shown.about.zone, doing.at, request.now),
                                what_was_done(say, shown.about, doing)});
        }
        out << version_part(say, shown, number, std::move(happened), published_seq);
    }
    return out;
}

Html other_changes(const Tongue& say, const ChangesPage& shown) {
    const auto page = here(shown.about, Url("/on-call/changes"));
    Html links;
    const auto add = [&](const Words& words, Markup field, std::int64_t seq) {
        if (seq == 0) return;
        links << "<p class=\"govuk-body\">"
              << web::link(say(words), page.with(field, std::to_string(seq))) << "</p>";
    };
    add(tr("Newer changes"), "after", shown.newer);
    add(tr("Older changes"), "before", shown.older);
    if (links.empty()) return {};
    return Html() << "<nav aria-label=\"" << say(tr("Other changes")) << "\">" << links
                  << "</nav>";
}

web::Response changes_page(web::Site& site, web::Request& request) {
    const Tongue& say = request.tongue;
    const auto shown = site.database.read(
        [&](sql::Reader& reader) { return load_changes(reader, request); });
    if (!shown) return no_scheme(request);
    web::PageOptions options;
    options.title = say(tr("Changes of the rota: {scheme}",
                           {{"scheme", shown->about.policy->say(say.tag()).short_name}}));
    options.before_main = web::back_link(say, here(shown->about, Url("/on-call")));
    Html main;
    main << web::head_row(options.title)
         << web::paragraph(say(tr("Each time that a plan, a draft or the pattern is put on is a "
                                  "version. Under it stands what changed after it: by hand, by a "
                                  "swap, a movement or a repair.")))
         << "<p class=\"govuk-body\">"
         << web::link(say(tr("The rota as it stood at any time")),
                      here(shown->about, Url("/on-call/changes/stood")))
         << "</p>";
    if (shown->doings.empty()) {
        main << web::empty_state(say(tr("Nothing has changed since changes are recorded.")));
    }
    main << all_versions(request, *shown);
    main << other_changes(say, *shown);
    return web::page(request, std::move(options), std::move(main));
}

}  // namespace

std::vector<web::Route> changes_routes(web::Site& site) {
    std::vector<web::Route> out;
    out.emplace_back(web::Method::get, "/on-call/changes", Permission::manage_peers,
                     [&site](web::Request& request) { return changes_page(site, request); });
    return out;
}

}  // namespace alongside::rota::pages
