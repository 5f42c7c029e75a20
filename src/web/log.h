// One JSON object a line. Never a name, a number, an address or a path: only what is listed.
#pragma once

#include <initializer_list>
#include <string_view>
#include <variant>

namespace alongside::web {

// Lines go to standard error, each one JSON object. Everything must be logged by log_event().
void log_as_json_lines();

enum class Loudness { debug, info, warning, error };
struct LogField {
    std::string_view name;
    std::variant<std::string_view, long long, double> value;
};
// {"at":"2026-11-21T03:14:05.123Z","level":"info","event":"request","status":200}
void log_event(Loudness loudness, std::string_view event, std::initializer_list<LogField> fields);

}  // namespace alongside::web
