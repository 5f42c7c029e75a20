// The rows of calendar feeds, and what a feed reads of the rota.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "rota/feeding.h"

namespace alongside::rota::store {

struct FeedRow {
    FeedId feed_id;
    FeedShows shows;
    std::optional<PersonId> person_id;
    std::optional<SchemeCode> scheme;
    std::string language;
    AccountId account_id;
    Instant made_at;
    std::optional<Instant> ended_at;
};
BOOST_DESCRIBE_STRUCT(FeedRow, (), (feed_id, shows, person_id, scheme, language, account_id,
                                    made_at, ended_at))
std::optional<FeedRow> feed(sql::Reader&, const EstablishmentId&, FeedId);
std::optional<FeedRow> feed_by_key(sql::Reader&, const EstablishmentId&,
                                   const sql::Bytes& key_hash);
// Those that weren't ended, the latest first.
std::vector<FeedRow> feeds(sql::Reader&, const EstablishmentId&);
void add_feed(sql::Transaction&, const EstablishmentId&, const FeedRow&,
              const sql::Bytes& key_hash);
void end_feed(sql::Transaction&, const EstablishmentId&, FeedId, Instant at);
// The feeds of what this person alone does; how many ended.
int end_feeds_of(sql::Transaction&, const EstablishmentId&, PersonId, Instant at);

// Everything that was ever on the rota and ends in [from, to): also what was cancelled, and who was
// taken off.
struct FeedTurn {
    PersonId person_id;
    ShiftId shift_id;
    SchemeCode scheme;
    std::string name;
    Instant from_at, until_at, ends_at;
    std::optional<Instant> cancelled_at;
    std::int64_t shift_revision, revision;
    std::optional<Instant> shift_revised_at, revised_at;
};
BOOST_DESCRIBE_STRUCT(FeedTurn, (), (person_id, shift_id, scheme, name, from_at, until_at, ends_at,
                                     cancelled_at, shift_revision, revision, shift_revised_at,
                                     revised_at))
std::vector<FeedTurn> feed_turns(sql::Reader&, const EstablishmentId&, PersonId, Instant from,
                                 Instant to);
struct FeedShift {
    ShiftId shift_id;
    std::string name;
    Instant starts_at, ends_at;
    int needed;
    std::optional<Instant> cancelled_at;
    std::int64_t revision;              // of the shift and of everybody on it
    std::optional<Instant> revised_at;
};
BOOST_DESCRIBE_STRUCT(FeedShift, (), (shift_id, name, starts_at, ends_at, needed, cancelled_at,
                                      revision, revised_at))
std::vector<FeedShift> feed_shifts(sql::Reader&, const EstablishmentId&, const SchemeCode&,
                                   Instant from, Instant to);

}  // namespace alongside::rota::store
