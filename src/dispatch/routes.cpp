// Every URL of this room, and what it needs.
#include "dispatch/api.h"
#include "dispatch/asking.h"
#include "dispatch/own_wing.h"
#include "dispatch/pages.h"

namespace alongside::dispatch {
namespace {

using web::Method;
using Page = web::Response (*)(const Room&, web::Request&);

struct Line {
    Method method;
    std::string_view pattern;
    Permission permission;
    Page page;
    bool is_live = false;
    Words (*what_now)(const Viewer&) = nullptr;   // where this can't be done or shown
};

constexpr auto get = Method::get, post = Method::post;
using enum Permission;

Words to_be_heard(const Viewer& who) {
    if (!who.is_somebody()) {
        return tr("In a cell, press your bell. Anywhere else, tell any officer.");
    }
    return has_bell(who) ? tr("Press your bell, and say that you would like to talk to someone.")
                         : tr("Tell any officer that you would like to talk to someone.");
}

Words to_take_back(const Viewer& who) {
    if (!who.is_somebody()) return to_be_heard(who);
    return has_bell(who) ? tr("Press your bell, and say that you don’t need this any more.")
                         : tr("Tell any officer that this isn’t needed any more.");
}

Words to_be_safe(const Viewer& who) {
    if (!who.is_somebody()) {
        return tr("Press your bell or use the emergency alarm, and shout until somebody comes.");
    }
    if (has_bell(who)) return tr("Press your bell and shout until somebody comes.");
    if (who.account && !who.has(Role::resident) && !who.has(Role::peer)) {
        return tr("Use the emergency alarm, and telephone the control room.");
    }
    return tr("Shout until somebody comes, and tell any officer.");
}

constexpr Line lines[] = {
    {get, "/ask", ask, ask_page, false, to_be_heard},
    {post, "/ask", ask, ask_post, false, to_be_heard},
    {get, "/ask/who", ask, ask_who_page, false, to_be_heard},
    {get, "/ask/later", ask, ask_later_page, false, to_be_heard},
    {get, "/ask/wishes", ask, ask_wishes_page, false, to_be_heard},
    {get, "/ask/helpline", ask, ask_helpline_page, false, to_be_heard},
    {get, "/ask/staff", ask, ask_staff_page, false, to_be_heard},
    {get, "/ask/mine", ask, ask_mine_page, false, to_be_heard},
    {post, "/ask/mine", ask, ask_mine_post, false, to_be_heard},
    {get, "/ask/clear", ask, ask_clear, false, to_be_heard},
    {get, "/asked/{id}", ask, asked_page, false, to_be_heard},
    {get, "/asked/{id}/live", ask, asked_live, true},
    {post, "/asked/{id}/withdraw", ask, asked_withdraw, false, to_take_back},

    {get, "/board", see_board, board_page},
    {get, "/board/live", see_board, board_live, true},
    {get, "/board/raise", raise_request, raise_page},
    {post, "/board/raise", raise_request, raise_post},
    {get, "/requests/{id}/choose", run_call_out, choose_page},
    {post, "/requests/{id}/offers", run_call_out, offer_post},
    {get, "/requests/{id}/did-you-ask", run_call_out, did_you_ask_page},
    {post, "/requests/{id}/did-not-ask", run_call_out, did_not_ask_post},
    {get, "/offers/{id}", run_call_out, offer_page},
    {get, "/offers/{id}/live", run_call_out, offer_live, true},
    {post, "/offers/{id}/answer", run_call_out, answer_post},
    {post, "/call-outs/{id}/unlock", run_call_out, ask_unlock_post},
    {get, "/call-outs/{id}/arrive", run_call_out, arrive_page},
    {post, "/call-outs/{id}/arrive", run_call_out, arrive_post},
    {post, "/call-outs/{id}/call-off", run_call_out, call_off_post},
    {post, "/call-outs/{id}/hand-over", run_call_out, hand_over_post},
    {post, "/call-outs/{id}/back", run_call_out, back_post},
    {post, "/sessions/{id}/checks", run_call_out, check_post},
    {get, "/sessions/{id}/over", run_call_out, over_page},
    {post, "/sessions/{id}/over", run_call_out, over_post},

    {get, "/unlocks", authorise_unlock, unlocks_page},
    {get, "/unlocks/live", authorise_unlock, unlocks_live, true},
    {post, "/unlocks/{id}/authorise", authorise_unlock, authorise_post},
    {get, "/unlocks/{id}/refuse", authorise_unlock, refuse_page},
    {post, "/unlocks/{id}/refuse", authorise_unlock, refuse_post},
    {post, "/unlocks/{id}/escort", run_call_out, escort_post},

    {get, "/me", see_own_page, me_page},
    {get, "/me/live", answer_offers, me_live, true},
    {post, "/me/offers/{id}/answer", answer_offers, my_answer_post},
    {post, "/me/call-outs/{id}/cannot-go", answer_offers, cannot_go_post},
    {get, "/sheets/{id}", answer_offers, sheet_page},
    {post, "/sheets/{id}", answer_offers, sheet_post},

    {get, "/requests/{id}", see_request, request_page},
    {post, "/requests/{id}/close", run_call_out, close_post},
    {post, "/requests/{id}/alone", run_call_out, alone_post},
    {post, "/requests/{id}/urgent", run_call_out, urgent_post},
    {post, "/requests/{id}/withdraw", run_call_out, withdraw_reported_post},
    {post, "/requests/{id}/looked-in", run_call_out, looked_in_post},
    {post, "/requests/{id}/helpline-offered", run_call_out, helpline_offered_post},
    {post, "/requests/{id}/staff-looked-in", run_call_out, staff_looked_in_post},
    {post, "/requests/{id}/told", run_call_out, told_post},
    {post, "/requests/{id}/hold", see_unmet, hold_post},
    {post, "/requests/{id}/release", see_unmet, release_post},

    {get, "/overview", see_overview, overview_page},
    {get, "/unmet", see_unmet, unmet_page},
    {get, "/unmet/live", see_unmet, unmet_live, true},
    {get, "/unmet/csv", see_unmet, unmet_csv},

    {get, "/danger", ask, danger_page, false, to_be_safe},
    {post, "/danger", ask, danger_post, false, to_be_safe},
    {get, "/danger/{id}", ask, danger_pressed_page, false, to_be_safe},
    {get, "/danger/{id}/live", ask, danger_pressed_live, true},
    {post, "/danger/{id}/acknowledge", acknowledge_danger, danger_acknowledge_post},
    {post, "/danger/{id}/control-room", acknowledge_danger, danger_control_room_post},
    {post, "/danger/{id}/end", acknowledge_danger, danger_end_post},
};

}  // namespace

std::vector<web::Route> page_routes(web::Site& site, vault::KeyFile& keys) {
    Room room{site, keys, std::string(32, '\0')};
    site.entropy.fill(std::as_writable_bytes(std::span(room.marks_key)));
    std::vector<web::Route> out;
    for (const auto& line : lines) {
        web::Route route(line.method, line.pattern, line.permission,
                         for_own_wing(site, keys, line.pattern,
                                      [room, page = line.page](web::Request& request) {
                                          return page(room, request);
                                      }));
        if (line.is_live) route.live();
        if (line.what_now) {
            const bool is_danger = line.pattern.starts_with("/danger");
            route.when_down({line.what_now, is_danger ? "/danger" : "/ask"});
        }
        out.push_back(std::move(route));
    }
    return out;
}

std::vector<web::Route> routes(web::Site& site, vault::KeyFile& keys) {
    auto out = page_routes(site, keys);
    for (auto& route : api_routes(site, keys)) out.push_back(std::move(route));
    return out;
}

}  // namespace alongside::dispatch
