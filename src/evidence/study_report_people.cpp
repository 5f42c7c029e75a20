// Who is in the study, and how alike the groups are.
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "evidence/study_report.h"

namespace alongside::evidence {

ToldFlow told_flow(std::size_t start, const std::vector<PeopleLost>& lost, std::size_t smallest) {
    ToldFlow out;
    out.start = out.end = start;
    for (const auto& one : lost) {
        out.end -= one.lost;
        const bool joins = !out.lost.empty() && out.lost.back().lost > 0 &&
                           out.lost.back().lost < smallest && one.lost > 0;
        if (joins) {
            out.lost.back().why += "; or " + one.why;
            out.lost.back().lost += one.lost;
        } else {
            out.lost.push_back(one);
        }
    }
    // A small one at the end joins the last before it that lost anybody.
    for (std::size_t i = out.lost.size(); i-- > 0;) {
        if (out.lost[i].lost == 0 || out.lost[i].lost >= smallest) continue;
        std::size_t to = i;
        while (to > 0 && out.lost[to - 1].lost == 0) --to;
        if (to == 0) {
            out.hides_start = true;
            continue;
        }
        out.lost[to - 1].why += "; or " + out.lost[i].why;
        out.lost[to - 1].lost += out.lost[i].lost;
        out.lost.erase(out.lost.begin() + static_cast<std::ptrdiff_t>(i));
    }
    return out;
}

namespace {

// The two groups of the study at its end, with their numbers.
std::vector<std::pair<std::string, std::size_t>> ends_of_flow(const Study& study) {
    const auto& plan = study.plan;
    if (!study.has_groups || study.units > 0) return {};
    return {{plan.comparison.programme_name, study.main.n_programme},
            {plan.comparison.other_name, study.main.n_other}};
}

std::vector<PeopleLost> all_losses(const Study& study) {
    auto out = study.data.lost;
    if (study.matched) {
        const auto used = study.sample.rows.size();
        const auto left = study.data.table.rows - used - study.matched->unmatched;
        out.push_back({"in the programme, with nobody similar to compare with",
                       study.matched->unmatched});
        out.push_back({"not in the programme, and not needed for a pair", left});
    }
    return out;
}

const char* what_is_counted(const Study& study) {
    const bool is_series = study.units > 0 || study.series.has_value() ||
                           study.plan.method.kind == MethodKind::interrupted_series;
    return is_series ? "rows (places and periods)" : "people";
}

ReportFigure flow_figure(const Study& study, const ToldFlow& flow) {
    FlowPlot plot;
    const auto counted = std::string(what_is_counted(study));
    const auto text = [&](std::size_t count, bool hides) {
        return hides ? std::string(hidden_text) : with_commas(static_cast<long long>(count));
    };
    plot.begin_words = counted + " in " + study.plan.data.text;
    plot.begin_count = text(flow.start, flow.hides_start);
    ReportFigure figure;
    figure.title = "From everybody in the file to those who are compared";
    auto& table = figure.table;
    table = {"flow", "Who was left out at each step", {"Step", "Left out", "Still in"}, {}, ""};
    table.rows.push_back({ReportCell::words("In " + study.plan.data.text), ReportCell::words(""),
                          flow.hides_start ? ReportCell::hidden() : ReportCell::count(flow.start)});
    std::size_t left = flow.start;
    for (const auto& one : flow.lost) {
        left -= one.lost;
        const bool hides = flow.hides_start && one.lost > 0;
        const bool hides_left = flow.hides_start && left != flow.end;
        plot.steps.push_back({one.why, text(one.lost, hides), text(left, hides_left)});
        table.rows.push_back({ReportCell::words(one.why),
                              hides ? ReportCell::hidden() : ReportCell::count(one.lost),
                              hides_left ? ReportCell::hidden() : ReportCell::count(left)});
    }
    for (const auto& [name, count] : ends_of_flow(study)) {
        plot.ends.emplace_back(name, text(count, false));
        table.rows.push_back({ReportCell::words("Compared: " + name), ReportCell::words(""),
                              ReportCell::count(count)});
    }
    figure.description = fmt::format("Of {} {} in the file, {} are compared.", plot.begin_count,
                                     counted, with_commas(static_cast<long long>(flow.end)));
    figure.draw = [plot](double width) { return draw(plot, width); };
    return figure;
}

// Whether a share of so many would show a small count.
bool shows_few(const Study& study, double share, double people) {
    const double count = std::round(share * people), smallest = study.plan.smallest_cell;
    const auto few = [&](double c) { return c > 0.5 && c < smallest; };
    return few(count) || few(people - count);
}

ReportFigure balance_figure(const Study& study) {
    LovePlot plot;
    ReportFigure figure;
    const bool is_matched = study.matched.has_value();
    figure.title = is_matched ? "How alike the groups are, before and after matching"
                              : "How alike the groups are";
    auto& table = figure.table;
    table.id = "balance";
    table.caption = "Means (or shares) and standardised differences";
    table.heads = {"Covariate", study.plan.comparison.programme_name,
                   study.plan.comparison.other_name, "Difference"};
    if (is_matched) {
        table.heads = {"Covariate", "Programme, before", "Comparison, before", "Difference, before",
                       "Programme, after", "Comparison, after", "Difference, after"};
    }
    double people[2] = {0, 0};
    for (const int arm : study.data.arm) people[arm] += 1;
    std::size_t hidden = 0, apart_before = 0, apart_after = 0;
    for (const auto& line : study.balance) {
        const auto& after = line.after;
        const bool hides =
            line.is_binary &&
            (shows_few(study, line.before.mean_treated, people[1]) ||
             shows_few(study, line.before.mean_comparison, people[0]) ||
             (is_matched &&
              (shows_few(study, after.mean_treated, static_cast<double>(study.main.n_programme)) ||
               shows_few(study, after.mean_comparison, static_cast<double>(study.main.n_other)))));
        const auto cell = [&](double value) {
            return hides ? ReportCell::hidden()
                         : ReportCell::number(value, std::abs(value) >= 100 ? 0 : 3);
        };
        std::vector<ReportCell> row{ReportCell::words(line.name), cell(line.before.mean_treated),
                                    cell(line.before.mean_comparison), cell(line.before.smd)};
        if (is_matched) {
            for (const double v : {after.mean_treated, after.mean_comparison, after.smd}) {
                row.push_back(cell(v));
            }
        }
        table.rows.push_back(std::move(row));
        apart_before += std::abs(line.before.smd) > 0.1;
        apart_after += is_matched && std::abs(after.smd) > 0.1;
        hidden += hides;
        if (hides) continue;
        plot.rows.push_back({line.name, line.before.smd,
                             is_matched ? std::optional(after.smd) : std::nullopt});
    }
    if (hidden) table.note = "Hidden: a share that would show a small count.";
    figure.description = fmt::format(
        "{} of {} differ by more than 0.1 standard deviations{}.", apart_before,
        study.balance.size(),
        is_matched ? fmt::format(" before matching, {} after", apart_after) : std::string());
    figure.draw = [plot](double width) { return draw(plot, width); };
    return figure;
}

}  // namespace

ReportSection people_section(const Study& study) {
    ReportSection out{"people", "Who is in the study", {}};
    const auto flow = told_flow(study.data.in_file, all_losses(study),
                                static_cast<std::size_t>(study.plan.smallest_cell));
    out.blocks.push_back(flow_figure(study, flow));
    if (flow.lost.size() < all_losses(study).size()) {
        out.say("Steps that lost few people are told together, so that nobody can be picked out.",
                ReportWords::Kind::small);
    }
    if (study.plan.missing_indicator && study.data.filled_in > 0 &&
        !has_small({static_cast<double>(study.data.filled_in)}, study.plan.smallest_cell)) {
        out.say(fmt::format("{} people had a covariate that isn\u2019t known. They are kept, and "
                            "marked by an indicator.", study.data.filled_in));
    }
    return out;
}

ReportSection balance_section(const Study& study) {
    ReportSection out{"alike", "Are the groups alike?", {}};
    out.say(study.matched
                ? "A fair comparison is one of people who were alike beforehand. Each mark is one "
                  "thing that was known about them: the nearer to the middle, the more alike."
                : "By lot, groups come out alike but for chance. Each mark is one thing that was "
                  "known about them: the nearer to the middle, the more alike.");
    out.blocks.push_back(balance_figure(study));
    return out;
}

}  // namespace alongside::evidence
