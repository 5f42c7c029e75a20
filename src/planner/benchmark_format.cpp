#include "planner/benchmark_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>

namespace alongside::planner {
namespace {

constexpr int most_minutes_of_shift = 1440;

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char by) {
    std::vector<std::string_view> out;
    while (true) {
        const auto end = text.find(by);
        out.push_back(trimmed(text.substr(0, end)));
        if (end == std::string_view::npos) return out;
        text.remove_prefix(end + 1);
    }
}

struct Wrong {
    std::string why;
};

Cost number(std::string_view text, std::string_view what, Cost least, Cost most) {
    Cost out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (error != std::errc() || end != text.data() + text.size()) {
        throw Wrong{fmt::format("{} must be a whole number, not “{}”", what, text.substr(0, 40))};
    }
    if (out < least || out > most) {
        throw Wrong{fmt::format("{} must be from {} to {}, not {}", what, least, most, out)};
    }
    return out;
}

class BenchmarkReader {
public:
    tl::expected<Problem, BadLine> read(std::string_view text) {
        if (text.size() > largest_file) return fail("the file is larger than 64 MB");
        if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
        try {
            while (!text.empty()) {
                ++line_;
                const auto end = std::min(text.find('\n'), text.size());
                take(trimmed(text.substr(0, end)));
                text.remove_prefix(std::min(end + 1, text.size()));
            }
            finish();
        } catch (const Wrong& wrong) {
            return fail(wrong.why);
        }
        return std::move(problem_);
    }

private:
    tl::unexpected<BadLine> fail(std::string why) const {
        return tl::make_unexpected(BadLine{line_, std::move(why)});
    }

    void take(std::string_view line) {
        if (line.empty() || line.starts_with('#')) return;
        if (line.starts_with("SECTION_")) {
            section_ = line.substr(8);
            has_cover_ |= section_ == "COVER";
            if (section_ == "STAFF") shifts_are_known();
            return;
        }
        const auto fields = split(line, ',');
        if (section_ == "HORIZON") return horizon(fields);
        if (section_ == "SHIFTS") return shift(fields);
        if (problem_.days == 0) throw Wrong{"SECTION_HORIZON must come first"};
        if (section_ == "STAFF") return person(fields);
        if (section_ == "DAYS_OFF") return days_off(fields);
        if (section_ == "SHIFT_ON_REQUESTS") return wish(fields, true);
        if (section_ == "SHIFT_OFF_REQUESTS") return wish(fields, false);
        if (section_ == "COVER") return cover(fields);
        throw Wrong{section_.empty() ? "a line before the first SECTION_"
                                     : fmt::format("an unknown section SECTION_{}", section_)};
    }

    void want(const std::vector<std::string_view>& fields, std::size_t least, std::size_t most) {
        if (fields.size() < least || fields.size() > most) {
            throw Wrong{fmt::format("{} fields are wanted, here are {}", least, fields.size())};
        }
    }

    void horizon(const std::vector<std::string_view>& fields) {
        want(fields, 1, 1);
        if (problem_.days != 0) throw Wrong{"the horizon is given twice"};
        problem_.days = static_cast<int>(number(fields[0], "the horizon in days", 1, most_days));
    }

    void shift(const std::vector<std::string_view>& fields) {
        want(fields, 2, 3);
        if (fields[0].empty() || fields[0] == "-" ||
            fields[0].find_first_of(" \t=|") != std::string_view::npos) {
            throw Wrong{fmt::format("“{}” can't be a shift's id", fields[0])};
        }
        if (!kind_of_.emplace(fields[0], static_cast<int>(problem_.kinds.size())).second) {
            throw Wrong{fmt::format("shift {} is given twice", fields[0])};
        }
        if (problem_.kinds.size() >= most_kinds) throw Wrong{"more than 100 shifts"};
        ShiftKind kind;
        kind.id = fields[0];
        kind.minutes = static_cast<int>(
            number(fields[1], "the length in minutes", 1, most_minutes_of_shift));
        problem_.kinds.push_back(kind);
        followers_.emplace_back();
        if (fields.size() < 3) return;
        for (const auto id : split(fields[2], '|')) {
            if (!id.empty()) followers_.back().emplace_back(line_, id);
        }
    }

    // Shifts may be named before they are given.
    void shifts_are_known() {
        const auto now = line_;
        for (std::size_t i = 0; i < followers_.size(); ++i) {
            auto& row = problem_.kinds[i].not_followed_by;
            row.assign(problem_.kinds.size(), false);
            for (const auto& [line, id] : followers_[i]) {
                line_ = line;
                row[kind(id)] = true;
            }
        }
        line_ = now;
        if (problem_.kinds.empty()) throw Wrong{"SECTION_SHIFTS must come before SECTION_STAFF"};
    }

    int kind(std::string_view id) const {
        const auto found = kind_of_.find(id);
        if (found == kind_of_.end()) throw Wrong{fmt::format("there is no shift {}", id)};
        return found->second;
    }
    int person_of(std::string_view id) const {
        const auto found = person_of_.find(id);
        if (found == person_of_.end()) throw Wrong{fmt::format("there is nobody {}", id)};
        return found->second;
    }
    int day(std::string_view text) const {
        return static_cast<int>(number(text, "the day", 0, problem_.days - 1));
    }

    void person(const std::vector<std::string_view>& fields) {
        want(fields, 8, 8);
        Person p;
        p.id = fields[0];
        if (!person_of_.emplace(p.id, static_cast<int>(problem_.people.size())).second) {
            throw Wrong{fmt::format("{} is given twice", p.id)};
        }
        if (problem_.people.size() >= most_people) throw Wrong{"more than 10000 people"};
        p.most_of.assign(problem_.kinds.size(), 0);
        for (const auto part : split(fields[1], '|')) {
            if (part.empty()) continue;
            const auto equals = part.find('=');
            if (equals == std::string_view::npos) {
                throw Wrong{fmt::format("“{}” must be like D=14", part)};
            }
            p.most_of[kind(part.substr(0, equals))] =
                static_cast<int>(
                    number(part.substr(equals + 1), "the most of a shift", 0, no_limit));
        }
        const auto take = [&](int at, std::string_view what, int least) {
            return static_cast<int>(number(fields[at], what, least, no_limit));
        };
        p.most_minutes = take(2, "the most minutes", 0);
        p.least_minutes = take(3, "the least minutes", 0);
        p.most_run = take(4, "the most days in a row", 1);
        p.least_run = take(5, "the least days in a row", 1);
        p.least_off = take(6, "the least days off in a row", 1);
        p.most_weekends = take(7, "the most weekends", 0);
        if (p.least_minutes > p.most_minutes) throw Wrong{"the least minutes exceed the most"};
        if (p.least_run > p.most_run) throw Wrong{"the least days in a row exceed the most"};
        const auto cells = static_cast<std::size_t>(problem_.days) * problem_.kinds.size();
        if ((problem_.people.size() + 1) * cells > most_cells) {
            throw Wrong{"more than 40 million people × days × shifts"};
        }
        p.on.assign(cells, 0);
        p.barred.assign(cells, false);
        problem_.people.push_back(std::move(p));
    }

    void days_off(const std::vector<std::string_view>& fields) {
        auto& p = problem_.people[person_of(fields[0])];
        for (std::size_t i = 1; i < fields.size(); ++i) {
            if (fields[i].empty()) continue;
            const int day_off_on = day(fields[i]);
            for (std::size_t k = 0; k < problem_.kinds.size(); ++k) {
                p.barred[problem_.cell(day_off_on, static_cast<int>(k))] = true;
            }
        }
    }

    void wish(const std::vector<std::string_view>& fields, bool to_be_on) {
        want(fields, 4, 4);
        auto& p = problem_.people[person_of(fields[0])];
        const int cell = problem_.cell(day(fields[1]), kind(fields[2]));
        const Cost weight = number(fields[3], "the weight", 0, most_weight);
        if (to_be_on) p.always += weight;
        p.on[cell] += to_be_on ? -weight : weight;
    }

    void cover(const std::vector<std::string_view>& fields) {
        want(fields, 5, 5);
        Cover c;
        c.day = day(fields[0]);
        c.kind = kind(fields[1]);
        c.wanted = static_cast<int>(number(fields[2], "the number wanted", 0, most_people));
        c.under = number(fields[3], "the weight for under", 0, most_weight);
        c.over = number(fields[4], "the weight for over", 0, most_weight);
        if (!covered_.insert(problem_.cell(c.day, c.kind)).second) {
            throw Wrong{"the cover of this day and shift is given twice"};
        }
        problem_.cover.push_back(c);
    }

    void finish() const {
        if (problem_.days == 0) throw Wrong{"there is no horizon"};
        if (problem_.people.empty()) throw Wrong{"there is nobody in SECTION_STAFF"};
        if (!has_cover_) throw Wrong{"the file ends before SECTION_COVER"};
    }

    Problem problem_;
    int line_ = 0;
    std::string section_;
    std::map<std::string, int, std::less<>> kind_of_, person_of_;
    std::vector<std::vector<std::pair<int, std::string>>> followers_;
    std::set<int> covered_;
    bool has_cover_ = false;
};

}  // namespace

tl::expected<Problem, BadLine> read_benchmark(std::string_view text) {
    return BenchmarkReader().read(text);
}

std::string write_roster(const Problem& problem, const Roster& roster) {
    std::string out;
    for (const auto& line : roster) {
        for (int day = 0; day < problem.days; ++day) {
            if (day > 0) out += ' ';
            out += line[day] == day_off ? "-" : problem.kinds[line[day]].id;
        }
        out += '\n';
    }
    return out;
}

tl::expected<Roster, BadLine> read_roster(const Problem& problem, std::string_view text) {
    Roster out;
    int number_of_line = 0;
    while (!text.empty()) {
        ++number_of_line;
        const auto end = std::min(text.find('\n'), text.size());
        auto rest = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (rest.empty()) continue;
        Line line;
        while (!rest.empty()) {
            const auto stop = std::min(rest.find_first_of(" \t"), rest.size());
            const auto word = rest.substr(0, stop);
            rest = trimmed(rest.substr(stop));
            const auto kind = std::ranges::find(problem.kinds, word, &ShiftKind::id);
            if (word != "-" && kind == problem.kinds.end()) {
                return tl::make_unexpected(
                    BadLine{number_of_line, fmt::format("there is no shift {}", word)});
            }
            line.push_back(word == "-" ? day_off : static_cast<int>(kind - problem.kinds.begin()));
        }
        if (static_cast<int>(line.size()) != problem.days) {
            return tl::make_unexpected(BadLine{
                number_of_line,
                fmt::format("{} days are wanted, here are {}", problem.days, line.size())});
        }
        out.push_back(std::move(line));
    }
    if (out.size() != problem.people.size()) {
        return tl::make_unexpected(BadLine{
            0, fmt::format("{} lines are wanted, here are {}", problem.people.size(), out.size())});
    }
    return out;
}

}  // namespace alongside::planner
