/* SPDX-License-Identifier: Apache-2.0 */
/* The registry: what is good is loaded whatever its header was, what is not is refused with its
 * code and a sentence, and nobody but root and the user can put code there. */
#define _GNU_SOURCE
#include "core/host.h"
#include "core/registry.h"

#include "caught.h"
#include "folder.h"

#include <elf.h>

static struct caught said;
static struct registry *registry;

static void begin(void)
{
    const char *const folders[] = { folder, "tests/plugins" };

    unsetenv("ETL_PLUGIN_PATH");
    folder_begin();
    catch_begin(&said);
    registry = registry_new(folders, 2, &host_table);
    ck_assert_ptr_nonnull(registry);
}

static void end(void)
{
    registry_free(registry);
    catch_end(&said);
    folder_end();
}

static const struct plugin *load(enum etl_kind kind, const char *name)
{
    said.n = 0;
    said.diag.errors = 0;
    said.diag.status = EXIT_DONE;
    return registry_load(registry, kind, name, NULL, &said.diag);
}

/* Refused once, with this code, these words, and something to do. */
static void refused(const struct plugin *p, enum diag_code code, const char *words)
{
    ck_assert_ptr_null(p);
    ck_assert_msg(said.n == 1, "%s", catch_list(&said));
    ck_assert_msg(said.all[0].code == code, "%s", catch_list(&said));
    ck_assert_msg(strstr(said.all[0].text, words) != NULL, "'%s' in %s", words, catch_list(&said));
    ck_assert_int_eq(said.diag.status, diag_code_status(code));
}

START_TEST(bad_ones_are_refused)
{
    static const struct {
        int number;
        enum diag_code code;
        const char *words;
    } cases[] = {
        { 1, E0506, "does not export etl_plugins_1" },
        { 2, E0502, "was built for plugin ABI 2, this etl speaks 1" },
        { 3, E0507, "option 'number' has kind 42" },
        { 4, E0507, "lies at byte 64" },
        { 5, E0507, "has flags 0x4" },
        { 6, E0507, "preset 'eleven' of option 'number' is not a whole number" },
        { 7, E0507, "limits '9..1'" },
        { 8, E0507, "two options 'number'" },
        { 9, E0507, "lie over each other" },
        { 10, E0507, "belongs to etl itself" },
        { 11, E0507, "option 'Bad Name'" },
        { 12, E0507, "preset 'c' of option 'number' is not one of a and b" },
        { 13, E0507, "takes none" },
        { 14, E0507, "lies at byte 4" },
        { 15, E0507, "not types of fields, parted by '|': bool, int, real, time, text, bytes, list" },
        { 16, E0507, "preset '12' of option 'number' is not from 1 to 10" },
        { 17, E0507, "lies at byte 18446744073709551612" },
        { 18, E0507, "limits 'red, green', which are not different words parted by '|'" },
        { 20, E0507, "says it has 100 bytes" },
        { 21, E0507, "says it has 2147483647 bytes" },
        { 22, E0507, "an option has 8 bytes" },
        { 23, E0502, "needs etl 1.7, this is etl 1.0" },
        { 24, E0507, "kind 9" },
        { 25, E0507, "has no read" },
        { 26, E0507, "flags 0x1" },
        { 27, E0507, "'Not A Name'" },
        { 28, E0507, "name ''" },
        { 29, E0507, "no good version" },
        { 30, E0507, "over 256 MiB" },
        { 31, E0507, "neither map nor step" },
        { 32, E0507, "which only inputs may have" },
        { 33, E0507, "no list of plugins" },
        { 35, E0505, "etl_nobody_has_this" },
    };
    char path[64];

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        enum etl_kind kind = cases[i].number == 25 ? ETL_KIND_INPUT : ETL_KIND_TRANSFORM;

        snprintf(path, sizeof(path), "tests/plugins/bad/bad-%d.so", cases[i].number);
        refused(load(kind, path), cases[i].code, cases[i].words);
        ck_assert_msg(said.all[0].help[0], "no help for %d", cases[i].number);
    }
    refused(load(ETL_KIND_TRANSFORM, "tests/plugins/bad/needs-newer.so"), E0502, "needs etl 1.1");
}
END_TEST

/* The entry is called once, and what it gave is refused again in the same words. */
START_TEST(a_refused_file_stays_refused)
{
    refused(load(ETL_KIND_TRANSFORM, "tests/plugins/bad/bad-33.so"), E0507, "no list of plugins");
    refused(load(ETL_KIND_TRANSFORM, "./tests/plugins/bad/bad-33.so"), E0507,
            "no list of plugins");
}
END_TEST

START_TEST(of_two_with_one_name_the_second_is_refused)
{
    const struct plugin *all[4];

    ck_assert_ptr_nonnull(load(ETL_KIND_TRANSFORM, "tests/plugins/bad/bad-34.so"));
    ck_assert_uint_eq(
        registry_load_file(registry, "tests/plugins/bad/bad-34.so", all, 4, &said.diag), 1);
    refused(NULL, E0507, "holds two plugins 'bad'");
}
END_TEST

START_TEST(good_ones_are_found_by_name_and_path)
{
    const struct plugin *p = load(ETL_KIND_INPUT, "good"), *all[8];

    ck_assert_ptr_nonnull(p);
    ck_assert_str_eq(p->is.name, "good");
    ck_assert_uint_eq(p->is.kind, ETL_KIND_INPUT);
    ck_assert_ptr_eq(p, load(ETL_KIND_INPUT, "tests/plugins/input/good.so"));
    ck_assert_ptr_eq(p, load(ETL_KIND_INPUT, "./tests/../tests/plugins/input/good.so"));
    p = load(ETL_KIND_OUTPUT, "tests/plugins/input/good.so"); /* its first output */
    ck_assert_ptr_nonnull(p);
    ck_assert_uint_eq(p->is.kind, ETL_KIND_OUTPUT);
    ck_assert_uint_eq(
        registry_load_file(registry, "tests/plugins/input/good.so", all, 8, &said.diag), 4);
    ck_assert_uint_eq(said.n, 0);
    refused(load(ETL_KIND_INPUT, "tests/plugins/transform/newer.so"), E0508, "holds no input");
}
END_TEST

/* A header that is newer than ours: larger structs, the same target. */
START_TEST(newer_structs_are_cut_to_ours)
{
    const struct plugin *p = load(ETL_KIND_TRANSFORM, "newer");

    ck_assert_msg(p != NULL, "%s", catch_list(&said));
    ck_assert_uint_eq(p->is.size, sizeof(etl_plugin));
    ck_assert_uint_eq(p->n_options, 2);
    ck_assert_str_eq(p->options[0].name, "number");
    ck_assert_str_eq(p->options[0].preset, "5");
    ck_assert_str_eq(p->options[1].name, "text");
    ck_assert_uint_eq(p->options[1].offset, 8);
    ck_assert_uint_eq(p->options[2].kind, ETL_OPTION_END);
}
END_TEST

START_TEST(unknown_names_are_answered_with_the_nearest)
{
    refused(load(ETL_KIND_TRANSFORM, "stpes"), E0501, "no transform plugin 'stpes'");
    ck_assert_str_eq(said.all[0].near, "steps");
    refused(load(ETL_KIND_INPUT, "steps"), E0501, "'steps' is one of the transforms");
    refused(load(ETL_KIND_INPUT, "../input/good"), E0501, "cannot be opened");
    refused(load(ETL_KIND_INPUT, "tests/plugins/none.so"), E0501, "No such file");
    refused(load(ETL_KIND_INPUT, ".."), E0501, "no input plugin");
}
END_TEST

START_TEST(names_are_listed_sorted_and_once)
{
    const char *const *names;

    put_text("transform/zebra.so", "");
    put_text("transform/steps.so", "");
    put_text("transform/Not-Good.so", "");
    put_text("transform/notes.txt", "");
    names = registry_names(registry, ETL_KIND_TRANSFORM);
    ck_assert_str_eq(names[0], "good");
    ck_assert_str_eq(names[1], "newer");
    ck_assert_str_eq(names[2], "steps");
    ck_assert_str_eq(names[3], "zebra");
    ck_assert_ptr_null(names[4]);
}
END_TEST

/* A copy of a good plugin in the test's folder, which is searched first. */
static const char *copy_good(const char *name)
{
    size_t len;
    char *data = get_file("tests/plugins/transform/good.so", &len);
    const char *path = put_file(name, data, len);

    free(data);
    return path;
}

START_TEST(a_file_under_a_wrong_name_is_refused)
{
    copy_good("transform/other.so");
    refused(load(ETL_KIND_TRANSFORM, "other"), E0508, "not the transform 'other'");
    copy_good("output/good.so");
    refused(load(ETL_KIND_OUTPUT, "good"), E0508, "not the output 'good'");
}
END_TEST

START_TEST(what_others_can_write_is_refused)
{
    const char *path = copy_good("transform/good.so");
    const char *dir = in_folder("transform");
    static const mode_t unsafe[] = { 0664, 0646, 0666, 0777 };
    static const mode_t folders[] = { 0775, 0757, 0777, 01777 };

    for (size_t i = 0; i < 4; i++) {
        ck_assert_int_eq(chmod(path, unsafe[i]), 0);
        refused(load(ETL_KIND_TRANSFORM, "good"), E0503, "can be written by others");
        ck_assert_int_eq(said.diag.status, EXIT_UNSAFE);
    }
    ck_assert_int_eq(chmod(path, 0755), 0);
    for (size_t i = 0; i < 4; i++) {
        ck_assert_int_eq(chmod(dir, folders[i]), 0);
        refused(load(ETL_KIND_TRANSFORM, "good"), E0503, "plugin folder");
    }
    ck_assert_int_eq(chmod(dir, 0755), 0);
    ck_assert_ptr_nonnull(load(ETL_KIND_TRANSFORM, "good"));
}
END_TEST

START_TEST(a_link_is_judged_by_both_its_ends)
{
    const char *path = copy_good("shared/good.so");

    put_text("transform/.keep", "");
    ck_assert_int_eq(symlink(path, in_folder("transform/good.so")), 0);
    ck_assert_int_eq(chmod(in_folder("shared"), 0777), 0);
    refused(load(ETL_KIND_TRANSFORM, "good"), E0503, "/shared");
    ck_assert_int_eq(chmod(in_folder("shared"), 0755), 0);
    ck_assert_int_eq(chmod(in_folder("transform"), 0777), 0);
    refused(load(ETL_KIND_TRANSFORM, "good"), E0503, "/transform");
    ck_assert_int_eq(chmod(in_folder("transform"), 0755), 0);
    ck_assert_ptr_nonnull(load(ETL_KIND_TRANSFORM, "good"));
}
END_TEST

START_TEST(what_belongs_to_another_user_is_refused)
{
    const char *path = copy_good("transform/good.so");

    if (geteuid() != 0)
        return; /* only root can give files away */
    ck_assert_int_eq(chown(path, 65534, 0), 0);
    refused(load(ETL_KIND_TRANSFORM, "good"), E0503, "belongs to another user");
    ck_assert_int_eq(chown(path, 0, 0), 0);
    ck_assert_int_eq(chown(in_folder("transform"), 65534, 0), 0);
    refused(load(ETL_KIND_TRANSFORM, "good"), E0503, "belongs to another user");
}
END_TEST

START_TEST(what_is_no_shared_object_is_refused)
{
    size_t len;
    char *data = get_file("tests/plugins/transform/good.so", &len);
    Elf64_Ehdr *head = (Elf64_Ehdr *)(void *)data;

    put_text("transform/good.so", "");
    refused(load(ETL_KIND_TRANSFORM, "good"), E0504, "not a shared object");
    put_text("transform/good.so", "#!/bin/sh\nexit 0\n");
    refused(load(ETL_KIND_TRANSFORM, "good"), E0504, "not a shared object");
    head->e_machine ^= 0x55;
    put_file("transform/good.so", data, len);
    refused(load(ETL_KIND_TRANSFORM, "good"), E0504, "was built for");
    head->e_machine ^= 0x55;
    head->e_ident[EI_CLASS] ^= 3;
    put_file("transform/good.so", data, len);
    refused(load(ETL_KIND_TRANSFORM, "good"), E0504, "was built for");
    head->e_ident[EI_CLASS] ^= 3;
    head->e_type = ET_REL;
    put_file("transform/good.so", data, len);
    refused(load(ETL_KIND_TRANSFORM, "good"), E0504, "not a shared object");
    unlink(in_folder("transform/good.so"));
    ck_assert_int_eq(mkdir(in_folder("transform/good.so"), 0755), 0);
    refused(load(ETL_KIND_TRANSFORM, "good"), E0504, "not a regular file");
    free(data);
}
END_TEST

/* Cut anywhere: refused, or whole but for what the loader does not need; never a crash. */
START_TEST(cut_files_are_refused)
{
    size_t len, loaded = 0;
    char *data = get_file("tests/plugins/transform/good.so", &len), name[64];

    for (size_t cut = 0; cut < len; cut += cut < 4096 ? 61 : 1499) {
        const struct plugin *p;

        snprintf(name, sizeof(name), "cut-%zu.so", cut);
        p = load(ETL_KIND_TRANSFORM, put_file(name, data, cut));
        loaded += p != NULL;
        if (!p)
            refused(p, E0504, "");
        if (cut < len / 4)
            ck_assert_ptr_null(p);
    }
    ck_assert_ptr_nonnull(load(ETL_KIND_TRANSFORM, put_file("whole.so", data, len)));
    ck_assert_uint_lt(loaded, 40);
    free(data);
}
END_TEST

START_TEST(the_environment_names_folders_too)
{
    const char *const *folders;
    struct registry *r;

    copy_good("a/transform/good.so");
    ck_assert_int_eq(setenv("ETL_PLUGIN_PATH", "::/nowhere/:/also//", 1), 0);
    r = registry_new((const char *const[]){ "first" }, 1, &host_table);
    folders = registry_folders(r);
    ck_assert_str_eq(folders[0], "first");
    ck_assert_str_eq(folders[1], "/nowhere");
    ck_assert_str_eq(folders[2], "/also");
    ck_assert_str_eq(folders[3], PLUGINDIR);
    ck_assert_ptr_null(folders[4]);
    registry_free(r);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("registry");
    TCase *c = tcase_create("all");
    SRunner *r = srunner_create(s);
    int failed;

    tcase_add_checked_fixture(c, begin, end);
    tcase_add_test(c, bad_ones_are_refused);
    tcase_add_test(c, a_refused_file_stays_refused);
    tcase_add_test(c, of_two_with_one_name_the_second_is_refused);
    tcase_add_test(c, good_ones_are_found_by_name_and_path);
    tcase_add_test(c, newer_structs_are_cut_to_ours);
    tcase_add_test(c, unknown_names_are_answered_with_the_nearest);
    tcase_add_test(c, names_are_listed_sorted_and_once);
    tcase_add_test(c, a_file_under_a_wrong_name_is_refused);
    tcase_add_test(c, what_others_can_write_is_refused);
    tcase_add_test(c, a_link_is_judged_by_both_its_ends);
    tcase_add_test(c, what_belongs_to_another_user_is_refused);
    tcase_add_test(c, what_is_no_shared_object_is_refused);
    tcase_add_test(c, cut_files_are_refused);
    tcase_add_test(c, the_environment_names_folders_too);
    suite_add_tcase(s, c);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
