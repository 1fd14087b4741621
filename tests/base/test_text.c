/* SPDX-License-Identifier: MIT */
#include "base/text.h"

#include "check.h"

TEST(lines_of_every_kind)
{
    struct text rest = TEXT("a\r\nb\nc\rd");
    CHECK(text_is(text_next_line(&rest), "a"));
    CHECK(text_is(text_next_line(&rest), "b"));
    CHECK(text_is(text_next_line(&rest), "c"));
    CHECK(text_is(text_next_line(&rest), "d"));
    CHECK(rest.data == NULL);
}

TEST(utf8_strictness)
{
    static const struct {
        const char *title, *bytes;
        size_t error;
    } rows[] = {
        {"ascii", "abc", 3},
        {"accents", "é", 2},
        {"kanji", "髙", 3},
        {"emoji", "😀", 4},
        {"overlong", "\xC0\x80", 0},
        {"surrogate", "a\xED\xA0\x80", 1},
        {"beyond", "\xF4\x90\x80\x80", 0},
        {"cut", "ab\xE3\x81", 2},
        {"latin1", "caf\xE9", 3},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_ROW(rows[i].title);
        CHECK_INT(text_utf8_error(text_of(rows[i].bytes)), rows[i].error);
    }
}

TEST(printable_starts)
{
    static const char unfit[] = {'\0', '\t', '\n', '\r', 0x1F, 0x7F, (char)0x80, (char)0xFF};
    char bytes[50];
    memset(bytes, '~', sizeof bytes);
    CHECK_INT(text_printable(TEXT("")), 0);
    for (size_t size = 0; size <= sizeof bytes; size++)
        CHECK_INT(text_printable((struct text){bytes, size}), size);
    for (size_t i = 0; i < sizeof unfit; i++)
        for (size_t at = 0; at < sizeof bytes; at++) {
            memset(bytes, ' ', sizeof bytes);
            bytes[at] = unfit[i];
            bytes[sizeof bytes - 1] = unfit[i];
            CHECK_INT(text_printable((struct text){bytes, sizeof bytes}), at);
        }
}

TEST(numbers_are_whole_or_nothing)
{
    int64_t value = 7;
    CHECK(text_number(TEXT("-12"), -100, 100, &value));
    CHECK_INT(value, -12);
    CHECK(!text_number(TEXT("12x"), -100, 100, &value));
    CHECK(!text_number(TEXT("101"), -100, 100, &value));
    CHECK(!text_number(TEXT("99999999999999999999"), INT64_MIN, INT64_MAX, &value));
    CHECK(!text_number(TEXT("-"), INT64_MIN, INT64_MAX, &value));
    CHECK_INT(value, -12);
}

TEST(nearest_word)
{
    static const char *const keys[] = {"audience", "steps", "category", "calendar"};
    CHECK_STRING(text_nearest(TEXT("audiance"), keys, 4), "audience");
    CHECK_STRING(text_nearest(TEXT("Calender"), keys, 4), "calendar");
    CHECK_STRING(text_nearest(TEXT("relay"), keys, 4), NULL);
}

TEST(slices_never_leave_the_text)
{
    struct text text = TEXT("abc"), none = {NULL, 0};
    CHECK(text_is(text_slice(text, 1, 100), "bc"));
    CHECK(text_is(text_slice(text, 5, 1), ""));
    CHECK(text_is(text_slice(text, 1, SIZE_MAX), "bc"));
    CHECK(text_is(text_from(none, 3), ""));
    CHECK(text_is(text_trim(none), ""));
    CHECK(text_equal(none, TEXT("")));
    CHECK(text_is(text_trim(TEXT(" \t\r\n ")), ""));
    CHECK(text_is(text_trim(TEXT("\n a b ")), "a b"));
    CHECK(text_is(text_of(NULL), ""));
}

TEST(comparing)
{
    CHECK(text_is_nocase(TEXT("PaRis"), "paris"));
    CHECK(!text_is_nocase(TEXT("Éa"), "éa")); /* ASCII only */
    CHECK(!text_is(TEXT("a\0b"), "a"));
    CHECK(text_starts(TEXT("mailto:x"), "mailto:") && !text_starts(TEXT("Mailto:x"), "mailto:"));
    CHECK(text_starts_nocase(TEXT("MAILTO:x"), "mailto:") && !text_starts_nocase(TEXT("m"), "mai"));
    CHECK(text_ends_nocase(TEXT("a.ICS"), ".ics") && !text_ends_nocase(TEXT("ics"), ".ics"));
    CHECK(string_equal(NULL, NULL) && !string_equal(NULL, "") && string_equal("a", "a"));
    CHECK(string_is_empty(NULL) && string_is_empty("") && !string_is_empty(" "));
}

TEST(finding_and_splitting)
{
    struct text none = {NULL, 0}, rest = TEXT("a,,b");
    CHECK_INT(text_find(TEXT("abcabc"), TEXT("ca")), 2);
    CHECK_INT(text_find(TEXT("abc"), TEXT("x")), 3);
    CHECK_INT(text_find(TEXT("abc"), TEXT("")), 0);
    CHECK_INT(text_find(TEXT("ab"), TEXT("abc")), 2);
    CHECK_INT(text_find(none, TEXT("a")), 0);
    CHECK_INT(text_find_char(none, 'a'), 0);
    CHECK_INT(text_find_char(TEXT("a\0b"), 'b'), 2);
    CHECK(text_is(text_split(&rest, ','), "a"));
    CHECK(text_is(text_split(&rest, ','), "") && rest.data);
    CHECK(text_is(text_split(&rest, ','), "b") && !rest.data);
    rest = TEXT("a,");
    CHECK(text_is(text_split(&rest, ','), "a") && rest.data);
    CHECK(text_is(text_split(&rest, ','), "") && !rest.data);
}

TEST(runes_there_and_back)
{
    static const uint32_t edges[] = {0,      0x7F,   0x80,   0x7FF,   0x800,
                                     0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF};
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) {
        char bytes[4];
        struct text rest = {bytes, rune_encode(edges[i], bytes)};
        CHECK(text_is_utf8(rest));
        CHECK_INT(text_next_rune(&rest), edges[i]);
        CHECK_INT(rest.size, 0);
    }
    struct text broken = TEXT("\xE3\x81z");
    CHECK_INT(text_next_rune(&broken), 0xFFFD);
    CHECK_INT(text_next_rune(&broken), 0xFFFD);
    CHECK_INT(text_next_rune(&broken), 'z');
}

CHECK_MAIN
