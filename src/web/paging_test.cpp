#include "web/paging.h"

#include <gtest/gtest.h>

namespace alongside::web {
namespace {

Bound<Paging> asked_pages(std::initializer_list<std::pair<const char*, const char*>> query) {
    Request request;
    for (const auto& [name, value] : query) request.query.add(name, value);
    return paging_of(request);
}

std::vector<int> shown(std::initializer_list<std::pair<const char*, const char*>> query) {
    static const std::vector<int> all{1, 2, 3, 4, 5};
    const auto part = asked_pages(query).value.value().of(all);
    return {part.begin(), part.end()};
}

TEST(Pages, ArePartsOfTheListFromNought) {
    using List = std::vector<int>;
    EXPECT_EQ(shown({}), (List{1, 2, 3, 4, 5}));
    EXPECT_EQ(shown({{"size", "2"}}), (List{1, 2}));
    EXPECT_EQ(shown({{"page", "1"}, {"size", "2"}}), (List{3, 4}));
    EXPECT_EQ(shown({{"page", "2"}, {"size", "2"}}), (List{5}));
    EXPECT_EQ(shown({{"page", "3"}, {"size", "2"}}), List{});
    EXPECT_EQ(shown({{"page", "1000000"}, {"size", "500"}}), List{});
    EXPECT_EQ(shown({{"page", "0"}}), (List{1, 2, 3, 4, 5}));
    EXPECT_EQ(asked_pages({{"page", "0"}}).value.value().size, 50);
}

TEST(Pages, AreRefusedByNameWhereTheyDoNotFit) {
    const auto both = asked_pages({{"page", "-1"}, {"size", "abc"}});
    EXPECT_FALSE(both.value);
    ASSERT_EQ(both.errors.size(), 2u);
    EXPECT_EQ(both.errors[0].field, "page");
    EXPECT_EQ(Tongue::english()(both.errors[0].sentence), "Write a whole number from 0 to 1000000");
    EXPECT_EQ(both.errors[1].field, "size");
    EXPECT_EQ(Tongue::english()(both.errors[1].sentence), "Write a whole number from 1 to 500");
    for (const char* bad : {"0", "501", "", " ", "2.5", "99999999999999999999"}) {
        EXPECT_FALSE(asked_pages({{"size", bad}}).value) << bad;
    }
    EXPECT_FALSE(asked_pages({{"size", "1"}, {"size", "2"}}).value);
}

}  // namespace
}  // namespace alongside::web
