// The live board's parts, the asking page's and those of a peer's own page.
#include <cstdint>

#include "base/embedded.h"
#include "web/components.h"

namespace alongside::web {
namespace {

// FNV-1a, as tools/make_spoken.py counts it: names a text; guards nothing.
std::string text_hash(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    constexpr char digits[] = "0123456789abcdef";
    std::string out;
    for (int shift = 60; shift >= 0; shift -= 4) out += digits[hash >> shift & 15];
    return out;
}

}  // namespace

Html live_region(const Request& request, const Url& stream, const Html& drawing,
                 const LooksAgain& again) {
    const Tongue& say = request.tongue;
    Html still;
    if (again.seconds > 0 && !clears_after_seconds(request)) {
        still << "<meta http-equiv=\"refresh\" content=\"" << again.seconds;
        if (!again.url.empty()) still << ";url=" << again.url;
        still << "\"><p class=\"govuk-hint\">"
              << say(tr("This page looks again every {seconds} seconds.",
                        {{"seconds", std::to_string(again.seconds)}}))
              << " ";
    } else {
        still << "<p class=\"govuk-hint\">";
    }
    still << "<a class=\"govuk-link\" href=\"\">" << say(tr("Look again now")) << "</a></p>";
    const std::string lost =
        !again.lost.empty()
            ? again.lost
            : say(tr("Lost contact since {time}. What you see may be out of date. Use the phone or "
                     "radio until this line goes away.", {{"time", "{time}"}}));
    return Html() << "<div class=\"al-live-region\" id=\"al-live-region\" data-stream=\"" << stream
                  << "\"><p class=\"al-lost\" id=\"al-lost\" role=\"alert\" hidden data-lost=\""
                  << lost << "\"></p><noscript>" << still << "</noscript><div id=\"al-drawing\">"
                  << drawing << "</div></div>";
}

Html alarm(std::string_view title, Html inner) {
    return Html() << "<section class=\"al-alarm\" role=\"alert\" data-uncovers data-key=\"alarm-"
                  << title << "\"><h2 class=\"al-alarm__title\">" << title << "</h2>" << inner
                  << "</section>";
}

Html peer_rows(std::vector<PeerRow> rows) {
    Html out;
    out << "<ul class=\"al-peers\">";
    for (const auto& row : rows) {
        out << "<li class=\"al-peer\"><b class=\"al-peer__who\">" << row.who << "</b>" << row.chip;
        if (!row.below.empty()) out << "<p class=\"al-peer__below\">" << row.below << "</p>";
        if (row.action) out << "<div class=\"al-peer__action\">" << *row.action << "</div>";
        out << "</li>";
    }
    out << "</ul>";
    return out;
}

Html urgent_line(std::string_view text, std::string_view strong) {
    return Html() << "<p class=\"al-urgent\">" << text << " <strong>" << strong << "</strong></p>";
}

Html ways(std::vector<Way> list) {
    Html out;
    out << "<ul class=\"al-ways\">";
    for (const auto& way : list) {
        out << "<li><a href=\"" << way.url << "\">" << way.text << "</a></li>";
    }
    out << "</ul>";
    return out;
}

Html spoken(const Tongue& say, std::string_view name, std::string_view text) {
    const std::string path = "spoken/" + std::string(say.tag()) + "/" + std::string(name) + "-" +
                             text_hash(text) + ".opus";
    if (!embedded_file("assets/" + path)) return {};
    return Html() << "<figure class=\"al-spoken\"><figcaption>" << say(tr("Read this to me"))
                  << "</figcaption><audio controls preload=\"none\" src=\"" << asset_path(path)
                  << "\" aria-label=\""
                  << say(tr("Read aloud: {text}", {{"text", std::string(text)}}))
                  << "\"></audio></figure>";
}

Html listen(const Tongue& say, Html recordings) {
    if (recordings.empty()) return {};
    return Html() << "<details class=\"al-listen\"><summary>" << say(tr("Read this to me"))
                  << "</summary>" << recordings << "</details>";
}

Html clears_itself(const Tongue& say, int seconds, const Url& home) {
    return Html() << "<dialog class=\"al-more-time\" id=\"al-more-time\" "
                     "aria-labelledby=\"al-more-time-title\" data-after-seconds=\""
                  << seconds << "\" data-home=\"" << home << "\" data-away=\""
                  << say(tr("This screen has no contact just now. If you need somebody, tell any "
                            "officer, or press the bell where there is one."))
                  << "\"><h2 class=\"govuk-heading-l\" id=\"al-more-time-title\">"
                  << say(tr("Do you need more time?")) << "</h2><p class=\"govuk-body-l\">"
                  << say(tr("This screen clears itself soon, so that nobody else sees it. A "
                            "request that you have sent stays."))
                  << "</p><button type=\"button\" class=\"govuk-button al-button al-button--big\" "
                     "id=\"al-more-time-yes\">"
                  << say(tr("Yes, more time")) << "</button></dialog>";
}

Html call_panel(Call call) {
    Html out;
    out << "<section class=\"al-call\"><h2 class=\"al-call__title\">" << call.title << "</h2>";
    for (const auto& line : call.lines) out << "<p class=\"al-call__line\">" << line << "</p>";
    out << "<div class=\"al-call__yes\">" << call.yes << "</div><div class=\"al-call__no\">"
        << call.no << "</div></section>";
    return out;
}

Html row_links(std::vector<RowLink> list) {
    Html out;
    out << "<ul class=\"al-row-links\">";
    for (const auto& row : list) {
        out << "<li><a href=\"" << row.url << "\"><b>" << row.text << "</b><span>" << row.now
            << "</span></a></li>";
    }
    out << "</ul>";
    return out;
}

}  // namespace alongside::web
