#include "rota/history.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace alongside::rota::rules {
namespace {

// One shift as its changes have left it so far.
struct Leaf {
    ShiftFacts facts;
    bool is_there = false;
    std::map<std::pair<PersonId, Instant>, Instant> on = {};     // from when, until when
};

void apply(const ShiftChange& change, Leaf& leaf) {
    leaf.facts.shift_id = change.shift_id;
    leaf.facts.name = change.name;
    switch (change.what) {
        case Changed::added:
        case Changed::moved:
        case Changed::restored:
            leaf.is_there = true;
            leaf.facts.from = change.from_at;
            leaf.facts.to = change.until_at;
            leaf.facts.needed = change.needed.value_or(1);
            return;
        case Changed::cancelled: leaf.is_there = false; return;
        case Changed::on:
        case Changed::off: leaf.on[{*change.person_id, change.from_at}] = change.until_at; return;
    }
}

std::vector<PersonId> people_on(const std::optional<ShiftFacts>& shift) {
    std::set<PersonId> out;
    if (shift) {
        for (const auto& one : shift->on) out.insert(one.person_id);
    }
    return {out.begin(), out.end()};
}

}  // namespace

bool are_one_doing(const ShiftChange& one, const ShiftChange& other) {
    const auto about = [](const ShiftChange& change) {
        return std::tie(change.version, change.how, change.changed_at, change.changed_by);
    };
    return about(one) == about(other);
}

std::vector<Doing> doings(const std::vector<ShiftChange>& changes) {
    std::vector<Doing> out;
    const ShiftChange* before = nullptr;
    for (const auto& change : changes) {
        if (!before || !are_one_doing(*before, change)) {
            out.push_back({change.version, change.how, change.changed_at, change.changed_by,
                           change.seq});
        }
        before = &change;
        auto& doing = out.back();
        doing.last_seq = change.seq;
        auto shift = std::ranges::find(doing.shifts, change.shift_id, &Doing::OfShift::shift_id);
        if (shift == doing.shifts.end()) {
            doing.shifts.push_back(
                {change.shift_id, change.name, change.starts_at, change.ends_at});
            shift = doing.shifts.end() - 1;
        }
        if (change.what == Changed::on) {
            if (std::erase(shift->off, *change.person_id) == 0 &&
                std::ranges::count(shift->on, *change.person_id) == 0) {
                shift->on.push_back(*change.person_id);
            }
        } else if (change.what == Changed::off) {
            shift->why = change.why;
            if (std::erase(shift->on, *change.person_id) == 0 &&
                std::ranges::count(shift->off, *change.person_id) == 0) {
                shift->off.push_back(*change.person_id);
            }
        } else {
            shift->what = change.what;
        }
    }
    return out;
}

std::vector<ShiftFacts> as_it_stood(const std::vector<ShiftChange>& changes) {
    std::map<ShiftId, Leaf> shifts;
    for (const auto& change : changes) apply(change, shifts[change.shift_id]);
    std::vector<ShiftFacts> out;
    for (auto& [id, leaf] : shifts) {
        if (!leaf.is_there) continue;
        for (const auto& [who, until] : leaf.on) {
            if (until > who.second) leaf.facts.on.push_back({who.first, who.second, until});
        }
        out.push_back(std::move(leaf.facts));
    }
    std::ranges::sort(out, {}, [](const ShiftFacts& one) {
        return std::tie(one.from, one.name, one.shift_id);
    });
    return out;
}

bool Compared::is_same() const {
    return then && now && then->from == now->from && then->to == now->to &&
           then->needed == now->needed && then_on == now_on;
}

std::vector<Compared> compared(const std::vector<ShiftFacts>& then,
                               const std::vector<ShiftFacts>& now) {
    std::map<ShiftId, Compared> by_shift;
    for (const auto& one : then) by_shift[one.shift_id].then = one;
    for (const auto& one : now) by_shift[one.shift_id].now = one;
    std::vector<Compared> out;
    for (auto& [id, one] : by_shift) {
        one.then_on = people_on(one.then);
        one.now_on = people_on(one.now);
        out.push_back(std::move(one));
    }
    std::ranges::sort(out, {}, [](const Compared& one) {
        const auto& shift = one.now ? *one.now : *one.then;
        return std::tie(shift.from, shift.name, shift.shift_id);
    });
    return out;
}

}  // namespace alongside::rota::rules
