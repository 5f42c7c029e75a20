// Gaps, named first.
#include "rota/pages.h"

namespace alongside::rota::pages {
namespace {

constexpr std::size_t gaps_to_see = 8, above_a_calendar = 3;

web::ToDo one_gap(const web::Request& request, const Hall& about, const Gap& gap,
                  GapsStand where) {
    const Tongue& say = request.tongue;
    std::optional<Html> action;
    if (request.viewer.may(Permission::manage_peers)) {
        action = web::button_link(say(tr("Put somebody on")),
                                  Url("/on-call/shifts") / gap.shift_id.text(),
                                  web::Weight::secondary);
    }
    const auto when = span_of(say, about.zone, gap.from, gap.to) + ", " + gap.name;
    Html text;
    if (where == GapsStand::above_shifts) {
        text << "<a class=\"govuk-link al-cal-to\" href=\"#shift-" << gap.shift_id.text()
             << "\">" << when << "</a><span class=\"al-cal-when\">" << when << "</span>";
    } else {
        text << when;
    }
    text << ": " << say(trn("{count} person short", "{count} people short", gap.short_by));
    return {std::move(text), std::move(action), gap.from < request.now + Hours{48}};
}

}  // namespace

Html gap_list(const web::Request& request, const Hall& about, const std::vector<Gap>& gaps,
              std::string_view if_none, GapsStand where) {
    if (gaps.empty()) return web::empty_state(if_none);
    const auto to_see = where == GapsStand::alone ? gaps_to_see : above_a_calendar;
    std::vector<web::ToDo> first, more;
    for (const auto& gap : gaps) {
        (first.size() < to_see ? first : more)
            .push_back(one_gap(request, about, gap, where));
    }
    Html out = web::to_do(std::move(first));
    if (!more.empty()) {
        const auto count = static_cast<long>(more.size());
        out << web::details(request.tongue(trn("One more gap", "{count} more gaps", count)),
                            web::to_do(std::move(more)));
    }
    out << how_short_counts(request.tongue);
    if (request.viewer.may(Permission::manage_peers)) {
        out << web::button_link(request.tongue(tr("Repair with the fewest changes")),
                                here(about, Url("/on-call/repair")), web::Weight::secondary);
    }
    return out;
}

Html how_short_counts(const Tongue& say) {
    return web::hint_text(say(tr("Short is what a shift needs, less those on it who can come. Who "
                                 "rests or can’t come doesn’t count, and for tonight nor does "
                                 "whoever may not be called again.")));
}

}  // namespace alongside::rota::pages
