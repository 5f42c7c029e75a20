#include "program/studies.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <map>
#include <sstream>

#include "base/civil_time.h"
#include "base/command.h"

namespace alongside::program {
namespace {

constexpr std::string_view locked_verb = "study.locked";

boost::json::array earlier_json(const StudyKept& kept, const std::vector<ledger::Seen>& others) {
    boost::json::array out;
    for (const auto& one : others) {
        if (kept.entry > 0 && one.seq > kept.entry) continue;
        out.push_back(boost::json::object{{"entry", one.seq}, {"at", iso_instant(one.at)}});
    }
    return out;
}

void say_entry(const CommandLine& line, const std::string& hash, const StudyKept& kept,
               const std::vector<ledger::Seen>& others, bool as_json) {
    const auto prison = line.running ? line.running->establishment : line.own->establishment;
    if (as_json) {
        line.console.out << boost::json::serialize(boost::json::object{
                                {"establishment", prison.text()},
                                {"hash", hash},
                                {"entry", kept.entry},
                                {"at", kept.entry ? iso_instant(kept.at) : ""},
                                {"isNew", kept.is_new},
                                {"earlier", earlier_json(kept, others)}})
                         << '\n';
    } else if (kept.entry == 0) {
        line.console.out << "No plan with this hash is in the ledger of " << prison.text() << ".\n";
    } else {
        line.console.out << fmt::format("Entry {} of {}, {}{}.\n", kept.entry, prison.text(),
                                        iso_instant(kept.at), kept.is_new ? ", just made" : "");
    }
}

// The default database counts only where it is: a study needs no installation.
bool is_in_installation(const CommandLine& line) {
    const auto path = Files::of(line.database).sqlite_path();
    const bool is_default = line.database == "sqlite:alongside.db";
    return !is_default || std::filesystem::exists(line.console.file(path));
}

}  // namespace

bool is_study_hash(std::string_view text) {
    return text.size() == 64 && std::ranges::all_of(text, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

std::optional<ledger::Seen> study_entry(sql::Reader& reader, const EstablishmentId& prison,
                                        const std::string& hash) {
    for (auto& entry : ledger::entries_about(reader, prison, hash)) {
        const bool is_it = entry.verb == locked_verb && entry.subjects.starts_with(hash);
        if (is_it) return std::move(entry);
    }
    return std::nullopt;
}

std::vector<ledger::Seen> marked_studies(sql::Reader& reader, const EstablishmentId& prison,
                                         const std::string& hash,
                                         const std::vector<std::string>& marks) {
    std::map<std::int64_t, ledger::Seen> found;
    for (const auto& mark : marks) {
        for (auto& entry : ledger::entries_about(reader, prison, mark)) {
            const bool is_other = entry.verb == locked_verb && !entry.subjects.starts_with(hash);
            if (is_other) found.emplace(entry.seq, std::move(entry));
        }
    }
    std::vector<ledger::Seen> out;
    for (auto& [seq, entry] : found) out.push_back(std::move(entry));
    return out;
}

StudyKept keep_study(sql::Database& database, const Occasion& occasion, const std::string& hash,
                     const std::vector<std::string>& marks) {
    const auto& prison = occasion.who.establishment;
    return database.write(prison, [&](sql::Transaction& tx) -> StudyKept {
        if (const auto there = study_entry(tx, prison, hash)) return {there->seq, there->at, false};
        std::vector<std::string> subjects{hash};
        subjects.insert(subjects.end(), marks.begin(), marks.end());
        const auto entry =
            ledger::append(tx, occasion, {std::string(locked_verb), subjects, "{}"});
        return {entry, occasion.now, true};
    });
}

evidence::Fallible<std::optional<evidence::LedgerPlace>> ask_ledger(
    const CommandLine& line, const evidence::LedgerQuestion& question) {
    if (!is_in_installation(line)) return std::nullopt;
    std::vector<std::string> words{"--database", line.database};
    if (!line.establishment.empty()) words.insert(words.end(), {"--establishment",
                                                                line.establishment});
    words.insert(words.end(), {"ledger", "study", question.hash, "--json"});
    for (const auto& mark : question.marks) words.insert(words.end(), {"--mark", mark});
    if (question.enters) words.push_back("--enter");
    std::ostringstream said, problems;
    run_command(words, Console{said, problems, line.console.folder}, line.running);
    boost::system::error_code is_none;
    const auto answer = boost::json::parse(said.str(), is_none);
    if (is_none || !answer.is_object()) {
        return evidence::trouble("The ledger can't be asked: " + said.str() + problems.str());
    }
    if (const auto* sentence = answer.as_object().if_contains("userMessage")) {
        return evidence::trouble("The ledger can't be asked: " +
                                 std::string(sentence->as_string()));
    }
    evidence::LedgerPlace out{std::string(answer.at("establishment").as_string()),
                              answer.at("entry").as_int64(),
                              std::string(answer.at("at").as_string()), {}};
    for (const auto& one : answer.at("earlier").as_array())
        out.earlier.push_back({one.at("entry").as_int64(), std::string(one.at("at").as_string())});
    return out;
}

void add_ledger_study(Command& ledger_command, CommandLine& line) {
    auto* command = ledger_command.add_subcommand(
        "study", "Where a locked study plan's hash stands in the ledger");
    auto hash = std::make_shared<std::string>();
    auto marks = std::make_shared<std::vector<std::string>>();
    auto enters = std::make_shared<bool>(false), as_json = std::make_shared<bool>(false);
    command->add_option("hash", *hash, "As `evidence evaluate --lock` prints it")->required();
    command->add_option("--mark", *marks, "Hashes by which other plans of the study are known");
    command->add_flag("--enter", *enters, "Enter it, if it isn't there");
    command->add_flag("--json", *as_json, "Print the result as JSON");
    command->callback([&line, hash, marks, enters, as_json] {
        if (!is_study_hash(*hash) || !std::ranges::all_of(*marks, is_study_hash)) {
            throw Unusable("hash: that is no plan's hash, 64 digits from 0 to 9 and a to f");
        }
        auto& installation = line.installation({.opens_secrets = false});
        StudyKept kept;
        if (*enters) {
            kept = keep_study(*installation.database, installation.occasion(), *hash, *marks);
        } else {
            const auto there = installation.database->read([&](sql::Reader& reader) {
                return study_entry(reader, installation.establishment, *hash);
            });
            if (there) kept = {there->seq, there->at, false};
        }
        const auto others = installation.database->read([&](sql::Reader& reader) {
            return marked_studies(reader, installation.establishment, *hash, *marks);
        });
        say_entry(line, *hash, kept, others, *as_json);
    });
}

}  // namespace alongside::program
