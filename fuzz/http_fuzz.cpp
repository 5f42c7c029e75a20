// Whatever comes over the wire: addresses, queries, forms, multipart, cookies, heads, JSON.
// rooms: web
#include <boost/json/serialize.hpp>
#include <cstdint>
#include <string_view>

#include "base/ensure.h"
#include "web/forms.h"
#include "web/incoming.h"
#include "web/parse.h"

using namespace alongside;
using namespace alongside::web;

namespace {

enum class Way { in_cell, officer };
BOOST_DESCRIBE_ENUM(Way, in_cell, officer)
struct Part {
    std::string words;
    int number = 0;
    BOOST_DESCRIBE_CLASS(Part, (), (words, number), (), ())
};
struct Everything {
    Way way{};
    bool isReady = false;
    std::optional<Instant> at;
    Day day{};
    LocationKey cell;
    PersonId person;
    double hours = 0;
    std::vector<Part> parts;
    BOOST_DESCRIBE_CLASS(Everything, (), (way, isReady, at, day, cell, person, hours, parts), (),
                         ())
};

const Routes& routes() {
    static const Routes all = [] {
        const auto none = [](Request&) { return Response{}; };
        Routes out;
        for (const char* pattern :
             {"/", "/a", "/a/{id}", "/a/new", "/a/{id}/b/{other}", "/api/a"}) {
            out.add(Route(Method::get, pattern, Permission::anyone, none));
        }
        return out;
    }();
    return all;
}

// What is read is the same when it is written and read again.
void bind(std::string_view text) {
    Request request;
    request.viewer.establishment = *EstablishmentId::parse("SMI");
    request.json = parse_json(text);
    if (!request.json) return;
    const auto bound = from_json<Everything>(request);
    ENSURE(bound.value.has_value() == bound.errors.empty());
    if (!bound.value) return;
    const auto json = to_json(*bound.value);
    request.json = parse_json(boost::json::serialize(json));
    const auto again = from_json<Everything>(request);
    ENSURE(again.value && to_json(*again.value) == json);
}

void route(std::string_view text) {
    const auto target = parse_target(text);
    const auto match = routes().find(Method::get, text);
    for (const auto& [name, value] : match.captures) ENSURE(is_utf8(value));
    if (!target) return;
    ENSURE(target->path.starts_with('/'));
    ENSURE(target->path.find("/../") == std::string::npos);
    for (const auto& [name, value] : target->query.list()) ENSURE(is_utf8(name) && is_utf8(value));
}

// Lines "name: value" as a head would hold them.
void head(std::string_view text) {
    Head head;
    head.verb = "POST";
    head.target = "/a/1?x=2";
    head.is_proxy = true;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const auto colon = std::min(line.find(':'), line.size());
        head.add(line.substr(0, colon), line.substr(std::min(colon + 1, line.size())));
    }
    const auto incoming = incoming_from(std::move(head), routes());
    ENSURE(incoming.request.remote.size() <= 45);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(bytes) + 1, size - 1);
    switch (bytes[0] % 6) {
        case 0: route(text); break;
        case 1: bind(text); break;
        case 2: head(text); break;
        case 3: {
            const auto parts = parse_multipart("multipart/form-data; boundary=b", text);
            if (parts) for (const auto& file : parts->files) ENSURE(is_utf8(file.name));
            break;
        }
        case 4: {
            Request request;
            if (auto form = parse_urlencoded(text)) request.form = std::move(*form);
            const auto bound = from_form<Part>(request);
            ENSURE(bound.value.has_value() == bound.errors.empty());
            break;
        }
        case 5: {
            const auto cookies = parse_cookies(text);
            for (const auto& [name, value] : cookies.list()) ENSURE(has_no_controls(value));
            header_parameter(text, "boundary");
            break;
        }
    }
    return 0;
}
