// What would fix a rota that stays short: each change tried by planning anew.
#include <algorithm>
#include <set>

#include "rota/planning.h"

namespace alongside::rota::planning {

int places_short(const Facts& facts, const Proposal& proposal) {
    int out = 0;
    for (const auto& shift : facts.shifts) {
        const auto put = std::ranges::count(proposal.puts, shift.shift_id, &Put::shift_id);
        out += std::max(0, shift.needed - static_cast<int>(shift.on.size()) -
                               static_cast<int>(put));
    }
    return out;
}

namespace {

// What training, a compact or a clearance would change; the rest is not for a coordinator to lift.
bool can_be_mended(const Reason& why) {
    const auto* unready = std::get_if<Unready>(&why);
    if (!unready) return false;
    switch (*unready) {
        case Unready::no_compact:
        case Unready::module_missing:
        case Unready::on_probation:
        case Unready::no_clearance: return true;
        case Unready::not_a_member:
        case Unready::out_now:
        case Unready::segregated:
        case Unready::suspended: return false;
    }
    return false;
}

PersonId nobody_yet(int number) {
    Uuid id;
    id.bytes.back() = static_cast<unsigned char>(number);
    return PersonId(id);
}

}  // namespace

Repairs repairs(const Facts& facts, double seconds) {
    std::vector<std::pair<Repair, Facts>> tried;
    for (std::size_t i = 0; i < facts.peers.size(); ++i) {
        Facts changed = facts;
        std::set<Unready> whys;
        std::erase_if(changed.peers[i].cannot, [&](const Cannot& one) {
            if (can_be_mended(one.why)) whys.insert(std::get<Unready>(one.why));
            return can_be_mended(one.why);
        });
        if (whys.empty()) continue;
        tried.push_back({{Repair::What::ready_person, facts.peers[i].person_id,
                          {whys.begin(), whys.end()}}, std::move(changed)});
    }
    Facts more = facts;
    more.peers.push_back({nobody_yet(1)});
    tried.push_back({{Repair::What::one_more_person}, more});
    more.peers.push_back({nobody_yet(2)});
    tried.push_back({{Repair::What::two_more_people}, more});
    if (facts.most_nights_in_7_days < 3) {
        Facts relaxed = facts;
        relaxed.most_nights_in_7_days = 3;
        tried.push_back({{Repair::What::three_nights}, std::move(relaxed)});
    }
    const double each = seconds / static_cast<double>(tried.size() + 1);
    // Cover alone is looked at: to share burdens out as well takes longer and changes no number.
    const auto short_with = [&](const Facts& changed) {
        return places_short(changed, propose(changed, {each}, Aim::cover_alone));
    };
    Repairs out{short_with(facts)};
    for (auto& [repair, changed] : tried) {
        repair.places_short = short_with(changed);
        if (repair.places_short < out.places_short) out.all.push_back(std::move(repair));
    }
    std::ranges::stable_sort(out.all, {}, &Repair::places_short);
    return out;
}

}  // namespace alongside::rota::planning
