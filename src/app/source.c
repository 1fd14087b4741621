/* SPDX-License-Identifier: MIT */
#include "app/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *source_kind_to_text(enum source_kind kind)
{
    static const char *const texts[] = {[SOURCE_CALENDAR] = "calendar",
                                        [SOURCE_CONTACTS] = "contacts",
                                        [SOURCE_HOLIDAYS] = "holidays"};
    return texts[kind];
}

size_t source_count(const struct settings *settings)
{
    return settings->calendar_count + settings->contacts_count + settings->holiday_count;
}

static struct source nth(const struct settings *settings, size_t i)
{
    if (i < settings->calendar_count) {
        const struct calendar_settings *c = &settings->calendars[i];
        return (struct source){SOURCE_CALENDAR,           i,
                               .name = c->name,           .location = c->source,
                               .is_remote = c->is_remote, .every_usec = c->every_usec};
    }
    i -= settings->calendar_count;
    if (i < settings->contacts_count) {
        const struct contacts_settings *c = &settings->contacts[i];
        return (struct source){SOURCE_CONTACTS, i, .location = c->source, .is_remote = c->is_remote,
                               .every_usec = c->every_usec};
    }
    i -= settings->contacts_count;
    const struct holiday_settings *h = &settings->holidays[i];
    return (struct source){SOURCE_HOLIDAYS, i, .name = h->country, .location = h->source};
}

struct source source_at(const struct settings *settings, size_t i)
{
    struct source source = nth(settings, i);
    source.tried = source.good = INSTANT_UNSET;
    return source;
}

char *source_hidden(const char *address)
{
    struct text host = text_of(address), scheme = {.data = address};
    char *label = NULL;
    scheme.size = text_find(host, TEXT("://"));
    host = text_from(host, scheme.size + strlen("://"));
    host.size = strcspn(host.data, "/?#");
    for (size_t at; (at = text_find_char(host, '@')) < host.size;) /* a login may stand before it */
        host = text_from(host, at + 1);
    int r = asprintf(&label, "%.*s://%.*s/\u2026", (int)scheme.size, scheme.data, (int)host.size,
                     host.data);
    return r < 0 ? NULL : label;
}

char *source_label(const struct source *source, const struct settings *settings)
{
    char number[32] = "", *label = NULL;
    const char *which = source->name ? source->name : number;
    if (!source->is_remote || !settings->file)
        return strdup(source->location);
    if (settings->contacts_count > 1)
        snprintf(number, sizeof number, "contacts %zu", source->index + 1);
    char *host = source_hidden(source->location);
    if (!host || !*which)
        return host;
    int r = asprintf(&label, "%s (%s)", host, which);
    free(host);
    return r < 0 ? NULL : label;
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
