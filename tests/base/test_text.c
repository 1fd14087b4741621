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

CHECK_MAIN
