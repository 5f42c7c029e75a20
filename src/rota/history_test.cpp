#include "rota/history.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "rota/swaps.h"
#include "rota/temporary.h"
#include "rota/testing.h"

using namespace alongside;
using namespace alongside::rota;
using people::refused;

namespace {

class HistoryTest : public LifePrison {
protected:
    std::vector<ShiftChange> changes() {
        return db().read([&](sql::Reader& r) {
            return changes_of(r, mdi, pops_, at("2026-01-01T00:00:00Z"),
                              at("2027-12-31T00:00:00Z"));
        });
    }
    std::vector<Version> all_versions() {
        return db().read([&](sql::Reader& r) { return versions(r, mdi, pops_); });
    }
    // The rota as shift and shift_person have it, said as as_it_stood() says it.
    std::vector<rules::ShiftFacts> as_it_is() {
        return db().read([&](sql::Reader& r) {
            std::vector<rules::ShiftFacts> out;
            for (const auto& shift : store::shifts(r, mdi, pops_, at("2026-01-01T00:00:00Z"),
                                                   at("2027-12-31T00:00:00Z"))) {
                rules::ShiftFacts one{shift.shift_id, shift.name, shift.starts_at, shift.ends_at,
                                      shift.needed, {}};
                for (const auto& put : store::puts_of_shift(r, mdi, shift.shift_id)) {
                    one.on.push_back({put.person_id, put.from_at, put.until_at});
                }
                out.push_back(std::move(one));
            }
            return out;
        });
    }
    static std::string said(const std::vector<rules::ShiftFacts>& rota) {
        std::string out;
        for (const auto& shift : rota) {
            out += shift.shift_id.text() + shift.name + iso_instant(shift.from) +
                   iso_instant(shift.to) + std::to_string(shift.needed);
            std::vector<std::string> on;
            for (const auto& one : shift.on) {
                on.push_back(" " + one.person_id.text() + iso_instant(one.from) +
                             iso_instant(one.to));
            }
            std::ranges::sort(on);
            for (const auto& one : on) out += one;
            out += "\n";
        }
        return out;
    }
};
INSTANTIATE_ON_EVERY_ENGINE(HistoryTest);

TEST_P(HistoryTest, SaysWhoCameOnAndWentOffWhenAndByWhat) {
    const auto first = night(0), second = night(1);
    ASSERT_EQ(put_on_many(db(), now(), pops_, {{first, people_[0]}, {second, people_[1]}})->put, 2);
    clock.advance(Minutes(1));
    ASSERT_EQ(refused(take_off(db(), now(), first, people_[0], clock.now())), "");
    put(first, {people_[2]});
    clock.advance(Minutes(1));
    inside([&](sql::Transaction& tx) {
        withdraw(tx, now(), people_[1], {}, clock.now(), "left");
    });
    auto done = rules::doings(changes());
    ASSERT_EQ(done.size(), 4U);
    EXPECT_EQ(done[0].how, How::hand);              // the shifts
    EXPECT_EQ(done[0].version, 0);
    EXPECT_EQ(done[0].shifts[0].what, Changed::added);
    EXPECT_EQ(done[1].how, How::plan);
    EXPECT_EQ(done[1].version, 1);
    EXPECT_EQ(done[2].how, How::hand);
    EXPECT_EQ(done[2].version, 1);
    EXPECT_EQ(done[2].at, clock.now() - Minutes(1));
    ASSERT_EQ(done[2].shifts.size(), 1U);
    EXPECT_EQ(done[2].shifts[0].on, std::vector{people_[2]});
    EXPECT_EQ(done[2].shifts[0].off, std::vector{people_[0]});
    EXPECT_EQ(done[3].how, How::movement);
    EXPECT_EQ(done[3].shifts[0].off, std::vector{people_[1]});
    EXPECT_EQ(done[3].shifts[0].why, "left");
    ASSERT_EQ(all_versions().size(), 1U);
    EXPECT_EQ(all_versions()[0].how, How::plan);
    EXPECT_EQ(all_versions()[0].published_by, "tester");
}

TEST_P(HistoryTest, APatternIsAVersionAndASwapIsNone) {
    const Pattern pattern{2, day("2026-11-21"),
                          {{"night", 0, 22 * 60, 8 * 60, 1, {members_[0].text()}},
                           {"night", 1, 22 * 60, 8 * 60, 1, {members_[1].text()}}}};
    ASSERT_EQ(refused(save_pattern(db(), now(), pops_, pattern)), "");
    ASSERT_EQ(*fill_from_pattern(db(), now(), pops_, day("2026-11-21"), day("2026-11-25")), 4);
    ASSERT_EQ(*fill_from_pattern(db(), now(), pops_, day("2026-11-21"), day("2026-11-25")), 0);
    ASSERT_EQ(all_versions().size(), 1U) << "what makes nothing publishes nothing";
    const auto first = as_it_is()[0].shift_id;
    const SwapId id = SwapId::make(clock.now(), entropy);
    clock.advance(Minutes(1));
    ASSERT_EQ(refused(ask_swap(db(), now(), id, first, people_[0])), "");
    ASSERT_EQ(refused(take_swap(db(), now(), TakeId::make(clock.now(), entropy), id, people_[2],
                                TakenBy::staff)), "");
    const auto done = rules::doings(changes());
    ASSERT_EQ(done.size(), 2U);
    EXPECT_EQ(done[0].how, How::pattern);
    EXPECT_EQ(done[1].how, How::swap);
    EXPECT_EQ(done[1].version, 1);
    EXPECT_EQ(done[1].shifts[0].off, std::vector{people_[0]});
    EXPECT_EQ(done[1].shifts[0].on, std::vector{people_[2]});
}

TEST_P(HistoryTest, AMovedShiftKeepsWhoIsOnIt) {
    const auto id = night(3);
    put(id, {people_[0]});
    const auto before = changes().size();
    clock.advance(Minutes(1));
    const auto from = at("2026-11-24T21:00:00Z");
    ASSERT_EQ(*move_shift(db(), now(), id, from, from + Hours(8)), 0);
    const auto done = rules::doings(changes());
    EXPECT_GT(changes().size(), before);
    EXPECT_EQ(done.back().shifts[0].what, Changed::moved);
    EXPECT_TRUE(done.back().shifts[0].on.empty());
    EXPECT_TRUE(done.back().shifts[0].off.empty());
    const auto stood = changes();
    const auto then = rules::as_it_stood({stood.begin(), stood.begin() + 2});
    const auto both = rules::compared(then, as_it_is());
    ASSERT_EQ(both.size(), 1U);
    EXPECT_FALSE(both[0].is_same());
    EXPECT_EQ(both[0].then_on, both[0].now_on);
}

// Whatever is pressed: the changes, read from the first on, give the rota as it is; and at any
// earlier one, the rota as it was then.
TEST_P(HistoryTest, GivesTheRotaAsItStoodAfterAnyChange) {
    std::mt19937 random(11);
    const auto pick = [&](std::size_t count) {
        return static_cast<std::size_t>(random() % count);
    };
    std::vector<ShiftId> shifts{night(0, 2), night(1), night(4)};
    std::map<std::int64_t, std::string> stood;
    const int steps = 60;
    for (int step = 0; step < steps; ++step) {
        clock.advance(Minutes(17));
        const auto shift = shifts[pick(shifts.size())];
        const auto person = people_[pick(people_.size())];
        switch (pick(9)) {
            case 0: shifts.push_back(night(static_cast<int>(2 + pick(9)))); break;
            case 1: (void)put_on(db(), now(), shift, {person}); break;
            case 2: (void)put_on_many(db(), now(), pops_, {{shift, person}}); break;
            case 3:
                (void)take_off(db(), now(), shift, person, clock.now() + Hours(pick(9)));
                break;
            case 4: {
                const auto from = clock.now() + Hours(1 + pick(200));
                (void)move_shift(db(), now(), shift, from, from + Hours(8));
                break;
            }
            case 5: (void)cancel_shift(db(), now(), shift); break;
            case 6:
                if (pick(3) != 0) break;
                inside([&](sql::Transaction& tx) {
                    withdraw(tx, now(), person, {}, clock.now(), "moved");
                });
                break;
            case 7: {
                const SwapId id = SwapId::make(clock.now(), entropy);
                if (!ask_swap(db(), now(), id, shift, person)) break;
                (void)take_swap(db(), now(), TakeId::make(clock.now(), entropy), id,
                                people_[pick(people_.size())], TakenBy::staff);
                break;
            }
            case 8:
                if (step != steps / 2) break;
                inside([&](sql::Transaction& tx) {
                    person_merged(tx, now(), people_[3], people_[2]);
                });
                people_.pop_back();
                stood.clear();              // one person now, then as well
                break;
        }
        const auto all = changes();
        ASSERT_EQ(said(rules::as_it_stood(all)), said(as_it_is())) << "step " << step;
        stood[all.back().seq] = said(as_it_is());
    }
    const auto all = changes();
    for (const auto& [seq, rota] : stood) {
        auto until_then = all;
        std::erase_if(until_then, [&](const ShiftChange& one) { return one.seq > seq; });
        EXPECT_EQ(said(rules::as_it_stood(until_then)), rota) << seq;
    }
}

TEST_P(HistoryTest, ATemporaryScheduleIsOneChangeAndSoIsTakingItBack) {
    const auto one = night(2, 2), two = night(3);
    put(one, {people_[0], people_[1]});
    put(two, {people_[2]});
    const auto before = said(as_it_is());
    clock.advance(Minutes(1));
    const Temporary holiday{TemporaryId::make(clock.now(), entropy), "holiday", day("2026-11-23"),
                            day("2026-11-24"), 2,
                            {{"night", 0, 20 * 60, 8 * 60, 1, {}},
                             {"early", 1, 6 * 60, 8 * 60, 1, {members_[3].text()}}}};
    ASSERT_EQ(refused(save_temporary(db(), now(), pops_, holiday)), "");
    EXPECT_NE(said(as_it_is()), before);
    EXPECT_EQ(said(rules::as_it_stood(changes())), said(as_it_is()));
    EXPECT_EQ(rules::doings(changes()).back().how, How::temporary);
    EXPECT_EQ(rules::doings(changes()).back().shifts.size(), 3U);
    clock.advance(Minutes(1));
    ASSERT_EQ(refused(take_back_temporary(db(), now(), holiday.temporary_id)), "");
    EXPECT_EQ(said(as_it_is()), before);
    EXPECT_EQ(said(rules::as_it_stood(changes())), before);
    auto until_then = changes();
    std::erase_if(until_then, [&](const ShiftChange& change) {
        return change.changed_at > clock.now() - Minutes(2);
    });
    EXPECT_EQ(said(rules::as_it_stood(until_then)), before);
}

TEST_P(HistoryTest, OneOfTwoThatWereOnTheSameStretchIsOnItAfterAMerge) {
    const auto id = night(0, 2);
    put(id, {people_[0], people_[1]});
    ASSERT_EQ(refused(take_off(db(), now(), id, people_[1], at("2026-11-22T01:00:00Z"))), "");
    inside([&](sql::Transaction& tx) { person_merged(tx, now(), people_[1], people_[0]); });
    EXPECT_EQ(said(rules::as_it_stood(changes())), said(as_it_is()));
    EXPECT_EQ(on(id), std::vector{people_[0]});
}

TEST_P(HistoryTest, TheLatestChangesComeInPieces) {
    const auto id = night(0);
    for (int i = 0; i < 3; ++i) {
        clock.advance(Minutes(1));
        put(id, {people_[0]});
        clock.advance(Minutes(1));
        ASSERT_EQ(refused(take_off(db(), now(), id, people_[0], clock.now())), "");
    }
    const auto latest = [&](std::int64_t before, int count) {
        return db().read([&](sql::Reader& r) {
            return latest_changes(r, mdi, pops_, before, count);
        });
    };
    const auto newest = latest(0, 3);
    ASSERT_EQ(newest.size(), 3U);
    EXPECT_EQ(newest[0].seq, 7);
    EXPECT_EQ(latest(newest[2].seq, 100).size(), 4U);
    EXPECT_TRUE(latest(1, 100).empty());
    const auto after = [&](std::int64_t seq, int count) {
        return db().read([&](sql::Reader& r) {
            return changes_after(r, mdi, pops_, seq, count);
        });
    };
    ASSERT_EQ(after(2, 3).size(), 3U);
    EXPECT_EQ(after(2, 3)[0].seq, 3);
    EXPECT_TRUE(after(7, 3).empty());
    // Three on in one go: no piece ends within them.
    clock.advance(Minutes(1));
    put(id, {people_[0], people_[1], people_[2]});
    EXPECT_EQ(latest(0, 1).size(), 3U);
    EXPECT_EQ(latest(0, 2).back().seq, 8);
    EXPECT_EQ(latest(0, 4).size(), 4U);
    EXPECT_EQ(after(6, 2).size(), 4U);
    EXPECT_EQ(after(6, 2).back().seq, 10);
}

}  // namespace
