// What the commands of one run share; included by the files that add commands.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/command.h"
#include "base/console.h"
#include "people/people.h"
#include "program/commands.h"
#include "program/installation.h"

namespace alongside::program {

struct CommandLine {
    Console console;
    Installation* running = nullptr;    // inside a `serve`
    std::string database;
    std::string establishment;
    int exit_code = Exit::done;
    std::unique_ptr<Installation> own;
    std::optional<people::Listening> listening;

    // The one that runs, or the one that --database names, held alone while the command runs.
    Installation& installation(Opening opening = {});
    void say_whose_are_lost();
};

// demo, serve, simulate, openapi, version.
void add_running_commands(Command& app, CommandLine& line);
// init, migrate, backup, restore, ledger verify.
void add_keeping_commands(Command& app, CommandLine& line);
// What the rooms bring: account, device, token, import.
void add_room_commands(Command& app, CommandLine& line);

}  // namespace alongside::program
