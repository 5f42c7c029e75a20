#include "people/hall.h"
#include "people/store.h"
#include "people/testing.h"

namespace alongside::people {
namespace {

class Members : public EveryPrison {
protected:
    void SetUp() override {
        EveryPrison::SetUp();
        if (HasFatalFailure()) return;
        person = resident("A1234AA");
        peer = member(person, "Peer 1");
    }
    Instant later(int hours) { return clock.now() + Hours(hours); }
    Day day(const char* text) { return parse_iso_day(text).value(); }
    Uuid fresh() { return Uuid::v7(clock.now(), entropy); }
    std::vector<Clearance> cleared() {
        return db().read([&](sql::Reader& r) { return clearances(r, mdi, scheme("pops")); });
    }
    std::vector<ModuleDone> done() {
        return db().read([&](sql::Reader& r) { return modules_done(r, mdi, scheme("pops")); });
    }
    PersonId person;
    MemberId peer;
};
INSTANTIATE_ON_EVERY_ENGINE(Members);

TEST_P(Members, JoinOnce) {
    const auto other = resident("B1234BB");
    const auto id = MemberId::make(clock.now(), entropy);
    const auto try_join = [&](MemberId as, PersonId who, const char* label) {
        return refused(join(db(), now(), as, who, scheme("pops"), label, {}));
    };
    EXPECT_EQ(try_join(peer, person, "Peer 1"), "") << "again";
    EXPECT_EQ(try_join(peer, other, "Peer 9"), "people.id_taken");
    EXPECT_EQ(try_join(id, PersonId(), "Peer 2"), "people.unknown_person");
    EXPECT_EQ(try_join(id, person, "Peer 2"), "people.already_member");
    EXPECT_EQ(try_join(id, other, "  "), "people.bad_label");
    EXPECT_EQ(try_join(id, other, "Peer 1"), "people.label_taken");
    EXPECT_EQ(pops().size(), 1u);
    EXPECT_EQ(try_join(id, other, " Peer 2 "), "");
    ASSERT_EQ(pops().size(), 2u);
    EXPECT_EQ(pops()[1].label, "Peer 2");
    ASSERT_EQ(refused(leave(db(), now(), other, false)), "");
    EXPECT_EQ(try_join(MemberId::make(clock.now(), entropy), other, "Peer 3"),
              "people.has_left");
}

TEST_P(Members, ACompactIsSignedAndEnds) {
    EXPECT_EQ(pops().at(0).compact_version, "");
    EXPECT_EQ(refused(sign_compact(db(), now(), peer, "")), "people.compact_missing");
    EXPECT_EQ(refused(sign_compact(db(), now(), MemberId(), "1")), "people.unknown_member");
    EXPECT_EQ(refused(sign_compact(db(), now(), peer, "1")), "");
    EXPECT_EQ(pops().at(0).compact_version, "1");
    EXPECT_EQ(refused(sign_compact(db(), now(), peer, "2")), "") << "in the same millisecond";
    EXPECT_EQ(pops().at(0).compact_version, "2");
    EXPECT_EQ(refused(end_compact(db(), now(), peer)), "");
    EXPECT_EQ(pops().at(0).compact_version, "");
    EXPECT_EQ(count("SELECT COUNT(*) FROM member_compact"), 2) << "both are kept";
}

TEST_P(Members, TheLatestClearanceHolds) {
    const auto decide = [&](const char* unit, bool yes, const char* why,
                            std::optional<Instant> until) {
        return refused(decide_clearance(db(), now(), peer, unit, yes, why, until));
    };
    EXPECT_EQ(decide("NONE", true, "ROUTINE", {}), "people.unknown_unit");
    EXPECT_EQ(decide("MAIN", true, "BECAUSE", {}), "people.bad_reason");
    EXPECT_EQ(decide("MAIN", true, "ROUTINE", clock.now()), "people.until_in_past");
    EXPECT_EQ(decide("MAIN", true, "ROUTINE", {}), "");
    EXPECT_EQ(decide("VPU", true, "ROUTINE", later(1)), "");
    EXPECT_EQ(decide("MAIN", false, "INTELLIGENCE", {}), "");
    ASSERT_EQ(cleared().size(), 2u);
    EXPECT_EQ(cleared()[0].unit, "MAIN");
    EXPECT_FALSE(cleared()[0].is_cleared);
    EXPECT_EQ(cleared()[1].until_at, later(1));
    const auto before = entries();
    EXPECT_EQ(decide("MAIN", false, "INTELLIGENCE", {}), "");
    EXPECT_EQ(entries(), before) << "the same again is no change";
}

TEST_P(Members, ModulesAreKeptEachTime) {
    EXPECT_EQ(refused(record_module(db(), now(), peer, "", {})), "people.bad_module");
    EXPECT_EQ(refused(record_module(db(), now(), peer, "core", clock.now())),
              "people.expires_in_past");
    EXPECT_EQ(refused(record_module(db(), now(), peer, "core", later(24))), "");
    EXPECT_EQ(refused(record_module(db(), now(), peer, "core", later(24))), "");
    EXPECT_EQ(done().size(), 1u);
    EXPECT_EQ(refused(record_module(db(), now(), peer, "core", later(48))), "");
    ASSERT_EQ(done().size(), 2u);
    EXPECT_EQ(done()[1].expires_at, later(48));
}

TEST_P(Members, ARefresherIsRecordedWithTheDayItWasDone) {
    on_needs([](sql::Reader&, const EstablishmentId&, std::string_view) {
        return std::vector<SchemeNeeds>{
            {scheme("pops"), "POPS", "3", {{"core", "Core", true, 24}}, {}}};
    });
    const auto record = [&](std::optional<Day> on) {
        return refused(record_module(db(), now(), peer, "core", {}, on));
    };
    EXPECT_EQ(record(day("2026-11-22")), "people.done_in_future");
    EXPECT_EQ(record(day("1066-10-14")), "people.too_far_off");
    const auto is_missing = [&] {
        const auto modules =
            db().read([&](sql::Reader& r) { return store::modules(r, mdi, peer); });
        const auto needs = db().read([&](sql::Reader& r) { return needs_of(r, mdi, "en"); });
        for (const auto& gap : gaps(pops().at(0), {}, modules, needs.at(0), clock.now())) {
            if (Tongue::of("en")(gap.words).find("module") != std::string::npos) return true;
        }
        return false;
    };
    EXPECT_EQ(record(day("2024-11-01")), "");
    EXPECT_TRUE(is_missing()) << "24 months are over";
    EXPECT_EQ(record(day("2026-11-02")), "");
    EXPECT_EQ(record(day("2026-11-02")), "") << "the same again is no change";
    EXPECT_EQ(done().size(), 2u);
    EXPECT_FALSE(is_missing());
    int told = 0;
    const auto listening = on_movement([&](sql::Transaction&, const Occasion&, const Movement& m) {
        if (m.kind == Movement::Kind::no_longer_ready) ++told;
    });
    EXPECT_EQ(refused(undo_module(db(), now(), peer, "core", done()[1].done_at)), "");
    EXPECT_EQ(told, 1);
    EXPECT_TRUE(is_missing());
    EXPECT_EQ(refused(undo_module(db(), now(), peer, "core", clock.now())), "") << "gone already";
    EXPECT_EQ(refused(sign_compact(db(), now(), peer, "99")), "people.compact_not_in_force");
    EXPECT_EQ(refused(sign_compact(db(), now(), peer, "3")), "");
    on_needs({});
}

TEST_P(Members, DaysThatAreFarOffAreASlipOfTheHand) {
    const auto far = clock.now() + Hours(24 * 366 * 11);
    EXPECT_EQ(refused(set_probation(db(), now(), peer, far)), "people.too_far_off");
    EXPECT_EQ(refused(set_probation(db(), now(), peer, Instant{} - Hours(24 * 365 * 400))),
              "people.too_far_off");
    EXPECT_EQ(refused(decide_clearance(db(), now(), peer, "MAIN", true, "ROUTINE", far)),
              "people.too_far_off");
    EXPECT_EQ(refused(suspend(db(), now(), peer, fresh(), "CONDUCT", day("2926-01-01"))),
              "people.too_far_off");
    for (const char* label : {"\xE2\x80\xAE" "7 reeP", "a\xE2\x81\xA6", "\xEF\xBB\xBF" "b"}) {
        EXPECT_FALSE(is_clean_text(label)) << label;
    }
    EXPECT_TRUE(is_clean_text("Zo\xC3\xAB \xE2\x80\x93 7"));
}

TEST_P(Members, SuspensionBlocksAtOnceAndCanBeAppealed) {
    const auto first = fresh();
    EXPECT_EQ(refused(suspend(db(), now(), peer, first, "WHIM", day("2026-12-01"))),
              "people.bad_reason");
    EXPECT_EQ(refused(suspend(db(), now(), peer, first, "CONDUCT", day("2026-11-20"))),
              "people.review_in_past");
    EXPECT_EQ(refused(appeal_suspension(db(), now(), peer)), "people.not_suspended");
    EXPECT_EQ(refused(suspend(db(), now(), peer, first, "CONDUCT", day("2026-12-01"))), "");
    EXPECT_EQ(refused(suspend(db(), now(), peer, first, "CONDUCT", day("2026-12-01"))), "");
    EXPECT_TRUE(pops().at(0).is_suspended);
    EXPECT_EQ(refused(suspend(db(), now(), peer, fresh(), "HEALTH", day("2026-12-01"))),
              "people.already_suspended");
    EXPECT_EQ(refused(decide_appeal(db(), now(), peer, true)), "people.not_appealed");
    EXPECT_EQ(refused(appeal_suspension(db(), now(), peer)), "");
    EXPECT_EQ(refused(decide_appeal(db(), now(), peer, false)), "");
    EXPECT_TRUE(pops().at(0).is_suspended);
    EXPECT_EQ(refused(decide_appeal(db(), now(), peer, true)), "");
    EXPECT_FALSE(pops().at(0).is_suspended);
    EXPECT_EQ(refused(suspend(db(), now(), peer, fresh(), "HEALTH", day("2026-12-01"))), "");
    EXPECT_EQ(refused(end_suspension(db(), now(), peer)), "");
    EXPECT_EQ(refused(end_suspension(db(), now(), peer)), "");
    EXPECT_FALSE(pops().at(0).is_suspended);
}

TEST_P(Members, ProbationLanguagesAndLeaving) {
    EXPECT_EQ(refused(set_probation(db(), now(), peer, later(24))), "");
    EXPECT_EQ(pops().at(0).probation_until, later(24));
    EXPECT_EQ(refused(set_languages(db(), now(), person, "fr-CA en")), "");
    EXPECT_EQ(pops().at(0).languages, "fr-CA en");
    EXPECT_EQ(refused(set_languages(db(), now(), person, "French")), "people.bad_languages");
    EXPECT_EQ(refused(set_languages(db(), now(), person, "pt-BR zh")), "");
    EXPECT_EQ(refused(set_languages(db(), now(), person, "he me his")), "people.bad_languages");
    EXPECT_EQ(refused(leave_scheme(db(), now(), peer, "BORED")), "people.bad_reason");
    EXPECT_EQ(refused(leave_scheme(db(), now(), MemberId(), "HEALTH")), "people.unknown_member");
    EXPECT_EQ(refused(leave_scheme(db(), now(), peer, "HEALTH")), "");
    EXPECT_EQ(refused(leave_scheme(db(), now(), peer, "HEALTH")), "");
    EXPECT_TRUE(pops().empty());
    member(person, "Peer 1");
    EXPECT_EQ(pops().size(), 1u) << "the name on the boards is free again";
}

TEST_P(Members, OnlyWhoChangedIsReadAgain) {
    const auto other = member(resident("B1234BB"), "Peer 2");
    const auto record = [&](MemberId id) {
        return db().read([&](sql::Reader& r) {
            const auto facts = scheme_facts(r, mdi, scheme("pops"));
            for (const auto& one : facts->members) {
                if (one->facts.member_id == id) return one;
            }
            return std::shared_ptr<const MemberRecord>();
        });
    };
    const auto before = record(peer), others = record(other);
    ASSERT_EQ(refused(decide_clearance(db(), now(), peer, "MAIN", true, "ROUTINE", {})), "");
    EXPECT_EQ(record(peer)->clearances.size(), 1u);
    EXPECT_EQ(before->clearances.size(), 0u) << "what was read stays as it was";
    EXPECT_EQ(record(other), others);
    ASSERT_EQ(refused(leave_scheme(db(), now(), peer, "HEALTH")), "");
    EXPECT_EQ(record(peer), nullptr);
    EXPECT_EQ(record(other), others);
    const auto third = member(resident("C1234CC"), "Peer 3");
    EXPECT_EQ(record(third)->facts.label, "Peer 3");
    EXPECT_EQ(record(other), others);
}

TEST_P(Members, FactsOfAnUndoneTransactionAreNeverSeen) {
    EXPECT_EQ(pops().size(), 1u);
    struct Undo {};
    EXPECT_THROW(db().write(mdi, [&](sql::Transaction& tx) -> int {
        store::add_compact(tx, mdi, peer, {"9", clock.now()});
        store::note_change(tx, mdi, scheme("pops"), peer);
        EXPECT_EQ(members(tx, mdi, scheme("pops"), clock.now()).at(0).compact_version, "9");
        throw Undo{};
    }), Undo);
    EXPECT_EQ(pops().at(0).compact_version, "");
    if (in_memory()) return;  // another connection is another database
    ASSERT_EQ(refused(sign_compact(*open(), now(), peer, "3")), "") << "through another connection";
    EXPECT_EQ(pops().at(0).compact_version, "3");
}

TEST_P(Members, AModuleIsOneOfTheScheme) {
    on_needs([](sql::Reader&, const EstablishmentId&, std::string_view) {
        return std::vector<SchemeNeeds>{
            {scheme("pops"), "POPS", "1", {{"CORE", "Core", true}}, {}}};
    });
    EXPECT_EQ(refused(record_module(db(), now(), peer, "NOPE", {})), "people.bad_module");
    EXPECT_EQ(refused(record_module(db(), now(), peer, "CORE", {})), "");
    on_needs({});
    ASSERT_EQ(done().size(), 1u);
    EXPECT_EQ(done()[0].module, "CORE");
}

}  // namespace
}  // namespace alongside::people
