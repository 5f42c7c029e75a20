// GOV.UK and MOJ components, and a few of our own, as functions. All of them are shown at
// /components in the demo. Every text is escaped; ids and names are literals or our own.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/html.h"
#include "base/words.h"
#include "nouns/viewer.h"
#include "web/forms.h"
#include "web/http.h"

namespace alongside::web {

// ---- the page -------------------------------------------------------------------------------
struct NavItem {
    std::string text;
    Url url;
    bool is_current = false;
};
struct PageOptions {
    std::string title;                       // "Board"; the product's name is added
    std::vector<NavItem> navigation;         // empty: what the viewer's roles lead to
    bool is_dark = false;                    // the asking page at night
    bool is_bare = false;                    // no navigation: kiosk and in-cell screens
    bool is_wide = true;
    Minutes covers_after{0};                 // boards: without a person; 0: they are not covered
    std::string live_status;                 // text of the live light; empty: none
    std::string live_zone;                   // IANA zone of the clock on it
    std::optional<Html> before_main;         // back link, breadcrumbs
};
// A whole document: skip link, header, main, footer with language and sign-out, the strict head.
Response page(const Request& request, PageOptions options, Html main, int status = 200);
// Where the main navigation may lead this viewer: only to what they may open.
std::vector<NavItem> navigation_for(const Request& request);
// "/assets/<hash>/look.css": the address changes when a file does, so browsers may keep it for
// good. See assets.h.
std::string asset_path(std::string_view name);

// ---- laying out -------------------------------------------------------------------------------
// The page's one h1 with its one action beside it.
Html head_row(std::string_view title, std::optional<Html> action = {});
Html two_columns(Html main_part, Html side_part);                    // one column on narrow screens

// ---- text -----------------------------------------------------------------------------------
Html heading(int level, std::string_view text, Markup size = "l");   // xl l m s
Html paragraph(std::string_view text);
Html hint_text(std::string_view text);
Html link(std::string_view text, const Url& url);
Html back_link(const Tongue& say, const Url& url);
Html inset(Html inner);
Html warning(const Tongue& say, std::string_view text);
Html note(std::string_view title, Html inner);                       // sand-coloured box
Html details(std::string_view summary, Html inner);
Html panel(std::string_view title, Html inner);                      // green confirmation
Html banner(const Tongue& say, std::string_view text, bool is_success = false);
Html visually_hidden(std::string_view text);
// The same words; those with a digit and a hyphen ("9-8-8", "M-4-001") don't break over lines.
Html unbroken(std::string_view text);
enum class Tone { teal, ready, with, rest, gap, off };
Html chip(std::string_view text, Tone tone);                         // a state: word, colour, shape
Html empty_state(std::string_view text, std::optional<Html> next_step = {});

// ---- doing ----------------------------------------------------------------------------------
enum class Weight { primary, secondary, warning, big };
Html button_link(std::string_view text, const Url& url, Weight weight = Weight::primary);
// A form of its own with a CSRF token and a fresh `once`, holding hidden values and one button.
struct Hidden {
    std::string name, value;
};
Html button_form(const Request& request, const Url& action, std::string_view text,
                 Weight weight = Weight::primary, std::vector<Hidden> hidden = {});
// A form with fields; shows the error summary's anchors. `inner` holds the fields and the button.
Html form(const Request& request, const Url& action, Html inner, bool takes_files = false);
Html submit(std::string_view text, Weight weight = Weight::primary);
// A button for a live view, which is drawn once for everybody and so can hold nobody's token: it
// submits the form that page() puts outside of the view (`value` travels as `name`). Never put
// form() or button_form() into a live view.
Html shared_button(std::string_view text, const Url& action, Weight weight = Weight::primary,
                   Markup name = "choice", std::string_view value = "");

// ---- fields: label, hint, error beside the field, what was typed before -----------------------
struct Field {
    std::string name;
    std::string label;
    std::string hint;
    std::string value;
    const FieldErrors* errors = nullptr;     // of the whole form
    bool is_page_heading = false;
};
struct Choice {
    std::string value;
    std::string text;
    std::string hint;
    bool is_chosen = false;
};
Html error_summary(const Request& request, const FieldErrors& errors);  // nothing if none
// `type` as HTML knows it, or "new-password": one that is being chosen, not the one of before.
Html text_input(const Request& request, Field field, Markup type = "text", int width_chars = 0);
Html date_input(const Request& request, Field field);       // one field, yyyy-mm-dd
Html textarea(const Request& request, Field field, int rows = 4);
Html select(const Request& request, Field field, std::vector<Choice> choices);
Html radios(const Request& request, Field field, std::vector<Choice> choices,
            bool is_inline = false);
Html checkboxes(const Request& request, Field field, std::vector<Choice> choices);
Html file_upload(const Request& request, Field field, Markup accept);

// ---- showing --------------------------------------------------------------------------------
struct Table {
    std::string caption;
    bool caption_is_hidden = false;
    std::vector<std::string> head;
    std::vector<std::vector<Html>> rows;
    std::vector<bool> is_number;             // by column
};
Html table(Table table);
struct Pair {
    std::string key;
    Html value;
    std::optional<Html> action;
};
Html summary_list(std::vector<Pair> pairs);
struct Happened {
    std::string title;
    std::string by;                          // "an officer", never a resident's name
    Instant at;
    std::string when;                        // as the prison's clock says it
    Html detail;
};
Html timeline(std::vector<Happened> happened);
struct Step {
    std::string text;
    enum class State { done, now, ahead } state = State::ahead;
};
Html steps(const Tongue& say, std::vector<Step> steps);
// A card of the board: the wait big on the left, the place, one action, the steps, what's next.
struct Card {
    std::string key;                         // the request's id: it stays itself while others move
    std::string wait, wait_unit;
    std::string where, sub;
    std::optional<Html> action;
    std::vector<Step> steps;
    Html next;
    Tone tone = Tone::teal;                  // gap: late
    int level = 2;                           // of its heading
};
Html card(const Tongue& say, Card card);
struct ToDo {
    Html text;
    std::optional<Html> action;
    bool is_urgent = true;
};
Html to_do(std::vector<ToDo> list);
struct Figure {
    std::string label, value, small;
};
Html figures(std::vector<Figure> figures);
// Horizontal bars as SVG with a title, a description and the same numbers as a table.
struct Bar {
    std::string label;
    double value = 0;
    std::string shown;                       // "9.5 h"
    bool is_over = false;
};
Html bar_chart(const Tongue& say, std::string_view title, std::vector<Bar> bars,
               std::optional<double> limit, std::string_view limit_label);
// Values along an axis, each with what it may lie between, for one series or two that differ in
// shape, in line and by name; as SVG, and the same numbers as a table.
struct Ranged {
    double value = 0, low = 0, high = 0;
    std::string shown;                       // "71 % (66 to 75)"
};
struct RangedSeries {
    std::string name;
    std::vector<Ranged> values;              // as many as the chart has places
};
struct Tick {
    double value = 0;
    std::string text;
};
struct RangeChart {
    std::string title;
    std::string along;                       // what the places are: "Peers"
    std::vector<std::string> places;         // from left to right
    std::vector<RangedSeries> series;
    std::vector<Tick> ticks;                 // of the upright axis, from 0 to the highest
    std::optional<Tick> limit;
};
Html range_chart(const Tongue& say, const RangeChart& chart);
Html pagination(const Request& request, int page, int pages, const Url& base);

// ---- the board --------------------------------------------------------------------------------
// How a live region goes on where it can't draw itself anew.
struct LooksAgain {
    int seconds = 30;                        // without JavaScript; 0: only when somebody presses
    std::string url = {};                    // where it looks again; empty: the page itself
    std::string lost = {};                   // "… {time} …", said where contact is lost; empty: the
                                             // board's, to use the phone
};
// The part of a page that draws itself anew from an event stream; `drawing` is what it shows first.
// Without JavaScript the page looks again by itself, unless it clears itself instead.
Html live_region(const Request& request, const Url& stream, const Html& drawing,
                 const LooksAgain& again = {});
// A screen that many use, or that a cellmate sees, forgets who is signed in; and what it showed of
// them goes at the same time, by itself. As long as their session lasts without a person there
// (stay_of() in access/). Nothing: this page stays.
std::optional<int> clears_after_seconds(const Request& request);
// Immediate danger, over everything else; uncovers a covered board.
Html alarm(std::string_view title, Html inner);
// One peer in a list: who and where, the state as a chip, a line below.
struct PeerRow {
    std::string who;
    Html chip;
    std::string below;
    std::optional<Html> action;
};
Html peer_rows(std::vector<PeerRow> rows);

// ---- asking, and a peer's own page ------------------------------------------------------------
// The one big button of the asking page.
Html ask_button(const Request& request, const Url& action, std::string_view text,
                std::vector<Hidden> hidden = {});
// The line on top that says what to do when it can't wait.
Html urgent_line(std::string_view text, std::string_view strong);
// A row of ways out of equal weight, as outlined tiles.
struct Way {
    std::string text;
    Url url;
};
Html ways(std::vector<Way> list);
// All languages as tiles, each in its own words.
Html language_row(const Request& request);
// The recording of this very text in the page's language, made at build time from
// assets/spoken.txt ("name: sentence") and the schemes' own words; works without JavaScript.
// Nothing where there is none, so that no page plays other words than it shows.
Html spoken(const Tongue& say, std::string_view name, std::string_view text);
// One control for all recordings of a page; nothing where there are none.
Html listen(const Tongue& say, Html recordings);
// Leaves for `home` after `seconds` without a person, having asked whether they need more time.
Html clears_itself(const Tongue& say, int seconds, const Url& home);
// The call now: title, lines, one big button and an easy no.
struct Call {
    std::string title;
    std::vector<std::string> lines;
    Html yes, no;
};
Html call_panel(Call call);
// Big tiles and a list of places to go, each with what is there now.
struct RowLink {
    std::string text, now;
    Url url;
};
Html row_links(std::vector<RowLink> list);

}  // namespace alongside::web
