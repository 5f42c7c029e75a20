// rooms: base nouns people
#include "roll.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace alongside::people;
    return feed_roll(Rows::Format::json, bytes, size);
}
