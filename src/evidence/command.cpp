#include "evidence/command.h"

#include <fmt/format.h>

#include <cmath>
#include <memory>
#include <new>
#include <thread>

#include "base/command.h"
#include "evidence/csv.h"
#include "evidence/evidence.h"
#include "evidence/large_pages.h"

namespace alongside::evidence {
namespace {

using Moment = std::chrono::steady_clock::time_point;
double seconds_between(Moment from, Moment to) {
    return std::chrono::duration<double>(to - from).count();
}

void say_trouble(const Desk& desk, const CommonOptions& options, const std::string& sentence) {
    desk.exit_code = bad_input_code;
    if (options.as_json) {
        desk.console.out << boost::json::serialize(boost::json::object{
                                {"errorCode", "evidence.bad_input"}, {"userMessage", sentence}})
                         << '\n';
    } else {
        desk.console.problems << sentence << '\n';
    }
}

void say_output(const Desk& desk, const CommonOptions& options, Output output, double read,
                double fit) {
    desk.exit_code = output.warnings.empty() ? fine_code : doubtful_code;
    if (options.as_json) {
        output.json["warnings"] = boost::json::value_from(output.warnings);
        output.json["seconds"] = {{"read", read}, {"fit", fit}};
        desk.console.out << boost::json::serialize(output.json) << '\n';
        return;
    }
    desk.console.out << output.text;
    if (!output.text.ends_with('\n')) desk.console.out << '\n';
    for (const auto& warning : output.warnings) {
        desk.console.out << "Warning: " << warning << '\n';
    }
}

// Values are kept of columns that were typed somewhere; `.` stands for all of them.
std::function<bool(const std::string&)> wanted_columns(const Command& command,
                                                       const CommonOptions& options) {
    const auto formula = parse_formula(options.formula);
    if (options.formula.empty() || !formula || formula->has_dot) return {};
    std::string typed;
    for (const auto& word : command.typed()) typed += word + '\n';
    return [typed](const std::string& name) {
        const bool is_quoted_otherwise = name.find_first_of("`\\") != std::string::npos;
        return is_quoted_otherwise || typed.find(name) != std::string::npos;
    };
}

void run_command(const Desk& desk, const Command& command, const CommonOptions& options,
                 const Run& run) {
    const auto begin = std::chrono::steady_clock::now();
    keep_memory();
    try {
        auto table =
            options.file.empty()
                ? Fallible<Table>(Table{})
                : read_csv(desk.console.file(options.file),
                           {.threads = options.threads,
                            .shown_as = options.file,
                            .is_wanted = wanted_columns(command, options)});
        if (!table) return say_trouble(desk, options, table.error().sentence);
        const auto read = std::chrono::steady_clock::now();
        auto output = run(options, *table);
        if (!output) return say_trouble(desk, options, output.error().sentence);
        const auto done = std::chrono::steady_clock::now();
        say_output(desk, options, std::move(*output), seconds_between(begin, read),
                   seconds_between(read, done));
    } catch (const std::bad_alloc&) {
        say_trouble(desk, options, options.file + ": too much for the memory of this machine");
    }
}

std::size_t characters_in(std::string_view text) {
    std::size_t out = 0;
    for (const char c : text) out += (c & 0xC0) != 0x80 ? 1 : 0;
    return out;
}

}  // namespace

Command* add_command(Command& evidence, const Desk& desk, const std::string& name,
                      const std::string& about, Takes takes, Run run) {
    auto* command = evidence.add_subcommand(name, about);
    auto options = std::make_shared<CommonOptions>();
    options->threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    command->add_option("FILE", options->file, "A CSV file with a header line")->required();
    if (takes.formula) {
        command->add_option("FORMULA", options->formula, "As in R: 'outcome ~ age + factor(wing)'")
            ->required();
    }
    if (takes.weights) {
        command->add_option("--weights", options->weights, "A column of weights");
    }
    if (takes.cluster) {
        command->add_option("--cluster", options->cluster,
                            "A column that says who belongs together");
    }
    if (takes.level) {
        command->add_option("--level", options->level, "Of the confidence intervals")
            ->capture_default_str()
            ->within(0.5, 0.9999);
    }
    command->add_option("--threads", options->threads, "Threads; the answer is the same for any")
        ->within(1, 256);
    command->add_flag("--json", options->as_json, "Print the result as JSON");
    command->callback([desk, command, options, run = std::move(run)] {
        run_command(desk, *command, *options, run);
    });
    return command;
}

boost::json::value number(double value) {
    if (std::isnan(value)) return "NA";
    if (std::isinf(value)) return value > 0 ? "Inf" : "-Inf";
    return value;
}

std::string PrintedTable::text() const {
    std::vector<std::size_t> widths;
    const auto widen = [&](const std::vector<std::string>& row, std::size_t from) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (widths.size() <= i + from) widths.resize(i + from + 1, 0);
            widths[i + from] = std::max(widths[i + from], characters_in(row[i]));
        }
    };
    // The heads stand over the numbers; a table with a head for the names has one more.
    std::size_t cells = 0;
    for (const auto& row : rows) cells = std::max(cells, row.size());
    const std::size_t from = heads.size() + 1 == cells ? 1 : 0;
    widen(heads, from);
    for (const auto& row : rows) widen(row, 0);
    std::string out;
    const auto print = [&](const std::vector<std::string>& row, std::size_t first) {
        std::string line;
        for (std::size_t i = 0; i < widths.size(); ++i) {
            const auto cell = i < first || i - first >= row.size() ? std::string() : row[i - first];
            const std::string blanks(widths[i] - characters_in(cell), ' ');
            if (i > 0) line += ' ';
            line += i == 0 ? cell : blanks;
            line += i == 0 ? blanks : cell;
        }
        line.erase(line.find_last_not_of(' ') + 1);
        out += line + '\n';
    };
    print(heads, from);
    for (const auto& row : rows) print(row, 0);
    return out;
}

}  // namespace alongside::evidence
