// CSV as RFC 4180 has it, read as it arrives: nothing is kept but the record being read.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alongside::people {

// Why the rest of a file can't be read, and where.
enum class FileTrouble {
    not_a_text_file,
    wrong_encoding,
    cut_short,
    row_too_long,
    too_many_columns,
    not_json,
    not_a_list,
};
struct TroubleAt {
    FileTrouble trouble;
    std::int64_t line;
};

inline constexpr std::size_t longest_record_bytes = 64 * 1024;
inline constexpr std::size_t most_columns = 500;

struct CsvRecord {
    std::int64_t line = 0;              // on which it begins, from 1
    std::vector<std::string> cells;
    bool has_stray_quote = false;       // text after a closing quote: the cells can't be trusted
};

// Between cells stands what first stands so in the header: a comma, a semicolon (as spreadsheets
// write where the comma is the decimal sign) or a tab. Double quotes, CRLF, LF or CR; a byte-order
// mark is skipped, blank lines too.
class CsvParser {
public:
    using OnRecord = std::function<void(CsvRecord&)>;
    explicit CsvParser(OnRecord on_record) : on_record_(std::move(on_record)) {}

    // The next bytes of the file. After trouble nothing more is read.
    std::optional<TroubleAt> feed(std::string_view bytes);
    std::optional<TroubleAt> finish();

private:
    enum class State { start_of_cell, bare, quoted, after_quote };
    std::optional<FileTrouble> take(char c);
    bool separates(char c);
    std::optional<FileTrouble> end_cell();
    void end_record();

    OnRecord on_record_;
    CsvRecord record_;
    std::string cell_;
    State state_ = State::start_of_cell;
    std::size_t record_bytes_ = 0;
    std::int64_t line_ = 1;
    char separator_ = '\0';               // not known before the header
    bool after_cr_ = false;
    std::optional<TroubleAt> trouble_;
};

// A file's first bytes: skips UTF-8's mark, refuses UTF-16's, and NUL wherever it stands.
class TextGate {
public:
    // Leaves in `bytes` what may be read on. Trouble, at `line()`, for a file that isn't text.
    std::optional<FileTrouble> pass(std::string_view& bytes);
    std::int64_t line() const { return line_; }
    // At the end: what was held back because it could have begun a mark.
    std::string_view left() const { return is_begun_ ? std::string_view() : held_; }

private:
    // Whether all of it is text; counts its lines, as far as the first byte that isn't.
    bool is_text(std::string_view bytes);

    std::string held_;
    bool is_begun_ = false;
    std::int64_t line_ = 1;
};

}  // namespace alongside::people
