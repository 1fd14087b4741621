/* SPDX-License-Identifier: MIT */
#include "app/source.h"

#include <stdio.h>
#include <string.h>

const char *source_kind_to_text(enum source_kind kind)
{
    static const char *const texts[] = {[SOURCE_CALENDAR] = "calendar",
                                        [SOURCE_CONTACTS] = "contacts",
                                        [SOURCE_HOLIDAYS] = "holidays"};
    return texts[kind];
}

void source_label(const struct source *source, char ret[SOURCE_LABEL_BYTES])
{
    struct text location = text_of(source->location);
    size_t start = text_find(location, TEXT("://"));
    if (!source->is_remote || start == location.size) {
        snprintf(ret, SOURCE_LABEL_BYTES, "%s", source->location);
        return;
    }
    struct text host = text_from(location, start + 3);
    host.size = strcspn(host.data, "/?#");
    size_t at = text_find_char(host, '@'); /* a login may stand before it */
    host = text_from(host, at < host.size ? at + 1 : 0);
    snprintf(ret, SOURCE_LABEL_BYTES, "%.*s://%.*s/\u2026", (int)start, location.data,
             (int)host.size, host.data);
}

/* The last error, for rows and events that are merely left out come before it. */
const char *source_trouble_of(struct arena *arena, const struct flaws *flaws)
{
    for (size_t i = flaws->count; i-- > 0;) {
        const struct flaw *flaw = &flaws->items[i];
        if (flaw->severity != SEVERITY_ERROR)
            continue;
        return flaw->line ? arena_printf(arena, "line %d: %s", flaw->line, flaw->text)
                          : arena_copy_string(arena, flaw->text);
    }
    return "refused";
}
