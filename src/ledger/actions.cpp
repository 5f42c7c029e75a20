#include <sodium.h>

#include <charconv>
#include <ranges>

#include "base/ensure.h"
#include "ledger/store.h"

namespace alongside::ledger {
namespace {

constexpr std::size_t nonce_bytes = 16;

std::string joined(const std::vector<std::string>& subjects) {
    std::string out;
    for (const auto& subject : subjects) {
        ENSURE(!subject.empty() && subject.find(' ') == std::string::npos);
        if (!out.empty()) out += ' ';
        out += subject;
    }
    return out;
}

std::string hex(const rules::Hash& hash) {
    std::string out(hash.size() * 2 + 1, '\0');
    sodium_bin2hex(out.data(), out.size(), hash.data(), hash.size());
    out.pop_back();
    return out;
}

// An id of which nothing is the time, as there is in others.
Uuid unordered(Entropy& entropy) {
    std::array<std::uint8_t, 16> random;
    entropy.fill(std::as_writable_bytes(std::span(random)));
    return Uuid::from_digest(random);
}

void hold_back(sql::Transaction& tx, const Occasion& occasion, const Entry& entry) {
    const auto hours = Hours{1 + static_cast<int>(occasion.entropy->word() % 24)};
    const auto over = std::chrono::floor<Hours>(occasion.now) + hours;
    store::hold_back(tx, occasion.who.establishment,
                     {unordered(*occasion.entropy), entry.verb, joined(entry.subjects),
                      occasion.who.actor, entry.payload_json}, over);
}

std::vector<std::string> parted(std::string_view subjects) {
    std::vector<std::string> out;
    for (const auto one : std::views::split(subjects, ' ')) {
        out.emplace_back(one.begin(), one.end());
    }
    return out;
}

}  // namespace

std::int64_t append(sql::Transaction& tx, const Occasion& occasion, const Entry& entry) {
    ENSURE(occasion.entropy != nullptr);
    ENSURE(!entry.verb.empty());
    tx.announce();
    if (occasion.is_held_back) {
        hold_back(tx, occasion, entry);
        return 0;
    }
    const auto& establishment = occasion.who.establishment;
    const auto last = store::head(tx, establishment);
    store::EntryRow row;
    row.seq = last.seq + 1;
    row.at = epoch_ms(occasion.now);
    row.verb = entry.verb;
    row.subjects = joined(entry.subjects);
    row.actor = occasion.who.actor;
    row.nonce = rules::Nonce(nonce_bytes);
    occasion.entropy->fill(std::as_writable_bytes(std::span(*row.nonce)));
    row.payload = entry.payload_json;
    row.payload_hash = rules::payload_hash(*row.nonce, *row.payload);
    row.previous_hash = last.entry_hash.value_or(rules::Hash{});
    row.entry_hash = rules::entry_hash(
        {establishment.text(), row.seq, row.at, row.verb, row.subjects, row.actor},
        row.payload_hash, row.previous_hash);
    store::save(tx, establishment, row, entry.subjects);
    return row.seq;
}

int append_held_back(sql::Database& database, const Occasion& occasion) {
    const auto& establishment = occasion.who.establishment;
    const auto is_any = database.read([&](sql::Reader& reader) {
        return store::is_any_held_back(reader, establishment, occasion.now);
    });
    if (!is_any) return 0;
    return database.write(establishment, [&](sql::Transaction& tx) {
        const auto held = store::take_held_back(tx, establishment, occasion.now);
        for (const auto& one : held) {
            auto as = occasion;
            as.who.actor = one.actor;
            append(tx, as, {one.verb, parted(one.subjects), one.payload});
        }
        return static_cast<int>(held.size());
    });
}

int destroy_payloads_of(sql::Transaction& tx, const Occasion& occasion, std::string_view subject) {
    const int destroyed = store::destroy_payloads_of(tx, occasion.who.establishment, subject);
    if (destroyed > 0) {
        const std::string verb(rules::payloads_destroyed);
        append(tx, occasion, {verb, {std::string(subject)}, "{}"});
    }
    return destroyed;
}

std::vector<Seen> entries_about(sql::Reader& reader, const EstablishmentId& establishment,
                                std::string_view subject) {
    return store::entries_about(reader, establishment, subject);
}

Head head(sql::Reader& reader, const EstablishmentId& establishment) {
    const auto row = store::head(reader, establishment);
    return {row.seq, row.entry_hash ? hex(*row.entry_hash) : std::string()};
}

std::string Head::text() const { return std::to_string(seq) + "-" + entry_hash; }

std::optional<Head> Head::parse(std::string_view text) {
    Head out;
    const auto dash = text.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const auto read = std::from_chars(text.data(), text.data() + dash, out.seq);
    if (read.ec != std::errc() || read.ptr != text.data() + dash || out.seq < 0) {
        return std::nullopt;
    }
    out.entry_hash = text.substr(dash + 1);
    if (out.entry_hash.size() != (out.seq == 0 ? 0u : 64u)) return std::nullopt;
    if (out.entry_hash.find_first_not_of("0123456789abcdef") != std::string::npos) {
        return std::nullopt;
    }
    return out;
}

}  // namespace alongside::ledger
