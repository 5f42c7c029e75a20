#include "base/command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <limits>
#include <sstream>
#include <type_traits>

namespace alongside {
namespace {

// The word or option that nothing here is called by, else what is missing.
std::string what_is_unknown(const CLI::App& app, const CLI::RequiredError& error) {
    const auto unknown = app.remaining(true);
    const std::string help = "\nRun with --help for more information.";
    if (unknown.empty()) return error.what() + help;
    if (!unknown.front().starts_with('-')) {
        return "There is no command '" + unknown.front() + "' here." + help;
    }
    std::string command = app.get_name();
    for (auto given = app.get_subcommands(); !given.empty();
         given = given.front()->get_subcommands()) {
        command += " " + given.front()->get_name();
    }
    return "There is no option " + unknown.front() + " here; see: " + command + " --help";
}

// CLI11 takes -1 for the largest number there is, and so whatever is too large to be held.
template <typename T>
std::string what_is_no_number(const std::string& typed) {
    T number{};
    const auto* end = typed.data() + typed.size();
    const auto read = std::from_chars(typed.data(), end, number);
    if (read.ec == std::errc() && read.ptr == end) return {};
    return "Value " + typed + " is no whole number from " +
           std::to_string(std::numeric_limits<T>::min()) + " to " +
           std::to_string(std::numeric_limits<T>::max());
}

template <typename T>
void refuse_what_is_no_number(CLI::Option& option, const T* /*place*/) {
    if constexpr (std::is_integral_v<T>) option.check(what_is_no_number<T>, "");
}
template <typename T>
void refuse_what_is_no_number(CLI::Option& option, const std::optional<T>* /*place*/) {
    refuse_what_is_no_number(option, static_cast<const T*>(nullptr));
}

}  // namespace

CommandOption* CommandOption::required(bool is) {
    inner_->required(is);
    return this;
}
CommandOption* CommandOption::needs(CommandOption* other) {
    inner_->needs(other->inner_);
    return this;
}
CommandOption* CommandOption::expected(int words) {
    inner_->expected(words);
    return this;
}
CommandOption* CommandOption::take_all() {
    inner_->take_all();
    return this;
}
CommandOption* CommandOption::delimiter(char between) {
    inner_->delimiter(between);
    return this;
}
CommandOption* CommandOption::capture_default_str() {
    inner_->capture_default_str();
    return this;
}
CommandOption* CommandOption::default_str(const std::string& shown) {
    inner_->default_str(shown);
    return this;
}
CommandOption* CommandOption::within(int least, int most) {
    inner_->check(CLI::Range(least, most));
    return this;
}
CommandOption* CommandOption::within(double least, double most) {
    inner_->check(CLI::Range(least, most));
    return this;
}
CommandOption* CommandOption::positive() {
    inner_->check(CLI::PositiveNumber);
    return this;
}
CommandOption* CommandOption::not_negative() {
    inner_->check(CLI::NonNegativeNumber);
    return this;
}
CommandOption* CommandOption::one_of(std::vector<std::string> words) {
    inner_->check(CLI::IsMember(std::move(words)));
    return this;
}
CommandOption* CommandOption::check(std::function<std::string(const std::string&)> wrong,
                                    const std::string& kind) {
    inner_->check(std::move(wrong), kind);
    return this;
}

Command::Command(const std::string& about, const std::string& name)
    : own_(std::make_unique<CLI::App>(about, name)), inner_(own_.get()) {}
Command::Command(CLI::App& inner) : inner_(&inner) {}
Command::~Command() = default;

Command* Command::add_subcommand(const std::string& name, const std::string& about) {
    return &commands_.emplace_back(*inner_->add_subcommand(name, about));
}
void Command::require_subcommand(int how_many) { inner_->require_subcommand(how_many); }
void Command::fallthrough() { inner_->fallthrough(); }
void Command::footer(const std::string& text) { inner_->footer(text); }
std::string Command::get_footer() const { return inner_->get_footer(); }
void Command::callback(std::function<void()> run) { inner_->callback(std::move(run)); }

CommandOption* Command::kept(CLI::Option* option) { return &options_.emplace_back(*option); }

CommandOption* Command::add(const std::string& name, Value value, const std::string& about) {
    return kept(std::visit(
        [&](auto* place) {
            auto* option = inner_->add_option(name, *place, about);
            refuse_what_is_no_number(*option, place);
            return option;
        },
        value));
}

CommandOption* Command::add_flag(const std::string& name, bool& value, const std::string& about) {
    return kept(inner_->add_flag(name, value, about));
}

CommandOption* Command::add_word(const std::string& name, const std::string& about,
                                 std::vector<std::string> words,
                                 std::function<void(std::size_t)> choose) {
    std::string shown;
    for (const auto& word : words) shown += (shown.empty() ? "" : "|") + word;
    auto* option = inner_->add_option_function<std::string>(
        name,
        [words, choose = std::move(choose)](const std::string& typed) {
            choose(static_cast<std::size_t>(std::ranges::find(words, typed) - words.begin()));
        },
        about);
    option->check(CLI::IsMember(std::move(words)))->option_text(shown);
    return kept(option);
}

CommandOption* Command::get_option(const std::string& name) {
    return kept(inner_->get_option(name));
}
bool Command::has_option(const std::string& name) const {
    return inner_->get_option_no_throw(name) != nullptr;
}
void Command::remove_option(const std::string& name) {
    inner_->remove_option(inner_->get_option(name));
}

const Command* Command::get_subcommand(const std::string& name) const {
    const auto* wanted = inner_->get_subcommand(name);
    const auto found = std::ranges::find(commands_, wanted, &Command::inner_);
    return found == commands_.end() ? nullptr : &*found;
}

std::vector<std::string> Command::typed() const {
    std::vector<std::string> out;
    for (const auto* option : std::as_const(*inner_).get_options())
        out.insert(out.end(), option->results().begin(), option->results().end());
    return out;
}

CommandLineRead Command::parse(std::vector<std::string> words) {
    std::ranges::reverse(words);        // as CLI11 wants them
    try {
        inner_->parse(std::move(words));
    } catch (const CLI::RequiredError& error) {
        // "A subcommand is required" says little of a command that was mistyped.
        return {CommandLineRead::End::not_understood, what_is_unknown(*inner_, error)};
    } catch (const CLI::ParseError& error) {
        std::ostringstream help, wrong;
        if (inner_->exit(error, help, wrong) == 0)
            return {CommandLineRead::End::helped, help.str()};
        auto sentence = wrong.str();
        while (sentence.ends_with('\n')) sentence.pop_back();
        return {CommandLineRead::End::not_understood, sentence};
    }
    return {};
}

}  // namespace alongside
