#include "evidence/cells.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <numeric>

#include "evidence/letters.h"
#include "evidence/numbers.h"
#include "evidence/quick_number.h"

namespace alongside::evidence {
namespace {

constexpr std::ptrdiff_t most_digits = 19;   // that a 64-bit whole number always holds

constexpr bool is_digit_char(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_blank_char(char c) { return c == ' ' || c == '\t'; }
constexpr bool ends_cell(char c, char comma) { return c == comma || c == '\n' || c == '\r'; }

// Adds the digits at `at` to `value`; answers where they end.
const char* take_digits(const char* at, const char* end, std::uint64_t& value) {
    while (end - at >= 8) {
        const auto word = eight_bytes(at);
        if (not_digits(word) != 0) break;
        value = value * 100000000 + value_of_eight(word & 0x0f0f0f0f0f0f0f0f);
        at += 8;
    }
    for (; at != end && is_digit_char(*at); ++at) {
        value = value * 10 + static_cast<std::uint64_t>(*at - '0');
    }
    return at;
}

// Up to 19 digits with or without a point.
const char* longer_number(const char* begin, const char* end, char comma, double& value) {
    std::uint64_t digits = 0;
    const char* at = take_digits(begin, end, digits);
    auto count = at - begin;
    std::ptrdiff_t decimals = 0;
    if (at != end && *at == '.') {
        const char* point = at++;
        at = take_digits(at, end, digits);
        decimals = at - point - 1;
        count += decimals;
    }
    if (count == 0 || count > most_digits || (at != end && !ends_cell(*at, comma))) return nullptr;
    if (nearest_double(digits, static_cast<unsigned>(decimals), value)) return at;
    const auto read = std::from_chars(begin, at, value);
    return read.ec == std::errc() && read.ptr == at ? at : nullptr;
}

// A number beyond the doubles is infinite or nought, as in R.
double beyond_doubles(std::string_view text) {
    const auto e = text.find_first_of("eEpP");
    if (e != std::string_view::npos) return text.substr(e + 1).starts_with('-') ? 0 : HUGE_VAL;
    return text.starts_with('0') || text.starts_with('.') ? 0 : HUGE_VAL;
}

bool is_said(std::string_view text, std::string_view small_letters) {
    return std::equal(text.begin(), text.end(), small_letters.begin(), small_letters.end(),
                      [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

bool unsigned_number(std::string_view text, double& value) {
    if (is_said(text, "inf") || is_said(text, "infinity")) {
        value = HUGE_VAL;
        return true;
    }
    const bool is_hex = text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    if (is_hex) text.remove_prefix(2);
    if (text.empty() || !(is_digit_char(text[0]) || text[0] == '.' || is_hex)) return false;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value,
                                      is_hex ? std::chars_format::hex : std::chars_format::general);
    if (read.ptr != text.data() + text.size()) return false;
    if (read.ec == std::errc::result_out_of_range) value = beyond_doubles(text);
    return read.ec == std::errc() || read.ec == std::errc::result_out_of_range;
}

// Where a byte stands in the order of levels, small and capital letters together.
constexpr std::array<std::uint8_t, 256> ranks_of_bytes() {
    std::array<std::uint8_t, 256> out{};
    std::uint8_t next = 1;
    for (int c = 0; c < 32; ++c) out[static_cast<std::size_t>(c)] = next++;
    // As Unicode's collation has them (CLDR's root, which ICU and the C library follow): "10-19" is
    // before "10+".
    for (const char c : std::string_view(" _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$\x7F"))
        out[static_cast<std::size_t>(c)] = next++;
    for (int c = '0'; c <= '9'; ++c) out[static_cast<std::size_t>(c)] = next++;
    for (int c = 'a'; c <= 'z'; ++c) {
        out[static_cast<std::size_t>(c - 32)] = next;
        out[static_cast<std::size_t>(c)] = next++;
    }
    for (int c = 128; c < 256; ++c) out[static_cast<std::size_t>(c)] = static_cast<std::uint8_t>(c);
    return out;
}
constexpr auto rank_of_byte = ranks_of_bytes();

std::uint64_t first_letters(std::string_view word) {
    std::uint64_t out = 0;
    for (std::size_t i = 0; i < 8; ++i) {
        out = out << 8 | (i < word.size() ? rank_of_byte[static_cast<unsigned char>(word[i])] : 0);
    }
    return out;
}

std::uint64_t hash_of_word(std::string_view word) {
    constexpr std::uint64_t odd = 0x9e3779b97f4a7c15;
    std::uint64_t hash = word.size() * odd;
    while (word.size() >= 8) {
        hash = (hash ^ eight_bytes(word.data())) * odd;
        hash ^= hash >> 29;
        word.remove_prefix(8);
    }
    std::uint64_t rest = 0;
    for (const char c : word) rest = rest << 8 | static_cast<unsigned char>(c);
    hash = (hash ^ rest) * odd;
    return hash ^ hash >> 32;
}

}  // namespace

const char* plain_number(const char* at, const char* end, char comma, double& value) {
    const bool is_negative = at != end && *at == '-';
    at = longer_number(at + (is_negative ? 1 : 0), end, comma, value);
    if (is_negative && at != nullptr) value = -value;
    return at;
}

CellKind understand(std::string_view cell, double& value) {
    while (!cell.empty() && is_blank_char(cell.front())) cell.remove_prefix(1);
    while (!cell.empty() && is_blank_char(cell.back())) cell.remove_suffix(1);
    if (cell.empty() || cell == "NA") return CellKind::none;
    const bool is_negative = cell.front() == '-';
    if (is_negative || cell.front() == '+') cell.remove_prefix(1);
    if (is_said(cell, "nan")) return CellKind::none;
    if (!unsigned_number(cell, value)) return CellKind::word;
    if (is_negative) value = -value;
    return CellKind::number;
}

std::string number_as_word(double value) {
    if (value == 0) return "0";
    if (std::isnan(value)) return "NA";
    if (std::isinf(value)) return value > 0 ? "Inf" : "-Inf";
    if (std::abs(value) < 1e5 && value == std::trunc(value)) {
        return fmt::format("{}", static_cast<long>(value));
    }
    return printed(value, 15);
}

std::int32_t Lexicon::code(std::string_view word, bool& is_new) {
    if (words_.size() * 2 >= slots_.size()) grow();
    const auto hash = hash_of_word(word);
    const auto mask = slots_.size() - 1;
    for (auto slot = hash & mask;; slot = (slot + 1) & mask) {
        const auto known = slots_[slot];
        if (known < 0) {
            const auto fresh = static_cast<std::int32_t>(words_.size());
            slots_[slot] = fresh;
            words_.push_back(word);
            hashes_.push_back(hash);
            is_new = true;
            return fresh;
        }
        const auto at = static_cast<std::size_t>(known);
        if (hashes_[at] == hash && words_[at] == word) {
            is_new = false;
            return known;
        }
    }
}

void Lexicon::grow() {
    slots_.assign(std::max<std::size_t>(16, slots_.size() * 2), -1);
    const auto mask = slots_.size() - 1;
    for (std::size_t i = 0; i < hashes_.size(); ++i) {
        auto slot = hashes_[i] & mask;
        while (slots_[slot] >= 0) slot = (slot + 1) & mask;
        slots_[slot] = static_cast<std::int32_t>(i);
    }
}

namespace {

bool is_ascii(std::string_view word) {
    return std::all_of(word.begin(), word.end(), [](char c) {
        return static_cast<unsigned char>(c) < 128;
    });
}

// Less than 0: a is before b by its letters, small or capital; 0: they have the same.
int compare_letters(std::string_view a, std::string_view b) {
    const auto shorter = std::min(a.size(), b.size());
    for (std::size_t i = 0; i < shorter; ++i) {
        const auto left = rank_of_byte[static_cast<unsigned char>(a[i])];
        const auto right = rank_of_byte[static_cast<unsigned char>(b[i])];
        if (left != right) return left < right ? -1 : 1;
    }
    return a.size() < b.size() ? -1 : a.size() > b.size() ? 1 : 0;
}

}  // namespace

bool is_before(std::string_view a, std::string_view b) {
    if (is_ascii(a) && is_ascii(b)) {
        const int letters = compare_letters(a, b);
        // The same but for capitals: in bytes those come first, here after.
        return letters != 0 ? letters < 0 : a > b;
    }
    const auto plain_a = without_accents(a), plain_b = without_accents(b);
    if (const int letters = compare_letters(plain_a, plain_b); letters != 0) return letters < 0;
    // Accents weigh more than capitals: e, E, é, É.
    return (plain_a == a) != (plain_b == b) ? plain_a == a : a > b;
}

std::vector<std::int32_t> level_ranks(const std::vector<std::string_view>& words) {
    std::vector<std::uint64_t> keys(words.size());
    for (std::size_t i = 0; i < words.size(); ++i)
        keys[i] = is_ascii(words[i]) ? first_letters(words[i])
                                     : first_letters(without_accents(words[i]));
    std::vector<std::int32_t> order(words.size());
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
        const auto i = static_cast<std::size_t>(a), j = static_cast<std::size_t>(b);
        return keys[i] != keys[j] ? keys[i] < keys[j] : is_before(words[i], words[j]);
    });
    std::vector<std::int32_t> ranks(words.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        ranks[static_cast<std::size_t>(order[i])] = static_cast<std::int32_t>(i);
    }
    return ranks;
}

}  // namespace alongside::evidence
