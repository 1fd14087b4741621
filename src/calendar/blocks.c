/* SPDX-License-Identifier: MIT */
#include "calendar/blocks.h"

/* The size of a mark at the front of `at`, and its language; 0 = none. */
static size_t read_mark(struct text at, enum language *ret)
{
    static const struct {
        const char *open, *close;
    } brackets[] = {{"[", "]"}, {"\xef\xbc\xbb", "\xef\xbc\xbd"}, {"\xe3\x80\x90", "\xe3\x80\x91"}};
    for (size_t i = 0; i < sizeof brackets / sizeof *brackets; i++) {
        struct text open = text_of(brackets[i].open), close = text_of(brackets[i].close);
        if (!text_starts(at, brackets[i].open))
            continue;
        struct text head = text_slice(at, open.size, 8 + close.size);
        size_t size = text_find(head, close);
        if (size == head.size || size < 2)
            return 0;
        struct text name = text_slice(head, 0, size);
        bool is_jp = text_is_nocase(name, "jp"); /* a usual slip for ja */
        if (!is_jp && !language_from_text(name, ret))
            return 0;
        if (is_jp)
            *ret = LANGUAGE_JA;
        return open.size + size + close.size;
    }
    return 0;
}

bool blocks_split(struct text text, struct blocks *ret)
{
    *ret = (struct blocks){0};
    struct text *open = &ret->lead;
    size_t start = 0;
    bool has_any = false, is_line_start = true;
    struct text ignored;
    for (size_t i = 0; i < text.size;) {
        char c = text.data[i];
        bool is_after_blank = i == 0 || char_is_blank(text.data[i - 1]);
        enum language language;
        size_t size =
            (c == '[' || (unsigned char)c >= 0xe3) && (is_line_start || (has_any && is_after_blank))
                ? read_mark(text_from(text, i), &language)
                : 0;
        if (size == 0) {
            is_line_start = c == '\n' || (is_line_start && char_is_blank(c));
            i++;
            continue;
        }
        *open = text_trim(text_slice(text, start, i - start));
        open = ret->has[language] ? &ignored : &ret->in[language];
        ret->has[language] = has_any = true;
        i += size;
        start = i;
        is_line_start = false;
    }
    *open = text_trim(text_from(text, start));
    return has_any;
}
