// What can be had from an address alone, without opening its database.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "sql/database.h"

namespace alongside::sql {

// Lease::take where the database is damaged, or isn't there yet, and is to be replaced.
std::unique_ptr<Lease> take_lease(const std::string& address);

// The password in "postgresql://name:password@…", decoded; empty where there is none.
std::string password_in(std::string_view address);

}  // namespace alongside::sql
