#include "web/live_hub.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace alongside::web {
namespace {

const EstablishmentId smi = *EstablishmentId::parse("SMI");
const EstablishmentId mdi = *EstablishmentId::parse("MDI");

struct Seen final : Watcher {
    void show(std::shared_ptr<const LiveEvent> event) override { frames.push_back(event->frame); }
    void give_way() override { is_asked_to_go = true; }
    const std::string& viewer() const override { return who; }
    std::vector<std::string> frames;
    std::string who = "somebody";
    bool is_asked_to_go = false;
};

class LiveViews : public testing::Test {
protected:
    LiveViews() {
        hub.draw_on([this](std::function<void()> job) { jobs.push_back(std::move(job)); });
    }
    std::string look(const EstablishmentId& at = smi, const std::string& name = "board:SMI:A") {
        return *hub.view(at, name, [this] {
            ++drawings;
            return Html() << "<p>" << shown << "</p>";
        });
    }
    void run_jobs() {
        while (!jobs.empty()) {
            const auto job = std::move(jobs.front());
            jobs.erase(jobs.begin());
            job();
        }
    }

    SteppedClock clock{from_epoch_ms(1'000'000)};
    LiveHub hub{clock};
    std::vector<std::function<void()>> jobs;
    int drawings = 0;
    int shown = 1;
};

TEST_F(LiveViews, AreDrawnOnceAChange) {
    EXPECT_EQ(look(), "<p>1</p>");
    look();
    EXPECT_EQ(drawings, 1);
    shown = 2;
    hub.changed(mdi);
    EXPECT_EQ(look(), "<p>1</p>");
    hub.changed(smi);
    EXPECT_EQ(look(), "<p>2</p>");
    EXPECT_EQ(drawings, 2);
    EXPECT_TRUE(jobs.empty()) << "nobody watches";
}

TEST_F(LiveViews, ChangeAloneWhereNothingElseDid) {
    const auto watched = std::make_shared<Seen>();
    const auto other = std::make_shared<Seen>();
    std::shared_ptr<const LiveEvent> now;
    look(smi, "search:1:en");
    look();
    EXPECT_TRUE(hub.watch("search:1:en", watched, now));
    EXPECT_TRUE(hub.watch("board:SMI:A", other, now));
    shown = 2;
    hub.changed_views("search:1:");
    run_jobs();
    EXPECT_EQ(watched->frames.size(), 1U);
    EXPECT_TRUE(other->frames.empty());
    EXPECT_EQ(look(smi, "search:1:en"), "<p>2</p>");
    EXPECT_EQ(look(), "<p>1</p>");
    EXPECT_EQ(drawings, 3);
    shown = 3;
    hub.changed(smi);
    run_jobs();
    EXPECT_EQ(watched->frames.size(), 2U);
    EXPECT_EQ(other->frames.size(), 1U);
}

TEST_F(LiveViews, AreStillWatchedForAMinuteAfterTheLastHasGone) {
    look();
    const auto one = std::make_shared<Seen>();
    std::shared_ptr<const LiveEvent> now;
    EXPECT_FALSE(hub.was_watched("board:SMI:", Minutes{1})) << "drawn, and nobody there";
    ASSERT_TRUE(hub.watch("board:SMI:A", one, now));
    EXPECT_TRUE(hub.was_watched("board:SMI:", Millis{0}));
    hub.unwatch("board:SMI:A", one);
    clock.advance(Minutes{1});
    EXPECT_EQ(hub.watchers("board:SMI:"), 0);
    EXPECT_TRUE(hub.was_watched("board:SMI:", Minutes{1}));
    EXPECT_FALSE(hub.was_watched("board:MDI:", Minutes{1}));
    clock.advance(Millis{1});
    EXPECT_FALSE(hub.was_watched("board:SMI:", Minutes{1}));
}

TEST_F(LiveViews, GrowOldByThemselves) {
    look();
    clock.advance(LiveHub::fresh_for);
    look();
    EXPECT_EQ(drawings, 2);
}

TEST_F(LiveViews, AreSentToEveryWatcherWhereTheyDiffer) {
    look();
    const auto one = std::make_shared<Seen>(), two = std::make_shared<Seen>();
    two->who = "somebody else";
    std::shared_ptr<const LiveEvent> now;
    EXPECT_FALSE(hub.watch("board:SMI:none", one, now));
    ASSERT_TRUE(hub.watch("board:SMI:A", one, now));
    ASSERT_TRUE(hub.watch("board:SMI:A", two, now));
    EXPECT_NE(now->frame.find("event: view\ndata: <p>1</p>\n\n"), std::string::npos);
    EXPECT_EQ(hub.watchers("board:SMI:"), 2);
    EXPECT_EQ(hub.watchers("board:MDI:"), 0);

    for (int i = 0; i < 10; ++i) hub.changed(smi);
    EXPECT_EQ(jobs.size(), 1u) << "ten changes at once are one drawing";
    run_jobs();
    EXPECT_TRUE(one->frames.empty()) << "nothing differs";
    shown = 2;
    hub.changed(smi);
    run_jobs();
    EXPECT_EQ(drawings, 3);
    EXPECT_EQ(one->frames, two->frames);
    ASSERT_EQ(one->frames.size(), 1u);

    hub.unwatch("board:SMI:A", one);
    shown = 3;
    hub.changed(smi);
    run_jobs();
    EXPECT_EQ(one->frames.size(), 1u);
    EXPECT_EQ(two->frames.size(), 2u);
}

TEST_F(LiveViews, DrawOnceMoreAfterAChangeDuringADrawing) {
    const auto seen = std::make_shared<Seen>();
    std::shared_ptr<const LiveEvent> now;
    look();
    hub.watch("board:SMI:A", seen, now);
    bool is_first = true;
    hub.changed(smi);
    hub.view(smi, "board:SMI:A", [&] {
        ++drawings;
        // Three changes while this is being drawn.
        if (std::exchange(is_first, false)) for (int i = 0; i < 3; ++i) hub.changed(smi);
        return Html() << "<p>" << drawings << "</p>";
    });
    EXPECT_EQ(drawings, 2);
    run_jobs();
    EXPECT_EQ(drawings, 3);
    EXPECT_EQ(seen->frames.size(), 2u);
}

TEST_F(LiveViews, AreForgottenWhenNobodyLooks) {
    look();
    clock.advance(LiveHub::kept_for + Millis{1});
    hub.tick();
    std::shared_ptr<const LiveEvent> now;
    EXPECT_FALSE(hub.watch("board:SMI:A", std::make_shared<Seen>(), now));
}

TEST_F(LiveViews, SurviveADrawingThatFails) {
    look();
    const auto seen = std::make_shared<Seen>();
    std::shared_ptr<const LiveEvent> now;
    hub.watch("board:SMI:A", seen, now);
    bool fails = true;
    const auto draw = [&] {
        if (fails) throw std::runtime_error("no database");
        return Html() << "<p>back</p>";
    };
    hub.changed(smi);
    EXPECT_THROW(hub.view(smi, "board:SMI:A", draw), std::runtime_error);
    run_jobs();
    EXPECT_TRUE(seen->frames.empty());
    fails = false;
    hub.tick();
    run_jobs();
    EXPECT_EQ(seen->frames.size(), 1u);
}

TEST_F(LiveViews, CarryEveryLine) {
    hub.view(smi, "lines", [] { return Html() << "<pre>\na\r\nb\n</pre>"; });
    std::shared_ptr<const LiveEvent> now;
    hub.watch("lines", std::make_shared<Seen>(), now);
    EXPECT_NE(now->frame.find("data: <pre>\ndata: a\ndata: b\ndata: </pre>\n\n"),
              std::string::npos) << now->frame;
}

TEST(LiveThreads, ReadTheirOwnWrites) {
    SystemClock clock;
    LiveHub hub(clock);
    std::atomic<int> value{0}, stale{0}, drawings{0}, at_once{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 200; ++i) {
                const int mine = ++value;
                hub.changed(smi);
                const auto text = hub.view(smi, "v", [&] {
                    EXPECT_EQ(++at_once, 1);
                    ++drawings;
                    const Html out = Html() << value.load();
                    --at_once;
                    return out;
                });
                if (std::stoi(*text) < mine) ++stale;
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(stale, 0);
    EXPECT_LE(drawings, 801);
}

}  // namespace
}  // namespace alongside::web
