// Why a change of the rota is refused, in order of precedence.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "nouns/viewer.h"
#include "rota/planning.h"
#include "rota/rota.h"
#include "rota/rules.h"
#include "sql/database.h"

namespace alongside::rota {

enum class Refused {
    not_your_scheme,
    not_open,
    unknown_shift,
    cancelled,
    over,
    bad_name,
    bad_times,
    bad_needed,
    there_already,
    not_a_member,
    no_pattern,
    too_long,
    too_far_off,
};
// Why this viewer may not change this scheme's rota; nothing if they may.
std::optional<Refused> may_not_change(sql::Reader&, const Viewer&, const SchemeCode&);
Refusal refusal(Refused why);
Refusal refusal(rules::BadPattern why);
// Who is meant by the name on the boards: several may have been chosen.
Refusal refusal(Unready why, const std::string& label);
Refusal on_another_shift(const std::string& label);
// Why somebody on call tonight can't come.
Words words_of(NotTonight why);
// Why somebody can't take a shift.
Words words_of(const planning::Reason& reason);
// "suspended, two nights running".
template <class Reasons>
std::string reasons_text(const Tongue& say, const Reasons& whys) {
    std::string out;
    for (const auto& why : whys) out += (out.empty() ? "" : ", ") + say(words_of(why));
    return out;
}

// Reasons as a form carries them, to tell whether they are still the same.
std::string codes_of(const std::vector<planning::Reason>& whys);
// What a form carries of what was shown: another one where the text is another.
std::string fingerprint(std::string_view text);

}  // namespace alongside::rota
