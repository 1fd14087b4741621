/* SPDX-License-Identifier: MIT */
/* A list of which some lines are UTF-8 and some are not (a row pasted from an old file) is read
 * line by line: text in an old encoding is as good as never valid UTF-8 by accident. */
#include "contacts/charset.h"

#include <errno.h>
#include <string.h>

#include "base/unicode.h"
#include "contacts/charset_guess.h"

enum {
    HEAD_BYTES_MAX = 1 << 18, /* as much of a list as is looked at to know its encoding */
    UTF8_SHARE = 8,           /* this many good sequences for a bad byte make it UTF-8 */
    BAD_LINES_NAMED_MAX = 20,
    ZEROS_SHARE = 8 /* a text with more than one zero byte in so many is none */
};

static const char cp1252[] = "windows-1252", cp932[] = "CP932", iso_2022_jp[] = "ISO-2022-JP",
                  utf8[] = "UTF-8";

static const char resave[] = "save the list as \"CSV UTF-8\", or set charset in the settings";

/* Good multi-byte sequences against bad bytes. */
static bool is_mostly_utf8(struct text raw)
{
    size_t good = 0, bad = 0;

    for (struct text rest = raw; rest.size;) {
        if (!(*rest.data & 0x80)) {
            rest = text_from(rest, 1);
            continue;
        }
        size_t before = rest.size;
        uint32_t rune = text_next_rune(&rest);
        if (rune == 0xFFFD && before - rest.size == 1)
            bad++;
        else
            good++;
    }
    return good >= UTF8_SHARE * bad;
}

static int column_of_error(struct text line)
{
    int column = 1;
    for (size_t i = 0, end = text_utf8_error(line); i < end; i++)
        column += (line.data[i] & 0xC0) != 0x80;
    return column;
}

/* The lines that are not UTF-8, as much of them as a guess needs, and whether they are beside
 * enough lines that are. 0 or -ENOMEM.                                                           */
static int look_at_lines(struct arena *arena, struct text raw, enum language language,
                         const char **ret_charset, bool *ret_is_mixed)
{
    size_t good = 0, bad = 0, size = 0;
    struct arena_mark mark = arena_mark(arena);
    char *foreign = arena_alloc(arena, raw.size < HEAD_BYTES_MAX ? raw.size + 1 : HEAD_BYTES_MAX);
    bool is_sure;

    if (!foreign)
        return -ENOMEM;
    for (struct text rest = raw; rest.data;) {
        struct text line = text_next_line(&rest);
        bool is_bad = !text_is_utf8(line);
        bad += is_bad;
        for (size_t i = 0; i < line.size && !is_bad; i++) {
            if (line.data[i] & 0x80) {
                good++;
                break;
            }
        }
        if (is_bad && line.size < HEAD_BYTES_MAX - size) {
            memcpy(foreign + size, line.data, line.size);
            size += line.size;
            foreign[size++] = '\n';
        }
    }
    *ret_charset = size ? charset_guess((struct text){foreign, size}, language, &is_sure) : cp1252;
    /* A few lines of half-width kana may be UTF-8 by accident. */
    bool is_japanese = string_equal(*ret_charset, "CP932") || string_equal(*ret_charset, "EUC-JP");
    *ret_is_mixed = good && (!is_japanese || good * UTF8_SHARE >= bad);
    arena_rewind(arena, mark);
    return 0;
}

/* UTF-8 with foreign lines: those lines alone are read as `charset`. */
static int decode_by_line(struct arena *arena, struct text raw, const char *charset,
                          struct flaws *flaws, struct text *ret_text)
{
    char *out = arena_alloc(arena, 3 * raw.size + 1);
    size_t size = 0;
    int line_number = 0, bad_lines = 0;

    if (!out)
        return -ENOMEM;
    for (struct text rest = raw; rest.data;) {
        const char *start = rest.data;
        struct text line = text_next_line(&rest), good = line;
        size_t ending = rest.data ? (size_t)(rest.data - start) - line.size : 0, malformed;
        line_number++;
        if (!text_is_utf8(line)) {
            int r = unicode_decode(arena, line, charset, &good, &malformed);
            if (r)
                return r < 0 ? r : -EIO;
            if (++bad_lines <= BAD_LINES_NAMED_MAX)
                flaws_add(flaws, SEVERITY_WARNING, line_number, column_of_error(line), resave,
                          "this line is not UTF-8 as the rest is; read as %s", charset);
        }
        memcpy(out + size, good.data, good.size);
        size += good.size;
        memcpy(out + size, line.data + line.size, ending);
        size += ending;
    }
    *ret_text = (struct text){out, size};
    return 0;
}

static int decode_as(struct arena *arena, struct text raw, const char *name, struct flaws *flaws,
                     struct text *ret_text)
{
    size_t malformed = 0;
    int r = unicode_decode(arena, raw, name, ret_text, &malformed);

    if (r < 0)
        return r;
    if (r) {
        flaws_add(flaws, SEVERITY_ERROR, 0, 0,
                  "leave charset out, or use UTF-8, windows-1252 or Shift_JIS",
                  "the charset \"%s\" is not known", name);
        return CHARSET_E_UNREADABLE;
    }
    if (malformed)
        flaws_add(flaws, SEVERITY_WARNING, 0, 0, resave,
                  "%zu characters could not be read as %s and are shown as \xEF\xBF\xBD", malformed,
                  name);
    return 0;
}

/* A byte order mark of UTF-32, whose first half is one of UTF-16. NULL = none. */
static const char *utf32_name(struct text raw)
{
    if (raw.size < 4)
        return NULL;
    return memcmp(raw.data, "\xFF\xFE\0\0", 4) == 0   ? "UTF-32LE"
           : memcmp(raw.data, "\0\0\xFE\xFF", 4) == 0 ? "UTF-32BE"
                                                      : NULL;
}

static size_t count_zeros(struct text raw)
{
    size_t count = 0;
    while (raw.size) {
        size_t at = text_find_char(raw, '\0');
        count += at < raw.size;
        raw = text_from(raw, at + 1);
    }
    return count;
}

/* Few zeros are damage: the end of a file that was cut by a crash, or a slip of some program. They
 * are taken out with the other control characters. True when there are too many for a text.      */
static bool has_too_many_zeros(struct text *raw, struct flaws *flaws)
{
    while (raw->size && !raw->data[raw->size - 1])
        raw->size--;
    size_t count = count_zeros(*raw);
    if (count > raw->size / ZEROS_SHARE)
        return true;
    if (count)
        flaws_add(flaws, SEVERITY_WARNING, 0, 0, "save the list again",
                  "the list has %zu zero bytes in it, which no text has; read as blanks", count);
    return false;
}

/* "Ã©" where "é" was meant: UTF-8 that some program took for windows-1252 and saved again. */
static void warn_of_mojibake(struct text text, struct flaws *flaws)
{
    text = text_slice(text, 0, HEAD_BYTES_MAX);
    size_t at = text_find(text, TEXT("\xC3\x83\xC2"));
    int line = 1;

    if (at == text.size)
        return;
    for (size_t i = 0; i < at; i++)
        line += text.data[i] == '\n';
    flaws_add(
        flaws, SEVERITY_WARNING, line, 0, "export the list again from where it came",
        "letters with accents look spoilt (\"\xC3\x83\xC2\xA9\" for \"\xC3\xA9\"): the list was "
        "once saved in the wrong encoding");
}

static bool is_name(const char *name, const char *const *names)
{
    for (; name && *names; names++)
        if (text_is_nocase(text_of(name), *names))
            return true;
    return false;
}

/* Text without a mark; pinned: UTF-8 or NULL. */
static int decode_unmarked(struct arena *arena, struct text raw, const char *pinned,
                           enum language language, struct flaws *flaws, struct text *ret_text,
                           const char **ret_name)
{
    bool is_sure = true, is_mixed = false;
    const char *foreign = cp1252;

    *ret_name = pinned ? NULL : charset_guess_utf16(raw);
    if (*ret_name) {
        flaws_add(flaws, SEVERITY_WARNING, 0, 0, resave,
                  "the list is UTF-16 without the mark that says so; read as %s", *ret_name);
        return decode_as(arena, raw, *ret_name, flaws, ret_text);
    }
    if (has_too_many_zeros(&raw, flaws)) {
        flaws_add(flaws, SEVERITY_ERROR, 0, 0, resave, "this is no text file");
        return CHARSET_E_UNREADABLE;
    }
    if (!pinned && charset_has_jis_escape(raw)) {
        *ret_name = iso_2022_jp;
        return decode_as(arena, raw, iso_2022_jp, flaws, ret_text);
    }
    *ret_name = utf8;
    *ret_text = raw;
    if (text_is_utf8(raw)) {
        warn_of_mojibake(raw, flaws);
        return 0;
    }
    int r = look_at_lines(arena, raw, language, &foreign, &is_mixed);
    if (r)
        return r;
    if (pinned || is_mixed || is_mostly_utf8(raw))
        return decode_by_line(arena, raw, foreign, flaws, ret_text);
    *ret_name = charset_guess(raw, language, &is_sure);
    if (!is_sure)
        flaws_add(flaws, SEVERITY_WARNING, 0, 0, resave,
                  "the encoding of this list is not certain; it was read as %s: look at the names",
                  *ret_name);
    return decode_as(arena, raw, *ret_name, flaws, ret_text);
}

int charset_decode(struct arena *arena, struct text raw, const char *pinned, enum language language,
                   struct flaws *flaws, struct text *ret_text, const char **ret_name)
{
    static const char *const utf8_names[] = {"UTF-8", "UTF8", NULL};
    static const char *const latin_names[] = {"ISO-8859-1", "latin1", "CP1252", "ANSI", NULL};
    static const char *const japanese_names[] = {"Shift_JIS", "SJIS",        "Shift-JIS",
                                                 "MS932",     "windows-31j", NULL};

    if (text_starts(raw, "\xEF\xBB\xBF")) { /* surer than settings that may be older */
        if (pinned && !is_name(pinned, utf8_names))
            flaws_add(flaws, SEVERITY_WARNING, 0, 0, "take charset out of the settings",
                      "the list says that it is UTF-8, not %s, and is read so", pinned);
        raw = text_from(raw, 3);
        pinned = utf8;
    }
    *ret_name = utf32_name(raw);
    if (*ret_name)
        return decode_as(arena, text_from(raw, 4), *ret_name, flaws, ret_text);
    if (text_starts(raw, "\xFF\xFE") || text_starts(raw, "\xFE\xFF")) {
        *ret_name = raw.data[0] == '\xFF' ? "UTF-16LE" : "UTF-16BE";
        return decode_as(arena, text_from(raw, 2), *ret_name, flaws, ret_text);
    }
    if (is_name(pinned, latin_names))
        pinned = cp1252;
    else if (is_name(pinned, japanese_names))
        pinned = cp932;
    if (pinned && !is_name(pinned, utf8_names)) {
        *ret_name = pinned;
        return decode_as(arena, raw, pinned, flaws, ret_text);
    }
    return decode_unmarked(arena, raw, pinned, language, flaws, ret_text, ret_name);
}
