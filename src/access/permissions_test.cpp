// docs/permissions.md says what viewer.cpp says.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "access/access.h"

namespace alongside::access {
namespace {

std::string table() {
    std::string out = "| permission |";
    for (int r = 0; r < role_count; ++r) {
        std::string name(code(static_cast<Role>(r)));
        for (char& c : name) c = c == '_' ? ' ' : c;
        out += " " + name + " |";
    }
    out += "\n| --- |";
    for (int r = 0; r < role_count; ++r) out += " :-: |";
    out += "\n";
    for (int p = 0; p < permission_count; ++p) {
        const auto permission = static_cast<Permission>(p);
        if (permission == Permission::anyone || permission == Permission::demo_only) continue;
        out += "| `" + std::string(code(permission)) + "` |";
        for (int r = 0; r < role_count; ++r) {
            const bool may = permissions_of(static_cast<Role>(r)).test(
                static_cast<std::size_t>(p));
            out += may ? " yes |" : "   |";
        }
        out += "\n";
    }
    return out;
}

TEST(Permissions, ThePageSaysWhatTheCodeSays) {
    std::ifstream file("docs/permissions.md");
    std::stringstream text;
    text << file.rdbuf();
    EXPECT_NE(text.str().find(table()), std::string::npos)
        << "docs/permissions.md should hold this table:\n" << table();
}

TEST(Permissions, NobodyMayDoAnythingAndADeviceMayAsk) {
    Viewer nobody, device;
    device.device = DeviceSeen{};
    for (int p = 0; p < permission_count; ++p) {
        const auto permission = static_cast<Permission>(p);
        EXPECT_EQ(nobody.may(permission), permission == Permission::anyone) << code(permission);
        EXPECT_EQ(device.may(permission),
                  permission == Permission::anyone || permission == Permission::ask)
            << code(permission);
    }
}

}  // namespace
}  // namespace alongside::access
