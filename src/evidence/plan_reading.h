// Takes the keys of a plan one by one, and says what is wrong where.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <toml++/toml.h>
#include <vector>

#include "evidence/plan.h"

namespace alongside::evidence {

// What is wrong with a plan, collected; in the order of the file.
class PlanMistakes {
public:
    explicit PlanMistakes(std::string file) : file_(std::move(file)) {}
    void add(PlanPlace at, std::string sentence);
    // A key that its table doesn't have; said with the table that has one of this name.
    void add_unknown(PlanPlace at, const std::string& name, const std::string& key);
    void asked_for(std::string name) { asked_.insert(std::move(name)); }
    // Every key that was asked for, whether it was there or not: "outcome.horizon".
    const std::set<std::string>& asked() const { return asked_; }
    bool none() const { return lines_.empty() && unknown_.empty(); }
    std::string text();

private:
    struct Unknown {
        PlanPlace at;
        std::string name, key;
    };
    std::string file_;
    std::set<std::string> asked_;
    std::vector<Unknown> unknown_;
    std::multimap<std::pair<unsigned, unsigned>, std::string> lines_;
};

PlanPlace place_of(const toml::source_region& source);

// One table of the plan. What was not asked for when `close` is called is a mistake.
class PlanTable {
public:
    PlanTable(const toml::table* table, std::string name, PlanPlace at, PlanMistakes& mistakes)
        : table_(table), name_(std::move(name)), at_(at), mistakes_(mistakes) {}

    bool is_there() const { return table_ != nullptr; }
    PlanPlace place() const { return at_; }
    PlanPlace place(std::string_view key) const;
    bool has(std::string_view key) const;

    Named text(std::string_view key, bool required = false);
    std::string words(std::string_view key, std::string otherwise, bool required = false);
    // A value of a column: text, a whole number or a truth, as a CSV would show it.
    Named value(std::string_view key);
    std::optional<double> number(std::string_view key, double least, double most,
                                 bool required = false);
    int whole(std::string_view key, int otherwise, int least, int most);
    std::vector<Named> texts(std::string_view key);
    std::vector<double> numbers(std::string_view key, double least, double most);
    PlanTable table(std::string_view key, bool required = false);
    std::vector<PlanTable> tables(std::string_view key);
    // The index of the text among `words`; nothing (and a mistake) if it is none of them.
    std::optional<std::size_t> one_of(std::string_view key, const std::vector<std::string>& words,
                                      bool required);
    // A key of other kinds than this one: a mistake if it is there.
    void belongs_to(std::string_view key, const std::string& kinds);
    void close();

private:
    const toml::node* take(std::string_view key, bool required, const char* what);
    std::string whole_name(std::string_view key) const;
    void wrong(const toml::node& node, std::string_view key, const std::string& wanted);

    const toml::table* table_;
    std::string name_;
    PlanPlace at_;
    PlanMistakes& mistakes_;
    std::vector<std::string> known_;
};

// The plan in a TOML table; what doesn't fit goes to `mistakes`.
Plan plan_in(const toml::table& read, PlanMistakes& mistakes);

// The one of `words` that is nearest to `typed`, if any is near (Damerau–Levenshtein distance of
// at most a third of its length).
std::optional<std::string> nearest_word(const std::string& typed,
                                        const std::vector<std::string>& words);

}  // namespace alongside::evidence
