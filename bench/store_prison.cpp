#include "bench/store_prison.h"

#include <fmt/format.h>

#include "base/ensure.h"
#include "rota/rota.h"
#include "schemes/schemes.h"

namespace alongside::bench {
namespace {

constexpr std::size_t rows_at_once = 5'000;
constexpr int landings = 8;

// Rows of one statement, written a few thousand at a time.
class Rows {
public:
    Rows(sql::Database& database, const EstablishmentId& id, sql::Statement statement)
        : database_(database), id_(id), statement_(std::move(statement)) {}
    ~Rows() noexcept(false) { flush(); }
    template <class... Args>
    void add(const Args&... args) {
        waiting_.push_back({sql::to_value(args)...});
        if (waiting_.size() == rows_at_once) flush();
    }

private:
    void flush() {
        if (waiting_.empty()) return;
        database_.write(id_, [&](sql::Transaction& tx) {
            return tx.run_many(statement_, waiting_);
        });
        waiting_.clear();
    }
    sql::Database& database_;
    const EstablishmentId& id_;
    sql::Statement statement_;
    std::vector<std::vector<sql::Value>> waiting_;
};

class Filling {
public:
    Filling(sql::Database& database, const Size& size, Instant now, Entropy& entropy)
        : database_(database), size_(size), now_(now), entropy_(entropy) {
        out_.id = EstablishmentId::parse("BIG").value();
        out_.scheme = SchemeCode::parse("pops").value();
    }

    Prison fill() {
        sql::migrate(database_, sql::embedded_migrations());
        lay_out();
        must(people::establish(database_, program(), house_));
        must(schemes::open_scheme(database_, program(), out_.scheme));
        for (int i = 0; i < size_.residents; ++i) {
            out_.residents.push_back(PersonId::make(now_, entropy_));
            out_.numbers.push_back(number_of(i));
            out_.cells.push_back(cell_of(i, size_.wings));
        }
        add_people();
        add_presences();
        add_pairs();
        add_members();
        add_sessions();
        take_statistics();
        put_on_call();
        take_statistics();
        return std::move(out_);
    }

private:
    Occasion program() { return {the_program(out_.id), now_, &entropy_}; }
    Uuid fresh_uuid() { return Uuid::v7(now_, entropy_); }


    void lay_out() {
        house_ = {out_.id, "Invented Fields", "America/Winnipeg", "[0-9]{6}[A-Z]", "en",
                  {},      {},                {}};
        const int units = std::max(1, size_.wings / 5);
        for (int i = 0; i < units; ++i) {
            out_.units.push_back(fmt::format("U{}", i + 1));
            house_.units.push_back({out_.units.back(), out_.units.back(), "medium", "ordinary", 2});
        }
        for (int i = 0; i < size_.wings; ++i) {
            const std::string wing(1, static_cast<char>('A' + i));
            house_.wings.push_back({wing, out_.units[static_cast<std::size_t>(i % units)], wing});
        }
        const int beds = std::max(size_.residents, size_.beds);
        for (int i = 0; i < beds; ++i) {
            if (i / size_.wings % 2 == 1) continue;
            const auto cell = cell_of(i, size_.wings);
            house_.places.push_back({cell, std::string(cell.wing()), people::PlaceKind::cell, "",
                                     false});
        }
    }

    void add_people() {
        Rows people(database_, out_.id,
                    "INSERT INTO person (person_id, kind, given_names, family_name, born_on, sex, "
                    "languages, created_at) VALUES ($1, 'resident', $2, $3, '1990-05-17', 'male', "
                    "$4, $5)");
        for (std::size_t i = 0; i < out_.residents.size(); ++i) {
            people.add(out_.residents[i], fmt::format("Given{}", i % 977),
                       fmt::format("Family{}", i % 9973), i % 10 == 0 ? "en fr" : "en", now_);
        }
    }
    void add_presences() {
        Rows numbers(database_, out_.id,
                     "INSERT INTO person_number (number, person_id, since) VALUES ($1, $2, $3)");
        Rows presences(database_, out_.id,
                       "INSERT INTO presence (establishment_id, presence_id, person_id, place, "
                       "wing, in_out, age_group, is_vulnerable, from_at) "
                       "VALUES ($1, $2, $3, $4, $5, 'IN', 'adult', FALSE, $6)");
        for (std::size_t i = 0; i < out_.residents.size(); ++i) {
            numbers.add(out_.numbers[i], out_.residents[i], now_);
            presences.add(out_.id, fresh_uuid(), out_.residents[i], out_.cells[i],
                          std::string(out_.cells[i].wing()), now_ - Hours(24));
        }
    }
    void add_pairs() {
        Rows pairs(database_, out_.id,
                   "INSERT INTO kept_apart (kept_apart_id, kind, first_person, second_person, "
                   "first_role, second_role, reason, restriction, opened_at) VALUES ($1, "
                   "'non_association', $2, $3, 'UNKNOWN', 'UNKNOWN', 'OTHER', 'WING', $4)");
        const auto people = out_.residents.size();
        for (int i = 0; i < size_.kept_apart; ++i) {
            const auto first = entropy_.word() % people;
            const auto second = (first + 1 + entropy_.word() % (people - 1)) % people;
            pairs.add(fresh_uuid(), out_.residents[first], out_.residents[second], now_);
        }
    }

    void add_members() {
        const auto policy = database_.read(
            [&](sql::Reader& r) { return schemes::policy(r, out_.id, out_.scheme); });
        for (int i = 0; i < size_.peers; ++i) {
            out_.members.push_back(MemberId::make(now_, entropy_));
        }
        add_memberships(policy->compact_version);
        Rows clearances(database_, out_.id,
                        "INSERT INTO member_clearance (establishment_id, member_id, unit, "
                        "decided_at, is_cleared, reason, decided_by) "
                        "VALUES ($1, $2, $3, $4, TRUE, 'ROUTINE', 'bench')");
        Rows modules(database_, out_.id,
                     "INSERT INTO member_module (establishment_id, member_id, module, done_at) "
                     "VALUES ($1, $2, $3, $4)");
        for (const auto& member : out_.members) {
            for (const auto& unit : out_.units) {
                clearances.add(out_.id, member, unit, now_ - Hours(24 * 30));
            }
            for (const auto& module : policy->modules) {
                modules.add(out_.id, member, module.code, now_ - Hours(24 * 60));
            }
        }
    }
    void add_memberships(const std::string& compact) {
        {
            Rows members(database_, out_.id,
                         "INSERT INTO member (establishment_id, member_id, person_id, scheme, "
                         "label, joined_at) VALUES ($1, $2, $3, $4, $5, $6)");
            for (std::size_t i = 0; i < out_.members.size(); ++i) {
                members.add(out_.id, out_.members[i], out_.residents[i], out_.scheme,
                            fmt::format("Peer {}", i + 1), now_ - Hours(24 * 90));
            }
        }
        Rows compacts(database_, out_.id,
                      "INSERT INTO member_compact (establishment_id, member_id, version, "
                      "signed_at) VALUES ($1, $2, $3, $4)");
        for (const auto& member : out_.members) {
            compacts.add(out_.id, member, compact, now_ - Hours(24 * 80));
        }
        Rows changes(database_, out_.id,
                     "INSERT INTO member_change (establishment_id, scheme, seq, version, member_id)"
                     " VALUES ($1, $2, 1, $3, $4)");
        changes.add(out_.id, out_.scheme, fresh_uuid(), out_.members.front());
    }

    // By day, an hour each, some days apart: nobody rests, everybody has been fair or less so.
    void add_sessions() {
        Rows sessions(database_, out_.id,
                      "INSERT INTO exposure (establishment_id, person_id, session_id, scheme, "
                      "from_at, until_at, is_own_wish) VALUES ($1, $2, $3, $4, $5, $6, FALSE)");
        for (int i = 0; i < size_.peers; ++i) {
            for (int n = 0; n < size_.sessions_a_peer; ++n) {
                const auto from = now_ - Hours(24 * (10 + n * 4)) -
                                  Millis(static_cast<std::int64_t>(entropy_.word() % 86'400'000));
                sessions.add(out_.id, out_.residents[static_cast<std::size_t>(i)],
                             SessionId::make(now_, entropy_), out_.scheme, from,
                             from + Minutes(20 + static_cast<int>(entropy_.word() % 80)));
            }
        }
        if (size_.peers == 0) return;
        Rows changes(database_, out_.id,
                     "INSERT INTO load_change (establishment_id, seq, version, person_id) "
                     "VALUES ($1, 1, $2, $3)");
        changes.add(out_.id, fresh_uuid(), out_.residents.front());
    }

    void put_on_call() {
        if (size_.peers == 0) return;
        const auto shift = ShiftId::make(now_, entropy_);
        must(rota::add_shift(database_, program(), shift, out_.scheme, "all", now_,
                             now_ + Hours(24), 20));
        const auto end = out_.residents.begin() + size_.peers;
        must(rota::put_on(database_, program(), shift, {out_.residents.begin(), end}));
    }

    // What PostgreSQL does by itself within a minute, for tables of which 50 rows have changed.
    // Without, it takes the peers of one prison for a handful and looks for each among everybody.
    void take_statistics() {
        if (database_.engine() != sql::Database::Engine::postgresql) return;
        database_.write(out_.id, [](sql::Transaction& tx) {
            return tx.run("ANALYZE place, person, person_number, presence, kept_apart, member, "
                          "member_compact, member_clearance, member_module, exposure, "
                          "shift_person, rota_change");
        });
    }

    sql::Database& database_;
    const Size& size_;
    Instant now_;
    Entropy& entropy_;
    people::NewEstablishment house_;
    Prison out_;
};

}  // namespace

LocationKey cell_of(int resident, int wings) {
    const int cell = resident / wings / 2;
    return LocationKey::parse(fmt::format("{}-{}-{:04}", static_cast<char>('A' + resident % wings),
                                          cell % landings + 1, cell / landings + 1), {})
        .value();
}

std::string number_of(int resident) {
    return fmt::format("{:06}{}", resident, static_cast<char>('A' + resident % 26));
}

Prison fill(sql::Database& database, const Size& size, Instant now, Entropy& entropy) {
    return Filling(database, size, now, entropy).fill();
}

Occasion Stage::officer() const {
    Occasion out{{}, now, &entropy};
    out.who.establishment = prison.id;
    out.who.account = AccountId(Uuid::v7(now, entropy));
    out.who.roles.set(static_cast<std::size_t>(Role::officer));
    out.who.roles.set(static_cast<std::size_t>(Role::night_manager));
    out.who.actor = "account:bench";
    return out;
}

RequestId Stage::ask(std::size_t resident) {
    dispatch::Ask ask;
    ask.request_id = RequestId::make(now, entropy);
    ask.scheme = prison.scheme;
    ask.person_id = prison.residents[resident];
    ask.asked_at = now;
    auto desk = this->desk();
    return must(dispatch::ask(desk, officer(), ask));
}

}  // namespace alongside::bench
