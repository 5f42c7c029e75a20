#include "schemes/section.h"

#include <algorithm>
#include <cctype>

namespace alongside::schemes {
namespace {

toml::source_position place_of(const toml::node& node) { return node.source().begin; }

bool is_language_tag(std::string_view key) {
    const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
    const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
    const auto dash = std::min(key.find('-'), key.size());
    if (dash < 2 || dash > 3 || !std::all_of(key.begin(), key.begin() + dash, lower)) return false;
    if (dash == key.size()) return true;
    const auto region = key.substr(dash + 1);
    return region.size() == 2 && std::all_of(region.begin(), region.end(), upper);
}

// A source names public material, never a file on somebody's machine.
bool is_file_path(std::string_view source) {
    if (source.starts_with("https://") || source.starts_with("http://")) return false;
    if (source.find('\\') != source.npos || source.starts_with("/") || source.starts_with(".") ||
        source.starts_with("~") || source.starts_with("file:")) {
        return true;
    }
    for (const std::string_view ending : {".md", ".txt", ".pdf", ".docx", ".toml", ".csv"}) {
        if (source.ends_with(ending)) return true;
    }
    return false;
}

std::string shown(const toml::node& node) {
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* number = node.as_integer()) return std::to_string(number->get());
    if (const auto* yes = node.as_boolean()) return yes->get() ? "yes" : "no";
    std::string out;
    if (const auto* list = node.as_array()) {
        for (const auto& item : *list) out += (out.empty() ? "" : ", ") + shown(item);
    }
    return out;
}

std::string without_unit(std::string_view key) {
    std::string out;
    for (std::size_t from = 0; from <= key.size();) {
        const auto to = std::min(key.find('_', from), key.size());
        const auto part = key.substr(from, to - from);
        static const std::set<std::string_view> units{"seconds", "minutes", "hours", "days",
                                                      "weeks",   "months",  "years"};
        if (!units.contains(part)) out += "_" + std::string(part);
        from = to + 1;
    }
    return out;
}

// Letters to add, drop or change until one is the other; keys are short.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const auto change = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, change});
        }
    }
    return row[b.size()];
}

}  // namespace

// ---- the book ----------------------------------------------------------------------------------

void Book::trouble(toml::source_position at, std::string key, std::string sentence) {
    troubles_.push_back({file_, static_cast<int>(at.line), static_cast<int>(at.column),
                         std::move(key), std::move(sentence)});
}

bool Book::can_tell_of(const std::string& key) const {
    const auto found = places_.lower_bound(key);
    if (found == places_.end() || !found->first.starts_with(key)) return false;
    return std::none_of(troubles_.begin(), troubles_.end(),
                        [&](const Trouble& told) { return told.key == key; });
}

void Book::trouble(const std::string& key, std::string sentence) {
    const auto found = places_.lower_bound(key);
    const bool is_there = found != places_.end() && found->first.starts_with(key);
    trouble(is_there ? found->second : toml::source_position{1, 1}, key, std::move(sentence));
}

void Book::remember(const std::string& key, std::string value, std::string source,
                    toml::source_position at) {
    places_.emplace(key, at);
    read_.push_back({{key, std::move(value), std::move(source)}, at});
}

void Book::remember_words(const std::string& key, const Text& text, toml::source_position at) {
    Spoken spoken{key, {}, at};
    for (const auto& [tag, words] : text) spoken.tags.insert(tag);
    spoken_.push_back(std::move(spoken));
}

void Book::check_languages() {
    std::set<std::string> all{"en"};
    for (const auto& spoken : spoken_) all.insert(spoken.tags.begin(), spoken.tags.end());
    for (const auto& spoken : spoken_) {
        for (const auto& tag : all) {
            if (spoken.tags.contains(tag)) continue;
            trouble(spoken.at, spoken.key,
                    tag == "en" ? "The English words (en) are missing."
                                : "The words in " + tag + " are missing; other keys have them.");
        }
    }
}

std::vector<Trouble> Book::troubles() const {
    auto out = troubles_;
    std::stable_sort(out.begin(), out.end(), [](const Trouble& a, const Trouble& b) {
        return std::tie(a.line, a.column) < std::tie(b.line, b.column);
    });
    return out;
}

std::vector<Sourced> Book::values() const {
    auto sorted = read_;
    std::stable_sort(sorted.begin(), sorted.end(), [](const Read& a, const Read& b) {
        return std::tie(a.at.line, a.at.column) < std::tie(b.at.line, b.at.column);
    });
    std::vector<Sourced> out;
    for (auto& one : sorted) out.push_back(std::move(one.value));
    return out;
}

// ---- a section ---------------------------------------------------------------------------------

Section::Section(Book& book, const toml::table* table, std::string path, std::string source)
    : book_(&book), table_(table), path_(std::move(path)), source_(std::move(source)) {
    if (!table_) return;
    asked_for_.insert("source");
    const auto* own = table_->get("source");
    if (!own) return;
    const auto* text = own->as_string();
    if (!text || text->get().empty() || text->get().size() > 300) {
        book_->trouble(place_of(*own), full("source"),
                       "A source is a short text: what the value was taken from, or \"default\".");
        source_ = "default";    // the mistake is told once
        return;
    }
    source_ = text->get();
    if (is_file_path(source_)) {
        book_->trouble(place_of(*own), full("source"),
                       "A source names public material or \"default\", never a file.");
    }
}

toml::source_position Section::at() const {
    return table_ ? place_of(*table_) : toml::source_position{1, 1};
}

std::string Section::full(std::string_view key) const {
    return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

void Section::wrong_type(std::string_view key, const toml::node& node, std::string_view wanted) {
    book_->trouble(place_of(node), full(key), "This must be " + std::string(wanted) + ".");
}

const toml::node* Section::take(std::string_view key, bool must_be_there, std::string& source) {
    asked_for_.insert(std::string(key));
    if (!table_) return nullptr;
    const toml::node* node = table_->get(key);
    if (!node) {
        if (must_be_there) book_->trouble(at(), full(key), "This value is missing.");
        return nullptr;
    }
    source = source_;
    const auto place = place_of(*node);
    if (const auto* wrapped = node->as_table()) {
        node = wrapped->get("value");
        if (!node) {
            book_->trouble(place, full(key), "Write { value = …, source = \"…\" }.");
            return nullptr;
        }
        Section inner(*book_, wrapped, full(key), source_);
        inner.asked_for_.insert("value");
        inner.close();
        source = inner.source_;
    }
    if (source.empty()) {
        book_->trouble(place, full(key),
                       "This value has no source: say where it comes from, or \"default\".");
    }
    book_->remember(full(key), shown(*node), source, place);
    return node;
}

std::optional<int> Section::take_number(std::string_view key, const toml::node& node, int least,
                                        int most) {
    const auto* number = node.as_integer();
    if (!number) {
        wrong_type(key, node, "a whole number without a unit; the key says the unit");
        return std::nullopt;
    }
    if (number->get() < least || number->get() > most) {
        book_->trouble(place_of(node), full(key),
                       "This must be from " + std::to_string(least) + " to " +
                           std::to_string(most) + ".");
        return std::nullopt;
    }
    return static_cast<int>(number->get());
}

void Section::read(std::string_view key, int& out, int least, int most) {
    std::string source;
    const auto* node = take(key, true, source);
    if (!node) return;
    if (const auto number = take_number(key, *node, least, most)) out = *number;
}

void Section::read_if_there(std::string_view key, std::optional<int>& out, int least, int most) {
    std::string source;
    const auto* node = take(key, false, source);
    if (node) out = take_number(key, *node, least, most);
}

void Section::read_if_there(std::string_view key, int& out, int least, int most) {
    std::optional<int> there;
    read_if_there(key, there, least, most);
    out = there.value_or(out);
}

void Section::read(std::string_view key, bool& out) { read_yes(key, out, true); }

void Section::read_if_there(std::string_view key, bool& out) { read_yes(key, out, false); }

void Section::read_yes(std::string_view key, bool& out, bool must_be_there) {
    std::string source;
    const auto* node = take(key, must_be_there, source);
    if (!node) return;
    if (const auto* yes = node->as_boolean()) out = yes->get();
    else wrong_type(key, *node, "true or false");
}

std::optional<Section::Taken> Section::take_text(std::string_view key, std::string& out) {
    std::string source;
    const auto* node = take(key, true, source);
    if (!node) return std::nullopt;
    const auto* text = node->as_string();
    if (!text) {
        wrong_type(key, *node, "a text in quotes");
        return std::nullopt;
    }
    out = text->get();
    return Taken{full(key), out, place_of(*node)};
}

bool Section::is_sound(const Taken& taken, std::size_t most, bool may_be_empty) {
    const auto is_blank = [](unsigned char c) { return c == ' ' || c == '\n'; };
    if (std::all_of(taken.text.begin(), taken.text.end(), is_blank)) {
        if (may_be_empty && taken.text.empty()) return true;
        book_->trouble(taken.at, taken.key, "This text is empty.");
        return false;
    }
    if (taken.text.size() > most) {
        book_->trouble(taken.at, taken.key,
                       "This text is too long: " + std::to_string(most) + " bytes at most.");
        return false;
    }
    const auto is_control = [](unsigned char c) { return (c < 32 && c != '\n') || c == 127; };
    if (std::any_of(taken.text.begin(), taken.text.end(), is_control)) {
        book_->trouble(taken.at, taken.key, "This text holds a control character.");
        return false;
    }
    return true;
}

void Section::read(std::string_view key, std::string& out, std::size_t most, bool may_be_empty) {
    std::string text;
    const auto taken = take_text(key, text);
    if (taken && is_sound(*taken, most, may_be_empty)) out = text;
}

void Section::read_code(std::string_view key, std::string& out) {
    std::string text;
    const auto taken = take_text(key, text);
    if (!taken) return;
    const auto fits = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                                          c == '_'; };
    if (text.size() < 2 || text.size() > 40 || text[0] < 'A' || text[0] > 'Z' ||
        !std::all_of(text.begin(), text.end(), fits)) {
        book_->trouble(taken->at, taken->key,
                       "A code is 2 to 40 capital letters, digits and underscores.");
        return;
    }
    out = text;
}

void Section::read_time_of_day(std::string_view key, int& out) {
    std::string text;
    const auto taken = take_text(key, text);
    if (!taken) return;
    const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
    if (text.size() == 5 && text[2] == ':' && digit(0) && digit(1) && digit(3) && digit(4)) {
        const int hour = (text[0] - '0') * 10 + text[1] - '0';
        const int minute = (text[3] - '0') * 10 + text[4] - '0';
        if (hour < 24 && minute < 60) {
            out = hour * 60 + minute;
            return;
        }
    }
    book_->trouble(taken->at, taken->key, "Write a time of day as \"22:00\".");
}

bool Section::take_list(std::string_view key, std::vector<Taken>& out) {
    std::string source;
    const auto* node = take(key, true, source);
    if (!node) return false;
    const auto* list = node->as_array();
    if (!list) {
        wrong_type(key, *node, "a list of texts, [\"…\", \"…\"]");
        return false;
    }
    std::set<std::string> seen;
    for (const auto& item : *list) {
        const auto* text = item.as_string();
        if (!text) {
            wrong_type(key, item, "a text in quotes");
        } else if (!seen.insert(text->get()).second) {
            book_->trouble(place_of(item), full(key), "This is in the list twice.");
        } else {
            out.push_back({full(key), text->get(), place_of(item)});
        }
    }
    return true;
}

void Section::read(std::string_view key, std::vector<std::string>& out) {
    std::vector<Taken> items;
    take_list(key, items);
    for (const auto& item : items) {
        if (is_sound(item, 300, false)) out.push_back(item.text);
    }
}

void Section::read_languages(Text& out) {
    if (!table_) return;
    for (const auto& [name, node] : *table_) {
        const std::string key(name.str());
        if (!is_language_tag(key)) continue;
        std::string text;
        const auto taken = take_text(key, text);
        if (taken && is_sound(*taken, 4000, false)) out[key] = text;
    }
    book_->remember_words(path_, out, at());
}

Section Section::section(std::string_view key) {
    asked_for_.insert(std::string(key));
    const auto* node = table_ ? table_->get(key) : nullptr;
    const auto* inner = node ? node->as_table() : nullptr;
    if (table_ && !node) {
        book_->trouble(at(), full(key), "The part [" + full(key) + "] is missing.");
    } else if (node && !inner) {
        wrong_type(key, *node, "a part of its own, [" + full(key) + "]");
    }
    return Section(*book_, inner, full(key), source_);
}

std::optional<Section> Section::section_if_there(std::string_view key) {
    if (!table_ || !table_->contains(key)) {
        asked_for_.insert(std::string(key));
        return std::nullopt;
    }
    return section(key);
}

std::vector<Section> Section::sections(std::string_view key, bool may_be_empty) {
    asked_for_.insert(std::string(key));
    std::vector<Section> out;
    const auto* node = table_ ? table_->get(key) : nullptr;
    if (!node) {
        if (table_ && !may_be_empty) {
            book_->trouble(at(), full(key), "The list [[" + full(key) + "]] is missing.");
        }
        return out;
    }
    const auto* list = node->as_array();
    if (!list) {
        wrong_type(key, *node, "a list of parts, [[" + full(key) + "]]");
        return out;
    }
    for (const auto& item : *list) {
        const auto path = full(key) + "." + std::to_string(out.size() + 1);
        if (!item.as_table()) wrong_type(key, item, "a part of its own, [[" + full(key) + "]]");
        out.emplace_back(*book_, item.as_table(), path, source_);
    }
    if (out.empty() && !may_be_empty) wrong_type(key, *node, "a list with something in it");
    return out;
}

std::vector<std::pair<std::string, Section>> Section::every_section() {
    std::vector<std::pair<std::string, Section>> out;
    if (!table_) return out;
    for (const auto& [name, node] : *table_) {
        const std::string key(name.str());
        if (!is_language_tag(key) || !node.as_table()) continue;
        out.emplace_back(key, section(key));
    }
    return out;
}

std::string Section::meant_instead_of(std::string_view key) const {
    for (const auto& known : asked_for_) {
        if (known != "source" && without_unit(known) == without_unit(key)) {
            return " The unit is another one: write '" + known + "'.";
        }
    }
    for (const auto& known : asked_for_) {
        if (known.size() <= 4 || distance(known, key.substr(0, 60)) > 2) continue;
        return " Did you mean '" + known + "'?";
    }
    return "";
}

void Section::close() {
    if (!table_) return;
    for (const auto& [name, node] : *table_) {
        const std::string key(name.str());
        if (asked_for_.contains(key)) continue;
        book_->trouble(name.source().begin, full(key),
                       "There is no such key." + meant_instead_of(key));
    }
}

}  // namespace alongside::schemes
