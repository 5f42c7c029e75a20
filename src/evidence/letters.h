// Latin letters with accents, and where they stand among those without.
#pragma once

#include <string>
#include <string_view>

namespace alongside::evidence {

// The word with plain letters in place of accented Latin ones (Unicode's Latin-1 Supplement and
// Latin Extended-A): "Énée" is "Enee", "ß" is "ss". Bytes of other scripts stay as they are.
std::string without_accents(std::string_view word);

}  // namespace alongside::evidence
