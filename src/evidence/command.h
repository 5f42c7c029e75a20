// What the commands of this room share: reading, timing, and one printing for people and machines.
#pragma once

#include <boost/json.hpp>
#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "base/console.h"
#include "evidence/evidence.h"
#include "evidence/frame.h"

namespace alongside {
class Command;
}

namespace alongside::evidence {

constexpr int fine_code = 0, doubtful_code = 1, bad_input_code = 2;

struct Desk {
    const Console& console;
    int& exit_code;
    std::string version;                // of the software, for reports and locks
    AskLedger ask_ledger;               // empty: there is no installation
};

// What every command on a CSV takes: FILE, --json, --threads; and what some take, declared for them
// alone, so that nothing is typed in vain: FORMULA, --weights, --cluster, --level 0.95.
struct Takes {
    bool formula = false, weights = false, cluster = false, level = false;
};
inline constexpr Takes takes_everything{true, true, true, true};
inline constexpr Takes takes_formula{.formula = true, .level = true};   // and a level
struct CommonOptions {
    std::string file, formula, weights, cluster;
    double level = 0.95;
    int threads = 1;
    bool as_json = false;
};

// A result on its way out. `text` is what R's summary would show; `json` what machines read.
struct Output {
    std::string text;
    boost::json::object json;
    std::vector<std::string> warnings;  // said in both; any makes the exit code 1
};

// Declares `evidence NAME` with the options it takes; `run` is called when it was typed. What it
// answers is printed with `seconds: {read, fit}`; a Trouble goes to the problems (or, with --json,
// out as {"errorCode", "userMessage"}) and ends with code 2. A command that can do without FILE
// makes it optional (command->get_option("FILE")->required(false)) and then gets an empty table.
// `run` may let go of columns once it has what it needs of them.
using Run = std::function<Fallible<Output>(const CommonOptions&, Table&)>;
Command* add_command(Command& evidence, const Desk& desk, const std::string& name,
                      const std::string& about, Takes takes, Run run);

// A number for JSON: NaN becomes "NA", infinities "Inf" and "-Inf".
boost::json::value number(double value);

// A table as R prints one: names on the left, right-aligned columns.
struct PrintedTable {
    std::vector<std::string> heads;
    std::vector<std::vector<std::string>> rows;   // the first cell is the row's name
    std::string text() const;
};

// One declaration a command, each in the file of its method.
void add_cox(Command& evidence, const Desk& desk);
void add_km(Command& evidence, const Desk& desk);
void add_logrank(Command& evidence, const Desk& desk);
void add_regressions(Command& evidence, const Desk& desk);   // ols logit poisson negbin
void add_its(Command& evidence, const Desk& desk);
void add_did(Command& evidence, const Desk& desk);
void add_match(Command& evidence, const Desk& desk);         // match balance
void add_proportion(Command& evidence, const Desk& desk);
void add_paired(Command& evidence, const Desk& desk);
void add_agreement(Command& evidence, const Desk& desk);
void add_power(Command& evidence, const Desk& desk);
void add_bootstrap(Command& evidence, const Desk& desk);
void add_funnel(Command& evidence, const Desk& desk);
void add_suppress(Command& evidence, const Desk& desk);
void add_cost(Command& evidence, const Desk& desk);
void add_evaluate(Command& evidence, const Desk& desk);

}  // namespace alongside::evidence
