#include "base/html.h"

namespace alongside {
namespace {

void escape_into(std::string& out, std::string_view text) {
    for (const char c : text) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            case '\'': out += "&#39;"; break;
            default: out += c;
        }
    }
}

void percent_encode_into(std::string& out, std::string_view text) {
    constexpr char hex[] = "0123456789ABCDEF";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                           (byte >= 'a' && byte <= 'z') || byte == '-' || byte == '_' ||
                           byte == '.' || byte == '~';
        if (plain) {
            out += c;
        } else {
            out += '%';
            out += hex[byte >> 4];
            out += hex[byte & 15];
        }
    }
}

}  // namespace

Url Url::operator/(std::string_view value) const {
    Url out = *this;
    out.text_ += '/';
    percent_encode_into(out.text_, value);
    return out;
}

Url Url::with(Markup name, std::string_view value) const { return with_any(name.text(), value); }

Url Url::with_any(std::string_view name, std::string_view value) const {
    Url out = *this;
    const bool has_query = text_.find('?') != std::string::npos;
    out.text_ += has_query ? '&' : '?';
    percent_encode_into(out.text_, name);
    out.text_ += '=';
    percent_encode_into(out.text_, value);
    return out;
}

Url Url::at(Markup fragment) const {
    Url out = *this;
    out.text_ += '#';
    out.text_ += fragment.text();
    return out;
}

Url Url::local_or(std::string_view path, const Url& otherwise) {
    const bool local = path.size() >= 1 && path[0] == '/' &&
                       (path.size() == 1 || (path[1] != '/' && path[1] != '\\'));
    for (const char c : path) {
        if (static_cast<unsigned char>(c) <= ' ' || c == '\\' || c == 127) return otherwise;
    }
    if (!local) return otherwise;
    Url out("");
    out.text_ = path;
    return out;
}

Html Html::drawn_by_us(std::string svg) {
    Html out;
    out.text_ = std::move(svg);
    return out;
}

Html& Html::add_escaped(std::string_view text) {
    escape_into(text_, text);
    return *this;
}

std::string escaped(std::string_view text) {
    std::string out;
    escape_into(out, text);
    return out;
}

}  // namespace alongside
