#include <sodium.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <mutex>

#include "base/ensure.h"
#include "ledger/ledger.h"
#include "schemes/refusals.h"
#include "schemes/schemes.h"
#include "schemes/store.h"

namespace alongside::schemes {
namespace {

Uuid digest_of(const std::string& text) {
    std::array<std::uint8_t, 16> out{};
    crypto_generichash(out.data(), out.size(), reinterpret_cast<const unsigned char*>(text.data()),
                       text.size(), nullptr, 0);
    return Uuid::from_digest(out);
}

// Copies that were read before, by what their text is and which version it was: two databases in
// one process can't be taken for each other.
class Kept {
public:
    std::shared_ptr<const Policy> find(const Uuid& digest, int version) {
        const std::lock_guard lock(mutex_);
        const auto found = policies_.find({digest, version});
        return found == policies_.end() ? nullptr : found->second;
    }
    void keep(const Uuid& digest, int version, std::shared_ptr<const Policy> policy) {
        const std::lock_guard lock(mutex_);
        if (policies_.size() >= most_) policies_.clear();
        policies_[{digest, version}] = std::move(policy);
    }

private:
    static constexpr std::size_t most_ = 256;
    std::mutex mutex_;
    std::map<std::pair<Uuid, int>, std::shared_ptr<const Policy>> policies_;
};

Kept& kept() {
    static Kept one;
    return one;
}

const Policy* template_of(const SchemeCode& scheme) {
    for (const auto& policy : templates()) {
        if (policy.scheme == scheme) return &policy;
    }
    return nullptr;
}

std::shared_ptr<const Policy> read_copy(sql::Reader& reader, const EstablishmentId& establishment,
                                        const SchemeCode& scheme, int version) {
    const auto text = store::text_of(reader, establishment, scheme, version);
    ENSURE(text.has_value());
    const auto name = scheme.text() + ", version " + std::to_string(version);
    auto reading = read_policy(*text, name);
    if (!reading.policy) {
        const auto& first = reading.troubles.front();
        throw sql::CorruptRow("the policy of " + name + " can't be read: line " +
                              std::to_string(first.line) + ", " + first.key + ": " +
                              first.sentence);
    }
    reading.policy->version = version;
    return std::make_shared<const Policy>(std::move(*reading.policy));
}

bool is_theirs(const Viewer& who, const SchemeCode& scheme) {
    return !who.scheme || *who.scheme == scheme;
}

}  // namespace

Standing standing(sql::Reader& reader, const EstablishmentId& establishment,
                  const SchemeCode& scheme) {
    const auto now = store::in_force(reader, establishment, scheme);
    if (!now) return {};
    const bool is_running = !now->is_paused;
    if (!now->version) {
        // Templates live as long as the program.
        return {{std::shared_ptr<const Policy>(), template_of(scheme)}, is_running};
    }
    if (auto known = kept().find(*now->digest, *now->version)) return {known, is_running};
    auto copy = read_copy(reader, establishment, scheme, *now->version);
    kept().keep(*now->digest, *now->version, copy);
    return {copy, is_running};
}

std::shared_ptr<const Policy> policy(sql::Reader& reader, const EstablishmentId& establishment,
                                     const SchemeCode& scheme) {
    return standing(reader, establishment, scheme).policy;
}

std::vector<SchemeCode> open_schemes(sql::Reader& reader, const EstablishmentId& establishment) {
    return store::open_schemes(reader, establishment);
}

bool is_running(sql::Reader& reader, const EstablishmentId& establishment,
                const SchemeCode& scheme) {
    const auto now = store::in_force(reader, establishment, scheme);
    return now && !now->is_paused;
}

Result<Done> open_scheme(sql::Database& database, const Occasion& occasion,
                         const SchemeCode& scheme) {
    const auto& home = occasion.who.establishment;
    if (!template_of(scheme)) return refusal(Refused::unknown);
    if (!is_theirs(occasion.who, scheme)) return refusal(Refused::not_yours);
    return database.write(home, [&](sql::Transaction& tx) -> Result<Done> {
        if (store::in_force(tx, home, scheme)) return Done{};
        store::open_scheme(tx, home, scheme, occasion.now);
        ledger::append(tx, occasion, {"scheme.opened", {scheme.text()}, "{}"});
        return Done{};
    });
}

Result<Done> save_policy(sql::Database& database, const Occasion& occasion,
                         const SchemeCode& scheme, const std::string& toml,
                         int based_on_version) {
    const auto& home = occasion.who.establishment;
    if (!template_of(scheme)) return refusal(Refused::unknown);
    if (!is_theirs(occasion.who, scheme)) return refusal(Refused::not_yours);
    const auto reading = read_policy(toml, scheme.text() + ".toml");
    const auto digest = digest_of(toml);
    return database.write(home, [&](sql::Transaction& tx) -> Result<Done> {
        const auto now = store::in_force(tx, home, scheme);
        if (!now) return refusal(Refused::not_open);
        if (!reading.policy) return refusal(Refused::unreadable);
        if (reading.policy->scheme != scheme) return refusal(Refused::other_scheme);
        const auto stands = now->version ? now->digest : digest_of(*template_text(scheme));
        if (stands == digest) return Done{};
        const auto units = people::units(tx, home);
        for (const auto& unit : reading.policy->two_peer_units) {
            if (std::ranges::find(units, unit, &people::Unit::unit) == units.end()) {
                return unknown_unit(unit);
            }
        }
        if (now->version.value_or(0) != based_on_version) return refusal(Refused::stale);
        const int version = based_on_version + 1;
        store::save(tx, home, scheme, {version, occasion.now, occasion.who.actor}, toml, digest);
        ledger::append(tx, occasion,
                       {"scheme.policy_saved", {scheme.text()},
                        boost::json::serialize(boost::json::value{
                            {"version", version}, {"digest", digest.text()}})});
        people::rules_changed(tx, occasion, scheme);
        return Done{};
    });
}

std::vector<PausedAs> pauses(sql::Reader& reader, const EstablishmentId& establishment,
                             const SchemeCode& scheme) {
    return store::pauses(reader, establishment, scheme);
}

Result<Done> pause_scheme(sql::Database& database, const Occasion& occasion,
                          const SchemeCode& scheme, bool is_paused) {
    const auto& home = occasion.who.establishment;
    if (!template_of(scheme)) return refusal(Refused::unknown);
    if (!is_theirs(occasion.who, scheme)) return refusal(Refused::not_yours);
    return database.write(home, [&](sql::Transaction& tx) -> Result<Done> {
        if (!store::in_force(tx, home, scheme)) return refusal(Refused::not_open);
        const auto as = occasion.who.has(Role::partner) ? PausedAs::partner : PausedAs::prison;
        const auto standing = store::pauses(tx, home, scheme);
        const bool is_own_there = std::ranges::find(standing, as) != standing.end();
        if (is_own_there == is_paused) {
            if (is_paused || standing.empty()) return Done{};
            return refusal(as == PausedAs::partner ? Refused::prisons_pause
                                                   : Refused::partners_pause);
        }
        if (is_paused) store::pause(tx, home, scheme, as, occasion.now, occasion.who.actor);
        else store::resume(tx, home, scheme, as, occasion.now, occasion.who.actor);
        ledger::append(tx, occasion,
                       {is_paused ? "scheme.paused" : "scheme.resumed", {scheme.text()},
                        boost::json::serialize(boost::json::value{
                            {"as", boost::describe::enum_to_string(as, "")}})});
        return Done{};
    });
}

}  // namespace alongside::schemes
