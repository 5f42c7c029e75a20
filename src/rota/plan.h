// A plan as the planner has it: what is asked of it, and its answer read back. Of the room alone.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "planner/planner.h"
#include "rota/planning.h"

namespace alongside::rota::planning {

using Kind = std::tuple<int, int, bool, std::string>;    // start, minutes, night, name
Kind kind_of(const OpenShift& shift);
// What it is worth that somebody stays on what they are on: always more than all else.
constexpr planner::Cost staying_on = 1'000'000;

class Plan {
public:
    explicit Plan(const Facts& facts, Aim aim = Aim::fair);
    Proposal propose(const Effort& effort, const std::vector<Put>& start = {},
                     const LookOn* look_on = nullptr);
    std::vector<Short> why_short(const Proposal& proposal) const;
    std::vector<TooFew> too_few_at_night(const Proposal& proposal) const;
    // These people put on, and nobody else.
    Proposal of(std::vector<Put> puts) const;
    // What keeps each of them from it, with all the others on.
    std::vector<WouldBreak> would_break(std::vector<Put> puts) const;
    std::vector<Put> still_fitting(std::vector<Put> puts) const;
    // Whoever is on a shift against the rules of a plan.
    std::vector<PersonId> against_rules() const;

private:
    void add_cover(const std::vector<const OpenShift*>& shifts);
    // Staff may have put somebody on against the rules of a plan, whose lines then hold no such
    // thing: these shifts count as covered, and the person is planned around them.
    void leave_out_if_against_rules(std::size_t person);
    static bool is_worse(const std::map<planner::Rule, int>& before,
                         const std::map<planner::Rule, int>& after);
    int nights_in(const TooFew& week, std::size_t person,
                  std::vector<PersonId> OpenShift::* those) const;
    // Around shifts that are against the rules, each proposed one was judged by itself: of several
    // that together would break more, the later ones are left out, and others fill their places.
    void keep_rules_around(Proposal& out) const;
    // Whoever can take what is short, those with the fewest nights, then hours, first.
    void fill_what_is_short(Proposal& out) const;
    void look_on(planner::SolveOptions& how, const LookOn& who) const;
    // Of what people stay on, in every plan.
    planner::Cost unchangeable() const;
    // As the planner has them who are put on: a roster that keeps every rule.
    planner::Roster start_of(const std::vector<Put>& puts) const;
    static bool is_on(const OpenShift& shift, PersonId person, const Proposal& proposal);
    // One kind a day and person, as the planner has it.
    planner::Roster roster_of(const Proposal& proposal) const;
    // The rules that one person's line breaks, by how often.
    std::map<planner::Rule, int> broken(std::size_t person, const planner::Line& line) const;
    // To a line without that shift; the proposal says who else is on what.
    std::vector<Reason> whys(const OpenShift& shift, std::size_t person, planner::Line line,
                             const Proposal& proposal) const;
    Why why_of(planner::Rule rule, std::size_t person, const planner::Line& line,
               int day) const;
    // At most, by the planner: somebody alone in these days, with a price on each night; what came
    // before is known of the plan's first days, and binds nobody later.
    int most_nights(std::size_t person, const TooFew& week) const;
    int cell_of(const OpenShift& shift) const;
    void make_kinds();
    planner::Person person(const Peer& peer) const;
    // What it costs to have them on it.
    static planner::Cost wish(const Peer& peer, ShiftId shift);
    static bool stays_on(const Peer& peer, ShiftId shift);
    bool meets_somebody_apart(PersonId person, const OpenShift& shift) const;
    planner::History history(const Peer& peer) const;
    // What is wanted in all, shared among those who can work such shifts.
    void share_out();
    void add_exposure();
    void share_out_exposure();
    static void count_from(planner::Burden& burden, int carried);
    bool can_work_nights(const planner::Person& p) const;
    void read_off(const planner::Roster& roster, Proposal& out) const;
    // Of what they are on already, whatever rule that breaks, and of what is proposed.
    Burden burden(PersonId person, const Proposal& proposal) const;
    // Several shifts of one kind on one day: whoever is on stays, the others fill what is left.
    void share_cell(const std::vector<const OpenShift*>& shifts, std::vector<PersonId>& people,
                    Proposal& out) const;
    void in_order(Proposal& out) const;

    const Facts& facts_;
    Aim aim_;
    planner::Problem problem_;
    std::map<Kind, int> kinds_;
    std::map<int, std::vector<const OpenShift*>> shifts_;    // by cell
    std::vector<bool> is_against_rules_;                     // what somebody is on, by person
};

}  // namespace alongside::rota::planning
