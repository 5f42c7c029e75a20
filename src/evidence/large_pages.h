// Memory for long columns.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace alongside::evidence {

// Asks the system for large pages under memory that nothing has been written to yet: the first
// touch of each small one costs more than what is written to it. A wish; nothing depends on it.
void ask_for_large_pages(const void* at, std::size_t bytes);

// From now on memory that is let go stays with the process, for the next long column: the system
// would clear it again.
void keep_memory();

// A vector whose new values are any: to fill them would be one more walk over all of its memory.
template <class T>
struct Unfilled : std::allocator<T> {
    template <class Other>
    struct rebind {
        using other = Unfilled<Other>;
    };
    template <class Value>
    void construct(Value* at) {
        ::new (static_cast<void*>(at)) Value;
    }
    template <class Value, class... From>
    void construct(Value* at, From&&... from) {
        ::new (static_cast<void*>(at)) Value(std::forward<From>(from)...);
    }
};
template <class T>
using LongVector = std::vector<T, Unfilled<T>>;

// So many values at once, in large pages. REQUIRES that it is empty.
template <class T, class Allocator>
void resize_large(std::vector<T, Allocator>& values, std::size_t size) {
    values.reserve(size);
    ask_for_large_pages(values.data(), size * sizeof(T));
    values.resize(size);
}

// The same of a matrix or vector; its values are any.
template <class Dense>
void resize_large(Dense& values, Eigen::Index rows, Eigen::Index columns) {
    values.resize(rows, columns);
    ask_for_large_pages(values.data(), static_cast<std::size_t>(values.size()) * sizeof(double));
}

}  // namespace alongside::evidence
