// The record of every change: append-only, one hash chain for each establishment.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/words.h"
#include "nouns/names.h"
#include "nouns/viewer.h"
#include "sql/database.h"

namespace alongside::ledger {

struct Entry {
    std::string verb;                   // "request.raised"
    std::vector<std::string> subjects;  // texts of ids, and codes; never names, and no spaces
    std::string payload_json;           // what may have to be destroyed one day
};

// Appends to the chain of `occasion.who.establishment`, in the transaction that makes the change;
// the entry's number, from 1, or 0 where the occasion is held back. The actor is
// `occasion.who.actor`. Announces the transaction: what is recorded, people may be looking at.
// REQUIRES `occasion.entropy`, a verb, and that the transaction is of that establishment.
std::int64_t append(sql::Transaction& tx, const Occasion& occasion, const Entry& entry);

// Appends what was held back and whose hour has come, in no order that tells; how many there were.
int append_held_back(sql::Database& database, const Occasion& occasion);

// Destroys what every entry said that names the subject; how many there were. The chain stays
// verifiable, and says in an entry of its own that they were destroyed.
int destroy_payloads_of(sql::Transaction& tx, const Occasion& occasion, std::string_view subject);

// Where a chain ends. Written down elsewhere (on paper, in a backup's report), it betrays somebody
// who cuts off the tail, or rewrites it so that it fits.
struct Head {
    std::int64_t seq = 0;
    std::string entry_hash;  // 64 hexadecimal digits; empty before the first entry

    std::string text() const;  // "1234-ab12…"
    static std::optional<Head> parse(std::string_view text);
    friend bool operator==(const Head&, const Head&) = default;
};
Head head(sql::Reader& reader, const EstablishmentId& establishment);

// One entry as it is read back, oldest first; no payload where it was destroyed.
struct Seen {
    std::int64_t seq = 0;
    Instant at{};
    std::string verb;
    std::string subjects;  // a space between
    std::string actor;
    std::optional<std::string> payload;
};
// The entries that name a subject, oldest first.
std::vector<Seen> entries_about(sql::Reader& reader, const EstablishmentId& establishment,
                                std::string_view subject);

enum class TroubleKind {
    altered,          // a field of the entry, or of the index beside it, is not what was written
    missing,          // an entry is not there
    reordered,        // an entry stands at another's place
    forged,           // an entry fits itself but not the chain, or the chain not the known head
    payload_altered,  // the payload is not the one that was hashed
    payload_missing,  // the payload is gone, and no later entry says that it was destroyed
};
std::string_view code(TroubleKind kind);

struct Trouble {
    std::int64_t seq;  // of the first entry that is wrong
    TroubleKind kind;
    Words sentence;
};

struct Verdict {
    std::int64_t entries = 0;    // looked at
    std::int64_t destroyed = 0;  // payloads destroyed
    Head head;                   // as it was found
    std::optional<Trouble> first_trouble;
};

// Entries looked at, and how many the head promises. Called now and then.
using Progress = std::function<void(std::int64_t done, std::int64_t total)>;

// Goes through one chain, in one snapshot. With `known`, also through the question whether the
// chain still is the one whose head was written down.
Verdict verify(sql::Reader& reader, const EstablishmentId& establishment,
               const Progress& progress = {}, const std::optional<Head>& known = {});

}  // namespace alongside::ledger
