#include "base/result.h"

#include <stdexcept>

namespace alongside {

void fail_refused(const Refusal& refusal) {
    throw std::runtime_error("refused: " + std::string(refusal.code) + " (" +
                             Tongue::english()(refusal.sentence) + ")");
}

}  // namespace alongside
