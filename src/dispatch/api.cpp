#include "dispatch/api.h"

#include <algorithm>
#include <functional>

#include "base/languages.h"
#include "dispatch/acting.h"
#include "dispatch/api_seen.h"
#include "dispatch/cell.h"
#include "dispatch/own_wing.h"
#include "dispatch/views.h"
#include "web/forms.h"
#include "web/paging.h"
#include "web/schema.h"

namespace alongside::dispatch {
namespace {

using namespace shapes;

// ---- what every handler does ----------------------------------------------------------------

struct Api {
    web::Site& site;
    vault::KeyFile& keys;

    Desk desk() const { return {site.database, keys}; }
    Occasion now(const web::Request& request) const { return request.occasion(site.entropy); }

    // 204, or the refusal as JSON.
    static web::Response done(const web::Request& request, const Result<Done>& result) {
        if (!result) return web::refused(request, result.error());
        auto out = web::text({}, 204);
        out.content_type.clear();
        return out;
    }
    template <class Shape>
    static web::Response shown(const Shape& shape, int status = 200) {
        return web::json(web::to_json(shape), status);
    }
};

using Handle = std::function<web::Response(const Api&, web::Request&)>;

// The id in the path; 404 where it isn't one.
template <class AnyId, class Work>
Handle with_id(Work work) {
    return [work](const Api& api, web::Request& request) {
        const auto text = request.capture("id");
        const auto id = AnyId::parse(text);
        if (!id) return web::not_found(request);
        return work(api, request, *id);
    };
}
// The id in the path and the body.
template <class AnyId, class Body, class Work>
Handle with_body(Work work) {
    return with_id<AnyId>([work](const Api& api, web::Request& request, const AnyId& id) {
        const auto body = web::from_json<Body>(request);
        if (!body.value) return web::bad_fields(request, body.errors);
        return work(api, request, id, *body.value);
    });
}
// One action upon the thing in the path, without a body.
template <class AnyId, class Action>
Handle just(Action action) {
    return with_id<AnyId>([action](const Api& api, web::Request& request, const AnyId& id) {
        auto desk = api.desk();
        return Api::done(request, action(desk, api.now(request), id));
    });
}

// ---- reading ------------------------------------------------------------------------------------

template <class E>
std::string code_of(E code) {
    return boost::describe::enum_to_string(code, "");
}

PeerSeen peer_seen(const Candidate& one) {
    return {one.person_id, one.label, one.place, one.nearness, one.speaks_the_language};
}

web::Response get_requests(const Api& api, web::Request& request) {
    const auto paging = web::paging_of(request);
    if (!paging.value) return web::bad_fields(request, paging.errors);
    const auto& id = request.viewer.establishment;
    RequestList out;
    api.site.database.read([&](sql::Reader& db) {
        const auto theirs = views::open_in_scope(db, id, views::scope_of(request.viewer));
        out.total = static_cast<std::int64_t>(theirs.size());
        for (const auto& one : paging.value->of(theirs)) {
            out.requests.push_back(seen(db, api.keys, id, *store::request(db, id, one)));
            out.requests.back().personReference.reset();            // one at a time, and logged
        }
        return true;
    });
    return Api::shown(out);
}

web::Response get_request(const Api& api, web::Request& request, RequestId request_id) {
    const auto& id = request.viewer.establishment;
    const auto found = api.site.database.read([&](sql::Reader& db) {
        const auto row = store::request(db, id, request_id);
        return row ? std::optional(seen(db, api.keys, id, *row)) : std::nullopt;
    });
    if (!found) return web::refused(request, refusal(Refused::unknown_request));
    return Api::shown(*found);
}

web::Response get_choice(const Api& api, web::Request& request, RequestId request_id) {
    const auto& prison = request.viewer.establishment;
    std::vector<views::Peer> resting;
    const auto choice = api.site.database.read([&](sql::Reader& db) {
        resting = views::resting(db, prison, request.now);
        return choose(db, api.keys, prison, request_id, request.now);
    });
    if (!choice) return web::refused(request, choice.error());
    ChoiceSeen out{{}, {}, choice->is_in_sight_only, choice->peers_wanted};
    for (const auto& one : best_three(*choice)) out.best.push_back(peer_seen(one));
    for (const auto& one : resting) out.resting.push_back({one.label, one.resting_until});
    return Api::shown(out);
}

// ---- acting -------------------------------------------------------------------------------------

// By id, by number, or by both where they are one person's; the field that doesn't fit otherwise.
tl::expected<PersonId, web::FieldError> whose(sql::Reader& db, const NewRequest& said) {
    const auto wrong = [](const char* field, Words why) {
        return tl::unexpected(web::FieldError{field, std::move(why)});
    };
    if (!said.prisonerNumber) {
        if (said.personId) return *said.personId;
        return wrong("prisonerNumber", tr("Say whose request it is: prisonerNumber or personId."));
    }
    const auto person = people::find_by_number(db, *said.prisonerNumber).value_or(PersonId());
    if (said.personId && *said.personId != person) {
        return wrong("prisonerNumber", tr("This number and personId are two people’s."));
    }
    return person;                                                  // nobody: person_not_here
}

// As the page of the board: whom an officer of one wing raises a request for lives there, and is
// there.
bool is_on_their_wing(sql::Reader& db, const Viewer& viewer, PersonId person,
                      const NewRequest& said) {
    const auto where = people::whereabouts(db, viewer.establishment, person);
    const bool lives_here = where && (where->wing.empty() || viewer.sees_wing(where->wing));
    return lives_here &&
           (!said.place || viewer.sees_wing(said.place->wing()));
}

// A member of the scheme that is asked.
bool is_member(sql::Reader& db, const EstablishmentId& id, const NewRequest& said) {
    const auto facts = people::scheme_facts(db, id, said.scheme);
    return std::ranges::any_of(facts->members, [&](const auto& one) {
        return one->facts.member_id == *said.askedFor;
    });
}

web::Response post_request(const Api& api, web::Request& request) {
    const auto body = web::from_json<NewRequest>(request);
    if (!body.value) return web::bad_fields(request, body.errors);
    const auto& said = *body.value;
    const auto person = api.site.database.read([&](sql::Reader& db) {
        return whose(db, said);
    });
    if (!person) return web::bad_fields(request, {person.error()});
    const bool is_theirs = api.site.database.read([&](sql::Reader& db) {
        return is_on_their_wing(db, request.viewer, *person, said);
    });
    const bool is_known = !said.askedFor || api.site.database.read([&](sql::Reader& db) {
        return is_member(db, request.viewer.establishment, said);
    });
    if (!is_known) return web::refused(request, refusal(Refused::unknown_code, "askedFor"));
    Ask ask;
    ask.request_id = RequestId(request.id_to_make(api.site.entropy));
    ask.scheme = said.scheme;
    ask.person_id = is_theirs ? *person : PersonId();           // nobody: person_not_here
    ask.channel = said.channel.value_or(schemes::Channel::api);
    ask.asked_by = said.askedBy.value_or(AskedBy::the_person);
    ask.asked_at = said.askedAt.value_or(request.now);
    ask.wanted_from = said.wantedFrom;
    ask.is_urgent = said.isUrgent;
    ask.wish = {said.language.value_or(""), said.sex, said.askedFor};
    ask.place = said.place.value_or(LocationKey());
    auto desk = api.desk();
    const auto made = dispatch::ask(desk, api.now(request), ask);
    if (!made) {
        auto no = made.error();
        if (no.field == "personId" && !said.personId) no.field = "prisonerNumber";
        return web::refused(request, no);
    }
    const auto& id = request.viewer.establishment;
    return Api::shown(api.site.database.read([&](sql::Reader& db) {
        return seen(db, api.keys, id, *store::request(db, id, *made));
    }), 201);
}

web::Response post_offer(const Api& api, web::Request& request, RequestId request_id,
                         const NewOffer& said) {
    const Offer one{OfferId(request.id_to_make(api.site.entropy)), request_id,
                    said.personId.value_or(PersonId()), said.how.value_or(OfferHow::door)};
    auto desk = api.desk();
    const auto made = offer(desk, api.now(request), one);
    if (!made) return web::refused(request, made.error());
    return Api::shown(OfferMade{one.offer_id, peer_seen(*made)}, 201);
}

web::Response post_unlock(const Api& api, web::Request& request, Uuid call_out) {
    const UnlockId unlock(request.id_to_make(api.site.entropy));
    auto desk = api.desk();
    const auto made = ask_unlock(desk, api.now(request), unlock, call_out);
    if (!made) return web::refused(request, made.error());
    const auto all = api.site.database.read([&](sql::Reader& db) {
        return store::unlocks_of_call_out(db, request.viewer.establishment, call_out);
    });
    return Api::shown(UnlockAsked{all.back().unlock_id}, 201);      // the one before, if there is
}

web::Response post_arrival(const Api& api, web::Request& request, Uuid call_out,
                           const ArrivalSeen& said) {
    auto desk = api.desk();
    const auto made = arrive(desk, api.now(request),
                             {call_out, said.placeKind, said.place.value_or(LocationKey()),
                              said.isCellmateThere});
    if (!made) return web::refused(request, made.error());
    const auto session = api.site.database.read([&](sql::Reader& db) {
        return session_of(db, request.viewer.establishment, call_out);
    });
    return Api::shown(SessionBegun{session.value_or(SessionId())}, 201);
}

web::Response post_danger(const Api& api, web::Request& request) {
    const auto body = web::from_json<DangerPressed>(request);
    if (!body.value) return web::bad_fields(request, body.errors);
    const Uuid id = request.id_to_make(api.site.entropy);
    const auto place = api.site.database.read([&](sql::Reader& db) {
        return place_of_danger(db, request.viewer, body.value->place.value_or(""));
    });
    auto desk = api.desk();
    const auto made = press_danger(desk, api.now(request),
                                   {id, place, code_of(body.value->pressedBy)});
    if (!made) return web::refused(request, made.error());
    return Api::shown(DangerSeen{*made, !is_nowhere(place)}, 201);
}

// ---- the table ----------------------------------------------------------------------------------

class Table {
public:
    Table(web::Site& site, vault::KeyFile& keys) : api_{site, keys} {}

    void add(web::Method method, std::string_view pattern, Permission permission, Handle handle,
             web::About about) {
        about.tag = "Requests";
        auto behind = for_own_wing(api_.site, api_.keys, pattern,
                                   [api = api_, handle = std::move(handle)](
                                       web::Request& request) { return handle(api, request); });
        out_.push_back(web::Route(method, pattern, permission,
                                  [behind = std::move(behind)](web::Request& request) {
                                      request.wants_json = true;
                                      return behind(request);
                                  })
                           .about(about));
    }
    void post(std::string_view pattern, Permission permission, Handle handle,
              std::string_view summary, std::string_view body = {}) {
        add(web::Method::post, pattern, permission, std::move(handle),
            {.summary = summary, .request_schema = body, .success = 204});
    }
    std::vector<web::Route> take() && { return std::move(out_); }

private:
    Api api_;
    std::vector<web::Route> out_;
};

using web::describe_schema;

// As it is, and with the tags of languages that are taken.
std::string_view describe_new_request() {
    auto schema = web::detail::schema_of<NewRequest>();
    boost::json::array tags;
    for (const auto& language : spoken_languages()) tags.emplace_back(language.tag);
    auto& language = schema.as_object().at("properties").as_object().at("language").as_object();
    language["enum"] = std::move(tags);
    return web::detail::keep_schema("NewRequest", std::move(schema));
}

void add_asking(Table& table) {
    using enum Permission;
    const auto one = describe_schema<RequestSeen>("Request");
    table.add(web::Method::get, "/api/v1/requests", see_board, get_requests,
              {.summary = "Open requests of the viewer's wing, and with a peer of it, the longest "
                          "waiting first; then closed ones for which a peer is still out",
               .response_schema = describe_schema<RequestList>("RequestList"),
               .query = web::paging_parameters()});
    table.add(web::Method::post, "/api/v1/requests", raise_request, post_request,
              {.summary = "Raise a request, with the person's yes",
               .request_schema = describe_new_request(),
               .response_schema = one, .success = 201});
    table.add(web::Method::get, "/api/v1/requests/{id}", see_request,
              with_id<RequestId>(get_request),
              {.summary = "One request; looking is logged", .response_schema = one});
    table.add(web::Method::get, "/api/v1/requests/{id}/choice", run_call_out,
              with_id<RequestId>(get_choice),
              {.summary = "Who could go now",
               .response_schema = describe_schema<ChoiceSeen>("Choice")});
    table.post("/api/v1/requests/{id}/withdrawal", raise_request,
               with_body<RequestId, Withdrawal>([](const Api& api, web::Request& request,
                                                   RequestId id, const Withdrawal& said) {
                   auto desk = api.desk();
                   const auto& who = request.viewer;
                   const bool is_staff = who.has(Role::officer) || who.has(Role::night_manager);
                   return Api::done(request,
                                    withdraw(desk, api.now(request), id,
                                             said.isReportedByOfficer.value_or(is_staff)));
               }),
               "The person takes the request back", describe_schema<Withdrawal>("Withdrawal"));
    table.post("/api/v1/requests/{id}/not-asked", raise_request, just<RequestId>(did_not_ask),
               "The person says that they hadn't asked");
    table.post("/api/v1/requests/{id}/urgency", run_call_out, just<RequestId>(make_urgent),
               "It can't wait: several peers may be asked at once");
    table.post("/api/v1/requests/{id}/looks", run_call_out, just<RequestId>(look_in),
               "Somebody looked in, and the person seemed asleep");
    table.post("/api/v1/requests/{id}/helpline-offers", run_call_out,
               just<RequestId>(offer_helpline), "The helpline was offered to the person");
    table.post("/api/v1/requests/{id}/check-ins", run_call_out, just<RequestId>(staff_look_in),
               "Staff looked in on the person, as the escalation asks");
    table.post("/api/v1/requests/{id}/telling", run_call_out, just<RequestId>(tell_the_person),
               "The person was told of a refused or delayed unlock");
    table.post("/api/v1/requests/{id}/closure", run_call_out,
               with_body<RequestId, Closure>([](const Api& api, web::Request& request,
                                                RequestId id, const Closure& said) {
                   auto desk = api.desk();
                   return Api::done(request, close(desk, api.now(request), id, said.reason));
               }),
               "Close it by hand, with a coded reason", describe_schema<Closure>("Closure"));
}

void add_offering(Table& table) {
    using enum Permission;
    table.add(web::Method::post, "/api/v1/requests/{id}/offers", run_call_out,
              with_body<RequestId, NewOffer>(post_offer),
              {.summary = "Ask a peer",
               .request_schema = describe_schema<NewOffer>("NewOffer"),
               .response_schema = describe_schema<OfferMade>("Offer"), .success = 201});
    const auto answered = with_body<OfferId, AnswerGiven>(
        [](const Api& api, web::Request& request, OfferId id, const AnswerGiven& said) {
            auto desk = api.desk();
            return Api::done(request, answer(desk, api.now(request), id, said.answer));
        });
    table.post("/api/v1/offers/{id}/answer", run_call_out, answered,
               "What was answered at the door; going makes a call-out with the offer's id",
               describe_schema<AnswerGiven>("Answer"));
    table.post("/api/v1/call-outs/{id}/calling-off", run_call_out, just<Uuid>(call_off),
               "The peer isn't needed after all, or can't come");
    table.add(web::Method::post, "/api/v1/call-outs/{id}/unlocks", run_call_out,
              with_id<Uuid>(post_unlock),
              {.summary = "Ask the night manager to unlock",
               .response_schema = describe_schema<UnlockAsked>("Unlock"), .success = 201});
    table.post("/api/v1/unlocks/{id}/authorisation", authorise_unlock,
               just<UnlockId>(dispatch::authorise_unlock), "The night manager says yes");
    table.post("/api/v1/unlocks/{id}/refusal", authorise_unlock,
               with_body<UnlockId, UnlockRefusal>([](const Api& api, web::Request& request,
                                                     UnlockId id, const UnlockRefusal& said) {
                   auto desk = api.desk();
                   std::optional<Minutes> review;
                   if (said.reviewMinutes) review = Minutes(*said.reviewMinutes);
                   return Api::done(request, refuse_unlock(desk, api.now(request), id,
                                                           said.isDelay, said.reason,
                                                           said.alternative, review));
               }),
               "Refused or delayed, with a reason, an alternative and a review",
               describe_schema<UnlockRefusal>("UnlockRefusal"));
    table.post("/api/v1/unlocks/{id}/escort", run_call_out, just<UnlockId>(escort),
               "Out of the cell, with officers");
}

void add_being_there(Table& table) {
    using enum Permission;
    table.add(web::Method::post, "/api/v1/call-outs/{id}/arrival", run_call_out,
              with_body<Uuid, ArrivalSeen>(post_arrival),
              {.summary = "The peer is beside the person",
               .request_schema = describe_schema<ArrivalSeen>("Arrival"),
               .response_schema = describe_schema<SessionBegun>("Session"), .success = 201});
    table.post("/api/v1/call-outs/{id}/hand-over", run_call_out,
               with_body<Uuid, HandOver>([](const Api& api, web::Request& request, Uuid id,
                                            const HandOver& said) {
                   auto desk = api.desk();
                   return Api::done(request,
                                    hand_over(desk, api.now(request), id, said.toCallOutId));
               }),
               "Another peer, who is there, takes over", describe_schema<HandOver>("HandOver"));
    table.post("/api/v1/call-outs/{id}/return", run_call_out, just<Uuid>(back),
               "The peer is in the own cell again");
    table.post("/api/v1/sessions/{id}/checks", run_call_out, just<SessionId>(check),
               "A timed look at both");
    table.post("/api/v1/sessions/{id}/departure", run_call_out,
               with_body<SessionId, Departure>([](const Api& api, web::Request& request,
                                                  SessionId id, const Departure& said) {
                   auto desk = api.desk();
                   return Api::done(request, depart(desk, api.now(request), id, said.wasHard));
               }),
               "Both have left", describe_schema<Departure>("Departure"));
    table.add(web::Method::post, "/api/v1/dangers", run_call_out, post_danger,
              {.summary = "Immediate danger",
               .request_schema = describe_schema<DangerPressed>("NewDanger"),
               .response_schema = describe_schema<DangerSeen>("Danger"), .success = 201});
    table.post("/api/v1/dangers/{id}/acknowledgement", acknowledge_danger,
               just<Uuid>(dispatch::acknowledge_danger), "Somebody, by name, is on the way");
    table.post("/api/v1/dangers/{id}/control-room", acknowledge_danger,
               just<Uuid>(dispatch::tell_control_room), "Somebody telephoned the control room");
    table.post("/api/v1/dangers/{id}/end", acknowledge_danger,
               with_body<Uuid, DangerOver>([](const Api& api, web::Request& request, Uuid id,
                                              const DangerOver& said) {
                   auto desk = api.desk();
                   return Api::done(request, end_danger(desk, api.now(request), id,
                                                        said.what ? code_of(*said.what) : ""));
               }),
               "It is over; after a death or serious self-harm, who asked is kept",
               describe_schema<DangerOver>("DangerEnd"));
}

}  // namespace

std::vector<web::Route> api_routes(web::Site& site, vault::KeyFile& keys) {
    Table table(site, keys);
    add_asking(table);
    add_offering(table);
    add_being_there(table);
    return std::move(table).take();
}

}  // namespace alongside::dispatch
