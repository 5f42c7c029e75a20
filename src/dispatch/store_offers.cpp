#include "dispatch/store_going.h"

namespace alongside::dispatch::store {
namespace {

constexpr sql::Fragment offer_columns{
    "SELECT offer_id, request_id, person_id, how, is_own_wish, ended_at, ended_how FROM offer "
    "WHERE establishment_id = $1 "};
constexpr sql::Fragment call_out_columns{
    "SELECT call_out_id, request_id, person_id, place_in_pair, accepted_at, is_own_wish, "
    "session_id, arrived_at, COALESCE(departed_at, turned_back_at) AS departed_at, back_at, "
    "ended_at, ended_how FROM call_out "
    "WHERE establishment_id = $1 "};
constexpr sql::Fragment unlock_columns{
    "SELECT unlock_id, request_id, call_out_id, officers_needed, authorised_at, ended_at, "
    "ended_how FROM unlock WHERE establishment_id = $1 "};

}  // namespace

// ---- offers -------------------------------------------------------------------------------------

void add_offer(sql::Transaction& tx, const EstablishmentId& id, const Offer& o, PersonId person,
               Instant now, Instant answer_by) {
    tx.run("INSERT INTO offer (establishment_id, offer_id, request_id, person_id, how, "
           "offered_at, answer_by, is_own_wish) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
           id, o.offer_id, o.request_id, person, o.how, now, answer_by, o.is_own_wish);
}

std::optional<OfferRow> offer(sql::Reader& db, const EstablishmentId& id, OfferId offer) {
    return db.maybe<OfferRow>(sql::Statement(offer_columns) + "AND offer_id = $2", id, offer);
}

std::vector<OfferRow> open_offers(sql::Reader& db, const EstablishmentId& id, RequestId request) {
    return db.rows<OfferRow>(sql::Statement(offer_columns) +
                                 "AND request_id = $2 AND ended_at IS NULL ORDER BY offer_id",
                             id, request);
}

std::vector<OfferRow> open_offers_to(sql::Reader& db, const EstablishmentId& id,
                                     PersonId person) {
    return db.rows<OfferRow>(
        sql::Statement(offer_columns) + "AND person_id = $2 AND ended_at IS NULL", id, person);
}

void end_offer(sql::Transaction& tx, const EstablishmentId& id, OfferId offer, Instant now,
               OfferEnd how) {
    tx.run("UPDATE offer SET ended_at = $3, ended_how = $4 "
           "WHERE establishment_id = $1 AND offer_id = $2",
           id, offer, now, how);
}

void delete_offers(sql::Transaction& tx, const EstablishmentId& id, RequestId request) {
    tx.run("DELETE FROM offer WHERE establishment_id = $1 AND request_id = $2", id, request);
}

std::vector<BusyPeer> busy_peers(sql::Reader& db, const EstablishmentId& id, RequestId request) {
    return db.rows<BusyPeer>(
        "SELECT person_id, 'asked' AS busy, request_id = $2 AS goes_here, offered_at AS since "
        "FROM offer WHERE establishment_id = $1 AND ended_at IS NULL "
        "UNION ALL SELECT person_id, CASE WHEN arrived_at IS NULL THEN 'called' ELSE 'there' END, "
        "request_id = $2 AND departed_at IS NULL AND turned_back_at IS NULL, "
        "COALESCE(arrived_at, accepted_at) "
        "FROM call_out WHERE establishment_id = $1 AND ended_at IS NULL "
        "UNION ALL SELECT person_id, 'said_no', FALSE, offered_at FROM offer "
        "WHERE establishment_id = $1 AND request_id = $2 AND ended_how = 'not_available'",
        id, request);
}

// ---- call-outs ----------------------------------------------------------------------------------

void add_call_out(sql::Transaction& tx, const EstablishmentId& id, const CallOut& c) {
    tx.run("INSERT INTO call_out (establishment_id, call_out_id, request_id, person_id, "
           "place_in_pair, accepted_at, is_own_wish, session_id) "
           "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
           id, c.call_out_id, c.request_id, c.person_id, c.place_in_pair, c.accepted_at,
           c.is_own_wish, c.session_id);
}

std::optional<CallOut> call_out(sql::Reader& db, const EstablishmentId& id, Uuid call_out) {
    return db.maybe<CallOut>(sql::Statement(call_out_columns) + "AND call_out_id = $2", id,
                             call_out);
}

std::vector<CallOut> call_outs(sql::Reader& db, const EstablishmentId& id, RequestId request) {
    return db.rows<CallOut>(sql::Statement(call_out_columns) +
                                "AND request_id = $2 ORDER BY accepted_at, call_out_id",
                            id, request);
}

std::vector<CallOut> open_call_outs_of(sql::Reader& db, const EstablishmentId& id,
                                       PersonId person) {
    return db.rows<CallOut>(
        sql::Statement(call_out_columns) + "AND person_id = $2 AND ended_at IS NULL", id, person);
}

void set_arrived(sql::Transaction& tx, const EstablishmentId& id, Uuid call_out, Instant now,
                 SessionId session) {
    tx.run("UPDATE call_out SET arrived_at = $3, session_id = $4 "
           "WHERE establishment_id = $1 AND call_out_id = $2",
           id, call_out, now, session);
}

void set_departed(sql::Transaction& tx, const EstablishmentId& id, Uuid call_out, Instant now) {
    tx.run("UPDATE call_out SET departed_at = $3 "
           "WHERE establishment_id = $1 AND call_out_id = $2 AND departed_at IS NULL",
           id, call_out, now);
}

void set_turned_back(sql::Transaction& tx, const EstablishmentId& id, Uuid call_out, Instant now) {
    tx.run("UPDATE call_out SET turned_back_at = $3 "
           "WHERE establishment_id = $1 AND call_out_id = $2 AND turned_back_at IS NULL",
           id, call_out, now);
}

void end_call_out(sql::Transaction& tx, const EstablishmentId& id, Uuid call_out, Instant now,
                  CallOutEnd how) {
    const bool is_back = how == CallOutEnd::back || how == CallOutEnd::handed_over;
    tx.run("UPDATE call_out SET ended_at = $3, ended_how = $4, back_at = $5 "
           "WHERE establishment_id = $1 AND call_out_id = $2 AND ended_at IS NULL",
           id, call_out, now, how, is_back ? std::optional(now) : std::nullopt);
}

void give_call_outs(sql::Transaction& tx, const EstablishmentId& id, PersonId from, PersonId to) {
    tx.run("UPDATE call_out SET person_id = $3 WHERE establishment_id = $1 AND person_id = $2", id,
           from, to);
    tx.run("UPDATE contact_sheet SET person_id = $3 "
           "WHERE establishment_id = $1 AND person_id = $2",
           id, from, to);
}

// ---- unlocks ------------------------------------------------------------------------------------

void add_unlock(sql::Transaction& tx, const EstablishmentId& id, const Unlock& u, Instant now,
                const std::string& by) {
    tx.run("INSERT INTO unlock (establishment_id, unlock_id, request_id, call_out_id, "
           "officers_needed, asked_at, asked_by) VALUES ($1, $2, $3, $4, $5, $6, $7)",
           id, u.unlock_id, u.request_id, u.call_out_id, u.officers_needed, now, by);
}

std::optional<Unlock> unlock(sql::Reader& db, const EstablishmentId& id, UnlockId unlock) {
    return db.maybe<Unlock>(sql::Statement(unlock_columns) + "AND unlock_id = $2", id, unlock);
}

std::vector<Unlock> unlocks_of_call_out(sql::Reader& db, const EstablishmentId& id,
                                        Uuid call_out) {
    return db.rows<Unlock>(
        sql::Statement(unlock_columns) + "AND call_out_id = $2 ORDER BY asked_at, unlock_id", id,
        call_out);
}

void set_authorised(sql::Transaction& tx, const EstablishmentId& id, UnlockId unlock, Instant now,
                    const std::string& by) {
    tx.run("UPDATE unlock SET authorised_at = $3, authorised_by = $4 "
           "WHERE establishment_id = $1 AND unlock_id = $2 AND ended_at IS NULL",
           id, unlock, now, by);
}

void clear_authorised(sql::Transaction& tx, const EstablishmentId& id, UnlockId unlock) {
    tx.run("UPDATE unlock SET authorised_at = NULL, authorised_by = NULL "
           "WHERE establishment_id = $1 AND unlock_id = $2 AND ended_at IS NULL",
           id, unlock);
}

void set_escorted(sql::Transaction& tx, const EstablishmentId& id, UnlockId unlock, Instant now,
                  const std::string& by) {
    tx.run("UPDATE unlock SET escorted_at = $3, escorted_by = $4, ended_at = $3, "
           "ended_how = 'out' WHERE establishment_id = $1 AND unlock_id = $2 AND ended_at IS NULL",
           id, unlock, now, by);
}

void call_off_unlocks(sql::Transaction& tx, const EstablishmentId& id, Uuid call_out,
                      Instant now) {
    tx.run("UPDATE unlock SET ended_at = $3, ended_how = 'called_off' "
           "WHERE establishment_id = $1 AND call_out_id = $2 AND ended_at IS NULL",
           id, call_out, now);
}

void add_decision(sql::Transaction& tx, const EstablishmentId& id, UnlockId unlock,
                  const Decision& d, const std::string& by) {
    tx.run("INSERT INTO unlock_decision (establishment_id, unlock_id, decided_at, decision, "
           "reason, decided_by, alternative, review_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
           id, unlock, d.decided_at, d.decision, d.reason, by, d.alternative, d.review_at);
}

std::optional<Decision> last_decision(sql::Reader& db, const EstablishmentId& id,
                                      UnlockId unlock) {
    return db.maybe<Decision>(
        "SELECT decided_at, decision, reason, alternative, review_at, reviewed_at "
        "FROM unlock_decision WHERE establishment_id = $1 AND unlock_id = $2 "
        "ORDER BY decided_at DESC LIMIT 1",
        id, unlock);
}

void set_reviewed(sql::Transaction& tx, const EstablishmentId& id, UnlockId unlock, Instant now) {
    tx.run("UPDATE unlock_decision SET reviewed_at = $3 "
           "WHERE establishment_id = $1 AND unlock_id = $2 AND reviewed_at IS NULL",
           id, unlock, now);
}

}  // namespace alongside::dispatch::store
