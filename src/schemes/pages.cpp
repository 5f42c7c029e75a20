// Policy: every value with its source, the words of each language, editing as text, pausing.
#include <algorithm>
#include <charconv>

#include "base/dates.h"
#include "people/people.h"
#include "schemes/refusals.h"
#include "schemes/store.h"
#include "web/components.h"

namespace alongside::schemes {
namespace {

// What one scheme is here, for one page.
struct Seen {
    SchemeCode scheme;
    std::shared_ptr<const Policy> policy;      // the template where it isn't open
    bool is_open = false;
    std::vector<PausedAs> pauses;
    bool is_paused_as(PausedAs as) const {
        return std::ranges::find(pauses, as) != pauses.end();
    }
    std::vector<store::Version> versions;
    std::string text;
    int version = 0;
    Zone zone = Zone::find("UTC").value();     // the prison's
};

std::optional<Seen> see(web::Site& site, const Viewer& who, const SchemeCode& scheme) {
    const auto& all = templates();
    const auto shipped = std::find_if(all.begin(), all.end(),
                                      [&](const Policy& one) { return one.scheme == scheme; });
    if (shipped == all.end() || (who.scheme && *who.scheme != scheme)) return std::nullopt;
    return site.database.read([&](sql::Reader& reader) -> std::optional<Seen> {
        Seen out;
        out.scheme = scheme;
        out.policy = schemes::policy(reader, who.establishment, scheme);
        out.is_open = out.policy != nullptr;
        if (!out.policy) out.policy = {std::shared_ptr<const Policy>(), &*shipped};
        out.pauses = store::pauses(reader, who.establishment, scheme);
        out.versions = store::versions(reader, who.establishment, scheme);
        if (!out.versions.empty()) out.version = out.versions.front().version;
        const auto own = store::text_of(reader, who.establishment, scheme, out.version);
        out.text = own ? *own : template_text(scheme).value();
        const auto prison = people::establishment(reader, who.establishment);
        const auto zone = prison ? Zone::find(prison->time_zone) : std::nullopt;
        if (zone) out.zone = *zone;
        return out;
    });
}

std::optional<Seen> see(web::Site& site, const web::Request& request) {
    const auto scheme = SchemeCode::parse(request.capture("scheme"));
    if (!scheme) return std::nullopt;
    return see(site, request.viewer, *scheme);
}

Html state_of(const Tongue& say, const Seen& seen) {
    if (!seen.is_open) return web::chip(say(tr("not open here")), web::Tone::off);
    if (!seen.pauses.empty()) return web::chip(say(tr("paused")), web::Tone::gap);
    return web::chip(say(tr("open")), web::Tone::ready);
}

Html source_of(const Tongue& say, const std::string& source) {
    if (source == "default") return web::chip(say(tr("default")), web::Tone::rest);
    return Html() << source;
}

web::Response schemes_page(web::Site& site, web::Request& request) {
    const Tongue& say = request.tongue;
    web::Table table;
    table.caption = say(tr("Schemes"));
    table.caption_is_hidden = true;
    table.head = {say(tr("Scheme")), say(tr("Run by")), say(tr("State")), say(tr("Version"))};
    for (const auto& one : templates()) {
        const auto seen = see(site, request.viewer, one.scheme);
        if (!seen) continue;
        const auto& words = seen->policy->say(say.tag());
        table.rows.push_back({web::link(words.name, Url("/policy") / one.scheme.text()),
                              Html() << words.run_by, state_of(say, *seen),
                              Html() << (seen->version == 0 ? say(tr("as shipped"))
                                                            : std::to_string(seen->version))});
    }
    web::PageOptions options;
    options.title = say(tr("Policy"));
    Html main;
    main << web::head_row(options.title)
         << web::paragraph(say(tr("Each scheme is a file of values with their sources. What nobody "
                                  "has published is marked default: look at those first.")))
         << web::table(std::move(table));
    return web::page(request, std::move(options), std::move(main));
}

Html words_table(const web::Request& request, const std::string& tag, const SchemeWords& words) {
    const Tongue& say = request.tongue;
    const std::pair<Words, const std::string*> rows[] = {
        {tr("Name"), &words.name},
        {tr("Short name"), &words.short_name},
        {tr("Purpose"), &words.purpose},
        {tr("Run by"), &words.run_by},
        {tr("Confidentiality, read out before asking"), &words.confidentiality},
        {tr("What happens next"), &words.ask_promise},
        {tr("What an officer says at the door"), &words.door_words},
        {tr("Helpline"), &words.helpline},
    };
    std::vector<web::Pair> pairs;
    for (const auto& [label, text] : rows) {
        Html value;
        value << "<span lang=\"" << tag << "\">" << *text << "</span>";
        pairs.push_back({say(label), std::move(value), {}});
    }
    return web::summary_list(std::move(pairs));
}

// "kept.topics.1.fr-CA" -> "fr-CA" where that is a language of the scheme.
std::string language_of(const Policy& policy, const std::string& key) {
    const auto dot = key.rfind('.');
    if (dot == key.npos) return {};
    const auto last = key.substr(dot + 1);
    return policy.words.contains(last) ? last : std::string();
}

// One table a part of the file; texts in the reader's language alone.
Html values_tables(const web::Request& request, const Policy& policy) {
    const Tongue& say = request.tongue;
    const std::string own(policy.words.contains(std::string(say.tag())) ? say.tag() : "en");
    std::vector<std::pair<std::string, web::Table>> parts;
    for (const auto& value : policy.values) {
        const auto language = language_of(policy, value.key);
        if (value.key.starts_with("words.") || (!language.empty() && language != own)) continue;
        const auto part = value.key.substr(0, value.key.find('.'));
        const auto same = [&](const auto& one) { return one.first == part; };
        auto found = std::find_if(parts.begin(), parts.end(), same);
        if (found == parts.end()) {
            web::Table table;
            table.caption = part;
            table.head = {say(tr("Key in the file")), say(tr("Value")), say(tr("Source"))};
            found = parts.insert(parts.end(), {part, std::move(table)});
        }
        Html key, shown;
        key << "<code>" << value.key << "</code>";
        if (language.empty()) shown << value.value;
        else shown << "<span lang=\"" << language << "\">" << value.value << "</span>";
        found->second.rows.push_back({std::move(key), std::move(shown),
                                      source_of(say, value.source)});
    }
    Html out;
    for (auto& [part, table] : parts) out << web::table(std::move(table));
    return out;
}

Html buttons(const web::Request& request, const Seen& seen) {
    const Tongue& say = request.tongue;
    const Url here = Url("/policy") / seen.scheme.text();
    if (!seen.is_open) {
        return web::button_form(request, here / "opening", say(tr("Open this scheme here")));
    }
    Html out;
    out << web::button_link(say(tr("Change the policy")), here / "edit");
    if (seen.is_paused_as(PausedAs::prison)) {
        out << web::button_form(request, here / "pause", say(tr("Let it run again")),
                                web::Weight::secondary, {{"is_paused", "no"}});
    } else {
        out << web::button_form(request, here / "pause", say(tr("Pause this scheme")),
                                web::Weight::warning, {{"is_paused", "yes"}});
    }
    return out;
}

Html versions_list(const web::Request& request, const Seen& seen) {
    const Tongue& say = request.tongue;
    if (seen.versions.empty()) return web::paragraph(say(tr("The template is in force.")));
    web::Table table;
    table.caption = say(tr("Versions"));
    table.caption_is_hidden = true;
    table.head = {say(tr("Version")), say(tr("Saved"))};
    for (const auto& version : seen.versions) {
        const auto number = std::to_string(version.version);
        table.rows.push_back(
            {web::link(say(tr("Version {number}", {{"number", number}})),
                       Url("/policy") / seen.scheme.text() / "versions" / number),
             Html() << date_text(say, seen.zone.local(version.saved_at).day) << " "
                    << clock_time(seen.zone, version.saved_at)});
    }
    return web::table(std::move(table));
}

web::Response policy_page(web::Site& site, web::Request& request) {
    const Tongue& say = request.tongue;
    const auto seen = see(site, request);
    if (!seen) return web::not_found(request);
    web::PageOptions options;
    options.title = seen->policy->say(say.tag()).name;
    options.before_main = web::back_link(say, Url("/policy"));
    Html main;
    main << web::head_row(options.title) << "<p>" << state_of(say, *seen) << "</p>";
    if (!seen->pauses.empty()) {
        main << web::warning(say, say(tr("This scheme is paused: nobody new is sent, and whoever "
                                         "asks is shown the helpline and staff.")));
    }
    if (seen->is_paused_as(PausedAs::partner)) {
        main << web::paragraph(say(refusal(Refused::partners_pause).sentence));
    }
    main << buttons(request, *seen) << web::heading(2, say(tr("Its words")), "m");
    for (const auto& [tag, words] : seen->policy->words) {
        const auto& all = languages();
        const auto known = std::find_if(all.begin(), all.end(),
                                        [&](const Language& one) { return one.tag == tag; });
        main << web::heading(3, known == all.end() ? std::string_view(tag) : known->name, "s")
             << words_table(request, tag, words);
    }
    main << web::heading(2, say(tr("Its values and where they come from")), "m")
         << values_tables(request, *seen->policy) << web::heading(2, say(tr("Versions")), "m")
         << versions_list(request, *seen);
    return web::page(request, std::move(options), std::move(main));
}

// A text field numbers no lines: each mistake shows the line it is about.
std::string line_of(std::string_view text, int line) {
    for (; line > 1; --line) {
        const auto end = text.find('\n');
        if (end == std::string_view::npos) return {};
        text.remove_prefix(end + 1);
    }
    const auto end = std::min(text.find('\n'), text.size());
    return std::string(text.substr(0, end));
}

web::Response editor(const web::Request& request, const Seen& seen, const std::string& text,
                     int based_on, const std::vector<Trouble>& troubles,
                     const web::FieldErrors& errors, int status) {
    const Tongue& say = request.tongue;
    web::PageOptions options;
    options.title = say(tr("Change the policy of {scheme}",
                           {{"scheme", seen.policy->say(say.tag()).short_name}}));
    options.before_main = web::back_link(say, Url("/policy") / seen.scheme.text());
    Html main;
    main << web::error_summary(request, errors) << web::head_row(options.title);
    if (!troubles.empty()) {
        web::Table table;
        table.caption = say(trn("{count} mistake", "{count} mistakes",
                                static_cast<long>(troubles.size())));
        table.head = {say(tr("Line")), say(tr("Column")), say(tr("What stands there")),
                      say(tr("Key in the file")), say(tr("What is wrong"))};
        table.is_number = {true, true, false, false, false};
        for (const auto& one : troubles) {
            Html key, there;
            key << "<code>" << one.key << "</code>";
            there << "<code>" << line_of(text, one.line) << "</code>";
            table.rows.push_back({Html() << one.line, Html() << one.column, std::move(there),
                                  std::move(key),
                                  Html() << "<span lang=\"en\">" << one.sentence << "</span>"});
        }
        main << web::table(std::move(table));
    }
    web::Field field;
    field.name = "policy";
    field.label = say(tr("The file"));
    field.hint = say(tr("Every value has a source; write “default” where there is none."));
    field.value = text;
    field.errors = &errors;
    Html inner;
    inner << "<input type=\"hidden\" name=\"based_on\" value=\"" << based_on << "\">"
          << web::textarea(request, field, 30) << web::submit(say(tr("Save as a new version")));
    main << web::form(request, Url("/policy") / seen.scheme.text(), std::move(inner));
    return web::page(request, std::move(options), std::move(main), status);
}

web::Response edit_page(web::Site& site, web::Request& request) {
    const auto seen = see(site, request);
    if (!seen) return web::not_found(request);
    return editor(request, *seen, seen->text, seen->version, {}, {}, 200);
}

// Browsers send CR LF; the file has lines that end with LF, and no mark of its encoding.
std::string with_plain_lines(std::string_view text) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    std::string out;
    for (const char c : text) {
        if (c != '\r') out += c;
    }
    return out;
}

web::Response save(web::Site& site, web::Request& request) {
    const auto seen = see(site, request);
    if (!seen) return web::not_found(request);
    const auto text = with_plain_lines(request.form.get("policy"));
    int based_on = -1;
    const auto said = request.form.get("based_on");
    std::from_chars(said.data(), said.data() + said.size(), based_on);
    const auto done = save_policy(site.database, request.occasion(site.entropy), seen->scheme,
                                  text, based_on);
    if (done) return web::see_other(Url("/policy") / seen->scheme.text());
    web::FieldErrors errors;
    web::add_refusal(errors, done.error());
    const auto reading = read_policy(text, seen->scheme.text() + ".toml");
    return editor(request, *seen, text, based_on, reading.troubles, errors, done.error().status);
}

web::Response version_text(web::Site& site, web::Request& request) {
    const auto seen = see(site, request);
    const auto said = request.capture("version");
    int number = 0;
    const auto read = std::from_chars(said.data(), said.data() + said.size(), number);
    if (!seen || read.ec != std::errc() || read.ptr != said.data() + said.size()) {
        return web::not_found(request);
    }
    const auto text = site.database.read([&](sql::Reader& reader) {
        return store::text_of(reader, request.viewer.establishment, seen->scheme, number);
    });
    if (!text) return web::not_found(request);
    const Tongue& say = request.tongue;
    web::PageOptions options;
    options.title = seen->policy->say(say.tag()).short_name + ": " +
                    say(tr("Version {number}", {{"number", std::to_string(number)}}));
    options.before_main = web::back_link(say, Url("/policy") / seen->scheme.text());
    Html main = web::heading(1, options.title);
    main << "<pre tabindex=\"0\" lang=\"en\"><code>" << *text << "</code></pre>";
    return web::page(request, std::move(options), std::move(main));
}

// Paused or not, as the form says; an answer that is neither changes nothing.
web::Response pause_as_said(web::Site& site, const web::Request& request, const SchemeCode& scheme,
                            const Url& onward) {
    bool is_paused = false;
    Words problem;
    if (!web::read_field(request.form.get("is_paused"), is_paused, problem)) {
        return web::bad_fields(request, {{"is_paused", problem}});
    }
    const auto done = pause_scheme(site.database, request.occasion(site.entropy), scheme,
                                   is_paused);
    if (!done) return web::refused(request, done.error());
    return web::see_other(onward);
}

// The partner's own word, from its overview: a scheme that somebody else runs isn't theirs to stop.
web::Response pause_by_partner(web::Site& site, web::Request& request) {
    const auto scheme = SchemeCode::parse(request.capture("scheme"));
    if (!scheme) return web::not_found(request);
    const auto now = site.database.read([&](sql::Reader& reader) {
        return policy(reader, request.viewer.establishment, *scheme);
    });
    if (now && now->partner.empty() && !request.viewer.may(Permission::manage_policy)) {
        return web::refused(request, refusal(Refused::not_yours));
    }
    return pause_as_said(site, request, *scheme, Url("/overview"));
}

web::Response back_to(const web::Request& request, const Result<Done>& done) {
    if (!done) return web::refused(request, done.error());
    return web::see_other(Url("/policy") / request.capture("scheme"));
}

}  // namespace

std::vector<web::Route> routes(web::Site& site) {
    using enum web::Method;
    constexpr auto who = Permission::manage_policy;
    const auto on = [&site](web::Response (*handler)(web::Site&, web::Request&)) {
        return [&site, handler](web::Request& request) { return handler(site, request); };
    };
    std::vector<web::Route> out;
    out.emplace_back(get, "/policy", who, on(schemes_page));
    out.emplace_back(get, "/policy/{scheme}", who, on(policy_page));
    out.emplace_back(get, "/policy/{scheme}/edit", who, on(edit_page));
    out.emplace_back(post, "/policy/{scheme}", who, on(save)).body_limit(1024 * 1024);
    out.emplace_back(get, "/policy/{scheme}/versions/{version}", who, on(version_text));
    out.emplace_back(post, "/policy/{scheme}/opening", who, [&site](web::Request& request) {
        const auto scheme = SchemeCode::parse(request.capture("scheme"));
        if (!scheme) return web::not_found(request);
        return back_to(request, open_scheme(site.database, request.occasion(site.entropy),
                                            *scheme));
    });
    out.emplace_back(post, "/policy/{scheme}/pause", who, [&site](web::Request& request) {
        const auto scheme = SchemeCode::parse(request.capture("scheme"));
        if (!scheme) return web::not_found(request);
        return pause_as_said(site, request, *scheme, Url("/policy") / scheme->text());
    });
    out.emplace_back(post, "/schemes/{scheme}/pause", Permission::see_overview,
                     on(pause_by_partner));
    return out;
}

}  // namespace alongside::schemes
