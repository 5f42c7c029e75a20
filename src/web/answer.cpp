#include <algorithm>

#include "base/json.h"
#include "web/assets.h"
#include "web/dispatch.h"
#include "web/errors.h"
#include "web/forms.h"
#include "web/parse.h"

namespace alongside::web {
namespace {

constexpr std::size_t least_key = 16;
constexpr std::size_t most_key = 200;

bool writes(Method method) { return method != Method::get; }

// Another site's page may make a browser send a form, but not these.
bool could_be_another_site(const Request& request) {
    const auto from = request.headers.get("sec-fetch-site");
    return !from.empty() && from != "same-origin" && from != "none";
}

// A browser sends cookies by itself, so an API call that rides on them must show something that a
// form can't: JSON, or the key header. Tokens are never sent by themselves.
bool is_genuine_call(const Request& request) {
    if (request.viewer.is_machine) return true;
    if (could_be_another_site(request)) return false;
    return request.json || request.headers.has("idempotency-key");
}

std::optional<Response> refuse_body(const Request& request, int status) {
    if (status == 415) {
        return problem(request, 415, "web.body_type",
                       tr("The content is of a kind that can’t be read here."));
    }
    const auto sentence = tr("What was sent could not be read.");
    const auto type = media_type(request.headers.get("content-type"));
    if (request.wants_json && is_json(type)) {
        const auto read = read_json(request.body);
        if (!read && !read.error().twice.empty()) {
            return bad_fields(request, {{read.error().twice, detail::said_twice()}});
        }
        return problem_json({400, "web.malformed", request.tongue(sentence),
                             json_trouble(request.body), ""});
    }
    return problem(request, 400, "web.malformed", sentence);
}

std::optional<Response> take_key(Request& request, const Route& route) {
    request.nonce_key = request.headers.get("idempotency-key");
    if (request.nonce_key.empty() && !route.is_api) request.nonce_key = request.form.get("once");
    if (request.nonce_key.empty()) return std::nullopt;
    const auto fits = [](char c) { return c > ' ' && c < 127; };
    if (request.nonce_key.size() < least_key || request.nonce_key.size() > most_key ||
        !std::ranges::all_of(request.nonce_key, fits)) {
        return problem(request, 400, "web.bad_key",
                       tr("The Idempotency-Key must be 16 to 200 plain characters; use a new "
                          "random UUID for each thing that is done."));
    }
    return std::nullopt;
}

// Everything that a write must show before its handler runs.
std::optional<Response> check_write(const Route& route, Gate& gate, Request& request) {
    if (request.body.size() > route.max_body_bytes) {
        return problem(request, 413, "web.too_large", tr("That is too large to be taken in."));
    }
    if (const auto status = parse_body(request)) return refuse_body(request, *status);
    if (auto refusal = take_key(request, route)) return refusal;
    const bool is_genuine = route.is_api ? is_genuine_call(request)
                                         : !could_be_another_site(request) &&
                                               gate.is_form_genuine(request);
    if (!is_genuine) {
        return problem(request, 403, "web.stale_form",
                       tr("This page was open for too long, so nothing was sent. Go back, load it "
                          "again and repeat what you did."));
    }
    return std::nullopt;
}

Response no_permission(Gate& gate, Request& request, const Route& route) {
    if (!route.is_api) return gate.turned_away(request, route);
    if (request.viewer.is_somebody() || request.viewer.is_machine) {
        return problem(request, 403, "web.not_permitted", tr("You may not do this."));
    }
    auto out = problem(request, 401, "web.sign_in", tr("Sign in, or send a token, first."));
    out.headers.emplace_back("WWW-Authenticate", "Bearer");
    return out;
}

bool is_permitted(const Request& request, const Route& route) {
    // Routes of the demo exist only in the demo (Routes::add).
    return route.permission == Permission::demo_only || request.viewer.may(route.permission);
}

Response wrong_method(const Request& request, const std::vector<Method>& allowed) {
    auto out = problem(request, 405, "web.wrong_method",
                       tr("This address doesn’t take that kind of request."));
    std::string allow;
    for (const Method method : allowed) {
        allow += (allow.empty() ? "" : ", ") + std::string(code(method));
        if (method == Method::get) allow += ", HEAD";
    }
    out.headers.emplace_back("Allow", std::move(allow));
    return out;
}

bool prefers_json(const Request& request) {
    const auto accept = request.headers.get("accept");
    return accept.find("application/json") != std::string_view::npos &&
           accept.find("text/html") == std::string_view::npos;
}

// The address may come with its query still attached, as tests write it.
bool split_target(Request& request) {
    auto target = parse_target(request.path);
    if (!target) return false;
    if (request.path.find('?') != std::string::npos) request.query = std::move(target->query);
    request.path = std::move(target->path);
    return true;
}

// Compressed length tells what stands twice in a page (BREACH). A page that holds the form token
// is compressed only where the request said nothing that the page could repeat: its address, too.
bool is_safe_to_compress(const Request& request, const Route* route, const Response& response) {
    const bool says_nothing = route && request.method == Method::get &&
                              request.query.list().empty() && request.captures.empty();
    if (says_nothing) return true;
    return request.csrf.empty() || response.body->find(request.csrf) == std::string::npos;
}

Response answer_route(Routes::Match& match, Gate& gate, Request& request, Once* once) {
    const Route& route = *match.route;
    request.captures = std::move(match.captures);
    request.is_background = route.is_live;
    gate.identify(request);
    if (!is_permitted(request, route)) return no_permission(gate, request, route);
    if (!writes(request.method)) return route.handler(request);
    if (auto refusal = check_write(route, gate, request)) return std::move(*refusal);
    const bool remember = once && !request.nonce_key.empty() && !request.viewer.actor.empty() &&
                          !request.viewer.establishment.text().empty();
    if (remember) return once->run(request, [&] { return route.handler(request); });
    return route.handler(request);
}

}  // namespace

Answered answer_in_full(const Routes& routes, Gate& gate, Entropy& entropy, Request& request,
                        Once* once) {
    Answered out;
    try {
        request.wants_json = request.path.starts_with("/api/") || prefers_json(request);
        request.is_fragment = request.headers.get("hx-request") == "true";
        if (!split_target(request)) {
            out.response = problem(request, 400, "web.bad_address",
                                   tr("This address is not written correctly."));
            return out;
        }
        if (auto file = static_file(request)) {
            out.response = std::move(*file);
            return out;
        }
        auto match = routes.find(request.method, request.path);
        out.route = match.route;
        if (match.route) {
            out.response = answer_route(match, gate, request, once);
        } else {
            gate.identify(request);
            out.response = match.wrong_method ? wrong_method(request, match.allowed)
                                              : not_found(request);
        }
        gate.leave(request, out.response);
    } catch (const FieldTwice& twice) {
        out.response = problem(request, 400, "web.bad_field",
                               tr("“{field}” was sent more than once, so nothing was done.",
                                  {{"field", twice.field}}), twice.field);
    } catch (...) {
        out.response = trouble(request, out.route, std::current_exception(), entropy);
    }
    out.may_compress = is_safe_to_compress(request, out.route, out.response);
    return out;
}

Response answer(const Routes& routes, Gate& gate, Entropy& entropy, Request request, Once* once) {
    return answer_in_full(routes, gate, entropy, request, once).response;
}

bool may_send_body(const Route& route, Gate& gate, Request request) {
    gate.identify(request);
    return is_permitted(request, route);
}

bool may_still_watch(const Route& route, Gate& gate, Request request, std::string_view view) {
    request.is_background = true;
    gate.identify(request);
    return is_permitted(request, route) && route.handler(request).live_view == view;
}

}  // namespace alongside::web
