#include <stdexcept>

#include "sql/engine.h"

namespace alongside::sql {
namespace {

constexpr std::string_view sqlite_scheme = "sqlite:";

bool is_postgresql(std::string_view address) {
    return address.starts_with("postgresql://") || address.starts_with("postgres://");
}

}  // namespace

std::string without_password(std::string_view address) {
    std::string out(address);
    if (!is_postgresql(address)) return out;
    const auto host = out.find("://") + 3;
    const auto end = std::min(out.find_first_of("/?", host), out.size());
    const auto at = out.rfind('@', end);
    if (at != std::string::npos && at >= host && at < end) {
        const auto colon = out.find(':', host);
        if (colon < at) out.erase(colon, at - colon);
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

std::unique_ptr<Database> Database::open(const std::string& address, Options options) {
    if (address.starts_with(sqlite_scheme) && address.size() > sqlite_scheme.size()) {
        return open_sqlite(address.substr(sqlite_scheme.size()), options);
    }
    if (is_postgresql(address)) return open_postgresql(address, options);
    throw std::invalid_argument(
        "The database address must be sqlite:PATH, sqlite::memory: or postgresql://…");
}

}  // namespace alongside::sql
