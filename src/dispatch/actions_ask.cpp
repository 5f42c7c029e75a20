// Asking, and taking it back.
#include <algorithm>

#include "base/languages.h"
#include "dispatch/loading.h"
#include "dispatch/moving.h"

namespace alongside::dispatch {
namespace {

constexpr auto same_ask_within = Minutes(1);
constexpr auto longest_since_asked = Hours(24);
constexpr auto longest_ahead = Hours(24 * 7);
// A clock that runs a little ahead of ours is no reason to send somebody away.
constexpr auto clock_tolerance = Minutes(2);

bool contains(const auto& list, const auto& value) {
    return std::find(list.begin(), list.end(), value) != list.end();
}

std::optional<Refusal> unfit_times(const Ask& ask, Instant now) {
    if (ask.asked_at > now + clock_tolerance) return refusal(Refused::asked_in_future);
    if (ask.asked_at < now - longest_since_asked) return refusal(Refused::asked_too_long_ago);
    if (ask.wanted_from && *ask.wanted_from < ask.asked_at) {
        return refusal(Refused::wanted_before_asked);
    }
    if (ask.wanted_from && *ask.wanted_from > now + longest_ahead) {
        return refusal(Refused::wanted_too_late);
    }
    return std::nullopt;
}

// Who is served, and by which way in: the scheme's own words. Nobody is barred as a person.
std::optional<Refusal> unfit_for_scheme(const Ask& ask, const people::Whereabouts& where,
                                        const schemes::Policy& policy) {
    if (!contains(policy.channels, ask.channel)) return refusal(Refused::channel_closed);
    if (where.is_staff ? !policy.staff_ask : !policy.residents_ask) {
        return refusal(Refused::not_served);
    }
    if (!where.is_staff && !policy.age_groups.empty() &&
        !contains(policy.age_groups, where.age_group)) {
        return refusal(Refused::not_served);
    }
    // A referral by staff needs the person's yes (rule 18).
    if (ask.channel == schemes::Channel::staff && !where.is_staff &&
        ask.asked_by != AskedBy::staff_with_yes) {
        return refusal(Refused::yes_needed);
    }
    return std::nullopt;
}

// Where they are: as said, or the person's own cell.
Result<LocationKey> place_of(sql::Reader& db, const EstablishmentId& id, const Ask& ask,
                             const people::Whereabouts& where) {
    if (ask.place.empty() || ask.place == where.place) {
        if (where.place.empty()) return refusal(Refused::place_needed);
        return where.place;
    }
    if (!people::place(db, id, ask.place)) return refusal(Refused::unknown_place);
    return ask.place;
}

// Timers of a new request: the first step of the escalation, and the moment it was wanted from.
void set_first_timers(sql::Transaction& tx, const EstablishmentId& id, RequestId request,
                      Instant wanted_from, const schemes::Policy& policy, bool is_running,
                      Instant now) {
    auto first = next_escalation_at(policy, 0, wanted_from);
    if (!is_running) first = std::max(now, wanted_from);   // straight to the helpline
    if (first) store::set_timer(tx, id, {store::TimerKind::escalate, request.uuid, *first});
    if (wanted_from > now) {
        store::set_timer(tx, id, {store::TimerKind::wanted_from, request.uuid, wanted_from});
    }
}

void set_urgent(sql::Transaction& tx, const Occasion& occasion, RequestId request) {
    store::set_urgent(tx, occasion.who.establishment, request);
    note(tx, occasion, request, Happening::urgent);
    write_down(tx, occasion, "request.made_urgent", {request.text()});
}

// What is said now takes the place of what was said before; what isn't said stays, unless all was.
void take_wishes(sql::Transaction& tx, vault::KeyFile& keys, const Occasion& occasion,
                 const store::Request& open, const Ask& ask) {
    const auto& id = occasion.who.establishment;
    auto asker = asker_of(keys, open);
    if (!asker) return;
    const auto before = as_text(*asker);
    if (ask.says_all_wishes) asker->wish = {};
    if (!ask.wish.language.empty()) asker->wish.language = ask.wish.language;
    if (ask.wish.sex) asker->wish.sex = ask.wish.sex;
    if (ask.wish.asked_for) asker->wish.asked_for = ask.wish.asked_for;
    if (!ask.place.empty()) asker->place = ask.place;
    if (as_text(*asker) == before) return;
    save_asker(tx, keys, id, open, *asker);
    write_down(tx, occasion, "request.changed", {open.request_id.text()});
    look_again_at(tx, keys, in_nobodys_name(occasion), open.request_id);
}

// They are awake, and still ask: what a look found before doesn't count any more. A button that is
// pressed several times is pressed once.
void note_again(sql::Transaction& tx, const Occasion& occasion, const store::Request& open) {
    const auto& id = occasion.who.establishment;
    const auto last = store::last_event(tx, id, open.request_id, Happening::asked);
    if (last && occasion.now < *last + same_ask_within) return;
    note(tx, occasion, open.request_id, Happening::asked);
    write_down(tx, occasion, "request.asked_again", {open.request_id.text()});
}

// Somebody whose request is open asks once more. It stays the one request: for sooner, if it was
// for later; urgent, if it wasn't; as they wish now.
Result<RequestId> ask_again(sql::Transaction& tx, vault::KeyFile& keys, const Occasion& occasion,
                            const store::Request& open, const Ask& ask,
                            const schemes::Policy& policy, Instant wanted_from) {
    const auto& id = occasion.who.establishment;
    const auto as = as_the_person(occasion, ask.person_id);
    take_wishes(tx, keys, as, open, ask);
    if (ask.request_id != open.request_id) note_again(tx, as, open);
    if (is_for_later(open, occasion.now) && wanted_from < open.wanted_from) {
        const auto from = std::max(open.asked_at, wanted_from);
        const auto night = night_at(zone_of(tx, id), policy.night, from);
        store::stop_timers_of(tx, id, open.request_id.uuid);
        store::bring_forward(tx, id, open.request_id, from, night.has_value());
        set_first_timers(tx, id, open.request_id, from, policy,
                         schemes::is_running(tx, id, ask.scheme), occasion.now);
        note(tx, as, open.request_id, Happening::brought_forward);
        write_down(tx, as, "request.brought_forward", {open.request_id.text()});
    }
    if (ask.is_urgent && !open.is_urgent) set_urgent(tx, as, open.request_id);
    return open.request_id;
}

}  // namespace

Result<RequestId> ask(Desk& desk, const Occasion& occasion, const Ask& ask) {
    const auto& id = occasion.who.establishment;
    return act(desk, occasion, [&](sql::Transaction& tx) -> Result<RequestId> {
        const auto policy = schemes::policy(tx, id, ask.scheme);
        if (!policy) return refusal(Refused::unknown_scheme);
        const auto where = people::whereabouts(tx, id, ask.person_id);
        if (!where) return refusal(Refused::person_not_here);
        TRY(const auto place, place_of(tx, id, ask, *where));
        if (!ask.wish.language.empty() && !is_spoken_language(ask.wish.language)) {
            return refusal(Refused::unknown_code, "language");
        }
        if (auto no = unfit_for_scheme(ask, *where, *policy)) return *std::move(no);
        const auto asked_at = std::min(ask.asked_at, occasion.now);
        const auto wanted_from = std::max(asked_at, ask.wanted_from.value_or(asked_at));
        for (const auto& open : open_requests_of(tx, desk.keys, id, ask.person_id)) {
            if (open.scheme != ask.scheme) continue;
            // The talk is over; that the peer isn't home yet is no reason to wait.
            if (store::have_parted(tx, id, open.request_id)) continue;
            if (open.request_id != ask.request_id) {
                if (auto no = unfit_times(ask, occasion.now)) return *std::move(no);
            }
            return ask_again(tx, desk.keys, occasion, open, ask, *policy, wanted_from);
        }
        if (auto no = unfit_times(ask, occasion.now)) return *std::move(no);

        const auto night = night_at(zone_of(tx, id), policy->night, wanted_from);
        auto box = desk.keys.seal(as_text({ask.person_id, place, ask.wish}),
                                  ask.request_id.text());
        const store::NewRequest row{
            ask.request_id, ask.scheme,   std::string(place.wing()), ask.channel,
            ask.asked_by,   asked_at,     occasion.now,              wanted_from,
            night.has_value(), ask.is_urgent, box.slot,              std::move(box.bytes)};
        if (!store::add(tx, id, row)) return ask.request_id;       // asked, and closed since
        remember(desk.keys, id, ask.person_id, ask.request_id, box.slot);

        const auto as = as_the_person(occasion, ask.person_id);
        store::add_first_event(tx, id, ask.request_id, occasion.now,
                               as.who.actor == "the_person" ? "the_person" : kind_of(as.who));
        set_first_timers(tx, id, row.request_id, wanted_from, *policy,
                         schemes::is_running(tx, id, ask.scheme), occasion.now);
        write_down(tx, as, "request.raised", {ask.request_id.text()},
                   {{"scheme", ask.scheme.text()},
                    {"wing", row.wing},
                    {"channel", boost::describe::enum_to_string(ask.channel, "")},
                    {"askedBy", boost::describe::enum_to_string(ask.asked_by, "")}});
        return ask.request_id;
    });
}

Result<Done> withdraw(Desk& desk, const Occasion& occasion, RequestId request_id,
                      bool reported_by_officer) {
    const auto& id = occasion.who.establishment;
    return act(desk, occasion, [&](sql::Transaction& tx) -> Result<Done> {
        const auto request = store::request(tx, id, request_id);
        if (!request) return refusal(Refused::unknown_request);
        const auto reason =
            reported_by_officer ? CloseReason::WITHDRAWN_REPORTED : CloseReason::WITHDRAWN;
        if (request->closed_at) {
            const bool is_withdrawn = request->close_reason == CloseReason::WITHDRAWN ||
                                      request->close_reason == CloseReason::WITHDRAWN_REPORTED;
            if (is_withdrawn) return Done();
            return refusal(Refused::request_closed);
        }
        const auto asker = asker_of(desk.keys, *request);
        auto as = occasion;
        if (!reported_by_officer) {
            if (!asker || !speaks_for(occasion.who, *asker)) {
                return refusal(Refused::not_yours);
            }
            as = as_the_person(occasion, asker->person_id);
        }
        const auto going = store::going_on(tx, id, request_id);
        if (going.beside > 0) return refusal(Refused::already_together);
        if (going.walking_back > 0) return refusal(Refused::not_back_yet);
        note(tx, as, request_id, Happening::withdrawn, reported_by_officer ? "reported" : "own");
        finish(tx, desk.keys, as, *request, reason);
        return Done();
    });
}

Result<Done> did_not_ask(Desk& desk, const Occasion& occasion, RequestId request_id) {
    const auto& id = occasion.who.establishment;
    return act(desk, occasion, [&](sql::Transaction& tx) -> Result<Done> {
        const auto request = store::request(tx, id, request_id);
        if (!request) return refusal(Refused::unknown_request);
        if (request->close_reason == CloseReason::NOT_ASKED) return Done();
        if (request->closed_at) return refusal(Refused::request_closed);
        const auto going = store::going_on(tx, id, request_id);
        if (going.beside + going.walking_back > 0) return refusal(Refused::not_back_yet);
        const auto asker = asker_of(desk.keys, *request);
        const auto as = asker ? as_the_person(occasion, asker->person_id) : occasion;
        note(tx, as, request_id, Happening::not_asked);
        finish(tx, desk.keys, as, *request, CloseReason::NOT_ASKED);
        return Done();
    });
}

Result<Done> make_urgent(Desk& desk, const Occasion& occasion, RequestId request_id) {
    const auto& id = occasion.who.establishment;
    return act(desk, occasion, [&](sql::Transaction& tx) -> Result<Done> {
        TRY(const auto request, open_request(tx, id, request_id));
        if (!request.is_urgent) set_urgent(tx, occasion, request_id);
        return Done();
    });
}

}  // namespace alongside::dispatch
