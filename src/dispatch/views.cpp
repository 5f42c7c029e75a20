#include "dispatch/views.h"

#include <algorithm>
#include <set>

namespace alongside::dispatch::views {
namespace {

void put(Job& job, const StepRow& row) {
    const auto later = [&](std::optional<Instant>& at) {
        at = at ? std::max(*at, row.at) : row.at;
    };
    using enum Happening;
    if (row.what == escalated_first_peer) later(job.ask_a_peer.due);
    if (row.what == escalated_second_peer) later(job.ask_a_peer.due);
    if (row.what == offered) later(job.ask_a_peer.done);
    if (row.what == escalated_helpline) later(job.offer_helpline.due);
    if (row.what == helpline_offered) later(job.offer_helpline.done);
    if (row.what == escalated_staff_check_in) later(job.look_in.due);
    const bool is_look = row.what == staff_looked_in || row.what == looked_in ||
                         row.what == second_look;
    if (is_look) later(job.look_in.done);
}

// Somebody who asked must hear of a refusal (rule 17), once for each.
void put_refusals(sql::Reader& reader, const EstablishmentId& prison, std::vector<Job>& jobs) {
    if (std::ranges::none_of(jobs, &Job::refused_unlock)) return;
    std::map<RequestId, std::pair<Instant, Instant>> refused_and_told;
    for (const auto& row : refusals_and_tellings(reader, prison)) {
        auto& [refused, told] = refused_and_told[row.request_id];
        auto& at = row.what == Happening::told_the_person ? told : refused;
        at = std::max(at, row.at);
    }
    for (Job& job : jobs) {
        const auto& [refused, told] = refused_and_told[job.row.request_id];
        job.must_tell = job.refused_unlock() && told < refused;
    }
}

void put_hand_overs(sql::Reader& reader, const EstablishmentId& prison, std::vector<Job>& jobs) {
    if (std::ranges::none_of(jobs, [](const Job& job) { return job.session.has_value(); })) return;
    for (const auto& row : hand_overs_due(reader, prison)) {
        const auto job = std::ranges::find_if(jobs, [&](const Job& one) {
            return one.row.request_id == row.request_id;
        });
        if (job == jobs.end()) continue;
        const bool is_still_there = std::ranges::any_of(job->call_outs, [&](const auto& one) {
            return one.arrived_at && *one.arrived_at <= row.at && !one.departed_at;
        });
        if (is_still_there) (row.is_unfit ? job->must_part : job->hand_over_due) = row.at;
    }
}

void hang_on(sql::Reader& reader, const EstablishmentId& prison, std::vector<Job>& jobs,
             std::vector<CallOutRow> call_outs) {
    std::map<RequestId, Job*> by_id;
    for (auto& job : jobs) by_id[job.row.request_id] = &job;
    const auto of = [&](const RequestId& id) {
        const auto found = by_id.find(id);
        return found == by_id.end() ? nullptr : found->second;
    };
    for (auto& row : open_offers(reader, prison)) {
        if (Job* job = of(row.request_id)) job->offers.push_back(std::move(row));
    }
    for (auto& row : call_outs) {
        if (Job* job = of(row.request_id)) job->call_outs.push_back(std::move(row));
    }
    for (auto& row : open_unlocks(reader, prison)) {
        if (Job* job = of(row.request_id)) job->unlocks.push_back(std::move(row));
    }
    for (auto& row : open_sessions(reader, prison)) {
        if (Job* job = of(row.request_id)) job->session = std::move(row);
    }
    put_refusals(reader, prison, jobs);
    put_hand_overs(reader, prison, jobs);
    for (const auto& row : escalations_due(reader, prison)) {
        if (Job* job = of(RequestId(row.subject))) job->escalates_at = row.due_at;
    }
    if (std::ranges::all_of(jobs, [](const Job& job) { return job.row.escalated == 0; })) return;
    for (const auto& row : steps_of_escalations(reader, prison)) {
        if (Job* job = of(row.request_id)) put(*job, row);
    }
}

void put_who(sql::Reader& reader, const vault::KeyFile& keys, const EstablishmentId& prison,
             Job& job) {
    if (job.policy && !job.call_outs.empty() && !job.session) {
        if (const auto unit = people::unit_of_wing(reader, prison, job.row.wing)) {
            job.unit = unit->unit;
        }
    }
    if (!job.row.closed_at) job.who = asker(keys, job.row);
    job.is_in_sight_only = job.who && !job.call_outs.empty() &&
                           people::alone_answer(reader, prison, job.who->person_id) ==
                               people::AloneAnswer::in_sight;
}

// The longest waiting first; last what is closed, while a peer is still out for it.
std::vector<Job> open_jobs(sql::Reader& reader, const EstablishmentId& prison) {
    std::vector<Job> out;
    for (auto& row : open_requests(reader, prison)) out.push_back({std::move(row)});
    auto call_outs = open_call_outs(reader, prison);
    for (const auto& one : call_outs) {
        const bool is_there = std::ranges::any_of(out, [&](const Job& job) {
            return job.row.request_id == one.request_id;
        });
        auto row = is_there ? std::nullopt : request(reader, prison, one.request_id);
        if (row) out.push_back({std::move(*row)});
    }
    hang_on(reader, prison, out, std::move(call_outs));
    return out;
}

// The policies' night; the program's own where no scheme is open.
welfare::Window window(const House& house, const std::vector<SchemeNow>& schemes) {
    const schemes::Policy plain;
    const schemes::Policy& policy = schemes.empty() ? plain : *schemes.front().policy;
    return {house.now, policy.night, house.zone, policy.fairness_days};
}

void add_states(sql::Reader& reader, const House& house, const std::vector<SchemeNow>& schemes,
                std::map<PersonId, Peer>& peers) {
    for (const auto& scheme : schemes) {
        // Who can't be sent to anybody isn't on call, whatever the rota says; nor is it told why.
        const auto unready = rota::unready(reader, house.prison, scheme.scheme, house.now,
                                           house.now + Millis(1));
        for (const auto& on : rota::on_call_at(reader, house.prison, scheme.scheme, house.now)) {
            const auto found = peers.find(on.person_id);
            const bool is_unready = std::ranges::find(unready, on.person_id,
                                                      &rota::UnreadyFor::person_id) !=
                                    unready.end();
            if (found == peers.end() || is_unready) continue;
            auto& until = found->second.on_call_until;
            until = until ? std::max(*until, on.until_at) : on.until_at;
        }
    }
    for (const auto& load : welfare::loads(reader, house.prison, window(house, schemes))) {
        const auto found = peers.find(load.person_id);
        if (found == peers.end()) continue;
        found->second.resting_until = load.resting_until;
        found->second.is_excused = load.is_excused_from_work;
        // Who stands down is not on call; that it is by their own wish is nobody's business.
        if (load.is_standing_down) found->second.on_call_until.reset();
    }
}

// Members of all open schemes, as they are now.
std::map<PersonId, Peer> peers_now(sql::Reader& reader, const House& house,
                                   const std::vector<SchemeNow>& schemes,
                                   const std::vector<Job>& jobs) {
    auto out = all_peers(reader, house.prison, schemes);
    add_states(reader, house, schemes, out);
    for (const auto& job : jobs) {
        for (const auto& row : job.call_outs) {
            const auto found = out.find(row.person_id);
            if (found != out.end()) found->second.is_called_out = true;
        }
    }
    return out;
}

}  // namespace

House house(sql::Reader& reader, const EstablishmentId& prison, Instant now) {
    const auto known = people::establishment(reader, prison);
    auto zone = known ? Zone::find(known->time_zone) : std::nullopt;
    if (!zone) zone = Zone::find("UTC");
    return {prison, known ? known->name : prison.text(), *zone, now};
}

std::optional<Asker> asker(const vault::KeyFile& keys, const RequestRow& row) {
    if (!row.sealed) return std::nullopt;
    const auto text = keys.open(row.key_slot, *row.sealed, row.request_id.text());
    return text ? asker_from(*text) : std::nullopt;
}

long people_in(const std::vector<const Job*>& jobs) {
    std::set<PersonId> known;
    for (const Job* job : jobs) {
        if (job->who) known.insert(job->who->person_id);
    }
    const auto nameless = std::ranges::count_if(jobs, [](const Job* job) { return !job->who; });
    return static_cast<long>(nameless) + static_cast<long>(known.size());
}

const UnlockRow* Job::unlock_of(const Uuid& call_out_id) const {
    const auto found = std::ranges::find(unlocks, call_out_id, &UnlockRow::call_out_id);
    return found == unlocks.end() ? nullptr : &*found;
}

const UnlockRow* Job::refused_unlock() const {
    const auto found = std::ranges::find_if(unlocks, [](const UnlockRow& unlock) {
        return unlock.decision && !unlock.authorised_at;
    });
    return found == unlocks.end() ? nullptr : &*found;
}

bool Job::is_due(const Step& step) const {
    if (!step.due || (step.done && *step.done >= *step.due)) return false;
    return !row.started_at || *row.started_at < *step.due;
}

bool Job::is_look_missed(Instant now) const {
    return session && row.state == State::together &&
           (session->check_missed_at || (session->check_due && *session->check_due <= now));
}

bool Job::is_peer_due() const { return is_due(ask_a_peer) && call_outs.empty(); }

bool Job::is_anything_due() const {
    return is_peer_due() || is_due(offer_helpline) || is_due(look_in);
}

Scope scope_of(const Viewer& viewer) { return {viewer.wing, viewer.scheme}; }

std::vector<SchemeNow> schemes_now(sql::Reader& reader, const EstablishmentId& prison) {
    std::vector<SchemeNow> out;
    for (const auto& code : schemes::open_schemes(reader, prison)) {
        auto policy = schemes::policy(reader, prison, code);
        if (!policy) continue;
        out.push_back({code, std::move(policy), schemes::is_running(reader, prison, code)});
    }
    return out;
}

const Peer* Board::peer(const PersonId& id) const {
    const auto found = peers.find(id);
    return found == peers.end() ? nullptr : &found->second;
}

std::string Board::label_of(const PersonId& id) const {
    const Peer* known = peer(id);
    return known ? known->label : std::string("–");
}

std::map<PersonId, Peer> all_peers(sql::Reader& reader, const EstablishmentId& prison,
                                   const std::vector<SchemeNow>& schemes) {
    std::map<PersonId, Peer> out;
    for (const auto& scheme : schemes) {
        const auto facts = people::scheme_facts(reader, prison, scheme.scheme);
        for (const auto& record : facts->members) {
            const auto& member = record->facts;
            out.try_emplace(member.person_id,
                            Peer{member.person_id, member.label, member.place, member.wing,
                                 std::nullopt, std::nullopt, false, false});
        }
    }
    return out;
}

bool is_in_scope(const Scope& scope, const Job& job, const std::map<PersonId, Peer>& peers) {
    if (scope.scheme && job.row.scheme != *scope.scheme) return false;
    if (scope.wing.empty() || scope.wing == job.row.wing) return true;
    const auto lives_here = [&](const auto& row) {
        const auto found = peers.find(row.person_id);
        return found != peers.end() && found->second.wing == scope.wing;
    };
    return std::ranges::any_of(job.offers, lives_here) ||
           std::ranges::any_of(job.call_outs, lives_here);
}

std::vector<RequestId> open_in_scope(sql::Reader& reader, const EstablishmentId& prison,
                                     const Scope& scope) {
    const auto peers = all_peers(reader, prison, schemes_now(reader, prison));
    std::vector<RequestId> out;
    for (const auto& job : open_jobs(reader, prison)) {
        if (is_in_scope(scope, job, peers)) out.push_back(job.row.request_id);
    }
    return out;
}

std::vector<Peer> resting(sql::Reader& reader, const EstablishmentId& prison, Instant now) {
    std::vector<Peer> out;
    for (auto& [_, peer] : peers_now(reader, house(reader, prison, now),
                                     schemes_now(reader, prison), open_jobs(reader, prison))) {
        if (peer.resting_until && !peer.is_called_out) out.push_back(peer);
    }
    std::ranges::sort(out, {}, &Peer::label);
    return out;
}

Board board(sql::Reader& reader, const vault::KeyFile& keys, const EstablishmentId& prison,
            const Scope& scope, Instant now) {
    Board out{house(reader, prison, now), {}, {}, {}, schemes_now(reader, prison), {}, {}};
    out.dangers = open_dangers(reader, prison);
    auto jobs = open_jobs(reader, prison);
    auto peers = peers_now(reader, out.house, out.schemes, jobs);

    for (auto& job : jobs) {
        if (!is_in_scope(scope, job, peers)) continue;
        const auto of = std::ranges::find(out.schemes, job.row.scheme, &SchemeNow::scheme);
        if (of != out.schemes.end()) job.policy = of->policy;
        put_who(reader, keys, prison, job);
        out.jobs.push_back(std::move(job));
    }
    for (auto& [id, peer] : peers) {
        const bool is_shown = peer.on_call_until || peer.resting_until || peer.is_called_out;
        const bool is_asked = std::ranges::any_of(out.jobs, [&](const Job& job) {
            return std::ranges::find(job.offers, id, &OfferRow::person_id) != job.offers.end();
        });
        if (is_shown || is_asked) out.peers.emplace(id, std::move(peer));
    }
    for (const auto& scheme : out.schemes) {
        if (scope.scheme && scheme.scheme != *scope.scheme) continue;
        for (auto& gap : rota::gaps_ahead(reader, prison, scheme.scheme, now, now + Hours(12),
                                           &called_out)) {
            out.gaps.push_back({scheme.scheme, std::move(gap)});
        }
        if (!scheme.is_running) continue;
        for (const auto& [from, to] :
             rota::without_shift(reader, prison, scheme.scheme, now, now + Hours(12))) {
            out.no_shifts.push_back({scheme.scheme, from, to});
        }
    }
    std::ranges::stable_sort(out.gaps, {}, [](const SchemeGap& one) { return one.gap.from; });
    for (const auto& place : people::suites(reader, prison)) {
        out.place_labels[place.place.text()] =
            place.label.empty() ? place.place.text() : place.label;
    }
    return out;
}

std::optional<Job> job(sql::Reader& reader, const vault::KeyFile& keys,
                       const EstablishmentId& prison, RequestId id) {
    auto row = request(reader, prison, id);
    if (!row) return std::nullopt;
    std::vector<Job> jobs;
    jobs.push_back({std::move(*row)});
    hang_on(reader, prison, jobs, open_call_outs(reader, prison));
    Job& out = jobs.front();
    if (out.row.closed_at && out.call_outs.empty()) return std::nullopt;
    out.policy = schemes::policy(reader, prison, out.row.scheme);
    put_who(reader, keys, prison, out);
    return std::move(out);
}

}  // namespace alongside::dispatch::views

namespace alongside::dispatch {

std::vector<PersonId> called_out(sql::Reader& reader, const EstablishmentId& prison) {
    std::vector<PersonId> out;
    for (const auto& one : views::open_call_outs(reader, prison)) out.push_back(one.person_id);
    return out;
}

}  // namespace alongside::dispatch
