// The handlers of this room's routes.
#pragma once

#include "access/door.h"
#include "web/components.h"

namespace alongside::access {

// What every handler here needs.
struct Hall {
    const web::Site& site;
    Secrets& secrets;
    FrontDoor& door;
    FindPerson find_person;
    FitsThere fits_there;
    KnownHere known;

    Occasion occasion(const web::Request& request) const {
        return request.occasion(site.entropy);
    }
};

// A form whose answer is never remembered for a retry: it holds a secret or gives one away.
Html secret_form(const web::Request& request, const Url& action, Html inner);
// The errors of one refusal, and the status that its page has.
web::FieldErrors errors_of(const Refusal& refusal);

namespace pages {

Words words_of(Role role);

web::Response home(Hall&, web::Request&);
web::Response sign_in_form(Hall&, web::Request&);
web::Response sign_in(Hall&, web::Request&);
web::Response sign_out(Hall&, web::Request&);
web::Response clear(Hall&, web::Request&);
web::Response unlock_form(Hall&, web::Request&);
web::Response unlock_live(Hall&, web::Request&);
web::Response unlock(Hall&, web::Request&);
web::Response lock(Hall&, web::Request&);
web::Response still_here(Hall&, web::Request&);
web::Response device_form(Hall&, web::Request&);
web::Response register_device(Hall&, web::Request&);
web::Response choose_language(Hall&, web::Request&);

web::Response own_page(Hall&, web::Request&);
web::Response new_secret_form(Hall&, web::Request&);
web::Response new_secret(Hall&, web::Request&);
web::Response end_own_sessions(Hall&, web::Request&);

web::Response accounts(Hall&, web::Request&);
web::Response new_account_form(Hall&, web::Request&);
web::Response add_account(Hall&, web::Request&);
web::Response account(Hall&, web::Request&);
web::Response set_roles(Hall&, web::Request&);
web::Response set_scope(Hall&, web::Request&);
web::Response set_number(Hall&, web::Request&);
web::Response close_account(Hall&, web::Request&);
web::Response open_account(Hall&, web::Request&);
web::Response reset_secret(Hall&, web::Request&);

web::Response tokens(Hall&, web::Request&);
web::Response add_token(Hall&, web::Request&);
web::Response end_token(Hall&, web::Request&);

web::Response devices(Hall&, web::Request&);
web::Response add_device(Hall&, web::Request&);
web::Response new_code(Hall&, web::Request&);
web::Response revoke_device(Hall&, web::Request&);
web::Response set_board_lock(Hall&, web::Request&);

}  // namespace pages
}  // namespace alongside::access
