// An invented prison by night for this room's tests: who asks, who goes, and those in between.
#pragma once

#include <algorithm>
#include <map>
#include <optional>

#include "dispatch/acting.h"
#include "dispatch/dispatch.h"
#include "rota/rota.h"
#include "sql/testing.h"

namespace alongside::dispatch {

inline EstablishmentId prison(const char* code) { return EstablishmentId::parse(code).value(); }
inline LocationKey at(const char* place) { return LocationKey::parse(place, {}).value(); }
inline SchemeCode scheme(const char* code) { return SchemeCode::parse(code).value(); }
inline Instant when(const char* text) { return parse_iso_instant(text).value(); }

// The code of a refusal, without its room; empty where it was done.
template <class T>
std::string refused(const Result<T>& result) {
    return result ? std::string() : std::string(result.error().code.substr(9));
}

// SMI: wing A maximum, B medium, S the intervention unit; suites with and without an alarm.
inline people::NewEstablishment invented_prison() {
    people::NewEstablishment out{prison("SMI"), "Invented Plain", "America/Winnipeg",
                                 "[0-9]{6}[A-Z]", "en", {}, {}, {}};
    out.units = {{"MAX", "Maximum", "maximum", "ordinary", 2},
                 {"MED", "Medium", "medium", "ordinary", 1},
                 {"SIU", "Intervention", "maximum", "intervention", 3}};
    out.wings = {{"A", "MAX", "A range"}, {"B", "MED", "B range"}, {"S", "SIU", "S range"}};
    for (const char* cell : {"A-1-001", "A-1-002", "A-1-003", "A-2-001", "B-1-001", "B-1-002",
                             "B-1-003", "S-1-001"}) {
        const auto key = at(cell);
        out.places.push_back({key, std::string(key.wing()), people::PlaceKind::cell, "", false});
    }
    out.places.push_back({at("B-S"), "B", people::PlaceKind::suite, "B suite", true});
    out.places.push_back({at("A-S"), "A", people::PlaceKind::suite, "A suite", true});
    out.places.push_back({at("A-X"), "A", people::PlaceKind::suite, "A old suite", false});
    out.places.push_back({at("A-L"), "A", people::PlaceKind::listeners_room, "Room", true});
    return out;
}

class ByNight : public sql::EveryEngine {
protected:
    void SetUp() override {
        EveryEngine::SetUp();
        if (HasFatalFailure()) return;
        keys = vault::KeyFile::open(folder().file("keys"), randomness);
        listening.emplace(people::on_movement(
            [this](sql::Transaction& tx, const Occasion& occasion, const people::Movement& m) {
                person_moved(tx, *keys, occasion, m);
                if (m.kind == people::Movement::Kind::left) {
                    welfare::person_left(tx, occasion, m.person_id);
                }
            }));
        must(people::establish(db(), program(), invented_prison()));
        must(schemes::open_scheme(db(), program(), pops));
        must(schemes::open_scheme(db(), program(), listeners));
    }
    void TearDown() override {
        listening.reset();
        keys.reset();
        EveryEngine::TearDown();
    }

    // The site's own copy of the scheme, in which two go to the intervention unit.
    void two_in_the_intervention_unit() {
        auto toml = schemes::template_text(pops).value();
        const std::string_view none = "two_peer_units = []";
        ASSERT_NE(toml.find(none), std::string::npos);
        toml.replace(toml.find(none), none.size(), "two_peer_units = [\"SIU\"]");
        must(schemes::save_policy(db(), program(), pops, toml, 0));
    }

    template <class T>
    T must(Result<T> result) {
        EXPECT_TRUE(result.has_value()) << (result ? std::string_view() : result.error().code);
        return result ? *std::move(result) : T{};
    }
    // The desk as database and keys are open now. Not for use by several threads at once.
    Desk& d() {
        desk_.emplace(Desk{db(), *keys});
        return *desk_;
    }

    // ---- who acts ---------------------------------------------------------------------------
    Occasion as(Role role, std::optional<PersonId> person = {}) {
        Occasion out{{}, clock.now(), &randomness};
        out.who.establishment = smi;
        out.who.account = AccountId(Uuid::v7(from_epoch_ms(0), seeded));
        out.who.person = person;
        out.who.roles.set(static_cast<std::size_t>(role));
        out.who.actor = "account:" + std::string(code(role));
        return out;
    }
    Occasion officer() { return as(Role::officer); }
    Occasion night_manager() { return as(Role::night_manager); }
    Occasion program() { return {the_program(smi), clock.now(), &randomness}; }
    Occasion cell_device(const char* cell) {
        Occasion out{{}, clock.now(), &randomness};
        out.who.establishment = smi;
        out.who.device = DeviceSeen{DeviceId(Uuid::v7(clock.now(), seeded)), DeviceKind::in_cell,
                                    at(cell)};
        out.who.actor = "device:" + std::string(cell);
        return out;
    }

    // ---- people -----------------------------------------------------------------------------
    PersonId resident(const char* number, const char* cell) {
        people::NewPerson p{.person_id = PersonId(Uuid::v7(clock.now(), seeded)),
                            .number = number, .given_names = "Planted", .family_name = "Namesake",
                            .sex = people::Sex::male, .languages = "en", .place = at(cell)};
        must(people::register_person(db(), program(), p));
        return p.person_id;
    }
    // A member who lacks nothing: compact, clearance everywhere, modules, on call for a day.
    MemberId ready_member(PersonId person, const SchemeCode& code, const char* label) {
        const MemberId member(Uuid::v7(clock.now(), seeded));
        must(people::join(db(), program(), member, person, code, label, {}));
        const auto policy =
            db().read([&](sql::Reader& r) { return schemes::policy(r, smi, code); });
        must(people::sign_compact(db(), program(), member, policy->compact_version));
        for (const char* unit : {"MAX", "MED", "SIU"}) {
            must(people::decide_clearance(db(), program(), member, unit, true, "ROUTINE", {}));
        }
        for (const auto& module : policy->modules) {
            must(people::record_module(db(), program(), member, module.code, {}));
        }
        put_on_call(person, code);
        return member;
    }
    void put_on_call(PersonId person, const SchemeCode& code) {
        auto& shift = shifts[code.text()];
        if (shift.uuid.is_nil()) {
            shift = ShiftId(Uuid::v7(clock.now(), seeded));
            must(rota::add_shift(db(), program(), shift, code, "all", clock.now(),
                                 clock.now() + Hours(23), 1));
        }
        on_shift[code.text()].push_back(person);
        must(rota::put_on(db(), program(), shift, on_shift[code.text()]));
    }
    PersonId peer(const char* number, const char* cell, const char* label) {
        const auto person = resident(number, cell);
        members[person] = ready_member(person, pops, label);
        return person;
    }

    // ---- the job ----------------------------------------------------------------------------
    RequestId new_request_id() { return RequestId::make(clock.now(), seeded); }
    Ask ask_for(PersonId person, const SchemeCode& code = {}) {
        Ask out;
        out.request_id = new_request_id();
        out.scheme = code.text().empty() ? pops : code;
        out.person_id = person;
        out.asked_at = clock.now();
        return out;
    }
    RequestId asked(PersonId person, const SchemeCode& code = {}) {
        return must(ask(d(), officer(), ask_for(person, code)));
    }
    Offer offer_to(RequestId request, PersonId person = {}) {
        return {OfferId::make(clock.now(), seeded), request, person, OfferHow::door};
    }
    // Offered and accepted: the call-out.
    Uuid accepted(RequestId request, PersonId person = {}) {
        const auto one = offer_to(request, person);
        must(offer(d(), officer(), one));
        must(answer(d(), officer(), one.offer_id, Answer::going));
        return one.offer_id.uuid;
    }
    UnlockId escorted(Uuid call_out) {
        const UnlockId unlock(Uuid::v7(clock.now(), seeded));
        must(ask_unlock(d(), officer(), unlock, call_out));
        must(authorise_unlock(d(), night_manager(), unlock));
        must(escort(d(), officer(), unlock));
        return unlock;
    }
    Arrival arrival(Uuid call_out) { return {call_out, people::PlaceKind::cell, {}, false}; }
    SessionId arrived(Uuid call_out) {
        must(arrive(d(), officer(), arrival(call_out)));
        return *db().read([&](sql::Reader& r) { return session_of(r, smi, call_out); });
    }
    // From accepted to together.
    SessionId together(Uuid call_out) {
        escorted(call_out);
        return arrived(call_out);
    }
    void pass(Millis time) {
        clock.advance(time);
        run_timers(d(), program());
    }

    // ---- what stands ------------------------------------------------------------------------
    store::Request row(RequestId request) {
        return *db().read([&](sql::Reader& r) { return store::request(r, smi, request); });
    }
    Choice choice(RequestId request) {
        return must(db().read([&](sql::Reader& r) {
            return choose(r, *keys, smi, request, clock.now());
        }));
    }
    std::vector<std::string> timeline(RequestId request) {
        return db().read([&](sql::Reader& r) {
            return r.rows<std::string>("SELECT what FROM request_event WHERE request_id = $1 "
                                       "ORDER BY seq",
                                       request);
        });
    }
    bool has_happened(RequestId request, const char* what) {
        const auto all = timeline(request);
        return std::find(all.begin(), all.end(), what) != all.end();
    }
    template <class... Args>
    std::int64_t count(const sql::Statement& statement, const Args&... args) {
        return db().read(
            [&](sql::Reader& r) { return r.one<std::int64_t>(statement, args...); });
    }
    std::int64_t ledger_entries() { return count("SELECT COUNT(*) FROM ledger_entry"); }

    const EstablishmentId smi = prison("SMI");
    const SchemeCode pops = scheme("pops"), listeners = scheme("listeners");
    SteppedClock clock{when("2026-11-22T08:30:00Z")};      // 02:30 in Winnipeg
    SeededEntropy seeded{11};
    SystemEntropy randomness;
    std::unique_ptr<vault::KeyFile> keys;
    std::optional<people::Listening> listening;
    std::map<PersonId, MemberId> members;
    std::map<std::string, ShiftId> shifts;
    std::map<std::string, std::vector<PersonId>> on_shift;

private:
    std::optional<Desk> desk_;
};

// Somebody who will ask, and a peer.
class OneOfEach : public ByNight {
protected:
    void SetUp() override {
        ByNight::SetUp();
        if (HasFatalFailure()) return;
        person = resident("100001A", "A-1-001");
        one = peer("200001A", "B-1-001", "Peer 1");
    }
    PersonId person, one;
};

}  // namespace alongside::dispatch
