#include "evidence/plan.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cstdint>
#include <fmt/format.h>
#include <fstream>
#include <limits>
#include <sodium.h>
#include <sstream>

#include "base/ensure.h"
#include "evidence/plan_reading.h"

namespace alongside::evidence {
namespace {

constexpr double no_most = std::numeric_limits<double>::infinity();

const std::vector<std::string>& outcome_words() {
    static const std::vector<std::string> words{"rate",     "frequency", "time to first",
                                                "per 1000", "score",     "level"};
    return words;
}

const std::vector<std::string>& method_words() {
    static const std::vector<std::string> words{"matched",
                                                "randomised",
                                                "interrupted time series",
                                                "difference in differences",
                                                "stepped rollout",
                                                "before and after"};
    return words;
}

void read_data(PlanTable top, Plan& plan) {
    plan.data = top.text("file", true);
    plan.outcomes = top.text("outcomes");
    plan.id = top.text("id", !plan.outcomes.empty());
    plan.prison = top.text("prison");
    top.close();
}

void read_who(std::vector<PlanTable> rules, Plan& plan) {
    for (auto& one : rules) {
        InclusionRule rule;
        rule.rule = one.text("rule", true);
        rule.why = one.words("why", "", true);
        one.close();
        plan.who.push_back(std::move(rule));
    }
}

void read_comparison(PlanTable table, Plan& plan) {
    auto& to = plan.comparison;
    to.column = table.text("column", true);
    to.programme = table.value("programme");
    to.programme_name = table.words("programme_name", to.programme_name);
    to.other_name = table.words("other_name", to.other_name);
    table.close();
}

bool is_counted(OutcomeKind kind) {
    return kind == OutcomeKind::rate || kind == OutcomeKind::frequency ||
           kind == OutcomeKind::per_1000;
}

void read_outcome(PlanTable table, Plan& plan, PlanMistakes& mistakes) {
    auto& to = plan.outcome;
    to.at = table.place();
    if (const auto kind = table.one_of("kind", outcome_words(), true)) {
        to.kind = static_cast<OutcomeKind>(*kind);
    }
    const bool is_time = to.kind == OutcomeKind::time_to_first;
    to.column = table.text("column", !is_time);
    to.time = table.text("time", is_time);
    to.event = table.text("event", is_time);
    to.before = table.text("before");
    to.population = table.text("population", to.kind == OutcomeKind::per_1000);
    to.horizon = table.number("horizon", 1e-9, no_most);
    to.horizon_at = table.place("horizon");
    const auto unit = table.text("unit");
    to.unit = unit.text;
    to.words = table.words("words", "", true);
    const auto better = table.one_of("better", {"lower", "higher"}, true);
    to.lower_is_better = better.value_or(0) == 0;
    table.close();
    if (!to.before.empty() && to.kind != OutcomeKind::score) {
        mistakes.add(to.before.at,
                     "\"outcome.before\" belongs to an outcome of the kind \"score\"");
    }
    if (!unit.empty() && is_counted(to.kind)) {
        mistakes.add(unit.at, "\"outcome.unit\" belongs to an outcome of the kind \"time to "
                              "first\", \"score\" or \"level\": the others are counted");
    }
    if (is_time && !to.column.empty()) {
        mistakes.add(to.column.at, "an outcome of the kind \"time to first\" has \"time\" and "
                                   "\"event\", not \"column\"");
    }
}

bool is_series(MethodKind kind) {
    return kind == MethodKind::interrupted_series || kind == MethodKind::differences ||
           kind == MethodKind::stepped;
}

// What is to be explained can't explain itself, nor say who is compared.
void check_outcome_apart(const Plan& plan, PlanMistakes& mistakes) {
    const auto& outcome = plan.outcome;
    const auto check = [&](const Named& named, const char* as) {
        for (const auto* one : {&outcome.column, &outcome.time, &outcome.event}) {
            if (one->empty() || one->text != named.text) continue;
            mistakes.add(named.at, fmt::format("\"{}\" is the outcome: it can't be {} as well",
                                               named.text, as));
        }
    };
    const bool is_matched = plan.method.kind == MethodKind::matched;
    for (const auto& one : plan.covariates)
        check(one, is_matched ? "what people are matched on" : "a covariate");
    for (const auto& one : plan.subgroups) check(one, "a subgroup");
    check(plan.comparison.column, "what tells the groups apart");
    check(plan.placebo, "what the programme can't have changed");
}

void check_fit(const Plan& plan, PlanMistakes& mistakes) {
    using enum OutcomeKind;
    const auto method = plan.method.kind;
    const auto outcome = plan.outcome.kind;
    const bool of_people = method == MethodKind::matched || method == MethodKind::randomised;
    const auto cannot = [&](const std::string& why) {
        mistakes.add(plan.outcome.at,
                     fmt::format("an outcome of the kind \"{}\" doesn't fit the method \"{}\": {}",
                                 plan_word(outcome), plan_word(method), why));
    };
    if (of_people && (outcome == per_1000 || outcome == level)) {
        cannot("the method compares people, the outcome is a prison's");
    }
    if (is_series(method) && outcome != per_1000 && outcome != level) {
        cannot("the method follows prisons over time: use \"per 1000\" or \"level\"");
    }
    if (method == MethodKind::before_after && outcome != score) {
        cannot("it needs the same \"score\" before and after");
    }
    if (method == MethodKind::before_after && plan.outcome.before.empty()) {
        mistakes.add(plan.outcome.at, "\"outcome.before\" is missing: the column of the score "
                                      "beforehand");
    }
    if (!is_series(method) && plan.smallest_worthwhile > 100 && outcome == rate) {
        mistakes.add(plan.method.at, "\"effect.smallest_worthwhile\" is in people of 100");
    }
    check_outcome_apart(plan, mistakes);
    if (method == MethodKind::matched && plan.covariates.empty()) {
        mistakes.add(plan.method.at, "a matched comparison needs \"covariates\" to match on");
    }
}

void read_method(PlanTable table, Plan& plan) {
    auto& to = plan.method;
    to.at = table.place();
    if (const auto kind = table.one_of("kind", method_words(), true)) {
        to.kind = static_cast<MethodKind>(*kind);
    }
    const bool series = is_series(to.kind);
    const bool only_series = to.kind == MethodKind::interrupted_series;
    if (to.kind == MethodKind::matched) {
        to.caliper = table.number("caliper", 1e-6, 10).value_or(to.caliper);
        to.caliper_on_logit =
            table.one_of("caliper_of", {"score", "logit"}, false).value_or(0) == 1;
        if (table.has("other_calipers")) {
            to.other_calipers = table.numbers("other_calipers", 1e-6, 10);
        }
    } else {
        for (const char* key : {"caliper", "caliper_of", "other_calipers"})
            table.belongs_to(key, "\"matched\"");
    }
    if (series) to.time = table.text("time", true);
    if (series && !only_series) to.unit = table.text("unit", true);
    if (only_series || to.kind == MethodKind::differences) {
        to.starts = table.number("starts", -no_most, no_most, true);
    }
    if (only_series) {
        to.season = table.whole("season", to.season, 2, 400);
        to.season_pairs = table.whole("season_pairs", 0, 0, 6);
        to.lag = table.whole("lag", 0, 0, 100);
    } else {
        for (const char* key : {"season", "season_pairs", "lag"})
            table.belongs_to(key, "\"interrupted time series\"");
    }
    table.close();
}

// A better result never pays less.
void check_payments(const std::vector<PlanPayment>& payments, PlanMistakes& mistakes) {
    for (std::size_t i = 0; i + 1 < payments.size(); ++i) {
        const auto &better = payments[i], &worse = payments[i + 1];
        if (better.reduction == worse.reduction) {
            mistakes.add(worse.at, fmt::format("two steps pay from a reduction of {:g}",
                                               worse.reduction));
        } else if (better.pays < worse.pays) {
            mistakes.add(better.at,
                         fmt::format("the step from {:g} pays {:g}, less than the {:g} that are "
                                     "paid from {:g} on: a better result can't pay less",
                                     better.reduction, better.pays, worse.pays, worse.reduction));
        }
    }
}

void read_cost(PlanTable table, Plan& plan, PlanMistakes& mistakes) {
    if (!table.is_there()) return;
    CostPlan cost;
    cost.total = table.number("total", 0, no_most, true).value_or(0);
    cost.currency = table.words("currency", cost.currency);
    cost.sessions = table.number("sessions", 1e-9, no_most);
    cost.contact_hours = table.number("contact_hours", 1e-9, no_most);
    cost.staff_hours = table.number("staff_hours", 1e-9, no_most);
    cost.worth_of_outcome = table.number("worth_of_outcome", 0, no_most);
    for (auto& one : table.tables("payment")) {
        cost.payments.push_back({one.number("reduction", 0, 100, true).value_or(0),
                                 one.number("pays", 0, no_most, true).value_or(0),
                                 one.place("pays")});
        one.close();
    }
    std::stable_sort(
        cost.payments.begin(), cost.payments.end(),
        [](const PlanPayment& a, const PlanPayment& b) { return a.reduction > b.reduction; });
    check_payments(cost.payments, mistakes);
    table.close();
    plan.cost = std::move(cost);
}

void read_rest(PlanTable& top, Plan& plan, PlanMistakes& mistakes) {
    plan.covariates = top.texts("covariates");
    plan.subgroups = top.texts("subgroups");
    plan.placebo = top.text("placebo");
    for (auto& one : top.texts("not_measured")) plan.not_measured.push_back(std::move(one.text));
    plan.level = top.number("level", 0.5, 0.999).value_or(plan.level);
    plan.seed = static_cast<std::uint64_t>(
        top.whole("seed", 1, 0, std::numeric_limits<int>::max()));
    auto effect = top.table("effect", true);
    plan.smallest_worthwhile = effect.number("smallest_worthwhile", 1e-9, no_most,
                                             effect.is_there()).value_or(0);
    plan.power = effect.number("power", 0.5, 0.999).value_or(plan.power);
    effect.close();
    auto gaps = top.table("missing");
    plan.missing_indicator = gaps.one_of("method", {"listwise", "indicator"}, false)
                                 .value_or(0) == 1;
    gaps.close();
    auto small = top.table("suppression");
    plan.smallest_cell = small.whole("smallest_cell", plan.smallest_cell, 0, 1000);
    small.close();
    read_cost(top.table("cost"), plan, mistakes);
}

// "outcome.kind = \"rate\"", sorted by key; lists count their places.
void flatten(const toml::node& node, const std::string& name, std::vector<std::string>& out) {
    if (const auto* table = node.as_table()) {
        for (const auto& [key, inner] : *table) {
            flatten(inner, name.empty() ? std::string(key.str()) : name + "." + key.str().data(),
                    out);
        }
    } else if (const auto* list = node.as_array()) {
        std::size_t place = 0;
        for (const auto& inner : *list) flatten(inner, fmt::format("{}[{}]", name, place++), out);
        if (list->empty()) out.push_back(name + " = []");
    } else if (const auto word = node.value_exact<std::string>()) {
        out.push_back(name + " = " + boost::json::serialize(boost::json::value(*word)));
    } else if (const auto real = node.value<double>(); node.is_number() && real) {
        out.push_back(fmt::format("{} = {}", name, *real));
    } else if (const auto truth = node.value_exact<bool>()) {
        out.push_back(fmt::format("{} = {}", name, *truth));
    } else {
        out.push_back(name + " = (a date)");
    }
}

}  // namespace

std::string unit_of(const Plan& plan) {
    if (!plan.outcome.unit.empty() || is_counted(plan.outcome.kind)) return plan.outcome.unit;
    return plan.outcome.kind == OutcomeKind::time_to_first ? "weeks" : "points";
}

const char* plan_word(OutcomeKind kind) {
    return outcome_words()[static_cast<std::size_t>(kind)].c_str();
}

const char* plan_word(MethodKind kind) {
    return method_words()[static_cast<std::size_t>(kind)].c_str();
}

Plan plan_in(const toml::table& read, PlanMistakes& mistakes) {
    Plan plan;
    PlanTable top(&read, "", {1, 1}, mistakes);
    plan.title = top.words("title", "", true);
    plan.question = top.words("question", "", true);
    read_data(top.table("data", true), plan);
    read_who(top.tables("who"), plan);
    read_outcome(top.table("outcome", true), plan, mistakes);
    read_method(top.table("method", true), plan);
    const bool is_paired = plan.method.kind == MethodKind::before_after ||
                           plan.method.kind == MethodKind::interrupted_series;
    if (!is_paired) {
        read_comparison(top.table("comparison", true), plan);
    } else if (top.has("comparison")) {
        top.table("comparison");
        mistakes.add(top.place("comparison"),
                     fmt::format("the method \"{}\" has no comparison group",
                                 plan_word(plan.method.kind)));
    }
    read_rest(top, plan, mistakes);
    top.close();
    if (mistakes.none()) check_fit(plan, mistakes);
    return plan;
}

Fallible<Plan> parse_plan(const std::string& text, const std::string& shown_as) {
    toml::table read;
    try {
        read = toml::parse(text, shown_as);
    } catch (const toml::parse_error& error) {
        return trouble(fmt::format("{}:{}:{}: {}", shown_as, error.source().begin.line,
                                   error.source().begin.column, error.description()));
    }
    PlanMistakes mistakes(shown_as);
    auto plan = plan_in(read, mistakes);
    plan.file = shown_as;
    if (!mistakes.none()) return trouble(mistakes.text());
    flatten(read, "", plan.canonical);
    std::sort(plan.canonical.begin(), plan.canonical.end());
    return plan;
}

Fallible<std::string> file_text(const std::filesystem::path& path, const std::string& shown_as) {
    std::error_code none;
    if (std::filesystem::is_directory(path, none)) {
        return trouble(shown_as + ": this is a folder, not a file");
    }
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    if (!in || (in.peek() != std::ifstream::traits_type::eof() && !(text << in.rdbuf()))) {
        return trouble(shown_as + ": can't be read; is it there?");
    }
    return text.str();
}

Fallible<Plan> read_plan(const std::filesystem::path& path, const std::string& shown_as) {
    const auto text = file_text(path, shown_as);
    if (!text) return tl::make_unexpected(text.error());
    return parse_plan(*text, shown_as);
}

std::string hash_of(std::string_view bytes) {
    ENSURE(sodium_init() >= 0);
    unsigned char digest[crypto_generichash_BYTES];
    ENSURE(crypto_generichash(digest, sizeof digest,
                              reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                              nullptr, 0) == 0);
    std::string out;
    for (const unsigned char byte : digest) out += fmt::format("{:02x}", byte);
    return out;
}

std::string hash_of(const std::vector<std::string>& lines) {
    std::string whole;
    for (const auto& line : lines) whole += line + '\n';
    return hash_of(whole);
}

}  // namespace alongside::evidence
