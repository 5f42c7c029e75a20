// Devices, for administrators: which there are, one-time codes, taking them out of use, and after
// how many minutes boards lock themselves.
#include "access/pages.h"
#include "base/dates.h"

namespace alongside::access::pages {
namespace {

Words words_of_kind(DeviceKind kind) {
    switch (kind) {
        case DeviceKind::in_cell: return tr("In a cell");
        case DeviceKind::wing_kiosk: return tr("Kiosk on a wing");
        case DeviceKind::office: return tr("Office");
    }
    return {};
}

Html state_of(const Tongue& say, const Device& device, Instant now) {
    if (device.revoked_at) return web::chip(say(tr("out of use")), web::Tone::off);
    if (device.registered_at) return web::chip(say(tr("registered")), web::Tone::ready);
    if (device.code_until && now < *device.code_until) {
        return web::chip(say(tr("waits for its code")), web::Tone::rest);
    }
    return web::chip(say(tr("code is over")), web::Tone::gap);
}

struct DeviceTyped {
    std::string device_id, kind = "wing_kiosk", place, label;
};

Html add_form(const web::Request& request, const DeviceTyped& typed,
              const web::FieldErrors& errors) {
    const Tongue& say = request.tongue;
    web::Field kind, place, label;
    kind.name = "kind";
    kind.label = say(tr("Kind"));
    kind.errors = &errors;
    place.name = "place";
    place.label = say(tr("Where it is"));
    place.hint = say(tr("The cell, like A-1-001, or the wing, like A."));
    place.value = typed.place;
    place.errors = &errors;
    label.name = "label";
    label.label = say(tr("Label"));
    label.hint = say(tr("What is written on it, so that it is found again."));
    label.value = typed.label;
    label.errors = &errors;
    std::vector<web::Choice> kinds;
    for (const auto each : {DeviceKind::wing_kiosk, DeviceKind::in_cell, DeviceKind::office}) {
        kinds.push_back({std::string(code(each)), say(words_of_kind(each)), "",
                         typed.kind == code(each)});
    }
    return secret_form(request, Url("/devices"),
                       Html() << "<input type=\"hidden\" name=\"device_id\" value=\""
                              << typed.device_id << "\">"
                              << web::radios(request, kind, std::move(kinds))
                              << web::text_input(request, place, "text", 20)
                              << web::text_input(request, label, "text", 30)
                              << web::submit(say(tr("Add and make a code"))));
}

Html lock_form(const web::Request& request, int minutes, const web::FieldErrors& errors) {
    const Tongue& say = request.tongue;
    web::Field field;
    field.name = "minutes";
    field.label = say(tr("Boards lock after this many minutes without a person"));
    field.hint = say(tr("1 to 60. Default: 5."));
    field.value = std::to_string(minutes);
    field.errors = &errors;
    return web::form(request, Url("/devices/board-lock"),
                     Html() << web::text_input(request, field, "text", 3)
                            << web::submit(say(tr("Save")), web::Weight::secondary));
}

web::Table device_table(const web::Request& request, const std::vector<Device>& all) {
    const Tongue& say = request.tongue;
    web::Table table;
    table.caption = say(tr("Devices"));
    table.caption_is_hidden = true;
    table.head = {say(tr("Label")), say(tr("Kind")), say(tr("Where it is")), say(tr("State")),
                  say(tr("Last seen")), say(tr("Do"))};
    for (const Device& device : all) {
        const Url here = Url("/devices") / device.device_id.text();
        Html what;
        if (!device.revoked_at) {
            what << secret_form(request, here / "code",
                                Html() << web::submit(say(tr("New code")),
                                                      web::Weight::secondary))
                 << web::details(
                        say(tr("Take out of use")),
                        Html() << web::paragraph(say(tr("It stops working at once, for good. To "
                                                        "use it again, add it anew.")))
                               << web::button_form(request, here / "revocation",
                                                   say(tr("Yes, take it out of use")),
                                                   web::Weight::warning));
        }
        const std::string seen = device.last_seen_at
            ? date_text(say, Day{std::chrono::floor<std::chrono::days>(*device.last_seen_at)})
            : say(tr("never"));
        table.rows.push_back({Html() << device.label, Html() << say(words_of_kind(device.kind)),
                              Html() << device.place.text(), state_of(say, device, request.now),
                              Html() << seen, std::move(what)});
    }
    return table;
}

web::Response devices_page(Hall& hall, const web::Request& request, const DeviceTyped& typed,
                           const web::FieldErrors& errors, int status) {
    const Tongue& say = request.tongue;
    int minutes = 0;
    const auto all = hall.site.database.read([&](sql::Reader& reader) {
        minutes = board_lock_minutes(reader, request.viewer.establishment);
        return access::devices(reader, request.viewer.establishment);
    });
    web::PageOptions options;
    options.title = say(tr("Devices"));
    Html main;
    main << web::error_summary(request, errors) << web::heading(1, options.title);
    if (all.empty()) {
        main << web::empty_state(say(tr("No device is registered. Add the first one below.")));
    } else {
        main << web::table(device_table(request, all));
    }
    main << web::heading(2, say(tr("Add a device")), "m") << add_form(request, typed, errors)
         << web::heading(2, say(tr("Boards")), "m") << lock_form(request, minutes, errors);
    return web::page(request, std::move(options), std::move(main), status);
}

web::Response code_shown(const web::Request& request, const DeviceCode& made) {
    const Tongue& say = request.tongue;
    web::PageOptions options;
    options.title = say(tr("Type this on the device"));
    options.is_wide = false;
    options.before_main = web::back_link(say, Url("/devices"));
    Html main;
    main << web::panel(options.title, web::paragraph(made.code))
         << web::paragraph(say(tr("Open this site on the device at {path} and type the code within "
                                  "15 minutes. It works once.", {{"path", "/device"}})));
    return web::page(request, std::move(options), std::move(main));
}

DeviceTyped fresh(Hall& hall, const web::Request& request) {
    DeviceTyped out;
    out.device_id = DeviceId::make(request.now, hall.site.entropy).text();
    return out;
}

}  // namespace

web::Response devices(Hall& hall, web::Request& request) {
    return devices_page(hall, request, fresh(hall, request), {}, 200);
}

web::Response add_device(Hall& hall, web::Request& request) {
    DeviceTyped typed;
    web::FieldErrors errors;
    const std::pair<std::string_view, std::string*> fields[] = {
        {"device_id", &typed.device_id}, {"kind", &typed.kind}, {"place", &typed.place},
        {"label", &typed.label}};
    Words problem;
    for (const auto& [name, text] : fields) {
        if (!web::read_field(request.form.get(name), *text, problem)) {
            errors.push_back({std::string(name), problem});
        }
    }
    NewDevice wanted;
    const auto id = DeviceId::parse(typed.device_id);
    wanted.device_id = id ? *id : DeviceId::make(request.now, hall.site.entropy);
    wanted.label = typed.label;
    if (!web::read_field(typed.kind, wanted.kind, problem)) errors.push_back({"kind", problem});
    if (!typed.place.empty()) {
        const auto place = LocationKey::parse(typed.place, request.viewer.establishment);
        if (place) wanted.place = *place;
        else errors.push_back({"place", tr("Write a place like A-1-001, or a wing like A.")});
    }
    const bool fits = wanted.place.empty() || !hall.fits_there ||
                      hall.site.database.read([&](sql::Reader& reader) {
                          return hall.fits_there(reader, wanted.kind, wanted.place);
                      });
    if (!fits) errors = errors_of(refusal(Why::place_does_not_fit));
    if (!errors.empty()) return devices_page(hall, request, typed, errors, 422);
    const auto done = device_add(hall.site.database, hall.occasion(request), hall.secrets, wanted);
    if (done) return code_shown(request, *done);
    return devices_page(hall, request, typed, errors_of(done.error()), done.error().status);
}

web::Response new_code(Hall& hall, web::Request& request) {
    const auto id = request.id<DeviceId>("id");
    if (!id) return web::refused(request, refusal(Why::no_such_device));
    const auto done = device_new_code(hall.site.database, hall.occasion(request), hall.secrets,
                                      *id);
    if (done) return code_shown(request, *done);
    return web::refused(request, done.error());
}

web::Response revoke_device(Hall& hall, web::Request& request) {
    const auto id = request.id<DeviceId>("id");
    if (!id) return web::refused(request, refusal(Why::no_such_device));
    const auto done = device_revoke(hall.site.database, hall.occasion(request), *id);
    if (done) return web::see_other(Url("/devices"));
    return web::refused(request, done.error());
}

web::Response set_board_lock(Hall& hall, web::Request& request) {
    int minutes = 0;
    Words problem;
    web::FieldErrors errors;
    if (!web::read_field(request.form.get("minutes"), minutes, problem)) {
        errors.push_back({"minutes", problem});
    } else {
        const auto done = set_board_lock_minutes(hall.site.database, hall.occasion(request),
                                                 minutes);
        if (done) return web::see_other(Url("/devices"));
        web::add_refusal(errors, done.error());
    }
    return devices_page(hall, request, fresh(hall, request), errors, 422);
}

}  // namespace alongside::access::pages
