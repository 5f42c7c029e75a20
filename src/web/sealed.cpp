#include "web/sealed.h"

#include <sodium.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/ensure.h"
#include "web/parse.h"

namespace alongside::web {
namespace {

constexpr std::size_t largest_kept_body = 4096;
constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;

const unsigned char* raw(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

// A hash of texts one after another, each with its length.
class Digest {
public:
    explicit Digest(std::size_t bytes, std::span<const std::uint8_t> key = {}) : out_(bytes) {
        crypto_generichash_init(&state_, key.empty() ? nullptr : key.data(), key.size(), bytes);
    }
    Digest& operator<<(std::string_view part) {
        const std::uint64_t size = part.size();
        crypto_generichash_update(&state_, reinterpret_cast<const unsigned char*>(&size),
                                  sizeof size);
        crypto_generichash_update(&state_, raw(part), part.size());
        return *this;
    }
    sql::Bytes take() {
        crypto_generichash_final(&state_, out_.data(), out_.size());
        return std::move(out_);
    }

private:
    crypto_generichash_state state_;
    sql::Bytes out_;
};

}  // namespace

KeyDigests digests_of(const Request& request) {
    Digest digest(64);
    digest << "alongside once" << request.viewer.establishment.text() << request.viewer.actor
           << request.nonce_key;
    const auto both = digest.take();
    KeyDigests out;
    out.row.assign(both.begin(), both.begin() + 32);
    std::copy(both.begin() + 32, both.end(), out.secret.begin());
    return out;
}

sql::Bytes content_digest(const Request& request, const KeyDigests& key) {
    Digest digest(32, key.secret);
    digest << code(request.method) << request.path;
    for (const auto& [name, value] : request.query.list()) digest << "q" << name << value;
    for (const auto& [name, value] : request.form.list()) {
        if (name != "csrf" && name != "once") digest << "f" << name << value;
    }
    for (const auto& file : request.files) {
        digest << "file" << file.field << file.name << file.content_type << file.bytes;
    }
    const bool is_form = !request.form.list().empty() || !request.files.empty();
    if (!is_form) digest << "body" << request.body;
    return digest.take();
}

sql::Bytes seal(const Response& response, const KeyDigests& key, Entropy& entropy) {
    boost::json::object plain{{"status", response.status}, {"type", response.content_type}};
    for (const auto& [name, value] : response.headers) {
        if (name == "Location") plain["location"] = value;
    }
    const bool is_small_json = response.content_type == "application/json" &&
                               response.body->size() <= largest_kept_body;
    if (is_small_json || response.body->empty()) plain["body"] = *response.body;
    const std::string text = boost::json::serialize(plain);
    sql::Bytes out(nonce_bytes + text.size() + tag_bytes);
    entropy.fill(std::as_writable_bytes(std::span(out).first(nonce_bytes)));
    crypto_aead_xchacha20poly1305_ietf_encrypt(out.data() + nonce_bytes, nullptr, raw(text),
                                               text.size(), nullptr, 0, nullptr, out.data(),
                                               key.secret.data());
    return out;
}

std::optional<Unsealed> unseal(const sql::Bytes& sealed, const KeyDigests& key) {
    if (sealed.size() < nonce_bytes + tag_bytes) return std::nullopt;
    std::string text(sealed.size() - nonce_bytes - tag_bytes, '\0');
    const int failed = crypto_aead_xchacha20poly1305_ietf_decrypt(
        reinterpret_cast<unsigned char*>(text.data()), nullptr, nullptr,
        sealed.data() + nonce_bytes, sealed.size() - nonce_bytes, nullptr, 0, sealed.data(),
        key.secret.data());
    if (failed) return std::nullopt;
    const auto json = parse_json(text);
    if (!json || !json->is_object()) return std::nullopt;
    const auto& plain = json->get_object();
    Unsealed out;
    out.response.status = static_cast<int>(plain.at("status").as_int64());
    out.response.content_type = plain.at("type").as_string().c_str();
    if (const auto* location = plain.if_contains("location")) {
        out.response.headers.emplace_back("Location", location->as_string().c_str());
    }
    if (const auto* body = plain.if_contains("body")) {
        out.response.body = std::make_shared<const std::string>(body->as_string());
        out.is_whole = true;
    }
    return out;
}

}  // namespace alongside::web
