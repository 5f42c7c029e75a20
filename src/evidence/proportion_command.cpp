// `evidence proportion`: shares, and how two of them differ, from counts or from a CSV.
#include <fmt/format.h>

#include <cmath>
#include <memory>

#include "base/command.h"
#include "evidence/command.h"
#include "evidence/numbers.h"
#include "evidence/plain_words.h"
#include "evidence/table_columns.h"
#include "evidence/two_proportions.h"

namespace alongside::evidence {

namespace {

struct ProportionTyped {
    double events = -1, of = -1;
    std::string versus, outcome, by, count;
    bool is_good = false;
};

struct ShareGroup {
    std::string name;
    EventsOf count;
};

struct Shares {
    std::vector<ShareGroup> groups;      // the first is what the others are compared with
    std::string event = "the event";
    std::size_t missing_rows = 0;
};

Fallible<EventsOf> whole_counts(double events, double of) {
    const bool is_whole = events == std::floor(events) && of == std::floor(of);
    if (!is_whole || events < 0 || of < 0 || of > 9e15)
        return trouble(fmt::format("{} of {}: counts are whole numbers, 0 or more",
                                   printed(events, 15), printed(of, 15)));
    if (events > of)
        return trouble(fmt::format("{} of {}: there can't be more events than people",
                                   printed(events, 15), printed(of, 15)));
    return EventsOf{events, of};
}

Fallible<Shares> typed_shares(const ProportionTyped& typed) {
    const auto first = whole_counts(typed.events, typed.of);
    if (!first) return tl::make_unexpected(first.error());
    Shares shares;
    if (!typed.versus.empty()) {
        double events = 0, of = 0;
        char end = 0;
        if (std::sscanf(typed.versus.c_str(), "%lf/%lf%c", &events, &of, &end) != 2)
            return trouble("--versus \"" + typed.versus + "\" isn't two counts; write 66/216");
        const auto second = whole_counts(events, of);
        if (!second) return tl::make_unexpected(second.error());
        shares.groups.push_back({"comparison", *second});
    }
    shares.groups.push_back({"programme", *first});
    return shares;
}

Fallible<Shares> counted_shares(const Table& table, const ProportionTyped& typed) {
    const auto outcome = yes_no_column(table, typed.outcome);
    if (!outcome) return tl::make_unexpected(outcome.error());
    Groups groups{std::vector<std::int32_t>(table.rows, 0), {"everybody"}};
    if (!typed.by.empty()) {
        auto by = group_column(table, typed.by);
        if (!by) return tl::make_unexpected(by.error());
        groups = *std::move(by);
    }
    const Column* counts = nullptr;
    if (!typed.count.empty()) {
        const auto column = count_column(table, typed.count);
        if (!column) return tl::make_unexpected(column.error());
        counts = *column;
    }
    Shares shares;
    shares.event = typed.outcome + " = " + outcome->event;
    for (const auto& name : groups.names) shares.groups.push_back({name, {}});
    for (std::size_t row = 0; row < table.rows; ++row) {
        const double people = counts ? counts->numbers[row] : 1, event = outcome->of_row[row];
        if (std::isnan(event) || std::isnan(people) || groups.of_row[row] < 0) {
            ++shares.missing_rows;
            continue;
        }
        EventsOf& count = shares.groups[static_cast<std::size_t>(groups.of_row[row])].count;
        count.of += people;
        count.events += people * event;
    }
    if (shares.groups.empty()) return trouble(table.file + ": no row is complete");
    return shares;
}

boost::json::object interval_json(Between interval) {
    return {{"lower", number(interval.lower)}, {"upper", number(interval.upper)}};
}

boost::json::object group_json(const ShareGroup& group, double level) {
    const Between interval = wilson(group.count, level);
    return {{"name", group.name},
            {"events", group.count.events},
            {"n", group.count.of},
            {"proportion", number(group.count.share())},
            {"lower", number(interval.lower)},
            {"upper", number(interval.upper)},
            {"wilson", interval_json(interval)},
            {"wilson_cc", interval_json(wilson_corrected(group.count, level))},
            {"exact", interval_json(exact_interval(group.count, level))}};
}

boost::json::object valued_json(double value, Between interval) {
    auto json = interval_json(interval);
    json["value"] = number(value);
    return json;
}

boost::json::object needed_json(const NeededToTreat& needed, double level) {
    return {{"value", number(needed.value)},
            {"helps", needed.helps},
            {"helped", {{"from", number(needed.least_helped)}, {"to", number(needed.most_helped)}}},
            {"harmed", {{"from", number(needed.least_harmed)}, {"to", number(needed.most_harmed)}}},
            {"words", needed_in_words(needed, level)}};
}

std::string shown_interval(Between interval) {
    return printed(interval.lower, 4) + " to " + printed(interval.upper, 4);
}

// One group beside what it is compared with, as text and JSON.
void compare_groups(Output& output, const ShareGroup& group, const ShareGroup& reference,
                    const std::string& event, bool is_good, double level) {
    const EventsOf a = group.count, b = reference.count;
    const double difference = a.share() - b.share(), ratio = a.share() / b.share();
    const Between newcombe = newcombe_difference(a, b, level);
    const Between score = score_difference(a, b, level), katz = katz_ratio(a, b, level);
    const Between koopman = score_ratio(a, b, level), odds = woolf_odds_ratio(a, b, level);
    const NeededToTreat needed = needed_to_treat(difference, newcombe, is_good);
    const double fisher = fisher_p(a, b);
    const std::string words = fmt::format("{} with {} in \"{}\" than in \"{}\".",
                                          of_people(newcombe), event, group.name, reference.name);
    PrintedTable table;
    const std::string width = percent(level) + " interval";
    table.heads = {"estimate", width, "method"};
    const auto line = [&](const char* name, double value, Between interval, const char* method) {
        table.rows.push_back({name, printed(value, 4), shown_interval(interval), method});
    };
    line("difference", difference, newcombe, "Newcombe hybrid score");
    line("", difference, score, "Miettinen-Nurminen");
    line("risk ratio", ratio, katz, "Katz log");
    line("", ratio, koopman, "Koopman score");
    line("odds ratio", odds_ratio(a, b), odds, "Woolf log");
    output.text += fmt::format("\n{} beside {}:\n{}Fisher's exact p = {}\n{}\n{}\n", group.name,
                               reference.name, table.text(), printed_p(fisher), words,
                               needed_in_words(needed, level));
    auto difference_json = valued_json(difference, newcombe);
    difference_json["newcombe"] = interval_json(newcombe);
    difference_json["score"] = interval_json(score);
    auto ratio_json = valued_json(ratio, katz);
    ratio_json["katz"] = interval_json(katz);
    ratio_json["score"] = interval_json(koopman);
    output.json["comparisons"].as_array().push_back(boost::json::object{
        {"name", group.name}, {"reference", reference.name}, {"difference", difference_json},
        {"risk_ratio", ratio_json}, {"odds_ratio", valued_json(odds_ratio(a, b), odds)},
        {"nnt", needed_json(needed, level)}, {"fisher", {{"p", number(fisher)}}},
        {"words", words}});
}

void test_groups(Output& output, const Shares& shares) {
    std::vector<EventsOf> counts;
    for (const auto& group : shares.groups) counts.push_back(group.count);
    const ChiSquared plain = chi_squared_of(counts, false), yates = chi_squared_of(counts, true);
    const auto json = [](const ChiSquared& test) {
        return boost::json::object{{"statistic", number(test.statistic)}, {"df", test.df},
                                   {"p", number(test.p)}};
    };
    output.json["chi_squared"] = json(plain);
    output.text += fmt::format("\nPearson's chi-squared = {}, df = {}, p = {}",
                               printed(plain.statistic, 4), plain.df, printed_p(plain.p));
    if (counts.size() == 2) {
        output.json["chi_squared_corrected"] = json(yates);
        output.text += fmt::format("; with Yates's correction {}, p = {}",
                                   printed(yates.statistic, 4), printed_p(yates.p));
    }
    output.text += '\n';
}

Output shares_output(const Shares& shares, double level, bool is_good) {
    Output output;
    output.json = {{"level", level}, {"event", shares.event},
                   {"missing", shares.missing_rows}, {"groups", boost::json::array()},
                   {"comparisons", boost::json::array()}};
    PrintedTable table;
    table.heads = {"events", "n", "share", percent(level) + " Wilson", "corrected", "exact"};
    for (const auto& group : shares.groups) {
        const EventsOf& count = group.count;
        table.rows.push_back({group.name, grouped(count.events), grouped(count.of),
                              printed(count.share(), 4), shown_interval(wilson(count, level)),
                              shown_interval(wilson_corrected(count, level)),
                              shown_interval(exact_interval(count, level))});
        output.json["groups"].as_array().push_back(group_json(group, level));
        if (count.of == 0)
            output.warnings.push_back("Nobody was seen in \"" + group.name +
                                      "\", so its share can't be known.");
    }
    output.text = fmt::format("Share with {}\n{}", shares.event, table.text());
    if (shares.missing_rows > 0)
        output.text += fmt::format("({} left out for a missing value)\n",
                                   counted(double(shares.missing_rows), "row", "rows"));
    if (shares.groups.size() < 2 || !output.warnings.empty()) return output;
    for (std::size_t i = 1; i < shares.groups.size(); ++i)
        compare_groups(output, shares.groups[i], shares.groups[0], shares.event, is_good, level);
    test_groups(output, shares);
    return output;
}

Fallible<Output> run_proportion(const CommonOptions& common, const Table& table,
                                const ProportionTyped& typed) {
    const bool has_counts = typed.events >= 0 || typed.of >= 0 || !typed.versus.empty();
    if (has_counts != common.file.empty())
        return trouble("Give either counts (--events 48 --of 216 --versus 66/216) or a FILE with "
                       "--outcome and, to compare, --by.");
    if (!common.file.empty() && typed.outcome.empty())
        return trouble("Say which column is the outcome: --outcome COLUMN");
    const auto shares = has_counts ? typed_shares(typed) : counted_shares(table, typed);
    if (!shares) return tl::make_unexpected(shares.error());
    return shares_output(*shares, common.level, typed.is_good);
}

}  // namespace

void add_proportion(Command& evidence, const Desk& desk) {
    auto typed = std::make_shared<ProportionTyped>();
    auto* command = add_command(
        evidence, desk, "proportion",
        "A share with its interval; two shares beside each other: difference, ratio, NNT",
        {.level = true},
        [typed](const CommonOptions& common, const Table& table) {
            return run_proportion(common, table, *typed);
        });
    command->get_option("FILE")->required(false);
    command->add_option("--events", typed->events, "How many had the event");
    command->add_option("--of", typed->of, "Of how many");
    command->add_option("--versus", typed->versus, "What it is compared with: 66/216");
    command->add_option("--outcome", typed->outcome, "Column: 0 or 1, or two words");
    command->add_option("--by", typed->by, "Column of groups; the first is compared with");
    command->add_option("--count", typed->count, "Column that says how many a row stands for");
    command->add_flag("--good", typed->is_good, "The event is to be wished for (a job, a course)");
}

}  // namespace alongside::evidence
