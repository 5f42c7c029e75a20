#include "web/wire.h"

#include <array>
#include <charconv>
#include <chrono>

#include "web/gzip.h"

namespace alongside::web {
namespace {

constexpr std::size_t worth_compressing = 1400;   // what fits into one packet isn't

// No script, style or frame but this site's own; no referrer; nothing of the device.
constexpr std::string_view guards =
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; font-src 'self'; media-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Permissions-Policy: accelerometer=(), autoplay=(self), camera=(), display-capture=(), "
    "geolocation=(), gyroscope=(), microphone=(), midi=(), payment=(), usb=()\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n";
constexpr std::string_view only_by_tls = "Strict-Transport-Security: max-age=31536000\r\n";

std::string_view reason(int status) {
    switch (status) {
        case 200: return "OK";
        case 201: return "Created";
        case 202: return "Accepted";
        case 204: return "No Content";
        case 303: return "See Other";
        case 304: return "Not Modified";
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 408: return "Request Timeout";
        case 409: return "Conflict";
        case 411: return "Length Required";
        case 413: return "Content Too Large";
        case 415: return "Unsupported Media Type";
        case 422: return "Unprocessable Content";
        case 429: return "Too Many Requests";
        case 431: return "Request Header Fields Too Large";
        case 500: return "Internal Server Error";
        case 501: return "Not Understood";
        case 503: return "Service Unavailable";
        case 505: return "HTTP Version Not Supported";
        case 507: return "Insufficient Storage";
        default: return "Answer";
    }
}

void append_number(std::string& out, std::size_t number) {
    std::array<char, 20> digits{};
    const auto [end, trouble] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    (void)trouble;
    out.append(digits.data(), end);
}

// "Date: Sat, 21 Nov 2026 03:14:05 GMT", made once a second on each thread.
void append_date(std::string& out, Instant now) {
    thread_local std::int64_t made_at = -1;
    thread_local std::string made;
    const auto second = std::chrono::floor<std::chrono::seconds>(now);
    if (second.time_since_epoch().count() != made_at) {
        static constexpr const char* week[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
        static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
        const auto days = std::chrono::floor<std::chrono::days>(second);
        const Day day{days};
        const std::chrono::hh_mm_ss time{second - days};
        std::array<char, 64> text{};
        std::snprintf(text.data(), text.size(), "Date: %s, %02u %s %04d %02d:%02d:%02d GMT\r\n",
                      week[std::chrono::weekday(days).c_encoding()],
                      static_cast<unsigned>(day.day()),
                      months[static_cast<unsigned>(day.month()) - 1],
                      static_cast<int>(day.year()), static_cast<int>(time.hours().count()),
                      static_cast<int>(time.minutes().count()),
                      static_cast<int>(time.seconds().count()));
        made = text.data();
        made_at = second.time_since_epoch().count();
    }
    out += made;
}

// A line break in a value would begin a header of its own.
void append_header(std::string& out, std::string_view name, std::string_view value) {
    out += name;
    out += ": ";
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        out += (byte < 0x20 && c != '\t') || byte == 0x7F ? ' ' : c;
    }
    out += "\r\n";
}

bool has(const Response& response, std::string_view name) {
    for (const auto& header : response.headers) {
        if (header.first == name) return true;
    }
    return false;
}

bool is_text(std::string_view content_type) {
    return content_type.starts_with("text/") || content_type.starts_with("application/json") ||
           content_type.starts_with("image/svg");
}

std::string begin_head(const Response& response, bool is_secure, Instant now) {
    std::string head;
    head.reserve(1280);
    head += "HTTP/1.1 ";
    append_number(head, static_cast<std::size_t>(response.status));
    head += ' ';
    head += reason(response.status);
    head += "\r\n";
    append_date(head, now);
    head += guards;
    if (is_secure) head += only_by_tls;
    for (const auto& [name, value] : response.headers) append_header(head, name, value);
    return head;
}

void compress(const Request& request, Response& response) {
    if (response.body->size() <= worth_compressing || has(response, "Content-Encoding")) return;
    if (!is_text(response.content_type)) return;
    response.headers.emplace_back("Vary", "Accept-Encoding");
    if (!accepts_gzip(request)) return;
    constexpr int quick = 1;
    response.body = std::make_shared<const std::string>(gzipped(*response.body, quick));
    response.headers.emplace_back("Content-Encoding", "gzip");
}

}  // namespace

Wire to_wire(const Request& request, Response response, const HowToSend& how, Instant now) {
    if (how.may_compress) compress(request, response);
    Wire out;
    out.head = begin_head(response, how.is_secure, now);
    if (!has(response, "Cache-Control")) out.head += "Cache-Control: no-store\r\n";
    const bool never_has_body = response.status == 304 || response.status == 204;
    if (!never_has_body) {
        append_header(out.head, "Content-Type", response.content_type);
        out.head += "Content-Length: ";
        append_number(out.head, response.body->size());
        out.head += "\r\n";
    }
    out.head += how.keep_open ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
    if (!never_has_body && !how.is_head) out.body = std::move(response.body);
    return out;
}

std::string stream_head(const Response& response, bool is_secure, Instant now) {
    auto head = begin_head(response, is_secure, now);
    // A proxy that collects an answer before it sends it on would hold the stream back.
    head += "Content-Type: text/event-stream\r\nCache-Control: no-store\r\n"
            "X-Accel-Buffering: no\r\nConnection: close\r\n\r\n";
    return head;
}

}  // namespace alongside::web
