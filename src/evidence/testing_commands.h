// For tests: a command of the room, typed, with what it said.
#pragma once

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "evidence/command.h"
#include "evidence/evidence.h"

namespace alongside::evidence {

struct Answered {
    int code = -1;
    std::string out, problems;
    boost::json::object json() const { return boost::json::parse(out).as_object(); }
};

inline Answered run_words(std::vector<std::string> words) {
    std::ostringstream out, problems;
    const Console console{out, problems};
    Answered answered;
    CLI::App app{"test"};
    add_commands(app, console, answered.code, "1.0");
    words.insert(words.begin(), "evidence");
    std::reverse(words.begin(), words.end());
    app.parse(words);
    answered.out = out.str();
    answered.problems = problems.str();
    return answered;
}

}  // namespace alongside::evidence
