/* SPDX-License-Identifier: MIT */
#include "base/language.h"

static const char *const names[LANGUAGE_COUNT] = {"fr", "ja", "en"};

const char *language_to_text(enum language language)
{
    return names[language];
}

bool language_from_text(struct text text, enum language *ret)
{
    for (int i = 0; i < LANGUAGE_COUNT; i++) {
        bool is_whole =
            text.size == 2 || (text.size > 2 && (text.data[2] == '-' || text.data[2] == '_'));
        if (is_whole && text_starts_nocase(text, names[i])) {
            *ret = (enum language)i;
            return true;
        }
    }
    return false;
}

const char *language_comma(enum language language)
{
    return language == LANGUAGE_JA ? "、" : ", ";
}
