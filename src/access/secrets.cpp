// The pepper's file, keyed hashes, and the threads that hash passwords.
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <fmt/format.h>
#include <future>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "access/access.h"
#include "access/keys.h"
#include "base/ensure.h"

namespace alongside::access {
namespace {

constexpr std::size_t key_bytes = 32;
using Key = std::array<unsigned char, key_bytes>;

[[noreturn]] void refuse_file(const std::string& path, std::string_view why) {
    throw std::runtime_error(fmt::format("The pepper {}: {}.", path, why));
}

class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int number() const { return number_; }

private:
    int number_;
};

Key new_key(Entropy& entropy) {
    Key key;
    entropy.fill(std::as_writable_bytes(std::span(key)));
    return key;
}

Key made_pepper(const std::string& path, Entropy& entropy) {
    const Descriptor file(::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600));
    if (file.number() < 0) refuse_file(path, std::strerror(errno));
    const Key key = new_key(entropy);
    std::array<char, 2 * key_bytes + 1> hex;
    sodium_bin2hex(hex.data(), hex.size(), key.data(), key.size());
    hex.back() = '\n';
    if (::write(file.number(), hex.data(), hex.size()) != static_cast<ssize_t>(hex.size()) ||
        ::fsync(file.number()) != 0) {
        refuse_file(path, "can't be written");
    }
    return key;
}

Key read_pepper(const std::string& path, bool create, Entropy& entropy) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.number() < 0) {
        if (errno == ENOENT && create) return made_pepper(path, entropy);
        refuse_file(path, std::strerror(errno));
    }
    struct stat about{};
    if (::fstat(file.number(), &about) != 0) refuse_file(path, std::strerror(errno));
    if ((about.st_mode & 077) != 0) {
        refuse_file(path, "can be read by others: give it to its owner alone (chmod 600)");
    }
    std::array<char, 2 * key_bytes> hex;
    if (::read(file.number(), hex.data(), hex.size()) != static_cast<ssize_t>(hex.size())) {
        refuse_file(path, "is too short");
    }
    Key key;
    std::size_t length = 0;
    if (sodium_hex2bin(key.data(), key.size(), hex.data(), hex.size(), nullptr, &length,
                       nullptr) != 0 || length != key_bytes) {
        refuse_file(path, "is not one: 64 hexadecimal digits are expected");
    }
    return key;
}

// A few threads and no more work waiting than was agreed.
class HashingPool {
public:
    HashingPool(int threads, int at_most) : at_most_(at_most) {
        for (int i = 0; i < threads; ++i) {
            threads_.emplace_back([this](std::stop_token stop) { work(stop); });
        }
    }

    // Waits for the answer; nothing when too many wait already.
    template <class F>
    auto run(F&& job) -> std::optional<std::invoke_result_t<F>> {
        std::packaged_task<std::invoke_result_t<F>()> task(std::forward<F>(job));
        auto answer = task.get_future();
        {
            const std::lock_guard lock(mutex_);
            if (inside_ >= at_most_) return std::nullopt;
            ++inside_;
            jobs_.emplace_back([&task] { task(); });
        }
        there_is_work_.notify_one();
        answer.wait();
        {
            const std::lock_guard lock(mutex_);
            --inside_;
        }
        return answer.get();
    }

private:
    void work(std::stop_token stop) {
        std::unique_lock lock(mutex_);
        while (there_is_work_.wait(lock, stop, [this] { return !jobs_.empty(); })) {
            const auto job = std::move(jobs_.front());
            jobs_.pop_front();
            lock.unlock();
            job();
            lock.lock();
        }
    }

    const int at_most_;
    int inside_ = 0;
    std::mutex mutex_;
    std::condition_variable_any there_is_work_;
    std::deque<std::function<void()>> jobs_;
    std::vector<std::jthread> threads_;   // last: stopped first
};

class SecretsInFile final : public Secrets {
public:
    SecretsInFile(const Options& options, Entropy& entropy)
        : pepper_(options.pepper_path.empty()
                      ? new_key(entropy)
                      : read_pepper(options.pepper_path, options.create, entropy)),
          cost_(options.cost),
          nobody_(hash_of_nobody(entropy)),
          pool_(options.threads, options.at_most) {}
    ~SecretsInFile() override { sodium_memzero(pepper_.data(), pepper_.size()); }

    std::optional<std::string> hash(std::string_view secret) override {
        const auto peppered = tag("secret", secret);
        return pool_.run([&] {
            std::array<char, crypto_pwhash_STRBYTES> out{};
            if (crypto_pwhash_str(out.data(), reinterpret_cast<const char*>(peppered.data()),
                                  peppered.size(), cost_.passes, cost_.memory_bytes) != 0) {
                throw std::bad_alloc();
            }
            return std::string(out.data());
        });
    }

    Check check(std::string_view hash, std::string_view secret) override {
        const auto peppered = tag("secret", secret);
        std::array<char, crypto_pwhash_STRBYTES> known{};
        const std::string_view against = hash.empty() ? std::string_view(nobody_) : hash;
        if (against.size() < known.size()) against.copy(known.data(), against.size());
        const auto is_right = pool_.run([&] {
            return crypto_pwhash_str_verify(known.data(),
                                            reinterpret_cast<const char*>(peppered.data()),
                                            peppered.size()) == 0;
        });
        if (!is_right) return Check::busy;
        return *is_right && !hash.empty() ? Check::right : Check::wrong;
    }

    std::vector<std::uint8_t> tag(std::string_view purpose, std::string_view text) const override {
        Key key;
        crypto_generichash(key.data(), key.size(), bytes(purpose), purpose.size(),
                           pepper_.data(), pepper_.size());
        std::vector<std::uint8_t> out(key_bytes);
        crypto_generichash(out.data(), out.size(), bytes(text), text.size(), key.data(),
                           key.size());
        return out;
    }

private:
    static const unsigned char* bytes(std::string_view text) {
        return reinterpret_cast<const unsigned char*>(text.data());
    }

    // Shaped like a real hash of the same cost, of no secret at all.
    std::string hash_of_nobody(Entropy& entropy) const {
        std::array<unsigned char, 16> salt;
        std::array<unsigned char, 32> digest;
        entropy.fill(std::as_writable_bytes(std::span(salt)));
        entropy.fill(std::as_writable_bytes(std::span(digest)));
        const auto text = [](std::span<const unsigned char> raw) {
            std::array<char, 64> out{};
            sodium_bin2base64(out.data(), out.size(), raw.data(), raw.size(),
                              sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
            return std::string(out.data());
        };
        return fmt::format("$argon2id$v=19$m={},t={},p=1${}${}", cost_.memory_bytes / 1024,
                           cost_.passes, text(salt), text(digest));
    }

    Key pepper_;
    const Cost cost_;
    const std::string nobody_;
    HashingPool pool_;
};

}  // namespace

std::unique_ptr<Secrets> Secrets::open(const Options& options, Entropy& entropy) {
    ENSURE(sodium_init() >= 0);
    ENSURE(options.cost.passes >= 1 && options.cost.memory_bytes >= 8192);
    ENSURE(options.threads >= 1 && options.at_most >= 1);
    return std::make_unique<SecretsInFile>(options, entropy);
}

std::string pepper_path_for(std::string_view database_address) {
    constexpr std::string_view sqlite = "sqlite:";
    if (database_address == "sqlite::memory:") return {};
    if (database_address.starts_with(sqlite)) {
        return std::string(database_address.substr(sqlite.size())) + ".pepper";
    }
    return "alongside.pepper";
}

// ---- keys.h ------------------------------------------------------------------------------------

std::string new_token(Entropy& entropy) {
    std::array<unsigned char, 32> raw;
    entropy.fill(std::as_writable_bytes(std::span(raw)));
    return url_text(std::vector<std::uint8_t>(raw.begin(), raw.end()));
}

std::string url_text(const std::vector<std::uint8_t>& raw) {
    std::string out(sodium_base64_ENCODED_LEN(raw.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING),
                    '\0');
    sodium_bin2base64(out.data(), out.size(), raw.data(), raw.size(),
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    out.pop_back();  // its final zero
    return out;
}

std::vector<std::uint8_t> token_hash(std::string_view token) {
    std::vector<std::uint8_t> out(32);
    crypto_generichash(out.data(), out.size(),
                       reinterpret_cast<const unsigned char*>(token.data()), token.size(), nullptr,
                       0);
    return out;
}

bool are_equal(std::string_view a, std::string_view b) {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

namespace {
std::string letters(int count, std::string_view alphabet, Entropy& entropy) {
    std::string out;
    const std::uint64_t whole = ~std::uint64_t{0} / alphabet.size() * alphabet.size();
    while (static_cast<int>(out.size()) < count) {
        const std::uint64_t word = entropy.word();
        if (word < whole) out += alphabet[word % alphabet.size()];
    }
    return out;
}
}  // namespace

// No letters or digits that are taken for each other: 0 O, 1 I L, 5 S, 8 B, 2 Z.
std::string new_device_code(Entropy& entropy) {
    return letters(8, "34679ACDEFGHJKMNPQRTUVWXY", entropy);
}

std::string new_password(Entropy& entropy) {
    constexpr std::string_view alphabet = "34679acdefghjkmnpqrtuvwxy";
    return letters(4, alphabet, entropy) + "-" + letters(4, alphabet, entropy) + "-" +
           letters(4, alphabet, entropy);
}

std::string new_pin(Entropy& entropy) { return letters(8, "0123456789", entropy); }

}  // namespace alongside::access
