// A scene made real, through the same actions that people use.
#include <algorithm>
#include <array>
#include <cstdio>
#include <stdexcept>

#include "base/civil_time.h"
#include "base/ensure.h"
#include "rota/rota.h"
#include "simulate/scene.h"

namespace alongside::simulate {
namespace {

constexpr std::array given_names{
    "Adam",  "Ben",   "Caleb", "Denis", "Eli",   "Felix", "Gabe",  "Hugo",  "Isaac", "Jonas",
    "Karl",  "Leon",  "Marc",  "Noah",  "Owen",  "Paul",  "Quinn", "Remy",  "Simon", "Tom",
    "Ulric", "Victor", "Wes",  "Xavier", "Yann", "Zack"};
constexpr std::array family_names{
    "Alder",  "Birch",  "Cedar",  "Dune",   "Elm",    "Fern",   "Gale",   "Hazel", "Isle",
    "Juniper", "Knoll", "Larch",  "Moss",   "North",  "Oak",    "Pine",   "Quill", "Reed",
    "Stone",  "Thorn",  "Vale",   "Willow", "Yarrow", "Brook",  "Cliff",  "Field", "Heath"};

class Maker {
public:
    Maker(sql::Database& database, const Scene& scene, Instant now, Entropy& entropy,
          std::optional<int> days_with_people)
        : database_(database), scene_(scene), entropy_(entropy),
          occasion_{the_program(scene.establishment), now, &entropy},
          days_with_people_(days_with_people) {}

    Populated make(int weeks) {
        must(people::establish(database_, occasion_, layout_of(scene_)));
        for (const auto& wing : scene_.wings) make_residents(wing);
        for (int i = 0; i < scene_.officers; ++i) make_officer();
        open_schemes();
        for (const auto& member : scene_.members) make_member(member);
        make_shifts(weeks);
        return std::move(made_);
    }

private:
    struct Housed {
        PersonId person_id;
        std::string wing;
        bool is_taken = false;
    };

    std::size_t below(std::size_t n) { return static_cast<std::size_t>(entropy_.word() % n); }

    people::NewPerson somebody() {
        people::NewPerson person;
        person.person_id = PersonId::make(occasion_.now, entropy_);
        person.given_names = given_names[below(given_names.size())];
        person.family_name = family_names[below(family_names.size())];
        person.sex = people::Sex::male;
        person.languages = below(10) == 0 ? "en fr" : "en";
        return person;
    }

    void make_residents(const SceneWing& wing) {
        for (int i = 0; i < wing.residents; ++i) {
            auto person = somebody();
            char number[16];
            std::snprintf(number, sizeof number, "%06d%c", 100000 + ++residents_,
                          static_cast<char>('A' + below(26)));
            person.number = number;
            person.place = cell_of(scene_, wing, i);
            must(people::register_person(database_, occasion_, person));
            made_.residents.push_back(person.person_id);
            housed_.push_back({person.person_id, wing.wing});
        }
    }

    void make_officer() {
        auto person = somebody();
        person.is_staff = true;
        person.number = "S" + std::to_string(10000 + static_cast<int>(made_.officers.size()));
        must(people::register_person(database_, occasion_, person));
        made_.officers.push_back(person.person_id);
    }

    void open_schemes() {
        for (const auto& member : scene_.members) {
            must(schemes::open_scheme(database_, occasion_, member.scheme));
        }
    }

    // The last resident of the wing that is no member yet: the ones with a cell to themselves.
    PersonId take_resident(const std::string& wing) {
        for (auto it = housed_.rbegin(); it != housed_.rend(); ++it) {
            if (it->wing == wing && !it->is_taken) {
                it->is_taken = true;
                return it->person_id;
            }
        }
        throw std::invalid_argument(scene_.file + ": wing " + wing +
                                    " has fewer residents than members");
    }

    void make_member(const SceneMember& member) {
        const auto policy = database_.read([&](sql::Reader& reader) {
            return schemes::policy(reader, scene_.establishment, member.scheme);
        });
        ENSURE(policy != nullptr);
        const PersonId person = take_resident(member.wing);
        const auto id = MemberId::make(occasion_.now, entropy_);
        must(people::set_languages(database_, occasion_, person, member.languages));
        must(people::join(database_, occasion_, id, person, member.scheme, member.label, {}));
        must(people::sign_compact(database_, occasion_, id, policy->compact_version));
        for (const auto& unit : member.cleared) {
            must(people::decide_clearance(database_, occasion_, id, unit, true, "ROUTINE", {}));
        }
        for (const auto& module : policy->modules) {
            must(people::record_module(database_, occasion_, id, module.code, {}));
        }
        made_.members.push_back({id, person, member.scheme, member.label});
    }

    // By the scheme's turns; without any, everybody in turn: on each day the next ones, so that
    // nobody stands two nights running where there are enough people.
    void make_shifts(int weeks) {
        for (const auto& code : schemes_with_shifts()) {
            std::vector<std::string> ids;
            for (const auto& member : made_.members) {
                if (member.scheme == code) ids.push_back(member.member_id.text());
            }
            if (ids.empty()) continue;
            const auto zone = Zone::find(scene_.time_zone);
            rota::Pattern pattern;
            const auto* turns = scene_.turns_of(code);
            pattern.cycle_days = static_cast<int>(turns ? turns->days.size() : ids.size());
            const auto today = std::chrono::sys_days{zone->local(occasion_.now).day};
            pattern.anchor_on = Day{today - std::chrono::days{1}};
            const int all = 7 * weeks, staffed = days_with_people_.value_or(all);
            if (staffed < all) fill(pattern, code, {}, today, staffed, all);
            if (staffed > -1) fill(pattern, code, ids, today, -1, staffed);
        }
    }

    // The pattern with these people; its shifts of these days from today.
    void fill(rota::Pattern& pattern, const SchemeCode& code, const std::vector<std::string>& ids,
              std::chrono::sys_days today, int from, int to) {
        pattern.shifts.clear();
        for (int day = 0; day < pattern.cycle_days; ++day) add_day(pattern, code, ids, day);
        must(rota::save_pattern(database_, occasion_, code, pattern));
        must(rota::fill_from_pattern(database_, occasion_, code,
                                     Day{today + std::chrono::days{from}},
                                     Day{today + std::chrono::days{to}}));
    }

    std::vector<SchemeCode> schemes_with_shifts() const {
        std::vector<SchemeCode> out;
        for (const auto& shift : scene_.shifts) {
            if (std::find(out.begin(), out.end(), shift.scheme) == out.end()) {
                out.push_back(shift.scheme);
            }
        }
        return out;
    }

    void add_day(rota::Pattern& pattern, const SchemeCode& code,
                 const std::vector<std::string>& ids, int day) const {
        std::size_t next = static_cast<std::size_t>(day) * 2;
        for (const auto& shift : scene_.shifts) {
            if (shift.scheme != code) continue;
            rota::PatternShift out{shift.name, day, shift.from_minute, shift.minutes,
                                   shift.needed, {}};
            if (const auto* turns = scene_.turns_of(code)) {
                out.members = in_turn(*turns, ids, shift.name, day);
            } else {
                const auto most = static_cast<std::size_t>(shift.needed);
                for (std::size_t i = 0; i < std::min(most, ids.size()); ++i) {
                    out.members.push_back(ids[next++ % ids.size()]);
                }
            }
            pattern.shifts.push_back(std::move(out));
        }
    }

    static std::vector<std::string> in_turn(const SceneTurns& turns,
                                            const std::vector<std::string>& ids,
                                            const std::string& shift, int day) {
        std::vector<std::string> out;
        for (std::size_t i = 0; i < ids.size(); ++i) {
            const auto at = (static_cast<std::size_t>(day) + i) % turns.days.size();
            if (turns.days[at] == shift) out.push_back(ids[i]);
        }
        return out;
    }

    sql::Database& database_;
    const Scene& scene_;
    Entropy& entropy_;
    Occasion occasion_;
    Populated made_;
    std::vector<Housed> housed_;
    int residents_ = 0;
    std::optional<int> days_with_people_;
};

}  // namespace

Populated populate(sql::Database& database, const Scene& scene, Instant now, int weeks,
                   Entropy& entropy, std::optional<int> days_with_people) {
    return Maker(database, scene, now, entropy, days_with_people).make(weeks);
}

}  // namespace alongside::simulate
