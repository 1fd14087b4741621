/* SPDX-License-Identifier: MIT */
#include "app/births.h"

#include <errno.h>

#include "base/digest.h"

static const struct named_birth *find(const struct named_births *known, const char *name)
{
    for (size_t i = 0; i < known->count; i++)
        if (string_equal(known->items[i].name, name))
            return &known->items[i];
    return NULL;
}

/* --- steps ----------------------------------------------------------------------------------- */

/* What a rule is about is part of it: under an old name it is a new rule for other events. */
static int step_name(struct arena *arena, const struct rule_settings *rule,
                     const struct step_settings *step, const char **ret)
{
    enum { MATCH_BYTES = 8 };
    const struct text parts[] = {text_of(rule->category), text_of(rule->calendar),
                                 text_of(rule->title)};
    uint8_t digest[DIGEST_BYTES];
    char match[2 * MATCH_BYTES + 1];
    int r = digest_parts(parts, sizeof parts / sizeof *parts, digest);
    if (r)
        return r;
    digest_hex(digest, MATCH_BYTES, match);
    *ret = arena_printf(arena, "%s/%s %s", rule->name, step->id, match);
    return *ret ? 0 : -ENOMEM;
}

/* Ledgers of older versions know a step without what its rule is about. */
static int note_step(struct arena *arena, struct ledger *ledger, const struct named_births *known,
                     const struct rule_settings *rule, const struct step_settings *step,
                     struct instant now, struct birth *ret)
{
    *ret = (struct birth){.rule = rule->name, .step = step->id};
    const char *name, *bare = arena_printf(arena, "%s/%s", rule->name, step->id);
    int r = bare ? step_name(arena, rule, step, &name) : -ENOMEM;
    if (r)
        return r;
    const struct named_birth *old = find(known, bare);
    r = old ? ledger_forget_birth(ledger, "step", bare) : 0;
    return r ? r : ledger_birth(ledger, "step", name, old ? old->at : now, &ret->at);
}

static int note_steps(struct arena *arena, struct ledger *ledger, const struct settings *settings,
                      struct instant now, struct births *ret)
{
    struct named_births known;
    size_t count = 0;
    for (size_t i = 0; i < settings->rule_count; i++)
        count += settings->rules[i].step_count;
    struct birth *births = arena_alloc_array(arena, count + 1, sizeof *births);
    int r = births ? ledger_births(ledger, arena, "step", &known) : -ENOMEM;
    ret->steps = births;
    for (size_t i = 0; i < settings->rule_count && !r; i++) {
        const struct rule_settings *rule = &settings->rules[i];
        for (size_t k = 0; k < rule->step_count && !r; k++)
            r = note_step(arena, ledger, &known, rule, &rule->steps[k], now,
                          &births[ret->step_count++]);
    }
    return r;
}

/* --- lists ----------------------------------------------------------------------------------- */

static bool is_listed(const struct settings *settings, const char *source)
{
    for (size_t i = 0; i < settings->contacts_count; i++)
        if (string_equal(settings->contacts[i].source, source))
            return true;
    return false;
}

/* The birth of lists that the ledger does not know yet. It is that of the ledger as long as it
 * knows none: at its first start, and when it comes from a version that did not ask. Where a list
 * comes as another one goes, it is that one: moved, renamed or split, its people were there before.
 */
static int birth_of_unknown(struct ledger *ledger, const struct settings *settings,
                            const struct named_births *known, struct instant now,
                            struct instant *ret)
{
    bool any_unknown = false;
    *ret = now;
    if (!known->count)
        return ledger_birth(ledger, "ledger", "ledger", now, ret);
    for (size_t i = 0; i < settings->contacts_count; i++)
        any_unknown |= !find(known, settings->contacts[i].source);
    int r = 0;
    for (size_t i = 0; i < known->count && any_unknown && !r; i++) {
        const struct named_birth *gone = &known->items[i];
        if (is_listed(settings, gone->name))
            continue;
        *ret = instant_min(*ret, gone->at);
        r = ledger_forget_birth(ledger, "list", gone->name);
    }
    return r;
}

static int note_lists(struct arena *arena, struct ledger *ledger, const struct settings *settings,
                      struct instant now, struct births *ret)
{
    size_t count = settings->contacts_count;
    struct named_births known;
    struct instant unknown;
    struct list_birth *births = arena_alloc_array(arena, count + 1, sizeof *births);
    int r = births ? ledger_births(ledger, arena, "list", &known) : -ENOMEM;
    r = r ? r : birth_of_unknown(ledger, settings, &known, now, &unknown);
    for (size_t i = 0; i < count && !r; i++) {
        births[i].source = settings->contacts[i].source;
        r = ledger_birth(ledger, "list", births[i].source, unknown, &births[i].at);
    }
    ret->lists = births;
    ret->list_count = count;
    return r;
}

/* --- newsletters ----------------------------------------------------------------------------- */

/* With other days it is a new one: they never reach back. */
static int note_newsletters(struct arena *arena, struct ledger *ledger,
                            const struct settings *settings, struct instant now, struct births *ret)
{
    struct instant *births =
        arena_alloc_array(arena, settings->newsletter_count + 1, sizeof *births);
    int r = births ? 0 : -ENOMEM;
    for (size_t i = 0; i < settings->newsletter_count && !r; i++) {
        const struct newsletter_settings *newsletter = &settings->newsletters[i];
        const char *name = arena_printf(arena, "%s %s", newsletter->name, newsletter->every);
        r = name ? ledger_birth(ledger, "newsletter", name, now, &births[i]) : -ENOMEM;
    }
    ret->newsletters = births;
    return r;
}

int births_note(struct arena *arena, struct ledger *ledger, const struct settings *settings,
                struct instant now, struct births *ret)
{
    *ret = (struct births){0};
    int r = note_steps(arena, ledger, settings, now, ret);
    r = r ? r : note_lists(arena, ledger, settings, now, ret);
    return r ? r : note_newsletters(arena, ledger, settings, now, ret);
}
