#include "web/incoming.h"

#include <algorithm>

#include "web/parse.h"

namespace alongside::web {
namespace {

std::optional<Method> method_of(std::string_view verb) {
    if (verb == "GET" || verb == "HEAD") return Method::get;
    for (const Method method : {Method::post, Method::put, Method::patch, Method::del}) {
        if (verb == code(method)) return method;
    }
    return std::nullopt;
}

std::string_view last_of_list(std::string_view header) {
    const auto comma = header.rfind(',');
    if (comma != std::string_view::npos) header.remove_prefix(comma + 1);
    while (header.starts_with(' ')) header.remove_prefix(1);
    while (header.ends_with(' ')) header.remove_suffix(1);
    return header;
}

bool is_address(std::string_view text) {
    const auto fits = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') ||
               c == '.' || c == ':';
    };
    return !text.empty() && text.size() <= 45 && std::ranges::all_of(text, fits);
}

// What the nearest proxy says of its client: the last in the list, which no client can forge.
void believe_proxy(const Head& head, Request& request) {
    const auto all = head.fields.all("x-forwarded-for");
    if (!all.empty() && is_address(last_of_list(all.back()))) {
        request.remote = last_of_list(all.back());
    }
    request.is_secure = last_of_list(head.fields.get("x-forwarded-proto")) == "https";
}

std::optional<Incoming::Refused> refuse(const Head& head, const Incoming& incoming) {
    const auto hosts = head.fields.all("host").size();
    if (hosts > 1 || (head.is_http_1_1 && hosts == 0)) {
        return {{400, "web.malformed", tr("What was sent could not be read.")}};
    }
    if (head.fields.has("transfer-encoding") &&
        (!head.is_chunked || head.fields.get("transfer-encoding") != "chunked")) {
        return {{501, "web.not_understood", tr("This kind of request isn’t understood here.")}};
    }
    // HTTP/1.0 has no chunks: a proxy of that age would see the body's end elsewhere.
    if (head.is_chunked && !head.is_http_1_1) {
        return {{400, "web.malformed", tr("What was sent could not be read.")}};
    }
    if (!method_of(head.verb)) {
        return {{501, "web.not_understood", tr("This kind of request isn’t understood here.")}};
    }
    if (head.content_length && *head.content_length > incoming.body_limit) {
        return {{413, "web.too_large", tr("That is too large to be taken in.")}};
    }
    return std::nullopt;
}

}  // namespace

void Head::add(std::string_view name, std::string_view value) {
    std::string lower(name);
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    fields.add(std::move(lower), std::string(value));
}

Incoming incoming_from(Head head, const Routes& routes) {
    Incoming out;
    Request& request = out.request;
    request.method = method_of(head.verb).value_or(Method::get);
    request.remote = head.remote;
    request.is_secure = head.is_tls;
    if (head.is_proxy) believe_proxy(head, request);
    out.is_head = head.verb == "HEAD";
    const auto path = std::string_view(head.target).substr(0, head.target.find_first_of("?#"));
    request.wants_json = path.starts_with("/api/");
    out.route = routes.find(request.method, path).route;
    constexpr std::uint64_t limit_without_route = 64 * 1024;
    out.body_limit = out.route ? out.route->max_body_bytes : limit_without_route;
    out.body_expected = head.content_length.value_or(out.body_limit);
    out.refusal = refuse(head, out);
    out.expects_continue = head.is_http_1_1 && head.fields.get("expect") == "100-continue";
    request.path = std::move(head.target);
    for (const auto cookie : head.fields.all("cookie")) {
        const auto some = parse_cookies(cookie);
        for (const auto& [name, value] : some.list()) request.cookies.add(name, value);
    }
    request.headers = std::move(head.fields);
    return out;
}

bool is_near(std::string_view address) {
    if (address.starts_with("::ffff:")) address.remove_prefix(7);
    if (address == "::1" || address.starts_with("127.") || address.starts_with("10.") ||
        address.starts_with("192.168.")) {
        return true;
    }
    if (address.starts_with("fc") || address.starts_with("fd")) return true;
    for (int second = 16; second < 32; ++second) {
        if (address.starts_with("172." + std::to_string(second) + ".")) return true;
    }
    return false;
}

}  // namespace alongside::web
