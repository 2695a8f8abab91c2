/* SPDX-License-Identifier: Apache-2.0 */
/* The transform `cleanup`: repairs one text field of each record and counts what it repaired. */
#include <etl/plugin.h>

#include "clean.h"

#include <errno.h>

struct cleanup {
    etl_field field;
    bool mojibake, line_ends, entities, controls, widths, spaces, nfc;
    unsigned wanted; /* the above as REPAIR_BITs */
};

static const etl_option options[] = {
    ETL_OPT(struct cleanup, EDITS, field, "field", "text", "text", "Field to clean"),
    ETL_OPT(struct cleanup, BOOL, mojibake, "mojibake", "yes", NULL,
            "Mend UTF-8 that was read as Windows-1252, Latin-1 or Mac Roman"),
    ETL_OPT(struct cleanup, BOOL, line_ends, "line_ends", "yes", NULL,
            "Make CRLF and other line ends LF"),
    ETL_OPT(struct cleanup, BOOL, entities, "entities", "yes", NULL,
            "Decode HTML character references, double-escaped ones too"),
    ETL_OPT(struct cleanup, BOOL, controls, "controls", "yes", NULL,
            "Remove control and invisible characters where no script needs them"),
    ETL_OPT(struct cleanup, BOOL, widths, "widths", "yes", NULL,
            "Make full-width Latin forms ASCII in mostly Latin text"),
    ETL_OPT(struct cleanup, BOOL, spaces, "spaces", "yes", NULL,
            "Make spaces of all kinds single plain ones, and empty lines in a row one"),
    ETL_OPT(struct cleanup, BOOL, nfc, "nfc", "yes", NULL, "Bring text to Unicode's form NFC"),
    ETL_OPT_END
};

static const char doc[] =
    "Repairs text whose page was decoded or saved badly, and leaves good text as it is, byte for "
    "byte. Cleaning twice is the same as cleaning once.\n"
    "\n"
    "Mojibake is mended character by character, and only where the bytes that were misread are "
    "valid UTF-8 for a character that the text can mean; less certain places are mended only "
    "beside certain "
    "ones. Text misread twice is mended too. Quotation marks and dashes stay as the page has "
    "them.\n"
    "\n"
    "References without a semicolon are decoded only where they cannot be anything else (&nbsp "
    "&amp &lt &gt &quot and numbers), never into control characters.\n"
    "\n"
    "Spaces at the ends of lines go, runs of spaces and tabs become one space, and of "
    "several empty lines one stays, so that paragraphs stay apart.\n"
    "\n"
    "What was changed is counted, kind by kind, in the summary.";

static const char *const count_names[REPAIRS] = {
    [REPAIR_MOJIBAKE] = "mojibake repaired",
    [REPAIR_LINE_ENDS] = "line ends replaced",
    [REPAIR_ENTITIES] = "entities decoded",
    [REPAIR_CONTROLS] = "invisible characters removed",
    [REPAIR_WIDTHS] = "full-width forms replaced",
    [REPAIR_SPACES] = "spaces folded",
    [REPAIR_NFC] = "texts composed",
};

static int open_cleanup(void *self)
{
    struct cleanup *me = self;
    const bool on[REPAIRS] = {
        [REPAIR_MOJIBAKE] = me->mojibake, [REPAIR_LINE_ENDS] = me->line_ends,
        [REPAIR_ENTITIES] = me->entities, [REPAIR_CONTROLS] = me->controls,
        [REPAIR_WIDTHS] = me->widths,     [REPAIR_SPACES] = me->spaces,
        [REPAIR_NFC] = me->nfc,
    };

    for (unsigned r = 0; r < REPAIRS; r++)
        me->wanted |= on[r] ? REPAIR_BIT(r) : 0;
    return ETL_OK;
}

static void report(const struct cleanup *me, etl_record *rec, const struct cleaned *c)
{
    for (unsigned r = 0; r < REPAIRS; r++) {
        if (c->counts[r] == 0)
            continue;
        etl_count(me, rec, count_names[r], (int64_t)c->counts[r]);
        etl_note(rec, "cleanup", "%s: %s: %llu", etl_name(me->field), count_names[r],
                 (unsigned long long)c->counts[r]);
    }
}

static int clean(const void *self, etl_record *rec)
{
    const struct cleanup *me = self;
    etl_value v = etl_get(rec, me->field);
    struct cleaned c;

    if (v.type != ETL_TEXT)
        return ETL_OK;
    if (clean_text(etl_worker(rec), me->wanted, v.text, v.len, &c) < 0)
        return etl_fail_errno(me, ENOMEM, "no memory to clean a text of %u bytes", v.len);
    if (c.unsettled) {
        etl_count(me, rec, "texts that never settle, left as they are", 1);
        etl_note(rec, "cleanup", "%s: each repair called for another one, nothing was changed",
                 etl_name(me->field));
    }
    if (!c.changed)
        return ETL_OK;
    report(me, rec, &c);
    etl_set(rec, me->field, etl_text(c.text, c.len));
    return ETL_OK;
}

static void worker_close(const void *self, void *worker)
{
    (void)self;
    cleaner_close(worker);
}

static const etl_plugin plugin = {
    ETL_TRANSFORM("cleanup", "1.0", "Mend encoding damage, entities, invisible characters, spaces"),
    .doc = doc,
    .self_size = sizeof(struct cleanup),
    .worker_size = sizeof(struct cleaner),
    .options = options,
    .open = open_cleanup,
    .map = clean,
    .worker_close = worker_close,
};
ETL_PLUGINS(&plugin);
