/* A disk that fails when it is told to: loaded before the C library (LD_PRELOAD), so that it works
 * for anybody, without mounting. The file that ALONGSIDE_DISK names holds one word: `full`,
 * `broken` or `read-only`; while there is no such file, the disk is well. Only regular files in
 * the folder ALONGSIDE_DISK_OF are touched, and never what is printed. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a write meets now: 0, or an error. */
static int trouble(void) {
    const char *path = getenv("ALONGSIDE_DISK");
    if (!path) return 0;
    int (*real_open)(const char *, int, ...) = dlsym(RTLD_NEXT, "open");
    ssize_t (*real_read)(int, void *, size_t) = dlsym(RTLD_NEXT, "read");
    int file = real_open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    char word[16] = "";
    real_read(file, word, sizeof word - 1);
    close(file);
    if (!strncmp(word, "full", 4)) return ENOSPC;
    if (!strncmp(word, "broken", 6)) return EIO;
    if (!strncmp(word, "read-only", 9)) return EROFS;
    return 0;
}

static int is_ours(const char *path) {
    const char *folder = getenv("ALONGSIDE_DISK_OF");
    return folder && !strncmp(path, folder, strlen(folder));
}

static int fails(int file) {
    struct stat about;
    if (file <= 2 || fstat(file, &about) != 0 || !S_ISREG(about.st_mode)) return 0;
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = '\0';
    if (!is_ours(path)) return 0;
    int now = trouble();
    if (now) errno = now;
    return now;
}

#define REAL(name, ...) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))(__VA_ARGS__)

ssize_t write(int file, const void *from, size_t size) {
    return fails(file) ? -1 : REAL(write, file, from, size);
}
ssize_t pwrite(int file, const void *from, size_t size, off_t at) {
    return fails(file) ? -1 : REAL(pwrite, file, from, size, at);
}
ssize_t pwrite64(int file, const void *from, size_t size, off64_t at) {
    return fails(file) ? -1 : REAL(pwrite64, file, from, size, at);
}
int ftruncate(int file, off_t size) { return fails(file) ? -1 : REAL(ftruncate, file, size); }
int ftruncate64(int file, off64_t size) { return fails(file) ? -1 : REAL(ftruncate64, file, size); }
int fsync(int file) { return fails(file) ? -1 : REAL(fsync, file); }
int fdatasync(int file) { return fails(file) ? -1 : REAL(fdatasync, file); }

/* A file system that can only be read opens nothing for writing. */
static int may_not_open(const char *path, int flags) {
    if ((flags & O_ACCMODE) == O_RDONLY || !is_ours(path) || trouble() != EROFS) return 0;
    errno = EROFS;
    return 1;
}

static int mode_of(int flags, va_list more) {
    return flags & O_CREAT ? va_arg(more, int) : 0;
}

int open(const char *path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    int mode = mode_of(flags, more);
    va_end(more);
    return may_not_open(path, flags) ? -1 : REAL(open, path, flags, mode);
}
int open64(const char *path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    int mode = mode_of(flags, more);
    va_end(more);
    return may_not_open(path, flags) ? -1 : REAL(open64, path, flags, mode);
}
