#include "web/http.h"

#include <sodium.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/ensure.h"
#include "web/errors.h"

namespace alongside::web {

std::string_view code(Method method) {
    switch (method) {
        case Method::get: return "GET";
        case Method::post: return "POST";
        case Method::put: return "PUT";
        case Method::patch: return "PATCH";
        case Method::del: return "DELETE";
    }
    return "";
}

void Fields::add(std::string name, std::string value) {
    list_.emplace_back(std::move(name), std::move(value));
}

void Fields::set(std::string name, std::string value) {
    std::erase_if(list_, [&](const auto& field) { return field.first == name; });
    add(std::move(name), std::move(value));
}

std::string_view Fields::get(std::string_view name) const {
    const auto is_it = [&](const auto& field) { return field.first == name; };
    const auto found = std::ranges::find_if(list_, is_it);
    if (found == list_.end()) return {};
    if (is_each_once_ && std::any_of(found + 1, list_.end(), is_it)) throw FieldTwice(name);
    return found->second;
}

bool Fields::has(std::string_view name) const {
    for (const auto& field : list_) {
        if (field.first == name) return true;
    }
    return false;
}

std::vector<std::string_view> Fields::all(std::string_view name) const {
    std::vector<std::string_view> out;
    for (const auto& [key, value] : list_) {
        if (key == name) out.push_back(value);
    }
    return out;
}

std::string_view Request::capture(std::string_view name) const {
    for (const auto& [key, value] : captures) {
        if (key == name) return value;
    }
    ENSURE(false && "the pattern has no such capture");
    return {};
}

Uuid Request::id_to_make(Entropy& entropy, std::string_view what) const {
    if (nonce_key.empty()) return Uuid::v7(now, entropy);
    crypto_generichash_state state;
    std::array<std::uint8_t, 16> digest{};
    crypto_generichash_init(&state, nullptr, 0, digest.size());
    for (const std::string_view part :
         {std::string_view("alongside id"), std::string_view(viewer.establishment.text()),
          std::string_view(viewer.actor), std::string_view(nonce_key), std::string_view(path),
          what}) {
        const std::uint64_t size = part.size();
        crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(&size),
                                  sizeof size);
        crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(part.data()),
                                  part.size());
    }
    crypto_generichash_final(&state, digest.data(), digest.size());
    return Uuid::from_digest(digest);
}

namespace {
Response with_body(std::string content, std::string content_type, int status) {
    Response out;
    out.status = status;
    out.content_type = std::move(content_type);
    out.body = std::make_shared<const std::string>(std::move(content));
    return out;
}
}  // namespace

Response html(Html page, int status) {
    return with_body(std::move(page).take(), "text/html; charset=utf-8", status);
}

Response json(const boost::json::value& value, int status) {
    return with_body(boost::json::serialize(value), "application/json", status);
}

Response text(std::string plain, int status) {
    return with_body(std::move(plain), "text/plain; charset=utf-8", status);
}

Response bytes(std::string content, std::string content_type) {
    return with_body(std::move(content), std::move(content_type), 200);
}

Response download(std::string content, std::string content_type, std::string_view file_name) {
    std::string name;
    for (const char c : file_name) {
        const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                           (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.';
        name += plain ? c : '_';
    }
    auto out = with_body(std::move(content), std::move(content_type), 200);
    out.headers.emplace_back("Content-Disposition", "attachment; filename=\"" + name + "\"");
    return out;
}

Response see_other(const Url& url) {
    auto out = with_body("", "text/plain; charset=utf-8", 303);
    out.headers.emplace_back("Location", url.text());
    return out;
}

Response problem_json(const Problem& problem) {
    boost::json::object out;
    out["status"] = problem.status;
    out["errorCode"] = problem.code;
    out["userMessage"] = problem.user;
    out["developerMessage"] = problem.developer.empty() ? problem.user : problem.developer;
    if (problem.more.empty()) out["moreInfo"] = nullptr;
    else out["moreInfo"] = problem.more;
    return json(out, problem.status);
}

}  // namespace alongside::web
