/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz: any text cleaned is valid text, and cleaning it again changes nothing; no repair is made
 * that needs_of was certain of. First byte: which repairs. */
#include "plugins/transform/cleanup/clean.h"
#include "common/utf8.h"
#include "tests/fuzz/fuzz.h"

static struct cleaner first, second;
static struct places places;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct cleaned once, twice;
    unsigned wanted, needs;
    char *text;

    if (n == 0)
        return 0;
    wanted = data[0] ? data[0] & REPAIR_ALL : REPAIR_ALL;
    n = utf8_valid_prefix((const char *)data + 1, n - 1);
    text = copy_of(data + 1, n, false);
    places.all = false;
    needs = needs_of(text, n, &places);
    promise(clean_text(&first, wanted, text, n, &once) == 0);
    promise(utf8_valid(once.text, once.len));
    promise(once.changed || once.text == text);
    for (int i = 0; i < REPAIRS; i++)
        promise(once.counts[i] == 0 || (wanted & REPAIR_BIT(i)));
    if ((needs & wanted) == 0)
        promise(!once.changed);
    promise(clean_text(&second, wanted, once.text, once.len, &twice) == 0);
    promise(!twice.changed && twice.text == once.text && twice.len == once.len);
    promise(once.unsettled || !twice.unsettled);
    free(text);
    return 0;
}
