// `evidence power`: how many people, what power, or what effect; the one that isn't given is found.
#include <fmt/format.h>

#include <cmath>
#include <memory>

#include "base/command.h"
#include "evidence/command.h"
#include "evidence/numbers.h"
#include "evidence/plain_words.h"
#include "evidence/power.h"
#include "evidence/power_simulation.h"

namespace alongside::evidence {

namespace {

constexpr double not_typed = std::numeric_limits<double>::quiet_NaN();

struct PowerTyped {
    std::string design;
    double n = not_typed, power = not_typed, p1 = not_typed, p2 = not_typed;
    double difference = not_typed, sd = 1, hazard_ratio = not_typed, events_share = 1;
    double r_squared = 0, rate1 = not_typed, rate2 = not_typed, months = 1, dispersion = 1;
    double per = 1, correlation = 0;
    double cluster_size = 1, cluster_variation = 0, icc = 0, loss = 0, have = not_typed;
    bool one_sided = false, expects_more = false, test_bend = false;
    int steps = 4, clusters_a_step = 1, before = 24, after = 12, repeats = 2000, lag = -1;
    double memory = 0;
    std::uint64_t seed = 1;
    PowerTerms terms;
};

// A design with its numbers filled in: power for any n and effect.
struct PowerStudy {
    std::function<double(double n, double effect)> power;
    const char* effect_name = "";       // the option, and in JSON
    const char* n_means = "people in the first group";
    double effect = not_typed;          // as typed
    double none = 0, most = 0;          // where a least effect is looked for
    double groups_size = 1;             // in all, for each in the first group
};

// The furthest effect that is possible at all: some correlations of pairs forbid extremes.
double furthest_possible(const PowerStudy& study, double wanted) {
    constexpr int places = 2000;
    for (int i = places; i > 0; --i) {
        const double at = study.none + (wanted - study.none) * i / places;
        if (!std::isnan(study.power(100, at))) return at;
    }
    return study.none;
}

PowerStudy study_of_shares(const PowerTyped& t) {
    PowerStudy study;
    study.effect_name = "p2";
    study.effect = t.p2;
    study.none = t.p1;
    study.groups_size = 1 + t.terms.ratio;
    study.power = [t](double n, double p2) {
        return power_of_proportions(n, t.p1, p2, t.terms);
    };
    if (t.design == "pairs") {
        study.n_means = "pairs";
        study.groups_size = 2;
        study.power = [t](double n, double p2) {
            return power_of_pairs(n, t.p1, p2, t.correlation, t.terms);
        };
    }
    study.most = furthest_possible(study, t.expects_more ? 1 : 0);
    return study;
}

PowerStudy study_of_means(const PowerTyped& t) {
    PowerStudy study;
    study.effect_name = "difference";
    study.effect = t.difference;
    study.most = 1e3 * t.sd;
    study.groups_size = 1 + t.terms.ratio;
    if (t.design == "means") {
        study.power = [t](double n, double d) { return power_of_means(n, d, t.sd, t.terms); };
        return study;
    }
    study.groups_size = 1;
    if (t.design == "paired") {
        study.n_means = "pairs (or people, before and after)";
        study.power = [t](double n, double d) {
            return power_of_paired_means(n, d, t.sd, t.terms);
        };
        return study;
    }
    study.n_means = "people in each prison and period";
    study.groups_size = t.steps * t.clusters_a_step * (t.steps + 1.0);
    // With shares, the spread follows from the share to start from.
    const double sd = std::isnan(t.p1) ? t.sd : std::sqrt(t.p1 * (1 - t.p1));
    study.most = std::isnan(t.p1) ? 1e3 * sd : 1;
    study.power = [t, sd](double n, double d) {
        return power_of_roll_out(d, {t.steps, t.clusters_a_step, n, sd, t.icc}, t.terms);
    };
    return study;
}

PowerStudy study_of_events(const PowerTyped& t) {
    PowerStudy study;
    study.groups_size = 1 + t.terms.ratio;
    if (t.design == "survival") {
        study.effect_name = "hazard_ratio";
        study.effect = t.hazard_ratio;
        study.none = 1;
        study.most = t.expects_more ? 1e4 : 1e-4;
        study.power = [t](double n, double ratio) {
            return power_of_survival(n, {ratio, t.events_share, t.r_squared}, t.terms);
        };
        return study;
    }
    study.effect_name = "rate2";
    study.effect = t.rate2;
    study.none = t.rate1;
    study.most = t.rate1 * (t.expects_more ? 1e4 : 1e-4);
    study.power = [t](double n, double rate2) {
        return power_of_rates(n, {t.rate1 / t.per, rate2 / t.per, t.months, t.dispersion},
                              t.terms);
    };
    return study;
}

PowerStudy power_study(const PowerTyped& t) {
    if (t.design == "proportions" || t.design == "reoffending" || t.design == "pairs")
        return study_of_shares(t);
    if (t.design == "survival" || t.design == "rates") return study_of_events(t);
    return study_of_means(t);
}

bool is_share(double p) { return p > 0 && p < 1; }

Fallible<bool> check_power_numbers(const PowerTyped& t) {
    const bool on_shares =
        t.design == "proportions" || t.design == "reoffending" || t.design == "pairs";
    if (on_shares && !is_share(t.p1))
        return trouble("--p1, the share without the programme, is needed: between 0 and 1");
    if (on_shares && !std::isnan(t.p2) && !(t.p2 >= 0 && t.p2 <= 1))
        return trouble("--p2 is a share: between 0 and 1");
    if (!std::isnan(t.p1) && !is_share(t.p1)) return trouble("--p1 is a share: between 0 and 1");
    if (!(t.sd > 0)) return trouble("--sd must be more than 0");
    if (t.design == "rates" && !(t.rate1 > 0))
        return trouble("--rate1, the rate without the programme, is needed: more than 0");
    if (!std::isnan(t.rate2) && !(t.rate2 > 0)) return trouble("--rate2 must be more than 0");
    if (!std::isnan(t.hazard_ratio) && !(t.hazard_ratio > 0))
        return trouble("--hazard-ratio must be more than 0");
    if (t.design == "pairs" && std::isnan(power_of_pairs(
            100, t.p1, std::isnan(t.p2) ? t.p1 : t.p2, t.correlation, t.terms)))
        return trouble("No pairs with these shares can correlate by as much as --correlation says");
    return true;
}

boost::json::object study_json(const PowerTyped& t, const PowerStudy& study, double n,
                               double power, double effect) {
    const double recruited = std::ceil(n - 1e-9) / (1 - t.loss);
    return {{"design", t.design}, {"n", number(n)}, {"n_means", study.n_means},
            {"n_whole", number(std::ceil(n - 1e-9))},
            {"n_total", number(std::ceil(std::ceil(n - 1e-9) * study.groups_size - 1e-9))},
            {"n_recruited", number(std::ceil(recruited - 1e-9))},
            {"power", number(power)}, {study.effect_name, number(effect)},
            {"alpha", t.terms.alpha}, {"two_sided", t.terms.two_sided},
            {"design_effect", t.terms.design_effect}, {"ratio", t.terms.ratio}};
}

std::string study_words(const PowerTyped& t, const PowerStudy& study, double n, double power,
                        double effect) {
    const double whole = std::ceil(n - 1e-9);
    std::string words = fmt::format(
        "With {} {}, {} = {} is told from no effect {} times in 100, if it is true.",
        grouped(whole), study.n_means, study.effect_name, printed(effect, 4),
        printed(std::round(power * 100), 3));
    if (t.design == "reoffending")
        words += fmt::format(" That is {} re-convicted within a year instead of {} of every 1,000.",
                             grouped(std::round(effect * 1000)),
                             grouped(std::round(t.p1 * 1000)));
    if (t.loss > 0)
        words += fmt::format(" Since {} of them may be lost, {} are to be recruited.",
                             percent(t.loss), grouped(std::ceil(whole / (1 - t.loss) - 1e-9)));
    return words;
}

Output solved_study(const PowerTyped& t, const PowerStudy& study, double n, double power,
                    double effect) {
    Output output;
    output.json = study_json(t, study, n, power, effect);
    PrintedTable table;
    table.heads = {""};
    const auto line = [&](const std::string& name, double value) {
        table.rows.push_back({name, printed(value, 6)});
    };
    line(std::string("n (") + study.n_means + ")", n);
    line("power", power);
    line(study.effect_name, effect);
    if (!std::isnan(t.p1)) line("p1", t.p1);
    line("alpha", t.terms.alpha);
    if (t.terms.design_effect != 1) line("design effect", t.terms.design_effect);
    output.text = fmt::format("Power of a study: {}\n{}", t.design, table.text());
    if (std::isinf(n)) {
        output.warnings.push_back("No number of people would be enough for this effect.");
        return output;
    }
    if (std::isnan(effect)) {
        output.warnings.push_back("No effect, however great, would be found with this power.");
        return output;
    }
    const std::string words = study_words(t, study, n, power, effect);
    output.json["words"] = words;
    output.text += "\n" + words + "\n";
    return output;
}

void add_still_needed(Output& output, const PowerTyped& t, const PowerStudy& study, double effect,
                      double power) {
    if (std::isnan(t.have)) return;
    const auto by_n = [&](double n) { return study.power(n, effect); };
    const StillNeeded more = people_still_needed(t.have, by_n, power, study.groups_size - 1);
    output.json["still_needed"] = {{"first", number(more.first)}, {"other", number(more.other)}};
    output.text += fmt::format("With {} so far, {} more are needed in the first group{}.\n",
                               grouped(t.have), grouped(more.first),
                               study.groups_size > 1 ? " and " + grouped(more.other) +
                                                           " in the other" : "");
}

Fallible<Output> run_closed_form(PowerTyped t) {
    t.terms.two_sided = !t.one_sided;
    if (t.design != "stepped")
        t.terms.design_effect = design_effect(t.cluster_size, t.icc, t.cluster_variation);
    const auto fine = check_power_numbers(t);
    if (!fine) return tl::make_unexpected(fine.error());
    const PowerStudy study = power_study(t);
    const int given = !std::isnan(t.n) + !std::isnan(t.power) + !std::isnan(study.effect);
    if (given != 2)
        return trouble(fmt::format("Give two of --n, --power and --{}; the third is found",
                                   study.effect_name[0] == 'h' ? "hazard-ratio"
                                                               : study.effect_name));
    double n = t.n, power = t.power, effect = study.effect;
    if (std::isnan(power)) power = study.power(n, effect);
    if (std::isnan(n))
        n = people_needed([&](double people) { return study.power(people, effect); }, power);
    if (std::isnan(effect))
        effect = least_effect([&](double e) { return study.power(n, e); }, study.none, study.most,
                              power);
    Output output = solved_study(t, study, n, power, effect);
    add_still_needed(output, t, study, effect, std::isnan(t.power) ? 0.8 : t.power);
    return output;
}

Fallible<Output> run_series_power(const PowerTyped& t, int threads) {
    SeriesStudy study{t.before, t.after, 0, 0, t.sd, t.memory, t.test_bend, t.lag};
    if (!(t.sd > 0)) return trouble("--sd must be more than 0");
    if (std::isnan(t.difference) == std::isnan(t.power))
        return trouble("Give either --difference (of the level, or a month's trend with --bend) "
                       "or --power; the other is found");
    const auto with = [&](double effect) {
        (t.test_bend ? study.bend : study.step) = effect;
        return power_of_series(study, t.terms.alpha, t.repeats, t.seed, threads);
    };
    double effect = t.difference;
    if (std::isnan(effect))
        effect = least_effect([&](double e) { return with(e).power; }, 0, 100 * t.sd, t.power);
    const SimulatedPower found = with(std::isnan(effect) ? 0 : effect);
    Output output;
    output.json = {{"design", t.design}, {"difference", number(effect)}, {"power", found.power},
                   {"lower", found.lower}, {"upper", found.upper},
                   {"false_alarms", found.false_alarms}, {"repeats", t.repeats},
                   {"seed", t.seed}, {"before", t.before}, {"after", t.after},
                   {"memory", t.memory}, {"alpha", t.terms.alpha}};
    output.text = fmt::format(
        "Power of an interrupted time series, {} months before and {} after, by {} simulated "
        "series (seed {})\n{} of {}: power {} (95 % interval {} to {})\nWhere nothing changed the "
        "method still finds a change in {} of 100 series (it should be {}).\n",
        t.before, t.after, grouped(t.repeats), t.seed,
        t.test_bend ? "Change of trend a month" : "Change of level", printed(effect, 4),
        printed(found.power, 3), printed(found.lower, 3), printed(found.upper, 3),
        printed(found.false_alarms * 100, 3), printed(t.terms.alpha * 100, 3));
    if (std::isnan(effect))
        output.warnings.push_back("No effect, however great, would be found with this power.");
    if (found.false_alarms > 1.5 * t.terms.alpha)
        output.warnings.push_back(
            "The series is short for its memory: part of this power is false alarm. Watch longer "
            "before the programme starts.");
    return output;
}

void add_power_numbers(Command& command, PowerTyped& t) {
    constexpr double most_share = 0.9999;
    command.add_option("--n", t.n, "In the first group; pairs; people a prison and period")
        ->within(1.0, 1e12);
    command.add_option("--power", t.power, "Wanted, such as 0.8")->within(0.01, 0.9999);
    command.add_option("--p1", t.p1, "Share without the programme");
    command.add_option("--p2", t.p2, "Share with it");
    command.add_option("--difference", t.difference, "Of means; the step of a time series");
    command.add_option("--sd", t.sd, "Of one person (of differences, for paired; of months)");
    command.add_option("--hazard-ratio", t.hazard_ratio, "Of the programme");
    command.add_option("--events-share", t.events_share, "Share who have the event while followed")
        ->within(1e-6, 1.0);
    command.add_option("--r-squared", t.r_squared, "Of the group on the covariates")
        ->within(0.0, most_share);
    command.add_option("--rate1", t.rate1, "Events a month without the programme (see --per)");
    command.add_option("--rate2", t.rate2, "With it");
    command.add_option("--per", t.per, "Rates are for so many people (1000)")
        ->positive();
    command.add_option("--months", t.months, "Each is seen")->positive();
    command.add_option("--dispersion", t.dispersion, "Variance / mean of the counts")
        ->positive();
    command.add_option("--correlation", t.correlation, "Between the members of a pair")
        ->within(-1.0, 1.0);
    command.add_option("--alpha", t.terms.alpha, "Level of the test")
        ->within(1e-6, 0.5);
    command.add_option("--ratio", t.terms.ratio, "In the other group for each in the first")
        ->positive();
    command.add_flag("--one-sided", t.one_sided, "Look in one direction only");
    command.add_flag("--more", t.expects_more, "Look for the least effect upwards");
    command.add_option("--loss", t.loss, "Share lost before the end")->within(0.0, most_share);
    command.add_option("--have", t.have, "How many there are already: says how many are missing")
        ->not_negative();
}

void add_power_designs(Command& command, PowerTyped& t) {
    command.add_option("--icc", t.icc, "How alike people of one cluster are")
        ->within(0.0, 0.9999);
    command.add_option("--cluster-size", t.cluster_size, "People in a cluster, on average")
        ->within(1.0, 1e9);
    command.add_option("--cluster-variation", t.cluster_variation, "SD / mean of the sizes")
        ->not_negative();
    command.add_option("--steps", t.steps, "Of the roll-out")->within(1, 1000);
    command.add_option("--clusters-a-step", t.clusters_a_step, "Prisons that start at each step")
        ->within(1, 10000);
    command.add_option("--before", t.before, "Months before")->within(3, 2000);
    command.add_option("--after", t.after, "Months after")->within(3, 2000);
    command.add_flag("--bend", t.test_bend, "Test the change of trend, not of level");
    command.add_option("--memory", t.memory, "Correlation of a month with the one before")
        ->within(-0.99, 0.99);
    command.add_option("--lag", t.lag, "Of Newey-West")->within(0, 100);
    command.add_option("--repeats", t.repeats, "Simulated series")->within(100, 1000000);
    command.add_option("--seed", t.seed, "Of the simulation");
}

}  // namespace

void add_power(Command& evidence, const Desk& desk) {
    auto typed = std::make_shared<PowerTyped>();
    auto* command = add_command(
        evidence, desk, "power",
        "How many people a study needs, or what it can find: give two of n, power and effect",
        {}, [typed](const CommonOptions& common, const Table&) {
            return typed->design == "series" ? run_series_power(*typed, common.threads)
                                             : run_closed_form(*typed);
        });
    command->remove_option("FILE");
    command->add_option("DESIGN", typed->design, "What kind of study")
        ->required()
        ->one_of({"proportions", "reoffending", "means", "survival", "rates",
                               "paired", "pairs", "stepped", "series"});
    add_power_numbers(*command, *typed);
    add_power_designs(*command, *typed);
}

}  // namespace alongside::evidence
