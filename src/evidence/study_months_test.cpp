// Tries to reckon back months and weeks that a study hides, from all that its report says.
#include <gtest/gtest.h>

#include <set>

#include "evidence/chance.h"
#include "evidence/testing_reckoner.h"
#include "evidence/testing_study.h"

namespace alongside::evidence {
namespace {

// A prison's months: an atom each, per 1,000 of a population that is known.
struct MadeMonths {
    std::string plan, rows;
    std::vector<std::string> unit;      // by atom
    std::vector<double> month, counts, has;
};

MadeMonths made_months(Chance& chance, const std::string& method) {
    MadeMonths out;
    const bool is_series = method == "interrupted time series";
    const auto units = is_series ? 1 : 3 + chance.below(4);
    const auto months = 8 + chance.below(16), most = 2 + chance.below(24);
    const auto starts = 4 + chance.below(months - 6);
    out.rows = "unit,month,has,events,people\n";
    for (std::uint32_t u = 0; u < units; ++u) {
        const auto own_start = 2 + chance.below(months - 2);
        for (std::uint32_t m = 1; m <= months; ++m) {
            const bool has = is_series ? m >= starts
                             : method == "stepped rollout" ? u > 0 && m >= own_start : u % 2 == 1;
            const auto events = chance.below(most + 1);
            out.unit.push_back("U" + std::to_string(u));
            out.month.push_back(m);
            out.counts.push_back(events);
            out.has.push_back(has);
            out.rows += fmt::format("U{},{},{:d},{},1000\n", u, m, has, events);
        }
    }
    out.plan = fmt::format(R"(
title = "T"
question = "Q?"
not_measured = ["x"]
[data]
file = "months.csv"
{}
[outcome]
kind = "per 1000"
column = "events"
population = "people"
words = "events"
better = "lower"
[method]
kind = "{}"
time = "month"
{}{}
[effect]
smallest_worthwhile = 5
)", is_series ? "" : "[comparison]\ncolumn = \"has\"\nprogramme_name = \"P\"\nother_name = \"C\"",
                           method, is_series ? "" : "unit = \"unit\"\n",
                           method == "stepped rollout" ? "" : fmt::format("starts = {}", starts));
    return out;
}

std::pair<double, double> period_of(const std::string& words) {
    const auto ends = split_words(words, " to ");
    return {std::stod(ends.front()), std::stod(ends.back())};
}

std::size_t attack_months(const Study& study, const MadeMonths& made, const Published& published) {
    Reckoner reader(made.counts);
    const bool is_series = !study.has_groups;
    const bool is_stepped = study.plan.method.kind == MethodKind::stepped;
    const double starts = study.plan.method.starts.value_or(0);
    const auto in_group = [&](std::size_t a, std::size_t group) {
        return is_series || (made.has[a] == 1) == (group == 0);
    };
    const std::size_t groups = is_series ? 1 : 2;
    for (const auto& row : published.table("series")) {
        const auto [from, to] = period_of(Published::name(row));
        for (std::size_t g = 0; g < groups; ++g) {
            reader.knows([&, g](std::size_t a) {
                return made.month[a] >= from && made.month[a] <= to && in_group(a, g);
            });
        }
        // With the model's line all would be known: its sums are those of what was seen.
        if (is_series && row.size() > 2) {
            for (std::size_t at = 0; at < made.counts.size(); ++at)
                reader.knows([at](std::size_t a) { return a == at; });
        }
    }
    if (!published.table("groups").empty()) {
        for (const bool since : {false, true}) {
            for (std::size_t g = 0; g < groups; ++g) {
                reader.knows([&, g](std::size_t a) {
                    return in_group(a, g) && (is_stepped || (made.month[a] >= starts) == since);
                });
            }
        }
    }
    for (const auto& row : published.table("prisons")) {
        reader.knows([&](std::size_t a) { return made.unit[a] == Published::name(row); });
    }
    for (const double month : std::set<double>(made.month.begin(), made.month.end())) {
        for (std::size_t g = 0; g < groups; ++g) {
            reader.asks(fmt::format("month {} of group {}", month, g), [&, g](std::size_t a) {
                return made.month[a] == month && in_group(a, g);
            });
        }
    }
    for (const auto& unit : std::set<std::string>(made.unit.begin(), made.unit.end())) {
        if (is_series) break;
        reader.asks(unit, [&](std::size_t a) { return made.unit[a] == unit; });
    }
    EXPECT_EQ(reader.broken(), "");
    return reader.asked();
}

std::size_t attack_months_of(const std::string& method, std::uint64_t seed) {
    std::size_t asked = 0;
    constexpr std::uint64_t studies = 40;
    for (std::uint64_t i = 0; i < studies && !testing::Test::HasFailure(); ++i) {
        SCOPED_TRACE(fmt::format("{} {}", method, i));
        Chance chance(seed, i);
        const auto made = made_months(chance, method);
        const StudyFolder folder;
        folder.put("months.csv", made.rows);
        const auto study = study_of_plan(made.plan, folder.path);
        if (study) asked += attack_months(*study, made, Published(*study));
    }
    return asked;
}

TEST(StudyWallTest, no_small_month_is_reckoned_back_from_the_whole_report) {
    EXPECT_GT(attack_months_of("interrupted time series", 6), 100u);
    EXPECT_GT(attack_months_of("difference in differences", 7), 100u);
    EXPECT_GT(attack_months_of("stepped rollout", 8), 100u);
}

// A curve: an atom is who had the event at one time, or was lost sight of then.
struct MadeCurve {
    Curve curve;
    std::vector<double> atoms, time;
    std::vector<char> is_event;

    double events() const {
        double out = 0;
        for (std::size_t a = 0; a < atoms.size(); ++a) out += is_event[a] ? atoms[a] : 0;
        return out;
    }
};

MadeCurve made_curve(Chance& chance, double horizon) {
    MadeCurve out;
    out.curve.n = 20 + chance.below(200);
    double left = static_cast<double>(out.curve.n), surv = 1;
    const auto often = 1 + chance.below(6), lost = 1 + chance.below(20);
    for (double at = 1; at <= 60 && left > 0; at += 1 + chance.below(3)) {
        CurvePoint point;
        point.time = at;
        point.at_risk = left;
        point.events = std::min<double>(left, chance.below(often));
        const double most = left - point.events;
        if (chance.below(lost) == 0)
            point.censored = std::min<double>(most, 1 + chance.below(4));
        if (at + 3 > 60) point.censored = most;
        left -= point.events + point.censored;
        point.surv = surv *= 1 - point.events / point.at_risk;
        for (const bool event : {true, false}) {
            out.atoms.push_back(event ? point.events : point.censored);
            out.time.push_back(at);
            out.is_event.push_back(event && at <= horizon);
        }
        out.curve.points.push_back(point);
    }
    return out;
}

// What the curve and its numbers still followed tell.
void know_curve(const MadeCurve& made, const ToldCurve& told, const std::vector<double>& ticks,
                Reckoner& reader) {
    const auto& curve = made.curve;
    for (std::size_t i = 0; i < ticks.size(); ++i) {
        if (!told.at_risk[i]) continue;
        reader.knows([&, i](std::size_t a) {
            return made.time[a] > ticks[i] || (made.time[a] == ticks[i] && !made.is_event[a]);
        });
        // By then the curve is what it was, not what it was at some step before.
        const auto exact = at_time(curve, ticks[i]), shown = at_time(told.curve, ticks[i]);
        const bool is_before = told.curve.points.empty() ||
                               told.curve.points.front().time > ticks[i];
        const bool has_begun = curve.points.front().time <= ticks[i];
        EXPECT_EQ(is_before ? 1 : shown.surv, has_begun ? exact.surv : 1) << ticks[i];
    }
    double from = 0;
    for (const auto& step : told.curve.points) {
        reader.knows([&](std::size_t a) {
            return made.is_event[a] && made.time[a] > from && made.time[a] <= step.time;
        });
        from = step.time;
    }
    reader.knows([&](std::size_t a) { return made.is_event[a] && made.time[a] > from; });
    reader.knows([&](std::size_t a) { return !made.is_event[a]; });
}

TEST(StudyWallTest, no_few_events_are_reckoned_back_from_a_curve) {
    std::size_t asked = 0;
    for (std::uint64_t seed = 0; seed < 200 && !HasFailure(); ++seed) {
        SCOPED_TRACE(seed);
        Chance chance(seed, 9);
        const double horizon = 52;
        const auto made = made_curve(chance, horizon);
        const std::vector<double> ticks{0, 13, 26, 39, 52};
        Reckoner reader(made.atoms);
        know_curve(made, told_curve(made.curve, ticks, horizon, small_below), ticks, reader);
        for (std::size_t at = 0; at < made.atoms.size(); ++at) {
            reader.asks(fmt::format("{} at {}", made.is_event[at] ? "events" : "lost",
                                    made.time[at]),
                        [at](std::size_t a) { return a == at; });
        }
        // With so few in all no effect is told, and no curve.
        const double events = made.events(), others = static_cast<double>(made.curve.n) - events;
        if (is_small_count(events, small_below) || is_small_count(others, small_below)) continue;
        EXPECT_EQ(reader.broken(), "");
        asked += reader.asked();
    }
    EXPECT_GT(asked, 500u);
}

}  // namespace
}  // namespace alongside::evidence
