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

}  // namespace
}  // namespace alongside::dispatch
