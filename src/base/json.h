// JSON from outside, read strictly: no name twice in one object, nested only so deep.
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace alongside {

// Why a text isn't such JSON.
struct JsonTrouble {
    std::size_t at = 0;                 // the byte at which it was noticed, from 0
    bool is_cut_short = false;
    std::string what;                   // in English for programmers, without what the text holds
    std::string twice;                  // where a name stands a second time: "people[2].number"
};

tl::expected<boost::json::value, JsonTrouble> read_json(std::string_view text,
                                                        std::size_t most_depth = 32);

}  // namespace alongside
