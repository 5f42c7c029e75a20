// Makes the database of a populated installation.
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include "bench/store_prison.h"

// bench_fill ADDRESS RESIDENTS PEERS: an empty database. Prints the number of a resident a line.
int main(int argc, char** argv) {
    using namespace alongside;
    if (argc != 4) return 2;
    try {
        const auto database = sql::Database::open(argv[1], {.create = true});
        SystemEntropy entropy;
        const SystemClock clock;
        const bench::Size size{.residents = std::atoi(argv[2]), .peers = std::atoi(argv[3]),
                               .kept_apart = std::atoi(argv[2]) / 5};
        const auto prison = bench::fill(*database, size, clock.now(), entropy);
        for (const auto& resident : prison.residents) std::printf("%s\n", resident.text().c_str());
        return 0;
    } catch (const std::exception& trouble) {
        std::fprintf(stderr, "%s\n", trouble.what());
        return 2;
    }
}
