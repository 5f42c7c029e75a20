// What the pages of on call share.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

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

// "Sat 2026-11-21".
std::string day_of(const Tongue& say, const Zone& zone, Instant at);
// "22:00–06:00".
std::string hours_of(const Zone& zone, Instant from, Instant to);

Url here(const Hall& hall, Url page);
web::Response no_scheme(const web::Request& request);

web::Response pattern_page(web::Site& site, web::Request& request);
web::Response save_pattern_form(web::Site& site, web::Request& request);
web::Response fill_form(web::Site& site, web::Request& request);

}  // namespace alongside::rota::pages
