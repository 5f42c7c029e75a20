// One installation: its database, and the files that live beside it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "access/access.h"
#include "base/clock.h"
#include "base/entropy.h"
#include "nouns/names.h"
#include "sql/database.h"
#include "vault/vault.h"

namespace alongside::program {

// A sentence for whoever runs the program; printed as it is, exit code 2.
class Unusable : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// Everything that isn't in the database, by default beside it.
struct Files {
    std::string database;        // "sqlite:PATH" or "postgresql://…"
    std::string keys;            // identity keys; backups leave this out
    std::string pepper;
    std::string socket;          // where a running `serve` takes commands
    static Files of(const std::string& database);
    // The path of an SQLite file; empty for anything else.
    std::string sqlite_path() const;
};

struct Opening {
    bool create = false;         // make what is missing
    bool is_served = false;      // takes the lease
    bool opens_secrets = true;   // false: nobody signs in, so no pepper is needed
    bool is_of_one_prison = true;
    bool makes_keys = false;     // where their file is gone; else there are none, and none is made
    bool wait_for_disk = true;
    access::Cost cost;           // of one guess at a password
    int readers = 4;
};

class Installation {
public:
    // Throws Unusable when nothing is there or migrations are pending; sql::Fault when another
    // `serve` has it.
    static std::unique_ptr<Installation> open(const Files& files, const Opening& opening);
    virtual ~Installation() = default;

    Files files;
    SystemClock clock;
    SystemEntropy entropy;
    std::unique_ptr<sql::Database> database;
    std::unique_ptr<sql::Lease> lease;
    std::unique_ptr<vault::KeyFile> keys;
    std::unique_ptr<access::Secrets> secrets;
    bool are_keys_new = false;          // there was no key file where one was to be
    EstablishmentId establishment;      // the first, or the one asked for; empty: none yet

    Occasion occasion() { return {the_program(establishment), clock.now(), &entropy}; }
};

// The embedded migrations, in order.
std::vector<sql::Migration> migrations();
// Which establishment a command means: the one named or, if there is only one, that.
// Throws Unusable with the choices otherwise.
EstablishmentId choose_establishment(sql::Database& database, const std::string& wanted);

}  // namespace alongside::program
