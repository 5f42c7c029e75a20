#include "dispatch/next_step.h"

namespace alongside::dispatch {
namespace {

std::optional<NextStep> next_of(const views::Job& job, const views::CallOutRow& call_out) {
    const Url here = Url("/call-outs") / call_out.call_out_id.text();
    if (call_out.departed_at) return NextStep{tr("Both are back"), here / "back", true};
    if (call_out.arrived_at) return std::nullopt;
    const auto* unlock = job.unlock_of(call_out.call_out_id);
    if (!unlock) return NextStep{tr("Ask for unlock"), here / "unlock", true};
    if (unlock->escorted_at) return NextStep{tr("They are there"), here / "arrive"};
    if (unlock->authorised_at) {
        return NextStep{tr("Out of the cell"),
                        Url("/unlocks") / unlock->unlock_id.text() / "escort", true};
    }
    return std::nullopt;
}

}  // namespace

std::optional<NextStep> next_step(const views::Job& job) {
    for (const auto& call_out : job.call_outs) {
        if (auto next = next_of(job, call_out)) return next;
    }
    if (job.row.state == State::waiting) {
        return NextStep{tr("Choose a peer"),
                        Url("/requests") / job.row.request_id.text() / "choose"};
    }
    if (!job.offers.empty()) {
        return NextStep{tr("Record the answer"),
                        Url("/offers") / job.offers.front().offer_id.text()};
    }
    return std::nullopt;
}

}  // namespace alongside::dispatch
