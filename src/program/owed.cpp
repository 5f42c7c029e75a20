#include "program/owed.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <system_error>
#include <thread>

#include "dispatch/dispatch.h"
#include "program/store.h"

namespace alongside::program {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds longest_wait{30};
constexpr std::chrono::milliseconds between_looks{100};

// On PostgreSQL a file of keys may serve several databases: each has a note of its own.
fs::path note_of(const Files& files, sql::Database* postgresql) {
    const std::string name = files.keys + ".restoring";
    return postgresql ? name + "-" + postgresql->read(name_of_this_database) : name;
}

std::set<std::int64_t> slots_in(const fs::path& note) {
    std::set<std::int64_t> out;
    std::ifstream lines(note);
    for (std::int64_t slot = 0; lines >> slot;) out.insert(slot);
    return out;
}

[[noreturn]] void failed(const fs::path& path) {
    throw std::system_error(errno, std::generic_category(), path.string());
}

void flush_folder_of(const fs::path& path) {
    const auto folder = fs::absolute(path).parent_path();
    const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) failed(folder);
    const bool is_flushed = ::fsync(fd) == 0;
    ::close(fd);
    if (!is_flushed) failed(folder);
}

// Whole or not at all, and for its owner alone.
void write_durably(const fs::path& path, const std::string& text) {
    const fs::path part = path.string() + ".part";
    const int fd = ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) failed(part);
    std::size_t done = 0;
    while (done < text.size()) {
        const auto written = ::write(fd, text.data() + done, text.size() - done);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) break;
        done += static_cast<std::size_t>(written);
    }
    const bool is_whole = done == text.size() && ::fsync(fd) == 0;
    ::close(fd);
    if (!is_whole) failed(part);
    fs::rename(part, path);
    flush_folder_of(path);
}

}  // namespace

void await_end_of_restore(sql::Database& postgresql) {
    const auto until = std::chrono::steady_clock::now() + longest_wait;
    while (postgresql.read(is_being_replaced)) {
        if (std::chrono::steady_clock::now() > until) {
            throw Unusable("The tables of this database are still being replaced, by a restore "
                           "that was cut off. Try again when PostgreSQL is through with it.");
        }
        std::this_thread::sleep_for(between_looks);
    }
}

void owe(const Files& files, sql::Database* postgresql, std::span<const std::int64_t> before) {
    const auto note = note_of(files, postgresql);
    auto slots = slots_in(note);
    slots.insert(before.begin(), before.end());
    std::ostringstream text;
    for (const auto slot : slots) text << slot << "\n";
    write_durably(note, text.str());
}

void pay(const Files& files, sql::Database& database, vault::KeyFile& keys) {
    const bool is_postgresql = database.engine() == sql::Database::Engine::postgresql;
    const auto note = note_of(files, is_postgresql ? &database : nullptr);
    if (!fs::exists(note)) return;
    if (is_postgresql) {
        await_end_of_restore(database);
        auto owed = slots_in(note);
        for (const auto slot : database.read(dispatch::keys_in_use)) owed.erase(slot);
        keys.destroy(std::vector<std::int64_t>(owed.begin(), owed.end()));
    } else {
        keys.keep_only(database.read(dispatch::keys_in_use));
    }
    fs::remove(note);
    flush_folder_of(note);
}

}  // namespace alongside::program
