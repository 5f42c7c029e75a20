#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <string>
#include <thread>

#include "rota/rota.h"
#include "rota/store.h"
#include "rota/testing.h"
#include "schemes/testing.h"

using namespace alongside;
using namespace alongside::rota;
using people::refused;

namespace {

using LongSearchPages = CoordinatorPages;
INSTANTIATE_ON_EVERY_ENGINE(LongSearchPages);

TEST_P(LongSearchPages, ALongSearchShowsHowFarItIsAndIsStopped) {
    have_peers(4);
    const Day first = *parse_iso_day("2026-11-22"), end = *parse_iso_day("2027-01-17");
    const Pattern pattern{1, first, {{"early", 0, 420, 480, 2, {}},
                                     {"late", 0, 900, 480, 2, {}},
                                     {"night", 0, 1380, 480, 2, {}}}};
    ASSERT_EQ(refused(save_pattern(db(), now(), pops_, pattern)), "");
    ASSERT_TRUE(fill_from_pattern(db(), now(), pops_, first, end));
    const std::string asked = "scheme=pops&from=2026-11-22&weeks=8";
    const std::string once = asked + "&once=0123456789abcdef";
    const auto search = where(post("/on-call/plan/search", once));
    ASSERT_TRUE(search.starts_with("/on-call/plan/search/")) << search;
    EXPECT_EQ(where(post("/on-call/plan/search", once)), search) << "sent twice";
    const auto id = search.substr(0, search.find('?'));
    auto page = get(search);
    EXPECT_TRUE(shows(page, "Stop and keep the best"));
    EXPECT_TRUE(shows(page, "Searching for a better plan."));
    EXPECT_TRUE(shows(page, "What the plan costs"));
    EXPECT_TRUE(shows(page, "<noscript>"));
    EXPECT_FALSE(get(id + "/live?scheme=pops").live_view.empty());
    EXPECT_TRUE(shows(get("/on-call/plan"), "A longer search for a better plan is running."));
    page = post("/on-call/plan/search", asked);
    EXPECT_TRUE(shows(page, "Another long search is running."));
    EXPECT_TRUE(shows(page, "See how far it is"));
    come_in(Role::officer);
    for (const auto& path : {search, id + "/live?scheme=pops"}) EXPECT_EQ(get(path).status, 403);
    EXPECT_EQ(post(id + "/stopped", "scheme=pops").status, 403);
    come_in(Role::coordinator, {}, people::scheme("listeners"));
    EXPECT_EQ(get(search).status, 404);
    EXPECT_EQ(post(id + "/stopped", "scheme=pops").status, 404);
    come_in(Role::coordinator);
    EXPECT_TRUE(shows(get(search), "Searching for a better plan."));

    EXPECT_EQ(where(post(id + "/stopped", "scheme=pops")), search);
    page = found_by(search);
    EXPECT_TRUE(shows(page, "The search was stopped. The best plan so far is kept."));
    EXPECT_TRUE(shows(page, "The longer search found a better plan"));
    EXPECT_TRUE(shows(page, "Keep it as a draft"));
    EXPECT_FALSE(shows(page, "The rota has changed since the search began"));
    EXPECT_EQ(where(post(id + "/stopped", "scheme=pops")), search) << "again";
    EXPECT_TRUE(shows(get("/on-call/plan"), "See the plan that it found"));
    const auto shifts = db().read([&](sql::Reader& reader) {
        return store::shifts(reader, mdi, pops_, clock.now(), clock.now() + Hours{24});
    });
    ASSERT_FALSE(shifts.empty());
    for (const auto& shift : shifts) {
        ASSERT_EQ(refused(cancel_shift(db(), now(), shift.shift_id)), "");
    }
    EXPECT_TRUE(shows(get(search), "The rota has changed since the search began"));
    clock.advance(Minutes{61});
    EXPECT_EQ(get(search).status, 404);
    EXPECT_TRUE(shows(get(search), "This search isn’t there any more"));
    EXPECT_FALSE(shows(get("/on-call/plan"), "A longer search"));
}

// Seconds of search are no worker's, however many coordinators press at once.
TEST_P(LongSearchPages, WhatIsSearchedForHoldsNoWorker) {
    std::set<std::string> long_ones;
    for (const auto& route : routes_.all()) {
        if (route.is_long) {
            long_ones.insert(std::string(code(route.method)) + " " + std::string(route.pattern));
        }
    }
    EXPECT_EQ(long_ones, (std::set<std::string>{"GET /on-call/repair", "POST /on-call/plan",
                                                "POST /on-call/plan/repairs",
                                                "POST /on-call/repair"}));
}

}  // namespace
