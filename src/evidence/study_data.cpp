#include "evidence/study_data.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fstream>
#include <map>

#include "evidence/csv.h"
#include "evidence/numbers.h"
#include "evidence/plan_reading.h"

namespace alongside::evidence {
namespace {

std::string place_text(const Plan& plan, const Named& named) {
    return fmt::format("{}:{}:{}", plan.file, named.at.line, named.at.column);
}

// The columns that the plan names: of the data, and of the outcomes.
std::vector<Named> data_columns(const Plan& plan) {
    std::vector<Named> out = plan.covariates;
    out.insert(out.end(), plan.subgroups.begin(), plan.subgroups.end());
    for (const auto* one : {&plan.comparison.column, &plan.method.time, &plan.method.unit,
                            &plan.prison, &plan.id}) {
        if (!one->empty()) out.push_back(*one);
    }
    for (const auto& rule : plan.who) {
        if (const auto condition = parse_condition(rule.rule.text)) {
            out.push_back({condition->column, rule.rule.at});
        }
    }
    return out;
}

std::vector<Named> outcome_columns(const Plan& plan) {
    std::vector<Named> out;
    const auto& outcome = plan.outcome;
    for (const auto* one : {&outcome.column, &outcome.time, &outcome.event, &outcome.population,
                            &outcome.before, &plan.placebo}) {
        if (!one->empty()) out.push_back(*one);
    }
    return out;
}

Fallible<bool> check_names(const Plan& plan, const std::vector<Named>& wanted,
                           const std::vector<std::string>& there, const std::string& file) {
    std::string all;
    for (const auto& one : wanted) {
        if (std::find(there.begin(), there.end(), one.text) != there.end()) continue;
        const auto near = nearest_word(one.text, there);
        all += fmt::format("{}{}: {} has no column \"{}\"{}", all.empty() ? "" : "\n",
                           place_text(plan, one), file, one.text,
                           near ? fmt::format("; did you mean \"{}\"?", *near) : "");
    }
    if (!all.empty()) return trouble(all);
    return true;
}


// Where each id stands; Trouble if one stands twice or nowhere.
Fallible<std::map<std::string, std::size_t>> by_id(const Table& table, const Plan& plan) {
    std::map<std::string, std::size_t> out;
    const auto& column = *table.find(plan.id.text);
    const auto labels = labels_of(column);
    for (std::size_t row = 0; row < labels.size(); ++row) {
        if (labels[row].empty()) {
            return trouble(fmt::format("{}: there is no \"{}\"", table.place(row, column),
                                       plan.id.text));
        }
        const auto [there, is_new] = out.emplace(labels[row], row);
        if (!is_new) {
            return trouble(fmt::format("{}: the lines {} and {} have the same \"{}\", {}; each "
                                       "person has one row", table.file,
                                       table.line_of(there->second), table.line_of(row),
                                       plan.id.text, labels[row]));
        }
    }
    return out;
}

// Puts the outcomes' columns beside the people's; who has no row there is missing them.
Fallible<bool> join_outcomes(Table& table, const Table& outcomes, const Plan& plan) {
    const auto where = by_id(outcomes, plan);
    if (!where) return tl::make_unexpected(where.error());
    const auto labels = labels_of(*table.find(plan.id.text));
    for (const auto& named : outcome_columns(plan)) {
        if (table.find(named.text)) {
            return trouble(fmt::format("{}: \"{}\" is a column of both {} and {}",
                                       place_text(plan, named), named.text, table.file,
                                       outcomes.file));
        }
        const auto& from = *outcomes.find(named.text);
        Column joined;
        joined.name = from.name;
        joined.is_number = from.is_number;
        joined.words = from.words;
        for (const auto& label : labels) {
            const auto found = where->find(label);
            const bool is_there = found != where->end();
            if (from.is_number) {
                joined.numbers.push_back(is_there ? from.numbers[found->second] : missing);
            } else {
                joined.codes.push_back(is_there ? from.codes[found->second] : missing_word);
            }
        }
        table.columns.push_back(std::move(joined));
    }
    return true;
}

Fallible<Table> read_file(const Named& file, const Plan& plan, const std::filesystem::path& folder,
                          int threads, StudyPeople& data) {
    const auto path = folder / file.text;
    const auto bytes = file_text(path, file.text);
    if (!bytes) return trouble(place_text(plan, file) + ": " + bytes.error().sentence);
    auto table = read_csv(path, {threads, file.text});
    if (table) data.files.push_back({file.text, hash_of(*bytes), table->rows});
    return table;
}

// Keeps the rows that are `kept`, and counts the others as lost.
void keep_rows(Table& table, StudyPeople& data, const std::vector<char>& kept, std::string why,
               bool is_attrition = false) {
    std::vector<std::size_t> rows;
    for (std::size_t row = 0; row < kept.size(); ++row) {
        if (kept[row]) {
            rows.push_back(row);
        } else {
            data.lost_at[data.file_rows[row]] = static_cast<int>(data.lost.size());
        }
    }
    data.lost.push_back({std::move(why), table.rows - rows.size(), 0, 0, is_attrition});
    if (rows.size() == table.rows) return;
    std::vector<std::size_t> file_rows;
    for (const auto row : rows) file_rows.push_back(data.file_rows[row]);
    data.file_rows = std::move(file_rows);
    table = rows_of(table, rows);
}

Fallible<bool> apply_rules(Table& table, const Plan& plan, StudyPeople& data) {
    for (const auto& rule : plan.who) {
        const auto condition = parse_condition(rule.rule.text);
        const auto met = condition ? met_by(*condition, table)
                                   : Fallible<std::vector<char>>(
                                         tl::make_unexpected(condition.error()));
        if (!met) return trouble(place_text(plan, rule.rule) + ": " + met.error().sentence);
        keep_rows(table, data, *met, fmt::format("left out by the rule \u201c{}\u201d: {}",
                                            rule.rule.text, rule.why));
    }
    return true;
}

// 1, 0, or missing for each row.
Fallible<std::vector<double>> arms_of(const Table& table, const Plan& plan, StudyPeople& data) {
    const auto& named = plan.comparison.column;
    const auto& wanted = plan.comparison.programme;
    const auto labels = labels_of(*table.find(named.text));
    std::vector<std::string> levels;
    for (const auto& label : labels) {
        if (!label.empty() && std::find(levels.begin(), levels.end(), label) == levels.end()) {
            levels.push_back(label);
        }
    }
    std::sort(levels.begin(), levels.end());
    data.programme_level = wanted.empty() ? "1" : wanted.text;
    if (levels.size() != 2) {
        return trouble(fmt::format("{}: the column \"{}\" must tell two groups apart; among those "
                                   "who count it has {} value{}", place_text(plan, named),
                                   named.text, levels.size(), levels.size() == 1 ? "" : "s"));
    }
    if (std::find(levels.begin(), levels.end(), data.programme_level) == levels.end()) {
        return trouble(fmt::format("{}: the column \"{}\" never says \"{}\"; it says \"{}\" or "
                                   "\"{}\". Name the value of the programme as "
                                   "comparison.programme",
                                   place_text(plan, wanted.empty() ? named : wanted), named.text,
                                   data.programme_level, levels[0], levels[1]));
    }
    std::vector<double> out(labels.size(), missing);
    for (std::size_t row = 0; row < labels.size(); ++row) {
        if (!labels[row].empty()) out[row] = labels[row] == data.programme_level;
    }
    return out;
}

std::vector<char> known(const Table& table, const std::vector<Named>& columns) {
    std::vector<char> out(table.rows, 1);
    for (const auto& named : columns) {
        const auto& column = *table.find(named.text);
        for (std::size_t row = 0; row < table.rows; ++row) {
            if (column.is_missing(row)) out[row] = 0;
        }
    }
    return out;
}

bool is_only_0_and_1(const std::vector<double>& values) {
    return std::all_of(values.begin(), values.end(), [](double v) { return v == 0 || v == 1; });
}

// The higher of two values is the yes.
std::vector<double> higher_of_two(const std::vector<double>& values) {
    const auto two = few_values(values, 2);
    auto out = values;
    for (auto& one : out) {
        if (!std::isnan(one)) one = one == two.back() && (two.size() > 1 || one != 0);
    }
    return out;
}

void add_number(const Column& column, StudyPeople& data) {
    Covariate own{column.name, column.name, column.numbers, false};
    std::vector<double> gaps(column.size()), there;
    for (std::size_t row = 0; row < column.size(); ++row) {
        gaps[row] = column.is_missing(row);
        if (!column.is_missing(row)) there.push_back(column.numbers[row]);
    }
    if (there.size() < column.size()) {
        const double middle = there.empty() ? 0 : mean_of(there);
        for (std::size_t row = 0; row < column.size(); ++row) {
            if (column.is_missing(row)) own.values[row] = middle;
        }
        const Covariate gap{column.name + ": not known", column.name, gaps, true};
        data.covariates.push_back(gap);
        data.balanced.push_back(gap);
    }
    own.is_binary = is_only_0_and_1(own.values);
    data.covariates.push_back(own);
    data.balanced.push_back(std::move(own));
}

void add_words(const Column& column, StudyPeople& data) {
    const auto level = [&](const std::string& name, std::int32_t code) {
        Covariate out{column.name + ": " + name, column.name, {}, true};
        for (const auto one : column.codes) out.values.push_back(one == code);
        return out;
    };
    const auto gaps = static_cast<std::size_t>(
        std::count(column.codes.begin(), column.codes.end(), missing_word));
    const bool is_two = column.words.size() + (gaps > 0) == 2;
    for (std::size_t i = 0; i < column.words.size(); ++i) {
        const auto one = level(column.words[i], static_cast<std::int32_t>(i));
        if (i > 0) data.covariates.push_back(one);
        if (i > 0 || !is_two) data.balanced.push_back(one);
    }
    if (gaps > 0) {
        data.covariates.push_back(level("not known", missing_word));
        data.balanced.push_back(data.covariates.back());
    }
}

Fallible<bool> take_outcome(const Plan& plan, StudyPeople& data) {
    using enum OutcomeKind;
    const auto& outcome = plan.outcome;
    const auto take = [&](const Named& named, std::vector<double>& to, bool is_yes_or_no) {
        auto values = is_yes_or_no ? yes_or_no(data.table, named, plan)
                                   : numbers_of(data.table, named, plan);
        if (values) to = std::move(*values);
        return values ? Fallible<bool>(true) : Fallible<bool>(tl::make_unexpected(values.error()));
    };
    const bool is_time = outcome.kind == time_to_first;
    auto done = take(is_time ? outcome.time : outcome.column, data.outcome, outcome.kind == rate);
    if (done && is_time) done = take(outcome.event, data.event, true);
    if (done && !outcome.before.empty()) done = take(outcome.before, data.before, false);
    if (done && !outcome.population.empty()) done = take(outcome.population, data.exposure, false);
    if (!done) return done;
    const bool may_be_negative = outcome.kind == score || outcome.kind == level;
    for (std::size_t row = 0; row < data.table.rows; ++row) {
        const auto wrong = [&](const Named& named, const char* what, double value) {
            return trouble(fmt::format("{}: the column \"{}\" (named at {}) has the {} {}",
                                       data.table.place(row, *data.table.find(named.text)),
                                       named.text, place_text(plan, named), what, value));
        };
        if (!may_be_negative && data.outcome[row] < 0) {
            return wrong(is_time ? outcome.time : outcome.column,
                         is_time ? "negative time" : "negative count", data.outcome[row]);
        }
        const bool is_count = outcome.kind == frequency || outcome.kind == per_1000;
        const double count = data.outcome[row];
        if (is_count && !std::isnan(count) && count != std::floor(count)) {
            return wrong(outcome.column, "count that isn't whole,", data.outcome[row]);
        }
        if (!data.exposure.empty() && data.exposure[row] <= 0) {
            return wrong(outcome.population, "size", data.exposure[row]);
        }
    }
    if (!plan.placebo.empty()) {
        const auto* column = data.table.find(plan.placebo.text);
        data.placebo_is_binary = !column->is_number || !few_values(column->numbers, 2).empty();
        done = take(plan.placebo, data.placebo, !column->is_number);
        if (done && column->is_number && data.placebo_is_binary)
            data.placebo = higher_of_two(data.placebo);
        return done;
    }
    return true;
}

// A score of two values is a rate by another name: its mean tells how many have each.
Fallible<bool> check_score(const Plan& plan, const StudyPeople& data) {
    if (plan.outcome.kind != OutcomeKind::score) return true;
    const auto values = few_values(data.outcome, 2);
    if (values.size() != 2) return true;
    return trouble(fmt::format("{}: \"{}\" has two values only, {} and {}, so it is no score: use "
                               "kind = \"rate\", with a column of 0 and 1, or of two words",
                               place_text(plan, plan.outcome.column), plan.outcome.column.text,
                               values[0], values[1]));
}

Fallible<bool> check_horizon(const Plan& plan, const StudyPeople& data) {
    const auto& outcome = plan.outcome;
    if (outcome.kind != OutcomeKind::time_to_first || !outcome.horizon) return true;
    const double longest = *std::ranges::max_element(data.outcome);
    if (*outcome.horizon <= longest) return true;
    return trouble(fmt::format("{}:{}:{}: the horizon {:g} lies beyond all follow-up: the longest "
                               "in \"{}\" is {:g}", plan.file, outcome.horizon_at.line,
                               outcome.horizon_at.column, *outcome.horizon, outcome.time.text,
                               longest));
}

// Of which group those were who were lost, by the column as it stands in the file.
void count_groups_lost(const std::vector<std::string>& labels, const std::string& other,
                       StudyPeople& data) {
    for (std::size_t row = 0; row < labels.size(); ++row) {
        if (data.lost_at[row] < 0) continue;
        auto& lost = data.lost[static_cast<std::size_t>(data.lost_at[row])];
        lost.programme += labels[row] == data.programme_level;
        lost.other += labels[row] == other;
    }
}

// Leaves those who count and are complete; counts the others by why.
Fallible<bool> choose(Table& table, const Plan& plan, StudyPeople& data) {
    const auto in_file = plan.comparison.column.empty()
                             ? std::vector<std::string>{}
                             : labels_of(*table.find(plan.comparison.column.text));
    if (const auto done = apply_rules(table, plan, data); !done) return done;
    const auto nobody = [&] {
        return trouble(fmt::format("{}: nobody in {} is left by the rules of who counts", plan.file,
                                   table.file));
    };
    if (table.rows == 0) return nobody();
    const bool has_groups = !plan.comparison.column.empty();
    if (has_groups) {
        keep_rows(table, data, known(table, {plan.comparison.column}),
             "left out: not known who was in the programme");
        auto found = arms_of(table, plan, data);
        if (!found) return tl::make_unexpected(found.error());
    }
    const bool drops = !plan.missing_indicator && !plan.covariates.empty();
    if (drops) {
        keep_rows(table, data, known(table, plan.covariates), "left out: a covariate is not known",
                  true);
    }
    auto needed = outcome_columns(plan);
    for (const auto* one : {&plan.method.time, &plan.method.unit}) {
        if (!one->empty()) needed.push_back(*one);
    }
    keep_rows(table, data, known(table, needed),
         plan.outcomes.empty() ? "left out: the outcome is not known"
                               : "left out: no outcome in " + plan.outcomes.text, true);
    if (table.rows == 0) return nobody();
    if (has_groups) {
        const auto found = arms_of(table, plan, data);
        if (!found) return tl::make_unexpected(found.error());
        for (const double one : *found) data.arm.push_back(one == 1);
        const auto labels = labels_of(*table.find(plan.comparison.column.text));
        const auto other = std::ranges::find(data.arm, 0) - data.arm.begin();
        count_groups_lost(in_file, labels[static_cast<std::size_t>(other)], data);
    }
    if (plan.missing_indicator) {
        const auto whole = known(table, plan.covariates);
        data.filled_in = static_cast<std::size_t>(std::count(whole.begin(), whole.end(), 0));
    }
    return true;
}

// The names in a CSV's first line.
Fallible<std::vector<std::string>> header_of(const std::filesystem::path& path,
                                             const std::string& shown_as) {
    std::ifstream in(path, std::ios::binary);
    std::string line;
    if (!in || !std::getline(in, line)) return trouble(shown_as + ": can't be read; is it there?");
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.starts_with("\xef\xbb\xbf")) line.erase(0, 3);
    const char between = line.find('\t') != std::string::npos ? '\t' : ',';
    std::vector<std::string> out(1);
    bool is_quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '"' && is_quoted && i + 1 < line.size() && line[i + 1] == '"') {
            out.back() += line[++i];
        } else if (line[i] == '"') {
            is_quoted = !is_quoted;
        } else if (line[i] == between && !is_quoted) {
            out.emplace_back();
        } else {
            out.back() += line[i];
        }
    }
    return out;
}

}  // namespace

Fallible<bool> check_headers(const Plan& plan, const std::filesystem::path& folder) {
    for (const auto& rule : plan.who) {
        const auto condition = parse_condition(rule.rule.text);
        if (!condition) {
            return trouble(place_text(plan, rule.rule) + ": " + condition.error().sentence);
        }
    }
    const auto names = header_of(folder / plan.data.text, plan.data.text);
    if (!names) return trouble(place_text(plan, plan.data) + ": " + names.error().sentence);
    auto wanted = data_columns(plan);
    const auto outcomes = outcome_columns(plan);
    if (plan.outcomes.empty()) wanted.insert(wanted.end(), outcomes.begin(), outcomes.end());
    if (const auto fine = check_names(plan, wanted, *names, plan.data.text); !fine) return fine;
    std::error_code error;
    if (!plan.outcomes.empty() && std::filesystem::exists(folder / plan.outcomes.text, error)) {
        const auto others = header_of(folder / plan.outcomes.text, plan.outcomes.text);
        if (!others) return tl::make_unexpected(others.error());
        auto theirs = outcomes;
        theirs.push_back(plan.id);
        return check_names(plan, theirs, *others, plan.outcomes.text);
    }
    return true;
}

Fallible<StudyPeople> read_study_data(const Plan& plan, const std::filesystem::path& folder,
                                    int threads) {
    StudyPeople data;
    auto table = read_file(plan.data, plan, folder, threads, data);
    if (!table) return tl::make_unexpected(table.error());
    auto fine = check_headers(plan, folder);
    if (fine && !plan.id.empty()) {
        if (const auto ids = by_id(*table, plan); !ids) fine = tl::make_unexpected(ids.error());
    }
    if (fine && !plan.outcomes.empty()) {
        const auto outcomes = read_file(plan.outcomes, plan, folder, threads, data);
        if (!outcomes) return tl::make_unexpected(outcomes.error());
        // As they stand there: beside the people a line would be that of another file.
        StudyPeople as_they_stand;
        as_they_stand.table = *outcomes;
        fine = take_outcome(plan, as_they_stand);
        if (fine) fine = join_outcomes(*table, *outcomes, plan);
    }
    if (!fine) return tl::make_unexpected(fine.error());
    data.in_file = table->rows;
    for (std::size_t row = 0; row < table->rows; ++row) data.file_rows.push_back(row);
    data.lost_at.assign(table->rows, -1);
    if (fine = choose(*table, plan, data); !fine) return tl::make_unexpected(fine.error());
    data.table = std::move(*table);
    for (const auto& named : plan.covariates) {
        const auto& column = *data.table.find(named.text);
        if (column.is_number) {
            add_number(column, data);
        } else {
            add_words(column, data);
        }
    }
    if (fine = take_outcome(plan, data); fine) fine = check_horizon(plan, data);
    if (fine) fine = check_score(plan, data);
    if (!fine) return tl::make_unexpected(fine.error());
    return data;
}

}  // namespace alongside::evidence
