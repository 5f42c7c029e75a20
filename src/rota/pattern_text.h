// A pattern as people write it: one line a shift, "1; 22:00-06:00; night; 1; Peer 3, Peer 5".
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "rota/rota.h"

namespace alongside::rota {

enum class BadLine { shape, day, time, needed, who };
struct PatternText {
    std::vector<PatternShift> shifts;
    struct Wrong {
        int line;                   // from 1
        BadLine why;
    };
    std::vector<Wrong> wrong;
};
// `members`: member ids by label in lower case. Empty lines are skipped. A shift that ends at or
// before its start ends on the next day.
PatternText read_pattern_text(std::string_view text,
                              const std::map<std::string, std::string>& members);
// `labels`: by member id; members who have left are left out.
std::string pattern_text(const Pattern& pattern, const std::map<std::string, std::string>& labels);

}  // namespace alongside::rota
