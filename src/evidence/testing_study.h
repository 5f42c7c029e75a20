// For tests: studies of the example plans, and of plans and data that a test writes.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <unistd.h>

#include "evidence/study.h"

namespace alongside::evidence {

inline std::string example_text(const std::string& name) {
    return *file_text("docs/examples/" + name + ".toml", name + ".toml");
}

inline std::string changed_text(std::string text, const std::string& from, const std::string& to) {
    EXPECT_NE(text.find(from), std::string::npos) << from;
    return text.replace(text.find(from), from.size(), to);
}

// As if locked just before.
inline Fallible<Study> study_of_plan(const std::string& text, const std::filesystem::path& folder) {
    const auto plan = parse_plan(text, "plan.toml");
    if (!plan) return tl::make_unexpected(plan.error());
    auto data = read_study_data(*plan, folder, 1);
    if (!data) return tl::make_unexpected(data.error());
    const PlanLock lock{hash_of(plan->canonical), "2026-01-01T00:00:00Z", "1", plan->canonical};
    return carry_out(*plan, lock, std::move(*data), 1);
}

// The study of an example plan, `changed` in one place.
inline Fallible<Study> example_study(const std::string& name, const std::string& from = "",
                                     const std::string& to = "") {
    const auto text = example_text(name);
    return study_of_plan(from.empty() ? text : changed_text(text, from, to), "docs/examples");
}

struct StudyFolder {
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / fmt::format("study-{}", ::getpid());
    StudyFolder() {
        std::filesystem::remove_all(path);
        std::filesystem::create_directories(path);
    }
    ~StudyFolder() { std::filesystem::remove_all(path); }
    std::filesystem::path put(const std::string& name, const std::string& text) const {
        std::ofstream(path / name) << text;
        return path / name;
    }
};

}  // namespace alongside::evidence
