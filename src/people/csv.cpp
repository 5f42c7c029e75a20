#include "people/csv.h"

#include <algorithm>

namespace alongside::people {

bool TextGate::is_text(std::string_view bytes) {
    const auto end = std::min(bytes.find('\0'), bytes.size());
    line_ += std::ranges::count(bytes.substr(0, end), '\n');
    return end == bytes.size();
}

std::optional<FileTrouble> TextGate::pass(std::string_view& bytes) {
    if (is_begun_) {
        if (is_text(bytes)) return std::nullopt;
        return FileTrouble::not_a_text_file;
    }
    // At most three bytes are waited for.
    held_ += bytes;
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    if (held_.starts_with("\xFF\xFE") || held_.starts_with("\xFE\xFF")) {
        return FileTrouble::wrong_encoding;
    }
    if (held_.size() < mark.size() && (mark.starts_with(held_) || held_ == "\xFF" ||
                                       held_ == "\xFE")) {
        bytes = {};
        return std::nullopt;
    }
    is_begun_ = true;
    if (!is_text(held_)) return FileTrouble::not_a_text_file;
    bytes = held_;
    if (bytes.starts_with(mark)) bytes.remove_prefix(mark.size());
    return std::nullopt;
}

std::optional<TroubleAt> CsvParser::feed(std::string_view bytes) {
    for (const char c : bytes) {
        if (trouble_) break;
        if (const auto trouble = take(c)) trouble_ = TroubleAt{*trouble, record_.line};
    }
    return trouble_;
}

std::optional<TroubleAt> CsvParser::finish() {
    if (trouble_) return trouble_;
    if (state_ == State::quoted) {
        trouble_ = TroubleAt{FileTrouble::cut_short, record_.line};
    } else if (record_bytes_ > 0) {
        if (const auto trouble = end_cell()) trouble_ = TroubleAt{*trouble, record_.line};
        if (!trouble_) end_record();
    }
    return trouble_;
}

bool CsvParser::separates(char c) {
    if (separator_ == '\0' && (c == ',' || c == ';' || c == '\t')) separator_ = c;
    return c == separator_ && c != '\0';
}

std::optional<FileTrouble> CsvParser::take(char c) {
    const bool is_second_of_crlf = c == '\n' && after_cr_;
    after_cr_ = c == '\r';
    if ((c == '\n' && !is_second_of_crlf) || c == '\r') ++line_;
    if (c == '\0') return FileTrouble::not_a_text_file;

    if (state_ != State::quoted && (c == '\n' || c == '\r')) {
        if (is_second_of_crlf || record_bytes_ == 0) return std::nullopt;  // or a blank line
        if (const auto trouble = end_cell()) return trouble;
        end_record();
        return std::nullopt;
    }
    if (record_bytes_ == 0) record_.line = line_;
    if (++record_bytes_ > longest_record_bytes) return FileTrouble::row_too_long;

    switch (state_) {
        case State::start_of_cell:
            if (c == '"') {
                state_ = State::quoted;
                return std::nullopt;
            }
            if (separates(c)) return end_cell();
            state_ = State::bare;
            cell_ += c;
            return std::nullopt;
        case State::bare:
            if (separates(c)) return end_cell();
            cell_ += c;
            return std::nullopt;
        case State::quoted:
            if (c == '"') {
                state_ = State::after_quote;
            } else {
                cell_ += c;
            }
            return std::nullopt;
        case State::after_quote:
            if (separates(c)) return end_cell();
            if (c == '"') {
                cell_ += '"';
                state_ = State::quoted;
                return std::nullopt;
            }
            record_.has_stray_quote = true;
            state_ = State::bare;
            cell_ += c;
            return std::nullopt;
    }
    return std::nullopt;
}

std::optional<FileTrouble> CsvParser::end_cell() {
    if (record_.cells.size() == most_columns) return FileTrouble::too_many_columns;
    record_.cells.push_back(std::move(cell_));
    cell_.clear();
    state_ = State::start_of_cell;
    return std::nullopt;
}

void CsvParser::end_record() {
    if (separator_ == '\0') separator_ = ',';           // a header of one column
    on_record_(record_);
    record_ = {};
    record_bytes_ = 0;
    state_ = State::start_of_cell;
}

}  // namespace alongside::people
