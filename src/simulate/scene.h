// A prison from a file: places, people, peers and their shifts, through the real actions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/entropy.h"
#include "nouns/names.h"
#include "people/people.h"
#include "schemes/schemes.h"
#include "sql/database.h"

namespace alongside::simulate {

struct SceneWing {
    std::string wing, unit, name;
    int landings = 1;
    int cells = 0;                    // on all landings together
    int residents = 0;                // more than cells: the first ones are shared by two
    std::string suite;                // label; empty: none
};
struct SceneMember {
    SchemeCode scheme;
    std::string label, wing, languages;
    std::vector<std::string> cleared; // units
};
struct SceneShift {
    SchemeCode scheme;
    std::string name;
    int from_minute = 0;
    int minutes = 0;
    int needed = 1;
};
// Who stands where: one person's days, over and over, the name of a shift or nothing each.
// Everybody else is as many days further on as they come after the first.
struct SceneTurns {
    SchemeCode scheme;
    std::vector<std::string> days;
};
// How often another scheme than that of [demand] is asked; else as that one.
struct SceneDemand {
    SchemeCode scheme;
    int per_year = 0;
};

struct Scene {
    EstablishmentId establishment;
    std::string name, time_zone, number_pattern, language;
    std::vector<people::Unit> units;
    std::vector<SceneWing> wings;
    std::vector<people::Place> places;  // besides the cells and the suites of the wings
    int officers = 0;
    std::vector<SceneMember> members;
    std::vector<SceneShift> shifts;
    std::vector<SceneTurns> turns;    // of a scheme without, the next ones in order are on each day
    std::vector<SceneDemand> demand_beside;
    std::string text;                 // the whole file, for what else a reader wants of it
    std::string file;

    const people::Unit* unit(std::string_view code) const;   // null: there is none
    const SceneWing* wing(std::string_view code) const;
    const SceneTurns* turns_of(const SchemeCode& scheme) const;
};

// The names of the scenes inside the program: "stony-mountain".
std::vector<std::string> scene_names();
// A name of the above or a path. A mistake in it is std::invalid_argument with file, line, reason.
Scene read_scene(const std::string& name_or_path);

// Only the prison of such a file, with its places: what `init` makes. Other tables are left alone.
people::NewEstablishment read_layout(const std::string& name_or_path);
// The cell of a wing's n-th resident, from 0; the first ones are shared where there are too few.
LocationKey cell_of(const Scene& scene, const SceneWing& wing, int resident);
// The prison of a scene, with its places.
people::NewEstablishment layout_of(const Scene& scene);

// Who was made, so that accounts and requests can be given to them.
struct Populated {
    std::vector<PersonId> residents, officers;
    struct Member {
        MemberId member_id;
        PersonId person_id;
        SchemeCode scheme;
        std::string label;
    };
    std::vector<Member> members;
};
// Makes all of it in an empty database, as of `now`: members are ready, shifts run from the day
// before for `weeks`. Names and numbers come from `entropy`. REQUIRES a migrated database.
// `days_with_people`: from the repeating pattern, until so many days from then; -1: never; nothing:
// on all.
// Further shifts are there with nobody on them.
Populated populate(sql::Database& database, const Scene& scene, Instant now, int weeks,
                   Entropy& entropy, std::optional<int> days_with_people = {});

}  // namespace alongside::simulate
