// Prisons, places and persons: load facts, decide, save, append to the ledger.
#include <boost/json.hpp>

#include "base/civil_time.h"
#include "base/languages.h"
#include "ledger/ledger.h"
#include "people/movement.h"
#include "people/rules.h"
#include "people/store.h"

namespace alongside::people {
namespace {

void note(sql::Transaction& tx, const Occasion& occasion, std::string verb,
          std::vector<std::string> subjects, const boost::json::object& payload) {
    ledger::append(tx, occasion,
                   {std::move(verb), std::move(subjects), boost::json::serialize(payload)});
}

// What stands here of somebody, or why nothing can be done with them.
Result<store::Presence> present(sql::Reader& db, const Occasion& occasion, PersonId person) {
    const auto known = store::person(db, person);
    if (!known) return refusal(Refused::unknown_person);
    if (known->merged_into) return refusal(Refused::person_merged);
    const auto presence = store::presence(db, occasion.who.establishment, person);
    if (!presence) return refusal(Refused::has_left);
    return *presence;
}

// A place that people can be put in.
Result<store::Standing> open_place(sql::Reader& db, const EstablishmentId& prison,
                                   const LocationKey& place) {
    const auto standing = store::standing(db, prison, place);
    if (!standing) return refusal(Refused::unknown_place);
    if (!standing->is_open) return refusal(Refused::place_closed);
    return *standing;
}

bool is_same(const NewEstablishment& a, const Establishment& b) {
    return a.name == b.name && a.time_zone == b.time_zone &&
           a.number_pattern == b.number_pattern && a.language == b.language;
}

// The day in the prison: ages and reviews are counted by it.
Day today(const Establishment& here, Instant now) {
    return Zone::find(here.time_zone).value().local(now).day;
}

}  // namespace

Result<Done> establish(sql::Database& db, const Occasion& occasion, const NewEstablishment& e) {
    if (const auto wrong = wrong_with(e)) return refusal(*wrong);
    Occasion there = occasion;
    there.who.establishment = e.establishment_id;
    return db.write(e.establishment_id, [&](sql::Transaction& tx) -> Result<Done> {
        if (const auto before = establishment(tx, e.establishment_id)) {
            if (!is_same(e, *before)) return refusal(Refused::id_taken);
            return Done{};
        }
        store::add_establishment(tx, e, occasion.now);
        note(tx, there, "establishment.added", {e.establishment_id.text()},
             {{"units", e.units.size()}, {"wings", e.wings.size()}, {"places", e.places.size()}});
        return Done{};
    });
}

Result<Done> add_unit(sql::Database& db, const Occasion& occasion, const Unit& unit) {
    if (const auto wrong = wrong_with(unit)) return refusal(*wrong);
    const auto& prison = occasion.who.establishment;
    return db.write(prison, [&](sql::Transaction& tx) -> Result<Done> {
        if (!establishment(tx, prison)) return refusal(Refused::unknown_establishment);
        const auto before = store::unit(tx, prison, unit.unit);
        if (before && before->name == unit.name && before->regime == unit.regime &&
            before->security_level == unit.security_level &&
            before->night_unlock_officers == unit.night_unlock_officers) {
            return Done{};
        }
        store::put_unit(tx, prison, unit);
        note(tx, occasion, "unit.set", {unit.unit},
             {{"regime", unit.regime}, {"security_level", unit.security_level}});
        return Done{};
    });
}

Result<Done> add_wing(sql::Database& db, const Occasion& occasion, const Wing& wing) {
    if (const auto wrong = wrong_with(wing)) return refusal(*wrong);
    const auto& prison = occasion.who.establishment;
    return db.write(prison, [&](sql::Transaction& tx) -> Result<Done> {
        if (!store::unit(tx, prison, wing.unit)) return refusal(Refused::unknown_unit);
        const auto before = store::wing(tx, prison, wing.wing);
        if (before && before->unit == wing.unit && before->name == wing.name) return Done{};
        store::put_wing(tx, prison, wing);
        note(tx, occasion, "wing.set", {wing.wing}, {{"unit", wing.unit}});
        return Done{};
    });
}

Result<Done> add_place(sql::Database& db, const Occasion& occasion, const Place& new_place) {
    if (new_place.place.empty()) return refusal(Refused::unknown_place);
    const auto& prison = occasion.who.establishment;
    return db.write(prison, [&](sql::Transaction& tx) -> Result<Done> {
        if (!store::wing(tx, prison, new_place.wing)) return refusal(Refused::unknown_wing);
        const auto before = place(tx, prison, new_place.place);
        if (before && before->wing == new_place.wing && before->kind == new_place.kind &&
            before->label == new_place.label && before->has_alarm == new_place.has_alarm) {
            return Done{};
        }
        store::put_place(tx, prison, new_place);
        note(tx, occasion, "place.set", {new_place.place.text()},
             {{"has_alarm", new_place.has_alarm}});
        return Done{};
    });
}

namespace {

bool is_same(const NewPerson& a, const store::Person& b, const std::string& languages) {
    return a.is_staff == (b.kind == store::PersonKind::staff) && a.given_names == b.given_names &&
           a.family_name == b.family_name && a.born_on == b.born_on && a.sex == b.sex &&
           languages == b.languages;
}

Result<Done> register_in(sql::Transaction& tx, const Occasion& occasion, const NewPerson& p) {
    const auto& prison = occasion.who.establishment;
    const auto here = establishment(tx, prison);
    if (!here) return refusal(Refused::unknown_establishment);
    const auto pattern = NumberPattern::parse(here->number_pattern);
    if (!pattern) return refusal(Refused::bad_number_pattern);
    if (const auto wrong = wrong_with(p, *pattern, today(*here, occasion.now))) {
        return refusal(*wrong);
    }
    const auto number = as_number(p.number);
    const auto languages = as_languages(p.languages).value();
    const auto owner = find_by_number(tx, number);
    if (const auto before = store::person(tx, p.person_id)) {
        const bool is_again = owner == p.person_id && is_same(p, *before, languages);
        if (is_again) return Done{};
        return refusal(Refused::id_taken);
    }
    if (owner) return refusal(Refused::number_taken);
    movement::Now now{.place = p.place, .age_group = p.age_group,
                      .is_vulnerable = p.is_vulnerable};
    if (!p.place.empty()) {
        TRY(const auto standing, open_place(tx, prison, p.place));
        now.wing = standing.wing;
        now.is_vulnerable = in_vulnerable_pool(p.is_vulnerable, standing.regime);
    }
    store::add_person(tx,
                      {p.person_id,
                       p.is_staff ? store::PersonKind::staff : store::PersonKind::resident,
                       p.given_names, p.family_name, p.born_on, p.sex, languages, {}},
                      occasion.now);
    store::add_number(tx, number, p.person_id, occasion.now);
    movement::be(tx, occasion, p.person_id, {}, now);
    note(tx, occasion, "person.registered", {p.person_id.text()},
         {{"is_staff", p.is_staff}, {"place", p.place.text()}});
    return Done{};
}

}  // namespace

Result<Done> register_person(sql::Database& db, const Occasion& occasion, const NewPerson& p) {
    return db.write(occasion.who.establishment, [&](sql::Transaction& tx) {
        return register_in(tx, occasion, p);
    });
}

Result<PersonId> staff_person(sql::Transaction& tx, const Occasion& occasion,
                              std::string_view number, std::string_view name) {
    const auto& prison = occasion.who.establishment;
    if (const auto owner = find_by_number(tx, number)) {
        const auto known = store::person(tx, *owner).value();
        if (known.kind != store::PersonKind::staff) return refusal(Refused::number_of_resident);
        if (store::presence(tx, prison, *owner)) return *owner;
        if (store::is_present_elsewhere(tx, prison, *owner)) {
            return refusal(Refused::present_elsewhere);
        }
        movement::be(tx, occasion, *owner, {}, {});
        note(tx, occasion, "person.arrived", {owner->text()}, {{"is_staff", true}});
        return *owner;
    }
    const auto called = trimmed(name);
    const auto last = called.find_last_of(' ');
    NewPerson person{.person_id = PersonId::make(occasion.now, *occasion.entropy),
                     .is_staff = true,
                     .number = std::string(number),
                     .family_name = called.substr(last == std::string::npos ? 0 : last + 1)};
    if (last != std::string::npos) person.given_names = trimmed(called.substr(0, last));
    if (const auto done = register_in(tx, occasion, person); !done) return done.error();
    return person.person_id;
}

Result<Done> arrive(sql::Database& db, const Occasion& occasion, PersonId person,
                    const LocationKey& to) {
    const auto& prison = occasion.who.establishment;
    return db.write(prison, [&](sql::Transaction& tx) -> Result<Done> {
        const auto known = store::person(tx, person);
        if (!known) return refusal(Refused::unknown_person);
        if (known->merged_into) return refusal(Refused::person_merged);
        if (const auto presence = store::presence(tx, prison, person)) {
            if (presence->place == to && presence->in_out == InOut::IN) return Done{};
            return refusal(Refused::present_already);
        }
        if (store::is_present_elsewhere(tx, prison, person)) {
            return refusal(Refused::present_elsewhere);
        }
        TRY(const auto standing, open_place(tx, prison, to));
        const auto here = establishment(tx, prison).value();
        movement::be(tx, occasion, person, {},
                     {.place = to,
                      .wing = standing.wing,
                      .age_group = age_group_on(known->born_on, today(here, occasion.now)),
                      .is_vulnerable = in_vulnerable_pool(false, standing.regime)});
        note(tx, occasion, "person.arrived", {person.text()}, {{"place", to.text()}});
        return Done{};
    });
}

Result<Done> move(sql::Database& db, const Occasion& occasion, PersonId person,
                  const LocationKey& to) {
    const auto& prison = occasion.who.establishment;
    return db.write(prison, [&](sql::Transaction& tx) -> Result<Done> {
        TRY(const auto presence, present(tx, occasion, person));
        TRY(const auto standing, open_place(tx, prison, to));
        auto now = movement::as_it_stands(presence);
        now.place = to;
        now.wing = standing.wing;
        now.in_out = InOut::IN;
        now.is_vulnerable = in_vulnerable_pool(now.is_vulnerable, standing.regime);
        if (movement::be(tx, occasion, person, presence, now)) {
            note(tx, occasion, "person.moved", {person.text()}, {{"place", to.text()}});
        }
        return Done{};
    });
}

Result<Done> leave(sql::Database& db, const Occasion& occasion, PersonId person,
                   bool is_transfer) {
    return db.write(occasion.who.establishment, [&](sql::Transaction& tx) -> Result<Done> {
        const auto known = store::person(tx, person);
        if (!known) return refusal(Refused::unknown_person);
        if (known->merged_into) return refusal(Refused::person_merged);
        if (movement::depart(tx, occasion, person, is_transfer)) {
            note(tx, occasion, "person.left", {person.text()}, {{"is_transfer", is_transfer}});
        }
        return Done{};
    });
}

Result<Done> merge(sql::Database& db, const Occasion& occasion, PersonId removed, PersonId kept) {
    const auto& prison = occasion.who.establishment;
    return db.write(prison, [&](sql::Transaction& tx) -> Result<Done> {
        const auto other = store::person(tx, removed);
        const auto survivor = store::person(tx, kept);
        if (!other || !survivor) return refusal(Refused::unknown_person);
        if (survivor->merged_into) return refusal(Refused::person_merged);
        if (other->merged_into == kept) return Done{};
        if (other->merged_into) return refusal(Refused::person_merged);
        if (removed == kept || other->kind != survivor->kind) {
            return refusal(Refused::same_person);
        }
        if (store::is_present_elsewhere(tx, prison, removed) ||
            store::is_present_elsewhere(tx, prison, kept) ||
            store::is_member_elsewhere(tx, prison, removed)) {
            return refusal(Refused::present_elsewhere);
        }
        movement::join_records(tx, occasion, removed, kept);
        note(tx, occasion, "person.merged", {removed.text(), kept.text()}, {});
        return Done{};
    });
}

namespace {

bool are_spoken(std::string_view tags) {
    while (!tags.empty()) {
        const auto end = std::min(tags.find(' '), tags.size());
        if (end > 0 && !is_spoken_somewhere(tags.substr(0, end))) return false;
        tags.remove_prefix(std::min(end + 1, tags.size()));
    }
    return true;
}

}  // namespace

Result<Done> set_languages(sql::Database& db, const Occasion& occasion, PersonId person,
                           const std::string& languages) {
    const auto tags = as_languages(languages);
    if (!tags || !are_spoken(*tags)) return refusal(Refused::bad_languages);
    const auto& prison = occasion.who.establishment;
    return db.write(prison, [&](sql::Transaction& tx) -> Result<Done> {
        TRY(const auto presence, present(tx, occasion, person));
        auto known = store::person(tx, presence.person_id).value();
        if (known.languages == *tags) return Done{};
        known.languages = *tags;
        store::correct_person(tx, known);
        store::note_change_of(tx, prison, person);
        note(tx, occasion, "person.languages", {person.text()}, {});
        return Done{};
    });
}

Result<Done> avoid(sql::Database& db, const Occasion& occasion, PersonId self, PersonId other,
                   bool is_on) {
    if (self == other) return refusal(Refused::avoid_oneself);
    const auto& prison = occasion.who.establishment;
    return db.write(prison, [&](sql::Transaction& tx) -> Result<Done> {
        const auto known = store::person(tx, self);
        const auto them = store::person(tx, other);
        if (!known || !them) return refusal(Refused::unknown_person);
        if (known->merged_into || them->merged_into) return refusal(Refused::person_merged);
        const bool is_changed = is_on ? store::put_avoid(tx, prison, self, other, occasion.now)
                                      : store::drop_avoid(tx, prison, self, other);
        if (!is_changed) return Done{};
        // The record says that a list changed; whose, and who is on it, nobody else is to know.
        note(tx, occasion, "avoid.changed", {}, {});
        if (is_on) movement::must_not_meet(tx, occasion, self, other);
        return Done{};
    });
}

Result<Done> answer_alone(sql::Database& db, const Occasion& occasion, PersonId person,
                          AloneAnswer answer) {
    const auto& prison = occasion.who.establishment;
    return db.write(prison, [&](sql::Transaction& tx) -> Result<Done> {
        TRY(const auto presence, present(tx, occasion, person));
        if (alone_answer(tx, prison, presence.person_id) == answer) return Done{};
        store::add_alone_answer(tx, prison, person, occasion.now, answer, occasion.who.actor);
        note(tx, occasion, "person.alone_answered", {person.text()}, {});
        movement::tell(tx, occasion, {person, Movement::Kind::meets_fewer, {}, {}});
        return Done{};
    });
}

}  // namespace alongside::people
