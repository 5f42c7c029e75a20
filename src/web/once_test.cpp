#include "web/once.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "sql/testing.h"
#include "web/sealed.h"
#include "web/store.h"
#include "web/testing.h"

namespace alongside::web {
namespace {

class OnceTest : public sql::EveryEngine {
protected:
    void SetUp() override {
        EveryEngine::SetUp();
        once = Once::open(db(), clock, entropy);
        routes.add(Route(Method::post, "/api/things", Permission::see_board, [this](Request& r) {
                       ++runs;
                       if (r.body.find("refuse") != std::string::npos) {
                           return refused(r, {"test.no", tr("No"), "", 409});
                       }
                       if (r.body.find("break") != std::string::npos) {
                           throw std::runtime_error("broken");
                       }
                       if (r.body.find("slow") != std::string::npos) {
                           std::this_thread::sleep_for(std::chrono::milliseconds(100));
                       }
                       if (r.body.find("large") != std::string::npos) {
                           return json({{"text", std::string(5000, 'a')}}, 200);
                       }
                       return json({{"id", r.id_to_make(entropy).text()}, {"run", runs.load()}},
                                   201);
                   }).about({.summary = "Make a thing"}));
        routes.add(Route(Method::post, "/things", Permission::see_board, [this](Request& r) {
            ++runs;
            return see_other(Url("/things") / r.id_to_make(entropy).text());
        }));
    }
    void TearDown() override {
        once.reset();
        EveryEngine::TearDown();
    }

    Response post(std::string body, std::string key = "0123456789abcdef",
                  std::string role = "officer") {
        Request request;
        request.method = Method::post;
        request.path = "/api/things";
        request.headers.add("x-role", std::move(role));
        request.headers.add("content-type", "application/json");
        if (!key.empty()) request.headers.add("idempotency-key", std::move(key));
        request.body = std::move(body);
        request.now = clock.now();
        return answer(routes, gate, entropy, std::move(request), once.get());
    }
    Response post_form(std::string body) {
        Request request;
        request.method = Method::post;
        request.path = "/things";
        request.headers.add("x-role", "officer");
        request.headers.add("content-type", "application/x-www-form-urlencoded");
        request.body = std::move(body);
        request.now = clock.now();
        return answer(routes, gate, entropy, std::move(request), once.get());
    }
    std::int64_t rows() {
        return db().read([](sql::Reader& reader) {
            return reader.one<std::int64_t>("SELECT COUNT(*) FROM idempotency");
        });
    }
    static std::string header(const Response& response, std::string_view name) {
        for (const auto& [key, value] : response.headers) {
            if (key == name) return value;
        }
        return "";
    }
    // As after a restart: nothing is known but what is stored.
    void restart() {
        once.reset();
        once = Once::open(db(), clock, entropy);
    }

    SteppedClock clock{from_epoch_ms(1'800'000'000'000)};
    SystemEntropy entropy;
    OpenGate gate;
    Routes routes;
    std::unique_ptr<Once> once;
    std::atomic<int> runs{0};
};
INSTANTIATE_ON_EVERY_ENGINE(OnceTest);

TEST_P(OnceTest, AnswersAgainWithoutDoingItAgain) {
    const auto first = post(R"({"a":1})");
    EXPECT_EQ(first.status, 201);
    const auto second = post(R"({"a":1})");
    EXPECT_EQ(*second.body, *first.body);
    EXPECT_EQ(second.status, 201);
    EXPECT_EQ(header(second, "Idempotency-Replayed"), "true");
    restart();
    EXPECT_EQ(*post(R"({"a":1})").body, *first.body);
    EXPECT_EQ(runs, 1);
    EXPECT_EQ(rows(), 1);
    EXPECT_NE(*post(R"({"a":1})", "another key 1234").body, *first.body);
}

TEST_P(OnceTest, RefusesTheSameKeyForSomethingElse) {
    post(R"({"a":1})");
    EXPECT_EQ(post(R"({"a":2})").status, 422);
    restart();
    const auto reply = post(R"({"a":2})");
    EXPECT_EQ(reply.status, 422);
    EXPECT_NE(reply.body->find("web.key_reused"), std::string::npos);
    EXPECT_EQ(runs, 1);
    EXPECT_EQ(post(R"({"a":2})", "0123456789abcdef", "night_manager").status, 201)
        << "another actor's key is another key";
}

TEST_P(OnceTest, RemembersNothingThatWasNotDone) {
    EXPECT_EQ(post(R"({"a":"refuse"})").status, 409);
    EXPECT_EQ(post(R"({"a":"break"})").status, 500);
    EXPECT_EQ(post(R"({"a":"fine"})").status, 201);
    EXPECT_EQ(runs, 3);
}

TEST_P(OnceTest, TouchesNothingWithoutAKey) {
    post("{}", "");
    post("{}", "");
    once->settle();
    EXPECT_EQ(runs, 2);
    EXPECT_EQ(rows(), 0);
}

TEST_P(OnceTest, RunsOnceForManyAtTheSameTime) {
    std::vector<std::thread> threads;
    std::vector<std::string> bodies(6);
    for (auto& body : bodies) {
        threads.emplace_back([&] { body = *post(R"({"a":"slow"})").body; });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(runs, 1);
    for (const auto& body : bodies) EXPECT_EQ(body, bodies[0]);
}

TEST_P(OnceTest, TakesFormsByTheirOnceField) {
    const auto first = post_form("csrf=right&once=0123456789abcdef&a=1");
    EXPECT_EQ(first.status, 303);
    const auto second = post_form("once=0123456789abcdef&a=1&csrf=right");
    EXPECT_EQ(header(second, "Location"), header(first, "Location"));
    EXPECT_EQ(runs, 1);
    EXPECT_EQ(post_form("csrf=right&once=0123456789abcdef&a=2").status, 422);
}

TEST_P(OnceTest, MakesTheSameIdEvenWhereTheAnswerWasLost) {
    const auto first = post_form("csrf=right&once=0123456789abcdef&a=1");
    once->settle();
    db().write(*EstablishmentId::parse("SMI"), [](sql::Transaction& tx) {
        return tx.run("DELETE FROM idempotency") > 0;
    });
    const auto second = post_form("csrf=right&once=0123456789abcdef&a=1");
    EXPECT_EQ(runs, 2);
    EXPECT_EQ(header(second, "Location"), header(first, "Location"));
}

TEST_P(OnceTest, DrawsALongAnswerAnew) {
    EXPECT_EQ(post(R"({"a":"large"})").body->size(), post(R"({"a":"large"})").body->size());
    EXPECT_EQ(runs, 2);
}

TEST_P(OnceTest, ForgetsAfterTwoDays) {
    post("{}");
    once->settle();
    EXPECT_EQ(rows(), 1);
    clock.advance(Hours{48} + Millis{1});
    post("{}");
    EXPECT_EQ(runs, 2) << "an old answer isn't given any more";
    once->settle();
    EXPECT_EQ(rows(), 1);
    clock.advance(Hours{48} + Millis{1});
    once->settle();
    EXPECT_EQ(rows(), 0);
}

TEST_P(OnceTest, StoresNothingThatCanBeRead) {
    post(R"({"name":"Aurelia Planted"})");
    once->settle();
    const auto stored = db().read([](sql::Reader& reader) {
        return reader.one<Remembered>(
            "SELECT key_digest, content_digest, sealed_answer, answered_at FROM idempotency");
    });
    std::string all;
    for (const auto* part : {&stored.key_digest, &stored.content_digest, &stored.sealed_answer}) {
        all.append(part->begin(), part->end());
    }
    for (const char* trace : {"Aurelia", "officer", "things", "0123456789abcdef", "201", "run"}) {
        EXPECT_EQ(all.find(trace), std::string::npos) << trace;
    }
    Request other;
    other.viewer.actor = "account:officer";
    other.nonce_key = "0123456789abcdee";
    EXPECT_FALSE(unseal(stored.sealed_answer, digests_of(other)));
}

}  // namespace
}  // namespace alongside::web
