// `alongside evidence evaluate PLAN.toml [--lock] [--out REPORT_DIR]`
#include <fmt/format.h>
#include <memory>

#include "base/civil_time.h"
#include "base/command.h"
#include "evidence/command.h"
#include "evidence/report.h"
#include "evidence/study.h"
#include "evidence/study_report.h"

namespace alongside::evidence {
namespace {

struct EvaluateTyped {
    std::string plan, out;
    int threads = 1;
    bool locks = false, as_json = false;
};

using Said = Fallible<Output>;

Said failed(const Trouble& why) { return tl::make_unexpected(why); }

Fallible<std::optional<LedgerPlace>> ask_ledger(const Desk& desk, const PlanLock& lock,
                                                bool enters) {
    if (!desk.ask_ledger) return std::nullopt;
    return desk.ask_ledger({lock.hash, marks_of(lock), enters});
}

// The ledger first: where it can't be asked, the plan isn't locked. Locked once more, a plan that
// has not changed is entered if it isn't yet.
Said lock_plan(const EvaluateTyped& typed, const Desk& desk, Instant now) {
    const std::filesystem::path path = desk.console.file(typed.plan);
    const auto plan = read_plan(path, typed.plan);
    if (!plan) return failed(plan.error());
    if (const auto fine = check_headers(*plan, path.parent_path()); !fine) {
        return failed(fine.error());
    }
    const auto before = lock_before(path, *plan);
    if (!before) return failed(before.error());
    const bool was_locked = before->has_value();
    const auto lock = was_locked ? Fallible<PlanLock>(**before)
                                 : lock_of(path, *plan, now, desk.version);
    if (!lock) return failed(lock.error());
    const auto place = ask_ledger(desk, *lock, true);
    if (!place) return failed(place.error());
    if (!was_locked) {
        if (const auto written = write_lock(path, *plan, *lock); !written)
            return failed(written.error());
    }
    const auto file = lock_path(typed.plan).string();
    Output said;
    said.text = fmt::format("Locked: {}{}\nHash:   {}\n", typed.plan,
                            was_locked ? ", since " + lock->locked_at : "", lock->hash);
    if (*place) {
        said.text += fmt::format("Ledger: entry {} of {}, {}\n", (*place)->entry, (*place)->prison,
                                 (*place)->at);
        if (!(*place)->earlier.empty()) said.text += earlier_locks_words(**place) + "\n";
    }
    said.text += "No outcome was read. Keep " + file + " beside the plan.\n";
    said.json = {{"hash", lock->hash}, {"locked_at", lock->locked_at}, {"file", file},
                 {"ledger", ledger_json(*place)}};
    return said;
}

Said evaluate_plan(const EvaluateTyped& typed, const Desk& desk, Instant now) {
    if (typed.out.empty()) {
        return failed({"--out is missing: name the folder for the report, or lock the plan with "
                       "--lock"});
    }
    const std::filesystem::path path = desk.console.file(typed.plan);
    const auto folder = desk.console.file(typed.out);
    const auto plan = read_plan(path, typed.plan);
    if (!plan) return failed(plan.error());
    const auto lock = read_lock(path, typed.plan);
    if (!lock) return failed(lock.error());
    if (const auto can = can_write_report(folder, typed.out); !can) return failed(can.error());
    const auto place = ask_ledger(desk, *lock, false);
    if (!place) return failed(place.error());
    auto data = read_study_data(*plan, path.parent_path(), typed.threads);
    if (!data) return failed(data.error());
    auto study = carry_out(*plan, *lock, std::move(*data), typed.threads);
    if (!study) return failed(study.error());
    study->ledger = *place;
    const auto report = report_of(*study, desk.version, iso_instant(now).substr(0, 10));
    const auto written = write_report(report, folder, typed.out);
    if (!written) return failed(written.error());
    Output said;
    said.warnings = study->warnings;
    said.text = fmt::format("{}\n{}\n\nReport: {}\n", report.verdict, report.answer,
                            (std::filesystem::path(typed.out) / "report.html").string());
    if (*place && (*place)->entry == 0) {
        said.text += fmt::format("The plan's hash is not in the ledger of {}.\n",
                                 (*place)->prison);
    }
    if (!study->changes.empty()) {
        said.text += fmt::format(
            "The plan, or its data, was changed after it was locked, in {} {}; the first page "
            "says how.\n",
            study->changes.size(), study->changes.size() == 1 ? "place" : "places");
    }
    said.json = report.json;
    boost::json::array files;
    for (const auto& name : *written) files.emplace_back(name);
    said.json["written"] = std::move(files);
    return said;
}

void tell(const Said& said, const EvaluateTyped& typed, const Desk& desk) {
    const auto& console = desk.console;
    if (!said) {
        desk.exit_code = bad_input_code;
        if (typed.as_json) {
            console.out << boost::json::serialize(boost::json::object{
                               {"errorCode", "evidence.bad_input"},
                               {"userMessage", said.error().sentence}})
                        << '\n';
        } else {
            console.problems << said.error().sentence << '\n';
        }
        return;
    }
    desk.exit_code = said->warnings.empty() ? fine_code : doubtful_code;
    if (typed.as_json) {
        auto json = said->json;
        boost::json::array warnings;
        for (const auto& warning : said->warnings) warnings.emplace_back(warning);
        json["warnings"] = std::move(warnings);
        console.out << boost::json::serialize(json) << '\n';
        return;
    }
    console.out << said->text;
    for (const auto& warning : said->warnings) console.problems << warning << '\n';
}

}  // namespace

void add_evaluate(Command& evidence, const Desk& desk) {
    auto* command = evidence.add_subcommand(
        "evaluate", "Carry out a study as its locked plan says, and write its report");
    auto typed = std::make_shared<EvaluateTyped>();
    command->add_option("plan", typed->plan, "The plan (TOML)")->required();
    command->add_option("--out", typed->out, "A folder for the report; an earlier report there is "
                                             "replaced");
    command->add_flag("--lock", typed->locks, "Lock the plan, before anyone has seen an outcome");
    command->add_option("--threads", typed->threads, "Threads")->within(1, 256);
    command->add_flag("--json", typed->as_json, "Answer in JSON");
    command->footer("In a prison that runs Alongside --database ADDRESS (sqlite:FILE, or "
                    "postgresql:…), also after the command, names the ledger that the locked "
                    "plan's hash is entered in; without it alongside.db in this folder, if it is "
                    "there.\n" + evidence.get_footer());
    command->callback([typed, desk] {
        const auto now = SystemClock().now();
        tell(typed->locks ? lock_plan(*typed, desk, now) : evaluate_plan(*typed, desk, now), *typed,
             desk);
    });
}

}  // namespace alongside::evidence
