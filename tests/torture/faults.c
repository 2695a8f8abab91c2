/* SPDX-License-Identifier: Apache-2.0 */
/* Makes calls fail, in a build made for it (configure --enable-faults): this file is linked into
 * the program, so that its functions stand before those of the C library for whoever calls them:
 * the host, plugins, SQLite, the codecs. No other line of the project differs, and unlike a
 * preloaded library it goes together with sanitizers.
 *
 *   ETL_FAULT=op:nth:errno[:sticky]   the nth call of that kind fails; sticky: all behind it too.
 *       op: open read write sync truncate rename unlink mkdir close map memory
 *       errno: a name; "short": the call takes or gives one byte only
 *   ETL_FAULT_CALLS=FILE              how many there were of each is written there at the end
 *
 * memory: what the program and its plugins ask for themselves. Reading and writing of the standard
 * streams is not counted. A call that is interrupted again and again would never end:
 * sticky, EINTR and EAGAIN fail every other call. */
#define _GNU_SOURCE
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

enum op { OPEN, READ, WRITE, SYNC, TRUNCATE, RENAME, UNLINK, MKDIR, CLOSE, MAP, MEMORY, OPS };

static const char *const op_names[OPS] = { "open",   "read",  "write", "sync", "truncate", "rename",
                                           "unlink", "mkdir", "close", "map",  "memory" };

static const struct {
    const char *name;
    int number;
} errors[] = {
    { "EACCES", EACCES }, { "EAGAIN", EAGAIN }, { "EDQUOT", EDQUOT }, { "EINTR", EINTR },
    { "EIO", EIO },       { "EMFILE", EMFILE }, { "ENFILE", ENFILE }, { "ENOMEM", ENOMEM },
    { "ENOSPC", ENOSPC }, { "EROFS", EROFS },   { "short", 0 },
};

static struct {
    _Atomic long calls[OPS];
    long nth;
    enum op op;
    int err;
    bool sticky, armed, counting;
} the;

/* Runs before main; what was called earlier is not counted. A wrong ETL_FAULT ends the program, or
 * a test would pass in which nothing failed. */
__attribute__((constructor)) static void begin(void)
{
    const char *fault = getenv("ETL_FAULT");
    char op[16], err[16], sticky[16] = "";
    bool known = false;

    for (size_t i = 0; i < OPS; i++)
        atomic_store(&the.calls[i], 0);
    the.counting = getenv("ETL_FAULT_CALLS") != NULL;
    if (!fault)
        return;
    if (sscanf(fault, "%15[^:]:%ld:%15[^:]:%15s", op, &the.nth, err, sticky) < 3)
        goto wrong;
    for (the.op = 0; the.op < OPS && strcmp(op, op_names[the.op]) != 0;)
        the.op++;
    for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++)
        if (strcmp(errors[i].name, err) == 0) {
            the.err = errors[i].number;
            known = true;
        }
    the.sticky = strcmp(sticky, "sticky") == 0;
    the.armed = known && the.op < OPS && the.nth > 0 && (the.sticky || *sticky == '\0');
    if (the.armed)
        return;
wrong:
    fprintf(stderr, "ETL_FAULT=%s: it is op:nth:errno[:sticky]\n", fault);
    _exit(64);
}

__attribute__((destructor)) static void end(void)
{
    const char *path = getenv("ETL_FAULT_CALLS");
    FILE *f;

    the.armed = the.counting = false;
    f = path ? fopen(path, "w") : NULL;
    for (size_t i = 0; f && i < OPS; i++)
        fprintf(f, "%s %ld\n", op_names[i], atomic_load(&the.calls[i]));
    if (f)
        fclose(f);
}

/* Counts a call, and says whether it fails; errno is then set. "short" is no failure but in read
 * and write, which look at the.err. */
static bool fails(enum op op)
{
    long n = atomic_fetch_add(&the.calls[op], 1) + 1;

    if (!the.armed || op != the.op || n < the.nth || (n > the.nth && !the.sticky))
        return false;
    if ((the.err == EINTR || the.err == EAGAIN) && (n - the.nth) % 2 == 1)
        return false;
    errno = the.err;
    return true;
}

/* ---- files ---- */

static int open_next(const char *name, int dir, const char *path, int flags, mode_t mode)
{
    if (fails(OPEN))
        return -1;
    return ((int (*)(int, const char *, int, mode_t))dlsym(RTLD_NEXT, name))(dir, path, flags,
                                                                             mode);
}

int open(const char *path, int flags, ...)
{
    mode_t mode;

    MODE(flags, mode);
    return open_next("openat", AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    mode_t mode;

    MODE(flags, mode);
    return open_next("openat64", AT_FDCWD, path, flags, mode);
}

int openat(int dir, const char *path, int flags, ...)
{
    mode_t mode;

    MODE(flags, mode);
    return open_next("openat", dir, path, flags, mode);
}

int openat64(int dir, const char *path, int flags, ...)
{
    mode_t mode;

    MODE(flags, mode);
    return open_next("openat64", dir, path, flags, mode);
}

FILE *fopen(const char *path, const char *mode)
{
    return fails(OPEN) ? NULL : NEXT(FILE *, fopen, const char *, const char *)(path, mode);
}

FILE *fopen64(const char *path, const char *mode)
{
    return fails(OPEN) ? NULL : NEXT(FILE *, fopen64, const char *, const char *)(path, mode);
}

/* How much of a transfer of len bytes goes through: -1 with errno, or a length. */
static ssize_t allowed(enum op op, int fd, size_t len)
{
    if (fd <= STDERR_FILENO || !fails(op))
        return (ssize_t)len;
    return the.err == 0 && len > 0 ? 1 : -1;
}

ssize_t read(int fd, void *to, size_t len)
{
    ssize_t n = allowed(READ, fd, len);

    return n < 0 ? -1 : NEXT(ssize_t, read, int, void *, size_t)(fd, to, (size_t)n);
}

ssize_t pread64(int fd, void *to, size_t len, off64_t at)
{
    ssize_t n = allowed(READ, fd, len);

    if (n < 0)
        return -1;
    return NEXT(ssize_t, pread64, int, void *, size_t, off64_t)(fd, to, (size_t)n, at);
}

ssize_t pread(int fd, void *to, size_t len, off_t at)
{
    return pread64(fd, to, len, at);
}

ssize_t write(int fd, const void *data, size_t len)
{
    ssize_t n = allowed(WRITE, fd, len);

    return n < 0 ? -1 : NEXT(ssize_t, write, int, const void *, size_t)(fd, data, (size_t)n);
}

ssize_t pwrite64(int fd, const void *data, size_t len, off64_t at)
{
    ssize_t n = allowed(WRITE, fd, len);

    if (n < 0)
        return -1;
    return NEXT(ssize_t, pwrite64, int, const void *, size_t, off64_t)(fd, data, (size_t)n, at);
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t at)
{
    return pwrite64(fd, data, len, at);
}

/* A call that answers -1 when it fails; "short" leaves it alone. */
#define FAIL_OR(op, call) return fails(op) && the.err != 0 ? -1 : (call)

int fsync(int fd)
{
    FAIL_OR(SYNC, NEXT(int, fsync, int)(fd));
}

int fdatasync(int fd)
{
    FAIL_OR(SYNC, NEXT(int, fdatasync, int)(fd));
}

int ftruncate64(int fd, off64_t len)
{
    FAIL_OR(TRUNCATE, NEXT(int, ftruncate64, int, off64_t)(fd, len));
}

int ftruncate(int fd, off_t len)
{
    return ftruncate64(fd, len);
}

int renameat(int from_dir, const char *from, int to_dir, const char *to)
{
    FAIL_OR(RENAME,
            NEXT(int, renameat, int, const char *, int, const char *)(from_dir, from, to_dir, to));
}

int unlinkat(int dir, const char *name, int flags)
{
    FAIL_OR(UNLINK, NEXT(int, unlinkat, int, const char *, int)(dir, name, flags));
}

int unlink(const char *name)
{
    return unlinkat(AT_FDCWD, name, 0);
}

int mkdirat(int dir, const char *name, mode_t mode)
{
    FAIL_OR(MKDIR, NEXT(int, mkdirat, int, const char *, mode_t)(dir, name, mode));
}

/* Closed it is in any case, as the kernel does it. */
int close(int fd)
{
    bool failing = fd > STDERR_FILENO && fails(CLOSE) && the.err != 0;
    int result = NEXT(int, close, int)(fd);

    if (!failing)
        return result;
    errno = the.err;
    return -1;
}

void *mmap64(void *at, size_t len, int prot, int flags, int fd, off64_t from)
{
    if (fails(MAP) && the.err != 0)
        return MAP_FAILED;
    return NEXT(void *, mmap64, void *, size_t, int, int, int, off64_t)(at, len, prot, flags, fd,
                                                                        from);
}

void *mmap(void *at, size_t len, int prot, int flags, int fd, off_t from)
{
    return mmap64(at, len, prot, flags, fd, from);
}

/* ---- memory ---- */

/* Under a sanitizer its own, else those of the C library: dlsym itself asks for memory. */
#define ALLOCATORS(X)                                                                              \
    X(malloc, (size_t len), (len))                                                                 \
    X(calloc, (size_t n, size_t len), (n, len))                                                    \
    X(realloc, (void *old, size_t len), (old, len))                                                \
    X(memalign, (size_t alignment, size_t len), (alignment, len))

#define DECLARE(name, parameters, arguments)                                                       \
    void *name parameters;                                                                         \
    void *__interceptor_##name parameters __attribute__((weak));                                   \
    void *__libc_##name parameters;
ALLOCATORS(DECLARE)

/* Libraries, the C library among them, are asked by us, and what they make of it is theirs: glob of
 * glibc frees twice. So only what the program and its plugins ask for themselves is counted. */
static bool ours(const void *caller)
{
    Dl_info info;
    const char *name;

    if (dladdr(caller, &info) == 0 || !info.dli_fname)
        return false;
    name = strrchr(info.dli_fname, '/');
    name = name ? name + 1 : info.dli_fname;
    return strncmp(name, "lib", 3) != 0 && strncmp(name, "ld-", 3) != 0;
}

static bool memory_fails(const void *caller)
{
    return ((the.armed && the.op == MEMORY) || the.counting) && ours(caller) && fails(MEMORY);
}

#define DEFINE(name, parameters, arguments)                                                        \
    static void *get_##name parameters                                                             \
    {                                                                                              \
        return __interceptor_##name ? __interceptor_##name arguments : __libc_##name arguments;    \
    }                                                                                              \
    void *name parameters                                                                          \
    {                                                                                              \
        return memory_fails(__builtin_return_address(0)) ? NULL : get_##name arguments;            \
    }
ALLOCATORS(DEFINE)

void *aligned_alloc(size_t alignment, size_t len)
{
    return memory_fails(__builtin_return_address(0)) ? NULL : get_memalign(alignment, len);
}

int posix_memalign(void **to, size_t alignment, size_t len)
{
    void *got = memory_fails(__builtin_return_address(0)) ? NULL : get_memalign(alignment, len);

    if (got)
        *to = got;
    return got ? 0 : ENOMEM;
}

/* A sanitizer's own would not come by here. */
static char *copy(const char *text, size_t len)
{
    char *to = get_malloc(len + 1);

    if (to) {
        memcpy(to, text, len);
        to[len] = '\0';
    }
    return to;
}

char *strdup(const char *text)
{
    return memory_fails(__builtin_return_address(0)) ? NULL : copy(text, strlen(text));
}

char *strndup(const char *text, size_t max)
{
    return memory_fails(__builtin_return_address(0)) ? NULL : copy(text, strnlen(text, max));
}
