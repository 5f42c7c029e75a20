// CSV files that a test writes, gone when it ends.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace alongside::evidence_files {

class WrittenFile {
public:
    explicit WrittenFile(const std::string& text) {
        static int count = 0;
        path_ = (std::filesystem::temp_directory_path() /
                 ("alongside-evidence-" + std::to_string(getpid()) + "-" +
                  std::to_string(++count) + ".csv"))
                    .string();
        std::ofstream(path_, std::ios::binary) << text;
    }
    WrittenFile(const WrittenFile&) = delete;
    WrittenFile& operator=(const WrittenFile&) = delete;
    ~WrittenFile() { std::filesystem::remove(path_); }
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

}  // namespace alongside::evidence_files
