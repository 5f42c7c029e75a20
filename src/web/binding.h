// The inside of forms.h: walks described structs. Include forms.h instead.
#pragma once

#include "web/forms.h"

namespace alongside::web::detail {

template <class T>
bool read_one(std::string_view text, T& out, const EstablishmentId& prison, Words& problem) {
    if constexpr (std::same_as<T, LocationKey>) return read_location(text, prison, out, problem);
    else return read_field(text, out, problem);
}

// Where a value came from and where its errors go.
struct Binding {
    const EstablishmentId& prison;
    FieldErrors& errors;

    void wrong(std::string field, Words sentence) const {
        errors.push_back({std::move(field), std::move(sentence)});
    }
    template <class T>
    void read(std::string_view text, T& out, const std::string& field) const {
        Words problem;
        if (!read_one(text, out, prison, problem)) wrong(field, std::move(problem));
    }
};

template <class T>
void bind_form_member(const Fields& form, const char* name, T& out, const Binding& binding) {
    if constexpr (IsVector<T>::value) {
        for (const auto text : form.all(name)) {
            if (trimmed(text).empty()) continue;
            binding.read(text, out.emplace_back(), name);
        }
    } else if (form.all(name).size() > 1) {
        binding.wrong(name, said_twice());
    } else if constexpr (IsOptional<T>::value) {
        const auto text = form.get(name);
        if (!trimmed(text).empty()) binding.read(text, out.emplace(), name);
    } else {
        const auto text = form.get(name);
        if (!trimmed(text).empty()) binding.read(text, out, name);
        else if constexpr (std::same_as<T, bool>) out = false;
        else binding.wrong(name, must_be_answered());
    }
}

template <class T>
void bind_json(const boost::json::value& json, T& out, const std::string& path,
               const Binding& binding);

template <Described T>
void bind_json_object(const boost::json::object& object, T& out, const std::string& path,
                      const Binding& binding) {
    const std::string prefix = path.empty() ? "" : path + ".";
    for (const auto& item : object) {
        bool is_known = false;
        boost::mp11::mp_for_each<Members<T>>(
            [&](auto member) { is_known = is_known || item.key() == member.name; });
        if (!is_known) binding.wrong(prefix + std::string(item.key()), unknown_name());
    }
    boost::mp11::mp_for_each<Members<T>>([&](auto member) {
        auto& field = out.*member.pointer;
        using Field = std::decay_t<decltype(field)>;
        const auto* value = object.if_contains(member.name);
        if (value && !(IsOptional<Field>::value && value->is_null())) {
            bind_json(*value, field, prefix + member.name, binding);
        } else if constexpr (!IsOptional<Field>::value && !IsVector<Field>::value &&
                             !std::same_as<Field, bool>) {
            binding.wrong(prefix + member.name, must_be_answered());
        }
    });
}

template <Whole T>
void bind_json_integer(const boost::json::value& json, T& out, const std::string& path,
                       const Binding& binding) {
    if (json.is_int64()) binding.read(std::to_string(json.get_int64()), out, path);
    else if (json.is_uint64()) binding.read(std::to_string(json.get_uint64()), out, path);
    else binding.wrong(path, wrong_kind("whole number"));
}

template <class T>
void bind_json(const boost::json::value& json, T& out, const std::string& path,
               const Binding& binding) {
    if constexpr (IsOptional<T>::value) {
        bind_json(json, out.emplace(), path, binding);
    } else if constexpr (std::same_as<T, boost::json::value>) {
        out = json;
    } else if constexpr (IsVector<T>::value) {
        if (!json.is_array()) return binding.wrong(path, wrong_kind("list"));
        std::size_t i = 0;
        for (const auto& item : json.get_array()) {
            typename T::value_type value{};
            bind_json(item, value, path + "[" + std::to_string(i++) + "]", binding);
            out.push_back(std::move(value));
        }
    } else if constexpr (Described<T>) {
        if (!json.is_object()) {
            return binding.wrong(path, path.empty() ? must_be_an_object(json.is_array())
                                                    : wrong_kind("object"));
        }
        bind_json_object(json.get_object(), out, path, binding);
    } else if constexpr (std::same_as<T, bool>) {
        if (!json.is_bool()) return binding.wrong(path, wrong_kind("true or false"));
        out = json.get_bool();
    } else if constexpr (Whole<T>) {
        bind_json_integer(json, out, path, binding);
    } else if constexpr (std::same_as<T, double>) {
        if (!json.is_number()) return binding.wrong(path, wrong_kind("number"));
        out = json.to_number<double>();
    } else {
        if (!json.is_string()) return binding.wrong(path, wrong_kind("text"));
        binding.read(std::string_view(json.get_string()), out, path);
    }
}

std::string to_text(const std::string& value);
std::string to_text(Day value);
std::string to_text(Instant value);
std::string to_text(const Uuid& value);
std::string to_text(Role value);
std::string to_text(DeviceKind value);
template <class T>
    requires requires(const T& value) { value.text(); }
std::string to_text(const T& value) {
    return std::string(value.text());
}
template <DescribedEnum E>
std::string to_text(E value) {
    return boost::describe::enum_to_string(value, "");
}

}  // namespace alongside::web::detail

namespace alongside::web {

template <class T>
Bound<T> from_form(const Request& request) {
    Bound<T> out;
    T value{};
    const detail::Binding binding{request.viewer.establishment, out.errors};
    boost::mp11::mp_for_each<detail::Members<T>>([&](auto member) {
        detail::bind_form_member(request.form, member.name, value.*member.pointer, binding);
    });
    if (out.errors.empty()) out.value = std::move(value);
    return out;
}

template <class T>
Bound<T> from_json(const Request& request) {
    Bound<T> out;
    T value{};
    const detail::Binding binding{request.viewer.establishment, out.errors};
    if (!request.json) binding.wrong("", detail::must_be_an_object(false));
    else detail::bind_json(*request.json, value, "", binding);
    if (out.errors.empty()) out.value = std::move(value);
    return out;
}

template <class T>
boost::json::value to_json(const T& value) {
    if constexpr (detail::IsOptional<T>::value) {
        return value ? to_json(*value) : boost::json::value(nullptr);
    } else if constexpr (detail::IsVector<T>::value) {
        boost::json::array out;
        for (const auto& item : value) out.push_back(to_json(item));
        return out;
    } else if constexpr (std::same_as<T, bool>) {
        return boost::json::value(value);
    } else if constexpr (std::integral<T>) {
        return boost::json::value(static_cast<std::int64_t>(value));
    } else if constexpr (std::same_as<T, double> || std::same_as<T, boost::json::value>) {
        return boost::json::value(value);
    } else if constexpr (detail::Described<T>) {
        boost::json::object out;
        boost::mp11::mp_for_each<detail::Members<T>>([&](auto member) {
            const auto& field = value.*member.pointer;
            if constexpr (detail::IsOptional<std::decay_t<decltype(field)>>::value) {
                if (!field) return;
            }
            out.emplace(member.name, to_json(field));
        });
        return out;
    } else {
        return boost::json::value(boost::json::string(detail::to_text(value)));
    }
}

}  // namespace alongside::web
