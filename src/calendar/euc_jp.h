/* SPDX-License-Identifier: MIT */
/* euc_jp: tells files of Japanese Unix servers from others that are not UTF-8. */
#ifndef CONVIER_CALENDAR_EUC_JP_H
#define CONVIER_CALENDAR_EUC_JP_H

#include "base/text.h"

/* Whether every byte of a line may stand in EUC-JP. */
bool euc_jp_is_sound(struct text line);
/* Whether a line is EUC-JP rather than Windows-1252: it is sound and has kana or two common kanji
 * in a row, which would be four letters or signs beyond ASCII there.                             */
bool euc_jp_is_likely(struct text line);

#endif
