#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>
#include <map>

#include "dispatch/dispatch.h"
#include "rota/rota.h"
#include "simulate/simulate.h"
#include "simulate/year.h"

namespace alongside::simulate {
namespace {

YearReport weeks(CallBy policy, std::uint64_t seed, int days = 21, RotaBy rota = RotaBy::plan) {
    const auto scene = read_scene("stony-mountain");
    YearOptions options;
    options.days = days;
    options.seed = seed;
    options.policy = policy;
    options.rota = rota;
    return simulate_year(scene, Assumptions::read(scene), options);
}

std::string bytes(const YearReport& report) {
    auto json = to_json(report);
    json.erase("seconds");
    return boost::json::serialize(json);
}

TEST(Year, KeepsWhatMustAlwaysHold) {
    for (const auto rota : {RotaBy::plan, RotaBy::pattern}) {
        const auto report = weeks(CallBy::alongside, 1, 21, rota);
        EXPECT_EQ(report.invariant_violations, 0) << (report.violations.empty()
                                                          ? ""
                                                          : report.violations.front());
        EXPECT_EQ(report.rest_broken, 0);
        EXPECT_GT(report.requests, 100);
        EXPECT_GT(report.fill, 0.6);
        EXPECT_GT(report.ledger_entries, report.requests * 5);
    }
}

// Nothing is on call but what was planned; a pattern would have the same two on at once.
TEST(Year, IsOnThePlanUnlessAskedForThePattern) {
    const auto scene = read_scene("stony-mountain");
    const auto assume = Assumptions::read(scene);
    const auto on_after_a_day = [&](const YearOptions& options) {
        const auto database = scratch_database();
        Year year(*database, scene, assume, options);
        const auto on = [&] {
            return std::ranges::count_if(year.peers, [&](const Year::Peer& one) {
                return year.is_on(one, year.begin + Hours{10});
            });
        };
        EXPECT_EQ(on(), options.rota == RotaBy::plan ? 0 : 2);
        year.begin_day(year.zone.local(year.begin).day);
        return on();
    };
    YearOptions options;
    EXPECT_EQ(options.rota, RotaBy::plan);
    EXPECT_EQ(on_after_a_day(options), 2);
    options.rota = RotaBy::pattern;
    EXPECT_EQ(on_after_a_day(options), 2);
}

TEST(Year, IsTheSameForTheSameSeedAndAnotherForAnother) {
    const auto first = bytes(weeks(CallBy::alongside, 7, 7));
    EXPECT_EQ(first, bytes(weeks(CallBy::alongside, 7, 7)));
    EXPECT_NE(first, bytes(weeks(CallBy::alongside, 8, 7)));
}

TEST(Year, ByThePaperListBreaksRest) {
    const auto report = weeks(CallBy::list, 1);
    EXPECT_GT(report.rest_broken, 0);
    EXPECT_EQ(report.invariant_violations, 0) << "a peer's own wish is no violation, but counted";
}

std::string complaint_about(const std::string& text) {
    const std::string path = testing::TempDir() + "scene.toml";
    std::ofstream(path) << text;
    try {
        (void)Assumptions::read(read_scene(path));
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return "";
}

TEST(Scene, NamesTheLineOfAMistake) {
    EXPECT_NE(complaint_about("[prison\n").find("line 1"), std::string::npos);
    EXPECT_NE(complaint_about("[prison]\nid = \"smi\"\n").find("line 2, column 6: id"),
              std::string::npos);
    EXPECT_NE(complaint_about("extends = \"stony-mountain\"\nmembers = []\n[[shifts]]\n"
                              "scheme = \"pops\"\nname = \"late\"\nfrom = \"25:00\"\n")
                  .find("line 6, column 8: from"),
              std::string::npos);
    EXPECT_NE(complaint_about("extends = \"nowhere\"\n").find("stony-mountain"),
              std::string::npos);
}

// The scene inside the program, with one thing changed.
std::string complaint_where(const std::string& was, const std::string& is) {
    auto text = read_scene("stony-mountain").text;
    const auto at = text.find(was);
    if (at == std::string::npos) return "not there: " + was;
    return complaint_about(text.replace(at, was.size(), is));
}

TEST(Scene, NamesWhatCannotBeTogether) {
    const auto tells = [](const std::string& was, const std::string& is, const char* words) {
        const auto said = complaint_where(was, is);
        EXPECT_NE(said.find(words), std::string::npos) << words << ": " << said;
    };
    tells("[demand.units]\nMAX", "[demand.units]\nMAXI", "demand.units.MAXI is no unit here");
    tells("[demand.units]\nMAX = { value = 0.24", "[demand.units]\nMAX = { value = 0.94",
          "add up to 1");
    tells("night_share = { value = 0.22", "night_share = { value = 0.92", "more than 1");
    tells("mean_hours = { value = 1.5", "mean_hours = { value = 9.5", "longest_hours");
    tells("cleared = [\"MED\"", "cleared = [\"MEDIUM\"", "no unit above");
    tells("unit = \"MED\"\nname", "unit = \"MAX\"\nname", "is there twice");
    tells("label = \"Peer 2\"", "label = \"Peer 1\"", "label is there twice");
    tells("languages = \"en fr\"", "languages = \"en qq\"", "no language");
    tells("scheme = \"pops\"\nlabel", "scheme = \"pups\"\nlabel", "a scheme that is known here");
}

TEST(Scene, NamesWhatNoPrisonHas) {
    const auto tells = [](const std::string& was, const std::string& is, const char* words) {
        const auto said = complaint_where(was, is);
        EXPECT_NE(said.find(words), std::string::npos) << words << ": " << said;
        EXPECT_NE(said.find(", line "), std::string::npos) << said;
    };
    tells("security_level = \"maximum\"", "security_level = \"huge\"",
          "column 18: security_level is no level of security");
    tells("regime = \"ordinary\"", "regime = \"odd\"", "column 10: regime is no regime");
    tells("language = \"en\"", "language = \"tlh\"",
          "column 12: language is none that the pages");
    tells("number_pattern = \"", "number_pattern = \"(", "column 18: number_pattern isn't");
    EXPECT_EQ(complaint_where("language = \"en\"", "language = \"fr\""), "");
}

TEST(Scene, SaysHowOftenAnotherSchemeIsAsked) {
    const std::string rest = "extends = \"stony-mountain\"\nmembers = []\nshifts = []\n"
                             "[[demand_beside]]\nscheme = \"listeners\"\n";
    EXPECT_EQ(complaint_about(rest + "per_year = { value = 9, source = \"default\" }\n"), "");
    EXPECT_NE(complaint_about(rest + "per_year = { value = 9 }\n")
                  .find("line 6, column 12: source"),
              std::string::npos);
    EXPECT_NE(complaint_about(rest + "per_year = { value = 0, source = \"default\" }\n")
                  .find("line 6, column 22: value"),
              std::string::npos);
    EXPECT_NE(complaint_about(rest + "often = 3\n").find("line 6, column 9: often"),
              std::string::npos);
}

// What whoever opens the demo finds: some weeks published, some to be planned, and demand recorded.
TEST(Scene, LeavesWeeksToBePlannedAndRemembersEachScheme) {
    const auto scene = read_scene("demo-night");
    const auto now = parse_iso_instant("2026-11-25T15:00:00Z").value();
    const auto database = scratch_database();
    SeededEntropy entropy(1);
    populate(*database, scene, now, 5, entropy, 14);
    remember_demand(*database, scene, now, entropy);
    const auto days = [&](int count) { return now + Hours(24 * count); };
    for (const char* code : {"pops", "listeners"}) {
        const auto scheme = *SchemeCode::parse(code);
        database->read([&](sql::Reader& reader) {
            const auto gaps = [&](int from, int to) {
                return rota::gaps(reader, scene.establishment, scheme, days(from), days(to)).size();
            };
            EXPECT_EQ(gaps(0, 13), 0U) << code;
            EXPECT_GE(gaps(14, 34), 40U) << code;
            EXPECT_GT(dispatch::asked_between(reader, scene.establishment, scheme, days(-170), now)
                          .size(), 300U) << code;
            return true;
        });
    }
}

// The demo's repeating pattern, three times over, against the rules of a plan.
TEST(Scene, TheDemosRotaKeepsTheRulesOfItsPolicies) {
    const auto scene = read_scene("demo-night");
    const auto now = parse_iso_instant("2026-11-25T15:00:00Z").value();
    const auto database = scratch_database();
    SeededEntropy entropy(1);
    populate(*database, scene, now, 5, entropy, 14);
    for (const char* code : {"pops", "listeners"}) {
        const auto scheme = *SchemeCode::parse(code);
        const auto [pattern, policy] = database->read([&](sql::Reader& reader) {
            return std::pair(rota::pattern(reader, scene.establishment, scheme).value(),
                             schemes::policy(reader, scene.establishment, scheme));
        });
        std::map<std::string, std::map<int, const rota::PatternShift*>> on;
        for (const auto& shift : pattern.shifts) {
            EXPECT_EQ(shift.members.size(), static_cast<std::size_t>(shift.needed)) << shift.name;
            for (const auto& member : shift.members) {
                for (int cycle = 0; cycle < 3; ++cycle) {
                    const int day = shift.day + cycle * pattern.cycle_days;
                    EXPECT_TRUE(on[member].emplace(day, &shift).second) << "two on one day";
                }
            }
        }
        EXPECT_EQ(on.size(), scheme == SchemeCode::parse("pops") ? 9U : 7U);
        for (const auto& [member, days] : on) {
            int run = 0, last_end = -10'000, last_day = -10;
            std::vector<int> nights;
            for (const auto& [day, shift] : days) {
                const int begins = day * 1440 + shift->from_minute;
                EXPECT_GE(begins - last_end, 60 * policy->hours_between_shifts) << day;
                last_end = begins + shift->minutes;
                run = day == last_day + 1 ? run + 1 : 1;
                last_day = day;
                EXPECT_LE(run, policy->days_in_a_row) << day;
                if (shift->name != "night") continue;
                nights.push_back(day);
                EXPECT_FALSE(days.contains(day + 1)) << "off after a night";
                EXPECT_LE(std::ranges::count_if(nights, [&](int other) { return other > day - 7; }),
                          policy->nights_per_7_days);
            }
            EXPECT_FALSE(nights.empty());
        }
    }
}

TEST(Scene, TurnsNameShiftsOfTheirScheme) {
    const std::string rest = "extends = \"stony-mountain\"\nmembers = []\nshifts = []\n"
                             "[[turns]]\nscheme = \"pops\"\n";
    EXPECT_EQ(complaint_about(rest + "days = [\"early\", \"\"]\n"), "");
    EXPECT_NE(complaint_about(rest + "days = [\"early\", \"lat\"]\n")
                  .find("line 6, column 8: days"),
              std::string::npos);
    EXPECT_NE(complaint_about(rest + "days = []\n").find("line 6, column 8: days"),
              std::string::npos);
    EXPECT_NE(complaint_about(rest + "days = [\"early\"]\n[[turns]]\nscheme = \"pops\"\n"
                                     "days = [\"late\"]\n").find("has its turns already"),
              std::string::npos);
}

TEST(Scene, EveryOneHasAPrisonToBeMade) {
    for (const auto& name : scene_names()) {
        EXPECT_EQ(read_layout(name).places.size(), layout_of(read_scene(name)).places.size())
            << name;
    }
}

TEST(Scene, ExtendsNoneThatExtends) {
    const std::string path = testing::TempDir() + "scene.toml";
    EXPECT_NE(complaint_about("extends = \"" + path + "\"\nmembers = []\nshifts = []\n")
                  .find("line 1, column 11: extends"),
              std::string::npos);
}

TEST(Scene, SaysWhereEachAssumptionComesFrom) {
    const auto assume = Assumptions::read(read_scene("stony-mountain"));
    EXPECT_EQ(assume["demand.per_year"], 3239);
    for (const auto& [key, one] : assume.all()) EXPECT_FALSE(one.source.empty()) << key;
}

TEST(Scene, GetsAsManyMembersAsASweepAsksFor) {
    const auto scene = read_scene("stony-mountain");
    const auto pops = *SchemeCode::parse("pops");
    EXPECT_EQ(with_members(scene, pops, 14).members.size(), 14u);
    EXPECT_EQ(with_members(scene, pops, 5).members.size(), 5u);
    EXPECT_EQ(with_members(scene, pops, 5).shifts.front().needed, 2);
    EXPECT_EQ(with_members(scene, pops, 14).shifts.front().needed, 4);
    EXPECT_THROW((void)with_members(scene, *SchemeCode::parse("listeners"), 5),
                 std::invalid_argument);
}

}  // namespace
}  // namespace alongside::simulate
