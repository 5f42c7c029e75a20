// The first roll of 90,000 people, staged and applied, while somebody asks every 50 ms.
#include <fmt/format.h>

#include <cstdio>
#include <stdexcept>
#include <thread>

#include "bench/figures.h"
#include "bench/store_prison.h"
#include "people/import.h"

namespace alongside::bench {
namespace {

constexpr int roll_size = 90'000, here_before = 500;
constexpr double limit_s = 10, limit_ask_ms = 250;
constexpr auto between_asks = std::chrono::milliseconds(50);

// As conventional systems write it; those who are here already stand in it as they are.
std::string roll(const Size& size) {
    std::string out =
        "prisonerNumber,firstName,middleNames,lastName,dateOfBirth,gender,prisonId,cellLocation,"
        "category,releaseDate,language\r\n";
    for (int i = 0; i < roll_size; ++i) {
        // By number, as rolls are; who lives beside whom has nothing to do with it.
        const int bed = i < here_before ? i : static_cast<int>(i * 7919LL % roll_size);
        fmt::format_to(std::back_inserter(out),
                       "{},Given{},,Family{},19{:02}-{:02}-{:02},Male,BIG,{},C,20{:02}-{:02}-15,{}"
                       "\r\n",
                       number_of(i), i % 977, i % 9973, 50 + i % 50, 1 + i % 12, 1 + i % 28,
                       cell_of(bed, size.wings).text(), 27 + i % 12, 1 + i % 12,
                       i % 10 == 0 ? "en fr" : "en");
    }
    return out;
}

people::ReadMore from(const std::string& text) {
    return [&text, at = std::size_t{0}]() mutable {
        const auto piece = std::string_view(text).substr(at, 64 * 1024);
        at += piece.size();
        return piece;
    };
}

// Asks and takes back, over and over, until told to stop; how long each took.
class Asking {
public:
    explicit Asking(Stage& stage) : stage_(stage), thread_([this](std::stop_token s) { run(s); }) {}
    std::vector<double> stop() {
        thread_.request_stop();
        thread_.join();
        return std::move(took_);
    }

private:
    void run(const std::stop_token& stop) {
        for (std::size_t i = 0; !stop.stop_requested(); ++i) {
            std::this_thread::sleep_for(between_asks);
            auto desk = stage_.desk();
            const Stopwatch watch;
            const auto request = stage_.ask(i % here_before);
            took_.push_back(watch.ms());
            (void)dispatch::withdraw(desk, stage_.program(), request, false);
        }
    }
    Stage& stage_;
    std::vector<double> took_;
    std::jthread thread_;
};

int run(const std::string& address) {
    const auto database = sql::Database::open(address, {.create = true});
    SystemEntropy entropy;
    const auto keys = vault::KeyFile::in_memory(entropy);
    const auto listening = dispatch::listen_to_movements(*keys);
    const auto now = parse_iso_instant("2026-11-22T18:00:00Z").value();
    const Size size{.residents = here_before, .beds = roll_size, .peers = 40, .kept_apart = 100};
    auto prison = fill(*database, size, now, entropy);
    Stage stage{*database, *keys, prison, entropy, now};
    const auto file = roll(size);

    Asking asking(stage);
    const auto import = ImportId::make(now, entropy);
    const Stopwatch staging;
    must(people::stage_roll(*database, stage.program(), import, from(file), {}));
    const double stage_s = staging.ms() / 1000;
    const Stopwatch applying;
    const auto applied = must(people::apply_import(*database, stage.program(), import, false));
    const double apply_s = applying.ms() / 1000;
    const auto asks = asking.stop();
    if (applied.arrived != roll_size - here_before || applied.skipped != 0) {
        throw std::runtime_error("not everybody arrived");
    }
    const std::string on = database->engine() == sql::Database::Engine::sqlite
                               ? "SQLite" : "PostgreSQL";
    Figures figures;
    figures.beside("import, " + on + ": read and compared", stage_s, "s");
    figures.beside("import, " + on + ": applied", apply_s, "s");
    figures.at_most("import of a first roll of 90,000, " + on, stage_s + apply_s, "s", limit_s);
    figures.beside("ask during the import, " + on + ": p50", percentile(asks, 0.5), "ms");
    figures.beside("ask during the import, " + on + ": p99", percentile(asks, 0.99), "ms");
    figures.at_most("ask during the import, " + on + ": worst", percentile(asks, 1), "ms",
                    limit_ask_ms);
    return figures.exit_code();
}

}  // namespace
}  // namespace alongside::bench

// bench_import ADDRESS: an empty database.
int main(int argc, char** argv) {
    return alongside::bench::on_database(argc, argv, alongside::bench::run);
}
