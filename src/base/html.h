// Markup that can't be injected into: whatever isn't a literal is escaped.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace alongside {

// A piece of markup written in the source. Only a literal converts to it.
class Markup {
public:
    template <std::size_t N>
    consteval Markup(const char (&literal)[N]) : text_(literal, N - 1) {}
    constexpr std::string_view text() const { return text_; }

private:
    std::string_view text_;
};

// A path of this site with its values percent-encoded; the only thing that fits an href.
class Url {
public:
    // A literal path: Url("/board").
    explicit Url(Markup path) : text_(path.text()) {}

    // Adds `/value`, encoded.
    Url operator/(std::string_view value) const;
    // Adds `?name=value` or `&name=value`, encoded.
    Url with(Markup name, std::string_view value) const;
    // The same with a name that came from outside.
    Url with_any(std::string_view name, std::string_view value) const;
    // Adds `#fragment`.
    Url at(Markup fragment) const;
    // A path that came from outside, kept only if it is one of this site's own.
    static Url local_or(std::string_view path, const Url& otherwise);

    const std::string& text() const { return text_; }

private:
    std::string text_;
};

template <class T>
concept PlainText = std::same_as<T, std::string> || std::same_as<T, std::string_view>;
template <class T>
concept Number = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char>;

// A growing piece of HTML.
//   Html() << "<p>" << name << "</p>"      `name` is escaped, the literals are not
class Html {
public:
    Html& operator<<(Markup markup) & { return add(markup.text()); }
    Html& operator<<(const Html& inner) & { return add(inner.text_); }
    Html& operator<<(const Url& url) & { return add_escaped(url.text()); }
    Html& operator<<(const PlainText auto& text) & { return add_escaped(text); }
    Html& operator<<(Number auto number) & { return add(std::to_string(number)); }

    Html&& operator<<(Markup markup) && { return std::move(*this << markup); }
    Html&& operator<<(const Html& inner) && { return std::move(*this << inner); }
    Html&& operator<<(const Url& url) && { return std::move(*this << url); }
    Html&& operator<<(const PlainText auto& text) && { return std::move(*this << text); }
    Html&& operator<<(Number auto number) && { return std::move(*this << number); }

    // Bytes drawn by this program (a chart, a code), whose text parts it has escaped itself.
    static Html drawn_by_us(std::string svg);

    bool empty() const { return text_.empty(); }
    const std::string& text() const { return text_; }
    std::string take() && { return std::move(text_); }

private:
    Html& add(std::string_view text) { text_ += text; return *this; }
    Html& add_escaped(std::string_view text);
    std::string text_;
};

// &, <, >, " and ' as character references.
std::string escaped(std::string_view text);

}  // namespace alongside
