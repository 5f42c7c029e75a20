// JSON Schema of described structs, for OpenAPI.
#pragma once

#include <boost/json/value.hpp>
#include <string_view>

#include "web/forms.h"

namespace alongside::web {

namespace detail {

enum class Shape { text, truth, whole, number, day, instant, uuid, location, scheme, prison, any };
boost::json::value basic_schema(Shape shape);
boost::json::value integer_schema(std::int64_t least, std::int64_t most, int bits);
boost::json::value enum_schema(const std::vector<std::string>& names);
boost::json::value list_schema(boost::json::value item);
boost::json::value role_schema();
boost::json::value device_kind_schema();
boost::json::value object_schema(boost::json::object properties, boost::json::array required);
std::string_view keep_schema(std::string_view name, boost::json::value schema);

template <class T>
struct IsId : std::false_type {};
template <class Tag>
struct IsId<Id<Tag>> : std::true_type {};

template <class T>
boost::json::value schema_of();

template <Described T>
boost::json::value schema_of_struct() {
    boost::json::object properties;
    boost::json::array required;
    boost::mp11::mp_for_each<Members<T>>([&](auto member) {
        using Field = std::decay_t<decltype(std::declval<T&>().*member.pointer)>;
        properties.emplace(member.name, schema_of<Field>());
        constexpr bool may_be_missing = IsOptional<Field>::value || IsVector<Field>::value ||
                                        std::same_as<Field, bool>;
        if (!may_be_missing) required.push_back(member.name);
    });
    return object_schema(std::move(properties), std::move(required));
}

template <DescribedEnum E>
boost::json::value schema_of_enum() {
    std::vector<std::string> names;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>(
        [&](auto enumerator) { names.emplace_back(enumerator.name); });
    return enum_schema(names);
}

template <class T>
boost::json::value schema_of() {
    if constexpr (IsOptional<T>::value) return schema_of<typename T::value_type>();
    else if constexpr (IsVector<T>::value) return list_schema(schema_of<typename T::value_type>());
    else if constexpr (std::same_as<T, bool>) return basic_schema(Shape::truth);
    else if constexpr (Whole<T>) {
        static_assert(sizeof(T) < 8 || std::is_signed_v<T>);
        return integer_schema(std::numeric_limits<T>::min(), std::numeric_limits<T>::max(),
                              static_cast<int>(sizeof(T)) * 8);
    }
    else if constexpr (std::same_as<T, double>) return basic_schema(Shape::number);
    else if constexpr (std::same_as<T, Day>) return basic_schema(Shape::day);
    else if constexpr (std::same_as<T, Instant>) return basic_schema(Shape::instant);
    else if constexpr (std::same_as<T, Uuid> || IsId<T>::value) return basic_schema(Shape::uuid);
    else if constexpr (std::same_as<T, LocationKey>) return basic_schema(Shape::location);
    else if constexpr (std::same_as<T, SchemeCode>) return basic_schema(Shape::scheme);
    else if constexpr (std::same_as<T, EstablishmentId>) return basic_schema(Shape::prison);
    else if constexpr (std::same_as<T, Role>) return role_schema();
    else if constexpr (std::same_as<T, DeviceKind>) return device_kind_schema();
    else if constexpr (std::same_as<T, boost::json::value>) return basic_schema(Shape::any);
    else if constexpr (DescribedEnum<T>) return schema_of_enum<T>();
    else if constexpr (Described<T>) return schema_of_struct<T>();
    else return basic_schema(Shape::text);
}

}  // namespace detail

// Keeps the schema of T (a described struct, or a vector of one) under `name` for openapi(), and
// hands the name back for About. A Bug if the name already stands for another shape.
//   .about({.summary = "Ask", .request_schema = describe_schema<NewRequest>("NewRequest")})
template <class T>
std::string_view describe_schema(std::string_view name) {
    return detail::keep_schema(name, detail::schema_of<T>());
}

// Null where nothing was kept under that name.
const boost::json::value* kept_schema(std::string_view name);

}  // namespace alongside::web
