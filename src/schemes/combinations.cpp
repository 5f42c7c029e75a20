#include "schemes/combinations.h"

#include <algorithm>
#include <set>

namespace alongside::schemes {
namespace {

constexpr int t1_identity_hours = 72;          // after closing; domain default is 24
constexpr int t1_unmet_identity_hours = 168;
constexpr int hours_of_two_years = 2 * 365 * 24;

bool has(const Policy& policy, SheetField field) {
    return std::find(policy.sheet.begin(), policy.sheet.end(), field) != policy.sheet.end();
}
bool has(const Policy& policy, Channel channel) {
    return std::find(policy.channels.begin(), policy.channels.end(), channel) !=
           policy.channels.end();
}
bool serves(const Policy& policy, people::AgeGroup group) {
    return std::find(policy.age_groups.begin(), policy.age_groups.end(), group) !=
           policy.age_groups.end();
}

void check_asking(const Policy& policy, const Tell& tell) {
    if (policy.channels.empty()) tell("ask.channels", "Somebody must be able to ask.");
    if (policy.age_groups.empty()) tell("ask.age_groups", "The scheme must serve somebody.");
    if (!policy.residents_ask && !policy.staff_ask) {
        tell("ask.residents_ask", "Residents, staff or both must be able to ask.");
    }
    if (policy.staff_ask != has(policy, Channel::staff)) {
        tell("ask.staff_ask", "Staff ask exactly where 'staff' is one of the channels.");
    }
    if (!serves(policy, people::AgeGroup::child)) return;
    if (policy.age_groups.size() > 1) {
        tell("ask.age_groups", "Children have a scheme of their own, apart from every other age.");
    }
    if (!policy.has_safeguarding_lead) {
        tell("ask.has_safeguarding_lead", "A scheme for children has a safeguarding lead.");
    }
    if (policy.tier == Tier::T1) {
        tell("about.tier",
             "No T1 promise can be made to children: they are protected by passing things on.");
    }
}

void check_recording(const Policy& policy, const Tell& tell) {
    const bool counts_only = policy.tier == Tier::T0;
    if (counts_only || policy.tier == Tier::T1) {
        for (const auto field : {SheetField::topic, SheetField::distress, SheetField::outcome}) {
            if (!has(policy, field)) continue;
            tell("kept.sheet", std::string("A ") + (counts_only ? "T0" : "T1") +
                                   " scheme never records '" +
                                   boost::describe::enum_to_string(field, "") + "'.");
        }
    }
    if (has(policy, SheetField::topic) == policy.topics.empty()) {
        tell("kept.sheet", "The sheet records a topic exactly where [[kept.topics]] lists some.");
    }
    if (has(policy, SheetField::outcome) == policy.outcomes.empty()) {
        tell("kept.sheet",
             "The sheet records an outcome exactly where [[kept.outcomes]] lists some.");
    }
}

void check_identity(const Policy& policy, const Tell& tell) {
    int most = hours_of_two_years, most_unmet = hours_of_two_years;
    if (policy.tier == Tier::T0) most = most_unmet = 0;
    if (policy.tier == Tier::T1) {
        most = t1_identity_hours;
        most_unmet = t1_unmet_identity_hours;
    }
    if (policy.identity_hours > most) {
        tell("kept.identity_hours", "This tier allows " + std::to_string(most) +
                                        " hours at most after a request is closed.");
    }
    if (policy.unmet_identity_hours > most_unmet) {
        tell("kept.unmet_identity_hours", "This tier allows " + std::to_string(most_unmet) +
                                              " hours at most for an unmet request.");
    }
    if (policy.tier == Tier::T1 && !policy.are_times_coarsened) {
        tell("kept.are_times_coarsened",
             "At T1 exact times go with the identity: an exact time can name somebody.");
    }
}

void check_partner(const Policy& policy, const Tell& tell) {
    if (policy.tier == Tier::T1) {
        if (policy.partner.empty()) {
            tell("about.partner", "A T1 scheme is held by a partner: name it.");
        }
        if (policy.debrief_owed != DebriefOwed::after_every_session) {
            tell("debrief.owed",
                 "At T1 a debrief is owed after every session, so that owing one tells nothing.");
        }
        if (!policy.debrief_by_partner_alone) {
            tell("debrief.by_partner_alone", "At T1 the partner alone holds debriefs.");
        }
    } else if (policy.debrief_by_partner_alone && policy.partner.empty()) {
        tell("debrief.by_partner_alone", "There is no partner who could hold them.");
    }
    if (policy.tier != Tier::T1 && policy.debrief_owed == DebriefOwed::after_hard_ones &&
        !has(policy, SheetField::distress)) {
        tell("debrief.owed",
             "Whether a session was hard is known only where the sheet records distress.");
    }
}

void check_exceptions(const Policy& policy, const Tell& tell) {
    static const std::set<std::string> of_t1{"CHILDREN_AT_RISK", "UNABLE_TO_DECIDE",
                                             "IDENTIFIED_PERSON_AT_RISK", "TERRORISM",
                                             "COURT_ORDER"};
    int place = 0;
    for (const auto& exception : policy.exceptions) {
        const auto key = "confidentiality.exceptions." + std::to_string(++place) + ".code";
        if (policy.tier != Tier::T1 || of_t1.contains(exception.code)) continue;
        tell(key, "At T1 the exceptions are CHILDREN_AT_RISK, UNABLE_TO_DECIDE, "
                  "IDENTIFIED_PERSON_AT_RISK, TERRORISM and COURT_ORDER alone; "
                  "suicidal intent is none.");
    }
    if (policy.exceptions.empty() && policy.tier == Tier::T2) {
        tell("confidentiality.exceptions_version",
             "A T2 scheme has safety exceptions: list them under [[confidentiality.exceptions]].");
    }
}

void check_rest(const Policy& policy, const Tell& tell) {
    const bool passes_midnight = policy.night.to_minute < policy.night.from_minute;
    if (!passes_midnight || policy.night.from_minute > 22 * 60 || policy.night.to_minute < 6 * 60) {
        tell("rest.night_from", "The night holds 22:00 to 06:00 at least.");
    } else if (policy.night.from_minute < 18 * 60 || policy.night.to_minute > 10 * 60) {
        tell("rest.night_from", "The night lies between 18:00 and 10:00.");
    }
}

// Second peer, then helpline, then staff: in that order, each once, staff always last (rule 8).
void check_escalation(const Policy& policy, const Tell& tell) {
    for (std::size_t i = 1; i < policy.escalation.size(); ++i) {
        const auto& earlier = policy.escalation[i - 1];
        const auto& step = policy.escalation[i];
        const auto key = "escalation." + std::to_string(i + 1);
        if (step.kind <= earlier.kind) {
            tell(key + ".kind", "The order is second_peer, helpline, staff_check_in, each once.");
        }
        if (step.after_minutes < earlier.after_minutes) {
            tell(key + ".after_minutes", "This step comes before the one above it.");
        }
    }
    if (policy.escalation.empty() ||
        policy.escalation.back().kind != EscalationKind::staff_check_in) {
        tell("escalation", "The last step is staff_check_in: nobody is left without an answer.");
    }
}

void check_words(const Policy& policy, const Tell& tell) {
    static const std::vector<std::string> promises{
        "someone will come", "somebody will come", "will be with you", "is on the way",
        "quelqu’un viendra", "quelqu'un viendra",  "est en route"};
    std::size_t with_helpline = 0;
    for (const auto& [tag, words] : policy.words) {
        if (!words.helpline.empty()) ++with_helpline;
        for (const auto& promise : promises) {
            std::string lower = words.ask_promise;
            for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
            if (lower.find(promise) == lower.npos) continue;
            tell("words." + tag + ".ask_promise",
                 "Never promise that somebody comes: say what is tried and what comes next.");
        }
    }
    if (with_helpline == 0 || with_helpline == policy.words.size()) return;
    for (const auto& [tag, words] : policy.words) {
        if (words.helpline.empty()) {
            tell("words." + tag + ".helpline",
                 "The helpline is said in another language and missing in this one.");
        }
    }
}

template <class List>
void check_codes(const List& list, const std::string& key, const Tell& tell) {
    std::set<std::string> seen;
    int place = 0;
    for (const auto& item : list) {
        ++place;
        if (!seen.insert(item.code).second && !item.code.empty()) {
            tell(key + "." + std::to_string(place) + ".code", "This code is in the list twice.");
        }
    }
}

}  // namespace

void check_combinations(const Policy& policy, const Tell& tell) {
    check_asking(policy, tell);
    check_recording(policy, tell);
    check_identity(policy, tell);
    check_partner(policy, tell);
    check_exceptions(policy, tell);
    check_rest(policy, tell);
    check_escalation(policy, tell);
    check_words(policy, tell);
    check_codes(policy.modules, "ready.modules", tell);
    check_codes(policy.topics, "kept.topics", tell);
    check_codes(policy.outcomes, "kept.outcomes", tell);
    check_codes(policy.exceptions, "confidentiality.exceptions", tell);
    if (policy.places.empty()) tell("being_there.places", "They must be able to meet somewhere.");
}

}  // namespace alongside::schemes
