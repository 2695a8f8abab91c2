/* SPDX-License-Identifier: Apache-2.0 */
/* For tests: a sink that keeps the messages, and a folder for files that a test needs. */
#ifndef TESTS_UNIT_CAUGHT_H
#define TESTS_UNIT_CAUGHT_H

#include "core/diag.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_CAUGHT = 64 };

struct caught {
    struct diag diag;
    size_t n;
    struct {
        enum diag_level level;
        enum diag_code code;
        char text[512], file[256], near[64], help[256];
        uint32_t line, column, width;
        bool in_line; /* the place lies in the source line, or just behind it */
    } all[MOST_CAUGHT];
};

static inline void catch_copy(char *to, size_t size, const char *text)
{
    snprintf(to, size, "%s", text ? text : "");
}

static inline void catch_message(void *to, const struct diag_message *m)
{
    struct caught *c = to;
    size_t i = c->n;
    const struct diag_place *p = &m->place;

    if (c->n == MOST_CAUGHT)
        return;
    c->n++;
    c->all[i].level = m->level;
    c->all[i].code = m->code;
    catch_copy(c->all[i].text, sizeof(c->all[i].text), m->text);
    catch_copy(c->all[i].file, sizeof(c->all[i].file), p->file);
    catch_copy(c->all[i].near, sizeof(c->all[i].near), m->near);
    catch_copy(c->all[i].help, sizeof(c->all[i].help), m->help);
    c->all[i].line = p->line;
    c->all[i].column = p->column;
    c->all[i].width = p->width;
    c->all[i].in_line = !p->source || (p->column >= 1 && p->width >= 1 &&
                                       (p->column + p->width - 1 <= p->source_len ||
                                        (p->width == 1 && p->column == p->source_len + 1)));
}

static inline void catch_begin(struct caught *c)
{
    memset(c, 0, sizeof(*c));
    ck_assert(diag_init(&c->diag, catch_message, c));
}

static inline void catch_end(struct caught *c)
{
    diag_free(&c->diag);
}

/* What was caught, for a test that fails. */
static inline const char *catch_list(const struct caught *c)
{
    static char list[8192];
    size_t used = 0;

    list[0] = '\0';
    for (size_t i = 0; i < c->n && used < sizeof(list) - 1024; i++)
        used += (size_t)snprintf(list + used, sizeof(list) - used, "\n  %s %s:%u:%u+%u %s (%s)",
                                 c->all[i].code < DIAG_CODES ? diag_code_name(c->all[i].code) : "-",
                                 c->all[i].file, c->all[i].line, c->all[i].column, c->all[i].width,
                                 c->all[i].text, c->all[i].near);
    return list;
}

#endif
