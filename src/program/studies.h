// Hashes of locked study plans in the ledger: that a plan was there before its outcomes were read.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/evidence.h"
#include "ledger/ledger.h"
#include "program/command_line.h"

namespace alongside {
class Command;
}

namespace alongside::program {

// 64 hexadecimal digits, as evidence::hash_of writes them.
bool is_study_hash(std::string_view text);

// The first entry of a plan with this hash.
std::optional<ledger::Seen> study_entry(sql::Reader& reader, const EstablishmentId& prison,
                                        const std::string& hash);

struct StudyKept {
    std::int64_t entry = 0;
    Instant at{};
    bool is_new = false;                // false: it was there already, and nothing was written
};
// `marks` are hashes by which other plans of the same study are known.
StudyKept keep_study(sql::Database& database, const Occasion& occasion, const std::string& hash,
                     const std::vector<std::string>& marks);
// Entries of plans that have one of the marks but another hash, oldest first.
std::vector<ledger::Seen> marked_studies(sql::Reader& reader, const EstablishmentId& prison,
                                         const std::string& hash,
                                         const std::vector<std::string>& marks);

// For the commands of `evidence`, which know no ledger: runs `ledger study` on the installation
// that the line names, or within the `serve` that runs there. Nothing if the line names none and
// there is none in its folder.
evidence::Fallible<std::optional<evidence::LedgerPlace>> ask_ledger(
    const CommandLine& line, const evidence::LedgerQuestion& question);

// `ledger study HASH [--mark HASH]… [--enter]`
void add_ledger_study(Command& ledger_command, CommandLine& line);

}  // namespace alongside::program
