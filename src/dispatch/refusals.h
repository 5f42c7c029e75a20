// Every way in which dispatch says no.
#pragma once

#include <cstddef>

#include "base/result.h"

namespace alongside::dispatch {

// In order of precedence: the first that applies is the one that is said.
enum class Refused {
    unknown_scheme,
    unknown_request,
    unknown_offer,
    unknown_call_out,
    unknown_unlock,
    unknown_session,
    unknown_danger,
    not_yours,
    needs_night_manager,
    needs_named_person,
    person_not_here,
    place_needed,
    unknown_place,
    channel_closed,
    not_served,
    yes_needed,
    asked_in_future,
    asked_too_long_ago,
    wanted_before_asked,
    wanted_too_late,
    unknown_code,
    identity_gone,
    request_closed,
    scheme_paused,
    not_yet,
    somebody_coming,
    offer_open,
    peer_not_available,
    nobody_ready,
    no_longer_needed,
    offer_ended,
    going_already,
    call_out_over,
    turned_back,
    already_together,
    arrived_elsewhere,
    not_together,
    unlock_over,
    not_authorised,
    review_too_late,
    not_escorted,
    cellmate_unsaid,
    needs_two,
    place_not_allowed,
    no_alarm,
    suite_taken,
    relief_not_there,
    not_departed,
    not_back_yet,
    look_again_later,
    two_looks_needed,
    reason_not_by_hand,
    sheet_field_not_kept,
    session_ended,
};
inline constexpr std::size_t refused_count = static_cast<std::size_t>(Refused::session_ended) + 1;

// "dispatch." and the enumerator's name; its sentence; its status. `field` where the refusal may
// belong to several.
Refusal refusal(Refused why, std::string_view field = {}, WordValues values = {});

}  // namespace alongside::dispatch
