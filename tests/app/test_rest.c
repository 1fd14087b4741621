/* SPDX-License-Identifier: MIT */
#include "app/rest.h"

#include "base/locale.h"
#include "base/unicode.h"
#include "check.h"

/* What was given back comes again when it is needed: code, constants, ICU's tables. */
TEST(at_work_again)
{
    CLEANUP_ARENA struct arena *arena = arena_new(1 << 20);
    struct locale *locale = NULL;
    REQUIRE(arena && locale_new(&locale) == 0);
    char *before = unicode_fold_loose(arena, TEXT("ÉLUS de Nancy 田中"));
    for (int turn = 0; turn < 3; turn++) {
        rest_give_back();
        CHECK_STRING(unicode_fold_loose(arena, TEXT("ÉLUS de Nancy 田中")), before);
        CHECK_STRING(locale_city(locale, LANGUAGE_JA, "Europe/Paris"), "パリ");
    }
    locale_free(locale);
}

CHECK_MAIN
