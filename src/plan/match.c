/* SPDX-License-Identifier: MIT */
#include "plan/match.h"

#include <errno.h>
#include <string.h>

#include "base/unicode.h"

bool match_pattern(struct text pattern, struct text text)
{
    /* After a failure past a star, the star swallows one more character: linear space, no
     * recursion. */
    struct text after_star = {NULL, 0}, retry = {NULL, 0};
    for (;;) {
        if (pattern.size && *pattern.data == '*') {
            pattern = text_from(pattern, 1);
            after_star = pattern;
            retry = text;
            if (!pattern.size)
                return true;
            continue;
        }
        if (!text.size && !pattern.size)
            return true;
        if (text.size && pattern.size) {
            struct text p = pattern, t = text;
            uint32_t wanted = text_next_rune(&p), got = text_next_rune(&t);
            if (wanted == '?' || wanted == got) {
                pattern = p;
                text = t;
                continue;
            }
        }
        if (!after_star.data || !retry.size)
            return false;
        (void)text_next_rune(&retry); /* only its length matters */
        pattern = after_star;
        text = retry;
    }
}

static int fits(struct arena *arena, const char *folded_pattern, const char *raw, bool *ret)
{
    const char *folded = unicode_fold_loose(arena, text_of(raw));
    if (!folded)
        return -ENOMEM;
    *ret = match_pattern(text_of(folded_pattern), text_of(folded));
    return 0;
}

static int match_title(struct arena *arena, const char *pattern, const struct words *summary,
                       bool *ret)
{
    const char *texts[LANGUAGE_COUNT + 1] = {summary->any};
    const char *folded = unicode_fold_loose(arena, text_of(pattern));
    if (!folded)
        return -ENOMEM;
    for (int i = 0; i < LANGUAGE_COUNT; i++)
        texts[i + 1] = summary->in[i];
    *ret = false;
    for (int i = 0; i <= LANGUAGE_COUNT && !*ret; i++) {
        int r = texts[i] ? fits(arena, folded, texts[i], ret) : 0;
        if (r)
            return r;
    }
    return 0;
}

static int match_category(struct arena *arena, const char *category, const struct event *event,
                          bool *ret)
{
    const char *wanted = unicode_fold_loose(arena, text_of(category));
    if (!wanted)
        return -ENOMEM;
    *ret = false;
    for (size_t i = 0; i < event->category_count && !*ret; i++) {
        const char *got = unicode_fold_loose(arena, text_of(event->categories[i]));
        if (!got)
            return -ENOMEM;
        *ret = strcmp(wanted, got) == 0;
    }
    return 0;
}

int match_rule(struct arena *arena, const struct rule_settings *rule,
               const struct occurrence *occurrence, enum match *ret)
{
    const struct event *event = occurrence->event;
    bool is_match = true;
    int r = 0;

    *ret = MATCH_CALENDAR;
    if (rule->calendar && !string_equal(rule->calendar, event->feed))
        return 0;
    struct arena_mark mark = arena_mark(arena);
    *ret = MATCH_CATEGORY;
    if (rule->category)
        r = match_category(arena, rule->category, event, &is_match);
    if (!r && is_match) {
        *ret = MATCH_TITLE;
        if (rule->title)
            r = match_title(arena, rule->title, &event->summary, &is_match);
    }
    arena_rewind(arena, mark);
    if (!r && is_match)
        *ret = MATCH_YES;
    return r;
}

bool match_any(const struct settings *settings, const struct occurrence *occurrence)
{
    enum { FOLD_BYTES_MAX = 4 << 20 };
    if (occurrence->event->marks.audience)
        return true;
    CLEANUP_ARENA struct arena *arena = arena_new(FOLD_BYTES_MAX);
    if (!arena)
        return true;
    for (size_t i = 0; i < settings->rule_count; i++) {
        enum match match;
        if (match_rule(arena, &settings->rules[i], occurrence, &match) || match == MATCH_YES)
            return true;
    }
    return false;
}
