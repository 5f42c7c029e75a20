#include "program/keep.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <system_error>

#include "ledger/ledger.h"
#include "people/people.h"
#include "program/store.h"
#include "sql/address.h"

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

// A name that no file has yet: two in one second keep both.
std::string unused(const std::string& wanted) {
    std::string out = wanted;
    for (int more = 2; fs::exists(out); ++more) out = wanted + "-" + std::to_string(more);
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

// PostgreSQL's own tools do the copying. The password travels in the environment, which only this
// user can read, not among the words of the command.
void run_tool(std::vector<std::string> words, const std::string& database,
              const std::string& what_it_does) {
    words.push_back("--dbname=" + sql::without_password(database));
    std::string password = "PGPASSWORD=" + sql::password_in(database);
    std::vector<char*> environment;
    for (char** one = environ; *one; ++one) environment.push_back(*one);
    if (!sql::password_in(database).empty()) environment.push_back(password.data());
    environment.push_back(nullptr);
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    pid_t child = 0;
    if (posix_spawnp(&child, arguments[0], nullptr, nullptr, arguments.data(),
                     environment.data()) != 0) {
        throw Unusable(words[0] + " is needed to " + what_it_does +
                       ", and isn't here. Install postgresql-client.");
    }
    int status = 0;
    if (waitpid(child, &status, 0) < 0 || status != 0) {
        throw Unusable(words[0] + " could not " + what_it_does + ".");
    }
}

void copy_out(Installation& installation, const fs::path& to, const Console& console,
              bool shows_progress) {
    if (installation.database->engine() == sql::Database::Engine::postgresql) {
        run_tool({"pg_dump", "--format=custom", "--file=" + to.string()},
                 installation.files.database, "copy the database");
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

// Every ledger in it agrees with itself.
void check_ledgers(sql::Database& database) {
    database.read([](sql::Reader& reader) {
        for (const auto& prison : establishments(reader)) {
            const auto trouble = ledger::verify(reader, prison).first_trouble;
            if (!trouble) continue;
            throw Unusable("The ledger in this backup does not agree with itself: " +
                           Tongue::english()(trouble->sentence));
        }
        return true;
    });
}

// A backup is whole when it opens, this program knows its tables, and its ledgers hold. `copy` is
// looked at, since opening a database writes beside it; `backup` is what it is called.
void check_whole(const std::string& copy, const std::string& backup) {
    try {
        const auto database = sql::Database::open("sqlite:" + copy);
        sql::migrate(*database, migrations(), true);
        check_ledgers(*database);
    } catch (const sql::Fault& fault) {
        throw Unusable(backup + " is not a whole backup: " + fault.what());
    } catch (const sql::CorruptRow& row) {
        throw Unusable(backup + " is not a whole backup: " + row.what());
    }
}

// Removed when it goes out of scope, with what SQLite keeps beside it.
class Part {
public:
    explicit Part(fs::path path) : path_(std::move(path)) { remove(); }
    ~Part() { remove(); }
    Part(const Part&) = delete;
    Part& operator=(const Part&) = delete;
    const fs::path& path() const { return path_; }

private:
    void remove() const {
        std::error_code ignored;
        for (const char* ending : {"", "-wal", "-shm"}) {
            fs::remove(path_.string() + ending, ignored);
        }
    }
    fs::path path_;
};

// pg_restore would put any dump there; only one of ours may take the place of what stands.
void restore_postgresql(const Files& files, const std::string& backup) {
    std::ifstream file(backup, std::ios::binary);
    std::string head(8 * 1024 * 1024, '\0');
    file.read(head.data(), static_cast<std::streamsize>(head.size()));
    head.resize(static_cast<std::size_t>(file.gcount()));
    const bool is_ours = head.starts_with("PGDMP") &&
                         head.find("ledger_head") != std::string::npos &&
                         head.find("schema_migration") != std::string::npos;
    if (!is_ours) throw Unusable(backup + " is not a backup of Alongside's from PostgreSQL.");
    run_tool({"pg_restore", "--clean", "--if-exists", "--single-transaction", "--exit-on-error",
              "--no-owner", backup},
             files.database, "restore the database");
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
    if (!fs::is_regular_file(backup)) throw Unusable("There is no file " + backup + ".");
    const auto lease = sql::take_lease(files.database);
    const std::string path = files.sqlite_path();
    if (path.empty()) {
        restore_postgresql(files, backup);
        return {};
    }
    const Part part(path + ".part");
    fs::copy_file(backup, part.path());
    fs::permissions(part.path(), fs::perms::owner_read | fs::perms::owner_write);
    check_whole(part.path().string(), backup);
    flush_to_disk(part.path());
    std::string kept;
    if (fs::exists(path)) {
        kept = unused(path + ".before-" + stamp(SystemClock().now()));
        for (const char* ending : {"", "-wal", "-shm"}) {
            if (fs::exists(path + ending)) fs::rename(path + ending, kept + ending);
        }
    }
    fs::rename(part.path(), path);
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
    Installation installation;
    installation.files = files;
    installation.database = std::move(database);
    out.backup = unused((path.empty() ? console.file("alongside") : path) + ".before-" +
                        stamp(installation.clock.now()));
    back_up(installation, out.backup, console, false);
    database = std::move(installation.database);
    out.applied = sql::migrate(*database, migrations()).applied;
    return out;
}

}  // namespace alongside::program
