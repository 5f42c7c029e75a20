// Keys that live outside the database, so that destroying one destroys what it opened everywhere:
// in the database, its log, and every backup.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/entropy.h"

namespace alongside::vault {

// A file of key slots, each 32 random bytes, written and flushed in blocks *before* they are
// needed, so that sealing costs no flush of its own. A slot is used once; destroying it overwrites
// it with zeros and flushes. Slots of earlier runs are never handed out again, so a restored
// backup can't meet a new key. Backups leave this file out. Thread-safe.
class KeyFile {
public:
    // Makes the file (mode 0600) if there is none. Throws std::system_error naming the file.
    static std::unique_ptr<KeyFile> open(const std::string& path, Entropy& entropy);
    // For the simulation and tests: keys from `entropy`, kept in memory alone.
    static std::unique_ptr<KeyFile> in_memory(Entropy& entropy);
    virtual ~KeyFile() = default;
    // Unlike that of any other file opened by this process, so that what a room remembers of the
    // boxes it opened is never taken for another file's.
    std::uint64_t number() const { return number_; }

    struct Sealed {
        std::int64_t slot;
        std::vector<std::uint8_t> bytes;      // nonce and XChaCha20-Poly1305 box
    };
    // `bound_to` (a request id) is authenticated: the box opens for no other request.
    virtual Sealed seal(std::string_view plain, std::string_view bound_to) = 0;
    // The same slot again, for a changed text of the same subject.
    virtual std::vector<std::uint8_t> seal_again(std::int64_t slot, std::string_view plain,
                                                 std::string_view bound_to) = 0;
    // Nothing if the key was destroyed, or the box isn't its own.
    virtual std::optional<std::string> open(std::int64_t slot, std::span<const std::uint8_t> box,
                                            std::string_view bound_to) const = 0;
    // Idempotent; returns when the zeros are on disk.
    virtual void destroy(std::span<const std::int64_t> slots) = 0;
    // Destroys every slot that was handed out or made by an earlier run, but these.
    virtual void keep_only(std::span<const std::int64_t> slots) = 0;

protected:
    KeyFile();

private:
    std::uint64_t number_;
};

}  // namespace alongside::vault
