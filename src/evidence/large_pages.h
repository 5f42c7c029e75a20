// Memory for long columns.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <vector>

namespace alongside::evidence {

// Asks the system for large pages under memory that nothing has been written to yet: the first
// touch of each small one costs more than what is written to it. A wish; nothing depends on it.
void ask_for_large_pages(const void* at, std::size_t bytes);

// So many values at once, in large pages. REQUIRES that it is empty.
template <class T>
void resize_large(std::vector<T>& values, std::size_t size) {
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
