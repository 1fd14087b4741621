/* SPDX-License-Identifier: MIT */
/* uchardet knows many charsets and proposes exotic ones on short lists, so its word is only taken
 * when it names one of ours; otherwise byte pairs that only Japanese text has decide, and last the
 * house's language, with a warning. A list in UTF-8 with a few foreign bytes (a row pasted from an
 * old file) stays UTF-8: only its bad lines are read as windows-1252.                            */
#include "contacts/charset.h"

#include <errno.h>
#include <string.h>
#include <uchardet/uchardet.h>

#include "base/unicode.h"

enum {
    GUESS_BYTES_MAX = 1 << 18, /* as much of a list as uchardet sees */
    UTF8_SHARE = 8,            /* this many good sequences for a bad byte make it UTF-8 */
    BAD_LINES_NAMED_MAX = 20
};

static const char cp1252[] = "windows-1252", cp932[] = "CP932", euc_jp[] = "EUC-JP",
                  iso_2022_jp[] = "ISO-2022-JP", utf8[] = "UTF-8";

static const char resave[] = "save the list as \"CSV UTF-8\", or set charset in the settings";

/* text_is_utf8 over long runs of ASCII, eight bytes at a time. */
static bool is_utf8(struct text raw)
{
    const uint64_t high = UINT64_C(0x8080808080808080);

    while (raw.size) {
        uint64_t word;
        while (raw.size >= sizeof word) {
            memcpy(&word, raw.data, sizeof word);
            if (word & high)
                break;
            raw = text_from(raw, sizeof word);
        }
        size_t size = 0; /* of a part that ends before an ASCII byte, so inside no sequence */
        while (size < raw.size && !(size >= sizeof word && !(raw.data[size] & 0x80)))
            size++;
        if (!text_is_utf8(text_slice(raw, 0, size)))
            return false;
        raw = text_from(raw, size);
    }
    return true;
}

static bool has_jis_escape(struct text raw)
{
    if (!raw.size || !memchr(raw.data, 0x1B, raw.size))
        return false;
    return text_find(raw, TEXT("\x1b$B")) < raw.size || text_find(raw, TEXT("\x1b$@")) < raw.size ||
           text_find(raw, TEXT("\x1b(I")) < raw.size;
}

/* Pairs of bytes, counted from the left as a decoder would, since the second byte of a pair may
 * look like a first.                                                                             */
struct pairs {
    size_t sjis_kana, euc_kana;
    size_t sjis;                /* all pairs */
    size_t sjis_high;           /* both bytes above ASCII: the rule for kanji, rare in French */
    size_t sjis_only;           /* the first byte is a sign that nobody types in windows-1252 */
    size_t accents;             /* the first byte may be an accented letter there */
    size_t euc, euc_signs;      /* pairs, and those with a byte that is no letter in windows-1252 */
    bool has_beyond_half_width; /* a byte above those of half-width kana */
};

/* In windows-1252: … Œ ‘ ’ “ ” • – — œ Ÿ, which French text has. */
static bool is_french_sign(unsigned char byte)
{
    return memchr("\x85\x8C\x91\x92\x93\x94\x95\x96\x97\x9C\x9F", byte, 11) != NULL;
}

static struct pairs count_pairs(struct text raw)
{
    const unsigned char *s = (const unsigned char *)raw.data;
    struct pairs p = {0};

    for (size_t i = 0; i + 1 < raw.size; i++) {
        unsigned char a = s[i], b = s[i + 1];
        if (!(a >= 0x81 && a <= 0x9F) && !(a >= 0xE0 && a <= 0xFC))
            continue;
        p.sjis_kana +=
            (a == 0x82 && b >= 0x9F && b <= 0xF1) || (a == 0x83 && b >= 0x40 && b <= 0x96);
        p.sjis++;
        p.accents += a >= 0xE0;
        p.sjis_only += a <= 0x9F && !is_french_sign(a);
        p.sjis_high += a <= 0x9F && b >= 0x80 && !(a == 0x92 && b >= 0xC0 && b <= 0xDC); /* l’É */
        i++;
    }
    for (size_t i = 0; i + 1 < raw.size; i++) {
        unsigned char a = s[i], b = s[i + 1];
        if (a < 0xA1)
            continue;
        p.euc_kana += (a == 0xA4 || a == 0xA5) && b >= 0xA1 && b <= 0xF6;
        p.euc++;
        p.euc_signs += a < 0xC0 || b < 0xC0;
        p.has_beyond_half_width |= a > 0xDF || b > 0xDF;
        i++;
    }
    return p;
}

static const char *ask_uchardet(struct text raw)
{
    static const struct {
        const char *name, *ours;
    } table[] = {
        {"WINDOWS-1252", cp1252},     {"ISO-8859-1", cp1252}, {"ISO-8859-15", cp1252},
        {"SHIFT_JIS", cp932},         {"CP932", cp932},       {"EUC-JP", euc_jp},
        {"ISO-2022-JP", iso_2022_jp},
    };
    uchardet_t detector = uchardet_new();
    const char *ours = NULL;

    if (!detector)
        return NULL;
    if (!uchardet_handle_data(detector, raw.data, raw.size)) {
        uchardet_data_end(detector);
        struct text name = text_of(uchardet_get_charset(detector));
        for (size_t i = 0; i < sizeof table / sizeof *table; i++)
            if (text_is_nocase(name, table[i].name))
                ours = table[i].ours;
    }
    uchardet_delete(detector);
    return ours;
}

/* Every pair of bytes must be one that the encoding has; French in windows-1252 soon breaks it. */
static bool is_sjis(struct text raw)
{
    const unsigned char *s = (const unsigned char *)raw.data;

    for (size_t i = 0; i < raw.size; i++) {
        if (s[i] < 0x80 || (s[i] >= 0xA1 && s[i] <= 0xDF))
            continue;
        if (s[i] == 0x80 || s[i] == 0xA0 || s[i] > 0xFC || i + 1 == raw.size)
            return false;
        i++;
        if (s[i] < 0x40 || s[i] == 0x7F || s[i] > 0xFC)
            return false;
    }
    return true;
}

static bool is_euc(struct text raw)
{
    const unsigned char *s = (const unsigned char *)raw.data;

    for (size_t i = 0; i < raw.size; i++) {
        if (s[i] < 0x80)
            continue;
        size_t more = s[i] == 0x8F ? 2 : 1;
        if ((s[i] < 0xA1 && s[i] != 0x8E && s[i] != 0x8F) || s[i] == 0xFF || i + more >= raw.size)
            return false;
        while (more--)
            if (s[++i] < 0xA1 || s[i] == 0xFF)
                return false;
    }
    return true;
}

/* A whole number of lines, so that no pair of bytes is cut. */
static struct text head(struct text raw)
{
    if (raw.size <= GUESS_BYTES_MAX)
        return raw;
    const char *end = memrchr(raw.data, '\n', GUESS_BYTES_MAX);
    return text_slice(raw, 0, end ? (size_t)(end - raw.data) : GUESS_BYTES_MAX);
}

const char *charset_guess(struct text raw, enum language language, bool *ret_is_sure)
{
    *ret_is_sure = true;
    if (has_jis_escape(raw))
        return iso_2022_jp;
    /* The lines that say something: a Japanese list may begin with a long run of ASCII. */
    const char *first = raw.data;
    size_t left = raw.size;
    while (left && !(*first & 0x80))
        first++, left--;
    while (first > raw.data && first[-1] != '\n')
        first--, left++;
    raw = head((struct text){first, left});
    bool may_be_sjis = is_sjis(raw), may_be_euc = is_euc(raw);
    if (!may_be_sjis && !may_be_euc)
        return cp1252;
    struct pairs pairs = count_pairs(raw);
    if (may_be_sjis && pairs.sjis_kana > 2 && pairs.sjis_kana > pairs.euc_kana)
        return cp932;
    if (may_be_euc && pairs.euc_kana > 2 && pairs.euc_kana > pairs.sjis_kana)
        return euc_jp;
    /* Kanji alone. */
    if (may_be_sjis && !may_be_euc &&
        (pairs.sjis_only || (pairs.sjis > 1 && pairs.sjis_high && !pairs.accents)))
        return cp932;
    if (may_be_euc && pairs.euc > 1 && pairs.euc_signs && pairs.has_beyond_half_width)
        return euc_jp;
    const char *guess = ask_uchardet(raw);
    if ((guess == cp932 && may_be_sjis) || (guess == euc_jp && may_be_euc) || guess == cp1252)
        return guess;
    *ret_is_sure = false;
    return language == LANGUAGE_JA ? may_be_sjis ? cp932 : euc_jp : cp1252;
}

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

/* UTF-8 with a few foreign lines: those lines alone are read as windows-1252. */
static int decode_by_line(struct arena *arena, struct text raw, struct flaws *flaws,
                          struct text *ret_text)
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
            int r = unicode_decode(arena, line, cp1252, &good, &malformed);
            if (r)
                return r < 0 ? r : -EIO;
            if (++bad_lines <= BAD_LINES_NAMED_MAX)
                flaws_add(flaws, SEVERITY_WARNING, line_number, column_of_error(line), resave,
                          "this line is not UTF-8 as the rest is; read as windows-1252");
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

/* Half of the bytes of UTF-16 without BOM are zero in what we read; no other list has any. */
static bool has_zeros(struct text raw)
{
    return raw.size && memchr(raw.data, '\0', raw.size) != NULL;
}

/* "Ã©" where "é" was meant: UTF-8 that some program took for windows-1252 and saved again. */
static void warn_of_mojibake(struct text text, struct flaws *flaws)
{
    text = text_slice(text, 0, GUESS_BYTES_MAX);
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

int charset_decode(struct arena *arena, struct text raw, const char *pinned, enum language language,
                   struct flaws *flaws, struct text *ret_text, const char **ret_name)
{
    static const char *const utf8_names[] = {"UTF-8", "UTF8", NULL};
    static const char *const latin_names[] = {"ISO-8859-1", "latin1", "CP1252", "ANSI", NULL};
    static const char *const japanese_names[] = {"Shift_JIS", "SJIS",        "Shift-JIS",
                                                 "MS932",     "windows-31j", NULL};
    bool is_sure = true;

    if (text_starts(raw, "\xEF\xBB\xBF")) { /* surer than settings that may be older */
        if (pinned && !is_name(pinned, utf8_names))
            flaws_add(flaws, SEVERITY_WARNING, 0, 0, "take charset out of the settings",
                      "the list says that it is UTF-8, not %s, and is read so", pinned);
        raw = text_from(raw, 3);
        pinned = utf8;
    }
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
    if (has_zeros(raw)) {
        flaws_add(flaws, SEVERITY_ERROR, 0, 0, resave,
                  "this is no text file, or it is UTF-16 without the mark that says so");
        return CHARSET_E_UNREADABLE;
    }
    if (!pinned && has_jis_escape(raw)) {
        *ret_name = iso_2022_jp;
        return decode_as(arena, raw, iso_2022_jp, flaws, ret_text);
    }
    *ret_name = utf8;
    *ret_text = raw;
    if (is_utf8(raw)) {
        warn_of_mojibake(raw, flaws);
        return 0;
    }
    if (pinned || is_mostly_utf8(raw))
        return decode_by_line(arena, raw, flaws, ret_text);
    *ret_name = charset_guess(raw, language, &is_sure);
    if (!is_sure)
        flaws_add(flaws, SEVERITY_WARNING, 0, 0, resave,
                  "the encoding of this list is not certain; it was read as %s: look at the names",
                  *ret_name);
    return decode_as(arena, raw, *ret_name, flaws, ret_text);
}
