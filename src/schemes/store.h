// The rows of schemes: open ones, pauses, a site's own copies.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "schemes/schemes.h"

namespace alongside::schemes::store {

// Of an open scheme; without a version, the template is in force.
struct InForce {
    std::optional<int> version;
    std::optional<Uuid> digest;
    bool is_paused;
};
BOOST_DESCRIBE_STRUCT(InForce, (), (version, digest, is_paused))
std::optional<InForce> in_force(sql::Reader&, const EstablishmentId&, const SchemeCode&);
std::optional<std::string> text_of(sql::Reader&, const EstablishmentId&, const SchemeCode&,
                                   int version);

struct Version {
    int version;
    Instant saved_at;
    std::string saved_by;
};
BOOST_DESCRIBE_STRUCT(Version, (), (version, saved_at, saved_by))
// The newest first.
std::vector<Version> versions(sql::Reader&, const EstablishmentId&, const SchemeCode&);

std::vector<SchemeCode> open_schemes(sql::Reader&, const EstablishmentId&);
// Those that stand.
std::vector<PausedAs> pauses(sql::Reader&, const EstablishmentId&, const SchemeCode&);

void open_scheme(sql::Transaction&, const EstablishmentId&, const SchemeCode&, Instant at);
void save(sql::Transaction&, const EstablishmentId&, const SchemeCode&, const Version&,
          const std::string& text, const Uuid& digest);
void pause(sql::Transaction&, const EstablishmentId&, const SchemeCode&, PausedAs as, Instant at,
           const std::string& by);
// Ends the open pause, in place: a pause is one stretch with two ends.
void resume(sql::Transaction&, const EstablishmentId&, const SchemeCode&, PausedAs as, Instant at,
            const std::string& by);

}  // namespace alongside::schemes::store
