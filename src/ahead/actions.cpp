// Keeping a simulated answer, for the page.
#include <boost/json.hpp>

#include "ahead/ahead.h"
#include "ahead/store.h"
#include "ledger/ledger.h"
#include "schemes/schemes.h"
#include "simulate/simulate.h"

namespace alongside::ahead {
namespace {

constexpr std::size_t most_bytes = 256 * 1024;

Refusal not_an_answer() {
    return {"ahead.not_an_answer",
            tr("This is no answer of “alongside simulate --how-many --json”."), "file", 422};
}

}  // namespace

Result<Done> keep_how_many(sql::Database& database, const Occasion& occasion,
                           const std::string& json) {
    std::optional<simulate::HowMany> result;
    if (json.size() <= most_bytes) {
        boost::system::error_code wrong;
        const auto value = boost::json::parse(json, wrong);
        try {
            if (!wrong) result = simulate::how_many_from(value);
        } catch (const std::invalid_argument&) {
            result.reset();
        }
    }
    if (!result) return not_an_answer();
    const auto text = boost::json::serialize(simulate::to_json(*result));
    const auto& home = occasion.who.establishment;
    return database.write(home, [&](sql::Transaction& tx) -> Result<Done> {
        if (!schemes::policy(tx, home, result->scheme)) {
            return Refusal{"ahead.not_open", tr("This scheme isn’t open here."), "", 409};
        }
        const auto before = store::answer(tx, home, result->scheme);
        if (before && before->report_json == text) return Done{};
        store::keep(tx, home, result->scheme, {occasion.now, text}, occasion.who.actor);
        ledger::append(tx, occasion, {"ahead.kept", {result->scheme.text()}, "{}"});
        return Done{};
    });
}

}  // namespace alongside::ahead
