// What is wrong with a file, a formula or a plan, in a sentence that says where.
#pragma once

#include <string>
#include <tl/expected.hpp>

namespace alongside::evidence {

struct Trouble {
    std::string sentence;   // "Rossi.csv:17:5: "x1" is no number"; may have several lines
};

template <class T>
using Fallible = tl::expected<T, Trouble>;

inline tl::unexpected<Trouble> trouble(std::string sentence) {
    return tl::make_unexpected(Trouble{std::move(sentence)});
}

}  // namespace alongside::evidence
