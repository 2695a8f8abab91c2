/* SPDX-License-Identifier: Apache-2.0 */
/* Barriers to bytes and back. */
#include "core/barrier.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void put_u64(struct buffer *b, uint64_t v)
{
    unsigned char bytes[8];

    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(v >> (8 * i));
    buffer_append(b, bytes, 8);
}

void put_bytes(struct buffer *b, const void *data, size_t len)
{
    put_u64(b, len);
    buffer_append(b, data, len);
}

uint64_t get_u64(struct reader *r)
{
    uint64_t v = 0;

    if (r->end - r->at < 8) {
        r->bad = true;
        return 0;
    }
    for (int i = 0; i < 8; i++)
        v |= (uint64_t)r->at[i] << (8 * i);
    r->at += 8;
    return v;
}

const void *get_bytes(struct reader *r, size_t *len)
{
    uint64_t n = get_u64(r);
    const void *at = r->at;

    if (r->bad || n > (uint64_t)(r->end - r->at)) {
        r->bad = true;
        *len = 0;
        return NULL;
    }
    r->at += n;
    *len = (size_t)n;
    return at;
}

int barrier_init(struct barrier *b, const struct plan *p)
{
    memset(b, 0, sizeof(*b));
    b->stages = calloc(p->n_stages ? p->n_stages : 1, sizeof(*b->stages));
    if (!b->stages)
        return -1;
    b->n_stages = p->n_stages;
    for (size_t i = 0; i < p->n_stages; i++) {
        struct saved *s = &b->stages[i];

        s->n_marks = p->stages[i].n_made;
        s->marks = calloc(s->n_marks ? s->n_marks : 1, sizeof(*s->marks));
        if (!s->marks) {
            barrier_free(b);
            return -1;
        }
    }
    return 0;
}

void barrier_free(struct barrier *b)
{
    for (size_t i = 0; b->stages && i < b->n_stages; i++) {
        struct saved *s = &b->stages[i];

        buffer_free(&s->blob);
        for (size_t k = 0; s->marks && k < s->n_marks; k++)
            buffer_free(&s->marks[k].tail);
        free(s->marks);
    }
    free(b->stages);
    buffer_free(&b->rejects.tail);
    buffer_free(&b->samples.tail);
    buffer_free(&b->ledger);
    for (size_t i = 0; i < b->n_verified; i++)
        free(b->verified[i].damage);
    free(b->verified);
    memset(b, 0, sizeof(*b));
}

static void put_mark(struct buffer *to, const struct stream_mark *m)
{
    put_u64(to, m->raw);
    put_u64(to, m->written);
    put_bytes(to, m->tail.data, m->tail.len);
}

static bool get_mark(struct reader *r, struct stream_mark *m)
{
    const void *tail;
    size_t len;

    m->raw = get_u64(r);
    m->written = get_u64(r);
    tail = get_bytes(r, &len);
    m->tail.len = 0;
    return !r->bad && buffer_append(&m->tail, tail, len);
}

void barrier_write(const struct barrier *b, struct buffer *to)
{
    put_u64(to, b->file_index);
    put_u64(to, b->part);
    put_u64(to, b->committed);
    put_u64(to, b->last_hash);
    put_u64(to, b->n_stages);
    for (size_t i = 0; i < b->n_stages; i++) {
        const struct saved *s = &b->stages[i];

        put_u64(to, s->has);
        put_bytes(to, s->blob.data, s->blob.len);
        put_u64(to, s->n_marks);
        for (size_t k = 0; k < s->n_marks; k++)
            put_mark(to, &s->marks[k]);
    }
    put_mark(to, &b->rejects);
    put_mark(to, &b->samples);
    put_bytes(to, b->ledger.data, b->ledger.len);
    put_u64(to, b->n_verified);
    for (size_t i = 0; i < b->n_verified; i++) {
        const struct verified *v = &b->verified[i];

        put_u64(to, v->file_index);
        put_u64(to, v->size);
        put_u64(to, v->hash.low);
        put_u64(to, v->hash.high);
        put_u64(to, v->damaged);
        put_u64(to, v->damage_byte);
        put_bytes(to, v->damage ? v->damage : "", v->damage ? strlen(v->damage) : 0);
    }
}

static bool read_verified(struct barrier *b, struct reader *r)
{
    uint64_t n = get_u64(r);
    struct verified *grown;

    if (r->bad || n > (uint64_t)(r->end - r->at))
        return false;
    grown = realloc(b->verified, (b->n_verified + n + 1) * sizeof(*grown));
    if (!grown)
        return false;
    b->verified = grown;
    for (uint64_t i = 0; i < n; i++) {
        struct verified v = { .file_index = get_u64(r), .size = get_u64(r) };
        const char *text;
        size_t len;

        v.hash.low = get_u64(r);
        v.hash.high = get_u64(r);
        v.damaged = get_u64(r) != 0;
        v.damage_byte = get_u64(r);
        text = get_bytes(r, &len);
        if (r->bad)
            return false;
        if (v.damaged) {
            v.damage = malloc(len + 1);
            if (!v.damage)
                return false;
            memcpy(v.damage, text, len);
            v.damage[len] = '\0';
        }
        b->verified[b->n_verified++] = v;
    }
    return true;
}

/* A stage may make more files in start, so the record says how many there were. */
static bool resize_marks(struct saved *s, uint64_t n)
{
    struct stream_mark *grown;

    if (n == s->n_marks)
        return true;
    for (size_t k = 0; k < s->n_marks; k++)
        buffer_free(&s->marks[k].tail);
    if (n > 1000)
        return false;
    grown = calloc(n ? n : 1, sizeof(*grown));
    if (!grown)
        return false;
    free(s->marks);
    s->marks = grown;
    s->n_marks = n;
    return true;
}

bool barrier_read(struct barrier *b, const void *data, size_t len)
{
    struct reader r = { data, (const unsigned char *)data + len, false };
    const void *at;
    size_t n;

    errno = 0;
    b->file_index = get_u64(&r);
    b->part = get_u64(&r);
    b->committed = get_u64(&r);
    b->last_hash = get_u64(&r);
    if (get_u64(&r) != b->n_stages)
        return false;
    for (size_t i = 0; i < b->n_stages; i++) {
        struct saved *s = &b->stages[i];

        s->has = get_u64(&r) != 0;
        at = get_bytes(&r, &n);
        s->blob.len = 0;
        if (r.bad || !buffer_append(&s->blob, at, n) || !resize_marks(s, get_u64(&r)))
            return false;
        for (size_t k = 0; k < s->n_marks; k++)
            if (!get_mark(&r, &s->marks[k]))
                return false;
    }
    if (!get_mark(&r, &b->rejects) || !get_mark(&r, &b->samples))
        return false;
    at = get_bytes(&r, &n);
    b->ledger.len = 0;
    if (r.bad || !buffer_append(&b->ledger, at, n))
        return false;
    return read_verified(b, &r) && r.at == r.end;
}

static void skim_mark(struct reader *r)
{
    size_t n;

    get_u64(r);
    get_u64(r);
    get_bytes(r, &n);
}

bool barrier_skim(const void *data, size_t len, uint64_t *file_index, struct reader *counts)
{
    struct reader r = { data, (const unsigned char *)data + len, false };
    size_t n;

    *file_index = get_u64(&r);
    for (int i = 0; i < 3; i++) /* part, committed, last_hash */
        get_u64(&r);
    for (uint64_t stages = get_u64(&r); stages > 0 && !r.bad; stages--) {
        get_u64(&r); /* has */
        get_bytes(&r, &n);
        for (uint64_t marks = get_u64(&r); marks > 0 && !r.bad; marks--)
            skim_mark(&r);
    }
    skim_mark(&r); /* of rejects.jsonl */
    skim_mark(&r); /* of samples.jsonl */
    counts->at = get_bytes(&r, &n);
    counts->end = r.bad ? NULL : counts->at + n;
    counts->bad = false;
    return !r.bad;
}
