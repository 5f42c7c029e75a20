// A formula as it was typed: read, or a sentence; and what it is printed as means the same.
// rooms: base evidence
#include <cstdint>
#include <string_view>

#include "base/ensure.h"
#include "evidence/formula.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace alongside::evidence;
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    if (size > 300) return 0;   // the algebra of a longer one says nothing new, slowly
    const auto formula = parse_formula(text);
    if (!formula) {
        ENSURE(!formula.error().sentence.empty());
        return 0;
    }
    for (const auto& term : formula->terms) ENSURE(!term.text().empty());
    return 0;
}
