/* SPDX-License-Identifier: MIT */
#include "app/json_value.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static int convert(struct arena *arena, json_t *json, struct value *ret);

static int convert_list(struct arena *arena, json_t *json, struct value *ret)
{
    size_t count = json_array_size(json);
    struct value *items = arena_alloc_array(arena, count + 1, sizeof *items);
    int r = items ? 0 : -ENOMEM;
    for (size_t i = 0; i < count && !r; i++)
        r = convert(arena, json_array_get(json, i), &items[i]);
    *ret = (struct value){.kind = VALUE_LIST, .items = items, .count = count};
    return r;
}

static int convert_map(struct arena *arena, json_t *json, struct value *ret)
{
    size_t count = json_object_size(json), i = 0;
    struct value *items = arena_alloc_array(arena, count + 1, sizeof *items);
    struct text *names = arena_alloc_array(arena, count + 1, sizeof *names);
    int r = items && names ? 0 : -ENOMEM;
    const char *name;
    json_t *item;
    if (r)
        return r;
    json_object_foreach(json, name, item)
    {
        names[i] = text_of(arena_copy_string(arena, name));
        r = convert(arena, item, &items[i++]);
        if (r)
            return r;
    }
    *ret = (struct value){.kind = VALUE_MAP, .items = items, .names = names, .count = count};
    return 0;
}

static char *real_text(struct arena *arena, double number)
{
    char *text = NULL;
    for (int digits = 1; digits <= 17; digits++) {
        text = arena_printf(arena, "%.*g", digits, number);
        if (!text || strtod(text, NULL) == number)
            break;
    }
    return text;
}

static int convert_text(char *text, size_t size, struct value *ret)
{
    *ret = (struct value){.kind = VALUE_TEXT, .text = {text, size}};
    return text ? 0 : -ENOMEM;
}

static int convert(struct arena *arena, json_t *json, struct value *ret)
{
    char *text;
    switch (json_typeof(json)) {
    case JSON_OBJECT:
        return convert_map(arena, json, ret);
    case JSON_ARRAY:
        return convert_list(arena, json, ret);
    case JSON_STRING:
        return convert_text(arena_copy(arena, json_string_value(json), json_string_length(json)),
                            json_string_length(json), ret);
    case JSON_INTEGER:
        text = arena_printf(arena, "%" JSON_INTEGER_FORMAT, json_integer_value(json));
        return convert_text(text, text ? strlen(text) : 0, ret);
    case JSON_REAL:
        text = real_text(arena, json_real_value(json));
        return convert_text(text, text ? strlen(text) : 0, ret);
    case JSON_TRUE:
    case JSON_FALSE:
        *ret = (struct value){.kind = VALUE_BOOL, .truth = json_is_true(json)};
        return 0;
    default:
        *ret = (struct value){.kind = VALUE_NULL};
        return 0;
    }
}

int json_value_load(struct arena *arena, const char *path, struct flaws *flaws, struct value *ret)
{
    json_error_t error;
    json_t *json = strcmp(path, "-") == 0
                       ? json_loadf(stdin, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error)
                       : json_load_file(path, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    if (!json) {
        flaws->source = path;
        flaws_add(flaws, SEVERITY_ERROR, error.line > 0 ? error.line : 0,
                  error.line > 0 ? error.column : 0, NULL, "%s", error.text);
        return JSON_VALUE_E_MALFORMED;
    }
    int r = convert(arena, json, ret);
    json_decref(json);
    return r;
}
