/* SPDX-License-Identifier: MIT */
/* smtp_reply: bytes to replies, whatever the cuts.
 *
 * The code of the last line counts: servers that change it within one reply mean the last one.   */
#include <string.h>

#include "deliver/smtp_internal.h"

static bool parse_line(struct text line, int *ret_code, bool *ret_is_last, struct text *ret_text)
{
    if (line.size < 3 || line.data[0] < '2' || line.data[0] > '5')
        return false;
    int code = 0;
    for (int i = 0; i < 3; i++) {
        if (!char_is_digit(line.data[i]))
            return false;
        code = code * 10 + line.data[i] - '0';
    }
    char mark = line.size > 3 ? line.data[3] : ' ';
    if (mark != ' ' && mark != '-' && mark != '\t')
        return false;
    *ret_code = code;
    *ret_is_last = mark != '-';
    *ret_text = text_trim(text_from(line, 4));
    return true;
}

static void add_text(struct smtp_reply_reader *reader, struct text text)
{
    size_t room = sizeof reader->text - reader->text_size;
    if (text.size && reader->text_size && room) {
        reader->text[reader->text_size++] = ' ';
        room--;
    }
    if (text.size > room)
        text.size = room;
    if (text.size)
        memcpy(reader->text + reader->text_size, text.data, text.size);
    reader->text_size += text.size;
}

/* Moves bytes into the line; true when its end was seen. */
static bool take_line(struct smtp_reply_reader *reader, struct text *rest)
{
    size_t end = text_find_char(*rest, '\n');
    bool has_end = end < rest->size;
    size_t keep = sizeof reader->line - reader->line_size;
    if (keep > end)
        keep = end;
    if (keep)
        memcpy(reader->line + reader->line_size, rest->data, keep);
    reader->line_size += keep;
    *rest = text_from(*rest, has_end ? end + 1 : end);
    return has_end;
}

int smtp_reply_read(struct smtp_reply_reader *reader, struct text *rest, struct smtp_reply *ret)
{
    while (rest->size && take_line(reader, rest)) {
        struct text line = {reader->line, reader->line_size}, text;
        bool is_last;
        if (line.size && line.data[line.size - 1] == '\r')
            line.size--;
        reader->line_size = 0;
        if (++reader->line_count > SMTP_REPLY_LINES_MAX)
            return SMTP_REPLY_SENSELESS;
        if (!parse_line(line, &ret->code, &is_last, &text)) {
            if (!reader->is_begun)
                return SMTP_REPLY_STRAY;
            continue;
        }
        add_text(reader, text);
        reader->is_begun = !is_last;
        if (!is_last)
            continue;
        ret->text = (struct text){reader->text, reader->text_size};
        reader->text_size = 0;
        reader->line_count = 0;
        return SMTP_REPLY_WHOLE;
    }
    return SMTP_REPLY_MORE;
}
