// What is short of people in the coming hours, beside the board.
#include <algorithm>

#include "dispatch/pages.h"

namespace alongside::dispatch {
namespace {

std::string scheme_name(const Tongue& say, const views::Board& board, const SchemeCode& scheme) {
    const auto found = std::ranges::find(board.schemes, scheme, &views::SchemeNow::scheme);
    return found == board.schemes.end() ? scheme.text()
                                        : found->policy->say(say.tag()).short_name;
}

std::string gap_line(const Tongue& say, const views::Board& board, const views::SchemeGap& one) {
    const auto& house = board.house;
    const auto& gap = one.gap;
    return say(tr("{scheme}, {from} to {to}, {shift}: {count} short",
                  {{"scheme", scheme_name(say, board, one.scheme)},
                   {"from", when_text(say, house.zone, gap.from, house.now)},
                   {"to", house.clock(gap.to)},
                   {"shift", gap.name},
                   {"count", std::to_string(gap.short_by)}}));
}

std::string no_shift_line(const Tongue& say, const views::Board& board,
                          const views::NoShift& one) {
    const auto& house = board.house;
    return say(tr("{scheme}, {from} to {to}: no shift",
                  {{"scheme", scheme_name(say, board, one.scheme)},
                   {"from", when_text(say, house.zone, one.from, house.now)},
                   {"to", house.clock(one.to)}}));
}

}  // namespace

Html cover_part(const Tongue& say, const views::Board& board) {
    Html inner;
    if (board.gaps.empty() && board.no_shifts.empty()) {
        inner << web::paragraph(say(tr("Full for the next twelve hours.")));
    } else {
        inner << "<ul class=\"govuk-list\">";
        for (const auto& gap : board.gaps) {
            inner << "<li><b>" << gap_line(say, board, gap) << "</b></li>";
        }
        for (const auto& one : board.no_shifts) {
            inner << "<li><b>" << no_shift_line(say, board, one) << "</b></li>";
        }
        inner << "</ul>";
    }
    return web::note(say(tr("Cover")), std::move(inner));
}

}  // namespace alongside::dispatch
