// A lease kept as a locked file: the kernel lets go of it when its holder ends, however it ends.
#pragma once

#include <memory>
#include <string>

#include "sql/database.h"

namespace alongside::sql {

// Locks PATH.lease and writes host and process into it. An empty path: a database that nobody else
// can reach needs no lock.
std::unique_ptr<Lease> take_file_lease(const std::string& path);

// "HOST process PID", as holders are named.
std::string this_process();

}  // namespace alongside::sql
