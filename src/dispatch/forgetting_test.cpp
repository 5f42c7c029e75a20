// After its time, nothing says who asked: not the database, its log, the ledger, a backup.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "dispatch/testing.h"
#include "ledger/ledger.h"

using namespace std::chrono_literals;

namespace alongside::dispatch {
namespace {

class Forgetting : public ByNight {
protected:
    void SetUp() override {
        ByNight::SetUp();
        if (HasFatalFailure()) return;
        person = resident("777001Z", "A-1-001");
        const auto one = resident("200001A", "B-1-001");
        ready_member(one, listeners, "Listener 1");
        auto wish = ask_for(person, listeners);
        wish.channel = schemes::Channel::in_cell;
        request = must(ask(d(), cell_device("A-1-001"), wish));
    }
    void be_together_and_back() {
        const auto call_out = accepted(request);
        const auto session = together(call_out);
        clock.advance(40min);
        must(depart(d(), officer(), session, false));
        must(back(d(), officer(), call_out));
    }
    std::string file(const std::string& name) const {
        std::ifstream in(folder().file(name), std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    bool is_identity_gone() { return row(request).identity_gone_at.has_value(); }
    PersonId person;
    RequestId request;
};
INSTANTIATE_ON_EVERY_ENGINE(Forgetting);

// The moments at which the ledger names what was asked, and at which it names who asked.
struct Named {
    std::set<Instant> request, person;
};
Named named(sql::Database& database, const EstablishmentId& smi, RequestId request,
            PersonId person) {
    return database.read([&](sql::Reader& r) {
        Named out;
        const auto put = [&](std::set<Instant>& into, const std::string& subject) {
            for (const auto& one : ledger::entries_about(r, smi, subject)) into.insert(one.at);
        };
        put(out.request, request.text());
        put(out.person, person.text());
        return out;
    });
}

TEST_P(Forgetting, no_entry_stands_beside_that_of_a_movement) {
    accepted(request);
    clock.advance(7min + 11s);
    const auto moved_at = clock.now();
    must(people::move(db(), program(), person, at("B-1-002")));
    clock.advance(5min + 13s);
    const auto left_at = clock.now();
    must(people::leave(db(), program(), person, false));
    EXPECT_EQ(row(request).close_reason, CloseReason::LEFT);
    const auto before = named(db(), smi, request, person);
    EXPECT_TRUE(before.person.contains(moved_at));
    EXPECT_TRUE(before.person.contains(left_at));
    EXPECT_LT(*before.request.rbegin(), moved_at);

    EXPECT_EQ(ledger::append_held_back(db(), program()), 0) << "the hour is not over";
    clock.advance(24h);
    EXPECT_EQ(ledger::append_held_back(db(), program()), 2) << "moved, closed";
    EXPECT_EQ(ledger::append_held_back(db(), program()), 0);
    pass(72h);
    EXPECT_TRUE(is_identity_gone());
    EXPECT_LE(*row(request).identity_until, left_at + 72h);
    EXPECT_EQ(epoch_ms(*row(request).identity_until) % 86'400'000, 0) << "the day, no more";
    EXPECT_EQ(epoch_ms(*row(request).closed_at) % 86'400'000, 0);
    EXPECT_EQ(count("SELECT COUNT(*) FROM ledger_entry WHERE verb = 'request.closed'"), 1);
}

TEST_P(Forgetting, what_is_held_back_is_destroyed_with_the_rest) {
    must(people::leave(db(), program(), person, false));
    db().write(smi, [&](sql::Transaction& tx) {
        return ledger::destroy_payloads_of(tx, program(), request.text());
    });
    clock.advance(24h);
    ledger::append_held_back(db(), program());
    const auto entries = db().read([&](sql::Reader& r) {
        return ledger::entries_about(r, smi, request.text());
    });
    ASSERT_GE(entries.size(), 3u);
    EXPECT_EQ(entries.back().verb, "request.closed");
    EXPECT_EQ(entries.back().payload, "{}");
}

TEST_P(Forgetting, comes_a_day_after_a_met_request_was_closed) {
    be_together_and_back();
    pass(24h - 1min);
    EXPECT_FALSE(is_identity_gone());
    EXPECT_TRUE(asker_of(*keys, row(request)));
    const auto before = row(request);
    pass(1min);
    EXPECT_TRUE(is_identity_gone());
    EXPECT_FALSE(row(request).sealed);
    EXPECT_FALSE(keys->open(before.key_slot, *before.sealed, request.text()));
    EXPECT_EQ(refused(db().read([&](sql::Reader& r) {
        return choose(r, *keys, smi, request, clock.now());
    })), "identity_gone");
}

TEST_P(Forgetting, takes_longer_where_the_request_went_unmet) {
    must(dispatch::close(d(), officer(), request, CloseReason::STAFF_TALKED));
    pass(71h);
    EXPECT_FALSE(is_identity_gone());
    pass(1h);
    EXPECT_TRUE(is_identity_gone());
}

TEST_P(Forgetting, is_at_once_for_somebody_who_had_not_asked) {
    must(did_not_ask(d(), officer(), request));
    pass(0ms);
    EXPECT_TRUE(is_identity_gone());
}

TEST_P(Forgetting, is_held_and_comes_after_the_release) {
    be_together_and_back();
    must(hold_identity(d(), as(Role::safer_custody), request, "complaint"));
    pass(48h);
    EXPECT_FALSE(is_identity_gone());
    EXPECT_EQ(row(request).identity_held, "complaint");
    must(release_identity(d(), as(Role::safer_custody), request));
    pass(0ms);
    EXPECT_TRUE(is_identity_gone());
}

TEST_P(Forgetting, waits_by_itself_where_somebody_died) {
    be_together_and_back();
    const auto somewhere_else = Uuid::v7(clock.now(), seeded);
    must(press_danger(d(), officer(), {somewhere_else, at("A-1-002"), "officer"}));
    must(end_danger(d(), officer(), somewhere_else, "death"));
    EXPECT_FALSE(row(request).identity_held);
    const auto here = Uuid::v7(clock.now(), seeded);
    must(press_danger(d(), officer(), {here, at("A-1-001"), "officer"}));
    must(end_danger(d(), officer(), here, "death"));
    EXPECT_EQ(row(request).identity_held, "death");
    EXPECT_TRUE(has_happened(request, "identity_held"));
    pass(48h);
    EXPECT_FALSE(is_identity_gone());
}

TEST_P(Forgetting, waits_where_they_met_and_where_the_person_lives_now) {
    const auto call_out = accepted(request);
    escorted(call_out);
    must(arrive(d(), officer(), {call_out, people::PlaceKind::listeners_room, at("A-L"), false}));
    clock.advance(1min);
    const auto there = Uuid::v7(clock.now(), seeded);
    must(press_danger(d(), officer(), {there, at("A-L"), "peer"}));
    must(end_danger(d(), officer(), there, "serious_self_harm"));
    EXPECT_EQ(row(request).identity_held, "serious_self_harm");
    must(release_identity(d(), as(Role::safer_custody), request));

    const auto session =
        *db().read([&](sql::Reader& r) { return session_of(r, smi, call_out); });
    must(depart(d(), officer(), session, false));
    must(back(d(), officer(), call_out));
    must(people::move(db(), program(), person, at("B-1-003")));     // after it was closed
    const auto at_home = Uuid::v7(clock.now(), seeded);
    must(press_danger(d(), officer(), {at_home, at("B-1-003"), "officer"}));
    must(end_danger(d(), officer(), at_home, "death"));
    EXPECT_EQ(row(request).identity_held, "death");
}

// An alarm of the same hours names the cell of whoever had asked.
TEST_P(Forgetting, takes_the_cell_out_of_the_alarms_of_those_hours) {
    clock.advance(7min);
    const auto alarm = [&](const char* place, const char* ended_with) {
        const auto id = Uuid::v7(clock.now(), seeded);
        must(press_danger(d(), cell_device(place), {id, at(place), "the_person"}));
        must(end_danger(d(), officer(), id, ended_with));
        return id;
    };
    const auto theirs = alarm("A-1-001", ""), elsewhere = alarm("B-1-002", "");
    const auto grave = alarm("A-1-003", "death");
    be_together_and_back();
    clock.advance(2h);
    const auto later = alarm("A-1-002", "");
    pass(24h);
    ASSERT_TRUE(is_identity_gone());
    const auto place = [&](Uuid id) {
        return db().read([&](sql::Reader& r) {
            return r.one<std::string>("SELECT place FROM danger WHERE danger_id = $1", id);
        });
    };
    EXPECT_EQ(place(theirs), "A");
    EXPECT_EQ(count("SELECT pressed_at % 3600000 + acknowledged_at % 3600000 + "
                    "ended_at % 3600000 FROM danger WHERE danger_id = $1", theirs), 0);
    EXPECT_EQ(place(elsewhere), "B-1-002");
    EXPECT_EQ(place(grave), "A-1-003") << "an inquest will ask where it was";
    EXPECT_EQ(place(later), "A-1-002");
}

TEST_P(Forgetting, takes_no_longer_where_they_met_and_it_ended_otherwise) {
    const auto one = resident("200002A", "B-1-002");
    ready_member(one, listeners, "Listener 2");
    together(accepted(request, one));
    must(people::leave(db(), program(), one, true));                // and nobody came again
    must(dispatch::close(d(), officer(), request, CloseReason::STAFF_TALKED));
    pass(24h);
    EXPECT_TRUE(is_identity_gone());
}

TEST_P(Forgetting, coarsens_times_and_keeps_what_indicators_need) {
    clock.advance(12min);
    be_together_and_back();
    const auto wait = count("SELECT wait_ms FROM request");
    pass(24h);
    EXPECT_EQ(count("SELECT COUNT(*) FROM request_event"), 0);
    EXPECT_EQ(count("SELECT asked_at % 3600000 + started_at % 3600000 + closed_at % 3600000 "
                    "FROM request"), 0);
    EXPECT_EQ(count("SELECT SUM(peer_came_at % 3600000) FROM session"), 0);
    EXPECT_EQ(count("SELECT wait_ms FROM request"), wait);
    EXPECT_EQ(count("SELECT together_ms FROM request"), Millis(40min).count());
    const auto verdict = db().read([&](sql::Reader& r) { return ledger::verify(r, smi); });
    EXPECT_FALSE(verdict.first_trouble);
}

TEST_P(Forgetting, is_finished_after_a_crash_between_key_and_row) {
    be_together_and_back();
    const std::int64_t slots[] = {row(request).key_slot};
    clock.advance(24h);
    keys->destroy(slots);                                           // and then the power went
    EXPECT_TRUE(row(request).sealed);
    pass(0ms);
    EXPECT_TRUE(is_identity_gone());
    EXPECT_FALSE(row(request).sealed);
}

// Every text in every table that isn't people/'s own: no name, no number, no id of the person.
TEST_P(Forgetting, leaves_no_trace_in_the_rows) {
    be_together_and_back();
    pass(24h);
    for (const sql::Statement& words :
         {sql::Statement("SELECT COUNT(*) FROM ledger_entry WHERE verb NOT LIKE 'person.%' "
                         "AND subjects LIKE $1"),
          sql::Statement("SELECT COUNT(*) FROM request_event WHERE detail LIKE $1"),
          sql::Statement("SELECT COUNT(*) FROM danger WHERE place LIKE $1")}) {
        EXPECT_EQ(count(words, "%" + person.text() + "%"), 0);
    }
    for (const sql::Statement& ids :
         {sql::Statement("SELECT COUNT(*) FROM call_out WHERE person_id = $1"),
          sql::Statement("SELECT COUNT(*) FROM exposure WHERE person_id = $1"),
          sql::Statement("SELECT COUNT(*) FROM offer WHERE person_id = $1")}) {
        EXPECT_EQ(count(ids, person), 0);
    }
}

// Byte by byte: what the file, its log and a backup hold of the person is what they held before
// anybody asked, the roll alone.
TEST_P(Forgetting, leaves_no_trace_in_the_bytes_of_file_log_or_backup) {
    if (GetParam() != sql::Store::file) GTEST_SKIP() << "bytes of a file";
    const auto planted = resident("777002Z", "A-1-002");
    const auto mentions = [&](const std::string& name) {
        const auto bytes = file(name);
        std::size_t out = 0;
        const std::string raw(planted.uuid.bytes.begin(), planted.uuid.bytes.end());
        for (const std::string& trace :
             {planted.text(), raw, std::string("777002Z"), std::string("Planted")}) {
            for (auto at = bytes.find(trace); at != bytes.npos; at = bytes.find(trace, at + 1)) {
                ++out;
            }
        }
        return out;
    };
    db().backup_to(folder().file("before.db"), [](int, int) {});
    request = asked(planted, listeners);
    const std::string key_bytes = [&] {
        const auto slot = static_cast<std::size_t>(row(request).key_slot);
        return file("keys").substr(32 + slot * 32, 32);
    }();
    const auto sealed = *row(request).sealed;
    const std::string box(sealed.begin(), sealed.end());
    const std::string yesterday = folder().file("yesterday.db");
    db().backup_to(yesterday, [](int, int) {});
    be_together_and_back();
    pass(24h);
    const std::string today = folder().file("today.db");
    db().backup_to(today, [](int, int) {});

    EXPECT_EQ(file("keys").find(key_bytes), std::string::npos);
    for (const char* name : {"test.db", "test.db-wal", "today.db", "yesterday.db"}) {
        const auto bytes = file(name);
        EXPECT_EQ(bytes.find(key_bytes), std::string::npos) << name;
        EXPECT_EQ(bytes.find("\"person\""), std::string::npos) << name << ": a sealed text, open";
    }
    EXPECT_EQ(mentions("today.db"), mentions("before.db")) << "the roll alone names the person";
    EXPECT_EQ(file("today.db").find(box), std::string::npos);
    EXPECT_NE(file("yesterday.db").find(box), std::string::npos) << "a backup keeps its boxes …";

    // … and yesterday's backup, restored, opens them no more.
    auto restored = sql::Database::open("sqlite:" + yesterday, options());
    const auto was = restored->read([&](sql::Reader& r) {
        return store::request(r, smi, request);
    });
    ASSERT_TRUE(was && was->sealed);
    EXPECT_FALSE(asker_of(*keys, *was));
}

}  // namespace
}  // namespace alongside::dispatch
