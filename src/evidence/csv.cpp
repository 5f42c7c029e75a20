// The file is cut into stretches at row ends. One pass counts line ends and quotes, so that each
// stretch knows where its rows begin and where its values go; then all are read, side by side.
#include "evidence/csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <unordered_set>

#include "evidence/csv_rows.h"
#include "evidence/file_text.h"
#include "evidence/large_pages.h"
#include "evidence/parallel.h"

namespace alongside::evidence {
namespace {

constexpr std::size_t stretch_bytes = std::size_t{1} << 20;
constexpr std::size_t sample_bytes = std::size_t{1} << 14;

struct Counted {
    std::size_t line_ends = 0, quotes = 0;
};

Counted count_signs(std::string_view text) {
    using Block = std::array<unsigned char, 32>;
    Counted out;
    std::size_t i = 0;
    while (text.size() - i >= sizeof(Block)) {
        // Sums of bytes, so that 32 are counted in one go; folded before they overflow.
        Block line_ends{}, quotes{};
        for (int round = 0; round < 255 && text.size() - i >= sizeof(Block); ++round) {
            Block block;
            std::memcpy(block.data(), text.data() + i, sizeof block);
            for (std::size_t k = 0; k < sizeof(Block); ++k) line_ends[k] += block[k] == '\n';
            for (std::size_t k = 0; k < sizeof(Block); ++k) quotes[k] += block[k] == '"';
            i += sizeof block;
        }
        for (const auto count : line_ends) out.line_ends += count;
        for (const auto count : quotes) out.quotes += count;
    }
    for (; i < text.size(); ++i) {
        out.line_ends += text[i] == '\n';
        out.quotes += text[i] == '"';
    }
    return out;
}

// Where the first row begins at or after `from`, and how many line ends lie between.
std::size_t next_row(std::string_view text, std::size_t from, bool is_quoted,
                     std::size_t& line_ends) {
    for (auto at = from; at < text.size(); ++at) {
        if (text[at] == '"') is_quoted = !is_quoted;
        if (text[at] != '\n') continue;
        ++line_ends;
        if (!is_quoted) return at + 1;
    }
    return text.size();
}

class CsvReader {
public:
    CsvReader(const FileText& file, std::string shown_as, const CsvOptions& options)
        : file_(file), options_(options), text_(file.text()), threads_(options.threads) {
        table_.file = std::move(shown_as);
    }

    Fallible<Table> table() {
        if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
        if (auto bad = header()) return tl::make_unexpected(std::move(*bad));
        cut();
        guess();
        if (auto bad = read()) return tl::make_unexpected(std::move(*bad));
        // A column of numbers that met a word: once more, all of it as words.
        if (turn_into_words()) {
            if (auto bad = read()) return tl::make_unexpected(std::move(*bad));
        }
        close_gaps();
        return std::move(table_);
    }

private:
    using Bad = std::optional<Trouble>;

    Trouble at_place(const char* at, std::size_t cell, std::string_view what) const {
        const auto line = 1 + std::count(text_.data(), at, '\n');
        return {fmt::format("{}:{}:{}: {}", table_.file, line, cell + 1, what)};
    }

    char separator() const {
        bool is_quoted = false, has_tab = false, has_semicolon = false;
        for (const char c : text_) {
            if (c == '"') is_quoted = !is_quoted;
            if (is_quoted) continue;
            if (c == '\n' || c == ',') return c == ',' ? ',' : has_tab ? '\t'
                                              : has_semicolon ? ';' : ',';
            has_tab = has_tab || c == '\t';
            has_semicolon = has_semicolon || c == ';';
        }
        return has_tab ? '\t' : has_semicolon ? ';' : ',';
    }

    Bad header() {
        if (text_.empty()) return Trouble{table_.file + ": the file is empty"};
        if (text_.starts_with("\xFF\xFE") || text_.starts_with("\xFE\xFF")) {
            return at_place(text_.data(), 0, "the file is UTF-16: save it as UTF-8");
        }
        comma_ = separator();
        if (comma_ == ';') {
            return at_place(text_.data(), 0, "the header has semicolons: save the file with commas "
                                             "between cells and points in numbers");
        }
        std::unordered_set<std::string> seen;
        const char* at = text_.data();
        const char* end = at + text_.size();
        for (std::size_t cell = 0;; ++cell) {
            const auto read = read_cell(at, end, comma_, unquoted_);
            if (read.next == nullptr) return at_place(at, cell, read.what);
            std::string name(read.text);
            if (const char* wrong = text_fault(name)) return at_place(at, cell, wrong);
            if (name.empty() && cell == 0) name = "X";   // row names, as R's write.csv writes them
            if (name.empty()) return at_place(at, cell, "the column has no name");
            if (!seen.insert(name).second) {
                return at_place(at, cell, fmt::format("a second column \"{}\"", name));
            }
            auto& column = table_.columns.emplace_back();
            column.is_read = !options_.is_wanted || options_.is_wanted(name);
            column.name = std::move(name);
            header_lines_ += read.line_ends;
            at = read.next;
            if (at == end || *at != comma_) break;
            ++at;
        }
        if (at != end && *at == '\r') ++at;
        if (at != end && *at == '\n') ++at;
        body_ = text_.substr(static_cast<std::size_t>(at - text_.data()));
        return {};
    }

    // Stretches that begin and end with a row, and the most rows each can have.
    void cut() {
        const auto count = body_.size() / stretch_bytes + 1;
        std::vector<Counted> counted(count);
        in_parallel(threads_, count, [&](std::size_t i) {
            counted[i] = count_signs(body_.substr(i * stretch_bytes, stretch_bytes));
        });
        std::size_t quotes = 0, begin = 0, taken = 0;
        for (std::size_t i = 0; i < count; ++i) {
            quotes += counted[i].quotes;
            const auto nominal = std::min((i + 1) * stretch_bytes, body_.size());
            if (begin > nominal) continue;   // one row longer than a stretch
            std::size_t passed = 0;
            const auto end = next_row(body_, nominal, quotes % 2 == 1, passed);
            std::size_t line_ends = passed;
            for (; taken <= i; ++taken) line_ends += counted[taken].line_ends;
            const bool is_last = end == body_.size();
            add_stretch(body_.substr(begin, end - begin), line_ends - passed_before_,
                        is_last && !body_.ends_with('\n'));
            passed_before_ = passed;
            begin = end;
            if (is_last) break;
        }
    }

    void add_stretch(std::string_view text, std::size_t line_ends, bool lacks_last) {
        if (text.empty()) return;
        auto& stretch = stretches_.emplace_back();
        stretch.text = text;
        first_row_.push_back(room_);
        room_ += line_ends + (lacks_last ? 1 : 0);
    }

    // The kinds of the columns by the first rows: saves reading words as numbers in vain.
    void guess() {
        are_.assign(table_.columns.size(), CellsAre::numbers);
        if (stretches_.empty()) return;
        CsvStretch sample;
        std::size_t passed = 0;
        const auto& first = stretches_.front().text;
        const auto nominal = std::min(sample_bytes, first.size());
        const auto quotes = count_signs(first.substr(0, nominal)).quotes;
        sample.text = first.substr(0, next_row(first, nominal, quotes % 2 == 1, passed));
        std::vector<double> values(count_signs(sample.text).line_ends + 1);
        sample.places.assign(are_.size(), {CellsAre::numbers, values.data(), nullptr});
        read_rows(sample, comma_);
        for (std::size_t c = 0; c < are_.size(); ++c) {
            if (sample.met_a_word[c]) are_[c] = CellsAre::words;
            if (!table_.columns[c].is_read) are_[c] = CellsAre::unwanted;
        }
    }

    Bad read() {
        for (std::size_t c = 0; c < are_.size(); ++c) {
            auto& column = table_.columns[c];
            if (are_[c] == CellsAre::numbers && column.numbers.empty()) {
                resize_large(column.numbers, room_);
            }
            if (are_[c] == CellsAre::words) column.codes.resize(room_);
        }
        in_parallel(threads_, stretches_.size(), [&](std::size_t s) { read_stretch(s); });
        for (const auto& stretch : stretches_) {
            const auto& fault = stretch.fault;
            if (fault.at != nullptr) return at_place(fault.at, fault.cell, fault.what);
        }
        for (std::size_t c = 0; c < are_.size(); ++c) {
            if (are_[c] == CellsAre::words) join_words(c);
        }
        for (auto& stretch : stretches_) {
            stretch.lexicons.clear();
            stretch.unquoted.clear();
        }
        return {};
    }

    void read_stretch(std::size_t s) {
        auto& stretch = stretches_[s];
        stretch.rows = 0;
        stretch.further_down.clear();
        stretch.places.resize(are_.size());
        for (std::size_t c = 0; c < are_.size(); ++c) {
            auto& column = table_.columns[c];
            auto& place = stretch.places[c];
            place.are = are_[c];
            place.numbers = are_[c] == CellsAre::numbers ? &column.numbers[first_row_[s]] : nullptr;
            place.codes = are_[c] == CellsAre::words ? &column.codes[first_row_[s]] : nullptr;
        }
        read_rows(stretch, comma_);
        file_.let_go(stretch.text);
    }

    bool turn_into_words() {
        std::vector<char> turned(are_.size(), 0);
        for (const auto& stretch : stretches_) {
            for (std::size_t c = 0; c < are_.size(); ++c) turned[c] |= stretch.met_a_word[c];
        }
        if (std::find(turned.begin(), turned.end(), 1) == turned.end()) return false;
        for (std::size_t c = 0; c < are_.size(); ++c) {
            are_[c] = turned[c] ? CellsAre::words : CellsAre::unwanted;
            if (turned[c]) std::vector<double>().swap(table_.columns[c].numbers);
        }
        return true;
    }

    void join_words(std::size_t c);
    void close_gaps();

    const FileText& file_;
    const CsvOptions& options_;
    std::string_view text_, body_;
    int threads_;
    char comma_ = ',';
    Table table_;
    std::deque<std::string> unquoted_;
    std::size_t header_lines_ = 0, passed_before_ = 0;
    std::vector<CsvStretch> stretches_;
    std::vector<std::size_t> first_row_;   // of each stretch, if all before it were full
    std::size_t room_ = 0;                 // rows at most
    std::vector<CellsAre> are_;
};

// R reads T, F, true and False as the logical TRUE and FALSE, if a column has nothing else.
std::vector<std::string> as_truths(const std::vector<std::string_view>& words) {
    std::vector<std::string> out;
    for (const auto word : words) {
        const bool is_true = word == "T" || word == "TRUE" || word == "true" || word == "True";
        const bool is_false = word == "F" || word == "FALSE" || word == "false" || word == "False";
        if (!is_true && !is_false) return {};
        out.emplace_back(is_true ? "TRUE" : "FALSE");
    }
    return out;
}

// The stretches' own codes become places among the column's sorted words.
void CsvReader::join_words(std::size_t c) {
    Lexicon all;
    std::vector<std::vector<std::int32_t>> codes(stretches_.size());
    for (std::size_t s = 0; s < stretches_.size(); ++s) {
        for (const auto word : stretches_[s].lexicons[c].words()) {
            bool is_new = false;
            codes[s].push_back(all.code(word, is_new));
        }
    }
    const auto truths = as_truths(all.words());
    auto words = all.words();
    for (std::size_t i = 0; i < truths.size(); ++i) words[i] = truths[i];
    auto ranks = level_ranks(words);
    if (!truths.empty()) {
        const bool has_false = std::find(truths.begin(), truths.end(), "FALSE") != truths.end();
        for (std::size_t i = 0; i < truths.size(); ++i) {
            ranks[i] = truths[i] == "TRUE" && has_false ? 1 : 0;
        }
    }
    auto& column = table_.columns[c];
    column.is_number = false;
    const auto last = ranks.empty() ? -1 : *std::max_element(ranks.begin(), ranks.end());
    column.words.resize(static_cast<std::size_t>(last + 1));
    for (std::size_t i = 0; i < words.size(); ++i) {
        column.words[static_cast<std::size_t>(ranks[i])] = words[i];
    }
    in_parallel(threads_, stretches_.size(), [&](std::size_t s) {
        for (auto& code : codes[s]) code = ranks[static_cast<std::size_t>(code)];
        auto* row = column.codes.data() + first_row_[s];
        for (auto* const end = row + stretches_[s].rows; row != end; ++row) {
            if (*row >= 0) *row = codes[s][static_cast<std::size_t>(*row)];
        }
    });
}

// Blank lines, and line ends within quotes, leave room between the stretches.
void CsvReader::close_gaps() {
    std::size_t rows = 0, further = header_lines_;
    if (further > 0) table_.further_down.emplace_back(0, further);
    for (std::size_t s = 0; s < stretches_.size(); ++s) {
        const auto& stretch = stretches_[s];
        const auto from = static_cast<std::ptrdiff_t>(first_row_[s]);
        const auto to = static_cast<std::ptrdiff_t>(rows);
        const auto count = static_cast<std::ptrdiff_t>(stretch.rows);
        for (auto& column : table_.columns) {
            if (from == to) break;
            const auto shift = [&](auto& values) {
                if (values.empty()) return;
                std::copy_n(values.begin() + from, count, values.begin() + to);
            };
            shift(column.numbers);
            shift(column.codes);
        }
        for (const auto& [row, more] : stretch.further_down) {
            table_.further_down.emplace_back(rows + row, further + more);
        }
        if (!stretch.further_down.empty()) further += stretch.further_down.back().second;
        rows += stretch.rows;
    }
    table_.rows = rows;
    for (auto& column : table_.columns) {
        if (!column.is_read) continue;
        if (column.is_number) column.numbers.resize(rows);
        else column.codes.resize(rows);
    }
}

}  // namespace

Fallible<Table> read_csv(const std::filesystem::path& path, const CsvOptions& options) {
    const auto shown_as = options.shown_as.empty() ? path.string() : options.shown_as;
    const auto file = FileText::open(path, shown_as);
    if (!file) return tl::make_unexpected(file.error());
    return CsvReader(*file, shown_as, options).table();
}

}  // namespace alongside::evidence
