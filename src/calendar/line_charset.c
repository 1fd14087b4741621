/* SPDX-License-Identifier: MIT */
/* ISO-2022-JP, whose bytes are all ASCII, tells itself by its escapes. Else the line's own signs,
 * then the file's, then Windows-1252, unless other characters in the line are sound UTF-8.       */
#include "calendar/line_charset.h"

#include "calendar/euc_jp.h"
#include "calendar/shift_jis.h"

static bool is_ascii(struct text line)
{
    unsigned char all = 0;
    for (size_t i = 0; i < line.size; i++)
        all |= (unsigned char)line.data[i];
    return all < 0x80;
}

void line_charset_vote(struct line_charset_votes *votes, struct text line)
{
    if (is_ascii(line))
        return;
    if (text_is_utf8(line)) {
        votes->has_utf8 = true;
        return;
    }
    votes->is_shift_jis |= shift_jis_is_likely(line);
    votes->is_no_shift_jis |= !shift_jis_is_sound(line);
    votes->is_euc_jp |= euc_jp_is_likely(line);
    votes->is_no_euc_jp |= !euc_jp_is_sound(line);
}

static bool has_utf8(struct text line)
{
    while (line.size > 0) {
        uint32_t rune = text_next_rune(&line);
        if (rune >= 0x80 && rune != 0xfffd)
            return true;
    }
    return false;
}

/* "ESC $ B" and "ESC $ @" begin kanji there. */
static bool has_escape(struct text line)
{
    size_t escape = text_find(line, TEXT("\x1b$"));
    return escape + 2 < line.size && (line.data[escape + 2] == 'B' || line.data[escape + 2] == '@');
}

const char *line_charset_of(const struct line_charset_votes *votes, struct text line,
                            const char **ret_complaint)
{
    if (text_is_utf8(line)) {
        *ret_complaint = "the text is not UTF-8; it is read as ISO-2022-JP";
        return has_escape(line) ? "ISO-2022-JP" : NULL;
    }
    bool is_shift_jis = votes->is_shift_jis && !votes->is_no_shift_jis && !votes->has_utf8;
    bool is_euc_jp = votes->is_euc_jp && !votes->is_no_euc_jp && !votes->has_utf8;
    if (is_shift_jis || shift_jis_is_likely(line)) {
        *ret_complaint = "the text is not UTF-8; it is read as Shift_JIS";
        return "CP932";
    }
    if (is_euc_jp) {
        *ret_complaint = "the text is not UTF-8; it is read as EUC-JP";
        return "EUC-JP";
    }
    if (has_utf8(line)) {
        *ret_complaint = "a character is broken here; a question mark stands for it";
        return "UTF-8";
    }
    *ret_complaint = "the text is not UTF-8; it is read as Windows-1252";
    return "windows-1252";
}
