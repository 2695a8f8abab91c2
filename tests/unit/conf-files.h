/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of the pipeline file: a folder of such files, and what is loaded from it. */
#ifndef TESTS_UNIT_CONF_FILES_H
#define TESTS_UNIT_CONF_FILES_H

#include "core/conf.h"

#include "tests/unit/caught.h"

static char folder[64];

static inline void write_file(const char *name, const char *data, size_t len)
{
    char path[200];
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    f = fopen(path, "w");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(data, 1, len, f), len);
    ck_assert_int_eq(fclose(f), 0);
}

static inline void put_file(const char *name, const char *text)
{
    write_file(name, text, strlen(text));
}

static inline void conf_files_begin(void)
{
    strcpy(folder, "test-conf.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    unsetenv("ETL_TEST_UNSET");
    setenv("ETL_TEST_SET", "of ${nowhere} $$ [var]\n# x", 1);
    setenv("ETL_TEST_EMPTY", "", 1);
    put_file("empty.conf", "");
}

static inline void conf_files_end(void)
{
    char command[100];

    snprintf(command, sizeof(command), "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
}

static inline struct conf *load_with(const char *name, const struct conf_define *defines,
                                     size_t n_defines, const struct conf_define *sets,
                                     size_t n_sets, struct caught *c)
{
    char path[200];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    catch_begin(c);
    return conf_load(path, defines, n_defines, sets, n_sets, &c->diag);
}

static inline struct conf *load_bytes(const char *data, size_t len, struct caught *c)
{
    write_file("a.conf", data, len);
    return load_with("a.conf", NULL, 0, NULL, 0, c);
}

static inline struct conf *load(const char *text, struct caught *c)
{
    return load_bytes(text, strlen(text), c);
}

static inline struct conf *load_good(const char *text)
{
    struct caught c;
    struct conf *conf = load(text, &c);

    ck_assert_msg(conf != NULL && c.n == 0, "%s%s", text, catch_list(&c));
    catch_end(&c);
    return conf;
}

static inline const struct conf_key *key_of(const struct conf *conf, size_t section,
                                            const char *name)
{
    const struct conf_key *k;

    ck_assert_uint_lt(section, conf->n_sections);
    k = conf_find(&conf->sections[section], name);
    ck_assert_msg(k != NULL, "%s", name);
    ck_assert_uint_eq(strlen(k->value), k->value_len);
    return k;
}

static inline const char *value_of(const struct conf *conf, size_t section, const char *name)
{
    return key_of(conf, section, name)->value;
}

/* A file with one of everything. */
static const char whole[] = "# a pipeline\n"
                            "[pipeline]            # comment\n"
                            "name = news\n"
                            "\n"
                            "[var]\n"
                            "news = ${ETL_TEST_UNSET:-sample/news.tar.gz}   # ${X:?y}\n"
                            "set=${ETL_TEST_SET}\n"
                            "\n"
                            "[input archive]\n"
                            "path = ${news}, $${x} $1 a$ $$\n"
                            "members = *.txt#no\t# but this\n"
                            "empty =\n"
                            "[transform filter]\n"
                            "keep = language in (id, en)\n"
                            "    and kind in (article,\n"
                            "# in between\n"
                            "\n"
                            "\tphoto)\n"
                            "set = <${set}>\n"
                            "[output jsonl rejected]\n"
                            "path = \"  a # b\\u00e9\\n\\\"\"   # quoted\n"
                            "list = \"a # b\", \"c\"\n"
                            "[output ./my.so]\n"
                            "late =\n"
                            "    one\n"
                            "[test \"body \\\"stays\\\"\"]\n"
                            "in.text = First line\n"
                            "    \"Second,\" she said.   # comment\n"
                            "\n"
                            "    \"\"\n"
                            "    \"  # fourth\\tline \"\n"
                            "out.body = x";

#endif
