// Languages that people speak, beyond those that the pages are written in.
#pragma once

#include <string_view>
#include <vector>

#include "base/words.h"

namespace alongside {

// Those of languages(), then others, each with its own name for itself. A wish for a language is
// one of these tags, so that no sentence has a place there.
const std::vector<Language>& spoken_languages();
bool is_spoken_language(std::string_view tag);
// One of them, or one of them as it is spoken somewhere: "pt-BR".
bool is_spoken_somewhere(std::string_view tag);

}  // namespace alongside
