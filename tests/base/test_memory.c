/* SPDX-License-Identifier: MIT */
/* What base does when memory is refused: it says so, leaks nothing, and works the next time. */
#include "base/locale.h"
#include "base/unicode.h"
#include "base/zone.h"
#include "torture.h"

TEST(zones_without_memory)
{
    static const struct zone_transition transition = {.utc_sec = 9, .abbreviation = "X"};
    TORTURE(n)
    {
        struct zones *zones = zones_new(NULL);
        if (!zones)
            continue;
        const struct zone *first = zones_find(zones, TEXT("europe/paris"));
        const struct zone *custom = zones_custom(zones, "Mine", transition, &transition, 1);
        const struct zone *fixed = zones_fixed(zones, 3600);
        CHECK(zones_utc(zones) != NULL);
        torture.countdown = -1; /* enough: what was refused once succeeds the next time */
        const struct zone *second = zones_find(zones, TEXT("Europe/Paris"));
        CHECK(second && (!first || first == second));
        CHECK(zones_find(zones, TEXT("Asia/Tokyo")) != NULL);
        CHECK(!custom || zones_custom(zones, "Mine", transition, &transition, 1) == custom);
        CHECK(!fixed || zones_fixed(zones, 3600) == fixed);
        CHECK_INT(zones_refresh(zones), 0);
        zones_free(zones);
    }
}

TEST(unicode_without_memory)
{
    struct text wild = TEXT("Re\xCC\x81union \xE3\x80\x80 ｶﾞ Œuvre");
    struct text utf8;
    struct arena *warm = arena_new(1 << 20); /* ICU keeps its tables once they are read */
    REQUIRE(warm && unicode_nfc(warm, wild) && unicode_fold_loose(warm, wild));
    REQUIRE(unicode_decode(warm, TEXT("\x87\x40"), "CP932", &utf8, NULL) == 0);
    TORTURE(n)
    {
        struct arena *arena = arena_new(1 << 20);
        if (!arena)
            continue;
        const char *nfc = unicode_nfc(arena, wild);
        CHECK(!nfc || strcmp(nfc, "Réunion \xE3\x80\x80 ｶﾞ Œuvre") == 0);
        const char *loose = unicode_fold_loose(arena, wild);
        CHECK(!loose || strcmp(loose, "reunion ガ oeuvre") == 0);
        int r = unicode_decode(arena, TEXT("\x87\x40"), "CP932", &utf8, NULL);
        CHECK(r == -ENOMEM || (r == 0 && text_is(utf8, "①")));
        arena_free(arena);
    }
    arena_free(warm);
}

TEST(words_without_memory)
{
    struct locale *l = NULL;
    REQUIRE(locale_new(&l) == 0);
    TORTURE(n)
    {
        const char *city = locale_city(l, LANGUAGE_JA, "Asia/Tokyo");
        CHECK(strcmp(city, "東京") == 0 || strcmp(city, "Tokyo") == 0 ||
              strcmp(city, "Asia/Tokyo") == 0);
        torture.live = 0; /* kept for the next question */
    }
    locale_free(l);
}

CHECK_MAIN
