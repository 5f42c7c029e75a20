#include "web/parse.h"

#include <algorithm>
#include <cstdint>

#include "base/json.h"

namespace alongside::web {
namespace {

constexpr std::size_t max_fields = 1000;
constexpr std::size_t max_parts = 200;

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lowered(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), lower);
    return out;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

// The length of the UTF-8 sequence that starts here, 0 if it is malformed (RFC 3629).
std::size_t sequence_length(std::string_view text) {
    const auto at = [&](std::size_t i) -> unsigned {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
    };
    const auto follows = [&](std::size_t i) { return (at(i) & 0xC0u) == 0x80u; };
    const unsigned first = at(0);
    if (first < 0x80) return first == 0 ? 0 : 1;
    if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        if (!follows(1) || !follows(2)) return 0;
        if (first == 0xE0 && at(1) < 0xA0) return 0;
        if (first == 0xED && at(1) > 0x9F) return 0;
        return 3;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        if (!follows(1) || !follows(2) || !follows(3)) return 0;
        if (first == 0xF0 && at(1) < 0x90) return 0;
        if (first == 0xF4 && at(1) > 0x8F) return 0;
        return 4;
    }
    return 0;
}

std::optional<std::string> decoded(std::string_view text, bool plus_is_space) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%') {
            const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
            const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
            if (high < 0 || low < 0) return std::nullopt;
            out += static_cast<char>(high << 4 | low);
            i += 2;
        } else {
            out += plus_is_space && text[i] == '+' ? ' ' : text[i];
        }
    }
    if (!is_utf8(out)) return std::nullopt;
    return out;
}

// Of the well-formed UTF-8 that the text begins with.
std::size_t well_formed_length(std::string_view text) {
    std::size_t good = 0;
    while (good < text.size()) {
        const auto length = sequence_length(text.substr(good));
        if (length == 0) break;
        good += length;
    }
    return good;
}

// All from 1, as editors count; columns in bytes, too.
std::string place_in(std::string_view text, std::size_t at) {
    const auto before = text.substr(0, at);
    const auto line = 1 + std::ranges::count(before, '\n');
    const auto column = before.size() - (before.rfind('\n') + 1);      // npos + 1 is 0
    return "line " + std::to_string(line) + ", column " + std::to_string(column + 1) +
           " (byte " + std::to_string(at + 1) + ")";
}

}  // namespace

bool is_utf8(std::string_view text) { return well_formed_length(text) == text.size(); }

bool has_no_controls(std::string_view text, bool lines) {
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (lines && (c == '\n' || c == '\r' || c == '\t')) continue;
        if (byte < 0x20 || byte == 0x7F) return false;
    }
    return true;
}

std::optional<std::string> percent_decoded(std::string_view text) { return decoded(text, false); }

std::optional<Target> parse_target(std::string_view target) {
    target = target.substr(0, target.find('#'));
    const auto mark = target.find('?');
    const auto path = target.substr(0, mark);
    if (!path.starts_with('/') || path.find('\\') != std::string_view::npos) return std::nullopt;
    for (std::size_t from = 1; from <= path.size();) {
        const auto end = std::min(path.find('/', from), path.size());
        const auto segment = percent_decoded(path.substr(from, end - from));
        if (!segment || *segment == "." || *segment == ".." || !has_no_controls(*segment) ||
            segment->find('\\') != std::string::npos) {
            return std::nullopt;
        }
        from = end + 1;
    }
    Target out;
    out.path = path;
    if (mark != std::string_view::npos) {
        auto query = parse_urlencoded(target.substr(mark + 1));
        if (!query) return std::nullopt;
        out.query = std::move(*query);
    }
    return out;
}

std::optional<Fields> parse_urlencoded(std::string_view text) {
    Fields out;
    while (!text.empty()) {
        const auto end = std::min(text.find('&'), text.size());
        const auto pair = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (pair.empty()) continue;
        if (out.list().size() >= max_fields) return std::nullopt;
        const auto equals = pair.find('=');
        auto name = decoded(pair.substr(0, equals), true);
        auto value = equals == std::string_view::npos ? std::optional<std::string>("")
                                                      : decoded(pair.substr(equals + 1), true);
        if (!name || !value) return std::nullopt;
        out.add(std::move(*name), std::move(*value));
    }
    return out;
}

Fields parse_cookies(std::string_view header) {
    Fields out;
    while (!header.empty() && out.list().size() < 100) {
        const auto end = std::min(header.find(';'), header.size());
        const auto pair = trimmed(header.substr(0, end));
        header.remove_prefix(std::min(end + 1, header.size()));
        const auto equals = pair.find('=');
        if (equals == std::string_view::npos || equals == 0) continue;
        auto value = pair.substr(equals + 1);
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
            value = value.substr(1, value.size() - 2);
        }
        if (!is_utf8(pair) || !has_no_controls(pair)) continue;
        out.add(std::string(pair.substr(0, equals)), std::string(value));
    }
    return out;
}

std::string media_type(std::string_view content_type) {
    return lowered(trimmed(content_type.substr(0, content_type.find(';'))));
}

std::string header_parameter(std::string_view header, std::string_view name) {
    std::size_t at = header.find(';');
    while (at != std::string_view::npos && at < header.size()) {
        std::size_t i = at + 1;
        while (i < header.size() && (header[i] == ' ' || header[i] == '\t')) ++i;
        const auto equals = header.find_first_of("=;", i);
        if (equals == std::string_view::npos) return {};
        if (header[equals] == ';') {
            at = equals;
            continue;
        }
        const auto key = lowered(trimmed(header.substr(i, equals - i)));
        std::string value;
        i = equals + 1;
        if (i < header.size() && header[i] == '"') {
            for (++i; i < header.size() && header[i] != '"'; ++i) {
                if (header[i] == '\\' && i + 1 < header.size()) ++i;
                value += header[i];
            }
            at = header.find(';', i);
        } else {
            at = header.find(';', i);
            value = trimmed(header.substr(i, at == std::string_view::npos ? at : at - i));
        }
        if (key == name) return value;
    }
    return {};
}

namespace {

// One part between two boundaries: headers, an empty line, content.
bool add_part(std::string_view part, Multipart& out) {
    std::string_view disposition;
    std::string type = "text/plain";
    while (true) {
        const auto end = part.find("\r\n");
        if (end == std::string_view::npos) return false;
        const auto line = part.substr(0, end);
        part.remove_prefix(end + 2);
        if (line.empty()) break;
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) return false;
        const auto name = lowered(line.substr(0, colon));
        if (name == "content-disposition") disposition = trimmed(line.substr(colon + 1));
        if (name == "content-type") type = media_type(line.substr(colon + 1));
    }
    if (media_type(disposition) != "form-data") return false;
    auto name = header_parameter(disposition, "name");
    if (name.empty() || !is_utf8(name) || !has_no_controls(name)) return false;
    const bool is_file = disposition.find("filename") != std::string_view::npos;
    if (!is_file) {
        if (!is_utf8(part)) return false;
        out.fields.add(std::move(name), std::string(part));
        return true;
    }
    auto file_name = header_parameter(disposition, "filename");
    if (!is_utf8(file_name) || !has_no_controls(file_name)) return false;
    file_name.erase(0, file_name.find_last_of("/\\") + 1);  // some browsers send whole paths
    out.files.push_back({std::move(name), std::move(file_name), std::move(type),
                         std::string(part)});
    return true;
}

}  // namespace

std::optional<Multipart> parse_multipart(std::string_view content_type, std::string_view body) {
    const auto boundary = header_parameter(content_type, "boundary");
    if (boundary.empty() || boundary.size() > 70) return std::nullopt;
    const std::string first = "--" + boundary;
    const std::string next = "\r\n" + first;
    if (!body.starts_with(first)) return std::nullopt;
    body.remove_prefix(first.size());
    Multipart out;
    for (std::size_t parts = 0; parts <= max_parts; ++parts) {
        if (body.starts_with("--")) return out;
        if (!body.starts_with("\r\n")) return std::nullopt;
        body.remove_prefix(2);
        const auto end = body.find(next);
        if (end == std::string_view::npos) return std::nullopt;
        if (!add_part(body.substr(0, end), out)) return std::nullopt;
        body.remove_prefix(end + next.size());
    }
    return std::nullopt;
}

std::optional<boost::json::value> parse_json(std::string_view text) {
    if (!is_utf8(text)) return std::nullopt;
    auto read = read_json(text);
    if (!read) return std::nullopt;
    return *std::move(read);
}

std::string json_trouble(std::string_view text) {
    const auto good = well_formed_length(text);
    if (good < text.size()) return "The body isn't UTF-8 at " + place_in(text, good);
    const auto trouble = read_json(text).error();
    return (trouble.is_cut_short ? "The JSON ends too soon, at " + place_in(text, trouble.at)
                                 : "The JSON breaks at " + place_in(text, trouble.at) + ": " +
                                       trouble.what);
}

bool is_json(std::string_view type) {
    return type == "application/json" || type.ends_with("+json");
}

std::optional<int> parse_body(Request& request) {
    const std::string_view header = request.headers.get("content-type");
    if (request.body.empty()) return std::nullopt;
    const auto type = media_type(header);
    if (type == "application/x-www-form-urlencoded") {
        auto form = parse_urlencoded(request.body);
        if (!form) return 400;
        request.form = std::move(*form);
        request.form.each_once();
    } else if (type == "multipart/form-data") {
        auto parts = parse_multipart(header, request.body);
        if (!parts) return 400;
        request.form = std::move(parts->fields);
        request.form.each_once();
        request.files = std::move(parts->files);
    } else if (is_json(type)) {
        request.json = parse_json(request.body);
        if (!request.json) return 400;
    } else if (type.empty() || type == "text/plain") {
        return 415;  // what a form of another site could send without asking
    }
    return std::nullopt;
}

}  // namespace alongside::web
