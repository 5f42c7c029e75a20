#include "evidence/csv_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "evidence/quick_number.h"

namespace alongside::evidence {
namespace {

constexpr double no_value = std::numeric_limits<double>::quiet_NaN();

class RowReader {
public:
    RowReader(CsvStretch& stretch, char comma)
        : stretch_(stretch), comma_(comma), at_(stretch.text.data()),
          end_(at_ + stretch.text.size()), columns_(stretch.places.size()) {}

    void all() {
        stretch_.lexicons.resize(columns_);
        stretch_.met_a_word.assign(columns_, 0);
        while (at_ != end_) {
            if (skipped_blank_line()) continue;
            if (!row()) return;
            ++stretch_.rows;
            if (line_ends_ > 0) {
                further_ += line_ends_;
                stretch_.further_down.emplace_back(stretch_.rows, further_);
                line_ends_ = 0;
            }
        }
    }

private:
    bool skipped_blank_line() {
        const char* at = at_;
        if (*at == '\r' && at + 1 != end_) ++at;
        if (*at != '\n') return false;
        at_ = at + 1;
        stretch_.further_down.emplace_back(stretch_.rows, ++further_);
        return true;
    }

    bool row() {
        for (std::size_t cell = 0; cell < columns_; ++cell) {
            const auto& place = stretch_.places[cell];
            const bool is_read = place.are == CellsAre::numbers ? number(cell) : other(cell);
            if (!is_read) return false;
            if (cell + 1 == columns_) break;
            if (at_ == end_ || *at_ != comma_) return wrong_count(cell + 1);
            ++at_;
        }
        if (at_ != end_ && *at_ == '\r') ++at_;
        if (at_ == end_) return true;
        if (*at_ != '\n') return wrong_count(columns_);
        ++at_;
        return true;
    }

    bool number(std::size_t cell) {
        auto& value = stretch_.places[cell].numbers[stretch_.rows];
        const char* next = end_ - at_ >= 32 ? quick_decimal(at_, comma_, value) : nullptr;
        if (next == nullptr) next = plain_number(at_, end_, comma_, value);
        if (next != nullptr) [[likely]] {
            at_ = next;
            return true;
        }
        value = no_value;
        std::string_view text;
        if (!take(cell, text)) return false;
        if (understand(text, value) == CellKind::word) stretch_.met_a_word[cell] = 1;
        return true;
    }

    bool other(std::size_t cell) {
        const char* begin = at_;                    // of the file; `text` may be made anew
        std::string_view text;
        if (!take(cell, text)) return false;
        const auto& place = stretch_.places[cell];
        if (place.are == CellsAre::unwanted) return true;
        auto& code = place.codes[stretch_.rows];
        if (text.empty() || text == "NA") {
            code = -1;
            return true;
        }
        bool is_new = false;
        code = stretch_.lexicons[cell].code(text, is_new);
        const char* wrong = is_new ? text_fault(text) : nullptr;
        return wrong == nullptr || fault(begin, cell, wrong);
    }

    bool take(std::size_t cell, std::string_view& text) {
        const auto read = read_cell(at_, end_, comma_, stretch_.unquoted);
        if (read.next == nullptr) return fault(at_, cell, read.what);
        text = read.text;
        line_ends_ += read.line_ends;
        at_ = read.next;
        return true;
    }

    // `read` cells stand before this place.
    bool wrong_count(std::size_t read) {
        if (read < columns_) {
            return fault(at_, read, fmt::format("the row ends after {} of {} cells{}", read,
                                                columns_, at_ == end_ ? ", and with it the file"
                                                                      : ""));
        }
        const char* line_end = std::find(at_, end_, '\n');
        const auto more = static_cast<std::size_t>(std::count(at_, line_end, comma_));
        return fault(at_, read, fmt::format("the row has {} cells, the header {}", read + more,
                                            columns_));
    }

    bool fault(const char* at, std::size_t cell, std::string what) {
        stretch_.fault = {at, cell, std::move(what)};
        return false;
    }

    CsvStretch& stretch_;
    char comma_;
    const char* at_;
    const char* end_;
    std::size_t columns_;
    std::size_t line_ends_ = 0, further_ = 0;
};

ReadCell read_quoted(const char* at, const char* end, char comma,
                     std::deque<std::string>& unquoted) {
    ReadCell out;
    const char* begin = ++at;
    bool has_doubled = false;
    for (;; ++at) {
        if (at == end) {
            out.what = "a quote begins here that never ends";
            return out;
        }
        if (*at == '\n') ++out.line_ends;
        if (*at != '"') continue;
        if (at + 1 == end || at[1] != '"') break;
        has_doubled = true;
        ++at;
    }
    out.text = {begin, static_cast<std::size_t>(at - begin)};
    ++at;
    if (at != end && *at != comma && *at != '\n' && *at != '\r') {
        out.what = "text after the closing quote (a quote within quotes is written twice)";
        return out;
    }
    out.next = at;
    if (has_doubled) {
        std::string meant;
        for (std::size_t i = 0; i < out.text.size(); ++i) {
            meant += out.text[i];
            if (out.text[i] == '"') ++i;
        }
        out.text = unquoted.emplace_back(std::move(meant));
    }
    return out;
}

}  // namespace

ReadCell read_cell(const char* at, const char* end, char comma,
                   std::deque<std::string>& unquoted) {
    if (at != end && *at == '"') return read_quoted(at, end, comma, unquoted);
    ReadCell out;
    const char* begin = at;
    while (at != end && *at != comma && *at != '\n' && *at != '"') ++at;
    if (at != end && *at == '"') {
        out.what = "a quote in the middle of a cell (put the whole cell in quotes)";
        return out;
    }
    if (at != begin && at[-1] == '\r' && (at == end || *at == '\n')) --at;
    out.text = {begin, static_cast<std::size_t>(at - begin)};
    out.next = at;
    return out;
}

namespace {

// By the Unicode Standard's table of well-formed byte sequences (3-7).
bool is_utf8_text(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto byte = [&](std::size_t at) {
            return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
        };
        const auto first = byte(i);
        if (first < 0x80) {
            ++i;
            continue;
        }
        const std::size_t more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
        if (first < 0xC2 || first > 0xF4) return false;
        const auto second = byte(i + 1);
        const auto least = first == 0xE0 ? 0xA0U : first == 0xF0 ? 0x90U : 0x80U;
        const auto most = first == 0xED ? 0x9FU : first == 0xF4 ? 0x8FU : 0xBFU;
        if (second < least || second > most) return false;
        for (std::size_t k = 2; k <= more; ++k) {
            if ((byte(i + k) & 0xC0) != 0x80) return false;
        }
        i += more + 1;
    }
    return true;
}

}  // namespace

const char* text_fault(std::string_view text) {
    if (text.find('\0') != std::string_view::npos) {
        return "a zero byte, which no text has (is the file damaged, or UTF-16? Save it as UTF-8)";
    }
    return is_utf8_text(text) ? nullptr
                              : "bytes that are no UTF-8 text (save the file as UTF-8)";
}

void read_rows(CsvStretch& stretch, char comma) { RowReader(stretch, comma).all(); }

}  // namespace alongside::evidence
