/* SPDX-License-Identifier: MIT */
/* The syntax is RFC 5321's; on top of it a domain must have a dot, since nobody on a list sits on a
 * one-word host. What a spreadsheet adds around an address is taken away and told: mailto:, angle
 * brackets, a comma or dot at the end, full-width letters from a Japanese keyboard.              */
#include "contacts/address.h"

#include <errno.h>
#include <idn2.h>
#include <stdio.h>
#include <string.h>

#include "base/unicode.h"

enum { LOCAL_BYTES_MAX = 64, DOMAIN_BYTES_MAX = 255, PATH_BYTES_MAX = 254, LABEL_BYTES_MAX = 63 };

static bool is_atext(char c)
{
    return char_is_alpha(c) || char_is_digit(c) || (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

static int invalid(struct address *ret, size_t at, const char *problem)
{
    ret->problem = problem;
    ret->at = at;
    return ADDRESS_E_INVALID;
}

/* Local-part = Dot-string / Quoted-string. */
static int check_local(struct text local, struct address *ret)
{
    if (local.size == 0)
        return invalid(ret, 0, "has nothing before the @");
    if (local.size > LOCAL_BYTES_MAX)
        return invalid(ret, LOCAL_BYTES_MAX, "has more than 64 characters before the @");
    if (local.data[0] == '"') {
        for (size_t i = 1; i + 1 < local.size; i++) {
            if (local.data[i] == '\\' && i + 2 < local.size)
                i++;
            else if (local.data[i] == '"' || local.data[i] == '\\')
                return invalid(ret, i, "has a quote in the wrong place");
            if (local.data[i] < 0x20 || local.data[i] > 0x7E)
                return invalid(ret, i, "has a character that is not allowed between quotes");
        }
        if (local.size < 2 || local.data[local.size - 1] != '"')
            return invalid(ret, 0, "has a quote that is not closed");
        return 0;
    }
    for (size_t i = 0; i < local.size; i++) {
        if (local.data[i] == '.') {
            if (i == 0 || i + 1 == local.size)
                return invalid(ret, i, "has a dot at the start or end of what stands before the @");
            if (local.data[i + 1] == '.')
                return invalid(ret, i, "has two dots in a row");
        } else if (local.data[i] & 0x80) {
            return invalid(ret, i,
                           "has a letter before the @ that is not plain ASCII (accent or kanji), "
                           "which mail servers do not deliver");
        } else if (local.data[i] == ' ' || local.data[i] == '\t') {
            return invalid(ret, i, "has a blank in it");
        } else if (!is_atext(local.data[i])) {
            return invalid(ret, i, "has a character before the @ that is not allowed");
        }
    }
    return 0;
}

/* sub-domain *("." sub-domain), with a dot and a top level that is no number. */
static int check_domain(struct text domain, size_t at, struct address *ret)
{
    size_t labels = 0;
    bool is_last_numeric = false;

    if (domain.size == 0)
        return invalid(ret, at, "has nothing after the @");
    if (domain.size > DOMAIN_BYTES_MAX)
        return invalid(ret, at, "has a domain of more than 255 characters");
    for (size_t start = 0; start <= domain.size; labels++) {
        struct text rest = text_from(domain, start);
        struct text label = text_slice(rest, 0, text_find_char(rest, '.'));
        if (label.size == 0)
            return invalid(ret, at + start, "has a dot too many in its domain");
        if (label.size > LABEL_BYTES_MAX)
            return invalid(ret, at + start, "has more than 63 characters between two dots");
        if (label.data[0] == '-' || label.data[label.size - 1] == '-')
            return invalid(ret, at + start, "has a hyphen at the edge of a part of its domain");
        is_last_numeric = true;
        for (size_t i = 0; i < label.size; i++) {
            char c = label.data[i];
            if (c == ' ')
                return invalid(ret, at + start + i, "has a blank in it");
            if (c == '@')
                return invalid(ret, at + start + i, "has more than one @");
            if (!char_is_alpha(c) && !char_is_digit(c) && c != '-')
                return invalid(ret, at + start + i,
                               "has a character in its domain that is not allowed");
            is_last_numeric &= char_is_digit(c);
        }
        start += label.size + 1;
    }
    if (labels < 2)
        return invalid(ret, at, "has a domain without a dot");
    if (is_last_numeric)
        return invalid(ret, at, "has a domain that ends in a number");
    return 0;
}

/* address-literal, for IPv4 and a loose look at IPv6; rare, and the relay judges it. */
static bool is_literal(struct text domain)
{
    if (domain.size < 4 || domain.data[0] != '[' || domain.data[domain.size - 1] != ']')
        return false;
    struct text inner = text_slice(domain, 1, domain.size - 2);
    if (text_starts_nocase(inner, "IPv6:")) {
        inner = text_from(inner, 5);
        for (size_t i = 0; i < inner.size; i++)
            if (!strchr("0123456789abcdefABCDEF:.", inner.data[i]))
                return false;
        return inner.size >= 2;
    }
    int parts = 0;
    while (inner.data) {
        int64_t number;
        struct text part = text_split(&inner, '.');
        if (part.size == 0 || !char_is_digit(part.data[0]) || !text_number(part, 0, 255, &number))
            return false;
        parts++;
    }
    return parts == 4;
}

/* The domain as A-labels: 0, ADDRESS_E_INVALID or -ENOMEM. */
static int to_ascii(struct arena *arena, struct text domain, size_t at, struct address *ret,
                    const char **ret_domain)
{
    char *ascii = NULL, *utf8 = arena_copy_text(arena, domain);

    if (!utf8)
        return -ENOMEM;
    int r = idn2_to_ascii_8z(utf8, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
    if (r == IDN2_MALLOC)
        return -ENOMEM;
    if (r != IDN2_OK)
        return invalid(ret, at, "has an international domain that is not valid");
    *ret_domain = arena_copy_string(arena, ascii);
    idn2_free(ascii);
    return *ret_domain ? 0 : -ENOMEM;
}

/* Checks local@domain as it lies in the cell. */
static int read_bare(struct arena *arena, char *data, size_t size, struct address *ret)
{
    struct text text = {data, size};
    size_t at = 0;
    bool is_ascii = true;

    if (size && data[0] == '"') { /* a quoted local part may hold an @ */
        for (at = 1; at < size && data[at] != '"'; at++)
            at += data[at] == '\\' && at + 1 < size;
    }
    at += text_find_char(text_from(text, at), '@');
    if (at >= size)
        return invalid(ret, 0, "has no @");
    struct text local = text_slice(text, 0, at), domain = text_from(text, at + 1);
    int r = check_local(local, ret);
    if (r)
        return r;
    for (size_t i = 0; i < domain.size; i++)
        is_ascii &= !(domain.data[i] & 0x80);
    ret->email = data;
    if (is_ascii) {
        for (size_t i = at + 1; i < size; i++)
            data[i] = char_lower(data[i]);
        r = is_literal(domain) ? 0 : check_domain(domain, at + 1, ret);
    } else {
        const char *ascii;
        r = to_ascii(arena, domain, at + 1, ret, &ascii);
        if (!r)
            r = check_domain(text_of(ascii), at + 1, ret);
        if (!r &&
            !(ret->email = arena_printf(arena, "%.*s@%s", (int)local.size, local.data, ascii)))
            return -ENOMEM;
    }
    if (!r && strlen(ret->email) > PATH_BYTES_MAX)
        return invalid(ret, 0, "has more than 254 characters");
    return r;
}

/* `b@x.fr, C <c@x.fr>`: what stands before the bracket is an address of its own. */
static bool has_address_before(const char *from, const char *open)
{
    size_t size = (size_t)(open - from);
    const char *at = memchr(from, '@', size);
    return at && (memchr(at, ',', (size_t)(open - at)) || memchr(at, ';', (size_t)(open - at)));
}

/* Name <address>: gives the inner part and what stood before it. */
static void unwrap(struct cell *cell, struct address *ret)
{
    char *open = memchr(cell->data, '<', cell->size);
    char *close = open ? memchr(open, '>', cell->size - (size_t)(open - cell->data)) : NULL;

    if (!close || has_address_before(cell->data, open))
        return;
    struct text name = text_trim((struct text){cell->data, (size_t)(open - cell->data)});
    while (name.size && (*name.data == '"' || *name.data == '\''))
        name = text_from(name, 1);
    while (name.size && (name.data[name.size - 1] == '"' || name.data[name.size - 1] == '\''))
        name.size--;
    ret->others.data = close + 1;
    ret->others.size = cell->size - (size_t)(close + 1 - cell->data);
    *close = '\0';
    if (name.size) {
        cell->data[name.data + name.size - cell->data] = '\0';
        ret->name = name.data;
    }
    cell->data = open + 1;
    cell->size = (size_t)(close - open - 1);
}

static void drop_front(struct cell *cell, size_t size)
{
    cell->data += size;
    cell->size -= size;
}

/* What stands between several addresses; " :::" is Google's. Behind a whole address a blank or a
 * sign that no domain has will do: `a@x.fr / b@x.fr`. from[0] is there, the rest by size.        */
static bool is_separator(const char *from, size_t size, bool is_behind_at)
{
    return *from == ',' || *from == ';' ||
           (is_behind_at && (*from == ' ' || *from == '/' || *from == '|')) ||
           (*from == ' ' && (size == 1 || (size >= 4 && memcmp(from, " :::", 4) == 0)));
}

/* What is left of another address in `rest` once the signs and the word before it are gone:
 * "/ b@x.fr", "ou b@x.fr". Empty when no address is there. */
static struct text skip_separators(struct text rest)
{
    struct text word;

    while (rest.size && strchr(",;:/| ", rest.data[0]))
        rest = text_from(rest, 1);
    word = text_slice(rest, 0, text_find_char(rest, ' '));
    if (text_is_nocase(word, "ou") || text_is_nocase(word, "et") || text_is_nocase(word, "or") ||
        text_is_nocase(word, "and") || text_is(word, "&"))
        rest = text_trim(text_from(rest, word.size));
    return rest;
}

/* 'a@x.fr' and ="a@x.fr", as Outlook and Excel write them. */
static void unquote(struct cell *cell)
{
    char *data = cell->data, *last = cell->data + cell->size - 1;

    if (cell->size > 3 && data[0] == '=' && data[1] == '"' && *last == '"')
        data += 2;
    else if (cell->size > 2 && (*data == '\'' || *data == '"') && *last == *data &&
             !memchr(data + 1, *data, cell->size - 2))
        data++;
    else
        return;
    *last = '\0';
    cell->data = data;
    cell->size = (size_t)(last - data);
}

/* What a slip leaves before an address, or the sign that keeps a spreadsheet from reading a cell.
 */
static void strip_front(struct cell *cell, struct address *ret)
{
    while (cell->size > 1 && memchr(",; ", *cell->data, 3)) {
        drop_front(cell, 1);
        ret->repair = "the comma or semicolon before it";
    }
    if (cell->size > 1 && *cell->data == '\'') {
        drop_front(cell, 1);
        ret->repair = "the apostrophe before it";
    }
}

/* Blanks, commas and the like at both ends; several addresses; mailto:. */
static void strip(struct cell *cell, struct address *ret)
{
    strip_front(cell, ret);
    if (text_starts_nocase(cell_text(cell), "mailto:")) {
        drop_front(cell, 7);
        ret->repair = "the mailto: before it";
    }
    size_t end = 0; /* of the first address: what follows a separator is another one */
    bool is_quoted = cell->size && cell->data[0] == '"';
    if (is_quoted)
        end = 1 + text_find_char(text_from(cell_text(cell), 1), '"');
    bool is_behind_at = false;
    for (; end < cell->size; end++) {
        if (is_separator(cell->data + end, cell->size - end, is_behind_at))
            break;
        is_behind_at |= cell->data[end] == '@';
    }
    if (end > cell->size)
        end = cell->size;
    if (end < cell->size) {
        struct text rest = skip_separators(text_from(cell_text(cell), end));
        if (text_find_char(rest, '@') < rest.size) {
            if (!ret->others.size) {
                ret->others.data = cell->data + (rest.data - cell->data);
                ret->others.size = rest.size;
            }
        } else if (rest.size == 0) {
            ret->repair = "the comma or semicolon at its end";
        } else {
            return; /* something else: the check will say what */
        }
        cell->data[end] = '\0';
        cell->size = end;
    }
    while (cell->size && char_is_blank(cell->data[cell->size - 1]))
        cell->data[--cell->size] = '\0';
    if (cell->size > 1 && cell->data[cell->size - 1] == '.' &&
        memchr(cell->data, '@', cell->size)) {
        cell->data[--cell->size] = '\0';
        ret->repair = "the dot at its end";
    }
}

static bool is_nothing(struct text text)
{
    static const char *const words[] = {"-",     "--",   "n/a",    "na",   "néant", "neant",
                                        "aucun", "x",    "aucune", "none", "null",  "?",
                                        "なし",  "無し", "ー",     "／",   "/",     "sans"};
    if (text.size == 0)
        return true;
    if (text.size > 8) /* longer than any of them */
        return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text_is_nocase(text, words[i]))
            return true;
    return false;
}

/* Letters, digits, @ and dots in their full-width forms, as a Japanese keyboard gives them. */
static int narrow(struct arena *arena, struct cell *cell, struct address *ret)
{
    size_t size = 0;
    bool has_wide = false;
    char *out = arena_alloc(arena, cell->size + 1);

    if (!out)
        return -ENOMEM;
    for (struct text rest = cell_text(cell); rest.size;) {
        uint32_t rune = text_next_rune(&rest);
        if (rune >= 0xFF01 && rune <= 0xFF5E) {
            rune -= 0xFEE0;
            has_wide = true;
        }
        size += rune_encode(rune, out + size);
    }
    if (has_wide) {
        cell->data = out;
        cell->size = size;
        ret->repair = "its full-width letters";
    }
    return 0;
}

/* Nearly every address: letters, digits, . _ + - before the @ and a plain domain behind it. One
 * look at each byte; whatever is not so goes the long way, which knows what to say about it. */
static bool is_plain(const struct cell *cell)
{
    const char *from = cell->data, *end = cell->data + cell->size, *at = from, *label;
    bool has_dot = false, is_numeric = true;

    for (; at < end && *at != '@'; at++) {
        bool is_dot = *at == '.' && at > from && at[-1] != '.';
        if (!is_dot && !char_is_alpha(*at) && !char_is_digit(*at) && !memchr("-_+", *at, 3))
            return false;
    }
    if (at == from || at == end || at[-1] == '.' || at - from > LOCAL_BYTES_MAX ||
        cell->size > PATH_BYTES_MAX)
        return false;
    for (label = ++at; at < end; at++) {
        if (char_is_alpha(*at) || char_is_digit(*at)) {
            is_numeric &= char_is_digit(*at);
        } else if (at == label) {
            return false;
        } else if (*at == '.') {
            if (at[-1] == '-' || at - label > LABEL_BYTES_MAX)
                return false;
            label = at + 1;
            has_dot = is_numeric = true;
        } else if (*at == '-') {
            is_numeric = false;
        } else {
            return false;
        }
    }
    return has_dot && at > label && at[-1] != '-' && at - label <= LABEL_BYTES_MAX && !is_numeric;
}

int address_parse(struct arena *arena, struct cell *cell, struct address *ret)
{
    const char *start;

    *ret = (struct address){0};
    if (is_plain(cell)) {
        for (char *c = memchr(cell->data, '@', cell->size); *c; c++)
            *c = char_lower(*c);
        ret->email = cell->data;
        return 0;
    }
    int r = cell_clean(arena, cell);
    if (r)
        return r;
    if (is_nothing(cell_text(cell)))
        return ADDRESS_E_NONE;
    for (size_t i = 0; i < cell->size; i++) {
        if (cell->data[i] & 0x80) {
            r = narrow(arena, cell, ret);
            if (r)
                return r;
            break;
        }
    }
    start = cell->data;
    unquote(cell);
    unwrap(cell, ret);
    if (cell->size)
        unquote(cell);
    strip(cell, ret);
    if (cell->size == 0)
        return ADDRESS_E_NONE;
    r = read_bare(arena, cell->data, cell->size, ret);
    if (r > 0)
        ret->at += (size_t)(cell->data - start);
    return r;
}
