/* SPDX-License-Identifier: MIT */
/* A hyphen between blanks (or after a bracket or quote) takes away; inside a word it is a letter
 * (groupe-pays, grand-est). Full-width signs and typographic quotes come from keyboards and phones
 * that mean the plain ones.                                                                      */
#include "contacts/audience_token.h"

#include <string.h>

static uint32_t plain(uint32_t rune)
{
    if (rune >= 0xFF01 && rune <= 0xFF5E)
        return rune - 0xFEE0;
    if (rune == 0x3000 || rune == 0xA0 || rune == 0x202F || rune == '\t' || rune == '\r' ||
        rune == '\n')
        return ' ';
    if (rune == 0x2212 || rune == 0x2013 || rune == 0x2014)
        return '-';
    return rune;
}

static uint32_t take(struct text *rest, int *column)
{
    ++*column;
    return plain(text_next_rune(rest));
}

static uint32_t peek(struct text rest)
{
    return rest.size ? plain(text_next_rune(&rest)) : 0;
}

/* The sign that closes a quote opened by this one; 0 = it opens none. */
static uint32_t closing(uint32_t rune)
{
    switch (rune) {
    case '"':
    case '\'': /* in settings, where " is one already; inside a word (l'est) it is a letter */
        return rune;
    case 0x201C:
    case 0x201E:
        return 0x201D;
    case 0xAB:
        return 0xBB;
    case 0x300C:
        return 0x300D;
    default:
        return 0;
    }
}

static bool ends_word(uint32_t rune)
{
    return rune < 0x80 ? strchr(" |&!()=~\",;", (int)rune) != NULL : closing(rune) != 0;
}

static struct token take_quoted(struct text *rest, int *column, uint32_t close, int start)
{
    const char *from = rest->data;
    while (rest->size) {
        const char *at = rest->data;
        if (take(rest, column) == close) {
            struct text inner = {from, (size_t)(at - from)};
            while (inner.size && peek(inner) == ' ') /* « words » */
                text_next_rune(&inner);
            while (inner.size && inner.data[inner.size - 1] == ' ')
                inner.size--;
            if (text_ends_nocase(inner, "\xC2\xA0"))
                inner.size -= 2;
            else if (text_ends_nocase(inner, "\xE2\x80\xAF"))
                inner.size -= 3;
            return (struct token){TOKEN_QUOTED, inner, start};
        }
    }
    return (struct token){TOKEN_OPEN_QUOTE, {from, 0}, start};
}

static struct token take_word(struct text *rest, int *column, int start)
{
    struct text whole = *rest;
    size_t size = 0;

    while (rest->size && !ends_word(peek(*rest))) {
        uint32_t rune = peek(*rest);
        struct text after = *rest;
        text_next_rune(&after);
        if (rune == '-' && (!after.size || ends_word(peek(after))))
            break; /* `japon- presse`: the hyphen is an operator */
        take(rest, column);
        size = whole.size - rest->size;
    }
    return (struct token){TOKEN_WORD, text_slice(whole, 0, size), start};
}

struct token audience_token_next(struct text *rest, int *column)
{
    while (rest->size && peek(*rest) == ' ')
        take(rest, column);
    int start = *column;
    struct text before = *rest;
    struct token token = {TOKEN_END, {rest->size ? rest->data : "", 0}, start};
    if (!rest->size)
        return token;
    uint32_t rune = take(rest, column), close = closing(rune);
    if (close)
        return take_quoted(rest, column, close, start);
    token.text = text_slice(before, 0, before.size - rest->size);
    switch (rune) {
    case '|':
    case '&': {
        token.kind = rune == '|' ? TOKEN_OR : TOKEN_AND;
        if (peek(*rest) == rune) /* || and && of programmers */
            take(rest, column);
        return token;
    }
    case '-':
        token.kind = TOKEN_MINUS;
        return token;
    case '(':
    case ')':
        token.kind = rune == '(' ? TOKEN_OPEN : TOKEN_CLOSE;
        return token;
    case '=':
        if (peek(*rest) == '=')
            take(rest, column);
        token.kind = TOKEN_EQUAL;
        return token;
    case '~':
        token.kind = TOKEN_CONTAINS;
        return token;
    case 0x2260: /* ≠ */
        token.kind = TOKEN_UNEQUAL;
        return token;
    case '!':
        token.kind = peek(*rest) == '='   ? TOKEN_UNEQUAL
                     : peek(*rest) == '~' ? TOKEN_CONTAINS_NOT
                                          : TOKEN_NOT;
        if (token.kind != TOKEN_NOT)
            take(rest, column);
        return token;
    case ',':
    case ';':
        token.kind = TOKEN_COMMA;
        return token;
    default:
        *rest = before;
        *column = start;
        return take_word(rest, column, start);
    }
}
