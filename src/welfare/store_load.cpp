// Everybody's work, read at once.
#include <algorithm>
#include <map>

#include "welfare/store.h"

namespace alongside::welfare::store {
namespace {

struct SpentRow {
    PersonId person_id;
    Instant from_at;
    std::optional<Instant> until_at;
    std::optional<Day> night_of;
};
BOOST_DESCRIBE_STRUCT(SpentRow, (), (person_id, from_at, until_at, night_of))
struct RestRow {
    PersonId person_id;
    Instant from_at, until_at;
    Day excused_on;
    bool is_waived = false;
};
BOOST_DESCRIBE_STRUCT(RestRow, (), (person_id, from_at, until_at, excused_on, is_waived))
struct StoodDownRow {
    PersonId person_id;
    Instant from_at, until_at;
};
BOOST_DESCRIBE_STRUCT(StoodDownRow, (), (person_id, from_at, until_at))

// $1 the prison, $2 the horizon, $3 whose, if it's one person's.
// A session that goes on counts however long ago it began; two parts, so that each has its index.
const sql::Statement spent_rows(
    "SELECT person_id, from_at, until_at, night_of FROM exposure "
    "WHERE establishment_id = $1 AND from_at >= $2");
constexpr sql::Fragment or_going_on(
    " UNION ALL SELECT person_id, from_at, until_at, night_of FROM exposure "
    "WHERE establishment_id = $1 AND until_at IS NULL AND from_at < $2");
const sql::Statement rest_rows(
    "SELECT person_id, from_at, until_at, excused_on, waived_at IS NOT NULL AS is_waived "
    "FROM rest WHERE establishment_id = $1 AND until_at >= $2");
const sql::Statement stood_down_rows(
    "SELECT person_id, from_at, COALESCE(ended_at, until_at) AS until_at FROM stand_down "
    "WHERE establishment_id = $1 AND until_at >= $2");
constexpr sql::Fragment of_one(" AND person_id = $3");
constexpr sql::Fragment in_order(" ORDER BY person_id, from_at");

struct Gathered {
    std::vector<SpentRow> spent;
    std::vector<RestRow> rested;
    std::vector<StoodDownRow> stood_down;
};

std::vector<rules::Work> by_person(const Gathered& rows) {
    std::map<PersonId, rules::Work> all;
    const auto of = [&](PersonId person) -> rules::Work& {
        auto& work = all[person];
        work.person_id = person;
        return work;
    };
    for (const auto& row : rows.spent) {
        of(row.person_id).spent.push_back({row.from_at, row.until_at, row.night_of});
    }
    for (const auto& row : rows.rested) {
        of(row.person_id)
            .rested.push_back({row.from_at, row.until_at, row.excused_on, row.is_waived});
    }
    for (const auto& row : rows.stood_down) {
        of(row.person_id).stood_down.push_back({row.from_at, row.until_at});
    }
    std::vector<rules::Work> out;
    out.reserve(all.size());
    for (auto& [person, work] : all) out.push_back(std::move(work));
    return out;
}

template <class... Args>
Gathered gather(sql::Reader& reader, sql::Fragment whose, const EstablishmentId& home,
                const Horizon& horizon, const Args&... args) {
    Gathered out;
    out.spent = reader.rows<SpentRow>(spent_rows + whose + or_going_on + whose + in_order, home,
                                      horizon.sessions, args...);
    out.rested =
        reader.rows<RestRow>(rest_rows + whose + in_order, home, horizon.rest, args...);
    out.stood_down = reader.rows<StoodDownRow>(stood_down_rows + whose + in_order, home,
                                               horizon.rest, args...);
    return out;
}

}  // namespace

std::vector<rules::Work> work(sql::Reader& reader, const EstablishmentId& home,
                              const Horizon& horizon) {
    return by_person(gather(reader, sql::Fragment::nothing(), home, horizon));
}

rules::Work work_of(sql::Reader& reader, const EstablishmentId& home, PersonId person,
                    const Horizon& horizon) {
    auto all = by_person(gather(reader, of_one, home, horizon, person));
    if (!all.empty()) return std::move(all.front());
    rules::Work none;
    none.person_id = person;
    return none;
}

namespace {
struct AwayRow {
    PersonId person_id;
    Instant from_at, to_at;
    bool is_rest = false;
};
BOOST_DESCRIBE_STRUCT(AwayRow, (), (person_id, from_at, to_at, is_rest))
}  // namespace

std::vector<Away> away(sql::Reader& reader, const EstablishmentId& home, Instant from,
                       Instant to) {
    const auto rows = reader.rows<AwayRow>(
        "SELECT person_id, from_at, until_at AS to_at, TRUE AS is_rest FROM rest "
        "WHERE establishment_id = $1 AND until_at > $2 AND from_at < $3 AND waived_at IS NULL "
        "UNION ALL "
        "SELECT person_id, from_at, COALESCE(ended_at, until_at) AS to_at, FALSE AS is_rest "
        "FROM stand_down WHERE establishment_id = $1 AND until_at > $2 AND from_at < $3 "
        "AND COALESCE(ended_at, until_at) > $2 "
        "ORDER BY 1, 2, 3",
        home, from, to);
    std::vector<Away> out;
    for (const auto& row : rows) {
        out.push_back({row.person_id, row.from_at, row.to_at,
                       row.is_rest ? AwayWhy::resting : AwayWhy::standing_down});
    }
    return out;
}

std::vector<TimeSpent> time_spent(sql::Reader& reader, const EstablishmentId& home, Instant from,
                                  Instant to, Instant now) {
    std::vector<TimeSpent> out;
    for (const auto& row : reader.rows<SpentRow>(
             "SELECT person_id, from_at, until_at, night_of FROM exposure "
             "WHERE establishment_id = $1 AND from_at >= $2 AND from_at < $3 "
             "ORDER BY person_id, from_at",
             home, from, to)) {
        if (out.empty() || out.back().person_id != row.person_id) out.push_back({row.person_id});
        const auto until = row.until_at.value_or(std::max(now, row.from_at));
        out.back().time += until - row.from_at;
    }
    return out;
}

}  // namespace alongside::welfare::store
