// What the handlers of this room's pages share.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <stop_token>
#include <thread>

#include "base/civil_time.h"
#include "people/import.h"
#include "people/store.h"
#include "web/components.h"

namespace alongside::people {

class Imports;

struct Hall {
    web::Site& site;
    std::shared_ptr<Imports> imports;

    Occasion occasion(const web::Request& request) const { return request.occasion(site.entropy); }
};

// Applies imports beside the requests, one thread for each; ends them between slices when the
// routes end. What isn't finished then goes on at the next start; where the disk or the database
// is away, when it is back.
class Imports {
public:
    explicit Imports(web::Site& site) : site_(site) {}
    void start(const Occasion& occasion, ImportId import, bool allow);
    // What a killed program left half applied.
    void go_on();
    bool is_running(ImportId import) const;

private:
    void apply(const std::stop_token& stop, Occasion occasion, ImportId import, bool allow);

    web::Site& site_;
    mutable std::mutex mutex_;
    std::condition_variable_any wake_;
    std::set<ImportId> running_;
    std::vector<std::jthread> threads_;
};

std::vector<SchemeNeeds> needs_of(sql::Reader&, const EstablishmentId&, std::string_view language);
// The end of a local day: what lasts until that day lasts through it.
Instant end_of(const Zone& zone, Day day);

// Until when it counts: as the record and the policy say; nothing: for good.
std::optional<Instant> ends_at(const store::Module& done, const SchemeNeeds::Module& module);

// What keeps a member from being sent, most important first; nothing: ready.
struct Gap {
    Words words;
    bool is_blocking = true;
};
std::vector<Gap> gaps(const MemberFacts& member,
                      const std::vector<store::Decision>& decisions,
                      const std::vector<store::Module>& modules, const SchemeNeeds& needs,
                      Instant now);

namespace pages {

web::Response peers(Hall&, web::Request&);
web::Response add_peer(Hall&, web::Request&);
web::Response peer(Hall&, web::Request&);
web::Response change_peer(Hall&, web::Request&);
web::Response clearances(Hall&, web::Request&);
web::Response clearance(Hall&, web::Request&);
web::Response decide(Hall&, web::Request&);
web::Response imports(Hall&, web::Request&);
web::Response upload_roll(Hall&, web::Request&);
web::Response upload_kept_apart(Hall&, web::Request&);
web::Response one_import(Hall&, web::Request&);
web::Response apply(Hall&, web::Request&);
web::Response abandon(Hall&, web::Request&);
web::Response avoid_list(Hall&, web::Request&);
web::Response add_to_avoid_list(Hall&, web::Request&);
web::Response remove_from_avoid_list(Hall&, web::Request&);

}  // namespace pages
}  // namespace alongside::people
