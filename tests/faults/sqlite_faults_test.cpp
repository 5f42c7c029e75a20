// Power cuts, full disks and files that can only be read: nothing acknowledged is lost.
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <thread>

#include "base/result.h"
#include "ledger/ledger.h"
#include "sql/testing.h"
#include "tests/faults/power_cut_vfs.h"

namespace alongside::faults {
namespace {

const EstablishmentId smi = *EstablishmentId::parse("SMI");
const EstablishmentId mdi = *EstablishmentId::parse("MDI");

class SqliteFaultsTest : public testing::Test {
protected:
    SqliteFaultsTest() { open(); }

    void open(bool wait_for_disk = true) {
        db_ = sql::Database::open("sqlite:" + folder_.file("test.db"),
                                  {.wait_for_disk = wait_for_disk, .create = true,
                                   .sqlite_vfs = disk_.name()});
        sql::migrate(*db_, sql::embedded_migrations());
    }
    void cut_and_open(Entropy* entropy = nullptr) {
        disk_.cut(entropy);
        db_.reset();
        open();
    }
    void write(const EstablishmentId& establishment, int number, std::size_t payload = 20) {
        SeededEntropy entropy(static_cast<std::uint64_t>(number));
        Occasion occasion{.now = from_epoch_ms(number), .entropy = &entropy};
        occasion.who.establishment = establishment;
        occasion.who.actor = "actor";
        db_->write(establishment, [&](sql::Transaction& tx) {
            return ledger::append(tx, occasion, {"tested", {"subject-" + std::to_string(number)},
                                                 std::string(payload, '1')});
        });
    }
    ledger::Verdict verified(const EstablishmentId& establishment) {
        return db_->read(
            [&](sql::Reader& reader) { return ledger::verify(reader, establishment); });
    }
    bool is_sound() {
        return db_->read([](sql::Reader& reader) {
            return reader.one<std::string>("PRAGMA integrity_check") == "ok";
        });
    }
    bool holds(const EstablishmentId& establishment, int number) {
        return db_->read([&](sql::Reader& reader) {
            return ledger::entries_about(reader, establishment,
                                         "subject-" + std::to_string(number)).size() == 1;
        });
    }

    PowerCutVfs disk_{"power-cut-test"};
    sql::TemporaryFolder folder_;
    std::unique_ptr<sql::Database> db_;
};

TEST_F(SqliteFaultsTest, ACutLosesNothingThatWasAcknowledged) {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        SeededEntropy chance(seed);
        std::atomic<int> acknowledged[2]{};
        const int first = static_cast<int>(seed) * 10'000;
        {
            std::vector<std::jthread> writers;
            for (int w = 0; w < 2; ++w) {
                writers.emplace_back([&, w] {
                    try {
                        for (int n = 0;; ++n) {
                            write(w == 0 ? smi : mdi, first + n);
                            acknowledged[w] = n + 1;
                        }
                    } catch (const sql::Fault&) {
                        // The power is gone.
                    }
                });
            }
            while (acknowledged[0] < 15 || acknowledged[1] < 15) std::this_thread::yield();
            disk_.cut(seed % 2 == 0 ? &chance : nullptr);
        }
        db_.reset();
        open();
        EXPECT_TRUE(is_sound()) << seed;
        for (int w = 0; w < 2; ++w) {
            const auto& establishment = w == 0 ? smi : mdi;
            EXPECT_FALSE(verified(establishment).first_trouble) << seed;
            for (int n = 0; n < acknowledged[w]; ++n) {
                EXPECT_TRUE(holds(establishment, first + n)) << seed << " " << n;
            }
        }
    }
}

TEST_F(SqliteFaultsTest, ACutDoesLoseWhatNobodyWaitedFor) {
    write(smi, 1);
    db_.reset();
    open(false);
    write(smi, 2);
    EXPECT_TRUE(holds(smi, 2));
    cut_and_open();
    EXPECT_TRUE(holds(smi, 1));
    EXPECT_FALSE(holds(smi, 2));
    EXPECT_FALSE(verified(smi).first_trouble);
}

TEST_F(SqliteFaultsTest, ManyWritersShareAFlush) {
    disk_.slow_flushes(std::chrono::milliseconds(5));
    const auto before = disk_.flushes();
    std::vector<std::jthread> writers;
    for (int w = 0; w < 8; ++w) {
        writers.emplace_back([&, w] {
            for (int n = 0; n < 10; ++n) write(smi, w * 100 + n);
        });
    }
    writers.clear();
    EXPECT_EQ(verified(smi).entries, 80);
    EXPECT_LT(disk_.flushes() - before, 60u);
}

// A write of 1 MB fails at the commit of its batch; one of 10 MB before, since it doesn't fit into
// SQLite's memory: then the savepoints of the others go with it.
TEST_F(SqliteFaultsTest, AFullDiskFailsTheWritesThatDontFitAndNoOthers) {
    write(smi, 1);
    disk_.limit(disk_.bytes() + 900'000);
    std::atomic<int> full{0};
    std::atomic<int> kept{0};
    std::vector<std::jthread> writers;
    for (int w = 0; w < 6; ++w) {
        writers.emplace_back([&, w] {
            const std::size_t payloads[]{1'000'000, 20, 10'000'000, 20, 20, 20};
            for (int n = 0; n < 3; ++n) {
                try {
                    write(smi, 100 + w * 10 + n, payloads[w]);
                    ++kept;
                } catch (const sql::Fault& fault) {
                    EXPECT_EQ(fault.kind, sql::Fault::Kind::full);
                    EXPECT_GT(payloads[w], 20u) << "a small one was failed";
                    ++full;
                }
            }
        });
    }
    writers.clear();
    EXPECT_EQ(full, 6);
    EXPECT_EQ(kept, 12);
    EXPECT_EQ(verified(smi).entries, 13);
    EXPECT_FALSE(verified(smi).first_trouble);

    disk_.limit({});  // somebody made room: it goes on without anybody's help
    write(smi, 2, 1'000'000);
    EXPECT_EQ(verified(smi).entries, 14);
    EXPECT_TRUE(is_sound());
}

TEST_F(SqliteFaultsTest, AFileThatCanOnlyBeReadSaysSoAndIsReadOn) {
    const auto is_told = [](const std::function<void()>& work) {
        try {
            work();
        } catch (const sql::Fault& fault) {
            return fault.kind == sql::Fault::Kind::read_only;
        }
        return false;
    };
    write(smi, 1);
    disk_.only_read(true);
    EXPECT_TRUE(is_told([&] { write(smi, 2); }));
    EXPECT_TRUE(holds(smi, 1));
    EXPECT_FALSE(holds(smi, 2));
    disk_.only_read(false);
    write(smi, 3);
    EXPECT_EQ(verified(smi).entries, 2);

    db_.reset();
    disk_.only_read(true);
    EXPECT_TRUE(is_told([&] { open(); }));
    disk_.only_read(false);
    open();
    EXPECT_EQ(verified(smi).entries, 2);
}

}  // namespace
}  // namespace alongside::faults
