#include "simulate/assumptions.h"

#include <toml++/toml.h>

#include <array>
#include <cmath>
#include <stdexcept>

#include "base/ensure.h"

namespace alongside::simulate {
namespace {

struct Known {
    std::string_view key;
    double least, most;
};
constexpr std::array known{
    Known{"demand.per_year", 1, 1e6},
    Known{"demand.night_share", 0, 1},
    Known{"demand.evening_share", 0, 1},
    Known{"demand.weekend_factor", 0.1, 10},
    Known{"demand.staff_referral_share", 0, 1},
    Known{"demand.urgent_share", 0, 1},
    Known{"demand.french_share", 0, 1},
    Known{"demand.withdrawn_share", 0, 1},
    Known{"demand.heard_after_minutes", 0, 600},
    Known{"sessions.mean_hours", 0.05, 24},
    Known{"sessions.spread", 0, 3},
    Known{"sessions.longest_hours", 0.1, 24},
    Known{"sessions.hard_share", 0, 1},
    Known{"sessions.suite_share", 0, 1},
    Known{"sessions.shared_cell_share", 0, 1},
    Known{"answers.going_by_day", 0, 1},
    Known{"answers.going_at_night", 0, 1},
    Known{"answers.knock_after_minutes", 0, 600},
    Known{"answers.answer_after_minutes", 0, 600},
    Known{"answers.try_again_after_minutes", 1, 240},
    Known{"answers.closed_unfilled_after_hours", 0.5, 48},
    Known{"unlocks.refused_at_night", 0, 1},
    Known{"unlocks.delayed_at_night", 0, 1},
    Known{"unlocks.delayed_by_day", 0, 1},
    Known{"unlocks.authorise_minutes_by_day", 0, 600},
    Known{"unlocks.authorise_minutes_at_night", 0, 600},
    Known{"unlocks.escort_minutes", 0, 600},
    Known{"unlocks.check_kept", 0, 1},
    Known{"debriefs.late_share", 0, 1},
    Known{"movement.moves_per_day", 0, 1000},
    Known{"movement.leaving_per_day", 0, 1000},
    Known{"movement.peers_leaving_per_year", 0, 1000},
    Known{"movement.weeks_to_replace_a_peer", 0, 104},
    Known{"movement.stand_downs_per_peer_per_year", 0, 365},
    Known{"movement.suspensions_per_year", 0, 1000},
    Known{"death.per_year", 0, 100},
    Known{"death.surge_days", 0, 60},
    Known{"death.surge_factor", 0, 100},
};
constexpr std::array sections{"demand", "sessions", "answers", "unlocks", "debriefs", "movement",
                              "death"};

[[noreturn]] void wrong(const std::string& file, const toml::node& where, std::string_view key,
                        const std::string& why) {
    throw std::invalid_argument(file + ", line " + std::to_string(where.source().begin.line) +
                                ": " + std::string(key) + " " + why);
}

const Known* find(std::string_view key) {
    for (const auto& one : known) {
        if (one.key == key) return &one;
    }
    return nullptr;
}

Assumption assumption(const std::string& file, const std::string& key, const toml::node& node,
                      double least, double most) {
    const auto* table = node.as_table();
    if (!table) wrong(file, node, key, "must be { value = …, source = \"…\" }");
    const auto value = (*table)["value"].value<double>();
    const auto source = (*table)["source"].value<std::string>();
    if (table->size() != 2 || !value || !source || source->empty()) {
        wrong(file, node, key, "must have a value and a source, and nothing else");
    }
    if (!(*value >= least && *value <= most)) wrong(file, node, key, "is out of range");
    return {*value, *source};
}

// The text of the scene itself or, if it extends one that has the demand, of that.
toml::table table_with_demand(const Scene& scene) {
    auto table = toml::parse(scene.text, scene.file);
    if (!table.contains("demand") && table.contains("extends")) {
        return table_with_demand(read_scene(*table["extends"].value<std::string>()));
    }
    return table;
}

}  // namespace

bool Assumptions::are_of(const Scene& scene) { return table_with_demand(scene).contains("demand"); }

Assumptions Assumptions::read(const Scene& scene) {
    const auto top = table_with_demand(scene);
    Assumptions out;
    for (const char* section : sections) {
        const auto* table = top[section].as_table();
        if (!table) {
            throw std::invalid_argument(scene.file + ": [" + section + "] is missing");
        }
        for (const auto& [name, node] : *table) {
            const std::string key = std::string(section) + "." + std::string(name.str());
            if (key == "demand.scheme") {
                const auto code = SchemeCode::parse(node.value_or(std::string_view()));
                if (!code) wrong(scene.file, node, key, "must be the code of a scheme");
                out.scheme_ = *code;
            } else if (key == "demand.units" && node.is_table()) {
                for (const auto& [unit, share] : *node.as_table()) {
                    const std::string one = key + "." + std::string(unit.str());
                    if (!scene.unit(unit.str())) wrong(scene.file, share, one, "is no unit here");
                    out.values_[one] = assumption(scene.file, one, share, 0, 1);
                }
            } else if (const Known* one = find(key)) {
                out.values_[key] = assumption(scene.file, key, node, one->least, one->most);
            } else {
                wrong(scene.file, node, key, "is not known");
            }
        }
    }
    for (const auto& one : known) {
        if (!out.values_.contains(one.key)) {
            throw std::invalid_argument(scene.file + ": " + std::string(one.key) +
                                        " is missing");
        }
    }
    out.must_agree(scene);
    return out;
}

// What each by itself may be, and together may not.
void Assumptions::must_agree(const Scene& scene) const {
    const auto must = [&](bool is_so, const std::string& sentence) {
        if (!is_so) throw std::invalid_argument(scene.file + ": " + sentence);
    };
    double all = 0;
    for (const auto& unit : scene.units) {
        const auto key = "demand.units." + unit.unit;
        must(values_.contains(key), key + " is missing");
        all += (*this)[key];
    }
    must(std::abs(all - 1) < 0.01, "the shares of demand.units must add up to 1");
    must((*this)["demand.night_share"] + (*this)["demand.evening_share"] <= 1,
         "demand.night_share and demand.evening_share add up to more than 1");
    must((*this)["sessions.mean_hours"] <= (*this)["sessions.longest_hours"],
         "sessions.mean_hours is more than sessions.longest_hours");
}

double Assumptions::operator[](std::string_view key) const {
    const auto found = values_.find(key);
    ENSURE(found != values_.end());
    return found->second.value;
}

void Assumptions::set(std::string_view key, double value) {
    const auto found = values_.find(key);
    ENSURE(found != values_.end());
    found->second.value = value;
}

}  // namespace alongside::simulate
