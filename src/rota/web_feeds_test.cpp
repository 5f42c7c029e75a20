#include <gtest/gtest.h>

#include "access/access.h"
#include "rota/feeding.h"
#include "rota/store_feeds.h"
#include "schemes/testing.h"

using namespace alongside;
using namespace alongside::rota;
using people::refused;

namespace {

class FeedPages : public schemes::WithPeers<schemes::EveryPage> {
protected:
    void SetUp() override {
        EveryPage::SetUp();
        if (HasFatalFailure()) return;
        routes_.add(rota::routes(site()));
        clock.set(at_time("2026-11-21T12:00:00Z"));
        secrets_ = access::Secrets::open({.pepper_path = "", .create = false,
                                          .cost = {1, 8192}, .threads = 1, .at_most = 3},
                                         entropy);
        have_peers(2);
        one_ = people_[0];
        two_ = people_[1];
        member_ = members_[0];
        ASSERT_EQ(refused(add_shift(db(), now(), night_, pops_, "night",
                                    at_time("2026-11-21T22:00:00Z"),
                                    at_time("2026-11-22T06:00:00Z"), 2)), "");
        ASSERT_EQ(refused(put_on(db(), now(), night_, {one_})), "");
    }
    static Instant at_time(const char* text) { return parse_iso_instant(text).value(); }

    // Somebody who signs in, with an account that is really there.
    AccountId sign_in(Role role, std::optional<PersonId> person = {},
                      std::optional<SchemeCode> scheme = {}) {
        const auto id = AccountId::make(clock.now(), entropy);
        access::NewAccount account;
        account.account_id = id;
        account.sign_in_name = "name" + std::to_string(++names_);
        account.display_name = "Somebody";
        account.roles = access::roles({role});
        account.person_id = person;
        account.scheme = scheme;
        EXPECT_EQ(refused(access::account_add(db(), now(), *secrets_, account)), "");
        come_in(role, person, scheme);
        gate.who.account = id;
        return id;
    }
    // The address that a page shows.
    static std::string shown_in(const web::Response& page) {
        const auto from = page.body->find("/feeds/");
        const auto to = page.body->find(".ics", from);
        return from == std::string::npos || to == std::string::npos
                   ? std::string()
                   : page.body->substr(from, to + 4 - from);
    }
    std::string make(const std::string& shows) {
        const auto page = post("/on-call/feeds", "shows=" + shows);
        EXPECT_EQ(page.status, 200);
        return shown_in(page);
    }
    std::string text_at(const std::string& address) {
        const auto read = get(address);
        EXPECT_EQ(read.status, 200);
        return *read.body;
    }
    void nobody_is_there() {
        gate.who = {};
        gate.who.establishment = mdi;
    }
    FeedId last_feed() {
        return db().read([&](sql::Reader& r) { return store::feeds(r, mdi).at(0).feed_id; });
    }

    const ShiftId night_{Uuid{{42}}};
    PersonId one_, two_;
    MemberId member_;
    std::unique_ptr<access::Secrets> secrets_;
    int names_ = 0;
};
INSTANTIATE_ON_EVERY_ENGINE(FeedPages);

TEST_P(FeedPages, APeerMakesOneThatIsReadWithoutSigningIn) {
    sign_in(Role::peer, one_);
    EXPECT_TRUE(shows(get("/me/feeds"), "No address is in use."));
    const auto address = shown_in(post("/me/feeds"));
    ASSERT_EQ(address.size(), std::string("/feeds//on-call.ics").size() + 43) << address;
    EXPECT_FALSE(shows(get("/me/feeds"), address)) << "it is shown once";
    nobody_is_there();
    const auto read = get(address);
    EXPECT_EQ(read.status, 200);
    EXPECT_EQ(read.content_type, "text/calendar; charset=utf-8");
    EXPECT_TRUE(shows(read, "SUMMARY:On call: night\r\n"));
    EXPECT_TRUE(shows(read, "DTSTART:20261121T220000Z\r\n"));
    EXPECT_FALSE(shows(read, "Peer 1"));
    EXPECT_FALSE(shows(read, one_.text()));
}

TEST_P(FeedPages, AnEndedAddressIsLikeOneThatNeverWas) {
    sign_in(Role::peer, one_);
    const auto address = shown_in(post("/me/feeds"));
    const auto id = last_feed().text();
    EXPECT_EQ(post("/me/feeds/" + id + "/end").status, 303);
    EXPECT_EQ(post("/me/feeds/" + id + "/end").status, 303) << "again is the same";
    const auto ended = get(address), never = get("/feeds/" + std::string(43, 'A') + "/on-call.ics");
    EXPECT_EQ(ended.status, 404);
    EXPECT_EQ(never.status, 404);
    EXPECT_EQ(*ended.body, *never.body);
    EXPECT_EQ(ended.headers, never.headers);
}

TEST_P(FeedPages, TheKeyIsKeptNowhere) {
    sign_in(Role::peer, one_);
    const auto address = shown_in(post("/me/feeds"));
    const auto key = address.substr(7, 43);
    db().read([&](sql::Reader& r) {
        const auto row = r.maybe<sql::Bytes>("SELECT key_hash FROM rota_feed");
        EXPECT_EQ(row->size(), 32u);
        EXPECT_EQ(std::string(row->begin(), row->end()).find(key), std::string::npos);
        for (const auto& said : r.rows<std::string>("SELECT subjects FROM ledger_entry")) {
            EXPECT_EQ(said.find(key), std::string::npos);
        }
        return true;
    });
    EXPECT_EQ(count("SELECT COUNT(*) FROM ledger_entry WHERE verb = 'feed.made'"), 1);
}

TEST_P(FeedPages, ChangesAreToldWithTheirNumberAndTime) {
    sign_in(Role::peer, one_);
    const auto address = shown_in(post("/me/feeds"));
    const auto before = text_at(address);
    EXPECT_NE(before.find("SEQUENCE:0\r\n"), before.npos);
    EXPECT_NE(before.find("LAST-MODIFIED:20261121T120000Z\r\n"), before.npos);
    clock.advance(Hours(1));
    EXPECT_EQ(text_at(address), before) << "what didn't change reads the same";
    ASSERT_EQ(refused(take_off(db(), now(), night_, one_, clock.now())), "");
    const auto off = text_at(address);
    EXPECT_NE(off.find("STATUS:CANCELLED\r\n"), off.npos);
    EXPECT_NE(off.find("SEQUENCE:1\r\n"), off.npos);
    EXPECT_NE(off.find("LAST-MODIFIED:20261121T130000Z\r\n"), off.npos);
    const auto uid = before.substr(before.find("UID:"), 40);
    EXPECT_NE(off.find(uid), off.npos);
    clock.advance(Hours(1));
    ASSERT_EQ(refused(put_on(db(), now(), night_, {one_})), "");
    const auto again = text_at(address);
    EXPECT_NE(again.find("STATUS:CONFIRMED\r\n"), again.npos);
    EXPECT_NE(again.find("SEQUENCE:2\r\n"), again.npos);
    EXPECT_NE(again.find(uid), again.npos);
    ASSERT_EQ(refused(cancel_shift(db(), now(), night_)), "");
    const auto cancelled = text_at(address);
    EXPECT_NE(cancelled.find("STATUS:CANCELLED\r\n"), cancelled.npos);
    EXPECT_NE(cancelled.find("SEQUENCE:3\r\n"), cancelled.npos);
}

TEST_P(FeedPages, WhatIsOlderThanTheCountOfChangesIsAsOldAsTheFeed) {
    sign_in(Role::coordinator);
    clock.advance(Minutes(90));
    const auto scheme = make("scheme%3Apops"), own = make("own%3A" + one_.text());
    (void)db().write(mdi, [&](sql::Transaction& tx) -> Result<Done> {
        tx.run("UPDATE shift SET revised_at = NULL");
        tx.run("UPDATE shift_person SET revised_at = NULL");
        return Done{};
    });
    for (const auto& address : {scheme, own}) {
        EXPECT_NE(text_at(address).find("LAST-MODIFIED:20261121T133000Z\r\n"),
                  std::string::npos);
    }
}

TEST_P(FeedPages, WhatDidNotChangeIsNotSentAgain) {
    sign_in(Role::peer, one_);
    const auto address = shown_in(post("/me/feeds"));
    const auto first = get(address);
    std::string tag;
    for (const auto& [name, value] : first.headers) if (name == "ETag") tag = value;
    ASSERT_GT(tag.size(), 10u);
    const auto ask = [&](const std::string& known) {
        web::Request request;
        request.path = address;
        request.now = clock.now();
        request.headers.add("if-none-match", known);
        return web::answer(routes_, gate, entropy, std::move(request));
    };
    EXPECT_EQ(ask(tag).status, 304);
    EXPECT_EQ(ask(tag).body->size(), 0u);
    EXPECT_EQ(ask("W/\"other\"").status, 200);
    ASSERT_EQ(refused(cancel_shift(db(), now(), night_)), "");
    EXPECT_EQ(ask(tag).status, 200);
}

TEST_P(FeedPages, ACoordinatorHasThoseOfSchemePrisonAndPeers) {
    sign_in(Role::coordinator);
    const auto scheme = make("scheme%3Apops"), prison = make("prison");
    const auto own = make("own%3A" + two_.text());
    nobody_is_there();
    const auto text = text_at(scheme);
    EXPECT_NE(text.find("SUMMARY:night: 1 of 2 on\\, gap\r\n"), text.npos) << text;
    EXPECT_EQ(text.find("Peer"), text.npos);
    EXPECT_NE(text_at(prison).find("SUMMARY:POPS\\, night: 1 of 2 on\\, gap\r\n"), text.npos);
    EXPECT_EQ(text_at(own).find("VEVENT"), text.npos) << "Peer 2 is on nothing";
    ASSERT_EQ(refused(put_on(db(), now(), night_, {two_})), "");
    EXPECT_NE(text_at(own).find("SUMMARY:On call: night\r\n"), text.npos);
    const auto full = text_at(scheme);
    EXPECT_NE(full.find("SUMMARY:night: 2 of 2 on\r\n"), full.npos);
    EXPECT_NE(full.find("SEQUENCE:2\r\n"), full.npos);
    ASSERT_EQ(refused(cancel_shift(db(), now(), night_)), "");
    EXPECT_NE(text_at(scheme).find("SUMMARY:Cancelled: night\r\n"), text.npos);
    EXPECT_NE(text_at(scheme).find("SEQUENCE:3\r\n"), text.npos);
}

TEST_P(FeedPages, NobodyHasWhatIsntTheirs) {
    sign_in(Role::coordinator, {}, people::scheme("listeners"));
    EXPECT_EQ(post("/on-call/feeds", "shows=scheme%3Apops").status, 404) << "no scheme of theirs";
    const auto why = [&](const FeedOf& what) {
        Occasion occasion{gate.who, clock.now(), &entropy};
        return refused(make_feed(db(), occasion, FeedId::make(clock.now(), entropy), what, "en"));
    };
    EXPECT_EQ(why({FeedShows::scheme, {}, pops_}), "rota.feed_not_yours");
    EXPECT_EQ(why({FeedShows::prison, {}, {}}), "rota.feed_not_yours");
    EXPECT_EQ(why({FeedShows::own, one_, {}}), "rota.feed_not_yours");
    sign_in(Role::peer, two_);
    EXPECT_EQ(why({FeedShows::own, one_, {}}), "rota.feed_not_yours");
    EXPECT_EQ(why({FeedShows::scheme, {}, pops_}), "rota.feed_not_yours");
    EXPECT_EQ(why({FeedShows::own, two_, {}}), "");
    const auto theirs = last_feed().text();
    sign_in(Role::peer, one_);
    EXPECT_EQ(post("/me/feeds/" + theirs + "/end").status, 404);
    EXPECT_FALSE(shows(get("/me/feeds"), theirs));
    EXPECT_EQ(get("/on-call/feeds").status, 403);
    for (int i = 0; i < most_feeds; ++i) EXPECT_EQ(why({FeedShows::own, one_, {}}), "");
    EXPECT_EQ(why({FeedShows::own, one_, {}}), "rota.too_many_feeds");
    const auto page = post("/me/feeds");
    EXPECT_EQ(page.status, 409);
    EXPECT_TRUE(shows(page, "There are ten addresses of this calendar already"));
}

TEST_P(FeedPages, ThePeersOwnIsGoneWithTheSchemeAlsoAfterComingBack) {
    sign_in(Role::peer, one_);
    const auto address = shown_in(post("/me/feeds"));
    const auto listens = people::on_movement([](sql::Transaction& tx, const Occasion& occasion,
                                                const people::Movement& movement) {
        withdraw(tx, occasion, movement.person_id, movement.scheme, occasion.now, "not_ready");
    });
    ASSERT_EQ(refused(people::leave_scheme(db(), now(), member_, "WITHDRAWN_OWN")), "");
    EXPECT_EQ(get(address).status, 404);
    member(one_, "Peer 1 again");
    EXPECT_EQ(get(address).status, 404);
    EXPECT_EQ(count("SELECT COUNT(*) FROM ledger_entry WHERE verb = 'feed.ended'"), 1);
}

TEST_P(FeedPages, IsGoneWhileTheAccountItStandsOnIsClosed) {
    const auto own_account = sign_in(Role::peer, one_);
    const auto own = shown_in(post("/me/feeds"));
    const auto account = sign_in(Role::coordinator);
    const auto scheme = make("scheme%3Apops");
    sign_in(Role::administrator);
    EXPECT_EQ(get(own).status, 200);
    EXPECT_EQ(get(scheme).status, 200);
    Occasion occasion{gate.who, clock.now(), &entropy};
    ASSERT_EQ(refused(access::account_disable(db(), occasion, own_account)), "");
    EXPECT_EQ(get(own).status, 404);
    ASSERT_EQ(refused(access::account_set_scope(db(), occasion, account,
                                                {"", people::scheme("listeners")})), "");
    EXPECT_EQ(get(scheme).status, 404) << "looks after another scheme now";
    ASSERT_EQ(refused(access::account_set_scope(db(), occasion, account, {})), "");
    EXPECT_EQ(get(scheme).status, 200);
    ASSERT_EQ(refused(access::account_disable(db(), occasion, account)), "");
    EXPECT_EQ(get(scheme).status, 404);
}

TEST_P(FeedPages, OfTwoRecordsThatWereOneTheCountNeverFalls) {
    sign_in(Role::coordinator);
    ASSERT_EQ(refused(put_on(db(), now(), night_, {two_})), "");
    const auto scheme = make("scheme%3Apops");
    const auto own = make("own%3A" + two_.text());
    EXPECT_NE(text_at(scheme).find("SEQUENCE:2\r\n"), std::string::npos);
    (void)db().write(mdi, [&](sql::Transaction& tx) -> Result<Done> {
        person_merged(tx, now(), two_, one_);
        return Done{};
    });
    EXPECT_NE(text_at(scheme).find("SEQUENCE:2\r\n"), std::string::npos);
    EXPECT_NE(text_at(own).find("SUMMARY:On call: night"), std::string::npos);
}

}  // namespace
