// What a key is made into, and answers that only the key can open.
#pragma once

#include <array>
#include <optional>

#include "sql/values.h"
#include "web/http.h"

namespace alongside::web {

// From prison, actor and key, by BLAKE2b: one half names the row, the other opens it. Neither can
// be had from the other.
struct KeyDigests {
    sql::Bytes row;                              // 32 bytes
    std::array<std::uint8_t, 32> secret{};
};
KeyDigests digests_of(const Request& request);

// Of method, path, query and content, keyed by the secret: who guesses a name can't check it. Form
// tokens and the key itself don't count, nor where a browser put its multipart boundaries.
sql::Bytes content_digest(const Request& request, const KeyDigests& key);

// Status, Location and, for JSON of at most 4 KiB, the body, by XChaCha20-Poly1305.
sql::Bytes seal(const Response& response, const KeyDigests& key, Entropy& entropy);
struct Unsealed {
    Response response;
    bool is_whole = false;     // false: the body wasn't kept
};
// Nothing if it isn't what seal() made with this key.
std::optional<Unsealed> unseal(const sql::Bytes& sealed, const KeyDigests& key);

}  // namespace alongside::web
