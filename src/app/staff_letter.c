/* SPDX-License-Identifier: MIT */
#include "app/staff_letter.h"

#include <errno.h>
#include <inttypes.h>

#include "app/forms.h"
#include "app/staff_words.h"
#include "plan/reason_words.h"

static const char prefix[] = "staff/";
enum { SAMPLE_OF_HOLD = 5 };

const char *staff_letter_key(struct arena *arena, int64_t number)
{
    return arena_printf(arena, "%s%" PRId64, prefix, number);
}

static int64_t number_of(const struct notice *notice)
{
    struct text key = text_of(notice->occurrence);
    int64_t number = 0;
    if (text_starts(key, prefix))
        (void)text_number(text_from(key, sizeof prefix - 1), 1, INT64_MAX, &number);
    return number;
}

struct writing {
    const struct staff_desk *desk;
    struct arena *arena;
    enum language language;
    const struct zone *zone;
    struct holds holds; /* open ones */
};

static const struct hold *find_hold(const struct writing *w, int64_t id)
{
    for (size_t i = 0; i < w->holds.count; i++)
        if (w->holds.items[i].id == id)
            return &w->holds.items[i];
    return NULL;
}

/* A hold may have been answered since. */
static bool is_settled(const struct writing *w, const struct matter *matter)
{
    return matter->hold && !find_hold(w, matter->hold);
}

static bool is_staff(const struct settings *settings, const char *address)
{
    for (size_t i = 0; i < settings->staff_count; i++)
        if (string_equal(settings->staff[i], address))
            return true;
    return false;
}

/* --- one matter --------------------------------------------------------------------------------
 */

/* "Réunion → marie@nancy.example" */
static int sample_line(struct writing *w, const struct notice *notice, const char **ret)
{
    const struct facts *facts = NULL;
    int r = notice->facts ? ledger_find_facts(w->desk->ledger, w->arena, w->desk->zones,
                                              notice->facts, &facts)
                          : 0;
    const char *title = facts ? words_in(&facts->summary, w->language) : NULL;
    if (r)
        return r;
    *ret = arena_printf(w->arena, "%s → %s", title ? title : notice->occurrence, notice->contact);
    return *ret ? 0 : -ENOMEM;
}

static int fill_hold(struct writing *w, const struct matter *matter, struct staff_letter *letter)
{
    const struct hold *hold = find_hold(w, matter->hold);
    struct notice_filter filter = {
        .hold = hold->id, .has_state = true, .state = NOTICE_HELD, .max = SAMPLE_OF_HOLD};
    struct notices held = {0};
    const char **lines = arena_alloc_array(w->arena, SAMPLE_OF_HOLD, sizeof *lines);
    letter->hold = hold->id;
    letter->reason = reason_in(w->arena, hold->reason, w->language);
    letter->messages = hold->messages;
    letter->contacts = hold->contacts;
    letter->expires = hold->messages ? hold->expires : INSTANT_UNSET;
    int r = lines ? ledger_notices(w->desk->ledger, w->arena, &filter, &held) : -ENOMEM;
    for (size_t i = 0; i < held.count && !r; i++)
        r = sample_line(w, &held.items[i], &lines[i]);
    letter->sample = lines;
    letter->sample_count = held.count;
    return r;
}

static int fill_flaws(struct writing *w, const struct matter *matter, struct staff_letter *letter)
{
    const char **lines = arena_alloc_array(w->arena, STAFF_SAMPLE_MAX, sizeof *lines);
    size_t count = 0;
    if (!lines)
        return -ENOMEM;
    for (struct text rest = text_of(matter->text); rest.size && count < STAFF_SAMPLE_MAX; count++)
        if (!(lines[count] = arena_copy_text(w->arena, text_next_line(&rest))))
            return -ENOMEM;
    letter->sample = lines;
    letter->sample_count = count;
    letter->messages = matter->count;
    return 0;
}

static int fill(struct writing *w, const struct matter *matter, struct staff_letter *letter)
{
    static const enum staff_subject subjects[] = {
        [MATTER_HOLD] = STAFF_HOLD,      [MATTER_EXPIRING] = STAFF_EXPIRING,
        [MATTER_FLAWS] = STAFF_FLAWS,    [MATTER_TROUBLE] = STAFF_TROUBLE,
        [MATTER_WELL] = STAFF_WELL,      [MATTER_STOPPED] = STAFF_STOPPED,
        [MATTER_PAUSED] = STAFF_TROUBLE, [MATTER_RELAY] = STAFF_TROUBLE,
        [MATTER_LATE] = STAFF_LATE,      [MATTER_ISSUE] = STAFF_TROUBLE};
    letter->subject = subjects[matter->kind];
    if (matter->hold)
        return fill_hold(w, matter, letter);
    letter->source = matter->source;
    letter->since = matter->at;
    if (matter->kind == MATTER_FLAWS)
        return fill_flaws(w, matter, letter);
    letter->reason = matter->text;
    letter->advice = matter->advice;
    letter->title = matter->source;
    letter->messages = matter->count;
    letter->last = matter->last;
    letter->start = matter->until;
    return 0;
}

/* --- several -----------------------------------------------------------------------------------
 */

#define FILL(w, word, ...)                                                                         \
    reason_fill((w)->arena, staff_words(word, (w)->language),                                      \
                (const char *const[]){__VA_ARGS__, NULL})

static const char *hold_line(struct writing *w, const struct matter *matter)
{
    const struct hold *hold = find_hold(w, matter->hold);
    const char *id = arena_printf(w->arena, "%" PRId64, hold->id);
    const char *why = reason_in(w->arena, hold->reason, w->language);
    const char *until = forms_moment(w->arena, hold->expires, w->zone);
    if (matter->kind == MATTER_EXPIRING)
        return FILL(w, STAFF_WORD_EXPIRING, until, why, id, id);
    return hold->messages ? FILL(w, STAFF_WORD_HOLD_UNTIL, why, id, id, until)
                          : FILL(w, STAFF_WORD_HOLD, why, id, id);
}

static const char *line_of(struct writing *w, const struct matter *matter)
{
    struct text text = text_of(matter->text);
    switch (matter->kind) {
    case MATTER_HOLD:
    case MATTER_EXPIRING:
        return hold_line(w, matter);
    case MATTER_FLAWS:
        return FILL(w, STAFF_WORD_FLAWS, matter->source,
                    arena_printf(w->arena, "%zu", matter->count),
                    arena_copy_text(w->arena, text_next_line(&text)));
    case MATTER_WELL:
        return FILL(w, STAFF_WORD_WELL, matter->source);
    case MATTER_STOPPED:
        return FILL(w, STAFF_WORD_STOPPED, forms_moment(w->arena, matter->at, w->zone),
                    matter->text);
    case MATTER_LATE:
        return FILL(w, STAFF_WORD_LATE, matter->source,
                    forms_moment(w->arena, matter->last, w->zone),
                    forms_moment(w->arena, matter->until, w->zone));
    case MATTER_ISSUE:
        return FILL(w, STAFF_WORD_STUCK, matter->text, matter->advice);
    default:
        return FILL(w, STAFF_WORD_TROUBLE, matter->source, matter->text);
    }
}

static int fill_several(struct writing *w, const struct matters *matters,
                        struct staff_letter *letter)
{
    const char **lines = arena_alloc_array(w->arena, STAFF_SAMPLE_MAX, sizeof *lines);
    if (!lines)
        return -ENOMEM;
    letter->subject = STAFF_SEVERAL;
    letter->sample = lines;
    letter->messages = matters->count;
    for (size_t i = 0; i < matters->count && i < STAFF_SAMPLE_MAX; i++)
        if (!(lines[letter->sample_count++] = line_of(w, &matters->items[i])))
            return -ENOMEM;
    return 0;
}

/* The matters of a letter that nobody has answered yet. */
static int begin(struct writing *w, const struct staff_desk *desk, struct arena *arena,
                 int64_t number, struct matters *ret)
{
    *w = (struct writing){.desk = desk,
                          .arena = arena,
                          .language = desk->settings->organisation.language,
                          .zone = desk->settings->organisation.zone};
    int r = ledger_matters(desk->ledger, arena, number, ret);
    r = r ? r : ledger_holds(desk->ledger, arena, &w->holds);
    size_t kept = 0;
    for (size_t i = 0; i < ret->count && !r; i++)
        if (!is_settled(w, &ret->items[i]))
            ret->items[kept++] = ret->items[i];
    ret->count = kept;
    return r;
}

int staff_letter_lines(const struct staff_desk *desk, struct arena *arena, int64_t number,
                       struct matters *ret, const char *const **ret_lines)
{
    struct writing w;
    struct matters matters = {0};
    int r = begin(&w, desk, arena, number, &matters);
    const char **lines = r ? NULL : arena_alloc_array(arena, matters.count + 1, sizeof *lines);
    if (!lines)
        return r ? r : -ENOMEM;
    for (size_t i = 0; i < matters.count; i++)
        if (!(lines[i] = line_of(&w, &matters.items[i])))
            return -ENOMEM;
    *ret = matters;
    *ret_lines = lines;
    return 0;
}

int staff_letter_compose(const struct staff_desk *desk, struct arena *arena,
                         const struct notice *notice, struct instant now, struct buf *out,
                         struct message *ret_message, struct flaws *flaws)
{
    struct writing w;
    struct matters matters = {0};
    bool is_new = instant_equal(notice->claimed, INSTANT_UNSET);
    struct staff_letter letter = {.address = notice->contact,
                                  .key = notice->occurrence,
                                  .date = is_new ? now : notice->claimed,
                                  .expires = INSTANT_UNSET};
    if (!is_staff(desk->settings, notice->contact))
        return STAFF_LETTER_E_SETTLED;
    bool is_opposed;
    int r = ledger_is_suppressed(desk->ledger, notice->contact, &is_opposed);
    if (!r && is_opposed)
        return STAFF_LETTER_E_OPPOSED;
    r = r ? r : begin(&w, desk, arena, number_of(notice), &matters);
    if (!r && !matters.count)
        return STAFF_LETTER_E_SETTLED;
    r = r                    ? r
        : matters.count == 1 ? fill(&w, matters.items, &letter)
                             : fill_several(&w, &matters, &letter);
    return r ? r : composer_staff(desk->composer, arena, &letter, out, ret_message, flaws);
}
