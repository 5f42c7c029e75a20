// What the pages of a rota's life share: drafts, what changed, as it stood, repairs.
#pragma once

#include "rota/history.h"
#include "rota/pages.h"
#include "rota/planning.h"

namespace alongside::rota::pages {

// "Tue 24 Nov, 22:00–06:00, night".
std::string shift_said(const Tongue& say, const Zone& zone, Instant from, Instant to,
                       const std::string& name);
// "Peer 1, Peer 2"; by label.
std::string names_of(const Tongue& say, const Hall& about, const std::vector<PersonId>& people);

// Who did it, by their handle in the ledger: staff by name, a member by label. Empty where the
// program did, or nobody knows.
std::string by_whom(sql::Reader&, const web::Request&, const Hall& about, std::string_view handle);

// Bytes of a form with a plan in it: 12 weeks of 60 people are 400,000.
constexpr std::size_t largest_plan = 1024 * 1024;
// Who comes on and goes off, as fields of a form, and back again; nothing where they are malformed.
std::vector<web::Hidden> hidden_changes(const planning::Changes& changes);
std::optional<planning::Changes> changes_said(const web::Request& request);
// A paragraph that leads to the scheme's drafts.
Html drafts_link(const Tongue& say, const Hall& about);

std::vector<web::Route> changes_routes(web::Site& site);
std::vector<web::Route> stood_routes(web::Site& site);
std::vector<web::Route> draft_routes(web::Site& site);
std::vector<web::Route> repair_routes(web::Site& site, CalledOut called_out);

}  // namespace alongside::rota::pages
