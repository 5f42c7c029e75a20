// A JSON array of objects, read as it arrives: nothing is kept but the record being read.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "people/csv.h"

namespace alongside::people {

// One object: its members with plain values as text (true, false; null is left out). A list of
// texts, or of objects with a "code", becomes one text with spaces between; other objects and lists
// only leave their name in `nested`.
struct JsonRecord {
    std::int64_t line = 0;              // which record, from 1
    std::vector<std::pair<std::string, std::string>> members;
    std::vector<std::string> nested;
    std::string twice;                  // a name that stands there a second time; empty: none
};

class JsonRecords {
public:
    using OnRecord = std::function<void(JsonRecord&)>;
    explicit JsonRecords(OnRecord on_record);
    ~JsonRecords();

    // Trouble's `line` is the file's.
    std::optional<TroubleAt> feed(std::string_view bytes);
    std::optional<TroubleAt> finish();

private:
    struct Reading;
    std::unique_ptr<Reading> reading_;
};

}  // namespace alongside::people
