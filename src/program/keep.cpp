#include "program/keep.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "dispatch/dispatch.h"
#include "ledger/ledger.h"
#include "program/owed.h"
#include "program/store.h"
#include "sql/address.h"

extern char** environ;

namespace alongside::program {
namespace {

namespace fs = std::filesystem;

constexpr int is_not_here = 127;                  // exit code where there is no such tool

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

// Nobody else may read it, from its first byte on.
void make_private(const fs::path& path) {
    const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) throw std::system_error(errno, std::generic_category(), path.string());
    close(fd);
}

// PostgreSQL's own tools do the copying; `database` is empty where they only read a file. The
// password travels in the environment, which only this user can read, not among the words of the
// command.
void run_tool(std::vector<std::string> words, const std::string& database,
              const std::string& what_it_does) {
    constexpr std::string_view variable = "PGPASSWORD=";
    std::string password(variable);
    if (!database.empty()) {
        words.push_back("--dbname=" + sql::without_password(database));
        password += sql::password_in(database);
    }
    const bool has_own = password.size() > variable.size();
    std::vector<char*> environment;
    for (char** one = environ; *one; ++one) {
        if (!has_own || !std::string_view(*one).starts_with(variable)) environment.push_back(*one);
    }
    if (has_own) environment.push_back(password.data());
    environment.push_back(nullptr);
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const pid_t parent = getpid();
    const pid_t child = fork();
    if (child < 0) throw std::system_error(errno, std::generic_category(), words[0]);
    if (child == 0) {
        // It must not go on, and commit, for a command that is gone.
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() == parent) execvpe(arguments[0], arguments.data(), environment.data());
        _exit(is_not_here);
    }
    int status = 0;
    if (waitpid(child, &status, 0) < 0) {
        throw std::system_error(errno, std::generic_category(), words[0]);
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == is_not_here) {
        throw Unusable(words[0] + " is needed to " + what_it_does +
                       ", and isn't here. Install postgresql-client.");
    }
    if (status != 0) {
        throw Unusable(words[0] + " could not " + what_it_does + ".");
    }
}

void copy_out(Installation& installation, const fs::path& to, const Console& console,
              bool shows_progress) {
    if (installation.database->engine() == sql::Database::Engine::postgresql) {
        make_private(to);                                           // pg_dump writes into it
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

std::string codes_of(const std::vector<EstablishmentId>& prisons) {
    std::string out;
    for (const auto& prison : prisons) out += (out.empty() ? "" : ", ") + prison.text();
    return out;
}

// Prisons of the database that stands; none where nobody can read it any more.
std::vector<EstablishmentId> prisons_in(const Files& files) {
    try {
        return sql::Database::open(files.database)->read(
            [](sql::Reader& reader) { return establishments(reader); });
    } catch (const sql::Fault& fault) {
        if (fault.may_pass()) throw;
        return {};
    }
}

// Another prison's backup would silence everybody who has asked here: their keys would go.
void must_be_of(const std::vector<EstablishmentId>& here, const std::vector<EstablishmentId>& in,
                const std::string& backup) {
    const auto is_here = [&](const EstablishmentId& prison) {
        return std::ranges::find(here, prison) != here.end();
    };
    if (here.empty() || std::ranges::any_of(in, is_here)) return;
    throw Unusable(backup + " is a backup of another installation, of " +
                   (in.empty() ? "no prison" : codes_of(in)) + "; this is " + codes_of(here) +
                   ". To put it here all the same, move this database and its keys away first.");
}

// Every ledger in it agrees with itself.
void check_ledgers(sql::Database& database) {
    database.read([](sql::Reader& reader) {
        for (const auto& prison : establishments(reader)) {
            const auto trouble = verify_ledger(reader, prison).first_trouble;
            if (!trouble) continue;
            throw Unusable("The ledger in this backup does not agree with itself: " +
                           Tongue::english()(trouble->sentence));
        }
        return true;
    });
}

// A backup is whole when it opens, its pages hold together, this program knows its tables, and its
// ledgers hold. `copy` is looked at, since opening a database writes beside it; `backup` is what it
// is called, `here` the prisons of what stands.
void check_whole(const std::string& copy, const std::string& backup,
                 const std::vector<EstablishmentId>& here) {
    try {
        const auto database = sql::Database::open("sqlite:" + copy);
        if (!database->read(pages_are_whole)) {
            throw Unusable(backup + " is not a whole backup: its pages don't hold together.");
        }
        sql::migrate(*database, migrations(), true);
        must_be_of(here, database->read([](sql::Reader& reader) { return establishments(reader); }),
                   backup);
        check_ledgers(*database);
        database->read(dispatch::keys_in_use);
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

// Held until the database is replaced, so that nobody else takes up what is owed meanwhile. Null
// where there are no keys.
std::unique_ptr<vault::KeyFile> keys_of(const Files& files, Entropy& entropy) {
    return fs::exists(files.keys) ? vault::KeyFile::open(files.keys, entropy) : nullptr;
}

std::vector<std::int64_t> keys_in(sql::Database& database) {
    try {
        return database.read(dispatch::keys_in_use);
    } catch (const sql::Fault& fault) {
        if (fault.may_pass()) throw;
        return {};                                                  // it has no tables of ours
    }
}

// As pg_restore writes the table of prisons out: a line each, their code in the first column.
std::vector<EstablishmentId> prisons_in_dump(const std::string& backup) {
    const Part text(unused((fs::temp_directory_path() / "alongside-restore").string()));
    make_private(text.path());
    run_tool({"pg_restore", "--data-only", "--table=establishment",
              "--file=" + text.path().string(), backup},
             "", "read the backup");
    std::vector<EstablishmentId> out;
    std::ifstream lines(text.path());
    bool is_row = false;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("\\.")) is_row = false;
        if (is_row) {
            const auto prison = EstablishmentId::parse(line.substr(0, line.find('\t')));
            if (prison) out.push_back(*prison);
        }
        if (line.starts_with("COPY ")) is_row = true;
    }
    std::ranges::sort(out);
    return out;
}

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
    const auto database = sql::Database::open(files.database);
    await_end_of_restore(*database);                                // an earlier one, cut off
    must_be_of(prisons_in(files), prisons_in_dump(backup), backup);
    SystemEntropy entropy;
    const auto keys = keys_of(files, entropy);
    // A name that only the database before knew would have no time left at which it is destroyed.
    if (keys) owe(files, database.get(), keys_in(*database));
    run_tool({"pg_restore", "--clean", "--if-exists", "--single-transaction", "--exit-on-error",
              "--no-owner", backup},
             files.database, "restore the database");
    if (keys) pay(files, *database, *keys);
}

// Out of the way, under one name. Also what a file that is gone left beside it: SQLite would take
// it for the log of the one that comes. Empty if there was nothing.
std::string set_aside(const std::string& path) {
    std::string kept;
    for (const char* ending : {"-wal", "-shm", ""}) {
        if (!fs::exists(path + ending)) continue;
        if (kept.empty()) kept = unused(path + ".before-" + stamp(SystemClock().now()));
        fs::rename(path + ending, kept + ending);
    }
    flush_to_disk(fs::absolute(path).parent_path());
    return kept;
}

}  // namespace

BackupMade back_up(Installation& installation, const std::string& file, const Console& console,
                   bool shows_progress) {
    if (fs::exists(file)) throw Unusable("There is a file called " + file + " already.");
    const fs::path folder = fs::absolute(file).parent_path();
    if (!fs::is_directory(folder)) throw Unusable("There is no folder " + folder.string() + ".");
    const fs::path part = file + ".part";
    fs::remove(part);
    const auto heads = installation.database->read(ledger_heads);   // all in the copy, then
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
    return {file, size, heads};
}

std::string restore(const Files& files, const std::string& backup) {
    if (!fs::is_regular_file(backup)) throw Unusable("There is no file " + backup + ".");
    const auto lease = sql::take_lease(files.database);
    const std::string path = files.sqlite_path();
    if (!path.empty() && fs::exists(path) && fs::equivalent(path, backup)) {
        throw Unusable(backup + " is the database itself, not a backup of it.");
    }
    if (path.empty()) {
        restore_postgresql(files, backup);
        return {};
    }
    const Part part(path + ".part");
    fs::copy_file(backup, part.path());
    fs::permissions(part.path(), fs::perms::owner_read | fs::perms::owner_write);
    const auto here = fs::exists(path) ? prisons_in(files) : std::vector<EstablishmentId>{};
    check_whole(part.path().string(), backup, here);
    flush_to_disk(part.path());
    SystemEntropy entropy;
    const auto keys = keys_of(files, entropy);
    if (keys) owe(files, nullptr, {});
    const auto kept = set_aside(path);
    fs::rename(part.path(), path);
    flush_to_disk(fs::absolute(path).parent_path());
    if (keys) pay(files, *sql::Database::open(files.database), *keys);
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
    const auto pending = sql::migrate(*database, migrations(), true).pending;
    if (pending.empty()) return out;
    if (pending.size() == migrations().size()) {
        throw Unusable("There is no prison in this database yet. Make one with: alongside init");
    }
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
