#include "rota/searches.h"

#include <gtest/gtest.h>

#include <atomic>

using namespace alongside;
using namespace alongside::rota;

namespace {

// Counts what it is told.
class TellsAlong final : public web::Live {
public:
    std::shared_ptr<const std::string> view(const EstablishmentId&, const std::string&,
                                            std::function<Html()> draw) override {
        return std::make_shared<const std::string>(draw().take());
    }
    void changed(const EstablishmentId&) override {}
    void changed_views(std::string_view prefix) override { told += prefix == of ? 1 : 0; }
    int watchers(std::string_view) const override { return 0; }
    std::string of;
    std::atomic<int> told = 0;
};

class LongSearches : public testing::Test {
protected:
    // Two on each of three shifts a day, too many days for a proof within seconds.
    SearchFor wanted(const char* home, const char* scheme, int days = 84) {
        planning::Facts facts;
        facts.days = days;
        for (int day = 0; day < days; ++day) {
            facts.shifts.push_back({id<ShiftId>(), "early", day, 420, 480, 2});
            facts.shifts.push_back({id<ShiftId>(), "late", day, 900, 480, 2});
            facts.shifts.push_back({id<ShiftId>(), "night", day, 1380, 480, 2, true});
        }
        for (int i = 0; i < 9; ++i) facts.peers.push_back({id<PersonId>()});
        return {Uuid::v7(clock_.now(), entropy_), *EstablishmentId::parse(home),
                *SchemeCode::parse(scheme), Day{}, std::move(facts), {}};
    }
    template <class Any>
    Any id() { return Any::make(clock_.now(), entropy_); }

    SteppedClock clock_{from_epoch_ms(1'000'000)};
    SystemEntropy entropy_;
    TellsAlong live_;
};

TEST_F(LongSearches, GetBetterUntilTheyAreStopped) {
    Searches searches(live_);
    auto what = wanted("SMI", "pops");
    const auto facts = what.facts;
    live_.of = Searches::view_prefix(what);
    const auto search = searches.begin(std::move(what), clock_.now());
    EXPECT_FALSE(search->wait(Millis{1500}));
    search->stop();
    EXPECT_TRUE(search->wait(Millis{60'000}));
    const auto state = search->state();
    EXPECT_TRUE(state.was_stopped);
    EXPECT_FALSE(state.now.plan.is_best);
    ASSERT_FALSE(state.steps.empty());
    for (std::size_t i = 1; i < state.steps.size(); ++i) {
        EXPECT_LT(state.steps[i].cost, state.steps[i - 1].cost);
    }
    EXPECT_EQ(state.steps.back().cost, state.now.cost);
    if (state.now.bound) EXPECT_LE(*state.now.bound, state.now.cost);
    EXPECT_GT(state.now.plan.puts.size(), 100U);
    EXPECT_EQ(planning::still_fitting(facts, state.now.plan.puts), state.now.plan.puts);
    EXPECT_GE(live_.told, 2);
    search->stop();
    EXPECT_EQ(search->state().steps.size(), state.steps.size());
}

TEST_F(LongSearches, AreOneAtATimeInAPrison) {
    Searches searches(live_);
    const auto here = wanted("SMI", "pops"), other = wanted("SMI", "listeners"),
               elsewhere = wanted("MDI", "pops");
    const auto first = searches.begin(here, clock_.now());
    EXPECT_EQ(searches.begin(here, clock_.now()), first) << "sent twice";
    EXPECT_EQ(searches.begin(other, clock_.now()), first);
    EXPECT_NE(searches.begin(elsewhere, clock_.now()), first);
    EXPECT_EQ(searches.find(here.home, here.search_id, clock_.now()), first);
    EXPECT_EQ(searches.find(elsewhere.home, here.search_id, clock_.now()), nullptr);
    EXPECT_EQ(searches.last_of(here.home, other.scheme, clock_.now()), nullptr);
    first->stop();
    ASSERT_TRUE(first->wait(Millis{60'000}));
    const auto second = searches.begin(other, clock_.now());
    EXPECT_NE(second, first);
    EXPECT_EQ(searches.last_of(here.home, here.scheme, clock_.now()), first) << "kept";
    EXPECT_EQ(searches.begin(here, clock_.now()), first) << "ended, and the same";
    second->stop();
    ASSERT_TRUE(second->wait(Millis{60'000}));
    const auto again = wanted("SMI", "pops", 1);
    const auto third = searches.begin(again, clock_.now());
    EXPECT_EQ(searches.find(here.home, here.search_id, clock_.now()), nullptr);
    ASSERT_TRUE(third->wait(Millis{60'000}));
    EXPECT_TRUE(third->state().now.plan.is_best);
    EXPECT_FALSE(third->state().was_stopped);
    clock_.advance(search_is_kept_for);
    EXPECT_EQ(searches.last_of(here.home, here.scheme, clock_.now()), nullptr);
}

TEST_F(LongSearches, EndWithTheProgram) {
    std::shared_ptr<Search> search;
    const auto began = std::chrono::steady_clock::now();
    {
        Searches searches(live_);
        search = searches.begin(wanted("SMI", "pops"), clock_.now());
    }
    EXPECT_TRUE(search->state().has_ended);
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds{40});
}

TEST_F(LongSearches, OfNothingEndAtOnce) {
    Searches searches(live_);
    auto nothing = wanted("SMI", "pops", 1);
    nothing.facts.peers.clear();
    const auto search = searches.begin(nothing, clock_.now());
    ASSERT_TRUE(search->wait(Millis{10'000}));
    EXPECT_TRUE(search->state().now.plan.puts.empty());
}

}  // namespace
