#include "program/installation.h"

#include <filesystem>

#include "base/embedded.h"
#include "program/owed.h"
#include "program/store.h"

namespace alongside::program {
namespace {

std::string beside(const std::string& database, std::string_view ending) {
    const std::string path = Files{database, {}, {}, {}}.sqlite_path();
    if (path.empty()) return "alongside" + std::string(ending);
    return path + std::string(ending);
}

// A link's own neighbours are not the database's: its lease, keys and socket lie beside the file.
std::string without_link(const std::string& database) {
    const std::string path = Files{database, {}, {}, {}}.sqlite_path();
    if (path.empty()) return database;
    std::filesystem::path file = path;
    for (int links = 0; std::filesystem::is_symlink(file) && links < 40; ++links) {
        const auto to = std::filesystem::read_symlink(file);
        file = to.is_absolute() ? to : file.parent_path() / to;
    }
    return "sqlite:" + file.string();
}

}  // namespace

std::string Files::sqlite_path() const {
    constexpr std::string_view scheme = "sqlite:";
    if (!database.starts_with(scheme)) return {};
    const std::string path = database.substr(scheme.size());
    return path == ":memory:" ? std::string() : path;
}

Files Files::of(const std::string& named) {
    const auto database = without_link(named);
    return {database, beside(database, ".keys"), access::pepper_path_for(database),
            beside(database, ".sock")};
}

std::vector<sql::Migration> migrations() {
    std::vector<sql::Migration> out;
    for (const auto& file : embedded_in("migrations")) {
        out.push_back({file.path.substr(std::string_view("migrations/").size()), file.bytes});
    }
    return out;
}

EstablishmentId choose_establishment(sql::Database& database, const std::string& wanted) {
    const auto prisons = database.read([](sql::Reader& reader) { return establishments(reader); });
    std::string choices;
    for (const auto& prison : prisons) {
        if (prison.text() == wanted) return prison;
        choices += " " + prison.text();
    }
    if (wanted.empty() && prisons.size() == 1) return prisons[0];
    if (prisons.empty()) {
        throw Unusable("There is no prison in this database yet. Run: alongside init");
    }
    if (wanted.empty()) {
        throw Unusable("Say which prison, with --establishment:" + choices);
    }
    throw Unusable("There is no prison '" + wanted + "' here, only:" + choices);
}

std::unique_ptr<Installation> Installation::open(const Files& files, const Opening& opening) {
    auto out = std::make_unique<Installation>();
    out->files = files;
    const std::string path = files.sqlite_path();
    if (!path.empty() && !opening.create && !std::filesystem::exists(path)) {
        throw Unusable("There is no database at " + path + ". Make one with: alongside init");
    }
    if (!path.empty() && opening.create) {
        const auto folder = std::filesystem::path(path).parent_path();
        if (!folder.empty()) std::filesystem::create_directories(folder);
    }
    sql::Options options;
    options.create = opening.create;
    options.wait_for_disk = opening.wait_for_disk;
    options.readers = opening.readers;
    out->database = sql::Database::open(files.database, options);
    // Another program's database gets no lease beside it either.
    const bool is_older = !sql::migrate(*out->database, migrations(), true).pending.empty();
    if (opening.is_served) out->lease = sql::Lease::take(*out->database);
    if (opening.create) {
        sql::migrate(*out->database, migrations());
    } else if (is_older) {
        throw Unusable("This database is older than the program. Run: alongside migrate");
    }
    const bool are_keys_gone = !opening.create && !std::filesystem::exists(files.keys);
    out->are_keys_new = are_keys_gone && opening.makes_keys;
    out->keys = are_keys_gone && !opening.makes_keys
                    ? vault::KeyFile::in_memory(out->entropy)
                    : vault::KeyFile::open(files.keys, out->entropy);
    if (!opening.create && !are_keys_gone) pay(files, *out->database, *out->keys);
    if (!opening.opens_secrets) return out;
    access::Secrets::Options secrets;
    secrets.pepper_path = files.pepper;
    secrets.create = opening.create;
    secrets.cost = opening.cost;
    out->secrets = access::Secrets::open(secrets, out->entropy);
    return out;
}

}  // namespace alongside::program
