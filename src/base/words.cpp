#include "base/words.h"

#include <algorithm>
#include <boost/locale/gnu_gettext.hpp>
#include <boost/locale/message.hpp>
#include <locale>
#include <memory>

#include "base/embedded.h"
#include "base/ensure.h"

namespace alongside {
namespace {

using Messages = boost::locale::message_format<char>;

// One embedded catalogue, read once. Works whatever the process's own locale is.
struct Catalogue {
    std::string_view tag;
    std::locale keeper;              // owns the messages
    const Messages* messages;
    int domain;
};

std::unique_ptr<const Catalogue> read(std::string_view tag, std::string_view file_name) {
    const auto* file = embedded_file("locale/" + std::string(file_name) + ".mo");
    if (!file) return nullptr;
    boost::locale::gnu_gettext::messages_info info;
    info.language = "one";           // the loader below has one file, whatever it is called
    info.encoding = "UTF-8";
    info.paths.emplace_back("");
    info.domains.emplace_back("alongside");
    info.callback = [file](const std::string&, const std::string&) {
        return std::vector<char>(file->bytes.begin(), file->bytes.end());
    };
    auto out = std::make_unique<Catalogue>();
    out->tag = tag;
    out->messages = boost::locale::gnu_gettext::create_messages_facet<char>(info);
    ENSURE(out->messages);
    out->keeper = std::locale(std::locale::classic(), const_cast<Messages*>(out->messages));
    out->domain = out->messages->domain("alongside");
    return out;
}

struct Known {
    Language language;
    std::string_view file_name;
};
constexpr Known known[] = {{{"fr-CA", "Français"}, "fr_CA"}};

const std::vector<std::unique_ptr<const Catalogue>>& catalogues() {
    static const auto all = [] {
        std::vector<std::unique_ptr<const Catalogue>> out;
        for (const auto& [language, file_name] : known) {
            if (auto catalogue = read(language.tag, file_name)) out.push_back(std::move(catalogue));
        }
        return out;
    }();
    return all;
}

// A placeholder without a value stays as it stands.
std::string filled_in(std::string_view text, const Words& words) {
    std::string out;
    while (!text.empty()) {
        const auto open = text.find('{');
        const auto close = open == std::string_view::npos ? open : text.find('}', open);
        if (close == std::string_view::npos) break;
        out += text.substr(0, open);
        const auto name = text.substr(open + 1, close - open - 1);
        const auto value = std::ranges::find(words.values, name, [](const auto& pair) {
            return pair.first;
        });
        if (value != words.values.end()) {
            out += value->second;
        } else if (name == "count" && words.many) {
            out += std::to_string(words.count);
        } else {
            out += text.substr(open, close + 1 - open);
        }
        text.remove_prefix(close + 1);
    }
    return out += text;
}

const char* translated(const Catalogue& catalogue, const Words& words) {
    if (!words.many) return catalogue.messages->get(catalogue.domain, nullptr, words.one);
    const auto count = static_cast<int>(words.count);
    return catalogue.messages->get(catalogue.domain, nullptr, words.one, count);
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (lower(a[i]) != lower(b[i])) return false;
    }
    return true;
}

// "fr" of "fr-CA".
std::string_view primary(std::string_view tag) { return tag.substr(0, tag.find('-')); }

}  // namespace

Words tr(const char* english, WordValues values) { return {english, nullptr, 0, values}; }

Words trn(const char* one, const char* many, long count, WordValues values) {
    return {one, many, count, values};
}

std::string Tongue::operator()(const Words& words) const {
    if (words.empty()) return {};    // an empty key would be the catalogue's header
    if (catalogue_) {
        const auto& catalogue = *static_cast<const Catalogue*>(catalogue_);
        if (const char* said = translated(catalogue, words)) return filled_in(said, words);
    }
    return filled_in(words.many && words.count != 1 ? words.many : words.one, words);
}

Tongue Tongue::english() { return Tongue("en", nullptr); }

Tongue Tongue::of(std::string_view tag) {
    for (const auto& catalogue : catalogues()) {
        if (same(catalogue->tag, tag)) return Tongue(catalogue->tag, catalogue.get());
    }
    for (const auto& catalogue : catalogues()) {
        if (same(primary(catalogue->tag), primary(tag))) {
            return Tongue(catalogue->tag, catalogue.get());
        }
    }
    return english();
}

const std::vector<Language>& languages() {
    static const std::vector<Language> all = [] {
        std::vector<Language> out{{"en", "English"}};
        for (const auto& [language, file_name] : known) {
            if (embedded_file("locale/" + std::string(file_name) + ".mo")) out.push_back(language);
        }
        return out;
    }();
    return all;
}

}  // namespace alongside
