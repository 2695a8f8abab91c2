/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of the pipeline file: a folder of such files, and what is loaded from it. */
#ifndef TESTS_UNIT_CONF_FILES_H
#define TESTS_UNIT_CONF_FILES_H

#include "core/conf.h"

#include "caught.h"
#include "folder.h"

static inline void conf_files_begin(void)
{
    folder_begin();
    unsetenv("ETL_TEST_UNSET");
    setenv("ETL_TEST_SET", "of ${nowhere} $$ [var]\n# x", 1);
    setenv("ETL_TEST_EMPTY", "", 1);
    put_text("empty.conf", "");
}

static inline struct conf *load_with(const char *name, const struct conf_define *defines,
                                     size_t n_defines, const struct conf_define *sets,
                                     size_t n_sets, struct caught *c)
{
    catch_begin(c);
    return conf_load(in_folder(name), defines, n_defines, sets, n_sets, &c->diag);
}

static inline struct conf *load_bytes(const char *data, size_t len, struct caught *c)
{
    put_file("a.conf", data, len);
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
