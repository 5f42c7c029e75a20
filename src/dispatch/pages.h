// The pages of this room. Each handler answers one route of routes.cpp.
#pragma once

#include <string>
#include <vector>

#include "dispatch/dispatch.h"
#include "dispatch/views.h"
#include "dispatch/wording.h"
#include "web/components.h"
#include "web/server.h"

namespace alongside::dispatch {

// What every page is given: the site, and the keys to who asked. Outlives its routes.
struct Room {
    web::Site& site;
    vault::KeyFile& keys;
    std::string marks_key;                   // of this run: see Mark
    Desk desk() const { return {site.database, keys}; }
};

// ---- asking -----------------------------------------------------------------------------------
web::Response ask_page(const Room&, web::Request&);
web::Response ask_later_page(const Room&, web::Request&);
web::Response ask_wishes_page(const Room&, web::Request&);
web::Response ask_helpline_page(const Room&, web::Request&);
web::Response ask_staff_page(const Room&, web::Request&);
web::Response ask_post(const Room&, web::Request&);
web::Response ask_mine_page(const Room&, web::Request&);
web::Response ask_mine_post(const Room&, web::Request&);
web::Response ask_who_page(const Room&, web::Request&);
web::Response ask_clear(const Room&, web::Request&);
web::Response asked_page(const Room&, web::Request&);
web::Response asked_live(const Room&, web::Request&);
web::Response asked_withdraw(const Room&, web::Request&);
// True if an officer looks at a board that shows this wing.
bool is_watched(const Room&, const EstablishmentId&, std::string_view wing);

// ---- the board --------------------------------------------------------------------------------
web::Response board_page(const Room&, web::Request&);
web::Response board_live(const Room&, web::Request&);
web::Response raise_page(const Room&, web::Request&);
web::Response raise_post(const Room&, web::Request&);
web::Response choose_page(const Room&, web::Request&);
web::Response offer_post(const Room&, web::Request&);
web::Response offer_page(const Room&, web::Request&);
web::Response offer_live(const Room&, web::Request&);
web::Response answer_post(const Room&, web::Request&);
web::Response did_you_ask_page(const Room&, web::Request&);
web::Response did_not_ask_post(const Room&, web::Request&);
web::Response ask_unlock_post(const Room&, web::Request&);
web::Response escort_post(const Room&, web::Request&);
web::Response arrive_page(const Room&, web::Request&);
web::Response arrive_post(const Room&, web::Request&);
web::Response check_post(const Room&, web::Request&);
web::Response over_page(const Room&, web::Request&);
web::Response over_post(const Room&, web::Request&);
web::Response back_post(const Room&, web::Request&);
web::Response call_off_post(const Room&, web::Request&);
web::Response hand_over_post(const Room&, web::Request&);

// ---- the night manager --------------------------------------------------------------------------
web::Response unlocks_page(const Room&, web::Request&);
web::Response unlocks_live(const Room&, web::Request&);
web::Response authorise_post(const Room&, web::Request&);
web::Response refuse_page(const Room&, web::Request&);
web::Response refuse_post(const Room&, web::Request&);

// ---- a peer's own pages -------------------------------------------------------------------------
web::Response me_page(const Room&, web::Request&);
web::Response me_live(const Room&, web::Request&);
web::Response my_answer_post(const Room&, web::Request&);
web::Response cannot_go_post(const Room&, web::Request&);
web::Response sheet_page(const Room&, web::Request&);
web::Response sheet_post(const Room&, web::Request&);

// ---- one request --------------------------------------------------------------------------------
web::Response request_page(const Room&, web::Request&);
web::Response close_post(const Room&, web::Request&);
web::Response alone_post(const Room&, web::Request&);
web::Response urgent_post(const Room&, web::Request&);
web::Response withdraw_reported_post(const Room&, web::Request&);
web::Response looked_in_post(const Room&, web::Request&);
web::Response helpline_offered_post(const Room&, web::Request&);
web::Response staff_looked_in_post(const Room&, web::Request&);
web::Response told_post(const Room&, web::Request&);
web::Response hold_post(const Room&, web::Request&);
web::Response release_post(const Room&, web::Request&);

// ---- looking over all -------------------------------------------------------------------------
web::Response overview_page(const Room&, web::Request&);
web::Response unmet_page(const Room&, web::Request&);
web::Response unmet_live(const Room&, web::Request&);
web::Response unmet_csv(const Room&, web::Request&);

// ---- immediate danger ---------------------------------------------------------------------------
web::Response danger_page(const Room&, web::Request&);
web::Response danger_post(const Room&, web::Request&);
web::Response danger_pressed_page(const Room&, web::Request&);
web::Response danger_pressed_live(const Room&, web::Request&);
web::Response danger_acknowledge_post(const Room&, web::Request&);
web::Response danger_control_room_post(const Room&, web::Request&);
web::Response danger_end_post(const Room&, web::Request&);
// Nobody answered within the minute.
bool is_unanswered(const views::DangerRow&, Instant now);
// What every board shows on top while somebody is in danger; its buttons only where `acts`.
Html draw_dangers(const Tongue& say, const views::House&, const std::vector<views::DangerRow>&,
                  bool acts);

// What the escalation asks of staff now, and the buttons that say it is done; those submit the
// shared form of a live region.
Html due_now(const Tongue& say, const views::Job&);
// How staff said that they may be together, for whoever brings the peer.
Html in_sight(const Tongue& say, const views::Job&);
// Of two who are together: that they must part, that another peer is to take over, that nobody
// looked in on them in time.
Html stay_due(const Tongue& say, const views::House&, const views::Job&);
Html due_buttons(const Tongue& say, const views::Job&);
// The same outside of one.
Html due_forms(const web::Request&, const views::Job&);

// ---- shared by the pages ------------------------------------------------------------------------
// Back to the board, or a refusal as a page that says what is so now and leads on.
web::Response done_or_told(const web::Request&, const Result<Done>&, const Url& onward);
web::Response told(const web::Request&, const Refusal&, const Url& onward);
// Of which day and minute a live page is: on paper, and until it has found contact.
std::string as_of(const Tongue& say, const views::House&);
// A button behind one more press, which says what it does: works without JavaScript.
Html sure(const std::string& what, const std::string& means, Html button);
// "POPS tonight: 2 people on call can’t be reached."
std::string tonight_text(const Tongue& say, const std::string& scheme, const rota::Tonight&);
// The gaps of the coming twelve hours, and where no shift stands.
Html cover_part(const Tongue&, const views::Board&);
// "Danger at B-2-014"; for those outside the prison's staff the wing alone.
enum class DangerPlace { told, wing_alone };
std::string danger_title(const Tongue& say, const views::DangerRow&,
                         DangerPlace = DangerPlace::told);
// The helpline's words with their full stop; numbers in them don't break over lines.
Html helpline_words(const Tongue&, const schemes::Policy&);
// An open request; nothing once it is closed.
std::optional<views::Job> job_here(const Room&, const web::Request&, RequestId);
// Labels of the places where two people can meet, and of cells by their key.
std::string place_text(const std::map<std::string, std::string>& labels, const LocationKey&);

// HTML routes; routes() adds those of the API.
std::vector<web::Route> page_routes(web::Site&, vault::KeyFile&);

}  // namespace alongside::dispatch
