#include "sql/sqlite_memory.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace alongside::sql::sqlite {
namespace {

constexpr std::size_t step = 64;              // blocks have sizes of so many bytes, twice, …
constexpr std::size_t largest_kept = 8192;    // larger ones come and go
constexpr std::size_t most_kept_bytes = 1 << 19;    // bytes a thread

// Before each block. While nobody has it, what follows it on its list.
struct alignas(std::max_align_t) Head {
    std::size_t bytes;
    Head* next;
};

class Lists {
public:
    Lists() = default;
    ~Lists() {
        for (auto*& list : lists_) {
            while (auto* head = pop(list)) std::free(head);
        }
        kept_ = most_kept_bytes;              // statics that go later give back to the C library
    }
    Lists(const Lists&) = delete;
    Lists& operator=(const Lists&) = delete;

    Head* take(std::size_t bytes) {
        return bytes > largest_kept ? nullptr : pop(lists_[bytes / step - 1]);
    }
    bool keep(Head* head) {
        if (head->bytes > largest_kept || kept_ + head->bytes > most_kept_bytes) return false;
        auto*& list = lists_[head->bytes / step - 1];
        head->next = list;
        list = head;
        kept_ += head->bytes;
        return true;
    }

private:
    Head* pop(Head*& list) {
        auto* head = list;
        if (!head) return nullptr;
        list = head->next;
        kept_ -= head->bytes;
        return head;
    }
    std::array<Head*, largest_kept / step> lists_{};
    std::size_t kept_ = 0;
};
thread_local Lists lists;

Head* head_of(void* block) { return static_cast<Head*>(block) - 1; }

int rounded(int bytes) {
    constexpr int one = step;
    return std::max(1, (bytes + one - 1) / one) * one;
}
int size(void* block) { return block ? static_cast<int>(head_of(block)->bytes) : 0; }

void* take(int wanted) {
    const auto bytes = static_cast<std::size_t>(rounded(wanted));
    auto* head = lists.take(bytes);
    if (!head) head = static_cast<Head*>(std::malloc(sizeof(Head) + bytes));
    if (!head) return nullptr;
    head->bytes = bytes;
    return head + 1;
}
void give_back(void* block) {
    if (block && !lists.keep(head_of(block))) std::free(head_of(block));
}
void* resize(void* block, int wanted) {
    if (rounded(wanted) == size(block)) return block;
    auto* out = take(wanted);
    if (!out) return nullptr;                 // SQLite still has the old one
    std::memcpy(out, block, static_cast<std::size_t>(std::min(size(out), size(block))));
    give_back(block);
    return out;
}

}  // namespace

const sqlite3_mem_methods& kept_memory() {
    static const sqlite3_mem_methods methods{take, give_back, resize, size, rounded,
                                             [](void*) { return SQLITE_OK; }, [](void*) {},
                                             nullptr};
    return methods;
}

}  // namespace alongside::sql::sqlite
