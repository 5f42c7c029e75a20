// The plan of a study: what is asked, of whom, and how it will be answered. Written in TOML and
// locked before anyone has seen an outcome.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "evidence/trouble.h"

namespace alongside::evidence {

// Where something stands in the plan's file, for messages about it.
struct PlanPlace {
    unsigned line = 0, column = 0;
};

// A text of the plan that names something in the data.
struct Named {
    std::string text;
    PlanPlace at;
    bool empty() const { return text.empty(); }
};

enum class OutcomeKind {
    rate,               // did it happen to a person within the follow-up: yes or no
    frequency,          // how many times it happened to a person
    time_to_first,      // how long until it first happened to a person
    per_1000,           // how often a month among so many people of a prison
    score,              // attendance, learning, wellbeing: a number for a person
    level,              // a number for a unit and a period, as it stands
};

enum class MethodKind {
    matched,            // each person of the programme with a similar one who had none of it
    randomised,         // who got the programme was drawn by lot
    interrupted_series, // one series of periods, before and after the start
    differences,        // units that started against units that didn't, before and after
    stepped,            // units that start one after the other
    before_after,       // the same people before and after
};

struct InclusionRule {
    Named rule;                         // "age >= 18"
    std::string why;
};

struct PlanPayment {
    double reduction = 0;               // fewer people with the outcome of 100
    double pays = 0;                    // for each person of the programme
    PlanPlace at;
};

struct CostPlan {
    double total = 0;                   // money, in `currency`
    std::string currency = "£";
    std::optional<double> sessions, contact_hours, staff_hours;
    std::optional<double> worth_of_outcome;     // what one outcome fewer is worth
    std::vector<PlanPayment> payments;              // by falling reduction
};

struct Plan {
    std::string file;                   // of the plan, as it was typed
    std::string title, question;
    Named data, outcomes, id, prison;   // `outcomes`: a file of its own; empty: in `data`
    std::vector<InclusionRule> who;

    struct {
        Named column;
        Named programme;                // the value that says so; empty: 1
        std::string programme_name = "the programme", other_name = "the comparison";
    } comparison;

    struct {
        OutcomeKind kind = OutcomeKind::rate;
        PlanPlace at;
        Named column;                   // yes or no, count, score; of per_1000: the count
        Named time, event;              // of time_to_first
        Named before;                   // the same score beforehand
        Named population;               // of per_1000; of frequency: the time at risk
        std::optional<double> horizon;  // follow-up, in units of time
        PlanPlace horizon_at;
        std::string unit;               // as the plan says it; see `unit_of`
        std::string words;              // "were re-arrested"; of scores: "wellbeing score"
        bool lower_is_better = true;
    } outcome;

    std::vector<Named> covariates, subgroups;
    Named placebo;                      // an outcome that the programme can't have changed

    struct {
        MethodKind kind = MethodKind::matched;
        PlanPlace at;
        double caliper = 0.2;           // in standard deviations of the score
        bool caliper_on_logit = false;
        std::vector<double> other_calipers{0.1, 0.3};
        Named time, unit;               // of series and panels
        std::optional<double> starts;   // the first period with the programme
        int season = 12, season_pairs = 0;      // periods a year; pairs of waves
        int lag = 0;                    // of Newey–West
    } method;

    double smallest_worthwhile = 0;     // see `docs/evidence-methods/50-study-designs.md`
    double power = 0.8, level = 0.95;
    bool missing_indicator = false;     // otherwise listwise
    int smallest_cell = 5;              // smaller counts aren't shown; 0: all are
    std::vector<std::string> not_measured;
    std::optional<CostPlan> cost;
    std::uint64_t seed = 1;

    // Every key with its value, as `key = value`, sorted: what is hashed and compared.
    std::vector<std::string> canonical;
};

// Trouble lists every mistake with file:line:column; a key that isn't known comes with the nearest
// that is.
Fallible<Plan> read_plan(const std::filesystem::path& path, const std::string& shown_as);
Fallible<Plan> parse_plan(const std::string& text, const std::string& shown_as);

// BLAKE2b of `bytes`, 32 bytes long, in hexadecimal.
std::string hash_of(std::string_view bytes);
// Of lines, each with its end.
std::string hash_of(const std::vector<std::string>& lines);
// The whole file; Trouble names it.
Fallible<std::string> file_text(const std::filesystem::path& path, const std::string& shown_as);

// What the outcome is measured in: of a time weeks, of a score or level points, unless the plan
// says otherwise; empty for what is counted.
std::string unit_of(const Plan& plan);

const char* plan_word(OutcomeKind kind);
const char* plan_word(MethodKind kind);

}  // namespace alongside::evidence
