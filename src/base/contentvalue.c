/* SPDX-License-Identifier: MIT */
#include "base/contentvalue.h"

#include <errno.h>

#include "base/unicode.h"

bool contentvalue_is_quoted_printable(const struct contentline *line)
{
    for (size_t i = 0; i < line->parameter_count; i++) {
        const struct contentline_parameter *p = &line->parameters[i];
        bool is_encoding = p->name.size == 0 || text_is_nocase(p->name, "ENCODING");
        if (is_encoding && text_is_nocase(p->value, "QUOTED-PRINTABLE"))
            return true;
    }
    return false;
}

static struct text decode_quoted_printable(struct arena *arena, struct text raw)
{
    char *out = arena_alloc(arena, raw.size + 1);
    size_t size = 0;

    for (size_t i = 0; out && i < raw.size; i++) {
        bool is_code = raw.data[i] == '=' && i + 2 < raw.size && char_hex(raw.data[i + 1]) >= 0 &&
                       char_hex(raw.data[i + 2]) >= 0;
        out[size++] = is_code ? (char)(char_hex(raw.data[i + 1]) * 16 + char_hex(raw.data[i + 2]))
                              : raw.data[i];
        i += is_code ? 2 : 0;
    }
    return (struct text){out, size};
}

int contentvalue_decode(struct arena *arena, const struct contentline *line, const char *fallback,
                        struct text *ret)
{
    const struct contentline_parameter *charset = contentline_find(line, "CHARSET");
    size_t malformed;

    *ret = line->value;
    if (contentvalue_is_quoted_printable(line)) {
        *ret = decode_quoted_printable(arena, line->value);
        if (!ret->data)
            return -ENOMEM;
    }
    if (text_is_utf8(*ret))
        return 0; /* also when CHARSET says otherwise: ASCII, or a program that does not mean it */
    char *name = charset ? arena_copy_text(arena, charset->value) : NULL;
    if (charset && !name)
        return -ENOMEM;
    int r = name ? unicode_decode(arena, *ret, name, ret, &malformed) : UNICODE_E_CHARSET;
    if (r == UNICODE_E_CHARSET)
        r = unicode_decode(arena, *ret, fallback, ret, &malformed);
    return r < 0 ? r : 0;
}
