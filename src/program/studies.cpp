#include "program/studies.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <sstream>

#include "base/civil_time.h"

namespace alongside::program {
namespace {

constexpr std::string_view locked_verb = "study.locked";

void say_entry(const CommandLine& line, const std::string& hash, const StudyKept& kept,
               bool as_json) {
    const auto prison = line.running ? line.running->establishment : line.own->establishment;
    if (as_json) {
        line.console.out << boost::json::serialize(boost::json::object{
                                {"establishment", prison.text()},
                                {"hash", hash},
                                {"entry", kept.entry},
                                {"at", kept.entry ? iso_instant(kept.at) : ""},
                                {"isNew", kept.is_new}})
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
        if (entry.verb == locked_verb) return std::move(entry);
    }
    return std::nullopt;
}

StudyKept keep_study(sql::Database& database, const Occasion& occasion, const std::string& hash) {
    const auto& prison = occasion.who.establishment;
    return database.write(prison, [&](sql::Transaction& tx) -> StudyKept {
        if (const auto there = study_entry(tx, prison, hash)) return {there->seq, there->at, false};
        const auto entry =
            ledger::append(tx, occasion, {std::string(locked_verb), {hash}, "{}"});
        return {entry, occasion.now, true};
    });
}

evidence::Fallible<std::optional<evidence::LedgerPlace>> ask_ledger(const CommandLine& line,
                                                                    const std::string& hash,
                                                                    bool enters) {
    if (!is_in_installation(line)) return std::nullopt;
    std::vector<std::string> words{"--database", line.database};
    if (!line.establishment.empty()) words.insert(words.end(), {"--establishment",
                                                                line.establishment});
    words.insert(words.end(), {"ledger", "study", hash, "--json"});
    if (enters) words.push_back("--enter");
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
    return evidence::LedgerPlace{std::string(answer.at("establishment").as_string()),
                                 answer.at("entry").as_int64(),
                                 std::string(answer.at("at").as_string())};
}

void add_ledger_study(CLI::App& ledger_command, CommandLine& line) {
    auto* command = ledger_command.add_subcommand(
        "study", "Where a locked study plan's hash stands in the ledger");
    auto hash = std::make_shared<std::string>();
    auto enters = std::make_shared<bool>(false), as_json = std::make_shared<bool>(false);
    command->add_option("hash", *hash, "As `evidence evaluate --lock` prints it")->required();
    command->add_flag("--enter", *enters, "Enter it, if it isn't there");
    command->add_flag("--json", *as_json, "Print the result as JSON");
    command->callback([&line, hash, enters, as_json] {
        if (!is_study_hash(*hash)) {
            throw Unusable("hash: that is no plan's hash, 64 digits from 0 to 9 and a to f");
        }
        auto& installation = line.installation({.opens_secrets = false});
        StudyKept kept;
        if (*enters) {
            kept = keep_study(*installation.database, installation.occasion(), *hash);
        } else {
            const auto there = installation.database->read([&](sql::Reader& reader) {
                return study_entry(reader, installation.establishment, *hash);
            });
            if (there) kept = {there->seq, there->at, false};
        }
        say_entry(line, *hash, kept, *as_json);
    });
}

}  // namespace alongside::program
