#include "rota/pages_grid.h"

#include "base/dates.h"
#include "rota/pages_plan.h"
#include "web/components.h"

namespace alongside::rota::pages {
namespace {

Markup class_of(Look look, bool is_new) {
    switch (look) {
        case Look::nothing: return "";
        case Look::day: return is_new ? Markup("day new") : Markup("day");
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
        out << web::visually_hidden(day_text(say, date) + " ") << "<span aria-hidden=\"true\">"
            << static_cast<unsigned>(date.day()) << "</span></th>";
    }
    if (!grid.count_head.empty()) out << "<th scope=\"col\">" << grid.count_head << "</th>";
    return out << "</tr></thead>";
}

}  // namespace

Html grid(const Tongue& say, const Grid& grid) {
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
        if (!grid.count_head.empty()) out << "<td class=\"count\">" << row.count << "</td>";
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
