/* SPDX-License-Identifier: Apache-2.0 */
/* Where each member of each struct of ABI 1 lies, and each number's value, as etl 1.0 had them: for
 * ever. Compiling it is the test. Later revisions get a file of their own for what they add. */
#include <etl/plugin.h>

#if UINTPTR_MAX > 0xffffffff
#define AT(type, member, offset) ETL_ASSERT(offsetof(type, member) == (offset))
#define SIZE(type, size)         ETL_ASSERT(sizeof(type) == (size))
#define VALUE(name, value)       ETL_ASSERT((int) (name) == (value))

AT(etl_value, type, 0);
AT(etl_value, len, 4);
AT(etl_value, boolean, 8);
AT(etl_value, integer, 8);
AT(etl_value, real, 8);
AT(etl_value, time, 8);
AT(etl_value, text, 8);
AT(etl_value, bytes, 8);
AT(etl_value, list, 8);
SIZE(etl_value, 16);

AT(etl_field, id, 0);
SIZE(etl_field, 4);

AT(etl_expr, id, 0);
SIZE(etl_expr, 4);

AT(etl_column, field, 0);
AT(etl_column, as, 8);
SIZE(etl_column, 16);

AT(etl_fields, at, 0);
AT(etl_fields, n, 8);
SIZE(etl_fields, 16);

AT(etl_columns, at, 0);
AT(etl_columns, n, 8);
SIZE(etl_columns, 16);

AT(etl_words, at, 0);
AT(etl_words, n, 8);
SIZE(etl_words, 16);

AT(etl_blob, data, 0);
AT(etl_blob, len, 8);
SIZE(etl_blob, 16);

AT(etl_option, kind, 0);
AT(etl_option, flags, 4);
AT(etl_option, offset, 8);
AT(etl_option, name, 16);
AT(etl_option, preset, 24);
AT(etl_option, limits, 32);
AT(etl_option, doc, 40);
SIZE(etl_option, 48);

AT(etl_plugin, size, 0);
AT(etl_plugin, option_size, 4);
AT(etl_plugin, abi, 8);
AT(etl_plugin, kind, 12);
AT(etl_plugin, flags, 16);
AT(etl_plugin, name, 24);
AT(etl_plugin, version, 32);
AT(etl_plugin, summary, 40);
AT(etl_plugin, doc, 48);
AT(etl_plugin, self_size, 56);
AT(etl_plugin, state_size, 64);
AT(etl_plugin, worker_size, 72);
AT(etl_plugin, options, 80);
AT(etl_plugin, open, 88);
AT(etl_plugin, start, 96);
AT(etl_plugin, parts, 104);
AT(etl_plugin, read, 112);
AT(etl_plugin, map, 120);
AT(etl_plugin, step, 128);
AT(etl_plugin, commit, 136);
AT(etl_plugin, finish, 144);
AT(etl_plugin, stop, 152);
AT(etl_plugin, worker_close, 160);
AT(etl_plugin, close, 168);
SIZE(etl_plugin, 176);

AT(etl_host, size, 0);
AT(etl_host, abi, 4);
AT(etl_host, version, 8);
AT(etl_host, declare, 16);
AT(etl_host, name, 24);
AT(etl_host, type_of, 32);
AT(etl_host, get, 40);
AT(etl_host, set, 48);
AT(etl_host, begin, 56);
AT(etl_host, end, 64);
AT(etl_host, test, 72);
AT(etl_host, origin, 80);
AT(etl_host, split, 88);
AT(etl_host, worker, 96);
AT(etl_host, drop, 104);
AT(etl_host, reject, 112);
AT(etl_host, duplicate, 120);
AT(etl_host, emit, 128);
AT(etl_host, unit_path, 136);
AT(etl_host, unit_part, 144);
AT(etl_host, unit_worker, 152);
AT(etl_host, unit_skip, 160);
AT(etl_host, unit_progress, 168);
AT(etl_host, damaged, 176);
AT(etl_host, create, 184);
AT(etl_host, part, 192);
AT(etl_host, state_path, 200);
AT(etl_host, write, 208);
AT(etl_host, save, 216);
AT(etl_host, budget, 224);
AT(etl_host, plan, 232);
AT(etl_host, count, 240);
AT(etl_host, noting, 248);
AT(etl_host, note, 256);
AT(etl_host, log, 264);
AT(etl_host, fail, 272);
SIZE(etl_host, 280);

VALUE(ETL_NULL, 0);
VALUE(ETL_BOOL, 1);
VALUE(ETL_INT, 2);
VALUE(ETL_REAL, 3);
VALUE(ETL_TIME, 4);
VALUE(ETL_TEXT, 5);
VALUE(ETL_BYTES, 6);
VALUE(ETL_LIST, 7);

VALUE(ETL_OK, 0);
VALUE(ETL_DROP, 1);
VALUE(ETL_REJECT, 2);
VALUE(ETL_DUPLICATE, 3);
VALUE(ETL_FAIL, -1);

VALUE(ETL_OPTION_END, 0);
VALUE(ETL_OPTION_BOOL, 1);
VALUE(ETL_OPTION_INT, 2);
VALUE(ETL_OPTION_REAL, 3);
VALUE(ETL_OPTION_TEXT, 4);
VALUE(ETL_OPTION_WORDS, 5);
VALUE(ETL_OPTION_CHOICE, 6);
VALUE(ETL_OPTION_SIZE, 7);
VALUE(ETL_OPTION_DURATION, 8);
VALUE(ETL_OPTION_INPUT, 9);
VALUE(ETL_OPTION_OUTPUT, 10);
VALUE(ETL_OPTION_DATA, 11);
VALUE(ETL_OPTION_STORE, 12);
VALUE(ETL_OPTION_READS, 13);
VALUE(ETL_OPTION_WRITES, 14);
VALUE(ETL_OPTION_EDITS, 15);
VALUE(ETL_OPTION_FIELDS, 16);
VALUE(ETL_OPTION_COLUMNS, 17);
VALUE(ETL_OPTION_EXPR, 18);

VALUE(ETL_KIND_INPUT, 1);
VALUE(ETL_KIND_TRANSFORM, 2);
VALUE(ETL_KIND_OUTPUT, 3);

VALUE(ETL_READS, 1);
VALUE(ETL_WRITES, 2);
VALUE(ETL_PRIVATE, 4);

VALUE(ETL_COPY, 0);
VALUE(ETL_VIEW, 1);

VALUE(ETL_ERROR, 0);
VALUE(ETL_WARNING, 1);
VALUE(ETL_INFO, 2);
VALUE(ETL_DEBUG, 3);
#endif

extern int nothing;
