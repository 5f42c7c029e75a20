#include "web/once.h"

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "web/errors.h"
#include "web/log.h"
#include "web/sealed.h"
#include "web/store.h"

namespace alongside::web {
namespace {

constexpr Hours kept_for{48};
constexpr std::chrono::milliseconds gathered_for{50};   // answers that share one write
constexpr std::chrono::hours pruned_every{1};
constexpr std::size_t most_waiting = 100'000;

class Memory final : public Once {
public:
    Memory(sql::Database& database, const Clock& clock, Entropy& entropy)
        : database_(database), clock_(clock), entropy_(entropy),
          recorder_([this] { record_until_stopped(); }) {}

    ~Memory() override {
        {
            const std::lock_guard lock(mutex_);
            is_stopping_ = true;
        }
        wake_.notify_all();
        recorder_.join();
    }

    Response run(const Request& request, const std::function<Response()>& handler) override {
        const auto key = digests_of(request);
        const auto content = content_digest(request, key);
        const Place place{request.viewer.establishment, key.row};
        if (auto before = begin(place)) return again(request, *before, key, content, handler);
        return run_first(request, place, key, content, handler);
    }

    void settle() override {
        std::unique_lock lock(mutex_);
        const auto wanted = ++settle_asked_;
        wake_.notify_all();
        settled_.wait(lock, [&] { return settle_done_ >= wanted; });
    }

private:
    using Place = std::pair<EstablishmentId, sql::Bytes>;

    // What was answered before, or nothing: then the caller runs, and must end with finish().
    std::optional<Remembered> begin(const Place& place) {
        {
            std::unique_lock lock(mutex_);
            // Of two at the same time the second waits here; if the first fails, it runs itself.
            finished_.wait(lock, [&] {
                const auto found = known_.find(place);
                return found == known_.end() || found->second.has_value();
            });
            const auto [found, is_new] = known_.try_emplace(place);
            if (!is_new) return found->second;
        }
        try {
            auto stored = database_.read([&](sql::Reader& reader) {
                return load_remembered(reader, place.first, place.second);
            });
            if (stored && clock_.now() - stored->answered_at < kept_for) {
                finish(place, std::nullopt);
                return stored;
            }
        } catch (...) {
            finish(place, std::nullopt);
            throw;
        }
        return std::nullopt;
    }

    void finish(const Place& place, std::optional<Remembered> answer) {
        const std::lock_guard lock(mutex_);
        if (answer && waiting_.size() < most_waiting) {
            known_[place] = answer;
            waiting_.emplace_back(place);
            wake_.notify_all();
        } else {
            known_.erase(place);
        }
        finished_.notify_all();
    }

    Response run_first(const Request& request, const Place& place, const KeyDigests& key,
                       const sql::Bytes& content, const std::function<Response()>& handler) {
        std::optional<Remembered> answer;
        Response response;
        try {
            response = handler();
            if (response.status < 400) {
                answer = Remembered{key.row, content, seal(response, key, entropy_), request.now};
            }
        } catch (...) {
            finish(place, std::nullopt);
            throw;
        }
        finish(place, std::move(answer));
        return response;
    }

    static Response again(const Request& request, const Remembered& before, const KeyDigests& key,
                          const sql::Bytes& content, const std::function<Response()>& handler) {
        if (before.content_digest != content) {
            return problem(request, 422, "web.key_reused",
                           tr("This was already sent with other answers. Open the page again to "
                              "send something new."));
        }
        auto unsealed = unseal(before.sealed_answer, key);
        // A page, or a long list, isn't kept. Every action is idempotent and its ids come from the
        // key, so drawing the answer anew changes nothing.
        if (!unsealed || !unsealed->is_whole) return handler();
        unsealed->response.headers.emplace_back("Idempotency-Replayed", "true");
        return std::move(unsealed->response);
    }

    // ---- the recorder's thread ----------------------------------------------------------------
    void record_until_stopped() {
        auto next_prune = std::chrono::steady_clock::now() + pruned_every;
        std::unique_lock lock(mutex_);
        while (true) {
            wake_.wait_until(lock, next_prune, [&] {
                return is_stopping_ || !waiting_.empty() || settle_asked_ > settle_done_;
            });
            const bool is_last = is_stopping_;
            const auto asked = settle_asked_;
            if (!is_last && asked == settle_done_) {
                wake_.wait_for(lock, gathered_for, [&] { return is_stopping_; });
            }
            const bool prunes = asked > settle_done_ ||
                                std::chrono::steady_clock::now() >= next_prune;
            if (!record(lock) && !is_last) {
                wake_.wait_for(lock, std::chrono::seconds(1), [&] { return is_stopping_; });
            }
            if (prunes) {
                prune(lock);
                next_prune = std::chrono::steady_clock::now() + pruned_every;
            }
            settle_done_ = asked;
            settled_.notify_all();
            if (is_last) return;
        }
    }

    // False if the database wouldn't take them; they stay known and are tried again.
    bool record(std::unique_lock<std::mutex>& lock) {
        const auto places = std::exchange(waiting_, {});
        std::map<EstablishmentId, std::vector<Remembered>> by_prison;
        for (const auto& place : places) by_prison[place.first].push_back(*known_.at(place));
        lock.unlock();
        bool is_stored = true;
        try {
            for (const auto& [establishment, answers] : by_prison) {
                database_.write(establishment, [&](sql::Transaction& tx) {
                    remember(tx, establishment, answers, clock_.now() - kept_for);
                    return true;
                });
            }
        } catch (const std::exception&) {
            is_stored = false;
            log_event(Loudness::warning, "answers_not_stored",
                      {{"count", static_cast<long long>(places.size())}});
        }
        lock.lock();
        if (is_stored) {
            for (const auto& place : places) known_.erase(place);
        } else {
            waiting_.insert(waiting_.begin(), places.begin(), places.end());
        }
        return is_stored;
    }

    void prune(std::unique_lock<std::mutex>& lock) {
        lock.unlock();
        try {
            const Instant oldest = clock_.now() - kept_for;
            const auto prisons = database_.read(
                [&](sql::Reader& reader) { return with_old_answers(reader, oldest); });
            for (const auto& establishment : prisons) {
                database_.write(establishment, [&](sql::Transaction& tx) {
                    forget_old_answers(tx, establishment, oldest);
                    return true;
                });
            }
        } catch (const std::exception&) {
            log_event(Loudness::warning, "old_answers_not_deleted", {});
        }
        lock.lock();
    }

    sql::Database& database_;
    const Clock& clock_;
    Entropy& entropy_;
    std::mutex mutex_;
    std::condition_variable finished_, wake_, settled_;
    std::map<Place, std::optional<Remembered>> known_;   // running: nothing; else not yet stored
    std::vector<Place> waiting_;
    bool is_stopping_ = false;
    unsigned long settle_asked_ = 0, settle_done_ = 0;
    std::thread recorder_;
};

}  // namespace

std::unique_ptr<Once> Once::open(sql::Database& database, const Clock& clock, Entropy& entropy) {
    return std::make_unique<Memory>(database, clock, entropy);
}

}  // namespace alongside::web
