/* SPDX-License-Identifier: Apache-2.0 */
/* common/file: whole files, bounded ones, and what is said of those that cannot be read. */
#define _GNU_SOURCE
#include "common/file.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/test-file-XXXXXX";

static void write_file(const char *text)
{
    int fd = mkstemp(strcpy(path, "/tmp/test-file-XXXXXX"));

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(file_write_at(fd, text, strlen(text), 0), 0);
    ck_assert_int_eq(file_close(fd), 0);
}

START_TEST(a_whole_file)
{
    struct fault f = { 0 };
    char *data = NULL;
    size_t len = 0;

    write_file("one\ntwo\n");
    ck_assert_int_eq(file_read_whole(path, "the list", 8, &data, &len, &f), 0);
    ck_assert_uint_eq(len, 8);
    ck_assert_str_eq(data, "one\ntwo\n");
    free(data);
    ck_assert_int_eq(file_read_whole(path, "the list", 7, &data, &len, &f), -1);
    ck_assert_int_eq(f.err, 0);
    ck_assert_ptr_nonnull(strstr(f.text, "the list /tmp/test-file-"));
    unlink(path);
}
END_TEST

START_TEST(what_cannot_be_read)
{
    struct fault f = { 0 };
    char *data = NULL;
    size_t len = 0;

    ck_assert_int_eq(file_read_whole("there is none", "the list", 9, &data, &len, &f), -1);
    ck_assert_int_eq(f.err, ENOENT);
    ck_assert_str_eq(f.text, "cannot open the list there is none");
    ck_assert_int_eq(file_read_whole(".", "the list", 1 << 20, &data, &len, &f), -1);
    ck_assert_int_eq(f.err, EISDIR);
    /* Its size is not known before it is read. */
    ck_assert_int_eq(file_read_whole("/proc/self/status", "the list", 9, &data, &len, &f), -1);
    ck_assert_ptr_nonnull(strstr(f.text, "changes while it is read"));
    ck_assert_ptr_null(data);
}
END_TEST

START_TEST(at_a_place)
{
    char to[8] = "";
    int fd;

    write_file("0123456789");
    fd = file_open(path, O_RDWR, 0);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(file_read_at(fd, to, 3, 4), 3);
    ck_assert_mem_eq(to, "456", 3);
    ck_assert_int_eq(file_read_at(fd, to, 8, 7), 3);
    ck_assert_int_eq(file_read_at(fd, to, 8, 10), 0);
    ck_assert_int_eq(file_truncate(fd, 2), 0);
    ck_assert_int_eq(file_sync(fd), 0);
    ck_assert_int_eq(file_read(fd, to, 8), 2);
    ck_assert_int_eq(file_close(fd), 0);
    unlink(path);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("file");
    TCase *c = tcase_create("all");
    SRunner *r = srunner_create(s);
    int failed;

    tcase_add_test(c, a_whole_file);
    tcase_add_test(c, what_cannot_be_read);
    tcase_add_test(c, at_a_place);
    suite_add_tcase(s, c);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
