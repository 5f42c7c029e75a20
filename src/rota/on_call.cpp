// Who is on call, from a copy in memory of the stretches around now.
#include <algorithm>
#include <map>
#include <memory>
#include <mutex>

#include "rota/store.h"
#include "welfare/welfare.h"

namespace alongside::rota {
namespace {

constexpr Hours ahead{36};          // how long a copy holds the stretches, from where it was read

struct Kept {
    Uuid version;
    Instant from, to;               // asked about within this, the copy holds all
    std::shared_ptr<const std::vector<store::Put>> puts;
};

std::shared_ptr<const std::vector<store::Put>> puts_around(sql::Reader& reader,
                                                           const EstablishmentId& home,
                                                           const SchemeCode& scheme, Instant at,
                                                           const Uuid& version) {
    static std::mutex mutex;
    static std::map<std::pair<EstablishmentId, SchemeCode>, Kept> all;
    {
        const std::lock_guard lock(mutex);
        const auto found = all.find({home, scheme});
        if (found != all.end() && found->second.version == version && found->second.from <= at &&
            at < found->second.to) {
            return found->second.puts;
        }
    }
    Kept fresh{version, at, at + ahead, nullptr};
    fresh.puts = std::make_shared<const std::vector<store::Put>>(
        store::puts(reader, home, scheme, fresh.from, fresh.to));
    const std::lock_guard lock(mutex);
    all[{home, scheme}] = fresh;
    return fresh.puts;
}

}  // namespace

std::vector<OnCall> on_call_at(sql::Reader& reader, const EstablishmentId& home,
                               const SchemeCode& scheme, Instant at) {
    std::vector<OnCall> out;
    const auto version = store::version(reader, home, scheme);
    if (!version) return out;
    const auto puts = puts_around(reader, home, scheme, at, *version);
    for (const auto& put : *puts) {
        if (put.from_at <= at && at < put.until_at) {
            out.push_back({put.person_id, put.shift_id, put.until_at});
        }
    }
    // On two shifts at once: the one that ends later says until when.
    std::sort(out.begin(), out.end(), [](const OnCall& a, const OnCall& b) {
        return std::tie(a.person_id, b.until_at) < std::tie(b.person_id, a.until_at);
    });
    const auto same = [](const OnCall& a, const OnCall& b) { return a.person_id == b.person_id; };
    out.erase(std::unique(out.begin(), out.end(), same), out.end());
    return out;
}

std::vector<Gap> gaps(sql::Reader& reader, const EstablishmentId& home, const SchemeCode& scheme,
                      Instant from, Instant to) {
    std::map<ShiftId, std::vector<rules::Stretch>> on;
    for (const auto& put : store::puts(reader, home, scheme, from, to)) {
        on[put.shift_id].push_back({put.person_id, put.from_at, put.until_at});
    }
    std::vector<rules::Stretch> away;
    for (const auto& one : welfare::away(reader, home, from, to)) {
        away.push_back({one.person_id, one.from, one.to});
    }
    std::vector<Gap> out;
    for (const auto& shift : store::shifts(reader, home, scheme, from, to)) {
        const rules::ShiftFacts facts{shift.shift_id, shift.name, shift.starts_at, shift.ends_at,
                                      shift.needed, on[shift.shift_id]};
        for (auto& gap : rules::gaps_of(facts, away, from, to)) out.push_back(std::move(gap));
    }
    std::stable_sort(out.begin(), out.end(),
                     [](const Gap& a, const Gap& b) { return a.from < b.from; });
    return out;
}

}  // namespace alongside::rota
