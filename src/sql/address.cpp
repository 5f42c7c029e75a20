#include "sql/address.h"

#include <charconv>
#include <stdexcept>

#include "sql/engine.h"
#include "sql/file_lease.h"

namespace alongside::sql {
namespace {

constexpr std::string_view sqlite_scheme = "sqlite:";

bool is_postgresql(std::string_view address) {
    return address.starts_with("postgresql://") || address.starts_with("postgres://");
}

// Where ":password" stands in front of the host: from its colon, to the @ after it.
struct Place {
    std::size_t colon, at;
};
std::optional<Place> place_of_password(std::string_view address) {
    if (!is_postgresql(address)) return std::nullopt;
    const auto host = address.find("://") + 3;
    const auto end = std::min(address.find_first_of("/?", host), address.size());
    const auto at = address.rfind('@', end);
    if (at == std::string_view::npos || at < host || at >= end) return std::nullopt;
    const auto colon = address.find(':', host);
    if (colon >= at) return std::nullopt;
    return Place{colon, at};
}

std::string decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned char byte = 0;
        const char* digits = text.data() + i + 1;
        const bool is_escape = text[i] == '%' && i + 2 < text.size() &&
                               std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2;
        out += is_escape ? static_cast<char>(byte) : text[i];
        if (is_escape) i += 2;
    }
    return out;
}

}  // namespace

std::string without_password(std::string_view address) {
    std::string out(address);
    if (!is_postgresql(address)) return out;
    if (const auto place = place_of_password(address)) {
        out.erase(place->colon, place->at - place->colon);
    }
    for (const std::string_view name : {"?password=", "&password=", "?sslpassword=",
                                        "&sslpassword="}) {
        const auto found = out.find(name);
        if (found == std::string::npos) continue;
        const auto value = found + name.size();
        out.replace(value, std::min(out.find('&', value), out.size()) - value, "***");
    }
    return out;
}

std::string password_in(std::string_view address) {
    const auto place = place_of_password(address);
    if (!place) return {};
    return decoded(address.substr(place->colon + 1, place->at - place->colon - 1));
}

std::unique_ptr<Lease> take_lease(const std::string& address) {
    if (is_postgresql(address)) return take_postgresql_lease(address);
    return take_file_lease(address.starts_with(sqlite_scheme) ? address.substr(sqlite_scheme.size())
                                                              : address);
}

std::unique_ptr<Database> Database::open(const std::string& address, Options options) {
    if (address.starts_with(sqlite_scheme) && address.size() > sqlite_scheme.size()) {
        return open_sqlite(address.substr(sqlite_scheme.size()), options);
    }
    if (is_postgresql(address)) return open_postgresql(address, options);
    throw std::invalid_argument(
        "The database address must be sqlite:PATH, sqlite::memory: or postgresql://…");
}

}  // namespace alongside::sql
