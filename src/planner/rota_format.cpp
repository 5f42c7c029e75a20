#include "planner/rota_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <optional>
#include <set>

#include "base/json.h"

namespace alongside::planner {
namespace {

namespace json = boost::json;

constexpr int most_pairs = 1000;
constexpr int most_of_a_companion = 240;     // minutes: beside somebody on a suicide watch
constexpr int minutes_of_day = 1440;

[[noreturn]] void wrong(const std::string& where, std::string why) {
    throw BadPlace{where, std::move(why)};
}

// An object whose keys are asked for one by one; asked for none other, it may have none other.
class Fields {
public:
    Fields(const json::value& value, std::string where) : where_(std::move(where)) {
        if (!value.is_object()) wrong(where_, "must be an object");
        object_ = &value.as_object();
    }
    ~Fields() = default;
    Fields(const Fields&) = delete;
    Fields& operator=(const Fields&) = delete;

    std::string at(std::string_view key) const {
        return where_.empty() ? std::string(key) : fmt::format("{}.{}", where_, key);
    }
    const json::value* find(std::string_view key) {
        asked_.insert(key);
        const auto* found = object_->if_contains(key);
        return found && !found->is_null() ? found : nullptr;
    }
    const json::value& need(std::string_view key) {
        const auto* found = find(key);
        if (!found) wrong(at(key), "is missing");
        return *found;
    }
    Cost number(std::string_view key, Cost least, Cost most, std::optional<Cost> otherwise = {}) {
        const auto* found = find(key);
        if (!found && otherwise) return *otherwise;
        return number_of(found ? *found : need(key), at(key), least, most);
    }
    double real(std::string_view key, std::optional<double> otherwise = {}) {
        const auto* found = find(key);
        if (!found && otherwise) return *otherwise;
        const auto& value = found ? *found : need(key);
        if (!value.is_number()) wrong(at(key), "must be a number");
        const double out = value.to_number<double>();
        if (!(out >= 0 && out <= 1e6)) wrong(at(key), "must be from 0 to 1000000");
        return out;
    }
    bool flag(std::string_view key) {
        const auto* found = find(key);
        if (!found) return false;
        if (!found->is_bool()) wrong(at(key), "must be true or false");
        return found->as_bool();
    }
    std::string text(std::string_view key) { return text_of(need(key), at(key)); }
    // Each of a list with its place; nothing where there is none.
    template <class Each>
    void each(std::string_view key, std::size_t most, Each told) {
        const auto* found = find(key);
        if (!found) return;
        if (!found->is_array()) wrong(at(key), "must be a list");
        const auto& list = found->as_array();
        if (list.size() > most) wrong(at(key), fmt::format("has more than {} entries", most));
        for (std::size_t i = 0; i < list.size(); ++i) {
            told(list[i], fmt::format("{}[{}]", at(key), i));
        }
    }
    void no_others() const {
        for (const auto& [key, value] : *object_) {
            if (!asked_.contains(key)) wrong(at(key), "isn't known");
        }
    }

    static Cost number_of(const json::value& value, const std::string& where, Cost least,
                          Cost most) {
        if (!value.is_int64()) wrong(where, "must be a whole number");
        if (value.as_int64() < least || value.as_int64() > most) {
            wrong(where, fmt::format("must be from {} to {}, not {}", least, most,
                                     value.as_int64()));
        }
        return value.as_int64();
    }
    static std::string text_of(const json::value& value, const std::string& where) {
        if (!value.is_string()) wrong(where, "must be text");
        std::string out(value.as_string());
        if (out.empty() || out.size() > 80 || out == "-" ||
            out.find_first_of(" \t\r\n") != std::string::npos) {
            wrong(where, "must be 1 to 80 characters without spaces, other than “-”");
        }
        return out;
    }

private:
    std::string where_;
    const json::object* object_;
    std::set<std::string_view> asked_;
};

class RotaReader {
public:
    Problem read(const json::value& value) {
        Fields top(value, "");
        out_.days = static_cast<int>(top.number("days", 1, most_days));
        out_.first_saturday = static_cast<int>(top.number("first_saturday", 0, 6, 5));
        const int rest = static_cast<int>(top.number("rest_minutes", 0, 2 * minutes_of_day, 0));
        top.need("shifts");
        top.each("shifts", most_kinds,
                 [&](const json::value& one, const std::string& at) { kind(one, at); });
        if (out_.kinds.empty()) wrong("shifts", "is empty");
        settle_followers(rest);
        exposure(top);
        top.need("people");
        top.each("people", most_people,
                 [&](const json::value& one, const std::string& at) { person(one, at); });
        if (out_.people.empty()) wrong("people", "is empty");
        top.each("cover", static_cast<std::size_t>(most_days) * most_kinds,
                 [&](const json::value& one, const std::string& at) { cover(one, at); });
        top.each("apart", most_pairs,
                 [&](const json::value& one, const std::string& at) { apart(one, at); });
        top.each("partners", most_pairs,
                 [&](const json::value& one, const std::string& at) { partners(one, at); });
        top.no_others();
        return std::move(out_);
    }

private:
    int kind_named(const json::value& value, const std::string& where) const {
        const auto id = Fields::text_of(value, where);
        const auto found = kind_of_.find(id);
        if (found == kind_of_.end()) wrong(where, fmt::format("there is no shift {}", id));
        return found->second;
    }
    int day_of(const json::value& value, const std::string& where) const {
        return static_cast<int>(Fields::number_of(value, where, 0, out_.days - 1));
    }

    void kind(const json::value& value, const std::string& where) {
        Fields fields(value, where);
        ShiftKind kind;
        kind.id = fields.text("id");
        kind.minutes = static_cast<int>(fields.number("minutes", 1, minutes_of_day));
        kind.is_night = fields.flag("is_night");
        const bool is_companion = fields.flag("is_companion");
        if (is_companion) fields.need("from_minute");
        if (is_companion && kind.minutes > most_of_a_companion) {
            wrong(fields.at("minutes"), "is more than the 240 of a companion's shift");
        }
        is_companion_.push_back(is_companion);
        from_.push_back(static_cast<int>(
            fields.number("from_minute", 0, minutes_of_day - 1, Cost{-1})));
        followers_.emplace_back();
        fields.each("not_followed_by", most_kinds,
                    [&](const json::value& one, const std::string& at) {
                        followers_.back().emplace_back(at, Fields::text_of(one, at));
                    });
        fields.no_others();
        if (!kind_of_.emplace(kind.id, static_cast<int>(out_.kinds.size())).second) {
            wrong(fields.at("id"), fmt::format("{} is given twice", kind.id));
        }
        out_.kinds.push_back(std::move(kind));
    }

    // Those that are named, and those that begin before the rest is over.
    void settle_followers(int rest) {
        for (std::size_t i = 0; i < out_.kinds.size(); ++i) {
            auto& row = out_.kinds[i].not_followed_by;
            row.assign(out_.kinds.size(), false);
            for (const auto& [where, id] : followers_[i]) {
                const auto found = kind_of_.find(id);
                if (found == kind_of_.end()) wrong(where, fmt::format("there is no shift {}", id));
                row[found->second] = true;
            }
            for (std::size_t next = 0; next < row.size(); ++next) {
                if (from_[i] < 0 || from_[next] < 0) continue;
                const int between = minutes_of_day + from_[next] - from_[i] - out_.kinds[i].minutes;
                if (between < rest) row[next] = true;
                // One companion's shift in any 24 hours: the next begins a day later or more.
                if (is_companion_[i] && is_companion_[next] && from_[next] < from_[i]) {
                    row[next] = true;
                }
            }
        }
    }

    // Before the people, who have none of it where nothing is known.
    void exposure(Fields& top) {
        const auto cells = static_cast<std::size_t>(most_days) * most_kinds;
        std::set<int> given;
        top.each("exposure", cells, [&](const json::value& one, const std::string& at) {
            Fields fields(one, at);
            const int day = day_of(fields.need("day"), fields.at("day"));
            const int cell = out_.cell(day, kind_named(fields.need("shift"), fields.at("shift")));
            out_.exposure.resize(static_cast<std::size_t>(out_.days) * out_.kinds.size(), 0);
            out_.exposure[cell] =
                static_cast<int>(fields.number("quarter_hours", 0, minutes_of_day / 15));
            fields.no_others();
            if (!given.insert(cell).second) {
                wrong(at, "the exposure of this day and shift is given twice");
            }
        });
        for (int day = 0; !out_.exposure.empty() && day < out_.days; ++day) {
            const auto first = out_.exposure.begin() + out_.cell(day, 0);
            most_exposure_ += *std::max_element(
                first, first + static_cast<std::ptrdiff_t>(out_.kinds.size()));
        }
    }

    void person(const json::value& value, const std::string& where) {
        Fields fields(value, where);
        Person p;
        p.id = fields.text("id");
        if (!person_of_.emplace(p.id, static_cast<int>(out_.people.size())).second) {
            wrong(fields.at("id"), fmt::format("{} is given twice", p.id));
        }
        const auto kinds = out_.kinds.size();
        const auto cells = static_cast<std::size_t>(out_.days) * kinds;
        if ((out_.people.size() + 1) * cells > most_cells) {
            wrong(where, "makes it more than 40 million people × days × shifts");
        }
        p.on.assign(cells, 0);
        p.barred.assign(cells, false);
        may_work(fields, p);
        const auto count = [&](std::string_view key, int least, int otherwise) {
            return static_cast<int>(fields.number(key, least, no_limit, Cost{otherwise}));
        };
        p.least_minutes = count("least_minutes", 0, 0);
        p.most_minutes = count("most_minutes", 0, no_limit);
        p.least_run = count("least_days_in_a_row", 1, 1);
        p.most_run = count("most_days_in_a_row", 1, no_limit);
        p.least_off = count("least_days_off_in_a_row", 1, 1);
        p.most_weekends = count("most_weekends", 0, no_limit);
        p.most_nights_in_7_days =
            static_cast<int>(fields.number("most_nights_in_7_days", 0, 7, Cost{7}));
        p.most_shifts_in_7_days =
            static_cast<int>(fields.number("most_shifts_in_7_days", 0, 7, Cost{7}));
        if (p.least_minutes > p.most_minutes) {
            wrong(fields.at("least_minutes"), "is more than most_minutes");
        }
        if (p.least_run > p.most_run) {
            wrong(fields.at("least_days_in_a_row"), "is more than most_days_in_a_row");
        }
        history(fields, p);
        days(fields, p);
        if (const auto* fair = fields.find("fair")) burdens(*fair, fields.at("fair"), p);
        fields.no_others();
        out_.people.push_back(std::move(p));
    }

    void may_work(Fields& fields, Person& p) const {
        p.most_of.assign(out_.kinds.size(), fields.find("can_work") ? 0 : no_limit);
        fields.each("can_work", most_kinds, [&](const json::value& one, const std::string& at) {
            p.most_of[kind_named(one, at)] = no_limit;
        });
        if (const auto* most = fields.find("most_of")) {
            if (!most->is_object()) wrong(fields.at("most_of"), "must be an object");
            for (const auto& [id, limit] : most->as_object()) {
                const auto at = fmt::format("{}.{}", fields.at("most_of"), std::string_view(id));
                const int k = kind_named(json::value(id), at);
                p.most_of[k] = std::min(
                    p.most_of[k], static_cast<int>(Fields::number_of(limit, at, 0, no_limit)));
            }
        }
    }

    void history(Fields& fields, Person& p) const {
        const auto* value = fields.find("history");
        if (!value) return;
        Fields before(*value, fields.at("history"));
        p.history.is_known = true;
        if (const auto* last = before.find("last")) {
            p.history.last = kind_named(*last, before.at("last"));
        }
        p.history.run = static_cast<int>(before.number("days", 1, 3660));
        before.each("nights_before", 6, [&](const json::value& one, const std::string& at) {
            p.history.nights |= 1U << (Fields::number_of(one, at, 1, 6) - 1);
        });
        before.each("shifts_before", 6, [&](const json::value& one, const std::string& at) {
            p.history.shifts |= 1U << (Fields::number_of(one, at, 1, 6) - 1);
        });
        p.history.shifts |= p.history.nights;
        for (int day = 0; day < std::min(p.history.run, 6); ++day) {
            if (p.history.last != day_off) p.history.shifts |= 1U << day;
        }
        before.no_others();
    }

    void days(Fields& fields, Person& p) const {
        std::set<int> off, barred;
        fields.each("off", most_days, [&](const json::value& one, const std::string& at) {
            const int day = day_of(one, at);
            if (!off.insert(day).second) wrong(at, fmt::format("day {} is given twice", day));
            for (std::size_t k = 0; k < out_.kinds.size(); ++k) {
                p.barred[out_.cell(day, static_cast<int>(k))] = true;
            }
        });
        const auto cells = static_cast<std::size_t>(most_days) * most_kinds;
        fields.each("barred", cells, [&](const json::value& one, const std::string& at) {
            Fields cell(one, at);
            const int day = day_of(cell.need("day"), cell.at("day"));
            const int which =
                out_.cell(day, kind_named(cell.need("shift"), cell.at("shift")));
            if (!barred.insert(which).second) wrong(at, "this day and shift are given twice");
            p.barred[which] = true;
            cell.no_others();
        });
        fields.each("wishes", cells, [&](const json::value& one, const std::string& at) {
            Fields wish(one, at);
            const int day = day_of(wish.need("day"), wish.at("day"));
            const int k = kind_named(wish.need("shift"), wish.at("shift"));
            const Cost weight = wish.number("weight", 0, most_weight);
            const bool is_off = wish.flag("is_off");
            if (!is_off) p.always += weight;
            p.on[out_.cell(day, k)] += is_off ? weight : -weight;
            wish.no_others();
        });
    }

    void burdens(const json::value& value, const std::string& where, Person& p) {
        Fields fair(value, where);
        const auto share = [&](std::string_view key, int most, Burden& burden,
                               bool has_before = false) {
            const auto* one = fair.find(key);
            if (!one) return;
            Fields fields(*one, fair.at(key));
            const double about = fields.real("share");
            const double before = has_before ? fields.real("before", 0.0) : 0;
            const Cost weight = fields.number("weight", 0, 1000);
            burden_entries_ += static_cast<std::size_t>(most) + 1;
            if (burden_entries_ > most_cells) {
                wrong(where, "makes it more than 40 million people × what they may carry");
            }
            burden = fair_share(about - before, weight, most);
            fields.no_others();
        };
        share("nights", out_.days, p.of_nights);
        share("weekends", out_.days / 7 + 2, p.of_weekends);
        share("hours", out_.days * 24, p.of_hours);
        share("exposure", most_exposure_, p.of_exposure, true);
        fair.no_others();
    }

    void cover(const json::value& value, const std::string& where) {
        Fields fields(value, where);
        Cover c;
        c.day = day_of(fields.need("day"), fields.at("day"));
        c.kind = kind_named(fields.need("shift"), fields.at("shift"));
        c.wanted = static_cast<int>(fields.number("wanted", 0, most_people));
        c.under = fields.number("under", 0, most_weight);
        c.over = fields.number("over", 0, most_weight);
        c.nobody = fields.number("nobody", 0, most_weight, Cost{0});
        fields.no_others();
        if (!covered_.insert(out_.cell(c.day, c.kind)).second) {
            wrong(where, "the cover of this day and shift is given twice");
        }
        out_.cover.push_back(c);
    }

    int person_named(const json::value& value, const std::string& where) const {
        const auto id = Fields::text_of(value, where);
        const auto found = person_of_.find(id);
        if (found == person_of_.end()) wrong(where, fmt::format("there is nobody {}", id));
        return found->second;
    }
    void apart(const json::value& value, const std::string& where) {
        if (!value.is_array() || value.as_array().size() != 2) {
            wrong(where, "must be two people");
        }
        int who[2];
        for (int i = 0; i < 2; ++i) {
            who[i] = person_named(value.as_array()[i], fmt::format("{}[{}]", where, i));
        }
        if (who[0] == who[1]) wrong(where, "nobody is kept apart from themselves");
        out_.apart.emplace_back(who[0], who[1]);
    }
    void partners(const json::value& value, const std::string& where) {
        Fields fields(value, where);
        Partners pair;
        pair.one = person_named(fields.need("one"), fields.at("one"));
        pair.other = person_named(fields.need("other"), fields.at("other"));
        pair.weight = fields.number("weight", 1, most_weight);
        fields.no_others();
        if (pair.one == pair.other) wrong(where, "nobody is their own partner");
        out_.partners.push_back(pair);
    }

    Problem out_;
    std::map<std::string, int> kind_of_, person_of_;
    std::vector<int> from_;             // minute of the day, or -1
    std::vector<bool> is_companion_;
    std::vector<std::vector<std::pair<std::string, std::string>>> followers_;
    std::set<int> covered_;
    int most_exposure_ = 0;             // of one line, in quarter hours
    std::size_t burden_entries_ = 0;
};

}  // namespace

tl::expected<Problem, BadPlace> read_rota(std::string_view text) {
    if (text.size() > largest_file) {
        return tl::make_unexpected(BadPlace{"the file", "is larger than 64 MB"});
    }
    const auto read = read_json(text, 16);
    if (!read) {
        const auto& trouble = read.error();
        const auto line = 1 + std::ranges::count(text.substr(0, trouble.at), '\n');
        return tl::make_unexpected(trouble.twice.empty()
                                       ? BadPlace{fmt::format("line {}", line), "isn't JSON here"}
                                       : BadPlace{trouble.twice, "is there twice"});
    }
    try {
        return RotaReader().read(*read);
    } catch (const BadPlace& bad) {
        return tl::make_unexpected(bad);
    }
}

}  // namespace alongside::planner
