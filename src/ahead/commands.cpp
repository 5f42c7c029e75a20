// ahead: this prison as a scene to simulate, and the answer for the page.

#include <boost/json.hpp>
#include <fstream>
#include <memory>
#include <sstream>

#include "ahead/ahead.h"
#include "base/command.h"
#include "schemes/schemes.h"

namespace alongside::ahead {
namespace {

struct Keep {
    std::string file;
    bool as_json = false;
};

// The exit code.
int keep_file(const Desk& desk, const Keep& keep) {
    const auto refuse = [&](std::string_view code, const std::string& sentence) {
        if (keep.as_json) {
            *desk.out << boost::json::serialize(boost::json::object{
                             {"errorCode", code}, {"userMessage", sentence}})
                      << '\n';
        } else {
            *desk.problems << sentence << '\n';
        }
        return 1;
    };
    std::ifstream in(desk.folder / keep.file, std::ios::binary);
    if (!in) {
        return refuse("ahead.no_file", "There is no file " + keep.file + " that can be read.");
    }
    std::ostringstream all;
    all << in.rdbuf();
    const auto done = keep_how_many(*desk.database, desk.occasion, all.str());
    if (!done) return refuse(done.error().code, Tongue::of("en")(done.error().sentence));
    *desk.out << (keep.as_json ? "{\"kept\":true}\n" : "Kept. It is shown on the page Ahead.\n");
    return 0;
}

}  // namespace

void add_commands(Command& app, std::function<Desk()> open, int& exit_code) {
    auto* command = app.add_subcommand("ahead", "How many peers this prison needs: what the "
                                                "simulation takes, and keeping what it answers");
    command->require_subcommand(1);
    auto name = std::make_shared<std::string>("pops");
    auto* scene = command->add_subcommand(
        "scene", "Print this prison as a scene: shape, shifts and recorded demand, nobody's name");
    scene->add_option("--scheme", *name, "Which scheme")->capture_default_str();
    scene->callback([open, name, &exit_code] {
        const Desk desk = open();
        const auto code = SchemeCode::parse(*name);
        const auto text = !code ? std::nullopt : desk.database->read([&](sql::Reader& reader) {
            return own_scene(reader, desk.occasion.who.establishment, *code, desk.occasion.now);
        });
        const bool has_all = text && text->find("[[shifts]]") != std::string::npos &&
                             text->find("[[members]]") != std::string::npos;
        if (has_all) {
            *desk.out << *text;
            return;
        }
        *desk.problems << (text ? "There are no shifts in the coming four weeks, or nobody is "
                                  "ready: there is nothing to simulate.\n"
                                : "That scheme isn't open here.\n");
        exit_code = 1;
    });
    auto asked = std::make_shared<Keep>();
    auto* keep = command->add_subcommand(
        "keep", "Show the answer of `simulate --how-many --json` on the page Ahead");
    keep->add_option("file", asked->file, "The answer, as JSON")->required();
    keep->add_flag("--json", asked->as_json, "Print the result as JSON");
    keep->callback([open, asked, &exit_code] { exit_code = keep_file(open(), *asked); });
}

}  // namespace alongside::ahead
