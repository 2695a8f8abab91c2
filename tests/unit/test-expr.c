/* SPDX-License-Identifier: Apache-2.0 */
/* Expressions: what is true of a record, null or not; each mistake at its column; no expression,
 * however broken, does harm. */
#include "core/expr.h"

#include "tests/unit/caught.h"

#include <math.h>

enum { N_FIELDS = 20 };

static struct schema schema;
static etl_value slots[N_FIELDS];

static void set_field(const char *name, etl_value v, uint32_t type)
{
    uint32_t id = schema_add(&schema, name, type, false, 0);

    ck_assert_uint_gt(id, 0);
    ck_assert_uint_lt(id, N_FIELDS);
    slots[id] = v;
}

static etl_value text(const char *s)
{
    return etl_text(s, strlen(s));
}

static void setup(void)
{
    static etl_value authors[2];

    authors[0] = text("Contoh Satu");
    authors[1] = text("Contoh Dua");
    memset(slots, 0, sizeof(slots));
    ck_assert(schema_init(&schema));
    slots[FIELD_ID] = text("00ff");
    set_field("language", text("id"), ETL_TEXT);
    set_field("title", text("Pasar \"Pagi\" #1"), ETL_TEXT);
    set_field("score", etl_real(0.75), ETL_REAL);
    set_field("words", etl_int(120), ETL_INT);
    set_field("huge", etl_int(INT64_C(9007199254740993)), ETL_INT);
    set_field("nan", etl_real(NAN), ETL_REAL);
    set_field("paid", etl_bool(true), ETL_BOOL);
    set_field("free", etl_bool(false), ETL_BOOL);
    set_field("seen", etl_time(INT64_C(1697787000000000)), ETL_TIME); /* 2023-10-20T07:30:00Z */
    set_field("authors", etl_list(authors, 2), ETL_LIST);
    set_field("nobody", etl_list(NULL, 0), ETL_LIST);
    set_field("raw", etl_bytes("x", 1), ETL_BYTES);
    set_field("empty", etl_text(NULL, 0), ETL_TEXT);
    set_field("missing", etl_null(), ETL_TEXT);
    ck_assert_uint_gt(schema_add(&schema, "hidden", ETL_TEXT, true, 0), 0);
}

static void teardown(void)
{
    schema_free(&schema);
}

static struct expr *compile(const char *s, struct caught *c)
{
    struct conf_key key = { .name = "when", .value = s, .value_len = strlen(s) };

    key.value_at = (struct diag_place){ .file = "t",
                                        .line = 1,
                                        .column = 1,
                                        .width = 1,
                                        .source = s,
                                        .source_len = (uint32_t)strlen(s) };
    catch_begin(c);
    return expr_compile(&key, &schema, &c->diag);
}

static const struct {
    const char *text;
    bool truth;
} truths[] = {
    { "language == id", true },
    { "language==id", true },
    { "language == \"id\"", true },
    { "language == en", false },
    { "language != en", true },
    { "language in (id, en)", true },
    { "language in(en,\"id\")", true },
    { "language in (en, ms)", false },
    { "language in (\")\", \",\", id)", true },
    { "language < ie", true },
    { "language < id", false },
    { "language <= id", true },
    { "language > \"\"", true },
    { "language >= ida", false },
    { "title has Pagi", true },
    { "title has \"\\\"Pagi\\\" #\"", true },
    { "title has pagi", false },
    { "title matches *Pagi*", true },
    { "title matches(\"Pasar*\")", true },
    { "title matches Pasar", false },
    { "title matches Pasar?*[0-9]", true },
    { "words == 120", true },
    { "words == 120.0", true },
    { "words > 119.5", true },
    { "words < 120.5", true },
    { "words >= 121", false },
    { "words > -1e300", true },
    { "words < 1e300", true },
    { "words in (1, 120.0, 7)", true },
    { "words in (1, 7, 119.5)", false },
    { "huge == 9007199254740993", true },
    { "huge == 9007199254740992", false },
    { "huge > 9007199254740992.0", true },
    { "score >= 0.75", true },
    { "score > 0.75", false },
    { "score in (1, 0.75)", true },
    { "nan == 1", false },
    { "nan != 1", true },
    { "nan < 1 or nan >= 1", false },
    { "nan in (0, 1)", false },
    { "paid", true },
    { "free", false },
    { "paid == yes", true },
    { "free == false", true },
    { "paid != true", false },
    { "seen == \"2023-10-20T07:30:00Z\"", true },
    { "seen == \"2023-10-20T14:30:00+07:00\"", true },
    { "seen >= 2023-10-20", true },
    { "seen < 2023-10-20", false },
    { "seen in (2023-10-20, \"2023-10-20T07:30:00Z\")", true },
    { "authors has \"Contoh Dua\"", true },
    { "authors has Contoh", false },
    { "authors matches Contoh*", true },
    { "nobody has x", false },
    { "nobody", true },
    { "raw", true },
    { "empty", true },
    { "empty == \"\"", true },
    { "empty has \"\"", true },
    { "empty has x", false },
    { "similarity", false },
    /* null compared with anything is false */
    { "missing", false },
    { "missing == x", false },
    { "missing != x", false },
    { "missing < x", false },
    { "missing >= x", false },
    { "missing in (x)", false },
    { "missing has \"\"", false },
    { "missing matches *", false },
    { "similarity < 1 or similarity >= 1", false },
    { "not missing", true },
    { "not missing == x", true },
    { "not (missing != x)", true },
    /* and binds more than or, not more than and */
    { "paid or paid and free", true },
    { "(paid or paid) and free", false },
    { "free and free or paid", true },
    { "free and (free or paid)", false },
    { "not free and free", false },
    { "not (free and free)", true },
    { "not not paid", true },
    { "not not not paid", false },
    { "free or free or paid or free", true },
    { "paid and paid and free and paid", false },
    { "((((paid))))", true },
    { "paid and not free and language in (id) or nan == 1", true },
    { "  paid\tand\n paid ", true },
};

START_TEST(is_true_of_the_record)
{
    struct caught c;
    struct expr *e = compile(truths[_i].text, &c);

    ck_assert_msg(e != NULL, "%s: %s", truths[_i].text, catch_list(&c));
    ck_assert_msg(expr_test(e, slots) == truths[_i].truth, "%s", truths[_i].text);
    expr_free(e);
    catch_end(&c);
}
END_TEST

static const struct {
    const char *text;
    enum diag_code code;
    uint32_t column, width;
    const char *near;
} mistakes[] = {
    { "", E0130, 1, 1, "" },
    { "   ", E0130, 1, 1, "" },
    { "language = id", E0130, 10, 1, "==" },
    { "language === id", E0130, 10, 3, "" },
    { "language ==", E0130, 12, 1, "" },
    { "language id", E0130, 10, 2, "" },
    { "== id", E0130, 1, 1, "" },
    { "language == id en", E0130, 16, 2, "" },
    { "language == id)", E0130, 15, 1, "" },
    { "(language == id", E0130, 1, 1, "" },
    { "(language == id en)", E0130, 17, 1, "" },
    { "language in id", E0130, 13, 1, "" },
    { "language in (id", E0130, 16, 1, "" },
    { "language in (id en)", E0130, 17, 1, "" },
    { "language in ()", E0130, 14, 1, "" },
    { "language in (id,)", E0130, 17, 1, "" },
    { "language not in (id)", E0130, 10, 3, "" },
    { "language == 'id'", E0130, 13, 4, "" },
    { "language == \"id", E0130, 13, 3, "" },
    { "language == \"i\\d\"", E0130, 15, 2, "" },
    { "language == and", E0130, 13, 3, "" },
    { "paid and", E0130, 9, 1, "" },
    { "and paid", E0130, 1, 3, "" },
    { "paid && free", E0130, 6, 2, "and" },
    { "paid || free", E0130, 6, 2, "or" },
    { "!paid", E0130, 1, 1, "not" },
    { "title matches(a", E0130, 16, 1, "" },
    { "langauge == id", E0131, 1, 8, "language" },
    { "paid and wrods > 1", E0131, 10, 5, "words" },
    { "hidden == x", E0131, 1, 6, "" },
    { "words == many", E0132, 10, 4, "" },
    { "words == 0x10", E0132, 10, 4, "" },
    { "words has 1", E0132, 7, 3, "" },
    { "score matches 0*", E0132, 7, 7, "" },
    { "paid == maybe", E0132, 9, 5, "" },
    { "paid < yes", E0132, 6, 1, "" },
    { "paid in (yes)", E0132, 6, 2, "" },
    { "seen == yesterday", E0132, 9, 9, "" },
    { "seen == \"2023-13-01\"", E0132, 9, 12, "" },
    { "authors == x", E0132, 9, 2, "" },
    { "authors in (x)", E0132, 9, 2, "" },
    { "raw == x", E0132, 5, 2, "" },
    { "missing == null", E0132, 12, 4, "" },
    { "words in (1, two)", E0132, 14, 3, "" },
};

START_TEST(mistakes_have_their_column)
{
    struct caught c;
    struct expr *e = compile(mistakes[_i].text, &c);

    ck_assert_msg(e == NULL, "%s", mistakes[_i].text);
    ck_assert_msg(
        c.n == 1 && c.all[0].code == mistakes[_i].code && c.all[0].column == mistakes[_i].column &&
            c.all[0].width == mistakes[_i].width && strcmp(c.all[0].near, mistakes[_i].near) == 0,
        "%s: %s", mistakes[_i].text, catch_list(&c));
    catch_end(&c);
}
END_TEST

START_TEST(all_fields_are_checked_at_once)
{
    struct caught c;

    ck_assert_ptr_null(compile("langauge == id and words == many or titel has x", &c));
    ck_assert_uint_eq(c.n, 3);
    ck_assert_int_eq(c.all[0].code, E0131);
    ck_assert_int_eq(c.all[1].code, E0132);
    ck_assert_str_eq(c.all[2].near, "title");
    catch_end(&c);
}
END_TEST

/* n times `open`, then a field, then n times `close`. */
static char *nested(const char *open, const char *close, size_t n)
{
    char *s = malloc(n * (strlen(open) + strlen(close)) + 10), *at = s;

    for (size_t i = 0; i < n; i++)
        at = stpcpy(at, open);
    at = stpcpy(at, "paid");
    for (size_t i = 0; i < n; i++)
        at = stpcpy(at, close);
    return s;
}

START_TEST(depth_is_bounded)
{
    static const struct {
        const char *open, *close;
    } ways[] = { { "(", ")" }, { "not ", "" }, { "not (", ")" }, { "(paid and ", ")" } };
    const char *open = ways[_i].open, *close = ways[_i].close;
    size_t deepest = strcmp(open, "not (") == 0 ? 32 : 64;
    struct caught c;
    char *s = nested(open, close, deepest);
    struct expr *e = compile(s, &c);

    ck_assert_msg(e != NULL, "%s", catch_list(&c));
    ck_assert(expr_test(e, slots));
    expr_free(e);
    catch_end(&c);
    free(s);
    s = nested(open, close, deepest + 1);
    ck_assert_ptr_null(compile(s, &c));
    ck_assert_int_eq(c.all[0].code, E0133);
    catch_end(&c);
    free(s);
    s = nested(open, close, 6000);
    ck_assert_ptr_null(compile(s, &c));
    ck_assert_uint_eq(c.n, 1);
    catch_end(&c);
    free(s);
}
END_TEST

START_TEST(long_chains_are_not_deep)
{
    size_t n = 9000;
    char *s = malloc(n * 8 + 10), *at = s;
    struct caught c;
    struct expr *e;

    for (size_t i = 0; i < n; i++)
        at = stpcpy(at, i % 2 ? "paid or " : "free or ");
    stpcpy(at, "free");
    e = compile(s, &c);
    ck_assert_ptr_nonnull(e);
    ck_assert(expr_test(e, slots));
    expr_free(e);
    catch_end(&c);
    free(s);
}
END_TEST

/* An expression means the same with blanks, parentheses and double negations put round it. */
START_TEST(neutral_changes_change_nothing)
{
    static const char *const shapes[] = { "(%s)", "not not (%s)", " \t(%s) or free",
                                          "paid and (%s)", "not (not (%s) and paid)" };
    char whole[400];

    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
        struct caught c;
        struct expr *e;
        char *at = strstr(shapes[i], "%s");

        snprintf(whole, sizeof(whole), "%.*s%s%s", (int)(at - shapes[i]), shapes[i],
                 truths[_i].text, at + 2);
        e = compile(whole, &c);
        ck_assert_msg(e != NULL, "%s: %s", whole, catch_list(&c));
        ck_assert_msg(expr_test(e, slots) == truths[_i].truth, "%s", whole);
        expr_free(e);
        catch_end(&c);
    }
}
END_TEST

START_TEST(broken_ones_do_no_harm)
{
    static const char bytes[] = " ()\"=!<>,andorotihsmc\\*'\xc3\xa9";
    uint64_t random = 7;

    for (int round = 0; round < 20000; round++) {
        const char *from = truths[(size_t)round % (sizeof(truths) / sizeof(truths[0]))].text;
        char s[200];
        size_t len = strlen(from);
        struct caught c;
        struct expr *e;

        strcpy(s, from);
        for (int i = 0; i < 1 + round % 3; i++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            s[(random >> 33) % len] = bytes[(random >> 20) % (sizeof(bytes) - 1)];
        }
        e = compile(s, &c);
        ck_assert_msg((e != NULL) == (c.n == 0), "%s", s);
        for (size_t i = 0; i < c.n; i++)
            ck_assert_msg(c.all[i].in_line, "%s: %s", s, catch_list(&c));
        if (e)
            expr_test(e, slots);
        expr_free(e);
        catch_end(&c);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("expr");
    TCase *c = tcase_create("all");
    SRunner *r = srunner_create(s);
    int failed, n_truths = sizeof(truths) / sizeof(truths[0]);

    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_loop_test(c, is_true_of_the_record, 0, n_truths);
    tcase_add_loop_test(c, neutral_changes_change_nothing, 0, n_truths);
    tcase_add_loop_test(c, mistakes_have_their_column, 0, sizeof(mistakes) / sizeof(mistakes[0]));
    tcase_add_test(c, all_fields_are_checked_at_once);
    tcase_add_loop_test(c, depth_is_bounded, 0, 4);
    tcase_add_test(c, long_chains_are_not_deep);
    tcase_add_test(c, broken_ones_do_no_harm);
    suite_add_tcase(s, c);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
