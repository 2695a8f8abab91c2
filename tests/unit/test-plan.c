/* SPDX-License-Identifier: Apache-2.0 */
/* The plan: options become typed members, fields are looked up in the order of the stages, the hash
 * knows what makes the output, and every mistake is told. */
#define _GNU_SOURCE
#include "plans.h"

/* Exactly one error, with this code, at this line of the transform, and these words. */
static void bad_transform(const char *transform, enum diag_code code, uint32_t line,
                          const char *words)
{
    struct plan *p = plan_of(conf_of("", transform, ""));

    ck_assert_msg(p == NULL && said.diag.errors == 1, "%s: %s", transform, catch_list(&said));
    ck_assert_msg(said.all[0].code == code && said.all[0].line == line + 4, "%s: %s", transform,
                  catch_list(&said));
    ck_assert_msg(strstr(said.all[0].text, words) != NULL, "'%s' in %s", words, catch_list(&said));
    ck_assert_msg(said.all[0].in_line, "%s", catch_list(&said));
}

START_TEST(options_become_typed_members)
{
    struct plan *p = good_plan("depth = 3",
                               "flag = yes\nnumber = -5\nthreshold = 0.25\nnumbers = differ\n"
                               "limit = 1.5K\npatience = 2h\nlabel = \" two  words \"\n"
                               "languages = id, \"a, b\"\nindex = /srv/index",
                               "fields = id, body=text");
    const struct work *me = p->stages[1].self;
    const struct sink *out = p->stages[2].self;

    ck_assert(me->flag);
    ck_assert_int_eq(me->number, -5);
    ck_assert(me->real == 0.25);
    ck_assert_int_eq(me->choice, 1);
    ck_assert_int_eq(me->size, 1536);
    ck_assert_int_eq(me->duration, INT64_C(7200000000));
    ck_assert_str_eq(me->text, " two  words ");
    ck_assert_uint_eq(me->words.n, 2);
    ck_assert_str_eq(me->words.at[1], "a, b");
    ck_assert_str_eq(me->store, "/srv/index");
    ck_assert_ptr_null(me->data);
    ck_assert_uint_eq(me->expr.id, 0);
    ck_assert_uint_eq(me->edits.id, 0);
    ck_assert_uint_eq(me->reads.id, FIELD_SOURCE);
    ck_assert_int_eq(((const struct lines *)p->stages[0].self)->depth, 3);
    ck_assert_str_eq(out->path, "x");
    ck_assert_uint_eq(out->fields.n, 2);
    ck_assert_str_eq(out->fields.at[1].as, "body");
    ck_assert_str_eq(p->schema.fields[out->fields.at[1].field.id].name, "text");
    plan_close(p);
}
END_TEST

START_TEST(presets_hold_where_nothing_is_said)
{
    struct plan *p = good_plan("", "", "");
    const struct work *me = p->stages[1].self;

    ck_assert(!me->flag);
    ck_assert_int_eq(me->number, 7);
    ck_assert(me->real == 0.70);
    ck_assert_int_eq(me->size, 65536);
    ck_assert_int_eq(me->duration, 30000000);
    ck_assert_str_eq(me->text, "");
    ck_assert_uint_eq(me->words.n, 2);
    ck_assert_int_eq(p->stages[0].max_document, 64 << 20);
    ck_assert_int_eq(p->stages[0].on_damage, ON_DAMAGE_STOP);
    ck_assert_int_eq(p->stages[1].on_error, ON_ERROR_REJECT);
    ck_assert_int_eq(p->stages[2].from, FROM_KEPT);
    ck_assert_str_eq(p->name, "p");
    ck_assert_str_eq(p->out, "out/p");
    ck_assert(p->max_rejects == -1 && p->max_rejects_share == 0.01);
    ck_assert_int_eq(p->barrier_interval, 10000000);
    ck_assert_int_eq(p->memory_limit, 0);
    ck_assert_str_eq(p->stages[1].name, "transform good");
    plan_close(p);
}
END_TEST

START_TEST(blocks_are_aligned_and_know_their_stage)
{
    struct plan *p = good_plan("", "", "");

    for (size_t i = 0; i < p->n_stages; i++) {
        ck_assert_uint_eq((uintptr_t)p->stages[i].self % 64, 0);
        ck_assert_uint_eq((uintptr_t)p->stages[i].state % 64, 0);
        ck_assert_ptr_ne(p->stages[i].self, p->stages[i].state);
        ck_assert_ptr_eq(stage_of(p->stages[i].self), &p->stages[i]);
    }
    ck_assert_ptr_null(stage_of(NULL));
    plan_close(p);
}
END_TEST

START_TEST(wrong_values_are_told_with_their_place)
{
    static const struct {
        const char *line;
        enum diag_code code;
        const char *words;
    } cases[] = {
        { "flag = perhaps", E0605, "'perhaps' of key 'flag'" },
        { "number = 7.5", E0605, "whole number" },
        { "number = 101", E0605, "is not from -5 to 100" },
        { "threshold = nan", E0605, "'nan'" },
        { "threshold = -0.01", E0605, "is not from 0 to 1" },
        { "numbers = diffr", E0605, "is not one of any, differ and none" },
        { "limit = 1", E0605, "is not from 1K to 1G" },
        { "patience = 10ms", E0605, "is less than 1s" },
        { "languages = a, b, c, d", E0605, "has 4, but at most 3" },
        { "languages = a,, b", E0605, "has an empty item" },
        { "rules = nowhere.txt", E0613, "is not there" },
        { "treshold = 1", E0103, "unknown key 'treshold'" },
        { "from = kept", E0606, "belongs to outputs" },
        { "on_damage = stop", E0606, "belongs to inputs" },
        { "on_error = never", E0605, "is not one of reject, drop, keep and abort" },
        { "source_field = txet", E0607, "reads field 'txet'" },
        { "source_field = similarity", E0608, "is of type real" },
        { "source_field = a b", E0605, "no name of a field" },
        { "score = id", E0605, "etl sets itself" },
        { "score = text", E0608, "is of type text" },
        { "edits = headline", E0607, "reads field 'headline'" },
        { "fields = id, txet", E0607, "reads field 'txet'" },
        { "fields = id, id", E0609, "twice" },
        { "fields = *, *", E0609, "'*' stands in the list twice" },
        { "fields = id, !text", E0609, "not in the list" },
        { "fields = *, !text, text", E0609, "twice" },
        { "fields =", E0609, "names no field" },
        { "keep = txet == a", E0131, "txet" },
        { "when = txet == a", E0131, "txet" },
        { "fail = not today", E0511, "not today" },
        { "fail = -", E0510, "gave no reason" },
        { "declare = text", E0608, "[input good] made it text" },
        { "declare = id", E0608, "made it text" },
        { "declare = a b", E0510, "declares a field whose name" },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        bool on_section = cases[i].code == E0510 || strncmp(cases[i].line, "declare", 7) == 0;

        bad_transform(cases[i].line, cases[i].code, on_section ? 0 : 1, cases[i].words);
    }
    bad_transform("numbers = diffr", E0605, 1, "");
    ck_assert_str_eq(said.all[0].near, "differ");
    bad_transform("source_field = txet", E0607, 1, "");
    ck_assert_str_eq(said.all[0].near, "text");
}
END_TEST

static struct plan *plan_with_output(const char *fields)
{
    char line[1000];

    snprintf(line, sizeof(line), "fields = %s", fields);
    return plan_of(conf_of("", "score = points", line));
}

/* "id|body" of the columns that an output gets for a list. */
static const char *columns(const char *fields)
{
    static char text[1000];
    struct plan *p = plan_with_output(fields);
    const struct sink *out;
    size_t used = 0;

    ck_assert_msg(p != NULL, "%s: %s", fields, catch_list(&said));
    out = p->stages[2].self;
    for (size_t i = 0; i < out->fields.n; i++)
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s=%s", i ? "|" : "",
                                 out->fields.at[i].as,
                                 p->schema.fields[out->fields.at[i].field.id].name);
    plan_close(p);
    return text;
}

START_TEST(columns_are_chosen_and_renamed)
{
    ck_assert_str_eq(columns("id, content=text"), "id=id|content=text");
    ck_assert_str_eq(columns("id, a = text , b=text"), "id=id|a=text|b=text");
    /* all public fields in the order of their making, never the private one of the transform */
    ck_assert_str_eq(columns("*"), "id=id|source=source|duplicate_of=duplicate_of|"
                                   "similarity=similarity|text=text|points=points");
    ck_assert_str_eq(columns("text, *, !similarity, !duplicate_of"),
                     "text=text|id=id|source=source|points=points");
    ck_assert_str_eq(columns("*, content=text, !similarity, !duplicate_of, !id"),
                     "source=source|points=points|content=text");
    ck_assert_str_eq(columns("\"a, b=text\""), "a, b=text");
    ck_assert_ptr_null(plan_with_output("id, a=text, a=source"));
    ck_assert_msg(said.n == 1 && said.all[0].code == E0609, "%s", catch_list(&said));
    ck_assert_ptr_null(plan_with_output("*, id=text"));
    ck_assert_msg(said.n == 1 && said.all[0].code == E0609, "%s", catch_list(&said));
    ck_assert_ptr_null(plan_with_output("=text"));
    ck_assert_ptr_null(plan_with_output("hash"));
    ck_assert_msg(said.n == 1 && said.all[0].code == E0607, "%s", catch_list(&said));
}
END_TEST

START_TEST(all_mistakes_are_told_in_the_order_of_lines)
{
    struct plan *p = plan_of("[pipeline]\nnam = x\n[output good]\npath = ../x\n[input good]\n"
                             "path = nowhere*\ndepth = 0\n[transform gud]\n[transform good]\n"
                             "number = x\nsource_field = nothing\n");
    uint32_t line = 0;

    ck_assert_ptr_null(p);
    ck_assert_msg(said.diag.errors == 9, "%s", catch_list(&said));
    for (size_t i = 0; i < said.n; i++) {
        ck_assert_uint_ge(said.all[i].line, line);
        line = said.all[i].line;
    }
}
END_TEST

START_TEST(beyond_twenty_mistakes_are_counted)
{
    char text[8192] = "[input good]\n";

    for (int i = 0; i < 300; i++)
        snprintf(text + strlen(text), sizeof(text) - strlen(text), "k%d = 1\n", i);
    ck_assert_ptr_null(plan_of(text));
    ck_assert_uint_eq(said.diag.errors, 20);
    ck_assert_str_eq(said.all[said.n - 1].text, "282 more mistakes are not shown");
}
END_TEST

START_TEST(sections_stand_in_order)
{
    ck_assert_ptr_null(plan_of("[output good]\npath = x\n[input good]\npath = -\n"));
    ck_assert_msg(said.n == 1 && said.all[0].code == E0601 && said.all[0].line == 3, "%s",
                  catch_list(&said));
    ck_assert_ptr_null(plan_of("[input good]\npath = -\n[output good]\npath = x\n"
                               "[transform good]\n"));
    ck_assert_msg(said.n == 1 && said.all[0].code == E0601 && said.all[0].line == 5, "%s",
                  catch_list(&said));
    ck_assert_ptr_null(plan_of("[pipeline]\nname = x\n"));
    ck_assert_msg(said.n == 2 && said.all[0].code == E0602, "%s", catch_list(&said));
    ck_assert_ptr_null(plan_of("[input good]\npath = -\n[input ./tests/plugins/input/good.so]\n"
                               "path = x\n[output good]\npath = x\n"));
    ck_assert_msg(said.all[0].code == E0603, "%s", catch_list(&said));
}
END_TEST

START_TEST(keep_is_refused_for_a_stage_with_step)
{
    ck_assert_ptr_null(plan_of("[input good]\npath = -\n[transform steps]\non_error = keep\n"
                               "[output good]\npath = x\n"));
    ck_assert_msg(said.n == 1 && said.all[0].code == E0616 && said.all[0].line == 4, "%s",
                  catch_list(&said));
    plan_close(good_plan("", "on_error = keep", ""));
}
END_TEST

START_TEST(names_of_outputs_stay_in_the_run_directory)
{
    static const char *const bad[] = { "/etc/x",        "../x",
                                       "a/../x",        ".",
                                       "a//b",          "a/",
                                       "./a",           "\"a\\u001bb\"",
                                       "rejects.jsonl", "manifest.json",
                                       ".state/x",      "run.json",
                                       "progress.json" };
    char text[1000];

    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        snprintf(text, sizeof(text), "[input good]\npath = -\n[output good]\npath = %s\n", bad[i]);
        ck_assert_msg(plan_of(text) == NULL, "%s", bad[i]);
        ck_assert_msg(said.n == 1 && said.all[0].code == E0614 && said.all[0].line == 4, "%s: %s",
                      bad[i], catch_list(&said));
    }
    ck_assert_ptr_null(plan_of("[input good]\npath = -\n[output good]\npath = x\n"
                               "[output good two]\npath = x\n"));
    ck_assert_msg(said.n == 1 && said.all[0].code == E0615 && said.all[0].line == 6, "%s",
                  catch_list(&said));
}
END_TEST

static void hash_of(const char *input, const char *transform, const char *output, char to[33])
{
    struct plan *p = good_plan(input, transform, output);

    memcpy(to, p->hash, 33);
    ck_assert_uint_eq(strspn(to, "0123456789abcdef"), 32);
    plan_close(p);
}

START_TEST(the_hash_is_of_what_makes_the_output)
{
    static const char *const different[][3] = {
        { "", "", "" },
        { "depth = 2", "", "" },
        { "on_damage = salvage", "", "" },
        { "max_document = 1M", "", "" },
        { "", "threshold = 0.71", "" },
        { "", "numbers = none", "" },
        { "", "when = source == a", "" },
        { "", "on_error = drop", "" },
        { "", "languages = \"id, en\"", "" },
        { "", "rules = words.txt", "" },
        { "", "", "from = all" },
        { "", "", "when = source == a" },
        { "", "", "fields = id" },
    };
    enum { N = sizeof(different) / sizeof(*different) };
    char hashes[N][33], again[33];

    put_text("words.txt", "satu\n");
    for (size_t i = 0; i < N; i++) {
        hash_of(different[i][0], different[i][1], different[i][2], hashes[i]);
        for (size_t k = 0; k < i; k++)
            ck_assert_msg(strcmp(hashes[i], hashes[k]) != 0, "%zu and %zu", i, k);
    }
    hash_of("depth = 1", "limit = 65536\nlanguages = id, en\nthreshold = 0.7", "from = kept",
            again);
    ck_assert_str_eq(again, hashes[0]);
    hash_of("[pipeline]\nout = elsewhere\nmax_rejects = 5\nmemory = 1G\nbarrier_interval = 1s", "",
            "", again);
    ck_assert_str_eq(again, hashes[0]);
    put_text("b/words.txt", "satu\n");
    hash_of("", "rules = b/words.txt", "", again);
    ck_assert_str_eq(again, hashes[9]);
    put_text("words.txt", "dua\n");
    hash_of("", "rules = words.txt", "", again);
    ck_assert_str_ne(again, hashes[9]);
    put_text("in/a.txt", "other contents"); /* what is read is no part of it */
    hash_of("", "", "", again);
    ck_assert_str_eq(again, hashes[0]);
}
END_TEST

/* A data folder, for a language pack of several files, is hashed by names and contents. */
START_TEST(a_folder_may_be_data)
{
    char one[33], two[33];

    put_text("pack/a.conf", "x");
    put_text("pack/b/c.conf", "y");
    hash_of("", "rules = pack", "", one);
    ck_assert_int_eq(rename(in_folder("pack/a.conf"), in_folder("pack/b.conf")), 0);
    hash_of("", "rules = pack", "", two);
    ck_assert_str_ne(one, two);
}
END_TEST

static char *printed(const struct plan *p)
{
    char *text = NULL;
    size_t len;
    FILE *f = open_memstream(&text, &len);

    ck_assert_ptr_nonnull(f);
    plan_print(p, f);
    fclose(f);
    return text;
}

/* What is printed is a pipeline, the same one. */
START_TEST(what_is_printed_can_be_run)
{
    struct plan *p = good_plan("",
                               "label = \"  a # b $$ \\u0007 \\\"q\\\"\"\n"
                               "languages = \"x, y\"\nwhen = source matches \"*\"\n"
                               "index = a#b",
                               "fields = *, content=text");
    char *text = printed(p), hash[33];
    struct plan *again;

    memcpy(hash, p->hash, 33);
    ck_assert_str_eq(((const struct work *)p->stages[1].self)->text, "  a # b $ \a \"q\"");
    plan_close(p);
    again = plan_of(text);
    ck_assert_msg(again != NULL, "%s\n%s", catch_list(&said), text);
    ck_assert_str_eq(again->hash, hash);
    ck_assert_str_eq(((const struct work *)again->stages[1].self)->text, "  a # b $ \a \"q\"");
    plan_close(again);
    free(text);
}
END_TEST

START_TEST(settings_are_read)
{
    struct plan *p = good_plan("[pipeline]\nname = n\nmax_rejects = 0.5%\nmemory = 1G\n"
                               "max_rejects_size = 0\nbarrier_interval = 5ms",
                               "", "");

    ck_assert_str_eq(p->out, "out/n");
    ck_assert(p->max_rejects == -1 && p->max_rejects_share == 0.005);
    ck_assert_int_eq(p->memory_limit, 1 << 30);
    ck_assert_int_eq(p->max_rejects_size, 0);
    ck_assert_int_eq(p->barrier_interval, 5000);
    plan_close(p);
    options.max_rejects = "17";
    options.out = "there";
    options.memory = "64M";
    p = good_plan("[pipeline]\nout = here\nmax_rejects = 1%", "", "");
    ck_assert_str_eq(p->out, "there");
    ck_assert_int_eq(p->max_rejects, 17);
    ck_assert_int_eq(p->memory_limit, 64 << 20);
    plan_close(p);
    options.max_rejects = "17%%";
    ck_assert_ptr_null(plan_of(conf_of("", "", "")));
    ck_assert_msg(said.n == 1 && said.all[0].code == E0204, "%s", catch_list(&said));
}
END_TEST

START_TEST(stages_close_from_the_last_to_the_first)
{
    struct plan *p;
    char text[1000];

    said.diag.shown = DIAG_DEBUG;
    snprintf(text, sizeof(text),
             "[input good]\npath = %s/in\n[transform good a]\nlabel = one\n"
             "[transform good b]\nlabel = two\nscore = s\n[output good]\n"
             "path = x\n",
             folder);
    p = plan_of(text);
    ck_assert_msg(p != NULL && said.n == 0, "%s", catch_list(&said));
    plan_close(p);
    ck_assert_msg(said.n == 2, "%s", catch_list(&said));
    ck_assert_ptr_nonnull(strstr(said.all[0].text, "closed two"));
    ck_assert_ptr_nonnull(strstr(said.all[1].text, "closed one"));
}
END_TEST

/* An open that fails is closed too; those behind a broken stage are still checked, and what it
 * might have written is not missed. */
START_TEST(a_broken_stage_does_not_hide_others)
{
    char text[1000];

    said.diag.shown = DIAG_DEBUG;
    snprintf(text, sizeof(text),
             "[input good]\npath = %s/in\n[transform good a]\nlabel = one\n"
             "fail = no\n[transform good b]\nsource_field = unknown\n"
             "number = x\n[output good]\npath = ../x\n",
             folder);
    ck_assert_ptr_null(plan_of(text));
    ck_assert_msg(said.n == 4, "%s", catch_list(&said));
    ck_assert_int_eq(said.all[0].code, E0511);
    ck_assert_int_eq(said.all[1].code, E0605);
    ck_assert_int_eq(said.all[2].code, E0614);
    ck_assert_ptr_nonnull(strstr(said.all[3].text, "closed one"));
}
END_TEST

START_TEST(fields_are_known_by_name_and_type)
{
    struct plan *p = good_plan("", "", "");
    const struct work *me = p->stages[1].self;

    ck_assert_str_eq(host_name(me->writes), "score");
    ck_assert_uint_eq(host_type_of(me->writes), ETL_REAL);
    ck_assert_uint_eq(host_type_of(me->own), ETL_INT);
    ck_assert_str_eq(host_name((etl_field){ 0 }), "");
    ck_assert_str_eq(host_name((etl_field){ 99999 }), "");
    plan_close(p);
    ck_assert_str_eq(host_name((etl_field){ 1 }), "");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("plan");
    TCase *c = tcase_create("all");
    SRunner *r = srunner_create(s);
    int failed;

    tcase_add_checked_fixture(c, plans_begin, plans_end);
    tcase_set_timeout(c, 60);
    tcase_add_test(c, options_become_typed_members);
    tcase_add_test(c, presets_hold_where_nothing_is_said);
    tcase_add_test(c, blocks_are_aligned_and_know_their_stage);
    tcase_add_test(c, wrong_values_are_told_with_their_place);
    tcase_add_test(c, columns_are_chosen_and_renamed);
    tcase_add_test(c, all_mistakes_are_told_in_the_order_of_lines);
    tcase_add_test(c, beyond_twenty_mistakes_are_counted);
    tcase_add_test(c, sections_stand_in_order);
    tcase_add_test(c, keep_is_refused_for_a_stage_with_step);
    tcase_add_test(c, names_of_outputs_stay_in_the_run_directory);
    tcase_add_test(c, the_hash_is_of_what_makes_the_output);
    tcase_add_test(c, a_folder_may_be_data);
    tcase_add_test(c, what_is_printed_can_be_run);
    tcase_add_test(c, settings_are_read);
    tcase_add_test(c, stages_close_from_the_last_to_the_first);
    tcase_add_test(c, a_broken_stage_does_not_hide_others);
    tcase_add_test(c, fields_are_known_by_name_and_type);
    suite_add_tcase(s, c);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
