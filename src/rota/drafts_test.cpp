#include "rota/drafts.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "rota/testing.h"

using namespace alongside;
using namespace alongside::rota;
using people::refused;

namespace {

class DraftsTest : public LifePrison {
protected:
    void SetUp() override {
        LifePrison::SetUp();
        if (HasFatalFailure()) return;
        first_ = night(1);
        second_ = night(3);
        id_ = DraftId::make(clock.now(), entropy);
    }
    std::string keep(const planning::Changes& changes) {
        return refused(keep_draft(db(), now(), id_, pops_, day("2026-11-22"), 28, changes));
    }
    std::vector<DraftEntry> entries_there() {
        return db().read([&](sql::Reader& r) { return draft_entries(r, mdi, id_); });
    }
    Draft there() {
        return *db().read([&](sql::Reader& r) { return draft(r, mdi, id_); });
    }
    std::vector<Version> all_versions() {
        return db().read([&](sql::Reader& r) { return versions(r, mdi, pops_); });
    }

    ShiftId first_, second_;
    DraftId id_;
};
INSTANTIATE_ON_EVERY_ENGINE(DraftsTest);

TEST_P(DraftsTest, NothingOfADraftIsLiveUntilItIsPublished) {
    ASSERT_EQ(keep({{{first_, people_[0]}, {second_, people_[1]}}, {}}), "");
    ASSERT_EQ(keep({{{first_, people_[2]}}, {}}), "") << "again: nothing changes";
    EXPECT_EQ(entries_there().size(), 2U);
    EXPECT_EQ(there().state, DraftState::open);
    EXPECT_EQ(there().made_by, "tester");
    EXPECT_TRUE(on(first_).empty());
    EXPECT_EQ(gaps_ahead().size(), 2U);
    EXPECT_TRUE(all_versions().empty());

    const auto done = publish_draft(db(), now(), id_);
    ASSERT_EQ(refused(done), "");
    EXPECT_EQ(done->on, 2);
    EXPECT_EQ(done->left_out, 0);
    EXPECT_EQ(on(first_), std::vector{people_[0]});
    EXPECT_TRUE(gaps_ahead().empty());
    ASSERT_EQ(all_versions().size(), 1U);
    EXPECT_EQ(all_versions()[0].how, How::draft);
    EXPECT_EQ(all_versions()[0].draft_id, id_);

    const auto before = entries();
    const auto again = publish_draft(db(), now(), id_);
    ASSERT_EQ(refused(again), "");
    EXPECT_EQ(again->on, 2);
    EXPECT_EQ(entries(), before);
    EXPECT_EQ(all_versions().size(), 1U);
}

TEST_P(DraftsTest, IsChangedByHand) {
    ASSERT_EQ(keep({{{first_, people_[0]}}, {}}), "");
    put(second_, {people_[3]});
    const auto add = [&](DraftWhat what, ShiftId shift, int peer) {
        return refused(add_to_draft(db(), now(), id_, what,
                                    {shift, people_[static_cast<std::size_t>(peer)]}));
    };
    EXPECT_EQ(add(DraftWhat::on, second_, 1), "");
    EXPECT_EQ(add(DraftWhat::on, second_, 1), "");
    EXPECT_EQ(add(DraftWhat::off, second_, 3), "");
    EXPECT_EQ(add(DraftWhat::off, second_, 2), "rota.draft_not_on_it");
    EXPECT_EQ(add(DraftWhat::on, second_, 3), "rota.draft_on_already");
    EXPECT_EQ(add(DraftWhat::on, ShiftId::make(clock.now(), entropy), 1), "rota.unknown_shift");
    suspend(2);
    EXPECT_EQ(add(DraftWhat::on, first_, 2), "rota.suspended");
    ASSERT_EQ(refused(remove_from_draft(db(), now(), id_, {first_, people_[0]})), "");
    ASSERT_EQ(refused(remove_from_draft(db(), now(), id_, {first_, people_[0]})), "");
    EXPECT_EQ(entries_there().size(), 2U);
    EXPECT_EQ(on(second_), std::vector{people_[3]}) << "a draft changes nothing";
    const auto done = publish_draft(db(), now(), id_);
    ASSERT_EQ(refused(done), "");
    EXPECT_EQ(done->on, 1);
    EXPECT_EQ(done->off, 1);
    EXPECT_EQ(on(second_), std::vector{people_[1]});
    EXPECT_TRUE(on(first_).empty());
    EXPECT_EQ(add(DraftWhat::on, first_, 1), "rota.draft_not_open");
    EXPECT_EQ(refused(remove_from_draft(db(), now(), id_, {second_, people_[1]})),
              "rota.draft_not_open");
}

TEST_P(DraftsTest, IsThrownAwayAndGotBack) {
    ASSERT_EQ(keep({{{first_, people_[0]}}, {}}), "");
    ASSERT_EQ(refused(throw_draft_away(db(), now(), id_)), "");
    const auto before = entries();
    ASSERT_EQ(refused(throw_draft_away(db(), now(), id_)), "");
    EXPECT_EQ(entries(), before);
    EXPECT_EQ(refused(publish_draft(db(), now(), id_)), "rota.draft_not_open");
    EXPECT_EQ(refused(add_to_draft(db(), now(), id_, DraftWhat::on, {second_, people_[0]})),
              "rota.draft_not_open");
    ASSERT_EQ(refused(get_draft_back(db(), now(), id_)), "");
    EXPECT_EQ(there().state, DraftState::open);
    ASSERT_EQ(refused(publish_draft(db(), now(), id_)), "");
    EXPECT_EQ(refused(throw_draft_away(db(), now(), id_)), "rota.draft_published");
    EXPECT_EQ(refused(get_draft_back(db(), now(), id_)), "rota.draft_published");
    EXPECT_EQ(on(first_), std::vector{people_[0]});
}

TEST_P(DraftsTest, LeavesOutAndNamesWhatHasChangedSince) {
    const auto third = night(5), fourth = night(7), fifth = night(0), sixth = night(9);
    ASSERT_EQ(keep({{{first_, people_[0]}, {second_, people_[1]}, {third, people_[2]},
                     {fourth, people_[3]}, {fifth, people_[3]}, {sixth, people_[3]}},
                    {{sixth, people_[0]}}}), "");
    ASSERT_EQ(refused(cancel_shift(db(), now(), first_)), "");
    suspend(1);
    put(third, {people_[2]});
    const auto beside = ShiftId::make(clock.now(), entropy);
    ASSERT_EQ(refused(add_shift(db(), now(), beside, pops_, "relief", at("2026-11-28T23:00:00Z"),
                                at("2026-11-29T01:00:00Z"), 1)), "");
    put(beside, {people_[3]});
    clock.set(at("2026-11-21T22:30:00Z"));
    const auto done = publish_draft(db(), now(), id_);
    ASSERT_EQ(refused(done), "");
    EXPECT_EQ(done->on, 1);
    EXPECT_EQ(done->off, 0);
    EXPECT_EQ(done->left_out, 6);
    EXPECT_EQ(on(sixth), std::vector{people_[3]});
    std::map<std::pair<ShiftId, PersonId>, std::optional<LeftOut>> whys;
    for (const auto& one : entries_there()) whys[{one.shift_id, one.person_id}] = one.left_out_why;
    EXPECT_EQ((whys[{first_, people_[0]}]), LeftOut::cancelled);
    EXPECT_EQ((whys[{second_, people_[1]}]), LeftOut::not_ready);
    EXPECT_EQ((whys[{third, people_[2]}]), LeftOut::there_already);
    EXPECT_EQ((whys[{fourth, people_[3]}]), LeftOut::elsewhere);
    EXPECT_EQ((whys[{fifth, people_[3]}]), LeftOut::begun);
    EXPECT_EQ((whys[{sixth, people_[0]}]), LeftOut::there_already);
    EXPECT_EQ((whys[{sixth, people_[3]}]), std::nullopt);
    EXPECT_EQ(publish_draft(db(), now(), id_)->left_out, 6);
}

TEST_P(DraftsTest, IsRefusedWithoutATrace) {
    const auto before = entries();
    EXPECT_EQ(keep({{{ShiftId::make(clock.now(), entropy), people_[0]}}, {}}),
              "rota.unknown_shift");
    EXPECT_EQ(keep({{{first_, PersonId::make(clock.now(), entropy)}}, {}}), "rota.not_a_member");
    EXPECT_EQ(refused(keep_draft(db(), now(), id_, pops_, day("2026-11-22"), 0, {})),
              "rota.too_long");
    EXPECT_EQ(refused(keep_draft(db(), now(), id_, pops_, day("2026-11-22"), 85, {})),
              "rota.too_long");
    EXPECT_EQ(refused(keep_draft(db(), now(), id_, pops_, day("2126-11-22"), 28, {})),
              "rota.too_far_off");
    EXPECT_EQ(refused(publish_draft(db(), now(), id_)), "rota.draft_unknown");
    auto another = now();
    another.who.scheme = SchemeCode::parse("listeners");
    EXPECT_EQ(refused(keep_draft(db(), another, id_, pops_, day("2026-11-22"), 28, {})),
              "rota.not_your_scheme");
    EXPECT_EQ(entries(), before);
    ASSERT_EQ(keep({{{first_, people_[0]}}, {}}), "");
    EXPECT_EQ(refused(publish_draft(db(), another, id_)), "rota.not_your_scheme");
    EXPECT_EQ(refused(throw_draft_away(db(), another, id_)), "rota.not_your_scheme");
    EXPECT_TRUE(on(first_).empty());
}

TEST_P(DraftsTest, FollowsAMerge) {
    ASSERT_EQ(keep({{{first_, people_[0]}, {first_, people_[1]}, {second_, people_[1]}}, {}}), "");
    inside([&](sql::Transaction& tx) { person_merged(tx, now(), people_[1], people_[0]); });
    EXPECT_EQ(entries_there().size(), 2U);
    ASSERT_EQ(publish_draft(db(), now(), id_)->on, 2);
    EXPECT_EQ(on(second_), std::vector{people_[0]});
}

TEST_P(DraftsTest, OneThatWouldDoOtherHarmThanWasShownIsNotPublished) {
    ASSERT_EQ(keep({{{first_, people_[0]}, {second_, people_[1]}}, {}}), "");
    const auto harm = [&] {
        return db().read([&](sql::Reader& r) {
            return draft_ahead(r, mdi, *draft(r, mdi, id_), draft_entries(r, mdi, id_),
                               clock.now()).harm();
        });
    };
    const auto seen = harm();
    // Meanwhile another coordinator puts Peer 1 on the night after.
    const auto after = night(2);
    put(after, {people_[0]});
    const auto before = entries();
    EXPECT_EQ(refused(publish_draft(db(), now(), id_, seen)), "rota.draft_outdated");
    EXPECT_EQ(there().state, DraftState::open);
    EXPECT_TRUE(on(first_).empty());
    EXPECT_EQ(entries(), before);
    ASSERT_EQ(refused(take_off(db(), now(), after, people_[0], clock.now())), "");
    EXPECT_EQ(harm(), seen) << "it is as it was shown";
    put(second_, {people_[2]});
    EXPECT_EQ(refused(publish_draft(db(), now(), id_, seen)), "rota.draft_outdated")
        << "one more than is needed";
    EXPECT_EQ(publish_draft(db(), now(), id_, harm())->on, 2) << "who looked again may decide so";
    EXPECT_EQ(publish_draft(db(), now(), id_, seen)->on, 2) << "published already";
}

// Two coordinators plan the same nights, each without the other's plan.
TEST_P(DraftsTest, OfTwoPlansAtOnceTheSecondLeavesOutWhatTheFirstHasChanged) {
    const auto between = night(2);
    ASSERT_EQ(put_on_many(db(), now(), pops_, {{first_, people_[0]}, {second_, people_[1]}})->put,
              2);
    const auto done = put_on_many(db(), now(), pops_,
                                  {{first_, people_[2]}, {between, people_[0]},
                                   {between, people_[3]}, {second_, people_[1]}});
    ASSERT_EQ(refused(done), "");
    EXPECT_EQ(done->put, 1);
    EXPECT_EQ(done->left_out, 3);
    EXPECT_EQ(on(first_), std::vector{people_[0]}) << "it has enough people";
    EXPECT_EQ(on(between), std::vector{people_[3]}) << "Peer 1 would be on two nights running";
    EXPECT_EQ(on(second_), std::vector{people_[1]});
}

TEST_P(DraftsTest, NightsAndRestCountAcrossSchemes) {
    const auto listeners = people::scheme("listeners");
    ASSERT_EQ(refused(schemes::open_scheme(db(), now(), listeners)), "");
    const auto add = [&](const char* from, const char* to) {
        const auto id = ShiftId::make(clock.now(), entropy);
        EXPECT_EQ(refused(add_shift(db(), now(), id, listeners, "there", at(from), at(to), 1)), "");
        return id;
    };
    for (const int peer : {0, 1}) {
        const auto id = member(people_[static_cast<std::size_t>(peer)],
                               peer == 0 ? "Listener 1" : "Listener 2", "listeners");
        schemes::make_ready(db(), now(), id, listeners);
    }
    put(add("2026-11-23T22:00:00Z", "2026-11-24T06:00:00Z"), {people_[0]});     // the night between
    put(add("2026-11-22T12:00:00Z", "2026-11-22T20:00:00Z"), {people_[1]});     // 2 h before
    const auto gone = add("2026-11-24T22:00:00Z", "2026-11-25T06:00:00Z");
    put(gone, {people_[1]});
    ASSERT_EQ(refused(cancel_shift(db(), now(), gone)), "");
    const auto done = put_on_many(db(), now(), pops_,
                                  {{first_, people_[0]}, {first_, people_[1]},
                                   {second_, people_[0]}, {second_, people_[1]}});
    EXPECT_EQ(done->put, 1) << "a cancelled shift keeps nobody from anything";
    EXPECT_TRUE(on(first_).empty());
    EXPECT_EQ(on(second_), std::vector{people_[1]});
}

}  // namespace
