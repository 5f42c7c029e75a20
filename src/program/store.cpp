#include "program/store.h"

namespace alongside::program {
namespace {

struct Waiting {
    std::int64_t number;
    std::optional<Instant> oldest;
};
BOOST_DESCRIBE_STRUCT(Waiting, (), (number, oldest))

}  // namespace

Pulse pulse(sql::Reader& reader) {
    const auto waiting = reader.one<Waiting>(
        "SELECT COUNT(*) AS number, MIN(asked_at) AS oldest FROM request"
        " WHERE closed_at IS NULL AND started_at IS NULL");
    const auto dangers =
        reader.one<std::int64_t>("SELECT COUNT(*) FROM danger WHERE ended_at IS NULL");
    const auto backup =
        reader.one<std::optional<Instant>>("SELECT MAX(made_at) FROM backup_made");
    return {waiting.number, waiting.oldest, dangers, backup};
}

std::vector<EstablishmentId> establishments(sql::Reader& reader) {
    return reader.rows<EstablishmentId>(
        "SELECT establishment_id FROM establishment ORDER BY establishment_id");
}

std::vector<std::pair<EstablishmentId, ledger::Head>> ledger_heads(sql::Reader& reader) {
    std::vector<std::pair<EstablishmentId, ledger::Head>> out;
    for (const auto& prison : establishments(reader)) {
        out.emplace_back(prison, ledger::head(reader, prison));
    }
    return out;
}

ledger::Verdict verify_ledger(sql::Reader& reader, const EstablishmentId& prison,
                              const std::optional<ledger::Head>& known) {
    auto out = ledger::verify(reader, prison, {}, known);
    if (out.entries == 0 && !out.first_trouble) {
        out.first_trouble = {1, ledger::TroubleKind::missing, tr("The ledger holds no entry.")};
    }
    return out;
}

bool pages_are_whole(sql::Reader& reader) {
    return reader.one<std::string>("PRAGMA quick_check(1)") == "ok";
}

std::string name_of_this_database(sql::Reader& reader) {
    return reader.one<std::string>(
        "SELECT (SELECT system_identifier FROM pg_control_system())::text || '-' ||"
        " (SELECT oid FROM pg_database WHERE datname = current_database())::text");
}

bool is_being_replaced(sql::Reader& reader) {
    return reader.one<std::int64_t>(
               "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'relation' AND granted"
               " AND mode = 'AccessExclusiveLock' AND pid <> pg_backend_pid() AND database ="
               " (SELECT oid FROM pg_database WHERE datname = current_database())") > 0;
}

void record_backup(sql::Transaction& tx, const Occasion& occasion, std::int64_t size_bytes) {
    tx.run("INSERT INTO backup_made (establishment_id, made_at, size_bytes) VALUES ($1, $2, $3)",
           occasion.who.establishment, occasion.now, size_bytes);
    ledger::append(tx, occasion,
                   {"backup.made", {}, R"({"sizeBytes":)" + std::to_string(size_bytes) + "}"});
}

}  // namespace alongside::program
