/* SPDX-License-Identifier: Apache-2.0 */
/* Plugins that must be refused, one for each value of CASE; tests/unit/test-registry.c says how. */
#include <etl/plugin.h>

struct self {
    int64_t number;
    const char *text;
};

#ifndef CASE
#define CASE 0
#endif
#if CASE == 1 /* no entry at all */
int nothing(void);
ETL_EXPORT int nothing(void)
{
    return 0;
}
#elif CASE == 2 /* the entry of another ABI */
int etl_plugins_2(void);
ETL_EXPORT int etl_plugins_2(void)
{
    return 0;
}
#else

#if CASE != 31
static int map(const void *self, etl_record *rec)
{
    (void)self;
    (void)rec;
    return ETL_OK;
}
#endif

#if CASE == 32
static int64_t parts(const void *self, const char *path)
{
    (void)self;
    (void)path;
    return 1;
}
#endif

static const etl_option options[] = {
#if CASE == 3
    { 42, 0, 0, "number", "1", NULL, NULL },
#elif CASE == 4
    { ETL_OPTION_INT, 0, 64, "number", "1", NULL, NULL },
#elif CASE == 5
    { ETL_OPTION_INT, 4, 0, "number", "1", NULL, NULL },
#elif CASE == 6
    { ETL_OPTION_INT, 0, 0, "number", "eleven", NULL, NULL },
#elif CASE == 7
    { ETL_OPTION_INT, 0, 0, "number", "1", "9..1", NULL },
#elif CASE == 8
    { ETL_OPTION_INT, 0, 0, "number", "1", NULL, NULL },
    { ETL_OPTION_TEXT, 0, 8, "number", "1", NULL, NULL },
#elif CASE == 9
    { ETL_OPTION_INT, 0, 0, "number", "1", NULL, NULL },
    { ETL_OPTION_TEXT, 0, 0, "text", "1", NULL, NULL },
#elif CASE == 10
    { ETL_OPTION_TEXT, 0, 8, "when", "", NULL, NULL },
#elif CASE == 11
    { ETL_OPTION_TEXT, 0, 8, "Bad Name", "", NULL, NULL },
#elif CASE == 12
    { ETL_OPTION_CHOICE, 0, 0, "number", "c", "a|b", NULL },
#elif CASE == 13
    { ETL_OPTION_TEXT, 0, 8, "text", "", "1..2", NULL },
#elif CASE == 14
    { ETL_OPTION_TEXT, 0, 4, "text", "", NULL, NULL },
#elif CASE == 15
    { ETL_OPTION_READS, 0, 0, "field", "", "text|number", NULL },
#elif CASE == 16
    { ETL_OPTION_INT, 0, 0, "number", "12", "1..10", NULL },
#elif CASE == 17
    { ETL_OPTION_INT, 0, SIZE_MAX - 3, "number", "1", NULL, NULL },
#elif CASE == 18
    { ETL_OPTION_CHOICE, 0, 0, "number", "red", "red, green", NULL },
#elif CASE == 36 /* what is forgotten are the quotes */
    { ETL_OPTION_TEXT, 0, 8, "text", (const char *)5, NULL, NULL },
#endif
    ETL_OPT_END
};

static const etl_plugin plugin = {
#if CASE == 20
    .size = 100,
#elif CASE == 21
    .size = 0x7fffffff,
#else
    .size = sizeof(etl_plugin),
#endif
#if CASE == 22
    .option_size = 8,
#else
    .option_size = sizeof(etl_option),
#endif
#if CASE == 23
    .abi = 7,
#endif
#if CASE == 24
    .kind = 9,
#elif CASE == 25
    .kind = ETL_KIND_INPUT,
#else
    .kind = ETL_KIND_TRANSFORM,
#endif
#if CASE == 26
    .flags = 1,
#endif
#if CASE == 27
    .name = "Not A Name",
#elif CASE == 28
    .name = NULL,
#else
    .name = "bad",
#endif
#if CASE == 29
    .version = "\xff",
#else
    .version = "1",
#endif
    .summary = "To be refused",
#if CASE == 30
    .self_size = SIZE_MAX,
#else
    .self_size = sizeof(struct self),
#endif
    .options = options,
#if CASE != 31
    .map = map,
#endif
#if CASE == 32
    .parts = parts,
#endif
};

#if CASE == 35 /* a symbol that nobody has */
int etl_nobody_has_this(void);
ETL_EXPORT int etl_somebody_wants_it(void);
int etl_somebody_wants_it(void)
{
    return etl_nobody_has_this();
}
#endif

#if CASE == 33
ETL_EXPORT const etl_plugin *const *etl_plugins_1(const etl_host *host)
{
    (void)host;
    (void)plugin;
    return NULL;
}
#elif CASE == 34 /* the same twice */
ETL_PLUGINS(&plugin, &plugin);
#else
ETL_PLUGINS(&plugin);
#endif
#endif
