// A part of a long list, as `page` and `size` in the address say.
#pragma once

#include <algorithm>
#include <span>

#include "web/forms.h"
#include "web/routes.h"

namespace alongside::web {

constexpr int most_on_a_page = 500;
constexpr int usual_on_a_page = 50;     // where only the page is said

// Where neither is said, the list is whole: nobody who waits is left out unasked.
struct Paging {
    int page = 0;
    int size = 0;                       // 0: the whole list

    // Which of so many items are on this page; empty past the end.
    template <class T>
    std::span<const T> of(const std::vector<T>& all) const {
        if (size == 0) return all;
        const auto from = static_cast<std::size_t>(page) * static_cast<std::size_t>(size);
        if (from >= all.size()) return {};
        return std::span(all).subspan(from).first(
            std::min(static_cast<std::size_t>(size), all.size() - from));
    }
};

Bound<Paging> paging_of(const Request& request);
// What OpenAPI says of the two.
std::vector<About::Query> paging_parameters();

}  // namespace alongside::web
