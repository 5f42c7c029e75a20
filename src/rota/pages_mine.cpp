// My shifts: what comes, asking for one to be taken, and taking one that somebody asks for.
#include "rota/pages_mine.h"

#include <algorithm>

#include "base/dates.h"
#include "base/ensure.h"
#include "people/people.h"
#include "rota/swaps.h"

namespace alongside::rota::pages {
namespace {

struct MyShiftRow {
    store::Put put;
    store::Shift shift;
    std::optional<Swap> swap;               // in which I ask for it to be taken, or took it
};

struct MyRota {
    Zone zone;
    std::vector<Swap> to_take;
    std::vector<Swap> waiting;              // I would take it; staff decide
    std::vector<MyShiftRow> shifts;
};

MyRota load_my_rota(sql::Reader& reader, const web::Request& request) {
    const auto& home = request.viewer.establishment;
    const auto self = *request.viewer.person;
    MyRota out{people::zone_of(reader, home),
               swaps_to_take(reader, home, self, request.now), {}, {}};
    const auto all = swaps(reader, home, request.now);
    for (const auto& one : all) {
        const bool is_there = std::ranges::count(out.to_take, one.swap_id, &Swap::swap_id) > 0;
        if (one.is_waiting() && one.taker == self && !is_there) out.waiting.push_back(one);
    }
    for (const auto& put : store::puts_of_person(reader, home, self, request.now)) {
        auto shift = store::shift(reader, home, put.shift_id);
        if (!shift || shift->cancelled_at) continue;
        MyShiftRow row{put, std::move(*shift), {}};
        for (const auto& one : all) {
            const bool asks = one.person_id == self && !one.is_done();
            const bool took = one.taker == self && one.is_done();
            if (one.shift_id == put.shift_id && (asks || took)) row.swap = one;
        }
        out.shifts.push_back(std::move(row));
    }
    return out;
}

// "Mon 23 Nov, 22:00–06:00, night".
std::string shift_text(const Tongue& say, const Zone& zone, const std::string& name, Instant from,
                       Instant to) {
    return day_of(say, zone, from) + ", " + hours_of(zone, from, to) + ", " + name;
}

Html item(const std::string& title, const std::string& below, Html action) {
    Html out;
    out << "<li><b>" << title << "</b>";
    if (!below.empty()) out << " <span>" << below << "</span>";
    return out << action << "</li>";
}

Html to_take_part(const web::Request& request, const MyRota& mine) {
    if (mine.to_take.empty() && mine.waiting.empty()) return {};
    const Tongue& say = request.tongue;
    Html out;
    out << "<section id=\"wanted\">" << web::heading(2, say(tr("Shifts to take")), "m")
        << "<ul class=\"govuk-list al-shifts\">";
    for (const auto& one : mine.to_take) {
        const bool runs = one.starts_at <= request.now;
        out << item(shift_text(say, mine.zone, one.name, one.starts_at, one.ends_at),
                    runs ? say(tr("It runs now. Whoever has it is on it until you take it."))
                         : say(tr("Somebody asks for it to be taken.")),
                    web::button_form(request, Url("/me/swaps") / one.swap_id.text() / "take",
                                     runs ? say(tr("Take this shift now"))
                                          : say(tr("Take this shift"))));
    }
    for (const auto& one : mine.waiting) {
        out << item(shift_text(say, mine.zone, one.name, one.starts_at, one.ends_at),
                    say(tr("You would take it. Your coordinator decides; until then whoever had "
                           "it is on it.")),
                    web::button_form(request, Url("/me/swaps") / one.swap_id.text() / "undo",
                                     say(tr("I don’t take it after all")),
                                     web::Weight::secondary));
    }
    return out << "</ul>"
               << web::hint_text(say(tr("Nobody sees who looked at this, or who didn’t take it.")))
               << "</section>";
}

Html shift_item(const web::Request& request, const MyRota& mine, const MyShiftRow& row) {
    const Tongue& say = request.tongue;
    const auto title = shift_text(say, mine.zone, row.shift.name,
                                  std::max(row.put.from_at, row.shift.starts_at),
                                  row.put.until_at);
    const auto shift_url = Url("/me/shifts") / row.shift.shift_id.text();
    Html actions;
    std::string below;
    if (row.swap && row.swap->is_done() && request.now < row.shift.starts_at) {
        below = say(tr("You took this over."));
        actions << web::button_form(request, Url("/me/swaps") / row.swap->swap_id.text() / "undo",
                                    say(tr("Give it back")), web::Weight::secondary);
    }
    if (row.swap && !row.swap->is_done()) {
        below = row.swap->is_open()
                    ? say(tr("You asked for it to be taken. You are on it until somebody has it."))
                    : say(tr("Somebody would take it; your coordinator decides. You are on it "
                             "until then."));
        actions << web::button_form(request, Url("/me/swaps") / row.swap->swap_id.text() / "end",
                                    say(tr("I keep it after all")), web::Weight::secondary);
    } else {
        actions << web::button_form(request, shift_url / "swap",
                                    say(tr("Ask for it to be taken")), web::Weight::secondary);
    }
    return item(title, below, std::move(actions));
}

web::Response my_shifts(web::Site& site, web::Request& request, const web::FieldErrors& errors,
                        int status) {
    if (!request.viewer.person) return web::not_found(request);
    const Tongue& say = request.tongue;
    const auto mine = site.database.read(
        [&](sql::Reader& reader) { return load_my_rota(reader, request); });
    web::PageOptions options;
    options.title = say(tr("My shifts"));
    options.is_wide = false;
    options.before_main = web::back_link(say, Url("/me"));
    Html main;
    main << web::error_summary(request, errors) << web::head_row(options.title)
         << to_take_part(request, mine);
    main << "<section id=\"shifts\">" << web::heading(2, say(tr("Shifts that I am on")), "m");
    if (mine.shifts.empty()) {
        main << web::empty_state(say(tr("No shift is planned for you.")));
    } else {
        main << "<ul class=\"govuk-list al-shifts\">";
        for (const auto& row : mine.shifts) main << shift_item(request, mine, row);
        main << "</ul>"
             << web::hint_text(say(tr("Whoever can take a shift sees that somebody asks. You are "
                                      "on it until somebody has it: nobody falls between two.")));
    }
    main << "</section><p class=\"govuk-body\">"
         << web::link(say(tr("When I can’t, and what I wish")), Url("/me/availability")) << "</p>";
    return web::page(request, std::move(options), std::move(main), status);
}

web::Response back_to_my_shifts(web::Site& site, web::Request& request, const Result<Done>& done) {
    if (done) return web::see_other(Url("/me/shifts"));
    if (done.error().status == 404) return web::refused(request, done.error());
    auto refusal = done.error();
    refusal.field = {};
    web::FieldErrors errors;
    web::add_refusal(errors, refusal);
    return my_shifts(site, request, errors, done.error().status);
}

web::Response ask_for_mine(web::Site& site, web::Request& request) {
    const auto id = request.id<ShiftId>("id");
    if (!id || !request.viewer.person) return web::not_found(request);
    return back_to_my_shifts(site, request,
                             ask_swap(site.database, request.occasion(site.entropy),
                                      SwapId(request.id_to_make(site.entropy)), *id,
                                      *request.viewer.person));
}

using MyStep = Result<Done> (*)(web::Site&, web::Request&, SwapId, PersonId);

Result<Done> my_take(web::Site& site, web::Request& request, SwapId id, PersonId self) {
    return take_swap(site.database, request.occasion(site.entropy),
                     TakeId(request.id_to_make(site.entropy)), id, self, TakenBy::self);
}
Result<Done> my_end(web::Site& site, web::Request& request, SwapId id, PersonId self) {
    return take_back_swap(site.database, request.occasion(site.entropy), id, self);
}
Result<Done> my_undo(web::Site& site, web::Request& request, SwapId id, PersonId self) {
    return undo_swap(site.database, request.occasion(site.entropy), id, self);
}

}  // namespace

std::vector<web::Route> mine_routes(web::Site& site) {
    using enum web::Method;
    constexpr auto who = Permission::answer_offers;
    std::vector<web::Route> out;
    out.emplace_back(get, "/me/shifts", who, [&site](web::Request& request) {
        return my_shifts(site, request, {}, 200);
    });
    out.emplace_back(post, "/me/shifts/{id}/swap", who, [&site](web::Request& request) {
        return ask_for_mine(site, request);
    });
    const auto step = [&](std::string_view pattern, MyStep act) {
        out.emplace_back(post, pattern, who, [&site, act](web::Request& request) {
            const auto id = request.id<SwapId>("id");
            if (!id || !request.viewer.person) return web::not_found(request);
            return back_to_my_shifts(site, request,
                                     act(site, request, *id, *request.viewer.person));
        });
    };
    step("/me/swaps/{id}/take", my_take);
    step("/me/swaps/{id}/end", my_end);
    step("/me/swaps/{id}/undo", my_undo);
    return out;
}

}  // namespace alongside::rota::pages
