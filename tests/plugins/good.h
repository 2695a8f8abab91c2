/* SPDX-License-Identifier: Apache-2.0 */
/* What the plugins of good.c keep in *self, so that a test can look. */
#ifndef TESTS_PLUGINS_GOOD_H
#define TESTS_PLUGINS_GOOD_H

#include <etl/plugin.h>

struct lines {
    etl_words path;
    int64_t depth;
    etl_field text;
};

struct work {
    bool flag;
    int64_t number, choice, size, duration;
    double real;
    const char *text, *data, *store;
    etl_words words;
    etl_field reads, writes, edits, own;
    etl_fields fields;
    etl_expr expr;
    const char *fail, *declare;
};

struct sink {
    const char *path;
    etl_columns fields;
    etl_stream *stream;
};

#endif
