#include "rota/searches.h"

#include <sys/resource.h>

#include <algorithm>

#include "web/log.h"

namespace alongside::rota {
namespace {

// Whoever asks for somebody comes first. On Linux the call is about this thread alone.
void give_way_to_others() { setpriority(PRIO_PROCESS, 0, 10); }

}  // namespace

Search::State Search::state() const {
    const std::lock_guard lock(mutex_);
    return state_;
}

void Search::stop() {
    const std::lock_guard lock(mutex_);
    if (!state_.has_ended) state_.was_stopped = true;
}

bool Search::wait(Millis at_most) const {
    std::unique_lock lock(mutex_);
    return ended_.wait_for(lock, at_most, [&] { return state_.has_ended; });
}

void Search::tell(const planning::Progress& progress) {
    const std::lock_guard lock(mutex_);
    state_.now = progress;
    if (state_.steps.empty() || progress.cost < state_.steps.back().cost) {
        state_.steps.push_back({static_cast<int>(progress.seconds), progress.cost});
    }
}

void Search::run(const std::function<void()>& changed) {
    give_way_to_others();
    const planning::LookOn look_on{[&](const planning::Progress& progress) {
                                       tell(progress);
                                       changed();
                                   },
                                   [&] {
                                       const std::lock_guard lock(mutex_);
                                       return state_.was_stopped;
                                   }};
    try {
        planning::propose(what_.facts, {most_seconds_of_a_search}, what_.start, look_on);
    } catch (const std::exception&) {
        // What it had found so far stands.
        web::log_event(web::Loudness::error, "rota_search_failed", {});
    }
    {
        const std::lock_guard lock(mutex_);
        state_.has_ended = true;
        ended_.notify_all();
    }
    changed();
}

Searches::~Searches() {
    for (const auto& one : all_) one.search->stop();
    for (auto& one : all_) one.thread.join();
}

std::string Searches::view_prefix(const SearchFor& what) {
    return "search:" + what.home.text() + ":" + what.search_id.text() + ":";
}

std::shared_ptr<Search> Searches::begin(SearchFor what, Instant now) {
    const std::lock_guard lock(mutex_);
    forget_old(now);
    for (const auto& one : all_) {
        const auto& other = one.search->what();
        if (other.home != what.home) continue;
        if (other.search_id == what.search_id || !one.search->state().has_ended) return one.search;
    }
    std::erase_if(all_, [&](Running& one) {
        const auto& other = one.search->what();
        if (other.home != what.home || other.scheme != what.scheme) return false;
        one.thread.join();
        return true;
    });
    auto search = std::make_shared<Search>(std::move(what), now);
    search->state_.now.plan.puts = search->what().start;
    all_.push_back({search, std::thread([this, search] {
                        search->run([&] { live_.changed_views(view_prefix(search->what())); });
                    })});
    return search;
}

std::shared_ptr<Search> Searches::find(const EstablishmentId& home, Uuid search_id, Instant now) {
    const std::lock_guard lock(mutex_);
    forget_old(now);
    const auto found = std::ranges::find_if(all_, [&](const Running& one) {
        return one.search->what().home == home && one.search->what().search_id == search_id;
    });
    return found == all_.end() ? nullptr : found->search;
}

std::shared_ptr<Search> Searches::last_of(const EstablishmentId& home, const SchemeCode& scheme,
                                          Instant now) {
    const std::lock_guard lock(mutex_);
    forget_old(now);
    const auto found = std::ranges::find_if(all_, [&](const Running& one) {
        return one.search->what().home == home && one.search->what().scheme == scheme;
    });
    return found == all_.end() ? nullptr : found->search;
}

void Searches::forget_old(Instant now) {
    std::erase_if(all_, [&](Running& one) {
        if (now - one.search->began_ < search_is_kept_for || !one.search->state().has_ended) {
            return false;
        }
        one.thread.join();
        return true;
    });
}

}  // namespace alongside::rota
