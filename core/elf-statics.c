/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the symbol table of a shared object of this machine's kind. Nothing in it is trusted: every
 * offset is held against the size of the file. */
#define _GNU_SOURCE
#include "core/elf-statics.h"

#include "core/io.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>

struct object {
    const char *data;
    size_t len;
    const ElfW(Shdr) * sections;
    size_t n_sections;
    uint64_t fixed, fixed_end; /* addresses that are read-only after relocation */
};

/* `n` items of `size` bytes at an offset, or NULL: they do not lie in the file. */
static const void *at(const struct object *o, uint64_t offset, uint64_t n, uint64_t size)
{
    if (offset > o->len || offset % 8 != 0 || (size && n > (o->len - offset) / size))
        return NULL;
    return o->data + offset;
}

static bool read_headers(struct object *o)
{
    const ElfW(Ehdr) *h = at(o, 0, 1, sizeof(*h));
    const ElfW(Phdr) * p;

    if (!h || memcmp(h->e_ident, ELFMAG, SELFMAG) != 0 || h->e_shentsize != sizeof(ElfW(Shdr)) ||
        h->e_phentsize != sizeof(*p))
        return false;
    o->sections = at(o, h->e_shoff, h->e_shnum, sizeof(ElfW(Shdr)));
    o->n_sections = h->e_shnum;
    p = at(o, h->e_phoff, h->e_phnum, sizeof(*p));
    for (size_t i = 0; p && i < h->e_phnum; i++)
        if (p[i].p_type == PT_GNU_RELRO) {
            o->fixed = p[i].p_vaddr;
            o->fixed_end = p[i].p_vaddr + p[i].p_memsz;
        }
    return o->sections && p;
}

static bool begins_with_any(const char *name, const char *const *prefixes)
{
    for (; *prefixes; prefixes++)
        if (strncmp(name, *prefixes, strlen(*prefixes)) == 0)
            return true;
    return false;
}

/* Names that begin with two underscores, or one and a capital, are the implementation's - but for
 * those of C++, which all begin with _Z: there it is type tables, references to them, and what its
 * library keeps. A guard (_ZGV) is the author's, as what it guards. The other ones are
 * crtstuff.c's, and the pointer that etl/plugin.h declares. */
static bool is_toolchain(const char *name)
{
    static const char *const known[] = { "etl_host_", "completed", "dtor_idx", "object",
                                         "force_to_data" };
    static const char *const of_cxx[] = { "DW.ref.",  "_ZTV",      "_ZTI",          "_ZTS",
                                          "_ZTT",     "_ZSt",      "_ZNSt",         "_ZNKSt",
                                          "_ZZNSt",   "_ZZNKSt",   "_ZZSt",         "_ZGVNSt",
                                          "_ZGVZNSt", "_ZGVZNKSt", "_ZN9__gnu_cxx", NULL };
    size_t len = strcspn(name, ".");

    if (!*name || begins_with_any(name, of_cxx))
        return true;
    if (name[0] == '_' && (name[1] == '_' || (name[1] >= 'A' && name[1] <= 'Y')))
        return true;
    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
        if (strlen(known[i]) == len && memcmp(name, known[i], len) == 0 &&
            (i == 0 || name[len] == '.'))
            return true;
    return false;
}

static bool is_writable(const struct object *o, const ElfW(Sym) * s)
{
    const ElfW(Shdr) * in;
    unsigned type = ELF64_ST_TYPE(s->st_info);

    if ((type != STT_OBJECT && type != STT_TLS) || s->st_size == 0 ||
        s->st_shndx >= o->n_sections || s->st_shndx == SHN_UNDEF)
        return false;
    in = &o->sections[s->st_shndx];
    if (type == STT_TLS) /* its value is an offset, not an address */
        return true;
    return in->sh_flags & SHF_WRITE && !(s->st_value >= o->fixed && s->st_value < o->fixed_end);
}

static bool look(const struct object *o, uint32_t table,
                 void (*found)(void *to, const char *name, uint64_t size), void *to)
{
    for (size_t i = 0; i < o->n_sections; i++) {
        const ElfW(Shdr) *t = &o->sections[i], *names;
        const ElfW(Sym) * s;
        const char *text;
        size_t n;

        if (t->sh_type != table || t->sh_link >= o->n_sections)
            continue;
        names = &o->sections[t->sh_link];
        n = t->sh_size / sizeof(*s);
        s = at(o, t->sh_offset, n, sizeof(*s));
        if (!s || names->sh_offset > o->len || names->sh_size > o->len - names->sh_offset ||
            names->sh_size == 0 || o->data[names->sh_offset + names->sh_size - 1] != '\0')
            return false;
        text = o->data + names->sh_offset;
        for (size_t k = 0; k < n; k++)
            if (is_writable(o, &s[k]) && s[k].st_name < names->sh_size &&
                !is_toolchain(text + s[k].st_name))
                found(to, text + s[k].st_name, s[k].st_size);
        return true;
    }
    return false;
}

bool elf_statics(const char *path, void (*found)(void *to, const char *name, uint64_t size),
                 void *to)
{
    struct object o = { 0 };
    char *data = NULL;
    bool good;

    if (io_read_file(AT_FDCWD, path, &data, &o.len) < 0)
        return false;
    o.data = data;
    good = read_headers(&o) && look(&o, SHT_SYMTAB, found, to);
    free(data);
    return good;
}
