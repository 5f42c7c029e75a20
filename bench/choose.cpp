// Choosing a peer among 5,000, the facts loaded from the database each time, while the job goes on
// around it: every request is asked, offered, answered, gone to and ended, and now and then a peer
// moves, is cleared or suspended.
#include <cstdio>
#include <stdexcept>

#include "bench/figures.h"
#include "bench/store_prison.h"

namespace alongside::bench {
namespace {

constexpr int choices_a_run = 1'000, runs = 3, warm_up = 50;
constexpr int choices_a_change = 20;             // one of the 5,000 peers changes so often
constexpr double limit_ms = 5;

class Night {
public:
    explicit Night(Stage& stage) : stage_(stage), random_(4) {}

    // Milliseconds from nothing to a ranking: on the clock, and of the processor.
    struct Took {
        double ms, processor_ms;
    };
    Took one() {
        stage_.now += Millis(20'000);
        const auto& residents = stage_.prison.residents;
        const auto peers = stage_.prison.members.size();
        const auto request = stage_.ask(peers + asked_++ % (residents.size() - peers));
        if (asked_ % choices_a_change == 0) change_somebody();

        const Stopwatch watch;
        const auto choice = must(stage_.database.read([&](sql::Reader& reader) {
            return dispatch::choose(reader, stage_.keys, stage_.prison.id, request, stage_.now);
        }));
        const Took out{watch.ms(), watch.processor_ms()};
        if (choice.ranked.size() + choice.left_out.size() != peers) {
            throw std::runtime_error("a peer is missing from the choice");
        }
        go(request);
        return out;
    }

private:
    // The whole job, an hour of it at a time: some are together while others are asked.
    void go(RequestId request) {
        auto desk = stage_.desk();
        const auto officer = stage_.officer();
        const auto offer = OfferId::make(stage_.now, stage_.entropy);
        must(dispatch::offer(desk, officer, {offer, request, {}, dispatch::OfferHow::door}));
        must(dispatch::answer(desk, officer, offer, dispatch::Answer::going));
        const auto unlock = UnlockId::make(stage_.now, stage_.entropy);
        must(dispatch::ask_unlock(desk, officer, unlock, offer.uuid));
        must(dispatch::authorise_unlock(desk, officer, unlock));
        must(dispatch::escort(desk, officer, unlock));
        must(dispatch::arrive(desk, officer, {offer.uuid, people::PlaceKind::cell, {}, false}));
        together_.push_back(offer.uuid);
        if (together_.size() < 30) return;
        const auto first = together_.front();
        together_.erase(together_.begin());
        const auto session = stage_.database.read([&](sql::Reader& reader) {
            return dispatch::session_of(reader, stage_.prison.id, first);
        });
        must(dispatch::depart(desk, officer, *session, false));
        must(dispatch::back(desk, officer, first));
    }

    void change_somebody() {
        const auto program = stage_.program();
        auto& database = stage_.database;
        const auto who = random_.word() % stage_.prison.members.size();
        const auto member = stage_.prison.members[who];
        switch (changed_++ % 4) {
            case 0:
                must(people::move(database, program, stage_.prison.residents[who],
                                  stage_.prison.cells[random_.word() % 1'000]));
                break;
            case 1:
                must(people::decide_clearance(database, program, member, stage_.prison.units[0],
                                              changed_ % 8 == 2, "REVIEWED", {}));
                break;
            case 2:
                suspended_ = member;
                must(people::suspend(database, program, member, Uuid::v7(stage_.now, random_),
                                     "CONDUCT", Day{std::chrono::year{2026} / 12 / 31}));
                break;
            default: must(people::end_suspension(database, program, suspended_));
        }
    }

    Stage& stage_;
    SeededEntropy random_;
    std::size_t asked_ = 0;
    int changed_ = 0;
    MemberId suspended_;
    std::vector<Uuid> together_;
};

int run(const std::string& address) {
    const auto database = sql::Database::open(address, {.create = true});
    SystemEntropy entropy;
    const auto keys = vault::KeyFile::in_memory(entropy);
    const auto listening = dispatch::listen_to_movements(*keys);
    const auto now = parse_iso_instant("2026-11-22T18:00:00Z").value();
    auto prison = fill(*database, {}, now, entropy);
    Stage stage{*database, *keys, prison, entropy, now};
    Night night(stage);
    std::vector<double> p50, p99, worst, processor;
    for (int i = 0; i < warm_up; ++i) night.one();
    for (int run = 0; run < runs; ++run) {
        std::vector<double> took, of_processor;
        for (int i = 0; i < choices_a_run; ++i) {
            const auto one = night.one();
            took.push_back(one.ms);
            of_processor.push_back(one.processor_ms);
        }
        processor.push_back(percentile(of_processor, 0.99));
        p50.push_back(percentile(took, 0.5));
        p99.push_back(percentile(took, 0.99));
        worst.push_back(percentile(took, 1));
    }
    const std::string on = database->engine() == sql::Database::Engine::sqlite
                               ? "SQLite" : "PostgreSQL";
    Figures figures;
    figures.beside("choose among 5,000, " + on + ": p50", median(p50), "ms");
    figures.beside("choose among 5,000, " + on + ": p99 of processor time", median(processor),
                   "ms");
    figures.at_most("choose among 5,000, " + on + ": p99", median(p99), "ms", limit_ms);
    figures.beside("choose among 5,000, " + on + ": worst", median(worst), "ms");
    return figures.exit_code();
}

}  // namespace
}  // namespace alongside::bench

// bench_choose ADDRESS: an empty database.
int main(int argc, char** argv) {
    return alongside::bench::on_database(argc, argv, alongside::bench::run);
}
