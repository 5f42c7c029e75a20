// Restoring: never under a running `serve`, and what was there is kept.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "program/keep.h"
#include "sql/testing.h"

namespace alongside::program {
namespace {

class Restoring : public sql::EveryEngine {
protected:
    // A backup of the empty installation. On PostgreSQL no more than a file: nobody comes as far as
    // reading it.
    std::string backup() {
        const auto file = folder().file("backup");
        if (GetParam() == sql::Store::file) db().backup_to(file, [](int, int) {});
        else std::ofstream(file) << "a dump";
        return file;
    }
};
// There is nothing to restore in memory.
INSTANTIATE_TEST_SUITE_P(On, Restoring, testing::ValuesIn([] {
                             auto stores = sql::stores_to_test();
                             std::erase(stores, sql::Store::memory);
                             return stores;
                         }()),
                         [](const auto& store) { return sql::name_of(store.param); });

TEST_P(Restoring, IsRefusedWhileSomethingServes) {
    const auto file = backup();
    const auto lease = sql::Lease::take(db());
    try {
        restore(Files::of(address()), file);
        FAIL() << "restored under a running serve";
    } catch (const sql::Fault& fault) {
        EXPECT_EQ(fault.kind, sql::Fault::Kind::locked);
    }
}

TEST_P(Restoring, TakesNothingButABackup) {
    for (const std::string content : {"", "a text", "PGDMP of something else"}) {
        const auto file = folder().file("foreign");
        std::ofstream(file) << content;
        EXPECT_THROW(restore(Files::of(address()), file), Unusable) << content;
        EXPECT_EQ(std::filesystem::file_size(file), content.size()) << "it is only looked at";
    }
    EXPECT_THROW(restore(Files::of(address()), folder().path().string()), Unusable);
}

TEST_P(Restoring, NamesAFileThatIsNotThere) {
    EXPECT_THROW(restore(Files::of(address()), folder().file("nothing")), Unusable);
}

TEST(Opening, SaysWhereTheIdentityKeysWereGone) {
    const sql::TemporaryFolder folder;
    const auto files = Files::of("sqlite:" + folder.file("night.db"));
    Opening opening;
    opening.create = true;
    opening.wait_for_disk = false;
    EXPECT_FALSE(Installation::open(files, opening)->are_keys_new);
    opening.create = false;
    EXPECT_FALSE(Installation::open(files, opening)->are_keys_new);
    std::filesystem::remove(files.keys);
    EXPECT_FALSE(Installation::open(files, opening)->are_keys_new);
    EXPECT_FALSE(std::filesystem::exists(files.keys)) << "only serve makes one, and says so";
    opening.makes_keys = true;
    EXPECT_TRUE(Installation::open(files, opening)->are_keys_new);
    EXPECT_FALSE(Installation::open(files, opening)->are_keys_new);
}

}  // namespace
}  // namespace alongside::program
