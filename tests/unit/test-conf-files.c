/* SPDX-License-Identifier: Apache-2.0 */
/* Pipeline files beside each other: what is included comes first; and limits, and no harm from any
 * bytes. */
#define _GNU_SOURCE
#include "common/buffer.h"
#include "common/utf8.h"
#include "conf-files.h"

#include <sys/stat.h>

/* ---- files ---- */

START_TEST(includes_come_first)
{
    char path[100];
    struct caught c;
    struct conf *conf;

    put_text("main.conf", "[pipeline]\nname = m\n[input c]\nk = ${v}\n[pipeline]\n"
                          "include = sub/one.conf, two.conf\n");
    put_text("sub/one.conf", "[pipeline]\ninclude = deep.conf\nout = o\n[input b]\n");
    put_text("sub/deep.conf", "[input a]\n[var]\nv = x\n");
    put_text("two.conf", "[input b2]\n");
    conf = load_with("main.conf", NULL, 0, NULL, 0, &c);
    ck_assert_msg(conf != NULL, "%s", catch_list(&c));
    catch_end(&c);
    ck_assert_uint_eq(conf->n_sections, 6);
    ck_assert_str_eq(conf->sections[0].plugin, "a");
    ck_assert_int_eq(conf->sections[1].kind, CONF_VAR);
    ck_assert_int_eq(conf->sections[2].kind, CONF_PIPELINE);
    ck_assert_uint_eq(conf->sections[2].n_keys, 2);
    ck_assert_str_eq(conf->sections[3].plugin, "b");
    ck_assert_str_eq(conf->sections[4].plugin, "b2");
    ck_assert_str_eq(value_of(conf, 5, "k"), "x");
    snprintf(path, sizeof(path), "%s/sub/one.conf:3", folder);
    ck_assert_str_eq(key_of(conf, 2, "out")->origin, path);
    conf_free(conf);
}
END_TEST

START_TEST(includes_end)
{
    char name[20], text[100];
    struct caught c;
    struct conf *conf;

    for (int i = 0; i <= 9; i++) {
        snprintf(name, sizeof(name), "%d.conf", i);
        snprintf(text, sizeof(text), "[pipeline]\ninclude = %d.conf\n", i + 1);
        put_text(name, i < 9 ? text : "[input a]\n");
    }
    conf = load_with("1.conf", NULL, 0, NULL, 0, &c);
    ck_assert_msg(conf != NULL, "%s", catch_list(&c));
    conf_free(conf);
    catch_end(&c);
    ck_assert_ptr_null(load_with("0.conf", NULL, 0, NULL, 0, &c));
    ck_assert_msg(c.n == 1 && c.all[0].code == E0123 && c.all[0].line == 2, "%s", catch_list(&c));
    catch_end(&c);
    put_text("9.conf", "[pipeline]\ninclude = ./2.conf\n"); /* round */
    ck_assert_ptr_null(load_with("2.conf", NULL, 0, NULL, 0, &c));
    ck_assert_msg(c.n == 1 && c.all[0].code == E0123, "%s", catch_list(&c));
    ck_assert_ptr_nonnull(strstr(c.all[0].file, "9.conf"));
    catch_end(&c);
}
END_TEST

START_TEST(many_includes_are_refused)
{
    struct buffer b = { 0 };
    struct caught c;
    char name[20];

    buffer_puts(&b, "[pipeline]\ninclude = f0");
    for (int i = 0; i < 101; i++) {
        snprintf(name, sizeof(name), "f%d", i);
        put_text(name, "");
        if (i > 0)
            buffer_printf(&b, ", %s", name);
    }
    ck_assert_ptr_null(load(buffer_string(&b), &c));
    ck_assert_msg(c.n == 1 && c.all[0].code == E0115 && c.all[0].line == 2, "%s", catch_list(&c));
    catch_end(&c);
    buffer_free(&b);
}
END_TEST

START_TEST(only_files_are_read)
{
    struct caught c;
    char path[200];

    ck_assert_ptr_null(load_with("none.conf", NULL, 0, NULL, 0, &c));
    ck_assert_msg(c.n == 1 && c.all[0].code == E0101 && c.diag.status == EXIT_NO_INPUT, "%s",
                  catch_list(&c));
    ck_assert_ptr_nonnull(strstr(c.all[0].text, "No such file"));
    catch_end(&c);
    ck_assert_ptr_null(load_with(".", NULL, 0, NULL, 0, &c));
    ck_assert_int_eq(c.all[0].code, E0101);
    catch_end(&c);
    snprintf(path, sizeof(path), "%s/fifo", folder);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert_ptr_null(
        load_with("fifo", NULL, 0, NULL, 0, &c)); /* and does not wait for a writer */
    ck_assert_int_eq(c.all[0].code, E0101);
    catch_end(&c);
    put_text("open.conf", "[input a]\n");
    snprintf(path, sizeof(path), "%s/open.conf", folder);
    ck_assert_int_eq(chmod(path, 0666), 0);
    ck_assert_ptr_null(load_with("open.conf", NULL, 0, NULL, 0, &c));
    ck_assert_msg(c.n == 1 && c.all[0].code == E0102 && c.diag.status == EXIT_UNSAFE, "%s",
                  catch_list(&c));
    catch_end(&c);
}
END_TEST

/* ---- limits ---- */

static void repeat(struct buffer *b, const char *text, size_t n)
{
    while (n-- > 0)
        buffer_puts(b, text);
}

/* At the limit all is well; one more and the code comes. */
static void check_limit(struct buffer *b, enum diag_code code, uint32_t line)
{
    struct caught c;
    struct conf *conf = load_bytes(buffer_string(b), b->len, &c);

    if (line == 0) {
        ck_assert_msg(conf != NULL, "%s", catch_list(&c));
    } else {
        ck_assert_ptr_null(conf);
        ck_assert_msg(c.n == 1 && c.all[0].code == code && c.all[0].line == line &&
                          c.all[0].in_line,
                      "%s", catch_list(&c));
    }
    conf_free(conf);
    catch_end(&c);
    buffer_free(b);
}

START_TEST(limits_hold)
{
    struct buffer b = { 0 };

    buffer_puts(&b, "[input a]\n");
    repeat(&b, "#", 65536);
    check_limit(&b, E0114, 0);
    buffer_puts(&b, "[input a]\n");
    repeat(&b, "#", 65537);
    check_limit(&b, E0114, 2);

    repeat(&b, "#\n", 512 * 1024);
    check_limit(&b, E0115, 0);
    repeat(&b, "#\n", 512 * 1024);
    buffer_puts(&b, "#");
    check_limit(&b, E0115, 1);

    buffer_puts(&b, "[input a]\nk =\n");
    repeat(&b, "  abc\n", 16384);
    check_limit(&b, E0116, 0); /* with its joints 65,535 bytes */
    buffer_puts(&b, "[input a]\nk = a\n");
    repeat(&b, "  abc\n", 16384);
    check_limit(&b, E0116, 2);

    for (int i = 0; i < 1000; i++)
        buffer_printf(&b, "[input a%d]\n", i);
    check_limit(&b, E0117, 0);
    for (int i = 0; i < 1002; i++)
        buffer_printf(&b, "[input a%d]\n", i);
    check_limit(&b, E0117, 1001);
}
END_TEST

START_TEST(bombs_are_bounded)
{
    struct buffer b = { 0 };

    buffer_puts(&b, "[var]\nv = ");
    repeat(&b, "x", 60000);
    buffer_puts(&b, "\n[input a]\nk = ");
    repeat(&b, "${v}", 16000);
    check_limit(&b, E0116, 4);

    repeat(&b, "x = 1\n", 170000);
    check_limit(&b, E0104, 1);
}
END_TEST

START_TEST(many_mistakes_take_no_time)
{
    struct buffer b = { 0 };
    struct caught c;

    buffer_puts(&b, "[var]\n");
    for (int i = 0; i < 40000; i++)
        buffer_printf(&b, "name%d = 1\n", i);
    buffer_puts(&b, "[input a]\n");
    for (int i = 0; i < 30000; i++)
        buffer_printf(&b, "k = ${nmae%d}\n", i);
    ck_assert_ptr_null(load(buffer_string(&b), &c));
    ck_assert_uint_eq(c.diag.errors, 20);
    catch_end(&c);
    buffer_free(&b);
}
END_TEST

START_TEST(broken_files_do_no_harm)
{
    static const char bytes[] = "\"\\$ {}[]=#\n\t\r:-?,.ax\0\xff\xc3\xa9";
    struct caught c;
    size_t n = sizeof(whole) - 1;
    uint64_t random = 11;
    char file[sizeof(whole)];

    for (int round = 0; round < 4000; round++) {
        struct conf *conf;
        size_t len = n;

        memcpy(file, whole, n);
        for (int i = 0; i < 1 + round % 4; i++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            file[(random >> 33) % n] = bytes[(random >> 20) % (sizeof(bytes) - 1)];
        }
        if (round % 5 == 0)
            len = (random >> 40) % n;
        conf = load_bytes(file, len, &c);
        ck_assert_msg((conf != NULL) == (c.diag.errors == 0), "round %d%s", round, catch_list(&c));
        for (size_t i = 0; i < c.n; i++)
            ck_assert_msg(c.all[i].in_line, "round %d%s", round, catch_list(&c));
        for (size_t s = 0; conf && s < conf->n_sections; s++)
            for (size_t k = 0; k < conf->sections[s].n_keys; k++) {
                const struct conf_key *key = &conf->sections[s].keys[k];

                ck_assert_uint_eq(strlen(key->value), key->value_len);
                ck_assert(utf8_valid(key->value, key->value_len));
                for (size_t i = 0; i < key->value_len; i++) {
                    struct diag_place p = conf_place_in(key, i, 1);

                    ck_assert_uint_le(p.column + p.width - 1, p.source_len + 1);
                }
            }
        conf_free(conf);
        catch_end(&c);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("conf files");
    TCase *c = tcase_create("all");
    SRunner *r = srunner_create(s);
    int failed;

    tcase_add_checked_fixture(c, conf_files_begin, folder_end);
    tcase_set_timeout(c, 60);
    tcase_add_test(c, includes_come_first);
    tcase_add_test(c, includes_end);
    tcase_add_test(c, many_includes_are_refused);
    tcase_add_test(c, only_files_are_read);
    tcase_add_test(c, limits_hold);
    tcase_add_test(c, bombs_are_bounded);
    tcase_add_test(c, many_mistakes_take_no_time);
    tcase_add_test(c, broken_files_do_no_harm);
    suite_add_tcase(s, c);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
