/* SPDX-License-Identifier: MIT */
#include "script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void need(const void *memory)
{
    if (memory)
        return;
    fputs("scenario: no memory\n", stderr);
    abort();
}

void script_init(struct script *script, struct arena *arena, struct text bytes)
{
    *script = (struct script){.arena = arena, .rest = bytes};
}

static void cut(struct script *script, struct text line)
{
    script->count = script->at = 0;
    script->raw = text_trim(line);
    while (script->count < SCRIPT_WORDS_MAX - 1) {
        line = text_trim(line);
        if (!line.size || line.data[0] == '#')
            break;
        bool is_quoted = line.data[0] == '"';
        size_t start = is_quoted, size = 0;
        while (start + size < line.size && (is_quoted ? line.data[start + size] != '"'
                                                      : !char_is_blank(line.data[start + size])))
            size++;
        script->is_quoted[script->count] = is_quoted;
        script->words[script->count] =
            arena_copy_text(script->arena, text_slice(line, start, size));
        need(script->words[script->count++]);
        line = text_from(line, start + size + is_quoted);
    }
    script->words[script->count] = NULL;
}

bool script_next(struct script *script)
{
    while (script->rest.size) {
        script->line++;
        cut(script, text_next_line(&script->rest));
        if (script->count)
            return true;
    }
    return false;
}

bool script_block(struct script *script, struct text *ret)
{
    const char *start = script->rest.data;
    while (script->rest.size) {
        const char *line_start = script->rest.data;
        script->line++;
        if (text_is(text_trim(text_next_line(&script->rest)), "END")) {
            *ret = (struct text){start, (size_t)(line_start - start)};
            return true;
        }
    }
    return false;
}

const char *script_peek(const struct script *script)
{
    return script->at < script->count ? script->words[script->at] : "";
}

const char *script_take(struct script *script)
{
    const char *word = script_peek(script);
    script->at += script->at < script->count;
    return word;
}

bool script_takes(struct script *script, const char *word)
{
    bool is_it = script->at < script->count && !script->is_quoted[script->at] &&
                 text_is_nocase(text_of(script_peek(script)), word);
    script->at += is_it;
    return is_it;
}

bool script_is_done(const struct script *script)
{
    return script->at == script->count;
}

bool script_takes_number(struct script *script, int64_t *ret)
{
    struct text word = text_of(script_peek(script));
    bool is_negative = text_starts(word, "-");
    if (is_negative || text_starts(word, "+"))
        word = text_from(word, 1);
    if (!text_number(word, 0, INT32_MAX, ret))
        return false;
    *ret = is_negative ? -*ret : *ret;
    script->at++;
    return true;
}

bool script_takes_date(struct script *script, struct civil_date *ret)
{
    bool is_date = civil_date_parse(text_of(script_peek(script)), ret);
    script->at += is_date;
    return is_date;
}

bool script_takes_zone(struct script *script, struct zones *zones, const struct zone **ret)
{
    const char *word = script_peek(script);
    if (!strchr(word, '/') && strcmp(word, "UTC") != 0)
        return false;
    const struct zone *zone = zones_find(zones, text_of(word));
    script->at += zone != NULL;
    *ret = zone ? zone : *ret;
    return zone != NULL;
}

bool script_takes_span(struct script *script, int64_t *ret_usec)
{
    static const struct {
        const char *words[3];
        int64_t usec;
    } units[] = {{{"second", "seconds", "s"}, USEC_PER_SEC},
                 {{"minute", "minutes", "min"}, USEC_PER_MIN},
                 {{"hour", "hours", "h"}, USEC_PER_HOUR},
                 {{"day", "days", "d"}, USEC_PER_DAY}};
    size_t before = script->at;
    int64_t number = 0;
    if (script_takes_number(script, &number))
        for (size_t i = 0; i < sizeof units / sizeof *units; i++)
            for (size_t k = 0; k < 3; k++)
                if (script_takes(script, units[i].words[k])) {
                    *ret_usec = number * units[i].usec;
                    return true;
                }
    script->at = before;
    return false;
}

bool script_takes_time(struct script *script, struct zones *zones, const struct zone *zone,
                       struct instant now, struct instant *ret)
{
    struct civil_date date;
    int64_t usec;
    int minute = 0;
    if (script_takes_span(script, &usec)) {
        *ret = instant_add(now, usec);
        return true;
    }
    if (!script_takes_date(script, &date))
        return false;
    script->at += clock_parse(text_of(script_peek(script)), &minute);
    (void)script_takes_zone(script, zones, &zone); /* else the scenario's own */
    *ret = zone_to_instant(zone, civil_time_at(date, minute / 60, minute % 60), NULL);
    return true;
}
