// A row a peer, a column a day, gaps on top: how a plan and the calendar show people's days.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/civil_time.h"
#include "base/html.h"
#include "base/words.h"

namespace alongside::rota::pages {

// Of a shift: night, late (from noon on), or day; where somebody has several, the last of these.
enum class Look { nothing, day, late, night, rest, cannot, covered, gap };
Look look_of_shift(bool is_night, int from_minute);
struct GridCell {
    Look look = Look::nothing;
    bool is_new = false;
    Html inner = {};
};
struct GridRow {
    Html head;
    std::vector<GridCell> cells;            // one a day
    std::optional<int> count = {};          // shown with a bar beside those of the others
    std::string person = {};                // whose it is: an id, where somebody can be picked up
};
struct Grid {
    std::string label;                      // what it is, for those who don't see it
    Day first;
    int days = 0;
    std::string count_head = {};            // empty: nothing is counted
    std::vector<GridRow> rows;
    bool is_roomy = false;                  // few days: words, not letters
};
Html grid(const Tongue& say, const Grid& grid);
// What the letters and colours of shifts are: "E early, L late, N night".
struct KindShown {
    std::string name;
    Look look;
};
Html key_of(const Tongue& say, const std::vector<KindShown>& kinds);

// Of the row of gaps: the shifts of a day that stay short, by letter or, where there is room, by
// name.
enum class Room { letters, names };
GridCell cover_cell(const Tongue& say, bool has_shifts, const std::vector<std::string>& short_of,
                    Room room = Room::letters);

// "N": the first letter of a shift's name, as on the paper rota.
std::string letter_of(const std::string& name);
// One letter to see, and its words to hear.
Html letter(std::string_view shown, std::string_view words);

}  // namespace alongside::rota::pages
