#include "people/csv.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "people/columns.h"
#include "people/json_records.h"
#include "people/refusals.h"

namespace alongside::people {
namespace {

using Records = std::vector<std::vector<std::string>>;

struct Parsed {
    std::vector<CsvRecord> records;
    std::optional<TroubleAt> trouble;
};
Parsed parse(std::string_view text, std::size_t piece = 1'000'000) {
    Parsed out;
    CsvParser parser([&](CsvRecord& record) { out.records.push_back(record); });
    while (!text.empty()) {
        parser.feed(text.substr(0, piece));
        text.remove_prefix(std::min(piece, text.size()));
    }
    out.trouble = parser.finish();
    return out;
}
Records cells(const Parsed& parsed) {
    Records out;
    for (const auto& record : parsed.records) out.push_back(record.cells);
    return out;
}
// Every cell in quotes, as RFC 4180 allows.
std::string written(const Records& records, std::string_view newline) {
    std::string out;
    for (const auto& record : records) {
        for (std::size_t i = 0; i < record.size(); ++i) {
            out += i ? ",\"" : "\"";
            for (const char c : record[i]) out += std::string(c == '"' ? 2 : 1, c);
            out += '"';
        }
        out += newline;
    }
    return out;
}

TEST(Csv, CellsQuotesAndNewlines) {
    EXPECT_EQ(cells(parse("a,b\r\n1,\"2\"\n,\n")),
              (Records{{"a", "b"}, {"1", "2"}, {"", ""}}));
    EXPECT_EQ(cells(parse("\"a\nb\",\"c\"\"d\"\"\"")), (Records{{"a\nb", "c\"d\""}}));
    EXPECT_EQ(cells(parse("a\rb\r\rc")), (Records{{"a"}, {"b"}, {"c"}})) << "blank lines skipped";
    EXPECT_EQ(cells(parse("")), Records{});
    EXPECT_EQ(cells(parse("\"\"")), (Records{{""}}));
}

TEST(Csv, TheHeaderSaysWhatStandsBetweenCells) {
    EXPECT_EQ(cells(parse("a;b\n1,5;\"2;3\"\n")), (Records{{"a", "b"}, {"1,5", "2;3"}}));
    EXPECT_EQ(cells(parse("\"a,b\"\tc\n1;2\t3,4\n")), (Records{{"a,b", "c"}, {"1;2", "3,4"}}));
    EXPECT_EQ(cells(parse("a,b\n1;2,3\n")), (Records{{"a", "b"}, {"1;2", "3"}}));
    EXPECT_EQ(cells(parse("a\n1,2\n")), (Records{{"a"}, {"1", "2"}})) << "a comma otherwise";
}

TEST(Csv, LinesAreThoseOfTheFile) {
    const auto parsed = parse("a\r\n\"b\r\nb\"\n\nc\n");
    ASSERT_EQ(parsed.records.size(), 3u);
    EXPECT_EQ(parsed.records[0].line, 1);
    EXPECT_EQ(parsed.records[1].line, 2);
    EXPECT_EQ(parsed.records[2].line, 5);
}

TEST(Csv, TroubleNamesTheLine) {
    const auto cut = parse("a,b\n1,\"2");
    ASSERT_TRUE(cut.trouble);
    EXPECT_EQ(cut.trouble->trouble, FileTrouble::cut_short);
    EXPECT_EQ(cut.trouble->line, 2);
    EXPECT_EQ(parse(std::string_view("a\0b", 3)).trouble->trouble, FileTrouble::not_a_text_file);
    EXPECT_EQ(parse("x\n" + std::string(70'000, 'y')).trouble->trouble, FileTrouble::row_too_long);
    EXPECT_EQ(parse(std::string(600, ',')).trouble->trouble, FileTrouble::too_many_columns);
    EXPECT_TRUE(parse("\"a\"b,c").records.at(0).has_stray_quote);
}

RC_GTEST_PROP(CsvProperty, WhatIsWrittenIsReadBack, (std::vector<std::vector<std::string>> all)) {
    for (auto& record : all) {
        if (record.empty()) record.emplace_back();
        for (auto& cell : record) std::erase(cell, '\0');
    }
    const auto newline = *rc::gen::element<std::string>("\n", "\r\n", "\r");
    const auto piece = *rc::gen::inRange<std::size_t>(1, 20);
    const auto parsed = parse(written(all, newline), piece);
    RC_ASSERT(!parsed.trouble);
    RC_ASSERT(cells(parsed) == all);
}

RC_GTEST_PROP(CsvProperty, PiecesMakeNoDifference, (std::string text)) {
    const auto piece = *rc::gen::inRange<std::size_t>(1, 5);
    const auto whole = parse(text), split = parse(text, piece);
    RC_ASSERT(cells(whole) == cells(split));
    RC_ASSERT(whole.trouble.has_value() == split.trouble.has_value());
}

struct Objects {
    std::vector<JsonRecord> records;
    std::optional<TroubleAt> trouble;
};
Objects parse_json(std::string_view text, std::size_t piece = 1'000'000) {
    Objects out;
    JsonRecords parser([&](JsonRecord& record) { out.records.push_back(record); });
    while (!text.empty()) {
        parser.feed(text.substr(0, piece));
        text.remove_prefix(std::min(piece, text.size()));
    }
    out.trouble = parser.finish();
    return out;
}

TEST(Json, RecordsInAnyPieces) {
    const std::string text = "\xEF\xBB\xBF[\n{\"a\":\"x\\u00e9\",\"n\":12.50,\"t\":true,\"z\":null,"
                             "\"alerts\":[{\"alertType\":\"H\"}],\"languages\":[\"en\",\"fr\"],"
                             "\"spoken\":[{\"code\":\"ENG\"},{\"code\":\"CYM\"}],"
                             "\"level\":{\"code\":\"STD\"},\"none\":[]},\n{}]\n ";
    for (const std::size_t piece : {1u, 2u, 7u, 1000u}) {
        const auto parsed = parse_json(text, piece);
        ASSERT_FALSE(parsed.trouble) << piece;
        ASSERT_EQ(parsed.records.size(), 2u);
        const std::vector<std::pair<std::string, std::string>> members{
            {"a", "xé"}, {"n", "12.50"}, {"t", "true"}, {"languages", "en fr"},
            {"spoken", "ENG CYM"}};
        EXPECT_EQ(parsed.records[0].members, members);
        EXPECT_EQ(parsed.records[0].nested, (std::vector<std::string>{"alerts", "level", "none"}));
        EXPECT_EQ(parsed.records[1].line, 2);
    }
}

TEST(Json, ANameThatStandsTwiceIsNamed) {
    const auto twice = [](std::string_view text) { return parse_json(text).records.at(0).twice; };
    EXPECT_EQ(twice(R"([{"a":"1","b":"2"}])"), "");
    EXPECT_EQ(twice(R"([{"a":"1","a":"1"}])"), "a");
    EXPECT_EQ(twice(R"([{"a":"1","b":"2","a":null}])"), "a");
    EXPECT_EQ(twice(R"([{"x":{"y":1},"z":[{"y":1},{"y":2}]}])"), "") << "each of its own object";
    EXPECT_EQ(twice(R"([{"z":[{"code":"EN","code":"FR"}]}])"), "code");
}

TEST(Json, TroubleIsNamed) {
    const auto trouble = [](std::string_view text) { return parse_json(text).trouble->trouble; };
    EXPECT_EQ(trouble("[{\"a\":1}"), FileTrouble::cut_short);
    EXPECT_EQ(trouble("[{\"a\""), FileTrouble::cut_short);
    EXPECT_EQ(trouble("{\"a\":1}"), FileTrouble::not_a_list);
    EXPECT_EQ(trouble("[1]"), FileTrouble::not_a_list);
    EXPECT_EQ(trouble("[[]]"), FileTrouble::not_a_list);
    EXPECT_EQ(trouble(""), FileTrouble::not_a_list);
    EXPECT_EQ(trouble("[] x"), FileTrouble::not_json);
    EXPECT_EQ(trouble("[{a:1}]"), FileTrouble::not_json);
    EXPECT_EQ(trouble("[{\"a\":\"\xFF\"}]"), FileTrouble::not_json);
    EXPECT_EQ(trouble("\xFF\xFE[\0"), FileTrouble::wrong_encoding);
    EXPECT_EQ(trouble(std::string_view("[\0]", 3)), FileTrouble::not_a_text_file);
    EXPECT_EQ(trouble("[{\"a\":\"" + std::string(70'000, 'y') + "\"}]"), FileTrouble::row_too_long);
    EXPECT_EQ(parse_json("[\n\n{a}]").trouble->line, 3);
}

TEST(Columns, NamesSynonymsAndMaps) {
    const auto map = ColumnMap::parse("date_order = \"dmy\"\n"
                                      "[columns]\ncellLocation = \"Cellule\"\n"
                                      "[values.gender]\nH = \"Male\"\n")
                         .value();
    std::vector<Row> rows;
    Rows reading(Rows::Format::csv, roll_columns(), map, [&](Row& row) { rows.push_back(row); });
    reading.feed("Noms Number,CELLULE,gender,religion,cellLocation\nA1234AA, A-1-001 ,H,x,y\n1\n");
    ASSERT_FALSE(reading.finish());
    ASSERT_EQ(rows.size(), 2u);
    const auto cell = [&](RollColumn c) { return rows[0].cells[static_cast<std::size_t>(c)]; };
    EXPECT_EQ(cell(RollColumn::number), "A1234AA");
    EXPECT_EQ(cell(RollColumn::place), "A-1-001");
    EXPECT_EQ(cell(RollColumn::gender), "Male");
    EXPECT_EQ(rows[1].flaw, Row::Flaw::too_few_cells);
    EXPECT_EQ(reading.left_out(), (std::vector<std::string>{"religion", "cellLocation"}));
}

TEST(Columns, AMapThatIsWrongIsRefused) {
    for (const char* text : {"nonsense", "what = 1", "[columns]\nreligion = \"x\"",
                             "[columns]\nstatus = 1", "date_order = \"dym\"",
                             "[values]\ngender = 1"}) {
        const auto map = ColumnMap::parse(text);
        ASSERT_FALSE(map) << text;
        EXPECT_EQ(map.error().code, "people.bad_column_map");
        EXPECT_FALSE(map.error().sentence.values.empty());
    }
}

TEST(Columns, DaysInEveryOrder) {
    const Day day{std::chrono::year(2026), std::chrono::February, std::chrono::day(3)};
    EXPECT_EQ(parse_day("2026-02-03", "dmy"), day);
    EXPECT_EQ(parse_day("2026-02-03T10:00:00", "ymd"), day);
    EXPECT_EQ(parse_day("03/02/2026", "dmy"), day);
    EXPECT_EQ(parse_day("2.3.2026", "mdy"), day);
    for (const char* text : {"", "2026-02-30", "03/02/26", "2026-02", "2026-02-03-04", "x",
                             "99999-01-01", "2026--02"}) {
        EXPECT_FALSE(parse_day(text, "ymd")) << text;
    }
}

}  // namespace
}  // namespace alongside::people
