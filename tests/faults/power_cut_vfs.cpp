#include "tests/faults/power_cut_vfs.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <map>
#include <mutex>
#include <new>
#include <thread>
#include <vector>

#include "base/ensure.h"

namespace alongside::faults {
namespace {

// One write, or a truncation where `bytes` is empty and `is_end` is set.
struct Change {
    std::size_t offset;
    std::string bytes;
    bool is_end = false;
};

void put_into(std::string& content, const Change& change) {
    if (change.is_end) {
        content.resize(std::min(content.size(), change.offset));
        return;
    }
    content.resize(std::max(content.size(), change.offset + change.bytes.size()));
    content.replace(change.offset, change.bytes.size(), change.bytes);
}

// A file as its readers see it, and what of that is not on the disk yet. Its descriptor stays open:
// closing it would let go of the locks that SQLite holds on the same file.
struct File {
    std::string content;
    std::vector<Change> unflushed;
    int descriptor = -1;

    explicit File(const std::string& path) : descriptor(::open(path.c_str(), O_RDWR | O_CLOEXEC)) {
        if (descriptor < 0) descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        read_again();
    }
    ~File() { ::close(descriptor); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    void read_again() {
        content.assign(static_cast<std::size_t>(std::max<off_t>(
                           ::lseek(descriptor, 0, SEEK_END), 0)), '\0');
        const auto read = ::pread(descriptor, content.data(), content.size(), 0);
        ENSURE(read == static_cast<ssize_t>(content.size()));
        unflushed.clear();
    }
    void change(Change change) {
        put_into(content, change);
        unflushed.push_back(std::move(change));
    }
    void put_on_disk(const Change& change) {
        const auto offset = static_cast<off_t>(change.offset);
        if (change.is_end) {
            const bool shortens = ::lseek(descriptor, 0, SEEK_END) > offset;
            ENSURE(!shortens || ::ftruncate(descriptor, offset) == 0);
            return;
        }
        ENSURE(::pwrite(descriptor, change.bytes.data(), change.bytes.size(), offset) ==
               static_cast<ssize_t>(change.bytes.size()));
    }
    void flush() {
        for (const auto& change : unflushed) put_on_disk(change);
        unflushed.clear();
    }
};

}  // namespace

struct PowerCutVfs::Disk {
    std::string name;
    sqlite3_vfs* usual = sqlite3_vfs_find(nullptr);
    sqlite3_vfs vfs{};

    std::mutex lock;
    std::map<std::string, std::shared_ptr<File>> files;
    std::optional<std::uint64_t> limit;
    bool only_read = false;
    std::uint64_t cuts = 0;
    std::atomic<std::int64_t> flush_us = 0;
    std::atomic<std::uint64_t> flushes = 0;

    std::uint64_t used() const {
        std::uint64_t out = 0;
        for (const auto& [path, file] : files) out += file->content.size();
        return out;
    }
};

namespace {

using Disk = PowerCutVfs::Disk;

// What SQLite holds: ours first, then the usual VFS's file, which keeps the locks.
struct Handle {
    sqlite3_file base;
    Disk* disk;
    std::shared_ptr<File>* file;
    std::uint64_t cuts;  // how often the power had been cut when it was opened

    sqlite3_file* usual() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

Handle& handle(sqlite3_file* file) { return *reinterpret_cast<Handle*>(file); }
Disk& disk_of(sqlite3_vfs* vfs) { return *static_cast<Disk*>(vfs->pAppData); }
// REQUIRES the lock.
bool is_dead(const Handle& h) { return h.cuts != h.disk->cuts; }

int close(sqlite3_file* file) {
    auto& h = handle(file);
    delete h.file;
    return h.usual()->pMethods ? h.usual()->pMethods->xClose(h.usual()) : SQLITE_OK;
}

int read(sqlite3_file* file, void* to, int amount, sqlite3_int64 from) {
    auto& h = handle(file);
    const std::lock_guard lock(h.disk->lock);
    if (is_dead(h)) return SQLITE_IOERR_READ;
    const auto& content = (*h.file)->content;
    const auto wanted = static_cast<std::size_t>(amount);
    const auto start = std::min(static_cast<std::size_t>(from), content.size());
    const auto there = std::min(wanted, content.size() - start);
    std::memcpy(to, content.data() + start, there);
    std::memset(static_cast<char*>(to) + there, 0, wanted - there);
    return there == wanted ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int write(sqlite3_file* file, const void* from, int amount, sqlite3_int64 to) {
    auto& h = handle(file);
    const std::lock_guard lock(h.disk->lock);
    if (is_dead(h)) return SQLITE_IOERR_WRITE;
    if (h.disk->only_read) return SQLITE_READONLY;
    const auto start = static_cast<std::size_t>(to);
    const auto size = static_cast<std::size_t>(amount);
    const auto before = (*h.file)->content.size();
    const auto growth = std::max(before, start + size) - before;
    if (h.disk->limit && growth > 0 && h.disk->used() + growth > *h.disk->limit) {
        return SQLITE_FULL;
    }
    (*h.file)->change({start, std::string(static_cast<const char*>(from), size)});
    return SQLITE_OK;
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
    auto& h = handle(file);
    const std::lock_guard lock(h.disk->lock);
    if (is_dead(h)) return SQLITE_IOERR_TRUNCATE;
    if (h.disk->only_read) return SQLITE_READONLY;
    (*h.file)->change({static_cast<std::size_t>(size), {}, true});
    return SQLITE_OK;
}

int sync(sqlite3_file* file, int) {
    auto& h = handle(file);
    std::this_thread::sleep_for(std::chrono::microseconds(h.disk->flush_us));
    const std::lock_guard lock(h.disk->lock);
    if (is_dead(h)) return SQLITE_IOERR_FSYNC;
    (*h.file)->flush();
    ++h.disk->flushes;
    return SQLITE_OK;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
    auto& h = handle(file);
    const std::lock_guard lock(h.disk->lock);
    if (is_dead(h)) return SQLITE_IOERR_FSTAT;
    *size = static_cast<sqlite3_int64>((*h.file)->content.size());
    return SQLITE_OK;
}

int file_control(sqlite3_file* file, int what, void* with) {
    auto* usual = handle(file).usual();
    // A hint would make the real file longer than it is.
    if (what == SQLITE_FCNTL_SIZE_HINT || what == SQLITE_FCNTL_CHUNK_SIZE) return SQLITE_OK;
    return usual->pMethods->xFileControl(usual, what, with);
}

// The rest is the usual file's.
template <auto member, class... Args>
int usually(sqlite3_file* file, Args... args) {
    auto* usual = handle(file).usual();
    return (usual->pMethods->*member)(usual, args...);
}
void shm_barrier(sqlite3_file* file) {
    auto* usual = handle(file).usual();
    usual->pMethods->xShmBarrier(usual);
}

using Methods = sqlite3_io_methods;
const Methods methods{
    .iVersion = 2,
    .xClose = close,
    .xRead = read,
    .xWrite = write,
    .xTruncate = truncate,
    .xSync = sync,
    .xFileSize = file_size,
    .xLock = usually<&Methods::xLock, int>,
    .xUnlock = usually<&Methods::xUnlock, int>,
    .xCheckReservedLock = usually<&Methods::xCheckReservedLock, int*>,
    .xFileControl = file_control,
    .xSectorSize = usually<&Methods::xSectorSize>,
    .xDeviceCharacteristics = usually<&Methods::xDeviceCharacteristics>,
    .xShmMap = usually<&Methods::xShmMap, int, int, int, void volatile**>,
    .xShmLock = usually<&Methods::xShmLock, int, int, int>,
    .xShmBarrier = shm_barrier,
    .xShmUnmap = usually<&Methods::xShmUnmap, int>,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    auto& disk = disk_of(vfs);
    auto& h = *new (file) Handle{};
    if (!name) return SQLITE_CANTOPEN;  // temporary files are kept in memory
    const std::lock_guard lock(disk.lock);
    if (disk.only_read) {
        flags = (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) | SQLITE_OPEN_READONLY;
    }
    const int code = disk.usual->xOpen(disk.usual, name, h.usual(), flags, out_flags);
    if (code != SQLITE_OK) return code;
    auto& known = disk.files[name];
    if (!known) known = std::make_shared<File>(name);
    h.disk = &disk;
    h.file = new std::shared_ptr<File>(known);
    h.cuts = disk.cuts;
    h.base.pMethods = &methods;
    return SQLITE_OK;
}

int remove(sqlite3_vfs* vfs, const char* name, int sync_folder) {
    auto& disk = disk_of(vfs);
    const std::lock_guard lock(disk.lock);
    disk.files.erase(name);
    return disk.usual->xDelete(disk.usual, name, sync_folder);
}

int access(sqlite3_vfs* vfs, const char* name, int flags, int* out) {
    auto& disk = disk_of(vfs);
    const std::lock_guard lock(disk.lock);
    const auto found = disk.files.find(name);
    if (flags == SQLITE_ACCESS_EXISTS && found != disk.files.end()) {
        *out = found->second->content.empty() ? 0 : 1;  // as the usual VFS has it
        return SQLITE_OK;
    }
    return disk.usual->xAccess(disk.usual, name, flags, out);
}

}  // namespace

PowerCutVfs::PowerCutVfs(std::string name) : disk_(std::make_unique<Disk>()) {
    disk_->name = std::move(name);
    disk_->vfs = *disk_->usual;
    disk_->vfs.pNext = nullptr;
    disk_->vfs.szOsFile = static_cast<int>(sizeof(Handle)) + disk_->usual->szOsFile;
    disk_->vfs.zName = disk_->name.c_str();
    disk_->vfs.pAppData = disk_.get();
    disk_->vfs.xOpen = open;
    disk_->vfs.xDelete = remove;
    disk_->vfs.xAccess = access;
    ENSURE(sqlite3_vfs_register(&disk_->vfs, 0) == SQLITE_OK);
}

PowerCutVfs::~PowerCutVfs() {
    sqlite3_vfs_unregister(&disk_->vfs);
    for (auto& [path, file] : disk_->files) file->flush();
}

const std::string& PowerCutVfs::name() const { return disk_->name; }

void PowerCutVfs::slow_flushes(std::chrono::microseconds each) { disk_->flush_us = each.count(); }

void PowerCutVfs::limit(std::optional<std::uint64_t> bytes) {
    const std::lock_guard lock(disk_->lock);
    disk_->limit = bytes;
}

void PowerCutVfs::only_read(bool yes) {
    const std::lock_guard lock(disk_->lock);
    disk_->only_read = yes;
}

void PowerCutVfs::cut(Entropy* entropy) {
    const std::lock_guard lock(disk_->lock);
    ++disk_->cuts;
    for (auto& [path, file] : disk_->files) {
        for (const auto& change : file->unflushed) {
            if (entropy && entropy->word() % 2 == 0) file->put_on_disk(change);
        }
        file->read_again();
    }
}

std::uint64_t PowerCutVfs::flushes() const { return disk_->flushes; }

std::uint64_t PowerCutVfs::bytes() const {
    const std::lock_guard lock(disk_->lock);
    return disk_->used();
}

}  // namespace alongside::faults
