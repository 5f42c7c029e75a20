#include "program/keep.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

#include "ledger/ledger.h"
#include "people/people.h"
#include "program/store.h"

extern char** environ;

namespace alongside::program {
namespace {

namespace fs = std::filesystem;

std::string stamp(Instant now) {
    std::string out = iso_instant(std::chrono::floor<std::chrono::seconds>(now));
    std::erase(out, ':');
    std::erase(out, '-');
    return out;
}

void flush_to_disk(const fs::path& path) {
    const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0) {
        const int error = errno;
        if (fd >= 0) close(fd);
        throw std::system_error(error, std::generic_category(), path.string());
    }
    close(fd);
}

// PostgreSQL's own tools do the copying; the password travels in the address by the environment.
void run_tool(std::vector<std::string> words, const std::string& what_it_does) {
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    pid_t child = 0;
    const int failed = posix_spawnp(&child, arguments[0], nullptr, nullptr, arguments.data(),
                                    environ);
    int status = 0;
    if (failed != 0 || waitpid(child, &status, 0) < 0 || status != 0) {
        throw Unusable(words[0] + " could not " + what_it_does +
                       ". Is it installed (postgresql-client)?");
    }
}

void copy_out(Installation& installation, const fs::path& to, const Console& console,
              bool shows_progress) {
    if (installation.database->engine() == sql::Database::Engine::postgresql) {
        run_tool({"pg_dump", "--format=custom", "--file=" + to.string(),
                  "--dbname=" + installation.files.database},
                 "copy the database");
        return;
    }
    int last = -1;
    installation.database->backup_to(to.string(), [&](int done, int total) {
        const int percent = total == 0 ? 100 : static_cast<int>(100.0 * done / total);
        if (shows_progress && percent != last) {
            console.problems << "\rCopying: " << percent << " %" << std::flush;
        }
        last = percent;
    });
    if (shows_progress) console.problems << "\n";
}

// A backup is whole when it opens, its own pages agree, and every ledger in it does too.
void check_whole(const std::string& backup) {
    try {
        auto database = sql::Database::open("sqlite:" + backup);
        sql::migrate(*database, migrations(), true);
        database->read([&](sql::Reader& reader) {
            for (const auto& prison : establishments(reader)) {
                const auto trouble = ledger::verify(reader, prison).first_trouble;
                if (trouble) {
                    throw Unusable("The ledger in this backup does not agree with itself: " +
                                   Tongue::english()(trouble->sentence));
                }
            }
            return true;
        });
    } catch (const sql::Fault& fault) {
        throw Unusable(backup + " is not a whole backup: " + fault.what());
    } catch (const sql::CorruptRow& row) {
        throw Unusable(backup + " is not a whole backup: " + row.what());
    }
}

}  // namespace

BackupMade back_up(Installation& installation, const std::string& file, const Console& console,
                   bool shows_progress) {
    if (fs::exists(file)) throw Unusable("There is a file called " + file + " already.");
    const fs::path folder = fs::absolute(file).parent_path();
    if (!fs::is_directory(folder)) throw Unusable("There is no folder " + folder.string() + ".");
    const fs::path part = file + ".part";
    fs::remove(part);
    try {
        copy_out(installation, part, console, shows_progress);
        flush_to_disk(part);
        fs::permissions(part, fs::perms::owner_read | fs::perms::owner_write);
        fs::rename(part, file);
        flush_to_disk(folder);
    } catch (...) {
        std::error_code ignored;
        fs::remove(part, ignored);
        throw;
    }
    const auto size = fs::file_size(file);
    if (!installation.establishment.text().empty()) {
        const Occasion occasion = installation.occasion();
        installation.database->write(installation.establishment, [&](sql::Transaction& tx) {
            record_backup(tx, occasion, static_cast<std::int64_t>(size));
            return true;
        });
    }
    return {file, size};
}

std::string restore(const Files& files, const std::string& backup) {
    if (!fs::exists(backup)) throw Unusable("There is no file " + backup + ".");
    const std::string path = files.sqlite_path();
    if (path.empty()) {
        const auto database = sql::Database::open(files.database);
        const auto lease = sql::Lease::take(*database);
        run_tool({"pg_restore", "--clean", "--if-exists", "--single-transaction",
                  "--no-owner", "--dbname=" + files.database, backup},
                 "restore the database");
        return {};
    }
    check_whole(backup);
    std::unique_ptr<sql::Database> held;
    std::unique_ptr<sql::Lease> lease;
    if (fs::exists(path)) {
        held = sql::Database::open(files.database);
        lease = sql::Lease::take(*held);
        held.reset();
    }
    const fs::path part = path + ".part";
    fs::copy_file(backup, part, fs::copy_options::overwrite_existing);
    flush_to_disk(part);
    std::string kept;
    if (fs::exists(path)) {
        kept = path + ".before-" + stamp(SystemClock().now());
        for (const char* ending : {"", "-wal", "-shm"}) {
            if (fs::exists(path + ending)) fs::rename(path + ending, kept + ending);
        }
    }
    fs::rename(part, path);
    flush_to_disk(fs::absolute(path).parent_path());
    return kept;
}

Migrated migrate(const Files& files, const Console& console) {
    const std::string path = files.sqlite_path();
    Migrated out;
    sql::Options options;
    if (!path.empty() && !fs::exists(path)) {
        throw Unusable("There is no database at " + path + ". Make one with: alongside init");
    }
    auto database = sql::Database::open(files.database, options);
    const auto lease = sql::Lease::take(*database);
    if (sql::migrate(*database, migrations(), true).pending.empty()) return out;
    if (!path.empty()) {
        Installation installation;
        installation.files = files;
        installation.database = std::move(database);
        out.backup = path + ".before-" + stamp(installation.clock.now());
        back_up(installation, out.backup, console, false);
        database = std::move(installation.database);
    }
    out.applied = sql::migrate(*database, migrations()).applied;
    return out;
}

}  // namespace alongside::program
