// The contact sheet: tick boxes that the scheme keeps, and nothing else (rule 11).
#include <algorithm>
#include <array>

#include "base/ensure.h"
#include "dispatch/acting.h"

namespace alongside::dispatch {
namespace {

constexpr int high_distress = 3;
constexpr std::array<std::string_view, 5> onward_codes{"HEALTHCARE", "MENTAL_HEALTH",
                                                       "CHAPLAINCY", "STAFF", "OTHER"};

bool is_listed(const std::vector<schemes::CodedWord>& words, const std::string& code) {
    return std::any_of(words.begin(), words.end(),
                       [&](const auto& word) { return word.code == code; });
}

// A fixed list, so that a sentence has no place here.
bool is_onward(const std::string& code) {
    return std::find(onward_codes.begin(), onward_codes.end(), code) != onward_codes.end();
}

std::optional<Refusal> unfit_sheet(const Sheet& sheet, const schemes::Policy& policy) {
    using enum schemes::SheetField;
    const bool is_bare = policy.tier == schemes::Tier::T0 || policy.tier == schemes::Tier::T1;
    const auto not_kept = [&](schemes::SheetField field) {
        return is_bare || !policy.keeps(field);
    };
    if (sheet.topic && not_kept(topic)) return refusal(Refused::sheet_field_not_kept, "topic");
    if (sheet.distress && not_kept(distress)) {
        return refusal(Refused::sheet_field_not_kept, "distress");
    }
    if (sheet.outcome && not_kept(outcome)) {
        return refusal(Refused::sheet_field_not_kept, "outcome");
    }
    if (sheet.onward && not_kept(onward)) return refusal(Refused::sheet_field_not_kept, "onward");
    if (sheet.topic && !is_listed(policy.topics, *sheet.topic)) {
        return refusal(Refused::unknown_code, "topic");
    }
    if (sheet.distress && (*sheet.distress < 0 || *sheet.distress > high_distress)) {
        return refusal(Refused::unknown_code, "distress");
    }
    if (sheet.outcome && !is_listed(policy.outcomes, *sheet.outcome)) {
        return refusal(Refused::unknown_code, "outcome");
    }
    if (sheet.onward && !is_onward(*sheet.onward)) return refusal(Refused::unknown_code, "onward");
    return std::nullopt;
}

bool was_there(sql::Reader& db, const EstablishmentId& id, const store::Session& session,
               PersonId peer) {
    const auto all = store::call_outs(db, id, session.request_id);
    return std::any_of(all.begin(), all.end(), [&](const auto& one) {
        return one.person_id == peer && one.arrived_at && one.session_id == session.session_id;
    });
}

}  // namespace

Result<Done> fill_sheet(Desk& desk, const Occasion& occasion, const Sheet& sheet) {
    const auto& id = occasion.who.establishment;
    return act(desk, occasion, [&](sql::Transaction& tx) -> Result<Done> {
        const auto session = store::session(tx, id, sheet.session_id);
        if (!session) return refusal(Refused::unknown_session);
        const bool is_own =
            is_the_program(occasion.who) || occasion.who.person == sheet.person_id;
        if (!is_own || !was_there(tx, id, *session, sheet.person_id)) {
            return refusal(Refused::not_yours);
        }
        const auto request = store::request(tx, id, session->request_id);
        ENSURE(request);
        const auto policy = policy_of(tx, id, request->scheme);
        if (auto no = unfit_sheet(sheet, *policy)) return *std::move(no);

        const store::SheetRow row{sheet.was_private, sheet.topic,  sheet.distress,
                                  sheet.outcome,     sheet.onward, sheet.wants_debrief};
        if (store::sheet(tx, id, sheet.session_id, sheet.person_id) == row) return Done();
        store::save_sheet(tx, id, sheet.session_id, sheet.person_id, policy->tier, occasion.now,
                          row);
        if (sheet.wants_debrief || sheet.distress == high_distress) {
            welfare::owe_debrief(tx, occasion, sheet.person_id, sheet.session_id, request->scheme,
                                 policy->debrief_within_hours);
        }
        write_down(tx, occasion, "sheet.filled", {sheet.session_id.text()});
        return Done();
    });
}

}  // namespace alongside::dispatch
