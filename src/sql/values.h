// How C++ values become SQL values and back; the one place that knows.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "base/civil_time.h"
#include "base/clock.h"
#include "base/ids.h"
#include "nouns/names.h"
#include "nouns/viewer.h"

namespace alongside::sql {

using Bytes = std::vector<std::uint8_t>;

// A value on its way in or out. Booleans are their own case because PostgreSQL's are.
struct Null {};
using Value = std::variant<Null, bool, std::int64_t, double, std::string, Bytes, Uuid>;

// The row did not have the shape that the code expects, or holds a code it doesn't know.
class CorruptRow : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// What a cursor offers of its current row, on either engine.
class Columns {
public:
    virtual ~Columns() = default;
    virtual int count() const = 0;
    virtual std::string_view name(int column) const = 0;
    virtual bool is_null(int column) const = 0;
    virtual bool boolean(int column) const = 0;
    virtual std::int64_t integer(int column) const = 0;
    virtual double real(int column) const = 0;
    virtual std::string_view text(int column) const = 0;
    virtual Bytes bytes(int column) const = 0;
    virtual Uuid uuid(int column) const = 0;
};

// Codec<T>: to(T) -> Value, from(Columns, column) -> T. Specialise it for a noun of one's own.
template <class T, class = void>
struct Codec;

template <>
struct Codec<bool> {
    static Value to(bool v) { return v; }
    static bool from(const Columns& row, int c) { return row.boolean(c); }
};
template <class T>
struct Codec<T, std::enable_if_t<std::is_integral_v<T> && !std::is_same_v<T, bool>>> {
    static Value to(T v) { return static_cast<std::int64_t>(v); }
    static T from(const Columns& row, int c) { return static_cast<T>(row.integer(c)); }
};
template <>
struct Codec<double> {
    static Value to(double v) { return v; }
    static double from(const Columns& row, int c) { return row.real(c); }
};
template <>
struct Codec<std::string> {
    static Value to(const std::string& v) { return v; }
    static std::string from(const Columns& row, int c) { return std::string(row.text(c)); }
};
template <>
struct Codec<std::string_view> {
    static Value to(std::string_view v) { return std::string(v); }
};
template <>
struct Codec<const char*> {
    static Value to(const char* v) { return std::string(v); }
};
template <>
struct Codec<Bytes> {
    static Value to(const Bytes& v) { return v; }
    static Bytes from(const Columns& row, int c) { return row.bytes(c); }
};
template <>
struct Codec<Uuid> {
    static Value to(const Uuid& v) { return v; }
    static Uuid from(const Columns& row, int c) { return row.uuid(c); }
};
template <class Tag>
struct Codec<Id<Tag>> {
    static Value to(const Id<Tag>& v) { return v.uuid; }
    static Id<Tag> from(const Columns& row, int c) { return Id<Tag>(row.uuid(c)); }
};
template <>
struct Codec<Instant> {  // BIGINT, milliseconds since 1970 UTC
    static Value to(Instant v) { return epoch_ms(v); }
    static Instant from(const Columns& row, int c) { return from_epoch_ms(row.integer(c)); }
};
template <>
struct Codec<Day> {  // TEXT, "2026-11-21"
    static Value to(Day v) { return iso_day(v); }
    static Day from(const Columns& row, int c) {
        if (const auto day = parse_iso_day(row.text(c))) return *day;
        throw CorruptRow("not a day in column " + std::string(row.name(c)));
    }
};
template <>
struct Codec<EstablishmentId> {
    static Value to(const EstablishmentId& v) { return v.text(); }
    static EstablishmentId from(const Columns& row, int c) {
        if (const auto id = EstablishmentId::parse(row.text(c))) return *id;
        throw CorruptRow("not an establishment in column " + std::string(row.name(c)));
    }
};
template <>
struct Codec<SchemeCode> {
    static Value to(const SchemeCode& v) { return v.text(); }
    static SchemeCode from(const Columns& row, int c) {
        if (const auto code = SchemeCode::parse(row.text(c))) return *code;
        throw CorruptRow("not a scheme in column " + std::string(row.name(c)));
    }
};
template <>
struct Codec<LocationKey> {  // an empty text is no place
    static Value to(const LocationKey& v) { return v.text(); }
    static LocationKey from(const Columns& row, int c) {
        if (row.text(c).empty()) return {};
        if (const auto key = LocationKey::parse(row.text(c), {})) return *key;
        throw CorruptRow("not a place in column " + std::string(row.name(c)));
    }
};
template <class T>
struct Codec<std::optional<T>> {
    static Value to(const std::optional<T>& v) { return v ? Codec<T>::to(*v) : Value(Null{}); }
    static std::optional<T> from(const Columns& row, int c) {
        if (row.is_null(c)) return std::nullopt;
        return Codec<T>::from(row, c);
    }
};
// Described enums are stored by their enumerator's name.
template <class E>
struct Codec<E, std::enable_if_t<std::is_enum_v<E> &&
                                  boost::describe::has_describe_enumerators<E>::value>> {
    static Value to(E v) {
        const char* name = boost::describe::enum_to_string(v, nullptr);
        if (!name) throw CorruptRow("an enumerator without a name");
        return std::string(name);
    }
    static E from(const Columns& row, int c) {
        E out{};
        if (boost::describe::enum_from_string(std::string(row.text(c)).c_str(), out)) return out;
        throw CorruptRow("unknown code in column " + std::string(row.name(c)));
    }
};
template <>
struct Codec<Role> {
    static Value to(Role v) { return std::string(code(v)); }
    static Role from(const Columns& row, int c) {
        if (const auto role = role_from(row.text(c))) return *role;
        throw CorruptRow("unknown role");
    }
};
template <>
struct Codec<DeviceKind> {
    static Value to(DeviceKind v) { return std::string(code(v)); }
    static DeviceKind from(const Columns& row, int c) {
        if (const auto kind = device_kind_from(row.text(c))) return *kind;
        throw CorruptRow("unknown kind of device");
    }
};

template <class T>
Value to_value(const T& value) {
    return Codec<std::decay_t<const T&>>::to(value);  // a literal is a const char*
}

// One after another: a braced list would copy each of them once more.
template <class... Args>
std::vector<Value> to_values(const Args&... args) {
    std::vector<Value> out;
    out.reserve(sizeof...(args));
    (out.push_back(to_value(args)), ...);
    return out;
}

// A described struct from the row: columns by position, and their names must be the members'
// names in the order in which they are described. Anything else reads the first column alone.
template <class Row>
Row from_columns(const Columns& row) {
    if constexpr (boost::describe::has_describe_members<Row>::value) {
        Row out{};
        int column = 0;
        using Members = boost::describe::describe_members<Row, boost::describe::mod_public>;
        boost::mp11::mp_for_each<Members>([&](auto member) {
            if (column >= row.count() || row.name(column) != member.name) {
                throw CorruptRow(std::string("the statement does not select ") + member.name +
                                 " where the row expects it");
            }
            auto& field = out.*member.pointer;
            field = Codec<std::decay_t<decltype(field)>>::from(row, column);
            ++column;
        });
        if (column != row.count()) throw CorruptRow("the statement selects too many columns");
        return out;
    } else {
        return Codec<Row>::from(row, 0);
    }
}

}  // namespace alongside::sql
