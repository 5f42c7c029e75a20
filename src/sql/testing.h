// For the tests of every room: each store test runs on each engine.
//
//     class StoreTest : public sql::EveryEngine {};
//     INSTANTIATE_ON_EVERY_ENGINE(StoreTest);
//     TEST_P(StoreTest, KeepsWhatItIsGiven) { db().write(…); }
//
// Each test gets a new, migrated, empty database: in memory, in a file, and on PostgreSQL where
// PGHOST names a server (script/test starts one). With ALONGSIDE_NEED_POSTGRESQL=1 a missing
// server is a failure; without it those instances aren't there.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sql/database.h"
#include "sql/engine.h"

namespace alongside::sql {

inline const EstablishmentId smi = *EstablishmentId::parse("SMI");

enum class Store { memory, file, postgresql };

// A folder of one's own, removed at the end.
class TemporaryFolder {
public:
    TemporaryFolder() {
        auto pattern = (std::filesystem::temp_directory_path() / "alongside-XXXXXX").string();
        if (!::mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
        path_ = pattern;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    std::string file(const std::string& name) const { return (path_ / name).string(); }
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

inline bool has_postgresql() { return std::getenv("PGHOST") != nullptr; }

inline std::vector<Store> stores_to_test() {
    std::vector<Store> out{Store::memory, Store::file};
    const char* needed = std::getenv("ALONGSIDE_NEED_POSTGRESQL");
    if (has_postgresql() || (needed && std::string_view(needed) == "1")) {
        out.push_back(Store::postgresql);
    }
    return out;
}

inline std::string name_of(Store store) {
    switch (store) {
        case Store::memory: return "Memory";
        case Store::file: return "File";
        case Store::postgresql: return "PostgreSQL";
    }
    return {};
}

// A schema of its own on the server that PGHOST and the other PG… variables name.
class TemporarySchema {
public:
    TemporarySchema() {
        static std::atomic<int> count{0};
        name_ = "test_" + std::to_string(::getpid()) + "_" + std::to_string(++count);
        run("CREATE SCHEMA " + name_);
    }
    ~TemporarySchema() {
        try {
            run("DROP SCHEMA " + name_ + " CASCADE");
        } catch (const Fault&) {
            // The server is gone, and the schema with it.
        }
    }
    TemporarySchema(const TemporarySchema&) = delete;
    TemporarySchema& operator=(const TemporarySchema&) = delete;
    // Removes every row but the list of migrations, whatever refers to it.
    void empty() {
        const auto server = open_postgresql(address(), {.wait_for_disk = false});
        dynamic_cast<EngineDatabase&>(*server).change_schema(
            [&](Transaction&, const RunScript& script) {
                script("SET LOCAL session_replication_role = replica;"
                       "DO $$ DECLARE one text; BEGIN FOR one IN SELECT tablename FROM pg_tables "
                       "WHERE schemaname = current_schema() AND tablename <> 'schema_migration' "
                       "LOOP EXECUTE format('DELETE FROM %I', one); END LOOP; END $$");
            });
    }
    std::string address() const {
        return "postgresql://?options=-csearch_path%3D" + name_ +
               "%20-cclient_min_messages%3Derror";
    }

private:
    static void run(const std::string& text) {
        const auto server = open_postgresql("postgresql://?options=-cclient_min_messages%3Derror",
                                            {});
        dynamic_cast<EngineDatabase&>(*server).change_schema(
            [&](Transaction&, const RunScript& script) { script(text); });
    }
    std::string name_;
};

class EveryEngine : public testing::TestWithParam<Store> {
protected:
    void SetUp() override {
        switch (GetParam()) {
            case Store::memory: address_ = "sqlite::memory:"; break;
            case Store::file:
                address_ = "sqlite:" + folder_.file("test.db");
                copy_migrated(folder_.file("test.db"), migrations());
                break;
            case Store::postgresql:
                ASSERT_TRUE(has_postgresql()) << "PGHOST names no server";
                schema_ = schema_for(migrations());
                address_ = schema_->address();
                break;
        }
        database_ = open();
        migrate(*database_, migrations());
    }
    void TearDown() override { database_.reset(); }
    static void TearDownTestSuite() { schemas().clear(); }

    Database& db() { return *database_; }
    bool in_memory() const { return GetParam() == Store::memory; }
    // The same database once more; in memory, another empty one.
    std::unique_ptr<Database> open() const { return Database::open(address_, options()); }
    void close() { database_.reset(); }
    const std::string& address() const { return address_; }
    const TemporaryFolder& folder() const { return folder_; }

    virtual std::vector<Migration> migrations() const { return embedded_migrations(); }
    // Tests of what a store does need not wait for the disk.
    virtual Options options() const { return {.wait_for_disk = false, .create = true}; }

private:
    // Migrating takes a second there, so tests with the same migrations use one schema in turn.
    // Tests that migrate for themselves get a new one each.
    using Schemas = std::map<std::string, std::shared_ptr<TemporarySchema>>;
    static Schemas& schemas() {
        static auto* all = new Schemas;  // never destroyed: too late to reach the server
        return *all;
    }
    static std::shared_ptr<TemporarySchema> schema_for(const std::vector<Migration>& migrations) {
        if (migrations.empty()) return std::make_shared<TemporarySchema>();
        auto& schema = schemas()[key_of(migrations)];
        if (schema) {
            schema->empty();
        } else {
            schema = std::make_shared<TemporarySchema>();
        }
        return schema;
    }

    // Files are migrated once, and copied; tests that migrate for themselves begin without one.
    static void copy_migrated(const std::string& to, const std::vector<Migration>& migrations) {
        if (migrations.empty()) return;
        static std::map<std::string, TemporaryFolder> all;
        const auto made = all[key_of(migrations)].file("migrated.db");
        if (!std::filesystem::exists(made)) {
            const auto database = Database::open("sqlite:" + made, {.wait_for_disk = false,
                                                                    .create = true});
            migrate(*database, migrations);
        }
        std::filesystem::copy_file(made, to);
    }
    static std::string key_of(const std::vector<Migration>& migrations) {
        std::string all;
        for (const auto& migration : migrations) (all += migration.name) += migration.text;
        return all;
    }

    TemporaryFolder folder_;
    std::shared_ptr<TemporarySchema> schema_;
    std::string address_;
    std::unique_ptr<Database> database_;
};

}  // namespace alongside::sql

#define INSTANTIATE_ON_EVERY_ENGINE(Suite)                                                    \
    INSTANTIATE_TEST_SUITE_P(On, Suite, testing::ValuesIn(::alongside::sql::stores_to_test()), \
                             [](const auto& store) {                                          \
                                 return ::alongside::sql::name_of(store.param);               \
                             })
