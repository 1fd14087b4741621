/* SPDX-License-Identifier: MIT */
#include "stage/mail.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"

enum { DECODED_MAX = 16 << 20 };

static int hex_value(char c)
{
    return char_is_digit(c) ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static int base64_value(char c)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(letters, c) : NULL;
    return at ? (int)(at - letters) : -1;
}

static void decode_base64(struct text raw, struct buf *out)
{
    unsigned bits = 0;
    int count = 0;
    for (size_t i = 0; i < raw.size; i++) {
        int value = base64_value(raw.data[i]);
        if (value < 0)
            continue;
        bits = bits << 6 | (unsigned)value;
        count += 6;
        if (count >= 8) {
            count -= 8;
            buf_add_char(out, (char)(bits >> count & 0xFF));
        }
    }
}

/* Quoted-printable; `_` is a blank in headers only. */
static void decode_quoted(struct text raw, bool is_header, struct buf *out)
{
    for (size_t i = 0; i < raw.size; i++) {
        char c = raw.data[i];
        if (c == '_' && is_header) {
            buf_add_char(out, ' ');
        } else if (c == '=' && i + 2 < raw.size && hex_value(raw.data[i + 1]) >= 0 &&
                   hex_value(raw.data[i + 2]) >= 0) {
            buf_add_char(out, (char)(hex_value(raw.data[i + 1]) * 16 + hex_value(raw.data[i + 2])));
            i += 2;
        } else if (c == '=' && !is_header) {
            while (i + 1 < raw.size && raw.data[i] != '\n') /* a soft line break */
                i++;
        } else {
            buf_add_char(out, c);
        }
    }
}

/* --- headers --------------------------------------------------------------------------------- */

/* The next header with its folded lines; false at the blank line. */
static bool next_header(struct text *rest, struct text *ret)
{
    const char *start = rest->data;
    struct text line = text_next_line(rest);
    if (!line.size)
        return false;
    size_t size = line.size;
    while (rest->size && (rest->data[0] == ' ' || rest->data[0] == '\t')) {
        line = text_next_line(rest);
        size = (size_t)(line.data + line.size - start);
    }
    *ret = (struct text){start, size};
    return true;
}

static struct text find_header(struct text block, const char *name)
{
    struct text header;
    size_t size = strlen(name);
    while (next_header(&block, &header))
        if (text_starts_nocase(header, name) && header.size > size && header.data[size] == ':')
            return text_trim(text_from(header, size + 1));
    return (struct text){0};
}

static struct text body_of(struct text block)
{
    struct text header;
    while (next_header(&block, &header))
        ;
    return block;
}

/* "=?UTF-8?B?…?=": true and its end in *ret_size. */
static bool decode_word(struct text rest, struct buf *out, size_t *ret_size)
{
    if (!text_starts_nocase(rest, "=?utf-8?") || rest.size < 12 || rest.data[9] != '?')
        return false;
    struct text word = text_from(rest, 10);
    size_t end = text_find(word, TEXT("?="));
    if (end == word.size)
        return false;
    if (char_lower(rest.data[8]) == 'b')
        decode_base64(text_slice(word, 0, end), out);
    else
        decode_quoted(text_slice(word, 0, end), true, out);
    *ret_size = 10 + end + 2;
    return true;
}

static char *decode_header(struct arena *arena, struct text raw)
{
    CLEANUP_BUF struct buf out = BUF_INIT(DECODED_MAX);
    bool was_word = false;
    while (raw.size) {
        size_t blanks = 0, size = 0;
        while (blanks < raw.size && char_is_blank(raw.data[blanks]))
            blanks++;
        size_t before = out.size;
        if (blanks && !was_word)
            buf_add_char(&out, ' ');
        if (decode_word(text_from(raw, blanks), &out, &size)) {
            was_word = true;
            raw = text_from(raw, blanks + size);
            continue;
        }
        if (blanks && was_word) {
            buf_truncate(&out, before);
            buf_add_char(&out, ' ');
        }
        was_word = false;
        raw = text_from(raw, blanks);
        while (raw.size && !char_is_blank(raw.data[0]) && !text_starts(raw, "=?")) {
            buf_add_char(&out, raw.data[0]);
            raw = text_from(raw, 1);
        }
        if (text_starts(raw, "=?") && !decode_word(raw, &out, &size)) {
            buf_add_char(&out, raw.data[0]);
            raw = text_from(raw, 1);
        } else if (text_starts(raw, "=?")) {
            was_word = true;
            raw = text_from(raw, size);
        }
    }
    return buf_error(&out) ? NULL : arena_copy_text(arena, buf_text(&out));
}

const char *mail_header(struct arena *arena, const struct mail *mail, const char *name)
{
    return decode_header(arena, find_header(mail->bytes, name));
}

/* --- parts ----------------------------------------------------------------------------------- */

/* A parameter of Content-Type; empty when absent. */
static struct text boundary_of(struct text type)
{
    size_t at = text_find(type, TEXT("boundary=\""));
    struct text rest = text_from(type, at + 10);
    return at == type.size ? (struct text){0} : text_slice(rest, 0, text_find_char(rest, '"'));
}

static const char *decode_part(struct arena *arena, struct text part)
{
    CLEANUP_BUF struct buf out = BUF_INIT(DECODED_MAX), lines = BUF_INIT(DECODED_MAX);
    struct text encoding = find_header(part, "Content-Transfer-Encoding");
    struct text body = body_of(part);
    if (text_is_nocase(encoding, "base64"))
        decode_base64(body, &out);
    else if (text_is_nocase(encoding, "quoted-printable"))
        decode_quoted(body, false, &out);
    else
        buf_add_text(&out, body);
    for (size_t i = 0; i < out.size; i++)
        if (out.data[i] != '\r')
            buf_add_char(&lines, out.data[i]);
    return buf_error(&out) || buf_error(&lines) ? NULL : arena_copy_text(arena, buf_text(&lines));
}

/* The first part of the type, at whatever depth; data NULL when there is none. */
static struct text find_part(struct text part, const char *type)
{
    struct text content = find_header(part, "Content-Type");
    if (text_starts_nocase(content, type))
        return part;
    struct text boundary = boundary_of(content), rest = body_of(part), found = {0};
    const char *start = NULL;
    while (boundary.size && rest.size && !found.data) {
        const char *line_start = rest.data;
        struct text line = text_next_line(&rest);
        if (!text_starts(line, "--") || !text_equal(text_slice(line, 2, boundary.size), boundary))
            continue;
        if (start)
            found = find_part((struct text){start, (size_t)(line_start - start)}, type);
        start = rest.data;
    }
    return found;
}

static const char *decode_first(struct arena *arena, const struct mail *mail, const char *type)
{
    struct text part = find_part(mail->bytes, type);
    return part.data ? decode_part(arena, part) : "";
}

int mail_read(struct arena *arena, struct mail *mail)
{
    struct text id = find_header(mail->bytes, "Message-ID");
    if (id.size > 2)
        id = text_slice(id, 1, id.size - 2);
    mail->message_id = arena_copy_text(arena, id);
    mail->to = mail_header(arena, mail, "To");
    mail->subject = mail_header(arena, mail, "Subject");
    mail->text = decode_first(arena, mail, "text/plain");
    mail->calendar = decode_first(arena, mail, "text/calendar");
    return mail->message_id && mail->to && mail->subject && mail->text && mail->calendar ? 0
                                                                                         : -ENOMEM;
}
