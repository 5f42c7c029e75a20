#include "people/import.h"

#include "ledger/ledger.h"
#include "people/refusals.h"
#include "people/store_import.h"
#include "people/testing.h"

namespace alongside::people {
namespace {

class Import : public EveryPrison {
protected:
    static ReadMore from(const std::string& text) {
        return [&text, at = std::size_t{0}]() mutable {
            const auto piece = std::string_view(text).substr(at, 37);
            at += piece.size();
            return piece;
        };
    }
    Result<ImportOverview> stage(const std::string& text, StageOptions options = {}) {
        import = ImportId::make(clock.now(), entropy);
        return stage_roll(db(), now(), import, from(text), options);
    }
    // Staged and applied, with everything allowed.
    ImportOverview load(const std::string& text, StageOptions options = {}) {
        const auto staged = stage(text, options);
        EXPECT_EQ(refused(staged), "");
        clock.advance(Minutes(1));
        const auto applied = apply_import(db(), now(), import, true);
        EXPECT_EQ(refused(applied), "");
        clock.advance(Minutes(1));
        return applied ? *applied : ImportOverview{};
    }
    std::vector<BadLine> bad() {
        return db().read([&](sql::Reader& r) { return bad_lines(r, mdi, import, -1, 100); });
    }
    PersonId person(const char* number) {
        return db().read([&](sql::Reader& r) { return find_by_number(r, number).value(); });
    }
    std::int64_t present() {
        return count("SELECT COUNT(*) FROM presence WHERE until_at IS NULL");
    }
    static std::string roll(const std::string& rows) {
        return "prisonerNumber,firstName,middleNames,lastName,dateOfBirth,gender,religion,"
               "prisonId,cellLocation,category,releaseDate,confirmedReleaseDate\r\n" + rows;
    }
    const std::string two =
        roll("A1234AA,Ana,Maria,Silva,1990-01-31,Female,x,MDI,A-1-001,C,2030-01-01,2029-12-24\r\n"
             "b1234bb,Bob,,\"O\"\"Neil, Jr\",2008-12-01,Male,x,MDI,MDI-A-1-002,C,,\r\n");
    ImportId import;
};
INSTANTIATE_ON_EVERY_ENGINE(Import);

TEST_P(Import, TheDifferenceIsStagedThenApplied) {
    const auto staged = stage(two).value();
    EXPECT_EQ(staged.state, ImportState::staged);
    EXPECT_EQ(staged.arrived, 2);
    EXPECT_EQ(staged.rows_read, 2);
    EXPECT_EQ(staged.columns_left_out, "religion");
    EXPECT_EQ(present(), 0) << "nothing is changed yet";
    const auto applied = apply_import(db(), now(), import, false).value();
    EXPECT_EQ(applied.state, ImportState::applied);
    EXPECT_EQ(present(), 2);
    EXPECT_EQ(count("SELECT COUNT(*) FROM import_change"), 0) << "names are not kept twice";
    const auto ana = person("A1234AA"), bob = person("B1234BB");
    db().read([&](sql::Reader& r) {
        EXPECT_EQ(name_of(r, ana)->given_names, "Ana Maria");
        EXPECT_EQ(name_of(r, bob)->family_name, "O\"Neil, Jr");
        EXPECT_EQ(store::presence(r, mdi, ana)->release_on, parse_iso_day("2029-12-24"));
        EXPECT_EQ(whereabouts(r, mdi, ana)->sex, Sex::female);
        EXPECT_EQ(whereabouts(r, mdi, bob)->age_group, AgeGroup::child);
        EXPECT_EQ(whereabouts(r, mdi, bob)->place, at("A-1-002"));
        EXPECT_FALSE(ledger::verify(r, mdi).first_trouble);
        EXPECT_EQ(ledger::entries_about(r, mdi, ana.text()).size(), 1u);
        return 0;
    });
    const auto again = load(two);
    EXPECT_EQ(again.changes(), 0) << "the same file again changes nothing";
    EXPECT_EQ(refused(apply_import(db(), now(), import, false)), "") << "nor applying it again";
}

TEST_P(Import, MovedChangedLeftAndBack) {
    load(two);
    const auto ana = person("A1234AA"), bob = person("B1234BB");
    member(ana, "Peer 1");
    std::vector<Movement::Kind> heard;
    const Listening listening = on_movement(
        [&](sql::Transaction&, const Occasion&, const Movement& m) { heard.push_back(m.kind); });
    const auto applied = load(roll("A1234AA,Ana,Maria,Silva,,,,MDI,V-1-001,B,,\n"));
    EXPECT_EQ(applied.moved, 1);
    EXPECT_EQ(applied.gone, 1);
    EXPECT_EQ(heard, (std::vector{Movement::Kind::left, Movement::Kind::moved}))
        << "without clearances, another category ends none";
    EXPECT_FALSE(where(bob));
    EXPECT_TRUE(where(ana)->is_vulnerable);
    EXPECT_EQ(pops().at(0).wing, "V");
    db().read([&](sql::Reader& r) {
        EXPECT_EQ(store::person(r, ana)->born_on, parse_iso_day("1990-01-31")) << "as it stood";
        return 0;
    });
    const auto changed = load(roll("A1234AA,Ana,Maria,Souza,,,,MDI,V-1-001,B,,\n"));
    EXPECT_EQ(changed.changed, 1);
    EXPECT_EQ(changed.moved, 0);
    const auto back = load(two);
    EXPECT_EQ(back.arrived, 1);
    EXPECT_EQ(back.moved, 1);
    EXPECT_EQ(person("B1234BB"), bob) << "the same person";
    EXPECT_EQ(where(bob)->place, at("A-1-002"));
}

TEST_P(Import, AnotherCategoryEndsClearancesAndShifts) {
    load(two);
    const auto ana = person("A1234AA");
    const auto peer = member(ana, "Peer 1");
    EXPECT_EQ(refused(decide_clearance(db(), now(), peer, "MAIN", true, "ROUTINE", {})), "");
    std::vector<Movement::Kind> heard;
    const Listening listening = on_movement(
        [&](sql::Transaction&, const Occasion&, const Movement& m) { heard.push_back(m.kind); });
    const auto at = [&](const char* category) {
        load(roll("A1234AA,Ana,Maria,Silva,,,,MDI,A-1-001," + std::string(category) + ",,\n" +
                  "b1234bb,Bob,,\"O\"\"Neil, Jr\",2008-12-01,Male,x,MDI,MDI-A-1-002,C,,\r\n"));
        return db().read([&](sql::Reader& r) {
            return store::decisions(r, mdi, peer).at(0).is_cleared;
        });
    };
    EXPECT_TRUE(at("")) << "left out says nothing";
    EXPECT_TRUE(at("C"));
    heard.clear();
    EXPECT_FALSE(at("B"));
    EXPECT_EQ(heard, (std::vector{Movement::Kind::no_longer_ready, Movement::Kind::moved}));
}

TEST_P(Import, WhoIsOutIsInNoCell) {
    load(two);
    const auto ana = person("A1234AA");
    const std::string head = "nomsNumber,lastName,firstName,status,inOutStatus,prisonId,"
                             "cellLocation\n";
    load(head + "A1234AA,Silva,Ana,ACTIVE OUT,OUT,MDI,A-1-001\nB1234BB,O,Bob,ACTIVE IN,IN,MDI,"
                "A-1-002\n");
    EXPECT_EQ(where(ana)->in_out, InOut::OUT);
    EXPECT_TRUE(where(ana)->place.empty());
    const auto gone = load(head + "A1234AA,Silva,Ana,INACTIVE TRN,TRN,TRN,\nB1234BB,O,Bob,"
                                  "INACTIVE OUT,OUT,OUT,\n");
    EXPECT_EQ(gone.gone, 2);
    EXPECT_EQ(present(), 0);
    const auto elsewhere = load(head + "C1234CC,X,Y,ACTIVE IN,IN,LEI,A-1-001\n");
    EXPECT_EQ(elsewhere.rows_elsewhere, 1);
    EXPECT_EQ(present(), 0);
}

TEST_P(Import, BadRowsAreListedAndTheGoodOnesLoad) {
    ASSERT_EQ(refused(register_person(db(), now(), {.person_id = PersonId::make(clock.now(),
                                                                                entropy),
                                                    .is_staff = true, .number = "Z9999ZZ",
                                                    .given_names = "S", .family_name = "T"})),
              "");
    const auto rows = roll("A1234AA,Ana,,Silva,,,,MDI,A-1-001,C,,\n"          // 2
                           "A1234AA,Ana,,Silva,,,,MDI,A-1-002,C,,\n"          // 3 twice
                           "nonsense,Ana,,Silva,,,,MDI,A-1-002,C,,\n"         // 4
                           ",Ana,,Silva,,,,MDI,A-1-002,C,,\n"                 // 5
                           "C1234CC,Ana,,Silva,1990-13-01,,,MDI,A-1-002,C,,\n"  // 6
                           "D1234DD,Ana,,Silva,,Robot,,MDI,A-1-002,C,,\n"     // 7
                           "E1234EE,Ana,,Silva,,,,MDI,Q-1-002,C,,\n"          // 8
                           "F1234FF,Ana,,Silva,,,,MDI,,C,,\n"                 // 9
                           "G1234GG,Ana,,Silva,,,,MDI,A-1-??,C,,\n"           // 10
                           "H1234HH,Ana,,,,,,MDI,A-1-002,C,,\n"               // 11
                           "I1234II,An\xE9,,Silva,,,,MDI,A-1-002,C,,\n"       // 12
                           "J1234JJ,Ana\n"                                    // 13
                           "K1234KK,Ana,,Silva,,,,MDI,A-1-002,C,,,,\n"        // 14
                           "L1234LL,\"Ana\"x,,Silva,,,,MDI,A-1-002,C,,\n"     // 15
                           "Z9999ZZ,Ana,,Silva,,,,MDI,A-1-002,C,,\n");        // 16
    const auto staged = stage(rows).value();
    EXPECT_EQ(staged.arrived, 1);
    EXPECT_EQ(staged.rows_bad, 14);
    EXPECT_EQ(staged.numbers_unread, 2);
    const std::vector<RowFlaw> flaws{
        RowFlaw::number_twice, RowFlaw::bad_number, RowFlaw::number_missing, RowFlaw::bad_date,
        RowFlaw::bad_gender, RowFlaw::unknown_place, RowFlaw::place_missing, RowFlaw::bad_place,
        RowFlaw::name_missing, RowFlaw::not_utf8, RowFlaw::too_few_cells,
        RowFlaw::too_many_cells, RowFlaw::stray_quote, RowFlaw::is_staff};
    const auto listed = bad();
    ASSERT_EQ(listed.size(), flaws.size());
    for (std::size_t i = 0; i < flaws.size(); ++i) {
        EXPECT_EQ(listed[i].flaw, flaws[i]) << listed[i].line;
        EXPECT_EQ(listed[i].line, static_cast<std::int64_t>(i) + 3);
    }
    EXPECT_EQ(listed[3].column, "dateOfBirth");
    EXPECT_EQ(apply_import(db(), now(), import, false)->state, ImportState::applied);
    EXPECT_EQ(present(), 2);
}

TEST_P(Import, StrictTakesAllOrNone) {
    const auto staged = stage(two + "nonsense,A,,B,,,,MDI,A-1-001,,,\n", {.is_strict = true});
    EXPECT_EQ(staged->state, ImportState::abandoned);
    EXPECT_EQ(bad().size(), 1u);
    EXPECT_EQ(count("SELECT COUNT(*) FROM import_change"), 1);
    EXPECT_EQ(refused(apply_import(db(), now(), import, true)), "people.import_over");
    EXPECT_EQ(stage(two, {.is_strict = true})->state, ImportState::staged);
}

TEST_P(Import, FilesThatCannotBeReadChangeNothing) {
    const auto code = [&](const std::string& text, StageOptions options = {}) {
        return refused(stage(text, options));
    };
    EXPECT_EQ(code(""), "people.empty_file");
    EXPECT_EQ(code("prisonerNumber,cellLocation\n"), "people.empty_file");
    EXPECT_EQ(code("name,cellLocation\nA,B\n"), "people.no_number_column");
    EXPECT_EQ(code("prisonerNumber,name\nA,B\n"), "people.no_place_column");
    EXPECT_EQ(code("prisonerNumber,cellLocation,cellLocation\nA,B,C\n"), "people.column_twice");
    EXPECT_EQ(code(two + "C1234CC,\"Ana"), "people.cut_short");
    EXPECT_EQ(code(two + std::string("\0", 1)), "people.not_a_text_file");
    const auto where = Tongue::english()(stage(two + std::string("\0", 1)).error().sentence);
    EXPECT_NE(where.find("line 4"), std::string::npos) << where;
    EXPECT_EQ(code("\xFF\xFE" "p\0r\0"), "people.wrong_encoding");
    EXPECT_EQ(code(two + std::string(70'000, 'x')), "people.row_too_long");
    EXPECT_EQ(code("x" + std::string(600, ',')), "people.too_many_columns");
    EXPECT_EQ(code(two, {.column_map = "x = 1"}), "people.bad_column_map");
    EXPECT_EQ(code("[{\"prisonerNumber\":", {.format = Rows::Format::json}), "people.cut_short");
    EXPECT_EQ(code("[{]", {.format = Rows::Format::json}), "people.not_json");
    EXPECT_EQ(code("{}", {.format = Rows::Format::json}), "people.not_a_list");
    EXPECT_EQ(count("SELECT COUNT(*) FROM import_change"), 0);
    EXPECT_EQ(count("SELECT COUNT(*) FROM import_run WHERE state <> 'abandoned'"), 0);
    EXPECT_EQ(present(), 0);
}

TEST_P(Import, JsonLoadsAsARealExportHasIt) {
    const std::string text =
        R"([{"prisonerNumber":"A1234AA","firstName":"Ana","lastName":"Silva","gender":"Female",)"
        R"("status":"ACTIVE IN","inOutStatus":"IN","prisonId":"MDI","cellLocation":"A-1-001",)"
        R"("religion":"x","currentIncentive":{"level":{"code":"STD"}},"alerts":[{"alertType":"H",)"
        R"("alertCode":"HA","active":true}],"languages":[{"type":"PRIM","code":"ENG"}]}])";
    const auto applied = load(text, {.format = Rows::Format::json});
    EXPECT_EQ(applied.arrived, 1);
    EXPECT_EQ(applied.columns_left_out, "religion, currentIncentive, alerts");
    EXPECT_EQ(where(person("A1234AA"))->languages, "en");
}

// With the last of two names taken, one person would be renamed and another be gone.
TEST_P(Import, ARecordThatSaysANameTwiceIsABadRow) {
    const std::string whole = R"({"prisonerNumber":"B1234BB","firstName":"Bo","lastName":"Moor",)"
                              R"("status":"ACTIVE IN","cellLocation":"A-1-002"})";
    load("[" + whole + "]", {.format = Rows::Format::json});
    for (const char* second : {"prisonerNumber", "prisoner_number"}) {
        const auto read = stage(R"([{"prisonerNumber":"A1234AA",")" + std::string(second) +
                                    R"(":"B1234BB","firstName":"Ana","lastName":"Silva",)"
                                    R"("status":"ACTIVE IN","cellLocation":"A-1-001"}])",
                                {.format = Rows::Format::json}).value();
        EXPECT_EQ(read.rows_bad, 1);
        EXPECT_EQ(read.changed + read.arrived, 0);
        EXPECT_TRUE(read.needs_yes()) << "whoever seems gone may be the one of the bad row";
        const auto bad = db().read(
            [&](sql::Reader& r) { return bad_lines(r, mdi, read.import_id, -1, 10); });
        ASSERT_EQ(bad.size(), 1u);
        EXPECT_EQ(bad[0].line, 1);
        EXPECT_EQ(bad[0].column, second);
        EXPECT_EQ(bad[0].flaw, RowFlaw::name_twice);
    }
}

TEST_P(Import, ManyLeavingNeedAYes) {
    std::string rows;
    for (int i = 0; i < 10; ++i) {
        rows += "A" + std::to_string(1000 + i) + "AA,G,,F,,,,MDI,A-1-001,,,\n";
    }
    load(roll(rows));
    const auto staged = stage(roll(rows.substr(0, rows.size() / 2))).value();
    EXPECT_EQ(staged.gone, 5);
    EXPECT_TRUE(staged.needs_yes());
    EXPECT_EQ(refused(apply_import(db(), now(), import, false)), "people.many_leaving");
    EXPECT_EQ(present(), 10);
    EXPECT_EQ(refused(apply_import(db(), now(), import, true)), "");
    EXPECT_EQ(present(), 5);
    const auto unread = stage(roll(rows.substr(0, rows.size() / 10 * 4) +
                                   "?,G,,F,,,,MDI,A-1-001,,,\n")).value();
    EXPECT_EQ(unread.gone, 1);
    EXPECT_TRUE(unread.needs_yes()) << "the row that can't be read may be theirs";
}

TEST_P(Import, TwoNumbersBecomeOne) {
    load(two);
    const auto ana = person("A1234AA"), bob = person("B1234BB");
    const auto applied = load("nomsNumber,removedNomsNumber,cellLocation,lastName\n"
                              "A1234AA,B1234BB,A-1-003,Silva\n");
    EXPECT_EQ(applied.merged, 1);
    EXPECT_EQ(applied.moved, 1);
    EXPECT_EQ(applied.gone, 0) << "nobody left";
    EXPECT_EQ(person("B1234BB"), ana);
    EXPECT_EQ(where(ana)->place, at("A-1-003"));
    EXPECT_FALSE(where(bob));
    EXPECT_EQ(present(), 1);
    const auto renumbered = load("nomsNumber,removedNomsNumber,cellLocation\nC1234CC,A1234AA,\n");
    EXPECT_EQ(renumbered.merged, 1);
    EXPECT_EQ(person("C1234CC"), ana) << "a new number of the same person";
    EXPECT_EQ(where(ana)->place, at("A-1-003"));
}

TEST_P(Import, TheNumberThatIsKeptIsTheOneThatIsShown) {
    load(two);
    load("nomsNumber,removedNomsNumber,cellLocation,lastName\nA1234AA,B1234BB,A-1-003,Silva\n");
    const auto ana = person("A1234AA");
    const auto shown = db().read([&](sql::Reader& r) { return name_of(r, ana); });
    EXPECT_EQ(shown->number, "A1234AA");
}

TEST_P(Import, TwoWhoAreBothHereNeverBecomeOne) {
    load(two);
    const auto ana = person("A1234AA"), bob = person("B1234BB");
    const std::string head = "nomsNumber,removedNomsNumber,cellLocation,lastName\n",
                      bobs = "B1234BB,,A-1-002,Jones\n", anas = "A1234AA,,A-1-001,Silva\n",
                      merging = "A1234AA,B1234BB,A-1-001,Silva\n",
                      back = "B1234BB,A1234AA,A-1-002,Jones\n",
                      other = "C1234CC,B1234BB,A-1-003,New\n";
    const std::pair<std::string, int> files[] = {
        {merging + bobs, 1}, {bobs + merging, 1}, {merging + back, 2}, {merging + other, 2},
        {merging + "B1234BB,,Q-9-999,Jones\n", 2}};
    for (const auto& [rows, bad] : files) {
        const auto staged = stage(head + rows);
        EXPECT_EQ(staged->rows_bad, bad) << rows;
        EXPECT_EQ(staged->merged, 0) << rows;
        EXPECT_EQ(staged->gone, 0) << rows;
    }
    const auto applied = load(head + anas + other + bobs);
    EXPECT_EQ(applied.rows_bad, 1);
    EXPECT_EQ(person("A1234AA"), ana);
    EXPECT_EQ(person("B1234BB"), bob);
    EXPECT_EQ(present(), 2);
}

TEST_P(Import, UnknownCellsAreAddedOnlyWhenAsked) {
    const auto rows = roll("A1234AA,Ana,,Silva,,,,MDI,A-9-099,C,,\n"
                           "B1234BB,Bob,,Jones,,,,MDI,Q-1-001,C,,\n");
    EXPECT_EQ(stage(rows)->rows_bad, 2);
    const auto applied = load(rows, {.add_places = true});
    EXPECT_EQ(applied.rows_bad, 1) << "its wing is unknown too";
    EXPECT_EQ(where(person("A1234AA"))->place, at("A-9-099"));
}

TEST_P(Import, SomeonePresentInAnotherPrisonIsListed) {
    ASSERT_EQ(refused(establish(db(), now(), small_prison("LEI"))), "");
    const auto ana = resident("A1234AA");
    auto there = now();
    there.who.establishment = prison("LEI");
    const std::string rows = roll("A1234AA,Ana,,Silva,,,,LEI,A-1-001,C,,\n");
    const auto id = ImportId::make(clock.now(), entropy);
    EXPECT_EQ(stage_roll(db(), there, id, from(rows), {})->rows_bad, 1);
    db().read([&](sql::Reader& r) {
        EXPECT_EQ(bad_lines(r, prison("LEI"), id, -1, 5).at(0).flaw, RowFlaw::present_elsewhere);
        return 0;
    });
    EXPECT_TRUE(where(ana));
}

TEST_P(Import, WhatIsNewerThanTheFileStands) {
    load(two);
    const auto ana = person("A1234AA");
    ASSERT_EQ(refused(stage(roll("A1234AA,Ana,,Silva,,,,MDI,A-1-003,C,,\n"
                                 "B1234BB,Bob,,Jones,,,,MDI,A-1-003,C,,\n"))), "");
    clock.advance(Minutes(5));
    ASSERT_EQ(refused(move(db(), now(), ana, at("A-1-004"))), "");
    const auto applied = apply_import(db(), now(), import, false).value();
    EXPECT_EQ(applied.skipped, 1);
    EXPECT_EQ(where(ana)->place, at("A-1-004"));
    EXPECT_EQ(where(person("B1234BB"))->place, at("A-1-003"));
}

TEST_P(Import, AKilledImportGoesOn) {
    std::string rows;
    for (int i = 0; i < 600; ++i) {
        rows += "A" + std::to_string(1000 + i) + "AA,G,,F,,,,MDI,A-1-001,,,\n";
    }
    ASSERT_EQ(refused(stage(roll(rows))), "");
    std::stop_source stop;
    const auto halfway = apply_import(
        db(), now(), import, false, [&](std::int64_t, std::int64_t) { stop.request_stop(); },
        stop.get_token());
    EXPECT_EQ(halfway->state, ImportState::applying);
    const auto first = present();
    EXPECT_GT(first, 0);
    EXPECT_LT(first, 600);
    EXPECT_EQ(refused(abandon_import(db(), now(), import)), "people.import_running");
    EXPECT_EQ(refused(stage(roll(rows))), "people.import_running");
    const auto running = db().read([&](sql::Reader& r) {
        return imports(r, mdi, ImportKind::roll, 1).at(0).import_id;
    });
    EXPECT_EQ(refused(apply_import(db(), now(), running, false)), "");
    EXPECT_EQ(present(), 600);
    EXPECT_EQ(count("SELECT COUNT(*) FROM person"), 600);
}

TEST_P(Import, ManyAtOnceAreEachAsTheyStandInTheFile) {
    load(roll("A1000AA,Ana,,Silva,,,,MDI,A-1-004,B,,\n"));
    std::string rows;
    for (int i = 0; i < 450; ++i) {
        const auto n = std::to_string(i);
        rows += "A" + std::to_string(1000 + i) + "AA,Given" + n + ",,O'\\" + n + ",1990-05-17," +
                (i % 2 == 0 ? "Female" : "Male") + ",,MDI," +
                (i % 3 == 0 ? "V-1-001" : "A-1-00" + std::to_string(1 + i % 4)) + ",C,,\n";
    }
    const auto applied = load(roll(rows));
    EXPECT_EQ(applied.arrived, 449);
    EXPECT_EQ(applied.moved, 1);
    EXPECT_EQ(applied.skipped, 0);
    EXPECT_EQ(present(), 450);
    for (const int i : {0, 1, 99, 100, 101, 300, 449}) {
        const auto n = std::to_string(i);
        const auto number = "A" + std::to_string(1000 + i) + "AA";
        const auto who = person(number.c_str());
        EXPECT_EQ(where(who)->place,
                  i % 3 == 0 ? at("V-1-001") : at(("A-1-00" + std::to_string(1 + i % 4)).c_str()));
        EXPECT_EQ(where(who)->is_vulnerable, i % 3 == 0);
        EXPECT_EQ(where(who)->sex, i % 2 == 0 ? Sex::female : Sex::male);
        db().read([&](sql::Reader& r) {
            EXPECT_EQ(name_of(r, who)->family_name, "O'\\" + n);
            EXPECT_EQ(name_of(r, who)->number, number);
            EXPECT_EQ(ledger::entries_about(r, mdi, who.text()).size(), i == 0 ? 2u : 1u);
            return 0;
        });
    }
    EXPECT_FALSE(db().read([&](sql::Reader& r) { return ledger::verify(r, mdi); }).first_trouble);
    EXPECT_EQ(load(roll(rows)).changes(), 0);
}

TEST_P(Import, AbandonedAndReplaced) {
    EXPECT_EQ(refused(abandon_import(db(), now(), ImportId())), "people.unknown_import");
    ASSERT_EQ(refused(stage(two)), "");
    const auto first = import;
    EXPECT_EQ(refused(stage_roll(db(), now(), first, from(two), {})), "") << "again";
    ASSERT_EQ(refused(stage(two)), "");
    EXPECT_EQ(refused(apply_import(db(), now(), first, false)), "people.import_over")
        << "an older difference";
    EXPECT_EQ(refused(abandon_import(db(), now(), import)), "");
    EXPECT_EQ(refused(abandon_import(db(), now(), import)), "");
    EXPECT_EQ(count("SELECT COUNT(*) FROM import_change"), 0);
    EXPECT_EQ(refused(apply_import(db(), now(), ImportId(), false)), "people.unknown_import");
    load(two);
    EXPECT_EQ(refused(abandon_import(db(), now(), import)), "people.import_over");
}

TEST_P(Import, KeptApartOpensChangesAndCloses) {
    load(two);
    const auto ana = person("A1234AA"), bob = person("B1234BB");
    const auto head = std::string("firstPrisonerNumber,firstPrisonerRole,secondPrisonerNumber,"
                                  "secondPrisonerRole,reason,restrictionType,isClosed,closedBy,"
                                  "closedAt,closedReason\n");
    const auto pairs = [&](const std::string& rows) {
        import = ImportId::make(clock.now(), entropy);
        const auto text = head + rows;
        EXPECT_EQ(refused(stage_kept_apart(db(), now(), import, from(text), {})), "");
        clock.advance(Minutes(1));
        return apply_import(db(), now(), import, false).value();
    };
    std::vector<PersonId> heard;
    const Listening listening =
        on_movement([&](sql::Transaction&, const Occasion&, const Movement& m) {
            EXPECT_EQ(m.kind, Movement::Kind::meets_fewer);
            heard.push_back(m.person_id);
        });
    EXPECT_EQ(pairs("A1234AA,VIC,B1234BB,PER,BUL,LAND,false,,,\n").opened, 1);
    EXPECT_EQ(heard, (std::vector{ana, bob})) << "a peer on the way is stopped at once";
    EXPECT_EQ(kept(ana), std::vector{bob});
    EXPECT_EQ(pairs("B1234BB,PER,A1234AA,VIC,BULLYING,LANDING,,,,\n").opened, 0) << "as it stands";
    EXPECT_EQ(pairs("B1234BB,PER,A1234AA,VIC,THREAT,WING,,,,\n").opened, 1) << "another reason";
    EXPECT_EQ(kept(bob), std::vector{ana});
    const auto bad_ones = pairs("A1234AA,,B1234BB,,,,true,officer,,\n"
                                "A1234AA,,A1234AA,,,,,,,\nA1234AA,,C1234CC,,,,,,,\n"
                                "A1234AA,KING,B1234BB,,,,,,,\nA1234AA,,B1234BB,,WHIM,,,,,\n"
                                "A1234AA,,B1234BB,,,HOUSE,,,,\nA1234AA,,,,,,,,,\n");
    EXPECT_EQ(bad_ones.rows_bad, 7);
    const std::vector<RowFlaw> flaws{RowFlaw::closed_in_part, RowFlaw::same_person,
                                     RowFlaw::unknown_number, RowFlaw::bad_role,
                                     RowFlaw::bad_reason, RowFlaw::bad_restriction,
                                     RowFlaw::number_missing};
    const auto listed = bad();
    for (std::size_t i = 0; i < flaws.size(); ++i) EXPECT_EQ(listed.at(i).flaw, flaws[i]);
    EXPECT_EQ(pairs("A1234AA,,B1234BB,,THREAT,WING,true,x,2026-01-01,old\n"
                    "A1234AA,,B1234BB,,THREAT,WING,false,,,\n").closed, 0) << "open wins";
    EXPECT_EQ(pairs("C1234CC,,B1234BB,,,,,,,\n").closed, 0) << "what isn't named stays";
    EXPECT_EQ(kept(ana), std::vector{bob});
    EXPECT_EQ(pairs("A1234AA,,B1234BB,,THREAT,WING,true,x,2026-01-01,old\n").closed, 1);
    EXPECT_TRUE(kept(ana).empty());
}

}  // namespace
}  // namespace alongside::people
