#include "sql/engine.h"
namespace alongside::sql {
std::unique_ptr<Database> open_postgresql(const std::string&, const Options&) {
    throw Fault(Fault::Kind::unreachable, "This program was built without PostgreSQL.");
}
}  // namespace alongside::sql
