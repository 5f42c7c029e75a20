#include <fmt/format.h>

#include <boost/json.hpp>
#include <random>

#include "planner/rota_format.h"

namespace alongside::planner {
namespace {

namespace json = boost::json;

constexpr int early_late_night = 3;
constexpr const char* names[early_late_night] = {"E", "L", "N"};

// Every assumption here is a default of ours: the shape of a prison's rota, not a forecast.
class Prison {
public:
    explicit Prison(const MadeUp& made_up) : is_(made_up), random_(made_up.seed * 7919 + 17),
                                             carried_(made_up.seed),
                                             limits_(made_up.seed + 1) {}

    std::string text() {
        json::object out;
        out["days"] = is_.days;
        out["first_saturday"] = 5;
        out["rest_minutes"] = 660;
        out["shifts"] = shifts();
        for (int day = 0; day < is_.days; ++day) {
            for (int kind = 0; kind < early_late_night; ++kind) {
                const int wanted = std::max(kind == 2 ? 2 : 1, (is_.people + 5) / 8);
                wanted_[kind] = wanted;
                cover_.push_back(json::object{{"day", day}, {"shift", names[kind]},
                                              {"wanted", wanted}, {"under", kind == 2 ? 300 : 200},
                                              {"over", 20}, {"nobody", 300}});
                auto busy = cell(day, names[kind]);
                busy["quarter_hours"] = quarter_hours(day, kind);
                all_exposure_ += wanted * quarter_hours(day, kind);
                exposure_.push_back(std::move(busy));
            }
        }
        for (int i = 0; i < is_.people; ++i) people_.push_back(person(i));
        out["people"] = std::move(people_);
        out["cover"] = std::move(cover_);
        out["apart"] = apart();
        out["exposure"] = std::move(exposure_);
        return json::serialize(out) + "\n";
    }

private:
    int upto(int most) { return static_cast<int>(random_() % static_cast<unsigned>(most + 1)); }
    bool one_in(int many) { return upto(many - 1) == 0; }

    // Nobody works two nights running, nor early after a night.
    static json::array shifts() {
        return {json::object{{"id", "E"}, {"from_minute", 420}, {"minutes", 480}},
                json::object{{"id", "L"}, {"from_minute", 900}, {"minutes", 480}},
                json::object{{"id", "N"}, {"from_minute", 1380}, {"minutes", 480},
                             {"is_night", true}, {"not_followed_by", {"N"}}}};
    }

    json::object person(int number) {
        const bool may_do_nights = number < 2 || !one_in(6);
        const bool works_mornings = one_in(3);
        json::object p{{"id", fmt::format("P{}", number + 1)},
                       {"most_days_in_a_row", 5},
                       {"most_nights_in_7_days", 2},
                       {"least_days_off_in_a_row", 1 + upto(1)}};
        p["can_work"] = may_do_nights ? json::array{"E", "L", "N"} : json::array{"E", "L"};
        const double share = 8.0 * 60 * is_.days / is_.people *
                             (wanted_[0] + wanted_[1] + wanted_[2]);
        p["most_minutes"] = (static_cast<int>(share / 480) + 2) * 480;
        if (one_in(3)) p["most_weekends"] = std::max(1, is_.days / 14 + upto(1));

        json::array off, barred, wishes;
        const int leaves_on = one_in(12) ? upto(is_.days - 1) : is_.days;
        const int clearance_until = one_in(8) ? upto(is_.days - 1) : is_.days;
        for (int day = 0; day < is_.days; ++day) {
            if (day >= leaves_on || one_in(20)) {               // left; court, visit
                off.push_back(day);
                continue;
            }
            if (works_mornings && day % 7 < 5) barred.push_back(cell(day, "E"));
            if (may_do_nights && day >= clearance_until) barred.push_back(cell(day, "N"));
            if (one_in(9)) {
                auto wish = cell(day, names[upto(2)]);
                wish["weight"] = 1 + upto(4);
                if (one_in(2)) wish["is_off"] = true;
                wishes.push_back(std::move(wish));
            }
        }
        p["off"] = std::move(off);
        p["barred"] = std::move(barred);
        p["wishes"] = std::move(wishes);
        p["fair"] = fair();
        if (limits_() % 6 == 0) p["most_shifts_in_7_days"] = 3 + static_cast<int>(limits_() % 2);
        if (!one_in(4)) p["history"] = history(may_do_nights);
        return p;
    }

    static json::object cell(int day, const char* shift) {
        return {{"day", day}, {"shift", shift}};
    }

    // Nights are busiest, most of all those of a Friday and a Saturday.
    static int quarter_hours(int day, int kind) {
        if (kind < 2) return 1 + kind;
        return day % 7 == 4 || day % 7 == 5 ? 7 : 3;
    }

    json::object fair() {
        const double exposure = static_cast<double>(all_exposure_) / is_.people;
        const double each = static_cast<double>(is_.days) / is_.people;
        const double all = wanted_[0] + wanted_[1] + wanted_[2];
        const double weekends = std::min(2.0 * all / is_.people, 1.0) * is_.days / 7;
        return {{"nights", json::object{{"share", wanted_[2] * each}, {"weight", 4}}},
                {"weekends", json::object{{"share", weekends}, {"weight", 3}}},
                {"exposure", json::object{{"share", exposure}, {"weight", 1},
                                          {"before", static_cast<int>(carried_() % 13)}}}};
    }

    json::object history(bool may_do_nights) {
        json::object out;
        const int last = upto(may_do_nights ? 3 : 2) - 1;
        if (last >= 0) out["last"] = names[last];
        out["days"] = 1 + upto(2);
        json::array nights;
        if (last == 2) nights.push_back(1);
        if (may_do_nights && one_in(3)) nights.push_back(3 + upto(3));
        out["nights_before"] = std::move(nights);
        return out;
    }

    json::array apart() {
        json::array out;
        for (int pair = 0; pair < is_.people / 6; ++pair) {
            const int one = upto(is_.people - 1), other = upto(is_.people - 1);
            if (one == other) continue;
            out.push_back(json::array{fmt::format("P{}", one + 1), fmt::format("P{}", other + 1)});
        }
        return out;
    }

    const MadeUp& is_;
    std::mt19937_64 random_, carried_, limits_;
    int wanted_[early_late_night] = {}, all_exposure_ = 0;
    json::array people_, cover_, exposure_;
};

}  // namespace

std::string make_up_rota(const MadeUp& made_up) { return Prison(made_up).text(); }

}  // namespace alongside::planner
