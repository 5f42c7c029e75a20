// What a CSV may be, what it may not, and that no cut of one brings the program down.
#include "evidence/csv.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <fstream>
#include <sstream>

#include "evidence/cells.h"
#include "tests/evidence_files.h"

using namespace alongside::evidence;
using namespace alongside::evidence_files;

namespace {

Fallible<Table> table_of(const std::string& text, int threads = 1) {
    const WrittenFile file(text);
    return read_csv(file.path(), {.threads = threads, .shown_as = "t.csv"});
}
std::string refused_csv(const std::string& text) {
    const auto table = table_of(text);
    return table ? "" : table.error().sentence;
}
Column column_of(const std::string& cells) {
    const auto table = table_of("x\n" + cells + "\n");
    return table ? table->columns[0] : Column{};
}
std::vector<std::string> words_in(const Column& column) {
    std::vector<std::string> out;
    for (std::size_t row = 0; row < column.size(); ++row) {
        const auto code = column.codes[row];
        out.push_back(code < 0 ? "-" : column.words[static_cast<std::size_t>(code)]);
    }
    return out;
}
using Said = std::vector<std::string>;

std::string quoted_cell(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
    return out + '"';
}
std::string whole_number_text(double value) {
    std::array<char, 40> room{};
    const auto end = std::to_chars(room.data(), room.data() + room.size(), value).ptr;
    return {room.data(), end};
}

}  // namespace

TEST(Csv, ReadsNumbersAndWords) {
    const auto table = table_of("a,b,c\n1,x,2.5\n-3,y,NA\n4,,1e3\n");
    ASSERT_TRUE(table);
    EXPECT_EQ(table->rows, 3U);
    EXPECT_EQ(table->columns[0].numbers, (std::vector<double>{1, -3, 4}));
    EXPECT_EQ(words_in(table->columns[1]), (Said{"x", "y", "-"}));
    EXPECT_EQ(table->columns[2].numbers[2], 1000);
    EXPECT_TRUE(table->columns[2].is_missing(1));
}

TEST(Csv, TakesWhateverSpreadsheetsWrite) {
    const auto plain = table_of("a,b\n1,x\n2,y\n");
    for (const char* text : {"a,b\r\n1,x\r\n2,y\r\n", "\xEF\xBB\xBF" "a,b\n1,x\n2,y\n",
                             "a,b\n1,x\n2,y", "a\tb\n1\tx\n2\ty\n", "\"a\",\"b\"\n\"1\",\"x\"\n"
                             "\"2\",\"y\"\n", "a,b\n\n1,x\n\r\n2,y\n\n", "a,b\r\n1,x\r\n2,y\r"}) {
        const auto table = table_of(text);
        ASSERT_TRUE(table) << text << table.error().sentence;
        EXPECT_EQ(table->names(), plain->names()) << text;
        EXPECT_EQ(table->columns[0].numbers, plain->columns[0].numbers) << text;
        EXPECT_EQ(table->columns[1].codes, plain->columns[1].codes) << text;
        EXPECT_EQ(table->columns[1].words, plain->columns[1].words) << text;
    }
}

TEST(Csv, KeepsWhatStandsInQuotes) {
    const auto table = table_of("a,b\n\"one, two\",1\n\"he said \"\"no\"\"\",2\n\"line\nend\",3\n");
    ASSERT_TRUE(table) << table.error().sentence;
    EXPECT_EQ(words_in(table->columns[0]), (Said{"one, two", "he said \"no\"", "line\nend"}));
    EXPECT_EQ(table->columns[1].numbers, (std::vector<double>{1, 2, 3}));
}

TEST(Csv, KnowsTheLineOfARow) {
    const auto table = table_of("a,b\n1,x\n\n\n2,\"p\nq\"\n3,z\n");
    ASSERT_TRUE(table);
    EXPECT_EQ(table->line_of(0), 2U);
    EXPECT_EQ(table->line_of(1), 5U);
    EXPECT_EQ(table->line_of(2), 7U);
    EXPECT_EQ(table->place(2, table->columns[1]), "t.csv:7:2");
}

// In R: read.csv(text = …)$x, but for what csv.h and cells.h say is different.
TEST(Csv, ReadsHardNumbers) {
    for (const char* number :
         {"1e308", "1.7976931348623157e308", "5e-324", "2.2250738585072011e-308", "-0", "+5",
          "0.1", "0.30000000000000004", "123456789012345678", "9007199254740993",
          "0.102971811805368", "12345678.12345678901", "1234567890123456789", "1.", ".5",
          "00012.5000", "179769313486231570000", "1e-5", "1E+05", "9007199254740992.5",
          "3.14159265358979323846264338327950288", "8.41e21", "0.000000000000000000000000001"}) {
        const auto column = column_of(number);
        ASSERT_TRUE(column.is_number) << number;
        const double right = std::strtod(number, nullptr);
        EXPECT_EQ(std::bit_cast<std::uint64_t>(column.numbers[0]),
                  std::bit_cast<std::uint64_t>(right)) << number;
    }
    EXPECT_EQ(column_of("0x10").numbers, (std::vector<double>{16}));
    EXPECT_EQ(column_of("  7\t").numbers, (std::vector<double>{7}));
    EXPECT_EQ(column_of("\" 0.5 \"").numbers, (std::vector<double>{0.5}));
    EXPECT_EQ(column_of("inf\n-Inf").numbers, (std::vector<double>{HUGE_VAL, -HUGE_VAL}));
    EXPECT_EQ(column_of("1e400\n1e-400").numbers, (std::vector<double>{HUGE_VAL, 0}));
    EXPECT_TRUE(std::isnan(column_of("NaN\n1").numbers[0]));
    for (const char* word : {"1e", "1e+", "--5", "1.2.3", "1,5", "0x", "1d2", "5 6", "-", ".", "e5",
                             "infinit", "1_000", "+-2"}) {
        EXPECT_FALSE(column_of(quoted_cell(word)).is_number) << word;
    }
}

TEST(Csv, MakesWordsOfAColumnWithOneWord) {
    std::string text = "x,y\n";
    for (int i = 0; i < 100000; ++i) text += "1.50,2\n";
    const auto table = table_of(text + "late,3\n", 2);
    ASSERT_TRUE(table) << table.error().sentence;
    EXPECT_EQ(table->columns[0].words, (Said{"1.50", "late"}));
    EXPECT_EQ(table->columns[0].codes.back(), 1);
    EXPECT_EQ(table->columns[1].numbers.size(), 100001U);
}

TEST(Csv, SortsWordsAsRSortsLevels) {
    EXPECT_EQ(column_of("b\nA\na\nB\nc d\nc\n10\n9\n_x\nZ\né").words,
              (Said{"_x", "10", "9", "a", "A", "b", "B", "c", "c d", "é", "Z"}));
    // R's sort() with ICU's collation: accents beside their letters, other scripts last.
    EXPECT_EQ(column_of("f\nÉ\né\ne\nE\neb\nfe\nö\no\np\nŁa\nlb\nß\nst\nsr\nя\nz").words,
              (Said{"e", "E", "é", "É", "eb", "f", "fe", "Ła", "lb", "o", "ö", "p", "sr", "ß", "st",
                    "z", "я"}));
    // Signs too stand in ICU's order.
    EXPECT_EQ(column_of("a b\nab\na-b\na_b\na\na-\nA\na+\n10-19\n10+\n10\n1-5\n<5\n>=5\n(a)\n"
                        "[a]").words,
              (Said{"(a)", "[a]", "<5", ">=5", "1-5", "10", "10-19", "10+", "a", "A", "a b", "a_b",
                    "a-", "a-b", "a+", "ab"}));
    // The first eight letters are compared at once: what follows must count too.
    EXPECT_EQ(column_of("longword b\nlongword a\nLongword a\nlongword").words,
              (Said{"longword", "longword a", "Longword a", "longword b"}));
}

TEST(Csv, KnowsTruthValues) {
    EXPECT_EQ(column_of("T\nF\nT").words, (Said{"FALSE", "TRUE"}));
    EXPECT_EQ(column_of("true\nFALSE\nNA").codes, (std::vector<std::int32_t>{1, 0, -1}));
    EXPECT_EQ(column_of("TRUE\nTRUE").words, (Said{"TRUE"}));
    EXPECT_EQ(column_of("F\nM").words, (Said{"F", "M"}));
}

TEST(Csv, NamesLineAndCellOfWhatIsWrong) {
    EXPECT_EQ(refused_csv(""), "t.csv: the file is empty");
    EXPECT_EQ(refused_csv("a,b\n1,2\n3\n"), "t.csv:3:2: the row ends after 1 of 2 cells");
    EXPECT_EQ(refused_csv("a,b\n1,2\n3"),
              "t.csv:3:2: the row ends after 1 of 2 cells, and with it the file");
    EXPECT_EQ(refused_csv("a,b\n1,2,3,4\n"), "t.csv:2:3: the row has 4 cells, the header 2");
    EXPECT_EQ(refused_csv("a,b\n1,\"x\n"), "t.csv:2:2: a quote begins here that never ends");
    EXPECT_EQ(refused_csv("a,b\n1,\"x\"y\n"),
              "t.csv:2:2: text after the closing quote (a quote within quotes is written twice)");
    EXPECT_EQ(refused_csv("a,b\n1,5\"\n"),
              "t.csv:2:2: a quote in the middle of a cell (put the whole cell in quotes)");
    EXPECT_EQ(refused_csv("a,b,a\n1,2,3\n"), "t.csv:1:3: a second column \"a\"");
    EXPECT_EQ(refused_csv("a,\n1,2\n"), "t.csv:1:2: the column has no name");
    EXPECT_EQ(refused_csv("a,b\n1,\xFFx\n"),
              "t.csv:2:2: bytes that are no UTF-8 text (save the file as UTF-8)");
    EXPECT_EQ(refused_csv("a,b\n1,\"x\"\"\xFF\"\n"),
              "t.csv:2:2: bytes that are no UTF-8 text (save the file as UTF-8)");
    using namespace std::string_literals;
    const std::string zero_byte = "a zero byte, which no text has (is the file damaged, or UTF-16? "
                                  "Save it as UTF-8)";
    EXPECT_EQ(refused_csv("a,b\n1,2\n3,x\0y\n"s), "t.csv:3:2: " + zero_byte);
    EXPECT_EQ(refused_csv("a,b\n1,2\n3,\0\n"s), "t.csv:3:2: " + zero_byte);
    EXPECT_EQ(refused_csv("a\0,\0b\0\n"s), "t.csv:1:1: " + zero_byte);
    EXPECT_EQ(refused_csv("\xFF\xFE" "a\0,\0b\0\n"s),
              "t.csv:1:1: the file is UTF-16: save it as UTF-8");
    EXPECT_EQ(refused_csv("a;b\n1;2\n").substr(0, 36), "t.csv:1:1: the header has semicolons");
    const auto none = read_csv("no/such/file.csv", {.shown_as = "file.csv"});
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().sentence, "file.csv: can't be read: No such file or directory");
    EXPECT_FALSE(read_csv("tests"));
}

TEST(Csv, CallsNamelessRowNamesXAsRDoes) {
    const auto table = table_of("\"\",\"y\"\n\"1\",2\n");
    ASSERT_TRUE(table);
    EXPECT_EQ(table->names(), (Said{"X", "y"}));
}

TEST(Csv, KeepsWhatIsWanted) {
    const std::string text = "a,b,c\n1,x,3\n,\"y\nz\",4\n";
    const auto wanted = [](const std::string& name) { return name == "c"; };
    const WrittenFile file(text), cut(text + "5,6\n");
    const auto table = read_csv(file.path(), {.shown_as = "t.csv", .is_wanted = wanted});
    ASSERT_TRUE(table) << table.error().sentence;
    EXPECT_EQ(table->names(), (Said{"a", "b", "c"}));       // for "did you mean"
    EXPECT_FALSE(table->columns[0].is_read || table->columns[1].is_read);
    EXPECT_EQ(table->columns[0].size() + table->columns[1].size(), 0U);
    EXPECT_EQ(table->columns[2].numbers, (std::vector<double>{3, 4}));
    EXPECT_EQ(table->line_of(1), 3U);
    const auto short_row = read_csv(cut.path(), {.shown_as = "t.csv", .is_wanted = wanted});
    ASSERT_FALSE(short_row);
    EXPECT_EQ(short_row.error().sentence, "t.csv:5:3: the row ends after 2 of 3 cells");
}

TEST(Csv, IsTheSameForAnyNumberOfThreads) {
    // Larger than a few stretches, with quoted line ends and blank lines across their borders.
    std::string text = "id,x,w\n";
    for (int i = 0; i < 120000; ++i) {
        text += "p" + std::to_string(i * 7919 % 5000) + "," + std::to_string(i % 997) + ".25,";
        text += i % 10 == 3 ? "\"two\nlines, \"\"" + std::to_string(i % 7) + "\"\"\"\n" : "plain\n";
        if (i % 1000 == 5) text += "\r\n";
    }
    const WrittenFile file(text);
    const auto one = read_csv(file.path(), {.threads = 1});
    const auto three = read_csv(file.path(), {.threads = 3});
    ASSERT_TRUE(one && three) << (one ? three : one).error().sentence;
    ASSERT_EQ(one->rows, 120000U);
    EXPECT_EQ(one->further_down, three->further_down);
    for (std::size_t c = 0; c < 3; ++c) {
        EXPECT_EQ(one->columns[c].numbers, three->columns[c].numbers);
        EXPECT_EQ(one->columns[c].codes, three->columns[c].codes);
        EXPECT_EQ(one->columns[c].words, three->columns[c].words);
    }
    for (const std::size_t row : {std::size_t{0}, std::size_t{3}, std::size_t{60000},
                                  std::size_t{119993}}) {
        EXPECT_EQ(one->columns[1].numbers[row], static_cast<double>(row % 997) + 0.25);
        EXPECT_EQ(words_in(one->columns[0])[row], "p" + std::to_string(row * 7919 % 5000));
    }
}

TEST(Csv, CutAnywhereGivesATableOrTrouble) {
    std::ifstream file("tests/evidence/lung.csv");
    std::stringstream all;
    all << file.rdbuf();
    const auto text = "\"wörd\"," + all.str().substr(0, 900);
    for (std::size_t length = 0; length <= text.size(); ++length) {
        const auto table = table_of(text.substr(0, length));
        if (table) {
            for (const auto& column : table->columns) EXPECT_EQ(column.size(), table->rows);
        } else {
            EXPECT_TRUE(table.error().sentence.starts_with("t.csv:")) << table.error().sentence;
        }
    }
}

RC_GTEST_PROP(Csv, ReadsWhatIsWritten, ()) {
    const auto numbers = *rc::gen::container<std::vector<double>>(rc::gen::arbitrary<double>());
    const auto texts = *rc::gen::container<std::vector<std::string>>(
        numbers.size(),
        rc::gen::container<std::string>(rc::gen::element('a', ',', '"', '\n', ' ')));
    std::string text = "n,w\n";
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        text += whole_number_text(numbers[i]) + "," + quoted_cell(texts[i]) + "\n";
    }
    const auto table = table_of(text);
    RC_ASSERT(table.has_value());
    RC_ASSERT(table->rows == numbers.size());
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const auto read = table->columns[0].numbers[i];
        RC_ASSERT(read == numbers[i] || (std::isnan(read) && std::isnan(numbers[i])));
        if (table->columns[1].is_number) {
            // A column of nothing, or of blanks, is of missing numbers.
            RC_ASSERT(texts[i].find_first_not_of(' ') == std::string::npos);
        } else {
            RC_ASSERT(words_in(table->columns[1])[i] == (texts[i].empty() ? "-" : texts[i]));
        }
    }
}

// Decimals of every length, against the C library.
RC_GTEST_PROP(Csv, ReadsTheNearestDouble, ()) {
    const auto digit = rc::gen::container<std::string>(rc::gen::element('0', '1', '5', '9', '4'));
    const auto whole = *digit, decimals = *digit;
    RC_PRE(!whole.empty() || !decimals.empty());
    const auto text = (*rc::gen::arbitrary<bool>() ? "-" : "") + whole + "." + decimals;
    const auto padded = text + "\n" + std::string(40, '1');
    double value = 0;
    const auto kind = understand(text, value);
    RC_ASSERT(kind == CellKind::number);
    RC_ASSERT(value == std::strtod(text.c_str(), nullptr));
    const auto column = column_of(padded);
    RC_ASSERT(column.is_number && column.numbers[0] == value);
}

RC_GTEST_PROP(Csv, NeverCrashes, ()) {
    const auto text = *rc::gen::container<std::string>(
        rc::gen::element('a', '1', '.', '-', 'e', ',', '"', '\n', '\r', '\t', ';', '\xC3', '\xA9'));
    const auto table = table_of(text);
    if (table) {
        for (const auto& column : table->columns) RC_ASSERT(column.size() == table->rows);
    } else {
        RC_ASSERT(!table.error().sentence.empty());
    }
}
