// account, device, token, import: what the rooms bring.
#include "program/command_line.h"

namespace alongside::program {

void add_room_commands(CLI::App& app, CommandLine& line) {
    access::add_commands(
        app,
        [&line] {
            auto& installation = line.installation();
            return access::Desk{installation.database.get(), installation.secrets.get(),
                                &installation.clock,          &installation.entropy,
                                installation.establishment,   people::find_by_number,
                                &line.console.out,            &line.console.problems};
        },
        line.exit_code);
    people::add_commands(
        app,
        [&line] {
            auto& installation = line.installation();
            return people::Desk{installation.database.get(), &installation.clock,
                                &installation.entropy,       installation.establishment,
                                &line.console.out,           &line.console.problems,
                                line.console.folder};
        },
        line.exit_code);
}

}  // namespace alongside::program
