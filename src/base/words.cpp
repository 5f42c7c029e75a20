#include "base/words.h"

#include <stdexcept>

namespace alongside {
namespace {

std::string filled_in(std::string_view text, const Words& words) {
    std::string out;
    while (!text.empty()) {
        const auto open = text.find('{');
        const auto close = open == std::string_view::npos ? open : text.find('}', open);
        if (close == std::string_view::npos) break;
        out += text.substr(0, open);
        const auto name = text.substr(open + 1, close - open - 1);
        for (const auto& [key, value] : words.values) {
            if (key == name) out += value;
        }
        if (name == "count" && words.many) out += std::to_string(words.count);
        text.remove_prefix(close + 1);
    }
    return out += text;
}

}  // namespace

Words tr(const char* english, WordValues values) { return {english, nullptr, 0, values}; }

Words trn(const char* one, const char* many, long count, WordValues values) {
    return {one, many, count, values};
}

std::string Tongue::operator()(const Words& words) const {
    return filled_in(words.many && words.count != 1 ? words.many : words.one, words);
}

Tongue Tongue::english() { return Tongue("en", nullptr); }
Tongue Tongue::of(std::string_view) { return english(); }
const std::vector<Language>& languages() {
    static const std::vector<Language> all{{"en", "English"}};
    return all;
}

}  // namespace alongside
