/* SPDX-License-Identifier: MIT */
#include "calendar/euc_jp.h"

static bool is_high(struct text line, size_t i)
{
    return i < line.size && (unsigned char)line.data[i] >= 0xa1 &&
           (unsigned char)line.data[i] <= 0xfe;
}

/* false: unsound. */
static bool look(struct text line, bool *ret_is_likely)
{
    bool was_kanji = false;
    *ret_is_likely = false;
    for (size_t i = 0; i < line.size; i++) {
        unsigned char lead = (unsigned char)line.data[i];
        if (lead < 0x80) {
            was_kanji = false;
            continue;
        }
        size_t more = lead == 0x8f ? 2 : 1; /* a rare kanji has three bytes */
        if (lead != 0x8e && lead != 0x8f && !is_high(line, i))
            return false;
        for (; more > 0; more--)
            if (!is_high(line, ++i))
                return false;
        bool is_kanji = lead >= 0xb0 && lead <= 0xcf; /* of the first level */
        *ret_is_likely |= lead == 0xa4 || lead == 0xa5 || (is_kanji && was_kanji);
        was_kanji = is_kanji;
    }
    return true;
}

bool euc_jp_is_sound(struct text line)
{
    bool is_likely;
    return look(line, &is_likely);
}

bool euc_jp_is_likely(struct text line)
{
    bool is_likely;
    return look(line, &is_likely) && is_likely;
}
