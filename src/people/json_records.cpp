#include "people/json_records.h"

#include <algorithm>
#include <set>
#include <boost/json/basic_parser_impl.hpp>

namespace alongside::people {
namespace {

namespace json = boost::json;

// Levels: 1 inside the list, 2 inside a record, 3 inside a member's list or object, and so on.
struct Handler {
    static constexpr std::size_t max_object_size = 10'000;
    static constexpr std::size_t max_array_size = 10'000'000;
    static constexpr std::size_t max_key_size = 1'000;
    static constexpr std::size_t max_string_size = longest_record_bytes;

    JsonRecords::OnRecord on_record;
    JsonRecord record;
    std::int64_t records = 0;
    std::size_t level = 0;
    std::size_t bytes = 0;              // of this record
    std::string text, key;              // as they come in parts
    std::string member;                 // the record's member that is being read
    std::string list;                   // what a member's list has said so far
    bool is_list = false;
    std::vector<std::set<std::string>> names;   // of the objects that are open
    std::optional<FileTrouble> trouble;

    bool stop(FileTrouble why, json::error_code& ec) {
        trouble = why;
        ec = json::error::syntax;
        return false;
    }
    bool on_document_begin(json::error_code&) { return true; }
    bool on_document_end(json::error_code&) { return true; }

    bool on_array_begin(json::error_code& ec) {
        if (level == 1) return stop(FileTrouble::not_a_list, ec);
        if (level == 2) begin_nested(true);
        ++level;
        return true;
    }
    bool on_array_end(std::size_t, json::error_code&) {
        --level;
        if (level == 2) end_nested();
        return true;
    }
    bool on_object_begin(json::error_code& ec) {
        if (level == 0) return stop(FileTrouble::not_a_list, ec);
        if (level == 1) {
            record = {};
            record.line = ++records;
            bytes = 0;
        }
        if (level == 2) begin_nested(false);
        ++level;
        names.emplace_back();
        return true;
    }
    bool on_object_end(std::size_t, json::error_code&) {
        --level;
        names.pop_back();
        if (level == 1) on_record(record);
        if (level == 2) end_nested();
        return true;
    }
    void begin_nested(bool of_list) {
        list.clear();
        is_list = of_list;
    }
    void end_nested() {
        if (is_list && !list.empty()) {
            record.members.emplace_back(member, list);
        } else {
            record.nested.push_back(member);
        }
    }

    bool take(json::string_view part, std::string& into, json::error_code& ec) {
        bytes += part.size();
        if (bytes > longest_record_bytes) return stop(FileTrouble::row_too_long, ec);
        into.append(part.data(), part.size());
        return true;
    }
    bool on_key_part(json::string_view s, std::size_t, json::error_code& ec) {
        return take(s, key, ec);
    }
    bool on_key(json::string_view s, std::size_t, json::error_code& ec) {
        if (!take(s, key, ec)) return false;
        if (!names.back().insert(key).second && record.twice.empty()) record.twice = key;
        if (level == 2) member = key;
        if (level > 2) inner_key = key;
        key.clear();
        return true;
    }
    std::string inner_key;

    bool on_value(std::string value, json::error_code& ec) {
        if (level < 2) return stop(FileTrouble::not_a_list, ec);
        if (level == 2) {
            record.members.emplace_back(member, std::move(value));
        } else if (is_list && (level == 3 || (level == 4 && inner_key == "code"))) {
            if (!list.empty()) list += ' ';
            list += value;
        }
        return true;
    }
    bool end_text(json::string_view s, json::error_code& ec) {
        if (!take(s, text, ec)) return false;
        std::string value;
        value.swap(text);
        return on_value(std::move(value), ec);
    }
    bool on_string_part(json::string_view s, std::size_t, json::error_code& ec) {
        return take(s, text, ec);
    }
    bool on_string(json::string_view s, std::size_t, json::error_code& ec) {
        return end_text(s, ec);
    }
    bool on_number_part(json::string_view s, json::error_code& ec) { return take(s, text, ec); }
    bool on_int64(std::int64_t, json::string_view s, json::error_code& ec) {
        return end_text(s, ec);
    }
    bool on_uint64(std::uint64_t, json::string_view s, json::error_code& ec) {
        return end_text(s, ec);
    }
    bool on_double(double, json::string_view s, json::error_code& ec) { return end_text(s, ec); }
    bool on_bool(bool value, json::error_code& ec) {
        return on_value(value ? "true" : "false", ec);
    }
    bool on_null(json::error_code& ec) {
        return level < 2 ? stop(FileTrouble::not_a_list, ec) : true;
    }
    bool on_comment_part(json::string_view, json::error_code&) { return true; }
    bool on_comment(json::string_view, json::error_code&) { return true; }
};

}  // namespace

struct JsonRecords::Reading {
    explicit Reading(OnRecord on_record) : parser(json::parse_options{}) {
        parser.handler().on_record = std::move(on_record);
    }

    std::optional<TroubleAt> stop(FileTrouble why) {
        trouble = TroubleAt{parser.handler().trouble.value_or(why), line};
        return trouble;
    }

    // After the list nothing may follow.
    std::optional<TroubleAt> only_space(std::string_view rest) {
        if (rest.find_first_not_of(" \t\r\n") == std::string_view::npos) return std::nullopt;
        return stop(FileTrouble::not_json);
    }

    json::basic_parser<Handler> parser;
    TextGate gate;
    std::int64_t line = 1;
    bool has_bytes = false;
    std::optional<TroubleAt> trouble;
};

JsonRecords::JsonRecords(OnRecord on_record)
    : reading_(std::make_unique<Reading>(std::move(on_record))) {}
JsonRecords::~JsonRecords() = default;

std::optional<TroubleAt> JsonRecords::feed(std::string_view bytes) {
    auto& r = *reading_;
    if (r.trouble) return r.trouble;
    if (const auto trouble = r.gate.pass(bytes)) {
        r.line = r.gate.line();
        return r.stop(*trouble);
    }
    if (bytes.empty()) return std::nullopt;
    r.has_bytes = true;
    if (r.parser.done()) return r.only_space(bytes);
    json::error_code ec;
    const auto used = r.parser.write_some(true, bytes.data(), bytes.size(), ec);
    r.line += std::ranges::count(bytes.substr(0, used), '\n');
    if (ec == json::error::string_too_large) return r.stop(FileTrouble::row_too_long);
    if (ec) return r.stop(FileTrouble::not_json);
    return r.only_space(bytes.substr(used));
}

std::optional<TroubleAt> JsonRecords::finish() {
    auto& r = *reading_;
    if (r.trouble) return r.trouble;
    if (!r.has_bytes) return r.stop(FileTrouble::not_a_list);
    if (!r.parser.done()) return r.stop(FileTrouble::cut_short);
    return std::nullopt;
}

}  // namespace alongside::people
