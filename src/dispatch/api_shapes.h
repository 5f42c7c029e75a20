// What the API takes and gives, named as its JSON is.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "dispatch/dispatch.h"

namespace alongside::dispatch::shapes {

struct NewRequest {
    SchemeCode scheme;
    std::optional<std::string> prisonerNumber;      // or personId
    std::optional<PersonId> personId;
    std::optional<schemes::Channel> channel;        // api, unless said
    std::optional<AskedBy> askedBy;                 // the_person, unless said
    std::optional<Instant> askedAt;                 // now, unless said
    std::optional<Instant> wantedFrom;
    bool isUrgent = false;
    std::optional<std::string> language;
    std::optional<people::Sex> sex;
    std::optional<MemberId> askedFor;
    std::optional<LocationKey> place;
};
BOOST_DESCRIBE_STRUCT(NewRequest, (), (scheme, prisonerNumber, personId, channel, askedBy,
                                       askedAt, wantedFrom, isUrgent, language, sex, askedFor,
                                       place))
// Whose request it is; left out for schemes whose identities a partner holds, and once forgotten.
struct PersonReference {
    PersonId personId;
    std::string prisonerNumber;
};
BOOST_DESCRIBE_STRUCT(PersonReference, (), (personId, prisonerNumber))
struct CallOutSeen {
    Uuid callOutId;
    Instant acceptedAt;
    std::optional<UnlockId> unlockId;
    std::optional<SessionId> sessionId;
    std::optional<Instant> arrivedAt, departedAt, backAt;
    std::optional<Instant> endedAt;                 // back; or called off, with no backAt
};
BOOST_DESCRIBE_STRUCT(CallOutSeen, (), (callOutId, acceptedAt, unlockId, sessionId, arrivedAt,
                                        departedAt, backAt, endedAt))
struct RequestSeen {
    RequestId requestId;
    SchemeCode scheme;
    std::string wing;
    State state;
    Instant askedAt, wantedFrom;
    bool isNight, isUrgent;
    std::optional<Instant> startedAt, closedAt;
    std::optional<CloseReason> closeReason;
    std::optional<PersonReference> personReference;
    std::vector<CallOutSeen> callOuts;
    std::vector<schemes::EscalationKind> dueSteps;  // what staff are to do now
    std::optional<Instant> handOverDueAt;           // since then another peer is to take over
    std::optional<Instant> mustPartSince;           // since then the peer who is there may not be
};
BOOST_DESCRIBE_STRUCT(RequestSeen, (), (requestId, scheme, wing, state, askedAt, wantedFrom,
                                        isNight, isUrgent, startedAt, closedAt, closeReason,
                                        personReference, callOuts, dueSteps,
                                        handOverDueAt, mustPartSince))
struct RequestList {
    std::vector<RequestSeen> requests;
    std::int64_t total = 0;             // on all pages
};
BOOST_DESCRIBE_STRUCT(RequestList, (), (requests, total))
struct PeerSeen {
    PersonId personId;
    std::string label;
    LocationKey place;
    Nearness nearness;
    bool speaksTheLanguage;
};
BOOST_DESCRIBE_STRUCT(PeerSeen, (), (personId, label, place, nearness, speaksTheLanguage))
struct RestingSeen {
    std::string label;
    std::optional<Instant> restingUntil;
};
BOOST_DESCRIBE_STRUCT(RestingSeen, (), (label, restingUntil))
// The best three; and all who rest, whatever the request.
struct ChoiceSeen {
    std::vector<PeerSeen> best;
    std::vector<RestingSeen> resting;
    bool isInSightOnly;
    int peersWanted;
};
BOOST_DESCRIBE_STRUCT(ChoiceSeen, (), (best, resting, isInSightOnly, peersWanted))
struct NewOffer {
    std::optional<PersonId> personId;               // the best one, unless said
    std::optional<OfferHow> how;                    // door, unless said
};
BOOST_DESCRIBE_STRUCT(NewOffer, (), (personId, how))
struct OfferMade {
    OfferId offerId;
    PeerSeen peer;
};
BOOST_DESCRIBE_STRUCT(OfferMade, (), (offerId, peer))
struct AnswerGiven {
    Answer answer;
};
BOOST_DESCRIBE_STRUCT(AnswerGiven, (), (answer))
struct Withdrawal {
    std::optional<bool> isReportedByOfficer;    // none: as whoever says it is staff or not
};
BOOST_DESCRIBE_STRUCT(Withdrawal, (), (isReportedByOfficer))
struct Closure {
    CloseReason reason;
};
BOOST_DESCRIBE_STRUCT(Closure, (), (reason))
struct UnlockAsked {
    UnlockId unlockId;
};
BOOST_DESCRIBE_STRUCT(UnlockAsked, (), (unlockId))
struct UnlockRefusal {
    bool isDelay = false;
    UnlockReason reason;
    Alternative alternative;
    std::optional<int> reviewMinutes;
};
BOOST_DESCRIBE_STRUCT(UnlockRefusal, (), (isDelay, reason, alternative, reviewMinutes))
struct ArrivalSeen {
    people::PlaceKind placeKind;
    std::optional<LocationKey> place;               // of a suite; the person's own cell otherwise
    std::optional<bool> isCellmateThere;            // must be said in a cell where others live
};
BOOST_DESCRIBE_STRUCT(ArrivalSeen, (), (placeKind, place, isCellmateThere))
struct SessionBegun {
    SessionId sessionId;
};
BOOST_DESCRIBE_STRUCT(SessionBegun, (), (sessionId))
struct Departure {
    bool wasHard = false;
};
BOOST_DESCRIBE_STRUCT(Departure, (), (wasHard))
enum class Grave { death, serious_self_harm };
BOOST_DESCRIBE_ENUM(Grave, death, serious_self_harm)
struct DangerOver {
    std::optional<Grave> what;
};
BOOST_DESCRIBE_STRUCT(DangerOver, (), (what))
struct HandOver {
    Uuid toCallOutId;
};
BOOST_DESCRIBE_STRUCT(HandOver, (), (toCallOutId))
enum class PressedBy { the_person, peer, officer };
BOOST_DESCRIBE_ENUM(PressedBy, the_person, peer, officer)
struct DangerPressed {
    std::optional<std::string> place;   // as people say it; else not known
    PressedBy pressedBy;
};
BOOST_DESCRIBE_STRUCT(DangerPressed, (), (place, pressedBy))
struct DangerSeen {
    Uuid dangerId;
    bool isPlaceKnown;                  // false: tell somebody where, the boards can't
};
BOOST_DESCRIBE_STRUCT(DangerSeen, (), (dangerId, isPlaceKnown))

}  // namespace alongside::dispatch::shapes
