// Answers that may be a refusal.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

#include "base/words.h"

namespace alongside {

// Policy says no, or a form was filled in wrongly. Nothing was changed.
struct Refusal {
    std::string_view code;    // stable, for machines: "dispatch.already_open"
    Words sentence;           // for people
    std::string_view field;   // the form field or JSON name it belongs to; empty: the whole
    int status = 409;         // HTTP: 409 policy or state, 422 field, 404 not there, 403 not yours
};

template <class T>
class [[nodiscard]] Result : public tl::expected<T, Refusal> {
public:
    using tl::expected<T, Refusal>::expected;
    Result(Refusal refusal)  // NOLINT: a refusal is an answer
        : tl::expected<T, Refusal>(tl::unexpect, std::move(refusal)) {}
};

// For demos, benchmarks and made-up prisons, where a refusal means that the program is wrong: the
// value, or std::runtime_error with the refusal's code and English sentence.
[[noreturn]] void fail_refused(const Refusal& refusal);
template <class T>
T must(Result<T> result) {
    if (!result) fail_refused(result.error());
    return *std::move(result);
}

// Success with nothing to say.
struct Done {
    friend bool operator==(Done, Done) = default;
};

}  // namespace alongside

// Hands a refusal on to the caller, or goes on with the value:
//   TRY(const auto request, load(id));
#define ALONGSIDE_TRY_JOIN2(a, b) a##b
#define ALONGSIDE_TRY_JOIN(a, b) ALONGSIDE_TRY_JOIN2(a, b)
#define TRY(declaration, expression)                                                        \
    auto ALONGSIDE_TRY_JOIN(tried_, __LINE__) = (expression);                               \
    if (!ALONGSIDE_TRY_JOIN(tried_, __LINE__))                                              \
        return std::move(ALONGSIDE_TRY_JOIN(tried_, __LINE__)).error();                     \
    declaration = std::move(*ALONGSIDE_TRY_JOIN(tried_, __LINE__))
