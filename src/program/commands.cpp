#include "program/commands.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cstdlib>
#include <sstream>
#include <stdexcept>
#include <system_error>

#include "dispatch/dispatch.h"
#include "program/command_line.h"
#include "program/control.h"

namespace alongside::program {
namespace {

// The command among the words: what comes before it are options of all commands, with a value each.
std::string command_in(const std::vector<std::string>& words) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (!words[i].starts_with("-")) return words[i];
        if (words[i].find('=') == std::string::npos) ++i;
    }
    return {};
}

// Commands that change or read what a running `serve` holds: they run inside it.
bool runs_inside(const std::vector<std::string>& words) {
    constexpr std::array inside{"account", "device", "token", "import", "ledger", "backup",
                                "ahead"};
    const bool asks_for_help = std::ranges::any_of(
        words, [](const std::string& word) { return word == "--help" || word == "-h"; });
    return !asks_for_help && std::ranges::find(inside, command_in(words)) != inside.end();
}

std::string default_database() {
    const char* from_environment = std::getenv("ALONGSIDE_DATABASE");
    return from_environment ? from_environment : "sqlite:alongside.db";
}

// The database that the words name, before they are parsed.
std::string database_in(const std::vector<std::string>& words) {
    constexpr std::string_view option = "--database";
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == option && i + 1 < words.size()) return words[i + 1];
        if (words[i].starts_with("--database=")) return words[i].substr(option.size() + 1);
    }
    return default_database();
}

// "-" means the standard input of whoever typed it, which the program beside can open by its
// number, being of the same user.
std::vector<std::string> with_own_input(std::vector<std::string> words) {
    const bool is_import = std::ranges::find(words, "import") != words.end();
    if (!is_import) return words;
    std::ranges::replace(words, std::string("-"),
                         "/proc/" + std::to_string(::getpid()) + "/fd/0");
    return words;
}

// Whoever asks for JSON gets JSON, also when it is a no.
void say_no(const Console& console, const std::vector<std::string>& words, std::string_view code,
            const std::string& sentence) {
    if (std::ranges::find(words, "--json") == words.end()) {
        console.problems << sentence << '\n';
        return;
    }
    console.out << boost::json::serialize(boost::json::object{
                       {"errorCode", "program." + std::string(code)}, {"userMessage", sentence}})
                << '\n';
}

int parse_and_run(const std::vector<std::string>& words, const Console& console,
                  Installation* running) {
    Command app{"Alongside: peer support in prisons, from the first word to the debrief.",
                 "alongside"};
    app.require_subcommand(1);
    app.fallthrough();
    // Handed on to every command that is added from here on.
    app.footer("Exit codes: 0 done, 1 refused, 2 not understood, 3 needs a confirmation, 4 a fault "
               "(nothing was changed).");
    CommandLine line{console, running, default_database(), {}, Exit::done, {}};
    app.add_option("--database", line.database,
                   "sqlite:PATH or postgresql://…; else the environment's ALONGSIDE_DATABASE")
        ->default_str(sql::without_password(line.database));
    app.add_option("--establishment", line.establishment,
                   "Which prison, three letters, where the database has several");
    add_running_commands(app, line);
    add_keeping_commands(app, line);
    add_room_commands(app, line);
    const auto read = app.parse(words);
    if (read.end == CommandLineRead::End::helped) {
        console.out << read.said;
        return Exit::done;
    }
    if (read.end == CommandLineRead::End::not_understood) {
        say_no(console, words, "not_understood", read.said);
        return Exit::not_understood;
    }
    return line.exit_code;
}

}  // namespace

Installation& CommandLine::installation(Opening opening) {
    if (running) {
        const auto& served = running->establishment;
        if (!establishment.empty() && establishment != served.text()) {
            throw Unusable("The program that runs on this database serves " + served.text() +
                           ", not '" + establishment + "'. Stop it first, or leave "
                           "--establishment out.");
        }
        return *running;
    }
    if (!own) {
        opening.is_served = true;
        own = Installation::open(Files::of(database), opening);
        if (own->are_keys_new) {
            // The night goes on: what is lost is lost whether or not we start.
            console.problems << "The file of identity keys was not there; a new one was made. Who "
                                "made the requests that are open is lost: ask on the wings.\n";
        }
        if (!opening.is_of_one_prison) return *own;
        own->establishment = choose_establishment(*own->database, establishment);
        if (opening.makes_keys && !own->are_keys_new) say_whose_are_lost();
        listening.emplace(dispatch::listen_to_movements(*own->keys));
    }
    return *own;
}

// Damaged, or another database's: the promise is kept, and nobody would know why.
void CommandLine::say_whose_are_lost() {
    const auto lost = own->database->read([&](sql::Reader& reader) {
        return dispatch::askers_lost(reader, *own->keys, own->establishment);
    });
    if (lost == 0) return;
    console.problems << "The file of identity keys does not fit this database: of " << lost
                     << " open requests, nobody can tell who asked. Ask on the wings.\n";
}

int run_command(const std::vector<std::string>& words, const Console& console,
                Installation* running) {
    try {
        if (!running && runs_inside(words)) {
            const auto files = Files::of(database_in(words));
            const auto there = with_own_input(words);
            if (const auto code = run_there(files.socket, there, console)) return *code;
        }
        return parse_and_run(words, console, running);
    } catch (const Unusable& sentence) {
        say_no(console, words, "not_usable", sentence.what());
        return Exit::not_understood;
    } catch (const std::invalid_argument& sentence) {
        say_no(console, words, "not_understood", sentence.what());
        return Exit::not_understood;
    } catch (const sql::Taken& taken) {
        say_no(console, words, "taken",
               "Nothing was changed: " + std::string(taken.what()) +
                   "\nStop that one first (Ctrl-C where it runs, systemctl stop, or kill and its "
                   "number), and run this again.");
        return Exit::refused;
    } catch (const sql::NotFitting& other) {
        say_no(console, words, "not_fitting", other.what());
        return Exit::refused;
    } catch (const sql::Fault& fault) {
        say_no(console, words, "fault",
               "This did not work, and nothing was changed: " + std::string(fault.what()));
        return Exit::fault;
    } catch (const std::exception& fault) {
        say_no(console, words, "fault", std::string("This did not work: ") + fault.what());
        return Exit::fault;
    }
}

}  // namespace alongside::program
