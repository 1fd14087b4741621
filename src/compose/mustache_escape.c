/* SPDX-License-Identifier: MIT */
/* Escaping for where a value lands.
 *
 * Markdown: every ASCII punctuation mark may be escaped by a backslash (CommonMark 2.4), so all
 * are; a line end becomes U+2028, which the Markdown room shows as a line break even inside a
 * table cell, so that no value can begin a block of its own.                                     */

#include "compose/mustache.h"

#define LINE_SEPARATOR "\xE2\x80\xA8"

static void escape_html(struct text text, struct buf *out)
{
    size_t done = 0;
    for (size_t i = 0; i < text.size; i++) {
        const char *entity;
        switch (text.data[i]) {
        case '&':
            entity = "&amp;";
            break;
        case '<':
            entity = "&lt;";
            break;
        case '>':
            entity = "&gt;";
            break;
        case '"':
            entity = "&quot;";
            break;
        case '\'':
            entity = "&#39;";
            break;
        default:
            continue;
        }
        buf_add(out, text.data + done, i - done);
        buf_add_string(out, entity);
        done = i + 1;
    }
    buf_add(out, text.data + done, text.size - done);
}

static bool is_punctuation(char c)
{
    return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') ||
           (c >= '{' && c <= '~');
}

static void escape_markdown(struct text text, struct buf *out)
{
    size_t done = 0;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (c != '\n' && c != '\r' && !is_punctuation(c))
            continue;
        buf_add(out, text.data + done, i - done);
        if (c == '\n')
            buf_add_string(out, LINE_SEPARATOR);
        else if (c != '\r')
            buf_add(out, (char[]){'\\', c}, 2);
        done = i + 1;
    }
    buf_add(out, text.data + done, text.size - done);
}

void mustache_escape(struct text text, enum mustache_escape escape, struct buf *out)
{
    switch (escape) {
    case ESCAPE_HTML:
        escape_html(text, out);
        break;
    case ESCAPE_MARKDOWN:
        escape_markdown(text, out);
        break;
    case ESCAPE_NONE:
        buf_add_text(out, text);
        break;
    }
}
