// `evidence its`: an interrupted time series.
#include <fmt/format.h>

#include <cmath>
#include <memory>

#include "base/command.h"
#include "evidence/command.h"
#include "evidence/its.h"
#include "evidence/numbers.h"
#include "evidence/own_units.h"
#include "evidence/regression_text.h"

namespace alongside::evidence {
namespace {

struct ItsOptions {
    ItsPlan plan;
    std::string model = "poisson", group, treated;
    bool has_no_slope = false, has_no_adjust = false;
};

ItsModel model_called(const std::string& name) {
    if (name == "ols") return ItsModel::ols;
    if (name == "poisson") return ItsModel::poisson;
    return name == "quasipoisson" ? ItsModel::quasipoisson : ItsModel::negbin;
}

// Adds the time and the group to what the formula asks for, so that rows without them are left out
// and counted.
Fallible<Frame> its_frame(const Table& table, const CommonOptions& common,
                          const ItsOptions& options, const std::string& weights) {
    const auto formula = parse_formula(common.formula);
    if (!formula) return tl::make_unexpected(formula.error());
    if (formula->is_survival || formula->is_counts || formula->response.size() != 1)
        return trouble("its needs one outcome: 'outcome ~ 1 + offset(log(people))'");
    FrameOptions frame_options{.weights = weights, .cluster = {}, .strata = {}};
    const auto time = table.column(options.plan.time);
    if (!time) return tl::make_unexpected(time.error());
    if (!(*time)->is_number)
        return trouble(fmt::format("{}: --time {} is words: it must be numbers (months counted "
                                   "from the first, say)", table.file, options.plan.time));
    frame_options.cluster = options.group;
    if (options.group.empty()) frame_options.cluster = options.plan.time;
    return make_frame(table, *formula, frame_options);
}

Fallible<ItsSeries> its_series(const Table& table, const Frame& frame,
                               const ItsOptions& options) {
    ItsSeries data{.x = Matrix(frame.design.x.rows(), frame.design.x.cols()),
                   .columns = frame.design.columns, .y = frame.y, .time = {},
                   .weights = frame.weights, .offset = frame.offset, .series = {},
                   .is_treated = {}};
    for (Eigen::Index j = 0; j < data.x.cols(); ++j)
        data.x.col(j) = column_as_it_was(frame.design, j);
    const Column& time = **table.column(options.plan.time);
    data.time.resize(frame.y.size());
    for (std::size_t i = 0; i < frame.rows.size(); ++i) {
        if (time.is_missing(frame.rows[i]))
            return trouble(fmt::format("{}:{}: {} is missing", table.file,
                                       table.line_of(frame.rows[i]), time.name));
        data.time[static_cast<Eigen::Index>(i)] = time.numbers[frame.rows[i]];
    }
    if (options.group.empty()) return data;
    data.series = frame.cluster;
    bool is_found = false;
    for (const auto& name : data.series.names) {
        data.is_treated.push_back(name == options.treated);
        is_found = is_found || name == options.treated;
    }
    if (!is_found)
        return trouble(fmt::format("{}: no row has {} = {}", table.file, options.group,
                                   options.treated));
    if (data.series.names.size() < 2)
        return trouble(fmt::format("{}: {} has one value alone: no series to compare with",
                                   table.file, options.group));
    return data;
}

boost::json::object estimated_json(const Estimated& e) {
    return {{"value", number(e.value)}, {"se", number(e.se)}, {"lower", number(e.lower)},
            {"upper", number(e.upper)}, {"p", number(e.p)}};
}

std::string estimated_text(const char* what, const Estimated& e, double level) {
    return fmt::format("{}: {}  ({}% interval {} to {}, p {})\n", what, printed(e.value, 4),
                       printed(100 * level, 6), printed(e.lower, 4), printed(e.upper, 4),
                       printed_p(e.p));
}

std::string its_text(const ItsFit& fit, const ItsOptions& options, const Frame& frame) {
    const double level = options.plan.level;
    std::string text = fmt::format(
        "Interrupted time series ({})\n{}\n{} from {}: {} points before, {} after\n{}\n"
        "Coefficients:\n{}\n", options.model, frame.formula.written, options.plan.time,
        printed(options.plan.from, 10), fit.before, fit.after, missing_text(frame),
        coefficient_text(fit.terms, fit.fit.uses_t));
    text += fmt::format("Statistics and intervals by Newey-West, lag {}{}\n\n", fit.lags,
                        options.plan.adjust ? ", adjusted" : "");
    text += estimated_text(fit.is_log ? "Ratio at the end" : "Difference at the end", fit.at_end,
                           level);
    text += estimated_text("More (or fewer, if negative) over all the time after", fit.total,
                           level);
    if (!std::isnan(fit.ratio.value))
        text += estimated_text("Ratio over all the time after", fit.ratio, level);
    std::string shown;
    const auto& correlations = fit.diagnostics.autocorrelation;
    for (std::size_t lag = 0; lag < std::min<std::size_t>(6, correlations.size()); ++lag)
        shown += " " + printed(std::round(correlations[lag] * 1e4) / 1e4, 4);
    text += fmt::format("\nDurbin-Watson: {}   autocorrelation at lags 1 to 6:{}\n"
                        "Ljung-Box: chi-squared {} on {} df, p {}\n",
                        printed(fit.diagnostics.durbin_watson, 4), shown,
                        printed(fit.diagnostics.ljung_box, 4), fit.diagnostics.ljung_box_lags,
                        printed_p(fit.diagnostics.ljung_box_p));
    if (options.model == "ols") return text;
    text += fmt::format("Residual deviance: {}  on {} degrees of freedom, dispersion {}\n",
                        printed(fit.deviance, 5), fit.fit.df_residual, printed(fit.dispersion, 4));
    if (options.model == "negbin")
        text += fmt::format("Theta: {} (standard error {})\n", printed(fit.theta, 5),
                            printed(fit.theta_se, 5));
    return text;
}

boost::json::array points_json(const ItsFit& fit, const ItsSeries& data, const Table& table,
                               const Frame& frame) {
    boost::json::array points;
    for (const ItsPoint& point : fit.points) {
        boost::json::object one{{"line", table.line_of(frame.rows[point.row])},
                                {"time", point.time},
                                {"observed", number(point.observed)},
                                {"fitted", number(point.fitted)},
                                {"counterfactual", number(point.counterfactual)},
                                {"after", point.is_after}};
        if (!data.series.empty())
            one["series"] = data.series.names[static_cast<std::size_t>(point.series)];
        points.push_back(std::move(one));
    }
    return points;
}

Output its_output(const ItsFit& fit, const ItsSeries& data, const ItsOptions& options,
                  const Table& table, const Frame& frame) {
    Output out;
    out.text = its_text(fit, options, frame);
    out.warnings = fit.cautions;
    out.json = {{"model", options.model},
                {"formula", frame.formula.written},
                {"n", frame.size()},
                {"missing", missing_json(frame)},
                {"time", options.plan.time},
                {"from", options.plan.from},
                {"before", fit.before},
                {"after", fit.after},
                {"newey_west", {{"lags", fit.lags}, {"adjust", options.plan.adjust}}},
                {"terms", terms_json(fit.terms, fit.fit.uses_t, fit.is_log)},
                {"effect", {{"scale", fit.is_log ? "ratio" : "difference"},
                            {"at_end", estimated_json(fit.at_end)},
                            {"total", estimated_json(fit.total)},
                            {"ratio", estimated_json(fit.ratio)}}},
                {"deviance", number(fit.deviance)},
                {"loglik", number(fit.loglik)},
                {"aic", number(fit.aic)},
                {"dispersion", number(fit.dispersion)},
                {"df_residual", fit.fit.df_residual},
                {"points", points_json(fit, data, table, frame)}};
    boost::json::array correlations;
    for (const double r : fit.diagnostics.autocorrelation) correlations.push_back(number(r));
    out.json["diagnostics"] = {{"durbin_watson", number(fit.diagnostics.durbin_watson)},
                               {"autocorrelation", std::move(correlations)},
                               {"ljung_box", {{"chisq", number(fit.diagnostics.ljung_box)},
                                              {"df", fit.diagnostics.ljung_box_lags},
                                              {"p", number(fit.diagnostics.ljung_box_p)}}}};
    if (options.model == "negbin") {
        out.json["theta"] = number(fit.theta);
        out.json["theta_se"] = number(fit.theta_se);
    }
    return out;
}

Fallible<Output> run_its(const CommonOptions& common, const Table& table, ItsOptions options) {
    options.plan.model = model_called(options.model);
    options.plan.level = common.level;
    options.plan.with_slope = !options.has_no_slope;
    options.plan.adjust = !options.has_no_adjust;
    if ((options.plan.pairs > 0) != (options.plan.season > 0))
        return trouble("--season and --pairs go together: --season 12 --pairs 2");
    if (options.group.empty() != options.treated.empty())
        return trouble("--group and --treated go together: --group prison --treated Leeds");
    const auto frame = its_frame(table, common, options, common.weights);
    if (!frame) return tl::make_unexpected(frame.error());
    if (options.plan.model != ItsModel::ols)
        if (auto fine = check_outcome(observations(*frame), Family::poisson); !fine)
            return tl::make_unexpected(std::move(fine.error()));
    const auto data = its_series(table, *frame, options);
    if (!data) return tl::make_unexpected(data.error());
    const auto fit = fit_its(*data, options.plan, common.threads);
    if (!fit) return tl::make_unexpected(Trouble{table.file + ": " + fit.error().sentence});
    return its_output(*fit, *data, options, table, *frame);
}

}  // namespace

void add_its(Command& evidence, const Desk& desk) {
    auto options = std::make_shared<ItsOptions>();
    auto* command = add_command(evidence, desk, "its",
                                "Interrupted time series: did level or slope change?",
                                {.formula = true, .weights = true, .level = true},
                                [options](const CommonOptions& common, const Table& table) {
                                    return run_its(common, table, *options);
                                });
    command->add_option("--time", options->plan.time, "The column of times, in numbers")
        ->required();
    command->add_option("--from", options->plan.from, "The first time at which it was there")
        ->required();
    command->add_option("--model", options->model, "ols, poisson, quasipoisson or negbin")
        ->capture_default_str()
        ->one_of({"ols", "poisson", "quasipoisson", "negbin"});
    command->add_option("--season", options->plan.season, "Length of the season, in units of time")
        ->positive();
    command->add_option("--pairs", options->plan.pairs, "Pairs of sine and cosine for the season")
        ->within(1, 50);
    command->add_option("--lags", options->plan.lags,
                        "Of Newey-West; without: 4 (n/100)^(2/9), rounded down")
        ->within(0, 1'000'000);
    command->add_flag("--no-adjust", options->has_no_adjust,
                      "Newey-West without the factor n / (n - k)");
    command->add_flag("--no-slope", options->has_no_slope, "A change of level alone");
    command->add_option("--group", options->group, "A column that names the series");
    command->add_option("--treated", options->treated, "The series in which it began");
}

}  // namespace alongside::evidence
