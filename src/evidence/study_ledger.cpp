// What vouches for a plan's lock.
#include <fmt/format.h>

#include "base/civil_time.h"
#include "evidence/study_report.h"

namespace alongside::evidence {

boost::json::value ledger_json(const std::optional<LedgerPlace>& place) {
    if (!place) return nullptr;
    boost::json::array earlier;
    for (const auto& one : place->earlier)
        earlier.push_back(boost::json::object{{"entry", one.entry}, {"at", one.at}});
    return {{"establishment", place->prison}, {"entry", place->entry}, {"at", place->at},
            {"earlier", std::move(earlier)}};
}

std::string earlier_locks_words(const LedgerPlace& place) {
    if (place.earlier.empty()) return "";
    std::string list;
    for (const auto& one : place.earlier) {
        list += fmt::format("{}entry {} of {}", list.empty() ? "" : ", ", one.entry,
                            one.at.substr(0, 10));
    }
    return fmt::format("Another plan over these data, or with this title, was locked before it: "
                       "{}. What is looked for more than once is found more easily.", list);
}

namespace {

// The ledger has its hash from an earlier day than the lock says: a lock was there before.
bool is_locked_anew(const Study& study) {
    return study.ledger && study.ledger->entry > 0 &&
           study.ledger->at.substr(0, 10) < study.lock.locked_at.substr(0, 10);
}

}  // namespace

std::string ledger_words(const Study& study) {
    if (!study.ledger) return "in no ledger: nobody but whoever wrote it vouches for its date";
    const auto& place = *study.ledger;
    if (place.entry == 0)
        return fmt::format("not in the ledger of {}: it vouches for nothing", place.prison);
    return fmt::format("entry {} of the ledger of {}, {}{}", place.entry, place.prison,
                       place.at.substr(0, 10),
                       is_locked_anew(study) ? "; the lock beside the plan was written anew later"
                                             : "");
}

}  // namespace alongside::evidence
