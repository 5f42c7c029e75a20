// One cell of a CSV understood: a number, a word, or nothing.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace alongside::evidence {

enum class CellKind { none, number, word };

// What R's read.csv takes for a number: 12, -3.5, .5, 1e5, 0x1F, Inf, NaN, spaces around it; NaN
// counts as missing, as do NA and nothing at all. Two differences: "1e" and "1d2" are words.
CellKind understand(std::string_view cell, double& value);

// The short way, for plain decimals of up to 19 digits: reads from `at` to the comma or line end
// before `end` and answers where that is; nullptr if the cell wants the long way. The value is the
// double nearest to what is written.
const char* plain_number(const char* at, const char* end, char comma, double& value);

// R's way of writing a number as a word: 15 significant digits, as as.character does.
std::string number_as_word(double value);

// Words, each once, in order of first appearance.
class Lexicon {
public:
    // REQUIRES that the characters outlive the lexicon. `is_new`: not seen before.
    std::int32_t code(std::string_view word, bool& is_new);
    const std::vector<std::string_view>& words() const { return words_; }

private:
    void grow();

    std::vector<std::string_view> words_;
    std::vector<std::uint64_t> hashes_;
    std::vector<std::int32_t> slots_;
};

// The place of each word in the order of R's levels (alphabetical, capitals after small letters
// only where all else is equal; signs before digits before letters).
std::vector<std::int32_t> level_ranks(const std::vector<std::string_view>& words);
bool is_before(std::string_view a, std::string_view b);

}  // namespace alongside::evidence
