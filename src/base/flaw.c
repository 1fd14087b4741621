/* SPDX-License-Identifier: MIT */
#include "base/flaw.h"

void flaws_init(struct flaws *flaws, struct arena *arena, const char *source)
{
    *flaws = (struct flaws){.arena = arena, .source = source};
}

void flaws_drop(struct flaws *flaws, enum severity severity)
{
    flaws->dropped++;
    flaws->errors += severity == SEVERITY_ERROR;
}

static void add(struct flaws *flaws, const struct flaw *where, const char *format,
                va_list arguments)
{
    if (flaws->count >= FLAWS_MAX) {
        flaws_drop(flaws, where->severity);
        return;
    }
    const char *text = arena_vprintf(flaws->arena, format, arguments);
    struct flaw *flaw = text ? list_add(flaws->arena, flaws) : NULL;
    if (!flaw) {
        flaws->is_out_of_memory = true;
        return;
    }
    flaws->errors += where->severity == SEVERITY_ERROR;
    *flaw = *where;
    flaw->text = text;
}

void flaws_add(struct flaws *flaws, enum severity severity, int line, int column,
               const char *advice, const char *format, ...)
{
    const struct flaw where = {severity, flaws->source, line, column, NULL, advice};
    va_list arguments;
    va_start(arguments, format);
    add(flaws, &where, format, arguments);
    va_end(arguments);
}

void flaws_add_in(struct flaws *flaws, const char *source, enum severity severity, int line,
                  int column, const char *advice, const char *format, ...)
{
    const struct flaw where = {severity, source ? source : flaws->source, line, column, NULL,
                               advice};
    va_list arguments;
    va_start(arguments, format);
    add(flaws, &where, format, arguments);
    va_end(arguments);
}

bool flaws_forgive(struct flaws *flaws, const struct flaws *before)
{
    bool had_errors = flaws->errors > before->errors;
    for (size_t i = before->count; i < flaws->count; i++)
        flaws->items[i].severity = SEVERITY_WARNING;
    flaws->errors = before->errors;
    return had_errors;
}

bool flaws_has_errors(const struct flaws *flaws)
{
    return flaws->errors > 0;
}
