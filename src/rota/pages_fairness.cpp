// How the rota is shared out: who carries most and least, in words, in numbers and as bars.
#include <algorithm>

#include "base/dates.h"
#include "rota/pages.h"
#include "rota/shares.h"
#include "welfare/welfare.h"

namespace alongside::rota::pages {

std::string hours_shown(const Tongue& say, std::int64_t minutes) {
    const auto tenths = minutes / 6;
    std::string out = std::to_string(tenths / 10);
    if (tenths % 10 == 0) return out;
    return out + (say.tag().starts_with("fr") ? "," : ".") + std::to_string(tenths % 10);
}

std::string who_are(const Tongue& say, const std::vector<std::string>& labels,
                    const std::vector<std::size_t>& which) {
    constexpr std::size_t at_most = 3;
    if (which.size() > at_most) {
        return say(trn("{count} person", "{count} people", static_cast<long>(which.size())));
    }
    std::string out;
    for (const auto i : which) out += (out.empty() ? "" : ", ") + labels[i];
    return out;
}

namespace {

constexpr int weeks_shared = 4;

struct SharedOut {
    Hall about;
    Instant from, to;                       // whole days of the prison
    bool is_ahead;
    std::vector<std::string> labels;        // in the order of the shares
    std::vector<shares::Share> shares;
    // Time with people: what was to be expected, if anything is known of it, and what there was,
    // which the weeks that are ahead have none of.
    std::optional<ExpectedTime> expected;
    std::vector<Millis> to_expect, spent;
};

void add_time_with_people(sql::Reader& reader, const web::Request& request, Expects expects,
                          const std::vector<PersonId>& people,
                          const std::vector<shares::Worked>& worked,
                          const std::vector<shares::Worked>& others, SharedOut& out) {
    const auto& home = request.viewer.establishment;
    if (expects) {
        out.expected = expects(reader, home, *out.about.policy, out.about.zone, request.now);
    }
    if (out.expected) {
        out.to_expect = shares::expected_of(people, worked, others, out.about.zone,
                                            *out.expected);
    }
    if (out.is_ahead) return;
    const auto all = welfare::time_spent(reader, home, out.from, out.to, request.now);
    for (const auto& person : people) {
        const auto found = std::ranges::find(all, person, &welfare::TimeSpent::person_id);
        out.spent.push_back(found == all.end() ? Millis{0} : found->time);
    }
}

std::optional<SharedOut> shared_out(sql::Reader& reader, const web::Request& request,
                                    Expects expects) {
    auto about = hall(reader, request);
    if (!about) return std::nullopt;
    SharedOut out{std::move(*about), {}, {}, request.query.get("weeks") != "last", {}, {}, {}, {},
                  {}};
    using std::chrono::days;
    const std::chrono::sys_days today{out.about.zone.local(request.now).day};
    const auto from = out.is_ahead ? today : today - days{7 * weeks_shared};
    out.from = out.about.zone.instant(Day{from}, 0);
    out.to = out.about.zone.instant(Day{from + days{7 * weeks_shared}}, 0);
    std::vector<std::pair<std::string, PersonId>> order;
    for (const auto& [person, label] : out.about.labels) order.emplace_back(label, person);
    std::ranges::sort(order);
    std::vector<PersonId> people;
    for (const auto& [label, person] : order) {
        out.labels.push_back(label);
        people.push_back(person);
    }
    std::vector<shares::Worked> worked, others;
    for (const auto& put : store::puts(reader, request.viewer.establishment, out.about.scheme,
                                       out.from, out.to + rules::longest_shift)) {
        // A shift belongs to the day on which it begins.
        const bool is_counted = put.from_at >= out.from && put.from_at < out.to;
        (is_counted ? worked : others).push_back({put.person_id, put.from_at, put.until_at});
    }
    add_time_with_people(reader, request, expects, people, worked, others, out);
    out.shares = shares::shares_of(people, std::move(worked), out.about.zone,
                                   out.about.policy->night);
    return out;
}

// One of the things that are shared out.
struct Measure {
    Words title, same, ends;                // ends: {most}, {high}, {least}, {low}
    bool is_time = false;
    std::vector<std::int64_t> values;       // minutes where it is time

    std::string shown(const Tongue& say, std::int64_t value) const {
        return is_time ? hours_shown(say, value) : std::to_string(value);
    }
};

// Minutes, to a tenth of an hour: what is shown as the same is the same.
std::vector<std::int64_t> in_tenths(const std::vector<Millis>& times) {
    std::vector<std::int64_t> out;
    for (const auto time : times) {
        out.push_back(6 * std::chrono::round<std::chrono::duration<std::int64_t, std::ratio<360>>>(
                              time).count());
    }
    return out;
}

std::vector<Measure> measures_of(const SharedOut& shared) {
    std::vector<Measure> out{
        {tr("Nights"), tr("Nights: everybody has as many."),
         tr("Nights: most for {most} ({high}), fewest for {least} ({low}).")},
        {tr("Weekends"), tr("Weekends: everybody has as many."),
         tr("Weekends: most for {most} ({high}), fewest for {least} ({low}).")},
        {tr("Hours on call"), tr("Hours on call: everybody has as many."),
         tr("Hours on call: most for {most} ({high}), fewest for {least} ({low})."), true}};
    for (const auto& share : shared.shares) {
        out[0].values.push_back(share.nights);
        out[1].values.push_back(share.weekends);
        out[2].values.push_back(std::chrono::duration_cast<Minutes>(share.time).count());
    }
    if (shared.expected) {
        out.push_back({tr("Expected hours with people"),
                       tr("Expected hours with people: everybody has as many."),
                       tr("Expected hours with people: most for {most} ({high}), fewest for "
                          "{least} ({low})."),
                       true, in_tenths(shared.to_expect)});
    }
    if (!shared.spent.empty()) {
        out.push_back({tr("Hours with people"),
                       tr("Hours with people: everybody had as many."),
                       tr("Hours with people: most for {most} ({high}), fewest for {least} "
                          "({low})."),
                       true, in_tenths(shared.spent)});
    }
    return out;
}

// How time with people comes about, in words.
Html of_time_with_people(const Tongue& say, const SharedOut& shared) {
    Html out;
    if (shared.expected) {
        const auto& known = *shared.expected;
        const auto minutes = std::chrono::round<Minutes>(known.session).count();
        out << web::paragraph(
            say(tr("Expected hours with people: by what was asked for on the last {days} days, "
                   "weekday by weekday and hour by hour. A session took {minutes} minutes on "
                   "average. The time of each hour is shared equally among those on call in it.",
                   {{"days", std::to_string(known.days)},
                    {"minutes", std::to_string(minutes)}})));
    } else {
        out << web::paragraph(say(tr("How many hours with people are to be expected isn’t known "
                                     "yet: no session of this scheme is recorded.")));
    }
    if (!shared.is_ahead) {
        out << web::paragraph(say(tr("Hours with people: in sessions that began on these days, "
                                     "for any scheme.")));
    }
    return out;
}

Html in_words(const Tongue& say, const SharedOut& shared, const std::vector<Measure>& measures) {
    Html out;
    out << "<ul class=\"govuk-list govuk-list--bullet\">";
    for (const auto& one : measures) {
        const auto ends = shares::ends_of(one.values);
        Words words = one.same;
        if (ends) {
            words = one.ends;
            words.values = {{"most", who_are(say, shared.labels, ends->most)},
                            {"high", one.shown(say, one.values[ends->most.front()])},
                            {"least", who_are(say, shared.labels, ends->least)},
                            {"low", one.shown(say, one.values[ends->least.front()])}};
        }
        out << "<li>" << say(words) << "</li>";
    }
    return out << "</ul>";
}

Html share_table(const Tongue& say, const SharedOut& shared,
                 const std::vector<Measure>& measures) {
    web::Table table;
    table.caption = say(tr("How the rota is shared out"));
    table.caption_is_hidden = true;
    table.head = {say(tr("Who"))};
    table.is_number = {false};
    for (const auto& one : measures) {
        table.head.push_back(say(one.title));
        table.is_number.push_back(true);
    }
    for (std::size_t i = 0; i < shared.labels.size(); ++i) {
        std::vector<Html> row{Html() << shared.labels[i]};
        for (const auto& one : measures) {
            row.push_back(Html() << one.shown(say, one.values[i]));
        }
        table.rows.push_back(std::move(row));
    }
    return web::table(std::move(table));
}

// Longest first; the line is where all bars would end if everybody had as much.
Html share_chart(const Tongue& say, const SharedOut& shared, const Measure& measure) {
    std::vector<std::size_t> order(shared.labels.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::stable_sort(order, std::greater{}, [&](std::size_t i) {
        return measure.values[i];
    });
    std::vector<web::Bar> bars;
    double sum = 0;
    for (const auto i : order) {
        const auto value = static_cast<double>(measure.values[i]);
        sum += value;
        bars.push_back({shared.labels[i], value, measure.shown(say, measure.values[i]), false});
    }
    const double equal = sum / static_cast<double>(bars.size());
    return web::bar_chart(say, say(measure.title), std::move(bars),
                          equal > 0 ? std::optional(equal) : std::nullopt,
                          say(tr("an equal share")));
}

web::Response fairness_page(web::Site& site, web::Request& request, Expects expects) {
    const Tongue& say = request.tongue;
    const auto shared = site.database.read([&](sql::Reader& reader) {
        return shared_out(reader, request, expects);
    });
    if (!shared) return no_scheme(request);
    const auto& about = shared->about;
    web::PageOptions options;
    options.title = say(tr("How the rota is shared out: {scheme}",
                           {{"scheme", about.policy->say(say.tag()).short_name}}));
    options.before_main = web::back_link(say, here(about, Url("/on-call")));
    const auto last_day = about.zone.local(shared->to - Hours(1)).day;
    Html main = web::head_row(options.title);
    main << web::paragraph(say(tr("From {from} to {to}.",
                                  {{"from", date_text(say, about.zone.local(shared->from).day)},
                                   {"to", date_text(say, last_day)}})))
         << "<p class=\"govuk-body\">"
         << (shared->is_ahead
                 ? web::link(say(tr("The last 4 weeks")),
                             here(about, Url("/on-call/shares")).with("weeks", "last"))
                 : web::link(say(tr("The next 4 weeks")), here(about, Url("/on-call/shares"))))
         << "</p>";
    if (shared->labels.empty()) {
        main << web::empty_state(say(tr("Nobody belongs to this scheme yet.")));
        return web::page(request, std::move(options), std::move(main));
    }
    const auto measures = measures_of(*shared);
    main << in_words(say, *shared, measures) << share_table(say, *shared, measures)
         << of_time_with_people(say, *shared);
    for (const auto& one : measures) {
        main << web::heading(2, say(one.title), "m") << share_chart(say, *shared, one);
    }
    return web::page(request, std::move(options), std::move(main));
}

}  // namespace

std::vector<web::Route> fairness_routes(web::Site& site, Expects expects) {
    std::vector<web::Route> out;
    out.emplace_back(web::Method::get, "/on-call/shares", Permission::manage_peers,
                     [&site, expects](web::Request& request) {
                         return fairness_page(site, request, expects);
                     });
    return out;
}

}  // namespace alongside::rota::pages
