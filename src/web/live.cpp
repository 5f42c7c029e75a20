#include <sodium.h>

#include <algorithm>
#include <set>

#include "base/ensure.h"
#include "web/live_hub.h"
#include "web/log.h"
#include "web/server.h"

namespace alongside::web {
namespace {

std::shared_ptr<const LiveEvent> event_of(std::string_view html) {
    auto out = std::make_shared<LiveEvent>();
    unsigned char digest[16];
    crypto_generichash(digest, sizeof digest, reinterpret_cast<const unsigned char*>(html.data()),
                       html.size(), nullptr, 0);
    out->id.resize(2 * sizeof digest + 1);
    sodium_bin2hex(out->id.data(), out->id.size(), digest, sizeof digest);
    out->id.pop_back();
    out->frame = "id: " + out->id + "\nevent: view\n";
    while (true) {
        const auto end = html.find_first_of("\r\n");
        out->frame += "data: ";
        out->frame += html.substr(0, end);
        out->frame += '\n';
        if (end == std::string_view::npos) break;
        html.remove_prefix(end + (html.substr(end).starts_with("\r\n") ? 2 : 1));
    }
    out->frame += '\n';
    return out;
}

}  // namespace

std::uint64_t& LiveHub::version(const EstablishmentId& establishment) {
    auto& out = versions_[establishment.text()];
    if (out == 0) out = 1;
    return out;
}

std::uint64_t LiveHub::version(const View& view) {
    return version(view.establishment) + view.own_changes;
}

bool LiveHub::is_fresh(const View& view) const {
    const auto age = clock_.now() - view.drawn_at;
    return age > -fresh_for && age < fresh_for;
}

std::shared_ptr<const std::string> LiveHub::view(const EstablishmentId& establishment,
                                                 const std::string& name,
                                                 std::function<Html()> draw) {
    Lock lock(mutex_);
    auto& place = views_[name];
    if (!place) place = std::make_shared<View>();
    const ViewPtr view = place;
    view->establishment = establishment;
    view->name = name;
    view->draw = std::move(draw);
    view->asked_at = clock_.now();
    const auto wanted = version(*view);
    bool was_drawn_meanwhile = false;
    while (!view->html || view->drawn < wanted || (!was_drawn_meanwhile && !is_fresh(*view))) {
        if (view->drawing) drawn_.wait(lock, [&] { return view->drawing == 0; });
        else draw_now(lock, view);
        was_drawn_meanwhile = view->html && view->drawn >= wanted;
    }
    return view->html;
}

// Draws outside the lock; one thread at a time a view.
void LiveHub::draw_now(Lock& lock, const ViewPtr& view) {
    ENSURE(view->drawing == 0);
    view->drawing = version(*view);
    const auto draw = view->draw;
    const auto before = view->html;
    lock.unlock();
    std::shared_ptr<const std::string> html;
    std::shared_ptr<const LiveEvent> event;
    try {
        html = std::make_shared<const std::string>(draw().take());
        if (!before || *before != *html) event = event_of(*html);
    } catch (...) {
        lock.lock();
        view->drawing = 0;
        drawn_.notify_all();
        throw;
    }
    lock.lock();
    take(*view, std::move(html), std::move(event));
    if (!view->watchers.empty() && view->drawn < version(*view)) draw_soon(view);
}

// No event: the drawing is the same as before.
void LiveHub::take(View& view, std::shared_ptr<const std::string> html,
                   std::shared_ptr<const LiveEvent> event) {
    view.drawn = view.drawing;
    view.drawing = 0;
    view.drawn_at = clock_.now();
    drawn_.notify_all();
    if (!event) return;
    view.html = std::move(html);
    view.event = std::move(event);
    for (const auto& watcher : view.watchers) watcher->show(view.event);
}

void LiveHub::draw_soon(const ViewPtr& view) {
    if (view->is_waiting || !run_) return;
    view->is_waiting = true;
    run_([this, weak = std::weak_ptr(view)] { draw_waiting(weak); });
}

void LiveHub::draw_waiting(const std::weak_ptr<View>& weak) {
    Lock lock(mutex_);
    const auto view = weak.lock();
    if (!view) return;
    view->is_waiting = false;
    // Whoever draws now looks afterwards whether there is more to draw.
    if (view->drawing || view->watchers.empty()) return;
    try {
        draw_now(lock, view);
    } catch (const std::exception&) {
        // The next tick tries again; whoever looks is told by the page's own light.
        log_event(Loudness::warning, "live_view_not_drawn", {});
    }
}

void LiveHub::changed(const EstablishmentId& establishment) {
    const Lock lock(mutex_);
    ++version(establishment);
    for (const auto& [name, view] : views_) {
        if (view->establishment != establishment) continue;
        if (view->watchers.empty() || view->drawing) continue;
        draw_soon(view);
    }
}

void LiveHub::changed_views(std::string_view view_prefix) {
    const Lock lock(mutex_);
    for (auto at = views_.lower_bound(view_prefix);
         at != views_.end() && at->first.starts_with(view_prefix); ++at) {
        const ViewPtr& view = at->second;
        ++view->own_changes;
        if (!view->watchers.empty() && !view->drawing) draw_soon(view);
    }
}

int LiveHub::watchers(std::string_view view_prefix) const {
    const Lock lock(mutex_);
    std::set<std::string_view> viewers;
    for (auto at = views_.lower_bound(view_prefix);
         at != views_.end() && at->first.starts_with(view_prefix); ++at) {
        for (const auto& watcher : at->second->watchers) viewers.insert(watcher->viewer());
    }
    return static_cast<int>(viewers.size());
}

bool LiveHub::was_watched(std::string_view view_prefix, Millis grace) const {
    const Lock lock(mutex_);
    for (auto at = views_.lower_bound(view_prefix);
         at != views_.end() && at->first.starts_with(view_prefix); ++at) {
        const ViewPtr& view = at->second;
        if (!view->watchers.empty()) return true;
        if (view->left_at && clock_.now() - *view->left_at <= grace) return true;
    }
    return false;
}

void LiveHub::draw_on(Run run) {
    const Lock lock(mutex_);
    run_ = std::move(run);
    for (const auto& [name, view] : views_) view->is_waiting = false;
}

bool LiveHub::watch(const std::string& name, const std::shared_ptr<Watcher>& watcher,
                    std::shared_ptr<const LiveEvent>& now) {
    const Lock lock(mutex_);
    const auto found = views_.find(name);
    if (found == views_.end()) return false;
    const ViewPtr& view = found->second;
    const auto is_theirs = [&](const auto& other) { return other->viewer() == watcher->viewer(); };
    auto theirs = std::ranges::count_if(view->watchers, is_theirs);
    for (const auto& other : view->watchers) {
        if (theirs < most_of_one) break;
        if (!is_theirs(other)) continue;
        other->give_way();
        --theirs;
    }
    view->watchers.push_back(watcher);
    now = view->event;
    if (view->drawn < version(*view) && !view->drawing) draw_soon(view);
    return true;
}

void LiveHub::unwatch(const std::string& name, const std::shared_ptr<Watcher>& watcher) {
    const Lock lock(mutex_);
    const auto found = views_.find(name);
    if (found == views_.end()) return;
    std::erase(found->second->watchers, watcher);
    found->second->asked_at = clock_.now();
    found->second->left_at = found->second->asked_at;
}

void LiveHub::tick() {
    const Lock lock(mutex_);
    for (auto at = views_.begin(); at != views_.end();) {
        const ViewPtr view = at->second;
        if (!view->watchers.empty()) {
            const bool is_old = view->drawn < version(*view) || !is_fresh(*view);
            if (is_old && !view->drawing) draw_soon(view);
            ++at;
        } else if (!view->drawing && clock_.now() - view->asked_at > kept_for) {
            at = views_.erase(at);
        } else {
            ++at;
        }
    }
}

std::unique_ptr<Live> make_live(const Clock& clock) { return std::make_unique<LiveHub>(clock); }

}  // namespace alongside::web
