// What is SQLite's alone: group commit, files, backup while others write.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "base/result.h"
#include "sql/testing.h"

namespace alongside::sql {
namespace {

const std::vector<Migration> tick{
    {"0001_tick.sql", "CREATE TABLE tick (number BIGINT NOT NULL PRIMARY KEY CHECK (number <> 13), "
                      "filling BYTES)"}};

class SqliteTest : public testing::Test {
protected:
    SqliteTest() : db_(open()) { migrate(*db_, tick); }

    std::unique_ptr<Database> open(Options options = {.create = true}) const {
        return Database::open("sqlite:" + path(), options);
    }
    std::string path() const { return folder_.file("test.db"); }
    static int add(Database& db, std::int64_t number, std::size_t filling = 10) {
        return db.write(smi, [&](Transaction& tx) {
            return tx.run("INSERT INTO tick (number, filling) VALUES ($1, $2)", number,
                          Bytes(filling, 7));
        });
    }
    static std::int64_t ticks(Database& db) {
        return db.read(
            [](Reader& reader) { return reader.one<std::int64_t>("SELECT COUNT(*) FROM tick"); });
    }
    static Fault::Kind kind_of(const std::function<void()>& work) {
        try {
            work();
        } catch (const Fault& fault) {
            return fault.kind;
        }
        ADD_FAILURE() << "no fault";
        return Fault::Kind::other;
    }
    // Starts writers that all wait for one slow write, so that they become one batch.
    template <class F>
    void all_at_once(int writers, F&& write) {
        std::atomic<bool> slow_began{false};
        std::atomic<int> coming{0};
        std::vector<std::jthread> threads;
        threads.emplace_back([&] {
            db_->write(smi, [&](Transaction&) {
                slow_began = true;
                while (coming < writers) std::this_thread::yield();
                std::this_thread::sleep_for(std::chrono::milliseconds(100));
                return Done{};
            });
        });
        while (!slow_began) std::this_thread::yield();
        for (int w = 0; w < writers; ++w) {
            threads.emplace_back([&, w] {
                ++coming;
                write(w);
            });
        }
        threads.clear();
    }

    TemporaryFolder folder_;
    std::unique_ptr<Database> db_;
};

TEST_F(SqliteTest, CommitsManyWritersAtOnce) {
    const auto before = db_->tally();
    all_at_once(10, [&](int w) { add(*db_, 100 + w); });
    const auto after = db_->tally();
    EXPECT_EQ(ticks(*db_), 10);
    EXPECT_EQ(after.writes - before.writes, 11u);
    EXPECT_LE(after.commits - before.commits, 5u);  // two, on a machine with nothing else to do
    EXPECT_EQ(after.retried, before.retried);
}

TEST_F(SqliteTest, KeepsTheOthersOfABatchWhereOneFails) {
    std::atomic<int> broken{0};
    std::atomic<int> refused{0};
    std::atomic<int> called{0};
    all_at_once(9, [&](int w) {
        if (w % 3 == 0) {
            broken += kind_of([&] { add(*db_, 13); }) == Fault::Kind::constraint;
        } else if (w % 3 == 1) {
            refused += !db_->write(smi, [&](Transaction& tx) -> Result<Done> {
                tx.after_commit([&] { called += 100; });
                tx.run("INSERT INTO tick (number) VALUES ($1)", 200 + w);
                return Refusal{"sql.test", tr("No."), "", 409};
            });
        } else {
            db_->write(smi, [&](Transaction& tx) {
                tx.after_commit([&] { ++called; });
                return tx.run("INSERT INTO tick (number) VALUES ($1)", 200 + w);
            });
        }
    });
    EXPECT_EQ(broken, 3);
    EXPECT_EQ(refused, 3);
    EXPECT_EQ(called, 3);
    EXPECT_EQ(ticks(*db_), 3);
}

TEST_F(SqliteTest, FindsEverythingAgainWhenReopened) {
    add(*db_, 1);
    db_.reset();
    db_ = open({});
    EXPECT_EQ(ticks(*db_), 1);
    EXPECT_TRUE(migrate(*db_, tick).applied.empty());
}

TEST_F(SqliteTest, IsNobodyElsesToRead) {
    for (const char* end : {"", "-wal"}) {
        struct stat file{};
        ASSERT_EQ(::stat((path() + end).c_str(), &file), 0) << end;
        EXPECT_EQ(file.st_mode & 0777, 0600u) << end;
    }
}

TEST_F(SqliteTest, SaysWhatIsWrongWithAFile) {
    EXPECT_EQ(kind_of([&] { Database::open("sqlite:" + folder_.file("none.db")); }),
              Fault::Kind::unreachable);
    EXPECT_EQ(kind_of([&] { Database::open("sqlite:/nowhere/a.db", {.create = true}); }),
              Fault::Kind::unreachable);
    std::ofstream(folder_.file("text.db")) << std::string(5000, 'x');
    EXPECT_EQ(kind_of([&] { Database::open("sqlite:" + folder_.file("text.db")); }),
              Fault::Kind::corrupt);
}

TEST_F(SqliteTest, WaitsForAnotherProgramsLockButNotForEver) {
    const auto other = open();
    std::atomic<bool> holds{false};
    std::atomic<bool> let_go{false};
    std::jthread holder([&] {
        other->write(smi, [&](Transaction& tx) {
            tx.run("INSERT INTO tick (number) VALUES (1)");
            holds = true;
            while (!let_go) std::this_thread::sleep_for(std::chrono::milliseconds(5));
            return Done{};
        });
    });
    while (!holds) std::this_thread::yield();
    EXPECT_EQ(kind_of([&] { add(*db_, 2); }), Fault::Kind::locked);
    EXPECT_EQ(ticks(*db_), 0);  // reading goes on
    let_go = true;
    holder.join();
    EXPECT_EQ(add(*db_, 2), 1);
    EXPECT_EQ(ticks(*db_), 2);
}

TEST_F(SqliteTest, LetsReadersWaitForAFreeConnection) {
    db_.reset();
    db_ = open({.readers = 2});
    std::vector<std::jthread> threads;
    std::atomic<int> read{0};
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] {
            for (int n = 0; n < 50; ++n) read += ticks(*db_) == 0;
        });
    }
    threads.clear();
    EXPECT_EQ(read, 400);
}

TEST_F(SqliteTest, EmptiesItsLog) {
    add(*db_, 1, 5000);
    EXPECT_GT(std::filesystem::file_size(path() + "-wal"), 0u);
    EXPECT_TRUE(db_->empty_log());
    EXPECT_EQ(std::filesystem::file_size(path() + "-wal"), 0u);
    add(*db_, 2);
    EXPECT_EQ(ticks(*db_), 2);
}

TEST_F(SqliteTest, LeavesNoTraceOfWhatWasDeleted) {
    const std::string planted = "Planted Name Of Somebody";
    const auto is_in_files = [&] {
        for (const char* end : {"", "-wal"}) {
            std::ifstream file(path() + end, std::ios::binary);
            const std::string all((std::istreambuf_iterator<char>(file)), {});
            if (all.find(planted) != std::string::npos) return true;
        }
        return false;
    };
    db_->write(smi, [&](Transaction& tx) {
        return tx.run("INSERT INTO tick (number, filling) VALUES (1, $1)",
                      Bytes(planted.begin(), planted.end()));
    });
    EXPECT_TRUE(is_in_files());
    db_->write(smi, [](Transaction& tx) { return tx.run("DELETE FROM tick WHERE number = 1"); });
    EXPECT_TRUE(db_->empty_log());
    EXPECT_FALSE(is_in_files());
}

TEST_F(SqliteTest, BacksUpAMomentWhileOthersWrite) {
    for (int i = 100; i < 400; ++i) add(*db_, i, 20'000);
    std::atomic<bool> stop{false};
    std::atomic<int> next{1000};
    std::jthread writer([&] {
        while (!stop) {
            // Two rows in one write: a copy of one moment holds both or neither.
            const int number = next.fetch_add(2);
            db_->write(smi, [&](Transaction& tx) {
                tx.run("INSERT INTO tick (number) VALUES ($1)", number);
                return tx.run("INSERT INTO tick (number) VALUES ($1)", number + 1);
            });
        }
    });
    int calls = 0;
    int last_done = 0;
    const auto copy = folder_.file("copy.db");
    db_->backup_to(copy, [&](int done, int total) {
        ++calls;
        EXPECT_GE(done, last_done);
        EXPECT_LE(done, total);
        last_done = done;
        const int seen = next;  // others get on with it in the middle of the backup
        while (next < seen + 20) std::this_thread::yield();
    });
    stop = true;
    writer.join();
    EXPECT_GT(calls, 1);
    EXPECT_FALSE(std::filesystem::exists(copy + ".unfinished"));
    const auto restored = Database::open("sqlite:" + copy);
    EXPECT_GE(ticks(*restored), 300);
    EXPECT_EQ(ticks(*restored) % 2, 0);
    EXPECT_LT(ticks(*restored), ticks(*db_));
    EXPECT_EQ(restored->read([](Reader& reader) {
        return reader.one<std::string>("PRAGMA integrity_check");
    }), "ok");
}

TEST_F(SqliteTest, ReplacesABackupOnlyByAWholeOne) {
    const auto copy = folder_.file("copy.db");
    add(*db_, 1);
    db_->backup_to(copy, {});
    add(*db_, 2);
    db_->backup_to(copy, {});
    EXPECT_EQ(ticks(*Database::open("sqlite:" + copy)), 2);
    EXPECT_THROW(db_->backup_to("/nowhere/copy.db", {}), Fault);
    EXPECT_THROW(db_->backup_to(copy, [](int, int) { throw std::runtime_error("stop"); }),
                 std::runtime_error);
    EXPECT_FALSE(std::filesystem::exists(copy + ".unfinished"));
    EXPECT_EQ(ticks(*Database::open("sqlite:" + copy)), 2);
}

TEST_F(SqliteTest, CopiesAMemoryDatabaseToAFile) {
    const auto memory = Database::open("sqlite::memory:");
    migrate(*memory, tick);
    add(*memory, 1);
    memory->backup_to(folder_.file("copy.db"), {});
    EXPECT_EQ(ticks(*Database::open("sqlite:" + folder_.file("copy.db"))), 1);
}

struct PlanStep {
    int id, parent, notused;
    std::string detail;
};
BOOST_DESCRIBE_STRUCT(PlanStep, (), (id, parent, notused, detail))

TEST_F(SqliteTest, LooksForOnePersonNotThroughAWholePrison) {
    const auto file = "sqlite:" + folder_.file("plan.db");
    const auto db = Database::open(file, {.create = true});
    db->read([](Reader& reader) { return reader.one<int>("SELECT 1"); });  // opened before
    migrate(*db, {{"0001_bed.sql",
                   "CREATE TABLE bed (establishment_id TEXT NOT NULL, bed_id UUID NOT NULL, "
                   "person_id UUID NOT NULL, until_at BIGINT, "
                   "PRIMARY KEY (establishment_id, bed_id));"
                   "CREATE INDEX bed_by_person ON bed (establishment_id, person_id);"}});
    const auto plan_of = [](Database& opened) {
        return opened.read([](Reader& reader) {
            return reader.rows<PlanStep>("EXPLAIN QUERY PLAN SELECT bed_id FROM bed WHERE "
                                         "establishment_id = 'SMI' AND person_id = x'00' AND "
                                         "until_at IS NULL ORDER BY bed_id").at(0).detail;
        });
    };
    EXPECT_NE(plan_of(*db).find("bed_by_person"), std::string::npos) << plan_of(*db);
    const auto again = Database::open(file);
    EXPECT_NE(plan_of(*again).find("bed_by_person"), std::string::npos) << plan_of(*again);
}

TEST_F(SqliteTest, KnowsWhatTheDiskHasLeft) {
    EXPECT_GT(db_->disk_left().value_or(0), 1000u);
    EXPECT_EQ(Database::open("sqlite::memory:")->disk_left(), std::nullopt);
}

TEST_F(SqliteTest, LeaseEndsWithItsHolderHoweverItEnds) {
    std::array<int, 2> told{};
    ASSERT_EQ(::pipe(told.data()), 0);
    const auto child = ::fork();
    if (child == 0) {
        const auto lease = Lease::take(*db_);
        const char ready = 'r';
        if (::write(told[1], &ready, 1) != 1) ::_exit(1);
        ::pause();
        ::_exit(0);
    }
    char ready = 0;
    ASSERT_EQ(::read(told[0], &ready, 1), 1);
    EXPECT_EQ(kind_of([&] { Lease::take(*db_); }), Fault::Kind::locked);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    EXPECT_TRUE(Lease::take(*db_)->is_held());
    ::close(told[0]);
    ::close(told[1]);
}

}  // namespace
}  // namespace alongside::sql
