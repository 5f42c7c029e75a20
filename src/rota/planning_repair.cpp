// Gaps closed with the fewest changes of what is published.
#include <algorithm>
#include <set>

#include "rota/plan.h"

namespace alongside::rota::planning {
namespace {

const OpenShift* shift_of(const Facts& facts, ShiftId id) {
    const auto found = std::ranges::find(facts.shifts, id, &OpenShift::shift_id);
    return found == facts.shifts.end() ? nullptr : &*found;
}

bool is_short(const OpenShift& shift) {
    return static_cast<int>(shift.on.size()) < shift.needed;
}

bool is_with_somebody_apart(const Facts& facts, const OpenShift& shift, PersonId person) {
    return std::ranges::any_of(facts.apart, [&](const auto& pair) {
        if (pair.first != person && pair.second != person) return false;
        const auto other = pair.first == person ? pair.second : pair.first;
        return std::ranges::count(shift.on, other) > 0;
    });
}

// Somebody whom staff put on two shifts of a day: a line holds one of them, so that what a third
// would break can't be told. They are given nothing more.
void leave_alone_who_is_on_twice(Facts& facts) {
    for (auto& peer : facts.peers) {
        std::set<int> days;
        bool is_twice = false;
        for (const auto* shifts : {&facts.before, &facts.shifts}) {
            for (const auto& shift : *shifts) {
                if (std::ranges::count(shift.on, peer.person_id) == 0) continue;
                is_twice |= !days.insert(shift.day).second;
            }
        }
        if (!is_twice) continue;
        for (const auto& shift : facts.shifts) {
            peer.cannot.push_back({shift.shift_id, Why::on_that_day});
        }
    }
}

// The gaps of other days stay.
Facts to_be_repaired(Facts facts, Span gaps) {
    for (auto& shift : facts.shifts) {
        if (!gaps.has(shift.day)) {
            shift.needed = std::min(shift.needed, static_cast<int>(shift.on.size()));
        }
    }
    leave_alone_who_is_on_twice(facts);
    return facts;
}

// Those of `may_move` who can be moved for others without harm; `before` has the gaps of all days.
Facts with_some_free(Facts facts, const Facts& before, const std::vector<Put>& may_move) {
    const auto fixed = Plan(facts, Aim::cover_alone).against_rules();
    for (const auto& put : may_move) {
        const auto* shift = shift_of(before, put.shift_id);
        if (!shift || is_short(*shift)) continue;
        if (std::ranges::count(shift->on, put.person_id) == 0) continue;
        if (std::ranges::count(fixed, put.person_id) > 0) continue;
        if (is_with_somebody_apart(before, *shift, put.person_id)) continue;
        const auto peer = std::ranges::find(facts.peers, put.person_id, &Peer::person_id);
        if (peer == facts.peers.end()) continue;
        if (std::ranges::count(peer->cannot, put.shift_id, &Cannot::shift_id) > 0) continue;
        peer->may_move_from.push_back(put.shift_id);
        const auto there = std::ranges::find(facts.shifts, put.shift_id, &OpenShift::shift_id);
        std::erase(there->on, put.person_id);
    }
    return facts;
}

// Around what is against the rules a plan judges one after another; here all of it together counts.
Changes simple_fill(const Facts& facts, std::vector<Put> puts) {
    for (auto bad = would_break(facts, puts); !bad.empty(); bad = would_break(facts, puts)) {
        std::erase(puts, bad.front().put);
    }
    auto short_of = as_proposal(facts, puts).short_of;
    return {std::move(puts), {}, std::move(short_of)};
}

Changes with_moves(const Facts& free, const Proposal& proposal) {
    Changes out{{}, {}, proposal.short_of, proposal.is_best};
    std::set<Put> stayed;
    for (const auto& peer : free.peers) {
        for (const auto& shift : peer.may_move_from) {
            const Put put{shift, peer.person_id};
            if (std::ranges::binary_search(proposal.puts, put)) stayed.insert(put);
            else out.off.push_back(put);
        }
    }
    for (const auto& put : proposal.puts) {
        if (!stayed.contains(put)) out.on.push_back(put);
    }
    std::ranges::sort(out.off);
    return out;
}

// What stays short, as a plan weighs it, and so does a shift with nobody.
int weight_short(const Facts& facts, const Changes& changes) {
    int out = 0;
    for (const auto& shift : without(facts, changes.off).shifts) {
        const auto put = std::ranges::count(changes.on, shift.shift_id, &Put::shift_id);
        const int there = static_cast<int>(shift.on.size() + put);
        out += std::max(0, shift.needed - there) * (shift.is_night ? 3 : 2);
        const int absent = static_cast<int>(shift.absent.size());
        if (there <= absent && shift.needed > absent) out += 3;
    }
    return out;
}

using Group = std::set<Put>;

// What hangs together by a person or a shift.
std::vector<Group> groups_of(const Changes& changes) {
    std::vector<Group> out;
    for (const auto* list : {&changes.on, &changes.off}) {
        for (const auto& put : *list) {
            Group all{put};
            std::erase_if(out, [&](const Group& group) {
                const bool touches = std::ranges::any_of(group, [&](const Put& one) {
                    return one.shift_id == put.shift_id || one.person_id == put.person_id;
                });
                if (touches) all.insert(group.begin(), group.end());
                return touches;
            });
            out.push_back(std::move(all));
        }
    }
    return out;
}

Changes leaving_out(Changes changes, const Group& puts) {
    const auto is_left_out = [&](const Put& put) { return puts.contains(put); };
    std::erase_if(changes.on, is_left_out);
    std::erase_if(changes.off, is_left_out);
    return changes;
}

// What might be spared: all that hangs together; one who goes off a shift for one who comes on it.
std::vector<Group> might_be_spared(const Changes& changes) {
    auto out = groups_of(changes);
    for (const auto& off : changes.off) {
        out.push_back({off});
        for (const auto& on : changes.on) {
            if (on.shift_id == off.shift_id) out.push_back({off, on});
        }
    }
    return out;
}

}  // namespace

int Changes::people() const {
    std::set<PersonId> out;
    for (const auto* list : {&on, &off}) {
        for (const auto& put : *list) out.insert(put.person_id);
    }
    return static_cast<int>(out.size());
}

Changes what_helps(const Facts& facts, Changes changes) {
    for (bool is_less = true; is_less;) {
        is_less = false;
        for (const auto& group : might_be_spared(changes)) {
            const auto fewer = leaving_out(changes, group);
            if (weight_short(facts, fewer) > weight_short(facts, changes)) continue;
            if (!do_no_harm(facts, fewer)) continue;
            changes = fewer;
            is_less = true;
            break;
        }
    }
    return changes;
}

Facts without(Facts facts, const std::vector<Put>& off) {
    for (const auto& put : off) {
        const auto shift = std::ranges::find(facts.shifts, put.shift_id, &OpenShift::shift_id);
        if (shift == facts.shifts.end() || std::erase(shift->on, put.person_id) == 0) continue;
        if (std::erase(shift->absent, put.person_id) > 0) --shift->needed;   // they didn't count
    }
    return facts;
}

bool do_no_harm(const Facts& facts, const Changes& changes) {
    const auto after = without(facts, changes.off);
    const auto peers_there = [&](const Put& put) {
        return shift_of(after, put.shift_id) &&
               std::ranges::count(after.peers, put.person_id, &Peer::person_id) > 0;
    };
    if (!std::ranges::all_of(changes.on, peers_there)) return false;
    if (!would_break(after, changes.on).empty()) return false;
    const auto count_after = [&](const OpenShift& shift) {
        return static_cast<int>(shift.on.size()) +
               static_cast<int>(std::ranges::count(changes.on, shift.shift_id, &Put::shift_id));
    };
    for (const auto& put : changes.off) {
        const auto* was = shift_of(facts, put.shift_id);
        const auto* is = shift_of(after, put.shift_id);
        if (!was || std::ranges::count(was->on, put.person_id) == 0) return false;
        const int enough = std::min(was->needed, static_cast<int>(was->on.size()));
        if (count_after(*is) < enough) return false;
    }
    return std::ranges::all_of(changes.on, [&](const Put& put) {
        const auto* shift = shift_of(after, put.shift_id);
        return count_after(*shift) <= shift->needed;
    });
}

Changes fewest_changes(const Facts& facts, Span gaps, const std::vector<Put>& may_move,
                       Effort effort) {
    const auto wanted = to_be_repaired(facts, gaps);
    auto simple = simple_fill(wanted, propose(wanted, effort).puts);
    simple.is_best = simple.short_of.empty();       // each gap takes one change at least
    if (simple.is_best) return simple;
    const auto free = with_some_free(wanted, facts, may_move);
    auto moved = with_moves(free, propose(free, effort, Aim::fewest_changes));
    if (!do_no_harm(wanted, moved)) return simple;
    simple.is_best = moved.is_best;
    if (weight_short(wanted, moved) >= weight_short(wanted, simple)) return simple;
    return what_helps(wanted, std::move(moved));
}

}  // namespace alongside::rota::planning
