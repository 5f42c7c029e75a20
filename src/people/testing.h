// A small invented prison for this room's tests.
#pragma once

#include "people/people.h"
#include "sql/testing.h"

namespace alongside::people {

inline EstablishmentId prison(const char* code) { return EstablishmentId::parse(code).value(); }
inline LocationKey at(const char* place) { return LocationKey::parse(place, {}).value(); }
inline SchemeCode scheme(const char* code) { return SchemeCode::parse(code).value(); }

// MDI: wing A ordinary, wing V for vulnerable persons; cells A-1-001 to A-1-004 and V-1-001.
inline NewEstablishment small_prison(const char* code = "MDI") {
    NewEstablishment out{prison(code), "Invented Moor", "Europe/London",
                         "[A-Z][0-9]{4}[A-Z]{2}", "en", {}, {}, {}};
    out.units = {{"MAIN", "Main", "medium", "ordinary", 2},
                 {"VPU", "Vulnerable persons", "medium", "vulnerable", 2}};
    out.wings = {{"A", "MAIN", "A wing"}, {"V", "VPU", "V wing"}};
    for (const char* cell : {"A-1-001", "A-1-002", "A-1-003", "A-1-004"}) {
        out.places.push_back({at(cell), "A", PlaceKind::cell, "", false});
    }
    out.places.push_back({at("V-1-001"), "V", PlaceKind::cell, "", false});
    out.places.push_back({at("A-S"), "A", PlaceKind::suite, "A wing suite", true});
    return out;
}

// Every store test of this room: the small prison, a clock and a seed.
class EveryPrison : public sql::EveryEngine {
protected:
    void SetUp() override {
        EveryEngine::SetUp();
        if (HasFatalFailure()) return;
        ASSERT_TRUE(establish(db(), now(), small_prison()).has_value());
    }
    Occasion now() {
        Occasion out{the_program(mdi), clock.now(), &entropy};
        out.who.actor = "tester";
        return out;
    }
    // A resident in a cell, with ids of the test's own.
    PersonId resident(const char* number, const char* cell = "A-1-001") {
        NewPerson p{.person_id = PersonId::make(clock.now(), entropy), .number = number,
                    .given_names = "Given", .family_name = "Family",
                    .sex = Sex::male, .languages = "en", .place = at(cell)};
        const auto done = register_person(db(), now(), p);
        EXPECT_TRUE(done.has_value()) << (done ? "" : done.error().code);
        return p.person_id;
    }
    MemberId member(PersonId person, const char* label, const char* code = "pops") {
        const auto id = MemberId::make(clock.now(), entropy);
        const auto done = join(db(), now(), id, person, scheme(code), label, {});
        EXPECT_TRUE(done.has_value()) << (done ? "" : done.error().code);
        return id;
    }
    std::vector<MemberFacts> pops() {
        return db().read([&](sql::Reader& r) {
            return members(r, mdi, scheme("pops"), clock.now());
        });
    }
    std::optional<Whereabouts> where(PersonId person) {
        return db().read([&](sql::Reader& r) { return whereabouts(r, mdi, person); });
    }
    std::vector<PersonId> kept(PersonId person) {
        return db().read([&](sql::Reader& r) { return company(r, mdi, person, {}, {}).kept_from; });
    }
    std::int64_t count(const sql::Statement& statement) {
        return db().read([&](sql::Reader& r) { return r.one<std::int64_t>(statement); });
    }
    std::int64_t entries() { return count("SELECT COUNT(*) FROM ledger_entry"); }

    const EstablishmentId mdi = prison("MDI");
    SteppedClock clock{parse_iso_instant("2026-11-21T22:00:00Z").value()};
    SeededEntropy entropy{7};
};

// The code of a refusal; empty where it was done.
template <class T>
std::string refused(const Result<T>& result) {
    return result ? std::string() : std::string(result.error().code);
}

}  // namespace alongside::people
