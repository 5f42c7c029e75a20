// One main for every room's tests: a Bug stops the program where it happens.
#include <gtest/gtest.h>

#include "base/ensure.h"

// The fonts that a page is drawn with stay known to their library until the end of the program.
extern "C" const char* __lsan_default_suppressions() { return "leak:libfontconfig.so\n"; }

int main(int argc, char** argv) {
    alongside::abort_on_bug();
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
