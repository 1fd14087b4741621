/* SPDX-License-Identifier: MIT */
#include "model/notice.h"

#include <errno.h>
#include <stddef.h>

#define TEXT_ROW(name, text) [name] = text,
static const char *const kind_texts[] = {NOTICE_KINDS(TEXT_ROW)};
static const char *const state_texts[] = {NOTICE_STATES(TEXT_ROW)};
#undef TEXT_ROW

static bool find(struct text text, const char *const *texts, int count, int *ret)
{
    for (int i = 0; i < count; i++)
        if (text_is(text, texts[i])) {
            *ret = i;
            return true;
        }
    return false;
}

const char *notice_kind_to_text(enum notice_kind kind)
{
    return kind_texts[kind];
}

bool notice_kind_from_text(struct text text, enum notice_kind *ret)
{
    int i;
    if (!find(text, kind_texts, NOTICE_KIND_COUNT, &i))
        return false;
    *ret = (enum notice_kind)i;
    return true;
}

const char *notice_state_to_text(enum notice_state state)
{
    return state_texts[state];
}

bool notice_state_from_text(struct text text, enum notice_state *ret)
{
    int i;
    if (!find(text, state_texts, NOTICE_STATE_COUNT, &i))
        return false;
    *ret = (enum notice_state)i;
    return true;
}

#define BIT(state) (1u << (state))

static const unsigned followers[NOTICE_STATE_COUNT] = {
    [NOTICE_OWED] = BIT(NOTICE_CLAIMED) | BIT(NOTICE_HELD) | BIT(NOTICE_EXPIRED) |
                    BIT(NOTICE_SUPERSEDED) | BIT(NOTICE_SUPPRESSED),
    [NOTICE_HELD] =
        BIT(NOTICE_OWED) | BIT(NOTICE_EXPIRED) | BIT(NOTICE_SUPERSEDED) | BIT(NOTICE_SUPPRESSED),
    /* Back to owed: nothing left us (network down, relay paused, stopped before the first byte). */
    [NOTICE_CLAIMED] = BIT(NOTICE_ACCEPTED) | BIT(NOTICE_DEFERRED) | BIT(NOTICE_REFUSED) |
                       BIT(NOTICE_UNCERTAIN) | BIT(NOTICE_OWED),
    [NOTICE_ACCEPTED] = 0,
    [NOTICE_DEFERRED] = BIT(NOTICE_HELD) | BIT(NOTICE_CLAIMED) | BIT(NOTICE_EXPIRED) |
                        BIT(NOTICE_SUPERSEDED) | BIT(NOTICE_SUPPRESSED),
    [NOTICE_REFUSED] = BIT(NOTICE_OWED),
    [NOTICE_UNCERTAIN] = BIT(NOTICE_CLAIMED) | BIT(NOTICE_HELD) | BIT(NOTICE_EXPIRED) |
                         BIT(NOTICE_SUPERSEDED) | BIT(NOTICE_SUPPRESSED),
    [NOTICE_EXPIRED] = BIT(NOTICE_OWED),
    [NOTICE_SUPERSEDED] = 0,
    [NOTICE_SUPPRESSED] = 0,
};

bool notice_may_become(enum notice_state from, enum notice_state to)
{
    return followers[from] & BIT(to);
}

bool notice_state_is_final(enum notice_state state)
{
    switch (state) {
    case NOTICE_ACCEPTED:
    case NOTICE_REFUSED:
    case NOTICE_EXPIRED:
    case NOTICE_SUPERSEDED:
    case NOTICE_SUPPRESSED:
        return true;
    default:
        return false;
    }
}

int notice_copy(struct arena *arena, const struct notice *notice, struct notice *ret)
{
    static const size_t texts[] = {
        offsetof(struct notice, occurrence),    offsetof(struct notice, step),
        offsetof(struct notice, contact),       offsetof(struct notice, rule),
        offsetof(struct notice, template_name), offsetof(struct notice, facts),
        offsetof(struct notice, facts_before),  offsetof(struct notice, message_id),
        offsetof(struct notice, reply),         offsetof(struct notice, zone)};
    struct notice copy = *notice;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const char **text = (const char **)((char *)&copy + texts[i]);
        const char *kept = arena_copy_string(arena, *text);
        if (*text && !kept)
            return -ENOMEM;
        *text = kept;
    }
    *ret = copy;
    return 0;
}
