#include "access/rules.h"

#include <gtest/gtest.h>

#include <set>

#include "access/access.h"

namespace alongside::access {
namespace {

TEST(Refusals, EachHasACodeOfItsOwnASentenceAndAStatus) {
    std::set<std::string_view> codes;
    for (int i = 0; i < why_count; ++i) {
        const auto refused = refusal(static_cast<Why>(i), 7);
        EXPECT_TRUE(refused.code.starts_with("access.")) << i;
        EXPECT_TRUE(codes.insert(refused.code).second) << refused.code;
        EXPECT_FALSE(refused.sentence.empty()) << refused.code;
        EXPECT_GE(refused.status, 400);
    }
    EXPECT_EQ(refusal(Why::busy).code, "access.busy");
    EXPECT_EQ(refusal(Why::bad_end).code, "access.bad_end");
    EXPECT_EQ(refusal(Why::last_administrator).code, "access.last_administrator");
    const auto said = Tongue::english()(refusal(Why::wait, 7).sentence);
    EXPECT_NE(said.find("7 seconds"), std::string::npos) << said;
}

TEST(SignInNames, AreLowerCaseAndPlain) {
    EXPECT_EQ(sign_in_name_from("Grace.Okafor"), "grace.okafor");
    EXPECT_EQ(sign_in_name_from("a@b-c_1"), "a@b-c_1");
    for (const char* bad : {"", "x", "two words", "né", "a'--", "tab\there"}) {
        EXPECT_FALSE(sign_in_name_from(bad)) << bad;
    }
    EXPECT_FALSE(sign_in_name_from(std::string(61, 'a')));
}

TEST(SecretStrength, Passwords) {
    EXPECT_EQ(weakness_of_password("short", "grace"), Why::password_too_short);
    EXPECT_EQ(weakness_of_password("ééééééééé", "grace"), Why::password_too_short);
    EXPECT_EQ(weakness_of_password(std::string(129, 'x'), "grace"), Why::password_too_long);
    EXPECT_EQ(weakness_of_password("123-GRACE-123", "grace"), Why::password_is_the_name);
    EXPECT_EQ(weakness_of_password("paper lamp river", "grace"), std::nullopt);
    for (const char* first : {"password1234", "Passw0rd2026!", "1234567890", "aaaaaaaaaaaa",
                              "Alongside-2026", "2026qwertyuiop", "2026-11-22 09:00"}) {
        EXPECT_EQ(weakness_of_password(first, "grace"), Why::password_is_common) << first;
    }
    EXPECT_EQ(weakness_of_password("my password is long", "grace"), std::nullopt);
}

TEST(SecretStrength, Pins) {
    for (const char* bad : {"12345", "1234567890123", "12a456", ""}) {
        EXPECT_EQ(weakness_of_pin(bad), Why::pin_not_digits) << bad;
    }
    for (const char* bad : {"111111", "123456", "654321", "890123"}) {
        EXPECT_EQ(weakness_of_pin(bad), Why::pin_too_simple) << bad;
    }
    EXPECT_EQ(weakness_of_pin("204817"), std::nullopt);
}

TEST(Misfits, PinsAreForResidentsAndPeersWhoArePeople) {
    const auto officer = roles({Role::officer}), peer = roles({Role::peer});
    EXPECT_EQ(misfit({}, false, true), Why::no_role);
    EXPECT_EQ(misfit(officer, true, true), Why::pin_is_for_residents_and_peers);
    EXPECT_EQ(misfit(roles({Role::peer, Role::officer}), true, true),
              Why::pin_is_for_residents_and_peers);
    EXPECT_EQ(misfit(peer, true, false), Why::person_is_needed);
    EXPECT_EQ(misfit(peer, true, true), std::nullopt);
    EXPECT_EQ(misfit(officer, false, false), std::nullopt);
}

TEST(Waits, GrowAndEnd) {
    EXPECT_EQ(wait_after(0), Millis{0});
    EXPECT_EQ(wait_after(3), Millis{0});
    EXPECT_EQ(wait_after(4), Millis{2'000});
    EXPECT_EQ(wait_after(5), Millis{4'000});
    EXPECT_EQ(wait_after(12), Minutes{5});
    EXPECT_EQ(wait_after(1'000'000), Minutes{5});
    EXPECT_EQ(wait_at_device_after(15), Millis{0});
    EXPECT_EQ(wait_at_device_after(16), Millis{2'000});
    EXPECT_EQ(wait_at_device_after(1'000'000), Minutes{1});
    for (long i = 1; i < 40; ++i) EXPECT_GE(wait_after(i), wait_after(i - 1));
}

struct StayRow {
    Role role;
    std::optional<DeviceKind> device;
    Millis without_a_person;
    SessionState then;
};

TEST(Stays, BoardsLockSharedScreensForgetTheRestEnd) {
    using enum SessionState;
    const StayRow rows[] = {
        {Role::officer, std::nullopt, Minutes{4}, open},
        {Role::officer, std::nullopt, Minutes{5}, locked},
        {Role::officer, DeviceKind::office, Hours{12}, locked},
        {Role::night_manager, std::nullopt, Minutes{6}, locked},
        {Role::coordinator, DeviceKind::office, Minutes{6}, locked},
        {Role::coordinator, std::nullopt, Minutes{29}, open},
        {Role::coordinator, std::nullopt, Minutes{30}, over},
        {Role::administrator, std::nullopt, Minutes{15}, over},
        {Role::peer, DeviceKind::wing_kiosk, Minutes{2}, open},
        {Role::peer, DeviceKind::wing_kiosk, Minutes{3}, over},
        {Role::officer, DeviceKind::wing_kiosk, Minutes{3}, over},
        {Role::peer, DeviceKind::in_cell, Minutes{10}, over},
        {Role::resident, std::nullopt, Minutes{15}, over},
    };
    const Instant start = from_epoch_ms(1'000'000'000'000);
    for (const auto& row : rows) {
        const Stay stay = stay_of(roles({row.role}), row.device, default_board_lock);
        EXPECT_EQ(state_of(stay, start, start, false, start + row.without_a_person), row.then)
            << code(row.role) << " " << row.without_a_person.count();
        // Whatever is done, it ends.
        const Instant late = start + stay.at_most;
        EXPECT_EQ(state_of(stay, start, late, false, late), over);
        EXPECT_EQ(state_of(stay, start, start, true, start), locked);
    }
}

TEST(Homes, EachRoleLandsOnItsWork) {
    const std::pair<Role, const char*> rows[] = {
        {Role::resident, "/ask"},         {Role::peer, "/me"},
        {Role::officer, "/board"},        {Role::night_manager, "/unlocks"},
        {Role::coordinator, "/overview"}, {Role::partner, "/debriefs"},
        {Role::security, "/clearances"},  {Role::safer_custody, "/unmet"},
        {Role::administrator, "/accounts"}};
    for (const auto& [role, home] : rows) {
        Viewer viewer;
        viewer.roles = roles({role});
        EXPECT_EQ(home_of(viewer).text(), home);
    }
    Viewer device;
    device.device = DeviceSeen{};
    EXPECT_EQ(home_of(device).text(), "/ask");
    EXPECT_EQ(home_of(Viewer{}).text(), "/sign-in");
}

TEST(RoleCodes, ThereAndBack) {
    const auto both = roles({Role::officer, Role::safer_custody});
    EXPECT_EQ(codes_of(both), "officer safer_custody");
    EXPECT_EQ(roles_from(codes_of(both)), both);
    EXPECT_TRUE(roles_from("").none());
}

}  // namespace
}  // namespace alongside::access
