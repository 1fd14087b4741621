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

static const size_t text_bytes_max = (size_t)4 << 30;

static const char cp1252[] = "windows-1252", cp932[] = "CP932", iso_2022_jp[] = "ISO-2022-JP",
                  utf8[] = "UTF-8";

static const char resave[] = "save the list as \"CSV UTF-8\", or set charset in the settings";

struct charset_decoding {
    struct arena *arena;
    struct text raw, rest; /* rest: that was not looked at, or not decoded, yet */
    const char *pinned;
    enum language language;
    struct flaws *flaws;
    /* What is at work: begin, look, guess, decode_lines or decode_pieces. NULL = done. */
    int (*go_on)(struct charset_decoding *d, size_t max_bytes);
    const char *name;
    /* what was seen */
    size_t good_lines, bad_lines; /* with UTF-8 that is not ASCII, and with what is none */
    size_t good_runes, bad_bytes;
    struct buf foreign; /* bad lines, as many as a guess needs */
    /* what is decoded */
    const char *foreign_name;
    int line_number, named_lines;
    struct unicode_decoder *decoder;
    struct buf out;
    struct text text;
};

static int column_of_error(struct text line)
{
    int column = 1;
    for (size_t i = 0, end = text_utf8_error(line); i < end; i++)
        column += (line.data[i] & 0xC0) != 0x80;
    return column;
}

/* UTF-8 with foreign lines: those lines alone are read as what they were guessed to be. */
static int decode_line(struct charset_decoding *d)
{
    const char *start = d->rest.data;
    struct text line = text_next_line(&d->rest), good = line;
    size_t ending = d->rest.data ? (size_t)(d->rest.data - start) - line.size : 0, malformed;
    struct arena_mark mark = arena_mark(d->arena);

    d->line_number++;
    if (!text_is_utf8(line)) {
        int r = unicode_decode(d->arena, line, d->foreign_name, &good, &malformed);
        if (r)
            return r < 0 ? r : -EIO;
        if (++d->named_lines <= BAD_LINES_NAMED_MAX)
            flaws_add(d->flaws, SEVERITY_WARNING, d->line_number, column_of_error(line), resave,
                      "this line is not UTF-8 as the rest is; read as %s", d->foreign_name);
    }
    buf_add_text(&d->out, good);
    buf_add(&d->out, line.data + line.size, ending);
    arena_rewind(d->arena, mark);
    return buf_error(&d->out) ? -ENOMEM : 0;
}

static int decode_lines(struct charset_decoding *d, size_t max_bytes)
{
    size_t before = d->rest.size;
    int r = 0;

    while (!r && d->rest.data && before - d->rest.size < max_bytes)
        r = decode_line(d);
    if (r || d->rest.data)
        return r;
    d->text = buf_text(&d->out);
    d->go_on = NULL;
    return 0;
}

static int decode_pieces(struct charset_decoding *d, size_t max_bytes)
{
    struct text piece = text_slice(d->rest, 0, max_bytes);
    d->rest = text_from(d->rest, piece.size);
    int r = unicode_decoder_add(d->decoder, piece, !d->rest.size, &d->out);
    if (r || d->rest.size)
        return r;
    size_t malformed = unicode_decoder_malformed(d->decoder);
    if (malformed)
        flaws_add(d->flaws, SEVERITY_WARNING, 0, 0, resave,
                  "%zu character%s could not be read as %s and %s shown as \xEF\xBF\xBD", malformed,
                  malformed == 1 ? "" : "s", d->name, malformed == 1 ? "is" : "are");
    d->text = buf_text(&d->out);
    d->go_on = NULL;
    return 0;
}

static int decode_as(struct charset_decoding *d, struct text raw, const char *name)
{
    d->name = name;
    d->rest = raw;
    d->go_on = decode_pieces;
    int r = unicode_decoder_open(name, &d->decoder);
    if (r <= 0)
        return r;
    flaws_add(d->flaws, SEVERITY_ERROR, 0, 0,
              "leave charset out, or use UTF-8, windows-1252 or Shift_JIS",
              "the charset \"%s\" is not known", name);
    return CHARSET_E_UNREADABLE;
}

static void look_at_line(struct charset_decoding *d, struct text line)
{
    bool is_bad = !text_is_utf8(line), has_wide = false;

    for (struct text rest = line; rest.size;) {
        if (!(*rest.data & 0x80)) {
            rest = text_from(rest, 1);
            continue;
        }
        size_t before = rest.size;
        bool is_broken = text_next_rune(&rest) == 0xFFFD && before - rest.size == 1;
        d->bad_bytes += is_broken;
        d->good_runes += !is_broken;
        has_wide = true;
    }
    d->bad_lines += is_bad;
    d->good_lines += has_wide && !is_bad;
    if (is_bad && line.size < HEAD_BYTES_MAX - d->foreign.size) {
        buf_add_text(&d->foreign, line);
        buf_add_char(&d->foreign, '\n');
    }
}

/* It is not UTF-8 but one of the old encodings. */
static int guess(struct charset_decoding *d, size_t max_bytes)
{
    bool is_sure;
    const char *name = charset_guess(d->raw, d->language, &is_sure);

    (void)max_bytes; /* it looks at a head alone */
    if (!is_sure)
        flaws_add(d->flaws, SEVERITY_WARNING, 0, 0, resave,
                  "the encoding of this list is not certain; it was read as %s: look at the names",
                  name);
    return decode_as(d, d->raw, name);
}

/* What the bad lines are, and whether they alone are. */
static int choose(struct charset_decoding *d)
{
    bool is_sure;

    if (buf_error(&d->foreign))
        return -ENOMEM;
    d->foreign_name =
        d->foreign.size ? charset_guess(buf_text(&d->foreign), d->language, &is_sure) : cp1252;
    /* A few lines of half-width kana may be UTF-8 by accident. */
    bool is_japanese =
        string_equal(d->foreign_name, "CP932") || string_equal(d->foreign_name, "EUC-JP");
    bool is_mixed = d->good_lines && (!is_japanese || d->good_lines * UTF8_SHARE >= d->bad_lines);
    bool is_utf8 = d->pinned || is_mixed || d->good_runes >= UTF8_SHARE * d->bad_bytes;
    d->rest = d->raw;
    d->go_on = is_utf8 ? decode_lines : guess;
    return 0;
}

static int look(struct charset_decoding *d, size_t max_bytes)
{
    size_t before = d->rest.size;

    while (d->rest.data && before - d->rest.size < max_bytes)
        look_at_line(d, text_next_line(&d->rest));
    return d->rest.data ? 0 : choose(d);
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
                  "the list has %zu zero byte%s in it, which no text has; read as blank%s", count,
                  count == 1 ? "" : "s", count == 1 ? "" : "s");
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
static int begin_unmarked(struct charset_decoding *d)
{
    const char *wide = d->pinned ? NULL : charset_guess_utf16(d->raw);

    if (wide) {
        flaws_add(d->flaws, SEVERITY_WARNING, 0, 0, resave,
                  "the list is UTF-16 without the mark that says so; read as %s", wide);
        return decode_as(d, d->raw, wide);
    }
    if (has_too_many_zeros(&d->raw, d->flaws)) {
        flaws_add(d->flaws, SEVERITY_ERROR, 0, 0, resave, "this is no text file");
        return CHARSET_E_UNREADABLE;
    }
    if (!d->pinned && charset_has_jis_escape(d->raw))
        return decode_as(d, d->raw, iso_2022_jp);
    d->name = utf8;
    d->rest = d->text = d->raw;
    d->go_on = look;
    if (text_is_utf8(d->raw)) {
        warn_of_mojibake(d->raw, d->flaws);
        d->go_on = NULL;
    }
    return 0;
}

static int begin(struct charset_decoding *d, size_t max_bytes)
{
    static const char *const utf8_names[] = {"UTF-8", "UTF8", NULL};
    static const char *const latin_names[] = {"ISO-8859-1", "latin1", "CP1252", "ANSI", NULL};
    static const char *const japanese_names[] = {"Shift_JIS", "SJIS",        "Shift-JIS",
                                                 "MS932",     "windows-31j", NULL};

    (void)max_bytes; /* what it looks for is found quickly, or in the first bytes */
    if (text_starts(d->raw, "\xEF\xBB\xBF")) { /* surer than settings that may be older */
        if (d->pinned && !is_name(d->pinned, utf8_names))
            flaws_add(d->flaws, SEVERITY_WARNING, 0, 0, "take charset out of the settings",
                      "the list says that it is UTF-8, not %s, and is read so", d->pinned);
        d->raw = text_from(d->raw, 3);
        d->pinned = utf8;
    }
    const char *wide = utf32_name(d->raw);
    if (wide)
        return decode_as(d, text_from(d->raw, 4), wide);
    if (text_starts(d->raw, "\xFF\xFE") || text_starts(d->raw, "\xFE\xFF"))
        return decode_as(d, text_from(d->raw, 2),
                         d->raw.data[0] == '\xFF' ? "UTF-16LE" : "UTF-16BE");
    if (is_name(d->pinned, latin_names))
        d->pinned = cp1252;
    else if (is_name(d->pinned, japanese_names))
        d->pinned = cp932;
    if (d->pinned && !is_name(d->pinned, utf8_names))
        return decode_as(d, d->raw, d->pinned);
    return begin_unmarked(d);
}

int charset_open(struct arena *arena, struct text raw, const char *pinned, enum language language,
                 struct flaws *flaws, struct charset_decoding **ret)
{
    struct charset_decoding *d = arena_alloc(arena, sizeof *d);
    if (!d)
        return -ENOMEM;
    *d = (struct charset_decoding){.arena = arena,
                                   .raw = raw,
                                   .pinned = pinned,
                                   .language = language,
                                   .flaws = flaws,
                                   .go_on = begin,
                                   .foreign = BUF_INIT(HEAD_BYTES_MAX),
                                   .out = BUF_INIT(text_bytes_max)};
    *ret = d;
    return 0;
}

int charset_step(struct charset_decoding *d, size_t max_bytes, struct text *ret_text,
                 const char **ret_name, bool *ret_is_done)
{
    int r = d->go_on(d, max_bytes);
    *ret_name = d->name;
    *ret_text = d->text;
    *ret_is_done = !r && !d->go_on;
    return r;
}

void charset_close(struct charset_decoding *d)
{
    if (!d)
        return;
    unicode_decoder_close(d->decoder);
    buf_done(&d->foreign);
    buf_done(&d->out);
}
