#include "web/routes.h"

#include <gtest/gtest.h>

#include "base/ensure.h"

namespace alongside::web {
namespace {

Route route(Method method, std::string_view pattern) {
    return Route(method, pattern, Permission::anyone,
                 [pattern](Request&) { return text(std::string(pattern)); });
}

std::string pattern_of(const Routes& routes, Method method, std::string_view path) {
    const auto match = routes.find(method, path);
    return match.route ? std::string(match.route->pattern) : match.wrong_method ? "405" : "404";
}

TEST(Routes, PrefersLiteralSegments) {
    Routes routes;
    routes.add({route(Method::get, "/"), route(Method::get, "/requests/{id}"),
                route(Method::get, "/requests/new"), route(Method::post, "/requests/{id}/offers"),
                route(Method::post, "/requests/new/at-once"),
                route(Method::get, "/requests/{request}/offers/{id}")});
    EXPECT_EQ(pattern_of(routes, Method::get, "/"), "/");
    EXPECT_EQ(pattern_of(routes, Method::get, "/requests/new"), "/requests/new");
    EXPECT_EQ(pattern_of(routes, Method::get, "/requests/7"), "/requests/{id}");
    // A literal that leads nowhere doesn't hide the capture beside it.
    EXPECT_EQ(pattern_of(routes, Method::post, "/requests/new/offers"), "/requests/{id}/offers");
    EXPECT_EQ(pattern_of(routes, Method::post, "/requests/7"), "405");
    for (const char* missing : {"", "requests/7", "/requests", "/requests/", "/requests/7/",
                                "/requests//offers", "//", "/requests/7/offers/8/9"}) {
        EXPECT_EQ(pattern_of(routes, Method::get, missing), "404") << missing;
    }
}

TEST(Routes, TellsWhichMethodsThePathHas) {
    Routes routes;
    routes.add({route(Method::get, "/a/{x}"), route(Method::del, "/a/{x}")});
    const auto match = routes.find(Method::post, "/a/1");
    EXPECT_TRUE(match.wrong_method);
    EXPECT_EQ(match.allowed, (std::vector{Method::get, Method::del}));
}

TEST(Routes, CapturesAreDecoded) {
    Routes routes;
    routes.add({route(Method::get, "/a/{x}/b/{y}"), route(Method::get, "/a/lit/b/c")});
    const auto match = routes.find(Method::get, "/a/1%2F2/b/%C3%A9");
    ASSERT_TRUE(match.route);
    ASSERT_EQ(match.captures.size(), 2u);
    EXPECT_EQ(match.captures[0].first, "x");
    EXPECT_EQ(match.captures[0].second, "1/2");
    EXPECT_EQ(match.captures[1].second, "é");
    EXPECT_EQ(pattern_of(routes, Method::get, "/a/%ff/b/c"), "404");
    EXPECT_EQ(pattern_of(routes, Method::get, "/a/%4/b/c"), "404");
}

TEST(Routes, OfTheDemoExistOnlyThere) {
    Route demo(Method::get, "/components", Permission::demo_only,
               [](Request&) { return text("here"); });
    Routes service, shown(true);
    service.add(demo);
    shown.add(demo);
    EXPECT_EQ(pattern_of(service, Method::get, "/components"), "404");
    EXPECT_EQ(pattern_of(shown, Method::get, "/components"), "/components");
}

}  // namespace
}  // namespace alongside::web
