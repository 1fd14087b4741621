/* SPDX-License-Identifier: MIT */
#include "compose/selfcheck.h"

#include <string.h>

enum { LINE_CHARS_MAX = 998, DEPTH_MAX = 4, BOUNDARY_MAX = 70 };

static const char *const required[] = {"Date",    "From",       "To",           "Reply-To",
                                       "Subject", "Message-ID", "MIME-Version", "Content-Type"};
enum { REQUIRED_COUNT = sizeof required / sizeof *required };

/* Printable ASCII and tabs only; eight bytes at a time, since every byte that leaves is read. */
static bool is_printable(struct text line)
{
    const uint64_t ones = 0x0101010101010101u, high = ones << 7;
    size_t i = 0;
    for (; i + 8 <= line.size; i += 8) {
        uint64_t word;
        memcpy(&word, line.data + i, 8);
        /* a high bit is left where a byte is above 0x7E or below 0x20 */
        if ((word | (word + ones) | ((word - ones * 0x20) & ~word)) & high)
            break;
    }
    for (; i < line.size; i++) {
        unsigned char c = (unsigned char)line.data[i];
        if ((c < ' ' && c != '\t') || c >= 0x7F)
            return false;
    }
    return true;
}

/* One line without its CRLF; false at a bare CR or LF, an unfit byte or an endless line. */
static bool next_line(struct text *rest, struct text *ret)
{
    const char *end = memchr(rest->data, '\n', rest->size);
    size_t size = end ? (size_t)(end - rest->data) : rest->size;
    if (!end || size == 0 || rest->data[size - 1] != '\r' || size - 1 > LINE_CHARS_MAX)
        return false;
    *ret = (struct text){rest->data, size - 1};
    if (!is_printable(*ret))
        return false;
    *rest = text_from(*rest, size + 1);
    return true;
}

static const char *check_field(struct text line, unsigned *seen)
{
    size_t colon = text_find_char(line, ':');
    if (colon == 0 || colon == line.size)
        return "a header field has no name";
    for (size_t i = 0; i < colon; i++)
        if (line.data[i] <= ' ')
            return "a header field has a blank in its name";
    for (unsigned i = 0; i < REQUIRED_COUNT; i++)
        if (text_is_nocase(text_slice(line, 0, colon), required[i])) {
            if (*seen & 1u << i)
                return "a header field stands twice";
            *seen |= 1u << i;
        }
    return NULL;
}

/* Boundaries open with `boundary="…"` and must each be closed. */
struct boundaries {
    struct text open[DEPTH_MAX];
    size_t depth;
};

static void note_boundary(struct boundaries *boundaries, struct text line)
{
    static const char mark[] = "boundary=\"";
    bool may_be_a_field = line.size && (line.data[0] == ' ' || line.data[0] == 'C');
    size_t at = may_be_a_field ? text_find(line, text_of(mark)) : line.size;
    if (at == line.size || boundaries->depth == DEPTH_MAX)
        return;
    struct text word = text_from(line, at + strlen(mark));
    boundaries->open[boundaries->depth++] = text_slice(word, 0, text_find_char(word, '"'));
}

static void close_boundary(struct boundaries *boundaries, struct text line)
{
    if (!boundaries->depth || !text_starts(line, "--"))
        return;
    struct text open = boundaries->open[boundaries->depth - 1];
    struct text word = text_from(line, 2);
    if (word.size == open.size + 2 && text_equal(text_slice(word, 0, open.size), open) &&
        text_ends_nocase(word, "--"))
        boundaries->depth--;
}

const char *selfcheck_message(struct text bytes)
{
    struct boundaries boundaries = {0};
    unsigned seen = 0;
    bool is_header = true, is_first = true;

    while (bytes.size) {
        struct text line;
        if (!next_line(&bytes, &line))
            return "the message has a line that mail servers refuse";
        if (is_header && !line.size) {
            is_header = false;
            if (seen != (1u << REQUIRED_COUNT) - 1)
                return "a required header field is missing";
        } else if (is_header && (line.data[0] == ' ' || line.data[0] == '\t')) {
            if (is_first)
                return "the message begins with a blank";
        } else if (is_header) {
            const char *wrong = check_field(line, &seen);
            if (wrong)
                return wrong;
        }
        is_first = false;
        note_boundary(&boundaries, line);
        close_boundary(&boundaries, line);
    }
    if (is_header)
        return "the message has no body";
    return boundaries.depth ? "a part of the message is never closed" : NULL;
}
