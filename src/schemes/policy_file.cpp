#include "schemes/combinations.h"
#include "schemes/section.h"

namespace alongside::schemes {
namespace {

constexpr std::size_t max_file_bytes = 256 * 1024;
constexpr int minutes_of_day = 24 * 60;

void read_coded(Section& from, std::string_view key, std::vector<CodedWord>& out,
                bool may_be_empty) {
    from.each(key, [&](Section& one) {
        CodedWord word;
        one.read_code("code", word.code);
        one.read_languages(word.name);
        out.push_back(std::move(word));
    }, may_be_empty);
}

void read_texts(Section& from, std::string_view key, std::vector<Text>& out) {
    from.each(key, [&](Section& one) { one.read_languages(out.emplace_back()); });
}

void read_about(Section from, Policy& policy) {
    from.read("tier", policy.tier);
    from.read("model", policy.plan.model);
    from.read("partner", policy.partner, 200, true);
    from.read("residents_per_peer", policy.residents_per_peer, 0, 10'000);
    from.read("members_aim", policy.plan.members_aim, 0, 10'000);
    from.close();
}

void read_ask(Section from, Policy& policy) {
    from.read("channels", policy.channels);
    from.read("residents_ask", policy.residents_ask);
    from.read("staff_ask", policy.staff_ask);
    from.read("age_groups", policy.age_groups);
    from.read("has_safeguarding_lead", policy.has_safeguarding_lead);
    from.close();
}

void read_confidentiality(Section from, Policy& policy) {
    from.read("exceptions_version", policy.exceptions_version, 40);
    from.read("lasts_after_release", policy.is_confidential_after_release);
    read_coded(from, "exceptions", policy.exceptions, true);
    from.close();
}

void read_ready(Section from, Policy& policy) {
    from.read("compact_version", policy.compact_version, 40);
    from.read("probation_days", policy.probation_days, 0, 730);
    from.read("is_sent_during_probation", policy.is_sent_during_probation);
    from.read("needs_unit_clearance", policy.needs_unit_clearance);
    from.read("has_vulnerable_pool", policy.has_vulnerable_pool);
    from.each("modules", [&](Section& one) {
        Module module;
        one.read_code("code", module.code);
        one.read("is_mandatory", module.is_mandatory);
        one.read_if_there("valid_months", module.valid_months, 1, 120);
        one.read_languages(module.name);
        policy.modules.push_back(std::move(module));
    });
    from.close();
}

void read_rest(Section from, Policy& policy) {
    from.read_time_of_day("night_from", policy.night.from_minute);
    from.read_time_of_day("night_to", policy.night.to_minute);
    from.read("hours", policy.rest_hours, 8, 48);      // rule 2: 8 at least
    from.read("night_calls_per_night", policy.night_calls_per_night, 1, 1);
    from.read("nights_per_7_days", policy.nights_per_7_days, 1, 7);
    from.read("hours_per_7_days", policy.hours_per_7_days, 1, 60);
    from.read("fairness_days", policy.fairness_days, 7, 90);
    from.read("fairness_band_minutes", policy.fairness_band_minutes, 1, minutes_of_day);
    // Copies that sites made before there were swaps don't say.
    from.read_if_there("swaps_need_approval", policy.swaps_need_approval);
    from.close();
}

void read_rota(Section from, Policy& policy) {
    from.read("night_cover", policy.night_cover, 1, 20);
    from.read("warn_before_night_minutes", policy.warn_before_night_minutes, 0, minutes_of_day);
    // Copies that sites made before these were theirs to set don't say. With more than 16 hours a
    // night would reach past the next day; of what was before it, a plan knows seven days.
    from.read_if_there("hours_between_shifts", policy.hours_between_shifts, 8, 16);
    from.read_if_there("days_in_a_row", policy.days_in_a_row, 1, 7);
    from.close();
}

void read_offers(Section from, Policy& policy) {
    from.read("answer_minutes_device", policy.answer_minutes_device, 1, 60);
    from.read("answer_minutes_door", policy.answer_minutes_door, 1, 60);
    from.read("urgent_after_minutes", policy.urgent_after_minutes, 1, minutes_of_day);
    from.read("parallel_offers_when_urgent", policy.parallel_offers_when_urgent, 1, 5);
    from.read("target_minutes_day", policy.target_minutes_day, 1, minutes_of_day);
    from.read("target_minutes_night", policy.target_minutes_night, 1, minutes_of_day);
    from.close();
}

void read_escalation(Section& root, Policy& policy) {
    root.each("escalation", [&](Section& one) {
        EscalationStep step{};
        one.read("kind", step.kind);
        one.read("after_minutes", step.after_minutes, 0, minutes_of_day);
        policy.escalation.push_back(step);
    });
}

void read_being_there(Section from, Policy& policy) {
    from.read("unlock_review_minutes", policy.unlock_review_minutes, 5, 240);
    from.read("check_every_minutes", policy.check_every_minutes, 5, 120);
    from.read("hand_over_after_minutes", policy.hand_over_after_minutes, 30, 720);
    from.read("two_peers", policy.two_peers);
    from.read("two_peer_units", policy.two_peer_units);
    from.read("places", policy.places);
    from.close();
}

void read_debrief(Section from, Policy& policy) {
    from.read("owed", policy.debrief_owed);
    from.read("within_hours", policy.debrief_within_hours, 1, 24);
    from.read("by_partner_alone", policy.debrief_by_partner_alone);
    from.read("offload", policy.offload);
    from.close();
}

void read_kept(Section from, Policy& policy) {
    from.read("sheet", policy.sheet);
    from.read("identity_hours", policy.identity_hours, 0, 100'000);
    from.read("unmet_identity_hours", policy.unmet_identity_hours, 0, 100'000);
    from.read("are_times_coarsened", policy.are_times_coarsened);
    read_coded(from, "topics", policy.topics, true);
    read_coded(from, "outcomes", policy.outcomes, true);
    read_texts(from, "never", policy.plan.never_recorded);
    from.close();
}

void read_words(Section from, Policy& policy, Book& book) {
    Text languages;
    for (auto& [tag, one] : from.every_section()) {
        languages[tag] = tag;
        auto& words = policy.words[tag];
        one.read("name", words.name, 200);
        one.read("short_name", words.short_name, 30);
        one.read("purpose", words.purpose, 1000);
        one.read("run_by", words.run_by, 200);
        one.read("confidentiality", words.confidentiality, 4000);
        one.read("ask_promise", words.ask_promise, 1000);
        one.read("door_words", words.door_words, 500);
        one.read("helpline", words.helpline, 300, true);
        one.close();
    }
    if (from.is_there()) book.remember_words("words", languages, from.at());
    from.close();
}

void read_plan(Section from, Plan& plan) {
    read_texts(from, "target_group", plan.target_group);
    read_texts(from, "eligibility", plan.eligibility);
    read_texts(from, "compact", plan.compact);
    read_texts(from, "suspension_grounds", plan.suspension_grounds);
    from.read("is_paid", plan.is_paid);
    read_texts(from, "recognition", plan.recognition);
    read_texts(from, "indicators", plan.indicators);
    read_texts(from, "readiness_checklist", plan.readiness_checklist);
    read_texts(from, "contingency", plan.contingency);
    from.each("delivered", [&](Section& one) {
        Delivered counted{};
        one.read("year", counted.year, 1990, 2100);
        one.read("interventions", counted.interventions, 0, 10'000'000);
        plan.delivered.push_back(counted);
    }, true);
    from.read("sources", plan.sources);
    from.close();
}

void read_whole(Section& root, Policy& policy, Book& book) {
    std::string code;
    root.read("scheme", code, 40);
    if (const auto scheme = SchemeCode::parse(code)) policy.scheme = *scheme;
    else if (!code.empty()) book.trouble("scheme", "A scheme's code is 2 to 40 of a-z, 0-9, '-'.");
    read_about(root.section("about"), policy);
    read_ask(root.section("ask"), policy);
    read_confidentiality(root.section("confidentiality"), policy);
    read_ready(root.section("ready"), policy);
    read_rest(root.section("rest"), policy);
    // Copies that sites made before the rota had values of its own don't have the part.
    if (auto rota = root.section_if_there("rota")) read_rota(std::move(*rota), policy);
    read_offers(root.section("offers"), policy);
    read_escalation(root, policy);
    read_being_there(root.section("being_there"), policy);
    read_debrief(root.section("debrief"), policy);
    read_kept(root.section("kept"), policy);
    read_words(root.section("words"), policy, book);
    read_plan(root.section("plan"), policy.plan);
    root.close();
}

}  // namespace

Reading read_policy(std::string_view toml, std::string_view file_name) {
    Reading out;
    Book book(file_name);
    Policy policy;
    policy.version = 0;
    if (toml.size() > max_file_bytes) {
        book.trouble({1, 1}, "", "The file is too large: 256 KiB at most.");
        out.troubles = book.troubles();
        return out;
    }
    try {
        const auto table = toml::parse(toml, file_name);
        Section root(book, &table, "", "");
        read_whole(root, policy, book);
        book.check_languages();
        // Said of values that were read; a value that is missing or misspelt was told of already.
        check_combinations(policy, [&](const std::string& key, const std::string& sentence) {
            if (book.can_tell_of(key)) book.trouble(key, sentence);
        });
    } catch (const toml::parse_error& error) {
        book.trouble(error.source().begin, "",
                     "This is not TOML: " + std::string(error.description()) + ".");
    }
    out.troubles = book.troubles();
    if (!out.troubles.empty()) return out;
    policy.values = book.values();
    for (const auto& value : policy.values) policy.sources[value.key] = value.source;
    out.policy = std::move(policy);
    return out;
}

}  // namespace alongside::schemes
