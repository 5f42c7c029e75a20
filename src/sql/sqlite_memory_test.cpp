#include "sql/sqlite_memory.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <cstring>
#include <thread>
#include <vector>

namespace alongside::sql::sqlite {
namespace {

const auto& memory = kept_memory();

TEST(SqliteMemory, GivesAgainWhatWasGivenBack) {
    void* first = memory.xMalloc(1032);
    ASSERT_NE(first, nullptr);
    EXPECT_GE(memory.xSize(first), 1032);
    EXPECT_EQ(memory.xSize(first), memory.xRoundup(1032));
    memory.xFree(first);
    void* second = memory.xMalloc(1030);
    EXPECT_EQ(second, first);
    memory.xFree(second);
}

TEST(SqliteMemory, KeepsWhatABlockHoldsAsItGrowsAndShrinks) {
    auto* block = static_cast<char*>(memory.xMalloc(5));
    std::memcpy(block, "abcd", 5);
    for (const int size : {100, 5'000, 20'000, 200, 5}) {
        block = static_cast<char*>(memory.xRealloc(block, size));
        ASSERT_NE(block, nullptr);
        EXPECT_GE(memory.xSize(block), size);
        EXPECT_STREQ(block, "abcd");
    }
    memory.xFree(block);
    memory.xFree(nullptr);
}

TEST(SqliteMemory, TakesBackOnAnotherThreadAndMoreThanIsKept) {
    std::vector<void*> blocks;
    for (int i = 0; i < 1'000; ++i) blocks.push_back(memory.xMalloc(4'096));
    std::thread([&] {
        for (auto* block : blocks) memory.xFree(block);
        void* again = memory.xMalloc(4'096);
        EXPECT_NE(std::ranges::find(blocks, again), blocks.end());
        memory.xFree(again);
    }).join();
}

}  // namespace
}  // namespace alongside::sql::sqlite
