/* SPDX-License-Identifier: MIT */
/* Every byte of a French line may be half of a character of Shift_JIS: "é" followed by a letter is
 * a kanji, and so is an apostrophe. Two signs are never French: kana, whose first bytes are "‚" and
 * "ƒ" there, and two common kanji in a row, one of them of two high bytes. All else in the line
 * must be sound Shift_JIS as well. */
#include "calendar/shift_jis.h"

static bool is_trail(unsigned char c)
{
    return c >= 0x40 && c <= 0xfc && c != 0x7f;
}

static bool is_kana(unsigned char lead, unsigned char trail)
{
    return (lead == 0x82 && trail >= 0x9f && trail <= 0xf1) || (lead == 0x83 && trail <= 0x96);
}

/* Kanji of the first level; their first bytes are signs in Windows-1252, quotes apart. */
static bool is_common_kanji(unsigned char lead)
{
    return lead >= 0x88 && lead <= 0x9f && (lead < 0x91 || lead > 0x94);
}

/* false: unsound. */
static bool look(struct text line, bool *ret_is_likely)
{
    bool has_kana = false, has_kanji = false, was_kanji = false, was_high = false;
    for (size_t i = 0; i < line.size; i++) {
        unsigned char lead = (unsigned char)line.data[i];
        if (lead < 0x80 || (lead >= 0xa1 && lead <= 0xdf)) { /* ASCII, half-width kana */
            was_kanji = false;
            continue;
        }
        unsigned char trail = i + 1 < line.size ? (unsigned char)line.data[++i] : 0;
        if (lead == 0x80 || lead == 0xa0 || lead > 0xfc || !is_trail(trail))
            return false;
        bool is_kanji = is_common_kanji(lead), is_high = trail >= 0x80;
        has_kana |= is_kana(lead, trail);
        has_kanji |= is_kanji && was_kanji && (is_high || was_high);
        was_kanji = is_kanji;
        was_high = is_high;
    }
    *ret_is_likely = has_kana || has_kanji;
    return true;
}

bool shift_jis_is_sound(struct text line)
{
    bool is_likely;
    return look(line, &is_likely);
}

bool shift_jis_is_likely(struct text line)
{
    bool is_likely;
    return look(line, &is_likely) && is_likely;
}
