// What the pages of a plan share: the days that are planned, and what stays short.
#pragma once

#include <memory>
#include <variant>

#include "rota/pages.h"
#include "rota/planning.h"
#include "rota/searches.h"

namespace alongside::rota::pages {

struct Planned {
    Hall about;
    Day first;
    planning::Facts facts;
    planning::Proposal proposal;
};
Day day_after(Day day, int days);
// The scheme and the days, as fields of a form that asks for the same plan.
std::vector<web::Hidden> hidden_plan(const Planned&);

// The days that were asked for and what is known of them, or the form again.
std::variant<Planned, web::Response> facts_asked_for(web::Site&, const web::Request&, Expects);
// A plan, with what was found just before.
web::Response plan_page(const web::Request&, const Planned&, const Html& found);

// The scheme's last search, where it runs or what it found is kept.
Html last_search(const web::Request&, const Hall&, Searches&);
std::vector<web::Route> search_routes(web::Site&, Expects, const std::shared_ptr<Searches>&);

// Who is on which day, with what is proposed marked as new.
Html plan_calendar(const web::Request&, const Planned&);
// What stays short, with why nobody can take it; nothing where every shift has enough people.
Html short_part(const web::Request&, const Planned&);
// The days after the last shift that was made: “enough people” says nothing of them.
Html days_after_the_last_shift(const Tongue& say, const Planned&);
// Why nights that need fewer than the policy's cover are a risk.
Html thin_nights(const Tongue& say, const Planned&);
// How the plan shares expected time with people, and what that weighs; or that it isn’t weighed.
Html exposure_part(const Tongue& say, const Planned&);
// What it weighs, in a sentence.
Words exposure_weight();
// The nights that nobody could cover, however they were shared.
Html too_few_part(const web::Request&, const Planned&);
// What would fix it, each tried from the plan on.
Html repairs_part(const web::Request&, const Planned&, const planning::Repairs&);

}  // namespace alongside::rota::pages
