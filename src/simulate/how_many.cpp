// How many peers are needed: the same weeks with more and more of them, from several seeds.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include "base/ensure.h"
#include "simulate/runs.h"

namespace alongside::simulate {

BOOST_DESCRIBE_STRUCT(ShareSeen, (), (mean, low, high))
BOOST_DESCRIBE_STRUCT(PartOfDay, (), (yes_within, there_within, there_by_target, there))
BOOST_DESCRIBE_STRUCT(HowManyRow, (), (peers, on_at_night, day, night))

namespace {

PartOfDay part_of(const std::vector<YearReport>& reports, std::size_t first, std::size_t seeds,
                  Answered YearReport::* when) {
    const auto seen = [&](std::int64_t Answered::* what) {
        std::vector<double> shares;
        for (std::size_t i = first; i < first + seeds; ++i) {
            const auto& one = reports[i].*when;
            if (one.asked > 0) {
                shares.push_back(static_cast<double>(one.*what) / static_cast<double>(one.asked));
            }
        }
        return share_seen(shares);
    };
    return {seen(&Answered::yes_within), seen(&Answered::there_within),
            seen(&Answered::there_by_target), seen(&Answered::there)};
}

// Places of the shift that begins last before midnight, or goes over it.
int night_places(const Scene& scene, const SchemeCode& scheme) {
    int out = 0;
    for (const auto& shift : scene.shifts) {
        if (shift.scheme == scheme && shift.from_minute + shift.minutes > 24 * 60) {
            out = std::max(out, shift.needed);
        }
    }
    return out;
}

std::string in_words(const ShareSeen& one) {
    return fmt::format("{:>5.1f} % ({:>5.1f}-{:>5.1f})", one.mean * 100, one.low * 100,
                       one.high * 100);
}

}  // namespace

ShareSeen share_seen(const std::vector<double>& by_seed) {
    if (by_seed.empty()) return {0, 0, 1};
    const auto n = static_cast<double>(by_seed.size());
    const double mean = std::accumulate(by_seed.begin(), by_seed.end(), 0.0) / n;
    if (by_seed.size() < 2) return {mean, 0, 1};
    double squares = 0;
    for (const double one : by_seed) squares += (one - mean) * (one - mean);
    const double t = boost::math::quantile(boost::math::students_t(n - 1), 0.975);
    const double half = t * std::sqrt(squares / (n - 1) / n);
    return {mean, std::max(0.0, mean - half), std::min(1.0, mean + half)};
}

HowMany how_many(const Scene& scene, const Assumptions& assumptions,
                 const HowManyOptions& options, const std::function<void(int, int)>& done) {
    ENSURE(options.fewest >= 1 && options.fewest <= options.most && options.most <= 60);
    ENSURE(options.seeds >= 2 && options.seeds <= 20);
    const auto seeds = static_cast<std::size_t>(options.seeds);
    const auto& all = schemes::templates();
    const auto policy = std::ranges::find(all, assumptions.scheme(), &schemes::Policy::scheme);
    ENSURE(policy != all.end());
    HowMany out{assumptions.scheme(), scene.name, options, policy->target_minutes_day,
                policy->target_minutes_night, assumptions["demand.per_year"],
                assumptions["demand.night_share"], assumptions["sessions.mean_hours"], {}};
    const auto sizes = static_cast<std::size_t>(options.most - options.fewest + 1);
    const auto peers_of = [&](std::size_t i) {
        return options.fewest + static_cast<int>(i / seeds);
    };
    const auto reports = run_years(
        sizes * seeds,
        [&](std::size_t i) {
            Run run{with_members(scene, assumptions.scheme(), peers_of(i)), assumptions,
                    options.year};
            run.options.seed += i % seeds;
            return run;
        },
        done);
    for (std::size_t i = 0; i < sizes; ++i) {
        const int peers = peers_of(i * seeds);
        out.rows.push_back({peers,
                            night_places(with_members(scene, assumptions.scheme(), peers),
                                         assumptions.scheme()),
                            part_of(reports, i * seeds, seeds, &YearReport::day),
                            part_of(reports, i * seeds, seeds, &YearReport::night)});
    }
    return out;
}

Enough peers_enough(const HowMany& result, ShareSeen PartOfDay::* what,
                    PartOfDay HowManyRow::* when) {
    Enough out;
    bool mean_goes_on = true, sure_goes_on = true;
    for (auto row = result.rows.rbegin(); row != result.rows.rend(); ++row) {
        const auto& share = ((*row).*when).*what;
        mean_goes_on = mean_goes_on && share.mean >= result.options.wanted;
        sure_goes_on = sure_goes_on && share.low >= result.options.wanted;
        if (mean_goes_on) out.in_the_mean = row->peers;
        if (sure_goes_on) out.surely = row->peers;
    }
    return out;
}

std::string how_many_table(const HowMany& result) {
    const auto& options = result.options;
    std::string out = fmt::format(
        "{}, {}: {:.0f} requests a year, {:.0f} % at night, sessions of {:.1f} h on average;\n"
        "{} days from each of {} seeds: their mean, with the 95 % interval of that mean.\n\n",
        result.prison, result.scheme.text(), result.requests_a_year, result.night_share * 100,
        result.mean_hours, options.year.days, options.seeds);
    const auto table = [&](std::string_view title, PartOfDay HowManyRow::* when, int target) {
        out += fmt::format("{}\n{:>5} {:>8}  {:<22} {:<22} {:<22} {:<22}\n", title, "peers",
                           "on/night", "said yes in 15 min", "there in 15 min",
                           fmt::format("there in {} min", target), "came at all");
        for (const auto& row : result.rows) {
            const auto& part = row.*when;
            out += fmt::format("{:>5} {:>8}  {:<22} {:<22} {:<22} {:<22}\n", row.peers,
                               row.on_at_night, in_words(part.yes_within),
                               in_words(part.there_within), in_words(part.there_by_target),
                               in_words(part.there));
        }
        out += '\n';
    };
    table("By day", &HowManyRow::day, result.target_day);
    table("At night", &HowManyRow::night, result.target_night);
    const auto say = [&](std::string_view what, ShareSeen PartOfDay::* of) {
        const auto number = [&](PartOfDay HowManyRow::* when) {
            const auto found = peers_enough(result, of, when);
            const auto or_more = [&](const std::optional<int>& n) {
                return n ? std::to_string(*n) : fmt::format("more than {}", options.most);
            };
            return fmt::format("{} (with the whole interval: {})", or_more(found.in_the_mean),
                               or_more(found.surely));
        };
        out += fmt::format("{:.0f} % {}: by day {}, at night {}\n", options.wanted * 100, what,
                           number(&HowManyRow::day), number(&HowManyRow::night));
    };
    say("have a yes within 15 minutes", &PartOfDay::yes_within);
    say("have somebody there within 15 minutes", &PartOfDay::there_within);
    say("have somebody there within the scheme's target", &PartOfDay::there_by_target);
    say("have somebody come at all", &PartOfDay::there);
    return out + "\nKnock, answer, unlock and escort take their time however many peers there are: "
                 "see --assumptions.\n";
}

boost::json::object to_json(const HowMany& result) {
    return {{"scheme", result.scheme.text()},
            {"prison", result.prison},
            {"seeds", result.options.seeds},
            {"first_seed", result.options.year.seed},
            {"days", result.options.year.days},
            {"wanted", result.options.wanted},
            {"target_day", result.target_day},
            {"target_night", result.target_night},
            {"requests_a_year", result.requests_a_year},
            {"night_share", result.night_share},
            {"mean_hours", result.mean_hours},
            {"rows", boost::json::value_from(result.rows)}};
}

HowMany how_many_from(const boost::json::value& json) {
    try {
        HowMany out;
        const auto scheme = SchemeCode::parse(json.at("scheme").as_string());
        if (!scheme) throw std::invalid_argument("scheme");
        out.scheme = *scheme;
        out.prison = json.at("prison").as_string();
        out.options.seeds = json.at("seeds").to_number<int>();
        out.options.year.seed = json.at("first_seed").to_number<std::uint64_t>();
        out.options.year.days = json.at("days").to_number<int>();
        out.options.wanted = json.at("wanted").to_number<double>();
        out.target_day = json.at("target_day").to_number<int>();
        out.target_night = json.at("target_night").to_number<int>();
        out.requests_a_year = json.at("requests_a_year").to_number<double>();
        out.night_share = json.at("night_share").to_number<double>();
        out.mean_hours = json.at("mean_hours").to_number<double>();
        out.rows = boost::json::value_to<std::vector<HowManyRow>>(json.at("rows"));
        if (out.rows.empty() || out.rows.size() > 60) throw std::invalid_argument("rows");
        out.options.fewest = out.rows.front().peers;
        out.options.most = out.rows.back().peers;
        return out;
    } catch (const std::exception&) {
        throw std::invalid_argument("This is no answer of `simulate --how-many --json`.");
    }
}

}  // namespace alongside::simulate
