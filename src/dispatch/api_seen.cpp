#include "dispatch/api_seen.h"

#include "dispatch/views.h"

namespace alongside::dispatch::shapes {
namespace {

std::optional<PersonReference> reference(sql::Reader& db, const vault::KeyFile& keys,
                                         const store::Request& request,
                                         const schemes::Policy& policy) {
    if (policy.tier == schemes::Tier::T0 || policy.tier == schemes::Tier::T1) return {};
    const auto asker = asker_of(keys, request);
    const auto name = asker ? people::name_of(db, asker->person_id) : std::nullopt;
    if (!name) return std::nullopt;
    return PersonReference{name->person_id, name->number};
}

// What staff are asked to do, and nobody has done yet.
void put_due(sql::Reader& db, const vault::KeyFile& keys, const EstablishmentId& id,
             const store::Request& request, RequestSeen& out) {
    if (request.closed_at || (request.escalated == 0 && !request.started_at)) return;
    const auto job = views::job(db, keys, id, request.request_id);
    using enum schemes::EscalationKind;
    if (job->is_peer_due()) out.dueSteps.push_back(second_peer);
    if (job->is_due(job->offer_helpline)) out.dueSteps.push_back(helpline);
    if (job->is_due(job->look_in)) out.dueSteps.push_back(staff_check_in);
    out.handOverDueAt = job->hand_over_due;
    out.mustPartSince = job->must_part;
}

}  // namespace

RequestSeen seen(sql::Reader& db, const vault::KeyFile& keys, const EstablishmentId& id,
                 const store::Request& r) {
    RequestSeen out{r.request_id, r.scheme,     r.wing,      r.state,
                    r.asked_at,   r.wanted_from, r.is_night, r.is_urgent,
                    r.started_at, r.closed_at,  r.close_reason, {}, {}, {}, {}, {}};
    out.personReference = reference(db, keys, r, *policy_of(db, id, r.scheme));
    put_due(db, keys, id, r, out);
    for (const auto& one : store::call_outs(db, id, r.request_id)) {
        CallOutSeen call_out{one.call_out_id, one.accepted_at, {},        {},
                             one.arrived_at,  one.departed_at, one.back_at, one.ended_at};
        const auto unlocks = store::unlocks_of_call_out(db, id, one.call_out_id);
        if (!unlocks.empty()) call_out.unlockId = unlocks.back().unlock_id;
        if (one.arrived_at) call_out.sessionId = one.session_id;
        out.callOuts.push_back(call_out);
    }
    return out;
}

}  // namespace alongside::dispatch::shapes
