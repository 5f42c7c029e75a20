// What planning the rota changes: the same prison on the repeating pattern, on a planned rota, and
// by the paper list.
#include <fmt/format.h>

#include <boost/json.hpp>
#include <numeric>

#include "simulate/runs.h"
#include "simulate/simulate.h"

namespace alongside::simulate {
namespace {

struct RotaKind {
    const char* name;
    RotaBy rota;
    CallBy policy;
};
constexpr RotaKind rota_kinds[] = {{"pattern", RotaBy::pattern, CallBy::alongside},
                                   {"plan", RotaBy::plan, CallBy::alongside},
                                   {"list", RotaBy::pattern, CallBy::list}};

std::vector<double> figures(const std::vector<YearReport>& years, double YearReport::* which) {
    std::vector<double> out;
    for (const auto& year : years) out.push_back(year.*which);
    return out;
}

std::string share_text(const ShareSeen& share) {
    return fmt::format("{:.1f}% ({:.1f} to {:.1f})", share.mean * 100, share.low * 100,
                       share.high * 100);
}

double mean_of(const std::vector<double>& all) {
    return std::accumulate(all.begin(), all.end(), 0.0) / static_cast<double>(all.size());
}

}  // namespace

std::vector<RotaSeen> compare_rotas(const Scene& scene, const Assumptions& assumptions,
                                    const YearOptions& options, int seeds,
                                    const std::function<void(int, int)>& done) {
    const auto each = static_cast<std::size_t>(seeds);
    const auto reports = run_years(std::size(rota_kinds) * each, [&](std::size_t number) {
        const auto& kind = rota_kinds[number / each];
        Run out{scene, assumptions, options};
        out.options.rota = kind.rota;
        out.options.policy = kind.policy;
        out.options.seed = options.seed + number % each;
        return out;
    }, done);
    std::vector<RotaSeen> out;
    for (std::size_t kind = 0; kind < std::size(rota_kinds); ++kind) {
        const std::vector<YearReport> years(
            reports.begin() + static_cast<std::ptrdiff_t>(kind * each),
            reports.begin() + static_cast<std::ptrdiff_t>((kind + 1) * each));
        RotaSeen one{rota_kinds[kind].name};
        one.fill = share_seen(figures(years, &YearReport::fill));
        one.night_denial = share_seen(figures(years, &YearReport::night_denial));
        one.busiest = share_seen(figures(years, &YearReport::concentration));
        one.most_hours_a_week = mean_of(figures(years, &YearReport::max_peer_hours_per_week));
        one.wait_median_minutes = mean_of(figures(years, &YearReport::wait_median_minutes));
        for (const auto& year : years) {
            one.requests += static_cast<double>(year.requests) / seeds;
            one.rest_broken += static_cast<double>(year.rest_broken) / seeds;
        }
        out.push_back(std::move(one));
    }
    return out;
}

std::string compared_table(const std::vector<RotaSeen>& rows, int seeds) {
    std::string out = fmt::format("{:<18} {:>8} {:>22} {:>7} {:>22} {:>22} {:>7} {:>7}\n",
                                  "Mean of the years", "requests", "somebody came", "wait",
                                  "denied at night", "busiest peer", "hours", "broken");
    const auto name = [](const RotaSeen& one) {
        return one.rota == "pattern" ? "repeating pattern"
               : one.rota == "plan"  ? "planned rota"
                                     : "paper list";
    };
    for (const auto& one : rows) {
        out += fmt::format("{:<18} {:>8.0f} {:>22} {:>5.0f} m {:>22} {:>22} {:>5.1f} h {:>7.0f}\n",
                           name(one), one.requests, share_text(one.fill), one.wait_median_minutes,
                           share_text(one.night_denial), share_text(one.busiest),
                           one.most_hours_a_week, one.rest_broken);
    }
    const auto& planned = rows[1];
    out += "\nWhat planning changed\n";
    for (const auto* other : {&rows[0], &rows[2]}) {
        const auto points = [](const ShareSeen& is, const ShareSeen& was) {
            return fmt::format("{:+.1f}", (is.mean - was.mean) * 100);
        };
        out += fmt::format("against the {}: somebody came {} points, denied at night {}, the "
                           "busiest peer's share {}, {:+.1f} h in their worst week\n",
                           name(*other), points(planned.fill, other->fill),
                           points(planned.night_denial, other->night_denial),
                           points(planned.busiest, other->busiest),
                           planned.most_hours_a_week - other->most_hours_a_week);
    }
    return out + fmt::format("\n{} years of each, from as many seeds; in brackets the 95 % "
                             "interval of the mean. The years draw\ndifferent requests from one "
                             "seed, since what is done changes what chance decides next.\n",
                             seeds);
}

boost::json::array to_json(const std::vector<RotaSeen>& rows) {
    const auto share = [](const ShareSeen& one) {
        return boost::json::object{{"mean", one.mean}, {"low", one.low}, {"high", one.high}};
    };
    boost::json::array out;
    for (const auto& one : rows) {
        out.push_back(boost::json::object{
            {"rota", one.rota}, {"requests", one.requests}, {"fill", share(one.fill)},
            {"wait_median_minutes", one.wait_median_minutes},
            {"night_denial", share(one.night_denial)}, {"concentration", share(one.busiest)},
            {"max_peer_hours_per_week", one.most_hours_a_week},
            {"rest_broken", one.rest_broken}});
    }
    return out;
}

}  // namespace alongside::simulate
