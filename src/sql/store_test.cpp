// What both engines promise alike.
#include <gtest/gtest.h>

#include <atomic>
#include <limits>
#include <thread>

#include "base/result.h"
#include "sql/testing.h"

namespace alongside::sql {
namespace {


enum class Colour { red, green };
BOOST_DESCRIBE_ENUM(Colour, red, green)

constexpr std::string_view tables = R"(
CREATE TABLE thing (
    establishment_id TEXT NOT NULL,
    thing_id UUID NOT NULL,
    name TEXT,
    note TEXT CHECK (note <> 'UUID is not BYTES'),
    amount BIGINT,
    share DOUBLE PRECISION,
    is_open BOOLEAN,
    seal BYTES,
    PRIMARY KEY (establishment_id, thing_id)
);
CREATE TABLE part (
    part_id UUID NOT NULL PRIMARY KEY,
    establishment_id TEXT NOT NULL,
    thing_id UUID NOT NULL,
    FOREIGN KEY (establishment_id, thing_id) REFERENCES thing (establishment_id, thing_id)
);
CREATE TABLE tick (number BIGINT NOT NULL PRIMARY KEY CHECK (number <> 13));
)";

class DatabaseTest : public EveryEngine {
protected:
    std::vector<Migration> migrations() const override { return {{"0001_things.sql", tables}}; }

    static Uuid id(std::uint64_t n) {
        SeededEntropy entropy(n);
        return Uuid::v7(Instant{}, entropy);
    }
    int add(std::int64_t number) {
        return db().write(smi, [&](Transaction& tx) {
            return tx.run("INSERT INTO tick (number) VALUES ($1)", number);
        });
    }
    std::int64_t ticks() {
        return db().read(
            [](Reader& reader) { return reader.one<std::int64_t>("SELECT COUNT(*) FROM tick"); });
    }
    Fault::Kind kind_of(const std::function<void()>& work) {
        try {
            work();
        } catch (const Fault& fault) {
            return fault.kind;
        }
        ADD_FAILURE() << "no fault";
        return Fault::Kind::other;
    }
    // What comes back of a value written through one column and read again.
    template <class T>
    T through(const Statement& insert, const Statement& select, const T& value) {
        const auto key = id(next_++);
        db().write(smi, [&](Transaction& tx) { return tx.run(insert, smi, key, value); });
        return db().read([&](Reader& reader) { return reader.one<T>(select, key); });
    }
    template <class T>
    T text_column(const T& value) {
        return through(
            "INSERT INTO thing (establishment_id, thing_id, name) VALUES ($1, $2, $3)",
            "SELECT name FROM thing WHERE thing_id = $1", value);
    }
    template <class T>
    T whole_column(const T& value) {
        return through(
            "INSERT INTO thing (establishment_id, thing_id, amount) VALUES ($1, $2, $3)",
            "SELECT amount FROM thing WHERE thing_id = $1", value);
    }

private:
    std::uint64_t next_ = 1000;
};
INSTANTIATE_ON_EVERY_ENGINE(DatabaseTest);

TEST_P(DatabaseTest, GivesBackTextsAsTheyWere) {
    for (const std::string text : {"", " ", "Mélanie O'Brien “ᐃᓄᒃᑎᑐᑦ” 🪶", "a\nb\t\\x41 $1 %s"}) {
        EXPECT_EQ(text_column(text), text);
        EXPECT_EQ(text_column(std::optional(text)), text);
    }
    EXPECT_EQ(text_column(std::optional<std::string>()), std::nullopt);
    EXPECT_EQ(kind_of([&] { text_column(std::string("a\0b", 3)); }), Fault::Kind::constraint);
}

TEST_P(DatabaseTest, GivesBackNumbersToTheirEnds) {
    using Limits = std::numeric_limits<std::int64_t>;
    for (const auto number : {Limits::min(), std::int64_t{-1}, std::int64_t{0}, Limits::max()}) {
        EXPECT_EQ(whole_column(number), number);
    }
    EXPECT_EQ(whole_column(std::optional<int>()), std::nullopt);
    const auto share = [&](double value) {
        return through(
            "INSERT INTO thing (establishment_id, thing_id, share) VALUES ($1, $2, $3)",
            "SELECT share FROM thing WHERE thing_id = $1", value);
    };
    for (const double number : {0.1, -0.0, 1.0 / 3.0, 1e300, 5e-324, 17.0}) {
        EXPECT_EQ(share(number), number);
    }
}

TEST_P(DatabaseTest, GivesBackBooleansBytesAndIds) {
    const auto open = [&](std::optional<bool> value) {
        return through(
            "INSERT INTO thing (establishment_id, thing_id, is_open) VALUES ($1, $2, $3)",
            "SELECT is_open FROM thing WHERE thing_id = $1", value);
    };
    EXPECT_EQ(open(true), true);
    EXPECT_EQ(open(false), false);
    EXPECT_EQ(open(std::nullopt), std::nullopt);
    const auto seal = [&](std::optional<Bytes> value) {
        return through("INSERT INTO thing (establishment_id, thing_id, seal) VALUES ($1, $2, $3)",
                       "SELECT seal FROM thing WHERE thing_id = $1", value);
    };
    Bytes all;
    for (int i = 0; i < 256; ++i) all.push_back(static_cast<std::uint8_t>(i));
    EXPECT_EQ(seal(all), all);
    EXPECT_EQ(seal(Bytes{}), Bytes{});
    EXPECT_EQ(seal(std::nullopt), std::nullopt);
    const auto key = id(7);
    db().write(smi, [&](Transaction& tx) {
        return tx.run("INSERT INTO thing (establishment_id, thing_id) VALUES ($1, $2)", smi, key);
    });
    EXPECT_EQ(db().read([&](Reader& reader) {
        return reader.one<Uuid>("SELECT thing_id FROM thing WHERE thing_id = $1", key);
    }), key);
}

TEST_P(DatabaseTest, GivesBackNounsAndTimes) {
    const auto night = *parse_iso_instant("2026-11-21T03:14:05.678Z");
    EXPECT_EQ(whole_column(night), night);
    const auto day = *parse_iso_day("2024-02-29");
    EXPECT_EQ(text_column(day), day);
    EXPECT_EQ(text_column(smi), smi);
    const auto scheme = *SchemeCode::parse("pops");
    EXPECT_EQ(text_column(scheme), scheme);
    const auto cell = *LocationKey::parse("A-1-001", smi);
    EXPECT_EQ(text_column(cell), cell);
    EXPECT_TRUE(text_column(LocationKey()).empty());
    EXPECT_EQ(text_column(Colour::green), Colour::green);
    EXPECT_EQ(text_column(Role::night_manager), Role::night_manager);
    EXPECT_EQ(text_column(DeviceKind::in_cell), DeviceKind::in_cell);
}

TEST_P(DatabaseTest, RefusesRowsOfAnotherShape) {
    text_column(std::string("purple"));
    const auto read = [&](auto kind, const Statement& statement) {
        db().read([&](Reader& reader) { return reader.one<decltype(kind)>(statement); });
    };
    EXPECT_THROW(read(Colour{}, "SELECT name FROM thing"), CorruptRow);
    EXPECT_THROW(read(Day{}, "SELECT name FROM thing"), CorruptRow);
    EXPECT_THROW(read(std::int64_t{}, "SELECT name FROM thing"), CorruptRow);
    EXPECT_THROW(read(bool{}, "SELECT name FROM thing"), CorruptRow);
    EXPECT_THROW(read(Uuid{}, "SELECT name FROM thing"), CorruptRow);
    EXPECT_THROW(read(std::int64_t{}, "SELECT amount FROM thing"), CorruptRow);  // NULL
    EXPECT_THROW(read(std::string{}, "SELECT note FROM thing"), CorruptRow);     // NULL
    EXPECT_THROW(read(std::string{}, "SELECT name FROM thing WHERE name = ''"), CorruptRow);
}

TEST_P(DatabaseTest, UsesAValueTwiceAndInAnyOrder) {
    const auto sum = db().read([](Reader& reader) {
        return reader.one<std::int64_t>(
            "SELECT CAST($2 AS BIGINT) * 10 + CAST($1 AS BIGINT) + CAST($2 AS BIGINT)", 3, 4);
    });
    EXPECT_EQ(sum, 47);
}

TEST_P(DatabaseTest, KeepsWholeNumbersWhole) {
    const auto number = db().write(smi, [](Transaction& tx) {
        tx.run("INSERT INTO tick (number) VALUES ($1 + 1)", std::int64_t{1} << 40);
        return tx.one<std::int64_t>("SELECT number FROM tick WHERE number > $1 LIMIT $2",
                                    std::int64_t{1} << 39, 1);
    });
    EXPECT_EQ(number, (std::int64_t{1} << 40) + 1);
}

TEST_P(DatabaseTest, StreamsManyRows) {
    db().write(smi, [](Transaction& tx) {
        std::vector<std::vector<Value>> rows;
        for (int i = 100; i < 2600; ++i) rows.push_back({to_value(i)});
        return tx.run_many("INSERT INTO tick (number) VALUES ($1)", rows);
    });
    std::int64_t expected = 100;
    db().read([&](Reader& reader) {
        reader.each<std::int64_t>("SELECT number FROM tick WHERE number >= $1 ORDER BY number",
                                  [&](std::int64_t&& n) { EXPECT_EQ(n, expected++); }, 100);
        return 0;
    });
    EXPECT_EQ(expected, 2600);
}

TEST_P(DatabaseTest, ReadsRowsWhileItReadsRows) {
    for (int i = 0; i < 5; ++i) add(i);
    const auto sum = db().read([](Reader& reader) {
        const Statement all("SELECT number FROM tick ORDER BY number");
        std::int64_t out = 0;
        reader.each<std::int64_t>(all, [&](std::int64_t&& outer) {
            reader.each<std::int64_t>(all, [&](std::int64_t&& inner) { out += outer * inner; });
        });
        return out;
    });
    EXPECT_EQ(sum, 100);
}

TEST_P(DatabaseTest, ForgetsARefusedWrite) {
    const auto refused = db().write(smi, [](Transaction& tx) -> Result<Done> {
        tx.run("INSERT INTO tick (number) VALUES (1)");
        return Refusal{"sql.test", tr("No."), "", 409};
    });
    EXPECT_FALSE(refused);
    EXPECT_EQ(ticks(), 0);
    EXPECT_THROW(db().write(smi, [](Transaction& tx) -> int {
        tx.run("INSERT INTO tick (number) VALUES (1)");
        throw std::runtime_error("stop");
    }), std::runtime_error);
    EXPECT_EQ(ticks(), 0);
}

TEST_P(DatabaseTest, EndsATransactionWithABrokenConstraint) {
    add(1);
    EXPECT_EQ(kind_of([&] { add(1); }), Fault::Kind::constraint);
    EXPECT_EQ(kind_of([&] { add(13); }), Fault::Kind::constraint);
    EXPECT_EQ(kind_of([&] {
        db().write(smi, [&](Transaction& tx) {
            return tx.run("INSERT INTO part (part_id, establishment_id, thing_id) "
                          "VALUES ($1, $2, $3)", id(1), smi, id(2));
        });
    }), Fault::Kind::constraint);
    // Even if somebody catches it.
    EXPECT_EQ(kind_of([&] {
        db().write(smi, [](Transaction& tx) {
            tx.run("INSERT INTO tick (number) VALUES (2)");
            try {
                tx.run("INSERT INTO tick (number) VALUES (1)");
            } catch (const Fault&) {
            }
            return Done{};
        });
    }), Fault::Kind::constraint);
    EXPECT_EQ(ticks(), 1);
}

TEST_P(DatabaseTest, SaysNoValueInItsFaults) {
    try {
        db().write(smi, [](Transaction& tx) {
            tx.run("INSERT INTO thing (establishment_id, thing_id, name) VALUES ('SMI', $1, $2)",
                   id(1), "Planted Name");
            return tx.run(
                "INSERT INTO thing (establishment_id, thing_id, name) VALUES ('SMI', $1, $2)",
                id(1), "Planted Name");
        });
        FAIL();
    } catch (const Fault& fault) {
        EXPECT_EQ(std::string_view(fault.what()).find("Planted"), std::string_view::npos);
        EXPECT_EQ(std::string_view(fault.what()).find(id(1).text()), std::string_view::npos);
        EXPECT_NE(std::string_view(fault.what()).find("thing"), std::string_view::npos);
    }
}

TEST_P(DatabaseTest, CallsAfterTheCommitAlone) {
    int calls = 0;
    db().write(smi, [&](Transaction& tx) {
        tx.after_commit([&] { ++calls; });
        EXPECT_EQ(calls, 0);
        return tx.run("INSERT INTO tick (number) VALUES (1)");
    });
    EXPECT_EQ(calls, 1);
    EXPECT_FALSE(db().write(smi, [&](Transaction& tx) -> Result<Done> {
        tx.after_commit([&] { ++calls; });
        return Refusal{"sql.test", tr("No."), "", 409};
    }));
    EXPECT_EQ(calls, 1);
}

TEST_P(DatabaseTest, ReadsOneSnapshot) {
    if (in_memory()) GTEST_SKIP() << "in memory a read keeps writers out";
    add(1);
    db().read([&](Reader& reader) {
        EXPECT_EQ(reader.one<int>("SELECT COUNT(*) FROM tick"), 1);
        std::thread([&] { add(2); }).join();
        EXPECT_EQ(reader.one<int>("SELECT COUNT(*) FROM tick"), 1);
        return 0;
    });
    EXPECT_EQ(ticks(), 2);
}

TEST_P(DatabaseTest, GivesEachOfManyWritersItsOwnAnswer) {
    constexpr int writers = 8;
    constexpr int each = 50;
    std::atomic<int> refused{0};
    std::atomic<int> broken{0};
    std::vector<std::jthread> threads;
    for (int w = 0; w < writers; ++w) {
        threads.emplace_back([&, w] {
            for (int i = 0; i < each; ++i) {
                const std::int64_t number = 1000 + w * each + i;
                if (i % 10 == 3) {
                    try {
                        add(13);
                    } catch (const Fault& fault) {
                        broken += fault.kind == Fault::Kind::constraint;
                    }
                } else if (i % 10 == 7) {
                    refused += !db().write(smi, [&](Transaction& tx) -> Result<Done> {
                        tx.run("INSERT INTO tick (number) VALUES ($1)", number);
                        return Refusal{"sql.test", tr("No."), "", 409};
                    });
                } else {
                    EXPECT_EQ(add(number), 1);
                }
            }
        });
    }
    threads.clear();
    EXPECT_EQ(broken, writers * each / 10);
    EXPECT_EQ(refused, writers * each / 10);
    EXPECT_EQ(ticks(), writers * each * 8 / 10);
}

TEST_P(DatabaseTest, WritesOfOnePrisonDontOverlap) {
    add(0);
    std::vector<std::jthread> threads;
    for (int w = 0; w < 4; ++w) {
        threads.emplace_back([&] {
            for (int i = 0; i < 25; ++i) {
                db().write(smi, [](Transaction& tx) {
                    const auto last = tx.one<std::int64_t>("SELECT MAX(number) FROM tick");
                    const auto next = last + (last == 12 ? 2 : 1);
                    return tx.run("INSERT INTO tick (number) VALUES ($1)", next);
                });
            }
        });
    }
    threads.clear();
    EXPECT_EQ(ticks(), 101);
}

TEST_P(DatabaseTest, TakesWhatAStatementReturns) {
    const auto number = db().write(smi, [](Transaction& tx) {
        return tx.one<std::int64_t>("INSERT INTO tick (number) VALUES ($1) RETURNING number", 5);
    });
    EXPECT_EQ(number, 5);
    EXPECT_EQ(ticks(), 1);
}

TEST_P(DatabaseTest, CountsTheRowsItChanged) {
    const auto changed = db().write(smi, [](Transaction& tx) {
        tx.run_many("INSERT INTO tick (number) VALUES ($1)", {{to_value(1)}, {to_value(2)}});
        const int none = tx.run("DELETE FROM tick WHERE number = 99");
        return tx.run("UPDATE tick SET number = number + 10 WHERE number < 3") * 10 + none;
    });
    EXPECT_EQ(changed, 20);
}

TEST_P(DatabaseTest, SortsTextByItsBytes) {
    for (const char* name : {"b", "B", "a-1", "a1", "É", "A"}) text_column(std::string(name));
    const auto names = db().read([](Reader& reader) {
        return reader.rows<std::string>("SELECT name FROM thing ORDER BY name");
    });
    EXPECT_EQ(names, (std::vector<std::string>{"A", "B", "a-1", "a1", "b", "É"}));
}

TEST_P(DatabaseTest, IsReadyAndLetsOneServe) {
    EXPECT_TRUE(db().is_ready());
    const auto lease = Lease::take(db());
    EXPECT_TRUE(lease->is_held());
    if (in_memory()) return;
    const auto other = open();
    try {
        Lease::take(*other);
        FAIL() << "taken twice";
    } catch (const Fault& fault) {
        EXPECT_EQ(fault.kind, Fault::Kind::locked);
        EXPECT_NE(std::string(fault.what()).find(std::to_string(::getpid())), std::string::npos);
    }
}

TEST_P(DatabaseTest, GivesTheLeaseOn) {
    { const auto lease = Lease::take(db()); }
    EXPECT_TRUE(Lease::take(db())->is_held());
}

// Dies in a program of its own, so that a connection isn't shared with a copy of this one.
class DatabaseDeathTest : public DatabaseTest {
protected:
    void SetUp() override {
        GTEST_FLAG_SET(death_test_style, "threadsafe");
        DatabaseTest::SetUp();
    }
};
INSTANTIATE_ON_EVERY_ENGINE(DatabaseDeathTest);

TEST_P(DatabaseDeathTest, KnowsAClosureInsideAnother) {
    const auto nothing = [](Reader&) { return 0; };
    EXPECT_DEATH(db().write(smi, [&](Transaction&) { return db().read(nothing); }), "ENSURE");
    EXPECT_DEATH(db().write(smi, [&](Transaction&) { return db().write(smi, nothing); }), "ENSURE");
    EXPECT_DEATH(db().read([&](Reader&) { return db().write(smi, nothing); }), "ENSURE");
    EXPECT_DEATH(db().read([&](Reader&) { return db().read(nothing); }), "ENSURE");
}

TEST_P(DatabaseDeathTest, KnowsAValueTooFewOrTooMany) {
    EXPECT_DEATH(db().write(smi, [](Transaction& tx) {
        return tx.run("INSERT INTO tick (number) VALUES ($1)");
    }), "ENSURE");
    EXPECT_DEATH(db().write(smi, [](Transaction& tx) {
        return tx.run("INSERT INTO tick (number) VALUES ($1)", 1, 2);
    }), "ENSURE");
}

}  // namespace
}  // namespace alongside::sql
