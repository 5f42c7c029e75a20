// Somebody's own list of people they would rather not meet in this: by number, without a reason.
// Nobody else can see it, and no member of staff; it works both ways when somebody is chosen.
#include "people/hall.h"
#include "people/refusals.h"

namespace alongside::people::pages {
namespace {

web::Response page_of(Hall& hall, const web::Request& request, const web::FieldErrors& errors,
                      int status) {
    const Tongue& say = request.tongue;
    const auto& prison = request.viewer.establishment;
    web::PageOptions options;
    options.title = say(tr("People I’d rather not meet"));
    options.is_wide = false;
    Html main;
    main << web::error_summary(request, errors) << web::heading(1, options.title)
         << web::paragraph(say(tr("You won’t be brought together with anyone on this list. "
                                  "You won’t be asked why, and nobody else can see it.")));
    const auto numbers = hall.site.database.read([&](sql::Reader& r) {
        std::vector<std::pair<PersonId, std::string>> out;
        for (const auto other : store::avoided_by(r, prison, *request.viewer.person)) {
            out.emplace_back(other, store::number_of(r, other));
        }
        return out;
    });
    if (numbers.empty()) {
        main << web::empty_state(say(tr("Nobody is on your list. Add someone by their number.")));
    }
    std::vector<web::Pair> rows;
    for (const auto& [other, number] : numbers) {
        rows.push_back({number, Html(),
                        web::button_form(request, Url("/avoid/removal"),
                                         say(tr("Take {number} off", {{"number", number}})),
                                         web::Weight::secondary, {{"person", other.text()}})});
    }
    if (!rows.empty()) main << web::summary_list(std::move(rows));
    web::Field field{.name = "number", .label = say(tr("Their number")),
                     .hint = say(tr("As on their door or their identity card.")),
                     .errors = &errors};
    main << web::form(request, Url("/avoid"),
                      Html() << web::text_input(request, std::move(field), "text", 10)
                             << web::submit(say(tr("Add"))));
    return web::page(request, std::move(options), std::move(main), status);
}

web::Response refused(Hall& hall, const web::Request& request, const Refusal& why) {
    web::FieldErrors errors;
    web::add_refusal(errors, why);
    return page_of(hall, request, errors, why.status);
}

// Residents and peers have a list; an account of nobody has none.
bool has_list(const web::Request& request) {
    return request.viewer.person &&
           (request.viewer.has(Role::resident) || request.viewer.has(Role::peer));
}

}  // namespace

web::Response avoid_list(Hall& hall, web::Request& request) {
    if (!has_list(request)) return web::not_found(request);
    return page_of(hall, request, {}, 200);
}

web::Response add_to_avoid_list(Hall& hall, web::Request& request) {
    if (!has_list(request)) return web::not_found(request);
    const auto& prison = request.viewer.establishment;
    const auto other = hall.site.database.read([&](sql::Reader& r) -> std::optional<PersonId> {
        const auto person = find_by_number(r, request.form.get("number"));
        // Only people of this prison, so that the list can't be used to ask about others.
        if (!person || !store::presence(r, prison, *person)) return std::nullopt;
        return person;
    });
    if (!other) return refused(hall, request, refusal(Refused::unknown_number));
    const auto done = avoid(hall.site.database, hall.occasion(request), *request.viewer.person,
                            *other, true);
    if (!done) return refused(hall, request, done.error());
    return web::see_other(Url("/avoid"));
}

web::Response remove_from_avoid_list(Hall& hall, web::Request& request) {
    if (!has_list(request)) return web::not_found(request);
    const auto other = PersonId::parse(request.form.get("person"));
    if (!other) return web::not_found(request);
    const auto done = avoid(hall.site.database, hall.occasion(request), *request.viewer.person,
                            *other, false);
    if (!done) return refused(hall, request, done.error());
    return web::see_other(Url("/avoid"));
}

}  // namespace alongside::people::pages
