// What comes: peers lost, demand, nights that go uncovered, and how many peers are needed.
#pragma once

#include <filesystem>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "nouns/names.h"
#include "nouns/viewer.h"
#include "rota/rota.h"
#include "sql/database.h"
#include "web/server.h"

namespace alongside {
class Command;
}

namespace alongside::ahead {

// A simulated answer to "how many peers do we need?", as `simulate --how-many --json` wrote it,
// kept for the page in place of the one before. The same again changes nothing.
Result<Done> keep_how_many(sql::Database&, const Occasion&, const std::string& json);

// This prison as a scene to simulate: its units, wings and members, the shifts of its coming weeks,
// and what was asked for in its last 26 weeks; where nothing was recorded, what the scene of Stony
// Mountain assumes, marked so. Names nobody. Nothing where the scheme isn't open here.
std::optional<std::string> own_scene(sql::Reader&, const EstablishmentId&, const SchemeCode&,
                                     Instant now);

// Time with people that is to be expected of those on call, for the rota: requests of up to 26
// weeks by weekday and hour, times how long a session took, for both where two go. Nothing where no
// session is recorded.
std::optional<rota::ExpectedTime> expected_time(sql::Reader&, const EstablishmentId&,
                                                const schemes::Policy&, const Zone&, Instant now);

std::vector<web::Route> routes(web::Site&);

// What the commands need, opened only when one of them runs.
struct Desk {
    sql::Database* database;
    Occasion occasion;
    std::ostream* out;
    std::ostream* problems;
    std::filesystem::path folder;                 // of whoever typed the command
};
// ahead scene, ahead keep.
void add_commands(Command& app, std::function<Desk()> open, int& exit_code);

}  // namespace alongside::ahead
