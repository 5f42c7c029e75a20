// Accounts, devices, tokens and looks through their actions, on every engine.
#include "access/store.h"

#include "access/keys.h"
#include "access/testing.h"
#include "ledger/ledger.h"
#include "sql/testing.h"

namespace alongside::access {
namespace {

class Keeping : public sql::EveryEngine {
protected:
    void SetUp() override {
        sql::EveryEngine::SetUp();
        db().write(smi, [&](sql::Transaction& tx) {
            tx.run("INSERT INTO establishment (establishment_id, name, time_zone, number_pattern, "
                   "language, created_at) VALUES ($1, 'Stony Mountain', 'America/Winnipeg', "
                   "'.*', 'en', 0)", smi);
            return true;
        });
    }

    Occasion at(Millis later = Millis{0}) {
        return {the_program(smi), start + later, &entropy};
    }
    AccountId new_id() { return AccountId::make(start, entropy); }
    AccountId add(const std::string& name, RoleSet held, std::optional<PersonId> person = {}) {
        NewAccount wanted;
        wanted.account_id = new_id();
        wanted.sign_in_name = name;
        wanted.display_name = "Somebody";
        wanted.roles = held;
        wanted.secret = "paper lamp river";
        wanted.person_id = person;
        const auto done = account_add(db(), at(), secrets, wanted);
        EXPECT_TRUE(done) << (done ? "" : done.error().code);
        return wanted.account_id;
    }
    Account account(AccountId id) {
        for (const auto& one : db().read([&](sql::Reader& r) { return accounts(r, smi); })) {
            if (one.account_id == id) return one;
        }
        ADD_FAILURE() << "no such account";
        return {};
    }
    std::string open(AccountId id) {
        return db().write(smi, [&](sql::Transaction& tx) { return open_session(tx, at(), id); });
    }
    bool is_open(const std::string& token) {
        return db().read([&](sql::Reader& r) {
            return store::session(r, smi, token_hash(token)).has_value();
        });
    }
    std::int64_t entries() {
        return db().read([&](sql::Reader& r) { return ledger::head(r, smi).seq; });
    }
    static std::string_view why(const auto& result) {
        return result ? "done" : result.error().code;
    }

    const EstablishmentId smi = *EstablishmentId::parse("SMI");
    const Instant start = from_epoch_ms(1'795'300'000'000);
    SeededEntropy entropy{7};
    QuickSecrets secrets;
};
INSTANTIATE_ON_EVERY_ENGINE(Keeping);

TEST_P(Keeping, AnAccountIsAddedOnce) {
    NewAccount wanted;
    wanted.account_id = new_id();
    wanted.sign_in_name = "Grace.O";
    wanted.display_name = "Grace";
    wanted.roles = roles({Role::officer, Role::night_manager});
    wanted.wing = "A";
    wanted.scheme = SchemeCode::parse("pops");
    const auto first = account_add(db(), at(), secrets, wanted);
    ASSERT_TRUE(first);
    EXPECT_EQ(first->one_time_secret.size(), 14u);
    const auto kept = account(wanted.account_id);
    EXPECT_EQ(kept.sign_in_name, "grace.o");
    EXPECT_EQ(kept.roles, "officer night_manager");
    EXPECT_EQ(kept.wing, "A");
    EXPECT_EQ(kept.scheme, SchemeCode::parse("pops"));
    EXPECT_TRUE(kept.must_change);

    const auto before = entries();
    const auto again = account_add(db(), at(), secrets, wanted);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->one_time_secret, "");
    EXPECT_EQ(entries(), before);

    wanted.account_id = new_id();
    EXPECT_EQ(why(account_add(db(), at(), secrets, wanted)), "access.name_is_taken");
    EXPECT_EQ(entries(), before);
}

TEST_P(Keeping, BadAccountsChangeNothing) {
    NewAccount good;
    good.account_id = new_id();
    good.sign_in_name = "grace";
    good.display_name = "Grace";
    good.roles = roles({Role::officer});
    good.secret = "paper lamp river";
    const auto refused = [&](auto spoil) {
        NewAccount bad = good;
        spoil(bad);
        return why(account_add(db(), at(), secrets, bad));
    };
    EXPECT_EQ(refused([](auto& a) { a.sign_in_name = "no spaces"; }), "access.bad_sign_in_name");
    EXPECT_EQ(refused([](auto& a) { a.display_name = ""; }), "access.bad_display_name");
    EXPECT_EQ(refused([](auto& a) { a.roles.reset(); }), "access.no_role");
    EXPECT_EQ(refused([](auto& a) { a.secret = "short"; }), "access.password_too_short");
    EXPECT_EQ(refused([](auto& a) { a.secret_kind = SecretKind::pin; }),
              "access.pin_is_for_residents_and_peers");
    EXPECT_EQ(refused([](auto& a) { a.roles = roles({Role::peer}); }), "access.person_is_needed");
    secrets.is_busy = true;
    EXPECT_EQ(refused([](auto&) {}), "access.busy");
    EXPECT_EQ(entries(), 0);
    EXPECT_TRUE(db().read([&](sql::Reader& r) { return accounts(r, smi); }).empty());
}

TEST_P(Keeping, ClosingEndsSessionsAndCanBeUndone) {
    const auto chief = add("chief", roles({Role::administrator}));
    const auto grace = add("grace", roles({Role::officer}));
    const auto token = open(grace);
    EXPECT_TRUE(is_open(token));
    const auto changes = changes_so_far();
    EXPECT_EQ(why(account_disable(db(), at(), grace)), "done");
    EXPECT_FALSE(is_open(token));
    EXPECT_GT(changes_so_far(), changes);
    EXPECT_TRUE(account(grace).disabled_at);
    const auto before = entries();
    EXPECT_EQ(why(account_disable(db(), at(), grace)), "done");
    EXPECT_EQ(entries(), before);
    EXPECT_EQ(why(account_enable(db(), at(), grace)), "done");
    EXPECT_FALSE(account(grace).disabled_at);
    EXPECT_EQ(why(account_disable(db(), at(), new_id())), "access.no_such_account");

    EXPECT_EQ(why(account_disable(db(), at(), chief)), "access.last_administrator");
    EXPECT_EQ(why(account_set_roles(db(), at(), chief, roles({Role::officer}))),
              "access.last_administrator");
    EXPECT_EQ(why(account_set_roles(db(), at(), grace,
                                    roles({Role::officer, Role::administrator}))), "done");
    EXPECT_EQ(why(account_disable(db(), at(), chief)), "done");
}

// With one that nobody has ever come in by, nobody could come in.
TEST_P(Keeping, AnAdministratorWhoHasNeverSignedInIsNotTheLast) {
    const auto chief = add("chief", roles({Role::administrator}));
    NewAccount other;
    other.account_id = new_id();
    other.sign_in_name = "other";
    other.display_name = "Somebody";
    other.roles = roles({Role::administrator});
    ASSERT_TRUE(account_add(db(), at(), secrets, other));
    EXPECT_EQ(why(account_disable(db(), at(), chief)), "access.last_administrator");
    EXPECT_EQ(why(account_set_roles(db(), at(), chief, roles({Role::officer}))),
              "access.last_administrator");
    EXPECT_EQ(why(account_disable(db(), at(), other.account_id)), "done");
}

TEST_P(Keeping, APersonHasOneOpenAccount) {
    const auto person = PersonId::make(start, entropy);
    const auto first = add("ben", roles({Role::peer}), person);
    NewAccount second;
    second.account_id = new_id();
    second.sign_in_name = "ben2";
    second.display_name = "Somebody";
    second.roles = roles({Role::peer});
    second.person_id = person;
    const auto refused = account_add(db(), at(), secrets, second);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "access.person_has_account");
    EXPECT_EQ(refused.error().field, "person");
    EXPECT_EQ(why(account_disable(db(), at(), first)), "done");
    EXPECT_TRUE(account_add(db(), at(), secrets, second)) << "the first is closed";
    EXPECT_EQ(why(account_enable(db(), at(), first)), "access.person_has_account");
}

TEST_P(Keeping, ResettingGivesAOneTimeSecretForADay) {
    const auto grace = add("grace", roles({Role::officer}));
    const auto token = open(grace);
    const auto secret = account_reset(db(), at(), secrets, grace);
    ASSERT_TRUE(secret);
    EXPECT_FALSE(is_open(token));
    EXPECT_TRUE(account(grace).must_change);
    SignIn typed{"grace", *secret, "192.0.2.1", ""};
    EXPECT_EQ(why(sign_in(db(), at(Hours{23}), secrets, typed)), "done");
    EXPECT_EQ(why(sign_in(db(), at(Hours{24}), secrets, typed)), "access.not_recognised");
}

TEST_P(Keeping, APersonWhoLeavesCannotSignInAnyMore) {
    const auto person = PersonId::make(start, entropy), other = PersonId::make(start, entropy);
    const auto peer = add("peer", roles({Role::peer}), person);
    const auto token = open(peer);
    db().write(smi, [&](sql::Transaction& tx) {
        move_accounts(tx, at(), person, other);
        return true;
    });
    EXPECT_EQ(account(peer).person_id, other);
    EXPECT_TRUE(is_open(token));
    db().write(smi, [&](sql::Transaction& tx) {
        close_accounts_of(tx, at(), other);
        return true;
    });
    EXPECT_FALSE(is_open(token));
    EXPECT_TRUE(account(peer).disabled_at);
}

TEST_P(Keeping, ADeviceIsRegisteredWithItsCodeOnceWithinAQuarterOfAnHour) {
    NewDevice wanted{DeviceId::make(start, entropy), DeviceKind::in_cell,
                     *LocationKey::parse("A-1-001", smi), "Tablet 7"};
    const auto made = device_add(db(), at(), secrets, wanted);
    ASSERT_TRUE(made);
    EXPECT_EQ(made->code.size(), 9u);
    EXPECT_EQ(why(device_register(db(), at(), secrets, {"AAAA-AAAA", "r"})),
              "access.code_not_recognised");
    std::string as_typed = made->code.substr(0, 4) + " " + made->code.substr(5);
    for (char& c : as_typed) c = static_cast<char>(std::tolower(c));
    const auto token = device_register(db(), at(Minutes{14}), secrets, {as_typed, "r"});
    ASSERT_TRUE(token);
    EXPECT_EQ(why(device_register(db(), at(Minutes{14}), secrets, {made->code, "r"})),
              "access.code_not_recognised");
    const auto late = device_new_code(db(), at(Minutes{20}), secrets, wanted.device_id);
    ASSERT_TRUE(late);
    EXPECT_EQ(why(device_register(db(), at(Minutes{35}), secrets, {late->code, "r"})),
              "access.code_not_recognised");
    const auto find = [&] {
        return db().read([&](sql::Reader& r) {
            return store::device_by_token(r, smi, token_hash(*token));
        });
    };
    ASSERT_TRUE(find());
    EXPECT_EQ(find()->place.text(), "A-1-001");
    EXPECT_EQ(why(device_revoke(db(), at(), wanted.device_id)), "done");
    EXPECT_FALSE(find());
    EXPECT_EQ(why(device_new_code(db(), at(), secrets, wanted.device_id)),
              "access.device_is_revoked");
    EXPECT_EQ(why(device_revoke(db(), at(), DeviceId{})), "access.no_such_device");
}

TEST_P(Keeping, BadDevicesAreRefused) {
    NewDevice wanted{DeviceId::make(start, entropy), DeviceKind::wing_kiosk, {}, "Kiosk"};
    EXPECT_EQ(why(device_add(db(), at(), secrets, wanted)), "access.place_is_needed");
    wanted.kind = DeviceKind::office;
    wanted.label = "";
    EXPECT_EQ(why(device_add(db(), at(), secrets, wanted)), "access.bad_label");
    wanted.label = "Wing office";
    EXPECT_EQ(why(device_add(db(), at(), secrets, wanted)), "done");
    EXPECT_EQ(db().read([&](sql::Reader& r) { return devices(r, smi); }).size(), 1u);
}

TEST_P(Keeping, TokensAreShownOnceAndRevoked) {
    NewToken wanted{TokenId::make(start, entropy), "Case system", Role::officer, start + Hours{1}};
    const auto token = token_add(db(), at(), wanted);
    ASSERT_TRUE(token);
    EXPECT_TRUE(token->starts_with("alongside_SMI_"));
    EXPECT_EQ(token_add(db(), at(), wanted).value(), "");
    const auto hash = token_hash(token->substr(std::string("alongside_SMI_").size()));
    const auto find = [&] {
        return db().read([&](sql::Reader& r) { return store::token_by_hash(r, smi, hash); });
    };
    ASSERT_TRUE(find());
    EXPECT_EQ(why(token_revoke(db(), at(), wanted.token_id)), "done");
    EXPECT_FALSE(find());
    EXPECT_EQ(why(token_revoke(db(), at(), TokenId{})), "access.no_such_token");
    wanted.token_id = TokenId::make(start, entropy);
    wanted.ends_at = start;
    EXPECT_EQ(why(token_add(db(), at(), wanted)), "access.bad_end");
}

TEST_P(Keeping, LookingIsLoggedOnceAMinute) {
    const auto request = RequestId::make(start, entropy);
    Occasion looking = at();
    looking.who.actor = "account:one";
    log_look(db(), looking, request);
    log_look(db(), looking, request);
    looking.now += Minutes{1};
    log_look(db(), looking, request);
    looking.who.actor = "account:two";
    log_look(db(), looking, request);
    const auto seen = db().read([&](sql::Reader& r) { return looks(r, smi, request); });
    ASSERT_EQ(seen.size(), 3u);
    EXPECT_EQ(seen.front().actor, "account:one");
    EXPECT_EQ(seen.back().actor, "account:two");
}

TEST_P(Keeping, BoardsLockAfterWhatWasSet) {
    const auto minutes = [&] {
        return db().read([&](sql::Reader& r) { return board_lock_minutes(r, smi); });
    };
    EXPECT_EQ(minutes(), 5);
    EXPECT_EQ(why(set_board_lock_minutes(db(), at(), 2)), "done");
    EXPECT_EQ(why(set_board_lock_minutes(db(), at(), 0)), "access.bad_minutes");
    EXPECT_EQ(why(set_board_lock_minutes(db(), at(), 61)), "access.bad_minutes");
    EXPECT_EQ(minutes(), 2);
}

TEST_P(Keeping, TheLedgerHoldsNoNameAndVerifies) {
    const auto grace = add("grace", roles({Role::officer}));
    ASSERT_TRUE(account_reset(db(), at(), secrets, grace));
    ASSERT_TRUE(account_disable(db(), at(), grace));
    db().read([&](sql::Reader& r) {
        for (const auto& entry : ledger::entries_about(r, smi, grace.text())) {
            const std::string all = entry.subjects + entry.actor + entry.payload.value_or("");
            EXPECT_EQ(all.find("grace"), std::string::npos) << entry.verb;
            EXPECT_EQ(all.find("Somebody"), std::string::npos) << entry.verb;
        }
        EXPECT_FALSE(ledger::verify(r, smi).first_trouble);
        return true;
    });
    EXPECT_EQ(entries(), 3);
}

}  // namespace
}  // namespace alongside::access
