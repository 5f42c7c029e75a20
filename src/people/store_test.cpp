#include "people/store.h"

#include "ledger/ledger.h"
#include "people/movement.h"
#include "people/testing.h"

namespace alongside::people {
namespace {

class People : public EveryPrison {};
INSTANTIATE_ON_EVERY_ENGINE(People);

TEST_P(People, APrisonIsSetUpOnce) {
    EXPECT_EQ(refused(establish(db(), now(), small_prison())), "");
    auto other = small_prison();
    other.name = "Another";
    EXPECT_EQ(refused(establish(db(), now(), other)), "people.id_taken");
    auto bad = small_prison("LEI");
    bad.time_zone = "Mars/Olympus";
    EXPECT_EQ(refused(establish(db(), now(), bad)), "people.unknown_time_zone");
    bad = small_prison("LEI");
    bad.number_pattern = "[";
    EXPECT_EQ(refused(establish(db(), now(), bad)), "people.bad_number_pattern");
    bad = small_prison("LEI");
    bad.wings[0].unit = "NONE";
    EXPECT_EQ(refused(establish(db(), now(), bad)), "people.unknown_unit");
    bad = small_prison("LEI");
    bad.name = "";
    EXPECT_EQ(refused(establish(db(), now(), bad)), "people.bad_establishment_name");
    db().read([&](sql::Reader& r) {
        EXPECT_EQ(establishment(r, mdi)->time_zone, "Europe/London");
        EXPECT_EQ(units(r, mdi).size(), 2u);
        EXPECT_EQ(wings(r, mdi).size(), 2u);
        EXPECT_EQ(unit_of_wing(r, mdi, "V")->regime, "vulnerable");
        EXPECT_EQ(suites(r, mdi).size(), 1u);
        EXPECT_FALSE(establishment(r, prison("LEI")));
        return 0;
    });
}

TEST_P(People, PlacesAreAddedAndCorrected) {
    EXPECT_EQ(refused(add_unit(db(), now(), {"SIU", "Intervention", "maximum", "intervention", 2})),
              "");
    EXPECT_EQ(refused(add_wing(db(), now(), {"S", "SIU", "S wing"})), "");
    EXPECT_EQ(refused(add_wing(db(), now(), {"T", "NONE", "T wing"})), "people.unknown_unit");
    EXPECT_EQ(refused(add_place(db(), now(), {at("S-1-001"), "S", PlaceKind::cell, "", true})),
              "");
    EXPECT_EQ(refused(add_place(db(), now(), {at("X-1"), "X", PlaceKind::cell, "", true})),
              "people.unknown_wing");
    const auto before = entries();
    EXPECT_EQ(refused(add_place(db(), now(), {at("S-1-001"), "S", PlaceKind::cell, "", true})),
              "");
    EXPECT_EQ(entries(), before) << "the same again is no change";
    EXPECT_EQ(refused(add_unit(db(), now(), {"SIU", "Intervention", "maximum", "what", 2})),
              "people.unknown_unit");
    EXPECT_EQ(refused(add_unit(db(), now(), {"SIU", "Intervention", "maximum", "ordinary", 9})),
              "people.bad_unlock_officers");
}

TEST_P(People, APersonIsRegisteredOnce) {
    NewPerson p{.person_id = PersonId::make(clock.now(), entropy), .number = " a1234aa ",
                .given_names = "Zoë", .family_name = "O'Hara", .languages = "en cy",
                .place = at("A-1-001")};
    EXPECT_EQ(refused(register_person(db(), now(), p)), "");
    const auto before = entries();
    EXPECT_EQ(refused(register_person(db(), now(), p)), "");
    EXPECT_EQ(entries(), before);
    p.family_name = "Other";
    EXPECT_EQ(refused(register_person(db(), now(), p)), "people.id_taken");
    const auto id = p.person_id;
    p.person_id = PersonId::make(clock.now(), entropy);
    EXPECT_EQ(refused(register_person(db(), now(), p)), "people.number_taken");
    p.number = "nonsense";
    EXPECT_EQ(refused(register_person(db(), now(), p)), "people.bad_number");
    p.number = "B1234BB";
    p.place = at("Z-9-001");
    EXPECT_EQ(refused(register_person(db(), now(), p)), "people.unknown_place");
    p.place = at("A-1-001");
    p.languages = "English";
    EXPECT_EQ(refused(register_person(db(), now(), p)), "people.bad_languages");
    p.languages = "";
    p.born_on = Day{std::chrono::year(2030), std::chrono::January, std::chrono::day(1)};
    EXPECT_EQ(refused(register_person(db(), now(), p)), "people.born_in_future");
    p.born_on.reset();
    p.given_names = "";
    EXPECT_EQ(refused(register_person(db(), now(), p)), "people.name_missing");
    EXPECT_EQ(entries(), before) << "a refusal changes nothing";
    db().read([&](sql::Reader& r) {
        EXPECT_EQ(find_by_number(r, "a1234aa"), id);
        EXPECT_FALSE(find_by_number(r, std::string_view("A1234AA\0", 8)));
        EXPECT_EQ(name_of(r, id)->number, "A1234AA");
        EXPECT_EQ(name_of(r, id)->given_names, "Zoë");
        EXPECT_EQ(occupants(r, mdi, at("A-1-001")), std::vector{id});
        return 0;
    });
    EXPECT_EQ(where(id)->wing, "A");
    EXPECT_FALSE(where(id)->is_staff);
}

TEST_P(People, StaffAreRegisteredByTheirNumberOnce) {
    const auto named = [&](std::string_view number, std::string_view name) {
        return db().write(mdi, [&](sql::Transaction& tx) {
            return staff_person(tx, now(), number, name);
        });
    };
    const auto kim = named("s123", "Kim van Roy");
    ASSERT_TRUE(kim.has_value()) << kim.error().code;
    db().read([&](sql::Reader& r) {
        const auto name = name_of(r, *kim).value();
        EXPECT_EQ(name.number + ":" + name.given_names + ":" + name.family_name,
                  "S123:Kim van:Roy");
        EXPECT_TRUE(whereabouts(r, mdi, *kim).value().is_staff);
        return true;
    });
    EXPECT_EQ(named("S123", "Somebody else").value(), *kim);
    EXPECT_TRUE(named("S124", "kim").has_value()) << "one name is enough";
    EXPECT_EQ(named("S 125!", "Kim Roy").error().code, "people.bad_staff_number");
    EXPECT_EQ(named("S126", " ").error().code, "people.name_missing");
    resident("A1234BC");
    EXPECT_EQ(named("a1234bc", "Kim Roy").error().code, "people.number_of_resident");
    ASSERT_TRUE(leave(db(), now(), *kim, false).has_value());
    EXPECT_EQ(named("S123", "Kim van Roy").value(), *kim) << "back";
    EXPECT_TRUE(db().read([&](sql::Reader& r) { return whereabouts(r, mdi, *kim); }));
}

TEST_P(People, MovingAndLeavingTellWhoListens) {
    std::vector<std::pair<PersonId, Movement::Kind>> heard;
    const Listening listening =
        on_movement([&](sql::Transaction&, const Occasion&, const Movement& m) {
            heard.emplace_back(m.person_id, m.kind);
        });
    const auto person = resident("A1234AA");
    const auto pop = member(person, "Peer 1");
    heard.clear();
    EXPECT_EQ(refused(move(db(), now(), person, at("A-1-001"))), "");
    EXPECT_TRUE(heard.empty()) << "where they are already";
    EXPECT_EQ(refused(move(db(), now(), person, at("V-1-001"))), "");
    ASSERT_EQ(heard.size(), 1u);
    EXPECT_EQ(heard[0], std::pair(person, Movement::Kind::moved));
    EXPECT_TRUE(where(person)->is_vulnerable) << "the unit's pool";
    EXPECT_EQ(pops().at(0).wing, "V");
    EXPECT_EQ(refused(move(db(), now(), person, at("Q-1-001"))), "people.unknown_place");
    heard.clear();
    EXPECT_EQ(refused(leave(db(), now(), person, true)), "");
    EXPECT_EQ(heard, (decltype(heard){{person, Movement::Kind::left}}));
    EXPECT_TRUE(pops().empty());
    EXPECT_FALSE(where(person));
    EXPECT_EQ(refused(leave(db(), now(), person, true)), "") << "again is no change";
    EXPECT_EQ(heard.size(), 1u);
    EXPECT_EQ(refused(move(db(), now(), person, at("A-1-001"))), "people.has_left");
    EXPECT_EQ(refused(sign_compact(db(), now(), pop, "1")), "people.member_left");
    EXPECT_EQ(refused(arrive(db(), now(), person, at("A-1-002"))), "");
    EXPECT_EQ(where(person)->place, at("A-1-002"));
    EXPECT_EQ(refused(arrive(db(), now(), person, at("A-1-003"))), "people.present_already");
    EXPECT_EQ(refused(move(db(), now(), PersonId(), at("A-1-001"))), "people.unknown_person");
    EXPECT_TRUE(pops().empty()) << "coming back doesn't make a member again";
}

TEST_P(People, MeetingFewerTellsWhoListensOfBoth) {
    const auto ana = resident("A1234AA"), bob = resident("B1234BB");
    std::vector<std::pair<PersonId, Movement::Kind>> heard;
    const Listening listening =
        on_movement([&](sql::Transaction&, const Occasion&, const Movement& m) {
            heard.emplace_back(m.person_id, m.kind);
        });
    constexpr auto fewer = Movement::Kind::meets_fewer;
    EXPECT_EQ(refused(avoid(db(), now(), ana, bob, true)), "");
    EXPECT_EQ(heard, (decltype(heard){{ana, fewer}, {bob, fewer}}));
    EXPECT_EQ(refused(avoid(db(), now(), ana, bob, true)), "") << "again is no change";
    EXPECT_EQ(refused(avoid(db(), now(), ana, bob, false)), "") << "nobody is stopped by this";
    EXPECT_EQ(heard.size(), 2u);
    EXPECT_EQ(refused(answer_alone(db(), now(), ana, AloneAnswer::no)), "");
    EXPECT_EQ(heard.back(), std::pair(ana, fewer));
}

TEST_P(People, AnotherPrisonsResidentCannotArrive) {
    auto lei = small_prison("LEI");
    ASSERT_EQ(refused(establish(db(), now(), lei)), "");
    const auto person = resident("A1234AA");
    auto there = now();
    there.who.establishment = prison("LEI");
    EXPECT_EQ(refused(arrive(db(), there, person, at("A-1-001"))), "people.present_elsewhere");
    EXPECT_EQ(refused(leave(db(), now(), person, true)), "");
    EXPECT_EQ(refused(arrive(db(), there, person, at("A-1-001"))), "");
}

TEST_P(People, AvoidListsWorkBothWaysAndNameNobody) {
    const auto a = resident("A1234AA"), b = resident("B1234BB");
    const auto before = entries();
    EXPECT_EQ(refused(avoid(db(), now(), a, b, true)), "");
    EXPECT_EQ(refused(avoid(db(), now(), a, b, true)), "");
    EXPECT_EQ(entries(), before + 1);
    EXPECT_EQ(kept(a), std::vector{b});
    EXPECT_EQ(kept(b), std::vector{a});
    EXPECT_EQ(refused(avoid(db(), now(), a, a, true)), "people.avoid_oneself");
    EXPECT_EQ(refused(avoid(db(), now(), a, PersonId(), true)), "people.unknown_person");
    db().read([&](sql::Reader& r) {
        EXPECT_TRUE(ledger::entries_about(r, mdi, b.text()).size() == 1) << "only their arrival";
        return 0;
    });
    EXPECT_EQ(refused(avoid(db(), now(), a, b, false)), "");
    EXPECT_TRUE(kept(b).empty());
}

TEST_P(People, TheLastAnswerOnBeingAloneHolds) {
    const auto a = resident("A1234AA");
    const auto answer = [&] {
        return db().read([&](sql::Reader& r) { return alone_answer(r, mdi, a); });
    };
    EXPECT_EQ(answer(), AloneAnswer::yes);
    EXPECT_EQ(refused(answer_alone(db(), now(), a, AloneAnswer::no)), "");
    EXPECT_EQ(answer(), AloneAnswer::no);
    EXPECT_EQ(refused(answer_alone(db(), now(), a, AloneAnswer::in_sight)), "")
        << "in the same millisecond";
    EXPECT_EQ(answer(), AloneAnswer::in_sight);
}

TEST_P(People, TwoRecordsBecomeOne) {
    const auto kept_one = resident("A1234AA", "A-1-001");
    clock.advance(Minutes(1));
    const auto removed = resident("B1234BB", "A-1-002");
    const auto enemy = resident("C1234CC", "A-1-003");
    const auto pop = member(removed, "Peer 1");
    member(removed, "Peer 1", "listeners");
    const auto listener = member(kept_one, "Peer 2", "listeners");
    ASSERT_EQ(refused(avoid(db(), now(), removed, enemy, true)), "");
    ASSERT_EQ(refused(avoid(db(), now(), kept_one, removed, true)), "");
    ASSERT_EQ(refused(answer_alone(db(), now(), removed, AloneAnswer::no)), "");
    clock.advance(Minutes(1));
    EXPECT_EQ(refused(merge(db(), now(), removed, removed)), "people.same_person");
    EXPECT_EQ(refused(merge(db(), now(), removed, PersonId())), "people.unknown_person");
    EXPECT_EQ(refused(merge(db(), now(), removed, kept_one)), "");
    const auto before = entries();
    EXPECT_EQ(refused(merge(db(), now(), removed, kept_one)), "");
    EXPECT_EQ(entries(), before);
    db().read([&](sql::Reader& r) {
        EXPECT_EQ(find_by_number(r, "B1234BB"), kept_one);
        EXPECT_EQ(alone_answer(r, mdi, kept_one), AloneAnswer::no) << "the more careful";
        EXPECT_EQ(memberships(r, mdi, kept_one).size(), 2u);
        EXPECT_EQ(members(r, mdi, scheme("listeners"), clock.now()).at(0).member_id, listener);
        return 0;
    });
    EXPECT_EQ(kept(enemy), std::vector{kept_one});
    EXPECT_EQ(kept(kept_one), std::vector{enemy}) << "not oneself";
    EXPECT_EQ(where(kept_one)->place, at("A-1-002")) << "where they came last";
    EXPECT_FALSE(where(removed));
    EXPECT_EQ(pops().at(0).person_id, kept_one);
    EXPECT_EQ(pops().at(0).member_id, pop);
    EXPECT_EQ(refused(move(db(), now(), removed, at("A-1-001"))), "people.person_merged");
    EXPECT_EQ(refused(merge(db(), now(), kept_one, removed)), "people.person_merged");
    EXPECT_EQ(count("SELECT COUNT(*) FROM presence WHERE until_at IS NULL"), 2);
}

TEST_P(People, TheChainHolds) {
    const auto a = resident("A1234AA");
    ASSERT_EQ(refused(move(db(), now(), a, at("A-1-002"))), "");
    ASSERT_EQ(refused(leave(db(), now(), a, false)), "");
    const auto verdict = db().read([&](sql::Reader& r) { return ledger::verify(r, mdi); });
    EXPECT_EQ(verdict.entries, 4);
    EXPECT_FALSE(verdict.first_trouble);
}

}  // namespace
}  // namespace alongside::people
