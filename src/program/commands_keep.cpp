// init, migrate, backup, restore, ledger verify.
#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>

#include "ledger/ledger.h"
#include "program/command_line.h"
#include "program/keep.h"
#include "program/store.h"
#include "program/studies.h"
#include "schemes/schemes.h"
#include "simulate/simulate.h"

namespace alongside::program {
namespace {

struct InitOptions {
    std::string layout, admin = "admin";
    std::vector<std::string> schemes;
    bool as_json = false;
};

template <class T>
void need(const Result<T>& result) {
    if (!result) throw Unusable(Tongue::english()(result.error().sentence));
}

people::NewEstablishment layout_named(const CommandLine& line, const std::string& typed) {
    const auto names = simulate::scene_names();
    const bool is_name = std::ranges::find(names, typed) != names.end();
    return simulate::read_layout(is_name ? typed : line.console.file(typed));
}

std::vector<SchemeCode> schemes_named(const std::vector<std::string>& typed) {
    std::vector<SchemeCode> out;
    for (const auto& code : typed) {
        const auto scheme = SchemeCode::parse(code);
        if (!scheme || !schemes::template_text(*scheme)) {
            throw Unusable("There is no scheme '" + code + "'.");
        }
        out.push_back(*scheme);
    }
    return out;
}

// What an `init` that was refused has made goes again; what was there before it stays. A database
// may be lost while its keys and pepper are not.
class Unfinished {
public:
    explicit Unfinished(const Files& files) {
        const auto path = files.sqlite_path();
        if (path.empty() || std::filesystem::exists(path)) return;
        for (const char* ending : {"", "-wal", "-shm", ".keys", ".pepper", ".lease"}) {
            if (!std::filesystem::exists(path + ending)) made_.push_back(path + ending);
        }
    }
    ~Unfinished() {
        std::error_code ignored;
        for (const auto& file : made_) std::filesystem::remove(file, ignored);
    }
    Unfinished(const Unfinished&) = delete;
    Unfinished& operator=(const Unfinished&) = delete;
    void keep() { made_.clear(); }

private:
    std::vector<std::string> made_;
};

bool is_here(Installation& installation, const EstablishmentId& prison) {
    const auto all = installation.database->read(
        [](sql::Reader& reader) { return establishments(reader); });
    return std::ranges::find(all, prison) != all.end();
}

void refuse_second(CommandLine& line, const std::string& prison, bool as_json) {
    const std::string sentence = "The prison " + prison +
                                 " is in this database already; nothing was changed. Add people "
                                 "who sign in with: alongside account add";
    if (as_json) {
        line.console.out << boost::json::serialize(
                                boost::json::object{{"errorCode", "program.prison_is_here"},
                                                    {"userMessage", sentence}})
                         << '\n';
    } else {
        line.console.problems << sentence << '\n';
    }
    line.exit_code = Exit::refused;
}

void init(CommandLine& line, const InitOptions& options) {
    const auto layout = layout_named(line, options.layout);
    const auto wanted = schemes_named(options.schemes);
    const auto files = Files::of(line.database);
    Unfinished unfinished(files);
    Opening opening;
    opening.create = true;
    opening.is_served = true;
    auto installation = Installation::open(files, opening);
    if (is_here(*installation, layout.establishment_id)) {
        return refuse_second(line, layout.establishment_id.text(), options.as_json);
    }
    installation->establishment = layout.establishment_id;
    const Occasion occasion = installation->occasion();
    need(people::establish(*installation->database, occasion, layout));
    for (const auto& scheme : wanted) {
        need(schemes::open_scheme(*installation->database, occasion, scheme));
    }
    access::NewAccount admin;
    admin.account_id = AccountId::make(occasion.now, installation->entropy);
    admin.sign_in_name = options.admin;
    admin.display_name = options.admin;
    admin.roles = access::roles({Role::administrator});
    const auto added = access::account_add(*installation->database, occasion,
                                           *installation->secrets, admin);
    need(added);
    unfinished.keep();
    if (options.as_json) {
        line.console.out << boost::json::serialize(boost::json::object{
                                {"establishment", layout.establishment_id.text()},
                                {"database", sql::without_password(line.database)},
                                {"administrator", options.admin},
                                {"oneTimePassword", added->one_time_secret}})
                         << '\n';
        return;
    }
    line.console.out << fmt::format(
        "{} is ready in {}.\n\nSign in once as {} with this one-time password: {}\n\n"
        "Next: alongside serve --database {}\n",
        layout.name, sql::without_password(line.database), options.admin, added->one_time_secret,
        sql::without_password(line.database));
}

void add_init(Command& app, CommandLine& line) {
    auto* command = app.add_subcommand("init", "Make a database for a prison");
    auto options = std::make_shared<InitOptions>();
    command->add_option("layout", options->layout,
                        "TOML file with the prison, its units and wings, or a scene's name")
        ->required();
    command->add_option("--admin", options->admin, "Sign-in name of the first administrator")
        ->capture_default_str();
    command->add_option("--scheme", options->schemes, "Open this scheme; may be given again");
    command->add_flag("--json", options->as_json, "Print the result as JSON");
    command->callback([&line, options] { init(line, *options); });
}

void add_migrate(Command& app, CommandLine& line) {
    auto* command = app.add_subcommand(
        "migrate", "Bring the database up to date with the program; a backup is made first");
    auto as_json = std::make_shared<bool>(false);
    command->add_flag("--json", *as_json, "Print the result as JSON");
    command->callback([&line, as_json] {
        const auto done = migrate(Files::of(line.database), line.console);
        if (*as_json) {
            boost::json::array applied(done.applied.begin(), done.applied.end());
            line.console.out << boost::json::serialize(boost::json::object{
                                    {"applied", applied}, {"backup", done.backup}})
                             << '\n';
            return;
        }
        if (done.applied.empty()) line.console.out << "Nothing to do: it is up to date.\n";
        if (!done.backup.empty()) line.console.out << "Backup before: " << done.backup << '\n';
        for (const auto& name : done.applied) line.console.out << "Applied " << name << '\n';
    });
}

void add_backup(Command& app, CommandLine& line) {
    auto* command = app.add_subcommand(
        "backup", "Copy the database to a file, also while it serves. Identity keys stay out");
    auto file = std::make_shared<std::string>();
    auto as_json = std::make_shared<bool>(false);
    command->add_option("file", *file, "The new file")->required();
    command->add_flag("--json", *as_json, "Print the result as JSON");
    command->callback([&line, file, as_json] {
        const auto made = back_up(line.installation({.opens_secrets = false,
                                                     .is_of_one_prison = false}),
                                  line.console.file(*file), line.console,
                                  !*as_json);
        if (*as_json) {
            boost::json::object heads;
            for (const auto& [prison, head] : made.heads) heads[prison.text()] = head.text();
            line.console.out << boost::json::serialize(
                                    boost::json::object{{"file", made.file},
                                                        {"sizeBytes", made.size_bytes},
                                                        {"ledgerHeads", heads}})
                             << '\n';
            return;
        }
        line.console.out << fmt::format("{} is whole: {:.1f} MB.\n", made.file,
                                        static_cast<double>(made.size_bytes) / 1e6);
        for (const auto& [prison, head] : made.heads) {
            line.console.out << fmt::format("Head of {}'s ledger, to write down: {}\n",
                                            prison.text(), head.text());
        }
    });
}

void add_restore(Command& app, CommandLine& line) {
    auto* command = app.add_subcommand(
        "restore", "Put a backup in the place of the database; the one before is kept");
    auto file = std::make_shared<std::string>();
    auto as_json = std::make_shared<bool>(false);
    command->add_option("file", *file, "The backup")->required();
    command->add_flag("--json", *as_json, "Print the result as JSON");
    command->callback([&line, file, as_json] {
        const auto kept = restore(Files::of(line.database), line.console.file(*file));
        if (*as_json) {
            line.console.out << boost::json::serialize(boost::json::object{
                                    {"restored", *file}, {"before", kept}})
                             << '\n';
            return;
        }
        line.console.out << "Restored. Identities whose keys were destroyed stay destroyed; of "
                            "requests made since the backup, nobody can tell any more who asked.\n";
        if (!kept.empty()) line.console.out << "The one before is kept at " << kept << '\n';
    });
}

boost::json::object verdict_json(const EstablishmentId& prison, const ledger::Verdict& verdict) {
    boost::json::object out{{"establishment", prison.text()},
                            {"entries", verdict.entries},
                            {"payloadsDestroyed", verdict.destroyed},
                            {"head", verdict.head.text()},
                            {"intact", !verdict.first_trouble.has_value()}};
    if (verdict.first_trouble) {
        const auto& trouble = *verdict.first_trouble;
        out["trouble"] = boost::json::object{{"seq", trouble.seq},
                                             {"kind", ledger::code(trouble.kind)},
                                             {"sentence", Tongue::english()(trouble.sentence)}};
    }
    return out;
}

void add_ledger(Command& app, CommandLine& line) {
    auto* ledger_command = app.add_subcommand("ledger", "The record of every change");
    ledger_command->require_subcommand(1);
    auto* command = ledger_command->add_subcommand(
        "verify", "Check every entry; names the first that was altered, lost, moved or forged");
    auto as_json = std::make_shared<bool>(false);
    auto known = std::make_shared<std::string>();
    command->add_option("--head", *known, "The head as it was written down, to hold against");
    command->add_flag("--json", *as_json, "Print the result as JSON");
    command->callback([&line, as_json, known] {
        std::optional<ledger::Head> head;
        if (!known->empty()) {
            head = ledger::Head::parse(*known);
            if (!head) throw Unusable("--head: that is no head of a ledger, such as 1234-ab12…");
        }
        auto& installation = line.installation({.opens_secrets = false});
        const auto verdict = installation.database->read([&](sql::Reader& reader) {
            return verify_ledger(reader, installation.establishment, head);
        });
        if (*as_json) {
            line.console.out << boost::json::serialize(
                                    verdict_json(installation.establishment, verdict))
                             << '\n';
        } else if (verdict.first_trouble) {
            line.console.out << Tongue::english()(verdict.first_trouble->sentence) << '\n';
        } else {
            line.console.out << fmt::format(
                "{} entries, every one as it was written. Head, to write down: {}\n",
                verdict.entries, verdict.head.text());
        }
        if (verdict.first_trouble) line.exit_code = Exit::refused;
    });
    add_ledger_study(*ledger_command, line);
}

}  // namespace

void add_keeping_commands(Command& app, CommandLine& line) {
    add_init(app, line);
    add_migrate(app, line);
    add_backup(app, line);
    add_restore(app, line);
    add_ledger(app, line);
}

}  // namespace alongside::program
