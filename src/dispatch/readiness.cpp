#include "dispatch/readiness.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <numeric>
#include <tuple>

namespace alongside::dispatch {
namespace {

using Ready = std::shared_ptr<const Readiness>;

PeerFacts peer_from(const people::MemberFacts& member) {
    PeerFacts out;
    out.member_id = member.member_id;
    out.person_id = member.person_id;
    out.label = member.label;
    out.place = member.place;
    out.wing = member.wing;
    out.is_in = !member.is_resident || member.in_out == people::InOut::IN;
    out.sex = member.sex;
    out.age_group = member.age_group;
    out.is_vulnerable = member.is_vulnerable;
    out.languages = member.languages;
    return out;
}

// Works out one answer, with what still holds of the one before.
class Working {
public:
    Working(std::shared_ptr<Readiness> out, const Readiness* before)
        : out_(std::move(out)), before_(before), now_(out_->from) {}

    Ready done() {
        const auto& members = out_->facts->members;
        out_->peers.reserve(members.size());
        out_->changes_at.reserve(members.size());
        bool are_the_same_people = before_ && before_->peers.size() == members.size();
        for (std::size_t i = 0; i < members.size(); ++i) {
            if (!take_from_before(members[i])) work_out(*members[i]);
            const auto& at = out_->changes_at.back();
            if (at && (!out_->until || *at < *out_->until)) out_->until = at;
            are_the_same_people = are_the_same_people && before_->peers[i].person_id ==
                                                             out_->peers[i].person_id;
        }
        if (are_the_same_people) out_->by_person = before_->by_person;
        else sort_by_person();
        return out_;
    }

private:
    // Both stand in the order of their members.
    bool take_from_before(const std::shared_ptr<const people::MemberRecord>& member) {
        if (!before_) return false;
        const auto& others = before_->facts->members;
        const auto id = member->facts.member_id;
        while (at_ < others.size() && others[at_]->facts.member_id < id) ++at_;
        if (at_ == others.size() || others[at_] != member) return false;
        const auto& changes = before_->changes_at[at_];
        if (changes && *changes <= now_) return false;
        out_->peers.push_back(before_->peers[at_]);
        out_->changes_at.push_back(changes);
        return true;
    }
    void work_out(const people::MemberRecord& member) {
        const auto& policy = *out_->policy;
        auto peer = peer_from(member.facts);
        peer.unit = unit_of(out_->wings, peer.wing);
        peer.not_ready = schemes::not_ready(policy, member.facts, member.modules, now_);
        peer.is_cleared_for_unit =
            schemes::is_cleared(policy, member.clearances, out_->unit, now_);
        auto at = schemes::readiness_changes_at(policy, member.facts, member.modules, now_);
        for (const auto& clearance : member.clearances) {
            const auto& ends = clearance.until_at;
            if (ends && *ends > now_ && (!at || *ends < *at)) at = ends;
        }
        out_->peers.push_back(std::move(peer));
        out_->changes_at.push_back(at);
    }
    void sort_by_person() {
        out_->by_person.resize(out_->peers.size());
        std::iota(out_->by_person.begin(), out_->by_person.end(), 0u);
        std::ranges::sort(out_->by_person, {},
                          [&](std::uint32_t i) { return out_->peers[i].person_id; });
    }

    std::shared_ptr<Readiness> out_;
    const Readiness* before_;
    Instant now_;
    std::size_t at_ = 0;
};

}  // namespace

Ready readiness(std::shared_ptr<const people::SchemeFacts> facts,
                std::shared_ptr<const schemes::Policy> policy, const EstablishmentId& id,
                const std::vector<people::Wing>& wings, const std::string& unit, Instant now) {
    static std::mutex mutex;
    static std::map<std::tuple<EstablishmentId, SchemeCode, std::string>, Ready> kept;
    const std::tuple key{id, policy->scheme, unit};
    Ready before;
    {
        const std::lock_guard lock(mutex);
        before = kept[key];
    }
    if (before && (before->policy != policy || before->from > now || before->wings != wings)) {
        before.reset();
    }
    if (before && before->facts == facts && (!before->until || now < *before->until)) {
        return before;
    }
    auto out = std::make_shared<Readiness>();
    out->facts = std::move(facts);
    out->policy = std::move(policy);
    out->wings = wings;
    out->unit = unit;
    out->from = now;
    const auto done = Working(std::move(out), before.get()).done();
    const std::lock_guard lock(mutex);
    kept[key] = done;
    return done;
}

std::string unit_of(const std::vector<people::Wing>& wings, std::string_view wing) {
    const auto found = std::find_if(wings.begin(), wings.end(),
                                    [&](const auto& one) { return one.wing == wing; });
    return found == wings.end() ? std::string() : found->unit;
}

}  // namespace alongside::dispatch
