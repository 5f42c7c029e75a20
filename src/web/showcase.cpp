#include "web/showcase.h"

#include "base/embedded.h"
#include "web/components.h"
#include "web/showcase_pages.h"

namespace alongside::web {
namespace {

Html part(std::string_view name, const Html& inner) {
    return Html() << "<section>" << heading(2, name, "m") << inner << "</section>";
}

Html texts(const Tongue& say) {
    const Url here("/components");
    return Html() << paragraph("A paragraph of plain words.") << hint_text("A hint below it.")
                  << inset(paragraph("Something set apart."))
                  << warning(say, "Two officers are needed for this unlock.")
                  << note("Someone in danger right now?",
                          paragraph("Use the emergency alarm first."))
                  << details("Why this peer?", paragraph("Same wing, speaks French, rested."))
                  << banner(say, "The roll of 21 November waits to be checked.")
                  << banner(say, "Peer 5 is on the way.", true)
                  << empty_state("Nobody is waiting.",
                                 button_link("Raise a request", here, Weight::secondary))
                  << "<p>" << link("A link", here) << " " << visually_hidden("and more") << "</p>";
}

Html states() {
    return Html() << "<p>" << chip("Going", Tone::teal) << " " << chip("On call", Tone::ready)
                  << " " << chip("With someone 1 h 12", Tone::with) << " "
                  << chip("Resting until 11:20", Tone::rest) << " "
                  << chip("Overdue", Tone::gap) << " " << chip("Not on today", Tone::off)
                  << "</p>";
}

Html buttons(const Request& request) {
    const Url here("/components");
    return Html() << "<p>" << button_link("Primary", here) << " "
                  << button_link("Secondary", here, Weight::secondary) << " "
                  << button_link("Warning", here, Weight::warning) << " "
                  << button_link("Big", here, Weight::big) << "</p>"
                  << button_form(request, here, "A form of its own", Weight::secondary,
                                 {{"answer", "going"}});
}

Html fields(const Request& request) {
    const FieldErrors errors{{"place", tr("Choose a place.")}, {"when", tr("Choose a time.")}};
    Html out;
    out << text_input(request, {"name", "Sign-in name", "As on your card", "", &errors}, "text", 20)
        << text_input(request, {"place", "Place", "Wing, landing, cell", "Z-9", &errors}, "text",
                      10)
        << date_input(request, {"day", "Day", "", "2026-11-21", &errors})
        << textarea(request, {"sentence", "What staff should know", "", "", &errors}, 2)
        << select(request, {"scheme", "Scheme", "", "pops", &errors},
                  {{"listeners", "Listeners", "", false}, {"pops", "POPS", "", false}})
        << radios(request, {"when", "When?", "", "", &errors},
                  {{"now", "Now", "Day or night", false}, {"tomorrow", "Tomorrow", "", false}},
                  true)
        << checkboxes(request, {"languages", "Languages", "All that fit", "", &errors},
                      {{"en", "English", "", true}, {"fr", "Français", "", false}})
        << file_upload(request, {"roll", "Roll of today", "CSV or JSON", "", &errors}, ".csv,.json")
        << submit("Save");
    return Html() << error_summary(request, errors)
                  << form(request, Url("/components"), std::move(out), true);
}

Html lists(const Request& request) {
    const Url here("/components");
    Html out;
    out << table({.caption = "Rows that were read", .caption_is_hidden = false,
                  .head = {"Prison", "Arrived", "Left"},
                  .rows = {{Html() << "Stony Mountain", Html() << 12, Html() << 7},
                           {Html() << "Moorland", Html() << 31, Html() << 40}},
                  .is_number = {false, true, true}})
        << summary_list({{"Place", Html() << "A-1-001", link("Change", here)},
                         {"Scheme", Html() << "POPS", {}}})
        << timeline({{"Asked", "from the cell", request.now, "03:02", {}},
                     {"Unlock asked", "an officer", request.now, "03:11",
                      paragraph("Authorised by the night manager.")}})
        << steps(request.tongue, {{"Asked", Step::State::done}, {"Offered", Step::State::now},
                                  {"Accepted", Step::State::ahead}})
        << bar_chart(request.tongue, "Waits by wing",
                     {{"A", 11, "11 min"}, {"B", 34, "34 min", true}}, std::nullopt, "")
        << range_chart(request.tongue,
                       {.title = "Answered in time", .along = "Peers", .places = {"5", "6"},
                        .series = {{"By day", {{0.6, 0.5, 0.7, "60%"}, {0.8, 0.7, 0.9, "80%"}}},
                                   {"At night", {{0.3, 0.2, 0.4, "30%"}, {0.5, 0.4, 0.6, "50%"}}}},
                        .ticks = {{0, "0%"}, {1, "100%"}}, .limit = Tick{0.95, "95%"}})
        << pagination(request, 4, 9, here);
    return out;
}

Response all_components(const Request& request) {
    const Url here("/components");
    Html main = heading(1, "Components", "l");
    main << ways({{"Board", here.with("page", "board")},
                  {"Overview", here.with("page", "overview")},
                  {"Asking", here.with("page", "ask")},
                  {"Asking, quietly", here.with("page", "quiet")},
                  {"A peer’s page", here.with("page", "peer")},
                  {"Done", here.with("page", "done")}})
         << part("Text", texts(request.tongue)) << part("States", states())
         << part("Doing", buttons(request)) << part("Fields", fields(request))
         << part("Showing", lists(request));
    PageOptions options;
    options.title = "Components";
    options.before_main = back_link(request.tongue, here);
    return page(request, std::move(options), Html() << "<div lang=\"en\">" << main << "</div>");
}

std::string_view wanted_page(const Request& request) {
    for (const auto& [name, value] : request.query.list()) {
        if (name == "page") return value;
    }
    return {};
}

}  // namespace

Route showcase_route() {
    return Route(Method::get, "/components", Permission::demo_only, [](Request& request) {
        const auto wanted = wanted_page(request);
        if (wanted == "board") return board_sketch(request);
        if (wanted == "overview") return overview_sketch(request);
        if (wanted == "ask") return ask_sketch(request, false);
        if (wanted == "quiet") return ask_sketch(request, true);
        if (wanted == "peer") return peer_sketch(request);
        if (wanted == "done") return done_sketch(request);
        return all_components(request);
    });
}

Route notices_route() {
    return Route(Method::get, "/notices", Permission::anyone, [](Request& request) {
        const auto* notices = embedded_file("assets/notices.txt");
        PageOptions options;
        options.title = request.tongue(tr("Licences and notices"));
        return page(request, options,
                    heading(1, options.title, "l")
                        << "<div class=\"al-notices\" lang=\"en\" tabindex=\"0\">"
                        << (notices ? notices->bytes : std::string_view()) << "</div>");
    });
}

}  // namespace alongside::web
