/* SPDX-License-Identifier: MIT */
#include "app/audiences.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

static const size_t arena_max_bytes = (size_t)512 << 20;

struct marked {
    const char *expression;
    struct membership members;
    enum mark_doubt doubt;
};
LIST_TYPE(marked_list, struct marked *);

struct audiences {
    const struct settings *settings;
    const struct contact_list *list;
    struct arena *arena;
    struct rule_audience *rules;
    struct newsletter_audience *newsletters;
    struct audience **compiled; /* one a rule, then one a newsletter */
    struct marked_list marked;
};

/* 0 with ret set; AUDIENCES_E_MALFORMED; -errno. */
static int work_out(struct audiences *audiences, const char *expression,
                    struct settings_place place, struct flaws *flaws,
                    struct audience **ret_audience, struct membership *ret)
{
    struct audience *audience;
    int r =
        audience_parse(audiences->arena, expression, audiences->settings, place, flaws, &audience);
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
    int result = work_out(audiences, rule->audience, rule->audience_place, flaws,
                          &audiences->compiled[i], &audiences->rules[i].rule);
    for (size_t k = 0; k < rule->step_count; k++) {
        if (!rule->steps[k].audience)
            continue;
        int r = work_out(audiences, rule->steps[k].audience, rule->steps[k].audience_place, flaws,
                         NULL, &steps[k]);
        if (r)
            result = r;
    }
    audiences->rules[i].steps = steps;
    return result;
}

static int work_out_newsletter(struct audiences *audiences, size_t i, struct flaws *flaws)
{
    const struct newsletter_settings *newsletter = &audiences->settings->newsletters[i];
    struct newsletter_audience *to = &audiences->newsletters[i];
    struct audience **compiled = &audiences->compiled[audiences->settings->rule_count + i];
    int r = work_out(audiences, newsletter->audience, newsletter->audience_place, flaws, compiled,
                     &to->readers);
    if (r || !newsletter->canary)
        return r;
    return work_out(audiences, newsletter->canary, newsletter->canary_place, flaws, NULL,
                    &to->canary);
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
    audiences->rules =
        arena_alloc_array(audiences->arena, settings->rule_count + 1, sizeof *audiences->rules);
    audiences->compiled =
        arena_alloc_array(audiences->arena, settings->rule_count + settings->newsletter_count + 1,
                          sizeof *audiences->compiled);
    audiences->newsletters = arena_alloc_array(audiences->arena, settings->newsletter_count + 1,
                                               sizeof *audiences->newsletters);
    if (!audiences->rules || !audiences->compiled || !audiences->newsletters)
        goto fail;
    result = 0;
    for (size_t i = 0; i < settings->rule_count && result >= 0; i++) {
        int r = work_out_rule(audiences, i, flaws);
        if (r)
            result = r;
    }
    for (size_t i = 0; i < settings->newsletter_count && result >= 0; i++) {
        int r = work_out_newsletter(audiences, i, flaws);
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

const struct newsletter_audience *audiences_newsletters(const struct audiences *audiences)
{
    return audiences->newsletters;
}

const struct audience *audiences_of_rule(const struct audiences *audiences, size_t rule)
{
    return audiences->compiled[rule];
}

const struct audience *audiences_of_newsletter(const struct audiences *audiences, size_t newsletter)
{
    return audiences->compiled[audiences->settings->rule_count + newsletter];
}

/* A group that nobody has is a slip of the pen, or one that is still to be filled. */
static int check_mark_groups(struct arena *arena, const struct audience *audience,
                             const struct contact_list *list, const struct event *event,
                             struct flaws *flaws)
{
    struct flaws found;
    flaws_init(&found, arena, NULL);
    audience_check(arena, audience, list, &found);
    for (size_t i = 0; i < found.count; i++)
        flaws_add(flaws, SEVERITY_WARNING, event->marks.line, 0, found.items[i].advice,
                  "#audience: %s", found.items[i].text);
    return found.is_out_of_memory || flaws->is_out_of_memory ? -ENOMEM : 0;
}

int audiences_check_mark(struct arena *arena, const struct settings *settings,
                         const struct contact_list *list, const struct event *event,
                         struct flaws *flaws)
{
    struct audience *audience;
    struct flaws found;
    const char *expression = event->marks.audience;
    if (!expression)
        return 0;
    flaws_init(&found, arena, NULL);
    int r = audience_parse(arena, expression, settings,
                           (struct settings_place){.line = event->marks.line}, &found, &audience);
    if (list)
        return r == 0 ? check_mark_groups(arena, audience, list, event, flaws) : r < 0 ? r : 0;
    /* The column is the expression's, not the file's. */
    for (size_t i = 0; i < found.count; i++)
        flaws_add(flaws, SEVERITY_ERROR, event->marks.line, 0,
                  "mend the mark; convier.cfg(5), AUDIENCES, says how one is written",
                  "#audience: %s: %s (at its character %d); nobody is invited to this event",
                  expression, found.items[i].text, found.items[i].column);
    return r < 0 ? r : found.is_out_of_memory || flaws->is_out_of_memory ? -ENOMEM : 0;
}

static int note_doubt(struct arena *arena, const struct contact_list *list,
                      const struct audience *audience, const struct event *event,
                      enum mark_doubt *ret)
{
    struct flaws flaws;
    flaws_init(&flaws, arena, NULL);
    if (!audience) {
        *ret = MARK_MALFORMED;
        /* The expression may hold an address, which no log does. */
        log_line(LOG_LEVEL_WARNING, NULL,
                 "calendar %s, line %d: the mark #audience: cannot be understood, nobody is "
                 "invited to the event; `convier check` says why",
                 event->feed, event->marks.line);
        return 0;
    }
    int r = list->count ? check_mark_groups(arena, audience, list, event, &flaws) : 0;
    if (r || !flaws.count)
        return r;
    *ret = MARK_OF_NOBODY;
    log_line(LOG_LEVEL_WARNING, NULL, "calendar %s, line %d: %s", event->feed, event->marks.line,
             flaws.items[0].text);
    return 0;
}

static int work_out_mark(struct audiences *audiences, const struct event *event,
                         struct marked *marked)
{
    struct arena *arena = audiences->arena;
    struct audience *audience = NULL;
    struct flaws flaws;
    flaws_init(&flaws, arena, NULL);
    marked->expression = arena_copy_string(arena, event->marks.audience);
    marked->members.count = audiences->list->count;
    marked->members.bits =
        arena_alloc_array(arena, (audiences->list->count + 63) / 64 + 1, sizeof(uint64_t));
    if (!marked->expression || !marked->members.bits)
        return -ENOMEM;
    int r =
        work_out(audiences, marked->expression, (struct settings_place){.line = event->marks.line},
                 &flaws, &audience, &marked->members);
    return r < 0 ? r : note_doubt(arena, audiences->list, audience, event, &marked->doubt);
}

int audiences_marked(struct audiences *audiences, const struct event *event,
                     const struct membership **ret, enum mark_doubt *ret_doubt)
{
    struct marked *marked = NULL;
    *ret = NULL;
    *ret_doubt = MARK_SOUND;
    if (!event->marks.audience)
        return 0;
    for (size_t i = 0; i < audiences->marked.count && !marked; i++)
        if (strcmp(audiences->marked.items[i]->expression, event->marks.audience) == 0)
            marked = audiences->marked.items[i];
    if (!marked) {
        marked = arena_alloc(audiences->arena, sizeof *marked);
        int r = marked ? work_out_mark(audiences, event, marked) : -ENOMEM;
        struct marked **slot = r ? NULL : list_add(audiences->arena, &audiences->marked);
        if (!slot)
            return r ? r : -ENOMEM;
        *slot = marked;
    }
    *ret = &marked->members;
    *ret_doubt = marked->doubt;
    return 0;
}

static bool has_flaw(const struct flaws *flaws, const struct flaw *flaw)
{
    for (size_t i = 0; i < flaws->count; i++)
        if (flaws->items[i].line == flaw->line && flaws->items[i].column == flaw->column &&
            string_equal(flaws->items[i].source, flaw->source) &&
            strcmp(flaws->items[i].text, flaw->text) == 0)
            return true;
    return false;
}

/* Groups that people have, and nobody in what is made of them. */
static int check_company(struct arena *arena, const struct audience *audience,
                         const struct contact_list *list, const char *expression,
                         const struct settings_place *place, struct flaws *flaws)
{
    struct membership members;
    int r = audience_evaluate(arena, audience, list, &members);
    for (size_t i = 0; i < list->count && !r; i++)
        if (membership_has(&members, i))
            return 0;
    if (!r)
        flaws_add_in(flaws, place->file, SEVERITY_WARNING, place->line, place->column,
                     "`convier contacts FILE --audience EXPR` tries one",
                     "nobody is in the audience \"%s\"", expression);
    return r;
}

/* What is wrong with a named audience is told once, however many expressions use it. */
static int check_one(struct arena *arena, const struct settings *settings,
                     const struct contact_list *list, const char *expression,
                     const struct settings_place *place, struct flaws *flaws)
{
    struct audience *audience;
    struct flaws found;
    if (!expression)
        return 0;
    flaws_init(&found, arena, flaws->source);
    int r = audience_parse(arena, expression, settings, *place, &found, &audience);
    if (r == 0 && list)
        audience_check(arena, audience, list, &found);
    if (r == 0 && list && list->count && !found.count)
        r = check_company(arena, audience, list, expression, place, &found);
    for (size_t i = 0; i < found.count; i++) {
        const struct flaw *flaw = &found.items[i];
        if (!has_flaw(flaws, flaw))
            flaws_add_in(flaws, flaw->source, flaw->severity, flaw->line, flaw->column,
                         flaw->advice, "%s", flaw->text);
    }
    return r < 0 || found.is_out_of_memory ? -ENOMEM : 0;
}

int audiences_check(struct arena *arena, const struct settings *settings,
                    const struct contact_list *list, struct flaws *flaws)
{
    int r = 0;
    for (size_t i = 0; i < settings->audience_count && !r; i++)
        r = check_one(arena, settings, list, settings->audiences[i].expression,
                      &settings->audiences[i].place, flaws);
    for (size_t i = 0; i < settings->rule_count && !r; i++) {
        const struct rule_settings *rule = &settings->rules[i];
        r = check_one(arena, settings, list, rule->audience, &rule->audience_place, flaws);
        for (size_t k = 0; k < rule->step_count && !r; k++)
            r = check_one(arena, settings, list, rule->steps[k].audience,
                          &rule->steps[k].audience_place, flaws);
    }
    for (size_t i = 0; i < settings->newsletter_count && !r; i++) {
        const struct newsletter_settings *n = &settings->newsletters[i];
        r = check_one(arena, settings, list, n->audience, &n->audience_place, flaws);
        r = r ? r : check_one(arena, settings, list, n->canary, &n->canary_place, flaws);
    }
    return r;
}
