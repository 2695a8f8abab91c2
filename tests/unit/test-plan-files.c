/* SPDX-License-Identifier: Apache-2.0 */
/* The files that a plan finds: once, sorted, and told where they are missing or may not be read. */
#define _GNU_SOURCE
#include "plans.h"

#include <linux/capability.h>
#include <sys/syscall.h>

/* Paths of the only input, without the folder's, with blanks between. */
static const char *files_of(const char *patterns)
{
    static char text[4096];
    struct plan *p;
    char line[1000];
    size_t used = 0;

    snprintf(line, sizeof(line), "[input good]\npath = %s\n[output good]\npath = x\n", patterns);
    p = plan_of(line);
    ck_assert_msg(p != NULL, "%s: %s", patterns, catch_list(&said));
    text[0] = '\0';
    for (size_t i = 0; i < p->stages[0].n_files; i++)
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s", i ? " " : "",
                                 p->stages[0].files[i].path);
    ck_assert_uint_eq(((const struct lines *)p->stages[0].self)->path.n, p->stages[0].n_files);
    plan_close(p);
    return text;
}

static void in_the_folder(char *back, size_t size)
{
    ck_assert_ptr_nonnull(getcwd(back, size));
    registry_free(registry);
    snprintf(back + strlen(back), size - strlen(back), "/tests/plugins");
    registry = registry_new((const char *const[]){ back }, 1, &host_table);
    *strstr(back, "/tests/plugins") = '\0';
    ck_assert_int_eq(chdir(folder), 0);
}

START_TEST(files_are_found_sorted_and_once)
{
    char back[4096];

    in_the_folder(back, sizeof(back));
    put_text("pages/b.txt", "b");
    put_text("pages/B.txt", "b");
    put_text("pages/a/z.txt", "z");
    put_text("pages/a.txt", "a");
    put_text("pages/.hidden", "h");
    put_text("pages/.dots/x.txt", "h");
    put_text("pages/\xc3\xa9.txt", "e");
    put_text("pages/n[1].txt", "n");
    ck_assert_int_eq(symlink("../in/a.txt", "pages/link.txt"), 0);
    ck_assert_int_eq(symlink("..", "pages/ring"), 0);
    ck_assert_int_eq(mkfifo("pages/pipe", 0600), 0);
    ck_assert_str_eq(files_of("pages"), "pages/B.txt pages/a.txt pages/a/z.txt pages/b.txt "
                                        "pages/link.txt pages/n[1].txt pages/\xc3\xa9.txt");
    ck_assert_str_eq(files_of("pages/a*"), "pages/a.txt pages/a/z.txt");
    ck_assert_str_eq(files_of("pages/[ab].txt"), "pages/a.txt pages/b.txt");
    ck_assert_str_eq(files_of("pages/n[1].txt"), "pages/n[1].txt");
    ck_assert_uint_eq(said.n, 0);
    ck_assert_str_eq(files_of("./pages//b.txt, pages/./a.txt"), "pages/a.txt pages/b.txt");
    ck_assert_str_eq(files_of("pages/b.txt, ./pages/b.txt"), "pages/b.txt");
    ck_assert_msg(said.n == 1 && said.all[0].level == DIAG_WARNING, "%s", catch_list(&said));
    ck_assert_str_eq(files_of("-"), "-");
    ck_assert_int_eq(chdir(back), 0);
}
END_TEST

START_TEST(missing_files_are_told)
{
    static const struct {
        const char *path;
        enum diag_code code;
    } cases[] = {
        { "none.txt", E0610 }, { "none/*.txt", E0610 }, { "empty", E0610 }, { "pipe", E0611 },
        { "broken", E0610 },   { "in/a.txt/x", E0610 }, { "-, -", E0612 },
    };
    char back[4096], text[1000];

    in_the_folder(back, sizeof(back));
    ck_assert_int_eq(mkdir("empty", 0755), 0);
    ck_assert_int_eq(mkfifo("pipe", 0600), 0);
    ck_assert_int_eq(symlink("nothing", "broken"), 0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        snprintf(text, sizeof(text), "[input good]\npath = %s\n[output good]\npath = x\n",
                 cases[i].path);
        ck_assert_msg(plan_of(text) == NULL, "%s", cases[i].path);
        ck_assert_msg(said.n == 1 && said.all[0].code == cases[i].code && said.all[0].line == 2,
                      "%s: %s", cases[i].path, catch_list(&said));
        options.offline = true; /* then nobody looks */
        if (cases[i].code != E0612) {
            struct plan *p = plan_of(text);

            ck_assert_msg(p != NULL, "%s", catch_list(&said));
            plan_close(p);
        }
        options.offline = false;
    }
    ck_assert_int_eq(chdir(back), 0);
}
END_TEST

/* Root may read all: it does without that for a while. Somebody else it must not become, who may
 * not come as far as the plugins where the build's folder is root's alone. */
static void read_all(bool may)
{
    const uint32_t all = 1u << CAP_DAC_OVERRIDE | 1u << CAP_DAC_READ_SEARCH;
    struct __user_cap_header_struct self = { .version = _LINUX_CAPABILITY_VERSION_3 };
    struct __user_cap_data_struct can[_LINUX_CAPABILITY_U32S_3];

    ck_assert_int_eq(syscall(SYS_capget, &self, can), 0);
    can[0].effective = may ? can[0].effective | (can[0].permitted & all) : can[0].effective & ~all;
    ck_assert_int_eq(syscall(SYS_capset, &self, can), 0);
}

START_TEST(what_may_not_be_read_is_told)
{
    char text[1000];
    struct plan *p = good_plan("", "", ""); /* the plugins are loaded now */

    plan_close(p);
    put_text("shut/a.txt", "a");
    ck_assert_int_eq(chmod(put_text("shut.txt", "a"), 0), 0);
    ck_assert_int_eq(chmod(in_folder("shut"), 0), 0);
    ck_assert_int_eq(chmod(folder, 0755), 0);
    snprintf(text, sizeof(text),
             "[input good]\npath = %s/shut, %s/shut.txt, %s/shut/*\n"
             "[output good]\npath = x\n",
             folder, folder, folder);
    options.path = put_text("p.conf", text);
    read_all(false);
    p = plan_make(&options, registry, &said.diag);
    read_all(true);
    ck_assert_int_eq(chmod(in_folder("shut"), 0755), 0);
    ck_assert_ptr_null(p);
    ck_assert_msg(said.n == 3, "%s", catch_list(&said));
    for (size_t i = 0; i < 3; i++) {
        ck_assert_msg(said.all[i].code == E0611, "%s", catch_list(&said));
        ck_assert_ptr_nonnull(strstr(said.all[i].text, "Permission denied"));
    }
    ck_assert_int_eq(said.diag.status, EXIT_NO_INPUT);
}
END_TEST

/* Between two inputs as well: a document has one id. */
START_TEST(two_inputs_do_not_read_one_file)
{
    char text[1000];
    struct plan *p;

    put_text("in/b.txt", "b");
    snprintf(text, sizeof(text),
             "[input good]\npath = %s/in/a.txt\n[input good all]\n"
             "path = %s/in\n[output good]\npath = x\n",
             folder, folder);
    p = plan_of(text);
    ck_assert_msg(p != NULL, "%s", catch_list(&said));
    ck_assert_uint_eq(p->stages[1].n_files, 1);
    ck_assert_ptr_nonnull(strstr(p->stages[1].files[0].path, "/in/b.txt"));
    ck_assert_uint_eq(said.diag.warnings, 1);
    plan_close(p);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("plan files");
    TCase *c = tcase_create("all");
    SRunner *r = srunner_create(s);
    int failed;

    tcase_add_checked_fixture(c, plans_begin, plans_end);
    tcase_set_timeout(c, 60);
    tcase_add_test(c, files_are_found_sorted_and_once);
    tcase_add_test(c, missing_files_are_told);
    tcase_add_test(c, what_may_not_be_read_is_told);
    tcase_add_test(c, two_inputs_do_not_read_one_file);
    suite_add_tcase(s, c);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
