#include "dispatch/next_step.h"

#include <algorithm>

namespace alongside::dispatch {
namespace {

NextStep ask_for_unlock(const views::CallOutRow& call_out) {
    return {tr("Ask for unlock"), Url("/call-outs") / call_out.call_out_id.text() / "unlock",
            true};
}

std::optional<NextStep> next_of(const views::Job& job, const views::CallOutRow& call_out,
                                const views::House& house) {
    if (call_out.departed_at || call_out.arrived_at) return std::nullopt;
    const Url here = Url("/call-outs") / call_out.call_out_id.text();
    if (!is_locked_up(job, call_out, house)) return NextStep{tr("They are there"), here / "arrive"};
    const auto* unlock = job.unlock_of(call_out.call_out_id);
    if (!unlock) return ask_for_unlock(call_out);
    if (unlock->authorised_at) {
        return NextStep{tr("Out of the cell"),
                        Url("/unlocks") / unlock->unlock_id.text() / "escort", true};
    }
    return std::nullopt;
}

// By day peers come out by the regime; where a door is locked all the same, an unlock is asked for.
std::optional<NextStep> or_else(const views::Job& job, const views::House& house) {
    for (const auto& call_out : job.call_outs) {
        if (call_out.arrived_at || call_out.departed_at || job.unlock_of(call_out.call_out_id)) {
            continue;
        }
        if (!is_locked_up(job, call_out, house)) return ask_for_unlock(call_out);
    }
    return std::nullopt;
}

// Whoever is on the way back is seen home.
std::optional<NextStep> way_back(const views::Job& job) {
    for (const auto& call_out : job.call_outs) {
        if (!call_out.departed_at) continue;
        return NextStep{!call_out.arrived_at ? tr("The peer who turned back is home")
                        : job.session        ? tr("The peer who left is back")
                                             : tr("Both are back"),
                        Url("/call-outs") / call_out.call_out_id.text() / "back", true};
    }
    return std::nullopt;
}

// Two go together, and one alone has said yes.
bool lacks_second(const views::Job& job, const views::House& house) {
    if (job.session || !job.policy || job.row.closed_at) return false;
    const auto going = std::ranges::count_if(job.call_outs, [](const auto& one) {
        return !one.departed_at;
    });
    const bool is_night = night_at(house.zone, job.policy->night, house.now).has_value();
    return going > 0 && going < peers_wanted(*job.policy, job.unit, is_night);
}

// Towards somebody being there.
std::optional<NextStep> forward(const views::Job& job, const views::House& house) {
    if (job.must_tell) {
        return NextStep{tr("I told the person"),
                        Url("/requests") / job.row.request_id.text() / "told", true};
    }
    const bool waits_for_second = lacks_second(job, house);
    if (waits_for_second && job.offers.empty()) {
        return NextStep{tr("Choose a second peer"),
                        Url("/requests") / job.row.request_id.text() / "choose"};
    }
    for (const auto& call_out : job.call_outs) {
        if (waits_for_second) break;
        if (auto next = next_of(job, call_out, house)) return next;
    }
    if (job.row.state == State::waiting) {
        return NextStep{tr("Choose a peer"),
                        Url("/requests") / job.row.request_id.text() / "choose"};
    }
    if (!job.offers.empty()) {
        return NextStep{tr("Record the answer"),
                        Url("/offers") / job.offers.front().offer_id.text()};
    }
    const bool is_somebody_coming = std::ranges::any_of(job.call_outs, [](const auto& one) {
        return !one.arrived_at && !one.departed_at;
    });
    if ((job.must_part || job.hand_over_due) && !is_somebody_coming) {
        return NextStep{tr("Choose another peer"),
                        Url("/requests") / job.row.request_id.text() / "choose"};
    }
    return std::nullopt;
}

}  // namespace

bool is_locked_up(const views::Job& job, const views::CallOutRow& call_out,
                  const views::House& house) {
    const auto* unlock = job.unlock_of(call_out.call_out_id);
    if (unlock && unlock->escorted_at) return false;
    // Somebody is on their way to that door, or has said no to it: by day as well.
    if (unlock && (unlock->authorised_at || unlock->decision)) return true;
    return !job.policy || night_at(house.zone, job.policy->night, house.now).has_value();
}

std::vector<NextStep> next_steps(const views::Job& job, const views::House& house) {
    std::vector<NextStep> out;
    for (auto step : {forward(job, house), or_else(job, house), way_back(job)}) {
        if (step) out.push_back(std::move(*step));
    }
    return out;
}

}  // namespace alongside::dispatch
