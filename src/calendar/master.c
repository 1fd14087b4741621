/* SPDX-License-Identifier: MIT */
/* A RECURRENCE-ID makes a component an override. Connect Daily, though, writes one into the series
 * itself, that of its first instance: where nothing else of the UID is a master, an override that
 * names its own start and repeats is it. Taken for an override it would be one meeting of many.
 * Confluence copies the RRULE into overrides whose master stands beside them: there it says
 * nothing.                                                                                       */
#include "calendar/master.h"

bool master_is_newer(const struct component *a, const struct component *b)
{
    if (a->sequence != b->sequence)
        return a->sequence > b->sequence;
    int order = instant_compare(a->stamp, b->stamp);
    return order ? order > 0 : a->line >= b->line;
}

/* Takes those without RECURRENCE-ID out of the list. */
static struct component *take_plain(struct component **components, size_t *count,
                                    struct flaws *flaws)
{
    struct component *master = NULL;
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++) {
        struct component *c = components[i];
        if (c->replaces) {
            components[kept++] = c;
            continue;
        }
        if (master && (master->start_sec != c->start_sec || master->zone != c->zone))
            flaws_add(flaws, SEVERITY_WARNING, c->line, 0,
                      "Give each event its own UID; a copied event may have kept that of its model",
                      "the event of line %d has the same UID; the newer of both holds",
                      master->line);
        if (!master || master_is_newer(c, master))
            master = c;
    }
    *count = kept;
    return master;
}

/* The newest override that repeats; NULL when none does. */
static struct component *find_repeating(struct component *const *overrides, size_t count)
{
    struct component *newest = NULL;
    for (size_t i = 0; i < count; i++)
        if (overrides[i]->repetition && (!newest || master_is_newer(overrides[i], newest)))
            newest = overrides[i];
    return newest;
}

bool master_is_refused(struct component *const *components, size_t count, struct flaws *flaws)
{
    for (size_t i = 0; i < count; i++)
        if (!components[i]->replaces)
            return false;
    const struct component *master = find_repeating(components, count);
    if (!master || !master->repetition->complaint)
        return false;
    const struct repetition *refused = master->repetition;
    flaws_add(flaws, SEVERITY_ERROR, refused->place.line, refused->place.column,
              master->options->advice, "%s; the event and its whole series are set aside",
              refused->complaint);
    return true;
}

/* That override, no longer one. */
static struct component *take_repeating(struct component **overrides, size_t *count,
                                        struct flaws *flaws)
{
    struct component *master = find_repeating(overrides, *count);
    if (!master)
        return NULL;
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++)
        if (overrides[i] != master)
            overrides[kept++] = overrides[i];
    *count = kept;
    master->replaces = NULL;
    flaws_add(flaws, SEVERITY_WARNING, master->line, 0, NULL,
              "the event has both RRULE and RECURRENCE-ID; it is read as the series itself, of "
              "which the file holds nothing else");
    return master;
}

struct component *master_take(struct component **components, size_t *count, struct flaws *flaws)
{
    struct component *master = take_plain(components, count, flaws);
    if (!master)
        master = take_repeating(components, count, flaws);
    for (size_t i = 0; i < *count; i++)
        if (components[i]->repetition)
            flaws_add(flaws, SEVERITY_WARNING, components[i]->line, 0, NULL,
                      "an exception cannot repeat; its RRULE is ignored");
    return master;
}
