#include <gtest/gtest.h>

#include "schemes/schemes.h"
#include "schemes/testing.h"

using namespace alongside;
using namespace alongside::schemes;

namespace {

class PolicyPage : public EveryPage {
protected:
    void SetUp() override {
        EveryPage::SetUp();
        if (HasFatalFailure()) return;
        routes_.add(routes(site()));
        come_in(Role::coordinator);
    }
    static std::string encoded(const std::string& text) {
        std::string out;
        for (const unsigned char c : text) {
            char two[4];
            std::snprintf(two, sizeof two, "%%%02X", c);
            out += two;
        }
        return out;
    }
    static std::string pops() { return *template_text(*SchemeCode::parse("pops")); }
};
INSTANTIATE_ON_EVERY_ENGINE(PolicyPage);

TEST_P(PolicyPage, ShowsEachValueWithItsSourceAndTheWordsOfEachLanguage) {
    const auto all = get("/policy");
    EXPECT_EQ(all.status, 200);
    EXPECT_TRUE(shows(all, "not open here"));
    EXPECT_EQ(post("/policy/pops/opening").status, 303);
    const auto page = get("/policy/pops");
    EXPECT_EQ(page.status, 200);
    EXPECT_TRUE(shows(page, "rest.hours"));
    EXPECT_TRUE(shows(page, "default"));
    EXPECT_TRUE(shows(page, "published description of POPS"));
    EXPECT_TRUE(shows(page, "lang=\"fr-CA\""));
    gate.language = "fr-CA";
    EXPECT_TRUE(shows(get("/policy/pops"), "Service de prévention par les pairs"));
}

TEST_P(PolicyPage, TellsEachMistakeByItsLineAndKeepsWhatWasTyped) {
    EXPECT_EQ(post("/policy/pops/opening").status, 303);
    auto text = pops();
    text.replace(text.find("\nhours = 8"), 10, "\nhours = 5\nmotto = 1");
    const auto answer = post("/policy/pops", "based_on=0&policy=" + encoded(text));
    EXPECT_EQ(answer.status, 422);
    EXPECT_TRUE(shows(answer, "rest.hours"));
    EXPECT_TRUE(shows(answer, "from 8 to 48"));
    EXPECT_TRUE(shows(answer, "rest.motto"));
    EXPECT_TRUE(shows(answer, "hours = 5"));
    EXPECT_TRUE(shows(get("/policy/pops"), "The template is in force."));
}

TEST_P(PolicyPage, SavesANewVersionAndRefusesAStaleForm) {
    EXPECT_EQ(post("/policy/pops/opening").status, 303);
    auto text = pops();
    text.replace(text.find("\nhours = 8"), 10, "\nhours = 9");
    const std::string mark = "\xEF\xBB\xBF";
    EXPECT_EQ(post("/policy/pops", "based_on=0&policy=" + encoded(mark + text)).status, 303);
    EXPECT_TRUE(shows(get("/policy/pops"), "Version 1"));
    EXPECT_FALSE(shows(get("/policy/pops/versions/1"), mark));
    EXPECT_TRUE(shows(get("/policy/pops/versions/1"), "hours = 9"));
    EXPECT_TRUE(shows(get("/policy/pops/versions/1"), "href=\"/policy/pops\""));
    EXPECT_EQ(get("/policy/pops/versions/2").status, 404);
    EXPECT_EQ(get("/policy/pops/versions/x").status, 404);
    EXPECT_TRUE(shows(get("/policy/pops/edit"), "hours = 9"));
    text.replace(text.find("\nhours = 9"), 10, "\nhours = 10");
    EXPECT_EQ(post("/policy/pops", "based_on=0&policy=" + encoded(text)).status, 409);
}

TEST_P(PolicyPage, RefusesAUnitThatNobodyKnows) {
    EXPECT_EQ(post("/policy/pops/opening").status, 303);
    auto text = pops();
    const std::string key = "\ntwo_peer_units = [";
    ASSERT_NE(text.find(key), std::string::npos);
    const auto with = [&](const char* unit) {
        auto out = text;
        out.insert(out.find(key) + key.size(), unit);
        return post("/policy/pops", "based_on=0&policy=" + encoded(out));
    };
    const auto refused = with("\"NOPE\"");
    EXPECT_EQ(refused.status, 422);
    EXPECT_TRUE(shows(refused, "There is no unit NOPE here"));
    EXPECT_EQ(with("\"VPU\"").status, 303);
}

TEST_P(PolicyPage, PausesAndLetsRunAgain) {
    EXPECT_EQ(post("/policy/pops/pause", "is_paused=yes").status, 409) << "not open";
    EXPECT_EQ(post("/policy/pops/opening").status, 303);
    EXPECT_EQ(post("/policy/pops/pause", "is_paused=yes").status, 303);
    EXPECT_TRUE(shows(get("/policy/pops"), "nobody new is sent"));
    EXPECT_EQ(post("/policy/pops/pause", "is_paused=no").status, 303);
    EXPECT_FALSE(shows(get("/policy/pops"), "nobody new is sent"));
}

TEST_P(PolicyPage, APartnersPauseIsLiftedByThePartnerAlone) {
    EXPECT_EQ(post("/policy/listeners/opening").status, 303);
    EXPECT_EQ(post("/policy/listeners/pause", "is_paused=perhaps").status, 400);
    EXPECT_EQ(post("/policy/listeners/pause").status, 400);
    EXPECT_FALSE(shows(get("/policy/listeners"), "This scheme is paused"));

    come_in(Role::partner);
    EXPECT_EQ(post("/schemes/listeners/pause", "is_paused=perhaps").status, 400);
    EXPECT_EQ(post("/schemes/listeners/pause", "is_paused=yes").status, 303);
    come_in(Role::coordinator);
    EXPECT_TRUE(shows(get("/policy/listeners"), "only the partner can let it run again"));
    EXPECT_FALSE(shows(get("/policy/listeners"), ">Let it run again"));
    for (const Role role : {Role::coordinator, Role::administrator}) {
        come_in(role);
        EXPECT_EQ(post("/policy/listeners/pause", "is_paused=no").status, 403);
    }
    EXPECT_EQ(post("/policy/listeners/pause", "is_paused=yes").status, 303) << "their own, too";
    come_in(Role::partner);
    EXPECT_EQ(post("/schemes/listeners/pause", "is_paused=no").status, 303);
    EXPECT_EQ(post("/schemes/listeners/pause", "is_paused=no").status, 403)
        << "the prison's stands";
    come_in(Role::coordinator);
    EXPECT_TRUE(shows(get("/policy/listeners"), "This scheme is paused"));
    EXPECT_EQ(post("/policy/listeners/pause", "is_paused=no").status, 303);
    EXPECT_FALSE(shows(get("/policy/listeners"), "This scheme is paused"));
}

TEST_P(PolicyPage, IsNotThereForAnUnknownSchemeOrAnotherLead) {
    EXPECT_EQ(get("/policy/nobodys").status, 404);
    EXPECT_EQ(post("/policy/nobodys/opening").status, 404);
    come_in(Role::coordinator, {}, *SchemeCode::parse("listeners"));
    EXPECT_EQ(get("/policy/pops").status, 404);
    EXPECT_FALSE(shows(get("/policy"), "/policy/pops"));
    EXPECT_EQ(post("/policy/pops/opening").status, 403);
    come_in(Role::officer);
    EXPECT_EQ(get("/policy").status, 403);
}

}  // namespace
