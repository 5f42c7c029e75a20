#include "evidence/plan_reading.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <utility>

namespace alongside::evidence {
namespace {

// Letters that must be put in, taken out, changed or swapped to make one word the other.
std::size_t letters_apart(std::string_view a, std::string_view b) {
    std::vector<std::vector<std::size_t>> cost(a.size() + 1,
                                               std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
    for (std::size_t j = 0; j <= b.size(); ++j) cost[0][j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        for (std::size_t j = 1; j <= b.size(); ++j) {
            auto& least = cost[i][j];
            least = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1,
                              cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                least = std::min(least, cost[i - 2][j - 2] + 1);
            }
        }
    }
    return cost[a.size()][b.size()];
}

std::string quoted_list(const std::vector<std::string>& words) {
    std::string out;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i) out += i + 1 == words.size() ? " or " : ", ";
        out += '"' + words[i] + '"';
    }
    return out;
}

}  // namespace

void PlanMistakes::add(PlanPlace at, std::string sentence) {
    lines_.emplace(std::pair{at.line, at.column},
                   fmt::format("{}:{}:{}: {}", file_, at.line, at.column, sentence));
}

void PlanMistakes::add_unknown(PlanPlace at, const std::string& name, const std::string& key) {
    unknown_.push_back({at, name, key});
}

std::string PlanMistakes::text() {
    for (const auto& one : std::exchange(unknown_, {})) {
        const auto other = std::ranges::find_if(asked_, [&](const std::string& known) {
            return known.substr(known.rfind('.') + 1) == one.key && known != one.key;
        });
        add(one.at, fmt::format("the plan knows no \"{}\"{}", one.name,
                                other == asked_.end()
                                    ? ""
                                    : fmt::format("; \"{}\" belongs under [{}]", one.key,
                                                  other->substr(0, other->rfind('.')))));
    }
    std::string out;
    for (const auto& [at, line] : lines_) {
        if (!out.empty()) out += '\n';
        out += line;
    }
    return out;
}

PlanPlace place_of(const toml::source_region& source) {
    return {source.begin.line, source.begin.column};
}

std::optional<std::string> nearest_word(const std::string& typed,
                                        const std::vector<std::string>& words) {
    std::optional<std::string> best;
    std::size_t least = std::max<std::size_t>(typed.size() / 3, 1) + 1;
    for (const auto& word : words) {
        const auto apart = letters_apart(typed, word);
        const bool begins = typed.size() >= 4 && word.starts_with(typed);
        if ((apart < least || begins) && !(best && begins && least <= 1)) {
            least = begins ? 1 : apart;
            best = word;
        }
    }
    return best;
}

std::string PlanTable::whole_name(std::string_view key) const {
    return name_.empty() ? std::string(key) : name_ + "." + std::string(key);
}

PlanPlace PlanTable::place(std::string_view key) const {
    const auto* node = table_ ? table_->get(key) : nullptr;
    return node ? place_of(node->source()) : at_;
}

bool PlanTable::has(std::string_view key) const { return table_ && table_->contains(key); }

const toml::node* PlanTable::take(std::string_view key, bool required, const char* what) {
    known_.emplace_back(key);
    mistakes_.asked_for(whole_name(key));
    const auto* node = table_ ? table_->get(key) : nullptr;
    if (!node && required) {
        mistakes_.add(at_, fmt::format("\"{}\" is missing: {}", whole_name(key), what));
    }
    return node;
}

void PlanTable::wrong(const toml::node& node, std::string_view key, const std::string& wanted) {
    mistakes_.add(place_of(node.source()),
                  fmt::format("\"{}\" must be {}", whole_name(key), wanted));
}

Named PlanTable::text(std::string_view key, bool required) {
    const auto* node = take(key, required, "give it a text");
    if (!node) return {};
    const auto value = node->value_exact<std::string>();
    if (!value || value->empty()) {
        wrong(*node, key, "a text, such as \"age\"");
        return {};
    }
    return {*value, place_of(node->source())};
}

std::string PlanTable::words(std::string_view key, std::string otherwise, bool required) {
    auto given = text(key, required);
    return given.empty() ? std::move(otherwise) : std::move(given.text);
}

Named PlanTable::value(std::string_view key) {
    const auto* node = take(key, false, "");
    if (!node) return {};
    const auto at = place_of(node->source());
    if (const auto word = node->value_exact<std::string>(); word && !word->empty()) {
        return {*word, at};
    }
    if (const auto whole = node->value_exact<std::int64_t>()) return {std::to_string(*whole), at};
    if (const auto real = node->value_exact<double>()) return {fmt::format("{}", *real), at};
    wrong(*node, key, "a value as it stands in the column: a text or a number");
    return {};
}

std::optional<double> PlanTable::number(std::string_view key, double least, double most,
                                        bool required) {
    const auto* node = take(key, required, "give it a number");
    if (!node) return std::nullopt;
    const auto value = node->is_number() ? node->value<double>() : std::nullopt;
    if (!value || !(*value >= least && *value <= most)) {
        std::string wanted = "a number";
        if (std::isfinite(least) && std::isfinite(most)) {
            wanted = fmt::format("a number from {} to {}", least, most);
        } else if (std::isfinite(least)) {
            wanted = fmt::format("a number of {} or more", least);
        }
        wrong(*node, key, wanted);
        return std::nullopt;
    }
    return value;
}

int PlanTable::whole(std::string_view key, int otherwise, int least, int most) {
    const auto* node = take(key, false, "");
    if (!node) return otherwise;
    const auto value = node->value_exact<std::int64_t>();
    if (!value || *value < least || *value > most) {
        wrong(*node, key, fmt::format("a whole number from {} to {}", least, most));
        return otherwise;
    }
    return static_cast<int>(*value);
}

std::vector<Named> PlanTable::texts(std::string_view key) {
    std::vector<Named> out;
    const auto* node = take(key, false, "");
    if (!node) return out;
    const auto* list = node->as_array();
    if (!list) {
        wrong(*node, key, "a list of texts, such as [\"age\", \"prio\"]");
        return out;
    }
    for (const auto& one : *list) {
        const auto value = one.value_exact<std::string>();
        if (!value || value->empty()) {
            wrong(one, key, "a list of texts, such as [\"age\", \"prio\"]");
            continue;
        }
        const bool twice = std::any_of(out.begin(), out.end(),
                                       [&](const Named& other) { return other.text == *value; });
        if (twice) {
            mistakes_.add(place_of(one.source()),
                          fmt::format("\"{}\" names \"{}\" twice", whole_name(key), *value));
        }
        out.push_back({*value, place_of(one.source())});
    }
    return out;
}

std::vector<double> PlanTable::numbers(std::string_view key, double least, double most) {
    std::vector<double> out;
    const auto* node = take(key, false, "");
    if (!node) return out;
    const auto* list = node->as_array();
    if (!list) {
        wrong(*node, key, "a list of numbers, such as [0.1, 0.3]");
        return out;
    }
    for (const auto& one : *list) {
        const auto value = one.is_number() ? one.value<double>() : std::nullopt;
        if (value && *value >= least && *value <= most) {
            out.push_back(*value);
        } else {
            wrong(one, key, fmt::format("a list of numbers from {} to {}", least, most));
        }
    }
    return out;
}

PlanTable PlanTable::table(std::string_view key, bool required) {
    const auto* node = take(key, required, "begin it with the line of its name in brackets");
    const auto* inner = node ? node->as_table() : nullptr;
    if (node && !inner) wrong(*node, key, fmt::format("a table: [{}]", whole_name(key)));
    return {inner, whole_name(key), node ? place_of(node->source()) : at_, mistakes_};
}

std::vector<PlanTable> PlanTable::tables(std::string_view key) {
    std::vector<PlanTable> out;
    const auto* node = take(key, false, "");
    if (!node) return out;
    const auto* list = node->as_array();
    if (!list) {
        wrong(*node, key, fmt::format("one or more tables: [[{}]]", whole_name(key)));
        return out;
    }
    for (const auto& one : *list) {
        if (const auto* inner = one.as_table()) {
            out.emplace_back(inner, whole_name(key), place_of(one.source()), mistakes_);
        } else {
            wrong(one, key, fmt::format("one or more tables: [[{}]]", whole_name(key)));
        }
    }
    return out;
}

std::optional<std::size_t> PlanTable::one_of(std::string_view key,
                                             const std::vector<std::string>& words,
                                             bool required) {
    const auto given = take(key, required, ("write " + quoted_list(words)).c_str());
    if (!given) return std::nullopt;
    const auto value = given->value_exact<std::string>();
    const auto found = value ? std::find(words.begin(), words.end(), *value) : words.end();
    if (found == words.end()) {
        wrong(*given, key, quoted_list(words));
        return std::nullopt;
    }
    return static_cast<std::size_t>(found - words.begin());
}

void PlanTable::belongs_to(std::string_view key, const std::string& kinds) {
    known_.emplace_back(key);
    if (!has(key)) return;
    mistakes_.add(place(key), fmt::format("\"{}\" belongs to kind = {}; leave it out here",
                                          whole_name(key), kinds));
}

void PlanTable::close() {
    if (!table_) return;
    for (const auto& [key, node] : *table_) {
        const std::string typed(key.str());
        if (std::find(known_.begin(), known_.end(), typed) != known_.end()) continue;
        const auto near = nearest_word(typed, known_);
        if (!near) {
            mistakes_.add_unknown(place_of(key.source()), whole_name(typed), typed);
            continue;
        }
        mistakes_.add(place_of(key.source()),
                      fmt::format("the plan knows no \"{}\"; did you mean \"{}\"?",
                                  whole_name(typed), *near));
    }
}

}  // namespace alongside::evidence
