/* SPDX-License-Identifier: MIT */
#include "compose/selfcheck.h"

#include <string.h>

enum { LINE_CHARS_MAX = 998, DEPTH_MAX = 4, BOUNDARY_MAX = 70 };

static const char *const required[] = {"Date",    "From",       "To",           "Reply-To",
                                       "Subject", "Message-ID", "MIME-Version", "Content-Type"};
enum { REQUIRED_COUNT = sizeof required / sizeof *required };

/* One line without its CRLF; false at a bare CR or LF, an unfit byte or an endless line. */
static bool next_line(struct text *rest, struct text *ret)
{
    size_t size = text_printable(*rest);
    while (size < rest->size && rest->data[size] == '\t') {
        size++;
        size += text_printable(text_from(*rest, size));
    }
    *ret = text_slice(*rest, 0, size);
    *rest = text_from(*rest, size);
    if (size > LINE_CHARS_MAX || !text_starts(*rest, "\r\n"))
        return false;
    *rest = text_from(*rest, 2);
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
    bool may_have_one = line.data[0] == ' ' || line.data[0] == 'C'; /* spares most a search */
    size_t at = may_have_one ? text_find(line, text_of(mark)) : line.size;
    if (at == line.size || boundaries->depth == DEPTH_MAX)
        return;
    struct text word = text_from(line, at + strlen(mark));
    boundaries->open[boundaries->depth++] = text_slice(word, 0, text_find_char(word, '"'));
}

/* A delimiter of the innermost boundary closes it, or opens a part: true. */
static bool opens_part(struct boundaries *boundaries, struct text line)
{
    if (!boundaries->depth || !text_starts(line, "--"))
        return false;
    struct text open = boundaries->open[boundaries->depth - 1], word = text_from(line, 2);
    struct text tail = text_from(word, open.size);
    if (!text_equal(text_slice(word, 0, open.size), open))
        return false;
    if (text_is(tail, "--"))
        boundaries->depth--;
    return !tail.size;
}

const char *selfcheck_message(struct text bytes)
{
    struct boundaries boundaries = {0};
    unsigned seen = 0;
    enum { HEADER, PART_HEADER, BODY } where = HEADER;
    bool is_first = true;

    while (bytes.size) {
        struct text line;
        if (!next_line(&bytes, &line))
            return "the message has a line that mail servers refuse";
        if (where == BODY) {
            where = opens_part(&boundaries, line) ? PART_HEADER : BODY;
            continue;
        }
        if (!line.size) {
            if (seen != (1u << REQUIRED_COUNT) - 1)
                return "a required header field is missing";
            where = BODY;
            continue;
        }
        bool is_folded = line.data[0] == ' ' || line.data[0] == '\t';
        if (is_first && is_folded)
            return "the message begins with a blank";
        const char *wrong = where == HEADER && !is_folded ? check_field(line, &seen) : NULL;
        if (wrong)
            return wrong;
        is_first = false;
        note_boundary(&boundaries, line);
    }
    if (where == HEADER)
        return "the message has no body";
    return boundaries.depth ? "a part of the message is never closed" : NULL;
}
