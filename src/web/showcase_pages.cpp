// Whole pages with invented data: what the components are for.
#include "web/showcase_pages.h"

namespace alongside::web {
namespace {

using State = Step::State;

std::vector<Step> job_steps(int now) {
    std::vector<Step> out;
    for (const char* text : {"Asked", "Offered", "Accepted", "Unlock", "Together"}) {
        const int place = static_cast<int>(out.size());
        out.push_back({text, place < now ? State::done : place == now ? State::now : State::ahead});
    }
    return out;
}

Html waiting_cards(const Tongue& say) {
    Html out;
    out << card(say, {.key = "1", .wait = "19", .wait_unit = "minutes", .where = "SIU-1-004",
                      .sub = "POPS · raised by staff, agreed by the person",
                      .action = shared_button("Choose a peer", Url("/components")),
                      .steps = job_steps(1),
                      .next = Html() << "<p><b>Next at 03:16:</b> second peer is asked, then the "
                                        "helpline is offered. Two officers are needed for the "
                                        "unlock.</p>",
                      .tone = Tone::gap});
    out << card(say, {.key = "2", .wait = "6", .wait_unit = "minutes", .where = "B-2-014",
                      .sub = "Listener · asked from the cell · French",
                      .action = shared_button("Ask for unlock", Url("/components")),
                      .steps = job_steps(2),
                      .next = Html() << "<p>Peer 3 said yes at 03:10. The <b>B wing suite</b> is "
                                        "free until 06:00. "
                                     << link("Can’t unlock", Url("/components")) << "</p>",
                      .tone = Tone::teal});
    out << card(say, {.key = "3", .wait = "2", .wait_unit = "minutes", .where = "C-3-021",
                      .sub = "POPS · asked at the office",
                      .action = button_link("Details", Url("/components"), Weight::secondary),
                      .steps = job_steps(1),
                      .next = Html() << "<p>Offered 1 minute ago. A second peer is asked at 03:19 "
                                        "if nobody answers.</p>",
                      .tone = Tone::teal});
    return out;
}

Html on_call() {
    return peer_rows({
        {"Peer 3 · A-1-009", chip("Waiting for unlock", Tone::with), "", {}},
        {"Peer 5 · C-1-002", chip("On call", Tone::ready), "First choice for C-3-021 · same wing",
         {}},
        {"Peer 1 · A-2-018", chip("With someone 1 h 12", Tone::with), "", {}},
        {"Peer 6 · B-1-011", chip("Resting until 11:20", Tone::rest),
         "Excused from work today. Tell the workshop.", {}},
    });
}

}  // namespace

Response board_sketch(const Request& request) {
    const Tongue& say = request.tongue;
    Html left = head_row("3 people are waiting",
                         button_link("Raise a request", Url("/components")));
    Html drawing = waiting_cards(say);
    drawing << heading(2, "Together now", "m")
            << card(say, {.key = "4", .wait = "1 h 12", .wait_unit = "together",
                          .where = "A-2-002", .sub = "Listener · A wing suite · last checked 03:05",
                          .action = shared_button("Both are back", Url("/components"),
                                                  Weight::secondary),
                          .steps = {}, .next = {}, .tone = Tone::with, .level = 3});
    left << drawing;
    Html right = heading(2, "On call tonight", "m");
    right << on_call()
          << note("Someone in danger right now?",
                  Html() << "<p>Use the emergency alarm first. Observations and care plans go on "
                            "during every session.</p>")
          << note("Tonight’s cover", Html() << "<p>23:00–07:00 full. From 07:00 <b>one short in "
                                               "SIU</b>. "
                                            << link("See the rota", Url("/components")) << "</p>");
    PageOptions options;
    options.title = "Board";
    options.live_status = "Live 03:14:05";
    options.covers_after = Minutes{5};
    return page(request, std::move(options),
                Html() << "<div lang=\"en\">" << two_columns(left, right) << "</div>");
}

Response overview_sketch(const Request& request) {
    const Url here("/components");
    const auto arrange = [&](std::string_view text) {
        return button_link(text, here, Weight::secondary);
    };
    Html main = head_row("Good morning. Three things first");
    main << to_do({
        {Html() << "<b>A debrief is overdue by 5 hours.</b> Peer 6.", arrange("Arrange it"), true},
        {Html() << "<b>Thursday 23:00–07:00 has nobody for SIU.</b> Two people could be asked.",
         arrange("See repairs"), true},
        {Html() << "<b>Two peers leave within 90 days.</b> You will be 2 short of 7 by March.",
         arrange("Start recruiting"), false},
    });
    main << figures({{"Someone came", "97.8%", "3,239 of 3,312 requests"},
                     {"Half waited less than", "11 min", "9 in 10 less than 34 · night 16"},
                     {"Rest kept", "100%", "412 of 412 night calls"},
                     {"Debriefed in time", "94%", "target 100%"}});
    Html left = heading(2, "Hours with people, this week", "m");
    left << bar_chart(request.tongue, "Hours with people this week, per peer",
                      {{"Peer 1", 9.5, "9.5 h"}, {"Peer 2", 3, "3 h"}, {"Peer 3", 8, "8 h"},
                       {"Peer 4", 7, "7 h"}, {"Peer 5", 6, "6 h"},
                       {"Peer 6", 11.5, "11.5 h · at limit", true}, {"Peer 7", 5, "5 h"}},
                      12, "limit 12 h");
    Html right = heading(2, "This week", "m");
    right << peer_rows({{"Offload meeting", chip("Wed 10:00", Tone::ready),
                         "Chapel. Officer waits outside.", {}},
                        {"Training: safe boundaries", chip("Thu 09:00", Tone::ready),
                         "4 peers, 2 staff", {}},
                        {"Selection interviews", chip("2 waiting for security", Tone::with), "",
                         {}},
                        {"Quarterly review", chip("12 Dec", Tone::off), "", {}}});
    main << two_columns(left, right);
    PageOptions options;
    options.title = "Overview";
    return page(request, std::move(options), Html() << "<div lang=\"en\">" << main << "</div>");
}

Response ask_sketch(const Request& request, bool is_quiet) {
    const Url here("/components");
    const Tongue& say = request.tongue;
    Html main;
    main << (is_quiet ? Markup("<div class=\"al-quiet\">") : Markup("<div>"))
         << urgent_line("Hurt, or might end your life?", "Press your bell now.");
    main << heading(1, "Would you like to talk to someone?", "xl")
         << paragraph("We’ll ask a trained peer to come. If that’s delayed, we’ll tell you. You do "
                      "not have to say why.")
         << ask_button(request, here, "Yes, I’d like someone to come")
         << spoken(say, "ask", say(tr("Would you like to talk to someone?")))
         << ways({{"Tomorrow instead", here}, {"Phone the helpline", here},
                  {"Talk to staff", here}})
         << note("What stays between you", paragraph("Here stand the scheme’s own words."))
         << "</div>";
    PageOptions options;
    options.title = "Ask for someone";
    options.is_dark = true;
    options.is_bare = true;
    return page(request, std::move(options),
                Html() << "<div lang=\"en\">" << main << "</div>" << language_row(request)
                       << clears_itself(say, 90, here));
}

Response peer_sketch(const Request& request) {
    const Url here("/components");
    Html main = heading(1, "My page", "l");
    main << Html() << "<p class=\"govuk-body\">You are on call until <b>07:00</b>. Last out 3 "
                      "days ago.</p>"
         << call_panel({"Someone on C wing would like to talk",
                        {"C wing suite · asked 2 minutes ago", "An officer will unlock you."},
                        button_form(request, here, "I can go", Weight::big),
                        button_form(request, here, "Not this time", Weight::secondary)})
         << hint_text("Saying no is always fine. You won’t be asked why.")
         << "<div class=\"al-care\">"
         << button_form(request, here, "I need to talk to someone", Weight::secondary)
         << button_form(request, here, "I can’t today", Weight::secondary) << "</div>"
         << row_links({{"My shifts", "Next: Thu 23:00", here},
                       {"My hours", "6 this week, limit 12", here},
                       {"My debrief", "Today 14:00, chapel", here},
                       {"My training", "1 refresher in May", here},
                       {"My record and certificate", "", here}});
    PageOptions options;
    options.title = "My page";
    options.is_wide = false;
    return page(request, std::move(options), Html() << "<div lang=\"en\">" << main << "</div>");
}

Response done_sketch(const Request& request) {
    Html main = panel("Somebody will come", paragraph("We’ll tell you if it takes longer."));
    main << alarm("Immediate danger at A-1-001",
                  Html() << paragraph("Pressed at 03:14. Nobody has said yet that they are going.")
                         << shared_button("I am going", Url("/components"), Weight::warning))
         << empty_state("Nobody is waiting.",
                        button_link("Raise a request", Url("/components"), Weight::secondary));
    PageOptions options;
    options.title = "Done";
    options.is_wide = false;
    return page(request, std::move(options), Html() << "<div lang=\"en\">" << main << "</div>");
}

}  // namespace alongside::web
