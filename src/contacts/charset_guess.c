/* SPDX-License-Identifier: MIT */
/* uchardet knows many charsets and proposes exotic ones on short lists, so its word is only taken
 * when it names one of ours; otherwise byte pairs that only Japanese text has decide, and last the
 * house's language, with a warning.
 *
 * Lists of old Macs and of DOS programs are told by what windows-1252 would make of them: signs
 * such as Ž and ‚ inside words (BŽatrice, B‚atrice), and no accented letter.                     */
#include "contacts/charset_guess.h"

#include <errno.h>
#include <string.h>
#include <uchardet/uchardet.h>

enum { GUESS_BYTES_MAX = 1 << 18 }; /* as much of a list as is looked at */

static const char cp1252[] = "windows-1252", cp932[] = "CP932", euc_jp[] = "EUC-JP",
                  iso_2022_jp[] = "ISO-2022-JP", macintosh[] = "macintosh", cp850[] = "CP850";

bool charset_has_jis_escape(struct text raw)
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

static bool is_letter(unsigned char byte)
{
    return char_is_alpha((char)byte);
}

/* High bytes that stand between ASCII letters, as accents do, also every other byte ("Hélène"). A
 * run of pairs of a Japanese charset may look so, but seldom begins right behind a letter.       */
static size_t count_lone(struct text raw)
{
    const unsigned char *s = (const unsigned char *)raw.data;
    size_t count = 0;

    for (size_t i = 0; i < raw.size; i++) {
        size_t run = 0;
        bool is_lone = i > 0 && is_letter(s[i - 1]);
        for (; i + 1 < raw.size && s[i] >= 0x80; i += 2, run++)
            is_lone &= is_letter(s[i + 1]);
        count += is_lone ? run : 0;
    }
    return count;
}

/* Among the three charsets of Western lists. */
static const char *guess_western(struct text raw, bool *ret_is_sure)
{
    static const char mac_signs[] = "\x8D\x8E\x8F\x9D\x9E",                  /* ç é è ù û */
        dos_signs[] = "\x81\x82\x83\x87\x8A\x8B", either[] = "\x88\x89\x90"; /* ü é â ç è ï */
    const unsigned char *s = (const unsigned char *)raw.data;
    size_t mac = 0, dos = 0, both = 0, letters = 0;

    for (size_t i = 1; i < raw.size; i++) {
        if (s[i] < 0x80 || !is_letter(s[i - 1]))
            continue;
        mac += memchr(mac_signs, s[i], sizeof mac_signs - 1) != NULL;
        dos += memchr(dos_signs, s[i], sizeof dos_signs - 1) != NULL;
        both += memchr(either, s[i], sizeof either - 1) != NULL;
        letters += s[i] >= 0xE0;
    }
    if (mac + dos + both <= letters)
        return cp1252;
    *ret_is_sure = false;
    return mac >= dos ? macintosh : cp850;
}

const char *charset_guess(struct text raw, enum language language, bool *ret_is_sure)
{
    *ret_is_sure = true;
    if (charset_has_jis_escape(raw))
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
        return guess_western(raw, ret_is_sure);
    struct pairs pairs = count_pairs(raw);
    if (2 * count_lone(raw) > pairs.sjis)
        return guess_western(raw, ret_is_sure);
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

const char *charset_guess_utf16(struct text raw)
{
    size_t zeros[2] = {0, 0};

    raw = text_slice(raw, 0, GUESS_BYTES_MAX);
    for (size_t i = 0; i < raw.size; i++)
        zeros[i % 2] += !raw.data[i];
    /* U+3000, the blank of Japanese names, has its zero on the other side. */
    if (16 * (zeros[0] + zeros[1]) < raw.size)
        return NULL;
    return zeros[1] > 4 * zeros[0] ? "UTF-16LE" : zeros[0] > 4 * zeros[1] ? "UTF-16BE" : NULL;
}
