// `alongside evidence cox FILE 'Surv(week, arrest) ~ fin + age'`: text as R's summary, or JSON.
#include <fmt/format.h>

#include <cmath>
#include <memory>

#include "base/command.h"
#include "evidence/command.h"
#include "evidence/cox.h"
#include "evidence/numbers.h"
#include "evidence/survival_words.h"

namespace alongside::evidence {
namespace {

struct CoxFlags {
    std::string ties = "efron", strata, zph = "km";
    bool robust = false;
    std::vector<double> times;
};

struct CoxLine {
    std::string name;
    double coef, se, robust_se, z, p, ratio, lower, upper;
};

std::vector<CoxLine> cox_lines(const CoxFit& fit, const Design& design, bool robust,
                               double level) {
    const double wide = normal_quantile(1 - (1 - level) / 2);
    std::vector<CoxLine> lines;
    for (std::size_t i = 0; i < fit.names.size(); ++i) {
        const auto j = static_cast<Eigen::Index>(i);
        const double unit = unit_at(design.unit, j), coef = fit.coef[j] / unit;
        CoxLine line{fit.names[i], coef, missing, missing, missing, missing, std::exp(coef),
                     missing, missing};
        if (std::isfinite(line.coef)) {
            line.se = std::sqrt(fit.naive(j, j)) / unit;
            if (robust) line.robust_se = std::sqrt(fit.variance(j, j)) / unit;
            const double se = robust ? line.robust_se : line.se;
            line.z = line.coef / se;
            line.p = two_sided_normal(line.z);
            line.lower = std::exp(line.coef - wide * se);
            line.upper = std::exp(line.coef + wide * se);
        }
        lines.push_back(line);
    }
    return lines;
}

// A test of no coefficient has no p-value.
double p_of(double chisq, int df) { return df > 0 ? chi_squared_tail(chisq, df) : missing; }

// The cumulative hazard at asked-for times, or at every event time.
struct BaselineRow {
    std::string stratum;
    double time, hazard;
};

std::vector<BaselineRow> baseline_rows(const CoxFit& fit, const std::vector<double>& times) {
    std::vector<BaselineRow> rows;
    for (std::size_t i = 0; i < fit.baseline.size();) {
        std::size_t end = i;
        const auto& stratum = fit.baseline[i].stratum;
        while (end < fit.baseline.size() && fit.baseline[end].stratum == stratum) ++end;
        for (const double time : times) {
            double hazard = 0;
            for (std::size_t k = i; k < end && fit.baseline[k].time <= time; ++k) {
                hazard = fit.baseline[k].cumulative_hazard;
            }
            rows.push_back({stratum, time, hazard});
        }
        i = end;
    }
    return rows;
}

boost::json::object cox_json(const CoxFit& fit, const std::vector<CoxLine>& lines, bool robust,
                             const CoxFlags& flags) {
    boost::json::object out{{"n", fit.n}, {"events", fit.events}, {"ties", flags.ties}};
    boost::json::array terms, zph, baseline;
    for (const auto& line : lines) {
        boost::json::object term{{"name", line.name}, {"coef", number(line.coef)},
                                 {"se", number(line.se)}};
        if (robust) term["robust_se"] = number(line.robust_se);
        term["z"] = number(line.z);
        term["p"] = number(line.p);
        term["exp_coef"] = number(line.ratio);
        term["lower"] = number(line.lower);
        term["upper"] = number(line.upper);
        terms.push_back(std::move(term));
    }
    out["terms"] = std::move(terms);
    out["loglik"] = {number(fit.loglik_null), number(fit.loglik)};
    boost::json::object tests{{"lr", number(fit.lr)}, {"wald", number(fit.wald)},
                              {"score", number(fit.score)}, {"df", fit.df}};
    boost::json::object p{{"lr", number(p_of(fit.lr, fit.df))},
                          {"wald", number(p_of(fit.wald, fit.df))},
                          {"score", number(p_of(fit.score, fit.df))}};
    if (robust) {
        tests["robust_score"] = number(fit.robust_score);
        p["robust_score"] = number(p_of(fit.robust_score, fit.df));
    }
    tests["p"] = std::move(p);
    out["tests"] = std::move(tests);
    out["concordance"] = {{"value", number(fit.concordance.value)},
                          {"se", number(fit.concordance.se)}};
    for (const auto& line : fit.zph) {
        zph.push_back({{"name", line.name}, {"chisq", number(line.chisq)}, {"df", line.df},
                       {"p", number(line.p)}});
    }
    out["zph"] = std::move(zph);
    for (const auto& row : baseline_rows(fit, flags.times)) {
        boost::json::object step{{"time", row.time}, {"cumulative_hazard", number(row.hazard)},
                                 {"surv", number(std::exp(-row.hazard))}};
        if (!row.stratum.empty()) step["stratum"] = row.stratum;
        baseline.push_back(std::move(step));
    }
    if (!flags.times.empty()) out["baseline"] = std::move(baseline);
    out["iterations"] = fit.iterations;
    return out;
}

std::string coefficient_tables(const std::vector<CoxLine>& lines, bool robust, double level) {
    PrintedTable estimates, ratios;
    estimates.heads = {"coef", "exp(coef)", "se(coef)"};
    if (robust) estimates.heads.push_back("robust se");
    for (const char* head : {"z", "Pr(>|z|)", ""}) estimates.heads.emplace_back(head);
    const auto shown = fmt::format("{:g}", level).substr(1);
    ratios.heads = {"exp(coef)", "exp(-coef)", "lower " + shown, "upper " + shown};
    for (const auto& line : lines) {
        std::vector<std::string> row{line.name, printed(line.coef), printed(line.ratio),
                                     printed(line.se)};
        if (robust) row.push_back(printed(line.robust_se));
        row.push_back(printed(line.z, 3));
        row.push_back(std::isnan(line.p) ? "NA" : printed_p(line.p));
        row.emplace_back(std::isnan(line.p) ? "" : stars(line.p));
        estimates.rows.push_back(std::move(row));
        ratios.rows.push_back({line.name, printed(line.ratio), printed(1 / line.ratio),
                               printed(line.lower), printed(line.upper)});
    }
    return estimates.text() +
           "---\nSignif. codes:  0 '***' 0.001 '**' 0.01 '*' 0.05 '.' 0.1 ' ' 1\n\n" +
           ratios.text() + "\n";
}

std::string test_line(const char* name, double value, int df) {
    return fmt::format("{}= {}  on {} df,   p={}\n", name, printed(value), df,
                       printed_p(p_of(value, df)));
}

std::string cox_text(const CoxFit& fit, const Frame& frame, const std::vector<CoxLine>& lines,
                     bool robust, double level, const CoxFlags& flags) {
    std::string out = fmt::format("Cox's proportional hazards model: {}\n\n"
                                  "  n= {}, number of events= {}\n",
                                  frame.formula.written, fit.n, fit.events);
    out += missing_said(frame) + "\n";
    if (lines.empty()) {
        return out + fmt::format("Null model; log-likelihood= {}\n", printed(fit.loglik, 7));
    }
    out += coefficient_tables(lines, robust, level);
    out += fmt::format("Concordance= {}  (se = {} )\n", printed(fit.concordance.value, 3),
                       printed(fit.concordance.se, 2));
    out += test_line("Likelihood ratio test", fit.lr, fit.df);
    out += test_line("Wald test            ", fit.wald, fit.df);
    out += test_line("Score (logrank) test ", fit.score, fit.df);
    if (robust) out += test_line("Robust score         ", fit.robust_score, fit.df);
    if (!fit.zph.empty()) {
        PrintedTable table{{"chisq", "df", "p"}, {}};
        for (const auto& line : fit.zph) {
            table.rows.push_back({line.name, printed(line.chisq), std::to_string(line.df),
                                  printed_p(line.p)});
        }
        out += fmt::format("\nAre the hazards proportional? Score test, time on the scale {}:\n{}",
                           flags.zph, table.text());
    }
    const auto baseline = baseline_rows(fit, flags.times);
    if (!baseline.empty()) {
        PrintedTable table{{"time", "cumulative hazard", "survival"}, {}};
        for (const auto& row : baseline) {
            table.rows.push_back({row.stratum, printed(row.time), printed(row.hazard),
                                  printed(std::exp(-row.hazard))});
        }
        out += "\nBaseline, for covariates at their means (0 for those of 0 and 1):\n";
        out += table.text();
    }
    return out;
}

Fallible<Output> run_cox(const CommonOptions& common, Table& table, const CoxFlags& flags) {
    auto frame = survival_frame(common, table, flags.strata, false);
    if (!frame) return tl::make_unexpected(std::move(frame.error()));
    // As coxph, which stops too: each row for itself would take one person for several.
    if (flags.robust && frame->start.size() > 0 && frame->cluster.empty()) {
        return trouble("--robust with Surv(start, stop, event) needs to know whose rows are whose: "
                       "add --cluster and the column that names the person");
    }
    table = {};                         // the frame has what is needed, and the fit needs room
    CoxOptions options;
    options.ties = flags.ties == "exact"     ? Ties::exact
                   : flags.ties == "breslow" ? Ties::breslow
                                             : Ties::efron;
    options.zph = flags.zph == "km"         ? TimeScale::km
                  : flags.zph == "identity" ? TimeScale::identity
                  : flags.zph == "log"      ? TimeScale::log
                  : flags.zph == "rank"     ? TimeScale::rank
                                            : TimeScale::none;
    options.robust = flags.robust;
    options.threads = common.threads;
    auto fit = fit_cox(std::move(*frame), options);
    if (!fit) return tl::make_unexpected(std::move(fit.error()));
    const bool robust = fit->is_robust;
    const auto lines = cox_lines(*fit, frame->design, robust, common.level);
    Output out;
    std::vector<std::string> notes;
    std::string dropped;
    for (const auto& line : lines) {
        if (fit->events == 0 || !std::isnan(line.coef)) continue;
        dropped += (dropped.empty() ? "" : ", ") + line.name;
    }
    if (!dropped.empty()) {
        notes.push_back("Dropped, since they say nothing that other columns don't (NA): " +
                        dropped);
    }
    if (common.as_json) {
        out.json = cox_json(*fit, lines, robust, flags);
        add_row_counts(*frame, notes, out.json);
    } else {
        out.text = cox_text(*fit, *frame, lines, robust, common.level, flags);
        for (const auto& note : notes) out.text += "\n" + note + "\n";
    }
    out.warnings = fit->warnings;
    return out;
}

}  // namespace

void add_cox(Command& evidence, const Desk& desk) {
    auto flags = std::make_shared<CoxFlags>();
    auto* command = add_command(
        evidence, desk, "cox", "Cox's proportional hazards model: 'Surv(week, arrest) ~ fin + age'",
        takes_everything, [flags](const CommonOptions& common, Table& table) {
            return run_cox(common, table, *flags);
        });
    command->add_option("--ties", flags->ties, "Events at the same time: efron, breslow or exact")
        ->one_of({"efron", "breslow", "exact"})
        ->capture_default_str();
    command->add_flag("--robust", flags->robust,
                      "Robust standard errors (sandwich); always so with clusters, and with "
                      "weights that aren't whole numbers");
    command->add_option("--strata", flags->strata, "A column: each value has its own baseline");
    command->add_option("--zph", flags->zph, "Test of proportional hazards, by a scale of time")
        ->one_of({"km", "identity", "log", "rank", "none"})
        ->capture_default_str();
    command->add_option("--times", flags->times, "Show the baseline at these times: 10,20,52")
        ->delimiter(',');
}

}  // namespace alongside::evidence
