#include "evidence/study_words.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "evidence/numbers.h"

namespace alongside::evidence {
namespace {

// Whole numbers where that loses nothing that matters.
std::string amount(double value) {
    const double size = std::abs(value);
    return fixed(size, size >= 0.95 || size == 0 ? 0 : 1);
}

// As two ends of a range: whole unless they'd come out the same.
std::pair<std::string, std::string> ends_of(double from, double to) {
    auto first = amount(from), last = amount(to);
    if (first == last) {
        first = fixed(std::abs(from), 1);
        last = fixed(std::abs(to), 1);
    }
    return {first, last};
}

// "between 3 and 11 fewer", "between 4 fewer and 2 more".
std::string range_words(double lower, double upper, const std::string& unit,
                        const std::string& less, const std::string& more) {
    if (lower < 0 && upper > 0) {
        return fmt::format("between {}{} {} and {}{} {}", amount(lower), unit, less, amount(upper),
                           unit, more);
    }
    const bool is_less = upper <= 0;
    const auto [small, large] = is_less ? ends_of(upper, lower) : ends_of(lower, upper);
    return fmt::format("between {}{} and {}{} {}", small, unit, large, unit, is_less ? less : more);
}

// Whole from a hundred on; finer for what is smaller.
int places_for(double most) { return most >= 100 ? 0 : most >= 10 ? 1 : 2; }

// What stands before and after a number: a currency's sign before, a percent sign close behind.
std::pair<std::string, std::string> around_number(const std::string& unit) {
    for (const char* sign : {"$", "\u00a3", "\u20ac", "\u00a5"}) {
        if (unit.ends_with(sign)) return {unit, ""};
    }
    return {"", unit == "%" ? unit : " " + unit};
}

// Of a difference: what lies between 61% and 65% is 4 percentage points.
std::pair<std::string, std::string> around_difference(const Plan& plan) {
    const auto unit = unit_of(plan);
    return around_number(unit == "%" ? "percentage points" : unit);
}

// "between 408 dollars lower and 3,552 dollars higher", "between 1.24 and 1.99 points higher".
std::string range_of_amounts(const Plan& plan, double lower, double upper) {
    const auto [before, after] = around_difference(plan);
    const int places = places_for(std::max(std::abs(lower), std::abs(upper)));
    const auto number = [&](double v) { return before + fixed(std::abs(v), places); };
    if (lower < 0 && upper > 0) {
        return fmt::format("between {}{} lower and {}{} higher", number(lower), after,
                           number(upper), after);
    }
    const bool is_less = upper <= 0;
    return fmt::format("between {} and {}{} {}", number(is_less ? upper : lower),
                       number(is_less ? lower : upper), after, is_less ? "lower" : "higher");
}

std::string capitalised(std::string text) {
    const bool is_small = !text.empty() && text[0] >= 'a' && text[0] <= 'z';
    if (is_small) text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return text;
}

std::string against(const Plan& plan) {
    switch (plan.method.kind) {
        case MethodKind::interrupted_series:
            return "after the start than the years before would lead one to expect";
        case MethodKind::before_after: return "afterwards than before";
        case MethodKind::differences:
        case MethodKind::stepped:
        case MethodKind::matched:
        case MethodKind::randomised:
            return fmt::format("with {} than with {}", plan.comparison.programme_name,
                               plan.comparison.other_name);
    }
    return "";
}

// As many places as it needs, two at most: "5", "2.5", "1,000".
std::string neat(double value) {
    auto out = fixed(value, places_for(std::abs(value)));
    if (out.find('.') == std::string::npos) return out;
    while (out.back() == '0') out.pop_back();
    if (out.back() == '.') out.pop_back();
    return out;
}

std::string amount(std::pair<std::string, std::string> around, double value) {
    auto& [before, after] = around;
    // "1 point", "1 dollar".
    if (neat(value) == "1" && after.ends_with('s') && !after.ends_with("ss")) after.pop_back();
    return before + neat(value) + after;
}

}  // namespace

std::string level_words(double level) { return fmt::format("{:g}%", level * 100); }

std::string p_words(double p) {
    if (std::isnan(p)) return "p can't be reckoned";
    return p < 0.001 ? "p < 0.001" : "p = " + fixed(p, 3);
}

std::string plain_sentence(const Plan& plan, const Finding& found) {
    if (!found.doubt.empty()) return "No effect can be shown: " + found.doubt + ".";
    switch (found.scale) {
        case Finding::Scale::per_100:
            return fmt::format("Of 100 people, {} {} {}.",
                               range_words(found.lower, found.upper, "", "fewer", "more"),
                               plan.outcome.words, against(plan));
        case Finding::Scale::ratio:
            return fmt::format("The rate of {} was {} {}.", plan.outcome.words,
                               range_words((found.lower - 1) * 100, (found.upper - 1) * 100, "%",
                                           "lower", "higher"), against(plan));
        case Finding::Scale::points:
            return fmt::format("{}: on average {} {}.", capitalised(plan.outcome.words),
                               range_of_amounts(plan, found.lower, found.upper), against(plan));
    }
    return "";
}

std::string hazard_words(const Study& study) {
    if (!study.hazard_ratio || !study.hazard_ratio->doubt.empty()) return "";
    const auto& names = study.plan.comparison;
    const auto& plain = *study.hazard_ratio;
    auto out = fmt::format("At any one time, those with {} who could still be counted {} at {} "
                           "times the rate of those with {} (hazard ratio, {} interval {} to {}).",
                           names.programme_name, study.plan.outcome.words, fixed(plain.value, 2),
                           names.other_name, level_words(study.plan.level), fixed(plain.lower, 2),
                           fixed(plain.upper, 2));
    if (!study.adjusted_hazard_ratio) return out;
    const auto& adjusted = *study.adjusted_hazard_ratio;
    if (!adjusted.doubt.empty()) {
        return out + " With the covariates in the model as well it can\u2019t be told: " +
               adjusted.doubt + ".";
    }
    return out + fmt::format(" With the covariates in the model as well it is {} ({} to {}).",
                             fixed(adjusted.value, 2), fixed(adjusted.lower, 2),
                             fixed(adjusted.upper, 2));
}

std::string size_words(const Plan& plan, Finding::Scale scale, double value) {
    const double tenths = std::round(value * 10) / 10;
    if (scale == Finding::Scale::per_100) return neat(tenths) + " of 100 people";
    if (scale == Finding::Scale::ratio) return neat(tenths) + "%";
    return amount(around_difference(plan), value);
}

std::string in_unit(const Plan& plan) {
    const auto kind = plan.outcome.kind;
    const bool has_unit = kind == OutcomeKind::score || kind == OutcomeKind::level;
    return has_unit && !plan.outcome.unit.empty() ? ", in " + plan.outcome.unit : "";
}

int places_of(const Finding& found) {
    const double most = std::max(std::abs(found.lower), std::abs(found.upper));
    return found.scale == Finding::Scale::ratio ? 2 : most >= 1000 ? 0 : most >= 10 ? 1 : 2;
}

std::string with_interval(const Finding& found, std::optional<int> places) {
    if (!found.doubt.empty()) return "can't be told";
    const int shown = places.value_or(places_of(found));
    return fmt::format("{} ({} to {})", fixed(found.value, shown), fixed(found.lower, shown),
                       fixed(found.upper, shown));
}

std::string scale_words(const Plan& plan, Finding::Scale scale) {
    switch (scale) {
        case Finding::Scale::per_100: return "Difference for every 100 people";
        case Finding::Scale::ratio: return "Ratio of rates";
        case Finding::Scale::points:
            return "Difference of the " + plan.outcome.words + in_unit(plan);
    }
    return "";
}

std::pair<std::string, std::string> side_words(const Plan& plan) {
    const auto with = plan.method.kind == MethodKind::before_after
                          ? std::string("afterwards")
                          : "with " + plan.comparison.programme_name;
    const auto kind = plan.outcome.kind;
    if (kind == OutcomeKind::rate || kind == OutcomeKind::time_to_first) {
        return {"fewer " + with, "more " + with};
    }
    return {"lower " + with, "higher " + with};
}

std::string verdict_words(const Plan& plan, Verdict verdict) {
    // What only follows in time isn't said to come with the programme.
    const auto kind = plan.method.kind;
    const std::string when = kind == MethodKind::before_after         ? "afterwards than before"
                             : kind == MethodKind::interrupted_series ? "since the start"
                                                                      : "with the programme";
    const std::string what = kind == MethodKind::before_after ? "" : " outcome";
    const std::string article = what.empty() ? "" : "a ";
    switch (verdict) {
        case Verdict::better: return capitalised(article + "better" + what + " " + when);
        case Verdict::worse: return capitalised(article + "worse" + what + " " + when);
        case Verdict::probably_better:
            return "Probably " + article + "better" + what + " " + when;
        case Verdict::probably_worse: return "Probably " + article + "worse" + what + " " + when;
        case Verdict::no_matter: return "No difference worth having";
        case Verdict::cannot_tell: return "The data can\u2019t tell";
        case Verdict::too_few: return "Too little to say";
    }
    return "";
}

namespace {

bool is_only_just(const Study& study) { return !(study.main.p <= (1 - study.plan.level) / 5); }

}  // namespace

std::string only_probable_words(const Study& study) {
    const auto verdict = study.verdict;
    if (verdict != Verdict::probably_better && verdict != Verdict::probably_worse) return "";
    std::string out;
    if (is_only_just(study)) {
        out += " This only just excludes no difference: chance is not ruled out.";
    }
    if (study.drifted_apart()) {
        out += " The groups were drifting apart before the start: the comparison is doubtful.";
    }
    if (study.placebo_differs()) {
        out += " The groups differ, too, in what the programme can\u2019t have changed: the "
               "comparison is doubtful.";
    }
    return out;
}

namespace {

// Whether a gain is as large as the plan wanted one to be.
std::string worth_words(const Study& study, const std::string& wanted) {
    const auto gain = gain_of(study.plan, study.main);
    const double matters = worthwhile_on_scale(study.plan, study.main.scale);
    if (gain.low >= matters) {
        return fmt::format("Even the interval\u2019s smaller end is what the plan called "
                           "worthwhile ({}). ", wanted);
    }
    return fmt::format("{} less than what the plan called worthwhile ({}). ",
                       gain.high < matters ? "All of it is" : "It may be", wanted);
}

std::string to_come(const Study& study) {
    const auto kind = study.plan.method.kind;
    if (std::isnan(study.still_needed)) return "";
    if (study.still_needed <= 0) {
        return " The study is large enough to find such an effect; that it found none either way "
               "is "
               "bad luck, or the effect lies near what was called worthwhile.";
    }
    if (kind == MethodKind::matched || kind == MethodKind::randomised) {
        return fmt::format(" To have found such an effect with a chance of {:g}%, about {} more "
                           "people would have been needed in all, in the same proportions.",
                           study.plan.power * 100,
                           with_commas(static_cast<long long>(std::ceil(study.still_needed))));
    }
    return fmt::format(" To have found such an effect with a chance of {:g}%, about {} times as "
                       "much data would have been needed.", study.plan.power * 100,
                       fixed(study.still_needed + 1, 1));
}

}  // namespace

std::string verdict_meaning(const Study& study) {
    const auto& plan = study.plan;
    const auto wanted = size_words(plan, study.main.scale, plan.smallest_worthwhile);
    const bool shows_cause = plan.method.kind == MethodKind::randomised;
    const std::string cause =
        shows_cause ? "Who got it was drawn by lot, so that nothing but chance and the programme "
                      "stands between the groups."
        : plan.method.kind == MethodKind::before_after
            ? "There is no comparison: nobody can know whether this would have happened without "
              "the programme."
        : plan.method.kind == MethodKind::interrupted_series
            ? "Whether the programme is the reason depends on whether anything else changed at the "
              "same time."
            : "Whether the programme is the reason depends on how alike the comparison really is.";
    const std::string sure = "and chance alone is an unlikely reason. ";
    const std::string just = fmt::format("but only just ({}): a little more or less on one side "
                                         "could have changed the answer. ", p_words(study.main.p));
    switch (study.verdict) {
        case Verdict::better:
        case Verdict::probably_better:
            return "The whole interval lies on the better side, " +
                   (is_only_just(study) ? just : sure) + worth_words(study, wanted) + cause;
        case Verdict::worse:
        case Verdict::probably_worse:
            return "The whole interval lies on the worse side, " +
                   (is_only_just(study) ? just : sure) + cause;
        case Verdict::no_matter:
            return fmt::format(
                "The interval holds no difference, and no difference as large as the "
                "plan called worthwhile ({}). {}",
                wanted, cause);
        case Verdict::cannot_tell:
            return fmt::format(
                "The interval holds no difference at all, and also differences as "
                "large as the plan called worthwhile ({}). It does not show that the "
                "programme fails, nor that it works.{}",
                wanted, to_come(study));
        case Verdict::too_few: return "The numbers are too small to show, or to reckon with.";
    }
    return "";
}

std::string short_caution(const Study& study) {
    switch (study.plan.method.kind) {
        case MethodKind::matched:
            return "People who joined may differ from those who didn\u2019t in ways that nobody "
                   "wrote down; matching can\u2019t mend that.";
        case MethodKind::randomised:
            return "Drawn by lot, here and then: another place or time may differ.";
        case MethodKind::interrupted_series:
            return "Anything else that changed at the same time would look the same.";
        case MethodKind::differences:
        case MethodKind::stepped:
            return "It rests on the places having gone the same way without the programme.";
        case MethodKind::before_after:
            return "Before and after alone cannot show that the programme did it.";
    }
    return "";
}

std::string attrition_words(const Study& study, const Attrition& lost) {
    const auto& names = study.plan.comparison;
    return fmt::format("Of those who counted, {}% have no known outcome or covariate: {}% with {}, "
                       "{}% with {}.", fixed(lost.overall, 1), fixed(lost.programme, 1),
                       names.programme_name, fixed(lost.other, 1), names.other_name);
}

namespace {

// Rows of the balance that aren't told aren't named either.
std::string still_apart_words(const Study& study) {
    if (!study.matched) return "";
    std::vector<std::string> shown;
    bool has_others = false;
    for (const auto& name : study.matched->still_apart) {
        const auto found = std::ranges::find(study.data.balanced, name, &Covariate::name);
        const bool is_shown = found != study.data.balanced.end() && shows_balance(study, *found);
        if (is_shown) shown.push_back(name);
        has_others = has_others || !is_shown;
    }
    if (shown.empty() && !has_others) return "";
    if (has_others) shown.emplace_back("what is hidden because too few people have it");
    return fmt::format("After matching the groups still differ by more than 0.1 standard "
                       "deviations in: {}.", fmt::join(shown, ", "));
}

std::string attrition_caution(const Study& study, const Attrition& lost) {
    const auto rule = fmt::format("more than the {} points that the What Works Clearinghouse "
                                  "takes as low where {}% are lost in all (cautious assumption)",
                                  fixed(lost.allowed, 1), fixed(lost.overall, 1));
    const std::string meaning = " Those who were lost may differ from those who stayed.";
    if (lost.is_told) {
        return attrition_words(study, lost) +
               fmt::format(" The groups differ by {} points, {}.", fixed(lost.differential, 1),
                           rule) + meaning;
    }
    return fmt::format("How many of each group have no known outcome or covariate isn\u2019t told, "
                       "since they are few. Were all of one group, the groups would differ by {} "
                       "points, {}.", fixed(lost.differential, 1), rule) + meaning;
}

}  // namespace

std::vector<std::string> cautions_of(const Study& study) {
    const auto& plan = study.plan;
    std::vector<std::string> out{short_caution(study)};
    if (plan.method.kind == MethodKind::before_after) {
        out.push_back(before_after_caution);
        out.push_back("People are often at their worst when they start; they would have come some "
                      "of the way back by themselves (regression to the mean).");
    }
    if (plan.method.kind == MethodKind::interrupted_series && plan.method.season_pairs == 0) {
        out.push_back(
            "The plan has no seasons: what comes back every year can look like an effect.");
    }
    if (plan.method.kind == MethodKind::stepped) {
        out.push_back("It takes the effect to be the same in every place and period. Where the "
                      "effect grows, or differs between places that begin at different times, this "
                      "estimate can be far off, even in its direction.");
    }
    const auto fewer = std::min(study.main.n_programme, study.main.n_other);
    const bool of_people = !study.data.arm.empty() && study.units == 0;
    if (of_people && fewer < 100) {
        out.push_back("This is a small study. Small studies that find something tend to overstate "
                      "it.");
    }
    if (study.units > 0 && study.units < 30) {
        out.push_back(fmt::format("Only {} places are compared. With fewer than about 30, errors "
                                  "clustered by place come out too small: treat the interval as "
                                  "the least that is uncertain.", study.units));
    }
    if (study.matched && study.matched->unmatched > 0) {
        out.push_back(
            "Some people of the programme had nobody similar. The effect is that on those "
            "who could be matched.");
    }
    if (const auto apart = still_apart_words(study); !apart.empty()) out.push_back(apart);
    if (const auto lost = attrition_of(study); lost && lost->is_too_much()) {
        out.push_back(attrition_caution(study, *lost));
    }
    if (study.drifted_apart()) {
        out.push_back("The groups were drifting apart before the start (" +
                      p_words(*study.trends_apart_p) + "): the comparison is doubtful.");
    }
    if (!study.proportionality.empty()) out.push_back(study.proportionality);
    if (plan.subgroups.size() > 0) {
        out.push_back("Of many subgroups some differ by chance. Only those of the plan are shown, "
                      "and none of them proves anything by itself.");
    }
    if (plan.not_measured.empty()) {
        out.push_back("The plan names nothing that was not measured. Something always is.");
    } else {
        out.push_back(fmt::format("Not measured, and so not allowed for: {}.",
                                  fmt::join(plan.not_measured, "; ")));
    }
    if (study.ledger && !study.ledger->earlier.empty())
        out.push_back(earlier_locks_words(*study.ledger));
    if (!study.changes.empty()) {
        out.push_back("The plan, or its data, was changed after it was locked: see the first "
                      "page.");
    }
    return out;
}

}  // namespace alongside::evidence
