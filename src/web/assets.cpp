#include "web/assets.h"

#include <sodium.h>

#include <map>
#include <mutex>

#include "base/embedded.h"
#include "base/ensure.h"
#include "web/components.h"
#include "web/gzip.h"

namespace alongside::web {
namespace {

struct Asset {
    std::string_view bytes;
    std::string_view type;
    bool is_text = false;
    std::string etag;
    std::once_flag pressed;
    std::shared_ptr<const std::string> whole, zipped;   // made when first asked for
};

struct Kind {
    std::string_view ending, type;
    bool is_text;
};
constexpr Kind kinds[] = {
    {".css", "text/css; charset=utf-8", true},
    {".js", "text/javascript; charset=utf-8", true},
    {".mjs", "text/javascript; charset=utf-8", true},
    {".svg", "image/svg+xml", true},
    {".json", "application/json", true},
    {".txt", "text/plain; charset=utf-8", true},
    {".webmanifest", "application/manifest+json", true},
    {".html", "text/html; charset=utf-8", true},
    {".woff2", "font/woff2", false},
    {".woff", "font/woff", false},
    {".png", "image/png", false},
    {".jpg", "image/jpeg", false},
    {".ico", "image/vnd.microsoft.icon", false},
    {".mp3", "audio/mpeg", false},
    {".ogg", "audio/ogg", false},
    {".opus", "audio/ogg", false},
    {".m4a", "audio/mp4", false},
    {".wav", "audio/wav", false},
    {".pdf", "application/pdf", false},
};

Kind kind_of(std::string_view path) {
    for (const auto& kind : kinds) {
        if (path.ends_with(kind.ending)) return kind;
    }
    return {"", "application/octet-stream", false};
}

std::string digest_text(const unsigned char* digest, std::size_t bytes) {
    std::string out(bytes * 2 + 1, '\0');
    sodium_bin2hex(out.data(), out.size(), digest, bytes);
    out.pop_back();
    return out;
}

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

class Folder {
public:
    Folder() {
        constexpr std::string_view prefix = "assets/";
        crypto_generichash_state all;
        crypto_generichash_init(&all, nullptr, 0, 16);
        for (const auto& file : embedded_in("assets")) {
            const auto path = file.path.substr(prefix.size());
            Asset& asset = files_[path];
            const Kind kind = kind_of(path);
            unsigned char digest[16];
            crypto_generichash(digest, sizeof digest, bytes_of(file.bytes), file.bytes.size(),
                               nullptr, 0);
            asset.bytes = file.bytes;
            asset.type = kind.type;
            asset.is_text = kind.is_text;
            asset.etag = digest_text(digest, 8);
            crypto_generichash_update(&all, bytes_of(path), path.size());
            crypto_generichash_update(&all, digest, sizeof digest);
        }
        unsigned char digest[16];
        crypto_generichash_final(&all, digest, sizeof digest);
        hash_ = digest_text(digest, 8);
    }

    const std::string& hash() const { return hash_; }
    Asset* find(std::string_view path) {
        const auto found = files_.find(path);
        return found == files_.end() ? nullptr : &found->second;
    }

private:
    std::map<std::string_view, Asset> files_;
    std::string hash_;
};

Folder& folder() {
    static Folder all;
    return all;
}

void press(Asset& asset, std::string_view path) {
    std::call_once(asset.pressed, [&] {
        asset.whole = std::make_shared<const std::string>(asset.bytes);
        if (const auto* ready = embedded_file("assets/" + std::string(path) + ".gz")) {
            asset.zipped = std::make_shared<const std::string>(ready->bytes);
        } else if (asset.is_text && asset.bytes.size() > 512) {
            asset.zipped = std::make_shared<const std::string>(gzipped(asset.bytes, 9));
        }
    });
}

}  // namespace

std::string asset_path(std::string_view name) {
    return "/assets/" + folder().hash() + "/" + std::string(name);
}

Url asset(Markup path) {
    ENSURE(folder().find(path.text()));
    return Url::local_or(asset_path(path.text()), Url("/"));
}

std::optional<Response> static_file(const Request& request) {
    constexpr std::string_view prefix = "/assets/";
    if (!request.path.starts_with(prefix) || request.method != Method::get) return std::nullopt;
    const auto rest = std::string_view(request.path).substr(prefix.size());
    const auto slash = rest.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const auto path = rest.substr(slash + 1);
    Asset* asset = folder().find(path);
    if (!asset) return std::nullopt;

    Response out;
    out.content_type = asset->type;
    const bool is_zipped = accepts_gzip(request) && (press(*asset, path), asset->zipped);
    const std::string etag = "\"" + asset->etag + (is_zipped ? "-gz\"" : "\"");
    // An address of an older program: right today, but it won't stay so.
    const bool is_current = rest.substr(0, slash) == folder().hash();
    out.headers.emplace_back("Cache-Control", is_current ? "public, max-age=31536000, immutable"
                                                         : "no-cache");
    out.headers.emplace_back("ETag", etag);
    out.headers.emplace_back("Vary", "Accept-Encoding");
    if (request.headers.get("if-none-match").find(etag) != std::string_view::npos) {
        out.status = 304;
        return out;
    }
    press(*asset, path);
    out.body = is_zipped ? asset->zipped : asset->whole;
    if (is_zipped) out.headers.emplace_back("Content-Encoding", "gzip");
    return out;
}

}  // namespace alongside::web
