#include "rota/needs.h"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <set>

#include "ledger/ledger.h"
#include "people/people.h"
#include "rota/refusals.h"
#include "rota/store_needs.h"
#include "schemes/schemes.h"

namespace alongside::rota {
namespace {

enum class NeedsRefused { no_shift, no_module, no_unit };

Refusal refusal(NeedsRefused why) {
    switch (why) {
        case NeedsRefused::no_shift:
            return {"rota.need_shift", tr("There is no shift of this name."), "name", 404};
        case NeedsRefused::no_module:
            return {"rota.need_module", tr("Choose modules of this scheme."), "modules", 422};
        case NeedsRefused::no_unit:
            return {"rota.need_unit", tr("Choose units of this prison."), "units", 422};
    }
    return {};
}

void put_in_order(std::vector<std::string>& codes) {
    std::ranges::sort(codes);
    const auto again = std::ranges::unique(codes);
    codes.erase(again.begin(), again.end());
}

template <class All>
bool are_all_of(const std::vector<std::string>& codes, const All& all) {
    return std::ranges::all_of(codes, [&](const std::string& code) { return all.contains(code); });
}

}  // namespace

const ShiftNeeds& NeedsByName::of(const std::string& name) const {
    static const ShiftNeeds nothing;
    const auto found = find(name);
    return found == end() ? nothing : found->second;
}

NeedsByName shift_needs(sql::Reader& reader, const EstablishmentId& home,
                        const SchemeCode& scheme) {
    NeedsByName out;
    for (auto& row : store::needs(reader, home, scheme)) {
        auto& one = out[row.name];
        (row.what == "module" ? one.modules : one.units).push_back(std::move(row.code));
    }
    return out;
}

std::vector<std::string> shift_names(sql::Reader& reader, const EstablishmentId& home,
                                     const SchemeCode& scheme, Instant now) {
    std::set<std::string> out;
    for (auto& name : store::names_of_shifts(reader, home, scheme, now)) {
        out.insert(std::move(name));
    }
    if (const auto usual = pattern(reader, home, scheme)) {
        for (const auto& shift : usual->shifts) out.insert(shift.name);
    }
    for (const auto& [name, needs] : shift_needs(reader, home, scheme)) out.insert(name);
    return {out.begin(), out.end()};
}

Result<Done> save_needs(sql::Database& database, const Occasion& occasion,
                        const SchemeCode& scheme, const std::string& name, ShiftNeeds needs) {
    const auto& home = occasion.who.establishment;
    put_in_order(needs.modules);
    put_in_order(needs.units);
    return database.write(home, [&](sql::Transaction& tx) -> Result<Done> {
        if (const auto why = may_not_change(tx, occasion.who, scheme)) return refusal(*why);
        if (std::ranges::count(shift_names(tx, home, scheme, occasion.now), name) == 0) {
            return refusal(NeedsRefused::no_shift);
        }
        std::set<std::string> modules, units;
        for (const auto& one : schemes::policy(tx, home, scheme)->modules) modules.insert(one.code);
        for (const auto& one : people::units(tx, home)) units.insert(one.unit);
        if (!are_all_of(needs.modules, modules)) return refusal(NeedsRefused::no_module);
        if (!are_all_of(needs.units, units)) return refusal(NeedsRefused::no_unit);
        if (shift_needs(tx, home, scheme).of(name) == needs) return Done{};
        std::vector<store::NeedRow> rows;
        for (const auto& code : needs.modules) rows.push_back({name, "module", code});
        for (const auto& code : needs.units) rows.push_back({name, "unit", code});
        store::set_needs(tx, home, scheme, name, rows, occasion.now, occasion.who.actor);
        ledger::append(tx, occasion,
                       {"rota.needs_saved", {scheme.text()},
                        boost::json::serialize(boost::json::value{
                            {"shift", name},
                            {"modules", boost::json::value_from(needs.modules)},
                            {"units", boost::json::value_from(needs.units)}})});
        return Done{};
    });
}

}  // namespace alongside::rota
