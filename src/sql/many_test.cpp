// Many rows at once, and whose turn it is to write them.
#include "sql/many.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/result.h"
#include "sql/testing.h"
#include "sql/turn.h"

namespace alongside::sql {
namespace {


struct Thing {
    Uuid thing_id;
    std::optional<std::string> name;
    std::optional<std::int64_t> amount;
    std::optional<double> share;
    std::optional<bool> is_open;
    std::optional<Bytes> seal;
    friend bool operator==(const Thing&, const Thing&) = default;
};
BOOST_DESCRIBE_STRUCT(Thing, (), (thing_id, name, amount, share, is_open, seal))

class ManyTest : public EveryEngine {
protected:
    std::vector<Migration> migrations() const override {
        return {{"0001_things.sql", R"(
CREATE TABLE thing (
    thing_id UUID NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind = 'a, (b)'),
    name TEXT,
    amount BIGINT CHECK (amount <> 13),
    share DOUBLE PRECISION,
    is_open BOOLEAN,
    seal BYTES
);)"}};
    }
    static Uuid id(std::uint64_t n) {
        SeededEntropy entropy(n);
        return Uuid::v7(Instant{}, entropy);
    }
    int add(const std::vector<Thing>& things) {
        std::vector<std::vector<Value>> rows;
        for (const auto& t : things) {
            rows.push_back(row_of(t.thing_id, t.name, t.amount, t.share, t.is_open, t.seal));
        }
        return db().write(smi, [&](Transaction& tx) {
            return tx.run_many("INSERT INTO thing (thing_id, kind, name, amount, share, is_open, "
                               "seal) VALUES ($1, 'a, (b)', $2, $3, $4, $5, $6)", rows);
        });
    }
    std::vector<Thing> things() {
        return db().read([](Reader& reader) {
            return reader.rows<Thing>("SELECT thing_id, name, amount, share, is_open, seal "
                                      "FROM thing ORDER BY thing_id");
        });
    }
};
INSTANTIATE_ON_EVERY_ENGINE(ManyTest);

TEST_P(ManyTest, GivesBackRowsAsTheyWere) {
    std::vector<Thing> given;
    for (const char* name : {"", "NULL", "null", "a,b", "{a}", "\"quoted\"", "back\\slash", " a ",
                             "two\nlines", "Mélanie O'Brien “ᐃᓄᒃᑎᑐᑦ” 🪶", "$1", "\\\"\\"}) {
        given.push_back({.thing_id = id(given.size()), .name = name});
    }
    const auto last = std::numeric_limits<std::int64_t>::max();
    given.push_back({.thing_id = id(100), .amount = last, .share = 1.0 / 3.0, .is_open = true});
    given.push_back({.thing_id = id(101), .amount = -last - 1, .share = 5e-324, .is_open = false});
    given.push_back({.thing_id = id(102), .seal = Bytes{0, 34, 92, 123, 255}});
    given.push_back({.thing_id = id(103), .seal = Bytes{}});
    EXPECT_EQ(add(given), static_cast<int>(given.size()));
    std::ranges::sort(given, {}, &Thing::thing_id);
    EXPECT_EQ(things(), given);
    EXPECT_EQ(add({}), 0);
    EXPECT_EQ(add({{.thing_id = id(200)}}), 1);
    EXPECT_EQ(add({{.thing_id = id(201)}, {.thing_id = id(202)}}), 2) << "nothing but nothings";
}

TEST_P(ManyTest, AreMoreThanOneStatementTakes) {
    std::vector<Thing> given;
    for (std::uint64_t n = 0; n < 12'001; ++n) {
        given.push_back({.thing_id = id(n), .amount = static_cast<std::int64_t>(n) + 1'000});
    }
    EXPECT_EQ(add(given), 12'001);
    EXPECT_EQ(db().read([](Reader& r) {
        return r.one<std::int64_t>("SELECT SUM(amount) FROM thing");
    }), 12'001 * 1'000 + 12'000 * 12'001 / 2);
}

TEST_P(ManyTest, OneWrongRowTakesAllOfThemBack) {
    try {
        add({{.thing_id = id(1), .name = "Planted Name"}, {.thing_id = id(2), .amount = 13}});
        FAIL();
    } catch (const Fault& fault) {
        EXPECT_EQ(fault.kind, Fault::Kind::constraint);
        EXPECT_EQ(std::string_view(fault.what()).find("Planted"), std::string_view::npos);
    }
    EXPECT_THROW(add({{.thing_id = id(1), .name = "a"},
                      {.thing_id = id(2), .name = std::string("a\0b", 3)}}), Fault);
    EXPECT_TRUE(things().empty());
}

TEST_P(ManyTest, PassesOverOnesThatAreThere) {
    add({{.thing_id = id(1)}});
    EXPECT_EQ(db().write(smi, [](Transaction& tx) {
        return tx.run_many("INSERT INTO thing (thing_id, kind) VALUES ($1, 'a, (b)') "
                           "ON CONFLICT DO NOTHING",
                           {row_of(id(1)), row_of(id(2)), row_of(id(2)), row_of(id(3))});
    }), 2);
    EXPECT_EQ(things().size(), 3u);
}

TEST_P(ManyTest, ComeOneAfterTheOtherWhereThatMatters) {
    const auto put = [&](const std::vector<std::vector<Value>>& rows) {
        return db().write(smi, [&](Transaction& tx) {
            return tx.run_many("INSERT INTO thing (thing_id, kind, amount) VALUES ($1, 'a, (b)', "
                               "$2) ON CONFLICT (thing_id) DO UPDATE SET amount = excluded.amount "
                               "- thing.amount", rows);
        });
    };
    EXPECT_EQ(put({row_of(id(1), 5), row_of(id(1), 7), row_of(id(1), 11)}), 3);
    EXPECT_EQ(things().at(0).amount, 9);
    EXPECT_EQ(db().write(smi, [](Transaction& tx) {
        tx.run_many("INSERT INTO thing (thing_id, kind, amount) VALUES ($1, 'a, (b)', "
                    "(SELECT COUNT(*) FROM thing))", {row_of(id(2)), row_of(id(3))});
        return tx.run_many("UPDATE thing SET amount = amount + $2 WHERE thing_id = $1",
                           {row_of(id(2), 10), row_of(id(3), 100), row_of(id(4), 1)});
    }), 2);
    std::int64_t sum = 0;
    for (const auto& thing : things()) sum += thing.amount.value();
    EXPECT_EQ(sum, 9 + 1 + 10 + 2 + 100);
}

TEST_P(ManyTest, AreAskedForInHundreds) {
    std::vector<Thing> given;
    std::vector<std::string> names;
    for (std::uint64_t n = 0; n < 250; ++n) {
        names.push_back("name " + std::to_string(n));
        given.push_back({.thing_id = id(n), .name = names.back()});
    }
    add(given);
    names.emplace_back("nobody's");
    std::vector<std::string> found;
    db().read([&](Reader& reader) {
        each_of<std::string>(
            reader, Statement("SELECT name FROM thing WHERE kind = $1 AND name IN ") +
                        hundred_texts,
            "a, (b)", names, [&](std::string&& name) { found.push_back(std::move(name)); });
        return 0;
    });
    names.pop_back();
    std::ranges::sort(names);
    std::ranges::sort(found);
    EXPECT_EQ(found, names);
}

TEST(Many, AreArraysWhereRowsStandAlone) {
    EXPECT_EQ(of_arrays("INSERT INTO a (b, c, d) VALUES ($2, '$1 (', $1)"),
              "INSERT INTO a (b, c, d) SELECT given.v2, '$1 (', given.v1 "
              "FROM unnest($1, $2) AS given (v1, v2)");
    EXPECT_EQ(of_arrays("INSERT INTO a (b) VALUES ($1) ON CONFLICT DO NOTHING"),
              "INSERT INTO a (b) SELECT given.v1 FROM unnest($1) AS given (v1) "
              "ON CONFLICT DO NOTHING");
    for (const auto* text :
         {"INSERT INTO a (b) VALUES (1)", "INSERT INTO a (b) VALUES ($1), ($2)",
          "INSERT INTO a (b) VALUES ($1) RETURNING b", "INSERT INTO a (b) SELECT $1",
          "INSERT INTO a (b) VALUES ((SELECT MAX(b) FROM a) + $1)",
          "INSERT INTO a (b) VALUES ($1) ON CONFLICT (b) DO UPDATE SET b = $1",
          "UPDATE a SET b = $1", "DELETE FROM a WHERE b = 'VALUES ($1)'",
          "INSERT INTO a (b) VALUES ($1"}) {
        EXPECT_FALSE(of_arrays(text)) << text;
    }
}

TEST(Turn, IsTheirsWhoHaveWaitedLongest) {
    Turn turn;
    std::string order;
    std::vector<std::jthread> others;
    turn.lock();
    for (const char who : {'a', 'b', 'c'}) {
        others.emplace_back([&turn, &order, who] {
            const std::lock_guard mine(turn);
            order += who;
        });
        while (turn.waiting() < others.size()) std::this_thread::yield();
    }
    turn.unlock();
    // Whoever comes back at once is behind those who were there before.
    turn.lock();
    order += 'd';
    turn.unlock();
    others.clear();
    EXPECT_EQ(order, "abcd");
    const std::lock_guard again(turn);
}

}  // namespace
}  // namespace alongside::sql
