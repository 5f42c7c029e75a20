// What it cost: a session, an hour, an outcome; and what a contract by results would pay.
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "evidence/numbers.h"
#include "evidence/study_report.h"

namespace alongside::evidence {
namespace {

// Outcomes fewer (or more, where more is better) for everyone in the programme together.
struct Averted {
    double value, worst, best;
};

Averted averted_by(const Study& study) {
    const auto& found = study.main;
    const double people = static_cast<double>(found.n_programme) / 100;
    const double sign = study.plan.outcome.lower_is_better ? -1 : 1;
    const double a = sign * found.lower * people, b = sign * found.upper * people;
    return {sign * found.value * people, std::min(a, b), std::max(a, b)};
}

int money_places(double amount) { return std::abs(amount) < 100 ? 2 : 0; }

std::string money(const CostPlan& cost, double amount) {
    const int places = money_places(amount);
    // The sign stays on the amount's line.
    return (amount < 0 ? "\u2212\u2060" : "") + cost.currency + fixed(std::abs(amount), places);
}

ReportCell money_cell(const CostPlan& cost, double amount) {
    return {money(cost, amount), amount, false, money_places(amount)};
}

ReportTable unit_table(const CostPlan& cost, std::size_t people) {
    ReportTable out{"costs", "What each cost", {"For each", "How many", "Cost"}, {}, ""};
    const auto add = [&](const char* name, double units) {
        out.rows.push_back({ReportCell::words(name), ReportCell::number(units, 0),
                            money_cell(cost, cost.total / units)});
    };
    add("Person of the programme", static_cast<double>(people));
    if (cost.sessions) add("Session", *cost.sessions);
    if (cost.contact_hours) add("Contact hour", *cost.contact_hours);
    if (cost.staff_hours) add("Hour of staff time", *cost.staff_hours);
    if (cost.staff_hours && cost.contact_hours) {
        out.note = fmt::format("Each hour of staff time made {} contact hours.",
                               fixed(*cost.contact_hours / *cost.staff_hours, 2));
    }
    return out;
}

void say_cost_of_outcome(const Study& study, const CostPlan& cost, ReportSection& out) {
    if (study.main.scale != Finding::Scale::per_100) {
        out.say("A cost for each outcome needs an outcome that is counted in people.");
        return;
    }
    const auto averted = averted_by(study);
    if (averted.value <= 0) {
        out.say(
            "By the estimate nothing was gained, so a cost for each outcome gained can\u2019t be "
            "given.");
    } else {
        const auto worst = averted.worst > 0 ? "at most " + money(cost, cost.total / averted.worst)
                                             : std::string(
                                                   "without limit, since the interval holds "
                                                   "no gain at all");
        out.say(fmt::format("By the estimate, each outcome {} (\u201c{}\u201d) cost {}; by the "
                            "interval, at least {} and {}.",
                            study.plan.outcome.lower_is_better ? "fewer" : "more",
                            study.plan.outcome.words, money(cost, cost.total / averted.value),
                            money(cost, cost.total / averted.best), worst));
    }
    if (cost.worth_of_outcome) {
        const double each = *cost.worth_of_outcome;
        out.say(fmt::format("At {} for each, the net benefit is {} by the estimate, and between {} "
                            "and {} by the interval.", money(cost, each),
                            money(cost, averted.value * each - cost.total),
                            money(cost, averted.worst * each - cost.total),
                            money(cost, averted.best * each - cost.total)));
    }
}

// What a contract pays for each person if so many fewer of 100 have the outcome.
double paid_for(const CostPlan& cost, double fewer) {
    for (const auto& line : cost.payments) {
        if (fewer >= line.reduction) return line.pays;
    }
    return 0;
}

ReportTable payment_table(const Study& study, const CostPlan& cost) {
    ReportTable out{"payment", "What the contract by results would pay",
                    {"If the truth is", "Gain of 100 people", "For each person", "In all"}, {}, ""};
    const auto averted = averted_by(study);
    const double people = static_cast<double>(study.main.n_programme);
    const auto add = [&](const char* name, double gain) {
        const double fewer = gain / people * 100, each = paid_for(cost, fewer);
        out.rows.push_back({ReportCell::words(name), ReportCell::number(fewer, 1),
                            money_cell(cost, each), money_cell(cost, each * people)});
    };
    add("the interval\u2019s worse end", averted.worst);
    add("the estimate", averted.value);
    add("the interval\u2019s better end", averted.best);
    std::string rule;
    for (auto line = cost.payments.rbegin(); line != cost.payments.rend(); ++line) {
        rule += fmt::format("{}{} from {:g} of 100", rule.empty() ? "" : ", ",
                            money(cost, line->pays), line->reduction);
    }
    out.note = "For each person of the programme: " + rule + "; nothing below.";
    return out;
}

// How likely it is that what was gained is worth more than it cost, if one outcome is worth so
// much: the acceptability curve (Fenwick, Claxton and Sculpher 2001), with the cost as given and
// the gain normal around its estimate.
double chance_of_worth(const CostPlan& cost, double gain, double error, double worth) {
    return worth > 0 ? normal_cdf((gain - cost.total / worth) / error)
           : cost.total > 0 ? 0
                            : 1;
}

// Up to where the curve has bent, and past what the plan says an outcome is worth.
double most_worth(const CostPlan& cost, double gain, double error) {
    const double bend = cost.total / std::max({gain, error / 2, 1e-9});
    return std::max(3 * bend, 1.5 * cost.worth_of_outcome.value_or(0));
}

ReportFigure acceptability_figure(const Study& study, const CostPlan& cost) {
    const double people = static_cast<double>(study.main.n_programme) / 100;
    const double gain = averted_by(study).value, error = study.main.se * people;
    const auto ticks = round_ticks(0, most_worth(cost, gain, error), 8);
    const double most = ticks.values.back();
    const auto at = [&](double worth) { return 100 * chance_of_worth(cost, gain, error, worth); };
    SeriesPlot plot;
    SeriesPlot::Series line{"Chance that it is worth its cost", {}, {},
                            SeriesPlot::Series::Look::line, Ink::programme};
    constexpr int points = 120;
    for (int i = 0; i <= points; ++i) {
        line.x.push_back(most * i / points);
        line.y.push_back(at(line.x.back()));
    }
    plot.series.push_back(std::move(line));
    plot.y_most = 100;
    plot.x_is_amount = true;
    plot.x_words = "If one outcome is worth so much (" + cost.currency + ")";
    plot.y_words = "Chance of 100 that the programme is worth its cost";
    plot.starts = cost.worth_of_outcome;
    plot.starts_before = 0;
    plot.starts_words = "What the plan says";
    ReportFigure figure;
    figure.title = "Is it worth its cost?";
    figure.description = fmt::format(
        "The line rises with what one outcome is worth to whoever pays{}. It takes the cost as "
        "given, and each effect to be as likely as the estimate\u2019s error makes it.",
        cost.worth_of_outcome
            ? fmt::format(": at the plan\u2019s {} the chance is {} of 100",
                          money(cost, *cost.worth_of_outcome),
                          fixed(at(*cost.worth_of_outcome), 0))
            : std::string());
    figure.table = {"acceptability", figure.title,
                    {"If one outcome is worth", "Chance of 100", "Net benefit"}, {}, ""};
    for (const double worth : ticks.values) {
        figure.table.rows.push_back({ReportCell::words(money(cost, worth)),
                                     ReportCell::number(at(worth), 1),
                                     money_cell(cost, worth * gain - cost.total)});
    }
    figure.table.note = "Net benefit: what the estimate\u2019s gain is worth, less the cost.";
    figure.draw = [plot](double width) { return draw(plot, width); };
    return figure;
}

}  // namespace

ReportSection cost_section(const Study& study) {
    ReportSection out{"cost", "What it cost", {}};
    const auto& cost = *study.plan.cost;
    out.say(
        fmt::format("In all {}. A total and numbers that were counted have no interval; what was "
                    "gained has.",
                    money(cost, cost.total)));
    out.blocks.push_back(unit_table(cost, study.main.n_programme));
    say_cost_of_outcome(study, cost, out);
    if (!cost.payments.empty() && study.main.scale == Finding::Scale::per_100) {
        out.blocks.push_back(payment_table(study, cost));
    }
    if (study.main.scale == Finding::Scale::per_100 && study.main.se > 0) {
        out.blocks.push_back(acceptability_figure(study, cost));
    }
    return out;
}

}  // namespace alongside::evidence
