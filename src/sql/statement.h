// SQL made of literals only.
#pragma once

#include <string_view>
#include <vector>

namespace alongside::sql {

// A piece of SQL written in the source; nothing else converts to it.
class Fragment {
public:
    template <std::size_t N>
    consteval Fragment(const char (&literal)[N]) : text_(literal, N - 1) {}
    constexpr std::string_view text() const { return text_; }
    static constexpr Fragment nothing() { return Fragment(""); }

private:
    std::string_view text_;
};

// One statement: fragments joined by +. Values go in as $1, $2, … (the same on both engines);
// a value may be used more than once.
class Statement {
public:
    template <std::size_t N>
    consteval Statement(const char (&literal)[N]) : literal_(literal, N - 1) {}
    Statement(Fragment one) : literal_(one.text()) {}
    std::string_view text() const {
        return joined_.empty() ? literal_ : std::string_view(joined_.data(), joined_.size());
    }

private:
    friend Statement operator+(const Statement& a, Fragment b);
    constexpr Statement() = default;
    std::string_view literal_;
    std::vector<char> joined_;
};

inline Statement operator+(const Statement& a, Fragment b) {
    Statement out;
    const auto first = a.text();
    out.joined_.assign(first.begin(), first.end());
    out.joined_.insert(out.joined_.end(), b.text().begin(), b.text().end());
    return out;
}

// The fragment if the condition holds, else nothing. An engine still counts the values bound, so
// a value that only the fragment uses must be given only when it holds.
constexpr Fragment when(bool condition, Fragment fragment) {
    return condition ? fragment : Fragment::nothing();
}

}  // namespace alongside::sql
