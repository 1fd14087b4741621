/* SPDX-License-Identifier: MIT */
/* Shift_JIS or Windows-1252, unless other characters in the line are sound UTF-8. */
#include "calendar/line_charset.h"

#include "calendar/shift_jis.h"

static bool has_utf8(struct text line)
{
    while (line.size > 0) {
        uint32_t rune = text_next_rune(&line);
        if (rune >= 0x80 && rune != 0xfffd)
            return true;
    }
    return false;
}

const char *line_charset_of(struct text line, const char **ret_complaint)
{
    if (text_is_utf8(line))
        return NULL;
    if (shift_jis_is_likely(line)) {
        *ret_complaint = "the text is not UTF-8; it is read as Shift_JIS";
        return "CP932";
    }
    if (has_utf8(line)) {
        *ret_complaint = "a character is broken here; a question mark stands for it";
        return "UTF-8";
    }
    *ret_complaint = "the text is not UTF-8; it is read as Windows-1252";
    return "windows-1252";
}
