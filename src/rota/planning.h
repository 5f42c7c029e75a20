// Who could take the shifts that have too few people: facts in, a proposal out. Nobody is taken
// off.
#pragma once

#include <string>
#include <vector>

#include "base/civil_time.h"
#include "nouns/names.h"

namespace alongside::rota::planning {

struct OpenShift {
    ShiftId shift_id;
    std::string name;
    int day = 0;                        // counted from the first day of the plan
    int from_minute = 0, minutes = 0;
    int needed = 1;
    bool is_night = false;
    std::vector<PersonId> on = {};      // already
};
struct Peer {
    PersonId person_id;
    std::vector<ShiftId> cannot = {};   // not ready, resting, standing down, elsewhere
};
struct Facts {
    int days = 28;
    int first_saturday = 0;             // 0 to 6
    std::vector<OpenShift> before = {}; // of the seven days before: `day` is -7 to -1
    std::vector<OpenShift> shifts = {};
    std::vector<Peer> peers = {};
    int rest_minutes = 660;             // between a shift's end and the next day's start
    int most_days_in_a_row = 5;
    int most_nights_in_7_days = 2;
};

struct Put {
    ShiftId shift_id;
    PersonId person_id;
    friend auto operator<=>(const Put&, const Put&) = default;
};
struct Burden {
    PersonId person_id;
    int nights = 0, weekends = 0, minutes = 0;
};
struct Proposal {
    std::vector<Put> puts;              // by shift
    std::vector<ShiftId> short_of;      // shifts that stay short, by start
    std::vector<Burden> burdens;        // with what people have already, in the order of the peers
    bool is_best = false;               // proved: no proposal is better
};
// The same facts and seed give the same proposal where `seconds` suffice. REQUIRES 1 to 400 days.
Proposal propose(const Facts&, double seconds);

}  // namespace alongside::rota::planning
