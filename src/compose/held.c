/* SPDX-License-Identifier: MIT */
/* A block is: START, its underline, first prefix, CUT, rest prefix, CUT, text, END. A line of HTML
 * is: START, the line and its LF; what is encoded has no START.                                  */
#include "compose/held.h"

#include <errno.h>

#include "base/unicode.h"
#include "compose/transfer.h"
#include "compose/wrap.h"

enum { MARK_START = 1, MARK_CUT = 2, MARK_END = 3, HELD_BYTES_MAX = 1 << 20 };

void held_add(struct buf *out, const struct held_block *block)
{
    buf_add_char(out, MARK_START);
    buf_add_char(out, (char)block->underline);
    buf_add_text(out, block->first);
    buf_add_char(out, MARK_CUT);
    buf_add_text(out, block->rest);
    buf_add_char(out, MARK_CUT);
    buf_add_text(out, block->text);
    buf_add_char(out, MARK_END);
}

static void release_block(struct buf *out, struct text block, const struct personal *personal,
                          size_t columns)
{
    CLEANUP_BUF struct buf filled = BUF_INIT(HELD_BYTES_MAX), lines = BUF_INIT(HELD_BYTES_MAX);
    char underline = block.data[0];
    struct text text = text_from(block, 1);
    struct text first = text_split(&text, MARK_CUT), rest = text_split(&text, MARK_CUT);

    personal_fill_plain(&filled, text, personal);
    struct text left = buf_text(&filled);
    while (left.data) {
        buf_add_text(&lines, text_split(&left, '\n'));
        if (left.data)
            buf_add_string(&lines, "\xE2\x80\xA8"); /* as wrap_text knows line ends */
    }
    wrap_text(out, buf_text(&lines), columns, first, rest);
    size_t width = underline == HELD_PLAIN ? 0 : unicode_text_width(buf_text(&lines));
    for (size_t i = 0; i < width && i < columns; i++)
        buf_add_char(out, underline);
    if (width)
        buf_add_char(out, '\n');
    if (buf_error(&filled) || buf_error(&lines))
        out->error = out->error ? out->error : -ENOMEM;
}

void held_release(struct buf *out, struct text text, const struct personal *personal,
                  size_t columns)
{
    while (text.data && !buf_error(out)) {
        struct text plain = text_split(&text, MARK_START);
        personal_fill_plain(out, plain, personal);
        if (!text.data)
            return;
        struct text block = text_split(&text, MARK_END);
        if (block.size)
            release_block(out, block, personal, columns);
    }
}

void held_encode(struct buf *out, struct text html)
{
    size_t at;
    enum personal_word word;
    while (html.size) {
        struct text line = text_slice(html, 0, text_find_char(html, '\n') + 1);
        if (personal_find_hole(line, &at, &word)) {
            buf_add_char(out, MARK_START);
            buf_add_text(out, line);
        } else {
            transfer_text(out, TRANSFER_QUOTED_PRINTABLE, line);
        }
        html = text_from(html, line.size);
    }
}

void held_release_encoded(struct buf *out, struct text encoded, const struct personal *personal)
{
    CLEANUP_BUF struct buf line = BUF_INIT(SIZE_MAX / 2);
    while (encoded.data) {
        buf_add_text(out, text_split(&encoded, MARK_START));
        if (!encoded.data)
            break;
        buf_clear(&line);
        personal_fill_html(&line, text_split(&encoded, '\n'), personal);
        if (encoded.data) /* else the last line, and without an end */
            buf_add_char(&line, '\n');
        transfer_text(out, TRANSFER_QUOTED_PRINTABLE, buf_text(&line));
    }
    if (buf_error(&line))
        out->error = out->error ? out->error : -ENOMEM;
}
