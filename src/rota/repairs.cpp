// What would fix a rota that stays short: each change tried from the plan on.
#include <algorithm>
#include <set>

#include "rota/planning.h"

namespace alongside::rota::planning {

StillShort still_short(const Facts& facts, const std::vector<Put>& puts) {
    StillShort out;
    for (const auto& shift : facts.shifts) {
        const auto put = std::ranges::count(puts, shift.shift_id, &Put::shift_id);
        const int missing =
            shift.needed - static_cast<int>(shift.on.size()) - static_cast<int>(put);
        out.shifts += missing > 0 ? 1 : 0;
        out.places += std::max(0, missing);
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
        case Unready::no_clearance:
        case Unready::lacks_module:
        case Unready::not_cleared_there: return true;
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

Repairs repairs(const Facts& facts, const std::vector<Put>& plan, double seconds) {
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
    for (std::size_t i = 0; i < facts.peers.size(); ++i) {
        if (facts.peers[i].most_shifts_in_7_days >= 7) continue;
        Facts changed = facts;
        changed.peers[i].most_shifts_in_7_days = 7;
        tried.push_back({{Repair::What::more_shifts, facts.peers[i].person_id},
                         std::move(changed)});
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
    const auto go_on = [&](const Facts& changed, const std::vector<Put>& start) {
        return propose(changed, {each}, Aim::cover_alone, start);
    };
    Repairs out{still_short(facts, plan)};
    // First nothing is changed: what a longer search finds is no merit of another peer.
    auto longer = go_on(facts, plan);
    const auto after = still_short(facts, longer.puts);
    if (after.is_less_than(out.now)) out.longer = std::move(longer);
    const auto& start = out.longer ? out.longer->puts : plan;
    const auto least = out.longer ? after : out.now;
    for (auto& [repair, changed] : tried) {
        repair.after = still_short(changed, go_on(changed, start).puts);
        if (repair.after.is_less_than(least)) out.all.push_back(std::move(repair));
    }
    std::ranges::stable_sort(out.all, [](const Repair& one, const Repair& other) {
        return one.after.is_less_than(other.after);
    });
    return out;
}

}  // namespace alongside::rota::planning
