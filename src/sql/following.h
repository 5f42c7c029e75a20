// Copies that are kept in memory between reads, and follow what has changed since.
//
// Each change of what is copied writes a numbered row, with a version from the kernel's generator:
// never from a seed, so that a state that was undone, or one of another database, is never taken
// for this one. A copy remembers the last row that it knows.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <span>

#include "base/entropy.h"
#include "base/ids.h"

namespace alongside::sql {

struct ChangeSeen {
    std::int64_t seq = 0;
    Uuid version;
    friend bool operator==(const ChangeSeen&, const ChangeSeen&) = default;
};
BOOST_DESCRIBE_STRUCT(ChangeSeen, (), (seq, version))

// The change after `last`.
inline ChangeSeen next_change(const std::optional<ChangeSeen>& last) {
    ChangeSeen out{last ? last->seq + 1 : 1, {}};
    SystemEntropy kernel;
    kernel.fill(std::as_writable_bytes(std::span(out.version.bytes)));
    return out;
}
// Older rows are dropped where this says so; whoever last looked before then reads all anew.
constexpr std::int64_t changes_kept = 5'000;
constexpr bool is_time_to_drop(std::int64_t seq) { return seq % changes_kept == 0; }

// How a copy comes to be as a snapshot has it whose latest change is `last`. `has_change` says
// whether the snapshot has the change that the copy saw.
enum class Follow { is_there, by_changes, anew };
template <class HasChange>
Follow follow(const std::optional<ChangeSeen>& copy, const ChangeSeen& last,
              HasChange&& has_change) {
    if (!copy) return Follow::anew;
    if (*copy == last) return Follow::is_there;
    return last.seq > copy->seq && has_change(*copy) ? Follow::by_changes : Follow::anew;
}

}  // namespace alongside::sql
