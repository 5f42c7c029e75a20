// Repairs: gaps closed with the fewest changes, without harm.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>

#include "rota/planning.h"

namespace alongside::rota::planning {
namespace {

constexpr Effort long_enough{30};

Uuid id_of(int kind, int number) {
    Uuid out;
    out.bytes[0] = static_cast<unsigned char>(kind);
    out.bytes[14] = static_cast<unsigned char>(number / 256);
    out.bytes[15] = static_cast<unsigned char>(number % 256);
    return out;
}
PersonId somebody(int number) { return PersonId(id_of(1, number)); }
OpenShift a_night(int day, std::vector<PersonId> on, int needed = 1) {
    return {ShiftId(id_of(2, day + 10)), "night", day, 22 * 60, 480, needed, true, std::move(on)};
}
OpenShift a_late(int day, std::vector<PersonId> on, int needed = 1) {
    return {ShiftId(id_of(3, day + 10)), "late", day, 14 * 60, 480, needed, false, std::move(on)};
}
Facts rota_of(int peers, int days) {
    Facts out;
    out.days = days;
    for (int i = 0; i < peers; ++i) out.peers.push_back({somebody(i)});
    return out;
}
std::vector<Put> everybody_on(const Facts& facts, Span days = {0, 400}) {
    std::vector<Put> out;
    for (const auto& shift : facts.shifts) {
        if (!days.has(shift.day)) continue;
        for (const auto person : shift.on) out.push_back({shift.shift_id, person});
    }
    return out;
}
void cannot(Facts& facts, int peer, ShiftId shift, Reason why = Why::said_so) {
    facts.peers[static_cast<std::size_t>(peer)].cannot.push_back({shift, why});
}

TEST(Repair, puts_somebody_free_on_first) {
    auto facts = rota_of(3, 14);
    facts.shifts = {a_night(0, {}), a_night(2, {somebody(0)}), a_night(4, {somebody(1)})};
    const auto changes = fewest_changes(facts, {0, 7}, everybody_on(facts), long_enough);
    EXPECT_TRUE(changes.off.empty());
    EXPECT_EQ(changes.on.size(), 1U);
    EXPECT_TRUE(changes.short_of.empty());
}

// 0 is free for one of two shifts of a day: the night has somebody, the late one nobody.
TEST(Repair, rather_puts_somebody_where_nobody_is_than_a_second_one_at_night) {
    auto facts = rota_of(2, 14);
    facts.shifts = {a_late(1, {}), a_night(1, {somebody(1)}, 2), a_night(3, {somebody(1)})};
    const auto changes = fewest_changes(facts, {0, 7}, everybody_on(facts), long_enough);
    EXPECT_EQ(changes.on, (std::vector<Put>{{facts.shifts[0].shift_id, somebody(0)}}));
    EXPECT_TRUE(changes.off.empty());
}

TEST(Repair, who_is_there_and_cannot_come_is_nobody) {
    auto facts = rota_of(3, 14);
    facts.shifts = {a_late(1, {somebody(2)}, 2), a_night(1, {somebody(1)}, 2),
                    a_night(3, {somebody(1)})};
    facts.shifts[0].absent = {somebody(2)};
    cannot(facts, 2, facts.shifts[0].shift_id, Unready::suspended);
    const auto changes = fewest_changes(facts, {0, 7}, everybody_on(facts), long_enough);
    EXPECT_EQ(changes.on, (std::vector<Put>{{facts.shifts[0].shift_id, somebody(0)}}));
    EXPECT_TRUE(changes.off.empty());
}

// Only 0 can take the first night, and is on the next one; 1 can take that.
Facts one_move_away() {
    auto facts = rota_of(2, 14);
    facts.shifts = {a_night(1, {}), a_night(2, {somebody(0)})};
    cannot(facts, 1, facts.shifts[0].shift_id);
    return facts;
}

TEST(Repair, moves_one_where_nobody_free_can) {
    const auto facts = one_move_away();
    const auto &gap = facts.shifts[0].shift_id, &next = facts.shifts[1].shift_id;
    const auto changes = fewest_changes(facts, {0, 7}, everybody_on(facts), long_enough);
    EXPECT_EQ(changes.off, (std::vector<Put>{{next, somebody(0)}}));
    EXPECT_EQ(changes.on, (std::vector<Put>{{gap, somebody(0)}, {next, somebody(1)}}));
    EXPECT_TRUE(changes.short_of.empty());
    EXPECT_TRUE(changes.is_best);
    EXPECT_TRUE(do_no_harm(facts, changes));
}

TEST(Repair, moves_nobody_who_may_not_be_moved) {
    const auto facts = one_move_away();
    const auto changes = fewest_changes(facts, {0, 7}, {}, long_enough);
    EXPECT_TRUE(changes.on.empty());
    EXPECT_TRUE(changes.off.empty());
    EXPECT_EQ(changes.short_of, std::vector{facts.shifts[0].shift_id});
}

TEST(Repair, opens_no_gap_by_day_for_one_by_night) {
    auto facts = rota_of(1, 14);
    facts.shifts = {a_night(1, {}), a_late(2, {somebody(0)})};
    facts.rest_minutes = 660;                       // 06:00 to 14:00 is too short
    const auto changes = fewest_changes(facts, {0, 7}, everybody_on(facts), long_enough);
    EXPECT_TRUE(changes.on.empty());
    EXPECT_TRUE(changes.off.empty());
}

TEST(Repair, closes_no_gap_of_the_week_after_and_minds_who_is_on_there) {
    auto facts = rota_of(1, 14);
    facts.shifts = {a_night(6, {}), a_night(7, {somebody(0)}), a_night(9, {})};
    auto changes = fewest_changes(facts, {0, 7}, everybody_on(facts), long_enough);
    EXPECT_TRUE(changes.on.empty()) << "it would be two nights running";
    facts.shifts[1].on.clear();
    changes = fewest_changes(facts, {0, 7}, {}, long_enough);
    EXPECT_EQ(changes.on.size(), 1U);
    EXPECT_EQ(changes.on[0].shift_id, facts.shifts[0].shift_id);
}

TEST(Repair, closes_the_gaps_of_the_days_asked_for_alone) {
    auto facts = rota_of(4, 21);
    facts.shifts = {a_night(1, {}), a_night(4, {}), a_night(9, {})};
    const auto first = fewest_changes(facts, {1, 2}, {}, long_enough);
    ASSERT_EQ(first.on.size(), 1U);
    EXPECT_EQ(first.on[0].shift_id, facts.shifts[0].shift_id);
    EXPECT_TRUE(first.short_of.empty()) << "the others weren't asked for";
    EXPECT_EQ(first.people(), 1);
    EXPECT_EQ(fewest_changes(facts, {1, 9}, {}, long_enough).on.size(), 2U);
    EXPECT_EQ(fewest_changes(facts, {0, 14}, {}, long_enough).on.size(), 3U);
}

TEST(Repair, moves_somebody_of_another_day_for_one_that_is_asked_for) {
    const auto facts = one_move_away();
    const auto changes = fewest_changes(facts, {1, 2}, everybody_on(facts), long_enough);
    EXPECT_EQ(changes.off.size(), 1U);
    EXPECT_EQ(changes.on.size(), 2U);
    EXPECT_EQ(changes.people(), 2);
    EXPECT_TRUE(changes.short_of.empty());
}

TEST(Repair, spares_whoever_is_moved_for_nothing) {
    auto facts = rota_of(4, 14);
    facts.shifts = {a_late(1, {somebody(0)}), a_late(2, {somebody(1)}), a_late(4, {}),
                    a_late(5, {somebody(2)})};
    const auto on = [&](int shift, int peer) {
        return Put{facts.shifts[static_cast<std::size_t>(shift)].shift_id, somebody(peer)};
    };
    // Two change places; one is replaced for nothing; one fills the gap.
    const Changes all{{on(0, 1), on(1, 0), on(2, 3), on(3, 3)}, {on(0, 0), on(1, 1), on(3, 2)}};
    ASSERT_TRUE(do_no_harm(facts, all));
    const auto needed = what_helps(facts, all);
    EXPECT_EQ(needed.on, (std::vector{on(2, 3)}));
    EXPECT_TRUE(needed.off.empty());
    EXPECT_EQ(all.people(), 4);
    EXPECT_EQ(needed.people(), 1);
}

// Five shifts of one day, the first short of one: without anybody, or with 5 on it. Of the others
// each can take what they are on and the one before it, the last of them the last shift alone: to
// close the gap, four are moved.
Facts four_moves_away(bool is_night, bool has_somebody) {
    auto facts = rota_of(6, 14);
    for (int i = 0; i < 5; ++i) {
        auto shift = is_night ? a_night(1, {}) : a_late(1, {});
        shift.shift_id = ShiftId(id_of(4, i));
        shift.name += std::to_string(i);
        if (i > 0) shift.on = {somebody(i - 1)};
        if (i == 0 && has_somebody) {
            shift.on = {somebody(5)};
            shift.needed = 2;
        }
        for (int peer = 0; peer < 6; ++peer) {
            const bool is_there = std::ranges::count(shift.on, somebody(peer)) > 0;
            if (!is_there && peer != i) cannot(facts, peer, shift.shift_id);
        }
        facts.shifts.push_back(std::move(shift));
    }
    return facts;
}

TEST(Repair, a_gap_by_day_is_worth_fewer_moves_than_one_at_night) {
    const auto by_day = four_moves_away(false, true);
    const auto none = fewest_changes(by_day, {0, 7}, everybody_on(by_day), long_enough);
    EXPECT_TRUE(none.on.empty());
    EXPECT_EQ(none.short_of, std::vector{by_day.shifts[0].shift_id});
    // One at night is, and so is one by day on which nobody is.
    for (const auto& facts : {four_moves_away(true, true), four_moves_away(false, false)}) {
        const auto four = fewest_changes(facts, {0, 7}, everybody_on(facts), long_enough);
        EXPECT_EQ(four.off.size(), 4U);
        EXPECT_EQ(four.people(), 5);
        EXPECT_TRUE(four.short_of.empty());
    }
}

TEST(Repair, whoever_cannot_come_stays_on_and_is_made_up_for) {
    auto facts = rota_of(2, 14);
    facts.shifts = {a_night(1, {somebody(0)}, 2)};  // one was needed; 0 is suspended
    facts.shifts[0].absent = {somebody(0)};
    cannot(facts, 0, facts.shifts[0].shift_id, Unready::suspended);
    const auto changes = fewest_changes(facts, {0, 7}, everybody_on(facts), long_enough);
    EXPECT_TRUE(changes.off.empty());
    EXPECT_EQ(changes.on, (std::vector<Put>{{facts.shifts[0].shift_id, somebody(1)}}));
    const auto off = without(facts, {{facts.shifts[0].shift_id, somebody(0)}});
    EXPECT_EQ(off.shifts[0].needed, 1);
}

TEST(Repair, harm_is_seen) {
    const auto facts = one_move_away();
    const auto &gap = facts.shifts[0].shift_id, &next = facts.shifts[1].shift_id;
    EXPECT_FALSE(do_no_harm(facts, {{{gap, somebody(0)}}, {}})) << "two nights running";
    EXPECT_FALSE(do_no_harm(facts, {{{gap, somebody(0)}}, {{next, somebody(0)}}})) << "a gap";
    EXPECT_FALSE(do_no_harm(facts, {{{gap, somebody(1)}}, {}})) << "said that they can't";
    EXPECT_FALSE(do_no_harm(facts, {{{next, somebody(1)}}, {}})) << "nobody more is needed";
    EXPECT_FALSE(do_no_harm(facts, {{{gap, somebody(7)}}, {}})) << "nobody of the scheme";
    EXPECT_FALSE(do_no_harm(facts, {{}, {{next, somebody(1)}}})) << "not on it";
    EXPECT_FALSE(do_no_harm(facts, {{{ShiftId(id_of(9, 9)), somebody(0)}}, {}}));
}

// ---- whatever the rota --------------------------------------------------------------------------

// The rules once more, written apart from the planner: how often each is broken by one person.
std::map<std::string, int> broken_by(const Facts& facts, PersonId person) {
    std::map<int, std::vector<const OpenShift*>> days;
    std::map<std::string, int> out;
    for (const auto* shifts : {&facts.before, &facts.shifts}) {
        for (const auto& shift : *shifts) {
            if (std::ranges::count(shift.on, person) > 0) days[shift.day].push_back(&shift);
        }
    }
    for (const auto& [day, shifts] : days) {
        if (shifts.size() > 1) ++out["two on a day"];
        const auto next = days.find(day + 1);
        if (next == days.end() || next->first < 0) continue;
        for (const auto* one : shifts) {
            for (const auto* then : next->second) {
                const int rest = 1440 + then->from_minute - one->from_minute - one->minutes;
                if (rest < facts.rest_minutes) ++out["rest"];
                if (one->is_night && then->is_night) ++out["nights running"];
            }
        }
    }
    const auto is_at_night = [](const auto* one) { return one->is_night; };
    for (int first = -6; first < facts.days; ++first) {
        int nights = 0, worked = 0;
        for (int day = first; day < first + 7; ++day) {
            const auto found = days.find(day);
            nights += found != days.end() &&
                      std::ranges::any_of(found->second, is_at_night) ? 1 : 0;
        }
        out["nights in 7 days"] += std::max(0, nights - facts.most_nights_in_7_days);
        for (int day = first; day <= first + facts.most_days_in_a_row; ++day) {
            worked += days.contains(day) ? 1 : 0;
        }
        int of_seven = 0;
        for (int day = first; day < first + 7; ++day) of_seven += days.contains(day) ? 1 : 0;
        const auto peer = std::ranges::find(facts.peers, person, &Peer::person_id);
        if (peer != facts.peers.end()) {
            out["shifts in 7 days"] += std::max(0, of_seven - peer->most_shifts_in_7_days);
        }
        out["days in a row"] += worked > facts.most_days_in_a_row ? 1 : 0;
    }
    for (const auto& [one, other] : facts.apart) {
        for (const auto& shift : facts.shifts) {
            const bool both = std::ranges::count(shift.on, one) > 0 &&
                              std::ranges::count(shift.on, other) > 0;
            if (both && (one == person || other == person)) ++out["kept apart"];
        }
    }
    return out;
}

Facts after(const Facts& facts, const Changes& changes) {
    auto out = without(facts, changes.off);
    for (const auto& put : changes.on) {
        const auto shift = std::ranges::find(out.shifts, put.shift_id, &OpenShift::shift_id);
        shift->on.push_back(put.person_id);
    }
    return out;
}

int short_at(const OpenShift& shift) {
    return std::max(0, shift.needed - static_cast<int>(shift.on.size()));
}

Facts some_rota(std::mt19937& random) {
    const auto pick = [&](int count) { return static_cast<int>(random() % count); };
    const int peers = 4 + pick(3);
    auto facts = rota_of(peers, 7 + 7);
    for (int day = -7; day < facts.days; ++day) {
        auto& shifts = day < 0 ? facts.before : facts.shifts;
        shifts.push_back(a_night(day, {}, 1));
        if (pick(3) > 0) shifts.push_back(a_late(day, {}, 1 + pick(2)));
    }
    for (const auto& shift : facts.shifts) {
        for (int i = 0; i < peers; ++i) {
            if (pick(6) == 0) cannot(facts, i, shift.shift_id);
            else if (pick(8) == 0) facts.peers[i].rather_off.push_back(shift.shift_id);
        }
    }
    if (pick(2) == 0) facts.apart.emplace_back(somebody(0), somebody(1));
    if (pick(2) == 0) facts.peers[pick(peers)].most_shifts_in_7_days = 2 + pick(3);
    // Published: a plan, or people put on as it came.
    if (pick(3) > 0) {
        for (const auto& put : propose(facts, {5, 10}).puts) {
            std::ranges::find(facts.shifts, put.shift_id, &OpenShift::shift_id)
                ->on.push_back(put.person_id);
        }
    } else {
        for (auto& shift : facts.shifts) {
            if (pick(3) > 0) shift.on = {somebody(pick(peers))};
        }
    }
    // Then somebody is suspended, and others are off a shift.
    const int gone = pick(peers);
    for (auto& shift : facts.shifts) {
        if (std::erase(shift.on, somebody(gone)) > 0 || pick(12) == 0) {
            if (!shift.on.empty() && pick(2) == 0) shift.on.pop_back();
        }
        cannot(facts, gone, shift.shift_id, Unready::suspended);
    }
    return facts;
}

// Whatever was left out, a gap would stay or harm be done; moves close more than a simple fill.
void nobody_is_moved_for_nothing(const Facts& facts, const Changes& changes,
                                 const Changes& simple, int closed) {
    EXPECT_EQ(what_helps(facts, changes).off, changes.off);
    if (changes.off.empty()) return;
    EXPECT_GT(closed, still_short(facts, {}).places - still_short(facts, simple.on).places);
}

TEST(Repair, never_opens_a_gap_nor_breaks_a_rule_that_held_nor_changes_more_than_it_must) {
    std::mt19937 random(4);
    int moves = 0, closed_by_moves = 0, filled = 0;
    for (int round = 0; round < 12; ++round) {
        SCOPED_TRACE(round);
        const auto facts = some_rota(random);
        const auto may_move = everybody_on(facts, {0, 7});
        const auto changes = fewest_changes(facts, {0, 7}, may_move, {5, 10});
        EXPECT_TRUE(do_no_harm(facts, changes)) << "it can be accepted";
        const auto then = after(facts, changes);

        int before_short = 0, then_short = 0;
        std::vector<ShiftId> short_then;
        for (std::size_t i = 0; i < facts.shifts.size(); ++i) {
            const auto &was = facts.shifts[i], &is = then.shifts[i];
            EXPECT_LE(short_at(is), short_at(was)) << "a gap opened on day " << was.day;
            if (was.day >= 7) {
                EXPECT_EQ(was.on, is.on) << "not asked for";
            } else {
                before_short += short_at(was);
                then_short += short_at(is);
                if (short_at(is) > 0) short_then.push_back(is.shift_id);
            }
            if (static_cast<int>(was.on.size()) <= was.needed) {
                EXPECT_LE(static_cast<int>(is.on.size()), is.needed);
            }
        }
        EXPECT_TRUE(std::ranges::is_permutation(changes.short_of, short_then));
        for (const auto& peer : facts.peers) {
            const auto was = broken_by(facts, peer.person_id);
            for (const auto& [rule, count] : broken_by(then, peer.person_id)) {
                const auto found = was.find(rule);
                EXPECT_LE(count, found == was.end() ? 0 : found->second) << rule;
            }
        }
        for (const auto& put : changes.on) {
            const auto peer = std::ranges::find(facts.peers, put.person_id, &Peer::person_id);
            EXPECT_EQ(std::ranges::count(peer->cannot, put.shift_id, &Cannot::shift_id), 0);
        }
        // As many come on as places are closed and people go off: nothing else is changed.
        EXPECT_EQ(static_cast<int>(changes.on.size()),
                  before_short - then_short + static_cast<int>(changes.off.size()));
        const auto simple = fewest_changes(facts, {0, 7}, {}, {5, 10});
        EXPECT_TRUE(simple.off.empty());
        if (simple.short_of.empty()) {
            EXPECT_TRUE(changes.off.empty()) << "a simple fill was enough";
            EXPECT_LE(changes.on.size(), simple.on.size());
        }
        nobody_is_moved_for_nothing(facts, changes, simple, before_short - then_short);
        filled += before_short - then_short;
        moves += static_cast<int>(changes.off.size());
        closed_by_moves += changes.off.empty() ? 0 : 1;
    }
    EXPECT_GT(filled, 20);
    EXPECT_GT(moves, 2);
    EXPECT_GT(closed_by_moves, 1);
}

}  // namespace
}  // namespace alongside::rota::planning
