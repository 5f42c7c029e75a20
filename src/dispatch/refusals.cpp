#include "dispatch/refusals.h"

#include <boost/mp11.hpp>
#include <iterator>
#include <string>

#include "base/ensure.h"

namespace alongside::dispatch {
namespace {

struct Row {
    Refused why;
    int status;                 // 404 isn't there, 403 not yours, 422 a field, 409 not now
    std::string_view code, field;
    Words sentence;
};
using enum Refused;

// In the order of the enumerators.
const Row refusal_rows[] = {
    {unknown_scheme, 404, "dispatch.unknown_scheme", "scheme", tr("There is no such scheme here.")},
    {unknown_request, 404, "dispatch.unknown_request", "",
     tr("There is no such request, or it is not of your wing.")},
    {unknown_offer, 404, "dispatch.unknown_offer", "",
     tr("This question is no longer open. Thank you.")},
    {unknown_call_out, 404, "dispatch.unknown_call_out", "", tr("There is no such call-out.")},
    {unknown_unlock, 404, "dispatch.unknown_unlock", "", tr("There is no such unlock.")},
    {unknown_session, 404, "dispatch.unknown_session", "", tr("There is no such session.")},
    {unknown_danger, 404, "dispatch.unknown_danger", "", tr("There is no such alarm.")},
    {not_yours, 403, "dispatch.not_yours", "", tr("This is for somebody else to answer.")},
    {needs_night_manager, 403, "dispatch.needs_night_manager", "",
     tr("Only the night manager can decide about an unlock.")},
    {needs_named_person, 403, "dispatch.needs_named_person", "",
     tr("Sign in with your own name to take on an alarm.")},
    {person_not_here, 422, "dispatch.person_not_here", "personId",
     tr("This person isn't in this prison, or not of your wing.")},
    {place_needed, 422, "dispatch.place_needed", "place", tr("Say where the person is.")},
    {unknown_place, 422, "dispatch.unknown_place", "place", tr("There is no such place here.")},
    {channel_closed, 422, "dispatch.channel_closed", "channel",
     tr("This scheme doesn't take requests in this way. Ask an officer.")},
    {not_served, 422, "dispatch.not_served", "scheme",
     tr("This scheme isn't for this person. Ask a member of staff.")},
    {yes_needed, 422, "dispatch.yes_needed", "askedBy",
     tr("Ask the person first. Their yes is needed.")},
    {asked_in_future, 422, "dispatch.asked_in_future", "askedAt",
     tr("The time of asking is still to come.")},
    {asked_too_long_ago, 422, "dispatch.asked_too_long_ago", "askedAt",
     tr("The time of asking is more than a day ago. Raise it as asked now.")},
    {wanted_before_asked, 422, "dispatch.wanted_before_asked", "wantedFrom",
     tr("The time that was asked for is already past.")},
    {wanted_too_late, 422, "dispatch.wanted_too_late", "wantedFrom",
     tr("A request can be for up to 7 days ahead.")},
    {unknown_code, 422, "dispatch.unknown_code", "", tr("Choose one of the answers in the list.")},
    {identity_gone, 409, "dispatch.identity_gone", "",
     tr("Who asked is no longer known, as promised.")},
    {request_closed, 409, "dispatch.request_closed", "", tr("This request is closed.")},
    {scheme_paused, 409, "dispatch.scheme_paused", "",
     tr("The scheme is paused: nobody is sent. Offer the helpline, or talk.")},
    {not_yet, 409, "dispatch.not_yet", "", tr("The person asked for a later time.")},
    {somebody_coming, 409, "dispatch.somebody_coming", "", tr("A peer is on the way already.")},
    {offer_open, 409, "dispatch.offer_open", "",
     tr("A peer is being asked already. Wait for the answer.")},
    {peer_not_available, 409, "dispatch.peer_not_available", "",
     tr("This peer can't be sent now. Choose another.")},
    {nobody_ready, 409, "dispatch.nobody_ready", "", tr("There is no peer to send now.")},
    {no_longer_needed, 409, "dispatch.no_longer_needed", "",
     tr("Thank you. It is no longer needed: somebody else is going.")},
    {offer_ended, 409, "dispatch.offer_ended", "", tr("This offer has ended; ask again.")},
    {going_already, 409, "dispatch.going_already", "",
     tr("A yes was recorded already. If the peer can't go after all, call it off.")},
    {call_out_over, 409, "dispatch.call_out_over", "", tr("This call-out is over.")},
    {turned_back, 409, "dispatch.turned_back", "",
     tr("This peer isn’t going there any more. Bring them home.")},
    {already_together, 409, "dispatch.already_together", "",
     tr("They are together already. Record the departure instead.")},
    {arrived_elsewhere, 409, "dispatch.arrived_elsewhere", "place",
     tr("Their arrival is recorded already, with another place. Nothing was changed.")},
    {not_together, 409, "dispatch.not_together", "", tr("They aren't together now.")},
    {unlock_over, 409, "dispatch.unlock_over", "", tr("This unlock is over.")},
    {not_authorised, 409, "dispatch.not_authorised", "",
     tr("The night manager hasn't authorised this unlock yet.")},
    {review_too_late, 422, "dispatch.review_too_late", "reviewMinutes",
     tr("Look at it again within {minutes} minutes.")},
    {not_escorted, 409, "dispatch.not_escorted", "",
     tr("At night the unlock comes first: ask for it, then escort.")},
    {cellmate_unsaid, 422, "dispatch.cellmate_unsaid", "isCellmateThere",
     tr("Say whether a cellmate is there.")},
    {needs_two, 409, "dispatch.needs_two", "",
     tr("Two peers go to this request. The second hasn't accepted yet.")},
    {place_not_allowed, 422, "dispatch.place_not_allowed", "place",
     tr("They can’t meet there: not in a place of this kind, nor in another cell than that of "
        "whoever asked.")},
    {no_alarm, 422, "dispatch.no_alarm", "place",
     tr("There is no alarm within reach there. Choose another place.")},
    {suite_taken, 422, "dispatch.suite_taken", "place", tr("Other people are in there.")},
    {relief_not_there, 409, "dispatch.relief_not_there", "",
     tr("The peer who takes over isn't there yet.")},
    {not_departed, 409, "dispatch.not_departed", "", tr("Record first that the peer has left.")},
    {not_back_yet, 409, "dispatch.not_back_yet", "",
     tr("A peer is with the person or on the way back. Record that first.")},
    {look_again_later, 409, "dispatch.look_again_later", "",
     tr("Look again in {minutes} minutes before you say so.")},
    {two_looks_needed, 409, "dispatch.two_looks_needed", "",
     tr("Look a second time before closing a request as asleep.")},
    {reason_not_by_hand, 422, "dispatch.reason_not_by_hand", "reason",
     tr("A request can't be closed for this reason by hand.")},
    {sheet_field_not_kept, 422, "dispatch.sheet_field_not_kept", "",
     tr("This scheme doesn't record that.")},
    {session_ended, 409, "dispatch.session_ended", "", tr("This session has ended.")},
};
static_assert(std::size(refusal_rows) == refused_count);

}  // namespace

Refusal refusal(Refused why, std::string_view field, WordValues values) {
    const auto& row = refusal_rows[static_cast<std::size_t>(why)];
    ENSURE(row.why == why);
    Refusal out{row.code, row.sentence, field.empty() ? row.field : field, row.status};
    out.sentence.values.assign(values.begin(), values.end());
    return out;
}

}  // namespace alongside::dispatch
