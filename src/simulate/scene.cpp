#include "simulate/scene.h"

#include <toml++/toml.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "base/embedded.h"
#include "base/languages.h"
#include "schemes/schemes.h"

namespace alongside::simulate {
namespace {

// Reads one table of a scene strictly; every complaint names the file and the line.
class Table {
public:
    Table(const toml::table& table, std::string file) : table_(table), file_(std::move(file)) {}

    [[noreturn]] void wrong(std::string_view key, std::string_view why) const {
        const auto* node = table_.get(key);
        const auto where = node ? node->source().begin : table_.source().begin;
        throw std::invalid_argument(file_ + ", line " + std::to_string(where.line) +
                                    ", column " + std::to_string(where.column) + ": " +
                                    std::string(key) + " " + std::string(why));
    }
    // A key that nobody reads is a mistake: what it says would count for nothing.
    void knows(std::initializer_list<std::string_view> keys) const {
        for (const auto& [key, node] : table_) {
            if (std::ranges::find(keys, key.str()) == keys.end()) {
                wrong(key.str(), "is not known here");
            }
        }
    }
    bool has(std::string_view key) const { return table_.contains(key); }
    std::string text(std::string_view key) const {
        if (const auto value = table_[key].value<std::string>()) return *value;
        wrong(key, "must be a text");
    }
    std::string text_or_nothing(std::string_view key) const {
        return table_.contains(key) ? text(key) : std::string();
    }
    bool truth(std::string_view key) const {
        if (const auto value = table_[key].value<bool>()) return *value;
        wrong(key, "must be true or false");
    }
    int number(std::string_view key, int least, int most) const {
        const auto value = table_[key].value<std::int64_t>();
        if (!value || *value < least || *value > most) {
            wrong(key, "must be a whole number from " + std::to_string(least) + " to " +
                           std::to_string(most));
        }
        return static_cast<int>(*value);
    }
    std::vector<std::string> texts(std::string_view key) const {
        std::vector<std::string> out;
        const auto* list = table_[key].as_array();
        if (!list) wrong(key, "must be a list of texts");
        for (const auto& item : *list) {
            const auto value = item.value<std::string>();
            if (!value) wrong(key, "must be a list of texts");
            out.push_back(*value);
        }
        return out;
    }
    int minute_of_day(std::string_view key) const {
        const auto value = text(key);
        int hour = -1;
        int minute = -1;
        if (value.size() != 5 || std::sscanf(value.c_str(), "%2d:%2d", &hour, &minute) != 2 ||
            hour < 0 || hour > 23 || minute < 0 || minute > 59) {
            wrong(key, "must be a time of day such as \"22:00\"");
        }
        return hour * 60 + minute;
    }
    SchemeCode scheme(std::string_view key) const {
        const auto code = SchemeCode::parse(text(key));
        if (code && schemes::template_text(*code)) return *code;
        wrong(key, "must be the code of a scheme that is known here");
    }
    Table inner(std::string_view key) const {
        if (const auto* table = table_[key].as_table()) return {*table, file_};
        wrong(key, "is missing");
    }
    std::vector<Table> list(std::string_view key) const {
        std::vector<Table> out;
        const auto* items = table_[key].as_array();
        if (!items) wrong(key, "is missing");
        for (const auto& item : *items) {
            if (!item.is_table()) wrong(key, "must be tables");
            out.emplace_back(*item.as_table(), file_);
        }
        return out;
    }

private:
    const toml::table& table_;
    std::string file_;
};

std::string text_of(const std::string& name_or_path) {
    if (const auto* file = embedded_file("tests/scenes/" + name_or_path + ".toml")) {
        return std::string(file->bytes);
    }
    std::ifstream in(name_or_path, std::ios::binary);
    if (!in || std::filesystem::is_directory(name_or_path)) {
        std::string all;
        for (const auto& name : scene_names()) all += " " + name;
        throw std::invalid_argument("There is no scene called '" + name_or_path +
                                    "' and no such file. Scenes inside the program:" + all);
    }
    std::ostringstream all;
    all << in.rdbuf();
    return all.str();
}

void read_prison(Scene& scene, const Table& prison) {
    prison.knows({"id", "name", "time_zone", "number_pattern", "language"});
    const auto id = EstablishmentId::parse(prison.text("id"));
    if (!id) prison.wrong("id", "must be three capital letters");
    scene.establishment = *id;
    scene.name = prison.text("name");
    scene.time_zone = prison.text("time_zone");
    if (!Zone::find(scene.time_zone)) prison.wrong("time_zone", "is no time zone");
    scene.number_pattern = prison.text("number_pattern");
    if (!people::is_number_pattern(scene.number_pattern)) {
        prison.wrong("number_pattern", "isn't a regular expression");
    }
    scene.language = prison.text("language");
    if (!people::is_page_language(scene.language)) {
        std::string all;
        for (const auto& one : languages()) all += " " + std::string(one.tag);
        prison.wrong("language", "is none that the pages are written in:" + all);
    }
}

void read_wings(Scene& scene, const Table& top) {
    for (const auto& unit : top.list("units")) {
        unit.knows({"unit", "name", "security_level", "regime", "night_unlock_officers"});
        if (scene.unit(unit.text("unit"))) unit.wrong("unit", "is there twice");
        if (!people::is_security_level(unit.text("security_level"))) {
            unit.wrong("security_level", "is no level of security that is known here");
        }
        if (!people::is_regime(unit.text("regime"))) {
            unit.wrong("regime", "is no regime that is known here");
        }
        scene.units.push_back({unit.text("unit"), unit.text("name"), unit.text("security_level"),
                               unit.text("regime"), unit.number("night_unlock_officers", 1, 4)});
    }
    for (const auto& wing : top.list("wings")) {
        wing.knows({"wing", "unit", "name", "landings", "cells", "residents", "suite"});
        if (scene.wing(wing.text("wing"))) wing.wrong("wing", "is there twice");
        SceneWing out{wing.text("wing"), wing.text("unit"), wing.text("name"),
                      wing.number("landings", 1, 20), wing.number("cells", 1, 2000), 0,
                      wing.text_or_nothing("suite")};
        out.residents = wing.number("residents", 0, 2 * out.cells);
        if (!scene.unit(out.unit)) wing.wrong("unit", "is none of the units above");
        scene.wings.push_back(std::move(out));
    }
}

// Suites, Listeners' rooms, crisis cells and offices; a place is on the wing that it begins with.
void read_places(Scene& scene, const Table& top) {
    if (!top.has("places")) return;
    for (const auto& place : top.list("places")) {
        place.knows({"place", "kind", "label", "has_alarm"});
        const auto key = LocationKey::parse(place.text("place"), scene.establishment);
        if (!key) place.wrong("place", "is no place such as B-0-ROOM");
        if (!scene.wing(key->wing()) || key->wing() == key->text()) {
            place.wrong("place", "must begin with one of the wings above, such as B-0-ROOM");
        }
        people::PlaceKind kind{};
        if (!boost::describe::enum_from_string(place.text("kind").c_str(), kind)) {
            place.wrong("kind",
                        "must be cell, suite, listeners_room, crisis_cell, office or other");
        }
        scene.places.push_back({*key, std::string(key->wing()), kind,
                                place.text_or_nothing("label"), place.truth("has_alarm")});
    }
    const auto all = layout_of(scene).places;
    for (const auto& place : scene.places) {
        if (std::ranges::count(all, place.place, &people::Place::place) > 1) {
            top.wrong("places", "has " + place.place.text() + " twice, or it is a cell already");
        }
    }
}

void read_shifts(Scene& scene, const Table& top) {
    for (const auto& shift : top.list("shifts")) {
        scene.shifts.push_back({shift.scheme("scheme"), shift.text("name"),
                                shift.minute_of_day("from"), shift.number("hours", 1, 24) * 60,
                                shift.number("needed", 1, 20)});
    }
    if (!top.has("turns")) return;
    for (const auto& turn : top.list("turns")) {
        turn.knows({"scheme", "days"});
        SceneTurns one{turn.scheme("scheme"), turn.texts("days")};
        if (one.days.empty()) turn.wrong("days", "must name a shift");
        if (scene.turns_of(one.scheme)) turn.wrong("scheme", "has its turns already");
        for (const auto& name : one.days) {
            const bool is_shift =
                name.empty() || std::ranges::any_of(scene.shifts, [&](const SceneShift& shift) {
                    return shift.scheme == one.scheme && shift.name == name;
                });
            if (!is_shift) turn.wrong("days", "names '" + name + "', no shift of the scheme");
        }
        scene.turns.push_back(std::move(one));
    }
}

void read_members(Scene& scene, const Table& top) {
    for (const auto& member : top.list("members")) {
        scene.members.push_back({member.scheme("scheme"), member.text("label"),
                                 member.text("wing"), member.text("languages"),
                                 member.texts("cleared")});
        const auto& added = scene.members.back();
        if (std::ranges::any_of(scene.members, [&](const SceneMember& other) {
                return &other != &added && other.scheme == added.scheme &&
                       other.label == added.label;
            })) {
            member.wrong("label", "is there twice");
        }
        std::istringstream languages(added.languages);
        for (std::string one; languages >> one;) {
            if (is_spoken_somewhere(one)) continue;
            member.wrong("languages", "has '" + one + "', no language");
        }
        if (!scene.wing(scene.members.back().wing)) {
            member.wrong("wing", "is none of the wings above");
        }
        for (const auto& unit : scene.members.back().cleared) {
            if (!scene.unit(unit)) member.wrong("cleared", "names '" + unit + "', no unit above");
        }
    }
    read_shifts(scene, top);
    if (!top.has("demand_beside")) return;
    for (const auto& one : top.list("demand_beside")) {
        one.knows({"scheme", "per_year"});
        const auto per_year = one.inner("per_year");
        per_year.knows({"value", "source"});
        if (per_year.text("source").empty()) per_year.wrong("source", "must say where it is from");
        scene.demand_beside.push_back({one.scheme("scheme"),
                                       per_year.number("value", 1, 1'000'000)});
    }
}

toml::table parsed(const std::string& text, const std::string& file) {
    try {
        return toml::parse(text, file);
    } catch (const toml::parse_error& error) {
        throw std::invalid_argument(file + ", line " +
                                    std::to_string(error.source().begin.line) + ": " +
                                    std::string(error.description()));
    }
}

LocationKey cell(const Scene& scene, const SceneWing& wing, int i) {
    const int each = (wing.cells + wing.landings - 1) / wing.landings;
    char text[64];
    std::snprintf(text, sizeof text, "%s-%d-%03d", wing.wing.c_str(), i / each + 1, i % each + 1);
    const auto key = LocationKey::parse(text, scene.establishment);
    if (!key) throw std::invalid_argument(scene.file + ": no place can be called " + text);
    return *key;
}

}  // namespace

const people::Unit* Scene::unit(std::string_view code) const {
    const auto found = std::ranges::find(units, code, &people::Unit::unit);
    return found == units.end() ? nullptr : &*found;
}

const SceneWing* Scene::wing(std::string_view code) const {
    const auto found = std::ranges::find(wings, code, &SceneWing::wing);
    return found == wings.end() ? nullptr : &*found;
}

const SceneTurns* Scene::turns_of(const SchemeCode& scheme) const {
    const auto found = std::ranges::find(turns, scheme, &SceneTurns::scheme);
    return found == turns.end() ? nullptr : &*found;
}

LocationKey cell_of(const Scene& scene, const SceneWing& wing, int resident) {
    return cell(scene, wing, resident % wing.cells);
}

people::NewEstablishment layout_of(const Scene& scene) {
    people::NewEstablishment prison{scene.establishment, scene.name, scene.time_zone,
                                    scene.number_pattern, scene.language, scene.units, {}, {}};
    for (const auto& wing : scene.wings) {
        prison.wings.push_back({wing.wing, wing.unit, wing.name});
        for (int i = 0; i < wing.cells; ++i) {
            prison.places.push_back({cell(scene, wing, i), wing.wing, people::PlaceKind::cell, "",
                                     true});
        }
        if (!wing.suite.empty()) {
            prison.places.push_back(
                {*LocationKey::parse(wing.wing + "-0-SUITE", scene.establishment), wing.wing,
                 people::PlaceKind::suite, wing.suite, true});
        }
    }
    prison.places.insert(prison.places.end(), scene.places.begin(), scene.places.end());
    return prison;
}

people::NewEstablishment read_layout(const std::string& name_or_path) {
    Scene scene;
    scene.file = name_or_path;
    const auto table = parsed(text_of(name_or_path), name_or_path);
    if (table.contains("extends")) return layout_of(read_scene(name_or_path));
    const Table top(table, name_or_path);
    // A layout, or a whole scene, of which only the layout is read.
    top.knows({"prison", "units", "wings", "places", "staff", "members", "shifts", "turns",
               "answers", "death", "debriefs", "demand", "demand_beside", "movement", "sessions",
               "unlocks"});
    read_prison(scene, top.inner("prison"));
    read_wings(scene, top);
    read_places(scene, top);
    return layout_of(scene);
}

std::vector<std::string> scene_names() {
    std::vector<std::string> out;
    for (const auto& file : embedded_in("tests/scenes")) {
        out.push_back(std::filesystem::path(file.path).stem().string());
    }
    return out;
}

Scene read_scene(const std::string& name_or_path) {
    Scene scene;
    scene.file = name_or_path;
    scene.text = text_of(name_or_path);
    const auto table = parsed(scene.text, name_or_path);
    const Table top(table, name_or_path);
    if (table.contains("extends")) {
        const auto base = top.text("extends");
        if (parsed(text_of(base), base).contains("extends")) {
            top.wrong("extends", "names a scene that extends another one itself");
        }
        scene = read_scene(base);
        read_members(scene, top);
        return scene;
    }
    read_prison(scene, top.inner("prison"));
    read_wings(scene, top);
    read_places(scene, top);
    scene.officers = top.inner("staff").number("officers", 1, 500);
    read_members(scene, top);
    return scene;
}

}  // namespace alongside::simulate
