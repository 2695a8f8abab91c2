/* SPDX-License-Identifier: Apache-2.0 */
/* Looks for the program as execvp would, and says what is wrong with it before it is needed. */
#define _GNU_SOURCE
#include "program.h"

#include "common/nearest.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *search_path(void)
{
    const char *path = getenv("PATH");

    return path && *path ? path : "/usr/local/bin:/usr/bin:/bin";
}

/* The folders of PATH, one a call, an empty one being the working directory; false: no more. */
static bool next_folder(const char **at, char *to, size_t max)
{
    size_t len;

    if (!*at)
        return false;
    len = strcspn(*at, ":");
    snprintf(to, max, "%.*s", len ? (int)len : 1, len ? *at : ".");
    *at = (*at)[len] ? *at + len + 1 : NULL;
    return true;
}

static bool is_program(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

static char *find_in_path(const char *name)
{
    const char *at = search_path();
    char folder[PATH_MAX], path[PATH_MAX + NAME_MAX + 2];

    while (next_folder(&at, folder, sizeof(folder))) {
        snprintf(path, sizeof(path), "%s/%s", folder, name);
        if (is_program(path))
            return strdup(path);
    }
    return NULL;
}

/* The name in PATH that is most like it. */
static bool find_near(const char *name, char *near, size_t max)
{
    const char *at = search_path();
    char folder[PATH_MAX];
    size_t best = strlen(name) / 3 + 1, edits;
    bool found = false;

    while (next_folder(&at, folder, sizeof(folder))) {
        DIR *d = opendir(folder);
        const struct dirent *e;

        while (d && (e = readdir(d))) {
            const char *names[] = { e->d_name };

            if (!nearest(name, names, 1))
                continue;
            edits = edit_distance(name, strlen(name), e->d_name, strlen(e->d_name), best);
            if (edits < best || (edits == best && !found)) {
                best = edits;
                found = true;
                snprintf(near, max, "%s", e->d_name);
            }
        }
        if (d)
            closedir(d);
    }
    return found;
}

static int not_found(const void *self, const char *name)
{
    char near[NAME_MAX + 1];

    if (strchr(name, ' '))
        return etl_fail_option(self, "command",
                               "there is no program '%.200s': words are parted by commas, as in "
                               "python3, -u, tidy.py",
                               name);
    if (find_near(name, near, sizeof(near)))
        return etl_fail_option(self, "command",
                               "there is no program '%.200s' in the folders of PATH; did you mean "
                               "'%s'?",
                               name, near);
    return etl_fail_option(self, "command",
                           "there is no program '%.200s' in the folders of PATH, %.400s: install "
                           "it, or give its path, with a slash in it",
                           name, search_path());
}

/* What the file begins with; "" when it cannot be read, which need not matter. */
static void first_line(const char *path, char *to, size_t max)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, to, max - 1);

    if (fd >= 0)
        close(fd);
    to[n < 0 ? 0 : n] = '\0';
    to[strcspn(to, "\r\n")] = '\0';
}

/* Whether the system can start the file: a script says by which interpreter. */
static int check_start(const void *self, const char *option, const char *path)
{
    char line[256], *interpreter, *end;

    first_line(path, line, sizeof(line));
    if (strncmp(line, "#!", 2) != 0) {
        if (strncmp(line, "\177ELF", 4) == 0 || !*line || strcmp(option, "command") == 0)
            return ETL_OK;
        return etl_fail_option(
            self, option,
            "'%.200s' does not begin with #! and an interpreter: name one, as in "
            "command = python3",
            path);
    }
    interpreter = line + 2 + strspn(line + 2, " \t");
    end = interpreter + strcspn(interpreter, " \t");
    *end = '\0';
    if (access(interpreter, X_OK) != 0)
        return etl_fail_option(
            self, option,
            "'%.200s' is to be run by '%.200s', as its first line says, which is "
            "not there",
            path, interpreter);
    return ETL_OK;
}

/* A path that was given. */
static int check_file(const void *self, const char *option, const char *path)
{
    struct stat st;

    if (stat(path, &st) != 0)
        return etl_fail_option(self, option, "'%.200s': %s (paths begin at the working directory)",
                               path, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return etl_fail_option(self, option, "'%.200s' is no file", path);
    if (access(path, X_OK) != 0)
        return etl_fail_option(
            self, option,
            "'%.200s' may not be executed: chmod +x, or name its interpreter, as "
            "in command = python3",
            path);
    return check_start(self, option, path);
}

/* Sets p->path for the program of that name, by an option. */
static int find(const void *self, const char *option, const char *name, struct program *p)
{
    bool named = strchr(name, '/') == NULL;

    if (strcmp(option, "script") == 0 && named) { /* a path by its kind: not one to look up */
        if (asprintf(&p->path, "./%s", name) < 0)
            p->path = NULL;
    } else if (named) {
        p->path = find_in_path(name);
        if (!p->path)
            return not_found(self, name);
    } else {
        p->path = strdup(name);
    }
    if (!p->path)
        return etl_fail_errno(self, ENOMEM, "no memory");
    return named && strcmp(option, "command") == 0 ? ETL_OK : check_file(self, option, p->path);
}

int program_find(const void *self, etl_words command, const char *script, etl_words arguments,
                 struct program *p)
{
    size_t n = 0;

    if (command.n == 0 && !script)
        return etl_fail_option(self, "command", "which program? give command, script or both");
    p->argv = calloc(command.n + arguments.n + 2, sizeof(*p->argv));
    if (!p->argv)
        return etl_fail_errno(self, ENOMEM, "no memory");
    for (size_t i = 0; i < command.n; i++)
        p->argv[n++] = command.at[i];
    if (script)
        p->argv[n++] = script;
    for (size_t i = 0; i < arguments.n; i++)
        p->argv[n++] = arguments.at[i];
    if (!*p->argv[0])
        return etl_fail_option(self, "command", "its first word is empty");
    return find(self, command.n > 0 ? "command" : "script", p->argv[0], p);
}

void program_free(struct program *p)
{
    free(p->path);
    free(p->argv);
}
