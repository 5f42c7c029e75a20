#include "rota/pages_grid.h"

#include <algorithm>

#include "base/dates.h"
#include "rota/pages_plan.h"
#include "web/components.h"

namespace alongside::rota::pages {
namespace {

constexpr int noon = 12 * 60;               // of the day, in minutes
constexpr int widest_bar = 28;

Markup class_of(Look look, bool is_new) {
    switch (look) {
        case Look::nothing: return "";
        case Look::day: return is_new ? Markup("day new") : Markup("day");
        case Look::late: return is_new ? Markup("late new") : Markup("late");
        case Look::night: return is_new ? Markup("night new") : Markup("night");
        case Look::rest: return "rest";
        case Look::cannot: return "cannot";
        case Look::covered: return "ok";
        case Look::gap: return "gap";
    }
    return "";
}

Html grid_head(const Tongue& say, const Grid& grid) {
    Html out;
    out << "<thead><tr><td></td>";
    for (int day = 0; day < grid.days; ++day) {
        const auto date = day_after(grid.first, day);
        out << "<th scope=\"col\">";
        if (grid.is_roomy) {
            out << day_text(say, date) << "</th>";
            continue;
        }
        const auto words = day_text(say, date);
        out << web::visually_hidden(words + " ") << "<span aria-hidden=\"true\">"
            << letter_of(words) << "<br>" << static_cast<unsigned>(date.day()) << "</span></th>";
    }
    if (!grid.count_head.empty()) out << "<th scope=\"col\">" << grid.count_head << "</th>";
    return out << "</tr></thead>";
}

// Somebody's count, and as a bar how it stands to the largest.
Html counted(int count, int largest) {
    Html out;
    if (largest > 0) {
        out << "<svg class=\"al-rota__bar\" width=\"" << widest_bar * count / largest
            << "\" height=\"12\" aria-hidden=\"true\" focusable=\"false\"><rect width=\"100%\" "
               "height=\"12\"/></svg>";
    }
    return out << count;
}

}  // namespace

Look look_of_shift(bool is_night, int from_minute) {
    if (is_night) return Look::night;
    return from_minute >= noon ? Look::late : Look::day;
}

Html key_of(const Tongue& say, const std::vector<KindShown>& kinds) {
    if (kinds.empty()) return {};
    Html out;
    out << "<ul class=\"al-rota-key\" aria-label=\"" << say(tr("What the letters are")) << "\">";
    for (const auto& one : kinds) {
        out << "<li><b class=\"" << class_of(one.look, false) << "\">" << letter_of(one.name)
            << "</b> " << one.name << "</li>";
    }
    return out << "</ul>";
}

Html grid(const Tongue& say, const Grid& grid) {
    int largest = 0;
    for (const auto& row : grid.rows) largest = std::max(largest, row.count.value_or(0));
    Html out;
    out << "<div class=\"al-table-scroll\" tabindex=\"0\" role=\"region\" aria-label=\""
        << grid.label << "\"><table class=\""
        << (grid.is_roomy ? Markup("al-rota al-rota--roomy") : Markup("al-rota")) << "\">"
        << grid_head(say, grid) << "<tbody>";
    for (const auto& row : grid.rows) {
        out << "<tr";
        if (!row.person.empty()) out << " data-person=\"" << row.person << "\"";
        out << "><th scope=\"row\">" << row.head << "</th>";
        for (const auto& cell : row.cells) {
            out << "<td class=\"" << class_of(cell.look, cell.is_new) << "\">" << cell.inner
                << "</td>";
        }
        if (!grid.count_head.empty()) {
            out << "<td class=\"count\">" << (row.count ? counted(*row.count, largest) : Html())
                << "</td>";
        }
        out << "</tr>";
    }
    return out << "</tbody></table></div>";
}

GridCell cover_cell(const Tongue& say, bool has_shifts, const std::vector<std::string>& short_of,
                    Room room) {
    if (!has_shifts) {
        return {Look::nothing, false, web::visually_hidden(say(tr("no shifts")))};
    }
    if (short_of.empty()) return {Look::covered, false, letter("✓", say(tr("covered")))};
    std::string letters, names;
    for (const auto& name : short_of) {
        letters += letter_of(name);
        names += (names.empty() ? "" : ", ") + name;
    }
    return {Look::gap, false, room == Room::letters ? letter(letters, names) : Html() << names};
}

std::string letter_of(const std::string& name) {
    const auto first = static_cast<unsigned char>(name.empty() ? '?' : name.front());
    if (first >= 'a' && first <= 'z') return std::string(1, static_cast<char>(first - 32));
    std::size_t length = 1;
    while (length < name.size() && (static_cast<unsigned char>(name[length]) & 0xc0U) == 0x80U) {
        ++length;
    }
    return name.substr(0, length);
}

Html letter(std::string_view shown, std::string_view words) {
    return Html() << "<span aria-hidden=\"true\">" << shown << "</span>"
                  << web::visually_hidden(words);
}

}  // namespace alongside::rota::pages
