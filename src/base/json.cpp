#include "base/json.h"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <cstdint>
#include <set>
#include <vector>

namespace alongside {
namespace {

namespace json = boost::json;

// Builds the value as the library's own parser does, and remembers the names of what is open: that
// parser takes the last of two without a word.
class JsonBuilder {
public:
    static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_array_size = max_object_size;
    static constexpr std::size_t max_key_size = json::string::max_size();
    static constexpr std::size_t max_string_size = json::string::max_size();

    bool on_document_begin(json::error_code&) {
        stack.reset();
        return true;
    }
    bool on_document_end(json::error_code&) { return true; }
    bool on_object_begin(json::error_code&) { return begin(false); }
    bool on_object_end(std::size_t n, json::error_code&) {
        open_.pop_back();
        stack.push_object(n);
        return true;
    }
    bool on_array_begin(json::error_code&) { return begin(true); }
    bool on_array_end(std::size_t n, json::error_code&) {
        open_.pop_back();
        stack.push_array(n);
        return true;
    }
    bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
        name_.append(part.data(), part.size());
        stack.push_chars(part);
        return true;
    }
    bool on_key(json::string_view part, std::size_t, json::error_code& error) {
        name_.append(part.data(), part.size());
        auto& object = open_.back();
        object.name = name_;
        if (!object.names.insert(std::exchange(name_, {})).second) {
            twice = path();
            error = json::error::syntax;
            return false;
        }
        stack.push_key(part);
        return true;
    }
    bool on_string_part(json::string_view part, std::size_t, json::error_code&) {
        stack.push_chars(part);
        return true;
    }
    bool on_string(json::string_view part, std::size_t, json::error_code&) {
        count();
        stack.push_string(part);
        return true;
    }
    bool on_number_part(json::string_view, json::error_code&) { return true; }
    bool on_int64(std::int64_t value, json::string_view, json::error_code&) {
        count();
        stack.push_int64(value);
        return true;
    }
    bool on_uint64(std::uint64_t value, json::string_view, json::error_code&) {
        count();
        stack.push_uint64(value);
        return true;
    }
    bool on_double(double value, json::string_view, json::error_code&) {
        count();
        stack.push_double(value);
        return true;
    }
    bool on_bool(bool value, json::error_code&) {
        count();
        stack.push_bool(value);
        return true;
    }
    bool on_null(json::error_code&) {
        count();
        stack.push_null();
        return true;
    }
    bool on_comment_part(json::string_view, json::error_code&) { return true; }
    bool on_comment(json::string_view, json::error_code&) { return true; }

    json::value_stack stack;
    std::string twice;

private:
    struct Open {
        bool is_list;
        std::size_t items = 0;
        std::string name;               // the member that is being read
        std::set<std::string> names;
    };
    void count() {
        if (!open_.empty() && open_.back().is_list) ++open_.back().items;
    }
    bool begin(bool is_list) {
        count();
        open_.push_back({is_list, 0, {}, {}});
        return true;
    }
    std::string path() const {
        std::string out;
        for (const auto& one : open_) {
            if (one.is_list) out += "[" + std::to_string(one.items - 1) + "]";
            else out += (out.empty() ? "" : ".") + one.name;
        }
        return out;
    }

    std::vector<Open> open_;
    std::string name_;
};

}  // namespace

tl::expected<json::value, JsonTrouble> read_json(std::string_view text, std::size_t most_depth) {
    json::parse_options options;
    options.max_depth = most_depth;
    json::basic_parser<JsonBuilder> parser(options);
    json::error_code error;
    const auto read = parser.write_some(false, text.data(), text.size(), error);
    if (!error && read < text.size()) error = json::error::extra_data;
    if (!error) return parser.handler().stack.release();
    JsonTrouble out;
    out.is_cut_short = error == json::error::incomplete;
    out.at = out.is_cut_short ? text.size() : read;
    out.twice = parser.handler().twice;
    out.what = out.twice.empty() ? error.message() : "a name stands there twice";
    return tl::make_unexpected(std::move(out));
}

}  // namespace alongside
