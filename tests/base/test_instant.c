/* SPDX-License-Identifier: MIT */
#include "base/instant.h"

#include "base/language.h"
#include "check.h"

TEST(seconds_round_down)
{
    CHECK_INT(instant_sec((struct instant){1999999}), 1);
    CHECK_INT(instant_sec((struct instant){-1}), -1);
    CHECK_INT(instant_sec((struct instant){-1000000}), -1);
    CHECK_INT(instant_sec((struct instant){-1000001}), -2);
}

TEST(arithmetic_stops_at_the_ends)
{
    struct instant t = instant_from_sec(1000);
    CHECK_INT(instant_add(t, USEC_PER_MIN).utc_usec, 1060000000);
    CHECK(instant_equal(instant_add(INSTANT_NEVER, -5), INSTANT_NEVER));
    CHECK(instant_equal(instant_add(INSTANT_UNSET, 5), INSTANT_UNSET));
    CHECK(instant_equal(instant_add(t, INT64_MAX), INSTANT_NEVER));
    CHECK(instant_equal(instant_add(instant_from_sec(-1000), INT64_MIN), INSTANT_UNSET));
    CHECK_INT(instant_diff(t, instant_from_sec(940)), USEC_PER_MIN);
    CHECK_INT(instant_diff(INSTANT_NEVER, INSTANT_UNSET), INT64_MAX);
    CHECK_INT(instant_diff(INSTANT_UNSET, INSTANT_NEVER), INT64_MIN);
    CHECK(instant_before(INSTANT_UNSET, t) && instant_before(t, INSTANT_NEVER));
    CHECK_INT(instant_compare(t, t), 0);
    CHECK(instant_equal(instant_min(t, INSTANT_NEVER), t));
    CHECK(instant_equal(instant_max(t, INSTANT_UNSET), t));
}

TEST(languages)
{
    static const struct {
        const char *text;
        int language; /* -1: none of ours */
    } rows[] = {
        {"fr", LANGUAGE_FR},
        {"FR", LANGUAGE_FR},
        {"fr-CA", LANGUAGE_FR},
        {"ja_JP", LANGUAGE_JA},
        {"en-GB", LANGUAGE_EN},
        {"jap", -1},
        {"de", -1},
        {"", -1},
        {"f", -1},
        {"french", -1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        enum language language = (enum language)LANGUAGE_COUNT;
        CHECK_ROW(rows[i].text);
        CHECK_INT(language_from_text(text_of(rows[i].text), &language), rows[i].language >= 0);
        CHECK_INT(language, rows[i].language < 0 ? LANGUAGE_COUNT : rows[i].language);
    }
    CHECK_STRING(language_to_text(LANGUAGE_JA), "ja");
}

CHECK_MAIN
