#include <algorithm>

#include "base/embedded.h"
#include "base/ensure.h"
#include "schemes/schemes.h"

namespace alongside::schemes {

const std::string& in_language(const Text& text, std::string_view language_tag) {
    const auto found = text.find(std::string(language_tag));
    if (found != text.end()) return found->second;
    const auto english = text.find("en");
    ENSURE(english != text.end());
    return english->second;
}

const SchemeWords& Policy::say(std::string_view language_tag) const {
    const auto found = words.find(std::string(language_tag));
    if (found != words.end()) return found->second;
    const auto english = words.find("en");
    ENSURE(english != words.end());
    return english->second;
}

const std::vector<Policy>& templates() {
    static const std::vector<Policy> all = [] {
        std::vector<Policy> out;
        for (const auto& file : embedded_in("schemes")) {
            auto reading = read_policy(file.bytes, file.path);
            const bool template_is_sound = reading.policy.has_value();
            ENSURE(template_is_sound);
            out.push_back(std::move(*reading.policy));
        }
        return out;
    }();
    return all;
}

std::optional<std::string> template_text(const SchemeCode& scheme) {
    const auto* file = embedded_file("schemes/" + scheme.text() + ".toml");
    if (!file) return std::nullopt;
    return std::string(file->bytes);
}

}  // namespace alongside::schemes
