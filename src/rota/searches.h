// Long searches for a better plan, beside the server's workers. In memory alone: nothing of the
// rota changes by one, and the program's end loses it and no more. Of the room alone.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "rota/planning.h"
#include "web/live.h"

namespace alongside::rota {

constexpr int most_seconds_of_a_search = 60;
constexpr Minutes search_is_kept_for{60};

// What is searched, and from which plan on.
struct SearchFor {
    Uuid search_id;
    EstablishmentId home;
    SchemeCode scheme;
    Day first;
    planning::Facts facts;
    std::vector<planning::Put> start;
};

class Search {
public:
    Search(SearchFor what, Instant began) : what_(std::move(what)), began_(began) {}

    // How far it was after so many seconds.
    struct Step {
        int seconds;
        std::int64_t cost;
    };
    struct State {
        bool has_ended = false, was_stopped = false;
        planning::Progress now;                   // of the best plan; `start` before there is one
        std::vector<Step> steps;                  // each better than the one before
    };
    const SearchFor& what() const { return what_; }
    State state() const;
    // Ends with the best so far, soon; nothing where it has ended.
    void stop();
    // Whether it ended within so long.
    bool wait(Millis at_most) const;

private:
    friend class Searches;
    void run(const std::function<void()>& changed);
    void tell(const planning::Progress& progress);

    const SearchFor what_;
    const Instant began_;
    mutable std::mutex mutex_;
    mutable std::condition_variable ended_;
    State state_;
};

// One at a time an establishment: the processors are for those who ask for somebody. What one
// found is kept until the next of its scheme begins.
class Searches {
public:
    explicit Searches(web::Live& live) : live_(live) {}
    ~Searches();                                  // stops what runs, and waits for it
    Searches(const Searches&) = delete;
    Searches& operator=(const Searches&) = delete;

    // Begins it; nothing where this very search is there already. Where another runs in the
    // establishment it is that one.
    std::shared_ptr<Search> begin(SearchFor what, Instant now);
    // Nothing where it isn't there any more.
    std::shared_ptr<Search> find(const EstablishmentId& home, Uuid search_id, Instant now);
    std::shared_ptr<Search> last_of(const EstablishmentId& home, const SchemeCode& scheme,
                                    Instant now);
    // What its live views begin with; a language's tag comes after it.
    static std::string view_prefix(const SearchFor& what);

private:
    struct Running {
        std::shared_ptr<Search> search;
        std::thread thread;
    };
    void forget_old(Instant now);

    web::Live& live_;
    std::mutex mutex_;
    std::vector<Running> all_;
};

}  // namespace alongside::rota
