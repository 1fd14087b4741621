/* SPDX-License-Identifier: MIT */
#include "compose/digest_words.h"

#include "base/buf.h"
#include "base/unicode.h"

enum { NUMBERS_MAX = 12, TITLES_COLUMNS_MAX = 90, TITLES_BYTES_MAX = 64 << 10 };

static const char *const numbers_french[NUMBERS_MAX + 1] = {
    "aucune", "une",  "deux", "trois", "quatre", "cinq", "six",
    "sept",   "huit", "neuf", "dix",   "onze",   "douze"};
static const char *const numbers_english[NUMBERS_MAX + 1] = {
    "no",    "one",   "two",  "three", "four",   "five",  "six",
    "seven", "eight", "nine", "ten",   "eleven", "twelve"};

const char *digest_words_count(struct arena *arena, size_t count, enum language language)
{
    if (language == LANGUAGE_JA || count > NUMBERS_MAX)
        return arena_printf(arena, "%zu", count);
    return language == LANGUAGE_FR ? numbers_french[count] : numbers_english[count];
}

const char *digest_words_count_capital(struct arena *arena, size_t count, enum language language)
{
    const char *words = digest_words_count(arena, count, language);
    char *copy = words ? arena_copy_string(arena, words) : NULL;
    if (copy && char_is_alpha(copy[0]))
        copy[0] = (char)(copy[0] & ~0x20);
    return copy;
}

const char *digest_words_kind(enum notice_kind kind, enum language language)
{
    static const char *const words[NOTICE_KIND_COUNT][LANGUAGE_COUNT] = {
        [NOTICE_SAVE_THE_DATE] = {"Date à retenir", "日程のお知らせ", "Save the date"},
        [NOTICE_INVITATION] = {"Invitation", "ご案内", "Invitation"},
        [NOTICE_REMINDER] = {"Rappel", "再度のご案内", "Reminder"},
        [NOTICE_CHANGE] = {"Modification", "変更のお知らせ", "Change"},
        [NOTICE_POSTPONED] = {"Report", "延期のお知らせ", "Postponed"},
        [NOTICE_CANCELLATION] = {"Annulation", "中止のお知らせ", "Cancelled"},
        [NOTICE_UNINVITED] = {"Invitation retirée", "ご案内の取り下げ", "Invitation withdrawn"},
        [NOTICE_THANKS] = {"Remerciements", "御礼", "Thanks"},
        [NOTICE_NEWSLETTER] = {"À venir", "今後の予定", "Coming up"},
    };
    return words[kind][language];
}

/* " et 3 autres", ほか3件, " and 3 more" */
static void add_rest(struct buf *out, size_t rest, enum language language)
{
    switch (language) {
    case LANGUAGE_FR:
        buf_printf(out, rest > 1 ? " et %zu autres" : " et une autre", rest);
        break;
    case LANGUAGE_JA:
        buf_printf(out, " ほか%zu件", rest);
        break;
    case LANGUAGE_EN:
        buf_printf(out, " and %zu more", rest);
        break;
    }
}

/* Each once, in the order of their events; of a series several are told. NULL: no memory. */
static const char **distinct_titles(struct arena *arena, const struct several *several,
                                    enum language language, size_t *ret_count)
{
    const char **titles = arena_alloc_array(arena, several->count + 1, sizeof *titles);
    *ret_count = 0;
    for (size_t i = 0; titles && i < several->count; i++) {
        const char *title = words_in(&several->items[i].facts->summary, language);
        size_t k = 0;
        while (k < *ret_count && !string_equal(titles[k], title))
            k++;
        titles[k] = title;
        *ret_count += k == *ret_count;
    }
    return titles;
}

const char *digest_words_titles(struct arena *arena, const struct several *several,
                                enum language language)
{
    static const char *const ands[LANGUAGE_COUNT] = {" et ", "、", " and "};
    CLEANUP_BUF struct buf out = BUF_INIT(TITLES_BYTES_MAX);
    size_t count;
    const char **titles = distinct_titles(arena, several, language, &count);
    for (size_t i = 0; titles && i < count; i++) {
        size_t columns =
            unicode_text_width(buf_text(&out)) + unicode_text_width(text_of(titles[i]));
        if (i && columns > TITLES_COLUMNS_MAX) {
            add_rest(&out, count - i, language);
            break;
        }
        bool is_last = i + 1 == count;
        buf_add_string(&out, !i ? "" : is_last ? ands[language] : language_comma(language));
        buf_add_string(&out, titles[i]);
    }
    return !titles || buf_error(&out) ? NULL : arena_copy_text(arena, buf_text(&out));
}
