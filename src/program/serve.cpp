#include "program/serve.h"

#include <malloc.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "ahead/ahead.h"
#include "dispatch/dispatch.h"
#include "ledger/ledger.h"
#include "people/people.h"
#include "program/commands.h"
#include "program/control.h"
#include "program/health.h"
#include "rota/rota.h"
#include "schemes/schemes.h"
#include "web/log.h"
#include "web/once.h"
#include "web/openapi.h"
#include "web/showcase.h"
#include "welfare/welfare.h"

namespace alongside::program {
namespace {

// Does what is due, at most half a second late, keeps the door tidy, and makes sure that no other
// program serves this database meanwhile.
class Timers {
public:
    // What is overdue is done before anybody is answered.
    Timers(Installation& installation, web::Live& live, access::Door& door)
        : installation_(installation), live_(live), door_(door) {
        try {
            fire();
        } catch (const std::exception& trouble) {  // one that fails must not keep all from work
            say(trouble);
        }
        thread_ = std::thread([this] { run(); });
    }
    ~Timers() {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        wake_.notify_all();
        thread_.join();
    }

private:
    void run() {
        constexpr Millis tick{500};
        // Not the clock on the wall: set back, it would leave the lease unasked for as long.
        using Steady = std::chrono::steady_clock;
        Steady::time_point next_tidy{}, next_hold{}, next_emptying = Steady::now() + Hours{1};
        while (true) {
            try {
                const auto now = Steady::now();
                if (now >= next_hold) {
                    hold();
                    next_hold = now + Millis{2'000};
                }
                try {
                    fire();
                } catch (const std::exception& trouble) {  // one that fails stops nothing below
                    say(trouble);
                }
                if (now >= next_emptying && installation_.database->empty_log()) {
                    next_emptying = now + Hours{1};                 // what is deleted goes for good
                }
                if (now >= next_tidy) {
                    door_.keep(installation_.clock.now());
                    // Who can come tonight changes by the hour, and by work in other rooms.
                    live_.changed(installation_.establishment);
                    ledger::append_held_back(*installation_.database, installation_.occasion());
                    next_tidy = now + Millis{30'000};
                }
            } catch (const std::exception& trouble) {
                // The disk or the database is away: said once a tick, tried again at the next.
                say(trouble);
            }
            std::unique_lock lock(mutex_);
            if (wake_.wait_for(lock, tick, [this] { return stopping_; })) return;
        }
    }
    void fire() {
        dispatch::Desk desk{*installation_.database, *installation_.keys};
        dispatch::run_timers(desk, installation_.occasion());
    }
    // A PostgreSQL server that went away forgets who held the lease. Two that serve would each
    // remember its own truth, so the one that finds it taken ends.
    void hold() {
        if (!installation_.lease || installation_.lease->is_held()) return;
        web::log_event(web::Loudness::error, "lease_lost", {});
        ::kill(::getpid(), SIGTERM);
    }
    static void say(const std::exception& trouble) {
        web::log_event(web::Loudness::error, "timers", {{"what", trouble.what()}});
    }

    Installation& installation_;
    web::Live& live_;
    access::Door& door_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    std::thread thread_;
};

// Live pages are drawn again after each write that is recorded, whoever made it: a page, a timer, a
// command.
class DrawnAgain {
public:
    DrawnAgain(sql::Database& database, web::Live& live) : database_(database) {
        database_.tell([&live](const EstablishmentId& id) { live.changed(id); });
    }
    ~DrawnAgain() { database_.tell({}); }
    DrawnAgain(const DrawnAgain&) = delete;
    DrawnAgain& operator=(const DrawnAgain&) = delete;

private:
    sql::Database& database_;
};

// SIGINT and SIGTERM, waited for instead of handled. Blocked before any thread starts.
class StopSignal {
public:
    StopSignal() {
        sigemptyset(&signals_);
        sigaddset(&signals_, SIGINT);
        sigaddset(&signals_, SIGTERM);
        pthread_sigmask(SIG_BLOCK, &signals_, &before_);
    }
    ~StopSignal() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    void wait() {
        int which = 0;
        sigwait(&signals_, &which);
    }

private:
    sigset_t signals_{}, before_{};
};

std::string url_of(const web::Listen& listen, unsigned short port) {
    const bool is_v6 = listen.address.find(':') != std::string::npos;
    return std::string(listen.tls_cert.empty() ? "http://" : "https://") +
           (is_v6 ? "[" + listen.address + "]" : listen.address) + ":" + std::to_string(port) +
           "/";
}

// What each open scheme asks of its members, from the policy in force, for the Peers page.
std::vector<people::SchemeNeeds> needs(sql::Reader& reader, const EstablishmentId& prison,
                                       std::string_view language) {
    std::vector<people::SchemeNeeds> out;
    for (const auto& code : schemes::open_schemes(reader, prison)) {
        const auto policy = schemes::policy(reader, prison, code);
        if (!policy) continue;
        people::SchemeNeeds one{code, policy->say(language).short_name, policy->compact_version,
                                {}, {},
                                policy->is_sent_during_probation ? 0 : policy->probation_days};
        for (const auto& module : policy->modules) {
            one.modules.push_back({module.code, schemes::in_language(module.name, language),
                                   module.is_mandatory, module.valid_months});
        }
        one.units = people::units(reader, prison);
        out.push_back(std::move(one));
    }
    return out;
}

}  // namespace

access::FitsThere fits_there(const EstablishmentId& prison) {
    return [prison](sql::Reader& reader, DeviceKind kind, const LocationKey& where) {
        if (kind == DeviceKind::in_cell) {
            const auto place = people::place(reader, prison, where);
            return place && (place->kind == people::PlaceKind::cell ||
                             place->kind == people::PlaceKind::crisis_cell);
        }
        const auto wings = people::wings(reader, prison);
        return std::ranges::find(wings, where.text(), &people::Wing::wing) != wings.end();
    };
}

namespace {

// What the forms for accounts offer and check.
access::KnownHere known_here(const EstablishmentId& prison) {
    access::KnownHere out;
    out.wings = [prison](sql::Reader& reader) {
        std::vector<access::Option> list;
        for (const auto& one : people::wings(reader, prison)) list.push_back({one.wing, one.name});
        return list;
    };
    out.schemes = [prison](sql::Reader& reader, std::string_view language) {
        std::vector<access::Option> list;
        for (const auto& code : schemes::open_schemes(reader, prison)) {
            const auto policy = schemes::policy(reader, prison, code);
            list.push_back({code.text(), policy->say(language).short_name});
        }
        return list;
    };
    out.is_here = [prison](sql::Reader& reader, PersonId person) {
        return people::whereabouts(reader, prison, person).has_value();
    };
    out.staff_person = people::staff_person;
    return out;
}

}  // namespace

void add_all_routes(web::Routes& routes, web::Site& site, Installation& installation,
                    access::Door& door) {
    people::on_needs(needs);
    routes.add(access::routes(site, *installation.secrets, door, people::find_by_number,
                              fits_there(site.establishment), known_here(site.establishment)));
    routes.add(people::routes(site));
    routes.add(schemes::routes(site));
    routes.add(welfare::routes(site));
    routes.add(rota::routes(site, &ahead::expected_time, &dispatch::called_out));
    routes.add(dispatch::routes(site, *installation.keys));
    routes.add(ahead::routes(site));
    routes.add(health_routes(site, installation));
    routes.add(web::notices_route());
    routes.add(web::showcase_route());
    routes.add(openapi_route(routes));
}

boost::json::value describe_api() {
    Installation installation;
    installation.database = sql::Database::open("sqlite::memory:");
    sql::migrate(*installation.database, migrations());
    installation.keys = vault::KeyFile::in_memory(installation.entropy);
    installation.secrets = access::Secrets::open({}, installation.entropy);
    const auto live = web::make_live(installation.clock);
    web::Site site{*installation.database, installation.clock, installation.entropy, *live,
                   installation.establishment, false};
    const auto door = access::Door::open(site, *installation.secrets);
    web::Routes routes;
    add_all_routes(routes, site, installation, *door);
    return web::openapi(routes, ALONGSIDE_VERSION);
}

namespace {

// A board is a connection, and a soft limit is often 1024: as many as this process may have.
void allow_all_descriptors() {
    rlimit most{};
    if (getrlimit(RLIMIT_NOFILE, &most) != 0 || most.rlim_cur == most.rlim_max) return;
    most.rlim_cur = most.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &most) != 0) {
        web::log_event(web::Loudness::warning, "descriptors_not_raised", {});
    }
}

// A page is more than the C library would keep: given back to the system after each answer and
// taken again for the next, its memory would cost as much as drawing it.
void keep_what_a_page_takes() {
    constexpr int kept_bytes = 2 * 1024 * 1024;
    mallopt(M_TRIM_THRESHOLD, kept_bytes);
    mallopt(M_MMAP_THRESHOLD, kept_bytes);
}

}  // namespace

int serve(Installation& installation, const web::Listen& listen, bool is_demo,
          const Console& console, const std::function<void(const std::string& url)>& ready) {
    StopSignal stop;
    web::log_as_json_lines();
    allow_all_descriptors();
    keep_what_a_page_takes();
    if (installation.are_keys_new) {
        web::log_event(web::Loudness::error, "identity_keys_were_gone", {});
    }
    const auto listening = dispatch::listen_to_movements(*installation.keys);
    const auto live = web::make_live(installation.clock);
    const DrawnAgain drawn_again(*installation.database, *live);
    web::Site site{*installation.database, installation.clock, installation.entropy, *live,
                   installation.establishment, is_demo};
    const auto door = access::Door::open(site, *installation.secrets);
    door->show_while_locked([&](const web::Request& request) {
        return dispatch::locked_notice(*installation.database, request);
    });
    web::Routes routes(is_demo);
    add_all_routes(routes, site, installation, *door);
    const auto once = web::Once::open(*installation.database, installation.clock,
                                      installation.entropy);

    const Timers timers(installation, *live, *door);
    const auto server = web::Server::start(listen, routes, *door, *live, installation.clock,
                                           installation.entropy, once.get());
    const auto control = Control::listen(
        installation.files.socket, [&](const std::vector<std::string>& words, const Console& to) {
            return run_command(words, to, &installation);
        });
    ready(url_of(listen, server->port()));
    console.out << std::flush;
    stop.wait();
    console.problems << "Stopping: what runs is finished first.\n" << std::flush;
    server->stop_gracefully(Millis{10'000});
    return Exit::done;
}

}  // namespace alongside::program
