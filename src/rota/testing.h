// A small prison with a scheme whose peers are ready, for tests of a rota's life.
#pragma once

#include <chrono>
#include <map>
#include <thread>

#include "people/testing.h"
#include "rota/rota.h"
#include "rota/store.h"
#include "schemes/testing.h"

namespace alongside::rota {

// The pages as a coordinator sees them, on a Saturday; have_peers() brings peers.
class CoordinatorPages : public schemes::WithPeers<schemes::EveryPage> {
protected:
    void SetUp() override {
        EveryPage::SetUp();
        if (HasFatalFailure()) return;
        routes_.add(rota::routes(site()));
        clock.set(parse_iso_instant("2026-11-21T12:00:00Z").value());
        come_in(Role::coordinator);
    }
    // The page of a search once it has ended.
    web::Response found_by(const std::string& search) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{90};
        auto out = get(search);
        while (shows(out, "al-live-region") && std::chrono::steady_clock::now() < end) {
            std::this_thread::sleep_for(std::chrono::milliseconds{20});
            out = get(search);
        }
        return out;
    }
};

class LifePrison : public schemes::WithPeers<people::EveryPrison> {
protected:
    void SetUp() override {
        EveryPrison::SetUp();
        if (HasFatalFailure()) return;
        clock.set(at("2026-11-21T12:00:00Z"));          // a Saturday
        have_peers(4);
    }
    static Instant at(const char* text) { return parse_iso_instant(text).value(); }
    static Day day(const char* text) { return parse_iso_day(text).value(); }
    // `number` days from the 21st; 22:00 to 06:00.
    ShiftId night(int number, int needed = 1) {
        const auto id = ShiftId::make(clock.now(), entropy);
        const auto begins = at("2026-11-21T22:00:00Z") + Hours(24 * number);
        EXPECT_EQ(people::refused(add_shift(db(), now(), id, pops_, "night", begins,
                                            begins + Hours(8), needed)), "");
        return id;
    }
    void put(ShiftId shift, std::vector<PersonId> people) {
        EXPECT_EQ(people::refused(put_on(db(), now(), shift, people)), "");
    }
    std::vector<PersonId> on(ShiftId shift) {
        std::vector<PersonId> out;
        const auto puts = db().read([&](sql::Reader& r) {
            return store::puts_of_shift(r, mdi, shift);
        });
        for (const auto& one : puts) out.push_back(one.person_id);
        std::ranges::sort(out);
        return out;
    }
    std::vector<Gap> gaps_ahead() {
        return db().read([&](sql::Reader& r) {
            return gaps(r, mdi, pops_, clock.now(), clock.now() + Hours{28 * 24});
        });
    }
    void suspend(int peer) {
        EXPECT_EQ(people::refused(people::suspend(
                      db(), now(), members_[static_cast<std::size_t>(peer)],
                      Uuid::v7(clock.now(), entropy), "CONDUCT", day("2027-02-01"))), "");
    }
    template <class F>
    void inside(F&& work) {
        db().write(mdi, [&](sql::Transaction& tx) {
            work(tx);
            return true;
        });
    }
};

}  // namespace alongside::rota
