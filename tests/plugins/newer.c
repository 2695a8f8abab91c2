/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin as a later header would make it: larger structs, and a low target, so that it must load
 * in this etl; what is beyond our structs is left alone. NEEDS: it targets the later revision. */
#include <etl/plugin.h>
#include <string.h>

struct later_option {
    etl_option base;
    const char *unit;
    uint64_t more;
};

struct later_plugin {
    etl_plugin base;
    int (*later)(void *self);
    void *more;
};

struct self {
    int64_t number;
    const char *text;
};

static int map(const void *self, etl_record *rec)
{
    (void)self;
    (void)rec;
    return ETL_OK;
}

static const struct later_option options[] = {
    { ETL_OPT(struct self, INT, number, "number", "5", "1..9", "A number"), "pages", 1 },
    { ETL_OPT(struct self, TEXT, text, "text", "words", NULL, "A text"), NULL, 2 },
    { ETL_OPT_END, NULL, 3 },
};

static struct later_plugin plugin = {
    {
        ETL_TRANSFORM("newer", "2.0", "Built with a later header"),
        .self_size = sizeof(struct self),
        .map = map,
    },
    NULL,
    NULL,
};

const etl_host *etl_host_;
const etl_plugin *const *etl_plugins_1(const etl_host *host)
{
    static const etl_plugin *list[] = { &plugin.base, NULL };

    etl_host_ = host;
    plugin.base.size = sizeof(plugin);
    plugin.base.option_size = sizeof(options[0]);
    plugin.base.options = &options[0].base;
#ifdef NEEDS
    plugin.base.abi = ETL_ABI + 1;
#endif
    return list;
}
