/* SPDX-License-Identifier: MIT */
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

TEST(lines)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_ROW(rows[i].line);
        CHECK_INT(shift_jis_is_likely(text_of(rows[i].line)), rows[i].want);
    }
}

CHECK_MAIN
