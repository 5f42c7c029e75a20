// What other rooms do to a person's load inside their own transactions.
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "base/ensure.h"
#include "ledger/ledger.h"
#include "welfare/store.h"
#include "welfare/welfare.h"

namespace alongside::welfare {

void begin_exposure(sql::Transaction& tx, const Occasion& occasion, PersonId person,
                    SessionId session, const SchemeCode& scheme,
                    const std::optional<Night>& night, bool is_own_wish) {
    const auto& home = occasion.who.establishment;
    if (const auto before = store::exposure(tx, home, person, session)) {
        if (before->until_at) store::reopen_exposure(tx, home, *before, occasion.now);
        return;
    }
    store::Exposure exposure{person, session, scheme, occasion.now, {}, {}, is_own_wish};
    if (night) exposure.night_of = night->starts_on;
    store::add_exposure(tx, home, exposure);
}

std::optional<Instant> end_exposure(sql::Transaction& tx, const Occasion& occasion,
                                    PersonId person, SessionId session,
                                    const schemes::Policy& policy, const Zone& zone,
                                    bool was_hard) {
    const auto& home = occasion.who.establishment;
    const auto exposure = store::exposure(tx, home, person, session);
    ENSURE(exposure.has_value());
    if (exposure->until_at) return store::rest_until(tx, home, person, session);
    const auto ended = std::max(occasion.now, exposure->from_at);
    const auto touched = night_touched(zone, policy.night, exposure->from_at, ended);
    std::optional<Day> night_of;
    if (touched) night_of = touched->starts_on;
    store::end_exposure(tx, home, *exposure, ended, night_of);

    std::optional<Instant> rest_until;
    if (touched || exposure->night_of) {
        const auto rest = rules::rest_after(ended, policy.rest_hours, zone);
        store::add_rest(tx, home, person, session, rest);
        ledger::append(tx, occasion,
                       {"rest.protected", {person.text(), session.text()},
                        boost::json::serialize(boost::json::value{
                            {"untilAt", iso_instant(rest.until)},
                            {"excusedOn", iso_day(rest.excused_on)}})});
        rest_until = rest.until;
    }
    if (was_hard || policy.debrief_owed == schemes::DebriefOwed::after_every_session) {
        owe_debrief(tx, occasion, person, session, exposure->scheme, policy.debrief_within_hours);
    }
    return rest_until;
}

void seen_home(sql::Transaction& tx, const Occasion& occasion, PersonId person, SessionId session,
               const schemes::Policy& policy, const Zone& zone) {
    const auto& home = occasion.who.establishment;
    const auto until = store::rest_until(tx, home, person, session);
    const auto whole = rules::rest_after(occasion.now, policy.rest_hours, zone);
    if (!until || *until <= occasion.now || *until >= whole.until) return;
    if (!store::lengthen_rest(tx, home, person, session, whole)) return;      // waived by the peer
    ledger::append(tx, occasion,
                   {"rest.protected", {person.text(), session.text()},
                    boost::json::serialize(boost::json::value{
                        {"untilAt", iso_instant(whole.until)},
                        {"excusedOn", iso_day(whole.excused_on)}})});
}

void owe_debrief(sql::Transaction& tx, const Occasion& occasion, PersonId person,
                 SessionId session, const SchemeCode& scheme, int within_hours) {
    const auto& home = occasion.who.establishment;
    if (store::has_debrief(tx, home, person, session)) return;
    const DebriefOwed owed{DebriefId::make(occasion.now, *occasion.entropy), person, scheme,
                           occasion.now, occasion.now + Hours{within_hours}, {}, {}};
    store::add_debrief(tx, home, owed, session);
    ledger::append(tx, occasion,
                   {"debrief.owed", {owed.debrief_id.text(), person.text()},
                    boost::json::serialize(
                        boost::json::value{{"offerBy", iso_instant(owed.offer_by)}})});
}

void person_left(sql::Transaction& tx, const Occasion& occasion, PersonId person) {
    const auto& home = occasion.who.establishment;
    const int sessions = store::end_all_exposures(tx, home, person, occasion.now);
    const int stood_down = store::end_stand_downs(tx, home, person, occasion.now);
    if (sessions + stood_down == 0) return;
    ledger::append(tx, occasion, {"welfare.person_left", {person.text()}, "{}"});
}

void person_merged(sql::Transaction& tx, const Occasion& occasion, PersonId from, PersonId to) {
    if (from == to) return;
    store::merge(tx, occasion.who.establishment, from, to);
    ledger::append(tx, occasion, {"welfare.person_merged", {from.text(), to.text()}, "{}"});
}

}  // namespace alongside::welfare
