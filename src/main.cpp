// Wiring only: the command line, and what may not leave the program as an exception.
#include <iostream>

#include "program/commands.h"

int main(int count, char** words) {
    using namespace alongside;
    const int code = program::run_command({words + 1, words + count},
                                          Console{std::cout, std::cerr}, nullptr);
    if (std::cout.flush()) return code;
    std::cerr << "Not all of it could be written to the output.\n";
    return program::Exit::fault;
}
