// A site's own copy of a scheme, as somebody typed it.
// rooms: base nouns schemes
#include <cstdint>
#include <string_view>

#include "base/ensure.h"
#include "schemes/schemes.h"

using namespace alongside;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    const auto reading = schemes::read_policy(text, "fuzz.toml");
    ENSURE(reading.policy.has_value() == reading.troubles.empty());
    for (const auto& trouble : reading.troubles) ENSURE(!trouble.sentence.empty());
    if (!reading.policy) return 0;
    ENSURE(reading.policy->rest_hours >= 8);
    for (const auto& value : reading.policy->values) ENSURE(!value.source.empty());
    return 0;
}
