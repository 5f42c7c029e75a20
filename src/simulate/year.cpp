// The people of a year: those who ask, officers, the night manager, peers and the coordinator,
// each doing through the real actions what they would do in service.
#include "simulate/year.h"

#include <algorithm>
#include <chrono>

#include "base/embedded.h"
#include "base/ensure.h"
#include "simulate/store.h"

namespace alongside::simulate {
namespace {

Instant first_day(const Zone& zone) {
    using namespace std::chrono;
    return zone.instant(year{2025} / January / 6, 0);   // a Monday, so that weeks are whole
}

}  // namespace

std::unique_ptr<sql::Database> scratch_database() {
    auto database = sql::Database::open("sqlite::memory:");
    std::vector<sql::Migration> all;
    for (const auto& file : embedded_in("migrations")) {
        all.push_back({file.path.substr(std::string_view("migrations/").size()), file.bytes});
    }
    sql::migrate(*database, all);
    return database;
}

Year::Year(sql::Database& database_, const Scene& scene_, const Assumptions& assume_,
           const YearOptions& options_)
    : database(database_), scene(scene_), assume(assume_), options(options_), chance(options.seed),
      entropy(options.seed ^ 0x616c6f6e67736964ULL), keys(vault::KeyFile::in_memory(entropy)),
      desk{database, *keys}, zone(*Zone::find(scene.time_zone)),
      begin(first_day(zone)), now(begin), last_look(begin) {
    made = populate(database, scene, begin - Hours{1}, options.days / 7 + 2, entropy,
                    options.rota == RotaBy::pattern ? std::nullopt : std::optional(-1));
    policy = database.read([&](sql::Reader& reader) {
        return schemes::policy(reader, scene.establishment, assume.scheme());
    });
    ENSURE(policy != nullptr);
    std::size_t i = 0;
    for (const auto& place : layout_of(scene).places) {
        if (place.kind != people::PlaceKind::suite) continue;
        const auto& wing = *std::ranges::find(scene.wings, place.wing, &SceneWing::wing);
        suites[wing.unit].push_back(place.place);
    }
    for (const auto& wing : scene.wings) {
        for (int n = 0; n < wing.residents; ++n) {
            residents.push_back({made.residents[i++], wing.wing, wing.unit});
        }
    }
    for (const auto& member : made.members) {
        if (member.scheme == assume.scheme()) peers.push_back({member, true});
    }
}

Occasion Year::occasion() {
    return {the_program(scene.establishment), now, &entropy};
}

void Year::at(Instant when, std::function<void()> act) {
    events.push({std::max(when, now), next_order++, std::move(act)});
}

bool Year::is_night() const { return night_at(zone, policy->night, now).has_value(); }

void Year::note(int rule, const std::string& what) {
    ++violation_count;
    if (noted.insert({rule, what}).second) {
        first_violations.push_back("rule " + std::to_string(rule) + ": " + what + " (" +
                                   iso_instant(now) + ")");
    }
}

void Year::step() {
    if (database.tally().writes != written_before_look) look();
}

// Also when time alone has passed: what should have been done by now may not have been.
void Year::look() {
    if (!options.checks_every_step) return;
    written_before_look = database.tally().writes;
    std::vector<Asker> on_their_way;
    for (const auto& [request, call] : calls) {
        if (call.going.size() > call.there) on_their_way.push_back({request, call.person_id});
    }
    const auto found = database.read([&](sql::Reader& reader) {
        return violations(reader, scene.establishment, *policy, {last_look, now},
                          on_their_way);
    });
    last_look = now;
    for (const auto& one : found) note(one.rule, one.what);
}

// The program's own timers run when they fall due, not when somebody happens to act.
void Year::run_due_timers() {
    const auto written = database.tally().writes;
    if (next_wake && now < *next_wake && written == written_before) return;
    written_before = written;
    const auto next = dispatch::run_timers(desk, occasion());
    if (next && (!next_wake || *next < *next_wake)) {
        next_wake = *next;
        at(*next, [this, when = *next] {
            if (next_wake != when) return;   // an earlier one has taken its place
            next_wake.reset();
            run_due_timers();
            look();
        });
    }
}

void Year::run(const YearProgress& progress) {
    const Instant end = begin + Hours{24} * options.days;
    int day = -1;
    for (int d = 0; d < options.days; ++d) {
        const auto local = std::chrono::sys_days{zone.local(begin).day} + std::chrono::days{d};
        at(zone.instant(Day{local}, 0), [this, local] { begin_day(Day{local}); });
    }
    while (!events.empty() && events.top().at < end) {
        const auto event = events.top();
        events.pop();
        now = event.at;
        event.act();
        run_due_timers();
        const int today = static_cast<int>((now - begin) / Hours{24});
        if (today != day && progress) progress(today, options.days);
        day = today;
    }
    now = end;
    run_due_timers();
    look();
}

YearReport simulate_year(const Scene& scene, const Assumptions& assumptions,
                         const YearOptions& options, const YearProgress& progress) {
    const auto started = std::chrono::steady_clock::now();
    const auto scratch = scratch_database();
    Year year(*scratch, scene, assumptions, options);
    const auto listening = dispatch::listen_to_movements(*year.keys);
    year.run(progress);
    auto report = scratch->read([&](sql::Reader& reader) {
        return figures(reader, scene.establishment, *year.policy, year.begin, year.now);
    });
    report.invariant_violations = year.violation_count;
    report.violations = year.first_violations;
    report.refused = year.refused;
    report.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    return report;
}

}  // namespace alongside::simulate
