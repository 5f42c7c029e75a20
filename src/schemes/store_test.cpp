#include <gtest/gtest.h>

#include "ledger/ledger.h"
#include "schemes/schemes.h"
#include "schemes/store.h"
#include "sql/testing.h"

using namespace alongside;
using namespace alongside::schemes;

namespace {

const EstablishmentId smi = *EstablishmentId::parse("SMI");
const EstablishmentId mdi = *EstablishmentId::parse("MDI");
const SchemeCode pops = *SchemeCode::parse("pops");
const SchemeCode listeners = *SchemeCode::parse("listeners");

class SchemesTest : public sql::EveryEngine {
protected:
    void SetUp() override {
        EveryEngine::SetUp();
        for (const auto& home : {smi, mdi}) {
            db().write(home, [&](sql::Transaction& tx) {
                return tx.run("INSERT INTO establishment (establishment_id, name, time_zone, "
                              "number_pattern, language, created_at) "
                              "VALUES ($1, 'A prison', 'America/Winnipeg', '.*', 'en', 0)",
                              home);
            });
        }
    }
    Occasion here(const EstablishmentId& home = smi) {
        Occasion out{the_program(home), now_, &entropy_};
        now_ += Minutes{1};
        return out;
    }
    std::shared_ptr<const Policy> in_force(const EstablishmentId& home = smi) {
        return db().read([&](sql::Reader& reader) { return policy(reader, home, pops); });
    }
    bool running() {
        return db().read([&](sql::Reader& reader) { return is_running(reader, smi, pops); });
    }
    std::int64_t entries() {
        return db().read([&](sql::Reader& reader) { return ledger::head(reader, smi).seq; });
    }
    std::string refused(const Result<Done>& result) {
        return result ? "done" : std::string(result.error().code);
    }
    static std::string own_copy(int rest_hours) {
        auto text = *template_text(pops);
        const auto at = text.find("\nhours = 8");
        return text.replace(at, 10, "\nhours = " + std::to_string(rest_hours));
    }

private:
    SeededEntropy entropy_{1};
    Instant now_ = *parse_iso_instant("2026-11-21T22:00:00Z");
};
INSTANTIATE_ON_EVERY_ENGINE(SchemesTest);

TEST_P(SchemesTest, ASchemeIsThereOnceItIsOpen) {
    EXPECT_EQ(in_force(), nullptr);
    EXPECT_FALSE(running());
    ASSERT_TRUE(open_scheme(db(), here(), pops));
    ASSERT_NE(in_force(), nullptr);
    EXPECT_EQ(in_force()->version, 0);
    EXPECT_TRUE(running());
    EXPECT_EQ(in_force(mdi), nullptr) << "each prison opens its own";
    const auto open = db().read([](sql::Reader& r) { return open_schemes(r, smi); });
    EXPECT_EQ(open, std::vector<SchemeCode>{pops});
}

TEST_P(SchemesTest, OpeningAgainChangesNothing) {
    ASSERT_TRUE(open_scheme(db(), here(), pops));
    const auto before = entries();
    ASSERT_TRUE(open_scheme(db(), here(), pops));
    EXPECT_EQ(entries(), before);
}

TEST_P(SchemesTest, ASitesOwnCopyIsInForceAtOnce) {
    ASSERT_TRUE(open_scheme(db(), here(), pops));
    ASSERT_TRUE(save_policy(db(), here(), pops, own_copy(10), 0));
    EXPECT_EQ(in_force()->rest_hours, 10);
    EXPECT_EQ(in_force()->version, 1);
    EXPECT_EQ(in_force(), in_force()) << "kept in memory";
    ASSERT_TRUE(save_policy(db(), here(), pops, own_copy(12), 1));
    EXPECT_EQ(in_force()->rest_hours, 12);
    EXPECT_EQ(in_force()->version, 2);
    const auto kept = db().read([](sql::Reader& r) { return store::versions(r, smi, pops); });
    ASSERT_EQ(kept.size(), 2u);
    EXPECT_EQ(kept[0].version, 2);
}

TEST_P(SchemesTest, TwoPrisonsDontShareACopy) {
    ASSERT_TRUE(open_scheme(db(), here(), pops));
    ASSERT_TRUE(open_scheme(db(), here(mdi), pops));
    ASSERT_TRUE(save_policy(db(), here(), pops, own_copy(10), 0));
    ASSERT_TRUE(save_policy(db(), here(mdi), pops, own_copy(11), 0));
    EXPECT_EQ(in_force()->rest_hours, 10);
    EXPECT_EQ(in_force(mdi)->rest_hours, 11);
}

TEST_P(SchemesTest, SavingTheTemplateAsItIsChangesNothing) {
    ASSERT_TRUE(open_scheme(db(), here(), pops));
    const auto before = entries();
    EXPECT_TRUE(save_policy(db(), here(), pops, *template_text(pops), 0));
    EXPECT_EQ(entries(), before);
}

TEST_P(SchemesTest, SavingTheSameTextAgainChangesNothing) {
    ASSERT_TRUE(open_scheme(db(), here(), pops));
    ASSERT_TRUE(save_policy(db(), here(), pops, own_copy(10), 0));
    const auto before = entries();
    ASSERT_TRUE(save_policy(db(), here(), pops, own_copy(10), 0));
    EXPECT_EQ(entries(), before);
    EXPECT_EQ(in_force()->version, 1);
}

TEST_P(SchemesTest, RefusesAnUnknownScheme) {
    const auto nobody = *SchemeCode::parse("nobodys");
    EXPECT_EQ(refused(open_scheme(db(), here(), nobody)), "schemes.unknown");
    EXPECT_EQ(refused(save_policy(db(), here(), nobody, "", 0)), "schemes.unknown");
    EXPECT_EQ(refused(pause_scheme(db(), here(), nobody, true)), "schemes.unknown");
}

TEST_P(SchemesTest, RefusesTheLeadOfAnotherScheme) {
    auto occasion = here();
    occasion.who.scheme = listeners;
    EXPECT_EQ(refused(open_scheme(db(), occasion, pops)), "schemes.not_yours");
    EXPECT_EQ(refused(save_policy(db(), occasion, pops, own_copy(9), 0)), "schemes.not_yours");
    EXPECT_EQ(refused(pause_scheme(db(), occasion, pops, true)), "schemes.not_yours");
}

TEST_P(SchemesTest, RefusesASchemeThatIsNotOpen) {
    EXPECT_EQ(refused(save_policy(db(), here(), pops, own_copy(9), 0)), "schemes.not_open");
    EXPECT_EQ(refused(pause_scheme(db(), here(), pops, true)), "schemes.not_open");
}

TEST_P(SchemesTest, RefusesAFileWithMistakes) {
    ASSERT_TRUE(open_scheme(db(), here(), pops));
    const auto before = entries();
    EXPECT_EQ(refused(save_policy(db(), here(), pops, own_copy(7), 0)), "schemes.unreadable");
    EXPECT_EQ(in_force()->version, 0);
    EXPECT_EQ(entries(), before);
}

TEST_P(SchemesTest, RefusesTheFileOfAnotherScheme) {
    ASSERT_TRUE(open_scheme(db(), here(), pops));
    EXPECT_EQ(refused(save_policy(db(), here(), pops, *template_text(listeners), 0)),
              "schemes.other_scheme");
}

TEST_P(SchemesTest, RefusesAFormThatIsStale) {
    ASSERT_TRUE(open_scheme(db(), here(), pops));
    ASSERT_TRUE(save_policy(db(), here(), pops, own_copy(10), 0));
    EXPECT_EQ(refused(save_policy(db(), here(), pops, own_copy(12), 0)), "schemes.stale");
    EXPECT_EQ(refused(save_policy(db(), here(), pops, own_copy(12), 7)), "schemes.stale");
    EXPECT_EQ(in_force()->rest_hours, 10);
}

TEST_P(SchemesTest, PausesAndGoesOn) {
    ASSERT_TRUE(open_scheme(db(), here(), pops));
    ASSERT_TRUE(pause_scheme(db(), here(), pops, true));
    EXPECT_FALSE(running());
    const auto before = entries();
    ASSERT_TRUE(pause_scheme(db(), here(), pops, true));
    EXPECT_EQ(entries(), before) << "again is success without a change";
    ASSERT_TRUE(pause_scheme(db(), here(), pops, false));
    EXPECT_TRUE(running());
    ASSERT_TRUE(pause_scheme(db(), here(), pops, true));
    EXPECT_FALSE(running());
    EXPECT_EQ(entries(), before + 2);
}

}  // namespace
