/* SPDX-License-Identifier: Apache-2.0 */
/* Is a file fit for dlopen? Who may write to it, and is it a whole ELF object for this machine:
 * the system's loader crashes on a file that was cut short. */
#define _GNU_SOURCE
#include "core/registry-private.h"

#include "common/file.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_PROGRAM_HEADERS = 256 };

/* Our own header, put there by the linker: what a plugin must look like. */
extern const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));

__attribute__((format(printf, 5, 0))) static bool refuse_with(struct refusal *r,
                                                              enum diag_code code, int err,
                                                              const char *help, const char *fmt,
                                                              va_list args)
{
    r->is = true;
    r->code = code;
    r->err = err;
    snprintf(r->help, sizeof(r->help), "%s", help ? help : "");
    vsnprintf(r->text, sizeof(r->text), fmt, args);
    return false;
}

bool refuse(struct refusal *r, enum diag_code code, const char *help, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    refuse_with(r, code, 0, help, fmt, args);
    va_end(args);
    return false;
}

bool refuse_errno(struct refusal *r, enum diag_code code, int err, const char *help,
                  const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    refuse_with(r, code, err, help, fmt, args);
    va_end(args);
    return false;
}

/* Root and the user who runs this may change plugins, nobody else; a sticky bit does not help,
 * because others could put their own file there first. */
static bool safe(const struct stat *st, const char *what, const char *path, struct refusal *r)
{
    char help[300];

    if (st->st_uid != 0 && st->st_uid != geteuid()) {
        snprintf(help, sizeof(help), "own it, or give it to root:  chown root '%.200s'", path);
        return refuse(r, E0503, help, "%s '%s' belongs to another user (%u), who could change it",
                      what, path, (unsigned)st->st_uid);
    }
    if (st->st_mode & (S_IWGRP | S_IWOTH)) {
        snprintf(help, sizeof(help), "close it:  chmod go-w '%.200s'", path);
        return refuse(r, E0503, help, "%s '%s' can be written by others, who could change it", what,
                      path);
    }
    return true;
}

static bool folder_safe(const char *path, struct refusal *r)
{
    const char *slash = strrchr(path, '/');
    char folder[4096];
    struct stat st;

    snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
    if (slash == path)
        snprintf(folder, sizeof(folder), "/");
    if (stat(folder, &st) != 0)
        return refuse_errno(r, E0501, errno, NULL, "folder '%s' of a plugin", folder);
    return safe(&st, "plugin folder", folder, r);
}

static bool is_open(const struct stat *st)
{
    return (st->st_uid == 0 || st->st_uid == geteuid()) && st->st_mode & (S_IWGRP | S_IWOTH);
}

/* A umask of 002 opens both: who closes the one is not to meet the other next. */
static bool both_open(const struct stat *file, const char *path, struct refusal *r)
{
    const char *slash = strrchr(path, '/');
    char folder[4096], help[300];
    struct stat st;

    snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
    if (!is_open(file) || !*folder || stat(folder, &st) != 0 || !is_open(&st))
        return false;
    snprintf(help, sizeof(help), "close both:  chmod go-w '%.120s' '%.120s'", folder, path);
    refuse(r, E0503, help,
           "plugin '%s' and its folder can be written by others, who could change it", path);
    return true;
}

/* Above it, where anybody may rename (no sticky bit), another folder can be put in the place of
 * this one between our look at it and dlopen. */
static bool path_safe(const char *real, struct refusal *r)
{
    char folder[4096], help[300];
    struct stat st;

    snprintf(folder, sizeof(folder), "%s", real);
    for (char *slash; (slash = strrchr(folder, '/')) && slash > folder;) {
        *slash = '\0';
        if (stat(folder, &st) != 0 || !(st.st_mode & S_IWOTH) || st.st_mode & S_ISVTX)
            continue;
        snprintf(help, sizeof(help), "close it:  chmod o-w '%.200s'", folder);
        return refuse(
            r, E0503, help,
            "plugin '%s' lies below '%s', where anybody could put another one in its place", real,
            folder);
    }
    return true;
}

static const char *machine_name(unsigned machine)
{
    switch (machine) {
    case EM_386:
        return "32-bit x86";
    case EM_X86_64:
        return "x86-64";
    case EM_ARM:
        return "32-bit ARM";
    case EM_AARCH64:
        return "64-bit ARM";
    case EM_PPC64:
        return "64-bit POWER";
    case EM_S390:
        return "IBM Z";
    case EM_RISCV:
        return "RISC-V";
    default:
        return "another processor";
    }
}

/* False: errno, or 0 where the file is too short. */
static bool read_at(int fd, void *to, size_t n, uint64_t at)
{
    ssize_t got = at <= INT64_MAX ? file_read_at(fd, to, n, at) : 0;

    if (got >= 0)
        errno = 0;
    return got == (ssize_t)n;
}

/* What dlopen maps must lie inside the file: beyond its end the first touch is SIGBUS. False: errno,
 * or 0. */
static bool whole(int fd, const ElfW(Ehdr) * h, uint64_t size)
{
    ElfW(Phdr) p;

    errno = 0;
    if (h->e_phentsize != sizeof(p) || h->e_phnum == 0 || h->e_phnum > MAX_PROGRAM_HEADERS)
        return false;
    for (unsigned i = 0; i < h->e_phnum; i++) {
        if (!read_at(fd, &p, sizeof(p), h->e_phoff + i * sizeof(p)))
            return false;
        if (p.p_filesz > size || p.p_offset > size - p.p_filesz)
            return false;
    }
    /* Behind the segments a linker puts its tables: without them the file did not come whole. */
    return h->e_shnum == 0 || (h->e_shoff <= size && (uint64_t)h->e_shnum * h->e_shentsize <= size - h->e_shoff);
}

static bool elf_fits(int fd, const char *path, uint64_t size, struct refusal *r)
{
    const ElfW(Ehdr) *mine = &__ehdr_start;
    ElfW(Ehdr) h;

    memset(&h, 0, sizeof(h));
    if (!read_at(fd, &h, size < sizeof(h) ? (size_t)size : sizeof(h), 0) && errno != 0)
        return refuse_errno(r, E0501, errno, NULL, "plugin '%s' cannot be read", path);
    if (size < SELFMAG || memcmp(h.e_ident, ELFMAG, SELFMAG) != 0)
        return refuse(r, E0504, "a plugin is built with:  cc -shared -fPIC",
                      "'%s' is not a shared object (it does not begin with ELF)", path);
    if (size < sizeof(h))
        return refuse(r, E0504, "build it again, or copy it again",
                      "'%s' was cut short: %llu bytes", path, (unsigned long long)size);
    if (h.e_ident[EI_CLASS] != mine->e_ident[EI_CLASS] ||
        h.e_ident[EI_DATA] != mine->e_ident[EI_DATA] || h.e_machine != mine->e_machine)
        return refuse(r, E0504, "build it again on this machine",
                      "'%s' was built for %s; this etl runs on %s", path, machine_name(h.e_machine),
                      machine_name(mine->e_machine));
    if (h.e_type != ET_DYN)
        return refuse(r, E0504, "a plugin is built with:  cc -shared -fPIC",
                      "'%s' is an ELF file, but not a shared object", path);
    if (whole(fd, &h, size))
        return true;
    if (errno)
        return refuse_errno(r, E0501, errno, NULL, "plugin '%s' cannot be read", path);
    return refuse(r, E0504, "build it again, or copy it again",
                  "'%s' was cut short or damaged: it should be longer", path);
}

bool plugin_file_check(const char *shown, const char *real, struct refusal *r)
{
    struct stat st;
    bool good = false;
    int fd = file_open(real, O_RDONLY | O_NONBLOCK | O_NOFOLLOW, 0);

    if (fd < 0)
        return refuse_errno(r, E0501, errno, NULL, "plugin '%s' cannot be opened", shown);
    if (fstat(fd, &st) != 0)
        refuse_errno(r, E0501, errno, NULL, "plugin '%s' cannot be looked at", shown);
    else if (!S_ISREG(st.st_mode))
        refuse(r, E0504, "name the .so file itself", "plugin '%s' is not a regular file", shown);
    else
        good = !both_open(&st, shown, r) && safe(&st, "plugin", shown, r) && folder_safe(real, r) &&
               folder_safe(shown, r) && path_safe(real, r) &&
               elf_fits(fd, shown, (uint64_t)st.st_size, r);
    close(fd);
    return good;
}
