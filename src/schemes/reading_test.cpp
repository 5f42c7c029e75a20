#include <gtest/gtest.h>

#include "schemes/schemes.h"

using namespace alongside;
using namespace alongside::schemes;

namespace {

std::string shipped(const std::string& code) {
    return template_text(*SchemeCode::parse(code)).value();
}

// The template with one piece of text replaced; the piece must be there.
std::string changed(const std::string& code, const std::string& from, const std::string& to) {
    auto text = shipped(code);
    const auto at = text.find(from);
    EXPECT_NE(at, text.npos) << from;
    if (at != text.npos) text.replace(at, from.size(), to);
    return text;
}

std::string told(const Reading& reading) {
    std::string out;
    for (const auto& one : reading.troubles) {
        out += one.file + ":" + std::to_string(one.line) + ":" + std::to_string(one.column) + " " +
               one.key + ": " + one.sentence + "\n";
    }
    return out;
}

struct Row {
    const char* name;
    const char* scheme;
    const char* from;
    const char* to;
    const char* key;
    const char* sentence;      // a piece of it
};

class EachTrouble : public testing::TestWithParam<Row> {};

TEST_P(EachTrouble, IsToldWithItsPlace) {
    const auto& row = GetParam();
    const auto text = changed(row.scheme, row.from, row.to);
    const auto reading = read_policy(text, "x.toml");
    EXPECT_FALSE(reading.policy);
    bool found = false;
    for (const auto& one : reading.troubles) {
        if (one.key != row.key || one.sentence.find(row.sentence) == std::string::npos) continue;
        found = true;
        EXPECT_GT(one.line, 0);
        EXPECT_GT(one.column, 0);
        EXPECT_EQ(one.file, "x.toml");
    }
    EXPECT_TRUE(found) << told(reading);
}

const std::vector<Row> rows{
    {"UnknownTop", "pops", "[about]\n", "[abuot]\n", "abuot", "no such key"},
    {"UnknownKey", "pops", "hours = 8\n", "hours = 8\nbreak = 3\n", "rest.break", "no such key"},
    {"Misspelt", "pops", "needs_unit_clearance =", "need_unit_clearance =",
     "ready.need_unit_clearance", "Did you mean 'needs_unit_clearance'"},
    {"WrongUnitKey", "pops", "\nhours = 8", "\nminutes = 480", "rest.minutes", "write 'hours'"},
    {"WrongUnitValue", "pops", "\nhours = 8", "\nhours = \"8 h\"", "rest.hours", "whole number"},
    {"UnknownInList", "pops", "kind = \"helpline\"", "kind = \"helpline\"\nwho = 1",
     "escalation.2.who", "no such key"},
    {"UnknownInWrapped", "pops", "{ value = \"\", source = \"default\" }",
     "{ value = \"\", source = \"default\", note = 1 }", "about.partner.note", "no such key"},
    {"UnknownWord", "pops", "run_by = \"The prison", "motto = \"x\"\nrun_by = \"The prison",
     "words.en.motto", "no such key"},
    {"MissingKey", "pops", "check_every_minutes = 30\n", "", "being_there.check_every_minutes",
     "missing"},
    {"TooMuchNightCover", "pops", "night_cover = 2 ", "night_cover = 21 ", "rota.night_cover",
     "from 1 to 20"},
    {"WarnsADayBefore", "pops", "warn_before_night_minutes = 480",
     "warn_before_night_minutes = 1441", "rota.warn_before_night_minutes", "from 0 to 1440"},
    {"TooLittleRestBetween", "pops", "hours_between_shifts = 11", "hours_between_shifts = 7",
     "rota.hours_between_shifts", "from 8 to 16"},
    {"TooManyDaysInARow", "pops", "days_in_a_row = 5", "days_in_a_row = 8",
     "rota.days_in_a_row", "from 1 to 7"},
    {"NoNumberOfDays", "pops", "days_in_a_row = 5", "days_in_a_row = \"5\"",
     "rota.days_in_a_row", "whole number"},
    {"HalfARota", "pops", "night_cover = 2 ", "", "rota.night_cover", "missing"},
    {"NoSource", "pops", "[rest]\nsource = \"default\"\n", "[rest]\n", "rest.hours", "no source"},
    {"SourceIsAFile", "pops", "[rest]\nsource = \"default\"", "[rest]\nsource = \"./notes.md\"",
     "rest.source", "never a file"},
    {"SourceIsEmpty", "pops", "[rest]\nsource = \"default\"", "[rest]\nsource = \"\"",
     "rest.source", "short text"},
    {"WrongType", "pops", "staff_ask = true", "staff_ask = \"yes\"", "ask.staff_ask",
     "true or false"},
    {"NotAnInteger", "pops", "members_aim = 7", "members_aim = 7.5", "about.members_aim",
     "whole number"},
    {"TooMany", "pops", "nights_per_7_days = 2", "nights_per_7_days = 8",
     "rest.nights_per_7_days", "from 1 to 7"},
    {"HugeNumber", "pops", "nights_per_7_days = 2", "nights_per_7_days = 9223372036854775807",
     "rest.nights_per_7_days", "from 1 to 7"},
    {"TwoNightCalls", "pops", "night_calls_per_night = 1", "night_calls_per_night = 2",
     "rest.night_calls_per_night", "from 1 to 1"},
    {"UnknownCode", "pops", "kind = \"second_peer\"", "kind = \"third_peer\"",
     "escalation.1.kind", "none of: second_peer"},
    {"UnknownChannel", "pops", "\"kiosk\", ", "\"pigeon\", ", "ask.channels", "none of: in_cell"},
    {"ListTwice", "pops", "\"kiosk\", ", "\"in_cell\", ", "ask.channels", "twice"},
    {"BadTime", "pops", "night_from = \"22:00\"", "night_from = \"25:00\"", "rest.night_from",
     "time of day"},
    {"ShortRest", "pops", "\nhours = 8", "\nhours = 7", "rest.hours", "from 8 to 48"},
    {"NoRest", "pops", "\nhours = 8", "\nhours = 0", "rest.hours", "from 8 to 48"},
    {"EndlessRest", "pops", "\nhours = 8", "\nhours = 99", "rest.hours", "from 8 to 48"},
    {"ShortNight", "pops", "night_from = \"22:00\"", "night_from = \"23:00\"", "rest.night_from",
     "22:00 to 06:00 at least"},
    {"LongNight", "pops", "night_to = \"06:00\"", "night_to = \"12:00\"", "rest.night_from",
     "between 18:00 and 10:00"},
    {"OrderOfSteps", "pops", "kind = \"second_peer\"", "kind = \"staff_check_in\"",
     "escalation.2.kind", "The order is"},
    {"OrderOfTimes", "pops", "kind = \"helpline\"\nafter_minutes = 20",
     "kind = \"helpline\"\nafter_minutes = 5", "escalation.2.after_minutes", "before the one"},
    {"NobodyLast", "pops", "[[escalation]]\nsource = \"default\"\nkind = \"staff_check_in\""
     "\nafter_minutes = 30\n", "", "escalation", "staff_check_in"},
    {"T1Topic", "listeners", "sheet = [\"place\"", "sheet = [\"topic\"", "kept.sheet",
     "never records 'topic'"},
    {"T1Distress", "listeners", "sheet = [\"place\"", "sheet = [\"distress\"", "kept.sheet",
     "never records 'distress'"},
    {"T1Outcome", "listeners", "sheet = [\"place\"", "sheet = [\"outcome\"", "kept.sheet",
     "never records 'outcome'"},
    {"T1Identity", "listeners", "\nidentity_hours = 24", "\nidentity_hours = 73",
     "kept.identity_hours", "72 hours at most"},
    {"T1Unmet", "listeners", "unmet_identity_hours = 72", "unmet_identity_hours = 200",
     "kept.unmet_identity_hours", "168 hours at most"},
    {"T2Identity", "pops", "\nidentity_hours = 24", "\nidentity_hours = 20000",
     "kept.identity_hours", "17520 hours at most"},
    {"T1Times", "listeners", "are_times_coarsened = true", "are_times_coarsened = false",
     "kept.are_times_coarsened", "name somebody"},
    {"T1Partner", "listeners", "partner = \"Samaritans\"", "partner = \"\"", "about.partner",
     "held by a partner"},
    {"T1DebriefsForAll", "listeners", "owed = \"after_every_session\"",
     "owed = \"after_hard_ones\"", "debrief.owed", "after every session"},
    {"T1DebriefsByPartner", "listeners", "by_partner_alone = true", "by_partner_alone = false",
     "debrief.by_partner_alone", "partner alone"},
    {"NoPartnerToHold", "pops", "by_partner_alone = false", "by_partner_alone = true",
     "debrief.by_partner_alone", "no partner"},
    {"HardWithoutDistress", "pops", "\"distress\", ", "", "debrief.owed", "sheet records distress"},
    {"SuicidalIntent", "listeners", "code = \"COURT_ORDER\"", "code = \"SUICIDAL_INTENT\"",
     "confidentiality.exceptions.5.code", "suicidal intent is none"},
    {"T1Children", "listeners", "age_groups = [\"adult\", \"young_adult\"]",
     "age_groups = [\"child\"]", "about.tier", "children"},
    {"ChildrenApart", "pops", "[\"adult\", \"young_adult\"]", "[\"adult\", \"child\"]",
     "ask.age_groups", "of their own"},
    {"ChildrenLead", "pops", "[\"adult\", \"young_adult\"]", "[\"child\"]",
     "ask.has_safeguarding_lead", "safeguarding lead"},
    {"NobodyAsks", "listeners", "residents_ask = true", "residents_ask = false",
     "ask.residents_ask", "must be able to ask"},
    {"StaffChannel", "pops", "staff_ask = true", "staff_ask = false", "ask.staff_ask",
     "one of the channels"},
    {"TopicWithoutList", "listeners", "[[kept.never]]", "[[kept.topics]]\ncode = \"X1\"\n"
     "en = \"x\"\nfr-CA = \"x\"\n[[kept.never]]", "kept.sheet", "exactly where"},
    {"CodeTwice", "pops", "code = \"SAME\"", "code = \"CALMER\"", "kept.outcomes.2.code", "twice"},
    {"ModuleTwice", "pops", "code = \"CRISIS\"", "code = \"CORE_SKILLS\"", "ready.modules.2.code",
     "twice"},
    {"BadCode", "pops", "code = \"CRISIS\"", "code = \"crisis\"", "ready.modules.2.code",
     "capital letters"},
    {"NoPlaces", "pops", "places = [\"suite\", \"cell\", \"office\", \"crisis_cell\"]",
     "places = []", "being_there.places", "somewhere"},
    {"NoFrench", "pops", "fr-CA = \"Plus calme à la fin\"\n", "", "kept.outcomes.1",
     "words in fr-CA are missing"},
    {"NoFrenchWords", "pops", "[words.fr-CA]", "[words.fr]", "words", "words in fr-CA"},
    {"NoEnglish", "pops", "en = \"Calmer at the end\"\n", "", "kept.outcomes.1", "English"},
    {"HelplineInOne", "pops",
     "helpline = { value = \"9-8-8, la ligne d’aide en cas de crise de suicide, à partir d’un "
     "téléphone à votre portée\"", "helpline = { value = \"\"", "words.fr-CA.helpline",
     "missing in this one"},
    {"Promise", "pops", "We ask the members", "Someone will come. We ask the members",
     "words.en.ask_promise", "Never promise"},
    {"EmptyWords", "pops", "short_name = \"POPS\"", "short_name = \" \"", "words.fr-CA.short_name",
     "empty"},
    {"ControlCharacter", "pops", "short_name = \"POPS\"", "short_name = \"PO\\u0007PS\"",
     "words.fr-CA.short_name", "control"},
    {"BadScheme", "pops", "value = \"pops\"", "value = \"Pops!\"", "scheme", "2 to 40"},
    {"NotToml", "pops", "[rest]", "[rest", "", "not TOML"},
    {"KeyTwice", "pops", "\nhours = 8", "\nhours = 8\nhours = 9", "", "not TOML"},
    {"PartIsAValue", "pops", "[rest]", "[[rest]]", "rest", "a part of its own"},
    {"ListIsAValue", "pops", "[[kept.never]]", "[kept]\nnever = 3\n[[kept.naver]]", "",
     "not TOML"},
};
INSTANTIATE_TEST_SUITE_P(Schemes, EachTrouble, testing::ValuesIn(rows),
                         [](const auto& one) { return std::string(one.param.name); });

TEST(ReadPolicy, TellsAllTroublesAtOnceInTheOrderOfTheFile) {
    auto text = changed("pops", "\nhours = 8", "\nhours = 7");
    text.replace(text.find("members_aim = 7"), 15, "members_aim = x");
    EXPECT_EQ(read_policy(text, "p").troubles.size(), 1u) << "a syntax error hides the rest";
    text.replace(text.find("members_aim = x"), 15, "members_aim = \"\"");
    text.replace(text.find("two_peers = "), 12, "two_pears = ");
    const auto reading = read_policy(text, "p");
    ASSERT_EQ(reading.troubles.size(), 4u) << told(reading);   // two_peers is missing, too
    EXPECT_EQ(reading.troubles[0].key, "about.members_aim");
    EXPECT_EQ(reading.troubles[1].key, "rest.hours");
    for (std::size_t i = 1; i < 4; ++i) {
        EXPECT_LE(reading.troubles[i - 1].line, reading.troubles[i].line);
    }
}

TEST(ReadPolicy, NamesTheLineAndColumn) {
    const auto reading = read_policy("scheme = 3\n", "here.toml");
    ASSERT_FALSE(reading.troubles.empty());
    bool found = false;
    for (const auto& one : reading.troubles) {
        if (one.key != "scheme" || !one.sentence.ends_with("a text in quotes.")) continue;
        found = true;
        EXPECT_EQ(one.line, 1);
        EXPECT_EQ(one.column, 10);
    }
    EXPECT_TRUE(found) << told(reading);
}

TEST(ReadPolicy, RefusesWhatIsTooLargeOrWronglyEncoded) {
    EXPECT_EQ(read_policy(std::string(300 * 1024, '#'), "p").troubles.size(), 1u);
    EXPECT_EQ(read_policy("scheme = \"\xff\xfe\"", "p").troubles.size(), 1u);
    EXPECT_FALSE(read_policy("", "p").policy);
}

TEST(ReadPolicy, TakesACopyFromBeforeTheRotaHadValues) {
    const auto text = shipped("pops");
    const auto from = text.find("[rota]"), to = text.find("[offers]");
    ASSERT_LT(from, to);
    const auto reading = read_policy(text.substr(0, from) + text.substr(to), "x.toml");
    ASSERT_TRUE(reading.policy) << told(reading);
    EXPECT_EQ(reading.policy->night_cover, 2);
    EXPECT_EQ(reading.policy->warn_before_night_minutes, 480);
    EXPECT_FALSE(reading.policy->sources.contains("rota.night_cover"));
}

TEST(ReadPolicy, TakesACopyFromBeforeRestBetweenShiftsWasASetting) {
    auto text = shipped("pops");
    for (const char* key : {"hours_between_shifts", "days_in_a_row"}) {
        const auto from = text.find(key);
        ASSERT_NE(from, text.npos);
        text.erase(from, text.find('\n', from) + 1 - from);
    }
    const auto reading = read_policy(text, "x.toml");
    ASSERT_TRUE(reading.policy) << told(reading);
    EXPECT_EQ(reading.policy->hours_between_shifts, 11);
    EXPECT_EQ(reading.policy->days_in_a_row, 5);
    EXPECT_FALSE(reading.policy->sources.contains("rota.days_in_a_row"));
}

TEST(Templates, AreReadWholeAndEveryValueHasASource) {
    ASSERT_EQ(templates().size(), 2u);
    for (const auto& policy : templates()) {
        EXPECT_EQ(policy.version, 0);
        EXPECT_GT(policy.values.size(), 100u);
        for (const auto& value : policy.values) {
            EXPECT_FALSE(value.source.empty()) << value.key;
            EXPECT_EQ(policy.sources.at(value.key), value.source);
        }
        for (const auto& [tag, words] : policy.words) {
            for (const auto* text : {&words.name, &words.short_name, &words.purpose,
                                     &words.confidentiality, &words.ask_promise,
                                     &words.door_words, &words.helpline, &words.run_by}) {
                EXPECT_FALSE(text->empty()) << policy.scheme.text() << " " << tag;
            }
        }
        EXPECT_TRUE(policy.words.contains("fr-CA"));
    }
}

TEST(Templates, SayWhatTheirSchemesAre) {
    const auto listeners = *read_policy(shipped("listeners"), "l").policy;
    EXPECT_EQ(listeners.tier, Tier::T1);
    EXPECT_EQ(listeners.residents_per_peer, 50);
    EXPECT_EQ(listeners.debrief_owed, DebriefOwed::after_every_session);
    EXPECT_TRUE(listeners.debrief_by_partner_alone);
    EXPECT_TRUE(listeners.is_confidential_after_release);
    EXPECT_FALSE(listeners.plan.is_paid);
    EXPECT_TRUE(listeners.topics.empty());
    const auto pops = *read_policy(shipped("pops"), "p").policy;
    EXPECT_EQ(pops.tier, Tier::T2);
    EXPECT_EQ(pops.plan.members_aim, 7);
    EXPECT_TRUE(pops.staff_ask && pops.residents_ask);
    EXPECT_EQ(pops.plan.delivered.size(), 2u);
    EXPECT_EQ(pops.plan.delivered[1].interventions, 3239);
    EXPECT_EQ(pops.sources.at("rest.hours"), "default");
}

TEST(Templates, FallBackToEnglish) {
    const auto& pops = templates().back();
    EXPECT_EQ(&pops.say("cy"), &pops.say("en"));
    EXPECT_EQ(in_language({{"en", "a"}, {"fr-CA", "b"}}, "fr-CA"), "b");
    EXPECT_EQ(in_language({{"en", "a"}, {"fr-CA", "b"}}, "es"), "a");
}

}  // namespace
