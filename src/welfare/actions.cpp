#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "ledger/ledger.h"
#include "welfare/refusals.h"
#include "welfare/store.h"
#include "welfare/welfare.h"

namespace alongside::welfare {
namespace {

constexpr Hours longest_stand_down{31 * 24};

// Timers and the simulation; not a token of another program, which has a role.
bool is_the_program(const Viewer& who) { return who.is_machine && who.roles.none(); }
bool is_themselves(const Viewer& who, PersonId person) {
    return who.person == person || is_the_program(who);
}

// Whose debriefs these are: the partner's alone where the scheme says so, else the leads'.
std::optional<Refused> may_lead(sql::Reader& reader, const Viewer& who, const SchemeCode& scheme) {
    if (is_the_program(who)) return std::nullopt;
    const auto policy = schemes::policy(reader, who.establishment, scheme);
    if (policy && policy->debrief_by_partner_alone && !who.has(Role::partner)) {
        return Refused::partner_alone;
    }
    if (who.scheme && *who.scheme != scheme) return Refused::not_your_scheme;
    return std::nullopt;
}

OnStandDown& listener() {
    static OnStandDown told = nullptr;
    return told;
}

}  // namespace

void on_stand_down(OnStandDown told) { listener() = told; }

Result<Done> stand_down(sql::Database& database, const Occasion& occasion, PersonId person,
                        Uuid id, Instant until) {
    const auto& who = occasion.who;
    if (!is_themselves(who, person) && !who.may(Permission::manage_peers)) {
        return refusal(Refused::only_the_peer);
    }
    if (until <= occasion.now || until > occasion.now + longest_stand_down) {
        return refusal(Refused::bad_until);
    }
    return database.write(who.establishment, [&](sql::Transaction& tx) -> Result<Done> {
        if (!store::is_known(tx, person)) return refusal(Refused::unknown_person);
        if (store::is_standing_down(tx, who.establishment, person, id, occasion.now, until)) {
            return Done{};
        }
        store::add_stand_down(tx, who.establishment, id, person, occasion.now, until);
        ledger::append(tx, occasion,
                       {"peer.stood_down", {person.text()},
                        boost::json::serialize(
                            boost::json::value{{"untilAt", iso_instant(until)}})});
        if (listener()) listener()(tx, occasion, person);
        return Done{};
    });
}

Result<Done> take_back_stand_down(sql::Database& database, const Occasion& occasion,
                                  PersonId person) {
    const auto& who = occasion.who;
    if (!is_themselves(who, person)) return refusal(Refused::only_the_peer);
    return database.write(who.establishment, [&](sql::Transaction& tx) -> Result<Done> {
        if (store::end_stand_downs(tx, who.establishment, person, occasion.now) > 0) {
            ledger::append(tx, occasion, {"peer.stand_down_ended", {person.text()}, "{}"});
        }
        return Done{};
    });
}

Result<Done> need_to_talk(sql::Database& database, const Occasion& occasion, PersonId person,
                          Uuid id) {
    const auto& who = occasion.who;
    if (!is_themselves(who, person)) return refusal(Refused::only_the_peer);
    return database.write(who.establishment, [&](sql::Transaction& tx) -> Result<Done> {
        if (!store::is_known(tx, person)) return refusal(Refused::unknown_person);
        if (store::has_open_ask(tx, who.establishment, person, id)) return Done{};
        store::add_ask(tx, who.establishment, {id, person, occasion.now});
        ledger::append(tx, occasion, {"peer.asked_to_talk", {person.text()}, "{}"});
        return Done{};
    });
}

Result<Done> answer_support(sql::Database& database, const Occasion& occasion, Uuid id) {
    const auto& home = occasion.who.establishment;
    return database.write(home, [&](sql::Transaction& tx) -> Result<Done> {
        const auto answered = store::is_answered(tx, home, id);
        if (!answered) return refusal(Refused::unknown_ask);
        if (*answered) return Done{};
        store::answer_ask(tx, home, id, occasion.now, occasion.who.actor);
        ledger::append(tx, occasion, {"peer.talk_answered", {id.text()}, "{}"});
        return Done{};
    });
}

Result<Done> waive_rest(sql::Database& database, const Occasion& occasion, PersonId person) {
    const auto& who = occasion.who;
    if (who.person != person) return refusal(Refused::only_the_peer);
    return database.write(who.establishment, [&](sql::Transaction& tx) -> Result<Done> {
        if (store::waive_rest(tx, who.establishment, person, occasion.now) > 0) {
            ledger::append(tx, occasion, {"rest.waived", {person.text()}, "{}"});
        }
        return Done{};
    });
}

Result<Done> offer_debrief(sql::Database& database, const Occasion& occasion, DebriefId id) {
    const auto& home = occasion.who.establishment;
    return database.write(home, [&](sql::Transaction& tx) -> Result<Done> {
        const auto debrief = store::debrief(tx, home, id);
        if (!debrief) return refusal(Refused::unknown_debrief);
        if (const auto why = may_lead(tx, occasion.who, debrief->scheme)) return refusal(*why);
        if (debrief->offered_at) return Done{};
        if (debrief->held_at || debrief->not_wanted_at) return refusal(Refused::debrief_closed);
        store::offer(tx, home, id, occasion.now, occasion.who.actor);
        ledger::append(tx, occasion, {"debrief.offered", {id.text()}, "{}"});
        return Done{};
    });
}

Result<Done> hold_debrief(sql::Database& database, const Occasion& occasion, DebriefId id,
                          bool officer_was_present) {
    const auto& home = occasion.who.establishment;
    // True: held. False: it was tried with an officer in the room, and that is kept.
    const auto held = database.write(home, [&](sql::Transaction& tx) -> Result<bool> {
        const auto debrief = store::debrief(tx, home, id);
        if (!debrief) return refusal(Refused::unknown_debrief);
        if (const auto why = may_lead(tx, occasion.who, debrief->scheme)) return refusal(*why);
        if (debrief->not_wanted_at) return refusal(Refused::debrief_closed);
        if (debrief->held_at && officer_was_present) return refusal(Refused::debrief_closed);
        if (debrief->held_at) return true;
        if (officer_was_present) {
            if (debrief->with_officer_at == occasion.now) return false;
            store::tried_with_officer(tx, home, id, occasion.now);
            ledger::append(tx, occasion, {"debrief.with_officer", {id.text()}, "{}"});
            return false;
        }
        auto at = occasion.now;
        if (debrief->with_officer_at && *debrief->with_officer_at >= at) {
            at = *debrief->with_officer_at + Millis{1};
        }
        store::hold(tx, home, id, at, occasion.who.actor);
        ledger::append(tx, occasion, {"debrief.held", {id.text()}, "{}"});
        return true;
    });
    if (!held) return held.error();
    if (!*held) return refusal(Refused::officer_present);
    return Done{};
}

Result<Done> decline_debrief(sql::Database& database, const Occasion& occasion, DebriefId id) {
    const auto& who = occasion.who;
    return database.write(who.establishment, [&](sql::Transaction& tx) -> Result<Done> {
        const auto debrief = store::debrief(tx, who.establishment, id);
        if (!debrief) return refusal(Refused::unknown_debrief);
        if (!is_themselves(who, debrief->person_id)) return refusal(Refused::only_the_peer);
        if (debrief->not_wanted_at) return Done{};
        if (debrief->held_at) return refusal(Refused::debrief_closed);
        store::not_wanted(tx, who.establishment, id, occasion.now);
        ledger::append(tx, occasion, {"debrief.not_wanted", {id.text()}, "{}"});
        return Done{};
    });
}

std::vector<DebriefOwed> open_debriefs(sql::Reader& reader, const EstablishmentId& home,
                                       const std::optional<SchemeCode>& scheme) {
    return store::open_debriefs(reader, home, scheme);
}

std::vector<SupportAsk> open_support_asks(sql::Reader& reader, const EstablishmentId& home) {
    return store::open_asks(reader, home);
}

}  // namespace alongside::welfare
