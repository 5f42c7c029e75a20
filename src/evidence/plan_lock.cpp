#include "evidence/plan_lock.h"

#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <map>
#include <system_error>

#include "base/civil_time.h"

namespace alongside::evidence {
namespace {

constexpr std::string_view lock_head =
    "# The plan as it was before any outcome was read, and the hashes of its files. Written by\n"
    "# `alongside evidence evaluate --lock`; keep it beside the plan and don't change it.\n";

std::map<std::string, std::string> by_key(const std::vector<std::string>& canonical) {
    std::map<std::string, std::string> out;
    for (const auto& line : canonical) {
        const auto at = line.find(" = ");
        out[line.substr(0, at)] = at == std::string::npos ? "" : line.substr(at + 3);
    }
    return out;
}

bool take_value(const std::string& line, std::string_view key, std::string& to) {
    if (!line.starts_with(key) || line.substr(key.size(), 1) != ":") return false;
    to = line.substr(std::min(key.size() + 2, line.size()));
    return true;
}

// A key of a plan has no space in it.
std::string file_key(const std::string& name) { return "file " + name; }
std::string file_line(const HashedFile& file) { return file_key(file.name) + " = " + file.hash; }

}  // namespace

std::filesystem::path lock_path(const std::filesystem::path& plan) {
    return std::filesystem::path(plan).replace_extension(".lock");
}

Fallible<std::vector<HashedFile>> hashed_files(const Plan& plan,
                                               const std::filesystem::path& folder) {
    std::vector<HashedFile> out;
    for (const auto* file : {&plan.data, &plan.outcomes}) {
        std::error_code error;
        if (file->empty() || !std::filesystem::exists(folder / file->text, error)) continue;
        const auto bytes = file_text(folder / file->text, file->text);
        if (!bytes) return tl::make_unexpected(bytes.error());
        out.push_back({file->text, hash_of(*bytes)});
    }
    return out;
}

std::optional<std::string> locked_hash_of(const PlanLock& lock, const std::string& file) {
    const auto lines = by_key(lock.canonical);
    const auto found = lines.find(file_key(file));
    return found == lines.end() ? std::nullopt : std::optional(found->second);
}

std::vector<std::string> lines_today(const PlanLock& lock, const Plan& plan,
                                     const std::vector<HashedFile>& files) {
    auto out = plan.canonical;
    for (const auto& file : files) {
        if (locked_hash_of(lock, file.name)) out.push_back(file_line(file));
    }
    std::sort(out.begin(), out.end());
    return out;
}

std::vector<std::string> marks_of(const PlanLock& lock) {
    std::vector<std::string> out;
    for (const auto& [key, value] : by_key(lock.canonical)) {
        if (key.starts_with(file_key(""))) out.push_back(value);
        if (key == "title") out.push_back(hash_of(key + " = " + value));
    }
    return out;
}

Fallible<std::optional<PlanLock>> lock_before(const std::filesystem::path& plan_path,
                                              const Plan& plan) {
    std::error_code error;
    if (!std::filesystem::exists(lock_path(plan_path), error)) return std::nullopt;
    auto before = read_lock(plan_path, plan.file);
    const auto files = hashed_files(plan, plan_path.parent_path());
    if (!files) return tl::make_unexpected(files.error());
    if (before && before->hash == hash_of(lines_today(*before, plan, *files)))
        return std::optional(std::move(*before));
    return trouble(fmt::format("{}: the plan was locked already, and a lock can't be renewed. "
                               "`evaluate` shows what has changed since; for a new study, "
                               "write a plan under another name",
                               lock_path(plan.file).string()));
}

Fallible<PlanLock> lock_of(const std::filesystem::path& plan_path, const Plan& plan, Instant now,
                           const std::string& version) {
    const auto files = hashed_files(plan, plan_path.parent_path());
    if (!files) return tl::make_unexpected(files.error());
    auto lines = plan.canonical;
    for (const auto& file : *files) lines.push_back(file_line(file));
    std::sort(lines.begin(), lines.end());
    return PlanLock{hash_of(lines), iso_instant(now), version, lines};
}

Fallible<bool> write_lock(const std::filesystem::path& plan_path, const Plan& plan,
                          const PlanLock& lock) {
    const auto path = lock_path(plan_path);
    const auto shown = lock_path(plan.file).string();
    const auto before = lock_before(plan_path, plan);
    if (!before) return tl::make_unexpected(before.error());
    if (*before) {
        return trouble(fmt::format("{}: the plan is locked already, since {}, and has not changed",
                                   shown, (*before)->locked_at));
    }
    std::error_code error;
    auto part = path;
    part += ".part";
    {
        std::ofstream out(part, std::ios::binary);
        out << lock_head << "hash: " << lock.hash << "\nlocked: " << lock.locked_at
            << "\nversion: " << lock.version << "\n\n";
        for (const auto& line : lock.canonical) out << line << '\n';
        if (!out.flush()) {
            out.close();
            std::filesystem::remove(part, error);
            return trouble(fmt::format("{}: can't be written; may you write in this folder?",
                                       shown));
        }
    }
    std::filesystem::rename(part, path, error);
    if (error) {
        std::filesystem::remove(part, error);
        return trouble(fmt::format("{}: can't be written", shown));
    }
    return true;
}

Fallible<PlanLock> read_lock(const std::filesystem::path& plan_path, const std::string& shown_as) {
    const auto path = lock_path(plan_path);
    const auto shown = lock_path(shown_as).string();
    std::error_code error;
    if (!std::filesystem::exists(path, error)) {
        return trouble(fmt::format("{}: the plan isn't locked. Lock it before anyone has seen an "
                                   "outcome:\n  alongside evidence evaluate {} --lock", shown,
                                   shown_as));
    }
    const auto text = file_text(path, shown);
    if (!text) return tl::make_unexpected(text.error());
    PlanLock lock;
    for (std::size_t from = 0; from < text->size();) {
        const auto end = std::min(text->find('\n', from), text->size());
        const auto line = text->substr(from, end - from);
        from = end + 1;
        const bool is_head = line.empty() || line[0] == '#' ||
                             take_value(line, "hash", lock.hash) ||
                             take_value(line, "locked", lock.locked_at) ||
                             take_value(line, "version", lock.version);
        if (is_head) continue;
        lock.canonical.push_back(line);
    }
    const auto hash = hash_of(lock.canonical);
    if (lock.hash.empty() || hash != lock.hash) {
        return trouble(fmt::format("{}: the lock is not as it was written: its plan has the hash "
                                   "{}, and it says {}", shown, hash,
                                   lock.hash.empty() ? "none" : lock.hash));
    }
    return lock;
}

std::vector<PlanChange> changes_since(const PlanLock& lock,
                                      const std::vector<std::string>& today) {
    const auto before = by_key(lock.canonical), now = by_key(today);
    std::vector<PlanChange> out;
    for (const auto& [key, value] : before) {
        const auto found = now.find(key);
        if (found == now.end()) {
            out.push_back({key, value, ""});
        } else if (found->second != value) {
            out.push_back({key, value, found->second});
        }
    }
    for (const auto& [key, value] : now) {
        if (!before.contains(key)) out.push_back({key, "", value});
    }
    return out;
}

}  // namespace alongside::evidence
