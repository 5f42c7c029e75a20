#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/result.h"
#include "ledger/ledger.h"
#include "ledger/rules.h"
#include "sql/testing.h"

namespace alongside::ledger {
namespace {

const EstablishmentId smi = *EstablishmentId::parse("SMI");
const EstablishmentId mdi = *EstablishmentId::parse("MDI");
const Instant evening = *parse_iso_instant("2026-11-21T22:14:05.678Z");

struct Tampering {
    const char* what;
    // Changes one thing at entry $1 of SMI, which has an entry before and one after it.
    std::vector<sql::Statement> statements;
    TroubleKind kind;
    int named_after = 0;  // the entry that is named, counted from $1
};

// Rows that refer to an entry go first: whoever tampers can do that too.
const sql::Statement no_payload(
    "DELETE FROM ledger_payload WHERE establishment_id = 'SMI' AND seq IN ($1, $1 + 1)");
const sql::Statement no_subjects(
    "DELETE FROM ledger_subject WHERE establishment_id = 'SMI' AND seq IN ($1, $1 + 1)");

const std::vector<Tampering>& tamperings() {
    using enum TroubleKind;
    static const std::vector<Tampering> all{
        {"at", {"UPDATE ledger_entry SET at = at + 1 WHERE establishment_id = 'SMI' AND seq = $1"},
         altered},
        {"verb", {"UPDATE ledger_entry SET verb = 'request.closed' "
                  "WHERE establishment_id = 'SMI' AND seq = $1"}, altered},
        {"subjects", {"UPDATE ledger_entry SET subjects = subjects || 'x' "
                      "WHERE establishment_id = 'SMI' AND seq = $1"}, altered},
        {"the line between verb and subjects",
         {"UPDATE ledger_entry SET verb = verb || SUBSTR(subjects, 1, 1), "
          "subjects = SUBSTR(subjects, 2) WHERE establishment_id = 'SMI' AND seq = $1"}, altered},
        {"actor", {"UPDATE ledger_entry SET actor = 'other' "
                   "WHERE establishment_id = 'SMI' AND seq = $1"}, altered},
        {"payload hash", {"UPDATE ledger_entry SET payload_hash = previous_hash "
                          "WHERE establishment_id = 'SMI' AND seq = $1"}, altered},
        {"previous hash", {"UPDATE ledger_entry SET previous_hash = payload_hash "
                           "WHERE establishment_id = 'SMI' AND seq = $1"}, altered},
        {"entry hash", {"UPDATE ledger_entry SET entry_hash = payload_hash "
                        "WHERE establishment_id = 'SMI' AND seq = $1"}, altered},
        {"payload", {"UPDATE ledger_payload SET payload = payload || ' ' "
                     "WHERE establishment_id = 'SMI' AND seq = $1"}, payload_altered},
        {"nonce", {"UPDATE ledger_payload SET nonce = (SELECT entry_hash FROM ledger_entry e "
                   "WHERE e.establishment_id = 'SMI' AND e.seq = $1) "
                   "WHERE establishment_id = 'SMI' AND seq = $1"}, payload_altered},
        {"the payload's place",
         {"DELETE FROM ledger_payload WHERE establishment_id = 'SMI' AND seq = $1 + 1",
          "UPDATE ledger_payload SET seq = seq + 1 WHERE establishment_id = 'SMI' AND seq = $1"},
         payload_altered, 1},
        {"an entry", {no_payload, no_subjects,
                      "DELETE FROM ledger_entry WHERE establishment_id = 'SMI' AND seq = $1"},
         missing},
        {"an entry's number", {no_payload, no_subjects,
                               "UPDATE ledger_entry SET seq = 1000 "
                               "WHERE establishment_id = 'SMI' AND seq = $1"}, missing},
        {"an entry's prison", {no_payload, no_subjects,
                               "UPDATE ledger_entry SET establishment_id = 'HMP' "
                               "WHERE establishment_id = 'SMI' AND seq = $1"}, missing},
        {"two entries' order",
         {no_payload, no_subjects,
          "UPDATE ledger_entry SET seq = -seq + 2000 "
          "WHERE establishment_id = 'SMI' AND seq IN ($1, $1 + 1)",
          "UPDATE ledger_entry SET seq = CASE seq WHEN 2000 - $1 THEN $1 + 1 ELSE $1 END "
          "WHERE establishment_id = 'SMI' AND seq > 1000"}, reordered},
        {"a subject in the index", {"UPDATE ledger_subject SET subject = subject || 'x' "
                                    "WHERE establishment_id = 'SMI' AND seq = $1"}, altered},
        {"a number in the index", {"DELETE FROM ledger_subject "
                                   "WHERE establishment_id = 'SMI' AND seq = $1"}, altered},
        {"one more in the index", {"INSERT INTO ledger_subject (establishment_id, subject, seq) "
                                   "VALUES ('SMI', 'somebody', $1)"}, altered},
        {"the head's number, back", {"UPDATE ledger_head SET seq = $1 "
                                     "WHERE establishment_id = 'SMI'"}, forged, 1},
    };
    return all;
}

class LedgerTest : public sql::EveryEngine {
protected:
    Occasion occasion(const EstablishmentId& establishment = smi) {
        Occasion out{.now = evening + Millis(count_++), .entropy = &entropy_};
        out.who.establishment = establishment;
        out.who.actor = "actor-7";
        return out;
    }
    static Entry entry(int number) {
        return {"request.raised", {"request-" + std::to_string(number), "pops"},
                "{\"number\":" + std::to_string(number) + "}"};
    }
    void append_some(int entries, const EstablishmentId& establishment = smi) {
        db().write(establishment, [&](sql::Transaction& tx) {
            for (int i = 1; i <= entries; ++i) append(tx, occasion(establishment), entry(i));
            return Done{};
        });
    }
    Verdict verified(const EstablishmentId& establishment = smi,
                     const std::optional<Head>& known = {}) {
        return db().read(
            [&](sql::Reader& reader) { return verify(reader, establishment, {}, known); });
    }
    int destroy(std::string_view subject) {
        return db().write(smi, [&](sql::Transaction& tx) {
            return destroy_payloads_of(tx, occasion(), subject);
        });
    }
    Head head_now() {
        return db().read([](sql::Reader& reader) { return head(reader, smi); });
    }
    // What is found after the statements were run; they are undone again.
    Verdict after(const std::vector<sql::Statement>& statements, std::int64_t seq) {
        Verdict out;
        const auto undone = db().write(smi, [&](sql::Transaction& tx) -> Result<Done> {
            for (const auto& statement : statements) tx.run(statement, seq);
            out = verify(tx, smi);
            return Refusal{"ledger.undone", tr("Undone."), "", 409};
        });
        EXPECT_FALSE(undone);
        return out;
    }

    SeededEntropy entropy_{7};
    int count_ = 0;
};
INSTANTIATE_ON_EVERY_ENGINE(LedgerTest);

TEST_P(LedgerTest, NumbersEachPrisonsEntriesFromOne) {
    append_some(3);
    append_some(2, mdi);
    append_some(1);
    EXPECT_EQ(verified().entries, 4);
    EXPECT_EQ(verified(mdi).entries, 2);
    EXPECT_FALSE(verified().first_trouble);
    EXPECT_FALSE(verified(mdi).first_trouble);
    EXPECT_EQ(head_now().seq, 4);
    EXPECT_EQ(head_now().entry_hash.size(), 64u);
}

TEST_P(LedgerTest, IsWholeBeforeTheFirstEntry) {
    const auto verdict = verified();
    EXPECT_EQ(verdict.entries, 0);
    EXPECT_FALSE(verdict.first_trouble);
    EXPECT_EQ(verdict.head, Head{});
}

TEST_P(LedgerTest, StaysVerifiableWhenPayloadsAreDestroyed) {
    append_some(5);
    EXPECT_EQ(destroy("request-2"), 1);
    EXPECT_EQ(verified().destroyed, 1);
    EXPECT_FALSE(verified().first_trouble);
    EXPECT_EQ(destroy("request-4"), 1);
    EXPECT_EQ(destroy("request-"), 0);
    EXPECT_EQ(destroy("pops"), 3);
    EXPECT_EQ(verified().destroyed, 5);
    EXPECT_EQ(verified().entries, 8) << "each destruction is an entry of its own";
    EXPECT_FALSE(verified().first_trouble);
    append_some(1);
    EXPECT_FALSE(verified().first_trouble);
}

TEST_P(LedgerTest, TellsAThiefsDeletionFromADestruction) {
    append_some(2);
    EXPECT_EQ(destroy("pops"), 2);
    append_some(2);
    const auto verdict = after({no_payload}, 5);
    ASSERT_TRUE(verdict.first_trouble) << "destroyed before it was written?";
    EXPECT_EQ(verdict.first_trouble->seq, 5);
    EXPECT_EQ(verdict.first_trouble->kind, TroubleKind::payload_missing);
    EXPECT_FALSE(verified().first_trouble);
}

TEST_P(LedgerTest, HoldsBackForAFullHourWithinADay) {
    auto held = occasion();
    held.is_held_back = true;
    held.who.actor = "actor-8";
    db().write(smi, [&](sql::Transaction& tx) {
        for (int i = 1; i <= 20; ++i) EXPECT_EQ(append(tx, held, entry(i)), 0);
        return append(tx, occasion(), entry(0));
    });
    EXPECT_EQ(destroy("request-7"), 0);
    EXPECT_EQ(verified().entries, 1);

    auto later = occasion();
    later.now = *parse_iso_instant("2026-11-21T22:59:59.999Z");
    EXPECT_EQ(append_held_back(db(), later), 0);
    later.now += Hours(12);
    const int by_half = append_held_back(db(), later);
    EXPECT_GT(by_half, 0);
    EXPECT_LT(by_half, 20) << "each at an hour of its own";
    later.now += Hours(12) + Millis(1);
    EXPECT_EQ(append_held_back(db(), later), 20 - by_half);
    EXPECT_EQ(append_held_back(db(), later), 0);
    EXPECT_EQ(verified().entries, 21);
    EXPECT_FALSE(verified().first_trouble);

    std::vector<std::int64_t> order;
    for (int i = 1; i <= 20; ++i) {
        const auto one = db().read([&](sql::Reader& reader) {
            return entries_about(reader, smi, "request-" + std::to_string(i));
        });
        ASSERT_EQ(one.size(), 1u);
        EXPECT_EQ(one[0].actor, "actor-8");
        EXPECT_EQ(one[0].subjects, "request-" + std::to_string(i) + " pops");
        EXPECT_EQ(one[0].payload, i == 7 ? "{}" : entry(i).payload_json);
        order.push_back(one[0].seq);
    }
    EXPECT_FALSE(std::ranges::is_sorted(order)) << "the order tells which came first";
}

TEST_P(LedgerTest, TellsWhatIsKnownAboutASubject) {
    append_some(3);
    EXPECT_EQ(destroy("request-3"), 1);
    const auto seen = db().read([](sql::Reader& reader) {
        return entries_about(reader, smi, "pops");
    });
    ASSERT_EQ(seen.size(), 3u);
    EXPECT_EQ(seen[0].seq, 1);
    EXPECT_EQ(seen[0].at, evening);
    EXPECT_EQ(seen[0].verb, "request.raised");
    EXPECT_EQ(seen[0].subjects, "request-1 pops");
    EXPECT_EQ(seen[0].actor, "actor-7");
    EXPECT_EQ(seen[0].payload, "{\"number\":1}");
    EXPECT_EQ(seen[2].payload, std::nullopt);
}

TEST_P(LedgerTest, NamesEachTampering) {
    append_some(6);
    for (const auto& tampering : tamperings()) {
        const auto verdict = after(tampering.statements, 3);
        ASSERT_TRUE(verdict.first_trouble) << tampering.what;
        EXPECT_EQ(verdict.first_trouble->seq, 3 + tampering.named_after) << tampering.what;
        EXPECT_EQ(code(verdict.first_trouble->kind), code(tampering.kind)) << tampering.what;
        EXPECT_FALSE(verdict.first_trouble->sentence.empty());
    }
    EXPECT_FALSE(verified().first_trouble);
}

TEST_P(LedgerTest, FindsAnySingleChangeOfAnyEntry) {
    append_some(3);
    EXPECT_TRUE(rc::check([&] {
        append_some(*rc::gen::inRange(0, 3));
        const auto seq = *rc::gen::inRange<std::int64_t>(2, head_now().seq);
        const auto& tampering = *rc::gen::elementOf(tamperings());
        const auto verdict = after(tampering.statements, seq);
        RC_ASSERT(verdict.first_trouble.has_value());
        RC_ASSERT(verdict.first_trouble->seq == seq + tampering.named_after);
        RC_ASSERT(verdict.first_trouble->kind == tampering.kind);
    }));
}

TEST_P(LedgerTest, MissesTheLastEntries) {
    append_some(4);
    const auto verdict = after({no_payload, no_subjects,
                                "DELETE FROM ledger_entry WHERE seq >= $1"}, 3);
    ASSERT_TRUE(verdict.first_trouble);
    EXPECT_EQ(verdict.first_trouble->seq, 3);
    EXPECT_EQ(verdict.first_trouble->kind, TroubleKind::missing);
}

TEST_P(LedgerTest, KnowsAnEntryThatFitsOnlyItself) {
    append_some(4);
    db().write(smi, [](sql::Transaction& tx) {
        const auto payload =
            tx.one<rules::Hash>("SELECT payload_hash FROM ledger_entry WHERE seq = 2");
        const auto previous =
            tx.one<rules::Hash>("SELECT previous_hash FROM ledger_entry WHERE seq = 2");
        const auto forged = rules::entry_hash(
            {"SMI", 2, epoch_ms(evening), "request.closed", "request-2 pops", "actor-8"}, payload,
            previous);
        return tx.run("UPDATE ledger_entry SET verb = 'request.closed', actor = 'actor-8', "
                      "at = $1, entry_hash = $2 WHERE seq = 2", evening, forged);
    });
    const auto verdict = verified();
    ASSERT_TRUE(verdict.first_trouble);
    EXPECT_EQ(verdict.first_trouble->seq, 3);  // the first that doesn't follow
    EXPECT_EQ(verdict.first_trouble->kind, TroubleKind::forged);
}

TEST_P(LedgerTest, KnowsATailRewrittenSoThatItFits) {
    append_some(5);
    const auto printed = head_now();
    EXPECT_EQ(Head::parse(printed.text()), printed);
    db().write(smi, [&](sql::Transaction& tx) {
        tx.run("DELETE FROM ledger_payload WHERE seq >= 4");
        tx.run("DELETE FROM ledger_subject WHERE seq >= 4");
        tx.run("DELETE FROM ledger_entry WHERE seq >= 4");
        return tx.run("UPDATE ledger_head SET seq = 3, entry_hash = "
                      "(SELECT entry_hash FROM ledger_entry WHERE seq = 3)");
    });
    EXPECT_FALSE(verified().first_trouble);
    const auto cut = verified(smi, printed);
    ASSERT_TRUE(cut.first_trouble);
    EXPECT_EQ(cut.first_trouble->seq, 4);
    EXPECT_EQ(cut.first_trouble->kind, TroubleKind::missing);

    append_some(4);
    EXPECT_FALSE(verified().first_trouble);
    const auto rewritten = verified(smi, printed);
    ASSERT_TRUE(rewritten.first_trouble);
    EXPECT_EQ(rewritten.first_trouble->seq, 5);
    EXPECT_EQ(rewritten.first_trouble->kind, TroubleKind::forged);
    EXPECT_FALSE(verified(smi, head_now()).first_trouble);
}

TEST_P(LedgerTest, LeavesNothingOfARefusedWrite) {
    append_some(2);
    const auto before = head_now();
    const auto refused = db().write(smi, [&](sql::Transaction& tx) -> Result<Done> {
        append(tx, occasion(), entry(3));
        return Refusal{"ledger.test", tr("No."), "", 409};
    });
    EXPECT_FALSE(refused);
    EXPECT_EQ(head_now(), before);
    EXPECT_FALSE(verified(smi, before).first_trouble);
}

TEST_P(LedgerTest, WhoeverListensIsToldOnceOfEachWriteThatIsRecorded) {
    std::vector<std::string> told;
    db().tell([&](const EstablishmentId& id) { told.push_back(id.text()); });
    append_some(2);
    EXPECT_EQ(told, std::vector<std::string>{"SMI"}) << "one write, though of two entries";
    const auto with = [&](const Occasion& of, bool is_kept) {
        told.clear();
        (void)db().write(smi, [&](sql::Transaction& tx) -> Result<Done> {
            append(tx, of, entry(3));
            EXPECT_TRUE(told.empty()) << "before the commit";
            if (!is_kept) return Refusal{"ledger.test", tr("No."), "", 409};
            return Done{};
        });
        return told.size();
    };
    auto held = occasion();
    held.is_held_back = true;
    EXPECT_EQ(with(held, true), 1u) << "the change is there, though its entry waits";
    EXPECT_EQ(with(occasion(), false), 0u);
    told.clear();
    db().write(smi, [&](sql::Transaction&) { return true; });
    EXPECT_TRUE(told.empty());
    db().tell({});
}

TEST(LedgerHead, IsReadOnlyAsItIsWritten) {
    const std::string hash(64, 'a');
    EXPECT_TRUE(Head::parse("12-" + hash));
    EXPECT_TRUE(Head::parse("0-"));
    for (const std::string& text :
         std::vector<std::string>{"", "12", "12-", "-1-" + hash, "x-" + hash, "12-" + hash + "a",
                                  "12-" + std::string(64, 'G'), "0-" + hash}) {
        EXPECT_FALSE(Head::parse(text)) << text;
    }
}

TEST(LedgerHash, IsTheSameForGood) {
    const rules::Nonce nonce(16, 1);
    const auto payload = rules::payload_hash(nonce, "{}");
    const auto hash = rules::entry_hash({"SMI", 1, 2, "v", "s", "a"}, payload, {});
    EXPECT_NE(rules::payload_hash(nonce, "{ }"), payload);
    EXPECT_NE(rules::entry_hash({"SMI", 1, 2, "vs", "", "a"}, payload, {}), hash);
    std::string hex;
    for (const auto byte : hash) hex += fmt::format("{:02x}", byte);
    // As Python's hashlib computes it from the description in docs/decisions/0001-ledger.md.
    EXPECT_EQ(hex, "1dd8f4b983f23ff38e13e6b7384f7da93105027c9d7857a74a04ed2c4402e5f3");
}

}  // namespace
}  // namespace alongside::ledger
