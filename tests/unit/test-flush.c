/* SPDX-License-Identifier: Apache-2.0 */
/* The thread that has the disk write: after so many bytes and no fewer, on a descriptor of its own;
 * that the disk fails stops nobody. */
#define _GNU_SOURCE
#include "core/flush.h"
#include "folder.h"

#include <fcntl.h>
#include <sys/resource.h>

enum { MIB = 1 << 20, A_FLUSH = 64 };

static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int calls, fd, answer;
    bool held; /* a flush lasts until it is let go */
} disk = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, -1, 0, false };

/* In place of the system's. */
int fsync(int fd)
{
    int answer;

    pthread_mutex_lock(&disk.lock);
    disk.calls++;
    disk.fd = fd;
    pthread_cond_broadcast(&disk.changed);
    while (disk.held)
        pthread_cond_wait(&disk.changed, &disk.lock);
    answer = disk.answer;
    pthread_mutex_unlock(&disk.lock);
    if (answer != 0)
        errno = EIO;
    return answer;
}

static void wait_for_calls(int calls)
{
    pthread_mutex_lock(&disk.lock);
    while (disk.calls < calls)
        pthread_cond_wait(&disk.changed, &disk.lock);
    pthread_mutex_unlock(&disk.lock);
}

static void hold(bool held)
{
    pthread_mutex_lock(&disk.lock);
    disk.held = held;
    pthread_cond_broadcast(&disk.changed);
    pthread_mutex_unlock(&disk.lock);
}

static void begin(void)
{
    folder_begin();
    disk.calls = disk.answer = 0;
}

START_TEST(after_so_many_bytes)
{
    int dir = open(folder, O_RDONLY | O_DIRECTORY);
    struct stat ours, its;
    struct flush f;

    flush_start(&f, dir);
    ck_assert(f.started);
    for (int i = 0; i < A_FLUSH - 1; i++)
        flush_sent(&f, MIB);
    usleep(100000); /* for a thread that takes them for enough */
    flush_stop(&f);
    ck_assert_int_eq(disk.calls, 0);

    flush_start(&f, dir);
    hold(true);
    for (int i = 0; i < A_FLUSH; i++)
        flush_sent(&f, MIB);
    wait_for_calls(1);
    ck_assert_int_ne(disk.fd, dir);
    ck_assert(fstat(dir, &ours) == 0 && fstat(disk.fd, &its) == 0);
    ck_assert(ours.st_dev == its.st_dev && ours.st_ino == its.st_ino);
    for (int i = 0; i < 3 * A_FLUSH; i++) /* nobody who writes waits for it */
        flush_sent(&f, MIB);
    hold(false);
    wait_for_calls(2); /* one for all that came meanwhile */
    flush_stop(&f);
    ck_assert_int_eq(disk.calls, 2);
    close(dir);
}
END_TEST

START_TEST(a_disk_that_fails)
{
    int dir = open(folder, O_RDONLY | O_DIRECTORY);
    struct flush f;

    disk.answer = -1;
    flush_start(&f, dir);
    for (int round = 1; round <= 3; round++) {
        flush_sent(&f, (uint64_t)A_FLUSH * MIB);
        wait_for_calls(round);
    }
    flush_stop(&f);
    ck_assert(!f.started);
    close(dir);
}
END_TEST

START_TEST(where_there_is_none)
{
    struct rlimit before, none;
    struct flush f;
    int dir = open(folder, O_RDONLY | O_DIRECTORY);

    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    none.rlim_cur = 0;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
    flush_start(&f, dir);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    ck_assert(!f.started);
    flush_sent(&f, (uint64_t)A_FLUSH * MIB);
    flush_stop(&f);
    ck_assert_int_eq(disk.calls, 0);
    close(dir);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("flush");
    TCase *c = tcase_create("all");
    SRunner *r = srunner_create(s);
    int failed;

    tcase_add_checked_fixture(c, begin, folder_end);
    tcase_add_test(c, after_so_many_bytes);
    tcase_add_test(c, a_disk_that_fails);
    tcase_add_test(c, where_there_is_none);
    suite_add_tcase(s, c);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
