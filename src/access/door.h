// The gate of web/, and what it remembers between two requests.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "access/acting.h"
#include "web/forms.h"

namespace alongside::access {

// What a cookie or a header carried: "SMI.<token>".
struct Credential {
    EstablishmentId establishment;
    std::string token;
};
std::optional<Credential> parse_credential(std::string_view text);

// One signed-in browser, as it was read last. Never changed but for its atomics.
struct Remembered {
    std::uint64_t changes = 0;      // changes_so_far() before it was read
    Instant read_at{};
    std::string csrf;
    Viewer viewer;                  // with its roles, whatever the state of the session
};
struct SessionSeen : Remembered {
    sql::Bytes token_hash;
    store::SessionRow row{};
    SecretKind secret_kind{};
    bool must_change = false;
    Stay stay{};
    mutable std::atomic<std::int64_t> last_person_at{0};
    mutable std::atomic<std::int64_t> written_at{0};   // the last_person_at that is on disk

    SessionState state(Instant now) const {
        return state_of(stay, row.created_at, from_epoch_ms(last_person_at.load()),
                        row.locked_at.has_value(), now);
    }
};
struct DeviceKnown : Remembered {
    DeviceId device_id;
    mutable std::atomic<std::int64_t> last_seen_at{0};
    mutable std::atomic<std::int64_t> written_at{0};
};
struct TokenKnown : Remembered {
    std::optional<Instant> ends_at;
};

// By the hash of a token. From any thread.
template <class Known>
class Memory {
public:
    std::shared_ptr<const Known> find(const std::string& key) const {
        const std::shared_lock lock(mutex_);
        const auto found = known_.find(key);
        return found == known_.end() ? nullptr : found->second;
    }
    void put(const std::string& key, std::shared_ptr<const Known> known) {
        const std::lock_guard lock(mutex_);
        known_.insert_or_assign(key, std::move(known));
    }
    void forget(const std::string& key) {
        const std::lock_guard lock(mutex_);
        known_.erase(key);
    }
    template <class Keep>
    void forget_unless(Keep&& keep) {
        const std::lock_guard lock(mutex_);
        std::erase_if(known_, [&](const auto& entry) { return !keep(*entry.second); });
    }
    std::vector<std::shared_ptr<const Known>> all() const {
        const std::shared_lock lock(mutex_);
        std::vector<std::shared_ptr<const Known>> out;
        for (const auto& [key, known] : known_) out.push_back(known);
        return out;
    }

private:
    mutable std::shared_mutex mutex_;
    std::unordered_map<std::string, std::shared_ptr<const Known>> known_;
};

class FrontDoor final : public Door {
public:
    FrontDoor(const web::Site& site, Secrets& secrets) : site_(site), secrets_(secrets) {}

    void identify(web::Request& request) override;
    bool is_form_genuine(const web::Request& request) override;
    web::Response turned_away(web::Request& request, const web::Route& route) override;
    void leave(const web::Request& request, web::Response& response) override;
    void keep(Instant now) override;
    void show_while_locked(std::function<Html(const web::Request&)> notice) override {
        notice_ = std::move(notice);
    }

    // The session whose cookie this is and that isn't over, locked or not.
    std::shared_ptr<const SessionSeen> session_of(const web::Request& request);
    std::string session_token(const web::Request& request) const;
    // What a locked board shows, as it is now; drawn anew for everybody who looks on a change.
    Html notice(const web::Request& request) const;
    static std::string notice_view(const web::Request& request);
    // The page of a locked session.
    web::Response locked_page(const web::Request& request, const web::FieldErrors& errors = {},
                              int status = 423);

    static void give_session(const web::Request& request, web::Response& response,
                             const std::string& token);
    static void take_session(const web::Request& request, web::Response& response);
    static void give_device(const web::Request& request, web::Response& response,
                            const std::string& token);
    static void give_language(const web::Request& request, web::Response& response,
                              const std::string& tag);

private:
    template <class Known, class Read>
    std::shared_ptr<const Known> recall(Memory<Known>& memory, const Credential& credential,
                                        Instant now, Read&& read);
    std::shared_ptr<const DeviceKnown> device_of(const web::Request& request);
    bool identify_machine(web::Request& request);
    void identify_session(web::Request& request);
    void choose_tongue(web::Request& request) const;

    const web::Site& site_;
    Secrets& secrets_;
    std::function<Html(const web::Request&)> notice_;
    Instant forgot_at_{};           // keep() alone
    Memory<SessionSeen> sessions_;
    Memory<DeviceKnown> devices_;
    Memory<TokenKnown> tokens_;
};

}  // namespace alongside::access
