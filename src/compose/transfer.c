/* SPDX-License-Identifier: MIT */
/* Both encoders reserve the worst case once and write with a bare pointer: a campaign spends most
 * of its time here.                                                                              */
#include "compose/transfer.h"

#include <string.h>

enum { LINE_MAX_CHARS = 76, BASE64_LINE_BYTES = LINE_MAX_CHARS / 4 * 3 };

static const char base64_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/* Both characters of twelve bits. */
static char base64_pairs[64 * 64][2];
static const char hex_digits[] = "0123456789ABCDEF";

enum transfer transfer_of(enum language language)
{
    return language == LANGUAGE_JA ? TRANSFER_BASE64 : TRANSFER_QUOTED_PRINTABLE;
}

const char *transfer_to_text(enum transfer transfer)
{
    return transfer == TRANSFER_BASE64 ? "base64" : "quoted-printable";
}

static void make_pairs(void)
{
    for (size_t i = 0; i < sizeof base64_pairs / sizeof *base64_pairs; i++) {
        base64_pairs[i][0] = base64_alphabet[i >> 6];
        base64_pairs[i][1] = base64_alphabet[i & 63];
    }
}

static char *base64_line(char *to, const unsigned char *from, size_t size)
{
    if (!base64_pairs[0][0])
        make_pairs();
    for (; size >= 3; size -= 3, from += 3, to += 4) {
        unsigned three = (unsigned)from[0] << 16 | (unsigned)from[1] << 8 | from[2];
        memcpy(to, base64_pairs[three >> 12], 2);
        memcpy(to + 2, base64_pairs[three & 0xFFF], 2);
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

/* A line and what follows it; LF or CRLF ends it. */
static struct text take_line(struct text *rest)
{
    size_t end = text_find_char(*rest, '\n');
    struct text line = text_slice(*rest, 0, end);
    *rest = text_from(*rest, end < rest->size ? end + 1 : end);
    if (end && line.data[end - 1] == '\r')
        line.size--;
    return line;
}

/* Length of a UTF-8 sequence by its first byte; malformed bytes count one each. */
static size_t sequence_size(struct text text)
{
    unsigned char first = (unsigned char)text.data[0];
    size_t size = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    return size < text.size ? size : text.size;
}

/* Characters that stand for themselves, no more than a line holds; eight at a time where there are
 * eight, since most of a message is such text.                                                   */
static size_t literal_run(struct text text)
{
    const uint64_t ones = 0x0101010101010101u, high = ones << 7;
    size_t size = 0;
    text = text_slice(text, 0, LINE_MAX_CHARS + 1);
    for (; size + 8 <= text.size; size += 8) {
        uint64_t word, sign;
        memcpy(&word, text.data + size, 8);
        sign = word ^ ones * '=';
        /* a high bit is left where a byte is above 0x7E, below 0x20, or "=" */
        if ((word | (word + ones) | ((word - ones * 0x20) & ~word) | ((sign - ones) & ~sign)) &
            high)
            break;
    }
    for (; size < text.size; size++) {
        unsigned char c = (unsigned char)text.data[size];
        if (((unsigned)(c - ' ') > '~' - ' ' && c != '\t') || c == '=')
            break;
    }
    return size;
}

static char *soft_break(char *to)
{
    memcpy(to, "=\r\n", 3);
    return to + 3;
}

static char *coded(char *to, struct text bytes)
{
    for (size_t i = 0; i < bytes.size; i++) {
        unsigned char byte = (unsigned char)bytes.data[i];
        *to++ = '=';
        *to++ = hex_digits[byte >> 4];
        *to++ = hex_digits[byte & 15];
    }
    return to;
}

/* One line without its end, in runs of literal characters and single coded ones. A blank at the
 * end, "From " at the start (mbox) and a lone dot are coded; characters are never cut.           */
static char *quoted_line(char *to, struct text line)
{
    size_t room = LINE_MAX_CHARS;
    bool is_guarded = text_starts(line, "From ") || text_is(line, ".");

    while (line.size) {
        size_t run = is_guarded ? 0 : literal_run(line);
        if (run == line.size && (line.data[run - 1] == ' ' || line.data[run - 1] == '\t'))
            run--; /* the blank at the end is coded */
        size_t bytes = run ? run : sequence_size(line);
        size_t need = run ? run : 3 * bytes;
        /* The last character of a line may take the place of the soft break. */
        size_t fits = room - (bytes < line.size || need > room);
        if (run && need > fits)
            need = bytes = fits;
        if (need > fits || !bytes) {
            to = soft_break(to);
            room = LINE_MAX_CHARS;
            continue;
        }
        if (run)
            memcpy(to, line.data, bytes);
        to = run ? to + bytes : coded(to, text_slice(line, 0, bytes));
        room -= need;
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
    while (text.size) {
        to = quoted_line(to, take_line(&text));
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
    buf_reserve(&lines, text.size + text.size / 16 + 64); /* mostly enough at once */
    while (text.size) {
        buf_add_text(&lines, take_line(&text));
        buf_add(&lines, "\r\n", 2);
    }
    if (buf_error(&lines))
        out->error = out->error ? out->error : buf_error(&lines);
    else
        transfer_bytes(out, buf_text(&lines));
}
