/* SPDX-License-Identifier: MIT */
#include "contacts/lexicon.h"

#include <errno.h>
#include <string.h>

#include "base/unicode.h"
#include "contacts/country.h"

/* All are folded loosely. */
struct language_word {
    const char *word;
    enum language language;
};

/* What the three are called in each of them. */
static const struct language_word language_names[] = {
    {"francais", LANGUAGE_FR},   {"francaise", LANGUAGE_FR}, {"french", LANGUAGE_FR},
    {"フランス語", LANGUAGE_FR}, {"仏語", LANGUAGE_FR},      {"japonais", LANGUAGE_JA},
    {"japonaise", LANGUAGE_JA},  {"japanese", LANGUAGE_JA},  {"日本語", LANGUAGE_JA},
    {"にほんご", LANGUAGE_JA},   {"anglais", LANGUAGE_EN},   {"anglaise", LANGUAGE_EN},
    {"english", LANGUAGE_EN},    {"英語", LANGUAGE_EN},
};

/* What is meant for one. One letter is what forms offer (F/E/J). */
static const struct language_word language_hints[] = {
    {"f", LANGUAGE_FR},          {"fr", LANGUAGE_FR},          {"fra", LANGUAGE_FR},
    {"fre", LANGUAGE_FR},        {"fren", LANGUAGE_FR},        {"franc", LANGUAGE_FR},
    {"france", LANGUAGE_FR},     {"francophone", LANGUAGE_FR}, {"フランス", LANGUAGE_FR},
    {"仏", LANGUAGE_FR},         {"仏文", LANGUAGE_FR},        {"vf", LANGUAGE_FR},
    {"furansugo", LANGUAGE_FR},  {"j", LANGUAGE_JA},           {"ja", LANGUAGE_JA},
    {"jp", LANGUAGE_JA},         {"jpn", LANGUAGE_JA},         {"jap", LANGUAGE_JA},
    {"japon", LANGUAGE_JA},      {"japan", LANGUAGE_JA},       {"nihongo", LANGUAGE_JA},
    {"日本", LANGUAGE_JA},       {"日", LANGUAGE_JA},          {"日語", LANGUAGE_JA},
    {"和文", LANGUAGE_JA},       {"邦文", LANGUAGE_JA},        {"e", LANGUAGE_EN},
    {"en", LANGUAGE_EN},         {"eng", LANGUAGE_EN},         {"engl", LANGUAGE_EN},
    {"ang", LANGUAGE_EN},        {"a", LANGUAGE_EN},           {"gb", LANGUAGE_EN},
    {"uk", LANGUAGE_EN},         {"us", LANGUAGE_EN},          {"usa", LANGUAGE_EN},
    {"anglophone", LANGUAGE_EN}, {"英", LANGUAGE_EN},          {"英文", LANGUAGE_EN},
    {"eigo", LANGUAGE_EN},
};

static bool find_word(const struct language_word *words, size_t count, struct text word,
                      enum language *ret)
{
    for (size_t i = 0; i < count; i++) {
        if (text_is(word, words[i].word)) {
            *ret = words[i].language;
            return true;
        }
    }
    return false;
}

static enum lexicon_fit find_language(struct text word, enum language *ret)
{
    if (find_word(language_names, sizeof language_names / sizeof *language_names, word, ret))
        return LEXICON_EXACT;
    if (find_word(language_hints, sizeof language_hints / sizeof *language_hints, word, ret))
        return LEXICON_GUESSED;
    return LEXICON_UNKNOWN;
}

/* A tag of BCP 47 and nothing else: "fr", "fr-FR", "ja_JP". */
static bool is_tag(struct text text)
{
    for (size_t i = 0; i < text.size; i++)
        if (!char_is_alpha(text.data[i]) && text.data[i] != '-' && text.data[i] != '_')
            return false;
    return text.size <= 10;
}

int lexicon_language(struct arena *arena, struct text text, enum language *ret)
{
    if (is_tag(text) && language_from_text(text, ret))
        return LEXICON_EXACT;
    char *folded = unicode_fold_loose(arena, text);
    if (!folded)
        return -ENOMEM;
    struct text whole = text_of(folded);
    enum lexicon_fit fit = find_language(whole, ret);
    if (fit != LEXICON_UNKNOWN)
        return fit;
    /* "français (France)", "fr/en", "1. Japonais": the first word that is a language. */
    while (whole.size) {
        size_t size = 0;
        while (size < whole.size && !strchr(" ,;/().:-_+&|=", whole.data[size]) &&
               !char_is_digit(whole.data[size]))
            size++;
        struct text word = text_slice(whole, 0, size);
        if (word.size > 1 && find_language(word, ret) != LEXICON_UNKNOWN)
            return LEXICON_GUESSED;
        whole = text_from(whole, size + 1);
    }
    return LEXICON_UNKNOWN;
}

int lexicon_country(struct arena *arena, struct text text, const char **ret)
{
    struct arena_mark mark = arena_mark(arena);
    char *folded = unicode_fold_loose(arena, text);

    if (!folded)
        return -ENOMEM;
    const char *code = country_find(folded);
    arena_rewind(arena, mark);
    if (code) {
        *ret = code;
        return text_is(text, code) ? LEXICON_EXACT : LEXICON_GUESSED;
    }
    if (text.size == 2 && char_is_alpha(text.data[0]) && char_is_alpha(text.data[1])) {
        char *upper = arena_copy_text(arena, text);
        if (!upper)
            return -ENOMEM;
        for (size_t i = 0; i < 2; i++)
            upper[i] = (char)(char_lower(upper[i]) - 'a' + 'A');
        *ret = upper;
        return LEXICON_EXACT;
    }
    return LEXICON_UNKNOWN;
}

/* Places and abbreviations that are not zone names. Folded loosely. */
static const struct {
    const char *word, *zone;
} places[] = {
    {"paris", "Europe/Paris"},
    {"パリ", "Europe/Paris"},
    {"heure de paris", "Europe/Paris"},
    {"france metropolitaine", "Europe/Paris"},
    {"フランス時間", "Europe/Paris"},
    {"cest", "Europe/Paris"},
    {"パリ時間", "Europe/Paris"},
    {"heure francaise", "Europe/Paris"},
    {"paris time", "Europe/Paris"},
    {"tokyo", "Asia/Tokyo"},
    {"東京", "Asia/Tokyo"},
    {"jst", "Asia/Tokyo"},
    {"osaka", "Asia/Tokyo"},
    {"大阪", "Asia/Tokyo"},
    {"kyoto", "Asia/Tokyo"},
    {"京都", "Asia/Tokyo"},
    {"日本時間", "Asia/Tokyo"},
    {"日本標準時", "Asia/Tokyo"},
    {"heure de tokyo", "Asia/Tokyo"},
    {"heure du japon", "Asia/Tokyo"},
    {"heure japonaise", "Asia/Tokyo"},
    {"japan time", "Asia/Tokyo"},
    {"tokyo time", "Asia/Tokyo"},
    {"sapporo", "Asia/Tokyo"},
    {"londres", "Europe/London"},
    {"london", "Europe/London"},
    {"ロンドン", "Europe/London"},
    {"bruxelles", "Europe/Brussels"},
    {"brussels", "Europe/Brussels"},
    {"geneve", "Europe/Zurich"},
    {"geneva", "Europe/Zurich"},
    {"berlin", "Europe/Berlin"},
    {"rome", "Europe/Rome"},
    {"madrid", "Europe/Madrid"},
    {"seoul", "Asia/Seoul"},
    {"pekin", "Asia/Shanghai"},
    {"beijing", "Asia/Shanghai"},
    {"montreal", "America/Toronto"},
    {"quebec", "America/Toronto"},
    {"ottawa", "America/Toronto"},
    {"new york", "America/New_York"},
    {"noumea", "Pacific/Noumea"},
    {"papeete", "Pacific/Tahiti"},
    {"tahiti", "Pacific/Tahiti"},
    {"la reunion", "Indian/Reunion"},
    {"reunion", "Indian/Reunion"},
    {"guadeloupe", "America/Guadeloupe"},
    {"martinique", "America/Martinique"},
    {"guyane", "America/Cayenne"},
    {"mayotte", "Indian/Mayotte"},
    {"hawaii", "Pacific/Honolulu"},
};

/* "UTC+9", "GMT+01:00", "+0900", "UTC−3": a fixed offset. */
static bool read_offset(struct text folded, int32_t *ret_sec)
{
    int64_t hours, minutes = 0;

    if (text_starts(folded, "utc") || text_starts(folded, "gmt"))
        folded = text_trim(text_from(folded, 3));
    bool is_minus = text_starts(folded, "-") || text_starts(folded, "\xE2\x88\x92");
    if (!is_minus && !text_starts(folded, "+"))
        return false;
    folded = text_from(folded, folded.data[0] == '\xE2' ? 3 : 1);
    size_t colon = text_find_char(folded, ':');
    size_t digits = colon < folded.size ? colon : folded.size > 2 ? folded.size - 2 : folded.size;
    struct text rest = text_from(folded, colon < folded.size ? colon + 1 : digits);
    if (!text_number(text_slice(folded, 0, digits), 0, 14, &hours) ||
        (rest.size && !text_number(rest, 0, 59, &minutes)))
        return false;
    *ret_sec = (int32_t)((hours * 60 + minutes) * 60) * (is_minus ? -1 : 1);
    return true;
}

/* "Tokyo (JST)" → "tokyo"; "(UTC+09:00) Osaka, Sapporo, Tokyo" → "osaka". */
static struct text first_place(struct text folded)
{
    if (text_starts(folded, "(")) {
        size_t close = text_find_char(folded, ')');
        folded = text_trim(text_from(folded, close + 1));
    }
    size_t size = 0;
    while (size < folded.size && !strchr(",(/", folded.data[size]))
        size++;
    return text_trim(text_slice(folded, 0, size));
}

static const struct zone *find_place(struct text folded, struct zones *zones)
{
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (text_is(folded, places[i].word))
            return zones_find(zones, text_of(places[i].zone));
    return NULL;
}

int lexicon_zone(struct arena *arena, struct text text, struct zones *zones, struct locale *locale,
                 const struct zone **ret)
{
    const char *name, *country;
    int32_t offset_sec;

    *ret = zones_find(zones, text);
    if (*ret)
        return text_is(text, zone_name(*ret)) ? LEXICON_EXACT : LEXICON_GUESSED;
    name = locale ? locale_windows_zone(locale, text) : NULL;
    if (name && (*ret = zones_find(zones, text_of(name))))
        return LEXICON_GUESSED;
    struct arena_mark mark = arena_mark(arena);
    char *folded = unicode_fold_loose(arena, text);
    if (!folded)
        return -ENOMEM;
    struct text place = first_place(text_of(folded));
    *ret = find_place(text_of(folded), zones);
    if (!*ret)
        *ret = find_place(place, zones);
    if (!*ret && read_offset(text_of(folded), &offset_sec))
        *ret = offset_sec ? zones_fixed(zones, offset_sec) : zones_utc(zones);
    char *word = *ret ? NULL : arena_copy_text(arena, place);
    country = word ? country_find(word) : NULL;
    name = country && locale ? locale_country_zone(locale, country) : NULL;
    if (name)
        *ret = zones_find(zones, text_of(name));
    arena_rewind(arena, mark);
    return *ret ? LEXICON_GUESSED : LEXICON_UNKNOWN;
}

static const char *const civilities[] = {
    "m",
    "m.",
    "mr",
    "mr.",
    "mme",
    "mme.",
    "mmes",
    "mm",
    "mm.",
    "mlle",
    "mlle.",
    "monsieur",
    "madame",
    "mademoiselle",
    "messieurs",
    "mesdames",
    "me",
    "maître",
    "maitre",
    "dr",
    "dr.",
    "docteur",
    "pr",
    "pr.",
    "professeur",
    "prof",
    "prof.",
    "ms",
    "ms.",
    "mrs",
    "mrs.",
    "miss",
    "mx",
    "mx.",
    "sir",
    "dame",
    "lord",
    "lady",
    "doctor",
    "professor",
    "mister",
    "hon.",
    "mm et mme",
    "m. et mme",
    "m. ou mme",
    "m./mme",
    "monsieur et madame",
    "m et mme",
    "s.e.",
    "s.e.m.",
    "s. e. m.",
    "s.e. m.",
    "s.e. mme",
    "s.e.mme",
    "son excellence",
    "mgr",
    "mgr.",
    "general",
    "général",
    "colonel",
    "mon général",
    "様",
    "さま",
    "さん",
    "氏",
    "殿",
    "先生",
    "博士",
    "教授",
    "御中",
    "閣下",
    "ミスター",
    "ミズ",
};

bool lexicon_is_cell_error(struct text text)
{
    static const char *const errors[] = {"#N/A",   "#REF!",   "#DIV/0!", "#VALUE!",  "#VALEUR!",
                                         "#NAME?", "#NOM?",   "#NUM!",   "#NOMBRE!", "#NULL!",
                                         "#NUL!",  "#SPILL!", "#CALC!"};
    if (!text.size || (*text.data != '#' && *text.data != 'E'))
        return false;
    if (text_starts(text, "Err:5"))
        return text.size == 7;
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (text_is(text, errors[i]))
            return true;
    return false;
}

bool lexicon_is_civility(struct text text)
{
    for (size_t i = 0; i < sizeof civilities / sizeof *civilities; i++)
        if (text_is_nocase(text, civilities[i]))
            return true;
    return false;
}

bool lexicon_is_japanese(struct text text)
{
    const char *end = text.data + text.size;
    for (const char *at = text.data; at < end; at++) {
        if ((unsigned char)*at < 0xE3) /* no first byte of a character from U+3000 on */
            continue;
        struct text rest = {at, (size_t)(end - at)};
        uint32_t rune = text_next_rune(&rest);
        if ((rune >= 0x3041 && rune <= 0x30FF) || (rune >= 0x3400 && rune <= 0x9FFF) ||
            (rune >= 0xF900 && rune <= 0xFAFF) || (rune >= 0x20000 && rune <= 0x3FFFF) ||
            rune == 0x3005 || (rune >= 0xFF66 && rune <= 0xFF9D))
            return true;
    }
    return false;
}
