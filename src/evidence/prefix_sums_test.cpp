#include "evidence/prefix_sums.h"

#include <gtest/gtest.h>

namespace alongside::evidence {
namespace {

TEST(PrefixSums, AreThePlainSumsAtEachSize) {
    for (const std::size_t places : {0, 1, 7, 8, 9, 63, 64, 65, 511, 512, 513}) {
        PrefixSums sums(places);
        std::vector<double> plain(places, 0.0);
        for (std::size_t round = 0; round < 3 * places; ++round) {
            const std::size_t place = (round * 37 + round / 5) % places;
            const double value = static_cast<double>(round % 11) - 4;
            sums.add(place, value);
            plain[place] += value;
        }
        double before = 0;
        for (std::size_t place = 0; place <= places; ++place) {
            EXPECT_EQ(sums.before(place), before) << place << " of " << places;
            if (place < places) before += plain[place];
        }
    }
}

}  // namespace
}  // namespace alongside::evidence
