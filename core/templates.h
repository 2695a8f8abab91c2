/* SPDX-License-Identifier: Apache-2.0 */
/* The files of core/templates in the program: what `etl new plugin` begins with. */
#ifndef CORE_TEMPLATES_H
#define CORE_TEMPLATES_H

/* In path and text @NAME@ is the plugin's name and @KIND@ its kind. */
struct template
{
    const char *kind, *path, *text;
};

extern const struct template templates[]; /* a NULL kind ends them */

#endif
