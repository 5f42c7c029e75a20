// Members of a scheme: load facts, decide, save, append to the ledger.
#include <algorithm>
#include <boost/json.hpp>

#include "base/civil_time.h"
#include "ledger/ledger.h"
#include "people/hall.h"
#include "people/movement.h"
#include "people/rules.h"
#include "people/store.h"

namespace alongside::people {
namespace {

void note(sql::Transaction& tx, const Occasion& occasion, std::string verb,
          const store::Member& member, const boost::json::object& payload) {
    ledger::append(tx, occasion,
                   {std::move(verb),
                    {member.member_id.text(), member.scheme.text()},
                    boost::json::serialize(payload)});
}

// The same, of another field.
Refusal refusal(MemberRefused why, std::string_view field) {
    auto out = people::refusal(why);
    out.field = field;
    return out;
}
using people::refusal;

// Somebody who still belongs to the scheme.
Result<store::Member> belonging(sql::Reader& db, const Occasion& occasion, MemberId id) {
    const auto member = store::member(db, occasion.who.establishment, id);
    if (!member) return refusal(MemberRefused::unknown_member);
    if (member->left_at) return refusal(MemberRefused::member_left);
    return *member;
}

// What choosing reads of the member is new from here on.
void changed(sql::Transaction& tx, const Occasion& occasion, const store::Member& member) {
    store::note_change(tx, occasion.who.establishment, member.scheme, member.member_id);
}

// Not to be sent any more: shifts, offers and calls of the member end at once (rule 12).
void no_longer_ready(sql::Transaction& tx, const Occasion& occasion,
                     const store::Member& member) {
    changed(tx, occasion, member);                  // whoever is told reads the facts as they are
    movement::tell(tx, occasion,
                   {member.person_id, Movement::Kind::no_longer_ready, {}, member.scheme});
}

// A unit is closed to the member: with another one left, the shifts stay.
void lost_a_unit(sql::Transaction& tx, const Occasion& occasion, const store::Member& member) {
    const auto& prison = occasion.who.establishment;
    const auto units = store::decisions(tx, prison, member.member_id);
    const bool has_another = std::ranges::any_of(units, [&](const store::Decision& one) {
        return one.is_cleared && (!one.until_at || *one.until_at > occasion.now);
    });
    if (!has_another) return no_longer_ready(tx, occasion, member);
    changed(tx, occasion, member);
    movement::tell(tx, occasion,
                   {member.person_id, Movement::Kind::lost_a_unit, {}, member.scheme});
}

// Two records of one member can't stand at the same millisecond: the later is put after.
Instant after(const std::optional<Instant>& last, Instant now) {
    return last && *last >= now ? *last + Millis(1) : now;
}

// One action on one member who still belongs: `act` returns whether it changed anything.
template <class F>
Result<Done> on_member(sql::Database& db, const Occasion& occasion, MemberId id, F&& act) {
    return db.write(occasion.who.establishment, [&](sql::Transaction& tx) -> Result<Done> {
        TRY(const auto member, belonging(tx, occasion, id));
        TRY(const bool is_changed, act(tx, member));
        if (is_changed) changed(tx, occasion, member);
        return Done{};
    });
}

}  // namespace

Result<Done> join(sql::Database& db, const Occasion& occasion, MemberId id, PersonId person,
                  const SchemeCode& scheme, const std::string& label,
                  std::optional<Instant> probation_until) {
    const auto& prison = occasion.who.establishment;
    return db.write(prison, [&](sql::Transaction& tx) -> Result<Done> {
        if (const auto before = store::member(tx, prison, id)) {
            const bool is_again = before->person_id == person && before->scheme == scheme;
            if (is_again) return Done{};
            return refusal(Refused::id_taken);
        }
        const auto known = store::person(tx, person);
        if (!known) return refusal(Refused::unknown_person);
        if (known->merged_into) return refusal(Refused::person_merged);
        if (!store::presence(tx, prison, person)) return refusal(Refused::has_left);
        if (store::member_of(tx, prison, scheme, person)) {
            return refusal(MemberRefused::already_member);
        }
        if (!is_label(label)) return refusal(MemberRefused::bad_label);
        const auto zone = zone_of(tx, prison);
        if (probation_until && is_far_off(zone.local(*probation_until).day,
                                          zone.local(occasion.now).day)) {
            return refusal(MemberRefused::too_far_off, "probation_until");
        }
        if (store::is_label_used(tx, prison, scheme, trimmed(label))) {
            return refusal(MemberRefused::label_taken);
        }
        const store::Member member{.member_id = id, .person_id = person, .scheme = scheme,
                                   .label = trimmed(label), .joined_at = occasion.now,
                                   .probation_until = probation_until};
        store::add_member(tx, prison, member);
        changed(tx, occasion, member);
        note(tx, occasion, "member.joined", member, {});
        return Done{};
    });
}

Result<Done> sign_compact(sql::Database& db, const Occasion& occasion, MemberId id,
                          const std::string& version) {
    if (version.empty() || version.size() > 40 || !is_clean_text(version)) {
        return refusal(MemberRefused::compact_missing);
    }
    const auto& prison = occasion.who.establishment;
    return on_member(db, occasion, id, [&](sql::Transaction& tx, const auto& member) {
        const auto before = store::compact(tx, prison, id);
        if (before && before->version == version) return Result<bool>(false);
        for (const auto& needs : needs_of(tx, prison, "en")) {
            if (needs.scheme != member.scheme || needs.compact_version.empty()) continue;
            if (needs.compact_version != version) {
                return Result<bool>(refusal(MemberRefused::compact_not_in_force));
            }
        }
        store::end_compact(tx, prison, id, occasion.now);
        store::add_compact(tx, prison, id,
                           {version, after(store::last_signed(tx, prison, id), occasion.now)});
        note(tx, occasion, "member.compact_signed", member, {{"version", version}});
        return Result<bool>(true);
    });
}

Result<Done> end_compact(sql::Database& db, const Occasion& occasion, MemberId id) {
    const auto& prison = occasion.who.establishment;
    return on_member(db, occasion, id, [&](sql::Transaction& tx, const auto& member) {
        if (!store::compact(tx, prison, id)) return Result<bool>(false);
        store::end_compact(tx, prison, id, occasion.now);
        note(tx, occasion, "member.compact_ended", member, {});
        no_longer_ready(tx, occasion, member);
        return Result<bool>(true);
    });
}

Result<Done> set_probation(sql::Database& db, const Occasion& occasion, MemberId id,
                           std::optional<Instant> until) {
    const auto& prison = occasion.who.establishment;
    return on_member(db, occasion, id, [&](sql::Transaction& tx, const auto& member) {
        if (member.probation_until == until) return Result<bool>(false);
        const auto zone = zone_of(tx, prison);
        const Day today = zone.local(occasion.now).day;
        if (until && is_far_off(zone.local(*until).day, today)) {
            return Result<bool>(refusal(MemberRefused::too_far_off));
        }
        store::set_probation(tx, prison, id, until);
        note(tx, occasion, "member.probation", member,
             {{"until", until ? boost::json::value(iso_instant(*until)) : nullptr}});
        if (until && *until > occasion.now) no_longer_ready(tx, occasion, member);
        return Result<bool>(true);
    });
}

Result<Done> decide_clearance(sql::Database& db, const Occasion& occasion, MemberId id,
                              const std::string& unit, bool is_cleared, const std::string& reason,
                              std::optional<Instant> until_at) {
    const auto& prison = occasion.who.establishment;
    return on_member(db, occasion, id, [&](sql::Transaction& tx,
                                           const auto& member) -> Result<bool> {
        if (!store::unit(tx, prison, unit)) return refusal(Refused::unknown_unit);
        if (!is_clearance_reason(reason)) return refusal(MemberRefused::bad_reason);
        if (until_at && *until_at <= occasion.now) return refusal(MemberRefused::until_in_past);
        const auto zone = zone_of(tx, prison);
        if (until_at && is_far_off(zone.local(*until_at).day, zone.local(occasion.now).day)) {
            return refusal(MemberRefused::too_far_off);
        }
        const auto all = store::decisions(tx, prison, id);
        const auto before = std::ranges::find(all, unit, &store::Decision::unit);
        const bool is_first = before == all.end();
        if (!is_first && before->is_cleared == is_cleared && before->until_at == until_at &&
            before->reason == reason) {
            return false;
        }
        const auto last = is_first ? std::optional<Instant>() : before->decided_at;
        store::add_decision(tx, prison, id,
                            {unit, after(last, occasion.now), is_cleared, until_at, reason},
                            occasion.who.actor);
        note(tx, occasion, "member.clearance", member,
             {{"unit", unit}, {"is_cleared", is_cleared}, {"reason", reason}});
        if (!is_cleared) lost_a_unit(tx, occasion, member);
        return true;
    });
}

namespace {

// Where no room above says what the scheme asks for, any module that is well formed is taken.
bool is_of_the_scheme(sql::Reader& db, const EstablishmentId& prison, const SchemeCode& scheme,
                      const std::string& module) {
    const auto all = needs_of(db, prison, "en");
    const auto needs = std::ranges::find(all, scheme, &SchemeNeeds::scheme);
    if (needs == all.end() || needs->modules.empty()) return true;
    return std::ranges::find(needs->modules, module, &SchemeNeeds::Module::module) !=
           needs->modules.end();
}

}  // namespace

namespace {

// Whether it still counts; where nobody says for how long, what is recorded does.
bool has_valid(sql::Reader& db, const EstablishmentId& prison, const store::Member& member,
               const std::string& module, Instant now) {
    SchemeNeeds::Module rule{module, "", true, {}};
    for (const auto& needs : needs_of(db, prison, "en")) {
        if (needs.scheme != member.scheme) continue;
        const auto found = std::ranges::find(needs.modules, module, &SchemeNeeds::Module::module);
        if (found != needs.modules.end()) rule = *found;
    }
    if (!rule.is_mandatory) return true;
    return std::ranges::any_of(store::modules(db, prison, member.member_id), [&](const auto& one) {
        const auto until = ends_at(one, rule);
        return one.module == module && (!until || *until > now);
    });
}

}  // namespace

Result<Done> record_module(sql::Database& db, const Occasion& occasion, MemberId id,
                           const std::string& module, std::optional<Instant> expires_at,
                           std::optional<Day> done_on) {
    if (module.empty() || module.size() > 60 || !is_clean_text(module)) {
        return refusal(MemberRefused::bad_module);
    }
    if (expires_at && *expires_at <= occasion.now) return refusal(MemberRefused::expires_in_past);
    const auto& prison = occasion.who.establishment;
    return on_member(db, occasion, id, [&](sql::Transaction& tx,
                                           const auto& member) -> Result<bool> {
        if (!is_of_the_scheme(tx, prison, member.scheme, module)) {
            return refusal(MemberRefused::bad_module);
        }
        const auto zone = zone_of(tx, prison);
        const Day today = zone.local(occasion.now).day;
        const Day day = done_on.value_or(today);
        if (day.ok() && day > today) return refusal(MemberRefused::done_in_future);
        if (is_far_off(day, today)) return refusal(MemberRefused::too_far_off, "done_on");
        if (expires_at && is_far_off(zone.local(*expires_at).day, today)) {
            return refusal(MemberRefused::too_far_off);
        }
        Instant at = day == today ? occasion.now : zone.instant(day, 12 * 60);
        for (const auto& one : store::modules(tx, prison, id)) {
            if (one.module != module || zone.local(one.done_at).day != day) continue;
            if (one.expires_at == expires_at) return false;
            at = after(one.done_at, at);
        }
        store::add_module(tx, prison, id, {module, at, expires_at});
        note(tx, occasion, "member.module", member,
             {{"module", module}, {"done_on", iso_day(day)}});
        return true;
    });
}

Result<Done> undo_module(sql::Database& db, const Occasion& occasion, MemberId id,
                         const std::string& module, Instant done_at) {
    const auto& prison = occasion.who.establishment;
    return on_member(db, occasion, id, [&](sql::Transaction& tx,
                                           const auto& member) -> Result<bool> {
        if (!store::drop_module(tx, prison, id, module, done_at)) return false;
        note(tx, occasion, "member.module_undone", member, {{"module", module}});
        if (!has_valid(tx, prison, member, module, occasion.now)) {
            no_longer_ready(tx, occasion, member);
        }
        return true;
    });
}

Result<Done> suspend(sql::Database& db, const Occasion& occasion, MemberId id, Uuid suspension_id,
                     const std::string& reason, Day review_on) {
    const auto& prison = occasion.who.establishment;
    return on_member(db, occasion, id, [&](sql::Transaction& tx,
                                           const auto& member) -> Result<bool> {
        if (store::is_suspension_known(tx, prison, suspension_id)) return false;
        if (!is_suspension_reason(reason)) return refusal(MemberRefused::bad_reason);
        const auto zone = Zone::find(establishment(tx, prison).value().time_zone).value();
        if (!review_on.ok() || review_on < zone.local(occasion.now).day) {
            return refusal(MemberRefused::review_in_past);
        }
        if (is_far_off(review_on, zone.local(occasion.now).day)) {
            return refusal(MemberRefused::too_far_off, "review_on");
        }
        if (store::open_suspension(tx, prison, id)) {
            return refusal(MemberRefused::already_suspended);
        }
        store::add_suspension(tx, prison, id, {suspension_id, occasion.now, occasion.who.actor,
                                               reason, review_on, {}});
        note(tx, occasion, "member.suspended", member,
             {{"suspension", suspension_id.text()}, {"reason", reason}});
        no_longer_ready(tx, occasion, member);
        return true;
    });
}

Result<Done> end_suspension(sql::Database& db, const Occasion& occasion, MemberId id) {
    const auto& prison = occasion.who.establishment;
    return on_member(db, occasion, id, [&](sql::Transaction& tx, const auto& member) {
        if (!store::open_suspension(tx, prison, id)) return Result<bool>(false);
        store::end_suspension(tx, prison, id, occasion.now);
        note(tx, occasion, "member.suspension_ended", member, {});
        return Result<bool>(true);
    });
}

Result<Done> appeal_suspension(sql::Database& db, const Occasion& occasion, MemberId id) {
    const auto& prison = occasion.who.establishment;
    return on_member(db, occasion, id, [&](sql::Transaction& tx,
                                           const auto& member) -> Result<bool> {
        const auto open = store::open_suspension(tx, prison, id);
        if (!open) return refusal(MemberRefused::not_suspended);
        if (open->appealed_at) return false;
        store::set_appealed(tx, prison, open->suspension_id, occasion.now);
        note(tx, occasion, "member.suspension_appealed", member, {});
        return true;
    });
}

Result<Done> decide_appeal(sql::Database& db, const Occasion& occasion, MemberId id,
                           bool is_upheld) {
    const auto& prison = occasion.who.establishment;
    return on_member(db, occasion, id, [&](sql::Transaction& tx,
                                           const auto& member) -> Result<bool> {
        const auto open = store::open_suspension(tx, prison, id);
        if (!open) return refusal(MemberRefused::not_suspended);
        if (!open->appealed_at) return refusal(MemberRefused::not_appealed);
        store::set_appeal_outcome(tx, prison, open->suspension_id, is_upheld);
        if (is_upheld) store::end_suspension(tx, prison, id, occasion.now);
        note(tx, occasion, "member.appeal_decided", member, {{"is_upheld", is_upheld}});
        return true;
    });
}

Result<Done> leave_scheme(sql::Database& db, const Occasion& occasion, MemberId id,
                          const std::string& reason) {
    if (!is_leaving_reason(reason)) return refusal(MemberRefused::bad_reason);
    const auto& prison = occasion.who.establishment;
    return db.write(prison, [&](sql::Transaction& tx) -> Result<Done> {
        const auto member = store::member(tx, prison, id);
        if (!member) return refusal(MemberRefused::unknown_member);
        if (member->left_at) return Done{};
        store::end_member(tx, prison, id, occasion.now, reason);
        changed(tx, occasion, *member);
        note(tx, occasion, "member.left", *member, {{"reason", reason}});
        no_longer_ready(tx, occasion, *member);
        return Done{};
    });
}

}  // namespace alongside::people
