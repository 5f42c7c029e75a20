#include "program/demo.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "base/civil_time.h"
#include "dispatch/dispatch.h"
#include "program/installation.h"
#include "program/serve.h"
#include "simulate/simulate.h"
#include "welfare/welfare.h"

namespace alongside::program {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view demo_password = "alongside-demo";

struct SignIn {
    std::string name, what_for;
};

// Where the demo's files are; removed at the end unless somebody named the folder.
class Folder {
public:
    explicit Folder(const std::string& named) : is_ours_(named.empty()) {
        if (!is_ours_) {
            path_ = named;
            if (fs::exists(path_ / "demo.db")) {
                throw Unusable("There is a demo in " + named + " already, with everything that was "
                               "done in it. Open it with\n  alongside serve --database " +
                               database() + "\nor remove it, or name another folder.");
            }
            fs::create_directories(path_);
            return;
        }
        std::string pattern = (fs::temp_directory_path() / "alongside-demo-XXXXXX").string();
        if (!mkdtemp(pattern.data())) {
            throw std::system_error(errno, std::generic_category(), pattern);
        }
        path_ = pattern;
    }
    ~Folder() {
        std::error_code ignored;
        if (is_ours_) fs::remove_all(path_, ignored);
    }
    std::string database() const { return "sqlite:" + (path_ / "demo.db").string(); }
    bool stays() const { return !is_ours_; }

private:
    bool is_ours_;
    fs::path path_;
};

// The night in progress: what has happened in the hours before somebody opens the demo, through
// the same actions as in service.
class Night {
public:
    Night(Installation& installation, const simulate::Populated& made, Instant now)
        : installation_(installation), made_(made), now_(now),
          desk_{*installation.database, *installation.keys} {}

    void happen() {
        const SchemeCode pops = *SchemeCode::parse("pops");
        finished(pops, made_.residents[3], 9 * 60, 70);
        finished(pops, made_.residents[101], 6 * 60, 55);
        together(pops, made_.residents[150], 75);
        asked(pops, made_.residents[410], 19);
        asked(*SchemeCode::parse("listeners"), made_.residents[130], 6);
        asked(pops, made_.residents[220], 2);
    }

private:
    // In service an officer would have done it, or the night manager: the timelines say so.
    Occasion at(int minutes_ago, Role role = Role::officer) {
        Viewer who = the_program(installation_.establishment);
        who.roles.set(static_cast<std::size_t>(role));
        return {std::move(who), now_ - Minutes{minutes_ago}, &installation_.entropy};
    }

    RequestId asked(const SchemeCode& scheme, PersonId person, int minutes_ago) {
        dispatch::Ask ask;
        ask.request_id = RequestId::make(now_ - Minutes{minutes_ago}, installation_.entropy);
        ask.scheme = scheme;
        ask.person_id = person;
        ask.asked_at = now_ - Minutes{minutes_ago};
        return must(dispatch::ask(desk_, at(minutes_ago), ask));
    }

    // Asked, offered at the door, going, unlocked, escorted and there, a few minutes a step.
    // Nothing when nobody could be sent just then.
    std::optional<Uuid> fetched(const SchemeCode& scheme, PersonId person, int minutes_ago) {
        const RequestId request = asked(scheme, person, minutes_ago);
        dispatch::Offer offer;
        offer.request_id = request;
        offer.offer_id = OfferId::make(now_ - Minutes{minutes_ago}, installation_.entropy);
        if (!dispatch::offer(desk_, at(minutes_ago - 2), offer)) return {};
        // Between the knock and the answer the shift may have ended: then nobody went.
        if (!dispatch::answer(desk_, at(minutes_ago - 4), offer.offer_id,
                              dispatch::Answer::going)) {
            return {};
        }
        const Uuid call_out = offer.offer_id.uuid;
        const auto unlock = UnlockId::make(now_ - Minutes{minutes_ago}, installation_.entropy);
        must(dispatch::ask_unlock(desk_, at(minutes_ago - 5), unlock, call_out));
        must(dispatch::authorise_unlock(desk_, at(minutes_ago - 7, Role::night_manager), unlock));
        must(dispatch::escort(desk_, at(minutes_ago - 9), unlock));
        dispatch::Arrival arrival;
        arrival.call_out_id = call_out;
        arrival.cellmate_is_there = false;
        must(dispatch::arrive(desk_, at(minutes_ago - 11), arrival));
        return call_out;
    }

    void together(const SchemeCode& scheme, PersonId person, int minutes_ago) {
        const auto call_out = fetched(scheme, person, minutes_ago);
        if (!call_out) return;
        for (int ago = minutes_ago - 30; ago > 3; ago -= 25) {
            must(dispatch::check(desk_, at(ago), session_of(*call_out)));
        }
    }

    void finished(const SchemeCode& scheme, PersonId person, int minutes_ago, int minutes) {
        const auto call_out = fetched(scheme, person, minutes_ago);
        if (!call_out) return;
        const SessionId session = session_of(*call_out);
        for (int passed = 20; passed < minutes; passed += 20) {
            must(dispatch::check(desk_, at(minutes_ago - 11 - passed), session));
        }
        must(dispatch::depart(desk_, at(minutes_ago - 11 - minutes), session, true));
        must(dispatch::back(desk_, at(minutes_ago - 15 - minutes), *call_out));
        dispatch::run_timers(desk_, at(minutes_ago - 16 - minutes));
    }

    SessionId session_of(const Uuid& call_out) {
        return installation_.database->read([&](sql::Reader& reader) {
            return *dispatch::session_of(reader, installation_.establishment, call_out);
        });
    }

    Installation& installation_;
    const simulate::Populated& made_;
    Instant now_;
    dispatch::Desk desk_;
};

class Cast {
public:
    Cast(Installation& installation, const simulate::Populated& made)
        : installation_(installation), made_(made) {}

    std::vector<SignIn> sign_ins() {
        using enum Role;
        add("officer", "An officer, all wings", "Wing officer", {officer}, made_.officers[0]);
        add("officer-b", "An officer of B wing", "Officer, B wing", {officer},
            made_.officers[1], "B");
        add("night", "The night manager: the escort queue", "Night manager", {night_manager},
            made_.officers[2]);
        add("coordinator", "The coordinator: gaps, peers, policy", "Coordinator",
            {coordinator}, made_.officers[3]);
        add("partner", "The Listeners' partner organisation", "Partner organisation", {partner}, {},
            "", "listeners");
        add("security", "Security: clearances", "Security", {security}, made_.officers[4]);
        add("safer", "Safer custody: unmet and refused", "Safer custody", {safer_custody},
            made_.officers[5]);
        add("admin", "The administrator: accounts, devices, import", "Administrator",
            {administrator}, made_.officers[6]);
        for (const auto& member : made_.members) {
            std::string name = member.label;
            std::erase(name, ' ');
            name[0] = static_cast<char>(name[0] | 32);
            add(name, member.label + " (" + member.scheme.text() + ")", member.label, {peer},
                member.person_id);
        }
        add("resident", "Someone who may ask", "Resident", {resident}, made_.residents[5]);
        return std::move(out_);
    }

    std::vector<SignIn> device_codes() {
        std::vector<SignIn> out;
        const auto add_device = [&](DeviceKind kind, std::string_view place, std::string label) {
            const Occasion occasion = installation_.occasion();
            access::NewDevice device;
            device.device_id = DeviceId::make(occasion.now, installation_.entropy);
            device.kind = kind;
            device.place = *LocationKey::parse(place, installation_.establishment);
            device.label = label;
            const auto code = must(access::device_add(*installation_.database, occasion,
                                                      *installation_.secrets, device));
            out.push_back({code.code, label});
        };
        add_device(DeviceKind::in_cell, "A-1-012", "A screen in cell A-1-012");
        add_device(DeviceKind::wing_kiosk, "B", "The kiosk on B wing");
        add_device(DeviceKind::office, "A", "The A wing office");
        return out;
    }

private:
    void add(const std::string& name, const std::string& what_for,
             const std::string& display_name, std::initializer_list<Role> roles,
             std::optional<PersonId> person,
             const std::string& wing = "", const std::string& scheme = "") {
        const Occasion occasion = installation_.occasion();
        access::NewAccount account;
        account.account_id = AccountId::make(occasion.now, installation_.entropy);
        account.sign_in_name = name;
        account.display_name = display_name;
        account.roles = access::roles(roles);
        account.secret = demo_password;
        account.is_of_the_demo = true;
        account.person_id = person;
        account.wing = wing;
        if (!scheme.empty()) account.scheme = SchemeCode::parse(scheme);
        must(access::account_add(*installation_.database, occasion, *installation_.secrets,
                                 account));
        out_.push_back({name, what_for});
    }

    Installation& installation_;
    const simulate::Populated& made_;
    std::vector<SignIn> out_;
};

// Days around these are no calendar's: rests, terms and ages reach years back and ahead.
constexpr std::chrono::year earliest{2000}, latest{2100};

// How far the clock is set ahead so that it shows "03:10", or "2026-11-25 03:10", in the prison
// when the demo begins.
Millis ahead_for(std::string wanted, const std::string& time_zone, Instant now) {
    if (wanted.empty()) return Millis{0};
    constexpr std::size_t day_length = 10;
    std::optional<Day> day;
    if (wanted.find('-') != std::string::npos) {
        day = parse_iso_day(wanted.substr(0, day_length));
        if (!day) {
            throw Unusable("--at: there is no day \"" + wanted.substr(0, day_length) +
                           "\". A day and a time are written 2026-11-25 03:10.");
        }
        if (wanted.size() <= day_length) {
            throw Unusable("--at takes a time after the day: " + wanted + " 03:10.");
        }
        wanted.erase(0, day_length + 1);
    }
    int hour = -1, minute = -1;
    char colon = 0, more = 0;
    const int read = std::sscanf(wanted.c_str(), "%2d%c%2d%c", &hour, &colon, &minute, &more);
    if (read != 3 || colon != ':' || hour < 0 || hour > 23 || minute < 0 || minute > 59) {
        throw Unusable("--at takes a time like 03:10, not \"" + wanted + "\".");
    }
    const auto zone = Zone::find(time_zone);
    if (!zone) throw Unusable("There is no time zone " + time_zone + ".");
    const int minute_of_day = hour * 60 + minute;
    const Day today = zone->local(now).day;
    if (!day) {
        day = today;
        if (zone->instant(today, minute_of_day) < now) {
            day = Day{std::chrono::sys_days(today) + std::chrono::days{1}};
        }
    }
    if (day->year() < earliest || day->year() > latest) {
        throw Unusable(fmt::format("--at takes a day of the years {} to {}.",
                                   static_cast<int>(earliest), static_cast<int>(latest)));
    }
    if (zone->shown(*day, minute_of_day) == Zone::Shown::never) {
        throw Unusable("--at: there is no " + wanted + " on " + iso_day(*day) + " in " + time_zone +
                       ": clocks go forward then.");
    }
    return zone->instant(*day, minute_of_day) - now;
}

}  // namespace

int demo(const web::Listen& listen, const DemoOptions& options, const Console& console) {
    if (!web::is_loopback(listen.address) || listen.behind_proxy) {
        throw Unusable("The demo has passwords that everybody knows: it listens on this machine "
                       "alone (127.0.0.1).");
    }
    const auto scene = simulate::read_scene(options.scene);
    const Millis ahead = ahead_for(options.at, scene.time_zone, SystemClock().now());
    const Folder folder(options.folder);
    console.out << "Making " << scene.name << ", with invented people…\n" << std::flush;
    Opening opening;
    opening.create = true;
    opening.wait_for_disk = false;
    opening.cost = {1, std::size_t{8} * 1024 * 1024};
    auto installation = Installation::open(Files::of(folder.database()), opening);
    installation->establishment = scene.establishment;
    installation->clock.set_ahead(ahead);
    const Instant now = installation->clock.now();
    auto listening = std::make_optional(dispatch::listen_to_movements(*installation->keys));
    // Two weeks ahead are published; those after them are there to be planned.
    const auto made = simulate::populate(*installation->database, scene, now - Hours{72}, 5,
                                         installation->entropy, 3 + 14);
    Cast cast(*installation, made);
    const auto people = cast.sign_ins();
    const auto devices = cast.device_codes();
    simulate::remember_demand(*installation->database, scene, now, installation->entropy);
    if (made.residents.size() > 410) Night(*installation, made, now).happen();
    listening.reset();
    installation.reset();

    opening.wait_for_disk = true;
    opening.create = false;
    opening.is_served = true;
    installation = Installation::open(Files::of(folder.database()), opening);
    installation->establishment = scene.establishment;
    installation->clock.set_ahead(ahead);
    return serve(*installation, listen, true, console, [&](const std::string& url) {
        console.out << "\nOpen " << url << "\n\nSign in with the password " << demo_password
                    << " as:\n";
        for (const auto& person : people) {
            console.out << fmt::format("  {:<14} {}\n", person.name, person.what_for);
        }
        console.out << "\nOr make this browser a screen of the prison at " << url
                    << "device, with one of these codes (15 minutes, once):\n";
        for (const auto& device : devices) {
            console.out << fmt::format("  {:<14} {}\n", device.name, device.what_for);
        }
        if (folder.stays()) {
            console.out << "\nEverything here is invented. Ctrl-C ends the demo and keeps its "
                           "data; open it again with\n  alongside serve --database "
                        << folder.database() << "\n";
        } else {
            console.out << "\nEverything here is invented, and goes when you press Ctrl-C.\n";
        }
    });
}

}  // namespace alongside::program
