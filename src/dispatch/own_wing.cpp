#include "dispatch/own_wing.h"

#include "access/access.h"
#include "base/ensure.h"
#include "dispatch/pages.h"
#include "dispatch/refusals.h"

namespace alongside::dispatch {
namespace {

struct IdBelow {
    std::string_view before;            // without /api/v1
    IdOf what;
};
constexpr IdBelow id_below[] = {
    {"/requests/", IdOf::request},   {"/offers/", IdOf::offer},
    {"/call-outs/", IdOf::call_out}, {"/unlocks/", IdOf::unlock},
    {"/sessions/", IdOf::session},   {"/danger/", IdOf::danger},
    {"/dangers/", IdOf::danger},     {"/asked/", IdOf::own},
    {"/sheets/", IdOf::own},         {"/me/offers/", IdOf::own},
    {"/me/call-outs/", IdOf::own},
};

// The request that something hangs on, and the peer whom it is about.
struct HangsOn {
    RequestId request;
    std::optional<PersonId> peer;
};

template <class Row>
std::optional<HangsOn> of_peer(const std::optional<Row>& row) {
    if (!row) return std::nullopt;
    return HangsOn{row->request_id, row->person_id};
}

std::optional<HangsOn> hangs_on(sql::Reader& reader, const EstablishmentId& prison, IdOf what,
                                Uuid id) {
    switch (what) {
        case IdOf::request: return HangsOn{RequestId(id), {}};
        case IdOf::offer: return of_peer(views::offer(reader, prison, OfferId(id)));
        case IdOf::call_out: return of_peer(views::call_out(reader, prison, id));
        case IdOf::unlock: {
            const auto unlock = views::unlock(reader, prison, UnlockId(id));
            if (!unlock) return std::nullopt;
            return of_peer(views::call_out(reader, prison, unlock->call_out_id));
        }
        case IdOf::session: {
            const auto session = views::session(reader, prison, SessionId(id));
            if (!session) return std::nullopt;
            return HangsOn{session->request_id, {}};
        }
        case IdOf::nothing:
        case IdOf::own:
        case IdOf::danger: break;
    }
    return std::nullopt;
}

// Its officers see a peer of their wing there and back: also what is over is theirs to say again.
bool is_theirs(sql::Reader& reader, const vault::KeyFile& keys, const Viewer& viewer,
               const HangsOn& it) {
    const auto& prison = viewer.establishment;
    auto row = views::request(reader, prison, it.request);
    if (!row) return false;
    const auto scope = views::scope_of(viewer);
    views::Job job;
    job.row = std::move(*row);
    if (views::is_in_scope(scope, job, {})) return true;
    const auto peers = views::all_peers(reader, prison, views::schemes_now(reader, prison));
    if (auto open = views::job(reader, keys, prison, it.request)) job = std::move(*open);
    if (it.peer) job.call_outs.push_back({.request_id = it.request, .person_id = *it.peer});
    return views::is_in_scope(scope, job, peers);
}

}  // namespace

IdOf id_of_pattern(std::string_view pattern) {
    constexpr std::string_view api = "/api/v1", id = "{id}";
    if (pattern.starts_with(api)) pattern.remove_prefix(api.size());
    const auto at = pattern.find(id);
    if (at == pattern.npos) return IdOf::nothing;
    for (const auto& one : id_below) {
        if (one.before == pattern.substr(0, at)) return one.what;
    }
    ENSURE(false && "id_below says what every {id} is");
    return IdOf::nothing;
}

web::Handler for_own_wing(web::Site& site, vault::KeyFile& keys, std::string_view pattern,
                          web::Handler handler) {
    const auto what = id_of_pattern(pattern);
    if (what == IdOf::nothing || what == IdOf::own || what == IdOf::danger) return handler;
    return [&site, &keys, what, handler = std::move(handler)](web::Request& request) {
        const auto id = Uuid::parse(request.capture("id"));
        if (!id) return handler(request);
        const auto& viewer = request.viewer;
        auto is_let_in = true;
        const auto it = site.database.read([&](sql::Reader& reader) {
            const auto found = hangs_on(reader, viewer.establishment, what, *id);
            if (found) is_let_in = is_theirs(reader, keys, viewer, *found);
            return found;
        });
        // What isn't there at all is for the handler to say: an offer is over, a session has ended.
        if (!is_let_in) return told(request, refusal(Refused::unknown_request), Url("/"));
        if (it && request.method == web::Method::get) {
            access::log_look(site.database, request.occasion(site.entropy), it->request);
        }
        return handler(request);
    };
}

}  // namespace alongside::dispatch
