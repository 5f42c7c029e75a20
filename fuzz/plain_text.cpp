// Whatever text comes from outside as an id, a day, an instant, a place or a path.
// rooms: base nouns
#include <cstdint>
#include <string_view>

#include "base/civil_time.h"
#include "base/ensure.h"
#include "base/html.h"
#include "nouns/names.h"

using namespace alongside;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    if (const auto id = Uuid::parse(text)) ENSURE(Uuid::parse(id->text()) == id);
    if (const auto day = parse_iso_day(text)) ENSURE(parse_iso_day(iso_day(*day)) == day);
    if (const auto at = parse_iso_instant(text)) {
        ENSURE(parse_iso_instant(iso_instant(*at)) == at);
    }
    const auto prison = EstablishmentId::parse("SMI");
    if (const auto place = LocationKey::parse(text, *prison)) {
        ENSURE(LocationKey::parse(place->full(*prison), *prison) == place);
    }
    if (const auto code = SchemeCode::parse(text)) ENSURE(code->text() == text);
    const Url url = Url::local_or(text, Url("/"));
    ENSURE(url.text().starts_with("/") && !url.text().starts_with("//"));
    const std::string safe = escaped(text);
    ENSURE(safe.find_first_of("<>\"'") == std::string::npos);
    return 0;
}
