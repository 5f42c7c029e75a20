// What can be typed at the command line. A front without CLI11's header, which is so large that it
// is read in one file alone; names and meanings are CLI11's where nothing else is said.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace CLI {
class App;
class Option;
}

namespace alongside {

// An option (--name) or a place (NAME). Each call answers the same one, for the next.
class CommandOption {
public:
    explicit CommandOption(CLI::Option& inner) : inner_(&inner) {}
    CommandOption* required(bool is = true);
    CommandOption* needs(CommandOption* other);
    CommandOption* expected(int words);
    CommandOption* take_all();                          // each time it is typed is one more
    CommandOption* delimiter(char between);             // of a list: 'a,b' is two
    CommandOption* capture_default_str();               // the help shows what it is now
    CommandOption* default_str(const std::string& shown);
    // What is typed is refused beside its name, unless it is…
    CommandOption* within(int least, int most);
    CommandOption* within(double least, double most);
    CommandOption* positive();
    CommandOption* not_negative();
    CommandOption* one_of(std::vector<std::string> words);
    // `wrong` answers what is wrong, or nothing; `kind` stands for the value in the help.
    CommandOption* check(std::function<std::string(const std::string&)> wrong,
                         const std::string& kind = {});

private:
    CLI::Option* inner_;
};

// What became of the words of a command line.
struct CommandLineRead {
    enum class End { ran, helped, not_understood } end = End::ran;
    std::string said;                   // the help, or what wasn't understood
};

class Command {
public:
    Command(const std::string& about, const std::string& name);     // the program itself
    explicit Command(CLI::App& inner);
    ~Command();
    Command(const Command&) = delete;
    Command& operator=(const Command&) = delete;

    Command* add_subcommand(const std::string& name, const std::string& about);
    void require_subcommand(int how_many);
    void fallthrough();                 // the program's options may stand after a command, too
    void footer(const std::string& text);   // under the help of it, and of commands added later
    std::string get_footer() const;
    void callback(std::function<void()> run);

    // Where what is typed goes. It stays what it is when nothing is typed, and must live until
    // the words are read.
    using Value = std::variant<std::string*, std::vector<std::string>*, std::vector<double>*,
                               double*, int*, unsigned*, std::int64_t*, std::uint64_t*,
                               std::uint16_t*, std::optional<double>*,
                               std::optional<std::int64_t>*>;
    template <typename T>
    CommandOption* add_option(const std::string& name, T& value, const std::string& about) {
        return add(name, Value(&value), about);
    }
    CommandOption* add_flag(const std::string& name, bool& value, const std::string& about);
    // One of some words, each of which means something.
    template <typename T>
    CommandOption* add_choice(const std::string& name, T& value, const std::string& about,
                              const std::vector<std::pair<std::string, T>>& meant) {
        std::vector<std::string> words;
        for (const auto& [word, meaning] : meant) words.push_back(word);
        return add_word(name, about, std::move(words), [&value, meant](std::size_t chosen) {
            value = meant[chosen].second;
        });
    }

    CommandOption* get_option(const std::string& name);     // it was declared
    bool has_option(const std::string& name) const;
    void remove_option(const std::string& name);
    const Command* get_subcommand(const std::string& name) const;   // it was declared
    std::vector<std::string> typed() const;     // what was typed for its options

    // Reads the words in the order they were typed, and runs what they name. Throws what that does.
    CommandLineRead parse(std::vector<std::string> words);

private:
    CommandOption* add(const std::string& name, Value value, const std::string& about);
    CommandOption* add_word(const std::string& name, const std::string& about,
                            std::vector<std::string> words,
                            std::function<void(std::size_t)> choose);
    CommandOption* kept(CLI::Option* option);

    std::unique_ptr<CLI::App> own_;     // of the program alone
    CLI::App* inner_;
    std::deque<Command> commands_;
    std::deque<CommandOption> options_;
};

}  // namespace alongside
