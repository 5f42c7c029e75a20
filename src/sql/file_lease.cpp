#include "sql/file_lease.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>

#include "sql/engine.h"

namespace alongside::sql {
namespace {

class FileLease final : public Lease {
public:
    explicit FileLease(int file) : file_(file) {}
    // The file stays: removing it would let two holders lock two files of one name.
    ~FileLease() override {
        if (file_ >= 0) ::close(file_);
    }
    bool is_held() override { return true; }

private:
    int file_;
};

std::string written_in(int file) {
    std::array<char, 300> text{};
    const auto length = ::pread(file, text.data(), text.size(), 0);
    return length > 0 ? std::string(text.data(), static_cast<std::size_t>(length)) : "another";
}

}  // namespace

std::string this_process() {
    std::array<char, 256> host{};
    ::gethostname(host.data(), host.size() - 1);
    return std::string(host.data()) + " process " + std::to_string(::getpid());
}

std::unique_ptr<Lease> take_file_lease(const std::string& path) {
    if (path.empty()) return std::make_unique<FileLease>(-1);
    const int file = ::open((path + ".lease").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) {
        throw Fault(Fault::Kind::read_only, "the lease beside the database can't be written");
    }
    auto lease = std::make_unique<FileLease>(file);
    if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
        throw Taken("the database is served by " + written_in(file));
    }
    const auto holder = this_process();
    if (::ftruncate(file, 0) != 0 ||
        ::pwrite(file, holder.data(), holder.size(), 0) != static_cast<ssize_t>(holder.size())) {
        throw Fault(Fault::Kind::full, "the lease beside the database can't be written");
    }
    return lease;
}

std::unique_ptr<Lease> Lease::take(Database& database) {
    auto* engine = dynamic_cast<EngineDatabase*>(&database);
    ENSURE(engine != nullptr);
    return engine->take_lease();
}

}  // namespace alongside::sql
