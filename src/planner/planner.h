// Makes rotas: the problem, what a rota costs and breaks, the solver, and why there is none.
#pragma once

#include "base/console.h"
#include "planner/conflict.h"
#include "planner/cost.h"
#include "planner/problem.h"
#include "planner/solver.h"

namespace alongside {
class Command;
}

namespace alongside::planner {

// The commands `rota solve|check|generate`. Exit codes: 0 a rota that keeps every rule, 1 one that
// breaks some, 2 a bad file, 3 there is none. REQUIRES that the console outlives the parsing.
void add_commands(Command& app, const Console& console, int& exit_code);

}  // namespace alongside::planner
