// Why shifts of a plan stay short, and what would fix it. For those who manage peers alone.
#include <algorithm>

#include "base/dates.h"
#include "base/ensure.h"
#include "rota/pages_life.h"
#include "rota/pages_plan.h"
#include "rota/refusals.h"

namespace alongside::rota::pages {
namespace {

constexpr int most_short_at_a_glance = 8;

// Those kept from it by the fewest reasons first: they are the nearest to taking it.
Html why_table(const web::Request& request, const Planned& planned,
               const planning::Short& one) {
    const Tongue& say = request.tongue;
    auto others = one.others;
    std::ranges::stable_sort(others, {}, [](const auto& other) { return other.whys.size(); });
    Html out;
    out << "<ul class=\"govuk-list\">";
    for (const auto& other : others) {
        out << "<li><strong>" << planned.about.label(say, other.person_id) << "</strong>: "
            << (other.whys.empty() ? say(tr("can take it")) : reasons_text(say, other.whys))
            << "</li>";
    }
    out << "</ul>";
    return out;
}

Words words_of_repair(const Tongue& say, const Planned& planned, const planning::Repair& repair) {
    using enum planning::Repair::What;
    switch (repair.what) {
        case ready_person:
            return tr("{peer} becomes ready ({reasons})",
                      {{"peer", planned.about.label(say, *repair.person_id)},
                       {"reasons", reasons_text(say, repair.whys)}});
        case one_more_person: return tr("One more peer who is ready, new or lent");
        case two_more_people: return tr("Two more peers who are ready, new or lent");
        case more_shifts:
            return tr("{who} on more shifts in seven days than are enough for them",
                      {{"who", planned.about.label(say, *repair.person_id)}});
        case three_nights: return tr("Three nights in seven days for those who are on");
    }
    return {};
}

}  // namespace

Html short_part(const web::Request& request, const Planned& planned) {
    const Tongue& say = request.tongue;
    const auto all = planning::why_short(planned.facts, planned.proposal);
    if (all.empty()) {
        return web::paragraph(say(tr("With this plan every shift has enough people.")));
    }
    const auto soon = day_after(planned.about.zone.local(request.now).day, 2);
    std::vector<web::ToDo> list;
    for (const auto& one : all) {
        const auto at = std::ranges::find(planned.facts.shifts, one.shift_id,
                                          &planning::OpenShift::shift_id);
        ENSURE(at != planned.facts.shifts.end());
        Html what;
        what << day_text(say, day_after(planned.first, at->day)) << ", " << at->name << ": "
             << say(trn("one more is needed", "{count} more are needed", one.short_by));
        if (one.others.empty()) what << web::hint_text(say(tr("There is nobody else.")));
        else what << web::details(say(tr("Why nobody?")), why_table(request, planned, one));
        list.push_back({std::move(what),
                        web::button_link(say(tr("Put somebody on")),
                                         Url("/on-call/shifts") / one.shift_id.text(),
                                         web::Weight::secondary),
                        day_after(planned.first, at->day) <= soon});
    }
    std::vector<web::ToDo> later;
    if (list.size() > most_short_at_a_glance) {
        const auto rest = list.begin() + most_short_at_a_glance;
        later.assign(std::make_move_iterator(rest), std::make_move_iterator(list.end()));
        list.erase(rest, list.end());
    }
    Html out;
    out << web::heading(2, say(trn("One shift stays short", "{count} shifts stay short",
                                   static_cast<int>(all.size()))), "m")
        << web::to_do(std::move(list));
    if (later.empty()) return out;
    const auto count = static_cast<long>(later.size());
    return out << web::details(say(trn("{count} more shift", "{count} more shifts", count)),
                               web::to_do(std::move(later)));
}

Html days_after_the_last_shift(const Tongue& say, const Planned& planned) {
    int last = 0;
    for (const auto& shift : planned.facts.shifts) last = std::max(last, shift.day);
    const int without = planned.facts.days - 1 - last;
    if (planned.facts.shifts.empty() || without == 0) return {};
    Html inner = web::paragraph(say(trn(
        "The last shift begins on {day}. On the day after it there is none: nobody is on call "
        "then, and the plan can put nobody on.",
        "The last shift begins on {day}. On the {count} days after it there is none: nobody is on "
        "call then, and the plan can put nobody on.",
        without, {{"day", day_text(say, day_after(planned.first, last))}})));
    inner << web::link(say(tr("Make them from the repeating pattern")),
                       here(planned.about, Url("/on-call/pattern")));
    return web::inset(std::move(inner));
}

Html too_few_part(const web::Request& request, const Planned& planned) {
    const Tongue& say = request.tongue;
    Html out;
    const bool is_enough_said = std::ranges::any_of(
        planned.facts.peers, [](const auto& peer) { return peer.most_shifts_in_7_days < 7; });
    const auto also =
        is_enough_said ? " " + say(tr("Nobody is on more shifts than are enough for them, either."))
                       : std::string();
    for (const auto& week : planning::too_few_at_night(planned.facts, planned.proposal)) {
        out << web::paragraph(say(tr(
            "In the {days} days from {day}, nights have {wanted} places. Those who can work nights "
            "({people}) can fill {most} of them, however they are shared: rest, and at most "
            "{nights} nights in seven days.",
            {{"days", std::to_string(week.days)},
             {"day", day_text(say, day_after(planned.first, week.first_day))},
             {"wanted", std::to_string(week.wanted)},
             {"people", std::to_string(week.people)},
             {"most", std::to_string(week.most)},
             {"nights", std::to_string(planned.facts.most_nights_in_7_days)}})) + also);
    }
    return out;
}

Html repairs_part(const web::Request& request, const Planned& planned,
                  const planning::Repairs& repairs) {
    const Tongue& say = request.tongue;
    Html out;
    if (repairs.now.places == 0) {
        return out << web::paragraph(say(tr("With this plan every shift has enough people.")));
    }
    web::Table table;
    table.caption = say(tr("What would help, the most first"));
    table.head = {say(tr("Change")), say(tr("Shifts that stay short")),
                  say(tr("Places that stay short"))};
    const auto add = [&](Html what, const planning::StillShort& after) {
        table.rows.push_back({std::move(what), Html() << std::to_string(after.shifts),
                              Html() << std::to_string(after.places)});
    };
    add(Html() << say(tr("The plan as it is")), repairs.now);
    if (repairs.longer) {
        add(Html() << say(tr("Nothing else, only a longer search")),
            planning::still_short(planned.facts, repairs.longer->puts));
    }
    for (const auto& repair : repairs.all) {
        add(Html() << say(words_of_repair(say, planned, repair)), repair.after);
    }
    out << web::table(std::move(table));
    if (repairs.longer) {
        auto hidden = hidden_plan(planned);
        std::ranges::move(hidden_changes({repairs.longer->puts, {}}),
                          std::back_inserter(hidden));
        out << web::button_form(request, Url("/on-call/plan"),
                                say(tr("Show the plan of the longer search")),
                                web::Weight::primary, std::move(hidden));
    }
    if (repairs.all.empty()) {
        return out << web::paragraph(say(tr("None of the changes that were tried would help: more "
                                            "peers, peers who become ready, more nights or shifts "
                                            "each.")));
    }
    return out << web::hint_text(say(tr("Each goes on from this plan, with that one thing changed. "
                                        "None of it is done here: peers become ready on their own "
                                        "page, limits stand in the scheme's policy, and how many "
                                        "shifts are enough for somebody beside when they "
                                        "can’t.")));
}

}  // namespace alongside::rota::pages
