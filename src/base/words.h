// Sentences that are said later, in the reader's language.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace alongside {

// A sentence not yet said: the English text is the key of the catalogue. Placeholders are named,
// `{minutes}`, so that a translator can move them.
struct Words {
    const char* one = "";
    const char* many = nullptr;  // set only by trn()
    long count = 0;
    std::vector<std::pair<std::string_view, std::string>> values;

    bool empty() const { return *one == '\0'; }
};

using WordValues = std::initializer_list<std::pair<std::string_view, std::string>>;

// Marks a literal for translation; xgettext reads these calls (keywords tr:1, trn:1,2).
Words tr(const char* english, WordValues values = {});
// The form that fits `count`; `{count}` is filled in.
Words trn(const char* one, const char* many, long count, WordValues values = {});

// A language, ready to speak. Cheap to copy.
class Tongue {
public:
    // Says the sentence in this language; in English where the catalogue has none.
    std::string operator()(const Words& words) const;
    // BCP 47, for `lang=`: "en", "fr-CA".
    std::string_view tag() const { return tag_; }

    static Tongue english();
    // The installed language nearest to `tag`; English if there is none.
    static Tongue of(std::string_view tag);

private:
    explicit Tongue(std::string_view tag, const void* catalogue)
        : tag_(tag), catalogue_(catalogue) {}
    std::string_view tag_;
    const void* catalogue_;
};

// The languages that have a catalogue, English first: tag and the language's own name.
struct Language {
    std::string_view tag;
    std::string_view name;
};
const std::vector<Language>& languages();

}  // namespace alongside
