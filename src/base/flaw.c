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

void flaws_add(struct flaws *flaws, enum severity severity, int line, int column,
               const char *advice, const char *format, ...)
{
    if (flaws->count >= FLAWS_MAX) {
        flaws_drop(flaws, severity);
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    const char *text = arena_vprintf(flaws->arena, format, arguments);
    va_end(arguments);
    struct flaw *flaw = text ? list_add(flaws->arena, flaws) : NULL;
    if (!flaw) {
        flaws->is_out_of_memory = true;
        return;
    }
    flaws->errors += severity == SEVERITY_ERROR;
    *flaw = (struct flaw){.severity = severity,
                          .source = flaws->source,
                          .line = line,
                          .column = column,
                          .text = text,
                          .advice = advice};
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
