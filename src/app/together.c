/* SPDX-License-Identifier: MIT */
#include "app/together.h"

#include <errno.h>

#include "app/forms.h"
#include "plan/notice_words.h"

int together_of(struct arena *arena, const struct horizon *horizon, const struct zone *zone,
                enum language language, const struct notices *mail, const struct notice *notice,
                struct together *ret)
{
    *ret = (struct together){.words = ""};
    if (mail->count < 2)
        return 0;
    ret->keys = arena_alloc_array(arena, mail->count, sizeof *ret->keys);
    if (!ret->keys)
        return -ENOMEM;
    for (size_t i = 0; i < mail->count; i++) {
        const struct notice *other = &mail->items[i];
        const struct viewed *viewed = horizon_find(horizon, other->occurrence);
        if (other->id == notice->id)
            continue;
        const char *title =
            viewed ? words_in(&viewed->occurrence->event->summary, language) : other->occurrence;
        const char *key = forms_key(arena, other);
        ret->words = arena_printf(arena, language == LANGUAGE_JA ? "%s%s%s（%s）" : "%s%s%s (%s)",
                                  ret->words, *ret->words ? language_comma(language) : "",
                                  title ? title : "—",
                                  viewed ? forms_when(arena, &viewed->occurrence->when, zone)
                                         : notice_words_kind(other->kind, language));
        if (!key || !ret->words)
            return -ENOMEM;
        ret->keys[ret->count++] = key;
    }
    return 0;
}

int together_of_sent(struct arena *arena, const struct horizon *horizon, const struct zone *zone,
                     enum language language, const struct notices *sent,
                     const struct notice *notice, struct together *ret)
{
    struct notices mail = {0};
    *ret = (struct together){.words = ""};
    for (size_t i = 0; i < sent->count && notice->message_id; i++) {
        if (!string_equal(sent->items[i].message_id, notice->message_id))
            continue;
        const struct notice *parts[] = {notice, &sent->items[i]};
        for (size_t k = mail.count ? 1 : 0; k < sizeof parts / sizeof *parts; k++) {
            struct notice *part = list_add(arena, &mail);
            if (!part)
                return -ENOMEM;
            *part = *parts[k];
        }
    }
    return together_of(arena, horizon, zone, language, &mail, notice, ret);
}
