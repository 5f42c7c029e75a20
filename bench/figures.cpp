#include "bench/figures.h"

#include <fmt/format.h>

#include <cstdio>
#include <exception>

namespace alongside::bench {

void Figures::at_most(std::string_view what, double found, std::string_view unit, double limit) {
    line(what, found, unit, "at most", limit, found <= limit);
}

void Figures::at_least(std::string_view what, double found, std::string_view unit, double limit) {
    line(what, found, unit, "at least", limit, found >= limit);
}

void Figures::beside(std::string_view what, double found, std::string_view unit) const {
    fmt::print("{:<62} {:>10.1f} {}\n", what, found, unit);
    std::fflush(stdout);
}

void Figures::line(std::string_view what, double found, std::string_view unit,
                   std::string_view which, double limit, bool is_kept) {
    fell_short_ = fell_short_ || !is_kept;
    fmt::print("{:<62} {:>10.1f} {:<6} ({} {:g})  {}\n", what, found, unit, which, limit,
               is_kept ? "ok" : "falls short");
    std::fflush(stdout);
}

int on_database(int argc, char** argv, int (*run)(const std::string& address)) {
    if (argc != 2) return 2;
    try {
        return run(argv[1]);
    } catch (const std::exception& trouble) {
        std::fprintf(stderr, "%s\n", trouble.what());
        return 2;
    }
}

}  // namespace alongside::bench
