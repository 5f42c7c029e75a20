#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

#include "evidence/testing_commands.h"

namespace alongside::evidence {
namespace {

const std::string lalonde_file = "tests/evidence/lalonde.csv";
const std::string lalonde_words = "treat ~ age + educ + race + married + nodegree + re74 + re75";

TEST(MatchCommand, PrintsPairsByRowAndById) {
    const Answered a = run_words({"match", lalonde_file, lalonde_words, "--outcome", "re78",
                                  "--caliper", "0.2", "--id", "id", "--json"});
    EXPECT_EQ(a.code, 0);
    const auto json = a.json();
    EXPECT_EQ(json.at("pairs").as_array().size(), 113u);
    // The first pair of the reference: NSW2 in row 2, and PSID111 in row 185 + 111.
    EXPECT_EQ(json.at("pairs").at(0).at(0).to_number<int>(), 2);
    EXPECT_EQ(json.at("pairs").at(0).at(1).to_number<int>(), 296);
    EXPECT_EQ(json.at("ids").at(0).at(1).as_string(), "PSID111");
    EXPECT_NEAR(json.at("att").at("cluster_se").to_number<double>(), 999.423046031598, 1e-7);
    EXPECT_NEAR(json.at("caliper").to_number<double>(), 0.0580626744834924, 1e-14);
    EXPECT_EQ(json.at("unmatched").at("treated").to_number<int>(), 72);
    EXPECT_EQ(json.at("balance").at(3).at("name").as_string(), "raceblack");
    EXPECT_TRUE(json.contains("sensitivity"));
}

TEST(MatchCommand, ACaliperNobodyReachesIsDoubtful) {
    const Answered a = run_words({"match", lalonde_file, "treat ~ age", "--outcome", "re78",
                                  "--scale", "logit", "--exact", "id", "--json"});
    EXPECT_EQ(a.code, 1);
    EXPECT_TRUE(a.json().at("pairs").as_array().empty());
    EXPECT_EQ(a.json().at("att").as_string(), "NA");
    EXPECT_EQ(a.json().at("caliper").as_string(), "NA");
}

TEST(MatchCommand, SaysInTextWhoWasLost) {
    const Answered a = run_words({"match", lalonde_file, lalonde_words, "--caliper", "0.2",
                                  "--calipers", "0.1,0.3"});
    EXPECT_NE(a.out.find("holds for the 113 treated who were matched, not for all 185"),
              std::string::npos);
    EXPECT_NE(a.out.find("At other calipers"), std::string::npos);
}

TEST(MatchCommand, BadInputEndsWithCodeTwo) {
    EXPECT_EQ(run_words({"match", lalonde_file, "treat ~ nothing"}).code, 2);
    EXPECT_EQ(run_words({"match", lalonde_file, "re78 ~ age"}).code, 2);
    EXPECT_EQ(run_words({"match", lalonde_file, "treat ~ age", "--id", "race"}).code, 2);
    EXPECT_EQ(run_words({"match", "no_such.csv", "treat ~ age"}).code, 2);
}

// The matched sets as a column: what `balance` says after is what `match` says after.
TEST(BalanceCommand, SetsGiveWhatMatchGives) {
    const auto matched =
        run_words({"match", lalonde_file, lalonde_words, "--caliper", "0.2", "--ratio", "2",
                   "--json"}).json();
    std::map<std::size_t, std::size_t> set_of_row;
    for (const auto& pair : matched.at("pairs").as_array()) {
        const auto treated = pair.at(0).to_number<std::size_t>();
        set_of_row[treated] = set_of_row[pair.at(1).to_number<std::size_t>()] = treated;
    }
    const auto path = std::filesystem::temp_directory_path() / "balance_command_test.csv";
    std::ifstream from(lalonde_file);
    std::ofstream to(path);
    std::string line;
    for (std::size_t row = 0; std::getline(from, line); ++row) {
        const auto set = set_of_row.find(row);
        to << line << ','
           << (row == 0 ? "set" : set == set_of_row.end() ? "" : std::to_string(set->second))
           << '\n';
    }
    to.close();
    const auto balance =
        run_words({"balance", path.string(), lalonde_words, "--sets", "set", "--json"}).json();
    std::filesystem::remove(path);
    for (std::size_t i = 0; i < balance.at("balance").as_array().size(); ++i)
        EXPECT_NEAR(balance.at("balance").at(i).at("smd_after").to_number<double>(),
                    matched.at("balance").at(i + 1).at("smd_after").to_number<double>(), 1e-12);
    EXPECT_NEAR(balance.at("groups").at("effective_after").at("treated").to_number<double>(), 113,
                1e-9);
}

struct WrittenCsv {
    std::filesystem::path path;
    explicit WrittenCsv(const std::string& text)
        : path(std::filesystem::temp_directory_path() / "matching_words_test.csv") {
        std::ofstream(path) << text;
    }
    ~WrittenCsv() { std::filesystem::remove(path); }
};

TEST(PairedCommand, NumbersWordsAndNonsense) {
    const WrittenCsv file("a,b,x,y,z\n1,2,no,yes,p\n2,4,no,no,q\n3,4,yes,yes,r\n,5,no,yes,p\n");
    const auto change = run_words({"paired", file.path.string(), "b ~ a", "--json"});
    EXPECT_EQ(change.code, 0);
    EXPECT_NEAR(change.json().at("change").at("mean").to_number<double>(), 4.0 / 3, 1e-14);
    EXPECT_EQ(change.json().at("missing").at("before").to_number<int>(), 1);
    EXPECT_FALSE(change.json().at("caution").as_string().empty());
    const auto shares = run_words({"paired", file.path.string(), "y ~ x", "--json"});
    EXPECT_EQ(shares.json().at("only_after").to_number<int>(), 2);
    EXPECT_EQ(run_words({"paired", file.path.string(), "z ~ x"}).code, 2);
    EXPECT_EQ(run_words({"paired", file.path.string(), "a ~ x"}).code, 2);
    EXPECT_EQ(run_words({"paired", file.path.string(), "b ~ a + x"}).code, 2);
    EXPECT_EQ(run_words({"paired", file.path.string(), "b ~ a", "--reliability", "2"}).code, 2);
}

TEST(AgreementCommand, ScalesAndLevels) {
    const WrittenCsv file("a,b,w,v\n1,1,low,low\n2,3,mid,high\n3,3,high,high\n2,2,low,mid\n");
    const auto numbers = run_words({"agreement", file.path.string(), "~ a + b", "--json"}).json();
    EXPECT_EQ(numbers.at("scale").as_string(), "ordinal");
    EXPECT_TRUE(numbers.contains("kappa_quadratic") && numbers.contains("icc"));
    const auto words = run_words({"agreement", file.path.string(), "~ w + v", "--levels",
                                  "low,mid,high", "--json"}).json();
    EXPECT_EQ(words.at("categories").at(0).as_string(), "low");
    EXPECT_TRUE(words.contains("kappa_linear"));
    EXPECT_FALSE(words.contains("icc"));
    EXPECT_EQ(run_words({"agreement", file.path.string(), "~ w + v", "--scale", "interval"}).code,
              2);
    EXPECT_EQ(run_words({"agreement", file.path.string(), "~ w + v", "--levels", "low,high"}).code,
              2);
    EXPECT_EQ(run_words({"agreement", file.path.string(), "~ a"}).code, 2);
}

}  // namespace
}  // namespace alongside::evidence
