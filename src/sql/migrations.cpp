#include <sodium.h>

#include <algorithm>
#include <array>

#include "base/clock.h"
#include "base/embedded.h"
#include "sql/engine.h"

namespace alongside::sql {

struct AppliedMigration {
    std::string name;
    std::string checksum;
};
BOOST_DESCRIBE_STRUCT(AppliedMigration, (), (name, checksum))

namespace {

std::string checksum_of(std::string_view text) {
    std::array<unsigned char, 32> digest{};
    crypto_generichash(digest.data(), digest.size(),
                       reinterpret_cast<const unsigned char*>(text.data()), text.size(), nullptr,
                       0);
    std::string out(digest.size() * 2 + 1, '\0');
    sodium_bin2hex(out.data(), out.size(), digest.data(), digest.size());
    out.pop_back();
    return out;
}

[[noreturn]] void refuse(const std::string& name, const char* why) {
    throw NotFitting("The migration " + name + why);
}

// Those not yet applied, in order. Throws Fault where what was applied doesn't fit.
std::vector<Migration> left_to_do(const std::vector<AppliedMigration>& applied,
                                  std::vector<Migration> known) {
    std::ranges::sort(known, {}, &Migration::name);
    for (const auto& one : applied) {
        const auto found = std::ranges::find(known, one.name, &Migration::name);
        if (found == known.end()) {
            refuse(one.name, " is unknown to this program: a newer one made this database.");
        }
        if (checksum_of(found->text) != one.checksum) {
            refuse(one.name, " has changed since it was applied.");
        }
    }
    std::erase_if(known, [&](const Migration& migration) {
        return std::ranges::find(applied, migration.name, &AppliedMigration::name) !=
               applied.end();
    });
    if (!known.empty() && !applied.empty()) {
        const auto last = std::ranges::max(applied, {}, &AppliedMigration::name).name;
        if (known.front().name < last) {
            refuse(std::string(known.front().name),
                   " was not applied, though a later one was.");
        }
    }
    return known;
}

std::vector<AppliedMigration> applied_to(EngineDatabase& database) {
    if (!database.has_table("schema_migration")) {
        if (database.has_any_table()) throw NotFitting(std::string(not_ours));
        return {};
    }
    return database.read([](Reader& reader) {
        return reader.rows<AppliedMigration>(
            "SELECT name, checksum FROM schema_migration ORDER BY name");
    });
}

}  // namespace

std::vector<Migration> embedded_migrations() {
    constexpr std::string_view folder = "migrations";
    std::vector<Migration> out;
    for (const auto& file : embedded_in(folder)) {
        if (!file.path.ends_with(".sql")) continue;
        out.push_back({file.path.substr(folder.size() + 1), file.bytes});
    }
    return out;
}

MigrationReport migrate(Database& database, const std::vector<Migration>& migrations,
                        bool only_look) {
    auto* engine = dynamic_cast<EngineDatabase*>(&database);
    ENSURE(engine != nullptr);
    MigrationReport report;
    for (const auto& migration : left_to_do(applied_to(*engine), migrations)) {
        const std::string name(migration.name);
        if (only_look) {
            report.pending.push_back(name);
            continue;
        }
        const auto applied_at = SystemClock().now();
        engine->change_schema([&](Transaction& tx, const RunScript& script) {
            script("CREATE TABLE IF NOT EXISTS schema_migration (name TEXT NOT NULL PRIMARY KEY, "
                   "checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)");
            script(migration.text);
            tx.run("INSERT INTO schema_migration (name, checksum, applied_at) "
                   "VALUES ($1, $2, $3)", name, checksum_of(migration.text), applied_at);
        });
        report.applied.push_back(name);
    }
    return report;
}

}  // namespace alongside::sql
