#include "evidence/file_text.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <system_error>
#include <utility>

namespace alongside::evidence {
namespace {

class OpenFile {
public:
    explicit OpenFile(const char* path) : number_(::open(path, O_RDONLY | O_CLOEXEC)) {}
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    ~OpenFile() {
        if (number_ >= 0) ::close(number_);
    }
    int number() const { return number_; }

private:
    int number_;
};

tl::unexpected<Trouble> unreadable(const std::string& shown_as, int why) {
    return trouble(fmt::format("{}: can't be read: {}", shown_as,
                               std::generic_category().message(why)));
}

}  // namespace

Fallible<FileText> FileText::open(const std::filesystem::path& path, const std::string& shown_as) {
    const OpenFile file(path.c_str());
    struct stat about {};
    if (file.number() < 0 || ::fstat(file.number(), &about) != 0) {
        return unreadable(shown_as, errno);
    }
    if (S_ISDIR(about.st_mode)) return unreadable(shown_as, EISDIR);
    FileText out;
    if (S_ISREG(about.st_mode) && about.st_size > 0) {
        out.size_ = static_cast<std::size_t>(about.st_size);
        void* at = ::mmap(nullptr, out.size_, PROT_READ, MAP_PRIVATE, file.number(), 0);
        if (at != MAP_FAILED) {
            out.mapped_ = static_cast<const char*>(at);
            ::madvise(at, out.size_, MADV_SEQUENTIAL);
            return out;
        }
    }
    std::array<char, 1 << 16> piece{};
    for (;;) {
        const auto count = ::read(file.number(), piece.data(), piece.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return unreadable(shown_as, errno);
        if (count == 0) return out;
        out.read_.append(piece.data(), static_cast<std::size_t>(count));
    }
}

FileText::FileText(FileText&& other) noexcept
    : mapped_(std::exchange(other.mapped_, nullptr)), size_(other.size_),
      read_(std::move(other.read_)) {}

FileText::~FileText() {
    if (mapped_ != nullptr) ::munmap(const_cast<char*>(mapped_), size_);
}

void FileText::let_go(std::string_view part) const {
    if (mapped_ == nullptr) return;
    const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    const auto begin = (reinterpret_cast<std::uintptr_t>(part.data()) + page - 1) / page * page;
    const auto end = reinterpret_cast<std::uintptr_t>(part.data() + part.size()) / page * page;
    if (begin < end) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

}  // namespace alongside::evidence
