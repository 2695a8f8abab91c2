/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks that go round the system's memory: each to its place, none changed by the next, what fails
 * is told, and where it cannot be or does not pay it is not done. */
#define _GNU_SOURCE
#include "core/direct.h"
#include "folder.h"
#include "unit.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

enum { ALIGNED = 512, MOST_FDS = 1024 };

static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool asked[MOST_FDS]; /* for O_DIRECT */
    bool held, takes_blocks;
    int calls, fails_from, error, refuses;
    useconds_t slow;
} disk = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

/* In place of the system's, whose file system here may be any: three that know such blocks. */
int openat(int dir, const char *path, int flags, ...)
{
    int fd = (int)syscall(SYS_openat, dir, path, flags & ~O_DIRECT, 0666);

    if (fd >= 0 && fd < MOST_FDS)
        disk.asked[fd] = flags & O_DIRECT;
    return fd;
}

#ifdef STATX_DIOALIGN
int statx(int fd, const char *path, int flags, unsigned mask, struct statx *x)
{
    (void)fd;
    (void)path;
    (void)flags;
    memset(x, 0, sizeof(*x));
    ck_assert_uint_eq(mask, STATX_DIOALIGN);
    x->stx_mask = disk.takes_blocks ? STATX_DIOALIGN : 0;
    x->stx_dio_mem_align = x->stx_dio_offset_align = ALIGNED;
    return 0;
}
#endif

ssize_t pwrite(int fd, const void *data, size_t len, off_t at)
{
    int error = 0;

    pthread_mutex_lock(&disk.lock);
    disk.calls++;
    pthread_cond_broadcast(&disk.changed);
    while (disk.held)
        pthread_cond_wait(&disk.changed, &disk.lock);
    if (disk.fails_from > 0 && disk.calls >= disk.fails_from)
        error = disk.error;
    if (disk.refuses > 0 || (fd < MOST_FDS && disk.asked[fd] &&
                             ((uintptr_t)data | len | (uintmax_t)at) % ALIGNED != 0)) {
        disk.refuses -= disk.refuses > 0;
        error = EINVAL;
    }
    pthread_mutex_unlock(&disk.lock);
    if (disk.slow)
        usleep(disk.slow);
    if (!error)
        return syscall(SYS_pwrite64, fd, data, len, at);
    errno = error;
    return -1;
}

static void hold(bool held)
{
    pthread_mutex_lock(&disk.lock);
    disk.held = held;
    pthread_cond_broadcast(&disk.changed);
    pthread_mutex_unlock(&disk.lock);
}

static int dir;
static struct direct direct;

static struct direct_file *file(const char *name)
{
    int fd = openat(dir, name, O_RDWR | O_CREAT | O_TRUNC);

    ck_assert_int_ge(fd, 0);
    close(fd);
    return direct_open(&direct, dir, name, NULL);
}

static void begin(void)
{
    folder_begin();
    dir = open(folder, O_RDONLY | O_DIRECTORY);
    ck_assert_int_ge(dir, 0);
    disk.takes_blocks = true;
    disk.held = false;
    disk.calls = disk.fails_from = disk.error = disk.refuses = 0;
    disk.slow = 0;
    direct_begin(&direct, NULL, NULL);
}

static void end(void)
{
    direct_end(&direct);
    close(dir);
    folder_end();
}

/* Words that are no others' of any file and block. */
static void put(struct direct_file *f, uint64_t number, uint64_t block)
{
    uint64_t *to = (uint64_t *)(void *)direct_block(f);

    for (uint64_t i = 0; i < DIRECT_BLOCK / sizeof(*to); i++)
        to[i] = number << 56 | block << 32 | i;
}

static void look(const char *name, uint64_t number, uint64_t blocks)
{
    int fd = openat(dir, name, O_RDONLY);
    uint64_t *data = malloc(DIRECT_BLOCK);

    ck_assert_ptr_nonnull(data);
    for (uint64_t block = 0; block < blocks; block++) {
        ck_assert_int_eq(read(fd, data, DIRECT_BLOCK), DIRECT_BLOCK);
        for (uint64_t i = 0; i < DIRECT_BLOCK / sizeof(*data); i++)
            must(data[i] == (number << 56 | block << 32 | i));
    }
    ck_assert_int_eq(read(fd, data, DIRECT_BLOCK), 0);
    free(data);
    close(fd);
}

START_TEST(each_block_to_its_place)
{
    enum { BLOCKS = 20 };
    struct direct_file *a = file("a"), *b = file("b");

    ck_assert(a && b);
    for (uint64_t i = 0; i < BLOCKS; i++) {
        put(a, 1, i);
        ck_assert_int_eq(direct_write(a, i * DIRECT_BLOCK), 0);
        put(b, 2, BLOCKS - 1 - i);
        ck_assert_int_eq(direct_write(b, (BLOCKS - 1 - i) * DIRECT_BLOCK), 0);
    }
    ck_assert_int_eq(direct_wait(a), 0);
    look("a", 1, BLOCKS);
    direct_close(a);
    direct_end(&direct); /* waits for b */
    look("b", 2, BLOCKS);
    direct_close(b);
    ck_assert_int_eq(disk.calls, 2 * BLOCKS);
}
END_TEST

START_TEST(one_fills_while_the_other_is_written)
{
    struct direct_file *f = file("f");
    char *first = direct_block(f);

    hold(true);
    put(f, 3, 0);
    ck_assert_int_eq(direct_write(f, 0), 0);
    ck_assert_ptr_ne(direct_block(f), first);
    put(f, 3, 1);
    hold(false);
    ck_assert_int_eq(direct_write(f, DIRECT_BLOCK), 0);
    ck_assert_ptr_eq(direct_block(f), first); /* is written by now */
    ck_assert_int_eq(direct_wait(f), 0);
    look("f", 3, 2);
    direct_close(f);
}
END_TEST

START_TEST(what_fails_is_told)
{
    struct direct_file *f = file("f");

    disk.fails_from = 3;
    disk.error = ENOSPC;
    for (uint64_t i = 0; i < 3; i++)
        ck_assert_int_eq(direct_write(f, i * DIRECT_BLOCK), 0);
    for (int again = 0; again < 2; again++) {
        errno = 0;
        ck_assert_int_eq(direct_write(f, 3 * DIRECT_BLOCK), -1);
        ck_assert_int_eq(errno, ENOSPC);
        errno = 0;
        ck_assert_int_eq(direct_wait(f), -1);
        ck_assert_int_eq(errno, ENOSPC);
    }
    direct_close(f);
    ck_assert_int_eq(disk.calls, 3);
}
END_TEST

START_TEST(a_file_system_that_does_not_after_all)
{
    struct direct_file *f = file("f");

    disk.refuses = 1;
    for (uint64_t i = 0; i < 3; i++) {
        put(f, 4, i);
        ck_assert_int_eq(direct_write(f, i * DIRECT_BLOCK), 0);
    }
    ck_assert_int_eq(direct_wait(f), 0);
    look("f", 4, 3);
    direct_close(f);
    ck_assert_int_eq(disk.calls, 4);
}
END_TEST

START_TEST(a_disk_that_does_not_keep_up)
{
    struct direct_file *f = file("f");

    for (uint64_t i = 0; i < 100; i++) {
        ck_assert_int_eq(direct_write(f, 0), 0);
        if (i % 3 > 0)
            ck_assert_int_eq(direct_wait(f), 0); /* it was written while another one filled */
        ck_assert(direct_keeps_up(f));
    }
    disk.slow = 2000;
    for (uint64_t i = 0; i < 100 && direct_keeps_up(f); i++)
        ck_assert_int_eq(direct_write(f, 0), 0);
    ck_assert(!direct_keeps_up(f));
    ck_assert_int_eq(direct_wait(f), 0);
    direct_close(f);
}
END_TEST

START_TEST(where_there_is_none)
{
    struct rlimit before, none;
    struct direct_file *f;

    disk.takes_blocks = false;
    ck_assert_ptr_null(file("f"));
    disk.takes_blocks = true;
    ck_assert_ptr_null(direct_open(&direct, dir, "is not there", NULL));
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    none.rlim_cur = 0;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
    f = direct_open(&direct, dir, "f", NULL);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    ck_assert_ptr_null(f);
    ck_assert(!direct.started); /* no thread where no file needs it */
    direct = (struct direct){ 0 };
    ck_assert_ptr_null(direct_open(&direct, dir, "f", NULL));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("direct");
    TCase *c = tcase_create("all");
    SRunner *r = srunner_create(s);
    int failed;

    tcase_add_checked_fixture(c, begin, end);
#ifdef STATX_DIOALIGN
    tcase_add_test(c, each_block_to_its_place);
    tcase_add_test(c, one_fills_while_the_other_is_written);
    tcase_add_test(c, what_fails_is_told);
    tcase_add_test(c, a_file_system_that_does_not_after_all);
    tcase_add_test(c, a_disk_that_does_not_keep_up);
#endif
    tcase_add_test(c, where_there_is_none);
    suite_add_tcase(s, c);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
