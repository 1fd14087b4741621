/* SPDX-License-Identifier: MIT */
#include "compose/header.h"

#include <assert.h>
#include <string.h>

#include "compose/transfer.h"

enum { LINE_MAX_CHARS = 76, WORD_MAX_CHARS = 75, VALUE_BYTES_MAX = 8000 };

#define WORD_START_B "=?UTF-8?B?"
#define WORD_START_Q "=?UTF-8?Q?"
enum { WORD_OVERHEAD = sizeof WORD_START_B - 1 + 2 };

/* What every value passes through: controls become a space, runs of blanks one, none at the ends,
 * malformed UTF-8 U+FFFD.                                                                        */
static void clean(struct buf *out, struct text value)
{
    bool is_pending = false;
    while (value.size) {
        uint32_t rune = text_next_rune(&value);
        bool is_control = rune < 0x20 || (rune >= 0x7F && rune < 0xA0) || rune == 0x2028 ||
                          rune == 0x2029 || rune == 0xFEFF;
        if (is_control || rune == ' ') {
            is_pending = out->size > 0;
            continue;
        }
        if (is_pending)
            buf_add_char(out, ' ');
        is_pending = false;
        buf_add_rune(out, rune);
        if (out->size > VALUE_BYTES_MAX)
            break;
    }
}

static void start(struct buf *out, const char *name)
{
    buf_add_string(out, name);
    buf_add(out, ": ", 2);
}

static size_t line_size(const struct buf *out)
{
    const char *end = out->data ? memrchr(out->data, '\n', out->size) : NULL;
    return end ? out->size - (size_t)(end + 1 - out->data) : out->size;
}

static void end_line(struct buf *out)
{
    buf_add(out, "\r\n", 2);
}

static void fold(struct buf *out)
{
    buf_add(out, "\r\n ", 3);
}

static bool q_is_literal(uint32_t rune)
{
    return rune < 0x80 &&
           (char_is_alpha((char)rune) || char_is_digit((char)rune) ||
            strchr("!*+-/", (int)rune) != NULL) &&
           rune != 0;
}

static size_t q_size(uint32_t rune, size_t bytes)
{
    return q_is_literal(rune) || rune == ' ' ? 1 : 3 * bytes;
}

/* Q stays readable where most is ASCII (French), B is for Japanese. */
static bool reads_better_in_q(struct text value)
{
    size_t coded = 0, runes = 0;
    for (; value.size; runes++) {
        uint32_t rune = text_next_rune(&value);
        coded += rune >= 0x80;
    }
    return coded * 3 <= runes;
}

static void q_word(struct buf *out, struct text part)
{
    static const char hex_digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < part.size; i++) {
        unsigned char c = (unsigned char)part.data[i];
        if (c == ' ')
            buf_add_char(out, '_');
        else if (q_is_literal(c))
            buf_add_char(out, (char)c);
        else
            buf_add(out, (char[]){'=', hex_digits[c >> 4], hex_digits[c & 15]}, 3);
    }
}

/* As much of value as fits into an encoded-word of so many characters. Base64 is cut where no
 * padding is needed if it can be: GMime and others read on badly after padding in the middle.    */
static struct text take_word(struct text *value, bool is_q, size_t room)
{
    struct text rest = *value;
    size_t used = 0, q = 0, unpadded = 0;
    while (rest.size) {
        struct text before = rest;
        uint32_t rune = text_next_rune(&rest);
        size_t bytes = before.size - rest.size;
        q += q_size(rune, bytes);
        size_t size = is_q ? q : (used + bytes + 2) / 3 * 4;
        if (size > room)
            break;
        used += bytes;
        if (used % 3 == 0)
            unpadded = used;
    }
    if (!is_q && used < value->size && unpadded)
        used = unpadded;
    struct text word = text_slice(*value, 0, used);
    *value = text_from(*value, used);
    return word;
}

/* Encoded-words from here on, each on a line of its own after the first. */
static void encoded(struct buf *out, struct text value)
{
    bool is_q = reads_better_in_q(value);
    enum { WORTH_STARTING = WORD_OVERHEAD + 16 };

    if (line_size(out) + WORTH_STARTING > LINE_MAX_CHARS)
        fold(out);
    while (value.size && !buf_error(out)) {
        size_t room = LINE_MAX_CHARS - line_size(out);
        room = (room < WORD_MAX_CHARS ? room : WORD_MAX_CHARS) - WORD_OVERHEAD;
        struct text word = take_word(&value, is_q, room);
        assert(word.size);
        buf_add_string(out, is_q ? WORD_START_Q : WORD_START_B);
        if (is_q)
            q_word(out, word);
        else
            transfer_base64_word(out, word);
        buf_add(out, "?=", 2);
        if (value.size)
            fold(out);
    }
}

static bool is_ascii(struct text value)
{
    for (size_t i = 0; i < value.size; i++)
        if ((unsigned char)value.data[i] >= 0x80)
            return false;
    return true;
}

static bool needs_encoding(struct text value)
{
    size_t word = 0;
    for (size_t i = 0; i < value.size; i++) {
        word = value.data[i] == ' ' ? 0 : word + 1;
        if (word >= LINE_MAX_CHARS - 1)
            return true; /* could not be folded */
    }
    return !is_ascii(value) || text_find(value, TEXT("=?")) < value.size;
}

/* ASCII words, folded at their spaces. */
static void folded(struct buf *out, struct text value)
{
    while (value.data) {
        struct text word = text_split(&value, ' ');
        bool is_first = out->size && out->data[out->size - 1] == ' ';
        if (line_size(out) + !is_first + word.size > LINE_MAX_CHARS && line_size(out) > 1) {
            buf_truncate(out, out->size - is_first);
            fold(out);
        } else if (!is_first) {
            buf_add_char(out, ' ');
        }
        buf_add_text(out, word);
    }
}

void header_text(struct buf *out, const char *name, struct text value)
{
    CLEANUP_BUF struct buf cleaned = BUF_INIT(VALUE_BYTES_MAX + 8);
    clean(&cleaned, value);
    start(out, name);
    if (needs_encoding(buf_text(&cleaned)))
        encoded(out, buf_text(&cleaned));
    else
        folded(out, buf_text(&cleaned));
    if (buf_error(&cleaned) && !out->error)
        out->error = buf_error(&cleaned);
    end_line(out);
}

static bool is_atom_text(char c)
{
    return char_is_alpha(c) || char_is_digit(c) || strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL;
}

static void phrase(struct buf *out, struct text display)
{
    bool is_bare = true;
    if (needs_encoding(display)) {
        encoded(out, display);
        return;
    }
    for (size_t i = 0; i < display.size; i++)
        is_bare = is_bare && (is_atom_text(display.data[i]) || display.data[i] == ' ');
    if (line_size(out) + display.size + 2 > LINE_MAX_CHARS && line_size(out) > 1)
        fold(out);
    if (is_bare) {
        buf_add_text(out, display);
        return;
    }
    if (display.size + 4 > LINE_MAX_CHARS) {
        encoded(out, display); /* a quoted string is not to be folded */
        return;
    }
    buf_add_char(out, '"');
    for (size_t i = 0; i < display.size; i++) {
        if (display.data[i] == '"' || display.data[i] == '\\')
            buf_add_char(out, '\\');
        buf_add_char(out, display.data[i]);
    }
    buf_add_char(out, '"');
}

static void mailbox(struct buf *out, const struct mailbox *mailbox)
{
    CLEANUP_BUF struct buf display = BUF_INIT(VALUE_BYTES_MAX + 8);
    clean(&display, text_of(mailbox->display));
    size_t address = strlen(mailbox->address);

    assert(header_address_is_safe(mailbox->address));
    if (display.size) {
        phrase(out, buf_text(&display));
        if (line_size(out) + address + 4 > LINE_MAX_CHARS)
            fold(out);
        else
            buf_add_char(out, ' ');
        buf_add_char(out, '<');
    } else if (line_size(out) + address + 1 > LINE_MAX_CHARS && line_size(out) > 12) {
        fold(out);
    }
    buf_add_string(out, mailbox->address);
    if (display.size)
        buf_add_char(out, '>');
    if (buf_error(&display) && !out->error)
        out->error = buf_error(&display);
}

void header_mailboxes(struct buf *out, const char *name, const struct mailbox *mailboxes,
                      size_t count)
{
    start(out, name);
    for (size_t i = 0; i < count; i++) {
        if (i)
            buf_add(out, ",\r\n ", 4);
        mailbox(out, &mailboxes[i]);
    }
    end_line(out);
}

static void add_printable(struct buf *out, struct text value)
{
    while (value.size) {
        size_t size = text_printable(value);
        buf_add(out, value.data, size);
        value = text_from(value, size + 1);
    }
}

void header_token(struct buf *out, const char *name, struct text value)
{
    start(out, name);
    add_printable(out, value);
    end_line(out);
}

void header_bracketed(struct buf *out, const char *name, struct text value)
{
    start(out, name);
    buf_add_char(out, '<');
    add_printable(out, value);
    buf_add_char(out, '>');
    end_line(out);
}

void header_ids(struct buf *out, const char *name, const char *const *ids, size_t count)
{
    bool is_first = true;
    for (size_t i = 0; i < count; i++) {
        if (string_is_empty(ids[i]))
            continue;
        if (is_first)
            start(out, name);
        else
            fold(out);
        is_first = false;
        buf_add_char(out, '<');
        add_printable(out, text_of(ids[i]));
        buf_add_char(out, '>');
    }
    if (!is_first)
        end_line(out);
}

void header_date(struct buf *out, const char *name, struct instant date, const struct zone *zone)
{
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct civil_time t = zone_to_civil(zone, date);
    int offset = zone_state_at(zone, date).offset_sec / 60; /* RFC 5322 has minutes only */
    int size = offset < 0 ? -offset : offset;

    start(out, name);
    buf_printf(out, "%s, %02d %s %04d %02d:%02d:%02d %c%02d%02d", days[civil_date_weekday(t.date)],
               t.date.day, months[t.date.month - 1], t.date.year, t.hour, t.minute, t.second,
               offset < 0 ? '-' : '+', size / 60, size % 60);
    end_line(out);
}

static bool is_printable(char c)
{
    return c >= ' ' && c <= '~';
}

/* Between quotes all that is printable stands, a quote or backslash behind a backslash. */
static bool is_quoted(struct text local)
{
    if (local.size < 2 || local.data[0] != '"' || local.data[local.size - 1] != '"')
        return false;
    for (size_t i = 1; i + 1 < local.size; i++) {
        bool is_escape = local.data[i] == '\\';
        if (local.data[i] == '"' || (is_escape && i + 2 == local.size))
            return false;
        i += is_escape;
        if (!is_printable(local.data[i]))
            return false;
    }
    return true;
}

static bool is_bare(struct text part)
{
    for (size_t i = 0; i < part.size; i++)
        if (part.data[i] == ' ' || !is_printable(part.data[i]) ||
            strchr("<>()[]\\,;:\"@", part.data[i]))
            return false;
    return part.size > 0;
}

/* "[192.0.2.1]", "[IPv6:2001:db8::1]" */
static bool is_literal(struct text domain)
{
    if (domain.size < 3 || domain.data[0] != '[' || domain.data[domain.size - 1] != ']')
        return false;
    for (size_t i = 1; i + 1 < domain.size; i++)
        if (!char_is_alpha(domain.data[i]) && !char_is_digit(domain.data[i]) &&
            domain.data[i] != '.' && domain.data[i] != ':')
            return false;
    return true;
}

bool header_address_is_safe(const char *address)
{
    struct text whole = text_of(address);
    size_t at = whole.size;
    while (at && whole.data[at - 1] != '@')
        at--;
    if (!at || whole.size > 254)
        return false;
    struct text local = text_slice(whole, 0, at - 1), domain = text_from(whole, at);
    return (is_bare(local) || is_quoted(local)) && (is_bare(domain) || is_literal(domain));
}
