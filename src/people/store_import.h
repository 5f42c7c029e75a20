// Rows of imports, and what of the prison an import is compared with.
#pragma once

#include <unordered_map>

#include "people/import.h"
#include "people/store.h"

namespace alongside::people::store {

void begin_import(sql::Transaction&, const EstablishmentId&, ImportId, ImportKind, Instant now,
                  const std::string& by);
void save_import(sql::Transaction&, const EstablishmentId&, const ImportOverview&);
// Those of this kind that were begun and neither applied nor abandoned.
std::vector<ImportOverview> open_imports(sql::Reader&, const EstablishmentId&, ImportKind);

// Half applied; oldest first.
std::vector<ImportId> imports_being_applied(sql::Reader&, const EstablishmentId&);

struct NewChange {
    Change change;
    std::int64_t line;
    std::optional<PersonId> person_id;
    std::string row_json;
};
void add_changes(sql::Transaction&, const EstablishmentId&, ImportId,
                 const std::vector<NewChange>&);
void drop_lines(sql::Transaction&, const EstablishmentId&, ImportId, Change, std::int64_t first,
                std::int64_t last);
// At most `at_most` of one kind; how many were dropped.
int drop_changes(sql::Transaction&, const EstablishmentId&, ImportId, Change, int at_most);

struct Present {
    std::string number;
    PersonId person_id;
    std::string given_names, family_name;
    std::optional<Day> born_on;
    Sex sex;
    std::string languages;
    LocationKey place;
    InOut in_out;
    std::string category;
    AgeGroup age_group;
    std::optional<Day> release_on;
};
BOOST_DESCRIBE_STRUCT(Present, (), (number, person_id, given_names, family_name, born_on, sex,
                                    languages, place, in_out, category, age_group, release_on))
// Every resident who is here now, once for each of their numbers.
void each_present(sql::Reader&, const EstablishmentId&,
                  const std::function<void(Present&&)>& each);

struct Known {
    std::string number;
    PersonId person_id;
    PersonKind kind;
    bool is_elsewhere;
};
BOOST_DESCRIBE_STRUCT(Known, (), (number, person_id, kind, is_elsewhere))
// Whom these numbers belong to, for those that are known.
std::unordered_map<std::string, Known> known(sql::Reader&, const EstablishmentId& here,
                                             const std::vector<std::string>& numbers);

// ---- kept apart --------------------------------------------------------------------------------
struct Pair {
    Uuid kept_apart_id;
    PersonId first_person, second_person;
    std::string first_role, second_role, reason, restriction;
};
BOOST_DESCRIBE_STRUCT(Pair, (), (kept_apart_id, first_person, second_person, first_role,
                                 second_role, reason, restriction))
// The open non-association of two people, whichever way round.
std::optional<Pair> open_pair(sql::Reader&, PersonId, PersonId);
void open_pair(sql::Transaction&, const Pair&, Instant at);
void close_pair(sql::Transaction&, Uuid kept_apart_id, Instant at, const std::string& by,
                const std::string& reason);

}  // namespace alongside::people::store
