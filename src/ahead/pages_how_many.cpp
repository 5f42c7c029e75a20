// How many peers are needed: what the simulation answered, with what it rests on.
#include <boost/json.hpp>
#include <cmath>

#include "ahead/pages.h"
#include "base/dates.h"

namespace alongside::ahead::pages {
namespace {

using simulate::HowMany;
using simulate::HowManyRow;
using simulate::PartOfDay;
using simulate::ShareSeen;

std::string peers_text(const Tongue& say, const HowMany& result, const std::optional<int>& peers) {
    return peers ? say(tr("with {peers} peers", {{"peers", std::to_string(*peers)}}))
                 : say(tr("with none of up to {peers} peers",
                          {{"peers", std::to_string(result.options.most)}}));
}

Html answers_table(const Tongue& say, const HowMany& result) {
    web::Table table;
    table.caption = say(tr("{share} is reached", {{"share", percent(say, result.options.wanted)}}));
    table.head = {say(tr("What")), say(tr("By day")), say(tr("At night"))};
    const auto add = [&](std::string what, ShareSeen PartOfDay::* of) {
        const auto cell = [&](PartOfDay HowManyRow::* when) {
            const auto found = simulate::peers_enough(result, of, when);
            std::string text = peers_text(say, result, found.in_the_mean);
            if (found.in_the_mean && found.surely != found.in_the_mean) {
                text += " " + say(tr("(the whole interval: {peers})",
                                     {{"peers", peers_text(say, result, found.surely)}}));
            }
            return Html() << text;
        };
        table.rows.push_back({Html() << std::move(what), cell(&HowManyRow::day),
                              cell(&HowManyRow::night)});
    };
    add(say(tr("A peer says yes within 15 minutes")), &PartOfDay::yes_within);
    add(say(tr("Somebody is there within 15 minutes")), &PartOfDay::there_within);
    add(say(tr("Somebody is there within the target ({day} and {night} minutes)",
               {{"day", std::to_string(result.target_day)},
                {"night", std::to_string(result.target_night)}})),
        &PartOfDay::there_by_target);
    add(say(tr("Somebody comes at all")), &PartOfDay::there);
    return web::table(std::move(table));
}

Html share_chart(const Tongue& say, const HowMany& result, std::string title,
                 ShareSeen PartOfDay::* what) {
    web::RangeChart chart;
    chart.title = std::move(title);
    chart.along = say(tr("Peers"));
    web::RangedSeries day{say(tr("By day")), {}}, night{say(tr("At night")), {}};
    const auto ranged = [&](const ShareSeen& one) {
        return web::Ranged{one.mean, one.low, one.high,
                           say(tr("{value} ({low} to {high})",
                                  {{"value", percent(say, one.mean)},
                                   {"low", percent(say, one.low)},
                                   {"high", percent(say, one.high)}}))};
    };
    for (const auto& row : result.rows) {
        chart.places.push_back(std::to_string(row.peers));
        day.values.push_back(ranged(row.day.*what));
        night.values.push_back(ranged(row.night.*what));
    }
    chart.series = {std::move(day), std::move(night)};
    for (const double at : {0.0, 0.25, 0.5, 0.75, 1.0}) {
        chart.ticks.push_back({at, percent(say, at)});
    }
    chart.limit = web::Tick{result.options.wanted, percent(say, result.options.wanted)};
    return Html() << web::heading(3, chart.title, "s") << web::range_chart(say, chart);
}

Html how_to_run(const Tongue& say, const SchemeCode& scheme) {
    return web::details(
        say(tr("How to work it out anew")),
        Html() << web::paragraph(say(tr("On the machine that runs Alongside; a minute or two, "
                                        "while everything else goes on:")))
               << "<pre class=\"al-notices\" tabindex=\"0\">alongside ahead scene --scheme "
               << scheme.text()
               << " > own.toml\nalongside simulate --how-many --scene own.toml --days 91 --json > "
                  "answer.json\nalongside ahead keep answer.json</pre>");
}

}  // namespace

Html how_many_part(const Tongue& say, const SchemeCode& scheme,
                   const std::optional<store::Answer>& answer, const Zone& zone) {
    Html out;
    out << web::heading(2, say(tr("How many peers are needed?")), "m");
    if (!answer) {
        return out << web::empty_state(say(tr("Nobody has let this be simulated here yet. The "
                                              "answer comes from simulated weeks of this prison, "
                                              "with 5 to 20 peers, through the rules that hold in "
                                              "service.")))
                   << how_to_run(say, scheme);
    }
    const auto result = simulate::how_many_from(boost::json::parse(answer->report_json));
    out << web::paragraph(say(tr(
               "Simulated on {day}: {requests} requests a year, {night} of them at night, sessions "
               "of {hours} hours on average; {days} days from each of {seeds} seeds, and each "
               "share with the 95% interval of its mean over the seeds.",
               {{"day", date_text(say, zone.local(answer->made_at).day)},
                {"requests", std::to_string(std::lround(result.requests_a_year))},
                {"night", percent(say, result.night_share)},
                {"hours", decimal(say, result.mean_hours)},
                {"days", std::to_string(result.options.year.days)},
                {"seeds", std::to_string(result.options.seeds)}})))
        << answers_table(say, result)
        << share_chart(say, result, say(tr("A peer says yes within 15 minutes")),
                       &PartOfDay::yes_within)
        << share_chart(say, result, say(tr("Somebody is there within 15 minutes")),
                       &PartOfDay::there_within)
        << web::details(say(tr("Somebody is there within the scheme’s target")),
                        share_chart(say, result, say(tr("Somebody is there within the target")),
                                    &PartOfDay::there_by_target))
        << web::hint_text(say(tr(
               "Knock, answer, unlock and escort take their time however many peers there are: "
               "where even many don’t reach it, more peers won’t. What isn’t recorded here (how "
               "long a knock takes, how often a peer says yes) is assumed as for Stony Mountain; "
               "“alongside simulate --assumptions --scene own.toml” lists each value with its "
               "source. Added peers are copies of those there are, and the same share of them is "
               "on call, hence the steps.")));
    return out << how_to_run(say, scheme);
}

}  // namespace alongside::ahead::pages
