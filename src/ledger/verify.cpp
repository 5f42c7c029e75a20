#include <sodium.h>

#include <algorithm>
#include <array>
#include <bit>
#include <map>
#include <set>
#include <span>
#include <utility>

#include "base/entropy.h"
#include "ledger/store.h"

namespace alongside::ledger {
namespace {

constexpr std::int64_t entries_a_step = 10'000;  // between two calls of `progress`

Words sentence_of(TroubleKind kind, std::int64_t seq) {
    const std::string number = std::to_string(seq);
    switch (kind) {
        case TroubleKind::altered: return tr("Entry {seq} was altered.", {{"seq", number}});
        case TroubleKind::missing: return tr("Entry {seq} is missing.", {{"seq", number}});
        case TroubleKind::reordered:
            return tr("Entry {seq} stands at another entry’s place.", {{"seq", number}});
        case TroubleKind::forged:
            return tr("Entry {seq} does not follow from the chain before it.", {{"seq", number}});
        case TroubleKind::payload_altered:
            return tr("What entry {seq} says was altered.", {{"seq", number}});
        case TroubleKind::payload_missing:
            return tr("What entry {seq} said is gone, and nothing says that it was destroyed.",
                      {{"seq", number}});
    }
    return {};
}

// Adds up to the same sum whatever the order, so that the index of subjects is checked in one pass
// without keeping it. The key is new each time: nobody can craft rows that add up.
class Fingerprints {
public:
    Fingerprints() { SystemEntropy().fill(std::as_writable_bytes(std::span(key_))); }
    std::uint64_t of(std::int64_t seq, std::string_view subject) {
        text_.assign(reinterpret_cast<const char*>(&seq), sizeof seq).append(subject);
        std::array<unsigned char, crypto_shorthash_BYTES> digest{};
        crypto_shorthash(digest.data(), reinterpret_cast<const unsigned char*>(text_.data()),
                         text_.size(), key_.data());
        return std::bit_cast<std::uint64_t>(digest);
    }

private:
    std::array<unsigned char, crypto_shorthash_KEYBYTES> key_{};
    std::string text_;
};

std::set<std::string_view> subjects_in(std::string_view joined) {
    std::set<std::string_view> out;
    while (!joined.empty()) {
        const auto end = std::min(joined.find(' '), joined.size());
        out.insert(joined.substr(0, end));
        joined.remove_prefix(std::min(end + 1, joined.size()));
    }
    return out;
}

// One walk along a chain; it looks at nothing more once it has found trouble.
class Walk {
public:
    Walk(sql::Reader& reader, const EstablishmentId& establishment, const Progress& progress,
         const std::optional<Head>& known)
        : reader_(reader), establishment_(establishment), progress_(progress), known_(known),
          verdict_{} {
        try {
            verdict_.head = head(reader, establishment);
        } catch (const sql::CorruptRow&) {
            is_head_corrupt_ = true;
        }
    }

    Verdict finish() {
        try {
            store::each_entry(reader_, establishment_, [&](store::EntryRow&& row) {
                if (!verdict_.first_trouble) look_at(row);
            });
        } catch (const sql::CorruptRow&) {   // a text where a number was
            found(verdict_.entries + 1, TroubleKind::altered);
        }
        if (!verdict_.first_trouble) look_at_the_end();
        if (!verdict_.first_trouble) look_at_what_is_gone();
        if (!verdict_.first_trouble) look_at_subjects();
        if (progress_) progress_(verdict_.entries, verdict_.head.seq);
        return std::move(verdict_);
    }

private:
    void found(std::int64_t seq, TroubleKind kind) {
        if (verdict_.first_trouble && verdict_.first_trouble->seq <= seq) return;
        verdict_.first_trouble = Trouble{seq, kind, sentence_of(kind, seq)};
    }
    rules::Hash hash_of(const store::EntryRow& row, std::int64_t seq) const {
        return rules::entry_hash(
            {establishment_.text(), seq, row.at, row.verb, row.subjects, row.actor},
            row.payload_hash, row.previous_hash);
    }

    void look_at(const store::EntryRow& row) {
        const auto expected = verdict_.entries + 1;
        if (row.seq != expected) return found(expected, TroubleKind::missing);
        if (hash_of(row, row.seq) != row.entry_hash) {
            return found(row.seq, fits_elsewhere(row) ? TroubleKind::reordered
                                                      : TroubleKind::altered);
        }
        if (row.previous_hash != previous_) return found(row.seq, TroubleKind::forged);
        if (!known_fits(row)) return found(row.seq, TroubleKind::forged);
        if (row.nonce.has_value() != row.payload.has_value() ||
            (row.nonce && rules::payload_hash(*row.nonce, *row.payload) != row.payload_hash)) {
            return found(row.seq, TroubleKind::payload_altered);
        }
        for (const auto subject : subjects_in(row.subjects)) {
            entries_sum_ += fingerprints_.of(row.seq, subject);
        }
        previous_ = row.entry_hash;
        if (row.verb == rules::payloads_destroyed) destroyed_until_[row.subjects] = row.seq;
        if (!row.nonce) gone_.emplace_back(row.seq, row.subjects);
        ++verdict_.entries;
        if (progress_ && verdict_.entries % entries_a_step == 0) {
            progress_(verdict_.entries, verdict_.head.seq);
        }
    }

    // True if the entry is whole, but of another place in the chain.
    bool fits_elsewhere(const store::EntryRow& row) const {
        for (std::int64_t seq = 1; seq <= verdict_.head.seq; ++seq) {
            if (hash_of(row, seq) == row.entry_hash) return true;
        }
        return false;
    }

    bool known_fits(const store::EntryRow& row) const {
        return !known_ || known_->seq != row.seq || known_->entry_hash == hex_of(row.entry_hash);
    }
    static std::string hex_of(const rules::Hash& hash) {
        std::string out(hash.size() * 2 + 1, '\0');
        sodium_bin2hex(out.data(), out.size(), hash.data(), hash.size());
        out.pop_back();
        return out;
    }

    void look_at_the_end() {
        const auto last = verdict_.entries;
        const auto& end = verdict_.head;
        if (is_head_corrupt_) return found(last, TroubleKind::forged);
        if (end.seq > last || (known_ && known_->seq > last)) {
            return found(last + 1, TroubleKind::missing);
        }
        if (end.seq < last) return found(end.seq + 1, TroubleKind::forged);
        if (end.entry_hash != hex_of(previous_)) return found(last, TroubleKind::forged);
        try {
            if (const auto stray = store::stray_payload(reader_, establishment_)) {
                found(*stray, TroubleKind::payload_altered);
            }
        } catch (const sql::CorruptRow&) {   // of the entry that has lost it, where one has
            look_at_what_is_gone();
            if (!verdict_.first_trouble) found(last, TroubleKind::payload_altered);
        }
    }

    // A thief's deletion says nothing; ours does.
    void look_at_what_is_gone() {
        for (const auto& [seq, subjects] : gone_) {
            const auto named = subjects_in(subjects);
            const bool was_destroyed = std::ranges::any_of(named, [&](const auto subject) {
                const auto until = destroyed_until_.find(subject);
                return until != destroyed_until_.end() && until->second > seq;
            });
            if (!was_destroyed) return found(seq, TroubleKind::payload_missing);
        }
        verdict_.destroyed = static_cast<std::int64_t>(gone_.size());
    }

    void look_at_subjects() {
        std::uint64_t sum = 0;
        store::each_subject(reader_, establishment_, [&](store::SubjectRow&& row) {
            sum += fingerprints_.of(row.seq, row.subject);
        });
        if (sum == entries_sum_) return;
        // Something differs: now it is worth remembering all of it.
        std::map<std::int64_t, std::set<std::string>> index;
        store::each_subject(reader_, establishment_, [&](store::SubjectRow&& row) {
            index[row.seq].insert(std::move(row.subject));
        });
        store::each_entry(reader_, establishment_, [&](store::EntryRow&& row) {
            const auto named = subjects_in(row.subjects);
            const auto indexed = index.extract(row.seq);
            const bool same = indexed.empty() ? named.empty()
                                              : std::ranges::equal(named, indexed.mapped());
            if (!same) found(row.seq, TroubleKind::altered);
        });
        const auto unknown = index.lower_bound(1);
        if (unknown != index.end()) found(unknown->first, TroubleKind::altered);
        if (!verdict_.first_trouble) found(verdict_.entries, TroubleKind::altered);
    }

    sql::Reader& reader_;
    const EstablishmentId& establishment_;
    const Progress& progress_;
    const std::optional<Head>& known_;
    Verdict verdict_;
    bool is_head_corrupt_ = false;
    rules::Hash previous_;
    std::vector<std::pair<std::int64_t, std::string>> gone_;  // payloads, with their subjects
    std::map<std::string, std::int64_t, std::less<>> destroyed_until_;  // by subject: the entry
    Fingerprints fingerprints_;
    std::uint64_t entries_sum_ = 0;  // of every entry's subjects, as the entries name them
};

}  // namespace

std::string_view code(TroubleKind kind) {
    switch (kind) {
        case TroubleKind::altered: return "altered";
        case TroubleKind::missing: return "missing";
        case TroubleKind::reordered: return "reordered";
        case TroubleKind::forged: return "forged";
        case TroubleKind::payload_altered: return "payload_altered";
        case TroubleKind::payload_missing: return "payload_missing";
    }
    return {};
}

Verdict verify(sql::Reader& reader, const EstablishmentId& establishment,
               const Progress& progress, const std::optional<Head>& known) {
    return Walk(reader, establishment, progress, known).finish();
}

}  // namespace alongside::ledger
