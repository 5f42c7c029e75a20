// Each invariant must see what it is there for: something is broken by hand, looked at, and undone.
#include <gtest/gtest.h>

#include "simulate/store.h"
#include "simulate/year.h"

namespace alongside::simulate {
namespace {

// Stony Mountain at noon of its first day: someone has asked.
class Invariants : public testing::Test {
protected:
    static YearOptions one_day() {
        YearOptions options;
        options.days = 1;
        options.rota = RotaBy::pattern;      // somebody is on, though no day has begun
        return options;
    }
    Invariants()
        : scene_(read_scene("stony-mountain")), assume_(Assumptions::read(scene_)),
          database_(scratch_database()), year_(*database_, scene_, assume_, one_day()),
          listening_(dispatch::listen_to_movements(*year_.keys)) {
        year_.now = year_.begin + Hours{12};
        asker_ = year_.made.residents.front();
        dispatch::Ask asking;
        asking.request_id = request_;
        asking.scheme = assume_.scheme();
        asking.person_id = asker_;
        asking.channel = schemes::Channel::officer;
        asking.asked_at = year_.now;
        EXPECT_TRUE(dispatch::ask(year_.desk, year_.occasion(), asking));
    }

    dispatch::Candidate offered() {
        dispatch::Offer offer;
        offer.offer_id = offer_;
        offer.request_id = request_;
        offer.how = dispatch::OfferHow::door;
        return *dispatch::offer(year_.desk, year_.occasion(), offer);
    }
    dispatch::Candidate sent() {
        const auto peer = offered();
        EXPECT_TRUE(dispatch::answer(year_.desk, year_.occasion(), offer_,
                                     dispatch::Answer::going));
        const auto unlock = UnlockId::make(year_.now, year_.entropy);
        EXPECT_TRUE(dispatch::ask_unlock(year_.desk, year_.occasion(), unlock, offer_.uuid));
        EXPECT_TRUE(dispatch::authorise_unlock(year_.desk, year_.occasion(), unlock));
        EXPECT_TRUE(dispatch::escort(year_.desk, year_.occasion(), unlock));
        return peer;
    }
    dispatch::Candidate together() {
        const auto peer = sent();
        dispatch::Arrival arrival;
        arrival.call_out_id = offer_.uuid;
        arrival.place_kind = people::PlaceKind::suite;
        arrival.suite = database_->read([&](sql::Reader& reader) {
            return reader.one<LocationKey>("SELECT MIN(place) FROM place WHERE kind = 'suite'");
        });
        EXPECT_TRUE(dispatch::arrive(year_.desk, year_.occasion(), arrival));
        return peer;
    }

    // The rules broken once the statement has run, each once; nothing of it stays.
    template <class... Args>
    std::set<int> broken_by(const sql::Statement& statement, const Args&... args) {
        std::set<int> rules;
        struct Undo {};
        try {
            database_->write(scene_.establishment, [&](sql::Transaction& tx) -> bool {
                tx.run(statement, args...);
                for (const auto& one : violations(tx, scene_.establishment, *year_.policy,
                                                  {year_.begin, year_.now},
                                                  {{request_, asker_}})) {
                    rules.insert(one.rule);
                }
                throw Undo{};
            });
        } catch (const Undo&) {
        }
        return rules;
    }
    std::set<int> broken_now() { return broken_by("DELETE FROM timer WHERE kind = 'nothing'"); }

    Scene scene_;
    Assumptions assume_;
    std::unique_ptr<sql::Database> database_;
    Year year_;
    people::Listening listening_;
    PersonId asker_;
    RequestId request_ = RequestId::make(year_.begin, year_.entropy);
    OfferId offer_ = OfferId::make(year_.begin, year_.entropy);
};
using Rules = std::set<int>;

TEST_F(Invariants, SeeARequestThatIsLost) {
    EXPECT_EQ(broken_now(), Rules());
    EXPECT_EQ(broken_by("DELETE FROM timer"), Rules{8});
}

TEST_F(Invariants, SeeAnOfferThatMustNotBe) {
    const auto peer = offered();
    EXPECT_EQ(broken_now(), Rules());
    EXPECT_EQ(broken_by("UPDATE request SET state = 'closed', closed_at = asked_at,"
                        " close_reason = 'MET'"),
              Rules{9});
    EXPECT_EQ(broken_by("INSERT INTO member_suspension (establishment_id, suspension_id,"
                        " member_id, from_at, by_actor, reason, review_on)"
                        " SELECT establishment_id, member_id, member_id, $2, 'x', 'SECURITY',"
                        " '2030-01-01' FROM member WHERE person_id = $1",
                        peer.person_id, year_.now),
              Rules{12});
    EXPECT_EQ(broken_by("UPDATE presence SET until_at = $2, ended_how = 'left'"
                        " WHERE person_id = $1",
                        peer.person_id, year_.now),
              Rules{13});
}

TEST_F(Invariants, SeeSomeoneSentWhoMustNotBe) {
    const auto peer = sent();
    EXPECT_EQ(broken_now(), Rules());
    EXPECT_EQ(broken_by("DELETE FROM member_compact"), Rules{1});
    EXPECT_EQ(broken_by("DELETE FROM member_module WHERE module = 'CRISIS'"), Rules{1});
    EXPECT_EQ(broken_by("UPDATE member SET probation_until = $1", year_.now + Hours{1}),
              Rules{1});
    EXPECT_EQ(broken_by("UPDATE member_clearance SET is_cleared = FALSE"), Rules{4});
    EXPECT_EQ(broken_by("INSERT INTO kept_apart (kept_apart_id, kind, first_person,"
                        " second_person, first_role, second_role, reason, restriction, opened_at)"
                        " VALUES ($1, 'non_association', $1, $2, 'UNKNOWN', 'UNKNOWN', 'THREAT',"
                        " 'WING', $3)",
                        peer.person_id, asker_, year_.begin),
              Rules{3});
    EXPECT_EQ(broken_by("INSERT INTO avoid (establishment_id, person_id, other_person_id, since)"
                        " SELECT establishment_id, $2, person_id, $3 FROM presence"
                        " WHERE person_id = $1",
                        peer.person_id, asker_, year_.begin),
              Rules{3});
    EXPECT_EQ(broken_by("UPDATE presence SET place = (SELECT place FROM presence"
                        " WHERE person_id = $2) WHERE person_id = $1",
                        peer.person_id, asker_),
              Rules{3});
    EXPECT_EQ(broken_by("INSERT INTO alone_answer (establishment_id, person_id, decided_at, answer,"
                        " decided_by) SELECT establishment_id, person_id, $2, 'no', 'x'"
                        " FROM presence WHERE person_id = $1",
                        asker_, year_.begin),
              Rules{4});
}

TEST_F(Invariants, SeeASessionThatIsNotAsItMustBe) {
    const auto peer = together();
    EXPECT_EQ(broken_now(), Rules());
    EXPECT_EQ(broken_by("UPDATE session SET person_left_at = $1", year_.now), Rules{6});
    EXPECT_EQ(broken_by("UPDATE session_check SET due_at = $1", year_.now - Hours{1}), Rules{6});
    EXPECT_EQ(broken_by("UPDATE place SET has_alarm = FALSE"), Rules{6});
    EXPECT_EQ(broken_by("UPDATE unlock SET escorted_at = $1", year_.now + Hours{1}), Rules{17});
    EXPECT_EQ(broken_by("UPDATE presence SET until_at = $2, ended_how = 'left'"
                        " WHERE person_id = $1",
                        peer.person_id, year_.now),
              Rules{13});
}

// The looks of officers go on while a peer is there: a peer replaces none of them.
TEST_F(Invariants, SeeASessionThatReplacesCare) {
    together();
    EXPECT_EQ(broken_now(), Rules());
    EXPECT_EQ(broken_by("DELETE FROM session_check"), Rules{7});
    EXPECT_EQ(broken_by("UPDATE session_check SET done_at = due_at, done_by = 'x'"), Rules{7});
}

TEST_F(Invariants, SeeADebriefThatNobodyOwes) {
    together();
    const auto session = *database_->read([&](sql::Reader& reader) {
        return dispatch::session_of(reader, scene_.establishment, offer_.uuid);
    });
    EXPECT_TRUE(dispatch::depart(year_.desk, year_.occasion(), session, true));
    EXPECT_FALSE(year_.is_anybody_without_debrief(request_, session));
    auto after_every_one = *year_.policy;
    after_every_one.debrief_owed = schemes::DebriefOwed::after_every_session;
    year_.policy = std::make_shared<const schemes::Policy>(after_every_one);
    EXPECT_EQ(broken_now(), Rules());
    EXPECT_EQ(broken_by("DELETE FROM debrief"), Rules{10});
    database_->write(scene_.establishment,
                     [&](sql::Transaction& tx) { return tx.run("DELETE FROM debrief"); });
    EXPECT_TRUE(year_.is_anybody_without_debrief(request_, session))
        << "where only hard ones owe one, too";
}

TEST_F(Invariants, SeeARefusalThatIsReviewedTooLate) {
    offered();
    EXPECT_TRUE(dispatch::answer(year_.desk, year_.occasion(), offer_, dispatch::Answer::going));
    const auto unlock = UnlockId::make(year_.now, year_.entropy);
    EXPECT_TRUE(dispatch::ask_unlock(year_.desk, year_.occasion(), unlock, offer_.uuid));
    EXPECT_TRUE(dispatch::refuse_unlock(year_.desk, year_.occasion(), unlock, false,
                                        dispatch::UnlockReason::STAFFING,
                                        dispatch::Alternative::HELPLINE, {}));
    EXPECT_EQ(broken_now(), Rules());
    EXPECT_EQ(broken_by("UPDATE unlock_decision SET review_at = review_at + 60000"), Rules{17});
    year_.now += Minutes{31};
    EXPECT_EQ(broken_now(), Rules{17}) << "its time has come, and nobody was told";
    dispatch::run_timers(year_.desk, year_.occasion());
    EXPECT_EQ(broken_now(), Rules());
}

TEST_F(Invariants, SeeARequestThatThePersonDidNotWant) {
    offered();
    EXPECT_EQ(broken_now(), Rules());
    EXPECT_EQ(broken_by("UPDATE request SET channel = 'staff'"), Rules{18});
    EXPECT_EQ(broken_by("UPDATE request SET channel = 'staff', asked_by = 'staff_with_yes'"),
              Rules());
}

TEST_F(Invariants, SeeRestThatIsNotReal) {
    year_.now = year_.begin + Hours{23};
    const auto peer = together();
    EXPECT_EQ(broken_now(), Rules());
    EXPECT_EQ(broken_by("INSERT INTO rest (establishment_id, person_id, session_id, from_at,"
                        " until_at, excused_on) SELECT establishment_id, person_id, $1, $2, $3,"
                        " '2025-01-06' FROM exposure",
                        peer.person_id, year_.now - Hours{1}, year_.now + Hours{1}),
              Rules{2});
    EXPECT_EQ(broken_by("INSERT INTO exposure (establishment_id, person_id, session_id, scheme,"
                        " from_at, until_at, night_of, is_own_wish)"
                        " SELECT establishment_id, person_id, v.column1, scheme, $3, $3, v.column2,"
                        " FALSE FROM exposure, (VALUES ($1, 'one'), ($2, 'another')) v",
                        peer.person_id, asker_, year_.begin),
              Rules{2});
    EXPECT_THROW(broken_by("INSERT INTO exposure (establishment_id, person_id, session_id, scheme,"
                           " from_at, until_at, night_of, is_own_wish)"
                           " SELECT establishment_id, person_id, $1, scheme, $2, $2, night_of,"
                           " FALSE FROM exposure",
                           asker_, year_.begin),
                 sql::Fault)
        << "twice in one night is not even stored";
}

}  // namespace
}  // namespace alongside::simulate
