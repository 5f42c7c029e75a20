#include "web/openapi.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <map>
#include <mutex>
#include <set>

#include "base/ensure.h"
#include "web/schema.h"

namespace alongside::web {

using boost::json::array;
using boost::json::object;
using boost::json::value;

namespace detail {
namespace {

struct Kept {
    std::mutex mutex;
    std::map<std::string, value, std::less<>> schemas;
};
Kept& kept() {
    static Kept all;
    return all;
}

}  // namespace

value basic_schema(Shape shape) {
    switch (shape) {
        case Shape::text: return object{{"type", "string"}, {"maxLength", 500}};
        case Shape::truth: return object{{"type", "boolean"}};
        case Shape::whole: return object{{"type", "integer"}};
        case Shape::number: return object{{"type", "number"}, {"format", "double"}};
        case Shape::day: return object{{"type", "string"}, {"format", "date"}};
        case Shape::instant: return object{{"type", "string"}, {"format", "date-time"}};
        case Shape::uuid: return object{{"type", "string"}, {"format", "uuid"}};
        case Shape::location:
            return object{{"type", "string"}, {"examples", array{"A-1-001"}},
                          {"pattern", "^[A-Za-z0-9_]{1,12}(-[A-Za-z0-9_]{1,12}){0,4}$"}};
        case Shape::scheme:
            return object{{"type", "string"}, {"pattern", "^[a-z0-9-]{2,40}$"},
                          {"examples", array{"listeners"}}};
        case Shape::prison:
            return object{{"type", "string"}, {"pattern", "^[A-Z]{3}$"},
                          {"examples", array{"MDI"}}};
        case Shape::any: return object{};
    }
    return {};
}

value integer_schema(std::int64_t least, std::int64_t most, int bits) {
    if (bits == 64) return object{{"type", "integer"}, {"format", "int64"}};
    if (bits == 32 && least < 0) return object{{"type", "integer"}, {"format", "int32"}};
    return object{{"type", "integer"}, {"minimum", least}, {"maximum", most}};
}

value enum_schema(const std::vector<std::string>& names) {
    array all;
    for (const auto& name : names) all.push_back(value(name));
    return object{{"type", "string"}, {"enum", std::move(all)}};
}

value list_schema(value item) {
    return object{{"type", "array"}, {"items", std::move(item)}};
}

value role_schema() {
    std::vector<std::string> names;
    for (int i = 0; i < role_count; ++i) names.emplace_back(code(static_cast<Role>(i)));
    return enum_schema(names);
}

value device_kind_schema() {
    using enum DeviceKind;
    return enum_schema({std::string(code(in_cell)), std::string(code(wing_kiosk)),
                        std::string(code(office))});
}

value object_schema(object properties, array required) {
    object out{{"type", "object"}, {"properties", std::move(properties)},
               {"additionalProperties", false}};
    if (!required.empty()) out["required"] = std::move(required);
    return out;
}

std::string_view keep_schema(std::string_view name, value schema) {
    const std::lock_guard lock(kept().mutex);
    const auto [found, is_new] = kept().schemas.try_emplace(std::string(name), schema);
    ENSURE(is_new || found->second == schema);
    return found->first;
}

}  // namespace detail

const value* kept_schema(std::string_view name) {
    const std::lock_guard lock(detail::kept().mutex);
    const auto found = detail::kept().schemas.find(name);
    return found == detail::kept().schemas.end() ? nullptr : &found->second;
}

namespace {

object ref(std::string_view kind, std::string_view name) {
    return {{"$ref", "#/components/" + std::string(kind) + "/" + std::string(name)}};
}

object json_content(value schema) {
    return {{"application/json", object{{"schema", std::move(schema)}}}};
}

std::vector<std::string> captures_of(std::string_view pattern) {
    std::vector<std::string> out;
    for (std::size_t at = 0; (at = pattern.find('{', at)) != std::string_view::npos; ++at) {
        out.emplace_back(pattern.substr(at + 1, pattern.find('}', at) - at - 1));
    }
    return out;
}

// "post /api/requests/{id}/offers" is postRequestsIdOffers.
std::string operation_id(const Route& route) {
    std::string out(code(route.method));
    for (char& c : out) c = static_cast<char>(c - 'A' + 'a');
    bool starts_word = false;
    std::string_view path = route.pattern;
    if (path.starts_with("/api/")) path.remove_prefix(4);
    for (const char c : path) {
        const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                               (c >= '0' && c <= '9');
        if (is_letter && starts_word && c >= 'a' && c <= 'z') out += static_cast<char>(c - 32);
        else if (is_letter) out += c;
        starts_word = !is_letter;
    }
    return out;
}

object cookie(std::string_view name, std::string_view when) {
    return {{"type", "apiKey"}, {"in", "cookie"}, {"name", name}, {"description", when}};
}

class Document {
public:
    explicit Document(const Routes& routes) {
        for (const auto& route : routes.all()) {
            if (route.is_api) add(route);
        }
    }

    value finished(std::string_view version) && {
        array tags;
        for (const auto& tag : tags_) tags.push_back(object{{"name", tag}});
        return object{
            {"openapi", "3.1.0"},
            {"info",
             object{{"title", "Alongside"},
                    {"version", version},
                    {"description", "Peer support in prisons. Every write may carry an "
                                    "Idempotency-Key; sent again, it is answered again and not "
                                    "done again."},
                    {"license", object{{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}}}},
            {"servers", array{object{{"url", "/"}, {"description", "This installation"}}}},
            {"security", array{object{{"token", array{}}}, object{{"session", array{}}},
                               object{{"sessionOverTls", array{}}}}},
            {"tags", std::move(tags)},
            {"paths", std::move(paths_)},
            {"components", components()}};
    }

private:
    object schema(std::string_view name) {
        const auto* known = kept_schema(name);
        ENSURE(known && "describe_schema<T>() was not called for this name");
        schemas_.emplace(name, *known);
        return ref("schemas", name);
    }

    void add(const Route& route) {
        auto& path = paths_[route.pattern];
        if (!path.is_object()) path = object{};
        std::string verb(code(route.method));
        for (char& c : verb) c = static_cast<char>(c - 'A' + 'a');
        path.get_object()[verb] = operation(route);
    }

    object operation(const Route& route) {
        object out{{"operationId", operation_id(route)},
                   {"summary", route.api.summary},
                   {"x-permission", code(route.permission)}};
        if (!route.api.tag.empty()) {
            tags_.emplace(route.api.tag);
            out["tags"] = array{value(route.api.tag)};
        }
        if (route.permission == Permission::anyone) out["security"] = array{};
        if (auto list = parameters(route); !list.empty()) out["parameters"] = std::move(list);
        if (!route.api.request_schema.empty()) out["requestBody"] = body(route);
        out["responses"] = responses(route);
        return out;
    }

    static array parameters(const Route& route) {
        array out;
        for (const auto& name : captures_of(route.pattern)) {
            const bool is_id = name == "id" || name.ends_with("Id") || name.ends_with("_id");
            object text{{"type", "string"}};
            if (is_id) text["format"] = "uuid";
            out.push_back(object{{"name", name}, {"in", "path"}, {"required", true},
                                 {"schema", std::move(text)}});
        }
        for (const auto& query : route.api.query) {
            out.push_back(object{{"name", query.name}, {"in", "query"}, {"required", false},
                                 {"description", query.description},
                                 {"schema", object{{"type", query.type}}}});
        }
        if (route.method != Method::get) out.push_back(ref("parameters", "IdempotencyKey"));
        return out;
    }

    // A name with a slash is a media type: the body is a file of that kind.
    object body(const Route& route) {
        const auto name = route.api.request_schema;
        if (name.find('/') == std::string_view::npos) {
            return {{"required", true}, {"content", json_content(schema(name))}};
        }
        object content;
        content[name] = object{{"schema", object{{"type", "string"}}}};
        return {{"required", true}, {"content", std::move(content)}};
    }

    object responses(const Route& route) {
        object out;
        object success{{"description", "Done"}};
        if (!route.api.response_schema.empty()) {
            success["content"] = json_content(schema(route.api.response_schema));
        }
        out[std::to_string(route.api.success)] = std::move(success);
        const auto may_fail = [&](const char* status) {
            out[status] = ref("responses", "Problem");
        };
        may_fail("400");
        if (route.permission != Permission::anyone) may_fail("401"), may_fail("403");
        const bool names_one = route.pattern.find('{') != std::string_view::npos;
        if (names_one || !route.api.request_schema.empty()) may_fail("404");
        if (!route.api.request_schema.empty()) may_fail("413"), may_fail("415");
        if (route.method != Method::get) may_fail("409"), may_fail("422"), may_fail("507");
        may_fail("503");
        return out;
    }

    object components() {
        schemas_["Problem"] = object{
            {"type", "object"},
            {"required", array{"status", "errorCode", "userMessage", "developerMessage"}},
            {"properties",
             object{{"status", object{{"type", "integer"}, {"examples", array{409}}}},
                    {"errorCode", object{{"type", "string"},
                                         {"description", "Stable, for programs"},
                                         {"examples", array{"dispatch.already_open"}}}},
                    {"userMessage", object{{"type", "string"},
                                           {"description", "A sentence for people, in the "
                                                           "language asked for"}}},
                    {"developerMessage", object{{"type", "string"}}},
                    {"moreInfo", object{{"type", array{"string", "null"}},
                                        {"description", "The field by its path, or the reference "
                                                        "under which it was logged"}}}}}};
        return object{
            {"securitySchemes",
             object{{"token", object{{"type", "http"}, {"scheme", "bearer"}}},
                    {"session", cookie("session", "Over plain HTTP, on the machine itself")},
                    {"sessionOverTls", cookie("__Host-session",
                                              "Over https, also where a proxy speaks it")}}},
            {"parameters",
             object{{"IdempotencyKey",
                     object{{"name", "Idempotency-Key"}, {"in", "header"}, {"required", false},
                            {"description", "A new random UUID for each thing that is done. Sent "
                                            "again within 48 hours with the same content, the "
                                            "first answer is given again."},
                            {"schema", object{{"type", "string"}, {"minLength", 16},
                                              {"maxLength", 200}}}}}}},
            {"responses",
             object{{"Problem", object{{"description", "Nothing was changed"},
                                       {"content", json_content(ref("schemas", "Problem"))}}}}},
            {"schemas", std::move(schemas_)}};
    }

    object paths_, schemas_;
    std::set<std::string, std::less<>> tags_;
};

}  // namespace

value openapi(const Routes& routes, std::string_view version) {
    return Document(routes).finished(version);
}

}  // namespace alongside::web
