/* SPDX-License-Identifier: MIT */
#include "compose/markdown_inline.h"

#include <string.h>

static bool decode_number(struct text digits, unsigned *ret)
{
    bool is_hex = digits.size && (digits.data[0] == 'x' || digits.data[0] == 'X');
    unsigned value = 0;
    if (is_hex)
        digits = text_from(digits, 1);
    if (!digits.size || digits.size > 7)
        return false;
    for (size_t i = 0; i < digits.size; i++) {
        char c = char_lower(digits.data[i]);
        unsigned digit = char_is_digit(c) ? (unsigned)(c - '0') : (unsigned)(c - 'a') + 10;
        value = value * (is_hex ? 16 : 10) + digit;
    }
    bool is_character = value >= 0x20 && value <= 0x10FFFF && (value < 0xD800 || value > 0xDFFF) &&
                        (value < 0x7F || value > 0x9F);
    *ret = is_character ? value : 0xFFFD;
    return true;
}

/* The names that people type in letters; others stay as written. */
static void add_entity(struct buf *out, struct text entity)
{
    static const struct {
        const char *name;
        unsigned rune;
    } names[] = {
        {"amp", '&'},      {"lt", '<'},        {"gt", '>'},       {"quot", '"'},
        {"apos", '\''},    {"nbsp", 0xA0},     {"shy", 0xAD},     {"laquo", 0xAB},
        {"raquo", 0xBB},   {"middot", 0xB7},   {"deg", 0xB0},     {"eacute", 0xE9},
        {"egrave", 0xE8},  {"ecirc", 0xEA},    {"agrave", 0xE0},  {"acirc", 0xE2},
        {"ccedil", 0xE7},  {"ocirc", 0xF4},    {"ugrave", 0xF9},  {"ucirc", 0xFB},
        {"icirc", 0xEE},   {"iuml", 0xEF},     {"oelig", 0x153},  {"ndash", 0x2013},
        {"mdash", 0x2014}, {"lsquo", 0x2018},  {"rsquo", 0x2019}, {"ldquo", 0x201C},
        {"rdquo", 0x201D}, {"hellip", 0x2026}, {"euro", 0x20AC},  {"copy", 0xA9},
    };
    struct text name = text_slice(entity, 1, entity.size - 2);
    unsigned rune;
    if (text_starts(name, "#") && decode_number(text_from(name, 1), &rune)) {
        buf_add_rune(out, rune);
        return;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (text_is(name, names[i].name)) {
            buf_add_rune(out, names[i].rune);
            return;
        }
    buf_add_text(out, entity);
}

/* Controls mean nothing in a mail, and held blocks are marked by them. */
static void add_clean(struct buf *out, struct text text)
{
    size_t start = out->size;
    buf_add_text(out, text);
    for (size_t i = start; i < out->size; i++)
        if ((unsigned char)out->data[i] < ' ' && out->data[i] != '\n' && out->data[i] != '\t')
            out->data[i] = ' ';
}

void inline_text(struct buf *out, MD_TEXTTYPE type, struct text text)
{
    switch (type) {
    case MD_TEXT_NULLCHAR:
        buf_add_rune(out, 0xFFFD);
        break;
    case MD_TEXT_BR:
        buf_add_rune(out, LINE_SEPARATOR);
        break;
    case MD_TEXT_SOFTBR:
        buf_add_char(out, ' ');
        break;
    case MD_TEXT_ENTITY:
        add_entity(out, text);
        break;
    default:
        add_clean(out, text);
    }
}

void inline_attribute(struct buf *out, const MD_ATTRIBUTE *attribute)
{
    for (size_t i = 0; attribute->text && attribute->substr_offsets[i] < attribute->size; i++) {
        MD_OFFSET start = attribute->substr_offsets[i], end = attribute->substr_offsets[i + 1];
        inline_text(out, attribute->substr_types[i],
                    (struct text){attribute->text + start, end - start});
    }
}

bool inline_language_mark(struct text paragraph, bool *ret_begins, enum language *ret_language)
{
    if (!text_starts(paragraph, ":::"))
        return false;
    struct text name = text_trim(text_from(paragraph, 3));
    *ret_begins = name.size > 0;
    return !name.size || (name.size == 2 && language_from_text(name, ret_language));
}

bool inline_place_mark(struct text paragraph, enum inline_place *ret_place, struct text *ret_words)
{
    static const char *const marks[] = {
        [INLINE_CENTER] = ":::center ", [INLINE_RIGHT] = ":::right "};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (text_starts(paragraph, marks[i])) {
            *ret_place = (enum inline_place)i;
            *ret_words = text_trim(text_from(paragraph, strlen(marks[i])));
            return ret_words->size > 0 &&
                   text_find(*ret_words, TEXT("\xE2\x80\xA8")) == ret_words->size;
        }
    return false;
}

bool inline_link_is_safe(struct text address)
{
    static const char *const schemes[] = {"https://", "http://", "mailto:", "tel:"};
    for (size_t i = 0; i < address.size; i++)
        if ((unsigned char)address.data[i] <= ' ' || address.data[i] == 0x7F)
            return false;
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (text_starts_nocase(address, schemes[i]))
            return address.size > strlen(schemes[i]);
    return false;
}

static bool may_continue_link(uint32_t rune)
{
    return rune > ' ' && rune != '<' && rune != '>' && rune != '"' && rune != 0x7F &&
           !(rune >= 0x80 && rune < 0xC0) && !(rune >= 0x2000 && rune < 0x2070) && rune < 0x3000;
}

bool inline_find_link(struct text text, size_t *ret_start, size_t *ret_size)
{
    size_t https = text_find(text, TEXT("https://")), http = text_find(text, TEXT("http://"));
    size_t start = https < http ? https : http;
    if (start == text.size)
        return false;
    struct text rest = text_from(text, start);
    size_t size = 0;
    int open = 0, open_square = 0;
    while (rest.size) {
        struct text next = rest;
        uint32_t rune = text_next_rune(&next);
        if (!may_continue_link(rune) || (rune == ')' && open == 0) ||
            (rune == ']' && open_square == 0))
            break;
        open += rune == '(' ? 1 : rune == ')' ? -1 : 0;
        open_square += rune == '[' ? 1 : rune == ']' ? -1 : 0;
        size += rest.size - next.size;
        rest = next;
    }
    while (size && strchr(".,;:!?'*", text.data[start + size - 1]))
        size--;
    *ret_start = start;
    *ret_size = size;
    return size > strlen("https://");
}
