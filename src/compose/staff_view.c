/* SPDX-License-Identifier: MIT */
#include "compose/staff_view.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "compose/dates.h"

#define STAFF(X)                                                                                   \
    X(reason)                                                                                      \
    X(messages)                                                                                    \
    X(contacts)                                                                                    \
    X(hold)                                                                                        \
    X(sample)                                                                                      \
    X(more)                                                                                        \
    X(count)                                                                                       \
    X(since)                                                                                       \
    X(expires)                                                                                     \
    X(source)                                                                                      \
    X(advice)                                                                                      \
    X(title)                                                                                       \
    X(last)                                                                                        \
    X(start)                                                                                       \
    X(organisation)                                                                                \
    X(sender)

#define INDEX(name) STAFF_##name,
#define NAME(name)  {#name, sizeof #name - 1},
#define PATH(name)  "staff." #name,
enum { STAFF(INDEX) STAFF_COUNT };
static const struct text names[] = {STAFF(NAME)};
static const char *const paths[] = {STAFF(PATH)};
static const struct text root_names[] = {{"staff", 5}};

const char *staff_view_template(enum staff_subject subject)
{
    static const char *const templates[STAFF_SUBJECT_COUNT] = {
        [STAFF_HOLD] = "staff-hold",   [STAFF_EXPIRING] = "staff-expiring",
        [STAFF_FLAWS] = "staff-flaws", [STAFF_TROUBLE] = "staff-trouble",
        [STAFF_WELL] = "staff-well",   [STAFF_STOPPED] = "staff-stopped",
        [STAFF_LATE] = "staff-late",   [STAFF_SEVERAL] = "staff-several",
        [STAFF_TEST] = "staff-test",
    };
    return templates[subject];
}

bool staff_view_has(struct text name)
{
    for (int i = 0; i < STAFF_COUNT; i++)
        if (text_is(name, paths[i]))
            return true;
    return text_is(name, "staff");
}

const char *staff_view_nearest(struct text name)
{
    return text_nearest(name, paths, STAFF_COUNT);
}

const char *staff_view_name(size_t index)
{
    return index < STAFF_COUNT ? paths[index] : NULL;
}

struct filler {
    struct arena *arena;
    struct locale *locale;
    enum language language;
    const struct zone *zone;
    bool is_out_of_memory;
};

static struct value text_value(const char *string)
{
    return (struct value){.kind = string_is_empty(string) ? VALUE_NULL : VALUE_TEXT,
                          .text = text_of(string)};
}

static struct value made(struct filler *f, const char *string)
{
    f->is_out_of_memory |= !string;
    return text_value(string);
}

/* "42 messages", 42通; "1 message". Nothing for none. */
static struct value counted(struct filler *f, size_t count, const char *one, const char *other,
                            const char *japanese)
{
    if (!count)
        return (struct value){.kind = VALUE_NULL};
    if (f->language == LANGUAGE_JA)
        return made(f, arena_printf(f->arena, "%zu%s", count, japanese));
    bool is_one = strcmp(locale_plural(f->locale, f->language, (int64_t)count), "one") == 0;
    return made(f, arena_printf(f->arena, "%zu\u00A0%s", count, is_one ? one : other));
}

static struct value moment(struct filler *f, struct instant at)
{
    const struct dates dates = {
        .arena = f->arena, .locale = f->locale, .language = f->language, .zone = f->zone};
    const struct when when = {.start = at, .end = at, .zone = f->zone};
    if (at.utc_usec == INSTANT_UNSET.utc_usec || at.utc_usec == 0)
        return (struct value){.kind = VALUE_NULL};
    return made(f, dates_when(&dates, &when));
}

static struct value sample_list(struct filler *f, const struct staff_letter *letter, size_t count)
{
    struct value *items = arena_alloc_array(f->arena, count, sizeof *items);
    f->is_out_of_memory |= !items;
    for (size_t i = 0; items && i < count; i++)
        items[i] = text_value(letter->sample[i]);
    return (struct value){.kind = VALUE_LIST, .items = items, .count = items ? count : 0};
}

static struct value messages_words(struct filler *f, size_t count)
{
    return counted(f, count, "message", "messages", "通");
}

static struct value contacts_words(struct filler *f, size_t count)
{
    bool is_french = f->language == LANGUAGE_FR;
    return counted(f, count, is_french ? "personne" : "person", is_french ? "personnes" : "people",
                   "名");
}

int staff_view_of(struct arena *arena, const struct settings *settings, struct locale *locale,
                  const struct staff_letter *letter, const struct value **ret)
{
    struct filler f = {.arena = arena,
                       .locale = locale,
                       .language = settings->organisation.language,
                       .zone = settings->organisation.zone};
    struct value *root = arena_alloc(arena, sizeof *root);
    struct value *staff = arena_alloc(arena, sizeof *staff);
    struct value *v = arena_alloc_array(arena, STAFF_COUNT, sizeof *v);
    if (!root || !staff || !v)
        return -ENOMEM;
    bool is_of_mails = letter->subject != STAFF_FLAWS && letter->subject != STAFF_SEVERAL;
    size_t shown = letter->sample_count;
    if (shown > STAFF_SAMPLE_MAX)
        shown = STAFF_SAMPLE_MAX;
    v[STAFF_reason] = text_value(letter->reason);
    v[STAFF_messages] = messages_words(&f, letter->messages);
    v[STAFF_contacts] = contacts_words(&f, letter->contacts);
    if (letter->hold)
        v[STAFF_hold] = made(&f, arena_printf(arena, "%" PRId64, letter->hold));
    v[STAFF_sample] = sample_list(&f, letter, shown);
    if (shown && letter->messages > shown)
        v[STAFF_more] = is_of_mails
                            ? messages_words(&f, letter->messages - shown)
                            : made(&f, arena_printf(arena, "%zu", letter->messages - shown));
    if (!is_of_mails)
        v[STAFF_count] = made(&f, arena_printf(arena, "%zu", letter->messages));
    v[STAFF_since] = moment(&f, letter->since);
    v[STAFF_expires] = moment(&f, letter->expires);
    v[STAFF_source] = text_value(letter->source);
    v[STAFF_advice] = text_value(letter->advice);
    v[STAFF_title] = text_value(letter->title);
    v[STAFF_last] = moment(&f, letter->last);
    v[STAFF_start] = moment(&f, letter->start);
    v[STAFF_organisation] = text_value(settings->organisation.name);
    v[STAFF_sender] = text_value(settings->sender.name);
    *staff = (struct value){.kind = VALUE_MAP, .items = v, .names = names, .count = STAFF_COUNT};
    *root = (struct value){.kind = VALUE_MAP, .items = staff, .names = root_names, .count = 1};
    *ret = root;
    return f.is_out_of_memory ? -ENOMEM : 0;
}
