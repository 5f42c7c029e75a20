// A report onto the disk: all of it, or nothing.
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "evidence/report.h"

namespace alongside::evidence {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 4> parts_of_report{"report.html", "report.pdf",
                                                          "report.json", "numbers"};

template <class Is>
bool holds_only(const fs::path& folder, Is is_ours) {
    std::error_code error;
    const fs::directory_iterator all(folder, error);
    return !error && std::all_of(begin(all), end(all),
                                 [&](const auto& entry) { return is_ours(entry.path()); });
}

// All that a report's folder holds, and nothing else, or nothing at all.
bool is_report(const fs::path& folder) {
    std::error_code error;
    if (fs::is_empty(folder, error)) return true;
    return std::ranges::all_of(parts_of_report, [&](std::string_view name) {
               return fs::exists(folder / name, error);
           }) && holds_only(folder, [](const fs::path& path) {
               return std::ranges::count(parts_of_report, path.filename().string()) > 0;
           }) && holds_only(folder / "numbers", [](const fs::path& path) {
               return path.extension() == ".csv";
           });
}

// One writer a folder: the file beside it is locked by who writes, and goes when it is done; what a
// run that was killed left of it locks nobody.
class WritersTurn {
public:
    explicit WritersTurn(const fs::path& folder)
        : path_(folder.parent_path() / ("." + folder.filename().string() + ".writing")) {
        for (int tries = 0; tries < 100; ++tries) {
            file_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
            if (file_ < 0) return;
            is_busy_ = ::flock(file_, LOCK_EX | LOCK_NB) != 0;
            if (is_busy_) return;
            // The one before may have taken the file away between opening and locking it.
            struct stat opened {}, there {};
            const bool is_it = ::fstat(file_, &opened) == 0 &&
                               ::stat(path_.c_str(), &there) == 0 &&
                               opened.st_ino == there.st_ino;
            if (is_it) return;
            ::close(file_);
            file_ = -1;
        }
    }
    ~WritersTurn() {
        if (file_ < 0) return;
        if (!is_busy_) ::unlink(path_.c_str());
        ::close(file_);
    }
    WritersTurn(const WritersTurn&) = delete;
    WritersTurn& operator=(const WritersTurn&) = delete;

    bool is_mine() const { return file_ >= 0 && !is_busy_; }
    bool is_busy() const { return is_busy_; }

private:
    fs::path path_;
    int file_ = -1;
    bool is_busy_ = false;
};

// Beside the folder, so that taking its place is one step. What a run that was killed left there
// is cleared by the next.
fs::path beside(const fs::path& folder) {
    return folder.parent_path() / ("." + folder.filename().string() + ".part");
}

bool write_whole(const fs::path& path, const std::string& text) {
    std::ofstream out(path, std::ios::binary);
    out << text;
    if (!out.flush()) return false;
    out.close();
    const int file = ::open(path.c_str(), O_RDONLY);
    if (file < 0) return false;
    const bool kept = ::fsync(file) == 0;
    ::close(file);
    return kept;
}

fs::path whole_path(const fs::path& folder) {
    auto path = fs::absolute(folder).lexically_normal();
    return path.has_filename() ? path : path.parent_path();
}

}  // namespace

Fallible<bool> can_write_report(const fs::path& given, const std::string& shown_as) {
    const auto folder = whole_path(given);
    std::error_code error;
    if (fs::exists(folder, error)) {
        if (!fs::is_directory(folder, error)) {
            return trouble(shown_as + ": this is a file; a report needs a folder of its own");
        }
        if (!is_report(folder)) {
            return trouble(shown_as + ": this folder holds something else than an earlier report; "
                                      "name a new folder");
        }
    }
    if (!fs::is_directory(folder.parent_path(), error)) {
        return trouble(shown_as + ": the folder that it would be in isn't there");
    }
    return true;
}

Fallible<std::vector<std::string>> write_report(const Report& report, const fs::path& given,
                                                const std::string& shown_as) {
    if (const auto can = can_write_report(given, shown_as); !can) {
        return tl::make_unexpected(can.error());
    }
    const auto folder = whole_path(given);
    const WritersTurn turn(folder);
    if (turn.is_busy()) {
        return trouble(shown_as + ": another evaluation is writing its report there; this one is "
                                  "not written");
    }
    if (!turn.is_mine()) return trouble(shown_as + ": the report can't be written beside it");
    const auto part = beside(folder);
    std::error_code error;
    fs::remove_all(part, error);
    error.clear();
    std::vector<std::pair<std::string, std::string>> files{
        {"report.html", as_page(report)}, {"report.pdf", as_pdf(report)},
        {"report.json", as_json(report)}};
    for (const auto* table : tables_of(report)) {
        files.emplace_back("numbers/" + table->id + ".csv", as_csv(*table, report.is_rounded));
    }
    bool is_written = fs::create_directories(part / "numbers", error);
    for (const auto& [name, text] : files)
        is_written = is_written && write_whole(part / name, text);
    if (is_written) {
        // An earlier report changes places with this one in one step, so that a kill leaves one.
        if (!fs::exists(folder)) {
            fs::rename(part, folder, error);
        } else if (::renameat2(AT_FDCWD, part.c_str(), AT_FDCWD, folder.c_str(),
                               RENAME_EXCHANGE) != 0) {
            error = {errno, std::generic_category()};
        }
    }
    std::error_code ignored;
    fs::remove_all(part, ignored);
    if (!is_written || error) {
        return trouble(fmt::format("{}: the report can't be written{}", shown_as,
                                   error ? ": " + error.message() : "; is the disk full?"));
    }
    std::vector<std::string> names;
    for (auto& [name, text] : files) names.push_back(std::move(name));
    return names;
}

}  // namespace alongside::evidence
