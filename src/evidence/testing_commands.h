// For tests: a command of the room, typed, with what it said.
#pragma once

#include <boost/json.hpp>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/command.h"
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
    Command app("test", "test");
    add_commands(app, console, answered.code, "1.0");
    words.insert(words.begin(), "evidence");
    const auto read = app.parse(words);
    if (read.end == CommandLineRead::End::not_understood) throw std::invalid_argument(read.said);
    answered.out = out.str();
    answered.problems = problems.str();
    return answered;
}

}  // namespace alongside::evidence
