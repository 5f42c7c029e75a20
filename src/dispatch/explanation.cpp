#include "dispatch/explanation.h"

#include <algorithm>
#include <map>

#include "dispatch/wording.h"
#include "web/components.h"

namespace alongside::dispatch {

Html explanation(const Tongue& say, const Choice& choice) {
    std::map<Excluded, long> by_rule;
    for (const auto& left_out : choice.left_out) ++by_rule[left_out.why];
    std::vector<std::pair<std::string, long>> counts;
    for (const auto& [why, count] : by_rule) {
        const auto words = say(words_of(why));
        auto line = std::ranges::find(counts, words, &std::pair<std::string, long>::first);
        if (line == counts.end()) line = counts.insert(line, {words, 0});
        line->second += count;
    }
    web::Table table;
    table.caption = say(tr("Who could be sent now"));
    table.head = {say(tr("Rule")), say(tr("Peers"))};
    table.is_number = {false, true};
    table.rows.push_back({Html() << say(tr("Can be sent")),
                          Html() << static_cast<long>(choice.ranked.size())});
    for (const auto& [words, count] : counts) {
        table.rows.push_back({Html() << words, Html() << count});
    }
    return web::table(std::move(table));
}

}  // namespace alongside::dispatch
