#include "rota/feeding.h"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <map>
#include <set>
#include <sstream>

#include "access/access.h"
#include "base/ensure.h"
#include "ledger/ledger.h"
#include "people/people.h"
#include "rota/feeds.h"
#include "rota/store.h"
#include "rota/store_feeds.h"
#include "schemes/schemes.h"

namespace alongside::rota {
namespace {

FeedOf what_of(const store::FeedRow& row) { return {row.shows, row.person_id, row.scheme}; }

bool is_same(const FeedOf& a, const FeedOf& b) {
    return a.shows == b.shows && a.person_id == b.person_id && a.scheme == b.scheme;
}

std::string subject_of(const FeedOf& what) {
    switch (what.shows) {
        case FeedShows::own: return what.person_id->text();
        case FeedShows::scheme: return what.scheme->text();
        case FeedShows::prison: return "prison";
    }
    return {};
}

bool is_open(sql::Reader& reader, const EstablishmentId& home, const SchemeCode& scheme) {
    const auto open = schemes::open_schemes(reader, home);
    return std::ranges::find(open, scheme) != open.end();
}

// What an account may do now, as when it signs in.
std::optional<Viewer> viewer_of(sql::Reader& reader, const EstablishmentId& home, AccountId id) {
    const auto all = access::accounts(reader, home);
    const auto found = std::ranges::find(all, id, &access::Account::account_id);
    if (found == all.end() || found->disabled_at) return std::nullopt;
    Viewer out;
    out.establishment = home;
    out.account = id;
    out.person = found->person_id;
    out.scheme = found->scheme;
    std::istringstream roles(found->roles);
    for (std::string code; roles >> code;) {
        if (const auto role = role_from(code)) out.roles.set(static_cast<std::size_t>(*role));
    }
    return out;
}

bool has_closed_accounts_alone(sql::Reader& reader, const EstablishmentId& home,
                               PersonId person) {
    bool has_any = false;
    for (const auto& account : access::accounts(reader, home)) {
        if (account.person_id != person) continue;
        if (!account.disabled_at) return false;
        has_any = true;
    }
    return has_any;
}

// What one reading of a feed looks at.
class FeedReading {
public:
    FeedReading(sql::Reader& reader, const EstablishmentId& home, const store::FeedRow& feed,
                Instant now)
        : reader_(reader), home_(home), feed_(feed), say_(Tongue::of(feed.language)),
          zone_(people::zone_of(reader, home)) {
        const auto today = std::chrono::floor<std::chrono::days>(now);
        from_ = today - std::chrono::days{feeds::days_back};
        to_ = today + std::chrono::days{feeds::days_ahead};
    }

    feeds::Calendar calendar() {
        feeds::Calendar out;
        out.language = feed_.language;
        switch (feed_.shows) {
            case FeedShows::own:
                out.name = say_(tr("On call"));
                add_turns(out);
                break;
            case FeedShows::scheme:
                out.name = say_(tr("On call: {scheme}", {{"scheme", name_of(*feed_.scheme)}}));
                add_shifts(out, *feed_.scheme, "");
                break;
            case FeedShows::prison:
                out.name = say_(tr("On call: every scheme"));
                for (const auto& scheme : schemes::open_schemes(reader_, home_)) {
                    add_shifts(out, scheme, name_of(scheme));
                }
                std::ranges::stable_sort(out.events, {}, &feeds::Event::from);
                break;
        }
        return out;
    }

private:
    std::string name_of(const SchemeCode& scheme) {
        const auto policy = schemes::policy(reader_, home_, scheme);
        return policy ? policy->say(say_.tag()).short_name : scheme.text();
    }

    // What changed before changes were counted is as old as the feed, which told it first.
    Instant revised(std::optional<Instant> at) const { return at.value_or(feed_.made_at); }

    void add_turns(feeds::Calendar& out) {
        std::set<SchemeCode> own;
        for (const auto& one : people::memberships(reader_, home_, *feed_.person_id)) {
            own.insert(one.scheme);
        }
        for (const auto& row :
             store::feed_turns(reader_, home_, *feed_.person_id, from_, to_)) {
            if (!own.contains(row.scheme)) continue;
            const auto revised_at = std::max(revised(row.revised_at),
                                             row.shift_revised_at.value_or(Instant{}));
            out.events.push_back(feeds::event_of(
                say_, {row.person_id, row.shift_id, row.name, row.from_at, row.until_at,
                       row.ends_at, row.cancelled_at.has_value(),
                       row.shift_revision + row.revision, revised_at}));
        }
    }

    void add_shifts(feeds::Calendar& out, const SchemeCode& scheme,
                    const std::string& scheme_name) {
        std::map<ShiftId, std::vector<rules::Stretch>> on;
        for (const auto& put : store::puts(reader_, home_, scheme, from_ - rules::longest_shift,
                                           to_)) {
            on[put.shift_id].push_back({put.person_id, put.from_at, put.until_at});
        }
        for (const auto& row : store::feed_shifts(reader_, home_, scheme, from_, to_)) {
            feeds::Staffed one;
            one.facts = {row.shift_id, row.name, row.starts_at, row.ends_at, row.needed,
                         on[row.shift_id]};
            one.scheme = scheme_name;
            one.is_cancelled = row.cancelled_at.has_value();
            one.revision = row.revision;
            one.revised_at = revised(row.revised_at);
            out.events.push_back(feeds::event_of(say_, zone_, one));
        }
    }

    sql::Reader& reader_;
    const EstablishmentId& home_;
    const store::FeedRow& feed_;
    Tongue say_;
    Instant from_, to_;
    Zone zone_;
};

}  // namespace

Refusal refusal(FeedRefused why) {
    switch (why) {
        case FeedRefused::not_yours:
            return {"rota.feed_not_yours", tr("You can’t have a calendar of that."), "shows", 409};
        case FeedRefused::unknown:
            return {"rota.feed_unknown", tr("There is no such calendar address."), "", 404};
        case FeedRefused::too_many:
            return {"rota.too_many_feeds",
                    tr("There are ten addresses of this calendar already. End one first."),
                    "shows", 409};
    }
    return {};
}

bool may_have(sql::Reader& reader, const Viewer& who, const FeedOf& what) {
    const auto& home = who.establishment;
    const bool manages = who.may(Permission::manage_peers);
    switch (what.shows) {
        case FeedShows::own: {
            if (!what.person_id) return false;
            const auto schemes = people::memberships(reader, home, *what.person_id);
            if (who.may(Permission::answer_offers) && who.person == what.person_id) {
                return !schemes.empty();
            }
            return manages && std::ranges::any_of(schemes, [&](const auto& one) {
                return !who.scheme || one.scheme == *who.scheme;
            });
        }
        case FeedShows::scheme:
            return manages && what.scheme && (!who.scheme || *who.scheme == *what.scheme) &&
                   is_open(reader, home, *what.scheme);
        case FeedShows::prison: return manages && !who.scheme;
    }
    return false;
}

Result<std::string> make_feed(sql::Database& database, const Occasion& occasion, FeedId id,
                              const FeedOf& what, std::string_view language) {
    const auto& home = occasion.who.establishment;
    ENSURE(occasion.entropy);
    return database.write(home, [&](sql::Transaction& tx) -> Result<std::string> {
        if (!occasion.who.account || !may_have(tx, occasion.who, what)) {
            return refusal(FeedRefused::not_yours);
        }
        if (store::feed(tx, home, id)) return std::string();
        const auto all = store::feeds(tx, home);
        const auto alike = std::ranges::count_if(all, [&](const store::FeedRow& row) {
            return is_same(what_of(row), what);
        });
        if (alike >= most_feeds) return refusal(FeedRefused::too_many);
        const std::string key = access::new_token(*occasion.entropy);
        store::add_feed(tx, home, {id, what.shows, what.person_id, what.scheme,
                                   std::string(language), *occasion.who.account, occasion.now, {}},
                        access::token_hash(key));
        ledger::append(tx, occasion, {"feed.made", {id.text(), subject_of(what)}, "{}"});
        return key;
    });
}

Result<Done> end_feed(sql::Database& database, const Occasion& occasion, FeedId id) {
    const auto& home = occasion.who.establishment;
    return database.write(home, [&](sql::Transaction& tx) -> Result<Done> {
        const auto row = store::feed(tx, home, id);
        if (!row || !may_have(tx, occasion.who, what_of(*row))) {
            return refusal(FeedRefused::unknown);
        }
        if (row->ended_at) return Done{};
        store::end_feed(tx, home, id, occasion.now);
        ledger::append(tx, occasion, {"feed.ended", {id.text(), subject_of(what_of(*row))}, "{}"});
        return Done{};
    });
}

void end_feeds_without_scheme(sql::Transaction& tx, const Occasion& occasion, PersonId person) {
    const auto& home = occasion.who.establishment;
    if (!people::memberships(tx, home, person).empty()) return;
    const int ended = store::end_feeds_of(tx, home, person, occasion.now);
    if (ended == 0) return;
    ledger::append(tx, occasion,
                   {"feed.ended", {person.text()},
                    boost::json::serialize(boost::json::value{{"count", ended}})});
}

bool is_alive(sql::Reader& reader, const EstablishmentId& home, const FeedOf& what,
              AccountId made_by) {
    if (what.shows == FeedShows::own) {
        return !people::memberships(reader, home, *what.person_id).empty() &&
               !has_closed_accounts_alone(reader, home, *what.person_id);
    }
    const auto maker = viewer_of(reader, home, made_by);
    return maker && may_have(reader, *maker, what);
}

std::optional<std::string> feed_text(sql::Reader& reader, const EstablishmentId& home,
                                     std::string_view key, Instant now) {
    const auto row = store::feed_by_key(reader, home, access::token_hash(key));
    if (!row || row->ended_at || !is_alive(reader, home, what_of(*row), row->account_id)) {
        return std::nullopt;
    }
    return feeds::text_of(FeedReading(reader, home, *row, now).calendar());
}

}  // namespace alongside::rota
