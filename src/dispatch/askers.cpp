#include "dispatch/askers.h"

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <mutex>
#include <unordered_map>

namespace alongside::dispatch {
namespace {

// More than is open: a request that was never committed, or has been closed, may still be here.
// Never less: slots only grow, so everything up to `seen_to` has been looked at.
struct Remembered {
    std::int64_t seen_to = -1;
    std::unordered_multimap<PersonId, RequestId> requests;
};
std::mutex memory_mutex;
Remembered& memory_of(const vault::KeyFile& keys, const EstablishmentId& id) {
    static std::map<std::pair<std::uint64_t, EstablishmentId>, Remembered> all;
    return all[{keys.number(), id}];
}

void put(Remembered& memory, PersonId person, RequestId request) {
    const auto [from, to] = memory.requests.equal_range(person);
    const auto is_this = [&](const auto& entry) { return entry.second == request; };
    if (std::none_of(from, to, is_this)) memory.requests.emplace(person, request);
}

std::string text_of(const boost::json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

}  // namespace

std::string as_text(const Asker& asker) {
    boost::json::object out;
    out["person"] = asker.person_id.text();
    out["place"] = asker.place.text();
    out["language"] = asker.wish.language;
    if (asker.wish.sex) out["sex"] = boost::describe::enum_to_string(*asker.wish.sex, "unknown");
    if (asker.wish.asked_for) out["askedFor"] = asker.wish.asked_for->text();
    return boost::json::serialize(out);
}

std::optional<Asker> asker_from(std::string_view text) {
    boost::json::error_code error;
    const auto parsed = boost::json::parse(text, error);
    if (error || !parsed.is_object()) return std::nullopt;
    const auto& object = parsed.get_object();
    const auto person = PersonId::parse(text_of(object, "person"));
    if (!person) return std::nullopt;
    Asker out;
    out.person_id = *person;
    if (const auto place = LocationKey::parse(text_of(object, "place"), {})) out.place = *place;
    out.wish.language = text_of(object, "language");
    people::Sex sex{};
    if (boost::describe::enum_from_string(text_of(object, "sex").c_str(), sex)) {
        out.wish.sex = sex;
    }
    out.wish.asked_for = MemberId::parse(text_of(object, "askedFor"));
    return out;
}

std::optional<Asker> asker_of(const vault::KeyFile& keys, const store::Request& request) {
    if (!request.sealed) return std::nullopt;
    const auto text = keys.open(request.key_slot, *request.sealed, request.request_id.text());
    return text ? asker_from(*text) : std::nullopt;
}

int askers_lost(sql::Reader& db, const vault::KeyFile& keys, const EstablishmentId& id) {
    const auto open = store::open_requests(db, id);
    return static_cast<int>(std::ranges::count_if(open, [&](const auto& request) {
        return request.sealed && !asker_of(keys, request);
    }));
}

namespace {

// Opens the boxes that were written since.
void open_boxes(sql::Reader& db, const vault::KeyFile& keys, const EstablishmentId& id) {
    std::int64_t seen_to = 0;
    {
        const std::lock_guard lock(memory_mutex);
        seen_to = memory_of(keys, id).seen_to;
    }
    // Without the lock: nobody waits for somebody else's database.
    std::vector<std::pair<PersonId, RequestId>> opened;
    for (const auto& box : store::open_boxes_after(db, id, seen_to)) {
        seen_to = box.key_slot;
        if (!box.sealed) continue;
        const auto text = keys.open(box.key_slot, *box.sealed, box.request_id.text());
        const auto asker = text ? asker_from(*text) : std::nullopt;
        if (asker) opened.emplace_back(asker->person_id, box.request_id);
    }
    const std::lock_guard lock(memory_mutex);
    auto& memory = memory_of(keys, id);
    memory.seen_to = std::max(memory.seen_to, seen_to);
    for (const auto& [asker, request] : opened) put(memory, asker, request);
}

}  // namespace

std::vector<PersonId> who_may_ask(sql::Reader& db, const vault::KeyFile& keys,
                                  const EstablishmentId& id) {
    open_boxes(db, keys, id);
    const std::lock_guard lock(memory_mutex);
    std::vector<PersonId> out;
    for (const auto& [person, _] : memory_of(keys, id).requests) out.push_back(person);
    return out;
}

std::vector<store::Request> open_requests_of(sql::Reader& db, const vault::KeyFile& keys,
                                             const EstablishmentId& id, PersonId person) {
    open_boxes(db, keys, id);
    std::vector<RequestId> perhaps;
    {
        const std::lock_guard lock(memory_mutex);
        const auto [from, to] = memory_of(keys, id).requests.equal_range(person);
        for (auto it = from; it != to; ++it) perhaps.push_back(it->second);
    }
    std::vector<store::Request> out;
    for (const auto request_id : perhaps) {
        auto request = store::request(db, id, request_id);
        if (!request || request->closed_at) continue;
        const auto asker = asker_of(keys, *request);
        if (asker && asker->person_id == person) out.push_back(std::move(*request));
    }
    std::sort(out.begin(), out.end(),
              [](const auto& a, const auto& b) { return a.request_id < b.request_id; });
    return out;
}

void remember(const vault::KeyFile& keys, const EstablishmentId& id, PersonId person,
              RequestId request, std::int64_t slot) {
    const std::lock_guard lock(memory_mutex);
    auto& memory = memory_of(keys, id);
    memory.seen_to = std::max(memory.seen_to, slot);
    put(memory, person, request);
}

void forget(const vault::KeyFile& keys, const EstablishmentId& id, RequestId request) {
    const std::lock_guard lock(memory_mutex);
    std::erase_if(memory_of(keys, id).requests,
                  [&](const auto& entry) { return entry.second == request; });
}

}  // namespace alongside::dispatch
