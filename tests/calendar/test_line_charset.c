/* SPDX-License-Identifier: MIT */
#include "calendar/line_charset.h"

#include "calendar/euc_jp.h"
#include "calendar/shift_jis.h"
#include "check.h"

static const struct {
    const char *line;
    bool want;
} rows[] = {
    {"SUMMARY:\x89\xef\x8b\x63", true},                          /* 会議 */
    {"SUMMARY:\x82\xdc\x82\xc2\x82\xe8", true},                  /* まつり */
    {"SUMMARY:\x83\x5c\x83\x74\x83\x67", true},                  /* ソフト: a backslash in it */
    {"LOCATION:\x8b\xe0\x91\xf2\x8e\x73\x96\xf0\x8f\x8a", true}, /* 金沢市役所 */
    {"SUMMARY:\x93\xfa\x95\xa7\x8c\xf0\x97\xac\x89\xef Nancy", true}, /* 日仏交流会 Nancy */
    {"SUMMARY:R\xe9union \xe0 l\x92h\xf4tel \x80", false},
    {"SUMMARY:Les \xe9t\xe9s pass\xe9s", false},
    {"SUMMARY:\xab\xa0\xc9t\xe9\xa0\xbb", false},
    {"SUMMARY:\x93L\x92\xe9t\xe9\x94", false},
    {"SUMMARY:\x8cuvre et c\x9cur \x96 f\xeate", false},
    {"SUMMARY:No\xebl", false},
    {"SUMMARY:plain", false},
    {"SUMMARY:\x89", false},
    {"", false},
};

TEST(shift_jis)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_ROW(rows[i].line);
        CHECK_INT(shift_jis_is_likely(text_of(rows[i].line)), rows[i].want);
    }
}

TEST(euc_jp)
{
    static const struct {
        const char *line;
        bool is_sound, is_likely;
    } lines[] = {
        {"SUMMARY:\xb2\xf1\xb5\xc4", true, true},         /* 会議 */
        {"SUMMARY:\xa4\xde\xa4\xc4\xa4\xea", true, true}, /* まつり */
        {"SUMMARY:\xb2\xf1", true, false},
        {"SUMMARY:\x8f\xb0\xa1 \x8e\xb1", true, false},
        {"SUMMARY:R\xe9union", false, false},
        {"SUMMARY:\xab\xa0\xc9t\xe9\xa0\xbb", false, false},
        {"SUMMARY:\x89\xef\x8b\x63", false, false}, /* 会議 in Shift_JIS */
        {"SUMMARY:\xb2", false, false},
        {"SUMMARY:\x8f\xb0", false, false},
        {"SUMMARY:plain", true, false},
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        CHECK_ROW(lines[i].line);
        CHECK_INT(euc_jp_is_sound(text_of(lines[i].line)), lines[i].is_sound);
        CHECK_INT(euc_jp_is_likely(text_of(lines[i].line)), lines[i].is_likely);
    }
}

/* The last line of each file, as it is read. */
TEST(files)
{
#define TOKYO_SJIS   "\x93\x8c\x8b\x9e\x93\x73" /* 東京都, which could be French */
#define MEETING_SJIS "\x89\xef\x8b\x63"
    static const struct {
        const char *title, *lines[3], *want;
    } files[] = {
        {"ASCII", {"a", "b"}, NULL},
        {"UTF-8", {"\xc3\xa9"}, NULL},
        {"kanji alone", {TOKYO_SJIS}, "windows-1252"},
        {"kanji after a title", {MEETING_SJIS, TOKYO_SJIS}, "CP932"},
        {"a French line among them", {MEETING_SJIS, "\xe9 la", TOKYO_SJIS}, "windows-1252"},
        {"UTF-8 among them", {MEETING_SJIS, "\xc3\xa9", TOKYO_SJIS}, "windows-1252"},
        {"a title after UTF-8", {"\xc3\xa9", MEETING_SJIS}, "CP932"},
        {"EUC-JP that holds UTF-8", {"\xb2\xf1\xb5\xc4", "\xc6\xfc\xca\xa9"}, "EUC-JP"},
        {"EUC-JP in a French file", {"\xe9 la", "\xb2\xf1\xb5\xc4"}, "windows-1252"},
        {"ISO-2022-JP", {"\x1b$B2q5D\x1b(B"}, "ISO-2022-JP"},
        {"an escape", {"\x1b$x"}, NULL},
        {"broken UTF-8", {"\xc3\xa9\xc3"}, "UTF-8"},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct line_charset_votes votes = {0};
        const char *last = NULL, *complaint = NULL;
        CHECK_ROW(files[i].title);
        for (size_t k = 0; k < 3 && files[i].lines[k]; k++)
            line_charset_vote(&votes, text_of(last = files[i].lines[k]));
        CHECK_STRING(line_charset_of(&votes, text_of(last), &complaint), files[i].want);
    }
}

CHECK_MAIN
