#include "rota/feeds.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace alongside::rota::feeds {
namespace {

constexpr std::size_t longest_line = 75;    // octets, without the line break (RFC 5545, 3.1)

// Lines as they travel: folded, never inside of a character, each ended by CR LF.
class Lines {
public:
    void add(std::string_view line) {
        std::size_t room = longest_line;
        while (line.size() > room) {
            std::size_t cut = room;
            while (cut > 0 && (static_cast<unsigned char>(line[cut]) & 0xc0U) == 0x80U) --cut;
            if (cut == 0) cut = room;       // not UTF-8: anywhere will do
            out_.append(line.substr(0, cut)).append("\r\n ");
            line.remove_prefix(cut);
            room = longest_line - 1;        // the space counts
        }
        out_.append(line).append("\r\n");
    }
    std::string take() && { return std::move(out_); }

private:
    std::string out_;
};

// A TEXT value (RFC 5545, 3.3.11). Control characters have no place in one.
std::string text_value(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\n') out += "\\n";
        else if (byte < 0x20 || byte == 0x7f) continue;
        else if (c == '\\' || c == ';' || c == ',') (out += '\\') += c;
        else out += c;
    }
    return out;
}

// "20261121T220000Z".
std::string utc(Instant at) {
    const auto second = std::chrono::floor<std::chrono::seconds>(at);
    const auto days = std::chrono::floor<std::chrono::days>(second);
    const Day day{days};
    const std::chrono::hh_mm_ss time{second - days};
    return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", static_cast<int>(day.year()),
                       static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()),
                       time.hours().count(), time.minutes().count(), time.seconds().count());
}

void add_event(Lines& lines, const Event& event) {
    lines.add("BEGIN:VEVENT");
    lines.add("UID:" + event.uid);
    // Without METHOD the stamp is when this was last changed (RFC 5545, 3.8.7.2), not when it was
    // read: what hasn't changed reads the same.
    lines.add("DTSTAMP:" + utc(event.revised_at));
    lines.add("LAST-MODIFIED:" + utc(event.revised_at));
    lines.add(fmt::format("SEQUENCE:{}", event.revision));
    lines.add("DTSTART:" + utc(event.from));
    lines.add("DTEND:" + utc(std::max(event.to, event.from + std::chrono::seconds(1))));
    lines.add("SUMMARY:" + text_value(event.summary));
    if (!event.description.empty()) lines.add("DESCRIPTION:" + text_value(event.description));
    lines.add(event.is_cancelled ? "STATUS:CANCELLED" : "STATUS:CONFIRMED");
    lines.add(event.is_busy && !event.is_cancelled ? "TRANSP:OPAQUE" : "TRANSP:TRANSPARENT");
    lines.add("CLASS:PRIVATE");
    lines.add("END:VEVENT");
}

// A calendar holds one component at least (RFC 5545, 3.6), also where nothing is planned.
void add_time_zone(Lines& lines) {
    for (const char* line : {"BEGIN:VTIMEZONE", "TZID:Etc/UTC", "BEGIN:STANDARD",
                             "DTSTART:19700101T000000", "TZOFFSETFROM:+0000", "TZOFFSETTO:+0000",
                             "TZNAME:UTC", "END:STANDARD", "END:VTIMEZONE"}) {
        lines.add(line);
    }
}

// The same stretch has the same name in every feed and at every reading.
std::string uid_of(const Turn& turn) {
    const std::string what = turn.person_id.text() + " " + turn.shift_id.text() + " " +
                             std::to_string(epoch_ms(turn.from));
    return tag_of(what);
}

std::string gap_lines(const Tongue& say, const Zone& zone, const std::vector<Gap>& gaps) {
    std::string out;
    for (const auto& gap : gaps) {
        out += "\n" + say(trn("Gap {from} to {to}: {count} person short",
                              "Gap {from} to {to}: {count} people short", gap.short_by,
                              {{"from", clock_time(zone, gap.from)},
                               {"to", clock_time(zone, gap.to)}}));
    }
    return out;
}

}  // namespace

std::string text_of(const Calendar& calendar) {
    Lines lines;
    lines.add("BEGIN:VCALENDAR");
    lines.add("VERSION:2.0");
    lines.add("PRODID:-//Alongside//Rota//" +
              std::string(calendar.language.starts_with("fr") ? "FR" : "EN"));
    lines.add("CALSCALE:GREGORIAN");
    lines.add("NAME:" + text_value(calendar.name));             // RFC 7986, and what came before it
    lines.add("X-WR-CALNAME:" + text_value(calendar.name));
    lines.add("REFRESH-INTERVAL;VALUE=DURATION:PT1H");
    lines.add("X-PUBLISHED-TTL:PT1H");
    if (calendar.events.empty()) add_time_zone(lines);
    for (const auto& event : calendar.events) add_event(lines, event);
    lines.add("END:VCALENDAR");
    return std::move(lines).take();
}

std::string tag_of(std::string_view text) {
    std::array<std::uint8_t, 16> digest{};
    crypto_generichash(digest.data(), digest.size(),
                       reinterpret_cast<const unsigned char*>(text.data()), text.size(), nullptr,
                       0);
    return Uuid::from_digest(digest).text();
}

Event event_of(const Tongue& say, const Turn& turn) {
    Event out;
    out.uid = uid_of(turn);
    out.is_cancelled = turn.is_shift_cancelled || turn.until <= turn.from;
    out.from = turn.from;
    out.to = turn.until <= turn.from ? turn.ends_at : turn.until;
    out.summary = out.is_cancelled ? say(tr("Cancelled: {shift}", {{"shift", turn.shift}}))
                                   : say(tr("On call: {shift}", {{"shift", turn.shift}}));
    out.revision = turn.revision;
    out.revised_at = turn.revised_at;
    out.is_busy = true;
    return out;
}

Event event_of(const Tongue& say, const Zone& zone, const Staffed& shift) {
    const auto& facts = shift.facts;
    Event out;
    out.uid = facts.shift_id.text();
    out.from = facts.from;
    out.to = facts.to;
    out.revision = shift.revision;
    out.revised_at = shift.revised_at;
    out.is_cancelled = shift.is_cancelled;
    const std::string name = shift.scheme.empty() ? facts.name : shift.scheme + ", " + facts.name;
    if (shift.is_cancelled) {
        out.summary = say(tr("Cancelled: {shift}", {{"shift", name}}));
        return out;
    }
    const auto gaps = rules::gaps_of(facts, {}, facts.from, facts.to);
    const std::string on = std::to_string(rules::fewest_on(facts));
    const std::string needed = std::to_string(facts.needed);
    out.summary = say(gaps.empty() ? tr("{shift}: {on} of {needed} on",
                                        {{"shift", name}, {"on", on}, {"needed", needed}})
                                   : tr("{shift}: {on} of {needed} on, gap",
                                        {{"shift", name}, {"on", on}, {"needed", needed}}));
    out.description = say(tr("Wanted: {needed}. On: {on}.", {{"needed", needed}, {"on", on}})) +
                      gap_lines(say, zone, gaps);
    return out;
}

}  // namespace alongside::rota::feeds
