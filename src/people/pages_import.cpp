// Import with preview: upload, the difference in counts and lists, apply or abandon, progress.
#include <algorithm>
#include <boost/json.hpp>

#include "base/dates.h"
#include "people/hall.h"
#include "people/refusals.h"
#include "people/store_import.h"

namespace alongside::people {

void Imports::start(const Occasion& occasion, ImportId import, bool allow) {
    const std::lock_guard lock(mutex_);
    if (!running_.insert(import).second) return;
    threads_.emplace_back([this, occasion, import, allow](const std::stop_token& stop) {
        apply(stop, occasion, import, allow);
        const std::lock_guard ended(mutex_);
        running_.erase(import);
    });
}

void Imports::apply(const std::stop_token& stop, Occasion occasion, ImportId import, bool allow) {
    constexpr Millis before_again{1'000};
    occasion.entropy = &site_.entropy;
    while (!stop.stop_requested()) {
        try {
            // A refusal leaves the rest as it is: the page says so, and offers to go on.
            (void)apply_import(site_.database, occasion, import, allow, {}, stop);
            return;
        } catch (const sql::Fault& fault) {
            if (!fault.may_pass()) return;
        } catch (const std::exception&) {
            return;
        }
        std::unique_lock lock(mutex_);
        wake_.wait_for(lock, stop, before_again, [] { return false; });
        occasion.now = site_.clock.now();
    }
}

void Imports::go_on() {
    const auto& prison = site_.establishment;
    const auto left = site_.database.read([&](sql::Reader& r) {
        return store::imports_being_applied(r, prison);
    });
    for (const auto import : left) {
        start({the_program(prison), site_.clock.now(), &site_.entropy}, import, true);
    }
}

bool Imports::is_running(ImportId import) const {
    const std::lock_guard lock(mutex_);
    return running_.contains(import);
}

namespace pages {
namespace {

constexpr int lines_shown = 50;

bool may_see(const web::Request& request, ImportKind kind) {
    return request.viewer.may(kind == ImportKind::roll ? Permission::import_roll
                                                       : Permission::import_kept_apart);
}

Words words_of(ImportState state) {
    switch (state) {
        case ImportState::reading: return tr("not read to its end");
        case ImportState::staged: return tr("waits for your yes");
        case ImportState::applying: return tr("being applied");
        case ImportState::applied: return tr("applied");
        case ImportState::abandoned: return tr("abandoned");
    }
    return {};
}
Words words_of(ImportKind kind) {
    switch (kind) {
        case ImportKind::roll: return tr("Roll");
        case ImportKind::kept_apart: return tr("Kept apart");
    }
    return {};
}

// An administrator has both forms on one page: fields are named after their form.
std::string field_of(ImportKind kind, const std::string& name) {
    return kind == ImportKind::roll ? name : "pairs." + name;
}

Html upload_form(const web::Request& request, ImportKind kind, const web::FieldErrors& errors) {
    const Tongue& say = request.tongue;
    web::Field file{.name = field_of(kind, "file"),
                    .label = say(kind == ImportKind::roll ? tr("The roll, as CSV or JSON")
                                                          : tr("Kept-apart pairs, as CSV or JSON")),
                    .hint = say(tr("Nothing is changed before you have seen the difference.")),
                    .errors = &errors};
    web::Field options{.name = field_of(kind, "options"), .label = say(tr("How to read it")),
                       .errors = &errors};
    std::vector<web::Choice> choices{
        {"strict", say(tr("Take all rows or none")), "", false}};
    if (kind == ImportKind::roll) {
        choices.push_back({"add_places", say(tr("Add cells that we don't know yet")), "", false});
    }
    Html fields;
    fields << web::file_upload(request, file, ".csv,.json,text/csv,application/json")
           << web::checkboxes(request, options, std::move(choices))
           << web::submit(say(tr("Show the difference")));
    const Url action = kind == ImportKind::roll ? Url("/imports/roll") : Url("/imports/kept-apart");
    return web::form(request, action, std::move(fields), true);
}

Html import_rows(Hall& hall, const web::Request& request, ImportKind kind) {
    const Tongue& say = request.tongue;
    const auto& prison = request.viewer.establishment;
    const auto [all, zone] = hall.site.database.read([&](sql::Reader& r) {
        return std::pair(people::imports(r, prison, kind, 10), zone_of(r, prison));
    });
    if (all.empty()) {
        return web::empty_state(say(tr("Nothing has been imported yet. Upload a file below.")));
    }
    web::Table table{.caption = say(words_of(kind)), .caption_is_hidden = true,
                     .head = {say(tr("Read")), say(tr("Rows")), say(tr("Changes")),
                              say(tr("State"))}};
    for (const auto& import : all) {
        const auto at = date_text(say, zone.local(import.staged_at).day) + " " +
                        clock_time(zone, import.staged_at);
        table.rows.push_back({web::link(at, Url("/imports") / import.import_id.text()),
                              Html() << import.rows_read, Html() << import.changes(),
                              Html() << say(words_of(import.state))});
    }
    return web::table(std::move(table));
}

web::Response imports_page(Hall& hall, const web::Request& request, ImportKind of_errors,
                           const web::FieldErrors& errors, int status) {
    const Tongue& say = request.tongue;
    web::PageOptions options;
    options.title = say(tr("Import"));
    Html main;
    main << web::error_summary(request, errors) << web::heading(1, options.title);
    for (const auto kind : {ImportKind::roll, ImportKind::kept_apart}) {
        if (!may_see(request, kind)) continue;
        main << web::heading(2, say(words_of(kind)), "m") << import_rows(hall, request, kind)
             << upload_form(request, kind, kind == of_errors ? errors : web::FieldErrors{});
    }
    return web::page(request, std::move(options), std::move(main), status);
}

web::Response upload(Hall& hall, web::Request& request, ImportKind kind) {
    const auto found = std::ranges::find_if(request.files, [&](const web::Request::File& file) {
        return file.field == field_of(kind, "file") || file.field == "file";
    });
    const auto show_again = [&](const Refusal& why) {
        web::FieldErrors errors;
        web::add_refusal(errors, why);
        for (auto& error : errors) error.field = field_of(kind, error.field);
        return imports_page(hall, request, kind, errors, why.status);
    };
    const bool is_chosen = found != request.files.end() &&
                           !(found->bytes.empty() && found->name.empty());
    if (!is_chosen) return show_again(refusal(ImportRefused::no_file));
    StageOptions options;
    const auto first = found->bytes.find_first_not_of("\xEF\xBB\xBF \t\r\n");
    const bool is_json = first != std::string::npos &&
                         (found->bytes[first] == '[' || found->bytes[first] == '{');
    options.format = is_json ? Rows::Format::json : Rows::Format::csv;
    for (const auto option : request.form.all(field_of(kind, "options"))) {
        options.is_strict = options.is_strict || option == "strict";
        options.add_places = options.add_places || option == "add_places";
    }
    bool is_given = false;
    const ReadMore more = [&]() -> std::string_view {
        return std::exchange(is_given, true) ? std::string_view() : found->bytes;
    };
    const ImportId id(request.id_to_make(hall.site.entropy));
    const auto occasion = hall.occasion(request);
    const auto staged =
        kind == ImportKind::roll
            ? stage_roll(hall.site.database, occasion, id, more, options)
            : stage_kept_apart(hall.site.database, occasion, id, more, options);
    if (!staged) return show_again(staged.error());
    return web::see_other(Url("/imports") / id.text());
}

Html counts(const Tongue& say, const ImportOverview& import) {
    std::vector<web::Figure> all;
    const auto add = [&](const Words& label, std::int64_t value) {
        all.push_back({say(label), std::to_string(value), ""});
    };
    if (import.kind == ImportKind::roll) {
        add(tr("Arrived"), import.arrived);
        add(tr("Moved"), import.moved);
        add(tr("Left"), import.gone);
        add(tr("Changed"), import.changed);
        add(tr("Merged"), import.merged);
    } else {
        add(tr("Opened or changed"), import.opened);
        add(tr("Closed"), import.closed);
    }
    add(tr("Bad rows"), import.rows_bad);
    return web::figures(std::move(all));
}

Html change_lists(sql::Reader& db, const Tongue& say, const EstablishmentId& prison,
                  ImportId import) {
    const std::vector<std::pair<Change, Words>> lists{
        {Change::gone, tr("Left")},       {Change::moved, tr("Moved")},
        {Change::arrived, tr("Arrived")}, {Change::changed, tr("Changed")},
        {Change::merged, tr("Merged")},   {Change::opened, tr("Opened or changed")},
        {Change::closed, tr("Closed")}};
    Html out;
    for (const auto& [change, title] : lists) {
        const auto staged = preview(db, prison, import, change, -1, lines_shown + 1);
        if (staged.empty()) continue;
        web::Table table{.caption = say(title), .caption_is_hidden = true,
                         .head = {say(tr("Who")), say(tr("Where or what"))}};
        for (std::size_t i = 0; i < std::min<std::size_t>(staged.size(), lines_shown); ++i) {
            const auto line = change_line(db, staged[i], change);
            table.rows.push_back({Html() << line.who, Html() << line.what});
        }
        Html inner = web::table(std::move(table));
        if (staged.size() > lines_shown) {
            inner << web::hint_text(say(tr("The first {count} are shown.",
                                           {{"count", std::to_string(lines_shown)}})));
        }
        out << web::details(say(title), std::move(inner));
    }
    return out;
}

Html bad_list(sql::Reader& db, const Tongue& say, const EstablishmentId& prison,
              ImportId import) {
    const auto bad = bad_lines(db, prison, import, -1, lines_shown);
    if (bad.empty()) return {};
    web::Table table{.caption = say(tr("Rows that can’t be taken")),
                     .head = {say(tr("Line")), say(tr("Column")), say(tr("Why"))}};
    for (const auto& line : bad) {
        table.rows.push_back({Html() << line.line, Html() << line.column,
                              Html() << say(sentence(line.flaw))});
    }
    return web::table(std::move(table));
}

Html doing(const web::Request& request, const ImportOverview& import, bool is_running) {
    const Tongue& say = request.tongue;
    const Url here = Url("/imports") / import.import_id.text();
    Html out;
    if (import.state == ImportState::staged) {
        std::vector<web::Hidden> yes;
        if (import.needs_yes()) {
            out << web::warning(say, say(tr("{gone} of {present} people would be recorded as "
                                            "having left. The file may be cut short, or rows of "
                                            "people who are here may be bad.",
                                            {{"gone", std::to_string(import.gone)},
                                             {"present", std::to_string(import.present_before)}})));
            yes.push_back({"allow_many_leaving", "yes"});
        }
        const auto text = import.needs_yes() ? tr("It is right: apply it") : tr("Apply");
        if (import.changes() > 0) {
            out << web::button_form(request, here / "application", say(text),
                                    import.needs_yes() ? web::Weight::warning
                                                       : web::Weight::primary,
                                    std::move(yes));
        } else {
            out << web::paragraph(say(tr("There is nothing to change.")));
        }
        out << web::button_form(request, here / "abandonment", say(tr("Abandon")),
                                web::Weight::secondary);
    }
    if (import.state == ImportState::applying && !is_running) {
        out << web::paragraph(say(tr("This was interrupted. What is left can go on.")))
            << web::button_form(request, here / "application", say(tr("Go on")));
    }
    if (import.state == ImportState::applying && is_running) {
        out << web::paragraph(say(tr("It is being applied. This page looks again by itself.")));
    }
    if (import.state == ImportState::abandoned) {
        out << web::paragraph(say(tr("Nothing of this was applied.")))
            << web::button_link(say(tr("Read a file")), Url("/imports"));
    }
    if (import.skipped > 0) {
        out << web::paragraph(say(trn("One change was left out: what stands here is newer.",
                                      "{count} changes were left out: what stands here is newer.",
                                      static_cast<long>(import.skipped))));
    }
    return out;
}

web::Response import_page(Hall& hall, const web::Request& request, ImportId id,
                          const web::FieldErrors& errors, int status) {
    const Tongue& say = request.tongue;
    const auto& prison = request.viewer.establishment;
    const bool is_running = hall.imports->is_running(id);
    web::PageOptions options;
    options.before_main = web::back_link(say, Url("/imports"));
    Html main;
    bool looks_again = false;
    const bool is_found = hall.site.database.read([&](sql::Reader& r) {
        const auto import = import_overview(r, prison, id);
        if (!import || !may_see(request, import->kind)) return false;
        looks_again = import->state == ImportState::applying && is_running;
        options.title = say(words_of(import->kind)) + ": " + say(words_of(import->state));
        main << web::error_summary(request, errors) << web::heading(1, options.title)
             << counts(say, *import) << doing(request, *import, is_running);
        if (!import->columns_left_out.empty()) {
            main << web::paragraph(say(tr("Not kept, because nothing needs them: {columns}.",
                                          {{"columns", import->columns_left_out}})));
        }
        main << bad_list(r, say, prison, id) << change_lists(r, say, prison, id);
        return true;
    });
    if (!is_found) return web::not_found(request);
    auto response = web::page(request, std::move(options), std::move(main), status);
    if (looks_again) response.headers.emplace_back("Refresh", "2");
    return response;
}

// The import of this request, if the viewer may see its kind.
std::optional<ImportOverview> seen_import(Hall& hall, const web::Request& request) {
    const auto id = request.id<ImportId>("id");
    if (!id) return std::nullopt;
    auto import = hall.site.database.read(
        [&](sql::Reader& r) { return import_overview(r, request.viewer.establishment, *id); });
    if (import && !may_see(request, import->kind)) return std::nullopt;
    return import;
}

web::Response import_refused(Hall& hall, const web::Request& request, ImportId id,
                             const Refusal& why) {
    web::FieldErrors errors;
    web::add_refusal(errors, why);
    return import_page(hall, request, id, errors, why.status);
}

}  // namespace

web::Response imports(Hall& hall, web::Request& request) {
    return imports_page(hall, request, ImportKind::roll, {}, 200);
}

web::Response upload_roll(Hall& hall, web::Request& request) {
    return upload(hall, request, ImportKind::roll);
}

web::Response upload_kept_apart(Hall& hall, web::Request& request) {
    return upload(hall, request, ImportKind::kept_apart);
}

web::Response one_import(Hall& hall, web::Request& request) {
    const auto id = request.id<ImportId>("id");
    if (!id) return web::not_found(request);
    return import_page(hall, request, *id, {}, 200);
}

web::Response apply(Hall& hall, web::Request& request) {
    const auto import = seen_import(hall, request);
    if (!import) return web::not_found(request);
    const bool allow = request.form.get("allow_many_leaving") == "yes";
    // What would be refused is refused here, beside the button; the rest is done by the thread.
    if (import->state == ImportState::staged && import->needs_yes() && !allow) {
        return import_refused(hall, request, import->import_id,
                              refusal(ImportRefused::many_leaving));
    }
    if (import->state == ImportState::abandoned) {
        return import_refused(hall, request, import->import_id,
                              refusal(ImportRefused::import_stale));
    }
    const bool is_to_do = import->state == ImportState::staged ||
                          import->state == ImportState::applying;
    if (is_to_do) hall.imports->start(hall.occasion(request), import->import_id, allow);
    return web::see_other(Url("/imports") / import->import_id.text());
}

web::Response abandon(Hall& hall, web::Request& request) {
    const auto import = seen_import(hall, request);
    if (!import) return web::not_found(request);
    const auto done =
        abandon_import(hall.site.database, hall.occasion(request), import->import_id);
    if (!done) return import_refused(hall, request, import->import_id, done.error());
    return web::see_other(Url("/imports"));
}

}  // namespace pages
}  // namespace alongside::people
