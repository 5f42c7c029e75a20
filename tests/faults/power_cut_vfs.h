// A disk whose power can be cut, that flushes as slowly as one likes, that can be full or locked
// against writing: an SQLite VFS under `Options::sqlite_vfs`.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/entropy.h"

namespace alongside::faults {

// What is written stands in memory, where all connections of this VFS see it, and goes to the file
// when it is flushed. The file is whole for others once the VFS is gone. Safe for several threads.
// Locks and shared memory are the usual VFS's.
class PowerCutVfs {
public:
    // Registered by this name for as long as it lives. REQUIRES that its databases are closed
    // first.
    explicit PowerCutVfs(std::string name);
    ~PowerCutVfs();
    PowerCutVfs(const PowerCutVfs&) = delete;
    PowerCutVfs& operator=(const PowerCutVfs&) = delete;

    const std::string& name() const;

    // Each flush takes this long.
    void slow_flushes(std::chrono::microseconds each);
    // No more than so many bytes in all files; nothing: as many as you like.
    void limit(std::optional<std::uint64_t> bytes);
    // From now on files can only be read, those that are open too.
    void only_read(bool yes);
    // What was not flushed is lost; with `entropy`, each write of it is lost or kept by chance, as
    // on a disk that works in its own order. Open connections fail from then on: close them, and
    // open the database again.
    void cut(Entropy* entropy = nullptr);

    std::uint64_t flushes() const;
    std::uint64_t bytes() const;  // in all files

    struct Disk;

private:
    std::unique_ptr<Disk> disk_;
};

}  // namespace alongside::faults
