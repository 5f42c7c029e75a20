// account, device, token, import: what the rooms bring.
#include <algorithm>

#include "ahead/ahead.h"
#include "program/command_line.h"
#include "program/serve.h"
#include "schemes/schemes.h"

namespace alongside::program {

void add_room_commands(Command& app, CommandLine& line) {
    access::add_commands(
        app,
        [&line] {
            auto& installation = line.installation();
            const auto& prison = installation.establishment;
            const auto is_place = [prison](sql::Reader& reader, const LocationKey& place) {
                const auto wings = people::wings(reader, prison);
                return people::place(reader, prison, place) ||
                       std::ranges::find(wings, place.text(), &people::Wing::wing) != wings.end();
            };
            const auto is_scheme = [prison](sql::Reader& reader, const SchemeCode& scheme) {
                return schemes::policy(reader, prison, scheme) != nullptr;
            };
            return access::Desk{installation.database.get(), installation.secrets.get(),
                                &installation.clock,          &installation.entropy,
                                installation.establishment,   people::find_by_number,
                                &line.console.out,            &line.console.problems,
                                is_place,                     is_scheme,
                                fits_there(prison),           people::staff_person};
        },
        line.exit_code);
    people::add_commands(
        app,
        [&line] {
            auto& installation = line.installation();
            return people::Desk{installation.database.get(), &installation.clock,
                                &installation.entropy,       installation.establishment,
                                &line.console.out,           &line.console.problems,
                                line.console.folder,
                                line.running == nullptr};
        },
        line.exit_code);
    ahead::add_commands(
        app,
        [&line] {
            auto& installation = line.installation();
            return ahead::Desk{installation.database.get(), installation.occasion(),
                               &line.console.out, &line.console.problems, line.console.folder};
        },
        line.exit_code);
}

}  // namespace alongside::program
