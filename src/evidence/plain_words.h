// Numbers said as staff would say them.
#pragma once

#include <string>
#include <string_view>

#include "evidence/two_proportions.h"

namespace alongside::evidence {

// A difference of shares in whole people: "Of 100 people, between 3 and 11 fewer". Of 1,000 or more
// if both ends are under one in a hundred.
std::string of_people(Between difference);

// "One more is helped for every 12 people (95 % interval: 6 to infinity helped, and from infinity
// to 300 harmed)": never as if it ran from one number to the other through nought.
std::string needed_in_words(const NeededToTreat& needed, double level);

// "1,234" for whole numbers, otherwise with so many decimals.
std::string grouped(double value, int decimals = 0);

// "95 %", "99.8 %".
std::string percent(double share);

// "1 person", "2 people".
std::string counted(double count, std::string_view one, std::string_view many);

}  // namespace alongside::evidence
