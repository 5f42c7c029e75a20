// A large invented prison, written straight into the tables: by its actions it would take minutes.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dispatch/dispatch.h"
#include "sql/database.h"
#include "vault/vault.h"

namespace alongside::bench {

struct Size {
    int residents = 100'000;
    int beds = 0;                    // at least; two to a cell
    int peers = 5'000;               // the first residents, spread over all wings
    int wings = 20;                  // five a unit
    int sessions_a_peer = 6;         // of the last weeks
    int kept_apart = 20'000;         // pairs
};

struct Prison {
    EstablishmentId id;
    SchemeCode scheme;
    std::vector<PersonId> residents;            // the peers first
    std::vector<MemberId> members;              // of the peers
    std::vector<LocationKey> cells;             // of the residents
    std::vector<std::string> numbers;           // of the residents
    std::vector<std::string> units;
};

// An empty database, migrated, and a prison in it: everybody in a cell, two by two; every peer
// ready, cleared for every unit, on call for a day from `now` (at most 400 of them where fewer
// are asked for), with sessions behind them.
Prison fill(sql::Database& database, const Size& size, Instant now, Entropy& entropy);

// Where the n-th resident lives, and their number.
LocationKey cell_of(int resident, int wings);
std::string number_of(int resident);

// What the benchmarks of actions run on: the prison's keys and who acts.
struct Stage {
    sql::Database& database;
    vault::KeyFile& keys;
    Prison& prison;
    Entropy& entropy;
    Instant now;

    dispatch::Desk desk() const { return {database, keys}; }
    Occasion officer() const;
    Occasion program() const { return {the_program(prison.id), now, &entropy}; }
    // Asks for one resident; the id of the request.
    RequestId ask(std::size_t resident);
};

}  // namespace alongside::bench
