// Plan the open shifts: the coming weeks as a calendar with what is proposed, then put them on.
#include <algorithm>
#include <memory>
#include <set>
#include <variant>

#include "base/dates.h"
#include "base/ensure.h"
#include "rota/pages_grid.h"
#include "rota/pages_life.h"
#include "rota/pages_plan.h"
#include "rota/plan_facts.h"
#include "rota/refusals.h"
#include "rota/searches.h"

namespace alongside::rota::pages {

Day day_after(Day day, int days) {
    return Day{std::chrono::sys_days{day} + std::chrono::days{days}};
}

namespace {

constexpr int least_weeks = 1, most_weeks = 12, usual_weeks = 4;
constexpr double seconds_to_plan = 2, seconds_for_repairs = 4;

struct Wish {
    Day from;
    int weeks;
};
BOOST_DESCRIBE_STRUCT(Wish, (), (from, weeks))

Html wish_form(const web::Request& request, const Hall& about, const web::FieldErrors& errors) {
    const Tongue& say = request.tongue;
    web::Field from, weeks;
    from.name = "from";
    from.label = say(tr("First day"));
    from.value = request.form.has("from")
                     ? std::string(request.form.get("from"))
                     : iso_day(day_after(about.zone.local(request.now).day, 1));
    from.errors = &errors;
    weeks.name = "weeks";
    weeks.label = say(tr("How many weeks"));
    weeks.hint = say(tr("1 to 12"));
    weeks.value = request.form.has("weeks") ? std::string(request.form.get("weeks"))
                                            : std::to_string(usual_weeks);
    weeks.errors = &errors;
    Html inner;
    inner << "<input type=\"hidden\" name=\"scheme\" value=\"" << about.scheme.text() << "\">"
          << web::date_input(request, std::move(from))
          << web::text_input(request, std::move(weeks), "text", 3)
          << web::submit(say(tr("Show a plan")));
    return web::form(request, Url("/on-call/plan"), std::move(inner));
}

web::PageOptions options_of(const web::Request& request, const Hall& about) {
    const Tongue& say = request.tongue;
    web::PageOptions options;
    options.title = say(tr("Plan the open shifts: {scheme}",
                           {{"scheme", about.policy->say(say.tag()).short_name}}));
    options.before_main = web::back_link(say, here(about, Url("/on-call")));
    return options;
}

web::Response ask_page(const web::Request& request, const Hall& about,
                       const web::FieldErrors& errors, int status, const Html& found = {}) {
    const Tongue& say = request.tongue;
    auto options = options_of(request, about);
    Html main;
    main << web::error_summary(request, errors) << web::head_row(options.title) << found
         << web::paragraph(say(tr("The program looks for somebody for each shift that has too few "
                                  "people. Whoever is on a shift stays on it. You see the plan "
                                  "first; nothing changes until you say so. You can keep it as "
                                  "a draft, and change it before you publish it.")))
         << web::paragraph(say(tr("Nights, weekends, hours on call and, where sessions are "
                                  "recorded, expected hours with people are shared out.")) +
                           " " + say(exposure_weight()))
         << drafts_link(say, about)
         << wish_form(request, about, errors);
    return web::page(request, std::move(options), std::move(main), status);
}

// The calendar of a plan.
class Calendar {
public:
    Calendar(const web::Request& request, const Planned& planned)
        : say_(request.tongue), planned_(planned) {
        for (const auto& put : planned.proposal.puts) {
            proposed_.insert({put.shift_id, put.person_id});
        }
        const auto& short_of = planned.proposal.short_of;
        short_of_.insert(short_of.begin(), short_of.end());
        for (const auto& shift : planned.facts.shifts) by_day_[shift.day].push_back(&shift);
    }

    Html draw() const {
        Grid out{say_(tr("Calendar of the plan")), planned_.first, planned_.facts.days,
                 say_(tr("Nights")), {gap_row()}};
        std::vector<std::pair<std::string, std::size_t>> order;
        for (std::size_t i = 0; i < planned_.facts.peers.size(); ++i) {
            order.emplace_back(planned_.about.label(say_, planned_.facts.peers[i].person_id), i);
        }
        std::ranges::sort(order);
        for (const auto& [label, number] : order) {
            const auto person = planned_.facts.peers[number].person_id;
            GridRow row{Html() << label, {},
                        static_cast<int>(planned_.proposal.burdens[number].nights)};
            for (int day = 0; day < planned_.facts.days; ++day) {
                row.cells.push_back(cell(person, day));
            }
            out.rows.push_back(std::move(row));
        }
        return key() << grid(say_, out);
    }

private:
    Html key() const {
        std::vector<std::pair<int, KindShown>> kinds;       // by when they begin
        for (const auto& shift : planned_.facts.shifts) {
            const auto look = look_of_shift(shift.is_night, shift.from_minute);
            const bool is_there = std::ranges::any_of(kinds, [&](const auto& one) {
                return one.second.name == shift.name;
            });
            if (!is_there) kinds.push_back({shift.from_minute, {shift.name, look}});
        }
        std::ranges::stable_sort(kinds, {}, [](const auto& one) { return one.first; });
        std::vector<KindShown> out;
        for (auto& one : kinds) out.push_back(std::move(one.second));
        return key_of(say_, out);
    }
    GridRow gap_row() const {
        GridRow row{Html() << say_(tr("Not covered")), {}};
        for (int day = 0; day < planned_.facts.days; ++day) {
            std::vector<std::string> short_of;
            for (const auto* shift : shifts_on(day)) {
                if (short_of_.contains(shift->shift_id)) short_of.push_back(shift->name);
            }
            row.cells.push_back(cover_cell(say_, !shifts_on(day).empty(), short_of));
        }
        return row;
    }

    GridCell cell(PersonId person, int day) const {
        GridCell out;
        for (const auto* shift : shifts_on(day)) {
            const bool is_proposed = proposed_.contains({shift->shift_id, person});
            if (!is_proposed && std::ranges::count(shift->on, person) == 0) continue;
            out.is_new |= is_proposed;
            out.look = std::max(out.look, look_of_shift(shift->is_night, shift->from_minute));
            out.inner << letter(letter_of(shift->name) + (is_proposed ? "+" : ""),
                                is_proposed ? say_(tr("{shift}, new", {{"shift", shift->name}}))
                                            : shift->name);
        }
        return out;
    }

    const std::vector<const planning::OpenShift*>& shifts_on(int day) const {
        static const std::vector<const planning::OpenShift*> none;
        const auto found = by_day_.find(day);
        return found == by_day_.end() ? none : found->second;
    }

    const Tongue& say_;
    const Planned& planned_;
    std::set<std::pair<ShiftId, PersonId>> proposed_;
    std::set<ShiftId> short_of_;
    std::map<int, std::vector<const planning::OpenShift*>> by_day_;
};

}  // namespace

Html plan_calendar(const web::Request& request, const Planned& planned) {
    return Calendar(request, planned).draw();
}

std::vector<web::Hidden> hidden_plan(const Planned& planned) {
    return {{"scheme", planned.about.scheme.text()},
            {"from", iso_day(planned.first)},
            {"weeks", std::to_string(planned.facts.days / 7)}};
}

namespace {

// Carries the plan on to another page about it.
Html repairs_form(const web::Request& request, const Planned& planned) {
    auto hidden = hidden_plan(planned);
    std::ranges::move(hidden_changes({planned.proposal.puts, {}}), std::back_inserter(hidden));
    return web::button_form(request, Url("/on-call/plan/repairs"),
                            request.tongue(tr("What would fix it?")), web::Weight::secondary,
                            std::move(hidden));
}

Html put_form(const web::Request& request, const Planned& planned) {
    const Tongue& say = request.tongue;
    auto hidden = hidden_changes({planned.proposal.puts, {}});
    hidden.push_back({"scheme", planned.about.scheme.text()});
    Html out;
    out << web::button_form(
        request, Url("/on-call/plan/puts"),
        say(trn("Put this one person on", "Put these {count} on",
                static_cast<int>(planned.proposal.puts.size()))),
        web::Weight::primary, hidden);
    hidden.push_back({"from", iso_day(planned.first)});
    hidden.push_back({"days", std::to_string(planned.facts.days)});
    return out << web::button_form(request, Url("/on-call/drafts"), say(tr("Keep it as a draft")),
                                   web::Weight::secondary, std::move(hidden));
}

// Whether the search may still find a better one, and the press that lets it.
Html search_on_form(const web::Request& request, const Planned& planned) {
    const Tongue& say = request.tongue;
    if (planned.proposal.is_best) {
        return Html() << web::hint_text(say(tr("No plan of these days is better: it is proved.")));
    }
    auto hidden = hidden_plan(planned);
    std::ranges::move(hidden_changes({planned.proposal.puts, {}}), std::back_inserter(hidden));
    return Html() << web::hint_text(say(tr("A longer search may share it out better. It goes on "
                                           "from this plan for at most {seconds} seconds, shows "
                                           "how far it is, and can be stopped at any time. It "
                                           "never makes the plan worse.",
                                           {{"seconds",
                                             std::to_string(most_seconds_of_a_search)}})))
                  << web::button_form(request, Url("/on-call/plan/search"),
                                      say(tr("Search longer")), web::Weight::secondary,
                                      std::move(hidden));
}

}  // namespace

web::Response plan_page(const web::Request& request, const Planned& planned, const Html& found) {
    const Tongue& say = request.tongue;
    auto options = options_of(request, planned.about);
    const auto& proposal = planned.proposal;
    Html main;
    main << web::head_row(options.title);
    if (planned.facts.shifts.empty()) {
        main << web::empty_state(
            say(tr("There are no shifts on these days yet. Make them from the repeating pattern, "
                   "or add them by hand.")),
            Html() << web::button_link(say(tr("Repeating pattern")),
                                       here(planned.about, Url("/on-call/pattern")),
                                       web::Weight::secondary));
        main << wish_form(request, planned.about, {});
        return web::page(request, std::move(options), std::move(main));
    }
    if (proposal.puts.empty() && proposal.short_of.empty()) {
        main << web::empty_state(say(tr("Every shift of these days has enough people already: "
                                        "there is nothing to plan.")))
             << days_after_the_last_shift(say, planned) << thin_nights(say, planned)
             << wish_form(request, planned.about, {}) << plan_calendar(request, planned);
        return web::page(request, std::move(options), std::move(main));
    }
    main << found << short_part(request, planned) << days_after_the_last_shift(say, planned)
         << thin_nights(say, planned);
    if (!proposal.short_of.empty()) {
        main << too_few_part(request, planned) << repairs_form(request, planned);
    }
    main << web::heading(2, say(tr("The plan")), "m") << plan_calendar(request, planned)
         << web::hint_text(say(tr("A letter with + is new. Nobody is taken "
                                  "off. Rest, limits on nights and who is ready are kept; nights, "
                                  "weekends and hours on call are shared out.")))
         << exposure_part(say, planned) << search_on_form(request, planned);
    if (proposal.puts.empty()) {
        main << web::paragraph(say(tr("Nobody else can be put on: there is nothing to change.")));
    } else {
        main << put_form(request, planned);
    }
    main << web::details(say(tr("Plan other days")), wish_form(request, planned.about, {}));
    return web::page(request, std::move(options), std::move(main));
}

std::variant<Planned, web::Response> facts_asked_for(web::Site& site,
                                                     const web::Request& request,
                                                     Expects expects) {
    auto about = site.database.read([&](sql::Reader& reader) { return hall(reader, request); });
    if (!about) return no_scheme(request);
    auto bound = web::from_form<Wish>(request);
    const auto today = about->zone.local(request.now).day;
    if (bound.errors.empty()) {
        if (bound.value->weeks < least_weeks || bound.value->weeks > most_weeks) {
            bound.errors.push_back({"weeks", tr("Write a number from 1 to 12.")});
        }
        if (bound.value->from < today || bound.value->from > day_after(today, 366)) {
            bound.errors.push_back({"from", tr("Choose a day from today to a year from now.")});
        }
    }
    if (!bound.errors.empty()) return ask_page(request, *about, bound.errors, 422);
    Planned planned{std::move(*about), bound.value->from, {}, {}};
    planned.facts = site.database.read([&](sql::Reader& reader) {
        return plan_facts(reader, request.viewer.establishment, *planned.about.policy,
                          planned.about.zone, planned.first, 7 * bound.value->weeks, request.now,
                          expects);
    });
    return planned;
}

namespace {

web::Response show_plan(web::Site& site, web::Request& request, Expects expects) {
    auto asked = facts_asked_for(site, request, expects);
    if (auto* answer = std::get_if<web::Response>(&asked)) return std::move(*answer);
    auto& planned = std::get<Planned>(asked);
    const auto start = changes_said(request);
    if (!start) return web::not_found(request);
    planned.proposal = planning::propose(planned.facts, {seconds_to_plan}, planning::Aim::fair,
                                         start->on);
    return plan_page(request, planned, {});
}

web::Response show_repairs(web::Site& site, web::Request& request, Expects expects) {
    auto asked = facts_asked_for(site, request, expects);
    if (auto* answer = std::get_if<web::Response>(&asked)) return std::move(*answer);
    auto& planned = std::get<Planned>(asked);
    const auto shown = changes_said(request);
    if (!shown) return web::not_found(request);
    const auto plan = planning::still_fitting(planned.facts, shown->on);
    planned.proposal = planning::as_proposal(planned.facts, plan);
    const Tongue& say = request.tongue;
    auto options = options_of(request, planned.about);
    options.title = say(tr("What would fix it: {scheme}",
                           {{"scheme", planned.about.policy->say(say.tag()).short_name}}));
    options.before_main = web::back_link(say, here(planned.about, Url("/on-call/plan")));
    Html main;
    main << web::head_row(options.title);
    if (plan.size() < shown->on.size()) {
        main << web::inset(Html() << say(
            tr("The rota has changed since the plan was shown. What of it no longer fits counts as "
               "short here.")));
    }
    main << repairs_part(request, planned,
                         planning::repairs(planned.facts, plan, seconds_for_repairs));
    return web::page(request, std::move(options), std::move(main));
}

web::Response first_page(web::Site& site, web::Request& request, Searches& searches) {
    const auto about = site.database.read(
        [&](sql::Reader& reader) { return hall(reader, request); });
    if (!about) return no_scheme(request);
    return ask_page(request, *about, {}, 200, last_search(request, *about, searches));
}

web::Response put_planned_on(web::Site& site, web::Request& request) {
    const auto about = site.database.read(
        [&](sql::Reader& reader) { return hall(reader, request); });
    if (!about) return no_scheme(request);
    const auto wanted = changes_said(request);
    if (!wanted) return web::not_found(request);
    const auto done = put_on_many(site.database, request.occasion(site.entropy), about->scheme,
                                  wanted->on);
    if (!done) return web::refused(request, done.error());
    return web::see_other(here(*about, Url("/on-call"))
                              .with("planned", std::to_string(done->put))
                              .with("left-out", std::to_string(done->left_out)));
}

}  // namespace

std::vector<web::Route> plan_routes(web::Site& site, Expects expects) {
    using enum web::Method;
    constexpr auto who = Permission::manage_peers;
    const auto on = [&site](web::Response (*handler)(web::Site&, web::Request&)) {
        return [&site, handler](web::Request& request) { return handler(site, request); };
    };
    const auto planning = [&site, expects](web::Response (*handler)(web::Site&, web::Request&,
                                                                    Expects)) {
        return [&site, expects, handler](web::Request& request) {
            return handler(site, request, expects);
        };
    };
    const auto searches = std::make_shared<Searches>(site.live);
    std::vector<web::Route> out;
    out.emplace_back(get, "/on-call/plan", who, [&site, searches](web::Request& request) {
        return first_page(site, request, *searches);
    });
    out.emplace_back(post, "/on-call/plan", who, planning(show_plan))
        .body_limit(largest_plan)
        .takes_long();
    out.emplace_back(post, "/on-call/plan/repairs", who, planning(show_repairs))
        .body_limit(largest_plan)
        .takes_long();
    out.emplace_back(post, "/on-call/plan/puts", who, on(put_planned_on)).body_limit(largest_plan);
    std::ranges::move(search_routes(site, expects, searches), std::back_inserter(out));
    return out;
}

}  // namespace alongside::rota::pages
