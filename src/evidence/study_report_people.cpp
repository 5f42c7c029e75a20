// Who is in the study, and how alike the groups are.
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "evidence/study_report.h"

namespace alongside::evidence {

namespace {

// The two groups of the study at its end, with their numbers.
std::vector<std::pair<std::string, std::size_t>> ends_of_flow(const Study& study) {
    const auto& plan = study.plan;
    if (!study.has_groups || study.units > 0) return {};
    return {{plan.comparison.programme_name, study.main.n_programme},
            {plan.comparison.other_name, study.main.n_other}};
}

const char* what_is_counted(const Study& study) {
    const bool is_series = study.units > 0 || study.series.has_value() ||
                           study.plan.method.kind == MethodKind::interrupted_series;
    return is_series ? "rows (places and periods)" : "people";
}

// " (the programme: 5; the comparison: 7)", where the groups are told.
std::string lost_words(const Plan& plan, const ToldStep& step) {
    if (!step.shows_groups || step.programme + step.other == 0) return "";
    return fmt::format(" ({}: {}; {}: {})", plan.comparison.programme_name,
                       with_commas(static_cast<long long>(step.programme)),
                       plan.comparison.other_name,
                       with_commas(static_cast<long long>(step.other)));
}

ReportCell count_or_hidden(std::size_t count, bool hides) {
    return hides ? ReportCell::hidden() : ReportCell::count(count);
}

// A row for each step: how many it lost, of which groups, and who is left.
ReportTable flow_table(const Study& study, const ToldFlow& flow) {
    const auto ends = ends_of_flow(study);
    const auto& plan = study.plan;
    ReportTable out{"flow", "Who was left out at each step", {"Step", "Left out"}, {}, ""};
    const auto add = [&](const std::string& name, std::vector<ReportCell> cells) {
        cells.insert(cells.begin(), ReportCell::words(name));
        out.rows.push_back(std::move(cells));
    };
    if (!ends.empty()) {
        out.heads.push_back("Of them: " + plan.comparison.programme_name);
        out.heads.push_back("Of them: " + plan.comparison.other_name);
    }
    out.heads.emplace_back("Still in");
    std::vector<ReportCell> none(out.heads.size() - 2, ReportCell::words(""));
    auto row = none;
    row.push_back(count_or_hidden(flow.start, flow.hides_start));
    add("In " + plan.data.text, row);
    std::size_t left = flow.start;
    for (const auto& one : flow.lost) {
        left -= one.lost;
        row = {count_or_hidden(one.lost, flow.hides_start && one.lost > 0)};
        if (!ends.empty()) {
            row.push_back(count_or_hidden(one.programme, !one.shows_groups));
            row.push_back(count_or_hidden(one.other, !one.shows_groups));
        }
        row.push_back(count_or_hidden(left, flow.hides_start && left != flow.end));
        add(one.why, row);
    }
    for (const auto& [name, count] : ends) {
        row = none;
        row.push_back(ReportCell::count(count));
        add("Compared: " + name, row);
    }
    return out;
}

ReportFigure flow_figure(const Study& study, const ToldFlow& flow) {
    FlowPlot plot;
    const auto counted = std::string(what_is_counted(study));
    const bool has_groups = !ends_of_flow(study).empty();
    const auto text = [&](std::size_t count, bool hides) {
        return hides ? std::string(hidden_text) : with_commas(static_cast<long long>(count));
    };
    plot.begin_words = counted + " in " + study.plan.data.text;
    plot.begin_count = text(flow.start, flow.hides_start);
    std::size_t left = flow.start;
    for (const auto& one : flow.lost) {
        left -= one.lost;
        plot.steps.push_back({one.why + (has_groups ? lost_words(study.plan, one) : ""),
                              text(one.lost, flow.hides_start && one.lost > 0),
                              text(left, flow.hides_start && left != flow.end)});
    }
    for (const auto& [name, count] : ends_of_flow(study))
        plot.ends.emplace_back(name, text(count, false));
    ReportFigure figure;
    figure.title = "From everybody in the file to those who are compared";
    figure.table = flow_table(study, flow);
    figure.description = fmt::format("Of {} {} in the file, {} are compared.", plot.begin_count,
                                     counted, with_commas(static_cast<long long>(flow.end)));
    figure.draw = [plot](double width) { return draw(plot, width); };
    return figure;
}

ReportCell balance_cell(double value, bool shows, int places) {
    if (!shows || places == BalancePlaces::none) return ReportCell::hidden();
    return ReportCell::number(value, std::abs(value) >= 100 ? 0 : places);
}

// Of those standardised differences that are told, how many are large.
struct ApartCount {
    std::size_t told = 0, apart = 0;

    std::string words() const {
        return fmt::format("{} of {} {} by more than 0.1 standard deviations", apart, told,
                           apart == 1 ? "differs" : "differ");
    }
};

// A mark of the plot, counted; nothing if it isn't told.
std::optional<double> told_smd(const Study& study, double smd, int places, ApartCount& count) {
    if (places == BalancePlaces::none) return std::nullopt;
    const double told = as_told(study, smd, places);
    ++count.told;
    count.apart += std::abs(told) > 0.1;
    return told;
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
    std::size_t hidden = 0;
    bool is_coarse = false;
    ApartCount before, afterwards;
    for (std::size_t i = 0; i < study.balance.size(); ++i) {
        const auto& line = study.balance[i];
        const auto& after = line.after;
        const bool shows = shows_balance(study, study.data.balanced[i]);
        const bool shows_first = shows_before(study, study.data.balanced[i]);
        std::vector<ReportCell> row{ReportCell::words(line.name)};
        const auto places = balance_places(study, i);
        for (const double v : {line.before.mean_treated, line.before.mean_comparison})
            row.push_back(balance_cell(v, shows_first, places.mean));
        row.push_back(balance_cell(line.before.smd, shows_first, places.before));
        for (const double v : {after.mean_treated, after.mean_comparison}) {
            if (is_matched) row.push_back(balance_cell(v, shows, 3));
        }
        if (is_matched) row.push_back(balance_cell(after.smd, shows, places.after));
        LovePlot::Row mark{line.name, {}, {}};
        if (shows_first) mark.before = told_smd(study, line.before.smd, places.before, before);
        if (is_matched && shows) mark.after = told_smd(study, after.smd, places.after, afterwards);
        hidden += std::ranges::count(row, true, &ReportCell::is_hidden) > 0;
        is_coarse = is_coarse || places.mean < 3;
        table.rows.push_back(std::move(row));
        if (mark.before || mark.after) plot.rows.push_back(std::move(mark));
    }
    if (hidden) {
        table.note = "Hidden: what would show a small count, here or beside another table.";
    }
    if (is_coarse) {
        table.note += std::string(table.note.empty() ? "" : " ") +
                      "Means before matching are rounded so that they don\u2019t show how large "
                      "the groups were.";
    }
    figure.description = is_matched ? before.words() + " before matching; " +
                                          afterwards.words() + " after."
                                    : before.words() + ".";
    if (hidden) {
        figure.description += fmt::format(
            " Something of {} is hidden.",
            hidden == 1 ? "1 covariate" : fmt::format("{} covariates", hidden));
    }
    figure.draw = [plot](double width) { return draw(plot, width); };
    return figure;
}

}  // namespace

ReportSection people_section(const Study& study) {
    ReportSection out{"people", "Who is in the study", {}};
    const auto& flow = study.wall.flow;
    if (flow.hides_all) {
        out.say(fmt::format("How many are in the study, and how many were left out, isn\u2019t "
                            "told: a group has fewer than {} people.", study.plan.smallest_cell));
        return out;
    }
    out.blocks.push_back(flow_figure(study, flow));
    if (flow.hides_any) {
        out.say("Steps that lost few people are told together, or without their groups, so that "
                "nobody can be picked out.", ReportWords::Kind::small);
    }
    if (const auto lost = attrition_of(study); lost && lost->is_told) {
        out.say(attrition_words(study, *lost));
    }
    bool hides_gaps = is_small_count(static_cast<double>(study.data.filled_in),
                                     static_cast<std::size_t>(study.plan.smallest_cell));
    for (const auto& one : study.plan.covariates) {
        hides_gaps = hides_gaps ||
                     study.wall.is_hidden(PartUse::covariate, one.text, part_not_known);
    }
    if (study.plan.missing_indicator && study.data.filled_in > 0 && !hides_gaps) {
        const auto people = study.data.filled_in;
        out.say(people == 1 ? "1 person had a covariate that isn\u2019t known, and is kept, marked "
                              "by an indicator."
                            : fmt::format("{} people had a covariate that isn\u2019t known. They "
                                          "are kept, and marked by an indicator.", people));
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
