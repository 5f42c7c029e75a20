// Closing by hand, looking in, and what holds an identity beyond its time.
#include <algorithm>
#include <array>

#include "base/ensure.h"
#include "dispatch/acting.h"

namespace alongside::dispatch {
namespace {

constexpr auto between_looks = Minutes(10);
constexpr std::array<std::string_view, 4> hold_reasons{"death", "serious_self_harm", "complaint",
                                                       "access_request"};

bool is_by_hand(CloseReason reason) {
    switch (reason) {
        case CloseReason::ASLEEP:
        case CloseReason::HELPLINE_TAKEN:
        case CloseReason::STAFF_TALKED:
        case CloseReason::DUPLICATE:
        case CloseReason::NOT_ABLE:
        case CloseReason::DANGER: return true;
        case CloseReason::MET:
        case CloseReason::WITHDRAWN:
        case CloseReason::WITHDRAWN_REPORTED:
        case CloseReason::NOT_ASKED:
        case CloseReason::LEFT:
        case CloseReason::MERGED: return false;
    }
    ENSURE(false);
}

std::string minutes_text(Millis left) {
    return std::to_string(std::chrono::ceil<Minutes>(left).count());
}

}  // namespace

Result<Done> close(Desk& desk, const Occasion& occasion, RequestId request_id,
                   CloseReason reason) {
    const auto& id = occasion.who.establishment;
    return act(desk, occasion, [&](sql::Transaction& tx) -> Result<Done> {
        const auto request = store::request(tx, id, request_id);
        if (!request) return refusal(Refused::unknown_request);
        if (request->close_reason == reason) return Done();
        if (request->closed_at) return refusal(Refused::request_closed);
        const auto going = store::going_on(tx, id, request_id);
        if (going.beside + going.walking_back > 0) return refusal(Refused::not_back_yet);
        if (reason == CloseReason::ASLEEP &&
            !store::last_since_asked(tx, id, request_id, Happening::second_look)) {
            return refusal(Refused::two_looks_needed);
        }
        if (!is_by_hand(reason)) return refusal(Refused::reason_not_by_hand);
        finish(tx, desk.keys, occasion, *request, reason);
        return Done();
    });
}

Result<Done> look_in(Desk& desk, const Occasion& occasion, RequestId request_id) {
    const auto& id = occasion.who.establishment;
    return act(desk, occasion, [&](sql::Transaction& tx) -> Result<Done> {
        TRY(const auto request, open_request(tx, id, request_id));
        if (store::last_since_asked(tx, id, request_id, Happening::second_look)) return Done();
        const auto first = store::last_since_asked(tx, id, request_id, Happening::looked_in);
        if (first && occasion.now < *first + between_looks) {
            return refusal(Refused::look_again_later, {},
                           {{"minutes", minutes_text(*first + between_looks - occasion.now)}});
        }
        note(tx, occasion, request_id, first ? Happening::second_look : Happening::looked_in);
        write_down(tx, occasion, "request.looked_in", {request_id.text()});
        return Done();
    });
}

namespace {

// Recorded once for each time that the step has come.
Result<Done> step_done(Desk& desk, const Occasion& occasion, RequestId request_id, Happening due,
                       Happening done, std::string_view verb) {
    const auto& id = occasion.who.establishment;
    return act(desk, occasion, [&](sql::Transaction& tx) -> Result<Done> {
        TRY(const auto request, open_request(tx, id, request_id));
        const auto last_due = store::last_event(tx, id, request_id, due);
        const auto last_done = store::last_event(tx, id, request_id, done);
        if (last_done && *last_done >= last_due.value_or(Instant{})) return Done();
        note(tx, occasion, request_id, done);
        write_down(tx, occasion, verb, {request_id.text()});
        return Done();
    });
}

}  // namespace

Result<Done> offer_helpline(Desk& desk, const Occasion& occasion, RequestId request_id) {
    return step_done(desk, occasion, request_id, Happening::escalated_helpline,
                     Happening::helpline_offered, "request.helpline_offered");
}

Result<Done> staff_look_in(Desk& desk, const Occasion& occasion, RequestId request_id) {
    return step_done(desk, occasion, request_id, Happening::escalated_staff_check_in,
                     Happening::staff_looked_in, "request.staff_looked_in");
}

Result<Done> tell_the_person(Desk& desk, const Occasion& occasion, RequestId request_id) {
    const auto& id = occasion.who.establishment;
    return act(desk, occasion, [&](sql::Transaction& tx) -> Result<Done> {
        TRY(const auto request, open_request(tx, id, request_id));
        const auto told = store::last_event(tx, id, request_id, Happening::told_the_person);
        const auto refused = store::last_event(tx, id, request_id, Happening::unlock_refused);
        const auto delayed = store::last_event(tx, id, request_id, Happening::unlock_delayed);
        if (told && *told >= std::max(refused.value_or(Instant{}), delayed.value_or(Instant{}))) {
            return Done();
        }
        note(tx, occasion, request_id, Happening::told_the_person);
        write_down(tx, occasion, "request.person_told", {request_id.text()});
        return Done();
    });
}

Result<Done> hold_identity(Desk& desk, const Occasion& occasion, RequestId request_id,
                           const std::string& why) {
    const auto& id = occasion.who.establishment;
    return act(desk, occasion, [&](sql::Transaction& tx) -> Result<Done> {
        const auto request = store::request(tx, id, request_id);
        if (!request) return refusal(Refused::unknown_request);
        if (std::find(hold_reasons.begin(), hold_reasons.end(), why) == hold_reasons.end()) {
            return refusal(Refused::unknown_code, "why");
        }
        // Gone by its time, or with its key before a restored database was backed up.
        if (!asker_of(desk.keys, *request)) return refusal(Refused::identity_gone);
        if (request->identity_held == why) return Done();
        store::set_held(tx, id, request_id, why);
        note(tx, occasion, request_id, Happening::identity_held, why);
        write_down(tx, occasion, "request.identity_held", {request_id.text()}, {{"why", why}});
        return Done();
    });
}

Result<Done> release_identity(Desk& desk, const Occasion& occasion, RequestId request_id) {
    const auto& id = occasion.who.establishment;
    return act(desk, occasion, [&](sql::Transaction& tx) -> Result<Done> {
        const auto request = store::request(tx, id, request_id);
        if (!request) return refusal(Refused::unknown_request);
        if (!request->identity_held) return Done();
        store::set_held(tx, id, request_id, std::nullopt);
        if (request->identity_until) {
            store::set_timer(tx, id, {store::TimerKind::destroy_identity, request_id.uuid,
                                      std::max(*request->identity_until, occasion.now)});
        }
        note(tx, occasion, request_id, Happening::identity_held, "released");
        write_down(tx, occasion, "request.identity_released", {request_id.text()});
        return Done();
    });
}

}  // namespace alongside::dispatch
