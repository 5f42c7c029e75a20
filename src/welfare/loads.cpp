// Everybody's load, from a copy in memory that is brought up to date by what changed since.
#include <map>
#include <mutex>

#include "base/ensure.h"
#include "welfare/store.h"
#include "welfare/welfare.h"

namespace alongside::welfare {
namespace {

constexpr int most_fairness_days = 90;
constexpr Hours slack{24};                  // the clock may be asked a little earlier than read
constexpr Hours stays_fresh{7 * 24};        // then old sessions are let go by reading anew

store::Horizon horizon_of(Instant now) {
    // Rests last two days at most; excused work looks at the day, which may be a long one.
    return {now - Hours{(most_fairness_days + 1) * 24} - slack, now - Hours{3 * 24}};
}

struct Kept {
    store::ChangeSeen seen;
    Instant read_for{};
    std::map<PersonId, rules::Work> work;
};

struct Copy {
    std::mutex mutex;
    std::optional<Kept> kept;
};

Copy& copy_of(const EstablishmentId& home) {
    static std::mutex mutex;
    static std::map<EstablishmentId, Copy> copies;
    const std::lock_guard lock(mutex);
    return copies[home];
}

void read_all(sql::Reader& reader, const EstablishmentId& home, Instant now, Kept& out) {
    out.read_for = now;
    out.work.clear();
    for (auto& work : store::work(reader, home, horizon_of(now))) {
        const auto person = work.person_id;
        out.work.emplace(person, std::move(work));
    }
}

// More people than this are quicker read all at once.
constexpr std::size_t few = 200;

// False, and nothing is read, where too much has changed.
bool read_changes(sql::Reader& reader, const EstablishmentId& home, Kept& kept) {
    const auto changed = store::changed_since(reader, home, kept.seen.seq);
    if (changed.size() > few) return false;
    for (const auto person : changed) {
        kept.work[person] = store::work_of(reader, home, person, horizon_of(kept.read_for));
    }
    return true;
}

// The copy as this snapshot has it. A copy that isn't an ancestor of the snapshot (a change that
// was undone, another database, an older snapshot) is read anew.
void follow(sql::Reader& reader, const EstablishmentId& home, Instant now,
            const store::ChangeSeen& last, std::optional<Kept>& kept) {
    const bool fits_time =
        kept && now >= kept->read_for - slack && now < kept->read_for + stays_fresh;
    const auto way = !fits_time ? sql::Follow::anew
                                : sql::follow(kept->seen, last, [&](const auto& seen) {
                                      return store::has_change(reader, home, seen);
                                  });
    if (way == sql::Follow::is_there) return;
    auto next = std::move(kept);
    kept.reset();                           // a fault while reading leaves no half-read copy
    if (way != sql::Follow::by_changes || !read_changes(reader, home, *next)) {
        next.emplace();
        read_all(reader, home, now, *next);
    }
    next->seen = last;
    kept = std::move(next);
}

}  // namespace

std::vector<Load> loads(sql::Reader& reader, const EstablishmentId& home, const Window& window) {
    ENSURE(window.fairness_days <= most_fairness_days);
    std::vector<Load> out;
    const auto last = store::last_change(reader, home);
    if (!last) return out;
    const auto moment = rules::moment(window);
    Copy& copy = copy_of(home);
    const std::lock_guard lock(copy.mutex);
    follow(reader, home, window.now, *last, copy.kept);
    out.reserve(copy.kept->work.size());
    for (const auto& [person, work] : copy.kept->work) {
        auto load = rules::load(work, moment);
        if (!rules::is_empty(load)) out.push_back(std::move(load));
    }
    return out;
}

std::optional<Load> load_of(sql::Reader& reader, const EstablishmentId& home, PersonId person,
                            const Window& window) {
    const auto work = store::work_of(reader, home, person, horizon_of(window.now));
    auto load = rules::load(work, rules::moment(window));
    if (rules::is_empty(load)) return std::nullopt;
    return load;
}

std::vector<Away> away(sql::Reader& reader, const EstablishmentId& home, Instant from,
                       Instant to) {
    return store::away(reader, home, from, to);
}

std::vector<TimeSpent> time_spent(sql::Reader& reader, const EstablishmentId& home, Instant from,
                                  Instant to, Instant now) {
    return store::time_spent(reader, home, from, to, now);
}

}  // namespace alongside::welfare
