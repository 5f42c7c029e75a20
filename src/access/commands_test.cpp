#include <boost/json/parse.hpp>
#include <iomanip>
#include <sstream>

#include "access/testing.h"
#include "base/command.h"
#include "sql/testing.h"

namespace alongside::access {
namespace {

class Commands : public testing::Test {
protected:
    Commands() {
        found_stony_mountain(*database);
    }

    int run(const std::string& line) {
        out.str("");
        err.str("");
        int exit_code = 0;
        Command app("test", "test");
        app.require_subcommand(1);
        add_commands(app, [&] {
            return Desk{database.get(), &secrets, &clock, &entropy, smi,
                        [](sql::Reader&, std::string_view number) {
                            return number == "A1234BC" ? std::optional(PersonId(Uuid{{1}}))
                                                       : std::nullopt;
                        },
                        &out, &err,
                        [](sql::Reader&, const LocationKey& place) { return place.wing() == "A"; },
                        [](sql::Reader&, const SchemeCode& scheme) {
                            return scheme.text() == "listeners";
                        },
                        {},
                        [](sql::Transaction&, const Occasion&, std::string_view number,
                           std::string_view name) -> Result<PersonId> {
                            if (number == "S123" && name == "Kim Roy") return PersonId(Uuid{{3}});
                            return refusal(Why::person_is_unknown);
                        }};
        }, exit_code);
        std::vector<std::string> words;
        std::istringstream typed(line);
        for (std::string word; typed >> std::quoted(word, '\'');) words.push_back(word);
        const auto read = app.parse(std::move(words));
        return read.end == CommandLineRead::End::not_understood ? 2 : exit_code;
    }
    boost::json::object printed() { return boost::json::parse(out.str()).as_object(); }

    std::unique_ptr<sql::Database> database = sql::Database::open("sqlite::memory:", [] {
        sql::Options options;
        options.create = true;
        return options;
    }());
    const EstablishmentId smi = *EstablishmentId::parse("SMI");
    SteppedClock clock{from_epoch_ms(1'795'300'000'000)};
    SeededEntropy entropy{3};
    QuickSecrets secrets;
    std::ostringstream out, err;
};

TEST_F(Commands, AccountsFromFirstToLast) {
    ASSERT_EQ(run("account add grace --role officer --role night_manager --wing A --json"), 0);
    const auto secret = std::string(printed().at("oneTimeSecret").as_string());
    Occasion nobody{Viewer{}, clock.now(), &entropy};
    nobody.who.establishment = smi;
    EXPECT_TRUE(sign_in(*database, nobody, secrets, {"grace", secret, "r", ""}));
    EXPECT_EQ(run("account add grace --role officer"), 1);
    EXPECT_NE(err.str().find("Somebody has this sign-in name"), std::string::npos);
    EXPECT_EQ(run("account roles grace --role officer --json"), 0);
    EXPECT_EQ(printed().at("roles").as_string(), "officer");
    EXPECT_EQ(run("account reset grace"), 0);
    EXPECT_EQ(run("account disable grace"), 0);
    EXPECT_EQ(run("account list"), 0);
    EXPECT_NE(out.str().find("grace\tofficer\tclosed"), std::string::npos) << out.str();
    EXPECT_EQ(run("account enable grace"), 0);
    EXPECT_EQ(run("account disable nobody --json"), 1);
    EXPECT_EQ(printed().at("errorCode").as_string(), "access.no_such_account");
    EXPECT_EQ(run("account add peer7 --role peer --pin --person A1234BC"), 0);
    EXPECT_EQ(run("account add peer8 --role peer --pin --person Z9"), 1);
    EXPECT_EQ(run("account add kim --role officer --person A1234BC"), 1) << "no staff number";
    EXPECT_EQ(run("account add kim --role officer --person S123 --display-name 'Kim Roy'"), 0);
    EXPECT_EQ(run("account number kim S123"), 0) << "again";
    EXPECT_EQ(run("account number grace S123"), 1) << "registered under another name";
    EXPECT_EQ(run("account add ivy --role king"), 2);
    EXPECT_EQ(run("account add ivy --role partner --scheme 'no such!'"), 1);
    EXPECT_NE(err.str().find("no scheme"), std::string::npos) << "not an account for every scheme";
    EXPECT_EQ(run("account add ivy --role partner --scheme bogus"), 1);
    EXPECT_EQ(run("account add ivy --role officer --wing Z"), 1);
    EXPECT_EQ(run("account add ivy --role officer --wing 'a wing'"), 1);
    EXPECT_EQ(run("account add ivy --role officer --language klingon"), 1);
    EXPECT_EQ(run("account add ivy --role partner --scheme listeners --language fr-CA"), 0);
    EXPECT_EQ(run("device add --kind wing_kiosk --label K --place Z"), 1);
    EXPECT_NE(err.str().find("no such cell or wing"), std::string::npos);
}

TEST_F(Commands, DevicesAndTokens) {
    ASSERT_EQ(run("device add --kind wing_kiosk --place A --label Kiosk --json"), 0);
    const auto id = std::string(printed().at("deviceId").as_string());
    const auto code = std::string(printed().at("code").as_string());
    EXPECT_EQ(run("device code " + id + " --json"), 0);
    EXPECT_NE(printed().at("code").as_string(), code);
    EXPECT_EQ(run("device revoke " + id), 0);
    EXPECT_EQ(run("device list"), 0);
    EXPECT_NE(out.str().find("out of use"), std::string::npos);
    EXPECT_EQ(run("device revoke nonsense"), 1);
    EXPECT_EQ(run("device add --kind wing_kiosk --place A/1 --label Kiosk"), 1);
    EXPECT_EQ(run("device add --kind robot --label Kiosk"), 2);

    ASSERT_EQ(run("token add System --role officer --json"), 0);
    const auto token = std::string(printed().at("tokenId").as_string());
    EXPECT_TRUE(printed().at("token").as_string().starts_with("alongside_SMI_"));
    EXPECT_EQ(run("token revoke " + token), 0);
    EXPECT_EQ(run("token list"), 0);
    EXPECT_NE(out.str().find("revoked"), std::string::npos);
}

}  // namespace
}  // namespace alongside::access
