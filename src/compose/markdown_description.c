/* SPDX-License-Identifier: MIT */
/* A calendar's description is what people typed or what Teams and Zoom put there: mostly plain
 * lines, sometimes a list, an emphasis or a link. Each line keeps its end by a U+2028; what could
 * reach beyond the description (code fences, underlines of headings, rows of dashes) is disarmed,
 * and so is what nobody means as Markdown: the marks in an address, in a password, in a path.    */
#include "compose/markdown.h"

#include <errno.h>
#include <string.h>

#include "compose/markdown_inline.h"
#include "compose/mustache.h"

#define LINE_END "\xE2\x80\xA8\n"

enum {
    ITEM_DIGITS_MAX = 3,       /* "2026. " begins no list */
    MIXED_RULE_MARKS_MIN = 10, /* ".:." may mean something */
};

/* "----", "====", "____", "* * *", and Google Meet's "-::~:~::~:~:": decoration. */
static bool is_rule(struct text line)
{
    size_t marks = 0, others = 0;
    for (size_t i = 0; i < line.size; i++) {
        char c = line.data[i];
        if (c == ' ')
            continue;
        if (!c || !strchr("-=_*~.:", c))
            return false;
        marks++;
        others += c != line.data[0];
    }
    if (others)
        return marks >= MIXED_RULE_MARKS_MIN;
    return line.data[0] != ':' &&
           (marks > 2 || (marks && (line.data[0] == '=' || line.data[0] == '-')));
}

/* The mark that begins a list item: "- ", "12. ". size 0 = none; number 0 = a bullet. */
struct item {
    size_t size;
    int number;
};

static struct item item_of(struct text line)
{
    struct item item = {0};
    size_t digits = 0;
    while (digits < line.size && char_is_digit(line.data[digits])) {
        if (digits < ITEM_DIGITS_MAX)
            item.number = item.number * 10 + (line.data[digits] - '0');
        digits++;
    }
    struct text mark = text_from(line, digits);
    bool is_item =
        digits ? text_starts(mark, ". ") || text_starts(mark, ") ")
               : text_starts(mark, "- ") || text_starts(mark, "* ") || text_starts(mark, "+ ");
    if (is_item && digits <= ITEM_DIGITS_MAX)
        item.size = digits + 1;
    return item;
}

static bool is_word(char c)
{
    return char_is_alpha(c) || char_is_digit(c);
}

static size_t run_of(struct text line, size_t at)
{
    size_t size = 1;
    while (at + size < line.size && line.data[at + size] == line.data[at])
        size++;
    return size;
}

/* An address keeps all its marks. */
static size_t add_address(struct buf *out, struct text line, size_t at)
{
    struct text rest = text_from(line, at);
    size_t start, size;
    if ((!text_starts(rest, "http://") && !text_starts(rest, "https://")) ||
        !inline_find_link(rest, &start, &size) || start > 0)
        return 0;
    mustache_escape(text_slice(rest, 0, size), ESCAPE_MARKDOWN, out);
    return size;
}

/* Do the words end with this address? A slash at its end does not count. */
static bool is_said(struct text words, struct text address)
{
    if (address.size && address.data[address.size - 1] == '/')
        address.size--;
    if (words.size && words.data[words.size - 1] == '/')
        words.size--;
    return address.size && words.size >= address.size &&
           text_equal(text_from(words, words.size - address.size), address);
}

/* Outlook writes a link as "words<address>": the address is set apart, or left out where the words
 * say it already, as they do with each telephone number ("01 23 45<tel:+3312345>").              */
static size_t add_enclosed(struct buf *out, struct text line, size_t at)
{
    struct text words = text_trim(text_slice(line, 0, at)), rest = text_from(line, at + 1);
    struct text address = text_slice(rest, 0, text_find_char(rest, '>'));
    bool is_number = text_starts_nocase(address, "tel:");
    bool is_mailbox = text_starts_nocase(address, "mailto:");

    if (address.size == rest.size || !inline_link_is_safe(address))
        return 0;
    struct text bare = text_from(address, text_find_char(address, ':') + 1);
    if (text_starts(bare, "//"))
        bare = text_from(bare, 2);
    if (is_said(words, address) || is_said(words, bare) || (is_number && words.size))
        return address.size + 2;
    if (at && !char_is_blank(line.data[at - 1]))
        buf_add_char(out, ' ');
    if (is_number) {
        mustache_escape(bare, ESCAPE_MARKDOWN, out);
    } else { /* a link of Markdown's own */
        buf_add_char(out, '<');
        buf_add_text(out, is_mailbox ? bare : address);
        buf_add_char(out, '>');
    }
    return address.size + 2;
}

/* A code span is copied, a lone backtick disarmed. */
static size_t add_code(struct buf *out, struct text line, size_t at)
{
    size_t ticks = run_of(line, at), next;
    for (size_t end = at + ticks; end < line.size; end = next) {
        next = end + run_of(line, end);
        if (line.data[end] == '`' && next - end == ticks) {
            buf_add_text(out, text_slice(line, at, next - at));
            return next - at;
        }
    }
    mustache_escape(text_slice(line, at, ticks), ESCAPE_MARKDOWN, out);
    return ticks;
}

/* "12*34*56" is a password and "(*)" a footnote, not emphasis. */
static size_t add_stars(struct buf *out, struct text line, size_t at)
{
    size_t size = run_of(line, at);
    char before = at ? line.data[at - 1] : ' ';
    char after = at + size < line.size ? line.data[at + size] : ' ';
    bool is_literal = (is_word(before) && is_word(after)) || (before == '(' && after == ')');
    mustache_escape(text_slice(line, at, size), is_literal ? ESCAPE_MARKDOWN : ESCAPE_NONE, out);
    return size;
}

/* "\*" is Markdown's escape; any other backslash is one, and "\\srv\_a_" a path. */
static size_t add_backslash(struct buf *out, struct text line, size_t at)
{
    char next = at + 1 < line.size ? line.data[at + 1] : ' ';
    if (next != '*')
        buf_add_string(out, "\\\\");
    if (next != '*' && next != '_')
        return 1;
    buf_add_text(out, text_slice(line, at, 2));
    return 2;
}

static size_t add_next(struct buf *out, struct text line, size_t at)
{
    size_t size = 0;
    switch (line.data[at]) {
    case '\\':
        return add_backslash(out, line, at);
    case '*':
        return add_stars(out, line, at);
    case '`':
        return add_code(out, line, at);
    case '<':
        size = add_enclosed(out, line, at);
        break;
    case 'h':
        size = add_address(out, line, at);
        break;
    default:
        break;
    }
    if (size)
        return size;
    buf_add_char(out, line.data[at]);
    return 1;
}

static void add_line(struct buf *out, struct text line, struct item item)
{
    size_t digits = 0, at = item.size;
    while (!item.size && digits < line.size && char_is_digit(line.data[digits]))
        digits++;
    bool is_reference = text_starts(line, "[") && text_find(line, TEXT("]:")) < line.size;
    bool is_block = text_starts(line, "```") || text_starts(line, "~~~") ||
                    (!item.size && line.data[0] != '*' && strchr("#>|+-", line.data[0]));
    if (digits && digits < line.size && strchr(".)", line.data[digits])) {
        buf_add_text(out, text_slice(line, 0, digits));
        at = digits;
        buf_add_char(out, '\\');
        buf_add_char(out, line.data[at++]);
    } else if (is_reference || is_block) {
        buf_add_char(out, '\\');
        buf_add_char(out, line.data[at++]);
    } else {
        buf_add_text(out, text_slice(line, 0, at));
    }
    while (at < line.size)
        at += add_next(out, line, at);
    buf_add_string(out, LINE_END);
}

char *markdown_from_description(struct arena *arena, const char *description)
{
    CLEANUP_BUF struct buf out = BUF_INIT(MARKDOWN_BYTES_MAX / 2);
    struct text rest = text_of(description);
    struct item before = {0};
    bool was_blank = true;

    while (rest.data && rest.size) {
        struct text line = text_trim(text_next_line(&rest));
        bool is_blank = !line.size || is_rule(line);
        struct item item = is_blank ? (struct item){0} : item_of(line);
        if (before.size && item.number && item.number != before.number + 1)
            item.size = 0; /* Markdown counts by itself: such a line keeps its own number */
        /* Nor may a line after an item become part of it, or an item part of a line. */
        if (!was_blank && (is_blank || !before.size != !item.size))
            buf_add_char(&out, '\n');
        if (!is_blank)
            add_line(&out, line, item);
        was_blank = is_blank;
        before = item;
    }
    /* Too long to be read by anybody: cut, not refused. */
    return buf_error(&out) == -ENOMEM ? NULL : arena_copy_text(arena, buf_text(&out));
}
