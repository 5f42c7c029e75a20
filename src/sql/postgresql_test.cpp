// What is PostgreSQL's alone: prisons side by side, a server that goes and comes back.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/result.h"
#include "sql/testing.h"

namespace alongside::sql {
namespace {

const EstablishmentId mdi = *EstablishmentId::parse("MDI");

// One engine of EveryEngine, so that a missing server is told in the same way.
class PostgresqlTest : public EveryEngine {
protected:
    std::vector<Migration> migrations() const override {
        auto out = embedded_migrations();
        out.push_back({"9999_tick.sql", "CREATE TABLE tick (number BIGINT NOT NULL PRIMARY KEY, "
                                        "seen BIGINT NOT NULL DEFAULT 0)"});
        return out;
    }
    int add(const EstablishmentId& establishment, int number) {
        return db().write(establishment, [&](Transaction& tx) {
            return tx.run("INSERT INTO tick (number) VALUES ($1)", number);
        });
    }
    std::int64_t ticks() {
        return db().read(
            [](Reader& reader) { return reader.one<std::int64_t>("SELECT COUNT(*) FROM tick"); });
    }
    // Ends every other connection of this schema's database that waits for its next statement, or
    // the one with this process id.
    void end_connections(std::optional<std::int64_t> backend = {}) {
        const auto other = open();
        other->write({}, [&](Transaction& tx) {
            if (backend) {
                return tx.rows<bool>("SELECT pg_terminate_backend($1::int)", *backend).size();
            }
            return tx.rows<bool>("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
                                 "pid <> pg_backend_pid() AND application_name = 'alongside' AND "
                                 "datname = current_database()")
                .size();
        });
    }
};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(PostgresqlTest);
INSTANTIATE_TEST_SUITE_P(On, PostgresqlTest, testing::ValuesIn([] {
                             auto out = stores_to_test();
                             std::erase_if(out, [](Store s) { return s != Store::postgresql; });
                             return out;
                         }()),
                         [](const auto& store) { return name_of(store.param); });

TEST_P(PostgresqlTest, WritesForTwoPrisonsSideBySide) {
    db().write(smi, [&](Transaction& tx) {
        tx.run("INSERT INTO tick (number) VALUES (1)");
        std::thread([&] { add(mdi, 2); }).join();  // would never end if it had to wait for us
        return Done{};
    });
    EXPECT_EQ(ticks(), 2);
}

TEST_P(PostgresqlTest, LocksThePrisonsHeadForOtherPrograms) {
    const auto lock_it = [&](const char* establishment) {
        const auto other = open();
        other->write({}, [&](Transaction& tx) {
            return tx.rows<std::int64_t>("SELECT seq FROM ledger_head WHERE establishment_id = $1 "
                                         "FOR UPDATE NOWAIT", establishment).size();
        });
    };
    add(smi, 1);
    add(mdi, 2);
    db().write(smi, [&](Transaction&) {
        EXPECT_NO_THROW(lock_it("MDI"));
        try {
            lock_it("SMI");
            ADD_FAILURE() << "not locked";
        } catch (const Fault& fault) {
            EXPECT_EQ(fault.kind, Fault::Kind::locked);
        }
        return Done{};
    });
    EXPECT_NO_THROW(lock_it("SMI"));
}

TEST_P(PostgresqlTest, TellsTheWriteThatWasCutOffAndServesTheNext) {
    try {
        db().write(smi, [&](Transaction& tx) {
            tx.run("INSERT INTO tick (number) VALUES (1)");
            end_connections(tx.one<std::int64_t>("SELECT pg_backend_pid()"));
            return tx.run("INSERT INTO tick (number) VALUES (2)");
        });
        FAIL() << "not cut off";
    } catch (const Fault& fault) {
        EXPECT_EQ(fault.kind, Fault::Kind::unreachable);
    }
    EXPECT_EQ(ticks(), 0);
    EXPECT_EQ(add(smi, 3), 1);
    EXPECT_EQ(ticks(), 1);
}

TEST_P(PostgresqlTest, NoticesNothingOfIdleConnectionsThatEnded) {
    EXPECT_EQ(add(smi, 1), 1);
    EXPECT_EQ(ticks(), 1);
    end_connections();
    EXPECT_EQ(add(smi, 2), 1);
    EXPECT_EQ(ticks(), 2);
    EXPECT_TRUE(db().is_ready());
}

TEST_P(PostgresqlTest, PlansAgainWhatIsUsedOften) {
    add(smi, 1);
    const auto plans = db().read([](Reader& reader) {
        const auto use = [&] {
            return reader.one<int>("SELECT number FROM tick WHERE number = $1", 1);
        };
        const auto names = [&] {
            return reader.rows<std::string>("SELECT name FROM pg_prepared_statements WHERE "
                                            "statement = 'SELECT number FROM tick "
                                            "WHERE number = $1'");
        };
        std::vector<std::vector<std::string>> out;
        for (int i = 0; i < 450; ++i) {
            EXPECT_EQ(use(), 1);
            if (i == 0 || i == 49 || i == 50 || i == 399 || i == 400) out.push_back(names());
        }
        return out;
    });
    ASSERT_EQ(plans.size(), 5u);
    for (const auto& one : plans) EXPECT_EQ(one.size(), 1u) << "the one before is gone";
    EXPECT_EQ(plans[0], plans[1]);
    EXPECT_NE(plans[1], plans[2]);
    EXPECT_EQ(plans[2], plans[3]);
    EXPECT_NE(plans[3], plans[4]);
}

TEST_P(PostgresqlTest, DoesAgainWhatLostADeadlock) {
    add(smi, 1);
    add(smi, 2);
    std::atomic<int> first_rows{0};
    const auto both = [&](const EstablishmentId& establishment, int first, int second) {
        db().write(establishment, [&](Transaction& tx) {
            tx.run("UPDATE tick SET seen = seen + 1 WHERE number = $1", first);
            ++first_rows;
            while (first_rows < 2) std::this_thread::yield();
            return tx.run("UPDATE tick SET seen = seen + 1 WHERE number = $1", second);
        });
    };
    {
        std::jthread one([&] { both(smi, 1, 2); });
        std::jthread two([&] { both(mdi, 2, 1); });
    }
    EXPECT_GE(db().tally().retried, 1u);
    EXPECT_EQ(db().read([](Reader& reader) {
        return reader.one<std::int64_t>("SELECT SUM(seen) FROM tick");
    }), 4);
}

TEST_P(PostgresqlTest, TakesTheLeaseAgainWhenTheServerIsBack) {
    const auto lease = Lease::take(db());
    const auto other = open();
    EXPECT_THROW(Lease::take(*other), Fault);
    other->write({}, [&](Transaction& tx) {
        return tx.rows<bool>("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                             "WHERE application_name LIKE '% process %' AND "
                               "datname = current_database()").size();
    });
    EXPECT_TRUE(lease->is_held());
    EXPECT_THROW(Lease::take(*other), Fault);
}

TEST_P(PostgresqlTest, SaysThatPgDumpBacksUp) {
    EXPECT_THROW(db().backup_to("anywhere", {}), Fault);
    EXPECT_EQ(db().disk_left(), std::nullopt);
}

TEST(Postgresql, IsUnreachableWhereNobodyListens) {
    try {
        Database::open("postgresql://nobody@127.0.0.1:1/none");
        FAIL();
    } catch (const Fault& fault) {
        EXPECT_EQ(fault.kind, Fault::Kind::unreachable);
    }
}

}  // namespace
}  // namespace alongside::sql
