/* SPDX-License-Identifier: MIT */
#include "app/audiences.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const size_t arena_max_bytes = (size_t)512 << 20;

struct marked {
    const char *expression;
    struct membership members;
};
LIST_TYPE(marked_list, struct marked *);

struct audiences {
    const struct settings *settings;
    const struct contact_list *list;
    struct arena *arena;
    struct rule_audience *rules;
    struct audience **compiled; /* one a rule */
    struct marked_list marked;
    struct flaws mark_flaws;
};

/* 0 with ret set; AUDIENCES_E_MALFORMED; -errno. */
static int work_out(struct audiences *audiences, const char *expression, int line,
                    struct flaws *flaws, struct audience **ret_audience, struct membership *ret)
{
    struct audience *audience;
    int r =
        audience_parse(audiences->arena, expression, audiences->settings, line, flaws, &audience);
    if (r)
        return r < 0 ? r : AUDIENCES_E_MALFORMED;
    if (ret_audience)
        *ret_audience = audience;
    return audience_evaluate(audiences->arena, audience, audiences->list, ret);
}

static int work_out_rule(struct audiences *audiences, size_t i, struct flaws *flaws)
{
    const struct rule_settings *rule = &audiences->settings->rules[i];
    struct membership *steps =
        arena_alloc_array(audiences->arena, rule->step_count + 1, sizeof *steps);
    if (!steps)
        return -ENOMEM;
    int result = work_out(audiences, rule->audience, rule->line, flaws, &audiences->compiled[i],
                          &audiences->rules[i].rule);
    for (size_t k = 0; k < rule->step_count; k++) {
        if (!rule->steps[k].audience)
            continue;
        int r = work_out(audiences, rule->steps[k].audience, rule->line, flaws, NULL, &steps[k]);
        if (r)
            result = r;
    }
    audiences->rules[i].steps = steps;
    return result;
}

int audiences_new(const struct settings *settings, const struct contact_list *list,
                  struct flaws *flaws, struct audiences **ret)
{
    struct audiences *audiences = calloc(1, sizeof *audiences);
    if (!audiences)
        return -ENOMEM;
    audiences->settings = settings;
    audiences->list = list;
    audiences->arena = arena_new(arena_max_bytes);
    int result = -ENOMEM;
    if (!audiences->arena)
        goto fail;
    flaws_init(&audiences->mark_flaws, audiences->arena, NULL);
    audiences->rules =
        arena_alloc_array(audiences->arena, settings->rule_count + 1, sizeof *audiences->rules);
    audiences->compiled =
        arena_alloc_array(audiences->arena, settings->rule_count + 1, sizeof *audiences->compiled);
    if (!audiences->rules || !audiences->compiled)
        goto fail;
    result = 0;
    for (size_t i = 0; i < settings->rule_count && result >= 0; i++) {
        int r = work_out_rule(audiences, i, flaws);
        if (r)
            result = r;
    }
    if (result)
        goto fail;
    *ret = audiences;
    return 0;
fail:
    audiences_free(audiences);
    return result;
}

struct audiences *audiences_free(struct audiences *audiences)
{
    if (audiences)
        arena_free(audiences->arena);
    free(audiences);
    return NULL;
}

const struct rule_audience *audiences_rules(const struct audiences *audiences)
{
    return audiences->rules;
}

const struct audience *audiences_of_rule(const struct audiences *audiences, size_t rule)
{
    return audiences->compiled[rule];
}

int audiences_marked(struct audiences *audiences, const struct marks *marks,
                     const struct membership **ret)
{
    *ret = NULL;
    if (!marks->audience)
        return 0;
    for (size_t i = 0; i < audiences->marked.count; i++)
        if (strcmp(audiences->marked.items[i]->expression, marks->audience) == 0) {
            *ret = &audiences->marked.items[i]->members;
            return 0;
        }
    struct marked *marked = arena_alloc(audiences->arena, sizeof *marked);
    struct marked **slot = marked ? list_add(audiences->arena, &audiences->marked) : NULL;
    if (!slot)
        return -ENOMEM;
    *slot = marked;
    marked->expression = arena_copy_string(audiences->arena, marks->audience);
    if (!marked->expression)
        return -ENOMEM;
    int r = work_out(audiences, marked->expression, marks->line, &audiences->mark_flaws, NULL,
                     &marked->members);
    if (r == AUDIENCES_E_MALFORMED) {
        marked->members.count = audiences->list->count;
        marked->members.bits = arena_alloc_array(
            audiences->arena, (audiences->list->count + 63) / 64 + 1, sizeof(uint64_t));
        r = marked->members.bits ? 0 : -ENOMEM;
    }
    *ret = &marked->members;
    return r < 0 ? r : 0;
}

static bool has_flaw(const struct flaws *flaws, const struct flaw *flaw)
{
    for (size_t i = 0; i < flaws->count; i++)
        if (flaws->items[i].line == flaw->line && flaws->items[i].column == flaw->column &&
            strcmp(flaws->items[i].text, flaw->text) == 0)
            return true;
    return false;
}

/* What is wrong with a named audience is told once, however many expressions use it. */
static int check_one(struct arena *arena, const struct settings *settings,
                     const struct contact_list *list, const char *expression, int line,
                     struct flaws *flaws)
{
    struct audience *audience;
    struct flaws found;
    if (!expression)
        return 0;
    flaws_init(&found, arena, NULL);
    int r = audience_parse(arena, expression, settings, line, &found, &audience);
    if (r == 0 && list)
        audience_check(arena, audience, list, line, &found);
    for (size_t i = 0; i < found.count; i++) {
        const struct flaw *flaw = &found.items[i];
        if (!has_flaw(flaws, flaw))
            flaws_add(flaws, flaw->severity, flaw->line, flaw->column, flaw->advice, "%s",
                      flaw->text);
    }
    return r < 0 || found.is_out_of_memory ? -ENOMEM : 0;
}

int audiences_check(struct arena *arena, const struct settings *settings,
                    const struct contact_list *list, struct flaws *flaws)
{
    int r = 0;
    for (size_t i = 0; i < settings->audience_count && !r; i++)
        r = check_one(arena, settings, list, settings->audiences[i].expression,
                      settings->audiences[i].line, flaws);
    for (size_t i = 0; i < settings->rule_count && !r; i++) {
        const struct rule_settings *rule = &settings->rules[i];
        r = check_one(arena, settings, list, rule->audience, rule->line, flaws);
        for (size_t k = 0; k < rule->step_count && !r; k++)
            r = check_one(arena, settings, list, rule->steps[k].audience, rule->line, flaws);
    }
    for (size_t i = 0; i < settings->newsletter_count && !r; i++) {
        r = check_one(arena, settings, list, settings->newsletters[i].audience, 0, flaws);
        r = r ? r : check_one(arena, settings, list, settings->newsletters[i].canary, 0, flaws);
    }
    return r;
}
