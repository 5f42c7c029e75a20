#include "web/paging.h"

namespace alongside::web {
namespace {

constexpr int last_page = 1'000'000;

// False where it isn't there; an error where it doesn't fit.
bool read_part(const Request& request, const char* name, int least, int most, int& out,
               FieldErrors& errors) {
    if (!request.query.has(name)) return false;
    Words problem;
    std::int64_t number = 0;
    if (request.query.all(name).size() > 1 ||
        !detail::read_integer(request.query.get(name), least, most, number, problem)) {
        errors.push_back({name, detail::number_between(least, most)});
        return false;
    }
    out = static_cast<int>(number);
    return true;
}

}  // namespace

Bound<Paging> paging_of(const Request& request) {
    Bound<Paging> out;
    Paging paging;
    const bool has_page = read_part(request, "page", 0, last_page, paging.page, out.errors);
    const bool has_size = read_part(request, "size", 1, most_on_a_page, paging.size, out.errors);
    if (has_page && !has_size) paging.size = usual_on_a_page;
    if (out.errors.empty()) out.value = paging;
    return out;
}

std::vector<About::Query> paging_parameters() {
    return {{"page", "Which page, from 0; the whole list where neither page nor size is said",
             "integer"},
            {"size", "How many on a page: 1 to 500, and 50 where only the page is said",
             "integer"}};
}

}  // namespace alongside::web
