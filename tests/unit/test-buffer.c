/* SPDX-License-Identifier: Apache-2.0 */
/* The growable buffer: what goes in comes out, whatever the sizes; failure is sticky. */
#include "common/buffer.h"

#include <check.h>
#include <stdlib.h>

START_TEST(grows_and_keeps)
{
    struct buffer b = { 0 };
    char *text;

    for (int i = 0; i < 1000; i++)
        ck_assert(buffer_printf(&b, "%d,", i));
    ck_assert_uint_eq(b.len, 10 * 2 + 90 * 3 + 900 * 4);
    text = buffer_take(&b);
    ck_assert(strncmp(text, "0,1,2,", 6) == 0);
    ck_assert_str_eq(text + strlen(text) - 8, "998,999,");
    ck_assert_ptr_null(b.data);
    free(text);
}
END_TEST

START_TEST(too_much_fails_for_good)
{
    struct buffer b = { 0 };

    ck_assert(buffer_puts(&b, "x"));
    ck_assert_ptr_null(buffer_room(&b, SIZE_MAX - 8));
    ck_assert(b.failed);
    ck_assert_ptr_null(buffer_take(&b));
    buffer_free(&b);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("buffer");
    TCase *c = tcase_create("all");
    SRunner *r = srunner_create(s);
    int failed;

    tcase_add_test(c, grows_and_keeps);
    tcase_add_test(c, too_much_fails_for_good);
    suite_add_tcase(s, c);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
