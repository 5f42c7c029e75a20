#include "welfare/store.h"

#include <algorithm>

namespace alongside::welfare::store {
namespace {

void note_change(sql::Transaction& tx, const EstablishmentId& home, PersonId person) {
    const auto change = sql::next_change(last_change(tx, home));
    tx.run("INSERT INTO load_change (establishment_id, seq, version, person_id) "
           "VALUES ($1, $2, $3, $4)",
           home, change.seq, change.version, person);
    if (sql::is_time_to_drop(change.seq)) {
        tx.run("DELETE FROM load_change WHERE establishment_id = $1 AND seq <= $2", home,
               change.seq - sql::changes_kept);
    }
}

}  // namespace

std::optional<ChangeSeen> last_change(sql::Reader& reader, const EstablishmentId& home) {
    return reader.maybe<ChangeSeen>(
        "SELECT seq, version FROM load_change WHERE establishment_id = $1 "
        "ORDER BY seq DESC LIMIT 1",
        home);
}

bool has_change(sql::Reader& reader, const EstablishmentId& home, const ChangeSeen& seen) {
    return reader
        .maybe<std::int64_t>("SELECT seq FROM load_change WHERE establishment_id = $1 "
                             "AND seq = $2 AND version = $3",
                             home, seen.seq, seen.version)
        .has_value();
}

std::vector<PersonId> changed_since(sql::Reader& reader, const EstablishmentId& home,
                                    std::int64_t seq) {
    return reader.rows<PersonId>(
        "SELECT DISTINCT person_id FROM load_change WHERE establishment_id = $1 AND seq > $2 "
        "ORDER BY person_id",
        home, seq);
}

// ---- sessions and rest --------------------------------------------------------------------------

std::optional<Exposure> exposure(sql::Reader& reader, const EstablishmentId& home,
                                 PersonId person, SessionId session) {
    return reader.maybe<Exposure>(
        "SELECT person_id, session_id, scheme, from_at, until_at, night_of, is_own_wish "
        "FROM exposure WHERE establishment_id = $1 AND person_id = $2 AND session_id = $3",
        home, person, session);
}

void add_exposure(sql::Transaction& tx, const EstablishmentId& home, const Exposure& e) {
    tx.run("INSERT INTO exposure (establishment_id, person_id, session_id, scheme, from_at, "
           "night_of, is_own_wish) VALUES ($1, $2, $3, $4, $5, $6, $7)",
           home, e.person_id, e.session_id, e.scheme, e.from_at, e.night_of, e.is_own_wish);
    note_change(tx, home, e.person_id);
}

void reopen_exposure(sql::Transaction& tx, const EstablishmentId& home, const Exposure& e,
                     Instant now) {
    tx.run("UPDATE exposure SET from_at = $4, until_at = NULL "
           "WHERE establishment_id = $1 AND person_id = $2 AND session_id = $3",
           home, e.person_id, e.session_id, now - (*e.until_at - e.from_at));
    note_change(tx, home, e.person_id);
}

void end_exposure(sql::Transaction& tx, const EstablishmentId& home, const Exposure& e,
                  Instant until, const std::optional<Day>& night_of) {
    tx.run("UPDATE exposure SET until_at = $4 "
           "WHERE establishment_id = $1 AND person_id = $2 AND session_id = $3",
           home, e.person_id, e.session_id, until);
    if (night_of && !e.night_of) {
        tx.run("UPDATE exposure SET night_of = $4 "
               "WHERE establishment_id = $1 AND person_id = $2 AND session_id = $3 "
               "AND NOT EXISTS (SELECT 1 FROM exposure o WHERE o.establishment_id = $1 "
               "AND o.person_id = $2 AND o.night_of = $4)",
               home, e.person_id, e.session_id, *night_of);
    }
    note_change(tx, home, e.person_id);
}

void add_rest(sql::Transaction& tx, const EstablishmentId& home, PersonId person,
              SessionId session, const rules::Rest& rest) {
    tx.run("INSERT INTO rest (establishment_id, person_id, session_id, from_at, until_at, "
           "excused_on) VALUES ($1, $2, $3, $4, $5, $6) "
           "ON CONFLICT (establishment_id, person_id, session_id) DO UPDATE SET "
           "from_at = excluded.from_at, until_at = excluded.until_at, "
           "excused_on = excluded.excused_on, waived_at = NULL",
           home, person, session, rest.from, rest.until, rest.excused_on);
    note_change(tx, home, person);
}

bool lengthen_rest(sql::Transaction& tx, const EstablishmentId& home, PersonId person,
                   SessionId session, const rules::Rest& to) {
    const auto changed = tx.run(
        "UPDATE rest SET until_at = $4, excused_on = $5 WHERE establishment_id = $1 "
        "AND person_id = $2 AND session_id = $3 AND waived_at IS NULL",
        home, person, session, to.until, to.excused_on);
    if (changed > 0) note_change(tx, home, person);
    return changed > 0;
}

std::optional<Instant> rest_until(sql::Reader& reader, const EstablishmentId& home,
                                  PersonId person, SessionId session) {
    return reader.maybe<Instant>(
        "SELECT until_at FROM rest "
        "WHERE establishment_id = $1 AND person_id = $2 AND session_id = $3",
        home, person, session);
}

int waive_rest(sql::Transaction& tx, const EstablishmentId& home, PersonId person, Instant at) {
    const int waived = tx.run(
        "UPDATE rest SET waived_at = $3 WHERE establishment_id = $1 AND person_id = $2 "
        "AND waived_at IS NULL AND from_at <= $3 AND until_at > $3",
        home, person, at);
    if (waived > 0) note_change(tx, home, person);
    return waived;
}

// ---- standing down, asking to talk --------------------------------------------------------------

bool is_known(sql::Reader& reader, PersonId person) {
    return reader
        .maybe<PersonId>("SELECT person_id FROM person WHERE person_id = $1", person)
        .has_value();
}

bool is_standing_down(sql::Reader& reader, const EstablishmentId& home, PersonId person,
                      const Uuid& id, Instant now, Instant until) {
    return reader
        .maybe<Uuid>("SELECT stand_down_id FROM stand_down WHERE establishment_id = $1 "
                     "AND (stand_down_id = $2 OR (person_id = $3 AND ended_at IS NULL "
                     "AND from_at <= $4 AND until_at >= $5)) LIMIT 1",
                     home, id, person, now, until)
        .has_value();
}

void add_stand_down(sql::Transaction& tx, const EstablishmentId& home, const Uuid& id,
                    PersonId person, Instant from, Instant until) {
    tx.run("INSERT INTO stand_down (establishment_id, stand_down_id, person_id, from_at, until_at)"
           " VALUES ($1, $2, $3, $4, $5)",
           home, id, person, from, until);
    note_change(tx, home, person);
}

int end_stand_downs(sql::Transaction& tx, const EstablishmentId& home, PersonId person,
                    Instant at) {
    const int ended = tx.run(
        "UPDATE stand_down SET ended_at = $3 WHERE establishment_id = $1 AND person_id = $2 "
        "AND ended_at IS NULL AND until_at > $3",
        home, person, at);
    if (ended > 0) note_change(tx, home, person);
    return ended;
}

bool has_open_ask(sql::Reader& reader, const EstablishmentId& home, PersonId person,
                  const Uuid& id) {
    return reader
        .maybe<Uuid>("SELECT support_ask_id FROM support_ask WHERE establishment_id = $1 "
                     "AND (support_ask_id = $2 OR (person_id = $3 AND answered_at IS NULL)) "
                     "LIMIT 1",
                     home, id, person)
        .has_value();
}

void add_ask(sql::Transaction& tx, const EstablishmentId& home, const SupportAsk& ask) {
    tx.run("INSERT INTO support_ask (establishment_id, support_ask_id, person_id, asked_at) "
           "VALUES ($1, $2, $3, $4)",
           home, ask.support_ask_id, ask.person_id, ask.asked_at);
}

std::optional<bool> is_answered(sql::Reader& reader, const EstablishmentId& home,
                                const Uuid& id) {
    return reader.maybe<bool>(
        "SELECT answered_at IS NOT NULL AS is_answered FROM support_ask "
        "WHERE establishment_id = $1 AND support_ask_id = $2",
        home, id);
}

void answer_ask(sql::Transaction& tx, const EstablishmentId& home, const Uuid& id, Instant at,
                const std::string& by) {
    tx.run("UPDATE support_ask SET answered_at = $3, answered_by = $4 "
           "WHERE establishment_id = $1 AND support_ask_id = $2 AND answered_at IS NULL",
           home, id, at, by);
}

std::vector<SupportAsk> open_asks(sql::Reader& reader, const EstablishmentId& home) {
    return reader.rows<SupportAsk>(
        "SELECT support_ask_id, person_id, asked_at FROM support_ask "
        "WHERE establishment_id = $1 AND answered_at IS NULL ORDER BY asked_at, support_ask_id",
        home);
}

// ---- leaving and merging ------------------------------------------------------------------------

int end_all_exposures(sql::Transaction& tx, const EstablishmentId& home, PersonId person,
                      Instant at) {
    const int ended = tx.run(
        "UPDATE exposure SET until_at = CASE WHEN from_at > $3 THEN from_at ELSE $3 END "
        "WHERE establishment_id = $1 AND person_id = $2 AND until_at IS NULL",
        home, person, at);
    if (ended > 0) note_change(tx, home, person);
    return ended;
}

void merge(sql::Transaction& tx, const EstablishmentId& home, PersonId from, PersonId to) {
    tx.run("UPDATE exposure SET person_id = $3, came_by_merging = TRUE "
           "WHERE establishment_id = $1 AND person_id = $2 AND session_id NOT IN "
           "(SELECT o.session_id FROM exposure o WHERE o.establishment_id = $1 "
           "AND o.person_id = $3)",
           home, from, to);
    tx.run("DELETE FROM exposure WHERE establishment_id = $1 AND person_id = $2", home, from);
    tx.run("UPDATE rest SET person_id = $3 WHERE establishment_id = $1 AND person_id = $2 "
           "AND session_id NOT IN (SELECT o.session_id FROM rest o "
           "WHERE o.establishment_id = $1 AND o.person_id = $3)",
           home, from, to);
    tx.run("DELETE FROM rest WHERE establishment_id = $1 AND person_id = $2", home, from);
    tx.run("UPDATE debrief SET person_id = $3 WHERE establishment_id = $1 AND person_id = $2 "
           "AND session_id NOT IN (SELECT o.session_id FROM debrief o "
           "WHERE o.establishment_id = $1 AND o.person_id = $3)",
           home, from, to);
    tx.run("DELETE FROM debrief WHERE establishment_id = $1 AND person_id = $2", home, from);
    tx.run("UPDATE stand_down SET person_id = $3 WHERE establishment_id = $1 AND person_id = $2",
           home, from, to);
    tx.run("UPDATE support_ask SET person_id = $3 WHERE establishment_id = $1 AND person_id = $2",
           home, from, to);
    note_change(tx, home, from);
    note_change(tx, home, to);
}

}  // namespace alongside::welfare::store
