// What each shift needs of whoever is on it: the coordinator's list, by the shift's name.
#include <algorithm>

#include "people/people.h"
#include "rota/needs.h"
#include "rota/pages_mine.h"

namespace alongside::rota::pages {
namespace {

struct NeedsPage {
    Hall about;
    std::vector<std::string> names;
    NeedsByName needs;
    std::vector<people::Unit> units;
};

std::optional<NeedsPage> load_needs(web::Site& site, const web::Request& request) {
    return site.database.read([&](sql::Reader& reader) -> std::optional<NeedsPage> {
        auto about = hall(reader, request);
        if (!about) return std::nullopt;
        const auto& home = request.viewer.establishment;
        auto names = shift_names(reader, home, about->scheme, request.now);
        auto needs = shift_needs(reader, home, about->scheme);
        return NeedsPage{std::move(*about), std::move(names), std::move(needs),
                         people::units(reader, home)};
    });
}

std::string module_name(const Tongue& say, const schemes::Policy& policy,
                        const std::string& code) {
    const auto found = std::ranges::find(policy.modules, code, &schemes::Module::code);
    return found == policy.modules.end() ? code : schemes::in_language(found->name, say.tag());
}

std::string unit_name(const std::vector<people::Unit>& units, const std::string& code) {
    const auto found = std::ranges::find(units, code, &people::Unit::unit);
    return found == units.end() ? code : found->name;
}

template <class NameOf>
std::string list_of(const std::vector<std::string>& codes, const NameOf& name_of) {
    std::string out;
    for (const auto& code : codes) out += (out.empty() ? "" : ", ") + name_of(code);
    return out;
}

Url edit_needs(const Hall& about, const std::string& name) {
    return here(about, Url("/on-call/needs")).with("name", name);
}

Html needs_list(const web::Request& request, const NeedsPage& shown) {
    const Tongue& say = request.tongue;
    web::Table table;
    table.caption = say(tr("What each shift needs"));
    table.caption_is_hidden = true;
    table.head = {say(tr("Shift")), say(tr("Needs")), say(tr("Do"))};
    for (const auto& name : shown.names) {
        const auto& needs = shown.needs.of(name);
        const auto said = needs_text(say, *shown.about.policy, shown.units, needs);
        table.rows.push_back(
            {Html() << name, Html() << (said.empty() ? say(tr("No more than being ready")) : said),
             Html() << web::link(say(tr("Change what “{shift}” needs", {{"shift", name}})),
                                 edit_needs(shown.about, name))});
    }
    return web::table(std::move(table));
}

// Whoever is ready has done all mandatory modules: the others are left to choose.
std::vector<web::Choice> module_choices(const Tongue& say, const schemes::Policy& policy,
                                        const ShiftNeeds& needs) {
    std::vector<web::Choice> out;
    for (const auto& module : policy.modules) {
        if (module.is_mandatory) continue;
        out.push_back({module.code, schemes::in_language(module.name, say.tag()), "",
                       std::ranges::count(needs.modules, module.code) > 0});
    }
    return out;
}

Html needs_form(const web::Request& request, const NeedsPage& shown, const std::string& name,
                const web::FieldErrors& errors) {
    const Tongue& say = request.tongue;
    const auto& needs = shown.needs.of(name);
    const auto field = [&](const char* of, const Words& label, std::string hint) {
        return field_of(request, of, say(label), std::move(hint), "", errors);
    };
    auto modules = module_choices(say, *shown.about.policy, needs);
    std::vector<web::Choice> units;
    for (const auto& one : shown.units) {
        units.push_back({one.unit, one.name, "", std::ranges::count(needs.units, one.unit) > 0});
    }
    Html inner;
    inner << "<input type=\"hidden\" name=\"scheme\" value=\"" << shown.about.scheme.text()
          << "\"><input type=\"hidden\" name=\"name\" value=\"" << name << "\">";
    if (modules.empty()) {
        inner << web::paragraph(say(tr("Every module of this scheme is mandatory: whoever is ready "
                                       "has done them all.")));
    } else {
        inner << web::checkboxes(request, field("modules", tr("Modules"),
                                                say(tr("Mandatory ones are needed anyway."))),
                                 std::move(modules));
    }
    inner << web::checkboxes(request, field("units", tr("Clearance for these units"),
                                            say(tr("Where whoever is on this shift is sent."))),
                             std::move(units))
          << web::submit(say(tr("Save")));
    return Html() << web::heading(2, say(tr("What “{shift}” needs", {{"shift", name}})), "m")
                  << web::form(request, Url("/on-call/needs"), std::move(inner));
}

web::Response needs_page(const web::Request& request, const NeedsPage& shown,
                         const std::string& name, const web::FieldErrors& errors, int status) {
    const Tongue& say = request.tongue;
    const auto& about = shown.about;
    web::PageOptions options;
    options.title = say(tr("What each shift needs: {scheme}",
                           {{"scheme", about.policy->say(say.tag()).short_name}}));
    options.before_main = web::back_link(say, here(about, Url("/on-call")));
    Html main;
    main << web::error_summary(request, errors) << web::head_row(options.title)
         << web::paragraph(say(tr("Beside being ready. It holds for every shift of that name from "
                                  "now on: plans, repairs, swaps and changes by hand keep to it. "
                                  "Whoever is on one without it leaves a gap at once.")));
    if (shown.names.empty()) {
        main << web::empty_state(say(tr("There is no shift yet. Add one first.")));
    } else {
        main << needs_list(request, shown);
    }
    if (!name.empty()) main << needs_form(request, shown, name, errors);
    return web::page(request, std::move(options), std::move(main), status);
}

web::Response see_needs(web::Site& site, web::Request& request) {
    const auto shown = load_needs(site, request);
    if (!shown) return no_scheme(request);
    const std::string name(request.query.get("name"));
    const bool is_known = name.empty() || std::ranges::count(shown->names, name) > 0;
    return is_known ? needs_page(request, *shown, name, {}, 200) : web::not_found(request);
}

web::Response save_needs_form(web::Site& site, web::Request& request) {
    const auto shown = load_needs(site, request);
    if (!shown) return no_scheme(request);
    ShiftNeeds needs;
    for (const auto code : request.form.all("modules")) needs.modules.emplace_back(code);
    for (const auto code : request.form.all("units")) needs.units.emplace_back(code);
    const std::string name(request.form.get("name"));
    const auto done = save_needs(site.database, request.occasion(site.entropy),
                                 shown->about.scheme, name, std::move(needs));
    if (done) return web::see_other(here(shown->about, Url("/on-call/needs")));
    if (done.error().status == 404) return web::refused(request, done.error());
    web::FieldErrors errors;
    web::add_refusal(errors, done.error());
    return needs_page(request, *shown, name, errors, done.error().status);
}

}  // namespace

std::string needs_text(const Tongue& say, const schemes::Policy& policy,
                       const std::vector<people::Unit>& units, const ShiftNeeds& needs) {
    const auto modules = list_of(needs.modules, [&](const std::string& code) {
        return module_name(say, policy, code);
    });
    const auto cleared = list_of(needs.units, [&](const std::string& code) {
        return unit_name(units, code);
    });
    if (cleared.empty()) return modules;
    const auto clearance = say(tr("clearance for {units}", {{"units", cleared}}));
    return modules.empty() ? clearance : modules + "; " + clearance;
}

std::vector<web::Route> needs_routes(web::Site& site) {
    using enum web::Method;
    constexpr auto who = Permission::manage_peers;
    std::vector<web::Route> out;
    out.emplace_back(get, "/on-call/needs", who, [&site](web::Request& request) {
        return see_needs(site, request);
    });
    out.emplace_back(post, "/on-call/needs", who, [&site](web::Request& request) {
        return save_needs_form(site, request);
    });
    return out;
}

}  // namespace alongside::rota::pages
