// What stops with a member's readiness, and what stays.
#include "dispatch/testing.h"

namespace alongside::dispatch {
namespace {

class Listening : public ByNight {
protected:
    void SetUp() override {
        ByNight::SetUp();
        if (HasFatalFailure()) return;
        listening.reset();
        listening.emplace(listen_to_movements(*keys));
        person = peer("200001A", "B-1-001", "Peer 1");
        ready_member(person, listeners, "Listener 1");
    }
    bool is_on(const SchemeCode& code) {
        const auto on = db().read([&](sql::Reader& r) {
            return rota::on_call_at(r, smi, code, clock.now() + Hours(2));
        });
        return !on.empty();
    }
    void lose(const char* unit) {
        must(people::decide_clearance(db(), program(), members[person], unit, false, "REVIEWED",
                                      {}));
    }
    PersonId person;
};
INSTANTIATE_ON_EVERY_ENGINE(Listening);

TEST_P(Listening, losing_one_unit_leaves_the_shifts_and_losing_the_last_takes_them) {
    lose("SIU");
    lose("MAX");
    EXPECT_TRUE(is_on(pops));
    lose("MED");
    EXPECT_FALSE(is_on(pops));
    EXPECT_TRUE(is_on(listeners)) << "another scheme has clearances of its own";
}

TEST_P(Listening, losing_a_unit_ends_the_call_to_it) {
    accepted(asked(resident("100001A", "A-1-001")), person);
    lose("SIU");
    EXPECT_EQ(count("SELECT COUNT(*) FROM call_out WHERE ended_at IS NULL"), 1);
    lose("MAX");
    EXPECT_EQ(count("SELECT COUNT(*) FROM call_out WHERE ended_at IS NULL"), 0);
    EXPECT_TRUE(is_on(pops));
}

TEST_P(Listening, suspension_takes_the_shifts_of_that_scheme_alone) {
    must(people::suspend(db(), program(), members[person], Uuid::v7(clock.now(), seeded),
                         "INVESTIGATION", parse_iso_day("2026-12-24").value()));
    EXPECT_FALSE(is_on(pops));
    EXPECT_TRUE(is_on(listeners));
}

TEST_P(Listening, segregation_takes_all_shifts_and_ends_the_call) {
    accepted(asked(resident("100001A", "A-1-001")), person);
    must(people::move(db(), program(), person, at("S-1-001")));
    EXPECT_FALSE(is_on(pops));
    EXPECT_FALSE(is_on(listeners));
    EXPECT_EQ(count("SELECT COUNT(*) FROM call_out WHERE ended_at IS NULL"), 0);
}

TEST_P(Listening, moving_elsewhere_takes_none) {
    must(people::move(db(), program(), person, at("B-1-001")));
    EXPECT_TRUE(is_on(pops));
    EXPECT_TRUE(is_on(listeners));
}

TEST_P(Listening, leaving_takes_all) {
    must(people::leave(db(), program(), person, false));
    EXPECT_FALSE(is_on(pops));
    EXPECT_FALSE(is_on(listeners));
}

}  // namespace
}  // namespace alongside::dispatch
