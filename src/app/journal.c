/* SPDX-License-Identifier: MIT */
#include "app/journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

enum { FIELDS_MAX = 16, FIELD_BYTES = 1024 };

static enum log_level journal_level;

/* $JOURNAL_STREAM names the device and inode of the stream when stderr is the journal. */
static bool is_journal(void)
{
    unsigned long long device, inode;
    struct stat st;
    const char *stream = getenv("JOURNAL_STREAM");
    return stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
           fstat(STDERR_FILENO, &st) == 0 && st.st_dev == device && st.st_ino == inode;
}

static void to_journal(void *context, enum log_level level, const struct log_field *fields,
                       const char *line)
{
    char texts[FIELDS_MAX][FIELD_BYTES];
    struct iovec parts[FIELDS_MAX];
    int count = 0;
    (void)context;
    if (level > journal_level && level != LOG_LEVEL_DEBUG)
        return;
    snprintf(texts[count++], FIELD_BYTES, "MESSAGE=%s", line);
    snprintf(texts[count++], FIELD_BYTES, "PRIORITY=%d", (int)level);
    for (; fields && fields->name && count < FIELDS_MAX; fields++)
        snprintf(texts[count++], FIELD_BYTES, "%s=%s", fields->name,
                 fields->value ? fields->value : "");
    for (int i = 0; i < count; i++)
        parts[i] = (struct iovec){texts[i], strlen(texts[i])};
    (void)sd_journal_sendv(parts, count); /* nowhere left to complain */
}

static void to_stderr(void *context, enum log_level level, const struct log_field *fields,
                      const char *line)
{
    static const char *const names[] = {[LOG_LEVEL_ERROR] = "error: ",
                                        [LOG_LEVEL_WARNING] = "warning: ",
                                        [LOG_LEVEL_NOTICE] = "",
                                        [LOG_LEVEL_INFO] = "",
                                        [LOG_LEVEL_DEBUG] = ""};
    (void)context;
    (void)fields;
    if (level > journal_level && level != LOG_LEVEL_DEBUG)
        return;
    fprintf(stderr, "convier: %s%s\n", names[level], line);
}

void journal_open(enum log_level level)
{
    journal_level = level;
    log_set_sink(is_journal() ? to_journal : to_stderr, NULL);
}

void journal_flaws(const struct log_field *fields, const struct flaws *flaws)
{
    for (size_t i = 0; i < flaws->count; i++) {
        const struct flaw *flaw = &flaws->items[i];
        char advice[FIELD_BYTES] = "";
        if (flaw->severity != SEVERITY_ERROR)
            continue;
        if (flaw->advice)
            snprintf(advice, sizeof advice, " (%s)", flaw->advice);
        if (flaw->line)
            log_line(LOG_LEVEL_ERROR, fields, "%s:%d:%d: %s%s", flaw->source, flaw->line,
                     flaw->column, flaw->text, advice);
        else
            log_line(LOG_LEVEL_ERROR, fields, "%s: %s%s", flaw->source, flaw->text, advice);
    }
}
