/* SPDX-License-Identifier: MIT */
/* json: reads JSON into mustache values, for tests. Stops the program on anything malformed. */
#ifndef CONVIER_TESTS_COMPOSE_JSON_H
#define CONVIER_TESTS_COMPOSE_JSON_H

#include "base/list.h"
#include "compose/mustache.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline struct value json_value(struct arena *arena, const char **at);

static inline void json_expect(bool is_so)
{
    if (!is_so) {
        fputs("malformed JSON in a test file\n", stderr);
        abort();
    }
}

static inline void json_blanks(const char **at)
{
    *at += strspn(*at, " \t\r\n");
}

static inline unsigned json_hex(const char *digits)
{
    char four[5] = {0};
    memcpy(four, digits, 4);
    return (unsigned)strtoul(four, NULL, 16);
}

static inline struct text json_string(struct arena *arena, const char **at)
{
    struct buf out = BUF_INIT(1 << 20);
    json_expect(**at == '"');
    for (++*at; **at != '"'; ++*at) {
        json_expect(**at != '\0');
        if (**at != '\\') {
            buf_add_char(&out, **at);
            continue;
        }
        ++*at;
        static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
        const char *simple = strchr(from, **at);
        if (**at == 'u') {
            unsigned rune = json_hex(*at + 1);
            *at += 4;
            if (rune >= 0xD800 && rune < 0xDC00) {
                rune = 0x10000 + ((rune - 0xD800) << 10) + (json_hex(*at + 3) - 0xDC00);
                *at += 6;
            }
            buf_add_rune(&out, rune);
        } else {
            buf_add_char(&out, simple ? to[simple - from] : **at);
        }
    }
    ++*at;
    struct text text = {arena_copy(arena, buf_text(&out).data, out.size), out.size};
    buf_done(&out);
    return text;
}

static inline struct value json_container(struct arena *arena, const char **at, char end)
{
    LIST_TYPE(items, struct value) items = {0};
    LIST_TYPE(names, struct text) names = {0};
    for (++*at, json_blanks(at); **at != end; json_blanks(at)) {
        if (end == '}') {
            *list_add(arena, &names) = json_string(arena, at);
            json_blanks(at);
            json_expect(*(*at)++ == ':');
        }
        struct value value = json_value(arena, at);
        *list_add(arena, &items) = value;
        json_blanks(at);
        if (**at == ',') {
            ++*at;
            json_blanks(at);
        } else {
            json_expect(**at == end);
        }
    }
    ++*at;
    return (struct value){.kind = end == '}' ? VALUE_MAP : VALUE_LIST,
                          .items = items.items,
                          .names = names.items,
                          .count = items.count};
}

static inline struct value json_value(struct arena *arena, const char **at)
{
    json_blanks(at);
    switch (**at) {
    case '{':
        return json_container(arena, at, '}');
    case '[':
        return json_container(arena, at, ']');
    case '"':
        return (struct value){.kind = VALUE_TEXT, .text = json_string(arena, at)};
    case 't':
        *at += 4;
        return (struct value){.kind = VALUE_BOOL, .truth = true};
    case 'f':
        *at += 5;
        return (struct value){.kind = VALUE_BOOL};
    case 'n':
        *at += 4;
        return (struct value){.kind = VALUE_NULL};
    default: {
        size_t size = strspn(*at, "+-.0123456789eE");
        json_expect(size > 0);
        struct value value = {.kind = VALUE_TEXT, .text = {*at, size}};
        *at += size;
        return value;
    }
    }
}

static inline const struct value *json_get(const struct value *map, const char *name)
{
    for (size_t i = 0; i < map->count; i++)
        if (text_is(map->names[i], name))
            return &map->items[i];
    return NULL;
}

#endif
