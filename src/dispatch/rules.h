// Who is sent: facts in, a ranking and every exclusion out. No clock, no database, no chance.
#pragma once

#include "dispatch/facts.h"

namespace alongside::dispatch {

// Order after the hard rules: fair exposure (bands), language, sex preference, nearness, longest
// idle, asked-for; then the id, so that the same facts give the same answer. The preference of
// sex is a hard rule here: it is honoured, not weighed. 5,000 peers take well under a millisecond.
Choice choose_peer(const Facts& facts, const Wish& wish, Instant now);

// How many go together to somebody of this unit.
int peers_wanted(const schemes::Policy& policy, std::string_view unit, bool is_night);

// What an officer may see of a choice. Who rests is told beside it, the same for every request: see
// views::resting().
std::vector<Candidate> best_three(const Choice& choice);

// The next step of the escalation, if it is due. A step that is empty (no second peer to ask, no
// helpline) is skipped at once: the one after it is due when the empty one was, never later.
std::optional<Escalation> due_escalation(const schemes::Policy& policy, int steps_taken,
                                         Instant waiting_since, bool has_second_peer, Instant now);
// When the next step falls due, if there is one.
std::optional<Instant> next_escalation_at(const schemes::Policy& policy, int steps_taken,
                                          Instant waiting_since);

}  // namespace alongside::dispatch
