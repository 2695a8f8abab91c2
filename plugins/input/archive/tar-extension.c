/* SPDX-License-Identifier: Apache-2.0 */
/* Names of ASCII, and of the extended header's records those that make no difference here: what is
 * let through must come out as libarchive would give it. */
#if defined(HAVE_CONFIG_H)
#include "config.h"
#endif
#include "plugins/input/archive/tar-extension.h"

#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_printable(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (s[i] < ' ' || s[i] > '~')
            return false;
    return n > 0;
}

/* Up to the first NUL, of which there is one: it ends the name. */
static bool long_name(const char *content, size_t n, struct tar_name *name)
{
    *name = (struct tar_name){ content, strnlen(content, n) };
    return name->len < n && is_printable(name->text, name->len);
}

/* A decimal number without zeros before it; *at is behind it. 0: it is none. */
static size_t number(const char **at, const char *end)
{
    size_t value = 0;

    while (*at < end && is_digit(**at) && value <= TAR_EXTENSION_MAX) {
        value = 10 * value + (size_t)(**at - '0');
        if (value == 0)
            return 0;
        (*at)++;
    }
    return value;
}

static bool is_word(const char *s, size_t n, const char *word)
{
    return n == strlen(word) && memcmp(s, word, n) == 0;
}

/* With a fraction, perhaps. */
static bool is_number(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!is_digit(s[i]) && s[i] != '.')
            return false;
    return true;
}

/* Of what is of no use here - times, owners - it need only be sure that it is written as such. */
static bool take_record(const char *key, size_t key_len, const char *value, size_t n,
                        struct tar_name *name)
{
    static const char *const numbers[] = { "mtime", "atime", "ctime", "uid", "gid" };

    if (is_word(key, key_len, "uname") || is_word(key, key_len, "gname"))
        return true;
    if (is_word(key, key_len, "path") && !name->text) {
        *name = (struct tar_name){ value, n };
        return true;
    }
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        if (is_word(key, key_len, numbers[i]))
            return is_number(value, n);
    return false;
}

/* Records of "LENGTH KEY=VALUE\n", whose length is that of all of it. */
static bool extended(const char *content, size_t n, struct tar_name *name)
{
    const char *at = content, *end = content + n;

    *name = (struct tar_name){ NULL, 0 };
    while (at < end) {
        const char *record = at, *key, *equals;
        size_t len = number(&at, end);

        if (len == 0 || len > (size_t)(end - record) || record + len - at < 2 || *at != ' ')
            return false;
        key = at + 1;
        at = record + len;
        if (at[-1] != '\n' || at - 1 <= key || !is_printable(key, (size_t)(at - 1 - key)))
            return false;
        equals = memchr(key, '=', (size_t)(at - 1 - key));
        if (!equals || equals + 1 >= at - 1 ||
            !take_record(key, (size_t)(equals - key), equals + 1, (size_t)(at - 1 - equals - 1),
                         name))
            return false;
    }
    return n > 0;
}

bool tar_extension_name(unsigned char type, const char *content, size_t n, struct tar_name *name)
{
    return type == TAR_LONG_NAME ? long_name(content, n, name) : extended(content, n, name);
}
