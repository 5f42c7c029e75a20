// Tries to reckon back what a study hides, from everything that its report says taken together.
#include <gtest/gtest.h>

#include <set>

#include "evidence/chance.h"
#include "evidence/testing_reckoner.h"
#include "evidence/testing_study.h"

namespace alongside::evidence {
namespace {

// Losses: atoms are each step's people of the programme, of the comparison, of neither; then those
// at the end.
struct FlowAtoms {
    std::vector<std::string> why;
    std::vector<std::size_t> group;
    std::vector<double> counts;

    explicit FlowAtoms(const Study& study) {
        auto lost = study.data.lost;
        if (study.matched) {
            const auto unmatched = study.matched->unmatched;
            const auto left = study.data.table.rows - study.sample.rows.size() - unmatched;
            lost.push_back({"in the programme, with nobody similar to compare with", unmatched,
                            unmatched, 0, false});
            lost.push_back({"not in the programme, and not needed for a pair", left, 0, left,
                            false});
        }
        for (const auto& one : lost) {
            add(one.why, 0, one.programme);
            add(one.why, 1, one.other);
            add(one.why, 2, one.lost - one.programme - one.other);
        }
        std::size_t people[2] = {0, 0};
        for (const auto row : study.sample.rows) ++people[study.data.arm[row]];
        add("end", 0, people[1]);
        add("end", 1, people[0]);
    }
    void add(const std::string& step, std::size_t of, std::size_t count) {
        why.push_back(step);
        group.push_back(of);
        counts.push_back(static_cast<double>(count));
    }
};

// What the rows of the flow's table tell.
void know_flow(const FlowAtoms& atoms, const Published& published, Reckoner& reader) {
    const auto everybody = [](std::size_t) { return true; };
    const auto rows = published.table("flow");
    std::vector<std::string> gone;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto name = Published::name(rows[i]);
        if (name.starts_with("Compared: ")) {
            const std::size_t group = name.ends_with("P") ? 0 : 1;
            reader.knows([&](std::size_t a) {
                return atoms.why[a] == "end" && atoms.group[a] == group;
            });
            continue;
        }
        const auto whys = i == 0 ? std::vector<std::string>{} : split_words(name, "; or ");
        gone.insert(gone.end(), whys.begin(), whys.end());
        const auto in = [&](std::size_t a) { return std::ranges::count(whys, atoms.why[a]) > 0; };
        if (i > 0 && Published::is_told(rows[i][1])) reader.knows(in);
        for (std::size_t g = 0; i > 0 && g < 2; ++g) {
            if (!Published::is_told(rows[i][2 + g])) continue;
            reader.knows([&](std::size_t a) { return in(a) && atoms.group[a] == g; });
        }
        if (!Published::is_told(rows[i].back())) continue;  // still in: whoever isn't lost by then
        reader.knows([&](std::size_t a) { return std::ranges::count(gone, atoms.why[a]) == 0; });
    }
    if (Published::is_told(published.table("files")[0][1])) reader.knows(everybody);
    // Those who aren't of the programme, as the step says, are nobody of it.
    reader.knows([&](std::size_t a) {
        return atoms.why[a].starts_with("in the programme") && atoms.group[a] != 0;
    });
    reader.knows([&](std::size_t a) {
        return atoms.why[a].starts_with("not in the programme") && atoms.group[a] != 1;
    });
}

// Answers how many small counts there were.
std::size_t attack_flow(const Study& study, const Published& published) {
    const FlowAtoms atoms(study);
    Reckoner reader(atoms.counts);
    know_flow(atoms, published, reader);
    for (const auto& why : std::set<std::string>(atoms.why.begin(), atoms.why.end())) {
        if (why != "end") reader.asks("lost: " + why, [&](auto a) { return atoms.why[a] == why; });
        for (std::size_t g = 0; g < 3; ++g) {
            reader.asks(fmt::format("of group {}: {}", g, why), [&](std::size_t a) {
                return atoms.why[a] == why && atoms.group[a] == g;
            });
        }
    }
    EXPECT_EQ(reader.broken(), "");
    return reader.asked();
}

// People: an atom is everybody of one wing (and so one prison), sex, race, group, and who had the
// outcome or not; their events; and those who aren't compared.
struct PeopleAtoms {
    struct Key {
        std::string wing, sex, race;
        int arm = 0, kind = 0;          // kind: 0 without, 1 with, 2 events, 3 not compared
        auto operator<=>(const Key&) const = default;
    };
    std::vector<Key> keys;
    std::vector<double> counts;

    explicit PeopleAtoms(const Study& study) {
        const auto labels = [&](const char* column) {
            return labels_of(*study.data.table.find(column));
        };
        const auto wing = labels("wing"), sex = labels("sex"), race = labels("race");
        const auto had = had_outcome(study.plan, study.data);
        std::vector<char> used(study.data.table.rows, 0);
        for (const auto row : study.sample.rows) used[row] = 1;
        std::map<Key, double> found;
        // Whoever reads it doesn't know which kinds of people there are none of.
        for (const auto& w : wing) {
            for (const auto& s : {"f", "m", "x"}) {
                for (const auto& r : {"a", "b", "c"}) {
                    for (int k = 0; k < 8; ++k) found[{w, s, r, k / 4, k % 4}] += 0;
                }
            }
        }
        for (std::size_t row = 0; row < study.data.table.rows; ++row) {
            const int kind = !used[row] ? 3 : !had.empty() && had[row] ? 1 : 0;
            found[{wing[row], sex[row], race[row], study.data.arm[row], kind}] += 1;
            if (used[row] && study.plan.outcome.kind == OutcomeKind::frequency)
                found[{wing[row], sex[row], race[row], study.data.arm[row], 2}] +=
                    study.data.outcome[row];
        }
        for (const auto& [key, count] : found) {
            keys.push_back(key);
            counts.push_back(count);
        }
    }
    std::string part(std::size_t atom, const std::string& column) const {
        const auto& key = keys[atom];
        return column == "sex" ? key.sex : column == "race" ? key.race
               : column == "wing" ? key.wing : key.wing.substr(0, 1);
    }
    bool is_in(std::size_t atom, const std::pair<std::string, std::string>& of) const {
        return part(atom, of.first) == of.second;
    }
};

using ColumnPart = std::pair<std::string, std::string>;

// One of six counts of people with or without the outcome, or of events, in the two groups.
bool is_count(const PeopleAtoms::Key& key, int which, bool has_outcome) {
    const bool fits = has_outcome ? key.kind == which % 3 : key.kind < 2 && which % 3 == 0;
    return key.arm == which / 3 && fits;
}

// One of four counts of a covariate: in the two groups, of those compared and the others.
bool is_balanced(const PeopleAtoms::Key& key, int which) {
    return key.arm == which / 2 && (which % 2 ? key.kind == 3 : key.kind < 2);
}

// What the tables tell of people, each row that is shown as exactly as can be.
void know_people(const Study& study, const PeopleAtoms& atoms, const Published& published,
                 Reckoner& reader) {
    const bool has_outcome = study.plan.outcome.kind != OutcomeKind::score;
    const auto& prison = study.plan.prison.text;
    const auto knows_all_of = [&](const std::optional<ColumnPart>& of) {
        for (int which = 0; which < 6; ++which) {
            reader.knows([&](std::size_t a) {
                return is_count(atoms.keys[a], which, has_outcome) && (!of || atoms.is_in(a, *of));
            });
        }
    };
    if (!published.table("groups").empty()) knows_all_of(std::nullopt);
    for (const auto& row : published.table("subgroups")) {
        const auto words = split_words(Published::name(row), ": ");
        if (Published::is_told(row[1])) knows_all_of(ColumnPart{words[0], words[1]});
    }
    for (const auto& row : published.table("leave-one-out")) {
        const auto name = Published::name(row).substr(std::string("Without ").size());
        if (Published::is_told(row[1])) knows_all_of(ColumnPart{prison, name});
    }
    for (const auto& row : published.table("prisons")) {
        for (int kind = 0; kind < 3; ++kind) {
            reader.knows([&](std::size_t a) {
                return atoms.keys[a].kind == kind && atoms.is_in(a, {prison, Published::name(row)});
            });
        }
    }
    for (const auto& row : published.table("balance")) {
        const auto words = split_words(Published::name(row), ": ");
        if (words.size() < 2) continue;
        const bool tells_after = Published::is_told(row.size() > 4 ? row[4] : row[1]);
        const bool tells_before = Published::is_told(row[1]);
        for (int which = 0; which < 4; ++which) {
            if (!(which % 2 ? tells_before : tells_after || tells_before)) continue;
            reader.knows([&](std::size_t a) {
                return is_balanced(atoms.keys[a], which) && atoms.is_in(a, {words[0], words[1]});
            });
        }
    }
}

// Each small count that one of these tables would have shown; answers how many there were.
std::size_t attack_people(const Study& study, const Published& published) {
    const PeopleAtoms atoms(study);
    Reckoner reader(atoms.counts);
    know_people(study, atoms, published, reader);
    const bool has_outcome = study.plan.outcome.kind != OutcomeKind::score;
    std::set<std::string> columns{study.plan.prison.text};
    for (const auto& one : study.plan.subgroups) columns.insert(one.text);
    for (const auto& column : columns) {
        std::set<std::string> parts;
        for (std::size_t a = 0; a < atoms.keys.size(); ++a) parts.insert(atoms.part(a, column));
        for (const auto& part : parts) {
            for (int which = 0; which < 6; ++which) {
                reader.asks(fmt::format("{} {}, {}", column, part, which), [&](std::size_t a) {
                    return is_count(atoms.keys[a], which, has_outcome) &&
                           atoms.is_in(a, {column, part});
                });
            }
        }
    }
    for (const auto& one : study.data.balanced) {
        if (!one.is_binary) continue;
        const auto part = one.name.substr(one.of.size() + 2);
        for (int which = 0; which < 4; ++which) {
            reader.asks(one.name, [&](std::size_t a) {
                return is_balanced(atoms.keys[a], which) && atoms.is_in(a, {one.of, part});
            });
        }
    }
    EXPECT_EQ(reader.broken(), "");
    return reader.asked();
}

// How large a group may have been before matching, by the flow as it is told; one size: it is told.
struct SizeReach {
    std::size_t least = 0, most = 0;
};
SizeReach reach_in_flow(const Study& study, const Published& published, int arm) {
    const auto size = static_cast<std::size_t>(std::ranges::count(study.data.arm, arm));
    const auto compared = study.sample.rows.size() / 2;
    const std::string why = arm ? lost_unmatched : lost_not_needed;
    for (const auto& row : published.table("flow")) {
        if (Published::name(row).find(why) == std::string::npos) continue;
        if (!Published::is_told(row[1])) return {compared, size + 4};
        const auto lost = static_cast<std::size_t>(row[1].to_number<double>());
        if (Published::name(row) == why) return {size, size};
        return {std::max(compared, size - std::min<std::size_t>(size, 4)),
                std::min(compared + lost, size + 4)};
    }
    return {size, size};
}

// Whether so many whole numbers can have a mean that is told so.
bool is_mean_of(std::size_t people, double mean, int places) {
    const double half = 0.5 * std::pow(10, -places) + 1e-9, n = static_cast<double>(people);
    return std::floor((mean + half) * n) >= std::ceil((mean - half) * n);
}

// Means of whole numbers, each of which only some sizes have.
struct SizeAttack {
    std::size_t asked = 0, to_three_places = 0;     // sizes that such means would have left out
};
void attack_sizes(const Study& study, const Published& published, SizeAttack& attack) {
    if (!study.matched) return;
    const auto report = report_of(study, "1", "2026-01-01");
    for (const auto* table : tables_of(report)) {
        if (table->id != "balance") continue;
        for (std::size_t i = 0; i < table->rows.size(); ++i) {
            for (const int arm : {1, 0}) {
                const auto& cell = table->rows[i][arm ? 1 : 2];
                if (!cell.value) continue;
                const auto [least, most] = reach_in_flow(study, published, arm);
                for (auto n = least; least < most && n <= most; ++n) {
                    const double told = std::round(*cell.value * std::pow(10, cell.places)) *
                                        std::pow(10, -cell.places);
                    EXPECT_TRUE(is_mean_of(n, told, cell.places))
                        << table->rows[i][0].text << " " << told << " is no mean of " << n;
                    ++attack.asked;
                    attack.to_three_places +=
                        !is_mean_of(n, std::round(*cell.value * 1000) / 1000, 3);
                }
            }
        }
    }
}

struct MadePeople {
    std::string plan, rows;
};

// Forty to two hundred people of three or four prisons with a few wings each.
MadePeople made_people(Chance& chance, const std::string& method, const std::string& kind) {
    const auto pick = [&](std::initializer_list<const char*> from) {
        return *(from.begin() + chance.below(static_cast<std::uint32_t>(from.size())));
    };
    MadePeople out;
    out.rows = "joined,prison,wing,sex,race,age,back,times,week,score\n";
    const auto people = 40 + chance.below(160), rarity = 2 + chance.below(6);
    for (std::uint32_t i = 0; i < people; ++i) {
        const std::string prison = pick({"A", "A", "A", "B", "B", "C", "D"});
        const std::string wing = prison + (prison == "D" ? "1" : pick({"1", "1", "2"}));
        const bool back = chance.below(rarity) == 0;
        const bool is_gone = chance.below(14) == 0;
        const auto joined = i < 4 ? std::to_string(i % 2)
                                  : std::string(chance.below(20) == 0 ? "" : pick({"0", "1"}));
        out.rows += fmt::format("{},{},{},{},{},{},{},{},{},{}\n", joined, prison, wing,
                                pick({"m", "m", "m", "m", "f", "f", "x"}),
                                pick({"a", "a", "b", "b", "c"}), 15 + chance.below(40),
                                is_gone ? "NA" : back ? "1" : "0",
                                back ? 1 + chance.below(4) : 0,
                                1 + chance.below(60), chance.below(30));
    }
    const auto outcome = kind == "rate"            ? "column = \"back\""
                         : kind == "frequency"     ? "column = \"times\""
                         : kind == "time to first"
                             ? "time = \"week\"\nevent = \"back\"\nhorizon = 52"
                                                   : "column = \"score\"";
    out.plan = fmt::format(R"(
title = "T"
question = "Q?"
covariates = [{}]
subgroups = [{}]
not_measured = ["x"]
[data]
file = "people.csv"
prison = "{}"
[[who]]
rule = "age >= {}"
why = "of age"
[comparison]
column = "joined"
programme_name = "P"
other_name = "C"
[outcome]
kind = "{}"
{}
words = "came back"
better = "lower"
[method]
kind = "{}"
[effect]
smallest_worthwhile = 5
)", pick({R"("age", "sex", "race")", R"("race", "age")", R"("sex", "wing")",
                                 R"("prison", "age")"}),
                           pick({R"("sex", "wing")", R"("race", "prison")", R"("wing", "race")",
                                 R"("sex", "race", "wing", "prison")"}),
                           pick({"prison", "prison", "wing"}), 16 + chance.below(8), kind, outcome,
                           method);
    return out;
}

// How many small counts were tried in all: that the test tries something.
std::size_t attack_studies(const std::string& method, const std::string& kind, std::uint64_t seed) {
    std::size_t asked = 0;
    constexpr std::uint64_t studies = 24;
    for (std::uint64_t i = 0; i < studies && !testing::Test::HasFailure(); ++i) {
        SCOPED_TRACE(fmt::format("{} {} {}", method, kind, i));
        Chance chance(seed, i);
        const auto made = made_people(chance, method, kind);
        const StudyFolder folder;
        folder.put("people.csv", made.rows);
        const auto study = study_of_plan(made.plan, folder.path);
        if (!study) continue;           // nobody similar, or no column tells anything
        const Published published(*study);
        asked += attack_flow(*study, published) + attack_people(*study, published);
    }
    return asked;
}

TEST(StudyWallTest, no_small_count_of_people_is_reckoned_back_from_the_whole_report) {
    EXPECT_GT(attack_studies("randomised", "rate", 1), 100u);
    EXPECT_GT(attack_studies("matched", "rate", 2), 100u);
    EXPECT_GT(attack_studies("randomised", "frequency", 3), 100u);
    EXPECT_GT(attack_studies("randomised", "time to first", 4), 100u);
    EXPECT_GT(attack_studies("matched", "score", 5), 100u);
}

// Means to three places would leave out most sizes; those that are told leave out none.
TEST(StudyWallTest, means_do_not_tell_how_large_a_group_was) {
    SizeAttack attack;
    for (std::uint64_t i = 0; i < 250 && !HasFailure(); ++i) {
        SCOPED_TRACE(i);
        Chance chance(6, i);
        const auto made = made_people(chance, "matched", "rate");
        const StudyFolder folder;
        folder.put("people.csv", made.rows);
        const auto study = study_of_plan(made.plan, folder.path);
        if (study) attack_sizes(*study, Published(*study), attack);
    }
    EXPECT_GT(attack.asked, 200u);
    EXPECT_GT(attack.to_three_places, 150u);
}

// The test itself can fail: everybody less all but one prison is that prison.
TEST(StudyWallTest, the_reckoner_finds_what_can_be_reckoned) {
    Reckoner reader({3, 20, 30});
    reader.asks("the first", [](std::size_t a) { return a == 0; });
    reader.knows([](std::size_t) { return true; });
    reader.knows([](std::size_t a) { return a == 1; });
    EXPECT_EQ(reader.broken(), "");
    reader.knows([](std::size_t a) { return a > 0; });
    EXPECT_EQ(reader.broken(), "the first: 3 is known to be 3 to 3\n");
}

}  // namespace
}  // namespace alongside::evidence
