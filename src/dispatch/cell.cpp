#include "dispatch/cell.h"

#include <algorithm>
#include <cctype>
#include <span>

namespace alongside::dispatch {
namespace {

// The first character of a UTF-8 text, letters of ASCII in upper case.
std::string first_letter(std::string_view text) {
    if (text.empty()) return {};
    const auto byte = static_cast<unsigned char>(text.front());
    const std::size_t size = byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    std::string out(text.substr(0, size));
    if (size == 1) out[0] = static_cast<char>(std::toupper(byte));
    return out;
}

std::string in_capitals(std::string_view text) {
    std::string out;
    for (const unsigned char c : text) out += static_cast<char>(std::toupper(c));
    return out;
}

// "B", "2" and "014" of B-2-014.
std::vector<std::string_view> parts_of(std::string_view key) {
    std::vector<std::string_view> out;
    for (std::size_t at = 0; at <= key.size();) {
        const auto dash = std::min(key.find('-', at), key.size());
        out.push_back(key.substr(at, dash - at));
        at = dash + 1;
    }
    return out;
}

// "14" of "014": people say numbers without the zeros before them.
std::string_view without_zeros(std::string_view part) {
    const bool is_number = std::ranges::all_of(part, [](char c) { return c >= '0' && c <= '9'; });
    while (is_number && part.size() > 1 && part.front() == '0') part.remove_prefix(1);
    return part;
}

// These parts in their order, whatever stands between them.
bool says_them(std::string_view said, std::span<const std::string_view> parts) {
    said.remove_prefix(std::min(said.find_first_not_of(" \t\r\n-./,"), said.size()));
    if (parts.empty()) return said.empty();
    const auto rest = [&](std::string_view part) {
        return said.starts_with(part) && says_them(said.substr(part.size()), parts.subspan(1));
    };
    const auto part = parts.front(), shorter = without_zeros(part);
    return rest(part) || (shorter != part && rest(shorter));
}

bool fits(std::string_view said, const LocationKey& place, const EstablishmentId& prison,
          std::string_view wing) {
    auto parts = parts_of(place.text());
    if (says_them(said, parts)) return true;
    if (parts.front() == wing && says_them(said, std::span(parts).subspan(1))) return true;
    parts.insert(parts.begin(), prison.text());
    return says_them(said, parts);
}

// A name without the spaces and capitals that people leave out or put in.
std::string folded(std::string_view text) {
    std::string out;
    for (const unsigned char c : text) {
        if (std::isspace(c) == 0) out += static_cast<char>(std::tolower(c));
    }
    return out;
}

}  // namespace

CellSaid cell_said(sql::Reader& reader, const EstablishmentId& prison, std::string_view said,
                   std::string_view wing) {
    const auto text = in_capitals(said);
    CellSaid out;
    for (const auto& place : people::places(reader, prison)) {
        const bool is_written_so = place.text() == text;
        if (!is_written_so && !fits(text, place, prison, wing)) continue;
        out.fits_several = !is_written_so && !out.place.empty();
        out.place = place;
        if (is_written_so) break;
    }
    if (out.fits_several) out.place = {};
    if (!out.place.empty()) out.occupants = people::occupants(reader, prison, out.place);
    return out;
}

bool is_nowhere(const LocationKey& place) {
    return place.text() == no_known_place ||
           place.text().ends_with("-" + std::string(no_known_place));
}

LocationKey place_of_danger(sql::Reader& reader, const Viewer& who, std::string_view said) {
    const auto cell = cell_said(reader, who.establishment, said, who.wing);
    if (!cell.place.empty()) return cell.place;
    const std::string name = folded(said);
    if (!name.empty()) {
        for (const auto& place : people::suites(reader, who.establishment)) {
            if (folded(place.label) == name) return place.place;
        }
        for (const auto& wing : people::wings(reader, who.establishment)) {
            const bool is_it = name == folded(wing.name) || name == folded(wing.wing) ||
                               name == folded(wing.wing + "wing");
            const auto place = LocationKey::parse(wing.wing, who.establishment);
            if (is_it && place) return *place;
        }
    }
    const std::string wing = who.wing.empty() ? std::string() : who.wing + "-";
    return *LocationKey::parse(wing + std::string(no_known_place), {});
}

std::string initials(const people::Name& name) {
    return first_letter(name.given_names) + first_letter(name.family_name);
}

}  // namespace alongside::dispatch
