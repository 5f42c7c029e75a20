// One main for every room's tests: a Bug stops the program where it happens.
#include <gtest/gtest.h>

#include "base/ensure.h"

int main(int argc, char** argv) {
    alongside::abort_on_bug();
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
