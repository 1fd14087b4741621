/* SPDX-License-Identifier: MIT */
#include "app/idle_rules.h"

#include <errno.h>

#include "plan/match.h"

enum { CATEGORIES_MAX = 200 };

/* What some event fits of a rule: each of its words, and all of them at once. */
enum word { WORD_CALENDAR, WORD_CATEGORY, WORD_TITLE, WORD_ALL, WORD_COUNT };
struct fit {
    bool has[WORD_COUNT];
};

struct search {
    struct arena *arena;
    const struct settings *settings;
    struct fit *fits;
    const char *categories[CATEGORIES_MAX]; /* that events have, for proposals */
    size_t category_count, event_count;
};

static struct rule_settings alone(const struct rule_settings *rule, enum word word)
{
    switch (word) {
    case WORD_CALENDAR:
        return (struct rule_settings){.calendar = rule->calendar};
    case WORD_CATEGORY:
        return (struct rule_settings){.category = rule->category};
    case WORD_TITLE:
        return (struct rule_settings){.title = rule->title};
    default:
        return *rule;
    }
}

static void keep_categories(struct search *search, const struct event *event)
{
    for (size_t i = 0; i < event->category_count; i++) {
        size_t k = 0;
        while (k < search->category_count &&
               !string_equal(search->categories[k], event->categories[i]))
            k++;
        if (k == search->category_count && k < CATEGORIES_MAX)
            search->categories[search->category_count++] = event->categories[i];
    }
}

static int on_event(void *context, const struct event *event)
{
    struct search *search = context;
    const struct occurrence occurrence = {.event = event};
    int r = 0;
    search->event_count++;
    keep_categories(search, event);
    for (size_t i = 0; i < search->settings->rule_count; i++)
        for (int word = 0; word < WORD_COUNT && !r; word++) {
            const struct rule_settings rule = alone(&search->settings->rules[i], (enum word)word);
            enum match match;
            if (search->fits[i].has[word])
                continue;
            r = match_rule(search->arena, &rule, &occurrence, &match);
            search->fits[i].has[word] = !r && match == MATCH_YES;
        }
    return r;
}

static const char *category_advice(struct search *search, const char *category)
{
    const char *nearest =
        text_nearest(text_of(category), search->categories, search->category_count);
    return nearest ? arena_printf(search->arena, "did you mean \"%s\"?", nearest)
                   : "it waits for the first event that has it; is it spelt as in the calendar?";
}

static void tell(struct search *search, size_t index, struct flaws *flaws)
{
    const struct rule_settings *rule = &search->settings->rules[index];
    const bool *has = search->fits[index].has;
    if (!has[WORD_CALENDAR])
        flaws_add_in(flaws, rule->place.file, SEVERITY_WARNING, rule->place.line,
                     rule->place.column, NULL, "the rule \"%s\": the calendar \"%s\" has no event",
                     rule->name, rule->calendar);
    if (!has[WORD_CATEGORY])
        flaws_add_in(flaws, rule->place.file, SEVERITY_WARNING, rule->place.line,
                     rule->place.column, category_advice(search, rule->category),
                     "the rule \"%s\": no event of the calendars has the category \"%s\"",
                     rule->name, rule->category);
    if (!has[WORD_TITLE])
        flaws_add_in(flaws, rule->place.file, SEVERITY_WARNING, rule->place.line,
                     rule->place.column, "* stands for any run of characters: \"*Rencontres*\"",
                     "the rule \"%s\": no event of the calendars has a title like \"%s\"",
                     rule->name, rule->title);
    if (has[WORD_CALENDAR] && has[WORD_CATEGORY] && has[WORD_TITLE] && !has[WORD_ALL])
        flaws_add_in(
            flaws, rule->place.file, SEVERITY_WARNING, rule->place.line, rule->place.column, NULL,
            "the rule \"%s\": no event of the calendars fits all that it asks for", rule->name);
}

int idle_rules_check(struct arena *arena, const struct settings *settings,
                     const struct sources *sources, struct flaws *flaws)
{
    struct search *search = arena_alloc(arena, sizeof *search);
    if (!search)
        return -ENOMEM;
    *search = (struct search){.arena = arena, .settings = settings};
    search->fits = arena_alloc_array(arena, settings->rule_count + 1, sizeof *search->fits);
    if (!search->fits)
        return -ENOMEM;
    int r = 0;
    for (size_t i = 0; i < sources_count(sources) && !r; i++) {
        const struct source *source = sources_at(sources, i);
        if (source->kind != SOURCE_CALENDAR)
            continue;
        if (source->trouble || !source->feed)
            return 0;
        r = feed_visit(source->feed, FEED_VISIT_ALL, on_event, search);
    }
    for (size_t i = 0; i < settings->rule_count && search->event_count && !r; i++)
        tell(search, i, flaws);
    return r ? r : flaws->is_out_of_memory ? -ENOMEM : 0;
}
