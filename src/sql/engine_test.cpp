// What stands between the face and the engines.
#include <gtest/gtest.h>

#include "sql/address.h"
#include "sql/engine.h"
#include "sql/testing.h"

namespace alongside::sql {
namespace {

using enum Database::Engine;

TEST(Dialect, TranslatesTypesAsWholeWordsAlone) {
    const std::string_view text =
        "id UUID, UUIDS BYTES, -- UUID isn't BYTES\n x TEXT /* BYTES */ DEFAULT 'UUID''BYTES', "
        "\"UUID\" uuid, CAST(x AS TEXT)";
    EXPECT_EQ(in_dialect(sqlite, text),
              "id TEXT, UUIDS BLOB, -- UUID isn't BYTES\n x TEXT /* BYTES */ DEFAULT "
              "'UUID''BYTES', \"UUID\" uuid, CAST(x AS TEXT)");
    EXPECT_EQ(in_dialect(postgresql, text),
              "id UUID, UUIDS BYTEA, -- UUID isn't BYTES\n x TEXT COLLATE \"C\" /* BYTES */ "
              "DEFAULT 'UUID''BYTES', \"UUID\" uuid, CAST(x AS TEXT)");
}

TEST(Dialect, KeepsATableWithAKeyAsOneTree) {
    EXPECT_EQ(in_dialect(sqlite, "CREATE TABLE a (n BIGINT CHECK (n > (1)), PRIMARY KEY (n)); "
                                 "CREATE TABLE b (n BIGINT); CREATE INDEX c ON a (n);"),
              "CREATE TABLE a (n BIGINT CHECK (n > (1)), PRIMARY KEY (n)) WITHOUT ROWID; "
              "CREATE TABLE b (n BIGINT); CREATE INDEX c ON a (n);");
}

TEST(Dialect, SpellsOutListsInTables) {
    const std::string_view text =
        "CREATE TABLE a (k TEXT CHECK (k\n IN ('x', 'it''s')) CHECK (k NOT IN ('y', 'z') AND "
        "LENGTH(k) IN (1, 2))); SELECT k FROM a WHERE k IN ('x', 'y')";
    EXPECT_EQ(in_dialect(sqlite, text),
              "CREATE TABLE a (k TEXT CHECK ((k = 'x' OR k = 'it''s')) CHECK (k NOT IN ('y', 'z') "
              "AND LENGTH(k) IN (1, 2))); SELECT k FROM a WHERE k IN ('x', 'y')");
    EXPECT_NE(in_dialect(postgresql, text).find("IN ('x', 'it''s')"), std::string::npos);
}

TEST(Dialect, CountsTheValuesOfAStatement) {
    EXPECT_EQ(values_in("SELECT 1"), 0u);
    EXPECT_EQ(values_in("SELECT $2, $1, $2"), 2u);
    EXPECT_EQ(values_in("SELECT '$9', $12 -- $20"), 12u);
}

TEST(Address, IsShownWithoutItsPassword) {
    EXPECT_EQ(without_password("sqlite:/var/lib/a.db"), "sqlite:/var/lib/a.db");
    EXPECT_EQ(without_password("postgresql://al:s3:cr@et@db:5432/al?sslmode=require"),
              "postgresql://al@db:5432/al?sslmode=require");
    EXPECT_EQ(without_password("postgresql://db/al?user=al&password=secret&x=1"),
              "postgresql://db/al?user=al&password=***&x=1");
    EXPECT_EQ(without_password("postgresql://db/al?password=secret"),
              "postgresql://db/al?password=***");
    EXPECT_EQ(without_password("postgres://al:secret@db"), "postgres://al@db");
    EXPECT_EQ(password_in("postgresql://al:s3:cr%40et@db:5432/al?sslmode=require"), "s3:cr@et");
    EXPECT_EQ(password_in("postgresql://al:50%@db"), "50%");
    EXPECT_EQ(password_in("postgresql://al@db:5432/x@y"), "");
    EXPECT_EQ(password_in("sqlite:/a:b@c"), "");
}

TEST(Address, IsRefusedWhereItIsNone) {
    for (const char* text : {"", "sqlite:", "mysql://x", "/var/lib/a.db"}) {
        EXPECT_THROW(Database::open(text), std::invalid_argument) << text;
    }
}

class MigrationTest : public EveryEngine {
protected:
    std::vector<Migration> migrations() const override { return {}; }
    std::vector<Migration> some(int count) const {
        static const std::vector<Migration> all{
            {"0001_a.sql", "CREATE TABLE a (n BIGINT NOT NULL PRIMARY KEY);"},
            {"0002_b.sql", "CREATE TABLE b (n BIGINT NOT NULL PRIMARY KEY REFERENCES a (n)); "
                           "INSERT INTO a (n) VALUES (1);"},
            {"0003_c.sql", "CREATE TABLE c (n BIGINT NOT NULL PRIMARY KEY);"},
        };
        return {all.begin(), all.begin() + count};
    }
    std::string refused(const std::vector<Migration>& migrations) {
        try {
            migrate(db(), migrations);
        } catch (const Fault& fault) {
            EXPECT_EQ(fault.kind, Fault::Kind::other);
            return fault.what();
        }
        return "not refused";
    }
};
INSTANTIATE_ON_EVERY_ENGINE(MigrationTest);

using Names = std::vector<std::string>;

TEST_P(MigrationTest, LeavesAnotherProgramsTablesAlone) {
    dynamic_cast<EngineDatabase&>(db()).change_schema([](Transaction&, const RunScript& script) {
        script("CREATE TABLE theirs (n BIGINT NOT NULL PRIMARY KEY)");
    });
    EXPECT_NE(refused(some(1)).find("not one of Alongside’s"), std::string::npos);
    EXPECT_THROW(migrate(db(), some(1), true), NotFitting);
    EXPECT_FALSE(dynamic_cast<EngineDatabase&>(db()).has_table("schema_migration"));
}

TEST_P(MigrationTest, AppliesEachOnceAndInOrder) {
    auto backwards = some(2);
    std::swap(backwards[0], backwards[1]);
    EXPECT_EQ(migrate(db(), backwards, true).pending, (Names{"0001_a.sql", "0002_b.sql"}));
    EXPECT_EQ(migrate(db(), backwards).applied, (Names{"0001_a.sql", "0002_b.sql"}));
    EXPECT_EQ(migrate(db(), some(2)).applied, Names{});
    EXPECT_EQ(migrate(db(), some(3), true).pending, Names{"0003_c.sql"});
    EXPECT_EQ(migrate(db(), some(3)).applied, Names{"0003_c.sql"});
}

TEST_P(MigrationTest, RefusesWhatDoesNotFit) {
    migrate(db(), some(2));
    auto changed = some(2);
    changed[1].text = "CREATE TABLE b (n BIGINT NOT NULL);";
    EXPECT_NE(refused(changed).find("0002_b.sql has changed"), std::string::npos);
    EXPECT_NE(refused(some(1)).find("0002_b.sql is unknown"), std::string::npos);
    auto between = some(2);
    between.push_back({"0001_z.sql", "CREATE TABLE z (n BIGINT NOT NULL PRIMARY KEY);"});
    EXPECT_NE(refused(between).find("0001_z.sql was not applied"), std::string::npos);
    EXPECT_THROW(migrate(db(), some(1), true), Fault);
}

TEST_P(MigrationTest, LeavesNothingOfOneThatFails) {
    auto broken = some(3);
    broken[1].text = "CREATE TABLE b (n BIGINT NOT NULL PRIMARY KEY); "
                     "INSERT INTO nowhere VALUES (1)";
    EXPECT_THROW(migrate(db(), broken), Fault);
    EXPECT_EQ(migrate(db(), some(3)).applied, (Names{"0002_b.sql", "0003_c.sql"}));
}

TEST_P(MigrationTest, RunsTheProgramsOwn) {
    const auto own = embedded_migrations();
    ASSERT_FALSE(own.empty());
    EXPECT_EQ(migrate(db(), own).applied.size(), own.size());
    EXPECT_TRUE(migrate(db(), own).applied.empty());
}

}  // namespace
}  // namespace alongside::sql
