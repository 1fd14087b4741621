/* SPDX-License-Identifier: MIT */
/* locale: opening ICU, the words of the calendar, and the memory of what was said. Opening a
 * formatter costs 25 µs and a zone's name needs one, so what was once said is kept.              */
#include "base/locale_state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/udat.h>

enum { WORDS_BYTES_MAX = 1 << 20 };

const char *locale_icu_name(enum language language)
{
    static const char *const names[LANGUAGE_COUNT] = {"fr_FR", "ja_JP", "en_GB"};
    return names[language];
}

char *locale_keep(struct locale *l, const UChar *wide, int32_t size)
{
    char utf8[LOCALE_WIDE_MAX * 3 + 1];
    UErrorCode error = U_ZERO_ERROR;
    u_strToUTF8(utf8, sizeof utf8, NULL, wide, size, &error);
    return U_FAILURE(error) ? NULL : arena_copy_string(l->arena, utf8);
}

bool locale_widen(const char *string, UChar ret[LOCALE_WIDE_MAX])
{
    UErrorCode error = U_ZERO_ERROR;
    u_strFromUTF8(ret, LOCALE_WIDE_MAX, NULL, string, -1, &error);
    return U_SUCCESS(error) && error != U_STRING_NOT_TERMINATED_WARNING;
}

/* ---- calendar words ---- */

static int symbols_read(struct locale *l, const UDateFormat *format, UDateFormatSymbolType type,
                        int first, int count, const char **ret)
{
    for (int i = 0; i < count; i++) {
        UChar wide[LOCALE_WIDE_MAX];
        UErrorCode error = U_ZERO_ERROR;
        int32_t size = udat_getSymbols(format, type, first + i, wide, LOCALE_WIDE_MAX, &error);
        if (U_FAILURE(error) || size == 0)
            return -EIO;
        ret[i] = locale_keep(l, wide, size);
        if (!ret[i])
            return -ENOMEM;
    }
    return 0;
}

/* ICU counts weekdays from 1 = Sunday; this house from Monday. */
static void monday_first(const char *days[LOCALE_DAYS])
{
    const char *sunday = days[0];
    memmove(days, days + 1, (LOCALE_DAYS - 1) * sizeof *days);
    days[LOCALE_DAYS - 1] = sunday;
}

static int language_open(struct locale *l, enum language language)
{
    const char *name = locale_icu_name(language);
    UErrorCode error = U_ZERO_ERROR;
    UDateFormat *format = udat_open(UDAT_NONE, UDAT_FULL, name, NULL, 0, NULL, 0, &error);
    if (U_FAILURE(error))
        return error == U_MEMORY_ALLOCATION_ERROR ? -ENOMEM : -EIO;
    int r = symbols_read(l, format, UDAT_MONTHS, 0, LOCALE_MONTHS, l->months[language]);
    if (!r)
        r = symbols_read(l, format, UDAT_WEEKDAYS, 1, LOCALE_DAYS, l->days[language]);
    if (!r)
        r = symbols_read(l, format, UDAT_SHORT_WEEKDAYS, 1, LOCALE_DAYS, l->short_days[language]);
    udat_close(format);
    if (r)
        return r;
    monday_first(l->days[language]);
    monday_first(l->short_days[language]);
    l->plurals[language] = uplrules_openForType(name, UPLURAL_TYPE_CARDINAL, &error);
    if (U_FAILURE(error))
        return error == U_MEMORY_ALLOCATION_ERROR ? -ENOMEM : -EIO;
    return 0;
}

int locale_new(struct locale **ret)
{
    struct locale *l = calloc(1, sizeof *l);
    int r = 0;
    if (!l)
        return -ENOMEM;
    l->arena = arena_new(WORDS_BYTES_MAX);
    if (!l->arena)
        r = -ENOMEM;
    for (int i = 0; i < LANGUAGE_COUNT && !r; i++)
        r = language_open(l, (enum language)i);
    if (r)
        locale_free(l);
    else
        *ret = l;
    return r;
}

struct locale *locale_free(struct locale *l)
{
    if (!l)
        return NULL;
    for (int i = 0; i < LANGUAGE_COUNT; i++)
        if (l->plurals[i])
            uplrules_close(l->plurals[i]);
    arena_free(l->arena);
    free(l);
    return NULL;
}

const char *locale_month(struct locale *l, enum language language, int month)
{
    return l->months[language][month - 1];
}

const char *locale_weekday(struct locale *l, enum language language, enum weekday day)
{
    return l->days[language][day];
}

const char *locale_weekday_short(struct locale *l, enum language language, enum weekday day)
{
    return l->short_days[language][day];
}

const char *locale_plural(struct locale *l, enum language language, int64_t number)
{
    static const char *const categories[] = {"zero", "one", "two", "few", "many"};
    UChar wide[LOCALE_WIDE_MAX];
    char category[LOCALE_WIDE_MAX];
    UErrorCode error = U_ZERO_ERROR;
    int32_t size =
        uplrules_select(l->plurals[language], (double)number, wide, LOCALE_WIDE_MAX - 1, &error);
    if (U_FAILURE(error))
        return "other";
    wide[size] = 0;
    u_austrncpy(category, wide, sizeof category);
    for (size_t i = 0; i < sizeof categories / sizeof categories[0]; i++)
        if (strcmp(category, categories[i]) == 0)
            return categories[i];
    return "other";
}

/* ---- what was said once ---- */

static struct said **said_bucket(struct locale *l, enum said_kind kind, enum language language,
                                 struct text about)
{
    uint32_t hash = 2166136261u ^ (uint32_t)kind ^ (uint32_t)language << 8; /* FNV-1a */
    for (size_t i = 0; i < about.size; i++)
        hash = (hash ^ (unsigned char)char_lower(about.data[i])) * 16777619u;
    return &l->said[hash % LOCALE_BUCKETS];
}

const struct said *locale_said(struct locale *l, enum said_kind kind, enum language language,
                               struct text about)
{
    for (struct said *said = *said_bucket(l, kind, language, about); said; said = said->next)
        if (said->kind == kind && said->language == language && text_is_nocase(about, said->about))
            return said;
    return NULL;
}

const char *locale_say(struct locale *l, enum said_kind kind, enum language language,
                       struct text about, const char *words)
{
    struct said **bucket = said_bucket(l, kind, language, about);
    struct said *said = arena_alloc(l->arena, sizeof *said);
    char *copy = arena_copy_text(l->arena, about);
    if (said && copy) {
        *said = (struct said){*bucket, kind, language, copy, words};
        *bucket = said;
    }
    return words;
}
