/* SPDX-License-Identifier: MIT */
#include "simulation/foretold.h"

#include <stdio.h>
#include <string.h>

static const int64_t punctual_usec = 30 * USEC_PER_MIN; /* the relay's pace, a retry */
/* At the edges of the span the forecast and the days may differ by so much. */
static const int64_t edge_usec = USEC_PER_HOUR;

/* The value of a string key in one line of JSON, without its escapes (there are none in ours). */
static struct text value_of(struct text line, const char *name)
{
    char key[32];
    snprintf(key, sizeof key, "\"%s\": \"", name);
    size_t at = text_find(line, text_of(key));
    if (at >= line.size) {
        snprintf(key, sizeof key, "\"%s\":\"", name);
        at = text_find(line, text_of(key));
    }
    if (at >= line.size)
        return (struct text){0};
    struct text rest = text_from(line, at + strlen(key));
    return text_slice(rest, 0, text_find(rest, TEXT("\"")));
}

static void copy(char *to, size_t bytes, struct text from)
{
    snprintf(to, bytes, "%.*s", (int)from.size, from.data);
}

static void read_line(struct foretold *foretold, struct text line)
{
    struct text key = value_of(line, "key");
    struct foretold_line *ret = &foretold->lines[foretold->count];
    if (!key.size || foretold->count == FORETOLD_MAX)
        return;
    copy(ret->occurrence, sizeof ret->occurrence, text_split(&key, '|'));
    copy(ret->step, sizeof ret->step, text_split(&key, '|'));
    copy(ret->contact, sizeof ret->contact, key);
    ret->has_come = false;
    ret->is_held = text_equal(value_of(line, "state"), TEXT("held"));
    if (instant_parse_rfc3339(value_of(line, "due"), &ret->due))
        foretold->count++;
}

void foretold_ask(struct foretold *foretold, struct stage *stage, struct instant well_since)
{
    CLEANUP_ARENA struct arena *arena = arena_new(1 << 24);
    struct holds holds = {0};
    char command[60];
    if (!arena || instant_equal(well_since, INSTANT_NEVER) || stage_holds(stage, arena, &holds) ||
        holds.count)
        return;
    foretold->from = stage_now(stage);
    foretold->until = instant_add(foretold->from, FORETOLD_DAYS * USEC_PER_DAY);
    snprintf(command, sizeof command, "plan --json --for \"%d days\"", FORETOLD_DAYS);
    if (stage_command(stage, command))
        return;
    foretold->is_asked = true;
    struct text said = text_of(stage_words(stage));
    while (said.size)
        read_line(foretold, text_next_line(&said));
}

void foretold_mail(struct foretold *foretold, const struct notice *notice, struct instant at,
                   int times)
{
    if (!foretold->is_asked || !instant_before(at, foretold->until))
        return;
    for (size_t i = 0; i < foretold->count; i++) {
        struct foretold_line *line = &foretold->lines[i];
        if (strcmp(line->occurrence, notice->occurrence) == 0 &&
            strcmp(line->step, notice->step) == 0 && strcmp(line->contact, notice->contact) == 0) {
            int64_t late = instant_diff(at, line->due);
            line->has_come = late >= 0 && late <= punctual_usec;
            foretold->came += line->has_come;
            return;
        }
    }
    /* A twin of what came before the question may well come again. */
    if (times > 1 || foretold->other_count == FORETOLD_MAX)
        return;
    struct foretold_line *other = &foretold->others[foretold->other_count++];
    copy(other->occurrence, sizeof other->occurrence, text_of(notice->occurrence));
    copy(other->step, sizeof other->step, text_of(notice->step));
    copy(other->contact, sizeof other->contact, text_of(notice->contact));
    other->due = at;
}

void foretold_compare(struct foretold *foretold, struct stage *stage, struct instant well_since,
                      struct oracle *oracle)
{
    struct instant edge = instant_add(foretold->until, -edge_usec);
    char due[32] = "";
    bool is_asked = foretold->is_asked;
    foretold->is_asked = false;
    if (!is_asked || instant_before(foretold->from, well_since))
        return;
    for (size_t i = 0; i < foretold->count; i++) {
        const struct foretold_line *line = &foretold->lines[i];
        zone_format_rfc3339(zones_utc(stage_zones(stage)), line->due, due);
        if (!line->has_come && !line->is_held && instant_before(line->due, edge))
            (void)oracle_fail(oracle, "foretold-comes", "%s %s to %s was foretold for %s",
                              line->occurrence, line->step, line->contact, due);
    }
    for (size_t i = 0; i < foretold->other_count; i++) {
        const struct foretold_line *other = &foretold->others[i];
        zone_format_rfc3339(zones_utc(stage_zones(stage)), other->due, due);
        if (instant_before(other->due, edge))
            (void)oracle_fail(oracle, "foretold-comes", "%s %s to %s came on %s, not foretold",
                              other->occurrence, other->step, other->contact, due);
    }
}
