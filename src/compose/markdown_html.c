/* SPDX-License-Identifier: MIT */
/* Markdown as the HTML of a mail: inline styles only, tables for what must hold its shape in
 * Outlook's Word engine, no class, no id.
 *
 * Text is gathered until something else comes, then written at once, because md4c hands it over in
 * pieces and an address in it must be seen whole.                                                */
#include <errno.h>

#include "compose/markdown.h"
#include "compose/markdown_inline.h"
#include "compose/mustache.h"

struct writer {
    const struct markdown_style *style;
    struct buf *out;
    struct buf text;      /* gathered, not yet written */
    struct buf attribute; /* address of the link that is open */
    size_t link_start;    /* of its words in out */
    size_t block_start;   /* of the paragraph's content in out */
    size_t paragraph_start;
    bool is_other_language; /* a <div lang> is open */
    int container_depth;    /* lists and quotations, inside which no language may begin or end */
    int link_depth, image_depth;
    bool is_link_open, is_button, is_tight, is_code;
    bool is_bare; /* the paragraph turned out to be a button and needs no end tag */
    bool is_facts;
    size_t head_start, head_content, column;
};

static const char *body_size(const struct writer *w)
{
    return w->style->is_small ? "14px" : "16px";
}

static void add(struct writer *w, const char *html)
{
    buf_add_string(w->out, html);
}

static void escape(struct writer *w, struct text text)
{
    while (text.size) {
        size_t at = text_find(text, TEXT("\xE2\x80\xA8"));
        mustache_escape(text_slice(text, 0, at), ESCAPE_HTML, w->out);
        if (at < text.size)
            add(w, "<br>\n");
        text = text_from(text, at < text.size ? at + 3 : at);
        if (at < text.size && text.size && text.data[0] == ' ')
            text = text_from(text, 1); /* the soft break after a line break */
    }
}

static void open_link(struct writer *w, struct text address)
{
    add(w, "<a href=\"");
    mustache_escape(address, ESCAPE_HTML, w->out);
    buf_printf(w->out, "\" style=\"color:%s;text-decoration:underline;\">", w->style->accent);
}

/* Writes what was gathered; outside of links, addresses in it become links. */
static void flush(struct writer *w)
{
    struct text text = buf_text(&w->text);
    size_t start, size;
    while (!w->link_depth && !w->is_code && inline_find_link(text, &start, &size)) {
        struct text address = text_slice(text, start, size);
        escape(w, text_slice(text, 0, start));
        open_link(w, address);
        escape(w, address);
        add(w, "</a>");
        text = text_from(text, start + size);
    }
    escape(w, text);
    buf_clear(&w->text);
}

/* A line break at the very end of a block shows as an empty line: taken back. */
static void end_block(struct writer *w)
{
    flush(w);
    struct text html = buf_text(w->out);
    while (text_ends_nocase(html, "<br>\n") && html.size - 5 >= w->block_start) {
        buf_truncate(w->out, html.size - 5);
        html = buf_text(w->out);
    }
}

static void begin_block(struct writer *w)
{
    w->block_start = w->out->size;
}

static void open_paragraph(struct writer *w)
{
    w->paragraph_start = w->out->size;
    if (!w->is_tight)
        buf_printf(w->out, "<p style=\"margin:0 0 %s 0;\">", w->style->is_small ? "8px" : "16px");
    begin_block(w);
}

/* ":::ja" and ":::" become the edges of a block of their own language. */
static bool close_language_mark(struct writer *w)
{
    enum language language;
    bool begins;
    if (w->container_depth || !inline_language_mark(buf_text(&w->text), &begins, &language))
        return false;
    buf_clear(&w->text);
    buf_truncate(w->out, w->paragraph_start);
    if (w->is_other_language)
        add(w, "</div>\n");
    if (begins)
        buf_printf(w->out, "<div lang=\"%s\" dir=\"ltr\">\n", language_to_text(language));
    w->is_other_language = begins;
    return true;
}

/* ":::right 以上" */
static bool close_place_mark(struct writer *w)
{
    enum inline_place place;
    struct text words;
    if (w->container_depth || !inline_place_mark(buf_text(&w->text), &place, &words))
        return false;
    buf_truncate(w->out, w->paragraph_start);
    buf_printf(w->out, "<p style=\"margin:0 0 16px 0;text-align:%s;\">",
               place == INLINE_CENTER ? "center" : "right");
    escape(w, words);
    add(w, "</p>\n");
    buf_clear(&w->text);
    return true;
}

static void close_paragraph(struct writer *w)
{
    bool is_plain = !w->is_tight && w->out->size == w->block_start;
    if (is_plain && (close_language_mark(w) || close_place_mark(w)))
        return;
    end_block(w);
    if (!w->is_tight && !w->is_bare)
        add(w, "</p>\n");
    w->is_bare = false;
}

static void open_heading(struct writer *w, unsigned level)
{
    static const char *const sizes[] = {"24px", "19px", "17px"};
    unsigned shown = level > 3 ? 3 : level;
    buf_printf(w->out,
               "<h%u style=\"margin:%s 0 12px 0;font-size:%s;line-height:1.3;"
               "font-weight:bold;\">",
               shown, level == 1 ? "24px" : "20px", sizes[shown - 1]);
    begin_block(w);
}

static void open_cell(struct writer *w, bool is_head)
{
    bool is_label = w->is_facts && w->column == 0;
    if (is_label)
        add(w, "<th scope=\"row\" align=\"left\" valign=\"top\" class=\"label\" "
               "style=\"padding:8px 16px 8px 0;width:96px;"
               "font-weight:normal;color:#5f6b76;text-align:left;\">");
    else if (w->is_facts)
        add(w, "<td align=\"left\" valign=\"top\" style=\"padding:8px 0;\">");
    else
        buf_printf(w->out,
                   "<%s align=\"left\" valign=\"top\" "
                   "style=\"padding:6px 12px 6px 0;border-bottom:1px solid #d5dbe1;%s\">",
                   is_head ? "th scope=\"col\"" : "td", is_head ? "text-align:left;" : "");
    begin_block(w);
}

static void close_cell(struct writer *w, bool is_head)
{
    end_block(w);
    add(w, is_head || (w->is_facts && w->column == 0) ? "</th>" : "</td>");
    w->column++;
}

static void open_table(struct writer *w, const MD_BLOCK_TABLE_DETAIL *detail)
{
    w->is_facts = detail->col_count == 2;
    buf_printf(w->out,
               "<table width=\"100%%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" "
               "style=\"margin:0 0 20px 0;border-collapse:collapse;border-top:2px solid %s;"
               "border-bottom:1px solid #d5dbe1;font-size:%s;line-height:1.5;\">\n",
               w->style->accent, body_size(w));
}

/* An empty head is left out, and makes facts of a table of two columns. */
static void close_head(struct writer *w)
{
    if (w->head_content > 0)
        w->is_facts = false;
    else
        buf_truncate(w->out, w->head_start);
}

static bool is_container(MD_BLOCKTYPE type)
{
    return type == MD_BLOCK_QUOTE || type == MD_BLOCK_UL || type == MD_BLOCK_OL;
}

static int enter_block(MD_BLOCKTYPE type, void *detail, void *context)
{
    struct writer *w = context;
    w->container_depth += is_container(type);
    switch (type) {
    case MD_BLOCK_QUOTE:
        flush(w);
        add(w, "<blockquote style=\"margin:0 0 16px 0;padding:0 0 0 16px;"
               "border-left:3px solid #d5dbe1;\">\n");
        break;
    case MD_BLOCK_UL:
    case MD_BLOCK_OL:
        end_block(w); /* a nested list follows the words of its item */
        w->is_tight = type == MD_BLOCK_UL ? ((MD_BLOCK_UL_DETAIL *)detail)->is_tight
                                          : ((MD_BLOCK_OL_DETAIL *)detail)->is_tight;
        if (type == MD_BLOCK_OL && ((MD_BLOCK_OL_DETAIL *)detail)->start != 1)
            buf_printf(w->out, "<ol start=\"%u\"", ((MD_BLOCK_OL_DETAIL *)detail)->start);
        else
            add(w, type == MD_BLOCK_UL ? "<ul" : "<ol");
        add(w, " style=\"margin:0 0 16px 0;padding:0 0 0 24px;\">\n");
        break;
    case MD_BLOCK_LI:
        add(w, "<li style=\"margin:0 0 6px 0;\">");
        begin_block(w);
        break;
    case MD_BLOCK_HR:
        add(w, "<hr style=\"margin:24px 0;border:0;border-top:1px solid #d5dbe1;\">\n");
        break;
    case MD_BLOCK_H:
        open_heading(w, ((MD_BLOCK_H_DETAIL *)detail)->level);
        break;
    case MD_BLOCK_CODE:
        add(w, "<pre style=\"margin:0 0 16px 0;font-family:monospace;white-space:pre-wrap;\">");
        w->is_code = true;
        begin_block(w);
        break;
    case MD_BLOCK_P:
        open_paragraph(w);
        break;
    case MD_BLOCK_TABLE:
        open_table(w, detail);
        break;
    case MD_BLOCK_THEAD:
        w->head_start = w->out->size;
        w->head_content = 0;
        break;
    case MD_BLOCK_TR:
        w->column = 0;
        add(w, "<tr>");
        break;
    case MD_BLOCK_TH:
    case MD_BLOCK_TD:
        open_cell(w, type == MD_BLOCK_TH);
        break;
    default:
        break;
    }
    return 0;
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *context)
{
    struct writer *w = context;
    w->container_depth -= is_container(type);
    switch (type) {
    case MD_BLOCK_QUOTE:
        add(w, "</blockquote>\n");
        break;
    case MD_BLOCK_UL:
        add(w, "</ul>\n");
        w->is_tight = false;
        break;
    case MD_BLOCK_OL:
        add(w, "</ol>\n");
        w->is_tight = false;
        break;
    case MD_BLOCK_LI:
        end_block(w);
        add(w, "</li>\n");
        break;
    case MD_BLOCK_H: {
        unsigned level = ((MD_BLOCK_H_DETAIL *)detail)->level;
        end_block(w);
        buf_printf(w->out, "</h%u>\n", level > 3 ? 3 : level);
        break;
    }
    case MD_BLOCK_CODE:
        end_block(w);
        w->is_code = false;
        add(w, "</pre>\n");
        break;
    case MD_BLOCK_P:
        close_paragraph(w);
        break;
    case MD_BLOCK_TABLE:
        add(w, "</table>\n");
        break;
    case MD_BLOCK_THEAD:
        close_head(w);
        break;
    case MD_BLOCK_TR:
        add(w, "</tr>\n");
        break;
    case MD_BLOCK_TH:
    case MD_BLOCK_TD:
        close_cell(w, type == MD_BLOCK_TH);
        break;
    default:
        break;
    }
    return 0;
}

/* Padding belongs to the cell: Outlook ignores it on links. */
static void open_button(struct writer *w, struct text address)
{
    buf_printf(w->out,
               "<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" "
               "style=\"margin:0 0 16px 0;\"><tr><td bgcolor=\"%s\" align=\"center\" "
               "style=\"padding:12px 24px;background-color:%s;border-radius:4px;\"><a href=\"",
               w->style->accent, w->style->accent);
    mustache_escape(address, ESCAPE_HTML, w->out);
    add(w, "\" style=\"color:#ffffff;font-size:16px;line-height:20px;font-weight:bold;"
           "text-decoration:none;display:inline-block;\">");
}

static void enter_link(struct writer *w, const MD_SPAN_A_DETAIL *detail)
{
    CLEANUP_BUF struct buf title = BUF_INIT(64);
    w->link_depth++;
    buf_clear(&w->attribute);
    inline_attribute(&w->attribute, &detail->href);
    inline_attribute(&title, &detail->title);
    w->is_link_open = inline_link_is_safe(buf_text(&w->attribute));
    w->is_button = w->is_link_open && text_is(buf_text(&title), "button");
    if (!w->is_link_open)
        return;
    if (!w->is_button) {
        open_link(w, buf_text(&w->attribute));
        w->link_start = w->out->size;
        return;
    }
    /* The paragraph around a button would hold a table, which HTML forbids. */
    struct text html = buf_text(w->out);
    if (text_ends_nocase(html, ">") && html.size == w->block_start && !w->is_tight) {
        size_t open = html.size;
        while (open && html.data[open - 1] != '<')
            open--;
        buf_truncate(w->out, open - 1);
    }
    open_button(w, buf_text(&w->attribute));
}

/* The address is repeated as text, unless it can be read above (in the facts). */
static void close_button(struct writer *w)
{
    CLEANUP_BUF struct buf shown = BUF_INIT(MARKDOWN_BYTES_MAX);
    struct text address = buf_text(&w->attribute);
    add(w, "</td></tr></table>\n");
    buf_add_char(&shown, '>');
    mustache_escape(address, ESCAPE_HTML, &shown);
    buf_add_char(&shown, '<');
    w->is_bare = text_find(buf_text(w->out), buf_text(&shown)) < w->out->size;
    if (w->is_bare)
        return;
    add(w, "<p class=\"quiet\" style=\"margin:0 0 20px 0;line-height:1.4;"
           "color:#5f6b76;\">");
    mustache_escape(address, ESCAPE_HTML, w->out);
}

static void leave_link(struct writer *w)
{
    w->link_depth--;
    if (!w->is_link_open)
        return;
    if (!w->is_button && w->out->size == w->link_start)
        escape(w, buf_text(&w->attribute)); /* a link without words */
    add(w, "</a>");
    if (w->is_button)
        close_button(w);
    w->is_link_open = w->is_button = false;
}

static int enter_span(MD_SPANTYPE type, void *detail, void *context)
{
    struct writer *w = context;
    flush(w);
    switch (type) {
    case MD_SPAN_EM:
        add(w, "<em>");
        break;
    case MD_SPAN_STRONG:
        add(w, "<strong>");
        break;
    case MD_SPAN_CODE:
        add(w, "<code>");
        break;
    case MD_SPAN_A:
        enter_link(w, detail);
        break;
    default:
        break;
    }
    return 0;
}

static int leave_span(MD_SPANTYPE type, void *detail, void *context)
{
    struct writer *w = context;
    (void)detail; /* all was said on entering */
    flush(w);
    switch (type) {
    case MD_SPAN_EM:
        add(w, "</em>");
        break;
    case MD_SPAN_STRONG:
        add(w, "</strong>");
        break;
    case MD_SPAN_CODE:
        add(w, "</code>");
        break;
    case MD_SPAN_A:
        leave_link(w);
        break;
    default:
        break;
    }
    return 0;
}

static int text_event(MD_TEXTTYPE type, const MD_CHAR *data, MD_SIZE size, void *context)
{
    struct writer *w = context;
    inline_text(&w->text, type, (struct text){data, size});
    w->head_content += size;
    return 0;
}

int markdown_html(struct text source, const struct markdown_style *style, struct buf *out)
{
    static const MD_PARSER parser = {.flags = MARKDOWN_FLAGS,
                                     .enter_block = enter_block,
                                     .leave_block = leave_block,
                                     .enter_span = enter_span,
                                     .leave_span = leave_span,
                                     .text = text_event};
    struct writer w = {.style = style,
                       .out = out,
                       .text = BUF_INIT(MARKDOWN_BYTES_MAX),
                       .attribute = BUF_INIT(MARKDOWN_BYTES_MAX)};
    if (source.size > MARKDOWN_BYTES_MAX)
        return -EFBIG;
    int r = md_parse(source.data, (MD_SIZE)source.size, &parser, &w);
    flush(&w);
    if (w.is_other_language)
        add(&w, "</div>\n");
    int error = buf_error(&w.text) ? buf_error(&w.text) : buf_error(&w.attribute);
    buf_done(&w.text);
    buf_done(&w.attribute);
    if (r || error)
        return error ? error : -ENOMEM;
    return buf_error(out);
}

/* Relative luminance is needed only roughly: white text wants a dark ground (WCAG 1.4.3, 4.5:1). */
static bool is_dark(unsigned red, unsigned green, unsigned blue)
{
    /* Integer form of 0.2126 R² + 0.7152 G² + 0.0722 B² ≤ 0.183 (gamma taken as 2). */
    return 2126u * red * red + 7152u * green * green + 722u * blue * blue <= 1830u * 255u * 255u;
}

static bool hex_digit(char c, unsigned *ret)
{
    c = char_lower(c);
    if (!char_is_digit(c) && (c < 'a' || c > 'f'))
        return false;
    *ret = char_is_digit(c) ? (unsigned)(c - '0') : (unsigned)(c - 'a') + 10;
    return true;
}

const char *markdown_accent(const char *colour)
{
    static const char ours[] = "#1f4e79";
    struct text text = text_of(colour);
    unsigned digit[6];
    size_t count = text.size ? text.size - 1 : 0;

    if ((count != 3 && count != 6) || text.data[0] != '#')
        return ours;
    for (size_t i = 0; i < count; i++)
        if (!hex_digit(text.data[i + 1], &digit[i]))
            return ours;
    bool is_short = count == 3;
    unsigned red = is_short ? digit[0] * 17 : digit[0] * 16 + digit[1];
    unsigned green = is_short ? digit[1] * 17 : digit[2] * 16 + digit[3];
    unsigned blue = is_short ? digit[2] * 17 : digit[4] * 16 + digit[5];
    return is_dark(red, green, blue) ? colour : ours;
}
