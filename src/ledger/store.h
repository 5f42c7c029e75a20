// Rows of the ledger, in and out.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ledger/ledger.h"
#include "ledger/rules.h"

namespace alongside::ledger::store {

struct HeadRow {
    std::int64_t seq = 0;
    std::optional<rules::Hash> entry_hash;
};

struct EntryRow {
    std::int64_t seq = 0;
    std::int64_t at = 0;
    std::string verb;
    std::string subjects;
    std::string actor;
    rules::Hash payload_hash;
    rules::Hash previous_hash;
    rules::Hash entry_hash;
    std::optional<rules::Nonce> nonce;     // both are null where the payload was destroyed
    std::optional<std::string> payload;
};

struct HeldBackRow {
    Uuid entry_id;
    std::string verb;
    std::string subjects;
    std::string actor;
    std::string payload;
};

struct SubjectRow {
    std::int64_t seq = 0;
    std::string subject;
};

// Seq 0 where there is no entry yet.
HeadRow head(sql::Reader& reader, const EstablishmentId& establishment);
void save(sql::Transaction& tx, const EstablishmentId& establishment, const EntryRow& entry,
          const std::vector<std::string>& subjects);
// What those that are still held back say is destroyed as well, and not counted.
int destroy_payloads_of(sql::Transaction& tx, const EstablishmentId& establishment,
                        std::string_view subject);
void hold_back(sql::Transaction& tx, const EstablishmentId& establishment, const HeldBackRow& row,
               Instant due_at);
bool is_any_held_back(sql::Reader& reader, const EstablishmentId& establishment, Instant due_by);
// Those that are due, by their ids; they are here no longer.
std::vector<HeldBackRow> take_held_back(sql::Transaction& tx, const EstablishmentId& establishment,
                                        Instant due_by);
std::vector<Seen> entries_about(sql::Reader& reader, const EstablishmentId& establishment,
                                std::string_view subject);
void each_entry(sql::Reader& reader, const EstablishmentId& establishment,
                const std::function<void(EntryRow&&)>& each);
void each_subject(sql::Reader& reader, const EstablishmentId& establishment,
                  const std::function<void(SubjectRow&&)>& each);
// A payload whose entry isn't there.
std::optional<std::int64_t> stray_payload(sql::Reader& reader,
                                          const EstablishmentId& establishment);

}  // namespace alongside::ledger::store
