// Statistics and study designs over any CSV. Reads, never writes anyone's record.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/console.h"
#include "evidence/trouble.h"

namespace alongside {
class Command;
}

namespace alongside::evidence {

// Where a locked plan's hash stands in the ledger of an installation.
struct LedgerPlace {
    std::string prison;
    std::int64_t entry = 0;             // 0: it isn't there
    std::string at;                     // when it was entered, as ISO 8601
    // Entries of other plans that share a mark with it, from before it.
    struct Other {
        std::int64_t entry = 0;
        std::string at;
    };
    std::vector<Other> earlier;
};
// A locked plan's hash, and marks by which other plans of the same study are known: hashes too.
struct LedgerQuestion {
    std::string hash;
    std::vector<std::string> marks;
    bool enters = false;
};
// Looks a plan's hash up in the ledger of the installation that the command runs in, and enters it
// first if the question `enters` it and it isn't there. Nothing if it runs in none; Trouble if that
// can't be asked.
using AskLedger = std::function<Fallible<std::optional<LedgerPlace>>(const LedgerQuestion&)>;

// The commands `evidence cox|km|logrank|…`. Exit codes: 0 done, 1 done, but it can't be relied on
// (separation, no convergence), 2 bad input. REQUIRES that the console outlives the parsing.
// `version`, of the program, stands in reports and locks. Without `ask_ledger` there is no
// installation.
void add_commands(Command& app, const Console& console, int& exit_code,
                  const std::string& version, AskLedger ask_ledger = {});

}  // namespace alongside::evidence
