/* SPDX-License-Identifier: MIT */
/* Both encoders reserve the worst case once and write with a bare pointer: a campaign spends most
 * of its time here.                                                                              */
#include "compose/transfer.h"

#include <string.h>

enum { LINE_MAX_CHARS = 76, BASE64_LINE_BYTES = LINE_MAX_CHARS / 4 * 3 };

static const char base64_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char hex_digits[] = "0123456789ABCDEF";

const char *transfer_to_text(enum transfer transfer)
{
    return transfer == TRANSFER_BASE64 ? "base64" : "quoted-printable";
}

static char *base64_line(char *to, const unsigned char *from, size_t size)
{
    for (; size >= 3; size -= 3, from += 3) {
        unsigned three = (unsigned)from[0] << 16 | (unsigned)from[1] << 8 | from[2];
        *to++ = base64_alphabet[three >> 18];
        *to++ = base64_alphabet[three >> 12 & 63];
        *to++ = base64_alphabet[three >> 6 & 63];
        *to++ = base64_alphabet[three & 63];
    }
    if (size) {
        unsigned rest = (unsigned)from[0] << 16 | (size == 2 ? (unsigned)from[1] << 8 : 0);
        *to++ = base64_alphabet[rest >> 18];
        *to++ = base64_alphabet[rest >> 12 & 63];
        *to++ = size == 2 ? base64_alphabet[rest >> 6 & 63] : '=';
        *to++ = '=';
    }
    return to;
}

void transfer_base64_word(struct buf *out, struct text bytes)
{
    if (!buf_reserve(out, (bytes.size + 2) / 3 * 4))
        return;
    char *end = base64_line(out->data + out->size, (const unsigned char *)bytes.data, bytes.size);
    out->size = (size_t)(end - out->data);
    *end = '\0';
}

void transfer_bytes(struct buf *out, struct text bytes)
{
    size_t lines = bytes.size / BASE64_LINE_BYTES + 1;
    if (!buf_reserve(out, (bytes.size + 2) / 3 * 4 + 2 * lines))
        return;
    char *to = out->data + out->size;
    while (bytes.size) {
        struct text line = text_slice(bytes, 0, BASE64_LINE_BYTES);
        to = base64_line(to, (const unsigned char *)line.data, line.size);
        *to++ = '\r';
        *to++ = '\n';
        bytes = text_from(bytes, line.size);
    }
    *to = '\0';
    out->size = (size_t)(to - out->data);
}

/* Length of a UTF-8 sequence by its first byte; malformed bytes count one each. */
static size_t sequence_size(struct text text)
{
    unsigned char first = (unsigned char)text.data[0];
    size_t size = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    return size < text.size ? size : text.size;
}

static bool is_plain(char c)
{
    return c >= ' ' && c <= '~' && c != '=';
}

/* One line without its end. A blank at the end, "From " at the start (mbox) and a lone dot are
 * written as codes; characters are never cut in the middle.                                      */
static char *quoted_line(char *to, struct text line)
{
    char *start = to;
    bool is_guarded = text_starts(line, "From ") || text_is(line, ".");

    while (line.size) {
        bool is_last = line.size == 1;
        char c = line.data[0];
        bool is_literal =
            (is_plain(c) || c == '\t') && !is_guarded && !(is_last && (c == ' ' || c == '\t'));
        size_t bytes = is_literal ? 1 : sequence_size(line);
        size_t need = is_literal ? 1 : 3 * bytes;
        if ((size_t)(to - start) + need + (bytes < line.size) > LINE_MAX_CHARS) {
            memcpy(to, "=\r\n", 3);
            to += 3;
            start = to;
        }
        for (size_t i = 0; i < bytes; i++) {
            unsigned char byte = (unsigned char)line.data[i];
            if (is_literal) {
                *to++ = (char)byte;
            } else {
                *to++ = '=';
                *to++ = hex_digits[byte >> 4];
                *to++ = hex_digits[byte & 15];
            }
        }
        is_guarded = false;
        line = text_from(line, bytes);
    }
    return to;
}

static void quoted_printable(struct buf *out, struct text text)
{
    /* Worst case: three characters a byte, a soft break every 64 characters, CRLF a byte. */
    if (!buf_reserve(out, text.size * 3 + text.size * 3 / 64 * 3 + text.size + 8))
        return;
    char *to = out->data + out->size;
    while (text.data && text.size) {
        to = quoted_line(to, text_next_line(&text));
        *to++ = '\r';
        *to++ = '\n';
    }
    *to = '\0';
    out->size = (size_t)(to - out->data);
}

void transfer_text(struct buf *out, enum transfer transfer, struct text text)
{
    if (transfer == TRANSFER_QUOTED_PRINTABLE) {
        quoted_printable(out, text);
        return;
    }
    CLEANUP_BUF struct buf lines = BUF_INIT(SIZE_MAX / 2);
    while (text.data && text.size) {
        buf_add_text(&lines, text_next_line(&text));
        buf_add(&lines, "\r\n", 2);
    }
    if (buf_error(&lines))
        out->error = out->error ? out->error : buf_error(&lines);
    else
        transfer_bytes(out, buf_text(&lines));
}
