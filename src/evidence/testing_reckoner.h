// For tests: a reader who takes together all that a study's report says, and reckons back with
// linear programs what it hides.
#pragma once

#include <functional>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "evidence/study_report.h"
#include "evidence/testing_simplex.h"

namespace alongside::evidence {

constexpr std::size_t small_below = 5;

// A reader who knows some counts of the same people (or events) exactly, as sums over atoms that
// can't be split further, and asks what any other sum can be.
class Reckoner {
public:
    using Wanted = std::function<bool(std::size_t atom)>;

    explicit Reckoner(std::vector<double> atoms) : atoms_(std::move(atoms)) {}

    double sum(const Wanted& wanted) const {
        double out = 0;
        for (std::size_t i = 0; i < atoms_.size(); ++i) out += wanted(i) ? atoms_[i] : 0;
        return out;
    }
    void knows(const Wanted& wanted) { known_.push_back(row_of(wanted)); }
    // A sum of what the people of each atom have: their scores, or squares of changes.
    void knows_sum(const std::function<double(std::size_t atom)>& each) {
        std::vector<double> row(atoms_.size());
        for (std::size_t i = 0; i < row.size(); ++i) row[i] = each(i);
        sums_.push_back(std::move(row));
    }
    // A count that must not be known: it is small.
    void asks(std::string name, const Wanted& wanted) {
        const double count = sum(wanted);
        if (count < 1 || count >= static_cast<double>(small_below)) return;
        asked_.push_back({std::move(name), count, row_of(wanted)});
    }

    // The promise: for all that is known a small count may be 2 more (or all there are in a total
    // that is told, no small count itself), and 2 fewer or none. What breaks it, in words.
    std::string broken() const {
        if (asked_.empty()) return "";
        // Atoms that all known and asked sums hold alike are one unknown.
        std::map<std::vector<double>, double> unknowns;
        for (std::size_t i = 0; i < atoms_.size(); ++i) {
            std::vector<double> in;
            for (const auto& row : known_) in.push_back(row[i]);
            for (const auto& row : sums_) in.push_back(row[i]);
            for (const auto& one : asked_) in.push_back(one.row[i]);
            unknowns[in] += atoms_[i];
        }
        const auto knowns = known_.size() + sums_.size();
        std::vector<std::vector<double>> rows(knowns + asked_.size());
        std::vector<double> right(rows.size(), 0);
        for (const auto& [in, count] : unknowns) {
            for (std::size_t r = 0; r < rows.size(); ++r) {
                rows[r].push_back(in[r]);
                if (r < knowns) right[r] += in[r] * count;
            }
        }
        for (std::size_t a = 0; a < asked_.size(); ++a) {
            for (std::size_t r = 0; r < rows.size(); ++r)
                rows[r].push_back(r == knowns + a ? -1 : 0);
        }
        const Simplex simplex(rows, right);
        if (!simplex.is_feasible()) return "what is told contradicts itself";
        std::string out;
        for (std::size_t a = 0; a < asked_.size(); ++a) {
            const auto& [name, count, row] = asked_[a];
            const double least = simplex.least(unknowns.size() + a);
            const double greatest = simplex.greatest(unknowns.size() + a);
            if (greatest < std::min(count + 2, least_total_of(row)) - 1e-6 ||
                least > std::max(0.0, count - 2) + 1e-6) {
                out += fmt::format("{}: {} is known to be {} to {}\n", name, count, least,
                                   greatest);
            }
        }
        return out;
    }
    std::size_t asked() const { return asked_.size(); }

private:
    std::vector<double> row_of(const Wanted& wanted) const {
        std::vector<double> out(atoms_.size(), 0);
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = wanted(i) ? 1 : 0;
        return out;
    }
    double least_total_of(const std::vector<double>& part) const {
        double out = std::numeric_limits<double>::infinity();
        for (const auto& row : known_) {
            bool holds = true;
            for (std::size_t i = 0; i < part.size(); ++i) holds = holds && row[i] >= part[i];
            const double total = std::inner_product(row.begin(), row.end(), atoms_.begin(), 0.0);
            if (holds && total >= static_cast<double>(small_below)) out = std::min(out, total);
        }
        return out;
    }
    struct Asked {
        std::string name;
        double count;
        std::vector<double> row;
    };
    std::vector<double> atoms_;
    std::vector<std::vector<double>> known_, sums_;
    std::vector<Asked> asked_;
};

// What a report says, as machines read it.
class Published {
public:
    explicit Published(const Study& study)
        : json_(boost::json::parse(as_json(report_of(study, "1", "2026-01-01"))).as_object()) {}

    using Row = std::vector<boost::json::value>;
    std::vector<Row> table(const std::string& id) const {
        const auto* found = json_.at("tables").as_object().if_contains(id);
        std::vector<Row> out;
        if (!found) return out;
        for (const auto& row : found->at("rows").as_array())
            out.emplace_back(row.as_array().begin(), row.as_array().end());
        return out;
    }
    static std::string name(const Row& row) { return std::string(row.front().as_string()); }
    static bool is_told(const boost::json::value& cell) { return cell != hidden_text; }
    const boost::json::object& json() const { return json_; }

private:
    boost::json::object json_;
};

inline std::vector<std::string> split_words(std::string text, const std::string& between) {
    std::vector<std::string> out;
    for (auto at = text.find(between); at != std::string::npos; at = text.find(between)) {
        out.push_back(text.substr(0, at));
        text.erase(0, at + between.size());
    }
    out.push_back(text);
    return out;
}

}  // namespace alongside::evidence
