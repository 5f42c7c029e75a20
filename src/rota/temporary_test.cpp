#include "rota/temporary.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <tuple>

#include "people/testing.h"
#include "rota/store.h"
#include "schemes/testing.h"

using namespace alongside;
using namespace alongside::rota;
using people::refused;

namespace {

class TemporaryTest : public schemes::WithPeers<people::EveryPrison> {
protected:
    void SetUp() override {
        EveryPrison::SetUp();
        if (HasFatalFailure()) return;
        clock.set(at("2026-11-21T12:00:00Z"));
        have_peers(2);
        // Every night of the week from Sunday the 22nd, and each day's early shift.
        const Pattern usual{1, day(22), {shift("early", 6, 1), shift("night", 22, 1)}};
        ASSERT_EQ(refused(save_pattern(db(), now(), pops_, usual)), "");
        ASSERT_EQ(refused(fill_from_pattern(db(), now(), pops_, day(22), day(29))), "");
    }
    static Instant at(const char* text) { return parse_iso_instant(text).value(); }
    static Day day(int day) { return Day{std::chrono::year{2026} / 11 / day}; }
    static PatternShift shift(const char* name, int hour, int needed,
                              std::vector<std::string> members = {}) {
        return {name, 0, hour * 60, 8 * 60, needed, std::move(members)};
    }
    // Tuesday and Wednesday: no early shift, the night from 20:00 for two, a new late one.
    Temporary holiday() {
        return {TemporaryId::make(clock.now(), entropy), "holiday", day(24), day(25), 1,
                {shift("night", 20, 2), shift("late", 12, 1)}};
    }
    std::vector<store::Shift> shifts(int from, int to) {
        auto out = db().read([&](sql::Reader& r) {
            return store::shifts(r, mdi, pops_, Instant{std::chrono::sys_days{day(from)}},
                                 Instant{std::chrono::sys_days{day(to)}});
        });
        std::erase_if(out, [&](const store::Shift& one) {
            return one.starts_at < Instant{std::chrono::sys_days{day(from)}};
        });
        return out;
    }
    ShiftId shift_at(int on, const char* name) {
        for (const auto& one : shifts(on, on + 1)) {
            if (one.name == name) return one.shift_id;
        }
        ADD_FAILURE() << "no " << name << " on " << on;
        return {};
    }
    std::vector<store::Put> on(ShiftId id) {
        return db().read([&](sql::Reader& r) { return store::puts_of_shift(r, mdi, id); });
    }

};
INSTANTIATE_ON_EVERY_ENGINE(TemporaryTest);

TEST_P(TemporaryTest, WhatItChangesIsShownAndNothingIsDone) {
    ASSERT_EQ(refused(put_on(db(), now(), shift_at(24, "early"), {people_[0]})), "");
    const auto before = entries();
    const auto effect = temporary_effect(db(), now(), pops_, holiday());
    ASSERT_EQ(refused(effect), "");
    using What = TemporaryChange::What;
    const auto count = [&](What what) {
        return std::ranges::count(effect->changes, what, &TemporaryChange::what);
    };
    EXPECT_EQ(count(What::added), 2);
    EXPECT_EQ(count(What::gone), 2);
    EXPECT_EQ(count(What::changed), 2);
    const auto gone = std::ranges::find(effect->changes, What::gone, &TemporaryChange::what);
    EXPECT_EQ(gone->before, std::vector{people_[0]});
    EXPECT_TRUE(gone->after.empty());
    const auto night = std::ranges::find(effect->changes, What::changed, &TemporaryChange::what);
    EXPECT_EQ(night->was_from, at("2026-11-24T22:00:00Z"));
    EXPECT_EQ(night->from, at("2026-11-24T20:00:00Z"));
    EXPECT_EQ(night->short_by, 2);
    EXPECT_EQ(entries(), before);
    EXPECT_EQ(shifts(24, 26).size(), 4u);
    EXPECT_EQ(on(shift_at(24, "early")).size(), 1u);
    EXPECT_EQ(shifts(24, 25)[1].starts_at, at("2026-11-24T22:00:00Z"));
}

TEST_P(TemporaryTest, ItStandsForItsDaysAndIsTakenBackWithWhoeverWasOn) {
    const auto early = shift_at(24, "early"), night = shift_at(24, "night");
    ASSERT_EQ(refused(put_on(db(), now(), early, {people_[0]})), "");
    ASSERT_EQ(refused(put_on(db(), now(), night, {people_[1]})), "");
    const auto wanted = holiday();
    ASSERT_EQ(refused(save_temporary(db(), now(), pops_, wanted)), "");
    const auto before = entries();
    ASSERT_EQ(refused(save_temporary(db(), now(), pops_, wanted)), "");
    EXPECT_EQ(entries(), before) << "saved already";
    const auto tuesday = shifts(24, 25);
    ASSERT_EQ(tuesday.size(), 2u);
    EXPECT_EQ(tuesday[0].name, "late");
    EXPECT_EQ(tuesday[1].shift_id, night) << "the same shift, at another time";
    EXPECT_EQ(tuesday[1].needed, 2);
    ASSERT_EQ(on(night).size(), 1u);
    EXPECT_EQ(on(night)[0].from_at, at("2026-11-24T20:00:00Z"));
    EXPECT_EQ(shifts(23, 24).size(), 2u) << "other days stay";
    EXPECT_EQ(shifts(26, 27)[0].name, "early") << "and the usual pattern goes on";
    const auto back = take_back_temporary(db(), now(), wanted.temporary_id);
    ASSERT_EQ(refused(back), "");
    EXPECT_EQ(*back, 0);
    EXPECT_EQ(shift_at(24, "early"), early);
    ASSERT_EQ(on(early).size(), 1u);
    EXPECT_EQ(on(early)[0].person_id, people_[0]);
    EXPECT_EQ(shift_at(24, "night"), night);
    ASSERT_EQ(on(night).size(), 1u);
    EXPECT_EQ(on(night)[0].from_at, at("2026-11-24T22:00:00Z"));
    EXPECT_EQ(shifts(24, 26).size(), 4u);
    EXPECT_EQ(shifts(24, 25)[1].needed, 1);
    const auto after = entries();
    ASSERT_EQ(refused(take_back_temporary(db(), now(), wanted.temporary_id)), "");
    EXPECT_EQ(entries(), after);
    EXPECT_EQ(count("SELECT COUNT(*) FROM temporary_schedule WHERE ended_at IS NOT NULL"), 1)
        << "nothing is erased";
}

TEST_P(TemporaryTest, ItIsJudgedAgainWhenItIsSaved) {
    auto wanted = holiday();
    wanted.shifts = {shift("night", 22, 1, {members_[0].text()}), shift("early", 6, 1)};
    const auto shown = temporary_effect(db(), now(), pops_, wanted);
    ASSERT_EQ(refused(shown), "");
    ASSERT_EQ(shown->changes.size(), 2u);
    using planning::Reason;
    using planning::Why;
    for (const auto& one : shown->changes) {
        ASSERT_EQ(one.breaks.size(), 1u) << "the same person on both nights";
        EXPECT_EQ(one.breaks[0].person_id, people_[0]);
        EXPECT_EQ(one.breaks[0].whys, std::vector<Reason>{Why::nights_running});
    }
    // One more hard rule forbids it now: they are on the night before as well.
    const auto before = entries();
    ASSERT_EQ(refused(put_on(db(), now(), shift_at(23, "night"), {people_[0]})), "");
    EXPECT_EQ(refused(save_temporary(db(), now(), pops_, wanted, shown->seen())),
              "rota.temporary_outdated");
    EXPECT_EQ(entries(), before + 1) << "the night that they were put on, and nothing else";
    EXPECT_TRUE(on(shift_at(24, "night")).empty());
    EXPECT_EQ(count("SELECT COUNT(*) FROM temporary_schedule"), 0);
    const auto again = temporary_effect(db(), now(), pops_, wanted);
    EXPECT_EQ(again->changes[0].breaks[0].whys,
              (std::vector<Reason>{Why::nights_running, Why::nights_in_7_days}));
    // They can't be on it at all: shown, and left out.
    ASSERT_EQ(refused(people::suspend(db(), now(), members_[0], Uuid::v7(clock.now(), entropy),
                                      "CONDUCT", day(30))), "");
    EXPECT_EQ(refused(save_temporary(db(), now(), pops_, wanted, again->seen())),
              "rota.temporary_outdated");
    const auto last = temporary_effect(db(), now(), pops_, wanted);
    ASSERT_EQ(last->changes.size(), 2u);
    ASSERT_EQ(last->changes[0].left_out.size(), 1u);
    EXPECT_EQ(last->changes[0].left_out[0].why.code, "rota.suspended");
    EXPECT_EQ(last->changes[0].short_by, 1);
    EXPECT_EQ(refused(save_temporary(db(), now(), pops_, wanted, last->seen())), "");
    EXPECT_EQ(refused(save_temporary(db(), now(), pops_, wanted, shown->seen())), "")
        << "saved already";
}

TEST_P(TemporaryTest, WhoIsNamedIsOnInPlaceOfTheOthers) {
    const auto night = shift_at(24, "night");
    ASSERT_EQ(refused(put_on(db(), now(), night, {people_[1]})), "");
    auto wanted = holiday();
    wanted.shifts = {shift("night", 22, 1, {members_[0].text()}), shift("early", 6, 1)};
    const auto effect = temporary_effect(db(), now(), pops_, wanted);
    ASSERT_EQ(refused(effect), "");
    ASSERT_EQ(effect->changes.size(), 2u);
    EXPECT_EQ(effect->same, 2);
    EXPECT_EQ(effect->changes[0].before, std::vector{people_[1]});
    EXPECT_EQ(effect->changes[0].after, std::vector{people_[0]});
    ASSERT_EQ(refused(save_temporary(db(), now(), pops_, wanted)), "");
    ASSERT_EQ(on(night).size(), 1u);
    EXPECT_EQ(on(night)[0].person_id, people_[0]);
    // Meanwhile the other is suspended: on the way back they can't be on it.
    ASSERT_EQ(refused(people::suspend(db(), now(), members_[1], Uuid::v7(clock.now(), entropy),
                                      "CONDUCT", Day{std::chrono::year{2026} / 12 / 1})), "");
    const auto back = take_back_temporary(db(), now(), wanted.temporary_id);
    ASSERT_EQ(refused(back), "");
    EXPECT_EQ(*back, 1);
    EXPECT_TRUE(on(night).empty());
}

TEST_P(TemporaryTest, WhatHasBegunStays) {
    clock.set(at("2026-11-24T07:00:00Z"));
    const auto early = shift_at(24, "early");
    ASSERT_EQ(refused(put_on(db(), now(), early, {people_[0]})), "");
    const auto wanted = holiday();
    const auto effect = temporary_effect(db(), now(), pops_, wanted);
    ASSERT_EQ(refused(effect), "");
    EXPECT_EQ(effect->begun, 1);
    ASSERT_EQ(refused(save_temporary(db(), now(), pops_, wanted)), "");
    EXPECT_EQ(shift_at(24, "early"), early);
    EXPECT_EQ(on(early).size(), 1u);
    clock.set(at("2026-11-24T21:00:00Z"));
    ASSERT_EQ(refused(take_back_temporary(db(), now(), wanted.temporary_id)), "");
    EXPECT_EQ(shifts(24, 25).back().starts_at, at("2026-11-24T20:00:00Z")) << "it runs";
    EXPECT_EQ(shifts(25, 26)[0].name, "early");
}

TEST_P(TemporaryTest, FillingLaterKeepsToIt) {
    auto wanted = holiday();
    wanted.from_on = Day{std::chrono::year{2026} / 12 / 1};
    wanted.to_on = wanted.from_on;
    ASSERT_EQ(refused(save_temporary(db(), now(), pops_, wanted)), "");
    const auto made = fill_from_pattern(db(), now(), pops_, Day{std::chrono::year{2026} / 11 / 30},
                                        Day{std::chrono::year{2026} / 12 / 3});
    ASSERT_EQ(refused(made), "");
    EXPECT_EQ(*made, 4) << "two days as usual; the holiday's are there";
    ASSERT_EQ(refused(take_back_temporary(db(), now(), wanted.temporary_id)), "");
    const auto again = fill_from_pattern(db(), now(), pops_, wanted.from_on,
                                         Day{std::chrono::year{2026} / 12 / 2});
    ASSERT_EQ(refused(again), "");
    EXPECT_EQ(*again, 2) << "taken back, the day is an ordinary one";
}

TEST_P(TemporaryTest, NonsenseIsRefused) {
    const auto save = [&](auto change) {
        auto wanted = holiday();
        change(wanted);
        return refused(save_temporary(db(), now(), pops_, wanted));
    };
    const auto before = entries();
    EXPECT_EQ(save([](Temporary& one) { one.name = ""; }), "rota.temporary_name");
    EXPECT_EQ(save([](Temporary& one) { one.to_on = day(23); }), "rota.temporary_days");
    EXPECT_EQ(save([](Temporary& one) { one.from_on = one.to_on = day(20); }),
              "rota.temporary_days");
    EXPECT_EQ(save([](Temporary& one) { one.to_on = Day{std::chrono::year{2027} / 11 / 24}; }),
              "rota.temporary_days");
    EXPECT_EQ(save([](Temporary& one) {
                  one.from_on = one.to_on = Day{std::chrono::year{3026} / 11 / 24};
              }), "rota.too_far_off");
    EXPECT_EQ(save([](Temporary& one) { one.shifts.clear(); }), "rota.pattern_empty");
    EXPECT_EQ(save([](Temporary& one) { one.cycle_days = 0; }), "rota.pattern_cycle");
    EXPECT_EQ(save([](Temporary& one) { one.shifts[0].members = {"nobody"}; }),
              "rota.not_a_member");
    EXPECT_EQ(refused(take_back_temporary(db(), now(), TemporaryId::make(clock.now(), entropy))),
              "rota.temporary_unknown");
    EXPECT_EQ(entries(), before);
    ASSERT_EQ(save([](Temporary&) {}), "");
    EXPECT_EQ(save([](Temporary& one) { one.from_on = day(25); }), "rota.temporary_overlaps");
    EXPECT_EQ(save([](Temporary& one) { one.from_on = one.to_on = day(26); }), "");
}

// Whatever stands, and whatever is put in its place: taken back, everything is as it was.
class AnyTemporary : public TemporaryTest {
protected:
    using Row = std::tuple<std::string, Instant, Instant, int, std::vector<PersonId>>;
    std::vector<Row> rota() {
        std::vector<Row> out;
        for (const auto& one : shifts(22, 30)) {
            std::vector<PersonId> who;
            for (const auto& put : on(one.shift_id)) {
                who.push_back(put.person_id);
                EXPECT_EQ(put.from_at, one.starts_at);
                EXPECT_EQ(put.until_at, one.ends_at);
            }
            out.emplace_back(one.name, one.starts_at, one.ends_at, one.needed, who);
        }
        std::ranges::sort(out);
        return out;
    }
    int below(int n) { return static_cast<int>(random_() % n); }
    void change_by_hand() {
        for (int i = 0; i < 4; ++i) {
            const auto id = ShiftId::make(clock.now(), entropy);
            const auto from = Instant{std::chrono::sys_days{day(22 + below(7))}} +
                              Hours{below(24)};
            (void)refused(add_shift(db(), now(), id, pops_, names_[below(3)], from,
                                    from + Hours{4 + below(6)}, 1 + below(3)));
        }
        for (const auto& one : shifts(22, 30)) {
            if (below(2)) (void)refused(put_on(db(), now(), one.shift_id, {people_[below(2)]}));
            if (below(6) == 0) (void)refused(cancel_shift(db(), now(), one.shift_id));
        }
    }
    Temporary any() {
        Temporary out{TemporaryId::make(clock.now(), entropy), "other", day(22 + below(3)),
                      day(25 + below(4)), 1 + below(3), {}};
        for (int i = 1 + below(5); i > 0; --i) {
            PatternShift one{names_[below(3)], below(out.cycle_days), 60 * below(24),
                             60 * (1 + below(12)), 1 + below(3), {}};
            if (below(3) == 0) one.members = {members_[below(2)].text()};
            out.shifts.push_back(std::move(one));
        }
        return out;
    }

private:
    static constexpr const char* names_[] = {"early", "late", "night"};
    std::mt19937 random_{20261122};
};
INSTANTIATE_ON_EVERY_ENGINE(AnyTemporary);

TEST_P(AnyTemporary, SavedAndTakenBackIsNothing) {
    int changes = 0, people = 0;
    for (int round = 0; round < 15; ++round) {
        change_by_hand();
        const auto wanted = any();
        const auto before = rota();
        const auto effect = temporary_effect(db(), now(), pops_, wanted);
        EXPECT_EQ(rota(), before) << "looked at, round " << round;
        if (!effect) {
            EXPECT_EQ(effect.error().code, "rota.pattern_twice");
            continue;
        }
        ASSERT_EQ(refused(save_temporary(db(), now(), pops_, wanted)), "");
        changes += static_cast<int>(effect->changes.size());
        for (const auto& one : effect->changes) people += static_cast<int>(one.before.size());
        EXPECT_EQ(rota() == before, effect->changes.empty());
        const auto back = take_back_temporary(db(), now(), wanted.temporary_id);
        ASSERT_EQ(refused(back), "");
        EXPECT_EQ(*back, 0);
        auto after = rota();
        // What the usual pattern wants anyway may stay, where nobody had made it.
        std::erase_if(after, [&](const Row& row) {
            return std::ranges::count(before, row) == 0 && std::get<4>(row).empty();
        });
        EXPECT_EQ(after, before) << "round " << round;
    }
    EXPECT_GT(changes, 60);
    EXPECT_GT(people, 20);
}

}  // namespace
