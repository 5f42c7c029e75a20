#include "base/clock.h"

namespace alongside {

Instant SystemClock::now() const {
    return std::chrono::floor<Millis>(std::chrono::system_clock::now()) + ahead_;
}

}  // namespace alongside
