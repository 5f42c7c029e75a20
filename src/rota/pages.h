// What the pages of on call share.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rota/cannot_come.h"
#include "rota/rota.h"
#include "rota/store.h"
#include "schemes/schemes.h"
#include "web/components.h"

namespace alongside::rota::pages {

// The scheme a page is about and everybody in it; loaded with what the page shows.
struct Hall {
    SchemeCode scheme;
    std::vector<SchemeCode> others;         // all that this viewer may look at
    std::shared_ptr<const schemes::Policy> policy;
    Zone zone;
    std::map<PersonId, std::string> labels;
    std::map<std::string, std::string> member_of_label;     // label in lower case -> member id
    std::map<std::string, std::string> label_of_member;

    std::string label(const Tongue& say, PersonId person) const;
};
// Nothing where no scheme is open, or this viewer looks after none that is.
std::optional<Hall> hall(sql::Reader& reader, const web::Request& request);

// " (not ready: suspended)", " (has said that they can’t then)", or nothing. For those who manage
// peers alone.
std::string mark(const Tongue& say, const std::vector<WhoCannot>& all, const store::Put& put,
                 Instant now);

// "Sat 2026-11-21".
std::string day_of(const Tongue& say, const Zone& zone, Instant at);
// "22:00–06:00".
std::string hours_of(const Zone& zone, Instant from, Instant to);

// "Sat 2026-11-21, 22:00–23:00"; with the day on which it ends where that is another.
std::string span_of(const Tongue& say, const Zone& zone, Instant from, Instant to);

// The first to see, the others behind a press; `if_none` where there are none. Above a calendar
// fewer, so that it is near; where it is by shift each leads to its place there.
enum class GapsStand { alone, above_shifts, above_peers };
Html gap_list(const web::Request& request, const Hall& about, const std::vector<Gap>& gaps,
              std::string_view if_none, GapsStand where = GapsStand::alone);
// How many are short, wherever it stands: the one way of counting, in words.
Html how_short_counts(const Tongue& say);

// What was done just before, where the address says so.
Html done_banner(const web::Request& request);

Url here(const Hall& hall, Url page);
web::Response no_scheme(const web::Request& request);

// What On call says of tonight: how many can come, what is amiss, and where it is told in full.
Html tonight_part(const web::Request& request, const Hall& about,
                  const std::optional<Tonight>& tonight);
// Why a night with fewer than the policy's cover is a risk; nothing where there are enough.
Html thin_night(const Tongue& say, int people, int night_cover);
// The same of so many night shifts that need fewer; nothing where there are none.
Html thin_nights(const Tongue& say, int nights, int night_cover);

std::vector<web::Route> new_shift_routes(web::Site& site);
std::vector<web::Route> tonight_routes(web::Site& site, CalledOut called_out);
std::vector<web::Route> plan_routes(web::Site& site, Expects expects);
std::vector<web::Route> feed_routes(web::Site& site);
std::vector<web::Route> fairness_routes(web::Site& site, Expects expects);
// "37.5", in French "37,5".
std::string hours_shown(const Tongue& say, std::int64_t minutes);
// "Peer 1, Peer 2"; a number where they are many.
std::string who_are(const Tongue& say, const std::vector<std::string>& labels,
                    const std::vector<std::size_t>& which);
std::vector<web::Route> print_routes(web::Site& site);
std::vector<web::Route> calendar_routes(web::Site& site, CalledOut called_out);
std::vector<web::Route> move_routes(web::Site& site);
std::vector<web::Route> several_routes(web::Site& site);
std::vector<web::Route> temporary_routes(web::Site& site);
web::Response pattern_page(web::Site& site, web::Request& request);
web::Response save_pattern_form(web::Site& site, web::Request& request);
web::Response fill_form(web::Site& site, web::Request& request);

}  // namespace alongside::rota::pages
