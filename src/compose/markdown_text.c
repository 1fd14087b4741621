/* SPDX-License-Identifier: MIT */
/* Markdown as the plain part of a mail: complete on its own, because gateways may strip the other.
 * Facts become "label : value", links show their address, lines are wrapped by width.            */
#include <errno.h>
#include <string.h>

#include "base/unicode.h"
#include "compose/held.h"
#include "compose/markdown.h"
#include "compose/markdown_inline.h"
#include "compose/wrap.h"

enum { LEVELS_MAX = 24, PREFIX_BYTES = 16 };

/* What stands before the lines of a list item or a quotation. */
struct level {
    char first[PREFIX_BYTES], rest[PREFIX_BYTES];
    bool is_begun; /* the first line was written */
    bool is_list;  /* a list around items, no prefix of its own */
    bool is_tight;
    unsigned number; /* of the next item; 0 = bullets */
};

struct writer {
    enum language language, own_language;
    size_t columns;
    struct buf *out;
    struct buf text, label, address;
    struct level levels[LEVELS_MAX];
    size_t depth, lost_depth; /* levels beyond the maximum are counted, not shown */
    size_t start;             /* of our text in out */
    size_t link_start, column, column_count;
    bool needs_gap, is_facts;
    bool is_held;
    bool is_button, is_only_html; /* the paragraph holds links that are useless as text */
};

static void prefixes(struct writer *w, struct buf *first, struct buf *rest)
{
    for (size_t i = 0; i < w->depth; i++) {
        struct level *level = &w->levels[i];
        buf_add_string(first, level->is_begun ? level->rest : level->first);
        buf_add_string(rest, level->rest);
        level->is_begun = true;
    }
}

static void gap(struct writer *w)
{
    if (w->needs_gap && w->out->size > w->start)
        buf_add_char(w->out, '\n');
    w->needs_gap = false;
}

static void trim(struct buf *text)
{
    struct text view = buf_text(text);
    while (view.size &&
           (view.data[view.size - 1] == ' ' || text_ends_nocase(view, "\xE2\x80\xA8"))) {
        buf_truncate(text, view.size - (view.data[view.size - 1] == ' ' ? 1 : 3));
        view = buf_text(text);
    }
}

/* Writes what was gathered as a block; further lines get `hang` besides. A block with holes is
 * held: with the underline that it asks for, since its width is not known. */
static void write_underlined(struct writer *w, const char *hang, enum held_underline underline)
{
    CLEANUP_BUF struct buf first = BUF_INIT(LEVELS_MAX * PREFIX_BYTES);
    CLEANUP_BUF struct buf rest = BUF_INIT(LEVELS_MAX * PREFIX_BYTES + 8);
    trim(&w->text);
    if (!w->text.size)
        return;
    gap(w);
    prefixes(w, &first, &rest);
    buf_add_string(&rest, hang);
    size_t at;
    enum personal_word word;
    w->is_held = personal_find_hole(buf_text(&w->text), &at, &word);
    if (w->is_held)
        held_add(w->out, &(struct held_block){.text = buf_text(&w->text),
                                              .first = buf_text(&first),
                                              .rest = buf_text(&rest),
                                              .underline = underline});
    else
        wrap_text(w->out, buf_text(&w->text), w->columns, buf_text(&first), buf_text(&rest));
    buf_clear(&w->text);
}

static void write_block(struct writer *w, const char *hang)
{
    write_underlined(w, hang, HELD_PLAIN);
}

static bool is_in_tight_list(const struct writer *w)
{
    for (size_t i = w->depth; i-- > 0;)
        if (w->levels[i].is_list)
            return w->levels[i].is_tight;
    return false;
}

static void push(struct writer *w, struct level level)
{
    if (w->depth < LEVELS_MAX)
        w->levels[w->depth++] = level;
    else
        w->lost_depth++;
}

static void pop(struct writer *w)
{
    if (w->lost_depth)
        w->lost_depth--;
    else
        w->depth--;
}

static void open_item(struct writer *w)
{
    struct level level = {.first = "- ", .rest = "  "};
    struct level *list = w->depth ? &w->levels[w->depth - 1] : NULL;
    if (w->language == LANGUAGE_JA) {
        memcpy(level.first, "・", sizeof "・");
        memcpy(level.rest, "  ", sizeof "  ");
    }
    if (list && list->is_list && list->number) {
        char digits[12];
        size_t size = 0;
        unsigned number = list->number++ % 10000;
        do
            digits[size++] = (char)('0' + number % 10);
        while (number /= 10);
        for (size_t i = 0; i < size; i++) {
            level.first[i] = digits[size - 1 - i];
            level.rest[i] = ' ';
        }
        memcpy(level.first + size, ". ", 3);
        memcpy(level.rest + size, "  ", 3);
    }
    push(w, level);
}

static void underline(struct writer *w, char mark, size_t width)
{
    gap(w);
    for (size_t i = 0; i < (width < w->columns ? width : w->columns); i++)
        buf_add_char(w->out, mark);
    buf_add_char(w->out, '\n');
}

static void close_heading(struct writer *w, unsigned level)
{
    enum held_underline mark = level == 1 ? HELD_DOUBLE : level == 2 ? HELD_SINGLE : HELD_PLAIN;
    size_t width = unicode_text_width(buf_text(&w->text));
    w->is_held = false;
    write_underlined(w, "", mark);
    if (mark != HELD_PLAIN && !w->is_held)
        underline(w, (char)mark, width);
    w->needs_gap = true;
}

static const char *colon(const struct writer *w)
{
    switch (w->language) {
    case LANGUAGE_FR:
        return "\xC2\xA0: ";
    case LANGUAGE_JA:
        return "：";
    case LANGUAGE_EN:
        break;
    }
    return ": ";
}

static void close_cell(struct writer *w)
{
    trim(&w->text);
    if (w->column + 1 < w->column_count) {
        buf_add_text(&w->label, buf_text(&w->text));
        if (w->text.size)
            buf_add_string(&w->label, w->is_facts ? colon(w) : " | ");
        buf_clear(&w->text);
    } else if (w->label.size || w->text.size) {
        CLEANUP_BUF struct buf value = BUF_INIT(MARKDOWN_BYTES_MAX);
        buf_add_text(&value, buf_text(&w->text));
        buf_clear(&w->text);
        buf_add_text(&w->text, buf_text(&w->label));
        buf_add_text(&w->text, buf_text(&value));
        write_block(w, "  ");
        buf_clear(&w->label);
    }
    w->column++;
}

static void write_code(struct writer *w)
{
    struct text rest = buf_text(&w->text);
    gap(w);
    while (rest.data && rest.size) {
        buf_add_string(w->out, "    ");
        buf_add_text(w->out, text_next_line(&rest));
        buf_add_char(w->out, '\n');
    }
    buf_clear(&w->text);
}

static int enter_block(MD_BLOCKTYPE type, void *detail, void *context)
{
    struct writer *w = context;
    switch (type) {
    case MD_BLOCK_QUOTE:
        push(w, (struct level){.first = "> ", .rest = "> "});
        break;
    case MD_BLOCK_UL:
        write_block(w, ""); /* the words of the item around a nested list */
        push(w,
             (struct level){.is_list = true, .is_tight = ((MD_BLOCK_UL_DETAIL *)detail)->is_tight});
        break;
    case MD_BLOCK_OL:
        write_block(w, "");
        push(w, (struct level){.is_list = true,
                               .is_tight = ((MD_BLOCK_OL_DETAIL *)detail)->is_tight,
                               .number = ((MD_BLOCK_OL_DETAIL *)detail)->start});
        break;
    case MD_BLOCK_LI:
        open_item(w);
        break;
    case MD_BLOCK_TABLE:
        w->column_count = ((MD_BLOCK_TABLE_DETAIL *)detail)->col_count;
        w->is_facts = w->column_count == 2;
        break;
    case MD_BLOCK_TR:
        w->column = 0;
        break;
    default:
        break;
    }
    return 0;
}

/* The words of ":::right 以上", moved by blanks; what has no room begins at the left. */
static void place(struct writer *w, enum inline_place place, struct text words)
{
    size_t width = unicode_text_width(words);
    size_t blanks = width < w->columns ? w->columns - width : 0;
    gap(w);
    for (size_t i = 0; i < (place == INLINE_CENTER ? blanks / 2 : blanks); i++)
        buf_add_char(w->out, ' ');
    buf_add_text(w->out, words);
    buf_add_char(w->out, '\n');
    buf_clear(&w->text);
}

static void close_paragraph(struct writer *w)
{
    enum inline_place where;
    enum language language;
    struct text words;
    bool begins;
    if (!w->depth && inline_place_mark(buf_text(&w->text), &where, &words))
        place(w, where, words);
    bool is_mark = !w->depth && inline_language_mark(buf_text(&w->text), &begins, &language);
    if (is_mark)
        w->language = begins ? language : w->own_language;
    if (is_mark || w->is_only_html)
        buf_clear(&w->text);
    w->is_only_html = false;
    write_block(w, "");
    w->needs_gap = !is_in_tight_list(w);
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *context)
{
    struct writer *w = context;
    switch (type) {
    case MD_BLOCK_QUOTE:
        pop(w);
        w->needs_gap = true;
        break;
    case MD_BLOCK_UL:
    case MD_BLOCK_OL:
        pop(w);
        w->needs_gap = !is_in_tight_list(w);
        break;
    case MD_BLOCK_LI:
        write_block(w, "");
        pop(w);
        w->needs_gap = !is_in_tight_list(w);
        break;
    case MD_BLOCK_HR:
        w->needs_gap = true;
        underline(w, '-', w->columns);
        w->needs_gap = true;
        break;
    case MD_BLOCK_H:
        close_heading(w, ((MD_BLOCK_H_DETAIL *)detail)->level);
        break;
    case MD_BLOCK_CODE:
        write_code(w);
        w->needs_gap = true;
        break;
    case MD_BLOCK_P:
        close_paragraph(w);
        break;
    case MD_BLOCK_TH:
    case MD_BLOCK_TD:
        close_cell(w);
        break;
    case MD_BLOCK_TABLE:
        w->needs_gap = true;
        break;
    default:
        break;
    }
    return 0;
}

static int enter_span(MD_SPANTYPE type, void *detail, void *context)
{
    struct writer *w = context;
    if (type == MD_SPAN_A) {
        const MD_SPAN_A_DETAIL *link = detail;
        CLEANUP_BUF struct buf title = BUF_INIT(64);
        inline_attribute(&title, &link->title);
        buf_clear(&w->address);
        inline_attribute(&w->address, &link->href);
        w->link_start = w->text.size;
        w->is_button = text_is(buf_text(&title), "button");
        w->is_only_html |= text_is(buf_text(&title), "html");
    }
    return 0;
}

/* "words <address>"; only the address when the words say nothing else. */
static void leave_link(struct writer *w)
{
    struct text address = buf_text(&w->address);
    struct text words = text_from(buf_text(&w->text), w->link_start);
    bool is_mail = text_starts_nocase(address, "mailto:");

    if (!inline_link_is_safe(address))
        return;
    if (is_mail || text_starts_nocase(address, "tel:"))
        address = text_from(address, text_find_char(address, ':') + 1);
    if (is_mail)
        address = text_slice(address, 0, text_find_char(address, '?'));
    if (text_equal(words, address))
        return;
    if (!words.size) {
        buf_add_text(&w->text, address);
    } else if (w->is_button && text_find(text_from(buf_text(w->out), w->start), address) <
                                   w->out->size - w->start) {
        buf_truncate(&w->text, w->link_start); /* it can be read above, in the facts */
    } else if (w->is_button) {
        buf_add_string(&w->text, colon(w));
        trim(&w->text);
        buf_add_rune(&w->text, LINE_SEPARATOR);
        buf_add_text(&w->text, address);
    } else {
        buf_add_string(&w->text, " <");
        buf_add_text(&w->text, address);
        buf_add_char(&w->text, '>');
    }
}

static int leave_span(MD_SPANTYPE type, void *detail, void *context)
{
    (void)detail; /* all was said on entering */
    if (type == MD_SPAN_A)
        leave_link(context);
    return 0;
}

static int text_event(MD_TEXTTYPE type, const MD_CHAR *data, MD_SIZE size, void *context)
{
    struct writer *w = context;
    inline_text(&w->text, type, (struct text){data, size});
    return 0;
}

int markdown_text(struct text source, enum language language, struct buf *out)
{
    static const MD_PARSER parser = {.flags = MARKDOWN_FLAGS,
                                     .enter_block = enter_block,
                                     .leave_block = leave_block,
                                     .enter_span = enter_span,
                                     .leave_span = leave_span,
                                     .text = text_event};
    struct writer w = {.language = language,
                       .own_language = language,
                       .columns = language == LANGUAGE_JA ? MARKDOWN_COLUMNS_JA : MARKDOWN_COLUMNS,
                       .out = out,
                       .start = out->size,
                       .text = BUF_INIT(MARKDOWN_BYTES_MAX),
                       .label = BUF_INIT(MARKDOWN_BYTES_MAX),
                       .address = BUF_INIT(MARKDOWN_BYTES_MAX)};
    if (source.size > MARKDOWN_BYTES_MAX)
        return -EFBIG;
    int r = md_parse(source.data, (MD_SIZE)source.size, &parser, &w);
    int error = w.text.error ? w.text.error : w.label.error ? w.label.error : w.address.error;
    buf_done(&w.text);
    buf_done(&w.label);
    buf_done(&w.address);
    if (r || error)
        return error ? error : -ENOMEM;
    return buf_error(out);
}

size_t markdown_columns(enum language language)
{
    return language == LANGUAGE_JA ? MARKDOWN_COLUMNS_JA : MARKDOWN_COLUMNS;
}
