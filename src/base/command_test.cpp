#include "base/command.h"

#include <gtest/gtest.h>

namespace alongside {
namespace {

using End = CommandLineRead::End;

enum class Tone { quiet, loud };

struct Ringer {
    std::string name;
    std::vector<std::string> rooms;
    std::vector<double> hours;
    std::optional<double> pause;
    int times = 1;
    std::uint64_t seed = 1;
    double share = 0.5;
    bool is_gentle = false;
    Tone tone = Tone::quiet;
    bool rang = false;

    CommandLineRead type(std::vector<std::string> words) {
        Command program("Rings bells", "bells");
        program.require_subcommand(1);
        program.footer("Exit codes: 0");
        auto* ring = program.add_subcommand("ring", "Rings one");
        ring->add_option("NAME", name, "Which")->required();
        ring->add_option("--room", rooms, "Where")->delimiter(',');
        ring->add_option("--hours", hours, "When");
        ring->add_option("--pause", pause, "Between");
        ring->add_option("--times", times, "How often")->capture_default_str()->within(1, 9);
        ring->add_option("--seed", seed, "Another tune");
        ring->add_option("--share", share, "Of all")->within(0.0, 1.0);
        ring->add_flag("--gentle", is_gentle, "Softly");
        ring->add_choice("--tone", tone, "How", {{"quiet", Tone::quiet}, {"loud", Tone::loud}});
        ring->callback([this] { rang = true; });
        EXPECT_TRUE(ring->has_option("--room"));
        EXPECT_FALSE(ring->has_option("--floor"));
        EXPECT_EQ(program.get_subcommand("ring"), ring);
        return program.parse(std::move(words));
    }
};

TEST(Commands, PutWhatIsTypedWhereItGoes) {
    Ringer r;
    EXPECT_EQ(r.type({"ring", "big", "--room", "a,b", "--hours", "1", "2.5", "--pause", "0.5",
                      "--times", "3", "--gentle", "--tone", "loud"}).end, End::ran);
    EXPECT_TRUE(r.rang && r.is_gentle);
    EXPECT_EQ(r.name, "big");
    EXPECT_EQ(r.rooms, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(r.hours, (std::vector<double>{1, 2.5}));
    EXPECT_EQ(r.pause, 0.5);
    EXPECT_EQ(r.times, 3);
    EXPECT_EQ(r.share, 0.5);
    EXPECT_EQ(r.tone, Tone::loud);
}

TEST(Commands, RefuseBesideTheName) {
    for (const auto& [words, said] :
         std::vector<std::pair<std::vector<std::string>, std::string>>{
             {{"ring", "big", "--times", "12"}, "--times"},
             {{"ring", "big", "--share", "1.5"}, "--share"},
             {{"ring", "big", "--seed", "-1"}, "--seed: Value -1 is no whole number from 0 to"},
             {{"ring", "big", "--seed", "18446744073709551616"}, "--seed: Value 184"},
             {{"ring", "big", "--tone", "shrill"}, "--tone"},
             {{"ring"}, "NAME is required"},
             {{"rign", "big"}, "There is no command 'rign' here."},
             {{"ring", "--nonsense"}, "There is no option --nonsense here; see: "},
             {{"ring", "--nonsense"}, " ring --help"},
             {{}, "subcommand"}}) {
        Ringer r;
        const auto read = r.type(words);
        EXPECT_EQ(read.end, End::not_understood) << said;
        EXPECT_NE(read.said.find(said), std::string::npos) << read.said;
        EXPECT_FALSE(r.rang);
    }
}

TEST(Commands, ShowTheirHelp) {
    Ringer r;
    const auto read = r.type({"ring", "--help"});
    EXPECT_EQ(read.end, End::helped);
    for (const auto* part : {"quiet|loud", "INT in [1 - 9]", "=1", "Exit codes: 0"})
        EXPECT_NE(read.said.find(part), std::string::npos) << part << read.said;
    EXPECT_FALSE(r.rang);
}

}  // namespace
}  // namespace alongside
