// Where a command prints: a terminal, or the socket of the one who asked a running program.
#pragma once

#include <filesystem>
#include <ostream>

namespace alongside {

struct Console {
    std::ostream& out;         // results
    std::ostream& problems;    // what went wrong, progress
    std::filesystem::path folder = std::filesystem::current_path();  // where it was typed

    // A file as it was typed, from there.
    std::string file(const std::string& typed) const { return (folder / typed).string(); }
};

}  // namespace alongside
