/* SPDX-License-Identifier: MIT */
#include "calendar/prose.h"

#include <string.h>

void prose_unescape(struct text raw, struct buf *out)
{
    while (raw.size > 0) {
        size_t plain = text_find_char(raw, '\\');
        buf_add_text(out, text_slice(raw, 0, plain));
        if (plain == raw.size)
            return;
        if (plain + 1 == raw.size) {
            buf_add_char(out, '\\');
            return;
        }
        char c = raw.data[plain + 1];
        if (c == 'n' || c == 'N')
            buf_add_char(out, '\n');
        else if (c == ',' || c == ';' || c == '\\' || c == ':' || c == '"')
            buf_add_char(out, c);
        else
            buf_add(out, raw.data + plain, 2); /* no escape at all: C:\Users */
        raw = text_from(raw, plain + 2);
    }
}

/* C0 controls and DEL, and C1 in UTF-8 (C2 80 to C2 9F); zero width marks of direction stay. */
static size_t measure_control(struct text rest)
{
    unsigned char c = (unsigned char)rest.data[0];
    if (c < 0x20 || c == 0x7f)
        return 1;
    if (c == 0xc2 && rest.size > 1 && (unsigned char)rest.data[1] >= 0x80 &&
        (unsigned char)rest.data[1] <= 0x9f)
        return 2;
    if (text_starts(rest, "\xef\xbb\xbf"))
        return 3; /* a BOM in the middle of a text */
    return 0;
}

static void end_line(struct buf *out, size_t start)
{
    while (out->size > start && out->data[out->size - 1] == ' ')
        buf_truncate(out, out->size - 1);
}

void prose_clean(struct text text, bool keeps_lines, struct buf *out)
{
    size_t start = out->size;
    int line_ends = 0;
    while (text.size > 0) {
        char c = text.data[0];
        size_t control = measure_control(text);
        bool is_end = c == '\n' || c == '\r';
        if (is_end) {
            if (c == '\r' && text.size > 1 && text.data[1] == '\n')
                control = 2;
            end_line(out, start);
            if (keeps_lines && out->size > start && line_ends++ < 2)
                buf_add_char(out, '\n');
            else if (!keeps_lines && out->size > start)
                buf_add_char(out, ' ');
        } else if (c == '\t' || c == ' ') {
            control = 1;
            bool is_double = !keeps_lines && out->size > start && out->data[out->size - 1] == ' ';
            if (out->size > start && !is_double)
                buf_add_char(out, ' ');
        } else if (control == 0) {
            size_t run = 1;
            while (run < text.size && (unsigned char)text.data[run] > 0x20 &&
                   (unsigned char)text.data[run] < 0x7f)
                run++;
            buf_add(out, text.data, run);
            line_ends = 0;
            control = run;
        }
        text = text_from(text, control);
    }
    while (out->size > start && char_is_blank(out->data[out->size - 1]))
        buf_truncate(out, out->size - 1);
}
