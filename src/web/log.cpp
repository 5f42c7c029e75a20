#include "web/log.h"

#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <iterator>
#include <memory>

namespace alongside::web {
namespace {

spdlog::level::level_enum level_of(Loudness loudness) {
    switch (loudness) {
        case Loudness::debug: return spdlog::level::debug;
        case Loudness::info: return spdlog::level::info;
        case Loudness::warning: return spdlog::level::warn;
        case Loudness::error: return spdlog::level::err;
    }
    return spdlog::level::err;
}

std::string_view word(Loudness loudness) {
    switch (loudness) {
        case Loudness::debug: return "debug";
        case Loudness::info: return "info";
        case Loudness::warning: return "warning";
        case Loudness::error: return "error";
    }
    return "";
}

using Line = fmt::memory_buffer;

void append_quoted(Line& line, std::string_view text) {
    line.push_back('"');
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') line.push_back('\\');
        if (byte < 0x20 || byte == 0x7f) {
            fmt::format_to(std::back_inserter(line), "\\u{:04x}", byte);
        } else {
            line.push_back(c);
        }
    }
    line.push_back('"');
}

}  // namespace

void log_as_json_lines() {
    auto logger = std::make_shared<spdlog::logger>(
        "alongside", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    // The sink's own clock; the rest is written by log_event().
    logger->set_pattern(R"({"at":"%Y-%m-%dT%H:%M:%S.%eZ",%v})", spdlog::pattern_time_type::utc);
    spdlog::set_default_logger(std::move(logger));
}

void log_event(Loudness loudness, std::string_view event,
               std::initializer_list<LogField> fields) {
    auto* logger = spdlog::default_logger_raw();
    if (!logger->should_log(level_of(loudness))) return;
    Line line;
    auto out = std::back_inserter(line);
    fmt::format_to(out, "\"level\":\"{}\",\"event\":", word(loudness));
    append_quoted(line, event);
    for (const auto& field : fields) {
        line.push_back(',');
        append_quoted(line, field.name);
        line.push_back(':');
        if (const auto* text = std::get_if<std::string_view>(&field.value)) {
            append_quoted(line, *text);
        } else if (const auto* number = std::get_if<long long>(&field.value)) {
            fmt::format_to(out, "{}", *number);
        } else {
            fmt::format_to(out, "{:.3f}", std::get<double>(field.value));
        }
    }
    logger->log(level_of(loudness), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace alongside::web
