// Who carries how much of a rota: facts in, shares out.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/civil_time.h"
#include "nouns/names.h"
#include "rota/rota.h"

namespace alongside::rota::shares {

struct Worked {
    PersonId person_id;
    Instant from, to;
};
struct Share {
    PersonId person_id;
    int nights = 0;         // four hours or more of a night of the policy: as the plan counts
    int weekends = 0;       // Saturday and Sunday of one week, however many shifts
    Millis time{0};         // on call, hours that overlap counted once
};
// One a person, in the order of `people`, also of those who are on nothing. What somebody else does
// is left out. Whether it is night or a weekend is told by the shift's beginning, on the prison's
// clock.
std::vector<Share> shares_of(const std::vector<PersonId>& people, std::vector<Worked> worked,
                             const Zone& zone, DailyPeriod night);

// Time with people that each of `people` is to expect in what they work, in their order: that of
// every hour of the week is shared equally among all who are on call in it, of whom `others` says
// more than `worked`. Nobody is with people for longer than on call. The same stretch in both
// counts once.
std::vector<Millis> expected_of(const std::vector<PersonId>& people,
                                const std::vector<Worked>& worked,
                                const std::vector<Worked>& others, const Zone& zone,
                                const ExpectedTime& expected);

// Places that people are wanted in at one time.
struct Places {
    Instant from, to;
    int people = 1;
};
// Time with people that whoever takes a place is to expect, by what `places` there are: that of
// every hour of the week is shared equally among all places of it. No more than the place's time.
std::vector<Millis> expected_of_places(const std::vector<Places>& places, const Zone& zone,
                                       const ExpectedTime& expected);

// Who has most and who has least of something; nothing where all have the same or nobody is there.
struct Ends {
    std::vector<std::size_t> most, least;   // indices of the values given
};
std::optional<Ends> ends_of(const std::vector<std::int64_t>& values);

}  // namespace alongside::rota::shares
