// What happened: in the groups, over time, in subgroups and prisons.
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "evidence/study_report.h"

namespace alongside::evidence {

namespace {

// Weeks in quarters of a year, months in half-years; otherwise round numbers.
Ticks time_ticks(const Plan& plan, double horizon) {
    const auto unit = unit_of(plan);
    const double step = unit == "weeks" ? 13 : unit == "months" ? 6 : 0;
    if (step == 0 || horizon / step > 10 || horizon / step < 2) {
        auto ticks = round_ticks(0, horizon, 5);
        return ticks;
    }
    Ticks out{0, horizon, step, {}, {}};
    for (double t = 0; t <= horizon + 1e-9; t += step) {
        out.values.push_back(t);
        out.labels.push_back(fmt::format("{:g}", t));
    }
    return out;
}

ReportFigure curves_figure(const Study& study) {
    const auto& plan = study.plan;
    const double horizon = outcome_of(plan, study.data).horizon;
    const auto smallest = static_cast<std::size_t>(plan.smallest_cell);
    SurvivalPlot plot;
    plot.times = time_ticks(plan, horizon);
    plot.is_falling = false;
    plot.x_words = "Time in " + unit_of(plan);
    plot.y_words = "Of 100 people, so many " + plan.outcome.words + " by then";
    ReportFigure figure;
    figure.title = "Who " + plan.outcome.words + ", over time";
    figure.table = {"curves", "Of 100 people, by time",
                    {"Group", "Time", "Still followed", "Of 100", "From", "To"}, {}, ""};
    for (std::size_t c = 0; c < study.curves.size(); ++c) {
        const auto [curve, at_risk] = told_curve(study.curves[c], plot.times.values, horizon,
                                                 smallest);
        const auto& name = c == 0 ? plan.comparison.programme_name : plan.comparison.other_name;
        SurvivalPlot::Curve drawn{name, {}, {}, {}, {}, {}};
        for (const auto& point : curve.points) {
            drawn.times.push_back(point.time);
            drawn.values.push_back(as_told(study, 1 - point.surv, 3));
            drawn.lower.push_back(as_told(study, 1 - point.upper, 3));
            drawn.upper.push_back(as_told(study, 1 - point.lower, 3));
        }
        if (!drawn.times.empty() && drawn.times.back() < horizon) {
            drawn.times.push_back(horizon);
            for (auto* one : {&drawn.values, &drawn.lower, &drawn.upper})
                one->push_back(one->back());
        }
        for (std::size_t i = 0; i < at_risk.size(); ++i) {
            const auto people = at_risk[i]
                                    ? ReportCell::count(static_cast<std::size_t>(*at_risk[i]))
                                    : ReportCell::hidden();
            drawn.at_risk.push_back(people.is_hidden ? "\u2013" : people.text);
            const double time = plot.times.values[i];
            const auto point = at_time(curve, time);
            const bool is_start = time <= 0 || point.time > time || curve.points.empty() ||
                                  curve.points.front().time > time;
            figure.table.rows.push_back(
                {ReportCell::words(name), ReportCell::number(time, 0), people,
                 ReportCell::number(is_start ? 0 : (1 - point.surv) * 100, 1),
                 ReportCell::number(is_start ? missing : (1 - point.upper) * 100, 1),
                 ReportCell::number(is_start ? missing : (1 - point.lower) * 100, 1)});
        }
        plot.curves.push_back(std::move(drawn));
        const auto is_told = [](const auto& people) { return people.has_value(); };
        if (!std::ranges::all_of(at_risk, is_told)) {
            figure.table.note = "Where it is hidden how many are still followed, the figures are "
                                "those of the last step before that may be told.";
        }
    }
    figure.description = fmt::format(
        "By the end {} of 100 {} with {}, {} of 100 with {}. Bands are {} intervals.{}",
        fixed(study.main.programme, 1), plan.outcome.words, plan.comparison.programme_name,
        fixed(study.main.other, 1), plan.comparison.other_name, level_words(plan.level),
        smallest > 1 ? fmt::format(" Each step stands for at least {} people.", smallest + 1) : "");
    figure.draw = [plot](double width) { return draw(plot, width); };
    return figure;
}

// How often is told for a time in which it can be told apart.
double mean_of_how_many(const Plan& plan) {
    const bool is_rate = plan.outcome.kind == OutcomeKind::frequency;
    return is_rate && !plan.outcome.population.empty() ? 1000 : 1;
}
std::string mean_words(const Plan& plan, bool is_share) {
    const auto& outcome = plan.outcome;
    if (is_share) return "Of 100 people";
    if (outcome.kind == OutcomeKind::per_1000) return "Per 1,000";
    if (outcome.kind != OutcomeKind::frequency) return "Mean" + in_unit(plan);
    return outcome.population.empty() ? "Times each person"
                                      : "Times in each 1,000 of " + outcome.population.text;
}

ReportTable groups_table(const Study& study) {
    const auto& plan = study.plan;
    const auto& found = study.main;
    const bool is_share = found.scale == Finding::Scale::per_100;
    const bool of_places = study.units > 0 || plan.method.kind == MethodKind::interrupted_series;
    ReportTable out{"groups", "What was seen",
                    {"Group", of_places ? "Rows" : "People",
                     mean_words(plan, is_share)}, {}, ""};
    const double of_how_many = mean_of_how_many(plan);
    std::string first = plan.comparison.programme_name, second = plan.comparison.other_name;
    if (plan.method.kind == MethodKind::before_after) {
        first = "Afterwards";
        second = "Before";
    } else if (plan.method.kind == MethodKind::interrupted_series) {
        first = "Since the start, by the model";
        second = "Expected had nothing started";
    }
    for (const auto& group : study.seen) {
        out.rows.push_back({ReportCell::words(group.name), ReportCell::count(group.rows),
                            ReportCell::number(group.mean * of_how_many, 2)});
    }
    if (!study.seen.empty()) return out;
    const int places = is_share ? 1 : 2;
    out.rows.push_back({ReportCell::words(first), ReportCell::count(found.n_programme),
                        ReportCell::number(found.programme * of_how_many, places)});
    const bool is_series = plan.method.kind == MethodKind::interrupted_series;
    out.rows.push_back({ReportCell::words(second),
                        is_series ? ReportCell::words("") : ReportCell::count(found.n_other),
                        ReportCell::number(found.other * of_how_many, places)});
    return out;
}

ReportTable effects_table(const Study& study) {
    const auto& plan = study.plan;
    ReportTable out{"effect", "The effect", {"Measure", "Estimate", "From", "To", "p"}, {}, ""};
    const auto add = [&](const std::string& name, const Finding& found) {
        const int places = found.scale == Finding::Scale::per_100 ? 1
                           : found.scale == Finding::Scale::points && std::abs(found.value) >= 100
                               ? 1
                               : 3;
        if (!found.doubt.empty()) {
            out.rows.push_back({ReportCell::words(name), ReportCell::words("can\u2019t be told")});
            return;
        }
        out.rows.push_back({ReportCell::words(name), ReportCell::number(found.value, places),
                            ReportCell::number(found.lower, places),
                            ReportCell::number(found.upper, places),
                            ReportCell::chance(found.p)});
    };
    add(scale_words(plan, study.main.scale), study.main);
    if (study.adjusted.n_programme > 0)
        add("The same, with covariates in the model", study.adjusted);
    if (study.hazard_ratio) add("Hazard ratio", *study.hazard_ratio);
    if (study.adjusted_hazard_ratio)
        add("Hazard ratio, with covariates in the model", *study.adjusted_hazard_ratio);
    for (const auto& [name, found] : study.series_parts) add(name, found);
    out.note = fmt::format("From and To are the ends of the {} interval.", level_words(plan.level));
    return out;
}

// What isn't told of a period, and why.
std::string periods_words(const Study& study) {
    const auto together = study.wall.periods.together;
    if (together < 2) return "";
    return fmt::format(" {} periods are told together, since single ones had few events{}.",
                       together,
                       study.series ? "; the model\u2019s line isn\u2019t shown, since they could "
                                      "be reckoned from it"
                                    : "");
}

std::vector<double> values_told(const Study& study, std::vector<double> values) {
    for (auto& one : values) one = as_told(study, one, 2);
    return values;
}

void put_series(const Study& study, const SeriesLine& line, SeriesPlot& plot,
                ReportFigure& figure) {
    using Look = SeriesPlot::Series::Look;
    const bool has_model = !line.fitted.empty();
    plot.series = {{"Seen", line.time, values_told(study, line.observed), Look::dots, Ink::grey}};
    figure.table.heads = {"Period", "Seen"};
    figure.description = "Dots: what was seen.";
    if (has_model) {
        std::vector<double> after_time, after;
        for (std::size_t i = 0; i < line.without.size(); ++i) {
            if (line.time[i] < *study.plan.method.starts) continue;
            after_time.push_back(line.time[i]);
            after.push_back(line.without[i]);
        }
        plot.series.push_back({"By the model", line.time, line.fitted, Look::line, Ink::programme});
        plot.series.push_back({"Expected had nothing started", after_time, after, Look::dashed,
                               Ink::other});
        figure.table.heads.emplace_back("By the model");
        figure.table.heads.emplace_back("Expected had nothing started");
        figure.description += " Line: the model. Dashes: what the time before would have led one "
                              "to expect.";
    }
    for (std::size_t i = 0; i < line.time.size(); ++i) {
        auto& row = figure.table.rows.emplace_back();
        row = {ReportCell::words(line.period[i]), ReportCell::number(line.observed[i], 2)};
        if (!has_model) continue;
        row.push_back(ReportCell::number(line.fitted[i], 2));
        row.push_back(ReportCell::number(line.without[i], 2));
    }
}

void put_groups(const Study& study, SeriesPlot& plot, ReportFigure& figure) {
    using Look = SeriesPlot::Series::Look;
    const auto& names = study.plan.comparison;
    const auto& other = *study.groups_over_time[0];
    const auto& programme = *study.groups_over_time[1];
    plot.series = {{names.programme_name, programme.time, values_told(study, programme.observed),
                    Look::line_with_dots, Ink::programme},
                   {names.other_name, other.time, values_told(study, other.observed), Look::dashed,
                    Ink::other}};
    figure.table.heads = {"Period", names.programme_name, names.other_name};
    for (std::size_t i = 0; i < other.time.size(); ++i) {
        figure.table.rows.push_back({ReportCell::words(other.period[i]),
                                     ReportCell::number(programme.observed[i], 2),
                                     ReportCell::number(other.observed[i], 2)});
    }
    figure.description = "The mean of each group in each period.";
    if (study.plan.method.kind == MethodKind::stepped) plot.starts.reset();
}

ReportFigure series_figure(const Study& study) {
    const auto& plan = study.plan;
    SeriesPlot plot;
    const bool is_rate = plan.outcome.kind == OutcomeKind::per_1000;
    plot.y_words = plan.outcome.words + (is_rate ? " per 1,000" : in_unit(plan));
    plot.x_words = plan.method.time.text;
    plot.starts = plan.method.starts;
    plot.starts_words = "The start";
    ReportFigure figure;
    figure.title = "Over time";
    figure.table.id = "series";
    figure.table.caption = plot.y_words + ", over time";
    if (study.series) {
        put_series(study, *study.series, plot, figure);
    } else {
        put_groups(study, plot, figure);
    }
    figure.description += periods_words(study);
    figure.draw = [plot](double width) { return draw(plot, width); };
    return figure;
}

}  // namespace

ReportSection outcome_section(const Study& study) {
    ReportSection out{"outcome", "What happened", {}};
    out.say(plain_sentence(study.plan, study.main), ReportWords::Kind::lead);
    out.say(verdict_meaning(study));
    if (study.verdict == Verdict::too_few) return out;
    out.blocks.push_back(groups_table(study));
    out.blocks.push_back(effects_table(study));
    if (const auto words = hazard_words(study); !words.empty()) out.say(words);
    if (study.curves.size() == 2) out.blocks.push_back(curves_figure(study));
    const bool has_periods = study.wall.periods.together > 0;
    if ((study.series || study.groups_over_time[0]) && has_periods)
        out.blocks.push_back(series_figure(study));
    if (!has_periods) {
        out.say("What was seen in each period isn\u2019t told: there were too few events.",
                ReportWords::Kind::small);
    }
    return out;
}

ReportSection subgroup_section(const Study& study) {
    ReportSection out{"subgroups", "For whom", {}};
    ForestPlot plot;
    plot.is_ratio = study.main.scale == Finding::Scale::ratio;
    plot.x_words = scale_words(study.plan, study.main.scale) + ", with " +
                   level_words(study.plan.level) + " intervals";
    std::tie(plot.left_words, plot.right_words) = side_words(study.plan);
    ReportFigure figure;
    figure.title = "The effect in parts of the group";
    figure.table = {"subgroups", figure.title,
                    {"Part", "With the programme", "Without", "Estimate", "From", "To"}, {}, ""};
    const int places = places_of(study.main);
    const auto row_of = [&](const std::string& name, const Finding& found, bool is_hidden,
                            bool is_whole) {
        ForestPlot::Row row{name, {}, {}, {},
                            is_hidden ? "too few to show" : with_interval(found, places), false,
                            is_whole};
        if (!is_hidden && found.doubt.empty()) {
            row.value = as_told(study, found.value, 2);
            row.lower = as_told(study, found.lower, 2);
            row.upper = as_told(study, found.upper, 2);
        }
        plot.rows.push_back(row);
    };
    row_of("Everybody", study.main, false, true);
    std::string group;
    for (const auto& line : study.subgroups) {
        if (line.group != group) {
            group = line.group;
            plot.rows.push_back({group, {}, {}, {}, "", true, false});
        }
        row_of(line.name, line.finding, line.is_hidden, false);
        std::vector<ReportCell> cells{ReportCell::words(line.group + ": " + line.name)};
        const auto& found = line.finding;
        const bool is_shown = !line.is_hidden;
        for (const auto count : {found.n_programme, found.n_other}) {
            cells.push_back(is_shown ? ReportCell::count(count) : ReportCell::hidden());
        }
        for (const double v : {found.value, found.lower, found.upper}) {
            cells.push_back(is_shown ? ReportCell::number(v, 2) : ReportCell::hidden());
        }
        figure.table.rows.push_back(std::move(cells));
    }
    figure.description = "Squares: the effect in a part; lines: its interval. Where the lines "
                         "overlap much, the parts can\u2019t be told apart.";
    figure.draw = [plot](double width) { return draw(plot, width); };
    out.blocks.push_back(std::move(figure));
    ReportList tests;
    for (const auto& [name, p] : study.subgroup_p) {
        if (std::isnan(p)) continue;
        tests.items.push_back(fmt::format("{}: {} ({}).", name,
                                          p < 0.05
                                              ? "the parts differ by more than chance easily "
                                                "explains"
                                              : "the parts differ no more than chance explains",
                                          p_words(p)));
    }
    const bool any_hidden = std::ranges::any_of(study.subgroups, &StudyLine::is_hidden);
    // With a test over hidden parts their effects could be reckoned back.
    if (!tests.items.empty() && !any_hidden) out.blocks.push_back(std::move(tests));
    return out;
}

ReportSection prison_section(const Study& study) {
    ReportSection out{"prisons", "Prisons beside each other", {}};
    const auto& funnel = *study.funnel;
    const bool is_share = study.plan.outcome.kind == OutcomeKind::rate;
    const double times = is_share                                           ? 100
                         : study.plan.outcome.kind == OutcomeKind::per_1000 ? 1000
                                                                            : 1;
    FunnelPlot plot;
    plot.overall = as_told(study, funnel.target * times, 1);
    plot.x_words = is_share ? "People" : "Population, over all periods";
    plot.y_words = study.plan.outcome.words + (is_share    ? " of 100"
                                               : times > 1 ? " per 1,000"
                                                           : "");
    plot.inner_words = "95% limits";
    plot.outer_words = "99.8% limits";
    plot.overall_words = "All together";
    ReportFigure figure;
    figure.title = "Prisons, by size and outcome";
    figure.table = {"prisons", figure.title,
                    {"Prison", plot.x_words, is_share ? "Of 100" : "Rate", "Lower 99.8%",
                     "Upper 99.8%", "Beyond"}, {}, ""};
    std::size_t outside = 0;
    for (const auto& point : funnel.points) {
        const bool is_out = std::abs(point.beyond) >= 2;
        outside += is_out;
        plot.places.push_back({point.unit.name, point.unit.exposure,
                               as_told(study, point.value * times, 1), is_out});
        figure.table.rows.push_back(
            {ReportCell::words(point.unit.name), ReportCell::number(point.unit.exposure, 0),
             ReportCell::number(point.value * times, 1),
             ReportCell::number(point.limits.back().lower * times, 1),
             ReportCell::number(point.limits.back().upper * times, 1),
             ReportCell::words(point.beyond == 0 ? "no" : is_out ? "the outer limits"
                                                                 : "the inner limits")});
    }
    for (const auto& at : funnel.curves) {
        plot.inner.size.push_back(at.exposure);
        plot.outer.size.push_back(at.exposure);
        plot.inner.lower.push_back(at.limits.front().lower * times);
        plot.inner.upper.push_back(at.limits.front().upper * times);
        plot.outer.lower.push_back(at.limits.back().lower * times);
        plot.outer.upper.push_back(at.limits.back().upper * times);
    }
    figure.description = fmt::format("{} of {} prisons lie outside the outer limits, within which "
                                     "chance and size alone put nearly all.{}", outside,
                                     funnel.points.size(),
                                     funnel.is_widened ? " The limits are widened: prisons vary by "
                                                         "more than chance." : "");
    if (!study.funnel_hidden.empty())
        figure.table.note = "Prisons with small counts aren\u2019t shown.";
    figure.draw = [plot](double width) { return draw(plot, width); };
    out.say("Prisons differ in whom they hold. One outside the limits is a reason to ask, not a "
            "finding.");
    out.blocks.push_back(std::move(figure));
    return out;
}

}  // namespace alongside::evidence
