// Registered devices and the tokens of other programs.
#include <algorithm>

#include "access/acting.h"
#include "access/keys.h"
#include "base/ensure.h"

namespace alongside::access {
namespace {

bool is_label_good(std::string_view label) {
    const auto characters = std::count_if(label.begin(), label.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    });
    return characters >= 1 && characters <= 60;
}

// As somebody types it: any case, with or without the dash.
std::string plain_code(std::string_view typed) {
    std::string out;
    for (const char c : typed) {
        if (c == '-' || c == ' ') continue;
        out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return out;
}

DeviceCode put_new_code(sql::Transaction& tx, const Occasion& occasion, const Secrets& secrets,
                        DeviceId id) {
    const std::string code = new_device_code(*occasion.entropy);
    const Instant until = occasion.now + code_is_good_for;
    store::set_code(tx, occasion.who.establishment, id, secrets.tag("device.code", code), until);
    record(tx, occasion, "device.code_made", id.text());
    return {id, code.substr(0, 4) + "-" + code.substr(4), until};
}

}  // namespace

Result<DeviceCode> device_add(sql::Database& database, const Occasion& occasion,
                              Secrets& secrets, const NewDevice& wanted) {
    ENSURE(occasion.entropy);
    if (!is_label_good(wanted.label)) return refusal(Why::bad_label);
    if (wanted.place.empty() && wanted.kind != DeviceKind::office) {
        return refusal(Why::place_is_needed);
    }
    const auto& e = occasion.who.establishment;
    return database.write(e, [&](sql::Transaction& tx) -> Result<DeviceCode> {
        const auto there = store::device(tx, e, wanted.device_id);
        if (there && there->revoked_at) return refusal(Why::device_is_revoked);
        if (!there) {
            store::insert_device(tx, e, wanted, occasion.now);
            record(tx, occasion, "device.added", wanted.device_id.text(),
                   {{"kind", std::string(code(wanted.kind))}, {"place", wanted.place.text()}});
        }
        return put_new_code(tx, occasion, secrets, wanted.device_id);
    });
}

Result<DeviceCode> device_new_code(sql::Database& database, const Occasion& occasion,
                                   Secrets& secrets, DeviceId id) {
    ENSURE(occasion.entropy);
    const auto& e = occasion.who.establishment;
    return database.write(e, [&](sql::Transaction& tx) -> Result<DeviceCode> {
        const auto there = store::device(tx, e, id);
        if (!there) return refusal(Why::no_such_device);
        if (there->revoked_at) return refusal(Why::device_is_revoked);
        return put_new_code(tx, occasion, secrets, id);
    });
}

Result<Done> device_revoke(sql::Database& database, const Occasion& occasion, DeviceId id) {
    const auto& e = occasion.who.establishment;
    return database.write(e, [&](sql::Transaction& tx) -> Result<Done> {
        const auto there = store::device(tx, e, id);
        if (!there) return refusal(Why::no_such_device);
        if (there->revoked_at) return Done{};
        store::set_revoked(tx, e, id, occasion.now);
        store::end_sessions_on(tx, e, id);
        count_change_on_commit(tx);
        record(tx, occasion, "device.revoked", id.text());
        return Done{};
    });
}

Result<std::string> device_register(sql::Database& database, const Occasion& occasion,
                                    Secrets& secrets, const TypedCode& typed) {
    ENSURE(occasion.entropy);
    const auto& e = occasion.who.establishment;
    Try attempt = try_of(secrets, occasion, typed.remote, "a device's code");
    TRY(const Done may_try, begin_try(database, occasion, attempt));
    (void)may_try;
    const auto code_hash = secrets.tag("device.code", plain_code(typed.code));
    return database.write(e, [&](sql::Transaction& tx) -> Result<std::string> {
        const auto device = store::device_by_code(tx, e, code_hash);
        if (!device || !device->code_until || occasion.now >= *device->code_until) {
            return refusal(Why::code_not_recognised);
        }
        const std::string token = new_token(*occasion.entropy);
        store::set_device_token(tx, e, device->device_id, token_hash(token), occasion.now);
        store::end_sessions_on(tx, e, device->device_id);
        forgive_try(tx, occasion, attempt, true);
        count_change_on_commit(tx);
        Occasion own = occasion;
        own.who.actor = actor_of(device->device_id);
        record(tx, own, "device.registered", device->device_id.text());
        return token;
    });
}

Result<std::string> token_add(sql::Database& database, const Occasion& occasion,
                              const NewToken& wanted) {
    ENSURE(occasion.entropy);
    if (!is_label_good(wanted.name)) return refusal(Why::bad_label);
    if (wanted.ends_at && *wanted.ends_at <= occasion.now) return refusal(Why::bad_end);
    const auto& e = occasion.who.establishment;
    return database.write(e, [&](sql::Transaction& tx) -> Result<std::string> {
        if (store::token(tx, e, wanted.token_id)) return std::string();  // shown once, then
        const std::string token = new_token(*occasion.entropy);
        store::insert_token(tx, e, wanted, token_hash(token), occasion.now);
        record(tx, occasion, "token.added", wanted.token_id.text(),
               {{"role", std::string(code(wanted.role))}});
        return "alongside_" + e.text() + "_" + token;
    });
}

Result<Done> token_revoke(sql::Database& database, const Occasion& occasion, TokenId id) {
    const auto& e = occasion.who.establishment;
    return database.write(e, [&](sql::Transaction& tx) -> Result<Done> {
        const auto there = store::token(tx, e, id);
        if (!there) return refusal(Why::no_such_token);
        if (there->revoked_at) return Done{};
        store::set_token_revoked(tx, e, id, occasion.now);
        count_change_on_commit(tx);
        record(tx, occasion, "token.revoked", id.text());
        return Done{};
    });
}

}  // namespace alongside::access
