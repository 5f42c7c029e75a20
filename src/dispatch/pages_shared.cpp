// What several pages do alike.
#include "dispatch/pages.h"

namespace alongside::dispatch {

web::Response told(const web::Request& request, const Refusal& refusal, const Url& onward) {
    if (request.wants_json) return web::refused(request, refusal);
    const Tongue& say = request.tongue;
    Html main;
    main << web::heading(1, say(tr("Nothing was changed")))
         << web::paragraph(say(refusal.sentence))
         << web::paragraph(say(tr("Somebody else may have been quicker, or this page was open for "
                                  "a while.")))
         << web::button_link(say(tr("See how it stands now")), onward);
    return web::page(request, {.title = say(tr("Nothing was changed"))}, std::move(main),
                     refusal.status);
}

web::Response done_or_told(const web::Request& request, const Result<Done>& result,
                           const Url& onward) {
    return result ? web::see_other(onward) : told(request, result.error(), onward);
}

std::string as_of(const Tongue& say, const views::House& house) {
    return say(tr("As of {time}", {{"time", day_text(say, house.zone.local(house.now).day) + ", " +
                                                house.clock(house.now)}}));
}

Html sure(const std::string& what, const std::string& means, Html button) {
    return web::details(what, web::paragraph(means) << button);
}

std::string tonight_text(const Tongue& say, const std::string& scheme,
                         const rota::Tonight& tonight) {
    const int away = tonight.cannot_come();
    if (tonight.on.empty()) {
        return say(tr("{scheme} tonight: nobody is put on call.", {{"scheme", scheme}}));
    }
    if (away == 0) return say(tr("{scheme} tonight: too few are on call.", {{"scheme", scheme}}));
    return say(trn("{scheme} tonight: one person on call can’t be reached.",
                   "{scheme} tonight: {count} people on call can’t be reached.", away,
                   {{"scheme", scheme}}));
}

std::string danger_title(const Tongue& say, const views::DangerRow& danger, DangerPlace told) {
    const std::string& key = danger.place.text();
    if (key == no_known_place) return say(tr("Danger: the place isn’t known"));
    if (told == DangerPlace::wing_alone) {
        return say(tr("Danger on {wing} wing", {{"wing", danger.wing}}));
    }
    if (key.ends_with("-" + std::string(no_known_place))) {
        return say(tr("Danger on {wing} wing: the place isn’t known", {{"wing", danger.wing}}));
    }
    return say(tr("Danger at {place}", {{"place", danger.label.value_or(key)}}));
}

Html helpline_words(const Tongue& say, const schemes::Policy& policy) {
    std::string text = policy.say(say.tag()).helpline;
    const bool is_ended = text.empty() || text.find_last_of(".!?") == text.size() - 1;
    if (!is_ended) text += ".";
    return web::unbroken(text);
}

std::optional<views::Job> job_here(const Room& room, const web::Request& request, RequestId id) {
    return room.site.database.read([&](sql::Reader& reader) {
        return views::job(reader, room.keys, request.viewer.establishment, id);
    });
}

std::string place_text(const std::map<std::string, std::string>& labels,
                       const LocationKey& place) {
    const auto found = labels.find(place.text());
    return found == labels.end() ? place.text() : found->second;
}

}  // namespace alongside::dispatch
