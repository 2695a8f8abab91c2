/* @NAME@: reads text files, each line a record. Replace this with a sentence about what yours does. */
#include <etl/plugin.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* One use of the plugin in a pipeline. The host fills the options in before anything is called. */
struct settings {
    etl_words path;
    etl_field text;
};

static const etl_option options[] = {
    ETL_OPT(struct settings, INPUT, path, "path", NULL, NULL, "Files, folders or globs"),
    ETL_OPT(struct settings, WRITES, text, "text", "text", "text", "Field that takes a line"),
    ETL_OPT_END
};

/* Called for each file, on any thread. */
static int read_lines(const void *self, etl_unit *unit)
{
    const struct settings *me = self;
    FILE *file = fopen(etl_unit_path(unit), "r");
    uint64_t number = 0, bytes = 0;
    int result = ETL_OK;
    char *line = NULL;
    size_t room = 0;
    ssize_t len;

    if (!file)
        return etl_fail_errno(self, errno, "cannot open %s", etl_unit_path(unit));
    while (result == ETL_OK && (len = getline(&line, &room, file)) > 0) {
        etl_record *rec = etl_emit(unit, NULL, ++number);

        if (!rec) /* the run is being stopped */
            break;
        etl_set(rec, me->text, etl_text(line, (size_t)len - (line[len - 1] == '\n')));
        bytes += (uint64_t)len;
        result = etl_unit_progress(unit, bytes);
    }
    if (ferror(file))
        result = etl_fail_errno(self, errno, "cannot read %s", etl_unit_path(unit));
    free(line);
    fclose(file);
    return result;
}

static const etl_plugin plugin = {
    ETL_INPUT("@NAME@", "0.1", "Reads lines"),
    .self_size = sizeof(struct settings),
    .options = options,
    .read = read_lines,
};
ETL_PLUGINS(&plugin);
