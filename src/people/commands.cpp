// `alongside import roll FILE` and `alongside import kept-apart FILE`.
#include <boost/json.hpp>
#include <fstream>
#include <iostream>
#include <iterator>

#include "base/command.h"
#include "people/import.h"
#include "people/refusals.h"
#include "people/store_import.h"

namespace alongside::people {
namespace {

constexpr int applied_code = 0;
constexpr int bad_input_code = 2;
constexpr int needs_yes_code = 3;
constexpr int lines_shown = 200;
constexpr int changes_shown = 1000;          // of each kind

// One import by command.
struct Run {
    Desk desk;
    const ImportCommand& command;
    boost::json::object changes = {};        // by kind: lists of who and what

    Occasion occasion() const {
        return {the_program(desk.establishment), desk.clock->now(), desk.entropy};
    }
    // `about`: what of it the sentence is about, such as a file.
    int refuse(const Refusal& why, int code, const std::string& about = {}) const {
        const auto text = (about.empty() ? about : about + ": ") + Tongue::english()(why.sentence);
        if (command.as_json) {
            *desk.out << boost::json::serialize(boost::json::object{{"errorCode", why.code},
                                                                    {"userMessage", text}})
                      << "\n";
        } else {
            *desk.err << text << "\n";
        }
        return code;
    }
    // What was read, and why it isn't applied: one JSON value.
    int show_and_refuse(const ImportOverview& o, const Refusal& why, int code) const {
        show(o, &why);
        if (!command.as_json) *desk.err << Tongue::english()(why.sentence) << "\n";
        return code;
    }

    // Who arrives, moves, leaves or changes: read before it is applied, since what is applied is no
    // longer staged. Only where it is wanted: it names people, and this output may go to a log.
    void list_changes(const ImportOverview& o) {
        if (!command.is_verbose) return;
        desk.database->read([&](sql::Reader& r) {
            for (const Change change : {Change::arrived, Change::moved, Change::gone,
                                        Change::changed, Change::merged, Change::opened,
                                        Change::closed}) {
                boost::json::array list;
                for (const auto& staged : preview(r, desk.establishment, o.import_id, change, -1,
                                                  changes_shown)) {
                    const auto line = change_line(r, staged, change);
                    list.push_back(boost::json::object{{"who", line.who}, {"what", line.what}});
                }
                const char* name = change == Change::gone
                                       ? "left" : boost::describe::enum_to_string(change, "");
                if (!list.empty()) changes[name] = std::move(list);
            }
            return true;
        });
    }
    void show_changes() const {
        for (const auto& [name, list] : changes) {
            for (const auto& one : list.as_array()) {
                const auto& what = one.at("what").as_string();
                *desk.out << std::string_view(name) << ": "
                          << std::string_view(one.at("who").as_string())
                          << (what.empty() ? "" : ", ") << std::string_view(what) << "\n";
            }
        }
    }

    // The overview, and the bad rows with line, column and reason.
    void show(const ImportOverview& o, const Refusal* why = nullptr) const {
        const auto bad = desk.database->read([&](sql::Reader& r) {
            return bad_lines(r, desk.establishment, o.import_id, -1, lines_shown);
        });
        command.as_json ? show_json(o, bad, why) : show_words(o, bad);
    }
    void show_json(const ImportOverview& o, const std::vector<BadLine>& bad,
                   const Refusal* why) const {
        const Tongue say = Tongue::english();
        boost::json::array lines;
        for (const auto& line : bad) {
            lines.push_back(boost::json::object{{"line", line.line},
                                                {"column", line.column},
                                                {"code", code(line.flaw)},
                                                {"reason", say(sentence(line.flaw))}});
        }
        boost::json::object shown{{"importId", o.import_id.text()},
                                  {"state", boost::describe::enum_to_string(o.state, "")},
                                  {"rows", o.rows_read}, {"bad", o.rows_bad},
                                  {"otherPrisons", o.rows_elsewhere},
                                  {"arrived", o.arrived}, {"moved", o.moved}, {"left", o.gone},
                                  {"merged", o.merged}, {"changed", o.changed},
                                  {"opened", o.opened}, {"closed", o.closed},
                                  {"skipped", o.skipped}, {"leftOut", o.columns_left_out},
                                  {"badRows", std::move(lines)}};
        if (command.is_verbose) shown["changes"] = changes;
        if (why) {
            shown["errorCode"] = why->code;
            shown["userMessage"] = say(why->sentence);
        }
        *desk.out << boost::json::serialize(shown) << "\n";
    }
    void show_words(const ImportOverview& o, const std::vector<BadLine>& bad) const {
        const Tongue say = Tongue::english();
        for (const auto& line : bad) {
            *desk.err << "line " << line.line << (line.column.empty() ? "" : ", ") << line.column
                      << ": " << say(sentence(line.flaw)) << " (" << code(line.flaw) << ")\n";
        }
        *desk.out << o.rows_read << " rows, " << o.rows_bad << " bad\n";
        if (o.kind == ImportKind::roll) {
            *desk.out << o.arrived << " arrived, " << o.moved << " moved, " << o.gone
                      << " left, " << o.changed << " changed, " << o.merged << " merged\n";
        } else {
            *desk.out << o.opened << " opened or changed, " << o.closed << " closed\n";
        }
        show_changes();
        if (!o.columns_left_out.empty()) {
            *desk.out << "columns not kept: " << o.columns_left_out << "\n";
        }
    }

    int finish(const ImportOverview& staged) {
        list_changes(staged);
        if (staged.state == ImportState::abandoned) {
            return show_and_refuse(staged, refusal(ImportRefused::strict_and_bad), bad_input_code);
        }
        if (staged.needs_yes() && !command.allow_many_leaving) {
            const int ended = show_and_refuse(staged, refusal(ImportRefused::many_leaving),
                                              needs_yes_code);
            if (!command.as_json) *desk.err << "Say so with --yes --allow-many-leaving.\n";
            return ended;
        }
        if (!command.is_yes) {
            show(staged);
            if (!command.as_json) *desk.out << "Nothing is changed yet. Apply it with --yes.\n";
            return needs_yes_code;
        }
        const auto done = apply_import(*desk.database, occasion(), staged.import_id,
                                       command.allow_many_leaving);
        if (!done) return refuse(done.error(), bad_input_code);
        show(*done);
        return applied_code;
    }

    int cannot_read(const std::string& path) const {
        return refuse(refusal(ImportRefused::cannot_read_file), bad_input_code, path);
    }

    // What a command that was killed left half applied, or nothing else could be imported.
    void go_on() {
        const auto left = desk.database->read([&](sql::Reader& r) {
            return store::imports_being_applied(r, desk.establishment);
        });
        for (const auto import : left) {
            *desk.err << "Going on with an import that was stopped halfway.\n";
            const auto done = apply_import(*desk.database, occasion(), import, true);
            if (!done) *desk.err << Tongue::english()(done.error().sentence) << "\n";
        }
    }

    int go() {
        if (desk.is_alone) go_on();
        auto options = command.options;
        if (!command.column_map_file.empty()) {
            std::ifstream map(desk.folder / command.column_map_file, std::ios::binary);
            if (!map) return cannot_read(command.column_map_file);
            options.column_map.assign(std::istreambuf_iterator<char>(map), {});
        }
        std::ifstream file;
        if (command.file != "-") {
            const auto path = desk.folder / command.file;
            file.open(path, std::ios::binary);
            if (!file || std::filesystem::is_directory(path)) return cannot_read(command.file);
        }
        std::istream& in = command.file == "-" ? std::cin : file;
        std::string buffer(256 * 1024, '\0');
        const ReadMore more = [&]() -> std::string_view {
            in.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
            return {buffer.data(), static_cast<std::size_t>(in.gcount())};
        };
        const auto id = ImportId::make(desk.clock->now(), *desk.entropy);
        const auto staged =
            command.kind == ImportKind::roll
                ? stage_roll(*desk.database, occasion(), id, more, options)
                : stage_kept_apart(*desk.database, occasion(), id, more, options);
        if (!staged) return refuse(staged.error(), bad_input_code);
        return finish(*staged);
    }
};

}  // namespace

void add_commands(Command& app, std::function<Desk()> desk, int& exit_code) {
    auto* import = app.add_subcommand("import", "The roll, or who is kept apart, from a file");
    import->require_subcommand(1);
    const auto add = [&](const char* name, const char* about, ImportKind kind) {
        auto* sub = import->add_subcommand(name, about);
        const auto command = std::make_shared<ImportCommand>();
        command->kind = kind;
        sub->add_option("FILE", command->file, "CSV, or JSON where the name ends in .json; - reads "
                                               "standard input")->required();
        sub->add_option("--columns", command->column_map_file,
                        "A column map (TOML) for files with other names");
        sub->add_flag("--strict", command->options.is_strict, "One bad row: none is taken");
        sub->add_flag("--yes", command->is_yes, "Apply the difference");
        sub->add_flag("--json", command->as_json, "Print the result as JSON");
        const auto is_json_file = std::make_shared<bool>(false);
        sub->add_flag("--json-file", *is_json_file, "The file is JSON, whatever its name");
        if (kind == ImportKind::roll) {
            sub->add_flag("--add-places", command->options.add_places,
                          "Add unknown cells of known wings");
            sub->add_flag("--allow-many-leaving", command->allow_many_leaving,
                          "Yes, so many have left");
        }
        sub->add_flag("--verbose", command->is_verbose,
                      "List who arrives, moves, leaves or changes, too");
        sub->footer("Exit codes: 0 applied, 2 bad input, 3 needs --yes or --allow-many-leaving, "
                    "4 a fault (nothing was changed).");
        sub->callback([command, is_json_file, desk, &exit_code] {
            if (*is_json_file || command->file.ends_with(".json")) {
                command->options.format = Rows::Format::json;
            }
            exit_code = Run{desk(), *command}.go();
        });
    };
    add("roll", "Who is here, and where", ImportKind::roll);
    add("kept-apart", "Who must not meet", ImportKind::kept_apart);
}

}  // namespace alongside::people
