/* SPDX-License-Identifier: Apache-2.0 */
/* What `etl explain` is told: of each line its role, and by which rule. */
#include "notes.h"

#include <inttypes.h>

enum { SHOWN = 80 }; /* bytes of what was cut */

/* Why a line has its role, where no rule left a word of its own. */
static const char *const reasons[ROLES] = {
    [ROLE_NONE] = "no rule takes it",
    [ROLE_BODY] = "text of the article",
    [ROLE_TITLE] = "the headline",
    [ROLE_SECTION] = "a label above the headline",
    [ROLE_DATE] = "when it was published",
    [ROLE_BYLINE] = "who wrote it",
    [ROLE_EDITOR] = "who edited it",
    [ROLE_PUBLISHER] = "who publishes it",
    [ROLE_SOURCE] = "where the house has it from",
    [ROLE_DATELINE] = "outlet or place, by themselves",
    [ROLE_DECK] = "sums the article up, between headline and text",
    [ROLE_CAPTION] = "tells what a picture shows",
    [ROLE_REPEAT] = "stands above already",
    [ROLE_PULL_QUOTE] = "said again in the text",
    [ROLE_SITE] = "a site's name or address",
    [ROLE_IMAGE] = "the name of an image file",
    [ROLE_NOISE] = "no letter and no digit in it",
    [ROLE_HEAD] = "above the text, and none of the fields",
    [ROLE_LEARNED] = "named by the rule file",
    [ROLE_TOPIC] = "what the label before it names",
};

/* The pack's pattern with its signs as they are written. */
static void write_pattern(const char *pattern, char *to, size_t max)
{
    size_t n = 0;

    for (; pattern[n] && n < max - 1; n++)
        to[n] = pattern[n] == PATTERN_ANY ? '*' : pattern[n] == PATTERN_NUMBER ? '#' : pattern[n];
    to[n] = '\0';
}

static int shown(uint32_t len)
{
    return (int)(len < SHOWN ? len : SHOWN);
}

static void note_body(etl_record *rec, const char *key, const struct line *line)
{
    uint32_t behind = line->len - line->to;

    if (line->from > 0 && behind > 0)
        etl_note(rec, key, "body: cut \"%.*s\" in front and \"%.*s\" at the end%s%s", shown(line->from),
                 line->at, shown(behind), line->at + line->to, line->why ? ": " : "",
                 line->why ? line->why : "");
    else if (line->from > 0)
        etl_note(rec, key, "body: cut \"%.*s\" in front%s%s", shown(line->from), line->at,
                 line->why ? ": " : "", line->why ? line->why : "");
    else if (behind > 0)
        etl_note(rec, key, "body: cut \"%.*s\" at the end%s%s", shown(behind), line->at + line->to,
                 line->why ? ": " : line->flags & LINE_MARK ? ": byline mark" : "",
                 line->why ? line->why : "");
    else
        etl_note(rec, key, "body: %s", line->why ? line->why : reasons[ROLE_BODY]);
}

void note_lines(etl_record *rec, etl_field field, const struct pack *pack, const struct page *page)
{
    bool is_index = page->kind && strcmp(page->kind, "index") == 0;

    for (size_t i = 0; i < page->n_lines; i++) {
        const struct line *line = &page->lines[i];
        enum role role = (enum role)line->role;
        const char *reason = line->why ? line->why : reasons[role] ? reasons[role] : "by its words";
        char key[300], pattern[100];

        snprintf(key, sizeof(key), "%.270s:%" PRIu32, etl_name(field), line->number);
        if (role == ROLE_BODY) {
            note_body(rec, key, line);
        } else if (role == ROLE_HEAD) {
            etl_note(rec, key, "%s: %s", role_name(role),
                     is_index ? "no line of the page begins a text" : reasons[role]);
        } else if (line->why && line->rule == line->role && role >= ROLE_SHARE) {
            write_pattern(line->why, pattern, sizeof(pattern));
            etl_note(rec, key, "%s: by the line \"%s\" of the pack %s", role_name(role), pattern,
                     pack->code);
        } else {
            etl_note(rec, key, "%s: %s", role_name(role), reason);
        }
    }
    etl_note(rec, "pack", "%s", pack->code);
    if (is_index)
        etl_note(rec, "kind", "index: no line begins a running text");
    if (page->odd_weekday)
        etl_note(rec, "date", "the weekday printed is not that day's; the date is kept as it is");
}
