// The bytes of a file, without copying them where the system can lend them.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "evidence/trouble.h"

namespace alongside::evidence {

// A file mapped into memory; what is no plain file (a pipe) is read into memory instead.
class FileText {
public:
    // Trouble says why it can't be read.
    static Fallible<FileText> open(const std::filesystem::path& path, const std::string& shown_as);
    FileText(FileText&& other) noexcept;
    FileText(const FileText&) = delete;
    FileText& operator=(const FileText&) = delete;
    FileText& operator=(FileText&&) = delete;
    ~FileText();

    std::string_view text() const { return mapped_ ? std::string_view(mapped_, size_) : read_; }
    // These bytes won't be needed soon: they need not count as this program's memory.
    void let_go(std::string_view part) const;

private:
    FileText() = default;
    const char* mapped_ = nullptr;
    std::size_t size_ = 0;
    std::string read_;
};

}  // namespace alongside::evidence
