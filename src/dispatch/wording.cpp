#include "dispatch/wording.h"

namespace alongside::dispatch {

Words words_of(CloseReason reason) {
    switch (reason) {
        case CloseReason::MET: return tr("Someone came");
        case CloseReason::WITHDRAWN: return tr("The person no longer needed it");
        case CloseReason::WITHDRAWN_REPORTED: return tr("An officer reports: no longer needed");
        case CloseReason::NOT_ASKED: return tr("The person had not asked");
        case CloseReason::ASLEEP: return tr("Asleep, looked at twice");
        case CloseReason::HELPLINE_TAKEN: return tr("Used the helpline instead");
        case CloseReason::STAFF_TALKED: return tr("Talked to staff instead");
        case CloseReason::LEFT: return tr("Left the prison");
        case CloseReason::MERGED: return tr("Same person as another request");
        case CloseReason::DUPLICATE: return tr("Asked twice");
        case CloseReason::NOT_ABLE: return tr("Nobody could come");
        case CloseReason::DANGER: return tr("Became an emergency");
    }
    return {};
}

Words words_of(UnlockReason reason) {
    switch (reason) {
        case UnlockReason::STAFFING: return tr("Not enough staff");
        case UnlockReason::INCIDENT: return tr("An incident is going on");
        case UnlockReason::MEDICAL: return tr("A medical matter");
        case UnlockReason::ROLL_CHECK: return tr("A roll check is going on");
        case UnlockReason::SECURITY: return tr("Security");
        case UnlockReason::NO_ESCORT: return tr("No escort is free");
        case UnlockReason::OTHER: return tr("Another reason");
    }
    return {};
}

Words words_of(Alternative alternative) {
    switch (alternative) {
        case Alternative::HELPLINE: return tr("The helpline");
        case Alternative::STAFF_TALK: return tr("A talk with staff");
        case Alternative::INTERCOM_PEER: return tr("A peer by intercom");
        case Alternative::LATER: return tr("A peer later");
        case Alternative::AT_THE_DOOR: return tr("A peer at the door");
        case Alternative::NONE_WANTED: return tr("The person wanted nothing else");
    }
    return {};
}

Words advice_of(Alternative alternative) {
    switch (alternative) {
        case Alternative::HELPLINE: return tr("You can phone the helpline while you wait.");
        case Alternative::STAFF_TALK:
            return tr("A member of staff will talk with you if you like.");
        case Alternative::INTERCOM_PEER: return tr("A peer can talk with you over the intercom.");
        case Alternative::LATER: return tr("A peer can come later.");
        case Alternative::AT_THE_DOOR: return tr("A peer can talk with you at your door.");
        case Alternative::NONE_WANTED: return tr("You can ask staff for something else.");
    }
    return {};
}

Words words_of(Nearness nearness) {
    switch (nearness) {
        case Nearness::same_landing: return tr("same landing");
        case Nearness::same_wing: return tr("same wing");
        case Nearness::same_unit: return tr("same unit");
        case Nearness::elsewhere: return tr("another unit");
    }
    return {};
}

Words words_of(Excluded why) {
    switch (why) {
        case Excluded::left: return tr("Has left the scheme");
        case Excluded::segregated: return tr("Lives in segregation");
        case Excluded::suspended: return tr("Suspended");
        case Excluded::no_compact: return tr("No compact in force");
        case Excluded::module_missing: return tr("A module is missing or out of date");
        case Excluded::on_probation: return tr("On probation");
        case Excluded::not_in: return tr("Out of the prison");
        // One line for all the rest: a count that changed when somebody put a peer on their list,
        // or by itself, would tell whom they avoid; and who asked may be a peer.
        case Excluded::is_the_person:
        case Excluded::person_away:
        case Excluded::kept_apart:
        case Excluded::cellmate:
        case Excluded::not_alone_with_a_peer:
        case Excluded::not_cleared_for_unit:
        case Excluded::other_age_group:
        case Excluded::other_pool:
        case Excluded::other_sex:
        case Excluded::not_on_call:
        case Excluded::standing_down:
        case Excluded::resting:
        case Excluded::called_this_night:
        case Excluded::nights_limit:
        case Excluded::hours_limit:
        case Excluded::with_someone:
        case Excluded::being_asked:
        case Excluded::asked_already:
            return tr("Not free now, or not for this person");
    }
    return {};
}

Words words_of(schemes::EscalationKind kind) {
    switch (kind) {
        case schemes::EscalationKind::second_peer: return tr("a second peer is to be asked");
        case schemes::EscalationKind::helpline: return tr("the helpline is to be offered");
        case schemes::EscalationKind::staff_check_in: return tr("staff are to look in");
    }
    return {};
}

Words words_of(schemes::Channel channel, AskedBy asked_by) {
    if (asked_by == AskedBy::staff_with_yes) return tr("raised by staff, agreed by the person");
    switch (channel) {
        case schemes::Channel::in_cell: return tr("asked from the cell");
        case schemes::Channel::kiosk: return tr("asked at the kiosk");
        case schemes::Channel::officer: return tr("asked an officer");
        case schemes::Channel::peer: return tr("asked through a peer");
        case schemes::Channel::staff: return tr("a member of staff, for themselves");
        case schemes::Channel::api: return tr("asked through another system");
    }
    return {};
}

namespace {

Words words_of(Happening what) {
    switch (what) {
        case Happening::asked: return tr("Asked");
        case Happening::offered: return tr("A peer was asked");
        case Happening::offer_ended: return tr("An offer ended");
        case Happening::accepted: return tr("A peer said yes");
        case Happening::called_off: return tr("Called off");
        case Happening::escalated_second_peer: return tr("A second peer is due to be asked");
        case Happening::escalated_first_peer:
            return tr("A peer is due to be asked: nobody has been yet");
        case Happening::escalated_helpline: return tr("The helpline is due to be offered");
        case Happening::escalated_staff_check_in: return tr("Staff are due to look in");
        case Happening::helpline_offered: return tr("The helpline was offered");
        case Happening::staff_looked_in: return tr("Staff looked in");
        case Happening::unlock_asked: return tr("Unlock asked for");
        case Happening::unlock_authorised: return tr("Unlock authorised");
        case Happening::unlock_refused: return tr("Unlock refused");
        case Happening::unlock_delayed: return tr("Unlock delayed");
        case Happening::unlock_reviewed: return tr("Refusal looked at again");
        case Happening::escorted: return tr("Out of the cell, with an escort");
        case Happening::arrived: return tr("Together");
        case Happening::checked: return tr("Looked in on");
        case Happening::check_missed: return tr("A look-in was missed");
        case Happening::hand_over_due: return tr("Time to hand over to another peer");
        case Happening::departed: return tr("Session over");
        case Happening::back: return tr("Back in the cell");
        case Happening::withdrawn: return tr("No longer needed");
        case Happening::closed: return tr("Closed");
        case Happening::moved: return tr("The person moved");
        case Happening::urgent: return tr("Made urgent");
        case Happening::brought_forward: return tr("Wanted sooner than asked at first");
        case Happening::told_the_person: return tr("The person was told");
        case Happening::not_asked: return tr("Had not asked");
        case Happening::identity_held: return tr("The name is kept on purpose");
        case Happening::second_look: return tr("A second look");
        case Happening::looked_in: return tr("An officer looked: asleep, as it seems");
        case Happening::unlock_review_due: return tr("The refusal is due to be looked at again");
    }
    return {};
}

Words by_code(std::string_view code) {
    if (code == "the_person") return tr("The person");
    if (code == "peer") return tr("A peer");
    if (code == "officer") return tr("An officer");
    if (code == "night_manager") return tr("The night manager");
    if (code == "staff") return tr("Staff");
    if (code == "program") return tr("The program, by itself");
    return {};
}

template <class E>
bool read_code(std::string_view code, E& out) {
    return boost::describe::enum_from_string(std::string(code).c_str(), out);
}

}  // namespace

std::string happening_words(const Tongue& say, std::string_view code, std::string_view detail) {
    Happening what{};
    if (!read_code(code, what)) return std::string(code);
    if (what == Happening::departed && detail == "handed_over") {
        return say(tr("Handed over: one peer left, another stayed"));
    }
    if (what == Happening::identity_held && detail == "released") {
        return say(tr("The name is no longer kept on purpose"));
    }
    return say(words_of(what));
}

std::string by_words(const Tongue& say, std::string_view code) {
    const Words words = by_code(code);
    return words.empty() ? std::string(code) : say(words);
}

std::string detail_words(const Tongue& say, std::string_view code) {
    if (code == "device") return say(tr("on a screen"));
    if (code == "intercom") return say(tr("by intercom"));
    if (code == "door") return say(tr("at the door"));
    if (code == "death") return say(tr("A death"));
    if (code == "serious_self_harm") return say(tr("Serious self-harm"));
    if (code == "complaint") return say(tr("A complaint"));
    if (code == "access_request") return say(tr("A request to see one’s own record"));
    if (CloseReason reason{}; read_code(code, reason)) return say(words_of(reason));
    if (UnlockReason reason{}; read_code(code, reason)) return say(words_of(reason));
    if (Alternative instead{}; read_code(code, instead)) return say(words_of(instead));
    return {};
}

Span span_of(const Tongue& say, Millis length) {
    const long minutes = std::max(0L, static_cast<long>(
        std::chrono::duration_cast<Minutes>(length).count()));
    if (minutes < 100) {
        return {std::to_string(minutes), say(trn("minute", "minutes", minutes))};
    }
    const long rest = minutes % 60;
    const std::string two = (rest < 10 ? "0" : "") + std::to_string(rest);
    return {say(tr("{hours} h {minutes}",
                   {{"hours", std::to_string(minutes / 60)}, {"minutes", two}})),
            ""};
}

Span wait_of(const Tongue& say, Millis length) {
    if (length < Minutes(1)) return {say(tr("just now")), ""};
    return span_of(say, length);
}

std::string span_text(const Tongue& say, Millis length) {
    const Span span = span_of(say, length);
    return length < Minutes(100) ? span.number + " " + span.unit : span.number;
}

}  // namespace alongside::dispatch
