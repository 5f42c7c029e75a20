#include "vault/vault.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <filesystem>
#include <mutex>
#include <set>
#include <system_error>

#include "base/ensure.h"

namespace alongside::vault {
namespace {

constexpr std::size_t key_bytes = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
// Texts are padded to a multiple of this, so that a box's length tells nothing of a wish or a name.
constexpr std::size_t padded_to = 64;
// Keys made and flushed at once, before any of them is needed.
constexpr std::int64_t block_slots = 512;
// One slot's worth of text at the head of the file.
constexpr std::string_view head = "Alongside keys, 1: 32 each.    \n";
static_assert(head.size() == key_bytes);

// Wiped when it goes out of scope.
struct Key {
    std::array<std::uint8_t, key_bytes> bytes{};
    Key() = default;
    Key(const Key&) = default;
    Key& operator=(const Key&) = default;
    ~Key() { sodium_memzero(bytes.data(), bytes.size()); }
    bool is_destroyed() const { return sodium_is_zero(bytes.data(), bytes.size()) == 1; }
};

const std::uint8_t* raw(std::string_view text) {
    return reinterpret_cast<const std::uint8_t*>(text.data());
}

std::vector<std::uint8_t> box_of(const Key& key, std::span<const std::uint8_t> nonce,
                                 std::string_view plain, std::string_view bound_to) {
    std::vector<std::uint8_t> padded(plain.begin(), plain.end());
    std::size_t length = 0;
    padded.resize(plain.size() + padded_to);
    ENSURE(sodium_pad(&length, padded.data(), plain.size(), padded_to, padded.size()) == 0);

    std::vector<std::uint8_t> out(nonce.begin(), nonce.end());
    out.resize(nonce_bytes + length + tag_bytes);
    crypto_aead_xchacha20poly1305_ietf_encrypt(out.data() + nonce_bytes, nullptr, padded.data(),
                                               length, raw(bound_to), bound_to.size(), nullptr,
                                               nonce.data(), key.bytes.data());
    sodium_memzero(padded.data(), padded.size());
    return out;
}

std::optional<std::string> opened(const Key& key, std::span<const std::uint8_t> box,
                                  std::string_view bound_to) {
    if (key.is_destroyed() || box.size() < nonce_bytes + tag_bytes) return std::nullopt;
    std::string out(box.size() - nonce_bytes - tag_bytes, '\0');
    auto* plain = reinterpret_cast<std::uint8_t*>(out.data());
    std::size_t length = 0;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(
            plain, nullptr, nullptr, box.data() + nonce_bytes, box.size() - nonce_bytes,
            raw(bound_to), bound_to.size(), box.data(), key.bytes.data()) != 0 ||
        sodium_unpad(&length, plain, out.size(), padded_to) != 0) {
        return std::nullopt;
    }
    out.resize(length);
    return out;
}

// Boxes are the same wherever the keys are kept.
class Slots : public KeyFile {
public:
    explicit Slots(Entropy& entropy) : entropy_(entropy) { ENSURE(sodium_init() >= 0); }

    Sealed seal(std::string_view plain, std::string_view bound_to) override {
        const std::lock_guard lock(mutex_);
        const auto slot = fresh_slot();
        return {slot, sealed_with(slot, plain, bound_to)};
    }
    std::vector<std::uint8_t> seal_again(std::int64_t slot, std::string_view plain,
                                         std::string_view bound_to) override {
        const std::lock_guard lock(mutex_);
        return sealed_with(slot, plain, bound_to);
    }
    std::optional<std::string> open(std::int64_t slot, std::span<const std::uint8_t> box,
                                    std::string_view bound_to) const override {
        const std::lock_guard lock(mutex_);
        return opened(key_of(slot), box, bound_to);
    }
    void destroy(std::span<const std::int64_t> slots) override {
        const std::lock_guard lock(mutex_);
        erase(slots);
    }
    void keep_only(std::span<const std::int64_t> slots) override {
        const std::lock_guard lock(mutex_);
        const std::set<std::int64_t> kept(slots.begin(), slots.end());
        std::vector<std::int64_t> others;
        for (std::int64_t slot = 0; slot < next_slot(); ++slot) {
            if (!kept.contains(slot) && !key_of(slot).is_destroyed()) others.push_back(slot);
        }
        erase(others);
    }

protected:
    virtual std::int64_t fresh_slot() = 0;
    virtual std::int64_t next_slot() const = 0;
    // All zeros for a slot that was destroyed or never was.
    virtual Key key_of(std::int64_t slot) const = 0;
    virtual void erase(std::span<const std::int64_t> slots) = 0;

    Entropy& entropy_;

private:
    std::vector<std::uint8_t> sealed_with(std::int64_t slot, std::string_view plain,
                                          std::string_view bound_to) {
        const auto key = key_of(slot);
        ENSURE(!key.is_destroyed());
        std::array<std::uint8_t, nonce_bytes> nonce{};
        entropy_.fill(std::as_writable_bytes(std::span(nonce)));
        return box_of(key, nonce, plain, bound_to);
    }
    mutable std::mutex mutex_;
};

class InMemory final : public Slots {
public:
    using Slots::Slots;

protected:
    std::int64_t fresh_slot() override {
        Key key;
        entropy_.fill(std::as_writable_bytes(std::span(key.bytes)));
        keys_.push_back(key);
        return static_cast<std::int64_t>(keys_.size()) - 1;
    }
    std::int64_t next_slot() const override { return static_cast<std::int64_t>(keys_.size()); }
    Key key_of(std::int64_t slot) const override { return has(slot) ? keys_[at(slot)] : Key(); }
    void erase(std::span<const std::int64_t> slots) override {
        for (const auto slot : slots) {
            if (has(slot)) keys_[at(slot)] = Key();
        }
    }

private:
    static std::size_t at(std::int64_t slot) { return static_cast<std::size_t>(slot); }
    bool has(std::int64_t slot) const { return slot >= 0 && at(slot) < keys_.size(); }
    std::vector<Key> keys_;
};

class OnDisk final : public Slots {
public:
    OnDisk(const std::string& path, Entropy& entropy) : Slots(entropy), path_(path) {
        file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (file_ < 0) fail("can't be opened");
        try {
            check();
        } catch (...) {
            ::close(file_);
            throw;
        }
    }
    ~OnDisk() override { ::close(file_); }

protected:
    std::int64_t fresh_slot() override {
        if (next_ == made_) make_block();
        return next_++;
    }
    std::int64_t next_slot() const override { return next_; }
    Key key_of(std::int64_t slot) const override {
        Key key;
        if (slot < 0 || slot >= made_) return key;
        const auto got = ::pread(file_, key.bytes.data(), key_bytes, place_of(slot));
        if (got < 0) fail("can't be read");
        if (got < static_cast<ssize_t>(key_bytes)) return Key();
        return key;
    }
    void erase(std::span<const std::int64_t> slots) override {
        const Key zeros;
        for (const auto slot : slots) {
            if (slot >= 0 && slot < made_) write(zeros.bytes, place_of(slot));
        }
        if (!slots.empty() && ::fdatasync(file_) != 0) fail("can't be flushed");
    }

private:
    [[noreturn]] void fail(const char* what) const { fail(what, errno); }
    [[noreturn]] void fail(const char* what, int code) const {
        throw std::system_error(code, std::generic_category(),
                                "the file of keys " + path_ + " " + what);
    }
    static off_t place_of(std::int64_t slot) {
        return static_cast<off_t>(head.size()) + slot * static_cast<off_t>(key_bytes);
    }
    void write(std::span<const std::uint8_t> bytes, off_t place) const {
        while (!bytes.empty()) {
            const auto done = ::pwrite(file_, bytes.data(), bytes.size(), place);
            if (done < 0 && errno == EINTR) continue;
            if (done <= 0) fail("can't be written");
            bytes = bytes.subspan(static_cast<std::size_t>(done));
            place += done;
        }
    }

    // One program at a time, nobody else's eyes, our own format; then a first block of new keys.
    void check() {
        if (::flock(file_, LOCK_EX | LOCK_NB) != 0) fail("is in use by another program");
        struct stat about{};
        if (::fstat(file_, &about) != 0) fail("can't be examined");
        if ((about.st_mode & 077) != 0) fail("may be read by others than its owner", EACCES);
        if (about.st_size < static_cast<off_t>(head.size())) {
            if (about.st_size != 0 && !starts_like_ours(about.st_size)) {
                fail("is not a file of keys", EINVAL);
            }
            write(std::span(raw(head), head.size()), 0);
            flush_new_file();
            about.st_size = static_cast<off_t>(head.size());
        } else if (!starts_like_ours(static_cast<off_t>(head.size()))) {
            fail("is not a file of keys", EINVAL);
        }
        // What stands there belongs to earlier runs, a slot cut short by a crash included.
        const auto used = about.st_size - static_cast<off_t>(head.size());
        next_ = made_ = (used + static_cast<off_t>(key_bytes) - 1) / static_cast<off_t>(key_bytes);
        make_block();
    }
    bool starts_like_ours(off_t length) const {
        std::string found(static_cast<std::size_t>(length), '\0');
        const auto got = ::pread(file_, found.data(), found.size(), 0);
        return got == length && head.starts_with(found);
    }
    void flush_new_file() const {
        if (::fsync(file_) != 0) fail("can't be flushed");
        auto folder = std::filesystem::path(path_).parent_path().string();
        if (folder.empty()) folder = ".";
        const int directory = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (directory < 0) fail("is in a folder that can't be opened");
        const bool is_flushed = ::fsync(directory) == 0;
        ::close(directory);
        if (!is_flushed) fail("is in a folder that can't be flushed");
    }
    void make_block() {
        std::vector<std::uint8_t> keys(static_cast<std::size_t>(block_slots) * key_bytes);
        entropy_.fill(std::as_writable_bytes(std::span(keys)));
        write(keys, place_of(made_));
        sodium_memzero(keys.data(), keys.size());
        if (::fdatasync(file_) != 0) fail("can't be flushed");
        made_ += block_slots;
    }

    std::string path_;
    int file_ = -1;
    std::int64_t made_ = 0;      // slots in the file, all flushed
    std::int64_t next_ = 0;      // the next to hand out
};

}  // namespace

KeyFile::KeyFile() {
    static std::atomic<std::uint64_t> opened = 0;
    number_ = ++opened;
}

std::unique_ptr<KeyFile> KeyFile::open(const std::string& path, Entropy& entropy) {
    return std::make_unique<OnDisk>(path, entropy);
}

std::unique_ptr<KeyFile> KeyFile::in_memory(Entropy& entropy) {
    return std::make_unique<InMemory>(entropy);
}

}  // namespace alongside::vault
