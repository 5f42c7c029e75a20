// Somebody on call tonight who can't be reached is told of before the night, to those who can act.
#include "dispatch/testing_pages.h"

namespace alongside::dispatch {
namespace {

class BeforeTheNight : public Pages {
protected:
    void out_now(PersonId whose, bool is_out = true) {
        db().write(smi, [&](sql::Transaction& tx) {
            tx.run("UPDATE presence SET in_out = $2 WHERE person_id = $1", whose,
                   std::string(is_out ? "OUT" : "IN"));
            return tx.run("INSERT INTO member_change (establishment_id, scheme, seq, version) "
                          "VALUES ($1, $2, $3, $4)", smi, pops, ++change_,
                          Uuid::v7(clock.now(), seeded));
        });
    }
    std::int64_t change_ = 9000;
};
INSTANTIATE_ON_EVERY_ENGINE(BeforeTheNight);

TEST_P(BeforeTheNight, the_overview_and_the_unlocks_page_say_who_cannot_be_reached) {
    come_in(as(Role::coordinator));
    EXPECT_FALSE(has(page("/overview"), "POPS tonight"));
    out_now(one);
    const auto warned = page("/overview");
    EXPECT_TRUE(has(warned, "POPS tonight: one person on call can’t be reached."));
    EXPECT_TRUE(has(warned, "Can come: 1 from"));
    EXPECT_TRUE(has(warned, "href=\"/on-call/tonight\""));
    EXPECT_FALSE(has(warned, "out of the prison"));

    come_in(night_manager());
    const auto queue = page("/unlocks");
    EXPECT_TRUE(has(queue, "POPS tonight: one person on call can’t be reached."));
    EXPECT_TRUE(has(queue, "Can’t be reached: Peer 1."));
    EXPECT_FALSE(has(queue, "out of the prison"));

    come_in(as(Role::partner));
    const auto theirs = page("/overview");
    EXPECT_TRUE(has(theirs, "POPS tonight"));
    EXPECT_FALSE(has(theirs, "href=\"/on-call"));

    out_now(one, false);
    come_in(as(Role::coordinator));
    EXPECT_FALSE(has(page("/overview"), "POPS tonight"));
    come_in(night_manager());
    EXPECT_FALSE(has(page("/unlocks"), "POPS tonight"));
}

TEST_P(BeforeTheNight, the_board_counts_the_short_as_the_pages_of_the_rota_do) {
    site_routes.add(rota::routes(*site, nullptr, &called_out));
    clock.set(clock.now() + Hours(24));         // the shift on which they are is over
    const auto night = db().read([&](sql::Reader& r) {
        return rota::tonight(r, smi, pops, clock.now() + Hours(12), nullptr)->night;
    });
    clock.set(night.from - Hours(2));
    const ShiftId shift(Uuid::v7(clock.now(), seeded));
    must(rota::add_shift(db(), program(), shift, pops, "vigil", night.from + Hours(1), night.to,
                         2));
    must(rota::put_on(db(), program(), shift, {two, one}));
    come_in(as(Role::coordinator));
    EXPECT_FALSE(has(page("/board"), "vigil: 1 short"));
    out_now(one);
    EXPECT_TRUE(has(page("/on-call?scheme=pops"), "vigil: 1 person short"));
    EXPECT_TRUE(has(page("/board"), "vigil: 1 short"));
}

TEST_P(BeforeTheNight, who_is_on_the_way_to_somebody_is_not_free) {
    site_routes.add(rota::routes(*site, nullptr, &called_out));
    come_in(as(Role::coordinator));
    EXPECT_FALSE(has(page("/on-call?scheme=pops"), "called out"));
    const auto call_out = accepted(asked(person), one);
    auto on_call = page("/on-call?scheme=pops");
    EXPECT_TRUE(has(on_call, "1 person is with somebody or on the way. 1 person is free."));
    EXPECT_TRUE(has(on_call, "called out"));
    must(call_off(d(), officer(), call_out));
    on_call = page("/on-call?scheme=pops");
    EXPECT_FALSE(has(on_call, "called out"));
    EXPECT_FALSE(has(on_call, "on the way"));
}

}  // namespace
}  // namespace alongside::dispatch
