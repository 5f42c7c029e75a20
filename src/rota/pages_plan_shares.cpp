// How a plan shares out the time with people that is to be expected, and what that weighs.
#include <algorithm>
#include <numeric>

#include "rota/pages_plan.h"
#include "rota/plan_facts.h"
#include "rota/shares.h"

namespace alongside::rota::pages {
namespace {

constexpr int minutes_of_a_quarter = 15;

Html exposure_table(const Tongue& say, const Planned& planned,
                    const std::vector<std::string>& labels) {
    web::Table table;
    table.caption = say(tr("Expected hours with people"));
    table.caption_is_hidden = true;
    table.head = {say(tr("Who")), say(tr("In these days")), say(tr("Had more before by"))};
    table.is_number = {false, true, true};
    std::vector<std::size_t> order(labels.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::sort(order, {}, [&](std::size_t i) { return labels[i]; });
    for (const auto i : order) {
        const auto shown = [&](int quarters) {
            return Html() << hours_shown(say, std::int64_t{quarters} * minutes_of_a_quarter);
        };
        table.rows.push_back({Html() << labels[i], shown(planned.proposal.burdens[i].exposure),
                              shown(planned.facts.peers[i].exposure_before)});
    }
    return web::table(std::move(table));
}

}  // namespace

Words exposure_weight() {
    return tr("An hour with people more than an equal share counts as much as {hours} hours more "
              "on call.",
              {{"hours", std::to_string(planning::exposure_in_hours_on_call)}});
}

Html exposure_part(const Tongue& say, const Planned& planned) {
    Html out;
    const auto& facts = planned.facts;
    out << web::heading(3, say(tr("Expected hours with people")), "s");
    if (std::ranges::none_of(facts.shifts, [](const auto& one) { return one.exposure > 0; })) {
        return out << web::paragraph(say(tr("These aren’t shared out: too little time with people "
                                            "is recorded for this scheme yet.")));
    }
    std::vector<std::int64_t> values;
    std::vector<std::string> labels;
    for (std::size_t i = 0; i < facts.peers.size(); ++i) {
        values.push_back(std::int64_t{planned.proposal.burdens[i].exposure} *
                         minutes_of_a_quarter);
        labels.push_back(planned.about.label(say, facts.peers[i].person_id));
    }
    Words ends = tr("Expected hours with people: everybody has as many.");
    if (const auto found = shares::ends_of(values)) {
        ends = tr("Expected hours with people: most for {most} ({high}), fewest for {least} "
                  "({low}).",
                  {{"most", who_are(say, labels, found->most)},
                   {"high", hours_shown(say, values[found->most.front()])},
                   {"least", who_are(say, labels, found->least)},
                   {"low", hours_shown(say, values[found->least.front()])}});
    }
    return out << web::paragraph(say(ends))
               << web::paragraph(
                      say(exposure_weight()) + " " +
                      say(tr("Whoever had more than an equal share in the {days} days before gets "
                             "less now. Nobody makes up for having had less.",
                             {{"days", std::to_string(exposure_days_before)}})))
               << web::details(say(tr("Hours of each")), exposure_table(say, planned, labels));
}

}  // namespace alongside::rota::pages
