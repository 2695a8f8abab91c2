/* SPDX-License-Identifier: Apache-2.0 */
/* Which variables of a shared object can be written to: a plugin should have none, as each use of
 * it in a pipeline has blocks of its own, and callbacks run on many threads. */
#ifndef CORE_ELF_STATICS_H
#define CORE_ELF_STATICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Calls `found` for each, in the order of the symbol table. What the toolchain and etl/plugin.h put
 * there is left out, and so is what is read-only once it is relocated. False: the file cannot be
 * read, or it has no symbols (it was stripped), so that nothing can be said. */
bool elf_statics(const char *path, void (*found)(void *to, const char *name, uint64_t size),
                 void *to);

#endif
