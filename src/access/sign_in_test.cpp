// Trying secrets: nobody learns who has an account, waits grow, and nobody is silenced.
#include <sys/stat.h>

#include <fstream>
#include <thread>

#include "access/keys.h"
#include "access/testing.h"
#include "sql/testing.h"

namespace alongside::access {
namespace {

class SigningIn : public testing::Test {
protected:
    SigningIn() {
        found_stony_mountain(*database);
        occasion = {the_program(smi), from_epoch_ms(1'795'300'000'000), &entropy};
        officer = add("grace", SecretKind::password, roles({Role::officer}), "paper lamp river");
        peer = add("peer7", SecretKind::pin, roles({Role::peer}), "204817");
        occasion.who = Viewer{};
        occasion.who.establishment = smi;
    }

    AccountId add(const std::string& name, SecretKind kind, RoleSet held,
                  const std::string& secret) {
        NewAccount wanted;
        wanted.account_id = AccountId::make(occasion.now, entropy);
        wanted.sign_in_name = name;
        wanted.display_name = "Somebody";
        wanted.roles = held;
        wanted.secret_kind = kind;
        wanted.secret = secret;
        wanted.person_id = PersonId::make(occasion.now, entropy);
        EXPECT_TRUE(account_add(*database, occasion, secrets, wanted));
        return wanted.account_id;
    }

    void at_device(DeviceKind kind) {
        occasion.who.device = DeviceSeen{DeviceId::make(occasion.now, entropy), kind,
                                         *LocationKey::parse("A-1-001", smi)};
    }
    Result<SignedIn> attempt(const std::string& name, const std::string& secret,
                             const std::string& remote = "192.0.2.1") {
        return sign_in(*database, occasion, secrets, {name, secret, remote, ""});
    }
    std::string why(const std::string& name, const std::string& secret,
                    const std::string& remote = "192.0.2.1") {
        const auto done = attempt(name, secret, remote);
        return done ? "done" : std::string(done.error().code);
    }
    long sessions() {
        return database->read([&](sql::Reader& r) {
            return r.one<long>("SELECT COUNT(*) FROM sign_in_session");
        });
    }
    long delays() {
        return database->read([&](sql::Reader& r) {
            return r.one<long>("SELECT COUNT(*) FROM sign_in_delay");
        });
    }

    std::unique_ptr<sql::Database> database = sql::Database::open("sqlite::memory:", [] {
        sql::Options options;
        options.create = true;
        return options;
    }());
    const EstablishmentId smi = *EstablishmentId::parse("SMI");
    SeededEntropy entropy{11};
    QuickSecrets secrets;
    Occasion occasion;
    AccountId officer, peer;
};

// Everything that could tell one wrong answer from another: words, work, and what is written.
TEST_F(SigningIn, EveryWrongAnswerIsTheSame) {
    const auto closed = add("closed", SecretKind::password, roles({Role::officer}),
                            "paper lamp river");
    Occasion chief = occasion;
    chief.who = the_program(smi);
    ASSERT_TRUE(account_disable(*database, chief, closed));
    const std::pair<const char*, const char*> wrong[] = {
        {"grace", "not it at all"},      // the secret is wrong
        {"nobody.here", "whatever it is"},   // there is no such account
        {"closed", "paper lamp river"},  // it is closed
        {"peer7", "204817"},             // a PIN where no device is registered
        {"not a name!", "whatever"},     // can't be a name
        {"", ""},
    };
    std::string sentence;
    for (const auto& [name, secret] : wrong) {
        const int checks = secrets.checks;
        const long rows = delays();
        const auto done = attempt(name, secret);
        ASSERT_FALSE(done);
        EXPECT_EQ(done.error().code, "access.not_recognised") << name;
        const auto said = Tongue::english()(done.error().sentence);
        if (sentence.empty()) sentence = said;
        EXPECT_EQ(said, sentence);
        EXPECT_EQ(secrets.checks, checks + 1) << name << ": each costs one hash";
        EXPECT_GE(delays(), std::max(rows + 1, 2L)) << name << ": each is counted";
    }
    EXPECT_EQ(sessions(), 0);
}

TEST_F(SigningIn, AnyCaseOfTheNameAndOnlyTheRightSecret) {
    EXPECT_EQ(why("GRACE", "paper lamp river"), "done");
    EXPECT_EQ(why("grace", "Paper lamp river"), "access.not_recognised");
    EXPECT_EQ(sessions(), 1);
}

TEST_F(SigningIn, WaitsGrowForOneAccountAtOneDeviceAndTheRightSecretDoesNotHelpMeanwhile) {
    at_device(DeviceKind::wing_kiosk);
    for (int i = 0; i < 4; ++i) EXPECT_EQ(why("peer7", "000001"), "access.not_recognised") << i;
    EXPECT_EQ(why("peer7", "000001"), "access.wait");
    const int checks = secrets.checks;
    EXPECT_EQ(why("peer7", "204817"), "access.wait");
    EXPECT_EQ(secrets.checks, checks) << "waiting costs nothing";
    // Another account here, and the same account elsewhere, don't wait.
    EXPECT_EQ(why("grace", "paper lamp river"), "done");
    const auto here = occasion.who.device;
    at_device(DeviceKind::in_cell);
    EXPECT_EQ(why("peer7", "204817"), "done");
    occasion.who.device = here;
    occasion.now += Millis{2'000};
    EXPECT_EQ(why("peer7", "204817"), "done");
    EXPECT_EQ(why("peer7", "000001"), "access.not_recognised") << "and the count began anew";
}

TEST_F(SigningIn, ManyNamesInTurnMakeTheDeviceWaitShortly) {
    for (int i = 0; i < 16; ++i) why("name" + std::to_string(i), "whatever it is");
    EXPECT_EQ(why("grace", "paper lamp river"), "access.wait");
    EXPECT_EQ(why("grace", "paper lamp river", "192.0.2.2"), "done");
    occasion.now += Minutes{1};
    EXPECT_EQ(why("grace", "paper lamp river"), "done");
    // One's own success buys no tries at others' accounts.
    EXPECT_EQ(why("name77", "whatever it is"), "access.not_recognised");
    EXPECT_EQ(why("grace", "paper lamp river"), "access.wait");
}

TEST_F(SigningIn, FailuresAtADeviceAreForgottenADayAfterTheLastWhoeverSucceedsMeanwhile) {
    for (int i = 0; i < 15; ++i) why("name" + std::to_string(i), "whatever it is");
    EXPECT_EQ(why("grace", "paper lamp river"), "done") << "no wait yet";
    for (int i = 0; i < 3; ++i) {
        occasion.now += Hours{8};
        EXPECT_EQ(why("grace", "paper lamp river"), "done");
    }
    for (int i = 0; i < 15; ++i) {
        EXPECT_EQ(why("other" + std::to_string(i), "whatever it is"), "access.not_recognised") << i;
    }
    EXPECT_EQ(why("grace", "paper lamp river"), "done") << "the first fifteen count no more";
    // A failure renews them all.
    occasion.now += Hours{23};
    EXPECT_EQ(why("name99", "whatever it is"), "access.not_recognised");
    EXPECT_EQ(why("grace", "paper lamp river"), "access.wait");
}

TEST_F(SigningIn, NoWaitIsLongerThanFiveMinutes) {
    for (int i = 0; i < 30; ++i) {
        why("grace", "not it at all");
        occasion.now += Minutes{5};
    }
    EXPECT_EQ(why("grace", "paper lamp river"), "done");
}

TEST_F(SigningIn, AClockThatIsSetBackSilencesNobody) {
    for (int i = 0; i < 4; ++i) why("grace", "not it at all");
    EXPECT_EQ(why("grace", "paper lamp river"), "access.wait");
    occasion.now -= Hours{1};
    EXPECT_EQ(why("grace", "paper lamp river"), "done");
}

TEST_F(SigningIn, ATryIsCountedBeforeItIsChecked) {
    Try one = try_of(secrets, occasion, "192.0.2.1", "grace");
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(begin_try(*database, occasion, one)) << i;
    EXPECT_FALSE(begin_try(*database, occasion, one)) << "many at once gain nothing";
}

TEST_F(SigningIn, BusyIsNoFailure) {
    secrets.is_busy = true;
    for (int i = 0; i < 20; ++i) EXPECT_EQ(why("grace", "paper lamp river"), "access.busy");
    EXPECT_EQ(delays(), 0);
    secrets.is_busy = false;
    EXPECT_EQ(why("grace", "paper lamp river"), "done");
}

TEST_F(SigningIn, PinsWorkOnRegisteredDevicesAlone) {
    EXPECT_EQ(why("peer7", "204817"), "access.not_recognised");
    at_device(DeviceKind::in_cell);
    EXPECT_EQ(why("peer7", "204817"), "done");
}

TEST_F(SigningIn, TheSessionOfBeforeEnds) {
    const auto first = attempt("grace", "paper lamp river");
    ASSERT_TRUE(first);
    const auto second = sign_in(*database, occasion, secrets,
                                {"grace", "paper lamp river", "192.0.2.1", first->token});
    ASSERT_TRUE(second);
    EXPECT_NE(first->token, second->token);
    EXPECT_EQ(sessions(), 1);
    sign_out(*database, occasion, second->token);
    EXPECT_EQ(sessions(), 0);
}

TEST_F(SigningIn, ChangingTheSecretNeedsTheOldOneAndEndsEverySession) {
    ASSERT_TRUE(attempt("grace", "paper lamp river"));
    occasion.who.account = officer;
    const auto change = [&](std::string_view before, std::string_view after) {
        const auto done = account_change_secret(*database, occasion, secrets,
                                                {before, after, "192.0.2.1"});
        return done ? "done" : std::string(done.error().code);
    };
    EXPECT_EQ(change("wrong", "river lamp paper"), "access.wrong_secret");
    EXPECT_EQ(change("paper lamp river", "short"), "access.password_too_short");
    EXPECT_EQ(change("paper lamp river", "paper lamp river"), "access.same_as_before");
    EXPECT_EQ(sessions(), 1);
    const long counted = delays();
    secrets.has_no_room_for_new = true;
    for (int i = 0; i < 6; ++i) {
        EXPECT_EQ(change("paper lamp river", "river lamp paper"), "access.busy") << i;
    }
    EXPECT_LE(delays(), counted) << "the right secret is no failure, however busy it is";
    secrets.has_no_room_for_new = false;
    EXPECT_EQ(change("paper lamp river", "river lamp paper"), "done");
    EXPECT_EQ(sessions(), 0);
    occasion.who.account.reset();
    EXPECT_EQ(why("grace", "paper lamp river"), "access.not_recognised");
    EXPECT_EQ(why("grace", "river lamp paper"), "done");
}

// ---- the real hashing ---------------------------------------------------------------------------

Secrets::Options cheap() {
    Secrets::Options out;
    out.cost = {1, 8 * 1024};
    return out;
}

TEST(RealSecrets, KnowTheRightOneAndTakeAnEmptyHashForNobody) {
    SystemEntropy entropy;
    const auto secrets = Secrets::open(cheap(), entropy);
    const auto hash = secrets->hash("paper lamp river");
    ASSERT_TRUE(hash);
    EXPECT_TRUE(hash->starts_with("$argon2id$"));
    EXPECT_EQ(secrets->check(*hash, "paper lamp river"), Secrets::Check::right);
    EXPECT_EQ(secrets->check(*hash, "paper lamp rivers"), Secrets::Check::wrong);
    EXPECT_EQ(secrets->check("", "paper lamp river"), Secrets::Check::wrong);
    const auto other_pepper = Secrets::open(cheap(), entropy);
    EXPECT_EQ(other_pepper->check(*hash, "paper lamp river"), Secrets::Check::wrong);
    EXPECT_NE(secrets->tag("a", "x"), secrets->tag("b", "x"));
    EXPECT_EQ(secrets->tag("a", "x"), secrets->tag("a", "x"));
}

TEST(RealSecrets, ThePepperIsAFileOfItsOwnerAlone) {
    SystemEntropy entropy;
    const sql::TemporaryFolder folder;
    auto options = cheap();
    options.pepper_path = folder.file("data.db.pepper");
    EXPECT_EQ(pepper_path_for("sqlite:" + folder.file("data.db")), options.pepper_path);
    EXPECT_THROW(Secrets::open(options, entropy), std::runtime_error);
    options.create = true;
    const auto hash = Secrets::open(options, entropy)->hash("paper lamp river");
    struct stat about{};
    ASSERT_EQ(::stat(options.pepper_path.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777, 0600u);
    EXPECT_EQ(Secrets::open(options, entropy)->check(*hash, "paper lamp river"),
              Secrets::Check::right);
    ::chmod(options.pepper_path.c_str(), 0640);
    EXPECT_THROW(Secrets::open(options, entropy), std::runtime_error);
    ::chmod(options.pepper_path.c_str(), 0600);
    std::ofstream(options.pepper_path) << "not a pepper";
    EXPECT_THROW(Secrets::open(options, entropy), std::runtime_error);
}

// More sign-ins at once than agreed are told so at once; the rest are served.
TEST(RealSecrets, AreNeverAskedForMoreThanWasAgreed) {
    SystemEntropy entropy;
    Secrets::Options options;
    options.cost = {4, 8 * 1024 * 1024};
    options.threads = 1;
    options.at_most = 2;
    const auto secrets = Secrets::open(options, entropy);
    std::atomic<int> served{0}, busy{0};
    {
        std::vector<std::jthread> people;
        for (int i = 0; i < 8; ++i) {
            people.emplace_back([&] { ++(secrets->hash("paper") ? served : busy); });
        }
    }
    EXPECT_EQ(served + busy, 8);
    EXPECT_GE(served, 2);
    EXPECT_GE(busy, 1);
    EXPECT_TRUE(secrets->hash("paper")) << "and afterwards there is room again";
}

TEST(Keys, AreLongAndDiffer) {
    SystemEntropy entropy;
    EXPECT_EQ(new_token(entropy).size(), 43u);
    EXPECT_NE(new_token(entropy), new_token(entropy));
    EXPECT_EQ(new_device_code(entropy).size(), 8u);
    EXPECT_EQ(new_pin(entropy).size(), 8u);
    EXPECT_TRUE(are_equal("same", "same"));
    EXPECT_FALSE(are_equal("same", "sane"));
    EXPECT_FALSE(are_equal("same", "same "));
}

}  // namespace
}  // namespace alongside::access
