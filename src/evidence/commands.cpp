// `alongside evidence …`: each method declares its own commands.

#include "base/command.h"
#include "evidence/command.h"
#include "evidence/evidence.h"

namespace alongside::evidence {

void add_commands(Command& app, const Console& console, int& exit_code,
                  const std::string& version, AskLedger ask_ledger) {
    auto* evidence = app.add_subcommand(
        "evidence", "Statistics and study designs over any CSV: did it help?");
    evidence->require_subcommand(1);
    // Handed on to every command that is added from here on.
    evidence->footer("Exit codes: 0 done, 1 done but it can't be relied on (a warning says why), "
                     "2 bad input.");
    const Desk desk{console, exit_code, version, std::move(ask_ledger)};
    add_cox(*evidence, desk);
    add_km(*evidence, desk);
    add_logrank(*evidence, desk);
    add_regressions(*evidence, desk);
    add_its(*evidence, desk);
    add_did(*evidence, desk);
    add_match(*evidence, desk);
    add_paired(*evidence, desk);
    add_agreement(*evidence, desk);
    add_proportion(*evidence, desk);
    add_power(*evidence, desk);
    add_bootstrap(*evidence, desk);
    add_cost(*evidence, desk);
    add_funnel(*evidence, desk);
    add_suppress(*evidence, desk);
    add_evaluate(*evidence, desk);
}

}  // namespace alongside::evidence
