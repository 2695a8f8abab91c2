/* SPDX-License-Identifier: Apache-2.0 */
/* What is let through here must come out as libarchive would give it; so where it is not known what
 * that would be, it is not let through. */
#if defined(HAVE_CONFIG_H)
#include "config.h"
#endif
#include "plugins/input/archive/zip-plain.h"

#include "common/inflate.h"
#include "plugins/input/archive/zip-fields.h"

#include <stdlib.h>
#include <string.h>

enum { STORED = 0, DEFLATED = 8 };
enum { BY_DOS = 0, BY_UNIX = 3 };
/* How hard it was packed; sizes behind the content; a name in UTF-8, as ASCII is. */
enum { FLAGS = 0x0006 | 0x0008 | 0x0800 };

struct zip_plain *zip_plain_open(const struct store *s, const struct zip_end *end)
{
    struct zip_plain *z = calloc(1, sizeof(*z));

    if (!z)
        return NULL;
    z->table.store = z->file.store = s;
    z->at = z->directory = end->directory;
    z->end = end->at;
    z->inflater = inflater_open();
    if (z->inflater)
        return z;
    zip_plain_close(z);
    return NULL;
}

void zip_plain_close(struct zip_plain *z)
{
    if (!z)
        return;
    window_close(&z->table);
    window_close(&z->file);
    inflater_close(z->inflater);
    free(z->text);
    free(z);
}

/* ---- what is plain ---- */

bool zip_extra_is_plain(const unsigned char *p, size_t n)
{
    while (n >= 4) {
        uint32_t id = zip_u16(p), len = zip_u16(p + 2);

        if (len > n - 4 || len < 5)
            return false;
        if (id != 0x5455 && id != 0x7875 && id != 0x5855 && id != 0x000a)
            return false;
        p += 4 + len;
        n -= 4 + len;
    }
    return n == 0;
}

/* Stricter than any name need be: no byte of it means something to anybody. */
static bool name_is_plain(const unsigned char *p, size_t n)
{
    unsigned odd = 0;

    for (size_t i = 0; i < n; i++)
        odd |= p[i] < 0x20 || p[i] > 0x7e || p[i] == '\\';
    return n > 0 && n <= ZIP_PLAIN_NAME && !odd;
}

/* The type as its maker's system has it: a file, or not said; of what is named as a folder, that.
 */
static bool kind_is_plain(const unsigned char *entry, bool folder)
{
    uint32_t maker = entry[5], type = zip_u32(entry + 38) >> 28;

    if (maker == BY_DOS)
        return folder || !(zip_u32(entry + 38) & 0x10);
    if (maker == BY_UNIX)
        return type == 0 || type == (folder ? 0x4 : 0x8); /* S_IFDIR, S_IFREG */
    return false;
}

/* What the header before the content says must be left out there, or be the same. */
static bool same_or_none(const unsigned char *local, const unsigned char *entry)
{
    uint32_t n = zip_u32(local);

    return n == 0 || n == zip_u32(entry);
}

static bool local_is_plain(const unsigned char *local, const unsigned char *entry)
{
    return zip_is(local, "\3\4") && !(zip_u16(local + 6) & ~(uint32_t)FLAGS) &&
           zip_u16(local + 8) == zip_u16(entry + 10) && same_or_none(local + 14, entry + 16) &&
           same_or_none(local + 18, entry + 20) && same_or_none(local + 22, entry + 24) &&
           zip_u16(local + 26) == zip_u16(entry + 28);
}

static bool entry_is_plain(const unsigned char *entry)
{
    uint32_t method = zip_u16(entry + 10), packed = zip_u32(entry + 20), size = zip_u32(entry + 24);
    size_t name_len = zip_u16(entry + 28);
    bool folder;

    if ((zip_u16(entry + 8) & ~(uint32_t)FLAGS) || (method != STORED && method != DEFLATED) ||
        packed > ZIP_PLAIN_MAX || size > ZIP_PLAIN_MAX || (method == STORED && packed != size) ||
        !name_is_plain(entry + ENTRY_SIZE, name_len))
        return false;
    folder = entry[ENTRY_SIZE + name_len - 1] == '/';
    return kind_is_plain(entry, folder) && (!folder || (packed == 0 && size == 0));
}

/* ---- entry after entry ---- */

/* The header before the content, up to the content, which will mostly be asked for next. */
static bool read_local(struct zip_plain *z, const unsigned char *entry, uint64_t at)
{
    size_t name_len = zip_u16(entry + 28), extra_len;
    const unsigned char *local = window_look(&z->file, at, LOCAL_SIZE, WINDOW);

    if (!local || !local_is_plain(local, entry))
        return false;
    extra_len = zip_u16(local + 28);
    local = window_look(&z->file, at, LOCAL_SIZE + name_len + extra_len, WINDOW);
    if (!local || memcmp(local + LOCAL_SIZE, entry + ENTRY_SIZE, name_len) != 0 ||
        !zip_extra_is_plain(local + LOCAL_SIZE + name_len, extra_len))
        return false;
    z->from = at + LOCAL_SIZE + name_len + extra_len;
    return z->from <= z->directory && z->packed <= z->directory - z->from;
}

enum zip_plain_result zip_plain_next(struct zip_plain *z, struct reader_entry *e)
{
    const unsigned char *p;
    size_t len, name_len;

    if (z->at >= z->end)
        return ZIP_PLAIN_END;
    z->entry = z->at;
    p = z->end - z->at < ENTRY_SIZE ? NULL : window_look(&z->table, z->at, ENTRY_SIZE, WINDOW);
    if (!p || !zip_is(p, "\1\2"))
        return ZIP_PLAIN_OTHER;
    name_len = zip_u16(p + 28);
    len = ENTRY_SIZE + name_len + zip_u16(p + 30) + zip_u16(p + 32);
    p = z->end - z->at < len ? NULL : window_look(&z->table, z->at, len, WINDOW);
    if (!p)
        return ZIP_PLAIN_OTHER;
    z->at += len;
    if (!entry_is_plain(p))
        return ZIP_PLAIN_OTHER;
    z->deflated = zip_u16(p + 10) == DEFLATED;
    z->crc = zip_u32(p + 16);
    z->packed = zip_u32(p + 20);
    z->size = zip_u32(p + 24);
    if (!read_local(z, p, zip_u32(p + 42)))
        return ZIP_PLAIN_OTHER;
    memcpy(z->name, p + ENTRY_SIZE, name_len);
    z->name[name_len] = 0;
    e->name = z->name;
    e->name_len = name_len;
    e->size = (int64_t)z->size;
    e->kind = z->name[name_len - 1] == '/' ? KIND_FOLDER : KIND_FILE;
    e->doubt[0] = 0;
    return ZIP_PLAIN_ENTRY;
}

/* ---- content ---- */

static bool make_room(struct zip_plain *z)
{
    unsigned char *text;

    if (z->size <= z->room && z->text)
        return true;
    text = realloc(z->text, z->size + z->size / 2 + 1);
    if (!text)
        return false;
    z->text = text;
    z->room = z->size + z->size / 2 + 1;
    return true;
}

const void *zip_plain_content(struct zip_plain *z)
{
    const unsigned char *packed = window_look(&z->file, z->from, z->packed, WINDOW), *text = packed;

    if (packed && z->deflated)
        text = make_room(z) && inflate_whole(z->inflater, packed, z->packed, z->text, z->size)
                   ? z->text
                   : NULL;
    return text && inflate_crc32(text, z->size) == z->crc ? text : NULL;
}

uint64_t zip_plain_place(const struct zip_plain *z)
{
    return z->from + z->packed;
}
