// Who may have a calendar feed, making one and ending it, and reading one by its key.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "rota/rota.h"

namespace alongside::rota {

using FeedId = Id<struct FeedTag>;

enum class FeedShows {
    own,            // one peer's own shifts, of every scheme they belong to
    scheme,         // every shift of a scheme: how many are wanted and how many are on
    prison,         // of every scheme that is open
};
BOOST_DESCRIBE_ENUM(FeedShows, own, scheme, prison)

struct FeedOf {
    FeedShows shows = FeedShows::own;
    std::optional<PersonId> person_id;      // of `own`
    std::optional<SchemeCode> scheme;       // of `scheme`
};

constexpr int most_feeds = 10;              // of one thing at a time

// Why a feed is refused, in order of precedence.
enum class FeedRefused { not_yours, unknown, too_many };
Refusal refusal(FeedRefused why);

// A peer their own; who manages peers those of their scheme's members, of their scheme and, where
// they look after all schemes, of the prison.
bool may_have(sql::Reader&, const Viewer&, const FeedOf&);

// The key that stands in the address: 256 bits, shown once, kept as a hash alone. Empty where this
// feed was made before.
Result<std::string> make_feed(sql::Database&, const Occasion&, FeedId, const FeedOf&,
                              std::string_view language);
// At once. Of anybody who may have one like it.
Result<Done> end_feed(sql::Database&, const Occasion&, FeedId);
// Who belongs to no scheme any more has no feed either, also after coming back. In withdraw().
void end_feeds_without_scheme(sql::Transaction&, const Occasion&, PersonId);

// Whether what it stands on still holds: the peer belongs to a scheme and has no closed account
// alone; of a scheme or prison, whoever made it may still have it made.
bool is_alive(sql::Reader&, const EstablishmentId&, const FeedOf&, AccountId made_by);

// The feed of that key as iCalendar text. Nothing for a key that is unknown, ended, or whose
// ground is gone: which, nobody is told.
std::optional<std::string> feed_text(sql::Reader&, const EstablishmentId&, std::string_view key,
                                     Instant now);

}  // namespace alongside::rota
