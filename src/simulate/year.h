// The state of one simulated year; its parts are in year_*.cpp.
#pragma once

#include <functional>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <set>
#include <string>
#include <vector>

#include "base/civil_time.h"
#include "dispatch/dispatch.h"
#include "rota/rota.h"
#include "simulate/chance.h"
#include "simulate/simulate.h"
#include "vault/vault.h"

namespace alongside::simulate {

// A database that lives as long as one simulation.
std::unique_ptr<sql::Database> scratch_database();

// One request, as those who act on it know it.
struct Call {
    RequestId request_id;
    PersonId person_id;
    std::string unit;
    Instant asked_at{};
    std::vector<Uuid> going;         // call-outs of the peers who said yes
    std::size_t there = 0;           // how many of them are with the person
    dispatch::Arrival where;         // the first of them with the person
    std::optional<Instant> waits_since;   // the first of them, for the second
    bool is_full = false;            // as many as are needed are going
    bool has_begun = false;          // the first of them is with the person
};

struct Year {
    Year(sql::Database& database_, const Scene& scene_, const Assumptions& assume_,
         const YearOptions& options_);
    void run(const YearProgress& progress);

    struct Event {
        Instant at;
        std::uint64_t order;
        std::function<void()> act;
        friend bool operator<(const Event& a, const Event& b) {   // the queue's top is the least
            return std::tie(a.at, a.order) > std::tie(b.at, b.order);
        }
    };
    struct Resident {
        PersonId person_id;
        std::string wing, unit;
    };
    struct Peer {
        Populated::Member member;
        bool is_here;
    };

    // ---- year.cpp: the clock
    Occasion occasion();
    void at(Instant when, std::function<void()> act);
    bool is_night() const;
    void note(int rule, const std::string& what);
    // Whether it was done; what was refused is counted by its code.
    template <class T>
    bool did(const Result<T>& result) {
        if (!result) ++refused[std::string(result.error().code)];
        return result.has_value();
    }
    void step();                     // after an action: a look at the rules, if it wrote anything
    void look();
    void run_due_timers();

    // ---- year_days.cpp: what a day brings
    void begin_day(Day day);
    void plan_ahead(Day day, int days);
    void draw_requests(Day day, bool is_weekend);
    void ask(const std::string& unit);
    void morning();
    void debriefs();
    void fill_gaps();
    bool is_on(const Peer& peer, Instant when);
    void people_move();
    void people_leave();
    void peer_leaves(std::size_t peer);
    void peer_joins();
    bool is_peer(PersonId person) const;
    bool is_segregated(const std::string& unit) const;
    PersonId somebody_else();
    void stand_downs();
    void suspend_somebody();
    void somebody_dies();
    long poisson(double mean);

    // ---- year_calls.cpp: what happens to one request
    void try_offer(const RequestId& request);
    std::optional<dispatch::Offer> next_offer(const Call& call);
    void answered(const RequestId& request, const dispatch::Offer& offer);
    void ask_another(const RequestId& request, Uuid call_out);
    void unlock(const RequestId& request, Uuid call_out);
    void authorise(const RequestId& request, UnlockId unlock, Uuid call_out, bool is_review);
    void escorted(const RequestId& request, UnlockId unlock, Uuid call_out);
    void arrived(const RequestId& request, Uuid call_out);
    void wait_for_second(const RequestId& request, Uuid call_out, std::function<void()> again);
    Result<Done> come_in(Call& call, Uuid call_out);
    void checks(const RequestId& request, SessionId session, Instant until);
    void departed(const RequestId& request, SessionId session);
    bool is_anybody_without_debrief(const RequestId& request, SessionId session);
    void unfilled(const RequestId& request);
    void over(const RequestId& request);
    void see_home(const RequestId& request);
    Call* open_call(const RequestId& request);

    sql::Database& database;
    const Scene& scene;
    const Assumptions& assume;
    const YearOptions options;
    Chance chance;
    SeededEntropy entropy;
    std::unique_ptr<vault::KeyFile> keys;
    dispatch::Desk desk;
    Zone zone;
    Instant begin, now;
    Instant last_look;                               // at the rules that always hold
    std::uint64_t written_before_look = 0;
    std::shared_ptr<const schemes::Policy> policy;
    Populated made;
    std::vector<Resident> residents;
    std::vector<Peer> peers;
    std::map<std::string, std::vector<LocationKey>> suites;   // by unit
    std::map<RequestId, Call> calls;                 // the open ones
    std::set<DebriefId> late_debriefs;
    std::set<DebriefId> seen_debriefs;
    std::map<std::string, Instant> surge_until;      // by unit, after a death
    int arrivals = 0;

    std::future<std::vector<rota::PutOn>> next_plan;          // being searched for
    std::priority_queue<Event> events;
    std::uint64_t next_order = 0;
    std::optional<Instant> next_wake;
    std::uint64_t written_before = 0;                // writes when timers were last looked at
    std::int64_t violation_count = 0;
    std::map<std::string, std::int64_t> refused;     // by the code of the refusal
    std::set<std::pair<int, std::string>> noted;
    std::vector<std::string> first_violations;
};

}  // namespace alongside::simulate
