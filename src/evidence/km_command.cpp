// `alongside evidence km FILE 'Surv(week, arrest) ~ fin'`: curves as R's summary of a survfit.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "base/command.h"
#include "evidence/command.h"
#include "evidence/kaplan_meier.h"
#include "evidence/numbers.h"
#include "evidence/survival_words.h"

namespace alongside::evidence {
namespace {

constexpr std::size_t longest_curve = 200;      // event times that one still reads

struct KmFlags {
    std::string limits = "log", rmean = "none";
    std::vector<double> times;
};

// At the asked-for times up to the last of the curve, with the events since the time before; or at
// every time at which somebody ended.
std::vector<CurvePoint> shown_points(const Curve& curve, const std::vector<double>& times) {
    if (times.empty()) return curve.points;
    std::vector<CurvePoint> out;
    std::size_t next = 0;
    for (const double time : times) {
        if (curve.points.empty() || time > curve.points.back().time) break;
        CurvePoint point = at_time(curve, time);
        point.events = point.censored = 0;
        for (; next < curve.points.size() && curve.points[next].time <= time; ++next) {
            point.events += curve.points[next].events;
            point.censored += curve.points[next].censored;
        }
        out.push_back(point);
    }
    return out;
}

boost::json::object curve_json(const Curve& curve, const KmFlags& flags) {
    boost::json::array points;
    for (const CurvePoint& point : shown_points(curve, flags.times)) {
        points.push_back({{"time", point.time}, {"at_risk", point.at_risk},
                          {"events", point.events}, {"censored", point.censored},
                          {"surv", number(point.surv)}, {"se", number(point.se)},
                          {"lower", number(point.lower)}, {"upper", number(point.upper)}});
    }
    boost::json::object out{{"name", curve.name.empty() ? "all" : curve.name}, {"n", curve.n},
                            {"events", curve.events},
                            {"median", {{"value", number(curve.median)},
                                        {"lower", number(curve.median_lower)},
                                        {"upper", number(curve.median_upper)}}}};
    if (!std::isnan(curve.rmean)) {
        out["rmean"] = {{"value", number(curve.rmean)}, {"se", number(curve.rmean_se)},
                        {"until", number(curve.rmean_until)}};
    }
    out["points"] = std::move(points);
    return out;
}

std::string curve_text(const Curve& curve, const KmFlags& flags, double level) {
    const auto percent = fmt::format("{:g}% CI", 100 * level);
    PrintedTable table{{"time", "n.risk", "n.event", "survival", "std.err", "lower " + percent,
                        "upper " + percent}, {}};
    for (const CurvePoint& point : shown_points(curve, flags.times)) {
        if (flags.times.empty() && point.events == 0) continue;
        table.rows.push_back({printed(point.time), printed(point.at_risk, 7),
                              printed(point.events, 7), printed(point.surv),
                              printed(point.se), printed(point.lower), printed(point.upper)});
    }
    const std::string name = curve.name.empty() ? "" : curve.name + "\n";
    if (table.rows.size() > longest_curve) {
        return fmt::format("\n{}{} event times: choose some with --times, or all with --json\n",
                           name, table.rows.size());
    }
    return "\n" + name + table.text();
}

std::string km_text(const std::vector<Curve>& curves, const Frame& frame, const KmFlags& flags,
                    double level) {
    const bool has_rmean = flags.rmean != "none";
    PrintedTable table{{"n", "events"}, {}};
    if (has_rmean) table.heads.insert(table.heads.end(), {"rmean", "se(rmean)"});
    table.heads.push_back("median");
    table.heads.push_back(fmt::format("{:g}LCL", level));
    table.heads.push_back(fmt::format("{:g}UCL", level));
    for (const Curve& curve : curves) {
        std::vector<std::string> row{curve.name, std::to_string(curve.n), printed(curve.events, 7)};
        if (has_rmean) {
            row.push_back(printed(curve.rmean, 5));
            row.push_back(printed(curve.rmean_se, 4));
        }
        for (const double value : {curve.median, curve.median_lower, curve.median_upper}) {
            row.push_back(printed(value, 7));
        }
        table.rows.push_back(std::move(row));
    }
    std::string out = fmt::format("Kaplan-Meier: {}\n{}\n{}", frame.formula.written,
                                  missing_said(frame), table.text());
    if (has_rmean && !curves.empty()) {
        out += flags.rmean == "individual"
                   ? "    * restricted mean with variable upper limit\n"
                   : fmt::format("    * restricted mean with upper limit = {}\n",
                                 printed(curves.front().rmean_until));
    }
    for (const Curve& curve : curves) out += curve_text(curve, flags, level);
    return out;
}

Fallible<CurveOptions> curve_options(const CommonOptions& common, const KmFlags& flags) {
    CurveOptions options;
    options.level = common.level;
    options.threads = common.threads;
    options.limits = flags.limits == "plain"     ? CurveLimits::plain
                     : flags.limits == "log-log" ? CurveLimits::log_log
                                                 : CurveLimits::log;
    if (flags.rmean == "common") {
        options.rmean = MeanUpTo::last_of_all;
    } else if (flags.rmean == "individual") {
        options.rmean = MeanUpTo::own_last;
    } else if (flags.rmean != "none") {
        char* end = nullptr;
        const double until = std::strtod(flags.rmean.c_str(), &end);
        if (*end != '\0' || !(until > 0) || !std::isfinite(until)) {
            return trouble("--rmean is a time above 0, common, individual or none, not \"" +
                           flags.rmean + "\"");
        }
        options.rmean = MeanUpTo::time;
        options.rmean_until = until;
    }
    return options;
}

Fallible<Output> run_km(const CommonOptions& common, Table& table, const KmFlags& flags) {
    auto options = curve_options(common, flags);
    if (!options) return tl::make_unexpected(std::move(options.error()));
    auto frame = survival_frame(common, table, "", true);
    if (!frame) return tl::make_unexpected(std::move(frame.error()));
    if (!frame->strata.empty() || frame->offset.size() > 0) {
        return trouble("Kaplan-Meier takes groups only: write Surv(…) ~ fin + race, without "
                       "strata() and offset()");
    }
    const auto curves = kaplan_meier(*frame, frame->groups, *options);
    KmFlags sorted = flags;
    std::sort(sorted.times.begin(), sorted.times.end());
    Output out;
    if (frame->weights.size() > 0 && frame->weights.isZero(0)) {
        out.warnings.push_back("Every weight is 0: nobody is counted.");
    }
    if (common.as_json) {
        boost::json::array strata;
        for (const Curve& curve : curves) strata.push_back(curve_json(curve, sorted));
        out.json["n"] = frame->size();
        out.json["strata"] = std::move(strata);
        out.json["conf_type"] = flags.limits;
        add_row_counts(*frame, {}, out.json);
    } else {
        out.text = km_text(curves, *frame, sorted, common.level);
    }
    return out;
}

}  // namespace

void add_km(Command& evidence, const Desk& desk) {
    auto flags = std::make_shared<KmFlags>();
    auto* command = add_command(
        evidence, desk, "km",
        "Kaplan-Meier curves: 'Surv(week, arrest) ~ fin'; '~ 1' for one curve", takes_everything,
        [flags](const CommonOptions& common, Table& table) {
            return run_km(common, table, *flags);
        });
    command->add_option("--conf-type", flags->limits, "Limits on the scale plain, log or log-log")
        ->one_of({"plain", "log", "log-log"})
        ->capture_default_str();
    command->add_option("--rmean", flags->rmean,
                        "Restricted mean up to a time, the last time of all (common) or of each "
                        "curve (individual)")
        ->capture_default_str();
    command->add_option("--times", flags->times, "Show the curves at these times: 10,20,52")
        ->delimiter(',');
}

}  // namespace alongside::evidence
